"""`eezkit track`: a table of fixes in, where each ship was and where it crossed a line out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from eezkit.cli import options
from eezkit.cli.reading import Data
from eezkit.cli.terminal import bar, say

__all__ = ["track"]


class _Quantity(click.ParamType[float]):
    """A number with a unit, in the first of the units."""

    def __init__(self, what: str, **units: float) -> None:
        self.name, self.units = what, units

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"\s*(\d+\.?\d*|\.\d+)\s*([a-z]*)\s*", str(value).lower())
        if found is None or found[2] not in (*self.units, ""):
            self.fail(f"{value!r} is no {self.name}. Accepted is 12{next(iter(self.units))}.")
        return float(found[1]) * self.units.get(found[2], 1.0)


_HOURS = _Quantity("time", h=1.0, min=1 / 60, d=24.0, s=1 / 3600)
_MINUTES = _Quantity("time", min=1.0, h=60.0, s=1 / 60, d=1440.0)
_KNOTS = _Quantity("speed", kn=1.0, kt=1.0)
_METRES = _Quantity("length", m=1.0, km=1000.0, nmi=1852.0)


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Stays to write: .csv, .tsv or .parquet.",
)
@click.option(
    "--crossings", type=click.Path(dir_okay=False, path_type=Path), help="Crossings to write."
)
@click.option("--id", metavar="COLUMN", help="Column of the ship. Default: mmsi, imo, ship, …")
@click.option("--time", metavar="COLUMN", help="Column of the time. Default: time, timestamp, …")
@click.option("--lon", metavar="COLUMN", help="Column of longitudes, in decimal degrees.")
@click.option("--lat", metavar="COLUMN", help="Column of latitudes, in decimal degrees.")
@click.option("--day-first", "first", flag_value="day", help="1/2/2026 is the first of February.")
@click.option(
    "--month-first", "first", flag_value="month", help="1/2/2026 is the second of January."
)
@click.option(
    "--path",
    type=click.Choice(["geodesic", "rhumb"]),
    default="geodesic",
    show_default=True,
    help="The way from fix to fix.",
)
@click.option(
    "--max-gap", type=_HOURS, default="12h", show_default=True, help="A longer gap is no path."
)
@click.option("--max-speed", type=_KNOTS, help="A faster leap is no path: 40kn.")
@click.option("--belts", is_flag=True, help="Territorial sea and contiguous zone too.")
@click.option(
    "--by",
    type=click.Choice(["set", "zone", "id,set", "id,zone"]),
    default="set",
    show_default=True,
    help="A row for each stay in a set of zones, or in each zone; or their sums for each ship.",
)
@click.option("--kind", "kinds", multiple=True, help="Of crossings: only edges of this kind.")
@click.option("--min-stay", type=_MINUTES, default="0min", help="Join shorter stays: 10min.")
@click.option("--min-distance", type=_METRES, default="0m", help="Join shorter stays: 500m.")
@options.zone
@options.sole
@options.data
@click.option("--delimiter", metavar="MARK", help="Of a text table.")
@click.option("--threads", type=click.IntRange(min=1), help="Default: one for each processor.")
@options.as_json
def track(
    table: Path,
    output: Path,
    zone: str | None,
    sole: bool,
    data: Data,
    as_json: bool,
    kinds: tuple[str, ...],
    **given: Any,
) -> None:
    """Find where the ships in TABLE were, and for how long: CSV, Parquet, a folder, GPX.

    One row for each stay; the high seas, land, what is not covered and gaps are stays too, so
    that hours and miles add up.
    """
    from eezkit.voyages.files import track_file

    atlas = options.open_atlas(data)
    if zone is not None or sole:
        atlas = atlas.select(zone, sole=sole)
    with bar(table.name) as progress:
        summary = track_file(table, output, atlas, kinds=kinds or None, progress=progress, **given)
    say(f"eezkit: {output}: {summary.describe()}", err=True)
    if as_json:
        options.echo_json(summary.to_json())
