"""Fixes from whatever table people have them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import OptionError, SchemaError, did_you_mean
from eezkit.tables import LAT_NAMES, LON_NAMES
from eezkit.voyages.fixes import Tracks, clean

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["tracks_of"]

_Columns = tuple[Any, Any, Any, Any]


def tracks_of(
    fixes: Any,
    *,
    id: str | None,
    time: str,
    lon: str | None,
    lat: str | None,
    max_gap: float | None,
    max_speed: float | None,
) -> Tracks:
    """Take fixes from a table; see `eezkit.crossings` for what it may be.

    Raises
    ------
    OptionError
        If it is none of these, or a column is not there.
    SchemaError
        If the times are no date-times, or lines have no M.
    """
    ids, when, x, y = _columns(fixes, id, time, lon, lat)
    ship, names = _ships(ids, len(when))
    stamps, zone = _times(when, time)
    return clean(
        names, ship, stamps, _numbers(x, "lon"), _numbers(y, "lat"),
        max_gap=max_gap, max_speed=max_speed, zone=zone,
    )  # fmt: skip


def _columns(fixes: Any, id: str | None, time: str, lon: str | None, lat: str | None) -> _Columns:
    """Ships, times, longitudes and latitudes of all fixes."""
    import pandas as pd

    if hasattr(fixes, "trajectories"):
        parts = [_columns(one, id, time, lon, lat) for one in fixes.trajectories]
        return tuple(pd.concat([pd.Series(part[k]) for part in parts]) for k in range(4))  # type: ignore[return-value]
    if hasattr(fixes, "to_traj_gdf") and hasattr(fixes, "df"):
        table = fixes.df
        return [fixes.id] * len(table), table.index.to_series(), *_positions(table, lon, lat)
    if not isinstance(fixes, pd.DataFrame):
        fixes = _from_arrow(fixes)
    if hasattr(fixes, "geom_type") and not hasattr(fixes, "_no_geometry") and _has_lines(fixes):
        return _from_lines(fixes, id)
    table = fixes
    when = _column(table, time, "time")
    ids = None if id is None else _column(table, id, "id")
    return ids, when, *_positions(table, lon, lat)


def _from_arrow(fixes: Any) -> pd.DataFrame:
    if not hasattr(fixes, "__arrow_c_stream__"):
        raise OptionError(
            f"fixes is a {type(fixes).__name__}. Accepted are a DataFrame, a GeoDataFrame, "
            "anything with the Arrow C stream interface (pyarrow, Polars, DuckDB), and a "
            "MovingPandas Trajectory or TrajectoryCollection."
        )
    from eezkit.tables.parquet import require_pyarrow

    require_pyarrow()
    import pyarrow as pa

    return pa.table(fixes).to_pandas()


def _has_lines(table: Any) -> bool:
    kinds = set(table.geom_type.dropna())
    return bool(kinds) and kinds <= {"LineString", "MultiLineString"}


def _from_lines(table: Any, id: str | None) -> _Columns:
    """Fixes of lines with M, each line a ship unless a column says which."""
    import pandas as pd
    import shapely

    geometry = _wgs_84(table.geometry)
    if not shapely.has_m(geometry.array).all():
        raise SchemaError(
            "The lines have no M, so that there are no times. Accepted are lines whose M is in "
            "seconds since 1970 UTC, or a table of fixes with a column of times."
        )
    xym, row = shapely.get_coordinates(geometry.array, include_m=True, return_index=True)
    ids = np.arange(len(table)) if id is None else _column(table, id, "id").to_numpy()
    seconds = pd.to_datetime(pd.Series(xym[:, 2]), unit="s")
    return ids[row], seconds, xym[:, 0], xym[:, 1]


def _positions(table: Any, lon: str | None, lat: str | None) -> tuple[Any, Any]:
    """The columns of the position, or else the points of the geometry."""
    if lon is None and lat is None and hasattr(table, "geom_type"):
        import shapely

        points = _wgs_84(table.geometry).array
        kinds = shapely.get_type_id(points)
        wrong = np.flatnonzero((kinds != -1) & (kinds != shapely.GeometryType.POINT))
        if len(wrong):
            raise OptionError(
                f"{len(wrong)} of {len(table)} geometries are no points; the first, at row "
                f"{wrong[0]}, is a {points[wrong[0]].geom_type}. Fixes are points, or lines with M."
            )
        return shapely.get_x(points), shapely.get_y(points)
    found = [
        _column(table, name, what, usual)
        for name, what, usual in ((lon, "lon", LON_NAMES), (lat, "lat", LAT_NAMES))
    ]
    return found[0], found[1]


def _wgs_84(geometry: Any) -> Any:
    if geometry.crs is not None and not geometry.crs.equals("EPSG:4326"):
        return geometry.to_crs("EPSG:4326")
    return geometry


def _column(
    table: pd.DataFrame, name: str | None, what: str, usual: tuple[str, ...] = ()
) -> pd.Series[Any]:
    names = [str(column) for column in table.columns]
    if name is not None:
        found = [k for k, column in enumerate(names) if column == name]
    else:
        found = [k for k, column in enumerate(names) if column.lower() in usual]
    if len(found) == 1:
        return table.iloc[:, found[0]]
    if len(found) > 1:
        several = ", ".join(names[k] for k in found)
        raise SchemaError(f"{len(found)} columns may be {what}: {several}. Say which: {what}=...")
    if name is not None and name in (table.index.names or ()):
        return table.index.to_frame(index=False)[name]
    meant = did_you_mean(name or what, names)
    wanted = f"no column {name!r}" if name is not None else f"no column of a usual name for {what}"
    raise OptionError(f"The fixes have {wanted}; they have {', '.join(names[:40])}.{meant}")


def _ships(ids: Any, n: int) -> tuple[NDArray[np.int64], list[Any]]:
    """Number the ships in the order of their first fixes; -1 for a missing one."""
    import pandas as pd

    if ids is None:
        return np.zeros(n, np.int64), [None]
    numbers, names = pd.factorize(pd.Series(ids))
    return np.asarray(numbers, np.int64), list(names)


def _times(when: Any, name: str) -> tuple[NDArray[np.int64], Any]:
    """Nanoseconds since 1970 UTC, and the time zone."""
    import pandas as pd

    column = pd.Series(when)
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        if not len(column):
            return np.empty(0, np.int64), None
        first = column.iloc[0]
        raise SchemaError(
            f"The times, {name!r}, are {column.dtype}, such as {first!r}. Accepted is a date-time "
            "type, so that seconds and milliseconds, days and months are not guessed: convert with "
            "pandas.to_datetime(column, unit='s'), unit='ms', or format=...."
        )
    zone = getattr(column.dtype, "tz", None)
    index = pd.DatetimeIndex(column)
    if zone is not None:
        index = index.tz_convert("UTC").tz_localize(None)
    return np.asarray(index.to_numpy().astype("datetime64[ns]").view(np.int64)), zone


def _numbers(values: Any, what: str) -> NDArray[np.float64]:
    import pandas as pd

    try:
        return pd.Series(values).to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise SchemaError(
            f"The column of {what} holds no decimal degrees: {error}. Accepted are numbers; read "
            "other notations with eezkit.tables, or eezkit.positions.parse."
        ) from error
