"""`eezkit limit` and `eezkit equidistance`: what the files hold, held against pyproj alone."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from eezkit.__main__ import run
from eezkit.limits import Baseline
from eezkit.positions import parse
from eezkit.units import M
from law_cases import MINAMI_TORISHIMA, along_edges, law_distance

GEOD = Geod(ellps="WGS84")
STORED = 1e-4
"""Metres: what rounding to 1e-9 degrees may cost."""
SUFFIXES = (".geojson", ".gpkg", ".parquet")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def points(name: str, places: list[tuple[float, float]]) -> Baseline:
    """Write a table of base points, and give them as a baseline."""
    pd.DataFrame(places, columns=["lon", "lat"]).to_csv(name, index=False)
    return Baseline.from_points(*np.transpose(places))


def read(name: str) -> geopandas.GeoDataFrame:
    """Read a file as anyone would."""
    return geopandas.read_parquet(name) if name.endswith("parquet") else geopandas.read_file(name)


def seaward_edges(zone: shapely.Geometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Longitudes, latitudes and starts of all edges but those along ±180°."""
    rings = shapely.get_rings(shapely.get_parts(zone))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    starts = np.flatnonzero(ring[1:] == ring[:-1])
    cut = (np.abs(xy[starts, 0]) == 180) & (np.abs(xy[starts + 1, 0]) == 180)
    return xy[:, 0], xy[:, 1], starts[~cut]


def area_km2(zone: shapely.Geometry) -> float:
    parts = shapely.get_parts(shapely.segmentize(zone, 0.05))
    return sum(GEOD.geometry_area_perimeter(part)[0] for part in parts) / 1e6


MINAMI = [(float(lon), float(lat)) for lon, lat in MINAMI_TORISHIMA]
ACROSS = [(178.0, -17.0), (179.9, -16.5), (-178.6, -18.2)]


