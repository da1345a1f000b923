"""GeoJSON, read by its own rules: no driver that could take JSON for a command ever sees it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import DataFormatError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Features", "columns_of", "geometry_of", "read_geojson"]

_SPACE = re.compile(r"[ \t\r\n\x1e]*")
_CRS = re.compile(r"(urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?[\w.]+([:/][\w.]*)+")
CRS84 = re.compile(r"(urn:ogc:def:crs:OGC:[\w.]*:|OGC:)?CRS:?84", re.IGNORECASE)
"""Longitude and latitude on WGS 84, easting first, by its names."""
_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""How deep the positions of a geometry lie."""


@dataclass(slots=True)
class Features:
    """Rows as a text format tells them: a mapping of properties and a geometry each."""

    properties: list[dict[str, Any]] = field(default_factory=list)
    geometry: list[Any] = field(default_factory=list)
    crs: str | None = "EPSG:4326"
    name: str = ""
    said: tuple[str, ...] = ()


def read_geojson(path: Path, shown: str) -> Features:
    """Read a feature collection, a feature or a geometry, or one on each line.

    Parameters
    ----------
    path : pathlib.Path
    shown : str
        What to call it in messages.

    Raises
    ------
    DataFormatError
        If it is not JSON, or JSON of another kind; naming the feature that is wrong.
    """
    found = Features()
    try:
        text = path.read_text(encoding="utf-8-sig")
        for top in _objects(text, lambda feature: _add(found, feature, shown)):
            _take(found, top, shown)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataFormatError(
            f"{shown} cannot be read as GeoJSON: {error}. It may be truncated or damaged."
        ) from None
    return found


def _take(found: Features, top: dict[str, Any], shown: str) -> None:
    kind = top.get("type")
    if kind == "FeatureCollection":
        found.crs = _crs(top["crs"], shown) if "crs" in top else found.crs
        found.name = top["name"] if isinstance(top.get("name"), str) else found.name
    elif kind == "Feature":
        _add(found, top, shown)
    elif kind in _DEPTH or kind == "GeometryCollection":
        _add(found, {"type": "Feature", "geometry": top}, shown)
    else:
        raise DataFormatError(
            f"{shown} cannot be read as GeoJSON: its type is {str(kind)[:50]!r}. Accepted are a "
            "FeatureCollection, a Feature, a geometry, or one of these on each line."
        )


def _crs(said: Any, shown: str) -> str | None:
    """Read the reference system of GeoJSON before RFC 7946; null says that it has none."""
    if said is None:
        return None
    of = said.get("properties") if isinstance(said, dict) else None
    name = of.get("name") if isinstance(of, dict) else None
    if not isinstance(name, str) or not _CRS.fullmatch(name):
        raise DataFormatError(
            f"{shown} says its coordinate reference system as {json.dumps(said)[:100]}. Accepted "
            'is a name, as in {"type": "name", "properties": {"name": "EPSG:4326"}}; what it '
            "points to elsewhere is not followed."
        )
    return "EPSG:4326" if CRS84.fullmatch(name) else name


def _add(found: Features, feature: Any, shown: str) -> None:
    """Take a feature: its properties, its id where it has one, its geometry."""
    place = f"{shown}: feature {len(found.geometry) + 1}"
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise DataFormatError(f"{place} is no Feature but {json.dumps(feature)[:60]}.")
    said = feature.get("properties")
    if not isinstance(said, dict | None):
        raise DataFormatError(f"{place} has properties that are {json.dumps(said)[:60]}.")
    properties = dict(said or {})
    if feature.get("id") is not None:
        properties.setdefault("id", feature["id"])
    found.properties.append(properties)
    found.geometry.append(geometry_of(feature.get("geometry"), place))


def geometry_of(said: Any, place: str) -> Any:
    """Make a geometry of GeoJSON's, without heights; None for null.

    Raises
    ------
    DataFormatError
        If it is none.
    """
    import shapely

    if said is None:
        return None
    kind = said.get("type") if isinstance(said, dict) else None
    try:
        if kind == "GeometryCollection":
            return shapely.GeometryCollection(
                [geometry_of(part, place) for part in said["geometries"]]
            )
        return _build(str(kind), _flat(said["coordinates"], _DEPTH[str(kind)]))
    except (KeyError, TypeError, ValueError, shapely.errors.ShapelyError) as error:
        why = f"{error}" if isinstance(error, ValueError) else f"of type {str(kind)[:30]!r}"
        raise DataFormatError(f"{place} has a geometry that is none: {why}.") from None


