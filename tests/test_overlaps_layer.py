"""The noded layer and the integrals over it, against exact areas and rational arithmetic."""

import hashlib
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import exact_areas
from eezkit.geodesy import EdgeModel, densify, distance, polygon_area
from eezkit.geometry import Rings
from eezkit.kernels.noding import MEASURES, side
from eezkit.lookup import CellIndex
from eezkit.overlaps.dividing import divide_lines, divide_polygons
from eezkit.overlaps.gaps import with_gaps
from eezkit.overlaps.layer import HIGHEST, NodedLayer
from eezkit.overlaps.noding import node, on_grid
from eezkit.overlaps.parts import lines_of, polygons_of
from layers import square

HERE = Path(__file__)

RELATIVE, SQUARE_METRES = 1e-9, 1e-3
"""What an area may be off: the grid rounds to 6 nm, welding moves what is within 1 µm."""


def layer_of(*zones: shapely.Geometry, **more: Rings) -> NodedLayer:
    return NodedLayer.build(Rings.from_shapely(list(zones)), **more)


def areas_in(layer: NodedLayer, area: shapely.Geometry, n_zones: int) -> np.ndarray:
    """Square metres in each zone, and last in none."""
    found = divide_polygons(layer, polygons_of(np.array([area], dtype=object)))
    total = np.zeros(n_zones + 1)
    for place, size in zip(found.place, found.area, strict=True):
        for zone in layer.places[place].zones or (n_zones,):
            total[zone] += size
    return total


def shares(zones: list[shapely.Geometry], area: shapely.Geometry) -> np.ndarray:
    """Shares of an area in each zone, and last in none."""
    whole = polygon_area(Rings.from_shapely([area]), model=EdgeModel.PLANAR)[0]
    return areas_in(layer_of(*zones), area, len(zones)) / whole


def star(
    rng: np.random.Generator, lon: float, lat: float, radius: float, n: int
) -> shapely.Polygon:
    turns = np.sort(rng.uniform(0, 2 * np.pi, n))
    far = radius * rng.uniform(0.4, 1.2, n)
    x = lon + far * np.cos(turns) / np.cos(np.radians(lat))
    return shapely.Polygon(np.column_stack([x, lat + far * np.sin(turns)]))


def star_case(seed: int) -> tuple[shapely.Polygon, list[shapely.Polygon]] | None:
    """An area of 1 m to 1,000 km and three zones about it; None if they are not valid."""
    rng = np.random.default_rng(seed)
    radius = 10 ** rng.uniform(-5, 1)
    lon, lat = rng.uniform(-200, 200), rng.uniform(-75, 75)
    about = [
        star(
            rng,
            lon + radius * rng.uniform(-0.6, 0.6),
            lat + radius * rng.uniform(-0.6, 0.6),
            radius * rng.uniform(0.5, 1),
            int(rng.integers(5, 11)),
        )
        for _ in range(3)
    ]
    area = star(rng, lon, lat, radius, int(rng.integers(4, 12)))
    if (
        not shapely.is_valid([area, *about]).all()
        or abs(shapely.bounds([area, *about])).max() > 300
    ):
        return None
    north = shapely.bounds([area, *about])[:, [1, 3]]
    return None if abs(north).max() > 89 else (area, about)


CASES = [seed for seed in range(15) if star_case(seed) is not None][:9]


@pytest.mark.parametrize("seed", CASES)
def test_areas_in_overlapping_zones_are_exact(seed: int) -> None:
    area, zones = star_case(seed)
    found = areas_in(layer_of(*zones), area, 3)
    whole = exact_areas.area(area)
    for zone, size in zip(zones, found, strict=False):
        off = abs(size - exact_areas.common_area(area, zone))
        assert off <= max(RELATIVE * whole, SQUARE_METRES) / 100


