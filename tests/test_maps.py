"""Maps: what is drawn is whole, small, escaped, the same each time, and needs no network."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import folium
import folium.plugins
import geopandas
import numpy as np
import pytest
import shapely

import eezkit
from eezkit import maps
from eezkit.errors import CoordinateError, EezkitWarning, OptionError, SizeWarning
from eezkit.geodesy import distance
from eezkit.maps import style
from eezkit.maps.scene import overlays_of
from eezkit.maps.web import page
from eezkit.uncertainty import Uncertainty
from maps_cases import (
    NASTY,
    answer_in,
    decode,
    legs,
    sea,
    zone_table,
)


def html_of(chart: folium.Map, path: Path, **options: bool) -> str:
    return maps.save(chart, path / "map.html", **options).read_text("utf-8")


# -- the page -------------------------------------------------------------------------------


def flagship(**options: str) -> folium.Map:
    atlas = sea(**options)
    return maps.position_map(answer_in(atlas), atlas, title="The site", nearby=legs(atlas))


def test_the_same_map_gives_the_same_bytes(tmp_path):
    chart = flagship()
    first = html_of(chart, tmp_path)
    assert first == html_of(chart, tmp_path)
    assert first == html_of(flagship(), tmp_path)
    assert not re.search(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", first)


def test_saving_online_in_between_changes_nothing(tmp_path):
    chart = flagship()
    first = html_of(chart, tmp_path)
    assert "https://cdn.jsdelivr.net" in html_of(chart, tmp_path, offline=False)
    assert html_of(chart, tmp_path) == first


class Parts(HTMLParser):
    """Every element of a page that fetches, and the text outside scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        of = dict(attrs)
        if "src" in of or (tag == "link" and "href" in of):
            self.fetched.append(of.get("src") or of["href"])


def test_a_self_contained_page_fetches_nothing(tmp_path):
    parts = Parts()
    text = html_of(flagship(), tmp_path)
    parts.feed(text)
    assert [source for source in parts.fetched if not source.startswith("data:")] == []
    styles = re.findall(r"url\(([^)]{1,12})", text)
    assert {source[:5] for source in styles} <= {"data:", "#eez-", "#defa"}
    assert "sourceMappingURL" not in text


def test_the_flagship_page_is_smaller_than_a_megabyte(tmp_path):
    assert len(html_of(flagship(), tmp_path)) < 1_000_000


def test_the_zones_of_the_world_fit_in_two_megabytes(shared_data, tmp_path):
    world = geopandas.read_parquet(shared_data / "world_union_v3_simplified.parquet")
    chart = maps.base_map(title="World")
    maps.add_zones(chart, world.rename(columns={"country": "name"}))
    assert len(html_of(chart, tmp_path)) < 2_000_000


def test_no_text_from_data_becomes_markup(tmp_path):
    atlas = sea(name=NASTY)
    answer = answer_in(atlas, name=NASTY, question=NASTY)
    edge = dataclasses.replace(answer.edge, neighbour=NASTY, to=NASTY)
    answer = dataclasses.replace(answer, edge=edge)
    chart = maps.position_map(
        answer, atlas, title=NASTY, nearby=legs(atlas, name=NASTY), note=NASTY
    )
    maps.add_zones(chart, zone_table(name=[NASTY] * 4, sovereign_name=[NASTY] * 4), name=NASTY)
    maps.add_limits(chart, zone_table(name=[NASTY] * 4), name=NASTY, label=NASTY)
    maps.add_positions(chart, [1.0], [2.0], names=[NASTY], name=NASTY)
    points = geopandas.GeoDataFrame(
        {"zone": [NASTY], NASTY: [NASTY]}, geometry=[shapely.Point(1, 2)], crs="EPSG:4326"
    )
    maps.add_table(chart, points, columns=[NASTY], name=NASTY)
    text = html_of(chart, tmp_path)
    assert "<script>window" not in text
    assert "<img src=x" not in text
    parts = Parts()
    parts.feed(text)
    assert "img" not in parts.tags


