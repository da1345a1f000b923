"""Distances to the coast against brute force with pyproj, on the embedded atlas's own land.

    python benchmarks/coast_distances.py [--positions 10000]

Half of the positions are uniform on the globe, half lie by the coast. The oracle is that of the
tests, which ask it for a few.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import eezkit
from coast_oracle import BruteForce


def positions(atlas: eezkit.Atlas, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions all over the globe, and by the coast."""
    rng = np.random.default_rng(20261127)
    lon, lat = (
        rng.uniform(-180, 180, n - n // 2),
        np.degrees(np.arcsin(rng.uniform(-1, 1, n - n // 2))),
    )
    at = rng.integers(0, atlas.land.n_vertices, n // 2)
    near_lon = np.clip(atlas.land.lon[at] + rng.normal(0, 0.2, len(at)), -180, 180)
    near_lat = np.clip(atlas.land.lat[at] + rng.normal(0, 0.2, len(at)), -90, 90)
    return np.append(lon, near_lon), np.append(lat, near_lat)


def main() -> None:
    """Compare, and say how far the two are apart."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--positions", type=int, default=10_000)
    n = parser.parse_args().positions
    atlas = eezkit.load()
    lon, lat = positions(atlas, n)
    ours = atlas.coast_distance(lon, lat)
    began, oracle = time.process_time(), BruteForce(atlas.land)
    far = np.array([oracle.distance(x, y) for x, y in zip(lon, lat, strict=True)])
    apart = np.abs(ours - far)
    worst = int(np.argmax(apart))
    print(
        f"{n} positions: at most {apart.max() * 1000:.4f} mm apart, at {lon[worst]:.5f} "
        f"{lat[worst]:.5f} ({far[worst] / 1000:.1f} km); {time.process_time() - began:.0f} s"
    )
    raise SystemExit(0 if apart.max() <= 1e-3 else 1)


if __name__ == "__main__":
    main()
