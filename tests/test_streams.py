"""Text tables of positions in, the same tables with their zones out."""

from __future__ import annotations

import csv
import gzip
import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest

import layers
from eezkit.errors import (
    CoordinateError,
    DataNotFoundError,
    MissingExtraError,
    OptionError,
)
from eezkit.tables import LAT_NAMES, LON_NAMES, Summary, locate_file, text
from eezkit.zones import Regime, Zone, ZoneKind
from streams_cases import (
    ADDED,
    MEASURES,
    PLAIN,
    Stand,
    refused,
    run,
)


@pytest.fixture
def atlas() -> Any:
    return Stand()


A_WORDS = ["Zone of A, and islets", "AAA", "ISL", "sole", "1"]


# -- what comes out -----------------------------------------------------------------------------


def test_rows_are_kept_in_order_and_zones_added(tmp_path: Path, atlas: Any) -> None:
    assert run(tmp_path, PLAIN, atlas).splitlines() == [
        f"id,lon,lat,note,{ADDED}",
        '1,5,10,a,1,false,exclusive economic zone,"Zone of A, and islets",AAA,ISL,sole,1',
        '2,15,10,b,2,false,exclusive economic zone,"Zone of A, and islets|Claim A / B",'
        "AAA|BBB,ISL|AAA|BBB,sole|overlapping_claim,2",
        "3,-5,10,c,0,false,high seas,,,,,0",
        "4,5,55,d,-1,false,not known from these data,,,,,",
    ]


def test_distances_are_added_on_request(tmp_path: Path, atlas: Any) -> None:
    out = run(tmp_path, PLAIN + "5,25,-70,land\n6,20,0,on it\n7,120,0,far\n", atlas, distance=True)
    rows = list(csv.reader(io.StringIO(out)))
    assert rows[0][12:] == MEASURES
    assert [row[12:] for row in rows[1:]] == [
        ["15000.000", "70000.000", "20.000000000", "10.000000000", "90.000000", "outer_limit"],
        ["5000.000", "70000.000", "20.000000000", "10.000000000", "90.000000", "outer_limit"],
        ["-25000.000", "70000.000", "20.000000000", "10.000000000", "90.000000", "outer_limit"],
        ["", "", "", "", "", ""],  # not covered: nothing is known
        ["", "10000.000", "", "", "", ""],  # on land no limit bounds the answer
        ["-0.000", "60000.000", "20.000000000", "0.000000000", "", "outer_limit"],
        ["-100000.000", "", "20.000000000", "0.000000000", "270.000000", "outer_limit"],
    ]


def test_the_summary_counts_rows(tmp_path: Path, atlas: Any) -> None:
    (tmp_path / "in.csv").write_text(PLAIN + "5,nan,5,e\n6,,,f\n")
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    skipped = locate_file(source, target, atlas, on_error="skip")
    assert skipped == Summary(n_rows=6, n_skipped=2, n_null=0, n_not_covered=1)
    kept = locate_file(source, target, atlas, on_error="null")
    assert kept == Summary(n_rows=6, n_skipped=0, n_null=2, n_not_covered=1)
    assert kept.to_json()["n_null"] == 2


AWKWARD = [
    "id,lon,lat\r\n1,5,10\r\n2,15,10\r\n",
    "id,lon,lat\r1,5,10\r2,15,10\r",
    "id,lon,lat\n1,5,10",
    'id,"lon",lat\n"1","5",10\n"say ""x""",15,10\n',
    'lon,lat,note\n5,10,"two\nlines"\n15,10,"a,b"\n',
    " lon , lat ,x\n 5 , 10 ,  \n",
    "lon,lat,x\n005.0,1e1,+0\n",
    "lon,lat,naïve\n5,10,日本\n",
    "\ufefflon,lat\n5,10\n",
    "lon,lat\n5,10\n\n15,10\n\n",
]


@pytest.mark.parametrize("content", AWKWARD)
def test_what_a_text_table_holds_is_copied_byte_for_byte(
    tmp_path: Path, atlas: Any, content: str
) -> None:
    out = run(tmp_path, content, atlas)
    added = re.compile(
        rf",{ADDED}|,1,false,[a-z ]*,\"Zone of A, and islets\",AAA,ISL,sole,1|,2,false,.*,2"
    )
    copied, n_added = added.subn("", out)
    blank = content.replace("\n\n", "\n") if content.endswith("\n\n") else content
    assert copied == blank
    assert n_added >= 2


