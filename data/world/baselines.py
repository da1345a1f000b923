"""The baselines of all territories, as the limits engine takes them.

    python data/world/baselines.py

The coast is not thinned: the source keeps no detail below 100 m, so that letting it move by 50 m
would save one edge in a hundred.
"""

import numpy as np
import sources
from attribution import attributed_path, edges_of, table
from coast import STEPS, Coast, coast_path

from eezkit._atomic import atomic_path
from eezkit.units import M


def baselines_path():
    """Return where the baselines are kept."""
    return sources.workroom() / "baselines.npz"


def build() -> dict[str, np.ndarray]:
    """Return the edges of the baselines by the fields of `eezkit.limits.Baseline`.

    Returns
    -------
    dict of numpy.ndarray, each of shape (n_edges,)
        ``lon1, lat1, lon2, lat2`` in degrees, ``key`` as the number of the row in
        `territories.csv`, ``max_breadth`` in metres.
    """
    coast = Coast.load(coast_path())
    with np.load(attributed_path()) as arrays:
        key = arrays["key"]
    first, last = edges_of(coast)
    lon, lat = coast.lon / STEPS, coast.lat / STEPS
    caps = np.array([float(row["limit_nmi"]) for row in table("territories.csv")])[key]
    of_islet = {
        f"islet:{row['name']}": float(row["max_breadth_nmi"])
        for row in table("islets.csv")
        if row["max_breadth_nmi"]
    }
    of_line = np.array([of_islet.get(source, np.inf) for source in coast.source])
    caps = np.minimum(caps, of_line[coast.line_of_vertex()[first]])
    return {
        "lon1": lon[first],
        "lat1": lat[first],
        "lon2": lon[last],
        "lat2": lat[last],
        "key": key.astype(np.int64),
        "max_breadth": np.where(caps < 200.0, caps * M, np.inf),
    }


def main() -> None:
    """Build the baselines, keep them, and say how many edges they have."""
    edges = build()
    with atomic_path(baselines_path()) as path:
        np.savez_compressed(path, **edges)
    n_keys = len(np.unique(edges["key"]))
    print(f"{len(edges['key'])} edges of {n_keys} territories in {baselines_path()}")


if __name__ == "__main__":
    main()
