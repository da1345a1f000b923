"""Every zone edge once: rings taken apart, crossings cut, and the zones on either side found.

Published layers give a boundary twice, cut zones at ±180°, and overlap here and there. This
module turns them into one set of edges that do not cross, each with the set of zones on its
left and on its right; an edge with the same zones on both sides (a cut) is no edge and goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eezkit.geometry import Rings, edge_keys, nth_in_group
from eezkit.lookup import CellIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SHARED_WITHIN", "Arrangement", "arrange", "split_edges", "unique_edges"]

SHARED_WITHIN = 25.0
"""Metres: edges of two zones this close, with a gap between them, count as shared."""

_METRES_PER_DEGREE = 111_195.0
_CELL = 0.1
"""Degrees: cells in which edges that may cross are sought."""
_MOST_CELLS_EACH, _MOST_CELLS = 8, 2000
_ROUNDING = 1e-9
"""Degrees: more than rounding can put an edge into the wrong cell."""


@dataclass(frozen=True)
class Arrangement:
    """Edges that do not cross, with the zones on either side.

    Parameters
    ----------
    lon1, lat1, lon2, lat2 : numpy.ndarray of float64, shape (n_edges,)
        End points, in degrees; between them the edge runs straight in longitude/latitude.
    left, right : numpy.ndarray of int32, shape (n_edges,)
        Zone set on the left and right of the edge as it runs: an index into `sets`.
    vertex : numpy.ndarray of int64, shape (n_edges,)
        First vertex of a published edge of which it is all or a part, running the same way.
    sets : tuple of tuple of int
        The distinct sets of zones; the first is empty.
    """

    lon1: NDArray[np.float64]
    lat1: NDArray[np.float64]
    lon2: NDArray[np.float64]
    lat2: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    vertex: NDArray[np.int64]
    sets: tuple[tuple[int, ...], ...]


def arrange(rings: Rings, index: CellIndex, *, shared_within: float = SHARED_WITHIN) -> Arrangement:
    """Take the rings of all zones apart into edges with sides.

    Parameters
    ----------
    rings : Rings
        The published rings.
    index : CellIndex
        The cell index of the same rings.
    shared_within : float
        Metres. Where a gap no wider than this divides an edge from another zone, that zone
        counts as the one on the other side.

    Returns
    -------
    Arrangement
        Edges in the order of the rings.
    """
    ends, vertex = _edges_of(rings)
    zone, ring = rings.zone_of_vertex()[vertex], rings.ring_of_vertex()[vertex]
    inside_left = _interior_is_left(rings)[ring]
    ends, origin = split_edges(ends, *_seam_cuts(ends))
    ends, part = split_edges(ends, *_crossings(ends, zone[origin]))
    origin = origin[part]
    zone, vertex, inside_left = zone[origin], vertex[origin], inside_left[origin]

    first, member_of, forward = unique_edges(ends)
    edges = ends[first]
    on_left = inside_left == forward
    own = (member_of, zone)
    mid_lon, mid_lat = edges[:, 0::2].mean(axis=1), edges[:, 1::2].mean(axis=1)
    # Of a zone that has no such edge, the whole edge lies inside or outside: ask its middle.
    overlap = _without(_zones_at(index, mid_lon, mid_lat), own, rings.n_zones)
    own_left, own_right = _where(own, on_left), _where(own, ~on_left)
    left, right = _join(own_left, overlap), _join(own_right, overlap)
    if shared_within > 0:
        beyond_left = _across_gap(index, edges, own_right, own_left, shared_within)
        beyond_right = _across_gap(index, edges, own_left, own_right, -shared_within)
        left = _join(left, _without(beyond_left, right, rings.n_zones))
        right = _join(right, _without(beyond_right, left, rings.n_zones))
    sets, (left_set, right_set) = _encode(len(edges), rings.n_zones, left, right)
    real = left_set != right_set
    lon1, lat1, lon2, lat2 = np.ascontiguousarray(edges[real].T)
    return Arrangement(
        lon1, lat1, lon2, lat2, left_set[real], right_set[real], vertex[first][real], sets
    )


_Pairs = tuple["NDArray[np.int64]", "NDArray[np.int64]"]
"""Edge numbers and zone numbers, side by side: this edge has this zone."""


def _edges_of(rings: Rings) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """All edges as (lon1, lat1, lon2, lat2) rows, and first vertices; no points, no poles."""
    start = rings.edge_starts()
    ends = np.column_stack(
        [rings.lon[start], rings.lat[start], rings.lon[start + 1], rings.lat[start + 1]]
    )
    ends[:, 0::2] -= 360.0 * np.floor((ends[:, 0::2].min(axis=1, keepdims=True) + 180.0) / 360.0)
    vertical = ends[:, 0] == ends[:, 2]
    seam = vertical & (np.abs(ends[:, 0]) == 180.0)
    ends[seam, 0::2] = -180.0
    point = vertical & (ends[:, 1] == ends[:, 3])
    pole = (np.abs(ends[:, 1]) == 90.0) & (ends[:, 1] == ends[:, 3])
    keep = ~(point | pole)
    return ends[keep], start[keep]


def _interior_is_left(rings: Rings) -> NDArray[np.bool_]:
    """Whether a ring's zone lies on its left, shape (n_rings,): turning sense and role tell."""
    start = rings.edge_starts()
    cross = rings.lon[start] * rings.lat[start + 1] - rings.lon[start + 1] * rings.lat[start]
    ring = rings.ring_of_vertex()[start]
    counterclockwise = np.bincount(ring, cross, minlength=len(rings.rings) - 1) > 0
    return counterclockwise == rings.is_shell()


