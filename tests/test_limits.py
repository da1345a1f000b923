"""Outer limits, held against the words of the law by an oracle that knows nothing of eezkit."""

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from eezkit.errors import BaselineError, OptionError
from eezkit.geodesy import EdgeModel
from eezkit.limits import Baseline, Limit, VertexKind, outer_limit, zones_of
from eezkit.limits.draw import _Pen
from eezkit.limits.mesh import build_mesh
from eezkit.limits.sites import Sites
from eezkit.limits.trace import trace
from eezkit.units import M
from law_cases import (
    CASES,
    HUNDREDTH_MM,
    MINAMI_TORISHIMA,
    across_180,
    along_edges,
    enclave,
    far_north,
    is_within,
    law_distance,
    minami_torishima,
    pole_ring,
    positions_about,
)

GEOD = Geod(ellps="WGS84")
BREADTH = 200 * M
TOLERANCE = 1.0
N_VERTICES, N_EDGES, N_POSITIONS = 800, 150, 1500
"""How much of each case is looked at here; `benchmarks/law_oracle.py` looks at all of it."""


@pytest.fixture(scope="module")
def limits() -> dict[str, tuple[Baseline, Limit]]:
    """The 200 M limit of every case."""
    drawn = {name: make() for name, make in CASES.items()}
    return {name: (b, outer_limit(b, BREADTH, tolerance=TOLERANCE)) for name, b in drawn.items()}


def area_km2(limit: Limit) -> float:
    """Area of the rings as stored, straight in longitude and latitude."""
    fine = shapely.segmentize(limit.to_shapely(), 0.05)
    return sum(GEOD.geometry_area_perimeter(part)[0] for part in shapely.get_parts(fine)) / 1e6


@pytest.mark.parametrize("name", CASES)
def test_every_vertex_is_at_the_breadth(limits, name) -> None:
    baseline, limit = limits[name]
    some = np.random.default_rng(3).permutation(len(limit.lines.lon))[:N_VERTICES]
    far = law_distance(baseline, limit.lines.lon[some], limit.lines.lat[some])
    assert np.abs(far - BREADTH).max() < HUNDREDTH_MM


@pytest.mark.parametrize("name", CASES)
def test_every_basepoint_is_at_the_breadth_and_on_its_edge(limits, name) -> None:
    baseline, limit = limits[name]
    base = limit.lines.left_base[:, 0]
    far = GEOD.inv(limit.lines.lon, limit.lines.lat, base["lon"], base["lat"])[2]
    assert np.abs(np.asarray(far) - BREADTH).max() < HUNDREDTH_MM
    for vertex in range(0, len(base), 100):
        edge = base["edge"][vertex]
        alone = baseline._take(np.arange(len(baseline)) == edge)
        x, y = base["lon"][vertex : vertex + 1], base["lat"][vertex : vertex + 1]
        assert law_distance(alone, x, y)[0] < 1e-3


@pytest.mark.parametrize("name", CASES)
def test_no_edge_strays_by_more_than_the_tolerance(limits, name) -> None:
    baseline, limit = limits[name]
    rings = limit.rings
    starts = rings.edge_starts()
    on_cut = np.abs(rings.lon[starts]) + np.abs(rings.lon[starts + 1]) == 360.0
    closing = on_cut | (limit.vertex[starts] < 0) | (limit.vertex[starts + 1] < 0)
    some = np.random.default_rng(4).permutation(starts[~closing])[:N_EDGES]
    far = law_distance(baseline, *along_edges(rings.lon, rings.lat, some))
    assert np.abs(far - BREADTH).max() <= TOLERANCE


@pytest.mark.parametrize("name", CASES)
def test_positions_are_inside_where_a_basepoint_is_within_the_breadth(limits, name) -> None:
    baseline, limit = limits[name]
    lon, lat = positions_about(limit.lines, N_POSITIONS, seed=57)
    zone = limit.to_shapely()
    shapely.prepare(zone)
    inside = shapely.contains_xy(zone, lon, lat)
    wrong = np.flatnonzero(inside != is_within(baseline, BREADTH, lon, lat))
    off = np.abs(law_distance(baseline, lon[wrong], lat[wrong]) - BREADTH)
    assert (off <= TOLERANCE).all()
    assert 0.2 * N_POSITIONS < inside.sum() < 0.9 * N_POSITIONS


@pytest.mark.parametrize("name", CASES)
def test_the_zone_is_valid_and_within_the_globe(limits, name) -> None:
    _, limit = limits[name]
    zone = limit.to_shapely()
    assert zone.is_valid
    west, south, east, north = zone.bounds
    assert west >= -180
    assert east <= 180
    assert south >= -90
    assert north <= 90