def test_a_byte_order_mark_and_utf_16_are_kept(tmp_path: Path, atlas: Any) -> None:
    for codec, mark in [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")]:
        content = mark + "lon,lat,naïve\r\n5,10,日本\r\n".encode(codec)
        (tmp_path / "in.csv").write_bytes(content)
        locate_file(tmp_path / "in.csv", tmp_path / "out.csv", atlas, encoding="utf-16")
        out = (tmp_path / "out.csv").read_bytes()
        assert out.startswith(mark)
        assert "5,10,日本,1" in out.decode(codec)


def test_other_encodings_are_read_and_written_when_named(tmp_path: Path, atlas: Any) -> None:
    content = "lon,lat,né\n5,10,é\n".encode("latin-1")
    assert "5,10,é,1" in run(tmp_path, content, atlas, encoding="latin-1")


def test_a_zone_that_the_encoding_lacks_is_said(tmp_path: Path) -> None:
    atlas = Stand()
    atlas.zones_of = lambda code: (Zone("日本", ZoneKind.EEZ, Regime.SOLE),)  # type: ignore[method-assign]
    message = refused(tmp_path, "lon,lat\n5,10\n", atlas, encoding="latin-1")
    assert "cannot be written in iso8859-1" in message


@pytest.mark.parametrize(
    ("name", "options", "mark"),
    [
        ("in.csv", {"delimiter": ";"}, ";"),
        ("in.csv", {"delimiter": "tab"}, "\t"),
        ("in.tsv", {}, "\t"),
        ("in.tab", {}, "\t"),
        ("in.txt", {"delimiter": "|"}, "|"),
        ("in.csv.gz", {}, ","),
        ("in.tsv.gz", {}, "\t"),
    ],
)
def test_delimiters_and_compression(
    tmp_path: Path, atlas: Any, name: str, options: dict[str, str], mark: str
) -> None:
    content = PLAIN.replace(",", mark).encode()
    zipped = name.endswith(".gz")
    (tmp_path / name).write_bytes(gzip.compress(content, mtime=0) if zipped else content)
    target = tmp_path / f"out{''.join(Path(name).suffixes)}"
    locate_file(tmp_path / name, target, atlas, **options)  # type: ignore[arg-type]
    out = gzip.decompress(target.read_bytes()) if zipped else target.read_bytes()
    rows = list(csv.reader(io.StringIO(out.decode()), delimiter=mark))
    assert rows[1] == ["1", "5", "10", "a", "1", "false", "exclusive economic zone", *A_WORDS]


def test_a_header_alone_gives_a_header(tmp_path: Path, atlas: Any) -> None:
    assert run(tmp_path, "lon,lat\n", atlas) == f"lon,lat,{ADDED}\n"


def test_longitudes_up_to_360_are_positions(tmp_path: Path, atlas: Any) -> None:
    assert run(tmp_path, "lon,lat\n-180,0\n360,0\n", atlas).count(",0,false,high seas,,,,,0") == 2


# -- which columns ------------------------------------------------------------------------------


@pytest.mark.parametrize("lon", [*LON_NAMES, "LON", "Longitude", "decimalLongitude"])
def test_usual_names_need_not_be_said(tmp_path: Path, atlas: Any, lon: str) -> None:
    lat = {"decimallongitude": "decimalLatitude"}.get(lon.lower(), "Lat")
    assert lat.lower() in LAT_NAMES
    assert ",1," in run(tmp_path, f"{lat},{lon}\n10,5\n", atlas)


def test_columns_may_be_named(tmp_path: Path, atlas: Any) -> None:
    content = "lon,lat,start_x,start_y\n120,0,5,10\n"
    out = run(tmp_path, content, atlas, lon="start_x", lat="start_y")
    assert "120,0,5,10,1," in out


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        ("x,y\n5,10\n", {}, "SchemaError: .* no column of a usual name for lon .* it has x, y"),
        ("lon,y\n5,10\n", {}, "no column of a usual name for lat"),
        ("5,10\n5,10\n", {}, "a table needs a header"),
        ("lon;lat\n5;10\n", {}, "Is the delimiter ';'"),
        ("lon\tlat\n5\t10\n", {}, "Is the delimiter '\\\\t'"),
        ("lon,LONGITUDE,lat\n5,5,10\n", {}, "2 columns that may be lon: lon, LONGITUDE"),
        ("lon,lat,lat\n5,10,10\n", {}, "2 columns that may be lat: lat, lat"),
        ("a,a,lat\n5,5,10\n", {"lon": "a"}, "2 columns that may be lon: a, a"),
        ("lon,lat\n5,10\n", {"lon": "lom"}, "OptionError: .* no column 'lom'.*mean 'lon'"),
        ("lon,lat\n5,10\n", {"lon": "LON"}, "no column 'LON'"),
        ("lon,lat\n5,10\n", {"lon": "lat"}, "one and the same column"),
        ("lon,lat,zones\n5,10,x\n", {}, "OptionError: .* a column 'zones' already"),
        ("lon,lat,answer\n5,10,x\n", {}, "a column 'answer' already"),
        ("lon,lat,margin_m\n5,10,x\n", {"distance": True}, "a column 'margin_m' already"),
    ],
)
def test_columns_are_never_guessed(
    tmp_path: Path, atlas: Any, content: str, options: dict[str, Any], says: str
) -> None:
    assert re.search(says, refused(tmp_path, content, atlas, **options))


