"""Where, and for whom, a dataset is complete."""

import math

import numpy as np
import pytest

from eezkit.coverage import Coverage
from eezkit.errors import CoordinateError, OptionError
from eezkit.geodesy import direct, distance

ISLAND = (153.980556, 24.286667)
ALL = [
    Coverage.world(),
    Coverage.zones_only(),
    Coverage.zones_only().and_for(["JPN", "BEL"]),
    Coverage.disc(*ISLAND, 644_496.0),
    Coverage.within([(-10, 40, 20, 70), (170, -20, -170, 10)]),
    Coverage.within([(-10, 40, 20, 70)]).and_for(["NLD"]),
]


def test_the_world_is_all_positions_and_nothing_else() -> None:
    lon = [0.0, 180.0, -180.0, 360.0, math.nan, 0.0]
    lat = [0.0, 90.0, -90.0, 5.0, 0.0, 91.0]
    assert Coverage.world().covers(lon, lat).tolist() == [True] * 4 + [False] * 2


def test_zones_alone_cover_nothing_beyond_them() -> None:
    assert not Coverage.zones_only().covers([0.0, 10.0], [0.0, 10.0]).any()


def test_a_disc_is_round_on_the_ellipsoid() -> None:
    disc = Coverage.disc(*ISLAND, 644_496.0)
    for azimuth in range(0, 360, 30):
        assert disc.covers(*direct(*ISLAND, azimuth, 644_495.0)[:2])
        assert not disc.covers(*direct(*ISLAND, azimuth, 644_497.0)[:2])


@pytest.mark.parametrize("radius", [0.0, 1e3, 644_496.0, 5e6, 1.9e7, 2.1e7])
@pytest.mark.parametrize("centre", [ISLAND, (0.0, 0.0), (10.0, 89.5), (-180.0, -45.0)])
def test_a_disc_is_what_the_geodesic_says(centre: tuple[float, float], radius: float) -> None:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(-180, 360, 2000), rng.uniform(-90, 90, 2000)
    rim = direct(*centre, rng.uniform(0, 360, 500), radius * rng.uniform(0.98, 1.02, 500))
    lon, lat = np.append(lon, rim[0]), np.append(lat, rim[1])
    within = distance(*centre, lon, lat) <= radius
    np.testing.assert_array_equal(Coverage.disc(*centre, radius).covers(lon, lat), within)


def test_a_disc_reaches_across_the_date_line_and_the_pole() -> None:
    assert Coverage.disc(179.9, 0.0, 50_000).covers([-179.9, 180.1], 0.0).all()
    assert Coverage.disc(0.0, 89.9, 50_000).covers(180.0, 89.9)


def test_boxes_hold_their_edges_and_cross_the_date_line() -> None:
    boxes = Coverage.within([(-10, 40, 20, 70), (170, -20, -170, 10)])
    lon = [-10, 20, 350, 20.1, 180, -180, 170, 190, -169.9, 0]
    lat = [40, 70, 50, 50, 0, 0, 10, -20, 0, 0]
    assert boxes.covers(lon, lat).tolist() == [
        *(True, True, True, False),
        *(True, True, True, True, False, False),
    ]


def test_the_shape_of_the_question_is_the_shape_of_the_answer() -> None:
    disc = Coverage.disc(*ISLAND, 1000.0)
    assert disc.covers(*ISLAND).shape == ()
    assert disc.covers(np.full((2, 3), 154.0), 24.0).shape == (2, 3)
    assert disc.covers([], []).shape == (0,)


@pytest.mark.parametrize("coverage", ALL, ids=lambda c: c.describe())
def test_coverage_comes_back_from_json(coverage: Coverage) -> None:
    assert Coverage.from_json(coverage.to_json()) == coverage


def test_coverage_is_stored_as_the_embedded_dataset_stores_it() -> None:
    assert ALL[3].to_json() == {
        "type": "disc",
        "lon": 153.980556,
        "lat": 24.286667,
        "radius_m": 644496.0,
    }
    assert ALL[2].to_json() == {"type": "zones", "complete_for": ["BEL", "JPN"]}


def test_coverage_is_described_in_a_line() -> None:
    assert [coverage.describe() for coverage in ALL] == [
        "complete everywhere",
        "complete within its zones only",
        "complete within its zones only, and for BEL, JPN everywhere",
        "complete within 644.496 km of 24.2867 153.981",
        "complete within the box (lon lat) -10 40 to 20 70; 170 -20 to -170 10",
        "complete within the box (lon lat) -10 40 to 20 70, and for NLD everywhere",
    ]


def test_sovereigns_add_up() -> None:
    coverage = Coverage.zones_only().and_for(["JPN"]).and_for(["BEL"])
    assert coverage.complete_for == {"BEL", "JPN"}


@pytest.mark.parametrize("radius", [-1.0, math.nan, math.inf])
def test_a_radius_is_a_length(radius: float) -> None:
    with pytest.raises(OptionError, match="accepted are lengths"):
        Coverage.disc(0, 0, radius)


def test_what_is_off_the_globe_is_refused() -> None:
    with pytest.raises(CoordinateError):
        Coverage.disc(0, 91, 1)
    with pytest.raises(CoordinateError):
        Coverage.within([(0, 0, 1, 91)])


def test_a_box_upside_down_is_refused() -> None:
    with pytest.raises(OptionError, match="west, south, east, north"):
        Coverage.within([(0, 10, 1, 5)])


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(OptionError, match="known are 'world'"):
        Coverage.from_json({"type": "county"})


@pytest.mark.parametrize(
    "coverage",
    [
        Coverage.disc(170.0, 60.0, 2_000_000.0),
        Coverage.within([[170, 50, -170, 70]]),
        Coverage.within([[-100, -90, 100, -60]]),
        Coverage.within([[-180, 0, 180, 80]]),
    ],
)
def test_nothing_uncovered_lies_within_the_depth(coverage: Coverage) -> None:
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(-180, 180, 400), rng.uniform(-89, 89, 400)
    depth = coverage.depth(lon, lat)
    covered = coverage.covers(lon, lat)
    assert (depth[~covered] == 0.0).all()
    assert (depth[covered] > 0.0).all()
    away = rng.uniform(0, 360, (400, 60))
    x, y, _ = direct(lon[:, None], lat[:, None], away, np.minimum(depth, 9e6)[:, None] * 0.999999)
    assert coverage.covers(x, y)[covered].all()


def test_the_world_has_no_rim() -> None:
    assert Coverage.world().depth(0.0, 90.0) == np.inf
    assert Coverage.world().depth(np.nan, 0.0) == 0.0
