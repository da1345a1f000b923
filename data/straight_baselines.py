"""Straight baselines as States proclaimed them: read and checked.

    python data/straight_baselines.py    # every fault; else how long the legs are

`world/baselines/README.md` says what each column means. Lines are used as proclaimed and called so;
that a leg is longer than article 10 or 47 allows, or that a State objects, is noted and decides
nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agreements import FOLDER as AGREEMENTS
from agreements import HERE, LICENCES, NO_DATUM, NO_DATUM_ACCURACY, faults_of_points
from eezkit.units import M
from turning_points import (
    Datum,
    FaultyTableError,
    Points,
    read_datums,
    read_points,
    rows_of,
)

FOLDER = HERE / "baselines"
BAY = 24.0 * M
"""Article 10: the longest line that closes a bay."""
ARCHIPELAGO = 100.0 * M
"""Article 47: the longest archipelagic baseline, but for three in a hundred of 125 M."""
CROSSED = 3_000.0
"""Metres inland that a leg may run before the list has a fault; the coast is drawn to 550 m, and
deltas have moved since."""


@dataclass(frozen=True)
class Proclaimed:
    """Straight baselines of one law.

    Attributes
    ----------
    key, title, law, proclaimed, protest_source, note : str
        As in `lines.csv`.
    territories : tuple of str
        Codes of `territories.csv` whose coast they lie before.
    datum : Datum
    accuracy : float
        Metres, of the points on WGS 84.
    licence, attribution : str
        Of the publication where the numbers were read.
    protested_by : tuple of str
    points : Points
    """

    key: str
    title: str
    law: str
    proclaimed: str
    territories: tuple[str, ...]
    datum: Datum
    accuracy: float
    licence: str
    attribution: str
    protested_by: tuple[str, ...]
    protest_source: str
    note: str
    points: Points

    @property
    def n_longer(self) -> tuple[int, int]:
        """How many legs are longer than articles 10 and 47 allow for what they govern."""
        lengths = self.points.lengths()
        return int((lengths > BAY).sum()), int((lengths > ARCHIPELAGO).sum())


def read(folder: Path = FOLDER) -> dict[str, Proclaimed]:
    """Read the table of straight baselines.

    Parameters
    ----------
    folder : pathlib.Path
        Where `lines.csv` and `points.csv` lie; datums and sources are those of the agreements.

    Returns
    -------
    dict of str to Proclaimed
        By key, in the order of `lines.csv`.

    Raises
    ------
    FaultyTableError
        If a table has a fault; the message names each.

    Examples
    --------
    >>> japan = read()["jpn_1996"]
    >>> japan.territories, len(japan.points), len(japan.points.pieces())
    (('JPN',), 173, 11)
    """
    lines = assemble(folder)
    found = list(faults(lines))
    if found:
        raise FaultyTableError(f"{len(found)} faults in {folder}:\n" + "\n".join(found))
    return lines


def assemble(folder: Path) -> dict[str, Proclaimed]:
    """Read the table without judging it; see `read`."""
    datums = read_datums(AGREEMENTS / "datums.csv")
    sources = {row["source"]: row for row in rows_of(AGREEMENTS / "sources.csv")}
    rows = rows_of(folder / "lines.csv")
    points = read_points(folder / "points.csv", {row["line"]: row["datum"] for row in rows}, datums)
    for row in rows:
        if row["source"] not in sources or row["line"] not in points:
            raise FaultyTableError(
                f"lines.csv, {row['line']}: no source {row['source']!r}, or no points."
            )
    return {
        row["line"]: Proclaimed(
            key=row["line"],
            title=row["title"],
            law=row["law"],
            proclaimed=row["proclaimed"],
            territories=tuple(row["territories"].split("|")),
            datum=datums[row["datum"]],
            accuracy=float(row["accuracy_m"]),
            licence=sources[row["source"]]["licence"],
            attribution=sources[row["source"]]["attribution"],
            protested_by=tuple(filter(None, row["protested_by"].split("|"))),
            protest_source=row["protest_source"],
            note=row["note"],
            points=points[row["line"]],
        )
        for row in rows
    }


def faults(
    lines: dict[str, Proclaimed],
    inland: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None,
) -> Iterator[str]:
    """Say what is wrong with baselines, one sentence a fault.

    Parameters
    ----------
    lines : dict of str to Proclaimed
    inland : callable, optional
        As for `agreements.faults`; without it no leg is looked for on land.

    Yields
    ------
    str
    """
    codes = {row["code"] for row in rows_of(HERE / "territories.csv")}
    for line in lines.values():
        for fault in (*_faults_of_words(line, codes), *faults_of_points(line.points)):
            yield f"{line.key}: {fault}"
        for piece in line.points.pieces(step=250.0) if inland is not None else ():
            far = float(inland(piece).max())
            if far > CROSSED:
                yield f"{line.key}: a leg runs {far / 1000:.1f} km inland"


def _faults_of_words(line: Proclaimed, codes: set[str]) -> Iterator[str]:
    if not line.law:
        yield "no law is cited"
    if not set(line.territories) <= codes:
        yield f"territories {'|'.join(line.territories)!r} are not all in territories.csv"
    if line.licence not in LICENCES or not line.attribution:
        yield f"licence {line.licence!r} is none of {', '.join(LICENCES)}, or nobody is named"
    if bool(line.protested_by) != bool(line.protest_source):
        yield "a protest needs a State and a source"
    if line.accuracy < line.datum.accuracy:
        yield f"accuracy {line.accuracy:g} m is better than its datum's, {line.datum.accuracy:g} m"
    if line.datum.name == NO_DATUM and line.accuracy < NO_DATUM_ACCURACY:
        yield "no datum is known: accuracy is at best 500 m"
    if line.points.is_ring:
        yield "the last point has an edge"


def main() -> None:
    """Print every fault, or how many legs each law has and how long they are."""
    lines = assemble(FOLDER)
    found = list(faults(lines))
    if found:
        raise SystemExit("\n".join(found))
    print("line                 pieces  legs  longest M  > 24 M  > 100 M")
    for line in lines.values():
        lengths, (bay, archipelago) = line.points.lengths(), line.n_longer
        print(
            f"{line.key:20} {len(line.points.pieces()):6} {len(lengths):5} "
            f"{lengths.max() / M:10.1f} {bay:7} {archipelago:8}"
        )


if __name__ == "__main__":
    main()
