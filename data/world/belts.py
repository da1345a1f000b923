"""Outer limits of the territorial seas and of the contiguous zones, of all coasts.

    python data/world/belts.py

The lines round all coast, whoever's it is: what lies within them belongs to the territory whose
zone it lies in, which `overlay.py` knows. A territorial sea is as broad as claimed, at most 12 M
(article 3); a contiguous zone ends 24 M from the coast (article 33).
"""

import sys
import time

import numpy as np
import shapely
from attribution import table
from divide import FINE, TOLERANCE, land_polygons, lines_path, read_baseline
from overlay import territorial_sea

from eezkit._atomic import atomic_path
from eezkit.limits import lines_of
from eezkit.units import M


def draw(baseline, breadth: int, tolerance: float, path) -> None:
    """Draw the outer limit of a breadth and keep it, as pieces cut at ±180°."""
    began = time.monotonic()
    # Not `outer_limit`: round Antarctica the line ends at coast that has no zone.
    lines = lines_of(baseline.with_key(0), breadth * M, tolerance=tolerance)
    pieces = shapely.get_parts(lines.to_shapely())
    xy, piece = shapely.get_coordinates(pieces, return_index=True)
    starts = np.searchsorted(piece, np.arange(len(pieces) + 1))
    with atomic_path(path) as temporary:
        np.savez_compressed(temporary, xy=xy, starts=starts)
    print(f"{path.name}: {len(xy)} vertices, {time.monotonic() - began:.0f} s", file=sys.stderr)


def main() -> None:
    """Draw 24 and 12 M round all coast, and less round that of territories which claim less."""
    land = land_polygons()
    territories = table("territories.csv")
    names = [row["code"] for row in territories]
    sea = np.array([territorial_sea(row) for row in territories])
    fine = [names.index(code) for code in FINE]
    for number, (code, tolerance) in zip(fine, FINE.items(), strict=True):
        own = read_baseline(land, lambda key, number=number: key == number)
        for breadth in (12, 24):
            draw(own, breadth, tolerance, lines_path(breadth, code))
    for breadth in (24, *np.unique(sea).astype(int)):
        has = np.flatnonzero(sea == breadth) if breadth < 12 else np.arange(len(sea))
        coast = read_baseline(land, lambda key, has=has: np.isin(key, np.setdiff1d(has, fine)))
        draw(coast, breadth, TOLERANCE, lines_path(breadth, "belt"))


if __name__ == "__main__":
    main()
