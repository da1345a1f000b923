"""What the cell index is built from: edges within ±180°, each once, and the rings they bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eezkit.errors import DataFormatError
from eezkit.geometry import Rings, nth_in_group

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Outline"]


@dataclass(frozen=True)
class Outline:
    """Edges of all zones in the domain of the index, each with the rings that it bounds.

    A polygon that reaches beyond ±180° stands in it once for each turn that it reaches into.

    Parameters
    ----------
    xy : numpy.ndarray of float64, shape (2 * n_vertices,)
        Longitude and latitude of each vertex in turn, in degrees.
    far, rest : numpy.ndarray of int64 and of float64, shape (n_far,)
        Vertices whose turned longitude is not exact, and what it lacks, in degrees.
    label : numpy.ndarray of int32, shape (n_vertices,)
        Label of the edge that begins at each vertex; -1 where none does.
    labels : list of frozenset of int
        The rings of each label.
    polygon_of, is_shell : list of int and of bool, length n_rings
        The polygon of each ring, and whether it is its shell.
    zone_of : list of int, length n_polygons
        The zone of each polygon.
    """

    xy: NDArray[np.float64]
    far: NDArray[np.int64]
    rest: NDArray[np.float64]
    label: NDArray[np.int32]
    labels: list[frozenset[int]]
    polygon_of: list[int]
    is_shell: list[bool]
    zone_of: list[int]

    @classmethod
    def of(cls, rings: Rings) -> Outline:
        """Take the edges of these rings, turned into the domain, each once.

        Raises
        ------
        DataFormatError
            If a vertex is not on the globe, or a ring is not closed.
        """
        _check(rings)
        turned, zone_of, x, rest = _turned(rings)
        label, labels = _labels(x, turned)
        has_edge = label >= 0
        has_edge[1:] |= has_edge[:-1].copy()
        far = np.flatnonzero(has_edge & (rest != 0.0))
        return cls(
            np.column_stack([x, turned.lat]).reshape(-1),
            far,
            rest[far],
            label,
            labels,
            turned.polygon_of_ring().tolist(),
            turned.is_shell().tolist(),
            zone_of.tolist(),
        )

    def at_poles(self) -> tuple[frozenset[int], frozenset[int]]:
        """Rings that hold the south and the north pole, at longitude -180.

        Beside -180 every edge lies between the two poles, but for those along 90° or -90°.
        """
        x, y = self.xy[::2], self.xy[1::2]
        first = np.flatnonzero(self.label >= 0)
        spans = (x[first] <= -180.0) != (x[first + 1] <= -180.0)
        first = first[spans]
        on_south = (y[first] == -90.0) & (y[first + 1] == -90.0)
        on_north = (y[first] == 90.0) & (y[first + 1] == 90.0)
        south, north = frozenset[int](), frozenset[int]()
        for v in first[on_south]:
            south ^= self.labels[self.label[v]]
        for v in first[~on_north]:
            north ^= self.labels[self.label[v]]
        return south, north


def _check(rings: Rings) -> None:
    """Refuse vertices that are not on the globe, and rings that are not closed."""
    is_bad = ~(np.isfinite(rings.lon) & (np.abs(rings.lat) <= 90.0))
    if is_bad.any():
        first = int(np.argmax(is_bad))
        raise DataFormatError(
            f"{int(is_bad.sum())} of {rings.n_vertices} vertices are not on the globe; the first, "
            f"at index {first}, is lon={rings.lon[first]}, lat={rings.lat[first]}. "
            "Latitude must be within [-90, 90]; are longitude and latitude swapped?"
        )
    starts, ends = rings.rings[:-1], rings.rings[1:] - 1
    is_open = np.zeros(len(starts), dtype=bool)
    filled = ends >= starts
    starts, ends = starts[filled], ends[filled]
    is_open[filled] = (rings.lon[starts] != rings.lon[ends]) | (
        rings.lat[starts] != rings.lat[ends]
    )
    if is_open.any():
        raise DataFormatError(
            f"{int(is_open.sum())} of {len(is_open)} rings are not closed; the first is ring "
            f"{int(np.argmax(is_open))}. The last vertex of a ring must repeat its first."
        )


def _turned(
    rings: Rings,
) -> tuple[Rings, NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Copy each polygon into every turn in which it reaches within ±180°.

    Returns
    -------
    Rings
        One polygon for each of its zones, longitudes as published.
    numpy.ndarray of int64, shape (n_polygons,)
        The published zone of each.
    numpy.ndarray of float64, shape (n_vertices,)
        Longitudes after the turn; and what they lack by rounding.
    """
    n_polygons = len(rings.polygons) - 1
    zone_of = np.repeat(np.arange(rings.n_zones), np.diff(rings.zones))
    if rings.n_vertices == 0 or (rings.lon.min() >= -180.0 and rings.lon.max() <= 180.0):
        return rings, zone_of, rings.lon, np.zeros(rings.n_vertices)
    single = Rings(rings.lon, rings.lat, rings.rings, rings.polygons, np.arange(n_polygons + 1))
    starts = rings.rings[rings.polygons]
    filled = np.flatnonzero(np.diff(starts))
    first = np.zeros(n_polygons, np.int64)
    last = np.full(n_polygons, -1)
    west = np.minimum.reduceat(rings.lon, starts[filled])
    east = np.maximum.reduceat(rings.lon, starts[filled])
    first[filled] = np.floor((-180.0 - east) / 360.0) + 1
    last[filled] = np.ceil((180.0 - west) / 360.0) - 1
    n_turns = np.maximum(last - first + 1, 0)
    source = np.repeat(np.arange(n_polygons), n_turns)
    turn = nth_in_group(n_turns) + first[source]
    turned = single.take(source)
    shift = 360.0 * turn[turned.zone_of_vertex()]
    x = turned.lon + shift
    virtual = x - turned.lon
    rest = (turned.lon - (x - virtual)) + (shift - virtual)
    return turned, zone_of[source], x, rest


