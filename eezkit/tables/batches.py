"""`locate_table`: anything that speaks Arrow in, Arrow out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from eezkit.errors import CoordinateError, OptionError, SchemaError
from eezkit.positions import on_globe
from eezkit.tables.answers import Answers
from eezkit.tables.locating import position_columns
from eezkit.tables.parquet import floats, require_pyarrow

if TYPE_CHECKING:
    from eezkit.atlas import Atlas

__all__ = ["locate_table"]

_ROWS = 1 << 20


def locate_table(
    table: Any,
    atlas: Atlas,
    *,
    lon: str | None = None,
    lat: str | None = None,
    invalid: Literal["raise", "null"] = "null",
    distance: bool = False,
    belts: bool = True,
    threads: int | None = None,
) -> Any:
    """Find the zones of all positions of a table in memory, or of a stream of tables.

    Parameters
    ----------
    table : object
        What has the Arrow C stream or array interface: a table, record batch or record batch
        reader of pyarrow, a data frame of Polars or pandas, a relation of DuckDB.
    atlas : Atlas
        Whose zones to find.
    lon, lat : str, optional
        The columns of decimal degrees. By default the one column each that has a usual name, as
        for `locate_file`.
    invalid : {"null", "raise"}
        What to do with a row that is no position: keep it with answer -2 and nulls, or raise.
    distance : bool
        Whether to add the distances to the limit and the coast.
    belts : bool
        Whether to add the belt of the sea.
    threads : int, optional
        How many threads the atlas may use; the answers do not depend on it.

    Returns
    -------
    pyarrow.Table or pyarrow.RecordBatchReader
        The columns of the table, then those of `eezkit.answers.columns.PER_POSITION` (and
        `DISTANCES`), texts as dictionaries. A record batch reader is answered by one, a million
        rows at a time, so that a stream of any length takes the memory of one batch.

    Raises
    ------
    OptionError
        If the table does not speak Arrow, has no such column, or has one of a name to be added.
    SchemaError
        If the columns of the positions cannot be told, or hold no numbers.
    CoordinateError
        Under ``invalid="raise"``, if a row is no position.
    MissingExtraError
        If pyarrow is not installed.

    Examples
    --------
    >>> import eezkit
    >>> import pyarrow as pa
    >>> ships = pa.table({"ship": ["a", "b"], "lon": [155.02, 2.5], "lat": [23.33, 51.5]})
    >>> eezkit.locate_table(ships, eezkit.load())["sovereign"].to_pylist()
    ['JPN', 'BEL']
    """
    require_pyarrow()
    import pyarrow as pa

    if invalid not in ("raise", "null"):
        raise OptionError(f"invalid {invalid!r} is not one of 'raise', 'null'.")
    is_stream = isinstance(table, pa.RecordBatchReader)
    reader = table if is_stream else _reader(table)
    names = list(reader.schema.names)
    x, y = position_columns(names, "The table", lon, lat)
    for column in (x, y):
        _check_numbers(reader.schema.field(column))
    answers = Answers(atlas, distance, threads, belts)
    taken = [name for name in answers.names if name in names]
    if taken:
        raise OptionError(
            f"The table has a column {taken[0]!r} already, and one of that name is to be added; "
            "rename it first."
        )
    fields = [pa.field(*pair) for pair in zip(answers.names, answers.types(), strict=True)]
    schema = pa.schema([*reader.schema, *fields], metadata=reader.schema.metadata)

    def answered() -> Iterator[Any]:
        before = 0
        for whole in reader:
            for start in range(0, max(whole.num_rows, 1), _ROWS):
                batch = whole.slice(start, _ROWS)
                lon_here, lat_here = floats(batch.column(x)), floats(batch.column(y))
                good = on_globe(lon_here, lat_here)
                if invalid == "raise" and not good.all():
                    row = int(np.argmin(good))
                    raise CoordinateError(
                        f"Row {before + row + 1} of the table is not a position: "
                        f"lon={lon_here[row]}, lat={lat_here[row]}. Accepted is a longitude within "
                        "[-180, 360], a latitude within [-90, 90]; invalid='null' keeps such rows."
                    )
                before += len(good)
                added = answers.arrays(answers.to(lon_here, lat_here, good))
                yield pa.RecordBatch.from_arrays([*batch.columns, *added], schema=schema)

    found = pa.RecordBatchReader.from_batches(schema, answered())
    return found if is_stream else found.read_all().unify_dictionaries()


def _reader(table: Any) -> Any:
    """Read what speaks Arrow, batch by batch."""
    import pyarrow as pa

    if hasattr(table, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(table)
    if hasattr(table, "__arrow_c_array__"):
        return pa.table(pa.record_batch(table)).to_reader()
    raise OptionError(
        f"The table is a {type(table).__name__}, which does not speak Arrow. Accepted is what has "
        "__arrow_c_stream__ or __arrow_c_array__: tables of pyarrow, Polars, DuckDB, pandas 2.2. "
        "Arrays of your own go to Atlas.locate."
    )


def _check_numbers(field: Any) -> None:
    import pyarrow.types as t

    if not (t.is_floating(field.type) or t.is_integer(field.type) or t.is_decimal(field.type)):
        raise SchemaError(
            f"Column {field.name!r} of the table is of type {field.type}; accepted are numbers: "
            "decimal degrees. Convert it first."
        )
