"""Equidistance lines and partitions: as near to one as to the other, by pyproj alone."""

import numpy as np
import pytest
import shapely
from pyproj import Geod

from eezkit.errors import BaselineError
from eezkit.limits import (
    Baseline,
    VertexKind,
    equidistance,
)
from eezkit.units import M
from law_cases import HUNDREDTH_MM, along_edges, law_distance

GEOD = Geod(ellps="WGS84")
BREADTH = 200 * M
KINDS = list(VertexKind)


def coast(lon: float, lat: float, seed: int, n: int = 12) -> Baseline:
    """A rugged island some 60 km across."""
    rng = np.random.default_rng(seed)
    turn = np.sort(rng.uniform(0, 360, n))
    x, y, _ = GEOD.fwd(np.full(n, lon), np.full(n, lat), -turn, rng.uniform(10e3, 40e3, n))
    return Baseline.from_geometry(shapely.Polygon(np.column_stack([x, y])))


def is_kind(lines, kind: VertexKind) -> np.ndarray:
    return lines.kind == KINDS.index(kind)


PAIRS = {
    "at 60° N": (coast(0.0, 60.0, 1), coast(5.0, 61.0, 2)),
    "across ±180°": (coast(178.0, -17.0, 3), coast(-178.5, -16.0, 4)),
    "a coast and a rock": (coast(30.0, 5.0, 5), Baseline.from_points([33.0], [4.0])),
}


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
