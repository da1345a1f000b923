"""Our tables of agreements: nothing is in them without a source, and a fault is refused."""

import csv
import doctest
import itertools
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import eezkit
from eezkit.geodesy import EdgeModel, direct, distance, edge_distance, inverse
from eezkit.units import M

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "data"))

import agreements  # noqa: E402
import turning_points  # noqa: E402
from agreements import AREAS, FOLDER, Line, distance_between  # noqa: E402
from turning_points import FaultyTableError, Points, read_angle  # noqa: E402

TABLES = ("agreements", "lines", "points", "datums", "sources")

# Versions that differ for a reason: (points that lie on the line used, why the others do not).
BEYOND = {
    "gbr_irl_1988_lineA": "the shelf beyond 200 M",
    "gbr_irl_1988_lineB": "the shelf beyond 200 M",
    "uk2013_fra_west": "its first leg is a line of its own, uk2013_fra_85",
    "gbr_nld_1965_ed50": "point 1 has since moved to where the Belgian lines end",
    "fra_gbr_1982": "point 14 moved in 1991",
    "fra_ita_1986": "its western end lies 1.6 km beyond that of Shom's line",
    "uk2013_fro": "point 181, on the special area's edge, is not in Schedule A; not explained",
    "dnk_nor_1965": "points before they were computed anew in 1974",
}

# Monaco's corridor lies where the nearest coasts are France's on both sides.
WITHIN_ANOTHER = {"shom_fra_mc_1984", "fra_mco_1984"}


@pytest.fixture(scope="module")
def lines() -> dict[str, Line]:
    return agreements.read()


@pytest.fixture(scope="module")
def atlas() -> eezkit.Atlas:
    return eezkit.load()


def read_table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- what is in the tables -----------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_rows_have_a_value_in_every_column_and_no_stray_space(name: str) -> None:
    for row in read_table(FOLDER, name):
        assert None not in row, row
        assert all(value is not None and value == value.strip() for value in row.values()), row


@pytest.mark.parametrize(("name", "column"), [("agreements", "agreement"), ("lines", "line")])
def test_nothing_is_listed_twice_and_rows_are_in_order(name: str, column: str) -> None:
    keys = [row[column] for row in read_table(FOLDER, name)]
    assert keys == sorted(set(keys))


def test_every_row_is_used_by_another() -> None:
    rows, told = read_table(FOLDER, "lines"), read_table(FOLDER, "agreements")
    points = read_table(FOLDER, "points")
    baselines = read_table(FOLDER.parent / "baselines", "lines")
    assert {row["agreement"] for row in told} == {row["agreement"] for row in rows}
    read = {row["source"] for row in (*rows, *baselines)}
    assert {row["source"] for row in read_table(FOLDER, "sources")} == read
    assert {row["datum"] for row in read_table(FOLDER, "datums")} == {
        *(row["datum"] for row in (*rows, *baselines)),
        *(row["datum"] for row in points if row["datum"]),
    }
    assert {row["superseded_by"] for row in told} - {""} <= {row["agreement"] for row in told}


def test_points_of_a_line_stand_together_in_the_order_of_the_lines() -> None:
    order = [line for line, _ in itertools.groupby(r["line"] for r in read_table(FOLDER, "points"))]
    assert order == [row["line"] for row in read_table(FOLDER, "lines")]


def test_no_turning_point_lies_far_inland(lines: dict[str, Line], atlas: eezkit.Atlas) -> None:
    def inland(lonlat: np.ndarray) -> np.ndarray:
        lon, lat = lonlat.T
        return np.where(atlas.is_land(lon, lat), atlas.coast_distance(lon, lat), 0.0)

    assert list(agreements.faults(lines, inland=inland)) == []
    moved = {"noaa_usa_mex_1978_3": lines["noaa_usa_mex_1978_3"]}
    assert len(list(agreements.faults(moved, inland=lambda xy: np.full(len(xy), 10_001.0)))) == 4


