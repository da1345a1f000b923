"""Which edge of the atlas a crossing is of, and what that edge is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from eezkit.zones import EdgeKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.atlas import Atlas
    from eezkit.voyages.timeline import Timeline

__all__ = ["edges_crossed"]

# Metres: a crossing with no vertex that names its edge has it this near.
_NEAR = 1.0
_KIND_OF_LAYER = {1: EdgeKind.COAST.value, 2: EdgeKind.OUTER_LIMIT.value}
_by_vertex: WeakKeyDictionary[Any, NDArray[np.int64]] = WeakKeyDictionary()


def edges_crossed(
    line: Timeline, at: NDArray[np.int64], atlas: Atlas
) -> tuple[NDArray[np.int64], list[str]]:
    """The edges crossed at some moments.

    Parameters
    ----------
    line : Timeline
    at : numpy.ndarray of int64, shape (n_crossings,)
        The moments.
    atlas : Atlas

    Returns
    -------
    edge : numpy.ndarray of int64, shape (n_crossings,)
        Indices into `Atlas.edges`; -1 where the edge is of another layer, or cut at ±180°.
    kind : list of str, length n_crossings
        What each edge is; of another layer, what its edges are.
    """
    edge = np.full(len(at), -1, np.int64)
    layer, vertex = line.layer[at], line.vertex[at]
    named = (layer == 0) & (vertex >= 0)
    edge[named] = _edge_of_vertex(atlas)[vertex[named]]
    todo = np.flatnonzero((layer == 0) & (edge < 0))
    if len(todo):
        lon, lat = line.lon[at[todo]], line.lat[at[todo]]
        seaward = atlas.seaward.query(lon, lat, max_distance=_NEAR)
        coast = atlas.coast.query(lon, lat, max_distance=_NEAR)
        shore = np.where(coast.edge >= 0, coast.edge + atlas.edges.n_seaward, -1)
        edge[todo] = np.where(coast.distance < seaward.distance, shore, seaward.edge)
    names = np.array([*(kind.value for kind in EdgeKind), EdgeKind.UNKNOWN.value], dtype=object)
    number = np.where(edge >= 0, atlas.edges.kind[np.maximum(edge, 0)], len(names) - 1)
    kinds: list[str] = names[number].tolist()
    for k in np.flatnonzero(layer > 0).tolist():
        kinds[k] = _KIND_OF_LAYER[int(layer[k])]
    return edge, kinds


def _edge_of_vertex(atlas: Atlas) -> NDArray[np.int64]:
    """The edge that begins at each vertex of the index; -1 where that is not known."""
    found = _by_vertex.get(atlas)
    if found is None:
        edges, xy = atlas.edges, atlas.index.xy.reshape(-1, 2)
        found = np.full(len(xy), -1, np.int64)
        first = edges.ends[:, 0].astype(np.int64)
        plain = (edges.ends[:, 1] == first + 1) & (first + 1 < len(xy))
        number, first = np.flatnonzero(plain), first[plain]
        # The index has the vertices of the rings, unless a polygon had to be turned.
        same = (xy[first] == edges.points[first]).all(axis=1)
        same &= (xy[first + 1] == edges.points[first + 1]).all(axis=1)
        found[first[same]] = number[same]
        _by_vertex[atlas] = found
    return found
