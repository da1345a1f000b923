"""Draw lines to a tolerance: exact vertices, as few as the stored edges between them allow."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eezkit import geodesy
from eezkit.errors import GeometryWarning, OptionError
from eezkit.geodesy import EdgeModel
from eezkit.geometry import nth_in_group
from eezkit.limits.sites import FOOT, to_lonlat, to_vector
from eezkit.limits.solve import EQUAL, corners, project

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.limits.sites import Sites
    from eezkit.limits.trace import Skeleton

__all__ = ["VERTEX", "Drawn", "draw"]

SMOOTH, TURNING, JUNCTION, CUT, COAST = range(5)

VERTEX = np.dtype(
    [
        ("lon", np.float64),
        ("lat", np.float64),
        ("along", np.float64),
        ("line", np.int64),
        ("kind", np.uint8),
        ("drawn", np.bool_),
        ("turned", np.bool_),
        ("left", FOOT, (2,)),
        ("right", FOOT, (2,)),
    ]
)
"""A vertex of a line: its place along the guide; whether the edge that follows is within the
tolerance, and was searched for a corner; the feet that govern it on either side, before it and
after it."""

_MARGIN = 0.8
"""Edges are tested in three places, which is no strict bound; so they must do better."""
_LOOSEST = 0.1
"""Of the breadth: with a tolerance near the breadth a zone may as well be nothing."""
_LONGEST = 50e3
_WIDEST = 20.0
"""Degrees of longitude a single edge may span: near a pole straight lines are far from short."""
_ROUNDS = 60
_ONE_PLACE = 1.0
"""Metres: basepoints closer together than this are one, for any chart."""
_ON_MERIDIAN = 1e-11
"""Degrees of a great circle, 1 µm: a vertex this close to ±180° lies on it."""
_E = 0.0818191908426215
"""Eccentricity of the WGS 84 ellipsoid."""
_SIDES = ("left", "right")


class Drawn(NamedTuple):
    """Lines as they were drawn.

    Parameters
    ----------
    vertices : numpy.ndarray of VERTEX, shape (n_vertices,)
        Line after line.
    left, right : numpy.ndarray of int64, shape (n_lines,)
        The sites on either side of each line.
    nodes : numpy.ndarray of int64, shape (n_lines, 2)
        Where each line begins and ends in the skeleton, by which lines hang together.
    """

    vertices: NDArray[np.void]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    nodes: NDArray[np.int64]


def draw(
    skeleton: Skeleton,
    sites: Sites,
    *,
    tolerance: float,
    edges: EdgeModel = EdgeModel.PLANAR,
    over_land: bool = True,
) -> Drawn:
    """Draw the lines of a skeleton so that no edge strays by more than the tolerance.

    Parameters
    ----------
    skeleton : Skeleton
        Lines as a mesh sees them.
    sites : Sites
    tolerance : float
        Metres that an edge may lie off the true line.
    edges : EdgeModel
        How an edge runs between its vertices where the lines are to be stored.
    over_land : bool
        Whether to keep what runs over land: limits do not, and boundaries close zones there.

    Returns
    -------
    Drawn

    Raises
    ------
    OptionError
        If the tolerance is more than a tenth of the breadth.

    Notes
    -----
    Every vertex is equally far from both sites to 1 µm, but those of kind ``CUT`` that could
    not be: they lie on ±180° and within the tolerance. There is one wherever a basepoint takes
    over from another that is more than 1 m away from it.
    """
    if tolerance > sites.breadth * _LOOSEST:
        raise OptionError(
            f"The tolerance is {tolerance:g} m, of a breadth of {sites.breadth:g} m. Accepted is a "
            f"tenth of the breadth at most, {sites.breadth * _LOOSEST:g} m."
        )
    pen = _Pen(skeleton, sites, tolerance, edges)
    v = pen.ink(pen.turn(pen.take_up()))
    return pen.number(v) if over_land else pen.number(*pen.leave_land(v))


class _Pen:
    """What stays the same while lines are drawn."""

    def __init__(
        self, skeleton: Skeleton, sites: Sites, tolerance: float, edges: EdgeModel
    ) -> None:
        self.skeleton = skeleton
        self.sites = sites
        self.tolerance = tolerance
        self.edges = edges
        self.left, self.right = skeleton.left, skeleton.right

    def take_up(self) -> NDArray[np.void]:
        """The vertices of the skeleton with their feet."""
        k = self.skeleton
        v = np.zeros(len(k.order), dtype=VERTEX)
        v["line"] = np.repeat(np.arange(len(k.left)), np.diff(k.starts))
        v["lon"], v["lat"] = k.lon[k.order], k.lat[k.order]
        v["kind"] = np.where(k.order >= k.n_crossings, JUNCTION, SMOOTH)
        for side, site in zip(_SIDES, (self.left, self.right), strict=True):
            v[side] = self.sites.nearest(site[v["line"]], v["lon"], v["lat"]).foot[:, None]
        return v

    def turn(self, v: NDArray[np.void]) -> NDArray[np.void]:
        """Insert a corner wherever the foot on one side jumps from one place to another."""
        for _ in range(_ROUNDS):
            at = _edges_of(v)
            at = at[~v["turned"][at]]
            leap, depth = self._leaps(v, at)
            side = leap.argmax(axis=0)
            length = _apart(v[at], v[at + 1])
            # A foot slides no faster than the vertex moves, unless the coast is hollow there.
            jumps = (leap.max(axis=0) > 1.05 * length + 0.01) & (length > 1e-3)
            jumps &= self._matters(leap.max(axis=0), length, depth)
            v["turned"][at] = True
            if not jumps.any():
                break
            at, side, length = at[jumps], side[jumps], length[jumps]
            new, found = self._corners(v, at, side)
            leap, depth = self._leaps(new, np.arange(len(new)), over=False)
            found &= self._matters(leap.max(axis=0), length, depth)
            at = at[found]
            v["drawn"][at] = v["turned"][at] = False
            v = np.insert(v, at + 1, new[found])
        return v

    def _leaps(
        self, v: NDArray[np.void], at: NDArray[np.int64], *, over: bool = True
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How far feet leap, over an edge or at a vertex, and how far away they are."""
        leap = np.zeros((2, len(at)))
        depth = np.full(len(at), np.inf)
        for number, side in enumerate(_SIDES):
            before, after = (
                (v[side][at, 1], v[side][at + 1, 0]) if over else (v[side][at, 0], v[side][at, 1])
            )
            there = before["edge"] != after["edge"]
            leap[number, there] = _apart(before[there], after[there])
            there = before["edge"] >= 0
            depth[there] = np.minimum(depth[there], _apart(v[at[there]], before[there]))
        return leap, depth

    def _matters(
        self, leap: NDArray[np.float64], length: NDArray[np.float64], depth: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Whether a kink this sharp moves an edge of this length by much of the tolerance."""
        return length * leap > 0.05 * self.tolerance * 4 * depth

    def _corners(
        self, v: NDArray[np.void], at: NDArray[np.int64], side: NDArray[np.int64]
    ) -> tuple[NDArray[np.void], NDArray[np.bool_]]:
        """The corner between the ends of each of these edges, and whether it was found."""
        pair = np.stack([v["left"], v["right"]])
        feet = pair[side, at, 1], pair[side, at + 1, 0]
        return self._meetings(v, at, side, *feet, *to_lonlat(_vectors(v[at]) + _vectors(v[at + 1])))

    def _meetings(
        self,
        v: NDArray[np.void],
        at: NDArray[np.int64],
        side: NDArray[np.int64],
        before: NDArray[np.void],
        after: NDArray[np.void],
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
    ) -> tuple[NDArray[np.void], NDArray[np.bool_]]:
        """Where on each of these edges the foot on one side goes from one place to another."""
        line = v["line"][at]
        site = np.stack([self.left[line], self.right[line]])
        rows = np.arange(len(at))
        turning, steady = site[side, rows], site[1 - side, rows]
        meeting, before, after, other = corners(
            self.sites, turning, steady, before, after, lon, lat
        )
        new = np.zeros(len(at), dtype=VERTEX)
        new["lon"], new["lat"], new["line"], new["kind"] = meeting.lon, meeting.lat, line, TURNING
        new["along"] = (v["along"][at] + v["along"][at + 1]) / 2
        for number, name in enumerate(_SIDES):
            turns = side == number
            new[name][turns] = np.stack([before, after], axis=1)[turns]
            new[name][~turns] = other[~turns, None]
        to_ends = np.stack([_apart(new, v[at]), _apart(new, v[at + 1])])
        far = geodesy.distance(new["lon"], new["lat"], after["lon"], after["lat"])
        reach = np.minimum(500 * _apart(v[at], v[at + 1]), far)
        within = far <= self.sites.breadth + 2 * EQUAL
        return new, meeting.found & within & (to_ends.min(0) > 1e-4) & (to_ends.max(0) < reach)

    def turn_everywhere(self, v: NDArray[np.void]) -> NDArray[np.void]:
        """Insert a corner also where the kink is far too blunt to matter to the tolerance."""
        at = _edges_of(v)
        for _ in range(_ROUNDS):
            at, side, *bracket = self._takeovers(v, at)
            at, first = np.unique(at, return_index=True)
            if not len(at):
                break
            new, found = self._meetings(v, at, *(each[first] for each in (side, *bracket)))
            leap, _ = self._leaps(new, np.arange(len(new)), over=False)
            found &= leap.max(axis=0) > _ONE_PLACE
            at = at[found]
            v["drawn"][at] = False
            v = np.insert(v, at + 1, new[found])
            at += np.arange(len(at))
            at = np.stack([at, at + 1], axis=1).ravel()
        return v

    def _takeovers(
        self, v: NDArray[np.void], at: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], *tuple[NDArray[Any], ...]]:
        """Halve edges until what is left of their feet's way is a leap, or no way at all.

        Returns the edges, the sides on which feet leap, the feet before and after, and where.
        """
        pair = np.stack([v["left"], v["right"]])
        side, edge = (each.ravel() for each in np.meshgrid([0, 1], at, indexing="ij"))
        feet = [pair[side, edge, 1], pair[side, edge + 1, 0]]
        ends = [_vectors(v[edge]), _vectors(v[edge + 1])]
        site = np.stack([self.left, self.right])[side, v["line"][edge]]
        length = _apart(v[edge], v[edge + 1])
        leaps = np.zeros(len(edge), dtype=bool)
        todo = np.flatnonzero(feet[0]["edge"] != feet[1]["edge"])
        while len(todo):
            way = _apart(feet[0][todo], feet[1][todo])
            leaps[todo] = way > np.maximum(1.05 * length[todo], _ONE_PLACE)
            todo = todo[(way > _ONE_PLACE) & ~leaps[todo]]
            middle = ends[0][todo] + ends[1][todo]
            middle /= np.linalg.norm(middle, axis=1, keepdims=True)
            foot = self.sites.nearest(site[todo], *to_lonlat(middle)).foot
            sooner = _apart(feet[0][todo], foot) > _apart(foot, feet[1][todo])
            for which, end in ((~sooner, 0), (sooner, 1)):
                feet[end][todo[which]], ends[end][todo[which]] = foot[which], middle[which]
            length[todo] /= 2
        lon, lat = to_lonlat(ends[0][leaps] + ends[1][leaps])
        return edge[leaps], side[leaps], feet[0][leaps], feet[1][leaps], lon, lat

    def ink(self, guide: NDArray[np.void]) -> NDArray[np.void]:
        """Draw along the guide from its fixed vertices, edge by edge, until all are good."""
        vectors = _vectors(guide)
        step = np.linalg.norm(np.diff(vectors, axis=0, prepend=vectors[:1]), axis=1) * 6.37e6
        # A gap between lines, so that places along the guide belong to one line only.
        step[np.flatnonzero(np.diff(guide["line"], prepend=-1))] = 1e3
        guide["along"] = np.cumsum(step)
        self._guide = guide["along"], vectors
        ends = np.diff(guide["line"], prepend=-1, append=-1) != 0
        v = self._exactly(guide[(guide["kind"] != SMOOTH) | ends[:-1] | ends[1:]])
        strayed = 0
        for _ in range(_ROUNDS):
            at, parts = self._strays(v)
            if len(at):
                v, lost = self._divide(v, at, parts)
                strayed += lost
                continue
            n = len(v)
            v = self._cut(self.turn(v))
            if len(v) == n:
                v = self.turn_everywhere(v)
            if len(v) == n:
                break
        else:
            strayed += len(at)
            v = self._cut(v)
        if strayed:
            warnings.warn(
                f"{strayed} edges may lie farther than {self.tolerance} m off the true line.",
                GeometryWarning,
                stacklevel=5,
            )
        return self._without_specks(v)

    def _without_specks(self, v: NDArray[np.void]) -> NDArray[np.void]:
        """Drop closed lines that enclose less than the tolerance covers."""
        lines = np.arange(len(self.left))
        first = np.searchsorted(v["line"], lines)
        last = np.searchsorted(v["line"], lines, side="right") - 1
        k = self.skeleton
        is_closed = k.order[k.starts[:-1]] == k.order[k.starts[1:] - 1]
        spokes = (_vectors(v) - _vectors(v[first])[v["line"]]) * 6.37e6
        steps = np.linalg.norm(np.diff(spokes, axis=0, prepend=spokes[:1]), axis=1)
        fans = np.cross(spokes, np.roll(spokes, -1, axis=0)) / 2
        fans[last], steps[first] = 0.0, 0.0
        area = np.linalg.norm(np.add.reduceat(fans, first, axis=0), axis=1)
        length = np.add.reduceat(steps, first)
        return v[~(is_closed & (area <= self.tolerance * length / 2))[v["line"]]]

    def _exactly(self, v: NDArray[np.void]) -> NDArray[np.void]:
        """Put the smooth vertices, which only guided so far, on the line."""
        at = np.flatnonzero(v["kind"] == SMOOTH)
        left, right = self.left[v["line"][at]], self.right[v["line"][at]]
        reach = np.full(len(at), 1e3)
        x, y, a, b, _ = project(self.sites, left, right, v["lon"][at], v["lat"][at], reach)
        v["lon"][at], v["lat"][at] = x, y
        v["left"][at], v["right"][at] = a.foot[:, None], b.foot[:, None]
        return v

    def _strays(self, v: NDArray[np.void]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Edges that leave the line by more than the tolerance, and into how many to divide them.

        An edge half as long strays a quarter as far, so the number follows from one test.
        """
        at = _edges_of(v)
        at = at[~v["drawn"][at]]
        wide = np.abs(_longitude_step(v, at)) / _WIDEST
        long = (v["along"][at + 1] - v["along"][at]) / min(_LONGEST, self.sites.breadth / 4)
        parts = np.ceil(np.maximum(wide, long)).astype(np.int64)
        # A closed line without a corner: from its first vertex to its last is no way at all.
        whole = np.bincount(v["line"])[v["line"][at]] == 2
        round_ = whole & (v[at]["kind"] == SMOOTH) & (_apart(v[at], v[at + 1]) == 0)
        parts[round_] = np.maximum(parts[round_], 4)
        short = np.flatnonzero(parts <= 1)
        worst = np.zeros(len(short))
        for t in (0.5, 0.25, 0.75):
            undecided = np.flatnonzero(worst <= _MARGIN * self.tolerance)
            worst[undecided] = self._off(v, at[short[undecided]], t)
        need = np.sqrt(worst / (_MARGIN * self.tolerance))
        parts[short] = np.clip(np.ceil(np.where(need > 1, 1.03 * need, 1)), 1, 100)
        v["drawn"][at[parts <= 1]] = True
        return at[parts > 1], parts[parts > 1]

    def _off(self, v: NDArray[np.void], at: NDArray[np.int64], t: float) -> NDArray[np.float64]:
        """Metres between the line and a point of each edge."""
        lon, lat = self._point(v, at, t)
        line = v["line"][at]
        a = self.sites.nearest(self.left[line], lon, lat)
        b = self.sites.nearest(self.right[line], lon, lat)
        slope = np.hypot(a.east - b.east, a.north - b.north)
        return np.abs(a.distance - b.distance) / np.maximum(slope, 1e-6)

    def _point(
        self, v: NDArray[np.void], at: NDArray[np.int64], t: float | NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The position at a fraction of each edge, as the edge is to be stored."""
        here, there = v[at], v[at + 1]
        if self.edges is EdgeModel.GEODESIC:
            far, azimuth, _ = geodesy.inverse(here["lon"], here["lat"], there["lon"], there["lat"])
            lon, lat, _ = geodesy.direct(here["lon"], here["lat"], azimuth, t * far)
            return lon, lat
        lat = here["lat"] + t * (there["lat"] - here["lat"])
        if self.edges is EdgeModel.LOXODROME:
            t = _part_of_longitude(here["lat"], lat, there["lat"], t)
        return here["lon"] + t * _longitude_step(v, at), lat

    def _divide(
        self, v: NDArray[np.void], at: NDArray[np.int64], parts: NDArray[np.int64]
    ) -> tuple[NDArray[np.void], int]:
        """Insert exact vertices into edges, evenly along the guide; how many were not found."""
        edge = np.repeat(at, parts - 1)
        number = nth_in_group(parts - 1) + 1
        span = v["along"][edge + 1] - v["along"][edge]
        new = np.zeros(len(edge), dtype=VERTEX)
        new["along"] = v["along"][edge] + span * number / np.repeat(parts, parts - 1)
        along, vectors = self._guide
        guided = [np.interp(new["along"], along, column) for column in vectors.T]
        reach = span / np.repeat(parts, parts - 1)
        found = self._settle(v, edge, new, np.stack(guided, axis=1), reach)
        # The guide may be too coarse for edges this short; the middle of the edge is not.
        missed = np.setdiff1d(edge[~found], edge[found])
        middle = np.zeros(len(missed), dtype=VERTEX)
        middle["along"] = (v["along"][missed] + v["along"][missed + 1]) / 2
        between = _vectors(v[missed]) + _vectors(v[missed + 1])
        half = _apart(v[missed], v[missed + 1]) / 2
        settled = self._settle(v, missed, middle, between, half)
        v["drawn"][at] = v["turned"][at] = False
        v["drawn"][missed[~settled]] = True
        edge = np.concatenate([edge[found], missed[settled]])
        new = np.concatenate([new[found], middle[settled]])
        order = np.argsort(edge, kind="stable")
        return np.insert(v, edge[order] + 1, new[order]), int((~settled).sum())

    def _settle(
        self,
        v: NDArray[np.void],
        edge: NDArray[np.int64],
        new: NDArray[np.void],
        near: NDArray[np.float64],
        reach: NDArray[np.float64],
    ) -> NDArray[np.bool_]:
        """Put new vertices of edges on the line, near some vectors; which were found there."""
        new["line"] = v["line"][edge]
        lon, lat = to_lonlat(near)
        left, right = self.left[new["line"]], self.right[new["line"]]
        x, y, a, b, found = project(self.sites, left, right, lon, lat, reach)
        new["lon"], new["lat"] = x, y
        new["left"], new["right"] = a.foot[:, None], b.foot[:, None]
        moved = geodesy.distance(lon, lat, x, y)
        return found & (moved < np.maximum(reach, 4 * self.tolerance))

    def _cut(self, v: NDArray[np.void]) -> NDArray[np.void]:
        """Insert a vertex where an edge crosses ±180°; a line may also run along it."""
        shrink = np.maximum(np.cos(np.radians(v["lat"])), 1e-3)
        v["lon"][(180.0 - np.abs(v["lon"])) * shrink < _ON_MERIDIAN] = 180.0
        at = _edges_of(v)
        at = at[np.abs(v["lon"][at + 1] - v["lon"][at]) > 180.0]
        at = at[(np.abs(v["lon"][at]) != 180.0) & (np.abs(v["lon"][at + 1]) != 180.0)]
        if not len(at):
            return v
        here, there = v[at], v[at + 1]
        west = np.remainder(180.0 - here["lon"] + 180.0, 360.0) - 180.0
        t = west / _longitude_step(v, at)
        chord = here["lat"] + t * (there["lat"] - here["lat"])
        new = np.zeros(len(at), dtype=VERTEX)
        new["line"], new["kind"], new["lon"] = here["line"], CUT, 180.0
        new["along"] = here["along"] + t * (there["along"] - here["along"])
        new["lat"] = self._on_meridian(new["line"], chord, _apart(here, there))
        for side, site in zip(_SIDES, (self.left, self.right), strict=True):
            found = self.sites.nearest(site[new["line"]], new["lon"], new["lat"])
            new[side] = found.foot[:, None]
        v["drawn"][at] = v["turned"][at] = False
        return np.insert(v, at + 1, new)

    def leave_land(self, v: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Keep what runs at sea, and number the runs; where a line meets the coast it ends."""
        ashore = self.sites.baseline.on_land(v["lon"], v["lat"])
        at = _edges_of(v)
        at = at[ashore[at] != ashore[at + 1]]
        low, high = np.zeros(len(at)), np.ones(len(at))
        for _ in range(40):
            t = (low + high) / 2
            same = self.sites.baseline.on_land(*self._point(v, at, t)) == ashore[at]
            low, high = np.where(same, t, low), np.where(same, high, t)
        new = np.zeros(len(at), dtype=VERTEX)
        new["line"], new["kind"] = v["line"][at], COAST
        site = self.left[new["line"]], self.right[new["line"]]
        reach = _apart(v[at], v[at + 1])
        x, y, a, b, _ = project(self.sites, *site, *self._point(v, at, low), reach)
        new["lon"], new["lat"] = x, y
        new["left"], new["right"] = a.foot[:, None], b.foot[:, None]
        v = np.insert(v, at + 1, new)
        at_sea = np.insert(~ashore, at + 1, True)
        run = np.cumsum(~at_sea | (np.diff(v["line"], prepend=-1) != 0))[at_sea]
        return v[at_sea], run

    def number(self, v: NDArray[np.void], run: NDArray[np.int64] | None = None) -> Drawn:
        """Number the lines anew, as runs of vertices if given, and say what lies beside them."""
        number = v["line"] if run is None else run
        _, first, line = np.unique(number, return_index=True, return_inverse=True)
        old = v["line"][first]
        v["line"] = line
        k = self.skeleton
        nodes = np.stack([k.order[k.starts[old]], k.order[k.starts[old + 1] - 1]], axis=1)
        return Drawn(v, k.left[old], k.right[old], nodes)

    def _on_meridian(
        self, line: NDArray[np.int64], chord: NDArray[np.float64], reach: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Latitudes at which lines meet ±180°, or where the chord does if that is not found."""
        lat = chord.copy()
        for _ in range(20):
            on = np.full(len(lat), 180.0)
            a = self.sites.nearest(self.left[line], on, lat)
            b = self.sites.nearest(self.right[line], on, lat)
            off = a.distance - b.distance
            if not (np.abs(off) > 1e-6).any():
                break
            slope = a.north - b.north
            step = np.divide(off, slope, out=np.zeros_like(off), where=np.abs(slope) > 1e-3)
            # Within 1 % of the local radius: the distances, not the derivative, decide.
            lat = np.clip(lat + np.clip(step, -reach, reach) / 111e3, -90.0, 90.0)
        strayed = (np.abs(off) > 1e-6) | (np.abs(lat - chord) * 111e3 > reach)
        return np.where(strayed, chord, lat)


def _edges_of(v: NDArray[np.void]) -> NDArray[np.int64]:
    """First vertex of each edge."""
    return np.flatnonzero(v["line"][1:] == v["line"][:-1])


def _longitude_step(v: NDArray[np.void], at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Degrees of longitude from an edge's start to its end, the short way."""
    return np.remainder(v["lon"][at + 1] - v["lon"][at] + 180.0, 360.0) - 180.0


def _part_of_longitude(
    start: NDArray[np.float64],
    lat: NDArray[np.float64],
    end: NDArray[np.float64],
    t: float | NDArray[np.float64],
) -> NDArray[np.float64]:
    """How much of its longitude a loxodrome has gone through at a latitude on its way."""
    sine = np.clip(np.sin(np.radians([start, lat, end])), -1 + 1e-12, 1 - 1e-12)
    first, here, last = np.arctanh(sine) - _E * np.arctanh(_E * sine)
    rise = last - first
    # Near the parallel isometric latitudes cancel, and grow as latitudes do.
    return np.where(np.abs(rise) > 1e-7, (here - first) / np.where(rise == 0, 1, rise), t)


def _apart(some: NDArray[np.void], others: NDArray[np.void]) -> NDArray[np.float64]:
    return geodesy.distance(some["lon"], some["lat"], others["lon"], others["lat"])


def _vectors(v: NDArray[np.void]) -> NDArray[np.float64]:
    return to_vector(v["lon"], v["lat"])
