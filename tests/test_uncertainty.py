"""How uncertain a position is, and whether it matters."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eezkit.errors import CoordinateError, OptionError
from eezkit.geodesy import direct, distance
from eezkit.uncertainty import Circle, Polygon, Sector, Uncertainty, decide

ISLAND = (153.980556, 24.286667)
NOMINAL = (155.017583, 23.325487)
SITE = Uncertainty.sector(*ISLAND, 140e3, 160e3, 112.5, 157.5)
BOX = Uncertainty.polygon([153.5, 154.116667, 154.116667, 153.5], [21.8, 21.8, 22.25, 22.25])
MILLIMETRE = 1e-3  # metres: geodesics are good to nanometres, positions in degrees to 1e-9 m


def inside_disc(lon, lat, radius):
    """The margin of a zone that is a disc: exact, hence 1-Lipschitz."""
    return lambda x, y: radius - distance(lon, lat, x, y)


def scattered(shape, n=4000, seed=20260201):
    """Positions of the shape's surroundings, and whether the shape holds them."""
    ring_lon, ring_lat = shape.outline(*NOMINAL)
    rng = np.random.default_rng(seed)
    lon = rng.uniform(ring_lon.min() - 0.1, ring_lon.max() + 0.1, n)
    lat = rng.uniform(ring_lat.min() - 0.1, ring_lat.max() + 0.1, n)
    return lon, lat, shape.contains(*NOMINAL, lon, lat)


def test_the_circle_that_covers_the_site_of_2026_is_within_70_km() -> None:
    corners = distance(*NOMINAL, *direct(*ISLAND, [112.5, 157.5], 160e3)[:2])
    assert SITE.reach(*NOMINAL) == pytest.approx(float(corners.max()), abs=MILLIMETRE)
    assert 61e3 < SITE.reach(*NOMINAL) < 70e3


def test_a_circle_reaches_its_radius_and_no_farther() -> None:
    circle = Uncertainty.circle(70_000)
    assert circle.reach(*NOMINAL) == 70_000.0
    lon, lat = circle.outline(*NOMINAL)
    np.testing.assert_allclose(distance(*NOMINAL, lon, lat), 70_000.0, atol=MILLIMETRE)


@pytest.mark.parametrize("shape", [Uncertainty.circle(70_000), SITE, BOX])
def test_an_outline_is_closed_and_no_step_of_it_longer_than_asked(shape: Uncertainty) -> None:
    lon, lat = shape.outline(*NOMINAL, max_length=5_000)
    assert (lon[0], lat[0]) == (lon[-1], lat[-1])
    assert distance(lon[:-1], lat[:-1], lon[1:], lat[1:]).max() <= 5_000 + MILLIMETRE


@pytest.mark.parametrize("shape", [Uncertainty.circle(70_000), SITE, BOX])
def test_a_shape_holds_what_its_outline_encloses(shape: Uncertainty) -> None:
    lon, lat, held = scattered(shape)
    ring = Uncertainty.polygon(*shape.outline(*NOMINAL, max_length=200))
    differ = held != ring.contains(*NOMINAL, lon, lat)
    # Chords of 200 m leave an arc of 60 km radius by less than 0.1 m.
    assert differ.mean() < 1e-3
    assert 0.1 < held.mean() < 0.9


def test_a_sector_is_bounded_by_its_distances_and_azimuths() -> None:
    for far, azimuth, held in [
        (150e3, 135, True),
        (139_999, 135, False),
        (140_001, 135, True),
        (159_999, 135, True),
        (160_001, 135, False),
        (150e3, 112.4, False),
        (150e3, 157.4, True),
        (150e3, 157.6, False),
        (150e3, 315, False),
    ]:
        lon, lat, _ = direct(*ISLAND, azimuth, far)
        assert bool(SITE.contains(*NOMINAL, lon, lat)) is held, (far, azimuth)


@pytest.mark.parametrize(("first", "last"), [(350, 10), (-10, 10), (350, 370), (-370, -350)])
def test_a_sector_may_face_north(first: float, last: float) -> None:
    sector = Uncertainty.sector(0, 0, 0, 100e3, first, last)
    assert sector.width == 20.0
    assert sector.contains(0, 0, [0.0, 0.0, 0.5], [0.5, -0.5, 0.5]).tolist() == [True, False, False]