def test_sides_are_those_of_the_nearest_coasts(lines: dict[str, Line], atlas: eezkit.Atlas) -> None:
    """Left is left in the order of the points: most places near a line lie on the side named."""
    code = {row["name"]: row["code"] for row in read_table(FOLDER.parent, "territories")}
    compared = 0
    for line in lines.values():
        if not line.right or line.role in AREAS or line.key in WITHIN_ANOTHER:
            continue
        right = wrong = 0
        for piece in line.points.pieces(step=20_000.0):
            azimuth = inverse(*piece[:-1].T, *piece[1:].T)[1]
            for turn, own, other in (-90.0, line.left, line.right), (90.0, line.right, line.left):
                for off in (5_000.0, 20_000.0, 60_000.0):
                    lon, lat, _ = direct(*piece[:-1].T, azimuth + turn, off)
                    found = atlas.locate(lon, lat)
                    for answer in found.answer:
                        zones = found.zones(answer)
                        held = {code.get(p.territory_name) for z in zones for p in z.parties}
                        right += bool(held & set(own))
                        wrong += bool(held & set(other))
        assert right > wrong, (line.key, right, wrong)
        compared += 1
    assert compared > 150


@pytest.mark.parametrize("key", [k for k, line in agreements.read().items() if line.role in AREAS])
def test_areas_close_and_hold_an_area(key: str, lines: dict[str, Line]) -> None:
    from shapely import Polygon

    (ring,) = lines[key].points.pieces()
    assert distance(*ring[0], *ring[-1]) < 1e-3
    area = eezkit.geodesy.area_perimeter(*ring.T, model=EdgeModel.PLANAR)[0] / 1e6
    assert Polygon(ring).is_valid
    assert 100.0 < abs(area) < 30_000.0


# -- numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "label", "lon", "lat"),
    [
        ("nor_rus_2010_barents", "2", "37 00 00.00 E", "73 41 10.85 N"),
        ("nor_rus_2007_varanger_printed", "1", "30 49 03.55 E", "69 47 41.42 N"),
        ("esp_fra_1974", "Q", "1 48 08 W", "43 35 43 N"),
        ("arg_chl_1984", "F", "67 16.0 W", "58 21.1 S"),
        ("jpn_kor_1974_north", "35", "131 15.9 E", "36 10.0 N"),
        ("ind_lka_mannar_1976", "13m", "77 10.6 E", "5 00.0 N"),
        ("col_pan_1976_caribbean", "M", "81 15 00 W", "11 00 00 N"),
        ("ecu_per_2011", "2", "81 09 12.53 W", "3 23 31.65 S"),
        ("ind_lka_palk_1974", "4", "79 30.70 E", "9 21.80 N"),
        ("tur_sun_1978_part", "5", "39 00 13 E", "42 20 15 N"),
        ("cok_usa_1980_part", "13", "166 25 42 W", "13 21 25 S"),
    ],
)
def test_points_are_printed_as_in_the_text(key, label, lon, lat, lines) -> None:
    points = lines[key].points
    at = points.labels.index(label)
    assert points.printed[at] == pytest.approx([read_angle(lon), read_angle(lat)], abs=1e-9)


def test_the_judgment_on_the_gulf_of_maine_is_where_the_hydrographers_draw_it(lines) -> None:
    """Points A to D of the operative part, on NAD27, against official geometry on NAD83."""
    shift = turning_points.read_datums(FOLDER / "datums.csv")["NAD27-MARITIMES"]
    printed = (
        ("67 16 46 W", "44 11 12 N"),
        ("67 44 35 W", "42 53 14 N"),
        ("67 28 05 W", "42 31 08 N"),
        ("65 41 59 W", "40 27 05 N"),
    )
    lon, lat = shift.to_wgs84(*np.array([[read_angle(a) for a in two] for two in printed]).T)
    given = lines["noaa_usa_can_1984"].points
    far = distance(lon[:, None], lat[:, None], given.lonlat[:, 0], given.lonlat[:, 1]).min(axis=1)
    assert far.max() < 70.0


