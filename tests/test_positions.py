"""Positions as people write them."""

import contextlib
import math
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eezkit.errors import CoordinateError
from eezkit.positions import (
    Position,
    check_arrays,
    format_position,
    on_globe,
    parse,
    parse_angle,
)

ISLAND_LAT = 24 + 17 / 60 + 12 / 3600
ISLAND_LON = 153 + 58 / 60 + 50 / 3600
EXACT = 1e-12  # degrees: a tenth of a micrometre, the rounding of a sum of three fractions

LATS = st.floats(-90, 90)
LONS = st.floats(-180, 360)


@pytest.mark.parametrize(
    "text",
    [
        "24°17'12\"N 153°58'50\"E",
        "24°17'12\"N, 153°58'50\"E",
        "24° 17′ 12″ N  153° 58′ 50″ E",
        "24º17’12”N153˚58’50”E",
        "24°17'12''N; 153°58'50''E",
        "24°17'12″n 153°58'50″e",
        "N24°17'12\" E153°58'50\"",
        "N 24 17 12 E 153 58 50",
        "153°58'50\"E 24°17'12\"N",
        "24 17 12 153 58 50",
        "24d17'12\"N 153d58'50\"E",
        "24 17.2 N 153 58.8333333333333 E",
        "+241712+1535850/",
        "+241712+1535850+9CRSWGS_84/",
        "+2417.2+15358.833333333333/",
    ],
)
def test_every_notation_gives_the_island(text: str) -> None:
    position = parse(text)
    assert position.lat == pytest.approx(ISLAND_LAT, abs=EXACT)
    assert position.lon == pytest.approx(ISLAND_LON, abs=EXACT)


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("24.2867 153.9806", 153.9806, 24.2867),
        ("24.2867,153.9806", 153.9806, 24.2867),
        ("24.2867; 153.9806", 153.9806, 24.2867),
        ("-1.5 -2.0", -2.0, -1.5),
        ("−1.5 −2.0", -2.0, -1.5),
        ("+1.5 +2", 2.0, 1.5),
        ("1e-05 2E1", 20.0, 1e-05),
        ("24 17.2N, 153 58.83E", 153.9805, 24 + 17.2 / 60),
        ("N24 17.2 E153 58.83", 153.9805, 24 + 17.2 / 60),
        ("153.98E 24.28N", 153.98, 24.28),
        ("153.98W 24.28S", -153.98, -24.28),
        ("0 30 S 0 15 W", -0.25, -0.5),
        ("-0 30 -0 15", -0.25, -0.5),
        ("24° 153°30'", 153.5, 24.0),
        ("-24°30' -153°", -153.0, -24.5),
        ("+24.2867+153.9806/", 153.9806, 24.2867),
        ("-90+180/", 180.0, -90.0),
        ("POINT (153.98 24.28)", 153.98, 24.28),
        ("point z(153.98 24.28 -5600)", 153.98, 24.28),
        ("SRID=4326;POINT(153.98 24.28)", 153.98, 24.28),
        ("geo:24.28,153.98", 153.98, 24.28),
        ("geo:24.28,153.98,9;crs=wgs84", 153.98, 24.28),
        ("0 360", 360.0, 0.0),
        ("54.1234N 7.5678E", 7.5678, 54.1234),
        ("N54.1234E7.5678", 7.5678, 54.1234),
        ("54.1234n,7.5678w", -7.5678, 54.1234),
        ("54-07.4N 007-34.1E", 7 + 34.1 / 60, 54 + 7.4 / 60),
        ("54-07-24N 007-34-06E", 7 + 34.1 / 60, 54 + 7.4 / 60),
        ("N54-07.4 W007-34.1", -7 - 34.1 / 60, 54 + 7.4 / 60),
        ("5407.4N 00734.1E", 7 + 34.1 / 60, 54 + 7.4 / 60),
        ("5407.40,N 00734.10,E", 7 + 34.1 / 60, 54 + 7.4 / 60),
        ("5407.40,S,00734.10,W", -7 - 34.1 / 60, -54 - 7.4 / 60),
        ("540724N0073406E", 7 + 34.1 / 60, 54 + 7.4 / 60),
        ("5407N00734E", 7 + 34 / 60, 54 + 7 / 60),
        ("lat=54.1 lon=-7.5", -7.5, 54.1),
        ("lon=-7.5, lat=54.1", -7.5, 54.1),
        ("Latitude: 54°06'N; Longitude: 7°30'W", -7.5, 54.1),
        ("lat=54,1 lng=7,5", 7.5, 54.1),
        ("24,2867 153,9806", 153.9806, 24.2867),
        ("-24,2867; 153,9806", 153.9806, -24.2867),
        ("24,5N 153,5E", 153.5, 24.5),
        ("24°17,2'N 153°58,83'E", 153.9805, 24 + 17.2 / 60),
        ("POINT ZM (153.98 24.28 1 2)", 153.98, 24.28),
        ("90 -180", -180.0, 90.0),
    ],
)
def test_longitude_and_latitude_are_told_apart(text: str, lon: float, lat: float) -> None:
    position = parse(text)
    assert (position.lon, position.lat) == (
        pytest.approx(lon, abs=EXACT),
        pytest.approx(lat, abs=EXACT),
    )


