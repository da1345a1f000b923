"""What lies under a ship's way in a cell index: the code of a place, the edges in a box.

The index lists in each cell the edges that pass through its *interior*. An edge that runs along
the border between cells is in none, so those are listed apart (`eezkit.voyages.ground`); edges
along ±180° are in no index at all, and whoever passes there must split the path.

A box that no edge touches has one answer code; so have two places of one cell without edges. Of
a path this is used with its *bulge*, by how much it may rise poleward of its higher end.
"""

import cython
import numpy as np

if cython.compiled:
    from cython.cimports.eezkit.kernels.cells import _wrapped, count_below, floor_of
    from cython.cimports.eezkit.kernels.geodesic import DEGREE
    from cython.cimports.libc.math import fabs
else:
    from math import fabs

    from eezkit.kernels.cells import _wrapped, count_below, floor_of
    from eezkit.kernels.geodesic import DEGREE

NOT_FREE = -9
# Degrees by which boxes are wider than they need to be: 0.1 mm.
WIDER = 1e-9
# Cells and edges that may be looked at before a path is rather halved.
BUDGET = 128

_ALL = 1 << 30
# The geodesic between places d radians of longitude apart rises less than d²/16 above the higher
# one; twice that is taken, and only up to so many degrees apart.
_BULGE = DEGREE / 8.0
_WIDEST = 10.0
_POLAR = 89.0
_SEAM = 179.9


