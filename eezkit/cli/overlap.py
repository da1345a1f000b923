"""`eezkit overlap`: areas or lines in, a table of how much of each is whose out."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from eezkit.cli import options
from eezkit.cli.reading import Data
from eezkit.cli.terminal import say

__all__ = ["overlap"]


@click.command()
@click.argument("areas", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Table to write: .csv, .tsv, .txt or .parquet.",
)
@click.option(
    "--by",
    type=click.Choice(["zone", "set", "sovereign"]),
    default="zone",
    show_default=True,
    help="A row for each zone, each set of zones (these add up), or each State.",
)
@click.option(
    "--edges",
    type=click.Choice(["planar", "geodesic"]),
    help="How edges of areas run: straight in longitude/latitude, or on geodesics. Default: as "
    "the file says; else planar.",
)
@click.option("--areas-layer", metavar="NAME", help="Which layer of AREAS, if it has several.")
@click.option("--encoding", metavar="NAME", help="Of a shapefile of areas, where it does not say.")
@options.zone
@options.sole
@options.data
@click.option("--threads", type=click.IntRange(min=1), help="Default: one for each processor.")
@options.as_json
def overlap(
    areas: Path,
    output: Path,
    by: Literal["zone", "set", "sovereign"],
    edges: Literal["planar", "geodesic"] | None,
    areas_layer: str | None,
    encoding: str | None,
    zone: str | None,
    sole: bool,
    data: Data,
    threads: int | None,
    as_json: bool,
) -> None:
    """Write how much of each area in AREAS lies in which zone, on land and on the high seas.

    AREAS is a file of polygons or lines (shapefile, zip, GeoPackage, FlatGeobuf, GeoJSON,
    GeoParquet) in any coordinate reference system. Its columns are kept; areas are in km² on the
    ellipsoid, and of lines the lengths in km and where they enter.
    """
    from eezkit.overlaps.files import overlap_file

    atlas = options.open_atlas(data)
    if zone is not None or sole:
        atlas = atlas.select(zone, sole=sole)
    done = overlap_file(
        areas,
        output,
        atlas,
        by=by,
        edges=edges,
        layer=areas_layer,
        encoding=encoding,
        threads=threads,
    )
    say(f"eezkit: {output}: {done.describe()}", err=True)
    if as_json:
        options.echo_json(done.to_json())
