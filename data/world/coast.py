"""The coast of the world: OpenStreetMap, and the islets that it lacks, as lines and as land.

    python data/world/coast.py

Of the OpenStreetMap lands every outer ring is taken, however small, unless a row of `no_land.csv`
says that it is none. Islands in lakes are no coast, nor are the edges that only close a polygon,
along ±180° and at the southern end of the projection that OpenStreetMap draws in. Natural Earth
gives islets that are farther than `APART` from any of this coast, since nearer ones are mostly
the same islets displaced, and farther than `RETOUCHED` from any row of `islets.csv`. The rows of
`islets.csv` are basepoints.

The land is what these lines enclose, each island whole, also across ±180°; a basepoint is drawn
as a mark of `MARK`. So all that makes a zone is land.
"""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
import sources

from eezkit._atomic import atomic_path

APART = 5000.0
"""Metres. Natural Earth at 1:10m is off by up to 4 km, so nearer is no evidence of an islet."""
RETOUCHED = 20_000.0
"""Metres. Round a row of the islets' table its position is taken, and not Natural Earth's."""
STEPS = 100_000
"""Vertices are counted in steps of 1e-5 degree (1.1 m), as the sources write them."""
FLOOR = -84.9
"""Degrees. South of it OpenStreetMap has no coast, only the end of its map."""
RADIUS = 6_371_008.8
MARK = 1e-4
"""Degrees, 11 m: how far the mark of an islet whose outline is not known reaches each way."""
SEAM_GRID = 1e-5
"""Degrees: the steps in which the source writes, in which halves meet along ±180°."""
WEDGE = 0.001
"""Degrees: wedges of sea along ±180° that are less than twice as wide are filled."""
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Coast:
    """Edges of the coast, in the order in which they follow each other along each line.

    Parameters
    ----------
    lon, lat : numpy.ndarray of int32, shape (n_vertices,)
        Vertices in steps of 1e-5 degree.
    lines : numpy.ndarray of int64, shape (n_lines + 1,)
        Line `i` is made of the vertices ``lines[i]:lines[i + 1]``; a single vertex is a basepoint.
    source : numpy.ndarray of str, shape (n_lines,)
        ``osm``, ``ne:`` and the name that Natural Earth gives the State, or ``islet:`` and the
        name of the row.
    """

    lon: np.ndarray
    lat: np.ndarray
    lines: np.ndarray
    source: np.ndarray

    def line_of_vertex(self) -> np.ndarray:
        """Which line each vertex belongs to."""
        return np.repeat(np.arange(len(self.lines) - 1), np.diff(self.lines))

    def save(self, path: Path) -> None:
        """Write the arrays."""
        with atomic_path(path) as temporary:
            np.savez_compressed(
                temporary, lon=self.lon, lat=self.lat, lines=self.lines, source=self.source
            )

    @classmethod
    def load(cls, path: Path) -> "Coast":
        """Read the arrays."""
        with np.load(path) as arrays:
            return cls(**{name: arrays[name] for name in ("lon", "lat", "lines", "source")})

    @classmethod
    def from_lines(cls, lines: list[np.ndarray], source: list[str]) -> "Coast":
        """Put lines of vertices in degrees one after the other."""
        steps = np.rint(np.vstack(lines) * STEPS).astype(np.int32)
        starts = np.concatenate([[0], np.cumsum([len(line) for line in lines])])
        return cls(steps[:, 0], steps[:, 1], starts.astype(np.int64), np.array(source))


def coast_path() -> Path:
    """Return where the coast is kept."""
    return sources.workroom() / "coast.npz"


def land_path() -> Path:
    """Return where the land is kept."""
    return sources.workroom() / "land.npz"


def land_polygons() -> np.ndarray:
    """Return all land as shapely polygons without holes; some longitudes pass 180."""
    with np.load(land_path()) as arrays:
        rings = np.split(arrays["xy"], arrays["starts"][1:-1])
    return np.array(shapely.polygons([shapely.linearrings(ring) for ring in rings]))


def build() -> tuple[Coast, list[np.ndarray]]:
    """Put the coast together, and the rings of the land."""
    every = outer_rings(sources.read("lands"))
    kept = ~in_lakes(every) & (are_no_land(every) < 0)
    rings = [ring for ring, is_kept in zip(every, kept, strict=True) if is_kept]
    lines = [line for ring in rings for line in without_cuts(ring)]
    islets = read_islets()
    extra = natural_earth_islets(rings, islets)
    coast = Coast.from_lines(
        lines + [ring for _, ring in extra] + [position[None] for _, position in islets],
        ["osm"] * len(lines)
        + [f"ne:{name}" for name, _ in extra]
        + [f"islet:{name}" for name, _ in islets],
    )
    land = whole(rings) + [ring for _, ring in extra] + [mark(at) for _, at in islets]
    return coast, land