def _labels(x: NDArray[np.float64], rings: Rings) -> tuple[NDArray[np.int32], list[frozenset[int]]]:
    """Label each edge by the rings that it bounds; edges that coincide become one.

    Returns
    -------
    numpy.ndarray of int32, shape (n_vertices,)
        Label of the edge that begins at each vertex, or -1: none, one seen before, one that its
        ring runs along twice, or one outside ±180°.
    list of frozenset of int
        The rings of each label.
    """
    n_rings = len(rings.rings) - 1
    label = np.repeat(np.arange(n_rings, dtype=np.int32), np.diff(rings.rings))
    labels = [frozenset((ring,)) for ring in range(n_rings)]
    first = rings.edge_starts()
    is_outside = np.ones(len(label), dtype=bool)
    is_outside[first] = (np.maximum(x[first], x[first + 1]) <= -180.0) | (
        np.minimum(x[first], x[first + 1]) >= 180.0
    )
    numbers: dict[frozenset[int], int] = {}
    for same in _coinciding(x, rings.lat, first):
        bounded = frozenset[int]()
        for ring in label[same].tolist():
            bounded ^= {ring}
        label[same] = -1
        if bounded:
            label[same[0]] = numbers.setdefault(bounded, n_rings + len(numbers))
    label[is_outside] = -1
    return label, [*labels, *numbers]


def _coinciding(
    x: NDArray[np.float64], y: NDArray[np.float64], first: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """Groups of edges that have the same two ends, as first vertices, ascending."""
    ends = np.stack([x[first], y[first], x[first + 1], y[first + 1]]) + 0.0
    is_turned = (ends[2] < ends[0]) | ((ends[2] == ends[0]) & (ends[3] < ends[1]))
    ends[:, is_turned] = ends[:, is_turned][[2, 3, 0, 1]]
    # A digest only proposes; equal edges that it missed would cost time, not truth.
    bits = ends.view(np.uint64)
    digest = bits[0] * np.uint64(0x9E3779B97F4A7C15)
    for word in bits[1:]:
        digest = ((digest ^ (digest >> np.uint64(29))) + word) * np.uint64(0xBF58476D1CE4E5B9)
    order = np.argsort(digest, kind="stable")
    digest = digest[order]
    pairs = np.flatnonzero(digest[1:] == digest[:-1])
    pairs = pairs[(ends[:, order[pairs]] == ends[:, order[pairs + 1]]).all(axis=0)]
    runs = np.split(pairs, np.flatnonzero(np.diff(pairs) > 1) + 1)
    return [first[order[run[0] : run[-1] + 2]] for run in runs if len(run)]
