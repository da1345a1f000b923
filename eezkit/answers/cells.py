"""Text of the data in tables that spreadsheets open: a name is never a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eezkit.answers.columns import PER_POSITION, PER_ZONE

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["as_cell", "with_cells"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TEXTS = {column.name for column in (*PER_POSITION, *PER_ZONE) if column.type == "text"}


def as_cell(text: str) -> str:
    """Write text so that no spreadsheet runs it: with an apostrophe before what begins a formula.

    Parameters
    ----------
    text : str
        From a dataset. A user's own columns pass as they are.

    Returns
    -------
    str

    Examples
    --------
    >>> print(as_cell('=HYPERLINK("http://x.test")'), as_cell("Fiji"))
    '=HYPERLINK("http://x.test") Fiji
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def with_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Give a table whose columns of answers hold no formula; all others are as they were."""
    texts = [name for name in table.columns if name in _TEXTS]
    made = {
        name: table[name].map(lambda v: as_cell(v) if isinstance(v, str) else v) for name in texts
    }
    return table.assign(**made)
