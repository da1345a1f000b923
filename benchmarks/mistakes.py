"""Print what goes wrong with a 200 M limit drawn in other ways, in metres on the ground.

    python benchmarks/mistakes.py

In each way a limit is where the distance to the baseline, measured in that way, is 200 M: that is
what a buffer does. From the middle of each place 720 rays are followed to there. At the end of
each, `pyproj` measures the true distance to the nearest point of the baseline; what it is short of
200 M, or beyond, is the error of the line. *Margin* is what remains, as measured in each way, of a
position due east that is truly 10 M inside.

Care is taken of what careful people take care of: coasts are densified before they are projected,
and longitudes do not jump at ±180°. Bouvet's base points are read from the shared data, and left
out where these are absent.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from pyproj import Geod, Transformer

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import workloads
from eezkit.geodesy import edge_distance
from eezkit.limits import Baseline, outer_limit
from eezkit.units import M
from law_cases import Law, across_180, along_edges, far_north, minami_torishima

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Measure = Callable[[Array, Array], Array]

GEOD = Geod(ellps="WGS84")
SPHERE = 6_371_008.8
"""Metres, the mean radius."""
BREADTH = 200 * M
INSIDE = 10 * M
FARTHEST = 900e3
"""Metres from the middle: no ray need be followed beyond."""
N_RAYS = 720


class Place(NamedTuple):
    """A coast: its middle, its law, and its edges from there, densified, in degrees."""

    name: str
    lon: float
    lat: float
    baseline: Baseline
    edges: NDArray[np.object_]


def places() -> Iterator[Place]:
    """Yield the coasts; those of Svalbard and Fiji are rough."""
    yield place("Minami-Torishima, 24° N", minami_torishima())
    yield place("Svalbard, 79° N", far_north())
    yield place("Fiji, 18° S, across ±180°", across_180())
    path = workloads.SHARED / "bouvet_base_points.csv"
    if path.exists():
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        points = Baseline.from_points(*([float(r[name]) for r in rows] for name in ("lon", "lat")))
        yield place("Bouvet, 54° S", points)


def place(name: str, b: Baseline) -> Place:
    """Take a coast, with longitudes counted from its middle."""
    middle = shapely.centroid(shapely.multipoints(np.column_stack([b.lon1 % 360.0, b.lat1])))
    start = np.remainder(b.lon1 - middle.x + 180.0, 360.0) - 180.0
    ends = np.stack([start, b.lat1, start + b.lon2 - b.lon1, b.lat2], axis=1)
    edges = shapely.linestrings(ends.reshape(-1, 2, 2))
    long = shapely.length(edges) > 0
    edges[long] = shapely.segmentize(edges[long], 0.02)
    return Place(name, middle.x, middle.y, b, edges)


def in_plane(there: Place, definition: str, unit: float = 1.0) -> Measure:
    """Measure in the plane of a projection, whose meridian 0 is that of the middle."""
    plane = Transformer.from_crs("EPSG:4326", definition, always_xy=True)

    def project(lon: Array, lat: Array) -> Array:
        return np.column_stack(plane.transform(lon, lat))

    xy, line = shapely.get_coordinates(there.edges, return_index=True)
    coast = shapely.multilinestrings(shapely.linestrings(project(*xy.T), indices=line))
    shapely.prepare(coast)
    return lambda lon, lat: unit * shapely.distance(shapely.points(project(lon, lat)), coast)


def on_sphere(there: Place) -> Measure:
    """Measure on the sphere, to every vertex of the densified coast."""
    xy = np.unique(shapely.get_coordinates(there.edges), axis=0)

    def normals(lon: Array, lat: Array) -> Array:
        x, y = np.radians(lon), np.radians(lat)
        return np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])

    coast = normals(*xy.T)

    def measure(lon: Array, lat: Array) -> Array:
        nearest = (normals(lon, lat) @ coast.T).argmax(axis=1)
        chord = np.linalg.norm(normals(lon, lat) - coast[nearest], axis=1)
        return 2 * SPHERE * np.arcsin(chord / 2)

    return measure


def ways(there: Place) -> dict[str, Measure]:
    """Ways in which limits are drawn; longitudes count from the middle of the place."""
    zone = int((there.lon + 180.0) // 6 % 60) + 1
    off = np.remainder(6.0 * zone - 183.0 - there.lon + 180.0, 360.0) - 180.0
    north = 0 if there.lat > 0 else 10_000_000
    utm = f"+proj=tmerc +lon_0={off} +k_0=0.9996 +x_0=500000 +y_0={north} +ellps=WGS84"
    return {
        "degrees (200 / 60)": in_plane(there, "EPSG:4326", 60 * M),
        "Web Mercator": in_plane(there, "EPSG:3857"),
        "a sphere": on_sphere(there),
        "the plane of its UTM zone": in_plane(there, utm),
        "an azimuthal plane of its own": in_plane(
            there, f"+proj=aeqd +lat_0={there.lat} +lon_0=0 +ellps=WGS84"
        ),
    }


def rays(there: Place, measure: Measure, breadth: float, azimuth: Array) -> tuple[Array, Array]:
    """Where rays from the middle are at a breadth, as one measures it; from the middle, degrees."""
    n = len(azimuth)
    low, high = np.zeros(n), np.full(n, FARTHEST)
    for _ in range(36):
        far = (low + high) / 2
        lon, lat, _ = GEOD.fwd(np.zeros(n), np.full(n, there.lat), azimuth, far)
        beyond = measure(np.asarray(lon), np.asarray(lat)) > breadth
        low, high = np.where(beyond, low, far), np.where(beyond, far, high)
    return np.asarray(lon), np.asarray(lat)


def area(lon: Array, lat: Array) -> float:
    """Square metres within a ring of positions."""
    return abs(float(GEOD.polygon_area_perimeter(lon, lat)[0]))


def main() -> None:
    """Print a table for each place."""
    azimuth = np.linspace(0.0, 360.0, N_RAYS, endpoint=False)
    for there in places():
        law = Law(there.baseline)

        def truth(lon: Array, lat: Array, law: Law = law, there: Place = there) -> Array:
            return law.distance(there.lon + lon, lat, accuracy=1e-3)

        limit = outer_limit(there.baseline, BREADTH)
        rings = limit.rings
        starts = rings.edge_starts()
        off = law.distance(*along_edges(rings.lon, rings.lat, starts), accuracy=1e-3) - BREADTH
        off = off[np.abs(off) < INSIDE]
        whole = area(*rays(there, truth, BREADTH, azimuth))
        east = rays(there, truth, BREADTH - INSIDE, np.array([90.0]))
        print(
            f"| {there.name}: limit drawn in | greatest error, m | mean error, m | area | margin |"
        )
        print("|---|---:|---:|---:|---:|")
        for name, measure in ways(there).items():
            x, y = rays(there, measure, BREADTH, azimuth)
            error = truth(x, y) - BREADTH
            margin = (BREADTH - measure(*east)[0]) / M
            show(name, error, area(x, y) / whole - 1, margin)
        zone = shapely.segmentize(limit.to_shapely(), 0.02)
        ours = sum(GEOD.geometry_area_perimeter(part)[0] for part in shapely.get_parts(zone))
        b = there.baseline
        position = np.full(len(b), there.lon + east[0]), np.full(len(b), east[1])
        to_edges = edge_distance(*position, b.lon1, b.lat1, b.lon2, b.lat2).distance
        show("eezkit, tolerance 1 m", off, ours / whole - 1, (BREADTH - to_edges.min()) / M)
        print()


def show(name: str, error: Array, area_error: float, margin: float) -> None:
    """Print a row."""
    greatest = error[np.abs(error).argmax()]
    print(
        f"| {name} | {greatest:+,.{0 if abs(greatest) > 10 else 1}f} "
        f"| {np.abs(error).mean():,.{0 if abs(greatest) > 10 else 1}f} "
        f"| {100 * area_error:+.2f} % | {margin:.2f} M |"
    )


if __name__ == "__main__":
    main()
