"""Build the cell index: edges into cells, the state of each cell's corner, chains in the leaves.

A state is the set of rings that hold a position; a label is the set of rings that an edge bounds,
so that passing the edge exchanges a state for its symmetric difference with the label. States of
cell corners are found by walking up each column of corners, past the edges that run below them.
"""

from __future__ import annotations

import cython
import numpy as np

if cython.compiled:
    from cython.cimports.eezkit.kernels.cells import (
        TOP_COLUMNS,
        TOP_ROWS,
        TOP_SHIFT,
        count_below,
        floor_of,
        is_below,
    )
    from cython.cimports.libc.math import log2
else:
    from math import log2

    from eezkit.kernels.cells import (
        TOP_COLUMNS,
        TOP_ROWS,
        TOP_SHIFT,
        count_below,
        floor_of,
        is_below,
    )

# Interpolated latitudes err by less than this many degrees.
_MARGIN = 1e-12
# A grid has about this many cells for each of its edges, and 2**18 at most.
_CELLS_PER_EDGE = 4.0
_MOST_BITS = 9
# A cell with more edges or independent labels becomes a grid, down to the finest shifts.
_EDGES = 16
_LABELS = 4
_FINE = 20
_FINEST = 30
_MOST_LABELS = 12
_MOST_CHAIN = 0xFFFF
# Long edges that run side by side stay together however finely they are divided. A grid has no more
# than so many entries in its lists for each edge, and the whole index no more than this; cells left
# then are leaves, in which every edge is tested. Cells that no leaf can hold may go on eight times
# as far.
_MOST_LISTED = 32
_BUDGET_EACH, _BUDGET = 64, 20_000
_HARD = 8


class TooManyLabelsError(Exception):
    """More zones meet at one point than a cell can tell apart; args: lon, lat, n_edges."""


class States:
    """All states met so far, how labels lead from one to another, and what codes they have.

    Parameters
    ----------
    labels : list of frozenset of int
        The rings of each label.
    polygon_of, is_shell : list of int and of bool, length n_rings
        The polygon of each ring, and whether it is its shell.
    zone_of : list of int, length n_polygons
        The zone of each polygon.
    """

    def __init__(self, labels, polygon_of, is_shell, zone_of):
        self.labels = labels
        self.polygon_of, self.is_shell, self.zone_of = polygon_of, is_shell, zone_of
        self.sets = [frozenset()]
        self.ids = {frozenset(): 0}
        self.steps = {}
        self.codes = [0]
        self.code_of: dict[tuple[int, ...], int] = {(): 0}
        self.tables = []
        self.offsets = {}

    def id_of(self, rings):
        """Number of a state."""
        found = self.ids.get(rings)
        if found is None:
            found = self.ids[rings] = len(self.sets)
            self.sets.append(rings)
            self.codes.append(-1)
        return found

    def step(self, state, label):
        """State on the other side of an edge of this label."""
        found = self.id_of(self.sets[state] ^ self.labels[label])
        self.steps[state * len(self.labels) + label] = found
        return found

    def code(self, state):
        """Answer code of a state: in a zone is who is in a polygon's shell and in no hole of it."""
        if self.codes[state] < 0:
            shells, holes = set(), set()
            for ring in self.sets[state]:
                (shells if self.is_shell[ring] else holes).add(self.polygon_of[ring])
            zones = tuple(sorted({self.zone_of[polygon] for polygon in shells - holes}))
            self.codes[state] = self.code_of.setdefault(zones, len(self.code_of))
        return self.codes[state]

    def table(self, state, labels):
        """Offset of the answer codes of all combinations of labels; bits that each label flips.

        Labels that are combinations of others (at a tripoint: AB, BC, AC) get no bit of their own.
        """
        basis = []
        toggles = {}
        for label in labels:
            rings, toggle = self.labels[label], 0
            for bit, (pivot, other) in enumerate(basis):
                if pivot in rings:
                    rings, toggle = rings ^ other, toggle ^ (1 << bit)
            if rings:
                toggle ^= 1 << len(basis)
                basis.append((min(rings), rings))
            toggles[label] = toggle
        if len(basis) > _MOST_LABELS:
            return -1, toggles
        sets = [self.sets[state]]
        for _, rings in basis:
            sets += [other ^ rings for other in sets]
        codes = tuple([self.code(self.id_of(rings)) for rings in sets])
        offset = self.offsets.setdefault(codes, len(self.tables))
        if offset == len(self.tables):
            self.tables += codes
        return offset, toggles


