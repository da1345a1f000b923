"""How far the coast is, by brute force: every edge of the land, on the ellipsoid, with pyproj."""

import numpy as np
from pyproj import Geod

from eezkit.geometry import Rings

GEOD = Geod(ellps="WGS84")
ROUNDS, SAMPLES = 9, 17
"""Each round samples an edge and closes in on the best sample by a factor of 8."""


def geocentric(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Metres from the middle of the earth, shape (n, 3)."""
    x, y = np.radians(lon), np.radians(lat)
    normal = GEOD.a / np.sqrt(1 - GEOD.es * np.sin(y) ** 2)
    across = normal * np.cos(y)
    return np.column_stack(
        [across * np.cos(x), across * np.sin(x), normal * (1 - GEOD.es) * np.sin(y)]
    )


class BruteForce:
    """All edges of some land, those left out that only close it along ±180° and at a pole."""

    def __init__(self, land: Rings) -> None:
        xy = np.column_stack([land.lon, land.lat])
        start = np.setdiff1d(np.arange(len(xy) - 1), land.rings[1:] - 1)
        one, two = xy[start], xy[start + 1]
        closing = (np.abs(one[:, 0]) == 180.0) & (one[:, 0] == two[:, 0])
        closing |= (np.abs(one[:, 1]) >= 89.9) & (np.abs(two[:, 1]) >= 89.9)
        self.one, self.two = one[~closing], two[~closing]
        self.middle = geocentric(*((self.one + self.two) / 2).T)
        # From its middle no edge reaches farther; a degree of latitude is less than 112 km.
        east, north = np.abs(self.two - self.one).T
        least = np.maximum(np.minimum(np.abs(self.one[:, 1]), np.abs(self.two[:, 1])) - 1.0, 0.0)
        self.half = 112_000.0 / 2 * np.hypot(east * np.cos(np.radians(least)), north) + 1.0

    def distance(self, lon: float, lat: float) -> float:
        """Metres to the nearest position of any edge."""
        here = geocentric(np.array([lon]), np.array([lat]))
        chord = np.sqrt(((self.middle - here) ** 2).sum(axis=1))
        best = int(np.argmin(chord))
        middle = (self.one[best] + self.two[best]) / 2
        near = GEOD.inv(lon, lat, *middle)[2]
        # No way over the ground is shorter than the chord.
        edges = np.flatnonzero(chord - self.half <= near)
        low, high = np.zeros(len(edges)), np.ones(len(edges))
        found = np.inf
        for _ in range(ROUNDS):
            t = low[:, None] + np.linspace(0, 1, SAMPLES) * (high - low)[:, None]
            x, y = (
                self.one[edges, k, None] + t * (self.two - self.one)[edges, k, None] for k in (0, 1)
            )
            far = GEOD.inv(np.full(x.shape, lon), np.full(x.shape, lat), x, y)[2]
            far = np.asarray(far).reshape(x.shape)
            at, rows = far.argmin(axis=1), np.arange(len(edges))
            found = min(found, float(far.min()))
            low, high = t[rows, np.maximum(at - 1, 0)], t[rows, np.minimum(at + 1, SAMPLES - 1)]
        return found
