"""Zones from lines: limits and boundaries laid over the coast, and every face named.

    python data/world/overlay.py

All lines and the coast are cut at each other on one grid, so that neighbours share their edges
exactly; what they enclose is land, or belongs to the territory whose coast is nearest, or is high
seas. The land side is coarser than the limits: the coast may move by `LAND`. Islands that would
vanish at this are drawn as they are, so that whatever has a zone has a coast. Land is simplified
whole and then cut along ±180°, so that both halves meet there.

Four layers come of it: the zones, which divide the sea; territorial seas and contiguous zones,
which lie over them; and the land.
"""

import sys
import time

import numpy as np
import shapely
import sources
from attribution import table
from baselines import baselines_path
from coast import land_polygons, mark
from divide import FINE, lines_path

from eezkit._atomic import atomic_path
from eezkit.geometry import wrap_lon
from eezkit.nearest import EdgeTree
from eezkit.units import M

GRID = 1e-4
"""Degrees: 11 m, so a line moves by 8 m at most."""
FINE_GRID = 1e-6
"""Degrees, for the `FINE` territories, which share no edge with others."""
LAND = 0.005
"""Degrees: 550 m."""
LEAST_ISLAND = 1e-6
"""Square degrees, 0.012 km² at the equator: islands that get smaller keep all their vertices."""
HIGH_SEAS = -1
ON_LAND = -2


LAYERS = ("zones", "territorial_seas", "contiguous_zones", "land")
"""What is laid over each other here; `inland.py` adds the inland waters."""


def layer_path(name: str):
    """Return where a layer is kept, as GeoParquet."""
    return sources.workroom() / f"{name}.parquet"


def read_lines(breadth: int, part: str, keys: list[int] | None = None) -> np.ndarray:
    """Read the lines of a breadth, all or those that bound one of the territories."""
    with np.load(lines_path(breadth, part)) as arrays:
        starts, lon = arrays["starts"], arrays["xy"][:, 0]
        jumps = np.setdiff1d(np.flatnonzero(np.abs(np.diff(lon)) > 180.0) + 1, starts)
        if len(jumps):
            raise SystemExit(f"{lines_path(breadth, part).name} crosses ±180° without a cut.")
        lines = shapely.linestrings(
            arrays["xy"], indices=np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        )
        if keys is None:
            return lines
        return lines[np.isin(arrays["left"], keys) | np.isin(arrays["right"], keys)]


def drawn_land(polygons: np.ndarray, tolerance: float, grid: float) -> np.ndarray:
    """Simplify the land and put it on the grid, in pieces between -180° and 180°."""
    simple = shapely.simplify(polygons, tolerance, preserve_topology=True)
    small = shapely.area(simple) <= LEAST_ISLAND
    simple[small] = polygons[small]
    bad = ~shapely.is_valid(simple)
    simple[bad] = shapely.make_valid(simple[bad], method="structure", keep_collapsed=False)
    snapped = shapely.set_precision(simple, grid)
    # What is narrower than the grid, or a box on it, as nothing on a coast is.
    at = shapely.get_coordinates(shapely.centroid(polygons))
    for lost in np.flatnonzero(shapely.is_empty(snapped) | are_boxes(snapped)):
        snapped[lost] = shapely.Polygon(mark(at[lost]))
    return cut_along_180(shapely.get_parts(snapped), grid)


def are_boxes(polygons: np.ndarray) -> np.ndarray:
    """Whether all edges of each polygon run along meridians and parallels."""
    rings = shapely.get_exterior_ring(polygons)
    is_small = np.flatnonzero(shapely.get_num_coordinates(rings) == 5)
    xy = shapely.get_coordinates(rings[is_small]).reshape(-1, 5, 2)
    found = np.zeros(len(polygons), dtype=bool)
    found[is_small] = (np.diff(xy, axis=1) == 0.0).any(axis=2).all(axis=1)
    return found


def cut_along_180(polygons: np.ndarray, grid: float) -> np.ndarray:
    """Cut what passes 180° there, at vertices that both halves have."""
    east = shapely.bounds(polygons)[:, 2]
    pieces = [polygons[east <= 180.0]]
    meridian = shapely.LineString([(180.0, -90.0), (180.0, 90.0)])
    for polygon in polygons[east > 180.0]:
        lines = np.array([*shapely.get_rings(polygon), meridian])
        noded = shapely.union_all(lines, grid_size=grid)
        cut = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
        at = shapely.get_coordinates(shapely.point_on_surface(cut))
        shapely.prepare(polygon)
        cut = cut[shapely.contains_xy(polygon, *at.T)]
        over = shapely.bounds(cut)[:, 2] > 180.0
        back = shapely.transform(cut[over], lambda xy: np.subtract(xy, (360.0, 0.0)))
        pieces += [cut[~over], back]
    return np.concatenate(pieces)


