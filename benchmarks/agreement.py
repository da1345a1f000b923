"""Lookup against two references on whole layers; prints how many positions differ.

    python benchmarks/agreement.py --positions 10000000

*GEOS*: `shapely.intersects_xy` of zones that are not prepared, on the first positions; then on all,
ring by ring, each as a prepared polygon, combined as GEOS combines the rings of polygons that are
not prepared. Prepared rings that touch or cross themselves are not always answered alike, so where
that differs the zone is asked again unprepared. *Edge rule*: the exact rule of `eezkit.lookup` by
another way, the whole meridian below each position, in slabs of longitude; the only reference on
edges, and also used away from them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

import workloads
from eezkit.geometry import Rings, wrap_lon
from eezkit.lookup import CellIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workloads import Positions

    Reference = Callable[[Rings, NDArray, NDArray], NDArray[np.int64]]

SLAB = 0.005
MOST_PAIRS = 1 << 22
CHUNK = 2_500_000


def answers(index: CellIndex, n_zones: int, lon: NDArray, lat: NDArray) -> NDArray[np.int64]:
    """Pairs of position and zone, as position * n_zones + zone, ascending, by the index."""
    codes = index.locate(lon, lat)
    n_held = np.diff(index.set_starts)[np.maximum(codes, 0)]
    position = np.repeat(np.arange(len(codes)), n_held)
    nth = np.arange(len(position)) - np.repeat(np.cumsum(n_held) - n_held, n_held)
    zone = index.set_zones[index.set_starts[codes[position]] + nth]
    return position * n_zones + zone


def combine(rings: Rings, position: NDArray, ring: NDArray) -> NDArray[np.int64]:
    """Pairs of position and zone from pairs of position and ring."""
    n_polygons = len(rings.polygons) - 1
    polygon_of = np.repeat(np.arange(n_polygons), np.diff(rings.polygons))
    zone_of = np.repeat(np.arange(rings.n_zones), np.diff(rings.zones))
    is_shell = np.zeros(len(polygon_of), dtype=bool)
    is_shell[rings.polygons[:-1]] = True
    key = position * n_polygons + polygon_of[ring]
    held = np.setdiff1d(key[is_shell[ring]], key[~is_shell[ring]])
    return np.unique(held // n_polygons * rings.n_zones + zone_of[held % n_polygons])


def by_geos(rings: Rings, lon: NDArray, lat: NDArray) -> NDArray[np.int64]:
    """Pairs of position and zone by GEOS, slowly; right for positions that lie on no edge."""
    import shapely

    found = []
    for number, zone in enumerate(rings.to_shapely()):
        west, south, east, north = shapely.bounds(zone)
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        # A zone alone would be prepared by shapely; one in an array is not.
        inside = shapely.intersects_xy(np.array([zone]), lon[near], lat[near])
        found.append(near[inside] * rings.n_zones + number)
    return np.sort(np.concatenate(found))


def by_prepared_rings(rings: Rings, lon: NDArray, lat: NDArray) -> NDArray[np.int64]:
    """Pairs of position and zone by GEOS, ring by ring."""
    import shapely

    number = np.repeat(np.arange(len(rings.rings) - 1), np.diff(rings.rings))
    polygons = shapely.polygons(shapely.linearrings(rings.lon, rings.lat, indices=number))
    order = np.argsort(lon)
    x, y = lon[order], lat[order]
    west, south, east, north = shapely.bounds(polygons).T
    first, last = np.searchsorted(x, west), np.searchsorted(x, east, side="right")
    found, of = [], []
    for ring in np.flatnonzero(last > first):
        near = np.arange(first[ring], last[ring])
        near = near[(y[near] >= south[ring]) & (y[near] <= north[ring])]
        inside = near[shapely.intersects_xy(polygons[ring], x[near], y[near])]
        found.append(order[inside])
        of.append(np.full(len(inside), ring))
    return combine(rings, np.concatenate(found), np.concatenate(of))


def by_edge_rule(rings: Rings, lon: NDArray, lat: NDArray) -> NDArray[np.int64]:
    """Pairs of position and zone by the edge rule, exactly."""
    x = np.where(np.abs(lat) == 90.0, -180.0, wrap_lon(lon))
    order = np.argsort(x, kind="stable")
    x, y = x[order], lat[order]
    first = rings.edge_starts()
    ring_of = np.repeat(np.arange(len(rings.rings) - 1), np.diff(rings.rings))[first]
    ends = np.stack(
        [rings.lon[first], rings.lat[first], rings.lon[first + 1], rings.lat[first + 1]]
    )
    ends = np.where(ends[0] <= ends[2], ends, ends[[2, 3, 0, 1]])
    found, of = [], []
    for edges, positions in slabs(ends[0], ends[2], x):
        starts = np.flatnonzero(np.diff(ring_of[edges], prepend=-1))
        step = max(MOST_PAIRS // len(edges), 1)
        for k in range(0, len(positions), step):
            near = positions[k : k + step]
            below = is_below(ends[:, edges], x[near, None], y[near, None])
            n, ring = np.nonzero(np.bitwise_xor.reduceat(below, starts, axis=1))
            found.append(order[near[n]])
            of.append(ring_of[edges[starts]][ring])
    return combine(rings, np.concatenate(found), np.concatenate(of))


def slabs(west: NDArray, east: NDArray, x: NDArray) -> Iterator[tuple[NDArray, NDArray]]:
    """Edges and positions of each slab of longitude that has both."""
    low = np.floor((west + 180.0) / SLAB).astype(np.int64)
    n = np.floor((east + 180.0) / SLAB).astype(np.int64) - low + 1
    edge = np.repeat(np.arange(len(west)), n)
    slab = low[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(n) - n, n)
    edge = edge[np.argsort(slab, kind="stable")]
    cuts = np.arange(int(360 / SLAB) + 2)
    edge_cuts = np.searchsorted(np.sort(slab), cuts)
    cuts = np.searchsorted(np.floor((x + 180.0) / SLAB), cuts)
    for k in np.flatnonzero((np.diff(edge_cuts) > 0) & (np.diff(cuts) > 0)):
        yield edge[edge_cuts[k] : edge_cuts[k + 1]], np.arange(cuts[k], cuts[k + 1])


def is_below(ends: NDArray, x: NDArray, y: NDArray) -> NDArray[np.bool_]:
    """Whether edges (columns) run through the meridian of positions (rows) and below them."""
    ax, ay, bx, by = ends
    p, q = (bx - ax) * (y - ay), (by - ay) * (x - ax)
    spans = (ax <= x) & (x < bx)
    side = np.sign(p - q)
    row, column = np.nonzero(spans & (np.abs(p - q) <= 1e-15 * (np.abs(p) + np.abs(q))))
    for i, j in zip(row.tolist(), column.tolist(), strict=True):
        here = float(x[i, 0]), float(y[i, 0])
        a, b = (float(ax[j]), float(ay[j])), (float(bx[j]), float(by[j]))
        side[i, j] = side_of_line(a, b, here) or (
            1 if b[1] < a[1] or (b[1] == a[1] and here[1] != 90.0) else -1
        )
    return spans & (side > 0)


def side_of_line(a: tuple[float, ...], b: tuple[float, ...], here: tuple[float, ...]) -> int:
    """Sign of the cross product in rational arithmetic."""
    if here in (a, b) or a[1] == b[1] == here[1]:
        return 0
    (ax, ay), (bx, by), (x, y) = (map(Fraction, point) for point in (a, b, here))
    d = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    return (d > 0) - (d < 0)


def position_sets(rings: Rings, index: CellIndex, n: int) -> Iterator[tuple[str, bool, Positions]]:
    """Name of a set of positions, whether it lies off all edges, and the positions."""
    first = rings.edge_starts()
    x, y = rings.lon, rings.lat
    yield "uniform", True, workloads.ocean_uniform(n)
    yield "coastal", True, workloads.ais_like(n, rings, index)
    yield "vertices", False, (x, y)
    yield "edge midpoints", False, ((x[first] + x[first + 1]) / 2, (y[first] + y[first + 1]) / 2)
    for name, dx, dy in (("east", 1, 0), ("west", -1, 0), ("north", 0, 1), ("south", 0, -1)):
        moved = x + dx * 1e-9, np.clip(y + dy * 1e-9, -90, 90)
        yield f"vertices 1e-9° {name}", False, moved
    lattice = np.meshgrid(np.arange(-180, 180.25, 0.25), np.arange(-90, 90.25, 0.25))
    yield "quarter-degree lattice", False, (lattice[0].ravel(), lattice[1].ravel())


def n_different(
    reference: Reference, index: CellIndex, rings: Rings, lon: NDArray, lat: NDArray
) -> int:
    """How many positions the index answers otherwise than a reference."""
    import shapely

    ours = answers(index, rings.n_zones, lon, lat)
    pairs = np.setxor1d(ours, reference(rings, lon, lat), assume_unique=True)
    if reference is by_prepared_rings and len(pairs):
        position, zone = pairs // rings.n_zones, pairs % rings.n_zones
        held = shapely.intersects_xy(rings.to_shapely()[zone], lon[position], lat[position])
        pairs = pairs[held != np.isin(pairs, ours)]
    return len(np.unique(pairs // rings.n_zones))


def layers() -> Iterator[tuple[str, Rings]]:
    """The full layer, the same rounded until many of its zones are invalid, the embedded one."""
    name, full = workloads.layer()
    yield name, full
    lon, lat = np.round(full.lon, 3), np.round(full.lat, 3)
    yield f"{name}, rounded to 0.001°", Rings(lon, lat, full.rings, full.polygons, full.zones)
    import eezkit

    yield "embedded", eezkit.load().rings


def described(name: str, rings: Rings) -> str:
    """Say what a layer is, and what GEOS thinks of it."""
    import shapely

    n_invalid = int((~shapely.is_valid(rings.to_shapely())).sum())
    return (
        f"**{name}**: {rings.n_zones} zones, {n_invalid} of them invalid, {rings.n_vertices:,} "
        f"vertices; GEOS {shapely.geos_version_string}."
    )


def main() -> None:
    """Compare, and say how many positions differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--positions", type=int, default=1_000_000, help="uniform and coastal, each"
    )
    parser.add_argument("--unprepared", type=int, default=10_000, help="of these, to slow GEOS")
    parser.add_argument("--layer", default="", help="only layers whose name contains this")
    options = parser.parse_args()
    total = 0
    for name, rings in layers():
        if options.layer not in name:
            continue
        index = CellIndex.build(rings)
        print(f"{described(name, rings)}\n")
        print("| positions | how many | reference | differences |\n|---|---:|---|---:|")
        for what, is_off_edges, (lon, lat) in position_sets(rings, index, options.positions):
            tried: list[tuple[str, Reference, int]] = [("edge rule", by_edge_rule, len(lon))]
            if is_off_edges:
                tried.append(("GEOS, prepared rings", by_prepared_rings, len(lon)))
                tried.append(("GEOS", by_geos, options.unprepared))
            for word, reference, n in tried:
                differences = sum(
                    n_different(
                        reference, index, rings, lon[k : k + CHUNK][:n], lat[k : k + CHUNK][:n]
                    )
                    for k in range(0, n, CHUNK)
                )
                total += differences
                print(f"| {what} | {n:,} | {word} | {differences} |", flush=True)
        print()
    print(f"{total} differences in all.")
    raise SystemExit(total > 0)


if __name__ == "__main__":
    main()
