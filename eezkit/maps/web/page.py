"""A map as one self-contained page: no request until the reader asks for an online layer."""

from __future__ import annotations

import contextlib
import functools
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import folium
from branca.element import Element, Figure, MacroElement
from folium.map import Layer

from eezkit._atomic import atomic_path
from eezkit.errors import SizeWarning
from eezkit.maps.paths import Box, box_around
from eezkit.maps.style import pattern_defs, style_sheet
from eezkit.maps.web.offline import (
    POLICY,
    elements_of,
    head_of,
    no_traces,
    numbered,
    refuse_remote,
    tiles_off,
)
from eezkit.maps.web.templates import Verbatim, as_json, fill, markup, own_file, unread

__all__ = ["Page", "SeaMap", "add_own_head", "figure_of", "save"]

MAX_SIZE = 10_000_000
"""Bytes above which a page is slow to open and too big for an e-mail."""


@functools.cache
def _own_head() -> str:
    scripts = "".join(own_file(f"{name}.js") for name in ("geodesic", "layers", "controls"))
    style = style_sheet() + own_file("controls.css") + own_file("report.css")
    return f"<style>{style}</style>\n<script>{scripts}</script>"


def figure_of(element: Element) -> Figure:
    """Give the figure an element hangs on."""
    return cast(Figure, element.get_root())


def add_own_head(element: Element) -> None:
    """Put eezkit's scripts, styles and patterns on the page of an element, once."""
    figure = figure_of(element)
    figure.header.add_child(Verbatim(_own_head()), name="eezkit")
    figure.html.add_child(Verbatim(pattern_defs()), name="eezkit_patterns")


class SeaMap(folium.Map):
    """A folium map whose land, tools and key need no network; made by `base_map`.

    Parameters
    ----------
    title : str
        Of the page, and for screen readers.
    box : Box, optional
        What to show first; by default all of eezkit's layers that ask to be framed.
    locator : bool
        Whether a small map shows where the large one is.
    facts : dict, optional
        What the card in the corner tells; see `base_map`.
    """

    _template = MacroElement._template  # it writes itself

    def __init__(
        self,
        *,
        title: str,
        box: Box | None = None,
        locator: bool = True,
        facts: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(tiles=None, zoom_control=False)
        self.title = title
        self.box = box
        self.locator = locator
        self.facts = facts
        self.embedded = False
        self.credits: list[str] = []
        self.sources: list[str] = []
        Page(title=title).add_child(self)

    def setup(self) -> str:
        """Write what `eezkit.map` in layers.js takes."""
        box = self.box or box_around(
            box for box in (getattr(x, "box", None) for x in self._children.values()) if box
        )
        return as_json({"title": self.title, "box": box, "embedded": self.embedded})

    def credit(self, short: str, full: str = "") -> None:
        """Name a source at the foot of the map, and say more of it under "Sources and terms".

        Parameters
        ----------
        short, full : str
            Plain text, which is shown as it is.
        """
        self.credits += [short] if short not in self.credits else []
        self.sources += [full] if full and full not in self.sources else []

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Render the map and its layers, and last the tools, which must know the layers."""
        figure, name = figure_of(self), self.get_name()
        room = "div" if self.embedded else "main"
        figure.html.add_child(
            Verbatim(
                f'<{room} class="eez-room">\n<div id="{name}" class="eez-map"></div>\n</{room}>'
            ),
            name=name,
        )
        figure.script.add_child(
            Verbatim(f'var {name} = eezkit.map("{name}", {self.setup()});'), name=name
        )
        super().render(**kwargs)  # type: ignore[no-untyped-call]
        add_own_head(self)
        layers = [
            layer for layer in self._children.values() if isinstance(layer, Layer) and layer.control
        ]
        groups = ",".join(f"{{layer:{x.get_name()},...{as_json(_switch(x))}}}" for x in layers)
        options = {
            "facts": self.facts,
            "locate": self.locator,
            "credit": self.credits,
            "sources": self.sources,
        }
        finish = f"eezkit.finish({self.get_name()},{{groups:[{groups}],...{as_json(options)}}});"
        figure.script.add_child(Verbatim(finish))


def _switch(layer: Layer) -> dict[str, Any]:
    """What the key has to know of a layer."""
    base = not layer.overlay
    group = getattr(layer, "group", "Base map" if base else "More layers")
    return {
        "name": getattr(layer, "called", layer.layer_name),
        "group": group,
        "base": base,
        "key": list(getattr(layer, "key", ())),
    }


class Page(Figure):
    """The page round a map.

    Parameters
    ----------
    title : str
    offline : bool
        Whether everything is in the page; else scripts come from the network, as folium has it.

    Attributes
    ----------
    template : str
        Which of eezkit's templates is filled.
    values : dict
        What else than the map the template tells, as plain values.
    """

    def __init__(self, *, title: str = "Map", offline: bool = True) -> None:
        super().__init__(title=title)
        self.offline = offline
        self.template = "page.html"
        self.values: dict[str, Any] = {}

    def render(self, **kwargs: Any) -> str:
        """Write the page as HTML: the same map gives the same text."""
        is_own = any(isinstance(child, SeaMap) for child in self._children.values())
        tiles = tiles_off(self, has_land=is_own) if self.offline else contextlib.nullcontext()
        with tiles, no_traces(self), unread(elements_of(self).values()):
            for child in self._children.values():
                child.render(**kwargs)
            self.header._children.pop("meta_http", None)
            head = "\n".join(head_of(self.header, offline=self.offline, lent=not is_own))
            body = self.html.render(**kwargs)
            if self.offline:
                refuse_remote(head, body)
            text = fill(
                self.template,
                title=self.title,
                policy=POLICY if self.offline else "",
                head=markup(head),
                map=markup(body),
                script=markup(self.script.render(**kwargs)),
                **self.values,
            )
        return numbered(text, self)


@contextlib.contextmanager
def _page_of(chart: folium.Map, *, offline: bool) -> Iterator[Page]:
    """Give the page a map is on, or lend one to a map that is on a figure of folium's."""
    figure = figure_of(chart)
    if isinstance(figure, Page):
        page, before = figure, figure.offline
        page.offline = offline
        try:
            yield page
        finally:
            page.offline = before
        return
    page = Page(title=figure.title or "Map", offline=offline)
    for name in ("header", "html", "script", "_children"):
        setattr(page, name, getattr(figure, name))
    chart._parent = page
    try:
        yield page
    finally:
        chart._parent = figure


def save(chart: folium.Map, path: str | os.PathLike[str], *, offline: bool = True) -> Path:
    """Write a folium map as one HTML file.

    Parameters
    ----------
    chart : folium.Map
        From `base_map`, or any other.
    path : path-like
        The file; it appears whole or not at all.
    offline : bool
        Whether everything is in the file, and opening it makes no request; online layers are
        asked for when the reader switches one on. With False the scripts come from the network.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OptionError
        If `offline` and the map has a part, such as a folium plugin, that needs the network.

    Warns
    -----
    SizeWarning
        If the file is larger than 10 MB.

    Notes
    -----
    The same map gives the same bytes.
    """
    with _page_of(chart, offline=offline) as page:
        text = page.render()
    with atomic_path(path) as target:
        target.write_text(text, encoding="utf-8", newline="\n")
    size = len(text.encode())
    if size > MAX_SIZE:
        warnings.warn(
            f"{os.fspath(path)} is {size / 1e6:.0f} MB; above {MAX_SIZE / 1e6:.0f} MB a page is "
            "slow to open. Draw fewer zones, or pass a smaller zoom= to add_zones.",
            SizeWarning,
            stacklevel=2,
        )
    return Path(path)
