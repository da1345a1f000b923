"""Time limits and equidistance lines, beside buffers, with everyone's error.

    python benchmarks/bench_limits.py [--coasts | --world] [--rounds N]

The coast is that of Japan and of Korea, as `data/world/baselines.py` leaves it in the cache, or
where it is absent a made-up one as long. Seconds are of the processor, the best of some rounds.
Errors are measured by `pyproj` at 100 vertices of each limit (see `law_cases.Law`).

A buffer of a whole coast takes GEOS hours, since every arc meets every other. So peers draw the
union of discs round all vertices, of 128 chords each, which cut up to 111 m off the arc:

- azimuthal plane: discs in one azimuthal equidistant plane, brought back;
- degrees: discs of 200/60 degrees.

Last come all limits and boundaries of the world at 200 M within 40 m, which takes minutes and needs
the baselines of the world. ``--coasts`` leaves them out, ``--world`` draws nothing else.
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
from pyproj import Transformer

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "data" / "world"))

import divide
from attribution import table
from baselines import baselines_path

from eezkit.errors import GeometryWarning
from eezkit.limits import Baseline, equidistance, outer_limit, zones_of
from eezkit.nearest import EdgeTree
from eezkit.units import M
from law_cases import Law

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BREADTH = 200 * M
N_VERTICES = 100
COASTS = {"Japan": ("JPN", "JPN-MIN", "JPN-OKI"), "Korea": ("KOR", "PRK")}


def real_coasts() -> list[Baseline]:
    """Return the coasts of Japan and of Korea, with the land behind them."""
    land = divide.land_polygons()
    first = shapely.get_coordinates(shapely.get_point(shapely.get_exterior_ring(land), 0)).T
    codes = [row["code"] for row in table("territories.csv")]
    coasts = []
    for members in COASTS.values():
        keys = [codes.index(code) for code in members if code in codes]
        edges = divide.read_baseline(land, lambda key, keys=keys: np.isin(key, keys))
        tree = EdgeTree.build(edges.lon1, edges.lat1, edges.lon2, edges.lat2)
        # Coasts are drawn back where territories meet, by 60 m.
        own = tree.query(*first, max_distance=100.0).edge >= 0
        fields = {name: getattr(edges, name) for name in edges.__dataclass_fields__}
        coasts.append(Baseline(**{**fields, "land": land[own]}))
    return coasts


def made_up_coasts() -> list[Baseline]:
    """Return two coasts of 30,000 and 12,000 pieces, rugged at every scale."""
    return [
        Baseline.from_geometry([_rugged(*place, n // 4, seed) for seed, place in enumerate(places)])
        for n, places in (
            (30_000, [(131.0, 33.0), (135.0, 35.0), (140.0, 38.0), (143.0, 43.0)]),
            (12_000, [(126.5, 33.4), (127.5, 36.0), (127.0, 38.0), (128.0, 40.0)]),
        )
    ]


def _rugged(lon: float, lat: float, n: int, seed: int) -> Any:
    """An island some 200 km across, its outline a sum of waves of random phase."""
    rng = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, n, endpoint=False)
    wave = np.arange(2, n // 4)
    phase = rng.uniform(0, 2 * np.pi, len(wave))
    radius = np.ones(n)
    for k, shift in zip(wave, phase, strict=True):
        radius += 0.25 * k**-1.3 * np.sin(k * turn + shift)
    x = lon + 1.1 * radius * np.cos(turn) / np.cos(np.radians(lat))
    return shapely.Polygon(np.column_stack([x, lat + 0.9 * radius * np.sin(turn)])).buffer(0)


def timed(work: Callable[[], Any], rounds: int = 1) -> tuple[float, Any]:
    """Processor seconds, the best of some rounds, and what the work gave."""
    seconds = []
    for _ in range(rounds):
        began = time.process_time()
        found = work()
        seconds.append(time.process_time() - began)
    return min(seconds), found


def errors(law: Law, lon: Array, lat: Array) -> Array:
    """How far some vertices of a limit are off the breadth, in metres."""
    some = np.random.default_rng(8).permutation(len(lon))[:N_VERTICES]
    return np.abs(law.distance(lon[some], lat[some], accuracy=1e-6) - BREADTH)


def azimuthal_discs(lon: Array, lat: Array) -> Array:
    """Draw the union of discs in one azimuthal plane; longitude and latitude of its vertices."""
    centre = f"+proj=aeqd +lat_0={lat.mean()} +lon_0={lon.mean()} +ellps=WGS84"
    plane = Transformer.from_crs("EPSG:4326", centre, always_xy=True)
    points = shapely.points(np.column_stack(plane.transform(lon, lat)))
    zone = shapely.union_all(shapely.buffer(points, BREADTH, quad_segs=32))
    xy = shapely.get_coordinates(zone).T
    return np.column_stack(plane.transform(*xy, direction="INVERSE"))


def discs_in_degrees(lon: Array, lat: Array) -> Array:
    """Draw the union of discs in degrees; longitude and latitude of its vertices."""
    points = shapely.points(lon, lat)
    zone = shapely.union_all(shapely.buffer(points, BREADTH / M / 60, quad_segs=32))
    return np.asarray(shapely.get_coordinates(zone))


def show_limits(name: str, coast: Baseline, rounds: int) -> None:
    """Print a row for the limit of a coast, and one for each peer."""
    law = Law(coast)
    one, limit = timed(lambda: outer_limit(coast, BREADTH), rounds)
    lines = limit.lines
    basepoints = np.unique(lines.left_base["edge"]).size
    print("| 200 M limit | seconds | times ours | vertices | median error, m | greatest, m |")
    print("|---|---:|---:|---:|---:|---:|")

    def row(what: str, seconds: float, lon: Array, lat: Array) -> None:
        off = errors(law, lon, lat)
        print(
            f"| {what} | {seconds:.2f} | {seconds / one:.2f} | {len(lon):,} "
            f"| {np.median(off):.2g} | {off.max():.2g} |",
            flush=True,
        )

    row(f"eezkit, 1 m, all {len(coast):,} edges", one, lines.lon, lines.lat)
    for what, draw in (("azimuthal plane", azimuthal_discs), ("degrees", discs_in_degrees)):
        seconds, xy = timed(lambda draw=draw: draw(coast.lon1, coast.lat1))
        row(f"{what}, {len(coast):,} discs", seconds, *xy.T)
    seconds, zones = timed(lambda: zones_of(coast))
    counts = ", ".join(
        f"{breadth / M:g} M {len(zone.lines.lon):,}" for breadth, zone in zones.items()
    )
    print(f"\n{basepoints:,} edges of the coast of {name} govern its 200 M limit. All zones")
    print(f"together take {seconds:.2f} s; vertices: {counts}.")


def show_world() -> None:
    """Print how long the lines of the world take."""
    if not baselines_path().exists():
        print("\nThe world is left out: no baselines; data/world/README.md says how to make them.")
        return
    world = divide.read_baseline(divide.land_polygons(), lambda key: key >= 0)
    seconds, lines = timed(lambda: divide.lines_at_sea(world, BREADTH, divide.TOLERANCE))
    print(
        f"\nThe world at 200 M within {divide.TOLERANCE:g} m: {len(world):,} edges of "
        f"{len(world.keys)} territories,\n{lines.n_lines:,} lines with {len(lines.lon):,} "
        f"vertices, {seconds:.0f} s."
    )


def show_coasts(rounds: int) -> None:
    """Print the limits of two coasts and what lies between them."""
    real = baselines_path().exists()
    names = list(COASTS) if real else ["a made-up archipelago", "a made-up peninsula"]
    coasts = real_coasts() if real else made_up_coasts()
    show_limits(names[0], coasts[0], rounds)
    seconds, line = timed(lambda: equidistance(*coasts), rounds)
    laws = [Law(coast) for coast in coasts]
    some = np.random.default_rng(8).permutation(len(line.lon))[:N_VERTICES]
    far = [law.distance(line.lon[some], line.lat[some], accuracy=1e-6) for law in laws]
    print(
        f"\nEquidistance between {' and '.join(names)}, {len(coasts[0]):,} and "
        f"{len(coasts[1]):,} edges: {seconds:.2f} s,\n{len(line.lon):,} vertices, at which the "
        f"distances differ by {np.abs(far[0] - far[1]).max():.1g} m at most."
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--coasts", action="store_true")
    only.add_argument("--world", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    # Said on the pages of the engine; here it is time and error that count.
    warnings.simplefilter("ignore", GeometryWarning)
    if not options.world:
        show_coasts(options.rounds)
    if not options.coasts:
        show_world()


if __name__ == "__main__":
    main()
