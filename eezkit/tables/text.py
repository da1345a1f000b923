"""Tables as text: CSV and its kin, read record by record and copied byte for byte."""

from __future__ import annotations

import codecs
import contextlib
import csv
import functools
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import DataFormatError, OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.tables.answers import Answered, Answers

__all__ = ["TextBlock", "TextSource", "numbers", "text_output", "text_source"]

_ROWS, _CHARACTERS = 1 << 16, 1 << 24
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Some records of a text table.

    Parameters
    ----------
    records : list of str
        As they are in the file, line ends included.
    lon_texts, lat_texts : list of str
        Longitudes and latitudes as they are written.
    lines : list of int
        Line of the file where each record ends.
    lon, lat : numpy.ndarray of float64, shape (n_records,)
        Degrees; NaN where there is no number.
    delimiter : str
    names : list of str
    """

    records: list[str]
    lon_texts: list[str]
    lat_texts: list[str]
    lines: list[int]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    delimiter: str
    names: list[str]

    def kept(self, rows: NDArray[np.bool_]) -> TextBlock:
        """Give the block without the other rows."""
        chosen = np.flatnonzero(rows).tolist()
        return TextBlock(
            [self.records[i] for i in chosen],
            [self.lon_texts[i] for i in chosen],
            [self.lat_texts[i] for i in chosen],
            [self.lines[i] for i in chosen],
            self.lon[rows],
            self.lat[rows],
            self.delimiter,
            self.names,
        )

    def as_said(self, row: int) -> str:
        """Where a row is, and what its position reads."""
        lon, lat = self.lon_texts[row], self.lat_texts[row]
        return f" (line {self.lines[row]}: {lon!r}, {lat!r})"

    def table(self) -> Any:
        """Give the records as an Arrow table of strings."""
        import pyarrow as pa

        fields = csv.reader(self.records, delimiter=self.delimiter, strict=True)
        columns = [pa.array(column, pa.string()) for column in zip(*fields, strict=True)]
        return pa.Table.from_arrays(columns, names=self.names)


@contextlib.contextmanager
def text_source(
    path: Path, delimiter: str | None, encoding: str | None, *, skip_ragged: bool
) -> Iterator[TextSource]:
    """Open a text table to be read once.

    Parameters
    ----------
    path : pathlib.Path
    delimiter, encoding : str or None
        As `eezkit.tables.locate_file` has them.
    skip_ragged : bool
        Whether rows with more or fewer fields than the header are left out, or refused.

    Yields
    ------
    TextSource

    Raises
    ------
    DataFormatError
        If it is empty, is not text of this encoding, or a quote is not closed.
    OptionError
        If there is no such encoding, or the delimiter is not one character.
    """
    with path.open("rb") as file:
        mark = _delimiter(path, delimiter)
        yield TextSource(path, file, mark, encoding, skip_ragged=skip_ragged)


class TextSource:
    """A text table that is read once; see `text_source`."""

    def __init__(
        self,
        path: Path,
        file: io.BufferedReader,
        delimiter: str,
        encoding: str | None,
        *,
        skip_ragged: bool,
    ) -> None:
        self.path, self.delimiter = path, delimiter
        self.n_ragged = 0
        self._skip_ragged = skip_ragged
        self._file, self._size = file, path.stat().st_size
        zipped = path.suffix.lower() == ".gz"
        binary: Any = gzip.GzipFile(fileobj=file, mode="rb") if zipped else file
        with self._readable():
            self.encoding = _encoding(binary.peek(4)[:4], encoding)
        self._text = io.TextIOWrapper(binary, self.encoding, newline="")
        self._consumed: list[str] = []
        self._reader = csv.reader(self._tapped(), delimiter=self.delimiter, strict=True)
        with self._readable():
            names = next(self._reader, [])
        if not names:
            raise DataFormatError(f"{path} is empty: it has no header line.")
        self.header = self._record()
        self.names = [name.lstrip("\ufeff").strip() for name in names]

    def done(self) -> tuple[int, int]:
        """How many bytes of the file are read, and of how many."""
        return self._file.tell(), self._size

    def blocks(self, lon: int, lat: int) -> Iterator[TextBlock]:
        """Yield the records in blocks; `lon` and `lat` are indices of columns."""
        records: list[str] = []
        lon_texts: list[str] = []
        lat_texts: list[str] = []
        lines: list[int] = []
        size, n_rows, width = 0, 0, len(self.names)
        with self._readable():
            for fields in self._reader:
                record = self._record()
                if not fields:
                    continue
                n_rows += 1
                if len(fields) != width:
                    self._drop_ragged(n_rows, len(fields))
                    continue
                records.append(record)
                lon_texts.append(fields[lon])
                lat_texts.append(fields[lat])
                lines.append(self._reader.line_num)
                size += len(record)
                if len(records) == _ROWS or size > _CHARACTERS:
                    yield self._block(records, lon_texts, lat_texts, lines)
                    records, lon_texts, lat_texts, lines, size = [], [], [], [], 0
        if records:
            yield self._block(records, lon_texts, lat_texts, lines)

    def _block(
        self, records: list[str], lon_texts: list[str], lat_texts: list[str], lines: list[int]
    ) -> TextBlock:
        lon, lat = numbers(lon_texts), numbers(lat_texts)
        return TextBlock(records, lon_texts, lat_texts, lines, lon, lat, self.delimiter, self.names)

    def _tapped(self) -> Iterator[str]:
        """Lines for the reader, remembered until their record is complete."""
        for line in iter(functools.partial(self._text.readline, _CHARACTERS), ""):
            if len(line) == _CHARACTERS:
                raise DataFormatError(f"{self.path} has a line of over 16 MB: it is no table.")
            self._consumed.append(line)
            yield line

    def _record(self) -> str:
        if len(self._consumed) == 1:
            return self._consumed.pop()
        record = "".join(self._consumed)
        self._consumed.clear()
        return record

    def _drop_ragged(self, row: int, n_fields: int) -> None:
        self.n_ragged += 1
        if not self._skip_ragged:
            raise DataFormatError(
                f"Row {row} of {self.path} (line {self._reader.line_num}) has {n_fields} fields, "
                f"and the header has {len(self.names)}. Is a quote or a delimiter missing? Rows "
                "like this can be left out (on-error skip)."
            )

    @contextlib.contextmanager
    def _readable(self) -> Iterator[None]:
        """Say in one way whatever is wrong with the file."""
        try:
            yield
        except UnicodeDecodeError as error:
            raise DataFormatError(
                f"{self.path} is not {self.encoding} text: byte {error.object[error.start]:#04x} "
                f"({error.reason}). Name its encoding, such as latin-1 or cp932."
            ) from None
        except csv.Error as error:
            raise DataFormatError(
                f"{self.path}, line {self._reader.line_num}: {error}. Is a quote not closed?"
            ) from None
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise DataFormatError(f"{self.path} is no complete gzip file: {error}.") from None


@contextlib.contextmanager
def text_output(
    path: Path, source: TextSource, answers: Answers
) -> Iterator[Callable[[TextBlock, Answered], None]]:
    """Open a text table that copies the records of `source` and adds answers.

    Yields
    ------
    callable
        Takes a block and its answers, and writes them.
    """

    def quoted(fields: list[str]) -> str:
        return _added(fields, source.delimiter)

    with path.open("wb") as file, contextlib.ExitStack() as stack:
        binary: Any = file
        if path.suffix.lower() == ".gz":
            # Without a name and a time, the same rows give the same bytes.
            zipped = gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)
            binary = stack.enter_context(zipped)
        text = io.TextIOWrapper(binary, source.encoding, newline="", write_through=True)

        def write(block: TextBlock, answered: Answered) -> None:
            added = answers.records(answered, source.delimiter, quoted)
            pairs = zip(block.records, added, strict=True)
            _write("".join([_extended(record, more) for record, more in pairs]))

        def _write(what: str) -> None:
            try:
                text.write(what)
            except UnicodeEncodeError as error:
                raise OptionError(
                    f"{error.object[error.start]!r} cannot be written in {source.encoding}, the "
                    "encoding of the input; convert the input to UTF-8."
                ) from None

        _write(_extended(source.header, _added(answers.names, source.delimiter)))
        yield write
        text.flush()
        text.detach()


def _extended(record: str, more: str) -> str:
    """A record with fields added before its line end."""
    body = record.rstrip("\r\n")
    return f"{body}{more}{record[len(body) :]}"


def _added(fields: list[str] | tuple[str, ...], delimiter: str) -> str:
    """Fields as they follow others in a record, quoted where they must be."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow(fields)
    return delimiter + out.getvalue()