def test_shifted_texts_agree_with_official_versions_within_what_is_stated(lines) -> None:
    compared = 0
    for line in lines.values():
        if not line.version_of:
            continue
        used = lines[line.version_of]
        off = distance_between(line.points, used.points)
        allowed = line.doubt + used.doubt
        middle = np.median(off[np.isfinite(off)])
        assert middle <= allowed, (line.key, middle, allowed)
        if line.key not in BEYOND:
            assert off.max() <= allowed + 50.0, (line.key, off.max(), allowed)
        compared += 1
    assert compared >= 30
    assert set(BEYOND) <= set(lines)


@pytest.mark.parametrize(
    "key", ["bel_gbr_1991", "deu_gbr_1971", "dnk_gbr_1971", "gbr_nor_1965", "gbr_nor_1978"]
)
def test_the_shift_from_ed50_is_good_to_five_metres_in_the_north_sea(key, lines) -> None:
    line = lines[key]
    off = distance_between(line.points, lines[line.version_of].points)
    assert off.max() < 5.0
    unshifted = distance(*line.points.printed.T, *line.points.lonlat.T)
    assert unshifted.min() > 100.0


# -- what a line moves -----------------------------------------------------------------------------


def test_only_what_binds_and_is_not_contested_moves_anything(lines) -> None:
    for line in lines.values():
        if line.moves:
            assert line.agreement.standing in ("in force", "provisionally applied", "adjudicated")
            assert not line.protested_by
            assert not line.version_of
            assert line.role not in ("limit", "tripoint")


def test_a_line_of_the_shelf_moves_the_water_only_by_a_cited_law(lines) -> None:
    for line in lines.values():
        if "water column" in line.moves:
            assert line.water_column_source, line.key
    assert lines["lby_mlt_1986"].moves == ("seabed",)
    assert lines["jpn_kor_1974_north"].moves == ("seabed",)
    assert lines["dnk_gbr_1999_shelf"].moves == ("seabed",)
    assert lines["dnk_gbr_1999_fisheries"].moves == ("water column",)
    assert lines["uk2013_nor"].moves == ("water column", "seabed")
    assert lines["noaa_usa_rus_1990"].agreement.standing == "provisionally applied"
    assert lines["col_cri_1977"].moves == ()


# -- what is refused -------------------------------------------------------------------------------

FAULTS = [
    ("agreements", "ARG-CHL-1984", "standing", "agreed", "standing 'agreed' is none of"),
    ("agreements", "ARG-CHL-1984", "standing_source", "", "no source is given for the standing"),
    ("agreements", "ARG-CHL-1984", "law", "", "no law is cited"),
    ("agreements", "ARG-CHL-1984", "parties", "ARG|XXX", "are no ISO codes"),
    ("agreements", "ARG-CHL-1984", "parties", "CHL|ARG", "alphabetical order"),
    ("agreements", "ARG-CHL-1984", "parties", "ARG", "needs two parties"),
    ("agreements", "ARG-CHL-1984", "signed", "", "no date is given"),
    ("agreements", "ARG-CHL-1984", "in_force", "1983", "before it was signed"),
    ("lines", "arg_chl_1984", "role", "border", "role 'border' is none of"),
    ("lines", "arg_chl_1984", "role", "joint area", "goes back to its first point"),
    ("lines", "esp_fra_1974_zone", "role", "boundary", "does not go back"),
    ("lines", "arg_chl_1984", "water_column", "yes", "water_column 'yes' is none of"),
    ("lines", "arg_chl_1984", "water_column_source", "", "no source is given for the water"),
    ("lines", "arg_chl_1984", "delimits", "shelf", "delimits 'shelf' is none of"),
    ("lines", "arg_chl_1984", "accuracy_m", "499", "better than its datum's"),
    ("lines", "arg_chl_1984", "left", "ATLANTIS", "is no territory"),
    ("lines", "arg_chl_1984", "left", "CHL", "on both sides"),
    ("lines", "arg_chl_1984", "left", "", "no territories are given"),
    ("lines", "arg_chl_1984", "protested_by", "GBR", "needs a State and a source"),
    ("lines", "arg_chl_1984", "version_of", "atlantis", "is no line that is used"),
    ("lines", "arg_chl_1984", "agreement", "X", "agreement 'X' has no row"),
    ("lines", "arg_chl_1984", "datum", "X", "datum 'X' has no row"),
    ("lines", "arg_chl_1984", "source", "X", "source 'X' has no row"),
    ("lines", "arg_chl_1984", "line", "x", "which no table names"),
    ("sources", "argentina", "attribution", "", "has no licence or attribution"),
    ("sources", "argentina", "licence", "mine", "licence 'mine' is none of"),
    ("points", "arg_chl_1984", "edge", "wavy", "'wavy' is no kind of edge"),
    ("points", "arg_chl_1984", "edge", "", "stops before its last point"),
    ("points", "arg_chl_1984", "lat", "55 67.3 S", "is not an angle"),
    ("points", "arg_chl_1984", "datum", "X", "no datum is called 'X'"),
    ("points", "arg_chl_1984", "point", "B", "listed twice"),
]


