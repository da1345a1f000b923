"""The embedded data: what the licence, the law and the build script say of them holds."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod

from eezkit.units import M
from law_cases import MINAMI_TORISHIMA, along_edges, law_distance, minami_torishima

DATA = Path(__file__).parents[1] / "data"
GEOD = Geod(ellps="WGS84")
DECIMETRE = 0.1


def features(name: str) -> list[dict]:
    return json.loads((DATA / name).read_text(encoding="utf-8"))["features"]


def rings(feature: dict) -> list[np.ndarray]:
    return [np.array(ring) for ring in feature["geometry"]["coordinates"]]


def limits() -> dict[float, np.ndarray]:
    """The ring of each breadth."""
    territorial, contiguous = features("overlays.geojson")
    (zone,) = features("zones.geojson")
    return {
        12 * M: rings(territorial)[0],
        24 * M: rings(contiguous)[0],
        200 * M: rings(zone)[0],
    }


@pytest.mark.parametrize("breadth", [12 * M, 24 * M, 200 * M])
def test_every_vertex_is_at_the_breadth(breadth) -> None:
    ring = limits()[breadth]
    assert np.abs(law_distance(minami_torishima(), *ring.T) - breadth).max() < DECIMETRE


@pytest.mark.parametrize("breadth", [12 * M, 24 * M, 200 * M])
def test_no_edge_strays_by_more_than_a_metre(breadth) -> None:
    ring = limits()[breadth]
    x, y = along_edges(*ring.T, np.arange(len(ring) - 1))
    assert np.abs(law_distance(minami_torishima(), x, y) - breadth).max() <= 1.0


def test_the_envelope_has_the_area_it_should() -> None:
    area, _ = GEOD.polygon_area_perimeter(*limits()[200 * M].T)
    assert area / 1e6 == pytest.approx(432_840, abs=10)


@pytest.mark.parametrize("name", ["zones.geojson", "overlays.geojson", "land.geojson"])
def test_rings_close_and_run_as_geojson_has_them(name) -> None:
    for feature in features(name):
        for number, ring in enumerate(rings(feature)):
            assert (ring[0] == ring[-1]).all()
            area, _ = GEOD.polygon_area_perimeter(*ring.T)
            assert (area > 0) == (number == 0)


def test_the_zone_runs_from_the_coast_and_the_contiguous_zone_from_the_territorial_sea() -> None:
    (zone,) = features("zones.geojson")
    territorial, contiguous = features("overlays.geojson")
    (land,) = features("land.geojson")
    coast = {tuple(vertex) for vertex in rings(land)[0]}
    assert coast == set(MINAMI_TORISHIMA)
    assert {tuple(vertex) for vertex in rings(zone)[1]} == coast
    assert {tuple(vertex) for vertex in rings(territorial)[1]} == coast
    assert (rings(contiguous)[1] == rings(territorial)[0][::-1]).all()


def test_zones_name_their_party_and_their_own_area() -> None:
    zones = features("zones.geojson") + features("overlays.geojson")
    kinds = [zone["properties"]["kind"] for zone in zones]
    assert kinds == ["eez", "territorial_sea", "contiguous_zone"]
    for zone in zones:
        given = zone["properties"]
        assert (given["sovereign"], given["territory"]) == ("JPN", "Minami-Torishima")
        assert (given["regime"], given["mrgid"]) == ("sole", None)
        area = sum(GEOD.polygon_area_perimeter(*ring.T)[0] for ring in rings(zone))
        assert given["area_km2"] == pytest.approx(area / 1e6, abs=1e-3)


def test_the_dataset_says_that_it_is_derived_and_whose_coast_it_is() -> None:
    facts = json.loads((DATA / "dataset.json").read_text(encoding="utf-8"))
    assert facts["basis"] == "derived"
    assert facts["licence"] == "ODbL-1.0"
    assert "© OpenStreetMap contributors" in facts["citation"]
    assert any("not an official limit" in note for note in facts["notes"])
    licence = (DATA / "LICENSE").read_text(encoding="utf-8")
    assert "Open Database License" in licence
    assert "© OpenStreetMap contributors" in licence


def test_it_is_complete_only_where_no_other_land_can_reach() -> None:
    facts = json.loads((DATA / "dataset.json").read_text(encoding="utf-8"))
    cover = facts["coverage"]
    assert (cover["type"], cover["radius_m"]) == ("disc", 348 * M)
    far = GEOD.inv(cover["lon"], cover["lat"], 145.22, 20.02)[2]
    assert far - 200 * M > cover["radius_m"], "Maug, the nearest other land"


def test_the_manifest_has_the_checksums_of_the_files() -> None:
    lines = (DATA / "manifest.sha256").read_text(encoding="utf-8").splitlines()
    listed = dict(reversed(line.split("  ")) for line in lines)
    assert set(listed) == {"dataset.json", "zones.geojson", "overlays.geojson", "land.geojson"}
    for name, digest in listed.items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest


def test_the_build_script_gives_these_bytes() -> None:
    command = [sys.executable, str(DATA / "build.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=DATA.parent, check=False)
    assert done.returncode == 0, done.stderr
