"""Zones and tracks on one lattice, so that ties are everywhere, and pyproj as the way between."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from pyproj import Geod, Proj

from eezkit.geometry import Rings, wrap_lon
from eezkit.lookup import CellIndex
from eezkit.voyages.walking import Walked

EVENT = 1e-3  # metres: within this of a crossing nothing is said
GEOD = Geod(ellps="WGS84")
MERCATOR = Proj("+proj=merc +ellps=WGS84")

# Name: west, east, south, north, step; and how many turns the fixes may be written in.
LATTICES = {
    "over the equator and 180": (176, 184, -2, 2, 0.25),
    "decimal over 180": (176, 184, -2, 2, 0.1),
    "dyadic, on borders of cells": (0, 1, -0.5, 0.5, 2.0**-6),
    "decimal": (10, 12, -1, 1, 0.1),
    "60 north": (-10, 10, 55, 65, 1.0),
    "60 south": (-10, 10, -65, -55, 1.0),
    "70 north, decimal": (0, 10, 65, 75, 0.3),
}


def lattice_zones(
    rng: np.random.Generator, west: float, east: float, south: float, north: float, step: float
) -> list[shapely.Polygon]:
    """Nine overlapping zones: boxes, and convex hulls of places of the lattice."""
    zones: list[shapely.Polygon] = []
    while len(zones) < 9:
        n = int(rng.integers(3, 6))
        x = rng.integers(0, round((east - west) / step) + 1, n) * step + west
        y = rng.integers(0, round((north - south) / step) + 1, n) * step + south
        if rng.random() < 0.4:
            zone = shapely.box(x.min(), y.min(), x.max(), y.max())
        else:
            zone = shapely.convex_hull(shapely.multipoints(np.column_stack([x, y])))
        if zone.geom_type == "Polygon" and zone.area > 0:
            zones.append(zone)
    return zones


def lattice_track(
    rng: np.random.Generator,
    n: int,
    west: float,
    east: float,
    south: float,
    north: float,
    step: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Fixes on the lattice; a quarter of the moves along a meridian, a quarter along a parallel."""
    lon = rng.integers(0, round((east - west) / step) + 1, n) * step + west
    lat = rng.integers(0, round((north - south) / step) + 1, n) * step + south
    kind = rng.integers(0, 4, n)
    for i in range(1, n):
        if kind[i] == 0:
            lon[i] = lon[i - 1]
        if kind[i] == 1:
            lat[i] = lat[i - 1]
    if east > 180:
        lon = np.where(rng.random(n) < 0.5, (lon + 180.0) % 360.0 - 180.0, lon)
    return lon.astype(float), lat.astype(float)


def polar_zones() -> list[shapely.Polygon]:
    """Sectors closed along 90, a cap over them, and a ragged cap in the south."""
    cuts = [-180, -135, -90, -30, 0, 45, 90, 150, 180]
    sectors = [shapely.Polygon([(a, 84), (b, 84), (b, 90), (a, 90)]) for a, b in pairwise(cuts)]
    south = [(-180, -90), (180, -90), (180, -86), (0, -88), (-180, -86)]
    return [*sectors, shapely.box(-180, 87, 180, 90), shapely.Polygon(south)]


