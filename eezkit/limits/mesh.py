"""A triangle mesh on the globe, fine where the nearest site changes, absent elsewhere.

The mesh starts from the twelve half faces of a cube, so that neither the poles nor ±180° are
special to it, and is refined by bisecting the longest edges. A triangle knows its distances from
the sites that may be nearest somewhere in it (a distance changes by no more than one moves), and
is dropped when only one such site is left: no line passes through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eezkit.limits.sites import Sites, to_lonlat

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Mesh", "build_mesh", "refine"]

_RADIUS = 6.4e6
"""Metres: above the greatest radius of curvature, so that angles turn into upper bounds."""
_COVER = 0.6
"""Each point of a triangle is within this times its longest edge of a corner (plane: 0.58)."""


@dataclass
class Mesh:
    """Triangles that a line may pass through, and what may be nearest in them.

    Parameters
    ----------
    nodes : numpy.ndarray of float64, shape (n_nodes, 3)
        Unit normals of the ellipsoid.
    triangles : numpy.ndarray of int64, shape (n_triangles, 3)
        Nodes, anticlockwise from outside; the edge from the first to the second is bisected next.
    of_triangle, site : numpy.ndarray of int64, shape (n_rows,)
        A row for each triangle and site that may be nearest in it, sorted by triangle.
    distance : numpy.ndarray of float64, shape (n_rows, 3)
        Metres from the site to the three nodes; infinite where too far to matter.
    """

    nodes: NDArray[np.float64]
    triangles: NDArray[np.int64]
    of_triangle: NDArray[np.int64]
    site: NDArray[np.int64]
    distance: NDArray[np.float64]

    def longest(self) -> NDArray[np.float64]:
        """An upper bound in metres of the longest edge of each triangle."""
        corners = self.nodes[self.triangles]
        chord = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1, initial=0)
        return _RADIUS * 2 * np.arcsin(np.minimum(chord / 2, 1.0))

    def edge_codes(self) -> NDArray[np.int64]:
        """A number for each edge, equal in both triangles beside it, shape (n_triangles, 3)."""
        return _code(self.triangles, np.roll(self.triangles, -1, axis=1))

    def rows(self) -> NDArray[np.int64]:
        """Where the rows of each triangle start, shape (n_triangles,)."""
        return np.searchsorted(self.of_triangle, np.arange(len(self.triangles)))

    def labels(self) -> NDArray[np.int64]:
        """The nearest site at each corner, ties to the lowest, shape (n_triangles, 3)."""
        starts = self.rows()
        least = np.minimum.reduceat(self.distance, starts, axis=0)[self.of_triangle]
        named = np.where(self.distance == least, self.site[:, None], np.iinfo(np.int64).max)
        return np.minimum.reduceat(named, starts, axis=0)

    def value(
        self, triangle: NDArray[np.int64], corner: NDArray[np.int64], site: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Distance of a site that may be nearest in the triangle from one of its corners."""
        base = self.site.max(initial=0) + 1
        row = np.searchsorted(self.of_triangle * base + self.site, triangle * base + site)
        return self.distance[row, corner]


def build_mesh(sites: Sites, cell: float, *, limits: bool = True) -> Mesh:
    """Refine the globe where lines run until no edge is longer than `cell` metres.

    With ``limits=False`` only lines between territories count, not those towards the sea.
    """
    mesh = _cube(sites)
    while len(mesh.triangles) and (coarse := mesh.longest() > cell).any():
        mesh = _prune(refine(mesh, sites, coarse), sites, limits=limits)
    return _prune(_drain(mesh, sites), sites, limits=limits)


def refine(mesh: Mesh, sites: Sites, marked: NDArray[np.bool_]) -> Mesh:
    """Bisect the marked triangles, and neighbours as far as edges must keep meeting in nodes."""
    codes = mesh.edge_codes()
    cut = np.unique(codes[marked, 0])
    while True:
        needed = np.unique(codes[np.isin(codes, cut).any(axis=1), 0])
        if len(needed) == len(cut):
            break
        cut = needed
    ends = np.stack(np.divmod(cut, _BASE))
    middle = mesh.nodes[ends[0]] + mesh.nodes[ends[1]]
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    first = len(mesh.nodes)
    mesh = Mesh(
        np.vstack([mesh.nodes, middle]), mesh.triangles, mesh.of_triangle, mesh.site, mesh.distance
    )
    reach = sites.breadth + 2 * float(mesh.longest().max(initial=0))
    while (split := np.isin(code := mesh.edge_codes()[:, 0], cut)).any():
        mesh = _bisect(mesh, sites, split, first + np.searchsorted(cut, code[split]), reach)
    return mesh


