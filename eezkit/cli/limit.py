"""`eezkit limit`: the outer limits of zones, drawn from a baseline."""

from __future__ import annotations

from pathlib import Path

import click

from eezkit.cli import drawing

__all__ = ["limit"]

_ROW = (
    "{breadth_nmi:g} nmi  {area_km2:,.1f} km² with the land  {n_vertices:,} vertices  "
    "{n_turning_points:,} turning points  {n_basepoints:,} features govern it"
)


@click.command()
@click.argument("baseline", type=click.Path(path_type=Path))
@click.option(
    "--breadth",
    "breadths",
    metavar="LENGTH",
    multiple=True,
    default=("200nmi",),
    show_default=True,
    help="How far the zone reaches from the baseline; may be given again: 12nmi, 24nmi, 200nmi.",
)
@drawing.drawing
def limit(baseline: Path, breadths: tuple[str, ...], drawn: drawing.Drawing) -> None:
    """Draw the outer limit of a zone: the line at a breadth from the nearest point of BASELINE.

    BASELINE is a file of coasts, straight baselines or base points (GeoJSON, GeoPackage,
    shapefile, GeoParquet), or a CSV table with columns lon and lat. What is written are zones,
    one for each breadth, with the land in them, cut at ±180°.
    """
    from eezkit.limits import outer_limit, summary
    from eezkit.sources.files.baselines import open_baseline
    from eezkit.tables import features as files

    drawn.check([baseline])
    wanted = drawing.breadths_of(breadths)
    base = open_baseline(baseline)
    limits = [
        outer_limit(base.baseline, breadth, tolerance=drawn.tolerance, edges=drawn.edges)
        for breadth in wanted
    ]
    files.save_zones(drawn.output, limits, edges=drawn.edges)
    if drawn.table is not None:
        files.save_turning_points(
            drawn.table,
            {one.breadth: one.lines for one in limits},
            names=base.names,
            sides={"left": "basepoint"},
        )
    drawn.show("limits", [summary.of_limit(one, drawn.edges) for one in limits], _ROW)