def test_a_column_that_is_not_added_does_not_collide(tmp_path: Path, atlas: Any) -> None:
    assert "5,10,x,1" in run(tmp_path, "lon,lat,margin_m\n5,10,x\n", atlas)


# -- rows that are no positions -----------------------------------------------------------------

BAD = [
    "abc,10",
    ",",
    "nan,10",
    "5,inf",
    "5,90.1",
    "361,10",
    "-181,10",
    '"5,5",10',
    "1_0,10",
    "10,154",
]


@pytest.mark.parametrize("row", BAD)
def test_a_bad_row_fails_names_itself_and_leaves_no_output(
    tmp_path: Path, atlas: Any, row: str
) -> None:
    message = refused(tmp_path, f"lon,lat\n5,10\n{row}\n", atlas)
    lon, lat = next(csv.reader([row]))
    assert message.startswith("CoordinateError: Row 2 of ")
    assert f"(line 3: {lon!r}, {lat!r})" in message
    assert ("swapped" in message) == (row in ("10,154", "5,90.1"))


def test_the_row_counts_records_and_the_line_lines(tmp_path: Path, atlas: Any) -> None:
    message = refused(tmp_path, 'lon,lat,x\n5,10,"a\nb\nc"\n\nx,10,d\n', atlas)
    assert "Row 2 of" in message
    assert "(line 6: 'x', '10')" in message


def test_a_failure_late_in_a_table_keeps_an_older_output(tmp_path: Path, atlas: Any) -> None:
    (tmp_path / "out.csv").write_text("older")
    (tmp_path / "in.csv").write_text("lon,lat\n" + "5,10\n" * 70_000 + "x,10\n")
    with pytest.raises(CoordinateError, match="Row 70001 of"):
        locate_file(tmp_path / "in.csv", tmp_path / "out.csv", atlas)
    assert (tmp_path / "out.csv").read_text() == "older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


@pytest.mark.parametrize("row", BAD)
def test_bad_rows_are_skipped_on_request(tmp_path: Path, atlas: Any, row: str) -> None:
    out = run(tmp_path, f"lon,lat\n{row}\n-5,10\n", atlas, on_error="skip")
    assert out.splitlines()[1:] == ["-5,10,0,false,high seas,,,,,0"]


@pytest.mark.parametrize("row", BAD)
def test_bad_rows_are_kept_with_nulls_on_request(tmp_path: Path, atlas: Any, row: str) -> None:
    out = run(tmp_path, f"lon,lat\n{row}\n5,10\n", atlas, on_error="null", distance=True)
    assert out.splitlines()[1] == f"{row},-2,,,,,,,,,,,,,"
    assert out.splitlines()[2].startswith("5,10,1,")


def test_a_row_with_too_few_fields_is_left_out_or_refused(tmp_path: Path, atlas: Any) -> None:
    content = "lon,lat,x\n5,10\n-5,10,a\n5,10,a,b\n"
    (tmp_path / "a").mkdir()
    message = refused(tmp_path / "a", content, atlas)
    assert message.startswith("DataFormatError: Row 1 of ")
    assert "(line 2) has 2 fields, and the header has 3" in message
    (tmp_path / "b").mkdir()
    assert "DataFormatError" in refused(tmp_path / "b", content, atlas, on_error="null")
    (tmp_path / "in.csv").write_text(content)
    summary = locate_file(tmp_path / "in.csv", tmp_path / "out.csv", atlas, on_error="skip")
    assert summary == Summary(n_rows=3, n_skipped=2, n_null=0, n_not_covered=0)
    assert (tmp_path / "out.csv").read_text().splitlines()[1:] == [
        "-5,10,a,0,false,high seas,,,,,0"
    ]


