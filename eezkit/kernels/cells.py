"""Which answer code a position has: down the cells of the index, then past a few edges.

Everywhere a position (x, y) stands for (x + e, y + e * e) with e vanishing, so that it lies on no
edge and on no border between cells. An edge counts where its longitudes span x and it runs below
the position. Over a whole ring an odd count means inside; over the chains of edges that pass
through one cell the count is right but for what is the same in all the cell. `eezkit.lookup`
describes the arrays.
"""

from __future__ import annotations

import cython
import numpy as np

if cython.compiled:
    from cython.cimports.libc.math import fabs, fmod
else:
    from math import fabs, fmod

TOP_SHIFT = 1
TOP_COLUMNS = 720
TOP_ROWS = 360

_BLOCK = 1024
_NOT_A_POSITION = -2

# A plain cross product errs by less than 4 roundings of its terms; the rest of the first bound
# is for vertices that a shift by 360 degrees has rounded. Nothing relative covers underflow.
_PLAIN = 1e-15
_DOUBLED = 1e-30
_UNDERFLOW = 1e-300
_SMALL = 1e-100
_SPLITTER = 134217729.0


def floor_of(t):
    """Largest integer not above t, for |t| < 2**62."""
    i: cython.longlong = cython.cast(cython.longlong, t)
    return i - (t < i)


if not cython.compiled:
    # As Python, the casts for the compiler take most of a kernel's time.
    from math import floor as floor_of


def two_product_rest(a, b, p):
    """What is missing from the rounded product p of a and b (Dekker)."""
    c = _SPLITTER * a
    a_high = c - (c - a)
    a_low = a - a_high
    c = _SPLITTER * b
    b_high = c - (c - b)
    b_low = b - b_high
    return a_low * b_low - (((p - a_high * b_high) - a_low * b_high) - a_high * b_low)


def two_difference_rest(a, b, d):
    """What is missing from the rounded difference d of a and b (Knuth)."""
    b_virtual = a - d
    a_virtual = d + b_virtual
    return (a - a_virtual) + (b_virtual - b)


def _is_small(c):
    return c != 0.0 and fabs(c) < _SMALL


def _side_in_rationals(ax, a_rest, ay, bx, b_rest, by, x, y):
    """Sign of the cross product, of any finite numbers."""
    from fractions import Fraction

    ax, bx = Fraction(ax) + Fraction(a_rest), Fraction(bx) + Fraction(b_rest)
    ay, by, x, y = Fraction(ay), Fraction(by), Fraction(x), Fraction(y)
    d = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    return (d > 0) - (d < 0)


def _rest_of(far, rest, vertex):
    """What the shift by 360 degrees has rounded off the longitude of a vertex."""
    i: cython.Py_ssize_t
    for i in range(far.shape[0]):
        if far[i] == vertex:
            return rest[i]
    return 0.0


def _side(xy, far, rest, v, x, y):
    """Sign of the cross product of edge v and the position: + left of it, 0 on its line; exact."""
    ax = xy[2 * v]
    ay = xy[2 * v + 1]
    bx = xy[2 * v + 2]
    by = xy[2 * v + 3]
    if (ax == x and ay == y) or (bx == x and by == y):
        return 0
    dx = bx - ax
    dy = by - ay
    ex = x - ax
    ey = y - ay
    p = dx * ey
    q = dy * ex
    d = p - q
    if fabs(d) > _PLAIN * (fabs(p) + fabs(q)) + _UNDERFLOW:
        return 1 if d > 0.0 else -1
    if not (
        far.shape[0] > 0
        or _is_small(ax) or _is_small(ay) or _is_small(bx) or _is_small(by)
        or _is_small(x) or _is_small(y)
    ):  # fmt: skip
        dx_rest = two_difference_rest(bx, ax, dx)
        dy_rest = two_difference_rest(by, ay, dy)
        ex_rest = two_difference_rest(x, ax, ex)
        ey_rest = two_difference_rest(y, ay, ey)
        p_rest = two_product_rest(dx, ey, p)
        q_rest = two_product_rest(dy, ex, q)
        d_rest = two_difference_rest(p, q, d)
        if dx_rest == 0.0 and dy_rest == 0.0 and ex_rest == 0.0 and ey_rest == 0.0:
            # The differences are exact, so equal products are equal to the last bit.
            if d == 0.0:
                return (p_rest > q_rest) - (p_rest < q_rest)
        else:
            p_rest += (dx * ey_rest + dx_rest * ey) + dx_rest * ey_rest
            q_rest += (dy * ex_rest + dy_rest * ex) + dy_rest * ex_rest
        total = d + ((p_rest - q_rest) + d_rest)
        if fabs(total) > _DOUBLED * (fabs(p) + fabs(q)):
            return 1 if total > 0.0 else -1
    with cython.gil:
        return _side_in_rationals(
            ax, _rest_of(far, rest, v), ay, bx, _rest_of(far, rest, v + 1), by, x, y
        )


