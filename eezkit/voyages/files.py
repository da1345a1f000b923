"""`track_file`: a table of fixes of any size in, stays and crossings out."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from eezkit._atomic import atomic_path
from eezkit.answers.cells import with_cells
from eezkit.errors import (
    DataNotFoundError,
    MissingExtraError,
    OptionError,
    SchemaError,
    UnknownDatasetError,
    did_you_mean,
)
from eezkit.sources.files.opening import open_file
from eezkit.voyages.fixes import RULES, clean, describe
from eezkit.voyages.sifting import sift
from eezkit.voyages.tables import crossings_of, stays_of
from eezkit.voyages.timeline import timeline
from eezkit.voyages.times import TimeReader

if TYPE_CHECKING:
    import os

    import pandas as pd

    from eezkit._progress import Progress
    from eezkit.atlas import Atlas

__all__ = ["TrackSummary", "track_file"]

By = Literal["set", "zone", "id,set", "id,zone"]

_TEXT = (".csv", ".tsv", ".tab", ".txt", ".csv.gz", ".tsv.gz")
_PARQUET = (".parquet", ".pq")
_USUAL = {
    "id": ("mmsi", "imo", "vessel_id", "ship_id", "ship", "vessel", "id"),
    "time": ("time", "timestamp", "basedatetime", "base_date_time", "datetime", "date_time", "t"),
    "lon": ("lon", "longitude", "long", "lng"),
    "lat": ("lat", "latitude"),
}
_ROWS = 1 << 18
# Fixes in one go; and how many are sorted in memory.
_BATCH, _IN_MEMORY = 1 << 20, 10_000_000
_SUMMED = ("hours", "distance_nmi", "n_fixes")


@dataclass
class TrackSummary:
    """What became of a table of fixes.

    Parameters
    ----------
    n_ships, n_stays, n_crossings : int
        Ships; stays and crossings written.
    n_dropped : int
        Stays that were too short, and crossings of edges of other kinds.
    counts : collections.Counter
        How many fixes each of the rules befell.
    """

    n_ships: int = 0
    n_stays: int = 0
    n_crossings: int = 0
    n_dropped: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def describe(self) -> str:
        """Say the counts in a line."""
        counts = {"fixes": 0, **dict.fromkeys(RULES, 0), **self.counts}
        dropped = f", {self.n_dropped:,} too short or of other kinds" if self.n_dropped else ""
        return (
            f"{self.n_ships:,} ships, {self.n_stays:,} stays, {self.n_crossings:,} crossings"
            f"{dropped}; {describe(counts)}"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the counts by name."""
        return {
            "n_ships": self.n_ships,
            "n_stays": self.n_stays,
            "n_crossings": self.n_crossings,
            "n_dropped": self.n_dropped,
            "fixes": {name: int(self.counts[name]) for name in ("fixes", *RULES)},
        }


@dataclass(frozen=True)
class _Options:
    atlas: Atlas
    name: str | None
    path: str
    max_gap: float | None
    max_speed: float | None
    belts: bool
    by: By
    kinds: tuple[str, ...] | None
    min_stay: float
    min_distance: float
    threads: int | None


