"""Time areas and grids by zone against what else there is, and print everyone's error.

    python benchmarks/bench_overlap.py [--areas N] [--peers N] [--oracle N] [--fine]

The layer is that of `workloads`, the areas are its `marine_areas`. All run in one process, one
after the other; on a shared machine ratios of processor time mean more than seconds. Peers answer
the first so many of the areas that do not cross ±180°, each as its users call it:

- overlay in degrees: ``geopandas.overlay``, shares of square degrees.
- overlay in EPSG:6933: both sides projected by their vertices first.
- exactextract: coverage of the cells of a quarter-degree grid; left out where not installed.

Their errors are differences from ours, by latitude; ours are against areas to 30 digits
(``tests/exact_areas.py``), on seeded areas of a metre to a thousand kilometres with three zones
about each, which overlap.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

import workloads
from eezkit.geodesy import EdgeModel, polygon_area
from eezkit.geometry import Rings
from eezkit.overlaps.dividing import divide_polygons
from eezkit.overlaps.gridding import Mesh, divide_cells
from eezkit.overlaps.layer import NodedLayer
from eezkit.overlaps.parts import polygons_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BANDS = [(0, 15), (15, 30), (30, 45), (45, 60), (60, 75), (75, 90)]


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Do work; give what it returns, its processor time and its wall time."""
    cpu, wall = time.process_time(), time.perf_counter()
    done = work()
    return done, time.process_time() - cpu, time.perf_counter() - wall


def by_zone(
    layer: NodedLayer, owner: NDArray[Any], place: NDArray[Any], area: Array, n: int, n_zones: int
) -> Array:
    """Square metres of each of n in each zone, shape (n, n_zones)."""
    found = np.zeros((n, n_zones))
    for which, one in enumerate(layer.places):
        rows = place == which
        for zone in one.zones:
            np.add.at(found[:, zone], owner[rows], area[rows])
    return found


def polygons(layer: NodedLayer, areas: NDArray[np.object_]) -> Array:
    """Print what dividing the areas takes; give their areas."""
    parts, cpu, _ = timed(lambda: polygons_of(areas))
    one, alone, wall = timed(lambda: divide_polygons(layer, parts, threads=1))
    _, _, both = timed(lambda: divide_polygons(layer, parts, threads=2))
    ref = polygon_area(Rings.from_shapely(areas), model=EdgeModel.PLANAR)
    total = np.bincount(one.owner, one.area, len(areas))
    share = one.area / ref[one.owner]
    print(f"| {len(areas):,} areas, {len(parts.lon):,} vertices | {cpu + alone:.1f} |")
    print(f"\nTwo threads: {wall / both:.2f} times as fast by the clock.")
    print(f"Least share {share.min():.1e}, greatest 1 + {share.max() - 1:.1e};")
    print(f"sums differ from `polygon_area` by {np.abs(total / ref - 1).max():.1e} at most.\n")
    return ref


def zones_themselves(layer: NodedLayer, rings: Rings) -> None:
    """Print how far from 1 the share of each zone in itself is."""
    zones = rings.to_shapely()
    bad = ~shapely.is_valid(zones)
    zones[bad] = shapely.make_valid(zones[bad], method="structure", keep_collapsed=False)
    found = divide_polygons(layer, polygons_of(zones))
    table = by_zone(layer, *found, len(zones), rings.n_zones)
    area = polygon_area(rings, model=EdgeModel.PLANAR)
    off = np.abs(np.diag(table) / area - 1)
    print(f"Each of {len(zones)} zones as an area: its share in itself is 1 to {off.max():.1e}.")


