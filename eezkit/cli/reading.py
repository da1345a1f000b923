"""Options that say which zones to ask, and how to read a file of them."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eezkit.errors import OptionError
from eezkit.units import parse_size

if TYPE_CHECKING:
    from eezkit.atlas import Atlas

__all__ = ["Data", "How", "data", "datasets", "how"]

Command = Callable[..., Any]

_WHAT = "Zones to ask: a file, or a layer fetched or added before. Default: the built-in atlas."


@dataclass(frozen=True)
class Data:
    """A dataset, and how it is to be read where it is a file.

    Parameters
    ----------
    name : str or None
        A path, a name in the cache, "embedded"; None for the embedded atlas.
    layer, columns, source, across_180, max_size : str or None
        As given; None where not.
    """

    name: str | None
    layer: str | None = None
    columns: str | None = None
    source: str | None = None
    across_180: str | None = None
    max_size: str | None = None

    @property
    def is_file(self) -> bool:
        """Whether it is, or was meant to be, a path."""
        return self.name is not None and (Path(self.name).exists() or "." in self.name)

    def options(self) -> dict[str, Any]:
        """Return how to read it, as `eezkit.load` takes it."""
        columns = None if self.columns is None else _mapping(self.columns)
        return {
            "layer": self.layer,
            "columns": columns,
            "source": self.source,
            "across_180": self.across_180,
            "max_size": self.max_size and parse_size(self.max_size, what="--max-size"),
        }

    def open(self) -> Atlas:
        """Open it."""
        from eezkit.sources import load

        return load(self.name, **self.options())


@dataclass(frozen=True)
class How:
    """How to read the files of a command: each option once for all, or once for each in turn."""

    layer: tuple[str, ...]
    columns: tuple[str, ...]
    source: tuple[str, ...]
    across_180: tuple[str, ...] = ()
    max_size: tuple[str, ...] = ()

    def of(self, names: Sequence[str | None]) -> tuple[Data, ...]:
        """Say it of each dataset that a command names; what is no file has nothing to be said."""
        found = [Data(name) for name in names]
        files = [place for place, one in enumerate(found) if one.is_file] or [0]
        said: list[dict[str, str]] = [{} for _ in found]
        for option, values in vars(self).items():
            if len(values) not in (0, 1, len(files)):
                raise OptionError(
                    f"{_word(option)} is given {len(values)} times for {len(files)} "
                    f"file{'s' * (len(files) != 1)}. Give it once for all, or once for each."
                )
            for place, value in zip(files, values * len(files), strict=False):
                said[place][option] = value
        return tuple(Data(one.name, **how) for one, how in zip(found, said, strict=True))

    def words(self) -> list[tuple[str, str]]:
        """Return the options as they were given."""
        return [(_word(name), value) for name, values in vars(self).items() for value in values]


def how(command: Command) -> Command:
    """Give a command the options that say how to read files; they arrive as `how`."""

    names = [one.name for one in fields(How)]

    @functools.wraps(command)
    def gathered(*args: Any, **given: Any) -> Any:
        said = How(**{name: given.pop(name) for name in names})
        return command(*args, how=said, **given)

    for option in (
        click.option(
            "--max-size",
            metavar="SIZE",
            multiple=True,
            help="What a zip may unpack to. Default: 2GB.",
        ),
        click.option(
            "--across-180",
            type=click.Choice(["cut", "as-drawn"]),
            multiple=True,
            help="A ring that jumps across ±180° uncut: cut it there, or go round the globe.",
        ),
        click.option(
            "--source",
            metavar="TEXT",
            multiple=True,
            help="Whose data a file holds: a layer of Marine Regions (eez@12), or a citation.",
        ),
        click.option(
            "--layer", metavar="NAME", multiple=True, help="Which layer of a file that has several."
        ),
        click.option(
            "--columns",
            metavar="NAME=COL,…",
            multiple=True,
            help="What the columns of a file mean: name=COUNTRY,sovereign=ISO3.",
        ),
    ):
        gathered = option(gathered)
    return gathered


def data(command: Command) -> Command:
    """Give a command the dataset to ask, as an option; it arrives as `data`, a `Data`."""

    @how
    @functools.wraps(command)
    def gathered(*args: Any, data: str | None, how: How, **rest: Any) -> Any:
        return command(*args, data=how.of([data])[0], **rest)

    return click.option("--data", metavar="FILE|LAYER", help=_WHAT)(gathered)


def datasets(command: Command) -> Command:
    """Give a command datasets to ask; they arrive as `datasets`, and `how` they were asked for."""

    @functools.wraps(command)
    def gathered(*args: Any, datasets: tuple[str, ...], how: How, **rest: Any) -> Any:
        return command(*args, datasets=how.of(datasets or (None,)), how=how, **rest)

    return click.option(
        "--data",
        "datasets",
        metavar="FILE|LAYER",
        multiple=True,
        help=f'{_WHAT} Given again: what other data say ("embedded" is the atlas that comes '
        "along).",
    )(how(gathered))


def _word(name: str) -> str:
    """The option of a field."""
    return f"--{name.replace('_', '-')}"


def _mapping(text: str) -> dict[str, str]:
    """Read ``name=COL,sovereign=COL``; a column may have a comma in its name."""
    found = {}
    for part in re.split(r",(?=\s*\w+=)", text):
        key, mark, column = part.partition("=")
        if not mark or not key.strip() or not column:
            raise OptionError(
                f"--columns {text!r} is not understood at {part!r}. Accepted is our name, '=' and "
                "the column of the file, as in name=COUNTRY,sovereign=ISO3."
            )
        found[key.strip()] = column
    return found
