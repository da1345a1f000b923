"""Zones from lines: limits and boundaries laid over the coast, and every face named.

    python data/world/overlay.py

All lines and the coast are cut at each other on one grid, so that neighbours share their edges
exactly; what they enclose is land, or belongs to the territory whose coast is nearest, or is high
seas. The land side is coarser than the limits: the coast may move by `LAND`, and islands that
vanish at this are left out of the land (not out of the baselines: their zones stay).
"""

import sys
import time

import numpy as np
import shapely
import sources
from attribution import table
from baselines import baselines_path
from divide import FINE, land_polygons, lines_path

from eezkit._atomic import atomic_path
from eezkit.geometry import wrap_lon
from eezkit.nearest import EdgeTree
from eezkit.units import M

GRID = 1e-4
"""Degrees: 11 m, so a line moves by 8 m at most."""
FINE_GRID = 1e-6
"""Degrees, for the `FINE` territories, which share no edge with others."""
LAND = 0.002
"""Degrees: 220 m."""
LEAST_ISLAND = 1e-6
"""Square degrees: 0.012 km² at the equator."""
SOUTH_END = -85.0
"""Degrees. The coast ends there, in the ice."""
HIGH_SEAS = -1
ON_LAND = -2


def zones_path():
    """Return where the zones are kept, as GeoParquet."""
    return sources.workroom() / "zones.parquet"


def read_lines(breadth: int, part: str, keys: list[int] | None = None) -> np.ndarray:
    """Read the lines of a breadth, all or those that bound one of the territories."""
    with np.load(lines_path(breadth, part)) as arrays:
        starts = arrays["starts"]
        lines = shapely.linestrings(
            arrays["xy"], indices=np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        )
        if keys is None:
            return lines
        return lines[np.isin(arrays["left"], keys) | np.isin(arrays["right"], keys)]


def drawn_land(polygons: np.ndarray, tolerance: float, grid: float) -> np.ndarray:
    """Simplify the land and put it on the grid; small islands go."""
    simple = shapely.simplify(polygons, tolerance, preserve_topology=True)
    simple = simple[shapely.area(simple) > LEAST_ISLAND]
    bad = ~shapely.is_valid(simple)
    simple[bad] = shapely.make_valid(simple[bad], method="structure", keep_collapsed=False)
    snapped = shapely.set_precision(simple, grid)
    return shapely.get_parts(snapped[~shapely.is_empty(snapped)])


class Namer:
    """Names positions at sea by the nearest coast that is entitled to a zone there."""

    def __init__(self) -> None:
        with np.load(baselines_path()) as arrays:
            self.edges = {name: arrays[name] for name in arrays.files}
        self.tree = EdgeTree.build(*(self.edges[n] for n in ("lon1", "lat1", "lon2", "lat2")))

    def __call__(self, lon: np.ndarray, lat: np.ndarray, breadth: float = 200 * M) -> np.ndarray:
        """Give the number of the territory's row, `HIGH_SEAS` where there is none."""
        best, result = np.full(len(lon), np.inf), np.full(len(lon), HIGH_SEAS)
        for cap in np.unique(self.edges["max_breadth"]):
            active = self.edges["max_breadth"] == cap
            found = self.tree.query(lon, lat, active=active, max_distance=min(cap, breadth))
            nearer = found.distance < best
            best[nearer] = found.distance[nearer]
            result[nearer] = self.edges["key"][found.edge[nearer]]
        return result


def faces(lines: np.ndarray, land: np.ndarray, frame: shapely.Polygon, grid: float) -> np.ndarray:
    """Cut everything at everything and return what is enclosed."""
    work = [*lines, *shapely.boundary(land), shapely.boundary(frame)]
    noded = shapely.union_all(shapely.set_precision(np.array(work), grid, mode="pointwise"), grid)
    return shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))


def name_faces(found: np.ndarray, land: np.ndarray, namer: Namer) -> np.ndarray:
    """Say of each face whether it is land, and else whose it is."""
    at = shapely.get_coordinates(shapely.point_on_surface(found))
    tree = shapely.STRtree(shapely.points(at))
    polygon, point = tree.query(land)
    shapely.prepare(land)
    on_land = at[:, 1] < SOUTH_END
    on_land[point[shapely.contains_xy(land[polygon], *at[point].T)]] = True
    names = np.full(len(found), ON_LAND)
    names[~on_land] = namer(wrap_lon(at[~on_land, 0]), at[~on_land, 1])
    return names


def build() -> tuple[np.ndarray, np.ndarray]:
    """Return numbers of territories in ascending order, and the zone of each."""
    names = [row["code"] for row in table("territories.csv")]
    limits = [float(row["limit_nmi"]) for row in table("territories.csv")]
    fine = [names.index(code) for code in FINE]
    near = [i for i, limit in enumerate(limits) if limit < 200]
    namer, all_land = Namer(), land_polygons()
    world = shapely.box(-180, -90, 180, 90)
    land = drawn_land(all_land, LAND, GRID)
    say(f"{len(land)} islands and continents, {shapely.get_num_coordinates(land).sum()} vertices")
    lines = np.concatenate([read_lines(200, "world"), read_lines(12, "world", near)])
    found = faces(lines, land, world, GRID)
    say(f"{len(found)} faces")
    owner = name_faces(found, land, namer)
    # The fine territories have no line among these, so the sea round them was named as one face.
    owner[np.isin(owner, fine)] = HIGH_SEAS
    zones = {key: shapely.coverage_union_all(found[owner == key]) for key in np.unique(owner)}
    for code, key in zip(FINE, fine, strict=True):
        own_lines = read_lines(200, code)
        frame = shapely.box(*shapely.total_bounds(own_lines)).buffer(1.0)
        own_land = all_land[shapely.STRtree(all_land).query(frame, predicate="intersects")]
        own_faces = faces(own_lines, own_land, frame, FINE_GRID)
        own = own_faces[name_faces(own_faces, own_land, namer) == key]
        zones[key] = shapely.coverage_union_all(own)
    keys = np.array(sorted(key for key in zones if key >= 0))
    return keys, np.array([zones[key] for key in keys])


def say(what: str) -> None:
    """Tell how far the work has come."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr)


def main() -> None:
    """Build the zones, keep them, and say what they are."""
    import geopandas

    keys, zones = build()
    codes = np.array([row["code"] for row in table("territories.csv")])[keys]
    layer = geopandas.GeoDataFrame({"code": codes}, geometry=zones, crs=4326)
    with atomic_path(zones_path()) as path:
        layer.to_parquet(path)
    whole = shapely.get_parts(zones)
    print(
        f"{len(keys)} zones, {shapely.get_num_coordinates(zones).sum()} vertices; "
        f"valid: {shapely.is_valid(zones).all()}, "
        f"coverage valid: {shapely.coverage_is_valid(whole)}"
    )


if __name__ == "__main__":
    main()
