"""What an atlas finds for many positions at once, as arrays of their shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from eezkit.nearest import Nearest
    from eezkit.zones import Zone

__all__ = ["NOT_COVERED", "Distances", "Located", "on_edge"]

NOT_COVERED = -1
"""Answer code of a position where the dataset does not claim to be complete."""

_NANOMETRE = 1e-9


@dataclass(frozen=True)
class Located:
    """Which zones hold each position.

    Parameters
    ----------
    answer : numpy.ndarray of int32, shape (...)
        Answer codes: 0 no zone, -1 not covered, -2 not a position, else a set of zones.
    """

    answer: NDArray[np.int32]
    _zones: Callable[[int], tuple[Zone, ...]]

    def zones(self, code: int) -> tuple[Zone, ...]:
        """Zones of an answer code, all of them; empty for 0, -1 and -2."""
        return self._zones(int(code))


class Distances(NamedTuple):
    """How far, where and which way the nearest edge is, each of the input's shape.

    Parameters
    ----------
    distance : numpy.ndarray of float64
        Metres; inf where there is no such edge.
    lon, lat : numpy.ndarray of float64
        The nearest point, in degrees.
    azimuth : numpy.ndarray of float64
        Degrees clockwise from north, at the position; NaN at distance 0.
    edge : numpy.ndarray of int64
        Index into `Atlas.edges`; -1 for none.
    """

    distance: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    azimuth: NDArray[np.float64]
    edge: NDArray[np.int64]


def on_edge(found: Nearest) -> Distances:
    """Call a position within a nanometre of an edge on it: there no azimuth means anything."""
    on = found.distance < _NANOMETRE
    distance, azimuth = np.where(on, 0.0, found.distance), np.where(on, np.nan, found.azimuth)
    return Distances(distance, found.lon, found.lat, azimuth, found.edge)
