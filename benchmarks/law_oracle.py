"""Hold limits, equidistance lines and tripoints to the words of the law, by pyproj alone.

    python benchmarks/law_oracle.py [--positions N] [--seed N]

The coasts are those of `tests/law_cases.py`, the breadth is 200 M (article 57), the tolerance
1 m. Of each limit

- every vertex must be at the breadth from the nearest point of the baseline, to 0.01 mm;
- no edge, in seven places each, may come nearer than the breadth less the tolerance, nor stray
  farther than the breadth and the tolerance;
- every position of so many random ones, from a metre to 700 km off the limit, must lie inside
  just if some point of the baseline is within the breadth, or else no farther from the limit
  than the tolerance.

Of each equidistance line and of a partition among five territories, both distances must be equal
at every vertex to 0.01 mm (article 15), all three at every tripoint, and each position must lie
in the zone of the territory whose baseline is nearest. Distances are searched by
`pyproj.Geod.inv`; how chords choose where, and why nothing is passed over, says `law_cases.Law`.
Ends with 1 if anything fails.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from eezkit.limits import HIGH_SEAS, Lines, VertexKind, equidistance, outer_limit, partition
from eezkit.units import M
from law_cases import (
    CASES,
    HUNDREDTH_MM,
    PAIRS,
    Law,
    along_edges,
    five_territories,
    of_key,
    positions_about,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BREADTH = 200 * M
TOLERANCE = 1.0
MILLIMETRES = 1e3


def main() -> int:
    """Print the tables; 1 if anything fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--positions", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=57)
    options = parser.parse_args()
    print(
        f"200 M, tolerance {TOLERANCE:g} m, {options.positions:,} positions each, seed "
        f"{options.seed}\n\n| limit | vertices | farthest off the breadth, mm | edges: distance "
        "less breadth, m | positions on the other side | farthest of them from the limit, m "
        "| holds |\n|---|---:|---:|---:|---:|---:|---|"
    )
    good = [hold_limit(name, options.positions, options.seed) for name in CASES]
    print(
        "\n| equidistance | vertices | turning points | greatest difference of the two "
        "distances, mm | holds |\n|---|---:|---:|---:|---|"
    )
    good += [hold_pair(name) for name in PAIRS]
    print(
        "\n| partition | vertices | greatest difference, mm | tripoints | greatest spread of "
        "three distances, mm | positions in another's zone | by how much not the nearest, m "
        "| holds |\n|---|---:|---:|---:|---:|---:|---:|---|"
    )
    good.append(hold_partition(options.positions, options.seed))
    return 0 if all(good) else 1


def hold_limit(name: str, n_positions: int, seed: int) -> bool:
    """Print how well a limit holds."""
    baseline = CASES[name]()
    law = Law(baseline)
    limit = outer_limit(baseline, BREADTH, tolerance=TOLERANCE)
    lines, rings = limit.lines, limit.rings
    vertex = np.abs(law.distance(lines.lon, lines.lat) - BREADTH).max()
    starts = rings.edge_starts()
    on_cut = np.abs(rings.lon[starts]) + np.abs(rings.lon[starts + 1]) == 360.0
    closing = on_cut | (limit.vertex[starts] < 0) | (limit.vertex[starts + 1] < 0)
    along = along_edges(rings.lon, rings.lat, starts[~closing])
    edge = law.distance(*along, accuracy=1e-3) - BREADTH
    lon, lat = positions_about(lines, n_positions, seed=seed)
    zone = limit.to_shapely()
    shapely.prepare(zone)
    wrong = shapely.contains_xy(zone, lon, lat) != law.within(BREADTH, lon, lat)
    off = np.abs(law.distance(lon[wrong], lat[wrong]) - BREADTH).max(initial=0.0)
    holds = vertex <= HUNDREDTH_MM and max(np.abs(edge).max(), off) <= TOLERANCE
    print(
        f"| {name} | {len(lines.lon):,} | {vertex * MILLIMETRES:.5f} | {edge.min():+.3f} to "
        f"{edge.max():+.3f} | {np.count_nonzero(wrong)} | {off:.3f} | {said(holds)} |",
        flush=True,
    )
    return bool(holds)


def hold_pair(name: str) -> bool:
    """Print how well an equidistance line holds."""
    a, b = PAIRS[name]
    line = equidistance(a, b, tolerance=TOLERANCE)
    far = [Law(side).distance(line.lon, line.lat) for side in (a, b)]
    worst = np.abs(far[0] - far[1]).max()
    turning = is_kind(line, VertexKind.TURNING_POINT).sum()
    holds = len(line.lon) > 0 and worst <= HUNDREDTH_MM
    print(
        f"| {name} | {len(line.lon):,} | {turning} | {worst * MILLIMETRES:.5f} | {said(holds)} |",
        flush=True,
    )
    return bool(holds)


def hold_partition(n_positions: int, seed: int) -> bool:
    """Print how well a partition holds."""
    baseline = five_territories()
    parts = partition(baseline, BREADTH, tolerance=TOLERANCE)
    lines = parts.lines
    laws = [Law(of_key(baseline, key)) for key in baseline.keys]

    def distances(lon: Array, lat: Array) -> Array:
        rows = [law.distance(lon, lat) for law in laws]
        return np.array([*rows, np.full(len(lon), BREADTH)])

    far = distances(lines.lon, lines.lat)
    row = {key: number for number, key in enumerate([*baseline.keys.tolist(), HIGH_SEAS])}
    line, at = lines.line_of_vertex(), np.arange(len(lines.lon))
    sides = [np.array([row[key] for key in side[line]]) for side in (lines.left, lines.right)]
    worst = max(np.abs(far[side, at] - far.min(axis=0)).max() for side in sides)
    three = np.sort(far[:, is_kind(lines, VertexKind.JUNCTION)], axis=0)[:3]
    spread = np.ptp(three, axis=0).max()
    # Three lines end in each.
    n_tripoints = np.count_nonzero(three[2] < BREADTH - TOLERANCE) // 3
    lon, lat = positions_about(lines, n_positions, seed=seed)
    found = np.full(len(lon), len(laws))
    for number, zone in enumerate(parts.to_shapely()):
        shapely.prepare(zone)
        found[shapely.contains_xy(zone, lon, lat)] = number
    away = distances(lon, lat)
    excess = away[found, np.arange(len(lon))] - away.min(axis=0)
    # The difference of two distances grows by at most twice what one moves.
    holds = max(worst, spread) <= HUNDREDTH_MM and excess.max() <= 2 * TOLERANCE
    holds &= n_tripoints > 0
    print(
        f"| five territories | {len(lines.lon):,} | {worst * MILLIMETRES:.5f} | {n_tripoints} | "
        f"{spread * MILLIMETRES:.5f} | {np.count_nonzero(excess > 0)} | {excess.max():.3f} "
        f"| {said(holds)} |"
    )
    return bool(holds)


def is_kind(lines: Lines, kind: VertexKind) -> NDArray[np.bool_]:
    """Which vertices are of a kind."""
    return np.asarray(lines.kind == list(VertexKind).index(kind))


def said(holds: bool) -> str:
    """Yes or no."""
    return "yes" if holds else "**no**"


if __name__ == "__main__":
    sys.exit(main())
