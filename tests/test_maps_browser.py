"""Pages in a real browser, with no network: what a reader sees, clicks, types and measures."""

from __future__ import annotations

import html
import json
from typing import Any

import folium
import geopandas
import numpy as np
import pytest
import shapely

from browser_pages import NEEDS_BROWSER, PHONE, pieces_in_view
from eezkit import maps
from eezkit.answers.sentence import length
from eezkit.geodesy import distance, inverse
from maps_cases import NASTY, answer_in, legs, sea, zone_table

pytestmark = NEEDS_BROWSER


def flagship(**options: Any) -> folium.Map:
    atlas = sea(**options)
    return maps.position_map(answer_in(atlas), atlas, title="The site", nearby=legs(atlas))


def zones_only(**columns: Any) -> folium.Map:
    return maps.add_zones(maps.base_map(), zone_table(**columns))


# -- what is there --------------------------------------------------------------------------


def test_the_page_opens_with_zone_limits_marks_and_words(show):
    seen = show(flagship())
    assert seen.page.locator("path.eez-area[data-name='Island Zone']").is_visible()
    assert seen.page.locator(".leaflet-pane path.eez-line-outer_limit").count() == 1
    assert "Inside the zone of JPN by 119.0" in seen.text(".eez-card")
    assert "Not for legal or navigational use" in seen.text(".leaflet-control-attribution")
    assert {"Outer limit, 200 nmi", "119.0\xa0nmi"} <= set(
        seen.page.locator("text.eez-label").all_text_contents()
    )
    assert seen.page.locator(".eez-far:visible").all_inner_texts() != []


def test_clicking_the_position_tells_the_answer(show):
    seen = show(flagship())
    seen.page.locator(".eez-mark-site").click()
    words = seen.text(".leaflet-popup-content")
    assert "Inside the zone of JPN" in words
    assert "81.0 nmi (150.0 km)" in words
    seen.page.keyboard.press("Escape")
    seen.page.locator(".leaflet-popup").wait_for(state="detached")


def test_nothing_lies_over_a_popup_on_a_phone(show):
    seen = show(zones_only(), **PHONE)
    for name in ("West", "East"):
        seen.page.locator(f"path[data-name={name}]").tap()
        seen.page.locator(".leaflet-popup", has_text=name).wait_for()
        # Where it stands once the map has made room for it.
        seen.page.locator(".leaflet-pan-anim").wait_for(state="detached")
        assert seen.page.locator(".eez-degrees").is_hidden()
        cross = seen.page.locator(".leaflet-popup-close-button").bounding_box()
        tools = seen.page.locator(".eez-tools").bounding_box()
        assert cross["x"] + cross["width"] <= tools["x"]
        seen.page.locator(".leaflet-popup-close-button").tap()
        seen.page.locator(".leaflet-popup").wait_for(state="detached")


def test_clicking_a_zone_tells_who_holds_it(show):
    seen = show(zones_only())
    seen.page.locator("path[data-name=Middle]").click()
    words = seen.text(".leaflet-popup-content")
    assert all(text in words for text in ("Middle", "joint regime", "Aland, Bland"))


def test_hovering_a_place_tells_how_far_it_is(show):
    seen = show(flagship())
    seen.page.locator(".eez-mark-place").nth(1).hover()
    assert "from the position" in seen.text(".leaflet-tooltip")


def test_patterns_and_colours_are_painted(show):
    seen = show(zones_only())
    for regime in ("sole", "joint", "overlapping_claim", "unknown"):
        fill = seen.page.locator(f"path.eez-{regime}").first.evaluate(
            "path => getComputedStyle(path).fill"
        )
        assert fill == f'url("#eez-{regime}")'
        assert seen.page.locator(f"pattern#eez-{regime} > *").count() > 0


def test_a_layer_is_switched_off_and_on_in_the_key(show):
    seen = show(flagship())
    zone = seen.page.locator("path.eez-area")
    box = seen.page.get_by_role("checkbox", name="Island Zone")
    box.uncheck()
    assert zone.count() == 0
    box.check()
    assert zone.is_visible()
    assert seen.page.locator("text.eez-label").count() >= 2


