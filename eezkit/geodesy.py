"""Geodesy on the WGS 84 ellipsoid: distances, azimuths, edges, areas.

Longitude first, degrees, metres. Everything broadcasts as numpy does.

References
----------
C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013) 43-55,
doi:10.1007/s00190-012-0578-z.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from eezkit.errors import CoordinateError
from eezkit.kernels import geodesic as _geodesic

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["EdgeModel", "direct", "distance", "inverse"]


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
    Within 20 nm of GeographicLib, near-antipodal positions included; 1 to 3 million pairs/s.
    """
    return _inverse(lon1, lat1, lon2, lat2)[..., 0]


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
    """
    (x, y, turn, far), shape = _columns(lon=lon, lat=lat, azimuth=azimuth, distance=distance)
    out = np.empty((x.size, 3))
    _geodesic.direct(x, y, turn, far, out)
    out = out.reshape(*shape, 3)
    return out[..., 0], out[..., 1], out[..., 2]


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
