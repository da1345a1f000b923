"""How long a world layer takes from its file to a built atlas, and how large that is.

    python benchmarks/bench_build.py

Each run has a process of its own and an empty cache. *Again* is a second process that finds the
atlas built. The layer is that of `workloads`, from a GeoParquet file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import workloads

NAMES = {"name": "zone_id", "sovereign": "countryCode"}
MEASURE = """
import json, resource, sys, time, warnings
warnings.simplefilter("ignore")
began, spent = time.perf_counter(), time.process_time()
import eezkit
atlas = eezkit.read(sys.argv[1], columns=json.loads(sys.argv[2]))
atlas.locate(0.0, 0.0)
taken = time.perf_counter() - began, time.process_time() - spent
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
sizes = {}
for name, array in atlas.index.to_arrays().items():
    sizes["index"] = sizes.get("index", 0) + array.nbytes
sizes["folder"] = sum(file.stat().st_size for file in atlas.folder.iterdir())
print(json.dumps([*taken, peak, sizes["index"] / 1e6, sizes["folder"] / 1e6]))
"""


def source(room: Path) -> tuple[str, Path]:
    """Give the shared layer's file or, where it is absent, one of the synthetic layer."""
    shared = workloads.SHARED / "world_zones_full.parquet"
    if shared.exists():
        return shared.stem, shared
    import geopandas

    zones = workloads.synthetic_layer().to_shapely()
    path = room / "synthetic.parquet"
    columns = {column: [f"Z{i}" for i in range(len(zones))] for column in NAMES.values()}
    geopandas.GeoDataFrame(columns, geometry=zones, crs=4326).to_parquet(path)
    return "synthetic", path


def measure(path: Path, cache: Path) -> list[float]:
    """Read the layer in a new process: wall and processor seconds, then megabytes."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), json.dumps(NAMES)],
        env={**os.environ, "EEZKIT_CACHE_DIR": str(cache)},
        check=True,
        capture_output=True,
        text=True,
    )
    return list(json.loads(done.stdout))


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as room:
        name, path = source(Path(room))
        print(f"Layer {name}, from a file to a built atlas: indices, edges, trees, checks.\n")
        print("| | seconds | processor, s | greatest memory, MB | index, MB | folder, MB |")
        print("|---|---:|---:|---:|---:|---:|")
        for when in ("first", "again"):
            wall, spent, *megabytes = measure(path, Path(room) / "cache")
            cells = "".join(f" {value:,.0f} |" for value in megabytes)
            print(f"| {when} | {wall:.2f} | {spent:.2f} |{cells}")


if __name__ == "__main__":
    main()
