"""`eezkit report`: everything about one position."""

from __future__ import annotations

import json
from pathlib import Path

import click

from eezkit.cli import options

__all__ = ["report"]


@click.command(context_settings=options.position_command)
@options.position()
@options.question
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to a file: .md or .json.",
)
def report(
    position: tuple[str, ...],
    zone: str | None,
    sole: bool,
    data: str | None,
    uncertainty: str | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Report all about POSITION: zones, rights, margin, coast, neighbours, sureness.

    POSITION is LAT LON, or a named place.
    """
    from eezkit.datasets import places
    from eezkit.report import report as make

    place, atlas, answer = options.ask(
        position, zone=zone, sole=sole, data=data, uncertainty=uncertainty
    )
    found = make(atlas, answer, places=places.all(), note=place.note)
    kind = output.suffix.lower() if output else ".json" if as_json else ".md"
    if kind == ".json":
        text = json.dumps(found.to_json(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    elif kind == ".md":
        text = found.to_markdown()
    else:
        raise click.BadParameter(f"{output} does not end in .md or .json", param_hint="-o")
    options.write_or_echo(text, output)
