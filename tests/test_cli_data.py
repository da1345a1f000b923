"""`eezkit data`: data on stdout, the rest on stderr, every option does something."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from eezkit.cli.data import data
from eezkit.errors import (
    CacheError,
    DataFormatError,
    DataNotFoundError,
    EezkitError,
    FetchError,
    OptionError,
    UnknownDatasetError,
)
from eezkit.sources.cache import datasets as cache
from eezkit.sources.marine_regions import transport
from eezkit.sources.marine_regions.registry import layers
from wfs_server import EEZ, LINES, Answer, WfsServer, zipped


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(transport, "RETRY_WAIT", 0)


@pytest.fixture
def server() -> Iterator[WfsServer]:
    with WfsServer(eez=list(EEZ), eez_boundaries=LINES) as running:
        yield running


@pytest.fixture
def download(tmp_path: Path) -> Path:
    table = b"\x03\x7b\x06\x1c\x02\0\0\0" + bytes(24) + b"\r\x1a"
    path = tmp_path / "World_EEZ_v12_20231025.zip"
    path.write_bytes(zipped({"e/eez_v12.shp": b"s", "e/eez_v12.shx": b"x", "e/eez_v12.dbf": table}))
    return path


def run(*words: object, answer: str = "") -> Result:
    return CliRunner().invoke(data, [str(word) for word in words], input=answer)


def done(*words: object, answer: str = "") -> Result:
    result = run(*words, answer=answer)
    assert result.exit_code == 0, result.output
    return result


def printed_json(*words: object) -> Any:
    value = json.loads(done(*words, "--json").stdout)
    assert value["schema_version"] == 1
    return value


def failed(*words: object) -> EezkitError:
    result = run(*words)
    assert isinstance(result.exception, EezkitError)
    assert result.stdout == ""
    return result.exception


def test_list_names_the_layers_and_what_is_cached(server: WfsServer, download: Path) -> None:
    before = done("list").stdout.splitlines()
    assert [line.split()[0] for line in before] == list(layers())
    done("add", download)
    done("fetch", "eez", "--sovereign", "JPN", "--url", server.url, "--no-lines")
    after = done("list").stdout
    assert "cached  eez@12 " in after
    assert "cached  eez@12:JPN" in after
    assert "3 features" in after
    assert "World_EEZ_v12_20231025.zip" in after
    value = printed_json("list")
    assert [one["name"] for one in value["layers"]] == list(layers())
    assert [one["name"] for one in value["cached"]] == ["eez@12", "eez@12:JPN"]


def test_fetch_prints_the_name_and_says_how_to_cite_it(server: WfsServer) -> None:
    result = done("fetch", "eez", "--url", server.url)
    assert result.stdout == "eez@12\n"
    assert "7 features" in result.stderr
    assert "Cite: Flanders Marine Institute (2023)" in result.stderr
    assert "navigational use" in result.stderr
    assert done("fetch", "--url", server.url).stdout == "eez@12\n"


def test_every_option_of_fetch_does_something(server: WfsServer) -> None:
    fetched = printed_json("fetch", "eez", "--url", server.url, "--sovereign", "JPN")
    assert (fetched["n_features"], fetched["sovereign"]) == (3, "JPN")
    fetched = printed_json("fetch", "eez", "--url", server.url, "--where", "mrgid > 9000")
    assert (fetched["n_features"], fetched["where"]) == (2, "mrgid > 9000")
    n_requests = len(server.log)
    printed_json("fetch", "eez", "--url", server.url, "--sovereign", "JPN")
    assert len(server.log) == n_requests
    printed_json("fetch", "eez", "--url", server.url, "--sovereign", "JPN", "--refresh")
    assert len(server.log) > n_requests
    server.fail("hits", Answer(b"", delay=20))
    error = failed("fetch", "eez", "--url", server.url, "--timeout", "0.05")
    assert "did not answer within 0.05 s" in str(error)


def test_a_fetch_says_by_which_lines_edges_are_told(server: WfsServer) -> None:
    assert printed_json("fetch", "eez", "--url", server.url)["lines"] == "eez_boundaries@12"
    assert "lines          eez_boundaries@12" in done("info", "eez").stdout
    assert cache.find("eez_boundaries") is not None
    done("fetch", "eez", "--url", server.url, "--no-lines")
    assert "lines          none" in done("info", "eez").stdout


def test_add_prints_the_name(download: Path) -> None:
    result = done("add", download)
    assert result.stdout == "eez@12\n"
    assert "2 features" in result.stderr
    assert printed_json("add", download, "--layer", "eez@11")["name"] == "eez@11"


def test_info_tells_of_a_layer_and_of_its_data(download: Path) -> None:
    before = done("info", "eez").stdout
    assert "10.14284/632" in before
    assert "cached         no" in before
    assert printed_json("info", "eez")["cached"] is None
    done("add", download)
    after = done("info", "eez").stdout
    assert cache.get("eez").manifest.sha256 in after
    assert str(cache.get("eez").path) in after
    assert printed_json("info", "eez")["cached"] == cache.get("eez").to_json()


def test_info_verifies_what_is_cached(download: Path) -> None:
    done("add", download)
    done("info", "eez", "--verify")
    path = cache.get("eez").path
    path.write_bytes(path.read_bytes().replace(b"PK", b"pk"))
    done("info", "eez")
    assert isinstance(failed("info", "eez", "--verify"), CacheError)


def test_cite_prints_citation_licence_and_what_the_publisher_asks() -> None:
    lines = done("cite", "eez").stdout.splitlines()
    assert lines[0].endswith("https://doi.org/10.14284/632")
    assert lines[1].startswith("Licence: CC BY 4.0")
    assert "not for legal, economic" in lines[2]
    assert "navigational use" in lines[2]
    assert "do not offer the data for download elsewhere" in lines[3]
    assert "10.14284/386" in done("cite", "eez@11").stdout
    assert set(printed_json("cite", "goas")) == {
        "schema_version",
        "citation",
        "doi",
        "licence",
        "terms",
    }


def test_path_prints_where(download: Path) -> None:
    assert done("path").stdout.strip() == str(cache.cache_dir())
    done("add", download)
    assert done("path", "eez").stdout.strip() == str(cache.get("eez").path)


def test_clear_asks_first(download: Path) -> None:
    done("add", download)
    result = done("clear", "eez", answer="n\n")
    assert result.stdout == ""
    assert "Nothing was removed" in result.stderr
    assert cache.find("eez") is not None
    assert "Removed the dataset eez" in done("clear", "eez", answer="y\n").stderr
    assert cache.find("eez") is None


def test_clear_removes_everything_without_asking_if_told_so(download: Path) -> None:
    done("add", download)
    done("add", download, "--layer", "goas")
    result = done("clear", "--yes")
    assert result.stdout == ""
    assert "Removed all datasets" in result.stderr
    assert cache.listed().datasets == ()


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (["fetch", "ezz"], UnknownDatasetError, "Did you mean 'eez'"),
        (["fetch", "eez", "--sovereign", ""], OptionError, "says nothing"),
        (["fetch", "eez", "--where", "(a"], OptionError, "not closed"),
        (["fetch", "eez", "--timeout", "-3"], OptionError, "timeout is -3"),
        (["fetch", "eez", "--url", "vliz"], OptionError, "not the address"),
        (["fetch", "eez", "--url", "http://127.0.0.1:1/"], FetchError, "eezkit data add FILE"),
        (["add", "absent.zip"], DataNotFoundError, "no file 'absent.zip'"),
        (["add", __file__], OptionError, "does not say which layer"),
        (["add", __file__, "--layer", "eez"], DataFormatError, "not a whole zip"),
        (["add", __file__, "--layer", "ezz"], UnknownDatasetError, "Did you mean"),
        (["info", "nothing"], UnknownDatasetError, "No layer is called 'nothing'"),
        (["info", "eez", "--verify"], DataNotFoundError, "holds nothing"),
        (["cite", "nothing"], UnknownDatasetError, "No layer is called"),
        (["path", "eez:JPN"], DataNotFoundError, "'eez:JPN' is not in the cache"),
        (["clear", "eez", "--yes"], DataNotFoundError, "'eez' is not in the cache"),
    ],
)
def test_mistakes_are_errors_of_eezkit(
    words: list[str], error: type[EezkitError], message: str
) -> None:
    raised = failed(*words)
    assert type(raised) is error
    assert message in str(raised)


@pytest.mark.parametrize(
    "words", [["fetch", "--nope"], ["fetch", "eez", "--timeout", "soon"], ["add"], ["nope"]]
)
def test_wrong_use_exits_with_2(words: list[str]) -> None:
    assert run(*words).exit_code == 2


def fetch_with_stderr(server: WfsServer, stderr: int) -> str:
    code = "from eezkit.cli.data import data; data()"
    done = subprocess.run(
        [sys.executable, "-c", code, "fetch", "eez", "--url", server.url, "--json"],
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    return done.stdout


def test_a_terminal_sees_progress_on_stderr_only(server: WfsServer) -> None:
    ours, theirs = os.openpty()
    try:
        assert json.loads(fetch_with_stderr(server, theirs))["n_features"] == 7
        shown = os.read(ours, 100_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert "eez" in shown
    assert "100%" in shown


def test_no_terminal_sees_no_progress(server: WfsServer, tmp_path: Path) -> None:
    with (tmp_path / "stderr").open("w") as stderr:
        fetch_with_stderr(server, stderr.fileno())
    assert (tmp_path / "stderr").read_text() == ""


def test_clear_takes_what_was_built_along(download: Path) -> None:
    done("add", str(download))
    built = cache.cache_dir() / "built"
    of_it = built / f"{cache.get('eez').path.stem}-0123"
    of_another = built / "embedded-0123"
    for folder in (of_it, of_another):
        folder.mkdir(parents=True)
        (folder / "arrays.bin").write_bytes(bytes(100))
    done("clear", "eez", "--yes")
    assert not of_it.exists()
    assert of_another.exists()
    done("clear", "--yes")
    assert not of_another.exists()
