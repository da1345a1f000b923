"""Zones to list and to take away: the table, what it leaves out, every format it is written as."""

import csv
import json
import re
import sqlite3
from pathlib import Path
from xml.etree import ElementTree

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

import eezkit
from eezkit.atlas import Atlas
from eezkit.cli import eezkit as command
from eezkit.errors import OptionError, SizeWarning, UnknownZoneError
from eezkit.geodesy import EdgeModel, polygon_area
from eezkit.geometry import Rings
from eezkit.tables.qgis import zone_style
from eezkit.tables.zones import save_zones, zone_table
from eezkit.units import M
from eezkit.zones import Regime
from layers import CLAIM, ISLAND, PROVENANCE, A, B, atlas_of, square, zone

SUFFIXES = (".gpkg", ".geojson", ".parquet", ".kml", ".shp")
SAME_AREA = 1e-6  # relative, of a zone read back
A2 = zone("Second zone of A", "AAA", mrgid=4, territory="GRL")
EVIL = zone('=HYPERLINK("http://example.org")', "CCC", mrgid=5)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    """A, B and their claim in a row; a second zone of A beside A, and one across ±180°."""
    across = shapely.MultiPolygon([square(178, 20, 180, 24), square(-180, 20, -177, 24)])
    return atlas_of(
        {
            A: square(0, -5, 10, 5, ISLAND),
            CLAIM: square(10, -5, 12, 5),
            B: square(12, -5, 20, 5),
            A2: square(-10, -5, 0, 5),
            EVIL: across,
        },
        land=[ISLAND],
    )


def test_a_row_says_who_where_and_how_large(atlas: Atlas) -> None:
    table = zone_table(atlas).set_index("mrgid")
    assert table.loc[3, ["regime", "sovereign"]].tolist() == ["overlapping_claim", "AAA|BBB"]
    assert table.loc[4, ["territory", "iso2", "iso3"]].tolist() == ["GRL", "GL", "GRL"]
    assert table["iso2"].notna().sum() == 1
    assert table.loc[1, ["west", "south", "east", "north"]].tolist() == [0, -5, 10, 5]
    area = polygon_area(Rings.from_shapely([square(10, -5, 12, 5)]), model=EdgeModel.PLANAR)
    assert table.loc[3, "area_km2"] == pytest.approx(area[0] / 1e6, rel=1e-12)


def test_a_box_goes_across_180_where_the_zone_does(atlas: Atlas) -> None:
    row = zone_table(atlas).set_index("mrgid").loc[5]
    assert row[["west", "south", "east", "north"]].tolist() == [178, 20, -177, 24]


def test_a_zone_round_the_globe_has_the_whole_globe_for_a_box() -> None:
    row = zone_table(atlas_of({A: square(-180, -80, 180, -60)})).iloc[0]
    assert row[["west", "east"]].tolist() == [-180, 180]


def test_only_zones_with_a_part_in_the_box(atlas: Atlas) -> None:
    assert zone_table(atlas, bbox=(11, 0, 13, 1)).mrgid.tolist() == [3, 2]
    assert zone_table(atlas, bbox=(170, 0, -179, 80)).mrgid.tolist() == [5]
    with pytest.raises(UnknownZoneError, match="No zone is there"):
        zone_table(atlas, bbox=(50, 50, 60, 60))
    for wrong in ((0, 5, 1, 4), (0, 0, 1, 91), (0, 0, 1)):
        with pytest.raises(OptionError, match="bbox"):
            zone_table(atlas, bbox=wrong)


def test_the_nearest_zone_comes_first_with_its_distance(atlas: Atlas) -> None:
    table = zone_table(atlas, near=(11.0, 0.0))
    assert table.mrgid.tolist()[:3] == [3, 1, 2]
    assert table.distance_m.tolist()[0] == 0.0
    # A degree of the equator: the semi-major axis of WGS 84 times pi / 180.
    assert table.distance_m.tolist()[1] == pytest.approx(111_319.490793, abs=0.001)
    assert zone_table(atlas, near=(11.0, 0.0), within=59 * M).mrgid.tolist() == [3]
    assert zone_table(atlas, near=(5.0, 0.0), within=10 * M).mrgid.tolist() == [1]
    with pytest.raises(OptionError, match="near"):
        zone_table(atlas, within=1.0)


