"""Whether polygons are valid, as GEOS says it, also where they have ten thousand holes.

GEOS compares each hole with every vertex of its shell: seconds for the coast of Canada. Here the
holes that meet no other ring and hold nothing are taken out first, and told from prepared
polygons at once: they lie where they should, apart. What is left is for GEOS to judge, and so is
all of it where a hole taken out is not plainly right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["is_valid"]

_MANY_RINGS = 50
"""Below this many rings GEOS is as quick in full."""


def is_valid(geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Say which polygons and multipolygons are valid, as `shapely.is_valid` does.

    Parameters
    ----------
    geometry : numpy.ndarray of shapely geometry, shape (n,)

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
    """
    import shapely

    parts, of_part = shapely.get_parts(geometry, return_index=True)
    n_rings = np.bincount(of_part, shapely.get_num_interior_rings(parts) + 1, len(geometry))
    valid = np.zeros(len(geometry), dtype=bool)
    for index in np.flatnonzero(n_rings >= _MANY_RINGS):
        valid[index] = _is_plainly_valid(parts[of_part == index])
    rest = ~valid
    valid[rest] = shapely.is_valid(geometry[rest])
    return valid


def _is_plainly_valid(polygons: NDArray[np.object_]) -> bool:
    """Whether polygons are valid together, as far as the short way tells."""
    import shapely

    rings, polygon = shapely.get_rings(polygons, return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    if not np.isfinite(coords).all():
        return False
    start = np.flatnonzero(np.diff(ring, prepend=-1))
    first = coords[start]
    is_shell = np.diff(polygon, prepend=-1) > 0
    lone = ~is_shell & ~_touching(coords, ring) & ~_may_hold(rings, first, is_shell)
    sides = shapely.bounds(rings[lone])
    if not lone.any() or (sides[:, :2] == sides[:, 2:]).any():
        return False
    lines: Any = shapely.linestrings(coords, indices=ring)
    # Closed lines have no ends to meet in: together they are simple only if they are disjoint.
    apart, others = (shapely.multilinestrings(lines[which]) for which in (lone, ~lone))
    shapely.prepare(others)
    if not shapely.is_simple(apart) or shapely.intersects(others, apart):
        return False
    left: Any = shapely.polygons(rings[is_shell])
    for index in np.unique(polygon[~is_shell & ~lone]):
        holes = (polygon == index) & ~is_shell & ~lone
        left[index] = shapely.Polygon(left[index].exterior, rings[holes])
    shapely.prepare(left)
    enclosed: Any = shapely.polygons(rings[lone])
    return bool(
        shapely.contains_xy(left[polygon[lone]], *first[lone].T).all()
        and not _hold(enclosed, first, np.flatnonzero(lone))
        and shapely.is_valid(shapely.multipolygons(left))
    )


def _touching(coords: NDArray[np.float64], ring: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rings that share a vertex with another, shape (n_rings,); not all that touch do."""
    order = np.lexsort((ring, coords[:, 1], coords[:, 0]))
    before, after = order[:-1], order[1:]
    met = (coords[before] == coords[after]).all(axis=1) & (ring[before] != ring[after])
    touching = np.zeros(ring[-1] + 1, dtype=bool)
    touching[ring[before[met]]] = touching[ring[after[met]]] = True
    return touching


def _may_hold(
    rings: NDArray[np.object_], first: NDArray[np.float64], is_shell: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Rings whose box holds the first vertex of a shell, shape (n_rings,)."""
    import shapely

    _, outer = shapely.STRtree(rings).query(shapely.points(first[is_shell]))
    found = np.zeros(len(rings), dtype=bool)
    found[outer] = True
    return found


def _hold(holes: NDArray[np.object_], first: NDArray[np.float64], own: NDArray[np.int64]) -> bool:
    """Whether a hole holds the first vertex of a ring but its own, none of whose edges it meets."""
    import shapely

    inner, outer = shapely.STRtree(holes).query(shapely.points(first))
    other = inner != own[outer]
    inner, outer = inner[other], outer[other]
    shapely.prepare(holes[np.unique(outer)])
    return bool(shapely.contains_xy(holes[outer], *first[inner].T).any())