def outer_rings(raw: bytes) -> list[np.ndarray]:
    """Read the outer rings of all polygons in GeoJSON, each closed."""
    parts = np.array([shapely.from_geojson(raw)])
    while (shapely.get_type_id(parts) > shapely.GeometryType.POLYGON).any():
        parts = shapely.get_parts(parts)
    xy, ring = shapely.get_coordinates(shapely.get_exterior_ring(parts), return_index=True)
    return np.split(xy, np.flatnonzero(np.diff(ring)) + 1)


def in_lakes(rings: list[np.ndarray]) -> np.ndarray:
    """Whether each ring lies within another one: islands in lakes."""
    land = shapely.polygons([shapely.linearrings(ring) for ring in rings])
    start = np.array([ring[0] for ring in rings])
    polygon, point = shapely.STRtree(shapely.points(start)).query(land)
    polygon, point = polygon[polygon != point], point[polygon != point]
    shapely.prepare(land[np.unique(polygon)])
    found = np.zeros(len(rings), dtype=bool)
    found[point[shapely.contains_xy(land[polygon], *start[point].T)]] = True
    return found


def are_no_land(rings: Sequence[np.ndarray]) -> np.ndarray:
    """Which row of `no_land.csv` has a box that each ring lies in; -1 where it is land."""
    low, high = (np.array([get(ring, axis=0) for ring in rings]) for get in (np.min, np.max))
    found = np.full(len(rings), -1)
    for number, row in enumerate(read_table("no_land")):
        west, south, east, north = (float(row[k]) for k in ("west", "south", "east", "north"))
        found[((low >= (west, south)) & (high <= (east, north))).all(axis=1)] = number
    return found


def whole(rings: list[np.ndarray]) -> list[np.ndarray]:
    """Join what the source cuts along ±180°, and close Antarctica at the pole."""
    east, west, rest = [], [], []
    for ring in rings:
        if ring[:, 1].min() < FLOOR:
            rest.append(to_the_pole(ring))
        elif ring[:, 0].max() == 180.0:
            east.append(ring)
        elif ring[:, 0].min() == -180.0:
            west.append(np.add(ring, (360.0, 0.0)))
        else:
            rest.append(ring)
    halves = shapely.polygons([shapely.linearrings(ring) for ring in east + west])
    joined = shapely.union_all(shapely.set_precision(halves, SEAM_GRID), grid_size=SEAM_GRID)
    # The source thins each half by itself, which leaves wedges of sea along the cut.
    strip = shapely.box(180.0 - 9 * WEDGE, -90.0, 180.0 + 9 * WEDGE, 90.0)
    wide = shapely.buffer(shapely.intersection(joined, strip), WEDGE, join_style="mitre")
    filled = shapely.buffer(wide, 2 * SEAM_GRID - WEDGE, join_style="mitre")
    inner = shapely.box(180.0 - 3 * WEDGE, -90.0, 180.0 + 3 * WEDGE, 90.0)
    joined = shapely.union_all(
        np.array([joined, shapely.intersection(filled, inner)]), grid_size=SEAM_GRID
    )
    outer = shapely.get_exterior_ring(shapely.get_parts(joined))
    return rest + [shapely.get_coordinates(ring) for ring in outer]


def to_the_pole(ring: np.ndarray) -> np.ndarray:
    """Draw the end of the map, where a ring has it, at the south pole."""
    lon, lat = ring.T
    at_end = lat < FLOOR
    return np.column_stack(
        [np.where(at_end, np.copysign(180.0, lon), lon), np.where(at_end, -90.0, lat)]
    )


def mark(position: np.ndarray) -> np.ndarray:
    """Draw a basepoint as land: a diamond on the grid of the atlas."""
    corners = MARK * np.array([(1, 0), (0, 1), (-1, 0), (0, -1), (1, 0)])
    return np.round(position / MARK) * MARK + corners


def without_cuts(ring: np.ndarray) -> list[np.ndarray]:
    """Cut a closed ring where an edge is no coast: along ±180° or at the end of the map."""
    x, y = ring.T
    along = (np.abs(x[:-1]) > 179.999) & (np.abs(np.diff(x)) < 0.001)
    below = (y[:-1] < FLOOR) | (y[1:] < FLOOR)
    artificial = along | below
    if not artificial.any():
        return [ring]
    first = int(np.argmax(artificial)) + 1
    opened = np.vstack([ring[first:-1], ring[: first + 1]])
    breaks = np.flatnonzero(np.roll(artificial, -first)) + 1
    return [line for line in np.split(opened, breaks) if len(line) > 1]


def read_table(name: str) -> list[dict[str, str]]:
    """Read one of the reviewed tables."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_islets() -> list[tuple[str, np.ndarray]]:
    """Read name and position of each row of the islets' table."""
    return [
        (row["name"], np.array([float(row["lon"]), float(row["lat"])]))
        for row in read_table("islets")
    ]