def test_a_zone_is_found_by_name(show):
    seen = show(zones_only())
    seen.page.get_by_role("button", name="Find a zone").click()
    field = seen.page.get_by_role("combobox", name="Find a zone by name")
    field.fill("torn")
    field.press("Enter")
    assert "Cland" in seen.text(".leaflet-popup-content")
    assert abs(abs(seen.map("L.Util.wrapNum(map.getCenter().lng, [-180, 180], true)")) - 172) < 2
    field.fill("no such zone")
    field.press("Enter")
    assert "no such zone" in seen.text(".eez-search [role=status]")


def test_zones_switched_off_are_found_all_the_same(show):
    seen = show(zones_only())
    seen.page.get_by_role("checkbox", name="Zones").uncheck()
    seen.page.get_by_role("button", name="Find a zone").click()
    field = seen.page.get_by_role("combobox", name="Find a zone by name")
    field.fill("west")
    field.press("Enter")
    assert "Aland" in seen.text(".leaflet-popup-content")
    assert seen.page.get_by_role("checkbox", name="Zones").is_checked()


# -- measuring ------------------------------------------------------------------------------


def test_measured_lengths_are_those_of_geodesy(show):
    seen = show(flagship())
    seen.page.get_by_role("button", name="Measure distance").click()
    points = [(420, 620), (900, 300), (760, 520)]
    for x, y in points:
        seen.page.mouse.click(x, y)
    lon, lat = np.array([seen.position(*point) for point in points]).T
    expected = distance(lon[:-1], lat[:-1], lon[1:], lat[1:]).sum()
    got = seen.map("map.eezkit.measured")
    assert got["metres"] == pytest.approx(expected, rel=1e-9)
    assert got["azimuth"] == pytest.approx(float(inverse(lon[1], lat[1], lon[2], lat[2])[1]) % 360)
    assert length(expected) in seen.text(".eez-measure")
    seen.page.get_by_role("button", name="Undo").click()
    assert seen.map("map.eezkit.measured.metres") < expected
    seen.page.get_by_role("button", name="Clear").click()
    assert seen.map("map.eezkit.measured") is None


def test_measuring_works_by_keyboard(show):
    seen = show(flagship())
    seen.page.get_by_role("button", name="Measure distance").focus()
    seen.page.keyboard.press("Enter")
    here = seen.map("map.getCenter()")
    seen.page.keyboard.press("Enter")
    seen.map("void map.panBy([150, 40], {animate: false})")
    there = seen.map("map.getCenter()")
    seen.page.keyboard.press("Enter")
    expected = distance(here["lng"], here["lat"], there["lng"], there["lat"])
    assert seen.map("map.eezkit.measured.metres") == pytest.approx(float(expected), rel=1e-9)


def geodesics() -> np.ndarray:
    """Pairs of positions, (lat1, lon1, lat2, lon2): anywhere, close, antipodal, special."""
    rng = np.random.default_rng(20260201)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, 200))), rng.uniform(-180, 180, 200)
    anywhere = np.column_stack([lat[:100], lon[:100], lat[100:], lon[100:]])
    close = np.column_stack(
        [lat, lon, np.clip(lat + rng.normal(0, 1e-4, 200), -90, 90), lon + 1e-4]
    )
    opposite = np.column_stack(
        [lat, lon, -lat + rng.normal(0, 0.1, 200), lon + 180 + rng.normal(0, 0.1, 200)]
    )
    special = [
        (0, 0, 0, 10), (0, 0, 0, 179.9), (0, 0, 0, 180), (90, 0, -90, 0), (90, 5, 20, 30),
        (20, 30, 90, 0), (-90, 0, 20, 30), (10, 20, 10, 20), (30, 0, -30, 180), (0, 0, 0.5, 179.7),
        (1e-9, 0, 1e-9, 1), (-17, 179, -17, -179), (60, -170, 55, 170), (40, 0, 40, 1e-6),
    ]  # fmt: skip
    cases = np.vstack([anywhere, close, opposite, special])
    cases[:, 2] = np.clip(cases[:, 2], -90, 90)
    return cases


