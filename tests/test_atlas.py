"""Answers of an atlas, on layers small enough to be checked by looking."""

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import Geod

from eezkit._entry import open_entry
from eezkit.atlas import Atlas
from eezkit.coverage import Coverage
from eezkit.errors import CacheError, CoordinateError, OptionError, UnknownZoneError
from eezkit.zones import EdgeKind, Evidence, Regime
from layers import CLAIM, A, B, across_the_date_line, two_neighbours, with_claim

GEOD = Geod(ellps="WGS84")
MILLIMETRE = 1e-3


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return two_neighbours()


def test_locate_names_the_zone_of_each_position(atlas: Atlas) -> None:
    found = atlas.locate([1.0, 15.0, 5.0, 30.0, np.nan], [0.0, 0.0, 0.0, 0.0, 0.0])
    assert [found.zones(code) for code in found.answer] == [(A,), (B,), (), (), ()]
    assert found.answer.tolist()[2:] == [0, 0, -2]


def test_a_position_on_a_shared_edge_is_in_one_zone_only(atlas: Atlas) -> None:
    answer = atlas.at(lon=10.0, lat=0.0)
    assert answer.zones == (B,)
    assert answer.margin == 0.0
    assert answer.edge.azimuth is None


def test_margin_is_the_distance_to_the_nearest_seaward_edge(atlas: Atlas) -> None:
    expected = GEOD.inv(1.0, 0.0, 0.0, 0.0)[2]
    answer = atlas.at(lon=1.0, lat=0.0)
    assert answer.margin == pytest.approx(expected, abs=MILLIMETRE)
    assert answer.edge.azimuth == pytest.approx(270.0)
    assert answer.edge.kind is EdgeKind.UNKNOWN
    assert answer.edge.neighbour is None


def test_margin_overlooks_the_coast(atlas: Atlas) -> None:
    answer = atlas.at(lon=4.8, lat=0.0)
    assert answer.coast.distance == pytest.approx(GEOD.inv(4.8, 0, 4.9, 0)[2], abs=MILLIMETRE)
    assert answer.margin == pytest.approx(GEOD.inv(4.8, 0, 0, 0)[2], abs=MILLIMETRE)


def test_an_edge_between_two_zones_is_a_boundary_with_the_neighbour(atlas: Atlas) -> None:
    answer = atlas.at(lon=9.5, lat=0.0)
    assert answer.edge.kind is EdgeKind.BOUNDARY
    assert answer.edge.evidence is Evidence.SHARED_EDGE
    assert answer.edge.neighbour == B.name


def test_outside_the_margin_is_negative(atlas: Atlas) -> None:
    answer = atlas.at(lon=21.0, lat=0.0, zone="BBB")
    assert answer.inside is False
    assert answer.margin == pytest.approx(-GEOD.inv(21, 0, 20, 0)[2], abs=MILLIMETRE)


def test_in_the_neighbours_zone_the_answer_is_outside(atlas: Atlas) -> None:
    answer = atlas.at(lon=11.0, lat=0.0, zone="AAA")
    assert answer.inside is False
    assert answer.zones == (B,)
    assert answer.margin == pytest.approx(-GEOD.inv(11, 0, 10, 0)[2], abs=MILLIMETRE)


def test_on_an_island_the_answer_is_land_without_a_margin(atlas: Atlas) -> None:
    answer = atlas.at(lon=5.0, lat=0.0, zone="AAA")
    assert (answer.inside, answer.on_land, answer.margin) == (False, True, None)


def test_without_land_of_its_own_a_small_hole_is_still_coast() -> None:
    from layers import ISLAND, atlas_of, square

    found = atlas_of({A: square(0, -5, 10, 5, ISLAND)}).at(lon=5.0, lat=0.0)
    assert found.on_land


def test_every_claim_is_returned_and_sole_excludes_it() -> None:
    atlas = with_claim()
    answer = atlas.at(lon=10.0, lat=0.0, zone="AAA")
    assert answer.inside is True
    assert answer.zones == (CLAIM,)
    assert atlas.at(lon=10.0, lat=0.0, zone="BBB").inside is True
    assert atlas.at(lon=10.0, lat=0.0, zone="AAA", sole=True).inside is False


def test_the_margin_of_a_union_overlooks_its_inner_boundaries() -> None:
    atlas = with_claim()
    x = 8.9
    to_claim, to_far = GEOD.inv(x, 0, 9, 0)[2], GEOD.inv(x, 0, 11, 0)[2]
    answer = atlas.at(lon=x, lat=0.0, zone="AAA")
    assert answer.margin == pytest.approx(to_far, abs=MILLIMETRE)
    assert answer.stable_within == pytest.approx(to_claim, abs=MILLIMETRE)