def polar_track(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Fixes round the pole and on it, often on opposite meridians."""
    lon = rng.integers(-12, 12, n) * 15.0
    lat = 90.0 - rng.integers(0, 9, n)
    for i in range(1, n):
        if rng.random() < 0.3:
            lon[i] = lon[i - 1] - 180 if lon[i - 1] >= 0 else lon[i - 1] + 180
    return lon, lat


KINDS = (*LATTICES, "poles", "close by a pole", "any two places")
"""Kinds of tracks for `workload`."""


def workload(
    name: str, n: int, seed: int = 0
) -> tuple[list[shapely.Polygon], np.ndarray, np.ndarray]:
    """Zones, and n fixes among them, of a kind."""
    rng = np.random.default_rng(seed)
    if name == "poles":
        lon, lat = polar_track(rng, n)
        return polar_zones(), lon, lat * np.repeat([1, -1], [n // 2, n - n // 2])
    if name == "close by a pole":
        return polar_zones(), rng.uniform(-180, 180, n), rng.uniform(89.9, 90, n)
    if name == "any two places":
        lat = np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
        zones = lattice_zones(rng, -180, 180, -75, 75, 15)
        return zones, rng.uniform(-180, 180, n), lat
    zones = lattice_zones(rng, *LATTICES[name])
    return zones, *lattice_track(rng, n, *LATTICES[name])


def ends_of(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, ...]:
    """Longitude and latitude of the first fix of each segment, and of its last."""
    return lon[:-1], lat[:-1], lon[1:], lat[1:]


def index_of(zones: list[shapely.Polygon]) -> CellIndex:
    return CellIndex.build(Rings.from_shapely(zones))


def places(path: str, ends: tuple[np.ndarray, ...], share: np.ndarray) -> tuple[np.ndarray, ...]:
    """Where a share of each path leads, by pyproj: of its metres, or of its longitude.

    `ends` has the longitude and latitude of the first fixes and of the last.
    """
    lon1, lat1, lon2, lat2 = (np.broadcast_to(a, np.shape(share)).copy() for a in ends)
    exact = np.where(share == 0.0, (lon1, lat1), (lon2, lat2)), (share == 0.0) | (share == 1.0)
    lon1 = np.where(np.abs(lat1) == 90.0, lon2, lon1)
    lon2 = np.where(np.abs(lat2) == 90.0, lon1, lon2)
    if path == "geodesic":
        azimuth, _, length = GEOD.inv(lon1, lat1, lon2, lat2)
        lon, lat, _ = GEOD.fwd(lon1, lat1, azimuth, share * length)
        return tuple(np.where(exact[1], exact[0], (lon, lat)))
    dlon = eastward(lon1, lon2)
    _, y1 = MERCATOR(np.zeros_like(lat1), lat1)
    _, y2 = MERCATOR(np.zeros_like(lat2), lat2)
    _, lat = MERCATOR(np.zeros_like(lat1), y1 + share * (y2 - y1), inverse=True)
    lat = np.where(lat1 == lat2, lat1, lat)
    return tuple(np.where(exact[1], exact[0], (lon1 + share * dlon, lat)))


def eastward(lon1: np.ndarray, lon2: np.ndarray) -> np.ndarray:
    """Degrees from one longitude to the other, the short way; half round the globe as written."""
    off = np.fmod(wrap_lon(lon2) - wrap_lon(lon1), 360.0)
    return np.where(off > 180.0, off - 360.0, np.where(off < -180.0, off + 360.0, off))


def shares(path: str, ends: tuple[np.ndarray, ...], walked: Walked) -> np.ndarray:
    """The share of its path at which each crossing lies."""
    lon1, lat1, lon2, lat2 = (a[walked.segment] for a in ends)
    if path == "geodesic":
        length = np.asarray(GEOD.inv(lon1, lat1, lon2, lat2)[2])
        return np.divide(walked.gone, length, out=np.zeros(len(walked)), where=length > 0)
    dlon = eastward(lon1, lon2)
    gone = np.where(dlon < 0, -((lon1 - walked.lon) % 360.0), (walked.lon - lon1) % 360.0)
    # A place at the first fix may be a rounding before it.
    gone = np.where(np.abs(gone) > 359.0, 0.0, gone)
    (_, y1), (_, y), (_, y2) = (MERCATOR(0 * a, a) for a in (lat1, walked.lat, lat2))
    wide = np.abs(dlon) * 1e5 > np.abs(y2 - y1)
    top, under = np.where(wide, gone, y - y1), np.where(wide, dlon, y2 - y1)
    return np.clip(np.divide(top, under, out=np.zeros(len(walked)), where=under != 0), 0.0, 1.0)


def codes_said(
    walked: Walked, at: np.ndarray, segment: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The code that crossings, at shares `at`, give places; and how near the next one is."""
    said = walked.codes[segment].copy()
    near = np.minimum(share, 1.0 - share)
    first = np.searchsorted(walked.segment, segment, "left")
    last = np.searchsorted(walked.segment, segment, "right")
    for k in range(int((last - first).max(initial=0))):
        here = first + k < last
        number = np.where(here, first + k, 0)
        near = np.where(here, np.minimum(near, np.abs(at[number] - share)), near)
        said = np.where(here & (at[number] <= share), walked.after[number], said)
    return said, near


def wrong_places(
    index: CellIndex,
    walked: Walked,
    path: str,
    ends: tuple[np.ndarray, ...],
    segment: np.ndarray,
    share: np.ndarray,
) -> tuple[np.ndarray, int]:
    """Which places have another code than the crossings say, and how many lie on an edge."""
    x, y = places(path, tuple(a[segment] for a in ends), share)
    said, near = codes_said(walked, shares(path, ends, walked), segment, share)
    length = walked.lengths[segment]
    # Near a pole the share of a rhumb line's longitude is many times that of its metres.
    clear = (length > 0) & (near * length > EVENT * (1 if path == "geodesic" else 20))
    wrong = np.flatnonzero(clear & (index.locate(x, y) != said))
    torn = np.array([is_torn(index, x[k], y[k], said[k]) for k in wrong], bool)
    return wrong[~torn], int(torn.sum())


def is_torn(index: CellIndex, lon: float, lat: float, code: int) -> bool:
    """Whether a place within 20 nm has this code: then either answer is right."""
    turn = np.arange(8) * np.pi / 4
    near = 2e-13
    x = lon + near * np.sin(turn) / max(np.cos(np.radians(lat)), 1e-6)
    y = np.clip(lat + near * np.cos(turn), -90, 90)
    return code in index.locate(x, y)


def crossings_by_bisection(
    index: CellIndex, path: str, ends: tuple[float, ...], *, samples: int
) -> list[tuple[float, int, int]]:
    """Share, code before and after of every change that even samples show, to 1e-15 of the way."""
    share = np.linspace(0.0, 1.0, samples + 1)
    one = tuple(np.array(a) for a in ends)
    codes = index.locate(*places(path, one, share))
    found = []
    for k in np.flatnonzero(codes[1:] != codes[:-1]).tolist():
        low, high = share[k], share[k + 1]
        for _ in range(40):
            middle = (low + high) / 2
            x, y = places(path, one, np.array([middle]))
            if index.locate(x, y)[0] == codes[k]:
                low = middle
            else:
                high = middle
        found.append((high, int(codes[k]), int(codes[k + 1])))
    return found
