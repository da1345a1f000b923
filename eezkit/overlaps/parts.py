"""Areas and lines as people have them, made ready to be divided: flat, on the grid, in one turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eezkit.overlaps.layer import HIGHEST
from eezkit.overlaps.noding import on_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Parts", "lines_of", "polygons_of"]


@dataclass(frozen=True)
class Parts:
    """Polygons or lines in flat arrays, on the grid of the layer.

    Parameters
    ----------
    lon, lat : numpy.ndarray of float64, shape (n_vertices,)
        Degrees; longitudes within -180 and 540, running on; latitudes not on the poles.
    pieces : numpy.ndarray of int64, shape (n_pieces + 1,)
        Vertices of each ring, or of each line.
    signs : numpy.ndarray of float64, shape (n_pieces,)
        1 where the polygon lies left of the ring, -1 where it lies right of it.
    parts : numpy.ndarray of int64, shape (n_parts + 1,)
        Rings of each polygon; of lines, each by itself.
    owner : numpy.ndarray of int64, shape (n_parts,)
        Which of the given geometries a part is of.
    """

    lon: Floats
    lat: Floats
    pieces: Ints
    signs: Floats
    parts: Ints
    owner: Ints

    def __len__(self) -> int:
        return len(self.owner)

    def starts(self) -> Ints:
        """First vertex of each ring or line, shape (n_pieces,)."""
        return self.pieces[:-1]

    def take(self, first: int, last: int) -> Parts:
        """Keep the parts of a range."""
        a, b = self.parts[first], self.parts[last]
        v, w = self.pieces[a], self.pieces[b]
        return Parts(
            self.lon[v:w],
            self.lat[v:w],
            self.pieces[a : b + 1] - v,
            self.signs[a:b],
            self.parts[first : last + 1] - a,
            self.owner[first:last],
        )


def polygons_of(geometry: NDArray[np.object_]) -> Parts:
    """Flatten valid polygons and multipolygons; missing and empty ones have no part.

    Parameters
    ----------
    geometry : numpy.ndarray of shapely geometry, shape (n,)
        In degrees, straight in longitude/latitude between vertices.
    """
    import shapely

    polygons, owner = shapely.get_parts(geometry, return_index=True)
    rings, of_ring = shapely.get_rings(polygons, return_index=True)
    xy, of_vertex = shapely.get_coordinates(rings, return_index=True)
    pieces = np.searchsorted(of_vertex, np.arange(len(rings) + 1)).astype(np.int64)
    parts = np.searchsorted(of_ring, np.arange(len(polygons) + 1)).astype(np.int64)
    is_shell = np.ones(len(rings), dtype=bool)
    is_shell[1:] = of_ring[1:] != of_ring[:-1]
    signs = np.where(shapely.is_ccw(rings) == is_shell, 1.0, -1.0)
    lon, lat = _placed(xy, np.repeat(of_ring, np.diff(pieces)))
    return Parts(lon, lat, pieces, signs, parts, owner.astype(np.int64))


def lines_of(geometry: NDArray[np.object_]) -> Parts:
    """Flatten lines and multilines; missing and empty ones have no part.

    Parameters
    ----------
    geometry : numpy.ndarray of shapely geometry, shape (n,)
        In degrees, straight in longitude/latitude between vertices.
    """
    import shapely

    lines, owner = shapely.get_parts(geometry, return_index=True)
    xy, of_vertex = shapely.get_coordinates(lines, return_index=True)
    pieces = np.searchsorted(of_vertex, np.arange(len(lines) + 1)).astype(np.int64)
    lon, lat = _placed(xy, of_vertex)
    each = np.arange(len(lines) + 1)
    return Parts(lon, lat, pieces, np.ones(len(lines)), each, owner.astype(np.int64))


def _placed(xy: Floats, part: NDArray[np.integer]) -> tuple[Floats, Floats]:
    """Bring each part to begin within ±180°, on the grid, and off the poles."""
    lon = xy[:, 0]
    if len(lon):
        first = np.flatnonzero(np.concatenate([[True], part[1:] != part[:-1]]))
        turn = np.floor((np.minimum.reduceat(lon, first) + 180.0) / 360.0)
        lon = lon - 360.0 * np.repeat(turn, np.diff(np.concatenate([first, [len(lon)]])))
    return on_grid(lon), on_grid(np.clip(xy[:, 1], -HIGHEST, HIGHEST))
