"""The rule of containment in rational arithmetic, as slow and as plain as can be."""

from fractions import Fraction
from itertools import pairwise

import numpy as np

from eezkit.geometry import Rings

Point = tuple[float, float]
Zone = list[list[list[Point]]]
"""Polygons of rings, the shell first, of closed runs of (lon, lat)."""


def flatten(zones: list[Zone]) -> Rings:
    """The zones as flat arrays."""
    lon: list[float] = []
    lat: list[float] = []
    starts: list[list[int]] = [[0], [0], [0]]
    for zone in zones:
        for polygon in zone:
            for ring in polygon:
                lon += [x for x, _ in ring]
                lat += [y for _, y in ring]
                starts[0].append(len(lon))
            starts[1].append(len(starts[0]) - 1)
        starts[2].append(len(starts[1]) - 1)
    return Rings(
        np.array(lon, float), np.array(lat, float), *(np.array(s, np.int64) for s in starts)
    )


def nested(rings: Rings) -> list[Zone]:
    """Flat arrays as zones."""

    def points(r: int) -> list[Point]:
        span = slice(rings.rings[r], rings.rings[r + 1])
        return list(zip(rings.lon[span].tolist(), rings.lat[span].tolist(), strict=True))

    return [
        [
            [points(r) for r in range(rings.polygons[p], rings.polygons[p + 1])]
            for p in range(rings.zones[z], rings.zones[z + 1])
        ]
        for z in range(rings.n_zones)
    ]


def zones_at(zones: list[Zone], lon: float, lat: float) -> tuple[int, ...]:
    """Zones that hold a position moved by (+e, +e**2), whatever the turns of both."""
    x, y = Fraction(lon), Fraction(lat)
    x -= 360 * ((x + 180) // 360)
    if abs(y) == 90:
        x = Fraction(-180)
    return tuple(z for z, zone in enumerate(zones) if _in_zone(zone, x, y))


def _in_zone(zone: Zone, x: Fraction, y: Fraction) -> bool:
    return any(
        _in_ring(polygon[0], x + turn, y)
        and not any(_in_ring(hole, x + turn, y) for hole in polygon[1:])
        for polygon in zone
        if polygon
        for turn in range(-1080, 1081, 360)
    )


def _in_ring(ring: list[Point], x: Fraction, y: Fraction) -> bool:
    about = float(x)
    near = (
        (a, b)
        for a, b in pairwise(ring)
        if min(a[0], b[0]) < about + 1e-6 and max(a[0], b[0]) > about - 1e-6
    )
    return bool(sum(_is_below(a, b, x, y) for a, b in near) % 2)


def _is_below(a: Point, b: Point, x: Fraction, y: Fraction) -> bool:
    """Whether an edge runs through the meridian x + e below y + e**2 (y - e**2 at 90)."""
    if (a[0] <= x) == (b[0] <= x):
        return False
    (ax, ay), (bx, by) = ((Fraction(p), Fraction(q)) for p, q in sorted((a, b)))
    height = ay + (by - ay) * (x - ax) / (bx - ax)
    if height != y:
        return height < y
    return by < ay or (by == ay and y != 90)
