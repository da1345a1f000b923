"""Tables of positions in, the same tables with their zones out."""

from __future__ import annotations

import csv
import gzip
import io
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import layers
from eezkit.errors import (
    CoordinateError,
    DataFormatError,
    DataNotFoundError,
    EezkitError,
    MissingExtraError,
    OptionError,
    SchemaError,
)
from eezkit.streams import LAT_NAMES, LON_NAMES, Summary, locate_file, parquet, text
from eezkit.zones import EdgeKind, Party, Regime, Zone, ZoneKind

A = Zone("Zone of A, and islets", ZoneKind.EEZ, Regime.SOLE, (Party("AAA", "ISL"),))
CLAIM = Zone(
    "Claim A / B",
    ZoneKind.EEZ,
    Regime.OVERLAPPING_CLAIM,
    (Party("AAA", "AAA"), Party("BBB", "BBB")),
)
KINDS = list(EdgeKind)


class Stand:
    """Stands in for an atlas: A is 0..20 E, its claim with B 10..20 E, nothing known north of 50.

    The limit is the meridian 20 E, a degree measures 1000 m, and south of 60 S is land.
    """

    edges = SimpleNamespace(kind=np.array([KINDS.index(EdgeKind.OUTER_LIMIT)], dtype=np.uint8))

    def __init__(self) -> None:
        self.threads: set[int | None] = set()

    def locate(self, lon: Any, lat: Any, *, threads: int | None = None) -> Any:
        self.threads.add(threads)
        code = np.select(
            [lat > 50, (lon >= 0) & (lon < 10), (lon >= 10) & (lon < 20)], [-1, 1, 2], 0
        )
        return SimpleNamespace(answer=np.where(lat < -60, 0, code).astype(np.int32))

    def zones_of(self, code: int) -> tuple[Zone, ...]:
        return {1: (A,), 2: (A, CLAIM)}.get(code, ())

    def distance(self, lon: Any, lat: Any, *, kinds: str, threads: int | None = None) -> Any:
        self.threads.add(threads)
        assert kinds == "seaward"
        far = np.abs(lon - 20.0) * 1000.0
        azimuth = np.where(far == 0, np.nan, np.where(lon < 20, 90.0, 270.0))
        edge = np.zeros(len(lon), dtype=np.int64)
        return SimpleNamespace(
            distance=far, lon=np.full(len(lon), 20.0), lat=lat, azimuth=azimuth, edge=edge
        )

    def coast_distance(self, lon: Any, lat: Any, *, threads: int | None = None) -> Any:
        self.threads.add(threads)
        return np.where(lon > 100, np.inf, np.abs(lat + 60.0) * 1000.0)

    def is_land(self, lon: Any, lat: Any) -> Any:
        return lat < -60


@pytest.fixture
def atlas() -> Any:
    return Stand()


def run(
    folder: Path, content: str | bytes, atlas: Any, *, name: str = "in.csv", **options: Any
) -> str:
    """Locate a text table and give the text that comes out."""
    source, target = folder / name, folder / f"out{''.join(Path(name).suffixes)}"
    source.write_bytes(content if isinstance(content, bytes) else content.encode())
    locate_file(source, target, atlas, **options)
    return target.read_bytes().decode(options.get("encoding") or "utf-8")


def refused(folder: Path, content: str | bytes, atlas: Any, **options: Any) -> str:
    """The message with which a text table is refused; nothing must be left behind."""
    with pytest.raises(EezkitError) as refusal:
        run(folder, content, atlas, **options)
    assert [path.name for path in folder.iterdir()] == [options.get("name", "in.csv")]
    return f"{type(refusal.value).__name__}: {refusal.value}"


PLAIN = "id,lon,lat,note\n1,5,10,a\n2,15,10,b\n3,-5,10,c\n4,5,55,d\n"
ADDED = "answer,zones,sovereign,territory,regime,n_zones"
MEASURES = [
    *("margin_m", "coast_distance_m", "nearest_lon", "nearest_lat", "azimuth_deg"),
    "edge_kind",
]


# -- what comes out -----------------------------------------------------------------------------


def test_rows_are_kept_in_order_and_zones_added(tmp_path: Path, atlas: Any) -> None:
    assert run(tmp_path, PLAIN, atlas).splitlines() == [
        f"id,lon,lat,note,{ADDED}",
        '1,5,10,a,1,"Zone of A, and islets",AAA,ISL,sole,1',
        '2,15,10,b,2,"Zone of A, and islets|Claim A / B",AAA|BBB,ISL|AAA|BBB,'
        "sole|overlapping_claim,2",
        "3,-5,10,c,0,,,,,0",
        "4,5,55,d,-1,,,,,",
    ]


