"""`eezkit map`: zones, and a position among them, as a self-contained page or a picture."""

from __future__ import annotations

from pathlib import Path

import click

from eezkit.cli import options
from eezkit.cli.reading import Data
from eezkit.cli.terminal import say

__all__ = ["map"]


@click.command(context_settings=options.position_command)
@options.position(required=False)
@options.question
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What to write: a page (.html), or a picture (.png, .svg, .pdf).",
)
@click.option("--online", is_flag=True, help="Let the page fetch its scripts from the network.")
def map(  # noqa: A001
    position: tuple[str, ...],
    zone: str | None,
    sole: bool,
    data: Data,
    uncertainty: str | None,
    output: Path,
    as_json: bool,
    online: bool,
) -> None:
    """Draw POSITION with its zone, its limit and its uncertainty; or else all zones.

    POSITION is LAT LON, or a named place. The page opens without a network.
    """
    from eezkit import maps
    from eezkit.reports import report

    maps.check_suffix(output, offline=not online)
    if position:
        place, atlas, answer = options.ask(
            position, zone=zone, sole=sole, data=data, uncertainty=uncertainty
        )
        found = report(answer, atlas, note=place.note)
        path = maps.write_map(
            output,
            atlas,
            answer,
            title=place.title,
            nearby=(*found.places, *found.neighbours),
            note=place.note,
            offline=not online,
        )
    else:
        atlas = options.open_atlas(data)
        chosen = atlas.select(zone, sole=sole) if zone or sole else atlas
        path = maps.write_map(output, chosen, offline=not online)
    if as_json:
        options.echo_json({"path": str(path), "bytes": path.stat().st_size})
    else:
        say(path)
