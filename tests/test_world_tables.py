"""The reviewed tables behind the derived atlas: who holds which coast, and on whose word."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

WORLD = Path(__file__).parents[1] / "data" / "world"
TABLES = (
    "territories",
    "contested",
    "islets",
    "no_land",
    "inland_waters",
    "rules",
    "iso3166",
    "disagreements",
    "areas",
)
SPOTS = Path(__file__).with_name("world_spots.csv")
LIMITS = {12.0, 24.0, 200.0}
GREATEST_CLAIM = 200.0

Table = list[dict[str, str]]


def read(name: str) -> Table:
    with (WORLD / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def territories() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in read("territories")}


@pytest.fixture(scope="module")
def states() -> set[str]:
    return {row["alpha3"] for row in read("iso3166")}


def positions(row: dict[str, str]) -> Iterator[tuple[float, float]]:
    if "lon" in row:
        yield float(row["lon"]), float(row["lat"])
    else:
        yield float(row["west"]), float(row["south"])
        yield float(row["east"]), float(row["north"])


@pytest.mark.parametrize("name", TABLES)
def test_rows_have_a_value_in_every_column_and_no_stray_space(name: str) -> None:
    for row in read(name):
        assert None not in row, row
        assert all(value is not None and value == value.strip() for value in row.values()), row


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("territories", "code"),
        ("contested", "code"),
        ("islets", "name"),
        ("no_land", "name"),
        ("inland_waters", "name"),
        ("iso3166", "alpha3"),
        ("areas", "code"),
    ],
)
def test_nothing_is_listed_twice(name: str, column: str) -> None:
    values = [row[column] for row in read(name)]
    assert len(values) == len(set(values))


def test_there_is_a_zone_for_every_territory_that_maps_of_zones_show(territories) -> None:
    assert 230 <= len(territories) <= 290
    expected = (
        "GUM MNP ASM PRI REU MYT GUF SJM SJM-JM BVT PRT-20 PRT-30 ESP-CN USA-AK USA-HI JPN-MIN"
    )
    assert set(expected.split()) <= set(territories)


@pytest.mark.parametrize("name", ["territories", "contested", "islets", "no_land"])
def test_every_row_has_a_source_that_is_written_out(name: str) -> None:
    known = json.loads((WORLD / "references.json").read_text(encoding="utf-8"))
    for row in read(name):
        assert row["source"] in known, row


def test_every_reference_is_used() -> None:
    known = json.loads((WORLD / "references.json").read_text(encoding="utf-8"))
    tables = [*read("territories"), *read("contested"), *read("islets"), *read("no_land")]
    assert {row["source"] for row in tables} == set(known)


def test_a_territory_has_one_sovereign_or_is_contested(territories, states: set[str]) -> None:
    contested = {row["code"] for row in read("contested")}
    assert contested <= set(territories)
    for code, row in territories.items():
        assert bool(row["sovereign"]) != (code in contested), row
        assert not row["sovereign"] or row["sovereign"] in states, row


def test_sovereigns_are_no_territories_of_others(territories) -> None:
    for row in territories.values():
        if row["sovereign"]:
            assert territories[row["sovereign"]]["sovereign"] == row["sovereign"], row


def test_claimants_are_states_in_alphabetical_order_and_at_least_two(states: set[str]) -> None:
    for row in read("contested"):
        claimants = row["claimants"].split("|") if row["claimants"] else []
        assert claimants == sorted(set(claimants)), row
        assert set(claimants) <= states, row
        assert len(claimants) > 1 or row["code"].startswith("ATA-"), row


def test_antarctica_is_covered_by_sectors_without_a_decision(territories) -> None:
    sectors = [row for row in read("contested") if row["code"].startswith("ATA-")]
    assert {row["source"] for row in sectors} == {"ANTARCTIC-1959"}
    boxes = [
        (float(row["west"]), float(row["east"]))
        for row in read("rules")
        if row["territory"].startswith("ATA-") and float(row["south"]) == -90
    ]
    width = sum((east - west) % 360 for west, east in boxes)
    assert width == pytest.approx(360)


@pytest.mark.parametrize("name", ["islets", "inland_waters", "no_land", "rules"])
def test_coordinates_are_on_the_globe(name: str) -> None:
    for row in read(name):
        for lon, lat in positions(row):
            assert -180 <= lon <= 180, row
            assert -90 <= lat <= 90, row


def test_boxes_have_south_below_north_and_name_known_codes(territories, states) -> None:
    for row in read("rules"):
        assert float(row["south"]) < float(row["north"]), row
        assert row["territory"] in territories, row
        sources = set(row["from"].split("|"))
        assert sources == {"*"} or sources <= states | set(territories), row
        assert row["note"], row


def test_what_is_no_land_says_what_it_is_and_why() -> None:
    kinds = {
        "low-tide elevation",
        "drying reef",
        "reef with a lagoon",
        "lagoon",
        "not there",
    }
    for row in read("no_land"):
        assert row["kind"] in kinds, row
        assert row["status"], row
        assert float(row["west"]) < float(row["east"]), row
        assert float(row["south"]) < float(row["north"]), row


def test_where_something_stands_above_high_water_a_basepoint_is_left() -> None:
    islets = [(float(row["lon"]), float(row["lat"])) for row in read("islets")]
    checked = 0
    for row in read("no_land"):
        if "islets.csv" in row["status"]:
            west, south, east, north = (
                float(row[k]) + by
                for k, by in (("west", -0.02), ("south", -0.02), ("east", 0.02), ("north", 0.02))
            )
            assert any(west <= x <= east and south <= y <= north for x, y in islets), row
            checked += 1
    assert checked > 20


def test_low_tide_elevations_are_those_a_court_found(territories) -> None:
    found = {row["name"]: row for row in read("no_land") if row["kind"] == "low-tide elevation"}
    assert set(found) == {"Mischief Reef", "Second Thomas Shoal", "Hughes Reef"}
    for row in found.values():
        assert row["source"] == "PCA-2016", row
        assert "does not accept" in row["status"], row


def test_islets_belong_to_territories_and_state_their_accuracy(territories) -> None:
    for row in read("islets"):
        assert row["territory"] in territories, row
        assert 0 < float(row["accuracy_m"]) <= 15_000, row
        assert not row["max_breadth_nmi"] or float(row["max_breadth_nmi"]) in LIMITS, row


def test_islets_lie_within_the_box_of_their_place() -> None:
    boxes: dict[str, list[dict[str, str]]] = {}
    for row in read("rules"):
        if row["from"] == "*":
            boxes.setdefault(row["territory"], []).append(row)
    checked = 0
    for islet in read("islets"):
        lon, lat = float(islet["lon"]), float(islet["lat"])
        found = [
            float(b["west"]) <= lon <= float(b["east"])
            and float(b["south"]) <= lat <= float(b["north"])
            for b in boxes.get(islet["territory"], [])
        ]
        checked += bool(found)
        assert not found or any(found), islet
    assert checked > 10


def test_a_zone_is_cut_short_only_with_a_reason(territories) -> None:
    reasons = {row["code"]: row["status"] for row in read("contested")}
    for code, row in territories.items():
        assert float(row["limit_nmi"]) in LIMITS, row
        assert 0 < float(row["territorial_sea_nmi"]) <= GREATEST_CLAIM, row
        if float(row["limit_nmi"]) < GREATEST_CLAIM:
            assert row["legal_status"] or reasons[code], row
            assert row["source"] != "DOALOS-2011", row


def test_proclamations_are_said_to_be_or_not(territories) -> None:
    assert {row["eez_proclaimed"] for row in territories.values()} == {"yes", "no", "in part"}


def test_codes_are_iso_codes_or_plainly_our_own(territories, states: set[str]) -> None:
    own = re.compile(r"[A-Z]{3}-[A-Z0-9]+|[A-Z]{4,}(-S)?|CPT")
    for code in territories:
        assert code in states or own.fullmatch(code), code


def test_outlines_are_within_outlines_of_states(states: set[str]) -> None:
    for row in read("iso3166"):
        assert re.fullmatch("[A-Z]{3}", row["alpha3"]), row
        assert re.fullmatch("[A-Z]{2}", row["alpha2"]), row
        assert not row["outlined_in"] or row["outlined_in"] in states, row


def test_sources_are_pinned_and_none_is_marine_regions() -> None:
    sources = json.loads((WORLD / "sources.json").read_text(encoding="utf-8"))
    for source in sources.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", source["version"])
        assert re.fullmatch("[0-9a-f]{64}", source["sha256"])
        assert source["licence"]
        assert source["attribution"]
        assert not re.search("marine.?regions|vliz", json.dumps(source), re.IGNORECASE)


def test_islets_are_not_entered_twice_under_two_names() -> None:
    rows = read("islets")
    for i, row in enumerate(rows):
        for other in rows[:i]:
            assert any(abs(float(row[k]) - float(other[k])) > 0.005 for k in ("lon", "lat")), (
                row["name"],
                other["name"],
            )


def test_disagreements_are_explained_once_and_name_codes_that_there_are(
    territories, states: set[str]
) -> None:
    rows = read("disagreements")
    pairs = [(row["published"], row["ours"]) for row in rows]
    assert len(pairs) == len(set(pairs))
    for published, ours in pairs:
        assert published == "high seas" or set(published.split("|")) <= states, published
        assert ours == "high seas" or ours in territories, ours
    assert all(row["cause"] for row in rows)


def test_differences_of_area_are_explained_for_territories_that_there_are(territories) -> None:
    for row in read("areas"):
        assert row["code"] in territories, row
        assert row["cause"], row


def test_spots_name_territories_or_the_high_seas(territories) -> None:
    with SPOTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 50
    for row in rows:
        assert row["zone_codes"] == "high seas" or row["zone_codes"] in territories, row
        assert -180 <= float(row["lon"]) <= 180, row
        assert -90 <= float(row["lat"]) <= 90, row


def test_every_contested_place_of_note_has_all_its_claimants() -> None:
    claimants = {row["code"]: row["claimants"] for row in read("contested")}
    expected = {
        "FLK": "ARG|GBR",
        "KURIL-S": "JPN|RUS",
        "LIANCOURT": "JPN|KOR",
        "SENKAKU": "CHN|JPN|TWN",
        "SPRATLY": "BRN|CHN|MYS|PHL|TWN|VNM",
        "CRIMEA": "RUS|UKR",
        "UKR-SE": "RUS|UKR",
        "GIB": "ESP|GBR",
        "ATA-I": "ARG|CHL|GBR",
    }
    assert expected.items() <= claimants.items()
