"""Print the areas of the derived zones beside the published ones, and why they differ.

    python benchmarks/world_areas.py [--atlas] [--rows 20]

The published zones are those of `world_zones_full`: the layer of `world_union_v3_simplified`
(Flanders Marine Institute 2020, CC BY 4.0) less OpenStreetMap's land, so that land is the same on
both sides. Edges are taken as stored, straight in longitude and latitude. A published polygon is
compared with all territories of ours that lie mostly in it, and a territory with all polygons that
lie mostly in it: the southern Kurils are part of a published zone of Russia, a joint zone is none
of ours. `data/world/areas.csv` has the reviewed causes of what differs most.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np

from eezkit.geodesy import EdgeModel, polygon_area
from world_reference import Published, Zones, agrees, print_command, table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.geometry import Rings
    from eezkit.lookup import CellIndex

N_SAMPLES = 400
"""Positions in each zone by which its counterpart is found."""
LEAST = 1000.0
"""Square kilometres. A smaller zone is a strip between two coasts, and says nothing of areas."""
N_LARGEST = 150
"""Territories, with the largest published zones, of which quantiles are printed apart."""
NOBODY = -1


def main() -> None:
    """Print the differences and their causes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--atlas", action="store_true", help="judge the embedded atlas")
    parser.add_argument("--rows", type=int, default=20)
    options = parser.parse_args()
    ours = Zones.embedded() if options.atlas else Zones.built()
    theirs = Published.read("world_zones_full", "countryCode")
    groups = together(
        counterparts(ours.rings, theirs.index), counterparts(theirs.rings, ours.index), ours, theirs
    )
    area = polygon_area(ours.rings, model=EdgeModel.PLANAR) / 1e6
    published = polygon_area(theirs.rings, model=EdgeModel.PLANAR) / 1e6
    rows = []
    for mine, other in groups:
        a, b = area[mine].sum(), published[other].sum()
        if b >= LEAST:
            names = [ours.names[i] for i in sorted(mine, key=lambda i: -area[i])]
            rows.append(((a - b) / b, names, a, b))
    report(rows, options.rows)


def counterparts(rings: Rings, index: CellIndex) -> list[dict[int, float]]:
    """Say of each zone which zones of the other layer it lies in, and with what share."""
    rng = np.random.default_rng(1)
    shares = []
    for zone in range(rings.n_zones):
        lon, lat = within(rings.take([zone]), rng)
        count: dict[int, float] = {}
        for code in index.locate(lon, lat).tolist():
            for other in index.zones(code) or (NOBODY,):
                count[other] = count.get(other, 0.0) + 1 / max(len(lon), 1)
        shares.append(count)
    return shares


def within(rings: Rings, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Draw positions in one zone, near enough uniformly by area."""
    from eezkit.lookup import CellIndex

    if not rings.n_vertices:
        return np.empty(0), np.empty(0)
    index = CellIndex.build(rings)
    (west, east), (south, north) = ((v.min(), v.max()) for v in (rings.lon, rings.lat))
    lon, lat = np.empty(0), np.empty(0)
    for _ in range(60):
        x = rng.uniform(west, east, 20 * N_SAMPLES)
        low, high = np.sin(np.radians([south, north]))
        y = np.degrees(np.arcsin(rng.uniform(low, high, 20 * N_SAMPLES)))
        inside = index.locate(x, y) > 0
        lon, lat = np.append(lon, x[inside]), np.append(lat, y[inside])
        if len(lon) >= N_SAMPLES:
            break
    return lon[:N_SAMPLES], lat[:N_SAMPLES]


def together(
    ours_in: list[dict[int, float]],
    theirs_in: list[dict[int, float]],
    ours: Zones,
    theirs: Published,
) -> list[tuple[list[int], list[int]]]:
    """Put zones of both layers together that lie mostly in each other and name the same State."""
    n_ours = len(ours_in)
    parent = list(range(n_ours + len(theirs_in)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for zone, shares in enumerate([*ours_in, *theirs_in]):
        is_ours = zone < n_ours
        for other, share in shares.items():
            i, j = (zone, other) if is_ours else (other, zone - n_ours)
            if other != NOBODY and share > 0.5 and agrees((theirs.states[j],), ours.held[i]):
                parent[root(i)] = root(n_ours + j)
    groups: dict[int, tuple[list[int], list[int]]] = {}
    for i in range(len(parent)):
        mine, other = groups.setdefault(root(i), ([], []))
        (mine if i < n_ours else other).append(i if i < n_ours else i - n_ours)
    return [group for group in groups.values() if all(group)]


def report(rows: list[tuple[float, list[str], float, float]], n_rows: int) -> None:
    """Print quantiles of the differences and the greatest of them."""
    off = np.abs([row[0] for row in rows])
    cause = {row["code"]: row["cause"] for row in table("areas.csv")}
    total = sum(row[2] for row in rows) / sum(row[3] for row in rows) - 1
    print("## Areas\n")
    print_command("world_areas", "it takes minutes, and needs data that are not shipped")
    print(f"{len(rows)} zones of {LEAST:,.0f} km² or more, of {sum(len(r[1]) for r in rows)}")
    print("territories; difference of the derived area from the published one:\n")
    print("| of them | a quarter are within | half | three quarters | nine tenths |")
    print("|---|---|---|---|---|")
    largest = np.argsort([-row[3] for row in rows])
    held = np.cumsum([len(rows[i][1]) for i in largest])
    largest = largest[: np.searchsorted(held, N_LARGEST) + 1]
    which_largest = f"the {len(largest)} largest, of {held[len(largest) - 1]} territories"
    for which, chosen in (("all", off), (which_largest, off[largest])):
        quantiles = " | ".join(f"{q:.2%}" for q in np.quantile(chosen, [0.25, 0.5, 0.75, 0.9]))
        print(f"| {which} | {quantiles} |")
    print(f"\nAll together differ by {total:+.2%}.\n")
    print(f"The {n_rows} that differ most:\n")
    print("| territories | derived, km² | published, km² | difference | cause |")
    print("|---|---|---|---|---|")
    for difference, names, a, b in sorted(rows, key=lambda row: -abs(row[0]))[:n_rows]:
        named = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
        print(f"| {named} | {a:,.0f} | {b:,.0f} | {difference:+.1%} | {cause.get(names[0], '')} |")
    print()


if __name__ == "__main__":
    main()
