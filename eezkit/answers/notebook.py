"""What a notebook shows of a value: a line, a small table, all of it plain text made harmless."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["lines", "small_table"]


def lines(*texts: str, tag: str = "p") -> str:
    """Write each text as an element of its own.

    Examples
    --------
    >>> lines("a < b")
    '<p>a &lt; b</p>'
    """
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)


def small_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table.

    Examples
    --------
    >>> small_table(["zone"], [["<A>"]])
    '<table><tr><th>zone</th></tr><tr><td>&lt;A&gt;</td></tr></table>'
    """
    body = "".join(f"<tr>{lines(*row, tag='td')}</tr>" for row in rows)
    return f"<table><tr>{lines(*columns, tag='th')}</tr>{body}</table>"
