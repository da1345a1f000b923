"""Tables as Arrow sees them: Parquet read and written, and CSV written from it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from eezkit.errors import DataFormatError, MissingExtraError, OptionError, SchemaError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from eezkit.tables.answers import Answered, Answers

__all__ = ["ParquetBlock", "ParquetSource", "arrow_output", "floats", "require_pyarrow"]

_ROWS, _BYTES = 1 << 20, 1 << 27
_BUFFER = 1 << 20


class HasTable(Protocol):
    """Rows that can be given as an Arrow table."""

    def table(self) -> Any:
        """Give the rows as an Arrow table."""


@dataclass(frozen=True, slots=True)
class ParquetBlock:
    """Some rows of a Parquet file.

    Parameters
    ----------
    rows : pyarrow.Table
    lon, lat : numpy.ndarray of float64, shape (n_rows,)
        Degrees; NaN where there is none.
    """

    rows: Any
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    def kept(self, rows: NDArray[np.bool_]) -> ParquetBlock:
        """Give the block without the other rows."""
        return ParquetBlock(self.rows.filter(rows), self.lon[rows], self.lat[rows])

    def as_said(self, row: int) -> str:
        """What the position of a row reads."""
        return f" (lon {self.lon[row]}, lat {self.lat[row]})"

    def table(self) -> Any:
        """Give the rows as an Arrow table."""
        return self.rows


class ParquetSource:
    """A Parquet file that is read once, in blocks of about 128 MB and no more than 2^20 rows.

    Parameters
    ----------
    path : pathlib.Path

    Raises
    ------
    DataFormatError
        If it is no Parquet file, or a damaged one.
    MissingExtraError
        If pyarrow is not installed.
    """

    n_ragged = 0

    def __init__(self, path: Path) -> None:
        require_pyarrow()
        import pyarrow.parquet as pq

        self.path = path
        with self._readable():
            # Buffered, a row group of any size is read page by page.
            self._file = pq.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False)
        self.schema = self._file.schema_arrow
        self.names: list[str] = list(self.schema.names)
        self._n_rows: int = self._file.metadata.num_rows
        self._n_read = 0

    def __enter__(self) -> ParquetSource:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def done(self) -> tuple[int, int]:
        """How many rows are read, and of how many."""
        return self._n_read, self._n_rows

    def blocks(self, lon: int, lat: int) -> Iterator[ParquetBlock]:
        """Yield the rows in blocks; `lon` and `lat` are indices of columns."""
        for column in (lon, lat):
            self._check_numbers(column)
        with self._readable():
            for table in self._tables():
                self._n_read += table.num_rows
                yield ParquetBlock(table, floats(table.column(lon)), floats(table.column(lat)))

    def _tables(self) -> Iterator[Any]:
        """Yield tables of one size, whatever the row groups and batches of the file are."""
        import pyarrow as pa

        groups = self._file.metadata
        n_bytes = sum(groups.row_group(i).total_byte_size for i in range(groups.num_row_groups))
        size = max(1024, min(_ROWS, _BYTES * self._n_rows // max(1, n_bytes)))
        waiting: list[Any] = []
        n_waiting = 0
        for batch in self._file.iter_batches(batch_size=min(size, _ROWS // 8)):
            waiting.append(batch)
            n_waiting += batch.num_rows
            if n_waiting >= size:
                table = pa.Table.from_batches(waiting, self.schema)
                yield table.slice(0, size)
                waiting = table.slice(size).to_batches()
                n_waiting -= size
        if n_waiting:
            yield pa.Table.from_batches(waiting, self.schema)

    def _check_numbers(self, column: int) -> None:
        import pyarrow.types as t

        kind = self.schema.field(column).type
        if not (t.is_floating(kind) or t.is_integer(kind) or t.is_decimal(kind)):
            raise SchemaError(
                f"Column {self.names[column]!r} of {self.path} is of type {kind}; accepted are "
                "numbers: decimal degrees. Convert it first."
            )

    @contextlib.contextmanager
    def _readable(self) -> Iterator[None]:
        """Say in one way whatever is wrong with the file."""
        import pyarrow as pa

        try:
            yield
        except (pa.ArrowException, OSError) as error:
            raise DataFormatError(f"{self.path} is no readable Parquet file: {error}") from None


@contextlib.contextmanager
def arrow_output(
    path: Path, schema: Any, answers: Answers, *, as_text: bool
) -> Iterator[Callable[[HasTable, Answered], None]]:
    """Open a Parquet file, or with `as_text` a CSV, that takes rows and their answers.

    Parameters
    ----------
    path : pathlib.Path
    schema : pyarrow.Schema
        Of the rows without their answers; its metadata are kept.
    answers : Answers
    as_text : bool

    Yields
    ------
    callable
        Takes a block and its answers, and writes them.
    """
    require_pyarrow()
    import pyarrow as pa

    fields = [pa.field(*pair) for pair in zip(answers.names, answers.types(), strict=True)]
    whole = pa.schema([*schema, *fields], metadata=schema.metadata)
    if as_text:
        # Its writer knows no dictionaries.
        plain = [f.type.value_type if pa.types.is_dictionary(f.type) else f.type for f in whole]
        whole = pa.schema(zip(whole.names, plain, strict=True))
    with _writer(path, whole, as_text=as_text) as writer:

        def write(block: HasTable, answered: Answered) -> None:
            added = answers.arrays(answered, rounded=as_text)
            table = pa.Table.from_arrays([*block.table().columns, *added], names=whole.names)
            writer.write_table(table.cast(whole), _ROWS)

        yield write


@contextlib.contextmanager
def _writer(path: Path, schema: Any, *, as_text: bool) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    if not as_text:
        with pq.ParquetWriter(path, schema) as writer:
            yield writer
        return
    try:
        with pa.csv.CSVWriter(path, schema) as writer:
            yield writer
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise OptionError(f"A column cannot be written as text: {error}; write Parquet.") from None


def require_pyarrow() -> None:
    """Raise `MissingExtraError` where pyarrow is not installed."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise MissingExtraError(
            "Parquet needs pyarrow, which is not installed: pip install 'eezkit[parquet]'."
        ) from None


def floats(column: Any) -> NDArray[np.float64]:
    """A column of numbers as float64, nulls as NaN."""
    import pyarrow as pa

    return np.asarray(column.cast(pa.float64(), safe=False), dtype=np.float64)
