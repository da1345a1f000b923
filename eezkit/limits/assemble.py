"""From lines to polygons: rings with the zone on their left, cut at ±180° on the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eezkit.errors import BaselineError
from eezkit.geometry import Rings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from eezkit.limits.lines import Lines

__all__ = ["DECIMALS", "polygons"]

DECIMALS = 9
"""Of degrees, in files: 0.06 mm."""
_SPECK = 1e-14
"""Square degrees, 0.0001 m²: what is left of a ring when rounding has closed it."""

Ring = list[tuple[float, float, int]]
"""Longitude, latitude and number of the vertex among those of the lines; -1 for none."""


def polygons(lines: Lines, territories: Iterable[int]) -> tuple[Rings, NDArray[np.int64]]:
    """The zone of each territory, cut at ±180° and closed along it and along the poles.

    Parameters
    ----------
    lines : Lines
        Lines that close: each ends where others begin, or in itself.
    territories : iterable of int
        Keys, one zone each.

    Returns
    -------
    rings : Rings
        One zone for each territory; shells anticlockwise, holes clockwise.
    vertex : numpy.ndarray of int64, shape (n_vertices,)
        The vertex of the lines each vertex is, -1 for those that only close at a pole.

    Raises
    ------
    BaselineError
        If a line ends where no other begins.
    """
    zones = [_polygons(_within_180(_rings(lines, key))) for key in territories]
    shells = [polygon for zone in zones for polygon in zone]
    rings = [ring for polygon in shells for ring in polygon]
    flat = np.array([vertex for ring in rings for vertex in ring], dtype=np.float64).reshape(-1, 3)

    def starts(groups: Sequence[Sequence[object]]) -> NDArray[np.int64]:
        return np.cumsum([0, *(len(group) for group in groups)]).astype(np.int64)

    lon, lat, vertex = np.ascontiguousarray(flat.T)
    return Rings(lon, lat, starts(rings), starts(shells), starts(zones)), vertex.astype(np.int64)


def _rings(lines: Lines, key: int) -> list[Ring]:
    """Rings round the zone of a territory, without their closing vertices."""
    rings: list[NDArray[np.int64]] = []
    # Where a limit touches itself, several lines begin at one node: any of them goes on.
    parts: dict[int, list[tuple[NDArray[np.int64], int]]] = {}
    last: dict[int, int] = {}
    for line in np.flatnonzero((lines.left == key) | (lines.right == key)):
        vertices = np.arange(lines.starts[line], lines.starts[line + 1])
        begin, end = lines.nodes[line].tolist()
        if lines.right[line] == key:
            vertices, begin, end = vertices[::-1], end, begin
        if begin == end:
            rings.append(vertices[:-1])
        else:
            parts.setdefault(begin, []).append((vertices[:-1], end))
            last[end] = vertices[-1]
    for start, here in parts.items():
        while here:
            vertices, node = here.pop()
            ring = [vertices]
            while node != start:
                if not parts.get(node):
                    raise _open_end(lines, key, last[node])
                vertices, node = parts[node].pop()
                ring.append(vertices)
            rings.append(np.concatenate(ring))
    return [simple for ring in rings for simple in _simple(_with_places(lines, ring))]


def _open_end(lines: Lines, key: int, vertex: int) -> BaselineError:
    lon, lat = lines.lon[vertex], lines.lat[vertex]
    return BaselineError(
        f"The zone of territory {key} cannot be closed: a line round it ends at lon={lon:.6f}, "
        f"lat={lat:.6f}, where no other goes on. Likely the land of the baseline does not lie "
        "behind its edges there, or a cell is too coarse for the coast. Give land whose coast is "
        "in the baseline, a smaller cell=, or take the lines alone with lines_of()."
    )


def _with_places(lines: Lines, ring: NDArray[np.int64]) -> Ring:
    return list(zip(lines.lon[ring].tolist(), lines.lat[ring].tolist(), ring.tolist(), strict=True))


def _simple(ring: Ring) -> list[Ring]:
    """Cut a ring where it comes back to a place, as rounded, into rings that do not."""
    rings: list[Ring] = []
    way: Ring = []
    seen: dict[tuple[float, float], int] = {}
    for vertex in ring:
        place = round(vertex[0], DECIMALS), round(vertex[1], DECIMALS)
        if place in seen:
            loop, way = way[seen[place] :], way[: seen[place]]
            rings.append(loop)
            for lon, lat, _ in loop:
                del seen[round(lon, DECIMALS), round(lat, DECIMALS)]
        seen[place] = len(way)
        way.append(vertex)
    return [*rings, way]


def _within_180(rings: list[Ring]) -> list[Ring]:
    """Closed rings within [-180, 180] that together bound what the given ones bound."""
    whole, paths = [], []
    for ring in rings:
        if any(abs(lon) == 180.0 for lon, _, _ in ring):
            paths += _paths(ring)
        else:
            whole.append([*ring, ring[0]])
    return whole + _close(paths)


def _paths(ring: Ring) -> list[Ring]:
    """Cut a ring at its vertices on ±180°; each path begins and ends on its own side."""
    cuts = [i for i, (lon, _, _) in enumerate(ring) if abs(lon) == 180.0]
    paths = []
    for first, last in zip(cuts, [*cuts[1:], cuts[0] + len(ring)], strict=True):
        inner = [ring[i % len(ring)] for i in range(first + 1, last)]
        if inner:
            begin, end = ring[first], ring[last % len(ring)]
            enter = (np.copysign(180.0, inner[0][0]), *begin[1:])
            leave = (np.copysign(180.0, inner[-1][0]), *end[1:])
            paths.append([enter, *inner, leave])
    return paths


def _close(paths: list[Ring]) -> list[Ring]:
    """Join paths along ±180° and the poles, the zone always on the left.

    A path that arrives at +180° goes on northwards, to the next path that begins there, or over
    the pole and down along -180°; one that arrives at -180° goes on southwards.
    """
    rings, unused = [], list(range(len(paths)))
    while unused:
        head = unused[0]
        ring: Ring = []
        number = head
        while number in unused:
            unused.remove(number)
            ring += paths[number]
            number, around = _next(paths, paths[number][-1])
            ring += around
        rings.append([*ring, ring[0]] if ring[0][:2] != ring[-1][:2] else ring)
    return rings


def _next(paths: list[Ring], end: tuple[float, float, int]) -> tuple[int, Ring]:
    """The path that goes on from an end on ±180°, and the corners of the poles in between."""
    side, lat, _ = end
    around: Ring = []
    for _ in range(3):
        up = side > 0
        begins = [
            (path[0][1], number)
            for number, path in enumerate(paths)
            if path[0][0] == side and (path[0][1] >= lat if up else path[0][1] <= lat)
        ]
        if begins:
            return (min if up else max)(begins)[1], around
        lat = np.copysign(90.0, side)
        around += [(side, lat, -1), (-side, lat, -1)]
        side = -side
    raise AssertionError("a path along ±180° leads nowhere")


def _polygons(rings: list[Ring]) -> list[list[Ring]]:
    """Group rings into polygons, each hole with the smallest shell that holds it."""
    import shapely

    rings = [ring for ring in rings if abs(_signed_area(ring)) > _SPECK]
    areas = [_signed_area(ring) for ring in rings]
    order = sorted(range(len(rings)), key=lambda i: abs(areas[i]))
    shells = [i for i in order if areas[i] > 0]
    bodies = [shapely.Polygon([vertex[:2] for vertex in rings[i]]) for i in shells]
    groups = [[rings[i]] for i in shells]
    for i in order:
        if areas[i] < 0:
            inner = shapely.Polygon([vertex[:2] for vertex in rings[i]]).representative_point()
            around = [n for n, body in enumerate(bodies) if body.contains(inner)]
            if not around:
                bodies.append(shapely.box(-180, -90, 180, 90))
                world = [(-180.0, -90.0), (180.0, -90.0), (180.0, 90.0), (-180.0, 90.0)]
                groups.append([[(*place, -1) for place in (*world, world[0])]])
                around = [len(bodies) - 1]
            groups[around[0]].append(rings[i])
    return groups


def _signed_area(ring: Ring) -> float:
    """Area in square degrees, positive anticlockwise."""
    lon, lat = np.array([vertex[:2] for vertex in ring]).T
    # Relative to the first vertex, so that small rings far from the origin keep their sign.
    lon, lat = lon - lon[0], lat - lat[0]
    return float(np.sum(lon[:-1] * lat[1:] - lon[1:] * lat[:-1])) / 2
