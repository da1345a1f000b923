"""What is called sure is so at every position at sea within the uncertainty."""

import numpy as np
import pytest
import shapely

from eezkit.atlas import Atlas
from eezkit.coverage import Coverage
from eezkit.geodesy import direct
from eezkit.uncertainty import Uncertainty
from layers import A, B, atlas_of, square

ISTHMUS = square(4.8, -6, 5.2, 6)
M = 1852.0


@pytest.fixture(scope="module")
def two_seas() -> Atlas:
    """A west and B east of an isthmus of 44 km, which lie on the same coast of nobody else."""
    return atlas_of({A: square(0, -5, 4.8, 5), B: square(5.2, -5, 10, 5)}, land=[ISTHMUS])


def test_the_zone_beyond_an_isthmus_is_seen(two_seas: Atlas) -> None:
    sure = two_seas.at(lon=4.7, lat=0.0, uncertainty=50_000.0)
    unsure = two_seas.at(lon=4.7, lat=0.0, uncertainty=60_000.0)
    assert (sure.decided, unsure.decided) == (True, False)
    assert sure.stable_within == pytest.approx(0.5 * 111_319.49, abs=1.0)
    assert two_seas.at(lon=4.7, lat=0.0, zone="AAA", uncertainty=60_000.0).inside == "undecided"
    assert two_seas.at(lon=4.7, lat=0.0, zone="BBB", uncertainty=60_000.0).inside == "undecided"


def test_a_shape_that_holds_the_coast_may_be_sure(two_seas: Atlas) -> None:
    for shape in (
        Uncertainty.polygon([4.0, 5.1, 5.1, 4.0], [-1, -1, 1, 1]),
        Uncertainty.sector(4.0, 0.0, 0.0, 100_000.0, 60.0, 120.0),
    ):
        assert two_seas.at(lon=4.5, lat=0.0, zone="AAA", uncertainty=shape).decided is True


def test_on_land_nothing_is_sure_where_the_shape_reaches_the_sea_asked_about(
    two_seas: Atlas,
) -> None:
    assert two_seas.at(lon=4.9, lat=0.0, zone="AAA", uncertainty=5_000.0).decided is True
    assert two_seas.at(lon=4.9, lat=0.0, zone="AAA", uncertainty=15_000.0).decided is False
    assert two_seas.at(lon=4.9, lat=0.0, zone="BBB", uncertainty=15_000.0).decided is True


def test_a_gap_of_metres_between_zones_counts() -> None:
    atlas = atlas_of({A: square(0, -5, 5, 5), B: square(5.00005, -5, 10, 5)})
    assert atlas.at(lon=8.0, lat=0.0, zone="BBB", uncertainty=340_000.0).decided is False
    south = atlas.at(lon=8.0, lat=0.0, zone="AAA", uncertainty=300_000.0)
    assert south.decided is True


def test_a_hole_without_data_counts_where_it_does_not_touch_the_outline() -> None:
    hole = square(4, -1, 6, 1)
    layer = {A: square(0, -5, 10, 5, hole), B: square(20, -5, 30, 5)}
    atlas = atlas_of(layer, coverage=Coverage.zones_only())
    shape = Uncertainty.polygon([2, 8, 8, 2], [-3, -3, 3, 3])
    assert atlas.at(lon=3.0, lat=2.0, uncertainty=shape).decided is False
    # Asked about B, what lies in the hole is not known.
    assert atlas.at(lon=3.0, lat=2.0, zone="BBB", uncertainty=shape).decided is False
    small = Uncertainty.polygon([2, 3.9, 3.9, 2], [-3, -3, 3, 3])
    assert atlas.at(lon=3.0, lat=2.0, zone="BBB", uncertainty=small).decided is True


def test_the_rim_of_the_coverage_counts_but_not_within_zones() -> None:
    cover = Coverage.within([[-5, -10, 12, 10]])
    atlas = atlas_of({A: square(0, -5, 10, 5), B: square(10, -5, 20, 5)}, coverage=cover)
    assert atlas.at(lon=3.0, lat=7.5, uncertainty=274_000.0).decided is True
    assert atlas.at(lon=3.0, lat=7.5, uncertainty=278_000.0).decided is False
    # B goes beyond the box: its own answers are known all the same.
    assert atlas.at(lon=15.0, lat=0.0, zone="AAA", uncertainty=300_000.0).decided is True


def world(seed: int) -> tuple[Atlas, np.random.Generator]:
    """Zones and lands in a random patchwork, with gaps and a coverage of less than all."""
    rng = np.random.default_rng(seed)
    xs, ys = (np.sort(rng.uniform(-6, 6, 5)).round(3) for _ in range(2))
    cells = [square(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in range(4) for j in range(4)]
    what = rng.permutation(16)
    land = [cells[k] for k in what[:4]]
    zones = {A: shapely.MultiPolygon([cells[k] for k in what[4:6]])}
    zones[B] = shapely.MultiPolygon([cells[k] for k in what[6:9]])
    union = {zone: shapely.unary_union(list(shape.geoms)) for zone, shape in zones.items()}
    cover = Coverage.within([[-8, -8, 8, 8]]) if seed % 2 else Coverage.disc(0.0, 0.0, 900_000.0)
    return atlas_of(union, land=[shapely.unary_union(land)], coverage=cover), rng


@pytest.mark.parametrize("seed", range(12))
def test_sureness_is_what_dense_sampling_finds(seed: int) -> None:
    atlas, rng = world(seed)
    n_unsure = n_unexplained = 0
    for _ in range(15):
        lon, lat = (float(v) for v in rng.uniform(-6, 6, 2))
        question = rng.choice(["AAA", "BBB", ""]) or None
        far, azimuth = rng.uniform(1e4, 3e5), rng.uniform(0, 360)
        shape, wider = Uncertainty.circle(far), Uncertainty.circle(far * 1.02)
        if rng.random() < 0.5:
            shape = Uncertainty.sector(lon, lat, 0.0, far, azimuth, azimuth + 80)
            wider = Uncertainty.sector(lon, lat, 0.0, far * 1.02, azimuth - 2, azimuth + 82)
        answer = atlas.at(lon=lon, lat=lat, zone=question, uncertainty=shape)
        if answer.decided is None:
            assert answer.inside == "not covered"
            continue
        asked = atlas if question is None else atlas[question]
        x, y, _ = direct(lon, lat, rng.uniform(0, 360, 8000), far * 1.02 * rng.random(8000) ** 0.5)
        sea = ~atlas.is_land(x, y)
        code = asked.locate(x, y).answer
        here = 0 if answer.on_land else int(asked.locate(lon, lat).answer)
        differs = sea & ((code < 0) | ((code > 0) != (here > 0) if question else code != here))
        if answer.decided:
            assert not differs[shape.contains(lon, lat, x, y)].any()
        else:
            n_unsure += 1
            n_unexplained += not differs[wider.contains(lon, lat, x, y)].any()
    # Of the corners of zones that a shape just reaches, 8,000 places may miss one.
    assert n_unexplained <= 1 < n_unsure
