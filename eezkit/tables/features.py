"""Limits and lines as files, and tables of their turning points."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit._atomic import atomic_path
from eezkit.answers.cells import as_cell
from eezkit.errors import BaselineError, OptionError
from eezkit.geodesy import EdgeModel
from eezkit.limits.summary import area_km2
from eezkit.tables.writing import check_suffix, save_features
from eezkit.units import to_nmi

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from eezkit.limits.lines import Limit, Lines

__all__ = [
    "NOTE",
    "check_outputs",
    "edges_in_words",
    "save_line",
    "save_turning_points",
    "save_zones",
]

NOTE = "drawn by eezkit from the baseline given; no official limit, and no treaty is known to it"
"""What every file says of itself."""

_WORDS = {
    EdgeModel.PLANAR: "straight in longitude and latitude",
    EdgeModel.GEODESIC: "geodesics on the WGS 84 ellipsoid",
    EdgeModel.LOXODROME: "loxodromes",
}
_SECOND = 5
"""Decimals of a second of arc: 0.3 mm."""


def edges_in_words(edges: EdgeModel, tolerance: float) -> str:
    """Say how the edges of a file run, and how closely they follow the line."""
    return f"edges are {_WORDS[edges]}, within {tolerance:g} m of the line the law draws"


def check_outputs(
    output: str | os.PathLike[str],
    table: str | os.PathLike[str] | None,
    edges: EdgeModel,
    inputs: Sequence[str | os.PathLike[str]] = (),
) -> None:
    """Refuse names of files that nothing could be written to, before anything is drawn.

    Parameters
    ----------
    output : path-like
        For `save_zones` or `save_line`.
    table : path-like or None
        For `save_turning_points`.
    edges : EdgeModel
        How the edges are to run.
    inputs : sequence of path-like
        Files that must not be overwritten.

    Raises
    ------
    OptionError
        If a suffix is not known, two files are one, or the format cannot say how edges run.
    """
    output, table = Path(output), None if table is None else Path(table)
    suffix = check_suffix(output)
    if suffix == ".parquet" and edges is not EdgeModel.PLANAR:
        raise OptionError(
            f"{output}: GeoParquet has no word for edges that are {_WORDS[edges]}. "
            "Write .geojson or .gpkg, or planar edges."
        )
    if table is not None and table.suffix.lower() != ".csv":
        raise OptionError(f"{table} does not end in .csv, which the table is written as.")
    resolved = [Path(path).resolve() for path in (output, table, *inputs) if path is not None]
    for number, path in enumerate(resolved[: 1 if table is None else 2]):
        if path in resolved[number + 1 :]:
            raise OptionError(f"{path.name} is named twice; it would be overwritten.")


def save_zones(path: str | os.PathLike[str], limits: Iterable[Limit], *, edges: EdgeModel) -> None:
    """Write zones, one feature for each limit, the land included and cut at ±180°.

    Parameters
    ----------
    path : path-like
        Its suffix, one of `eezkit.tables.writing.SUFFIXES`, decides the format.
    limits : iterable of Limit
    edges : EdgeModel
        How the limits were drawn.

    Raises
    ------
    MissingExtraError
        If pyarrow is needed and not installed.

    Notes
    -----
    Coordinates are rounded to 1e-9 degrees, less than 0.1 mm. The same limits give the same bytes.
    """
    import shapely

    limits = list(limits)
    rows = [
        {
            "breadth_nmi": to_nmi(limit.breadth),
            "area_km2": round(area_km2(limit, edges), 3),
            "tolerance_m": limit.tolerance,
            "edges": edges.value,
            "note": NOTE,
        }
        for limit in limits
    ]
    shapes = shapely.orient_polygons([limit.to_shapely() for limit in limits])
    _save(path, rows, shapes, "zones", edges)


def save_line(
    path: str | os.PathLike[str], lines: Lines, *, tolerance: float, edges: EdgeModel
) -> None:
    """Write an equidistance line, one feature for each of its parts, cut at ±180°.

    Parameters
    ----------
    path, edges
        As for `save_zones`.
    lines : Lines
    tolerance : float
        Metres that an edge may lie off the true line.

    Raises
    ------
    BaselineError
        If there is no line.
    MissingExtraError
        If pyarrow is needed and not installed.
    """
    if not lines.n_lines:
        raise BaselineError(
            "There is no line: the baselines are farther apart than twice the breadth, or nothing "
            "but land lies between them."
        )
    rows = [
        {"line": number, "tolerance_m": tolerance, "edges": edges.value, "note": NOTE}
        for number in range(1, lines.n_lines + 1)
    ]
    _save(path, rows, lines.to_shapely(), "lines", edges)


def _save(
    path: str | os.PathLike[str],
    rows: list[dict[str, Any]],
    geometry: Any,
    layer: str,
    edges: EdgeModel,
) -> None:
    import geopandas

    frame = geopandas.GeoDataFrame(rows, geometry=geometry, crs="EPSG:4326")
    save_features(path, frame, layer=layer, about={"note": NOTE, "edges": _WORDS[edges]})


def save_turning_points(
    path: str | os.PathLike[str],
    drawn: Mapping[float, Lines],
    *,
    names: Sequence[str],
    sides: Mapping[str, str],
) -> None:
    """Write a table of turning points with the basepoints that govern them, as CSV.

    Parameters
    ----------
    path : path-like
    drawn : mapping of float to Lines
        Lines by breadth in metres.
    names : sequence of str
        What the features of the baseline are called, by number.
    sides : mapping of str to str
        The columns of basepoints: a side of the lines, "left" or "right", and what to call it.

    Notes
    -----
    A row for each turning point, junction and end of a line; of a closed line its first vertex,
    once. Positions are in degrees, to 1e-9, and in degrees, minutes and seconds, to 1e-5;
    distances in metres, to 0.01 mm.
    """
    number = 0
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_header(sides))
        for breadth, lines in drawn.items():
            table = lines.table()
            for row in np.flatnonzero(~_repeats(lines, table)).tolist():
                number += 1
                writer.writerow([number, *_row(table, row, breadth, names, sides)])


def _repeats(lines: Lines, table: Mapping[str, NDArray[Any]]) -> NDArray[np.bool_]:
    """Rows in which a closed line comes back to its first vertex."""
    is_last = np.diff(table["line"], append=lines.n_lines) != 0
    first = np.searchsorted(table["line"], table["line"])
    same = [table[name] == table[name][first] for name in ("lon", "lat")]
    return is_last & same[0] & same[1] & (first != np.arange(len(first)))


def _header(sides: Mapping[str, str]) -> list[str]:
    columns = ["number", "breadth_nmi", "line", "kind", "lat", "lon", "lat_dms", "lon_dms"]
    for title in sides.values():
        for which in (1, 2):
            name = f"{title}_{which}"
            columns += [name, f"{name}_lat", f"{name}_lon", f"{name}_distance_m"]
    return columns


def _row(
    table: Mapping[str, NDArray[Any]],
    row: int,
    breadth: float,
    names: Sequence[str],
    sides: Mapping[str, str],
) -> list[Any]:
    lon, lat = float(table["lon"][row]), float(table["lat"][row])
    cells: list[Any] = [f"{to_nmi(breadth):g}", int(table["line"][row]) + 1, table["kind"][row]]
    cells += [f"{lat:.9f}", f"{lon:.9f}", _dms(lat, "NS"), _dms(lon, "EW")]
    for side in sides:
        for which in (1, 2):
            feature, x, y, far = (
                table[f"{side}_{which}_{name}"][row]
                for name in ("feature", "lon", "lat", "distance_nmi")
            )
            cells += (
                [as_cell(names[feature]), f"{y:.9f}", f"{x:.9f}", f"{far * 1852.0:.5f}"]
                if feature >= 0
                else [""] * 4
            )
    return cells


def _dms(degrees: float, letters: str) -> str:
    """Degrees, minutes and seconds; whole units are split off after rounding."""
    minutes, seconds = divmod(round(abs(degrees) * 3600 * 10**_SECOND), 60 * 10**_SECOND)
    whole, minutes = divmod(minutes, 60)
    text = f"{seconds / 10**_SECOND:0{3 + _SECOND}.{_SECOND}f}"
    return f"{whole}°{minutes:02d}′{text}″{letters[degrees < 0]}"
