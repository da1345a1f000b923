"""Equidistance lines and partitions: as near to one as to the other, by pyproj alone."""

import numpy as np
import pytest
import shapely
import shapely.affinity
from pyproj import Geod

from eezkit.errors import BaselineError, OptionError
from eezkit.limits import (
    HIGH_SEAS,
    Baseline,
    Partition,
    VertexKind,
    equidistance,
    lines_of,
    outer_limit,
    partition,
)
from eezkit.limits.mesh import build_mesh
from eezkit.limits.sites import Sites
from eezkit.units import M
from law_cases import (
    HUNDREDTH_MM,
    PAIRS,
    across_180,
    along_edges,
    five_territories,
    law_distance,
    of_key,
    positions_about,
)

GEOD = Geod(ellps="WGS84")
BREADTH = 200 * M
KINDS = list(VertexKind)


def is_kind(lines, kind: VertexKind) -> np.ndarray:
    return lines.kind == KINDS.index(kind)


@pytest.fixture(scope="module")
def lines():
    """The equidistance line of every pair."""
    return {name: equidistance(a, b) for name, (a, b) in PAIRS.items()}


@pytest.mark.parametrize("name", PAIRS)
def test_both_distances_are_equal_at_every_vertex(lines, name) -> None:
    a, b = PAIRS[name]
    line = lines[name]
    assert line.n_lines == 1
    far = [law_distance(side, line.lon, line.lat) for side in (a, b)]
    assert np.abs(far[0] - far[1]).max() < HUNDREDTH_MM
    assert far[0].max() <= BREADTH + HUNDREDTH_MM


@pytest.mark.parametrize("name", PAIRS)
def test_the_line_ends_where_it_is_at_the_breadth_from_both(lines, name) -> None:
    a, _ = PAIRS[name]
    line = lines[name]
    ends = [0, len(line.lon) - 1]
    assert is_kind(line, VertexKind.JUNCTION)[ends].all()
    assert law_distance(a, line.lon[ends], line.lat[ends]) == pytest.approx(BREADTH, abs=1e-5)


@pytest.mark.parametrize("name", PAIRS)
def test_no_edge_strays_from_equidistance(lines, name) -> None:
    a, b = PAIRS[name]
    line = lines[name]
    starts = np.arange(len(line.lon) - 1)
    crossing = np.abs(np.diff(line.lon)) > 180
    x, y = along_edges(line.lon, line.lat, starts[~crossing])
    feet = [law_distance(side, x, y) for side in (a, b)]
    # The difference of distances grows by at most twice what one moves.
    assert np.abs(feet[0] - feet[1]).max() <= 2.0


@pytest.mark.parametrize("name", PAIRS)
def test_a_turning_point_has_two_basepoints_on_one_side_and_one_on_the_other(lines, name) -> None:
    line = lines[name]
    turning = np.flatnonzero(is_kind(line, VertexKind.TURNING_POINT))
    assert len(turning) >= 2
    two_sided = 0
    for vertex in turning:
        bases = np.unique(np.concatenate([line.left_base[vertex], line.right_base[vertex]]))
        assert len(bases) == 3
        x, y = np.full(3, line.lon[vertex]), np.full(3, line.lat[vertex])
        far = np.asarray(GEOD.inv(x, y, bases["lon"], bases["lat"])[2])
        assert np.ptp(far) < HUNDREDTH_MM
        two_sided += len(np.unique(line.left_base[vertex])) == 2
    assert 0 <= two_sided <= len(turning)


def test_the_table_of_turning_points_measures_what_the_line_says(lines) -> None:
    line = lines["at 60° N"]
    table = line.table()
    assert set(table["kind"]) == {"turning_point", "junction"}
    assert len({len(column) for column in table.values()}) == 1
    one, other = table["left_1_distance_nmi"], table["right_1_distance_nmi"]
    assert np.abs(one - other).max() * M < HUNDREDTH_MM
    second = ~np.isnan(table["left_2_distance_nmi"])
    assert np.abs(table["left_2_distance_nmi"] - one)[second].max() * M < HUNDREDTH_MM
    assert (np.isnan(table["left_2_lon"]) == ~second).all()
    assert len(line.table(turning_points=False)["lon"]) == len(line.lon)


def test_exchanging_the_baselines_exchanges_the_sides() -> None:
    a, b = PAIRS["at 60° N"]
    one, other = equidistance(a, b), equidistance(b, a)
    assert one.left.tolist() == other.left.tolist() == [0]
    first, second = (shapely.unary_union(line.to_shapely()) for line in (one, other))
    assert shapely.hausdorff_distance(first, second) < 3e-5


def test_baselines_too_far_apart_have_no_line_between_them() -> None:
    far = equidistance(Baseline.from_points([0.0], [0.0]), Baseline.from_points([10.0], [0.0]))
    assert far.n_lines == 0
    assert far.to_shapely().tolist() == []


