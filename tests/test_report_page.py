"""The report as a page: it says everything, to everyone, and no text from data is markup."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
import shlex
from html.parser import HTMLParser
from pathlib import Path

import geopandas
import pytest
import shapely

import eezkit
import published
from eezkit import maps
from eezkit.__main__ import run
from eezkit.atlas import Atlas
from eezkit.reports import Report, report
from eezkit.sources import places
from eezkit.uncertainty import Uncertainty
from eezkit.zones import EdgeKind, Party, Provenance, Regime, Zone, ZoneKind
from golden_reports import POSITIONS, reported, sea
from layers import atlas_of, square
from maps_cases import NASTY, zone_table


@pytest.fixture(scope="module")
def made_up() -> Atlas:
    return sea()


class Outline(HTMLParser):
    """The words of a page outside its scripts and styles, its tags and its headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.scopes: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "th":
            self.scopes.append(dict(attrs).get("scope"))
        if tag not in ("meta", "link", "img", "br", "input", "path", "rect", "circle"):
            self._open.append(tag)

    def handle_endtag(self, tag):
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data):
        if self._open and self._open[-1] in ("script", "style"):
            return
        self.words.append(data)
        if self._open and re.fullmatch("h[1-6]", self._open[-1]):
            self.headings.append((self._open[-1], data))


def page_of(found: Report, folder: Path, **options) -> tuple[str, Outline]:
    text = maps.save(maps.report_page(found, **options), folder / "page.html").read_text("utf-8")
    return text, Outline(text)


def said(outline: Outline) -> str:
    return " ".join(" ".join(outline.words).split())