def numbers(texts: list[str]) -> NDArray[np.float64]:
    """The numbers that fields hold; NaN where one holds none."""
    try:
        if "_" not in "".join(texts):
            return np.array(list(map(float, texts)))
    except ValueError:
        pass
    return np.array([_number(text) for text in texts])


def _number(text: str) -> float:
    try:
        # Python also reads 1_000; nobody else does.
        return float(text) if "_" not in text else float("nan")
    except ValueError:
        return float("nan")


def _delimiter(path: Path, asked: str | None) -> str:
    if asked is None:
        kind = Path(path.stem) if path.suffix.lower() == ".gz" else path
        return "\t" if kind.suffix.lower() in (".tsv", ".tab") else ","
    delimiter = _DELIMITERS.get(asked, asked)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise OptionError(f"delimiter {asked!r} is not one character; a tab is written 'tab'.")
    return delimiter


def _encoding(start: bytes, asked: str | None) -> str:
    """Encoding of a file that starts with these bytes; a byte-order mark stays in the text."""
    try:
        known = codecs.lookup(asked or "utf-8").name
    except LookupError:
        raise OptionError(f"encoding {asked!r} is not known; try utf-8, latin-1, cp932.") from None
    marked = [name for mark, name in _BYTE_ORDER_MARKS if start.startswith(mark)]
    return marked[0] if marked and known.startswith("utf") else known.removesuffix("-sig")