# -- bad files and options ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (b"", {}, "DataFormatError: .* is empty"),
        (b"\n\n", {}, "is empty"),
        (b"lon,lat\n5,\xe9\n", {}, "DataFormatError: .* is not utf-8 text: byte 0xe9"),
        (b"l\xe9n,lat\n5,1\n", {}, "is not utf-8 text"),
        (b'lon,lat,x\n5,10,"a\n5,10,b\n', {}, "DataFormatError: .* Is a quote not closed"),
        (b'lon,lat,x\n5,10,"a"b\n', {}, "Is a quote not closed"),
        (b'lon,lat,x\n5,10,"' + b"a" * 200_000 + b'"\n', {}, "field larger than"),
        (b"not gzip at all", {"name": "in.csv.gz"}, "DataFormatError: .* no complete gzip file"),
        (
            gzip.compress(PLAIN.encode(), mtime=0)[:-12],
            {"name": "in.csv.gz"},
            "no complete gzip file",
        ),
        (b"lon,lat\n", {"encoding": "klingon"}, "OptionError: encoding 'klingon'"),
        (b"lon,lat\n", {"delimiter": "::"}, "OptionError: delimiter '::'"),
        (b"lon,lat\n", {"delimiter": '"'}, "delimiter '\"'"),
        (b"lon,lat\n", {"on_error": "ignore"}, "OptionError: on_error 'ignore'"),
        (b"lon,lat\n", {"name": "in.xlsx"}, "OptionError: .* ends neither in .csv"),
        (b"lon,lat\n", {"name": "in.parquet.gz"}, "ends neither in .csv"),
        (b"<html>", {"name": "in.parquet"}, "DataFormatError: .* no readable Parquet file"),
    ],
)
def test_bad_files_and_options_are_refused(
    tmp_path: Path, atlas: Any, content: bytes, options: dict[str, Any], says: str
) -> None:
    assert re.search(says, refused(tmp_path, content, atlas, **options))


def test_a_line_without_end_is_no_table(
    tmp_path: Path, atlas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "_CHARACTERS", 1000)
    message = refused(tmp_path, "lon,lat\n" + "5" * 5000, atlas)
    assert "DataFormatError" in message
    assert "it is no table" in message


def test_a_missing_table_is_said_to_be_missing(tmp_path: Path, atlas: Any) -> None:
    with pytest.raises(DataNotFoundError, match="is not there"):
        locate_file(tmp_path / "in.csv", tmp_path / "out.csv", atlas)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataNotFoundError, match="not a file"):
        locate_file(tmp_path / "folder.csv", tmp_path / "out.csv", atlas)


def test_a_table_is_not_written_over_itself(tmp_path: Path, atlas: Any) -> None:
    (tmp_path / "in.csv").write_text(PLAIN)
    with pytest.raises(OptionError, match="a name of its own"):
        locate_file(tmp_path / "in.csv", tmp_path / "in.csv", atlas)
    assert (tmp_path / "in.csv").read_text() == PLAIN


def test_without_pyarrow_parquet_says_what_to_install(
    tmp_path: Path, atlas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "in.parquet").write_bytes(b"PAR1")
    (tmp_path / "in.csv").write_text(PLAIN)
    with pytest.raises(MissingExtraError, match=r"pip install 'eezkit\[parquet\]'"):
        locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas)
    with pytest.raises(MissingExtraError, match=r"pip install 'eezkit\[parquet\]'"):
        locate_file(tmp_path / "in.csv", tmp_path / "out.parquet", atlas)
    assert locate_file(tmp_path / "in.csv", tmp_path / "out.csv", atlas).n_rows == 4


def test_a_selection_knows_its_own_zones_only(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("lon,lat\n10,0\n15,0\n")
    atlas = layers.with_claim().select("AAA")
    locate_file(tmp_path / "in.csv", tmp_path / "out.csv", atlas)
    rows = (tmp_path / "out.csv").read_text().splitlines()
    assert rows[1].endswith("Overlapping claim A / B,AAA|BBB,AAA|BBB,overlapping_claim,1")
    assert rows[2] == "15,0,0,,exclusive economic zone,,,,,0"
