"""Long edges that lie side by side: the index stays small by construction, and exact."""

import numpy as np
import pytest
import shapely

from eezkit.geometry import Rings
from eezkit.lookup import CellIndex
from exact_containment import nested, zones_at

TOP = 4 * 720 * 360
"""Bytes of the top grid, which every index has."""


def six_rectangles() -> list[shapely.Geometry]:
    return [shapely.box(1e-9 * i, 1e-9 * i, 10 + 1e-9 * i, 10 + 1e-9 * i) for i in range(6)]


def jitter() -> list[shapely.Geometry]:
    """A boundary that five zones give with other last digits."""
    rng = np.random.default_rng(1)
    x = np.linspace(0, 10, 60)
    return [
        shapely.Polygon([*zip(x, 5 + rng.uniform(-1e-7, 1e-7, 60).round(9), strict=True), (5, 0)])
        for _ in range(5)
    ]


def fan() -> list[shapely.Geometry]:
    n = np.arange(200)
    ring = np.column_stack([np.where(n % 2, 50.0, 0.0), n * 1e-9])
    return [shapely.Polygon([*map(tuple, ring), (-1.0, 1.0), (-1.0, 0.0)])]


def comb() -> list[shapely.Geometry]:
    teeth = [
        point
        for i in range(100)
        for point in ((1e-6 * i, 0), (1e-6 * i, 60), (1e-6 * i + 5e-7, 60), (1e-6 * i + 5e-7, 0))
    ]
    return [shapely.Polygon([*teeth, (1, -1), (-1, -1)])]


def globe() -> list[shapely.Geometry]:
    """Edges from one side of the map to the other."""
    teeth = [p for i in range(60) for p in ((-179, i - 60.0), (179, i - 59.5))]
    return [shapely.Polygon([*teeth, (179, 89), (-179.5, 89)])]


def star() -> list[shapely.Geometry]:
    n, turn = np.arange(200), np.linspace(0, 2 * np.pi, 200, endpoint=False)
    radius = np.where(n % 2, 1e-9, 80.0)
    return [shapely.Polygon(np.column_stack([radius * np.cos(turn), radius * np.sin(turn)]))]


def scribble() -> list[shapely.Geometry]:
    rng = np.random.default_rng(3)
    return [shapely.Polygon(rng.uniform([-170, -80], [170, 80], (200, 2)))]


@pytest.mark.parametrize(
    "layer", [six_rectangles, jitter, fan, comb, globe, star, scribble], ids=lambda f: f.__name__
)
def test_an_adversarial_layer_has_a_small_index_that_is_exact(layer: object) -> None:
    rings = Rings.from_shapely(layer())  # type: ignore[operator]
    index = CellIndex.build(rings)
    size = sum(array.nbytes for array in index.to_arrays().values())
    crossed = np.abs(np.diff(rings.lon)) * 2 + np.abs(np.diff(rings.lat)) * 2  # top cells, about
    assert size < TOP + 1_000_000 + 800 * rings.n_vertices + 40 * crossed.sum()

    rng = np.random.default_rng(4)
    vertex, spread = rng.integers(0, rings.n_vertices, 60), 10.0 ** rng.uniform(-10, 1, 60)
    share = rng.uniform(0, 1, 60)
    along = np.minimum(vertex + 1, rings.n_vertices - 1)
    lon = rings.lon[vertex] + share * (rings.lon[along] - rings.lon[vertex])
    lat = rings.lat[vertex] + share * (rings.lat[along] - rings.lat[vertex])
    lon, lat = lon + spread * rng.normal(size=60), lat + spread * rng.normal(size=60)
    lon, lat = np.append(lon, rings.lon[:20]), np.clip(np.append(lat, rings.lat[:20]), -90, 90)
    zones = nested(rings)
    found = [index.zones(code) for code in index.locate(lon, lat).tolist()]
    assert found == [zones_at(zones, *at) for at in zip(lon.tolist(), lat.tolist(), strict=True)]
