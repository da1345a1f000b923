"""The sections of a report as Markdown, which also reads well as plain text, and as small HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from eezkit.answers.answer import DISCLAIMER
from eezkit.answers.notebook import lines, small_table

if TYPE_CHECKING:
    from eezkit.reports.sections import Section

__all__ = ["as_html", "as_markdown", "plain"]

_MARKUP = re.compile(r"[\\|\[\]`<*$~]|&(?=#?\w+;)|(?<!\w)_|_(?!\w)")
_AT_START = re.compile(r"^(?:[#>+=-]|\d+(?=[.)](?:\s|$)))")
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_ENTITIES = {"<": "&lt;", "&": "&amp;"}


def plain(text: str) -> str:
    r"""Write text on one line of Markdown, so that it is shown and means nothing else.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Control characters, and those that turn the direction of writing, are named.

    Examples
    --------
    >>> print(plain("a | <b> [c](d)"))
    a \| &lt;b> \[c\](d)
    """
    line = _one_line(text)
    return _MARKUP.sub(lambda found: _ENTITIES.get(found[0], "\\" + found[0]), line)


def _one_line(text: str) -> str:
    return _HIDDEN.sub(lambda found: f"\\x{ord(found[0]):02x}", " ".join(text.split()))


def _paragraph(text: str) -> str:
    """Write text so that it begins no heading, list or quotation either."""
    mark = _AT_START.match(line := plain(text))
    if mark is None:
        return line
    at = mark.end() if mark[0].isdigit() else 0
    return f"{line[:at]}\\{line[at:]}"


def as_markdown(sections: Iterable[Section]) -> str:
    """Write sections as one page of Markdown."""
    written: list[str] = []
    sources = False
    for section in sections:
        if section.kind == "source" and not sources:
            sources = True
            written += ["## Sources and terms", ""]
        written += [*_section(section), ""]
    return "\n".join([*written, DISCLAIMER, ""])


def _section(section: Section) -> Iterator[str]:
    level = {"answer": "#", "source": "###"}.get(section.kind, "##")
    yield f"{level} {plain(section.heading)}"
    if section.kind == "making":  # a block of code, in which nothing means anything
        yield from ("", *(f"    {_one_line(text)}" for text in section.text))
        return
    texts = [_paragraph(text) for text in section.text]
    if section.kind == "answer":
        texts[0] = f"**{texts[0]}**"
    for text in texts:
        yield from ("", text)
    if section.rows:
        yield ""
    if not section.columns:
        for row in section.rows:
            yield f"- {row[0]}: {' · '.join(plain(cell) for cell in row[1:])}"
        return
    yield _row(section.columns)
    yield f"|{'---|' * len(section.columns)}"
    for row in section.rows:
        yield _row(row)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(plain(cell) for cell in cells)} |"


def as_html(sections: Iterable[Section]) -> str:
    """Write the answer and the tables of findings, small, as a notebook shows them."""
    return "".join(_small(section) for section in sections if section.kind in _SHOWN)


_SHOWN = ("answer", "finding")


def _small(section: Section) -> str:
    heading = lines(section.heading, tag="h3" if section.kind == "answer" else "h4")
    table = small_table(section.columns, section.rows) if section.columns else ""
    return f"{heading}{lines(*section.text)}{table}"
