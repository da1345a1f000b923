"""From the service to an answer: what is fetched is what is asked, lines and all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

import eezkit
import published
from eezkit import Atlas
from eezkit.errors import DataNotFoundError, FetchError
from eezkit.sources.cache import datasets as cache
from eezkit.sources.marine_regions import transport
from eezkit.zones import EdgeKind, Evidence
from wfs_server import WfsServer

FRANCE = published.Row(
    "French EEZ", 5677, "200NM", (published.FRANCE,), shapely.box(-4, 44, -3, 46)
)
SPAIN = published.Row(
    "Spanish EEZ", 5693, "200NM", (published.by("Spain", "ESP"),), shapely.box(-4, 42, -3, 44)
)
TREATY, LIMIT = [(-4, 44), (-3, 44)], [(-4, 44), (-4, 46)]


def features(columns: dict[str, list[object]], shapes: list[shapely.Geometry]) -> list[dict]:
    """Features as the service sends them."""
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [
        {
            "type": "Feature",
            "id": f"x.{n}",
            "properties": row,
            "geometry": shapely.geometry.mapping(shape),
        }
        for n, (row, shape) in enumerate(zip(rows, shapes, strict=True))
    ]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[WfsServer]:
    """Two zones that adjoin, and the lines of a treaty and of 200 M along them."""
    monkeypatch.setattr(transport, "RETRY_WAIT", 0)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(tmp_path / "cache"))
    rows = (FRANCE, SPAIN)
    zones = features(published.fields("eez", "WFS", rows), [row.shape for row in rows])
    lines = features(
        published.line_fields("eez_boundaries", ["Treaty", "200 NM"], "WFS"),
        [shapely.LineString(TREATY), shapely.LineString(LIMIT)],
    )
    with WfsServer(eez=zones, eez_boundaries=lines) as running:
        yield running


def edge_at(atlas: Atlas, lon: float, lat: float) -> tuple[EdgeKind | None, Evidence | None]:
    """Kind and evidence of the edge nearest to a position."""
    answer = atlas.at(lon=lon, lat=lat)
    return answer.edge.kind, answer.edge.evidence


NEAR_TREATY, NEAR_LIMIT = (-3.5, 44.01), (-3.99, 45.0)
BY_LINES = [(EdgeKind.TREATY, Evidence.SOURCE), (EdgeKind.OUTER_LIMIT, Evidence.SOURCE)]
WITHOUT = [(EdgeKind.BOUNDARY, Evidence.SHARED_EDGE), (EdgeKind.UNKNOWN, Evidence.NONE)]


def edges(atlas: Atlas) -> list[tuple[EdgeKind | None, Evidence | None]]:
    """What the edge between the zones is, and what the limit in the west is."""
    return [edge_at(atlas, *NEAR_TREATY), edge_at(atlas, *NEAR_LIMIT)]


def test_a_fetch_brings_zones_and_the_lines_that_say_what_their_edges_are(
    server: WfsServer,
) -> None:
    atlas = eezkit.fetch("eez", base_url=server.url)
    assert [zone.name for zone in atlas.zones] == ["French EEZ", "Spanish EEZ"]
    assert atlas.at(lon=-3.5, lat=45, zone="FRA").inside is True
    assert atlas.at(lon=-3.5, lat=43, zone="FRA").inside is False
    assert edges(atlas) == BY_LINES
    assert atlas.provenance.lines == "eez_boundaries@12"
    assert atlas.provenance.source == server.url
    assert atlas.provenance.licence.startswith("CC BY")


def test_what_was_fetched_is_loaded_as_it_was_fetched(server: WfsServer) -> None:
    eezkit.fetch("eez", base_url=server.url)
    n_requests = len(server.log)
    again = eezkit.load("eez")
    assert edges(again) == BY_LINES
    assert edges(eezkit.fetch("eez", base_url=server.url)) == BY_LINES
    assert len(server.log) == n_requests
    sides = eezkit.fetch("eez", sovereign="ESP", base_url=server.url)
    assert [zone.name for zone in sides.zones] == ["Spanish EEZ"]
    assert edge_at(sides, -3.5, 43.99) == BY_LINES[0]


def test_lines_that_happen_to_lie_in_the_cache_change_nothing(server: WfsServer) -> None:
    eezkit.fetch("eez", lines=False, base_url=server.url)
    cache_files = sorted(cache.cache_dir().rglob("*.geojson"))
    from eezkit.sources.marine_regions.fetching import fetch_files

    fetch_files("eez_boundaries", base_url=server.url)
    assert len(cache_files) == 1
    atlas = eezkit.load("eez")
    assert edges(atlas) == WITHOUT
    assert atlas.provenance.lines == ""
    assert edges(eezkit.fetch("eez", base_url=server.url)) == BY_LINES
    assert edges(eezkit.load("eez")) == BY_LINES
    assert edges(eezkit.fetch("eez", lines=False, base_url=server.url)) == WITHOUT


def test_lines_that_are_gone_are_an_error_and_not_other_edges(server: WfsServer) -> None:
    eezkit.fetch("eez", base_url=server.url)
    cache.clear("eez_boundaries")
    with pytest.raises(DataNotFoundError, match="'eez_boundaries@12' is not in the cache"):
        eezkit.load("eez")


def test_lines_that_cannot_be_fetched_are_an_error_that_tells_the_way_round(
    server: WfsServer,
) -> None:
    del server.layers["eez_boundaries"]
    with pytest.raises(FetchError, match=r"eez_boundaries.*--no-lines"):
        eezkit.fetch("eez", base_url=server.url)
    assert edges(eezkit.fetch("eez", lines=False, base_url=server.url)) == WITHOUT


def test_a_file_of_lines_can_be_named(tmp_path: Path) -> None:
    zones = published.write(tmp_path / "eez_v12.gpkg", rows=(FRANCE, SPAIN))
    lines = tmp_path / "eez_boundaries_v12.gpkg"
    columns = published.line_fields("eez_boundaries", ["Treaty", "200 NM"])
    published.frame(columns, [shapely.LineString(TREATY), shapely.LineString(LIMIT)]).to_file(lines)
    plain, told = eezkit.read(zones), eezkit.read(zones, lines=str(lines))
    assert edges(plain) == WITHOUT
    assert edges(told) == BY_LINES
    assert (plain.provenance.lines, told.provenance.lines) == ("", lines.name)
