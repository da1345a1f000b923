"""The command line: what it prints, where, and with which exit code."""

import json
import os
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from eezkit import M, load
from eezkit.__main__ import run
from eezkit.cli import COMMANDS, eezkit

NOMINAL = "23.325487 155.017583"


def check(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict]:
    """Run `eezkit check … --json`; give the exit code and what it printed."""
    code = run(["check", *words, "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else {}


def test_the_nominal_site_is_inside_japans_zone(capsys) -> None:
    code, answer = check(capsys, *NOMINAL.split(), "--zone", "JPN")
    assert code == 0
    assert answer["inside"] is True
    assert answer["margin_nmi"] == pytest.approx(119.4, abs=0.1)
    assert answer["coast"]["distance_nmi"] == pytest.approx(80.6, abs=0.1)
    assert answer["margin_m"] == pytest.approx(answer["margin_nmi"] * M)
    edge = {"to": "the outer limit", "kind": "outer_limit", "evidence": "breadth"}
    assert answer["edge"] | edge | {"neighbour": None} == answer["edge"]
    assert answer["edge"]["distance_m"] == answer["margin_m"]
    assert answer["zones"][0]["sovereign"] == "JPN"
    assert answer["schema_version"] == 2
    assert answer["dataset"]["basis"] == "derived"


@pytest.mark.parametrize(
    ("radius", "code", "inside"), [("70km", 0, True), ("230km", 3, "undecided")]
)
def test_uncertainty_makes_the_answer_undecided(capsys, radius, code, inside) -> None:
    found, answer = check(capsys, *NOMINAL.split(), "--zone", "JPN", "--uncertainty", radius)
    assert (found, answer["inside"]) == (code, inside)


@pytest.mark.parametrize(
    ("corner", "margin"),
    [("takaya-sw", 49.2), ("takaya-se", 51.5), ("takaya-nw", 75.6), ("takaya-ne", 78.3)],
)
def test_the_corners_of_the_resource_area_are_inside(capsys, corner, margin) -> None:
    code, answer = check(capsys, corner, "--zone", "JPN")
    assert code == 0
    assert answer["margin_nmi"] == pytest.approx(margin, abs=0.1)


def test_300_miles_out_is_outside(capsys) -> None:
    code, answer = check(capsys, "20.693125", "157.749500", "--zone", "JPN")
    assert (code, answer["inside"]) == (1, False)
    assert answer["margin_nmi"] == pytest.approx(-99.6, abs=0.1)


def test_the_island_itself_is_land(capsys) -> None:
    code, answer = check(capsys, "24.288", "153.981", "--zone", "JPN")
    assert (code, answer["inside"], answer["on_land"]) == (1, False, True)


def test_on_land_an_uncertainty_that_reaches_the_sea_decides_nothing(capsys) -> None:
    island = ("24.288", "153.981", "--zone", "JPN", "--uncertainty")
    code, answer = check(capsys, *island, "5nmi")
    assert (code, answer["inside"], answer["decided"]) == (3, "undecided", False)
    code, answer = check(capsys, *island, "10m")
    assert (code, answer["inside"], answer["decided"]) == (1, False, True)


def test_japan_has_more_than_one_zone(capsys) -> None:
    code, answer = check(capsys, "35", "141", "--zone", "JPN")
    assert (code, answer["inside"]) == (0, True)
    assert answer["zones"][0]["territory"] == "JPN"


def test_where_a_dataset_is_silent_the_answer_is_not_covered(capsys, tmp_path) -> None:
    part = tmp_path / "part.geojson"
    japan = load().select("name:Minami-Torishima").to_geodataframe()
    japan = japan[["geometry"]].assign(geoname="Japan", iso_sov1="JPN", pol_type="200NM")
    japan.to_file(part)
    code, answer = check(capsys, "35", "141", "--zone", "JPN", "--data", str(part))
    assert (code, answer["inside"]) == (3, "not covered")
    assert answer["margin_m"] is None


def test_other_data_stand_beside_the_embedded_atlas(capsys, tmp_path) -> None:
    part = tmp_path / "part.geojson"
    zone = load("embedded").select("name:Minami-Torishima").to_geodataframe()[["geometry"]]
    zone.assign(geoname="Drawn", iso_sov1="JPN", pol_type="200NM").to_file(part)
    words = [*NOMINAL.split(), "--data", str(part), "--data", "embedded", "--json"]
    assert run(["report", *words]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [zone["name"] for zone in found["zones"]] == ["Drawn"]
    assert found["datasets"][0]["dataset"]["name"] == load().provenance.name


def test_the_2026_site_is_decided_whatever_its_sector(capsys) -> None:
    code, answer = check(capsys, "minamitorishima-2026", "--zone", "JPN")
    assert (code, answer["decided"]) == (0, True)
    assert answer["position"]["name"] == "minamitorishima-2026"


@pytest.mark.parametrize(
    "position",
    [
        "24°17'12\"N 153°58'50\"E",
        "24° 17′ 12″ N, 153° 58′ 50″ E",
        "24 17.2N, 153 58.83E",
        "+24.28667+153.98056/",
        "POINT (153.98056 24.28667)",
        "minami-torishima",
    ],
)
def test_positions_are_read_as_people_write_them(capsys, position) -> None:
    _, answer = check(capsys, position)
    assert answer["position"]["lat"] == pytest.approx(24.28667, abs=1e-4)
    assert answer["position"]["lon"] == pytest.approx(153.98056, abs=1e-4)


def test_negative_positions_are_no_options(capsys) -> None:
    code, answer = check(capsys, "-1.5", "-2.0")
    assert (code, answer["position"]["lat"], answer["position"]["lon"]) == (1, -1.5, -2.0)


def test_the_line_for_people_says_it_all(capsys) -> None:
    assert run(["check", *NOMINAL.split(), "--zone", "JPN", "--uncertainty", "70km"]) == 0
    shown = capsys.readouterr()
    assert shown.out == (
        "inside   Japan (territory: Minami-Torishima), sole"
        " · 119.4 nmi (221.2 km) inside the outer limit · sure: ±70 km cannot change it\n"
    )
    assert "not an official limit" in shown.err


def test_distance_between_named_places(capsys) -> None:
    assert run(["distance", "minami-torishima", "--to", "tokyo", "--json"]) == 0
    leg = json.loads(capsys.readouterr().out)["legs"][0]
    assert leg["distance_m"] == pytest.approx(1_866_000, abs=10_000)


def test_distance_names_limit_and_coast(capsys) -> None:
    assert run(["distance", *NOMINAL.split(), "--json"]) == 0
    legs = json.loads(capsys.readouterr().out)["legs"]
    assert [leg["to"] for leg in legs] == ["the outer limit", "the coast"]
    assert legs[0]["distance_nmi"] == pytest.approx(119.4, abs=0.1)


@pytest.mark.parametrize("suffix", ["md", "json"])
def test_a_report_is_written_whole(tmp_path, capsys, suffix) -> None:
    target = tmp_path / f"site.{suffix}"
    assert run(["report", "minamitorishima-2026", "--zone", "JPN", "-o", str(target)]) == 0
    text = target.read_text(encoding="utf-8")
    assert "exclusive economic zone" in text
    assert "Not for legal or navigational use" in text
    assert [file.name for file in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_explains_itself(name) -> None:
    done = CliRunner().invoke(eezkit, [name, "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.output


def test_a_pipe_that_closes_early_is_no_error() -> None:
    command = (
        f"{sys.executable} -m eezkit report minamitorishima-2026 | true; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("141", "0")
    assert "Traceback" not in done.stderr


def test_an_interrupt_ends_with_130() -> None:
    code = (
        "import os, signal, sys\n"
        "from eezkit import cli\n"
        "from eezkit.__main__ import run\n"
        # A job in the background inherits an interrupt that is ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "cli.eezkit.main = lambda *a, **k: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.exit(run([]))"
    )
    assert signal.SIGINT
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 130


def test_a_crash_never_reads_as_outside(monkeypatch, capsys) -> None:
    from eezkit import cli

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(cli.eezkit, "main", broken)
    assert run(["check"]) == 2
    assert "bug in eezkit: RuntimeError: unforeseen" in capsys.readouterr().err


def test_the_cache_may_be_missing_or_read_only(tmp_path, monkeypatch, capsys) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(blocked / "cache"))
    code, answer = check(capsys, *NOMINAL.split(), "--zone", "JPN")
    assert (code, answer["inside"]) == (0, True)
    assert os.environ["EEZKIT_CACHE_DIR"]
