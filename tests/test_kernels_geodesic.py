"""The geodesic kernels: lengths between neighbours, and the same answers uncompiled."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from eezkit.kernels import geodesic

SAME = 1e-6  # metres: promised between compiled and not
SAMPLE = """
import json, sys
import numpy as np
from eezkit.geodesy import EdgeModel, area_perimeter, direct, edge_distance, intersection, inverse
from eezkit.kernels import curves, edgetree, geodesic
from eezkit.nearest import EdgeTree

random = np.random.default_rng(12)
n = 40
lon1, lon2, lon = random.uniform(-180, 180, (3, n))
lat1, lat2, lat = np.degrees(np.arcsin(random.uniform(-1, 1, (3, n))))
lon2[::2] = lon1[::2] + random.normal(0, 0.2, n // 2)
lat2[::2] = np.clip(lat1[::2] + random.normal(0, 0.2, n // 2), -90, 90)
lon2[-5:], lat2[-5:] = lon1[-5:] + 179.9, -lat1[-5:]
found = {"uncompiled": [m.__file__.endswith(".py") for m in (curves, edgetree, geodesic)]}
found["inverse"] = np.array(inverse(lon1, lat1, lon2, lat2))
found["direct"] = np.array(direct(lon1, lat1, lon2, 1e4 * lat2**2))
found["crossing"] = np.array(intersection([0, 0, 10, 10], [0, 10, 10, 0]))
short = slice(None, -5, 2)
edges = [a[short] for a in (lon1, lat1, lon2, lat2)]
for model in EdgeModel:
    found[f"edge {model}"] = edge_distance(lon[short], lat[short], *edges, model=model).distance
    found[f"area {model}"] = np.array(area_perimeter(lon1[:5], lat1[:5] / 2, model=model)) / 1e9
    tree = EdgeTree.build(*edges, model=model)
    near = tree.query(lon, lat)
    found[f"tree {model}"] = near.distance
    found[f"number {model}"] = near.edge
json.dump({name: np.asarray(value).tolist() for name, value in found.items()}, sys.stdout)
"""


def run(**environment: str) -> dict[str, np.ndarray]:
    """Results of the sample in an interpreter of its own."""
    done = subprocess.run(
        [sys.executable, "-c", SAMPLE],
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name: np.array(value) for name, value in json.loads(done.stdout).items()}


def test_uncompiled_kernels_give_the_same_answers() -> None:
    if geodesic.__file__.endswith(".py"):
        pytest.skip("the kernels are not compiled here")
    compiled, pure = run(EEZKIT_PURE=""), run(EEZKIT_PURE="1")
    assert not compiled.pop("uncompiled").any()
    assert pure.pop("uncompiled").all()
    for name in compiled:
        if name.startswith("number"):
            assert np.array_equal(compiled[name], pure[name]), name
        else:
            assert compiled[name] == pytest.approx(pure[name], rel=0, abs=SAME), name


def columns(*values: float) -> list[np.ndarray]:
    return [np.array([value], dtype=float) for value in values]


@pytest.mark.parametrize(
    ("lon1", "lat1", "lon2", "lat2"),
    [(0, 10, 1, 11), (5, -40, 60, 35), (0, 0, 90, 0), (3, 20, 3, 60), (0, 5, 179.5, -4.9)],
)
def test_reduced_length_and_scales_are_what_neighbouring_geodesics_do(
    lon1: float, lat1: float, lon2: float, lat2: float
) -> None:
    out, ahead = np.empty((1, 6)), np.empty((1, 3))
    geodesic.inverse(*columns(lon1, lat1, lon2, lat2), out)
    s, azimuth, arriving, m, scale1, scale2 = out[0]
    turn = 1e-4
    geodesic.direct(*columns(lon1, lat1, azimuth + turn, s), ahead)
    aside = np.empty((1, 6))
    geodesic.inverse(*columns(lon2, lat2, ahead[0, 0], ahead[0, 1]), aside)
    assert aside[0, 0] == pytest.approx(abs(m) * np.radians(turn), rel=1e-4, abs=0.05)
    # dm/ds at 2 is M21; of the geodesic run backwards, M12.
    longer = np.empty((1, 3))
    geodesic.direct(*columns(lon1, lat1, azimuth, s + 100.0), longer)
    beyond = np.empty((1, 6))
    geodesic.inverse(*columns(lon1, lat1, longer[0, 0], longer[0, 1]), beyond)
    if beyond[0, 0] > s:
        assert (beyond[0, 3] - m) / 100.0 == pytest.approx(scale2, abs=1e-4)
    backwards = np.empty((1, 6))
    geodesic.inverse(*columns(lon2, lat2, lon1, lat1), backwards)
    assert backwards[0, 3:] == pytest.approx([m, scale2, scale1], rel=1e-9, abs=1e-8)
    assert (backwards[0, 1] - arriving) % 360.0 == pytest.approx(180.0, abs=1e-6)


def test_the_meridian_has_the_length_of_its_elliptic_integral() -> None:
    a, b = 6378137.0, 6378137.0 * (1 - 1 / 298.257223563)
    beta = np.linspace(0, np.pi / 2, 4001)
    speed = np.hypot(a * np.sin(beta), b * np.cos(beta))
    step = beta[1] - beta[0]
    simpson = step / 3 * (speed[0] + speed[-1] + 4 * speed[1:-1:2].sum() + 2 * speed[2:-1:2].sum())
    out = np.empty((1, 6))
    geodesic.inverse(*columns(12, 0, 50, 90), out)
    assert out[0, 0] == pytest.approx(simpson, abs=1e-8)


def test_a_geodesic_keeps_clairauts_relation() -> None:
    random = np.random.default_rng(2)
    n = 2000
    lon, lat = random.uniform(-180, 180, n), random.uniform(-89, 89, n)
    azimuth, length = random.uniform(0, 360, n), random.uniform(0, 3e7, n)
    out = np.empty((n, 3))
    geodesic.direct(lon, lat, azimuth, length, out)

    def clairaut(lat: np.ndarray, azimuth: np.ndarray) -> np.ndarray:
        beta = np.arctan((1 - 1 / 298.257223563) * np.tan(np.radians(lat)))
        return np.cos(beta) * np.sin(np.radians(azimuth))

    assert clairaut(lat, azimuth) == pytest.approx(clairaut(out[:, 1], out[:, 2]), abs=1e-13)


def test_read_only_arrays_are_accepted() -> None:
    given = columns(0, 0, 1, 1)
    for column in given:
        column.flags.writeable = False
    out = np.empty((1, 6))
    geodesic.inverse(*given, out)
    assert out[0, 0] == pytest.approx(156899.568, abs=1e-3)
