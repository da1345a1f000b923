"""Crossings and stays as tables."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from eezkit.errors import OptionError
from eezkit.units import M
from eezkit.voyages import doubt
from eezkit.voyages.crossed import edges_crossed
from eezkit.voyages.fixes import describe
from eezkit.voyages.reading import tracks_of
from eezkit.voyages.timeline import CROSSED, LAST_FIX, MARKS, timeline
from eezkit.voyages.words import columns_of, names_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from eezkit.atlas import Atlas
    from eezkit.voyages.timeline import Timeline

__all__ = ["Path", "crossings", "crossings_of", "stays", "stays_of"]

Path = Literal["geodesic", "rhumb"]

_HOUR = 3.6e12  # nanoseconds
_SIDES = ("answer", "on_land", "belt", "zones", "sovereign")


def crossings(
    fixes: Any,
    atlas: Atlas,
    *,
    id: str | None = None,
    time: str = "time",
    lon: str | None = None,
    lat: str | None = None,
    path: Path = "geodesic",
    max_gap: float | None = 12.0,
    max_speed: float | None = None,
    belts: bool = False,
    threads: int | None = None,
) -> pd.DataFrame:
    """Find every crossing of a zone edge along tracks.

    Parameters
    ----------
    fixes : table
        A DataFrame, a GeoDataFrame of points, anything with the Arrow C stream interface (pyarrow,
        Polars, DuckDB); a GeoDataFrame of lines with M, seconds since 1970 UTC; a MovingPandas
        `Trajectory` or `TrajectoryCollection`.
    atlas : Atlas
        Whose edges. Of a selection only the selected zones count.
    id : str, optional
        Column of the ship; without it all fixes are of one.
    time : str
        Column of the time, of a date-time type; without a time zone it is UTC.
    lon, lat : str, optional
        Columns of the position, in degrees; by default those of a usual name.
    path : {"geodesic", "rhumb"}
        How a ship gets from one fix to the next, at constant speed.
    max_gap : float, optional
        Hours. Over a longer gap no path is taken. None takes any.
    max_speed : float, optional
        Knots. A fix out of reach at that speed is left out, a leap is taken for a gap; and each
        crossing says when it can have been at the earliest and at the latest.
    belts : bool
        Whether the 12 M and 24 M zones of the dataset count too.
    threads : int, optional
        How many threads to use; it does not change the answer.

    Returns
    -------
    pandas.DataFrame
        A row for each crossing, by ship and time: the ship under its own name; ``time``, ``lon``,
        ``lat``; ``from_`` and ``to_`` each with ``answer``, ``on_land``, ``belt`` (with `belts`),
        ``zones`` and ``sovereign``; ``edge_kind``; ``fix_before`` and ``fix_after`` (times);
        ``gap_hours`` between these; ``earliest`` and ``latest`` (with `max_speed`); ``angle_deg``
        between path and edge. ``attrs["counts"]`` has how many fixes each rule befell.

    Raises
    ------
    OptionError
        If a column or an option makes no sense.

    Warns
    -----
    TrackWarning
        If fixes were left out or put in order; it says how many and why.

    Notes
    -----
    Every crossing is found, also where no fix lies inside, within 1 mm of the edge; along the
    path as sharp as 10 nm over the sine of the angle. Where a coast is simplified many are
    excursions of metres: see `eezkit.sift`.

    Examples
    --------
    >>> import eezkit, pandas
    >>> fixes = pandas.DataFrame({
    ...     "time": pandas.to_datetime(["2026-01-01 00:00", "2026-01-01 06:00"]),
    ...     "lon": [156.5, 158.5], "lat": [24.3, 24.3]})
    >>> found = eezkit.crossings(fixes, eezkit.load())
    >>> found[["from_sovereign", "to_answer", "edge_kind"]].values.tolist()
    [['JPN', 0, 'outer_limit']]
    """
    line = _timeline(
        fixes, atlas, id, time, lon, lat, path, max_gap, max_speed, belts, threads
    )  # fmt: skip
    return crossings_of(line, atlas, id, max_speed=max_speed, belts=belts)


def stays(
    fixes: Any,
    atlas: Atlas,
    *,
    id: str | None = None,
    time: str = "time",
    lon: str | None = None,
    lat: str | None = None,
    path: Path = "geodesic",
    max_gap: float | None = 12.0,
    max_speed: float | None = None,
    belts: bool = False,
    by: Literal["set", "zone"] = "set",
    threads: int | None = None,
) -> pd.DataFrame:
    """Find how long and how far each ship was in each zone.

    Parameters
    ----------
    fixes, atlas, id, time, lon, lat, path, max_gap, belts, threads
        As for `crossings`.
    max_speed : float, optional
        Knots. A fix out of reach is left out, a leap is taken for a gap; and each gap says which
        zones the ship may, and which it must, have entered meanwhile.
    by : {"set", "zone"}
        A row for each set of zones, so that hours and miles add up; or one for each zone, where
        zones that overlap count each, and the sum may exceed the whole.

    Returns
    -------
    pandas.DataFrame
        A row for each stay, by ship and time: the ship under its own name; ``answer`` (0 in no
        zone, -1 not covered, -2 a gap), ``on_land``, ``belt`` (with `belts`), ``zones``,
        ``sovereign``, ``territory``, ``regime``, ``n_zones``; ``entered``, ``left``;
        ``entered_by``, ``left_by`` (``crossed``, ``first fix``, ``last fix``, ``gap``); ``hours``,
        ``distance_nmi``, ``n_fixes``; with `max_speed` ``may_have_entered`` and
        ``must_have_entered``, of gaps. ``attrs["counts"]`` has how many fixes each rule befell.

    Raises
    ------
    OptionError
        If a column or an option makes no sense.

    Warns
    -----
    TrackWarning
        If fixes were left out or put in order; it says how many and why.

    Notes
    -----
    The high seas, land, what is not covered, and gaps are stays too: for each ship the hours add
    up to its last fix less its first, and the miles to the length of its track.

    Examples
    --------
    >>> import eezkit, pandas
    >>> fixes = pandas.DataFrame({
    ...     "ship": "A", "time": pandas.to_datetime(["2026-01-01 00:00", "2026-01-01 06:00"]),
    ...     "lon": [156.5, 158.5], "lat": [24.3, 24.3]})
    >>> found = eezkit.stays(fixes, eezkit.load(), id="ship")
    >>> found[["ship", "sovereign", "entered_by", "left_by"]].fillna("-").values.tolist()
    [['A', 'JPN', 'first fix', 'crossed'], ['A', '-', 'crossed', 'last fix']]
    >>> float(found["hours"].sum())
    6.0
    """
    if by not in ("set", "zone"):
        raise OptionError(f"by {by!r} is not one of 'set', 'zone'.")
    line = _timeline(
        fixes, atlas, id, time, lon, lat, path, max_gap, max_speed, belts, threads
    )  # fmt: skip
    return stays_of(line, atlas, id, max_speed=max_speed, belts=belts, by=by)


def _timeline(
    fixes: Any,
    atlas: Atlas,
    id: str | None,
    time: str,
    lon: str | None,
    lat: str | None,
    path: str,
    max_gap: float | None,
    max_speed: float | None,
    belts: bool,
    threads: int | None,
) -> Timeline:
    from eezkit.errors import TrackWarning

    tracks = tracks_of(
        fixes, id=id, time=time, lon=lon, lat=lat, max_gap=max_gap, max_speed=max_speed
    )
    counts = tracks.counts
    if any(counts[name] for name in counts if name not in ("fixes", "gaps")):
        warnings.warn(describe(counts), TrackWarning, stacklevel=3)
    return timeline(tracks, atlas, path=path, belts=belts, threads=threads)


def crossings_of(
    line: Timeline, atlas: Atlas, id: str | None, *, max_speed: float | None, belts: bool
) -> pd.DataFrame:
    """Crossings of a timeline as a table; see `crossings`."""
    import pandas as pd

    at = np.flatnonzero(line.mark == CROSSED)
    fix, times = line.fix[at], line.tracks.time
    table = pd.DataFrame(_ship(line, at, id))
    table["time"] = _when(line.time[at], line)
    table["lon"], table["lat"] = line.lon[at], line.lat[at]
    for side, state in (("from", line.state[at - 1]), ("to", line.state[at])):
        for name, values in _said(line, state, atlas, belts=belts).items():
            if name in _SIDES:
                table[f"{side}_{name}"] = values
    edge, kind = edges_crossed(line, at, atlas)
    table["edge_kind"] = kind
    table["fix_before"] = _when(times[fix], line)
    table["fix_after"] = _when(times[fix + 1], line)
    table["gap_hours"] = (times[fix + 1] - times[fix]) / _HOUR
    if max_speed is not None:
        earliest, latest = doubt.earliest_latest(line, at, edge, atlas, max_speed)
        table["earliest"], table["latest"] = _when(earliest, line), _when(latest, line)
    table["angle_deg"] = line.angle[at]
    table.attrs["counts"] = line.tracks.counts
    return table


def stays_of(
    line: Timeline,
    atlas: Atlas,
    id: str | None,
    *,
    max_speed: float | None,
    belts: bool,
    by: str,
) -> pd.DataFrame:
    """Stays of a timeline as a table; see `stays`."""
    import pandas as pd

    at = np.flatnonzero(line.mark != LAST_FIX)
    table = pd.DataFrame(_ship(line, at, id))
    for name, values in _said(line, line.state[at], atlas, belts=belts).items():
        table[name] = values
    table["entered"] = _when(line.time[at], line)
    table["left"] = _when(line.time[at + 1], line)
    marks = np.array(MARKS, dtype=object)
    table["entered_by"], table["left_by"] = marks[line.mark[at]], marks[line.mark[at + 1]]
    table["hours"] = (line.time[at + 1] - line.time[at]) / _HOUR
    far = np.concatenate([[0.0], np.cumsum(line.lengths)])[line.fix] + line.gone
    in_gap = np.array([state.answer == -2 for state in line.states], bool)[line.state[at]]
    table["distance_nmi"] = np.where(in_gap, np.nan, (far[at + 1] - far[at]) / M)
    first = line.fix[at] + (line.mark[at] == CROSSED)
    table["n_fixes"] = np.where(in_gap, 0, line.fix[at + 1] - first + 1)
    if max_speed is not None:
        may, must = doubt.entered_in_gaps(line, at[in_gap], atlas, max_speed)
        for name, found in (("may_have_entered", may), ("must_have_entered", must)):
            values = np.full(len(at), None, dtype=object)
            values[in_gap] = found
            table[name] = values
    table.attrs["counts"] = line.tracks.counts
    return table if by == "set" else _by_zone(table, line, atlas)


def _by_zone(table: pd.DataFrame, line: Timeline, atlas: Atlas) -> pd.DataFrame:
    """Join the stays of each zone that follow on each other, whatever else holds the ship."""
    import pandas as pd

    at = np.flatnonzero(line.mark != LAST_FIX)
    zones = [line.states[state].zones for state in line.state[at].tolist()]
    rows: list[dict[str, Any]] = []
    running: dict[tuple[Any, ...], dict[str, Any]] = {}
    before = None
    records = table.to_dict("records")
    for record, members, state, ship in zip(
        records, zones, line.state[at].tolist(), line.ship[at].tolist(), strict=True
    ):
        keys: list[tuple[Any, ...]] = [(ship, zone) for zone in members] or [(ship, "none", state)]
        if ship != before:
            running = {}
        there: dict[tuple[Any, ...], dict[str, Any]] = {}
        for key in keys:
            row = running.get(key)
            if row is None:
                row = {str(name): value for name, value in record.items()}
                if members:
                    zone = atlas.every_zone[key[1]]
                    row |= {
                        "zones": zone.name, "sovereign": zone.sovereign,
                        "territory": zone.territory, "regime": zone.regime.value,
                    }  # fmt: skip
                rows.append(row)
            else:
                row["left"], row["left_by"] = record["left"], record["left_by"]
                for name in ("hours", "distance_nmi", "n_fixes"):
                    row[name] += record[name]
            there[key] = row
        running, before = there, ship
    joined = pd.DataFrame(rows, columns=table.columns)
    joined = joined.astype(table.dtypes.to_dict())
    joined.attrs = dict(table.attrs)
    return joined


def _ship(line: Timeline, at: NDArray[np.int64], id: str | None) -> dict[str, Any]:
    import pandas as pd

    if id is None:
        return {}
    ids = pd.Series(line.tracks.ids)
    return {id: ids.take(line.ship[at]).array}


def _when(time: NDArray[np.int64], line: Timeline) -> Any:
    """Times with the time zone, or without one, that the fixes had."""
    import pandas as pd

    when = pd.DatetimeIndex(time.view("datetime64[ns]"))
    zone = line.tracks.zone
    return when if zone is None else when.tz_localize("UTC").tz_convert(zone)


def _said(line: Timeline, state: NDArray[np.int64], atlas: Atlas, *, belts: bool) -> dict[str, Any]:
    """The columns of the one vocabulary, each state said once and taken."""
    import pandas as pd

    said = [columns_of(known, atlas) for known in line.states]
    table = pd.DataFrame(said, columns=list(names_of(belts=belts)))
    table = table.astype({"on_land": "boolean", "n_zones": "Int64"})
    return {name: table[name].take(state).array for name in table.columns}
