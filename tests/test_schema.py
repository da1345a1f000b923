"""Published columns become zones, whatever their year, case and spelling of nothing."""

import warnings

import numpy as np
import pandas
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import published
from eezkit import schema
from eezkit.errors import SchemaError, SchemaWarning
from eezkit.schema.values import codes, texts
from eezkit.schema.vocabulary import LAYERS, LINE_WORDS, WORDS
from eezkit.zones import EdgeKind, Party, Regime, ZoneKind


def zones_of(fields, /, **options):
    arrays = {name: np.array(column, dtype=object) for name, column in fields.items()}
    n_rows = len(next(iter(arrays.values())))
    squares = np.array([published.square(n, 0) for n in range(n_rows)], dtype=object)
    return schema.to_zones(arrays, squares, **options)


def lines_of(fields, /, **options):
    arrays = {name: np.array(column, dtype=object) for name, column in fields.items()}
    n_rows = len(next(iter(arrays.values())))
    segments = np.array([shapely.LineString([(n, 0), (n, 1)]) for n in range(n_rows)], dtype=object)
    return schema.to_lines(arrays, segments, **options)


@pytest.mark.parametrize("layout", published.LAYOUTS)
def test_every_layout_of_eez_gives_the_same_zones(layout):
    table = zones_of(published.fields("eez", layout))
    assert (table.layer, table.layout) == ("eez", layout)
    by_mrgid = {zone.mrgid: zone for zone in table.zones}
    assert by_mrgid.keys() == {row.mrgid for row in published.ROWS}
    france = by_mrgid[5677]
    assert (france.name, france.kind, france.regime) == (
        "French Exclusive Economic Zone",
        ZoneKind.EEZ,
        Regime.SOLE,
    )
    assert france.parties == (Party("FRA", "FRA", "France", "France"),)
    assert by_mrgid[8338].parties == (Party("FRA", "REU", "France", "Réunion"),)
    assert by_mrgid[8473].territory == "CIV"
    assert by_mrgid[50170].regime is Regime.OVERLAPPING_CLAIM
    assert by_mrgid[48952].regime is Regime.JOINT
    names = [party.sovereign_name for party in by_mrgid[50170].parties]
    assert names == ["Qatar", "Saudi Arabia", "United Arab Emirates"]
    expected = {row.mrgid: row.area_km2 for row in published.ROWS}
    assert {m: zone.area_km2 for m, zone in by_mrgid.items()} == pytest.approx(expected)


@pytest.mark.parametrize("layer", published.POLYGON_LAYERS)
@pytest.mark.parametrize("layout", ["v11/v12", "WFS"])
def test_every_layer_is_known_by_its_columns(layer, layout):
    table = zones_of(published.fields(layer, layout))
    assert table.layer == layer
    if layer not in ("iho", "goas", "high_seas"):
        assert table.layout == layout
    assert ZoneKind.UNKNOWN not in {zone.kind for zone in table.zones}
    assert Regime.UNKNOWN not in {zone.regime for zone in table.zones}
    assert all(zone.name for zone in table.zones)


@pytest.mark.parametrize(
    ("layer", "kind", "regime"),
    [
        ("eez", ZoneKind.EEZ, Regime.SOLE),
        ("eez_12nm", ZoneKind.TERRITORIAL_SEA, Regime.SOLE),
        ("eez_24nm", ZoneKind.CONTIGUOUS_ZONE, Regime.SOLE),
        ("eez_internal_waters", ZoneKind.INTERNAL_WATERS, Regime.SOLE),
        ("eez_archipelagic_waters", ZoneKind.ARCHIPELAGIC_WATERS, Regime.SOLE),
        ("high_seas", ZoneKind.HIGH_SEAS, Regime.NONE),
        ("ecs", ZoneKind.EXTENDED_SHELF, Regime.SOLE),
        ("eez_iho", ZoneKind.EEZ, Regime.SOLE),
        ("eez_land", ZoneKind.EEZ_AND_LAND, Regime.SOLE),
        ("iho", ZoneKind.SEA_AREA, Regime.NONE),
        ("goas", ZoneKind.SEA_AREA, Regime.NONE),
    ],
)
def test_the_layer_says_what_its_first_zone_is(layer, kind, regime):
    zone = zones_of(published.fields(layer, "v11/v12")).zones[0]
    assert (zone.kind, zone.regime) == (kind, regime)


def test_the_territorial_seas_of_v2_have_mixed_case_and_no_sovereign_codes():
    table = zones_of(published.fields("eez_12nm", "v9/v10"))
    assert (table.layer, table.layout) == ("eez_12nm", "v9/v10")
    assert table.zones[2].parties == (Party("FRA", "REU", "France", "Réunion"),)


