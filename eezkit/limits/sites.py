"""What a position may be nearest to: the baseline of each territory, or the sea beyond them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eezkit import geodesy
from eezkit.geodesy import EdgeModel
from eezkit.nearest import EdgeTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.limits.baseline import Baseline

__all__ = ["FOOT", "Feet", "Sites", "move", "to_lonlat", "to_vector"]

FOOT = np.dtype([("lon", np.float64), ("lat", np.float64), ("edge", np.int64)])
"""A basepoint: where it is, in degrees, and the edge of the baseline it lies on; -1 for none."""

_MODELS = tuple(EdgeModel)


class Feet(NamedTuple):
    """The nearest points of the sites asked about, arrays of shape (n_positions,).

    `distance` in metres, infinite beyond the greatest distance asked for; `east` and `north` the
    direction to the foot, of length 1, or 0 for the sea and at the foot itself; `foot` of type
    `FOOT`.
    """

    distance: NDArray[np.float64]
    east: NDArray[np.float64]
    north: NDArray[np.float64]
    foot: NDArray[np.void]

    def renew(self, which: NDArray[np.int64], new: Feet) -> None:
        """Put new feet in the place of some."""
        for old, fresh in zip(self, new, strict=True):
            old[which] = fresh


class Sites:
    """The territories of a baseline, numbered from 0, and the sea, numbered after them.

    The sea is a site as far away from everywhere as the breadth: where it is the nearest, no
    territory reaches. So limits, equidistance lines and their meeting points are all places
    where the distances from two or three sites are equal.

    Parameters
    ----------
    baseline : Baseline
        Edges, every one entitled to the breadth.
    breadth : float
        Metres; infinite for no sea.
    """

    def __init__(self, baseline: Baseline, breadth: float) -> None:
        self.baseline = baseline
        self.breadth = float(breadth)
        self.keys = baseline.keys
        self.sea = len(self.keys)
        self._trees = [self._build(baseline.key == key) for key in self.keys]

    def _build(self, of_key: NDArray[np.bool_]) -> list[tuple[EdgeTree, NDArray[np.int64]]]:
        """One tree for each edge model in use, and the baseline's edges in it."""
        b = self.baseline
        trees = []
        for code in np.unique(b.model[of_key]):
            edges = np.flatnonzero(of_key & (b.model == code))
            ends = (b.lon1[edges], b.lat1[edges], b.lon2[edges], b.lat2[edges])
            trees.append((EdgeTree.build(*ends, model=_MODELS[code]), edges))
        return trees

    def nearest(
        self,
        site: NDArray[np.int64],
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        *,
        max_distance: float = np.inf,
    ) -> Feet:
        """The nearest point of one given site for each position."""
        n = len(lon)
        feet = Feet(
            np.full(n, self.breadth),
            np.zeros(n),
            np.zeros(n),
            np.full(n, np.array((np.nan, np.nan, -1), dtype=FOOT)),
        )
        order = np.argsort(site, kind="stable")
        starts = np.searchsorted(site[order], np.arange(self.sea + 1))
        for number in np.flatnonzero(np.diff(starts)):
            these = order[starts[number] : starts[number + 1]]
            self._fill(feet, these, self._trees[number], lon[these], lat[these], max_distance)
        return feet

    def distance(
        self,
        site: NDArray[np.int64],
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        *,
        max_distance: float = np.inf,
    ) -> NDArray[np.float64]:
        """Metres from each position to one given site, infinite beyond `max_distance`."""
        return self.nearest(site, lon, lat, max_distance=max_distance).distance

    def _fill(
        self,
        feet: Feet,
        these: NDArray[np.int64],
        trees: list[tuple[EdgeTree, NDArray[np.int64]]],
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        max_distance: float,
    ) -> None:
        best = np.full(len(these), np.inf)
        for tree, edges in trees:
            found = tree.query(lon, lat, max_distance=max_distance)
            nearer = (found.edge >= 0) & (found.distance < best)
            best[nearer] = found.distance[nearer]
            azimuth = np.radians(found.azimuth[nearer])
            at = these[nearer]
            feet.east[at] = np.nan_to_num(np.sin(azimuth))
            feet.north[at] = np.nan_to_num(np.cos(azimuth))
            feet.foot["lon"][at], feet.foot["lat"][at] = found.lon[nearer], found.lat[nearer]
            feet.foot["edge"][at] = edges[found.edge[nearer]]
        feet.distance[these] = best


def move(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    east: NDArray[np.float64],
    north: NDArray[np.float64],
    *,
    reach: float | NDArray[np.float64] = np.inf,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions moved by metres east and north along geodesics, by `reach` at most."""
    length = np.minimum(np.hypot(east, north), reach)
    x, y, _ = geodesy.direct(lon, lat, np.degrees(np.arctan2(east, north)), length)
    return x, y


def to_vector(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normals of the ellipsoid as unit vectors, shape (..., 3): no pole and no ±180° there."""
    x, y = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], axis=-1)


def to_lonlat(vector: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions whose normals point the way of these vectors, of any length above 0."""
    x, y, z = np.moveaxis(vector, -1, 0)
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))
