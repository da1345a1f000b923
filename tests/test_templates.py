"""Text of the data is shown in every output, whatever it says, and no language ever runs it."""

from __future__ import annotations

import ast
import csv
import html
import json
import os
import re
from pathlib import Path

import folium
import folium.plugins
import geopandas
import pytest
import shapely
from branca.element import Element

import eezkit
from eezkit import maps
from eezkit.__main__ import run
from eezkit.maps.web.offline import elements_of, no_traces
from eezkit.maps.web.templates import as_json, fill, unread
from eezkit.reports import Report, report
from eezkit.sources import places
from maps_cases import NASTY, PAYLOADS

ROOT = Path(__file__).parents[1]
COLUMNS = {"name": "label", "sovereign": "iso", "territory": "land", "status": "said"}

SAID = [*PAYLOADS.values(), NASTY]

payloads = pytest.mark.parametrize("text", SAID, ids=[*PAYLOADS, "all"])


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> eezkit.Atlas:
    """A zone for each text, which is all that is said of it; the last says all of them at once."""
    features = [
        {
            "type": "Feature",
            "properties": dict.fromkeys(COLUMNS.values(), text),
            "geometry": shapely.geometry.mapping(shapely.box(west, 51, west + 1, 52)),
        }
        for west, text in enumerate(SAID)
    ]
    called = "a{{b{%c{#d'\"><img src=x onerror=window.hacked=1>.geojson".replace("/", "")
    path = tmp_path_factory.mktemp("hostile") / called
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return eezkit.read(path, columns=COLUMNS)


@pytest.fixture(scope="module")
def told(atlas: eezkit.Atlas) -> Report:
    return report_of(NASTY, atlas)


def report_of(text: str, atlas: eezkit.Atlas) -> Report:
    """A report in which whatever has a name is called by this text."""
    west = SAID.index(text)
    answer = atlas.at(lon=west + 0.5, lat=51.5, name=text)
    place = places.Place(lon=west + 0.6, lat=51.6, name="there", title=text, kind="city", note=text)
    more = {"places": [place], "title": text, "note": text, "command": text}
    return report(answer, atlas, others=[report(answer, atlas, **more)], **more)


def layers_of(text: str, chart: folium.Map) -> folium.Map:
    """Add every kind of layer, each called by this text."""
    line = geopandas.GeoDataFrame(
        {"name": [text]}, geometry=[shapely.linestrings([[2, 51], [3, 52]])], crs="EPSG:4326"
    )
    point = geopandas.GeoDataFrame(
        {"zone": [text], text: [text]}, geometry=[shapely.Point(2, 51)], crs="EPSG:4326"
    )
    maps.add_limits(chart, line, name=text, label=text)
    maps.add_positions(chart, [2.5], [51.5], names=[text], name=text)
    maps.add_geodesic(chart, lon1=2, lat1=51, lon2=3, lat2=52, name=text, label=text)
    maps.add_uncertainty(chart, eezkit.Uncertainty.circle(900.0), lon=2, lat=51, name=text)
    return maps.add_table(chart, point, columns=[text], name=text)


def assert_shown(page: str, text: str) -> None:
    """The page holds the text as JSON or as HTML, and nothing that running it would give."""
    assert "EEZKIT_PWNED" not in os.environ
    assert str(7191 * 6007) not in page
    assert "<script>window.hacked" not in page
    assert "<img src=x" not in page
    assert "<svg onload" not in page
    assert as_json(text)[1:-1] in page or html.escape(text) in page