def test_distances_are_added_on_request(tmp_path: Path, atlas: Any) -> None:
    out = run(tmp_path, PLAIN + "5,25,-70,land\n6,20,0,on it\n7,120,0,far\n", atlas, distance=True)
    rows = list(csv.reader(io.StringIO(out)))
    assert rows[0][10:] == MEASURES
    assert [row[10:] for row in rows[1:]] == [
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
    added = re.compile(rf",{ADDED}|,1,\"Zone of A, and islets\",AAA,ISL,sole,1|,2,\"Zone .*,2")
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
    (tmp_path / name).write_bytes(gzip.compress(content) if zipped else content)
    target = tmp_path / f"out{''.join(Path(name).suffixes)}"
    locate_file(tmp_path / name, target, atlas, **options)  # type: ignore[arg-type]
    out = gzip.decompress(target.read_bytes()) if zipped else target.read_bytes()
    rows = list(csv.reader(io.StringIO(out.decode()), delimiter=mark))
    assert rows[1] == ["1", "5", "10", "a", "1", "Zone of A, and islets", "AAA", "ISL", "sole", "1"]


def test_a_header_alone_gives_a_header(tmp_path: Path, atlas: Any) -> None:
    assert run(tmp_path, "lon,lat\n", atlas) == f"lon,lat,{ADDED}\n"


def test_longitudes_up_to_360_are_positions(tmp_path: Path, atlas: Any) -> None:
    assert run(tmp_path, "lon,lat\n-180,0\n360,0\n", atlas).count(",0,,,,,0") == 2


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
    assert out.splitlines()[1:] == ["-5,10,0,,,,,0"]


@pytest.mark.parametrize("row", BAD)
def test_bad_rows_are_kept_with_nulls_on_request(tmp_path: Path, atlas: Any, row: str) -> None:
    out = run(tmp_path, f"lon,lat\n{row}\n5,10\n", atlas, on_error="null", distance=True)
    assert out.splitlines()[1] == f"{row},-2,,,,,,,,,,,"
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
    assert (tmp_path / "out.csv").read_text().splitlines()[1:] == ["-5,10,a,0,,,,,0"]


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
        (gzip.compress(PLAIN.encode())[:-12], {"name": "in.csv.gz"}, "no complete gzip file"),
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


# -- Parquet ------------------------------------------------------------------------------------


def parquet_table(n: int = 6) -> pa.Table:
    lon = pa.array(np.resize([5.0, 15.0, -5.0, 5.0, 25.0, 120.0], n), pa.float32())
    lat = pa.array(np.resize([10, 10, 10, 55, -70, 0], n), pa.int64())
    tags = pa.array([["x", None]] * n, pa.list_(pa.string()))
    when = pa.array(np.arange(n), pa.timestamp("s", "UTC"))
    return pa.table({"when": when, "lat": lat, "lon": lon, "tags": tags}).replace_schema_metadata(
        {"made": "by a test"}
    )


def test_parquet_keeps_columns_types_and_metadata(tmp_path: Path, atlas: Any) -> None:
    table = parquet_table()
    pq.write_table(table, tmp_path / "in.parquet")
    summary = locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas, distance=True)
    assert summary == Summary(n_rows=6, n_skipped=0, n_null=0, n_not_covered=1)
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.select(table.column_names).equals(pq.read_table(tmp_path / "in.parquet"))
    assert out.schema.metadata[b"made"] == b"by a test"
    assert out.column("answer").to_pylist() == [1, 2, 0, -1, 0, 0]
    assert out.column("n_zones").to_pylist() == [1, 2, 0, None, 0, 0]
    assert out.column("sovereign").to_pylist() == ["AAA", "AAA|BBB", None, None, None, None]
    assert out.column("margin_m").to_pylist() == [15e3, 5e3, -25e3, None, None, -100e3]
    assert out.column("coast_distance_m").to_pylist() == [70e3, 70e3, 70e3, None, 10e3, None]
    assert out.column("edge_kind").to_pylist() == ["outer_limit"] * 3 + [None, None, "outer_limit"]
    assert out.schema.field("answer").type == pa.int32()
    assert out.schema.field("zones").type == pa.dictionary(pa.int32(), pa.string())


@pytest.mark.parametrize("on_error", ["skip", "null"])
def test_parquet_rows_that_are_no_positions(tmp_path: Path, atlas: Any, on_error: Any) -> None:
    lon = pa.array([5.0, None, float("nan"), 15.0])
    pq.write_table(pa.table({"lon": lon, "lat": [10.0] * 4}), tmp_path / "in.parquet")
    locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas, on_error=on_error)
    codes = pq.read_table(tmp_path / "out.parquet").column("answer").to_pylist()
    assert codes == ([1, 2] if on_error == "skip" else [1, -2, -2, 2])
    with pytest.raises(CoordinateError, match=r"Row 2 of .*lon nan, lat 10.0"):
        locate_file(tmp_path / "in.parquet", tmp_path / "fail.parquet", atlas)
    assert not (tmp_path / "fail.parquet").exists()


