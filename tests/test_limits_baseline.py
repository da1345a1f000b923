"""Baselines: what is taken from points, lines, polygons and files, and what is left out."""

import geopandas
import numpy as np
import pyproj
import pytest
import shapely

from eezkit.errors import BaselineError, CoordinateError
from eezkit.geodesy import EdgeModel, distance
from eezkit.limits import Baseline
from eezkit.units import M

SQUARE = shapely.box(10, 50, 11, 51)


def test_points_are_edges_of_no_length() -> None:
    baseline = Baseline.from_points(
        [1.0, 2.0], [3.0, 4.0], key=[5, 6], max_breadth=[12 * M, np.inf]
    )
    assert (baseline.lon1 == baseline.lon2).all()
    assert baseline.keys.tolist() == [5, 6]
    assert baseline.feature.tolist() == [0, 1]
    assert baseline.max_breadth.tolist() == [12 * M, np.inf]


def test_points_lines_and_polygons_may_come_together() -> None:
    features = [
        shapely.Point(0, 0),
        shapely.LineString([(1, 1), (2, 2), (3, 1)]),
        SQUARE,
        shapely.GeometryCollection([shapely.MultiPoint([(5, 5), (6, 6)]), shapely.Polygon()]),
    ]
    baseline = Baseline.from_geometry(features, key=[0, 1, 2, 3])
    assert np.bincount(baseline.feature).tolist() == [1, 2, 4, 2]
    assert (baseline.key == baseline.feature).all()
    assert len(baseline.land) == 1


def test_a_single_geometry_and_a_series_in_another_crs_are_taken() -> None:
    series = geopandas.GeoSeries([SQUARE], crs=4326)
    one = Baseline.from_geometry(SQUARE)
    for there in (series.to_crs(32632), series.to_frame("geometry").to_crs(32632)):
        other = Baseline.from_geometry(there)
        assert np.allclose(one.lon1, other.lon1, atol=1e-9)
        assert np.allclose(one.lat1, other.lat1, atol=1e-9)


@pytest.mark.parametrize("crs", ["EPSG:4301", "EPSG:4807"])
def test_degrees_of_another_datum_or_meridian_are_brought_to_wgs84(crs: str) -> None:
    corners = [(139.7, 35.6), (139.8, 35.6), (139.8, 35.7)]
    if crs == "EPSG:4807":
        corners = [(-5.0, 50.0), (-4.9, 50.0), (-4.9, 50.1)]
    coast = geopandas.GeoSeries([shapely.Polygon(corners)], crs=crs)
    there = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon, lat = there.transform(*np.array(corners).T)
    assert distance(lon, lat, *np.array(corners).T).min() > 400, "the datum matters"
    for given in (
        coast,
        coast.to_frame("geometry"),
        geopandas.GeoDataFrame({"n": [1]}, geometry=coast),
    ):
        baseline = Baseline.from_geometry(given)
        far = distance(baseline.lon1[:, None], baseline.lat1[:, None], lon, lat)
        assert far.min(axis=1).max() < 0.001


def test_lakes_are_no_baseline() -> None:
    holed = shapely.Polygon(SQUARE.exterior, [shapely.box(10.4, 50.4, 10.6, 50.6).exterior])
    baseline = Baseline.from_geometry(holed)
    assert len(baseline) == 4
    assert baseline.on_land(np.array([10.5]), np.array([50.5])).all()


def test_cuts_at_180_and_lines_that_close_antarctica_are_no_baseline() -> None:
    ice = [(-180, -90), (180, -90), (180, -78), (60, -66), (-60, -72), (-180, -78)]
    cut = [(179, 10), (180, 9.9), (180, 10.1)]
    baseline = Baseline.from_geometry([shapely.Polygon(ice), shapely.Polygon(cut)])
    assert sorted(np.round(baseline.lat1).tolist()) == sorted([-78, -66, -72, 10, 10])
    assert not ((np.abs(baseline.lon1) == 180) & (baseline.lon1 == baseline.lon2)).any()


