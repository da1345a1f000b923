"""Rings as flat arrays, and longitudes brought home."""

from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import eezkit
from eezkit.geodesy import WGS84
from eezkit.geometry import Rings, are_among, wrap_lon
from layers import ISLAND, square

LAYER = [
    square(0, -5, 10, 5, ISLAND),
    shapely.MultiPolygon([square(20, 0, 30, 10), square(40, 0, 50, 10)]),
    shapely.MultiPolygon(),
    square(60, 0, 70, 10),
]


def test_edges_are_known_again_in_either_direction_and_to_the_last_bit() -> None:
    rng = np.random.default_rng(3)
    known = rng.uniform(-90, 90, (500, 4))
    moved = known.copy()
    moved[np.arange(500), rng.integers(0, 4, 500)] += 1e-13
    rows = np.concatenate([known[::-1], known[:, [2, 3, 0, 1]], moved, known[:, [2, 1, 0, 3]]])
    assert are_among(rows, known).tolist() == [True] * 1000 + [False] * 1000
    assert are_among(np.array([[-0.0, 1.0, 2.0, -0.0]]), np.array([[2.0, 0.0, 0.0, 1.0]])).all()
    assert not are_among(rows, known[:0]).any()
    assert are_among(rows[:0], known).shape == (0,)


@given(st.floats(-1e4, 1e4))
def test_a_wrapped_longitude_is_the_same_meridian(lon: float) -> None:
    wrapped = float(wrap_lon(lon))
    assert -180.0 <= wrapped < 180.0
    assert np.cos(np.radians(wrapped)) == pytest.approx(np.cos(np.radians(lon)), abs=1e-9)
    assert float(wrap_lon(wrapped)) == wrapped


def test_wrapping_keeps_what_is_home_and_what_is_no_number() -> None:
    given_ = [-180.0, 180.0, 179.9999999999999, np.nan, 540.0, 0.1]
    expected = [-180.0, -180.0, 179.9999999999999, np.nan, -180.0, 0.1]
    assert np.array_equal(wrap_lon(given_), expected, equal_nan=True)


def test_rings_go_to_shapely_and_back() -> None:
    rings = Rings.from_shapely(LAYER)
    assert rings.n_zones == 4
    back = rings.to_shapely()
    for one, other in zip(LAYER, back, strict=True):
        assert shapely.equals(one, other) or (one.is_empty and other.is_empty)
    again = Rings.from_arrays(rings.to_arrays())
    assert np.array_equal(again.lon, rings.lon)


def test_edges_never_run_from_one_ring_to_the_next() -> None:
    rings = Rings.from_shapely(LAYER)
    start = rings.edge_starts()
    assert len(start) == sum(
        len(ring.coords) - 1 for ring in shapely.get_rings(shapely.get_parts(LAYER))
    )
    length = np.hypot(np.diff(rings.lon)[start], np.diff(rings.lat)[start])
    assert length.max() == 10.0


def test_taking_zones_keeps_their_order_and_shape() -> None:
    taken = Rings.from_shapely(LAYER).take([3, 1]).to_shapely()
    assert shapely.equals(taken[0], LAYER[3])
    assert shapely.equals(taken[1], LAYER[1])


def test_each_vertex_knows_its_zone() -> None:
    rings = Rings.from_shapely(LAYER)
    assert np.bincount(rings.zone_of_vertex(), minlength=4).tolist() == [10, 10, 0, 5]


def test_the_ellipsoid_stands_in_one_place() -> None:
    """Beside it only the compiled kernels and the script of the pages, which cannot import it."""
    root = Path(eezkit.__file__).parent
    sources = [*root.rglob("*.py"), *root.rglob("*.js")]
    named = {p.relative_to(root).as_posix() for p in sources if "298.257" in p.read_text("utf-8")}
    assert named == {"geodesy.py", "kernels/geodesic.py", "maps/web/geodesic.js"}
    assert WGS84.greatest_radius == pytest.approx(6399593.6258, abs=1e-4)
    geod = pyproj.Geod(ellps="WGS84")
    assert (WGS84.a, WGS84.b, WGS84.e2) == pytest.approx((geod.a, geod.b, geod.es), rel=1e-15)