def test_geodesics_in_the_browser_are_those_of_geodesy(show):
    seen = show(maps.base_map())
    cases = geodesics()
    found = seen.map(
        """given.map(pair => {
             const line = eezkit.geodesic(...pair);
             return [line.distance, line.azimuth, line.points(6)];
           })""",
        *cases.tolist(),
    )
    lat1, lon1, lat2, lon2 = cases.T
    lon2 = (lon2 + 180) % 360 - 180
    metres, azimuth, _ = inverse(lon1, lat1, lon2, lat2)
    got = np.array([case[0] for case in found])
    assert np.abs(got - metres).max() < 1e-6
    # Where several geodesics are equally short, any azimuth that leads there will do.
    unique = (metres > 1e-3) & (metres < 19_900_000) & (np.abs(lat1) < 90)
    off = (np.array([case[1] for case in found]) - azimuth + 180) % 360 - 180
    assert (np.abs(off[unique]) * metres[unique] / 6.4e6 < 1e-6).all()
    for case, total in zip(found, metres, strict=True):
        lat, lon = np.array(case[2]).T
        lon = (lon + 180) % 360 - 180
        steps = distance(lon[:-1], lat[:-1], lon[1:], lat[1:])
        assert steps.sum() == pytest.approx(total, abs=1e-5)


def test_the_published_test_geodesics_are_met(show, shared_data):
    table = np.loadtxt(shared_data / "geodtest_20.csv", delimiter=",", skiprows=1, ndmin=2)
    lat1, lon1, _, lat2, lon2, _, metres = table[:, :7].T
    seen = show(maps.base_map())
    cases = np.column_stack([lat1, lon1, lat2, lon2]).tolist()
    got = seen.map("given.map(c => eezkit.geodesic(...c).distance)", *cases)
    assert np.abs(np.array(got) - metres).max() < 1e-6


def test_the_cursor_is_told_in_degrees_and_minutes(show):
    seen = show(flagship())
    x, y = seen.pixel(24.5, 153.25)
    seen.page.mouse.move(x, y)
    degrees, minutes = seen.text(".eez-cursor").split("′N")[0].split("°")
    _, lat = seen.position(round(x), round(y))
    assert int(degrees) + float(minutes) / 60 == pytest.approx(lat, abs=0.02)
    positions = [[-0.00001, -180], [24.2867, 513.9806], [-59.9999999, 7.5]]
    said = seen.page.evaluate("given => given.map(p => eezkit.position(...p))", positions)
    assert said == [
        "00°00.001′S 180°00.000′W",
        "24°17.202′N 153°58.836′E",
        "60°00.000′S 007°30.000′E",
    ]


def test_the_scale_is_right_in_miles_and_kilometres(show):
    seen = show(flagship())
    y = seen.map("map.getSize().y / 2")
    for unit, metres in (("nmi", 1852.0), ("km", 1000.0)):
        bar = seen.page.locator(".eez-scale span", has_text=unit)
        width = bar.evaluate("bar => bar.getBoundingClientRect().width")
        metres_long = float(distance(*seen.position(0, y), *seen.position(width, y)))
        said = float(bar.inner_text().split()[0].replace(",", "")) * metres
        assert metres_long == pytest.approx(said, rel=0.01)


# -- across ±180° ---------------------------------------------------------------------------


def test_a_zone_across_180_degrees_is_one_piece_in_view(show):
    seen = show(flagship(lon=179.9, lat=-17.0))
    assert pieces_in_view(seen, "path.eez-area") == 1
    box = seen.page.locator("path.eez-area").bounding_box()
    assert 300 < box["width"] < 800
    assert seen.page.locator(".eez-mark-site").is_visible()


