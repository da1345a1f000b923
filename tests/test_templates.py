"""Text of the data is shown: whatever it says, no template language ever runs it."""

import json
import os
from pathlib import Path

import geopandas
import pytest
import shapely

import eezkit
from eezkit import maps
from eezkit.maps.web.offline import as_json
from eezkit.reports import report

TEXTS = [
    "{{ cycler.__init__.__globals__.os.environ.__setitem__('EEZKIT_PWNED', '1') }}",
    "{% set x = cycler.__init__.__globals__.os.environ.__setitem__('EEZKIT_PWNED', '1') %}",
    "{{ 7191 * 6007 }}",
    "a {% b",
    "a {# gone #} b",
    "{{",
    "</script><script>document.title='pwned'</script>",
]
COLUMNS = {"name": "label", "sovereign": "iso", "status": "said"}


@pytest.fixture(scope="module", params=TEXTS)
def hostile(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, eezkit.Atlas]:
    text: str = request.param
    feature = {
        "type": "Feature",
        "properties": {"label": text, "iso": text, "said": text},
        "geometry": shapely.geometry.mapping(shapely.box(2, 51, 3, 52)),
    }
    path = tmp_path_factory.mktemp("hostile") / "zones.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return text, eezkit.read(path, columns=COLUMNS)


def assert_shown(page: str, text: str) -> None:
    """The page holds the text as JSON or as HTML, and nothing that running it would give."""
    assert "EEZKIT_PWNED" not in os.environ
    assert str(7191 * 6007) not in page
    assert "<script>document.title" not in page
    assert as_json(text)[1:-1] in page


def test_a_map_of_an_atlas_shows_the_text(
    hostile: tuple[str, eezkit.Atlas], tmp_path: Path
) -> None:
    text, atlas = hostile
    for offline in (True, False):
        path = maps.save(maps.atlas_map(atlas), tmp_path / "page.html", offline=offline)
        assert_shown(path.read_text("utf-8"), text)


def test_a_map_of_a_position_and_its_report_show_the_text(
    hostile: tuple[str, eezkit.Atlas], tmp_path: Path
) -> None:
    text, atlas = hostile
    answer = atlas.at(lon=2.5, lat=51.5)
    path = maps.save(maps.position_map(answer, atlas, note=text, title=text), tmp_path / "p.html")
    assert_shown(path.read_text("utf-8"), text)
    told = report(atlas, answer, title=text, note=text, command=text)
    path = maps.save(maps.report_page(told), tmp_path / "report.html")
    assert_shown(path.read_text("utf-8"), text)


@pytest.mark.parametrize("text", TEXTS)
def test_layers_and_titles_show_the_text(text: str, tmp_path: Path) -> None:
    line = geopandas.GeoDataFrame(
        {"name": [text]}, geometry=[shapely.linestrings([[2, 51], [3, 52]])], crs="EPSG:4326"
    )
    chart = maps.base_map(title=text)
    maps.add_limits(chart, line, name=text, label=text)
    maps.add_positions(chart, [2.5], [51.5], names=[text], name=text)
    maps.add_geodesic(chart, lon1=2, lat1=51, lon2=3, lat2=52, name=text, label=text)
    path = maps.save(chart, tmp_path / "page.html")
    assert_shown(path.read_text("utf-8"), text)
