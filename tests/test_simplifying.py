"""Simplified zones: still joined, nothing lost, no line farther off than was asked."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from eezkit import geodesy
from eezkit.errors import OptionError
from eezkit.tables.simplifying import simplify_coverage
from layers import square

SLACK = 1e-3  # metres, beyond the tolerance: rounding


def mosaic(seed: int, wiggle: float) -> np.ndarray:
    """Nine cells of a grid with wiggling borders, and small islands cut out near these."""
    rng = np.random.default_rng(seed)

    def border(start: tuple[float, float], end: tuple[float, float]) -> shapely.LineString:
        way = np.linspace(start, end, 60)
        along = [0.1, 1.0] if start[1] == end[1] else [1.0, 0.1]
        way[1:-1] += rng.uniform(-wiggle, wiggle, (58, 2)) * along
        return shapely.LineString(way)

    lines = [border((x, y), (x + 1, y)) for x in range(3) for y in range(4)]
    lines += [border((x, y), (x, y + 1)) for x in range(4) for y in range(3)]
    cells = shapely.get_parts(shapely.polygonize(lines))
    cells = [cell for cell in cells if cell.is_valid]
    for x, y in rng.uniform(0.1, 2.9, (40, 2)):
        island = shapely.Point(x, y).buffer(rng.uniform(0.001, 0.03), quad_segs=6)
        cells = [
            shapely.Polygon(cell.exterior, [*cell.interiors, island.exterior])
            if cell.contains(island)
            and all(not shapely.Polygon(h).intersects(island) for h in cell.interiors)
            else cell
            for cell in cells
        ]
    return np.array(cells, dtype=object)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.001, 0.03), st.sampled_from([200.0, 1000.0, 8000.0]))
def test_neighbours_stay_joined_and_nothing_is_lost(
    seed: int, wiggle: float, tolerance: float
) -> None:
    cells = mosaic(seed, wiggle)
    simple = simplify_coverage(cells, tolerance)
    assert shapely.is_valid(simple).all()
    assert shapely.coverage_is_valid(simple)
    for before, after in zip(cells, simple, strict=True):
        assert len(after.geoms) == 1
        assert len(after.geoms[0].interiors) == len(before.interiors)
        assert set(shapely.get_coordinates(after).ravel()) <= set(
            shapely.get_coordinates(before).ravel()
        )


def test_no_vertex_left_out_is_farther_from_the_new_line_than_asked() -> None:
    x = np.linspace(10.0, 12.0, 400)
    coast = np.column_stack([x, 60.0 + 0.02 * np.sin(40 * x) + 0.003 * np.cos(900 * x)])
    shape = shapely.Polygon([*coast.tolist(), (12.0, 61.0), (10.0, 61.0)])
    (simple,) = simplify_coverage(np.array([shape]), 500.0)
    kept = shapely.get_coordinates(simple)
    assert 10 < len(kept) < 200
    # Beside the new line, on the ellipsoid: the nearest of many points along it.
    along = shapely.get_coordinates(shapely.segmentize(simple, 1e-5))
    far = [
        np.min(geodesy.distance(lon, lat, near[:, 0], near[:, 1]))
        for lon, lat in coast
        for near in [along[np.abs(along[:, 0] - lon) < 0.02]]
    ]
    assert 200.0 < max(far) <= 500.0 + SLACK


def test_an_island_behind_a_shortened_line_stays_on_its_side() -> None:
    bay = [(0, 0), (0.4, 0), (0.5, 0.004), (0.6, 0), (1, 0), (1, 1), (0, 1)]
    island = square(0.499, 0.0005, 0.501, 0.002)
    below = shapely.Polygon([(0, 0), (0, -1), (1, -1), (1, 0), (0.6, 0), (0.5, 0.004), (0.4, 0)])
    sea = shapely.Polygon(below.exterior, [island.exterior])
    simple = simplify_coverage(np.array([shapely.Polygon(bay), sea]), 600.0)
    assert shapely.is_valid(simple).all()
    assert shapely.coverage_is_valid(simple)
    assert simple[1].covers(shapely.Point(0.5, 0.003))


def test_cuts_along_180_keep_their_ends() -> None:
    y = np.linspace(0, 1, 50)
    east = shapely.Polygon(
        [*np.column_stack([179 + 0.001 * np.sin(50 * y), y]), (180, 1), (180, 0.5), (180, 0)]
    )
    (simple,) = simplify_coverage(np.array([east]), 1000.0)
    assert {(180.0, 1.0), (180.0, 0.5), (180.0, 0.0)} <= set(
        map(tuple, shapely.get_coordinates(simple).tolist())
    )


@pytest.mark.parametrize("tolerance", [0.0, -1.0, np.nan, np.inf])
def test_a_tolerance_is_a_positive_length(tolerance: float) -> None:
    with pytest.raises(OptionError, match="positive"):
        simplify_coverage(np.array([square(0, 0, 1, 1)]), tolerance)
