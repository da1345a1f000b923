"""What a terminal is sent: other people's text is shown, never obeyed."""

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

import published
from eezkit.cli.terminal import visible

ROOT = Path(__file__).parents[1]
EVIL = "Japan\x1b[2J\x1b]0;title\x07\x9b31m\r\x08\x7f‮gnp.txt⁦\u2028​"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("a\tb\nc", "a\tb\nc"),
        ("\r\x08\x00\x7f\x9b", r"\x0d\x08\x00\x7f\x9b"),
        ("‮abc‬", r"\u202eabc\u202c"),
        ("Côte d'Ivoire · 24°17′N 日本 עברית", "Côte d'Ivoire · 24°17′N 日本 עברית"),
        ("\udcff", r"\udcff"),
        (Path("a\x1bb"), r"a\x1bb"),
    ],
)
def test_what_acts_is_shown(text: object, shown: str) -> None:
    assert visible(text) == shown


def test_every_control_and_every_turn_of_direction_is_shown() -> None:
    for code in range(0x10000):
        character = chr(code)
        acts = unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        turns = unicodedata.bidirectional(character) in (
            "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
        )  # fmt: skip
        if (acts or turns) and character not in "\n\t":
            assert visible(character).isascii(), hex(code)
            assert visible(character).isprintable(), hex(code)


def test_nothing_prints_but_through_the_one_place() -> None:
    """The command line by `terminal`; the library not at all."""
    pattern = re.compile(
        r"click\.(echo|secho|confirm|prompt|progressbar|style)\b|^\s*print\(", re.M
    )
    streams = re.compile(r"sys\.std(out|err)\.write|file=sys\.std(out|err)")
    for path in (ROOT / "eezkit").rglob("*.py"):
        if path.name == "terminal.py":
            continue
        text = re.sub(r">>> .*|\.\.\. .*", "", path.read_text(encoding="utf-8"))
        assert not pattern.findall(text), path
        assert not streams.findall(text), path


def run(*words: object, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run eezkit as a shell would."""
    return subprocess.run(
        [sys.executable, "-m", "eezkit", *map(str, words)],
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def test_names_of_zones_and_files_act_on_no_terminal(tmp_path: Path) -> None:
    row = published.Row(EVIL, 5677, "200NM", (published.FRANCE,), published.square(-3, 46))
    data = published.write(tmp_path / "e\x1b[31mvil.geojson", rows=(row,))
    for words in (
        ("check", "46.5", "-2.5"),
        ("check", "46.5", "-2.5", "--json"),
        ("report", "46.5", "-2.5"),
        ("distance", "46.5", "-2.5"),
    ):
        done = run(*words, "--data", data)
        assert done.returncode == 0, done.stderr
        assert not ACTS.search(done.stdout + done.stderr), words
        if "--json" in words:
            assert r"Japan\u001b[2J" in done.stdout
            assert json.loads(done.stdout)["zones"][0]["name"].startswith("Japan\x1b[2J")


@pytest.mark.parametrize(
    "words",
    [
        ("check", "\x1b[31m"),
        ("check", "46", "2", "--zone", "\x1b[31m"),
        ("check", "46", "2", "--data", "no\x1b[31m"),
        ("nope\x1b[31m",),
        ("check", "46", "2", "--no\x1b[31m"),
        ("data", "info", "\x1b[31m"),
        ("data", "add", "\x1b[31m"),
    ],
)
def test_words_that_are_refused_are_shown(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "\\x1b" in done.stderr