def test_identical_baselines_have_nothing_between_them() -> None:
    square = Baseline.from_geometry(shapely.box(0, 0, 1, 1))
    with pytest.raises(BaselineError, match="in common"):
        equidistance(square, square)


def neighbours() -> tuple[Baseline, Baseline]:
    """Two territories that share a land boundary of 300 km."""
    west = Baseline.from_geometry(shapely.Polygon([(0, 0), (5, 0), (5, 3), (0, 3.5)]))
    east = Baseline.from_geometry(shapely.Polygon([(5, 0), (10, 0), (10, 2.5), (5, 3)]))
    return west, east


def test_between_neighbours_the_line_begins_at_the_end_of_their_land_boundary() -> None:
    line = equidistance(*neighbours())
    assert line.n_lines == 2, "one to the north, one to the south, none over land"
    for number in range(2):
        ends = line.starts[number], line.starts[number + 1] - 1
        (coastal,) = [v for v in ends if line.kind[v] == KINDS.index(VertexKind.COAST)]
        nearest = min(
            GEOD.inv(line.lon[coastal], line.lat[coastal], 5.0, lat)[2] for lat in (0.0, 3.0)
        )
        assert nearest < 10


def test_lines_alone_are_those_of_the_partition_but_end_inland() -> None:
    west, east = neighbours()
    both = Baseline.merge([west.with_key(0), east.with_key(1)])
    inland, how = 15e3, {"breadth": 24 * M, "tolerance": 20.0}
    whole, lines = partition(both, **how).lines, lines_of(both, **how, inland=inland)
    land = shapely.union_all(both.land)

    for one, other in ((whole, lines), (lines, whole)):
        seaward = ~shapely.contains_xy(land, one.lon, one.lat)
        points = shapely.points(one.lon[seaward], one.lat[seaward])
        # Twice the tolerance.
        assert shapely.distance(points, shapely.union_all(other.to_shapely())).max() < 4e-4
    deep = [
        law_distance(both, some.lon, some.lat)[shapely.contains_xy(land, some.lon, some.lat)]
        for some in (whole, lines)
    ]
    assert deep[0].max() > 40e3
    assert 0 < deep[1].max() < inland + 2 * 5e3 < 40e3


@pytest.mark.parametrize("inland", [0.0, -1.0, np.nan])
def test_a_distance_inland_of_nothing_is_refused(inland) -> None:
    with pytest.raises(OptionError, match="inland"):
        lines_of(neighbours()[0], inland=inland)


def test_the_mesh_gets_no_finer_than_the_tolerance_can_show() -> None:
    sites = Sites(five_territories(), BREADTH)
    fine, coarse = (build_mesh(sites, 5e3, tolerance=metres) for metres in (0.0, 10.0))
    # Two triangles of a bisected half square are shorter by a root of two, and then by half.
    assert fine.longest.min() < 5.0 < 40.0 / 4 < coarse.longest.min()


@pytest.fixture(scope="module")
def divided() -> tuple[Baseline, Partition]:
    """Five territories across ±180° and the sea divided among them."""
    baseline = five_territories()
    return baseline, partition(baseline)


