"""`eezkit zones`: which zones there are, and the same as files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from eezkit.cli import options
from eezkit.cli.terminal import say
from eezkit.errors import OptionError
from eezkit.units import parse_length

if TYPE_CHECKING:
    import geopandas

    from eezkit.atlas import Atlas
    from eezkit.cli.reading import Data

__all__ = ["zones"]


@click.command()
@click.option(
    "--zone",
    "chosen",
    metavar="CODE",
    multiple=True,
    help="Only these: JPN, territory:GUM, mrgid:8487, name:…; given again, these or those.",
)
@options.sole
@click.option("--within", metavar="LENGTH", help="Only zones this near to --of: 200nmi, 50km.")
@click.option("--of", metavar="POSITION", help='"LAT LON" or a named place: nearest zones first.')
@click.option("--bbox", metavar="W,S,E,N", help="Only zones with a part in this box, in degrees.")
@options.data
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write them: .gpkg, .geojson, .parquet, .kml, .shp, or .csv without the geometry.",
)
@click.option("--simplify", metavar="LENGTH", help="Let lines move this far: 500m. Needs -o.")
@click.option(
    "--dissolve",
    type=click.Choice(["sovereign", "territory"]),
    help="Join what one State holds alone; joint areas and overlapping claims stay by themselves.",
)
@options.as_json
def zones(
    chosen: tuple[str, ...],
    sole: bool,
    within: str | None,
    of: str | None,
    bbox: str | None,
    data: Data,
    output: Path | None,
    simplify: str | None,
    dissolve: Literal["sovereign", "territory"] | None,
    as_json: bool,
) -> None:
    """List zones: how they are held, by whom, how large; with -o, write them to a file.

    \b
    eezkit zones --zone FRA --zone ITA
    eezkit zones --within 200nmi --of "24.29 153.98" -o near.gpkg
    eezkit zones --dissolve sovereign --simplify 500m -o world.geojson
    """
    from eezkit.tables.writing import SUFFIXES, check_suffix
    from eezkit.tables.zones import save_zones, zone_table

    if output is not None:
        suffix = check_suffix(output, (*SUFFIXES, ".csv"))
    if simplify is not None and (output is None or suffix == ".csv"):
        raise OptionError("--simplify is for lines: name a file that holds them with -o.")
    place = None if of is None else options.resolve((of,))
    how: dict[str, Any] = {
        "bbox": None if bbox is None else _numbers(bbox),
        "near": None if place is None else (place.lon, place.lat),
        "within": None if within is None else parse_length(within, what="--within"),
        "dissolve": dissolve,
        "simplify": None if simplify is None else parse_length(simplify, what="--simplify"),
    }
    atlas = options.select_any(options.open_atlas(data), chosen, sole=sole)
    if output is None:
        _show(zone_table(atlas, **how), atlas, as_json=as_json)
        return
    table = save_zones(output, atlas, **how)
    if as_json:
        size = output.stat().st_size
        options.echo_json(
            {"schema_version": 1, "path": str(output), "n_zones": len(table), "bytes": size}
        )
    else:
        say(output)


def _show(table: geopandas.GeoDataFrame, atlas: Atlas, *, as_json: bool) -> None:
    from eezkit.tables.writing import rows_of

    rows = rows_of(table)
    if as_json:
        dataset = atlas.provenance.to_json()
        options.echo_json({"schema_version": 1, "dataset": dataset, "zones": rows})
        return
    wide = max(len(row["zone"]) for row in rows)
    held = max(len(row["regime"]) for row in rows)
    for row in rows:
        whose = row["sovereign"]
        if row["territory"] != whose:
            whose += f" ({row['territory']})"
        far = f" {row['distance_m'] / 1852:9.1f} nmi" if "distance_m" in row else ""
        area = f"{row['area_km2']:12,.0f} km²"
        say(f"{row['zone']:<{wide}}  {row['regime']:<{held}} {area}{far}  {whose}")


def _numbers(text: str) -> list[float]:
    parts = [part for part in re.split(r"[,\s]+", text.strip()) if part]
    try:
        found = [float(part) for part in parts]
    except ValueError:
        found = []
    if len(found) != 4:
        raise OptionError(f"--bbox {text!r} is not four numbers: west,south,east,north.")
    return found