@pytest.mark.parametrize("turn", [-360, 0, 360])
def test_a_zone_in_another_turn_is_met_across_180(turn: int) -> None:
    zone = shapely.Polygon([(175, -3), (183, -1), (185, 8), (176, 5)])
    area = shapely.Polygon([(-182 - turn, 1), (-178 - turn, 0), (-177 - turn, 9), (-181 - turn, 4)])
    found = areas_in(layer_of(zone), area, 1)
    exact = exact_areas.common_area(area, zone, turns=(-1 - turn // 360,))
    assert found[0] == pytest.approx(exact, rel=1e-12)


def test_a_hole_and_its_island_are_told_apart() -> None:
    hole, island = square(2, 2, 4, 4), square(2.5, 2.5, 3.5, 3.5)
    zone = square(0, 0, 10, 10, hole)
    assert shares([zone], hole) == pytest.approx([0, 1], abs=1e-13)
    assert shares([zone, island], island) == pytest.approx([0, 1, 0], abs=1e-13)
    around = square(1, 1, 5, 5)
    found = areas_in(layer_of(zone), around, 1)
    assert found[0] == pytest.approx(exact_areas.common_area(around, zone), rel=1e-13)


def test_an_area_that_is_a_zone_lies_in_it_whole_however_it_is_written() -> None:
    ring = [(0.1, 0.2), (9.7, 1.3), (8.1, 7.7), (3.3, 6.9)]
    zone, neighbour = shapely.Polygon(ring), shapely.Polygon([*ring[:2], (5.0, -6.0)])
    mid = [
        ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True)
    ]
    dense = [vertex for pair in zip(ring, mid, strict=True) for vertex in pair]
    for same in (ring, ring[::-1], ring[2:] + ring[:2], dense):
        found = shares([zone, neighbour], shapely.Polygon(same))
        assert found == pytest.approx([1, 0, 0], abs=1e-13)


def test_neighbours_divide_an_area_between_them_and_touching_is_nothing() -> None:
    west, east = square(0, 0, 5, 10), square(5, 0, 10, 10)
    assert shares([west, east], square(4, 2, 6, 4)) == pytest.approx([0.5, 0.5, 0], abs=1e-13)
    assert shares([west, east], square(5, 2, 6, 4)) == pytest.approx([0, 1, 0], abs=1e-13)
    assert shares([west], square(5, 2, 6, 4))[0] == 0


def test_an_area_about_a_point_where_three_zones_meet() -> None:
    zones = [square(0, 0, 5, 5), square(5, 0, 10, 5), square(0, 5, 10, 10)]
    diamond = shapely.Polygon([(4, 5), (5, 4), (6, 5), (5, 6)])
    for vertices in (diamond, shapely.Polygon([(4, 4), (6, 6), (4, 6)])):
        found = areas_in(layer_of(*zones), vertices, 3)
        exact = [exact_areas.common_area(vertices, zone) for zone in zones]
        assert found[:3] == pytest.approx(exact, rel=1e-12, abs=1e-3)


def test_caps_and_sectors_reach_the_poles() -> None:
    cap = shapely.Polygon([(-180, 60), (0, 60), (0, 90), (-180, 90)])
    assert shares([cap], square(-180, 70, 180, 90)) == pytest.approx([0.5, 0.5], abs=1e-12)
    south = shapely.Polygon([(-180, -90), (-90, -90), (-90, -60), (-180, -60)])
    assert shares([south], square(-180, -90, 180, -70)) == pytest.approx([0.25, 0.75], abs=1e-12)
    sector = shapely.Polygon([(30, 60), (60, 60), (45, 90)])
    found = areas_in(layer_of(sector), square(0, 50, 90, 90), 1)
    assert found[0] == pytest.approx(exact_areas.area(sector), rel=1e-12)


def test_a_sliver_between_zones_and_vertices_a_nanometre_off_do_no_harm() -> None:
    off = 3e-14
    west = shapely.Polygon([(0, 0), (5, 0), (5, 3), (5 + off, 7), (5, 10), (0, 10)])
    east = shapely.Polygon([(5, 0), (10, 0), (10, 10), (5, 10), (5 + off, 5)])
    layer = layer_of(west, east)
    assert layer.unbalanced() == 0
    found = areas_in(layer, square(4, 1, 6, 9), 2)
    assert found[:2] == pytest.approx([found.sum() / 2] * 2, rel=1e-11)


def test_spikes_bow_ties_and_rings_run_through_twice_keep_the_layer_closed() -> None:
    spike = shapely.Polygon([(0, 0), (4, 0), (4, 2), (7, 2), (4, 2), (4, 4), (0, 4)])
    tie = shapely.Polygon([(2, -1), (6, 5), (6, -1), (2, 5)])
    touching = shapely.Polygon([(0, 0), (2, 2), (4, 0), (4, 4), (2, 2), (0, 4)])
    layer = layer_of(spike, tie, touching)
    assert layer.unbalanced() == 0
    found = areas_in(layer, square(-1, -2, 8, 6), 3)
    assert found[0] == pytest.approx(exact_areas.area(square(0, 0, 4, 4)), rel=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 12)] * 4), min_size=1, max_size=5), st.integers(0, 99))
