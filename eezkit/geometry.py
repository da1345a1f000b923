"""Zones as flat arrays: vertices, rings, polygons, zones; ±180°; and which edges are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Rings", "are_among", "edge_keys", "nth_in_group", "wrap_lon"]


def wrap_lon(lon: ArrayLike) -> NDArray[np.float64]:
    """Bring longitudes to [-180, 180), without changing those already there.

    Parameters
    ----------
    lon : array_like of float, shape (...)
        Degrees.

    Returns
    -------
    numpy.ndarray of float64, shape (...)
        Degrees; 180 is -180. Not finite stays not finite.
    """
    lon = np.asarray(lon, dtype=np.float64)
    outside = ~((lon >= -180.0) & (lon < 180.0))
    if not outside.any():
        return lon
    with np.errstate(invalid="ignore"):
        # The remainder of fmod is exact; a naive (lon + 180) % 360 - 180 is not.
        folded = np.fmod(lon, 360.0)
        folded = np.where(folded >= 180.0, folded - 360.0, folded)
        folded = np.where(folded < -180.0, folded + 360.0, folded)
    return np.where(outside, folded, lon)


def nth_in_group(sizes: NDArray[np.integer]) -> NDArray[np.int64]:
    """Number the members of groups that follow one another: 0, 1, 2 … anew in each.

    Parameters
    ----------
    sizes : numpy.ndarray of int, shape (n_groups,)

    Returns
    -------
    numpy.ndarray of int64, shape (sum of sizes,)

    Examples
    --------
    >>> nth_in_group(np.array([2, 0, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    sizes = np.asarray(sizes, dtype=np.int64)
    return np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def edge_keys(
    ends: NDArray[np.float64],
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.bool_]]:
    """Name edges so that those which are the same but for direction have one name.

    Parameters
    ----------
    ends : numpy.ndarray of float64, shape (n_edges, 4)
        Longitude and latitude of both ends.

    Returns
    -------
    words : numpy.ndarray of uint64, shape (n_edges, 4)
        The ends as bits, in one order.
    digest : numpy.ndarray of uint64, shape (n_edges,)
        Of the words; other edges have another, but for an accident.
    turned : numpy.ndarray of bool, shape (n_edges,)
        Whether the edge runs the other way.
    """
    turned = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    key = np.where(turned[:, None], ends[:, [2, 3, 0, 1]], ends) + 0.0
    words = np.ascontiguousarray(key).view(np.uint64)
    digest = np.zeros(len(key), dtype=np.uint64)
    for column in words.T:
        digest = (digest ^ column ^ (column >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15)
        digest ^= digest >> np.uint64(32)
    return words, digest, turned


def are_among(ends: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which edges are among others, in either direction and to the last bit.

    Parameters
    ----------
    ends, others : numpy.ndarray of float64, shape (n, 4) and (m, 4)
        Edges as longitude and latitude of both ends.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        False also for one of several edges that share a digest, which hardly happens.
    """
    if not len(others):
        return np.zeros(len(ends), dtype=bool)
    words, digest, _ = edge_keys(ends)
    known, known_digest, _ = edge_keys(others)
    order = np.argsort(known_digest)
    at = order[np.minimum(np.searchsorted(known_digest[order], digest), len(order) - 1)]
    return np.asarray((words == known[at]).all(axis=1))


@dataclass(frozen=True)
class Rings:
    """The polygons of many zones in flat arrays, ready to be mapped from a file.

    Parameters
    ----------
    lon, lat : numpy.ndarray of float64, shape (n_vertices,)
        Degrees, as published; every ring is closed (its last vertex repeats its first).
        Between vertices a ring runs straight in longitude/latitude (`edges: planar`).
    rings : numpy.ndarray of int64, shape (n_rings + 1,)
        Ring `i` is made of the vertices ``rings[i]:rings[i + 1]``.
    polygons : numpy.ndarray of int64, shape (n_polygons + 1,)
        Polygon `i` is made of the rings ``polygons[i]:polygons[i + 1]``, its shell first.
    zones : numpy.ndarray of int64, shape (n_zones + 1,)
        Zone `i` is made of the polygons ``zones[i]:zones[i + 1]``.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    rings: NDArray[np.int64]
    polygons: NDArray[np.int64]
    zones: NDArray[np.int64]

    @property
    def n_zones(self) -> int:
        """How many zones there are."""
        return len(self.zones) - 1

    @property
    def n_vertices(self) -> int:
        """How many vertices there are, closing ones included."""
        return len(self.lon)

    @classmethod
    def from_shapely(cls, geometries: Sequence[object] | NDArray[np.object_]) -> Rings:
        """Flatten shapely polygons and multipolygons, one zone each; an empty one has none.

        Vertices are taken as they are: nothing is repaired, closed or turned round.
        """
        import shapely

        parts, zone_of_part = shapely.get_parts(np.asarray(geometries, object), return_index=True)
        n_zones = len(geometries)
        zones = np.searchsorted(zone_of_part, np.arange(n_zones + 1)).astype(np.int64)
        rings, polygon_of_ring = shapely.get_rings(parts, return_index=True)
        polygons = np.searchsorted(polygon_of_ring, np.arange(len(parts) + 1)).astype(np.int64)
        coords, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
        starts = np.searchsorted(ring_of_vertex, np.arange(len(rings) + 1)).astype(np.int64)
        lon, lat = np.ascontiguousarray(coords.T)
        return cls(lon, lat, starts, polygons, zones)

    def to_shapely(self) -> NDArray[np.object_]:
        """Give one shapely MultiPolygon for each zone, shape (n_zones,)."""
        import shapely

        coords = np.column_stack([self.lon, self.lat])
        return shapely.from_ragged_array(
            shapely.GeometryType.MULTIPOLYGON, coords, (self.rings, self.polygons, self.zones)
        )

    def take(self, zones: ArrayLike) -> Rings:
        """Keep the zones of these indices, in this order."""
        chosen = np.asarray(zones, dtype=np.int64)
        polygons, zone_starts = _gather(self.zones, chosen)
        rings, polygon_starts = _gather(self.polygons, polygons)
        vertices, ring_starts = _gather(self.rings, rings)
        return Rings(
            self.lon[vertices], self.lat[vertices], ring_starts, polygon_starts, zone_starts
        )

    def edge_starts(self) -> NDArray[np.int64]:
        """First vertex of each edge; the edge ends at the next vertex. Shape (n_edges,)."""
        first = np.ones(max(self.n_vertices, 1), dtype=bool)
        first[self.rings[1:][np.diff(self.rings) > 0] - 1] = False
        return np.flatnonzero(first[: self.n_vertices])

    def polygon_of_ring(self) -> NDArray[np.int64]:
        """Polygon index of each ring, shape (n_rings,)."""
        return np.repeat(np.arange(len(self.polygons) - 1), np.diff(self.polygons))

    def is_shell(self) -> NDArray[np.bool_]:
        """Whether each ring is the shell of its polygon, shape (n_rings,)."""
        shell = np.zeros(len(self.rings) - 1, dtype=bool)
        shell[self.polygons[:-1][np.diff(self.polygons) > 0]] = True
        return shell

    def zone_of_vertex(self) -> NDArray[np.int64]:
        """Zone index of each vertex, shape (n_vertices,)."""
        vertex_starts = self.rings[self.polygons[self.zones]]
        return np.repeat(np.arange(self.n_zones), np.diff(vertex_starts))

    def ring_of_vertex(self) -> NDArray[np.int64]:
        """Ring index of each vertex, shape (n_vertices,)."""
        return np.repeat(np.arange(len(self.rings) - 1), np.diff(self.rings))

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Name the arrays, for a file."""
        return {
            "lon": self.lon,
            "lat": self.lat,
            "rings": self.rings,
            "polygons": self.polygons,
            "zones": self.zones,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Rings:
        """Take back what `to_arrays` named."""
        return cls(**{name: arrays[name] for name in ("lon", "lat", "rings", "polygons", "zones")})  # type: ignore[arg-type]


def _gather(
    starts: NDArray[np.int64], chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of all members of the chosen groups, and where each group starts among them."""
    lengths = starts[chosen + 1] - starts[chosen]
    new_starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    members = nth_in_group(lengths) + np.repeat(starts[chosen], lengths)
    return members, new_starts
