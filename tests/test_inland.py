"""Land, lakes in it and coast that nobody claims, in an atlas small enough to see through."""

import numpy as np
import pytest
import shapely

import eezkit
from coast_oracle import BruteForce
from eezkit import Atlas, M
from eezkit.answers.rights import belt_of
from eezkit.atlas.build import build_atlas
from eezkit.coverage import Coverage
from eezkit.geometry import Rings
from eezkit.sources.coast import embedded_coast
from eezkit.zones import Party, Provenance, Regime, Zone, ZoneKind

ISLAND = shapely.box(0, 0, 2, 2)
LAKE = shapely.box(0.5, 0.5, 1, 1)
POND = shapely.box(1.4, 1.4, 1.6, 1.6)
NOBODYS = shapely.box(10, 0, 11, 1)
SEA = shapely.box(-3, -3, 5, 5).difference(ISLAND)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    zone = Zone(
        name="Atlantis",
        kind=ZoneKind.EEZ,
        regime=Regime.SOLE,
        parties=(Party("ATL", "ATL", "Atlantis", "Atlantis"),),
    )
    return build_atlas(
        [zone],
        Rings.from_shapely([SEA]),
        provenance=Provenance(name="made up", version="1", basis="derived", licence="CC0-1.0"),
        coverage=Coverage.from_json({"type": "world"}),
        land=Rings.from_shapely([shapely.MultiPolygon([ISLAND, NOBODYS])]),
        inland=Rings.from_shapely([LAKE, POND]),
        inland_waters=["Long Lake", ""],
    )


def test_a_lake_is_neither_land_nor_sea(atlas) -> None:
    lon, lat = [0.7, 1.5, 0.2, 3.0, 8.0, np.nan], [0.7, 1.5, 0.2, 3.0, 3.0, 0.0]
    assert atlas.inland_water(lon, lat).tolist() == [0, 1, -1, -1, -1, -1]
    assert atlas.is_land(lon, lat).tolist() == [False, False, True, False, False, False]
    found = atlas.locate(lon, lat).to_frame()
    assert found["belt"].tolist()[:5] == [
        "inland water",
        "inland water",
        "land",
        "exclusive economic zone",
        "high seas",
    ]


@pytest.mark.parametrize(
    ("at", "name", "said"),
    [(0.7, "Long Lake", "inland water (Long Lake)"), (1.5, "", "inland water")],
)
def test_one_position_on_a_lake_is_told_so(atlas, at, name, said) -> None:
    answer = atlas.at(lon=at, lat=at)
    assert (answer.on_land, answer.inland_water, answer.inside) == (False, name, False)
    assert answer.to_json()["inland_water"] == name
    assert answer.edge is None
    assert str(answer).startswith(f"outside {said}")
    assert belt_of(answer).name == "inland water"


def test_the_sea_and_the_land_are_no_inland_water(atlas) -> None:
    for at in (0.2, 3.0):
        answer = atlas.at(lon=at, lat=at)
        assert answer.inland_water is None
        assert "inland" not in str(answer)


def test_lakes_outlive_being_saved(atlas, tmp_path) -> None:
    atlas.save(tmp_path / "kept")
    again = Atlas.open(tmp_path / "kept")
    assert again.inland_waters == ("Long Lake", "")
    assert again.inland_water([0.7, 0.2], [0.7, 0.2]).tolist() == [0, -1]


def test_coast_that_no_zone_touches_is_coast(atlas) -> None:
    far = atlas.distance(9.5, 0.5, kinds="coast")
    assert float(far.lon) == 10.0
    assert atlas.edges.kind_name(int(far.edge)) == "coast"
    seaward = atlas.distance(9.5, 0.5, kinds="seaward")
    assert float(seaward.lon) == 5.0


def test_in_the_embedded_atlas_the_coast_that_nobody_claims_is_a_coast() -> None:
    far = eezkit.load().distance(-120.0, -72.0, kinds="coast")
    assert far.distance / M == pytest.approx(106, abs=3)
    nearest = eezkit.report(lon=-120.0, lat=-72.0).land[0]
    assert nearest.distance / M == pytest.approx(106, abs=3)
    assert "no State claims" in nearest.to


def test_there_is_no_land_at_null_island() -> None:
    assert not eezkit.load().is_land(0.0, 0.0)
    land = embedded_coast().areas
    assert land.locate(np.array([0.0, 10.0]), np.array([0.0, 50.0])).tolist() == [0, 1]


def test_distances_to_the_coast_are_those_of_brute_force() -> None:
    """`benchmarks/coast_distances.py` asks ten thousand."""
    atlas = eezkit.load()
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(-180, 180, 40), np.degrees(np.arcsin(rng.uniform(-1, 1, 40)))
    oracle = BruteForce(atlas.land)
    far = np.array([oracle.distance(x, y) for x, y in zip(lon, lat, strict=True)])
    assert np.abs(atlas.coast_distance(lon, lat) - far).max() <= 1e-3
