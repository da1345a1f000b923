"""`eezkit limit`: the outer limits of zones, drawn from a baseline."""

from __future__ import annotations

from pathlib import Path

import click

from eezkit.cli import drawing
from eezkit.geodesy import EdgeModel

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
def limit(
    baseline: Path,
    breadths: tuple[str, ...],
    tolerance: str,
    edges: str,
    output: Path,
    table: Path | None,
    as_json: bool,
) -> None:
    """Draw the outer limit of a zone: the line at a breadth from the nearest point of BASELINE.

    BASELINE is a file of coasts, straight baselines or base points (GeoJSON, GeoPackage,
    shapefile, GeoParquet), or a CSV table with columns lon and lat. What is written are zones,
    one for each breadth, with the land in them, cut at ±180°.
    """
    from eezkit.limits import Baseline, features, files, outer_limit, summary

    model, within = EdgeModel(edges), drawing.tolerance_of(tolerance)
    files.check_outputs(output, table, model, [baseline])
    wanted = drawing.breadths_of(breadths)
    base = Baseline.from_file(baseline)
    limits = [outer_limit(base, breadth, tolerance=within, edges=model) for breadth in wanted]
    files.save_zones(output, limits, edges=model)
    if table is not None:
        files.save_turning_points(
            table,
            {one.breadth: one.lines for one in limits},
            names=features.names_of(baseline),
            sides={"left": "basepoint"},
        )
    drawing.say(model, within)
    found = [summary.of_limit(one, model) for one in limits]
    drawing.show("limits", found, _ROW, model, within, (output, table), as_json=as_json)
