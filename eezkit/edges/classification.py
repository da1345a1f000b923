"""What each edge is: coast, outer limit or boundary, and on what evidence.

A zone's edge is the coast on one side and a limit or boundary on the other. The evidence, in
order: the source's own lines; an edge shared with another zone; a coast near by; a hole too
small to be high seas; a breadth's distance from the coast; else unknown.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eezkit.geodesy import distance
from eezkit.geometry import are_among
from eezkit.nearest import EdgeTree
from eezkit.units import M
from eezkit.zones import EdgeKind, Evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.edges.arrangement import Arrangement
    from eezkit.geometry import Rings
    from eezkit.lookup import CellIndex

__all__ = ["BREADTHS", "Coast", "Edges", "Lines", "classify", "with_bare_coast"]

BREADTHS = (12 * M, 24 * M, 200 * M)
"""Metres: the breadths the law knows, at which an edge is called an outer limit."""

_KINDS = tuple(EdgeKind)
_EVIDENCE = tuple(Evidence)
_SMALLEST_HIGH_SEAS = 24 * M


class Coast(NamedTuple):
    """Land to tell coasts and limits by, and how far to trust it.

    Parameters
    ----------
    ends : numpy.ndarray of float64, shape (n_edges, 4)
        The edges of the land: longitude and latitude of both ends.
    tree : EdgeTree
        The same edges, to measure from.
    areas : CellIndex
        What lies inside them: an edge inside them, as along an estuary, is coast too.
    within : float
        Metres. An edge this close to land is coast.
    breadth_within : float
        Metres. An edge whose distance from land is a breadth, give or take this, is a limit.
    name : str
        What land it is, for the reader.
    """

    ends: NDArray[np.float64]
    tree: EdgeTree
    areas: CellIndex
    within: float
    breadth_within: float
    name: str


class Lines(NamedTuple):
    """Boundary lines that a source publishes beside its zones.

    Parameters
    ----------
    tree : EdgeTree
        The edges of the lines.
    kinds : tuple of EdgeKind
        What each edge of the tree is.
    within : float
        Metres. An edge of a zone this close to a line is what the line is.
    """

    tree: EdgeTree
    kinds: tuple[EdgeKind, ...]
    within: float


@dataclass(frozen=True)
class Edges:
    """All edges of an atlas with what they are; the seaward ones first, then the coast.

    Parameters
    ----------
    points : numpy.ndarray of float64, shape (n_points, 2)
        Longitudes and latitudes, in degrees: the vertices as published, then others.
    ends : numpy.ndarray of int32, shape (n_edges, 2)
        Both ends of each edge, as indices into `points`; straight in longitude/latitude between.
    left, right : numpy.ndarray of int, shape (n_edges,)
        Zone sets on either side, as indices into `sets`.
    kind, evidence : numpy.ndarray of uint8, shape (n_edges,)
        Indices into the members of `EdgeKind` and `Evidence`.
    sets : tuple of tuple of int
        The distinct sets of zones.
    n_seaward : int
        How many edges are no coast; they come first.
    """

    points: NDArray[np.float64]
    ends: NDArray[np.int32]
    left: NDArray[np.integer[Any]]
    right: NDArray[np.integer[Any]]
    kind: NDArray[np.uint8]
    evidence: NDArray[np.uint8]
    sets: tuple[tuple[int, ...], ...]
    n_seaward: int

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def lon1(self) -> NDArray[np.float64]:
        """Longitude where each edge begins, in degrees, shape (n_edges,)."""
        return self.points[self.ends[:, 0], 0]

    @property
    def lat1(self) -> NDArray[np.float64]:
        """Latitude where each edge begins, in degrees, shape (n_edges,)."""
        return self.points[self.ends[:, 0], 1]

    @property
    def lon2(self) -> NDArray[np.float64]:
        """Longitude where each edge ends, in degrees, shape (n_edges,)."""
        return self.points[self.ends[:, 1], 0]

    @property
    def lat2(self) -> NDArray[np.float64]:
        """Latitude where each edge ends, in degrees, shape (n_edges,)."""
        return self.points[self.ends[:, 1], 1]

    def kind_of(self, edge: int) -> EdgeKind:
        """What the edge is."""
        return _KINDS[self.kind[edge]]

    def evidence_of(self, edge: int) -> Evidence:
        """On what evidence it is said to be that."""
        return _EVIDENCE[self.evidence[edge]]

    def kind_name(self, edge: int) -> str:
        """What the edge is, in a word; "" for -1, no edge."""
        return "" if edge < 0 else self.kind_of(edge).value

    def beyond(self, edge: int, zones: tuple[int, ...]) -> tuple[int, ...]:
        """Zones on the side of the edge that does not hold exactly `zones`."""
        left, right = self.sets[self.left[edge]], self.sets[self.right[edge]]
        if set(left) == set(zones):
            return right
        if set(right) == set(zones):
            return left
        return tuple(sorted((set(left) | set(right)) - set(zones)))

    def bounding(self, selected: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which seaward edges bound the union of the selected zones, shape (n_seaward,)."""
        held = np.array([any(selected[zone] for zone in members) for members in self.sets])
        here: NDArray[np.bool_] = held[self.left[: self.n_seaward]]
        return here != held[self.right[: self.n_seaward]]

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Name the arrays, for a file."""
        counts = [len(members) for members in self.sets]
        return {
            "points": self.points,
            "ends": self.ends,
            "left": self.left,
            "right": self.right,
            "kind": self.kind,
            "evidence": self.evidence,
            "set_starts": np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            "set_zones": np.array([z for members in self.sets for z in members], dtype=np.int64),
            "n_seaward": np.array([self.n_seaward], dtype=np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Edges:
        """Take back what `to_arrays` named."""
        names = ("points", "ends", "left", "right", "kind", "evidence")
        starts, zones = arrays["set_starts"].tolist(), arrays["set_zones"].tolist()
        sets = tuple(tuple(zones[a:b]) for a, b in itertools.pairwise(starts))
        n_seaward = int(arrays["n_seaward"][0])
        return cls(**{name: arrays[name] for name in names}, sets=sets, n_seaward=n_seaward)


def classify(
    arrangement: Arrangement,
    rings: Rings,
    *,
    coast: Coast | None = None,
    lines: Lines | None = None,
) -> Edges:
    """Say of each edge what it is and on what evidence, and put the seaward edges first.

    Parameters
    ----------
    arrangement : Arrangement
        The edges with their sides.
    rings : Rings
        The rings they were taken from.
    coast : Coast, optional
        Land to compare with; without it no edge is known to be coast but by a small hole.
    lines : Lines, optional
        The source's own boundary lines, which go before all other evidence.

    Returns
    -------
    Edges
        The same edges, each once; their order within a class is that of the rings.
    """
    n = len(arrangement.lon1)
    kind = np.full(n, _KINDS.index(EdgeKind.UNKNOWN), dtype=np.uint8)
    evidence = np.full(n, _EVIDENCE.index(Evidence.NONE), dtype=np.uint8)

    def say(which: NDArray[np.bool_], what: EdgeKind, why: Evidence) -> None:
        new = which & (evidence == _EVIDENCE.index(Evidence.NONE))
        kind[new], evidence[new] = _KINDS.index(what), _EVIDENCE.index(why)

    lon = (arrangement.lon1 + arrangement.lon2) / 2
    lat = (arrangement.lat1 + arrangement.lat2) / 2
    if lines is not None:
        found = lines.tree.query(lon, lat, max_distance=lines.within)
        of_line = np.array([*lines.kinds, EdgeKind.UNKNOWN], dtype=object)[found.edge]
        for what in EdgeKind:
            say((found.edge >= 0) & (of_line == what), what, Evidence.SOURCE)
    size = np.array([len(members) for members in arrangement.sets])
    say(_is_shared(arrangement), EdgeKind.BOUNDARY, Evidence.SHARED_EDGE)
    one_sided = (size[arrangement.left] == 0) | (size[arrangement.right] == 0)
    far = np.full(n, np.inf)

    def unsaid() -> NDArray[np.int64]:
        return np.flatnonzero(evidence == _EVIDENCE.index(Evidence.NONE))

    if coast is not None:
        # Most edges are coast, and that is soon told; only the rest are asked how far off it is.
        ashore = np.zeros(n, dtype=bool)
        todo = unsaid()[one_sided[unsaid()]]
        a = arrangement
        ends = np.column_stack([a.lon1[todo], a.lat1[todo], a.lon2[todo], a.lat2[todo]])
        ashore[todo] = are_among(ends, coast.ends)
        todo = todo[~ashore[todo]]
        ashore[todo] = coast.areas.locate(lon[todo], lat[todo]) > 0
        todo = todo[~ashore[todo]]
        ashore[todo] = coast.tree.query(lon[todo], lat[todo], max_distance=coast.within).edge >= 0
        say(ashore, EdgeKind.COAST, Evidence.COAST_NEAR)
    say(
        one_sided & _small_holes(rings)[rings.ring_of_vertex()[arrangement.vertex]],
        EdgeKind.COAST,
        Evidence.ENCLOSED,
    )
    if coast is not None:
        todo, reach = unsaid(), max(BREADTHS) + coast.breadth_within
        far[todo] = coast.tree.query(lon[todo], lat[todo], max_distance=reach).distance
        for breadth in BREADTHS:
            at_breadth = np.abs(far - breadth) <= coast.breadth_within
            say(at_breadth, EdgeKind.OUTER_LIMIT, Evidence.BREADTH)

    is_coast = kind == _KINDS.index(EdgeKind.COAST)
    order = np.argsort(is_coast, kind="stable")
    points, ends = _ends(arrangement, rings)
    small = np.min_scalar_type(len(arrangement.sets))
    return Edges(
        points=points,
        ends=ends[order],
        left=arrangement.left[order].astype(small),
        right=arrangement.right[order].astype(small),
        kind=kind[order],
        evidence=evidence[order],
        sets=arrangement.sets,
        n_seaward=int(n - is_coast.sum()),
    )


def with_bare_coast(edges: Edges, ends: NDArray[np.float64]) -> Edges:
    """Add coast that no zone touches, so that the nearest land is known there too.

    Parameters
    ----------
    edges : Edges
    ends : numpy.ndarray of float64, shape (n, 4)
        Edges of all land: longitude and latitude of both ends, in degrees.

    Returns
    -------
    Edges
        The same edges, and after them those of the land that are not among its coast.
    """
    known = np.column_stack([edges.lon1, edges.lat1, edges.lon2, edges.lat2])[edges.n_seaward :]
    bare = ends[~are_among(ends, known)]
    sets = edges.sets if () in edges.sets else (*edges.sets, ())
    small = np.min_scalar_type(len(sets))

    def longer(values: NDArray[Any], value: int) -> NDArray[Any]:
        return np.append(values.astype(small), np.full(len(bare), value, small))

    new = np.arange(2 * len(bare), dtype=np.int32).reshape(-1, 2) + np.int32(len(edges.points))
    return replace(
        edges,
        points=np.vstack([edges.points, bare.reshape(-1, 2)]),
        ends=np.vstack([edges.ends, new]),
        left=longer(edges.left, sets.index(())),
        right=longer(edges.right, sets.index(())),
        kind=longer(edges.kind, _KINDS.index(EdgeKind.COAST)).astype(np.uint8),
        evidence=longer(edges.evidence, _EVIDENCE.index(Evidence.COAST_NEAR)).astype(np.uint8),
        sets=sets,
    )


def _ends(arrangement: Arrangement, rings: Rings) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Ends of the edges among the published vertices, and those that are none added to these."""
    points = np.column_stack([rings.lon, rings.lat])
    ends = np.stack([arrangement.vertex, arrangement.vertex + 1], axis=1).astype(np.int32)
    sides = (arrangement.lon1, arrangement.lat1), (arrangement.lon2, arrangement.lat2)
    for end, columns in zip(ends.T, sides, strict=True):
        here = np.column_stack(columns)
        # As bits, for the sake of -0.
        is_new = (points[end].view(np.int64) != here.view(np.int64)).any(axis=1)
        end[is_new] = np.arange(is_new.sum()) + len(points)
        points = np.concatenate([points, here[is_new]])
    return points, ends


