"""Print how far the derived atlas agrees with the published zones, and why not.

    python benchmarks/world_agreement.py [--atlas | --coast] [--points 1000000] [--seed 1]

Uniform random positions at sea are looked up in the zones that ``data/world/overlay.py`` built
(in those that eezkit brings along with ``--atlas``; ``--coast`` takes the territory of the nearest
coast instead, without lines) and in `world_union_v3_simplified` (Flanders Marine Institute 2020,
CC BY 4.0). A position agrees where the published sovereign is among ours, and high seas with high
seas. Needs the baselines that ``python data/world/baselines.py`` builds, and the shared data.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np

from world_reference import (
    BREADTH,
    CODES,
    HIGH_SEAS,
    NearestCoast,
    Published,
    Zones,
    agrees,
    at_sea,
    print_command,
    table,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAR = 2000.0
"""Metres. Published lines agree with derived ones to this, where they mean the same line."""
FEW = 300
"""Fewer positions than this say little of one State."""
HEAD = """# How far the atlas agrees with published zones

The zones of the embedded atlas are what the law gives before treaties, claims and judgments. Where
published zones differ, somebody has agreed on, claimed or been awarded something else, or the coast
lacks an islet. The commands on this page write it. They compare the atlas with the zones that
Marine Regions published in 2020 (doi:10.14284/403, CC BY 4.0), which have no part in making it.

## By position
"""


def main() -> None:
    """Print the agreement, overall and by State and territory, and the pairs that disagree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=40)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--atlas", action="store_true", help="judge the embedded atlas")
    which.add_argument("--coast", action="store_true", help="judge the nearest coast itself")
    options = parser.parse_args()
    coast = NearestCoast()
    ours = coast if options.coast else Zones.embedded() if options.atlas else Zones.built()
    lon, lat = at_sea(options.points, options.seed)
    published = Published.read()
    answers = published.index.locate(lon, lat)
    theirs, key = published.sets(answers), ours.territory(lon, lat)
    held = [*ours.held, frozenset()]
    pairs = list(zip(theirs, key.tolist(), strict=True))
    agree = np.array([agrees(codes, held[k]) if codes else k < 0 for codes, k in pairs])
    zone = np.array([bool(codes) for codes in theirs])
    print(HEAD)
    print_command("world_agreement", "it takes minutes, and needs data that are not shipped")
    overall(agree, zone, key, by_territory(answers, key))
    least_agreeing("State", ["|".join(codes) for codes in theirs], agree)
    names = np.array([*ours.names, HIGH_SEAS])[key]
    least_agreeing("territory of ours", names.tolist(), agree)
    causes(coast, lon, lat, theirs, names, ~agree, options.rows)


def overall(
    agree: NDArray[np.bool_], zone: NDArray[np.bool_], key: NDArray[np.int64], territory: float
) -> None:
    """Print the shares of all positions."""
    print(
        f"{len(agree):,} positions at sea, uniform by area; {zone.mean():.1%} of them lie in a "
        "published zone.\n\n| what | share that agrees |\n|---|---|\n"
        f"| sovereign, or high seas | **{agree.mean():.2%}** |\n"
        f"| … in published zones | {agree[zone].mean():.2%} |\n"
        f"| … outside them | {agree[~zone].mean():.2%} |\n"
        f"| in a zone or not, whoever's it is | {np.mean(zone == (key >= 0)):.2%} |\n"
        f"| territory: the one that most of its published polygon has | {territory:.2%} |\n"
    )


def by_territory(polygon: NDArray[np.int32], ours: NDArray[np.int64]) -> float:
    """Share of positions whose territory is the one that most of their polygon have."""
    at, inverse = np.unique(np.column_stack([polygon, ours]), axis=0, return_inverse=True)
    count = np.bincount(inverse.reshape(-1))
    best = {int(p): 0 for p in at[:, 0]}
    for (p, key), n in zip(at.tolist(), count.tolist(), strict=True):
        if p or key < 0:
            best[p] = max(best[p], n)
    return sum(best.values()) / len(ours)


def least_agreeing(what: str, names: list[str], agree: NDArray[np.bool_], n_rows: int = 15) -> None:
    """Print the zones of `what` in which the least share agrees."""
    name, of = np.unique(names, return_inverse=True)
    count, share = np.bincount(of), np.bincount(of, agree) / np.bincount(of)
    rows = [i for i in np.argsort(share).tolist() if count[i] >= FEW and name[i]]
    whole = sum(share[i] >= 0.99 for i in rows)
    print(f"By {what}, of {len(rows)} with {FEW} positions or more {whole} agree at 99 % or more;")
    print(f"least:\n\n| {what} | positions | agree |\n|---|---|---|")
    for i in rows[:n_rows]:
        print(f"| {name[i]} | {count[i]:,} | {share[i]:.1%} |")
    print()


def causes(
    coast: NearestCoast,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    theirs: list[tuple[str, ...]],
    names: NDArray[np.str_],
    wrong: NDArray[np.bool_],
    n_rows: int,
) -> None:
    """Print the pairs that disagree most: where, how near the line, and the reviewed cause."""
    members: dict[tuple[str, str], list[int]] = {}
    for i in np.flatnonzero(wrong).tolist():
        members.setdefault(("|".join(theirs[i]) or HIGH_SEAS, str(names[i])), []).append(i)
    cause = {(row["published"], row["ours"]): row["cause"] for row in table("disagreements.csv")}
    order = sorted(members, key=lambda pair: -len(members[pair]))
    print("Where they disagree, with the middle of the positions, and the share of them that would")
    print(f"agree if the line were moved by {NEAR / 1000:.0f} km:\n")
    print("| published | ours | share | middle | near | cause |\n|---|---|---|---|---|---|")
    for pair in order[:n_rows]:
        at = np.array(members[pair])
        near = nearness(coast, lon[at], lat[at], theirs[at[0]], pair[1])
        middle = f"{np.median(lat[at]):.1f} {np.median(lon[at]):.1f}"
        share = len(at) / len(lon)
        print(
            f"| {pair[0]} | {pair[1]} | {share:.3%} | {middle} | {near:.0%} "
            f"| {cause.get(pair, '')} |"
        )
    rest = sum(len(members[pair]) for pair in order[n_rows:])
    print(f"\n{len(order) - n_rows} further pairs: {rest / len(lon):.3%}.\n")


def nearness(
    coast: NearestCoast,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    states: tuple[str, ...],
    name: str,
) -> float:
    """Share of positions that would agree if the derived line were moved by up to `NEAR`."""
    limit = np.full(len(lon), BREADTH)
    mine = coast.reach(lon, lat, {CODES.index(name)}) if name in CODES else limit
    keys = set().union(*(coast.keys_of(state) for state in states))
    other = coast.reach(lon, lat, keys) if states else limit
    slack = np.where(np.isfinite(other), other - mine, np.inf)
    return float(np.mean(np.abs(slack) / (2 if states and name in CODES else 1) < NEAR))


if __name__ == "__main__":
    main()