@pytest.mark.parametrize(("table", "key", "column", "value", "message"), FAULTS)
def test_a_fault_is_refused(table, key, column, value, message, tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "agreements")
    for name in {"lines", "points", table}:
        rows = read_table(folder, name)
        if name in ("lines", "points"):
            rows = [r for r in rows if r["line"] in ("arg_chl_1984", "esp_fra_1974_zone")]
        if name == table:
            next(row for row in rows if key in row.values())[column] = value
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    with pytest.raises(FaultyTableError, match=message):
        agreements.read(folder)


def drawn(*lonlat: tuple[float, float], edges: str = "geodesic", last: str = "") -> Points:
    """Points on WGS 84 in a row."""
    xy = np.array(lonlat)
    n = len(xy)
    names = tuple(str(i) for i in range(1, n + 1))
    return Points(names, xy, xy, (*[edges] * (n - 1), last), ("",) * n)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (drawn((0, 0), (0, 1), (5, 2), (0, 2.2)), "times off the way"),
        (drawn((0, 0), (0, 1), (0, 1), (0, 2)), "one place"),
        (drawn((0, 0), (1, 1), (1, 0), (0, 1)), "crosses itself"),
        (drawn((0, 0), (1, 1), last="gap"), "a gap follows the last point"),
    ],
)
def test_points_out_of_order_are_a_fault(points: Points, message: str) -> None:
    assert any(message in fault for fault in agreements.faults_of_points(points))


def test_points_in_order_are_none() -> None:
    assert list(agreements.faults_of_points(drawn((0, 0), (0, 1), (1, 1), (1, 2)))) == []


# -- how lines are drawn ---------------------------------------------------------------------------


@given(st.integers(0, 89), st.integers(0, 59), st.integers(0, 5999), st.sampled_from("NS"))
def test_an_angle_is_read_as_written(
    degrees: int, minutes: int, hundredths: int, letter: str
) -> None:
    expected = degrees + minutes / 60 + hundredths / 360_000
    text = f"{degrees} {minutes:02} {hundredths / 100:05.2f} {letter}"
    assert read_angle(text) == pytest.approx(expected if letter == "N" else -expected, abs=1e-12)


@pytest.mark.parametrize(
    "text", ["", "N", "43 N 35", "43 35", "-43 N", "43 60 N", "43.5 30 N", "x"]
)
def test_what_is_no_angle_is_refused(text: str) -> None:
    with pytest.raises(FaultyTableError, match="is not an angle"):
        read_angle(text)


