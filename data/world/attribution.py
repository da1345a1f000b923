"""Whose coast it is: one territory, or one contested place, for every edge of the coast.

    python data/world/attribution.py

The State outlines of OpenStreetMap were cut at the same coast as its lands, so most edges are
found in them vertex by vertex. Where an outline lies within another (French Polynesia in France)
the smaller one counts: `iso3166.csv` says which. Edges that no outline has take the territory of
the nearest edge that has one on the same ring; rings without any, that of the outline which they
lie in (islands in rivers) or which is nearest. Then the reviewed boxes of `rules.csv` are applied
in their order, each to the territories that it names. Nothing is left over: what remains without
a territory is an error.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
import sources
from coast import STEPS, Coast, coast_path

from eezkit._atomic import atomic_path

HERE = Path(__file__).parent
NONE = -1
FAR = 3.0
"""Degrees. A ring farther than this from any outline needs a rule."""


def table(name: str) -> list[dict[str, str]]:
    """Read one of the reviewed tables."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Codes:
    """Numbers for all codes: those of outlines (ISO 3166-1) and those of territories."""

    names: list[str]

    @classmethod
    def from_tables(cls) -> "Codes":
        """Number the territories first, in the order of their table."""
        territories = [row["code"] for row in table("territories.csv")]
        others = [r["alpha3"] for r in table("iso3166.csv") if r["alpha3"] not in territories]
        return cls(territories + others)

    def number(self, code: str) -> int:
        """Return the number of a code."""
        return self.names.index(code)


def edges_of(coast: Coast) -> tuple[np.ndarray, np.ndarray]:
    """First and last vertex of each edge; a line of one vertex is an edge of no length."""
    size = np.diff(coast.lines)
    inner = np.ones(len(coast.lon), dtype=bool)
    inner[coast.lines[1:] - 1] = size == 1
    first = np.flatnonzero(inner)
    alone = np.repeat(size == 1, size)[first]
    return first, first + ~alone