def test_a_sovereign_without_code_anywhere_in_the_table_keeps_its_name():
    reunion = tuple(row for row in published.ROWS if row.mrgid == 8338)
    (zone,) = zones_of(published.fields("eez", "v9/v10", reunion)).zones
    assert zone.parties == (Party("France", "REU", "France", "Réunion"),)


def test_the_code_of_a_territory_is_not_that_of_a_state_of_the_same_name():
    rows = (
        published.Row(
            "a", 1, "200NM", (published.by("Navassa", "", "", ""),), published.square(0, 0)
        ),
        published.Row(
            "b",
            2,
            "200NM",
            (published.by("France", "FRA", "Navassa", "UMI"),),
            published.square(1, 0),
        ),
    )
    first, second = zones_of(published.fields("eez", "v9/v10", rows)).zones
    assert (first.sovereign, second.sovereign, second.territory) == ("Navassa", "France", "UMI")


def test_seven_parties_of_an_extended_shelf_are_all_kept():
    zone = zones_of(published.fields("ecs", "WFS")).zones[1]
    assert [party.sovereign for party in zone.parties] == [f"ST{n}" for n in range(1, 8)]
    assert zone.regime is Regime.JOINT


def test_any_number_of_parties_is_read_and_gaps_are_passed_over():
    columns = {"GEONAME": ["many"], "POL_TYPE": ["Overlapping claim"]}
    for n in (1, 3, 12):
        columns |= {f"SOVEREIGN{n}": [f"State {n}"], f"ISO_SOV{n}": [f"S{n:02}"]}
    columns |= {"SOVEREIGN2": [None], "ISO_SOV2": [None]}
    (zone,) = zones_of(columns).zones
    assert zone.sovereign == "S01|S03|S12"


def test_joint_regimes_of_land_and_sea_are_sea_only():
    kinds = {z.published_kind: z.kind for z in zones_of(published.fields("eez_land", "WFS")).zones}
    assert kinds["Joint regime (EEZ)"] is ZoneKind.EEZ
    assert kinds["Overlapping claim"] is ZoneKind.EEZ_AND_LAND


def test_a_shared_row_of_a_belt_takes_the_kind_of_its_layer():
    columns = published.fields("eez_12nm", "WFS")
    columns["pol_type"][1] = "Overlapping claim"
    zone = zones_of(columns).zones[1]
    assert (zone.kind, zone.regime) == (ZoneKind.TERRITORIAL_SEA, Regime.OVERLAPPING_CLAIM)


def test_the_name_of_the_table_tells_belts_apart_where_no_row_does():
    columns = published.fields("eez_24nm", "WFS")
    columns["pol_type"] = ["Joint regime"] * len(columns["pol_type"])
    assert zones_of(columns, layer_name="eez_24nm_v4").layer == "eez_24nm"
    assert zones_of(columns, layer_name="eez_v12").layer == "eez"
    assert zones_of(columns).zones[0].kind is ZoneKind.EEZ


@pytest.mark.parametrize(
    "nothing",
    [
        None,
        pandas.NA,
        pandas.NaT,
        float("nan"),
        "",
        "  ",
        "0",
        0,
        0.0,
        "****",
        "Null",
        "NULL",
        "NA",
        "-",
        "\x00",
    ],
)
def test_no_spelling_of_nothing_makes_a_party(nothing):
    columns = {"GEONAME": ["a", "b"], "POL_TYPE": ["200NM"] * 2, "MRGID": [1, nothing]}
    columns |= {"SOVEREIGN1": ["France"] * 2, "ISO_SOV1": ["FRA"] * 2, "AREA_KM2": [5, nothing]}
    columns |= {
        f"{stem}2": [nothing] * 2 for stem in ("SOVEREIGN", "ISO_SOV", "TERRITORY", "ISO_TER")
    }
    first, second = zones_of(columns).zones
    assert [party.sovereign for party in first.parties] == ["FRA"]
    assert (second.mrgid, second.area_km2) == (None, None)
    assert (first.mrgid, first.area_km2) == (1, 5.0)


def test_identifiers_are_read_from_text_and_from_floats():
    columns = {"GEONAME": ["a", "b"], "POL_TYPE": ["200NM"] * 2, "MRGID": ["8487", 5677.0]}
    assert [zone.mrgid for zone in zones_of(columns).zones] == [8487, 5677]


@given(st.lists(st.sampled_from(["NA", "JP", "FR", None, ""]), min_size=1))
def test_namibia_is_kept_among_codes_of_two_letters(column):
    read = codes([*column, "JP"])
    assert [value == "NA" for value in read] == [value == "NA" for value in [*column, "JP"]]


@given(st.lists(st.sampled_from(["NA", "JPN", "NAM", None]), min_size=1))
def test_na_is_nothing_among_names_and_codes_of_three_letters(column):
    assert "NA" not in codes([*column, "JPN"])
    assert "NA" not in texts(column)