def test_parquet_columns_of_text_are_refused(tmp_path: Path, atlas: Any) -> None:
    pq.write_table(pa.table({"lon": ["5"], "lat": [10.0]}), tmp_path / "in.parquet")
    with pytest.raises(SchemaError, match=r"'lon' of .* is of type string"):
        locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas)


def test_an_empty_parquet_gives_an_empty_one_with_all_columns(tmp_path: Path, atlas: Any) -> None:
    pq.write_table(parquet_table().slice(0, 0), tmp_path / "in.parquet")
    locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas, distance=True)
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.num_rows == 0
    assert out.column_names[4:] == [*ADDED.split(","), *MEASURES]


def test_a_damaged_parquet_is_refused(tmp_path: Path, atlas: Any) -> None:
    pq.write_table(parquet_table(10_000), tmp_path / "in.parquet", compression="none")
    content = bytearray((tmp_path / "in.parquet").read_bytes())
    content[4:3000] = bytes(2996)
    (tmp_path / "in.parquet").write_bytes(content)
    with pytest.raises(DataFormatError, match="no readable Parquet file"):
        locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas)
    assert not (tmp_path / "out.parquet").exists()


def test_text_becomes_parquet_with_its_fields_as_text(tmp_path: Path, atlas: Any) -> None:
    (tmp_path / "in.csv").write_text('id,lon,lat,x\n007,5,10,"a\nb"\n008,15,10,\n')
    locate_file(tmp_path / "in.csv", tmp_path / "out.parquet", atlas)
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.column("id").to_pylist() == ["007", "008"]
    assert out.column("x").to_pylist() == ["a\nb", ""]
    assert out.column("answer").to_pylist() == [1, 2]


def test_parquet_becomes_text(tmp_path: Path, atlas: Any) -> None:
    pq.write_table(parquet_table().drop_columns("tags"), tmp_path / "in.parquet")
    locate_file(tmp_path / "in.parquet", tmp_path / "out.csv", atlas, distance=True)
    out = pa.csv.read_csv(tmp_path / "out.csv")
    assert out.column_names == ["when", "lat", "lon", *ADDED.split(","), *MEASURES]
    assert out.column("answer").to_pylist() == [1, 2, 0, -1, 0, 0]
    assert out.column("margin_m").to_pylist() == [15000, 5000, -25000, None, None, -100000]


def test_parquet_that_text_cannot_hold_is_refused(tmp_path: Path, atlas: Any) -> None:
    pq.write_table(parquet_table(), tmp_path / "in.parquet")
    with pytest.raises(OptionError, match="write Parquet"):
        locate_file(tmp_path / "in.parquet", tmp_path / "out.csv", atlas)
    assert not (tmp_path / "out.csv").exists()


# -- bounded memory, one output -----------------------------------------------------------------


def seeded_table(n: int) -> pa.Table:
    rng = np.random.default_rng(20231025)
    return pa.table({"lon": rng.uniform(-180, 180, n), "lat": rng.uniform(-90, 90, n)})


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet"])
def test_the_output_has_the_same_bytes_whatever_the_threads(
    tmp_path: Path, atlas: Any, suffix: str
) -> None:
    table = seeded_table(3000)
    source = tmp_path / f"in.{suffix.removesuffix('.gz')}"
    if suffix == "parquet":
        pq.write_table(table, source)
    else:
        pa.csv.write_csv(table, source)
    outs = set()
    for threads in (None, 1, 2, 7):
        target = tmp_path / f"out{threads}.{suffix}"
        locate_file(source, target, atlas, distance=True, threads=threads)
        outs.add(target.read_bytes())
    assert len(outs) == 1
    assert atlas.threads == {None, 1, 2, 7}


def test_row_groups_of_the_input_do_not_show_in_the_output(
    tmp_path: Path, atlas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 2048)
    outs = []
    for group in (100, 999, 10_000):
        pq.write_table(seeded_table(10_000), tmp_path / "in.parquet", row_group_size=group)
        locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas)
        out = pq.ParquetFile(tmp_path / "out.parquet")
        sizes = [out.metadata.row_group(i).num_rows for i in range(out.num_row_groups)]
        assert sizes == [2048] * 4 + [10_000 - 4 * 2048]
        outs.append((tmp_path / "out.parquet").read_bytes())
    assert len(set(outs)) == 1


