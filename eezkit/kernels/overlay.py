"""Polygons and lines divided among the classes of a noded layer, by integrals along edges.

A layer is a set of edges of which none cross, each with a class on its left and on its right;
`eezkit.kernels.noding` tells its grid and its tree. The area of a class within a polygon is the
sum of the areas below the edges that bound it there: pieces of the polygon's edges, each in the
class that it runs through, and pieces of layer edges within the polygon.

As in the lookup, a position (x, y) stands for (x + e, y + e * e) with e vanishing, and so a whole
polygon or line is moved: none of its vertices lies on an edge of the layer, and no vertex of the
layer on an edge of it. Two edges cross or they do not; there is nothing between. The point in
which they cross is rounded, but it is the same for both, so that what is summed stays closed.
"""

import cython
import numpy as np

from eezkit.kernels.noding import longer, viewed

if cython.compiled:
    from cython.cimports.eezkit.kernels.areas import authalic, straight_below, straight_length
    from cython.cimports.eezkit.kernels.noding import BRANCHES, crossing, side
    from cython.cimports.libc.math import fabs, floor
else:
    from math import fabs, floor

    from eezkit.kernels.areas import authalic, straight_below, straight_length
    from eezkit.kernels.noding import BRANCHES, crossing, side

_ROOM = 1024
_DEPTH = 512
# Metres and degrees: a piece no longer is none, and has the class of the one before it.
_NOTHING = 1e-6
_NO_DEGREES = 1e-11
# Edges of the polygon that are compared with a box of the layer to find that none meets it.
_WORTH = 64


def left_of_layer(ax, ay, bx, by, x, y):
    """Whether a vertex of a polygon lies left (1) or right (-1) of a layer edge."""
    s: cython.int = side(ax, ay, bx, by, x, y)
    if s != 0:
        return s
    if by != ay:
        return -1 if by > ay else 1
    return 1 if bx > ax else -1


def left_of_part(ax, ay, bx, by, x, y):
    """Whether a vertex of the layer lies left (1) or right (-1) of a polygon's edge."""
    s: cython.int = side(ax, ay, bx, by, x, y)
    if s != 0:
        return s
    if by != ay:
        return 1 if by > ay else -1
    return -1 if bx > ax else 1


