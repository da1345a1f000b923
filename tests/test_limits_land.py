"""Land with a coast that is no part of the baseline: zones close all the same."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from eezkit.errors import BaselineError
from eezkit.limits import Baseline, Lines, lines_of, outer_limit, partition
from eezkit.limits.assemble import polygons
from eezkit.limits.land import with_land_in_reach
from eezkit.units import M
from law_cases import is_within, law_distance, positions_about

TOLERANCE = 50.0


def coast(*bounds: float) -> shapely.Polygon:
    return shapely.segmentize(shapely.box(*bounds), 0.1)


def archipelago_before_a_mainland() -> Baseline:
    islands = Baseline.from_points([8.0, 7.6], [3.0, 2.7])
    return replace(islands, land=np.array([coast(8.1, 2, 12, 4)], dtype=object))


def continent_with_an_unclaimed_sector() -> Baseline:
    """Twelve degrees by seven, its west entitled to 12 M only."""
    land = Baseline.from_geometry(coast(0, -73, 12, -66))
    return replace(land, max_breadth=np.where(land.lon1 + land.lon2 < 8.0, 12 * M, np.inf))


def neighbours() -> Baseline:
    """Two territories that share a land boundary of 300 km."""
    west = shapely.Polygon([(0, 0), (5, 0), (5, 3), (0, 3.5)])
    east = shapely.Polygon([(5, 0), (10, 0), (10, 2.5), (5, 3)])
    return Baseline.from_geometry([west, east], key=[3, 7])


PARTLY = [
    *((archipelago_before_a_mainland, breadth) for breadth in (12 * M, 24 * M, 200 * M)),
    *((continent_with_an_unclaimed_sector, breadth) for breadth in (24 * M, 200 * M)),
]


@pytest.mark.parametrize(("make", "breadth"), PARTLY)
def test_the_breadth_bounds_a_zone_also_on_land_that_has_another_coast(make, breadth) -> None:
    baseline = make()
    limit = outer_limit(baseline, breadth, tolerance=TOLERANCE)
    zone = limit.to_shapely()
    assert zone.is_valid
    lon, lat = positions_about(limit.lines, 600, seed=4)
    entitled = baseline.entitled(breadth)
    wrong = shapely.contains_xy(zone, lon, lat) != is_within(entitled, breadth, lon, lat)
    off = np.abs(law_distance(entitled, lon[wrong], lat[wrong]) - breadth)
    assert (off <= TOLERANCE).all()
    assert partition(baseline, breadth, tolerance=TOLERANCE).to_shapely()[0].equals(zone)


def test_a_limit_never_runs_over_land_whose_coast_is_all_entitled() -> None:
    (polygon,) = outer_limit(continent_with_an_unclaimed_sector(), 12 * M).to_shapely().geoms
    assert not polygon.interiors


def test_deep_inland_neighbours_are_divided_as_far_as_the_breadth_reaches() -> None:
    baseline = neighbours()
    for breadth in (12 * M, 200 * M):
        west, east = partition(baseline, breadth, tolerance=TOLERANCE).to_shapely()
        lon, lat = np.array([0.1, 2.5, 4.9, 5.1, 9.9]), np.array([1.5, 1.5, 0.05, 0.05, 1.5])
        inside = [shapely.contains_xy(zone, lon, lat).tolist() for zone in (west, east)]
        reaches = breadth == 200 * M
        assert inside[0] == [True, reaches, True, False, False]
        assert inside[1] == [False, False, False, True, True]
        assert shapely.intersection(west, east).area < 1e-9


def test_land_is_kept_whose_coast_is_in_reach_and_one_territorys() -> None:
    islet, far = coast(20, 0, 20.05, 0.05), coast(30, 0, 31, 1)
    baseline = Baseline.from_geometry([coast(0, 0, 6, 6), islet], key=[3, 7])
    baseline = replace(baseline, land=np.append(baseline.land, far))
    assert with_land_in_reach(baseline, 12 * M).land.tolist() == baseline.land[:2].tolist()


def test_one_land_in_several_polygons_is_kept_or_left_out_as_one() -> None:
    west, middle, east = coast(0, 0, 6, 6), coast(6, 0, 12, 6), coast(12, 0, 18, 6)
    one = Baseline.from_geometry([west, middle, east])
    assert len(with_land_in_reach(one, 12 * M).land) == 3
    without = Baseline.from_geometry([west, middle]).entitled(12 * M)
    without = replace(without, land=one.land)
    assert len(with_land_in_reach(without, 12 * M).land) == 0
    twice = replace(one, land=np.append(one.land, [west, shapely.reverse(east)]))
    assert len(with_land_in_reach(twice, 12 * M).land) == 5


def test_land_cut_at_180_is_one() -> None:
    halves = [coast(174, 60, 180, 66), coast(-180, 60, -174, 66)]
    baseline = Baseline.from_geometry(halves)
    assert len(with_land_in_reach(baseline, 12 * M).land) == 2
    western = baseline._take(baseline.lon1 < 0)
    assert len(with_land_in_reach(western, 12 * M).land) == 0


def test_a_zone_that_cannot_be_closed_says_where_and_what_to_do() -> None:
    lines: Lines = lines_of(neighbours(), 24 * M, tolerance=TOLERANCE, inland=10e3)
    with pytest.raises(BaselineError, match=r"territory 3 cannot be closed.* lon=5\.0.*lines_of"):
        polygons(lines, [3, 7])