def test_a_plugin_that_needs_the_network_is_refused_by_name(tmp_path):
    chart = maps.base_map()
    folium.plugins.MarkerCluster().add_to(chart)
    with pytest.raises(OptionError, match=r"markercluster.*offline=False"):
        maps.save(chart, tmp_path / "map.html")
    assert not (tmp_path / "map.html").exists()
    assert "markercluster" in html_of(chart, tmp_path, offline=False)


def test_a_remote_script_put_in_by_hand_is_refused(tmp_path):
    chart = maps.base_map()
    chart.get_root().html.add_child(folium.Element('<script src="https://x.test/a.js"></script>'))
    with pytest.raises(OptionError, match=r"https://x\.test/a\.js"):
        maps.save(chart, tmp_path / "map.html")


def test_what_users_put_on_the_page_themselves_is_kept(tmp_path):
    chart = maps.base_map()
    chart.get_root().html.add_child(folium.Element("<p id='mine'>Mine</p>"))
    folium.Marker([1, 2], popup="Hello", icon=folium.Icon(color="red")).add_to(chart)
    text = html_of(chart, tmp_path)
    assert text.count("id='mine'") == 1
    assert "L.AwesomeMarkers.icon" in text


def test_online_layers_begin_switched_off_and_keep_what_the_user_said(tmp_path):
    chart = maps.base_map(online_layers=False)
    tiles = folium.TileLayer("https://x.test/{z}/{x}/{y}.png", attr="x", name="mine").add_to(chart)
    text = html_of(chart, tmp_path)
    assert f"tile_layer_{tiles._id}" not in text
    assert not re.search(r"tile_layer_\d+\.addTo", text)
    assert re.search(r"tile_layer_\w+\.addTo", html_of(chart, tmp_path, offline=False))
    assert not re.search(r"tile_layer_\d+\.addTo", html_of(chart, tmp_path))
    assert tiles.show


def test_a_map_of_foliums_own_is_saved_offline_too_with_a_warning_about_its_tiles(tmp_path):
    chart = folium.Map([0, 170])
    maps.add_zones(chart, zone_table())
    with pytest.warns(EezkitWarning, match=r"openstreetmap.*base_map"):
        text = html_of(chart, tmp_path)
    assert "eezkit.shapes(" in text
    assert "cdn.jsdelivr.net" not in text
    assert chart.get_root() is not None
    assert "cdn.jsdelivr.net" in chart.get_root().render()


def test_a_page_too_large_to_mail_is_warned_of(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "MAX_SIZE", 1000)
    with pytest.warns(SizeWarning, match="zoom="):
        maps.save(maps.base_map(), tmp_path / "map.html")


def test_leaflet_is_the_version_folium_expects():
    from xstatic.pkg import leaflet

    (url,) = [url for name, url in folium.Map.default_js if name == "leaflet"]
    assert f"leaflet@{leaflet.VERSION}/" in url


def test_a_notebook_shows_the_self_contained_page():
    shown = flagship()._repr_html_()
    assert "Content-Security-Policy" in shown
    assert "cdn.jsdelivr.net" not in shown


# -- what is drawn --------------------------------------------------------------------------


def features_of(chart: folium.Map) -> dict[str, list[dict]]:
    """Features of each layer, by its name in the key."""
    layers = [
        child for child in chart._children.values() if getattr(child, "maker", "") == "shapes"
    ]
    return {layer.layer_name: json.loads(layer.code)["features"] for layer in layers}


def test_every_regime_has_a_style_of_its_own(tmp_path):
    chart = maps.add_zones(maps.base_map(), zone_table())
    (zones,) = features_of(chart).values()
    assert {feature["class"].split()[-1] for feature in zones} == {
        "eez-sole",
        "eez-joint",
        "eez-overlapping_claim",
        "eez-unknown",
    }
    (layer,) = [c for c in chart._children.values() if getattr(c, "group", "") == "Zones"]
    assert [entry["label"] for entry in layer.key] == [
        "one claimant in these data",
        "joint regime",
        "overlapping claims",
        "regime not known",
    ]


