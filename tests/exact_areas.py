"""Areas common to polygons, to 30 digits, without anything that eezkit computes by.

Both polygons are cut into columns at every vertex and every crossing, found in rationals. In a
column no two edges cross, so that what lies in both polygons is a pile of strips between edges;
each is integrated by 20-point Gauss-Legendre quadrature in mpmath. Polygons are even-odd.
"""

from fractions import Fraction
from functools import cache
from itertools import pairwise

import mpmath as mp
import shapely

DIGITS = 30
_FINEST = Fraction(1, 4)  # degrees of latitude per node set: 20 nodes are exact far beyond that

Edge = tuple[Fraction, Fraction, Fraction, Fraction]


def _nodes() -> list[tuple[mp.mpf, mp.mpf]]:
    with mp.workdps(DIGITS + 5):
        found = []
        for k in range(1, 11):
            start = mp.cos(mp.pi * (k - mp.mpf(1) / 4) / (20 + mp.mpf(1) / 2))
            root = mp.findroot(lambda x: mp.legendre(20, x), start)
            slope = 20 * (root * mp.legendre(20, root) - mp.legendre(19, root)) / (root**2 - 1)
            weight = 2 / ((1 - root**2) * slope**2)
            found += [(root, weight), (-root, weight)]
        return found


_GAUSS = _nodes()


def _north_of_equator(lat: mp.mpf) -> mp.mpf:
    """Square metres per degree of longitude between the equator and a latitude, on WGS 84."""
    a, f = mp.mpf(6378137), 1 / mp.mpf("298.257223563")
    b, e = a * (1 - f), mp.sqrt(f * (2 - f))
    s = mp.sin(lat * mp.pi / 180)
    return b * b / 2 * (s / (1 - (e * s) ** 2) + mp.atanh(e * s) / e) * mp.pi / 180


def _number(value: Fraction) -> mp.mpf:
    return mp.mpf(value.numerator) / value.denominator


@cache
def _below(edge: Edge, x0: Fraction, x1: Fraction) -> mp.mpf:
    """Area between the equator and a part of an edge."""
    ax, ay, bx, by = edge
    y0, y1 = (ay + (x - ax) * (by - ay) / (bx - ax) for x in (x0, x1))
    if abs(y1 - y0) > 16 * _FINEST and x1 - x0 > 0:
        middle = (x0 + x1) / 2
        return _below(edge, x0, middle) + _below(edge, middle, x1)
    low, high = _number(y0), _number(y1)
    half = (high - low) / 2
    mean = mp.fsum(w * _north_of_equator(low + half * (1 + t)) for t, w in _GAUSS) / 2
    return mean * _number(x1 - x0)


def edges_of(geometry: shapely.Geometry, turn: int = 0) -> list[Edge]:
    """Edges that have a width, from west to east, moved by whole turns."""
    found = []
    for ring in shapely.get_rings(geometry):
        xy = [(Fraction(x) + 360 * turn, Fraction(y)) for x, y in shapely.get_coordinates(ring)]
        for (ax, ay), (bx, by) in pairwise(xy):
            if ax != bx:
                found.append((ax, ay, bx, by) if ax < bx else (bx, by, ax, ay))
    return found


def _crossings(one: list[Edge], other: list[Edge]) -> set[Fraction]:
    found = set()
    for ax, ay, bx, by in one:
        rx, ry = bx - ax, by - ay
        for cx, cy, dx, dy in other:
            if cx > bx or dx < ax or min(cy, dy) > max(ay, by) or max(cy, dy) < min(ay, by):
                continue
            sx, sy = dx - cx, dy - cy
            across = rx * sy - ry * sx
            if across:
                t = ((cx - ax) * sy - (cy - ay) * sx) / across
                if 0 <= t <= 1:
                    found.add(ax + t * rx)
    return found


def common_area(
    a: shapely.Geometry, b: shapely.Geometry, *, turns: tuple[int, ...] = (0,)
) -> float:
    """Square metres that lie in both, b also moved by whole turns."""
    with mp.workdps(DIGITS):
        first = edges_of(a)
        return float(mp.fsum(_common(first, edges_of(b, turn)) for turn in turns))


def area(geometry: shapely.Geometry) -> float:
    """Square metres."""
    return common_area(geometry, geometry)


def _common(one: list[Edge], other: list[Edge]) -> mp.mpf:
    if not one or not other:
        return mp.mpf(0)
    west = max(min(e[0] for e in one), min(e[0] for e in other))
    east = min(max(e[2] for e in one), max(e[2] for e in other))
    stops = {x for e in one + other for x in (e[0], e[2])} | _crossings(one, other) | {west, east}
    columns = sorted(x for x in stops if west <= x <= east)
    total = mp.mpf(0)
    for x0, x1 in pairwise(columns):
        middle = (x0 + x1) / 2
        pile = sorted(
            (ay + (middle - ax) * (by - ay) / (bx - ax), which, (ax, ay, bx, by))
            for which, edges in enumerate((one, other))
            for ax, ay, bx, by in edges
            if ax <= x0 and bx >= x1
        )
        inside = [False, False]
        bottom: Edge | None = None
        for _, which, edge in pile:
            was = all(inside)
            inside[which] = not inside[which]
            if all(inside) and not was:
                bottom = edge
            elif was and bottom is not None:
                total += _below(edge, x0, x1) - _below(bottom, x0, x1)
    return total
