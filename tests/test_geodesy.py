"""Distances, edges, areas: published cases, brute force with pyproj, and what must hold anyway."""

import csv
import importlib.util
import math
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from eezkit.errors import CoordinateError, OptionError
from eezkit.geodesy import (
    EdgeModel,
    area_perimeter,
    densify,
    direct,
    distance,
    edge_distance,
    intersection,
    inverse,
    polygon_area,
)
from eezkit.geometry import Rings

GEOD = Geod(ellps="WGS84")
AS_GEOGRAPHICLIB = 20e-9  # metres: sum of both errors of rounding
AS_BRUTE_FORCE = 1e-6  # metres: promised within 10,000 km
PRINTED_AREA = 1.0  # square metres: GeographicLib prints whole ones
WHOLE_ELLIPSOID = 510065621724088.5

lons = st.floats(-180, 180)
lats = st.floats(-90, 90)


def accuracy() -> ModuleType:
    """The benchmark whose oracle the tests share."""
    path = Path(__file__).parents[1] / "benchmarks" / "accuracy.py"
    spec = importlib.util.spec_from_file_location("accuracy", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def turned(azimuth: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Degrees between azimuths."""
    return np.abs((azimuth - other + 180.0) % 360.0 - 180.0)


@pytest.fixture(scope="module")
def geodtest(shared_data: Path) -> dict[str, np.ndarray]:
    with (shared_data / "geodtest_20.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def test_the_reference_geodesics_are_met_to_their_printed_digits(
    geodtest: dict[str, np.ndarray],
) -> None:
    g = geodtest
    assert len(g["s12"]) == 20
    s, azimuth1, azimuth2 = inverse(g["lon1"], g["lat1"], g["lon2"], g["lat2"])
    assert np.abs(s - g["s12"]).max() < AS_GEOGRAPHICLIB
    assert turned(azimuth1, g["azi1"]).max() < 1e-13
    assert turned(azimuth2, g["azi2"]).max() < 1e-13
    lon, lat, azimuth = direct(g["lon1"], g["lat1"], g["azi1"], g["s12"])
    assert GEOD.inv(lon, lat, g["lon2"], g["lat2"])[2].max() < AS_GEOGRAPHICLIB
    assert turned(azimuth, g["azi2"]).max() < 1e-13


@pytest.mark.parametrize("case", ["anywhere", "near", "near-antipodal", "equator", "meridian"])
def test_distances_are_those_of_geographiclib(case: str) -> None:
    random = np.random.default_rng(3)
    n = 20_000
    lon1, lon2 = random.uniform(-180, 180, (2, n))
    lat1, lat2 = np.degrees(np.arcsin(random.uniform(-1, 1, (2, n))))
    if case == "near":
        lon2, lat2 = (
            lon1 + random.normal(0, 1e-3, n),
            np.clip(lat1 + random.normal(0, 1e-3), -90, 90),
        )
    elif case == "near-antipodal":
        lon2, lat2 = lon1 + 180 + random.normal(0, 0.3, n), -lat1 * random.choice([1, 0.999], n)
    elif case == "equator":
        lat1 = lat2 = np.zeros(n)
    elif case == "meridian":
        lon2 = lon1 + random.choice([0.0, 180.0, -180.0], n)
    expected = GEOD.inv(lon1, lat1, lon2, lat2)[2]
    assert np.abs(distance(lon1, lat1, lon2, lat2) - expected).max() < AS_GEOGRAPHICLIB


def test_antipodes_and_poles_have_the_length_of_half_a_meridian() -> None:
    half = 20003931.4586254
    for lon1, lat1, lon2, lat2 in [(0, 0, 180, 0), (0, 90, 7, -90), (20, 35, -160, -35)]:
        assert distance(lon1, lat1, lon2, lat2) == pytest.approx(half, abs=1e-7)


@settings(deadline=None)
@given(lons, lats, lons, lats)
def test_there_and_back_are_equally_far(lon1: float, lat1: float, lon2: float, lat2: float) -> None:
    there = distance(lon1, lat1, lon2, lat2)
    assert there == pytest.approx(distance(lon2, lat2, lon1, lat1), abs=AS_GEOGRAPHICLIB)
    assert there >= 0


@settings(deadline=None)
@given(lons, lats, lons, lats, st.integers(-2, 2))
def test_a_longitude_is_the_same_after_a_turn(
    lon1: float, lat1: float, lon2: float, lat2: float, turns: int
) -> None:
    around = distance(lon1 + 360 * turns, lat1, lon2, lat2)
    # 1e-13 degrees are lost when 720 is added.
    assert around == pytest.approx(distance(lon1, lat1, lon2, lat2), abs=5e-8)


@settings(deadline=None)
@given(lons, lats, st.floats(0, 360), st.floats(0, 1.9e7))
def test_direct_leads_where_inverse_measures(
    lon: float, lat: float, azimuth: float, length: float
) -> None:
    lon2, lat2, _ = direct(lon, lat, azimuth, length)
    assert -180 <= lon2 < 180
    expected_lon, expected_lat, _ = GEOD.fwd(lon, lat, azimuth, length)
    assert distance(lon2, lat2, expected_lon, expected_lat) < AS_GEOGRAPHICLIB
    back_lon, back_lat, _ = direct(lon2, lat2, direct(lon, lat, azimuth, length)[2], -length)
    assert distance(back_lon, back_lat, lon, lat) < 2 * AS_GEOGRAPHICLIB


def test_arrays_of_any_shape_broadcast() -> None:
    table = distance([[0.0], [10.0]], 0.0, [1.0, 2.0, 3.0], 45.0)
    assert table.shape == (2, 3)
    assert table[1, 2] == distance(10, 0, 3, 45)
    assert distance(0, 0, 1, 1).shape == ()


@pytest.mark.parametrize("values", [(0, 91, 0, 0), (math.nan, 0, 0, 0), (0, 0, math.inf, 0)])
def test_what_is_not_on_the_globe_is_refused(values: tuple[float, ...]) -> None:
    with pytest.raises(CoordinateError, match="1 of 1 values"):
        distance(*values)
    with pytest.raises(CoordinateError, match=r"swapped|missing"):
        inverse(*values)
    with pytest.raises(CoordinateError):
        direct(*values)
    with pytest.raises(CoordinateError):
        edge_distance(*values, 0, 0)


def test_an_error_names_the_first_bad_value() -> None:
    with pytest.raises(CoordinateError, match=r"lat1: 2 of 3 .* index 1, is 91\.0"):
        distance([0, 0, 0], [0, 91, -95], 0, 0)


def test_the_foot_on_the_geodesic_of_reykjavik_is_as_published() -> None:
    found = edge_distance(-22, 64, 29, 42, -77, 39, model=EdgeModel.GEODESIC)
    assert found.distance == pytest.approx(1010585.99883682, abs=1e-6)
    assert found.lat == pytest.approx(54.92853149711691, abs=1e-8)
    assert found.lon == pytest.approx(-21.93729106604878, abs=1e-8)
    assert distance(29, 42, found.lon, found.lat) == pytest.approx(3928788.572, abs=1e-3)
    assert turned(found.azimuth, inverse(-22, 64, found.lon, found.lat)[1]) < 1e-9


@pytest.mark.parametrize("model", list(EdgeModel))
def test_edges_are_as_far_as_brute_force_finds(model: EdgeModel) -> None:
    module = accuracy()
    for name, lon, lat, edge, length in module.strata(60, np.random.default_rng(11)):
        found = edge_distance(lon, lat, *edge.T, model=model)
        expected, resolved = module.brute_force(lon, lat, edge, length, model)
        assert resolved.max() < AS_BRUTE_FORCE / 10, name
        assert np.abs(found.distance - expected).max() < AS_BRUTE_FORCE, name
        there = GEOD.inv(lon, lat, found.lon, found.lat)[2]
        assert np.abs(there - found.distance).max() < AS_BRUTE_FORCE, name


def test_a_planar_edge_runs_as_it_is_written() -> None:
    across = edge_distance(180, 10, 179, 10, 181, 10)
    assert across.distance == 0.0
    assert np.isnan(across.azimuth)
    assert across.lon == -180.0
    the_long_way = edge_distance(0, 10, 179, 10, -179, 10)
    assert the_long_way.distance == 0.0
    assert edge_distance(180, 10, 179, 10, -179, 10).distance > 100e3
    round_the_world = edge_distance([0, 90, 180, 271], 50, 0, 50, 360, 50)
    assert (round_the_world.distance == 0.0).all()
    turned_round = edge_distance(-5, 52, 4, 50, 9, 55)
    assert turned_round.distance == pytest.approx(edge_distance(355, 52, 364, 50, 369, 55).distance)


def test_the_three_models_run_apart() -> None:
    planar, geodesic, loxodrome = (
        edge_distance(0, 62, -10, 60, 10, 60, model=model).distance for model in EdgeModel
    )
    assert planar == pytest.approx(loxodrome, abs=1e-6)
    assert planar - geodesic > 40e3
    slanted = [edge_distance(5, 62, 0, 55, 20, 68, model=model).distance for model in EdgeModel]
    assert len(set(np.round(slanted, 3))) == 3


@settings(deadline=None)
@given(lons, lats, lons, lats, st.floats(-3, 3), st.floats(-3, 3), st.sampled_from(list(EdgeModel)))
def test_no_end_is_nearer_than_the_edge(
    lon: float, lat: float, lon1: float, lat1: float, dlon: float, dlat: float, model: EdgeModel
) -> None:
    lon2, lat2 = lon1 + dlon, float(np.clip(lat1 + dlat, -90, 90))
    found = edge_distance(lon, lat, lon1, lat1, lon2, lat2, model=model)
    ends = distance(lon, lat, [lon1, lon2], [lat1, lat2])
    assert found.distance <= ends.min() + AS_GEOGRAPHICLIB
    reverse = edge_distance(lon, lat, lon2, lat2, lon1, lat1, model=model)
    assert reverse.distance == pytest.approx(found.distance, abs=AS_BRUTE_FORCE)


POLYGONS = {
    "round the north pole": ([0, 90, 180, 270], [89] * 4, 631819.8745, 24952305678.0),
    "a diamond": ([-1, 0, 1, 0], [0, -1, 0, 1], 627598.2731, 24619419146.0),
    "an octant": ([0, 0, 90], [90, 0, 0], 30022685.0, 63758202715511.0),
}


@pytest.mark.parametrize("name", POLYGONS)
def test_the_polygons_of_geographiclib_have_their_areas(name: str) -> None:
    lon, lat, perimeter, area = POLYGONS[name]
    found, around = area_perimeter(lon, lat, model=EdgeModel.GEODESIC)
    assert abs(found) == pytest.approx(area, abs=PRINTED_AREA)
    assert around == pytest.approx(perimeter, abs=1.0 if perimeter > 1e7 else 1e-4)
    backwards, _ = area_perimeter(lon[::-1], lat[::-1], model=EdgeModel.GEODESIC)
    assert backwards == pytest.approx(-found, abs=PRINTED_AREA)


def test_the_whole_ellipsoid_has_its_area() -> None:
    lon, lat = [-180, 180, 180, -180, -180], [-90, -90, 90, 90, -90]
    area, _ = area_perimeter(lon, lat, model=EdgeModel.PLANAR)
    assert area == pytest.approx(WHOLE_ELLIPSOID, abs=10.0)


@pytest.mark.parametrize("lat", [0.0, 1e-300, -1e-300, 1e-12])
def test_along_the_equator_nothing_is_enclosed(lat: float) -> None:
    area, perimeter = area_perimeter([0, 60, 130], [lat] * 3, model=EdgeModel.GEODESIC)
    assert area == pytest.approx(0.0, abs=10.0)
    assert perimeter == pytest.approx(2 * distance(0, 0, 130, 0), abs=1e-6)


def test_random_geodesic_polygons_have_the_areas_of_pyproj() -> None:
    random = np.random.default_rng(8)
    for _ in range(50):
        lon, lat = random.uniform(-180, 180, 7), np.degrees(np.arcsin(random.uniform(-1, 1, 7)))
        area, perimeter = area_perimeter(lon, lat, model=EdgeModel.GEODESIC)
        expected_area, expected_perimeter = GEOD.polygon_area_perimeter(lon, lat)
        assert area == pytest.approx(expected_area, abs=1.0)
        assert perimeter == pytest.approx(expected_perimeter, abs=1e-6)


@pytest.mark.parametrize("model", [EdgeModel.PLANAR, EdgeModel.LOXODROME])
def test_a_polar_cap_measures_the_same_however_its_ring_is_written(model: EdgeModel) -> None:
    cap = 3908572761836.656
    split = area_perimeter([-180, 180, 180, -180, -180], [80, 80, 90, 90, 80], model=model)[0]
    along = area_perimeter([0, 90, 180, 270, 360], [80] * 5, model=model)[0]
    south = area_perimeter([360, 180, 0], [-80] * 3, model=model)[0]
    assert split == pytest.approx(cap, rel=1e-12)
    assert along == pytest.approx(cap, rel=1e-12)
    assert south == pytest.approx(cap, rel=1e-12)
    fine = np.linspace(0, 360, 36_001)
    nearly = area_perimeter(fine, np.full(36_001, 80.0), model=EdgeModel.GEODESIC)[0]
    assert nearly == pytest.approx(cap, rel=1e-8)


@pytest.mark.parametrize("model", list(EdgeModel))
def test_the_area_of_a_ring_is_that_of_its_densified_ring(model: EdgeModel) -> None:
    lon, lat = np.array([170.0, 195, 190, 170]), np.array([-30.0, -20, 40, -30])
    area, perimeter = area_perimeter(lon, lat, model=model)
    fine = densify(lon, lat, max_length=2000, model=model)
    expected_area, expected_perimeter = GEOD.polygon_area_perimeter(*fine)
    assert area == pytest.approx(expected_area, rel=2e-7)
    assert perimeter == pytest.approx(expected_perimeter, rel=2e-7)


@settings(deadline=None)
@given(st.floats(-360, 360), st.sampled_from(list(EdgeModel)), st.integers(0, 4))
def test_a_ring_measures_the_same_wherever_it_begins_and_lies(
    shift: float, model: EdgeModel, start: int
) -> None:
    lon, lat = np.array([0.0, 9, 12, 5, -2]), np.array([50.0, 48, 57, 61, 55])
    area, perimeter = area_perimeter(lon, lat, model=model)
    moved = area_perimeter(np.roll(lon, start) + shift, np.roll(lat, start), model=model)
    assert moved[0] == pytest.approx(area, rel=1e-10)
    assert moved[1] == pytest.approx(perimeter, rel=1e-10)


def test_published_areas_are_those_of_geodesic_edges(shared_data: Path) -> None:
    geopandas = pytest.importorskip("geopandas")
    source = next((shared_data / "marineregions_v12_north_sea").glob("*.shp"))
    zones = geopandas.read_file(source)
    rings = Rings.from_shapely(zones.geometry.to_numpy())
    for model, belgium, netherlands in (
        (EdgeModel.GEODESIC, 3531.37, 64291.73),
        (EdgeModel.PLANAR, 3528.90, 64252.21),
    ):
        area = dict(zip(zones["TERRITORY1"], polygon_area(rings, model=model) / 1e6, strict=True))
        assert area["Belgium"] == pytest.approx(belgium, abs=0.01)
        assert area["Netherlands"] == pytest.approx(netherlands, abs=0.01)


def test_holes_are_taken_off_whichever_way_they_run() -> None:
    shapely = pytest.importorskip("shapely")
    outer, inner = shapely.box(0, 40, 10, 50), shapely.box(2, 42, 4, 44)
    ring = list(inner.exterior.coords)
    zones = [
        shapely.Polygon(outer.exterior.coords, [ring]),
        shapely.Polygon(outer.exterior.coords, [ring[::-1]]),
        shapely.MultiPolygon(),
        shapely.MultiPolygon([outer, shapely.box(20, 0, 21, 1)]),
    ]
    areas = polygon_area(Rings.from_shapely(zones), model=EdgeModel.PLANAR)
    whole, hole, other = (
        area_perimeter(*np.array(shape.exterior.coords).T, model=EdgeModel.PLANAR)[0]
        for shape in (outer, inner, shapely.box(20, 0, 21, 1))
    )
    assert areas == pytest.approx([whole - abs(hole)] * 2 + [0.0, abs(whole) + abs(other)])


@pytest.mark.parametrize("model", list(EdgeModel))
def test_a_densified_line_keeps_its_vertices_and_its_course(model: EdgeModel) -> None:
    lon, lat = np.array([175.0, 190, 200]), np.array([60.0, 70, 65])
    fine_lon, fine_lat = densify(lon, lat, max_length=5000.0, model=model)
    steps = distance(fine_lon[:-1], fine_lat[:-1], fine_lon[1:], fine_lat[1:])
    assert steps.max() <= 5000.0
    assert steps.min() > 1000.0
    assert np.abs(np.diff(fine_lon)).max() < 1.0
    for x, y in zip(lon, lat, strict=True):
        assert (np.hypot((fine_lon - x) % 360.0, fine_lat - y) < 1e-12).any()
    first = edge_distance(fine_lon[:50], fine_lat[:50], 175, 60, 190, 70, model=model)
    assert first.distance.max() < 1e-6


def test_a_geodesic_runs_on_across_180() -> None:
    lon, _ = densify([179, -179], [10, 10], max_length=50e3, model=EdgeModel.GEODESIC)
    assert (np.diff(lon) > 0).all()
    assert lon[-1] == 181.0


@pytest.mark.parametrize("length", [0.0, -1.0, math.nan])
def test_a_length_that_is_none_is_refused(length: float) -> None:
    with pytest.raises(OptionError, match="max_length"):
        densify([0, 1], [0, 0], max_length=length)


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(OptionError, match="'planar'"):
        area_perimeter([0, 1, 1], [0, 0, 1], model="straight")  # type: ignore[arg-type]


def test_crossing_geodesics_cross_on_both() -> None:
    random = np.random.default_rng(5)
    lon, lat = random.uniform(-180, 180, 500), np.degrees(np.arcsin(random.uniform(-1, 1, 500)))
    azimuth = random.uniform(0, 360, 500)
    across = azimuth + random.uniform(5, 175, 500)
    ends = []
    for towards in (azimuth, azimuth + 180, across, across + 180):
        ends += direct(lon, lat, towards, 10 ** random.uniform(1, 6.5, 500))[:2]
    edges = np.stack(ends, axis=-1)
    x, y = intersection(edges[:, :4], edges[:, 4:])
    assert distance(x, y, lon, lat).max() < 1e-6
    for edge in (edges[:, :4], edges[:, 4:]):
        assert edge_distance(x, y, *edge.T, model=EdgeModel.GEODESIC).distance.max() < 1e-6


def test_geodesics_that_do_not_meet_have_no_crossing() -> None:
    x, y = intersection([0, 0, 10, 0], [[0, 1, 10, 1], [20, -5, 20, 5], [5, 1, 5, 2]])
    assert np.isnan(x).all()
    assert np.isnan(y).all()
    along, _ = intersection([0, 0, 10, 0], [2, 0, 8, 0])
    assert np.isnan(along)
