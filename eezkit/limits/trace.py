"""From a mesh to lines: where they cross its edges, where they meet, how they hang together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eezkit.limits.sites import to_lonlat
from eezkit.limits.solve import bracketed, junctions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.limits.mesh import Mesh
    from eezkit.limits.sites import Sites

__all__ = ["Skeleton", "trace"]


@dataclass
class Skeleton:
    """Lines between two sites each, as the mesh sees them.

    Parameters
    ----------
    lon, lat : numpy.ndarray of float64, shape (n_vertices,)
        Degrees: first the crossings with edges of the mesh, then the junctions.
    order : numpy.ndarray of int64, shape (n_steps,)
        Vertices of all lines, one line after the other; a closed line repeats its first.
    starts : numpy.ndarray of int64, shape (n_lines + 1,)
        Line `i` is ``order[starts[i]:starts[i + 1]]``.
    left, right : numpy.ndarray of int64, shape (n_lines,)
        The sites on either side, the lower number on the left.
    n_crossings : int
        How many of the vertices are crossings.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    n_crossings: int


def trace(mesh: Mesh, sites: Sites, *, limits: bool = True) -> Skeleton:
    """Find all lines of the mesh, those towards the sea only with ``limits=True``."""
    labels = mesh.labels() if len(mesh.triangles) else np.empty((0, 3), dtype=np.int64)
    following = np.roll(labels, -1, axis=1)
    crossed = labels != following
    if not limits:
        crossed &= (labels != sites.sea) & (following != sites.sea)
    triangle, corner = np.nonzero(crossed)
    codes = mesh.edge_codes()[triangle, corner]
    _, first, crossing = np.unique(codes, return_index=True, return_inverse=True)
    lon, lat = _cross(mesh, sites, labels, triangle[first], corner[first])

    vertex = np.full(labels.shape, -1, dtype=np.int64)
    vertex[triangle, corner] = crossing
    triple = np.flatnonzero(((labels != following).all(axis=1)) & crossed.any(axis=1))
    centre = mesh.nodes[mesh.triangles[triple]].sum(axis=1)
    meeting = junctions(sites, labels[triple], *to_lonlat(centre))
    segments = _segments(labels, vertex, triple, len(first))
    order, starts, left, right = _chain(segments, len(first))
    return Skeleton(
        np.concatenate([lon, meeting.lon]),
        np.concatenate([lat, meeting.lat]),
        order,
        starts,
        left,
        right,
        len(first),
    )


def _cross(
    mesh: Mesh,
    sites: Sites,
    labels: NDArray[np.int64],
    triangle: NDArray[np.int64],
    corner: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where on an edge of the mesh both sites of its ends are equally far."""
    other = (corner + 1) % 3
    here, there = labels[triangle, corner], labels[triangle, other]
    ahead = mesh.value(triangle, corner, there) - mesh.value(triangle, corner, here)
    behind = mesh.value(triangle, other, there) - mesh.value(triangle, other, here)
    ends = mesh.nodes[mesh.triangles[triangle, corner]], mesh.nodes[mesh.triangles[triangle, other]]
    return bracketed(sites, here, there, *ends, -ahead, -behind)


def _segments(
    labels: NDArray[np.int64],
    vertex: NDArray[np.int64],
    triple: NDArray[np.int64],
    n_crossings: int,
) -> NDArray[np.int64]:
    """Rows of start, end, left, right, the lower number on the left."""
    pieces = []
    is_triple = np.zeros(len(labels), dtype=bool)
    is_triple[triple] = True
    for x, y, z in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        # The corner x alone on its side: the line runs from edge xy to edge zx, with x on the left.
        alone = ~is_triple & (vertex[:, x] >= 0) & (vertex[:, z] >= 0)
        pieces.append(
            np.stack(
                [vertex[alone, x], vertex[alone, z], labels[alone, x], labels[alone, y]], axis=1
            )
        )
        into = triple[vertex[triple, x] >= 0]
        junction = n_crossings + np.searchsorted(triple, into)
        pieces.append(
            np.stack([vertex[into, x], junction, labels[into, x], labels[into, y]], axis=1)
        )
    segments = np.concatenate(pieces)
    backwards = segments[:, 2] > segments[:, 3]
    segments[backwards] = segments[backwards][:, [1, 0, 3, 2]]
    return segments


def _chain(
    segments: NDArray[np.int64], n_crossings: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Join segments end to end into lines: first those between junctions, then closed ones."""
    start, end = segments[:, 0], segments[:, 1]
    leaving = np.full(n_crossings, -1, dtype=np.int64)
    within = np.flatnonzero(start < n_crossings)
    leaving[start[within]] = within
    has_before = np.zeros(len(segments), dtype=bool)
    inner = end < n_crossings
    has_before[leaving[end[inner]][leaving[end[inner]] >= 0]] = True
    heads = np.concatenate([np.flatnonzero(~has_before), np.flatnonzero(has_before)]).tolist()
    starts_list, ends_list, leaving_list = start.tolist(), end.tolist(), leaving.tolist()
    used = [False] * len(segments)
    order: list[int] = []
    starts, owners = [0], []
    for head in heads:
        if used[head]:
            continue
        segment = head
        order.append(starts_list[segment])
        while segment >= 0 and not used[segment]:
            used[segment] = True
            order.append(ends_list[segment])
            segment = leaving_list[ends_list[segment]] if ends_list[segment] < n_crossings else -1
        starts.append(len(order))
        owners.append(head)
    return (
        np.array(order, dtype=np.int64),
        np.array(starts),
        segments[owners, 2],
        segments[owners, 3],
    )
