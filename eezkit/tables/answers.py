"""The columns that are added to a table, in the words of `eezkit.answers.columns`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eezkit.answers.cells import as_cell
from eezkit.answers.columns import (
    DISTANCES,
    PER_POSITION,
    Column,
    Values,
    per_position,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from eezkit.atlas import Atlas

__all__ = ["Answered", "Answers"]


class Answered(NamedTuple):
    """The answers to some rows.

    Parameters
    ----------
    code : numpy.ndarray of int32, shape (n_rows,)
        Answer codes.
    columns : dict of Values
        By name, in order; ``answer`` is among them.
    """

    code: NDArray[np.int32]
    columns: dict[str, Values]


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers of an atlas to rows of a table, and how they are written.

    Parameters
    ----------
    atlas : Atlas
    distance : bool
        Whether the distances to the limit and the coast are among them.
    threads : int or None
    belts : bool
        Whether the belt of the sea is.
    """

    atlas: Atlas
    distance: bool
    threads: int | None
    belts: bool = True

    @property
    def columns(self) -> list[Column]:
        """The columns, in order."""
        columns = [*PER_POSITION, *(DISTANCES if self.distance else ())]
        return [column for column in columns if self.belts or column.name != "belt"]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def to(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], good: NDArray[np.bool_]
    ) -> Answered:
        """Answer the rows that are positions; the others get -2 and nulls."""
        lon, lat = np.where(good, lon, np.nan), np.where(good, lat, np.nan)
        code = self.atlas.locate(lon, lat, threads=self.threads).answer
        columns = per_position(
            self.atlas,
            code,
            lon,
            lat,
            belts=self.belts,
            distances=self.distance,
            threads=self.threads,
        )
        return Answered(code, columns)

    def records(
        self, answered: Answered, delimiter: str, quoted: Callable[[list[str]], str]
    ) -> list[str]:
        """What is added to each record of a text table; `quoted` puts fields of any text together.

        Rows that share their words share the text: few are put together anew.
        """
        words = [v for name, v in answered.columns.items() if name not in _MEASURED]
        key = np.zeros(len(answered.code), dtype=np.int64)
        for values in (answered.columns[name] for name in _KEYS if name in answered.columns):
            data = np.where(values.null, -1, values.data).astype(np.int64)
            key = key * 16 + data + 1 if values.column.name != "answer" else data + 2
        _, first, which = np.unique(key, return_index=True, return_inverse=True)
        cells = (
            list(map(as_cell, said)) if values.column.type == "text" else said
            for values in words
            for said in (values.take(first).to_text(),)
        )
        distinct = zip(*cells, strict=True)
        texts = [quoted(list(fields)) for fields in distinct]
        added = [texts[i] for i in which.reshape(-1).tolist()]
        if not self.distance:
            return added
        columns = [answered.columns[name].to_text() for name in _MEASURED]
        return [delimiter.join(row) for row in zip(added, *columns, strict=True)]

    def arrays(self, answered: Answered, *, rounded: bool = False) -> list[Any]:
        """Columns as Arrow arrays, texts as dictionaries; `rounded` to the decimals of text."""
        return [values.to_arrow(rounded=rounded) for values in answered.columns.values()]

    def types(self) -> list[Any]:
        """Arrow types of `arrays`."""
        empty = [Values.of_nothing(column) for column in self.columns]
        return [values.to_arrow().type for values in empty]


_KEYS = ("answer", "on_land", "belt")
"""What all words of a row follow from."""
_MEASURED = tuple(column.name for column in DISTANCES)