def is_below(xy, far, rest, v, x, y):
    """Whether edge v, whose longitudes span x, runs below the position; exact."""
    s: cython.int = _side(xy, far, rest, v, x, y)
    eastward: cython.bint = xy[2 * v] < xy[2 * v + 2]
    if s != 0:
        return (s > 0) == eastward
    # On the edge: the position moves east first, then, less, north.
    if eastward:
        return xy[2 * v + 3] <= xy[2 * v + 1]
    return xy[2 * v + 1] <= xy[2 * v + 3]


def count_below(xy, far, rest, first, n, ends, x, y):
    """Parity of the edges below a position among the n edges of a chain; exact.

    An end of the chain that bit 1 (first vertex) or 2 (last) of `ends` marks lies below the cell:
    the chain is taken to go on eastward from there.
    """
    v: cython.Py_ssize_t
    odd: cython.bint = ((ends & 1) != 0 and xy[2 * first] <= x) != (
        (ends & 2) != 0 and xy[2 * (first + n)] <= x
    )
    for v in range(first, first + n):
        if (xy[2 * v] <= x) != (xy[2 * v + 2] <= x) and is_below(xy, far, rest, v, x, y):
            odd = not odd
    return odd


def _wrapped(x):
    """Bring a longitude to [-180, 180), exactly; NaN if it is not finite."""
    if x - x != 0.0:
        return x - x
    x = fmod(x, 360.0)
    if x >= 180.0:
        return x - 360.0
    if x < -180.0:
        return x + 360.0
    return x


def locate(lon, lat, codes, xy, far, rest, grid, nodes, leaves, tables, poles):
    """Write the answer code of each position into `codes`.

    Positions go through the stages in blocks, each stage over the whole block, so that many of
    them wait for memory at once.
    """
    first: cython.Py_ssize_t
    last: cython.Py_ssize_t
    n: cython.Py_ssize_t = lon.shape[0]
    pending: cython.Py_ssize_t
    ints: cython.int[:, ::1] = np.empty((5, _BLOCK), np.int32)
    floats: cython.double[:, ::1] = np.empty((5, _BLOCK))
    if not cython.compiled:
        # Scalars of a memoryview are Python's own: several times faster than numpy's.
        lon, lat, codes, xy, rest = map(memoryview, (lon, lat, codes, xy, rest))
        grid, nodes, leaves, tables = map(memoryview, (grid, nodes, leaves, tables))
        ints, floats = memoryview(ints), memoryview(floats)
    first = 0
    with cython.nogil:
        while first < n:
            last = min(n, first + _BLOCK)
            pending = _enter(first, last, lon, lat, codes, grid, poles, ints, floats)
            pending = _descend(pending, first, codes, grid, nodes, ints, floats)
            _pass_edges(pending, first, codes, xy, far, rest, leaves, tables, ints, floats)
            first = last