def test_words_of_a_command_line_are_one_position() -> None:
    assert parse(["24", "17.2N,", "153", "58.83E"]) == parse("24 17.2N, 153 58.83E")


def test_seconds_are_rounded_once() -> None:
    assert parse("24°17'12\"N 0E").lat == 87432 / 3600


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "No latitude and longitude"),
        ("24.28", "No latitude and longitude"),
        ("1 2 3", "No latitude and longitude"),
        ("24N 153", "No latitude and longitude"),
        ("1.5-2.0", "No latitude and longitude"),
        ("24N 153E 10N", "No latitude and longitude"),
        ("here, there", "is no angle"),
        ("POINT EMPTY", "is no angle"),
        ("24'N 153E", "is no angle"),
        ('24°12"N 153E', "is no angle"),
        ("24,2867 153.9806", "decimal comma"),
        ("24 60N 153E", "Minutes must be less than 60"),
        ("24 59 60N 153E", "Seconds must be less than 60"),
        ("+2460+15300/", "Minutes must be less than 60"),
        ("24.5 17N 153E", "only the last number may have decimals"),
        ("-24S 153E", "has a sign and a letter"),
        ("-24N 153E", "has a sign and a letter"),
        ("24N +153W", "has a sign and a letter"),
        ("N24N, E153", "has two letters"),
        ("24N, 153", "One half has a letter"),
        ("24N 25N", "two latitudes"),
        ("24S, 25N", "two latitudes"),
        ("153E 154W", "two longitudes"),
        ("nan nan", "not a number"),
        ("NaN 5", "not a number"),
        ("5 inf", "not a number"),
        ("-Infinity 5", "not a number"),
        ("null, null", "not a number"),
        ("SRID=3857;POINT(1 2)", "only 4326"),
        ("+24+153CRSTOKYO/", "only WGS 84"),
        ("geo:1,2;crs=moon", "only WGS 84"),
        ("geo:1,2;u=30", "has to be given apart"),
        ("153.98 24.28", "are longitude and latitude swapped?"),
        ("POINT (24.28 153.98)", "are longitude and latitude swapped?"),
        ("91 200", "Latitude must be within [-90, 90]."),
        ("0 360.0001", "Longitude must be within [-180, 360]"),
        ("0 -180.0001", "Longitude must be within [-180, 360]"),
        ("0N 181W", "Longitude must be within [-180, 360]"),
        ("1e999 0", "finite"),
        ("١ ٢", "is no angle"),
        ("12,345", "may be the position 12 345 or the one number 12.345"),
        ("-33,151", "may be the position -33 151 or the one number -33.151"),
        ("1 2 3 4", "No latitude and longitude"),
        ("1,2,3,4", "decimal comma"),
        ("24,5 N, 153,5 E", "decimal comma"),
        ("24,5° 153.5°", "decimal comma"),
        ("1,234.5 6", "decimal comma"),
        ("24°.2867N 153E", "is no angle"),
        ("24 .5N 153 .5E", "is no angle"),
        ("24.5.5N 153E", "is no angle"),
        ("POINT (153 24 1 2 3 4)", "is no angle"),
        ("POINT Z (153 24)", "A POINT Z has 3 numbers, and this 2"),
        ("25e-400 1e1", "too small"),
        ("54-07.4 007-34.1", "No latitude and longitude"),
        ("54 -07.4N 7E", "is no angle"),
        ("54-60N 7E", "Minutes must be less than 60"),
        ("5460.0,N,00734.1,E", "Minutes must be less than 60"),
        ("540724N00734E", "Only one of its angles has seconds"),
        ("lat=54 lat=7", "lat and lon, once each"),
        ("lon=7E lat=54W", "where a lat is wanted"),
        ("lat 54", "lat and lon, once each"),
        ("+2+153/", "1 and 3 digits"),
    ],
)
def test_what_is_no_position_is_refused_with_its_reason(text: str, says: str) -> None:
    with pytest.raises(CoordinateError) as refusal:
        parse(text)
    assert says in str(refusal.value)
    assert repr(text) in str(refusal.value)


