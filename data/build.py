"""Build the embedded atlas: zones derived by eezkit from the coast, by articles 3, 33 and 57.

    python data/build.py [--check]

The same platform and lock file give the same bytes; `--check` builds beside and compares.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import shapely

from eezkit._atomic import atomic_path
from eezkit.geodesy import EdgeModel, polygon_area
from eezkit.geometry import Rings
from eezkit.limits import Baseline, zones_of
from eezkit.units import M

HERE = Path(__file__).parent
MANIFEST = "manifest.sha256"
NAME = "Minami-Torishima"
COAST = [
    (153.98491, 24.29195),
    (153.98398, 24.2975),
    (153.97109, 24.28476),
    (153.98561, 24.28126),
]
"""OpenStreetMap 2017, drawn to 10 m; anticlockwise."""
CENTRE = (153.980556, 24.286667)
"""24°17'12"N 153°58'50"E."""
COMPLETE = 348 * M
"""No other land lies within 200 M of any position this near: the next, Maug, is 1018 km off."""
TOLERANCE = 1.0
DECIMALS = 7
"""Of degrees, 1 cm: coarser than what compilers and processors make of the last bits."""

DATASET = {
    "name": "eezkit derived atlas",
    "version": "1",
    "basis": "derived",
    "licence": "ODbL-1.0",
    "citation": "Derived by eezkit from open coastlines. © OpenStreetMap contributors, ODbL 1.0, "
    "https://www.openstreetmap.org/copyright",
    "source": "https://www.openstreetmap.org/copyright",
    "accuracy_m": 350.0,
    "notes": [
        "Derived by eezkit from open coastlines by UNCLOS article 57: no treaties, not an official "
        "limit.",
        "The coast is that of OpenStreetMap (2017); the reef round it, 50 to 300 m wide, whose "
        "low-water line is the baseline in law, is not in it.",
    ],
    "coverage": {"type": "disc", "lon": CENTRE[0], "lat": CENTRE[1], "radius_m": COMPLETE},
    "zones": "zones.geojson",
    "overlays": "overlays.geojson",
    "land": "land.geojson",
}


def zone(kind, shell, hole):
    """Make a feature in eezkit's own layout of what lies between two closed rings."""
    polygon = shapely.Polygon(shell, [hole[::-1]])
    area = polygon_area(Rings.from_shapely([polygon]), model=EdgeModel.GEODESIC)[0]
    properties = {
        "name": NAME,
        "kind": kind,
        "regime": "sole",
        "sovereign": "JPN",
        "territory": NAME,
        "sovereign_name": "Japan",
        "territory_name": NAME,
        "mrgid": None,
        "area_km2": round(area / 1e6, 3),
        "published_kind": "",
    }
    return feature(properties, shell, hole[::-1])


def feature(properties, *rings):
    """Make a GeoJSON feature of a polygon."""
    geometry = {"type": "Polygon", "coordinates": [ring.tolist() for ring in rings]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(features):
    """Write features a line each, so that a change can be seen."""
    lines = (json.dumps(f, separators=(",", ":"), ensure_ascii=False) for f in features)
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def files():
    """Draw the limits and give the text of every file by its name."""
    land = np.array([*COAST, COAST[0]])
    limits = zones_of(Baseline.from_geometry(shapely.Polygon(land)), tolerance=TOLERANCE)
    territorial, contiguous, exclusive = (
        np.column_stack([limit.rings.lon, limit.rings.lat]).round(DECIMALS)
        for limit in limits.values()
    )
    names = {"name": NAME, "territory": NAME}
    made = {
        "dataset.json": json.dumps(DATASET, indent=2, ensure_ascii=False) + "\n",
        "zones.geojson": collection([zone("eez", exclusive, land)]),
        "overlays.geojson": collection(
            [
                zone("territorial_sea", territorial, land),
                zone("contiguous_zone", contiguous, territorial),
            ]
        ),
        "land.geojson": collection([feature(names, land)]),
    }
    sums = (f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in made.items())
    return {**made, MANIFEST: "".join(sums)}


def main():
    """Write the files, or say which differ from what would be written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args()
    made = files()
    if options.check:
        differ = [name for name, text in made.items() if (HERE / name).read_text("utf-8") != text]
        raise SystemExit(f"These files differ: {', '.join(differ)}." if differ else 0)
    for name, text in made.items():
        with atomic_path(HERE / name) as path:
            path.write_text(text, encoding="utf-8")
        print(f"{name}: {len(text.encode()) / 1000:.1f} kB")


if __name__ == "__main__":
    main()
