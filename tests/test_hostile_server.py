"""A server may be broken or not who it seems: bounded in bytes, time, memory and hops."""

import gzip
import json
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import eezkit
from eezkit.cli.data import data
from eezkit.errors import FetchError, OptionError
from eezkit.sources.cache import datasets as cache
from eezkit.sources.marine_regions import transport
from eezkit.sources.marine_regions.fetching import fetch_files
from eezkit.sources.marine_regions.wfs import exception_text
from wfs_server import EEZ, HITS, LINES, Answer, WfsServer, collection

SOON = 10.0
"""Seconds within which a hostile answer is refused, on a busy machine."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[WfsServer]:
    monkeypatch.setattr(transport, "RETRY_WAIT", 0)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(tmp_path / "cache"))
    with WfsServer(eez=list(EEZ), eez_boundaries=LINES) as running:
        yield running


def refused(server: WfsServer, message: str, **options: float) -> None:
    """Fetch in vain, soon, with nothing left behind."""
    started = time.monotonic()
    with pytest.raises(FetchError, match=message):
        fetch_files("eez", base_url=server.url, lines=False, **options)
    assert time.monotonic() - started < SOON
    folder = cache.cache_dir() / "datasets"
    assert not folder.exists() or list(folder.rglob("*")) == []


@pytest.mark.parametrize("kind", ["hits", "page"])
def test_an_answer_without_an_end_is_refused(
    server: WfsServer, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER", 4_000_000)
    server.fail(kind, Answer(b" " * 100_000, is_endless=True))
    refused(server, r"was not taken: it is larger than 4 MB")


def test_an_answer_that_drips_is_given_up(
    server: WfsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.fail("page", Answer(collection(EEZ, 7), drip=0.02))
    refused(server, r"sends less than 2,000 bytes a second", timeout=0.5)


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_a_packed_answer_is_unpacked_no_farther_than_allowed(
    server: WfsServer, packing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER", 8_000_000)
    bomb = b" " * 200_000_000
    body = gzip.compress(bomb) if packing == "gzip" else zlib.compress(bomb)
    del bomb
    server.fail("page", Answer(body, headers=(("Content-Encoding", packing),)))
    tracemalloc.start()
    try:
        refused(server, r"was not taken: it is larger than 8 MB")
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


def test_a_packed_answer_that_is_whole_is_taken(server: WfsServer) -> None:
    zones = sorted(EEZ, key=lambda feature: feature["properties"]["mrgid"])
    body = gzip.compress(collection(zones, 7))
    server.fail("page", Answer(body, headers=(("Content-Encoding", "gzip"),)), times=1)
    assert fetch_files("eez", base_url=server.url, lines=False).manifest.n_features == 7


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip", "x\x1b"])
def test_another_packing_is_refused(server: WfsServer, packing: str) -> None:
    server.fail("page", Answer(b"x", headers=(("Content-Encoding", packing),)))
    refused(server, r"packed its answer with .*which was not asked for")


def test_a_packed_answer_that_is_cut_is_no_answer(server: WfsServer) -> None:
    body = gzip.compress(collection(EEZ, 7))
    server.fail("page", Answer(body[:-20], headers=(("Content-Encoding", "gzip"),)))
    refused(server, r"broke off, 3 times: the packed answer is not complete")


def test_the_answers_of_a_fetch_are_bounded_together_and_the_bound_can_be_raised(
    server: WfsServer,
) -> None:
    server.page_limit = 3
    refused(server, r"larger than the size allowed \(--max-size\)", max_size=2000)
    words = ["fetch", "eez", "--no-lines", "--url", server.url, "--max-size"]
    assert CliRunner().invoke(data, [*words, "0.002"]).exit_code != 0
    assert CliRunner().invoke(data, [*words, "0.01"]).exit_code == 0


def test_how_long_to_wait_is_not_the_servers_to_say(server: WfsServer) -> None:
    server.fail("hits", Answer(b"", 503, headers=(("Retry-After", "99999"),)))
    refused(server, r"status 503")


@pytest.mark.parametrize("number", ["1000000001", "9" * 5000, "١٢", "-1", "1e3"])
def test_more_features_than_a_layer_has_are_refused(server: WfsServer, number: str) -> None:
    server.fail("hits", Answer(HITS.format(n=number).encode(), content_type="text/xml"))
    refused(server, r"no more than 1,000,000|does not say how many")


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:1/elsewhere",
        "http://user:secret@elsewhere.invalid/",
        "https://elsewhere.invalid/ows",
        "//elsewhere.invalid/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://127.0.0.1:9/other-port",
        "http://[",
    ],
)
def test_no_redirection_leads_elsewhere(server: WfsServer, location: str) -> None:
    server.fail("hits", Answer(b"", 302, headers=(("Location", location),)))
    with pytest.raises(FetchError, match=r"sends elsewhere, to .*--url") as raised:
        fetch_files("eez", base_url=server.url)
    assert "secret" not in str(raised.value)


def test_a_redirection_on_the_same_host_is_followed_but_not_for_ever(server: WfsServer) -> None:
    query = "service=WFS&version=2.0.0&request=GetFeature&typeName=MarineRegions:eez"
    there = f"/elsewhere?{query}&resultType=hits"
    server.fail("hits", Answer(b"", 302, headers=(("Location", there),)), times=1)
    fetch_files("eez", base_url=server.url, lines=False)
    server.fail("hits", Answer(b"", 302, headers=(("Location", there),)))
    with pytest.raises(FetchError, match="from address to address, 5 times"):
        fetch_files("eez", base_url=server.url, lines=False, refresh=True)


def test_a_redirection_with_a_body_without_an_end_is_followed_at_once(server: WfsServer) -> None:
    query = "service=WFS&version=2.0.0&request=GetFeature&typeName=MarineRegions:eez"
    there = (("Location", f"/elsewhere?{query}&resultType=hits"),)
    server.fail("hits", Answer(b" " * 100_000, 302, headers=there, is_endless=True), times=1)
    started = time.monotonic()
    assert fetch_files("eez", base_url=server.url, lines=False).manifest.n_features == 7
    assert time.monotonic() - started < SOON


# What the answers hold


@pytest.mark.parametrize(
    "piece",
    [
        b"<ExceptionText>",
        b"<ExceptionText",
        b"<ows:ExceptionText></",
        b"<a:ServiceException>x",
        b"Exception<",
        b"<" + b"w" * 50,
        b"<ExceptionText><![CDATA[",
    ],
)
def test_four_megabytes_of_an_error_are_looked_through_at_once(piece: bytes) -> None:
    body = b"ExceptionReport" + piece * (4_000_000 // len(piece))
    started = time.process_time()
    found = exception_text(body)
    assert time.process_time() - started < 2.0
    assert found is None or len(found) <= 2000


@pytest.mark.parametrize(
    "body", [b"[" * 200_000, b'{"features":' * 100_000, b"1" * 100_000], ids=len
)
def test_json_that_goes_too_deep_is_no_data(server: WfsServer, body: bytes) -> None:
    server.fail("page", Answer(body))
    refused(server, r"not a complete GeoJSON collection")


def test_a_geometry_that_goes_too_deep_is_none(server: WfsServer) -> None:
    zones = sorted(EEZ, key=lambda feature: feature["properties"]["mrgid"])
    deep = json.loads("[" * 900 + "]" * 900)
    zones[0] = {**zones[0], "geometry": {"type": "Polygon", "coordinates": deep}}
    server.fail("page", Answer(collection(zones, 7)))
    refused(server, r"geometry that is not GeoJSON")


def test_xml_that_defines_words_of_its_own_is_refused(server: WfsServer) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x numberMatched="7">&a;</x>'
    server.fail("hits", Answer(bomb, content_type="text/xml"))
    refused(server, r"XML that defines words of its own")


# Whose password it is


@pytest.mark.filterwarnings("ignore::eezkit.errors.AreaWarning")
@pytest.mark.parametrize("name", ["user:secret", "us%40er:se%2Fcr%3Aet", "secret", ":secret"])
def test_a_password_goes_to_the_server_and_nowhere_else(
    server: WfsServer, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = server.url.replace("//", f"//{name}@") + "?token=secret"
    atlas = eezkit.fetch("eez", base_url=url)
    assert all(sent and sent.startswith("Basic ") for sent in server.authorizations)
    assert all(query["token"] == "secret" for query in server.log)
    runner = CliRunner()
    said = [
        runner.invoke(data, words).output
        for words in (
            ["list"],
            ["list", "--json"],
            ["info", "eez"],
            ["info", "eez", "--json"],
            ["fetch", "eez", "--url", url],
            ["fetch", "eez", "--url", url, "--json"],
        )
    ]
    said += [str(atlas.provenance), atlas.at(lon=153.5, lat=24.5).to_json().__repr__()]
    for file in cache.cache_dir().rglob("manifest.json"):
        said.append(file.read_text(encoding="utf-8"))
    for text in said:
        assert "secret" not in text
        assert "%2F" not in text
        assert "er:se" not in text
    assert server.url in said[0]


@pytest.mark.parametrize("break_it", ["hits", "page"])
def test_no_error_tells_a_password(server: WfsServer, break_it: str) -> None:
    url = server.url.replace("//", "//user:secret@") + "?token=secret"
    for answer in (
        Answer(b"", 500),
        Answer(b"<html>", 200),
        Answer(b"nonsense"),
        Answer(b"PK"),
        Answer(b"", 302, headers=(("Location", "http://elsewhere.invalid/?token=secret"),)),
        Answer(b"1234", cut=2),
    ):
        server.fail(break_it, answer)
        with pytest.raises(FetchError) as raised:
            fetch_files("eez", base_url=url)
        assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@",
        "ftp://user:secret@host/",
        "http://user:secret@[nonsense/",
        "http://user:secret@host:nonsense/",
        "http://user:sec/ret@127.0.0.1:1/",
        "http://user:secret@127.0.0.1:1/?token=secret#secret",
        "//user:secret@host",
    ],
)
def test_no_address_that_is_none_tells_a_password(server: WfsServer, url: str) -> None:
    with pytest.raises((OptionError, FetchError)) as raised:
        fetch_files("eez", base_url=url, timeout=0.2)
    assert "secret" not in str(raised.value)
    assert "sec/ret" not in str(raised.value)
