"""Everything people get wrong: each ends with exit code 2, says why, and leaves nothing behind."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from eezkit.__main__ import run
from wfs_server import EEZ, OWS, Answer, WfsServer

POSITIONS = {
    "91 0": ["latitude", "91"],
    "0 361": ["361"],
    "141 24": ["swapped"],
    "nan 0": ["nan"],
    "inf 0": ["inf"],
    "24.28": ["24.28"],
    "1 2 3": ["1 2 3"],
    "24,28 153,98": ["24,28"],
    "24°75'N 153°E": ["75"],
    "24°17'80\"N 153°E": ["80"],
    "24N 25N": ["24N 25N"],
    "POINT (24 153)": ["153"],
    "POINT (1)": ["POINT (1)"],
    "LINESTRING (0 0, 1 1)": ["LINESTRING"],
    "-24S 10E": ["-24S"],
    "atlantis": ["atlantis"],
    "minamitorishima-2062": ["minamitorishima-2026"],
    "geo:99,0": ["99"],
}
"""Positions that are none, and words the message must have."""


@pytest.mark.parametrize("text", POSITIONS)
def test_a_bad_position_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", text, "--zone", "JPN"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    for word in POSITIONS[text]:
        assert word in shown.err


OPTIONS = {
    "no position": (["check", "--zone", "JPN"], "POSITION"),
    "no value": (["check", "1", "2", "--zone"], "--zone"),
    "unknown option": (["check", "1", "2", "--zne", "JPN"], "--zne"),
    "unknown short option": (["check", "1", "2", "-z", "JPN"], "-z"),
    "unknown command": (["chek", "1", "2"], "chek"),
    "unknown zone": (["check", "24", "154", "--zone", "JPX"], "jpn"),
    "unknown field": (["check", "24", "154", "--zone", "flag:JPN"], "territory:"),
    "mrgid no number": (["check", "24", "154", "--zone", "mrgid:eight"], "whole number"),
    "empty selector": (["check", "24", "154", "--zone", "name:"], "name:"),
    "uncertainty without unit": (["check", "24", "154", "--uncertainty", "70"], "unit"),
    "uncertainty no number": (["check", "24", "154", "--uncertainty", "far"], "far"),
    "uncertainty negative": (["check", "24", "154", "--uncertainty", "-5km"], "-5km"),
    "uncertainty unit unknown": (["check", "24", "154", "--uncertainty", "5miles"], "nmi"),
    "data missing": (["check", "24", "154", "--data", "no/such/file.shp"], "no/such/file.shp"),
    "data unknown layer": (["check", "24", "154", "--data", "ezz"], "eez"),
    "data not fetched": (["check", "24", "154", "--data", "eez"], "eezkit data"),
    "data a folder": (["check", "24", "154", "--data", "."], ""),
    "report to unknown kind": (["report", "24", "154", "-o", "page.docx"], ".docx"),
    "distance to nowhere": (["distance", "24", "154", "--to", "95 0"], "95"),
    "distance to nothing": (["distance", "24", "154", "--to"], "--to"),
    "locate missing file": (["locate", "none.csv", "-o", "out.csv"], "none.csv"),
    "map to unknown kind": (["map", "24", "154", "-o", "map.docx"], "docx"),
}
"""Command lines that make no sense, and a word the message must have."""


@pytest.mark.parametrize("case", OPTIONS)
def test_a_bad_command_line_is_refused(
    case: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments, word = OPTIONS[case]
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    assert "bug in eezkit" not in shown.err
    assert word in shown.err
    assert list(tmp_path.iterdir()) == []


def _page(folder: Path) -> Path:
    path = folder / "World_EEZ_v12.zip"
    path.write_text("<!DOCTYPE html><html><body>Please fill in the form</body></html>")
    return path


def _truncated_zip(folder: Path) -> Path:
    path = folder / "cut.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("eez.shp", b"0" * 5000)
    path.write_bytes(path.read_bytes()[:-300])
    return path


def _zip_without_shapefile(folder: Path) -> Path:
    path = folder / "photos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("holiday.jpg", b"...")
    return path


def _text(name: str, content: str) -> object:
    def make(folder: Path) -> Path:
        (folder / name).write_text(content, encoding="utf-8")
        return folder / name

    return make


POINTS = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "x"},'
    ' "geometry": {"type": "Point", "coordinates": [1, 2]}}]}'
)
NO_SCHEMA = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature",'
    ' "properties": {"colour": "red"},'
    ' "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}]}'
)

FILES = {
    "a web page saved as zip": (_page, "web page"),
    "a truncated zip": (_truncated_zip, "cut.zip"),
    "a zip without a shapefile": (_zip_without_shapefile, "photos.zip"),
    "an empty file": (_text("empty.geojson", ""), "empty.geojson"),
    "half a GeoJSON": (_text("half.geojson", '{"type": "FeatureColl'), "half.geojson"),
    "no features": (
        _text("none.geojson", '{"type": "FeatureCollection", "features": []}'),
        "none.geojson",
    ),
    "points": (_text("points.geojson", POINTS), "point"),
    "columns nobody knows": (_text("odd.geojson", NO_SCHEMA), "columns"),
    "text as parquet": (_text("zones.parquet", "hello"), "zones.parquet"),
    "text as geopackage": (_text("zones.gpkg", "hello"), "zones.gpkg"),
    "an unknown kind of file": (_text("zones.xyz", "hello"), "xyz"),
}
"""Files that are no zones: how to make them, and a word the message must have."""


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_is_refused(
    case: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    make, word = FILES[case]
    path = make(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert run(["check", "24", "154", "--data", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    assert "bug in eezkit" not in shown.err
    assert word in shown.err
    assert sorted(tmp_path.iterdir()) == before


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WfsServer]:
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(tmp_path / "cache"))
    with WfsServer(eez=EEZ) as running:
        yield running


SERVER_ANSWERS = {
    "an exception under 200": (
        "page",
        Answer(OWS.format(code="NoApplicableCode", text="Out of memory").encode(), 200, "text/xml"),
        "Out of memory",
    ),
    "an exception under 400": (
        "hits",
        Answer(OWS.format(code="Invalid", text="Illegal property name: colour").encode(), 400),
        "colour",
    ),
    "a web page": ("page", Answer(b"<html><body>Log in</body></html>", 200, "text/html"), "page"),
    "a page cut off": ("page", Answer(b'{"type": "FeatureCollection"' * 99, cut=100), "data add"),
    "half a feature collection": ("page", Answer(b'{"type": "FeatureCollection", "fea'), "JSON"),
    "no such page": ("hits", Answer(b"not here", 404, "text/plain"), "404"),
}
"""What a server may send instead of zones, and a word the message must have."""


@pytest.mark.parametrize("case", SERVER_ANSWERS)
def test_a_bad_answer_of_the_server_is_refused(
    case: str, server: WfsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    request, answer, word = SERVER_ANSWERS[case]
    server.fail(request, answer)
    assert run(["data", "fetch", "eez", "--url", server.url, "--timeout", "2"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    assert word in shown.err
    assert run(["data", "path", "eez"]) == 2


FETCHES = {
    "an unknown layer": (["ezz"], "eez"),
    "a condition that matches nothing": (["eez", "--where", "mrgid = -1"], "mrgid = -1"),
    "a condition cut short": (["eez", "--where", "mrgid = "], "CQL"),
    "an attribute nobody has": (["eez", "--where", "colour = 'red'"], "colour"),
    "a State nobody claims for": (["eez", "--sovereign", "XXX"], "XXX"),
}


@pytest.mark.parametrize("case", FETCHES)
def test_a_bad_wish_is_refused(
    case: str, server: WfsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    words, said = FETCHES[case]
    assert run(["data", "fetch", *words, "--url", server.url, "--timeout", "2"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    assert said in shown.err


def test_no_network_says_how_to_go_on_without(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(tmp_path))
    assert run(["data", "fetch", "eez", "--url", "http://127.0.0.1:9/ows", "--timeout", "1"]) == 2
    assert "eezkit data add" in capsys.readouterr().err