def track_file(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    atlas: Atlas,
    *,
    crossings: str | os.PathLike[str] | None = None,
    id: str | None = None,
    time: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    first: Literal["day", "month"] | None = None,
    path: str = "geodesic",
    max_gap: float | None = 12.0,
    max_speed: float | None = None,
    belts: bool = False,
    by: By = "set",
    kinds: tuple[str, ...] | None = None,
    min_stay: float = 0.0,
    min_distance: float = 0.0,
    delimiter: str | None = None,
    progress: Progress | None = None,
    threads: int | None = None,
) -> TrackSummary:
    """Find the stays, and the crossings, of all ships of a table.

    Parameters
    ----------
    source : path-like
        CSV (``.csv``, ``.tsv``, ``.txt``, also with ``.gz``), Parquet, a folder of either, or GPX.
    target : path-like
        Where the stays go: ``.csv``, ``.tsv`` or ``.parquet``. It appears whole or not at all.
    atlas : Atlas
    crossings : path-like, optional
        Where the crossings go.
    id, time, lon, lat : str, optional
        Columns; by default the one of a usual name. Without a ship all fixes are of one.
    first : {"day", "month"}, optional
        What comes first in 1/2/2026.
    path, max_gap, max_speed, belts, threads
        As for `eezkit.stays`.
    by : {"set", "zone", "id,set", "id,zone"}
        A row for each stay in a set of zones, or in a zone; or their sums for each ship.
    kinds, min_stay, min_distance
        As for `eezkit.sift`.
    delimiter : str, optional
        Of text.
    progress : Progress, optional
        Called with the number of fixes done.

    Returns
    -------
    TrackSummary

    Raises
    ------
    DataNotFoundError
        If `source` is not there.
    SchemaError, OptionError
        If a column cannot be told, a time not be read, or an option makes no sense.
    MissingExtraError
        If a large table has to be sorted and DuckDB is not installed.

    Notes
    -----
    A table in which each ship's fixes stand together is read once, in bounded memory. Another
    is sorted: up to 10 million fixes in memory, more by DuckDB out of memory.
    """
    if by not in ("set", "zone", "id,set", "id,zone"):
        raise OptionError(f"by {by!r} is not one of 'set', 'zone', 'id,set', 'id,zone'.")
    table = _Table.at(Path(source), delimiter, id=id, time=time, lon=lon, lat=lat)
    options = _Options(
        atlas, table.columns[0], path, max_gap, max_speed, belts, by, kinds, min_stay,
        min_distance, threads,
    )  # fmt: skip
    with contextlib.suppress(_NotTogetherError):
        return _run(table.batches(), target, crossings, options, first, table, progress)
    return _run(table.sorted(), target, crossings, options, first, table, progress)


class _NotTogetherError(Exception):
    """The fixes of a ship do not stand together."""


def _run(
    batches: Iterator[pd.DataFrame],
    target: str | os.PathLike[str],
    crossings: str | os.PathLike[str] | None,
    options: _Options,
    first: Literal["day", "month"] | None,
    table: _Table,
    progress: Progress | None,
) -> TrackSummary:
    summary = TrackSummary()
    times = TimeReader(table.columns[1], first)
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(_output(target))
        aside = None if crossings is None else stack.enter_context(_output(crossings))
        for batch in batches:
            _track(batch, times, options, summary, out, aside)
            if progress is not None:
                progress(n := summary.counts["fixes"], 0, f"{n:,} fixes")
    return summary


def _track(
    batch: pd.DataFrame,
    times: TimeReader,
    options: _Options,
    summary: TrackSummary,
    out: Callable[[pd.DataFrame], None],
    aside: Callable[[pd.DataFrame], None] | None,
) -> None:
    import pandas as pd

    ship, names = pd.factorize(batch["id"])
    tracks = clean(
        list(names),
        np.asarray(ship, np.int64),
        times.read(batch["time"]),
        batch["lon"].to_numpy(np.float64),
        batch["lat"].to_numpy(np.float64),
        max_gap=options.max_gap,
        max_speed=options.max_speed,
        zone="UTC",
    )
    line = timeline(
        tracks, options.atlas, path=options.path, belts=options.belts, threads=options.threads
    )
    shown: dict[str, Any] = {"max_speed": options.max_speed, "belts": options.belts}
    by = "zone" if options.by.endswith("zone") else "set"
    stays = stays_of(line, options.atlas, options.name, by="set", **shown)
    if options.min_stay or options.min_distance:
        stays = sift(
            stays, id=options.name, min_stay=options.min_stay, min_distance=options.min_distance
        )
        summary.n_dropped += stays.attrs["dropped"]
    elif by == "zone":
        stays = stays_of(line, options.atlas, options.name, by="zone", **shown)
    if options.by.startswith("id,"):
        stays = _summed(stays, options.name)
    out(stays)
    summary.n_stays += len(stays)
    if aside is not None:
        found = crossings_of(line, options.atlas, options.name, **shown)
        if options.kinds:
            found = sift(found, kinds=options.kinds)
            summary.n_dropped += found.attrs["dropped"]
        aside(found)
        summary.n_crossings += len(found)
    summary.n_ships += len(np.unique(tracks.ship))
    summary.counts.update(tracks.counts)


