"""Geodesy on the WGS 84 ellipsoid: distances, azimuths, edges, areas.

Longitude first, degrees, metres. Everything broadcasts as numpy does.

References
----------
C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013) 43-55,
doi:10.1007/s00190-012-0578-z.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eezkit.errors import CoordinateError, OptionError
from eezkit.kernels import curves as _curves
from eezkit.kernels import geodesic as _geodesic

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from eezkit.geometry import Rings

__all__ = [
    "WGS84",
    "EdgeModel",
    "Ellipsoid",
    "Nearest",
    "area_perimeter",
    "densify",
    "direct",
    "distance",
    "edge_distance",
    "intersection",
    "inverse",
    "polygon_area",
]


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """An ellipsoid of revolution.

    Parameters
    ----------
    a : float
        Equatorial radius, in metres.
    f : float
        Flattening.

    Examples
    --------
    >>> WGS84.a, round(WGS84.b, 4)
    (6378137.0, 6356752.3142)
    """

    a: float
    f: float

    @property
    def b(self) -> float:
        """Polar radius, in metres."""
        return self.a * (1.0 - self.f)

    @property
    def e2(self) -> float:
        """Square of the eccentricity of a meridian."""
        return self.f * (2.0 - self.f)

    @property
    def least_radius(self) -> float:
        """Least radius of curvature, b²/a: of the meridian at the equator, in metres."""
        return self.b**2 / self.a

    @property
    def greatest_radius(self) -> float:
        """Greatest radius of curvature, a²/b: at the poles, in metres."""
        return self.a**2 / self.b


WGS84 = Ellipsoid(6378137.0, 1.0 / 298.257223563)
"""The ellipsoid of all that eezkit computes: NIMA TR8350.2, table 3.1."""


class EdgeModel(StrEnum):
    """How an edge runs between its two ends."""

    PLANAR = "planar"
    """Straight in longitude and latitude as written: from 170 to 190 it is 20 degrees long, from
    170 to -170 it goes 340 degrees round. So are published polygons (GeoParquet ``planar``)."""
    GEODESIC = "geodesic"
    """The shortest line."""
    LOXODROME = "loxodrome"
    """Of constant azimuth, the longitudes taken as for `PLANAR`; straight on a Mercator chart."""


def distance(
    lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike
) -> NDArray[np.float64]:
    """Geodesic distance between positions.

    Parameters
    ----------
    lon1, lat1 : array_like of float, shape (...)
        First positions, in degrees; 181 is -179.
    lon2, lat2 : array_like of float, shape (...)
        Second positions.

    Returns
    -------
    numpy.ndarray of float64, shape (...)
        Metres, never negative.

    Raises
    ------
    CoordinateError
        If a value is not finite or a latitude lies outside [-90, 90].

    Notes
    -----
    Within 20 nm of GeographicLib, near-antipodal positions included; 1 to 3 million pairs/s, and
    some 10 million where they are less than 20 km apart.

    Examples
    --------
    >>> from eezkit import geodesy
    >>> print(geodesy.distance(139.6917, 35.6895, 155.017583, 23.325487).round(1))
    2016524.0
    >>> geodesy.distance(0, 0, [1, 2], 0).round(3)
    array([111319.491, 222638.982])
    """
    (x1, y1, x2, y2), shape = _columns(lon1=lon1, lat1=lat1, lon2=lon2, lat2=lat2)
    out = np.empty(x1.size)
    _geodesic.distances(x1, y1, x2, y2, out)
    return out.reshape(shape)


def inverse(
    lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Geodesic distance between positions, and the azimuths at both ends.

    Parameters
    ----------
    lon1, lat1, lon2, lat2 : array_like of float, shape (...)
        As for `distance`.

    Returns
    -------
    distance, azimuth1, azimuth2 : numpy.ndarray of float64, shape (...)
        Metres; degrees clockwise from north within [0, 360), both in the direction of travel
        from 1 to 2. Azimuths between coinciding positions mean nothing.

    Raises
    ------
    CoordinateError
        As for `distance`.

    Examples
    --------
    >>> from eezkit import geodesy
    >>> metres, start, end = geodesy.inverse(153.98, 24.29, 155.017583, 23.325487)
    >>> print(f"{metres:.1f} m at {start:.2f}°, arriving at {end:.2f}°")
    150301.1 m at 135.08°, arriving at 135.50°
    """
    found = _inverse(lon1, lat1, lon2, lat2)
    return found[..., 0], found[..., 1], found[..., 2]


