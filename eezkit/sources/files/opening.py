"""A file is opened once: into its rows, in longitude and latitude on WGS 84, and what was found.

Zones, boundary lines, baselines, limits to audit, points and areas are all made of this.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from eezkit.crs import to_lonlat
from eezkit.errors import DataFormatError, GeometryWarning
from eezkit.sources.files.containers import MAX_SIZE, opened
from eezkit.sources.files.drivers import read_container

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

    from eezkit.sources.files.drivers import Raw

__all__ = ["Opened", "Shape", "listed", "open_file"]

Shape = Literal["polygons", "lines", "any"]

_KINDS = {"polygons": ("Polygon", "MultiPolygon"), "lines": ("LineString", "MultiLineString")}
_ELSEWHERE = {
    "polygons": "Boundary lines and points bound no area: read the layer of polygons that belongs "
    "to them.",
    "lines": "Read the layer of boundary lines that belongs to it.",
}


@dataclass(frozen=True, eq=False, slots=True)
class Opened:
    """A layer of a file, as it was published, in longitude and latitude on WGS 84.

    Parameters
    ----------
    path : pathlib.Path
        As given.
    shown : str
        What to call it in messages: the name of the file, and of the one within it.
    layer_name : str
        What the file calls the layer.
    file_format, encoding : str
        Encoding is "" where the format decides it.
    crs : str
        Name of the coordinate reference system the file was in.
    fields : dict of str to numpy.ndarray, shape (n_rows,)
        The columns.
    geometry : numpy.ndarray of shapely geometry, shape (n_rows,)
        Two-dimensional, finite, none missing; longitudes may leave ±180.
    row : numpy.ndarray of int64, shape (n_rows,)
        Where each stands in the file, from 0: rows without geometry are left out.
    edges : str
        How edges run: "planar" (straight in longitude/latitude) or "geodesic".
    is_projected : bool
        Whether the file was in a projection, which knows no ±180°.
    findings : tuple of str
        What is odd about it, a sentence each; each was warned of.
    """

    path: Path
    shown: str
    layer_name: str
    file_format: str
    encoding: str
    crs: str
    fields: dict[str, NDArray[Any]]
    geometry: NDArray[np.object_]
    row: NDArray[np.int64]
    edges: str = "planar"
    is_projected: bool = False
    findings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.geometry)

    @property
    def version(self) -> str:
        """Version of the publication, as names of layer and file tell it ("12"), or ""."""
        said = re.search(r"_v0*([1-9][0-9]*)(?![0-9])", f"{self.layer_name} {self.path.name}", re.I)
        return said[1] if said else ""

    @property
    def names(self) -> list[str]:
        """What rows are called: by a column id or name, else by their place, from 1."""
        known = {column.lower(): column for column in reversed(self.fields)}
        column = known.get("id", known.get("name"))
        values = [None] * len(self) if column is None else self.fields[column]
        return [
            str(place + 1) if value is None or value != value else str(value)
            for place, value in zip(self.row, values, strict=True)
        ]


def open_file(
    path: str | os.PathLike[str],
    *,
    layer: str | None = None,
    encoding: str | None = None,
    shape: Shape = "polygons",
    max_size: int = MAX_SIZE,
) -> Opened:
    """Open a file, a folder or a zip, once.

    Parameters
    ----------
    path : path-like
    layer : str, optional
        Which layer, where there are several; "eez" finds "eez_v12".
    encoding : str, optional
        Of the text of a shapefile, where it does not say or says wrongly.
    shape : {"polygons", "lines", "any"}
        What is wanted. Any takes points too, and a table of positions (.csv with columns lon
        and lat).
    max_size : int
        Bytes that an archive may unpack to.

    Returns
    -------
    Opened

    Raises
    ------
    DataNotFoundError
        If the path or a sidecar is missing.
    DataFormatError
        If the file is truncated, empty, of other shapes, not what its name says, or in no
        reference system that leads to longitude and latitude.
    OptionError, UnknownDatasetError
        If several layers could be meant, or none is.
    MissingExtraError
        If GeoParquet is to be read without pyarrow.

    Warns
    -----
    GeometryWarning
        Once for each of the findings.
    """
    # What is not finite is refused below; numpy need not complain of it before.
    with opened(Path(path), layer, shape, max_size) as container, np.errstate(invalid="ignore"):
        raw = read_container(container, encoding, shape)
    findings = [f"{raw.shown}: {said}" for said in raw.said]
    raw, row = _with_geometry(raw, findings)
    _check_shape(raw, shape)
    found = Opened(
        path=Path(path),
        shown=raw.shown,
        layer_name=raw.layer_name,
        file_format=raw.file_format,
        encoding=raw.encoding,
        crs="not given",
        fields=raw.fields,
        geometry=raw.geometry,
        row=row,
        edges=raw.edges,
    )
    found = _in_lonlat(found, raw.crs, findings)
    for finding in findings:
        warnings.warn(finding, GeometryWarning, stacklevel=2)
    return replace(found, findings=tuple(findings))


def _with_geometry(raw: Raw, findings: list[str]) -> tuple[Raw, NDArray[np.int64]]:
    """Leave rows without geometry out, and refuse what has none, or what is not finite."""
    import shapely

    if len(raw.geometry) == 0:
        raise DataFormatError(
            f"{raw.shown} has no rows: the layer {raw.layer_name} is empty. If a filter made it, "
            "nothing matched."
        )
    is_there = ~(shapely.is_missing(raw.geometry) | shapely.is_empty(raw.geometry))
    if not is_there.any():
        raise DataFormatError(f"{raw.shown} has {len(is_there)} rows, none with a geometry.")
    if not is_there.all():
        rows = [str(row) for row in np.flatnonzero(~is_there)]
        findings.append(
            f"{raw.shown} has rows without geometry, which are left out: row {listed(rows)} "
            "(from 0)."
        )
    geometry = raw.geometry[is_there]
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise DataFormatError(f"{raw.shown} has positions that are not finite numbers.")
    fields = {name: column[is_there] for name, column in raw.fields.items()}
    kept = replace(raw, fields=fields, geometry=shapely.force_2d(geometry))
    return kept, np.flatnonzero(is_there)


def _check_shape(raw: Raw, shape: Shape) -> None:
    if shape == "any":
        return
    found = Counter(one.geom_type for one in raw.geometry)
    others = {kind: count for kind, count in found.items() if kind not in _KINDS[shape]}
    if others:
        said = ", ".join(f"{count} {kind}" for kind, count in others.items())
        raise DataFormatError(
            f"{raw.shown} holds {said} in the layer {raw.layer_name}, where {shape} are "
            f"needed. {_ELSEWHERE[shape]}"
        )


def _in_lonlat(found: Opened, crs: Any, findings: list[str]) -> Opened:
    if crs is None:
        findings.append(_taken_for_degrees(found))
        return found
    there = to_lonlat(found.geometry, crs, found.shown)
    if there.bent > 0:
        findings.append(
            f"{found.shown} was drawn in {there.name}. Its edges now run straight in longitude and "
            f"latitude, up to {there.bent:.1f} m from where they were drawn. Densify it before "
            "where that matters."
        )
    return replace(found, geometry=there.geometry, crs=there.name, is_projected=there.is_projected)


def _taken_for_degrees(found: Opened) -> str:
    """Say that a file without reference system is taken for WGS 84, if its numbers allow it."""
    import shapely

    west, south, east, north = shapely.total_bounds(found.geometry)
    if max(-west, east) > 360.0 or max(-south, north) > 360.0:
        raise DataFormatError(
            f"{found.shown} does not say its coordinate reference system (a shapefile says it in "
            f"its .prj), and its numbers are not degrees: x {west:.6g} to {east:.6g}, y "
            f"{south:.6g} to {north:.6g}. Give it the .prj, or write it in EPSG:4326."
        )
    return (
        f"{found.shown} does not say its coordinate reference system (a shapefile says it in its "
        ".prj). Taken for longitude and latitude on WGS 84: its numbers are degrees."
    )


def listed(names: list[str]) -> str:
    """Name up to ten, and say how many more there are."""
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
