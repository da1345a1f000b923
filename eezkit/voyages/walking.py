"""Every crossing of an edge of a cell index along tracks, as arrays."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from eezkit.errors import OptionError
from eezkit.geometry import wrap_lon
from eezkit.kernels import ground as _ground
from eezkit.kernels import tracks as _tracks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.lookup import CellIndex

__all__ = ["PATHS", "Walked", "walk"]

PATHS = ("geodesic", "rhumb")
"""What a ship's way between two fixes may be taken to be, in the order of the kernel's numbers."""

_PER_THREAD = 1 << 13
# Borders of cells lie at whole multiples of this many degrees: no grid is finer.
_FINEST_CELL = 2.0**-39

_borders: WeakKeyDictionary[CellIndex, tuple[NDArray[Any], ...]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Walked:
    """What was met along tracks.

    Parameters
    ----------
    codes : numpy.ndarray of int32, shape (n_fixes,)
        Answer codes of the fixes.
    lengths : numpy.ndarray of float64, shape (n_fixes - 1,)
        Metres from each fix to the next; 0 where no path leads there.
    segment : numpy.ndarray of int64, shape (n_crossings,)
        The fix before each crossing, ascending.
    gone : numpy.ndarray of float64, shape (n_crossings,)
        Metres from that fix, ascending within a segment.
    before, after : numpy.ndarray of int32, shape (n_crossings,)
        Answer codes on either side; they differ.
    lon, lat : numpy.ndarray of float64, shape (n_crossings,)
        Degrees, longitude within [-180, 180).
    angle : numpy.ndarray of float64, shape (n_crossings,)
        Degrees between the path and the edge, 0 to 90: a place along the path is as sharp as
        10 nm over the sine of it.
    vertex : numpy.ndarray of int64, shape (n_crossings,)
        First vertex of an edge that is crossed, as the index has it; -1 where none is known.
    n_mended : int
        Crossings found by halving, for want of an edge: rounding along an edge.
    """

    codes: NDArray[np.int32]
    lengths: NDArray[np.float64]
    segment: NDArray[np.int64]
    gone: NDArray[np.float64]
    before: NDArray[np.int32]
    after: NDArray[np.int32]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    angle: NDArray[np.float64]
    vertex: NDArray[np.int64]
    n_mended: int

    def __len__(self) -> int:
        return len(self.segment)


def walk(
    index: CellIndex,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    joined: NDArray[np.bool_],
    *,
    path: str = "geodesic",
    threads: int | None = None,
) -> Walked:
    """Walk from fix to fix and note every change of the answer code.

    Parameters
    ----------
    index : CellIndex
    lon, lat : numpy.ndarray of float64, shape (n_fixes,)
        Degrees; finite, latitudes within [-90, 90].
    joined : numpy.ndarray of bool, shape (n_fixes,)
        Whether a path leads to each fix from the one before.
    path : {"geodesic", "rhumb"}
        What that path is.
    threads : int, optional
        How many threads work; by default one for each processor. It does not change the answer.

    Returns
    -------
    Walked

    Raises
    ------
    OptionError
        If `path` is not one of these, or there are no threads.

    Notes
    -----
    Every crossing is found, also where no fix lies inside; the place is within 1 µm of the edge,
    along the path within 10 nm over the sine of the angle. A path that touches an edge from
    outside, or runs along it, is answered by the edge rule of `eezkit.lookup`; within 10 nm of
    an edge either answer is right.
    """
    if path not in PATHS:
        raise OptionError(f"path {path!r} is not one of {', '.join(map(repr, PATHS))}.")
    if threads is not None and threads < 1:
        raise OptionError(f"threads is {threads}. Accepted are 1 and more, or None for all.")
    x = wrap_lon(np.ascontiguousarray(lon, np.float64))
    y = np.ascontiguousarray(lat, np.float64)
    links = np.ascontiguousarray(joined, bool).view(np.uint8)
    borders = _borders_of(index)

    def work(first: int, last: int) -> tuple[Any, ...]:
        # Each part ends with the fix that the next begins with.
        walker = _tracks.Walker(_ground.Ground(_arrays_of(index), *borders))
        part = slice(first, last + 1)
        found = walker.walk(PATHS.index(path), x[part], y[part], links[part])
        found[3][:, 0] += first
        return (*found, walker.n_mended)

    n = len(x) - 1
    n_threads = max(min(threads or _processors(), n // _PER_THREAD), 1)
    cuts = np.linspace(0, max(n, 0), n_threads + 1).astype(int).tolist()
    if n_threads == 1:
        parts = [work(0, n)]
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(n_threads) as pool:
            parts = list(pool.map(lambda ends: work(*ends), pairwise(cuts)))
    codes = np.concatenate([parts[0][0], *(part[0][1:] for part in parts[1:])])
    lengths, places, events = (np.concatenate([part[k] for part in parts]) for k in (1, 2, 3))
    return Walked(
        codes=codes,
        lengths=lengths,
        segment=events[:, 0].copy(),
        gone=places[:, 0].copy(),
        before=events[:, 1].astype(np.int32),
        after=events[:, 2].astype(np.int32),
        lon=places[:, 1].copy(),
        lat=places[:, 2].copy(),
        angle=places[:, 3].copy(),
        vertex=events[:, 3].copy(),
        n_mended=sum(part[4] for part in parts),
    )


def _arrays_of(index: CellIndex) -> tuple[NDArray[Any], ...]:
    return (
        index.xy, index.far, index.rest, index.grid, index.nodes, index.leaves, index.tables,
        index.poles,
    )  # fmt: skip


def _borders_of(index: CellIndex) -> tuple[NDArray[Any], ...]:
    """Edges that run along borders of cells, which no cell lists, ordered by where they run.

    First vertices and longitudes of the meridional ones, then of those along parallels. Some are
    no edges but neighbours of different rings, or listed besides: splits too many.
    """
    found = _borders.get(index)
    if found is None:
        xy = index.xy.reshape(-1, 2)
        same = xy[1:] == xy[:-1]
        found = ()
        for axis in range(2):
            first = np.flatnonzero(same[:, axis] & ~same[:, 1 - axis])
            at = xy[first, axis]
            on_border = (at / _FINEST_CELL) % 1.0 == 0.0
            first, at = first[on_border], at[on_border]
            order = np.argsort(at, kind="stable")
            found += (first[order].astype(np.int32), np.ascontiguousarray(at[order]))
        _borders[index] = found
    return found


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