def test_every_line_passes_through_its_points_in_order(lines) -> None:
    for line in lines.values():
        pieces = line.points.pieces(step=30_000.0)
        if not pieces:
            assert len(line.points) == 1
            continue
        lon, lat = np.concatenate(pieces).T
        at = 0
        joined = sorted({i for leg in line.points.legs() for i in leg})
        for x, y in line.points.lonlat[joined]:
            far = distance(lon[at:], lat[at:], x, y)
            assert far.min() < 1e-3, line.key
            at += int(np.argmax(far < 1e-3))
        for piece in pieces:
            assert np.abs(np.diff(piece[:, 0])).max() < 180.0, line.key
            assert distance(*piece[:-1].T, *piece[1:].T).max() < 30_001.0, line.key


def test_arcs_keep_their_radius(lines) -> None:
    arcs = 0
    for line in lines.values():
        points = line.points
        for i, edge in enumerate(points.edges):
            if edge != "arc":
                continue
            centre = turning_points.position(points.details[i])
            piece = Points(
                points.labels[i : i + 2],
                points.printed[i : i + 2],
                points.lonlat[i : i + 2],
                ("arc", ""),
                (points.details[i], ""),
            ).pieces()[0]
            radius = distance(*piece.T, *centre)
            breadth = 12 if radius[0] < 20 * M else 200
            assert radius == pytest.approx(breadth * M, abs=700.0), (line.key, radius)
            assert np.all(np.sign(np.diff(radius)) == np.sign(radius[-1] - radius[0])), line.key
            arcs += 1
    assert arcs >= 4


def test_rays_keep_their_azimuth_or_their_geodesic(lines) -> None:
    pacific = lines["col_pan_1976_pacific"].points.pieces()[0]
    assert pacific[-1, 1] == pytest.approx(5.0, abs=1e-6)
    peru = lines["ecu_per_2011"].points.pieces()[0]
    assert np.ptp(peru[:, 1]) < 1e-6
    assert distance(*lines["ecu_per_2011"].points.lonlat[1], *peru[-1]) == pytest.approx(
        200 * M, rel=1e-4
    )
    gulf = lines["est_lva_1996"].points
    tip = lines["est_lva_swe_1997"].points.lonlat[0]
    ray = gulf.pieces()[0]
    to = edge_distance(*tip, *ray[:-1].T, *ray[1:].T, model=EdgeModel.GEODESIC).distance
    # The text gives the azimuth to 0.05'; over 46 M that is 1.2 m, and the common point is its own.
    assert to.min() < 30.0


def test_edges_that_no_text_tells_carry_their_doubt(lines) -> None:
    assert lines["uk2013_nor"].points.doubt == 0.0
    assert lines["grc_ita_1977"].points.doubt == 0.0
    unknown = lines["shom_pyf_ck_1990"]
    assert unknown.points.doubt > 100.0
    assert unknown.doubt == unknown.accuracy + unknown.points.doubt


def test_a_parallel_is_no_geodesic() -> None:
    along = drawn((-5.0, 60.0), (5.0, 60.0), edges="loxodrome").pieces()[0]
    across = drawn((-5.0, 60.0), (5.0, 60.0)).pieces()[0]
    assert np.ptp(along[:, 1]) < 1e-9
    assert across[:, 1].max() == pytest.approx(60.0947, abs=1e-3)


# -- what is written about them --------------------------------------------------------------------


def test_every_column_and_word_is_explained() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in TABLES:
        for column in read_table(FOLDER, name)[0]:
            assert f"`{column}`" in text, (name, column)
    words = (*agreements.STANDINGS, *agreements.ROLES, *agreements.WATER_COLUMNS)
    for word in (*words, *agreements.DELIMITS, *turning_points.EDGES, *turning_points.RAYS, "gap"):
        assert f"`{word}`" in text, word


def test_what_a_licence_asks_for_is_said(lines) -> None:
    text = (FOLDER / "LICENSE").read_text(encoding="utf-8")
    for line in lines.values():
        if not line.source.licence.startswith("facts"):
            assert line.source.attribution in text, line.source
            assert line.source.licence in text, line.source


@pytest.mark.parametrize("module", [agreements, turning_points])
def test_examples_run(module) -> None:
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0