def _summed(stays: pd.DataFrame, name: str | None) -> pd.DataFrame:
    """Hours, miles and fixes of each ship in each zone, or set of zones."""
    drop = {"entered", "left", "entered_by", "left_by", *_SUMMED}
    drop |= {"may_have_entered", "must_have_entered"}
    keys = [column for column in stays.columns if column not in drop]
    # A sum over zones of one name but other neighbours is one.
    keys = [key for key in keys if key not in ("answer", "n_zones")] if "zones" in keys else keys
    groups = stays.assign(gap=stays["answer"] == -2, uncovered=stays["answer"] == -1).groupby(
        [*keys, "gap", "uncovered"], dropna=False, sort=False
    )
    summed = groups.agg(
        n_stays=("hours", "size"),
        **{column: (column, "sum") for column in _SUMMED},
        first_entered=("entered", "min"),
        last_left=("left", "max"),
    )
    return summed.reset_index()


@dataclass(frozen=True)
class _Table:
    """Files of one kind with fixes, and their columns of id, time, longitude and latitude."""

    files: tuple[Path, ...]
    kind: Literal["text", "parquet", "gpx"]
    delimiter: str | None
    columns: tuple[str | None, str, str, str]

    @classmethod
    def at(cls, path: Path, delimiter: str | None, **asked: str | None) -> _Table:
        if not path.exists():
            raise DataNotFoundError(f"{path} is not there.")
        files = (
            tuple(sorted(p for p in path.rglob("*") if _kind_of(p))) if path.is_dir() else (path,)
        )
        kinds = {_kind_of(file) for file in files}
        if len(kinds) != 1 or None in kinds:
            what = (
                f"{path} has files of {len(kinds)} kinds"
                if path.is_dir()
                else f"{path} is no table"
            )
            raise OptionError(
                f"{what}. Accepted are {', '.join((*_TEXT, *_PARQUET, '.gpx'))}, and a folder of "
                "files of one of these kinds; the suffix tells."
            )
        kind = _kind_of(files[0]) or "text"
        if delimiter is None and files[0].name.lower().endswith((".tsv", ".tab", ".tsv.gz")):
            delimiter = "\t"
        if kind == "gpx":
            return cls(files, kind, None, ("track", "time", "lon", "lat"))
        names = _names(files[0], kind, delimiter)
        found = {what: _column(files[0], names, what, asked.get(what)) for what in _USUAL}
        time, lon, lat = (str(found[what]) for what in ("time", "lon", "lat"))
        return cls(files, kind, delimiter, (found["id"], time, lon, lat))

    def blocks(self) -> Iterator[pd.DataFrame]:
        """Yield rows in the order of the files, with the columns id, time, lon and lat."""
        import pandas as pd

        used = [column for column in self.columns if column is not None]
        for file in self.files:
            if self.kind == "text":
                text = dict.fromkeys(used[:-2], "string")
                with pd.read_csv(
                    file, usecols=used, dtype=text, sep=self.delimiter or ",", chunksize=_ROWS,
                    encoding="utf-8-sig",
                ) as reader:  # fmt: skip
                    yield from map(self._plain, reader)
            elif self.kind == "parquet":
                import pyarrow.parquet as pq

                for part in pq.ParquetFile(file).iter_batches(_ROWS, columns=used):
                    yield self._plain(part.to_pandas())
            else:
                yield _gpx(file)

    def _plain(self, rows: pd.DataFrame) -> pd.DataFrame:
        import pandas as pd

        id, time, lon, lat = self.columns
        return pd.DataFrame(
            {
                "id": rows[id] if id is not None else "",
                "time": rows[time],
                "lon": pd.to_numeric(rows[lon], errors="coerce").astype(np.float64),
                "lat": pd.to_numeric(rows[lat], errors="coerce").astype(np.float64),
            }
        )

    def batches(self) -> Iterator[pd.DataFrame]:
        """Yield whole ships, many at a time.

        Raises
        ------
        _NotTogetherError
            If a ship comes again after another.
        """
        import pandas as pd

        done: set[Any] = set()
        held: list[pd.DataFrame] = []
        n_held = 0
        for block in self.blocks():
            held.append(block)
            n_held += len(block)
            if n_held < _BATCH:
                continue
            rows = pd.concat(held, ignore_index=True)
            last = rows["id"].iloc[-1]
            ends = np.flatnonzero((rows["id"] != last).to_numpy(bool, na_value=True))
            cut = int(ends[-1]) + 1 if len(ends) else 0
            held, n_held = [rows.iloc[cut:]], len(rows) - cut
            if cut:
                yield self._whole(rows.iloc[:cut], done)
        if held:
            rest = pd.concat(held, ignore_index=True)
            if len(rest):
                yield self._whole(rest, done)

    @staticmethod
    def _whole(rows: pd.DataFrame, done: set[Any]) -> pd.DataFrame:
        new = set(rows["id"].dropna().unique())
        if new & done:
            raise _NotTogetherError
        done |= new
        return rows

    def sorted(self) -> Iterator[pd.DataFrame]:
        """Yield whole ships of a table in which they do not stand together."""
        import pandas as pd

        held: list[pd.DataFrame] = []
        n_held = 0
        for block in self.blocks():
            held.append(block)
            n_held += len(block)
            if n_held > _IN_MEMORY:
                held.clear()
                yield from self._sorted_by_duckdb()
                return
        rows = pd.concat(held, ignore_index=True)
        number, _ = pd.factorize(rows["id"])
        order = np.argsort(number, kind="stable")
        rows, number = rows.iloc[order], number[order]
        first = np.flatnonzero(np.append(True, number[1:] != number[:-1]))
        cuts = [0]
        for start in first.tolist():
            if start - cuts[-1] >= _BATCH:
                cuts.append(start)
        for a, b in zip(cuts, [*cuts[1:], len(rows)], strict=True):
            yield rows.iloc[a:b]

    def _sorted_by_duckdb(self) -> Iterator[pd.DataFrame]:
        try:
            import duckdb
        except ImportError as error:
            raise MissingExtraError(
                f"{self.files[0].parent if len(self.files) > 1 else self.files[0]} has more than "
                f"{_IN_MEMORY:,} fixes, and those of a ship do not stand together: the table has "
                "to be sorted by ship. Sort it, or install DuckDB: pip install 'eezkit[duckdb]'."
            ) from error
        names = [str(file) for file in self.files]
        with duckdb.connect() as connection:
            connection.execute("SET memory_limit = '500MB'; SET threads = 2")
            if self.kind == "parquet":
                rows = connection.read_parquet(names)
            else:
                rows = connection.read_csv(names, all_varchar=True, sep=self.delimiter or ",")
            used = [
                "''" if column is None else '"' + column.replace('"', '""') + '"'
                for column in self.columns
            ]
            wanted = ", ".join(
                f"{column} AS {name}" for column, name in zip(used, _USUAL, strict=True)
            )
            batches = rows.select(wanted).order("id, time, lon, lat").to_arrow_reader(_ROWS)
            plain = _Table(self.files, self.kind, None, ("id", "time", "lon", "lat"))
            yield from _Read(plain, batches).batches()


