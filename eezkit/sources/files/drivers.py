"""The one place where foreign libraries read files, and where their errors become ours."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from eezkit.errors import DataFormatError, MissingExtraError, OptionError
from eezkit.sources.files.containers import Container, choose_layer
from eezkit.sources.files.intact import shapefile_encoding

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from eezkit.sources.files.geojson import Features

__all__ = ["Raw", "numbers", "read_container"]

Result = TypeVar("Result")

_SPELLINGS = {"lon": "lon", "longitude": "lon", "lat": "lat", "latitude": "lat"}


@dataclass(frozen=True, eq=False, slots=True)
class Raw:
    """A layer as its driver gives it: rows that may lack a geometry, in any reference system."""

    fields: dict[str, NDArray[Any]]
    geometry: NDArray[np.object_]
    crs: Any
    layer_name: str
    shown: str
    file_format: str
    encoding: str = ""
    edges: str = "planar"
    said: tuple[str, ...] = ()


def read_container(container: Container, encoding: str | None, shape: str) -> Raw:
    """Read the layer of a container that is meant.

    Parameters
    ----------
    container : Container
    encoding : str or None
        Of the text of a shapefile.
    shape : {"polygons", "lines", "any"}
        What is wanted, where no layer is named.

    Raises
    ------
    As of `eezkit.sources.files.opening.open_file`.
    """
    if encoding is not None and container.format != "shapefile":
        raise OptionError(
            f"encoding={encoding!r} is for shapefiles; {container.shown} is "
            f"{container.format}, whose text is UTF-8 by definition."
        )
    if container.format in _DRIVERS:
        return _read_by_gdal(container, encoding, shape)
    if container.format == "GeoParquet":
        return _read_parquet(container)
    if container.format == "CSV":
        return _read_csv(container)
    return _read_text(container, shape)


_DRIVERS = ("shapefile", "GeoPackage", "FlatGeobuf")
"""What GDAL reads: formats that begin with a signature no other driver takes for its own.

