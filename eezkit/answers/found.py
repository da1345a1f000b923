"""What an atlas finds for many positions at once, as arrays of their shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas
    from numpy.typing import ArrayLike, NDArray

    from eezkit.atlas import Atlas
    from eezkit.geodesy import Nearest
    from eezkit.zones import Zone

__all__ = ["NOT_COVERED", "Located", "on_edge"]

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
    lon, lat : numpy.ndarray of float64, shape (...)
        The positions, in degrees, as they were given.
    """

    answer: NDArray[np.int32]
    lon: NDArray[np.float64] = field(repr=False)
    lat: NDArray[np.float64] = field(repr=False)
    _atlas: Atlas = field(repr=False)

    def zones(self, code: int) -> tuple[Zone, ...]:
        """Zones of an answer code, all of them; empty for 0, -1 and -2."""
        return self._atlas.zones_of(int(code))

    def to_frame(
        self,
        *,
        belts: bool = True,
        distances: bool = False,
        uncertainty: ArrayLike | None = None,
    ) -> pandas.DataFrame:
        """Put the answers in columns, a row per position.

        Parameters
        ----------
        belts : bool
            Whether to say in which belt of the sea each position lies.
        distances : bool
            Whether to add how far, where and what the nearest limit is, and how far the coast.
        uncertainty : array_like of float, shape (...), optional
            Metres by which each position may be off: adds ``decided``, whether every position at
            sea within them has the same answer.

        Returns
        -------
        pandas.DataFrame
            Columns ``answer``, ``on_land``, ``belt``, ``zones``, ``sovereign``, ``territory``,
            ``regime``, ``n_zones``; with `distances` also ``margin_m``, ``coast_distance_m``,
            ``nearest_lon``, ``nearest_lat``, ``azimuth_deg``, ``edge_kind``. What is not known
            is null. Positions of more than one dimension are flattened.

        Examples
        --------
        >>> import eezkit
        >>> found = eezkit.load().locate([155.0, -30.0, 4.35], [23.3, 45.0, 50.85])
        >>> found.to_frame()[["on_land", "belt", "n_zones"]].values.tolist()
        [[False, 'exclusive economic zone', 1], [False, 'high seas', 0], [True, 'land', 0]]
        """
        import pandas as pd

        from eezkit.answers.columns import per_position

        radius = None
        if uncertainty is not None:
            given = np.asarray(uncertainty, dtype=np.float64)
            radius = np.broadcast_to(given, self.answer.shape).reshape(-1)
        columns = per_position(
            self._atlas,
            self.answer.reshape(-1),
            self.lon.reshape(-1),
            self.lat.reshape(-1),
            belts=belts,
            distances=distances,
            uncertainty=radius,
        )
        return pd.DataFrame({name: values.to_pandas() for name, values in columns.items()})


def on_edge(found: Nearest) -> Nearest:
    """Call a position within a nanometre of an edge on it: there no azimuth means anything."""
    on = found.distance < _NANOMETRE
    distance, azimuth = np.where(on, 0.0, found.distance), np.where(on, np.nan, found.azimuth)
    return found._replace(distance=distance, azimuth=azimuth)
