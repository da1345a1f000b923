"""Maps: what is drawn is whole, small, escaped, the same each time, and needs no network."""

from __future__ import annotations

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
from hypothesis import given
from hypothesis import strategies as st

import eezkit
from eezkit import maps
from eezkit.errors import CoordinateError, EezkitWarning, OptionError, SizeWarning
from eezkit.geodesy import distance
from eezkit.maps import page, paths, style
from eezkit.maps.land import land_layer
from eezkit.maps.scene import overlays_of
from eezkit.uncertainty import Uncertainty
from eezkit.zones import EdgeKind, Regime
from maps_cases import NASTY, answer_in, circle, legs, sea, shifted, torn, zone_table

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def decode(text: str, decimals: int) -> np.ndarray:
    """Read a path independently of the code that wrote it, shape (n_points, 2)."""
    values, value, shift = [], 0, 0
    for letter in text:
        digit = LETTERS.index(letter)
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            values.append(-((value + 1) >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return np.cumsum(np.reshape(values, (-1, 2)), axis=0) / 10**decimals


def html_of(chart: folium.Map, path: Path, **options: bool) -> str:
    return maps.save(chart, path / "map.html", **options).read_text("utf-8")


# -- paths ----------------------------------------------------------------------------------

angles = st.tuples(st.floats(-540, 540), st.floats(-90, 90))


@given(st.lists(angles, min_size=1, max_size=30), st.integers(0, 6))
def test_a_path_is_read_back_to_the_decimals_it_keeps(points, decimals):
    lon, lat = np.array(points).T
    text = paths.encode(lon, lat, decimals, repeats=True)
    assert set(text) <= set(LETTERS)
    got = decode(text, decimals)
    assert np.abs(got - np.array(points)).max() <= 0.5001 * 10.0**-decimals


@given(st.lists(angles, max_size=30))
def test_a_path_is_read_back_alike_by_the_package_itself(points):
    text = paths.encode(*np.reshape(points, (-1, 2)).T, 4)
    assert paths.decode(text, 4).tolist() == decode(text, 4).tolist()


def test_a_path_leaves_out_what_is_the_same_after_rounding():
    text = paths.encode([1.0, 1.0000001, 1.1], [2.0, 2.0, 2.0], 2)
    assert decode(text, 2).tolist() == [[1.0, 2.0], [1.1, 2.0]]


def test_an_islet_that_rounding_collapses_is_left_out():
    speck, island = shapely.box(0, 0, 1e-4, 1e-4), shapely.box(5, 5, 6, 6)
    assert len(paths.encode_geometry(shapely.multipolygons([speck, island]), 2)) == 1


def test_a_zone_torn_at_180_degrees_is_drawn_in_one_piece():
    whole = paths.draw_whole(torn(circle(179.5, -17.0, 370_400.0)))
    assert len(shapely.get_parts(whole)) == 1
    west, _, east, _ = whole.bounds
    assert east - west < 10
    assert whole.area == pytest.approx(circle(179.5, -17.0, 370_400.0).area, rel=1e-12)


def test_a_line_torn_at_180_degrees_is_drawn_in_one_piece():
    whole = paths.draw_whole(torn(shapely.LineString([(170, 0), (190, 10)])))
    assert shapely.get_num_geometries(whole) == 1
    assert whole.length == pytest.approx(np.hypot(20, 10))


def test_a_zone_that_no_cut_touches_stays_as_it_is():
    archipelago = shapely.multipolygons([shapely.box(0, 0, 1, 1), shapely.box(150, 0, 151, 1)])
    assert paths.draw_whole(archipelago) is archipelago


@pytest.mark.parametrize("name", ["Fiji", "Russia", "New Zealand", "Kiribati", "United States"])
def test_real_zones_keep_no_seam_along_180_degrees(shared_data, name):
    world = geopandas.read_parquet(shared_data / "world_union_v3_simplified.parquet")
    n_torn = 0
    for shape in world.geometry[world["country"].str.contains(name)]:
        whole = paths.draw_whole(shape)
        assert whole.area == pytest.approx(shape.area, rel=1e-9)
        n_torn += whole is not shape
        for ring in shapely.get_rings(whole):
            x = shapely.get_coordinates(ring)[:, 0]
            along_cut = (np.abs(x[:-1]) == 180.0) & (x[:-1] == x[1:])
            assert not along_cut.any() or whole is shape
    assert n_torn > 0


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(0, 200)), min_size=1, max_size=6))
def test_the_box_round_boxes_holds_them_all(spans):
    boxes = [paths.Box(west, -1.0, west + width, 1.0) for west, width in spans]
    around = paths.box_around(boxes)
    assert -180.0 <= around.west < 180.0
    assert around.east - around.west <= 360.0 + 1e-9
    for box in boxes:
        offset = (box.west - around.west + 1e-9) % 360.0
        is_full = around.east - around.west >= 360.0 - 1e-9
        assert is_full or offset + (box.east - box.west) <= around.east - around.west + 1e-6


