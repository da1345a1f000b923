"""A triangle mesh on the globe, fine where the nearest site changes, absent elsewhere.

The mesh starts from the twelve half faces of a cube, so that neither the poles nor ±180° are
special to it, and is refined by bisecting the longest edges. A triangle knows its distances from
the sites that may be nearest somewhere in it (a distance changes by no more than one moves), and
is dropped when only one such site is left: no line passes through it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from eezkit.geodesy import WGS84
from eezkit.limits.sites import Sites, to_lonlat

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Mesh", "build_mesh", "refine"]

_RADIUS = 6.4e6
"""Metres: above the greatest radius of curvature, so that angles turn into upper bounds."""
_COVER = 0.6
"""Each point of a triangle is within this times its longest edge of a corner (plane: 0.58)."""
_SHARP, _BLUR = 0.5, 0.05
"""A right angle gives 1 half way between its sides, and less beside; curvature gives some too."""
_FINE, _FINEST = 64, 4096
"""How much shorter than a cell edges may get: where territories are close; where lines are."""
_SEEN = 4
"""Half squares with edges of so many tolerances hide nothing wider than two."""
_BASE = 1 << 31


@dataclass
class Mesh:
    """Triangles that a line may pass through, and what may be nearest in them.

    Parameters
    ----------
    nodes : numpy.ndarray of float64, shape (n_nodes, 3)
        Unit normals of the ellipsoid.
    triangles : numpy.ndarray of int64, shape (n_triangles, 3)
        Nodes, anticlockwise from outside; the edge from the first to the second is bisected next.
    longest : numpy.ndarray of float64, shape (n_triangles,)
        An upper bound in metres of the longest edge of each triangle.
    of_triangle, site : numpy.ndarray of int64, shape (n_rows,)
        A row for each triangle and site that may be nearest in it, sorted by triangle.
    distance : numpy.ndarray of float64, shape (n_rows, 3)
        Metres from the site to the three nodes; infinite where too far to matter.
    """

    nodes: NDArray[np.float64]
    triangles: NDArray[np.int64]
    longest: NDArray[np.float64]
    of_triangle: NDArray[np.int64]
    site: NDArray[np.int64]
    distance: NDArray[np.float64]

    def take(self, chosen: NDArray[np.bool_], rows: NDArray[np.bool_] | None = None) -> Mesh:
        """Keep these triangles, and of their rows all or these."""
        kept = chosen[self.of_triangle] if rows is None else rows & chosen[self.of_triangle]
        return Mesh(
            self.nodes,
            self.triangles[chosen],
            self.longest[chosen],
            (np.cumsum(chosen) - 1)[self.of_triangle[kept]],
            self.site[kept],
            self.distance[kept],
        )

    def join(self, other: Mesh) -> Mesh:
        """Put triangles together whose nodes are the same, or the same and more."""
        return Mesh(
            max(self.nodes, other.nodes, key=len),
            np.vstack([self.triangles, other.triangles]),
            np.concatenate([self.longest, other.longest]),
            np.concatenate([self.of_triangle, len(self.triangles) + other.of_triangle]),
            np.concatenate([self.site, other.site]),
            np.vstack([self.distance, other.distance]),
        )

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


def build_mesh(
    sites: Sites,
    cell: float,
    *,
    tolerance: float = 0.0,
    limits: bool = True,
    inland: float = np.inf,
) -> Mesh:
    """Refine the globe where lines run until they are resolved.

    Parameters
    ----------
    sites : Sites
    cell : float
        Metres that no edge of the mesh exceeds. Edges are up to 64 times shorter where
        territories come close, and up to 4096 times where three sites meet or a limit turns
        back on itself.
    tolerance : float
        Metres that lines may be off: edges get no shorter for what is narrower than twice that.
    limits : bool
        Whether lines towards the sea count, or only those between territories, and these at
        sea.
    inland : float
        Metres: land farther than this from any coast is left out, and lines end there.
    """

    def pruned(mesh: Mesh) -> Mesh:
        mesh = _prune(mesh, sites, limits=limits)
        return mesh if np.isinf(inland) else _without_inland(mesh, sites, inland)

    halvings = np.ceil(np.log2(cell / max(_SEEN * tolerance, cell / _FINEST)))
    finest = cell / 2.0 ** max(halvings, 0.0)
    mesh = _cube(sites)
    while (coarse := mesh.longest > cell).any():
        mesh = pruned(refine(mesh, sites, coarse))
    fresh = pruned(_drain(mesh, sites))
    settled = fresh.take(np.zeros(len(fresh.triangles), dtype=bool))
    while len(fresh.triangles):
        ashore = _is_inland(fresh, sites)
        if not limits:
            fresh, ashore = fresh.take(~ashore), ashore[~ashore]
        coarse = ~ashore & (fresh.longest > _wanted(fresh, sites, cell, finest))
        settled, fresh = settled.join(fresh.take(~coarse)), fresh.take(coarse)
        settled, fresh = _wake(settled, fresh)
        known = len(fresh.nodes)
        fresh = refine(fresh, sites, np.ones(len(fresh.triangles), dtype=bool))
        fresh = pruned(_drain(fresh, sites, since=known))
    return settled


def _wake(settled: Mesh, fresh: Mesh) -> tuple[Mesh, Mesh]:
    """Move settled triangles whose edges are about to be bisected to those that will be."""
    codes = settled.edge_codes()
    cut = np.unique(fresh.edge_codes()[:, 0])
    hit = np.zeros(len(codes), dtype=bool)
    while (more := ~hit & _among(codes, cut).any(axis=1)).any():
        hit |= more
        cut = np.union1d(cut, codes[more, 0])
    return settled.take(~hit), fresh.join(settled.take(hit))


def _wanted(mesh: Mesh, sites: Sites, cell: float, finest: float) -> NDArray[np.float64]:
    """How long the edges of each triangle may be, in metres."""
    labels = mesh.labels()
    crowded = (labels != np.roll(labels, 1, axis=1)).all(axis=1)
    crowded |= _hides_a_third(mesh, labels) | _turns_back(mesh, sites)
    territories = mesh.site != sites.sea
    close = np.where(territories, mesh.distance.min(axis=1), np.inf)
    _, second = _two_least(mesh, close)
    wanted = np.clip(close[second] / 4, cell / _FINE, cell)
    return np.where(crowded, np.minimum(wanted, finest), wanted)


def _is_inland(mesh: Mesh, sites: Sites) -> NDArray[np.bool_]:
    """Triangles without any sea, where lines only close what lies round them."""
    ashore = np.where(mesh.site == sites.sea, np.inf, mesh.distance.min(axis=1))
    inland = np.minimum.reduceat(ashore, mesh.rows()) > mesh.longest
    far = np.flatnonzero(inland)
    inland[far] = sites.baseline.on_land(*to_lonlat(mesh.nodes[mesh.triangles[far, 0]]))
    return inland


def _without_inland(mesh: Mesh, sites: Sites, inland: float) -> Mesh:
    """Leave out triangles that lie on land with all corners, farther than this from any coast."""
    if not len(mesh.triangles):
        return mesh
    ashore = np.where(mesh.site == sites.sea, np.inf, mesh.distance.min(axis=1))
    far = np.flatnonzero(np.minimum.reduceat(ashore, mesh.rows()) > inland + mesh.longest)
    corners = mesh.triangles[far]
    nodes, at = np.unique(corners, return_inverse=True)
    on_land = sites.baseline.on_land(*to_lonlat(mesh.nodes[nodes]))
    kept = np.ones(len(mesh.triangles), dtype=bool)
    kept[far] = ~on_land[at.reshape(corners.shape)].all(axis=1)
    return mesh.take(kept)


def _turns_back(mesh: Mesh, sites: Sites) -> NDArray[np.bool_]:
    """Triangles where a line may turn so sharply that its two parts lie in one triangle.

    The distance from one place has a slope of 1, the distance from the nearer of two places less
    where they are equally far. What lacks, if it lacks on one side of the line only, is compared
    with the slope across the line.
    """
    first, second = _two_least(mesh, mesh.distance.min(axis=1))
    a, b = mesh.distance[first], mesh.distance[second]
    with np.errstate(invalid="ignore"):
        across = _slope(mesh, a - b)
        lack = [
            np.sqrt(np.maximum(1.0 - _slope(mesh, values) ** 2, 0.0))
            * (mesh.site[row] != sites.sea)
            for row, values in ((first, a), (second, b))
        ]
        kink = np.abs(lack[0] - lack[1])
        blur = _BLUR + mesh.longest / np.maximum(a.min(axis=1), 1.0)
        turns: NDArray[np.bool_] = kink > np.maximum(_SHARP * across, blur)
    return turns


def _two_least(
    mesh: Mesh, value: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The two rows of each triangle with the smallest values."""
    order = np.lexsort([value, mesh.of_triangle])
    starts = mesh.rows()
    return order[starts], order[starts + 1]


