"""What makes a page self-contained: nothing fetched, nothing random, nothing left behind."""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import re
import warnings
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

from branca.element import Element, Figure, Link
from folium.raster_layers import TileLayer, WmsTileLayer

from eezkit.errors import EezkitWarning, OptionError

__all__ = [
    "POLICY",
    "as_json",
    "inlined_head",
    "no_traces",
    "numbered",
    "own_file",
    "refuse_remote",
    "tiles_off",
]

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob: https:; base-uri 'none'; form-action 'none'"
)
"""What the browser lets the page fetch: images, for online layers, and nothing else."""

_INLINED = {"leaflet", "leaflet_css", "jquery", "awesome_markers"}
_NOT_NEEDED = {
    "bootstrap",
    "bootstrap_css",
    "glyphicons_css",
    "awesome_markers_font_css",
    "awesome_markers_css",
    "awesome_rotate_css",
}
_RANDOM_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


_IN_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<{\u2028\u2029"}


def as_json(value: Any) -> str:
    """Write a value as JSON that means nothing to HTML or to a template it may pass through.

    branca reads what a macro rendered as a template once more: a brace of the data would be code.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _IN_STRING.sub(lambda found: found[0].translate(_UNSAFE), text)


@functools.cache
def own_file(name: str) -> str:
    """Read a script or style sheet of eezkit's."""
    return files("eezkit.maps.web").joinpath(name).read_text("utf-8")


def inlined_head(header: Element) -> Iterator[str]:
    """Write the head of a page with the scripts that folium would fetch in it.

    Raises
    ------
    OptionError
        If a script or style sheet is not one that eezkit brings.
    """
    missing = []
    for name, element in header._children.items():
        if not isinstance(element, Link):
            yield element.render()
        elif name in _INLINED:
            yield _inlined(name)
        elif name not in _NOT_NEEDED:
            missing.append(f"{name} ({element.url})")
    if missing:
        raise _needs_network(missing)


@functools.cache
def _leaflet_file(name: str) -> bytes:
    from xstatic.pkg import leaflet

    return (Path(leaflet.BASE_DIR) / name).read_bytes()


def _data_uri(name: str) -> str:
    return "data:image/png;base64," + base64.b64encode(_leaflet_file(f"images/{name}")).decode()


@functools.cache
def _inlined(name: str) -> str:
    """What stands in the page for a script or style sheet that folium would fetch."""
    if name == "leaflet":
        code = re.sub(r"\n//# sourceMappingURL=\S+\s*$", "", _leaflet_file("leaflet.js").decode())
        icons = {
            "iconUrl": _data_uri("marker-icon.png"),
            "iconRetinaUrl": _data_uri("marker-icon-2x.png"),
            "shadowUrl": _data_uri("marker-shadow.png"),
        }
        set_icons = f'L.Icon.Default.imagePath="";L.Icon.Default.mergeOptions({as_json(icons)});'
        return f"<script>{code}\n{set_icons}</script>"
    if name == "leaflet_css":
        style = re.sub(
            r"url\(images/([\w.-]+)\)",
            lambda found: f"url({_data_uri(found[1])})",
            _leaflet_file("leaflet.css").decode(),
        )
        return f"<style>{style}</style>"
    return f"<script>{own_file('standin.js')}</script>" if name == "awesome_markers" else ""


def _needs_network(parts: list[str]) -> OptionError:
    return OptionError(
        f"The map has parts that come from the network: {', '.join(parts)}. "
        "A self-contained page cannot hold them: leave out the folium plugin that brings them, "
        "or save with offline=False."
    )


class _RemoteParts(HTMLParser):
    """Collects the addresses that a browser would fetch when it opens a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fetched = {"src", "srcset", "data", "poster"} | ({"href"} if tag == "link" else set())
        self.found += [
            f"<{tag}> {value}"
            for name, value in attrs
            if name in fetched and value and not value.startswith(("data:", "#"))
        ]


def refuse_remote(*parts: str) -> None:
    parser = _RemoteParts()
    for part in parts:
        parser.feed(part)
    if parser.found:
        raise _needs_network(parser.found)


def _elements(root: Element, seen: dict[int, Element] | None = None) -> dict[int, Element]:
    """Find every element that hangs on another, also as an attribute, in a fixed order."""
    seen = {} if seen is None else seen
    if id(root) in seen:
        return seen
    seen[id(root)] = root
    for value in [*root._children.values(), *vars(root).values()]:
        for item in value if isinstance(value, list | tuple) else [value]:
            if isinstance(item, Element):
                _elements(item, seen)
    return seen


@contextlib.contextmanager
def tiles_off(page: Figure, *, has_land: bool) -> Iterator[None]:
    """Let every online layer begin switched off; warn where no land stands in for them."""
    layers = [x for x in _elements(page).values() if isinstance(x, TileLayer | WmsTileLayer)]
    shown = [layer for layer in layers if layer.show]
    if shown and not has_land:
        names = ", ".join(str(layer.layer_name) for layer in shown)
        warnings.warn(
            f"The online layers {names} are switched off in the self-contained page, which has no "
            "land of its own. Begin with eezkit.maps.base_map(), or save with offline=False.",
            EezkitWarning,
            stacklevel=4,
        )
    for layer in shown:
        layer.show = False
        layer._children.pop(f"{layer.get_name()}_add", None)
    try:
        yield
    finally:
        for layer in shown:
            layer.show = True


@contextlib.contextmanager
def no_traces(page: Figure) -> Iterator[None]:
    """Forget afterwards what elements wrote on the page, lest it stand there twice next time."""
    rooms = (page.header, page.html, page.script)
    before = [room._children.copy() for room in rooms]
    try:
        yield
    finally:
        for room, children in zip(rooms, before, strict=True):
            room._children = children


def numbered(text: str, page: Figure) -> str:
    """Put numbers, in order of appearance, for the random names of folium's elements."""
    known = {element._id for element in _elements(page).values()}
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        name = found[0]
        return numbers.setdefault(name, str(len(numbers) + 1)) if name in known else name

    return _RANDOM_ID.sub(number, text)
