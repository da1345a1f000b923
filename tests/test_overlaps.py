"""`eezkit.overlap`: the rows of areas and lines, what adds up, and what is said of bad input."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import eezkit
from eezkit.atlas import Atlas
from eezkit.atlas.build import coast_of
from eezkit.coverage import Coverage
from eezkit.errors import GeometryWarning, OptionError
from eezkit.geodesy import EdgeModel, area_perimeter, polygon_area
from eezkit.geometry import Rings
from eezkit.lookup import CellIndex
from eezkit.overlaps import kept
from layers import CLAIM, ISLAND, A, B, atlas_of, square, two_neighbours, zone

ELSEWHERE = square(60, 60, 61, 61)
"""Land that is in nobody's way: without any, that of the world is taken."""


def claimed() -> Atlas:
    """A (0..12 E) and B (8..20 E), which overlap from 8 to 12 E, 5 S to 5 N."""
    return atlas_of({A: square(0, -5, 12, 5), B: square(8, -5, 20, 5)}, land=[ELSEWHERE])


def km2(area: shapely.Geometry) -> float:
    return float(polygon_area(Rings.from_shapely([area]), model=EdgeModel.PLANAR)[0] / 1e6)


def told(table: pd.DataFrame, column: str) -> dict[str, float]:
    """A column by what rows are about."""
    about = [
        str(row.get("zone") or row.get("zones") or row.get("sovereign"))
        if row["category"] == "zone"
        else row["category"]
        for _, row in table.iterrows()
    ]
    return dict(zip(about, table[column].tolist(), strict=True))


def test_each_zone_that_holds_a_part_has_a_row_and_so_have_land_and_the_high_seas() -> None:
    area = square(4.95, -0.05, 25, 0.05)
    found = eezkit.overlap([area], two_neighbours())
    assert found["category"].tolist() == ["zone", "zone", "high seas", "land"]
    assert found["sovereign"].tolist()[:2] == ["AAA", "BBB"]
    assert found["territory"].tolist()[:2] == ["AAA", "Isle of B"]
    assert found["mrgid"].tolist()[:2] == [1, 2]
    expected = [4.9, 10, 5, 0.15]
    assert found["share"].to_numpy() == pytest.approx(np.array(expected) / 20.05, rel=1e-12)
    assert found["area_km2"].sum() == pytest.approx(km2(area), rel=1e-12)
    whole = km2(square(10, -5, 20, 5))
    assert found["share_of_zone"].iloc[1] == pytest.approx(found["area_km2"].iloc[1] / whole)
    assert found["share_of_zone"].iloc[2:].isna().all()
    assert found.attrs == {
        "by": "zone",
        "edges": "planar",
        "dataset": "made by a test",
        "version": "1",
    }


def test_where_claims_overlap_sets_add_up_and_nobody_is_picked() -> None:
    area, atlas = square(6, 0, 14, 2), claimed()
    by_zone = told(eezkit.overlap([area], atlas), "share")
    assert by_zone == pytest.approx({"Zone of A": 0.75, "Zone of B": 0.75})
    sets = eezkit.overlap([area], atlas, by="set")
    assert told(sets, "share") == pytest.approx(
        {"Zone of A": 0.25, "Zone of A|Zone of B": 0.5, "Zone of B": 0.25}
    )
    assert sets["n_zones"].tolist() == [1, 2, 1]
    assert sets["sovereign"].tolist() == ["AAA", "AAA|BBB", "BBB"]
    assert abs(sets["share"].sum() - 1) < 1e-9


def test_a_claim_of_two_counts_for_each_of_them_once() -> None:
    other = zone("Another zone of A", "AAA")
    layer = {A: square(0, -5, 9, 5), CLAIM: square(9, -5, 11, 5), other: square(8, 4, 10, 5)}
    found = eezkit.overlap([square(8, 4, 12, 5)], atlas_of(layer, land=[ELSEWHERE]), by="sovereign")
    assert told(found, "share") == pytest.approx({"AAA": 0.75, "BBB": 0.5, "high seas": 0.25})


def test_columns_and_index_are_kept_and_no_area_is_lost() -> None:
    areas = gpd.GeoDataFrame(
        {"block": ["x", "y", "z"]},
        index=[7, 8, 9],
        geometry=[square(9, 0, 11, 1), None, square(40, 0, 41, 1)],
        crs="EPSG:4326",
    )
    with pytest.warns(GeometryWarning, match="1 of 3 .* row 1: no geometry"):
        found = eezkit.overlap(areas, two_neighbours())
    assert found["block"].tolist() == ["x", "x", "y", "z"]
    assert found.index.tolist() == [7, 7, 8, 9]
    assert found["category"].isna().tolist() == [False, False, True, False]
    assert not isinstance(found, gpd.GeoDataFrame)


def test_a_selection_tells_its_zones_apart_from_all_others() -> None:
    found = eezkit.overlap([square(5, 1, 25, 2)], two_neighbours().select("AAA"))
    assert told(found, "share") == pytest.approx(
        {"Zone of A": 0.25, "other zones": 0.5, "high seas": 0.25}
    )


