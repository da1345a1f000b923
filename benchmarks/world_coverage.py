"""Print whether every position at sea lies in exactly one zone or on the high seas.

    python benchmarks/world_coverage.py [--atlas] [--points 1000000] [--seed 2]

Holds the zones to the definition of a coverage (no overlap, shared edges shared exactly) and
random positions at sea to what they should be: in one zone, that of the nearest coast, or in none,
where no coast is near enough. The land side is drawn coarser than the limits, so that a position
near the coast may lie on land; how many do is told apart. Needs the baselines that
``python data/world/baselines.py`` builds.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

import numpy as np

from world_reference import CODES, NearestCoast, Zones, at_sea, print_command

if TYPE_CHECKING:
    from numpy.typing import NDArray

COAST = 1000.0
"""Metres from the coast within which the drawn land may cover the sea."""
LINES = 60.0
"""Metres: what the limits and the grid on which they are drawn may be off."""


def main() -> None:
    """Print the checks; exit with 1 if one fails."""
    import shapely

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--atlas", action="store_true", help="judge the embedded atlas")
    options = parser.parse_args()
    zones = Zones.embedded() if options.atlas else Zones.built()
    polygons = zones.rings.to_shapely()
    parts = shapely.get_parts(polygons)
    checks = {
        "zones valid": bool(shapely.is_valid(polygons).all()),
        "coverage valid": bool(shapely.coverage_is_valid(parts)),
    }
    lon, lat = at_sea(options.points, options.seed)
    answer = zones.index.locate(lon, lat)
    several = int(np.count_nonzero(np.diff(zones.index.set_starts)[answer] > 1))
    checks["no position in two zones"] = several == 0
    coast = NearestCoast()
    number = np.array([*(CODES.index(name) for name in zones.names), -1])
    drawn, due = number[zones.territory(lon, lat)], coast.territory(lon, lat)
    off = offsets(coast, lon, lat, drawn, due)
    due[np.isin(due, [i for i, held in enumerate(coast.held) if "" in held])] = -1
    inshore = (drawn < 0) & (due >= 0)
    inshore[inshore] = coast.tree.query(lon[inshore], lat[inshore]).distance < COAST
    amiss = (drawn != due) & ~inshore & (off > LINES)
    checks["no position amiss"] = not amiss.any()
    print("## One zone, or the high seas\n")
    print_command("world_coverage", "it takes minutes, and needs data that are not shipped")
    print(f"{len(zones.names)} zones, {len(parts):,} polygons, {zones.rings.n_vertices:,} vertices")
    print(f"and {len(lon):,} positions at sea.\n\n| what | how many |\n|---|---|")
    print(f"| in exactly one zone | {np.count_nonzero(drawn >= 0) - several:,} |")
    print(f"| in two or more | {several:,} |")
    print(f"| on the high seas | {np.count_nonzero((drawn < 0) & ~inshore):,} |")
    print(f"| on the drawn land, within {COAST:.0f} m of the coast | {inshore.sum():,} |")
    slight = (drawn != due) & ~inshore & (off <= LINES)
    print(f"| other than by the nearest coast, within {LINES:.0f} m of a line | {slight.sum():,} |")
    print(f"| other than by the nearest coast, farther off | {amiss.sum():,} |")
    for i in np.flatnonzero(amiss)[:20].tolist():
        names = [[*CODES, "high seas"][k] for k in (drawn[i], due[i])]
        print(f"{lat[i]:.4f} {lon[i]:.4f}: {names[0]}, due {names[1]}, {off[i]:.0f} m off")
    print("\n" + "; ".join(f"{what}: {'yes' if done else 'NO'}" for what, done in checks.items()))
    sys.exit(not all(checks.values()))


def offsets(
    coast: NearestCoast,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    drawn: NDArray[np.int64],
    due: NDArray[np.int64],
) -> NDArray[np.float64]:
    """How far a line would have to move for what was drawn to be what is due, in metres."""
    off = np.zeros(len(lon))
    wrong = np.flatnonzero(drawn != due)
    pairs, of = np.unique(np.column_stack([drawn, due])[wrong], axis=0, return_inverse=True)
    for i, (key, other) in enumerate(pairs.tolist()):
        at = wrong[of.reshape(-1) == i]
        off[at] = coast.off_by(lon[at], lat[at], key, other)
    return off


if __name__ == "__main__":
    main()