def test_the_cut_at_180_is_no_edge() -> None:
    atlas = across_the_date_line()
    expected = GEOD.inv(179.999, 0, 179.999, 5)[2]
    for lon in (179.999, -179.999, 180.0, -180.0):
        answer = atlas.at(lon=lon, lat=0.0)
        assert answer.inside is True
        assert answer.margin == pytest.approx(expected, abs=60)
    assert (
        not (np.abs(atlas.edges.lon1) == 180).any()
        or (np.abs(atlas.edges.lat1[np.abs(atlas.edges.lon1) == 180]) == 5).all()
    )


def test_overlapping_zones_are_cut_where_they_cross() -> None:
    from layers import atlas_of, square

    atlas = atlas_of({A: square(0, 0, 10, 10), B: square(5, 5, 15, 15)})
    answer = atlas.at(lon=7.0, lat=7.0)
    assert answer.zones == (A, B)
    # Of the union of A and B, no edge inside the overlap counts.
    both = atlas.select(regime=Regime.SOLE)
    assert both.margin(9.9, 9.8) == pytest.approx(
        min(
            atlas_margin
            for atlas_margin in (GEOD.inv(9.9, 9.8, 10, 5)[2], GEOD.inv(9.9, 9.8, 5, 10)[2])
        ),
        rel=0.2,
    )


def test_uncertainty_turns_an_answer_into_undecided(atlas: Atlas) -> None:
    margin = atlas.at(lon=1.0, lat=0.0).margin
    sure = atlas.at(lon=1.0, lat=0.0, uncertainty=margin - 1)
    unsure = atlas.at(lon=1.0, lat=0.0, uncertainty=margin + 1)
    assert (sure.inside, sure.decided) == (True, True)
    assert (unsure.inside, unsure.decided) == ("undecided", False)


def test_outside_the_coverage_nothing_is_said() -> None:
    from layers import atlas_of, square

    cover = Coverage.disc(5.0, 0.0, 1_000_000.0)
    atlas = atlas_of({A: square(0, -5, 10, 5)}, coverage=cover)
    assert atlas.at(lon=12.0, lat=0.0).inside is False
    assert atlas.at(lon=40.0, lat=0.0).inside == "not covered"
    assert atlas.locate(40.0, 0.0).answer == -1
    near_the_rim = atlas.at(lon=13.5, lat=0.0, uncertainty=200_000.0)
    assert near_the_rim.inside == "undecided"


def test_a_selection_answers_to_codes_names_and_identifiers(atlas: Atlas) -> None:
    assert list(atlas.select(sovereign="bbb")) == [B]
    assert list(atlas.select("territory:Isle of B")) == [B]
    assert list(atlas.select(mrgid=1)) == [A]
    assert list(atlas.select("name:of A")) == [A]


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("ABA", UnknownZoneError, "close to it: AAA"),
        ("mrgid:7", UnknownZoneError, "this dataset has: 1, 2"),
        ("mrgid:x", OptionError, "not a whole number"),
        ("flag:JPN", OptionError, "sovereign:…"),
        ("regime:happy", OptionError, "overlapping_claim"),
        ("territory:", OptionError, "cannot be read"),
    ],
)
def test_a_selector_that_finds_nothing_says_why(
    atlas: Atlas, text: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        atlas.select(text)


def test_a_position_off_the_globe_is_refused(atlas: Atlas) -> None:
    with pytest.raises(CoordinateError, match="swapped"):
        atlas.at(lon=7.0, lat=91.0)


def test_join_gives_one_row_per_position_and_zone() -> None:
    from layers import atlas_of, square

    atlas = atlas_of({A: square(0, 0, 10, 10), B: square(5, 5, 15, 15)})
    points = geopandas.GeoDataFrame(
        {"ship": ["both", "none", "one"]},
        geometry=shapely.points([[7, 7], [50, 50], [1, 1]]),
        crs="EPSG:4326",
        index=[10, 20, 30],
    )
    left = atlas.join(points)
    assert left.index.tolist() == [10, 10, 20, 30]
    assert left["zone"].tolist()[:2] == [A.name, B.name]
    assert left["zone"].isna().tolist() == [False, False, True, False]
    assert left["n_zones"].tolist() == [2, 2, 0, 1]
    assert left["mrgid"].tolist()[0] == 1
    assert atlas.join(points, how="inner").index.tolist() == [10, 10, 30]
    assert isinstance(left, geopandas.GeoDataFrame)
    with pytest.raises(OptionError, match="already"):
        atlas.join(left)


def test_join_takes_any_crs_and_refuses_lines(atlas: Atlas) -> None:
    points = geopandas.GeoDataFrame(geometry=shapely.points([[1, 1]]), crs="EPSG:4326")
    assert atlas.join(points.to_crs("EPSG:3857"))["zone"].tolist() == [A.name]
    lines = geopandas.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])])
    with pytest.raises(OptionError, match="LineString"):
        atlas.join(lines)


