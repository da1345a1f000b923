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

LEAST_RADIUS = GEOD.a * (1 - GEOD.es)
"""Metres, of the meridian at the equator: nowhere is the ellipsoid bent more."""
GREATEST_RADIUS = GEOD.a / np.sqrt(1 - GEOD.es)
"""Metres, of every section at the poles."""
PIECE = 2000.0
PAIRS_AT_ONCE = 4_000_000

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


def rugged(lon: float, lat: float, seed: int, n: int = 12) -> Baseline:
    """A rugged island some 60 km across."""
    rng = np.random.default_rng(seed)
    turn = np.sort(rng.uniform(0, 360, n))
    x, y, _ = GEOD.fwd(np.full(n, lon), np.full(n, lat), -turn, rng.uniform(10e3, 40e3, n))
    return Baseline.from_geometry(shapely.Polygon(np.column_stack([x, y])))


def five_territories() -> Baseline:
    """Rugged islands on both sides of ±180°, close enough to meet in tripoints."""
    places = [(178.0, -17.0), (-178.5, -16.0), (179.5, -20.0), (-176.0, -18.5), (-175.0, -13.0)]
    coasts = [rugged(*place, seed=9 + k).with_key(10 * k) for k, place in enumerate(places)]
    return Baseline.merge(coasts)


def of_key(baseline: Baseline, key: int) -> Baseline:
    """The edges of one territory."""
    return baseline._take(baseline.key == key)


CASES = {
    "Minami-Torishima": minami_torishima,
    "atolls": atolls,
    "across ±180°": across_180,
    "80° N": far_north,
    "ring round the pole": pole_ring,
    "enclave": enclave,
}


PAIRS = {
    "at 60° N": (rugged(0.0, 60.0, 1), rugged(5.0, 61.0, 2)),
    "across ±180°": (rugged(178.0, -17.0, 3), rugged(-178.5, -16.0, 4)),
    "a coast and a rock": (rugged(30.0, 5.0, 5), Baseline.from_points([33.0], [4.0])),
}


