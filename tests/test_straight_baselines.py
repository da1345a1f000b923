"""Straight baselines are in the table as proclaimed, and a faulty list is refused."""

import csv
import doctest
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import eezkit
from eezkit.geodesy import distance
from eezkit.units import M

sys.path.append(str(Path(__file__).parents[1] / "data"))

import straight_baselines
from straight_baselines import FOLDER, Proclaimed
from turning_points import FaultyTableError, read_angle


@pytest.fixture(scope="module")
def lines() -> dict[str, Proclaimed]:
    return straight_baselines.read()


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_have_a_value_in_every_column_and_are_in_order() -> None:
    for name in ("lines", "points"):
        for row in rows(FOLDER, name):
            assert None not in row, row
            assert all(value == value.strip() for value in row.values()), row
    keys = [row["line"] for row in rows(FOLDER, "lines")]
    assert keys == sorted(set(keys))


def test_no_leg_runs_far_over_land(lines: dict[str, Proclaimed]) -> None:
    atlas = eezkit.load()

    def inland(lonlat: np.ndarray) -> np.ndarray:
        lon, lat = lonlat.T
        land = atlas.is_land(lon, lat)
        far = np.zeros(len(lon))
        far[land] = atlas.coast_distance(lon[land], lat[land])
        return far

    assert list(straight_baselines.faults(lines, inland)) == []
    everywhere = straight_baselines.faults(
        {"gbr_2014": lines["gbr_2014"]}, lambda xy: np.full(len(xy), 3_001.0)
    )
    assert list(everywhere) == ["gbr_2014: a leg runs 3.0 km inland"]


def test_japan_closes_the_bays_it_names_and_no_strait_where_it_claims_three_miles(lines) -> None:
    import shapely

    japan = shapely.MultiLineString(lines["jpn_1996"].points.pieces())
    bays = {  # from a place within to one at sea, across the line
        "Tokyo": [(139.75, 35.2), (139.8, 34.5)],
        "Ise": [(136.9, 34.7), (137.3, 34.2)],
        "Kagoshima": [(130.65, 31.2), (130.6, 30.6)],
    }
    straits = {
        "Tsugaru": [(140.2, 41.32), (140.3, 41.4), (140.9, 41.62), (141.6, 41.75)],
        "Soya": [(141.3, 45.9), (142.5, 45.7)],
        "Osumi": [(130.3, 30.6), (131.0, 30.95), (131.6, 31.0)],
        "Tsushima, east": [(128.9, 33.5), (129.6, 34.1), (130.3, 34.6)],
        "Tsushima, west": [(128.6, 34.2), (129.2, 34.75), (129.8, 35.2)],
    }
    for name, way in bays.items():
        assert japan.crosses(shapely.LineString(way)), name
    for name, way in straits.items():
        assert not japan.crosses(shapely.LineString(way)), name


def test_japan_has_no_leg_longer_than_eighty_five_miles(lines) -> None:
    for key in ("jpn_1996", "jpn_1996_northern"):
        assert lines[key].points.lengths().max() < 85 * M
    assert len(lines["jpn_1996"].points.legs()) == 162
    assert lines["jpn_1996_northern"].protested_by == ("RUS",)


@pytest.mark.parametrize(
    ("key", "point", "lon", "lat"),
    [
        ("jpn_1996", "1", "145 49 06 E", "43 23 10 N"),
        ("jpn_1996", "30", "136 54 32 E", "34 16 50 N"),
        ("gbr_2014", "1", "5 00.295 W", "58 37.642 N"),
        ("chn_beibu_2024", "4", "109 12.4 E", "20 54.2 N"),
        ("esp_1977", "1", "1 47.60 W", "43 23.76 N"),
    ],
)
def test_points_are_printed_as_in_the_law(key, point, lon, lat, lines) -> None:
    points = lines[key].points
    at = points.labels.index(point)
    assert points.printed[at] == pytest.approx([read_angle(lon), read_angle(lat)], abs=1e-9)


def test_spanish_points_lie_at_their_coast_on_both_sides_of_greenwich(lines) -> None:
    atlas = eezkit.load()
    lon, lat = lines["esp_1977"].points.lonlat.T
    islet = np.isclose(lat, 29.275, atol=0.01)  # Roque del Este; the coast lacks islets
    assert atlas.coast_distance(lon, lat)[~islet].max() < 5_000.0
    assert (lon > 0).sum() > 20


def test_legs_longer_than_articles_10_and_47_allow_are_counted(lines) -> None:
    assert lines["col_1984"].n_longer == (14, 1)
    assert lines["fra_shom_pyf"].n_longer == (0, 0)


def test_pieces_end_at_gaps(lines) -> None:
    for line in lines.values():
        pieces = line.points.pieces(step=1e9)
        assert len(pieces) == line.points.edges.count("gap") + 1, line.key
        drawn = sum(float(distance(*p[:-1].T, *p[1:].T).sum()) for p in pieces)
        assert drawn == pytest.approx(line.points.lengths().sum(), rel=1e-9)


FAULTS = [
    ("lines", "law", "", "no law is cited"),
    ("lines", "territories", "ATLANTIS", "not all in territories.csv"),
    ("lines", "protested_by", "VNM", "a protest needs a State and a source"),
    ("lines", "accuracy_m", "499", "better than its datum's"),
    ("lines", "source", "mine", "no source 'mine'"),
    ("lines", "line", "x", "which no table names"),
    ("points", "edge", "gaps", "'gaps' is no kind of edge"),
    ("points", "lat", "19 61.1 N", "is not an angle"),
    ("points", "point", "2", "listed twice"),
]


@pytest.mark.parametrize(("table", "column", "value", "message"), FAULTS)
def test_a_fault_is_refused(table, column, value, message, tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "baselines")
    found = rows(folder, table)
    next(row for row in found if row["line"] == "chn_beibu_2024")[column] = value
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, found[0])
        writer.writeheader()
        writer.writerows(found)
    with pytest.raises(FaultyTableError, match=message):
        straight_baselines.read(folder)


def test_every_column_is_explained() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in ("lines", "points"):
        for column in rows(FOLDER, name)[0]:
            assert f"`{column}`" in text, (name, column)


def test_examples_run() -> None:
    result = doctest.testmod(straight_baselines)
    assert result.failed == 0
    assert result.attempted > 0