def direct(
    lon: ArrayLike, lat: ArrayLike, azimuth: ArrayLike, distance: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Where a geodesic leads.

    Parameters
    ----------
    lon, lat : array_like of float, shape (...)
        Positions to start from, in degrees.
    azimuth : array_like of float, shape (...)
        Degrees clockwise from north.
    distance : array_like of float, shape (...)
        Metres; negative goes backwards.

    Returns
    -------
    lon, lat, azimuth : numpy.ndarray of float64, shape (...)
        Positions reached, longitude within [-180, 180), and the azimuth there, in degrees.

    Raises
    ------
    CoordinateError
        If a value is not finite or a latitude lies outside [-90, 90].

    Notes
    -----
    Within 20 nm of GeographicLib.

    Examples
    --------
    >>> from eezkit import geodesy
    >>> lon, lat, azimuth = geodesy.direct(153.98, 24.29, 90.0, 12 * 1852.0)
    >>> print(f"{lon:.6f} {lat:.6f} {azimuth:.4f}")
    154.198907 24.289842 90.0900
    """
    (x, y, turn, far), shape = _columns(lon=lon, lat=lat, azimuth=azimuth, distance=distance)
    out = np.empty((x.size, 3))
    _geodesic.direct(x, y, turn, far, out)
    out = out.reshape(*shape, 3)
    return out[..., 0], out[..., 1], out[..., 2]


class Nearest(NamedTuple):
    """Where an edge, or the nearest of many, comes nearest to each position.

    Parameters
    ----------
    distance : numpy.ndarray of float64, shape (...)
        Metres; infinite where no edge lies within the distance asked for, NaN where the position
        is NaN.
    lon, lat : numpy.ndarray of float64, shape (...)
        The nearest position on the edge, in degrees, longitude within [-180, 180).
    azimuth : numpy.ndarray of float64, shape (...)
        Degrees clockwise from north, from the position to there; NaN where the distance is 0.
    edge : numpy.ndarray of int64, shape (...)
        Number of the edge as it was given, the lowest of equally near ones; -1 if there is none.
    """

    distance: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    azimuth: NDArray[np.float64]
    edge: NDArray[np.int64]


def edge_distance(
    lon: ArrayLike,
    lat: ArrayLike,
    lon1: ArrayLike,
    lat1: ArrayLike,
    lon2: ArrayLike,
    lat2: ArrayLike,
    *,
    model: EdgeModel = EdgeModel.PLANAR,
) -> Nearest:
    """Geodesic distance from positions to edges.

    Parameters
    ----------
    lon, lat : array_like of float, shape (...)
        Positions, in degrees.
    lon1, lat1, lon2, lat2 : array_like of float, shape (...)
        Ends of the edges, as published.
    model : EdgeModel
        How the edges run between their ends.

    Returns
    -------
    Nearest
        Its `edge` is 0 throughout: each position has one edge.

    Raises
    ------
    CoordinateError
        If a value is not finite or a latitude lies outside [-90, 90].

    Notes
    -----
    Exact to 1 µm where the edge lies within 10,000 km, and to 1 mm everywhere; see
    ``benchmarks/accuracy.py``. Newton's method in a bracket, on parts of the edge short enough
    to be convex: about 0.3 million edges/s up to 1000 km away.

    Examples
    --------
    >>> from eezkit import geodesy
    >>> near = geodesy.edge_distance(5, 1, 0, 0, 10, 0, model=geodesy.EdgeModel.PLANAR)
    >>> print(f"{near.distance:.3f} m to {near.lon:.6f} {near.lat:.6f}")
    110574.389 m to 5.000000 0.000000
    """
    columns, shape = _columns(lon=lon, lat=lat, lon1=lon1, lat1=lat1, lon2=lon2, lat2=lat2)
    out = np.empty((columns[0].size, 4))
    _curves.edge_distances(
        _number_of(model), np.column_stack(columns[:2]), np.column_stack(columns[2:]), out
    )
    far, x, y, azimuth = (out[:, i].reshape(shape) for i in range(4))
    edge = np.zeros(shape, dtype=np.int64)
    return Nearest(far, x, y, np.where(far == 0.0, np.nan, azimuth), edge)


def intersection(
    edge1: ArrayLike, edge2: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where two geodesic edges cross.

    Parameters
    ----------
    edge1, edge2 : array_like of float, shape (..., 4)
        Ends of the edges: longitude, latitude, longitude, latitude, in degrees. Each shorter
        than 10,000 km.

    Returns
    -------
    lon, lat : numpy.ndarray of float64, shape (...)
        Degrees, longitude within [-180, 180); NaN where the edges do not meet, or run along
        each other.

    Raises
    ------
    CoordinateError
        If a value is not finite or a latitude lies outside [-90, 90].

    Notes
    -----
    On both edges to 0.1 µm; along a crossing of small angle, as much less as that is sharp.

    Examples
    --------
    >>> from eezkit import geodesy
    >>> lon, lat = geodesy.intersection([0, 0, 10, 10], [0, 10, 10, 0])
    >>> print(f"{lon:.6f} {lat:.6f}")
    5.000000 5.057771
    """
    names = ("lon1", "lat1", "lon2", "lat2", "lon3", "lat3", "lon4", "lat4")
    ends = [np.asarray(edge, dtype=np.float64)[..., i] for edge in (edge1, edge2) for i in range(4)]
    columns, shape = _columns(**dict(zip(names, ends, strict=True)))
    out = np.empty((columns[0].size, 2))
    _curves.crossings(np.column_stack(columns[:4]), np.column_stack(columns[4:]), out)
    return out[:, 0].reshape(shape), out[:, 1].reshape(shape)


def densify(
    lon: ArrayLike,
    lat: ArrayLike,
    *,
    max_length: float,
    model: EdgeModel = EdgeModel.PLANAR,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Add positions along a line, so that no edge is longer than a length.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n_vertices,)
        The line, in degrees; a ring if its last vertex repeats its first.
    max_length : float
        Metres, the greatest length of an edge of the result.
    model : EdgeModel
        How the edges run between their ends.

    Returns
    -------
    lon, lat : numpy.ndarray of float64, shape (n_positions,)
        The vertices and, between them, positions on the edges. Along geodesics the longitude
        runs on without a jump at ±180°, so that the result can be taken as planar.

    Raises
    ------
    CoordinateError
        If a value is not finite or a latitude lies outside [-90, 90].
    OptionError
        If the length is not positive.

    Examples
    --------
    >>> from eezkit import geodesy
    >>> lon, lat = geodesy.densify(
    ...     [0, 40], [60, 60], max_length=1_000_000, model=geodesy.EdgeModel.GEODESIC
    ... )
    >>> lat.round(3)
    array([60.   , 61.348, 61.348, 60.   ])
    """
    if not max_length > 0.0:
        raise OptionError(
            f"max_length {max_length!r} is not a length. Accepted are metres above 0."
        )
    (x, y), _ = _columns(lon=lon, lat=lat)
    if len(x) < 2:
        return x, y
    if model == EdgeModel.GEODESIC:
        x = x - 360.0 * np.concatenate([[0.0], np.cumsum(np.round(np.diff(x) / 360.0))])
    edge = np.column_stack([x[:-1], y[:-1], x[1:], y[1:]])
    number = _number_of(model)
    n = np.empty(len(edge), dtype=np.int64)
    _curves.count_pieces(number, edge, max_length, n)
    starts = np.concatenate([[0], np.cumsum(n)])
    out = np.empty((starts[-1] + 1, 2))
    _curves.cut(number, edge, starts, out)
    out[-1] = x[-1], y[-1]
    return np.ascontiguousarray(out[:, 0]), np.ascontiguousarray(out[:, 1])


def area_perimeter(lon: ArrayLike, lat: ArrayLike, *, model: EdgeModel) -> tuple[float, float]:
    """Area and perimeter of a ring.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n_vertices,)
        The ring, in degrees; whether its last vertex repeats its first makes no difference.
    model : EdgeModel
        How the edges run between their ends. It matters: the same vertices of a zone enclose
        0.1 % more or less.

    Returns
    -------
    area, perimeter : float
        Square metres, positive for an anticlockwise ring; metres. A ring round a pole encloses
        the pole. A planar one is written from a longitude to the same plus or minus 360.

    Raises
    ------
    CoordinateError
        If a value is not finite or a latitude lies outside [-90, 90].

    Notes
    -----
    Geodesic edges: 0.1 m² for each thousand edges, as GeographicLib. Others: the exact area
    beneath the curve by quadrature, to 1e-13 of it.

    Examples
    --------
    >>> from eezkit import geodesy
    >>> area, perimeter = geodesy.area_perimeter(
    ...     [0, 1, 1, 0, 0], [0, 0, 1, 1, 0], model=geodesy.EdgeModel.GEODESIC
    ... )
    >>> print(f"{area / 1e6:.3f} km², {perimeter / 1000:.3f} km")
    12308.778 km², 443.771 km
    """
    (x, y), _ = _columns(lon=lon, lat=lat)
    area, perimeter = _ring_areas(x, y, np.array([0, len(x)]), model)[0]
    return float(area), float(perimeter)


def polygon_area(rings: Rings, *, model: EdgeModel) -> NDArray[np.float64]:
    """Area of each zone: its shells less their holes, whichever way these run.

    Parameters
    ----------
    rings : Rings
        The zones.
    model : EdgeModel
        How the edges run between their ends. Marine Regions publishes areas for `GEODESIC`.

    Returns
    -------
    numpy.ndarray of float64, shape (n_zones,)
        Square metres.

    Notes
    -----
    About 1 million vertices/s.

    Examples
    --------
    >>> import shapely
    >>> from eezkit import geodesy
    >>> from eezkit.geometry import Rings
    >>> rings = Rings.from_shapely([shapely.box(0, 0, 1, 1)])
    >>> geodesy.polygon_area(rings, model=geodesy.EdgeModel.PLANAR).round()
    array([1.23084639e+10])
    """
    areas = np.abs(_ring_areas(rings.lon, rings.lat, rings.rings, model)[:, 0])
    areas[np.setdiff1d(np.arange(len(areas)), rings.polygons[:-1])] *= -1.0
    zone_of_ring = np.repeat(np.arange(rings.n_zones), np.diff(rings.polygons[rings.zones]))
    return np.bincount(zone_of_ring, areas, rings.n_zones).astype(np.float64)


def _ring_areas(
    lon: NDArray[np.float64], lat: NDArray[np.float64], rings: NDArray[np.int64], model: EdgeModel
) -> NDArray[np.float64]:
    # A single check measures no area, and is spared the kernel.
    from eezkit.kernels import areas

    out = np.empty((len(rings) - 1, 2))
    areas.ring_areas(
        _number_of(model),
        np.ascontiguousarray(lon),
        np.ascontiguousarray(lat),
        np.ascontiguousarray(rings, dtype=np.int64),
        out,
    )
    return out


def _number_of(model: EdgeModel) -> int:
    if model not in list(EdgeModel):
        raise OptionError(f"model {model!r} is not one of {', '.join(map(repr, EdgeModel))}.")
    return list(EdgeModel).index(EdgeModel(model))


def _inverse(
    lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike
) -> NDArray[np.float64]:
    (x1, y1, x2, y2), shape = _columns(lon1=lon1, lat1=lat1, lon2=lon2, lat2=lat2)
    out = np.empty((x1.size, 6))
    _geodesic.inverse(x1, y1, x2, y2, out)
    return out.reshape(*shape, 6)


def _columns(**given: ArrayLike) -> tuple[list[NDArray[np.float64]], tuple[int, ...]]:
    """Broadcast, check and flatten; names that start with lat are latitudes."""
    arrays = [np.asarray(values, dtype=np.float64) for values in given.values()]
    for name, values in zip(given, arrays, strict=True):
        _check(name, values)
    spread = np.broadcast_arrays(*arrays)
    return [np.ascontiguousarray(a).reshape(-1) for a in spread], spread[0].shape


def _check(name: str, values: NDArray[np.float64]) -> None:
    is_latitude = name.startswith("lat")
    with np.errstate(invalid="ignore"):
        good = np.abs(values) <= 90.0 if is_latitude else np.isfinite(values)
    if good.all():
        return
    first = int(np.argmin(good))
    raise CoordinateError(
        f"{name}: {np.count_nonzero(~good)} of {values.size} values cannot be used; the first, at "
        f"index {first}, is {values.flat[first]}. "
        + (
            "Latitude must be within [-90, 90]; are longitude and latitude swapped?"
            if is_latitude
            else "Accepted are finite numbers; are missing values among them?"
        )
    )
