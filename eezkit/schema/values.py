"""Cells of published tables: columns in any case, the spellings of nothing, numbers as text."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import SchemaError, SchemaWarning

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Fields = Mapping[str, NDArray[Any]]

__all__ = ["Columns", "Oddities", "codes", "integer", "number", "texts"]

_NOTHING = {"", "-", "0", "nan", "nat", "none", "null", "<null>", "<na>", "n/a"}


def _text(value: Any) -> str | None:
    """Give a cell as stripped text, or None for any published spelling of nothing but "NA"."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip("\x00 \t\r\n")
    return None if text.casefold() in _NOTHING or not text.strip("*") else text


def texts(values: Iterable[Any]) -> list[str | None]:
    """Read a column of names: None, NaN, "", "0", "-", "****", "Null" and "NA" are nothing."""
    return [None if text == "NA" else text for text in map(_text, values)]


def codes(values: Iterable[Any], *, lone_na: bool = False) -> list[str | None]:
    """Read a column of ISO codes, keeping Namibia.

    "NA" is Namibia in a column of alpha-2 codes, and nothing in one of names or alpha-3 codes.
    `lone_na` says whether it is Namibia where nothing else stands in the column.
    """
    found = [_text(value) for value in values]
    others = [text for text in found if text is not None and text != "NA"]
    keeps_na = all(len(text) == 2 for text in others) if others else lone_na
    return found if keeps_na else [None if text == "NA" else text for text in found]


def number(value: Any, field: str, oddities: Oddities, *, unit: float = 1.0) -> float | None:
    """Read a number and multiply it by `unit`; text that is none is an oddity of the field."""
    text = _text(value)
    if text is None or text == "NA":
        return None
    try:
        return float(text) * unit
    except ValueError:
        oddities.note(field, text)
        return None


def integer(value: Any, field: str, oddities: Oddities) -> int | None:
    """Read an identifier; 0 is nothing."""
    read = number(value, field, oddities)
    if read is not None and not read.is_integer():
        oddities.note(field, str(value))
        return None
    return int(read) if read else None


class Columns:
    """A table whose columns are found by their name in lower case; one that is missing is empty.

    Parameters
    ----------
    fields : mapping of str to numpy.ndarray, shape (n_rows,)
        Of two columns that differ only by case the first counts.
    """

    def __init__(self, fields: Fields) -> None:
        self._fields = {name.lower(): column for name, column in reversed(list(fields.items()))}

    def __len__(self) -> int:
        return len(next(iter(self._fields.values()), ()))

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def first_column(self, *names: str) -> NDArray[Any]:
        """Give the first of these columns that exists, as it is."""
        found = (self._fields[name] for name in names if name in self)
        return next(found, np.full(len(self), None))

    def texts(self, name: str) -> list[str | None]:
        """Read a column of names."""
        return texts(self.first_column(name))

    def codes(self, name: str, *, lone_na: bool = False) -> list[str | None]:
        """Read a column of ISO codes."""
        return codes(self.first_column(name), lone_na=lone_na)

    def first_texts(self, *names: str) -> list[str]:
        """Give for each row the first of these columns that says something, or ""."""
        columns = (self.texts(name) for name in names)
        return [next(filter(None, row), "") for row in zip(*columns, strict=True)]

    def numbers_of(self, *stems: str) -> list[int]:
        """Give every n for which a column stem + n exists, ascending."""
        pattern = re.compile(f"(?:{'|'.join(stems)})([1-9][0-9]*)")
        return sorted({int(match[1]) for match in map(pattern.fullmatch, self._fields) if match})


class Oddities:
    """Values that no vocabulary explains, counted, to be told once for a table."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def note(self, field: str, value: str) -> None:
        """Count one cell of `field` that holds the unknown `value`."""
        self._counts[field, value] += 1

    def tell(self, known: Iterable[str], *, strict: bool) -> None:
        """Warn of everything noted, or raise it.

        Parameters
        ----------
        known : iterable of str
            The words that would have been understood, for the message.
        strict : bool
            Raise instead of warning.

        Raises
        ------
        SchemaError
            If something was noted and `strict` is true.
        """
        if not self._counts:
            return
        found = "; ".join(
            f"{field} = {value!r} ({count} row{'s' * (count > 1)})"
            for (field, value), count in self._counts.most_common(10)
        )
        more = f"; and {len(self._counts) - 10} more" if len(self._counts) > 10 else ""
        message = f"Unknown values: {found}{more}. Known words: {', '.join(known) or 'none'}."
        if strict:
            raise SchemaError(f"{message} Without strict=True they load as UNKNOWN or as nothing.")
        warnings.warn(f"{message} They load as UNKNOWN or as nothing.", SchemaWarning, stacklevel=4)
