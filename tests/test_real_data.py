"""The same questions asked of real published data, where they are at hand."""

from pathlib import Path

import pytest

import eezkit
from eezkit import Atlas
from eezkit.errors import AreaWarning, SchemaWarning
from eezkit.zones import EdgeKind, Evidence


@pytest.fixture(scope="module")
def north_sea(shared_data: Path) -> Atlas:
    with pytest.warns(AreaWarning, match="British Exclusive Economic Zone"):
        return eezkit.read(shared_data / "marineregions_v12_north_sea")


@pytest.fixture(scope="module")
def world(shared_data: Path) -> Atlas:
    path = shared_data / "world_union_v3_simplified.parquet"
    return eezkit.read(path, columns={"name": "country", "sovereign": "iso2"}, coverage="world")


def test_the_areas_of_whole_zones_are_the_published_ones(north_sea: Atlas) -> None:
    mismatched = {one["zone"] for one in north_sea.findings["area_mismatches"]}
    assert len(mismatched) == 5
    assert not mismatched & {"Belgian Exclusive Economic Zone", "Dutch Exclusive Economic Zone"}


@pytest.mark.parametrize(
    ("lat", "lon", "zone", "inside"),
    [
        (51.5, 2.7, "BEL", True),
        (53.0, 4.0, "NLD", True),
        (53.0, 4.0, "BEL", False),
        (50.85, 4.35, "BEL", False),
        (45.0, -20.0, "BEL", "not covered"),
    ],
)
def test_belgium_and_its_neighbours(north_sea: Atlas, lat, lon, zone, inside) -> None:
    answer = north_sea.at(lon=lon, lat=lat, zone=zone)
    assert answer.inside == inside
    assert answer.on_land is (lon == 4.35)


def test_a_published_boundary_is_told_by_its_neighbour(north_sea: Atlas) -> None:
    answer = north_sea.at(lon=2.7, lat=51.5)
    assert answer.edge.kind is EdgeKind.BOUNDARY
    assert answer.edge.evidence is Evidence.SHARED_EDGE
    assert answer.edge.neighbour == "Dutch Exclusive Economic Zone"
    assert answer.coast.distance == pytest.approx(33_100, abs=100)


def test_the_second_time_nothing_is_read(north_sea: Atlas, shared_data: Path, monkeypatch) -> None:
    from eezkit.sources.files import layers as files

    monkeypatch.setattr(files, "read_table", None)
    with pytest.warns(AreaWarning, match="British Exclusive Economic Zone"):
        again = eezkit.read(shared_data / "marineregions_v12_north_sea")
    assert again.zones == north_sea.zones
    assert again.at(lon=2.7, lat=51.5) == north_sea.at(lon=2.7, lat=51.5)


def test_the_union_of_land_and_sea_answers_through_columns(world: Atlas) -> None:
    answer = world.at(lon=155.017583, lat=23.325487, zone="JP")
    assert answer.inside is True
    assert answer.margin / eezkit.M == pytest.approx(119.5, abs=0.3)
    assert answer.edge.kind is EdgeKind.OUTER_LIMIT


def test_namibia_is_not_a_missing_value(world: Atlas) -> None:
    assert world.at(lon=14.0, lat=-22.0).zones[0].sovereign == "NA"


def test_the_high_seas_are_outside_every_zone(world: Atlas) -> None:
    answer = world.at(lon=-20.0, lat=45.0)
    assert (answer.inside, answer.zones) == (False, ())


def test_a_zone_across_180_is_whole(world: Atlas) -> None:
    for lon in (179.9999, 180.0, -180.0, -179.9999):
        answer = world.at(lon=lon, lat=-17.0)
        assert answer.zones[0].sovereign == "FJ"
        assert answer.margin > 200_000


def test_the_extended_shelf_layer_of_the_service(shared_data: Path) -> None:
    atlas = eezkit.read(shared_data / "marineregions_wfs" / "ecs-6413d9a2.zip")
    zone = atlas.zones[0]
    assert (zone.mrgid, zone.kind) == (64123, "extended_shelf")
    assert not any(issubclass(SchemaWarning, type(w)) for w in atlas.warnings)