def test_a_popup_tells_what_the_table_knows_and_no_nulls():
    table = zone_table(status=["", None, "claimed <b>twice</b>", ""])
    (zones,) = features_of(maps.add_zones(maps.base_map(), table)).values()
    by_name = {feature["title"]: dict(map(tuple, feature["rows"])) for feature in zones}
    assert by_name["West"] == {
        "Kind": "EEZ, drawn from the coast",
        "Claims": "one claimant in these data",
        "Sovereign": "Aland",
        "Area": "1,234,567 km²",
        "MRGID": "1",
    }
    assert by_name["Torn"].keys() == {"Kind", "Claims", "Sovereign", "Area"}
    assert by_name["East"]["Sovereign"] == "Bland, Cland"
    assert by_name["East"]["Status"] == "claimed <b>twice</b>"


def test_zones_in_another_reference_system_are_drawn_where_they_are():
    table = zone_table().iloc[:1]
    (a,) = features_of(maps.add_zones(maps.base_map(), table)).values()
    (b,) = features_of(maps.add_zones(maps.base_map(), table.to_crs(3857))).values()
    assert a == b


def test_small_zones_lie_above_large_ones_where_a_click_finds_them():
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(0, 0, 9, 9)]
    table = geopandas.GeoDataFrame({"name": ["small", "large"]}, geometry=shapes, crs="EPSG:4326")
    (zones,) = features_of(maps.add_zones(maps.base_map(), table)).values()
    assert [feature["title"] for feature in zones] == ["large", "small"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (zone_table().iloc[:0], "no zone to draw"),
        (zone_table().set_geometry([shapely.Polygon()] * 4), "no zone to draw"),
        (zone_table().set_geometry([shapely.Point(1, 2)] * 4), "add_table"),
    ],
)
def test_what_cannot_be_drawn_as_zones_is_refused(table, message):
    with pytest.raises(OptionError, match=message):
        maps.add_zones(maps.base_map(), table)


def test_an_invalid_zone_is_drawn_all_the_same():
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    table = geopandas.GeoDataFrame({"name": ["bow"]}, geometry=[bow_tie], crs="EPSG:4326")
    (zones,) = features_of(maps.add_zones(maps.base_map(), table)).values()
    assert len(zones[0]["paths"]) == 2


def test_a_limit_of_unknown_kind_is_refused():
    with pytest.raises(OptionError, match="outer_limit"):
        maps.add_limits(maps.base_map(), zone_table(), kind="border")
    with pytest.raises(OptionError, match="no limit to draw"):
        maps.add_limits(maps.base_map(), zone_table().iloc[:0])


def test_a_limit_carries_its_name_along_it():
    chart = maps.add_limits(maps.base_map(), zone_table(), kind="treaty", label="agreed")
    (lines,) = features_of(chart).values()
    assert {feature["label"] for feature in lines} == {"agreed"}
    assert all(len(decode(feature["labelPath"], 5)) >= 2 for feature in lines)


def test_a_geodesic_says_its_length_in_miles_and_kilometres():
    chart = maps.add_geodesic(maps.base_map(), lon1=0, lat1=0, lon2=1, lat2=0)
    (lines,) = features_of(chart).values()
    assert lines[0]["hover"] == lines[0]["label"] == "60.1 nmi (111.3 km)"
    with pytest.raises(CoordinateError):
        maps.add_geodesic(maps.base_map(), lon1=0, lat1=91, lon2=1, lat2=0)


def test_positions_need_a_name_each_or_none():
    with pytest.raises(OptionError, match="1 names for 2 positions"):
        maps.add_positions(maps.base_map(), [1, 2], [3, 4], names=["a"])
    with pytest.raises(CoordinateError):
        maps.add_positions(maps.base_map(), [1], [95])


