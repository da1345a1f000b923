"""Text on its way to Parquet: a column is of numbers only if all of it prints back as it was."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eezkit.errors import CoordinateError, DataFormatError
from eezkit.tables import locate_file, locating, typed_text
from eezkit.tables.typed_text import IrregularTextError
from streams_cases import Stand


@pytest.fixture
def atlas() -> Any:
    return Stand()


def through(folder: Path, text: str, atlas: Any, **options: Any) -> pa.Table:
    (folder / "in.csv").write_bytes(text.encode())
    locate_file(folder / "in.csv", folder / "out.parquet", atlas, **options)
    return pq.read_table(folder / "out.parquet")


def column(folder: Path, values: list[str], atlas: Any) -> pa.ChunkedArray:
    text = "lon,lat,x\n" + "".join(f"5,10,{value}\n" for value in values)
    return through(folder, text, atlas).column("x")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-20", "0", "123456789012345678"], pa.int64()),
        (["0.5", "-12.25", "3", "123456.789"], pa.float64()),
        (["0.0", "12.0", "3.25"], pa.float64()),
        (["23.325487123456789", "1.5"], pa.string()),
        (["0.3333333333333333", "1.5"], pa.float64()),
        (["00123", "00456"], pa.string()),
        (["0012", "12"], pa.string()),
        (["1.50", "2.25"], pa.string()),
        (["1.0", "2"], pa.string()),
        (["NA", "NA"], pa.string()),
        (["1", "", "3"], pa.string()),
        (["nan", "1.5"], pa.string()),
        (["1e5", "2"], pa.string()),
        (["+1", "1"], pa.string()),
        (["1234567890123456789", "1"], pa.string()),
        (["0.0000001", "0.5"], pa.string()),
        ([".5", "1.5"], pa.string()),
        (["5.", "1.5"], pa.string()),
        (["1-2", "3"], pa.string()),
        (["true", "false"], pa.string()),
        (["2024-01-01", "2024-01-02"], pa.string()),
    ],
)
def test_a_column_is_of_numbers_if_they_print_back(
    tmp_path: Path, atlas: Any, values: list[str], kind: Any
) -> None:
    found = column(tmp_path, values, atlas)
    assert found.type == kind
    if kind == pa.string():
        assert found.to_pylist() == values
    else:
        as_number = int if kind == pa.int64() else float
        assert found.to_pylist() == [as_number(value) for value in values]


def test_a_late_value_that_does_not_fit_changes_no_other_row(
    tmp_path: Path, atlas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed_text, "_BLOCK", 1 << 12)
    values = [str(i) for i in range(5000)] + ["0012"]
    found = column(tmp_path, values, atlas)
    assert found.type == pa.string()
    assert found.to_pylist() == values


def reference(values: list[str]) -> str:
    """What a column is, by printing every value of it."""

    def prints(kind: str, text: str) -> bool:
        try:
            number = float(text)
        except ValueError:
            return False
        if not math.isfinite(number):
            return False
        if kind == "int":
            return (
                text.lstrip("-").isdigit()
                and len(text.lstrip("-")) <= 18
                and str(int(text)) == text
            )
        if any(mark in text for mark in "eE_ "):
            return False
        printed = repr(number)
        return text == (printed if kind == "float.0" else printed.removesuffix(".0"))

    return next((k for k in ("int", "float", "float.0") if all(prints(k, v) for v in values)), "")


VALUES = st.one_of(
    st.integers(-(10**19), 10**19).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(-200, 200).map(lambda x: f"{x:.5f}"),
    st.decimals(-200, 200, places=3).map(lambda d: format(d.normalize(), "f")),
    st.text("0123456789.-", max_size=6),
)


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_what_a_column_is_agrees_with_printing_it(values: list[str]) -> None:
    kinds = typed_text._kinds_of(pa.array(values), ["int", "float", "float.0"])
    assert (kinds[0] if kinds else "") == reference(values)


CELLS = st.text("ab,\"'\n; 0.", max_size=5)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_both_readers_give_the_same_text(rows: list[tuple[str, str]]) -> None:
    import tempfile

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["lon", "lat", "a", "b"])
    writer.writerows([(5, 10, *row) for row in rows])
    with tempfile.TemporaryDirectory() as room, pytest.MonkeyPatch.context() as patch:
        fast = through(Path(room), out.getvalue(), Stand())

        def refuse(*_: Any, **__: Any) -> None:
            raise IrregularTextError

        patch.setattr(locating, "TypedTextSource", refuse)
        slow = through(Path(room), out.getvalue(), Stand())
    for name in ("a", "b"):
        assert [str(v) for v in fast.column(name).to_pylist()] == slow.column(name).to_pylist()


@pytest.mark.parametrize("text", ['5,10,a"b\n', '5,10,"a"b\n', '5,10,"a\n', "5,10\n"])
def test_what_is_not_plainly_a_table_goes_to_the_careful_reader(
    tmp_path: Path, atlas: Any, text: str
) -> None:
    seen: list[str] = []
    for suffix in ("csv", "parquet"):
        (tmp_path / "in.csv").write_text(f"lon,lat,x\n{text}")
        try:
            locate_file(tmp_path / "in.csv", tmp_path / f"out.{suffix}", atlas)
            seen.append("read")
        except DataFormatError as error:
            seen.append(str(error))
    assert seen[0] == seen[1]


def test_a_row_that_is_no_position_is_named_with_its_line(tmp_path: Path, atlas: Any) -> None:
    with pytest.raises(CoordinateError, match=r"Row 2 of .*line 3: 'x', '10'"):
        through(tmp_path, "lon,lat\n5,10\nx,10\n", atlas)


def test_ragged_rows_are_left_out_and_counted(tmp_path: Path, atlas: Any) -> None:
    (tmp_path / "in.csv").write_text("lon,lat,x\n5,10,1\n5,10\n5,10,3\n")
    found = locate_file(tmp_path / "in.csv", tmp_path / "out.parquet", atlas, on_error="skip")
    assert (found.n_rows, found.n_skipped) == (3, 1)
    assert pq.read_table(tmp_path / "out.parquet").column("x").to_pylist() == [1, 3]
