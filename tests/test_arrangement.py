"""Every edge once, with the zones on either side."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from eezkit.edges.arrangement import Arrangement, arrange
from eezkit.geometry import Rings
from eezkit.lookup import CellIndex
from layers import ISLAND, square


def arranged(*geometries: shapely.Geometry, **options: float) -> Arrangement:
    rings = Rings.from_shapely(list(geometries))
    return arrange(rings, CellIndex.build(rings), **options)


def sides(found: Arrangement) -> set[tuple[tuple[int, ...], tuple[int, ...]]]:
    pairs = zip(found.left.tolist(), found.right.tolist(), strict=True)
    return {(found.sets[a], found.sets[b]) for a, b in pairs}


def length_between(found: Arrangement, a: tuple[int, ...], b: tuple[int, ...]) -> float:
    """Degrees of edge that have these sets on their sides, whichever way they run."""
    total = 0.0
    for i, pair in enumerate(zip(found.left.tolist(), found.right.tolist(), strict=True)):
        if {found.sets[pair[0]], found.sets[pair[1]]} == {a, b}:
            total += np.hypot(found.lon2[i] - found.lon1[i], found.lat2[i] - found.lat1[i])
    return total


def test_a_shared_edge_appears_once_with_a_zone_on_either_side() -> None:
    found = arranged(square(0, 0, 10, 10), square(10, 0, 20, 10))
    assert len(found.lon1) == 7
    assert length_between(found, (0,), (1,)) == 10
    assert length_between(found, (0,), ()) == 30


def test_a_hole_has_its_zone_outside() -> None:
    found = arranged(square(0, -5, 10, 5, ISLAND))
    assert length_between(found, (0,), ()) == pytest.approx(40 + 0.8)


@pytest.mark.parametrize("turn", [1, -1])
def test_the_turning_sense_of_rings_does_not_matter(turn: int) -> None:
    zone = square(0, 0, 10, 10)
    ring = shapely.Polygon(list(zone.exterior.coords)[::turn])
    found = arranged(ring, square(10, 0, 20, 10))
    inside = shapely.Polygon(zone)
    for i in range(len(found.lon1)):
        east, north = found.lon2[i] - found.lon1[i], found.lat2[i] - found.lat1[i]
        x, y = (found.lon1[i] + found.lon2[i]) / 2, (found.lat1[i] + found.lat2[i]) / 2
        left = shapely.Point(x - 0.01 * north, y + 0.01 * east)
        assert inside.contains(left) == (0 in found.sets[found.left[i]])


def test_a_cut_at_180_disappears_also_where_its_halves_differ() -> None:
    east = shapely.Polygon([(175, 0), (180, 0), (180, 4), (180, 10), (175, 10)])
    west = shapely.Polygon([(-180, 0), (-175, 0), (-175, 10), (-180, 10), (-180, 7)])
    found = arranged(shapely.MultiPolygon([east, west]))
    on_seam = (np.abs(found.lon1) == 180) & (np.abs(found.lon2) == 180)
    assert not on_seam.any()


def test_a_boundary_along_180_stays() -> None:
    found = arranged(square(175, 0, 180, 10), square(-180, 0, -175, 10))
    assert length_between(found, (0,), (1,)) == 10


def test_rings_that_run_past_180_meet_those_cut_there() -> None:
    found = arranged(square(175, 0, 185, 10), square(-175, 0, -170, 10))
    assert length_between(found, (0,), (1,)) == 10


def test_overlapping_zones_are_cut_where_they_cross() -> None:
    found = arranged(square(0, 0, 10, 10), square(5, 5, 15, 15))
    assert length_between(found, (0,), (0, 1)) == pytest.approx(10)
    assert length_between(found, (1,), (0, 1)) == pytest.approx(10)
    assert length_between(found, (0,), ()) == pytest.approx(30)


def test_a_zone_within_another_has_it_on_both_sides() -> None:
    found = arranged(square(0, 0, 10, 10), square(4, 4, 6, 6))
    assert length_between(found, (0,), (0, 1)) == pytest.approx(8)


def test_a_narrow_gap_counts_as_shared_and_a_wide_one_does_not() -> None:
    gap = 10 / 111_195
    zones = square(0, -5, 10, 5), square(10 + gap, -5, 20, 5)
    assert length_between(arranged(*zones, shared_within=25.0), (0,), (1,)) == pytest.approx(20)
    assert length_between(arranged(*zones, shared_within=5.0), (0,), (1,)) == 0


def test_ends_at_the_pole_leave_no_edge_along_it() -> None:
    cap = shapely.Polygon([(-180, -90), (180, -90), (180, -60), (0, -62), (-180, -60)])
    found = arranged(cap)
    assert len(found.lon1) == 2
    assert found.lat1.min() > -63


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 12)] * 4), min_size=1, max_size=5))
def test_the_sides_are_what_lookup_says_beside_each_edge(corners: list[tuple[int, ...]]) -> None:
    boxes = [square(a, b, a + 1 + c, b + 1 + d) for a, b, c, d in corners]
    found = arranged(*boxes, shared_within=0.0)
    index = CellIndex.build(Rings.from_shapely(boxes))
    for i in range(len(found.lon1)):
        east, north = found.lon2[i] - found.lon1[i], found.lat2[i] - found.lat1[i]
        size = np.hypot(east, north)
        x, y = (found.lon1[i] + found.lon2[i]) / 2, (found.lat1[i] + found.lat2[i]) / 2
        step_x, step_y = -1e-3 * north / size, 1e-3 * east / size
        left = index.zones(index.locate_one(x + step_x, y + step_y))
        right = index.zones(index.locate_one(x - step_x, y - step_y))
        assert set(found.sets[found.left[i]]) == set(left)
        assert set(found.sets[found.right[i]]) == set(right)