def _enter(first, last, lon, lat, codes, grid, poles, ints, floats):
    """Look up the top cells; how many positions need to go deeper."""
    i: cython.Py_ssize_t
    j: cython.Py_ssize_t
    k: cython.Py_ssize_t = 0
    n: cython.Py_ssize_t
    entry: cython.int
    for i in range(first, last):
        x = lon[i]
        y = lat[i]
        if not (-180.0 <= x < 180.0):
            x = _wrapped(x)
        if not (x == x and -90.0 < y < 90.0):
            if x == x and fabs(y) == 90.0:
                codes[i] = poles[1] if y > 0.0 else poles[0]
            else:
                codes[i] = _NOT_A_POSITION
            continue
        ints[0, k] = i - first
        ints[4, k] = (
            (floor_of(x * (1 << TOP_SHIFT)) + TOP_COLUMNS // 2) * TOP_ROWS
            + floor_of(y * (1 << TOP_SHIFT))
            + TOP_ROWS // 2
        )
        floats[0, k] = x
        floats[1, k] = y
        k += 1
    n = k
    # A loop with little but the fetch keeps the most of them under way.
    for j in range(n):
        ints[4, j] = grid[ints[4, j]]
    k = 0
    for j in range(n):
        i = ints[0, j]
        entry = ints[4, j]
        codes[first + i] = entry
        # Written always, kept where the entry is not final: no branch to mispredict.
        ints[0, k] = i
        ints[1, k] = entry
        floats[0, k] = floats[0, j]
        floats[1, k] = floats[1, j]
        k += entry < 0
    return k


def _descend(pending, first, codes, grid, nodes, ints, floats):
    """Go down the grids; how many positions end in a cell with edges, listed in rows 2 and 3."""
    i: cython.Py_ssize_t
    j: cython.Py_ssize_t
    k: cython.Py_ssize_t
    n_leaf: cython.Py_ssize_t = 0
    node: cython.Py_ssize_t
    entry: cython.int
    shift: cython.int
    bits: cython.int
    last: cython.longlong
    is_leaf: cython.bint
    while pending > 0:
        for j in range(pending):
            node = ~ints[1, j] & ~1
            shift = nodes[node + 1] & 63
            bits = nodes[node + 1] >> 6
            scale = cython.cast(cython.double, cython.cast(cython.longlong, 1) << shift)
            last = (1 << bits) - 1
            ints[4, j] = (
                nodes[node]
                + ((floor_of(floats[0, j] * scale) & last) << bits)
                + (floor_of(floats[1, j] * scale) & last)
            )
        for j in range(pending):
            ints[1, j] = grid[ints[4, j]]
        k = 0
        for j in range(pending):
            i = ints[0, j]
            x = floats[0, j]
            y = floats[1, j]
            entry = ints[1, j]
            codes[first + i] = entry
            is_leaf = (entry < 0) & (~entry & 1)
            ints[2, n_leaf] = i
            ints[3, n_leaf] = entry
            floats[2, n_leaf] = x
            floats[3, n_leaf] = y
            n_leaf += is_leaf
            ints[0, k] = i
            ints[1, k] = entry
            floats[0, k] = x
            floats[1, k] = y
            k += (entry < 0) & ~is_leaf
        pending = k
    return n_leaf


def _pass_edges(n_leaf, first, codes, xy, far, rest, leaves, tables, ints, floats):
    """Answer the positions whose cell has edges, by the parity of each chain below them."""
    j: cython.Py_ssize_t
    c: cython.Py_ssize_t
    v: cython.Py_ssize_t
    leaf: cython.Py_ssize_t
    start: cython.Py_ssize_t
    count: cython.Py_ssize_t
    head: cython.int
    chain: cython.int
    mask: cython.int
    odd: cython.bint
    unsure: cython.bint
    a_west: cython.bint
    b_west: cython.bint
    spans: cython.bint
    for j in range(n_leaf):
        leaf = ~ints[3, j] & ~1
        ints[4, j] = leaves[leaf + 2]
        ints[1, j] = ints[4, j] + (leaves[leaf + 3] & 0xFFFF)
    for j in range(n_leaf):
        # Nothing is done with the sum: this only has both ends of all chains fetched at once.
        floats[4, j] = xy[2 * ints[4, j]] + xy[2 * ints[1, j]]
    for j in range(n_leaf):
        x = floats[2, j]
        y = floats[3, j]
        leaf = ~ints[3, j] & ~1
        head = leaves[leaf + 1]
        mask = head >> 16
        for c in range(head & 0xFFFF):
            start = leaves[leaf + 2 * c + 2]
            chain = leaves[leaf + 2 * c + 3]
            count = chain & 0xFFFF
            bx = xy[2 * start]
            by = xy[2 * start + 1]
            b_west = bx <= x
            odd = (chain >> 16) & b_west
            unsure = False
            for v in range(2 * start + 2, 2 * (start + count) + 2, 2):
                ax = bx
                ay = by
                a_west = b_west
                bx = xy[v]
                by = xy[v + 1]
                b_west = bx <= x
                p = (bx - ax) * (y - ay)
                q = (by - ay) * (x - ax)
                spans = a_west != b_west
                odd ^= spans & ((p > q) ^ b_west)
                unsure |= spans & (fabs(p - q) <= _PLAIN * (fabs(p) + fabs(q)) + _UNDERFLOW)
            if unsure:
                odd = count_below(xy, far, rest, start, count, chain >> 16, x, y)
            else:
                odd ^= (chain >> 17) & b_west
            mask ^= (chain >> 18) & -odd
        ints[4, j] = leaves[leaf] + mask
    for j in range(n_leaf):
        codes[first + ints[2, j]] = tables[ints[4, j]]
