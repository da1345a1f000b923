"""Time the nearest edge on a world layer against what else there is, and print everyone's error.

    python benchmarks/bench_nearest.py [--positions N] [--peers N] [--oracle N]

The layer and the positions are those of `workloads` (``ais_like`` hugs coasts, ``ocean_uniform``
does not). All run in one process, one after the other; on a shared machine ratios of processor
time mean more than rates. Peers answer the first so many of the same positions, each as its users
call it:

- spherely: ``distance(point, lines)`` on the sphere; left out where it is not installed.
- STRtree in degrees: ``shapely.STRtree.query_nearest``, as ``sjoin_nearest`` does, then the
  geodesic to the nearest position of that edge.
- azimuthal plane: all edges within reach projected (AEQD) round each position, with shapely.

The oracle measures with pyproj from a few positions to all vertices, then by dense samples to
every edge that could be the nearest. Errors are over its positions.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod, Transformer

import workloads
from accuracy import brute_force
from eezkit.geodesy import EdgeModel
from eezkit.lookup import CellIndex
from eezkit.nearest import EdgeTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Method = Callable[[Array, Array], Array]

GEOD = Geod(ellps="WGS84")


def expected(lon: Array, lat: Array, edges: Array) -> Array:
    """Distance of each position to the nearest of all edges, by pyproj alone."""
    x1, y1, x2, y2 = edges.T
    length = GEOD.inv(x1, y1, x2, y2)[2]
    # A planar edge is longer than the geodesic, and may leave it by as much.
    reach = 2.0 * length + 10.0
    out = np.empty(len(lon))
    for i, (x, y) in enumerate(zip(lon, lat, strict=True)):
        here = np.full(len(x1), x), np.full(len(x1), y)
        far = np.minimum(GEOD.inv(*here, x1, y1)[2], GEOD.inv(*here, x2, y2)[2])
        near = np.flatnonzero(far - reach <= far.min())
        some = np.full(len(near), x), np.full(len(near), y)
        found, _ = brute_force(*some, edges[near], float(length[near].max()), EdgeModel.PLANAR)
        out[i] = found.min()
    return out


def strtree_in_degrees(edges: Array) -> Method:
    """Nearest in degrees by shapely's tree, then measured on the ellipsoid."""
    import shapely

    lines = shapely.linestrings(edges.reshape(-1, 2, 2))
    tree = shapely.STRtree(lines)

    def method(lon: Array, lat: Array) -> Array:
        points = shapely.points(lon, lat)
        which, line = tree.query_nearest(points, all_matches=False)
        on_line = shapely.line_interpolate_point(
            lines[line], shapely.line_locate_point(lines[line], points[which])
        )
        x, y = shapely.get_coordinates(on_line).T
        return np.asarray(GEOD.inv(lon, lat, x, y)[2])

    return method


def azimuthal_plane(edges: Array) -> Method:
    """Nearest in an azimuthal equidistant plane of each position's own."""
    import shapely

    def method(lon: Array, lat: Array) -> Array:
        out = np.empty(len(lon))
        for i, (x, y) in enumerate(zip(lon, lat, strict=True)):
            plane = Transformer.from_crs(
                "EPSG:4326", f"+proj=aeqd +lon_0={x} +lat_0={y} +ellps=WGS84", always_xy=True
            )
            px, py = plane.transform(edges[:, ::2].ravel(), edges[:, 1::2].ravel())
            lines = shapely.linestrings(np.column_stack([px, py]).reshape(-1, 2, 2))
            out[i] = shapely.distance(lines, shapely.Point(0, 0)).min()
        return out

    return method


def on_the_sphere(edges: Array) -> Method | None:
    """Nearest on the sphere by spherely, or None where it is not installed."""
    try:
        import spherely
    except ImportError:
        return None
    import shapely

    # It refuses edges whose ends are one position to it.
    long = np.abs(edges[:, :2] - edges[:, 2:]).max(axis=1) > 1e-9
    lines = shapely.linestrings(edges[long].reshape(-1, 2, 2))
    lines = spherely.from_wkb(shapely.to_wkb(shapely.multilinestrings(lines)))

    def method(lon: Array, lat: Array) -> Array:
        return np.asarray(spherely.distance(spherely.points(lon, lat), lines))

    return method


def timed(method: Method, lon: Array, lat: Array, rounds: int = 1) -> tuple[float, float, Array]:
    """Positions per second and per processor second, the best of some rounds; the distances."""
    seconds, worked = [], []
    for _ in range(rounds):
        started, began = time.perf_counter(), time.process_time()
        found = method(lon, lat)
        seconds.append(time.perf_counter() - started)
        worked.append(time.process_time() - began)
    return len(lon) / min(seconds), len(lon) / min(worked), found


def main() -> None:
    """Print a table for each workload."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--positions", type=int, default=500_000)
    parser.add_argument("--peers", type=int, default=50)
    parser.add_argument("--oracle", type=int, default=5)
    options = parser.parse_args()
    name, rings = workloads.layer()
    start = rings.edge_starts()
    edges = np.column_stack(
        [rings.lon[start], rings.lat[start], rings.lon[start + 1], rings.lat[start + 1]]
    )
    edges = edges[(np.abs(edges[:, 0]) != 180.0) | (edges[:, 0] != edges[:, 2])]
    started = time.perf_counter()
    tree = EdgeTree.build(*edges.T)
    built = time.perf_counter() - started
    size = sum(array.nbytes for array in tree.to_arrays().values())
    print(
        f"Layer {name}: {len(edges):,} edges, {len(tree.pieces):,} pieces, built in {built:.1f} s,"
    )
    print(f"{size / 1e6:.0f} MB; {options.positions:,} positions, peers {options.peers:,}.")
    ours: dict[str, Method] = {
        "eezkit, 1 thread": lambda lon, lat: tree.query(lon, lat, threads=1).distance,
        "eezkit, all processors": lambda lon, lat: tree.query(lon, lat).distance,
    }
    peers: dict[str, Method | None] = {
        "spherely": on_the_sphere(edges),
        "STRtree in degrees": strtree_in_degrees(edges),
        "azimuthal plane": azimuthal_plane(edges),
    }
    index = CellIndex.build(rings)
    for workload, (lon, lat) in {
        "ais_like": workloads.ais_like(options.positions, rings, index),
        "ocean_uniform": workloads.ocean_uniform(options.positions),
    }.items():
        right = expected(lon[: options.oracle], lat[: options.oracle], edges)
        rows = [(what, *timed(method, lon, lat, 3)) for what, method in ours.items()]
        _, _, one, exact = rows[0]
        for what, method in peers.items():
            if method is not None:
                n = options.peers if what != "azimuthal plane" else options.oracle
                rows.append((what, *timed(method, lon[:n], lat[:n])))
        print(
            f"\n| {workload} | positions/s | per processor second | eezkit takes less by |", end=""
        )
        print(" greatest error, m | median |\n|---|---:|---:|---:|---:|---:|")
        for what, rate, rate_worked, found in rows:
            truth = right if what.startswith("eezkit") else exact
            n = min(len(found), len(truth))
            error = np.abs(found[:n] - truth[:n])
            print(
                f"| {what} | {rate:,.3g} | {rate_worked:,.3g} | {one / rate_worked:,.3g} "
                f"| {error.max():.2g} | {np.median(error):.2g} |"
            )


if __name__ == "__main__":
    main()
