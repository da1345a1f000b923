"""`eezkit audit`: a published limit against the law."""

from __future__ import annotations

from pathlib import Path

import click

from eezkit.cli import options
from eezkit.cli.reading import Data
from eezkit.cli.terminal import say
from eezkit.units import parse_length

__all__ = ["audit"]


@click.command()
@click.argument("zone")
@click.argument("baseline", type=click.Path(path_type=Path))
@options.data
@click.option(
    "--breadth",
    metavar="LENGTH",
    default="200nmi",
    show_default=True,
    help="How far the limit ought to be from the baseline.",
)
@click.option(
    "--within",
    metavar="LENGTH",
    default="10km",
    show_default=True,
    help="Vertices farther than this from the breadth are left out, and counted.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE.csv",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a row for each vertex: distance, offset, the basepoint that governs it.",
)
@options.as_json
def audit(
    zone: str,
    baseline: Path,
    data: Data,
    breadth: str,
    within: str,
    output: Path | None,
    as_json: bool,
) -> None:
    """Say how far each vertex of a published limit lies from where the law would put it.

    ZONE is a zone of the data (JPN, territory:GUM, …), or a file with a limit of its own:
    polygons, lines, or positions. BASELINE is a file as `eezkit limit` takes it.
    """
    from eezkit.compare import audit as library
    from eezkit.errors import OptionError
    from eezkit.sources.files import baselines

    if output is not None and output.suffix.lower() != ".csv":
        raise OptionError(f"{output} does not end in .csv, which the vertices are written as.")
    metres, near = parse_length(breadth, what="--breadth"), parse_length(within, what="--within")
    is_file = data.name is None and (Path(zone).exists() or (Path(zone).suffix and ":" not in zone))
    limit = (
        baselines.read_limit(zone, layer=data.layer)
        if is_file
        else options.open_atlas(data).select(zone)
    )
    base = baselines.open_baseline(baseline)
    found = library.audit(limit, base.baseline, breadth=metres, within=near)
    names = base.names
    if output is not None:
        found.save(output, names=names)
    if as_json:
        options.echo_json(found.to_json())
        return
    say(found.to_text(names), nl=False)
    if output is not None:
        say(output)