def law_distances(baseline: Baseline, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Distances to each territory in turn, then the breadth for the high seas."""
    rows = [law_distance(of_key(baseline, key), lon, lat) for key in baseline.keys]
    return np.array([*rows, np.full(len(lon), BREADTH)])


def test_every_vertex_is_equally_far_from_both_sides_and_from_nothing_less(divided) -> None:
    baseline, parts = divided
    lines = parts.lines
    some = np.random.default_rng(6).permutation(len(lines.lon))[:1000]
    far = law_distances(baseline, lines.lon[some], lines.lat[some])
    row = {key: number for number, key in enumerate([*baseline.keys.tolist(), HIGH_SEAS])}
    line = lines.line_of_vertex()[some]
    left = np.array([row[key] for key in lines.left[line].tolist()])
    right = np.array([row[key] for key in lines.right[line].tolist()])
    at = np.arange(len(some))
    assert np.abs(far[left, at] - far[right, at]).max() < HUNDREDTH_MM
    assert (far[left, at] - far.min(axis=0)).max() < HUNDREDTH_MM


def test_tripoints_are_equally_far_from_three(divided) -> None:
    baseline, parts = divided
    lines = parts.lines
    junction = is_kind(lines, VertexKind.JUNCTION)
    places = np.unique(np.column_stack([lines.lon, lines.lat])[junction], axis=0)
    far = np.sort(law_distances(baseline, *places.T), axis=0)
    assert (far[2] - far[0]).max() < HUNDREDTH_MM
    assert (far[2] < BREADTH - 1).sum() >= 2, "some where three territories meet"
    assert len(places) * 3 == junction.sum(), "three lines end in each"


def test_zones_share_their_boundaries_exactly(divided) -> None:
    baseline, parts = divided
    zones = parts.to_shapely()
    together = shapely.union_all(zones)
    assert sum(zone.area for zone in zones) == pytest.approx(together.area, rel=1e-12)
    rings = parts.rings
    starts = rings.edge_starts()
    on_cut = np.abs(rings.lon[starts]) + np.abs(rings.lon[starts + 1]) == 360
    starts = starts[~on_cut]
    pairs = np.sort(np.column_stack([parts.vertex[starts], parts.vertex[starts + 1]]), axis=1)
    _, count = np.unique(pairs, axis=0, return_counts=True)
    assert count.max() == 2
    whole = outer_limit(baseline, BREADTH).to_shapely()
    assert shapely.symmetric_difference(together, whole).area < 1e-4 * whole.area


def test_every_position_lies_in_the_zone_of_the_nearest_coast(divided) -> None:
    baseline, parts = divided
    lon, lat = positions_about(parts.lines, 1500, seed=15)
    far = law_distances(baseline, lon, lat)
    nearest = far.argmin(axis=0)
    zones = parts.to_shapely()
    found = np.full(len(lon), len(zones))
    times = np.zeros(len(lon), dtype=int)
    for number, zone in enumerate(zones):
        shapely.prepare(zone)
        inside = shapely.contains_xy(zone, lon, lat)
        found[inside] = number
        times += inside
    assert times.max() == 1
    wrong = found != nearest
    first, second = np.sort(far, axis=0)[:2]
    # Within the tolerance of a line either side may be given.
    assert (second - first)[wrong].max(initial=0.0) <= 2.0
    assert len(np.unique(nearest)) == 6


def test_a_territory_squeezed_between_two_others_keeps_its_narrow_zone() -> None:
    lon = np.array([0.0, 0.02, 0.04])
    parts = partition(Baseline.from_points(lon, np.zeros(3), key=[0, 1, 2]), 24 * M)
    assert all(
        zone.contains(shapely.Point(x, 0)) for x, zone in zip(lon, parts.to_shapely(), strict=True)
    )


@pytest.mark.parametrize("lat", [-40.0, 0.0, 10.0, 85.0])
@pytest.mark.parametrize("nmi", [100, 200])
def test_a_boundary_may_run_along_180(lat, nmi) -> None:
    def zones(middle: float) -> list[shapely.Geometry]:
        west, east = (
            shapely.box(lon, lat, lon + 1, lat + 1)
            for lon in ((middle - 3 + 180) % 360 - 180, (middle + 2 + 180) % 360 - 180)
        )
        return partition(Baseline.from_geometry([west, east], key=[0, 1]), nmi * M).to_shapely()

    for there, here, turn in zip(zones(180.0), zones(0.0), (180.0, -180.0), strict=True):
        assert there.is_valid
        moved = shapely.affinity.translate(here, turn)
        assert shapely.symmetric_difference(there, moved).area < 1e-5 * here.area


def test_a_line_along_180_is_drawn_in_one_piece_with_one_on_either_side() -> None:
    mirrored = [Baseline.from_geometry(shapely.box(x, 10, x + 1, 11)) for x in (177, -178)]
    (line,) = equidistance(*mirrored).to_shapely()
    assert len(line.geoms) == 1
    assert set(shapely.get_coordinates(line)[:, 0]) == {180.0}
    # With an islet beside one end the line leaves the meridian, to the west.
    islet = Baseline.from_geometry(shapely.Point(-179.5, 14))
    (line,) = equidistance(mirrored[0], Baseline.merge([mirrored[1], islet])).to_shapely()
    along, beside = sorted(line.geoms, key=lambda piece: piece.bounds[3])
    assert set(shapely.get_coordinates(along)[:, 0]) == {180.0}
    assert 177 < beside.bounds[0] < beside.bounds[2] == 180.0


def test_one_territory_alone_has_its_outer_limit() -> None:
    baseline = across_180()
    alone = partition(baseline, 24 * M).to_shapely()[0]
    assert alone.equals(outer_limit(baseline, 24 * M).to_shapely())


def test_a_rock_takes_part_in_the_division_at_12_m_and_not_in_that_at_200() -> None:
    mainland = Baseline.from_points([0.0], [40.0], key=1)
    rock = Baseline.from_points([1.0], [40.0], key=2, max_breadth=12 * M)
    both = Baseline.merge([mainland, rock])
    wide = partition(both, tolerance=50.0)
    assert wide.keys.tolist() == [1]
    (zone,) = wide.to_shapely()
    assert zone.equals(outer_limit(mainland, BREADTH, tolerance=50.0).to_shapely())
    narrow = partition(both, 12 * M, tolerance=50.0)
    assert narrow.keys.tolist() == [1, 2]
    belt = narrow.to_shapely()[1]
    assert zone.contains(belt)
    assert belt.contains(shapely.Point(1.2, 40.0))