def test_bouvets_base_points_give_the_areas_known_for_them(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word for b in ("12nmi", "24nmi", "200nmi") for word in ("--breadth", b)]
    source = shared_data / "bouvet_base_points.csv"
    assert run(["limit", str(source), *words, "-o", "bouvet.gpkg", "--table", "bouvet.csv"]) == 0
    zones = read("bouvet.gpkg")
    assert zones["breadth_nmi"].tolist() == [12, 24, 200]
    expected = [2263.0, 7569.1, 441_776]
    assert [area_km2(zone) for zone in zones.geometry] == pytest.approx(expected, rel=1e-3)
    assert zones["area_km2"].tolist() == pytest.approx(expected, rel=1e-3)
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-2:] == ["bouvet.gpkg", "bouvet.csv"]
    assert "no official limit" in shown.err
    assert "straight in longitude and latitude, within 1 m" in shown.err

    known = {p.id: (p.lon, p.lat) for p in pd.read_csv(source).itertuples()}
    with Path("bouvet.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["number"] for row in rows] == [str(n + 1) for n in range(len(rows))]
    assert {row["breadth_nmi"] for row in rows} == {"12", "24", "200"}
    turning = [row for row in rows if row["kind"] == "turning_point"]
    assert len(turning) > 40
    for row in turning:
        lon, lat = float(row["lon"]), float(row["lat"])
        assert row["basepoint_1"] != row["basepoint_2"]
        for which in ("basepoint_1", "basepoint_2"):
            far = GEOD.inv(lon, lat, *known[row[which]])[2]
            assert far == pytest.approx(float(row["breadth_nmi"]) * M, abs=STORED)
            assert float(row[f"{which}_distance_m"]) == pytest.approx(far, abs=STORED)
            there = float(row[f"{which}_lon"]), float(row[f"{which}_lat"])
            assert there == pytest.approx(known[row[which]], abs=1e-9)
        written = parse(f"{row['lat_dms']} {row['lon_dms']}")
        assert GEOD.inv(lon, lat, written.lon, written.lat)[2] < 3e-4


def test_the_table_has_every_turning_point_in_order_round_a_closed_limit_once() -> None:
    points("coast.csv", MINAMI)
    assert run(["limit", "coast.csv", "-o", "zone.geojson", "--table", "points.csv"]) == 0
    rows = pd.read_csv("points.csv")
    assert rows["kind"].tolist() == ["smooth"] + ["turning_point"] * 4
    assert sorted(rows["basepoint_2"].dropna()) == [1, 2, 3, 4]
    assert rows["basepoint_2"][1:-1].tolist() == rows["basepoint_1"][2:].tolist()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_limit_across_180_degrees_is_written_in_two_parts(suffix: str) -> None:
    baseline = points("coast.csv", ACROSS)
    assert run(["limit", "coast.csv", "-o", f"zone{suffix}"]) == 0
    table = read(f"zone{suffix}")
    assert table.crs.equals("EPSG:4326")
    (zone,) = table.geometry
    assert zone.is_valid
    east, west = sorted(zone.geoms, key=lambda part: part.bounds[0], reverse=True)
    assert (east.bounds[2], west.bounds[0]) == (180, -180)
    assert east.bounds[0] > 170
    assert west.bounds[2] < -170
    assert all(part.exterior.is_ccw for part in zone.geoms)
    lon, lat, starts = seaward_edges(zone)
    assert np.abs(law_distance(baseline, lon[starts], lat[starts]) - 200 * M).max() < STORED
    xy = [shapely.get_coordinates(part) for part in (east, west)]
    ends = [np.unique(part[np.abs(part[:, 0]) == 180, 1]) for part in xy]
    assert len(ends[0]) == 2
    assert np.array_equal(*ends), "the parts meet without a gap"


@pytest.mark.parametrize(
    ("breadth", "tolerance"), [("200nmi", 1.0), ("200nmi", 0.01), ("12nmi", 0.001)]
)
def test_the_tolerance_holds_in_the_file(breadth: str, tolerance: float) -> None:
    baseline = points("coast.csv", ACROSS)
    words = ["--breadth", breadth, "--tolerance", f"{tolerance}m", "-o", "zone.geojson"]
    assert run(["limit", "coast.csv", *words]) == 0
    lon, lat, starts = seaward_edges(read("zone.geojson").geometry[0])
    some = np.random.default_rng(8).permutation(starts)[:1500]
    off = law_distance(baseline, *along_edges(lon, lat, some)) - float(breadth[:-3]) * M
    assert 0.3 * tolerance < np.abs(off).max() <= tolerance


def test_coordinates_have_nine_decimals_at_most() -> None:
    points("coast.csv", MINAMI)
    assert run(["limit", "coast.csv", "-o", "zone.geojson"]) == 0
    text = Path("zone.geojson").read_text(encoding="utf-8")
    numbers = json.loads(text, parse_float=str)["features"][0]["geometry"]["coordinates"]
    decimals = [len(number.partition(".")[2]) for pair in numbers[0][0] for number in pair]
    assert max(decimals) == 9


def test_edges_run_as_they_are_asked_to() -> None:
    places = [(20.0, 82.0)]
    baseline = points("coast.csv", places)
    for edges in ("planar", "geodesic"):
        words = ["--edges", edges, "--tolerance", "100m", "-o", f"{edges}.geojson"]
        assert run(["limit", "coast.csv", *words]) == 0
    (zone,) = read("geodesic.geojson").geometry
    assert read("geodesic.geojson")["edges"].tolist() == ["geodesic"]
    lon, lat, starts = seaward_edges(zone)
    azimuth, _, far = GEOD.inv(lon[starts], lat[starts], lon[starts + 1], lat[starts + 1])
    worst = 0.0
    for t in (0.2, 0.4, 0.6, 0.8):
        x, y, _ = GEOD.fwd(lon[starts], lat[starts], azimuth, t * np.asarray(far))
        off = law_distance(baseline, np.asarray(x), np.asarray(y)) - 200 * M
        worst = max(worst, float(np.abs(off).max()))
    assert 40 < worst <= 100
    assert Path("planar.geojson").read_bytes() != Path("geodesic.geojson").read_bytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_command_gives_the_same_bytes_a_second_later(suffix: str) -> None:
    points("coast.csv", MINAMI)
    for name in ("one", "two"):
        assert run(["limit", "coast.csv", "-o", f"{name}{suffix}", "--table", f"{name}.csv"]) == 0
        time.sleep(0.01)
    for end in (suffix, ".csv"):
        assert Path(f"one{end}").read_bytes() == Path(f"two{end}").read_bytes()


def test_a_second_file_replaces_the_first() -> None:
    points("coast.csv", MINAMI)
    for breadth in ("12nmi", "24nmi"):
        assert run(["limit", "coast.csv", "--breadth", breadth, "-o", "zone.gpkg"]) == 0
    assert read("zone.gpkg")["breadth_nmi"].tolist() == [24]


def test_json_says_what_was_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    points("coast.csv", MINAMI)
    assert run(["limit", "coast.csv", "--json", "-o", "zone.geojson", "--table", "t.csv"]) == 0
    said = json.loads(capsys.readouterr().out)
    (limit,) = said.pop("limits")
    assert said == {
        "schema_version": 1,
        "path": "zone.geojson",
        "table": "t.csv",
        "edges": "planar",
        "tolerance_m": 1.0,
    }
    assert limit["breadth_nmi"] == 200
    assert limit["area_km2"] == pytest.approx(432_839, abs=1)
    assert (limit["n_turning_points"], limit["n_basepoints"], limit["n_lines"]) == (4, 4, 1)


A = [(178.0, -17.0), (178.4, -16.2), (178.1, -18.0)]
B = [(-178.6, -18.2), (-178.5, -16.0)]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_both_distances_are_equal_along_an_equidistance_line_read_back(suffix: str) -> None:
    a, b = points("a.csv", A), points("b.csv", B)
    assert run(["equidistance", "a.csv", "b.csv", "-o", f"line{suffix}"]) == 0
    (line,) = read(f"line{suffix}").geometry
    assert len(line.geoms) > 1, "cut at ±180°"
    assert line.bounds[0] >= -180
    assert line.bounds[2] <= 180
    lon, lat = shapely.get_coordinates(line).T
    one, other = (law_distance(side, lon, lat) for side in (a, b))
    assert np.abs(one - other).max() < STORED
    assert one.max() == pytest.approx(200 * M, abs=STORED)


def test_the_table_of_an_equidistance_line_names_the_points_of_either_side(
    capsys: pytest.CaptureFixture[str],
) -> None:
    points("a.csv", A)
    named = pd.DataFrame(B, columns=["lon", "lat"]).assign(name=["South", "North"])
    named.to_csv("b.csv", index=False)
    assert run(["equidistance", "a.csv", "b.csv", "-o", "line.gpkg", "--table", "t.csv"]) == 0
    assert "1 line" not in capsys.readouterr().out
    rows = pd.read_csv("t.csv")
    assert {"junction", "turning_point"} == set(rows["kind"])
    assert set(rows["b_basepoint_1"]) | set(rows["b_basepoint_2"].dropna()) == {"South", "North"}
    for row in rows.itertuples():
        first = A[int(row.a_basepoint_1) - 1]
        assert (row.a_basepoint_1_lon, row.a_basepoint_1_lat) == pytest.approx(first, abs=1e-9)
        near = GEOD.inv(row.lon, row.lat, *first)[2]
        assert near == pytest.approx(row.b_basepoint_1_distance_m, abs=STORED)


def test_an_equidistance_line_ends_at_the_breadth(capsys: pytest.CaptureFixture[str]) -> None:
    a = points("a.csv", A)
    points("b.csv", B)
    words = ["--breadth", "120nmi", "--json", "-o", "line.geojson"]
    assert run(["equidistance", "a.csv", "b.csv", *words]) == 0
    (line,) = json.loads(capsys.readouterr().out)["lines"]
    lon, lat = shapely.get_coordinates(read("line.geojson").geometry[0]).T
    far = law_distance(a, lon, lat) / M
    assert line["farthest_nmi"] == pytest.approx(120, abs=1e-6)
    assert line["nearest_nmi"] == pytest.approx(far.min(), abs=1e-6)
    assert line["length_nmi"] == pytest.approx(GEOD.line_length(lon, lat) / M, rel=1e-6)