def test_real_fiji_is_one_piece_in_view(show, shared_data):
    world = geopandas.read_parquet(shared_data / "world_union_v3_simplified.parquet")
    fiji = world[world["country"] == "Fiji"].rename(columns={"country": "name"})
    seen = show(maps.add_zones(maps.base_map(), fiji))
    assert pieces_in_view(seen, "path[data-name=Fiji]") == 1
    for lat in (-14.0, -19.0):  # no line where the cut was
        x, y = seen.pixel(lat, 180.0)
        on_line = seen.page.evaluate(
            """([x, y]) => { const path = document.querySelector("path[data-name=Fiji]");
               const point = path.ownerSVGElement.createSVGPoint();
               const at = new DOMPoint(x, y).matrixTransform(path.getScreenCTM().inverse());
               point.x = at.x; point.y = at.y;
               return [path.isPointInStroke(point), path.isPointInFill(point)]; }""",
            [x, y],
        )
        assert on_line == [False, True]


def test_marks_come_along_to_the_next_world(show):
    seen = show(flagship(lon=179.9, lat=-17.0))
    seen.look_at(-17, -179, 5)
    assert seen.page.locator(".eez-mark-site").is_visible()
    assert pieces_in_view(seen, "path.eez-area") == 1
    box = seen.page.locator(".eez-mark-site").bounding_box()
    assert 0 < box["x"] < 1280


# -- offline, safe, mixed -------------------------------------------------------------------


def test_a_name_that_is_a_script_is_shown_and_not_run(show):
    atlas = sea(name=NASTY)
    answer = answer_in(atlas, name=NASTY, question=NASTY)
    chart = maps.position_map(
        answer, atlas, title=NASTY, nearby=legs(atlas, name=NASTY), note=NASTY
    )
    maps.add_zones(chart, zone_table(name=[NASTY] * 4), name=NASTY)
    points = geopandas.GeoDataFrame(
        {"zone": [NASTY] * 2, "x": [NASTY] * 2}, geometry=[shapely.Point(154, 22)] * 2, crs=4326
    )
    maps.add_table(chart, points, columns=["x"], name=NASTY)
    folium.FeatureGroup(name=html.escape(NASTY)).add_to(chart)
    folium.LayerControl(collapsed=False).add_to(chart)  # Leaflet takes its names as HTML
    seen = show(chart)
    assert NASTY in seen.text(".leaflet-control-layers")
    seen.page.locator(".eez-mark-site").focus()  # a name so long lies over most of the map
    seen.page.keyboard.press("Enter")
    assert NASTY in seen.text(".leaflet-popup-content")
    seen.page.keyboard.press("Escape")
    seen.page.locator(".leaflet-popup").wait_for(state="detached")
    seen.page.locator(".eez-mark-place").last.dispatch_event("mouseover")
    assert NASTY in seen.text(".leaflet-tooltip")
    seen.page.locator("path.eez-area").first.dispatch_event("click")
    assert NASTY in seen.text(".leaflet-popup-content")
    seen.page.keyboard.press("Escape")
    seen.page.get_by_text("Sources and terms").click()
    assert NASTY in seen.text(".eez-sources")
    assert NASTY in seen.text(".eez-key")
    assert seen.page.evaluate("window.hacked") is None


def test_no_online_layer_is_asked_for_until_the_reader_chooses_one(show):
    seen = show(flagship(), quiet=False)
    assert seen.requests() == []
    seen.page.locator(".eez-key summary").click()
    with seen.page.expect_request("https://server.arcgisonline.com/**"):
        seen.page.get_by_role("radio", name="Esri Ocean").check()
    assert seen.page.get_by_text("Sources and terms").is_visible()  # not lost among credits
    assert seen.page.locator(".leaflet-eez-base-pane path.eez-land").count() == 0
    with seen.page.expect_request(lambda request: "GEBCO_LATEST" in request.url):
        seen.page.get_by_role("radio", name="GEBCO").check()
    seen.page.get_by_role("radio", name="Land").check()
    assert (
        seen.page.locator(".leaflet-base-pane, .leaflet-eez-base-pane path.eez-land").count() == 1
    )
    assert all("arcgisonline" in url or "gebco" in url for url in seen.requests())