class Law:
    """Distances to planar baselines by their definition, as pyproj measures them.

    Edges are looked at in pieces of `PIECE` at most. Chords in space choose, for each position,
    the pieces that can hold its nearest point; on these pyproj measures to ever closer positions.

    Parameters
    ----------
    baseline : Baseline
        Of edges that are straight in longitude and latitude.

    Notes
    -----
    Nothing nearer is passed over. A geodesic is no shorter than its chord *c*; as a curve in
    space it is bent by no more than 1/*R*, *R* the least radius of curvature of the ellipsoid,
    so it is no longer than the arc of that radius over the same chord, 2 *R* arcsin(*c*/2*R*)
    (Schur 1921). And the distance changes by no more than one moves along the piece.
    """

    def __init__(self, baseline: Baseline) -> None:
        assert not baseline.model.any(), "only planar edges"
        lon, lat = baseline.lon1, baseline.lat1
        span, rise = baseline.lon2 - lon, baseline.lat2 - lat
        n = np.maximum(np.ceil(GREATEST_RADIUS * np.radians(np.hypot(span, rise)) / PIECE), 1)
        edge = np.repeat(np.arange(len(n)), n.astype(int))
        part = np.arange(len(edge)) - np.searchsorted(edge, edge)
        self.span, self.rise = (span / n)[edge], (rise / n)[edge]
        self.lon, self.lat = lon[edge] + part * self.span, lat[edge] + part * self.rise
        self.half = GREATEST_RADIUS * np.radians(np.hypot(self.span, self.rise)) / 2
        self.chunk = PAIRS_AT_ONCE // len(edge) + 1
        self.middle = in_space(self.lon + self.span / 2, self.lat + self.rise / 2)

    def distance(self, lon: Array, lat: Array, *, accuracy: float = 1e-7) -> Array:
        """Metres from each position to the nearest point, too great by `accuracy` at most."""
        best = np.full(len(lon), np.inf)
        for start in range(0, len(lon), self.chunk):
            part = slice(start, start + self.chunk)
            best[part] = self._search(lon[part], lat[part], accuracy)
        return best

    def within(self, breadth: float, lon: Array, lat: Array) -> NDArray[np.bool_]:
        """Whether some point of the baseline lies within the breadth, searched where in doubt."""
        inside = np.zeros(len(lon), dtype=bool)
        for start in range(0, len(lon), self.chunk):
            x, y = lon[start : start + self.chunk], lat[start : start + self.chunk]
            at, piece = self._near(x, y)
            half = np.full(len(piece), 0.5)
            far = self._measure(piece, half, x[at], y[at])
            sure, possible = (np.zeros(len(x), dtype=bool) for _ in range(2))
            sure[at[far <= breadth]] = True
            possible[at[far - self.half[piece] <= breadth]] = True
            doubtful = np.flatnonzero(possible & ~sure)
            sure[doubtful] = self._search(x[doubtful], y[doubtful], 1e-7) <= breadth
            inside[start : start + self.chunk] = sure
        return inside

    def _near(self, lon: Array, lat: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs of a position and a piece on which its nearest point may lie."""
        here = in_space(lon, lat)
        square = (here**2).sum(1)[:, None] + (self.middle**2).sum(1) - 2 * here @ self.middle.T
        chord = np.sqrt(np.maximum(square, 0.0))
        arc = np.arcsin(np.minimum(chord / (2 * LEAST_RADIUS), 1.0)) * 2 * LEAST_RADIUS
        # Beyond half a turn of the arc nothing is known, and rounding may have cost a metre.
        most = np.where(chord < 1.9 * LEAST_RADIUS, arc, np.inf).min(axis=1, keepdims=True) + 1.0
        position, piece = np.nonzero(chord - self.half <= most + 1.0)
        return position, piece

    def _measure(self, piece: NDArray[np.int64], t: Array, lon: Array, lat: Array) -> Array:
        x, y = self.lon[piece] + t * self.span[piece], self.lat[piece] + t * self.rise[piece]
        return np.asarray(GEOD.inv(lon, lat, x, y)[2])

    def _search(self, lon: Array, lat: Array, accuracy: float) -> Array:
        best = np.full(len(lon), np.inf)
        at, piece = self._near(lon, lat)
        low, high = np.zeros(len(at)), np.ones(len(at))
        n = 9
        while len(at):
            t = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, n)
            many = [np.repeat(a, n) for a in (piece, lon[at], lat[at])]
            far = self._measure(many[0], t.ravel(), *many[1:]).reshape(-1, n)
            np.minimum.at(best, at, far.min(axis=1))
            gap = 2 * self.half[piece] * (high - low) / (n - 1)
            # Half way between two samples, a foot far away is nearer by this.
            off = np.minimum(gap, gap**2 / (4 * far.min(axis=1).clip(1e-9)))
            open_ = (off > accuracy) & (far.min(axis=1) - gap <= best[at])
            least = far.argmin(axis=1)[:, None]
            low = np.take_along_axis(t, np.maximum(least - 1, 0), 1)[open_, 0]
            high = np.take_along_axis(t, np.minimum(least + 1, n - 1), 1)[open_, 0]
            at, piece = at[open_], piece[open_]
        return best


def in_space(lon: Array, lat: Array) -> Array:
    """Positions on the ellipsoid in metres from its centre, shape (n, 3)."""
    x, y = np.radians(lon), np.radians(lat)
    normal = GEOD.a / np.sqrt(1 - GEOD.es * np.sin(y) ** 2)
    across = normal * np.cos(y)
    along = normal * (1 - GEOD.es) * np.sin(y)
    return np.column_stack([across * np.cos(x), across * np.sin(x), along])


def law_distance(baseline: Baseline, lon: Array, lat: Array) -> Array:
    """Metres to the nearest point of a planar baseline."""
    return Law(baseline).distance(lon, lat)


def is_within(baseline: Baseline, breadth: float, lon: Array, lat: Array) -> NDArray[np.bool_]:
    """Whether some point of a planar baseline lies within the breadth."""
    return Law(baseline).within(breadth, lon, lat)


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
