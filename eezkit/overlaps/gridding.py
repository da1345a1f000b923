"""Cells of a longitude/latitude grid divided among the places of a noded layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eezkit.kernels.gridding import Cutter, levels_of
from eezkit.kernels.noding import side
from eezkit.overlaps.layer import HIGHEST
from eezkit.overlaps.noding import on_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.overlaps.layer import NodedLayer

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Cells", "Mesh", "divide_cells"]

# Metres, times the girth of a cell: what rounding leaves to a place that the cell only touches.
_NOISE = 2e-8
_METRES_PER_DEGREE = 111_320.0
_BESIDE_SEAM = -180.0 + 1e-9


class Cells(NamedTuple):
    """How much of each cell lies in which place, a row for each pair that has any.

    Parameters
    ----------
    cell, place : numpy.ndarray of int64, shape (n_rows,)
        Row times columns plus column, ascending; index into the places of the layer.
    area : numpy.ndarray of float64, shape (n_rows,)
        Square metres.
    """

    cell: Ints
    place: Ints
    area: Floats


@dataclass(frozen=True)
class Mesh:
    """Borders of a grid, ascending, and the same within ±180°.

    Parameters
    ----------
    lon, lat : numpy.ndarray of float64, shape (n_columns + 1,) and (n_rows + 1,)
        Degrees, on the grid of the layer; longitudes in any turn, 360 in all at most.
    borders : numpy.ndarray of float64, shape (n_strips + 1,)
        Longitudes of the same borders within ±180, and that seam where a cell reaches across.
    columns : numpy.ndarray of int64, shape (n_strips,)
        Which column lies between two of the borders; -1 for none.
    """

    lon: Floats
    lat: Floats
    borders: Floats
    columns: Ints

    @classmethod
    def of(cls, lon: Floats, lat: Floats) -> Mesh:
        """Take borders in degrees, ascending."""
        x, y = on_grid(lon), on_grid(lat)
        x = x - 360.0 * np.floor((x[0] + 180.0) / 360.0)
        seam = x[-1] > 180.0
        stops = np.unique(np.append(x, 180.0)) if seam else x
        column = np.searchsorted(x, stops[:-1], side="right") - 1
        west, east = stops[:-1], stops[1:]
        turned = west >= 180.0
        west, east = (np.where(turned, side - 360.0, side) for side in (west, east))
        order = np.argsort(west, kind="stable")
        borders, columns = [west[order[0]]], []
        for a, b, c in zip(west[order], east[order], column[order], strict=True):
            if a > borders[-1]:
                columns.append(-1)
                borders.append(a)
            columns.append(c)
            borders.append(b)
        return cls(x, y, np.array(borders), np.array(columns, dtype=np.int64))

    @property
    def n_columns(self) -> int:
        """How many columns there are."""
        return len(self.lon) - 1

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self.lat) - 1

    def areas(self) -> Floats:
        """Square metres of each cell, shape (n_rows, n_columns)."""
        return np.outer(np.diff(levels_of(self.lat)), np.radians(np.diff(self.lon)))


def divide_cells(layer: NodedLayer, mesh: Mesh) -> Cells:
    """Divide the cells of a grid among the places of a layer.

    Parameters
    ----------
    layer : NodedLayer
    mesh : Mesh

    Returns
    -------
    Cells
        Of a cell they sum to its area but for rounding.
    """
    levels = levels_of(mesh.lat)
    pieces, below, crossed, lon = Cutter(
        layer.ends,
        layer.left,
        layer.right,
        mesh.borders,
        mesh.lat,
        mesh.columns,
        levels,
        mesh.n_columns,
    ).cut()
    cell, place, area = _along_parallels(layer, mesh, levels, crossed, lon)
    # Most cells have no edge in them and lie in one place: they need not be sorted.
    is_mixed = np.zeros(mesh.n_rows * mesh.n_columns, dtype=bool)
    is_mixed[pieces[:, 0]] = True
    is_mixed[cell[1:][cell[1:] == cell[:-1]]] = True
    if len(mesh.columns) != mesh.n_columns:
        # A cell across ±180° comes in two strips.
        split = np.flatnonzero(np.bincount(mesh.columns[mesh.columns >= 0]) > 1)
        is_mixed.reshape(mesh.n_rows, -1)[:, split] = True
    mixed = is_mixed[cell]
    n = len(layer.places)
    key = np.concatenate(
        [
            cell[mixed] * n + place[mixed],
            pieces[:, 0] * n + layer.left[pieces[:, 1]],
            pieces[:, 0] * n + layer.right[pieces[:, 1]],
        ]
    )
    key, which = np.unique(key, return_inverse=True)
    total = np.bincount(
        which.ravel(), np.concatenate([area[mixed], -below, below]), len(key)
    ).astype(np.float64)
    real = np.abs(total) > _NOISE * _girths(mesh)[key // n]
    found = Cells(
        np.concatenate([cell[~mixed], key[real] // n]),
        np.concatenate([place[~mixed], key[real] % n]),
        np.concatenate([area[~mixed], total[real]]),
    )
    order = np.argsort(found.cell, kind="stable")
    return Cells(found.cell[order], found.place[order], found.area[order])


def _girths(mesh: Mesh) -> Floats:
    """Metres around each cell, to a per cent, shape (n_cells,)."""
    shrink = np.cos(np.radians(np.minimum(np.abs(mesh.lat[:-1]), np.abs(mesh.lat[1:]))))
    height, width = np.diff(mesh.lat)[:, None], np.diff(mesh.lon)[None, :]
    return (2.0 * _METRES_PER_DEGREE * (height + shrink[:, None] * width)).reshape(-1)


def _along_parallels(
    layer: NodedLayer, mesh: Mesh, levels: Floats, crossed: Ints, lon: Floats
) -> tuple[Ints, Ints, Floats]:
    """Areas below the north borders of cells, down to the south ones, by place."""
    parallel, edge = crossed.T
    north = layer.ends[edge, 3] > layer.ends[edge, 1]
    step = (layer.right[edge] - layer.left[edge]).astype(np.int64)
    step = np.where(north, step, -step)
    inner = (parallel > 0) & ~_is_behind(layer, mesh, parallel, edge, lon)
    order = np.lexsort((lon[inner], parallel[inner]))
    parallel, lon, step = (values[inner][order] for values in (parallel, lon, step))

    n_rows = mesh.n_rows
    start, _ = layer.locate(np.full(n_rows, -180.0), np.clip(mesh.lat[1:], -HIGHEST, HIGHEST))
    # Runs of one place: on each parallel from the seam to the first crossing, and so on.
    count = np.bincount(parallel - 1, minlength=n_rows)
    first = np.cumsum(count + 1) - (count + 1)
    row = np.repeat(np.arange(n_rows), count + 1)
    at = np.arange(len(parallel)) + parallel
    state = np.zeros(len(row), dtype=np.int64)
    state[at] = step
    state[first] = start
    before = np.cumsum(state)
    state = before - (before[first] - start)[row]
    west, east = np.full(len(row), -180.0), np.full(len(row), 180.0)
    west[at] = lon
    east[at - 1] = lon
    west, east = np.maximum(west, mesh.borders[0]), np.minimum(east, mesh.borders[-1])
    real = (east > west) & (state >= 0) & (state < len(layer.places))
    row, state, west, east = (values[real] for values in (row, state, west, east))

    strip = np.searchsorted(mesh.borders, west, side="right") - 1
    last = np.searchsorted(mesh.borders, east, side="left")
    count = last - strip
    run = np.repeat(np.arange(len(row)), count)
    strips = np.arange(len(run)) + np.repeat(strip - (np.cumsum(count) - count), count)
    width = np.minimum(east[run], mesh.borders[strips + 1]) - np.maximum(
        west[run], mesh.borders[strips]
    )
    column = mesh.columns[strips]
    height = np.radians(np.diff(levels))
    keep = column >= 0
    if not keep.all():
        run, column, width = run[keep], column[keep], width[keep]
    row = row[run]
    return row * mesh.n_columns + column, state[run], width * height[row]


def _is_behind(
    layer: NodedLayer, mesh: Mesh, parallel: Ints, edge: Ints, lon: Floats
) -> NDArray[np.bool_]:
    """Whether an edge crosses a parallel west of where one begins to follow it, just off -180."""
    behind = np.zeros(len(lon), dtype=bool)
    for i in np.flatnonzero(lon < _BESIDE_SEAM):
        x1, y1, x2, y2 = layer.ends[edge[i]].tolist()
        s = side(x1, y1, x2, y2, -180.0, float(mesh.lat[parallel[i]]))
        # On the edge: the beginning moves east.
        behind[i] = s == 0 or (s < 0) == (y2 > y1)
    return behind
