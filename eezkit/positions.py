"""Positions as people write them: read, checked, and written again in degrees and minutes."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Literal, NoReturn

import numpy as np

from eezkit.errors import CoordinateError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["Invalid", "Position", "check_arrays", "format_position", "on_globe", "parse"]

Invalid = Literal["raise", "null"]
"""What becomes of a value that is not a position: an error, or null (NaN, answer -2)."""

_ACCEPTED = (
    "Accepted are LAT LON in degrees (24.2867 153.9806), degrees and minutes "
    "(24 17.2N, 153 58.83E), degrees, minutes and seconds (24°17'12\"N 153°58'50\"E), "
    "ISO 6709 (+24.2867+153.9806/), POINT (LON LAT) and geo:LAT,LON."
)

_SPELLINGS = str.maketrans(
    {
        **dict.fromkeys("º˚∘", "°"),
        **dict.fromkeys("′’‘ʹʼ´`", "'"),
        **dict.fromkeys("″”“ʺ", '"'),
        **dict.fromkeys("−‐‑–", "-"),
    }
)
_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_FLOAT = rf"[+-]?{_NUMBER}(?:[eE][+-]?[0-9]+)?"
# Compiled when first used, by `re` itself: a single check needs one of them.
_DECIMAL = rf"({_FLOAT})(?:\s*[,;]\s*|\s+)({_FLOAT})"
_HALF = (
    rf"(?i)([NSEW]?)\s*([+-]?)\s*({_NUMBER})"
    rf"(?:(?:\s*[°d]\s*|\s+)({_NUMBER})(?:(?:\s*'\s*|\s+)({_NUMBER})\s*\"?|\s*'?)|\s*[°d]?)"
    r"\s*([NSEW]?)"
)
_ISO_6709 = (
    r"(?a)([+-])((?:\d\d){1,3})(\.\d*)?([+-])(\d(?:\d\d){1,3})(\.\d*)?"
    r"(?:[+-]\d+\.?\d*)?(CRS\w+)?/?"
)
_GEO_URI = rf"(?ai)geo:\s*({_FLOAT}),({_FLOAT})(?:,{_FLOAT})?((?:;[\w.=-]+)*)"
_WKT = (
    rf"(?ai)(?:SRID=(\d+);\s*)?POINT\s*(?:ZM?|M)?\s*"
    rf"\(\s*({_FLOAT})\s+({_FLOAT})(?:\s+{_FLOAT})*\s*\)"
)
_NOT_A_NUMBER = r"(?i)[+-]?(?:nan|inf|infinity|null|none|na|n/a)"
_WGS_84 = {"", "CRSWGS_84", "CRSWGS84", "CRSEPSG4326", "CRSEPSG4979"}


@dataclass(frozen=True, slots=True)
class Position:
    """A position on the globe.

    Parameters
    ----------
    lon, lat : float
        Degrees; longitude within [-180, 360], latitude within [-90, 90].

    Raises
    ------
    CoordinateError
        If it is not on the globe.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not on_globe(self.lon, self.lat):
            raise CoordinateError(
                f"lon={self.lon!r}, lat={self.lat!r} is not on the globe. "
                + _what_is_accepted(self.lon, self.lat)
            )


