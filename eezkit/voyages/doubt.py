"""What a greatest speed says: when a ship can have crossed, and where it can have been in a gap.

Between two fixes a ship that does at most so many knots stays within the ellipse of the places
from which the ways to both fixes are together no longer than it can have gone. A zone that the
ellipse misses it *cannot* have entered; a zone that holds a fix, or parts the ellipse between
the fixes, it *must* have entered; any other it *may* have entered. Where it is not certain the
verdict is *may*, so that neither of the others is ever wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.geodesy import direct, distance, inverse
from eezkit.units import M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.atlas import Atlas
    from eezkit.nearest import EdgeTree
    from eezkit.voyages.timeline import Timeline

__all__ = ["earliest_latest", "entered_in_gaps", "zones_within_reach"]

_UNIT = 256.0  # of the coordinates of an EdgeTree, to the metre
_SLACK = 4.0 / _UNIT  # metres: rounding of these coordinates
_A, _B = 6378137.0, 6356752.314245179
_FLATTEST, _SHARPEST = _A * _A / _B, _B * _B / _A
# Metres: over a longer gap no barrier is looked for.
_LONGEST = 5e6
# Cells along the longer side of the grid on which a way round a zone is sought.
_CELLS = 48


def earliest_latest(
    line: Timeline, at: NDArray[np.int64], edge: NDArray[np.int64], atlas: Atlas, max_speed: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When each crossing can have been, given the greatest speed.

    Parameters
    ----------
    line : Timeline
    at : numpy.ndarray of int64, shape (n_crossings,)
        The moments.
    edge : numpy.ndarray of int64, shape (n_crossings,)
        The edges crossed; -1 where not known.
    atlas : Atlas
    max_speed : float
        Knots.

    Returns
    -------
    earliest, latest : numpy.ndarray of int64, shape (n_crossings,)
        Nanoseconds since 1970 UTC; the times of the fixes where the edge is not known.

    Notes
    -----
    The ship cannot have met any edge of the same two sides sooner than the nearest of them is
    from the fix before, nor later than the nearest is from the fix after.
    """
    tracks, fix = line.tracks, line.fix[at]
    earliest, latest = tracks.time[fix].copy(), tracks.time[fix + 1].copy()
    edges = atlas.edges
    sides = np.sort(np.stack([edges.left, edges.right]).astype(np.int64), axis=0)
    pair = sides[0] * len(edges.sets) + sides[1]
    known = np.flatnonzero(edge >= 0)
    for which in np.unique(pair[edge[known]]).tolist():
        rows = known[pair[edge[known]] == which]
        ends = np.concatenate([fix[rows], fix[rows] + 1])
        lon, lat = tracks.lon[ends], tracks.lat[ends]
        far = np.full(len(ends), np.inf)
        same = pair == which
        trees = (
            (atlas.seaward, slice(None, edges.n_seaward)),
            (atlas.coast, slice(edges.n_seaward, None)),
        )
        for tree, part in trees:
            if same[part].any():
                far = np.minimum(far, tree.query(lon, lat, active=same[part]).distance)
        hours = np.rint(far / (max_speed * M) * 3.6e12).astype(np.int64)
        earliest[rows] += hours[: len(rows)]
        latest[rows] -= hours[len(rows) :]
    # At exactly the greatest speed rounding may part them by a nanosecond.
    return np.minimum(earliest, line.time[at]), np.maximum(latest, line.time[at])


def entered_in_gaps(
    line: Timeline, at: NDArray[np.int64], atlas: Atlas, max_speed: float
) -> tuple[list[str | None], list[str | None]]:
    """Names of the zones that a ship may, and that it must, have entered in each gap.

    Parameters
    ----------
    line : Timeline
    at : numpy.ndarray of int64, shape (n_gaps,)
        The moments at which gaps begin.
    atlas : Atlas
    max_speed : float
        Knots.

    Returns
    -------
    may, must : list of str or None, length n_gaps
        Joined by ``|``; those it must have entered are among those it may. None where no zone
        is, and where the ship cannot have got from one fix to the other at all.
    """
    tracks = line.tracks
    may: list[str | None] = []
    must: list[str | None] = []
    for fix in line.fix[at].tolist():
        a = float(tracks.lon[fix]), float(tracks.lat[fix])
        b = float(tracks.lon[fix + 1]), float(tracks.lat[fix + 1])
        reach = max_speed * M * float(tracks.time[fix + 1] - tracks.time[fix]) / 3.6e12
        found = zones_within_reach(atlas, a, b, reach)
        for names, said in ((found, may), ({z for z in found if found[z] == "must"}, must)):
            said.append("|".join(atlas.every_zone[zone].name for zone in sorted(names)) or None)
    return may, must