def test_an_uncertainty_across_180_degrees_is_one_ring():
    shape = Uncertainty.circle(100_000.0)
    chart = maps.add_uncertainty(maps.base_map(), shape, lon=179.9, lat=-17.0)
    ((feature,),) = features_of(chart).values()
    ((ring,),) = feature["paths"]
    points = decode(ring, 5)
    assert np.ptp(points[:, 0]) < 2.5
    off = distance(179.9, -17.0, (points[:, 0] + 180) % 360 - 180, points[:, 1])
    assert off == pytest.approx(np.full(len(off), 100_000.0), abs=2)


def test_an_uncertainty_that_holds_a_pole_is_closed_along_the_edge_of_the_map():
    chart = maps.add_uncertainty(maps.base_map(), Uncertainty.circle(500_000.0), lon=0, lat=88.0)
    ((feature,),) = features_of(chart).values()
    assert decode(feature["paths"][0][0], 5)[:, 1].max() == 90.0


def dots(n: int) -> geopandas.GeoDataFrame:
    rng = np.random.default_rng(20260201)
    zones = [f"zone {i}" for i in np.minimum(rng.geometric(0.3, n), 12)]
    return geopandas.GeoDataFrame(
        {"zone": zones, "ship": range(n)},
        geometry=geopandas.points_from_xy(rng.uniform(-180, 180, n), rng.uniform(-80, 80, n)),
        crs="EPSG:4326",
    )


def test_a_table_keeps_every_position_its_colour_and_its_columns():
    points = dots(3000)
    points = points.iloc[[0, 0, *range(1, 3000)]]
    chart = maps.add_table(maps.base_map(), points, columns=["ship"])
    (layer,) = [c for c in chart._children.values() if getattr(c, "maker", "") == "table"]
    data = json.loads(layer.code)
    got = decode(data["path"], data["decimals"])
    assert np.abs(got - shapely.get_coordinates(points.geometry.array)).max() < 1e-5
    labels = [group["label"] for group in data["groups"]]
    assert labels[-1] == "others"
    assert len(labels) == len(style.SERIES) + 1
    for number, zone in zip(data["classes"], points["zone"], strict=True):
        assert labels[number] == (zone if zone in labels else "others")
    assert [row[0] for row in data["rows"]] == [str(ship) for ship in points["ship"]]


MISSING = (np.nan, np.inf, 95.0)


def test_a_missing_position_moves_no_other_dot():
    lat = np.array([51.5, *MISSING, 51.6, 51.7])
    points = geopandas.GeoDataFrame(
        {"zone": "z", "ship": range(len(lat))},
        geometry=geopandas.points_from_xy(lat - 49.0, lat),
        crs="EPSG:4326",
    )
    points.loc[len(points)] = ["z", 9, None]
    points.loc[len(points)] = ["z", 10, shapely.Point()]
    chart = maps.add_table(maps.base_map(), points, columns=["ship"])
    (layer,) = [c for c in chart._children.values() if getattr(c, "maker", "") == "table"]
    data = json.loads(layer.code)
    assert decode(data["path"], 5).tolist() == [[2.5, 51.5], [2.6, 51.6], [2.7, 51.7]]
    assert data["rows"] == [["0"], ["4"], ["5"]]
    assert len(data["classes"]) == 3
    assert layer.box == pytest.approx((2.5, 51.5, 2.7, 51.7))
    with pytest.raises(OptionError, match="no row has one"):
        maps.add_table(maps.base_map(), points.iloc[1:4])


def test_marks_are_made_of_positions_only_each_with_its_own_name():
    lat = [51.5, *MISSING, 51.6]
    chart = maps.add_positions(maps.base_map(), 2.5, lat, names=["a", "b", "c", "d", "e"])
    (layer,) = [c for c in chart._children.values() if getattr(c, "group", "") == "Position"]
    marks = json.loads(layer.code)["marks"]
    assert [(mark["title"], mark["lat"]) for mark in marks] == [("a", 51.5), ("e", 51.6)]
    with pytest.raises(CoordinateError):
        maps.add_positions(maps.base_map(), 2.5, MISSING)


