"""Fewer vertices, the same neighbours: zones simplified by their shared lines.

A line between two zones is taken once for both, so that they stay joined; a vertex in which lines
meet stays. Where a shortened line would run into another, or over to the other side of an
island, it is shortened less.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.edges.arrangement import unique_edges
from eezkit.errors import OptionError
from eezkit.geometry import Rings, nth_in_group

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

__all__ = ["simplify_coverage"]

_METRES_PER_DEGREE = 111_694.0
"""The longest degree of the ellipsoid: that of a meridian at a pole."""
_HALVINGS = 12


def simplify_coverage(shapes: NDArray[np.object_], tolerance: float) -> NDArray[np.object_]:
    """Simplify polygons that fit together, so that they still do.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely polygon or multipolygon, shape (n,)
        In degrees; neighbours share vertices.
    tolerance : float
        Metres on the ellipsoid that a line may move.

    Returns
    -------
    numpy.ndarray of shapely.MultiPolygon, shape (n,)
        With some of the vertices of `shapes`. No ring is lost.

    Raises
    ------
    OptionError
        If the tolerance is not a positive length.

    Notes
    -----
    Douglas and Peucker's algorithm on each line between two junctions, in longitude and latitude
    scaled so that no distance is taken for less than it is: every vertex left out lies within the
    tolerance of the new line. Along ±180° and at the poles all vertices stay. Lines that would
    cross, coincide, or jump over a junction or an island get half the tolerance, again and again;
    in the end none, which is the line as it was.

    Examples
    --------
    >>> import shapely
    >>> left = shapely.Polygon([(0, 0), (1, 0), (1.001, 0.5), (1, 1), (0, 1)])
    >>> right = shapely.Polygon([(1, 0), (2, 0), (2, 1), (1, 1), (1.001, 0.5)])
    >>> pair = simplify_coverage(np.array([left, right]), 500.0)
    >>> shapely.get_num_coordinates(pair).tolist(), shapely.coverage_is_valid(pair)
    ([5, 5], True)
    """
    if not (np.isfinite(tolerance) and tolerance > 0):
        raise OptionError(f"A tolerance of {tolerance!r} m is not a positive length.")
    rings = Rings.from_shapely(shapes)
    xy, vertex = _vertices(rings)
    lines = _Lines.of(xy, vertex, rings)
    allowed = np.full(len(lines), float(tolerance))
    stays = lines.within(allowed, np.arange(len(lines)), np.ones(len(lines.flat), dtype=bool))
    changed = np.arange(len(lines))
    for halving in range(_HALVINGS + 1):
        changed = lines.troubled(stays, changed)
        if not len(changed):
            break
        allowed[changed] = allowed[changed] / 2 if halving < _HALVINGS else 0.0
        stays = lines.within(allowed, changed, stays)
    kept = np.zeros(len(xy), dtype=bool)
    kept[lines.flat[stays]] = True
    return _rebuilt(rings, kept[vertex])


def _rebuilt(rings: Rings, stays: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Put rings together again of the vertices that stay, and close them."""
    # The last vertex of a ring only closes it.
    opened = rings.edge_starts()
    chosen = opened[stays[opened]]
    sizes = np.bincount(rings.ring_of_vertex()[chosen], minlength=len(rings.rings) - 1)
    stops = np.cumsum(sizes)
    first = chosen[stops - sizes]
    lon, lat = (np.insert(of[chosen], stops, of[first]) for of in (rings.lon, rings.lat))
    ends = np.append(0, np.cumsum(sizes + 1)).astype(np.int64)
    return Rings(lon, lat, ends, rings.polygons, rings.zones).to_shapely()


def _vertices(rings: Rings) -> tuple[Floats, Ints]:
    """The distinct vertices, and which of them each vertex of a ring is."""
    xy = np.column_stack([rings.lon, rings.lat]) + 0.0
    order = np.lexsort(xy.T)
    new = np.ones(len(xy), dtype=bool)
    new[1:] = (xy[order[1:]] != xy[order[:-1]]).any(axis=1)
    number = np.empty(len(xy), dtype=np.int64)
    number[order] = np.cumsum(new) - 1
    return xy[order[new]], number


