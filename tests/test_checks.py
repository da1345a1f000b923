"""What a dataset gets wrong is found on load, named, and kept in a report."""

import json
import warnings

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st

import published
from eezkit.errors import AreaWarning, DataFormatError, GeometryWarning
from eezkit.schema import ZoneTable
from eezkit.sources.files.checks import LoadReport, Repair, check_bounds, check_table
from eezkit.sources.files.layers import read_table
from eezkit.zones import Regime, Zone, ZoneKind

WHOLE_KM2 = 510_065_621.724
"""Area of the WGS 84 ellipsoid, as GeographicLib gives it."""


def table_of(*zones, layout="v11/v12"):
    """A table of (name, geometry, published area or None)."""
    return ZoneTable(
        tuple(
            Zone(name, ZoneKind.EEZ, Regime.SOLE, mrgid=n, area_km2=area)
            for n, (name, _, area) in enumerate(zones, 1)
        ),
        np.array([geometry for _, geometry, _ in zones], dtype=object),
        "eez",
        layout,
        np.full((len(zones), 2), np.nan),
    )


def area_of(*geometries):
    """Areas that the check computes, against a published area that is always wrong."""
    with pytest.warns(AreaWarning):
        report, _ = check_table(table_of(*((str(n), g, 1e-6) for n, g in enumerate(geometries))))
    return [mismatch.computed_km2 for mismatch in report.area_mismatches]


def latitude_belt(south, north, step=0.5):
    """All longitudes between two parallels, with vertices close enough to follow them."""
    lon = np.arange(-180, 180 + step / 2, step)
    lower = np.column_stack([lon, np.full_like(lon, south)])
    upper = np.column_stack([lon[::-1], np.full_like(lon, north)])
    return shapely.Polygon(np.concatenate([lower, upper]))


def cap_km2(lat):
    """Area north of a parallel, from the authalic latitude of WGS 84."""
    e2 = 0.00669437999014
    e = np.sqrt(e2)

    def q(sine):
        return (1 - e2) * (sine / (1 - e2 * sine**2) + np.arctanh(e * sine) / e)

    return WHOLE_KM2 / 2 * (1 - q(np.sin(np.radians(lat))) / q(1.0))


# --- areas


def test_areas_agree_with_the_closed_formula_for_belts_and_caps():
    belt, cap = area_of(latitude_belt(30, 60), latitude_belt(60, 90))
    # Geodesics between vertices half a degree apart leave the parallel by some 40 m.
    assert belt == pytest.approx(cap_km2(30) - cap_km2(60), rel=2e-5)
    assert cap == pytest.approx(cap_km2(60), rel=2e-5)


def test_more_than_half_the_globe_is_not_taken_for_the_rest():
    (ocean,) = area_of(latitude_belt(-60, 75))
    assert ocean == pytest.approx(WHOLE_KM2 - cap_km2(60) - cap_km2(75), rel=2e-5)


@given(st.booleans(), st.booleans(), st.integers(0, 3))
def test_areas_do_not_depend_on_direction_or_start_of_rings(shell_back, hole_back, start):
    shell, hole = (
        list(shapely.box(*bounds).exterior.coords)[:-1]
        for bounds in ((0, 40, 4, 44), (1, 41, 2, 42))
    )
    shell = shell[start:] + shell[:start]
    (expected,) = area_of(shapely.Polygon(shapely.box(0, 40, 4, 44).exterior, [hole]))
    turned = shapely.Polygon(
        shell[::-1] if shell_back else shell, [hole[::-1] if hole_back else hole]
    )
    assert area_of(turned)[0] == pytest.approx(expected, rel=1e-12)


def test_edges_are_geodesics_whatever_the_vertices():
    few, many = area_of(
        shapely.box(0, 60, 30, 61), shapely.segmentize(shapely.box(0, 60, 30, 61), 0.1)
    )
    # The geodesic between two positions 30 degrees apart at 60 N runs 1.7 degrees north of the
    # parallel, and further at 61 N: a box of four vertices is not the belt between two parallels.
    assert many == pytest.approx((cap_km2(60) - cap_km2(61)) / 12, rel=1e-4)
    assert abs(few / many - 1) > 0.005


def test_an_area_that_fits_says_nothing():
    table = table_of(*((row.name, row.shape, row.area_km2) for row in published.ROWS))
    report, repaired = check_table(table)
    assert report == LoadReport(8, (-69.0, -22.0, 128.0, 53.0), n_areas=8)
    assert repaired is table.geometry