def zones_within_reach(
    atlas: Atlas, a: tuple[float, float], b: tuple[float, float], reach: float
) -> dict[int, str]:
    """Zones that a ship may or must have entered between two fixes.

    Parameters
    ----------
    atlas : Atlas
    a, b : (float, float)
        Longitude and latitude of the fixes, in degrees.
    reach : float
        Metres that it can have gone.

    Returns
    -------
    dict of int to {"may", "must"}
        By zone, as an index into those of the atlas; the zones that are not in it it cannot have
        entered. Empty if it cannot have got from one fix to the other.
    """
    far = float(distance(*a, *b))
    if far > reach:
        return {}
    chosen = range(len(atlas.every_zone)) if atlas.selected is None else atlas.selected
    held = {zone for end in (a, b) for zone in _holding(atlas, *end)}
    found = dict.fromkeys(_edges_within(atlas, a, b, reach), "may") | dict.fromkeys(held, "must")
    found = {zone: verdict for zone, verdict in found.items() if zone in set(chosen)}
    # Only a zone in the straight way can bar all ways.
    share = np.linspace(0.0, 1.0, 65)[1:-1]
    azimuth = inverse(*a, *b)[1]
    x, y, _ = direct(*a, azimuth, share * far)
    between = {
        zone
        for code in np.unique(atlas.index.locate(x, y)).tolist()
        for zone in atlas.index.zones(code)
    }
    for zone in sorted(between):
        if found.get(zone) == "may" and _is_barred(atlas, zone, a, b, far, reach):
            found[zone] = "must"
    return found


def _holding(atlas: Atlas, lon: float, lat: float) -> tuple[int, ...]:
    return atlas.index.zones(atlas.index.locate_one(lon, lat))


def _space(lon: Any, lat: Any) -> NDArray[np.float64]:
    """Earth-centred metres."""
    x, y = np.radians(lon), np.radians(lat)
    e2 = 1.0 - (_B / _A) ** 2
    w = _A / np.sqrt(1.0 - e2 * np.sin(y) ** 2)
    return np.stack(
        [w * np.cos(y) * np.cos(x), w * np.cos(y) * np.sin(x), w * (1 - e2) * np.sin(y)], axis=-1
    )


def _no_less(chord: NDArray[np.float64]) -> NDArray[np.float64]:
    """The least that a geodesic over a chord can be, in metres."""
    return 2.0 * _FLATTEST * np.arcsin(np.minimum(np.maximum(chord, 0.0) / (2.0 * _FLATTEST), 1.0))


def _edges_within(
    atlas: Atlas, a: tuple[float, float], b: tuple[float, float], reach: float
) -> set[int]:
    """Zones with an edge in the ellipse, or so close to it that it is not told."""
    edges, ends = atlas.edges, np.stack([_space(*a), _space(*b)])
    zones: set[int] = set()
    for tree, first in ((atlas.seaward, 0), (atlas.coast, edges.n_seaward)):
        pieces = _pieces_within(tree, ends, reach)
        number = tree.chords[pieces, 7].astype(np.int64) + first
        # One of each pair of sides is enough, the one most surely within.
        sides = np.stack([edges.left[number], edges.right[number]]).astype(np.int64)
        for pair in np.unique(sides, axis=1).T.tolist():
            members = set(edges.sets[pair[0]]) | set(edges.sets[pair[1]])
            if members <= zones:
                continue
            of_pair = pieces[(sides[0] == pair[0]) & (sides[1] == pair[1])]
            if _meets(tree, of_pair, a, b, reach):
                zones |= members
    return zones


def _pieces_within(tree: EdgeTree, ends: NDArray[np.float64], reach: float) -> NDArray[np.int64]:
    """Pieces of which a place may have both ways together within reach; down the boxes."""
    if not len(tree.chords):
        return np.empty(0, np.int64)

    def sums(low: NDArray[Any], high: NDArray[Any]) -> NDArray[np.float64]:
        total = np.zeros(len(low))
        for end in ends:
            off = np.maximum(np.maximum(low / _UNIT - end, end - high / _UNIT), 0.0)
            total += _no_less(np.sqrt((off * off).sum(axis=1)) - _SLACK)
        return total

    n_leaves = len(tree.nodes) // 2
    nodes = np.array([1])
    while nodes[0] < n_leaves:
        nodes = nodes[sums(tree.nodes[nodes, :3], tree.nodes[nodes, 3:]) <= reach]
        if not len(nodes):
            return np.empty(0, np.int64)
        nodes = np.concatenate([2 * nodes, 2 * nodes + 1])
        nodes.sort()
    nodes = nodes[sums(tree.nodes[nodes, :3], tree.nodes[nodes, 3:]) <= reach] - n_leaves
    n = len(tree.chords)
    start, stop = nodes * n // n_leaves, (nodes + 1) * n // n_leaves
    pieces = np.repeat(start - np.cumsum(np.append(0, (stop - start)[:-1])), stop - start)
    pieces = pieces + np.arange(len(pieces))
    chords = tree.chords[pieces]
    low = np.minimum(chords[:, :3], chords[:, 3:6]) - chords[:, 6:7]
    high = np.maximum(chords[:, :3], chords[:, 3:6]) + chords[:, 6:7]
    return np.asarray(pieces[sums(low, high) <= reach], np.int64)


