"""What people give as areas and lines: taken, converted, repaired row by row, or told why not."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from eezkit.crs import to_lonlat
from eezkit.errors import GeometryWarning, OptionError
from eezkit.geodesy import EdgeModel, densify

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]

__all__ = ["Edges", "Given", "take"]

Edges = Literal["planar", "geodesic"]
"""How edges run between vertices: straight in longitude/latitude, or on geodesics."""

STEP = 1_000.0
"""Metres between positions on geodesic edges, which are straight in longitude/latitude between."""

_ALL_ROUND = 360.0 + 1e-9


@dataclass(frozen=True)
class Given:
    """Areas and lines in longitude and latitude, planar between vertices, and their columns.

    Parameters
    ----------
    columns : pandas.DataFrame
        What came with the geometries, n rows.
    areas, lines : numpy.ndarray of shapely geometry, shape (n,)
        Valid polygons, and lines; None where a row has none.
    notes : list of str
        What is to be said of a row: what was repaired, or why it could not be divided; "" if
        nothing.
    """

    columns: pd.DataFrame
    areas: Geometries
    lines: Geometries
    notes: list[str]


def take(given: Any, *, edges: Edges = "planar") -> Given:
    """Take a GeoDataFrame, a GeoSeries, a geometry or a sequence of geometries.

    Parameters
    ----------
    given : GeoDataFrame, GeoSeries, shapely geometry or sequence of these
        In any coordinate reference system; without one taken as WGS 84.
    edges : {"planar", "geodesic"}

    Returns
    -------
    Given

    Raises
    ------
    OptionError
        If there are no geometries, or only points.
    DataFormatError
        If the reference system does not lead to longitude and latitude.

    Warns
    -----
    GeometryWarning
        Of what was repaired, and of what could not be divided; once for all.
    """
    if edges not in ("planar", "geodesic"):
        raise OptionError(f"edges {edges!r} is not one of 'planar', 'geodesic'.")
    columns, geometry, crs = _unpacked(given)
    notes = [""] * len(geometry)
    geometry = _checked(geometry, crs, notes)
    areas, lines = _parted(geometry, notes)
    if len(geometry) and edges == "geodesic":
        areas, lines = (_densified(some) for some in (areas, lines))
    _repair(areas, notes)
    _check_width(areas, lines, notes)
    told = [f"row {row}: {note}" for row, note in enumerate(notes) if note]
    if told:
        more = f"; and {len(told) - 5} more" if len(told) > 5 else ""
        warnings.warn(
            f"{len(told)} of {len(notes)} areas need a word (rows from 0). "
            f"{'; '.join(told[:5])}{more}.",
            GeometryWarning,
            stacklevel=3,
        )
    return Given(columns, areas, lines, notes)


def _unpacked(given: Any) -> tuple[pd.DataFrame, Geometries, Any]:
    """Columns, geometries and reference system of whatever was given."""
    import geopandas
    import pandas as pd
    import shapely

    if isinstance(given, geopandas.GeoDataFrame):
        columns = pd.DataFrame(given.drop(columns=given.active_geometry_name))
        return columns, np.array(given.geometry.array, dtype=object), given.crs
    if isinstance(given, geopandas.GeoSeries):
        return pd.DataFrame(index=given.index), np.array(given.array, dtype=object), given.crs
    if isinstance(given, shapely.Geometry):
        given = [given]
    try:
        geometry = np.empty(len(given), dtype=object)
        geometry[:] = list(given)
    except TypeError:
        raise OptionError(
            f"Areas are a GeoDataFrame, a GeoSeries or shapely geometries; this is a "
            f"{type(given).__name__}."
        ) from None
    strange = [g for g in geometry if g is not None and not isinstance(g, shapely.Geometry)]
    if strange:
        raise OptionError(
            f"Areas are shapely geometries; among these is a {type(strange[0]).__name__}. "
            "Has the table no geometry column?"
        )
    return pd.DataFrame(index=pd.RangeIndex(len(geometry))), geometry, None


def _checked(geometry: Geometries, crs: Any, notes: list[str]) -> Geometries:
    """Two-dimensional, finite, in degrees; None in place of what is not."""
    import shapely

    geometry = shapely.force_2d(geometry.copy())
    for row in np.flatnonzero(shapely.is_missing(geometry) | shapely.is_empty(geometry)):
        notes[row] = "no geometry" if geometry[row] is None else "an empty geometry"
        geometry[row] = None
    for row in np.flatnonzero(~shapely.is_missing(geometry)):
        if not np.isfinite(shapely.get_coordinates(geometry[row])).all():
            notes[row] = "positions that are not finite numbers"
            geometry[row] = None
    if crs is not None:
        there = np.flatnonzero(~shapely.is_missing(geometry))
        found = to_lonlat(geometry[there], crs, "areas")
        geometry[there] = found.geometry
        if found.is_projected and found.bent > 1.0:
            warnings.warn(
                f"The areas were drawn in {found.name}. Their edges now run straight in longitude "
                f"and latitude, up to {found.bent:.0f} m from where they were drawn. Densify "
                "them before where that matters.",
                GeometryWarning,
                stacklevel=4,
            )
    bounds = shapely.bounds(geometry)
    with np.errstate(invalid="ignore"):
        beyond = (np.abs(bounds[:, 1]) > 90.0) | (np.abs(bounds[:, 3]) > 90.0)
    for row in np.flatnonzero(beyond):
        far = bounds[row, 1] if bounds[row, 1] < -90.0 else bounds[row, 3]
        notes[row] = f"latitude {far:g} is beyond a pole; are longitude and latitude swapped?"
        geometry[row] = None
    return geometry


def _parted(geometry: Geometries, notes: list[str]) -> tuple[Geometries, Geometries]:
    """Polygons and lines apart; what is neither is told."""
    import shapely

    kind = shapely.get_dimensions(geometry)
    kind[shapely.is_missing(geometry)] = -1
    areas, lines = np.full(len(geometry), None), np.full(len(geometry), None)
    areas[kind == 2], lines[kind == 1] = geometry[kind == 2], geometry[kind == 1]
    points = np.flatnonzero(kind == 0)
    if len(points) and len(points) == np.count_nonzero(kind >= 0):
        raise OptionError(
            f"All {len(points)} geometries are points, which have no area and no length. "
            "Atlas.join says which zones hold them."
        )
    for row in points:
        notes[row] = "a point has no area and no length"
    for row in np.flatnonzero(shapely.get_type_id(geometry) == 7):
        if kind[row] < 1:
            continue
        parts = shapely.get_parts(geometry[row])
        same = shapely.get_dimensions(parts) == kind[row]
        one = shapely.union_all(parts[same]) if kind[row] == 2 else _gathered(parts[same])
        (areas if kind[row] == 2 else lines)[row] = one
        notes[row] = (
            "a collection, of which the "
            + ("areas" if kind[row] == 2 else "lines")
            + (" were taken")
        )
    return areas, lines


def _gathered(parts: Geometries) -> Any:
    import shapely

    lines: Any = shapely.get_parts(parts)
    return shapely.multilinestrings(lines)


def _repair(areas: Geometries, notes: list[str]) -> None:
    """Make invalid polygons valid, in place: even-odd, as lookup takes rings."""
    import shapely

    for row in np.flatnonzero(~shapely.is_missing(areas) & ~shapely.is_valid(areas)):
        why = shapely.is_valid_reason(areas[row])
        parts = shapely.get_parts(shapely.make_valid(areas[row]))
        parts = shapely.get_parts(parts)
        parts = parts[shapely.get_dimensions(parts) == 2]
        areas[row] = shapely.multipolygons(shapely.get_parts(parts)) if len(parts) else None
        done = "repaired, even-odd" if len(parts) else "no area is left"
        notes[row] = "; ".join(filter(None, [notes[row], f"not valid ({why}): {done}"]))


def _check_width(areas: Geometries, lines: Geometries, notes: list[str]) -> None:
    """Refuse what is wider than the globe, and tell of edges that go more than half round it."""
    import shapely

    for some in (areas, lines):
        bounds = shapely.bounds(some)
        with np.errstate(invalid="ignore"):
            wide = np.flatnonzero(bounds[:, 2] - bounds[:, 0] > 180.0)
        for row in wide:
            parts = shapely.get_parts(some[row])
            extent = shapely.bounds(parts)
            width = (extent[:, 2] - extent[:, 0]).max()
            if width > _ALL_ROUND:
                notes[row] = f"{width:g} degrees of longitude are more than all round the globe"
                some[row] = None
                continue
            xy, ring = shapely.get_coordinates(_pieces(parts), return_index=True)
            step = np.abs(np.diff(xy[:, 0]))[ring[1:] == ring[:-1]]
            level = np.abs(xy[1:, 1])[ring[1:] == ring[:-1]] < 90.0
            longest = float(np.max(step[level], initial=0.0))
            if 180.0 < longest < 360.0:
                said = (
                    f"an edge spans {longest:g} degrees of longitude and is taken as it is "
                    "written, the long way round; cut at ±180°, or write 190 for -170"
                )
                notes[row] = "; ".join(filter(None, [notes[row], said]))


def _pieces(parts: Geometries) -> Geometries:
    """Rings of polygons, or lines themselves."""
    import shapely

    return shapely.get_rings(parts) if shapely.get_dimensions(parts[0]) == 2 else parts


def _densified(some: Geometries) -> Geometries:
    """Put positions on geodesic edges, every kilometre; longitudes run on across ±180°."""
    import shapely

    out = some.copy()
    for row in np.flatnonzero(~shapely.is_missing(some)):
        parts = shapely.get_parts(some[row])
        if shapely.get_dimensions(parts[0]) == 1:
            drawn: Any = [
                shapely.linestrings(_on_geodesics(shapely.get_coordinates(p))) for p in parts
            ]
            out[row] = shapely.multilinestrings(drawn)
            continue
        polygons = []
        for part in parts:
            shell, *holes = (
                _closed(_on_geodesics(shapely.get_coordinates(ring)))
                for ring in shapely.get_rings(part)
            )
            middle = (shell[:, 0].min() + shell[:, 0].max()) / 2
            for hole in holes:
                own = (hole[:, 0].min() + hole[:, 0].max()) / 2
                hole[:, 0] += 360.0 * np.round((middle - own) / 360.0)
            polygons.append(shapely.Polygon(shell, holes))
        out[row] = shapely.multipolygons(polygons)
    return out


def _on_geodesics(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(densify(xy[:, 0], xy[:, 1], max_length=STEP, model=EdgeModel.GEODESIC))


def _closed(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lead a ring that goes round a pole along that pole: the one it is nearer to."""
    if abs(ring[-1, 0] - ring[0, 0]) < 180.0:
        return ring
    pole = 90.0 if ring[:, 1].mean() > 0 else -90.0
    return np.concatenate([ring, [[ring[-1, 0], pole], [ring[0, 0], pole]], ring[:1]])
