"""Geometry in a form ready to draw: whole across ±180°, simplified, quantised, encoded.

A path is a text: the vertices as whole multiples of 10^-`decimals` degrees, each as its
difference from the one before, in base-64 variable-length digits (the code of source maps).
It takes about a sixth of GeoJSON, and `controls.js` reads it in ten lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eezkit.errors import CoordinateError
from eezkit.geometry import nth_in_group

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Box",
    "box_around",
    "decode",
    "draw_whole",
    "encode",
    "encode_geometry",
    "fit_zoom",
    "geodesic_line",
    "label_line",
    "outline_ring",
    "pixel",
    "simplify",
    "straightest",
]

_CODE = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", dtype=np.uint8
)
_MAX_DIGITS = 7
_MERCATOR_END = 85.0511
"""Latitude where a square Mercator map of the world ends."""


class Box(NamedTuple):
    """West, south, east and north in degrees; east may pass 180."""

    west: float
    south: float
    east: float
    north: float


# -- encoding -------------------------------------------------------------------------------


def encode(lon: ArrayLike, lat: ArrayLike, decimals: int, *, repeats: bool = False) -> str:
    """Write vertices as text.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n_points,)
        Degrees, finite.
    decimals : int
        Decimals of a degree that are kept; 4 is 11 m.
    repeats : bool
        Whether vertices equal to the one before are kept.

    Returns
    -------
    str
        ASCII letters, digits, ``+`` and ``/``; empty for no vertices.

    Raises
    ------
    CoordinateError
        If one is not finite: as a step from the one before it would move all that follow.
    """
    scaled = np.rint(np.column_stack([lon, lat]).astype(np.float64) * 10**decimals)
    if not np.isfinite(scaled).all():
        first = int(np.argmin(np.isfinite(scaled).all(axis=1)))
        raise CoordinateError(f"Vertex {first} of {len(scaled)} is not finite: it cannot be drawn.")
    steps = scaled.astype(np.int64)
    if not repeats and len(steps):
        moved = (np.diff(steps, axis=0) != 0).any(axis=1)
        steps = steps[np.concatenate([[True], moved])]
    deltas = np.diff(steps, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).ravel()
    zigzag = (deltas << 1) ^ (deltas >> 63)
    places = 5 * np.arange(_MAX_DIGITS)
    digits = (zigzag[:, None] >> places) & 31
    more = (zigzag[:, None] >> (places + 5)) > 0
    written = np.column_stack([np.ones(len(zigzag), dtype=bool), more[:, :-1]])
    text = _CODE[(digits | (more << 5))[written]].tobytes()
    return str(text, "ascii")


def decode(text: str, decimals: int) -> NDArray[np.float64]:
    """Read back what `encode` wrote: longitudes and latitudes, shape (n_points, 2)."""
    if not text:
        return np.empty((0, 2))
    order = np.argsort(_CODE)
    digits = order[np.searchsorted(_CODE[order], np.frombuffer(text.encode("ascii"), np.uint8))]
    starts = np.concatenate([[0], np.flatnonzero(digits < 32)[:-1] + 1])
    place = nth_in_group(np.diff(starts, append=len(digits)))
    zigzag = np.add.reduceat((digits & 31) << (5 * place), starts)
    deltas = (zigzag >> 1) ^ -(zigzag & 1)
    return np.asarray(np.cumsum(deltas.reshape(-1, 2), axis=0) / 10.0**decimals)


def encode_geometry(geometry: Any, decimals: int) -> list[list[str]]:
    """Encode a shapely geometry: one list for each part, of its rings or its one line.

    Rings that quantising collapses (islets smaller than a pixel) are left out.
    """
    import shapely

    parts = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon":
            rings = [_encode_ring(ring, decimals) for ring in shapely.get_rings(part)]
            if rings[0]:
                parts.append([ring for ring in rings if ring])
        elif part.geom_type in ("LineString", "LinearRing"):
            parts.append([_encode_line(part, decimals)])
    return parts


def _encode_line(line: Any, decimals: int) -> str:
    import shapely

    lon, lat = shapely.get_coordinates(line).T
    return encode(lon, lat, decimals)


def _encode_ring(ring: Any, decimals: int) -> str:
    import shapely

    lon, lat = shapely.get_coordinates(ring)[:-1].T
    steps = np.rint(np.column_stack([lon, lat]) * 10**decimals)
    n_moves = np.count_nonzero((np.diff(steps, axis=0) != 0).any(axis=1))
    return encode(lon, lat, decimals) if n_moves >= 2 else ""


# -- across ±180° ---------------------------------------------------------------------------


def draw_whole(geometry: Any) -> Any:
    """Bring together the parts of a geometry that a cut at ±180° tore apart.

    Parameters
    ----------
    geometry : shapely geometry
        Valid polygons or lines in longitude and latitude, cut at ±180° or not.

    Returns
    -------
    shapely geometry
        The same area or line in one window of 360°: its longitudes may pass ±180°, its parts
        lie as near to its largest part as they can, and the seam is gone.
    """
    import shapely

    parts = shapely.get_parts(geometry)
    if not len(parts):
        return geometry
    west, _, east, _ = shapely.bounds(parts).T
    middle = (west + east) / 2
    largest = np.argmax(shapely.area(parts) + shapely.length(parts))
    shift = -360.0 * np.rint((middle - middle[largest]) / 360.0)
    if not shift.any():
        return geometry
    at_cut = (west <= -180.0 + _CUT) | (east >= 180.0 - _CUT)
    moved = np.array([_shifted(part, by) for part, by in zip(parts, shift, strict=True)])
    if shapely.get_dimensions(geometry) == 1:
        return shapely.line_merge(shapely.multilinestrings(moved))
    dissolved = shapely.get_parts(shapely.union_all(moved[at_cut]))
    return shapely.multipolygons([*dissolved, *moved[~at_cut]])


_CUT = 1e-6
"""Degrees (0.1 m): vertices this close to ±180° lie on the cut."""


def _shifted(geometry: Any, degrees: float) -> Any:
    import shapely

    def shift(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        lon = np.where(np.abs(np.abs(xy[:, 0]) - 180.0) <= _CUT, np.rint(xy[:, 0]), xy[:, 0])
        return np.column_stack([lon + degrees, xy[:, 1]])

    return shapely.transform(geometry, shift)


def box_around(boxes: Iterable[Box]) -> Box | None:
    """Find the smallest box that holds all boxes, on a globe.

    Parameters
    ----------
    boxes : iterable of Box

    Returns
    -------
    Box or None
        Its west within [-180, 180); None for no boxes. The widest gap between the boxes is
        what it leaves out.
    """
    found = sorted(((box.west + 180.0) % 360.0 - 180.0, box) for box in boxes)
    if not found:
        return None
    ends = [west + min(box.east - box.west, 360.0) for west, box in found]
    reach, gap, start = max(ends) - 360.0, 0.0, -180.0
    for (west, _), end in zip(found, ends, strict=True):
        if west - reach > gap:
            gap, start = west - reach, west
        reach = max(reach, end)
    south, north = min(box.south for _, box in found), max(box.north for _, box in found)
    return Box(start, south, start + 360.0 - gap, north)


# -- simplifying ----------------------------------------------------------------------------


def pixel(zoom: float) -> float:
    """Width of a screen pixel at a zoom of a web map, in degrees of longitude."""
    return float(360.0 / (256.0 * 2.0**zoom))


def fit_zoom(box: Box, *, width: float = 900.0, height: float = 640.0) -> float:
    """Zoom of a web map at which a box fits a window of so many pixels."""
    south, north = _mercator(np.clip([box.south, box.north], -_MERCATOR_END, _MERCATOR_END))
    span = max((box.east - box.west) / width, (north - south) / height, 1e-6)
    return math.log2(360.0 / (256.0 * span))


def simplify(geometries: NDArray[np.object_], zoom: float) -> NDArray[np.object_]:
    """Leave out what cannot be seen at a zoom; shared edges stay shared.

    Parameters
    ----------
    geometries : numpy.ndarray of shapely polygons, shape (n_zones,)
        As `draw_whole` gives them.
    zoom : float
        Closest zoom at which lines shall look as published.

    Returns
    -------
    numpy.ndarray of shapely polygons, shape (n_zones,)

    Notes
    -----
    Visvalingam-Whyatt on the edges of the coverage, in the plane of the map: a vertex goes
    when the triangle it makes is smaller than half a square pixel. Zones that cross ±180° see
    their neighbours of both sides. Holes and parts smaller than a pixel go, but never the largest
    part of a zone.
    """
    import shapely

    geometries = _without_specks(geometries, pixel(zoom))
    west, _, east, _ = shapely.bounds(geometries).T
    crosses = (west < -180.0) | (east > 180.0)
    near = [
        _shifted(geometry, by)
        for by in (-360.0, 360.0)
        for geometry, w, e in zip(geometries, west, east, strict=True)
        if crosses.any() and np.any((w + by <= east[crosses]) & (e + by >= west[crosses]))
    ] + [_shifted(g, by) for g in geometries[crosses] for by in (-360.0, 360.0)]
    flat = shapely.transform(np.array([*geometries, *near]), _to_plane)
    simple = shapely.coverage_simplify(flat, pixel(zoom) / math.sqrt(2.0))
    return np.asarray(shapely.transform(simple[: len(geometries)], _from_plane))


def _without_specks(geometries: NDArray[np.object_], size: float) -> NDArray[np.object_]:
    """Leave out holes and parts that are smaller than `size` degrees either way."""
    import shapely

    parts, zone = shapely.get_parts(geometries, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    west, south, east, north = shapely.bounds(rings).T
    extent = np.maximum((east - west) * np.cos(np.radians((south + north) / 2)), north - south)
    is_shell = np.concatenate([[True], np.diff(part) > 0])
    part_kept = extent[is_shell] >= size
    widest = np.lexsort([-extent[is_shell], zone])
    part_kept[widest[np.unique(zone[widest], return_index=True)[1]]] = True
    kept = part_kept[part] & (is_shell | (extent >= size))
    coords, ring = shapely.get_coordinates(rings[kept], return_index=True)
    ring_starts = np.searchsorted(ring, np.arange(kept.sum() + 1))
    part_starts = np.append(np.flatnonzero(is_shell[kept]), kept.sum())
    zone_starts = np.searchsorted(zone[part_kept], np.arange(len(geometries) + 1))
    return np.asarray(
        shapely.from_ragged_array(
            shapely.GeometryType.MULTIPOLYGON, coords, (ring_starts, part_starts, zone_starts)
        )
    )


def _mercator(lat: ArrayLike) -> NDArray[np.float64]:
    """Latitude as ordinate of a Mercator map, in degrees."""
    return np.degrees(np.arcsinh(np.tan(np.radians(np.asarray(lat, dtype=np.float64)))))


def _to_plane(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    # Multiples of 2^-30 (0.1 mm) are the same after a shift of 360, so that a border is simplified
    # alike on either side of ±180°. Beyond 89.9° nothing is drawn, but all must come back.
    lon = np.rint(xy[:, 0] * 2.0**30) / 2.0**30
    return np.column_stack([lon, _mercator(np.clip(xy[:, 1], -89.9, 89.9))])


def _from_plane(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    lat = np.degrees(np.arctan(np.sinh(np.radians(xy[:, 1]))))
    return np.column_stack([xy[:, 0], np.where(np.abs(lat) > 89.89, np.rint(lat), lat)])


# -- curves on the ellipsoid ----------------------------------------------------------------


def geodesic_line(
    lon1: float, lat1: float, lon2: float, lat2: float, *, step: float = 20_000.0
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Vertices along a geodesic, close enough together to look curved.

    Parameters
    ----------
    lon1, lat1, lon2, lat2 : float
        End points, in degrees.
    step : float
        Metres between vertices, at most; no more than 500 vertices are made.

    Returns
    -------
    lon, lat : numpy.ndarray of float64, shape (n_points,)
        Degrees; longitudes run on across ±180°.
    length : float
        Metres.
    """
    from eezkit.geodesy import direct, inverse

    length, azimuth, _ = (float(value) for value in inverse(lon1, lat1, lon2, lat2))
    along = np.linspace(0.0, length, int(np.clip(math.ceil(length / step), 1, 499)) + 1)
    lon, lat, _ = direct(lon1, lat1, azimuth, along)
    return np.unwrap(lon, period=360.0), lat, length


