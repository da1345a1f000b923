"""Edges that must not cross: exact sides, a tree of boxes, and where edges meet.

Coordinates are whole multiples of 2**-43 of a degree (13 nm), within ±540 degrees. Their
differences are exact then, and so is the sign of a cross product, with no rational arithmetic.

The tree is packed: boxes of 16 edges in the order of the edges, boxes of 16 of these, and so on;
the level of the root comes first. A box is west, south, east, north.
"""

import cython
import numpy as np

if cython.compiled:
    from cython.cimports.eezkit.kernels.cells import two_difference_rest, two_product_rest
    from cython.cimports.libc.math import fabs, floor
else:
    from math import fabs, floor

    from eezkit.kernels.cells import two_difference_rest, two_product_rest

UNITS = 8796093022208.0
BRANCHES = 16
# Degrees (1 µm): vertices this close are one, and a vertex this close to an edge lies on it.
NEAR = 1e-11
# The same for those who ask from Python, where a C constant is not seen.
MEASURES = (UNITS, BRANCHES, NEAR)

# A plain cross product of exact differences errs by less than 2.3e-16 of its terms.
_PLAIN = 4e-16
_ROOM = 4096


def to_grid(degrees):
    """The nearest coordinate of the grid."""
    return floor(degrees * UNITS + 0.5) / UNITS


def side(ax, ay, bx, by, x, y):
    """Sign of the cross product of edge ab and a position: + left of it, 0 on its line; exact."""
    dx = bx - ax
    dy = by - ay
    ex = x - ax
    ey = y - ay
    p = dx * ey
    q = dy * ex
    d = p - q
    if fabs(d) > _PLAIN * (fabs(p) + fabs(q)):
        return 1 if d > 0.0 else -1
    # Now p and q are so near each other that d is exact.
    p_rest = two_product_rest(dx, ey, p)
    q_rest = two_product_rest(dy, ex, q)
    rest = p_rest - q_rest
    d += rest
    if d == 0.0:
        d = two_difference_rest(p_rest, q_rest, rest)
    return (d > 0.0) - (d < 0.0)


def crossing(ax, ay, bx, by, cx, cy, dx, dy):
    """Where edges ab and cd, which cross, do so; within the boxes of both."""
    across = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
    t = 0.5
    if across != 0.0:
        t = min(1.0, max(0.0, ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / across))
    x = ax + t * (bx - ax)
    y = ay + t * (by - ay)
    x = min(max(x, min(ax, bx), min(cx, dx)), max(ax, bx), max(cx, dx))
    y = min(max(y, min(ay, by), min(cy, dy)), max(ay, by), max(cy, dy))
    return x, y


def _is_fixed(x, y):
    """Whether a vertex may not move: on the seam, or on a pole."""
    return fabs(x) == 180.0 or fabs(y) == 90.0


def _moves(ax, ay, bx, by):
    """Whether, of two vertices that are near each other and become one, the first moves."""
    if _is_fixed(ax, ay):
        return False
    return _is_fixed(bx, by) or bx < ax or (bx == ax and by < ay)


def _is_near(ax, ay, bx, by):
    return (ax - bx) * (ax - bx) + (ay - by) * (ay - by) <= NEAR * NEAR


def _is_on(ax, ay, bx, by, x, y):
    """Whether a vertex lies beside edge ab, within a micrometre."""
    dx = bx - ax
    dy = by - ay
    ex = x - ax
    ey = y - ay
    square = dx * dx + dy * dy
    along = ex * dx + ey * dy
    if not 0.0 < along < square:
        return False
    across = dx * ey - dy * ex
    return across * across <= NEAR * NEAR * square