def test_the_box_round_both_sides_of_180_degrees_is_narrow():
    around = paths.box_around([paths.Box(175, -20, 180, -10), paths.Box(-180, -18, -176, -12)])
    assert around == (175.0, -20.0, 184.0, -10.0)


def test_simplified_zones_still_share_their_edges_across_180_degrees():
    lat = np.linspace(-10, 10, 401)
    # A shift by 360 costs the last bit of these longitudes.
    border = np.column_stack([-100 + np.random.default_rng(7).normal(0, 0.005, 401), lat])
    # As published: the western zone is cut at 180; the corner of the two others is in the middle
    # of its border, and they lie wholly beyond.
    beyond = shapely.Polygon([(-180, -10), *border, (-180, 10)])
    west = shapely.multipolygons([shapely.box(90, -10, 180, 10), beyond])
    south = shapely.Polygon([(-90, -10), *border[:201], (-90, 0)])
    north = shapely.Polygon([(-90, 0), *border[200:], (-90, 10)])
    zones = [paths.draw_whole(zone) for zone in (west, south, north)]
    assert [zone.bounds[2] > 180 for zone in zones] == [True, False, False]
    simple = paths.simplify(np.array(zones, dtype=object), 4.0)
    west, south, north = simple[0], shifted(simple[1], 360.0), shifted(simple[2], 360.0)
    assert shapely.get_num_coordinates(simple).sum() < 400
    assert max(west.intersection(other).area for other in (south, north)) < 1e-9
    assert shapely.union_all([west, south, north]).area == pytest.approx(3600, rel=1e-9)


def test_simplifying_moves_no_line_by_more_than_a_few_pixels():
    shape = circle(20.0, 70.0, 370_400.0, n=4000)
    simple = paths.simplify(np.array([shape], dtype=object), 6.0)[0]
    assert shapely.get_num_coordinates(simple) < 300
    assert shape.hausdorff_distance(simple) < 2 * paths.pixel(6.0)


def test_simplifying_leaves_out_specks_but_never_the_whole_of_a_zone():
    hole, speck = shapely.box(1, 1, 1.01, 1.01), shapely.box(5, 5, 5.01, 5.01)
    lake, island = shapely.box(2, 2, 3, 3), shapely.box(6, 6, 7, 7)
    large = shapely.multipolygons([shapely.box(0, 0, 4, 4) - hole - lake, speck, island])
    only_specks = shapely.multipolygons([speck, shapely.box(8, 8, 8.001, 8.001)])
    zones = np.array([large, only_specks], dtype=object)
    first, second = paths.simplify(zones, 5.0)  # where a pixel is 0.044°
    expected = shapely.multipolygons([shapely.box(0, 0, 4, 4) - lake, island])
    assert first.normalize().equals_exact(expected.normalize(), 1e-9)
    assert second.bounds == pytest.approx(speck.bounds, abs=1e-9)


def test_a_geodesic_is_a_curve_that_runs_on_across_180_degrees():
    lon, lat, length = paths.geodesic_line(170.0, 50.0, -150.0, 50.0)
    assert (np.diff(lon) > 0).all()
    assert lon[-1] == pytest.approx(210.0)
    assert lat.max() > 51.7
    legs_of_it = distance(lon[:-1], lat[:-1], lon[1:], lat[1:])
    assert legs_of_it.sum() == pytest.approx(length, abs=1e-3)


def test_a_geodesic_over_the_pole_has_finite_vertices():
    lon, lat, length = paths.geodesic_line(10.0, 80.0, -170.0, 80.0)
    assert np.isfinite(lon).all()
    assert lat.max() == pytest.approx(90.0, abs=0.2)
    assert length == pytest.approx(2_233_650, rel=1e-3)


@pytest.mark.parametrize("pole", [90.0, -90.0])
def test_a_ring_round_a_pole_is_closed_along_the_edge_of_the_map(pole):
    lon, lat, _ = np.linspace(0, 360, 61), np.full(61, 0.9 * pole), None
    lon = (lon + 180) % 360 - 180
    ring = shapely.Polygon(paths.outline_ring(lon, lat))
    assert ring.is_valid
    assert ring.area == pytest.approx(360 * 9)
    assert ring.bounds[1 if pole < 0 else 3] == pole


def test_a_label_lies_on_the_northern_side_of_a_circle_from_left_to_right():
    ring = np.array(circle(0.0, 20.0, 370_400.0).exterior.coords)
    lon, lat = paths.label_line(*ring.T, pixels=100, zoom=6)
    assert lon[0] < lon[-1]
    assert lat.min() > 22
    assert lon.mean() == pytest.approx(0.0, abs=0.2)


def test_a_line_too_short_for_its_label_has_none():
    assert paths.label_line([0.0, 0.1], [0.0, 0.0], pixels=100, zoom=5) is None


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
    answer = answer_in(atlas, name=NASTY, edge_neighbour=NASTY, question=NASTY)
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
        "one State",
        "joint regime",
        "overlapping claims",
        "regime not known",
    ]


