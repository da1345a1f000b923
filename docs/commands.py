"""The reference of the command line, written from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

__all__ = ["write_pages"]


def write_pages(folder: Path) -> None:
    """Write an index and a page for each command; files that would not change are left alone.

    Parameters
    ----------
    folder : Path
    """
    from eezkit.cli import eezkit

    root = click.Context(eezkit, info_name="eezkit", color=False)
    names = eezkit.list_commands(root)
    pages = {"index": "\n".join(_index(root, names)) + "\n"}
    for name in names:
        command = eezkit.get_command(root, name)
        assert command is not None
        pages[name] = "\n".join(_page(command, f"eezkit {name}", root)) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    for stale in set(folder.glob("*.md")) - {folder / f"{name}.md" for name in pages}:
        stale.unlink()
    for name, text in pages.items():
        path = folder / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _index(root: click.Context, names: list[str]) -> Iterator[str]:
    from eezkit.cli import COMMANDS

    yield from ("# Command line", "", *_help(root.command), "")
    yield from ("| command | what it is for |", "|---|---|")
    for name in names:
        yield f"| [`eezkit {name}`]({name}.md) | {COMMANDS[name][1]} |"
    yield from ("", "Data go to stdout and everything else to stderr. How every command ends:", "")
    yield from ("| exit code | meaning |", "|---|---|")
    for code, meaning in _EXIT_CODES.items():
        yield f"| {code} | {meaning} |"
    yield from ("", "```{toctree}", ":hidden:", "", *names, "```")


_EXIT_CODES = {
    0: "yes, or done",
    1: "no: outside, or on land (only `check` says it)",
    2: "wrong use, or failure: the message on stderr says what and why",
    3: "undecided, or not covered by the data (only `check` says it)",
    130: "interrupted",
    141: "whoever read the output has stopped reading (`eezkit … | head`)",
}


def _page(
    command: click.Command, name: str, parent: click.Context, depth: int = 1
) -> Iterator[str]:
    ctx = click.Context(command, info_name=name.split()[-1], parent=parent)
    usage = " ".join(command.collect_usage_pieces(ctx))
    yield from (f"{'#' * depth} `{name}`", "", *_help(command), "")
    if isinstance(command, click.Group):
        for sub in command.list_commands(ctx):
            inner = command.get_command(ctx, sub)
            assert inner is not None
            yield from _page(inner, f"{name} {sub}", ctx, depth + 1)
        return
    yield from ("```{code-block} none", f"{name} {usage}", "```", "")
    options = [p for p in command.get_params(ctx) if isinstance(p, click.Option)]
    for option in options:
        record = None if option.name == "help" else option.get_help_record(ctx)
        if record is not None:
            yield from (f"`{record[0]}`", f": {record[1]}", "")


def _help(command: click.Command) -> list[str]:
    return inspect.cleandoc(command.help or "").replace("\b", "").splitlines()
