"""What makes a page self-contained: nothing fetched, nothing random, nothing left behind.

A page that may fetch its scripts fetches Leaflet and jQuery by their hashes and no others of
folium's; a plugin that a user adds brings its own as folium names them.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import re
import warnings
from base64 import b64encode
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from branca.element import Element, Figure, JavascriptLink, Link
from folium.raster_layers import TileLayer, WmsTileLayer

from eezkit.errors import EezkitWarning, OptionError
from eezkit.maps.web.templates import as_json, own_file

__all__ = [
    "POLICY",
    "elements_of",
    "head_of",
    "no_traces",
    "numbered",
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


def head_of(header: Element, *, offline: bool, lent: bool) -> Iterator[str]:
    """Write the head of a page: with the scripts that folium would fetch in it, or their hashes.

    Parameters
    ----------
    header : branca.element.Element
    offline : bool
        Whether nothing may be fetched.
    lent : bool
        Whether the map is one of folium's own, whose other scripts are its user's affair.

    Raises
    ------
    OptionError
        If nothing may be fetched, and a script or style sheet is not one that eezkit brings.
    """
    missing = []
    for name, element in header._children.items():
        if not isinstance(element, Link):
            yield element.render()
        elif not offline and name in _hashes():
            yield _fetched(element, _hashes()[name])
        elif not offline and (lent or name not in (*_INLINED, *_NOT_NEEDED)):
            yield element.render()
        elif name in _INLINED:
            yield _inlined(name)
        elif name not in _NOT_NEEDED:
            missing.append(f"{name} ({element.url})")
    if missing:
        raise _needs_network(missing)


def _fetched(link: Link, digest: str) -> str:
    """Write a tag by which the browser runs what it fetched only if it has this hash."""
    checked = f'integrity="{digest}" crossorigin="anonymous"'
    if isinstance(link, JavascriptLink):
        return f'<script src="{escape(link.url)}" {checked}></script>'
    return f'<link rel="stylesheet" href="{escape(link.url)}" {checked}>'


@functools.cache
def _hashes() -> dict[str, str]:
    """The hash of each script and style sheet of folium's that a page may fetch.

    What folium fetches of Leaflet is what XStatic packs, byte for byte; a test holds both to their
    version.
    """
    files = {"leaflet": "leaflet.js", "leaflet_css": "leaflet.css"}
    digests = {name: hashlib.sha384(_leaflet_file(file)) for name, file in files.items()}
    return {
        **{name: f"sha384-{b64encode(d.digest()).decode()}" for name, d in digests.items()},
        "jquery": "sha256-/JqT3SQfawRcv/BIHPThkBvs0OEvtFFmqPF/lYI/Cxo=",  # 3.7.1
    }


@functools.cache
def _leaflet_file(name: str) -> bytes:
    from xstatic.pkg import leaflet

    return (Path(leaflet.BASE_DIR) / name).read_bytes()


def _data_uri(name: str) -> str:
    return "data:image/png;base64," + b64encode(_leaflet_file(f"images/{name}")).decode()


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


def elements_of(root: Element, seen: dict[int, Element] | None = None) -> dict[int, Element]:
    """Find every element that hangs on another, also as an attribute, in a fixed order."""
    seen = {} if seen is None else seen
    if id(root) in seen:
        return seen
    seen[id(root)] = root
    for value in [*root._children.values(), *vars(root).values()]:
        if isinstance(value, dict):
            value = list(value.values())
        for item in value if isinstance(value, list | tuple) else [value]:
            if isinstance(item, Element):
                elements_of(item, seen)
    return seen


@contextlib.contextmanager
def tiles_off(page: Figure, *, has_land: bool) -> Iterator[None]:
    """Let every online layer begin switched off; warn where no land stands in for them."""
    layers = [x for x in elements_of(page).values() if isinstance(x, TileLayer | WmsTileLayer)]
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
    known = {element._id for element in elements_of(page).values()}
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        name = found[0]
        return numbers.setdefault(name, str(len(numbers) + 1)) if name in known else name

    return _RANDOM_ID.sub(number, text)