def test_beyond_the_coverage_nothing_is_said_to_be_high_seas() -> None:
    layer, land = {A: square(0, 0, 10, 10)}, [square(10, 2, 11, 3)]
    area = square(5, 2, 25, 3)
    boxed = atlas_of(layer, land=land, coverage=Coverage.within([(-5, -5, 15, 15)]))
    assert told(eezkit.overlap([area], boxed), "share") == pytest.approx(
        {"Zone of A": 0.25, "high seas": 0.2, "land": 0.05, "not covered": 0.5}
    )
    bare = atlas_of(layer, land=land, coverage=Coverage.zones_only())
    assert told(eezkit.overlap([area], bare), "share") == pytest.approx(
        {"Zone of A": 0.25, "land": 0.05, "not covered": 0.7}
    )
    known = atlas_of(layer, land=land, coverage=Coverage.zones_only().and_for(["AAA"]))
    assert told(eezkit.overlap([area], known.select("AAA")), "share") == pytest.approx(
        {"Zone of A": 0.25, "land": 0.05, "high seas": 0.7}
    )


@pytest.mark.parametrize(("lon", "lat"), [(30, 10), (179.5, -60), (0, 89)])
def test_a_disc_of_coverage_has_the_area_of_a_disc(lon: float, lat: float) -> None:
    radius = 200_000.0
    rings = kept.bounds_of(Coverage.disc(lon, lat, radius))
    assert rings is not None
    area = polygon_area(rings, model=EdgeModel.PLANAR)[0]
    assert area == pytest.approx(np.pi * radius**2, rel=3e-4)


def test_geodesic_edges_are_followed() -> None:
    corners = [(2.0, 60.0), (2.0, 70.0), (-40.0, 70.0), (-40.0, 60.0)]
    atlas = atlas_of({A: square(-90, 0, 30, 89)}, land=[ELSEWHERE])
    for edges in ("planar", "geodesic"):
        found = eezkit.overlap([shapely.Polygon(corners)], atlas, edges=edges)
        x, y = np.array(corners).T
        area, _ = area_perimeter(x, y, model=EdgeModel(edges))
        assert found["area_km2"].sum() == pytest.approx(abs(area) / 1e6, rel=1e-8)
        assert found.attrs["edges"] == edges


def test_a_geodesic_ring_round_a_pole_holds_the_pole() -> None:
    ring = [(0, 80), (90, 80), (180, 80), (-90, 80)]
    atlas = atlas_of({A: square(-180, 85, 180, 90)}, land=[ELSEWHERE])
    found = eezkit.overlap([shapely.Polygon(ring)], atlas, edges="geodesic")
    area, _ = area_perimeter(*np.array(ring, dtype=float).T, model=EdgeModel.GEODESIC)
    assert found["area_km2"].sum() == pytest.approx(abs(area) / 1e6, rel=1e-6)
    assert found["share_of_zone"].iloc[0] == pytest.approx(1, rel=1e-9)


def test_lines_have_lengths_and_entries() -> None:
    line = shapely.LineString([(-5, 2), (8, 2), (8, 8), (8, 3), (15, 3)])
    found = eezkit.overlap([line], two_neighbours())
    assert found["category"].tolist() == ["zone", "zone", "high seas"]
    assert found["n_entries"].tolist() == [2, 1, 2]
    assert found["enter_lon"].tolist() == pytest.approx([0, 10, -5])
    assert found["enter_lat"].tolist() == pytest.approx([2, 3, 2])
    assert found["share"].sum() == pytest.approx(1)
    first = found.iloc[0]
    assert first["enter_km"] == pytest.approx(found["length_km"].iloc[2] - 2 * 331.83, abs=1)
    assert "area_km2" not in found


def test_parts_of_a_line_follow_one_another() -> None:
    line = shapely.MultiLineString([[(1, 1), (2, 1)], [(12, 1), (13, 1)], [(3, 1), (4, 1)]])
    found = eezkit.overlap([line], two_neighbours())
    degree = found["length_km"].sum() / 3
    assert found["n_entries"].tolist() == [2, 1]
    assert found["enter_km"].to_numpy() == pytest.approx([0, degree])


def test_areas_and_lines_in_one_table_keep_their_own_columns() -> None:
    found = eezkit.overlap(
        [square(1, 1, 2, 2), shapely.LineString([(1, 1), (2, 1)])], two_neighbours()
    )
    assert found["area_km2"].isna().tolist() == [False, True]
    assert found["length_km"].isna().tolist() == [True, False]
    assert found["share"].tolist() == pytest.approx([1, 1])


