"""Reports: which belt, whose rights, how far to what, in the right words."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import shapely
from pyproj import Geod

import eezkit
from eezkit.answers import Answer
from eezkit.answers.rights import belt_of, rights_in
from eezkit.atlas import Atlas
from eezkit.atlas.build import coast_of
from eezkit.coverage import Coverage
from eezkit.errors import OptionError
from eezkit.geodesy import direct
from eezkit.geometry import Rings
from eezkit.lookup import CellIndex
from eezkit.reports import report
from eezkit.reports.ways import to_high_seas
from eezkit.sources import places
from eezkit.units import M
from eezkit.zones import EdgeKind, Regime, ZoneKind
from layers import ISLAND, A, B, atlas_of, square, two_neighbours, with_claim, zone

GEOD = Geod(ellps="WGS84")


def east_of_island(miles: float) -> tuple[float, float]:
    """A position some nautical miles east of Minami-Torishima's coast."""
    lon, lat, _ = GEOD.fwd(153.98561, 24.28126, 90.0, miles * M)
    return lon, lat


@pytest.mark.parametrize(
    ("miles", "belt", "water"),
    [
        (5, "territorial sea", "innocent passage"),
        (18, "contiguous zone", "contiguous-zone control"),
        (150, "exclusive economic zone", "freedom of navigation"),
        (250, "high seas", "freedom of all States"),
    ],
)
def test_the_belts_of_the_embedded_atlas(miles: float, belt: str, water: str) -> None:
    lon, lat = east_of_island(miles)
    atlas = eezkit.load()
    found = report(atlas.at(lon=lon, lat=lat), atlas)
    assert found.belt.name == belt
    assert water in found.rights.water_column


def test_within_12_miles_nothing_is_called_eez() -> None:
    lon, lat = east_of_island(5)
    atlas = eezkit.load()
    text = report(atlas.at(lon=lon, lat=lat), atlas).to_markdown().lower()
    assert "exclusive economic zone" not in text


def test_beyond_200_miles_the_seabed_is_not_known() -> None:
    lon, lat = east_of_island(250)
    atlas = eezkit.load()
    found = report(atlas.at(lon=lon, lat=lat), atlas)
    assert "the Area" in found.rights.seabed
    assert "not known from these data" in found.rights.seabed


def test_outside_the_coverage_nothing_is_known() -> None:
    atlas = atlas_of({A: square(0, -5, 10, 5)}, coverage=Coverage.zones_only())
    found = report(atlas.at(lon=50.0, lat=0.0), atlas)
    assert found.belt.name == "not known from these data"
    assert found.high_seas is None


def test_on_land_there_are_no_rights_at_sea() -> None:
    atlas = two_neighbours()
    found = report(atlas.at(lon=5.0, lat=0.0), atlas)
    assert found.belt.name == "land"


@pytest.mark.parametrize("kind", list(ZoneKind))
def test_every_kind_of_zone_has_a_belt_and_rights(kind: ZoneKind) -> None:
    atlas = atlas_of({zone("x", "AAA", kind=kind): square(0, -5, 10, 5)})
    answer = atlas.at(lon=5.0, lat=0.0)
    belt = belt_of(answer)
    assert belt.evidence
    assert rights_in(belt, answer).water_column


def test_without_the_12_mile_layer_the_coast_is_the_evidence() -> None:
    atlas = two_neighbours()
    belt = belt_of(atlas.at(lon=5.15, lat=0.0))
    assert belt.name == "territorial sea"
    assert "coast" in belt.evidence


@pytest.mark.parametrize(
    ("regime", "words"),
    [(Regime.OVERLAPPING_CLAIM, "claimed by more than one"), (Regime.JOINT, "joint regime")],
)
def test_shared_zones_say_so(regime: Regime, words: str) -> None:
    shared = zone("shared", "AAA", "BBB", regime=regime)
    atlas = atlas_of({shared: square(0, -5, 10, 5)})
    found = report(atlas.at(lon=5.0, lat=0.0), atlas)
    assert words in found.rights.water_column
    assert "State AAA / State BBB" in found.to_markdown()


def test_neighbours_are_named_nearest_first_with_their_distance() -> None:
    atlas = with_claim()
    found = report(atlas.at(lon=8.0, lat=0.0), atlas)
    assert [leg.to for leg in found.neighbours] == ["Overlapping claim A / B", B.name]
    assert found.neighbours[0].distance == pytest.approx(GEOD.inv(8, 0, 9, 0)[2], abs=1e-3)


def test_places_are_named_nearest_first() -> None:
    atlas = eezkit.load()
    answer = atlas.at(lon=155.017583, lat=23.325487, name="minamitorishima-2026")
    found = report(answer, atlas)
    assert found.places[0].to == "Minami-Torishima"
    distances = [leg.distance for leg in found.places]
    assert distances == sorted(distances)
    assert distances[0] == pytest.approx(150_000, abs=50)


def test_the_high_seas_begin_at_the_outer_limit() -> None:
    atlas = eezkit.load()
    answer = atlas.at(lon=155.017583, lat=23.325487)
    found = report(answer, atlas)
    assert found.high_seas is not None
    assert found.high_seas.distance == pytest.approx(answer.margin, abs=1e-6)


