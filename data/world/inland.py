"""Inland waters: lakes, and rivers from where the coast of OpenStreetMap ends.

    python data/world/inland.py

They are the holes in its lands, less the islands in them: those of `LEAST` on, and at the head of
an estuary, where a hole begins at the coast, those of `ESTUARY` on. Names come from
`inland_waters.csv`, a position in the water for each. What is drawn lies within the land that
`overlay.py` has drawn, over which it is laid: its shores are no coast.
"""

import sys

import numpy as np
import shapely
import sources
from coast import STEPS, Coast, coast_path, in_lakes, outer_rings, read_table
from overlay import GRID, LAND, layer_path

from eezkit._atomic import atomic_path

LEAST = 100.0
"""Square kilometres."""
ESTUARY = 10.0
"""Square kilometres."""
ISLAND = 1.0
"""Square kilometres: smaller islands in lakes are not drawn."""
SAME_PLACE = 100
"""Steps of `STEPS` in which a shore and a coast that meet have a vertex each: 110 m."""
NAMED = 0.1
"""Degrees: how far from the water its row may lie, since shores are drawn anew."""
KM_PER_DEGREE = 111.2


def area_km2(polygons: np.ndarray) -> np.ndarray:
    """Areas on a sphere, good to a per cent for what is no wider than a lake."""
    middle = shapely.bounds(polygons)[:, [1, 3]].mean(axis=1)
    return shapely.area(polygons) * KM_PER_DEGREE**2 * np.cos(np.radians(middle))


def holes(raw: bytes) -> np.ndarray:
    """Read the holes of all polygons in GeoJSON, as polygons."""
    parts = np.array([shapely.from_geojson(raw)])
    while (shapely.get_type_id(parts) > shapely.GeometryType.POLYGON).any():
        parts = shapely.get_parts(parts)
    rings, polygon = shapely.get_rings(parts, return_index=True)
    is_hole = np.concatenate([[False], np.diff(polygon) == 0])
    return np.array(shapely.polygons(rings[is_hole]))


def at_the_coast(waters: np.ndarray, coast: Coast) -> np.ndarray:
    """Whether each of the waters comes within about `SAME_PLACE` of a vertex of the coast."""
    xy, water = shapely.get_coordinates(waters, return_index=True)
    steps = np.rint(xy * STEPS).astype(np.int64)
    taken = np.unique(_cells(np.column_stack([coast.lon, coast.lat]).astype(np.int64)))
    found = np.zeros(len(waters), dtype=bool)
    for east in (-SAME_PLACE, 0, SAME_PLACE):
        for north in (-SAME_PLACE, 0, SAME_PLACE):
            found[water[np.isin(_cells(np.add(steps, (east, north))), taken)]] = True
    return found


def _cells(steps: np.ndarray) -> np.ndarray:
    return (steps[:, 0] // SAME_PLACE) * 2**32 + steps[:, 1] // SAME_PLACE


def chosen(raw: bytes, coast: Coast) -> np.ndarray:
    """Choose the waters that are large enough, without the islands in them."""
    waters = holes(raw)
    area = area_km2(waters)
    large, near = area >= LEAST, (area >= ESTUARY) & (area < LEAST)
    near[near] = at_the_coast(waters[near], coast)
    waters = waters[large | near]
    rings = outer_rings(raw)
    islands = shapely.polygons(
        [shapely.linearrings(r) for r, is_in in zip(rings, in_lakes(rings), strict=True) if is_in]
    )
    islands = islands[area_km2(islands) >= ISLAND]
    water, island = shapely.STRtree(islands).query(waters, predicate="intersects")
    for number in np.unique(water):
        own = shapely.union_all(shapely.make_valid(islands[island[water == number]]))
        waters[number] = shapely.difference(shapely.make_valid(waters[number]), own)
    return waters


def drawn(waters: np.ndarray, land: np.ndarray) -> np.ndarray:
    """Simplify the waters, put them on the grid, and keep what lies within the drawn land."""
    simple = shapely.simplify(waters, LAND, preserve_topology=True)
    bad = ~shapely.is_valid(simple)
    simple[bad] = shapely.make_valid(simple[bad], method="structure", keep_collapsed=False)
    simple = shapely.set_precision(simple, GRID)
    shapely.prepare(land)
    tree = shapely.STRtree(land)
    for number, water in enumerate(simple):
        around = land[tree.query(water, predicate="intersects")]
        if not shapely.contains_properly(around, water).any():
            within = shapely.intersection(water, shapely.union_all(around), grid_size=GRID)
            parts = [p for p in shapely.get_parts(within) if p.geom_type == "Polygon"]
            simple[number] = shapely.MultiPolygon(parts)
    return simple


def named(waters: np.ndarray) -> np.ndarray:
    """Name the waters that have a row in the table; the others get no name.

    Raises
    ------
    SystemExit
        If rows lie farther than `NAMED` from all waters, or two name the same one.
    """
    names = np.full(len(waters), "", dtype=object)
    tree, wrong = shapely.STRtree(waters), []
    for row in read_table("inland_waters"):
        at = shapely.Point(float(row["lon"]), float(row["lat"]))
        found = tree.query_nearest(at, max_distance=NAMED, all_matches=False)
        if not len(found) or names[found[0]]:
            wrong.append(row["name"])
        else:
            names[found[0]] = row["name"]
    if wrong:
        raise SystemExit(f"inland_waters.csv: in no water, or in one named before: {wrong}.")
    return names


def build() -> tuple[np.ndarray, np.ndarray]:
    """Return names and geometries of the inland waters, the named first, by name."""
    import geopandas

    land = shapely.get_parts(geopandas.read_parquet(layer_path("land")).geometry.to_numpy())
    waters = drawn(chosen(sources.read("lands"), Coast.load(coast_path())), land)
    waters = waters[~shapely.is_empty(waters)]
    names = named(waters)
    order = sorted(range(len(waters)), key=lambda i: (not names[i], names[i], *waters[i].bounds))
    return names[order], waters[order]


def main() -> None:
    """Build the layer, keep it, and say what is in it."""
    import geopandas

    names, waters = build()
    layer = geopandas.GeoDataFrame({"name": names}, geometry=waters, crs=4326)
    with atomic_path(layer_path("inland_waters")) as path:
        layer.to_parquet(path)
    n_vertices = shapely.get_num_coordinates(waters).sum()
    n_named = np.count_nonzero(names != "")
    print(
        f"inland waters: {len(waters)}, {n_named} of them named, {n_vertices} vertices; "
        f"valid: {shapely.is_valid(waters).all()}",
        file=sys.stderr,
    )
    area = area_km2(waters) * (names == "")
    for i in np.argsort(-area)[:12]:
        at = shapely.get_coordinates(shapely.point_on_surface(waters[i]))[0]
        print(f"no name: {area[i]:.0f} km² at {at[0]:.2f} {at[1]:.2f}", file=sys.stderr)


if __name__ == "__main__":
    main()