def test_a_full_ring_has_a_hole_and_goes_all_round() -> None:
    ring = Uncertainty.sector(10, 60, 50e3, 100e3, 0, 360)
    lon, lat, _ = direct(10, 60, np.arange(0, 360, 15), 75e3)
    assert ring.contains(10, 60, lon, lat).all()
    assert not ring.contains(10, 60, 10, 60)
    assert ring.reach(10, 60) == pytest.approx(100e3, abs=MILLIMETRE)


def test_a_sector_holds_its_own_origin_where_it_begins_there() -> None:
    assert Uncertainty.sector(10, 60, 0, 100e3, 90, 180).contains(10, 60, 10, 60)


def test_a_polygon_may_cross_the_date_line() -> None:
    strip = Uncertainty.polygon([179, -179, -179, 179], [0, 0, 1, 1])
    lon = [180, -180, 179.5, -179.5, 540.5, 178.5, -178.5, 0]
    assert strip.contains(180, 0.5, lon, [0.5] * 8).tolist() == [True] * 5 + [False] * 3
    same = Uncertainty.polygon([179, 181, 181, 179], [0, 0, 1, 1])
    assert same.contains(180, 0.5, lon, [0.5] * 8).tolist() == [True] * 5 + [False] * 3


def test_a_position_that_is_none_is_in_no_polygon() -> None:
    assert not BOX.contains(*NOMINAL, math.nan, 22.0)


@pytest.mark.parametrize("shape", [Uncertainty.circle(70_000), SITE, BOX])
def test_a_shape_comes_back_from_json(shape: Uncertainty) -> None:
    assert Uncertainty.from_json(shape.to_json()) == shape
    assert isinstance(shape, Uncertainty)


def test_shapes_are_put_in_words() -> None:
    assert Uncertainty.circle(70_000).describe() == "±70 km"
    assert Uncertainty.circle(350).describe() == "±350 m"
    assert "140–160 km" in SITE.describe()
    assert "4 vertices" in BOX.describe()


