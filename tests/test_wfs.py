"""The protocol: what is asked, and what every kind of answer becomes."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eezkit.errors import FetchError, OptionError
from eezkit.sources.marine_regions import transport
from eezkit.sources.marine_regions.cql import party_filter, where_filter
from eezkit.sources.marine_regions.registry import layer
from eezkit.sources.marine_regions.wfs import Service, connect
from wfs_server import EEZ, Answer, WfsServer, collection, empty_result_zip, exception

EEZ_LAYER = layer("eez")
HTML = b"<!DOCTYPE html>\n<html><head><title>Maintenance</title></head></html>"
CAPTURES = {
    "eez-13c29b58.zip": "Illegal property name: notvalidparameter",
    "eez-419caace.zip": "XML document structures must start and end within the same entity",
    "eez-713ad0ad.zip": "Cannot cast java.lang.String to java.lang.Integer",
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[WfsServer]:
    monkeypatch.setattr(transport, "RETRY_WAIT", 0)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with WfsServer(eez=list(EEZ)) as running:
        yield running


@pytest.fixture
def service(server: WfsServer) -> Iterator[Service]:
    with connect(server.url, timeout=5) as session:
        yield session


def mrgids(pages: Any) -> list[int]:
    return [feature["properties"]["mrgid"] for page in pages for feature in page]


# What is asked


def test_the_count_is_asked_without_any_feature(server: WfsServer, service: Service) -> None:
    assert service.count(EEZ_LAYER) == len(EEZ)
    assert server.log == [
        {
            "service": "WFS",
            "version": "2.0.0",
            "request": "GetFeature",
            "typeName": "MarineRegions:eez",
            "srsName": "EPSG:4326",
            "resultType": "hits",
        }
    ]


def test_pages_are_sorted_by_the_key_and_hold_every_feature_once(
    server: WfsServer, service: Service
) -> None:
    server.page_limit = 3
    found = mrgids(service.pages(EEZ_LAYER, None, len(EEZ)))
    assert found == sorted(feature["properties"]["mrgid"] for feature in EEZ)
    asked = server.asked("page")
    assert [query["startIndex"] for query in asked] == ["0", "3", "6"]
    assert {query["sortBy"] for query in asked} == {"mrgid"}
    assert {query["srsName"] for query in asked} == {"EPSG:4326"}
    assert {query["outputFormat"] for query in asked} == {"application/json"}
    assert {query["count"] for query in asked} == {str(EEZ_LAYER.page_size)}


def test_the_attributes_come_from_the_service(service: Service) -> None:
    assert service.attributes(EEZ_LAYER)[:3] == ("the_geom", "mrgid", "geoname")


def test_progress_hears_of_features_and_bytes(server: WfsServer, service: Service) -> None:
    server.page_limit = 4
    heard: list[tuple[int, int, str]] = []
    list(service.pages(EEZ_LAYER, None, len(EEZ), lambda *news: heard.append(news)))
    assert [news[0] for news in heard if news[0]][-1] == len(EEZ)
    assert {news[1] for news in heard} == {len(EEZ)}
    sizes = [bytes_of(news[2]) for news in heard]
    assert sizes == sorted(sizes)
    assert sizes[-1] == sum(
        len(collection(EEZ_SORTED[start:stop], len(EEZ))) for start, stop in ((0, 4), (4, 7))
    )


def bytes_of(note: str) -> int:
    """The bytes that progress was told of."""
    return int(note.removesuffix(" bytes").replace(",", ""))


EEZ_SORTED = sorted(EEZ, key=lambda feature: feature["properties"]["mrgid"])


# Filters


def test_a_party_is_looked_for_in_every_place(service: Service) -> None:
    cql = party_filter(EEZ_LAYER, "jpn", service.attributes(EEZ_LAYER))
    assert cql == "iso_sov1 = 'JPN' OR iso_sov2 = 'JPN' OR iso_sov3 = 'JPN'"
    assert mrgids(service.pages(EEZ_LAYER, cql, 3)) == [8487, 48975, 50170]


def test_a_party_is_looked_for_in_as_many_places_as_the_layer_has() -> None:
    columns = ("geoname", *(f"iso_sov{place}" for place in range(1, 8)), "iso_sov_note")
    assert party_filter(layer("ecs"), "MEX", columns).count("'MEX'") == 7


def test_an_apostrophe_in_a_name_stays_inside_the_text(service: Service) -> None:
    cql = party_filter(EEZ_LAYER, "Côte d'Ivoire", service.attributes(EEZ_LAYER))
    assert mrgids(service.pages(EEZ_LAYER, cql, 1)) == [8363]


def test_text_that_looks_like_cql_is_only_text(service: Service) -> None:
    cql = party_filter(EEZ_LAYER, "x' OR 1 = 1 OR 'x' = 'x", service.attributes(EEZ_LAYER))
    assert service.count(EEZ_LAYER, cql) == 0


def test_a_layer_that_names_its_parties_in_full_cannot_be_asked_by_code() -> None:
    lines = layer("eez_boundaries")
    with pytest.raises(OptionError, match=r"eez_boundaries names its parties in full.*'JPN'"):
        party_filter(lines, "JPN", ("line_id", "sovereign1"))
    assert party_filter(lines, "Japan", ("line_id", "sovereign1", "sovereign2")) == (
        "sovereign1 = 'Japan' OR sovereign2 = 'Japan'"
    )


def test_a_layer_without_parties_cannot_be_asked_for_one() -> None:
    with pytest.raises(OptionError, match="high_seas names no parties"):
        party_filter(layer("high_seas"), "JPN", ("mrgid",))


def test_a_layer_that_lost_its_party_columns_is_reported_with_those_it_has() -> None:
    with pytest.raises(FetchError, match=r"no longer has columns iso_sov1.*it has mrgid, name"):
        party_filter(EEZ_LAYER, "JPN", ("mrgid", "name"))


@pytest.mark.parametrize(
    "where",
    [
        "territory1 = 'Guam'",
        "(mrgid = 1 OR mrgid = 2) AND pol_type = '200NM'",
        "sovereign1 = 'Côte d''Ivoire'",
        "geoname LIKE '%(Guam%'",
        "\"union\" = 'x'",
    ],
)
def test_cql_that_is_whole_is_left_as_it_is(where: str) -> None:
    assert where_filter(f" {where} ") == where


@pytest.mark.parametrize("where", ["", "  ", "a = 'b", "(a = 1", "a = 1) OR (1 = 1", 'a = "b'])
def test_cql_that_would_leave_its_parentheses_is_refused(where: str) -> None:
    with pytest.raises(OptionError, match=r"quote or parenthesis.*CQL such as"):
        where_filter(where)


# Refusals


@pytest.mark.parametrize("status", [200, 400])
def test_an_exception_report_is_read_whatever_its_status(
    server: WfsServer, service: Service, status: int
) -> None:
    server.fail("hits", exception("Something   is\n wrong &amp; so on", status))
    with pytest.raises(FetchError, match="refused the request: Something is wrong & so on"):
        service.count(EEZ_LAYER)


@pytest.mark.parametrize(("capture", "words"), CAPTURES.items())
@pytest.mark.parametrize("status", [200, 400])
def test_the_refusals_the_real_service_sent_are_read(
    server: WfsServer, service: Service, shared_data: Path, capture: str, words: str, status: int
) -> None:
    body = (shared_data / "marineregions_wfs" / capture).read_bytes()
    server.fail("page", Answer(body, status, "application/xml"))
    with pytest.raises(FetchError, match=words):
        list(service.pages(EEZ_LAYER, None, 1))


def test_a_wrong_attribute_is_answered_with_those_the_layer_has(service: Service) -> None:
    with pytest.raises(FetchError, match=r"notvalid for.*Attributes of eez: the_geom, mrgid, geon"):
        service.count(EEZ_LAYER, "notvalid = 1")


def test_a_wrong_attribute_is_reported_even_where_the_service_does_not_describe_itself(
    server: WfsServer, service: Service
) -> None:
    server.fail("describe", exception("no"))
    with pytest.raises(FetchError, match=r"Illegal property name: notvalid for [^.]*$"):
        service.count(EEZ_LAYER, "notvalid = 1")


def test_cql_that_the_service_cannot_read_is_its_refusal(service: Service) -> None:
    with pytest.raises(FetchError, match="Could not parse CQL"):
        service.count(EEZ_LAYER, "mrgid == == 3")


def test_a_layer_the_service_does_not_have_is_its_refusal(service: Service) -> None:
    with pytest.raises(FetchError, match="Feature type MarineRegions:goas unknown"):
        service.count(layer("goas"))


def test_an_exception_appended_to_features_already_sent_is_found(
    server: WfsServer, service: Service
) -> None:
    torn = collection(EEZ, 7)[:400] + exception("Error encoding feature").body
    server.fail("page", Answer(torn))
    with pytest.raises(FetchError, match="Error encoding feature"):
        list(service.pages(EEZ_LAYER, None, 7))


# Answers of another kind


def test_a_web_page_instead_of_data_is_called_so(server: WfsServer, service: Service) -> None:
    server.fail("page", Answer(HTML, content_type="text/html"))
    with pytest.raises(FetchError, match=r"a web page instead of data.*eezkit data add FILE"):
        list(service.pages(EEZ_LAYER, None, 7))


def test_the_zip_of_an_empty_result_is_called_so(server: WfsServer, service: Service) -> None:
    server.fail("page", Answer(empty_result_zip(), content_type="application/zip"))
    with pytest.raises(FetchError, match="a filter that matches nothing"):
        list(service.pages(EEZ_LAYER, None, 7))


def test_the_real_zip_of_an_empty_result_is_called_so(
    server: WfsServer, service: Service, shared_data: Path
) -> None:
    body = (shared_data / "marineregions_wfs" / "eez-bd5bffb0.zip").read_bytes()
    server.fail("page", Answer(body, content_type="application/zip"))
    with pytest.raises(FetchError, match="a filter that matches nothing"):
        list(service.pages(EEZ_LAYER, None, 7))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"PK\x03\x04 not much of a zip",
        b'{"type": "FeatureCollection"}',
        b'{"features": [{"type": "Feature"}]}',
        b'{"features": [{"properties": {"mrgid": NaN}, "geometry": null}]}',
        b"[1, 2]",
        "no JSON at all: ê".encode("latin-1"),
    ],
)
def test_anything_else_is_no_data(server: WfsServer, service: Service, body: bytes) -> None:
    server.fail("page", Answer(body))
    with pytest.raises(FetchError, match=r"a zip file instead|not a complete GeoJSON collection"):
        list(service.pages(EEZ_LAYER, None, 7))


@pytest.mark.parametrize("body", [b"", b"<wfs:FeatureCollection", b"not XML"])
def test_a_count_that_is_no_xml_is_an_error(
    server: WfsServer, service: Service, body: bytes
) -> None:
    server.fail("hits", Answer(body))
    with pytest.raises(FetchError, match="not complete XML"):
        service.count(EEZ_LAYER)


def test_a_count_the_service_does_not_know_is_an_error(server: WfsServer, service: Service) -> None:
    server.fail("hits", Answer(b'<a numberMatched="unknown"/>'))
    with pytest.raises(FetchError, match=r"does not say how many.*'unknown'"):
        service.count(EEZ_LAYER)


def test_a_status_of_failure_without_a_report_is_named(server: WfsServer, service: Service) -> None:
    server.fail("hits", Answer(HTML, 403, "text/html"))
    with pytest.raises(FetchError, match="status 403 Forbidden"):
        service.count(EEZ_LAYER)
    assert len(server.log) == 1


# Counting what came


def page(features: list[dict[str, Any]], n_matched: int | str = 7) -> Answer:
    return Answer(collection(features, n_matched))


def test_a_feature_sent_twice_is_an_error(server: WfsServer, service: Service) -> None:
    server.fail("page", page(EEZ[:3]), times=1)
    server.fail("page", page(EEZ[2:6]), times=1)
    with pytest.raises(FetchError, match=r"mrgid \(50170,\) of MarineRegions:eez twice"):
        list(service.pages(EEZ_LAYER, None, 7))


def test_identifiers_made_up_for_one_answer_do_not_hide_a_duplicate(
    server: WfsServer, service: Service
) -> None:
    copies = [{**EEZ[0], "id": f"eez.fid-{number}"} for number in range(7)]
    server.fail("page", page(copies))
    with pytest.raises(FetchError, match="twice"):
        list(service.pages(EEZ_LAYER, None, 7))


def test_features_that_share_a_key_but_not_an_identifier_are_two(
    server: WfsServer, service: Service
) -> None:
    server.fail("page", page([EEZ[0], {**EEZ[0], "id": "eez.other"}], 2))
    assert mrgids(service.pages(EEZ_LAYER, None, 2)) == [8487, 8487]


def test_a_feature_without_its_key_is_an_error(server: WfsServer, service: Service) -> None:
    server.fail("page", page([{"properties": {"name": "x"}, "geometry": None}], 1))
    with pytest.raises(FetchError, match=r"has no mrgid.*it has name"):
        list(service.pages(EEZ_LAYER, None, 1))


def test_fewer_features_than_announced_are_an_error(server: WfsServer, service: Service) -> None:
    server.fail("page", page(EEZ[:5]), times=1)
    server.fail("page", page([]), times=1)
    with pytest.raises(FetchError, match="stopped sending features before the 7"):
        list(service.pages(EEZ_LAYER, None, 7))


def test_more_features_than_announced_are_an_error(server: WfsServer, service: Service) -> None:
    server.fail("page", page(EEZ, "unknown"))
    with pytest.raises(FetchError, match=r"sent 7 features.*announcing 6"):
        list(service.pages(EEZ_LAYER, None, 6))


def test_a_count_that_changed_since_is_an_error(server: WfsServer, service: Service) -> None:
    with pytest.raises(FetchError, match=r"announced 9 features, now 7: the layer changed"):
        list(service.pages(EEZ_LAYER, None, 9))


# The wire


@pytest.mark.parametrize("chunked", [False, True])
def test_an_answer_that_keeps_breaking_off_is_an_error(
    server: WfsServer, service: Service, chunked: bool
) -> None:
    server.fail("page", Answer(collection(EEZ, 7), cut=300, chunked=chunked))
    with pytest.raises(FetchError, match=r"broke off, 3 times: \S.*narrower filter"):
        list(service.pages(EEZ_LAYER, None, 7))
    assert len(server.asked("page")) == transport.RETRIES


def test_an_answer_that_breaks_off_once_is_asked_for_again(
    server: WfsServer, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "_CHUNK", 100)
    server.fail("page", Answer(collection(EEZ, 7), cut=300), times=1)
    heard: list[int] = []
    pages = service.pages(EEZ_LAYER, None, 7, lambda *news: heard.append(bytes_of(news[2])))
    assert len(mrgids(pages)) == 7
    assert heard[-1] == len(collection(EEZ, 7))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_overloaded_service_is_asked_again(
    server: WfsServer, service: Service, status: int
) -> None:
    server.fail("hits", Answer(HTML, status, "text/html"), times=2)
    assert service.count(EEZ_LAYER) == 7
    assert len(server.log) == 3


def test_a_service_that_stays_overloaded_is_given_up(server: WfsServer, service: Service) -> None:
    server.fail("hits", Answer(HTML, 503, "text/html"))
    with pytest.raises(FetchError, match=r"status 503 Service Unavailable.*eezkit data add"):
        service.count(EEZ_LAYER)
    assert len(server.log) == 1 + transport.RETRIES


def test_silence_is_given_up_after_the_timeout(server: WfsServer) -> None:
    server.fail("hits", Answer(b"", delay=20))
    with (
        connect(server.url, timeout=0.05) as service,
        pytest.raises(FetchError, match=r"did not answer within 0.05 s.*longer timeout"),
    ):
        service.count(EEZ_LAYER)


def test_no_server_at_the_address_is_an_error_that_tells_the_way_round(
    server: WfsServer,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/ows"
        with (
            connect(url, timeout=5) as service,
            pytest.raises(FetchError, match=r"Connection refused.*network.*eezkit data add FILE"),
        ):
            service.count(EEZ_LAYER)


def test_a_name_that_does_not_resolve_is_an_error_that_tells_the_way_round(
    server: WfsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unresolved(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unresolved)
    with (
        connect("http://geo.example/ows", timeout=5) as service,
        pytest.raises(FetchError, match=r"not known.*network.*eezkit data add FILE"),
    ):
        service.count(EEZ_LAYER)


@pytest.mark.parametrize("url", ["nonsense", "ftp://example.org/ows", "http://"])
def test_what_is_no_address_is_an_option_error(url: str) -> None:
    with (
        pytest.raises(OptionError, match="not the address of a service"),
        connect(url, timeout=5) as service,
    ):
        service.count(EEZ_LAYER)


def test_real_features_come_through_unchanged(server: WfsServer, shared_data: Path) -> None:
    import pyogrio

    source = shared_data / "marineregions_wfs" / "ecs-6413d9a2.zip"
    real = json.loads(pyogrio.read_dataframe(source).to_json())["features"]
    server.layers["ecs"] = real
    with connect(server.url, timeout=5) as service:
        (received,) = service.pages(layer("ecs"), None, 1)
    assert received == real
    assert received[0]["properties"]["mrgid"] == 64123