def _bisect(
    mesh: Mesh, sites: Sites, split: NDArray[np.bool_], middle: NDArray[np.int64], reach: float
) -> Mesh:
    """Replace each split triangle by two, with the distances at the new nodes."""
    a, b, c = mesh.triangles[split].T
    halves = np.stack([np.stack([c, a, middle], 1), np.stack([b, c, middle], 1)])
    rows = split[mesh.of_triangle]
    parent = (np.cumsum(split) - 1)[mesh.of_triangle[rows]]
    at_a, at_b, at_c = mesh.distance[rows].T
    at_middle = _evaluate(mesh, sites, middle[parent], mesh.site[rows], reach)
    n_kept, n_split = int(np.count_nonzero(~split)), len(middle)
    of_triangle = np.concatenate(
        [
            (np.cumsum(~split) - 1)[mesh.of_triangle[~rows]],
            n_kept + parent,
            n_kept + n_split + parent,
        ]
    )
    site = np.concatenate([mesh.site[~rows], mesh.site[rows], mesh.site[rows]])
    distance = np.vstack(
        [
            mesh.distance[~rows],
            np.stack([at_c, at_a, at_middle], 1),
            np.stack([at_b, at_c, at_middle], 1),
        ]
    )
    # Kept rows, then those of the first halves, then of the second: sorted already.
    return Mesh(
        mesh.nodes,
        np.vstack([mesh.triangles[~split], *halves]),
        of_triangle,
        site,
        distance,
    )


def _evaluate(
    mesh: Mesh, sites: Sites, node: NDArray[np.int64], site: NDArray[np.int64], reach: float
) -> NDArray[np.float64]:
    """Distances from sites to nodes, each pair asked for once."""
    pairs, inverse = np.unique(node * (sites.sea + 1) + site, return_inverse=True)
    nodes, wanted = np.divmod(pairs, sites.sea + 1)
    return sites.distance(wanted, *to_lonlat(mesh.nodes[nodes]), max_distance=reach)[inverse]


def _prune(mesh: Mesh, sites: Sites, *, limits: bool) -> Mesh:
    """Drop the sites that are nowhere nearest in a triangle, and triangles with one site left."""
    if not len(mesh.triangles):
        return mesh
    slack = _COVER * mesh.longest()[mesh.of_triangle]
    slack[mesh.site == sites.sea] = 0.0
    low, high = mesh.distance - slack[:, None], mesh.distance + slack[:, None]
    ceiling = np.minimum.reduceat(high, mesh.rows(), axis=0)[mesh.of_triangle]
    possible = (low <= ceiling).any(axis=1)
    counted = possible if limits else possible & (mesh.site != sites.sea)
    alive = np.bincount(mesh.of_triangle[counted], minlength=len(mesh.triangles)) >= 2
    keep = possible & alive[mesh.of_triangle]
    return Mesh(
        mesh.nodes,
        mesh.triangles[alive],
        (np.cumsum(alive) - 1)[mesh.of_triangle[keep]],
        mesh.site[keep],
        mesh.distance[keep],
    )


def _drain(mesh: Mesh, sites: Sites) -> Mesh:
    """Let no node on land be nearest to the sea, however far the coast is."""
    rows = np.flatnonzero(mesh.site == sites.sea)
    corners = mesh.triangles[mesh.of_triangle[rows]]
    nodes, inverse = np.unique(corners, return_inverse=True)
    on_land = sites.baseline.on_land(*to_lonlat(mesh.nodes[nodes]))
    distance = mesh.distance.copy()
    distance[rows] = np.where(on_land[inverse].reshape(-1, 3), np.inf, distance[rows])
    return Mesh(mesh.nodes, mesh.triangles, mesh.of_triangle, mesh.site, distance)


_BASE = 1 << 31


def _code(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.minimum(a, b) * _BASE + np.maximum(a, b)


def _cube(sites: Sites) -> Mesh:
    """Twelve half faces of a cube, turned so that no face looks along an axis or a meridian."""
    corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
    faces = [np.flatnonzero(corners[:, axis] == sign) for axis in range(3) for sign in (-1, 1)]
    triangles = []
    for p, q, s, r in faces:
        outward = np.linalg.det(corners[[p, q, r]]) > 0
        q, s = (q, s) if outward else (s, q)
        triangles += [(p, r, s), (r, p, q)]
    turn, tilt = np.radians(17.3), np.radians(31.7)
    about_z = np.array(
        [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
    )
    about_x = np.array(
        [[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]]
    )
    nodes = corners @ (about_x @ about_z).T / np.sqrt(3)
    n_sites = sites.sea + np.isfinite(sites.breadth)
    mesh = Mesh(
        nodes,
        np.array(triangles, dtype=np.int64),
        np.repeat(np.arange(12), n_sites),
        np.tile(np.arange(n_sites), 12),
        np.empty((12 * n_sites, 3)),
    )
    for corner in range(3):
        at = mesh.triangles[mesh.of_triangle, corner]
        mesh.distance[:, corner] = _evaluate(mesh, sites, at, mesh.site, np.inf)
    return mesh