@pytest.mark.parametrize(("factor", "is_told"), [(1.004, False), (1.006, True), (0.994, True)])
def test_half_a_percent_is_the_tolerance(factor, is_told):
    (exact,) = area_of(published.square(0, 50))
    table = table_of(("x", published.square(0, 50), exact * factor))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        report, _ = check_table(table)
    assert bool(report.area_mismatches) is is_told
    assert [warning.category for warning in told] == [AreaWarning] * is_told


def test_a_small_zone_in_whole_square_kilometres_is_allowed_its_rounding():
    small = shapely.box(0, 0, 0.0203, 0.0203)
    (exact,) = area_of(small)
    assert 4.9 < exact < 5.2
    assert check_table(table_of(("islet", small, 5.0)))[0].area_mismatches == ()
    with pytest.warns(AreaWarning, match="islet"):
        check_table(table_of(("islet", small, 4.9)))


def test_a_mismatch_names_zone_and_both_figures_once_for_all():
    table = table_of(*((f"zone {n}", published.square(n, 0), 1.0) for n in range(12)))
    with pytest.warns(AreaWarning) as told:
        report, _ = check_table(table)
    assert len(told) == 1
    text = str(told[0].message)
    assert text.startswith("12 of 12 zones")
    assert "zone 0: 12,308.8 km² computed, 1.0 km² published" in text
    assert "zone 9" in text
    assert "zone 10" not in text
    assert "and 2 more" in text
    assert len(report.area_mismatches) == 12


def test_areas_of_v10_are_said_to_be_spherical():
    on_sphere = np.radians(1.0) * 6371.0088**2 * (np.sin(np.radians(71)) - np.sin(np.radians(70)))
    table = table_of(("Northern", published.square(0, 70), on_sphere), layout="v9/v10")
    with pytest.warns(AreaWarning, match=r"Northern.*|sphere") as told:
        check_table(table)
    assert "computed on a sphere" in str(told[0].message)


def test_zones_without_a_published_area_are_not_compared():
    report, _ = check_table(table_of(("x", published.square(0, 0), None)))
    assert (report.n_areas, report.area_mismatches) == (0, ())


# --- validity

BOW_TIE = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])


def test_an_invalid_zone_is_repaired_in_a_copy_and_named_with_reason_and_place():
    table = table_of(("good", published.square(9, 9), None), ("bow tie", BOW_TIE, None))
    with pytest.warns(GeometryWarning) as told:
        report, repaired = check_table(table)
    assert len(told) == 1
    assert "1 of 2 zones" in str(told[0].message)
    assert "bow tie: Self-intersection at lon=1.00000, lat=1.00000" in str(told[0].message)
    (repair,) = report.repairs
    assert (repair.zone, repair.mrgid, repair.reason) == ("bow tie", 2, "Self-intersection")
    assert (repair.lon, repair.lat) == (1.0, 1.0)
    # The two halves of the tie turn in opposite directions and cancel in the ring as published.
    assert repair.area_change_km2 == pytest.approx(area_of(repaired[1])[0], rel=1e-3)
    assert shapely.is_valid(repaired).all()
    assert not shapely.is_valid(table.geometry[1])
    assert repaired[0] is table.geometry[0]


def test_a_repair_gives_polygons_only():
    spike = shapely.Polygon([(0, 0), (2, 0), (2, 2), (1, 2), (1, 5), (1, 2), (0, 2)])
    with pytest.warns(GeometryWarning, match="spike"):
        _, repaired = check_table(table_of(("spike", spike, None)))
    assert repaired[0].geom_type in ("Polygon", "MultiPolygon")
    assert shapely.area(repaired[0]) == pytest.approx(4.0)


def test_a_reason_without_a_place_is_given_without_one():
    repair = Repair("x", None, "Too few points in geometry component", None, None, 0.0)
    assert repair.place == ""


def test_many_invalid_zones_are_one_warning():
    ties = (
        shapely.transform(BOW_TIE, lambda xy, n=n: xy + np.array([3 * n, 0])) for n in range(15)
    )
    with pytest.warns(GeometryWarning, match=r"15 of 15 .* and 5 more") as told:
        report, _ = check_table(table_of(*((f"tie {n}", tie, None) for n, tie in enumerate(ties))))
    assert len(told) == 1
    assert len(report.repairs) == 15