@settings(deadline=None)
@given(LONS, LATS)
@example(-180.0, -90.0)
@example(5e-324, -0.0)
def test_decimal_degrees_come_back_exactly(lon: float, lat: float) -> None:
    for text in (f"{lat!r} {lon!r}", f"{lat!r},{lon!r}", f"POINT ({lon!r} {lat!r})"):
        position = parse(text)
        assert (position.lon, position.lat) == (lon, lat)


@settings(deadline=None)
@given(LONS, LATS, st.integers(0, 6))
@example(153.99999999, 59.99999999, 3)
@example(359.99999999, 89.99999999, 0)
@example(180.0000001, -0.0, 1)
def test_what_is_written_is_read_back(lon: float, lat: float, decimals: int) -> None:
    position = parse(format_position(lon, lat, decimals=decimals))
    half_a_digit = 0.5 * 10.0**-decimals / 60 + EXACT
    assert abs(position.lat - lat) <= half_a_digit
    assert abs(math.remainder(position.lon - lon, 360)) <= half_a_digit


@settings(deadline=None)
@given(st.integers(0, 89), st.integers(0, 59), st.floats(0, 59.999), st.sampled_from("NS"))
def test_degrees_minutes_and_seconds_add_up(d: int, m: int, s: float, letter: str) -> None:
    lat = (d + m / 60 + s / 3600) * (1 if letter == "N" else -1)
    assert parse(f"{d}°{m}′{s:.17f}″{letter} 0°E").lat == pytest.approx(lat, abs=EXACT)


def test_positions_are_written_as_on_charts() -> None:
    assert format_position(ISLAND_LON, ISLAND_LAT) == "24°17.200′N 153°58.833′E"
    assert format_position(-0.5, -0.25, decimals=0) == "0°15′S 0°30′W"
    assert format_position(359.0, 0.0) == "0°00.000′N 1°00.000′W"


def test_minutes_that_round_to_60_become_a_degree() -> None:
    assert format_position(9.99999999, -9.99999999, decimals=1) == "10°00.0′S 10°00.0′E"


@pytest.mark.parametrize(
    ("lon", "lat"), [(361.0, 0.0), (0.0, -90.1), (math.nan, 0.0), (0.0, math.inf)]
)
def test_a_position_off_the_globe_cannot_be_made(lon: float, lat: float) -> None:
    with pytest.raises(CoordinateError, match="is not on the globe"):
        Position(lon, lat)


def test_arrays_are_taken_as_they_are() -> None:
    lon, lat = check_arrays([181, -180], 5)
    assert lon.tolist() == [181.0, -180.0]
    assert lat.tolist() == [5.0, 5.0]
    assert lon.dtype == lat.dtype == np.float64


def test_a_bad_array_says_how_many_which_and_why() -> None:
    with pytest.raises(CoordinateError) as refusal:
        check_arrays([153.98, 24.28, 9.0], [24.28, 153.98, -91.0])
    assert str(refusal.value) == (
        "2 of 3 positions are not on the globe; the first, at index 1, is lon=24.28, lat=153.98. "
        "Latitude must be within [-90, 90]; are longitude and latitude swapped?"
    )


