"""`eezkit report`: everything about one position."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from eezkit.cli import options, reading
from eezkit.cli.terminal import json_text, say
from eezkit.errors import OptionError

__all__ = ["report"]


@click.command(context_settings=options.position_command)
@options.position()
@options.zone
@options.sole
@reading.datasets
@options.uncertainty
@options.as_json
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to a file: .html (with the map, needs no network), .md or .json.",
)
def report(
    position: tuple[str, ...],
    zone: str | None,
    sole: bool,
    datasets: tuple[reading.Data, ...],
    how: reading.How,
    uncertainty: str | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Report all about POSITION: zones, rights, margin, coast, neighbours, sureness.

    POSITION is LAT LON, or a named place.
    """
    from eezkit.reports import Report
    from eezkit.reports import report as make

    kind = output.suffix.lower() if output else ".json" if as_json else ".md"
    if kind not in (".html", ".md", ".json"):
        raise OptionError(f"{output} does not end in .html, .md or .json.")
    found: Report | None = None
    for data in reversed(datasets):
        place, atlas, answer = options.ask(
            position, zone=zone, sole=sole, data=data, uncertainty=uncertainty
        )
        others = () if found is None else (found, *found.others)
        found = make(
            answer,
            atlas,
            title=place.title,
            note=place.note,
            others=others,
            command=_command(position, zone, sole, datasets, how, uncertainty, output),
        )
    assert found is not None
    if kind == ".html":
        from eezkit import maps

        assert output is not None
        say(maps.save(maps.report_page(found), output))
    elif kind == ".json":
        text = json_text(found.to_json()) + "\n"
        options.write_or_echo(text, output)
    else:
        options.write_or_echo(found.to_markdown(), output)


def _command(
    position: tuple[str, ...],
    zone: str | None,
    sole: bool,
    datasets: tuple[reading.Data, ...],
    how: reading.How,
    uncertainty: str | None,
    output: Path | None,
) -> str:
    """Write the command that made a report, as a shell reads it."""
    words = ["eezkit", "report", *position]
    given = [("--zone", zone), *(("--data", data.name) for data in datasets), *how.words()]
    given += [("--uncertainty", uncertainty), ("-o", str(output) if output else None)]
    words += [word for name, value in given if value is not None for word in (name, value)]
    return shlex.join([*words, *(["--sole"] if sole else [])])