def test_the_pocket_of_high_seas_in_an_enclave_is_a_hole(limits) -> None:
    _, limit = limits["enclave"]
    (polygon,) = limit.to_shapely().geoms
    (hole,) = polygon.interiors
    assert shapely.Polygon(hole).contains(shapely.Point(-30, 10))


def test_high_seas_round_the_pole_are_no_part_of_a_ring_of_islands(limits) -> None:
    _, limit = limits["ring round the pole"]
    zone = limit.to_shapely()
    assert not zone.intersects(shapely.LineString([(-180, 89.9), (180, 89.9)]))
    assert zone.contains(shapely.LineString([(-179.99, 85.5), (179.99, 85.5)]))


def test_a_zone_that_holds_the_pole_reaches_it() -> None:
    limit = outer_limit(Baseline.from_points([10.0, 130.0, -110.0], [88.5, 88.5, 88.5]), BREADTH)
    zone = limit.to_shapely()
    assert zone.bounds[3] == 90.0
    assert zone.contains(shapely.LineString([(-179.99, 89.99), (179.99, 89.99)]))
    closing = np.flatnonzero(limit.vertex < 0)
    assert set(np.abs(limit.rings.lat[closing])) == {90.0}
    assert (limit.basepoint["edge"][closing] == -1).all()


def test_everything_but_a_pocket_at_the_south_pole_is_within_a_great_breadth() -> None:
    limit = outer_limit(Baseline.from_points([0.0], [89.0]), 19_000e3, tolerance=1000.0)
    zone = limit.to_shapely()
    assert zone.contains(shapely.Point(77, 0))
    assert not zone.intersects(shapely.Point(180, -89.9))


def test_the_area_of_minami_torishima_is_that_of_the_envelope(limits) -> None:
    _, limit = limits["Minami-Torishima"]
    assert area_km2(limit) == pytest.approx(432_840, abs=10)


@pytest.mark.parametrize("shift", [26.0, 180.0, -73.5])
def test_turning_the_globe_turns_the_limit(shift) -> None:
    coast = np.array(MINAMI_TORISHIMA)
    here = outer_limit(minami_torishima(), BREADTH)
    moved = np.add(coast, (shift, 0.0))
    there = outer_limit(Baseline.from_geometry(shapely.Polygon(moved)), BREADTH)
    assert area_km2(there) == pytest.approx(area_km2(here), rel=1e-6)


def test_a_wider_zone_holds_a_narrower_one() -> None:
    zones = zones_of(across_180())
    assert list(zones) == [12 * M, 24 * M, 200 * M]
    narrow, middle, wide = (limit.to_shapely() for limit in zones.values())
    assert wide.covers(middle)
    assert middle.covers(narrow)


def test_the_order_of_edges_makes_no_difference() -> None:
    baseline = across_180()
    turned = baseline._take(np.arange(len(baseline))[::-1])
    one, other = (outer_limit(b, 24 * M).to_shapely() for b in (baseline, turned))
    assert shapely.symmetric_difference(one, other).area < 1e-9


@pytest.mark.parametrize("tolerance", [0.1, 10.0, 100.0])
def test_the_tolerance_is_kept_and_used(tolerance) -> None:
    baseline = minami_torishima()
    limit = outer_limit(baseline, BREADTH, tolerance=tolerance)
    rings = limit.rings
    some = np.random.default_rng(5).permutation(rings.edge_starts())[:N_EDGES]
    far = law_distance(baseline, *along_edges(rings.lon, rings.lat, some))
    assert tolerance / 10 < np.abs(far - BREADTH).max() <= tolerance


def isometric(lat: np.ndarray) -> np.ndarray:
    """Latitude in which loxodromes are straight."""
    sine, e = np.sin(np.radians(lat)), np.sqrt(GEOD.es)
    return np.arctanh(sine) - e * np.arctanh(e * sine)


def test_edges_can_be_stored_as_loxodromes() -> None:
    baseline = Baseline.from_points([20.0], [86.0])
    lines = outer_limit(baseline, BREADTH, tolerance=100.0, edges=EdgeModel.LOXODROME).lines
    east = np.remainder(np.diff(lines.lon) + 180, 360) - 180
    psi = isometric(lines.lat)
    worst = 0.0
    for t in (0.1, 0.3, 0.5, 0.7, 0.9):
        lat = lines.lat[:-1] + t * np.diff(lines.lat)
        lon = lines.lon[:-1] + (isometric(lat) - psi[:-1]) / np.diff(psi) * east
        worst = max(worst, np.abs(law_distance(baseline, lon, lat) - BREADTH).max())
    assert 50 < worst <= 100, "132 m when drawn for edges straight in longitude and latitude"


