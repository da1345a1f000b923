"""Distances against an independent search with pyproj, to a millimetre."""

import numpy as np
import pytest
import shapely
from pyproj import Geod

from eezkit import geodesy
from eezkit.atlas import Atlas
from layers import A, atlas_of

GEOD = Geod(ellps="WGS84")
MILLIMETRE = 1e-3
N_CASES = 1000


def _zone(lon: float, lat: float, size: float, turn: float) -> shapely.Geometry:
    """A triangle about a middle, in degrees; across ±180° it is cut there, as published."""
    angles = turn + np.radians([0.0, 130.0, 235.0])
    wide = min(size / max(np.cos(np.radians(lat)), 0.05), 60.0)
    corners = np.column_stack([lon + wide * np.cos(angles), lat + size * np.sin(angles)])
    corners[:, 1] = np.clip(corners[:, 1], -89.9, 89.9)
    whole = shapely.Polygon(corners)
    if whole.bounds[2] <= 180.0:
        return whole
    west = shapely.intersection(whole, shapely.box(-180, -90, 180, 90))
    east = shapely.intersection(whole, shapely.box(180, -90, 540, 90))
    east = shapely.transform(east, lambda xy: xy - [360.0, 0.0])
    return shapely.MultiPolygon([*shapely.get_parts(west), *shapely.get_parts(east)])


STRATA = {
    "anywhere": (0.0, 0.0, 60.0),
    "at 80 degrees north": (10.0, 80.0, 6.0),
    "across 180 degrees": (179.0, -17.0, 8.0),
    "round the north pole's side": (30.0, 88.0, 1.5),
    "by the south pole": (-120.0, -88.0, 1.5),
}


def _edges_of(zone: shapely.Geometry) -> np.ndarray:
    """Edges of the uncut triangle's parts as rows, without those along ±180°."""
    rows = []
    for ring in shapely.get_rings(shapely.get_parts(zone)):
        xy = shapely.get_coordinates(ring)
        rows.append(np.hstack([xy[:-1], xy[1:]]))
    ends = np.vstack(rows)
    seam = (np.abs(ends[:, 0]) == 180.0) & (np.abs(ends[:, 2]) == 180.0)
    return ends[~seam]


def _searched(lon: float, lat: float, ends: np.ndarray) -> float:
    """Smallest distance to the edges, by sampling each and closing in on the best samples."""
    best = np.inf
    for a, b, c, d in ends:
        low, high = np.array([0.0]), np.array([1.0])
        for step in range(16):
            t = np.linspace(low, high, 33 if step else 201).ravel()
            x, y = a + t * (c - a), b + t * (d - b)
            far = GEOD.inv(np.full_like(x, lon), np.full_like(y, lat), x, y)[2]
            width = (high - low)[0] / (200 if step == 0 else 32)
            # The distance to a long edge may have several hollows; keep the four deepest.
            inner = np.r_[np.inf, far, np.inf]
            hollow = np.flatnonzero((inner[1:-1] <= inner[:-2]) & (inner[1:-1] <= inner[2:]))
            hollow = hollow[np.argsort(far[hollow])][: 4 if step == 0 else len(low)]
            low, high = np.maximum(t[hollow] - width, 0), np.minimum(t[hollow] + width, 1)
            if far.min() > best + 112e3 * width * np.hypot(c - a, d - b):
                break
            best = min(best, float(far.min()))
            if width * np.hypot(c - a, d - b) * 111e3 < 1e-4:
                break
    return best


@pytest.mark.parametrize("stratum", STRATA)
def test_margins_are_those_of_a_search_with_pyproj(stratum: str) -> None:
    lon, lat, size = STRATA[stratum]
    rng = np.random.default_rng(20260202)
    n_zones, per_zone = 10, N_CASES // len(STRATA) // 10
    for _ in range(n_zones):
        zone = _zone(lon, lat, size * rng.uniform(0.2, 1.0), rng.uniform(0, 2 * np.pi))
        atlas: Atlas = atlas_of({A: zone})
        x = lon + rng.uniform(-2, 2, per_zone) * size
        y = np.clip(lat + rng.uniform(-1.5, 1.5, per_zone) * size, -90, 90)
        found = atlas.distance(x, y, kinds="seaward").distance
        searched = [_searched(px, py, _edges_of(zone)) for px, py in zip(x, y, strict=True)]
        assert np.abs(found - searched).max() <= MILLIMETRE


@pytest.mark.parametrize("pole", [90.0, -90.0])
def test_the_poles_have_one_distance_whatever_their_longitude(pole: float) -> None:
    lat = np.sign(pole) * 80.0
    atlas = atlas_of({A: shapely.box(-30, min(lat, lat * 0.9), 30, max(lat, lat * 0.9))})
    expected = GEOD.inv(0, pole, 0, lat)[2]
    far = atlas.distance([0.0, 90.0, 180.0, -77.0], [pole] * 4, kinds="seaward").distance
    assert np.abs(far - expected).max() <= MILLIMETRE


@pytest.mark.parametrize("lat", [1e-10, 1e-17, 1e-100, 1e-160, 1.5e-219, 5e-324])
def test_latitudes_too_small_to_be_squared_are_no_trap(lat: float) -> None:
    # Of 1e-160 the square is 0 or a denormal: unit vectors made of it would not be unit vectors.
    for to_lon, to_lat in ((10.0, 0.0), (10.0, lat), (0.0, -lat), (1e-200, lat), (179.9, -lat)):
        expected = GEOD.inv(0.0, lat, to_lon, to_lat)[2]
        assert geodesy.distance(0.0, lat, to_lon, to_lat) == pytest.approx(expected, abs=2e-8)
    for azimuth in (0.0, 1e-200, 45.0, 90.0, 180.0):
        expected = GEOD.fwd(0.0, lat, azimuth, 1e6)[:2]
        assert geodesy.direct(0.0, lat, azimuth, 1e6)[:2] == pytest.approx(expected, abs=1e-12)