def grids(layer: NodedLayer, rings: Rings, steps: list[float]) -> None:
    """Print what grids of the globe take, and how far their zones are off."""
    area = polygon_area(rings, model=EdgeModel.PLANAR)
    print("| cells of | cells | seconds | zones off by at most | least share |")
    print("|--:|--:|--:|--:|--:|")
    for step in steps:
        n = round(360 / step)
        borders = -180 + np.arange(n + 1) * step, -90 + np.arange(n // 2 + 1) * step
        mesh = Mesh.of(*borders)
        found, cpu, _ = timed(lambda mesh=mesh: divide_cells(layer, mesh))
        whole = np.bincount(found.place, found.area, len(layer.places))
        zones = np.zeros(rings.n_zones)
        for place, size in zip(layer.places, whole, strict=True):
            zones[list(place.zones)] += size
        least = (found.area / mesh.areas().reshape(-1)[found.cell]).min()
        off = np.abs(zones / area - 1).max()
        print(f"| {step}° | {n * n // 2:,} | {cpu:.1f} | {off:.1e} | {least:.0e} |")


def overlay(
    zones: NDArray[np.object_], areas: NDArray[np.object_], crs: str | None
) -> NDArray[np.float64]:
    """Shares by ``geopandas.overlay``, shape (n_areas, n_zones)."""
    import geopandas as gpd

    left = gpd.GeoDataFrame({"area": range(len(areas))}, geometry=areas, crs=4326)
    right = gpd.GeoDataFrame({"zone": range(len(zones))}, geometry=zones, crs=4326)
    if crs is not None:
        left, right = left.to_crs(crs), right.to_crs(crs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = left.geometry.area.to_numpy()
        found = gpd.overlay(left, right, how="intersection", keep_geom_type=True)
        size = found.geometry.area.to_numpy()
    table = np.zeros((len(areas), len(zones)))
    np.add.at(table, (found["area"], found["zone"]), size / whole[found["area"]])
    return table


def peers(layer: NodedLayer, rings: Rings, areas: NDArray[np.object_]) -> None:
    """Print times and errors of overlays."""
    zones = rings.to_shapely()
    bad = ~shapely.is_valid(zones)
    zones[bad] = shapely.make_valid(zones[bad])
    ours, cpu, _ = timed(lambda: divide_polygons(layer, polygons_of(areas), threads=1))
    table = by_zone(layer, *ours, len(areas), rings.n_zones)
    table /= polygon_area(Rings.from_shapely(areas), model=EdgeModel.PLANAR)[:, None]
    lat = np.abs(shapely.bounds(areas)[:, [1, 3]].mean(axis=1))
    print("| | times our time | " + " | ".join(f"{a}–{b}°" for a, b in BANDS) + " |")
    print("|---|--:|" + "--:|" * len(BANDS))
    for name, crs in (("overlay in degrees", None), ("overlay in EPSG:6933", "EPSG:6933")):
        theirs, spent, _ = timed(lambda crs=crs: overlay(zones, areas, crs))
        off = np.abs(theirs - table).max(axis=1)
        cells = [
            f"{off[(lat >= a) & (lat < b)].max():.0e}" if ((lat >= a) & (lat < b)).any() else ""
            for a, b in BANDS
        ]
        print(f"| {name} | {spent / cpu:.0f} | " + " | ".join(cells) + " |")


def raster_peer(layer: NodedLayer, rings: Rings, step: float = 0.25) -> None:
    """Print time and error of exactextract's coverage of grid cells."""
    try:
        from exactextract import exact_extract
        from exactextract.raster import NumPyRasterSource
    except ImportError:
        print("exactextract is not installed.")
        return
    import geopandas as gpd

    n = round(360 / step)
    mesh = Mesh.of(-180 + np.arange(n + 1) * step, -90 + np.arange(n // 2 + 1) * step)
    ours, cpu, _ = timed(lambda: divide_cells(layer, mesh))
    zones = gpd.GeoDataFrame({"zone": range(rings.n_zones)}, geometry=rings.to_shapely(), crs=4326)
    blank = np.zeros((n // 2, n), np.float32)
    raster = NumPyRasterSource(blank, xmin=-180, ymin=-90, xmax=180, ymax=90)
    found, spent, _ = timed(
        lambda: exact_extract(
            raster, zones, ["cell_id", "coverage"], include_cols="zone", output="pandas"
        )
    )
    areas = mesh.areas().reshape(-1)
    theirs = np.zeros((rings.n_zones, len(areas)), dtype=np.float32)
    for zone, cell, share in zip(found["zone"], found["cell_id"], found["coverage"], strict=True):
        at = np.asarray(cell, dtype=np.int64)
        theirs[zone, (n // 2 - 1 - at // n) * n + at % n] = share
    mine = np.zeros_like(theirs)
    for which, place in enumerate(layer.places):
        rows = ours.place == which
        for zone in place.zones:
            mine[zone, ours.cell[rows]] += ours.area[rows] / areas[ours.cell[rows]]
    lat = np.abs((mesh.lat[:-1] + mesh.lat[1:]) / 2)
    off = np.abs(theirs - mine).max(axis=0).reshape(n // 2, n).max(axis=1)
    cells = [f"{off[(lat >= a) & (lat < b)].max():.0e}" for a, b in BANDS]
    print(f"| exactextract, {step}° | {spent / cpu:.1f} | " + " | ".join(cells) + " |")


def oracle(n: int) -> None:
    """Print our error against areas to 30 digits."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    import exact_areas
    from test_overlaps_layer import areas_in, layer_of, star_case

    worst: dict[int, tuple[float, float, int]] = {}
    seed = done = 0
    while done < n:
        case = star_case(1000 + seed)
        seed += 1
        if case is None:
            continue
        area, zones = case
        whole = exact_areas.area(area)
        found = areas_in(layer_of(*zones), area, 3)
        for zone, size in zip(zones, found, strict=False):
            off = abs(size - exact_areas.common_area(area, zone))
            order = int(np.floor(np.log10(whole) / 3))
            relative, metres, count = worst.get(order, (0.0, 0.0, 0))
            worst[order] = (max(relative, off / whole), max(metres, off), count + 1)
        done += 1
    print("| size of the area | pairs | share off by at most | m² off by at most |")
    print("|--:|--:|--:|--:|")
    for order in sorted(worst):
        relative, metres, count = worst[order]
        print(
            f"| 1e{3 * order} to 1e{3 * order + 3} m² | {count} | {relative:.0e} | {metres:.0e} |"
        )


def main() -> None:
    """Run all and print tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--areas", type=int, default=20_000)
    parser.add_argument("--peers", type=int, default=300)
    parser.add_argument("--oracle", type=int, default=100, help="2000 take half an hour")
    parser.add_argument("--fine", action="store_true", help="a grid of 0.05° too: 2.5 GB")
    asked = parser.parse_args()
    name, rings = workloads.layer()
    layer, cpu, _ = timed(lambda: NodedLayer.build(rings))
    print(f"Layer {name}: {rings.n_zones} zones, {rings.n_vertices:,} vertices.\n")
    print("| | seconds of one processor |\n|---|--:|")
    print(f"| noding the layer: {len(layer):,} edges, once | {cpu:.1f} |")
    areas = workloads.marine_areas(rings, asked.areas)
    polygons(layer, areas)
    print(f"Nodes of the layer that do not agree: {layer.unbalanced()}.")
    zones_themselves(layer, rings)
    print("\nGrids of the globe, in seconds of one processor:\n")
    grids(layer, rings, [1.0, 0.25] + [0.05] * asked.fine)
    print(
        f"\nOthers, on {asked.peers} areas: time, and the greatest error of a share by latitude:\n"
    )
    bounds = shapely.bounds(areas)
    inside = areas[(bounds[:, 0] >= -180) & (bounds[:, 2] <= 180)]
    peers(layer, rings, inside[: asked.peers])
    raster_peer(layer, rings)
    print("\nOurs, against 30 digits:\n")
    oracle(asked.oracle)


if __name__ == "__main__":
    main()