def test_boxes_on_a_lattice_are_divided_exactly(corners: list[tuple[int, ...]], seed: int) -> None:
    zones = [square(a, b, a + 1 + c, b + 1 + d) for a, b, c, d in corners]
    a, b, c, d = np.random.default_rng(seed).integers(0, 12, 4)
    area = square(a, b, a + c + 1, b + d + 1)
    layer = layer_of(*zones)
    assert layer.unbalanced() == 0
    found = areas_in(layer, area, len(zones))
    boxes = polygon_area(
        Rings.from_shapely(shapely.intersection(zones, area)), model=EdgeModel.PLANAR
    )
    assert found[:-1] == pytest.approx(boxes, rel=1e-12, abs=1e-3)


def test_places_are_those_that_lookup_tells() -> None:
    _, zones = star_case(CASES[0])
    zones = shapely.transform(zones, on_grid)
    rings = Rings.from_shapely(zones)
    layer, index = NodedLayer.build(rings), CellIndex.build(rings)
    west, south, east, north = shapely.total_bounds(zones)
    rng = np.random.default_rng(4)
    lon = on_grid(np.concatenate([rng.uniform(west, east, 2000), rings.lon]))
    lat = on_grid(np.concatenate([rng.uniform(south, north, 2000), rings.lat]))
    lon = np.mod(lon + 180, 360) - 180
    place, _ = layer.locate(lon, lat)
    for x, y, one in zip(lon, lat, place, strict=True):
        assert layer.places[one].zones == index.zones(index.locate_one(x, y))


def test_land_and_coverage_divide_what_is_in_no_zone() -> None:
    zone, land, box = square(0, 0, 10, 10), square(-5, 4, 2, 6), square(-20, -20, 20, 20)
    layer = layer_of(zone, land=Rings.from_shapely([land]), covered=Rings.from_shapely([box]))
    found = divide_polygons(layer, polygons_of(np.array([square(-30, 4, 5, 6)], dtype=object)))
    widths = {layer.places[p].kind: size for p, size in zip(found.place, found.area, strict=True)}
    degree = sum(widths.values()) / 35
    expected = {"zone": 5, "land": 5, "high seas": 15, "not covered": 10}
    assert {kind: size / degree for kind, size in widths.items()} == pytest.approx(expected)


def test_a_line_is_told_where_it_enters_and_how_far_it_runs() -> None:
    layer = layer_of(square(0, 0, 5, 10), square(5, 0, 10, 10))
    line = shapely.LineString([(-2, 0.0), (2, 4), (8, 4), (12, 4)])
    runs = divide_lines(layer, lines_of(np.array([line], dtype=object)))
    zones = [layer.places[place].zones for place in runs.place]
    assert zones == [(), (0,), (1,), ()]
    assert runs.lon == pytest.approx([-2, 0, 5, 10], abs=1e-12)
    assert runs.lat == pytest.approx([0, 2, 4, 4], abs=1e-12)
    x, y = densify(*np.array(line.coords).T, max_length=100.0, model=EdgeModel.PLANAR)
    chords = distance(x[:-1], y[:-1], x[1:], y[1:])
    assert runs.length.sum() == pytest.approx(chords.sum(), rel=1e-10)
    on_third = (x[:-1] >= 5) & (x[1:] <= 10 + 1e-9)
    assert runs.length[2] == pytest.approx(chords[on_third].sum(), abs=120.0)
    assert runs.along == pytest.approx(np.cumsum(runs.length) - runs.length)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_line_along_a_boundary_belongs_to_the_zone_east_or_north_of_it(backwards: bool) -> None:
    layer = layer_of(square(0, 0, 5, 10), square(5, 0, 10, 10), square(0, 10, 10, 20))
    for line, zone in (([(5, 2), (5, 8)], 1), ([(2, 10), (9, 10)], 2)):
        runs = divide_lines(
            layer, lines_of(np.array([shapely.LineString(line[:: -1 if backwards else 1])], object))
        )
        assert [layer.places[place].zones for place in runs.place] == [(zone,)]


