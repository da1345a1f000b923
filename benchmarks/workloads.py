"""Seeded workloads: a layer of zones, and positions to look up in it.

Positions: `ocean_uniform` is uniform by area on the sphere, `ais_like` hugs coasts at sea as ship
positions do, `near_boundary` lies on edges, vertices and within metres of them,
`overlapping_claims` lies in two zones or more. The same seed gives the same arrays.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eezkit.geometry import Rings, wrap_lon
from eezkit.lookup import CellIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Positions = tuple[NDArray[np.float64], NDArray[np.float64]]

SHARED = Path(os.environ.get("EEZKIT_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
KM_PER_DEGREE = 111.2


def layer(name: str = "world_zones_full") -> tuple[str, Rings]:
    """Give the shared layer of this name or, where it is absent, a synthetic one as large."""
    path = SHARED / f"{name}.parquet"
    if not path.exists():
        return "synthetic", synthetic_layer()
    import geopandas

    return name, Rings.from_shapely(geopandas.read_parquet(path).geometry.to_numpy())


def synthetic_layer(seed: int = 2, columns: int = 24, rows: int = 12) -> Rings:
    """Make zones that fill the globe, share wiggling borders and have islands for holes.

    288 zones and 8 that overlap others, 104 thousand rings, 2.5 million vertices.
    """
    import shapely

    rng = np.random.default_rng(seed)
    west, south = np.linspace(-180, 180, columns + 1), np.linspace(-78, 78, rows + 1)
    corners = np.stack(np.meshgrid(west, south, indexing="ij"), axis=-1)
    corners[1:-1, 1:-1] += rng.uniform(-3, 3, (columns - 1, rows - 1, 2))
    across = {
        (i, j): _wiggle(rng, corners[i, j], corners[i + 1, j], still=j in (0, rows))
        for i in range(columns)
        for j in range(rows + 1)
    }
    up = {
        (i, j): _wiggle(rng, corners[i, j], corners[i, j + 1], still=i in (0, columns))
        for i in range(columns + 1)
        for j in range(rows)
    }
    zones = []
    for i in range(columns):
        for j in range(rows):
            shell = [across[i, j], up[i + 1, j], across[i, j + 1][::-1], up[i, j][::-1]]
            ring = np.concatenate([*(side[:-1] for side in shell), shell[0][:1]])
            zones.append(shapely.Polygon(ring, _islands(rng, ring)))
    for zone in rng.choice(len(zones), 8, replace=False):
        x0, y0, x1, y1 = zones[zone].bounds
        zones.append(shapely.box((x0 + x1) / 2, y0 + 1, x1 - 2, (y0 + y1) / 2))
    return Rings.from_shapely(zones)


def _wiggle(
    rng: np.random.Generator, a: NDArray[np.float64], b: NDArray[np.float64], *, still: bool
) -> NDArray[np.float64]:
    """Give a line from a to b, displaced at its midpoints; straight if it must stay still."""
    line = np.stack([a, b])
    for k in range(9):
        middle = (line[:-1] + line[1:]) / 2
        if not still:
            middle += rng.normal(0, 1.2 * 0.45**k, middle.shape)
        line = np.insert(line, np.arange(1, len(line)), middle, axis=0)
    return line


def _islands(rng: np.random.Generator, ring: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Rough discs inside a ring, on a jittered lattice so that none meet, well off its edges."""
    import shapely

    inner = shapely.Polygon(ring).buffer(0).buffer(-1.2)
    low, high = ring.min(axis=0), ring.max(axis=0)
    step = 0.6
    x, y = np.meshgrid(np.arange(low[0], high[0], step), np.arange(low[1], high[1], step))
    x, y = x.ravel(), y.ravel()
    kept = shapely.contains_xy(inner, x, y)
    islands = []
    for cx, cy in zip(x[kept], y[kept], strict=True):
        n = int(np.clip(rng.lognormal(2.6, 0.75), 5, 400))
        angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
        radius = rng.uniform(0.2, 1) * 0.2 * (1 - 0.4 * rng.random(n))
        disc = np.column_stack([cx + radius * np.cos(angle), cy + radius * np.sin(angle)])
        islands.append(np.concatenate([disc, disc[:1]]))
    return islands


def ocean_uniform(n: int, *, seed: int = 10) -> Positions:
    """Give positions uniform by area on the sphere, land included."""
    rng = np.random.default_rng(seed)
    return rng.uniform(-180, 180, n), np.degrees(np.arcsin(rng.uniform(-1, 1, n)))


def ais_like(n: int, rings: Rings, index: CellIndex, *, seed: int = 11) -> Positions:
    """Give positions at sea, most within some 20 km of an edge, an eighth anywhere in a zone."""
    rng = np.random.default_rng(seed)

    def draw(m: int) -> Positions:
        v = rng.integers(0, rings.n_vertices, m)
        away = rng.lognormal(np.log(10.0), 1.2, m) / KM_PER_DEGREE
        angle = rng.uniform(0, 2 * np.pi, m)
        lat = rings.lat[v] + away * np.sin(angle)
        lon = rings.lon[v] + away * np.cos(angle) / np.cos(np.radians(np.clip(lat, -85, 85)))
        anywhere = rng.random(m) < 0.25
        lon[anywhere] = rng.uniform(-180, 180, anywhere.sum())
        lat[anywhere] = np.degrees(np.arcsin(rng.uniform(-1, 1, anywhere.sum())))
        return wrap_lon(lon), np.clip(lat, -90, 90)

    return _until(n, draw, lambda lon, lat: index.locate(lon, lat) > 0)


