"""Times as people write them in tables of fixes: read one way, and never guessed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from eezkit.errors import SchemaError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["TimeReader"]

Order = Literal["day", "month"]

_NO_TIME = np.iinfo(np.int64).min
# Since 1973 and until 5138 numbers of seconds have 9 to 11 digits, of milliseconds 12 to 14.
_UNITS = ((1e8, 1e11, "s"), (1e11, 1e14, "ms"), (1e14, 1e17, "us"), (1e17, 1e19, "ns"))
_SLASHED = re.compile(r"\s*(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b(.*)")


class TimeReader:
    """Reads a column of times block by block, all in the form that the first of them shows.

    Parameters
    ----------
    name : str
        The column, for messages.
    first : {"day", "month"}, optional
        What comes first in 1/2/2026; without it such a time is refused.
    """

    def __init__(self, name: str, first: Order | None = None) -> None:
        self.name, self.first = name, first
        self._form: str | None = None

    def read(self, values: pd.Series[Any]) -> NDArray[np.int64]:
        """Nanoseconds since 1970 UTC; the least int64 where there is no time.

        Parameters
        ----------
        values : pandas.Series
            Date-times; numbers of seconds, milliseconds, microseconds or nanoseconds since 1970
            UTC, told apart by their size; or text: such numbers, ISO 8601, or days, months and
            years with slashes or points. Without a time zone a time is UTC.

        Returns
        -------
        numpy.ndarray of int64, shape (n_values,)

        Raises
        ------
        SchemaError
            If a time cannot be read, can be read in two ways, or has another form than those
            before it.
        """
        import pandas as pd

        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            return _nanoseconds(values)
        text = values.astype("string").str.strip()
        text = text.mask(text == "")
        known = text.dropna()
        if not len(known):
            return np.full(len(values), _NO_TIME, np.int64)
        if self._form is None:
            self._form = self._form_of(known)
        if self._form in ("s", "ms", "us", "ns"):
            return self._numbers(text)
        try:
            read = pd.to_datetime(text, format=self._form, utc=True)
        except ValueError as error:
            raise SchemaError(
                f"A time in {self.name!r} cannot be read: {error}. The first, {known.iloc[0]!r}, "
                f"is read as {_said(self._form)}; accepted is one form for all."
            ) from None
        return _nanoseconds(read)

    def _form_of(self, known: pd.Series[Any]) -> str:
        first = str(known.iloc[0])
        if re.fullmatch(r"\d+(\.\d*)?", first):
            return self._unit(known)
        slashed = _SLASHED.fullmatch(first)
        if slashed is None:
            return "ISO8601"
        order = self.first or self._order(known)
        separator = "." if "." in first[:3] else "/"
        day = ("%d", "%m") if order == "day" else ("%m", "%d")
        return separator.join([*day, "%Y"]) + _clock(slashed[4])

    def _order(self, known: pd.Series[Any]) -> Order:
        """Which comes first, day or month, if any of the times tells."""
        parts = known.astype(str).str.extract(r"^(\d{1,2})[/.](\d{1,2})[/.]").astype(float)
        if (parts[0] > 12).any():
            return "day"
        if (parts[1] > 12).any():
            return "month"
        first = str(known.iloc[0])
        a, b = (int(part) for part in re.split(r"[/.]", first)[:2])
        raise SchemaError(
            f"The times in {self.name!r}, such as {first!r}, can be read in two ways: day {a} of "
            f"month {b}, or day {b} of month {a}. Say which: --day-first or --month-first."
        )

    def _unit(self, known: pd.Series[Any]) -> str:
        size = float(np.median(known.astype(float)))
        for low, high, unit in _UNITS:
            if low <= size < high:
                return unit
        raise SchemaError(
            f"The times in {self.name!r}, such as {known.iloc[0]!r}, are numbers that are no "
            "seconds, milliseconds, microseconds or nanoseconds since 1970 UTC in the years 1973 "
            "to 5138. Accepted are these, ISO 8601, and dates with slashes."
        )

    def _numbers(self, text: pd.Series[Any]) -> NDArray[np.int64]:
        import pandas as pd

        numbers = pd.to_numeric(text, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        bad = np.flatnonzero(np.isnan(numbers) & text.notna().to_numpy(bool))
        if len(bad):
            raise SchemaError(
                f"{len(bad)} of the times in {self.name!r} are no numbers, as those before them "
                f"are; the first is {text.iloc[bad[0]]!r}. Accepted is one form for all."
            )
        scale = {"s": 1e9, "ms": 1e6, "us": 1e3, "ns": 1.0}[self._form or "s"]
        whole = np.floor(numbers)
        known = ~np.isnan(numbers)
        out = np.full(len(numbers), _NO_TIME, np.int64)
        out[known] = whole[known].astype(np.int64) * int(scale)
        out[known] += np.rint((numbers - whole)[known] * scale).astype(np.int64)
        return out


def _clock(rest: str) -> str:
    """Format of what follows the date."""
    if not rest.strip():
        return ""
    halves = re.search(r"(?i)[ap]m\s*$", rest) is not None
    form = (" %I:%M" if halves else " %H:%M") + (":%S" if rest.count(":") == 2 else "")
    return form + (".%f" if "." in rest else "") + (" %p" if halves else "")


def _said(form: str) -> str:
    return "ISO 8601" if form == "ISO8601" else f"{form} (days %d, months %m)"


def _nanoseconds(values: pd.Series[Any]) -> NDArray[np.int64]:
    import pandas as pd

    index = pd.DatetimeIndex(values)
    if index.tz is not None:
        index = index.tz_convert("UTC").tz_localize(None)
    return np.asarray(index.to_numpy().astype("datetime64[ns]").view(np.int64))
