"""Baselines and limits from files: the same reader, and the same care, as for zones."""

import shutil
from pathlib import Path

import geopandas
import numpy as np
import pyproj
import pytest
import shapely

from eezkit.__main__ import run
from eezkit.compare.audit import audit
from eezkit.errors import (
    DataFormatError,
    DataNotFoundError,
    GeometryWarning,
    OptionError,
    UnknownDatasetError,
)
from eezkit.geodesy import distance
from eezkit.limits import outer_limit
from eezkit.sources import read_baseline, read_limit
from eezkit.sources.files.baselines import open_baseline
from eezkit.units import M

SQUARE = shapely.box(10, 50, 11, 51)
COAST = [(139.7, 35.6), (139.8, 35.6), (139.8, 35.7)]


pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


def written(path: Path, *shapes: shapely.Geometry, crs: object = 4326, **columns: list) -> Path:
    """Write features to a file of any format, and return its path."""
    columns = columns or {"n": list(range(len(shapes)))}
    table = geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=crs)
    table.to_parquet(path) if path.suffix == ".parquet" else table.to_file(path)
    return path


# --- reference systems


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "fgb", "parquet"])
def test_a_baseline_in_degrees_of_another_datum_lands_where_it_lies(
    tmp_path: Path, suffix: str
) -> None:
    path = written(tmp_path / f"coast.{suffix}", shapely.Polygon(COAST), crs="EPSG:4301")
    there = pyproj.Transformer.from_crs("EPSG:4301", "EPSG:4326", always_xy=True)
    lon, lat = there.transform(*np.array(COAST).T)
    assert distance(lon, lat, *np.array(COAST).T).min() > 400, "Tokyo lies off by the datum"
    baseline = read_baseline(path)
    far = distance(baseline.lon1[:, None], baseline.lat1[:, None], lon, lat)
    assert far.min(axis=1).max() < 0.001


def test_a_limit_in_another_datum_is_audited_where_it_lies(tmp_path: Path) -> None:
    baseline = read_baseline(written(tmp_path / "coast.gpkg", shapely.Polygon(COAST)))
    zone = geopandas.GeoSeries([outer_limit(baseline, 12 * M).to_shapely()], crs=4326)
    path = written(tmp_path / "limit.gpkg", zone.to_crs("EPSG:4301")[0], crs="EPSG:4301")
    # Back through the datum the same formula gives centimetres.
    assert np.abs(audit(read_limit(path), baseline, breadth=12 * M).offset).max() < 0.1


def test_a_baseline_drawn_in_a_projection_says_how_far_its_edges_moved(tmp_path: Path) -> None:
    there = geopandas.GeoSeries([SQUARE], crs=4326).to_crs(3035)
    with pytest.warns(GeometryWarning, match=r"drawn in ETRS89.*up to [0-9.]+ m"):
        baseline = read_baseline(written(tmp_path / "coast.gpkg", there[0], crs=3035))
    assert sorted(np.round(baseline.lon1, 6)) == [10, 10, 11, 11]


def test_points_in_a_projection_have_no_edges_to_speak_of(tmp_path: Path) -> None:
    there = geopandas.GeoSeries([shapely.Point(10, 50)], crs=4326).to_crs(3035)
    baseline = read_baseline(written(tmp_path / "points.gpkg", there[0], crs=3035))
    assert baseline.lon1[0] == pytest.approx(10, abs=1e-9)


def test_a_baseline_without_reference_system_is_taken_for_degrees_and_said(tmp_path: Path) -> None:
    path = written(tmp_path / "coast.shp", SQUARE)
    path.with_suffix(".prj").unlink()
    with pytest.warns(GeometryWarning, match=r"does not say its coordinate reference system"):
        assert len(read_baseline(path)) == 4
    metres = written(tmp_path / "metres.parquet", shapely.box(4e6, 3e6, 5e6, 4e6), crs=None)
    with pytest.raises(DataFormatError, match="not degrees"):
        read_baseline(metres)


# --- the checks that zones have


def cut(path: Path, share: float) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


@pytest.mark.parametrize("read", [read_baseline, read_limit])
@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda d: d / "absent.gpkg", DataNotFoundError, "does not exist"),
        (lambda d: cut(written(d / "c.shp", SQUARE), 0.7), DataFormatError, "truncated: c.shp"),
        (lambda d: cut(written(d / "c.gpkg", SQUARE), 0.9), DataFormatError, "truncated: c.gpkg"),
        (
            lambda d: written(d / "c.gpkg", SQUARE).rename(d / "c.shp"),
            DataFormatError,
            "not a shapefile.*is GeoPackage",
        ),
        (
            lambda d: written(d / "c.gpkg", shapely.box(35, 139, 36, 140)),
            DataFormatError,
            "not on the globe.*exchanged",
        ),
        (
            lambda d: written(d / "c.parquet", SQUARE, shapely.from_wkt("POINT (NaN 1)")),
            DataFormatError,
            "not finite",
        ),
    ],
)  # fmt: skip
def test_what_is_refused_of_zones_is_refused_of_baselines_and_limits(
    tmp_path: Path, read, make, error, said
) -> None:
    with pytest.raises(error, match=said):
        read(make(tmp_path))