def _slope(mesh: Mesh, value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Length of the gradient of values at the corners of each triangle, in metres per metre."""
    normal = mesh.nodes[mesh.triangles]
    radius = WGS84.a / np.sqrt(1.0 - WGS84.e2 * normal[..., 2:] ** 2)
    corners = radius * normal * np.array([1.0, 1.0, 1.0 - WGS84.e2])
    p, q = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    rise_p, rise_q = value[:, 1] - value[:, 0], value[:, 2] - value[:, 0]
    pp, pq, qq = (np.einsum("ij,ij->i", *pair) for pair in ((p, p), (p, q), (q, q)))
    square = (rise_p**2 * qq - 2 * rise_p * rise_q * pq + rise_q**2 * pp) / (pp * qq - pq**2)
    return np.sqrt(np.maximum(square, 0.0))


def _hides_a_third(mesh: Mesh, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Triangles in which a site is nearest between corners it is not nearest to.

    Along an edge distances are close to linear, so where two sites at its ends are equally far
    follows without asking, and whether a third is nearer there.
    """
    hidden = np.zeros(len(mesh.triangles), dtype=bool)
    least = np.minimum.reduceat(mesh.distance, mesh.rows(), axis=0)
    triangles = np.arange(len(labels))
    many = np.bincount(mesh.of_triangle, minlength=len(labels)) > 2
    for corner in range(3):
        other = (corner + 1) % 3
        at = triangles[many & (labels[:, corner] != labels[:, other])]
        far_here = mesh.value(at, np.full_like(at, corner), labels[at, other])
        far_there = mesh.value(at, np.full_like(at, other), labels[at, corner])
        t = np.full(len(labels), np.nan)
        level = t.copy()
        of = mesh.of_triangle
        # What is too far to matter is infinite, so that its place is nowhere: never nearer.
        with np.errstate(invalid="ignore"):
            gap_here, gap_there = far_here - least[at, corner], far_there - least[at, other]
            t[at] = gap_here / np.maximum(gap_here + gap_there, 1e-9)
            level[at] = least[at, corner] * (1 - t[at]) + far_there * t[at]
            third = mesh.distance[:, corner] * (1 - t[of]) + mesh.distance[:, other] * t[of]
            nearer = third < level[of] - 1e-3
        hidden[
            of[nearer & (mesh.site != labels[of, corner]) & (mesh.site != labels[of, other])]
        ] = True
    return hidden


def refine(mesh: Mesh, sites: Sites, marked: NDArray[np.bool_]) -> Mesh:
    """Bisect the marked triangles, and neighbours as far as edges must keep meeting in nodes."""
    codes = mesh.edge_codes()
    cut = np.unique(codes[marked, 0])
    while True:
        needed = np.unique(codes[_among(codes, cut).any(axis=1), 0])
        if len(needed) == len(cut):
            break
        cut = needed
    ends = np.stack(np.divmod(cut, _BASE))
    middle = mesh.nodes[ends[0]] + mesh.nodes[ends[1]]
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    first = len(mesh.nodes)
    reach = sites.breadth + 2 * float(mesh.longest.max(initial=0))
    mesh = replace(mesh, nodes=np.vstack([mesh.nodes, middle]))
    while (split := _among(code := mesh.edge_codes()[:, 0], cut)).any():
        mesh = _bisect(mesh, sites, split, first + np.searchsorted(cut, code[split]), reach)
    return mesh


def _bisect(
    mesh: Mesh, sites: Sites, split: NDArray[np.bool_], middle: NDArray[np.int64], reach: float
) -> Mesh:
    """Replace each split triangle by two, with the distances at the new nodes."""
    whole, parent = mesh.take(~split), mesh.take(split)
    a, b, c = parent.triangles.T
    halves = np.vstack([np.stack([c, a, middle], 1), np.stack([b, c, middle], 1)])
    at_a, at_b, at_c = parent.distance.T
    of = parent.of_triangle
    at_middle = _evaluate(mesh, sites, middle[of], parent.site, reach)
    n_whole, n_split = len(whole.triangles), len(middle)
    # Rows of the whole, of the first halves, of the second: sorted by triangle already.
    return Mesh(
        mesh.nodes,
        np.vstack([whole.triangles, halves]),
        np.concatenate([whole.longest, _longest(mesh.nodes, halves)]),
        np.concatenate([whole.of_triangle, n_whole + of, n_whole + n_split + of]),
        np.concatenate([whole.site, parent.site, parent.site]),
        np.vstack(
            [
                whole.distance,
                np.stack([at_c, at_a, at_middle], 1),
                np.stack([at_b, at_c, at_middle], 1),
            ]
        ),
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
    slack = _COVER * mesh.longest[mesh.of_triangle]
    slack[mesh.site == sites.sea] = 0.0
    low, high = mesh.distance - slack[:, None], mesh.distance + slack[:, None]
    ceiling = np.minimum.reduceat(high, mesh.rows(), axis=0)[mesh.of_triangle]
    possible: NDArray[np.bool_] = np.any(low <= ceiling, axis=1)
    counted = possible if limits else possible & (mesh.site != sites.sea)
    n_counted = np.bincount(mesh.of_triangle[counted], minlength=len(mesh.triangles))
    alive: NDArray[np.bool_] = np.greater_equal(n_counted, 2)
    return mesh.take(alive, possible)


def _drain(mesh: Mesh, sites: Sites, *, since: int = 0) -> Mesh:
    """Let no node on land, of those numbered from `since`, be nearest to the sea."""
    rows = np.flatnonzero(mesh.site == sites.sea)
    corners = mesh.triangles[mesh.of_triangle[rows]]
    nodes = np.unique(corners[corners >= since])
    on_land = nodes[sites.baseline.on_land(*to_lonlat(mesh.nodes[nodes]))]
    distance = mesh.distance.copy()
    distance[rows] = np.where(np.isin(corners, on_land), np.inf, distance[rows])
    return replace(mesh, distance=distance)


def _among(codes: NDArray[np.int64], some: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which codes are among some, which are sorted."""
    if not len(some):
        return np.zeros(codes.shape, dtype=bool)
    found: NDArray[np.bool_] = some[np.searchsorted(some[:-1], codes)] == codes
    return found


def _longest(nodes: NDArray[np.float64], triangles: NDArray[np.int64]) -> NDArray[np.float64]:
    """An upper bound in metres of the longest edge of each triangle."""
    corners = nodes[triangles]
    chord = np.linalg.norm(corners - corners[:, [1, 2, 0]], axis=2).max(axis=1, initial=0)
    return _RADIUS * 2 * np.arcsin(np.minimum(chord / 2, 1.0))


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
    n_sites = sites.sea + int(np.isfinite(sites.breadth))
    corner_of = np.array(triangles, dtype=np.int64)
    mesh = Mesh(
        nodes,
        corner_of,
        _longest(nodes, corner_of),
        np.repeat(np.arange(12), n_sites),
        np.tile(np.arange(n_sites), 12),
        np.empty((12 * n_sites, 3)),
    )
    for corner in range(3):
        at = corner_of[mesh.of_triangle, corner]
        mesh.distance[:, corner] = _evaluate(mesh, sites, at, mesh.site, np.inf)
    return mesh
