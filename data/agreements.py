"""Our own table of what States agreed on at sea: read, checked, and told what each line moves.

    python data/agreements.py    # every fault; else how far the versions of a line differ

`world/agreements/README.md` says what each column means and how the division of the atlas is to use
it. A line with a fault is refused, with all the others of its table: a boundary drawn from half a
list would look like one that was agreed.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from eezkit.geodesy import EdgeModel, distance, edge_distance
from turning_points import (
    RAYS,
    Datum,
    FaultyTableError,
    Points,
    read_datums,
    read_points,
    rows_of,
)

HERE = Path(__file__).parent / "world"
FOLDER = HERE / "agreements"

DELIMITS = ("territorial sea", "water column", "seabed")
ROLES = ("boundary", "limit", "tripoint", "joint area", "transferred area")
AREAS = ("joint area", "transferred area")
BINDING = ("in force", "provisionally applied", "adjudicated")
STANDINGS = (*BINDING, "signed only", "superseded", "unilateral claim", "unknown")
WATER_COLUMNS = ("same line", "other line", "not agreed")
LICENCES = (
    "CC BY 4.0",
    "Licence Ouverte 2.0",
    "Open Government Licence v3.0",
    "Reproduction of Federal Law Order (SI/97-5)",
    "US government work (public domain)",
    "facts of a judgment",
    "facts of a treaty text",
    "facts of an official text",
)
NO_DATUM = "UNKNOWN"
NO_DATUM_ACCURACY = 500.0
SPIKE = 5.0
"""How much longer the way through a point may be than past it: more is a misprinted degree."""
SHORT = 10_000.0
"""Metres; legs shorter than this make no spike."""
INLAND = 10_000.0
"""Metres from the coast: a turning point farther inland is a misprint."""


@dataclass(frozen=True)
class Source:
    """Where numbers were read, and on what terms.

    Attributes
    ----------
    key, publisher, title, licence, attribution, url : str
        As in `sources.csv`.
    """

    key: str
    publisher: str
    title: str
    licence: str
    attribution: str
    url: str


@dataclass(frozen=True)
class Agreement:
    """A treaty, an award or judgment, or what one State claims alone.

    Attributes
    ----------
    key, title, signed, in_force, standing, standing_source, law, superseded_by, note : str
        As in `agreements.csv`; dates are ISO 8601, as exact as known.
    parties : tuple of str
        ISO codes of the States bound today: the parties or their successors.
    """

    key: str
    parties: tuple[str, ...]
    title: str
    signed: str
    in_force: str
    standing: str
    standing_source: str
    law: str
    superseded_by: str
    note: str

    @property
    def binds(self) -> bool:
        """Whether it is in force, provisionally applied, or adjudicated."""
        return self.standing in BINDING


@dataclass(frozen=True)
class Line:
    """A line of an agreement, with its turning points.

    Attributes
    ----------
    key, role, water_column, water_column_source, version_of, protest_source, note : str
        As in `lines.csv`.
    agreement : Agreement
    left, right : tuple of str
        Territories on either side in the order of the points; both in `left` for areas.
    delimits : tuple of str
        Words of `DELIMITS`.
    datum : Datum
    accuracy : float
        Metres, of the points on WGS 84.
    source : Source
    complete : bool
        Whether all of its points are here.
    protested_by : tuple of str
        States that do not accept the line.
    points : Points
    """

    key: str
    agreement: Agreement
    role: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    delimits: tuple[str, ...]
    water_column: str
    water_column_source: str
    datum: Datum
    accuracy: float
    source: Source
    version_of: str
    complete: bool
    protested_by: tuple[str, ...]
    protest_source: str
    note: str
    points: Points

    @property
    def moves(self) -> tuple[str, ...]:
        """What the line may move in the atlas: words of `DELIMITS`, none for a line only drawn.

        Whether it does so at a place, the claimants of the zones there decide.
        """
        if (
            not self.agreement.binds
            or self.protested_by
            or self.version_of
            or self.role in ("limit", "tripoint")
        ):
            return ()
        moved = set(self.delimits)
        if self.water_column == "same line":
            moved.add("water column")
        return tuple(word for word in DELIMITS if word in moved)

    @property
    def doubt(self) -> float:
        """Metres by which the drawn line may be off: of its points, and of edges not told."""
        return self.accuracy + self.points.doubt


def read(folder: Path = FOLDER) -> dict[str, Line]:
    """Read the tables of agreements.

    Parameters
    ----------
    folder : pathlib.Path
        Where `agreements.csv`, `lines.csv`, `points.csv`, `datums.csv` and `sources.csv` lie.

    Returns
    -------
    dict of str to Line
        By key, in the order of `lines.csv`.

    Raises
    ------
    FaultyTableError
        If a table has a fault; the message says how many there are, and names each.

    Examples
    --------
    >>> line = read()["noaa_usa_mex_1978_1"]
    >>> line.agreement.title, line.agreement.in_force, line.moves
    ('Treaty on maritime boundaries', '1997-11-13', ('water column', 'seabed'))
    >>> line.source.licence, line.left, line.right
    ('US government work (public domain)', ('MEX',), ('USA',))
    """
    lines = assemble(folder)
    found = list(faults(lines))
    if found:
        raise FaultyTableError(f"{len(found)} faults in {folder}:\n" + "\n".join(found))
    return lines


def assemble(folder: Path) -> dict[str, Line]:
    """Read the tables without judging them; see `read`."""
    datums = read_datums(folder / "datums.csv")
    sources = {row["source"]: _source(row) for row in rows_of(folder / "sources.csv")}
    agreements = {row["agreement"]: _agreement(row) for row in rows_of(folder / "agreements.csv")}
    rows = rows_of(folder / "lines.csv")
    _refuse_unknown(rows, "agreement", agreements)
    _refuse_unknown(rows, "datum", datums)
    _refuse_unknown(rows, "source", sources)
    points = read_points(folder / "points.csv", {row["line"]: row["datum"] for row in rows}, datums)
    _refuse_unknown(rows, "line", points)
    return {
        row["line"]: Line(
            key=row["line"],
            agreement=agreements[row["agreement"]],
            role=row["role"],
            left=_several(row["left"]),
            right=_several(row["right"]),
            delimits=_several(row["delimits"]),
            water_column=row["water_column"],
            water_column_source=row["water_column_source"],
            datum=datums[row["datum"]],
            accuracy=float(row["accuracy_m"]),
            source=sources[row["source"]],
            version_of=row["version_of"],
            complete=row["complete"] == "yes",
            protested_by=_several(row["protested_by"]),
            protest_source=row["protest_source"],
            note=row["note"],
            points=points[row["line"]],
        )
        for row in rows
    }


def _several(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _source(row: dict[str, str]) -> Source:
    return Source(
        row["source"], *(row[k] for k in ("publisher", "title", "licence", "attribution", "url"))
    )


def _agreement(row: dict[str, str]) -> Agreement:
    named = {key: row[key] for key in row if key not in ("agreement", "parties")}
    return Agreement(key=row["agreement"], parties=_several(row["parties"]), **named)


def _refuse_unknown(rows: list[dict[str, str]], column: str, known: Iterable[str]) -> None:
    for row in rows:
        if row[column] not in known:
            raise FaultyTableError(
                f"lines.csv, {row['line']}: {column} {row[column]!r} has no row of its own."
            )


def faults(
    lines: dict[str, Line],
    territories: Iterable[str] | None = None,
    inland: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None,
) -> Iterator[str]:
    """Say what is wrong with lines, one sentence a fault.

    Parameters
    ----------
    lines : dict of str to Line
    territories : iterable of str, optional
        Codes that a side may have; those of `territories.csv` if omitted.
    inland : callable, optional
        Takes longitudes and latitudes, shape (n_points, 2), and returns how many metres inland
        each lies, 0 at sea. Without it no point is looked for on land.

    Yields
    ------
    str
    """
    holders = {row["code"]: row["sovereign"] for row in rows_of(HERE / "territories.csv")}
    codes = set(holders if territories is None else territories)
    states = {row["alpha3"] for row in rows_of(HERE / "iso3166.csv")}
    for line in lines.values():
        for fault in (
            *_faults_of_law(line, states),
            *_faults_of_words(line, codes, lines),
            *faults_of_points(line.points),
        ):
            yield f"{line.key}: {fault}"
        if inland is not None and line.role != "limit":
            far = inland(line.points.lonlat)
            for i in np.flatnonzero(far > INLAND):
                label = line.points.labels[i]
                yield f"{line.key}: point {label} lies {far[i] / 1000:.0f} km inland"


def _faults_of_law(line: Line, states: set[str]) -> Iterator[str]:
    law = line.agreement
    if law.standing not in STANDINGS:
        yield f"standing {law.standing!r} is none of {', '.join(STANDINGS)}"
    if not law.standing_source:
        yield "no source is given for the standing"
    if not law.law:
        yield "no law is cited"
    if not law.parties or not set(law.parties) <= states:
        yield f"parties {'|'.join(law.parties)!r} are no ISO codes"
    if list(law.parties) != sorted(set(law.parties)):
        yield "parties are not in alphabetical order"
    if law.binds and len(law.parties) < 2:
        yield "an agreement needs two parties"
    if law.binds and not law.signed:
        yield "no date is given"
    if law.in_force and law.in_force < law.signed:
        yield f"in force on {law.in_force}, before it was signed on {law.signed}"


def _faults_of_words(line: Line, codes: set[str], lines: dict[str, Line]) -> Iterator[str]:
    if line.role not in ROLES:
        yield f"role {line.role!r} is none of {', '.join(ROLES)}"
    if line.water_column not in WATER_COLUMNS:
        yield f"water_column {line.water_column!r} is none of {', '.join(WATER_COLUMNS)}"
    if line.water_column != "not agreed" and not line.water_column_source:
        yield "no source is given for the water column"
    if not line.delimits or not set(line.delimits) <= set(DELIMITS):
        yield f"delimits {'|'.join(line.delimits)!r} is none of {', '.join(DELIMITS)}"
    if not line.source.licence or not line.source.attribution:
        yield f"source {line.source.key} has no licence or attribution"
    if line.source.licence not in LICENCES:
        yield f"licence {line.source.licence!r} is none of {', '.join(LICENCES)}"
    if bool(line.protested_by) != bool(line.protest_source):
        yield "a protest needs a State and a source"
    if line.version_of and (line.version_of not in lines or lines[line.version_of].version_of):
        yield f"version_of {line.version_of!r} is no line that is used"
    if line.accuracy < line.datum.accuracy:
        yield f"accuracy {line.accuracy:g} m is better than its datum's, {line.datum.accuracy:g} m"
    if line.datum.name == NO_DATUM and line.accuracy < NO_DATUM_ACCURACY:
        yield "no datum is known: accuracy is at best 500 m"
    for code in (*line.left, *line.right):
        if code not in codes:
            yield f"{code!r} is no territory of territories.csv"
    if set(line.left) & set(line.right):
        yield "the same territory is on both sides"
    if line.role in ("boundary", *AREAS) and not line.version_of and not line.left:
        yield "no territories are given"
    if line.role in AREAS and not line.points.is_ring:
        yield "an area goes back to its first point"
    if line.role not in AREAS and line.points.is_ring:
        yield "a line does not go back to its first point"
    if line.role == "boundary" and len(line.points) < 2 and line.complete and not line.version_of:
        yield "one point is no line"


def faults_of_points(points: Points) -> Iterator[str]:
    """Say what is wrong with the order of points: gaps, doubles, spikes, crossings.

    Parameters
    ----------
    points : Points

    Yields
    ------
    str
    """
    if len(set(points.labels)) < len(points.labels):
        yield "a point is listed twice"
    if points.edges[-1] == "gap":
        yield "a gap follows the last point"
    for label, edge in zip(points.labels[:-1], points.edges[:-1], strict=True):
        if edge in RAYS or edge == "":
            yield f"point {label}: the line stops before its last point; a gap is written as gap"
    lengths, legs = points.lengths(), points.legs()
    for (i, _), length in zip(legs, lengths, strict=True):
        if length < 0.05:
            yield f"point {points.labels[i]} and the next are one place"
    for number, ((i, j), (k, m)) in enumerate(pairwise(legs)):
        one, two = lengths[number], lengths[number + 1]
        if j != k or min(one, two) < SHORT:
            continue
        (lon1, lat1), (lon2, lat2) = points.lonlat[i], points.lonlat[m]
        past = float(distance(lon1, lat1, lon2, lat2))
        if one + two > SPIKE * past:
            yield f"point {points.labels[j]} is {(one + two) / past:.1f} times off the way"
    pieces = points.pieces(step=50_000.0)
    if pieces and not shapely.MultiLineString(pieces).is_simple:
        yield "the line crosses itself"


def distance_between(one: Points, two: Points) -> NDArray[np.float64]:
    """Return how far the points of a line lie from another: metres, shape (n_points,)."""
    best = np.full(len(one), np.inf)
    for piece in two.pieces():
        ends = np.concatenate([piece[:-1], piece[1:]], axis=1)
        for i, (lon, lat) in enumerate(one.lonlat):
            turn = 360.0 * np.round((lon - ends[:, 0]) / 360.0)
            near = np.flatnonzero(np.abs(ends[:, 1] - lat) < 3.0)
            if len(near):
                far = edge_distance(
                    lon,
                    lat,
                    ends[near, 0] + turn[near],
                    ends[near, 1],
                    ends[near, 2] + turn[near],
                    ends[near, 3],
                    model=EdgeModel.GEODESIC,
                ).distance
                best[i] = min(best[i], float(far.min()))
    return best


def main() -> None:
    """Print every fault, or what is there and how far versions of a line lie from the one used."""
    lines = assemble(FOLDER)
    found = list(faults(lines))
    if found:
        raise SystemExit("\n".join(found))
    used = [line for line in lines.values() if line.moves]
    print(f"{len(lines)} lines, {sum(len(line.points) for line in lines.values())} points")
    for what in DELIMITS:
        print(f"{sum(what in line.moves for line in used):4} may move the {what}")
    print(
        "\nversion                          of                               n  median  greatest m"
    )
    for line in lines.values():
        if line.version_of:
            off = distance_between(line.points, lines[line.version_of].points)
            off = off[np.isfinite(off)]
            print(
                f"{line.key:32} {line.version_of:30} {len(off):3} "
                f"{np.median(off) if len(off) else np.nan:7.0f} {off.max(initial=0.0):8.0f}"
            )


if __name__ == "__main__":
    sys.exit(main())