def test_a_table_without_the_column_to_colour_by_is_refused():
    with pytest.raises(OptionError, match=r"'sovereign'.*zone, ship"):
        maps.add_table(maps.base_map(), dots(3), by="sovereign")
    with pytest.raises(OptionError, match="no positions to draw"):
        maps.add_table(maps.base_map(), dots(0))


# -- a position -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "lead", "state"),
    [
        ({}, "Inside the zone of JPN by 119.0\xa0nmi", "yes"),
        ({"question": None}, "In Island Zone", "yes"),
        ({"inside": False, "margin": -184_400.0}, "Outside the zone of JPN by 99.6\xa0nmi", "no"),
        (
            {"inside": "undecided", "decided": False},
            "Undecided: it may lie on either side",
            "unsure",
        ),
        ({"inside": "not covered", "margin": None}, "Not covered by these data", "unsure"),
        ({"inside": False, "on_land": True, "margin": None, "zones": ()}, "On land", "no"),
        ({"inside": False, "question": None, "zones": ()}, "In no zone", "no"),
    ],
)
def test_the_card_says_the_answer_in_a_few_words(changes, lead, state):
    atlas = sea()
    chart = maps.position_map(answer_in(atlas, **changes), atlas)
    assert (chart.facts["lead"], chart.facts["state"]) == (lead, state)


def test_the_card_tells_distances_and_what_the_uncertainty_does():
    rows = dict(flagship().facts["rows"])
    assert rows["To the line"].endswith("km), the outer limit")
    assert rows["To the coast"] == "81.0 nmi (150.0 km)"
    assert rows["Uncertainty"].endswith("cannot change the answer")
    assert rows["Data"] == "Island Zone 1 (made up)"


def test_a_position_is_drawn_with_zone_limits_ways_and_places():
    layers = features_of(flagship())
    assert list(layers) == [
        "Island Zone",
        "Outer limit",
        "12 nmi, territorial sea",
        "24 nmi, contiguous zone",
        "Uncertainty",
        "Way to the line",
        "Coast and places",
        "The position",
    ]
    (way,) = layers["Way to the line"]
    assert way["hover"].endswith("to the outer limit")
    coast, far, near = layers["Coast and places"]  # the island is the coast: told once
    assert coast["hover"] == "81.0 nmi (150.0 km) to the coast"
    assert far["far"].startswith("Far Town ")
    assert near["hover"].startswith("Far Town: ")


def test_a_position_outside_is_drawn_with_the_zone_it_was_asked_about():
    atlas = sea()
    answer = answer_in(atlas, off=555_600.0)
    layers = features_of(maps.position_map(answer, atlas))
    assert "Island Zone" in layers
    (way,) = layers["Way to the line"]
    assert way["label"] == "100.0\xa0nmi"


def test_a_position_map_across_180_degrees_shows_one_zone_in_view():
    atlas = sea(lon=179.9, lat=-17.0)
    chart = maps.position_map(answer_in(atlas, azimuth=90.0), atlas)
    box = json.loads(chart.setup())["box"]
    assert box[2] - box[0] < 8
    ((zone,), (limit,)) = (features_of(chart)[name] for name in ("Island Zone", "Outer limit"))
    assert len(zone["paths"]) == len(limit["paths"]) == 1


@pytest.mark.parametrize("lat", [90.0, -90.0, 89.5])
def test_a_position_at_a_pole_makes_a_page(lat, tmp_path):
    atlas = sea(lon=0.0, lat=80.0 * np.sign(lat))
    answer = answer_in(atlas, lat=lat, lon=0.0, uncertainty=Uncertainty.circle(200_000.0))
    chart = maps.position_map(answer, atlas)
    maps.save(chart, tmp_path / "map.html")
    for feature in (f for features in features_of(chart).values() for f in features):
        for ring in itertools.chain(*feature["paths"]):
            assert np.abs(decode(ring, 5)[:, 1]).max() <= 90.0


