"""`eezkit check`: inside or outside, by what margin, and how sure."""

from __future__ import annotations

import click

from eezkit.cli import options
from eezkit.cli.reading import Data
from eezkit.cli.terminal import say

__all__ = ["check"]

_EXIT_CODES = {True: 0, False: 1, "undecided": 3, "not covered": 3}


@click.command(context_settings=options.position_command)
@options.position()
@options.question
@click.pass_context
def check(
    ctx: click.Context,
    position: tuple[str, ...],
    zone: str | None,
    sole: bool,
    data: Data,
    uncertainty: str | None,
    as_json: bool,
) -> None:
    """Say whether POSITION is in a zone, and by what margin.

    POSITION is LAT LON, or a named place. Exit code: 0 inside, 1 outside or on land, 3 undecided
    or not covered, 2 wrong use or failure.
    """
    _, _, answer = options.ask(position, zone=zone, sole=sole, data=data, uncertainty=uncertainty)
    if as_json:
        options.echo_json(answer.to_json())
    else:
        from eezkit.answers.sentence import sentence

        say(sentence(answer))
    ctx.exit(_EXIT_CODES[answer.inside])
