"""`grid_shares`: the exact share of every cell of a longitude/latitude grid in every zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from eezkit.errors import CoordinateError, MissingExtraError, OptionError
from eezkit.overlaps.gridding import Mesh, divide_cells
from eezkit.overlaps.kept import noded_layer
from eezkit.overlaps.rows import By, Units

if TYPE_CHECKING:
    import pandas as pd
    import xarray
    from numpy.typing import ArrayLike, NDArray

    from eezkit.atlas import Atlas

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["GridShares", "grid_shares"]

_MOST_CELLS = 200_000_000
"""Cells of the largest array that is filled without being asked for by name: 1.6 GB."""

_ALL_ROUND = 360.0 + 1e-9


def grid_shares(
    lon: ArrayLike,
    lat: ArrayLike,
    atlas: Atlas,
    *,
    by: By = "zone",
    lon_bounds: ArrayLike | None = None,
    lat_bounds: ArrayLike | None = None,
) -> GridShares:
    """Say how much of each cell of a longitude/latitude grid lies in which zone.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n_lon,) and (n_lat,)
        Centres of the cells, in degrees, ascending or descending; longitudes in any turn, 0 to
        360 and across ±180 too. Coordinates of an ``xarray`` object do as they are.
    atlas : Atlas
        The zones; of a selection, only those selected are told apart.
    by : {"zone", "set", "sovereign"}
        As for `overlap`.
    lon_bounds, lat_bounds : array_like of float, shape (n, 2) or (n + 1,), optional
        Borders of the cells, where they are not midway between the centres, as in a Gaussian
        grid. By default midway, the outer ones as far out as the inner ones, and no latitude
        beyond a pole.

    Returns
    -------
    GridShares

    Raises
    ------
    CoordinateError
        If the centres or borders are not finite, in no order, or beyond a pole, or go more than
        all round the globe.
    OptionError
        If `by` is unknown.

    Notes
    -----
    Exact on the ellipsoid: shares err by less than 1e-9, and over all cells they sum to the area
    of each zone. Borders are taken to 6 nm. Of a quarter of a degree, the globe takes a second.

    Examples
    --------
    >>> import eezkit
    >>> import numpy as np
    >>> atlas = eezkit.load()
    >>> lon, lat = np.arange(140.5, 160), np.arange(20.5, 30)
    >>> shares = eezkit.grid_shares(lon, lat, atlas, by="sovereign")
    >>> shares.of("JPN").shape
    (10, 20)
    >>> round(float(shares.of("JPN").max()), 6)
    1.0
    """
    if by not in get_args(By):
        raise OptionError(f"by {by!r} is not one of {', '.join(map(repr, get_args(By)))}.")
    columns = _Axis.of("lon", lon, lon_bounds)
    rows = _Axis.of("lat", lat, lat_bounds)
    layer = noded_layer(atlas)
    mesh = Mesh.of(columns.borders, rows.borders)
    found = divide_cells(layer, mesh)
    units = Units.of(layer, atlas, by)
    row, unit = units.spread(found.place)
    key, which = np.unique(found.cell[row] * len(units.about) + unit, return_inverse=True)
    area = np.bincount(which.ravel(), found.area[row], len(key)).astype(np.float64)
    cell, unit = key // len(units.about), key % len(units.about)
    j, i = rows.given(cell // mesh.n_columns), columns.given(cell % mesh.n_columns)
    areas = mesh.areas()[rows.order][:, columns.order]
    order = np.lexsort((unit, i, j))
    j, i, unit, area = j[order], i[order], unit[order], area[order]
    about, unit = np.unique(unit, return_inverse=True)
    return GridShares(
        columns.centres,
        rows.centres,
        columns.pairs(),
        rows.pairs(),
        areas,
        j,
        i,
        unit.ravel(),
        area / areas[j, i],
        units.columns(atlas, about),
        by,
        (columns.name, rows.name),
    )


@dataclass(frozen=True, eq=False)
class GridShares:
    """Shares of the cells of a grid, a row for each cell and unit that share any area.

    Parameters
    ----------
    lon, lat : numpy.ndarray of float64, shape (n_lon,) and (n_lat,)
        Centres, in degrees, as given.
    lon_bounds, lat_bounds : numpy.ndarray of float64, shape (n_lon, 2) and (n_lat, 2)
        Borders.
    cell_area : numpy.ndarray of float64, shape (n_lat, n_lon)
        Square metres on the ellipsoid.
    row, column : numpy.ndarray of int64, shape (n_rows,)
        The cell: indices into `lat` and `lon`.
    unit : numpy.ndarray of int64, shape (n_rows,)
        What it shares area with: an index into the columns of `units`.
    share : numpy.ndarray of float64, shape (n_rows,)
        Of the cell.
    units : dict of str to array, shape (n_units,)
        ``category`` and what else `overlap` says of a zone, a set of zones or a sovereign.
    by : {"zone", "set", "sovereign"}
    dims : tuple of str
        What longitude and latitude are called.
    """

    lon: Floats
    lat: Floats
    lon_bounds: Floats
    lat_bounds: Floats
    cell_area: Floats
    row: Ints
    column: Ints
    unit: Ints
    share: Floats
    units: dict[str, Any]
    by: By
    dims: tuple[str, str] = ("lon", "lat")

    def __len__(self) -> int:
        return len(self.share)

    @property
    def names(self) -> list[str]:
        """What the units are called: a zone, a set of zones, a sovereign, or a category."""
        column = {"zone": "zone", "set": "zones", "sovereign": "sovereign"}[self.by]
        return [
            name if category == "zone" else category
            for category, name in zip(self.units["category"], self.units[column], strict=True)
        ]

    def of(self, *names: str) -> Floats:
        """Shares of all cells in one unit, or in several that do not overlap.

        Parameters
        ----------
        *names : str
            As in `names`: ``"JPN"`` if by sovereign, ``"high seas"``.

        Returns
        -------
        numpy.ndarray of float64, shape (n_lat, n_lon)

        Raises
        ------
        OptionError
            If there is no such unit in the grid.
        """
        shares = np.zeros(self.cell_area.shape)
        for which in self._numbers(names):
            rows = self.unit == which
            shares[self.row[rows], self.column[rows]] += self.share[rows]
        return shares

    def to_frame(self) -> pd.DataFrame:
        """Give the rows as a table: latitude, longitude, unit, ``area_km2`` and ``share``."""
        import pandas as pd

        table = pd.DataFrame(
            {
                self.dims[1]: self.lat[self.row],
                self.dims[0]: self.lon[self.column],
                **{name: values[self.unit] for name, values in self.units.items()},
            }
        )
        table["area_km2"] = self.share * self.cell_area[self.row, self.column] / 1e6
        table["share"] = self.share
        return table

    def to_xarray(self, names: Iterable[str] | None = None) -> xarray.Dataset:
        """Give shares as an array of units, latitudes and longitudes, as CF has it.

        Parameters
        ----------
        names : iterable of str, optional
            Which units, as in `names`; all if None.

        Returns
        -------
        xarray.Dataset
            ``share``, whose dimensions are that of `by`, then latitude and longitude as they were
            called; their bounds; and ``cell_area`` in square metres. The weights of a mean over
            Japan's zones are ``share.sel(sovereign="JPN") * share.cell_area``.

        Raises
        ------
        OptionError
            If there is no such unit in the grid, or all would fill more than 1.6 GB.
        MissingExtraError
            If xarray is not installed.
        """
        try:
            import xarray
        except ImportError:
            raise MissingExtraError("xarray is needed: pip install eezkit[grid]") from None
        if names is None:
            if len(self.names) * self.cell_area.size > _MOST_CELLS:
                raise OptionError(
                    f"{len(self.names)} units on {self.cell_area.size:,} cells are too many to "
                    "fill an array with. Name those that are wanted, or use to_frame."
                )
            names = self.names
        chosen = list(names)
        x, y = self.dims
        data = np.stack([self.of(name) for name in chosen] or [np.zeros((0, 0))])
        return xarray.Dataset(
            {
                "share": (
                    (self.by, y, x),
                    data,
                    {"long_name": "share of the cell", "units": "1"}
                    | {"cell_measures": "area: cell_area"},
                ),
                f"{x}_bnds": ((x, "bnds"), self.lon_bounds),
                f"{y}_bnds": ((y, "bnds"), self.lat_bounds),
            },
            coords={
                self.by: np.array(chosen, dtype=object),
                y: (y, self.lat, _CF["lat"] | {"bounds": f"{y}_bnds"}),
                x: (x, self.lon, _CF["lon"] | {"bounds": f"{x}_bnds"}),
                "cell_area": (
                    (y, x),
                    self.cell_area,
                    {"standard_name": "cell_area", "units": "m2"},
                ),
            },
            attrs={"Conventions": "CF-1.11"},
        )

    def _numbers(self, names: Iterable[str]) -> list[int]:
        known = self.names
        found = []
        for name in names:
            if name not in known:
                import difflib

                close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
                hint = f"; did you mean {', '.join(close)}?" if close else "."
                raise OptionError(
                    f"No cell of the grid lies in {name!r}, of {len(known)} by {self.by}{hint}"
                )
            found += [i for i, other in enumerate(known) if other == name]
        return found


_CF: dict[str, dict[str, str]] = {
    "lon": {"standard_name": "longitude", "units": "degrees_east", "axis": "X"},
    "lat": {"standard_name": "latitude", "units": "degrees_north", "axis": "Y"},
}


@dataclass(frozen=True)
class _Axis:
    """One coordinate of a grid, as given and ascending.

    Parameters
    ----------
    name : str
        What it is called.
    centres : numpy.ndarray of float64, shape (n,)
        As given.
    borders : numpy.ndarray of float64, shape (n + 1,)
        Ascending.
    order : numpy.ndarray of int64, shape (n,)
        Which cell, ascending, each given one is.
    """

    name: str
    centres: Floats
    borders: Floats
    order: Ints

    @classmethod
    def of(cls, kind: str, given: ArrayLike, bounds: ArrayLike | None) -> _Axis:
        """Take centres and, if they are given, borders."""
        name = getattr(given, "name", None) or kind
        centres = _numbers(kind, given)
        values = _unwrapped(centres) if kind == "lon" else centres
        if kind == "lat":
            cls._check(kind, np.array([values.min(), values.max()]))
        step = np.diff(values)
        descending = len(values) > 1 and bool((step < 0).all())
        if len(values) > 1 and not (descending or (step > 0).all()):
            raise CoordinateError(
                f"{kind}: {len(values)} values neither ascend nor descend; the first that breaks "
                f"the order is {values[1:][np.sign(step) != np.sign(step[0])][:1]}. Accepted is a "
                "grid of longitudes and latitudes; one of curved lines is a set of polygons."
            )
        if bounds is None:
            borders = _midway(kind, values)
        else:
            borders = _chained(kind, _numbers(f"{kind}_bounds", bounds, 2), values)
        if descending:
            borders = borders[::-1]
        if not (np.diff(borders) > 0).all():
            raise CoordinateError(f"{kind}_bounds are not in the order of the centres.")
        cls._check(kind, borders)
        order = np.arange(len(values))
        return cls(str(name), centres, borders, order[::-1] if descending else order)

    @staticmethod
    def _check(kind: str, borders: Floats) -> None:
        if kind == "lat" and max(-borders[0], borders[-1]) > 90.0:
            raise CoordinateError(
                f"Latitudes from {borders[0]:g} to {borders[-1]:g} go beyond a pole; are longitude "
                "and latitude swapped?"
            )
        if kind == "lon" and borders[-1] - borders[0] > _ALL_ROUND:
            raise CoordinateError(
                f"Longitudes from {borders[0]:g} to {borders[-1]:g} go more than all round the "
                "globe; is the first meridian there twice?"
            )

    def given(self, index: Ints) -> Ints:
        """Turn indices of ascending cells into those of the given ones."""
        return self.order[index]

    def pairs(self) -> Floats:
        """Borders of each cell, as given, shape (n, 2)."""
        pairs = np.column_stack([self.borders[:-1], self.borders[1:]])[self.order]
        return pairs if self.order[0] == 0 else np.ascontiguousarray(pairs[:, ::-1])


def _numbers(kind: str, given: ArrayLike, most: int = 1) -> Floats:
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise CoordinateError(f"{kind} are not numbers: {error}.") from None
    if values.ndim > most or values.ndim == 0 or not values.size:
        raise CoordinateError(
            f"{kind} have shape {values.shape}. Accepted are the one-dimensional coordinates of a "
            "longitude/latitude grid; cells of a curvilinear one are polygons: see overlap."
        )
    if not np.isfinite(values).all():
        raise CoordinateError(
            f"{kind}: {np.count_nonzero(~np.isfinite(values))} of {values.size} values are not "
            "finite."
        )
    return values


def _unwrapped(lon: Floats) -> Floats:
    """Undo a jump of 360°, as from 179.5 to -179.5."""
    jump = np.diff(lon)
    return lon - 360.0 * np.concatenate([[0.0], np.cumsum(np.round(jump / 360.0))])


def _midway(kind: str, centres: Floats) -> Floats:
    """Borders midway between centres."""
    if len(centres) == 1:
        raise CoordinateError(f"One {kind} has no neighbours to find its cell by: give bounds.")
    inner = (centres[:-1] + centres[1:]) / 2
    outer = 2 * centres[[0, -1]] - inner[[0, -1]]
    borders = np.concatenate([outer[:1], inner, outer[1:]])
    return np.clip(borders, -90.0, 90.0) if kind == "lat" else borders


def _chained(kind: str, bounds: Floats, centres: Floats) -> Floats:
    """Borders in one row, of pairs or of a row of one more."""
    n = len(centres)
    if bounds.shape == (n + 1,):
        return _unwrapped(bounds) if kind == "lon" and n > 1 else bounds
    if bounds.shape != (n, 2):
        raise CoordinateError(
            f"{kind}_bounds have shape {bounds.shape}; accepted are ({n}, 2) and ({n + 1},)."
        )
    if kind == "lon":
        bounds = bounds + 360.0 * np.round((centres[:, None] - bounds) / 360.0)
    low, high = bounds.min(axis=1), bounds.max(axis=1)
    if n > 1 and low[0] > low[-1]:
        borders = np.append(high, low[-1])
        gaps = np.abs(low[:-1] - high[1:])
    else:
        borders = np.append(low, high[-1])
        gaps = np.abs(high[:-1] - low[1:])
    if (gaps > 1e-6).any():
        raise CoordinateError(f"{kind}_bounds leave a gap between cells, or overlap.")
    return borders
