"""Coordinate reference systems: compared with WGS 84, never guessed, and brought to it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import DataFormatError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]

__all__ = ["Transformed", "lonlat_of", "to_lonlat"]

N_SAMPLED = 1000
"""Edges, the longest, on which the bending by a projection is measured."""


@dataclass(frozen=True, eq=False, slots=True)
class Transformed:
    """Geometries in longitude and latitude on WGS 84, and what they were in.

    Parameters
    ----------
    geometry : numpy.ndarray of shapely geometry, shape (n,)
        Degrees; the same array where nothing was to be done.
    name : str
        Of the reference system that they were in.
    is_projected : bool
        Whether that was a plane, where edges run straight otherwise, and across ±180° too.
    bent : float
        Metres by which edges, now straight in longitude/latitude, leave those drawn in a plane.
    """

    geometry: Geometries
    name: str
    is_projected: bool
    bent: float


def to_lonlat(geometry: Geometries, crs: Any, shown: str) -> Transformed:
    """Transform geometries to longitude and latitude on WGS 84.

    Parameters
    ----------
    geometry : numpy.ndarray of shapely geometry, shape (n,)
        Easting or longitude first, as drivers give it.
    crs : anything pyproj understands
        Degrees of another datum are transformed as well as metres of a projection.
    shown : str
        What to call the data in messages.

    Returns
    -------
    Transformed

    Raises
    ------
    DataFormatError
        If it is no reference system with a way to longitude and latitude, or does not cover a
        position.

    Notes
    -----
    A change of datum is as accurate as PROJ knows without grids: about 1 m for NAD83 and ETRS89,
    tens of metres for older datums.
    """
    import pyproj

    with _offline():
        try:
            source = pyproj.CRS.from_user_input(crs)
            transformer = pyproj.Transformer.from_crs(source, "EPSG:4326", always_xy=True)
        except pyproj.exceptions.ProjError as error:
            raise DataFormatError(
                f"{shown} has a coordinate reference system that cannot be turned into longitude "
                f"and latitude: {str(crs)[:100]!r} ({error})."
            ) from None
        return _transformed(geometry, source, transformer, shown)


@contextmanager
def _offline() -> Iterator[None]:
    """Let PROJ fetch no grids, even where its user has it do so."""
    import pyproj.network

    network: Any = pyproj.network
    before = network.is_network_enabled()
    network.set_network_enabled(active=False)
    try:
        yield
    finally:
        network.set_network_enabled(active=before)


def _transformed(geometry: Geometries, source: Any, transformer: Any, shown: str) -> Transformed:
    import pyproj
    import shapely

    if source.equals(pyproj.CRS("EPSG:4326"), ignore_axis_order=True):
        return Transformed(geometry, source.name, False, 0.0)
    lonlat = shapely.transform(geometry, lambda xy: np.column_stack(transformer.transform(*xy.T)))
    if not np.isfinite(shapely.get_coordinates(lonlat)).all():
        raise DataFormatError(
            f"{shown} has positions that {source.name} does not cover. Is its reference system "
            "(.prj) that of another file?"
        )
    bent = _bending(geometry, lonlat, transformer) if source.is_projected else 0.0
    return Transformed(lonlat, source.name, source.is_projected, bent)


def lonlat_of(geometries: object) -> Geometries:
    """Take geometries out of whatever holds them, in longitude and latitude on WGS 84.

    Parameters
    ----------
    geometries : shapely geometry, sequence of them, geopandas.GeoSeries or GeoDataFrame
        What has a reference system is transformed from it; what has none is in
        longitude/latitude.

    Returns
    -------
    numpy.ndarray of shapely geometry, shape (n,)

    Raises
    ------
    DataFormatError
        As for `to_lonlat`.
    """
    if hasattr(geometries, "geom_type") and not hasattr(geometries, "__len__"):
        geometries = [geometries]
    crs = getattr(geometries, "crs", None)
    # Of a GeoDataFrame the active column; a GeoSeries is its own.
    found = np.asarray(getattr(geometries, "geometry", geometries), dtype=object).reshape(-1)
    return found if crs is None else to_lonlat(found, crs, "The table").geometry


def _rings(geometry: Geometries) -> Geometries:
    """Rings of polygons, or lines themselves; of points nothing."""
    import shapely

    parts = shapely.get_parts(geometry)
    dimension = shapely.get_dimensions(parts)
    return np.concatenate([shapely.get_rings(parts[dimension == 2]), parts[dimension == 1]])


def _bending(drawn: Geometries, lonlat: Geometries, transformer: Any) -> float:
    """Greatest distance, in metres, of the middle of a drawn edge from the middle of ours."""
    import pyproj
    import shapely

    xy, ring = shapely.get_coordinates(_rings(drawn), return_index=True)
    degrees = shapely.get_coordinates(_rings(lonlat))
    starts = np.flatnonzero(ring[1:] == ring[:-1])
    lengths = np.hypot(*(xy[starts + 1] - xy[starts]).T)
    longest = starts[np.argsort(lengths)[-N_SAMPLED:]]
    middle = transformer.transform(*((xy[longest] + xy[longest + 1]) / 2).T)
    one, other = degrees[longest], degrees[longest + 1]
    # A transformation jumps by 360 degrees at ±180; an edge does not.
    other[:, 0] -= 360.0 * np.round((other[:, 0] - one[:, 0]) / 360.0)
    off = pyproj.Geod(ellps="WGS84").inv(*middle, *((one + other) / 2).T)[2]
    return float(np.max(off, initial=0.0))