@pytest.mark.parametrize("radius", [-1.0, math.nan, math.inf])
def test_a_radius_is_a_length(radius: float) -> None:
    with pytest.raises(OptionError, match="accepted are lengths from 0"):
        Uncertainty.circle(radius)


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ((0, 0, 2, 1, 0, 90), "the smaller first"),
        ((0, 0, -1, 1, 0, 90), "the smaller first"),
        ((0, 0, 0, 2e7, 0, 90), "10,000 km"),
        ((0, 0, 0, 1, 0, 400), "no more than 360"),
        ((0, 0, 0, 1, math.nan, 90), "no more than 360"),
    ],
)
def test_a_sector_that_makes_no_sense_is_refused(numbers: tuple[float, ...], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        Uncertainty.sector(*numbers)


def test_an_origin_off_the_globe_is_refused() -> None:
    with pytest.raises(CoordinateError):
        Uncertainty.sector(0, 91, 0, 1, 0, 90)


@pytest.mark.parametrize(
    ("lon", "lat", "says"),
    [
        ([], [], "three different ones"),
        ([0, 1], [0, 1], "three different ones"),
        ([0, 1, 0, 1], [0, 0, 0, 0], "three different ones"),
        ([0, 90, 180, 270], [80, 80, 80, 80], "round a pole"),
    ],
)
def test_a_ring_that_is_none_is_refused(lon: list[float], lat: list[float], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        Uncertainty.polygon(lon, lat)


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(OptionError, match="known are 'circle'"):
        Uncertainty.from_json({"type": "ellipse"})


@pytest.mark.parametrize(
    ("radius", "answer"),
    [
        (370_400.0, "inside"),
        (160_002.0, "inside"),
        (159_990.0, "undecided"),
        (150_000.0, "undecided"),
        (140_010.0, "undecided"),
        (139_998.0, "outside"),
        (1_000.0, "outside"),
    ],
)
def test_the_sector_is_decided_by_the_limit_round_its_island(radius: float, answer: str) -> None:
    assert decide(SITE, *NOMINAL, inside_disc(*ISLAND, radius)) == answer


def test_a_circle_is_decided_by_its_radius() -> None:
    margin = inside_disc(*ISLAND, 370_400)
    there = float(margin(*NOMINAL))
    assert decide(Uncertainty.circle(there - 1), *NOMINAL, margin) == "inside"
    assert decide(Uncertainty.circle(there + 1), *NOMINAL, margin) == "undecided"
    outside = direct(*ISLAND, 90, 400_000)[:2]
    assert decide(Uncertainty.circle(29_599), *outside, margin) == "outside"
    assert decide(Uncertainty.circle(29_601), *outside, margin) == "undecided"


def test_a_small_zone_within_the_polygon_is_found() -> None:
    islet = inside_disc(153.7123, 22.0321, 300)
    assert decide(BOX, 153.8, 22.0, islet) == "undecided"
    assert decide(BOX, 153.8, 22.0, inside_disc(153.49, 22.0, 300)) == "outside"


def test_what_is_not_known_is_undecided() -> None:
    assert decide(SITE, *NOMINAL, lambda x, y: np.full(x.shape, np.nan)) == "undecided"


def test_a_zone_without_a_limit_is_decided_at_once() -> None:
    asked = []

    def margin(x, y):
        asked.append(len(x))
        return np.full(x.shape, np.inf)

    assert decide(BOX, *NOMINAL, margin) == "inside"
    assert asked == [1]


def test_a_line_along_the_outline_is_undecided_before_all_of_it_was_walked() -> None:
    asked = 0

    def margin(x, y):
        nonlocal asked
        asked += len(x)
        return 160_000.0 - distance(*ISLAND, x, y)

    assert decide(SITE, *NOMINAL, margin) == "undecided"
    assert asked < 100_000


LONS = st.floats(-180, 180)
LATS = st.floats(-85, 85)


@settings(max_examples=40, deadline=None)
@given(LONS, LATS, st.floats(0, 3e5), st.floats(1, 3e5), st.floats(0, 360), st.floats(1, 360))
def test_discs_hold_their_cells(
    lon: float, lat: float, near: float, depth: float, first: float, width: float
) -> None:
    sector = Sector(lon, lat, near, near + depth, first, first + width)
    rng = np.random.default_rng(0)
    polygon = Polygon((lon, lon + width / 2.5, lon + width / 3), (lat, lat, lat + 2))
    for shape in (sector, polygon):
        cells = shape.cells(lon, lat)
        for _ in range(4):
            x, y, radius = shape.discs(cells)
            a, b = rng.uniform(0, 1, (2, len(cells), 5))
            u = cells[:, :1] + a * (cells[:, 1:2] - cells[:, :1])
            v = cells[:, 2:3] + b * (cells[:, 3:] - cells[:, 2:3])
            if shape is sector:
                u, v, _ = direct(lon, lat, v, u)
            assert (distance(x[:, None], y[:, None], u, v) <= radius[:, None] + MILLIMETRE).all()
            cells = shape.halves(cells)


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 360), st.floats(0, 400e3), st.floats(20e3, 300e3))
def test_what_is_decided_holds_everywhere_in_the_shape(
    azimuth: float, away: float, radius: float
) -> None:
    centre = direct(*NOMINAL, azimuth, away)[:2]
    margin = inside_disc(*centre, radius)
    for shape in (SITE, BOX, Circle(60e3)):
        answer = decide(shape, *NOMINAL, margin)
        lon, lat, held = scattered(shape, n=500)
        there = margin(lon[held], lat[held])
        if answer == "inside":
            assert (there > 0).all()
        elif answer == "outside":
            assert (there < 0).all()
        else:
            rim = margin(*shape.outline(*NOMINAL, max_length=500))
            # The line meets the shape, or comes within a metre of it: between rim vertices.
            assert rim.min() < 500
            assert max(rim.max(), there.max(initial=-1e9)) > -500


def test_a_zone_beside_the_polygon_but_within_its_box_does_not_count() -> None:
    triangle = Uncertainty.polygon([0, 1, 0], [0, 0, 1])
    assert decide(triangle, 0.2, 0.2, inside_disc(0.9, 0.9, 10_000)) == "outside"
    assert decide(triangle, 0.2, 0.2, inside_disc(0.45, 0.45, 10_000)) == "undecided"
