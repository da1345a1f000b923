"""Fetch once, whole and checked; afterwards the cache answers; failures leave nothing behind."""

import functools
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eezkit import _entry
from eezkit._entry import digest
from eezkit.errors import CacheError, FetchError, OptionError, UnknownDatasetError
from eezkit.sources.cache import datasets as cache
from eezkit.sources.marine_regions import fetching, transport
from wfs_server import EEZ, Answer, WfsServer, collection, exception, zone

fetch_files = functools.partial(fetching.fetch_files, lines=False)
"""Lines have a file of their own: test_fetched_atlas.py."""

SLOW = 30.0
"""Seconds: longer than any test waits."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[WfsServer]:
    monkeypatch.setattr(transport, "RETRY_WAIT", 0)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(tmp_path / "cache"))
    with WfsServer(eez=list(EEZ), eez_boundaries=[]) as running:
        yield running


def features(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return found


def left_behind() -> list[str]:
    folder = cache.cache_dir() / "datasets"
    return sorted(path.name for path in folder.rglob("*")) if folder.exists() else []


# What a fetch gives


def test_a_fetch_keeps_every_feature_with_its_names_nulls_and_coordinates(
    server: WfsServer,
) -> None:
    dataset = fetch_files("eez", base_url=server.url)
    found = features(dataset.path)
    sent = sorted(EEZ, key=lambda feature: feature["properties"]["mrgid"])
    assert [one["properties"] for one in found] == [one["properties"] for one in sent]
    assert [one["geometry"] for one in found] == [one["geometry"] for one in sent]
    ivory = next(one["properties"] for one in found if one["properties"]["mrgid"] == 8363)
    assert ivory["sovereign1"] == "Côte d'Ivoire"
    assert "Côte" in dataset.path.read_text(encoding="utf-8")
    assert ivory["iso_sov2"] is None


def test_a_fetched_file_is_read_by_gdal_as_longitude_and_latitude(server: WfsServer) -> None:
    import pyogrio

    table = pyogrio.read_dataframe(fetch_files("eez", base_url=server.url).path)
    assert len(table) == len(EEZ)
    assert table.crs.to_epsg() == 4326
    japan = table.loc[table["mrgid"] == 8487].iloc[0]
    assert japan["geometry"].bounds == (153.0, 23.0, 155.12345678, 25.0)


def test_the_manifest_says_what_it_is_and_on_what_terms(server: WfsServer) -> None:
    dataset = fetch_files("eez", sovereign="JPN", where="mrgid > 9000", base_url=server.url)
    kept = dataset.manifest
    assert (kept.layer, kept.version, kept.origin) == ("eez", "12", "service")
    assert kept.source == server.url
    assert (kept.sovereign, kept.where) == ("JPN", "mrgid > 9000")
    assert kept.cql == (
        "(iso_sov1 = 'JPN' OR iso_sov2 = 'JPN' OR iso_sov3 = 'JPN') AND (mrgid > 9000)"
    )
    assert kept.n_features == len(features(dataset.path)) == 2
    assert kept.sha256 == digest(dataset.path)
    assert kept.size == dataset.path.stat().st_size
    assert kept.decimals == 8
    assert "10.14284/632" in kept.citation
    assert "CC BY" in kept.licence
    assert "navigational" in " ".join(kept.terms)
    assert kept.obtained.startswith("20")
    assert dataset.provenance().basis == "published"


def test_user_cql_cannot_widen_the_filter_by_state(server: WfsServer) -> None:
    dataset = fetch_files("eez", sovereign="JPN", where="mrgid = 1 OR 1 = 1", base_url=server.url)
    assert dataset.manifest.n_features == 3


def test_the_same_data_give_the_same_bytes_whatever_else_the_service_says(
    server: WfsServer,
) -> None:
    before = fetch_files("eez", base_url=server.url)
    again = [
        {**one, "id": f"eez.fid-{number}", "bbox": [0, 0, 1, 1]}
        for number, one in enumerate(sorted(EEZ, key=lambda one: one["properties"]["mrgid"]))
    ]
    server.fail("page", Answer(collection(again, 7)))
    after = fetch_files("eez", base_url=server.url, refresh=True)
    assert after.path == before.path
    assert after.manifest.sha256 == before.manifest.sha256


def test_progress_is_told(server: WfsServer) -> None:
    heard: list[tuple[int, int, str]] = []
    fetch_files("eez", base_url=server.url, progress=lambda *news: heard.append(news))
    assert heard[-1][:2] == (7, 7)
    assert int(heard[-1][2].removesuffix(" bytes").replace(",", "")) > 1000


# The cache


def test_the_second_time_the_network_is_not_touched(server: WfsServer) -> None:
    first = fetch_files("eez", sovereign="JPN", base_url=server.url)
    n_requests = len(server.log)
    assert fetch_files("eez", sovereign="jpn", base_url="http://nowhere.invalid/") == first
    assert len(server.log) == n_requests
    assert cache.find("eez:JPN") == first


def test_a_code_is_a_code_in_whatever_case(server: WfsServer) -> None:
    assert fetch_files("eez", sovereign=" jpn", base_url=server.url).manifest.sovereign == "JPN"


def test_every_filter_has_a_place_of_its_own(server: WfsServer) -> None:
    asked: list[dict[str, str]] = [
        {},
        {"sovereign": "JPN"},
        {"sovereign": "Japan"},
        {"where": "mrgid > 9000"},
        {"where": "mrgid > 8400"},
        {"sovereign": "JPN", "where": "mrgid > 9000"},
    ]
    kept = [fetch_files("eez", base_url=server.url, **options) for options in asked]
    assert len({dataset.path for dataset in kept}) == len(asked)
    assert len({dataset.name for dataset in kept}) == len(asked)
    assert [cache.get(dataset.name) for dataset in kept] == kept
    assert [dataset.name for dataset in cache.listed().datasets] == sorted(one.name for one in kept)


def test_refresh_replaces_the_data_and_their_manifest(server: WfsServer) -> None:
    before = fetch_files("eez", base_url=server.url)
    server.layers["eez"] = [*EEZ, zone(9999, "New zone", [("PLW", "Palau")], lon=134, lat=7)]
    assert fetch_files("eez", base_url=server.url) == before
    after = fetch_files("eez", base_url=server.url, refresh=True)
    assert after.manifest.n_features == 8
    assert not before.path.exists()
    assert len(cache.listed().datasets) == 1


@pytest.mark.parametrize("kind", ["hits", "page"])
def test_a_refresh_that_fails_leaves_the_old_data(server: WfsServer, kind: str) -> None:
    before = fetch_files("eez", base_url=server.url)
    files = left_behind()
    server.fail(kind, exception("out of order"))
    with pytest.raises(FetchError, match="out of order"):
        fetch_files("eez", base_url=server.url, refresh=True)
    assert cache.get("eez") == before
    before.verify()
    assert left_behind() == files


def test_data_that_someone_removed_are_fetched_again(server: WfsServer) -> None:
    fetch_files("eez", base_url=server.url).path.unlink()
    assert cache.find("eez") is None
    fetch_files("eez", base_url=server.url).verify()


def test_damaged_data_are_an_error_until_they_are_fetched_again(server: WfsServer) -> None:
    path = fetch_files("eez", base_url=server.url).path
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(CacheError, match=r"damaged.* has \d+ bytes.*eezkit data clear"):
        fetch_files("eez", base_url=server.url)
    fetch_files("eez", base_url=server.url, refresh=True).verify()


# Wrong use


def test_an_unknown_layer_is_refused_before_anything_is_asked(server: WfsServer) -> None:
    with pytest.raises(UnknownDatasetError, match="Did you mean 'eez'"):
        fetch_files("eezz", base_url=server.url)
    assert server.log == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sovereign": " "}, "sovereign=' ' says nothing"),
        ({"where": ""}, "is empty"),
        ({"where": "a = 'b"}, "not closed"),
        ({"timeout": 0}, "timeout is 0; expected seconds, more than 0"),
        ({"timeout": -1}, "timeout is -1"),
        ({"timeout": float("nan")}, "timeout is nan"),
        ({"base_url": "geo.vliz.be"}, "'geo.vliz.be' is not the address of a service"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    server: WfsServer, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(OptionError, match=message):
        fetch_files("eez", **{"base_url": server.url, **options})
    assert server.log == []


# Failures


@pytest.mark.parametrize(
    "options", [{"sovereign": "JP"}, {"sovereign": "XXX"}, {"where": "geoname = 'japan'"}]
)
def test_a_filter_that_nothing_passes_is_named_with_advice(
    server: WfsServer, options: dict[str, str]
) -> None:
    value = next(iter(options.values())).partition("'")[0]
    with pytest.raises(FetchError, match=rf"No feature of eez passes.*{value}.*JPN, not JP"):
        fetch_files("eez", base_url=server.url, **options)
    assert left_behind() == []


def test_a_layer_that_is_empty_at_present_is_an_error(server: WfsServer) -> None:
    server.fail("hits", Answer(b'<a numberMatched="0"/>'))
    with pytest.raises(FetchError, match="no features in MarineRegions:eez at present"):
        fetch_files("eez", base_url=server.url)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (exception("Java heap space", 200), "Java heap space"),
        (Answer(b"<html><body>Sorry</body></html>"), "a web page instead of data"),
        (Answer(collection(EEZ, 7), cut=500), "broke off"),
        (Answer(collection(EEZ, 7)[:500]), "not a complete GeoJSON collection"),
        (Answer(collection(EEZ[:4], 4)), "announced 7 features, now 4"),
        (Answer(collection([], 7)), "stopped sending"),
    ],
)
def test_a_failure_leaves_nothing_behind(server: WfsServer, answer: Answer, message: str) -> None:
    server.page_limit = 2
    server.fail("page", Answer(collection(sorted(EEZ, key=str)[:1], 7)), times=1)
    server.fail("page", answer)
    with pytest.raises(FetchError, match=message):
        fetch_files("eez", base_url=server.url)
    assert left_behind() == []
    assert cache.find("eez") is None


def swapped(feature: dict[str, Any]) -> dict[str, Any]:
    ring = [[lat, lon] for lon, lat in feature["geometry"]["coordinates"][0][0]]
    return {**feature, "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}}


@pytest.mark.parametrize("mrgid", [8487, 3293, 8479, 8325])
def test_latitude_before_longitude_is_found_and_named(server: WfsServer, mrgid: int) -> None:
    one = swapped(next(one for one in EEZ if one["properties"]["mrgid"] == mrgid))
    server.fail("hits", Answer(b'<a numberMatched="1"/>'))
    server.fail("page", Answer(collection([one], 1)))
    with pytest.raises(FetchError, match=r"latitude before longitude.*MarineRegions:eez spans"):
        fetch_files("eez", base_url=server.url)
    assert left_behind() == []


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[["a", "b"], ["c", "d"]]]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Polygon", "coordinates": [[[500000.0, 3.0], [500001.0, 4.0], [1.0, 5.0]]]},
    ],
)
def test_a_geometry_that_is_none_is_an_error(server: WfsServer, geometry: Any) -> None:
    server.fail("hits", Answer(b'<a numberMatched="1"/>'))
    server.fail("page", Answer(collection([{**EEZ[0], "geometry": geometry}], 1)))
    with pytest.raises(FetchError, match=r"not GeoJSON|no degrees at all"):
        fetch_files("eez", base_url=server.url)


def test_a_label_point_far_from_its_zone_is_no_swap(server: WfsServer) -> None:
    odd = {**EEZ[0], "properties": {**EEZ[0]["properties"], "x_1": "-70.5", "y_1": None}}
    far = {**EEZ[5], "properties": {**EEZ[5]["properties"], "x_1": -70.5, "y_1": -10}}
    bare = {**EEZ[6], "geometry": None}
    server.layers["eez"] = [odd, far, bare]
    assert fetch_files("eez", base_url=server.url).manifest.n_features == 3


def test_a_full_disk_leaves_nothing_behind_and_says_what_to_do(server: WfsServer) -> None:
    many = [zone(number, f"Zone {number}", [("JPN", "Japan")]) for number in range(1, 200)]
    server.layers["eez"] = many
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(CacheError, match=r"cannot be used: File too large.*EEZKIT_CACHE_DIR"):
            fetch_files("eez", base_url=server.url)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert left_behind() == []


def test_a_disk_that_does_not_give_back_what_was_written_is_found_out(
    server: WfsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_entry, "digest", lambda path: "0" * 64)
    with pytest.raises(CacheError, match="does not read back the same"):
        fetch_files("eez", base_url=server.url)
    assert left_behind() == []


def test_a_cache_that_cannot_be_made_says_what_to_do(
    server: WfsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(CacheError, match=r"cannot be used: Not a directory.*another folder"):
        fetch_files("eez", base_url=server.url)


def test_a_person_who_interrupts_finds_nothing_half_done(server: WfsServer) -> None:
    def interrupt(n_received: int, *_: int) -> None:
        if n_received:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_files("eez", base_url=server.url, progress=interrupt)
    assert left_behind() == []


# Other processes

FETCH = """
import sys
from eezkit.sources.marine_regions.fetching import fetch_files
options = {"lines": False, "refresh": "refresh" in sys.argv}
print(fetch_files("eez", base_url=sys.argv[1], **options).path)
"""


def start(url: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", FETCH, url, *words],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
    )


def test_a_fetch_that_was_killed_is_as_if_it_had_not_been(server: WfsServer) -> None:
    server.page_limit = 3
    server.fail("page", Answer(collection(sorted(EEZ, key=mrgid_of)[:3], 7)), times=1)
    server.fail("page", Answer(b"", delay=SLOW), times=1)
    with start(server.url) as process:
        deadline = time.monotonic() + SLOW
        while len(server.asked("page")) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert len(server.asked("page")) == 2
    assert left_behind() != []
    assert cache.find("eez") is None
    assert cache.listed().datasets == ()
    fetch_files("eez", base_url=server.url).verify()
    assert len(cache.listed().datasets) == 1


def mrgid_of(feature: dict[str, Any]) -> int:
    return int(feature["properties"]["mrgid"])


def test_processes_that_fetch_the_same_at_once_all_get_it(server: WfsServer) -> None:
    fetch_files("eez", base_url=server.url)
    processes = [start(server.url, "refresh") for _ in range(3)]
    while any(process.poll() is None for process in processes):
        cache.get("eez").verify()
    paths = set()
    for process in processes:
        with process:
            paths.add(process.communicate()[0].strip())
        assert process.returncode == 0
    assert paths == {str(cache.get("eez").path)}
    assert len(cache.listed().datasets) == 1
    assert len(left_behind()) == 3
