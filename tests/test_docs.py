"""The documentation: what its pages say is printed is printed, and the site builds offline."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import eezkit
import page_blocks
from page_blocks import DOCS, ROOT, agree, blocks_of, commands_of, needs_of, pages, run_page

PAGES = pages()
RUNNING = [
    path
    for path in PAGES
    if any(b.kind in ("console", "python") for b in blocks_of(path.read_text(encoding="utf-8")))
]


def names(paths: list[Path]) -> list[str]:
    return [path.relative_to(DOCS).as_posix() for path in paths]


@pytest.mark.parametrize("path", RUNNING, ids=names(RUNNING))
def test_a_page_shows_what_its_blocks_print(
    path: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    needed = needs_of(path.read_text(encoding="utf-8"))
    shared = request.getfixturevalue("shared_data") if needed else None
    wrong, _ = run_page(path, tmp_path / "page", shared=shared)
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("path", PAGES, ids=names(PAGES))
def test_every_block_of_a_page_is_run_or_excused(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    blocks = list(blocks_of(text))
    unknown = [block.line for block in blocks if block.kind == "unknown"]
    assert not unknown, f"{path.name}: nothing runs the blocks at lines {unknown}"
    fences = len(re.findall(r"(?m)^\s*(?:```|~~~)", text))
    assert fences == 2 * len(blocks), f"{path.name} has fences that nothing reads"


def test_commands_that_are_not_run_are_commands() -> None:
    from eezkit.cli import eezkit as root

    checked = 0
    for path in PAGES:
        for block in blocks_of(path.read_text(encoding="utf-8")):
            if block.kind != "excused" or not block.body.startswith("$ eezkit"):
                continue
            for line, _ in commands_of(block.body):
                command: click.Command = root
                words = line.split()[1:]
                while isinstance(command, click.Group):
                    found = command.get_command(click.Context(command), words.pop(0))
                    assert found is not None, line
                    command = found
                command.make_context(line, words, resilient_parsing=False)
                checked += 1
    assert checked >= 4


def test_a_page_that_says_something_else_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```console\n$ eezkit check tokyo --zone JPN\ninside   Japan\n```\n\n"
        "```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n\n"
        "```python\nprint('seen by nobody')\n```\n"
    )
    wrong, right = run_page(page, tmp_path / "room")
    assert len(wrong) == 3
    assert "outside  on land" in right
    assert "```text\n2\n```" in right


def test_figures_may_differ_in_their_last_places_only() -> None:
    assert agree("margin 221185.6355249934\n", "margin 221185.6355249931\n")
    assert not agree("margin 221185.6355\n", "margin 221185.9355\n")
    assert not agree("1.4 nmi\n", "1.5 nmi\n")
    assert agree("took ... s\n", "took 3.1 s\n")


def test_every_command_and_option_has_its_place_in_the_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    import commands

    from eezkit.cli import COMMANDS

    (tmp_path / "gone.md").write_text("a command that is no more")
    commands.write_pages(tmp_path)
    assert {p.stem for p in tmp_path.glob("*.md")} == {*COMMANDS, "index"}
    index = (tmp_path / "index.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"`eezkit {name}`" in index
    check = (tmp_path / "check.md").read_text(encoding="utf-8")
    for option in ("--zone", "--sole", "--data", "--uncertainty", "--json"):
        assert f"`{option}" in check


def test_every_public_name_is_in_the_reference() -> None:
    index = (DOCS / "reference/api/index.md").read_text(encoding="utf-8")
    for name in eezkit.__all__:
        assert re.search(rf"`eezkit\.{name}\b", index), f"{name} is not in reference/api/index.md"


def test_the_site_builds_without_a_warning_and_asks_nothing_of_the_network(
    tmp_path: Path,
) -> None:
    for package in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(package)
    built = tmp_path / "html"
    build = [sys.executable, "-m", "sphinx", "-b", "html", "-n", "-W", "--keep-going", "-q"]
    done = subprocess.run(
        [*build, "-d", str(tmp_path / "trees"), str(DOCS), str(built)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    fetched = re.compile(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']https?:""")
    written = sorted(built.rglob("*.html"))
    assert len(written) > 30
    for page in written:
        assert not fetched.search(page.read_text(encoding="utf-8")), page.name
    assert (built / "minamitorishima.html").stat().st_size > 100_000


def test_the_writer_mends_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ eezkit check tokyo --zone JPN\n```\n")
    monkeypatch.setattr(sys, "path", [*sys.path])
    page_blocks.main([str(page)])
    assert "$ eezkit check tokyo --zone JPN\noutside  on land" in page.read_text()
