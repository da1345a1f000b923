"""Arguments and options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from eezkit.cli import reading
from eezkit.cli.terminal import json_text, say

if TYPE_CHECKING:
    from pathlib import Path

    from eezkit.answers import Answer
    from eezkit.atlas import Atlas
    from eezkit.sources.places import Place
    from eezkit.uncertainty import Uncertainty

__all__ = [
    "as_json",
    "ask",
    "data",
    "echo_json",
    "open_atlas",
    "position",
    "position_command",
    "question",
    "resolve",
    "select_any",
    "sole",
    "uncertainty",
    "uncertainty_of",
    "write_or_echo",
    "zone",
]

_F = TypeVar("_F", bound=Callable[..., Any])

position_command = {"ignore_unknown_options": True}
"""Context settings under which -1.5 is a latitude and no option."""


def _words(ctx: click.Context, parameter: click.Parameter, words: tuple[str, ...]) -> Any:
    for word in words:
        if re.match(r"-(-|[A-Za-z])", word):
            raise click.NoSuchOption(word, ctx=ctx)
    if parameter.required and not words:
        raise click.MissingParameter(ctx=ctx, param=parameter)
    return words


def position(*, required: bool = True) -> Callable[[_F], _F]:
    """Take a position as any number of words: `LAT LON`, or a named place."""
    return click.argument(
        "position",
        nargs=-1,
        required=required,
        type=click.UNPROCESSED,
        callback=_words,
        metavar="POSITION",
    )


zone = click.option(
    "--zone",
    metavar="CODE",
    help="A sovereign's ISO code (JPN), or territory:GUM, mrgid:8487, name:…",
)
sole = click.option("--sole", is_flag=True, help="Leave out joint regimes and overlapping claims.")
data = reading.data
uncertainty = click.option(
    "--uncertainty",
    metavar="LENGTH",
    help="How far off the position may be: 500m, 70km, 12nmi.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON (see the reference).")


def question(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a question: zone, sole, data, uncertainty, json."""
    gathered: Callable[..., Any] = command
    for option in (as_json, uncertainty, data, sole, zone):
        gathered = option(gathered)
    return gathered


def ask(
    words: tuple[str, ...],
    *,
    zone: str | None,
    sole: bool,
    data: reading.Data,
    uncertainty: str | None,
) -> tuple[Place, Atlas, Answer]:
    """Resolve the position, open the atlas and ask."""
    place = resolve(words)
    shape = uncertainty_of(uncertainty, place)
    atlas = open_atlas(data)
    answer = atlas.at(
        lon=place.lon, lat=place.lat, zone=zone, sole=sole, uncertainty=shape, name=place.name
    )
    return place, atlas, answer


def open_atlas(data: reading.Data) -> Atlas:
    """Open the dataset that `--data` names, and say on stderr what must be said of it."""
    atlas = data.open()
    for note in atlas.provenance.notes:
        say(f"eezkit: {atlas.provenance.name}: {note}", err=True)
    return atlas


def select_any(atlas: Atlas, chosen: tuple[str, ...], *, sole: bool = False) -> Atlas:
    """Select the zones that answer to any of the selectors; all where there is none."""
    from dataclasses import replace

    if not chosen:
        return atlas.select(sole=True) if sole else atlas
    found = {i for text in chosen for i in atlas.select(text, sole=sole).selected or ()}
    return replace(atlas, selected=tuple(sorted(found)))


def resolve(words: tuple[str, ...]) -> Place:
    """Read a position or look up a named place."""
    from eezkit.sources.places import resolve as resolve_words

    return resolve_words(words)


def uncertainty_of(text: str | None, place: Place) -> Uncertainty | None:
    """Take the uncertainty of the option, or else the one the named place has."""
    if text is None:
        return place.uncertainty
    from eezkit.uncertainty import Uncertainty
    from eezkit.units import parse_length

    return Uncertainty.circle(parse_length(text, what="--uncertainty"))


def write_or_echo(text: str, output: Path | None) -> None:
    """Write text to a file, whole or not at all, or print it where no file is named."""
    if output is None:
        say(text, nl=False)
        return
    from eezkit._atomic import atomic_path

    with atomic_path(output) as path:
        path.write_text(text, encoding="utf-8")
    say(output)


def echo_json(value: Any) -> None:
    """Print a value as JSON on stdout."""
    say(json_text(value))
