"""Millions of positions a second, beside what others reach in the same run.

    python benchmarks/bench_lookup.py [--positions 1000000] [--rounds 3] [--without sedonadb]

`benchmarks/requirements.txt` pins the peers; one that is not installed is left out. Every round
times each method once on each workload (see `workloads`), one after the other, so that a busy
machine is busy for all; medians are printed as tables in Markdown, ratios to the fast join of
geopandas first. Methods that are slow get the first positions of the workload only.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import workloads
from eezkit.geometry import Rings
from eezkit.lookup import CellIndex

if TYPE_CHECKING:
    from workloads import Positions

    Method = tuple[str, int, Callable[[Positions], Callable[[], Any]]]

AGAINST = "geopandas sjoin(within)"
PIECE_VERTICES = 256
ALL = sys.maxsize
NOTES: list[str] = []


def eezkit_methods(index: CellIndex, threads: int) -> Iterator[Method]:
    """Look up with one thread and with all, on positions as numpy arrays; then without misses."""
    for n in sorted({1, threads}):
        name = f"eezkit, {n} thread{'s' if n > 1 else ''}"
        yield name, ALL, lambda p, n=n: lambda: index.locate(*p, threads=n)

    def in_order(positions: Positions) -> Callable[[], Any]:
        order = np.argsort(np.floor(positions[0] * 8) * 1440 + np.floor(positions[1] * 8))
        near_together = tuple(column[order] for column in positions)
        return lambda: index.locate(*near_together, threads=1)

    yield "eezkit, 1 thread, positions ordered by place", ALL, in_order


def geopandas_methods(rings: Rings) -> Iterator[Method]:
    """Join with points made beforehand."""
    import geopandas

    zones = geopandas.GeoDataFrame(geometry=rings.to_shapely(), crs=4326)

    def join(predicate: str) -> Callable[[Positions], Callable[[], Any]]:
        def prepare(positions: Positions) -> Callable[[], Any]:
            points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(*positions), crs=4326)
            return lambda: geopandas.sjoin(points, zones, predicate=predicate)

        return prepare

    yield AGAINST, ALL, join("within")
    yield "geopandas sjoin(intersects)", 2_000, join("intersects")


def shapely_methods(rings: Rings) -> Iterator[Method]:
    """Ask each prepared zone for the positions in its box."""
    import shapely

    zones = rings.to_shapely()
    shapely.prepare(zones)
    boxes = shapely.bounds(zones)

    def prepare(positions: Positions) -> Callable[[], Any]:
        lon, lat = positions

        def ask() -> None:
            for zone, (west, south, east, north) in zip(zones, boxes, strict=True):
                near = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
                shapely.intersects_xy(zone, lon[near], lat[near])

        return ask

    yield "shapely prepared, by box", ALL, prepare


def sedonadb_methods(rings: Rings) -> Iterator[Method]:
    """Join with polygons cut into pieces of at most PIECE_VERTICES vertices."""
    import geopandas
    import sedonadb

    context = sedonadb.connect()
    began = time.perf_counter()
    pieces, zone = subdivided(rings)
    NOTES.append(f"sedonadb: cutting took {time.perf_counter() - began:.0f} s.")
    frame = geopandas.GeoDataFrame({"zone": zone}, geometry=pieces, crs=4326)
    context.create_data_frame(frame).to_memtable().to_view("pieces")

    def prepare(positions: Positions) -> Callable[[], Any]:
        points = geopandas.GeoDataFrame(
            {"n": np.arange(len(positions[0]))},
            geometry=geopandas.points_from_xy(*positions),
            crs=4326,
        )
        view = f"points_{len(positions[0])}_{id(positions)}"
        context.create_data_frame(points).to_memtable().to_view(view)
        query = (
            f"SELECT {view}.n, pieces.zone FROM {view} "
            f"JOIN pieces ON ST_Intersects(pieces.geometry, {view}.geometry)"
        )
        return lambda: context.sql(query).to_arrow_table()

    yield f"sedonadb, pieces of {PIECE_VERTICES} vertices", ALL, prepare


def subdivided(rings: Rings) -> tuple[Any, Any]:
    """Halve polygons across their longer side until they are small."""
    import shapely

    pieces, zone = shapely.get_parts(rings.to_shapely(), return_index=True)
    done: list[tuple[Any, Any]] = []
    while len(pieces):
        is_small = shapely.get_num_coordinates(pieces) <= PIECE_VERTICES
        done.append((pieces[is_small], zone[is_small]))
        pieces, zone = pieces[~is_small], zone[~is_small]
        west, south, east, north = shapely.bounds(pieces).T
        is_wide = east - west > north - south
        x, y = (west + east) / 2, (south + north) / 2
        first = shapely.box(west, south, np.where(is_wide, x, east), np.where(is_wide, north, y))
        last = shapely.box(np.where(is_wide, x, west), np.where(is_wide, south, y), east, north)
        halves = np.concatenate([shapely.intersection(pieces, half) for half in (first, last)])
        pieces, of = shapely.get_parts(halves, return_index=True)
        zone = np.tile(zone, 2)[of]
        is_area = shapely.get_type_id(pieces) == shapely.GeometryType.POLYGON
        pieces, zone = pieces[is_area], zone[is_area]
    return tuple(np.concatenate(column) for column in zip(*done, strict=True))


def spherely_methods(rings: Rings) -> Iterator[Method]:
    """Ask each zone for the positions in its box, on the sphere."""
    import shapely
    import spherely

    polygons = rings.to_shapely()
    boxes = shapely.bounds(polygons)
    zones = []
    for polygon in polygons:
        try:
            zones.append(spherely.from_wkb(shapely.to_wkb(polygon), oriented=False))
        except RuntimeError:
            zones.append(None)
    n_refused = sum(zone is None for zone in zones)
    NOTES.append(f"spherely: refuses {n_refused} of {len(zones)} zones.")

    def prepare(positions: Positions) -> Callable[[], Any]:
        lon, lat = positions
        points = spherely.points(lon, lat)

        def ask() -> None:
            for zone, (west, south, east, north) in zip(zones, boxes, strict=True):
                near = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
                if zone is not None and near.any():
                    spherely.intersects(zone, points[near])

        return ask

    yield "spherely, by box", 500, prepare


def tzfpy_methods(rings: Rings) -> Iterator[Method]:
    """Look up time zones: another layer, one answer, for reference."""
    import tzfpy

    def prepare(positions: Positions) -> Callable[[], Any]:
        pairs = list(zip(*(column.tolist() for column in positions), strict=True))
        return lambda: [tzfpy.get_tz(lon, lat) for lon, lat in pairs]

    yield "tzfpy (time zones)", 100_000, prepare


def timezonefinder_methods(rings: Rings) -> Iterator[Method]:
    """Look up time zones: another layer, one answer, for reference."""
    import timezonefinder

    finder = timezonefinder.TimezoneFinder(in_memory=True)

    def prepare(positions: Positions) -> Callable[[], Any]:
        pairs = list(zip(*(column.tolist() for column in positions), strict=True))
        return lambda: [finder.timezone_at(lng=lon, lat=lat) for lon, lat in pairs]

    yield "timezonefinder (time zones)", 50_000, prepare


PEERS = {
    "geopandas": geopandas_methods,
    "shapely": shapely_methods,
    "sedonadb": sedonadb_methods,
    "spherely": spherely_methods,
    "tzfpy": tzfpy_methods,
    "timezonefinder": timezonefinder_methods,
}


def methods(rings: Rings, index: CellIndex, threads: int, without: list[str]) -> list[Method]:
    """All methods that are installed and wanted."""
    found = list(eezkit_methods(index, threads))
    for name, make in PEERS.items():
        if name in without:
            NOTES.append(f"{name}: left out as asked.")
            continue
        try:
            found += make(rings)
        except ImportError as error:
            NOTES.append(f"{name}: left out, {error}.")
    return found


def speeds(
    found: list[Method], positions: dict[str, Positions], n_rounds: int
) -> dict[str, dict[str, float]]:
    """Give median positions a second of each method on each workload."""
    ready = {
        (name, what): (call(tuple(column[:most] for column in here)), min(most, len(here[0])))
        for name, most, call in found
        for what, here in positions.items()
    }
    for call, _ in ready.values():
        call()
    taken: dict[tuple[str, str], list[float]] = {key: [] for key in ready}
    for _ in range(n_rounds):
        for key, (call, n) in ready.items():
            began = time.perf_counter()
            call()
            taken[key].append(n / (time.perf_counter() - began))
    return {
        name: {what: statistics.median(taken[name, what]) for what in positions}
        for name, _, _ in found
    }


def build_figures(rings: Rings) -> tuple[CellIndex, str]:
    """Build three times; a table of what that took and of the size of the index."""
    taken, spent, peaks = [], [], []
    for _ in range(3):
        before = resident("VmRSS")
        began, began_cpu = time.perf_counter(), time.process_time()
        index = CellIndex.build(rings)
        taken.append(time.perf_counter() - began)
        spent.append(time.process_time() - began_cpu)
        peaks.append(resident("VmHWM") - before)
    n_bytes = sum(array.nbytes for array in index.to_arrays().values())
    return index, (
        "| vertices | zones | build, s | its processor time, s | its memory, MB | index, MB |\n"
        "|---:|---:|---:|---:|---:|---:|\n"
        f"| {rings.n_vertices:,} | {rings.n_zones} | {statistics.median(taken):.1f} "
        f"| {statistics.median(spent):.1f} | {peaks[0]:.0f} | {n_bytes / 1e6:.0f} |"
    )


def resident(what: str) -> float:
    """Resident memory in MB, now (VmRSS) or at most since last asked (VmHWM); NaN if not Linux."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return float("nan")
    return int(status.split(f"{what}:")[1].split()[0]) / 1024


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--positions", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--without", nargs="*", default=[], choices=sorted(PEERS))
    options = parser.parse_args()
    name, rings = workloads.layer()
    index, built = build_figures(rings)
    n = options.positions
    positions = {
        "ais_like": workloads.ais_like(n, rings, index),
        "ocean_uniform": workloads.ocean_uniform(n),
        "near_boundary": workloads.near_boundary(n, rings),
        "overlapping_claims": workloads.overlapping_claims(n, rings, index),
    }
    found = methods(rings, index, options.threads, options.without)
    reached = speeds(found, positions, options.rounds)
    print(
        f"Layer {name}, {n:,} positions, median of {options.rounds}, {platform.machine()}, ", end=""
    )
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}.\n\n{built}\n")
    print(f"Times {AGAINST}, and millions of positions a second:\n")
    print("| method |" + "".join(f" {what} |" for what in positions))
    print("|---|" + "---:|" * len(positions))
    against = reached.get(AGAINST)
    for method, row in reached.items():
        cells = (
            (f"{speed / against[what]:.3g} × " if against else "") + f"({speed / 1e6:.3g})"
            for what, speed in row.items()
        )
        print(f"| {method} |" + "".join(f" {cell} |" for cell in cells))
    for note in NOTES:
        print(f"\n{note}")


if __name__ == "__main__":
    main()