def test_dissolving_joins_what_one_state_holds_and_nothing_else(atlas: Atlas) -> None:
    whole, joined = zone_table(atlas), zone_table(atlas, dissolve="sovereign")
    assert joined.zone.tolist()[:3] == ["State AAA", CLAIM.name, B.name]
    assert joined.n_zones.tolist() == [2, 1, 1, 1]
    assert joined.territory.tolist()[0] == "AAA|GRL"
    assert joined.mrgid.isna().tolist() == [True, False, False, False]
    assert joined.area_km2.sum() == pytest.approx(whole.area_km2.sum(), rel=1e-12)
    assert shapely.coverage_is_valid(joined.geometry.to_numpy())
    assert len(zone_table(atlas, dissolve="territory")) == len(whole)
    with pytest.raises(OptionError, match="dissolve"):
        zone_table(atlas, dissolve="flag")  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_holds_the_zones_and_says_whose_data_they_are(
    atlas: Atlas, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"zones{suffix}"
    table = save_zones(path, atlas)
    found = (
        geopandas.read_parquet(path)
        if suffix == ".parquet"
        else pyogrio.read_dataframe(path, **({"layer": "zones"} if suffix == ".gpkg" else {}))
    )
    assert found.is_valid.all()
    assert found["zone"].tolist() == table["zone"].tolist()
    area = polygon_area(Rings.from_shapely(found.geometry.to_numpy()), model=EdgeModel.PLANAR)
    assert area / 1e6 == pytest.approx(found["area_km2"].to_numpy(), rel=SAME_AREA)
    beside = tmp_path / f"zones{suffix}-metadata.json"
    said = (beside if beside.exists() else path).read_bytes()
    assert beside.exists() == (suffix == ".shp")
    assert PROVENANCE.name.encode() in said
    assert b"Not for legal or navigational use" in said


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".csv"])
def test_the_same_zones_give_the_same_bytes(atlas: Atlas, tmp_path: Path, suffix: str) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        save_zones(folder / f"zones{suffix}", atlas)
    one, two = ({p.name: p.read_bytes() for p in folder.iterdir()} for folder in folders)
    assert one == two
    # What a driver dates by the clock, it dates by the first day of 1970.
    assert not any(re.search(rb"20[2-9]\d-\d\d-\d\dT", text) for text in one.values())
    if suffix == ".shp":
        assert one["zones.dbf"][1:4] == bytes([70, 1, 1])


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".parquet", ".shp"])
def test_eezkit_reads_what_it_wrote(atlas: Atlas, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"zones{suffix}"
    save_zones(path, atlas)
    again = eezkit.read(path, **({"layer": "zones"} if suffix == ".gpkg" else {}))
    assert [z.name for z in again] == [z.name for z in atlas]
    assert [z.parties for z in again] == [z.parties for z in atlas]


def test_a_table_for_excel_runs_no_formula(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "zones.csv"
    save_zones(path, atlas)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[-1]["zone"] == f"'{EVIL.name}"
    assert rows[-1]["east"] == "-177.0"
    assert "geometry" not in rows[0]
    said = json.loads((tmp_path / "zones.csv-metadata.json").read_text("utf-8"))
    assert said["dataset"]["licence"] == PROVENANCE.licence


def test_a_geopackage_brings_its_style(atlas: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "zones.gpkg"
    save_zones(path, atlas)
    with sqlite3.connect(path) as base:
        query = "select f_table_name, f_geometry_column, useAsDefault, styleQML from layer_styles"
        ((layer, column, default, style),) = base.execute(query).fetchall()
        geometry = base.execute("select column_name from gpkg_geometry_columns").fetchall()
    base.close()
    assert (layer, [(column,)], default) == ("zones", geometry, 1)
    root = ElementTree.fromstring(style.split("\n", 1)[1])
    assert [c.get("value") for c in root.iter("category")] == [r.value for r in Regime]
    assert style == zone_style()


def test_what_a_shapefile_cannot_hold_is_cut_with_a_warning(tmp_path: Path) -> None:
    long = zone("é" * 200, "AAA")
    with pytest.warns(SizeWarning, match="zone"):
        save_zones(tmp_path / "zones.shp", atlas_of({long: square(0, 0, 1, 1)}))
    assert pyogrio.read_dataframe(tmp_path / "zones.shp")["zone"].tolist() == ["é" * 127]


def run(*words: str) -> str:
    done = CliRunner().invoke(command, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_lists_and_writes_the_zones_of_the_world(tmp_path: Path) -> None:
    path = tmp_path / "world.gpkg"
    assert run("zones", "-o", str(path)) == f"{path}\n"
    found = pyogrio.read_dataframe(path, layer="zones")
    assert len(found) >= 275
    assert found.is_valid.all()
    area = polygon_area(Rings.from_shapely(found.geometry.to_numpy()), model=EdgeModel.PLANAR)
    assert np.abs(area / 1e6 / found["area_km2"] - 1).max() < SAME_AREA


def test_a_zone_given_twice_is_an_or() -> None:
    rows = json.loads(run("zones", "--zone", "FJI", "--zone", "TON", "--json"))["zones"]
    assert {row["sovereign"] for row in rows} == {"FJI", "FJI|TON", "TON"}
    assert [row["zone"] for row in rows if row["west"] > row["east"]] == ["Fiji"]
    text = run("zones", "--zone", "FJI", "--within", "0.1nmi", "--of", "18 S 177 W")
    assert "Fiji" in text
    assert "0.0 nmi" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--bbox", "1,2,3"), "four numbers"),
        (("--simplify", "500m"), "-o"),
        (("--within", "10nmi"), "near"),
        (("-o", "zones.xyz"), ".gpkg"),
    ],
)
def test_what_makes_no_sense_is_refused(words: tuple[str, ...], told: str) -> None:
    with pytest.raises(OptionError, match=re.escape(told)):
        CliRunner().invoke(command, ("zones", *words), catch_exceptions=False)
