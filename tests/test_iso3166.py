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
    with pytest.raises(UnknownZoneError, match="sovereign or territory 'JPM'; close to it: JP"):
        two_letters.select("JPM")
    with pytest.raises(UnknownZoneError, match="sovereign or territory 'FR'"):
        two_letters.select("FR")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("GRL", "Greenland"), ("gl", "Greenland"),
        ("FRO", "Faroe Islands"), ("COK", "Cook Islands"),
        ("Faroes", "Faroe Islands"), ("reunion", "Réunion"), ("Curacao", "Curaçao"),
        ("Macau", "Macao"), ("St. Pierre and Miquelon", "Saint Pierre and Miquelon"),
        ("name:galapagos", "Galápagos"),
        ("territory:Sao Tome and Principe", "São Tomé and Príncipe"),
    ],
)  # fmt: skip
def test_territories_answer_to_codes_and_names_as_people_write_them(asked: str, name: str) -> None:
    assert name in {zone.name for zone in eezkit.load()[asked]}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("UK", "GBR"), ("Britain", "GBR"), ("Turkey", "TUR"), ("turkiye", "TUR"), ("US", "USA"),
        ("Ivory Coast", "CIV"), ("cote d’ivoire", "CIV"), ("Vietnam", "VNM"), ("Burma", "MMR"),
        ("Cape Verde", "CPV"), ("The Gambia", "GMB"), ("Russian Federation", "RUS"),
    ],
)  # fmt: skip
def test_states_answer_to_common_names(asked: str, code: str) -> None:
    atlas = eezkit.load()
    assert atlas[asked].zones == atlas.select(sovereign=code).zones


def test_a_sovereign_goes_before_a_territory_of_the_same_name() -> None:
    atlas = eezkit.load()
    assert len(atlas["FRA"]) > len(atlas["territory:FRA"])


def test_no_common_name_is_that_of_another_state() -> None:
    from eezkit.atlas.iso3166 import other_names, plain

    held: dict[str, set[str]] = {}
    for zone in eezkit.load():
        for party in zone.parties:
            held.setdefault(plain(party.sovereign_name), set()).add(party.sovereign)
            held.setdefault(plain(party.territory_name), set()).add(party.territory)
    for name, codes in held.items():
        known = other_names(name)
        assert not known or known[0] in codes, name


def test_a_territory_is_suggested_too() -> None:
    with pytest.raises(UnknownZoneError, match=r"close to it: .*Greenland"):
        eezkit.load().select("Greenlnd")
