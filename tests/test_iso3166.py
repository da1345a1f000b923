"""Codes of two letters and of three mean the same State."""

import csv
from pathlib import Path

import geopandas
import pytest

import eezkit
import published
from eezkit.__main__ import run
from eezkit.atlas.iso3166 import other_code
from eezkit.errors import UnknownZoneError

WORLD = Path(__file__).parents[1] / "data" / "world" / "iso3166.csv"


def test_every_code_of_the_world_atlas_has_its_other_one() -> None:
    with WORLD.open(encoding="utf-8") as file:
        pairs = {row["alpha3"]: row["alpha2"] for row in csv.DictReader(file)}
    assert len(pairs) == 250
    assert {three: other_code(three) for three in pairs} == pairs
    assert {other_code(two.lower()) for two in pairs.values()} == set(pairs)


@pytest.mark.parametrize("word", ["", "J", "XX", "japan", "alpha2", "alpha3", "JP,"])
def test_what_is_no_code_has_no_other(word) -> None:
    assert other_code(word) is None


@pytest.mark.parametrize("code", ["JP", "jp", "JPN"])
def test_a_check_takes_either_code(code, capsys) -> None:
    assert run(["check", "--zone", code, "33", "138"]) == 0
    assert capsys.readouterr().out.startswith("inside   Japan")


@pytest.fixture
def two_letters(tmp_path) -> eezkit.Atlas:
    """Two zones, of Japan and of Guam, in a file with nothing but alpha-2 codes."""
    squares = [published.square(n, 10) for n in (0, 5)]
    fields = {"label": ["one", "two"], "iso2": ["JP", "US"], "of": ["JP", "GU"]}
    table = geopandas.GeoDataFrame(fields, geometry=squares, crs=4326)
    table.to_file(tmp_path / "two.geojson")
    columns = {"name": "label", "sovereign": "iso2", "territory": "of"}
    return eezkit.read(tmp_path / "two.geojson", columns=columns)


@pytest.mark.parametrize(
    ("selector", "chosen"), [("JPN", (0,)), ("jp", (0,)), ("USA", (1,)), ("territory:GUM", (1,))]
)
def test_three_letters_find_zones_that_have_two(two_letters, selector, chosen) -> None:
    assert two_letters.select(selector).selected == chosen


def test_a_code_of_neither_kind_is_told_with_what_is_close(two_letters) -> None:
    with pytest.raises(UnknownZoneError, match="sovereign 'JPM'; close to it: jp"):
        two_letters.select("JPM")
    with pytest.raises(UnknownZoneError, match="sovereign 'FR'"):
        two_letters.select("FR")
