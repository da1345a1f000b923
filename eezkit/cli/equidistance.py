"""`eezkit equidistance`: the line equally far from two baselines."""

from __future__ import annotations

from pathlib import Path

import click

from eezkit.cli import drawing

__all__ = ["equidistance"]

_ROW = (
    "line {line}  {length_nmi:,.1f} nmi long  {nearest_nmi:,.1f} to {farthest_nmi:,.1f} nmi from "
    "A and B  {n_vertices:,} vertices  {n_turning_points:,} turning points"
)


@click.command()
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option(
    "--breadth",
    metavar="LENGTH",
    default="200nmi",
    show_default=True,
    help="Where the line ends: no farther than this from A and B.",
)
@drawing.drawing
def equidistance(a: Path, b: Path, breadth: str, drawn: drawing.Drawing) -> None:
    """Draw the line every point of which is equally far from baselines A and B.

    A and B are files as `eezkit limit` takes them. Equidistance is a method and not a rule: what
    States agree on, or a court decides, may be another line.
    """
    from eezkit import limits
    from eezkit.limits import summary
    from eezkit.sources.files.baselines import open_baseline
    from eezkit.tables import features as files

    drawn.check([a, b])
    (reach,) = drawing.breadths_of([breadth])
    one, other = open_baseline(a), open_baseline(b)
    line = limits.equidistance(
        one.baseline,
        other.baseline,
        max_breadth=reach,
        tolerance=drawn.tolerance,
        edges=drawn.edges,
    )
    files.save_line(drawn.output, line, tolerance=drawn.tolerance, edges=drawn.edges)
    if drawn.table is not None:
        # The features of B are numbered on from those of A.
        names = [*one.names[: one.baseline.feature.max() + 1], *other.names]
        files.save_turning_points(
            drawn.table,
            {reach: line},
            names=names,
            sides={"left": "a_basepoint", "right": "b_basepoint"},
        )
    drawn.show("lines", summary.of_lines(line), _ROW)