def _meets(
    tree: EdgeTree,
    pieces: NDArray[np.int64],
    a: tuple[float, float],
    b: tuple[float, float],
    reach: float,
) -> bool:
    """Whether a place of these pieces has both ways together within reach, or may have.

    The sum of the ways falls by at most twice what one goes along a piece.
    """
    for some in np.array_split(pieces, -(-len(pieces) // 2000)):
        one, other = (tree.points[tree.pieces[some, k]] for k in (0, 1))
        sums = [
            distance(*a, end[:, 0], end[:, 1]) + distance(end[:, 0], end[:, 1], *b)
            for end in (one, other)
        ]
        long = distance(one[:, 0], one[:, 1], other[:, 0], other[:, 1])
        if ((sums[0] + sums[1]) / 2.0 - 1.001 * long - 1.0 <= reach).any():
            return True
    return False


def _is_barred(
    atlas: Atlas,
    zone: int,
    a: tuple[float, float],
    b: tuple[float, float],
    far: float,
    reach: float,
) -> bool:
    """Whether every way within reach leads through the zone.

    Flood over a grid that covers the ellipse: a cell is passed unless it lies wholly in the
    zone, or wholly beyond reach. What the flood cannot pass no ship can.
    """
    if far > _LONGEST:
        return False
    along = (reach - far) / 2.0
    # On a sphere an ellipse is wider than on a plane by this much.
    wider = 1.01 * np.sqrt(1.0 + (far / (2.0 * _SHARPEST)) ** 2 / 3.0)
    across = wider * np.sqrt(max(reach * reach - far * far, 0.0)) / 2.0
    size = max(far + 2.0 * along, 2.0 * across) / _CELLS
    n_along, n_across = (
        int(np.ceil(span / size)) + 4 for span in (far + 2.0 * along, 2.0 * across)
    )
    u = (np.arange(n_along) - 1.5) * size - along
    v = (np.arange(n_across) - n_across / 2.0 + 0.5) * size
    azimuth = inverse(*a, *b)[1]
    x, y, turn = direct(a[0], a[1], azimuth, u)
    x, y, _ = direct(x[:, None], y[:, None], turn[:, None] + 90.0, v[None, :])
    # Half a diagonal, and a fifth for what the sphere does to the grid.
    radius = 1.2 * size * np.sqrt(0.5)
    free = distance(*a, x, y) + distance(x, y, *b) - 2.0 * radius <= reach
    codes = atlas.index.locate(x, y)
    holds = np.array([zone in atlas.index.zones(code) for code in range(atlas.index.n_codes + 1)])
    inside = free & holds[np.maximum(codes, 0)]
    edges = atlas.edges
    of_zone = np.array([zone in members for members in edges.sets])
    bounding = of_zone[edges.left] != of_zone[edges.right]
    for tree, part in (
        (atlas.seaward, bounding[: edges.n_seaward]), (atlas.coast, bounding[edges.n_seaward :]),
    ):  # fmt: skip
        rows = np.flatnonzero(inside)
        if len(rows) and part.any():
            near = tree.query(x.flat[rows], y.flat[rows], active=part, max_distance=radius)
            inside.flat[rows[near.edge >= 0]] = False
    free &= ~inside
    start, goal = ((int(np.argmin(np.abs(u - far * k))), n_across // 2) for k in (0, 1))
    return not _connected(free, start, goal)


def _connected(free: NDArray[np.bool_], start: tuple[int, int], goal: tuple[int, int]) -> bool:
    """Whether cells that touch, corners too, lead from one to the other."""
    seen = np.zeros_like(free)
    seen[start] = True
    count = 0
    while count != (count := int(seen.sum())):
        grown = seen.copy()
        grown[1:] |= seen[:-1]
        grown[:-1] |= seen[1:]
        wide = grown.copy()
        wide[:, 1:] |= grown[:, :-1]
        wide[:, :-1] |= grown[:, 1:]
        seen = wide & (free | seen)
        if seen[goal]:
            return True
    return False