class Meetings:
    """Finds where edges must be cut or their vertices moved, so that none cross.

    Parameters
    ----------
    ends : numpy.ndarray of float64, shape (n_edges, 4)
        Longitude and latitude of both ends, on the grid, in the order of the tree.
    is_new : numpy.ndarray of uint8, shape (n_edges,)
        Pairs of edges neither of which is new are known not to cross.
    boxes : numpy.ndarray of float64, shape (n_boxes, 4)
    starts : numpy.ndarray of int64, shape (n_levels + 1,)
        Where each level of the boxes begins.
    has_new : numpy.ndarray of uint8, shape (n_boxes,)
        Which boxes hold a new edge.
    """

    def __init__(self, ends, is_new, boxes, starts, has_new):
        self.ends, self.is_new = viewed(ends), viewed(is_new)
        self.boxes, self.starts, self.has_new = viewed(boxes), viewed(starts), viewed(has_new)
        self.n_cuts = self.n_moves = 0
        self.cuts = viewed(np.empty((_ROOM, 3)))
        self.moves = viewed(np.empty((_ROOM, 4)))
        self.stack = viewed(np.empty((_ROOM, 3), np.int64))

    def find(self):
        """Give cuts (edge, lon, lat) and moves (edge, end, to lon, to lat), as rows."""
        with cython.nogil:
            self._pairs()
        cuts, moves = np.asarray(self.cuts), np.asarray(self.moves)
        return cuts[: self.n_cuts].copy(), moves[: self.n_moves].copy()

    def _pairs(self):
        """Go down the tree in pairs of boxes that meet."""
        top: cython.Py_ssize_t = 1
        level: cython.Py_ssize_t
        a: cython.Py_ssize_t
        b: cython.Py_ssize_t
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        n: cython.Py_ssize_t
        n_levels: cython.Py_ssize_t = self.starts.shape[0] - 1
        self.stack[0, 0] = self.stack[0, 1] = self.stack[0, 2] = 0
        while top > 0:
            top -= 1
            level = self.stack[top, 0]
            a = self.stack[top, 1]
            b = self.stack[top, 2]
            if level == n_levels - 1:
                self._leaves(a, b)
                continue
            n = self.starts[level + 2] - self.starts[level + 1]
            if top + BRANCHES * BRANCHES > self.stack.shape[0]:
                with cython.gil:
                    self.stack = longer(self.stack)
            for i in range(BRANCHES * a, min(n, BRANCHES * (a + 1))):
                for j in range(max(i, BRANCHES * b), min(n, BRANCHES * (b + 1))):
                    if self._meet(self.starts[level + 1] + i, self.starts[level + 1] + j):
                        self.stack[top, 0] = level + 1
                        self.stack[top, 1] = i
                        self.stack[top, 2] = j
                        top += 1

    def _meet(self, a, b):
        """Whether two boxes come within a micrometre, and something in them is new."""
        return (
            (self.has_new[a] or self.has_new[b])
            and self.boxes[a, 0] <= self.boxes[b, 2] + NEAR
            and self.boxes[b, 0] <= self.boxes[a, 2] + NEAR
            and self.boxes[a, 1] <= self.boxes[b, 3] + NEAR
            and self.boxes[b, 1] <= self.boxes[a, 3] + NEAR
        )

    def _leaves(self, a, b):
        """Compare the edges of two boxes of the lowest level."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        n: cython.Py_ssize_t = self.ends.shape[0]
        other: cython.Py_ssize_t = self.starts[self.starts.shape[0] - 2] + b
        for i in range(BRANCHES * a, min(n, BRANCHES * (a + 1))):
            west = min(self.ends[i, 0], self.ends[i, 2]) - NEAR
            east = max(self.ends[i, 0], self.ends[i, 2]) + NEAR
            south = min(self.ends[i, 1], self.ends[i, 3]) - NEAR
            north = max(self.ends[i, 1], self.ends[i, 3]) + NEAR
            if (
                west > self.boxes[other, 2]
                or east < self.boxes[other, 0]
                or south > self.boxes[other, 3]
                or north < self.boxes[other, 1]
            ):
                continue
            for j in range(max(i + 1, BRANCHES * b), min(n, BRANCHES * (b + 1))):
                if (
                    (self.is_new[i] or self.is_new[j])
                    and min(self.ends[j, 0], self.ends[j, 2]) <= east
                    and max(self.ends[j, 0], self.ends[j, 2]) >= west
                    and min(self.ends[j, 1], self.ends[j, 3]) <= north
                    and max(self.ends[j, 1], self.ends[j, 3]) >= south
                ):
                    self._compare(i, j)

    def _compare(self, i, j):
        """Note what two edges do to each other."""
        k: cython.Py_ssize_t
        touch: cython.bint = False
        ax = self.ends[i, 0]
        ay = self.ends[i, 1]
        bx = self.ends[i, 2]
        by = self.ends[i, 3]
        cx = self.ends[j, 0]
        cy = self.ends[j, 1]
        dx = self.ends[j, 2]
        dy = self.ends[j, 3]
        for k in range(2):
            touch |= self._vertices(i, 0, j, k)
            touch |= self._vertices(i, 1, j, k)
        touch |= self._vertex_on(i, ax, ay, bx, by, cx, cy)
        touch |= self._vertex_on(i, ax, ay, bx, by, dx, dy)
        touch |= self._vertex_on(j, cx, cy, dx, dy, ax, ay)
        touch |= self._vertex_on(j, cx, cy, dx, dy, bx, by)
        if (
            not touch
            and side(ax, ay, bx, by, cx, cy) * side(ax, ay, bx, by, dx, dy) < 0
            and side(cx, cy, dx, dy, ax, ay) * side(cx, cy, dx, dy, bx, by) < 0
        ):
            x, y = crossing(ax, ay, bx, by, cx, cy, dx, dy)
            x = to_grid(x)
            y = to_grid(y)
            self._cut(i, x, y)
            self._cut(j, x, y)

    def _vertices(self, i, m, j, k):
        """Whether end m of edge i and end k of edge j are near each other; if so, make them one."""
        ax = self.ends[i, 2 * m]
        ay = self.ends[i, 2 * m + 1]
        bx = self.ends[j, 2 * k]
        by = self.ends[j, 2 * k + 1]
        if not _is_near(ax, ay, bx, by):
            return False
        if _moves(ax, ay, bx, by):
            self._move(i, m, bx, by)
            return True
        if _moves(bx, by, ax, ay):
            self._move(j, k, ax, ay)
            return True
        return ax == bx and ay == by

    def _vertex_on(self, edge, ax, ay, bx, by, x, y):
        """Whether a vertex lies on an edge, but not at its ends; if so, cut the edge there."""
        if _is_near(ax, ay, x, y) or _is_near(bx, by, x, y) or not _is_on(ax, ay, bx, by, x, y):
            return False
        self._cut(edge, x, y)
        return True

    def _cut(self, edge, x, y):
        if self.n_cuts == self.cuts.shape[0]:
            with cython.gil:
                self.cuts = longer(self.cuts)
        self.cuts[self.n_cuts, 0] = edge
        self.cuts[self.n_cuts, 1] = x
        self.cuts[self.n_cuts, 2] = y
        self.n_cuts += 1

    def _move(self, edge, end, x, y):
        if self.n_moves == self.moves.shape[0]:
            with cython.gil:
                self.moves = longer(self.moves)
        self.moves[self.n_moves, 0] = edge
        self.moves[self.n_moves, 1] = end
        self.moves[self.n_moves, 2] = x
        self.moves[self.n_moves, 3] = y
        self.n_moves += 1


def longer(array):
    """Copy rows into an array of twice the room."""
    rows = np.asarray(array)
    more = np.empty((2 * len(rows), rows.shape[1]), rows.dtype)
    more[: len(rows)] = rows
    return viewed(more)


def viewed(array):
    """The array itself; uncompiled, as a memoryview, whose scalars are Python's own and faster."""
    return array if cython.compiled else memoryview(array)
