"""Land, coast and zones of the embedded atlas come from one truth: what is one is the others."""

import csv
from pathlib import Path

import numpy as np
import pytest
import shapely

import eezkit
from eezkit import Atlas
from eezkit.geodesy import distance
from eezkit.geometry import Rings
from eezkit.sources.embedded import data_folder
from eezkit.units import M
from eezkit.zones import ZoneKind

HERE = Path(__file__).parent
WORLD = HERE.parents[0] / "data" / "world"
DRAWN = 600.0
"""Metres: how far the land may be drawn from where limits are measured from."""
NEAR = 3_000.0
"""Metres: how far other sources may have an islet from where it is."""


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    found = eezkit.load()
    if not found.inland_waters:
        pytest.skip("the shipped atlas was built before land, coast and zones came from one coast")
    return found


@pytest.fixture(scope="module")
def breadths() -> dict[str, float]:
    """Breadth of the territorial sea by the name of the territory, in metres: at most 12 M."""
    with (WORLD / "territories.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["name"]: min(float(row["territorial_sea_nmi"]), 12.0) * M for row in rows}


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def columns(name: str) -> tuple[np.ndarray, np.ndarray]:
    lon, lat = np.array([(float(row["lon"]), float(row["lat"])) for row in rows(name)]).T
    return lon, lat


def test_every_part_of_every_territorial_sea_has_a_coast_within_its_breadth(atlas, breadths):
    sea = [i for i, zone in enumerate(atlas.overlays) if zone.kind is ZoneKind.TERRITORIAL_SEA]
    parts, zone = shapely.get_parts(atlas.overlay_rings.take(sea).to_shapely(), return_index=True)
    at = shapely.get_coordinates(shapely.point_on_surface(parts))
    breadth = np.array([breadths[atlas.overlays[i].name] for i in sea])[zone]
    far = atlas.coast_distance(*at.T) - breadth
    worst = int(np.argmax(far))
    assert len(parts) > 1_500
    assert far[worst] <= DRAWN, (*at[worst], atlas.overlays[sea[zone[worst]]].name)


def test_inside_every_belt_the_coast_is_as_far_as_the_belt_says(atlas, breadths) -> None:
    rng = np.random.default_rng(13)
    rings = atlas.overlay_rings
    at = rng.integers(0, rings.n_vertices, 60_000)
    lon = np.clip(rings.lon[at] + rng.normal(0, 0.05, len(at)), -180, 180)
    lat = np.clip(rings.lat[at] + rng.normal(0, 0.03, len(at)), -90, 90)
    code = atlas.overlay_index.locate(lon, lat)
    lon, lat, code = lon[code > 0], lat[code > 0], code[code > 0]
    belts = [atlas.overlays[atlas.overlay_index.zones(c)[0]] for c in code.tolist()]
    territorial = np.array([zone.kind is ZoneKind.TERRITORIAL_SEA for zone in belts])
    breadth = np.array([breadths[zone.name] for zone in belts])
    far = atlas.coast_distance(lon, lat)
    least = np.where(territorial, 0.0, breadth)
    most = np.where(territorial, breadth, 24 * M)
    wrong = np.flatnonzero((far < least - DRAWN) | (far > most + DRAWN))
    assert territorial.sum() > 10_000 < (~territorial).sum()
    assert len(wrong) == 0, [
        (lon[i], lat[i], far[i] / M, belts[i].name, belts[i].kind) for i in wrong[:5]
    ]


def test_no_coast_runs_along_180_degrees(atlas) -> None:
    edges, n = atlas.edges, atlas.edges.n_seaward
    lon1, lat1, lon2, lat2 = (end[n:] for end in (edges.lon1, edges.lat1, edges.lon2, edges.lat2))
    along = (np.abs(lon1) > 179.999) & (np.abs(lon2) > 179.999) & (lon1 * lon2 > 0)
    length = distance(lon1[along], lat1[along], lon2[along], lat2[along])
    # At 65.33° N the source has half of an islet only, and no more of it is known.
    assert length.max(initial=0.0) < 900.0


def test_land_and_sea_are_the_same_on_both_sides_of_180_degrees(atlas) -> None:
    lat = np.arange(-89.0, 89.0, 0.003)
    off = 3e-4
    east, west = (atlas.is_land(np.full_like(lat, x), lat) for x in (180 - off, off - 180))
    assert east.sum() > 3_000
    # A coast may pass between the two; a strip of sea would be seen at its whole length.
    assert (east != west).sum() <= 6


def boxes(land: Rings) -> list[tuple[float, float]]:
    """A corner of each ring of four edges along meridians and parallels."""
    corners = np.flatnonzero(np.diff(land.rings) == 5)
    at = land.rings[corners][:, None] + np.arange(5)
    straight = (np.diff(land.lon[at]) == 0) | (np.diff(land.lat[at]) == 0)
    found = land.rings[corners[straight.all(axis=1)]]
    return [*zip(land.lon[found].tolist(), land.lat[found].tolist(), strict=True)]


def test_no_land_is_a_box_of_meridians_and_parallels(atlas) -> None:
    assert boxes(atlas.land) == []


def test_land_and_zones_cover_the_globe_and_do_not_overlap(atlas) -> None:
    """By a coast every position is in a zone or on land; away from it the two do not overlap."""
    rng = np.random.default_rng(31)
    at = rng.integers(0, atlas.land.n_vertices, 100_000)
    lon = np.clip(atlas.land.lon[at] + rng.normal(0, 0.02, len(at)), -180, 180)
    lat = np.clip(atlas.land.lat[at] + rng.normal(0, 0.02, len(at)), -90, 90)
    in_zone = atlas.locate(lon, lat).answer > 0
    on_land = atlas.land_index.locate(lon, lat) > 0
    assert not (in_zone & on_land).any()
    # Round the sector of Antarctica that nobody claims there is neither.
    neither = ~in_zone & ~on_land & ~((lat < -60) & (lon < -85) & (lon > -155))
    assert neither.sum() == 0, (lon[neither][:5], lat[neither][:5])


def test_islets_all_over_the_world_have_a_coast(atlas) -> None:
    lon, lat = columns("world_islets.csv")
    assert len(lon) >= 200
    far = np.where(atlas.land_index.locate(lon, lat) > 0, 0.0, atlas.coast_distance(lon, lat))
    names = [row["name"] for row in rows("world_islets.csv")]
    lost = [(names[i], round(far[i])) for i in np.flatnonzero(far > NEAR)]
    # Gazetteers may have the middle of an atoll, and old charts an islet some kilometres off.
    assert len(lost) <= 12, lost
    assert far.max() < 15_000, lost


@pytest.mark.parametrize(
    ("lon", "lat", "what"),
    [
        (-109.22, 10.35, "off Clipperton"),
        (-171.20, -9.36, "off Fakaofo, which is inhabited"),
        (-3.05, 35.95, "off Alborán"),
        (-89.70, 22.40, "off Isla Pérez"),
    ],
)
def test_an_islet_is_the_coast_of_its_own_territorial_sea(atlas, lon, lat, what) -> None:
    answer = atlas.at(lon=lon, lat=lat)
    assert ZoneKind.TERRITORIAL_SEA in {zone.kind for zone in answer.overlays}, what
    assert answer.coast.distance <= 12 * M + DRAWN, what


@pytest.mark.parametrize(
    ("lon", "lat", "what"),
    [
        (115.53, 9.90, "Mischief Reef"),
        (115.86, 9.75, "Second Thomas Shoal"),
        (113.855, 10.12, "Great Discovery Reef"),
        (164.42, -18.52, "Petrie Reef"),
        (-89.66, 22.47, "in the lagoon of Alacranes Reef"),
    ],
)
def test_what_dries_is_no_land(atlas, lon, lat, what) -> None:
    assert not atlas.is_land(lon, lat), what
    assert atlas.locate(lon, lat).answer > 0, what


def test_low_tide_elevations_far_from_land_have_no_belt_and_the_status_says_who_disagrees(atlas):
    for lon, lat in ((115.53, 9.90), (115.86, 9.75)):
        answer = atlas.at(lon=lon, lat=lat)
        assert not answer.overlays
    (zone,) = (zone for zone in atlas.zones if zone.name == "Spratly Islands")
    assert "Mischief Reef" in zone.status
    assert "China and Taiwan do not accept" in zone.status


@pytest.mark.parametrize(
    ("lon", "lat", "name"),
    [
        (50.61982, 40.44435, "Caspian Sea"),
        (33.0, -1.0, "Lake Victoria"),
        (-87.5, 47.5, "Lake Superior"),
        (-87.0, 43.0, "Lakes Michigan and Huron"),
        (35.48, 31.6, "Dead Sea"),
        (6.55, 46.45, "Lake Geneva"),
        (108.0, 53.3, "Lake Baikal"),
    ],
)
def test_a_lake_is_inland_water_and_neither_land_nor_sea(atlas, lon, lat, name) -> None:
    assert atlas.inland_waters[atlas.inland_water(lon, lat)] == name
    assert not atlas.is_land(lon, lat)
    assert atlas.locate(lon, lat).answer == 0


@pytest.mark.parametrize(
    ("lon", "lat", "what"),
    [(-82.2, 45.75, "Manitoulin Island"), (107.4, 53.15, "Olkhon"), (4.35, 50.85, "Brussels")],
)
def test_an_island_in_a_lake_is_land(atlas, lon, lat, what) -> None:
    assert atlas.is_land(lon, lat), what
    assert atlas.inland_water(lon, lat) == -1, what


def test_inland_waters_lie_within_the_land_and_are_drawn_once(atlas) -> None:
    rng = np.random.default_rng(7)
    at = rng.integers(0, atlas.inland.n_vertices, 30_000)
    lon = atlas.inland.lon[at] + rng.normal(0, 0.02, len(at))
    lat = atlas.inland.lat[at] + rng.normal(0, 0.02, len(at))
    inside = atlas.inland_water(lon, lat) >= 0
    assert inside.sum() > 5_000
    assert (atlas.land_index.locate(lon[inside], lat[inside]) > 0).all()
    assert not (atlas.locate(lon[inside], lat[inside]).answer > 0).any()
    assert len(atlas.inland_waters) == atlas.inland.n_zones
    names = [name for name in atlas.inland_waters if name]
    assert len(names) == len(set(names)) > 60


def test_the_data_that_come_along_take_four_and_a_half_megabytes_at_most() -> None:
    files = ("dataset.json", "atlas.npz", "coast.npz")
    assert sum((data_folder() / name).stat().st_size for name in files) <= 4.5e6
