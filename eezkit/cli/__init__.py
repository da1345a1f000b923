"""The commands. Each is imported when it is called, so that a check starts at once."""

from __future__ import annotations

import importlib

import click

__all__ = ["COMMANDS", "eezkit"]

COMMANDS = {
    "check": ("eezkit.cli.check", "Is this position in that State's zone, and by what margin?"),
    "locate": ("eezkit.cli.locate", "Find the zones of all positions in a table."),
    "track": ("eezkit.cli.track", "Where was each ship, for how long, and where did it cross?"),
    "overlap": ("eezkit.cli.overlap", "How much of each area or line in a file is whose?"),
    "zones": ("eezkit.cli.zones", "List zones, or write them for QGIS, Excel and others."),
    "distance": ("eezkit.cli.distance", "How far is it to the limit, the coast, another position?"),
    "report": ("eezkit.cli.report", "Everything about one position."),
    "map": ("eezkit.cli.map", "Draw zones and a position as one self-contained HTML page."),
    "limit": ("eezkit.cli.limit", "Draw the outer limits of zones from a baseline."),
    "equidistance": ("eezkit.cli.equidistance", "Draw the line equally far from two baselines."),
    "audit": ("eezkit.cli.audit", "How far does a published limit lie from where the law puts it?"),
    "data": (
        "eezkit.cli.data",
        "Datasets: list, fetch, add, info, cite, build, diff, path, clear.",
    ),
}
"""Each command, the module it lives in, and what it is for."""


class _Commands(click.Group):
    """A group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, purpose) for name, (_, purpose) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="eezkit", message="%(prog)s %(version)s")
def eezkit() -> None:
    """Whose water is this, how far is it to the line, and how sure are we.

    Positions are LAT LON ("24.2867 153.9806"), degrees and minutes ("24°17.2'N 153°58.8'E"), or
    a named place ("minamitorishima-2026"). Not for legal or navigational use.
    """
