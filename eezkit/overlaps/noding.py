"""Rings of zones bent, by a micrometre at most, so that no edge of any crosses another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from eezkit.edges.arrangement import split_edges, unique_edges
from eezkit.errors import DataFormatError
from eezkit.geometry import Rings, nth_in_group
from eezkit.kernels.noding import MEASURES, Meetings

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["node", "on_grid", "packed"]

_UNITS, _BRANCHES, _NEAR = MEASURES
_MOST_PASSES = 20


def on_grid(degrees: ArrayLike) -> Floats:
    """Round to the grid of the noded layer: whole multiples of 2**-43 of a degree, 13 nm.

    Parameters
    ----------
    degrees : array_like of float, shape (...)
        Within ±540.

    Returns
    -------
    numpy.ndarray of float64, shape (...)
    """
    return np.floor(np.asarray(degrees, dtype=np.float64) * _UNITS + 0.5) / _UNITS


@dataclass(frozen=True)
class _Pieces:
    """Edges of rings, in the order of these, each brought within ±180° by whole turns.

    Parameters
    ----------
    ends : numpy.ndarray of float64, shape (n_pieces, 4)
        Longitude and latitude of both ends.
    turn : numpy.ndarray of float64, shape (n_pieces,)
        Turns of 360° that were taken off.
    ring : numpy.ndarray of int64, shape (n_pieces,)
    is_new : numpy.ndarray of bool, shape (n_pieces,)
        Whether it was made in the last pass.
    """

    ends: Floats
    turn: Floats
    ring: Ints
    is_new: NDArray[np.bool_]

    def take(self, which: NDArray[np.generic], ends: Floats, is_new: NDArray[np.bool_]) -> _Pieces:
        """Keep the turn and ring of some, which have other ends now; those without length go."""
        real = (ends[:, 0] != ends[:, 2]) | (ends[:, 1] != ends[:, 3])
        return _Pieces(ends[real], self.turn[which][real], self.ring[which][real], is_new[real])


def node(rings: Rings) -> tuple[Rings, Floats]:
    """Bend rings so that their edges meet in common vertices only.

    Parameters
    ----------
    rings : Rings
        As published, in any turn.

    Returns
    -------
    bent : Rings
        The same rings with vertices added where edges meet; those nearer to each other, or to
        an edge, than a micrometre have become one, or lie on it. Some rings may be empty now.
    ends : numpy.ndarray of float64, shape (n_edges, 4)
        The edges, each once, within ±180°, but for those along a pole.

    Raises
    ------
    DataFormatError
        If bending one edge goes on making others cross.
    """
    pieces = _pieces_of(rings)
    for _ in range(_MOST_PASSES):
        along_pole = (np.abs(pieces.ends[:, 1]) == 90.0) & (pieces.ends[:, 1] == pieces.ends[:, 3])
        live = np.flatnonzero(~along_pole)
        first, member_of, forward = unique_edges(pieces.ends[live])
        ends = pieces.ends[live[first]]
        order, boxes, starts = packed(ends)
        is_new = np.bincount(member_of, pieces.is_new[live], len(first)) > 0
        cuts, moves = _meetings(ends[order], is_new[order], boxes, starts)
        if not len(cuts) and not len(moves):
            return _rings_of(pieces, rings), ends
        pieces = _bent(pieces, live, (order, member_of, forward), cuts, moves)
    raise DataFormatError(
        f"The edges of the zones still cross after {_MOST_PASSES} rounds of bending them by a "
        f"micrometre; the last was at lon={cuts[0, 1]:.9f}, lat={cuts[0, 2]:.9f}. "
        "Are vertices of a whole coast crowded within micrometres?"
    )


def _pieces_of(rings: Rings) -> _Pieces:
    """Take rings apart, on the grid and cut at ±180°."""
    start = rings.edge_starts()
    lon, lat = on_grid(rings.lon), on_grid(rings.lat)
    seam = 360.0 * np.floor(lon / 360.0) + 180.0
    lon = np.where(np.abs(lon - seam) <= _NEAR, seam, lon)
    ends = np.column_stack([lon[start], lat[start], lon[start + 1], lat[start + 1]])
    ring = rings.ring_of_vertex()[start]
    ends, origin = split_edges(ends, *_seam_crossings(ends))
    _join_on_seam(ends)
    low = np.minimum(ends[:, 0], ends[:, 2])
    turn = np.floor((low + 180.0) / 360.0)
    ends[:, 0::2] -= 360.0 * turn[:, None]
    whole = _Pieces(ends, turn, ring[origin], np.ones(len(ends), dtype=bool))
    return whole.take(np.arange(len(ends)), ends, whole.is_new)


def _seam_crossings(ends: Floats) -> tuple[Ints, Floats, Floats]:
    """Where edges pass 180°, in whatever turn: edge number, longitude, latitude."""
    low, high = np.minimum(ends[:, 0], ends[:, 2]), np.maximum(ends[:, 0], ends[:, 2])
    first = np.floor((low - 180.0) / 360.0) + 1.0
    count = np.maximum(np.ceil((high - 180.0) / 360.0) - first, 0.0).astype(np.int64)
    edge = np.repeat(np.arange(len(ends)), count)
    nth = nth_in_group(count)
    lon = 180.0 + 360.0 * (first[edge] + nth)
    x1, y1, x2, y2 = ends[edge].T
    lat = y1 + (lon - x1) / (x2 - x1) * (y2 - y1)
    return edge, lon, on_grid(np.clip(lat, np.minimum(y1, y2), np.maximum(y1, y2)))


def _join_on_seam(ends: Floats) -> None:
    """Make latitudes of vertices on ±180° one where they are near each other, in place.

    Later they do not move: what happens east of the seam would not be known west of it.
    """
    lon, lat = ends[:, 0::2], ends[:, 1::2]
    on_seam = np.abs(np.mod(lon, 360.0)) == 180.0
    known, which = np.unique(lat[on_seam], return_inverse=True)
    if not len(known):
        return
    group = np.concatenate([[0], np.cumsum(np.diff(known) > _NEAR)])
    one = known[np.concatenate([[True], np.diff(group) > 0])]
    one[-1] = 90.0 if known[-1] == 90.0 else one[-1]
    lat[on_seam] = one[group][which.ravel()]


def packed(ends: Floats) -> tuple[Ints, Floats, Ints]:
    """Make a tree of boxes: the order of the edges in it, the boxes, and where levels begin.

    Parameters
    ----------
    ends : numpy.ndarray of float64, shape (n_edges, 4)

    Returns
    -------
    order : numpy.ndarray of int64, shape (n_edges,)
    boxes : numpy.ndarray of float64, shape (n_boxes, 4)
    starts : numpy.ndarray of int64, shape (n_levels + 1,)
    """
    x = (ends[:, 0] + ends[:, 2] + 360.0) * (0xFFFF / 720.0)
    y = (ends[:, 1] + ends[:, 3] + 180.0) * (0xFFFF / 360.0)
    order = np.argsort(_spread(x) | (_spread(y) << np.uint64(1)), kind="stable")
    level = np.column_stack(
        [
            np.minimum(ends[:, 0], ends[:, 2]),
            np.minimum(ends[:, 1], ends[:, 3]),
            np.maximum(ends[:, 0], ends[:, 2]),
            np.maximum(ends[:, 1], ends[:, 3]),
        ]
    )[order]
    levels: list[Floats] = []
    while len(level) and (not levels or len(level) > 1):
        level = _grouped(level)
        levels.append(level)
    sizes = [len(boxes) for boxes in levels[::-1]]
    boxes = np.concatenate([*levels[::-1], np.zeros((0, 4))])
    return order, boxes, np.cumsum([0, *sizes], dtype=np.int64)


def _grouped(boxes: Floats) -> Floats:
    """One box around each group of boxes."""
    at = np.arange(0, len(boxes), _BRANCHES)
    low, high = np.minimum.reduceat(boxes[:, :2], at), np.maximum.reduceat(boxes[:, 2:], at)
    return np.ascontiguousarray(np.column_stack([low, high]))


def _spread(values: Floats) -> NDArray[np.uint64]:
    """Put a zero between the bits of numbers of 16 bits, to order positions along a Z."""
    bits = values.astype(np.uint64)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
    return bits


def _meetings(
    ends: Floats, is_new: NDArray[np.bool_], boxes: Floats, starts: Ints
) -> tuple[Floats, Floats]:
    """Cuts and moves as the kernel gives them; edges in the order of the tree."""
    if not len(ends):
        return np.zeros((0, 3)), np.zeros((0, 4))
    levels = [is_new.astype(np.uint8)]
    for _ in range(len(starts) - 1):
        levels.append(np.maximum.reduceat(levels[-1], np.arange(0, len(levels[-1]), _BRANCHES)))
    has_new = np.concatenate(levels[:0:-1])
    return Meetings(np.ascontiguousarray(ends), levels[0], boxes, starts, has_new).find()


def _bent(
    pieces: _Pieces,
    live: Ints,
    numbering: tuple[Ints, Ints, NDArray[np.bool_]],
    cuts: Floats,
    moves: Floats,
) -> _Pieces:
    """Move vertices and cut edges: all edges that coincide alike."""
    order, member_of, forward = numbering
    copies = np.argsort(member_of, kind="stable")
    starts = np.searchsorted(member_of[copies], np.arange(len(order) + 1))
    ends, is_new = pieces.ends.copy(), np.zeros(len(pieces.ends), dtype=bool)

    edge, row = _members(order[moves[:, 0].astype(np.int64)], copies, starts)
    end = np.where(forward[edge], moves[row, 1], 1 - moves[row, 1]).astype(np.int64)
    to = moves[row, 2:]
    is_free = (np.abs(to[:, 0]) != 180.0) & (np.abs(to[:, 1]) != 90.0)
    # Of several vertices that it could become, the same one wherever the vertex is an end.
    best = np.lexsort((to[:, 1], to[:, 0], is_free, end, edge))[::-1]
    ends[live[edge[best]], 2 * end[best]] = to[best, 0]
    ends[live[edge[best]], 2 * end[best] + 1] = to[best, 1]
    is_new[live[edge]] = True

    edge, row = _members(order[cuts[:, 0].astype(np.int64)], copies, starts)
    is_new[live[edge]] = True
    cut, origin = split_edges(ends, live[edge], cuts[row, 1], cuts[row, 2])
    return pieces.take(origin, cut, is_new[origin])


def _members(edge: Ints, copies: Ints, starts: Ints) -> tuple[Ints, Ints]:
    """All edges that coincide with each of some, and which of these that was."""
    count = starts[edge + 1] - starts[edge]
    row = np.repeat(np.arange(len(edge)), count)
    nth = nth_in_group(count)
    return copies[starts[edge][row] + nth], row


def _rings_of(pieces: _Pieces, rings: Rings) -> Rings:
    """Put the pieces of each ring together again, in its own turn."""
    n_rings = len(rings.rings) - 1
    count = np.bincount(pieces.ring, minlength=n_rings)
    closed = count + (count > 0)
    starts = np.concatenate([[0], np.cumsum(closed)]).astype(np.int64)
    at = np.arange(len(pieces.ring)) + (starts[:-1] - (np.cumsum(count) - count))[pieces.ring]
    lon, lat = np.empty(starts[-1]), np.empty(starts[-1])
    lon[at] = pieces.ends[:, 0] + 360.0 * pieces.turn
    lat[at] = pieces.ends[:, 1]
    filled = np.flatnonzero(count)
    lon[starts[filled + 1] - 1] = lon[starts[filled]]
    lat[starts[filled + 1] - 1] = lat[starts[filled]]
    return replace(rings, lon=lon, lat=lat, rings=starts)