def test_foliums_own_marker_popup_and_pin_work_without_a_network(show):
    chart = maps.base_map(box=(150, 10, 160, 20))
    folium.Marker([15, 155], popup="<b>Hello</b>", icon=folium.Icon(color="darkred")).add_to(chart)
    folium.Marker([12, 152], popup=folium.Popup("Later", lazy=True)).add_to(chart)
    folium.GeoJson(
        zone_table().to_json(), name="mine", tooltip=folium.GeoJsonTooltip(["name"])
    ).add_to(chart)
    folium.FeatureGroup(name="a group").add_child(folium.CircleMarker([13, 153])).add_to(chart)
    seen = show(chart)
    seen.page.locator(".eez-pin").click()
    assert seen.text(".leaflet-popup-content") == "Hello"
    seen.page.locator("img.leaflet-marker-icon").click()
    seen.page.get_by_text("Later").wait_for()
    assert seen.page.locator("img.leaflet-marker-icon").evaluate("image => image.naturalWidth") > 0
    seen.page.get_by_role("checkbox", name="a group").uncheck()
    assert "mine" in seen.text(".eez-key")


def test_eezkits_layers_work_on_a_map_of_foliums_own(show):
    chart = folium.Map([0, 170], zoom_start=4, tiles=None)
    maps.add_zones(chart, zone_table())
    maps.add_positions(chart, [170], [0], names=["Here"])
    folium.LayerControl().add_to(chart)
    seen = show(chart)
    seen.page.locator("path[data-name=Middle]").click(position={"x": 30, "y": 30})
    assert "Middle" in seen.text(".leaflet-popup-content")


def test_thousands_of_positions_are_dots_that_tell_what_they_are(show):
    rng = np.random.default_rng(1)
    lon, lat = 170 + rng.uniform(0, 20, 3000), rng.uniform(-10, 10, 3000)
    lon[0], lat[0] = 175.0, 0.0
    points = geopandas.GeoDataFrame(
        {"zone": ["Alpha" if x < 180 else None for x in lon], "ship": range(3000)},
        geometry=geopandas.points_from_xy((lon + 180) % 360 - 180, lat),
        crs="EPSG:4326",
    )
    chart = maps.add_zones(maps.base_map(locator=False), zone_table(), labels=False)
    seen = show(maps.add_table(chart, points.iloc[::-1], columns=["ship"]))
    assert {"Alpha", "in no zone"} <= set(seen.text(".eez-key").split("\n"))
    seen.page.mouse.click(*seen.pixel(0.0, 175.0))
    words = seen.text(".leaflet-popup-content").split("\n")
    assert words[0] == "Alpha"
    assert words[words.index("ship") + 1] == "0"
    assert "00°00.000′N 175°00.000′E" in words
    seen.page.keyboard.press("Escape")
    seen.look_at(0.0, 175.0, 9)  # between the dots a click reaches the zone under them
    seen.page.mouse.click(*seen.pixel(0.05, 175.05))
    seen.page.get_by_role("heading", name="Middle").wait_for()


# -- everybody ------------------------------------------------------------------------------


def test_the_page_is_usable_on_a_phone(show):
    seen = show(flagship(), **PHONE)
    width, height = 390, 844
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    for selector in (".eez-card", ".eez-tools", ".eez-scale", ".leaflet-control-attribution"):
        box = seen.page.locator(selector).bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
    for button in seen.page.locator(".eez-tools button").all():
        assert button.bounding_box()["height"] >= 40
    assert seen.page.locator(".eez-key").is_hidden()
    zone = seen.page.locator("path.eez-area").bounding_box()
    assert zone["x"] >= 0
    assert zone["x"] + zone["width"] <= width
    seen.page.get_by_role("button", name="Key and layers").tap()
    key = seen.page.locator(".eez-key").bounding_box()
    assert key["x"] >= 0
    assert key["x"] + key["width"] <= width
    seen.page.get_by_role("button", name="Key and layers").tap()
    seen.page.locator(".eez-mark-site").tap()
    popup = seen.page.locator(".leaflet-popup").bounding_box()
    assert popup["width"] <= width


