"""Answers in tables: one vocabulary, in which nothing can be mistaken for anything else."""

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from eezkit.answers.belts import BELTS, NOT_KNOWN
from eezkit.answers.columns import DISTANCES, PER_POSITION, PER_ZONE, per_position, words_of
from eezkit.answers.rights import RIGHTS, belt_of
from eezkit.atlas import Atlas
from eezkit.coverage import Coverage
from eezkit.errors import CoordinateError, OptionError
from eezkit.geometry import Rings
from eezkit.positions import check_arrays
from eezkit.zones import ZoneKind
from layers import CLAIM, ISLAND, A, B, atlas_of, square, two_neighbours, with_claim, zone

SEAS = (
    zone("12 M of A", "AAA", kind=ZoneKind.TERRITORIAL_SEA),
    zone("24 M of A", "AAA", kind=ZoneKind.CONTIGUOUS_ZONE),
)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    """A with an island and belts, and B; nothing is known beyond 1,500 km of 10 E, 0 N."""
    layer = {A: square(0, -5, 10, 5, ISLAND), B: square(10, -5, 20, 5)}
    belts = [square(3, -2, 7, 2, ISLAND), square(2, -3, 8, 3, ISLAND)]
    return atlas_of(
        layer,
        land=[ISLAND],
        coverage=Coverage.disc(10.0, 0.0, 1_500_000.0),
        overlays=SEAS,
        overlay_rings=Rings.from_shapely(belts),
    )


PLACES = {
    "far out in A": (1.0, 0.0),
    "12 M": (4.0, 0.0),
    "24 M": (2.5, 0.0),
    "the island": (5.0, 0.0),
    "nobody's": (22.0, 0.0),
    "not covered": (60.0, 0.0),
    "AIS 181/91": (181.0, 91.0),
    "missing": (np.nan, np.nan),
}


def test_land_high_seas_and_what_is_not_known_are_told_apart(atlas: Atlas) -> None:
    lon, lat = np.array(list(PLACES.values())).T
    table = atlas.locate(lon, lat).to_frame()
    told = dict(
        zip(PLACES, zip(np.minimum(table["answer"], 1), table["belt"], strict=True), strict=True)
    )
    assert told == {
        "far out in A": (1, "exclusive economic zone"),
        "12 M": (1, "territorial sea"),
        "24 M": (1, "contiguous zone"),
        "the island": (0, "land"),
        "nobody's": (0, "high seas"),
        "not covered": (-1, NOT_KNOWN),
        "AIS 181/91": (-2, pytest.approx(np.nan, nan_ok=True)),
        "missing": (-2, pytest.approx(np.nan, nan_ok=True)),
    }
    assert table["n_zones"].tolist() == [1, 1, 1, 0, 0, pd.NA, pd.NA, pd.NA]
    assert table["on_land"].tolist() == [False] * 3 + [True, False, False, pd.NA, pd.NA]


def test_a_table_has_exactly_the_columns_of_the_vocabulary(atlas: Atlas) -> None:
    found = atlas.locate([1.0], [0.0])
    names = [column.name for column in PER_POSITION]
    assert found.to_frame().columns.tolist() == names
    more = [column.name for column in DISTANCES]
    assert found.to_frame(distances=True).columns.tolist() == [*names, *more]
    names.remove("belt")
    assert found.to_frame(belts=False).columns.tolist() == names
    joined = atlas.join(pd.DataFrame({"x": [1.0], "y": [0.0]}), lon="x", lat="y")
    assert joined.columns.tolist() == ["x", "y", *(column.name for column in PER_ZONE)]


def test_belts_in_bulk_are_those_of_single_answers(atlas: Atlas) -> None:
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(-4, 24, 300), rng.uniform(-9, 9, 300)
    for asked in (atlas, atlas["AAA"], with_claim()):
        table = asked.locate(lon, lat).to_frame()
        whole = [asked.at(lon=x, lat=y) for x, y in zip(lon, lat, strict=True)]
        assert table["belt"].tolist() == [belt_of(answer).name for answer in whole]
    assert set(table["belt"]) <= set(BELTS)


