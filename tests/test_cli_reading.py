"""--data, --columns, --layer, --source: on every command that reads zones, and in Python."""

import json
import warnings
from pathlib import Path

import click
import pytest

import eezkit
import published
from eezkit.__main__ import run
from eezkit.cli import COMMANDS
from eezkit.cli import eezkit as root
from eezkit.cli.reading import Data, How
from eezkit.errors import OptionError

OTHER = ["--columns", "name=label,sovereign=iso"]
WEST, EAST = published.square(-30, 0, 2.0), published.square(-28, 0, 2.0)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def zones(tmp_path: Path) -> str:
    """A file whose columns no schema knows, in two layers."""
    path = tmp_path / "zones.gpkg"
    for layer, words in (("now", ("West", "East")), ("then", ("Old", "New"))):
        columns = {"label": list(words), "iso": ["AAA", "BBB"]}
        published.frame(columns, [WEST, EAST]).to_file(path, layer=layer)
    return str(path)


def reading_commands() -> dict[str, click.Command]:
    """Every command that takes --data, and those of `data` that open a dataset."""
    context = click.Context(root)
    every = {name: root.get_command(context, name) for name in COMMANDS}
    found = {
        name: command
        for name, command in every.items()
        if any("--data" in option.opts for option in command.params)
    }
    group = every["data"]
    return found | {f"data {name}": group.get_command(context, name) for name in ("build", "diff")}


def test_every_command_that_reads_zones_says_how_to_read_them() -> None:
    commands = reading_commands()
    assert {"check", "locate", "distance", "report", "map", "audit"} <= commands.keys()
    for name, command in commands.items():
        options = {word for option in command.params for word in option.opts}
        assert {"--columns", "--layer", "--source", "--across-180"} <= options, name


def test_every_command_reads_a_file_of_another_schema(
    zones: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", zones, "--layer", "now", *OTHER]
    Path("in.csv").write_text("lon,lat\n-29,1\n-27,1\n")
    Path("coast.csv").write_text("lon,lat\n-29,1\n")
    for words, shown in (
        (["check", "1", "-29", "--zone", "AAA"], "inside"),
        (["distance", "1", "-29"], "nmi"),
        (["report", "1", "-29"], "West"),
        (["map", "1", "-29", "-o", "page.html"], "page.html"),
        (["locate", "in.csv", "-o", "out.csv"], ""),
        (["audit", "AAA", "coast.csv", "--breadth", "60nmi", "--within", "1000km"], "vertices"),
    ):
        assert run([*words, *data]) == 0, words
        assert shown in capsys.readouterr().out
    assert "West" in Path("out.csv").read_text()
    assert run(["data", "build", zones, "--layer", "now", *OTHER]) == 0


def test_messages_advise_what_the_command_line_has(
    zones: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "1", "-29", "--data", zones]) == 2
    assert "--layer" in capsys.readouterr().err
    assert run(["check", "1", "-29", "--data", zones, "--layer", "now"]) == 2
    assert "--columns name=COUNTRY,sovereign=ISO3" in capsys.readouterr().err
    assert run(["check", "1", "-29", "--data", zones, "--layer", "now", "--columns", "iso=x"]) == 2
    assert "unknown key 'iso'" in capsys.readouterr().err
    assert run(["check", "1", "-29", "--data", zones, "--layer", "now", "--columns", "label"]) == 2
    assert "--columns 'label' is not understood at 'label'" in capsys.readouterr().err


def test_each_of_two_files_is_read_in_its_own_way(
    zones: str, capsys: pytest.CaptureFixture[str]
) -> None:
    published.frame({"n": ["Third"], "s": ["CCC"]}, [WEST]).to_file("third.geojson")
    words = ["report", "1", "-29", "--data", zones, "--data", "third.geojson"]
    how = ["--layer", "now", "--layer", "third", *OTHER, "--columns", "name=n,sovereign=s"]
    assert run([*words, *how, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    (other,) = said["datasets"]
    assert [zone["name"] for one in (said, other) for zone in one["zones"]] == ["West", "Third"]
    assert run([*words, *how, *how[-2:]]) == 2
    assert "--columns is given 3 times for 2 files" in capsys.readouterr().err


def test_a_diff_of_two_layers_of_a_file(zones: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["data", "diff", zones, zones, *OTHER, "--positions", "1000", "--json"]
    assert run([*words, "--layer", "now"]) == 0
    capsys.readouterr()
    assert run([*words, "--layer", "now", "--layer", "then"]) == 1
    assert "Old" in capsys.readouterr().out


def test_how_to_read_is_said_of_files_only() -> None:
    how = How(("a",), ("name=x",), ())
    first, second, third = how.of([None, "x.gpkg", "eez:JPN"])
    assert (first, third) == (Data(None), Data("eez:JPN"))
    said = {name: value for name, value in second.options().items() if value is not None}
    assert said == {"layer": "a", "columns": {"name": "x"}}


def test_a_column_may_have_a_comma_and_an_equals_sign_in_its_name() -> None:
    said = Data("x.gpkg", columns="name=Name, official,sovereign=a=b").options()
    assert said["columns"] == {"name": "Name, official", "sovereign": "a=b"}


@pytest.mark.parametrize("how", [{"layer": "x"}, {"columns": {"name": "x"}}, {"source": "eez"}])
def test_what_is_no_file_says_by_itself_how_it_is_read(how: dict) -> None:
    with pytest.raises(OptionError, match="is for files, and embedded is none"):
        eezkit.load(**how)
    with pytest.raises(OptionError, match="is for files, and eez is none"):
        eezkit.load("eez", **how)


def test_python_takes_the_same_words(zones: str) -> None:
    how = {"layer": "then", "columns": {"name": "label", "sovereign": "iso"}, "source": "Nobody"}
    for opened in (eezkit.read(zones, **how), eezkit.load(zones, **how)):
        assert opened.at(lon=-29, lat=1).zones[0].name == "Old"
        assert opened.provenance.citation == "Nobody"


# --- whatever Python writes, the command line reads


def test_the_folder_of_a_saved_atlas_is_data(
    zones: str, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = {"name": "label", "sovereign": "iso"}
    atlas = eezkit.read(zones, layer="now", columns=columns, source="Nobody (2020)")
    atlas.save("saved")
    assert run(["check", "1", "-29", "--zone", "AAA", "--data", "saved"]) == 0
    assert run(["report", "1", "-29", "--data", "saved"]) == 0
    assert "Nobody (2020)" in capsys.readouterr().out
    again = eezkit.read("saved")
    assert again.zones == atlas.zones
    assert again.at(lon=-29, lat=1) == atlas.at(lon=-29, lat=1)
    assert run(["check", "1", "-29", "--data", "saved", "--source", "eez"]) == 2
    assert "saved, which says it itself" in capsys.readouterr().err


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb", "parquet"])
def test_the_table_of_an_atlas_is_data(
    zones: str, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = {"name": "label", "sovereign": "iso"}
    table = eezkit.read(zones, layer="now", columns=columns).to_geodataframe()
    path = f"table.{suffix}"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Column names longer than 10|Normalized/laundered")
        table.to_parquet(path) if suffix == "parquet" else table.to_file(path)
    assert run(["check", "1", "-27", "--zone", "BBB", "--data", path]) == 0
    assert "inside" in capsys.readouterr().out
