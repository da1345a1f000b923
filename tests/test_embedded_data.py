"""The embedded atlas: what the licence, the law and its makers say of it holds."""

import csv
import hashlib
import json
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod

import eezkit
from eezkit import Atlas
from eezkit.edges.arrangement import arrange
from eezkit.geodesy import distance
from eezkit.geometry import Rings
from eezkit.lookup import CellIndex
from eezkit.units import M
from eezkit.zones import EdgeKind, Evidence, Regime, ZoneKind
from law_cases import MINAMI_TORISHIMA, along_edges, law_distance, minami_torishima

ROOT = Path(__file__).parents[1]
DATA = ROOT / "eezkit" / "data"
GEOD = Geod(ellps="WGS84")
GRID = 0.2
"""Metres: the flagship's coordinates are rounded to 1e-6 of a degree."""
NAME = "Minami-Torishima"


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return eezkit.load()


@pytest.fixture(scope="module")
def facts() -> dict:
    return json.loads((DATA / "dataset.json").read_text(encoding="utf-8"))


def outer_ring(atlas: Atlas, breadth: float) -> np.ndarray:
    """The outer ring of the flagship's zone out to a breadth."""
    kind = {12: ZoneKind.TERRITORIAL_SEA, 24: ZoneKind.CONTIGUOUS_ZONE, 200: ZoneKind.EEZ}
    zones, rings = atlas.zones, atlas.rings
    if breadth < 200 * M:
        zones, rings = atlas.overlays, atlas.overlay_rings
    (number,) = (
        i for i, zone in enumerate(zones) if (zone.name, zone.kind) == (NAME, kind[breadth // M])
    )
    own = rings.take([number])
    return np.column_stack([own.lon, own.lat])[: own.rings[1]]


@pytest.mark.parametrize("breadth", [12 * M, 24 * M, 200 * M])
def test_every_vertex_round_the_flagship_is_at_the_breadth(atlas, breadth) -> None:
    ring = outer_ring(atlas, breadth)
    off = law_distance(minami_torishima(), *ring.T) - breadth
    assert np.abs(off).max() < GRID


@pytest.mark.parametrize("breadth", [12 * M, 24 * M, 200 * M])
def test_no_edge_round_the_flagship_strays_by_more_than_a_metre(atlas, breadth) -> None:
    ring = outer_ring(atlas, breadth)
    x, y = along_edges(*ring.T, np.arange(len(ring) - 1))
    assert np.abs(law_distance(minami_torishima(), x, y) - breadth).max() <= 1.0 + GRID


def test_the_flagship_has_its_coast_and_its_area(atlas) -> None:
    (number,) = (i for i, zone in enumerate(atlas.zones) if zone.name == NAME)
    own = atlas.rings.take([number])
    coast = {*zip(own.lon.round(5), own.lat.round(5), strict=True)}
    assert coast >= set(MINAMI_TORISHIMA)
    area, _ = GEOD.polygon_area_perimeter(*outer_ring(atlas, 200 * M).T)
    assert area / 1e6 == pytest.approx(432_840, abs=10)


def test_each_position_is_in_one_zone_at_most_and_none_is_lost_between_zones(atlas) -> None:
    rng = np.random.default_rng(20261122)
    lon, lat = rng.uniform(-180, 180, 200_000), np.degrees(np.arcsin(rng.uniform(-1, 1, 200_000)))
    found = atlas.locate(lon, lat)
    assert max(len(found.zones(code)) for code in np.unique(found.answer)) == 1
    assert (found.answer > 0).sum() > 50_000
    on_land = atlas.land_index.locate(lon, lat) > 0
    assert not (on_land & (found.answer > 0)).any()
    border = atlas.edges.kind[: atlas.edges.n_seaward] == list(EdgeKind).index(EdgeKind.BOUNDARY)
    ends = (atlas.edges.lon1, atlas.edges.lat1, atlas.edges.lon2, atlas.edges.lat2)
    x1, y1, x2, y2 = (end[: atlas.edges.n_seaward][border] for end in ends)
    for share in (0.0, 0.3, 0.5, 1.0):
        x, y = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
        between = (atlas.locate(x, y).answer == 0) & (atlas.land_index.locate(x, y) == 0)
        # An end of a boundary may lie on the outer limit, whose far side is the high seas.
        assert between.mean() < 0.03, share


def test_neighbours_share_their_edges_exactly(atlas) -> None:
    """An edge that two zones had separately, a hair apart, would leave slivers in both."""
    edges = arrange(atlas.rings, atlas.index)
    held = np.array([len(members) for members in edges.sets])
    both, none = held[edges.left] + held[edges.right] > 2, held[edges.left] + held[edges.right] < 1
    # Where lines meet, what is cut off may be shorter than the last bit of a coordinate.
    length = np.hypot(edges.lon2 - edges.lon1, edges.lat2 - edges.lat1)
    assert length[both | none].sum() < 1e-14


def test_every_edge_is_known_to_be_coast_limit_boundary_or_claim(atlas) -> None:
    kinds = {list(EdgeKind)[kind] for kind in np.unique(atlas.edges.kind)}
    assert kinds == {EdgeKind.COAST, EdgeKind.OUTER_LIMIT, EdgeKind.BOUNDARY, EdgeKind.CLAIM}
    reasons = {list(Evidence)[reason] for reason in np.unique(atlas.edges.evidence)}
    assert Evidence.NONE not in reasons
    limit = atlas.seaward.query(np.array([155.017583]), np.array([23.325487])).edge[0]
    assert atlas.edges.evidence_of(limit) is Evidence.BREADTH


def test_claims_end_at_the_sector_of_antarctica_that_nobody_claims(atlas) -> None:
    claim = np.flatnonzero(atlas.edges.kind == list(EdgeKind).index(EdgeKind.CLAIM))
    assert len(claim)
    assert (atlas.edges.lat1[claim] < -60).all()
    assert ((np.abs(atlas.edges.lon1[claim]) > 80) & (np.abs(atlas.edges.lon1[claim]) < 175)).all()


def test_a_claim_ends_at_that_sector_as_far_out_as_a_limit_is_not_reached(atlas) -> None:
    """What ends there short of 200 M is no limit of the law, however far from the coast."""
    edges, n = atlas.edges, atlas.edges.n_seaward
    in_abeyance = [zone.regime is Regime.IN_ABEYANCE for zone in atlas.zones]
    held = np.array([any(in_abeyance[zone] for zone in members) for members in edges.sets])
    by_source = edges.evidence[:n] == list(Evidence).index(Evidence.SOURCE)
    which = np.flatnonzero(by_source & (held[edges.left[:n]] | held[edges.right[:n]]))
    lon, lat = (edges.lon1 + edges.lon2)[which] / 2, (edges.lat1 + edges.lat2)[which] / 2
    # From coast that has a zone: the sector's own is nobody's baseline.
    claimed = np.array([bool(members) for members in edges.sets])
    active = claimed[edges.left[n:]] | claimed[edges.right[n:]]
    off = atlas.coast.query(lon, lat, active=active).distance
    far_out = (off > 110 * M) & (off < 194 * M)
    assert far_out.sum() > 100
    assert set(edges.kind[which[off < 194 * M]]) == {list(EdgeKind).index(EdgeKind.CLAIM)}
    limit = which[(off > 196 * M) & (off < 200 * M)]
    assert set(edges.kind[limit]) == {list(EdgeKind).index(EdgeKind.OUTER_LIMIT)}


def spots() -> list[dict[str, str]]:
    with (Path(__file__).with_name("world_spots.csv")).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("spot", spots(), ids=lambda spot: spot["what"])
def test_a_position_somewhere_in_the_world_is_in_the_zone_it_should_be(atlas, facts, spot) -> None:
    names = {entry["code"]: entry["name"] for entry in facts["territories"]}
    expected = [names[code] for code in spot["zone_codes"].split("|") if code != "high seas"]
    answer = atlas.at(lon=float(spot["lon"]), lat=float(spot["lat"]))
    assert [zone.name for zone in answer.zones] == expected
    assert not answer.on_land


@pytest.mark.parametrize(
    ("lon", "lat", "sovereigns", "regime"),
    [
        (-60, -53, "ARG|GBR", Regime.OVERLAPPING_CLAIM),
        (147.5, 44.5, "JPN|RUS", Regime.OVERLAPPING_CLAIM),
        (123.6, 25.8, "CHN|JPN|TWN", Regime.OVERLAPPING_CLAIM),
        (166.62, 18.5, "MHL|USA", Regime.OVERLAPPING_CLAIM),
        (-60.5, -63.2, "ARG|CHL|GBR", Regime.IN_ABEYANCE),
        (0, -69, "NOR", Regime.IN_ABEYANCE),
        (20, 76, "NOR", Regime.SOLE),
    ],
)
def test_all_who_claim_a_zone_are_named(atlas, lon, lat, sovereigns, regime) -> None:
    (zone,) = atlas.at(lon=lon, lat=lat).zones
    assert (zone.sovereign, zone.regime) == (sovereigns, regime)
    assert zone.status or regime is Regime.SOLE


def test_zones_name_their_parties_and_their_own_area(atlas) -> None:
    assert len(atlas.zones) > 270
    assert len({zone.name for zone in atlas.zones}) == len(atlas.zones)
    codes = {party.sovereign for zone in atlas.zones for party in zone.parties}
    assert all(len(code) == 3 and code.isupper() for code in codes)
    for zone in atlas.zones:
        assert zone.parties
        assert (zone.regime is Regime.SOLE) == (not zone.is_shared)
        for party in zone.parties:
            assert party.sovereign_name
            assert party.territory_name == zone.name
    fiji = next(i for i, zone in enumerate(atlas.zones) if zone.name == "Fiji")
    area = sum(
        GEOD.polygon_area_perimeter(ring[:, 0], ring[:, 1])[0]
        for ring in rings_of(atlas.rings.take([fiji]))
    )
    assert atlas.zones[fiji].area_km2 == pytest.approx(area / 1e6, abs=0.1)


def rings_of(rings: Rings) -> list[np.ndarray]:
    xy = np.column_stack([rings.lon, rings.lat])
    return [xy[a:b] for a, b in zip(rings.rings[:-1], rings.rings[1:], strict=True)]


def test_territorial_seas_and_contiguous_zones_lie_in_the_zone_of_their_territory(atlas) -> None:
    rng = np.random.default_rng(12)
    at = rng.integers(0, atlas.overlay_rings.n_vertices, 30_000)
    lon = np.clip(atlas.overlay_rings.lon[at] + rng.normal(0, 0.1, len(at)), -180, 180)
    lat = np.clip(atlas.overlay_rings.lat[at] + rng.normal(0, 0.1, len(at)), -90, 90)
    index = CellIndex.build(atlas.overlay_rings)
    code, zone_code = index.locate(lon, lat), atlas.locate(lon, lat)
    inside = np.flatnonzero(code > 0)
    assert len(inside) > 10_000
    for position in inside[:5_000].tolist():
        (overlay,) = (atlas.overlays[i] for i in index.zones(code[position]))
        (zone,) = zone_code.zones(zone_code.answer[position])
        assert overlay.name == zone.name


def test_territorial_seas_and_contiguous_zones_end_at_their_breadth(atlas) -> None:
    """From the coast or an islet of the table; islands below 0.012 km² are not shown as land."""
    lon, lat = atlas.overlay_rings.lon[::97], atlas.overlay_rings.lat[::97]
    far = atlas.coast_distance(lon, lat) > 24 * M + 600.0
    with (ROOT / "data" / "world" / "islets.csv").open(encoding="utf-8") as file:
        islets = np.array([(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)])
    off = distance(lon[far], lat[far], *islets.T[:, :, None]).min(axis=0)
    assert (off > 24 * M + 600.0).mean() * far.mean() < 5e-3


def test_the_dataset_says_that_it_is_derived_and_whose_coast_it_is(facts) -> None:
    assert facts["basis"] == "derived"
    assert facts["licence"] == "ODbL-1.0"
    assert facts["coverage"] == {"type": "world"}
    assert "© OpenStreetMap contributors" in facts["citation"]
    assert "no treaties, not an official limit" in facts["notes"]
    licence = (DATA / "LICENSE").read_text(encoding="utf-8")
    assert "Open Database License" in licence
    assert "© OpenStreetMap contributors" in licence


def test_it_fits_into_ten_megabytes() -> None:
    assert sum((DATA / name).stat().st_size for name in ("dataset.json", "atlas.npz")) < 10e6


def test_the_manifest_has_the_checksums_of_the_files() -> None:
    lines = (ROOT / "data" / "manifest.sha256").read_text(encoding="ascii").splitlines()
    listed = dict(reversed(line.split("  ")) for line in lines)
    assert set(listed) == {"dataset.json", "atlas.npz"}
    for name, digest in listed.items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest


def test_the_build_script_knows_its_own_files() -> None:
    command = [sys.executable, str(ROOT / "data" / "build.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


def test_without_compiled_kernels_the_first_use_says_how_long_it_takes(monkeypatch) -> None:
    from eezkit.sources import embedded

    class StoppedError(Exception):
        pass

    def stop(*arguments: object, **options: object) -> None:
        raise StoppedError

    monkeypatch.setattr("eezkit.atlas.build.build_atlas", stop)
    for file, said in (("cells.py", True), ("cells.so", False)):
        monkeypatch.setattr(embedded.cells, "__file__", file)
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            with pytest.raises(StoppedError):
                embedded.load_embedded(refresh=True)
        assert any("takes minutes" in str(one.message) for one in heard) is said