def test_edges_that_two_territories_share_are_land_boundaries() -> None:
    west, east = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    apart = [Baseline.from_geometry(g).with_key(k) for k, g in enumerate((west, east))]
    for baseline in (Baseline.from_geometry([west, east], key=[0, 1]), Baseline.merge(apart)):
        assert len(baseline) == 6
        ends = np.stack([baseline.lon1, baseline.lon2])
        assert not (ends == 1.0).any(), "both coasts end a little before the common terminus"
        near = np.abs(ends - 1.0) < 0.001
        assert near.sum() == 4
        gap = distance(1.0, 0.0, ends[near][0], 0.0)
        assert gap == pytest.approx(10.0, abs=0.01)


def test_edges_that_one_territorys_polygons_share_are_no_coast_either() -> None:
    west, east = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    baseline = Baseline.from_geometry([west, east])
    assert len(baseline) == 6
    assert (np.stack([baseline.lon1, baseline.lon2]) == 1.0).any()


def test_an_edge_across_180_runs_the_short_way() -> None:
    baseline = Baseline.from_geometry(shapely.LineString([(179.5, 0), (-179.5, 0)]))
    assert baseline.lon2.tolist() == [180.5]


def test_normal_baselines_are_planar_and_straight_ones_geodesic_unless_said_otherwise() -> None:
    line = shapely.LineString([(0, 0), (1, 1)])
    kinds = ["normal", "straight", "archipelagic", "straight"]
    models = [None, None, None, EdgeModel.LOXODROME]
    baseline = Baseline.from_geometry(
        [shapely.transform(line, lambda xy, i=i: xy + i) for i in range(4)],
        kind=kinds,
        model=models,
    )
    members = list(EdgeModel)
    assert [members[code] for code in baseline.model] == [
        EdgeModel.PLANAR,
        EdgeModel.GEODESIC,
        EdgeModel.GEODESIC,
        EdgeModel.LOXODROME,
    ]


def test_land_beyond_180_is_found_on_both_sides() -> None:
    baseline = Baseline.from_geometry(shapely.box(179, 0, 181, 1))
    inside = baseline.on_land(np.array([179.5, -179.5, 178.5]), np.full(3, 0.5))
    assert inside.tolist() == [True, True, False]


def test_merging_numbers_features_on() -> None:
    one = Baseline.from_points([0.0, 1.0], [0.0, 0.0], key=3)
    merged = Baseline.merge([one, Baseline.from_points([9.0], [0.0], key=7)])
    assert merged.feature.tolist() == [0, 1, 2]
    assert merged.keys.tolist() == [3, 7]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: Baseline.from_points([], []), BaselineError, "empty"),
        (lambda: Baseline.from_geometry(shapely.Polygon()), BaselineError, "empty"),
        (lambda: Baseline.from_points([0.0], [91.0]), CoordinateError, "swapped"),
        (lambda: Baseline.from_points([np.nan], [0.0]), CoordinateError, "globe"),
        (lambda: Baseline.from_points([0.0], [0.0], key=-1), BaselineError, "negative"),
        (lambda: Baseline.from_points([0.0], [0.0], max_breadth=0.0), BaselineError, "above 0"),
        (lambda: Baseline.from_geometry(SQUARE, kind="curved"), BaselineError, "curved"),
        (lambda: Baseline.from_geometry([SQUARE], kind=["normal"] * 2), BaselineError, "2 values"),
        (lambda: Baseline.from_geometry(SQUARE, model="spline"), BaselineError, "spline"),
        (lambda: Baseline.merge([]), BaselineError, "No baseline"),
    ],
)
def test_what_is_no_baseline_is_refused(call, error, words) -> None:
    with pytest.raises(error, match=words):
        call()


def test_a_point_that_two_territories_claim_belongs_to_neither() -> None:
    one = Baseline.from_points([0.0, 1.0, 1.0], [0.0, 0.0, 0.0], key=1)
    other = Baseline.from_points([1.0, 2.0], [0.0, 0.0], key=2)
    both = Baseline.merge([one, other])
    assert both.lon1.tolist() == [0, 2]
    assert Baseline.merge([one]).lon1.tolist() == [0, 1, 1]