def test_a_baseline_without_its_sidecars_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "coast.shp", SQUARE)
    path.with_suffix(".dbf").unlink()
    with pytest.raises(DataNotFoundError, match=r"lacks coast\.dbf"):
        read_baseline(path)


def test_folders_zips_and_layers_are_baselines_too(tmp_path: Path) -> None:
    folder = written(tmp_path / "in.shp", SQUARE).parent
    shutil.make_archive(str(tmp_path / "packed"), "zip", folder)
    assert len(read_baseline(tmp_path / "packed.zip")) == 4
    (tmp_path / "packed.zip").unlink()
    assert len(read_baseline(folder)) == 4
    both = tmp_path / "both.gpkg"
    for name, shape in (("north", SQUARE), ("south", shapely.Point(0, -5))):
        geopandas.GeoDataFrame({"n": [1]}, geometry=[shape], crs=4326).to_file(both, layer=name)
    with pytest.raises(OptionError, match=r"several layers: north.*south"):
        read_baseline(both)
    assert len(read_baseline(both, layer="south")) == len(read_limit(str(both), layer="south")) == 1
    with pytest.raises(UnknownDatasetError, match="no layer 'west'"):
        read_baseline(both, layer="west")


def test_a_table_beside_a_layer_is_not_taken_for_it(tmp_path: Path) -> None:
    written(tmp_path / "coast.gpkg", SQUARE)
    (tmp_path / "notes.csv").write_text("lon,lat\n1,2\n")
    assert len(read_baseline(tmp_path)) == 4


def test_rows_without_geometry_keep_the_numbers_of_the_others(tmp_path: Path) -> None:
    path = written(tmp_path / "coast.gpkg", SQUARE, None, shapely.Point(3, 4))
    with pytest.warns(GeometryWarning, match=r"without geometry.*row 1 \(from 0\)"):
        found = open_baseline(path)
    assert found.names == ["1", "3"]
    assert found.baseline.feature.max() == 1


def test_a_baseline_is_opened_once_for_its_lines_and_its_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyogrio

    reads = []
    true = pyogrio.raw.read
    monkeypatch.setattr(pyogrio.raw, "read", lambda *a, **k: reads.append(a) or true(*a, **k))
    coast = written(tmp_path / "coast.gpkg", shapely.Point(0, 0), name=["Rock"])
    table = tmp_path / "turning.csv"
    assert run(["limit", str(coast), "-o", str(tmp_path / "out.gpkg"), "--table", str(table)]) == 0
    assert "Rock" in table.read_text()
    assert len(reads) == 1


# --- what their columns say


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
    baseline = read_baseline(path, key="state")
    assert baseline.keys.tolist() == [0, 1]
    assert np.bincount(baseline.key).tolist() == [1, 5]
    assert sorted(set(baseline.max_breadth)) == [12 * M, np.inf]
    assert set(baseline.model) == {0, 1}
    assert read_baseline(path).keys.tolist() == [0]


def test_a_table_of_basepoints_is_read(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("lat,lon,max_breadth_nmi\n1,2,24\n3,4,\n", encoding="utf-8")
    baseline = read_baseline(path)
    assert baseline.lon1.tolist() == [2, 4]
    assert baseline.max_breadth.tolist() == [24 * M, np.inf]


def test_columns_of_positions_may_be_spelt_out(tmp_path: Path) -> None:
    path = tmp_path / "POINTS.CSV"
    path.write_text("Latitude, Longitude\n1,2\n", encoding="utf-8")
    assert read_baseline(path).lon1.tolist() == [2]


def test_features_are_called_by_their_id_or_name_or_place(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    for header, first, expected in (
        ("id,name,lon,lat", "BO01,North", ["BO01", "2"]),
        ("other,NAME,lon,lat", "x,North", ["North", "2"]),
        ("a,b,lon,lat", "x,y", ["1", "2"]),
    ):
        path.write_text(f"{header}\n{first},1,2\n,,3,4\n", encoding="utf-8")
        assert open_baseline(path).names == expected


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
        read_baseline(path)


def test_files_that_are_no_baseline_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError, match="does not exist"):
        read_baseline(tmp_path / "absent.gpkg")
    page = tmp_path / "page.gpkg"
    page.write_text("<html>", encoding="utf-8")
    with pytest.raises(DataFormatError, match="is a web page"):
        read_baseline(page)
    table = tmp_path / "table.csv"
    table.write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(DataFormatError, match="neither geometries nor"):
        read_baseline(table)
    table.write_text("lon,lat\n1,2\n", encoding="utf-8")
    with pytest.raises(DataFormatError, match="no column 'state'"):
        read_baseline(table, key="state")
