"""Zones are cited as somebody's only where that is known: columns prove nothing."""

import warnings
from pathlib import Path

import pytest

import eezkit
import published
from eezkit.__main__ import run
from eezkit.errors import AreaWarning, OptionError
from eezkit.sources.files.checks import check_table
from eezkit.sources.files.layers import read_table
from eezkit.sources.origin import NOT_STATED, provenance_of
from eezkit.zones import Provenance

JAPAN = published.by("Japan", "JPN")
DRAWN = (published.Row("A rectangle", 8487, "200NM", (JAPAN,), published.square(140, 30)),)


def origin(path: Path, source: str | None = None, **how: object) -> Provenance:
    """The provenance of a file."""
    table, opened = read_table(path, **how)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AreaWarning)
        findings, _ = check_table(table)
    return provenance_of(table, opened, findings, source)


def world(path: Path, *, bigger: int = 0) -> Path:
    """A layer of 240 zones, some of which are not as large as they say."""
    rows = tuple(
        published.Row(
            f"Zone {n}", n + 1, "200NM", (published.FRANCE,),
            published.square(-150 + 10 * (n % 30), 5 * (n // 30)), 99.0 if n < bigger else None,
        )
        for n in range(240)
    )  # fmt: skip
    return published.write(path, rows=rows)


@pytest.mark.parametrize("layout", ["v11/v12", "WFS", "v9/v10"])
@pytest.mark.parametrize("name", ["mine.geojson", "World_EEZ_v12_20231025.gpkg", "eez_v12.shp"])
def test_a_rectangle_drawn_by_hand_is_nobodys(tmp_path: Path, layout: str, name: str) -> None:
    found = origin(published.write(tmp_path / name, layout=layout, rows=DRAWN))
    assert (found.name, found.citation, found.basis) == (name, NOT_STATED, "unknown")
    assert not found.licence
    assert not found.version
    (note,) = found.notes
    assert "--source eez@12" in note


def test_a_report_on_it_cites_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = published.write(tmp_path / "World_EEZ_v12.geojson", rows=DRAWN)
    assert run(["report", "30.5", "140.5", "--data", str(path)]) == 0
    said = capsys.readouterr().out
    assert "Source not stated." in said
    assert "Flanders" not in said
    assert run(["report", "30.5", "140.5", "--data", str(path), "--source", "eez@11"]) == 0
    said = capsys.readouterr().out
    assert "Flanders Marine Institute (2019)" in said
    assert "--source eez@11" in said, "the report says how it was made"


@pytest.mark.parametrize(
    ("name", "bigger", "proven"),
    [
        ("World_EEZ_v12_20231025.gpkg", 0, True),
        ("World_EEZ_v12_20231025_LR.gpkg", 5, True),
        ("World_EEZ_v12_20231025.gpkg", 40, False),
        ("World_EEZ_v77_20231025.gpkg", 0, False),
        ("World_EEZ_v12.gpkg", 0, False),
        ("world.gpkg", 0, False),
    ],
)
def test_name_and_content_together_prove_a_whole_layer(
    tmp_path: Path, name: str, bigger: int, proven: bool
) -> None:
    found = origin(world(tmp_path / name, bigger=bigger))
    assert ("Flanders" in found.citation) is proven
    assert (found.version == "12") is proven
    assert bool(found.licence) is proven


def test_what_the_user_states_is_cited(tmp_path: Path) -> None:
    path = published.write(tmp_path / "mine.gpkg", rows=DRAWN)
    theirs = origin(path, "eez@11")
    assert (theirs.name, theirs.version) == ("Marine Regions eez", "11")
    assert "10.14284/386" in theirs.citation
    assert theirs.source == "mine.gpkg, as its user states"
    assert origin(path, "eez").version == "12"
    own = origin(path, "Hydrographic Office (2020), Limits")
    assert (own.name, own.citation) == ("mine.gpkg", "Hydrographic Office (2020), Limits")
    assert (own.notes, own.licence) == ((), "")
    with pytest.raises(OptionError, match=r"columns of Marine Regions eez, not of high_seas"):
        origin(path, "high_seas")


def test_a_source_is_stated_of_a_file_with_columns_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.geojson"
    published.frame({"country": ["X"]}, [published.square(0, 0)]).to_file(path)
    columns = {"name": "country"}
    assert origin(path, columns=columns).citation == NOT_STATED
    assert origin(path, "eez@12", columns=columns).version == "12"


def test_what_is_stated_is_part_of_what_is_built(tmp_path: Path) -> None:
    path = published.write(tmp_path / "mine.gpkg", rows=DRAWN)
    said = [eezkit.read(path, source=source).provenance.name for source in (None, "eez", None)]
    assert said == ["mine.gpkg", "Marine Regions eez", "mine.gpkg"]
