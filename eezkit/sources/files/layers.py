"""Zones and boundary lines of an opened file: its columns understood, cut at ±180°."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from eezkit.errors import GeometryWarning
from eezkit.schema import LineTable, ZoneTable, to_lines, to_zones
from eezkit.sources.files.checks import check_bounds
from eezkit.sources.files.containers import MAX_SIZE
from eezkit.sources.files.lonlat import Across180, read_across_180, short_way, within_180
from eezkit.sources.files.opening import Opened, listed, open_file

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["read_lines", "read_table"]


def read_table(
    path: str | os.PathLike[str],
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    strict: bool = False,
    encoding: str | None = None,
    across_180: Across180 | None = None,
    max_size: int = MAX_SIZE,
) -> tuple[ZoneTable, Opened]:
    """Read zones from a file, a folder or a zip.

    Parameters
    ----------
    path : path-like
        Shapefile (.shp with its sidecars, the folder or the zip it lies in), GeoPackage,
        FlatGeobuf, GeoJSON or GeoParquet, in any coordinate reference system.
    layer : str, optional
        Which layer, where there are several; "eez" finds "eez_v12". By default the only one of
        polygons, or the one of EEZs.
    columns : mapping of str to str, optional
        Our names to the file's: see `eezkit.schema.to_zones`.
    strict : bool
        Raise on an unknown value instead of loading it as UNKNOWN.
    encoding : str, optional
        Of the text of a shapefile, where it does not say or says wrongly.
    across_180 : {"cut", "as-drawn"}, optional
        How a ring is meant that jumps across ±180° without being cut there; by default it is
        refused.
    max_size : int
        Bytes that an archive may unpack to.

    Returns
    -------
    ZoneTable
        Geometry as published, in degrees on WGS 84; only what runs beyond ±180° was cut there.
    Opened
        The file it was read from.

    Raises
    ------
    DataNotFoundError
        If the path or a sidecar is missing.
    DataFormatError
        If the file is truncated, empty, without polygons, not what its name says, or has
        positions that are not on the globe.
    SchemaError
        If its columns are not known or, under `strict`, a value is not.
    OptionError, UnknownDatasetError
        If several layers could be meant, or none is.
    MissingExtraError
        If GeoParquet is to be read without pyarrow.

    Warns
    -----
    SchemaWarning, GeometryWarning
    """
    found = open_file(path, layer=layer, encoding=encoding, shape="polygons", max_size=max_size)
    table = to_zones(
        found.fields, found.geometry, columns=columns, layer_name=found.layer_name, strict=strict
    )
    names = [zone.name for zone in table.zones]
    edges = found.edges if table.edges == "planar" else table.edges
    check_bounds(found.geometry, names, found.shown, table.centres)
    geometry = found.geometry
    if found.is_projected:
        geometry = short_way(geometry, found.shown)
    else:
        # Other edges than those straight in longitude/latitude run the short way by definition.
        reading: Across180 | None = across_180 if edges == "planar" else "cut"
        geometry = read_across_180(geometry, names, found.shown, reading)
    geometry = _within_180(geometry, names, found.shown)
    return replace(table, geometry=geometry, edges=edges), found


def read_lines(
    path: str | os.PathLike[str],
    *,
    layer: str | None = None,
    codes: Mapping[str, str] | None = None,
    strict: bool = False,
    encoding: str | None = None,
) -> tuple[LineTable, Opened]:
    """Read boundary lines (eez_boundaries, ecs_boundaries) from a file, a folder or a zip.

    Parameters
    ----------
    path, layer, strict, encoding
        As of `read_table`; by default the only layer of lines.
    codes : mapping of str to str, optional
        ISO code of a name (casefolded), as `ZoneTable.codes` of the zones gives it.

    Returns
    -------
    LineTable
        Geometry as published, in degrees on WGS 84.
    Opened
        The file it was read from.

    Raises
    ------
    As of `read_table`.
    """
    found = open_file(path, layer=layer, encoding=encoding, shape="lines")
    table = to_lines(found.fields, found.geometry, codes=codes, strict=strict)
    names = [line.name for line in table.lines]
    check_bounds(found.geometry, names, found.shown)
    geometry = _within_180(short_way(found.geometry, found.shown), names, found.shown)
    return replace(table, geometry=geometry), found


def _within_180(geometry: NDArray[np.object_], names: list[str], shown: str) -> NDArray[np.object_]:
    """Bring features to ±180°, cut there, and say so."""
    geometry, changed = within_180(geometry)
    if len(changed):
        warnings.warn(
            f"{shown} has longitudes beyond ±180°. {len(changed)} features were moved by "
            f"360° or cut at ±180°: {listed([names[index] for index in changed])}.",
            GeometryWarning,
            stacklevel=3,
        )
    return geometry
