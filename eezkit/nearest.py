"""How far and where: the nearest of many edges, by a tree that can be mapped from a file.

No zones here: edges go in by their ends, and come out by their number.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import CoordinateError, OptionError
from eezkit.geodesy import EdgeModel, Nearest
from eezkit.kernels import curves as _curves
from eezkit.kernels import edgetree as _edgetree
from eezkit.positions import as_floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["EdgeTree"]

_PIECE = 2000.0
"""Metres, the greatest length of a piece; its chord is then within a few decimetres of it."""
_LEAF = 12
"""Pieces in a leaf, at most; half as many at least."""
_CHUNK = 4096
"""Positions that a thread takes at a time."""
_FEW = 64
"""Positions so few that sorting them, or preparing the tree for them, costs more than it saves."""


@dataclass(frozen=True, eq=False)
class EdgeTree:
    """Edges, ready to be asked which is nearest.

    Make one with `build` or `from_arrays`. The arrays may be read-only and mapped from a file.

    Parameters
    ----------
    model : EdgeModel
        How the edges run between their ends.
    n_edges : int
        How many edges there are.
    points : numpy.ndarray of float64, shape (n_points, 2)
        Longitudes and latitudes, in degrees, those of ends of pieces among them.
    pieces : numpy.ndarray of int32, shape (n_pieces, 2)
        Both ends of each piece, as indices into `points`.
    chords : numpy.ndarray of int32, shape (n_pieces, 8)
        Both ends in space, the bulge, and the edge of each piece; see `kernels.edgetree`.
    nodes : numpy.ndarray of int32, shape (2 * n_leaves, 6)
        Least and greatest coordinates of each node of the tree.

    Notes
    -----
    Exact to 1 µm within 10,000 km, to 1 mm everywhere: to the curve of the model, not to chords.
    56 bytes an edge beside its ends, and 72 more for each 2 km of it. About 0.3 million positions/s
    on one core among 2 million edges, where the kernels are compiled; see
    ``benchmarks/bench_nearest.py``.
    """

    model: EdgeModel
    n_edges: int
    points: NDArray[np.float64]
    pieces: NDArray[np.int32]
    chords: NDArray[np.int32]
    nodes: NDArray[np.int32]

    @classmethod
    def build(
        cls,
        lon1: ArrayLike,
        lat1: ArrayLike,
        lon2: ArrayLike,
        lat2: ArrayLike,
        *,
        model: EdgeModel = EdgeModel.PLANAR,
    ) -> EdgeTree:
        """Build the tree over edges.

        Parameters
        ----------
        lon1, lat1, lon2, lat2 : array_like of float, shape (n_edges,)
            Ends of the edges as published, in degrees. Artificial edges (cuts at ±180°, closing
            lines along a pole) are for the caller to leave out.
        model : EdgeModel
            How the edges run between their ends.

        Returns
        -------
        EdgeTree

        Raises
        ------
        CoordinateError
            If a value is not finite, or a latitude outside [-90, 90].

        Notes
        -----
        About 1 million edges/s.
        """
        columns = [np.asarray(a, dtype=np.float64).reshape(-1) for a in (lon1, lat1, lon2, lat2)]
        points = np.concatenate([np.column_stack(columns[:2]), np.column_stack(columns[2:])])
        ends = np.arange(len(points), dtype=np.int32).reshape(2, -1).T
        return cls.among(points, ends, model=model)

    @classmethod
    def among(
        cls,
        points: NDArray[np.float64],
        ends: NDArray[np.int32],
        *,
        model: EdgeModel = EdgeModel.PLANAR,
    ) -> EdgeTree:
        """Build the tree over edges between points, which several trees may share.

        Parameters
        ----------
        points : numpy.ndarray of float64, shape (n_points, 2)
            Longitudes and latitudes, in degrees.
        ends : numpy.ndarray of int32, shape (n_edges, 2)
            Both ends of each edge, as indices into `points`.
        model : EdgeModel
            How the edges run between their ends.

        Returns
        -------
        EdgeTree
            Its `points` are those given, then those where long edges are cut.

        Raises
        ------
        CoordinateError
            If a value is not finite, or a latitude outside [-90, 90].
        """
        edges = np.ascontiguousarray(points[ends].reshape(-1, 4))
        _check_edges(edges)
        number = list(EdgeModel).index(EdgeModel(model))
        counts = np.empty(len(edges), dtype=np.int64)
        _curves.count_pieces(number, edges, _PIECE, counts)
        starts = np.concatenate([[0], np.cumsum(counts)])
        begins = np.empty((starts[-1], 2))
        _curves.cut(number, edges, starts, begins)
        # An edge begins at its own point, if that was not brought to another turn.
        is_new = np.ones(len(begins), dtype=bool)
        own = begins[starts[:-1]].view(np.int64) == edges[:, :2].copy().view(np.int64)
        is_new[starts[:-1]] = ~own.all(axis=1)
        pieces = np.empty((len(begins), 2), dtype=np.int32)
        pieces[starts[:-1], 0] = ends[:, 0]
        pieces[is_new, 0] = np.arange(is_new.sum()) + len(points)
        pieces[:-1, 1] = pieces[1:, 0]
        pieces[starts[1:] - 1, 1] = ends[:, 1]
        points = np.concatenate([points, begins[is_new]])
        chords = np.empty((len(pieces), 8), dtype=np.int32)
        _edgetree.fill_chords(number, points, pieces, chords)
        chords[:, 7] = np.repeat(np.arange(len(edges)), counts)
        order = np.argsort(_morton((chords[:, :3] >> 1) + (chords[:, 3:6] >> 1)), kind="stable")
        chords = chords[order]
        return cls(EdgeModel(model), len(edges), points, pieces[order], chords, _boxes(chords))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Name the arrays, for a file."""
        facts = np.array([self._number, self.n_edges], dtype=np.int64)
        return {
            "points": self.points,
            "pieces": self.pieces,
            "chords": self.chords,
            "nodes": self.nodes,
            "facts": facts,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> EdgeTree:
        """Take back what `to_arrays` named, without copying it."""
        model, n_edges = arrays["facts"].tolist()
        names = ("points", "pieces", "chords", "nodes")
        return cls(list(EdgeModel)[model], n_edges, *(arrays[name] for name in names))

    def query(
        self,
        lon: ArrayLike,
        lat: ArrayLike,
        *,
        active: ArrayLike | None = None,
        max_distance: float = np.inf,
        threads: int | None = None,
    ) -> Nearest:
        """Find the nearest edge to each position.

        Parameters
        ----------
        lon, lat : array_like of float, shape (...)
            Positions, in degrees; NaN is no position and has no answer.
        active : array_like of bool, shape (n_edges,), optional
            Which edges count; by default all.
        max_distance : float
            Metres. Edges farther away do not count.
        threads : int, optional
            How many threads work; by default one for each processor. It does not change the
            answer.

        Returns
        -------
        Nearest
            Arrays of the shape of the positions.

        Raises
        ------
        CoordinateError
            If a value is infinite, or a latitude outside [-90, 90].
        OptionError
            If `active` has not one value for each edge, or there are no threads.
        """
        x, y, shape = _positions(lon, lat)
        threads = _processors() if threads is None else threads
        if threads < 1:
            raise OptionError(f"threads {threads!r} is too few. Accepted are 1 and more.")
        counted, marks = self._marks(active, few=len(x) <= _FEW)
        out = np.empty((len(x), 4))
        edge = np.empty(len(x), dtype=np.int64)
        order = _near_together(x, y)

        def work(part: NDArray[np.int64]) -> None:
            _edgetree.nearest(
                self._number,
                self.nodes,
                self.chords,
                self.points,
                self.pieces,
                counted,
                marks,
                x,
                y,
                part,
                max_distance,
                out,
                edge,
                *_edgetree.workspace(),
            )

        parts = [order[i : i + _CHUNK] for i in range(0, len(order), _CHUNK)]
        if threads == 1 or len(parts) <= 1:
            for part in parts:
                work(part)
        else:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(min(threads, len(parts))) as pool:
                list(pool.map(work, parts))
        far, x, y, azimuth = (out[:, i].reshape(shape) for i in range(4))
        return Nearest(far, x, y, azimuth, edge.reshape(shape))

    @property
    def _number(self) -> int:
        return list(EdgeModel).index(self.model)

    def _marks(
        self, active: ArrayLike | None, *, few: bool
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Which edges count, and which nodes hold any of them; empty where all do."""
        none = np.empty(0, dtype=np.uint8)
        if active is None:
            return none, none
        counted = np.ascontiguousarray(active, dtype=bool)
        if counted.shape != (self.n_edges,):
            raise OptionError(
                f"active has shape {counted.shape}. Accepted is one value for each edge, "
                f"shape ({self.n_edges},)."
            )
        if few or not len(self.chords):
            return counted.view(np.uint8), none
        marks = np.zeros(len(self.nodes), dtype=bool)
        n_leaves = len(self.nodes) // 2
        marks[n_leaves:] = _per_leaf(np.logical_or, counted[self.chords[:, 7]], n_leaves)
        for level in _levels(n_leaves):
            marks[level] = marks[2 * level.start : 2 * level.stop : 2]
            marks[level] |= marks[2 * level.start + 1 : 2 * level.stop : 2]
        return counted.view(np.uint8), marks.view(np.uint8)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _check_edges(edges: NDArray[np.float64]) -> None:
    good = np.isfinite(edges).all(axis=1) & (np.abs(edges[:, 1::2]) <= 90.0).all(axis=1)
    if not good.all():
        first = int(np.argmin(good))
        raise CoordinateError(
            f"{np.count_nonzero(~good)} of {len(edges)} edges cannot be used; the first, number "
            f"{first}, has the ends (lon, lat, lon, lat) {tuple(edges[first].tolist())}. Accepted "
            "are finite numbers, latitudes within [-90, 90]; are longitude and latitude swapped?"
        )


def _positions(
    lon: ArrayLike, lat: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[int, ...]]:
    """Broadcast, check and flatten positions; NaN may be among them."""
    x, y = np.broadcast_arrays(as_floats(lon), as_floats(lat))
    shape = x.shape
    x, y = np.ascontiguousarray(x).reshape(-1), np.ascontiguousarray(y).reshape(-1)
    good = ~(np.isinf(x) | (np.abs(y) > 90.0))
    if not good.all():
        first = int(np.argmin(good))
        raise CoordinateError(
            f"{np.count_nonzero(~good)} of {len(x)} positions are not on the globe; the first, "
            f"at index {first}, is lon={x[first]}, lat={y[first]}. Latitude must be within "
            "[-90, 90]; are longitude and latitude swapped?"
        )
    return x, y, shape


def _near_together(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Order in which positions are near the one before, so that its answer is a first guess."""
    if len(lon) <= _FEW:
        return np.arange(len(lon))
    column = np.nan_to_num(lon) % 360.0 * (65535.0 / 360.0)
    row = (np.nan_to_num(lat) + 90.0) * (65535.0 / 180.0)
    cell = np.zeros(len(lon), dtype=np.uint32)
    for shift, values in enumerate((column, row)):
        spread = values.astype(np.uint32)
        for step, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
            spread = (spread | (spread << np.uint32(step))) & np.uint32(mask)
        cell |= spread << np.uint32(shift)
    return np.argsort(cell, kind="stable")


def _morton(space: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Keys that sort points in space so that neighbours come near each other."""
    key = np.zeros(len(space), dtype=np.uint64)
    for axis in range(3):
        spread = (space[:, axis].astype(np.int64) + 2**31 >> 11).astype(np.uint64)
        for step, mask in (
            (32, 0x001F00000000FFFF),
            (16, 0x001F0000FF0000FF),
            (8, 0x100F00F00F00F00F),
            (4, 0x10C30C30C30C30C3),
            (2, 0x1249249249249249),
        ):
            spread = (spread | (spread << np.uint64(step))) & np.uint64(mask)
        key |= spread << np.uint64(axis)
    return key


def _boxes(chords: NDArray[np.int32]) -> NDArray[np.int32]:
    """Least and greatest coordinates of every node of the tree over these pieces."""
    n_leaves = 1
    while len(chords) > n_leaves * _LEAF:
        n_leaves *= 2
    nodes = np.zeros((2 * n_leaves, 6), dtype=np.int32)
    if not len(chords):
        return nodes
    low = np.minimum(chords[:, :3], chords[:, 3:6]) - chords[:, 6:7]
    high = np.maximum(chords[:, :3], chords[:, 3:6]) + chords[:, 6:7]
    nodes[n_leaves:, :3] = _per_leaf(np.minimum, low, n_leaves)
    nodes[n_leaves:, 3:] = _per_leaf(np.maximum, high, n_leaves)
    for level in _levels(n_leaves):
        first, second = (nodes[2 * level.start + i : 2 * level.stop : 2] for i in range(2))
        nodes[level, :3] = np.minimum(first[:, :3], second[:, :3])
        nodes[level, 3:] = np.maximum(first[:, 3:], second[:, 3:])
    return nodes


def _per_leaf(of: np.ufunc, values: NDArray[Any], n_leaves: int) -> NDArray[Any]:
    starts = np.arange(n_leaves) * len(values) // n_leaves
    return np.asarray(of.reduceat(values, starts, axis=0))


def _levels(n_leaves: int) -> Iterator[slice]:
    """Yield the nodes of each level above the leaves, the lowest level first."""
    while n_leaves > 1:
        n_leaves //= 2
        yield slice(n_leaves, 2 * n_leaves)
