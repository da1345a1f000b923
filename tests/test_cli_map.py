"""`eezkit map`: one page for a position, or for all zones."""

from __future__ import annotations

from pathlib import Path

import pytest

from eezkit.__main__ import run


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_named_place_is_drawn_with_its_uncertainty(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "minamitorishima-2026", "--zone", "JPN", "-o", "site.html"]) == 0
    assert capsys.readouterr().out == "site.html\n"
    page = Path("site.html").read_text("utf-8")
    assert "Inside the zone of JPN by 119.4\N{NO-BREAK SPACE}nmi" in page
    assert "the sector" in page
    assert "Minami-Torishima" in page
    assert "https://cdn" not in page
    assert len(page) < 1_000_000


def test_the_same_command_gives_the_same_bytes() -> None:
    for name in ("a.html", "b.html"):
        assert run(["map", "minamitorishima-2026", "-o", name]) == 0
    assert Path("a.html").read_bytes() == Path("b.html").read_bytes()


def test_without_a_position_all_zones_are_drawn() -> None:
    assert run(["map", "-o", "all.html"]) == 0
    assert run(["map", "--zone", "JPN", "-o", "japan.html"]) == 0
    assert "Minami-Torishima" in Path("all.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("extra", "changed"),
    [
        (["--online"], "https://cdn.jsdelivr.net"),
        (["--uncertainty", "70km"], "70 km"),
        (["--zone", "territory:minami-torishima"], "Inside the zone of territory:"),
    ],
)
def test_every_option_changes_the_page(extra: list[str], changed: str) -> None:
    position = ["map", "23.325487", "155.017583"]
    assert run([*position, "-o", "plain.html"]) == 0
    assert changed not in Path("plain.html").read_text("utf-8")
    assert run([*position, *extra, "-o", "page.html"]) == 0
    assert changed in Path("page.html").read_text("utf-8")


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_picture_is_written_where_the_file_is_one(suffix: str) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib (the extra plot) is not installed")
    name = f"site.{suffix}"
    assert run(["map", "minamitorishima-2026", "--zone", "JPN", "-o", name]) == 0
    assert Path(name).stat().st_size > 20_000


def test_a_picture_can_show_the_world() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib (the extra plot) is not installed")
    assert run(["map", "-o", "world.png"]) == 0
    assert Path("world.png").stat().st_size > 200_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["23", "155", "-o", "page.gif"], "page.gif"),
        (["23", "155", "-o", "page.png", "--online"], "page.png"),
        (["23", "155"], "-o"),
        (["91", "0", "-o", "page.html"], "91"),
        (["nowhere-at-all", "-o", "page.html"], "nowhere-at-all"),
        (["--zone", "XXX", "-o", "page.html"], "XXX"),
    ],
)
def test_wrong_use_is_said_without_a_traceback(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["map", *arguments]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said
    assert not Path("page.html").exists()
