"""Reports: which belt, whose rights, how far to what, in the right words."""

import json
import re
from dataclasses import replace

import pytest
import shapely
from pyproj import Geod

import eezkit
from eezkit.answers import Answer
from eezkit.answers.rights import belt_of, rights_in
from eezkit.atlas import Atlas
from eezkit.atlas.build import coast_of
from eezkit.coverage import Coverage
from eezkit.geometry import Rings
from eezkit.lookup import CellIndex
from eezkit.reports import report
from eezkit.sources import places
from eezkit.units import M
from eezkit.zones import Regime, ZoneKind
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
    found = report(atlas, atlas.at(lon=lon, lat=lat))
    assert found.belt.name == belt
    assert water in found.rights.water_column


def test_within_12_miles_nothing_is_called_eez() -> None:
    lon, lat = east_of_island(5)
    atlas = eezkit.load()
    text = report(atlas, atlas.at(lon=lon, lat=lat)).to_markdown().lower()
    assert "exclusive economic zone" not in text


def test_beyond_200_miles_the_seabed_is_not_known() -> None:
    lon, lat = east_of_island(250)
    atlas = eezkit.load()
    found = report(atlas, atlas.at(lon=lon, lat=lat))
    assert "the Area" in found.rights.seabed
    assert "not known from these data" in found.rights.seabed


def test_outside_the_coverage_nothing_is_known() -> None:
    atlas = atlas_of({A: square(0, -5, 10, 5)}, coverage=Coverage.zones_only())
    found = report(atlas, atlas.at(lon=50.0, lat=0.0))
    assert found.belt.name == "not known from these data"
    assert found.high_seas is None


def test_on_land_there_are_no_rights_at_sea() -> None:
    atlas = two_neighbours()
    found = report(atlas, atlas.at(lon=5.0, lat=0.0))
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
    found = report(atlas, atlas.at(lon=5.0, lat=0.0))
    assert words in found.rights.water_column
    assert "State AAA / State BBB" in found.to_markdown()


def test_neighbours_are_named_nearest_first_with_their_distance() -> None:
    atlas = with_claim()
    found = report(atlas, atlas.at(lon=8.0, lat=0.0))
    assert [leg.to for leg in found.neighbours] == ["Overlapping claim A / B", B.name]
    assert found.neighbours[0].distance == pytest.approx(GEOD.inv(8, 0, 9, 0)[2], abs=1e-3)


def test_places_are_named_nearest_first() -> None:
    atlas = eezkit.load()
    answer = atlas.at(lon=155.017583, lat=23.325487, name="minamitorishima-2026")
    found = report(atlas, answer, places=places.all())
    assert found.places[0].to == "Minami-Torishima"
    distances = [leg.distance for leg in found.places]
    assert distances == sorted(distances)
    assert distances[0] == pytest.approx(150_000, abs=50)


def test_the_high_seas_begin_at_the_outer_limit() -> None:
    atlas = eezkit.load()
    answer = atlas.at(lon=155.017583, lat=23.325487)
    found = report(atlas, answer)
    assert found.high_seas is not None
    assert found.high_seas.distance == pytest.approx(answer.margin, abs=1e-6)


def test_a_name_cannot_break_out_of_the_table() -> None:
    evil = zone("a | b\n<script>alert(1)</script>", "AAA")
    atlas = atlas_of({evil: square(0, -5, 10, 5)})
    text = report(atlas, atlas.at(lon=5.0, lat=0.0)).to_markdown()
    assert "<script>" not in text
    assert "a \\| b " in text


def test_a_report_is_json_without_nan() -> None:
    atlas = atlas_of({A: shapely.box(0, -5, 10, 5), B: square(10, -5, 20, 5, ISLAND)})
    found = report(atlas, atlas.at(lon=10.0, lat=0.0)).to_json()
    assert json.loads(json.dumps(found, allow_nan=False))["belt"]["name"]


def test_the_flagship_names_its_land_its_neighbours_and_the_high_seas() -> None:
    site = places.resolve("minamitorishima-2026")
    atlas = eezkit.load()
    answer = atlas.at(lon=site.lon, lat=site.lat, zone="JPN", name=site.name)
    found = report(atlas, answer, places=places.all())
    island, foreign = found.land
    assert island.to == "Minami-Torishima"
    assert island.distance == pytest.approx(149_200, abs=1000)
    assert foreign.to == "Asuncion (Northern Marianas)"
    assert foreign.distance == pytest.approx(1_072_000, abs=2000)
    assert found.neighbours[0].to == "Northern Mariana Islands"
    assert found.high_seas is not None
    assert found.high_seas.distance == pytest.approx(found.answer.margin)
    text = found.to_markdown()
    assert "| nearest foreign land | Asuncion (Northern Marianas): 579.0 nmi (1072.4 km)" in text


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
    found = report(bare, bare.at(lon=lon, lat=lat, uncertainty=1000.0))
    assert found.land == ()
    assert found.answer.coast is None
    json.dumps(found.to_json(), allow_nan=False)
    words = f"{found.to_markdown()} {found.answer}"
    assert not re.search(r"\b(inf|nan)\b", words)
