"""The pages in maps/, and a report's page, as readers meet them: mouse, keyboard, phone, zoom."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from browser_pages import DESKTOP, NEEDS_BROWSER, PHONE, TWICE, Watched, overlap, standing
from eezkit import maps
from eezkit.geodesy import distance
from golden_reports import reported, sea
from maps_cases import NASTY
from test_report_page import nasty_page

pytestmark = NEEDS_BROWSER
PAGES = sorted((Path(__file__).parents[1] / "maps").glob("*.html"))
REPORTS = [path for path in PAGES if path.stem != "world"]
WINDOWS = {"desktop": DESKTOP, "phone": PHONE, "200 %": TWICE}

pages = pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
reports = pytest.mark.parametrize("path", REPORTS, ids=[path.stem for path in REPORTS])


@pytest.fixture(scope="module")
def opened(browser) -> Iterator[dict[tuple[Path, str], Watched]]:
    """Pages that are open, by file and window: to open one takes longer than to use it."""
    room: dict[tuple[Path, str], Watched] = {}
    yield room
    for seen in room.values():
        seen.page.context.close()


@pytest.fixture
def visit(browser, opened) -> Iterator[Callable[..., Watched]]:
    """Open a page of maps/, or come back to it; in the end it must have said and asked nothing."""
    visited = []

    def visitor(path: Path, window: str = "desktop") -> Watched:
        if (path, window) not in opened:
            page = browser.new_context(**WINDOWS[window]).new_page()
            opened[path, window] = Watched(page, path.resolve().as_uri())
        seen = opened[path, window]
        visited.append(seen)
        seen.page.get_by_role("button", name="Back to the first view").click()
        seen.page.evaluate("scrollTo(0, 0)")
        return seen

    yield visitor
    for seen in visited:
        assert seen.said == []
        assert seen.requests() == []


def place_map(seen: Watched) -> dict[str, float]:
    """Bring the map into the window, and say where it is."""
    seen.page.locator(".eez-map").scroll_into_view_if_needed()
    return seen.frame()


def test_the_four_pages_are_there_and_small_enough():
    sizes = {path.stem: path.stat().st_size for path in PAGES}
    assert set(sizes) >= {"minami-torishima", "world", "overlapping-claim", "fiji"}
    for name, size in sizes.items():
        assert size <= (2_000_000 if name == "world" else 1_000_000), name


# Opened in every window; the fixture then asserts that nothing was said and nothing asked for.
@pages
@pytest.mark.parametrize("window", WINDOWS)
def test_nothing_is_cut_off_and_no_control_lies_on_another(path, window, visit):
    seen = visit(path, window)
    width = WINDOWS[window]["viewport"]["width"]
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    frame = place_map(seen)
    controls = standing(seen)
    assert len(controls) >= 3
    for name, box in controls:
        assert box["left"] >= frame["x"] - 1, name
        assert box["right"] <= frame["x"] + frame["width"] + 1, name
        assert box["top"] >= frame["y"] - 1, name
        assert box["bottom"] <= frame["y"] + frame["height"] + 1, name
    for (name, a), (other, b) in itertools.combinations(controls, 2):
        assert not overlap(a, b), f"{name} lies on {other}"


@reports
def test_clicking_the_position_opens_its_popup(path, visit):
    seen = visit(path)
    place_map(seen)
    seen.page.locator(".eez-mark-site").click()
    words = seen.text(".leaflet-popup-content")
    assert seen.text(".eez-report > header > .eez-lead") in words
    seen.page.keyboard.press("Escape")
    seen.page.locator(".leaflet-popup").wait_for(state="detached")


@pages
def test_a_layer_is_switched_off_and_on(path, visit):
    seen = visit(path)
    place_map(seen)
    box = seen.page.locator(".eez-key fieldset:has-text('Zones') input").last
    before = seen.page.locator("path.eez-area").count()
    box.uncheck()
    assert seen.page.locator("path.eez-area").count() < before
    box.check()
    assert seen.page.locator("path.eez-area").count() == before


@pages
def test_measuring_follows_the_geodesic(path, visit):
    seen = visit(path)
    frame = place_map(seen)
    seen.page.get_by_role("button", name="Measure distance").click()
    points = [
        (round(frame["x"] + frame["width"] * across), round(frame["y"] + frame["height"] * down))
        for across, down in ((0.3, 0.3), (0.45, 0.6))
    ]
    for point in points:
        seen.page.mouse.click(*point)
    lon, lat = np.array([seen.position(*point) for point in points]).T
    expected = float(distance(*((lon[:1] + 180) % 360 - 180, lat[:1], lon[1:], lat[1:]))[0])
    measured = seen.map("map.eezkit.measured.metres")
    seen.page.get_by_role("button", name="Measure distance").click()
    assert measured == pytest.approx(expected, rel=1e-6)


@pages
def test_the_keyboard_reaches_every_tool_in_their_order_and_opens_and_closes(path, visit):
    seen = visit(path)
    labels = "[...document.querySelectorAll('.eez-tools button')].map(b => b.ariaLabel)"
    expected = seen.page.evaluate(labels)
    reached = []
    seen.page.locator(".eez-tools button").first.focus()
    for _ in expected:
        reached.append(seen.page.evaluate("document.activeElement.ariaLabel"))
        seen.page.keyboard.press("Tab")
    assert reached == expected
    seen.page.get_by_role("button", name="Find a zone").focus()
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("document.activeElement.type") == "search"
    seen.page.keyboard.press("Escape")
    assert seen.page.evaluate("document.activeElement.ariaLabel") == "Find a zone"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert seen.page.evaluate(outline) == "solid"


@reports
def test_enter_opens_the_position_and_escape_gives_the_focus_back(path, visit):
    seen = visit(path)
    seen.page.locator(".eez-mark-site").focus()
    seen.page.keyboard.press("Enter")
    seen.page.locator(".leaflet-popup-content").wait_for()
    seen.page.keyboard.press("Escape")
    seen.page.locator(".leaflet-popup").wait_for(state="detached")
    focused = "document.activeElement.className"
    assert "eez-mark-site" in seen.page.evaluate(focused)


def test_a_zone_of_the_world_is_found_and_tells_who_holds_it(visit):
    (path,) = (path for path in PAGES if path.stem == "world")
    seen = visit(path)
    seen.page.get_by_role("button", name="Find a zone").click()
    field = seen.page.get_by_role("combobox", name="Find a zone by name")
    field.fill("Fiji")
    field.press("Enter")
    assert "Fiji" in seen.text(".leaflet-popup-content")
    field.press("Escape")


@pages
def test_on_a_phone_the_key_opens_over_the_map_and_closes(path, visit):
    seen = visit(path, "phone")
    frame = place_map(seen)
    assert seen.page.locator(".eez-key").is_hidden()
    for button in seen.page.locator(".eez-tools button").all():
        assert button.bounding_box()["height"] >= 40
    button = seen.page.get_by_role("button", name="Key and layers")
    button.tap()
    key = seen.page.locator(".eez-key").bounding_box()
    assert key["x"] >= frame["x"]
    assert key["x"] + key["width"] <= frame["x"] + frame["width"]
    assert key["y"] >= frame["y"]
    assert key["y"] + key["height"] <= frame["y"] + frame["height"]
    button.tap()
    assert seen.page.locator(".eez-key").is_hidden()


# -- contrast -------------------------------------------------------------------------------

OPEN_ALL = """() => [...document.querySelectorAll("details")].map(node => {
  const was = node.open;
  node.open = true;
  return was;
})"""
CLOSE_AGAIN = """was => document.querySelectorAll("details")
  .forEach((node, i) => { node.open = was[i]; })"""
CONTRAST = """() => {
  const parse = text => {
    const srgb = text.match(/^color\\(srgb ([^)]+)\\)/);
    const values = (srgb ? srgb[1] : text).match(/[\\d.]+/g).map(Number);
    const [r, g, b] = values.slice(0, 3).map(v => srgb ? v * 255 : v);
    return [r, g, b, values[3] ?? 1];
  };
  const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = node => {
    if (!node) return [255, 255, 255, 1];
    const own = parse(getComputedStyle(node).backgroundColor);
    return own[3] >= 1 ? own : over(own, ground(node.parentElement));
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement;
    if (!text.data.trim() || node.closest("script, style, noscript, svg, option")) continue;
    if (!node.checkVisibility({ visibilityProperty: true })) continue;
    const back = ground(node), ink = over(parse(getComputedStyle(node).color), back);
    const [a, b] = [light(ink), light(back)].sort((x, y) => y - x);
    found.push([text.data.trim().slice(0, 40), (a + 0.05) / (b + 0.05)]);
  }
  return found;
}"""


@pages
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_word_on_the_page_has_the_contrast_of_wcag_aa(path, theme, visit):
    seen = visit(path)
    seen.page.emulate_media(color_scheme=theme)
    was_open = seen.page.evaluate(OPEN_ALL)
    found = seen.page.evaluate(CONTRAST)
    seen.page.evaluate(CLOSE_AGAIN, was_open)
    seen.page.emulate_media(color_scheme="light")
    assert len(found) > 15
    assert [(words, ratio) for words, ratio in found if ratio < 4.5] == []


# -- across 180 degrees ---------------------------------------------------------------------

ALONG_180 = """([name, points]) => {
  const path = document.querySelector(`path[data-name^="${name}"]`);
  const hits = points.map(([x, y]) => {
    const at = new DOMPoint(x, y).matrixTransform(path.getScreenCTM().inverse());
    const point = path.ownerSVGElement.createSVGPoint();
    [point.x, point.y] = [at.x, at.y];
    return [path.isPointInFill(point), path.isPointInStroke(point)];
  });
  const pieces = path.getAttribute("d").split("M").slice(1)
    .map(part => part.match(/-?[\\d.]+(?=[ ,])/g).map(Number))
    .map(xs => Math.max(...xs) - Math.min(...xs));
  return [hits, Math.max(...pieces)];
}"""


@pytest.mark.parametrize(
    ("page", "name", "view", "lats", "across"),
    [
        ("fiji", "Fiji", (-17.5, 179.0, 5), np.linspace(-22.5, -12.8, 60), 8.0),
        ("world", "Fiji", (-17.5, 179.0, 5), np.linspace(-22.5, -12.8, 60), 8.0),
        ("world", "Alaska", (53.0, 179.0, 4), np.linspace(49.3, 50.9, 30), 40.0),
    ],
)
def test_fiji_and_the_aleutians_are_drawn_in_one_piece(page, name, view, lats, across, visit):
    (path,) = (path for path in PAGES if path.stem == page)
    seen = visit(path)
    place_map(seen)
    seen.look_at(*view)
    points = [seen.pixel(lat, 180.0) for lat in lats]
    hits, widest = seen.page.evaluate(ALONG_180, [name, points])
    in_fill, in_stroke = np.array(hits).T
    assert in_fill.mean() > 0.8
    assert in_stroke.mean() < 0.3  # a seam would be a line all along the meridian
    degree = seen.pixel(view[0], 180.0)[0] - seen.pixel(view[0], 179.0)[0]
    assert widest > across * degree


# -- a report's page ------------------------------------------------------------------------


def test_the_page_scrolls_past_the_map_by_wheel_until_the_map_is_clicked(show):
    seen = show(maps.report_page(reported("150-miles", sea())))
    frame = place_map(seen)
    middle = frame["x"] + frame["width"] * 0.3, frame["y"] + frame["height"] * 0.5
    seen.page.mouse.move(*middle)
    zoom = seen.map("map.getZoom()")
    seen.page.mouse.wheel(0, 300)
    for _ in range(100):  # the browser scrolls smoothly
        if seen.page.evaluate("scrollY") > 200:
            break
        seen.page.wait_for_timeout(50)
    assert seen.page.evaluate("scrollY") > 200
    assert seen.map("map.getZoom()") == zoom
    seen.page.locator(".eez-map").focus()
    assert seen.map("map.scrollWheelZoom.enabled()")


def test_on_paper_the_tools_are_gone_and_the_words_stay(show):
    seen = show(maps.report_page(reported("5-miles", sea())))
    seen.page.emulate_media(media="print")
    assert seen.page.locator(".eez-tools").is_hidden()
    assert seen.page.get_by_text("Which rights apply", exact=True).is_visible()
    assert seen.page.locator("path.eez-area").first.is_visible()


def test_on_a_phone_every_cell_of_a_table_is_named(show):
    seen = show(maps.report_page(reported("150-miles", sea())), **PHONE)
    label = """getComputedStyle(document.querySelector(".eez-report td[data-label]"), "::before")
               .content"""
    assert "Kind" in seen.page.evaluate(label)


def test_no_text_of_a_report_runs(show):
    seen = show(nasty_page())
    place_map(seen)
    seen.page.locator(".eez-mark-site").click()
    assert NASTY in seen.text(".leaflet-popup-content")
    seen.page.keyboard.press("Escape")
    for mark in seen.page.locator(".eez-mark-place").all():
        mark.hover(force=True)
    seen.page.locator("path.eez-area:not([d='M0 0'])").first.click(force=True)
    assert NASTY in seen.text(".eez-key")
    assert NASTY in seen.text(".eez-report footer")
    seen.page.get_by_text("Sources and terms").first.click()
    assert NASTY in seen.text(".eez-sources")
    assert seen.page.evaluate("window.hacked") is None
    assert seen.page.locator("main img").count() == 0
