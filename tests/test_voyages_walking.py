"""Every crossing along tracks, against pyproj, halving, and the edge rule."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import box

from eezkit import geodesy
from eezkit.errors import OptionError
from eezkit.kernels import tracks
from eezkit.voyages import walking
from eezkit.voyages.walking import PATHS, Walked, walk
from track_cases import (
    EVENT,
    GEOD,
    KINDS,
    codes_said,
    crossings_by_bisection,
    ends_of,
    index_of,
    is_torn,
    places,
    shares,
    workload,
    wrong_places,
)

A, B = box(-1, 0, 0, 1), box(0, 0, 1, 1)
Fixes = list[tuple[float, float]]


def walk_all(index, lon, lat, path="geodesic", **options) -> Walked:
    joined = np.ones(len(lon), bool)
    joined[:1] = False
    return walk(index, np.asarray(lon, float), np.asarray(lat, float), joined, path=path, **options)


def told(zones: list[shapely.Geometry], fixes: Fixes, path: str = "geodesic") -> list[str]:
    """Crossings in words: segment, zones before and after, metres from the fix before."""
    index = index_of(zones)
    walked = walk_all(index, *np.array(fixes, float).T, path=path)
    assert walked.n_mended == 0

    def letters(code: int) -> str:
        return "".join("ABCDEF"[zone] for zone in index.zones(code)) or "-"

    rows = zip(walked.segment, walked.before, walked.after, walked.gone, strict=True)
    return [f"{i} {letters(b)}>{letters(a)} {round(m, 1) + 0.0}" for i, b, a, m in rows]


RIGHT_ANSWERS = {
    "at anchor on the edge": ([A, B], [(0, 0.5), (0, 0.5)], []),
    "from the west to a fix on the meridian edge, and back": (
        [A, B],
        [(-0.1, 0.5), (0, 0.5), (-0.1, 0.5)],
        ["0 A>B 11131.5", "1 B>A 0.0"],
    ),
    "from the east to a fix on the meridian edge, and back": (
        [A, B], [(0.1, 0.5), (0, 0.5), (0.1, 0.5)], [],
    ),
    "along a shared meridian edge": (
        [A, B], [(0, -0.5), (0, 1.5)], ["0 ->B 55287.2", "0 B>- 165861.5"],
    ),
    "along an edge on the equator": ([A, box(-1, -1, 0, 0)], [(-0.9, 0), (-0.1, 0)], []),
    "both fixes on an edge along 60 N": (
        [box(-10, 50, 10, 60), box(-10, 60, 10, 70)], [(-5, 60), (5, 60)], [],
    ),
    "both fixes on an edge along 60 S": (
        [box(-10, -70, 10, -60), box(-10, -60, 10, -50)],
        [(-5, -60), (5, -60)],
        ["0 B>A 0.0", "0 A>B 557468.6"],
    ),
    "twice across one edge, no fix inside": (
        [box(-10, 60, 10, 70)],
        [(-5, 59.95), (5, 59.95)],
        ["0 ->A 87385.6", "0 A>- 470924.5"],
    ),
    "leaving a vertex and meeting its edge again": (
        [shapely.Polygon([(10, 62), (7, 59), (7, 62)])],
        [(10, 62), (5, 56)],
        ["0 ->A 0.0", "0 A>- 38832.2"],
    ),
    "a corner clipped between fixes": (
        [shapely.Polygon([(0, 0), (1, 0), (1, 1), (0, 1)])],
        [(-0.0005, 0.999), (0.001, 1.0005)],
        ["0 ->A 78.4", "0 A>- 156.9"],
    ),
    "a T-junction": (
        [box(-1, 0, 0, 2), box(0, 0, 1, 1), box(0, 1, 1, 2)],
        [(-0.5, 1), (0.5, 1)],
        ["0 A>C 55651.3"],
    ),
    "four zones at a vertex": (
        [box(-1, -1, 0, 0), box(0, -1, 1, 0), box(-1, 0, 0, 1), box(0, 0, 1, 1)],
        [(-0.5, -0.5), (0.5, 0.5)],
        ["0 A>D 78451.2"],
    ),
    "overlapping claims": (
        [box(0, 0, 2, 1), box(1, 0, 3, 1)],
        [(-0.5, 0.5), (3.5, 0.5)],
        ["0 ->A 55657.6", "0 A>AB 166972.9", "0 AB>B 278288.2", "0 B>- 389603.5"],
    ),
    "a zone cut at 180": (
        [shapely.MultiPolygon([box(178, 0, 180, 1), box(-180, 0, -178, 1)])],
        [(179, 0.5), (-179, 0.5)],
        [],
    ),
    "zones that meet at 180": (
        [box(178, 0, 180, 1), box(-180, 0, -178, 1)],
        [(179, 0.5), (-179, 0.5), (179, 0.6)],
        ["0 A>B 111315.3", "1 B>A 111452.5"],
    ),
    "a ship along 180, past a zone that ends there": (
        [box(178, 0, 180, 1)], [(180, -0.5), (180, 0.5), (-180, 1.5)], [],
    ),
    "published from 0 to 360": (
        [box(170, 0, 190, 1)],
        [(169, 0.5), (-169, 0.5)],
        ["0 ->A 111315.4", "0 A>- 2337619.6"],
    ),
    "over the pole": (
        [shapely.box(a, 80, a + 90, 90) for a in range(-180, 180, 90)],
        [(45, 85), (-135, 85)],
        ["0 C>A 558455.6"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", RIGHT_ANSWERS)
def test_the_right_answer_where_it_is_known(case: str) -> None:
    zones, fixes, expected = RIGHT_ANSWERS[case]
    assert told(zones, fixes) == expected


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", KINDS)
def test_places_between_crossings_have_the_code_that_these_say(name: str, path: str) -> None:
    zones, lon, lat = workload(name, 800)
    index, ends = index_of(zones), ends_of(lon, lat)
    walked = walk_all(index, lon, lat, path)
    assert len(walked) > 150
    assert walked.n_mended == 0
    rng = np.random.default_rng(1)
    for spread in (1.0, 1e-5):
        segment = np.repeat(np.arange(len(lon) - 1), 4)
        share = spread * rng.random(len(segment))
        share = np.where(rng.random(len(segment)) < 0.5, share, 1.0 - share)
        wrong, _ = wrong_places(index, walked, path, ends, segment, share)
        assert not len(wrong), (segment[wrong[0]], share[wrong[0]])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", KINDS)
def test_halving_finds_no_crossing_elsewhere(name: str, path: str) -> None:
    zones, lon, lat = workload(name, 25, seed=5)
    index, ends = index_of(zones), ends_of(lon, lat)
    walked = walk_all(index, lon, lat, path)
    at = shares(path, ends, walked)
    n_found = 0
    for i in range(len(lon) - 1):
        one = tuple(float(a[i]) for a in ends)
        here = walked.segment == i
        for share, _, _ in crossings_by_bisection(index, path, one, samples=200):
            off = np.abs(at[here] - share).min(initial=1.0) * walked.lengths[i]
            nearest = np.argmin(np.abs(at[here] - share)) if here.any() else 0
            angle = walked.angle[here][nearest] if here.any() else 90.0
            x, y = places(path, tuple(np.array(a) for a in one), np.array([share]))
            said, _ = codes_said(walked, at, np.array([i]), np.array([share]))
            sharp = EVENT / max(np.sin(np.radians(angle)), 1e-3)
            assert off <= sharp or is_torn(index, x[0], y[0], said[0]), (one, share)
            n_found += 1
    assert n_found > 8


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", KINDS)
def test_crossings_link_and_lie_on_the_path_and_on_an_edge(name: str, path: str) -> None:
    zones, lon, lat = workload(name, 600, seed=2)
    index, ends = index_of(zones), ends_of(lon, lat)
    walked = walk_all(index, lon, lat, path)
    first = np.r_[True, walked.segment[1:] != walked.segment[:-1]]
    last = np.r_[first[1:], True]
    assert np.array_equal(walked.codes, index.locate(lon, lat))
    assert np.array_equal(walked.before[first], walked.codes[walked.segment[first]])
    assert np.array_equal(walked.after[last], walked.codes[walked.segment[last] + 1])
    assert np.array_equal(walked.before[1:][~first[1:]], walked.after[:-1][~first[1:]])
    assert (walked.before != walked.after).all()
    assert (np.diff(walked.gone)[~first[1:]] >= 0).all()
    assert (walked.gone <= walked.lengths[walked.segment]).all()
    unchanged = np.setdiff1d(np.arange(len(lon) - 1), walked.segment)
    assert np.array_equal(walked.codes[unchanged], walked.codes[unchanged + 1])
    x, y = places(path, tuple(a[walked.segment] for a in ends), shares(path, ends, walked))
    assert GEOD.inv(x, y, walked.lon, walked.lat)[2] == pytest.approx(0, abs=1e-6)
    lines = shapely.union_all([zone.boundary for zone in zones])
    turned = shapely.union_all(
        [shapely.transform(lines, lambda c, t=t: c + np.array([t, 0])) for t in (-360, 0, 360)]
    )
    off = shapely.distance(turned, shapely.points(walked.lon, walked.lat))
    # Meridians of sectors end at the pole, where every longitude is one place.
    assert off[np.abs(walked.lat) < 89.9999].max() < EVENT / 1e5


@pytest.mark.parametrize("spread", [1e-6, 1e-3, 0.1, 3.0])
def test_lengths_are_those_of_the_paths(spread: float) -> None:
    rng = np.random.default_rng(3)
    n = 400
    lon1, lat1 = rng.uniform(-180, 180, n), np.degrees(np.arcsin(rng.uniform(-0.999, 0.999, n)))
    lon2 = (lon1 + rng.normal(0, spread, n) + 180) % 360 - 180
    lat2 = np.clip(lat1 + rng.normal(0, spread, n), -89, 89)
    lat2[::4] = lat1[::4]
    lon = np.column_stack([lon1, lon2]).reshape(-1)
    lat = np.column_stack([lat1, lat2]).reshape(-1)
    index = index_of([A, B])
    joined = np.tile([False, True], n)
    exact = GEOD.inv(lon1, lat1, lon2, lat2)[2]
    lengths = walk(index, lon, lat, joined).lengths
    assert (lengths[1::2] == 0).all()
    assert lengths[::2] == pytest.approx(exact, rel=0, abs=2e-8)
    assert geodesy.distance(lon1, lat1, lon2, lat2) == pytest.approx(exact, rel=0, abs=2e-8)
    # A rhumb line is the sum of many short geodesics, whose chords lack a part that falls with n².
    rhumb = walk(index, lon, lat, joined, path="rhumb").lengths[::2]
    sums = []
    for pieces in (64, 128):
        share = np.linspace(0, 1, pieces + 1)
        x, y = places(
            "rhumb", tuple(a[:, None] for a in (lon1, lat1, lon2, lat2)), share + 0 * lon1[:, None]
        )
        sums.append(GEOD.inv(x[:, :-1], y[:, :-1], x[:, 1:], y[:, 1:])[2].sum(axis=1))
    limit = sums[1] + (sums[1] - sums[0]) / 3
    assert rhumb == pytest.approx(limit, rel=1e-11, abs=2e-6)
    assert (rhumb >= exact - 2e-6).all()


def test_threads_and_parts_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "_PER_THREAD", 500)
    zones, lon, lat = workload("decimal", 3000)
    index = index_of(zones)
    one, many = (walk_all(index, lon, lat, threads=n) for n in (1, 3))
    for name in Walked.__dataclass_fields__:
        assert np.array_equal(getattr(one, name), getattr(many, name)), name
    # More crossings than room was made for at first.
    assert len(one) > 8000


def test_fixes_that_are_not_joined_have_no_path_between_them() -> None:
    index = index_of([A, B])
    lon, lat = np.array([-0.5, 0.5, -0.5]), np.array([0.5, 0.5, 0.5])
    walked = walk(index, lon, lat, np.array([False, False, True]))
    assert walked.segment.tolist() == [1]
    assert walked.lengths[0] == 0
    assert walked.codes.tolist() == index.locate(lon, lat).tolist()


@pytest.mark.parametrize("n", [0, 1])
def test_no_fix_and_one_fix_are_tracks_without_crossings(n: int) -> None:
    walked = walk_all(index_of([A, B]), [-0.5] * n, [0.5] * n)
    assert (len(walked.codes), len(walked.lengths), len(walked)) == (n, 0, 0)


@pytest.mark.parametrize("options", [{"path": "great circle"}, {"threads": 0}])
def test_options_that_are_none_are_refused(options: dict) -> None:
    with pytest.raises(OptionError, match="|".join(map(str, options.values()))):
        walk_all(index_of([A]), [0.0, 1.0], [0.0, 1.0], **options)


def test_the_angle_is_that_between_path_and_edge() -> None:
    index = index_of([box(-1, -1, 0, 1), box(0, 0, 5, 1)])
    walked = walk_all(index, [-0.5, 0.5, 1.0], [0.5, 0.5, -0.5])
    across, down = walked.angle
    assert across == pytest.approx(90, abs=0.01)
    azimuth = geodesy.inverse(0.5, 0.5, 1.0, -0.5)[1]
    assert down == pytest.approx(abs(90 - azimuth), abs=0.01)


def sample() -> list:
    """What the kernel finds, for an interpreter to say."""
    found = [tracks.__file__.endswith(".py")]
    for name in ("over the equator and 180", "60 north", "poles"):
        zones, lon, lat = workload(name, 60, seed=9)
        for path in PATHS:
            walked = walk_all(index_of(zones), lon, lat, path)
            found += [walked.segment.tolist(), walked.before.tolist(), walked.after.tolist()]
            found += [walked.gone.tolist(), walked.lengths.tolist(), walked.vertex.tolist()]
    return found


def test_uncompiled_kernels_find_the_same_crossings() -> None:
    if tracks.__file__.endswith(".py"):
        pytest.skip("the kernels are not compiled here")
    here = Path(__file__)
    code = "import json, sys, test_voyages_walking as t; json.dump(t.sample(), sys.stdout)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "EEZKIT_PURE": "1", "PYTHONPATH": f"{here.parents[1]}:{here.parent}"},
        capture_output=True,
        text=True,
        check=True,
    )
    import json

    pure, compiled = json.loads(done.stdout), sample()
    assert (pure.pop(0), compiled.pop(0)) == (True, False)
    for mine, theirs in zip(compiled, pure, strict=True):
        assert mine == pytest.approx(theirs, rel=0, abs=1e-6)