def test_a_report_goes_through_json():
    table = table_of(("tie", BOW_TIE, None), ("wrong", published.square(9, 9), 1.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report, _ = check_table(table)
    assert LoadReport.from_json(json.loads(json.dumps(report.to_json()))) == report
    assert report.repairs
    assert report.area_mismatches[0].difference > 100


# --- positions

TOKYO = shapely.box(139, 35, 140, 36)


def turned(geometry):
    return shapely.transform(geometry, lambda xy: xy[:, ::-1])


def shapes(*geometries):
    return np.array(geometries, dtype=object)


@pytest.mark.parametrize(
    "geometry", [TOKYO, shapely.box(-180, -90, 180, 90), shapely.box(0, 0, 360, 1)]
)
def test_positions_on_the_globe_pass(geometry):
    check_bounds(shapes(geometry), ["x"], "file")


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (turned(TOKYO), r"'x', lies at longitude 35 to 36, latitude 139 to 140: .* exchanged"),
        (shapely.box(0, 80, 1, 90.001), "not on the globe.*exchanged"),
        (shapely.box(370, 0, 371, 1), "does it say the right coordinate reference system"),
        (shapely.box(5e5, 4e6, 6e5, 5e6), "does it say the right coordinate reference system"),
    ],
)
def test_positions_off_the_globe_are_named(geometry, said):
    with pytest.raises(DataFormatError, match=said):
        check_bounds(shapes(geometry), ["x"], "file")


def test_an_exchange_is_found_by_the_published_middle():
    rows = published.ROWS[:3]
    centres = np.array([row.shape.centroid.coords[0] for row in rows])
    names = [row.name for row in rows]
    check_bounds(shapes(*(row.shape for row in rows)), names, "file", centres)
    with pytest.raises(
        DataFormatError, match=r"French.* at longitude -2\.5, latitude 46\.5, but lies"
    ):
        check_bounds(shapes(*(turned(row.shape) for row in rows)), names, "file", centres)


def test_a_middle_that_lies_outside_either_way_is_no_exchange():
    check_bounds(shapes(TOKYO), ["clipped"], "file", np.array([[10.0, 20.0]]))
    check_bounds(shapes(TOKYO), ["unknown"], "file", np.array([[np.nan, np.nan]]))


def test_a_middle_is_found_a_turn_away():
    pacific = shapely.box(190, 20, 230, 40)
    check_bounds(shapes(pacific), ["0..360"], "file", np.array([[-150.0, 30.0]]))


def test_a_middle_west_of_its_zone_is_outside_it():
    with pytest.raises(DataFormatError, match="exchanged"):
        check_bounds(shapes(shapely.box(40, 20, 60, 50)), ["x"], "file", np.array([[30.0, 45.0]]))


# --- real data


def test_the_real_belgium_and_netherlands_fit_and_the_five_clipped_zones_are_named(shared_data):
    table, _ = read_table(shared_data / "marineregions_v12_north_sea")
    with pytest.warns(AreaWarning, match="5 of 7 zones") as told:
        report, _ = check_table(table)
    named = {mismatch.zone.split()[0] for mismatch in report.area_mismatches}
    assert named == {"French", "British", "German", "Danish", "Norwegian"}
    for mismatch in report.area_mismatches:
        assert mismatch.zone in str(told[0].message)
    assert report.repairs == ()


def test_the_real_areas_are_those_on_the_ellipsoid(shared_data):
    table, _ = read_table(shared_data / "marineregions_v12_north_sea")
    areas = dict(zip((zone.mrgid for zone in table.zones), area_of(*table.geometry), strict=True))
    assert areas[3293] == pytest.approx(3531.4, abs=0.05)
    assert areas[5668] == pytest.approx(64291.7, abs=0.05)
    shelf, _ = read_table(shared_data / "marineregions_wfs" / "ecs-6413d9a2.zip")
    assert area_of(*shelf.geometry) == pytest.approx([10798.26], abs=0.005)


def test_the_real_world_of_land_and_sea_is_valid_and_covers_the_globe_but_the_high_seas(
    shared_data,
):
    table, _ = read_table(
        shared_data / "world_union_v3_simplified.parquet",
        columns={"name": "country", "sovereign": "iso2"},
    )
    report, _ = check_table(table)
    assert (report.n_zones, report.repairs) == (319, ())
    assert report.bounds == pytest.approx((-180, -90, 180, 86.9931986))
