"""All that a terminal is sent goes through here: text, questions, bars.

Names, paths and answers of servers are other people's text: what in it would move the cursor,
change a colour or turn the order of reading is shown as ``\\x1b``, not done.
"""

from __future__ import annotations

import errno
import json
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eezkit._progress import Progress

__all__ = ["bar", "confirm", "json_text", "say", "visible"]

_ACTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters but for tab and new line, marks that turn the direction, half characters."""


def visible(text: object) -> str:
    """Show what would act on a terminal.

    Parameters
    ----------
    text : object
        Its `str` is taken.

    Returns
    -------
    str

    Examples
    --------
    >>> visible("Japan\\x1b[2J")
    'Japan\\\\x1b[2J'
    """
    return _ACTS.sub(_shown, str(text))


def json_text(value: object) -> str:
    """Write a value as JSON in which nothing acts on a terminal, and all reads back the same."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    return _ACTS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def say(text: object, *, err: bool = False, nl: bool = True) -> None:
    """Print a line on stdout, where data go, or on stderr, where all else does.

    Raises
    ------
    OSError
        If it cannot be written; stdout that is closed counts as that, stderr does not.
    """
    if sys.stdout is None and not err:
        raise OSError(errno.EBADF, "standard output is closed")
    click.echo(visible(text), err=err, nl=nl)


def confirm(question: str) -> bool:
    """Ask on stderr; whether the answer is yes."""
    return click.confirm(visible(question), err=True)


@contextmanager
def bar(label: str) -> Iterator[Progress | None]:
    """Show a bar on stderr, if a person is looking at it."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    shown = visible(label)
    with click.progressbar(length=1, label=shown, file=sys.stderr) as progress:

        def show(done: int, whole: int, note: str = "") -> None:
            progress.length = whole or 1
            progress.label = f"{shown} {visible(note)}".rstrip()
            progress.update(done - progress.pos if whole else 0)

        yield show