def _seam_cuts(
    ends: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Where edges along ±180° must be cut so that those of both sides have the same ends."""
    seam = np.flatnonzero((ends[:, 0] == -180.0) & (ends[:, 2] == -180.0))
    stops = np.unique(ends[seam][:, 1::2])
    low, high = np.sort(ends[seam][:, 1::2], axis=1).T
    first, last = np.searchsorted(stops, low, "right"), np.searchsorted(stops, high, "left")
    count = np.maximum(last - first, 0)
    edge = np.repeat(seam, count)
    within = nth_in_group(count)
    lat = stops[np.repeat(first, count) + within]
    return edge, np.full(len(edge), -180.0), lat


def _crossings(
    ends: NDArray[np.float64], zone: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Where edges of different zones cross: edge number, longitude, latitude."""
    # Of a shared edge one copy will do: where another zone cuts it, it is cut for all.
    first, member_of, _ = unique_edges(ends)
    a, b = _near_pairs(ends[first], zone[first])
    a, b = first[a], first[b]
    t, meet = _meeting(ends[a], ends[b])
    where = ends[a[meet], :2] + t[meet, None] * (ends[a[meet], 2:] - ends[a[meet], :2])
    # One point serves both edges, so that the four pieces meet in it exactly.
    copies = np.argsort(member_of, kind="stable")
    starts = np.searchsorted(member_of[copies], np.arange(len(first) + 1))
    rank = member_of[np.concatenate([a[meet], b[meet]])]
    count = (starts[1:] - starts[:-1])[rank]
    nth = nth_in_group(count)
    edge = copies[np.repeat(starts[rank], count) + nth]
    where = np.repeat(np.concatenate([where, where]), count, axis=0)
    return edge, where[:, 0], where[:, 1]


def _meeting(
    one: NDArray[np.float64], other: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Where along the first edge of each pair the second meets it, and whether it does."""
    p, r = one[:, :2], one[:, 2:] - one[:, :2]
    q, s = other[:, :2], other[:, 2:] - other[:, :2]
    across = r[:, 0] * s[:, 1] - r[:, 1] * s[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = q - p
        t = (gap[:, 0] * s[:, 1] - gap[:, 1] * s[:, 0]) / across
        u = (gap[:, 0] * r[:, 1] - gap[:, 1] * r[:, 0]) / across
        return t, (t >= 0) & (t <= 1) & (u >= 0) & (u <= 1) & np.isfinite(t)


def _near_pairs(
    ends: NDArray[np.float64], zone: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of edges of different zones that meet, found by cells of a grid."""
    edge, cell = _cells_of(ends)
    order = np.lexsort((edge, cell))
    edge, cell = edge[order], cell[order]
    start = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]]) if len(cell) else np.zeros(0, int)
    size = np.diff(np.r_[start, len(cell)])
    low = np.minimum.reduceat(zone[edge], start) if len(start) else start
    high = np.maximum.reduceat(zone[edge], start) if len(start) else start
    found: list[NDArray[np.int64]] = []
    box = np.column_stack(
        [
            np.minimum(ends[:, 0], ends[:, 2]),
            np.minimum(ends[:, 1], ends[:, 3]),
            np.maximum(ends[:, 0], ends[:, 2]),
            np.maximum(ends[:, 1], ends[:, 3]),
        ]
    )
    for i in np.flatnonzero(low < high):
        members = edge[start[i] : start[i] + size[i]]
        for rows in np.array_split(np.arange(len(members)), 1 + len(members) // 2000):
            a, b = members[rows][:, None], members[None, :]
            meet = (a < b) & (zone[a] != zone[b])
            meet &= (box[a, 0] <= box[b, 2]) & (box[b, 0] <= box[a, 2])
            meet &= (box[a, 1] <= box[b, 3]) & (box[b, 1] <= box[a, 3])
            row, column = np.nonzero(meet)
            pairs = np.column_stack([members[rows][row], members[column]])
            pairs = pairs[_meeting(ends[pairs[:, 0]], ends[pairs[:, 1]])[1]]
            if len(pairs):
                found.append(pairs)
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    pairs = np.unique(np.concatenate(found), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _cells_of(ends: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Edge numbers and the grid cells they pass through; long edges have wide cells."""
    span = np.abs(ends[:, :2] - ends[:, 2:]).sum()
    cell = _CELL
    while span / cell > _MOST_CELLS_EACH * len(ends) + _MOST_CELLS:
        cell *= 2.0
    one, two = ends[:, :2], ends[:, 2:]
    low, high = np.minimum(one, two) - _ROUNDING, np.maximum(one, two) + _ROUNDING
    first = np.floor(low / cell).astype(np.int64)
    n_columns = np.floor(high[:, 0] / cell).astype(np.int64) - first[:, 0] + 1
    edge = np.repeat(np.arange(len(ends)), n_columns)
    column = first[edge, 0] + nth_in_group(n_columns)
    # The rows an edge passes in a column are those between where it enters and where it leaves.
    run = (two - one)[edge]
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(run[:, 0] == 0.0, 0.0, run[:, 1] / run[:, 0])
    borders = [
        np.clip(border * cell, low[edge, 0], high[edge, 0]) for border in (column, column + 1)
    ]
    y1, y2 = (one[edge, 1] + slope * (border - one[edge, 0]) for border in borders)
    steep = (n_columns[edge] == 1) | (np.abs(run[:, 0]) < 4 * _ROUNDING)
    south = np.where(steep, low[edge, 1], np.maximum(np.minimum(y1, y2) - _ROUNDING, low[edge, 1]))
    north = np.where(
        steep, high[edge, 1], np.minimum(np.maximum(y1, y2) + _ROUNDING, high[edge, 1])
    )
    bottom = np.floor(south / cell).astype(np.int64)
    n_rows = np.maximum(np.floor(north / cell).astype(np.int64) - bottom + 1, 1)
    edge, column = np.repeat(edge, n_rows), np.repeat(column, n_rows)
    return edge, (np.repeat(bottom, n_rows) + nth_in_group(n_rows)) * 100_000 + column


def split_edges(
    ends: NDArray[np.float64],
    edge: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Cut edges at points of theirs; give the pieces and the edge that each is a piece of."""
    if not len(edge):
        return ends, np.arange(len(ends))
    along = np.abs(lon - ends[edge, 0]) + np.abs(lat - ends[edge, 1])
    order = np.lexsort((along, edge))
    edge, lon, lat = edge[order], lon[order], lat[order]
    n_cuts = np.bincount(edge, minlength=len(ends))
    origin = np.repeat(np.arange(len(ends)), n_cuts + 1)
    pieces = ends[origin]
    first_piece = np.cumsum(n_cuts + 1) - (n_cuts + 1)
    nth = nth_in_group(n_cuts)
    piece = first_piece[edge] + nth
    pieces[piece, 2], pieces[piece, 3] = lon, lat
    pieces[piece + 1, 0], pieces[piece + 1, 1] = lon, lat
    real = (pieces[:, 0] != pieces[:, 2]) | (pieces[:, 1] != pieces[:, 3])
    return pieces[real], origin[real]


def unique_edges(
    ends: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Which edges are the same but for direction.

    Returns the first of each, the number among those for every edge, and whether an edge runs
    as its first one does.
    """
    words, digest, turned = edge_keys(ends)
    _, first, inverse = np.unique(digest, return_index=True, return_inverse=True)
    if not np.array_equal(words, words[first][inverse]):
        # Two edges share a digest: sort the edges themselves, which takes longer.
        _, first, inverse = np.unique(words, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    first, member_of = first[order], rank[inverse.ravel()]
    return first, member_of, turned == turned[first][member_of]


def _zones_at(index: CellIndex, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> _Pairs:
    """Zones that hold each position, as pairs."""
    code = index.locate(lon, lat)
    codes, inverse = np.unique(code, return_inverse=True)
    sets = [index.zones(int(c)) if c > 0 else () for c in codes]
    count = np.array([len(s) for s in sets], dtype=np.int64)
    starts = np.cumsum(count) - count
    flat = np.array([zone for s in sets for zone in s], dtype=np.int64)
    row = np.repeat(np.arange(len(code)), count[inverse])
    return row, flat[starts[inverse][row] + nth_in_group(count[inverse])]


def _where(pairs: _Pairs, keep: NDArray[np.bool_]) -> _Pairs:
    return pairs[0][keep], pairs[1][keep]


def _without(pairs: _Pairs, other: _Pairs, n_zones: int) -> _Pairs:
    if not len(other[0]):
        return pairs
    key, known = pairs[0] * n_zones + pairs[1], np.sort(other[0] * n_zones + other[1])
    at = np.minimum(np.searchsorted(known, key), len(known) - 1)
    return _where(pairs, known[at] != key)


def _join(a: _Pairs, b: _Pairs) -> _Pairs:
    return np.concatenate([a[0], b[0]]), np.concatenate([a[1], b[1]])


def _across_gap(
    index: CellIndex,
    edges: NDArray[np.float64],
    inner: _Pairs,
    outer: _Pairs,
    offset: float,
) -> _Pairs:
    """Zones a step of `offset` metres to the left (right if negative) of edges open to that side.

    An edge is open where one zone has it as its own, on the `inner` side.
    """
    n_inner, n_outer = (np.bincount(side[0], minlength=len(edges)) for side in (inner, outer))
    open_edge = np.flatnonzero((n_inner == 1) & (n_outer == 0))
    one = edges[open_edge]
    lon, lat = one[:, 0::2].mean(axis=1), one[:, 1::2].mean(axis=1)
    shrink = np.maximum(np.cos(np.radians(lat)), 1e-6)
    east, north = (one[:, 2] - one[:, 0]) * shrink, one[:, 3] - one[:, 1]
    step = offset / _METRES_PER_DEGREE / np.hypot(east, north)
    row, zone = _zones_at(index, lon - north * step / shrink, np.clip(lat + east * step, -90, 90))
    return open_edge[row], zone


def _encode(
    n_edges: int, n_zones: int, *sides: _Pairs
) -> tuple[tuple[tuple[int, ...], ...], list[NDArray[np.int32]]]:
    """Number the distinct zone sets: 0 the empty one, 1 to n_zones the single zones, then more."""
    sets: dict[tuple[int, ...], int] = {(): 0} | {(zone,): zone + 1 for zone in range(n_zones)}
    codes = []
    for edge, zone in sides:
        code = np.zeros(n_edges, dtype=np.int32)
        code[edge] = zone + 1
        many = np.flatnonzero(np.bincount(edge, minlength=n_edges) > 1)
        order = np.lexsort((zone, edge))
        edge, zone = edge[order], zone[order]
        first, last = np.searchsorted(edge, many, "left"), np.searchsorted(edge, many, "right")
        for which, start, stop in zip(many, first, last, strict=True):
            members = tuple(dict.fromkeys(zone[start:stop].tolist()))
            code[which] = sets.setdefault(members, len(sets))
        codes.append(code)
    return tuple(sets), codes
