"""Features of a baseline as they come: geometries of any kind, files of any format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import DataFormatError, DataNotFoundError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["features_of", "lines_of", "read_features"]

_POLYGON = 3


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
    """A table with either geometries or the columns lon and lat."""
    import geopandas
    import pandas as pd
    import pyogrio

    if not path.exists():
        raise DataNotFoundError(f"There is no file {path} to read a baseline from.")
    try:
        if path.suffix == ".csv":
            table = pd.read_csv(path)
        elif path.suffix in (".parquet", ".geoparquet"):
            table = geopandas.read_parquet(path)
        else:
            table = pyogrio.read_dataframe(path)
    except (ValueError, OSError, pyogrio.errors.DataSourceError) as error:
        raise DataFormatError(f"{path} cannot be read as a baseline: {error}") from error
    if "geometry" not in table and not {"lon", "lat"} <= set(table.columns):
        raise DataFormatError(
            f"{path} has neither geometries nor the columns lon and lat; "
            f"it has: {', '.join(map(str, table.columns))}."
        )
    return table
