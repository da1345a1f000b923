"""The cell index answers as GEOS does away from edges, and by the edge rule on them."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from eezkit.errors import CoordinateError, DataFormatError, OptionError
from eezkit.geometry import Rings
from eezkit.lookup import NO_ZONE, NOT_A_POSITION, NOT_COVERED, CellIndex
from exact_containment import Zone, flatten, nested, zones_at

GRIDS = {
    "cell borders": ([-1.0, -0.5, 0.0, 0.25, 0.5, 1.0], [-0.5, 0.0, 0.125, 0.5, 1.0]),
    "tenths": ([10.0, 10.1, 10.2, 10.3, 10.7], [3.3, 3.4, 3.5, 3.6]),
    "across 180": ([177.1, 179.9, 180.0, 180.3, 181.0, 182.7], [-3.3, 0.0, 1.1, 2.0]),
    "west of -180": ([-182.2, -180.4, -180.0, -179.6, -177.0], [-3.3, 0.0, 1.1, 2.0]),
    "the globe": ([-180.0, -90.0, -37.3, 0.0, 100.1, 180.0], [-90.0, -60.0, 10.1, 60.0, 90.0]),
    "0 to 360": ([0.0, 90.1, 170.3, 185.2, 270.0, 359.7, 360.0], [-90.0, -12.3, 0.0, 45.6, 90.0]),
    "far turns": ([700.1, 719.9, 720.0, 722.3, 900.0, 903.4], [-1.0, 0.3, 2.0]),
}


def rectangle(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


@st.composite
def layers(draw: st.DrawFn) -> list[Zone]:
    """A few zones of few vertices on a coarse grid: most are invalid, many edges coincide."""
    xs, ys = GRIDS[draw(st.sampled_from(sorted(GRIDS)))]
    point = st.tuples(st.sampled_from(xs), st.sampled_from(ys))
    anywhere = st.tuples(st.floats(min(xs), max(xs)), st.floats(min(ys), max(ys)))
    free = st.lists(point | point | anywhere, min_size=3, max_size=6).map(lambda r: [*r, r[0]])
    upright = st.tuples(point, point).map(lambda c: rectangle(*c[0], *c[1]))
    polygon = st.lists(free | upright, min_size=1, max_size=3)
    return draw(st.lists(st.lists(polygon, min_size=1, max_size=2), min_size=1, max_size=4))


def telling_positions(rings: Rings) -> tuple[np.ndarray, np.ndarray]:
    """Vertices, middles of edges, their neighbours by one rounding, crossings of their grid."""
    first = rings.edge_starts()
    x = np.concatenate([rings.lon, (rings.lon[first] + rings.lon[first + 1]) / 2])
    y = np.concatenate([rings.lat, (rings.lat[first] + rings.lat[first + 1]) / 2])
    crossings = np.meshgrid(np.unique(rings.lon)[:6], np.unique(rings.lat)[:6])
    lon = [x, np.nextafter(x, 999), x, np.nextafter(x, -999), x + 1e-9, crossings[0].ravel()]
    lat = [y, y, np.nextafter(y, -999), np.nextafter(y, 999), y - 1e-9, crossings[1].ravel()]
    poles = np.array([0.0, 123.4, -180.0, 77.0]), np.array([90.0, 90.0, -90.0, -90.0])
    lon, lat = np.concatenate([*lon, poles[0]]), np.concatenate([*lat, poles[1]])
    return lon, np.clip(lat, -90, 90)


def assert_exact(zones: list[Zone], lon: np.ndarray, lat: np.ndarray) -> None:
    index = CellIndex.build(flatten(zones))
    for x, y, code in zip(lon.tolist(), lat.tolist(), index.locate(lon, lat), strict=True):
        assert index.zones(code) == zones_at(zones, x, y), (x, y)


@settings(max_examples=40, deadline=None)
@given(layers())
def test_every_layer_is_answered_as_rational_arithmetic_answers(zones: list[Zone]) -> None:
    assert_exact(zones, *telling_positions(flatten(zones)))


def test_longitudes_of_zones_and_positions_may_be_in_any_turn() -> None:
    zone = [[rectangle(170.1, -5, 190.3, 5)]]
    for turn in (-720, -360, 0, 360, 1080):
        turned = [[[(x + turn, y) for x, y in ring] for ring in polygon] for polygon in zone]
        index = CellIndex.build(flatten([turned]))
        lon = np.array(
            [171, 180, -180, -175, -169.8, 180.2, 190.2, -169.6, 169.9, 540, 541.5, -184]
        )
        inside = index.locate(lon, 0.0) > 0
        assert inside.tolist() == [True] * 7 + [False] * 2 + [True] * 3


def test_positions_at_180_belong_to_what_lies_east_of_it() -> None:
    index = CellIndex.build(
        flatten([[[rectangle(170, 0, 180, 9)]], [[rectangle(-180, 0, -170, 9)]]])
    )
    for lon in (180.0, -180.0, 540.0, -540.0):
        assert index.zones(index.locate_one(lon, 5.0)) == (1,)
    assert index.zones(index.locate_one(np.nextafter(180.0, 0), 5.0)) == (0,)


def test_a_slanted_edge_far_across_180_stays_exact() -> None:
    # 100.3 - 360 is not a float: its edge is told by what the shift rounds off.
    ring = [(100.3, -40.1), (250.7, 33.3), (90.9, 60.2), (100.3, -40.1)]
    zones: list[Zone] = [[[ring]]]
    share = np.linspace(0, 1, 41)
    lon = np.concatenate([100.3 + share * 150.4, 250.7 - share * 159.8])
    lat = np.concatenate([-40.1 + share * 73.4, 33.3 + share * 26.9])
    lat = np.concatenate([np.nextafter(lat, -90), lat, np.nextafter(lat, 90)])
    assert_exact(zones, np.tile(lon, 3), lat)


def test_a_zone_closed_along_a_pole_holds_it_at_every_longitude() -> None:
    south = rectangle(-180, -90, 180, -60)
    north = rectangle(0, 70, 360, 90)
    index = CellIndex.build(flatten([[[south]], [[north]], [[rectangle(-180, 80, 0, 85)]]]))
    lon = np.array([-180.0, -77.7, 0.0, 12.3, 180.0, 1e6])
    assert {index.zones(c) for c in index.locate(lon, -90.0)} == {(0,)}
    assert {index.zones(c) for c in index.locate(lon, 90.0)} == {(1,)}


def test_a_sector_that_reaches_a_pole_holds_it_only_at_minus_180() -> None:
    index = CellIndex.build(
        flatten([[[rectangle(-180, 60, -90, 90)]], [[rectangle(-90, 60, 180, 90)]]])
    )
    assert {index.zones(c) for c in index.locate([-180, -100, 0, 100], 90.0)} == {(0,)}


def test_zones_that_adjoin_hold_each_position_exactly_once() -> None:
    rng = np.random.default_rng(4)
    sites = np.column_stack([rng.uniform(-3, 3, 60), rng.uniform(-3, 3, 60)]).round(1)
    corners = np.array([[-4, -4], [4, -4], [4, 4], [-4, 4]])
    triangles = shapely.delaunay_triangles(shapely.MultiPoint(np.concatenate([sites, corners])))
    rings = Rings.from_shapely(shapely.get_parts(triangles))
    index = CellIndex.build(rings)
    lattice = np.meshgrid(np.linspace(-3.9, 3.9, 79).round(1), np.linspace(-3.9, 3.9, 79).round(1))
    lon, lat = telling_positions(rings)
    lon, lat = np.append(lon, lattice[0]), np.append(lat, lattice[1])
    inner = np.maximum(abs(lon), abs(lat)) < 4
    held = [len(index.zones(code)) for code in index.locate(lon[inner], lat[inner])]
    assert set(held) == {1}


@pytest.mark.parametrize("step", [0.5, 0.25, 0.1, 1 / 3, 7.5])
def test_rectangles_aligned_with_the_cells_hold_each_corner_exactly_once(step: float) -> None:
    lines = (np.arange(-3, 4) * step).tolist()
    zones: list[Zone] = [
        [[rectangle(w, s, e, n)]] for w, e in pairwise(lines) for s, n in pairwise(lines)
    ]
    index = CellIndex.build(flatten(zones))
    for x, column in zip(lines[:-1], range(6), strict=True):
        for y, row in zip(lines[:-1], range(6), strict=True):
            assert index.zones(index.locate_one(x, y)) == (column * 6 + row,)
    assert index.locate_one(lines[-1], 0.0) == index.locate_one(0.0, lines[-1]) == NO_ZONE


INVALID = {
    "parts that overlap": [[rectangle(0, 0, 2, 2)], [rectangle(1, 1, 3, 3)]],
    "one part twice": [[rectangle(0, 0, 2, 2)], [rectangle(0, 0, 2, 2)]],
    "a hole out of its shell": [[rectangle(0, 0, 2, 2), rectangle(1, 1, 3, 3)]],
    "a hole over another part": [
        [rectangle(0, 0, 2, 2), rectangle(1, 1, 3, 3)],
        [rectangle(2.1, 2.1, 4, 4)],
    ],
    "holes that overlap": [
        [rectangle(0, 0, 4, 4), rectangle(1, 1, 3, 3), rectangle(2, 2, 3.5, 3.5)]
    ],
    "a hole as large as its shell": [[rectangle(0, 0, 2, 2), rectangle(0, 0, 2, 2)]],
    "a bow-tie": [[[(0, 0), (3, 3), (3, 0), (0, 3), (0, 0)]]],
    "a loop run twice": [[[*rectangle(0, 0, 4, 4), *rectangle(0, 0, 2, 2)]]],
    "a spike": [[[(0, 0), (2, 0), (2, 2), (3, 4), (2, 2), (0, 2), (0, 0)]]],
}


@pytest.mark.parametrize("name", INVALID)
def test_invalid_polygons_are_answered_as_geos_answers(name: str) -> None:
    zone = INVALID[name]
    polygon = shapely.MultiPolygon([shapely.Polygon(p[0], p[1:]) for p in zone])
    index = CellIndex.build(flatten([zone]))
    x, y = np.meshgrid(np.arange(-0.45, 4.5, 0.1), np.arange(-0.45, 4.5, 0.13))
    assert not shapely.is_valid(polygon)
    assert np.array_equal(index.locate(x, y) > 0, intersects(polygon, x, y))


def intersects(zone: shapely.Geometry, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """What GEOS says of an unprepared polygon; prepared it goes by parity, and not always."""
    held = shapely.intersects_xy(np.array([zone]), lon, lat)
    assert not shapely.is_prepared(zone)
    return held


def test_random_invalid_zones_are_answered_as_geos_answers() -> None:
    rng = np.random.default_rng(8)
    for _ in range(20):
        parts = [
            shapely.Polygon(
                rng.uniform(-2, 2, (9, 2)), [rng.uniform(-2, 2, (5, 2)) for _ in range(2)]
            )
            for _ in range(3)
        ]
        zones = [shapely.MultiPolygon(parts[:2]), parts[2]]
        index = CellIndex.build(Rings.from_shapely(zones))
        lon, lat = rng.uniform(-2, 2, (2, 4000))
        assert_as_geos(index, np.array(zones), lon, lat)


def assert_as_geos(index: CellIndex, zones: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> None:
    codes = index.locate(lon, lat)
    held = np.zeros((index.n_codes + 1, len(zones)), dtype=bool)
    for code in range(1, index.n_codes + 1):
        held[code, list(index.zones(code))] = True
    for number, zone in enumerate(zones):
        assert np.array_equal(held[codes, number], intersects(zone, lon, lat)), number


@pytest.fixture(scope="module")
def world(shared_data: Path) -> np.ndarray:
    """319 real zones of land and sea."""
    import geopandas

    return geopandas.read_parquet(
        shared_data / "world_union_v3_simplified.parquet"
    ).geometry.to_numpy()


@pytest.fixture(scope="module")
def world_index(world: np.ndarray) -> CellIndex:
    return CellIndex.build(Rings.from_shapely(world))


def test_the_world_is_answered_as_geos_answers(world: np.ndarray, world_index: CellIndex) -> None:
    rng = np.random.default_rng(5)
    rings = Rings.from_shapely(world)
    n = 2000
    vertex = rng.integers(0, rings.n_vertices, n)
    lon = np.append(rng.uniform(-180, 180, n), rings.lon[vertex] + rng.normal(0, 0.05, n))
    lat = np.append(rng.uniform(-90, 90, n), rings.lat[vertex] + rng.normal(0, 0.05, n))
    kept = (abs(lon) < 180) & (abs(lat) < 90)
    assert_as_geos(world_index, world, lon[kept], lat[kept])


def test_edges_of_the_world_are_answered_by_the_edge_rule(
    world: np.ndarray, world_index: CellIndex
) -> None:
    rng = np.random.default_rng(6)
    rings = Rings.from_shapely(world)
    zones = nested(rings)
    box = shapely.bounds(world)
    for v in rng.choice(rings.edge_starts(), 40, replace=False):
        for share in (0.0, 0.5):
            x = float(rings.lon[v] + share * (rings.lon[v + 1] - rings.lon[v]))
            y = float(rings.lat[v] + share * (rings.lat[v + 1] - rings.lat[v]))
            near = np.flatnonzero(
                (box[:, 0] <= x) & (box[:, 2] >= x) & (box[:, 1] <= y) & (box[:, 3] >= y)
            )
            found = zones_at([zones[z] for z in near], x, y)
            assert world_index.zones(world_index.locate_one(x, y)) == tuple(near[list(found)])


@pytest.fixture(scope="module")
def small() -> CellIndex:
    """Two zones that overlap, apart from the seam."""
    return CellIndex.build(flatten([[[rectangle(0, 0, 2, 2)]], [[rectangle(1, 1, 3, 3)]]]))


def test_overlaps_are_codes_of_their_own(small: CellIndex) -> None:
    codes = small.locate([0.5, 1.5, 2.5, 9.0], [0.5, 1.5, 2.5, 9.0])
    assert [small.zones(c) for c in codes] == [(0,), (0, 1), (1,), ()]
    assert codes.tolist() == [1, 2, 3, NO_ZONE]
    assert small.n_codes == 3


def test_codes_below_one_stand_for_no_zone_and_others_must_exist(small: CellIndex) -> None:
    assert [small.zones(c) for c in (NO_ZONE, NOT_COVERED, NOT_A_POSITION)] == [(), (), ()]
    for code in (4, -3):
        with pytest.raises(OptionError, match=f"no answer code {code}"):
            small.zones(code)


def test_what_is_not_a_position_is_said_to_be_none(small: CellIndex) -> None:
    lon = [np.nan, np.inf, -np.inf, 1.0, 1.0, 1.0, 1.0, np.nan]
    lat = [1.0, 1.0, 1.0, np.nan, np.inf, 90.00001, -91.0, 90.0]
    assert set(small.locate(lon, lat).tolist()) == {NOT_A_POSITION}
    assert small.locate_one(np.nan, 0.5) == NOT_A_POSITION


def test_masked_elements_are_no_positions(small: CellIndex) -> None:
    lon = np.ma.array([0.5, 0.5, 0.5], mask=[False, True, False])
    lat = np.ma.array([1, 1, 1], mask=[False, False, True])
    assert small.locate(lon, lat).tolist() == [1, NOT_A_POSITION, NOT_A_POSITION]
    assert not np.ma.isMaskedArray(small.locate(lon, lat))


def test_shapes_are_kept_and_broadcast(small: CellIndex) -> None:
    lon, lat = np.linspace(-1, 4, 11), np.linspace(-1, 4, 7)
    whole = small.locate(lon[:, None], lat)
    assert whole.shape == (11, 7)
    assert whole.dtype == np.int32
    assert whole[3, 4] == small.locate_one(lon[3], lat[4]) == small.locate(lon[3], lat[4])
    assert small.locate(0.5, 0.5).shape == ()
    assert small.locate(np.empty((0, 3)), 1.0).shape == (0, 3)
    assert small.locate([], []).shape == (0,)


def test_strided_reversed_transposed_and_foreign_numbers_are_read_as_they_are(
    small: CellIndex,
) -> None:
    rng = np.random.default_rng(1)
    both = rng.uniform(-1, 4, (5000, 2))
    lon, lat = both.T.copy()
    expected = small.locate(lon, lat)
    assert np.array_equal(small.locate(both[:, 0], both[:, 1]), expected)
    assert np.array_equal(small.locate(lon[::-1], lat[::-1]), expected[::-1])
    assert np.array_equal(small.locate(lon[::7], lat[::7]), expected[::7])
    swapped = lon.astype(">f8"), lat.astype(">f8")
    assert np.array_equal(small.locate(*swapped), expected)
    tall = lon.reshape(50, 100).T, lat.reshape(50, 100).T
    assert np.array_equal(small.locate(*tall), expected.reshape(50, 100).T)
    assert small.locate(np.array([1, 2], np.int8), np.float32(1.5)).tolist() == [2, 3]


def test_what_is_not_numbers_or_does_not_broadcast_is_refused(small: CellIndex) -> None:
    for lon, lat in (
        ("east", 1.0),
        ([1.0, 2.0], [1.0, 2.0, 3.0]),
        (1j, 0.0),
        (None, [[1], [1, 2]]),
    ):
        with pytest.raises(CoordinateError, match="arrays of numbers"):
            small.locate(lon, lat)


def test_the_answer_does_not_depend_on_the_number_of_threads(world_index: CellIndex) -> None:
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(-180, 180, 150_001), rng.uniform(-90, 90, 150_001)
    one = world_index.locate(lon, lat, threads=1)
    assert len(np.unique(one)) > 200
    for threads in (2, 3, 7, None):
        assert np.array_equal(world_index.locate(lon, lat, threads=threads), one)
    with pytest.raises(OptionError, match="threads is 0"):
        world_index.locate(lon, lat, threads=0)


def test_a_mapped_index_is_neither_copied_nor_different(
    world_index: CellIndex, tmp_path: Path
) -> None:
    for name, array in world_index.to_arrays().items():
        np.save(tmp_path / f"{name}.npy", array)
    mapped = {
        path.stem: np.load(path, mmap_mode="r") if path.stat().st_size > 128 else np.load(path)
        for path in tmp_path.iterdir()
    }
    opened = CellIndex.from_arrays(mapped)
    assert all(np.shares_memory(getattr(opened, n), a) for n, a in mapped.items() if a.size)
    lon, lat = np.random.default_rng(2).uniform(-90, 90, (2, 5000))
    assert np.array_equal(opened.locate(lon, lat), world_index.locate(lon, lat))


def test_a_layer_without_zones_answers_no_zone_everywhere() -> None:
    for zones in ([], [[]], [[[]]]):
        index = CellIndex.build(flatten(zones))
        assert index.n_codes == 0
        assert index.locate([0.0, 180.0, 5.0, np.nan], [0.0, 3.0, 90.0, 0.0]).tolist() == [
            NO_ZONE,
            NO_ZONE,
            NO_ZONE,
            NOT_A_POSITION,
        ]


def test_many_edges_that_meet_at_one_vertex_are_told_apart() -> None:
    turns = np.linspace(0, 2 * np.pi, 11)
    rim = [(0.1 + np.cos(t), 0.2 + np.sin(t)) for t in turns]
    zones: list[Zone] = [[[[(0.1, 0.2), a, b, (0.1, 0.2)]]] for a, b in pairwise(rim)]
    assert_exact(zones, *telling_positions(flatten(zones)))


def test_more_zones_at_one_point_than_the_index_can_tell_apart_are_refused() -> None:
    turns = np.linspace(0, 2 * np.pi, 31)
    rim = [(0.1 + np.cos(t), 0.2 + np.sin(t)) for t in turns]
    zones: list[Zone] = [[[[(0.1, 0.2), a, b, (0.1, 0.2)]]] for a, b in pairwise(rim)]
    with pytest.raises(DataFormatError, match=r"3[01] edges pass .* lon=0.1000.*, lat=0.2000"):
        CellIndex.build(flatten(zones))


def test_a_cluster_of_thousands_of_vertices_in_a_metre_is_looked_up_exactly() -> None:
    turns = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    radius = 1e-5 * (1 + 0.5 * np.sin(37 * turns))
    ring = np.column_stack([7.3 + radius * np.cos(turns), 50.1 + radius * np.sin(turns)])
    zone = shapely.Polygon(ring)
    index = CellIndex.build(Rings.from_shapely([zone]))
    lon, lat = 7.3 + 2e-5 * np.random.default_rng(1).uniform(-1, 1, (2, 3000)) * [[1], [0.5]]
    lat += 42.8
    assert np.array_equal(index.locate(lon, lat) > 0, intersects(zone, lon, lat))


def test_vertices_off_the_globe_and_open_rings_are_refused() -> None:
    with pytest.raises(DataFormatError, match=r"1 of 5 vertices .* index 2, is lon=1.0, lat=91"):
        CellIndex.build(flatten([[[[(0, 0), (1, 0), (1, 91), (0, 1), (0, 0)]]]]))
    with pytest.raises(DataFormatError, match="not on the globe"):
        CellIndex.build(flatten([[[[(0, 0), (np.nan, 0), (1, 1), (0, 0)]]]]))
    with pytest.raises(DataFormatError, match="1 of 2 rings are not closed; the first is ring 1"):
        CellIndex.build(flatten([[[rectangle(0, 0, 1, 1), [(0, 0), (1, 0), (1, 1)]]]]))