def test_belts_are_not_drawn_along_the_seam() -> None:
    atlas = eezkit.load()
    belts = overlays_of(atlas, atlas.at(lon=179.9, lat=-17.0))
    lines = np.concatenate([belt.lines.geometry.to_numpy() for belt in belts])
    xy, of = shapely.get_coordinates(lines, return_index=True)
    seam = np.abs(xy[:, 0]) == 180.0
    assert seam.sum() > 4, "belts that ±180° cuts"
    assert not (seam[1:] & seam[:-1] & (of[1:] == of[:-1])).any()


# -- explore --------------------------------------------------------------------------------


def test_anything_is_drawn_by_one_verb(tmp_path):
    atlas = eezkit.load().select("FJI")
    answer = atlas.at(lon=178.0, lat=-19.5)
    found = eezkit.report(answer, atlas)
    line = geopandas.GeoSeries([shapely.linestrings([[0, 0], [1, 1]])], crs="EPSG:4326").to_frame()
    made = [
        eezkit.explore(atlas),
        eezkit.explore(answer, atlas),
        eezkit.explore(found),
        eezkit.explore(zone_table()),
        eezkit.explore(line.set_geometry(0)),
        eezkit.explore(dots(9)),
        eezkit.explore(dots(9)[["ship", "geometry"]]),
    ]
    drawn = [[*features_of(chart)] for chart in made]
    assert "Zones" in drawn[0]
    assert "The position" in drawn[1]
    assert "Coast and places" in drawn[2]
    assert drawn[4] == ["Outer limit"]
    assert made[1].facts["lead"] == "In Fiji"
    chart = eezkit.explore(atlas)
    assert eezkit.explore(answer, atlas, m=chart) is chart
    assert {"Zones", "The position"} <= set(features_of(chart))


@pytest.mark.parametrize(
    ("thing", "options", "message"),
    [
        ("answer", {}, "the atlas that gave it"),
        ("answer", {"column": "sovereign"}, "in one colour"),
        ("table", {"column": "flag"}, "no column 'flag'; they have mrgid"),
        ("mixed", {}, "LineString, Point"),
    ],
)
def test_what_cannot_be_explored_is_refused(thing, options, message):
    mixed = geopandas.GeoSeries([shapely.Point(0, 0), shapely.linestrings([[0, 0], [1, 1]])])
    things = {
        "answer": answer_in(sea()),
        "table": zone_table(),
        "mixed": geopandas.GeoDataFrame(geometry=mixed, crs="EPSG:4326"),
    }
    with pytest.raises(OptionError, match=message):
        eezkit.explore(things[thing], **options)


def test_zones_that_touch_are_told_apart_by_the_column_they_are_coloured_by():
    shapes = [shapely.box(x, y, x + 1, y + 1) for x in range(5) for y in range(4)]
    table = geopandas.GeoDataFrame(
        {"name": [f"zone {i}" for i in range(20)], "flag": [f"f{i % 9}" for i in range(20)]},
        geometry=shapes,
        crs="EPSG:4326",
    )
    (zones,) = features_of(eezkit.explore(table, column="flag")).values()
    colour = {feature["title"]: feature["class"].split()[1] for feature in zones}
    for (i, a), (j, b) in itertools.combinations(enumerate(shapes), 2):
        if i % 9 != j % 9 and a.intersects(b):
            assert colour[f"zone {i}"] != colour[f"zone {j}"]
        if i % 9 == j % 9:
            assert colour[f"zone {i}"] == colour[f"zone {j}"]


def test_few_values_have_a_colour_each_in_the_key():
    chart = eezkit.explore(zone_table(), column="sovereign")
    (layer,) = [c for c in chart._children.values() if getattr(c, "group", "") == "Zones"]
    assert [entry["label"] for entry in layer.key] == ["AAA", "AAA|BBB", "BBB|CCC", "CCC"]
    assert len({entry["style"] for entry in layer.key}) == 4
