"""`locate_file`: which columns are the positions, what becomes of bad rows, what goes where."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import numpy as np

from eezkit._atomic import atomic_path
from eezkit.errors import (
    CoordinateError,
    DataNotFoundError,
    OptionError,
    SchemaError,
    did_you_mean,
)
from eezkit.positions import on_globe
from eezkit.tables.answers import Answers
from eezkit.tables.parquet import ParquetSource, arrow_output, require_pyarrow
from eezkit.tables.text import TextSource, text_output, text_source
from eezkit.tables.typed_text import IrregularTextError, TypedTextSource

if TYPE_CHECKING:
    import os

    from eezkit._progress import Progress
    from eezkit.atlas import Atlas

__all__ = [
    "LAT_NAMES",
    "LON_NAMES",
    "OnError",
    "Summary",
    "locate_file",
    "position_columns",
]

LON_NAMES = ("lon", "longitude", "long", "lng", "decimallongitude")
"""Columns of longitudes that need not be named, in any case."""

LAT_NAMES = ("lat", "latitude", "decimallatitude")
"""Columns of latitudes that need not be named, in any case."""

OnError = Literal["fail", "skip", "null"]

_TEXT = (".csv", ".tsv", ".tab", ".txt")
_PARQUET = (".parquet", ".pq", ".geoparquet")
_Source = TextSource | TypedTextSource | ParquetSource


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of the rows of a table.

    Parameters
    ----------
    n_rows : int
        Rows that were read.
    n_skipped : int
        Rows left out, because they are no positions.
    n_null : int
        Rows kept without an answer, because they are no positions.
    n_not_covered : int
        Rows of which the dataset says nothing.
    """

    n_rows: int
    n_skipped: int
    n_null: int
    n_not_covered: int

    def describe(self) -> str:
        """Say the counts in a line; those of 0 are left out, but for the rows."""
        said = [f"{self.n_rows:,} row{'' if self.n_rows == 1 else 's'}"]
        for n, what in (
            (self.n_skipped, "skipped as no positions"),
            (self.n_null, "kept without an answer as no positions"),
            (self.n_not_covered, "not covered by the dataset"),
        ):
            said += [f"{n:,} {what}"] if n else []
        return ", ".join(said)

    def to_json(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


def locate_file(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    atlas: Atlas,
    *,
    lon: str | None = None,
    lat: str | None = None,
    on_error: OnError = "fail",
    distance: bool = False,
    delimiter: str | None = None,
    encoding: str | None = None,
    progress: Progress | None = None,
    threads: int | None = None,
) -> Summary:
    """Find the zones of all positions of a table, and write the table with them.

    Parameters
    ----------
    source, target : path-like
        CSV (``.csv``, ``.tsv``, ``.txt``, each also with ``.gz``) or Parquet (``.parquet``,
        ``.pq``); the suffix tells. `target` appears whole or not at all.
    atlas : Atlas
        Whose zones to find.
    lon, lat : str, optional
        The columns of decimal degrees. By default the one column each that has a usual name
        (`LON_NAMES`, `LAT_NAMES`), in any case; it is an error if there are several.
    on_error : {"fail", "skip", "null"}
        What to do with a row that is no position: raise; leave it out; keep it with answer -2.
    distance : bool
        Add the distances to the limit and the coast.
    delimiter : str, optional
        Of a text table: one character; by default a tab for ``.tsv`` and a comma for the others.
    encoding : str, optional
        Of a text table; by default UTF-8, or what its byte-order mark says.
    progress : Progress, optional
        Called with how much is done, and of how much, after each block.
    threads : int, optional
        How many threads the atlas may use; the output does not depend on it.

    Returns
    -------
    Summary

    Raises
    ------
    CoordinateError
        Under ``on_error="fail"``, if a row is no position; the row and its values are given.
    DataNotFoundError, DataFormatError
        If `source` is not there, or not what its suffix says; or if a row has more or fewer
        fields than the header, unless such rows are skipped.
    SchemaError
        If the columns of the positions cannot be told, or hold no numbers.
    OptionError
        If an option makes no sense, or the table has a column of a name that is to be added.
    MissingExtraError
        If pyarrow is needed for Parquet, and not installed.

    Notes
    -----
    All columns of the input are kept, in order; from text to text byte for byte. Added are
    ``answer`` (0 no zone, -1 not covered, -2 not a position), ``zones``, ``sovereign``,
    ``territory``, ``regime`` (of all zones that hold the position, joined by ``|``) and
    ``n_zones``; with `distance` also ``margin_m``, ``coast_distance_m``, ``nearest_lon``,
    ``nearest_lat``, ``azimuth_deg`` and ``edge_kind``. What is not known is null: all of these
    where nothing is covered, and the margin on land. Text has metres to 1 mm and degrees to
    1e-9; Parquet has all digits.
    """
    if on_error not in ("fail", "skip", "null"):
        raise OptionError(f"on_error {on_error!r} is not one of 'fail', 'skip', 'null'.")
    given, wanted = Path(source), Path(target)
    for path in (given, wanted):
        _check_suffix(path)
    if not given.is_file():
        raise DataNotFoundError(f"{given} is not there, or is not a file.")
    if wanted.exists() and wanted.samefile(given):
        raise OptionError(f"{wanted} is the input; the output needs a name of its own.")
    answers = Answers(atlas, distance, threads)
    with contextlib.ExitStack() as stack:
        table: _Source
        if _is_parquet(given):
            table = stack.enter_context(ParquetSource(given))
        else:
            skip = on_error == "skip"
            text = text_source(given, delimiter, encoding, skip_ragged=skip)
            table = stack.enter_context(text)
        columns = position_columns(table.names, table.path, lon, lat)
        for name in answers.names:
            if name in table.names:
                raise OptionError(
                    f"{given} has a column {name!r} already, and one of that name is to be "
                    "added; rename it first."
                )
        room = stack.enter_context(atomic_path(wanted))
        if isinstance(table, TextSource) and _is_parquet(room):
            try:
                typed = TypedTextSource(table, skip_ragged=on_error == "skip")
                return _written(room, typed, columns, answers, on_error, progress)
            except IrregularTextError:
                pass
        return _written(room, table, columns, answers, on_error, progress)


def _written(
    room: Path,
    table: _Source,
    columns: tuple[int, int],
    answers: Answers,
    on_error: OnError,
    progress: Progress | None,
) -> Summary:
    with _output(room, table, answers) as write:
        return _stream(table, columns, answers, write, on_error, progress)


def _stream(
    table: _Source,
    columns: tuple[int, int],
    answers: Answers,
    write: Callable[[Any, Any], None],
    on_error: OnError,
    progress: Progress | None,
) -> Summary:
    """Read, answer and write block after block."""
    n_read = n_bad = n_not_covered = 0
    block: Any
    for block in table.blocks(*columns):
        good = on_globe(block.lon, block.lat)
        if on_error == "fail" and not good.all():
            if isinstance(table, TypedTextSource):
                raise IrregularTextError
            _refuse(table, columns, block, n_read, int(np.argmin(good)))
        n_read += len(good)
        n_bad += int(np.count_nonzero(~good))
        if on_error == "skip" and not good.all():
            block, good = block.kept(good), good[good]
        if len(good):
            answered = answers.to(block.lon, block.lat, good)
            n_not_covered += int(np.count_nonzero(answered.code == -1))
            write(block, answered)
        if progress is not None:
            progress(*table.done())
    n_skipped = table.n_ragged + (n_bad if on_error == "skip" else 0)
    n_null = n_bad if on_error == "null" else 0
    return Summary(n_read + table.n_ragged, n_skipped, n_null, n_not_covered)


def _refuse(
    table: _Source, columns: tuple[int, int], block: Any, n_before: int, row: int
) -> NoReturn:
    lon, lat = block.lon[row], block.lat[row]
    swapped = " Are longitude and latitude swapped?" if on_globe(lat, lon) else ""
    names = " and ".join(repr(table.names[column]) for column in columns)
    raise CoordinateError(
        f"Row {n_before + row + 1} of {table.path}{block.as_said(row)} is not a position. "
        f"Accepted in {names} are decimal degrees with a point: longitude within [-180, 360], "
        f"latitude within [-90, 90].{swapped} Such rows can be left out (on-error skip) or kept "
        "without an answer (on-error null)."
    )


def position_columns(
    names: Sequence[str], shown: object, lon: str | None, lat: str | None
) -> tuple[int, int]:
    """Indices of the columns of longitudes and latitudes.

    Parameters
    ----------
    names : sequence of str
        Of all columns.
    shown : object
        What the table is called in messages.
    lon, lat : str or None
        Names that were asked for.

    Raises
    ------
    OptionError
        If there is no column of a name, or both are one.
    SchemaError
        If no column, or several, have a usual name.
    """
    found = (
        _column(names, shown, "lon", lon, LON_NAMES),
        _column(names, shown, "lat", lat, LAT_NAMES),
    )
    if found[0] == found[1]:
        raise OptionError(f"lon and lat are one and the same column, {names[found[0]]!r}.")
    return found


def _column(
    names: Sequence[str], shown: object, what: str, asked: str | None, usual: tuple[str, ...]
) -> int:
    found = [
        i for i, name in enumerate(names) if (name == asked if asked else name.lower() in usual)
    ]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        several = ", ".join(names[i] for i in found)
        raise SchemaError(
            f"{shown} has {len(found)} columns that may be {what}: {several}. Say which "
            f"with --{what}; if two have one name, rename one of them."
        )
    listed = ", ".join(names[:40]) + (", …" if len(names) > 40 else "")
    if asked:
        meant = did_you_mean(asked, names)
        raise OptionError(f"{shown} has no column {asked!r}; it has {listed}.{meant}")
    marks = [mark for mark in (";", "\t", "|", ",") if len(names) == 1 and mark in names[0]]
    hint = f" Is the delimiter {marks[0]!r}?" if marks else ""
    raise SchemaError(
        f"{shown} has no column of a usual name for {what} ({', '.join(usual)}); it has "
        f"{listed}. Name the column with --{what}; a table needs a header.{hint}"
    )


def _output(
    room: Path, table: _Source, answers: Answers
) -> contextlib.AbstractContextManager[Callable[[Any, Any], None]]:
    """Open the output: copied text, or else what Arrow writes."""
    parquet = _is_parquet(room)
    if not isinstance(table, TextSource):
        return arrow_output(room, table.schema, answers, as_text=not parquet)
    if not parquet:
        return text_output(room, table, answers)
    require_pyarrow()
    import pyarrow as pa

    strings = pa.schema([(name, pa.string()) for name in table.names])
    return arrow_output(room, strings, answers, as_text=False)


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() in _PARQUET


def _check_suffix(path: Path) -> None:
    suffix = Path(path.stem).suffix if path.suffix.lower() == ".gz" else path.suffix
    known = _TEXT if path.suffix.lower() == ".gz" else (*_TEXT, *_PARQUET)
    if suffix.lower() not in known:
        raise OptionError(
            f"{path} ends neither in {', '.join(_TEXT)} (or these with .gz) nor in "
            f"{', '.join(_PARQUET)}; the suffix tells what kind of table it is."
        )