def test_without_layers_of_12_and_24_miles_the_coast_decides() -> None:
    atlas = two_neighbours()
    lon = np.linspace(4.0, 4.895, 60)
    belts = atlas.locate(lon, np.zeros(60)).to_frame()["belt"]
    coast = atlas.coast_distance(lon, np.zeros(60)) / 1852
    expected = np.select(
        [coast <= 12, coast <= 24],
        ["territorial sea", "contiguous zone"],
        "exclusive economic zone",
    )
    assert belts.tolist() == expected.tolist()
    assert len(set(expected)) == 3


def test_a_selection_does_not_turn_the_neighbours_zone_into_high_seas(atlas: Atlas) -> None:
    row = atlas["AAA"].locate([15.0], [0.0]).to_frame().iloc[0]
    assert (row["answer"], row["n_zones"], row["belt"]) == (0, 0, "exclusive economic zone")


def test_what_is_complete_for_one_state_says_nothing_of_the_high_seas() -> None:
    atlas = atlas_of({A: square(0, -5, 10, 5)}, coverage=Coverage.zones_only().and_for(["AAA"]))
    row = atlas["AAA"].locate([40.0], [0.0]).to_frame().iloc[0]
    assert (row["answer"], row["belt"]) == (0, NOT_KNOWN)
    assert belt_of(atlas.at(lon=40.0, lat=0.0, zone="AAA")).name == NOT_KNOWN


def test_without_land_or_coast_nothing_is_said_of_land() -> None:
    atlas = atlas_of({A: square(0, -5, 10, 5)})
    assert atlas.locate([1.0, 50.0], [0.0, 0.0]).to_frame()["on_land"].isna().all()
    assert atlas.at(lon=50.0, lat=0.0).on_land is None


def test_several_zones_are_joined_and_parties_named_once() -> None:
    assert words_of([A, CLAIM]) == {
        "zones": "Zone of A|Overlapping claim A / B",
        "sovereign": "AAA|BBB",
        "territory": "AAA|BBB",
        "regime": "sole|overlapping_claim",
    }
    assert set(words_of([]).values()) == {None}


def test_distances_are_null_where_they_are_not_known(atlas: Atlas) -> None:
    lon, lat = np.array(list(PLACES.values())).T
    table = atlas.locate(lon, lat).to_frame(distances=True)
    known = table["margin_m"].notna().tolist()
    assert known == [True, True, True, False, True, False, False, False]
    assert table["coast_distance_m"].notna().tolist() == [True] * 5 + [False] * 3
    assert table["edge_kind"].notna().tolist() == known
    assert np.array_equal(table["margin_m"][known], atlas.margin(lon[known], lat[known]))


def test_text_and_arrow_say_the_same(atlas: Atlas) -> None:
    lon, lat = np.array(list(PLACES.values())).T
    found = atlas.locate(lon, lat)
    columns = per_position(atlas, found.answer, found.lon, found.lat, distances=True)
    for values in columns.values():
        told = values.to_list()
        assert values.to_arrow().to_pylist() == told
        assert [text == "" for text in values.to_text()] == [value is None for value in told]
        assert pd.isna(pd.Series(values.to_pandas())).tolist() == [v is None for v in told]
    assert columns["on_land"].to_text()[3] == "true"


def test_every_belt_has_rights() -> None:
    assert set(RIGHTS) == set(BELTS)


# -- what is no position -----------------------------------------------------------------------

MISSING = {
    "None": [None, None],
    "NaN": [np.nan, np.nan],
    "NA": pd.array([pd.NA, pd.NA], dtype="Float64"),
    "NA among objects": [pd.NA, 1.0],
    "NaT": [pd.NaT, pd.NaT],
    "masked": np.ma.masked_all(2),
    "Series": pd.Series([None, None], dtype="Int64"),
    "beyond": [-180.001, 360.001],
    "infinite": [np.inf, -np.inf],
}


@pytest.mark.parametrize("gone", MISSING.values(), ids=MISSING)
def test_what_is_no_position_is_null_in_bulk(atlas: Atlas, gone: object) -> None:
    lon = [1.0, *gone]  # type: ignore[misc]
    lat = [0.0, 0.0, 200.0]
    assert (atlas.locate(lon, lat).answer == -2).tolist() == [False, True, True]
    for measure in (atlas.margin, atlas.coast_distance):
        assert np.isnan(measure(lon, lat)).tolist() == [False, True, True]
        with pytest.raises(CoordinateError, match="2 of 3 positions are not on the globe"):
            measure(lon, lat, invalid="raise")
    assert atlas.distance(lon, lat).edge.tolist()[1:] == [-1, -1]
    assert not atlas.is_land(lon, lat).any()


