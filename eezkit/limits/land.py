"""The land behind a baseline: which of it the edges that count can close."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from eezkit.geodesy import EdgeModel
from eezkit.geometry import nth_in_group
from eezkit.limits.baseline import is_artificial
from eezkit.nearest import EdgeTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.limits.baseline import Baseline

__all__ = ["with_land_in_reach"]

_RADIUS = 6.4e6
"""Metres: above the greatest radius of curvature, so that angles turn into upper bounds."""
_STEP = 0.25
"""Of the breadth: how closely coasts are sampled."""
_BEYOND = -1
"""Stands in the place of the territory of land that zones do not heed."""


def with_land_in_reach(baseline: Baseline, breadth: float) -> Baseline:
    """Leave out land that has coasts of several territories, or one that no edge is near.

    What lies inland of a coast is in its zone however far from the sea it is, so that no limit
    runs over dry land. But where a land has coasts of two territories, or one beyond the breadth
    as a mainland behind an archipelago has, and a continent with a sector that nobody claims,
    nothing says how far inland that goes. So the breadth bounds zones there as it does at sea.

    Parameters
    ----------
    baseline : Baseline
        Edges, every one entitled to the breadth.
    breadth : float
        Metres.

    Returns
    -------
    Baseline
        The same edges. Polygons that share an edge are one land: kept or left out together.

    Notes
    -----
    Coasts are sampled every quarter of the breadth at most, and land is kept where all samples are
    within 7/8 of it: then no place of its coast is beyond it.
    """
    if not len(baseline.land):
        return baseline
    one, two, polygon = _edges(baseline.land)
    _, place = np.unique(_on_globe(np.vstack([one, two])), axis=0, return_inverse=True)
    start, end = place.reshape(2, -1)
    # Neighbours run along their common edge in opposite directions; a polygon given twice does not.
    there, back = start * len(place) + end, end * len(place) + start
    order = np.argsort(there)
    partner = order[np.searchsorted(there[order[:-1]], back)]
    shared = there[partner] == back
    land = _joined(polygon[shared], polygon[partner[shared]], len(baseline.land))
    coast = np.flatnonzero(~shared & ~is_artificial(one, two))
    edge, key = _nearest_keys(baseline, breadth, one[coast], two[coast])
    of = land[polygon[coast[edge]]]
    owner = np.zeros(len(land), dtype=np.int64)
    owner[of] = key
    owner[of[owner[of] != key]] = _BEYOND
    return replace(baseline, land=baseline.land[owner[land] != _BEYOND])


def _edges(
    land: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Starts and ends of the edges of polygons, anticlockwise, and the polygon of each."""
    import shapely

    rings = shapely.get_exterior_ring(shapely.orient_polygons(land))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    at = np.flatnonzero(ring[1:] == ring[:-1])
    return xy[at], xy[at + 1], ring[at]


def _on_globe(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same positions with longitudes in (-180, 180], and one longitude for each pole."""
    lon, lat = xy.T
    lon = np.where(lon > 180.0, lon - 360.0, np.where(lon <= -180.0, lon + 360.0, lon))
    return np.column_stack([np.where(np.abs(lat) == 90.0, 0.0, lon), lat])


def _joined(one: NDArray[np.int64], other: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """The lowest number that each of `n` things is joined with, directly or by way of others."""
    lowest = np.arange(n)
    while True:
        before = lowest.copy()
        np.minimum.at(lowest, one, before[other])
        lowest = lowest[lowest]
        if (lowest == before).all():
            return lowest


def _nearest_keys(
    baseline: Baseline, breadth: float, one: NDArray[np.float64], two: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Samples of coasts, straight in longitude and latitude: their edge, the nearest territory."""
    east, north = np.radians(two - one).T
    wide = np.cos(np.radians(np.minimum(np.abs(one[:, 1]), np.abs(two[:, 1]))))
    n_samples = np.ceil(_RADIUS * np.hypot(east * wide, north) / (_STEP * breadth))
    n_samples = np.maximum(n_samples, 1.0).astype(np.int64)
    edge = np.repeat(np.arange(len(one)), n_samples)
    nth = nth_in_group(n_samples)
    lon, lat = (one[edge] + ((nth + 0.5) / n_samples[edge])[:, None] * (two - one)[edge]).T
    key, least = np.full(len(edge), _BEYOND), np.full(len(edge), np.inf)
    for code, model in enumerate(EdgeModel):
        some = baseline._take(baseline.model == code)
        if len(some):
            tree = EdgeTree.build(some.lon1, some.lat1, some.lon2, some.lat2, model=model)
            found = tree.query(lon, lat, max_distance=(1 - _STEP / 2) * breadth)
            nearer = (found.edge >= 0) & (found.distance < least)
            least[nearer] = found.distance[nearer]
            key[nearer] = some.key[found.edge[nearer]]
    return edge, key
