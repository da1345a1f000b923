"""From lines to polygons: rings with the zone on their left, cut at ±180° on the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eezkit.geometry import Rings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from eezkit.limits.lines import Lines

__all__ = ["polygons"]

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
    """
    zones = [_polygons(_split_all(_rings(lines, key))) for key in territories]
    shells = [polygon for zone in zones for polygon in zone]
    rings = [ring for polygon in shells for ring in polygon]
    flat = np.array([vertex for ring in rings for vertex in ring], dtype=np.float64).reshape(-1, 3)

    def starts(groups: Sequence[Sequence[object]]) -> NDArray[np.int64]:
        return np.cumsum([0, *(len(group) for group in groups)]).astype(np.int64)

    lon, lat, vertex = np.ascontiguousarray(flat.T)
    return Rings(lon, lat, starts(rings), starts(shells), starts(zones)), vertex.astype(np.int64)


def _rings(lines: Lines, key: int) -> list[Ring]:
    """Rings round the zone of a territory, without their closing vertices."""
    parts = []
    for line in np.flatnonzero((lines.left == key) | (lines.right == key)):
        vertices = np.arange(lines.starts[line], lines.starts[line + 1])
        parts.append(vertices if lines.left[line] == key else vertices[::-1])

    def place(vertex: np.int64) -> tuple[float, float]:
        return float(lines.lon[vertex]), float(lines.lat[vertex])

    rings = [part[:-1] for part in parts if place(part[0]) == place(part[-1])]
    open_parts = [part for part in parts if place(part[0]) != place(part[-1])]
    following = {place(part[0]): number for number, part in enumerate(open_parts)}
    used: set[int] = set()
    for head in range(len(open_parts)):
        ring, number = [], head
        while number not in used:
            used.add(number)
            ring.append(open_parts[number][:-1])
            number = following[place(open_parts[number][-1])]
        if ring:
            rings.append(np.concatenate(ring))
    return [_with_places(lines, ring) for ring in rings]


def _with_places(lines: Lines, ring: NDArray[np.int64]) -> Ring:
    return list(zip(lines.lon[ring].tolist(), lines.lat[ring].tolist(), ring.tolist(), strict=True))


def _split_all(rings: list[Ring]) -> list[Ring]:
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
    """Twice the area in square degrees, positive anticlockwise."""
    lon, lat = np.array([vertex[:2] for vertex in ring]).T
    # Relative to the first vertex, so that small rings far from the origin keep their sign.
    lon, lat = lon - lon[0], lat - lat[0]
    return float(np.sum(lon[:-1] * lat[1:] - lon[1:] * lat[:-1]))
