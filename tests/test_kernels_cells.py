"""The kernels of the cell index: one answer compiled and uncompiled, exact at any magnitude."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from eezkit.geometry import Rings
from eezkit.kernels import cells
from eezkit.lookup import CellIndex
from exact_containment import Zone, flatten, nested, zones_at

HERE = Path(__file__)


def star_layer() -> Rings:
    """Stars across cells, borders of cells and 180, sharing vertices, edges and area."""
    rng = np.random.default_rng(7)
    zones: list[Zone] = []
    for lon, lat in ((0.0, 0.0), (0.25, 0.0), (179.9, -3.3), (10.03, 80.0), (-179.95, -3.3)):
        turns = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        radius = rng.uniform(0.1, 1.6, 40)
        x = (lon + radius * np.cos(turns)).round(2).tolist()
        y = (lat + radius * np.sin(turns)).round(2).tolist()
        ring = list(zip(x, y, strict=True))
        hole = [(lon + 0.05 * i, lat + 0.02 * i * i) for i in (-1, 0, 1)]
        zones.append([[[*ring, ring[0]], [*hole, hole[0]]]])
    return flatten([*zones, [zones[0][0], zones[1][0]]])


def star_positions(rings: Rings) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(9)
    first = rings.edge_starts()
    x = np.concatenate([rings.lon, (rings.lon[first] + rings.lon[first + 1]) / 2])
    y = np.concatenate([rings.lat, (rings.lat[first] + rings.lat[first + 1]) / 2])
    lon = np.concatenate([x, np.nextafter(x, 999), x + rng.normal(0, 0.1, len(x)), [np.nan, 7]])
    lat = np.concatenate([y, y, y + rng.normal(0, 0.1, len(y)), [0, 90]])
    return lon, lat


def digest() -> str:
    """Hash of everything a build and a lookup give."""
    rings = star_layer()
    index = CellIndex.build(rings)
    arrays = [*index.to_arrays().values(), index.locate(*star_positions(rings))]
    return hashlib.sha256(b"".join(np.ascontiguousarray(a).tobytes() for a in arrays)).hexdigest()


def run_uncompiled(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=HERE.parents[1],
        env={**os.environ, "EEZKIT_PURE": "1", "PYTHONPATH": str(HERE.parent)},
    )
    return done.stdout.strip()


def test_uncompiled_kernels_give_the_same_index_and_the_same_answers() -> None:
    code = "import test_kernels_cells as t; print(t.cells.__file__, t.digest())"
    source, found = run_uncompiled(code).split()
    assert source.endswith("cells.py")
    assert found == digest()


def test_positions_on_vertices_and_edges_in_bulk_need_no_rational_arithmetic() -> None:
    code = """
import numpy as np
import test_kernels_cells as t
rings = t.star_layer()
index = t.CellIndex.build(rings)
calls = []
rational = t.cells._side_in_rationals
t.cells._side_in_rationals = lambda *a: calls.append(a) or rational(*a)
edge = rings.edge_starts()
exact = [(rings.lon[edge] + s * (rings.lon[edge + 1] - rings.lon[edge]),
          rings.lat[edge] + s * (rings.lat[edge + 1] - rings.lat[edge])) for s in (0, 0.25, 0.5)]
near = [(x, y + d) for x, y in exact for d in (-1e-9, 1e-9)]
n = 0
for x, y in exact + near:
    n += len(x)
    index.locate(x, y)
print(n, len(calls))
"""
    positions, rational = map(int, run_uncompiled(code).split())
    assert positions > 2000
    assert rational < positions / 50


@pytest.mark.parametrize("size", [1e-5, 1e-90, 1e-160, 1e-300, 5e-322])
def test_the_side_of_an_edge_is_exact_whatever_the_magnitude(size: float) -> None:
    rng = np.random.default_rng(2)
    corners = [(-3.0 * size, -2.0 * size), (5 * size, 0.7 * size), (0.1, 1.3 * size)]
    zones: list[Zone] = [[[[*corners, corners[0]]]]]
    index = CellIndex.build(flatten(zones))
    share = np.append(rng.uniform(0, 1, 40), 0.5)
    lon = corners[0][0] + share * (corners[1][0] - corners[0][0])
    lat = corners[0][1] + share * (corners[1][1] - corners[0][1])
    lon = np.concatenate([lon, [0.0, 0.0, size, -size, 0.1 * share[0]]])
    lat = np.concatenate([lat, [0.0, -size, 0.0, size, size]])
    for y in (lat, np.nextafter(lat, -1), np.nextafter(lat, 1)):
        for x, y_one, code in zip(lon.tolist(), y.tolist(), index.locate(lon, y), strict=True):
            assert index.zones(code) == zones_at(zones, x, y_one), (x, y_one)


def test_neighbouring_floats_on_both_sides_of_a_long_slanted_edge_are_told_apart() -> None:
    zones: list[Zone] = [[[[(-71.3, -33.1), (103.7, 58.9), (-70.1, 59.3), (-71.3, -33.1)]]]]
    rings = flatten(zones)
    index = CellIndex.build(rings)
    lon = np.random.default_rng(3).uniform(-71, 103, 200)
    lat = -33.1 + (lon + 71.3) / 175.0 * 92.0
    for _ in range(4):
        lat = np.nextafter(lat, -90)
    sides = []
    for _ in range(8):
        codes = index.locate(lon, lat)
        sides.append(codes > 0)
        for x, y, code in zip(lon.tolist(), lat.tolist(), codes, strict=True):
            assert index.zones(code) == zones_at(nested(rings), x, y)
        lat = np.nextafter(lat, 90)
    assert sides[0].mean() < 0.1
    assert sides[-1].mean() > 0.9


def test_the_kernel_reads_arrays_that_may_not_be_written() -> None:
    index = CellIndex.build(star_layer())
    arrays = {name: array.copy() for name, array in index.to_arrays().items()}
    for array in arrays.values():
        array.flags.writeable = False
    lon = np.array([0.0, 0.3])
    lon.flags.writeable = False
    assert np.array_equal(CellIndex.from_arrays(arrays).locate(lon, lon), index.locate(lon, lon))


def test_the_module_under_test_is_the_one_that_was_asked_for() -> None:
    asked_pure = bool(os.environ.get("EEZKIT_PURE"))
    assert cells.__file__.endswith(".py") or not asked_pure
