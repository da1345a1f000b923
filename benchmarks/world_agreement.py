"""Print how far the derived attribution agrees with the published zones, and why not.

    python benchmarks/world_agreement.py [--points 1000000] [--seed 1]

Uniform random positions at sea get the territory of the nearest coast that is entitled to a zone
there, and are compared with `world_union_v3_simplified` (Flanders Marine Institute 2020, CC BY
4.0): a position agrees where the published sovereign is among ours, and high seas with high seas.
Needs the baselines that ``python data/world/baselines.py`` builds, and the shared data.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eezkit.geometry import Rings
from eezkit.lookup import CellIndex
from eezkit.nearest import EdgeTree
from eezkit.units import M
from workloads import SHARED

sys.path.insert(0, str(Path(__file__).parents[1] / "data" / "world"))

import sources
from attribution import table
from baselines import baselines_path
from coast import outer_rings, without_lakes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Positions = tuple[NDArray[np.float64], NDArray[np.float64]]

BREADTH = 200 * M
NEAR = 2000.0
"""Metres. Published lines agree with derived ones to this, where they mean the same line."""
END_OF_MAP = -84.9
HIGH_SEAS = "high seas"


def at_sea(n_points: int, seed: int) -> Positions:
    """Draw positions uniformly by area and keep those at sea until there are enough."""
    import shapely

    rings = without_lakes(outer_rings(sources.read("lands")))
    land = CellIndex.build(Rings.from_shapely(shapely.polygons([*map(shapely.linearrings, rings)])))
    rng = np.random.default_rng(seed)
    lon = rng.uniform(-180, 180, 2 * n_points)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, 2 * n_points)))
    sea = (land.locate(lon, lat) == 0) & (lat > END_OF_MAP)
    return lon[sea][:n_points], lat[sea][:n_points]


class Judge:
    """Ours: the nearest coast of each territory that is entitled to a zone so far out."""

    def __init__(self) -> None:
        with np.load(baselines_path()) as arrays:
            self.edges = {name: arrays[name] for name in arrays.files}
        ends = (self.edges[name] for name in ("lon1", "lat1", "lon2", "lat2"))
        self.tree = EdgeTree.build(*ends)
        self.codes = np.array([row["code"] for row in table("territories.csv")])
        contested = {row["code"]: row["claimants"] for row in table("contested.csv")}
        self.sovereigns = [
            frozenset(contested.get(row["code"], row["sovereign"]).split("|"))
            | ({"ATA"} if row["code"].startswith("ATA-") else set())
            for row in table("territories.csv")
        ]

    def territory(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give the number of the territory at each position, -1 on the high seas."""
        best = np.full(len(lon), np.inf)
        result = np.full(len(lon), -1)
        for cap in np.unique(self.edges["max_breadth"]):
            reach = min(cap, BREADTH)
            active = self.edges["max_breadth"] == cap
            found = self.tree.query(lon, lat, active=active, max_distance=reach)
            nearer = found.distance < best
            best[nearer] = found.distance[nearer]
            result[nearer] = self.edges["key"][found.edge[nearer]]
        return result

    def reach(self, lon: NDArray[np.float64], lat: NDArray[np.float64], keys: set[int]) -> NDArray:
        """Distance to the coast of these territories in metres, infinite beyond 400 M."""
        active = np.isin(self.edges["key"], list(keys))
        if not active.any():
            return np.full(len(lon), np.inf)
        return self.tree.query(lon, lat, active=active, max_distance=2 * BREADTH).distance

    def keys_of(self, sovereign: str) -> set[int]:
        """Numbers of all territories that a State holds or claims."""
        return {i for i, held in enumerate(self.sovereigns) if sovereign in held}


