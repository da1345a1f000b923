"""Tables of text on their way to Arrow, through pyarrow's reader, with columns of numbers as such.

A column becomes a column of numbers only if every value of it prints back as it was read: 00123,
1.50, NA and empty fields stay text. So the file is read twice: once to see what each column holds,
once for its rows. What is not plainly a table in pyarrow's eyes is left to the careful reader in
`text`, which is many times slower and says what is wrong, and where.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.tables.parquet import ParquetBlock, require_pyarrow
from eezkit.tables.text import TextSource, numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["IrregularTextError", "TypedTextSource"]

_BLOCK = 1 << 24
_QUOTE = ord('"')
_INT_DIGITS = 18
"""More may not fit in 64 bits."""
_MAY_BE_NUMBER = np.zeros(256, dtype=bool)
_MAY_BE_NUMBER[[*b"-.0123456789"]] = True


class IrregularTextError(Exception):
    """The file is for the careful reader; never seen by users."""


class TypedTextSource:
    """A text table that is read in two passes; see the module.

    Parameters
    ----------
    source : TextSource
        The same file, opened by the careful reader: it knows names, delimiter and encoding.
    skip_ragged : bool
        Whether rows with more or fewer fields than the header are left out.

    Raises
    ------
    IrregularTextError
        If the careful reader must be asked.
    """

    def __init__(self, source: TextSource, *, skip_ragged: bool) -> None:
        require_pyarrow()
        import pyarrow as pa

        self.path, self.names = source.path, source.names
        self.n_ragged = 0
        self._source, self._skip_ragged = source, skip_ragged
        self._size = source.path.stat().st_size
        self._n_read = 0
        kinds = _Kinds(len(self.names))
        check = _Quotes(source.delimiter)
        for batch in self._batches([pa.string()] * len(self.names), check):
            kinds.see(batch)
        check.end()
        self.n_ragged = 0
        self.schema = pa.schema(list(zip(self.names, kinds.types(), strict=True)))

    def done(self) -> tuple[int, int]:
        """How many bytes of the file are read, and of how many."""
        return min(self._n_read, self._size), self._size

    def blocks(self, lon: int, lat: int) -> Iterator[ParquetBlock]:
        """Yield the rows in blocks; `lon` and `lat` are indices of columns."""
        import pyarrow as pa

        for batch in self._batches(self.schema.types):
            table = pa.Table.from_batches([batch]).rename_columns(self.names)
            yield ParquetBlock(table, _degrees(batch.column(lon)), _degrees(batch.column(lat)))

    def _batches(self, types: list[Any], check: _Quotes | None = None) -> Iterator[Any]:
        import pyarrow as pa
        from pyarrow import csv

        names = [str(i) for i in range(len(types))]
        self._n_read = 0
        try:
            with pa.input_stream(self.path) as plain:
                reader = csv.open_csv(
                    pa.PythonFile(_Tap(plain, check, self), "r"),
                    read_options=csv.ReadOptions(
                        block_size=_BLOCK,
                        column_names=names,
                        skip_rows_after_names=1,
                        encoding=self._source.encoding,
                    ),
                    parse_options=csv.ParseOptions(
                        delimiter=self._source.delimiter,
                        newlines_in_values=True,
                        invalid_row_handler=self._ragged,
                    ),
                    convert_options=csv.ConvertOptions(
                        column_types=dict(zip(names, types, strict=True)),
                        null_values=[],
                        strings_can_be_null=False,
                    ),
                )
                yield from reader
        except (pa.ArrowException, UnicodeError, OSError, EOFError) as error:
            raise IrregularTextError from error

    def _ragged(self, _row: Any) -> str:
        self.n_ragged += 1
        return "skip" if self._skip_ragged else "error"


class _Tap:
    """A stream whose bytes are counted, and looked at, as they pass."""

    def __init__(self, stream: Any, check: _Quotes | None, source: TypedTextSource) -> None:
        self._stream, self._check, self._source = stream, check, source
        self.closed = False

    def read(self, n: int = -1) -> bytes:
        data: bytes = self._stream.read(n)
        self._source._n_read += len(data)
        if self._check is not None:
            self._check.see(data)
        return data

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


class _Quotes:
    """Refuses quotes that open or close anywhere but where a field begins or ends.

    What they mean is a matter of taste, and pyarrow and Python's reader differ in it.
    """

    def __init__(self, delimiter: str) -> None:
        self._beside = np.zeros(256, dtype=bool)
        self._beside[[*delimiter.encode("utf-8")[:1], *b'\r\n"']] = True
        self._n, self._last, self._is_open_end = 0, ord("\n"), False

    def see(self, data: bytes) -> None:
        """Look at the next bytes of the file."""
        if not data:
            return
        if self._is_open_end and not self._beside[data[0]]:
            raise IrregularTextError
        self._is_open_end = False
        if b'"' in data:
            whole = np.frombuffer(data, np.uint8)
            at = np.flatnonzero(whole == _QUOTE)
            opens = (np.arange(len(at)) + self._n) % 2 == 0
            before = np.where(at[opens] > 0, whole[at[opens] - 1], self._last)
            closes = at[~opens]
            after = closes[closes + 1 < len(whole)] + 1
            if not (self._beside[before].all() and self._beside[whole[after]].all()):
                raise IrregularTextError
            self._is_open_end = len(closes) > 0 and int(closes[-1]) == len(whole) - 1
            self._n += len(at)
        self._last = data[-1]

    def end(self) -> None:
        """Say that the file has ended."""
        if self._n % 2:
            raise IrregularTextError


class _Kinds:
    """What the columns of a table may be, from what their values print as."""

    def __init__(self, n_columns: int) -> None:
        self._may_be = [["int", "float", "float.0"] for _ in range(n_columns)]
        self._n_rows = 0

    def see(self, batch: Any) -> None:
        """Take into account some more rows, all of them text."""
        self._n_rows += batch.num_rows
        for column, kinds in zip(batch.columns, self._may_be, strict=True):
            if kinds:
                kinds[:] = _kinds_of(column, kinds)

    def types(self) -> list[Any]:
        """Arrow types, by column."""
        import pyarrow as pa

        if not self._n_rows:
            return [pa.string()] * len(self._may_be)
        of = {"int": pa.int64(), "float": pa.float64(), "float.0": pa.float64()}
        return [of[kinds[0]] if kinds else pa.string() for kinds in self._may_be]


def _kinds_of(column: Any, kinds: list[str]) -> list[str]:
    """Those of the kinds as which all values of a column of text print back.

    Seen from the bytes: digits without needless zeros, at most 15 of them, are what the number
    they mean is printed as. The few values of more digits, and very small ones, are printed.
    """
    if not len(column):
        return kinds
    data, start = _bytes_of(column)
    size = np.diff(start)
    if (size == 0).any() or not _MAY_BE_NUMBER[data].all():
        return []
    start, end = start[:-1], start[1:]
    minus = data[start] == ord("-")
    is_dot = data == ord(".")
    dots = np.add.reduceat(is_dot, start, dtype=np.int32)
    digits = size - minus - dots
    lead = start + minus
    second = data[np.minimum(lead + 1, len(data) - 1)]
    alone = (size - minus == 1) | (second == ord("."))
    ok = (digits > 0) & (dots <= 1) & ~is_dot[np.minimum(lead, len(data) - 1)]
    ok &= (np.count_nonzero(data == ord("-")) == np.count_nonzero(minus)) & ~is_dot[end - 1]
    ok &= (data[lead % len(data)] != ord("0")) | alone
    if not ok.all():
        return []
    is_zero = (data[lead] == ord("0")) & (digits == 1)
    found = []
    if "int" in kinds and not dots.any() and digits.max() <= _INT_DIGITS:
        found += [] if (is_zero & minus).any() else ["int"]
    trailing = (dots == 1) & (data[end - 1] == ord("0"))
    bare = trailing & is_dot[end - 2]
    if "float" in kinds and not trailing.any():
        found.append("float")
    if "float.0" in kinds and (dots == 1).all() and (trailing == bare).all():
        found.append("float.0")
    doubtful = (digits > 15) | ((data[lead] == ord("0")) & (digits > 4))
    if found not in ([], ["int"]) and doubtful.any():
        found = [k for k in found if k == "int" or _prints_back(column.filter(doubtful), k)]
    return found


def _bytes_of(column: Any) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of a column of text, one after another, where each begins, and the end."""
    _, offsets, data = column.buffers()
    at = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    whole = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return whole[at[0] : at[-1]], (at - at[0]).astype(np.int64)


def _prints_back(column: Any, kind: str) -> bool:
    """Whether values of text are what the numbers they mean are printed as."""
    texts = column.to_pylist()
    printed = [repr(float(text)) for text in texts]
    if kind == "float":
        printed = [text.removesuffix(".0") for text in printed]
    return printed == texts


def _degrees(column: Any) -> NDArray[np.float64]:
    """A column as float64; NaN where a text is no number."""
    import pyarrow as pa

    try:
        return np.asarray(column.cast(pa.float64(), safe=False), dtype=np.float64)
    except pa.ArrowInvalid:
        return numbers(column.to_pylist())