def test_edges_can_be_stored_as_geodesics() -> None:
    baseline = minami_torishima()
    limit = outer_limit(baseline, BREADTH, tolerance=100.0, edges=EdgeModel.GEODESIC)
    lon, lat = limit.rings.lon, limit.rings.lat
    azimuth, _, far = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    x, y, _ = GEOD.fwd(lon[:-1], lat[:-1], azimuth, far / 2)
    off = law_distance(baseline, np.asarray(x), np.asarray(y)) - BREADTH
    assert 50 < np.abs(off).max() <= 100


def test_a_pocket_far_smaller_than_the_cell_is_found() -> None:
    turn = np.arange(0, 360, 15.0)
    n = len(turn)
    lon, lat, _ = GEOD.fwd(np.full(n, 20.0), np.full(n, -40.0), turn, np.full(n, BREADTH + 150))
    limit = outer_limit(Baseline.from_points(lon, lat), BREADTH, cell=10_000)
    (polygon,) = limit.to_shapely().geoms
    (hole,) = polygon.interiors
    assert shapely.Polygon(hole).contains(shapely.Point(20, -40))


@pytest.mark.parametrize(("gap", "n_zones"), [(-40.0, 1), (40.0, 2)])
def test_two_zones_forty_metres_apart_are_not_one(gap, n_zones) -> None:
    lon, lat, _ = GEOD.fwd(5.0, 62.0, 77.0, 2 * BREADTH + gap)
    limit = outer_limit(Baseline.from_points([5.0, lon], [62.0, lat]), BREADTH)
    assert len(limit.to_shapely().geoms) == n_zones


def test_where_two_arcs_meet_the_limit_has_a_turning_point_with_both_basepoints(limits) -> None:
    _, limit = limits["enclave"]
    lines = limit.lines
    turning = lines.kind == list(VertexKind).index(VertexKind.TURNING_POINT)
    assert turning.sum() == 80
    for number in (0, 1):
        base = lines.left_base[turning, number]
        far = GEOD.inv(lines.lon[turning], lines.lat[turning], base["lon"], base["lat"])[2]
        assert np.abs(np.asarray(far) - BREADTH).max() < HUNDREDTH_MM
    apart = lines.left_base[turning]["edge"]
    assert (apart[:, 0] != apart[:, 1]).all()


@pytest.mark.parametrize("tolerance", [0.1, 1.0, 100.0])
def test_the_limit_turns_at_every_change_of_basepoint_however_blunt(tolerance) -> None:
    x, y = np.array(MINAMI_TORISHIMA).T
    lines = outer_limit(Baseline.from_points(x, y), BREADTH, tolerance=tolerance).lines
    edge = lines.left_base["edge"]
    assert (edge[:-1, 1] == edge[1:, 0]).all(), "between vertices nothing changes"
    turning = np.flatnonzero(edge[:, 0] != edge[:, 1])
    assert sorted(edge[turning, 1].tolist()) == [0, 1, 2, 3]
    assert (lines.kind[turning] == list(VertexKind).index(VertexKind.TURNING_POINT)).all()
    assert lines.table()["kind"].tolist().count("turning_point") == 4
    far = [
        GEOD.inv(np.full(len(lines.lon), a), np.full(len(lines.lon), b), lines.lon, lines.lat)[2]
        for a, b in zip(x, y, strict=True)
    ]
    nearest = np.argsort(far, axis=0)
    alone = np.setdiff1d(np.arange(len(edge)), turning)
    assert (edge[alone, 0] == nearest[0, alone]).all()


def test_a_breadth_in_whole_metres_is_as_exact_as_any() -> None:
    exact, whole = (outer_limit(minami_torishima(), breadth) for breadth in (22224.0, 22224))
    assert np.array_equal(exact.rings.lat, whole.rings.lat)


def test_a_smooth_coast_has_no_turning_point() -> None:
    turn = np.arange(0, -360, -2.0)
    n = len(turn)
    round_ = GEOD.fwd(np.full(n, 10.0), np.full(n, 40.0), turn, np.full(n, 20e3))[:2]
    island = Baseline.from_geometry(shapely.Polygon(np.column_stack(round_)))
    assert not (outer_limit(island, 24 * M).lines.kind == 1).any()


def test_bouvets_official_base_points_give_the_areas_published_for_them(shared_data) -> None:
    points = pd.read_csv(shared_data / "bouvet_base_points.csv")
    assert len(points) == 31
    zones = zones_of(Baseline.from_points(points["lon"], points["lat"]))
    areas = [area_km2(limit) for limit in zones.values()]
    assert areas == pytest.approx([2263.0, 7569.1, 441_776], rel=1e-3)
    assert zones[200 * M].to_shapely().bounds == pytest.approx(
        [-2.4333, -57.7808, 9.1481, -51.0580], abs=1e-4
    )