def test_blocks_do_not_show_in_text(
    tmp_path: Path, atlas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pa.csv.write_csv(seeded_table(500), tmp_path / "in.csv")
    whole = run(tmp_path, (tmp_path / "in.csv").read_bytes(), atlas)
    monkeypatch.setattr(text, "_ROWS", 7)
    assert run(tmp_path, (tmp_path / "in.csv").read_bytes(), atlas) == whole
    monkeypatch.setattr(text, "_CHARACTERS", 150)
    assert run(tmp_path, (tmp_path / "in.csv").read_bytes(), atlas) == whole


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_no_block_is_larger_than_its_bound(
    tmp_path: Path, atlas: Any, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 2048)
    monkeypatch.setattr(text, "_ROWS", 2048)
    pa.csv.write_csv(seeded_table(10_000), tmp_path / "in.csv")
    pq.write_table(seeded_table(10_000), tmp_path / "in.parquet")
    sizes = []
    monkeypatch.setattr(atlas, "zones_of", atlas.zones_of)
    locate = atlas.locate

    def counting(lon: Any, lat: Any, **options: Any) -> Any:
        sizes.append(len(lon))
        return locate(lon, lat, **options)

    monkeypatch.setattr(atlas, "locate", counting)
    locate_file(tmp_path / f"in.{suffix}", tmp_path / f"out.{suffix}", atlas)
    assert sizes == [2048] * 4 + [10_000 - 4 * 2048]


def test_wide_rows_make_short_blocks(
    tmp_path: Path, atlas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_BYTES", 1 << 20)
    wide = seeded_table(5000).append_column("x", pa.array([f"{i:01000d}" for i in range(5000)]))
    pq.write_table(wide, tmp_path / "in.parquet")
    locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas)
    out = pq.ParquetFile(tmp_path / "out.parquet")
    assert out.metadata.row_group(0).num_rows < 1200
    assert pq.read_table(tmp_path / "out.parquet", columns=["x"]).equals(wide.select(["x"]))


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_progress_goes_up_to_the_whole(
    tmp_path: Path, atlas: Any, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 2048)
    monkeypatch.setattr(text, "_ROWS", 2048)
    pa.csv.write_csv(seeded_table(10_000), tmp_path / "in.csv")
    pq.write_table(seeded_table(10_000), tmp_path / "in.parquet")
    steps: list[tuple[int, int]] = []
    locate_file(
        tmp_path / f"in.{suffix}",
        tmp_path / f"out.{suffix}",
        atlas,
        progress=lambda done, of: steps.append((done, of)),
    )
    assert len(steps) == 5
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1]


def test_answers_that_read_alike_are_told_apart_by_their_codes(tmp_path: Path) -> None:
    atlas: Any = Stand()
    other = Zone("Zone of A in the east", ZoneKind.EEZ, Regime.SOLE, (Party("AAA", "ISL"),))
    atlas.zones_of = lambda code: {1: (A,), 2: (other,)}.get(code, ())
    pq.write_table(parquet_table(4), tmp_path / "in.parquet")
    locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas)
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.column("zones").to_pylist() == [A.name, other.name, None, None]
    assert out.column("territory").to_pylist() == ["ISL", "ISL", None, None]
    assert len(out.column("territory").chunk(0).dictionary) == 1


def test_a_table_gets_what_the_atlas_says(tmp_path: Path) -> None:
    atlas = layers.with_claim()
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(-5, 25, 500), rng.uniform(-8, 8, 500)
    pq.write_table(pa.table({"lon": lon, "lat": lat}), tmp_path / "in.parquet")
    locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas, distance=True)
    out = pq.read_table(tmp_path / "out.parquet")
    found = atlas.locate(lon, lat)
    np.testing.assert_array_equal(out.column("answer").to_numpy(), found.answer)
    names = ["|".join(z.name for z in found.zones(c)) or None for c in found.answer.tolist()]
    assert out.column("zones").to_pylist() == names
    assert {"AAA", "BBB", "AAA|BBB", None} == set(out.column("sovereign").to_pylist())
    np.testing.assert_array_equal(out.column("margin_m").to_numpy(), atlas.margin(lon, lat))
    nearest = atlas.distance(lon, lat, kinds="seaward")
    kinds = [atlas.edges.kind_name(edge) for edge in nearest.edge.tolist()]
    assert out.column("edge_kind").to_pylist() == kinds
    np.testing.assert_array_equal(out.column("nearest_lon").to_numpy(), nearest.lon)
    assert out.column("coast_distance_m").null_count == 500


def test_a_selection_knows_its_own_zones_only(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("lon,lat\n10,0\n15,0\n")
    atlas = layers.with_claim().select("AAA")
    locate_file(tmp_path / "in.csv", tmp_path / "out.csv", atlas)
    rows = (tmp_path / "out.csv").read_text().splitlines()
    assert rows[1].endswith("Overlapping claim A / B,AAA|BBB,AAA|BBB,overlapping_claim,1")
    assert rows[2] == "15,0,0,,,,,0"
