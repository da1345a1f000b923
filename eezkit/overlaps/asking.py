"""`overlap`: how much of each area or line is whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from eezkit.errors import OptionError
from eezkit.overlaps.dividing import divide_lines, divide_polygons
from eezkit.overlaps.given import Edges, Given, take
from eezkit.overlaps.kept import noded_layer
from eezkit.overlaps.parts import lines_of, polygons_of
from eezkit.overlaps.rows import AREAS, LINES, By, Units, columns_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from eezkit.atlas import Atlas
    from eezkit.overlaps.layer import NodedLayer

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["overlap"]


def overlap(
    areas: Any,
    atlas: Atlas,
    *,
    by: By = "zone",
    edges: Edges = "planar",
    threads: int | None = None,
) -> pd.DataFrame:
    """Say how much of each area lies in which zone, and where each line enters them.

    Parameters
    ----------
    areas : GeoDataFrame, GeoSeries, shapely geometry or sequence of these
        Polygons, lines or both, in any coordinate reference system; without one they are taken
        as longitude and latitude on WGS 84. Longitudes may run on past ±180.
    atlas : Atlas
        The zones; of a selection, only those selected are told apart.
    by : {"zone", "set", "sovereign"}
        A row for each zone, for each distinct set of zones, or for each sovereign. Sets add up
        to the whole; zones and sovereigns may exceed it where claims overlap, for nobody is
        picked.
    edges : {"planar", "geodesic"}
        How the edges of the areas run between their vertices: straight in longitude/latitude,
        as most files mean them, or on geodesics. Edges of zones are planar, as published.
    threads : int, optional
        How many threads to use; the answer does not depend on it.

    Returns
    -------
    pandas.DataFrame
        One row per area and unit, in the order of the areas, their index repeated and their
        columns kept. ``category`` is zone, high seas, land, not covered (by the dataset),
        unassigned (between the dataset's coast and Natural Earth's), or other zones (not
        selected); then what the unit is: mrgid, zone, kind, territory, sovereign, regime and
        status; or zones, sovereign, territory, regime and n_zones; or sovereign. Of areas
        ``area_km2``, ``share`` (of the area) and ``share_of_zone`` (of the whole unit). Of lines
        ``length_km``, ``share``, ``n_entries``, and of the first entry ``enter_km`` (from the
        beginning), ``enter_lon`` and ``enter_lat``. ``note`` says what was repaired, or why an
        area could not be divided: then, and where it has no area, it has one row without unit.
        ``attrs`` has by, edges, dataset and version.

    Raises
    ------
    OptionError
        If there are no geometries or only points, a column is there already, or an option is
        unknown.
    DataFormatError
        If the reference system of the areas does not lead to longitude and latitude.

    Warns
    -----
    GeometryWarning
        Of areas that were repaired or could not be divided; the others are answered.

    Notes
    -----
    Areas and lengths on the ellipsoid. Shares err by less than 1e-9, or areas by 0.001 m², of
    the zones as published; vertices of zones within 1 µm of each other, or of an edge, are
    joined. Geodesic edges are taken as straight between positions a kilometre apart, which
    leaves them by less than 1 m up to latitude 85°. Thousands of areas a second; the first
    question to an atlas nodes its zones, half a minute for the world, and keeps that.

    Examples
    --------
    >>> import eezkit, shapely
    >>> atlas = eezkit.load()
    >>> box = shapely.box(154.9, 23.2, 155.1, 23.4)
    >>> found = eezkit.overlap([box], atlas)
    >>> found[["sovereign", "share"]].round(6).to_numpy().tolist()
    [['JPN', 1.0]]
    """
    if by not in get_args(By):
        raise OptionError(f"by {by!r} is not one of {', '.join(map(repr, get_args(By)))}.")
    given = take(areas, edges=edges)
    names = {"category", *columns_of(by), *AREAS, *LINES, "note"}
    taken = [column for column in given.columns.columns if column in names]
    if taken:
        raise OptionError(f"The areas have columns {taken} already; rename or drop them first.")
    layer = noded_layer(atlas)
    units = Units.of(layer, atlas, by)
    of_areas = _areas(layer, units, given, threads)
    of_lines = _lines(layer, units, given, threads)
    table = _table(given, atlas, units, of_areas, of_lines)
    provenance = atlas.provenance
    table.attrs = {
        "by": by,
        "edges": edges,
        "dataset": provenance.name,
        "version": provenance.version,
    }
    return table


class _Rows(dict[str, Any]):
    """Columns of numbers; `owner` and `unit` say which area and unit a row is about."""


def _areas(layer: NodedLayer, units: Units, given: Given, threads: int | None) -> _Rows:
    """Square kilometres of each area in each unit."""
    found = divide_polygons(layer, polygons_of(given.areas), threads=threads)
    whole = np.bincount(found.owner, found.area, len(given.areas))
    row, unit = units.spread(found.place)
    key, of_key = np.unique(found.owner[row] * len(units.about) + unit, return_inverse=True)
    owner, unit = np.divmod(key, len(units.about))
    size = np.bincount(of_key.ravel(), found.area[row], len(key))
    of_zone = np.full(len(units.about), np.nan)
    if len(key):
        globe = np.bincount(units.unit, layer.areas[units.place], len(units.about))
        is_zone = np.array([category == "zone" for category, _ in units.about])
        of_zone[is_zone] = globe[is_zone]
    return _Rows(
        owner=owner,
        unit=unit,
        area_km2=size / 1e6,
        share=size / whole[owner],
        share_of_zone=size / of_zone[unit],
    )


def _lines(layer: NodedLayer, units: Units, given: Given, threads: int | None) -> _Rows:
    """Kilometres of each line in each unit, and where it enters first."""
    parts = lines_of(given.lines)
    runs = divide_lines(layer, parts, threads=threads)
    owner, n = parts.owner[runs.part], len(units.about)
    whole = np.bincount(owner, runs.length, len(given.lines))
    # Where on its whole line a run begins: the parts of a line follow one another.
    before = np.cumsum(runs.length) - runs.length
    first = np.searchsorted(owner, np.arange(len(given.lines)))
    along = before - np.append(before, 0.0)[first][owner]
    row, unit = units.spread(runs.place)
    order = np.lexsort((row, unit, owner[row]))
    row, unit = row[order], unit[order]
    key = owner[row] * n + unit
    goes_on = (np.diff(key) == 0) & (np.diff(row) == 1) & (np.diff(runs.part[row]) == 0)
    entry = np.concatenate([[True], ~goes_on]) if len(row) else np.zeros(0, dtype=bool)
    keys, at, of_key = np.unique(key, return_index=True, return_inverse=True)
    length = np.bincount(of_key.ravel(), runs.length[row], len(keys))
    start = row[at]
    return _Rows(
        owner=keys // n,
        unit=keys % n,
        length_km=length / 1e3,
        share=length / whole[keys // n],
        n_entries=np.bincount(of_key.ravel(), entry, len(keys)),
        enter_km=along[start] / 1e3,
        enter_lon=np.where(runs.lon[start] == 180.0, 180.0, (runs.lon[start] + 180) % 360 - 180),
        enter_lat=runs.lat[start],
    )


def _table(
    given: Given, atlas: Atlas, units: Units, of_areas: _Rows, of_lines: _Rows
) -> pd.DataFrame:
    """Put the rows of areas and lines, and of what has neither, in the order of the areas."""
    import pandas as pd

    n = len(given.notes)
    told = np.concatenate([of_areas["owner"], of_lines["owner"]])
    silent = np.setdiff1d(np.arange(n), told)
    owner = np.concatenate([told, silent])
    unit = np.concatenate([of_areas["unit"], of_lines["unit"], np.full(len(silent), -1)])
    order = np.lexsort((unit, owner))
    owner, unit = owner[order], unit[order]
    table = given.columns.iloc[owner].copy()
    for name, values in units.columns(atlas, unit).items():
        table[name] = values
    kinds = [(AREAS, of_areas), (LINES, of_lines)]
    has_lines = len(of_lines["owner"]) > 0
    for names, rows in kinds if has_lines else kinds[:1]:
        if names is AREAS and has_lines and not len(of_areas["owner"]):
            continue
        for name in names:
            values = np.full(len(owner), np.nan)
            at = slice(0, len(rows["owner"]))
            if names is LINES:
                at = slice(len(of_areas["owner"]), len(told))
            values[at] = rows[name]
            values = values[order]
            if name == "share" and name in table:
                values = np.where(np.isnan(values), table[name].to_numpy(), values)
            whole = name == "n_entries"
            table[name] = pd.array(values, dtype="Float64").astype("Int64") if whole else values
    table["note"] = np.array(given.notes, dtype=object)[owner]
    return table
