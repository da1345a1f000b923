"""KML, GPX and GML, read by their own rules: no reference out of the file is ever followed."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import numpy as np

from eezkit.errors import DataFormatError
from eezkit.sources.files.geojson import CRS84, Features

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["read_gml", "read_gpx", "read_kml"]

Layers = dict[str, Features]

_MOST_DEEP = 200
"""How deep elements may lie in each other."""
_LINK = re.compile(r"https?://www\.opengis\.net/(gml/srs/epsg\.xml#|def/crs/EPSG/[\w.]+/)(\d+)")
_EPSG = re.compile(r"(EPSG:|urn:(x-)?ogc:def:crs:EPSG:[\w.]*:)(\d+)", re.IGNORECASE)


def _tree(path: Path, shown: str, kind: str) -> ET.Element:
    """Parse a file whose text defines nothing beyond itself.

    Raises
    ------
    DataFormatError
        If it is not well formed, or has a document type, which may define entities.
    """
    depth = 0
    parser = expat.ParserCreate(namespace_separator="}")
    builder = ET.TreeBuilder()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MOST_DEEP:
            raise DataFormatError(f"{shown} has elements more than {_MOST_DEEP} deep.")
        builder.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(name))

    def doctype(*_: object) -> None:
        raise DataFormatError(
            f"{shown} has a document type (<!DOCTYPE …>), which may define entities or point to "
            f"other files. {kind} has none: remove it."
        )

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = builder.data, doctype
    parser.buffer_text = True
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise DataFormatError(
            f"{shown} cannot be read as {kind}: {error}. It may be truncated or damaged."
        ) from None
    return builder.close()


def _local(name: str) -> str:
    """Name of an element or attribute without its namespace."""
    return name.rpartition("}")[2]


def _text(element: ET.Element | None) -> str | None:
    text = "".join(element.itertext()).strip() if element is not None else ""
    return text or None


def _positions(text: str | None, place: str, *, dimension: int = 0) -> NDArray[np.float64]:
    """Read "lon,lat,height lon,lat" or, where a dimension is given, plain numbers.

    Returns
    -------
    numpy.ndarray of float64, shape (n, 2)
    """
    words = (text or "").replace(",", " ").split() if dimension else (text or "").split()
    try:
        if dimension:
            return np.array([float(word) for word in words]).reshape(-1, dimension)[:, :2]
        return np.array([[float(n) for n in word.split(",")[:2]] for word in words]).reshape(-1, 2)
    except ValueError:
        raise DataFormatError(
            f"{place} has coordinates that are no positions: {' '.join(words)[:60]!r}."
        ) from None


def _shaped(make: Callable[..., Any], *args: Any, place: str) -> Any:
    import shapely

    try:
        return make(*args)
    except (ValueError, TypeError, shapely.errors.ShapelyError) as error:
        raise DataFormatError(f"{place} has a geometry that is none: {error}.") from None


def _together(parts: list[Any]) -> Any:
    """One geometry of several: a multi-part one where all are of one kind."""
    import shapely

    if len(parts) <= 1:
        return parts[0] if parts else None
    kinds = {part.geom_type for part in parts}
    flat = [one for part in parts for one in shapely.get_parts(part)]
    multi = {"Polygon": "MultiPolygon", "LineString": "MultiLineString", "Point": "MultiPoint"}
    bare = {kind.removeprefix("Multi") for kind in kinds}
    if len(bare) == 1 and (kind := bare.pop()) in multi:
        return getattr(shapely, multi[kind])(flat)
    return shapely.GeometryCollection(parts)


def _put(found: Features, properties: dict[str, Any], geometry: Any) -> None:
    found.properties.append(properties)
    found.geometry.append(geometry)


# --- KML


def read_kml(path: Path, shown: str) -> Layers:
    """Read the placemarks of KML: all of them under "", those of a folder under its name too."""
    root = _tree(path, shown, "KML")
    every = Features()
    layers: Layers = {"": every}
    for placemark, folder in _placemarks(root, ""):
        place = f"{shown}: placemark {len(every.geometry) + 1}"
        shapes = [shape for child in placemark for shape in _kml_shapes(child, place)]
        properties, geometry = _kml_properties(placemark), _together(shapes)
        _put(every, properties, geometry)
        if folder:
            _put(layers.setdefault(folder, Features()), properties, geometry)
    if root.find(".//NetworkLink") is not None:
        every.said = ("it has links to other files (NetworkLink), which are not followed.",)
    return layers


def _placemarks(element: ET.Element, folder: str) -> Iterator[tuple[ET.Element, str]]:
    for child in element:
        if child.tag == "Placemark":
            yield child, folder
        elif child.tag == "Folder":
            yield from _placemarks(child, _text(child.find("name")) or folder)
        elif child.tag == "Document":
            yield from _placemarks(child, folder)


def _kml_properties(placemark: ET.Element) -> dict[str, Any]:
    found = {name: _text(placemark.find(name)) for name in ("name", "description")}
    for data in placemark.iterfind("ExtendedData//*[@name]"):
        value = data.find("value") if data.tag == "Data" else data
        found[data.get("name", "")] = _text(value)
    return found


def _kml_shapes(element: ET.Element, place: str) -> Iterator[Any]:
    import shapely

    def line(of: ET.Element | None) -> NDArray[np.float64]:
        return _positions(_text(of.find("coordinates")) if of is not None else None, place)

    if element.tag == "Point":
        yield from [_shaped(shapely.Point, one, place=place) for one in line(element)[:1]]
    elif element.tag in ("LineString", "LinearRing"):
        yield _shaped(shapely.LineString, line(element), place=place)
    elif element.tag == "Polygon":
        shell = line(element.find("outerBoundaryIs/LinearRing"))
        holes = [line(ring) for ring in element.iterfind("innerBoundaryIs/LinearRing")]
        yield _shaped(shapely.Polygon, shell, holes, place=place)
    elif element.tag == "Track":
        where = _positions(
            " ".join(_text(one) or "" for one in element.iterfind("coord")), place, dimension=3
        )
        yield _shaped(shapely.LineString, where, place=place)
    elif element.tag in ("MultiGeometry", "MultiTrack"):
        for child in element:
            yield from _kml_shapes(child, place)


# --- GPX


def read_gpx(path: Path, shown: str) -> Layers:
    """Read the waypoints, routes and tracks of GPX, and the points of its tracks with times."""
    import shapely

    root = _tree(path, shown, "GPX")
    layers: Layers = {
        name: Features() for name in ("waypoints", "routes", "tracks", "track_points")
    }

    def positions(points: list[ET.Element]) -> NDArray[np.float64]:
        text = " ".join(f"{one.get('lon')} {one.get('lat')}" for one in points)
        return _positions(text, shown, dimension=2)

    def about(element: ET.Element) -> dict[str, Any]:
        return {name: _text(element.find(name)) for name in ("name", "desc", "time")}

    for point in root.iterfind("wpt"):
        _put(layers["waypoints"], about(point), shapely.Point(positions([point])[0]))
    for route in root.iterfind("rte"):
        line = _shaped(shapely.LineString, positions(route.findall("rtept")), place=shown)
        _put(layers["routes"], about(route), line)
    for number, track in enumerate(root.iterfind("trk")):
        parts = [positions(part.findall("trkpt")) for part in track.iterfind("trkseg")]
        line = _shaped(shapely.MultiLineString, [p for p in parts if len(p) > 1], place=shown)
        _put(layers["tracks"], about(track), line)
        for point in track.iterfind("trkseg/trkpt"):
            known = {**about(point), "track": _text(track.find("name")), "track_number": number}
            _put(layers["track_points"], known, shapely.Point(positions([point])[0]))
    return layers


# --- GML

_MEMBERS = ("featureMember", "featureMembers", "member")
_PARTS = {
    "MultiPolygon": "polygonMember",
    "MultiSurface": "surfaceMember",
    "CompositeSurface": "surfaceMember",
    "MultiLineString": "lineStringMember",
    "MultiCurve": "curveMember",
    "CompositeCurve": "curveMember",
    "MultiPoint": "pointMember",
    "MultiGeometry": "geometryMember",
}
_SHAPES = {"Point", "LineString", "Curve", "LinearRing", "Polygon", "Surface", *_PARTS}


def read_gml(path: Path, shown: str) -> Layers:
    """Read the features of GML (versions 2 and 3, straight edges), a layer for each type."""
    root = _tree(path, shown, "GML")
    layers: Layers = {}
    default = next((box.get("srsName") for box in root.iterfind("boundedBy/*")), None)
    members = [one for member in root if member.tag in _MEMBERS for one in member]
    named: dict[str, set[str | None]] = {}
    for feature in members:
        found = layers.setdefault(feature.tag, Features(crs=None))
        place = f"{shown}: {feature.tag} {len(found.geometry) + 1}"
        properties, geometry = {}, None
        for child in feature:
            shape = next((one for one in child if one.tag in _SHAPES), None)
            if child.tag == "boundedBy":
                continue
            if shape is None and len(child) and geometry is None:
                raise DataFormatError(
                    f"{place}: {child.tag} holds {child[0].tag}, which is not understood. "
                    f"Accepted are geometries of straight edges: {', '.join(sorted(_SHAPES))}."
                )
            if shape is None:
                properties[child.tag] = _text(child)
            else:
                geometry = _together(_gml_shapes(shape, place, 2))
                srs = next((one.get("srsName") for one in shape.iter() if one.get("srsName")), None)
                named.setdefault(feature.tag, set()).add(srs or default)
        if any("href" in one.attrib for one in feature.iter()):
            found.said = ("it has references (xlink:href), which are not followed.",)
        _put(found, properties, geometry)
    for name, systems in named.items():
        if len(systems) > 1:
            listed = ", ".join(sorted(map(str, systems)))
            raise DataFormatError(f"{shown} has geometries in several reference systems: {listed}.")
        _set_crs(layers[name], systems.pop(), shown)
    return layers


def _set_crs(found: Features, name: str | None, shown: str) -> None:
    """Read a reference system, and put easting first where it says that northing comes first."""
    import shapely

    if name is None:
        return
    link, code = _LINK.fullmatch(name), _EPSG.fullmatch(name)
    if CRS84.fullmatch(name):
        found.crs = "EPSG:4326"
        return
    if link is None and code is None:
        raise DataFormatError(
            f"{shown} says its coordinate reference system as {name[:80]!r}. Accepted are codes "
            "of EPSG, such as urn:ogc:def:crs:EPSG::4326; what it points to is not followed."
        )
    number = link[2] if link is not None else code[3]  # type: ignore[index]
    found.crs = f"EPSG:{number}"
    as_defined = name.lower().startswith("urn:") or "/def/crs/" in name
    if as_defined and _is_north_first(found.crs, shown):
        found.geometry = [
            None if one is None else shapely.transform(one, lambda xy: xy[:, ::-1])
            for one in found.geometry
        ]


def _is_north_first(crs: str, shown: str) -> bool:
    import pyproj

    try:
        axes = pyproj.CRS.from_user_input(crs).axis_info
    except pyproj.exceptions.ProjError as error:
        raise DataFormatError(f"{shown}: {crs} is no known reference system ({error}).") from None
    return bool(axes) and axes[0].direction.lower() in ("north", "south")


def _gml_shapes(element: ET.Element, place: str, dimension: int) -> list[Any]:
    import shapely

    dimension = int(element.get("srsDimension", dimension))
    if element.tag in _PARTS:
        members = [
            part
            for holder in element
            if holder.tag.startswith(_PARTS[element.tag])
            for part in holder
        ]
        return [one for part in members for one in _gml_shapes(part, place, dimension)]
    if element.tag == "Surface":
        patches = element.iterfind("*/PolygonPatch")
        return [one for patch in patches for one in _gml_shapes(patch, place, dimension)]
    if element.tag in ("Polygon", "PolygonPatch"):
        outer = [*element.iterfind("exterior/*"), *element.iterfind("outerBoundaryIs/*")]
        inner = [*element.iterfind("interior/*"), *element.iterfind("innerBoundaryIs/*")]
        if len(outer) != 1:
            raise DataFormatError(f"{place} has a polygon of {len(outer)} outer rings.")
        shell, *holes = (_gml_line(ring, place, dimension) for ring in (*outer, *inner))
        return [_shaped(shapely.Polygon, shell, holes, place=place)]
    line = _gml_line(element, place, dimension)
    make = shapely.Point if element.tag == "Point" else shapely.LineString
    return [_shaped(make, line[0] if element.tag == "Point" else line, place=place)]


def _gml_line(element: ET.Element, place: str, dimension: int) -> NDArray[np.float64]:
    """Positions of a point, a line, or a ring, put together of its segments."""
    dimension = int(element.get("srsDimension", dimension))
    found = []
    for child in element:
        own = int(child.get("srsDimension", child.get("dimension", dimension)))
        if child.tag in ("pos", "posList"):
            found.append(_positions(_text(child), place, dimension=own))
        elif child.tag == "coordinates":
            found.append(_positions(_text(child), place))
        elif child.tag in ("segments", "curveMember", "LineStringSegment", "LineString", "Curve"):
            found.append(_gml_line(child, place, own))
        elif child.tag not in ("name", "description"):
            raise DataFormatError(
                f"{place} has {child.tag}, which is not understood: edges must be straight."
            )
    if not found:
        raise DataFormatError(f"{place} has {element.tag} without positions.")
    return np.concatenate(found)