def natural_earth_islets(
    rings: list[np.ndarray], islets: list[tuple[str, np.ndarray]]
) -> list[tuple[str, np.ndarray]]:
    """Choose the lands of Natural Earth that are far from the coast, with the State's name."""
    coast = np.vstack(rings)
    points = np.array([position for _, position in islets]).reshape(-1, 2)
    inland = shapely.STRtree(
        shapely.polygons([shapely.linearrings(r) for r in rings if len(r) > 3])
    )
    near_coast, near_islet = Nearest(coast), Nearest(points)
    chosen = []
    outlines = natural_earth(sources.read("natural_earth"))
    no_land = are_no_land([ring for _, ring in outlines]) >= 0
    for (name, ring), is_none in zip(outlines, no_land, strict=True):
        if is_none:
            continue
        spread = densified(ring)
        if (
            len(inland.query(shapely.Point(ring[:-1].mean(axis=0)), predicate="within"))
            or near_coast.within(spread, APART)
            or near_islet.within(spread, RETOUCHED)
        ):
            continue
        chosen.append((name, ring))
    return chosen


def natural_earth(raw: bytes) -> list[tuple[str, np.ndarray]]:
    """Read the outer rings of the world-atlas topology, each with the name of its State."""
    topology = json.loads(raw)
    scale, origin = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(arc, axis=0) * scale + origin for arc in topology["arcs"]]
    rings = []
    for state in topology["objects"]["countries"]["geometries"]:
        polygons = state.get("arcs", []) if state["type"] == "MultiPolygon" else [state["arcs"]]
        for shell, *_ in polygons:
            pieces = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in shell]
            ring = np.vstack([pieces[0], *(piece[1:] for piece in pieces[1:])])
            rings.append((state["properties"]["name"], ring))
    return rings


def densified(ring: np.ndarray, step: float = 0.01) -> np.ndarray:
    """Add positions along a line, so that none is farther than `step` degrees from the next."""
    n = np.maximum(1, np.ceil(np.abs(np.diff(ring, axis=0)).max(axis=1) / step).astype(int))
    along = np.concatenate([np.arange(k) / k for k in n])
    start = np.repeat(np.arange(len(n)), n)
    return ring[start] + along[:, None] * np.diff(ring, axis=0)[start]


class Nearest:
    """Whether positions lie near any of a set of vertices; a sphere is good enough for that."""

    def __init__(self, vertices: np.ndarray, cell: float = 0.25) -> None:
        self._cell = cell
        self._vertices = vertices
        self._cells: dict[tuple[int, int], np.ndarray] = {}
        if len(vertices):
            column = np.floor(vertices / cell).astype(np.int64)
            order = np.lexsort(column.T)
            column = column[order]
            breaks = np.flatnonzero((np.diff(column, axis=0) != 0).any(axis=1)) + 1
            for members in np.split(order, breaks):
                x, y = np.floor(vertices[members[0]] / cell).astype(int)
                self._cells[int(x), int(y)] = members

    def within(self, positions: np.ndarray, distance: float) -> bool:
        """Whether any of the positions is nearer than `distance` metres to any vertex."""
        reach = np.degrees(distance / RADIUS)
        for x, y in positions:
            wide = min(reach / max(np.cos(np.radians(y)), 1e-3), 180.0)
            columns = range(
                int(np.floor((x - wide) / self._cell)), int((x + wide) // self._cell) + 1
            )
            lines = range(
                int(np.floor((y - reach) / self._cell)), int((y + reach) // self._cell) + 1
            )
            for key in ((i, j) for i in columns for j in lines):
                members = self._cells.get(key)
                if members is not None:
                    near = self._vertices[members]
                    if (sphere_distance(x, y, *near.T) < distance).any():
                        return True
        return False


def sphere_distance(lon1, lat1, lon2, lat2):
    """Distance on a sphere in metres, good to half a per cent."""
    x1, y1, x2, y2 = (np.radians(value) for value in (lon1, lat1, lon2, lat2))
    half = np.sin((y2 - y1) / 2) ** 2 + np.cos(y1) * np.cos(y2) * np.sin((x2 - x1) / 2) ** 2
    return 2 * RADIUS * np.arcsin(np.sqrt(np.minimum(half, 1.0)))


def main() -> None:
    """Build the coast, keep it, and say what it is made of."""
    coast, land = build()
    coast.save(coast_path())
    with atomic_path(land_path()) as path:
        starts = np.concatenate([[0], np.cumsum([len(ring) for ring in land])])
        np.savez_compressed(path, xy=np.vstack(land), starts=starts)
    kind, count = np.unique([name.split(":")[0] for name in coast.source], return_counts=True)
    print(", ".join(f"{n} lines from {k}" for k, n in zip(kind, count, strict=True)))
    print(f"{len(coast.lon)} vertices in {coast_path()}; {len(land)} pieces of land")


if __name__ == "__main__":
    main()
