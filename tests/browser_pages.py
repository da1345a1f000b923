"""Pages in Chromium without a network: what they say, what they ask for, where things stand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import folium
import pytest

from eezkit import maps

CHROMIUM = next(
    filter(None, map(shutil.which, ["chromium", "google-chrome", "chromium-browser"])), None
)
NEEDS_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="neither chromium nor google-chrome is installed"),
    pytest.mark.skipif(find_spec("playwright") is None, reason="playwright is not installed"),
]
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TWICE = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
"""A window of 1280 x 800 pixels at 200 per cent."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND",
            ],
        )
        yield running
        running.close()


class Watched:
    """A page in the browser, and everything it complained about or asked for."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(address)
        page.wait_for_function("document.querySelector('.eez-tools, .folium-map')")
        self.address = address

    def requests(self) -> list[str]:
        return [url for url in self.asked if url != self.address and not url.startswith("data:")]

    def map(self, script: str, *given: Any) -> Any:
        """Evaluate a JavaScript expression of `map`, the map, and of what was `given`."""
        code = f"given => {{ const map = window.map_1; return {script}; }}"
        return self.page.evaluate(code, list(given))

    def look_at(self, lat: float, lon: float, zoom: float) -> None:
        self.map("void map.setView(given.slice(0, 2), given[2], {animate: false})", lat, lon, zoom)

    def pixel(self, lat: float, lon: float) -> tuple[float, float]:
        """Where in the window a position is."""
        at = self.map("map.latLngToContainerPoint(given)", lat, lon)
        frame = self.frame()
        return frame["x"] + at["x"], frame["y"] + at["y"]

    def position(self, x: float, y: float) -> tuple[float, float]:
        """Longitude and latitude of a place in the window."""
        frame = self.frame()
        at = self.map("map.containerPointToLatLng(given)", x - frame["x"], y - frame["y"])
        return at["lng"], at["lat"]

    def frame(self) -> dict[str, float]:
        """Where in the window the map is, its border left out."""
        found: dict[str, float] = self.page.locator(".eez-map, .folium-map").first.evaluate(
            """node => {
                 const { x, y } = node.getBoundingClientRect();
                 return { x: x + node.clientLeft, y: y + node.clientTop,
                          width: node.clientWidth, height: node.clientHeight };
               }"""
        )
        return found

    def text(self, selector: str) -> str:
        words: str = self.page.locator(selector).inner_text()
        return words


Show = Callable[..., Watched]


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Show]:
    """Open a map, or a page that is there; in the end it must have said and asked nothing."""
    opened = []

    def opener(what: folium.Map | Path, *, quiet: bool = True, **settings: Any) -> Watched:
        is_file = isinstance(what, Path)
        path = what if is_file else maps.save(what, tmp_path / f"{len(opened)}.html")
        context = browser.new_context(**{**DESKTOP, **settings})
        watched = Watched(context.new_page(), path.resolve().as_uri())
        opened.append((context, watched, quiet))
        return watched

    yield opener
    for context, watched, quiet in opened:
        if quiet:
            assert watched.said == []
            assert watched.requests() == []
        context.close()


def pieces_in_view(seen: Watched, selector: str) -> int:
    """Of how many closed pieces a shape is drawn within the window."""
    pieces: int = seen.page.locator(selector).first.evaluate(
        """path => path.getAttribute("d").split("M").slice(1).filter(part => {
             const xs = part.match(/-?[\\d.]+(?=[ ,])/g).map(Number);
             return xs.length > 2;
           }).length"""
    )
    return pieces


def standing(seen: Watched) -> list[tuple[str, dict[str, float]]]:
    """What stands over the map, each with its box in the window."""
    found: list[Any] = seen.page.evaluate(
        """[...document.querySelectorAll(".eez-map .leaflet-control")]
           .filter(node => node.checkVisibility() && node.getBoundingClientRect().width)
           .map(node => [node.className, node.getBoundingClientRect().toJSON()])"""
    )
    return [(name, box) for name, box in found]


def overlap(a: dict[str, float], b: dict[str, float]) -> bool:
    """Whether two boxes share more than a line."""
    return (
        min(a["right"], b["right"]) - max(a["left"], b["left"]) > 1
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 1
    )
