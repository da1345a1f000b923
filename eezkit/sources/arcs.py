"""Zones in few bytes: every edge stored once, as steps on a grid.

The rings of all layers are cut into arcs where more than two edges meet. An arc that two zones
share, or two layers, is stored once, so neighbours read from the file share their edges exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from eezkit.errors import DataFormatError
from eezkit.geometry import Rings, nth_in_group

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["decode", "encode", "from_planes", "to_planes"]

_UNITS = 1_000_000
"""Steps of the finest grid in a degree: 0.11 m."""
_COARSE = 100
"""Steps of the finest grid in one of the coarse grid: 1e-4 degree, 11 m."""


def encode(layers: Sequence[Rings]) -> dict[str, NDArray[np.generic]]:
    """Store layers of zones as arcs.

    Parameters
    ----------
    layers : sequence of Rings
        Closed rings, whose vertices lie on a grid of 1e-4 degree, or of 1e-6 degree; coordinates
        are rounded to the finer one.

    Returns
    -------
    dict of str to numpy.ndarray
        Arrays for a file. They depend on the layers alone.

    Notes
    -----
    About 2.5 bytes a vertex once compressed.
    """
    arcs = _Arcs.of(layers)
    fine = np.array([bool((arc % _COARSE).any()) for arc in arcs.xy], dtype=bool)
    steps = [
        np.diff(arc // (1 if is_fine else _COARSE), axis=0)
        for arc, is_fine in zip(arcs.xy, fine, strict=True)
    ]
    first = np.array([arc[0] for arc in arcs.xy], dtype=np.int64).reshape(-1, 2)
    arrays: dict[str, NDArray[np.generic]] = {
        "first": to_planes(np.diff(first, axis=0, prepend=0)),
        "steps": to_planes(np.concatenate([*steps, np.empty((0, 2), np.int64)])),
        "sizes": np.array([len(step) for step in steps], dtype=np.uint32),
        "fine": fine,
    }
    for number, layer in enumerate(layers):
        arrays[f"refs_{number}"] = to_planes(np.diff(arcs.refs[number], prepend=0))
        arrays[f"rings_{number}"] = np.diff(arcs.rings[number]).astype(np.uint32)
        arrays[f"polygons_{number}"] = np.diff(layer.polygons).astype(np.uint32)
        arrays[f"zones_{number}"] = np.diff(layer.zones).astype(np.uint32)
    return arrays


def decode(arrays: Mapping[str, NDArray[np.generic]]) -> list[Rings]:
    """Take back the layers that `encode` stored.

    Raises
    ------
    DataFormatError
        If the arrays do not fit together.

    Notes
    -----
    About 10 million vertices/s.
    """
    try:
        sizes, fine = arrays["sizes"].astype(np.int64), arrays["fine"].astype(bool)
        first = np.cumsum(from_planes(arrays["first"]), axis=0)
        steps = from_planes(arrays["steps"])
        xy, starts = _vertices(first, steps, sizes, fine)
        n_layers = sum(name.startswith("refs_") for name in arrays)
        return [_layer(arrays, number, xy, starts) for number in range(n_layers)]
    except (KeyError, ValueError, IndexError) as error:
        raise DataFormatError(
            f"The arcs of the dataset do not fit together: {error}. The file is damaged, or was "
            "written by another version of eezkit."
        ) from error


def _vertices(
    first: NDArray[np.int64],
    steps: NDArray[np.int64],
    sizes: NDArray[np.int64],
    fine: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Vertices of all arcs, one after the other, and where each arc starts among them."""
    starts = np.concatenate([[0], np.cumsum(sizes + 1)])
    moves = np.zeros((starts[-1], 2), dtype=np.int64)
    inner = np.ones(len(moves), dtype=bool)
    inner[starts[:-1]] = False
    moves[inner] = steps * np.repeat(np.where(fine, 1, _COARSE), sizes)[:, None]
    run = np.cumsum(moves, axis=0)
    return run + np.repeat(first - run[starts[:-1]], sizes + 1, axis=0), starts


