"""The sea divided among the territories, to 200 M and to 12 and 24 M, by the limits engine.

    python data/world/divide.py

To each position the territory whose coast is nearest, of those entitled to a zone so far out.
`TOLERANCE` leaves room for the rounding of `overlay.py` below the target of 50 m; round
`FINE` territories, which have no neighbour within 400 M, limits are drawn within 1 m.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
import shapely
import sources
from attribution import table
from baselines import baselines_path
from coast import outer_rings, without_lakes

from eezkit._atomic import atomic_path
from eezkit.limits import Baseline, partition
from eezkit.units import M

BREADTHS = (200, 24, 12)
TOLERANCE = 40.0
FINE = {"JPN-MIN": 0.9}
"""Territories by code, and the tolerance in metres of their limits."""


def lines_path(breadth: int, part: str):
    """Return where the lines of a breadth are kept: ``world``, or the code of a fine part."""
    return sources.workroom() / f"lines-{breadth}-{part}.npz"


def land_polygons() -> np.ndarray:
    """Return all land as shapely polygons, without lakes."""
    rings = without_lakes(outer_rings(sources.read("lands")))
    return np.array(shapely.polygons([shapely.linearrings(ring) for ring in rings]))


def read_baseline(land: np.ndarray, chosen: Callable[[np.ndarray], np.ndarray]) -> Baseline:
    """Return the baselines of the chosen territories, by the number of their row."""
    with np.load(baselines_path()) as arrays:
        mask = chosen(arrays["key"])
        edges = {name: arrays[name][mask] for name in arrays.files}
    span = np.remainder(edges["lon2"] - edges["lon1"] + 180.0, 360.0) - 180.0
    straight = np.abs(edges["lon2"] - edges["lon1"]) <= 180.0
    n = len(span)
    return Baseline(
        edges["lon1"],
        edges["lat1"],
        np.where(straight, edges["lon2"], edges["lon1"] + span),
        edges["lat2"],
        np.zeros(n, np.uint8),
        edges["key"],
        edges["max_breadth"],
        np.arange(n),
        land,
    )


def divide(baseline: Baseline, breadth: int, tolerance: float, path) -> None:
    """Divide the sea out to a breadth and keep the lines, as pieces cut at ±180°."""
    began = time.monotonic()
    lines = partition(baseline, breadth * M, tolerance=tolerance).lines
    pieces, line = shapely.get_parts(lines.to_shapely(), return_index=True)
    xy, piece = shapely.get_coordinates(pieces, return_index=True)
    with atomic_path(path) as temporary:
        np.savez_compressed(
            temporary,
            xy=xy,
            starts=np.searchsorted(piece, np.arange(len(pieces) + 1)),
            left=lines.left[line],
            right=lines.right[line],
        )
    print(
        f"{path.name}: {lines.n_lines} lines, {len(xy)} vertices, {time.monotonic() - began:.0f} s",
        file=sys.stderr,
    )


def main() -> None:
    """Divide the sea at all breadths."""
    land = land_polygons()
    names = [row["code"] for row in table("territories.csv")]
    fine = [names.index(code) for code in FINE]
    world = read_baseline(land, lambda key: ~np.isin(key, fine))
    for breadth in BREADTHS:
        divide(world, breadth, TOLERANCE, lines_path(breadth, "world"))
        for number, (code, tolerance) in zip(fine, FINE.items(), strict=True):
            own = read_baseline(land, lambda key, number=number: key == number)
            divide(own, breadth, tolerance, lines_path(breadth, code))


if __name__ == "__main__":
    main()
