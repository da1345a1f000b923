"""Paths on maps: whole across ±180° and round the poles, simplified, read back as written."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from eezkit.errors import CoordinateError
from eezkit.geodesy import distance
from eezkit.maps import paths
from maps_cases import (
    LETTERS,
    circle,
    decode,
    shifted,
    torn,
)

angles = st.tuples(st.floats(-540, 540), st.floats(-90, 90))


@given(st.lists(angles, min_size=1, max_size=30), st.integers(0, 6))
def test_a_path_is_read_back_to_the_decimals_it_keeps(points, decimals):
    lon, lat = np.array(points).T
    text = paths.encode(lon, lat, decimals, repeats=True)
    assert set(text) <= set(LETTERS)
    got = decode(text, decimals)
    assert np.abs(got - np.array(points)).max() <= 0.5001 * 10.0**-decimals


@given(st.lists(angles, max_size=30))
def test_a_path_is_read_back_alike_by_the_package_itself(points):
    text = paths.encode(*np.reshape(points, (-1, 2)).T, 4)
    assert paths.decode(text, 4).tolist() == decode(text, 4).tolist()


def test_a_path_leaves_out_what_is_the_same_after_rounding():
    text = paths.encode([1.0, 1.0000001, 1.1], [2.0, 2.0, 2.0], 2)
    assert decode(text, 2).tolist() == [[1.0, 2.0], [1.1, 2.0]]


def test_an_islet_that_rounding_collapses_is_left_out():
    speck, island = shapely.box(0, 0, 1e-4, 1e-4), shapely.box(5, 5, 6, 6)
    assert len(paths.encode_geometry(shapely.multipolygons([speck, island]), 2)) == 1


def test_a_zone_torn_at_180_degrees_is_drawn_in_one_piece():
    whole = paths.draw_whole(torn(circle(179.5, -17.0, 370_400.0)))
    assert len(shapely.get_parts(whole)) == 1
    west, _, east, _ = whole.bounds
    assert east - west < 10
    assert whole.area == pytest.approx(circle(179.5, -17.0, 370_400.0).area, rel=1e-12)


def test_a_line_torn_at_180_degrees_is_drawn_in_one_piece():
    whole = paths.draw_whole(torn(shapely.LineString([(170, 0), (190, 10)])))
    assert shapely.get_num_geometries(whole) == 1
    assert whole.length == pytest.approx(np.hypot(20, 10))


def test_a_zone_that_no_cut_touches_stays_as_it_is():
    archipelago = shapely.multipolygons([shapely.box(0, 0, 1, 1), shapely.box(150, 0, 151, 1)])
    assert paths.draw_whole(archipelago) is archipelago


@pytest.mark.parametrize("name", ["Fiji", "Russia", "New Zealand", "Kiribati", "United States"])
def test_real_zones_keep_no_seam_along_180_degrees(shared_data, name):
    world = geopandas.read_parquet(shared_data / "world_union_v3_simplified.parquet")
    n_torn = 0
    for shape in world.geometry[world["country"].str.contains(name)]:
        whole = paths.draw_whole(shape)
        assert whole.area == pytest.approx(shape.area, rel=1e-9)
        n_torn += whole is not shape
        for ring in shapely.get_rings(whole):
            x = shapely.get_coordinates(ring)[:, 0]
            along_cut = (np.abs(x[:-1]) == 180.0) & (x[:-1] == x[1:])
            assert not along_cut.any() or whole is shape
    assert n_torn > 0


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(0, 200)), min_size=1, max_size=6))
def test_the_box_round_boxes_holds_them_all(spans):
    boxes = [paths.Box(west, -1.0, west + width, 1.0) for west, width in spans]
    around = paths.box_around(boxes)
    assert -180.0 <= around.west < 180.0
    assert around.east - around.west <= 360.0 + 1e-9
    for box in boxes:
        offset = (box.west - around.west + 1e-9) % 360.0
        is_full = around.east - around.west >= 360.0 - 1e-9
        assert is_full or offset + (box.east - box.west) <= around.east - around.west + 1e-6


def test_the_box_round_both_sides_of_180_degrees_is_narrow():
    around = paths.box_around([paths.Box(175, -20, 180, -10), paths.Box(-180, -18, -176, -12)])
    assert around == (175.0, -20.0, 184.0, -10.0)


def test_simplified_zones_still_share_their_edges_across_180_degrees():
    lat = np.linspace(-10, 10, 401)
    # A shift by 360 costs the last bit of these longitudes.
    border = np.column_stack([-100 + np.random.default_rng(7).normal(0, 0.005, 401), lat])
    # As published: the western zone is cut at 180; the corner of the two others is in the middle
    # of its border, and they lie wholly beyond.
    beyond = shapely.Polygon([(-180, -10), *border, (-180, 10)])
    west = shapely.multipolygons([shapely.box(90, -10, 180, 10), beyond])
    south = shapely.Polygon([(-90, -10), *border[:201], (-90, 0)])
    north = shapely.Polygon([(-90, 0), *border[200:], (-90, 10)])
    zones = [paths.draw_whole(zone) for zone in (west, south, north)]
    assert [zone.bounds[2] > 180 for zone in zones] == [True, False, False]
    simple = paths.simplify(np.array(zones, dtype=object), 4.0)
    west, south, north = simple[0], shifted(simple[1], 360.0), shifted(simple[2], 360.0)
    assert shapely.get_num_coordinates(simple).sum() < 400
    assert max(west.intersection(other).area for other in (south, north)) < 1e-9
    assert shapely.union_all([west, south, north]).area == pytest.approx(3600, rel=1e-9)


def test_simplifying_moves_no_line_by_more_than_a_few_pixels():
    shape = circle(20.0, 70.0, 370_400.0, n=4000)
    simple = paths.simplify(np.array([shape], dtype=object), 6.0)[0]
    assert shapely.get_num_coordinates(simple) < 300
    assert shape.hausdorff_distance(simple) < 2 * paths.pixel(6.0)


def test_simplifying_leaves_out_specks_but_never_the_whole_of_a_zone():
    hole, speck = shapely.box(1, 1, 1.01, 1.01), shapely.box(5, 5, 5.01, 5.01)
    lake, island = shapely.box(2, 2, 3, 3), shapely.box(6, 6, 7, 7)
    large = shapely.multipolygons([shapely.box(0, 0, 4, 4) - hole - lake, speck, island])
    only_specks = shapely.multipolygons([speck, shapely.box(8, 8, 8.001, 8.001)])
    zones = np.array([large, only_specks], dtype=object)
    first, second = paths.simplify(zones, 5.0)  # where a pixel is 0.044°
    expected = shapely.multipolygons([shapely.box(0, 0, 4, 4) - lake, island])
    assert first.normalize().equals_exact(expected.normalize(), 1e-9)
    assert second.bounds == pytest.approx(speck.bounds, abs=1e-9)


def test_a_geodesic_is_a_curve_that_runs_on_across_180_degrees():
    lon, lat, length = paths.geodesic_line(170.0, 50.0, -150.0, 50.0)
    assert (np.diff(lon) > 0).all()
    assert lon[-1] == pytest.approx(210.0)
    assert lat.max() > 51.7
    legs_of_it = distance(lon[:-1], lat[:-1], lon[1:], lat[1:])
    assert legs_of_it.sum() == pytest.approx(length, abs=1e-3)


def test_a_geodesic_over_the_pole_has_finite_vertices():
    lon, lat, length = paths.geodesic_line(10.0, 80.0, -170.0, 80.0)
    assert np.isfinite(lon).all()
    assert lat.max() == pytest.approx(90.0, abs=0.2)
    assert length == pytest.approx(2_233_650, rel=1e-3)


@pytest.mark.parametrize("pole", [90.0, -90.0])
def test_a_ring_round_a_pole_is_closed_along_the_edge_of_the_map(pole):
    lon, lat, _ = np.linspace(0, 360, 61), np.full(61, 0.9 * pole), None
    lon = (lon + 180) % 360 - 180
    ring = shapely.Polygon(paths.outline_ring(lon, lat))
    assert ring.is_valid
    assert ring.area == pytest.approx(360 * 9)
    assert ring.bounds[1 if pole < 0 else 3] == pole


def test_a_label_lies_on_the_northern_side_of_a_circle_from_left_to_right():
    ring = np.array(circle(0.0, 20.0, 370_400.0).exterior.coords)
    lon, lat = paths.label_line(*ring.T, pixels=100, zoom=6)
    assert lon[0] < lon[-1]
    assert lat.min() > 22
    assert lon.mean() == pytest.approx(0.0, abs=0.2)


def test_a_line_too_short_for_its_label_has_none():
    assert paths.label_line([0.0, 0.1], [0.0, 0.0], pixels=100, zoom=5) is None


def test_a_vertex_that_is_not_finite_is_refused_not_drawn_elsewhere():
    with pytest.raises(CoordinateError, match="Vertex 1 of 3"):
        paths.encode([1.0, np.nan, 2.0], [1.0, 1.0, 2.0], 5)
