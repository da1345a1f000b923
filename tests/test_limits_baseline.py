"""Baselines: what is taken from points, lines, polygons and files, and what is left out."""

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from eezkit.errors import BaselineError, CoordinateError, DataFormatError, DataNotFoundError
from eezkit.geodesy import EdgeModel, distance
from eezkit.limits import Baseline
from eezkit.limits.features import names_of
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
    other = Baseline.from_geometry(series.to_crs(32632))
    assert np.allclose(one.lon1, other.lon1, atol=1e-9)
    assert np.allclose(one.lat1, other.lat1, atol=1e-9)


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


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "parquet"])
def test_a_vector_file_is_read_with_its_columns(tmp_path: Path, suffix: str) -> None:
    table = geopandas.GeoDataFrame(
        {
            "state": ["B", "A", "B"],
            "kind": ["normal", "straight", "normal"],
            "max_breadth_nmi": [np.nan, np.nan, 12.0],
        },
        geometry=[SQUARE, shapely.LineString([(0, 0), (1, 1)]), shapely.Point(5, 5)],
        crs=4326,
    )
    path = tmp_path / f"baseline.{suffix}"
    table.to_parquet(path) if suffix == "parquet" else table.to_file(path)
    baseline = Baseline.from_file(path, key="state")
    assert baseline.keys.tolist() == [0, 1]
    assert np.bincount(baseline.key).tolist() == [1, 5]
    assert sorted(set(baseline.max_breadth)) == [12 * M, np.inf]
    assert set(baseline.model) == {0, 1}
    assert Baseline.from_file(path).keys.tolist() == [0]


def test_a_table_of_basepoints_is_read(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("lat,lon,max_breadth_nmi\n1,2,24\n3,4,\n", encoding="utf-8")
    baseline = Baseline.from_file(path)
    assert baseline.lon1.tolist() == [2, 4]
    assert baseline.max_breadth.tolist() == [24 * M, np.inf]


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


def test_columns_of_positions_may_be_spelt_out(tmp_path: Path) -> None:
    path = tmp_path / "POINTS.CSV"
    path.write_text("Latitude, Longitude\n1,2\n", encoding="utf-8")
    assert Baseline.from_file(path).lon1.tolist() == [2]


def test_features_are_called_by_their_id_or_name_or_place(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    for header, first, expected in (
        ("id,name,lon,lat", "BO01,North", ["BO01", "2"]),
        ("other,NAME,lon,lat", "x,North", ["North", "2"]),
        ("a,b,lon,lat", "x,y", ["1", "2"]),
    ):
        path.write_text(f"{header}\n{first},1,2\n,,3,4\n", encoding="utf-8")
        assert names_of(path) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lon,lat\n1,2,3\n", "length"),
        ("lon;lat\n1,5;2\n", "length"),
        ("lon,lat\nhere,2\n", "1 of 1 values of lon are no numbers; the first is 'here'"),
        ("lon,lat,max_breadth_nmi\n1,2,twelve\n", "'twelve'"),
    ],
)
def test_a_table_that_would_be_misread_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "points.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataFormatError, match=words):
        Baseline.from_file(path)


def test_a_point_that_two_territories_claim_belongs_to_neither() -> None:
    one = Baseline.from_points([0.0, 1.0, 1.0], [0.0, 0.0, 0.0], key=1)
    other = Baseline.from_points([1.0, 2.0], [0.0, 0.0], key=2)
    both = Baseline.merge([one, other])
    assert both.lon1.tolist() == [0, 2]
    assert Baseline.merge([one]).lon1.tolist() == [0, 1, 1]


def test_files_that_are_no_baseline_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError, match="no file"):
        Baseline.from_file(tmp_path / "absent.gpkg")
    page = tmp_path / "page.gpkg"
    page.write_text("<html>", encoding="utf-8")
    with pytest.raises(DataFormatError, match="cannot be read"):
        Baseline.from_file(page)
    table = tmp_path / "table.csv"
    table.write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(DataFormatError, match="neither geometries nor"):
        Baseline.from_file(table)
    table.write_text("lon,lat\n1,2\n", encoding="utf-8")
    with pytest.raises(DataFormatError, match="no column 'state'"):
        Baseline.from_file(table, key="state")
