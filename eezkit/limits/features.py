"""Features of a baseline as they come: geometries of any kind, files of any format."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import DataFormatError, DataNotFoundError, MissingExtraError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["features_of", "lines_of", "names_of", "read_features"]

_POLYGON = 3
_ACCEPTED = (
    "Accepted are GeoJSON, GeoPackage, FlatGeobuf, shapefile and GeoParquet, and CSV with columns "
    "lon and lat."
)
_SPELLINGS = {"lon": "lon", "longitude": "lon", "lat": "lat", "latitude": "lat"}


def features_of(geometries: object) -> NDArray[np.object_]:
    """Features as an array of shapely geometries in longitude/latitude."""
    crs = getattr(geometries, "crs", None)
    if crs is not None and not crs.is_geographic:
        geometries = geometries.to_crs(4326)  # type: ignore[attr-defined]
    if hasattr(geometries, "geom_type") and not hasattr(geometries, "__len__"):
        geometries = [geometries]
    return np.asarray(geometries, dtype=object).reshape(-1)


def lines_of(
    features: NDArray[np.object_], closing: NDArray[np.bool_]
) -> tuple[NDArray[np.object_], NDArray[np.int64], NDArray[np.object_]]:
    """Points and lines of all features, the feature of each, and the polygons of the land."""
    import shapely

    parts, feature = features, np.arange(len(features))
    while True:
        split, of_part = shapely.get_parts(parts, return_index=True)
        if len(split) == len(parts) and (split == parts).all():
            break
        parts, feature = split, feature[of_part]
    keep = ~shapely.is_empty(parts)
    parts, feature = shapely.force_2d(parts[keep]), feature[keep]
    is_polygon = shapely.get_type_id(parts) == _POLYGON
    lines = parts.copy()
    lines[is_polygon] = shapely.get_exterior_ring(parts[is_polygon])
    encloses = closing[feature] & shapely.is_closed(lines) & (shapely.get_num_points(lines) > 3)
    xy, ring = shapely.get_coordinates(lines[is_polygon | encloses], return_index=True)
    land: Any = shapely.polygons(shapely.linearrings(xy, indices=ring)) if len(xy) else []
    return lines, feature, np.asarray(land, dtype=object)


def read_features(path: Path) -> Any:
    """A table with either geometries or the columns lon and lat, in numbers."""
    import geopandas
    import pandas as pd
    import pyogrio

    if not path.exists():
        raise DataNotFoundError(f"There is no file {path} to read a baseline from.")
    if path.is_dir() and path.suffix != ".gdb":
        raise DataFormatError(f"{path} is a folder. {_ACCEPTED}")
    suffix = path.suffix.lower()
    try:
        if suffix == ".csv":
            table = _read_csv(path)
        elif suffix in (".parquet", ".geoparquet"):
            table = geopandas.read_parquet(path)
        else:
            table = pyogrio.read_dataframe(path)
    except ImportError:
        raise MissingExtraError(
            "Reading GeoParquet needs pyarrow: pip install eezkit[parquet]"
        ) from None
    except (ValueError, OSError, RuntimeError, pd.errors.ParserWarning) as error:
        why = str(error).partition(";")[0].rstrip(".")
        raise DataFormatError(f"{path} cannot be read as a baseline: {why}. {_ACCEPTED}") from None
    if "geometry" not in table and not {"lon", "lat"} <= set(table.columns):
        raise DataFormatError(
            f"{path} has neither geometries nor the columns lon and lat; "
            f"it has: {', '.join(map(str, table.columns))}."
        )
    needed = ("max_breadth_nmi",) if "geometry" in table else ("lon", "lat", "max_breadth_nmi")
    for column in (name for name in needed if name in table):
        numbers = pd.to_numeric(table[column], errors="coerce")
        wrong = table[column][numbers.isna() & table[column].notna()]
        if len(wrong):
            raise DataFormatError(
                f"{path}: {len(wrong)} of {len(table)} values of {column} are no numbers; the "
                f"first is {wrong.iloc[0]!r}. Accepted are numbers with a point."
            )
        table[column] = numbers
    return table


def names_of(path: Path) -> list[str]:
    """What the features of a file are called: by a column id or name, else numbered from 1."""
    table = read_features(path)
    known = {str(column).lower(): column for column in reversed(table.columns)}
    column = known.get("id", known.get("name"))
    numbers = range(1, len(table) + 1)
    if column is None:
        return [str(number) for number in numbers]
    return [
        str(number) if value != value or value is None else str(value)
        for number, value in zip(numbers, table[column], strict=True)
    ]


def _read_csv(path: Path) -> Any:
    import pandas as pd

    with warnings.catch_warnings():
        # More values in a row than the header has names: they would be cut off in silence.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        table = pd.read_csv(path, index_col=False)
    return table.rename(columns=lambda name: _SPELLINGS.get(name.strip().lower(), name))
