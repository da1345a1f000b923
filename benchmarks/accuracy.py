"""Print how far every geodesic figure lies from its oracle: ``python benchmarks/accuracy.py``.

The oracle of a distance to an edge knows nothing of eezkit: it places positions on the edge
with numpy and pyproj, measures to each with pyproj, keeps the nearest and its neighbours, and
goes on between these until they are a nanometre apart. Its own resolution is printed beside:
by how much it changes when its last level is left out.

Options: ``--cases N`` (for each stratum and edge model, 10000), ``--seed N``.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from eezkit.geodesy import EdgeModel, area_perimeter, direct, distance, edge_distance, inverse
from eezkit.limits import Baseline, zones_of
from eezkit.units import M

Array = NDArray[np.float64]
SHARED = Path(os.environ.get("EEZKIT_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
GEOD = Geod(ellps="WGS84")
E = np.sqrt(GEOD.es)
FIRST_SAMPLES = 65
FIRST_STEP = 80e3
"""A first look at an edge has so many samples, and one at least every so many metres."""
ZOOM_SAMPLES = 9
RESOLUTION = 1e-9
"""Metres between the positions of the last level."""


def isometric(lat: Array) -> Array:
    """Isometric latitude of degrees; of the poles, one that is large enough to be there."""
    s = np.sin(np.radians(lat))
    # Degrees from the pole are exact; the tangent of what is nearly a right angle is not.
    from_pole = np.radians(np.maximum(90.0 - np.abs(lat), 1e-13))
    tangent = np.copysign(1.0 / np.tan(from_pole), lat)
    return np.asarray(np.arcsinh(tangent) - E * np.arctanh(E * s))


def latitude(psi: Array) -> Array:
    """Degrees of an isometric latitude, by fixed-point iteration."""
    conformal = psi
    for _ in range(8):
        conformal = psi + E * np.arctanh(E * np.tanh(conformal))
    return np.degrees(np.arctan(np.sinh(conformal)))


def on_edge(model: EdgeModel, edge: Array) -> Callable[[Array], tuple[Array, Array]]:
    """Positions on edges (rows: both ends) for parameters of shape (n_edges, n_samples)."""
    lon1, lat1, lon2, lat2 = edge.T[:, :, None]
    if model is EdgeModel.PLANAR:
        return lambda t: (lon1 + t * (lon2 - lon1), lat1 + t * (lat2 - lat1))
    if model is EdgeModel.LOXODROME:
        psi = isometric(lat1)
        rise = isometric(lat2) - psi
        return lambda t: (lon1 + t * (lon2 - lon1), latitude(psi + t * rise))
    azimuth, _, length = GEOD.inv(lon1, lat1, lon2, lat2)

    def along(t: Array) -> tuple[Array, Array]:
        start = np.broadcast_arrays(lon1, lat1, azimuth, t * length)
        lon, lat, _ = GEOD.fwd(*(np.array(a) for a in start))
        return lon, lat

    return along


def brute_force(
    lon: Array, lat: Array, edge: Array, length: float, model: EdgeModel
) -> tuple[Array, Array]:
    """Distances from positions to edges, and how much the last level changed them."""
    place = on_edge(model, edge)
    low, high = np.zeros(len(lon)), np.ones(len(lon))
    best = previous = np.full(len(lon), np.inf)
    n = max(FIRST_SAMPLES, 1 + int(length / FIRST_STEP))
    span = length
    while span > RESOLUTION:
        t = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, n)
        x, y = place(t)
        spread = np.broadcast_arrays(lon[:, None], lat[:, None], x, y)
        far = GEOD.inv(*(np.array(a) for a in spread))[2]
        k = far.argmin(axis=1)
        rows = np.arange(len(lon))
        previous, best = best, np.minimum(best, far[rows, k])
        low, high = t[rows, np.maximum(k - 1, 0)], t[rows, np.minimum(k + 1, n - 1)]
        span *= 2.0 / (n - 1)
        n = ZOOM_SAMPLES
    return best, previous - best


def strata(n: int, random: np.random.Generator) -> Iterator[tuple[str, Array, Array, Array, float]]:
    """Name, positions, edges and greatest length of the edges of each stratum."""

    def far_from(edge: Array, least: float, most: float) -> tuple[Array, Array]:
        """Positions at log-uniform distances from a random position of each edge."""
        t = random.random((n, 1))
        x, y = on_edge(EdgeModel.PLANAR, edge)(t)
        reach = least * (most / least) ** random.random(n)
        lon, lat, _ = direct(x[:, 0], y[:, 0], random.uniform(0, 360, n), reach)
        return lon, lat

    def edges(lon: Array, lat: Array, length: float, azimuth: Array) -> Array:
        lon2, lat2, _ = direct(lon, lat, azimuth, np.full(n, length))
        lon2 = lon2 + 360.0 * np.round((lon - lon2) / 360.0)
        return np.column_stack([lon, lat, lon2, lat2])

    def anywhere(length: float) -> Array:
        lat = np.degrees(np.arcsin(random.uniform(-1, 1, n)))
        return edges(random.uniform(-180, 180, n), lat, length, random.uniform(0, 360, n))

    for length in (10.0, 100.0, 1e3, 1e4, 1e5, 1e6, 5e6):
        edge = anywhere(length)
        yield f"edge {length:,.0f} m, to 8,500 km", *far_from(edge, 0.01, 8.5e6), edge, length
    edge = anywhere(1e5)
    x, y = on_edge(EdgeModel.PLANAR, edge)(random.random((n, 1)))
    yield "position on the planar edge", x[:, 0], y[:, 0], edge, 1e5
    near_pole = random.choice([-1.0, 1.0], n) * (90.0 - 10.0 ** random.uniform(-4, 1, n))
    lengths = 1e5
    edge = edges(random.uniform(-180, 180, n), near_pole, lengths, random.uniform(0, 360, n))
    yield "polar, 100 km", *far_from(edge, 0.01, 8.5e6), edge, lengths
    edge = np.column_stack([edge[:, 0], np.copysign(90.0, near_pole), edge[:, 0], near_pole])
    yield "from a pole", *far_from(edge, 0.01, 8.5e6), edge, 1.2e6
    lat = np.degrees(np.arcsin(random.uniform(-1, 1, n)))
    edge = edges(180.0 - random.random(n) * 0.5, lat * 0.9, 1e5, random.uniform(0, 180, n))
    yield "across ±180°, 100 km", *far_from(edge, 0.01, 8.5e6), edge, 1e5
    for name, azimuth in (("meridian", 0.0), ("parallel", 90.0)):
        edge = edges(random.uniform(-180, 180, n), lat * 0.9, 1e5, np.full(n, azimuth))
        edge[:, 2 if name == "meridian" else 3] = edge[:, 0 if name == "meridian" else 1]
        yield f"{name}, 100 km", *far_from(edge, 0.01, 8.5e6), edge, 1e5
    edge = edges(random.uniform(-180, 180, n), np.zeros(n), 1e6, np.full(n, 90.0))
    edge[:, 3] = 0.0
    yield "equator, 1000 km", *far_from(edge, 0.01, 8.5e6), edge, 1e6
    edge = edges(random.uniform(-180, 180, n), np.full(n, 80.0), 1e6, random.uniform(0, 360, n))
    yield "latitude 80, 1000 km", *far_from(edge, 0.01, 8.5e6), edge, 1e6
    edge = anywhere(1e6)
    yield "any distance on Earth", *far_from(edge, 9e6, 2e7), edge, 1e6
    lon, lat, to_lat = random.uniform(-180, 180, n), *random.uniform(-89.9, 89.9, (2, n))
    edge = np.column_stack([lon, lat, lon + random.uniform(-700, 700, n), to_lat])
    anyhow = random.uniform(-180, 180, n), random.uniform(-90, 90, n)
    yield "spiral to twice round the globe, any distance", *anyhow, edge, 8e7


def inverse_errors(n: int, random: np.random.Generator) -> Iterator[tuple[str, float, float]]:
    """Names and the greatest differences of distance and of direct from pyproj, in metres."""
    lon1, lon2 = random.uniform(-180, 180, (2, n))
    lat1, lat2 = np.degrees(np.arcsin(random.uniform(-1, 1, (2, n))))
    near = np.clip(lat1 + random.uniform(-1, 1, n), -90, 90)
    cases = {
        "global": (lon1, lat1, lon2, lat2),
        "within 100 km": (lon1, lat1, lon1 + random.uniform(-0.5, 0.5, n), near),
        "near-antipodal": (lon1, lat1, lon1 + 180 + random.uniform(-1, 1, n), -near),
        "equator": (lon1, 0 * lat1, lon2, 0 * lat1),
        "meridian": (lon1, lat1, lon1, lat2),
    }
    for name, (x1, y1, x2, y2) in cases.items():
        azimuth, _, expected = GEOD.inv(x1, y1, x2, y2)
        x, y, _ = direct(x1, y1, azimuth, expected)
        missed = GEOD.inv(x, y, x2, y2)[2]
        yield name, np.abs(distance(x1, y1, x2, y2) - expected).max(), missed.max()


POLYGONS = {
    "four places at 89° N": ([0, 90, 180, 270], [89] * 4, 631819.8745, 24952305678.0),
    "a square round 0° N 0° E": ([-1, 0, 1, 0], [0, -1, 0, 1], 627598.2731, 24619419146.0),
    "an octant": ([0, 0, 90], [90, 0, 0], 30022685.0, 63758202715511.0),
}
"""Of GeographicLib's tests: longitudes, latitudes, perimeter in metres, area in square metres."""
BOUVET = {12 * M: 2263.0, 24 * M: 7569.1, 200 * M: 441_776.0}
"""Square kilometres of the envelopes of arcs round the official base points, by breadth."""