def test_a_report_is_on_words_on_degrees_on_a_place_or_on_an_answer() -> None:
    atlas = eezkit.load()
    site = places.resolve("minamitorishima-2026")
    by_name = eezkit.report("minamitorishima-2026", atlas, zone="JPN")
    assert by_name == eezkit.report(site, atlas, zone="JPN")
    assert by_name == eezkit.report(by_name.answer, atlas, title=site.title, note=site.note)
    assert by_name.title == site.title
    by_degrees = eezkit.report(atlas=atlas, lon=155.0, lat=23.3)
    assert by_degrees == eezkit.report("23.3 155.0", atlas) == eezkit.report("23.3 155.0")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "about one position"),
        ({"lon": 5.0}, "about one position"),
        ({"position": "0 5", "lon": 5.0, "lat": 0.0}, "about one position"),
    ],
)
def test_a_report_on_no_position_or_on_two_is_refused(given: dict, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        eezkit.report(atlas=two_neighbours(), **given)


def test_an_answer_is_asked_once_and_belongs_to_its_atlas() -> None:
    atlas = two_neighbours()
    answer = atlas.at(lon=7.0, lat=0.0)
    with pytest.raises(OptionError, match="has been asked"):
        eezkit.report(answer, atlas, zone="AAA")
    with pytest.raises(OptionError, match="the atlas is another"):
        eezkit.report(answer)


ODD = {
    "no coast": {},
    "land inside": {"land": [square(4, -1, 6, 1)]},
    "land elsewhere": {"land": [square(40, -5, 60, 5)]},
    "zones only": {"coverage": Coverage.zones_only()},
}


@pytest.mark.parametrize("case", ODD)
def test_what_is_not_known_is_said_as_unknown_and_never_as_a_number(case: str) -> None:
    for shape in (square(0, -5, 10, 5), shapely.box(-180, -90, 180, 90)):
        atlas = atlas_of({A: shape}, **ODD[case])
        for lon, lat in ((5.0, 0.0), (50.0, 0.0), (0.0, 90.0), (10.0, 0.0)):
            for asked, around in ((None, None), ("AAA", 5000.0)):
                found = eezkit.report(
                    atlas=atlas, lon=lon, lat=lat, zone=asked, uncertainty=around, places=()
                )
                json.dumps(found.to_json(), allow_nan=False)
                assert not re.search(r"\b(inf|nan)\b", found.to_markdown())


# -- the way to the high seas ---------------------------------------------------------------

SIDE = {
    "a claim": EdgeKind.CLAIM,
    "a line of unknown kind": EdgeKind.UNKNOWN,
    "an outer limit": EdgeKind.OUTER_LIMIT,
}


def with_eastern_edge(kind: EdgeKind, coverage: Coverage) -> Atlas:
    """A zone from 0 to 10 E whose eastern edge is of a kind, and all others coast."""
    atlas = atlas_of({A: square(0, -5, 10, 5)}, coverage=coverage)
    east = (atlas.edges.lon1 == 10.0) & (atlas.edges.lon2 == 10.0)
    code = [list(EdgeKind).index(kind), list(EdgeKind).index(EdgeKind.TREATY)]
    kinds = np.where(east, *code).astype(np.uint8)
    return replace(atlas, edges=replace(atlas.edges, kind=kinds))


@pytest.mark.parametrize("name", SIDE)
def test_beyond_any_edge_nobody_s_water_is_found_where_the_data_cover_it(name: str) -> None:
    atlas = with_eastern_edge(SIDE[name], Coverage.within([(10.0, -20.0, 40.0, 20.0)]))
    leg = eezkit.report("0 5", atlas).high_seas
    assert leg is not None
    assert (leg.lon, leg.lat) == pytest.approx((10.0, 0.0), abs=1e-6)


def test_beyond_a_claim_nothing_is_known_where_the_data_do_not_cover_it() -> None:
    known = {
        name: eezkit.report("0 5", with_eastern_edge(kind, Coverage.zones_only())).high_seas
        for name, kind in SIDE.items()
    }
    assert known["a claim"] is None
    assert known["a line of unknown kind"] is None
    assert known["an outer limit"] is not None


def test_the_water_over_an_extended_shelf_is_nobody_s() -> None:
    shelf = zone("Shelf of A", "AAA", kind=ZoneKind.EXTENDED_SHELF)
    atlas = atlas_of({A: square(0, -5, 10, 5), shelf: square(10, -5, 14, 5)})
    leg = eezkit.report("0 9", atlas).high_seas
    assert leg is not None
    assert leg.lon == pytest.approx(10.0)
    assert eezkit.report("0 12", atlas).high_seas is None


def test_no_water_of_nobody_lies_nearer_than_the_high_seas_of_a_report() -> None:
    atlas, rng = eezkit.load(), np.random.default_rng(20261127)
    lat = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, 4000)))
    lon = rng.uniform(-180.0, 180.0, 4000)
    at_sea = np.flatnonzero(atlas.locate(lon, lat).answer > 0)[:40]
    seas = [*zip(lon[at_sea], lat[at_sea], strict=True), (-175.833, 71.397), (-167.31, 64.823)]
    assert max(dense_search(atlas, *position) for position in seas) <= 1.0


