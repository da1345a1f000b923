"""Validity by short ways: the same as GEOS in full, whatever the rings do."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from eezkit.sources.files import validity


@pytest.fixture(autouse=True)
def _short_ways_always(monkeypatch):
    monkeypatch.setattr(validity, "_MANY_RINGS", 1)


def box(x, y, size, *holes):
    """Give a square with square holes (x, y, size)."""
    return shapely.Polygon(
        shapely.box(x, y, x + size, y + size).exterior.coords,
        [shapely.box(a, b, a + c, b + c).exterior.coords for a, b, c in holes],
    )


CASES = {
    "a square": (box(0, 0, 9), True),
    "two holes apart": (box(0, 0, 9, (1, 1, 2), (5, 5, 2)), True),
    "holes that touch in a point": (box(0, 0, 9, (1, 1, 2), (3, 3, 2)), True),
    "holes that share an edge": (box(0, 0, 9, (1, 1, 2), (3, 1, 2)), False),
    "a hole in a hole": (box(0, 0, 9, (1, 1, 6), (2, 2, 1)), False),
    "a hole outside": (box(0, 0, 9, (20, 1, 2)), False),
    "a hole across the shell": (box(0, 0, 9, (8, 1, 3)), False),
    "a hole that touches the shell": (box(0, 0, 9, (0, 1, 2)), False),
    "a bow tie": (shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]), False),
    "a shell of one point": (shapely.Polygon([(1, 1)] * 4), False),
    "a spike": (shapely.Polygon([(0, 0), (4, 0), (4, 4), (4, 9), (4, 4), (0, 4)]), False),
    "repeated vertices": (shapely.Polygon([(0, 0), (4, 0), (4, 0), (4, 4), (0, 4)]), True),
    "parts apart": (shapely.MultiPolygon([box(0, 0, 2), box(5, 5, 2)]), True),
    "parts that touch": (shapely.MultiPolygon([box(0, 0, 2), box(2, 2, 2)]), True),
    "a part in a part": (shapely.MultiPolygon([box(0, 0, 9), box(2, 2, 2)]), False),
    "a part in a hole": (shapely.MultiPolygon([box(0, 0, 9, (1, 1, 6)), box(2, 2, 2)]), True),
    "a part round a part": (shapely.MultiPolygon([box(2, 2, 2), box(0, 0, 9)]), False),
    "nothing": (shapely.MultiPolygon(), True),
}


@pytest.mark.parametrize("name", CASES)
def test_says_what_geos_says_in_full(name):
    geometry, expected = CASES[name]
    assert shapely.is_valid(geometry) == expected
    assert validity.is_valid(np.array([geometry, box(50, 50, 1)])).tolist() == [expected, True]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(0, 9)] * 2, st.integers(1, 6)), max_size=5),
    st.lists(st.tuples(*[st.integers(0, 15)] * 2, st.integers(1, 12)), min_size=1, max_size=3),
)
def test_squares_with_square_holes_anywhere_are_judged_as_by_geos(holes, shells):
    (first, *rest) = shells
    parts = [box(*first, *holes), *(box(*shell) for shell in rest)]
    geometry = np.array([shapely.MultiPolygon(parts)])
    assert validity.is_valid(geometry).tolist() == shapely.is_valid(geometry).tolist()


def test_geos_is_spared_the_holes_that_lie_apart(monkeypatch):
    zone = box(0, 0, 99, *((x, y, 1) for x in range(1, 90, 3) for y in range(1, 90, 3)))
    whole, asked = shapely.is_valid, []
    monkeypatch.setattr(shapely, "is_valid", lambda geometry: asked.append(geometry) or whole(zone))
    assert validity.is_valid(np.array([zone])).all()
    assert [shapely.get_num_coordinates(geometry) for geometry in asked if np.size(geometry)] == [5]
