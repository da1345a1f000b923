"""Any coordinate reference system to longitude and latitude on WGS 84, within ±180°."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import DataFormatError, GeometryWarning

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]

__all__ = ["to_lonlat", "within_180"]

N_SAMPLED = 1000
"""Edges, the longest, on which the bending by a projection is measured."""


def to_lonlat(geometry: Geometries, crs: Any, shown: str) -> tuple[Geometries, str]:
    """Transform geometries to longitude and latitude on WGS 84.

    Parameters
    ----------
    geometry : numpy.ndarray of shapely geometry, shape (n,)
        Easting or longitude first, as drivers give it.
    crs : anything pyproj understands, or None
        None is taken for longitude and latitude on WGS 84, with a warning, if the numbers allow.
    shown : str
        What to call the data in messages.

    Returns
    -------
    geometry : numpy.ndarray of shapely geometry, shape (n,)
        Degrees; the same array where nothing was to be done.
    name : str
        Name of the reference system that the data were in.

    Raises
    ------
    DataFormatError
        If there is no reference system and the numbers are not degrees; if a position has no
        longitude and latitude.

    Warns
    -----
    GeometryWarning
        If the reference system is not given; if data come from a projection, with how far the
        edges, now straight in longitude/latitude, run from those drawn.

    Notes
    -----
    A change of datum is as accurate as PROJ knows without grids: about 1 m for NAD83 and ETRS89,
    tens of metres for older datums.
    """
    import pyproj
    import shapely

    if crs is None:
        _check_degrees(geometry, shown)
        return geometry, "not given"
    try:
        source = pyproj.CRS.from_user_input(crs)
        transformer = pyproj.Transformer.from_crs(source, "EPSG:4326", always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise DataFormatError(
            f"{shown} has a coordinate reference system that cannot be turned into longitude and "
            f"latitude: {str(crs)[:100]!r} ({error})."
        ) from None
    if source.equals(pyproj.CRS("EPSG:4326"), ignore_axis_order=True):
        return geometry, source.name
    lonlat = shapely.transform(geometry, lambda xy: np.column_stack(transformer.transform(*xy.T)))
    if not np.isfinite(shapely.get_coordinates(lonlat)).all():
        raise DataFormatError(
            f"{shown} has positions that {source.name} does not cover. Is its reference system "
            "(.prj) that of another file?"
        )
    lonlat = _unwrapped(lonlat, shown)
    if source.is_projected:
        warnings.warn(
            f"{shown} was drawn in {source.name}. Its edges now run straight in longitude and "
            f"latitude, up to {_bending(geometry, lonlat, transformer):.1f} m from where they "
            "were drawn. Densify it before where that matters.",
            GeometryWarning,
            stacklevel=3,
        )
    return lonlat, source.name


def _check_degrees(geometry: Geometries, shown: str) -> None:
    import shapely

    west, south, east, north = shapely.total_bounds(geometry)
    if max(-west, east) > 360.0 or max(-south, north) > 360.0:
        raise DataFormatError(
            f"{shown} does not say its coordinate reference system (a shapefile says it in its "
            f".prj), and its numbers are not degrees: x {west:.6g} to {east:.6g}, y {south:.6g} "
            f"to {north:.6g}. Give it the .prj, or write it in EPSG:4326."
        )
    warnings.warn(
        f"{shown} does not say its coordinate reference system (a shapefile says it in its .prj). "
        "Taken for longitude and latitude on WGS 84: its numbers are degrees.",
        GeometryWarning,
        stacklevel=4,
    )


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
    ours = (degrees[longest] + degrees[longest + 1]) / 2
    off = pyproj.Geod(ellps="WGS84").inv(*middle, *ours.T)[2]
    return float(np.max(off, initial=0.0))


def _rings(geometry: Geometries) -> Geometries:
    """Rings of polygons, or lines themselves."""
    import shapely

    parts = shapely.get_parts(geometry)
    is_area = shapely.get_dimensions(parts) == 2
    return np.concatenate([shapely.get_rings(parts[is_area]), parts[~is_area]])


def _unwrapped(geometry: Geometries, shown: str) -> Geometries:
    """Undo the jumps of 360° that a transformation makes in what a projection drew across ±180°."""
    import shapely

    rings = _rings(geometry)
    coords, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
    is_inner = ring_of_vertex[1:] == ring_of_vertex[:-1]
    step = np.where(is_inner, np.diff(coords[:, 0]), 0.0)
    if (np.abs(step) <= 180.0).all():
        return geometry
    turns = np.concatenate([[0.0], np.cumsum(-np.round(step / 360.0))])
    first = np.flatnonzero(np.concatenate([[True], ~is_inner]))
    turns -= turns[first][ring_of_vertex]
    last = np.append(first[1:], len(coords)) - 1
    if turns[last].any() or (shapely.get_dimensions(geometry) == 1).any():
        raise DataFormatError(
            f"{shown} has a zone round a pole, or a line across ±180°, drawn in a projection. "
            "Write it in EPSG:4326, cut at ±180° (ogr2ogr -t_srs EPSG:4326 -wrapdateline)."
        )
    parts, zone_of_part = shapely.get_parts(geometry, return_index=True)
    part_of_ring = np.repeat(np.arange(len(parts)), shapely.get_num_interior_rings(parts) + 1)
    lon = coords[:, 0] + 360.0 * turns
    # A hole goes to the side of ±180° on which its shell is.
    middle = (np.minimum.reduceat(lon, first) + np.maximum.reduceat(lon, first)) / 2
    shell = np.flatnonzero(np.diff(part_of_ring, prepend=-1))
    lon += 360.0 * np.round((middle[shell][part_of_ring] - middle) / 360.0)[ring_of_vertex]
    moved = shapely.set_coordinates(rings, np.column_stack([lon, coords[:, 1]]))
    ends = np.append(shell[1:], len(moved))
    polygons = [
        shapely.Polygon(moved[start], moved[start + 1 : end])
        for start, end in zip(shell, ends, strict=True)
    ]
    return np.array(
        [
            shapely.MultiPolygon([polygons[part] for part in np.flatnonzero(zone_of_part == zone)])
            for zone in range(len(geometry))
        ],
        dtype=object,
    )


def within_180(geometry: Geometries) -> tuple[Geometries, NDArray[np.int64]]:
    """Bring polygons or lines of longitudes 0..360 to ±180°, cutting those that run across.

    Parameters
    ----------
    geometry : numpy.ndarray of shapely geometry, shape (n,)
        Polygons or lines, single or multiple, in degrees; longitudes within ±360.

    Returns
    -------
    geometry : numpy.ndarray of shapely geometry, shape (n,)
        The same array where nothing was to be done. A cut is straight in longitude/latitude.
    changed : numpy.ndarray of int64
        Indices of the geometries that were moved or cut.
    """
    import shapely
    import shapely.affinity

    bounds = shapely.bounds(geometry)
    changed = np.flatnonzero((bounds[:, 0] < -180.0) | (bounds[:, 2] > 180.0))
    if len(changed) == 0:
        return geometry, changed
    result = geometry.copy()
    for index in changed:
        parts = [
            shapely.affinity.translate(piece, xoff=-360.0 * turn)
            for part in shapely.get_parts(geometry[index])
            for turn, piece in _pieces(part)
        ]
        is_area = shapely.get_dimensions(geometry[index]) == 2
        result[index] = shapely.MultiPolygon(parts) if is_area else shapely.MultiLineString(parts)
    return result, changed


def _pieces(part: Any) -> list[tuple[int, Any]]:
    """Cut a polygon or line at -180 and 180; give each piece with the turn of 360° it lies in."""
    import shapely

    west, south, east, north = shapely.bounds(part)
    turns = range(int(np.floor((west + 180.0) / 360.0)), int(np.ceil((east - 180.0) / 360.0)) + 1)
    if len(turns) == 1:
        return [(turns[0], part)]
    part = part if shapely.is_valid(part) else shapely.make_valid(part)
    found = []
    for turn in turns:
        window = shapely.box(360.0 * turn - 180.0, south, 360.0 * turn + 180.0, north)
        pieces = shapely.get_parts(shapely.intersection(part, window))
        same = shapely.get_dimensions(pieces) == shapely.get_dimensions(part)
        found += [(turn, piece) for piece in pieces[same]]
    return found
