"""`eezkit distance`: to the limit and the coast, or to another position."""

from __future__ import annotations

import click

from eezkit.cli import options
from eezkit.cli.reading import Data
from eezkit.cli.terminal import say

__all__ = ["distance"]


@click.command(context_settings=options.position_command)
@options.position()
@click.option("--to", "target", metavar="POSITION", help="Another position, or a named place.")
@options.question
def distance(
    position: tuple[str, ...],
    target: str | None,
    zone: str | None,
    sole: bool,
    data: Data,
    uncertainty: str | None,
    as_json: bool,
) -> None:
    """Say how far POSITION is from the limit and the coast, or from another position.

    Distances are geodesics on the WGS 84 ellipsoid, to the nearest point of the true edge.
    """
    from eezkit.answers.separation import between, to_edges

    if target is None:
        _, _, answer = options.ask(
            position, zone=zone, sole=sole, data=data, uncertainty=uncertainty
        )
        found = to_edges(answer)
    else:
        place = options.resolve(position)
        shape = options.uncertainty_of(uncertainty, place)
        found = between(place, options.resolve(tuple(target.split())), uncertainty=shape)
    options.echo_json(found.to_json()) if as_json else say(found.sentence())
