"""Options that commands share which draw lines from baselines."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from eezkit.cli import options
from eezkit.cli.terminal import say
from eezkit.geodesy import EdgeModel
from eezkit.units import parse_length

__all__ = ["Drawing", "breadths_of", "drawing"]

_FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True)
class Drawing:
    """What is asked of a drawing: its accuracy in metres, its edges, and where it goes."""

    tolerance: float
    edges: EdgeModel
    output: Path
    table: Path | None
    as_json: bool

    def check(self, baselines: Iterable[Path]) -> None:
        """Refuse, before anything is drawn, outputs that cannot be written."""
        from eezkit.tables import features as files

        files.check_outputs(self.output, self.table, self.edges, list(baselines))

    def show(self, what: str, rows: list[dict[str, Any]], text: str) -> None:
        """Print what was drawn, a line of text for each row, and the files; or all as JSON.

        What must be said of every line that is drawn goes to stderr.
        """
        from eezkit.tables import features as files

        said = files.edges_in_words(self.edges, self.tolerance)
        say(f"eezkit: {files.NOTE}; {said}", err=True)
        if self.as_json:
            options.echo_json(
                {
                    "schema_version": 1,
                    "path": str(self.output),
                    "table": None if self.table is None else str(self.table),
                    "edges": self.edges.value,
                    "tolerance_m": self.tolerance,
                    what: rows,
                }
            )
            return
        for line in (*(text.format(**row) for row in rows), self.output, self.table):
            if line is not None:
                say(line)


def drawing(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a drawing; they arrive as one argument, `drawn`."""

    @functools.wraps(command)
    def gathered(
        *, tolerance: str, edges: str, output: Path, table: Path | None, as_json: bool, **rest: Any
    ) -> None:
        within = parse_length(tolerance, what="--tolerance")
        command(drawn=Drawing(within, EdgeModel(edges), output, table, as_json), **rest)

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
            help="What to write: .geojson, .gpkg, .parquet, .kml or .shp.",
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
        gathered = option(gathered)
    return gathered


def breadths_of(texts: Iterable[str]) -> list[float]:
    """Read breadths, each once, in metres."""
    return list(dict.fromkeys(parse_length(text, what="--breadth") for text in texts))