class Overlay:
    """What one thread needs to divide polygons and lines among the classes of a layer.

    Parameters
    ----------
    ends : numpy.ndarray of float64, shape (n_edges, 4)
        Longitude and latitude of both ends of the layer's edges, in the order of the tree.
    left, right : numpy.ndarray of int32, shape (n_edges,)
        Classes on either side.
    boxes, starts : numpy.ndarray of float64, shape (n_boxes, 4), and of int64, (n_levels + 1,)
        The tree.
    n_classes : int
    most_edges : int
        Edges of the largest polygon to come.
    """

    def __init__(self, ends, left, right, boxes, starts, n_classes, most_edges):
        self.ends, self.left, self.right = viewed(ends), viewed(left), viewed(right)
        self.boxes, self.starts = viewed(boxes), viewed(starts)
        self.n_classes = n_classes
        self.areas = viewed(np.zeros(n_classes))
        self.is_met = viewed(np.zeros(n_classes, np.uint8))
        self.met = viewed(np.zeros(n_classes, np.int64))
        n = max(1, most_edges)
        self.vertex = viewed(np.zeros(n, np.int64))
        self.sign = viewed(np.zeros(n))
        self.is_first = viewed(np.zeros(n + 1, np.uint8))
        self.ring = viewed(np.zeros(n, np.int64))
        self.low = viewed(np.zeros(n, np.int64))
        self.high = viewed(np.zeros(n, np.int64))
        self.slab_starts = viewed(np.zeros(n + 2, np.int64))
        self.slabs = viewed(np.zeros(8 * n + 8, np.int64))
        self.of_edge = viewed(np.zeros(n + 2, np.int64))
        self.places = viewed(np.empty((_ROOM, 4)))
        self.notes = viewed(np.empty((_ROOM, 3), np.int64))
        self.rows = viewed(np.empty((_ROOM, 4)))
        self.keys = viewed(np.empty((_ROOM, 3), np.int64))
        self.stack = viewed(np.empty((_DEPTH, 3), np.int64))
        self.n_places = self.n_rows = self.n_open = 0

    # -- polygons ---------------------------------------------------------------------------

    def polygons(self, lon, lat, rings, signs, parts, classes):
        """Divide polygons among the classes.

        Parameters
        ----------
        lon, lat : numpy.ndarray of float64, shape (n_vertices,)
            Vertices on the grid, each ring closed; longitudes within ±540, latitudes off the poles.
        rings : numpy.ndarray of int64, shape (n_rings + 1,)
        signs : numpy.ndarray of float64, shape (n_rings,)
            1 where the polygon lies left of the ring, -1 where it lies right of it.
        parts : numpy.ndarray of int64, shape (n_parts + 1,)
            Rings of each polygon.
        classes : numpy.ndarray of int32, shape (n_rings,)
            Class of the first vertex of each ring.

        Returns
        -------
        part, class_ : numpy.ndarray of int64, shape (n_rows,)
        area : numpy.ndarray of float64, shape (n_rows,)
            Square metres.
        n_open : int
            How many rings did not come back to the class they began in: 0, or a bug.
        """
        part: cython.Py_ssize_t
        self.lon, self.lat = viewed(lon), viewed(lat)
        self.rings, self.signs, self.classes = viewed(rings), viewed(signs), viewed(classes)
        self.n_rows = self.n_open = 0
        starts: cython.const[cython.longlong][::1] = parts
        with cython.nogil:
            for part in range(starts.shape[0] - 1):
                self._polygon(part, starts[part], starts[part + 1])
        keys, rows = np.asarray(self.keys)[: self.n_rows], np.asarray(self.rows)[: self.n_rows]
        return keys[:, 0].copy(), keys[:, 1].copy(), rows[:, 0].copy(), self.n_open

    def _polygon(self, part, first, last):
        c: cython.Py_ssize_t
        i: cython.Py_ssize_t
        if not self._begin(first, last):
            return 0
        self._sweep()
        self._follow()
        for i in range(self.n_met):
            c = self.met[i]
            self._row(part, c, self.areas[c], 0.0, 0.0, 0.0)
            self.areas[c] = 0.0
            self.is_met[c] = 0
        return 0

    def _begin(self, first, last):
        """Take the edges of a polygon, and sort them into slabs of latitude."""
        r: cython.Py_ssize_t
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        a: cython.Py_ssize_t
        n: cython.Py_ssize_t = 0
        self.n_met = self.n_places = 0
        self.west = self.south = 1e9
        self.east = self.north = -1e9
        climb = 0.0
        for r in range(first, last):
            self.is_first[n] = 1
            for i in range(self.rings[r], self.rings[r + 1] - 1):
                if self.lon[i] == self.lon[i + 1] and self.lat[i] == self.lat[i + 1]:
                    continue
                self.vertex[n] = i
                self.sign[n] = self.signs[r]
                self.ring[n] = r
                self.west = min(self.west, self.lon[i])
                self.east = max(self.east, self.lon[i])
                self.south = min(self.south, self.lat[i])
                self.north = max(self.north, self.lat[i])
                climb += fabs(self.lat[i + 1] - self.lat[i])
                n += 1
                self.is_first[n] = 0
        self.n_edges = n
        if n == 0 or self.north <= self.south:
            return False
        self.is_first[n] = 1
        self.level = authalic((self.south + self.north) / 2.0)
        self.n_slabs = max(
            1,
            min(
                n // 2, cython.cast(cython.Py_ssize_t, 3.0 * n * (self.north - self.south) / climb)
            ),
        )
        self.per_degree = self.n_slabs / (self.north - self.south)
        for k in range(self.n_slabs + 1):
            self.slab_starts[k] = 0
        for i in range(n):
            a = self.vertex[i]
            self.low[i] = self._slab(min(self.lat[a], self.lat[a + 1]))
            self.high[i] = self._slab(max(self.lat[a], self.lat[a + 1]))
            for k in range(self.low[i], self.high[i] + 1):
                self.slab_starts[k + 1] += 1
        for k in range(self.n_slabs):
            self.slab_starts[k + 1] += self.slab_starts[k]
            self.of_edge[k] = self.slab_starts[k]
        for i in range(n):
            for k in range(self.low[i], self.high[i] + 1):
                self.slabs[self.of_edge[k]] = i
                self.of_edge[k] += 1
        return True

    def _slab(self, lat):
        """Slab of a latitude, the nearest one of those beyond all."""
        t = (lat - self.south) * self.per_degree
        if not t > 0.0:
            return 0
        return min(cython.cast(cython.Py_ssize_t, t), self.n_slabs - 1)

    def _sweep(self):
        """Go through the edges of the layer in the window of the polygon, in every turn."""
        top: cython.Py_ssize_t
        level: cython.Py_ssize_t
        box: cython.Py_ssize_t
        i: cython.Py_ssize_t
        node: cython.Py_ssize_t
        n: cython.Py_ssize_t
        known: cython.Py_ssize_t
        n_levels: cython.Py_ssize_t = self.starts.shape[0] - 1
        shift = 360.0 * floor((self.west + 180.0) / 360.0)
        while shift - 180.0 <= self.east:
            top = 1
            self.stack[0, 0] = self.stack[0, 1] = self.stack[0, 2] = 0
            while top > 0:
                top -= 1
                level = self.stack[top, 0]
                node = self.stack[top, 1]
                known = self.stack[top, 2]
                box = self.starts[level] + node
                if (
                    self.boxes[box, 0] + shift > self.east
                    or self.boxes[box, 2] + shift < self.west
                    or self.boxes[box, 1] > self.north
                    or self.boxes[box, 3] < self.south
                ):
                    continue
                if known == 0:
                    known = self._whole(box, shift)
                if known < 0:
                    continue
                if level == n_levels - 1:
                    n = min(self.ends.shape[0], BRANCHES * (node + 1))
                    for i in range(BRANCHES * node, n):
                        if known > 0:
                            self._add(
                                i,
                                straight_below(
                                    self.ends[i, 0], self.ends[i, 1], self.ends[i, 2],
                                    self.ends[i, 3], self.level,
                                ),
                            )  # fmt: skip
                        else:
                            self._layer_edge(i, shift)
                    continue
                n = min(self.starts[level + 2] - self.starts[level + 1], BRANCHES * (node + 1))
                for i in range(BRANCHES * node, n):
                    self.stack[top, 0] = level + 1
                    self.stack[top, 1] = i
                    self.stack[top, 2] = known
                    top += 1
            shift += 360.0

    def _whole(self, box, shift):
        """Whether a box lies inside (1) or outside (-1) of the polygon; 0 if that is not known."""
        k: cython.Py_ssize_t
        j: cython.Py_ssize_t
        a: cython.Py_ssize_t
        west = self.boxes[box, 0] + shift
        south = self.boxes[box, 1]
        east = self.boxes[box, 2] + shift
        north = self.boxes[box, 3]
        low: cython.Py_ssize_t = self._slab(south)
        high: cython.Py_ssize_t = self._slab(north)
        if self.slab_starts[high + 1] - self.slab_starts[low] > _WORTH:
            return 0
        for k in range(low, high + 1):
            for j in range(self.slab_starts[k], self.slab_starts[k + 1]):
                a = self.vertex[self.slabs[j]]
                if (
                    min(self.lon[a], self.lon[a + 1]) <= east
                    and max(self.lon[a], self.lon[a + 1]) >= west
                    and min(self.lat[a], self.lat[a + 1]) <= north
                    and max(self.lat[a], self.lat[a + 1]) >= south
                ):
                    return 0
        return 1 if self._holds(west, south) else -1

    def _holds(self, x, y):
        """Whether the polygon, moved, holds a vertex of the layer, by edges on the way east."""
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        a: cython.Py_ssize_t
        is_inside: cython.bint = False
        if not (self.south <= y <= self.north and self.west <= x <= self.east):
            return False
        k = self._slab(y)
        for j in range(self.slab_starts[k], self.slab_starts[k + 1]):
            a = self.vertex[self.slabs[j]]
            if (self.lat[a] >= y) == (self.lat[a + 1] >= y):
                continue
            if (
                left_of_part(self.lon[a], self.lat[a], self.lon[a + 1], self.lat[a + 1], x, y) > 0
            ) == (self.lat[a + 1] > self.lat[a]):
                is_inside = not is_inside
        return is_inside

    def _layer_edge(self, edge, shift):
        """Cross an edge of the layer with the polygon, and add what of it lies inside."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        q: cython.Py_ssize_t
        low: cython.Py_ssize_t
        high: cython.Py_ssize_t
        first: cython.Py_ssize_t = self.n_places
        is_inside: cython.bint
        ax = self.ends[edge, 0] + shift
        ay = self.ends[edge, 1]
        bx = self.ends[edge, 2] + shift
        by = self.ends[edge, 3]
        west = min(ax, bx)
        east = max(ax, bx)
        south = min(ay, by)
        north = max(ay, by)
        if west > self.east or east < self.west or south > self.north or north < self.south:
            return 0
        low = self._slab(south)
        high = self._slab(north)
        for k in range(low, high + 1):
            for j in range(self.slab_starts[k], self.slab_starts[k + 1]):
                i = self.slabs[j]
                # A pair is compared in the first slab that both reach.
                if max(self.low[i], low) == k:
                    self._pair(edge, self.vertex[i], i, ax, ay, bx, by, west, east, south, north)
        is_inside = self._holds(ax, ay)
        if self.n_places == first:
            if is_inside:
                self._add(edge, straight_below(ax, ay, bx, by, self.level))
            return 0
        self._sort(first, self.n_places, 3)
        below = 0.0
        for q in range(first, self.n_places):
            k = self.notes[q, 2]
            if is_inside:
                below += straight_below(ax, ay, self.places[k, 0], self.places[k, 1], self.level)
            ax = self.places[k, 0]
            ay = self.places[k, 1]
            is_inside = not is_inside
        if is_inside:
            below += straight_below(ax, ay, bx, by, self.level)
        self._add(edge, below)
        return 0

    def _pair(self, edge, a, i, ax, ay, bx, by, west, east, south, north):
        """Note where an edge of the layer and one of the polygon (or line) cross."""
        cx = self.lon[a]
        cy = self.lat[a]
        dx = self.lon[a + 1]
        dy = self.lat[a + 1]
        if min(cx, dx) > east or max(cx, dx) < west or min(cy, dy) > north or max(cy, dy) < south:
            return 0
        from_left: cython.int = left_of_layer(ax, ay, bx, by, cx, cy)
        if from_left == left_of_layer(ax, ay, bx, by, dx, dy):
            return 0
        if left_of_part(cx, cy, dx, dy, ax, ay) == left_of_part(cx, cy, dx, dy, bx, by):
            return 0
        if self.n_places == self.places.shape[0]:
            with cython.gil:
                self.places = longer(self.places)
                self.notes = longer(self.notes)
        n: cython.Py_ssize_t = self.n_places
        x, y = crossing(cx, cy, dx, dy, ax, ay, bx, by)
        self.places[n, 0] = x
        self.places[n, 1] = y
        # How far along each of the two, by the longer of its sides.
        self.places[n, 2] = fabs(x - cx) if fabs(dx - cx) > fabs(dy - cy) else fabs(y - cy)
        self.places[n, 3] = fabs(x - ax) if fabs(bx - ax) > fabs(by - ay) else fabs(y - ay)
        step: cython.Py_ssize_t = self.right[edge] - self.left[edge]
        self.notes[n, 0] = i
        self.notes[n, 1] = step if from_left > 0 else -step
        self.notes[n, 2] = n
        self.n_places = n + 1
        return 0

    def _add(self, edge, below):
        """Add an area below an edge of the layer to the class on its right, and take it left."""
        if below != 0.0:
            self._to(self.left[edge], -below)
            self._to(self.right[edge], below)

    def _to(self, c, area):
        if not self.is_met[c]:
            self.is_met[c] = 1
            self.met[self.n_met] = c
            self.n_met += 1
        self.areas[c] += area

    def _follow(self):
        """Go along the rings of the polygon, from class to class."""
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        q: cython.Py_ssize_t
        a: cython.Py_ssize_t
        c: cython.Py_ssize_t = 0
        state: cython.Py_ssize_t = 0
        begun: cython.Py_ssize_t = 0
        self._group(self.n_edges)
        for i in range(self.n_edges):
            if self.is_first[i]:
                self.n_open += state != begun
                c = state = begun = self.classes[self.ring[i]]
            self._sort(self.of_edge[i], self.of_edge[i + 1], 2)
            a = self.vertex[i]
            ax = self.lon[a]
            ay = self.lat[a]
            for q in range(self.of_edge[i], self.of_edge[i + 1]):
                k = self.notes[q, 2]
                bx = self.places[k, 0]
                by = self.places[k, 1]
                c = self._known(state, c, ax, ay, bx, by)
                self._to(c, -self.sign[i] * straight_below(ax, ay, bx, by, self.level))
                state += self.notes[k, 1]
                ax = bx
                ay = by
            bx = self.lon[a + 1]
            by = self.lat[a + 1]
            c = self._known(state, c, ax, ay, bx, by)
            self._to(c, -self.sign[i] * straight_below(ax, ay, bx, by, self.level))
        self.n_open += state != begun

    def _known(self, state, before, ax, ay, bx, by):
        """Class of a piece: that of the one before it where edges of the layer met in one point."""
        if 0 <= state < self.n_classes and (
            fabs(bx - ax) > _NO_DEGREES or fabs(by - ay) > _NO_DEGREES
        ):
            return state
        return before

    def _group(self, n):
        """Bring the crossings into the order of the edges: those of edge i from of_edge[i] up."""
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        for i in range(n + 2):
            self.of_edge[i] = 0
        for k in range(self.n_places):
            self.of_edge[self.notes[k, 0] + 2] += 1
        for i in range(n):
            self.of_edge[i + 2] += self.of_edge[i + 1]
        for k in range(self.n_places):
            i = self.notes[k, 0] + 1
            self.notes[self.of_edge[i], 2] = k
            self.of_edge[i] += 1

    def _sort(self, first, last, by):
        """Sort the crossings listed from first to last by a column (Shell's method)."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        k: cython.Py_ssize_t
        gap: cython.Py_ssize_t = 1
        while 3 * gap < last - first:
            gap = 3 * gap + 1
        while gap > 0:
            for i in range(first + gap, last):
                k = self.notes[i, 2]
                j = i
                while j >= first + gap and (
                    self.places[self.notes[j - gap, 2], by] > self.places[k, by]
                ):
                    self.notes[j, 2] = self.notes[j - gap, 2]
                    j -= gap
                self.notes[j, 2] = k
            gap //= 3

    def _row(self, a, b, value, along, x, y):
        """Write a row of the result."""
        if self.n_rows == self.rows.shape[0]:
            with cython.gil:
                self.rows = longer(self.rows)
                self.keys = longer(self.keys)
        self.keys[self.n_rows, 0] = a
        self.keys[self.n_rows, 1] = b
        self.rows[self.n_rows, 0] = value
        self.rows[self.n_rows, 1] = along
        self.rows[self.n_rows, 2] = x
        self.rows[self.n_rows, 3] = y
        self.n_rows += 1
        return 0

    # -- lines ------------------------------------------------------------------------------

    def lines(self, lon, lat, parts, classes):
        """Follow lines from class to class.

        Parameters
        ----------
        lon, lat : numpy.ndarray of float64, shape (n_vertices,)
            Vertices on the grid; longitudes within ±540, latitudes off the poles.
        parts : numpy.ndarray of int64, shape (n_parts + 1,)
            Vertices of each line.
        classes : numpy.ndarray of int32, shape (n_parts,)
            Class of the first vertex of each.

        Returns
        -------
        part, class_ : numpy.ndarray of int64, shape (n_runs,)
        runs : numpy.ndarray of float64, shape (n_runs, 4)
            Length of the run, and where on the line it begins, in metres; and longitude and
            latitude there.
        """
        part: cython.Py_ssize_t
        self.lon, self.lat, self.rings, self.classes = map(viewed, (lon, lat, parts, classes))
        self.n_rows = 0
        with cython.nogil:
            for part in range(self.rings.shape[0] - 1):
                self._line(part, self.rings[part], self.rings[part + 1])
        keys, rows = np.asarray(self.keys)[: self.n_rows], np.asarray(self.rows)[: self.n_rows]
        return keys[:, 0].copy(), keys[:, 1].copy(), rows.copy()

    def _line(self, part, first, last):
        a: cython.Py_ssize_t
        k: cython.Py_ssize_t
        q: cython.Py_ssize_t
        c: cython.Py_ssize_t = -1
        state: cython.Py_ssize_t = self.classes[part]
        along = 0.0
        for a in range(first, last - 1):
            self.n_places = 0
            self._meet(a)
            self._sort(0, self.n_places, 2)
            ax = self.lon[a]
            ay = self.lat[a]
            for q in range(self.n_places + 1):
                bx = self.lon[a + 1]
                by = self.lat[a + 1]
                if q < self.n_places:
                    k = self.notes[q, 2]
                    bx = self.places[k, 0]
                    by = self.places[k, 1]
                length = straight_length(ax, ay, bx, by)
                if c < 0 or (state != c and length > _NOTHING and 0 <= state < self.n_classes):
                    c = state
                    self._row(part, c, 0.0, along, ax, ay)
                self.rows[self.n_rows - 1, 0] += length
                along += length
                if q < self.n_places:
                    state += self.notes[k, 1]
                ax = bx
                ay = by
        return 0

    def _meet(self, a):
        """Note where one edge of a line crosses the layer."""
        top: cython.Py_ssize_t
        level: cython.Py_ssize_t
        box: cython.Py_ssize_t
        i: cython.Py_ssize_t
        node: cython.Py_ssize_t
        n: cython.Py_ssize_t
        n_levels: cython.Py_ssize_t = self.starts.shape[0] - 1
        west = min(self.lon[a], self.lon[a + 1])
        east = max(self.lon[a], self.lon[a + 1])
        south = min(self.lat[a], self.lat[a + 1])
        north = max(self.lat[a], self.lat[a + 1])
        shift = 360.0 * floor((west + 180.0) / 360.0)
        while shift - 180.0 <= east:
            top = 1
            self.stack[0, 0] = self.stack[0, 1] = 0
            while top > 0:
                top -= 1
                level = self.stack[top, 0]
                node = self.stack[top, 1]
                box = self.starts[level] + node
                if (
                    self.boxes[box, 0] + shift > east
                    or self.boxes[box, 2] + shift < west
                    or self.boxes[box, 1] > north
                    or self.boxes[box, 3] < south
                ):
                    continue
                if level == n_levels - 1:
                    n = min(self.ends.shape[0], BRANCHES * (node + 1))
                    for i in range(BRANCHES * node, n):
                        ax = self.ends[i, 0] + shift
                        ay = self.ends[i, 1]
                        bx = self.ends[i, 2] + shift
                        by = self.ends[i, 3]
                        self._pair(
                            i, a, 0, ax, ay, bx, by, min(ax, bx), max(ax, bx), min(ay, by),
                            max(ay, by),
                        )  # fmt: skip
                    continue
                n = min(self.starts[level + 2] - self.starts[level + 1], BRANCHES * (node + 1))
                for i in range(BRANCHES * node, n):
                    self.stack[top, 0] = level + 1
                    self.stack[top, 1] = i
                    top += 1
            shift += 360.0
        return 0

    # -- positions --------------------------------------------------------------------------

    def locate(self, lon, lat):
        """Classes of positions: that above the highest edge of the layer below each.

        Parameters
        ----------
        lon, lat : numpy.ndarray of float64, shape (n,)
            On the grid; longitudes within [-180, 180), latitudes off the poles.

        Returns
        -------
        class_, edge : numpy.ndarray of int64, shape (n,)
        """
        i: cython.Py_ssize_t
        self.lon, self.lat = viewed(lon), viewed(lat)
        out = np.empty((2, len(lon)), np.int64)
        found: cython.longlong[:, ::1] = viewed(out)
        with cython.nogil:
            for i in range(self.lon.shape[0]):
                found[1, i] = self._below(self.lon[i], self.lat[i])
                found[0, i] = -1
                if found[1, i] >= 0:
                    found[0, i] = (
                        self.left[found[1, i]]
                        if self.ends[found[1, i], 0] < self.ends[found[1, i], 2]
                        else self.right[found[1, i]]
                    )
        return out[0], out[1]

    def _below(self, x, y):
        """The highest edge below a position; -1 if there is none."""
        top: cython.Py_ssize_t = 1
        level: cython.Py_ssize_t
        box: cython.Py_ssize_t
        i: cython.Py_ssize_t
        node: cython.Py_ssize_t
        n: cython.Py_ssize_t
        best: cython.Py_ssize_t = -1
        n_levels: cython.Py_ssize_t = self.starts.shape[0] - 1
        lowest = -1e9
        self.stack[0, 0] = self.stack[0, 1] = 0
        while top > 0:
            top -= 1
            level = self.stack[top, 0]
            node = self.stack[top, 1]
            box = self.starts[level] + node
            if (
                self.boxes[box, 0] > x
                or self.boxes[box, 2] <= x
                or self.boxes[box, 1] > y
                or self.boxes[box, 3] < lowest
            ):
                continue
            if level == n_levels - 1:
                n = min(self.ends.shape[0], BRANCHES * (node + 1))
                for i in range(BRANCHES * node, n):
                    if (self.ends[i, 0] <= x) == (self.ends[i, 2] <= x):
                        continue
                    if self._is_under(i, x, y) and (best < 0 or self._is_over(i, best)):
                        best = i
                        lowest = min(self.ends[i, 1], self.ends[i, 3])
                continue
            n = min(self.starts[level + 2] - self.starts[level + 1], BRANCHES * (node + 1))
            for i in range(BRANCHES * node, n):
                self.stack[top, 0] = level + 1
                self.stack[top, 1] = i
                top += 1
        return best

    def _is_under(self, i, x, y):
        """Whether an edge, whose longitudes span a position, runs below it."""
        s: cython.int = side(
            self.ends[i, 0], self.ends[i, 1], self.ends[i, 2], self.ends[i, 3], x, y
        )
        eastward: cython.bint = self.ends[i, 0] < self.ends[i, 2]
        if s != 0:
            return (s > 0) == eastward
        if eastward:
            return self.ends[i, 3] <= self.ends[i, 1]
        return self.ends[i, 1] <= self.ends[i, 3]

    def _is_over(self, i, j):
        """Whether edge i runs above edge j, somewhere in the longitudes that both span."""
        s: cython.int
        a: cython.int = 0 if self.ends[i, 0] < self.ends[i, 2] else 2
        b: cython.int = 0 if self.ends[j, 0] < self.ends[j, 2] else 2
        ax = self.ends[i, a]
        ay = self.ends[i, a + 1]
        bx = self.ends[i, 2 - a]
        by = self.ends[i, 3 - a]
        cx = self.ends[j, b]
        cy = self.ends[j, b + 1]
        dx = self.ends[j, 2 - b]
        dy = self.ends[j, 3 - b]
        # The western of the two western ends, else that of the eastern ones, tells.
        s = side(cx, cy, dx, dy, ax, ay) if ax >= cx else -side(ax, ay, bx, by, cx, cy)
        if s == 0:
            s = side(cx, cy, dx, dy, bx, by) if bx <= dx else -side(ax, ay, bx, by, dx, dy)
        return s > 0
