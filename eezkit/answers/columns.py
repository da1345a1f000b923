"""The one vocabulary of answers in tables: which columns there are, and what they hold.

Two shapes: a row per position (`per_position`), and a row per position and zone (`per_zone`).
Land, the high seas, what is not covered and what is no position can be told apart in either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from eezkit.answers.belts import BELTS, belts_of
from eezkit.geometry import nth_in_group
from eezkit.zones import EdgeKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.atlas import Atlas
    from eezkit.zones import Zone

__all__ = [
    "DECIDED",
    "DISTANCES",
    "OF_ZONE",
    "PER_POSITION",
    "PER_ZONE",
    "SEPARATOR",
    "Column",
    "Values",
    "per_position",
    "per_zone",
    "words_of",
]

SEPARATOR = "|"
"""Between several zones, sovereigns, territories or regimes of one position."""

_NOT_A_POSITION = -2


@dataclass(frozen=True, slots=True)
class Column:
    """One column of answers.

    Parameters
    ----------
    name : str
    type : {"int32", "int64", "float64", "bool", "text"}
    null : str
        Where it has no value; "never" if it always has.
    decimals : int
        How many a text table shows.
    """

    name: str
    type: Literal["int32", "int64", "float64", "bool", "text"]
    null: str
    decimals: int = 0


_NOWHERE = "in no zone"
_UNKNOWN = "not covered, or no position"
_ANSWER = Column("answer", "int32", "never")
_ON_LAND = Column("on_land", "bool", "no position, or the dataset knows no land")
_BELT = Column("belt", "text", "no position")
_N_ZONES = Column("n_zones", "int32", _UNKNOWN)
_UNBOUNDED = "not covered, on land, no position, or no such edge"

PER_POSITION = (
    _ANSWER,
    _ON_LAND,
    _BELT,
    Column("zones", "text", _NOWHERE),
    Column("sovereign", "text", _NOWHERE),
    Column("territory", "text", _NOWHERE),
    Column("regime", "text", _NOWHERE),
    _N_ZONES,
)
"""A row per position."""

DISTANCES = (
    Column("margin_m", "float64", _UNBOUNDED, 3),
    Column("coast_distance_m", "float64", "not covered, no position, or no coast", 3),
    Column("nearest_lon", "float64", _UNBOUNDED, 9),
    Column("nearest_lat", "float64", _UNBOUNDED, 9),
    Column("azimuth_deg", "float64", f"{_UNBOUNDED}; on the edge", 6),
    Column("edge_kind", "text", _UNBOUNDED),
)
"""What is added with distances."""

DECIDED = Column("decided", "bool", f"{_UNKNOWN}, or no uncertainty")
"""What is added with an uncertainty."""

PER_ZONE = (
    _ANSWER,
    _ON_LAND,
    _BELT,
    Column("mrgid", "int64", "in no zone, or none published"),
    Column("zone", "text", _NOWHERE),
    Column("kind", "text", _NOWHERE),
    Column("territory", "text", _NOWHERE),
    Column("sovereign", "text", _NOWHERE),
    Column("regime", "text", _NOWHERE),
    Column("status", "text", _NOWHERE),
    _N_ZONES,
)
"""A row per position and zone."""


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """The values of one column.

    Parameters
    ----------
    column : Column
    data : numpy.ndarray, shape (n_rows,)
        The values; of text, indices into `words`. Of no meaning where `null`.
    null : numpy.ndarray of bool, shape (n_rows,)
        Where there is no value.
    words : tuple of str
        The distinct texts.
    """

    column: Column
    data: NDArray[Any]
    null: NDArray[np.bool_]
    words: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.data)

    def take(self, rows: NDArray[Any]) -> Values:
        """Give the values of these rows, in their order, shape (n_rows,) or a mask."""
        return Values(self.column, self.data[rows], self.null[rows], self.words)

    def to_list(self) -> list[Any]:
        """Give Python values, None for null."""
        if self.column.type == "text":
            texts = (*self.words, None)
            return [texts[i] for i in np.where(self.null, -1, self.data).tolist()]
        gone = self.null.tolist()
        return [None if no else value for value, no in zip(self.data.tolist(), gone, strict=True)]

    def to_text(self) -> list[str]:
        """Give the fields of a text table; empty for null."""
        if self.column.type == "float64":
            n = self.column.decimals
            return ["" if value is None else f"{value:.{n}f}" for value in self.to_list()]
        if self.column.type == "bool":
            words = {None: "", True: "true", False: "false"}
            return [words[value] for value in self.to_list()]
        return ["" if value is None else str(value) for value in self.to_list()]

    def to_pandas(self) -> Any:
        """Give what a data frame holds: nullable numbers, each text once in memory."""
        import pandas as pd

        kind = self.column.type
        if kind == "text":
            texts = np.array([*self.words, None], dtype=object)
            return texts[np.where(self.null, -1, self.data)]
        if kind == "float64":
            return np.where(self.null, np.nan, self.data)
        if kind == "bool":
            return pd.arrays.BooleanArray(self.data.astype(bool), self.null.copy())
        if not self.null.any() and self.column.null == "never":
            return self.data
        return pd.arrays.IntegerArray(self.data, self.null.copy())

    def to_arrow(self, *, rounded: bool = False) -> Any:
        """Give an Arrow array, text as a dictionary; numbers `rounded` to what text shows."""
        import pyarrow as pa

        if self.column.type == "text":
            at = pa.array(self.data.astype(np.int32), mask=self.null)
            return pa.DictionaryArray.from_arrays(at, pa.array(list(self.words), pa.string()))
        data = np.round(self.data, self.column.decimals) if rounded else self.data
        if self.column.type == "bool":
            data = data.astype(bool)
        return pa.array(data, mask=self.null)

    @classmethod
    def of_nothing(cls, column: Column) -> Values:
        """No values of a column."""
        kind = np.int32 if column.type == "text" else np.dtype(column.type)
        return cls(column, np.empty(0, dtype=kind), np.empty(0, dtype=bool))

    @classmethod
    def of_texts(
        cls, column: Column, texts: Sequence[str | None], which: NDArray[np.integer[Any]]
    ) -> Values:
        """Take the text at each of the indices `which`; every text once, None is null."""
        known = {text: i for i, text in enumerate(dict.fromkeys(texts)) if text is not None}
        numbers = {text: i for i, text in enumerate(known)}
        place = np.array([-1 if text is None else numbers[text] for text in texts], dtype=np.int32)
        at = place[which] if len(place) else np.full(len(which), -1, dtype=np.int32)
        return cls(column, np.maximum(at, 0), at < 0, tuple(known))


def words_of(zones: Iterable[Zone]) -> dict[str, str | None]:
    """Put zones that hold one position in the words of a row; None for each where there are none.

    Parameters
    ----------
    zones : iterable of Zone

    Returns
    -------
    dict of str
        By the names of columns: zones, sovereign, territory and regime. Several are joined by
        `SEPARATOR`: zones in their order, of the others each once.

    Examples
    --------
    >>> from eezkit.zones import Party, Regime, Zone, ZoneKind
    >>> claim = Zone("Claim", ZoneKind.EEZ, Regime.OVERLAPPING_CLAIM,
    ...              (Party("AAA", "ISL"), Party("BBB", "ISL")))
    >>> words_of([claim])["sovereign"], words_of([claim])["territory"]
    ('AAA|BBB', 'ISL')
    """
    held = list(zones)
    if not held:
        return dict.fromkeys(("zones", "sovereign", "territory", "regime"))
    parties = [party for zone in held for party in zone.parties]
    return {
        "zones": SEPARATOR.join(zone.name for zone in held),
        "sovereign": _each_once(party.sovereign for party in parties),
        "territory": _each_once(party.territory for party in parties),
        "regime": _each_once(zone.regime.value for zone in held),
    }


def per_position(
    atlas: Atlas,
    code: NDArray[np.int32],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    *,
    belts: bool = True,
    distances: bool = False,
    uncertainty: float | NDArray[np.float64] | None = None,
    threads: int | None = None,
) -> dict[str, Values]:
    """Put answers in columns, a row per position.

    Parameters
    ----------
    atlas : Atlas
        Which answered.
    code : numpy.ndarray of int32, shape (n,)
        Its answer codes, as `Atlas.locate` gives them.
    lon, lat : numpy.ndarray of float64, shape (n,)
        The positions, in degrees; anything where the code is -2.
    belts : bool
        Whether to say in which belt of the sea each position lies.
    distances : bool
        Whether to add the columns of `DISTANCES`.
    uncertainty : float or numpy.ndarray of float64, shape (n,), optional
        Metres by which each position may be off, NaN where that is not known: adds `DECIDED`.
    threads : int, optional
        How many threads the atlas may use; the values do not depend on it.

    Returns
    -------
    dict of Values
        By name, in the order of `PER_POSITION`, `DISTANCES` and `DECIDED`.
    """
    found, which, codes = _facts(atlas, code, lon, lat, belts, threads)
    words = [words_of(atlas.zones_of(c)) for c in codes]
    for column in PER_POSITION[3:-1]:
        found.append(Values.of_texts(column, [of[column.name] for of in words], which))
    found.append(_n_zones(atlas, code, which, codes))
    if distances:
        on_land = found[1].data.astype(bool) & ~found[1].null
        found += _distances(atlas, code, lon, lat, on_land, threads)
    if uncertainty is not None:
        radius = np.broadcast_to(np.asarray(uncertainty, dtype=np.float64), code.shape)
        asked = np.flatnonzero((code != _NOT_A_POSITION) & (radius >= 0.0))
        stable = np.full(len(code), np.nan)
        stable[asked] = atlas.stable_within(lon[asked], lat[asked], threads=threads)
        found.append(Values(DECIDED, stable > radius, np.isnan(stable)))
    return {values.column.name: values for values in found}


def per_zone(
    atlas: Atlas,
    code: NDArray[np.int32],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    *,
    belts: bool = True,
    keep_empty: bool = True,
    threads: int | None = None,
) -> tuple[NDArray[np.intp], dict[str, Values]]:
    """Put answers in columns, a row per position and zone that holds it.

    Parameters
    ----------
    atlas, code, lon, lat, belts, threads
        As for `per_position`.
    keep_empty : bool
        Whether a position in no zone has a row.

    Returns
    -------
    rows : numpy.ndarray of int, shape (n_rows,)
        Which position each row is about, ascending.
    dict of Values
        By name, in the order of `PER_ZONE`.
    """
    facts, which, codes = _facts(atlas, code, lon, lat, belts, threads)
    facts.append(_n_zones(atlas, code, which, codes))
    zones = [atlas.zones_of(c) for c in codes]
    size = np.array([len(held) for held in zones], dtype=np.int64)[which]
    n_rows = np.maximum(size, 1) if keep_empty else size
    rows = np.repeat(np.arange(len(code)), n_rows)
    nth = nth_in_group(n_rows)
    flat = [zone for held in zones for zone in held] + [None]
    starts = np.cumsum([0, *(len(held) for held in zones)])[:-1]
    at = np.where(size[rows] > 0, starts[which[rows]] + nth, len(flat) - 1)
    values = {one.column.name: one.take(rows) for one in facts}
    for column in PER_ZONE:
        if column.name in values or (column is _BELT and not belts):
            continue
        told = [None if zone is None else OF_ZONE[column.name](zone) for zone in flat]
        if column.type == "text":
            values[column.name] = Values.of_texts(column, told, at)
        else:
            null = np.array([value is None for value in told])
            data = np.array([value or 0 for value in told], dtype=column.type)
            values[column.name] = Values(column, data[at], null[at])
    return rows, {c.name: values[c.name] for c in PER_ZONE if c.name in values}


OF_ZONE: dict[str, Callable[[Zone], Any]] = {
    "mrgid": lambda zone: zone.mrgid,
    "zone": lambda zone: zone.name,
    "kind": lambda zone: zone.kind.value,
    "territory": lambda zone: zone.territory,
    "sovereign": lambda zone: zone.sovereign,
    "regime": lambda zone: zone.regime.value,
    "status": lambda zone: zone.status,
}
"""What the columns that are about one zone say of it."""


def _facts(
    atlas: Atlas,
    code: NDArray[np.int32],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    belts: bool,
    threads: int | None,
) -> tuple[list[Values], NDArray[np.intp], list[int]]:
    """Answer, land and belt; which distinct code each row has; and the distinct codes."""
    which, codes = _distinct(code)
    valid = code != _NOT_A_POSITION
    null = ~valid
    on_land = np.zeros(len(code), dtype=bool)
    on_land[valid] = atlas.is_land(lon[valid], lat[valid], threads=threads)
    never = np.zeros(len(code), dtype=bool)
    facts = [
        Values(_ANSWER, code, never),
        Values(_ON_LAND, on_land, null if atlas.knows_land else ~never),
    ]
    if belts:
        belt = np.zeros(len(code), dtype=np.int32)
        belt[valid] = belts_of(
            atlas, lon[valid], lat[valid], on_land[valid], code=code[valid], threads=threads
        )
        facts.append(Values(_BELT, belt, null, BELTS))
    return facts, which, codes


def _n_zones(
    atlas: Atlas, code: NDArray[np.int32], which: NDArray[np.intp], codes: list[int]
) -> Values:
    n = np.array([len(atlas.zones_of(c)) for c in codes], dtype=np.int32)
    return Values(_N_ZONES, n[which], code < 0)


_KINDS = (*(kind.value for kind in EdgeKind), None)


def _distances(
    atlas: Atlas,
    code: NDArray[np.int32],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    on_land: NDArray[np.bool_],
    threads: int | None,
) -> list[Values]:
    """How far the limit and the coast are, of what is a position."""
    valid = np.flatnonzero(code >= 0)
    x, y = lon[valid], lat[valid]
    edge = atlas.distance(x, y, kinds="seaward", threads=threads)
    coast = atlas.coast_distance(x, y, threads=threads)
    # Behind the coast the nearest limit is not what bounds the answer.
    at_sea = ~on_land[valid] & (atlas.inland_water(x, y, threads=threads) < 0)
    known = at_sea & (edge.edge >= 0)
    margin = np.where(code[valid] > 0, edge.distance, -edge.distance)
    measured = [
        (margin, known),
        (coast, np.isfinite(coast)),
        (edge.lon, known),
        (edge.lat, known),
        (edge.azimuth, known & ~np.isnan(edge.azimuth)),
    ]
    found = []
    for column, (values, has) in zip(DISTANCES, measured, strict=False):
        data, null = np.full(len(code), np.nan), np.ones(len(code), dtype=bool)
        data[valid[has]], null[valid[has]] = values[has], False
        found.append(Values(column, data, null))
    kind = np.full(len(code), len(_KINDS) - 1)
    kind[valid[known]] = atlas.edges.kind[edge.edge[known]]
    return [*found, Values.of_texts(DISTANCES[-1], _KINDS, kind)]


def _distinct(code: NDArray[np.int32]) -> tuple[NDArray[np.intp], list[int]]:
    """Distinct answer codes, and which of them each row has; they are few and small."""
    if not len(code):
        return np.zeros(0, dtype=np.intp), []
    low = int(code.min())
    seen = np.zeros(int(code.max()) - low + 1, dtype=bool)
    seen[code - low] = True
    number = np.cumsum(seen) - 1
    return number[code - low], (np.flatnonzero(seen) + low).tolist()


def _each_once(names: Iterable[str]) -> str:
    return SEPARATOR.join(dict.fromkeys(names))
