"""`locate_table`: what speaks Arrow is answered as a file is, by whatever library it comes."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import eezkit
from eezkit.answers.columns import PER_POSITION
from eezkit.errors import CoordinateError, OptionError, SchemaError
from eezkit.tables import batches, locate_file
from streams_cases import Stand

TABLE = pa.table(
    {
        "id": [1, 2, 3, 4, 5],
        "lon": [155.02, 2.5, None, -40.0, 500.0],
        "lat": [23.33, 51.5, 10.0, 30.0, 10.0],
    }
)


@pytest.fixture(scope="module")
def atlas() -> eezkit.Atlas:
    return eezkit.load()


def test_its_answers_are_those_of_a_file(atlas: eezkit.Atlas, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    table = pa.table({"lon": rng.uniform(-180, 180, 500), "lat": rng.uniform(-90, 90, 500)})
    pq.write_table(table, tmp_path / "in.parquet")
    locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas, distance=True)
    found = eezkit.locate_table(table, atlas, distance=True)
    assert found.to_pydict() == pq.read_table(tmp_path / "out.parquet").to_pydict()
    assert pa.types.is_dictionary(found.schema.field("sovereign").type)


def test_rows_that_are_no_positions_are_kept_with_nulls(atlas: eezkit.Atlas) -> None:
    found = eezkit.locate_table(TABLE, atlas)
    assert found.column_names == ["id", "lon", "lat", *(column.name for column in PER_POSITION)]
    assert (found["answer"].to_numpy()[[2, 4]] == -2).all()
    assert found["n_zones"].to_pylist() == [1, 1, None, 0, None]
    assert found["sovereign"].to_pylist() == ["JPN", "BEL", None, None, None]
    assert found["belt"].to_pylist()[3] == "high seas"
    with pytest.raises(CoordinateError, match=r"Row 3 of the table .*lon=nan"):
        eezkit.locate_table(TABLE, atlas, invalid="raise")


def as_polars() -> Any:
    return pytest.importorskip("polars").from_arrow(TABLE)


def as_duckdb() -> Any:
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.from_arrow(TABLE)
    if not hasattr(relation, "__arrow_c_stream__"):
        pytest.skip("this duckdb does not speak Arrow by itself")
    return relation


@pytest.mark.parametrize(
    "make",
    [
        lambda: TABLE,
        lambda: TABLE.to_batches()[0],
        lambda: pd.DataFrame(TABLE.to_pandas()),
        as_polars,
        as_duckdb,
    ],
    ids=["table", "batch", "pandas", "polars", "duckdb"],
)
def test_what_speaks_arrow_is_answered(make: Any, atlas: eezkit.Atlas) -> None:
    found = eezkit.locate_table(make(), atlas)
    assert isinstance(found, pa.Table)
    assert found["answer"].to_pylist() == eezkit.locate_table(TABLE, atlas)["answer"].to_pylist()


def test_a_stream_is_answered_by_a_stream_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_ROWS", 10)
    asked: list[int] = []

    def source() -> Any:
        for start in range(0, 100, 25):
            asked.append(start)
            yield pa.record_batch({"lon": [5.0] * 25, "lat": [10.0] * 25})

    stream = pa.RecordBatchReader.from_batches(
        pa.schema([("lon", pa.float64()), ("lat", pa.float64())]), source()
    )
    found = eezkit.locate_table(stream, Stand())  # type: ignore[arg-type]
    assert isinstance(found, pa.RecordBatchReader)
    assert asked == []
    first = found.read_next_batch()
    assert (first.num_rows, asked) == (10, [0])
    assert sum(batch.num_rows for batch in found) == 90


def test_an_empty_table_has_all_columns(atlas: eezkit.Atlas) -> None:
    found = eezkit.locate_table(TABLE.slice(0, 0), atlas, distance=True)
    assert found.num_rows == 0
    assert "margin_m" in found.column_names


@pytest.mark.parametrize(
    ("table", "options", "error", "words"),
    [
        ([1, 2], {}, OptionError, "is a list, which does not speak Arrow"),
        (pa.table({"lon": ["5"], "lat": ["1"]}), {}, SchemaError, "'lon' of the table is of type"),
        (pa.table({"x": [5.0], "y": [1.0]}), {}, SchemaError, "no column of a usual name for lon"),
        (TABLE, {"lon": "lonn"}, OptionError, "no column 'lonn'.*Did you mean 'lon'"),
        (TABLE.append_column("belt", TABLE["id"]), {}, OptionError, "a column 'belt' already"),
        (TABLE, {"invalid": "skip"}, OptionError, "invalid 'skip' is not one of"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    table: Any, options: Any, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        eezkit.locate_table(table, Stand(), **options)  # type: ignore[arg-type]