def published(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[list[tuple[str, ...]], NDArray[np.int64]]:
    """Give the sovereigns of the published zones at each position, by ISO 3166-1 alpha-3.

    Second, a number for the set of polygons it lies in, 0 for none.
    """
    import geopandas

    layer = geopandas.read_parquet(SHARED / "world_union_v3_simplified.parquet")
    alpha3 = {row["alpha2"]: row["alpha3"] for row in table("iso3166.csv")}
    index = CellIndex.build(Rings.from_shapely(layer.geometry.to_numpy()))
    names = [alpha3[code] for code in layer["iso2"]]
    answer = index.locate(lon, lat)
    sets = {
        code: tuple(sorted({names[zone] for zone in index.zones(code)})) if code else ()
        for code in np.unique(answer).tolist()
    }
    return [sets[code] for code in answer.tolist()], answer.astype(np.int64)


def main() -> None:
    """Print the agreement and the pairs that disagree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=40)
    options = parser.parse_args()
    judge = Judge()
    lon, lat = at_sea(options.points, options.seed)
    theirs, polygon = published(lon, lat)
    ours = judge.territory(lon, lat)
    whole = {row["alpha3"]: row["outlined_in"] for row in table("iso3166.csv")}
    agrees = np.zeros(len(lon), dtype=bool)
    for i, (codes, key) in enumerate(zip(theirs, ours.tolist(), strict=True)):
        held = judge.sovereigns[key] if key >= 0 else frozenset()
        agrees[i] = any(c in held or whole[c] in held for c in codes) or (key < 0 and not codes)
    zone = np.array([bool(codes) for codes in theirs])
    print(f"{len(lon)} positions at sea, {zone.mean():.1%} of them in a published zone")
    print(
        f"agree: {agrees.mean():.2%}; in zones {agrees[zone].mean():.2%}, "
        f"outside {agrees[~zone].mean():.2%}; "
        f"zone or high seas alone {np.mean(zone == (ours >= 0)):.2%}"
    )
    print(
        f"by territory: {by_territory(polygon, ours):.2%}, where every published polygon stands "
        "for the territory that most of its positions have"
    )
    report(judge, lon, lat, theirs, ours, ~agrees, options.rows)


def by_territory(polygon: NDArray[np.int64], ours: NDArray[np.int64]) -> float:
    """Share of positions whose territory is the one that most of their polygon have."""
    at, inverse = np.unique(np.column_stack([polygon, ours]), axis=0, return_inverse=True)
    count = np.bincount(inverse.reshape(-1))
    best = {int(p): 0 for p in at[:, 0]}
    for (p, key), n in zip(at.tolist(), count.tolist(), strict=True):
        if p or key < 0:
            best[p] = max(best[p], n)
    return sum(best.values()) / len(ours)


def report(judge, lon, lat, theirs, ours, wrong, n_rows) -> None:
    """Print the pairs that disagree most: where, how near the line, and the reviewed cause."""
    members: dict[tuple[str, str], list[int]] = {}
    for i in np.flatnonzero(wrong).tolist():
        code = judge.codes[ours[i]] if ours[i] >= 0 else HIGH_SEAS
        members.setdefault(("|".join(theirs[i]) or HIGH_SEAS, code), []).append(i)
    causes = {(row["published"], row["ours"]): row["cause"] for row in table("disagreements.csv")}
    order = sorted(members, key=lambda pair: -len(members[pair]))
    print("| published | ours | share | middle | within 2 km | cause |\n|---|---|---|---|---|---|")
    for pair in order[:n_rows]:
        at = np.array(members[pair])
        near = nearness(judge, lon[at], lat[at], theirs[at[0]], ours[at[0]])
        middle = f"{np.median(lat[at]):.1f} {np.median(lon[at]):.1f}"
        share, cause = len(at) / len(lon), causes.get(pair, "")
        print(f"| {pair[0]} | {pair[1]} | {share:.3%} | {middle} | {near:.0%} | {cause} |")
    rest = sum(len(members[pair]) for pair in order[n_rows:])
    print(f"{len(order) - n_rows} further pairs: {rest / len(lon):.3%}")


def nearness(judge, lon, lat, codes, key) -> float:
    """Share of positions that would agree if the derived line were moved by up to `NEAR`."""
    mine = judge.reach(lon, lat, {key}) if key >= 0 else np.full(len(lon), BREADTH)
    keys = set().union(*(judge.keys_of(code) for code in codes)) if codes else set()
    other = judge.reach(lon, lat, keys) if codes else np.full(len(lon), BREADTH)
    slack = np.where(np.isfinite(other), other - mine, np.inf)
    return float(np.mean(np.abs(slack) / (2 if codes and key >= 0 else 1) < NEAR))


if __name__ == "__main__":
    main()