def test_a_rock_has_a_territorial_sea_but_no_economic_zone() -> None:
    rock = Baseline.from_points([-13.687], [57.596], max_breadth=24 * M)
    assert list(zones_of(rock)) == [12 * M, 24 * M]
    with pytest.raises(BaselineError, match="entitled to a breadth of 200 nmi"):
        outer_limit(rock, BREADTH)
    both = Baseline.merge([rock, Baseline.from_points([-6.0], [58.0])])
    assert not outer_limit(both, BREADTH).to_shapely().intersects(shapely.Point(-14.5, 57.6))
    assert outer_limit(both, 12 * M).to_shapely().intersects(shapely.Point(-13.8, 57.6))


def test_land_has_no_limit_within_but_a_lone_coastline_has() -> None:
    ring = [(10.0, 0.0), (11.0, 0.0), (11.0, 1.0), (10.0, 1.0), (10.0, 0.0)]
    land = outer_limit(Baseline.from_geometry(shapely.Polygon(ring)), 12 * M)
    line = outer_limit(Baseline.from_geometry(shapely.LineString(ring)), 12 * M)
    assert [len(p.interiors) for p in land.to_shapely().geoms] == [0]
    assert [len(p.interiors) for p in line.to_shapely().geoms] == [1]


def test_archipelagic_baselines_that_close_have_no_limit_within() -> None:
    ring = [(10.0, 0.0), (11.0, 0.0), (11.0, 1.0), (10.0, 1.0), (10.0, 0.0)]
    baseline = Baseline.from_geometry(shapely.LineString(ring), kind="archipelagic")
    assert [len(p.interiors) for p in outer_limit(baseline, 12 * M).to_shapely().geoms] == [0]


def test_a_straight_baseline_runs_along_the_geodesic() -> None:
    line = shapely.LineString([(0.0, 60.0), (10.0, 60.0)])
    straight = Baseline.from_geometry(line, kind="straight")
    planar = Baseline.from_geometry(line)
    north = [outer_limit(b, 12 * M).to_shapely().bounds[3] for b in (straight, planar)]
    azimuth, _, far = GEOD.inv(0.0, 60.0, 10.0, 60.0)
    _, top, _ = GEOD.fwd(0.0, 60.0, azimuth, far / 2)
    _, expected, _ = GEOD.fwd(5.0, top, 0.0, 12 * M)
    assert north[0] == pytest.approx(expected, abs=1e-5)
    assert north[0] - north[1] > 0.05


@pytest.mark.parametrize("breadth", [0.0, -1.0, np.nan])
def test_a_breadth_that_is_no_length_is_refused(breadth) -> None:
    with pytest.raises(BaselineError, match="breadth"):
        outer_limit(enclave(), breadth)


def test_a_breadth_of_half_the_globe_is_refused() -> None:
    with pytest.raises(OptionError, match="half the way round"):
        outer_limit(enclave(), 20_000e3)


@pytest.mark.parametrize("option", ["tolerance", "cell"])
def test_a_tolerance_or_cell_of_nothing_is_refused(option) -> None:
    with pytest.raises(OptionError, match=option):
        outer_limit(pole_ring(), BREADTH, **{option: 0.0})


@pytest.mark.parametrize("make", [pole_ring, across_180, far_north])
@pytest.mark.parametrize("breadth", [24 * M, 200 * M])
def test_drawn_pieces_never_jump_across_180(make, breadth) -> None:
    lines = outer_limit(make(), breadth, tolerance=40.0).lines
    xy, piece = shapely.get_coordinates(shapely.get_parts(lines.to_shapely()), return_index=True)
    same = piece[1:] == piece[:-1]
    assert np.abs(np.diff(xy[:, 0]))[same].max() < 180.0


def test_an_edge_of_no_length_is_not_divided_over_and_over() -> None:
    """A line may come back to a place; dividing what lies between doubled it in each round."""
    sites = Sites(Baseline.from_points([0.0], [0.0]).with_key(0).entitled(12 * M), 12 * M)
    pen = _Pen(trace(build_mesh(sites, 2000.0), sites), sites, 1.0, EdgeModel.PLANAR)
    v = pen.ink(pen.turn(pen.take_up()))
    twice = np.insert(v, 3, v[3])
    twice["drawn"][2:4] = False
    at, _ = pen._strays(twice)
    assert 3 not in at