def test_an_array_of_several_dimensions_gives_the_whole_index() -> None:
    lat = np.zeros((2, 3))
    lat[1, 2] = 90.5
    with pytest.raises(CoordinateError, match="at index 1, 2"):
        check_arrays(np.zeros((2, 3)), lat)


def test_a_masked_value_is_no_position() -> None:
    with pytest.raises(CoordinateError, match="1 of 2 positions is not on the globe"):
        check_arrays(np.ma.masked_array([1.0, 2.0], [False, True]), [0.0, 0.0])


@pytest.mark.parametrize(("lon", "lat"), [([1, 2], [1, 2, 3]), ("east", 1.0), ([None], [1.0])])
def test_what_is_no_array_of_numbers_is_refused(lon: object, lat: object) -> None:
    with pytest.raises(CoordinateError):
        check_arrays(lon, lat)  # type: ignore[arg-type]


def test_only_the_globe_counts() -> None:
    lon = [0.0, -180.0, 360.0, -180.1, 360.1, math.nan, 0.0, math.inf]
    lat = [0.0, -90.0, 90.0, 0.0, 0.0, 0.0, math.nan, 0.0]
    assert on_globe(lon, lat).tolist() == [True] * 3 + [False] * 5


@pytest.mark.parametrize(
    ("text", "axis", "degrees"),
    [
        ("24.2867", "lat", 24.2867),
        ("24,2867", "lat", 24.2867),
        (" 153.9806 ", "lon", 153.9806),
        ("64°00'00\"N", "lat", 64.0),
        ("23°00'00\"W", "lon", -23.0),
        ("5407.40,N", "lat", 54 + 7.4 / 60),
        ("00734.10,E", "lon", 7 + 34.1 / 60),
        ("54-07-24N", "lat", 54 + 7.4 / 60),
        ("36°30,0'S", "lat", -36.5),
        ("7 34.1", "lon", 7 + 34.1 / 60),
        ("1e-05", "lon", 1e-05),
    ],
)
def test_a_column_of_its_own_is_read_too(text: str, axis: str, degrees: float) -> None:
    assert parse_angle(text, axis) == pytest.approx(degrees, abs=EXACT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "axis", "says"),
    [
        ("91", "lat", "Latitude must be within"),
        ("361", "lon", "Longitude must be within"),
        ("24N", "lon", "the letter of a lat"),
        ("", "lat", "is no angle"),
        ("1,234,567", "lon", "decimal comma"),
        ("24 153", "lat", "Minutes must be less than 60"),
        ("north", "lat", "is no angle"),
    ],
)
def test_what_is_no_angle_is_refused(text: str, axis: str, says: str) -> None:
    with pytest.raises(CoordinateError, match=says):
        parse_angle(text, axis)  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.floats(-180, 180), LATS)
@example(-179.99999999999, 89.99999999999)
def test_what_tables_of_turning_points_write_is_read_back(lon: float, lat: float) -> None:
    from eezkit.tables.features import _dms

    written = _dms(lat, "NS"), _dms(lon, "EW")
    position = parse(" ".join(written))
    assert (position.lat, position.lon) == (
        pytest.approx(lat, abs=1e-6),
        pytest.approx(lon, abs=1e-6),
    )
    assert parse_angle(written[0], "lat") == position.lat
    assert parse_angle(written[1], "lon") == position.lon


HARD = ["1", "1 ", "1-", "1,", "-", "1.", "1e", "'", "1'", "N", "1N ", "+1", "lat", ".1", "°", "1°"]


@pytest.mark.parametrize("piece", [*HARD, "POINT(1 ", " ", "S1"])
def test_no_text_takes_long(piece: str) -> None:
    long = piece * (990 // len(piece))
    for text in (piece * 100_000, long, f"24N {long}"[:990], f"{long[:980]}N"):
        start = time.process_time()
        with contextlib.suppress(CoordinateError):
            parse(text)
        assert time.process_time() - start < 0.25


@settings(deadline=None, max_examples=2000)
@given(st.text("0123456789.,-+°'\" NSEWnsew;/:=latonPOIT()deg", max_size=40))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        position = parse(text)
    except CoordinateError:
        return
    assert on_globe(position.lon, position.lat)