def _is_shared(arrangement: Arrangement) -> NDArray[np.bool_]:
    """Edges where one zone ends and another begins; not where a zone ends inside another."""
    sets = [frozenset(members) for members in arrangement.sets]
    pairs = np.stack([arrangement.left, arrangement.right]).astype(np.int64)
    code = pairs[0] * len(sets) + pairs[1]
    distinct, inverse = np.unique(code, return_inverse=True)
    shared = [
        bool(sets[c // len(sets)] - sets[c % len(sets)])
        and bool(sets[c % len(sets)] - sets[c // len(sets)])
        for c in distinct.tolist()
    ]
    return np.array(shared, dtype=bool)[inverse]


def _small_holes(rings: Rings) -> NDArray[np.bool_]:
    """Holes that a circle of 24 M covers, shape (n_rings,): islands, not pockets of high seas."""
    is_hole = np.ones(len(rings.rings) - 1, dtype=bool)
    is_hole[rings.polygons[:-1][np.diff(rings.polygons) > 0]] = False
    filled = np.flatnonzero(np.diff(rings.rings) > 0)
    small = np.zeros_like(is_hole)
    if len(filled):
        start = rings.rings[:-1][filled]
        corners = (
            reduce.reduceat(values, start)
            for reduce in (np.minimum, np.maximum)
            for values in (rings.lon, rings.lat)
        )
        small[filled] = distance(*corners) <= _SMALLEST_HIGH_SEAS
    return is_hole & small
