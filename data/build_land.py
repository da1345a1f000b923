"""Build the land that offline maps show: Natural Earth 1:50m, as eezkit draws it.

    python data/build_land.py [--package world-atlas-2.0.2.tgz]

The npm package world-atlas 2.0.2 (Natural Earth 4.1.0, public domain) is fetched with `npm pack`
where it is not given. The same package gives the same bytes.
"""

import argparse
import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

import numpy as np
import shapely

from eezkit._atomic import atomic_path
from eezkit.maps.paths import encode_geometry, outline_ring

PACKAGE = "world-atlas@2.0.2"
MEMBER = "package/land-50m.json"
SHA256 = "619477ff690c086885e45cb91707d783805561bd75ae8e437b7d4694b0204e0f"
TARGET = Path(__file__).parents[1] / "eezkit" / "maps" / "land_50m.json"
DECIMALS = 2
"""1.1 km, where the source has a vertex every 5 to 10 km; one more digit costs 60 % more bytes."""


def fetch(folder):
    """Fetch the package from the npm registry and return the path of its archive."""
    done = subprocess.run(
        ["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True, capture_output=True, text=True
    )
    return Path(folder) / done.stdout.strip()


def read_topology(archive, member=MEMBER, sha256=SHA256):
    """Read a TopoJSON member of the archive, after checking that it is the expected one."""
    with tarfile.open(archive) as package:
        raw = package.extractfile(member).read()
    found = hashlib.sha256(raw).hexdigest()
    if found != sha256:
        raise SystemExit(f"{member} of {archive} has sha256 {found}, not {sha256}.")
    return json.loads(raw)


def land_polygons(topology):
    """Put the polygons of the land together from the arcs of the topology."""
    scale, origin = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(arc, axis=0) * scale + origin for arc in topology["arcs"]]

    def ring(indices):
        # An index ~i stands for arc i backwards; each arc begins where the one before ended.
        pieces = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
        # Rings jump where they cross ±180°, and the one of Antarctica goes round the pole.
        return outline_ring(*np.vstack([pieces[0], *(piece[1:] for piece in pieces[1:])]).T)

    (land,) = topology["objects"]["land"]["geometries"]
    polygons = []
    for rings in land["arcs"]:
        shell, *holes = (ring(indices) for indices in rings)
        # The source closes Antarctica with a hole along 89.999° S; the ring needs none.
        holes = [hole for hole in holes if hole[:, 1].max() > -89.9]
        polygons.append(shapely.Polygon(*(in_window(shell, [shell, *holes]))))
    return [polygon for polygon in polygons if polygon.area > 0]


def in_window(shell, rings):
    """Shift the rings of a polygon by 360° so that its shell lies round longitudes in ±180°."""
    middle = (shell[:, 0].min() + shell[:, 0].max()) / 2
    window = -360.0 * np.rint(middle / 360.0)
    moved = [
        np.add(ring, [window - 360.0 * np.rint((ring[0, 0] - middle) / 360.0), 0.0])
        for ring in rings
    ]
    return moved[0], moved[1:]


def main():
    """Write the land layer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", type=Path, help="archive made by npm pack")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        polygons = land_polygons(read_topology(options.package or fetch(folder)))
    largest_first = sorted(polygons, key=lambda polygon: (-polygon.area, polygon.bounds))
    layer = {
        "source": "Natural Earth 4.1.0, 1:50m land, through the npm package world-atlas 2.0.2",
        "licence": "public domain",
        "decimals": DECIMALS,
        "parts": encode_geometry(shapely.multipolygons(largest_first), DECIMALS),
    }
    with atomic_path(TARGET) as path:
        path.write_text(json.dumps(layer, separators=(",", ":")) + "\n", encoding="ascii")
    print(f"{TARGET.name}: {len(layer['parts'])} polygons, {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