class _Read(_Table):
    """A table whose rows come from elsewhere."""

    def __init__(self, table: _Table, rows: Any) -> None:
        super().__init__(table.files, table.kind, table.delimiter, table.columns)
        object.__setattr__(self, "rows", rows)

    def blocks(self) -> Iterator[pd.DataFrame]:
        for batch in self.rows:  # type: ignore[attr-defined]
            yield self._plain(batch.to_pandas())


def _kind_of(path: Path) -> Literal["text", "parquet", "gpx"] | None:
    name = path.name.lower()
    if name.startswith((".", "_")):
        return None
    if name.endswith(_TEXT):
        return "text"
    if name.endswith(_PARQUET):
        return "parquet"
    return "gpx" if name.endswith(".gpx") else None


def _names(path: Path, kind: str, delimiter: str | None) -> list[str]:
    if kind == "parquet":
        from eezkit.tables.parquet import require_pyarrow

        require_pyarrow()
        import pyarrow.parquet as pq

        return list(pq.read_schema(path).names)
    import pandas as pd

    return list(pd.read_csv(path, nrows=0, sep=delimiter or ",", encoding="utf-8-sig").columns)


def _column(path: Path, names: list[str], what: str, asked: str | None) -> str | None:
    """The column that is meant; None for a ship where there is no column of a usual name."""
    if asked is not None:
        if asked in names:
            return asked
        meant = did_you_mean(asked, names)
        raise OptionError(f"{path} has no column {asked!r}; it has {', '.join(names[:40])}.{meant}")
    found = [name for usual in _USUAL[what] for name in names if name.lower() == usual]
    if what == "id":
        return found[0] if found else None
    if len(found) == 1:
        return found[0]
    said = f"{len(found)} columns" if found else "no column"
    raise SchemaError(
        f"{path} has {said} of a usual name for {what} ({', '.join(_USUAL[what])}); it has "
        f"{', '.join(names[:40])}. Say which with --{what}."
    )