def pack(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """One integer for each vertex, the same on both sides of ±180°."""
    turned = np.where(lon == 180 * STEPS, -180 * STEPS, lon).astype(np.int64)
    return turned * 2**32 + lat


@dataclass(frozen=True)
class Outlines:
    """The State outlines: polygons, and all their vertices packed and in degrees.

    `number` and `of_polygon` are the numbers of the codes of each vertex and polygon.
    """

    polygons: np.ndarray
    of_polygon: np.ndarray
    packed: np.ndarray
    xy: np.ndarray
    number: np.ndarray

    @classmethod
    def read(cls, codes: Codes) -> "Outlines":
        """Read them from their source."""
        features = json.loads(sources.read("states"))["features"]
        shapes = np.array([shapely.from_geojson(json.dumps(f["geometry"])) for f in features])
        number = np.array([codes.number(f["properties"]["A3"]) for f in features])
        polygons, feature = shapely.get_parts(shapes, return_index=True)
        xy, polygon = shapely.get_coordinates(polygons, return_index=True)
        packed = pack(*np.rint(xy * STEPS).astype(np.int32).T)
        return cls(polygons, number[feature], packed, xy, number[feature][polygon])


def without_containers(
    packed: np.ndarray, number: np.ndarray, codes: Codes
) -> tuple[np.ndarray, np.ndarray]:
    """Leave out a vertex of an outline where one that lies within it has the same vertex."""
    packed, number = np.unique(np.column_stack([packed, number]), axis=0).T
    keep = np.ones(len(packed), dtype=bool)
    for row in table("iso3166.csv"):
        if row["outlined_in"]:
            part = packed[number == codes.number(row["alpha3"])]
            container = number == codes.number(row["outlined_in"])
            keep &= ~(container & np.isin(packed, part))
    return packed[keep], number[keep]


def by_vertex(coast: Coast, states: Outlines, codes: Codes) -> np.ndarray:
    """Number of the outline that has both ends of an edge, or `NONE`; shape (n_edges,)."""
    packed, number = without_containers(states.packed, states.number, codes)
    order = np.lexsort([number, packed])
    packed, number = packed[order], number[order]
    own = pack(coast.lon, coast.lat)
    start, end = np.searchsorted(packed, own), np.searchsorted(packed, own, side="right")
    first, last = edges_of(coast)
    found = np.full(len(first), NONE)
    most = int((end - start).max())
    # At a land boundary a vertex has two or three outlines: the edge takes the one of both ends.
    for i in range(most):
        for j in range(most):
            a, b = start[first] + i, start[last] + j
            there = (a < end[first]) & (b < end[last]) & (found == NONE)
            same = number[np.where(there, a, 0)] == number[np.where(there, b, 0)]
            found = np.where(there & same, number[np.where(there, a, 0)], found)
    return found


def along_lines(coast: Coast, found: np.ndarray) -> np.ndarray:
    """Give edges without a territory that of the nearest edge on their line, by length."""
    first, last = edges_of(coast)
    line = coast.line_of_vertex()[first]
    mean = np.radians((coast.lat[first] + coast.lat[last]) / 2 / STEPS)
    east = (coast.lon[last].astype(float) - coast.lon[first]) * np.cos(mean)
    at = np.cumsum(np.hypot(east, coast.lat[last].astype(float) - coast.lat[first]))
    index = np.arange(len(first))
    known = found != NONE
    before = np.maximum.accumulate(np.where(known, index, -1))
    after = np.minimum.accumulate(np.where(known, index, len(index))[::-1])[::-1]
    reach = []
    for neighbour, sign in ((before, 1.0), (after, -1.0)):
        there = (neighbour >= 0) & (neighbour < len(index))
        neighbour = np.where(there, neighbour, 0)
        there &= line[neighbour] == line
        reach.append((np.where(there, sign * (at - at[neighbour]), np.inf), neighbour))
    (back, before), (ahead, after) = reach
    nearest = np.where(back <= ahead, before, after)
    return np.where(known, found, np.where(np.minimum(back, ahead) < np.inf, found[nearest], NONE))


def by_outline(coast: Coast, found: np.ndarray, states: Outlines, codes: Codes) -> np.ndarray:
    """Give lines without a territory that of the outline they lie in, or of the nearest."""
    first, _ = edges_of(coast)
    line = coast.line_of_vertex()[first]
    lines = np.unique(line[(found == NONE) & (coast.source[line] == "osm")])
    start = coast.lines[lines]
    at = np.column_stack([coast.lon[start], coast.lat[start]]) / STEPS
    containers = {codes.number(r["outlined_in"]) for r in table("iso3166.csv") if r["outlined_in"]}
    chosen = containing(at, states, containers)
    outside = chosen == NONE
    chosen[outside] = nearest(at[outside], states, containers)
    of_line = np.full(len(coast.source), NONE)
    of_line[lines] = chosen
    return np.where(found == NONE, of_line[line], found)


def containing(at: np.ndarray, states: Outlines, containers: set[int]) -> np.ndarray:
    """Number of the outline that each position lies in, or `NONE`."""
    polygon, point = shapely.STRtree(shapely.points(at)).query(states.polygons)
    shapely.prepare(states.polygons[np.unique(polygon)])
    within = shapely.contains_xy(states.polygons[polygon], *at[point].T)
    number, point = states.of_polygon[polygon[within]], point[within]
    chosen = np.full(len(at), NONE)
    for is_container in (True, False):
        these = np.isin(number, list(containers)) == is_container
        chosen[point[these]] = number[these]
    return chosen


def nearest(at: np.ndarray, states: Outlines, containers: set[int]) -> np.ndarray:
    """Number of the outline nearest to each position, or `NONE` where it is `FAR`.

    It is looked for among vertices in degrees, longitudes shrunk by the latitude: an islet belongs
    to a State far more plainly than this is inexact.
    """
    chosen = np.full(len(at), NONE)
    xy, number = states.xy, states.number
    for south in range(-90, 90, 5):
        rows = np.flatnonzero((at[:, 1] >= south) & (at[:, 1] < south + 5))
        band = np.flatnonzero(np.abs(xy[:, 1] - south - 2.5) < 2.5 + FAR)
        if not len(rows) or not len(band):
            continue
        # Where outlines share a vertex the container comes last, and the first is kept.
        band = band[np.argsort(np.isin(number[band], list(containers)), kind="stable")]
        shrink = np.array([np.cos(np.radians(south + 2.5)), 1.0])
        tree = shapely.STRtree(shapely.points(xy[band] * shrink))
        row, vertex = tree.query_nearest(shapely.points(at[rows] * shrink), max_distance=FAR)
        order = np.lexsort([vertex, row])
        row, once = np.unique(row[order], return_index=True)
        chosen[rows[row]] = number[band[vertex[order][once]]]
    return chosen


def by_source(coast: Coast, found: np.ndarray, codes: Codes) -> np.ndarray:
    """Give islets of Natural Earth the State it names, and rows of the table theirs."""
    state = {
        name: codes.number(row["alpha3"])
        for row in table("iso3166.csv")
        for name in row["natural_earth"].split("|")
    }
    islet = {row["name"]: codes.number(row["territory"]) for row in table("islets.csv")}
    of_line = np.full(len(coast.source), NONE)
    for i, source in enumerate(coast.source):
        kind, _, name = source.partition(":")
        if kind == "ne":
            of_line[i] = state.get(name, NONE)
        elif kind == "islet":
            of_line[i] = islet[name]
    first, _ = edges_of(coast)
    given = of_line[coast.line_of_vertex()[first]]
    return np.where(given != NONE, given, found)


def by_rules(coast: Coast, found: np.ndarray, codes: Codes) -> np.ndarray:
    """Apply the boxes of the rules, in their order, by the middle of each edge."""
    first, last = edges_of(coast)
    lon = (coast.lon[first].astype(float) + coast.lon[last]) / 2 / STEPS
    lat = (coast.lat[first].astype(float) + coast.lat[last]) / 2 / STEPS
    line = coast.line_of_vertex()[first]
    fixed = np.char.startswith(coast.source, "islet:")[line]
    result = found.copy()
    for rule in table("rules.csv"):
        west, south, east, north = (float(rule[k]) for k in ("west", "south", "east", "north"))
        inside = (lat >= south) & (lat <= north) & ~fixed
        inside &= (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
        if rule["from"] != "*":
            inside &= np.isin(result, [codes.number(code) for code in rule["from"].split("|")])
        result[inside] = codes.number(rule["territory"])
    return result


def attribute(coast: Coast) -> tuple[np.ndarray, dict[str, int]]:
    """Find the territory of every edge, as the number of its row in `territories.csv`.

    Returns
    -------
    numpy.ndarray of int16, shape (n_edges,)
    dict
        How many edges each step gave their territory.

    Raises
    ------
    SystemExit
        If edges are left without a territory; it names some of them.
    """
    codes = Codes.from_tables()
    states = Outlines.read(codes)
    steps = {"vertices of outlines": by_vertex(coast, states, codes)}
    steps["nearest on the ring"] = along_lines(coast, steps["vertices of outlines"])
    steps["outline round it or nearest"] = by_outline(
        coast, steps["nearest on the ring"], states, codes
    )
    steps["source of the islet"] = by_source(coast, steps["outline round it or nearest"], codes)
    steps["rules"] = by_rules(coast, steps["source of the islet"], codes)
    counts, before = {}, np.full_like(steps["rules"], NONE)
    for name, now in steps.items():
        counts[name] = int(np.count_nonzero(now != before))
        before = now
    _complain(coast, before, codes)
    return before.astype(np.int16), counts


def _complain(coast: Coast, found: np.ndarray, codes: Codes) -> None:
    """Stop where an edge has no territory, or a code that is none."""
    bad = np.flatnonzero((found == NONE) | (found >= len(table("territories.csv"))))
    if not len(bad):
        return
    first, _ = edges_of(coast)
    line = coast.line_of_vertex()[first]
    some = [
        f"{coast.lon[first[i]] / STEPS:.3f} {coast.lat[first[i]] / STEPS:.3f} "
        f"{codes.names[found[i]] if found[i] != NONE else 'no outline'} ({coast.source[line[i]]})"
        for i in bad[np.unique(line[bad], return_index=True)[1]][:40]
    ]
    raise SystemExit(
        f"{len(bad)} of {len(found)} edges have no territory; rules.csv needs a row for:\n"
        + "\n".join(some)
    )


def attributed_path() -> Path:
    """Return where the territories of the edges are kept."""
    return sources.workroom() / "attributed.npz"


def main() -> None:
    """Attribute the coast, keep the result, and say how it came about."""
    coast = Coast.load(coast_path())
    key, counts = attribute(coast)
    with atomic_path(attributed_path()) as path:
        np.savez_compressed(path, key=key)
    for name, count in counts.items():
        print(f"{name}: {count} edges ({count / len(key):.2%})")
    empty = sorted({row["code"] for row in table("territories.csv")} - set(used(key)))
    print(f"{len(set(key.tolist()))} territories; without coast: {', '.join(empty) or 'none'}")


def used(key: np.ndarray) -> list[str]:
    """Codes that occur."""
    names = Codes.from_tables().names
    return [names[i] for i in np.unique(key)]


if __name__ == "__main__":
    main()