def test_nothing_crosses_after_noding_and_nothing_moved_farther_than_a_micrometre() -> None:
    rng = np.random.default_rng(5)
    zones = [star(rng, *rng.uniform(-3, 3, 2), 2.0, 30) for _ in range(8)]
    bent, ends = node(Rings.from_shapely(zones))
    lines = shapely.linestrings(ends.reshape(-1, 2, 2))
    assert shapely.STRtree(lines).query(lines, predicate="crosses").size == 0
    published = shapely.MultiLineString([zone.exterior for zone in zones])
    vertices = shapely.points(bent.lon, bent.lat)
    assert shapely.distance(vertices, published).max() <= MEASURES[2]
    assert len(bent.lon) > 8 * 31 + 100


@given(st.lists(st.integers(-(2**51), 2**51), min_size=4, max_size=4), st.integers(-3, 3))
def test_the_side_of_an_edge_is_exact_on_the_grid(whole: list[int], off: int) -> None:
    unit = MEASURES[0]
    ax, ay, bx, by = whole
    # Close to the line, where only the last bits tell.
    x, y = (ax + bx) // 2 + off, (ay + by) // 2
    cross = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    assert side(*(v / unit for v in (ax, ay, bx, by, x, y))) == (cross > 0) - (cross < 0)


@pytest.mark.parametrize("span", [1e-6, 1e-3, 0.11, 3.0, 120.0])
def test_the_area_below_an_edge_is_the_integral(span: float) -> None:
    low = -70.0 + 30.0 * (span < 100)
    triangle = shapely.Polygon([(3, low), (3 + 2 * span, low + span), (3, low + span)])
    exact = exact_areas.area(triangle)
    found = areas_in(layer_of(square(-90, -80, 0, 80)), triangle, 1)[1]
    assert found == pytest.approx(exact, rel=1e-13, abs=SQUARE_METRES)


def test_every_vertex_near_a_pole_is_asked_for_below_it() -> None:
    assert HIGHEST < 90
    assert Fraction(HIGHEST) * 2**43 % 1 == 0
    with mp.workdps(30):
        assert mp.mpf(90) - mp.mpf(HIGHEST) < 2e-11


def digest() -> str:
    """Hash of a layer, of areas and of lines in it."""
    area, zones = star_case(CASES[1])
    layer = layer_of(*zones)
    line = shapely.LineString(area.exterior.coords[:4])
    arrays = [
        *layer.to_arrays().values(),
        *divide_polygons(layer, polygons_of(np.array([area], dtype=object))),
        *divide_lines(layer, lines_of(np.array([line], dtype=object))),
    ]
    return hashlib.sha256(b"".join(np.ascontiguousarray(a).tobytes() for a in arrays)).hexdigest()


def test_uncompiled_kernels_give_the_same_layer_and_the_same_areas() -> None:
    code = "import test_overlaps_layer as t; print(t.digest())"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=HERE.parents[1],
        env={**os.environ, "EEZKIT_PURE": "1", "PYTHONPATH": str(HERE.parent)},
    )
    assert done.stdout.strip() == digest()