def test_a_popup_tells_what_the_table_knows_and_no_nulls():
    table = zone_table(status=["", None, "claimed <b>twice</b>", ""])
    (zones,) = features_of(maps.add_zones(maps.base_map(), table)).values()
    by_name = {feature["title"]: dict(map(tuple, feature["rows"])) for feature in zones}
    assert by_name["West"] == {
        "Kind": "jurisdiction to 200 nmi",
        "Held": "one State",
        "Sovereign": "Aland",
        "Area": "1,234,567 km²",
        "MRGID": "1",
    }
    assert by_name["Torn"].keys() == {"Kind", "Held", "Sovereign", "Area"}
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


# -- the table of styles, and the land ------------------------------------------------------

ON_PANEL = ["ink", "quiet", "accent", "yes", "no", "focus"]
ON_SEA = ["ink", "quiet"]
MARKS = ["limit", "focus", "sole", "joint", "overlapping", "unknown"]


@pytest.mark.parametrize("theme", [0, 1])
def test_text_and_lines_keep_the_contrast_of_wcag_aa(theme):
    colour = {name: pair[theme] for name, pair in style.COLOURS.items()}
    for name in ON_PANEL:
        assert style.contrast(colour[name], colour["panel"]) >= 4.5, name
    for name, ground in itertools.product(ON_SEA, ["sea", "land"]):
        assert style.contrast(colour[name], colour[ground]) >= 4.5, (name, ground)
    for name in MARKS:
        assert style.contrast(colour[name], colour["sea"]) >= 3.0, name


def test_contrast_is_that_of_wcag():
    assert style.contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert style.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def seen_by(colour: str, matrix: list[list[float]]) -> np.ndarray:
    """A colour as CIE Lab, as a colour-blind eye sees it (Machado 2009, severity 1)."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(matrix) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = (np.array(to_xyz) @ linear) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


PROTAN = [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
]
DEUTAN = [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
]


@pytest.mark.parametrize("matrix", [np.eye(3).tolist(), PROTAN, DEUTAN])
@pytest.mark.parametrize("theme", [0, 1])
def test_colour_blind_readers_tell_the_regimes_apart(matrix, theme):
    names = ["sole", "joint", "overlapping", "unknown"]
    seen = [seen_by(style.COLOURS[name][theme], matrix) for name in names]
    for (a, x), (b, y) in itertools.combinations(zip(names, seen, strict=True), 2):
        assert np.linalg.norm(x - y) > 10, (a, b)


def test_regimes_differ_by_pattern_and_every_kind_of_line_by_colour_or_dash():
    assert set(style.REGIMES) == set(Regime)
    patterns = [area.pattern for area in style.REGIMES.values()]
    assert len(set(patterns)) == len(patterns)
    assert {kind.value for kind in EdgeKind} <= set(style.LINES)
    looks = [(line.colour, line.dash) for line in style.LINES.values()]
    assert len(set(looks)) == len(looks)


def test_the_style_sheet_has_a_class_for_every_entry_of_the_table():
    sheet = style.style_sheet()
    for regime in Regime:
        assert f".eez-{regime.value}{{" in sheet
    for kind in style.LINES:
        assert f".eez-line-{kind}{{" in sheet
    own = Path(style.__file__).with_name("controls.css").read_text()
    used = set(re.findall(r"var\(--eez-([a-z]+)\)", sheet + own)) - {"own"}
    assert used <= set(style.COLOURS)


def embedded_land() -> shapely.Geometry:
    layer = land_layer()
    polygons = []
    for rings in layer["parts"]:
        shell, *holes = (decode(ring, layer["decimals"]) for ring in rings)
        polygons.append(shapely.Polygon(shell, holes).buffer(0))
    return shapely.union_all(polygons)


def test_the_embedded_land_is_where_land_is():
    land = embedded_land()
    on_land = [(138.3, 36.2), (179.0, 67.5), (-100, 40), (20, -80), (-175.0, 67.0), (178.0, -17.9)]
    at_sea = [(155, 23.3), (0, 0), (-150, 30), (51.0, 42.0), (179.5, -25)]
    for lon, lat in on_land:
        assert land.contains(shapely.Point(lon, lat)) or land.contains(
            shapely.Point(lon + 360, lat)
        )
    for lon, lat in at_sea:
        assert not land.contains(shapely.Point(lon, lat)), (lon, lat)
    assert land_layer()["licence"] == "public domain"


def test_the_embedded_land_stays_small():
    assert Path(maps.__file__).with_name("land_50m.json").stat().st_size < 300_000


def test_belts_are_not_drawn_along_the_seam() -> None:
    atlas = eezkit.load()
    belts = overlays_of(atlas, atlas.at(lon=179.9, lat=-17.0))
    lines = np.concatenate([belt.lines.geometry.to_numpy() for belt in belts])
    xy, of = shapely.get_coordinates(lines, return_index=True)
    seam = np.abs(xy[:, 0]) == 180.0
    assert seam.sum() > 4, "belts that ±180° cuts"
    assert not (seam[1:] & seam[:-1] & (of[1:] == of[:-1])).any()
