"""Positions as people write them: read, checked, and written again in degrees and minutes."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Literal, NamedTuple, NoReturn

import numpy as np

from eezkit.errors import CoordinateError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Invalid",
    "Position",
    "as_floats",
    "check_arrays",
    "format_position",
    "on_globe",
    "parse",
    "parse_angle",
]

Invalid = Literal["raise", "null"]
"""What becomes of a value that is not a position: an error, or null (NaN, answer -2)."""

_ACCEPTED = (
    "Accepted are LAT LON in degrees (24.2867 153.9806), degrees and minutes "
    "(24 17.2N, 153 58.83E; 24-17.2N 153-58.83E), degrees, minutes and seconds "
    "(24°17'12\"N 153°58'50\"E), NMEA (2417.20,N,15358.83,E), lat=24.2867 lon=153.9806, "
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
_NUMBER = r"(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)"
_FLOAT = rf"[+-]?+{_NUMBER}(?:[eE][+-]?+[0-9]++)?"
# Compiled when first used, by `re` itself: a single check needs one of them. What is repeated is
# never given back (++), so that each takes a time in proportion to the length of the text.
_DECIMAL = rf"({_FLOAT})(?:\s*+[,;]\s*+|\s++)({_FLOAT})"
_DECIMAL_COMMA = r"([+-]?+[0-9]++),([0-9]++)(?:\s*+;\s*+|\s++)([+-]?+[0-9]++),([0-9]++)"
_ISO_6709 = (
    r"(?a)([+-])([0-9]++)(\.[0-9]*+)?([+-])([0-9]++)(\.[0-9]*+)?"
    r"(?:[+-][0-9]++(?:\.[0-9]*+)?)?(CRS\w++)?/?"
)
_COMPACT = (
    r"(?ai)([0-9]{4}|[0-9]{6})(\.[0-9]*+)?,?\s*+([NS])(?:\s*+,\s*+|\s*+)"
    r"([0-9]{5}|[0-9]{7})(\.[0-9]*+)?,?\s*+([EW])"
)
_GEO_URI = rf"(?ai)geo:\s*+({_FLOAT}),({_FLOAT})(?:,{_FLOAT})?((?:;[\w.=-]++)*+)"
_WKT = (
    rf"(?ai)(?:SRID=([0-9]++);\s*+)?POINT\s*+(ZM|Z|M)?\s*+"
    rf"\(\s*+({_FLOAT})\s++({_FLOAT})((?:\s++{_FLOAT}){{0,2}})\s*+\)"
)
_LABEL = r"(?i)(?<![a-z])(lat(?:itude)?|lon(?:g(?:itude)?)?|lng)(?![a-z])\s*+[=:]?+\s*+"
_TOKEN = (
    rf"(?i)\s*+(?:(?P<n>{_NUMBER})|(?P<L>[NSEW])(?![a-z])|(?P<D>°|d(?:eg)?+(?![a-z]))|(?P<M>')|"
    r"(?P<S>\")|(?P<s>[+-])|(?P<c>[,;]))"
)
_ANGLE = r"L?s?n(?:D?nM?nS?|D?nM?|D?)L?|L?nhn(?:hn)?L?"
"""An angle in the kinds of its tokens: letter, sign, numbers with their marks or hyphens."""
_NOT_A_NUMBER = r"(?i)[+-]?(?:nan|inf|infinity|null|none|na|n/a|nat)"
_LONGEST = 1000
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
        x, y = as_floats(lon), as_floats(lat)
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


def as_floats(values: ArrayLike) -> NDArray[np.float64]:
    """Take numbers as float64, NaN where one is missing (None, NaT, `pandas.NA`, masked).

    Raises
    ------
    TypeError, ValueError
        If one is no number.
    """
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
    if plain.dtype.kind == "c":
        raise TypeError("they are complex")
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
        primes, ``24 17.2N, 153 58.83E``, ``24-17.2N 153-58.83E`` as in notices to mariners,
        ``153.98E 24.28N`` (the letters say which is which), ``2417.2,N,15358.83,E`` as NMEA 0183
        has it, ``lat=24.28 lon=153.98``, ``24,28 153,98`` (a comma that can be nothing else),
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
    if len(said) > _LONGEST:
        raise CoordinateError(
            f"{said[:60]!r}… is not a position: it has {len(said):,} characters. {_ACCEPTED}"
        )
    plain = said.strip().translate(_SPELLINGS).replace("''", '"')
    for form, read in _FORMS:
        if match := re.fullmatch(form, plain):
            return _position(*read(match, said), said)
    if any(re.fullmatch(_NOT_A_NUMBER, word) for word in re.split(r"[\s,;]+", plain)):
        _unreadable(said, "It holds a value that is not a number; is it missing in the source?")
    labels = list(re.finditer(_LABEL, plain))
    if labels:
        return _position(*_read_labelled(plain, labels, said), said)
    return _position(*_read_halves(_tokens(_with_points(plain, said), said), said), said)


def _position(lon: float, lat: float, said: str) -> Position:
    try:
        return Position(lon, lat)
    except CoordinateError as error:
        raise CoordinateError(f"{said!r}: {error}") from None


def _unreadable(said: str, why: str) -> NoReturn:
    raise CoordinateError(f"{said!r} is not a position. {why}")


def _read_decimal(match: re.Match[str], said: str) -> tuple[float, float]:
    if re.fullmatch(r"[+-]?+[0-9]++,[0-9]++", match[0]):
        lat, _, lon = match[0].partition(",")
        _unreadable(
            said,
            f"It may be the position {lat} {lon} or the one number {lat}.{lon}: put a space "
            "between latitude and longitude, and write decimals with '.'.",
        )
    return _number(match[2], said), _number(match[1], said)


def _read_decimal_comma(match: re.Match[str], said: str) -> tuple[float, float]:
    lat, lat_part, lon, lon_part = match.groups()
    return float(f"{lon}.{lon_part}"), float(f"{lat}.{lat_part}")


def _number(text: str, said: str) -> float:
    value = float(text)
    if value == 0.0 and re.search("[1-9]", re.split("[eE]", text)[0]):
        _unreadable(said, f"{text} is too small for a number of 64 bits.")
    return value


def _read_compact(match: re.Match[str], said: str) -> tuple[float, float]:
    """Degrees, minutes and seconds without marks, as of NMEA 0183 and aviation."""
    lat, lat_part, lat_letter, lon, lon_part, lon_letter = match.groups("")
    if len(lon) - len(lat) != 1:
        _unreadable(said, "Only one of its angles has seconds.")
    return (
        _sexagesimal([lon[:3], lon[3:5], lon[5:]], lon_part, _SIGN[lon_letter.upper()], said),
        _sexagesimal([lat[:2], lat[2:4], lat[4:]], lat_part, _SIGN[lat_letter.upper()], said),
    )


def _read_iso_6709(match: re.Match[str], said: str) -> tuple[float, float]:
    lat_sign, lat, lat_part, lon_sign, lon, lon_part, crs = match.groups("")
    if len(lat) not in (2, 4, 6) or len(lon) not in (3, 5, 7):
        _unreadable(said, f"As ISO 6709 it has {len(lat)} and {len(lon)} digits. {_ACCEPTED}")
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
    return _number(match[2], said), _number(match[1], said)


def _read_wkt(match: re.Match[str], said: str) -> tuple[float, float]:
    if match[1] not in (None, "4326", "4979"):
        _unreadable(said, f"Its SRID is {match[1]}; only 4326 (WGS 84) is understood.")
    n = len(match[5].split())
    if match[2] is not None and n != len(match[2]):
        _unreadable(said, f"A POINT {match[2]} has {2 + len(match[2])} numbers, and this {2 + n}.")
    return _number(match[3], said), _number(match[4], said)


_FORMS = (
    (_DECIMAL, _read_decimal),
    (_DECIMAL_COMMA, _read_decimal_comma),
    (_COMPACT, _read_compact),
    (_ISO_6709, _read_iso_6709),
    (_GEO_URI, _read_geo_uri),
    (_WKT, _read_wkt),
)


class _Token(NamedTuple):
    """A piece of a position: its kind (a letter of `_ANGLE`, or c), its text, where it begins."""

    kind: str
    text: str
    start: int
    end: int


def _with_points(plain: str, said: str, *, n_halves: int = 2) -> str:
    """Take commas for decimal points where they can be nothing else; refuse them where they may."""
    commas = re.findall(r"[0-9],(?=[0-9])", plain)
    if not commas:
        return plain
    halves = [half for half in re.split("(?i)(?<=[0-9\"'°\\s])[NSEW]", plain) if half.strip()]
    is_plain = plain.count(",") == len(commas) and "." not in plain and len(halves) == n_halves
    if not is_plain or any(half.count(",") > 1 for half in halves):
        _unreadable(said, "Its comma may be a decimal comma: write decimals with '.'.")
    return plain.replace(",", ".")


def _tokens(plain: str, said: str) -> list[_Token]:
    """Take the text apart; a hyphen between digits parts degrees, minutes and seconds."""
    tokens: list[_Token] = []
    at, end = 0, len(plain.rstrip())
    pattern = re.compile(_TOKEN)
    while at < end:
        match = pattern.match(plain, at)
        if match is None:
            word = plain[at:].split()[0]
            _unreadable(said, f"{word!r} is no angle. {_ACCEPTED}")
        kind = str(match.lastgroup)
        start = match.start(kind)
        before = tokens[-1] if tokens else None
        glued = before is not None and before.kind == "n" and before.end == start
        if match[kind] == "-" and glued and plain[start + 1 : start + 2].isdigit():
            kind = "h"
        tokens.append(_Token(kind, match[0].strip(), start, match.end()))
        at = match.end()
    return tokens


def parse_angle(text: str, axis: Literal["lat", "lon"]) -> float:
    """Read one latitude or longitude, as people write it in a column of its own.

    Parameters
    ----------
    text : str
        As either half of what `parse` reads: ``24.2867``, ``24°17'12"N``, ``24-17.2N``,
        ``2417.2,N``, ``24,2867``.
    axis : {"lat", "lon"}
        Which it is; a letter must agree.

    Returns
    -------
    float
        Degrees.

    Raises
    ------
    CoordinateError
        If it cannot be read, or is not within [-90, 90] or [-180, 360].

    Examples
    --------
    >>> parse_angle("24°17.2'N", "lat")
    24.286666666666665
    """
    if len(text) > _LONGEST:
        raise CoordinateError(f"{text[:60]!r}… is no angle: it has {len(text):,} characters.")
    plain = text.strip().translate(_SPELLINGS).replace("''", '"')
    value = _read_named(plain, axis, text)
    _position(*((value, 0.0) if axis == "lon" else (0.0, value)), text)
    return value


def _read_named(plain: str, axis: str, said: str) -> float:
    """Signed degrees of one angle of which it is known whether it is a latitude."""
    if re.fullmatch(_FLOAT, plain):
        return _number(plain, said)
    n, letters = (2, "NS") if axis == "lat" else (3, "EW")
    glued = rf"(?i)([0-9]{{{n + 2}}}|[0-9]{{{n + 4}}})(\.[0-9]*+)?,?\s*+([{letters}])"
    if match := re.fullmatch(glued, plain):
        degrees, part, letter = match.groups("")
        parts = [degrees[:n], degrees[n : n + 2], degrees[n + 2 :]]
        return _sexagesimal(parts, part, _SIGN[letter.upper()], said)
    value, named = _read_angle(_tokens(_with_points(plain, said, n_halves=1), said), said)
    if named and named != axis:
        _unreadable(said, f"It has the letter of a {named}, where a {axis} is wanted.")
    return value


def _read_labelled(plain: str, labels: list[re.Match[str]], said: str) -> tuple[float, float]:
    """Longitude and latitude out of two angles with their names before them."""
    axes = [label[1].lower()[:2] for label in labels]
    if sorted(axes) not in (["la", "lo"], ["la", "ln"]) or labels[0].start() != 0:
        _unreadable(said, f"Its names must be lat and lon, once each. {_ACCEPTED}")
    ends = [labels[1].start(), len(plain)]
    found = {}
    for label, axis, end in zip(labels, axes, ends, strict=True):
        text = plain[label.end() : end].strip().rstrip(",;&")
        found[axis == "la"] = _read_named(text, "lat" if axis == "la" else "lon", said)
    return found[False], found[True]


def _read_halves(tokens: list[_Token], said: str) -> tuple[float, float]:
    """Longitude and latitude out of two angles, which letters may name."""
    (first, first_axis), (second, second_axis) = (
        _read_angle(half, said) for half in _split(tokens, said)
    )
    if not first_axis and not second_axis:
        return second, first
    if not first_axis or not second_axis:
        _unreadable(said, "One half has a letter (N, S, E, W) and the other has none.")
    if first_axis == second_axis:
        _unreadable(said, f"It gives two {'latitudes' if first_axis == 'lat' else 'longitudes'}.")
    return (second, first) if first_axis == "lat" else (first, second)


def _split(tokens: list[_Token], said: str) -> tuple[list[_Token], list[_Token]]:
    """Part the tokens between the two angles."""
    where = {kind: [i for i, t in enumerate(tokens) if t.kind == kind] for kind in "nLDMSshc"}
    numbers, letters, at = where["n"], where["L"], -1
    if where["c"]:
        if len(where["c"]) > 1:
            _unreadable(said, "Its comma may be a decimal comma: write decimals with '.'.")
        return tokens[: where["c"][0]], tokens[where["c"][0] + 1 :]
    if len(letters) == 2:
        at = letters[1] if letters[0] == 0 else letters[0] + 1
    elif not letters and len(where["D"]) == 2:
        at = where["D"][1] - 1
    elif not (letters or where["D"] or where["M"] or where["S"] or where["h"]):
        # Four bare numbers may be two positions; signs say where an angle begins.
        signed = [i for i in numbers if i and tokens[i - 1].kind == "s"]
        if len(numbers) in (2, 6) or (len(numbers) == 4 and signed == numbers[::2]):
            at = numbers[len(numbers) // 2]
    if at <= 0:
        _unreadable(said, f"No latitude and longitude can be told apart in it. {_ACCEPTED}")
    if tokens[at].kind == "n" and tokens[at - 1].kind == "s":
        at -= 1
    return tokens[:at], tokens[at:]


_SIGN = {"N": "", "E": "", "S": "-", "W": "-"}


def _read_angle(tokens: list[_Token], said: str) -> tuple[float, str]:
    """Signed degrees of one angle, and which axis its letter names ("lat", "lon" or "")."""
    shown = repr(said[tokens[0].start : tokens[-1].end]) if tokens else "nothing"
    of = {kind: [t for t in tokens if t.kind == kind] for kind in "nLsh"}
    if len(of["L"]) == 2:
        _unreadable(said, f"{shown} has two letters.")
    letter = of["L"][0].text.upper() if of["L"] else ""
    is_angle = re.fullmatch(_ANGLE, "".join(t.kind for t in tokens)) is not None
    parts = [t.text for t in of["n"]]
    # Hyphens part only what a letter ends: else the second may be a sign.
    is_angle &= not of["h"] or bool(letter)
    is_angle &= not any(part.startswith(".") for part in parts[1:])
    is_angle &= not any(a.kind == b.kind == "n" and a.end == b.start for a, b in pairwise(tokens))
    if not is_angle:
        _unreadable(said, f"{shown} is no angle. {_ACCEPTED}")
    sign = of["s"][0].text if of["s"] else ""
    if letter and (sign == "-" or (sign == "+" and letter in "SW")):
        _unreadable(said, f"{shown} has a sign and a letter; give one of them.")
    if any("." in part for part in parts[:-1]):
        _unreadable(said, f"In {shown} only the last number may have decimals.")
    axis = "" if not letter else "lat" if letter in "NS" else "lon"
    return _sexagesimal(parts, "", _SIGN[letter] if letter else sign, said), axis


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
