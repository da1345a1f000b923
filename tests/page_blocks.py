"""The code blocks of a documentation page: run in order, compared with what the page prints.

On a page,

- a ``console`` block holds commands after ``$ `` and, below each, what it prints;
- a ``python`` block runs in the namespace of its page, and a ``text`` block right after it is
  what it prints;
- a ``{code-block}`` with a caption is the content of a file of that name;
- ``% not run: REASON`` on the line before a block excuses it;
- ``% needs: NAME`` at the head of a page names shared real data it reads.

``...`` in printed output stands for anything. What every command repeats on stderr, the notes of a
dataset and its warnings, is shown only where a command ends in ``2>&1``.
``python tests/page_blocks.py PAGE …`` writes what the blocks print now into the pages.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import itertools
import os
import re
import shlex
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedded_cache import link_embedded

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

_FENCE = re.compile(
    r"(?m)^(?P<excuse>% not run: [^\n]+\n)?```(?P<lang>[^\n`]*)\n(?P<body>.*?)^```$", re.DOTALL
)
_CAPTION = re.compile(r"\A:caption: (?P<name>\S+)\n+")
_NOTE = re.compile(
    r"^eezkit: (eezkit derived atlas:|Marine Regions \w+:|warning:|\S+: Source not stated).*\n",
    re.MULTILINE,
)
_DECIMAL = re.compile(r"-?\d+\.\d{3,}")
_SHELL = re.compile(r"[|;&<>$`]")


@dataclass(frozen=True)
class Block:
    """One fenced block of a page.

    Parameters
    ----------
    kind : {"console", "python", "text", "file", "excused", "directive", "unknown"}
    body : str
    start, end : int
        Where the body lies in the text of the page.
    line : int
        Line of the fence, from 1.
    name : str
        Of the file that the block is.
    """

    kind: str
    body: str
    start: int
    end: int
    line: int
    name: str = ""


def pages() -> list[Path]:
    """Every page of the documentation, built ones left out."""
    found = [p for p in DOCS.rglob("*.md") if not {"_build", "commands"} & set(p.parts)]
    return sorted(found)


def blocks_of(text: str) -> Iterator[Block]:
    """Yield the blocks of a page, in order."""
    for match in _FENCE.finditer(text):
        lang, body = match["lang"].strip(), match["body"]
        caption = _CAPTION.match(body) if lang.startswith("{code-block}") else None
        kind = lang if lang in ("console", "python", "text") else "unknown"
        if match["excuse"]:
            kind = "excused"
        elif caption:
            kind, body = "file", body[caption.end() :]
        elif lang.startswith("{") and not lang.startswith("{code-block}"):
            kind = "directive"
        line = text.count("\n", 0, match.start("lang")) + 1
        name = caption["name"] if caption else ""
        yield Block(kind, body, match.start("body"), match.end("body"), line, name)


def needs_of(text: str) -> list[str]:
    """Names of the shared data that a page reads."""
    return [name for line in re.findall(r"(?m)^% needs: (.+)$", text) for name in line.split()]


def commands_of(body: str) -> list[tuple[str, str]]:
    """Commands of a console block, each with what the page says it prints."""
    parts = re.split(r"(?m)^\$ (.*)\n?", body)
    if parts[0].strip():
        raise ValueError(f"a console block begins with {parts[0]!r} and not with a command")
    return list(zip(parts[1::2], parts[2::2], strict=True))


@dataclass
class Session:
    """A reader who works through one page: a folder, a cache, one Python namespace."""

    folder: Path
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})

    def __post_init__(self) -> None:
        bin_folder = self.folder / ".bin"
        bin_folder.mkdir(parents=True)
        shim = bin_folder / "eezkit"
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m eezkit "$@"\n')
        shim.chmod(0o755)
        link_embedded(self.folder / ".cache")
        self.environment = {
            "EEZKIT_CACHE_DIR": str(self.folder / ".cache"),
            "COLUMNS": "80",
            "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
        }

    @contextlib.contextmanager
    def _there(self) -> Iterator[io.StringIO]:
        """Be in the folder, with its environment, and keep what is printed."""
        before, folder, printed = dict(os.environ), Path.cwd(), io.StringIO()
        os.environ.update(self.environment)
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                yield printed
        finally:
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(before)

    def command(self, line: str) -> str:
        """Run one line of a console: a command of eezkit in this process, all else in a shell."""
        words = line.removesuffix(" 2>&1")
        with self._there() as printed:
            if words.startswith("eezkit ") and not _SHELL.search(words):
                from eezkit.__main__ import run

                run(shlex.split(words)[1:])
                said = printed.getvalue()
            else:
                said = subprocess.run(
                    ["bash", "-c", line],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                ).stdout
        return said if words != line else _NOTE.sub("", said)

    def python(self, code: str, where: str) -> str:
        """Run a block of Python; an error is printed as its last line, as Python prints it."""
        from eezkit.errors import EezkitError, EezkitWarning

        with self._there() as printed, warnings.catch_warnings():
            warnings.simplefilter("ignore", EezkitWarning)
            try:
                exec(compile(code, where, "exec"), self.names)  # noqa: S102
            except EezkitError as error:
                print(traceback.format_exception_only(error)[-1], end="")
            return printed.getvalue()


def agree(want: str, got: str) -> bool:
    """Whether a page says what was printed; long decimals may differ in the last places.

    Compiled or not, and on another processor, distances agree to 1 µm but not to the last bit.
    """
    if doctest.OutputChecker().check_output(want, got, doctest.ELLIPSIS):
        return True
    pairs = list(zip(_DECIMAL.findall(want), _DECIMAL.findall(got), strict=False))
    return _DECIMAL.sub("#", want) == _DECIMAL.sub("#", got) and all(
        abs(float(a) - float(b)) <= max(1e-9 * abs(float(a)), 2 * 10.0 ** -_places(a, b))
        for a, b in pairs
    )


def _places(*numbers: str) -> int:
    """Decimal places of the shorter of numbers such as 12.345."""
    return min(len(number.partition(".")[2]) for number in numbers)


def run_page(path: Path, folder: Path, *, shared: Path | None = None) -> tuple[list[str], str]:
    """Run a page and give what differs, and the page as it should read.

    Parameters
    ----------
    path : Path
        The page.
    folder : Path
        An empty folder to work in.
    shared : Path, optional
        Where the data are that the page needs.
    """
    text = path.read_text(encoding="utf-8")
    session = Session(folder)
    for name in needs_of(text):
        assert shared is not None
        (folder / name).symlink_to(shared / name)
    wrong: list[str] = []
    changes: list[tuple[int, int, str]] = []
    blocks = list(blocks_of(text))

    def compare(block: Block, what: str, want: str, got: str) -> str:
        if agree(want, got):
            return want
        wrong.append(f"{path.name}:{block.line}: {what}\nthe page says:\n{want}\nprinted:\n{got}")
        return got.rstrip("\n") + "\n" if got else ""

    for block, after in itertools.zip_longest(blocks, blocks[1:]):
        where = f"{path.name}:{block.line}"
        if block.kind == "file":
            (folder / block.name).write_text(block.body, encoding="utf-8")
        elif block.kind == "console":
            new = ""
            for command, want in commands_of(block.body):
                new += f"$ {command}\n" + compare(block, command, want, session.command(command))
            changes.append((block.start, block.end, new))
        elif block.kind == "python":
            printed = session.python(block.body, where)
            shows = after is not None and after.kind == "text"
            if shows and not text[block.end + 4 : after.start].replace("```text", "").strip():
                new = compare(block, "what it prints", after.body, printed)
                changes.append((after.start, after.end, new))
            elif printed:
                wrong.append(f"{where}: prints what the page does not show:\n{printed}")
    for start, end, new in reversed(changes):
        text = text[:start] + new + text[end:]
    return wrong, text


def main(names: list[str]) -> None:
    """Write what the blocks of pages print now into the pages."""
    sys.path[:0] = [str(ROOT)]
    shared = Path(os.environ.get("EEZKIT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    for name in names or map(str, pages()):
        path = Path(name).resolve()
        if any(not (shared / needed).exists() for needed in needs_of(path.read_text())):
            print(f"{path.name}: skipped, its data are not at hand")
            continue
        with tempfile.TemporaryDirectory() as room:
            wrong, text = run_page(path, Path(room) / "page", shared=shared)
        path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {len(wrong)} changed")
        for line in wrong:
            if "does not show" in line:
                print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