def outline_ring(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
    """Make a ring of points drawable: it runs on across ±180°, and round a pole.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n_points,)
        Degrees; the last point is the first.

    Returns
    -------
    numpy.ndarray of float64, shape (n_vertices, 2)
        A ring that encloses a pole is closed along the edge of the map.
    """
    x, y = np.unwrap(np.asarray(lon, float), period=360.0), np.asarray(lat, float)
    if abs(x[-1] - x[0]) < 180.0:
        return np.column_stack([x, y])
    pole = math.copysign(90.0, float(y.mean()))
    return np.column_stack([[*x, x[-1], x[0], x[0]], [*y, pole, pole, y[0]]])


def label_line(
    lon: ArrayLike, lat: ArrayLike, *, pixels: float, zoom: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Find the stretch of a line on which a label reads best.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n_points,)
        The line, in degrees; closed where its last point is its first.
    pixels, zoom : float
        Length of the label, at this zoom.

    Returns
    -------
    lon, lat : numpy.ndarray of float64, shape (n_vertices,)
        From left to right; of equally straight stretches the most northern. None where the line
        is too short.
    """
    found = straightest(np.asarray(lon, dtype=np.float64), _mercator(lat), pixels * pixel(zoom))
    if found is None:
        return None
    return found[0], np.degrees(np.arctan(np.sinh(np.radians(found[1]))))


def straightest(
    x: NDArray[np.float64], y: NDArray[np.float64], wanted: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Find the straightest stretch of some length of a line in the plane, from left to right.

    Parameters
    ----------
    x, y : numpy.ndarray of float64, shape (n_points,)
        The line; closed where its last point is its first.
    wanted : float
        Length of the stretch, in the unit of the line.

    Returns
    -------
    x, y : numpy.ndarray of float64, shape (n_vertices,)
        Of equally straight stretches the most level one farthest up. None where the line is too
        short.
    """
    closed = len(x) > 2 and x[0] == x[-1] and y[0] == y[-1]
    if closed:
        x, y = np.concatenate([x, x[1:]]), np.concatenate([y, y[1:]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    room = along[-1] / 2 if closed else along[-1] - wanted
    if room < (wanted if closed else 0.0):
        return None
    starts = np.linspace(0.0, room, 121)
    at = starts[:, None] + np.linspace(0.0, wanted, 25)
    px, py = np.interp(at, along, x), np.interp(at, along, y)
    straight = np.hypot(px[:, -1] - px[:, 0], py[:, -1] - py[:, 0]) / wanted
    level = np.abs(px[:, -1] - px[:, 0]) / wanted
    height = (py.mean(axis=1) - y.min()) / max(float(np.ptp(y)), 1e-9)
    best = int(np.argmax(np.round(straight, 2) + 0.2 * level + 0.1 * height))
    bx, by = px[best], py[best]
    return (bx, by) if bx[-1] >= bx[0] else (bx[::-1], by[::-1])