def near_boundary(n: int, rings: Rings, *, seed: int = 12) -> Positions:
    """Give positions of which a quarter are vertices, a quarter midpoints, half within metres."""
    rng = np.random.default_rng(seed)
    edge = rng.choice(rings.edge_starts(), n)
    part = rng.integers(0, 4, n)
    share = np.where(part == 0, 0.0, np.where(part == 1, 0.5, rng.random(n)))
    noise = np.where(part < 2, 0.0, 1e-4) * rng.normal(0, 1, (2, n))
    lon = rings.lon[edge] + share * (rings.lon[edge + 1] - rings.lon[edge]) + noise[0]
    lat = rings.lat[edge] + share * (rings.lat[edge + 1] - rings.lat[edge]) + noise[1]
    return wrap_lon(lon), np.clip(lat, -90, 90)


def overlapping_claims(n: int, rings: Rings, index: CellIndex, *, seed: int = 13) -> Positions:
    """Give positions in two zones or more, drawn round vertices of zones that overlap."""
    rng = np.random.default_rng(seed)
    held = np.array([len(index.zones(code)) for code in range(index.n_codes + 1)])

    def draw(m: int) -> Positions:
        v = rng.choice(spots, m)
        spread = rng.lognormal(-2, 2, m)
        lon = rings.lon[v] + spread * rng.normal(0, 1, m)
        return wrap_lon(lon), np.clip(rings.lat[v] + spread * rng.normal(0, 1, m), -90, 90)

    spots = np.arange(rings.n_vertices)
    lon, lat = draw(500_000)
    shared = held[index.locate(lon, lat)] > 1
    zones = {
        z for code in np.unique(index.locate(lon[shared], lat[shared])) for z in index.zones(code)
    }
    spots = np.flatnonzero(np.isin(rings.zone_of_vertex(), list(zones)))
    return _until(n, draw, lambda lon, lat: held[index.locate(lon, lat)] > 1)


def _until(
    n: int,
    draw: Callable[[int], Positions],
    keep: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.bool_]],
) -> Positions:
    """Draw positions until n of them are kept."""
    parts: list[NDArray[np.float64]] = []
    while sum(part.shape[1] for part in parts) < n:
        lon, lat = draw(max(n // 2, 100_000))
        kept = keep(lon, lat)
        parts.append(np.stack([lon[kept], lat[kept]]))
    lon, lat = np.concatenate(parts, axis=1)[:, :n]
    return lon, lat


def marine_areas(rings: Rings, n: int, seed: int = 7) -> NDArray[np.object_]:
    """Make polygons as protected areas and blocks are, of 10 to 2,000 vertices, all valid.

    A fifth run along published edges and back some kilometres off; most others lie at a vertex of
    a zone, some anywhere at sea, and one in fifty across ±180°.
    """
    import shapely

    rng = np.random.default_rng(seed)
    sizes = np.diff(rings.rings)
    areas: list[object] = []
    while len(areas) < n:
        count = int(np.exp(rng.uniform(np.log(10), np.log(2000))))
        drawn = rng.uniform()
        if drawn < 0.2:
            ring = rng.choice(len(sizes), p=sizes / sizes.sum())
            half = min(count // 2 + 2, int(sizes[ring]) - 2)
            if half < 4:
                continue
            first = int(rings.rings[ring] + rng.integers(0, sizes[ring] - half))
            x, y = rings.lon[first : first + half], rings.lat[first : first + half]
            off, way = rng.uniform(0.05, 0.5), rng.uniform(0, 2 * np.pi)
            xy = [np.r_[x, (x + off * np.cos(way))[::-1]], np.r_[y, (y + off * np.sin(way))[::-1]]]
        else:
            at = rng.integers(0, rings.n_vertices)
            lon, lat = float(rings.lon[at]), float(rings.lat[at])
            if drawn > 0.75:
                lon, lat = rng.uniform(-180, 180), np.degrees(np.arcsin(rng.uniform(-0.97, 0.97)))
            if drawn > 0.98:
                lon = 180.0
            turn = np.sort(rng.uniform(0, 2 * np.pi, count))
            far = np.ones(count)
            for k in range(2, 9):
                far += rng.normal(0, 0.25 / k) * np.cos(k * turn + rng.uniform(0, 6.28))
            far = np.maximum(far * (1 + 0.02 * rng.normal(size=count)), 0.1)
            far *= min(0.1 * np.exp(rng.normal(0, 1.5)), 25.0)
            stretch = max(np.cos(np.radians(lat)), 0.1)
            xy = [lon + far * np.cos(turn) / stretch, lat + far * np.sin(turn)]
        area = shapely.Polygon(np.column_stack([xy[0], np.clip(xy[1], -89.9, 89.9)]))
        if not area.is_valid:
            area = shapely.make_valid(area, method="structure", keep_collapsed=False)
        if area.geom_type in ("Polygon", "MultiPolygon") and area.area > 1e-8:
            areas.append(area)
    return np.array(areas, dtype=object)