class Namer:
    """Names positions at sea by the nearest coast that is entitled to a zone there."""

    def __init__(self) -> None:
        with np.load(baselines_path()) as arrays:
            self.edges = {name: arrays[name] for name in arrays.files}
        self.tree = EdgeTree.build(*(self.edges[n] for n in ("lon1", "lat1", "lon2", "lat2")))

    def __call__(self, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the numbers of the territories' rows, `HIGH_SEAS` for none, and how far they are."""
        best, key = np.full(len(lon), np.inf), np.full(len(lon), HIGH_SEAS)
        for cap in np.unique(self.edges["max_breadth"]):
            active = self.edges["max_breadth"] == cap
            found = self.tree.query(lon, lat, active=active, max_distance=min(cap, 200 * M))
            nearer = found.distance < best
            best[nearer] = found.distance[nearer]
            key[nearer] = self.edges["key"][found.edge[nearer]]
        return key, best


def faces(lines: np.ndarray, land: np.ndarray, frame: shapely.Polygon, grid: float) -> np.ndarray:
    """Cut everything at everything and return what is enclosed."""
    work = [*lines, *shapely.boundary(land), shapely.boundary(frame)]
    noded = shapely.union_all(
        shapely.set_precision(np.array(work), grid, mode="pointwise"), grid_size=grid
    )
    return shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))


def name_faces(found: np.ndarray, land: np.ndarray, namer: Namer) -> tuple[np.ndarray, np.ndarray]:
    """Say of each face whose it is, `ON_LAND` included, and how far from the coast it lies."""
    at = shapely.get_coordinates(shapely.point_on_surface(found))
    tree = shapely.STRtree(shapely.points(at))
    polygon, point = tree.query(land)
    shapely.prepare(land)
    on_land = np.zeros(len(found), dtype=bool)
    on_land[point[shapely.contains_xy(land[polygon], *at[point].T)]] = True
    owner, far = np.full(len(found), ON_LAND), np.zeros(len(found))
    owner[~on_land], far[~on_land] = namer(wrap_lon(at[~on_land, 0]), at[~on_land, 1])
    return owner, far


def build() -> dict[str, dict[int, shapely.Geometry]]:
    """Return the layers: by the number of the territory's row, and the land by `ON_LAND`."""
    territories = table("territories.csv")
    names = [row["code"] for row in territories]
    fine = [names.index(code) for code in FINE]
    near = [i for i, row in enumerate(territories) if float(row["limit_nmi"]) < 200]
    sea = np.array([territorial_sea(row) for row in territories])
    namer, all_land = Namer(), land_polygons()
    world = shapely.box(-180, -90, 180, 90)
    land = drawn_land(all_land, LAND, GRID)
    say(f"{len(land)} islands and continents, {shapely.get_num_coordinates(land).sum()} vertices")
    lines = [read_lines(200, "world"), read_lines(12, "world", near), read_lines(24, "belt")]
    lines += [read_lines(breadth, "belt") for breadth in np.unique(sea).astype(int)]
    found = faces(np.concatenate(lines), land, world, GRID)
    say(f"{len(found)} faces")
    owner, far = name_faces(found, land, namer)
    # The fine territories have no line among these, so the sea round them was named as one face.
    owner[np.isin(owner, fine)] = HIGH_SEAS
    layers = layered(found, owner, far, sea)
    for code, key in zip(FINE, fine, strict=True):
        own_lines = np.concatenate([read_lines(breadth, code) for breadth in (12, 24, 200)])
        frame = shapely.box(*shapely.total_bounds(own_lines)).buffer(1.0)
        own_land = all_land[shapely.STRtree(all_land).query(frame, predicate="intersects")]
        own_faces = faces(own_lines, own_land, frame, FINE_GRID)
        own_owner, own_far = name_faces(own_faces, own_land, namer)
        for name, zones in layered(own_faces, own_owner, own_far, sea).items():
            if name == "land":
                coarse = shapely.get_parts(layers[name][ON_LAND])
                elsewhere = coarse[~shapely.intersects(coarse, frame)]
                own_zone = shapely.get_parts(zones[ON_LAND])
                layers[name][ON_LAND] = shapely.multipolygons([*elsewhere, *own_zone])
            else:
                layers[name][key] = zones[key]
    return layers


def territorial_sea(row: dict[str, str]) -> float:
    """Breadth of the territorial sea in nautical miles: as claimed, at most 12 (article 3)."""
    return min(float(row["territorial_sea_nmi"]), 12.0)


def layered(
    found: np.ndarray, owner: np.ndarray, far: np.ndarray, sea: np.ndarray
) -> dict[str, dict[int, shapely.Geometry]]:
    """Put faces together to zones, layer by layer."""
    belt = sea[owner] * M
    chosen = {
        "zones": owner >= 0,
        "territorial_seas": (owner >= 0) & (far <= belt),
        "contiguous_zones": (owner >= 0) & (far > belt) & (far <= 24 * M),
        "land": owner == ON_LAND,
    }
    return {
        name: {
            int(key): shapely.coverage_union_all(found[is_here & (owner == key)])
            for key in np.unique(owner[is_here])
        }
        for name, is_here in chosen.items()
    }


def say(what: str) -> None:
    """Tell how far the work has come."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr)


def main() -> None:
    """Build the layers, keep them, and say what they are."""
    import geopandas

    codes = np.array([row["code"] for row in table("territories.csv")])
    for name, zones in build().items():
        keys = sorted(zones)
        layer = geopandas.GeoDataFrame(
            {"code": ["land"] if keys == [ON_LAND] else codes[keys]},
            geometry=[zones[key] for key in keys],
            crs=4326,
        )
        with atomic_path(layer_path(name)) as path:
            layer.to_parquet(path)
        polygons = layer.geometry.to_numpy()
        n_vertices = shapely.get_num_coordinates(polygons).sum()
        is_valid = shapely.is_valid(polygons).all()
        say(f"{name}: {len(layer)} zones, {n_vertices} vertices; valid: {is_valid}")


if __name__ == "__main__":
    main()