def _layer(
    arrays: Mapping[str, NDArray[np.generic]],
    number: int,
    xy: NDArray[np.int64],
    starts: NDArray[np.int64],
) -> Rings:
    """Put the rings of one layer together from arcs."""
    refs = np.cumsum(from_planes(arrays[f"refs_{number}"]))
    # An arc ~i is arc i backwards; each arc begins where the one before ended.
    backwards = refs < 0
    arc = np.where(backwards, ~refs, refs)
    length = starts[arc + 1] - starts[arc] - 1
    rings, polygons, zones = (
        np.concatenate([[0], np.cumsum(arrays[f"{name}_{number}"].astype(np.int64))])
        for name in ("rings", "polygons", "zones")
    )
    ends = np.concatenate([[0], np.cumsum(length)])
    along = nth_in_group(length)
    begin = np.where(backwards, starts[arc + 1] - 1, starts[arc])
    vertex = np.repeat(begin, length) + along * np.repeat(np.where(backwards, -1, 1), length)
    open_starts = ends[rings]
    closed_starts = open_starts + np.arange(len(rings))
    full = np.empty(closed_starts[-1], dtype=np.int64)
    is_close = np.zeros(len(full), dtype=bool)
    is_close[closed_starts[1:] - 1] = True
    full[~is_close] = vertex
    full[closed_starts[1:] - 1] = vertex[open_starts[:-1]]
    lon, lat = np.ascontiguousarray((xy[full] / _UNITS).T)
    return Rings(lon, lat, closed_starts, polygons, zones)


@dataclass(frozen=True)
class _Arcs:
    """Arcs in steps of the finest grid, and the rings of each layer by arcs."""

    xy: list[NDArray[np.int64]]
    refs: list[NDArray[np.int64]]
    rings: list[NDArray[np.int64]]

    @classmethod
    def of(cls, layers: Sequence[Rings]) -> _Arcs:
        """Cut the rings of all layers into arcs."""
        degrees = [np.column_stack([layer.lon, layer.lat]) for layer in layers]
        grid = [np.rint(xy * _UNITS).astype(np.int64) for xy in degrees]
        places, number = np.unique(np.concatenate(grid), axis=0, return_inverse=True)
        numbers = np.split(number.reshape(-1), np.cumsum([len(xy) for xy in grid])[:-1])
        rings = [
            [ids[a : b - 1] for a, b in zip(layer.rings[:-1], layer.rings[1:], strict=True)]
            for layer, ids in zip(layers, numbers, strict=True)
        ]
        is_node = _nodes([ring for layer in rings for ring in layer], len(places))
        known: dict[tuple[int, ...], int] = {}
        xy: list[NDArray[np.int64]] = []

        def reference(arc: NDArray[np.int64]) -> int:
            # The first edge names an arc, from whichever end: only its ends are nodes.
            if (found := known.get(_name(arc))) is not None:
                return found
            if (found := known.get(_name(arc[::-1]))) is not None:
                return ~found
            known[_name(arc)] = len(xy)
            xy.append(places[arc])
            return len(xy) - 1

        refs = [
            [[reference(arc) for arc in _cut(ring, is_node)] for ring in layer] for layer in rings
        ]
        return cls(
            xy,
            [np.array([r for ring in layer for r in ring], dtype=np.int64) for layer in refs],
            [np.cumsum([0, *(len(ring) for ring in layer)]).astype(np.int64) for layer in refs],
        )


def _nodes(rings: Sequence[NDArray[np.int64]], n_places: int) -> NDArray[np.bool_]:
    """Which places have other than two edges, each edge counted once."""
    start = np.concatenate(rings) if rings else np.empty(0, np.int64)
    end = np.concatenate([np.roll(ring, -1) for ring in rings]) if rings else start
    edges = np.unique(np.sort(np.column_stack([start, end]), axis=1), axis=0)
    return np.asarray(np.bincount(edges.reshape(-1), minlength=n_places) != 2)


def _cut(ring: NDArray[np.int64], is_node: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Cut an open ring at its nodes, or close it from its lowest place where it has none."""
    nodes = np.flatnonzero(is_node[ring])
    turn = int(nodes[0]) if len(nodes) else int(np.argmin(ring))
    closed = np.append(np.roll(ring, -turn), ring[turn])
    bounds = [*(nodes - turn).tolist(), len(ring)] if len(nodes) else [0, len(ring)]
    return [closed[a : b + 1] for a, b in pairwise(bounds)]


def _name(arc: NDArray[np.int64]) -> tuple[int, ...]:
    return int(arc[0]), int(arc[1]), int(arc[-1])


def to_planes(values: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Bytes of small signed numbers, the lowest of all first: they compress best so."""
    folded = ((values << 1) ^ (values >> 63)).astype("<u4")
    return np.ascontiguousarray(folded[..., None].view(np.uint8).reshape(*values.shape, 4).T)


def from_planes(planes: NDArray[np.generic]) -> NDArray[np.int64]:
    """Take back the numbers that `to_planes` wrote."""
    folded = np.ascontiguousarray(planes.T).view("<u4")[..., 0].astype(np.int64)
    return np.asarray((folded >> 1) ^ -(folded & 1))