def test_one_bad_area_never_takes_the_others_down() -> None:
    good = square(1, 1, 2, 2)
    with np.errstate(invalid="ignore"):
        nowhere = shapely.LineString([(1, np.nan), (2, 2)])
    bad = {
        "a bow-tie": (shapely.Polygon([(1, 1), (3, 3), (3, 1), (1, 3)]), "repaired, even-odd"),
        "a spike": (shapely.Polygon([(1, 1), (3, 3), (1, 1)]), "no area is left"),
        "swapped": (square(5, 95, 6, 96), "swapped?"),
        "no numbers": (nowhere, "not finite"),
        "empty": (shapely.Polygon(), "an empty geometry"),
        "a point": (shapely.Point(1, 1), "no area and no length"),
        "more than the globe": (square(-200, 1, 200, 2), "all round the globe"),
        "the long way": (
            shapely.Polygon([(175, 1), (-175, 1), (-175, 2), (175, 2)]),
            "an edge spans 350 degrees",
        ),
        "a collection": (
            shapely.GeometryCollection([good, shapely.Point(9, 9)]),
            "of which the areas were taken",
        ),
    }
    areas = gpd.GeoDataFrame(
        {"name": ["good", *bad]}, geometry=[good, *(g for g, _ in bad.values())]
    )
    with pytest.warns(GeometryWarning, match=r"9 of 10 areas need a word .* and 4 more"):
        found = eezkit.overlap(areas, two_neighbours())
    notes = found.groupby("name")["note"].first()
    assert notes["good"] == ""
    for name, (_, said) in bad.items():
        assert said in notes[name], name
    whole = found.groupby("name")["share"].sum(min_count=1)
    assert whole[["good", "a bow-tie", "a collection", "the long way"]].tolist() == pytest.approx(
        [1, 1, 1, 1]
    )
    assert whole[["a spike", "swapped", "empty", "more than the globe"]].isna().all()


def test_heights_are_left_out_and_projections_are_undone() -> None:
    area = shapely.Polygon([(1, 1, 50), (2, 1, 60), (2, 2, 70)])
    flat = eezkit.overlap([area], two_neighbours())["area_km2"].iloc[0]
    assert flat == pytest.approx(km2(shapely.force_2d(area)))
    drawn = gpd.GeoSeries([square(1, 1, 2, 2)], crs=4326).to_crs(3857)
    with pytest.warns(GeometryWarning, match="up to 6 m from where they were drawn"):
        found = eezkit.overlap(drawn, two_neighbours())
    assert found["area_km2"].iloc[0] == pytest.approx(km2(square(1, 1, 2, 2)), rel=1e-9)


@pytest.mark.parametrize(
    ("areas", "options", "said"),
    [
        ([shapely.Point(1, 2)], {}, "All 1 geometries are points.*Atlas.join"),
        (["POINT (1 2)"], {}, "shapely geometries; among these is a str"),
        (5, {}, "this is a int"),
        ([ISLAND], {"by": "country"}, "'country' is not one of 'zone', 'set', 'sovereign'"),
        ([ISLAND], {"edges": "great circle"}, "'great circle' is not one of"),
        (gpd.GeoDataFrame({"zone": [1]}, geometry=[ISLAND]), {}, "columns .'zone'. already"),
    ],
)
def test_what_makes_no_sense_is_refused(areas: object, options: dict[str, str], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        eezkit.overlap(areas, two_neighbours(), **options)


def test_no_areas_give_an_empty_table_with_its_columns() -> None:
    found = eezkit.overlap([], two_neighbours())
    assert len(found) == 0
    assert {"category", "zone", "area_km2", "share", "note"} <= set(found.columns)


def test_the_layer_is_noded_once_and_then_opened(tmp_path, monkeypatch) -> None:
    two_neighbours().save(tmp_path / "atlas")
    area = [square(4.95, -0.05, 25, 0.05)]
    first = eezkit.overlap(area, Atlas.open(tmp_path / "atlas"))
    assert (tmp_path / "atlas-noded").is_dir()

    def refused(*_: object) -> None:
        raise AssertionError("the layer was built again")

    monkeypatch.setattr(kept, "_built", refused)
    again = eezkit.overlap(area, Atlas.open(tmp_path / "atlas"))
    pd.testing.assert_frame_equal(first, again)
    monkeypatch.undo()
    claimed().save(tmp_path / "atlas")
    other = eezkit.overlap(area, Atlas.open(tmp_path / "atlas"))
    assert told(other, "share").keys() == {"Zone of A", "Zone of B", "high seas"}


def test_the_built_in_atlas_holds_the_takaya_box_in_japans_zone_alone() -> None:
    box = square(154.9, 23.2, 155.1, 23.4)
    found = eezkit.overlap([box], eezkit.load())
    assert found["sovereign"].tolist() == ["JPN"]
    assert found["share"].tolist() == [1.0]


def test_between_two_coasts_an_area_is_unassigned(monkeypatch: pytest.MonkeyPatch) -> None:
    hole, island = square(2, -1, 5, 1), square(3, -0.5, 4, 0.5)
    monkeypatch.setattr(kept, "embedded_land", lambda: Rings.from_shapely([island]))
    coast = Rings.from_shapely([hole])
    atlas = atlas_of({A: square(0, -5, 10, 5, hole)}, coast=coast_of(coast, CellIndex.build(coast)))
    found = told(eezkit.overlap([square(1, -1, 6, 1)], atlas), "area_km2")
    assert found.keys() == {"Zone of A", "land", "unassigned"}
    assert found["land"] == pytest.approx(km2(island))
    assert found["unassigned"] == pytest.approx(km2(hole) - km2(island))