def _build(kind: str, flat: Any) -> Any:
    import shapely

    if not len(flat):
        return shapely.from_wkt(f"{kind.upper()} EMPTY")
    if kind == "Polygon":
        return shapely.Polygon(flat[0], flat[1:])
    if kind == "MultiPolygon":
        return shapely.MultiPolygon([shapely.Polygon(rings[0], rings[1:]) for rings in flat])
    return getattr(shapely, kind)(flat)


def _flat(said: Any, depth: int) -> Any:
    """Lists of positions as arrays of longitude and latitude, as deep as they should be."""
    if not isinstance(said, list):
        raise ValueError(f"{json.dumps(said)[:40]} where coordinates are expected")
    if depth > 1:
        return [_flat(part, depth - 1) for part in said]
    positions = [said] if depth == 0 and said else said
    for position in positions:
        if not isinstance(position, list) or len(position) < 2:
            raise ValueError(f"{json.dumps(position)[:40]} where a position is expected")
    array = np.array([position[:2] for position in positions])
    if len(array) and (array.dtype.kind not in "if" or array.ndim != 2):
        raise ValueError(f"positions that are no numbers, from {json.dumps(positions[0])[:40]}")
    return array.astype(np.float64)


def columns_of(found: Features) -> dict[str, NDArray[Any]]:
    """Properties as columns, in the order in which they first occur; None where one is missing."""
    names = dict.fromkeys(name for row in found.properties for name in row)
    columns = {}
    for name in names:
        column = np.empty(len(found.properties), dtype=object)
        for place, row in enumerate(found.properties):
            value = row.get(name)
            is_plain = not isinstance(value, dict | list)
            column[place] = value if is_plain else json.dumps(value, ensure_ascii=False)
        columns[name] = _typed(column)
    return columns


def _typed(column: NDArray[Any]) -> NDArray[Any]:
    """A column of numbers as numbers, if all of it are."""
    kinds = {type(value) for value in column}
    if kinds == {int} and max(map(abs, column)) < 2**63:
        return column.astype(np.int64)
    return column.astype(np.float64) if kinds == {float} else column


def _constant(word: str) -> Any:
    raise json.JSONDecodeError(f"{word} is no number of JSON", word, 0)


_DECODER = json.JSONDecoder(parse_constant=_constant)


def _objects(text: str, take: Callable[[Any], None]) -> Iterator[dict[str, Any]]:
    """Yield the objects of a text, without their features, which are taken one by one.

    So a collection is never in memory as a whole beside its text.
    """
    at = _skip(text, 0)
    while at < len(text):
        at = _expect(text, at, "{")
        members: dict[str, Any] = {}
        while not text.startswith("}", at):
            name, at = _DECODER.raw_decode(text, at)
            at = _expect(text, at, ":")
            if name == "features" and text.startswith("[", at):
                at = _skip(text, at + 1)
                while not text.startswith("]", at):
                    value, at = _DECODER.raw_decode(text, at)
                    take(value)
                    at = _separator(text, at, "]")
                at += 1
            else:
                members[str(name)], at = _DECODER.raw_decode(text, at)
            at = _separator(text, at, "}")
        yield members
        at = _skip(text, at + 1)
    if not text.strip():
        raise json.JSONDecodeError("nothing is there", text, 0)


def _skip(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]


def _expect(text: str, at: int, mark: str) -> int:
    at = _skip(text, at)
    if not text.startswith(mark, at):
        raise json.JSONDecodeError(f"{mark!r} is expected", text, at)
    return _skip(text, at + 1)


def _separator(text: str, at: int, end: str) -> int:
    """Pass a comma, or stay at the end of an object or array."""
    at = _skip(text, at)
    return at if text.startswith(end, at) else _expect(text, at, ",")
