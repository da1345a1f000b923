"""Files of zones and of boundary lines, in any common format, as published."""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import DataFormatError, GeometryWarning, MissingExtraError, OptionError
from eezkit.schema import LineTable, ZoneTable, to_lines, to_zones
from eezkit.sources.files.checks import check_bounds
from eezkit.sources.files.containers import Container, choose_layer, opened, source_files
from eezkit.sources.files.intact import shapefile_encoding
from eezkit.sources.files.lonlat import to_lonlat, within_180

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["Origin", "read_lines", "read_table", "source_files"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a table was read from: what its provenance is made of.

    Parameters
    ----------
    path : pathlib.Path
        As given.
    layer_name : str
        What the file calls the table.
    file_format, encoding : str
        Encoding is "" where the format decides it.
    crs : str
        Name of the coordinate reference system the file was in.
    version : str
        Version of the publication, as file and layer names tell it ("12"), or "".
    n_rows : int
        How many rows it has.
    """

    path: Path
    layer_name: str
    file_format: str
    encoding: str
    crs: str
    version: str
    n_rows: int


@dataclass(frozen=True, eq=False, slots=True)
class _Raw:
    """A layer as its driver gives it."""

    fields: dict[str, NDArray[Any]]
    geometry: NDArray[np.object_]
    crs: Any
    layer_name: str
    shown: str
    file_format: str
    encoding: str = ""
    edges: str = "planar"


def read_table(
    path: str | os.PathLike[str],
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    strict: bool = False,
    encoding: str | None = None,
) -> tuple[ZoneTable, Origin]:
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

    Returns
    -------
    ZoneTable
        Geometry as published, in degrees on WGS 84; only what runs beyond ±180° was cut there.
    Origin

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
    raw = _with_geometry(_read(Path(path), layer, encoding, "polygons"), 2, "polygons")
    geometry, crs = to_lonlat(raw.geometry, raw.crs, raw.shown)
    table = to_zones(
        raw.fields, geometry, columns=columns, layer_name=raw.layer_name, strict=strict
    )
    names = [zone.name for zone in table.zones]
    geometry = _on_globe(geometry, names, raw.shown, table.centres)
    edges = raw.edges if table.edges == "planar" else table.edges
    return replace(table, geometry=geometry, edges=edges), _origin(Path(path), raw, crs)


def read_lines(
    path: str | os.PathLike[str],
    *,
    layer: str | None = None,
    codes: Mapping[str, str] | None = None,
    strict: bool = False,
    encoding: str | None = None,
) -> tuple[LineTable, Origin]:
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
    Origin

    Raises
    ------
    As of `read_table`.
    """
    raw = _with_geometry(_read(Path(path), layer, encoding, "lines"), 1, "lines")
    geometry, crs = to_lonlat(raw.geometry, raw.crs, raw.shown)
    table = to_lines(raw.fields, geometry, codes=codes, strict=strict)
    geometry = _on_globe(geometry, [line.name for line in table.lines], raw.shown)
    return replace(table, geometry=geometry), _origin(Path(path), raw, crs)


def _on_globe(
    geometry: NDArray[np.object_],
    names: list[str],
    shown: str,
    centres: NDArray[np.float64] | None = None,
) -> NDArray[np.object_]:
    check_bounds(geometry, names, shown, centres)
    geometry, changed = within_180(geometry)
    if len(changed):
        warnings.warn(
            f"{shown} has longitudes beyond ±180°. {len(changed)} features were moved by 360° or "
            f"cut at ±180°: {_listed([names[index] for index in changed])}.",
            GeometryWarning,
            stacklevel=3,
        )
    return geometry


def _read(path: Path, layer: str | None, encoding: str | None, shape: str) -> _Raw:
    # What is not finite is refused below; numpy need not complain of it before.
    with opened(path, layer, shape) as container, np.errstate(invalid="ignore"):
        if encoding is not None and container.format != "shapefile":
            raise OptionError(
                f"encoding={encoding!r} is for shapefiles; {container.shown} is "
                f"{container.format}, whose text is UTF-8 by definition."
            )
        if container.format == "GeoParquet":
            raw = _read_parquet(container)
        else:
            raw = _read_by_gdal(container, encoding, shape)
    if len(raw.geometry) == 0:
        raise DataFormatError(
            f"{raw.shown} has no rows: the layer {raw.layer_name} is empty. If a filter made it, "
            "nothing matched."
        )
    return raw


def _read_by_gdal(container: Container, encoding: str | None, shape: str) -> _Raw:
    import pyogrio
    import shapely

    path, shown = container.path, container.shown
    said_in = shapefile_encoding(path, encoding) if container.format == "shapefile" else None
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            layers = pyogrio.list_layers(path)
            names, shapes = [str(row[0]) for row in layers], [_shape(row[1]) for row in layers]
            name = names[choose_layer(names, shapes, container.layer, shown, shape)]
            meta, _, wkb, columns = pyogrio.raw.read(path, layer=name, encoding=said_in)
            geometry = None if wkb is None else shapely.from_wkb(wkb)
        except UnicodeDecodeError:
            raise DataFormatError(
                f"{shown} has text that is not {said_in}, though it says so. Give its encoding, "
                'for example encoding="latin-1".'
            ) from None
        except (RuntimeError, shapely.errors.ShapelyError) as error:
            raise DataFormatError(
                f"{shown} cannot be read as {container.format}; it may be truncated: {error}"
            ) from None
    if geometry is None:
        raise DataFormatError(f"{shown} has no geometry: the layer {name} is a plain table.")
    for message in dict.fromkeys(str(warning.message) for warning in said):
        warnings.warn(f"{shown}: {message}", GeometryWarning, stacklevel=4)
    fields = dict(zip(map(str, meta["fields"]), columns, strict=True))
    return _Raw(fields, geometry, meta["crs"], name, shown, container.format, said_in or "")


def _shape(geometry_type: str | None) -> str:
    """Say in our words what GDAL says a layer holds; "" where it leaves it open."""
    if geometry_type is None:
        return "no geometry"
    words = {"Polygon": "polygons", "Surface": "polygons", "Line": "lines", "Point": "points"}
    return next((ours for theirs, ours in words.items() if theirs in geometry_type), "")


def _read_parquet(container: Container) -> _Raw:
    import geopandas
    import shapely

    path, shown = container.path, container.shown
    choose_layer([path.stem], [""], container.layer, shown)
    try:
        import pyarrow.parquet
    except ImportError:
        raise MissingExtraError(
            "Reading GeoParquet needs pyarrow: pip install eezkit[parquet]"
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of edges, which are told below
        try:
            metadata = pyarrow.parquet.read_schema(path).metadata or {}
            frame = geopandas.read_parquet(path)
        except (ValueError, OSError, shapely.errors.ShapelyError) as error:
            hint = "" if "geo metadata" in str(error) else " It may be truncated or damaged."
            raise DataFormatError(f"{shown} cannot be read as GeoParquet: {error}{hint}") from None
    column = json.loads(metadata[b"geo"])["columns"][frame.geometry.name]
    curve = column.get("edges", "planar")
    if curve != "planar":
        warnings.warn(
            f"{shown} says that its edges are {curve}. They are taken as geodesics of WGS 84, not "
            "as straight in longitude/latitude.",
            GeometryWarning,
            stacklevel=4,
        )
    fields = {
        str(name): frame[name].to_numpy(dtype=object)
        for name in frame.columns
        if name != frame.geometry.name
    }
    return _Raw(
        fields=fields,
        geometry=np.asarray(frame.geometry.to_numpy(), dtype=object),
        crs=frame.crs,
        layer_name=path.stem,
        shown=shown,
        file_format=container.format,
        edges="planar" if curve == "planar" else "geodesic",
    )


_ELSEWHERE = {
    2: "Boundary lines and points bound no area: read the layer of polygons that belongs to them.",
    1: "Read the layer of boundary lines that belongs to it.",
}


def _with_geometry(raw: _Raw, dimension: int, wanted: str) -> _Raw:
    """Leave rows without geometry out, and refuse a layer of anything but what is wanted."""
    import shapely

    is_there = ~(shapely.is_missing(raw.geometry) | shapely.is_empty(raw.geometry))
    if not is_there.any():
        raise DataFormatError(f"{raw.shown} has {len(is_there)} rows, none with a geometry.")
    if not is_there.all():
        rows = [str(row) for row in np.flatnonzero(~is_there)]
        warnings.warn(
            f"{raw.shown} has rows without geometry, which are left out: row {_listed(rows)} "
            "(from 0).",
            GeometryWarning,
            stacklevel=3,
        )
    geometry = raw.geometry[is_there]
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise DataFormatError(f"{raw.shown} has positions that are not finite numbers.")
    geometry = shapely.force_2d(geometry)
    kinds = {2: ("Polygon", "MultiPolygon"), 1: ("LineString", "MultiLineString")}[dimension]
    found = Counter(shape.geom_type for shape in geometry)
    others = {kind: count for kind, count in found.items() if kind not in kinds}
    if others:
        listed = ", ".join(f"{count} {kind}" for kind, count in others.items())
        raise DataFormatError(
            f"{raw.shown} holds {listed} in the layer {raw.layer_name}, where {wanted} are "
            f"needed. {_ELSEWHERE[dimension]}"
        )
    fields = {name: column[is_there] for name, column in raw.fields.items()}
    return replace(raw, fields=fields, geometry=geometry)


def _origin(path: Path, raw: _Raw, crs: str) -> Origin:
    version = re.search(r"_v0*([1-9][0-9]*)(?![0-9])", f"{raw.layer_name} {path.name}", re.I)
    return Origin(
        path=path,
        layer_name=raw.layer_name,
        file_format=raw.file_format,
        encoding=raw.encoding,
        crs=crs,
        version=version[1] if version else "",
        n_rows=len(raw.geometry),
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
