"""What ±180° does to polygons and lines of a file: the short way, and the cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from eezkit.errors import DataFormatError, OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]

__all__ = ["Across180", "is_wide", "read_across_180", "short_way", "within_180"]

Across180 = Literal["cut", "as-drawn"]
"""How a ring is meant that jumps from one side of ±180° to the other."""

_READINGS = ("cut", "as-drawn")
_N_NAMED = 5


def read_across_180(
    geometry: Geometries, names: Sequence[str], shown: str, reading: Across180 | None
) -> Geometries:
    """Settle how rings are meant that were drawn across ±180° without being cut there.

    Parameters
    ----------
    geometry : numpy.ndarray of shapely geometry, shape (n,)
        Polygons in degrees, edges straight in longitude/latitude.
    names : sequence of str
        Of each, for the message.
    shown : str
        What to call the data in messages.
    reading : {"cut", "as-drawn"} or None
        Cut: such an edge runs the short way, across ±180°. As drawn: it runs round the rest of
        the globe. None refuses them.

    Returns
    -------
    numpy.ndarray of shapely geometry, shape (n,)
        Longitudes may leave ±180; the same array where nothing was to be done.

    Raises
    ------
    DataFormatError
        If there is such a ring and no reading: naming both, with their areas.
    OptionError
        If the reading is neither.
    """
    if reading not in (*_READINGS, None):
        raise OptionError(f"across_180={reading!r} is not one of 'cut' and 'as-drawn'.")
    wide = np.flatnonzero(is_wide(geometry))
    if not len(wide) or reading == "as-drawn":
        return geometry
    result = geometry.copy()
    result[wide] = short_way(geometry[wide], shown)
    if reading == "cut":
        return result
    told = "; ".join(
        f"{names[index]!r}: {_measured(result[index])} across ±180°, or "
        f"{_measured(geometry[index])} round the rest of the globe"
        for index in wide[:_N_NAMED]
    )
    more = f"; and {len(wide) - _N_NAMED} more" if len(wide) > _N_NAMED else ""
    raise DataFormatError(
        f"{shown} has {len(wide)} zone{'s' * (len(wide) > 1)} drawn across ±180° without being cut "
        f'there, which can be read in two ways. {told}{more}. Say which: across_180="cut" or '
        '"as-drawn" (--across-180 cut).'
    )


def is_wide(geometry: Geometries) -> NDArray[np.bool_]:
    """Say which have an edge more than 180° of longitude wide, shape (n,).

    An edge from -180 to 180 is none: it closes a ring along its parallel. Neither is one at a
    pole.
    """
    return _with_edges(geometry, lambda span, at_pole: (span > 180.0) & (span != 360.0) & ~at_pole)


def _measured(geometry: Any) -> str:
    """Width and area of a reading."""
    import shapely

    from eezkit.geodesy import EdgeModel, polygon_area
    from eezkit.geometry import Rings

    west, _, east, _ = shapely.bounds(geometry)
    rings = Rings.from_shapely(np.array([geometry], dtype=object))
    km2 = float(polygon_area(rings, model=EdgeModel.PLANAR)[0]) / 1e6
    return f"{east - west:.6g}° wide, {km2:,.0f} km²"


def short_way(geometry: Geometries, shown: str) -> Geometries:
    """Let every edge run the short way round the globe, across ±180° where that is shorter.

    Parameters
    ----------
    geometry : numpy.ndarray of shapely geometry, shape (n,)
        Polygons or lines, single or multiple, in degrees.
    shown : str
        What to call the data in messages.

    Returns
    -------
    numpy.ndarray of shapely geometry, shape (n,)
        Longitudes may leave ±180.

    Raises
    ------
    DataFormatError
        If a ring then runs round a pole, which no polygon in longitude/latitude does.
    """
    result = geometry.copy()
    for index in np.flatnonzero(_jumps(geometry)):
        result[index] = _unrolled(geometry[index], shown)
    return result


def _jumps(geometry: Geometries) -> NDArray[np.bool_]:
    """Say which have any edge of more than 180° of longitude, shape (n,)."""
    return _with_edges(geometry, lambda span, at_pole: span > 180.0)


def _with_edges(geometry: Geometries, condition: Any) -> NDArray[np.bool_]:
    """Say which have an edge of a kind, told by its span of longitude and whether at a pole."""
    import shapely

    found = np.zeros(len(geometry), dtype=bool)
    parts, owner = shapely.get_parts(geometry, return_index=True)
    is_area = shapely.get_dimensions(parts) == 2
    rings, part = shapely.get_rings(parts[is_area], return_index=True)
    for lines, of_line in ((rings, owner[is_area][part]), (parts[~is_area], owner[~is_area])):
        coords, line = shapely.get_coordinates(lines, return_index=True)
        inner = np.flatnonzero(line[1:] == line[:-1])
        one, two = coords[inner], coords[inner + 1]
        at_pole = (np.abs(one[:, 1]) == 90.0) & (np.abs(two[:, 1]) == 90.0)
        found[of_line[line[inner[condition(np.abs(two[:, 0] - one[:, 0]), at_pole)]]]] = True
    return found


def _unrolled(geometry: Any, shown: str) -> Any:
    import shapely

    parts = shapely.get_parts(geometry)
    if shapely.get_dimensions(geometry) == 1:
        return shapely.MultiLineString([_unrolled_line(line) for line in parts])
    polygons = []
    for part in parts:
        shell, *holes = (_unrolled_line(ring) for ring in shapely.get_rings(part))
        for ring in (shell, *holes):
            if ring[0, 0] != ring[-1, 0]:
                raise DataFormatError(
                    f"{shown} has a zone round a pole that is not cut at ±180°. Write it in "
                    "EPSG:4326, cut there (ogr2ogr -t_srs EPSG:4326 -wrapdateline)."
                )
        # A hole goes to the side of ±180° on which its shell is.
        for hole in holes:
            hole[:, 0] += 360.0 * np.round((_middle(shell) - _middle(hole)) / 360.0)
        polygons.append(shapely.Polygon(shell, holes))
    return shapely.MultiPolygon(polygons)


def _unrolled_line(line: Any) -> NDArray[np.float64]:
    import shapely

    coords = shapely.get_coordinates(line)
    coords[1:, 0] -= 360.0 * np.cumsum(np.round(np.diff(coords[:, 0]) / 360.0))
    return coords


def _middle(ring: NDArray[np.float64]) -> float:
    return float(ring[:, 0].min() + ring[:, 0].max()) / 2


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
