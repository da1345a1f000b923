"""Build the coast that edges are told by: Natural Earth 1:10m land, as flat arrays.

    python data/build_coast.py [--package world-atlas-2.0.2.tgz]

From the same npm package as `build_land.py`, less what `world/no_land.csv` says is not there: in
published zones a drying reef may well be coast. The same package gives the same bytes.
"""

import argparse
import csv
import tempfile
from pathlib import Path

import numpy as np
import shapely

import build_land
from eezkit._atomic import atomic_path
from eezkit.sources.arcs import to_planes

MEMBER = "package/land-10m.json"
SHA256 = "9b9f584709c119d63fbadf484ce425260497697b7166be7a2fe360e8c0b171a8"
TARGET = Path(__file__).parents[1] / "eezkit" / "data" / "coast.npz"
NO_LAND = Path(__file__).parent / "world" / "no_land.csv"
TOLERANCE = 0.003
"""Degrees, 330 m: far below the 2 km at which an edge still counts as coast."""


def is_no_land(polygon):
    """Whether a polygon lies in one of the boxes of what is drawn as land and is not there."""
    with NO_LAND.open(encoding="utf-8", newline="") as file:
        boxes = [
            shapely.box(*(float(row[k]) for k in ("west", "south", "east", "north")))
            for row in csv.DictReader(file)
            if row["kind"] == "not there"
        ]
    return any(shapely.covers(box, polygon) for box in boxes)


def main():
    """Write the coast as steps of a thousandth of a degree, ring after ring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", type=Path, help="archive made by npm pack")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        package = options.package or build_land.fetch(folder)
        polygons = build_land.land_polygons(build_land.read_topology(package, MEMBER, SHA256))
    polygons = [polygon for polygon in polygons if not is_no_land(polygon)]
    rings, polygon = shapely.get_rings(shapely.simplify(polygons, TOLERANCE), return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    steps = np.diff(np.rint(coords * 1000).astype(np.int32), axis=0, prepend=np.int32([[0, 0]]))
    with atomic_path(TARGET) as path:
        np.savez_compressed(
            path,
            steps=to_planes(steps.astype(np.int64)),
            sizes=np.bincount(ring),
            polygons=np.searchsorted(polygon, np.arange(len(polygons) + 1)),
        )
    size = TARGET.stat().st_size / 1000
    print(f"{TARGET.name}: {len(rings)} rings, {len(coords)} vertices, {size:.0f} kB")


if __name__ == "__main__":
    main()
