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
    "12,345": ["12 345", "12.345"],
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
    "unknown zone": (["check", "24", "154", "--zone", "JPX"], "JPN"),
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


BASE = "lon,lat\n153.98,24.29\n"
LINES = {
    "limit of a missing file": (["limit", "none.csv", "-o", "o.gpkg"], "none.csv"),
    "limit of an empty file": (["limit", "empty.csv", "-o", "o.gpkg"], "empty.csv"),
    "limit of no features": (["limit", "none.geojson", "-o", "o.gpkg"], "empty"),
    "limit of an empty geometry": (
        ["limit", "void.geojson", "-o", "o.gpkg"],
        "none with a geometry",
    ),
    "limit of columns exchanged": (["limit", "swapped.csv", "-o", "o.gpkg"], "swapped"),
    "limit of a longitude too far": (["limit", "far.csv", "-o", "o.gpkg"], "999"),
    "limit of no columns": (["limit", "names.csv", "-o", "o.gpkg"], "lon and lat"),
    "limit of decimal commas": (["limit", "comma.csv", "-o", "o.gpkg"], "comma.csv"),
    "limit of words": (["limit", "words.csv", "-o", "o.gpkg"], "here"),
    "limit of a missing value": (["limit", "hole.csv", "-o", "o.gpkg"], "have no position"),
    "limit of a rock": (["limit", "rock.csv", "-o", "o.gpkg"], "entitled to a breadth of 200"),
    "limit of text as geopackage": (["limit", "text.gpkg", "-o", "o.gpkg"], "text.gpkg"),
    "limit of a folder": (["limit", ".", "-o", "o.gpkg"], "several layers"),
    "limit to nowhere": (["limit", "base.csv"], "--output"),
    "limit to unknown kind": (["limit", "base.csv", "-o", "o.xyz"], ".geojson"),
    "limit to no kind": (["limit", "base.csv", "-o", "o"], ".gpkg"),
    "limit over its baseline": (["limit", "none.geojson", "-o", "none.geojson"], "overwritten"),
    "limit and table in one": (["limit", "base.csv", "-o", "o.gpkg", "--table", "o.gpkg"], ".csv"),
    "table over its baseline": (
        ["limit", "base.csv", "-o", "o.gpkg", "--table", "base.csv"],
        "overwritten",
    ),
    "breadth without unit": (["limit", "base.csv", "--breadth", "200", "-o", "o.gpkg"], "unit"),
    "breadth negative": (["limit", "base.csv", "--breadth", "-5nmi", "-o", "o.gpkg"], "-5nmi"),
    "breadth of nothing": (["limit", "base.csv", "--breadth", "0nmi", "-o", "o.gpkg"], "above 0"),
    "breadth absurd": (["limit", "base.csv", "--breadth", "20000nmi", "-o", "o.gpkg"], "350 nmi"),
    "breadth endless": (["limit", "base.csv", "--breadth", "1e999nmi", "-o", "o.gpkg"], "1e999"),
    "one bad breadth of two": (
        ["limit", "base.csv", "--breadth", "12nmi", "--breadth", "24", "-o", "o.gpkg"],
        "unit",
    ),
    "tolerance of nothing": (["limit", "base.csv", "--tolerance", "0m", "-o", "o.gpkg"], "0.001"),
    "tolerance negative": (["limit", "base.csv", "--tolerance", "-1m", "-o", "o.gpkg"], "-1m"),
    "tolerance without unit": (["limit", "base.csv", "--tolerance", "1", "-o", "o.gpkg"], "unit"),
    "tolerance too fine": (["limit", "base.csv", "--tolerance", "1e-5m", "-o", "o.gpkg"], "0.001"),
    "tolerance too coarse": (
        ["limit", "base.csv", "--tolerance", "50km", "-o", "o.gpkg"],
        "a tenth of the breadth",
    ),
    "edges unknown": (["limit", "base.csv", "--edges", "round", "-o", "o.gpkg"], "loxodrome"),
    "edges parquet cannot say": (
        ["limit", "base.csv", "--edges", "geodesic", "-o", "o.parquet"],
        "GeoParquet",
    ),
    "equidistance of one file": (["equidistance", "base.csv", "-o", "o.gpkg"], "B"),
    "equidistance of a missing file": (
        ["equidistance", "base.csv", "none.csv", "-o", "o.gpkg"],
        "none.csv",
    ),
    "equidistance of one and the same": (
        ["equidistance", "base.csv", "base.csv", "-o", "o.gpkg"],
        "in common",
    ),
    "equidistance of one coast and itself": (
        ["equidistance", "box.geojson", "box.geojson", "-o", "o.gpkg"],
        "in common",
    ),
    "equidistance too far apart": (
        ["equidistance", "base.csv", "box.geojson", "-o", "o.gpkg", "--table", "t.csv"],
        "farther apart",
    ),
    "equidistance with a rock": (
        ["equidistance", "rock.csv", "base.csv", "-o", "o.gpkg"],
        "entitled",
    ),
    "equidistance to unknown kind": (
        ["equidistance", "base.csv", "box.geojson", "-o", "o.xyz"],
        ".geojson",
    ),
    "audit of an unknown zone": (["audit", "JPX", "base.csv"], "JPX"),
    "audit of a missing file": (["audit", "none.gpkg", "base.csv"], "none.gpkg"),
    "audit against a missing file": (["audit", "box.geojson", "none.csv"], "none.csv"),
    "audit against nothing": (["audit", "box.geojson"], "BASELINE"),
    "audit far from the breadth": (["audit", "box.geojson", "base.csv"], "baseline of this zone"),
    "audit of nothing": (["audit", "none.geojson", "base.csv"], "is empty"),
    "audit without a unit": (["audit", "box.geojson", "base.csv", "--breadth", "200"], "unit"),
    "audit within nothing": (["audit", "box.geojson", "base.csv", "--within", "0m"], "within"),
    "audit to unknown kind": (["audit", "box.geojson", "base.csv", "-o", "a.xlsx"], ".csv"),
    "audit of unknown data": (["audit", "JPN", "base.csv", "--data", "no.shp"], "no.shp"),
}
"""Lines from the law that cannot be drawn or audited, and a word the message must have."""


def _feature(geometry: str) -> str:
    head = '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, '
    return f'{head}"geometry": {geometry}}}]}}'


BASELINES = {
    "base.csv": BASE,
    "empty.csv": "",
    "swapped.csv": "lon,lat\n24.29,153.98\n",
    "far.csv": "lon,lat\n999,5\n",
    "names.csv": "east,north\n1,2\n",
    "comma.csv": "lon;lat\n1,5;2,5\n",
    "words.csv": "lon,lat\nhere,2\n",
    "hole.csv": "lon,lat\n1,\n",
    "rock.csv": "lon,lat,max_breadth_nmi\n154,25,12\n",
    "text.gpkg": "hello",
    "none.geojson": '{"type": "FeatureCollection", "features": []}',
    "void.geojson": _feature('{"type": "LineString", "coordinates": []}'),
    "box.geojson": _feature(
        '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}'
    ),
}


@pytest.mark.parametrize("case", LINES)
def test_a_line_that_cannot_be_drawn_is_refused(
    case: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in BASELINES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    arguments, word = LINES[case]
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    assert "bug in eezkit" not in shown.err
    assert word in shown.err
    left = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert left == BASELINES


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
