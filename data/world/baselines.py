"""The baselines of all territories, as the limits engine takes them.

    python data/world/baselines.py

The coast is not thinned: the source keeps no detail below 100 m, so that letting it move by 50 m
would save one edge in a hundred. Where the coasts of two territories meet in a vertex, at the end
of a land boundary, both are drawn back from it by up to `GAP`: all that lies behind the vertex is
equally far from both else, and a line needs somewhere to run. It still begins where it did.
"""

import numpy as np
import sources
from attribution import attributed_path, edges_of, table
from coast import STEPS, Coast, coast_path

from eezkit._atomic import atomic_path
from eezkit.units import M

GAP = 60.0
"""Metres, and no more than `OF_EDGE` of the edge."""
OF_EDGE = 0.4
METRES_PER_DEGREE = 111_320.0


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
    start = np.column_stack([lon[first], lat[first]])
    end = np.column_stack([lon[last], lat[last]])
    start, end = drawn_back(start, end, key)
    return {
        "lon1": start[:, 0],
        "lat1": start[:, 1],
        "lon2": end[:, 0],
        "lat2": end[:, 1],
        "key": key.astype(np.int64),
        "max_breadth": np.where(caps < 200.0, caps * M, np.inf),
    }


def drawn_back(
    start: np.ndarray, end: np.ndarray, key: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Draw edges back from the vertices in which territories meet."""
    places, place = np.unique(np.vstack([start, end]), axis=0, return_inverse=True)
    place, keys = place.reshape(-1), np.concatenate([key, key])
    least, most = np.full(len(places), keys.max()), np.zeros(len(places), keys.dtype)
    np.minimum.at(least, place, keys)
    np.maximum.at(most, place, keys)
    meets = (least != most)[place].reshape(2, -1)
    east = (end[:, 0] - start[:, 0]) * np.cos(np.radians(start[:, 1]))
    length = METRES_PER_DEGREE * np.hypot(east, end[:, 1] - start[:, 1])
    share = np.minimum(GAP / np.maximum(length, 1e-9), OF_EDGE)[:, None]
    back = share * (end - start)
    return np.where(meets[0][:, None], start + back, start), np.where(
        meets[1][:, None], end - back, end
    )


def main() -> None:
    """Build the baselines, keep them, and say how many edges they have."""
    edges = build()
    with atomic_path(baselines_path()) as path:
        np.savez_compressed(path, **edges)
    n_keys = len(np.unique(edges["key"]))
    print(f"{len(edges['key'])} edges of {n_keys} territories in {baselines_path()}")


if __name__ == "__main__":
    main()