@dataclass(frozen=True)
class _Lines:
    """Lines between junctions, each once.

    Parameters
    ----------
    xy : numpy.ndarray of float64, shape (n_vertices, 2)
    flat : numpy.ndarray of int64, shape (n_places,)
        The vertices of one line after the other.
    starts : numpy.ndarray of int64, shape (n_lines + 1,)
        Where each line begins among them.
    marks : numpy.ndarray of int64
        Vertices that no line may jump over: junctions, and one within each line.
    """

    xy: Floats
    flat: Ints
    starts: Ints
    marks: Ints

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def of(cls, xy: Floats, vertex: Ints, rings: Rings) -> _Lines:
        """Take rings apart at their junctions, at ±180° and at the poles."""
        start = rings.edge_starts()
        a, b = vertex[start], vertex[start + 1]
        first, _, _ = unique_edges(np.column_stack([xy[a], xy[b]]))
        degree = np.bincount(np.concatenate([a[first], b[first]]), minlength=len(xy))
        fixed = (degree != 2) | (np.abs(xy[:, 0]) == 180.0) | (np.abs(xy[:, 1]) == 90.0)
        found: dict[tuple[int, ...], Ints] = {}
        for begin, end in zip(rings.rings[:-1].tolist(), rings.rings[1:].tolist(), strict=True):
            ring = vertex[begin : end - 1]
            at = np.flatnonzero(fixed[ring])
            for run in _runs(ring, at if len(at) > 1 else _anchors(xy, ring, at)):
                # Neighbours have the same line, but for its direction.
                ends = (int(run[0]), int(run[1])), (int(run[-1]), int(run[-2]))
                turned = ends[0] > ends[1]
                key = (*ends[1], *ends[0]) if turned else (*ends[0], *ends[1])
                found.setdefault(key, run[::-1] if turned else run)
        runs = list(found.values())
        starts = np.cumsum([0, *map(len, runs)]).astype(np.int64)
        flat = np.concatenate(runs)
        middle = flat[(starts[:-1] + starts[1:]) // 2]
        marks = np.unique(np.concatenate([flat[starts[:-1]], flat[starts[1:] - 1], middle]))
        return cls(xy, flat, starts, marks)

    def within(self, allowed: Floats, which: Ints, before: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which places stay, if these lines keep what their tolerance asks and others stand."""
        import shapely

        stays = before.copy()
        place, owner = self._places(which)
        stays[place] = True
        which = which[allowed[which] > 0]
        place, owner = self._places(which)
        if not len(place):
            return stays
        lon, lat = self.xy[self.flat[place]].T
        sizes = np.diff(self.starts)[which]
        # No parallel is taken for shorter than the one nearest to the equator.
        least = np.minimum.reduceat(np.abs(lat), np.cumsum(sizes) - sizes)
        scale = np.cos(np.radians(least))[owner]
        lines = shapely.linestrings(np.column_stack([lon * scale, lat, place]), indices=owner)
        simple = shapely.simplify(
            lines, allowed[which] / _METRES_PER_DEGREE, preserve_topology=False
        )
        stays[place] = False
        kept = shapely.get_coordinates(simple, include_z=True)[:, 2]
        stays[kept.astype(np.int64)] = True
        return stays

    def troubled(self, stays: NDArray[np.bool_], among: Ints) -> Ints:
        """Shortened lines that cross or coincide with others, or jump over a mark of them.

        Only pairs are looked at that a line of `among` is one of.
        """
        import shapely

        place = np.flatnonzero(stays)
        owner = np.repeat(np.arange(len(self)), np.diff(self.starts))[place]
        same = owner[1:] == owner[:-1]
        begin, end, owner = place[:-1][same], place[1:][same], owner[:-1][same]
        a, b = self.flat[begin], self.flat[end]
        edges: Any = shapely.linestrings(np.stack([self.xy[a], self.xy[b]], axis=1))
        # Edges that were there before do not cross each other: one of two is new.
        new = end - begin > 1
        asked = np.flatnonzero(np.isin(owner, among))
        if len(among) == len(self):
            asked = asked[new[asked]]
        i, j = shapely.STRtree(edges).query(edges[asked], predicate="intersects")
        i = asked[i]
        shared = (a[i] == a[j]).astype(int) + (a[i] == b[j]) + (b[i] == a[j]) + (b[i] == b[j])
        meet = (i != j) & (shared != 1) & (new[i] | new[j])
        asked = asked[new[asked]]
        jumping = asked[self._jumps(begin[asked], end[asked])]
        bad = np.concatenate([i[meet], j[meet], jumping])
        return np.unique(owner[bad[new[bad]]])

    def _jumps(self, begin: Ints, end: Ints) -> Ints:
        """Which new edges have a mark between themselves and the vertices they leave out."""
        import shapely

        if not len(begin):
            return begin
        sizes = end - begin + 1
        index = np.repeat(np.arange(len(begin)), sizes)
        xy = self.xy[self.flat[begin[index] + nth_in_group(sizes)]]
        between = shapely.polygons(shapely.linearrings(xy, indices=index))
        points: Any = shapely.points(self.xy[self.marks])
        marks = shapely.STRtree(points)
        return np.unique(marks.query(between, predicate="contains")[0])

    def _places(self, which: Ints) -> tuple[Ints, Ints]:
        """Places of some lines, and which of these each is of."""
        sizes = np.diff(self.starts)[which]
        owner = np.repeat(np.arange(len(which)), sizes)
        return self.starts[which][owner] + nth_in_group(sizes), owner


def _anchors(xy: Floats, ring: Ints, fixed: Ints) -> Ints:
    """Two places at which a ring with fewer than two junctions is taken apart."""
    one = int(fixed[0]) if len(fixed) else int(np.argmin(ring))
    apart = np.hypot(*(xy[ring] - xy[ring[one]]).T)
    return np.sort(np.array([one, int(np.argmax(apart))]))


def _runs(ring: Ints, at: Ints) -> list[Ints]:
    """Pieces of a ring between these places, all the way round."""
    turned = np.concatenate([ring[at[0] :], ring[: at[0] + 1]])
    stops = np.append(at - at[0], len(ring))
    return [turned[a : b + 1] for a, b in itertools.pairwise(stops)]
