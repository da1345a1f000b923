"""The nearest edge: against brute force, whatever the edges, positions, threads and files."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from eezkit import nearest as module
from eezkit.errors import CoordinateError, OptionError
from eezkit.geodesy import EdgeModel, Nearest, direct, edge_distance
from eezkit.geometry import Rings
from eezkit.nearest import EdgeTree

GEOD = Geod(ellps="WGS84")
SAME = 1e-6  # metres: promised within 10,000 km
TIE = 1e-7  # metres: edges this close may each be called the nearest
LON, LAT = np.array([0.0]), np.array([0.0])


def some_edges(n: int, random: np.random.Generator, span: float = 3.0) -> np.ndarray:
    """Edges of all lengths anywhere, some across ±180°, some at the poles."""
    lon1 = random.uniform(-180, 180, n)
    lat1 = np.degrees(np.arcsin(random.uniform(-1, 1, n)))
    lat1[: n // 10] = random.choice([-1, 1], n // 10) * (90 - 10 ** random.uniform(-3, 0, n // 10))
    size = span * 10 ** random.uniform(-3, 0, n)
    lon2 = lon1 + size * random.normal(0, 1, n)
    lat2 = np.clip(lat1 + size * random.normal(0, 1, n), -90, 90)
    return np.column_stack([lon1, lat1, lon2, lat2])


def some_positions(n: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    lon, lat = random.uniform(-180, 180, n), np.degrees(np.arcsin(random.uniform(-1, 1, n)))
    lat[:2] = 90, -90
    lon[2:5] = 180, -180, 540
    return lon, lat


def brute_force(
    lon: np.ndarray, lat: np.ndarray, edges: np.ndarray, model: EdgeModel = EdgeModel.PLANAR
) -> np.ndarray:
    """Distance of every position to every edge, shape (n_positions, n_edges)."""
    return edge_distance(lon[:, None], lat[:, None], *edges.T, model=model).distance


@pytest.fixture(scope="module")
def random() -> np.random.Generator:
    return np.random.default_rng(77)


@pytest.mark.parametrize("model", list(EdgeModel))
def test_the_nearest_edge_is_that_of_brute_force(
    model: EdgeModel, random: np.random.Generator
) -> None:
    edges = some_edges(300, random)
    lon, lat = some_positions(400, random)
    found = EdgeTree.build(*edges.T, model=model).query(lon, lat)
    table = brute_force(lon, lat, edges, model)
    assert np.abs(found.distance - table.min(axis=1)).max() < SAME
    assert np.abs(table[np.arange(400), found.edge] - table.min(axis=1)).max() < TIE
    azimuth, _, there = GEOD.inv(lon, lat, found.lon, found.lat)
    assert np.abs(there - found.distance).max() < SAME
    away = found.distance > 0
    assert np.abs((azimuth - found.azimuth + 180) % 360 - 180)[away].max() < 1e-6
    assert np.isnan(found.azimuth[~away]).all()
    assert ((found.lon >= -180) & (found.lon < 180)).all()


def test_close_to_the_edges_the_nearest_is_that_of_brute_force(
    random: np.random.Generator,
) -> None:
    edges = some_edges(400, random, span=0.3)
    k = random.integers(0, 400, 500)
    t = random.random(500)
    on_lon = edges[k, 0] + t * (edges[k, 2] - edges[k, 0])
    on_lat = edges[k, 1] + t * (edges[k, 3] - edges[k, 1])
    reach = 10 ** random.uniform(-6, 4, 500)
    lon, lat, _ = direct(on_lon, on_lat, random.uniform(0, 360, 500), reach)
    found = EdgeTree.build(*edges.T).query(lon, lat)
    table = brute_force(lon, lat, edges)
    assert np.abs(found.distance - table.min(axis=1)).max() < SAME
    assert (found.distance <= reach + SAME).all()


def test_round_the_bends_of_a_curved_line_the_nearest_is_that_of_brute_force(
    random: np.random.Generator,
) -> None:
    # Near the pole planar edges bulge from their chords, whose feet then lie on the wrong piece.
    lon = np.linspace(0, 340, 86)
    lat = 89.5 + 0.3 * np.sin(np.radians(4 * lon))
    edges = np.column_stack([lon[:-1], lat[:-1], lon[1:], lat[1:]])
    k = random.integers(1, 85, 600)
    azimuth = random.uniform(0, 360, 600)
    x, y, _ = direct(lon[k], lat[k], azimuth, 10 ** random.uniform(0, 5, 600))
    found = EdgeTree.build(*edges.T).query(x, y)
    assert np.abs(found.distance - brute_force(x, y, edges).min(axis=1)).max() < SAME


@pytest.mark.parametrize("towards", [0.0, 180.0])
def test_an_edge_nearer_than_its_chord_is_not_overlooked(towards: float) -> None:
    # A parallel of 1.9 km at latitude 85 leaves its chord by 0.8 m.
    x, y, _ = direct(0.1, 85.0, towards, 100.0)
    far = edge_distance(x, y, 0.0, 85.0, 0.2, 85.0).distance
    for longer, number in ((0.01, 0), (0.4, 0), (-0.01, 1), (-0.4, 1)):
        other = direct(x, y, towards, far + longer)[:2]
        found = EdgeTree.build(*np.array([[0.0, 85, 0.2, 85], [*other, *other]]).T).query(x, y)
        assert found.edge == number
        assert found.distance == pytest.approx(min(far, far + longer), abs=SAME)


def test_real_zones_are_as_far_as_their_nearest_edge(shared_data: Path) -> None:
    geopandas = pytest.importorskip("geopandas")
    source = next((shared_data / "marineregions_v12_north_sea").glob("*.shp"))
    rings = Rings.from_shapely(geopandas.read_file(source).geometry.to_numpy()[2:4])
    start = rings.edge_starts()[::7]
    edges = np.column_stack(
        [rings.lon[start], rings.lat[start], rings.lon[start + 1], rings.lat[start + 1]]
    )
    random = np.random.default_rng(4)
    lon, lat = random.uniform(1, 8, 60), random.uniform(50, 57, 60)
    found = EdgeTree.build(*edges.T).query(lon, lat)
    table = brute_force(lon, lat, edges)
    assert np.abs(found.distance - table.min(axis=1)).max() < SAME
    assert np.abs(table[np.arange(60), found.edge] - table.min(axis=1)).max() < TIE


def test_a_lone_edge_is_found_from_the_other_side_of_the_globe() -> None:
    edges = np.array([[10.0, 50.0, 12.0, 55.0], [11.0, 50.0, 13.0, 51.0], [9.0, 54.0, 9.0, 54.5]])
    lon, lat = np.array([-170.0, -169.0, -168.2, 100.0]), np.array([-52.0, -50.5, -53.3, -60.0])
    found = EdgeTree.build(*edges.T).query(lon, lat)
    assert found.distance == pytest.approx(brute_force(lon, lat, edges).min(axis=1), abs=1e-3)


def test_only_active_edges_count(random: np.random.Generator) -> None:
    edges = some_edges(300, random)
    lon, lat = some_positions(200, random)
    active = random.random(300) < 0.1
    tree = EdgeTree.build(*edges.T)
    table = np.where(active, brute_force(lon, lat, edges), np.inf)
    found = tree.query(lon, lat, active=active)
    assert active[found.edge].all()
    assert np.abs(found.distance - table.min(axis=1)).max() < SAME
    few = tree.query(lon[:5], lat[:5], active=active.astype(np.uint8))
    assert np.array_equal(few.distance, found.distance[:5])
    nothing = tree.query(lon, lat, active=np.zeros(300, dtype=bool))
    assert (nothing.edge == -1).all()
    assert np.isinf(nothing.distance).all()


def test_edges_beyond_the_greatest_distance_do_not_count(random: np.random.Generator) -> None:
    edges = some_edges(300, random)
    lon, lat = some_positions(200, random)
    tree = EdgeTree.build(*edges.T)
    everywhere = tree.query(lon, lat)
    within = tree.query(lon, lat, max_distance=400e3)
    far = everywhere.distance > 400e3
    assert 0 < far.sum() < 200
    assert np.array_equal(within.distance[~far], everywhere.distance[~far])
    assert np.isinf(within.distance[far]).all()
    assert (within.edge[far] == -1).all()
    assert np.isnan([within.lon[far], within.lat[far], within.azimuth[far]]).all()


def test_of_equally_near_edges_the_lowest_number_is_given(random: np.random.Generator) -> None:
    edges = some_edges(60, random)
    backwards = edges[:, [2, 3, 0, 1]]
    lon, lat = some_positions(200, random)
    once = EdgeTree.build(*edges.T).query(lon, lat)
    twice = EdgeTree.build(*np.concatenate([backwards, edges]).T).query(lon, lat)
    assert np.array_equal(twice.edge, once.edge)
    # A vertex of two edges, asked from where it is the nearest position of both.
    corner = EdgeTree.build([0, 1], [0, 1], [1, 2], [1, 0]).query(1.0, 2.0)
    assert corner.edge == 0
    assert EdgeTree.build([1, 0], [1, 0], [2, 1], [0, 1]).query(1.0, 2.0).edge == 0


def test_on_an_edge_the_distance_is_zero_and_there_is_no_azimuth() -> None:
    found = EdgeTree.build([5], [50], [6], [50]).query([5, 6, 5.5], [50, 50, 50])
    assert (found.distance == 0.0).all()
    assert np.isnan(found.azimuth).all()
    assert (found.edge == 0).all()


def test_not_a_number_is_no_position(random: np.random.Generator) -> None:
    tree = EdgeTree.build(*some_edges(20, random).T)
    found = tree.query([0.0, np.nan, 1.0], [np.nan, 0.0, 1.0])
    assert np.isnan(found.distance[:2]).all()
    assert (found.edge[:2] == -1).all()
    assert np.isfinite(found.distance[2])


def test_the_answer_has_the_shape_of_the_positions(random: np.random.Generator) -> None:
    tree = EdgeTree.build(*some_edges(20, random).T)
    one = tree.query(3.0, 4.0)
    assert isinstance(one, Nearest)
    assert one.distance.shape == ()
    table = tree.query(np.zeros((3, 1)), np.zeros(4))
    assert {array.shape for array in table} == {(3, 4)}
    assert tree.query([], []).edge.shape == (0,)


def test_threads_and_order_do_not_change_the_answer(
    random: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    edges = some_edges(500, random)
    lon, lat = some_positions(3000, random)
    tree = EdgeTree.build(*edges.T)
    one = tree.query(lon, lat, threads=1)
    monkeypatch.setattr(module, "_CHUNK", 100)
    for threads in (1, 2, 5, None):
        for mine, theirs in zip(tree.query(lon, lat, threads=threads), one, strict=True):
            assert np.array_equal(mine, theirs, equal_nan=True)
    alone = [tree.query(x, y) for x, y in zip(lon[:40], lat[:40], strict=True)]
    assert [float(a.distance) for a in alone] == one.distance[:40].tolist()
    assert [int(a.edge) for a in alone] == one.edge[:40].tolist()


@pytest.mark.parametrize("model", list(EdgeModel))
def test_a_tree_answers_the_same_from_read_only_files(
    tmp_path: Path, model: EdgeModel, random: np.random.Generator
) -> None:
    tree = EdgeTree.build(*some_edges(100, random).T, model=model)
    mapped = {}
    for name, array in tree.to_arrays().items():
        np.save(tmp_path / name, array)
        mapped[name] = np.load(tmp_path / f"{name}.npy", mmap_mode="r")
    again = EdgeTree.from_arrays(mapped)
    assert again.model is model
    assert isinstance(again.points, np.memmap)
    lon, lat = some_positions(50, random)
    active = random.random(100) < 0.5
    for mine, theirs in zip(
        again.query(lon, lat, active=active), tree.query(lon, lat, active=active), strict=True
    ):
        assert np.array_equal(mine, theirs, equal_nan=True)


def test_no_edges_are_infinitely_far() -> None:
    tree = EdgeTree.build([], [], [], [])
    found = tree.query(LON, LAT)
    assert np.isinf(found.distance).all()
    assert (found.edge == -1).all()
    assert EdgeTree.from_arrays(tree.to_arrays()).query(LON, LAT).edge == [-1]


def test_an_edge_may_go_round_the_world_or_be_a_point() -> None:
    tree = EdgeTree.build([0, 30], [60, 0], [360, 30], [60, 0])
    found = tree.query([-90, 180, 30], [60, 61, 1])
    assert found.distance[0] == 0.0
    assert found.distance[1] == pytest.approx(111.4e3, rel=1e-3)
    assert found.distance[2] == pytest.approx(110574.4, rel=1e-5)
    assert found.edge.tolist() == [0, 0, 1]


@settings(max_examples=60, deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90), st.integers(-1, 1))
def test_a_position_is_the_same_after_a_turn(lon: float, lat: float, turns: int) -> None:
    tree = EdgeTree.build(*some_edges(50, np.random.default_rng(1)).T)
    here, around = tree.query(lon, lat), tree.query(lon + 360 * turns, lat)
    assert around.distance == pytest.approx(here.distance, abs=SAME)


def test_what_makes_no_sense_is_refused(random: np.random.Generator) -> None:
    with pytest.raises(CoordinateError, match="first, number 1"):
        EdgeTree.build([0, 0], [0, 95], [1, 1], [0, 0])
    tree = EdgeTree.build(*some_edges(10, random).T)
    with pytest.raises(CoordinateError, match=r"index 1, is lon=0\.0, lat=-91\.0"):
        tree.query([0, 0], [0, -91])
    with pytest.raises(CoordinateError, match="lon=inf"):
        tree.query(np.inf, 0)
    with pytest.raises(OptionError, match=r"active has shape \(9,\)"):
        tree.query(0, 0, active=np.ones(9, dtype=bool))
    with pytest.raises(OptionError, match="threads 0"):
        tree.query(0, 0, threads=0)


def test_a_tree_without_edges_says_so_to_many_positions() -> None:
    none = EdgeTree.build([], [], [], [])
    found = none.query(np.zeros(100), np.zeros(100), active=np.empty(0, dtype=bool))
    assert np.isinf(found.distance).all()
    assert (found.edge == -1).all()