def dense_search(atlas: Atlas, lon: float, lat: float) -> float:
    """Metres by which a dense search beats a report, or the report ends before open water."""
    leg = to_high_seas(atlas, atlas.at(lon=lon, lat=lat))
    assert leg is not None

    def is_open(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        none = np.array(atlas.locate(x, y).answer == 0)
        none[none] = ~atlas.is_land(x[none], y[none])
        return none

    azimuth = np.concatenate([np.linspace(0.0, 360.0, 721), leg.azimuth + np.linspace(-2, 2, 81)])
    part = np.concatenate([np.linspace(0.02, 0.98, 25), 1.0 - np.geomspace(1e-6, 1e-2, 8)])
    far = leg.distance * part
    x, y, _ = direct(lon, lat, *np.meshgrid(azimuth, far, indexing="ij"))
    hit = is_open(x.ravel(), y.ravel()).reshape(x.shape)
    short = float((leg.distance - np.broadcast_to(far, hit.shape)[hit]).max(initial=0.0))
    round_about = direct(leg.lon, leg.lat, np.linspace(0.0, 360.0, 73), 1.0)
    return short if is_open(round_about[0], round_about[1]).any() else np.inf


def test_a_name_cannot_break_out_of_the_table() -> None:
    evil = zone("a | b\n<script>alert(1)</script>", "AAA")
    atlas = atlas_of({evil: square(0, -5, 10, 5)})
    text = report(atlas.at(lon=5.0, lat=0.0), atlas).to_markdown()
    assert "<script>" not in text
    assert "a \\| b " in text


def test_a_report_is_json_without_nan() -> None:
    atlas = atlas_of({A: shapely.box(0, -5, 10, 5), B: square(10, -5, 20, 5, ISLAND)})
    found = report(atlas.at(lon=10.0, lat=0.0), atlas).to_json()
    assert json.loads(json.dumps(found, allow_nan=False))["belt"]["name"]


def test_the_flagship_names_its_land_its_neighbours_and_the_high_seas() -> None:
    site = places.resolve("minamitorishima-2026")
    atlas = eezkit.load()
    answer = atlas.at(lon=site.lon, lat=site.lat, zone="JPN", name=site.name)
    found = report(answer, atlas)
    island, foreign = found.land
    assert island.to == "Minami-Torishima"
    assert island.distance == pytest.approx(149_200, abs=1000)
    assert foreign.to == "Asuncion (Northern Marianas)"
    assert foreign.distance == pytest.approx(1_072_000, abs=2000)
    assert found.neighbours[0].to == "Northern Mariana Islands"
    assert found.high_seas is not None
    assert found.high_seas.distance == pytest.approx(found.answer.margin)
    text = found.to_markdown()
    assert "| Nearest foreign land | Asuncion (Northern Marianas) | 579.0 | 1,072.4 |" in text


def off(answer: Answer, metres: float) -> Answer:
    """The same answer at this distance from the coast."""
    assert answer.coast is not None
    return replace(answer, coast=replace(answer.coast, distance=metres))


@pytest.mark.parametrize(
    ("breadth", "at", "beyond"),
    [
        (12, "territorial sea", "contiguous zone"),
        (24, "contiguous zone", "exclusive economic zone"),
    ],
)
def test_a_limit_belongs_to_the_belt_it_ends(breadth: int, at: str, beyond: str) -> None:
    """UNCLOS art. 3 and 33: the breadth is "not exceeding" 12 and 24 M, so 12 M itself is in."""
    atlas = two_neighbours()
    answer = off(atlas.at(lon=6.0, lat=0.0), breadth * M)
    assert belt_of(answer).name == at
    assert belt_of(off(answer, breadth * M + 1e-6)).name == beyond


@pytest.fixture(params=["no coast", "no edge"])
def bare(request: pytest.FixtureRequest) -> Atlas:
    """Zones that reach no coast, with land elsewhere; or a zone of the whole globe."""
    if request.param == "no edge":
        return atlas_of({A: square(-180, -90, 180, 90)})
    land = Rings.from_shapely([square(40, 0, 41, 1)])
    return atlas_of({A: square(0, -5, 10, 5)}, coast=coast_of(land, CellIndex.build(land)))


@pytest.mark.parametrize(("lon", "lat"), [(1.0, 0.0), (40.5, 0.5), (20.0, 20.0)])
def test_a_report_without_a_coast_says_nothing_of_it(bare: Atlas, lon: float, lat: float) -> None:
    found = report(bare.at(lon=lon, lat=lat, uncertainty=1000.0), bare)
    assert found.land == ()
    assert found.answer.coast is None
    json.dumps(found.to_json(), allow_nan=False)
    words = f"{found.to_markdown()} {found.answer}"
    assert not re.search(r"\b(inf|nan)\b", words)