def _gpx(path: Path) -> pd.DataFrame:
    """Points of the tracks of a GPX file, each track a ship."""
    import pandas as pd
    import shapely

    try:
        found = open_file(path, layer="track_points", shape="any")
    except UnknownDatasetError:
        found = None
    if found is None or all(time is None for time in found.fields["time"]):
        raise SchemaError(f"{path} has no track points with times; a route or a place has none.")
    names = [
        name or f"track {number + 1}"
        for name, number in zip(found.fields["track"], found.fields["track_number"], strict=True)
    ]
    time = pd.to_datetime(
        pd.Series(found.fields["time"]), utc=True, format="ISO8601", errors="coerce"
    )
    lon, lat = shapely.get_x(found.geometry), shapely.get_y(found.geometry)
    return pd.DataFrame({"id": names, "time": time, "lon": lon, "lat": lat})


@contextlib.contextmanager
def _output(target: str | os.PathLike[str]) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Open a table to be written batch by batch."""
    path = Path(target)
    kind = _kind_of(path)
    if kind not in ("text", "parquet") or path.name.lower().endswith(".gz"):
        raise OptionError(f"{path} ends in none of .csv, .tsv, .txt, .parquet; the suffix tells.")
    with atomic_path(path) as room:
        if kind == "parquet":
            from eezkit.tables.parquet import require_pyarrow

            require_pyarrow()
            import pyarrow as pa
            import pyarrow.parquet as pq

            writers: list[Any] = []

            def write(table: pd.DataFrame) -> None:
                rows = pa.Table.from_pandas(table, preserve_index=False)
                if not writers:
                    schema = pa.schema(
                        [
                            f if f.type != pa.null() else f.with_type(pa.string())
                            for f in rows.schema
                        ]
                    )
                    writers.append(pq.ParquetWriter(room, schema))
                writers[0].write_table(rows.cast(writers[0].schema))

            try:
                yield write
            finally:
                for writer in writers:
                    writer.close()
            return
        separator = "\t" if path.suffix.lower() in (".tsv", ".tab") else ","
        with room.open("w", encoding="utf-8", newline="") as file:
            is_first = [True]

            def write(table: pd.DataFrame) -> None:
                with_cells(_as_text(table)).to_csv(
                    file, sep=separator, index=False, header=is_first.pop() if is_first else False,
                    lineterminator="\n",
                )  # fmt: skip

            yield write


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Times in ISO 8601 to the millisecond, and numbers to nine decimals."""
    import pandas as pd

    shown = table.copy()
    for name in shown.columns:
        if pd.api.types.is_float_dtype(shown[name].dtype):
            shown[name] = shown[name].round(9)
        if pd.api.types.is_datetime64_any_dtype(shown[name].dtype):
            plain = shown[name].dt.tz_convert(None).dt.round("ms").to_numpy("datetime64[ms]")
            said = pd.Series(np.datetime_as_string(plain), index=shown.index) + "Z"
            shown[name] = said.mask(shown[name].isna())
    return shown
