"""Gaps between two coasts: what is in no zone and on no land, but behind the coast of a zone.

Where zones come without land of their own, that of another map does not meet them: between the two
coasts are slivers, and islands that the map has not. They are no high seas. A gap is told by what
bounds it: a part of the globe in no zone whose bounding zone edges are mostly coast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from eezkit.overlaps.layer import NodedLayer, Place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["with_gaps"]

# Degrees, one unit of the grid: below a vertex, and above all that lies a micrometre below it.
_STEP = 2.0**-43


def with_gaps(
    layer: NodedLayer, is_coast: Callable[[Floats, Floats], NDArray[np.bool_]]
) -> NodedLayer:
    """Tell gaps between coasts from the high seas.

    Parameters
    ----------
    layer : NodedLayer
    is_coast : callable
        Whether edges of zones are coast, by the longitudes and latitudes of their middles.

    Returns
    -------
    NodedLayer
        With one more place, "unassigned".
    """
    is_open = np.array([place.kind in ("high seas", "not covered") for place in layer.places])
    is_zone = np.array([place.kind == "zone" for place in layer.places])
    differs = layer.left != layer.right
    forward = np.flatnonzero(is_open[layer.left] & differs)
    backward = np.flatnonzero(is_open[layer.right] & differs)
    edge = np.concatenate([forward, backward])
    if not len(edge):
        return layer
    ends = np.concatenate([layer.ends[forward], layer.ends[backward][:, [2, 3, 0, 1]]])
    other = np.concatenate([layer.right[forward], layer.left[backward]])

    cycle, first = _cycles(_next(ends))
    n = len(first)
    length = np.hypot(
        (ends[:, 2] - ends[:, 0]) * np.cos(np.radians((ends[:, 1] + ends[:, 3]) / 2)),
        ends[:, 3] - ends[:, 1],
    )
    bounding = np.flatnonzero(is_zone[other])
    middle = (ends[bounding, :2] + ends[bounding, 2:]) / 2
    coast = is_coast(middle[:, 0], middle[:, 1])
    # Coast weighs for a gap, any other edge of a zone against it.
    weight = np.bincount(cycle[bounding], np.where(coast, 1, -1) * length[bounding], n)

    number = np.full((2, len(layer)), -1)
    number[0, forward] = cycle[: len(forward)]
    number[1, backward] = cycle[len(forward) :]
    root = _roots(layer, ends, cycle, first, number)
    of_face = np.bincount(root + 1, weight, n + 1)
    # What reaches a pole (root -1) is no gap.
    is_gap = (root >= 0) & (of_face[root + 1] > 0)
    gap = is_gap[cycle]
    left, right = layer.left.copy(), layer.right.copy()
    left[edge[: len(forward)][gap[: len(forward)]]] = len(layer.places)
    right[edge[len(forward) :][gap[len(forward) :]]] = len(layer.places)
    return NodedLayer(
        layer.ends,
        left,
        right,
        layer.boxes,
        layer.starts,
        (*layer.places, Place("unassigned")),
    )


def _next(ends: Floats) -> Ints:
    """Which half-edge follows each along the part of the globe on its left."""
    at = np.concatenate([ends[:, :2], ends[:, 2:]])
    at[at[:, 0] == 180.0, 0] = -180.0
    at[np.abs(at[:, 1]) == 90.0, 0] = 0.0
    _, node = np.unique(at.view(np.complex128).reshape(-1), return_inverse=True)
    node = node.reshape(2, -1)
    begin = np.arctan2(ends[:, 3] - ends[:, 1], ends[:, 2] - ends[:, 0])
    back = np.arctan2(ends[:, 1] - ends[:, 3], ends[:, 0] - ends[:, 2])
    # About a pole all edges run along meridians: their longitudes give the order.
    for pole, sense in ((90.0, 1.0), (-90.0, -1.0)):
        begin = np.where(ends[:, 1] == pole, sense * ends[:, 0] / 60.0, begin)
        back = np.where(ends[:, 3] == pole, sense * ends[:, 2] / 60.0, back)
    # Beginnings and ends around each node, anticlockwise: after an end comes, clockwise, what
    # begins there.
    n = len(ends)
    all_nodes = np.concatenate([node[0], node[1]])
    angle = np.concatenate([begin, back])
    is_end = np.repeat([False, True], n)
    # In the direction of an end something may begin: that is the other side of the same edge.
    order = np.lexsort((~is_end, angle, all_nodes))
    kind, which, group = is_end[order], order % n, all_nodes[order]
    start = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    size = np.diff(np.append(start, len(group)))
    before = np.maximum.accumulate(np.where(kind, -1, np.arange(len(group))))
    # Before the first that begins at a node comes, going round, the last.
    last = np.repeat(before[start + size - 1], size)
    found = np.where(before >= np.repeat(start, size), before, last)
    following = np.empty(n, dtype=np.int64)
    following[which[kind]] = which[found[kind]]
    return following


def _cycles(following: Ints) -> tuple[Ints, Ints]:
    """Number the cycles of a permutation: that of each member, and the first member of each."""
    label, step = np.arange(len(following)), following
    for _ in range(max(1, len(following).bit_length())):
        label = np.minimum(label, label[step])
        step = step[step]
    first, cycle = np.unique(label, return_inverse=True)
    return cycle.ravel(), first


def _roots(
    layer: NodedLayer, ends: Floats, cycle: Ints, first: Ints, number: NDArray[np.integer]
) -> Ints:
    """The cycle that stands for each connected part: its outer one; -1 if it reaches a pole."""
    n = len(first)
    run = np.bincount(cycle, ends[:, 2] - ends[:, 0], n)
    size = -np.bincount(cycle, (ends[:, 2] - ends[:, 0]) * (ends[:, 1] + ends[:, 3]) / 2, n)
    at_pole = np.bincount(cycle, np.abs(ends[:, 1]) == 90.0, n) > 0
    # Inner ones have more of the same part south of them; so has what runs round westwards.
    is_inner = np.where(np.abs(run) > 180.0, run < 0, size < 0) & ~at_pole
    parent = np.where(at_pole, -1, np.arange(n))
    lowest = np.lexsort((ends[:, 1], cycle))
    lowest = lowest[np.searchsorted(cycle[lowest], np.flatnonzero(is_inner))]
    lon = np.where(ends[lowest, 0] == 180.0, -180.0, ends[lowest, 0])
    _, below = layer.locate(lon, ends[lowest, 1] - _STEP)
    eastward = layer.ends[below, 0] < layer.ends[below, 2]
    parent[is_inner] = number[np.where(eastward, 0, 1), below]
    root = np.append(parent, -1)
    while not np.array_equal(root, root[root]):
        root = root[root]
    return root[:-1]
