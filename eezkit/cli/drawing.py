"""Options that commands share which draw lines from baselines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from eezkit.cli import options
from eezkit.geodesy import EdgeModel
from eezkit.units import parse_length

__all__ = ["breadths_of", "drawing", "say", "show", "tolerance_of"]

_F = TypeVar("_F", bound=Callable[..., Any])

_FILE = click.Path(dir_okay=False, path_type=Path)


def drawing(command: _F) -> _F:
    """Give a command the options of a drawing: tolerance, edges, output, table, json."""
    for option in (
        options.as_json,
        click.option(
            "--table",
            metavar="FILE.csv",
            type=_FILE,
            help="Write the turning points too, with the basepoints that govern them.",
        ),
        click.option(
            "-o",
            "--output",
            required=True,
            metavar="FILE",
            type=_FILE,
            help="What to write: .geojson, .gpkg or .parquet.",
        ),
        click.option(
            "--edges",
            type=click.Choice([model.value for model in EdgeModel]),
            default=EdgeModel.PLANAR.value,
            show_default=True,
            help="How edges run between vertices: straight in longitude and latitude, or else.",
        ),
        click.option(
            "--tolerance",
            metavar="LENGTH",
            default="1m",
            show_default=True,
            help="How far an edge may lie off the true line, at least 0.001m.",
        ),
    ):
        command = option(command)
    return command


def breadths_of(texts: tuple[str, ...]) -> list[float]:
    """Read breadths, each once, in metres."""
    return list(dict.fromkeys(parse_length(text, what="--breadth") for text in texts))


def tolerance_of(text: str) -> float:
    """Read a tolerance, in metres."""
    return parse_length(text, what="--tolerance")


def say(edges: EdgeModel, tolerance: float) -> None:
    """Say on stderr what must be said of every line that is drawn."""
    from eezkit.limits import files

    click.echo(f"eezkit: {files.NOTE}; {files.edges_in_words(edges, tolerance)}", err=True)


def show(
    what: str,
    rows: list[dict[str, Any]],
    text: str,
    edges: EdgeModel,
    tolerance: float,
    written: tuple[Path, Path | None],
    *,
    as_json: bool,
) -> None:
    """Print what was drawn, a line of text for each row, and the files; or all of it as JSON."""
    path, table = written
    if as_json:
        options.echo_json(
            {
                "schema_version": 1,
                "path": str(path),
                "table": None if table is None else str(table),
                "edges": edges.value,
                "tolerance_m": tolerance,
                what: rows,
            }
        )
        return
    for line in (*(text.format(**row) for row in rows), path, table):
        if line is not None:
            click.echo(line)
