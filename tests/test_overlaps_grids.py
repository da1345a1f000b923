"""`eezkit.grid_shares`: cells against polygons and zones, however the grid is written."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import shapely

import eezkit
import exact_areas
from eezkit.atlas import Atlas
from eezkit.errors import CoordinateError, OptionError
from eezkit.geodesy import EdgeModel, polygon_area
from eezkit.geometry import Rings
from layers import A, B, atlas_of, square, two_neighbours, zone

ELSEWHERE = square(60, 60, 61, 61)

STAR = shapely.Polygon([(1.2, 0.3), (9.6, -3.1), (7.3, 2.2), (12.4, 8.8), (4.4, 6.1), (-2.7, 9.2)])
OTHER = shapely.Polygon([(5.0, 0.0), (15.0, 1.0), (11.0, 7.0), (6.5, 8.0)])
ACROSS = shapely.Polygon([(172.3, -4.4), (187.7, -1.2), (184.4, 6.6), (179.9, 9.1)])


def starry() -> Atlas:
    return atlas_of({A: STAR, B: OTHER, zone("C", "CCC"): ACROSS}, land=[ELSEWHERE])


def centres(first: float, last: float, step: float) -> np.ndarray:
    return np.arange(first + step / 2, last, step)


def test_each_cell_has_what_a_polygon_of_it_has() -> None:
    atlas = starry()
    lon, lat = centres(-4, 16, 2.5), centres(-5, 10, 2.5)
    shares = eezkit.grid_shares(lon, lat, atlas)
    cells = [square(x - 1.25, y - 1.25, x + 1.25, y + 1.25) for y in lat for x in lon]
    table = eezkit.overlap(cells, atlas)
    table["cell"] = table.index
    for name in ("Zone of A", "Zone of B"):
        expected = np.zeros(len(cells))
        mine = table[table["zone"] == name]
        expected[mine["cell"]] = mine["share"]
        assert shares.of(name).reshape(-1) == pytest.approx(expected, abs=1e-12)
    sea = table[table["category"] == "high seas"]
    assert shares.of("high seas").reshape(-1)[sea["cell"]] == pytest.approx(
        sea["share"].to_numpy(), abs=1e-12
    )


def test_cells_are_exact() -> None:
    lon, lat = centres(0, 15, 5.0), centres(-5, 10, 5.0)
    shares = eezkit.grid_shares(lon, lat, starry())
    for j, y in enumerate(lat):
        for i, x in enumerate(lon):
            cell = square(x - 2.5, y - 2.5, x + 2.5, y + 2.5)
            exact = exact_areas.common_area(cell, STAR) / exact_areas.area(cell)
            assert shares.of("Zone of A")[j, i] == pytest.approx(exact, abs=1e-12)
            assert shares.cell_area[j, i] == pytest.approx(exact_areas.area(cell), rel=1e-13)


@pytest.mark.parametrize("step", [0.7, 3.0, 10.0])
def test_over_the_globe_cells_add_up_to_zones_and_sets_to_cells(step: float) -> None:
    atlas = starry()
    borders = [np.append(np.arange(-a, a, step), a) for a in (180.0, 90.0)]
    mid = [(b[:-1] + b[1:]) / 2 for b in borders]
    bounds = {"lon_bounds": borders[0], "lat_bounds": borders[1]}
    shares = eezkit.grid_shares(*mid, atlas, **bounds)
    areas = polygon_area(Rings.from_shapely([STAR, OTHER, ACROSS]), model=EdgeModel.PLANAR)
    for name, area in zip(("Zone of A", "Zone of B", "C"), areas, strict=True):
        assert (shares.of(name) * shares.cell_area).sum() == pytest.approx(area, rel=1e-11)
    sets = eezkit.grid_shares(*mid, atlas, by="set", **bounds)
    whole = np.zeros(sets.cell_area.shape)
    np.add.at(whole, (sets.row, sets.column), sets.share)
    assert whole == pytest.approx(np.ones(whole.shape), abs=1e-9)
    assert sets.share.min() > 0
    assert sets.share.max() < 1 + 1e-12


def test_borders_on_edges_and_vertices_leave_no_cell_wrong() -> None:
    layer = {A: square(0, -5, 10, 5), B: square(10, -5, 20, 5)}
    shares = eezkit.grid_shares(
        centres(-5, 25, 2.5), centres(-10, 10, 2.5), atlas_of(layer, land=[ELSEWHERE])
    )
    for name, west, east in (("Zone of A", 0, 10), ("Zone of B", 10, 20)):
        inside = (np.abs(shares.lat) < 5)[:, None] & (shares.lon > west) & (shares.lon < east)
        assert np.array_equal(shares.of(name) > 0.5, inside)
        assert np.abs(shares.of(name) - inside).max() < 1e-12


@pytest.mark.parametrize("offset", [0.0, 0.5])
@pytest.mark.parametrize("turn", [-360, 360])
def test_a_grid_in_another_turn_or_downwards_says_the_same(offset: float, turn: int) -> None:
    atlas = starry()
    lon, lat = centres(-180 + offset, 180 + offset, 1.0), centres(-90, 90, 1.0)
    plain = eezkit.grid_shares(lon, lat, atlas)
    rolled = np.where(lon < 0, lon + 360, lon)
    start = int(np.argmin(rolled))
    rolled = np.roll(rolled, -start)
    again = eezkit.grid_shares(rolled + turn, lat[::-1], atlas)
    west = eezkit.grid_shares(lon[::-1], lat, atlas)
    for name in ("Zone of A", "C", "high seas"):
        expected = plain.of(name)
        assert np.abs(np.roll(again.of(name)[::-1], start, axis=1) - expected).max() < 1e-11
        assert np.abs(west.of(name)[:, ::-1] - expected).max() < 1e-14
    assert again.lat_bounds[0].tolist() == [90, 89]
    assert (again.lat_bounds[:, 0] > again.lat_bounds[:, 1]).all()


def test_longitudes_that_jump_at_180_are_one_grid() -> None:
    lon = np.array([178.5, 179.5, -179.5, -178.5])
    bounds = np.column_stack([lon - 0.5, lon + 0.5])
    lat = centres(-4, 4, 1.0)
    plain = eezkit.grid_shares(np.where(lon < 0, lon + 360, lon), lat, starry())
    assert plain.of("C").max() == pytest.approx(1)
    for options in ({}, {"lon_bounds": bounds}):
        found = eezkit.grid_shares(lon, lat, starry(), **options)
        assert np.array_equal(found.of("C"), plain.of("C"))
        assert found.lon.tolist() == lon.tolist()


def test_the_table_has_the_words_of_an_overlap() -> None:
    table = eezkit.grid_shares([1.5, 4.5, 7.5], [0.0, 3.0], two_neighbours()).to_frame()
    assert table.columns.tolist()[:5] == ["lat", "lon", "category", "mrgid", "zone"]
    assert set(table["category"]) == {"zone", "land"}
    land = table[table["category"] == "land"]
    assert land[["lat", "lon"]].to_numpy().tolist() == [[0.0, 4.5]]
    assert land["area_km2"].iloc[0] == pytest.approx(493.1, abs=2)


def test_an_array_carries_what_a_weighted_mean_needs() -> None:
    xarray = pytest.importorskip("xarray")
    lat = xarray.DataArray(centres(-6, 6, 1.0), dims="latitude", name="latitude")
    lon = xarray.DataArray(centres(-1, 12, 1.0), dims="longitude", name="longitude")
    field = xarray.DataArray(
        20 + 0.1 * lat.to_numpy()[:, None] + 0 * lon.to_numpy(),
        coords={"latitude": lat.to_numpy(), "longitude": lon.to_numpy()},
    )
    shares = eezkit.grid_shares(lon, lat, two_neighbours(), by="sovereign").to_xarray()
    assert shares.share.dims == ("sovereign", "latitude", "longitude")
    assert shares[shares.longitude.attrs["bounds"]].dims == ("longitude", "bnds")
    assert shares.cell_area.attrs["units"] == "m2"
    weights = shares.share.sel(sovereign="AAA") * shares.cell_area
    assert float(field.weighted(weights).mean()) == pytest.approx(20, abs=1e-9)
    one = eezkit.grid_shares(lon, lat, two_neighbours()).to_xarray(["Zone of B"])
    assert one.share.shape == (1, 12, 13)


@pytest.mark.parametrize(
    ("lon", "lat", "options", "said"),
    [
        ([0, 1, 3, 2], [0, 1], {}, "lon: 4 values neither ascend nor descend"),
        ([0, 1], [89.5, 91.5], {}, "go beyond a pole; are longitude and latitude swapped"),
        (np.arange(0, 361.0), [0, 1], {}, "more than all round the globe; is the first meridian"),
        ([[0, 1], [0, 1]], [0, 1], {}, "shape .2, 2.*curvilinear"),
        ([0, np.nan], [0, 1], {}, "1 of 2 values are not finite"),
        ([0], [0, 1], {}, "One lon has no neighbours"),
        ([0, 1], [0, 1], {"lon_bounds": [0, 1, 2, 3]}, r"accepted are \(2, 2\) and \(3,\)"),
        ([0, 1], [0, 1], {"lat_bounds": [[0, 1], [2, 3]]}, "leave a gap"),
        (["a", "b"], [0, 1], {}, "lon are not numbers"),
    ],
)
def test_a_grid_that_is_none_is_refused(lon, lat, options: dict[str, object], said: str) -> None:
    if options.get("lat_bounds"):
        lat = [0.5, 2.5]
    with pytest.raises(CoordinateError, match=said):
        eezkit.grid_shares(lon, lat, two_neighbours(), **options)


def test_a_name_that_is_none_is_told_with_those_near_it() -> None:
    shares = eezkit.grid_shares([1.0, 2.0], [1.0, 2.0], two_neighbours())
    with pytest.raises(OptionError, match="did you mean Zone of A"):
        shares.of("zone of A")
    with pytest.raises(OptionError, match="by 'area' is not one of"):
        eezkit.grid_shares([1.0, 2.0], [1.0, 2.0], two_neighbours(), by="area")


def digest() -> str:
    """Hash of the shares of a small grid."""
    shares = eezkit.grid_shares(centres(-4, 16, 2.0), centres(-5, 10, 3.0), starry())
    arrays = (shares.row, shares.column, shares.unit, shares.share)
    return hashlib.sha256(b"".join(np.ascontiguousarray(a).tobytes() for a in arrays)).hexdigest()


def test_uncompiled_kernels_give_the_same_shares() -> None:
    from test_kernels_cells import run_uncompiled

    assert run_uncompiled("import test_overlaps_grids as t; print(t.digest())") == digest()