@pytest.mark.parametrize("gone", MISSING.values(), ids=MISSING)
def test_arrays_of_nothing_but_missing_values_are_taken_as_they_are(gone: object) -> None:
    lon, lat = check_arrays(gone, [200.0, 200.0], invalid="null")  # type: ignore[arg-type]
    assert np.isnan([lon, lat]).all()


def test_times_and_words_are_no_degrees() -> None:
    for wrong in (np.array(["2026-01-01"], "M8[s]"), ["west"], [object()]):
        with pytest.raises(CoordinateError, match="no two arrays of numbers"):
            check_arrays(wrong, [0.0], invalid="null")  # type: ignore[arg-type]


# -- join ---------------------------------------------------------------------------------------


def test_join_keeps_what_is_no_position_with_its_own_code(atlas: Atlas) -> None:
    points = geopandas.GeoDataFrame(
        {"what": ["in", "empty", "none", "nan", "AIS 181/91", "metres", "elsewhere"]},
        geometry=[
            shapely.Point(1, 0), shapely.Point(), None, shapely.Point(np.nan, np.nan),
            shapely.Point(181, 91), shapely.Point(250_000, 5.7e6), shapely.Point(60, 0),
        ],
    )  # fmt: skip
    joined = atlas.join(points)
    assert joined["answer"].tolist()[1:] == [-2, -2, -2, -2, -2, -1]
    assert joined["n_zones"].isna().tolist() == [False] + [True] * 6
    assert joined["zone"].isna().tolist() == [False] + [True] * 6
    assert atlas.join(points, how="inner")["what"].tolist() == ["in"]
    assert atlas.join(points.iloc[:0]).empty


def test_join_takes_series_and_tables_of_degrees(atlas: Atlas) -> None:
    series = geopandas.GeoSeries(shapely.points([[1, 0], [15, 0]]), crs="EPSG:4326")
    assert atlas.join(series)["zone"].tolist() == [A.name, B.name]
    table = pd.DataFrame({"x": [1.0, pd.NA, 15.0], "y": [0.0, 0.0, None]}, index=[7, 8, 9])
    joined = atlas.join(table, lon="x", lat="y")
    assert joined.index.tolist() == [7, 8, 9]
    assert joined["answer"].gt(0).tolist() == [True, False, False]
    with pytest.raises(OptionError, match="lon= and lat="):
        atlas.join(table)  # type: ignore[call-overload]
    with pytest.raises(OptionError, match="'z' is no column"):
        atlas.join(table, lon="z", lat="y")


def test_status_is_joined(atlas: Atlas) -> None:
    assert atlas.join(geopandas.GeoSeries([shapely.Point(1, 0)]))["status"].tolist() == [A.status]


def test_decided_is_what_single_answers_say(atlas: Atlas) -> None:
    rng = np.random.default_rng(6)
    lon, lat = rng.uniform(-3, 23, 60), rng.uniform(-7, 7, 60)
    radius = rng.uniform(0, 300_000, 60)
    radius[5] = np.nan
    for asked in (two_neighbours(), two_neighbours()["AAA"]):
        told = asked.locate(lon, lat).to_frame(uncertainty=radius)["decided"]
        for i in range(60):
            zone = None if asked.selected is None else "AAA"
            if np.isnan(radius[i]):
                assert told[i] is pd.NA
            else:
                one = asked.at(lon=lon[i], lat=lat[i], zone=zone, uncertainty=float(radius[i]))
                assert told[i] == one.decided
    assert (
        atlas.locate([60.0, np.nan], [0.0, 0.0]).to_frame(uncertainty=1.0)["decided"].isna().all()
    )


def test_a_position_is_stable_within_what_it_says(atlas: Atlas) -> None:
    lon, lat = np.array(list(PLACES.values())).T
    stable = atlas.stable_within(lon, lat)
    assert np.isnan(stable).tolist() == [False] * 5 + [True] * 3
    singles = [atlas.at(lon=x, lat=y).stable_within for x, y in zip(lon[:3], lat[:3], strict=True)]
    assert stable[:3].tolist() == singles
