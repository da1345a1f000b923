"""Polygons and lines divided among the places of a noded layer, on all processors."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eezkit.geometry import wrap_lon
from eezkit.lookup.cell_index import processors
from eezkit.overlaps.parts import Parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.overlaps.layer import NodedLayer

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Areas", "Runs", "divide_lines", "divide_polygons"]

# Metres, times the perimeter: what rounding leaves to a place that a polygon only touches.
_NOISE = 2e-8
_METRES_PER_DEGREE = 111_320.0
# Vertices below which a thread costs more than it brings.
_PER_THREAD = 20_000


class Areas(NamedTuple):
    """How much of each geometry lies in which place, a row for each pair that has any.

    Parameters
    ----------
    owner, place : numpy.ndarray of int64, shape (n_rows,)
        Ascending: which geometry; index into the places of the layer.
    area : numpy.ndarray of float64, shape (n_rows,)
        Square metres.
    """

    owner: Ints
    place: Ints
    area: Floats


class Runs(NamedTuple):
    """The places that lines pass through, a row for each time that one is entered.

    Parameters
    ----------
    part, place : numpy.ndarray of int64, shape (n_runs,)
        Which line, ascending; index into the places of the layer.
    length, along, lon, lat : numpy.ndarray of float64, shape (n_runs,)
        Metres in the place; metres from the beginning of the line to where it is entered; where
        that is, in degrees, longitudes running on.
    """

    part: Ints
    place: Ints
    length: Floats
    along: Floats
    lon: Floats
    lat: Floats


def divide_polygons(layer: NodedLayer, parts: Parts, *, threads: int | None = None) -> Areas:
    """Divide polygons among the places of a layer.

    Parameters
    ----------
    layer : NodedLayer
    parts : Parts
        As `polygons_of` makes them.
    threads : int, optional
        As many as there are processors if None; the areas do not depend on it.

    Returns
    -------
    Areas
        Of a geometry they sum to its area but for rounding, which was left out.
    """

    def work(piece: Parts) -> tuple[Ints, Ints, Floats]:
        most = int(np.max(np.diff(piece.pieces[piece.parts]), initial=1))
        part, place, area, n_open = layer.overlay(most).polygons(
            piece.lon,
            piece.lat,
            piece.pieces,
            piece.signs,
            piece.parts,
            _begun_in(layer, piece),
        )
        if n_open:
            raise AssertionError(f"{n_open} rings do not end in the place they began in")
        real = np.abs(area) > _NOISE * _perimeters(piece)[part]
        return piece.owner[part[real]], place[real], area[real]

    rows = [row for _, row in _shared_out(parts, work, threads)]
    owner, place, area = (np.concatenate(column) for column in zip(*rows, strict=True))
    key, of_key = np.unique(owner * len(layer.places) + place, return_inverse=True)
    total = np.bincount(of_key.ravel(), area, len(key)).astype(np.float64)
    n = len(layer.places)
    return Areas(key // n, key % n, total)


def divide_lines(layer: NodedLayer, parts: Parts, *, threads: int | None = None) -> Runs:
    """Follow lines through the places of a layer.

    Parameters
    ----------
    layer : NodedLayer
    parts : Parts
        As `lines_of` makes them.
    threads : int, optional
        As of `divide_polygons`.

    Returns
    -------
    Runs
    """

    def work(piece: Parts) -> tuple[Ints, Ints, Floats]:
        part, place, runs = layer.overlay().lines(
            piece.lon, piece.lat, piece.pieces, _begun_in(layer, piece)
        )
        return part, place, runs

    rows, before = [], 0
    for piece, (part, place, runs) in _shared_out(parts, work, threads):
        rows.append((part + before, place, runs))
        before += len(piece)
    part, place, runs = (np.concatenate(column) for column in zip(*rows, strict=True))
    return Runs(part, place, *np.ascontiguousarray(runs.T))


def _begun_in(layer: NodedLayer, parts: Parts) -> NDArray[np.int32]:
    """Place of the first vertex of each ring or line."""
    first = parts.starts()
    return layer.locate(wrap_lon(parts.lon[first]), parts.lat[first])[0].astype(np.int32)


def _perimeters(parts: Parts) -> Floats:
    """Metres around each polygon, to a per cent."""
    shrink = np.cos(np.radians(parts.lat[:-1]))
    step = np.hypot(np.diff(parts.lon) * shrink, np.diff(parts.lat)) * _METRES_PER_DEGREE
    step[parts.pieces[1:-1] - 1] = 0.0
    total = np.concatenate([[0.0], np.cumsum(step), [0.0]])
    bounds = parts.pieces[parts.parts]
    return total[np.maximum(bounds[1:] - 1, bounds[:-1])] - total[bounds[:-1]]


def _shared_out(
    parts: Parts, work: Callable[[Parts], Any], threads: int | None
) -> list[tuple[Parts, Any]]:
    """Do work on slices of about equal size, and give each slice with its result."""
    before = parts.pieces[parts.parts]
    n_threads = min(threads or processors(), max(1, len(parts.lon) // _PER_THREAD))
    n_slices = 1 if n_threads == 1 else 8 * n_threads
    wanted = np.linspace(0, len(parts.lon), n_slices + 1)[1:-1]
    cuts = np.unique(np.concatenate([[0], np.searchsorted(before, wanted), [len(parts)]]))
    if len(cuts) == 1:
        cuts = np.array([0, 0])
    slices = [parts.take(int(a), int(b)) for a, b in pairwise(cuts)]
    if n_threads == 1:
        return [(one, work(one)) for one in slices]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(n_threads) as pool:
        return list(zip(slices, pool.map(work, slices), strict=True))