@pytest.fixture(scope="module")
def pages(
    atlas: eezkit.Atlas, told: Report, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Every kind of page, with every kind of layer, by what it is and whether it is offline."""
    section = maps.Section(NASTY, (NASTY,), (NASTY,) * 3, ((NASTY,) * 3,), ("yes",))
    charts = {
        "atlas": maps.atlas_map(atlas),
        "position": maps.position_map(told.answer, atlas, note=NASTY, title=NASTY),
        "report": layers_of(NASTY, maps.report_page(told, sections=[section])),
    }
    path = tmp_path_factory.mktemp("pages") / "page.html"
    return {
        f"{name} {offline}": maps.save(chart, path, offline=offline).read_text("utf-8")
        for name, chart in charts.items()
        for offline in (True, False)
    }


@payloads
def test_pages_show_the_text(text: str, pages: dict[str, str]) -> None:
    for page in pages.values():
        assert_shown(page, text)


def test_the_name_of_the_file_is_shown(atlas: eezkit.Atlas, pages: dict[str, str]) -> None:
    assert "<img" in atlas.provenance.source
    assert_shown(pages["report True"], atlas.provenance.source)


@pytest.mark.parametrize("begin", [maps.base_map, lambda: folium.Map(tiles=None)])
def test_folium_s_own_elements_show_texts_and_never_run_them(begin, tmp_path: Path) -> None:
    chart = begin()
    for text in PAYLOADS.values():
        if "`" not in text:  # of a tooltip the user is the author, in a string of JavaScript
            folium.Marker([1, 2], popup=text, tooltip=text).add_to(chart)
        folium.FeatureGroup(name=text).add_to(chart)
    folium.LayerControl().add_to(chart)
    page = maps.save(chart, tmp_path / "page.html").read_text("utf-8")
    assert "EEZKIT_PWNED" not in os.environ
    assert str(7191 * 6007) not in page
    for text in PAYLOADS.values():
        assert "`" in text or page.count(text) >= 2
        assert json.dumps(text).replace("<", "\\u003c") in folium_json(page)


def folium_json(page: str) -> str:
    """A page whose JSON escapes less than folium's does."""
    for code, mark in (("\\u003e", ">"), ("\\u0026", "&"), ("\\u0027", "'")):
        page = page.replace(code, mark)
    return page


@payloads
def test_our_layers_are_harmless_on_a_page_that_folium_writes(text: str) -> None:
    chart = layers_of(text, folium.Map(tiles=None))
    folium.LayerControl().add_to(chart)
    page = chart.get_root().render()
    assert_shown(page, text)
    shown_by_leaflet = html.escape(text).replace("{", "&#123;")
    assert json.dumps(shown_by_leaflet).replace("&", "\\u0026") in page


def test_what_folium_writes_is_what_it_wrote_before() -> None:
    chart = folium.Map([1, 2], zoom_start=3)
    folium.plugins.MarkerCluster([[1, 2], [3, 4]], popups=["a", "b"]).add_to(chart)
    folium.GeoJson(
        shapely.geometry.mapping(shapely.box(0, 0, 1, 1)), tooltip="t", popup=folium.Popup("p")
    ).add_to(chart)
    folium.Marker([1, 2], icon=folium.DivIcon(html="<b>x</b>"), popup=folium.Popup("y", lazy=True))
    folium.plugins.Fullscreen().add_to(chart)
    folium.LayerControl(draggable=True).add_to(chart)
    figure = chart.get_root()
    with no_traces(figure):
        before = figure.render()
    templates = [vars(element).get("_template") for element in elements_of(figure).values()]
    with no_traces(figure), unread(elements_of(figure).values()):
        assert figure.render() == before
    assert templates == [vars(x).get("_template") for x in elements_of(figure).values()]


def test_a_template_of_the_user_s_own_stays_one(tmp_path: Path) -> None:
    chart = maps.base_map()
    chart.get_root().html.add_child(Element("<p>{{ 7191 * 6007 }}</p>"))
    page = maps.save(chart, tmp_path / "page.html").read_text("utf-8")
    assert f"<p>{7191 * 6007}</p>" in page


@payloads
def test_texts_of_reports_show_the_text(text: str, atlas: eezkit.Atlas) -> None:
    told = report_of(text, atlas)
    markdown, _, command = told.to_markdown().partition("## How it was made")
    assert command.split("\n")[2].startswith("    ")
    assert "<" not in markdown
    assert not re.search(r"(?<!\\)\[[^\]]*\]\(", markdown)
    assert "\u2028" not in markdown
    assert json.loads(json.dumps(told.to_json(), allow_nan=False))["zones"][0]["name"] == text


@pytest.mark.parametrize("text", [PAYLOADS["mathematics"], NASTY], ids=["mathematics", "all"])
def test_pictures_show_the_text_as_it_is(text: str, atlas: eezkit.Atlas, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    told = report_of(text, atlas)
    figure = maps.position_figure(told.answer, atlas, title=text, nearby=told.places)
    from matplotlib.text import Text

    for written in figure.findobj(Text):
        assert not written.get_parse_math(), written.get_text()
        assert not written.get_usetex(), written.get_text()
    shown = " ".join(" ".join(t.get_text() for t in figure.findobj(Text)).split())
    assert " ".join(text.split()) in shown
    for suffix in (".svg", ".pdf"):
        path = maps.save_figure(figure, tmp_path / f"picture{suffix}")
        assert b"<script" not in path.read_bytes()
    maps.save_figure(maps.zones_figure(atlas, title=text), tmp_path / "zones.svg")


FORMULAS = ['=HYPERLINK("http://x.test","y")', "+1", "-1", "@SUM(A1)"]


@pytest.mark.parametrize("command", ["locate", "overlap"])
def test_a_name_is_no_formula_in_a_spreadsheet(command: str, tmp_path: Path) -> None:
    boxes = [shapely.box(i, 51, i + 1, 52) for i in range(len(FORMULAS))]
    named = geopandas.GeoDataFrame(
        {"label": FORMULAS, "iso": FORMULAS}, geometry=boxes, crs="EPSG:4326"
    )
    named.to_file(tmp_path / "zones.gpkg")
    inner = [shapely.box(i + 0.1, 51.1, i + 0.9, 51.9) for i in range(len(FORMULAS))]
    named.set_geometry(inner, crs="EPSG:4326").to_file(tmp_path / "areas.gpkg")
    rows = "".join(f"{i + 0.5},51.5,{text}\n" for i, text in enumerate("=abc"))
    (tmp_path / "in.csv").write_text("lon,lat,mine\n" + rows)
    asked = {
        "locate": [str(tmp_path / "in.csv"), "--lon", "lon", "--lat", "lat"],
        "overlap": [str(tmp_path / "areas.gpkg")],
    }
    zones = ["--data", str(tmp_path / "zones.gpkg"), "--columns", "name=label,sovereign=iso"]
    out = tmp_path / "out.csv"
    assert run([command, *asked[command], *zones, "-o", str(out)]) == 0
    with out.open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    for column in ("zones" if command == "locate" else "zone", "sovereign"):
        assert [row[column] for row in table] == [f"'{text}" for text in FORMULAS]
    if command == "locate":
        assert table[0]["mine"] == "="  # what the user wrote stays as it was


# -- online pages ---------------------------------------------------------------------------


def test_what_an_online_page_fetches_is_checked_by_its_hash(tmp_path: Path) -> None:
    page = maps.save(maps.base_map(), tmp_path / "page.html", offline=False).read_text("utf-8")
    head = page.split("<style>")[0]
    fetched = [tag for tag in head.split("<") if "https://" in tag]
    assert len(fetched) >= 2
    for tag in fetched:
        assert 'integrity="sha' in tag, tag
        assert 'crossorigin="anonymous"' in tag, tag


def test_the_hash_of_jquery_is_of_the_version_folium_names() -> None:
    (url,) = [url for name, url in folium.Map.default_js if name == "jquery"]
    assert url == "https://code.jquery.com/jquery-3.7.1.min.js"


# -- and nowhere else -----------------------------------------------------------------------

MAY_MEET = "eezkit/maps/web/templates.py"
MEETINGS = {
    "Template",
    "Environment",
    "Markup",
    "from_string",
    "format_map",
    "eval",
    "exec",
    "get_template",
    "MathText",
}
SINKS = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function")
ALLOWED_SINKS = {
    # folium's popups are HTML by their user's will; a credit is text before it is read
    "standin.js": ["holder.innerHTML = what.trim();"],
    "controls.js": ['el("span", {}, text).outerHTML'],
}


def names_called(tree: ast.AST) -> set[str]:
    """Names of all that is called, or whose attributes are."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in calls}


@pytest.mark.parametrize("folder", ["eezkit", "maps"])
def test_data_meets_templates_in_one_place(folder: str) -> None:
    for path in sorted((ROOT / folder).rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text("utf-8"))
        imported = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        } | {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
        if where == MAY_MEET:
            assert {"jinja2", "branca.element"} <= imported
            continue
        assert not names_called(tree) & MEETINGS, where
        assert not {name for name in imported if name.split(".")[0] in ("jinja2", "markupsafe")}
        # branca's Element takes a template: nobody but that module may fill one.
        # (That of ElementTree in the standard library is XML, which escapes what it is given.)
        assert "Element" not in names_called(tree) or "ElementTree" in imported, where


def test_text_becomes_html_nowhere_in_our_scripts() -> None:
    for path in sorted((ROOT / "eezkit/maps/web").glob("*.js")):
        text = path.read_text("utf-8")
        for allowed in ALLOWED_SINKS.get(path.name, []):
            assert allowed in text
            text = text.replace(allowed, "")
        assert not [sink for sink in SINKS if sink in text], path.name


def test_templates_escape_every_value_in_text_and_in_attributes() -> None:
    nasty = "\"'><script>x</script>{{ 1 }}"
    told = maps.Section(nasty, (nasty,), (nasty,) * 2, ((nasty,) * 2,), (nasty,))
    page = fill(
        "report.html",
        **dict.fromkeys(["title", "policy", "head", "map", "script", "disclaimer"], nasty),
        **dict.fromkeys(["answer", "belts"], told),
        **{name: [told] for name in ("findings", "sources", "making")},
    )
    assert "<script>x" not in page
    assert page.count(html.escape(nasty).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")) > 20