def test_a_column_of_nothing_but_na_is_read_as_its_layout_means_it():
    assert codes(["NA", None], lone_na=True) == ["NA", None]
    assert codes(["NA", None]) == [None, None]


# --- unknown values


def test_an_unknown_pol_type_is_told_with_field_value_and_count():
    columns = published.fields("eez", "v11/v12")
    columns["POL_TYPE"][:2] = ["Condominium", "Condominium"]
    with pytest.warns(SchemaWarning, match=r"POL_TYPE = 'Condominium' \(2 rows\)") as told:
        table = zones_of(columns)
    assert len(told) == 1
    assert "200NM" in str(told[0].message)
    assert (table.zones[0].kind, table.zones[0].regime) == (ZoneKind.UNKNOWN, Regime.UNKNOWN)
    assert table.zones[0].published_kind == "Condominium"
    assert table.zones[2].kind is ZoneKind.EEZ


def test_an_unknown_pol_type_is_an_error_when_strict():
    columns = published.fields("eez", "v11/v12")
    columns["POL_TYPE"][0] = "Condominium"
    with pytest.raises(SchemaError, match=r"POL_TYPE = 'Condominium' \(1 row\)"):
        zones_of(columns, strict=True)


def test_a_word_of_another_layer_is_unknown():
    columns = published.fields("ecs", "WFS")
    columns["pol_type"][0] = "200NM"
    with pytest.warns(SchemaWarning, match="200NM"):
        zones_of(columns)


def test_words_are_known_in_any_case_and_spacing():
    columns = published.fields("eez", "WFS")
    columns["pol_type"] = ["200 nm", "JOINT REGIME", *["200NM"] * (len(columns["pol_type"]) - 2)]
    zones = zones_of(columns, strict=True).zones
    assert (zones[0].kind, zones[1].regime) == (ZoneKind.EEZ, Regime.JOINT)


def test_a_number_that_is_none_is_told():
    columns = published.fields("eez", "WFS")
    columns["area_km2"] = ["about 5", *columns["area_km2"][1:]]
    with pytest.warns(SchemaWarning, match=r"AREA_KM2 = 'about 5'"):
        assert zones_of(columns).zones[0].area_km2 is None


def test_several_claimants_without_a_word_for_it_are_of_unknown_regime():
    row = published.Row("Somewhere", 1, "", published.ROWS[-1].parties, published.square(0, 0))
    (zone,) = zones_of(published.fields("eez_iho", "WFS", (row,))).zones
    assert zone.regime is Regime.UNKNOWN
    assert zone.is_shared


# --- an explicit mapping


def test_a_mapping_reads_any_table():
    columns = {
        "country": ["Namibia", "Japan"],
        "iso2": ["NA", "JP"],
        "km2": [10.5, None],
        "no": [1, 2],
    }
    mapping = {"name": "country", "sovereign": "iso2", "area_km2": "km2", "mrgid": "no"}
    table = zones_of(columns, columns=mapping)
    namibia, japan = table.zones
    assert (table.layer, table.layout) == (None, "mapped")
    assert (namibia.name, namibia.sovereign, namibia.area_km2, namibia.mrgid) == (
        "Namibia",
        "NA",
        10.5,
        1,
    )
    assert (japan.kind, japan.regime, japan.territory) == (ZoneKind.UNKNOWN, Regime.UNKNOWN, "")


def test_a_mapping_may_name_many_parties_kind_and_regime():
    columns = {
        "title": ["a", "b", "c"],
        "what": ["eez", "12NM", "ECS Overlapping claim"],
        "how": ["joint", "Overlapping claim", None],
        "s1": ["FRA"] * 3,
        "t1": ["REU", None, None],
        "s2": ["ESP", None, "ITA"],
        "n2": ["Spain", None, "Italy"],
    }
    keys = {"name": "title", "kind": "what", "regime": "how", "sovereign": "s1", "territory1": "t1"}
    a, b, c = zones_of(columns, columns=keys | {"sovereign2": "s2", "sovereign_name2": "n2"}).zones
    assert (a.kind, a.regime) == (ZoneKind.EEZ, Regime.JOINT)
    assert a.parties == (Party("FRA", "REU"), Party("ESP", "", "Spain"))
    assert (b.kind, b.regime) == (ZoneKind.TERRITORIAL_SEA, Regime.OVERLAPPING_CLAIM)
    assert (c.kind, c.regime, c.sovereign) == (
        ZoneKind.EXTENDED_SHELF,
        Regime.OVERLAPPING_CLAIM,
        "FRA|ITA",
    )


