"""Audits: nothing to find where the law was followed, and what was done to it where it was not."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from eezkit.__main__ import run
from eezkit.compare.audit import audit
from eezkit.errors import BaselineError, OptionError
from eezkit.limits import Baseline, outer_limit, partition
from eezkit.units import M
from law_cases import MINAMI_TORISHIMA, across_180, law_distance
from layers import A, B, atlas_of

GEOD = Geod(ellps="WGS84")
STORED = 1e-4
"""Metres: what rounding to 1e-9 degrees may cost."""


def points(places: list[tuple[float, float]]) -> Baseline:
    return Baseline.from_points(*np.transpose(places))


def test_a_limit_the_law_drew_is_where_the_law_puts_it() -> None:
    baseline = across_180()
    zone = outer_limit(baseline, 24 * M).to_shapely()
    found = audit(zone, baseline, breadth=24 * M)
    assert len(found) > 1000
    assert np.abs(found.offset).max() < STORED
    assert found.n_left_out == 0, "not even what closes the parts along ±180°"
    far = law_distance(baseline, found.lon, found.lat)
    assert np.abs(far - found.distance).max() < 1e-3
    foot = GEOD.inv(found.lon, found.lat, found.base_lon, found.base_lat)[2]
    assert np.abs(np.asarray(foot) - found.distance).max() < 1e-3


@pytest.mark.parametrize("shift", [500.0, -500.0])
def test_a_limit_displaced_by_500_m_is_500_m_off(shift: float) -> None:
    baseline = points(MINAMI_TORISHIMA)
    limit = outer_limit(baseline, 200 * M)
    base = limit.basepoint
    azimuth, _, far = GEOD.inv(base["lon"], base["lat"], limit.rings.lon, limit.rings.lat)
    lon, lat, _ = GEOD.fwd(base["lon"], base["lat"], azimuth, np.asarray(far) + shift)
    found = audit(shapely.Polygon(np.column_stack([lon, lat])), baseline)
    assert found.median == pytest.approx(shift, abs=1e-3)
    assert found.p95 == pytest.approx(500, abs=1e-3)
    assert np.abs(found.offset) == pytest.approx(500, abs=0.05), "corners a little less"


def test_the_worst_vertex_is_named_with_the_basepoint_that_governs_it() -> None:
    baseline = points(MINAMI_TORISHIMA)
    limit = outer_limit(baseline, 200 * M, tolerance=100.0)
    lon, lat = limit.rings.lon.copy(), limit.rings.lat.copy()
    lon[7], lat[7], _ = GEOD.fwd(lon[7], lat[7], 30.0, 2000.0)
    found = audit(shapely.LineString(np.column_stack([lon, lat])), baseline)
    at = found.worst
    assert (found.lon[at], found.lat[at]) == (lon[7], lat[7])
    far = [GEOD.inv(lon[7], lat[7], *place)[2] for place in MINAMI_TORISHIMA]
    assert found.feature[at] == int(np.argmin(far))
    assert found.offset[at] == pytest.approx(min(far) - 200 * M, abs=1e-3)
    worst = found.to_json()["worst"]
    assert worst["basepoint"]["feature"] == int(np.argmin(far))
    assert worst["offset_m"] == pytest.approx(found.offset[at], abs=1e-4)
    assert f"governed by {int(np.argmin(far)) + 1} at 24°" in found.to_text()


def test_of_an_atlas_neither_boundaries_nor_coasts_are_audited() -> None:
    turn = np.arange(0, 360, 5.0)
    n = len(turn)
    coasts = [
        shapely.Polygon(
            np.column_stack(GEOD.fwd(np.full(n, x), np.zeros(n), -turn, np.full(n, 2e4))[:2])
        )
        for x in (5.0, 6.0)
    ]
    own = [Baseline.from_geometry(coast, key=key) for key, coast in enumerate(coasts)]
    zones = partition(Baseline.merge(own), 24 * M, tolerance=10.0).to_shapely()
    at_sea = [zone.difference(coast) for zone, coast in zip(zones, coasts, strict=True)]
    atlas = atlas_of(dict(zip((A, B), at_sea, strict=True)), land=coasts)
    found = audit(atlas.select("AAA"), own[0], breadth=24 * M)
    assert np.abs(found.offset).max() < 1e-3
    assert found.n_left_out == 0
    boundary = shapely.get_coordinates(zones[0].intersection(zones[1]))
    assert len(boundary) > 2
    audited = set(zip(found.lon.tolist(), found.lat.tolist(), strict=True))
    assert len(audited & set(map(tuple, boundary.tolist()))) <= 2, "the ends of the boundary"
    both = audit(atlas, Baseline.merge(own), breadth=24 * M)
    assert len(both) > 1.5 * len(found)


def test_the_coast_in_a_file_is_left_out_and_counted() -> None:
    coast = shapely.Polygon(MINAMI_TORISHIMA)
    baseline = Baseline.from_geometry(coast)
    zone = outer_limit(baseline, 12 * M).to_shapely().difference(coast)
    found = audit(zone, baseline, breadth=12 * M, within=1e6)
    assert found.n_left_out == 4
    assert np.abs(found.offset).max() < STORED


def test_positions_in_any_reference_system_can_be_audited() -> None:
    baseline = points(MINAMI_TORISHIMA)
    limit = outer_limit(baseline, 12 * M, tolerance=50.0)
    places = geopandas.GeoSeries.from_xy(limit.rings.lon, limit.rings.lat, crs=4326)
    found = audit(places.to_crs(32654), baseline, breadth=12 * M)
    assert np.abs(found.offset).max() < 1e-3
    assert len(found) == limit.rings.n_vertices - 1


def test_what_lies_nowhere_near_the_breadth_is_refused() -> None:
    baseline = points(MINAMI_TORISHIMA)
    zone = outer_limit(baseline, 12 * M).to_shapely()
    with pytest.raises(OptionError, match=r"12\.0 to 12\.0 nmi"):
        audit(zone, baseline)
    with pytest.raises(OptionError, match="no feature"):
        audit(shapely.Polygon(), baseline)
    with pytest.raises(OptionError, match="within"):
        audit(zone, baseline, within=0.0)
    with pytest.raises(BaselineError, match="entitled"):
        audit(zone, Baseline.from_points([0.0], [0.0], max_breadth=12 * M))


def write(tmp_path: Path) -> tuple[Path, Path]:
    """A baseline and its own limit, as files."""
    coast, limit = tmp_path / "coast.csv", tmp_path / "limit.gpkg"
    pd.DataFrame(MINAMI_TORISHIMA, columns=["lon", "lat"]).to_csv(coast, index=False)
    assert run(["limit", str(coast), "-o", str(limit)]) == 0
    return coast, limit


def test_the_command_finds_nothing_in_what_the_other_command_drew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    coast, limit = write(tmp_path)
    capsys.readouterr()
    assert run(["audit", str(limit), str(coast)]) == 0
    shown = capsys.readouterr().out
    assert "median +0.0 m  95 % within 0.0 m" in shown
    table = tmp_path / "audit.csv"
    assert run(["audit", str(limit), str(coast), "--json", "-o", str(table)]) == 0
    said = json.loads(capsys.readouterr().out)
    rows = pd.read_csv(table)
    assert len(rows) == said["n_vertices"] > 1000
    assert rows["offset_m"].abs().max() <= STORED
    assert set(rows["basepoint"]) == {1, 2, 3, 4}
    assert np.abs(rows["distance_m"] - 200 * M - rows["offset_m"]).max() < 1e-6


def test_the_command_audits_a_zone_of_a_dataset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(tmp_path / "cache"))
    coast, _ = write(tmp_path)
    zone = outer_limit(points(MINAMI_TORISHIMA), 200 * M + 500).to_shapely()
    columns = {
        "mrgid": [8487, 1], "geoname": ["Zone of Japan", "Zone of another"],
        "pol_type": ["200NM"] * 2, "iso_sov1": ["JPN", "AAA"], "sovereign1": ["Japan", "A"],
        "mrgid_sov1": [1, 2], "mrgid_ter1": [1, 2], "territory1": ["Japan", "A"],
        "iso_ter1": ["JPN", "AAA"],
    }  # fmt: skip
    layer = geopandas.GeoDataFrame(columns, geometry=[zone, shapely.box(0, 0, 1, 1)], crs=4326)
    layer.to_file(tmp_path / "zones.gpkg")
    capsys.readouterr()
    data = ["--data", str(tmp_path / "zones.gpkg")]
    assert run(["audit", "JPN", str(coast), *data, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["median_m"] == pytest.approx(500, abs=0.01)
    assert said["p95_m"] == pytest.approx(500, abs=0.01)
    assert said["n_left_out"] == 0
    assert run(["audit", "AAA", str(coast), *data]) == 2


def test_a_narrower_search_leaves_more_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, limit = write(tmp_path)
    other = tmp_path / "other.csv"
    pd.DataFrame([MINAMI_TORISHIMA[0]], columns=["lon", "lat"]).to_csv(other, index=False)
    capsys.readouterr()
    counts = []
    for within in ("10km", "500m"):
        assert run(["audit", str(limit), str(other), "--within", within, "--json"]) == 0
        counts.append(json.loads(capsys.readouterr().out)["n_left_out"])
    assert counts[0] == 0 < counts[1]
