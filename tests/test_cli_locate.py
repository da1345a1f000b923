"""`eezkit locate`: one library call, exit codes, counts on stderr, data on stdout."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from eezkit.__main__ import run
from eezkit.cli import options
from test_streams import ADDED, MEASURES, Stand

TABLE = "id,lon,lat\n1,5,10\n2,15,10\n3,5,55\n"


class Selectable(Stand):
    """A stand-in that notes what is selected."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str | None, bool]] = []

    def select(self, text: str | None = None, *, sole: bool = False) -> Selectable:
        self.asked.append((text, sole))
        return self


@pytest.fixture
def atlas(monkeypatch: pytest.MonkeyPatch) -> Selectable:
    stand = Selectable()

    def open_atlas(data: str | None) -> Any:
        stand.asked.append((data and data.name, False))
        return stand

    monkeypatch.setattr(options, "open_atlas", open_atlas)
    return stand


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "in.csv"
    path.write_text(TABLE)
    return path


@pytest.mark.usefixtures("atlas", "table")
def test_a_table_goes_in_and_comes_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["locate", "in.csv", "-o", "out.csv"]) == 0
    lines = Path("out.csv").read_text().splitlines()
    assert lines[0] == f"id,lon,lat,{ADDED}"
    assert len(lines) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "eezkit: out.csv: 3 rows, 1 not covered by the dataset\n"


@pytest.mark.usefixtures("atlas", "table")
def test_the_counts_are_json_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["locate", "in.csv", "-o", "out.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "n_rows": 3,
        "n_skipped": 0,
        "n_null": 0,
        "n_not_covered": 1,
    }


@pytest.mark.usefixtures("atlas")
def test_a_bad_row_is_exit_code_2_or_a_count(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table.write_text(TABLE + "4,x,10\n")
    assert run(["locate", "in.csv", "-o", "out.csv"]) == 2
    said = capsys.readouterr().err
    assert "Row 4 of in.csv (line 5: 'x', '10') is not a position" in said
    assert "Traceback" not in said
    assert not Path("out.csv").exists()
    assert run(["locate", "in.csv", "-o", "out.csv", "--on-error", "skip"]) == 0
    assert "4 rows, 1 skipped as no positions" in capsys.readouterr().err
    assert len(Path("out.csv").read_text().splitlines()) == 4
    assert run(["locate", "in.csv", "-o", "out.csv", "--on-error", "null"]) == 0
    assert "1 kept without an answer" in capsys.readouterr().err
    assert len(Path("out.csv").read_text().splitlines()) == 5


def test_every_option_changes_something(atlas: Selectable, table: Path) -> None:
    table.write_text("a;b;c\n5;10;é\n", encoding="latin-1")
    arguments = ["--delimiter", ";", "--encoding", "latin-1", "--lon", "a", "--lat", "b"]
    more = ["--distance", "--threads", "3", "--zone", "AAA", "--sole", "--data", "some.gpkg"]
    assert run(["locate", "in.csv", "-o", "out.csv", *arguments, *more]) == 0
    header = Path("out.csv").read_text(encoding="latin-1").splitlines()[0].split(";")
    assert header == ["a", "b", "c", *ADDED.split(","), *MEASURES]
    assert atlas.threads == {3}
    assert atlas.asked == [("some.gpkg", False), ("AAA", True)]
    for left_out in range(0, len(arguments), 2):
        fewer = arguments[:left_out] + arguments[left_out + 2 :]
        assert run(["locate", "in.csv", "-o", "fewer.csv", *fewer]) == 2
        assert not Path("fewer.csv").exists()


@pytest.mark.usefixtures("atlas", "table")
def test_text_may_become_parquet() -> None:
    assert run(["locate", "in.csv", "-o", "out.parquet"]) == 0
    assert pq.read_table("out.parquet").column("answer").to_pylist() == [1, 2, -1]


@pytest.mark.usefixtures("atlas", "table")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["in.csv"], "Missing option '-o'"),
        ([], "Missing argument 'TABLE'"),
        (["none.csv", "-o", "out.csv"], "none.csv is not there"),
        (["in.csv", "-o", "in.csv"], "is the input"),
        (["in.csv", "-o", "out.xlsx"], "ends neither in"),
        (["in.csv", "-o", "."], "is a directory"),
        (["in.csv", "-o", "out.csv", "--on-error", "ignore"], "'fail', 'skip', 'null'"),
        (["in.csv", "-o", "out.csv", "--threads", "0"], "0 is not in the range"),
        (["in.csv", "-o", "out.csv", "--lon", "lat"], "one and the same column"),
        (["in.csv", "-o", "out.csv", "--lat", "y"], "no column 'y'"),
    ],
)
def test_wrong_use_is_exit_code_2(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["locate", *arguments]) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert said.out == ""
    assert sorted(path.name for path in Path().iterdir()) == ["in.csv"]


@pytest.mark.usefixtures("atlas", "table")
def test_a_person_sees_progress(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert run(["locate", "in.csv", "-o", "out.csv"]) == 0
    assert "100%" in capsys.readouterr().err


@pytest.mark.usefixtures("atlas", "table")
def test_a_failure_to_write_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    Path("blocked").write_text("a file where a folder would be")
    assert run(["locate", "in.csv", "-o", "blocked/out.csv"]) == 2
    said = capsys.readouterr().err
    assert "blocked" in said
    assert "Traceback" not in said


def test_the_embedded_atlas_answers_for_the_site_of_2026(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table.write_text(
        "name,lat,lon\nsite,23.325487,155.017583\nfar,30,170\nisland,24.2867,153.9806\n"
    )
    assert run(["locate", "in.csv", "-o", "out.csv", "--distance", "--zone", "JPN"]) == 0
    rows = list(csv.DictReader(Path("out.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["sovereign"] for row in rows] == ["JPN", "", ""]
    assert [row["answer"] for row in rows][1:] == ["0", "0"]
    assert float(rows[0]["margin_m"]) / 1852 == pytest.approx(119.4, abs=0.1)
    assert float(rows[0]["coast_distance_m"]) / 1852 == pytest.approx(80.6, abs=0.1)
    assert rows[0]["edge_kind"] == "outer_limit"
    assert float(rows[1]["margin_m"]) < 0
    assert rows[2]["margin_m"] == ""
    assert "3 rows" in capsys.readouterr().err
