"""`eezkit locate`: a table of positions in, the same table with their zones out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from eezkit.cli import options
from eezkit.cli.reading import Data
from eezkit.cli.terminal import bar, say

if TYPE_CHECKING:
    pass

__all__ = ["locate"]


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Table to write: .csv, .tsv, .txt (or these with .gz), .parquet.",
)
@click.option("--lon", metavar="COLUMN", help="Column of longitudes, in decimal degrees.")
@click.option("--lat", metavar="COLUMN", help="Column of latitudes, in decimal degrees.")
@options.zone
@options.sole
@options.data
@click.option(
    "--on-error",
    type=click.Choice(["fail", "skip", "null"]),
    default="fail",
    show_default=True,
    help="A row that is no position: fail, leave it out, or keep it with nulls.",
)
@click.option("--distance", is_flag=True, help="Add the distances to the limit and the coast.")
@click.option("--delimiter", metavar="MARK", help="Of a text table: one character, or 'tab'.")
@click.option("--encoding", metavar="NAME", help="Of a text table. Default: UTF-8.")
@click.option("--threads", type=click.IntRange(min=1), help="Default: one for each processor.")
@options.as_json
def locate(
    table: Path,
    output: Path,
    lon: str | None,
    lat: str | None,
    zone: str | None,
    sole: bool,
    data: Data,
    on_error: Literal["fail", "skip", "null"],
    distance: bool,
    delimiter: str | None,
    encoding: str | None,
    threads: int | None,
    as_json: bool,
) -> None:
    """Find the zones of all positions in TABLE (CSV or Parquet) and write it with them.

    All columns are kept, in order; added are answer, zones, sovereign, territory, regime and
    n_zones, and with --distance the distances to the limit and the coast.
    """
    from eezkit.tables import locate_file

    atlas = options.open_atlas(data)
    if zone is not None or sole:
        atlas = atlas.select(zone, sole=sole)
    with bar(table.name) as progress:
        summary = locate_file(
            table,
            output,
            atlas,
            lon=lon,
            lat=lat,
            on_error=on_error,
            distance=distance,
            delimiter=delimiter,
            encoding=encoding,
            progress=progress,
            threads=threads,
        )
    say(f"eezkit: {output}: {summary.describe()}", err=True)
    if as_json:
        options.echo_json(summary.to_json())