class Ground:
    """The arrays of a `CellIndex`, and its edges along borders of cells.

    Parameters
    ----------
    index : tuple of numpy.ndarray
        xy, far, rest, grid, nodes, leaves, tables, poles, as `CellIndex` has them.
    upright, level : numpy.ndarray of int32, shape (n,)
        First vertices of the edges that run along meridional and parallel borders of cells.
    upright_at, level_at : numpy.ndarray of float64, shape (n,)
        Their longitudes and latitudes, ascending.
    """

    def __init__(self, index, upright, upright_at, level, level_at):
        found = np.empty(1024, np.int32)
        if not cython.compiled:
            # Scalars of a memoryview are Python's own: several times faster than numpy's.
            index = [memoryview(a) for a in index]
            upright, upright_at = memoryview(upright), memoryview(upright_at)
            level, level_at = memoryview(level), memoryview(level_at)
            found = memoryview(found)
        xy, far, rest, grid, nodes, leaves, tables, poles = index
        self.xy, self.far, self.rest = xy, far, rest
        self.grid, self.nodes, self.leaves, self.tables, self.poles = (
            grid, nodes, leaves, tables, poles
        )  # fmt: skip
        self.upright, self.upright_at = upright, upright_at
        self.level, self.level_at = level, level_at
        self.found = found
        self.n_found = 0
        self.budget = BUDGET

    def code_at(self, x, y):
        """Answer code of one place, as `cells.locate` has it."""
        entry: cython.int
        shift: cython.int
        bits: cython.int
        head: cython.int
        chain: cython.int
        mask: cython.int
        c: cython.int
        last: cython.longlong
        node: cython.Py_ssize_t
        leaf: cython.Py_ssize_t
        if not (-180.0 <= x < 180.0):
            x = _wrapped(x)
        if not (x == x and -90.0 < y < 90.0):
            if x == x and fabs(y) == 90.0:
                return self.poles[1] if y > 0.0 else self.poles[0]
            return -2
        entry = self.grid[(floor_of(x * 2.0) + 360) * 360 + floor_of(y * 2.0) + 180]
        while entry < 0 and not (~entry & 1):
            node = ~entry & ~1
            shift = self.nodes[node + 1] & 63
            bits = self.nodes[node + 1] >> 6
            scale = cython.cast(cython.double, cython.cast(cython.longlong, 1) << shift)
            last = (1 << bits) - 1
            entry = self.grid[
                self.nodes[node]
                + ((floor_of(x * scale) & last) << bits)
                + (floor_of(y * scale) & last)
            ]
        if entry >= 0:
            return entry
        leaf = ~entry & ~1
        head = self.leaves[leaf + 1]
        mask = head >> 16
        for c in range(head & 0xFFFF):
            chain = self.leaves[leaf + 2 * c + 3]
            if count_below(
                self.xy, self.far, self.rest, self.leaves[leaf + 2 * c + 2], chain & 0xFFFF,
                chain >> 16, x, y,
            ):  # fmt: skip
                mask ^= chain >> 18
        return self.tables[self.leaves[leaf] + mask]

    def _add(self, v):
        if self.n_found == self.found.shape[0]:
            self._grow()
        self.found[self.n_found] = v
        self.n_found += 1

    def _grow(self):
        with cython.gil:
            longer = np.empty(2 * len(self.found), np.int32)
            longer[: len(self.found)] = self.found
            self.found = longer if cython.compiled else memoryview(longer)
        return 0

    def _descend(self, entry, shift, column, row):
        """Add the edges of the leaves under the box, going down from an entry of a grid."""
        bits: cython.int
        c: cython.int
        v: cython.int
        start: cython.int
        n: cython.int
        leaf: cython.Py_ssize_t
        node: cython.Py_ssize_t
        i: cython.longlong
        j: cython.longlong
        first_column: cython.longlong
        last_column: cython.longlong
        first_row: cython.longlong
        last_row: cython.longlong
        last: cython.longlong
        below: cython.int
        if ~entry & 1:
            leaf = ~entry & ~1
            for c in range(self.leaves[leaf + 1] & 0xFFFF):
                start = self.leaves[leaf + 2 * c + 2]
                n = self.leaves[leaf + 2 * c + 3] & 0xFFFF
                self.spent += n
                for v in range(start, start + n):
                    ax = self.xy[2 * v]
                    ay = self.xy[2 * v + 1]
                    bx = self.xy[2 * v + 2]
                    by = self.xy[2 * v + 3]
                    if (ax < self.west and bx < self.west) or (ax > self.east and bx > self.east):
                        continue
                    if (ay < self.south and by < self.south) or (
                        ay > self.north and by > self.north
                    ):
                        continue
                    self._add(v)
            return
        node = ~entry & ~1
        shift = self.nodes[node + 1] & 63
        bits = self.nodes[node + 1] >> 6
        scale = cython.cast(cython.double, cython.cast(cython.longlong, 1) << shift)
        last = (1 << bits) - 1
        column = column << bits
        row = row << bits
        first_column = max(floor_of(self.west * scale) - column, 0)
        last_column = min(floor_of(self.east * scale) - column, last)
        first_row = max(floor_of(self.south * scale) - row, 0)
        last_row = min(floor_of(self.north * scale) - row, last)
        if last_column < first_column or last_row < first_row:
            return
        self.spent += (last_column - first_column + 1) * (last_row - first_row + 1)
        for i in range(first_column, last_column + 1):
            for j in range(first_row, last_row + 1):
                if self.spent > self.budget:
                    return
                below = self.grid[self.nodes[node] + (i << bits) + j]
                if below < 0:
                    self._descend(below, shift, column + i, row + j)

    def _along_borders(self, which, at, low, high, axis, least, most):
        """Add the edges along borders between two coordinates; they run along `axis`."""
        a: cython.Py_ssize_t = 0
        b: cython.Py_ssize_t = at.shape[0]
        m: cython.Py_ssize_t
        while a < b:
            m = (a + b) >> 1
            if at[m] < low:
                a = m + 1
            else:
                b = m
        while a < at.shape[0] and at[a] <= high:
            p = self.xy[2 * which[a] + axis]
            q = self.xy[2 * which[a] + 2 + axis]
            if not ((p < least and q < least) or (p > most and q > most)):
                self._add(which[a])
            a += 1

    def edges_in(self, west, east, south, north, whole):
        """Find the edges whose box meets this one; False if that is over the budget.

        The box must lie within ±180°. With `whole` there is no budget.
        """
        i: cython.longlong
        j: cython.longlong
        first_column: cython.longlong = max(floor_of(west * 2.0) + 360, 0)
        last_column: cython.longlong = min(floor_of(east * 2.0) + 360, 719)
        first_row: cython.longlong = max(floor_of(south * 2.0) + 180, 0)
        last_row: cython.longlong = min(floor_of(north * 2.0) + 180, 359)
        self.west = west
        self.east = east
        self.south = south
        self.north = north
        self.budget = _ALL if whole else BUDGET
        self.spent = 0
        self.n_found = 0
        self._along_borders(self.upright, self.upright_at, west, east, 1, south, north)
        self._along_borders(self.level, self.level_at, south, north, 0, west, east)
        self.spent = (last_column - first_column + 1) * (last_row - first_row + 1)
        for i in range(first_column, last_column + 1):
            for j in range(first_row, last_row + 1):
                if self.spent > self.budget:
                    return False
                if self.grid[i * 360 + j] < 0:
                    self._descend(self.grid[i * 360 + j], 1, i - 360, j - 180)
        if self.spent > self.budget:
            return False
        if self.n_found <= 2 * BUDGET:
            self._each_once()
        return True

    def _each_once(self):
        """Leave one of each edge: it stands in every leaf that it passes through."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = 0
        v: cython.int
        for i in range(self.n_found):
            v = self.found[i]
            j = n
            while j > 0 and self.found[j - 1] > v:
                j -= 1
            if j > 0 and self.found[j - 1] == v:
                continue
            # Those above it, all of them larger, move up.
            for k in range(n, j, -1):
                self.found[k] = self.found[k - 1]
            self.found[j] = v
            n += 1
        self.n_found = n

    def free_cell(self, x0, y0, x1, y1, bulge):
        """Answer code of two places if a cell without edges holds the path between them too."""
        entry: cython.int
        shift: cython.int
        bits: cython.int
        i: cython.longlong
        j: cython.longlong
        last: cython.longlong
        node: cython.Py_ssize_t
        scale = 2.0
        if not (-180.0 <= x0 < 180.0 and -180.0 <= x1 < 180.0):
            return NOT_FREE
        if not (fabs(y0) < _POLAR and fabs(y1) < _POLAR):
            return NOT_FREE
        i = floor_of(x0 * scale)
        j = floor_of(y0 * scale)
        if i != floor_of(x1 * scale) or j != floor_of(y1 * scale):
            return NOT_FREE
        entry = self.grid[(i + 360) * 360 + j + 180]
        while entry < 0:
            if ~entry & 1:
                return NOT_FREE
            node = ~entry & ~1
            shift = self.nodes[node + 1] & 63
            bits = self.nodes[node + 1] >> 6
            scale = cython.cast(cython.double, cython.cast(cython.longlong, 1) << shift)
            last = (1 << bits) - 1
            i = floor_of(x0 * scale)
            j = floor_of(y0 * scale)
            if i != floor_of(x1 * scale) or j != floor_of(y1 * scale):
                return NOT_FREE
            entry = self.grid[self.nodes[node] + ((i & last) << bits) + (j & last)]
        h = bulge * _BULGE * (x1 - x0) * (x1 - x0)
        if max(y0, y1) >= 0.0 and max(y0, y1) + h >= (j + 1) / scale:
            return NOT_FREE
        if min(y0, y1) < 0.0 and min(y0, y1) - h < j / scale:
            return NOT_FREE
        return entry

    def is_free(self, x0, y0, x1, y1, bulge):
        """Whether no edge comes near the path between two places: then both have one code."""
        d = fabs(x1 - x0)
        if not (
            d < _WIDEST
            and fabs(y0) < _POLAR and fabs(y1) < _POLAR
            and fabs(x0) < _SEAM and fabs(x1) < _SEAM
        ):  # fmt: skip
            return False
        h = bulge * _BULGE * d * d + WIDER
        low = min(y0, y1)
        high = max(y0, y1)
        return (
            self.edges_in(
                min(x0, x1) - WIDER,
                max(x0, x1) + WIDER,
                low - (h if low < 0.0 else WIDER),
                high + (h if high > 0.0 else WIDER),
                False,
            )
            and self.n_found == 0
        )