def test_a_saved_atlas_answers_the_same(atlas: Atlas, tmp_path) -> None:
    atlas.save(tmp_path / "built")
    again = Atlas.open(tmp_path / "built")
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(-2, 22, 500), rng.uniform(-6, 6, 500)
    assert np.array_equal(again.locate(lon, lat).answer, atlas.locate(lon, lat).answer)
    assert np.array_equal(again.margin(lon, lat), atlas.margin(lon, lat))
    assert again.at(lon=4.0, lat=1.0).to_json() == atlas.at(lon=4.0, lat=1.0).to_json()


def test_saving_twice_gives_the_same_bytes(tmp_path) -> None:
    for name in ("one", "two"):
        two_neighbours().save(tmp_path / name)
    one, two = (next((tmp_path / name).glob("*.bin")).read_bytes() for name in ("one", "two"))
    assert one == two


def test_a_folder_says_what_it_was_made_from_and_is_refused_where_damaged(
    atlas: Atlas, tmp_path
) -> None:
    atlas.save(tmp_path / "built", about={"from": "old"})
    entry = open_entry(tmp_path / "built")
    assert entry.about == {"from": "old"}
    assert len(Atlas.open(entry)) == len(Atlas.open(str(tmp_path / "built"))) == 2
    entry.file.write_bytes(bytes(entry.size))
    with pytest.raises(CacheError, match="SHA-256"):
        Atlas.open(tmp_path / "built")


def test_margins_agree_with_an_independent_search(atlas: Atlas) -> None:
    rng = np.random.default_rng(2)
    lon, lat = rng.uniform(0.1, 9.9, 30), rng.uniform(-4.9, 4.9, 30)
    t = np.linspace(0, 1, 20_001)
    edges = [((0, -5), (10, -5)), ((10, -5), (10, 5)), ((10, 5), (0, 5)), ((0, 5), (0, -5))]
    x = np.concatenate([a[0] + t * (b[0] - a[0]) for a, b in edges])
    y = np.concatenate([a[1] + t * (b[1] - a[1]) for a, b in edges])
    for px, py, margin in zip(lon, lat, atlas.margin(lon, lat), strict=True):
        sampled = GEOD.inv(np.full_like(x, px), np.full_like(y, py), x, y)[2].min()
        if abs(margin) > 1000 and not atlas.is_land(px, py):
            assert sampled - 0.2 <= margin <= sampled + MILLIMETRE


@pytest.mark.parametrize(("miles", "on_land"), [(11.9, True), (12.1, False)])
def test_an_island_that_no_map_of_land_has_reaches_12_miles(miles: float, on_land: bool) -> None:
    """Farther behind a coast a position in no zone may as well be a pocket of high seas."""
    from eezkit.edges import Coast
    from eezkit.geometry import Rings
    from eezkit.lookup import CellIndex
    from eezkit.nearest import EdgeTree
    from layers import atlas_of, square

    half = GEOD.fwd(0, 0, 90, miles * 1852)[0]
    hole = square(-half, -2, half, 2)
    x, y = hole.exterior.xy
    ends = np.column_stack([x[:-1], y[:-1], x[1:], y[1:]])
    elsewhere = CellIndex.build(Rings.from_shapely([square(90, 0, 91, 1)]))
    coast = Coast(ends, EdgeTree.build(*ends.T), elsewhere, 1.0, 5.0, "a coast without its land")
    atlas = atlas_of({A: square(-10, -10, 10, 10, hole)}, coast=coast)
    assert atlas.coast_distance(0.0, 0.0) == pytest.approx(miles * 1852, abs=MILLIMETRE)
    assert bool(atlas.is_land(0.0, 0.0)) is on_land


def test_a_selection_is_a_selection(atlas: Atlas) -> None:
    some = atlas["BBB"]
    assert some.zones == (B,)
    assert (len(some), list(some)) == (1, [B])
    assert "AAA" in atlas
    assert "CCC" not in atlas
    assert "AAA" not in some
    assert B in some
    assert A not in some
    assert some.every_zone == atlas.zones == (A, B)
    assert [zone.name for zone in some.at(lon=1.0, lat=0.0).zones] == [A.name]
