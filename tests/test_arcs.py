"""Zones as arcs: what is read is what was written, and shared edges are shared."""

import io

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from eezkit.errors import DataFormatError
from eezkit.geometry import Rings
from eezkit.sources.arcs import decode, encode

LEFT = shapely.Polygon([(0, 0), (1, 0), (1, 0.5), (1, 1), (0, 1)])
RIGHT = shapely.Polygon([(1, 0), (2, 0), (2, 1), (1, 1), (1, 0.5)])
ISLAND = shapely.Polygon([(0.2, 0.2), (0.4, 0.2), (0.3, 0.4)])


def rings_of(*geometries: shapely.Geometry) -> Rings:
    return Rings.from_shapely(list(geometries))


def normal(rings: Rings) -> list[shapely.Geometry]:
    return list(shapely.normalize(shapely.set_precision(rings.to_shapely(), 1e-7)))


def through_a_file(*layers: Rings) -> list[Rings]:
    file = io.BytesIO()
    np.savez_compressed(file, **encode(layers))
    file.seek(0)
    with np.load(file) as arrays:
        return decode(arrays)


def test_zones_come_back_as_they_were() -> None:
    zones = rings_of(LEFT.difference(ISLAND), RIGHT, shapely.MultiPolygon([ISLAND]))
    (back,) = through_a_file(zones)
    assert back.n_zones == 3
    assert back.n_vertices == zones.n_vertices
    assert normal(back) == normal(zones)


def test_every_edge_is_stored_once() -> None:
    def n_stored(*geometries: shapely.Geometry) -> int:
        return int(encode([rings_of(*geometries)])["sizes"].sum())

    assert n_stored(LEFT) == 5
    assert n_stored(LEFT, RIGHT) == 5 + 5 - 2
    assert n_stored(LEFT.difference(ISLAND), ISLAND) == 5 + 3
    assert n_stored(LEFT, LEFT) == 5


def test_layers_share_arcs() -> None:
    both = encode([rings_of(LEFT, RIGHT), rings_of(LEFT.union(RIGHT))])
    assert both["sizes"].sum() == 8
    first, second = through_a_file(rings_of(LEFT, RIGHT), rings_of(LEFT.union(RIGHT)))
    assert (first.n_zones, second.n_zones) == (2, 1)


def test_shared_edges_are_equal_bit_for_bit() -> None:
    (back,) = through_a_file(rings_of(LEFT, RIGHT))
    left, right = back.to_shapely()
    shared = {(1.0, 0.0), (1.0, 0.5), (1.0, 1.0)}
    for zone in (left, right):
        assert shared <= {tuple(xy) for xy in shapely.get_coordinates(zone).tolist()}


def test_a_fine_zone_keeps_its_grid_beside_coarse_ones() -> None:
    fine = shapely.Polygon([(10.000001, 5), (10.000301, 5), (10.000201, 5.000303)])
    zones = rings_of(LEFT, fine)
    (back,) = through_a_file(zones)
    assert np.abs(np.sort(back.lon) - np.sort(zones.lon)).max() < 1e-12
    assert np.abs(np.sort(back.lat) - np.sort(zones.lat)).max() < 1e-12


def test_a_zone_without_polygons_stays_empty() -> None:
    (back,) = through_a_file(rings_of(LEFT, shapely.MultiPolygon(), RIGHT))
    assert np.diff(back.zones).tolist() == [1, 0, 1]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_cuts=st.integers(1, 12))
def test_any_coverage_comes_back(seed: int, n_cuts: int) -> None:
    rng = np.random.default_rng(seed)
    ends = rng.uniform(-60, 60, (n_cuts, 2, 2))
    lines = [shapely.box(-50, -50, 50, 50).exterior, *map(shapely.LineString, ends)]
    noded = shapely.union_all(np.array(lines), grid_size=1e-4)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    owner = rng.integers(0, 3, len(faces))
    zones = rings_of(*(shapely.MultiPolygon(list(faces[owner == k])) for k in range(3)))
    (back,) = through_a_file(zones)
    assert normal(back) == normal(zones)


def test_the_same_zones_give_the_same_arrays() -> None:
    once, again = (encode([rings_of(LEFT, RIGHT)]) for _ in range(2))
    assert all(np.array_equal(once[name], again[name]) for name in once)


@pytest.mark.parametrize("spoilt", ["sizes", "refs_0", "first"])
def test_a_damaged_file_is_refused_in_plain_words(spoilt: str) -> None:
    arrays = dict(encode([rings_of(LEFT, RIGHT)]))
    arrays[spoilt] = arrays[spoilt][..., :-1]
    with pytest.raises(DataFormatError, match="damaged"):
        decode(arrays)


def test_a_missing_array_is_refused_in_plain_words() -> None:
    arrays = dict(encode([rings_of(LEFT)]))
    del arrays["zones_0"]
    with pytest.raises(DataFormatError, match="zones_0"):
        decode(arrays)