def on_globe(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Tell positions from what is none: finite, longitude in [-180, 360], latitude in [-90, 90].

    Parameters
    ----------
    lon, lat : array_like of float, shape (...)
        Degrees.

    Returns
    -------
    numpy.ndarray of bool, shape (...)
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    good: NDArray[np.bool_] = (lon >= -180.0) & (lon <= 360.0) & (np.abs(lat) <= 90.0)
    return good


def check_arrays(
    lon: ArrayLike, lat: ArrayLike, *, invalid: Invalid = "raise"
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Take positions as float64 arrays, and deal with what is none.

    Parameters
    ----------
    lon, lat : array_like of float, shape (...)
        Degrees; shapes that broadcast together. What is missing (None, NaN, NaT, `pandas.NA`,
        masked) is not a position.
    invalid : {"raise", "null"}
        What becomes of a value that is not a position: an error, or NaN in both arrays.

    Returns
    -------
    lon, lat : numpy.ndarray of float64, shape (...)
        Degrees, as given; 181 stays 181.

    Raises
    ------
    CoordinateError
        If a value is no number, or the shapes do not fit; and under ``"raise"`` if one is missing,
        not finite, a longitude outside [-180, 360] or a latitude outside [-90, 90].

    Examples
    --------
    >>> check_arrays([2.5, None, 7.0], [51.5, 51.5, 91.0], invalid="null")
    (array([2.5, nan, nan]), array([51.5,  nan,  nan]))
    """
    try:
        x, y = _as_float(lon), _as_float(lat)
        if x.shape != y.shape:
            x, y = np.broadcast_arrays(x, y)
    except (TypeError, ValueError) as error:
        raise CoordinateError(
            f"Longitudes and latitudes are no two arrays of numbers of one shape: {error}."
        ) from None
    if _all_on_globe(x, y):
        return x, y
    good = on_globe(x, y)
    if invalid == "null":
        return np.where(good, x, np.nan), np.where(good, y, np.nan)
    _refuse(x, y, ~good)


def _all_on_globe(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> bool:
    """Whether `on_globe` holds everywhere: told by the extremes, in half the time."""
    if not lon.size:
        return True
    # Where one is NaN, so are the extremes, and no comparison holds.
    return bool(
        lon.min() >= -180.0 and lon.max() <= 360.0 and lat.min() >= -90.0 and lat.max() <= 90.0
    )


def _as_float(values: ArrayLike) -> NDArray[np.float64]:
    """Numbers as float64, NaN where one is missing."""
    kind = type(values)
    if kind is float or (kind is np.ndarray and values.dtype.kind in "fiu"):  # type: ignore[union-attr]
        return np.asarray(values, dtype=np.float64)
    if "numpy.ma" in sys.modules:
        # It takes long to import, and where nobody has, nothing is masked.
        if isinstance(values, list | tuple):
            values = [np.nan if value is np.ma.masked else value for value in values]
        if isinstance(values, np.ma.MaskedArray):
            return np.asarray(np.ma.filled(values.astype(np.float64), np.nan))
    plain = np.asarray(values)
    if plain.dtype.kind in "mM":
        if np.isnat(plain).all():
            return np.full(plain.shape, np.nan)
        raise TypeError(f"{plain.dtype} are times")
    if plain.dtype != object:
        return plain.astype(np.float64)
    flat = [np.nan if _is_missing(value) else float(value) for value in plain.reshape(-1).tolist()]
    return np.array(flat, dtype=np.float64).reshape(plain.shape)


def _is_missing(value: object) -> bool:
    """Whether a value stands for none: None, or one of pandas' own, which it may not import."""
    return value is None or type(value).__name__ in ("NAType", "NaTType", "MaskedConstant")


def _refuse(lon: NDArray[np.float64], lat: NDArray[np.float64], bad: NDArray[np.bool_]) -> NoReturn:
    first = np.unravel_index(int(np.argmax(bad)), bad.shape)
    index = ", ".join(str(i) for i in first)
    x, y = float(lon[first]), float(lat[first])
    count, n = int(np.count_nonzero(bad)), bad.size
    which = f"lon={x}, lat={y} is not on the globe."
    if n > 1:
        verb = "is" if count == 1 else "are"
        which = (
            f"{count} of {n} positions {verb} not on the globe; "
            f"the first, at index {index}, is lon={x}, lat={y}."
        )
    raise CoordinateError(f"{which} {_what_is_accepted(x, y)}")


def _what_is_accepted(lon: float, lat: float) -> str:
    if not (isfinite(lon) and isfinite(lat)):
        return "Both must be finite numbers; is a value missing?"
    if abs(lat) <= 90.0:
        return "Longitude must be within [-180, 360]."
    swapped = "; are longitude and latitude swapped?" if on_globe(lat, lon) else "."
    return f"Latitude must be within [-90, 90]{swapped}"


# -- reading ------------------------------------------------------------------------------------


def parse(text: str | Sequence[str]) -> Position:
    """Read one position, as people write it.

    Parameters
    ----------
    text : str or sequence of str
        ``24.2867 153.9806`` (latitude, then longitude), ``24°17'12"N 153°58'50"E`` with any
        primes, ``24 17.2N, 153 58.83E``, ``153.98E 24.28N`` (the letters say which is which),
        ISO 6709 ``+241712+1535850/``, ``POINT (153.98 24.28)`` (longitude, then latitude) or
        ``geo:24.28,153.98``. A height is read and left out. Words are joined by a space.

    Returns
    -------
    Position

    Raises
    ------
    CoordinateError
        If the text cannot be read, can be read in two ways, or is not on the globe.
    """
    said = text if isinstance(text, str) else " ".join(text)
    plain = said.strip().translate(_SPELLINGS).replace("''", '"')
    for form, read in _FORMS:
        if match := re.fullmatch(form, plain):
            return _position(*read(match, said), said)
    if any(re.fullmatch(_NOT_A_NUMBER, word) for word in re.split(r"[\s,;]+", plain)):
        _unreadable(said, "It holds a value that is not a number; is it missing in the source?")
    return _position(*_read_halves(plain, said), said)


def _position(lon: float, lat: float, said: str) -> Position:
    try:
        return Position(lon, lat)
    except CoordinateError as error:
        raise CoordinateError(f"{said!r}: {error}") from None


def _unreadable(said: str, why: str) -> NoReturn:
    raise CoordinateError(f"{said!r} is not a position. {why}")


def _read_decimal(match: re.Match[str], said: str) -> tuple[float, float]:
    return float(match[2]), float(match[1])


def _read_iso_6709(match: re.Match[str], said: str) -> tuple[float, float]:
    lat_sign, lat, lat_part, lon_sign, lon, lon_part, crs = match.groups("")
    if crs.upper() not in _WGS_84:
        _unreadable(said, f"Its coordinate reference system is {crs}; only WGS 84 is understood.")
    return (
        _sexagesimal([lon[:3], lon[3:5], lon[5:]], lon_part, lon_sign, said),
        _sexagesimal([lat[:2], lat[2:4], lat[4:]], lat_part, lat_sign, said),
    )


def _read_geo_uri(match: re.Match[str], said: str) -> tuple[float, float]:
    for parameter in filter(None, match[3].lower().split(";")):
        if parameter.startswith("u="):
            _unreadable(said, f"Its uncertainty ({parameter}, in metres) has to be given apart.")
        if parameter.startswith("crs=") and parameter != "crs=wgs84":
            _unreadable(said, f"It has {parameter}; only WGS 84 is understood.")
    return float(match[2]), float(match[1])


def _read_wkt(match: re.Match[str], said: str) -> tuple[float, float]:
    if match[1] not in (None, "4326", "4979"):
        _unreadable(said, f"Its SRID is {match[1]}; only 4326 (WGS 84) is understood.")
    return float(match[2]), float(match[3])


_FORMS = (
    (_DECIMAL, _read_decimal),
    (_ISO_6709, _read_iso_6709),
    (_GEO_URI, _read_geo_uri),
    (_WKT, _read_wkt),
)


def _read_halves(plain: str, said: str) -> tuple[float, float]:
    """Longitude and latitude out of two angles, which letters may name."""
    if len(re.findall(r"[,;]", plain)) > 1 or re.search(r"\d,\d", plain):
        _unreadable(said, "Its comma may be a decimal comma: write decimals with '.'.")
    (first, first_axis), (second, second_axis) = (
        _read_angle(half, said) for half in _split(plain, said)
    )
    if not first_axis and not second_axis:
        return second, first
    if not first_axis or not second_axis:
        _unreadable(said, "One half has a letter (N, S, E, W) and the other has none.")
    if first_axis == second_axis:
        _unreadable(said, f"It gives two {'latitudes' if first_axis == 'lat' else 'longitudes'}.")
    return (second, first) if first_axis == "lat" else (first, second)


def _split(plain: str, said: str) -> tuple[str, str]:
    """Part the text between its two angles."""
    halves = re.split(r"[,;]", plain)
    if len(halves) == 2:
        return halves[0], halves[1]
    letters = [match.start() for match in re.finditer("[NSEW]", plain, re.IGNORECASE)]
    degrees = [match.start() for match in re.finditer(rf"[+-]?{_NUMBER}\s*[°dD]", plain)]
    numbers = [match.start() for match in re.finditer(rf"(?<!\S)[+-]?{_NUMBER}", plain)]
    if len(letters) == 2:
        at = letters[1] if letters[0] == 0 else letters[0] + 1
    elif not letters and len(degrees) == 2:
        at = degrees[1]
    elif not letters and len(numbers) in (2, 4, 6):
        at = numbers[len(numbers) // 2]
    else:
        _unreadable(said, f"No latitude and longitude can be told apart in it. {_ACCEPTED}")
    return plain[:at], plain[at:]


def _read_angle(half: str, said: str) -> tuple[float, str]:
    """Signed degrees of one angle, and which axis its letter names ("lat", "lon" or "")."""
    match = re.fullmatch(_HALF, half.strip())
    if match is None:
        _unreadable(said, f"{half.strip()!r} is no angle. {_ACCEPTED}")
    before, sign, degrees, minutes, seconds, after = match.groups("")
    letter = (before or after).upper()
    if before and after:
        _unreadable(said, f"{half.strip()!r} has two letters.")
    if letter and (sign == "-" or (sign == "+" and letter in "SW")):
        _unreadable(said, f"{half.strip()!r} has a sign and a letter; give one of them.")
    parts = [part for part in (degrees, minutes, seconds) if part]
    if any("." in part for part in parts[:-1]):
        _unreadable(said, f"In {half.strip()!r} only the last number may have decimals.")
    sign = "-" if letter and letter in "SW" else sign
    axis = "" if not letter else "lat" if letter in "NS" else "lon"
    return _sexagesimal(parts, "", sign, said), axis


def _sexagesimal(parts: Sequence[str], fraction: str, sign: str, said: str) -> float:
    """Signed degrees from degrees, minutes and seconds; `fraction` belongs to the last of them."""
    given = [part for part in parts if part]
    given[-1] += fraction
    values = [float(part) for part in given]
    for name, value in zip(("Minutes", "Seconds"), values[1:], strict=False):
        if value >= 60.0:
            _unreadable(said, f"{name} must be less than 60, and are {value:g}.")
    size = values[0]  # in the smallest unit given, so that 24°17'12" is rounded once
    for value in values[1:]:
        size = size * 60.0 + value
    size /= 60.0 ** (len(values) - 1)
    return -size + 0.0 if sign == "-" else size


# -- writing ------------------------------------------------------------------------------------


def format_position(lon: float, lat: float, *, decimals: int = 3) -> str:
    """Write a position in degrees and decimal minutes, latitude first, as charts do.

    Parameters
    ----------
    lon, lat : float
        Degrees.
    decimals : int
        Decimals of a minute; 3 is within a metre.

    Returns
    -------
    str
        ``24°17.200′N 153°58.833′E``; `parse` reads it back.
    """
    lon = lon - 360.0 if lon > 180.0 else lon
    return f"{_format_angle(lat, 'NS', decimals)} {_format_angle(lon, 'EW', decimals)}"


def _format_angle(degrees: float, letters: str, decimals: int) -> str:
    minutes = round(abs(degrees) * 60.0, decimals)
    whole, rest = divmod(minutes, 60.0)
    width = 3 + decimals if decimals else 2
    text = f"{rest:0{width}.{decimals}f}"
    if float(text) >= 60.0:
        whole, text = whole + 1, f"{0:0{width}.{decimals}f}"
    return f"{whole:.0f}°{text}′{letters[degrees < 0]}"
