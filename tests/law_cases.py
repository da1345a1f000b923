"""Coasts to draw limits from, and the law's own words as an oracle, with pyproj alone."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from eezkit.limits import Baseline, Lines

GEOD = Geod(ellps="WGS84")
MINAMI_TORISHIMA = [
    (153.98491, 24.29195),
    (153.98561, 24.28126),
    (153.97109, 24.28476),
    (153.98398, 24.2975),
]
HUNDREDTH_MM = 1e-5
"""Metres: what every vertex promises."""

Array = NDArray[np.float64]


def minami_torishima() -> Baseline:
    """A triangle of 2 km with nothing else for 1,000 km."""
    return Baseline.from_geometry(shapely.Polygon(MINAMI_TORISHIMA))


def atolls() -> Baseline:
    """A double chain of ring-shaped reefs across the equator, as the Maldives are."""
    rng = np.random.default_rng(73)
    reefs = []
    for lat in np.arange(-0.6, 7.0, 1.1):
        for lon in (73.0, 73.5):
            turn = np.sort(rng.uniform(0, 2 * np.pi, 7))
            size = rng.uniform(0.05, 0.2, 7)
            reefs.append(
                shapely.Polygon(
                    np.column_stack([lon + size * np.cos(turn), lat + size * np.sin(turn)])
                )
            )
    return Baseline.from_geometry(reefs)


def across_180() -> Baseline:
    """Islands on both sides of ±180°, one of them cut there as published."""
    return Baseline.from_geometry(
        [
            shapely.Polygon([(177.3, -18.2), (178.6, -18.0), (178.2, -17.4)]),
            shapely.Polygon([(179.2, -16.7), (180.0, -16.8), (180.0, -16.2), (179.3, -16.4)]),
            shapely.Polygon([(-180.0, -16.8), (-179.8, -16.6), (-180.0, -16.2)]),
            shapely.Point(-178.7, -20.7),
        ]
    )


def far_north() -> Baseline:
    """Large islands at 80° N, whose coast runs straight in longitude and latitude."""
    return Baseline.from_geometry(
        [
            shapely.Polygon([(11.0, 79.5), (17.0, 76.6), (21.0, 78.3), (18.5, 79.7), (15.0, 80.0)]),
            shapely.Polygon([(18.0, 79.7), (26.0, 79.3), (27.0, 80.1), (21.0, 80.4)]),
        ]
    )


def pole_ring() -> Baseline:
    """Islands all round the pole, which leave high seas in their middle."""
    return Baseline.from_points(np.arange(-180, 180, 20.0), 85.5 + 0.2 * np.sin(np.arange(18)))


def enclave() -> Baseline:
    """Islands round a pocket of high seas of 20 km."""
    turn = np.arange(0, 360, 9.0)
    lon, lat, _ = GEOD.fwd(np.full(40, -30.0), np.full(40, 10.0), turn, np.full(40, 390e3))
    return Baseline.from_points(lon, lat)


CASES = {
    "Minami-Torishima": minami_torishima,
    "atolls": atolls,
    "across ±180°": across_180,
    "80° N": far_north,
    "ring round the pole": pole_ring,
    "enclave": enclave,
}


def law_distance(baseline: Baseline, lon: Array, lat: Array) -> Array:
    """Metres to the nearest point of planar baselines: sampled, then searched ever more closely."""
    far, low, _ = _bounds(baseline, lon, lat)
    best = np.full(len(lon), np.inf)
    position, edge = np.nonzero(low <= far.min(axis=1, keepdims=True))
    for start in range(0, len(position), 20000):
        part = slice(start, start + 20000)
        at, of = position[part], edge[part]
        np.minimum.at(best, at, _to_edge(baseline, of, lon[at], lat[at]))
    return best


def is_within(baseline: Baseline, breadth: float, lon: Array, lat: Array) -> NDArray[np.bool_]:
    """Whether some point of the baseline lies within the breadth, searching only in doubt."""
    far, low, _ = _bounds(baseline, lon, lat)
    inside = far.min(axis=1) <= breadth
    doubtful = np.flatnonzero(~inside & (low.min(axis=1) <= breadth))
    inside[doubtful] = law_distance(baseline, lon[doubtful], lat[doubtful]) <= breadth
    return inside


def _bounds(baseline: Baseline, lon: Array, lat: Array) -> tuple[Array, Array, Array]:
    """Distances to the middles of the edges, and what the rest of an edge cannot go below."""
    b = baseline
    middle = (b.lon1 + b.lon2) / 2, (b.lat1 + b.lat2) / 2
    ends = [GEOD.inv(*middle, x, y)[2] for x, y in ((b.lon1, b.lat1), (b.lon2, b.lat2))]
    half = 1.05 * np.maximum(*ends)
    n, m = len(lon), len(b)
    shape = (n, m)
    spread = [np.repeat(lon, m), np.repeat(lat, m), np.tile(middle[0], n), np.tile(middle[1], n)]
    far = np.asarray(GEOD.inv(*spread)[2]).reshape(shape)
    return far, far - half, half


def _to_edge(baseline: Baseline, edge: NDArray[np.int64], lon: Array, lat: Array) -> Array:
    b, n = baseline, 9
    low, high = np.zeros(len(edge)), np.ones(len(edge))
    lon1, lat1 = b.lon1[edge, None], b.lat1[edge, None]
    span, rise = b.lon2[edge, None] - lon1, b.lat2[edge, None] - lat1
    for _ in range(12):
        t = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, n)
        x, y = (lon1 + t * span).ravel(), (lat1 + t * rise).ravel()
        far = np.asarray(GEOD.inv(np.repeat(lon, n), np.repeat(lat, n), x, y)[2]).reshape(-1, n)
        least = far.argmin(axis=1)[:, None]
        low = np.take_along_axis(t, np.maximum(least - 1, 0), 1)[:, 0]
        high = np.take_along_axis(t, np.minimum(least + 1, n - 1), 1)[:, 0]
    return far.min(axis=1)


def positions_about(lines: Lines, n: int, *, seed: int) -> tuple[Array, Array]:
    """Positions from a metre to 700 km off lines, in every direction."""
    rng = np.random.default_rng(seed)
    vertex = rng.integers(len(lines.lon), size=n)
    far = np.where(rng.random(n) < 0.5, rng.uniform(0, 7e5, n), rng.exponential(500.0, n))
    lon, lat, _ = GEOD.fwd(lines.lon[vertex], lines.lat[vertex], rng.uniform(0, 360, n), far)
    return np.asarray(lon), np.asarray(lat)


def along_edges(lon: Array, lat: Array, starts: NDArray[np.int64]) -> tuple[Array, Array]:
    """Positions at seven places of each planar edge that starts at these vertices."""
    t = np.arange(1, 8)[:, None] / 8
    x = lon[starts] + t * (lon[starts + 1] - lon[starts])
    y = lat[starts] + t * (lat[starts + 1] - lat[starts])
    return x.ravel(), y.ravel()
