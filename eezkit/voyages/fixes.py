"""Fixes as arrays, ship after ship in the order of time, and what becomes of bad ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import OptionError
from eezkit.geodesy import distance
from eezkit.positions import on_globe
from eezkit.units import M

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["RULES", "Tracks", "clean", "describe"]

RULES = {
    "missing": "without id, time or position",
    "not_available": "with longitude 181 or latitude 91, which mean that it was not available",
    "impossible": "not on the globe",
    "repeated": "said twice",
    "contradicted": "at a time at which the same ship is elsewhere; the first was kept",
    "too_fast": "where no ship can have been between the fixes before and after",
    "out_of_order": "put into the order of time",
    "gaps": "gaps longer than the greatest allowed",
    "leaps": "leaps faster than the greatest speed, taken for gaps",
}
"""What may befall fixes, in words; the last three drop none."""

_NO_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Tracks:
    """Fixes in order: by ship, then by time, no two of a ship at one time.

    Parameters
    ----------
    ids : list
        The ships, in the order of their first fixes; one nameless ship is [None].
    ship : numpy.ndarray of int64, shape (n_fixes,)
        Index into `ids`, ascending.
    time : numpy.ndarray of int64, shape (n_fixes,)
        Nanoseconds since 1970 UTC, ascending within a ship.
    lon, lat : numpy.ndarray of float64, shape (n_fixes,)
        Degrees.
    joined : numpy.ndarray of bool, shape (n_fixes,)
        Whether a path leads to each fix from the one before.
    counts : dict of str to int
        How many fixes each of `RULES` befell; `fixes` is how many there were.
    zone : object
        The time zone that times were told in and are told in again; None for UTC untold.
    """

    ids: list[Any]
    ship: NDArray[np.int64]
    time: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    joined: NDArray[np.bool_]
    counts: dict[str, int] = field(default_factory=dict)
    zone: Any = None

    def __len__(self) -> int:
        return len(self.ship)


def clean(
    ids: list[Any],
    ship: NDArray[np.int64],
    time: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    *,
    max_gap: float | None,
    max_speed: float | None,
    zone: Any = None,
) -> Tracks:
    """Put fixes in order, leave out those that cannot be, and part tracks where no path is known.

    Parameters
    ----------
    ids : list
    ship : numpy.ndarray of int64, shape (n_rows,)
        Index into `ids`; -1 where it is missing.
    time : numpy.ndarray of int64, shape (n_rows,)
        Nanoseconds since 1970 UTC; the least int64 (numpy's NaT) where it is missing.
    lon, lat : numpy.ndarray of float64, shape (n_rows,)
        Degrees; NaN where missing.
    max_gap : float or None
        Hours.
    max_speed : float or None
        Knots.
    zone : object
        The time zone of the times as told.

    Returns
    -------
    Tracks

    Raises
    ------
    OptionError
        If a gap or a speed is not positive.
    """
    for name, value in (("max_gap", max_gap), ("max_speed", max_speed)):
        if value is not None and not value > 0.0:
            raise OptionError(f"{name} is {value!r}. Accepted are numbers above 0, or None.")
    counts = {"fixes": len(ship), **dict.fromkeys(RULES, 0)}
    missing = (ship < 0) | (time == _NO_TIME) | np.isnan(lon) | np.isnan(lat)
    silent = ~missing & ((lon == 181.0) | (lat == 91.0))
    impossible = ~missing & ~silent & ~on_globe(lon, lat)
    for name, bad in (
        ("missing", missing), ("not_available", silent), ("impossible", impossible),
    ):  # fmt: skip
        counts[name] = int(bad.sum())
    rows = np.flatnonzero(~(missing | silent | impossible))
    order = rows[np.lexsort((time[rows], ship[rows]))]
    counts["out_of_order"] = _out_of_order(ship[rows], time[rows])
    ship, time, lon, lat = ship[order], time[order], lon[order], lat[order]

    again = np.zeros(len(ship), bool)
    again[1:] = (ship[1:] == ship[:-1]) & (time[1:] == time[:-1])
    first = np.maximum.accumulate(np.where(again, 0, np.arange(len(ship))))
    same = (lon == lon[first]) & (lat == lat[first])
    counts["repeated"] = int((again & same).sum())
    counts["contradicted"] = int((again & ~same).sum())
    ship, time, lon, lat = ship[~again], time[~again], lon[~again], lat[~again]

    joined = np.zeros(len(ship), bool)
    joined[1:] = ship[1:] == ship[:-1]
    if max_speed is not None and len(ship):
        kept, leaps = _too_fast(joined, time, lon, lat, max_speed * M / 3.6e12)
        counts["too_fast"], counts["leaps"] = int((~kept).sum()), int(leaps.sum())
        joined &= ~leaps
        ship, time, lon, lat = ship[kept], time[kept], lon[kept], lat[kept]
        joined = joined[kept]
    if max_gap is not None and len(ship):
        gap = np.zeros(len(ship), bool)
        gap[1:] = joined[1:] & (np.diff(time) > max_gap * 3.6e12)
        counts["gaps"] = int(gap.sum())
        joined &= ~gap
    return Tracks(ids, ship, time, lon, lat, joined, counts, zone)


def describe(counts: dict[str, int]) -> str:
    """Say in a line what befell the fixes; what befell none is left out."""
    said = [f"{counts[name]:,} {words}" for name, words in RULES.items() if counts[name]]
    return f"{counts['fixes']:,} fixes" + (": " + "; ".join(said) if said else "")


def _out_of_order(ship: NDArray[np.int64], time: NDArray[np.int64]) -> int:
    """How many fixes come after a later one of the same ship."""
    if not len(ship):
        return 0
    by_ship = np.argsort(ship, kind="stable")
    ship, time = ship[by_ship], time[by_ship]
    # As ranks the times of one ship lie above those of all ships before it.
    _, rank = np.unique(time, return_inverse=True)
    rank = rank + ship * len(ship)
    return int((rank < np.maximum.accumulate(rank)).sum())


def _too_fast(
    joined: NDArray[np.bool_],
    time: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    speed: float,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which fixes are kept, and to which of these a leap leads that no ship makes.

    A fix that cannot be reached from the one before, while the one after it can, is left out;
    else the track is parted. `speed` is in metres a nanosecond.
    """

    def reached(a: int, b: int) -> bool:
        far = float(distance(lon[a], lat[a], lon[b], lat[b]))
        return far <= speed * float(time[b] - time[a])

    kept, leaps = np.ones(len(time), bool), np.zeros(len(time), bool)
    far = distance(lon[:-1], lat[:-1], lon[1:], lat[1:])
    fast = joined[1:] & (far > speed * np.diff(time).astype(float))
    for i in np.flatnonzero(fast).tolist():
        before = i
        while not kept[before]:
            before -= 1
        if not kept[i] and reached(before, i + 1):
            continue
        if i + 2 < len(time) and joined[i + 2] and reached(before, i + 2):
            kept[i + 1] = False
        else:
            leaps[i + 1] = True
    return kept, leaps