def columns(name: str) -> dict[str, Array]:
    """Columns of a table of the shared data."""
    with (SHARED / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    numbers = [key for key in rows[0] if rows[0][key].lstrip("-").replace(".", "", 1).isdigit()]
    return {key: np.array([float(row[key]) for row in rows]) for key in numbers}


def published() -> Iterator[tuple[str, str, str, str]]:
    """Name, printed figure, ours, and the difference, of what others have published."""
    if SHARED.is_dir():
        g = columns("geodtest_20.csv")
        length, azimuth, _ = inverse(g["lon1"], g["lat1"], g["lon2"], g["lat2"])
        lon, lat, _ = direct(g["lon1"], g["lat1"], g["azi1"], g["s12"])
        missed = GEOD.inv(lon, lat, g["lon2"], g["lat2"])[2].max()
        turned = np.abs(np.remainder(azimuth - g["azi1"] + 180.0, 360.0) - 180.0)
        n, of = len(length), "geodesics of GeographicLib"
        off = np.abs(length - g["s12"]).max()
        yield f"{of}: lengths", f"{n} cases", "", f"{off:.1e} m"
        yield f"{of}: azimuths", f"{n} cases", "", f"{turned.max():.1e}°"
        yield f"{of}: ends", f"{n} cases", "", f"{missed:.1e} m"
    for name, (lon, lat, perimeter, area) in POLYGONS.items():
        our_area, ours = area_perimeter(lon, lat, model=EdgeModel.GEODESIC)
        digits = 4 if perimeter % 1 else 0
        off = f"{abs(ours - perimeter):.1e} m"
        yield f"{name}: perimeter", f"{perimeter:,.{digits}f}", f"{ours:,.{digits}f}", off
        off = f"{abs(abs(our_area) - area):.1g} m²"
        yield f"{name}: area", f"{area:,.0f}", f"{abs(our_area):,.0f}", off
    foot = edge_distance(-22.0, 64.0, 29.0, 42.0, -77.0, 39.0, model=EdgeModel.GEODESIC)
    along = float(distance(29.0, 42.0, foot.lon, foot.lat))
    name = "Reykjavik to Istanbul - Washington"
    for what, printed, ours in (
        ("across", 1010585.999, float(foot.distance)),
        ("along", 3928788.572, along),
    ):
        yield f"{name}: {what}", f"{printed:,.3f}", f"{ours:,.3f}", f"{abs(ours - printed):.1e} m"
    off = float(distance(foot.lon, foot.lat, -21.93729106604878, 54.92853149711691))
    yield (
        f"{name}: foot",
        "54.92853149711691 N 21.93729106604878 W",
        f"{float(foot.lat):.14f} N {-float(foot.lon):.14f} W",
        f"{off:.1e} m",
    )
    if SHARED.is_dir():
        points = columns("bouvet_base_points.csv")
        zones = zones_of(Baseline.from_points(points["lon"], points["lat"]))
        for breadth, area in BOUVET.items():
            rings = zones[breadth].rings
            ours = area_perimeter(rings.lon[:-1], rings.lat[:-1], model=EdgeModel.PLANAR)[0] / 1e6
            name = f"Bouvet's {len(points['lon'])} base points, {breadth / M:g} M: km²"
            yield name, f"{area:,.1f}", f"{ours:,.1f}", f"{100 * abs(ours / area - 1):.1g} %"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20260201)
    options = parser.parse_args()
    n = options.cases
    print("| published | printed | eezkit | off by |\n|---|---|---|---|")
    for row in published():
        print("| " + " | ".join(row) + " |")
    print(f"\n{n:,} cases in each row, seed {options.seed}; metres\n")
    print(f"| inverse and direct against pyproj, {10 * n:,} pairs | inverse | direct arrives |")
    print("|---|---|---|")
    for name, s, missed in inverse_errors(10 * n, np.random.default_rng(options.seed)):
        print(f"| {name} | {s:.1e} | {missed:.1e} |")
    print("\n| position to edge | model | greatest error | oracle resolves |\n|---|---|---|---|")
    for model in EdgeModel:
        random = np.random.default_rng(options.seed)
        for name, lon, lat, edge, length in strata(n, random):
            ours = edge_distance(lon, lat, *edge.T, model=model).distance
            expected, resolved = brute_force(lon, lat, edge, length, model)
            error = np.abs(ours - expected).max()
            print(f"| {name} | {model} | {error:.1e} | {resolved.max():.0e} |", flush=True)


if __name__ == "__main__":
    main()