@pytest.mark.parametrize("name", POSITIONS)
def test_every_kind_of_position_makes_a_page(name, made_up, tmp_path):
    found = reported(name, made_up)
    _, outline = page_of(found, tmp_path)
    words = said(outline)
    assert found.belt.name in words
    assert found.rights.water_column in words
    assert found.rights.seabed in words
    assert found.command in words
    assert "Not for legal or navigational use." in words
    levels = [int(tag[1]) for tag, _ in outline.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    assert set(outline.scopes) <= {"col", "row"}
    assert outline.tags.count("main") == 1
    assert "iframe" not in outline.tags


def test_the_flagship_page_answers_everything(tmp_path):
    place = places.find("minamitorishima-2026")
    atlas = eezkit.load()
    answer = atlas.at(
        lon=place.lon, lat=place.lat, zone="JPN", uncertainty=place.uncertainty, name=place.name
    )
    found = report(answer, atlas, title=place.title, note=place.note)
    text, outline = page_of(found, tmp_path)
    words = said(outline)
    for part in (
        "Inside the zone of JPN by 119.4",
        "119.4 nmi (221.2 km) inside",
        "the outer limit",
        "114.0 nmi",
        "124.8 nmi",
        "Nearest land Minami-Torishima 80.6",
        "continental shelf",
        "ODbL-1.0",
        "OpenStreetMap",
        "Tokyo" if "Tokyo" in [leg.to for leg in found.places] else "Wake",
    ):
        assert part in words, part
    assert len(text) < 1_000_000
    assert not re.search(r"""(?:src|href)=["']https?:""", text.split("<script>")[0])


def test_the_answer_of_other_datasets_stands_beside_it(made_up, tmp_path):
    moved = atlas_of(
        {Zone("Other", ZoneKind.EEZ, Regime.SOLE, (Party("AAA", "AAA"),)): square(-9, -9, 9, 0.5)},
        provenance=Provenance("other data", "2", "published", "none", "somebody", "x"),
    )
    lat, lon, asked, _ = POSITIONS["150-miles"]
    other = report(moved.at(lon=lon, lat=lat, zone=asked), moved)
    found = dataclasses.replace(reported("150-miles", made_up), others=(other,))
    _, outline = page_of(found, tmp_path)
    words = said(outline)
    assert "other data 2 (published)" in words
    assert "The datasets give the same answer." in words
    assert "somebody" in words
    assert [one["dataset"]["name"] for one in found.to_json()["datasets"]] == ["other data"]
    assert "| other data 2 (published) |" in found.to_markdown()
    high = report(moved.at(lon=lon, lat=2.0, zone=asked), moved)
    _, outline = page_of(dataclasses.replace(found, others=(high,)), tmp_path)
    assert "The datasets differ." in said(outline)


def test_a_report_shows_itself_in_a_notebook_as_small_tables_and_a_map_as_itself(made_up):
    shown = reported("5-miles", made_up)._repr_html_()
    assert len(shown) < 10_000
    assert "<script" not in shown
    assert "innocent passage" in shown
    html = maps.atlas_map(zone_table())._repr_html_()
    assert "srcdoc=" in html
    assert "Content-Security-Policy" in html
    assert "cdn.jsdelivr.net" not in html


def test_a_report_says_the_same_wherever_it_is_written(made_up, tmp_path):
    found = dataclasses.replace(reported("150-miles", made_up), note="A note.")
    plain = found.to_markdown().replace("\\", "")
    words = said(page_of(found, tmp_path)[1])
    told = found.to_json()["sections"]
    assert [one["heading"] for one in told] == [part.heading for part in found.sections()]
    for part in found.sections():
        first = 1 if part.kind == "answer" else 0  # a page needs no word before a position
        cells = [cell for row in part.rows for cell in row[first:]]
        for text in (part.heading, *part.text, *part.columns, *cells):
            assert " ".join(text.split()) in plain
            assert " ".join(text.split()) in words
    assert str(found) == found.to_markdown()


def test_the_same_report_gives_the_same_bytes(made_up, tmp_path):
    found = reported("joint-regime", made_up)
    assert page_of(found, tmp_path)[0] == page_of(found, tmp_path)[0]


# -- on the command line --------------------------------------------------------------------


def test_the_command_writes_a_page_and_says_how(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    command = ["report", "minamitorishima-2026", "--zone", "JPN", "-o", "page.html"]
    assert run(command) == 0
    assert capsys.readouterr().out == "page.html\n"
    outline = Outline(Path("page.html").read_text("utf-8"))
    assert "eezkit " + " ".join(command) in said(outline)
    assert "Rare-earth mud retrieval of 2026" in outline.headings[0][1]


def test_data_given_twice_is_compared(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    japan = published.by("Japan", "JPN")
    for name, south in (("a", 20.0), ("b", 21.0)):
        shape = published.square(150, south, 8.0)
        row = published.Row(f"Zone {name}", 1, "200NM", (japan,), shape)
        published.write(tmp_path / f"{name}.geojson", rows=(row,))
    command = ["report", "23.3", "155", "--zone", "JPN", "--data", "a.geojson"]
    assert run([*command, "-o", "one.html"]) == 0
    assert "from other data" not in said(Outline(Path("one.html").read_text("utf-8")))
    assert run([*command, "--data", "b.geojson", "-o", "two.html"]) == 0
    words = said(Outline(Path("two.html").read_text("utf-8")))
    assert "The datasets give the same answer. Their margins lie 28.2 nmi" in words
    assert "a.geojson" in words.split("Sources and terms")[0]
    assert "--data a.geojson --data b.geojson" in words
    capsys.readouterr()
    assert run([*command, "--data", "b.geojson", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (other,) = found["datasets"]
    assert found["margin_m"] > other["margin_m"] > 0


def test_the_command_in_a_report_is_the_one_that_was_given(capsys):
    command = ["report", "23", "155", "--zone", "JPN", "--uncertainty", "5 nmi", "--sole"]
    assert run(command) == 0
    line = next(x for x in capsys.readouterr().out.split("\n") if x.startswith("    eezkit"))
    words = shlex.split(line)
    assert words[0] == "eezkit"
    assert sorted(words[1:]) == sorted(command)


@pytest.mark.parametrize("name", ["page.pdf", "page"])
def test_a_file_of_another_kind_is_refused(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["report", "23", "155", "-o", name]) == 2
    assert ".html, .md or .json" in capsys.readouterr().err


# -- no text from data is markup ------------------------------------------------------------


def nasty_report() -> Report:
    """A report in which every text is one that runs if it is not escaped."""
    parties = tuple(Party(NASTY + s, NASTY, NASTY, NASTY + " territory") for s in "ab")
    zones = {
        Zone(NASTY, ZoneKind.EEZ, Regime.OVERLAPPING_CLAIM, parties, 7, NASTY): square(0, 0, 5, 5),
        Zone(NASTY + "2", ZoneKind.EEZ, Regime.SOLE, parties[:1], 8, NASTY): square(5, 0, 9, 5),
    }
    source = Provenance(
        name=NASTY, version=NASTY, basis=NASTY, licence=NASTY, citation=NASTY, source=NASTY,
        accuracy_m=5.0, notes=(NASTY, NASTY),
    )  # fmt: skip
    atlas = atlas_of(zones, provenance=source)
    answer = atlas.at(lon=4.0, lat=2.0, name=NASTY, uncertainty=Uncertainty.circle(5_000.0))
    edge = dataclasses.replace(answer.edge, to=NASTY, neighbour=NASTY, kind=EdgeKind.BOUNDARY)
    answer = dataclasses.replace(answer, edge=edge)
    answer = dataclasses.replace(answer, question="mrgid:7", sole=False)
    place = places.Place(lon=3.0, lat=1.0, name=NASTY, title=NASTY, kind="city", note=NASTY)
    more = {"places": [place], "title": NASTY, "note": NASTY, "command": NASTY}
    other = report(answer, atlas, **more)
    return report(answer, atlas, others=[other], **more)


def nasty_section() -> maps.Section:
    return maps.Section(NASTY, (NASTY,), (NASTY, NASTY, NASTY), ((NASTY, NASTY, NASTY),), ("yes",))


def nasty_page(**options):
    """The page of that report, with every other layer that takes text on its map."""
    chart = maps.report_page(nasty_report(), sections=[nasty_section()], **options)
    maps.add_zones(chart, zone_table(name=[NASTY] * 4, sovereign_name=[NASTY] * 4), name=NASTY)
    maps.add_limits(chart, zone_table(name=[NASTY] * 4), name=NASTY, label=NASTY)
    maps.add_geodesic(chart, lon1=1, lat1=1, lon2=4, lat2=4, name=NASTY, label=NASTY)
    maps.add_uncertainty(chart, Uncertainty.circle(9_000.0), lon=2, lat=2, name=NASTY)
    points = geopandas.GeoDataFrame(
        {"zone": [NASTY], NASTY: [NASTY]}, geometry=[shapely.Point(1, 2)], crs="EPSG:4326"
    )
    maps.add_table(chart, points, columns=[NASTY], name=NASTY)
    return maps.add_positions(chart, [1.0], [2.0], names=[NASTY], name=NASTY)


def test_no_text_of_a_report_becomes_markup(tmp_path):
    text = maps.save(nasty_page(), tmp_path / "page.html").read_text("utf-8")
    outline = Outline(text)
    assert "img" not in outline.tags
    assert not re.search(r"<script>window|<img src=x", text)
    # Eight of its own scripts and styles: none came with the data.
    plain = Outline(maps.save(maps.base_map(), tmp_path / "plain.html").read_text("utf-8"))
    assert outline.tags.count("script") <= plain.tags.count("script")
    words = said(outline)
    # heading, sentence, zones, rights, edge, ways, other data, section, sources, command
    assert words.count("<script>window.hacked=1</script>") > 25


def test_no_text_of_a_report_becomes_markup_in_markdown():
    text = nasty_report().to_markdown()
    assert "<" not in text.split("## How it was made")[0]
    assert "\\`" in text
    assert "\n\n|" in text


def test_markup_in_words_between_tables_is_escaped_too():
    evil = "[a](javascript:alert(1)) `x` | y\r\n# heading\u2028<b>"
    found = dataclasses.replace(nasty_report(), note=evil)
    line = next(x for x in found.to_markdown().split("\n") if x.startswith("\\[a\\]"))
    assert "javascript" in line
    assert "<b>" not in line
    assert "# heading" in line