@pytest.mark.parametrize("threads", [1, 2])
def test_areas_do_not_depend_on_threads(threads: int) -> None:
    rng = np.random.default_rng(6)
    areas = np.array([star(rng, *rng.uniform(-4, 4, 2), 0.5, 1000) for _ in range(60)], object)
    areas = areas[shapely.is_valid(areas)]
    layer = layer_of(*[star(rng, *rng.uniform(-3, 3, 2), 2.0, 30) for _ in range(3)])
    parts = polygons_of(areas)
    one, many = (divide_polygons(layer, parts, threads=n) for n in (1, threads))
    assert len(parts.lon) > 40_000
    for a, b in zip(one, many, strict=True):
        assert np.array_equal(a, b)


def gaps_of(
    zones: list[shapely.Geometry],
    land: list[shapely.Geometry],
    coast: shapely.Geometry,
    area: shapely.Geometry,
) -> dict[str, float]:
    """Degrees of an area by kind, on a layer whose gaps were told."""
    layer = with_gaps(
        layer_of(*zones, land=Rings.from_shapely(land)),
        lambda lon, lat: shapely.distance(shapely.points(lon, lat), coast) < 1e-9,
    )
    assert layer.unbalanced() == 0
    found = divide_polygons(layer, polygons_of(np.array([area], dtype=object)))
    whole: dict[str, float] = {}
    for place, size in zip(found.place, found.area, strict=True):
        kind = layer.places[place].kind
        whole[kind] = whole.get(kind, 0.0) + float(size)
    return {kind: size / km2(square(0, 0, 1, 1)) for kind, size in whole.items()}


def km2(area: shapely.Geometry) -> float:
    return float(polygon_area(Rings.from_shapely([area]), model=EdgeModel.PLANAR)[0])


@pytest.mark.parametrize("shift", [0, 176, -176.5])
def test_gaps_between_two_coasts_are_not_high_seas(shift: float) -> None:
    def at(
        west: float, south: float, east: float, north: float, *holes: shapely.Polygon
    ) -> shapely.Polygon:
        return square(west + shift, south, east + shift, north, *holes)

    # A hole for an island; the other map has it smaller, and knows an islet in the open sea.
    hole = at(2, -1, 5, 1)
    zone = at(0, -5, 10, 5, hole)
    island, islet = at(3, -0.5, 4, 0.5), at(20, -0.5, 21, 0.5)
    found = gaps_of([zone], [island, islet], hole.exterior, square(shift - 2, -6, shift + 30, 6))
    assert found["zone"] == pytest.approx(km2(zone) / km2(square(0, 0, 1, 1)), rel=1e-9)
    assert found["land"] == pytest.approx(2, rel=1e-3)
    assert found["unassigned"] == pytest.approx(5, rel=1e-3)
    assert found["high seas"] == pytest.approx(32 * 12 - 100 + 6 - 6 - 1, rel=1e-2)


def test_a_pocket_of_high_seas_within_zones_is_no_gap() -> None:
    pocket = square(4, 4, 6, 6)
    zone = square(0, 0, 10, 10, pocket)
    found = gaps_of([zone], [square(4.5, 4.5, 5, 5)], square(0, 0, 10, 10).exterior, pocket)
    assert set(found) == {"high seas", "land"}


def test_gaps_across_180_and_beside_a_pole_leave_the_layer_closed() -> None:
    hole = square(179, 0, 181, 2)
    zones = [square(170, -5, 190, 5, hole), square(-180, 60, 180, 90), square(-90, -90, 0, -60)]
    west = square(-181, 0, -179, 2)
    coast = shapely.MultiLineString(
        [hole.exterior, west.exterior, square(-90, -90, 0, -60).exterior]
    )
    land = [square(179.5, 0.5, 180.5, 1.5), square(30, -90, 60, -80)]
    found = gaps_of(zones, land, coast, square(178, -1, 182, 3))
    assert found == pytest.approx({"zone": 12, "unassigned": 3, "land": 1}, rel=2e-3)
    globe = gaps_of(zones, land, coast, square(-180, -90, 180, 90))
    assert globe["unassigned"] == pytest.approx(found["unassigned"], rel=1e-9)