class Builder:
    """Grids, nodes and leaves of the cell index, with states in place of answer codes.

    Parameters
    ----------
    xy : numpy.ndarray of float64, shape (2 * n_vertices,)
        Longitude and latitude of each vertex in turn.
    far, rest : numpy.ndarray of int64 and float64, shape (n_far,)
        Vertices whose longitude is not exact, and what it lacks.
    label : numpy.ndarray of int32, shape (n_vertices,)
        Label of the edge that begins at each vertex; -1 where none does.
    states : States
    """

    def __init__(self, xy, far, rest, label, states):
        self.xy, self.far, self.rest, self.label = xy, far, rest, label
        if not cython.compiled:
            self.xy, self.label = memoryview(xy), memoryview(label)
        self.states = states
        self.n_labels = len(states.labels)
        self.steps = states.steps
        self.pairs = {}
        self.known = {}
        self.spent = 0
        self.queue = []
        self.leaves = _zeros(1 << 16)
        self.n_leaves = 0

    def build(self):
        """Build all; returns grid, nodes and leaves."""
        edges = np.flatnonzero(np.asarray(self.label) >= 0).astype(np.int32)
        self.budget = _BUDGET + _BUDGET_EACH * len(edges)
        west, south = -(TOP_COLUMNS // 2), -(TOP_ROWS // 2)
        self.queue.append((TOP_SHIFT, west, south, TOP_COLUMNS, TOP_ROWS, 0, edges))
        grids = []
        nodes = []
        size = 0
        for k, (shift, ix0, iy0, n_columns, n_rows, state, edges) in enumerate(self.queue):
            self.queue[k] = None
            grids.append(self._divide(shift, ix0, iy0, n_columns, n_rows, state, edges))
            nodes += (size, shift | (n_rows.bit_length() - 1) << 6)
            size += n_columns * n_rows
        leaves = np.array(self.leaves[: self.n_leaves], np.int32)
        return np.concatenate(grids), np.array(nodes, np.int32), leaves

    def _divide(self, shift, ix0, iy0, n_columns, n_rows, state, edges):
        """Entries of one grid, column by column; cells that become grids join the queue."""
        if not cython.compiled:
            edges = memoryview(edges)
        self.shift, self.scale = shift, 2.0**shift
        self.ix0, self.iy0, self.n_columns, self.n_rows = ix0, iy0, n_columns, n_rows
        self.is_top = n_columns == TOP_COLUMNS
        n_cells = n_columns * n_rows
        ends, event_ends, entries = _zeros(n_cells), _zeros(n_cells), _zeros(n_cells)
        self._touch(edges, ends, ends, False)
        self._mark(edges, event_ends, event_ends, False)
        members, events = _zeros(_starts(ends)), _zeros(_starts(event_ends))
        self._touch(edges, ends, members, True)
        self._mark(edges, event_ends, events, True)
        self._walk(state, event_ends, events, entries)
        self._fill(ends, members, entries)
        return entries

    def _touch(self, edges, ends, members, is_listed):
        """Count, or list, the edges that pass through the interior of each cell, or may.

        `ends` counts at first; then it is where the next edge of a cell goes, at last where its
        edges end.
        """
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        c: cython.Py_ssize_t
        v: cython.Py_ssize_t
        west: cython.longlong
        east: cython.longlong
        south: cython.longlong
        north: cython.longlong
        low: cython.longlong
        high: cython.longlong
        for k in range(edges.shape[0]):
            v = edges[k]
            ax = self.xy[2 * v]
            ay = self.xy[2 * v + 1]
            bx = self.xy[2 * v + 2]
            by = self.xy[2 * v + 3]
            west = max(floor_of(min(ax, bx) * self.scale) - self.ix0, 0)
            east = min(-floor_of(-max(ax, bx) * self.scale) - 1 - self.ix0, self.n_columns - 1)
            south = max(floor_of(min(ay, by) * self.scale) - self.iy0, 0)
            north = min(-floor_of(-max(ay, by) * self.scale) - 1 - self.iy0, self.n_rows - 1)
            low, high = south, north
            for i in range(west, east + 1):
                if east > west and north > south:
                    x1 = max((self.ix0 + i) / self.scale, min(ax, bx))
                    x2 = min((self.ix0 + i + 1) / self.scale, max(ax, bx))
                    y1 = ay + (x1 - ax) / (bx - ax) * (by - ay)
                    y2 = ay + (x2 - ax) / (bx - ax) * (by - ay)
                    low = floor_of((min(y1, y2) - _MARGIN) * self.scale) - self.iy0
                    high = floor_of((max(y1, y2) + _MARGIN) * self.scale) - self.iy0
                    low, high = max(low, south), min(high, north)
                for c in range(i * self.n_rows + low, i * self.n_rows + high + 1):
                    if is_listed:
                        members[ends[c]] = v
                    ends[c] += 1

    def _mark(self, edges, ends, events, is_listed):
        """Count, or list, the labels passed on the way up to the corner of each cell.

        Where a chain of edges leaves the grid below it, it is taken to go on eastward.
        """
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = edges.shape[0]
        v: cython.Py_ssize_t
        first: cython.longlong
        last: cython.longlong
        label: cython.int
        for k in range(n):
            v = edges[k]
            label = self.label[v]
            ax = self.xy[2 * v]
            bx = self.xy[2 * v + 2]
            first = max(-floor_of(-min(ax, bx) * self.scale) - self.ix0, 0)
            last = min(-floor_of(-max(ax, bx) * self.scale) - self.ix0, self.n_columns)
            for i in range(first, last):
                j = self._row_above(v, (self.ix0 + i) / self.scale)
                if j < self.n_rows:
                    _note(i * self.n_rows + j, label, ends, events, is_listed)
            if self.is_top:
                continue
            if k == 0 or edges[k - 1] != v - 1 or self.label[v - 1] != label:
                self._prolong(v, label, ends, events, is_listed)
            if k == n - 1 or edges[k + 1] != v + 1 or self.label[v + 1] != label:
                self._prolong(v + 1, label, ends, events, is_listed)

    def _prolong(self, v, label, ends, events, is_listed):
        """Let a chain that ends at this vertex go on eastward if that is below the grid."""
        i: cython.Py_ssize_t
        first: cython.longlong
        if self.xy[2 * v + 1] * self.scale <= self.iy0:
            first = max(-floor_of(-self.xy[2 * v] * self.scale) - self.ix0, 0)
            for i in range(first, self.n_columns):
                _note(i * self.n_rows, label, ends, events, is_listed)

    def _row_above(self, v, x):
        """First row whose lower border at x lies above edge v, which spans x."""
        j: cython.longlong
        ax = self.xy[2 * v]
        ay = self.xy[2 * v + 1]
        y = ay + (x - ax) / (self.xy[2 * v + 2] - ax) * (self.xy[2 * v + 3] - ay)
        j = min(max(floor_of(y * self.scale) + 1 - self.iy0, 0), self.n_rows)
        while j > 0 and self._is_below(v, x, (self.iy0 + j - 1) / self.scale):
            j -= 1
        while j < self.n_rows and not self._is_below(v, x, (self.iy0 + j) / self.scale):
            j += 1
        return j

    def _is_below(self, v, x, y):
        return is_below(self.xy, self.far, self.rest, v, x, y)

    def _walk(self, state, ends, events, entries):
        """Write the state of each cell's corner, `state` being that of the first."""
        i: cython.Py_ssize_t
        c: cython.Py_ssize_t
        e: cython.Py_ssize_t
        below: cython.longlong = state
        here: cython.longlong
        if not self.is_top:
            for e in range(ends[0]):
                below = self._step(below, events[e])
        e = 0
        for i in range(self.n_columns):
            here = below
            for c in range(i * self.n_rows, (i + 1) * self.n_rows):
                while e < ends[c]:
                    here = self._step(here, events[e])
                    e += 1
                entries[c] = here

    def _step(self, state, label):
        key: cython.longlong = state * self.n_labels + label
        found = self.steps.get(key)
        return self.states.step(state, label) if found is None else found

    def _fill(self, ends, members, entries):
        """Put leaves and grids where there are edges."""
        c: cython.Py_ssize_t
        first: cython.Py_ssize_t = 0
        for c in range(ends.shape[0]):
            if ends[c] > first:
                entries[c] = self._cell(
                    self.ix0 + c // self.n_rows,
                    self.iy0 + c % self.n_rows,
                    entries[c],
                    members,
                    first,
                    ends[c],
                )
                first = ends[c]

    def _cell(self, ix, iy, state, members, first, last):
        """Entry of a cell with edges: a leaf, or a grid to be made."""
        k: cython.Py_ssize_t = first + 1
        n: cython.Py_ssize_t = last - first
        label: cython.int = self.label[members[first]]
        finest: cython.int = _FINE if n <= _EDGES * _EDGES else _FINEST
        is_within: cython.bint = self.spent < self.budget
        may_go_on: cython.bint = self.spent < _HARD * self.budget and self.shift < _FINEST
        if self.is_top or (n > _EDGES and self.shift < finest and is_within):
            return self._grid(ix, iy, state, members, first, last)
        if n > _MOST_CHAIN and may_go_on:
            return self._grid(ix, iy, state, members, first, last)
        while k < last and self.label[members[k]] == label:
            k += 1
        if k == last:
            key: cython.longlong = state * self.n_labels + label
            table = self.pairs.get(key)
            if table is None:
                table = self.pairs[key] = self.states.table(state, (label,))
        else:
            labels = {self.label[members[k]] for k in range(first, last)}
            if len(labels) > _LABELS and self.shift < _FINE and is_within:
                return self._grid(ix, iy, state, members, first, last)
            if len(labels) > _MOST_LABELS and may_go_on:
                return self._grid(ix, iy, state, members, first, last)
            few = tuple(sorted(labels))
            table = self.known.get((state, few))
            if table is None:
                table = self.known[state, few] = self.states.table(state, few)
        offset, toggles = table
        if offset < 0 or n > _MOST_CHAIN:
            raise TooManyLabelsError(ix / self.scale, iy / self.scale, n)
        return self._leaf(ix, iy, members, first, last, offset, toggles)

    def _grid(self, ix, iy, state, members, first, last):
        """Put a cell in the queue, to be divided; its entry."""
        k: cython.Py_ssize_t
        v: cython.Py_ssize_t
        n: cython.Py_ssize_t = last - first
        spread: cython.double = 0.0
        for k in range(first, last):
            v = members[k]
            spread += min(abs(self.xy[2 * v + 2] - self.xy[2 * v]) * self.scale, 1.0)
            spread += min(abs(self.xy[2 * v + 3] - self.xy[2 * v + 1]) * self.scale, 1.0)
        edges = np.array(members[first:last], np.int32)
        bits = min(max(round(log2(_CELLS_PER_EDGE * n) / 2), 1), _MOST_BITS)
        while bits > 1 and spread * (1 << bits) > _MOST_LISTED * n:
            bits -= 1
        if self.is_top and self.spent >= self.budget:
            bits = 0  # a grid of one cell, which may be a leaf
        self.spent += n + cython.cast(cython.longlong, spread * (1 << bits))
        self.queue.append(
            (self.shift + bits, ix << bits, iy << bits, 1 << bits, 1 << bits, state, edges)
        )
        return ~((len(self.queue) - 1) << 1)

    def _leaf(self, ix, iy, members, first, last, offset, toggles):
        """Write a leaf: table, count and mask at the corner, then start and kind of each chain."""
        k: cython.Py_ssize_t = first
        n: cython.Py_ssize_t
        at: cython.Py_ssize_t = self.n_leaves
        v: cython.Py_ssize_t
        label: cython.int
        ends: cython.int
        toggle: cython.int
        mask: cython.int = 0
        n_chains: cython.int = 0
        x = ix / self.scale
        y = iy / self.scale
        while at + 2 * (last - first) + 2 > len(self.leaves):
            longer = _zeros(2 * len(self.leaves))
            longer[:at] = self.leaves[:at]
            self.leaves = longer
        while k < last:
            v = members[k]
            label = self.label[v]
            n = 1
            while (
                k + n < last
                and members[k + n] == v + n
                and self.label[v + n] == label
                and n < _MOST_CHAIN
            ):
                n += 1
            ends = self._ends_below(v, x, y) | self._ends_below(v + n, x, y) << 1
            toggle = toggles[label]
            n_chains += 1
            if count_below(self.xy, self.far, self.rest, v, n, ends, x, y):
                mask ^= toggle
            self.leaves[at + 2 * n_chains] = v
            self.leaves[at + 2 * n_chains + 1] = n | ends << 16 | toggle << 18
            k += n
        self.leaves[at] = offset
        self.leaves[at + 1] = n_chains | mask << 16
        self.n_leaves = at + 2 * n_chains + 2
        return ~(at | 1)

    def _ends_below(self, v, x, y):
        """Whether a chain that ends at this vertex ends straight below the cell's interior."""
        return self.xy[2 * v + 1] <= y and x < self.xy[2 * v] < x + 1 / self.scale


def _zeros(n):
    """Room for n integers, whose scalars are Python's own: a memoryview, where not compiled."""
    room = np.zeros(n, np.int32)
    return room if cython.compiled else memoryview(room)


def _note(cell, label, ends, events, is_listed):
    if is_listed:
        events[ends[cell]] = label
    ends[cell] += 1


def _starts(counts):
    """Turn counts into where each group starts; how many there are in all."""
    c: cython.Py_ssize_t
    total: cython.int = 0
    count: cython.int
    for c in range(counts.shape[0]):
        count = counts[c]
        counts[c] = total
        total += count
    return total
