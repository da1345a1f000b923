"""The sea divided among the territories by the limits engine.

    python data/world/divide.py

To each position the territory whose coast is nearest, of those entitled to a zone so far out.
`TOLERANCE` leaves room for the rounding of `overlay.py` below the target of 50 m; round
`FINE` territories, which have no neighbour within 400 M, limits are drawn within 1 m.
"""

import dataclasses
import sys
import time
from collections.abc import Callable

import numpy as np
import shapely
import sources
from attribution import table
from baselines import baselines_path
from coast import land_polygons

from eezkit._atomic import atomic_path
from eezkit.limits import Baseline, Lines, lines_of
from eezkit.nearest import EdgeTree
from eezkit.units import M

LONGEST_EDGE = 50_000.0
"""Metres; a beach can be one edge of the coast."""
TOLERANCE = 40.0
CELL = 10_000.0
"""Metres: pockets of high seas narrower than this may be missed."""
INLAND = 3000.0
"""Metres from the coast at which boundaries over land may end."""
FINE = {"JPN-MIN": 0.9}
"""Territories by code, and the tolerance in metres of their limits."""


def lines_path(breadth: int, part: str):
    """Return where the lines of a breadth are kept: ``world``, or the code of a fine part."""
    return sources.workroom() / f"lines-{breadth}-{part}.npz"


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


def lines_at_sea(baseline: Baseline, breadth: float, tolerance: float) -> Lines:
    """Divide the sea, and leave the land alone: faces are cut at the coast."""
    return lines_of(baseline, breadth, tolerance=tolerance, cell=CELL, inland=INLAND)


def divide(baseline: Baseline, breadth: int, tolerance: float, path) -> None:
    """Divide the sea out to a breadth and keep the lines, as pieces cut at ±180°."""
    began = time.monotonic()
    lines = lines_at_sea(baseline, breadth * M, tolerance)
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
    """Divide the sea to 200 M, and to 12 M round the territories that get no more."""
    land = land_polygons()
    territories = table("territories.csv")
    names = [row["code"] for row in territories]
    fine = [names.index(code) for code in FINE]
    near = [i for i, row in enumerate(territories) if float(row["limit_nmi"]) < 200]
    world = read_baseline(land, lambda key: ~np.isin(key, fine))
    for number, (code, tolerance) in zip(fine, FINE.items(), strict=True):
        own = read_baseline(land, lambda key, number=number: key == number)
        divide(own, 200, tolerance, lines_path(200, code))
    divide(around(world, near, 12 * M), 12, TOLERANCE, lines_path(12, "world"))
    divide(world, 200, TOLERANCE, lines_path(200, "world"))


def around(baseline: Baseline, keys: list[int], breadth: float) -> Baseline:
    """Keep the edges near enough to some territories to bound what they have to the breadth."""
    own = np.isin(baseline.key, keys)
    ends = (baseline.lon1, baseline.lat1, baseline.lon2, baseline.lat2)
    tree = EdgeTree.build(*(values[own] for values in ends))
    reach = 2 * breadth + LONGEST_EDGE
    is_near = tree.query(baseline.lon1, baseline.lat1, max_distance=reach).edge >= 0
    fields = {f.name: getattr(baseline, f.name) for f in dataclasses.fields(baseline)}
    return Baseline(**{n: v if n == "land" else v[is_near] for n, v in fields.items()})


if __name__ == "__main__":
    main()