Text that GDAL would try on drivers which fetch, include or run what it says is read here.
"""


def _read_text(container: Container, shape: str) -> Raw:
    from eezkit.sources.files import geojson, markup

    path, shown = container.path, container.shown
    if container.format == "GeoJSON":
        found = geojson.read_geojson(path, shown)
        layers = {found.name or path.stem: found}
    else:
        read = {"KML": markup.read_kml, "GPX": markup.read_gpx, "GML": markup.read_gml}
        layers = read[container.format](path, shown)
        if container.layer is None and "" in layers:
            layers = {path.stem: layers[""]}
        layers.pop("", None)
    full = {name: one for name, one in layers.items() if one.geometry} or layers
    if not full:
        raise DataFormatError(f"{shown} has no features.")
    names = list(full)
    shapes = [_shape_of(one) for one in full.values()]
    name = names[choose_layer(names, shapes, container.layer, shown, shape)]
    found = full[name]
    geometry = np.empty(len(found.geometry), dtype=object)
    geometry[:] = found.geometry
    return Raw(
        fields=geojson.columns_of(found),
        geometry=geometry,
        crs=found.crs,
        layer_name=name,
        shown=shown,
        file_format=container.format,
        said=found.said,
    )


def _shape_of(found: Features) -> str:
    """What a layer holds, by its first geometry."""
    first = next((one.geom_type for one in found.geometry if one is not None), "")
    return _shape(first or None)


def _theirs(
    container: Container, hint: str, call: Callable[..., Result], *args: Any, **options: Any
) -> Result:
    """Call a foreign library; whatever it raises is said of the file.

    Only the library runs in here, so that an error of ours is never taken for one of the file.
    """
    import shapely

    try:
        return call(*args, **options)
    except (
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        NameError,
        OSError,
        RuntimeError,
        TypeError,
        ValueError,
        shapely.errors.ShapelyError,
    ) as error:
        why = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise DataFormatError(
            f"{container.shown} cannot be read as {container.format}: {why}.{hint}"
        ) from None


_DAMAGED = " It may be truncated or damaged."


def _read_by_gdal(container: Container, encoding: str | None, shape: str) -> Raw:
    import pyogrio
    import shapely

    path, shown = container.path, container.shown
    said_in = shapefile_encoding(path, encoding) if container.format == "shapefile" else None
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        layers = _theirs(container, _DAMAGED, pyogrio.list_layers, path)
        names, shapes = [str(row[0]) for row in layers], [_shape(row[1]) for row in layers]
        name = names[choose_layer(names, shapes, container.layer, shown, shape)]
        meta, _, wkb, columns = _theirs(
            container, _DAMAGED, _decoded, container, path, layer=name, encoding=said_in
        )
        if wkb is None:
            raise DataFormatError(f"{shown} has no geometry: the layer {name} is a plain table.")
        geometry: Any = _theirs(container, _DAMAGED, shapely.from_wkb, wkb)
    return Raw(
        fields=dict(zip(map(str, meta["fields"]), columns, strict=True)),
        geometry=geometry,
        crs=meta["crs"],
        layer_name=name,
        shown=shown,
        file_format=container.format,
        encoding=said_in or "",
        said=tuple(dict.fromkeys(str(warning.message) for warning in said)),
    )


def _decoded(container: Container, path: Path, **options: Any) -> Any:
    """Read a layer, and say of text that cannot be decoded what to do about it."""
    import pyogrio

    try:
        return pyogrio.raw.read(path, **options)
    except UnicodeDecodeError:
        raise DataFormatError(
            f"{container.shown} has text that is not {options['encoding'] or 'utf-8'}, though it "
            'says so. Give its encoding, for example encoding="latin-1".'
        ) from None


def _shape(geometry_type: str | None) -> str:
    """Say in our words what GDAL says a layer holds; "" where it leaves it open."""
    if geometry_type is None:
        return "no geometry"
    words = {"Polygon": "polygons", "Surface": "polygons", "Line": "lines", "Point": "points"}
    return next((ours for theirs, ours in words.items() if theirs in geometry_type), "")


def _read_parquet(container: Container) -> Raw:
    path, shown = container.path, container.shown
    choose_layer([path.stem], [""], container.layer, shown)
    try:
        import pyarrow.parquet
    except ImportError:
        raise MissingExtraError(
            "Reading GeoParquet needs pyarrow: pip install eezkit[parquet]"
        ) from None
    schema = _theirs(container, _DAMAGED, pyarrow.parquet.read_schema, path)
    metadata = (schema.metadata or {}).get(b"geo")
    if metadata is None:
        raise DataFormatError(
            f"{shown} cannot be read as GeoParquet: Missing geo metadata; it is a plain table."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of edges, which are told below
        geometry, active, fields = _theirs(container, _DAMAGED, _frame, path)
        of = _theirs(container, _DAMAGED, _described, metadata, active)
    curve = of.get("edges", "planar")
    said: tuple[str, ...] = ()
    if curve != "planar":
        said = (
            f"its edges are {curve} by its own word. They are taken as geodesics of WGS 84, not "
            "as straight in longitude/latitude.",
        )
    return Raw(
        fields=fields,
        geometry=np.asarray(geometry.to_numpy(), dtype=object),
        crs=geometry.crs,
        layer_name=path.stem,
        shown=shown,
        file_format=container.format,
        edges="planar" if curve == "planar" else "geodesic",
        said=said,
    )


def _frame(path: Path) -> tuple[Any, str, dict[str, NDArray[Any]]]:
    """The geometry of a GeoParquet file, what its column is called, and the other columns."""
    import geopandas
    import pyarrow

    try:
        frame = geopandas.read_parquet(path)
        active = str(frame.geometry.name)
        fields = {
            str(name): frame[name].to_numpy(dtype=object)
            for name in frame.columns
            if name != active
        }
    except pyarrow.ArrowException as error:
        raise ValueError(str(error)) from None
    return frame.geometry, active, fields


def _described(metadata: bytes, column: str) -> dict[str, Any]:
    return dict(json.loads(metadata)["columns"][column])


def _read_csv(container: Container) -> Raw:
    """Read a table of positions, in degrees on WGS 84, by its columns lon and lat."""
    import pandas as pd
    import shapely

    path, shown = container.path, container.shown
    choose_layer([path.stem], [""], container.layer, shown)
    with warnings.catch_warnings():
        # More values in a row than the header has names: they would be cut off in silence.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        table = _theirs(container, " Accepted are commas between values.", _csv_table, path).rename(
            columns=lambda name: _SPELLINGS.get(str(name).strip().lower(), str(name))
        )
    if not {"lon", "lat"} <= set(table.columns):
        raise DataFormatError(
            f"{shown} has neither geometries nor the columns lon and lat; "
            f"it has: {', '.join(map(str, table.columns))}."
        )
    fields = {str(name): table[name].to_numpy() for name in table.columns}
    lon, lat = (numbers(fields, name, shown) for name in ("lon", "lat"))
    lacking = np.flatnonzero(np.isnan(lon) | np.isnan(lat))
    if len(lacking):
        raise DataFormatError(
            f"{shown}: {len(lacking)} of {len(lon)} rows have no position; the first is row "
            f"{lacking[0] + 1}."
        )
    return Raw(
        fields=fields,
        geometry=np.asarray(shapely.points(lon, lat), dtype=object).reshape(-1),
        crs="EPSG:4326",
        layer_name=path.stem,
        shown=shown,
        file_format=container.format,
    )


def _csv_table(path: Path) -> Any:
    import pandas as pd

    try:
        return pd.read_csv(path, index_col=False)
    except pd.errors.ParserWarning as warning:
        raise ValueError(str(warning).partition(";")[0]) from None


def numbers(fields: dict[str, NDArray[Any]], name: str, shown: str) -> NDArray[np.float64]:
    """Give a column as numbers, NaN where a value is missing.

    Raises
    ------
    DataFormatError
        If a value is no number, naming the first.
    """
    import pandas as pd

    column = pd.Series(fields[name])
    found = pd.to_numeric(column, errors="coerce")
    wrong = column[found.isna() & column.notna()]
    if len(wrong):
        raise DataFormatError(
            f"{shown}: {len(wrong)} of {len(column)} values of {name} are no numbers; the "
            f"first is {wrong.iloc[0]!r}. Accepted are numbers with a point."
        )
    return found.to_numpy(dtype=np.float64)