def test_a_mapping_says_everything_even_over_published_columns():
    columns = published.fields("eez", "v11/v12")
    table = zones_of(columns, columns={"name": "TERRITORY1"})
    assert table.zones[2].name == "Réunion"
    assert table.zones[2].parties == ()


def test_unknown_words_of_a_mapped_column_are_told_by_its_own_name():
    columns = {"title": ["a"], "what": ["lagoon"], "how": ["by custom"]}
    mapping = {"name": "title", "kind": "what", "regime": "how"}
    with pytest.warns(
        SchemaWarning, match=r"what = 'lagoon' \(1 row\); how = 'by custom' \(1 row\)"
    ):
        zones_of(columns, columns=mapping)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"name": "Country"}, r"which does not exist. Did you mean 'country'\? .*: country, iso2"),
        ({"name": "country", "sovreign": "iso2"}, r"key 'sovreign'. Did you mean 'sovereign'\?"),
        ({"name": "country", "flag": "iso2"}, r"unknown key 'flag'\. Keys are name, mrgid"),
        ({"sovereign": "iso2"}, r"must say at least which one is the name"),
        ({}, r"must say at least which one is the name"),
    ],
)
def test_a_wrong_mapping_is_refused_with_what_exists(mapping, said):
    with pytest.raises(SchemaError, match=said):
        zones_of({"country": ["Japan"], "iso2": ["JP"]}, columns=mapping)


def test_columns_that_no_layout_has_are_listed():
    with pytest.raises(SchemaError, match=r"these columns: foo, bar\. .*columns=\{"):
        zones_of({"foo": [1], "bar": [2]})


# --- boundary lines


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("200 NM", EdgeKind.OUTER_LIMIT),
        ("12 NM", EdgeKind.OUTER_LIMIT),
        ("Treaty", EdgeKind.TREATY),
        ("Median line", EdgeKind.BOUNDARY),
        ("Court ruling", EdgeKind.BOUNDARY),
        ("Joint regime", EdgeKind.BOUNDARY),
        ("Connection line", EdgeKind.UNKNOWN),
        ("Unilateral claim (undisputed)", EdgeKind.CLAIM),
        ("Unsettled (maritime)", EdgeKind.CLAIM),
        ("Unsettled median line (maritime)", EdgeKind.CLAIM),
        ("Unsettled (land)", EdgeKind.CLAIM),
        ("Straight baseline", EdgeKind.COAST),
        ("Archipelagic baseline", EdgeKind.COAST),
        ("Normal baseline (official)", EdgeKind.COAST),
    ],
)
def test_a_line_type_says_what_an_edge_is(word, kind):
    table = lines_of(published.line_fields("eez_boundaries", [word]), strict=True)
    (line,) = table.lines
    assert (table.layer, line.kind, line.published_kind) == ("eez_boundaries", kind, word)
    assert (line.mrgids, line.length_km) == ((5677, 5693), 111.2)


def test_lines_take_codes_from_the_zones_they_bound():
    zones = zones_of(published.fields("eez", "v11/v12"))
    assert zones.codes["côte d'ivoire"] == "CIV"
    table = lines_of(
        published.line_fields("ecs_boundaries", ["ECS Treaty"], "WFS"), codes=zones.codes
    )
    assert (table.layer, table.layout) == ("ecs_boundaries", "WFS")
    france, spain = table.lines[0].parties
    assert (france.sovereign, france.territory, france.sovereign_name) == ("FRA", "FRA", "France")
    assert spain.sovereign == "Spain"


def test_an_unknown_line_type_is_told_or_refused():
    columns = published.line_fields("eez_boundaries", ["Tideline"])
    with pytest.warns(SchemaWarning, match=r"LINE_TYPE = 'Tideline' \(1 row\)"):
        assert lines_of(columns).lines[0].kind is EdgeKind.UNKNOWN
    with pytest.raises(SchemaError, match="Tideline"):
        lines_of(columns, strict=True)


def test_lines_are_not_zones_and_zones_are_not_lines():
    with pytest.raises(SchemaError, match="holds boundary lines"):
        zones_of(published.line_fields("eez_boundaries", ["Treaty"]))
    with pytest.raises(SchemaError, match="Not a layer of boundary lines"):
        lines_of(published.fields("eez", "v11/v12"))


# --- the vocabulary


def test_every_layer_of_the_vocabulary_is_tried_here():
    assert {layer.name for layer in LAYERS} == {
        *published.POLYGON_LAYERS,
        "eez_boundaries",
        "ecs_boundaries",
    }


def test_every_word_is_understood_by_its_own_layer():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for layer in LAYERS:
            for word in layer.words:
                meaning = layer.words.get(word)
                assert meaning is not None
                assert meaning[1] is not Regime.UNKNOWN
    assert len(WORDS) > 20
    assert len(LINE_WORDS) > 25