def test_the_page_is_usable_at_two_hundred_per_cent(show):
    seen = show(flagship(), viewport={"width": 640, "height": 400}, device_scale_factor=2)
    for name in ("Find a zone", "Key and layers", "Zoom out"):
        box = seen.page.get_by_role("button", name=name).bounding_box()
        assert box["y"] + box["height"] <= 400
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 640


def test_everything_is_reached_by_the_tab_key_and_named(show):
    seen = show(flagship())
    reached = []
    for _ in range(40):
        seen.page.keyboard.press("Tab")
        reached.append(
            seen.page.evaluate(
                "(a => a.getAttribute('aria-label') || a.innerText || a.labels?.[0]?.innerText)"
                "(document.activeElement) || ''"
            )
        )
    found = " | ".join(reached)
    for name in (
        "Find a zone",
        "Measure distance",
        "Full screen",
        "Zoom in",
        "Outer limit",
        "The site",
    ):
        assert name in found, name
    unnamed = seen.page.evaluate(
        """[...document.querySelectorAll("button, input, a[href], summary, [tabindex='0']")]
           .filter(n => n.checkVisibility())
           .filter(n => !(n.ariaLabel || n.innerText || n.labels?.[0]?.innerText))
           .map(n => n.outerHTML)"""
    )
    assert unnamed == []


def test_a_mark_is_opened_by_the_enter_key_and_a_panel_closed_by_escape(show):
    seen = show(flagship())
    seen.page.locator(".eez-mark-site").focus()
    seen.page.keyboard.press("Enter")
    assert "Inside" in seen.text(".leaflet-popup-content")
    seen.page.get_by_role("button", name="Find a zone").click()
    seen.page.keyboard.press("Escape")
    assert seen.page.locator(".eez-search").is_hidden()
    label = "document.activeElement.getAttribute('aria-label')"
    assert seen.page.evaluate(label) == "Find a zone"


def test_dark_surroundings_make_a_dark_map_and_the_reader_may_change_it(show):
    colour = "getComputedStyle(document.querySelector('.leaflet-container')).backgroundColor"
    bright, dark = show(flagship()), show(flagship(), color_scheme="dark")
    assert bright.page.evaluate(colour) == "rgb(220, 232, 240)"
    assert dark.page.evaluate(colour) == "rgb(20, 34, 45)"
    dark.page.get_by_role("button", name="Light or dark").click()
    assert dark.page.evaluate(colour) == "rgb(220, 232, 240)"


def test_the_first_view_comes_back(show):
    seen = show(flagship())
    before = seen.map("[map.getCenter().lat, map.getZoom()]")
    seen.look_at(0, 0, 3)
    seen.page.get_by_role("button", name="Back to the first view").click()
    assert seen.map("[map.getCenter().lat, map.getZoom()]") == pytest.approx(before)


def test_a_position_at_the_pole_opens(show):
    atlas = sea(lon=0.0, lat=80.0)
    seen = show(maps.position_map(answer_in(atlas, lat=90.0, lon=0.0), atlas))
    assert seen.page.locator(".eez-mark-site").count() == 1
    assert json.dumps(seen.map("map.getCenter()"))
    assert "NaN" not in seen.page.locator("path.eez-area").first.get_attribute("d")


def test_a_zone_of_all_longitudes_opens_on_the_world(show):
    belt = geopandas.GeoDataFrame(
        {"name": ["Belt"]}, geometry=[shapely.box(-180, -70, 180, -60)], crs="EPSG:4326"
    )
    seen = show(maps.add_zones(maps.base_map(), belt))
    assert seen.map("map.getZoom()") < 3.5
