"""The second step: stays too short to matter joined with what is around them, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import OptionError, SchemaError
from eezkit.zones import EdgeKind

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["sift"]

_WHO = (
    "answer", "on_land", "belt", "zones", "sovereign", "territory", "regime", "n_zones",
)  # fmt: skip


def sift(
    table: pd.DataFrame,
    *,
    id: str | None = None,
    kinds: Collection[str] | None = None,
    min_stay: float = 0.0,
    min_distance: float = 0.0,
) -> pd.DataFrame:
    """Leave out what is too short, or of no interest, of stays or of crossings.

    Parameters
    ----------
    table : pandas.DataFrame
        As `stays` (by set) or `crossings` gave it.
    id : str, optional
        Column of the ship, as it was given there.
    kinds : collection of str, optional
        Of crossings: the kinds of edges to keep, such as ``outer_limit`` and ``boundary``.
    min_stay : float
        Of stays: minutes. A shorter one between two crossings is joined with the stay before it.
    min_distance : float
        Of stays: metres, likewise.

    Returns
    -------
    pandas.DataFrame
        Fewer rows of the same columns; hours, miles and fixes still add up to the whole.
        ``attrs["dropped"]`` counts the rows that went.

    Raises
    ------
    OptionError
        If an option is for the other kind of table, or makes no sense.
    SchemaError
        If the table is neither.

    Notes
    -----
    Stays that a ship was seen to begin or end in (first and last fix, gaps) are kept however
    short. Of two short stays in a row both go; and where what is left on either side is in the
    same zones, that is one stay.

    Examples
    --------
    >>> import eezkit, pandas
    >>> fixes = pandas.DataFrame({
    ...     "time": pandas.to_datetime(["2026-01-01 00:00", "2026-01-01 06:00"]),
    ...     "lon": [156.5, 158.5], "lat": [24.3, 24.3]})
    >>> found = eezkit.crossings(fixes, eezkit.load())
    >>> coast = eezkit.sift(found, kinds=["coast"])
    >>> len(coast), coast.attrs["dropped"]
    (0, 1)
    """
    if min_stay < 0.0 or min_distance < 0.0:
        raise OptionError(
            f"min_stay is {min_stay} and min_distance {min_distance}. Accepted are 0 and more."
        )
    if {"entered", "left", "hours"} <= set(table.columns):
        if kinds is not None:
            raise OptionError("kinds is for crossings, and these are stays.")
        return _stays(table, id, min_stay / 60.0, min_distance / 1852.0)
    if "edge_kind" not in table.columns:
        raise SchemaError("The table has neither stays nor crossings: no hours and no edge_kind.")
    if min_stay or min_distance:
        raise OptionError("min_stay and min_distance are for stays, and these are crossings.")
    known = [kind.value for kind in EdgeKind]
    wrong = sorted(set(kinds or ()) - set(known))
    if wrong:
        raise OptionError(f"kinds: {', '.join(wrong)} is none of {', '.join(known)}.")
    kept = table if kinds is None else table[table["edge_kind"].isin(list(kinds))]
    return _counted(kept, table)


def _stays(table: pd.DataFrame, id: str | None, min_hours: float, min_miles: float) -> pd.DataFrame:
    if not len(table):
        return _counted(table, table)
    short = (table["hours"] < min_hours) | (table["distance_nmi"].fillna(0.0) < min_miles)
    crossed = (table["entered_by"] == "crossed") & (table["left_by"] == "crossed")
    kept = ~(short & crossed).to_numpy(bool)
    ship = _number(table, [id] if id is not None else [])
    who = _number(table, [name for name in _WHO if name in table.columns])
    # Each kept stay takes the short ones after it, and then is joined with the next if alike.
    lead = np.maximum.accumulate(np.where(kept, np.arange(len(table)), -1))
    starts = np.zeros(len(table), bool)
    starts[0] = True
    for i in np.flatnonzero(kept)[1:].tolist():
        before = lead[i - 1]
        alike = who[before] == who[i] and ship[before] == ship[i]
        starts[i] = not (alike and table["entered_by"].iat[i] == "crossed")
    group = np.cumsum(starts) - 1
    first = np.flatnonzero(starts)
    last = np.append(first[1:], len(table)) - 1
    joined = table.iloc[first].copy()
    for name in ("left", "left_by"):
        joined[name] = table[name].array[last]
    joined["hours"] = np.bincount(group, table["hours"].to_numpy(float))
    joined["n_fixes"] = np.rint(np.bincount(group, table["n_fixes"])).astype(np.int64)
    miles = np.bincount(group, table["distance_nmi"].fillna(0.0))
    joined["distance_nmi"] = np.where(table["distance_nmi"].isna().to_numpy()[first], np.nan, miles)
    return _counted(joined, table)


def _number(table: pd.DataFrame, names: list[str]) -> NDArray[np.int64]:
    """Number rows by what these columns say, nulls alike."""
    if not names:
        return np.zeros(len(table), np.int64)
    groups: Any = table.groupby(names, dropna=False, sort=False)
    return np.asarray(groups.ngroup(), np.int64)


def _counted(kept: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    kept = kept.reset_index(drop=True)
    kept.attrs = {**table.attrs, "dropped": len(table) - len(kept)}
    return kept
