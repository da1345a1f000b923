"""The columns that are added to a table: answer codes, and what they and the edges mean."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eezkit.zones import EdgeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from eezkit.atlas import Atlas

__all__ = ["Answered", "Answers"]

_NOT_A_POSITION = -2
_TEXTS = ("zones", "sovereign", "territory", "regime")
_DECIMALS = {
    "margin_m": 3,
    "coast_distance_m": 3,
    "nearest_lon": 9,
    "nearest_lat": 9,
    "azimuth_deg": 6,
}
_KINDS = (*(kind.value for kind in EdgeKind), None)
_NO_KIND = len(_KINDS) - 1


class Answered(NamedTuple):
    """The answers to some rows.

    Parameters
    ----------
    code : numpy.ndarray of int32, shape (n_rows,)
        Answer codes.
    numbers : dict of str to numpy.ndarray of float64, shape (n_rows,)
        Lengths and angles; NaN is null.
    kinds : numpy.ndarray of int, shape (n_rows,)
        Kinds of the nearest seaward edges.
    """

    code: NDArray[np.int32]
    numbers: dict[str, NDArray[np.float64]]
    kinds: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers of an atlas to rows of a table, and how they are written.

    Parameters
    ----------
    atlas : Atlas
    distance : bool
        Whether the distances to the limit and the coast are among them.
    threads : int or None
    """

    atlas: Atlas
    distance: bool
    threads: int | None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        added = (*_DECIMALS, "edge_kind") if self.distance else ()
        return ("answer", *_TEXTS, "n_zones", *added)

    def to(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], good: NDArray[np.bool_]
    ) -> Answered:
        """Answer the rows that are positions; the others get -2 and nulls."""
        if good.all():
            return self._to_positions(lon, lat)
        found = self._to_positions(lon[good], lat[good])
        code = np.full(len(good), _NOT_A_POSITION, dtype=np.int32)
        code[good] = found.code
        kinds = np.full(len(good), _NO_KIND)
        kinds[good] = found.kinds
        numbers = {name: np.full(len(good), np.nan) for name in found.numbers}
        for name, values in found.numbers.items():
            numbers[name][good] = values
        return Answered(code, numbers, kinds)

    def _to_positions(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Answered:
        code = self.atlas.locate(lon, lat, threads=self.threads).answer
        kinds = np.full(len(code), _NO_KIND)
        if not self.distance:
            return Answered(code, {}, kinds)
        edge = self.atlas.distance(lon, lat, kinds="seaward", threads=self.threads)
        coast = self.atlas.coast_distance(lon, lat, threads=self.threads)
        on_land = code == 0
        on_land[on_land] = self.atlas.is_land(lon[on_land], lat[on_land])
        # Where nothing is covered, or on land, the nearest limit is not what bounds the answer.
        known = (code >= 0) & ~on_land & (edge.edge >= 0)
        kinds[known] = self.atlas.edges.kind[edge.edge[known]]
        margin = np.where(code > 0, edge.distance, -edge.distance)
        measured = (margin, coast, edge.lon, edge.lat, edge.azimuth)
        numbers = {
            name: np.where(known, values, np.nan)
            for name, values in zip(_DECIMALS, measured, strict=True)
        }
        numbers["coast_distance_m"] = np.where((code >= 0) & np.isfinite(coast), coast, np.nan)
        return Answered(code, numbers, kinds)

    @functools.cache  # noqa: B019 - an object lives as long as its table
    def texts(self, code: int) -> tuple[str | None, ...]:
        """Zones, sovereigns, territories and regimes of an answer code; None for no zone."""
        zones = self.atlas.zones_of(code)
        if not zones:
            return (None,) * len(_TEXTS)
        parties = [party for zone in zones for party in zone.parties]
        return (
            "|".join(zone.name for zone in zones),
            _each_once(party.sovereign for party in parties),
            _each_once(party.territory for party in parties),
            _each_once(zone.regime.value for zone in zones),
        )

    def n_zones(self, code: int) -> int | None:
        """How many zones hold a position; None where that is not known."""
        return len(self.atlas.zones_of(code)) if code >= 0 else None

    # -- as text --------------------------------------------------------------------------------

    def fields(self, code: int) -> list[str]:
        """Fields of a row of text that follow from the answer code."""
        n_zones = self.n_zones(code)
        texts = [text or "" for text in self.texts(code)]
        return [str(code), *texts, "" if n_zones is None else str(n_zones)]

    def measures(self, answered: Answered) -> list[list[str]]:
        """Columns of text that follow from the nearest edges."""
        if not self.distance:
            return []
        columns = [
            ["" if value != value else f"{value:.{_DECIMALS[name]}f}" for value in values.tolist()]
            for name, values in answered.numbers.items()
        ]
        return [*columns, [_KINDS[kind] or "" for kind in answered.kinds.tolist()]]

    # -- as Arrow arrays ------------------------------------------------------------------------

    def arrays(self, answered: Answered, *, rounded: bool = False) -> list[Any]:
        """Columns as Arrow arrays, texts as dictionaries; `rounded` to the decimals of text."""
        import pyarrow as pa

        codes, row = np.unique(answered.code, return_inverse=True)
        meanings = [self.texts(int(code)) for code in codes]
        counts = pa.array([self.n_zones(int(code)) for code in codes], pa.int32())
        numbers = []
        for name, values in answered.numbers.items():
            shown = np.round(values, _DECIMALS[name]) if rounded else values
            numbers.append(pa.array(shown, mask=np.isnan(values)))
        return [
            pa.array(answered.code, pa.int32()),
            *(_dictionary([texts[i] for texts in meanings], row) for i in range(len(_TEXTS))),
            counts.take(pa.array(row)),
            *numbers,
            *([_dictionary(_KINDS, answered.kinds)] if self.distance else []),
        ]

    def types(self) -> list[Any]:
        """Arrow types of `arrays`."""
        numbers = {name: np.empty(0) for name in _DECIMALS} if self.distance else {}
        empty = Answered(np.empty(0, np.int32), numbers, np.empty(0, np.intp))
        return [array.type for array in self.arrays(empty)]


def _each_once(names: Iterable[str]) -> str:
    return "|".join(dict.fromkeys(names))


def _dictionary(texts: Sequence[str | None], indices: NDArray[np.intp]) -> Any:
    """Texts at these indices, each text once: Arrow's writer miscounts a text that comes twice."""
    import pyarrow as pa

    known = {text: i for i, text in enumerate(dict.fromkeys(t for t in texts if t is not None))}
    place = np.array([-1 if text is None else known[text] for text in texts], dtype=np.int32)
    at = place[indices]
    masked = pa.array(at, mask=at < 0)
    return pa.DictionaryArray.from_arrays(masked, pa.array(list(known), pa.string()))
