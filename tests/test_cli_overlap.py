"""`eezkit overlap`: files of areas in every format, and the two areas of the story."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from eezkit.__main__ import run
from eezkit.geodesy import direct
from eezkit.overlaps.files import overlap_file
from eezkit.sources import places
from layers import square, two_neighbours

AREAS = gpd.GeoDataFrame(
    {"block": ["a", "b"], "year": [1999, 2001]},
    geometry=[square(9, 0, 11, 1), square(40, 0, 41, 1)],
    crs="EPSG:4326",
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ["blocks.gpkg", "blocks.shp", "blocks.geojson", "blocks.fgb"])
def test_every_format_keeps_its_columns(name: str) -> None:
    AREAS.to_file(name)
    done = overlap_file(name, "shares.csv", two_neighbours())
    # FlatGeobuf has an order of its own.
    table = pd.read_csv("shares.csv").sort_values("block", kind="stable")
    assert table.columns.tolist()[:3] == ["block", "year", "category"]
    assert table["block"].tolist() == ["a", "a", "b"]
    assert table["year"].tolist() == [1999, 1999, 2001]
    assert table["share"].to_numpy() == pytest.approx([0.5, 0.5, 1])
    assert (done.n_areas, done.n_rows, done.n_noted, done.edges) == (2, 3, 0, "planar")


def test_parquet_says_how_its_edges_run_and_is_written_as_such() -> None:
    pytest.importorskip("pyarrow")
    AREAS.to_parquet("blocks.parquet")
    done = overlap_file("blocks.parquet", "shares.parquet", two_neighbours(), by="set")
    assert pd.read_parquet("shares.parquet")["share"].sum() == pytest.approx(2)
    assert "2 areas, 3 rows by set; edges planar" in done.describe()


def sector(name: str) -> shapely.Polygon:
    shape = {place.name: place for place in places.all()}[name].uncertainty
    assert shape is not None
    told = shape.to_json()
    turn = np.linspace(told["azimuth_min_deg"], told["azimuth_max_deg"], 50)
    near = direct(told["lon"], told["lat"], turn, told["distance_min_m"])
    far = direct(told["lon"], told["lat"], turn[::-1], told["distance_max_m"])
    return shapely.Polygon(np.column_stack([np.r_[near[0], far[0]], np.r_[near[1], far[1]]]))


def test_the_takaya_box_is_japans_and_the_crust_area_nobodys(
    capsys: pytest.CaptureFixture[str],
) -> None:
    box = square(153.5, 21.8, 154 + 7 / 60, 22.25)
    story = gpd.GeoDataFrame(
        {"id": ["takaya", "crust"]}, geometry=[box, sector("jogmec-crust")], crs="EPSG:4326"
    )
    story.to_file("story.gpkg")
    words = ["overlap", "story.gpkg", "-o", "shares.csv", "--by", "sovereign", "--json"]
    assert run([*words, "--edges", "geodesic"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["edges"] == "geodesic"
    assert "2 areas, 2 rows by sovereign" in said.err
    table = pd.read_csv("shares.csv").set_index("id")
    assert table["category"].to_dict() == {"takaya": "zone", "crust": "high seas"}
    assert table.loc["takaya", "sovereign"] == "JPN"
    assert table.loc["takaya", "area_km2"] == pytest.approx(3172, abs=0.5)
    assert table["share"].tolist() == [1, 1]
    assert run(["overlap", "story.gpkg", "-o", "of.csv", "--zone", "USA"]) == 0
    assert pd.read_csv("of.csv")["category"].tolist() == ["other zones", "high seas"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["blocks.gpkg", "-o", "shares.xlsx"], "cannot write .xlsx. Accepted are .csv"),
        (["nothing.gpkg", "-o", "shares.csv"], "nothing.gpkg"),
        (["points.gpkg", "-o", "shares.csv"], "points, which have no area"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    AREAS.to_file("blocks.gpkg")
    gpd.GeoDataFrame(geometry=[shapely.Point(1, 1)], crs=4326).to_file("points.gpkg")
    assert run(["overlap", *words]) == 2
    assert said in capsys.readouterr().err
    assert not Path(words[2]).exists()


def test_the_areas_are_not_overwritten() -> None:
    AREAS.drop(columns="geometry").to_csv("blocks.csv")
    with pytest.raises(ValueError, match="the file of areas itself"):
        overlap_file("blocks.csv", "blocks.csv", two_neighbours())
