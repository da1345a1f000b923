"""What can be drawn on a map: zones, limits, positions, geodesics, uncertainty, tables.

Every function takes a folium map and adds a folium layer to it, so that users' own folium layers
may stand between them. This is the place where longitude-first becomes what Leaflet wants.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
from folium.map import Layer

from eezkit.errors import OptionError
from eezkit.maps.land import LAND_CREDIT, land_layer
from eezkit.maps.paths import (
    Box,
    box_around,
    draw_whole,
    encode,
    encode_geometry,
    fit_zoom,
    label_line,
    pixel,
    simplify,
)
from eezkit.maps.style import LINES
from eezkit.maps.web.page import SeaMap, add_own_head, figure_of
from eezkit.maps.web.templates import Verbatim, as_json, shown_by_folium

if TYPE_CHECKING:
    import geopandas
    from numpy.typing import NDArray


__all__ = [
    "Drawing",
    "add_limits",
    "add_shapes",
    "base_map",
    "credit_dataset",
    "line_feature",
    "line_key",
    "ready_to_draw",
    "rounded",
    "text_of",
    "wgs84",
]

DISCLAIMER = "Not for legal or navigational use"
_ONLINE = (
    (
        "Esri Ocean",
        "https://server.arcgisonline.com/ArcGIS/rest/services/Ocean/World_Ocean_Base/MapServer"
        "/tile/{z}/{y}/{x}",
        "Esri, GEBCO, NOAA, National Geographic and others",
    ),
    (
        "OpenStreetMap",
        "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        "© OpenStreetMap contributors",
    ),
)
_GEBCO = "https://wms.gebco.net/mapserv"
_MANY_VERTICES = 30_000
"""Up to so many vertices, zones are drawn as published."""


class Drawing(Layer):
    """A folium layer that eezkit's own script draws.

    Parameters
    ----------
    maker : str
        Function of layers.js that makes it.
    data : dict
        What that function takes.
    name, group : str
        What the key calls the layer, and under which heading.
    key : sequence of dict
        Its entries in the key: label, kind ("area", "line", "dot") and style.
    box : Box, optional
        What the first view of the map has to show of it.
    show, base : bool
        Whether it is shown at first, and whether it is a base map.
    """

    def __init__(
        self,
        maker: str,
        data: dict[str, Any],
        *,
        name: str,
        group: str,
        key: Sequence[dict[str, str]] = (),
        box: Box | None = None,
        show: bool = True,
        base: bool = False,
    ) -> None:
        super().__init__(name=shown_by_folium(name), overlay=not base, control=True, show=show)
        self._name = "Drawing"
        self.called = name
        self.maker = maker
        self.code = as_json(data)
        self.group = group
        self.key = key
        self.box = box

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Render the layer, and what it needs where the map is not one of eezkit's."""
        add_own_head(self)
        script = f"var {self.get_name()} = eezkit.{self.maker}({self.code});"
        figure_of(self).script.add_child(Verbatim(script), name=self.get_name())
        super().render(**kwargs)  # type: ignore[no-untyped-call]


# -- the map under it all -------------------------------------------------------------------


def base_map(
    *,
    title: str = "Maritime zones",
    box: tuple[float, float, float, float] | None = None,
    locator: bool = True,
    online_layers: bool = True,
    facts: dict[str, Any] | None = None,
) -> folium.Map:
    """Begin a map: sea, land and graticule, tools and key.

    Parameters
    ----------
    title : str
        Of the page.
    box : tuple of float, optional
        West, south, east and north in degrees: what to show first. By default what is drawn;
        east may pass 180.
    locator : bool
        Whether a small map shows where in the world the large one is.
    online_layers : bool
        Whether Esri Ocean, GEBCO and OpenStreetMap are offered; they are asked for when the
        reader chooses one.
    facts : dict, optional
        What a card in the corner tells, plain text: lead, title, rows of [what, value], note;
        and state, "yes", "no" or "unsure", which colours the lead.

    Returns
    -------
    folium.Map
        To which any folium layer can be added.
    """
    chart = SeaMap(title=title, box=Box(*box) if box else None, locator=locator, facts=facts)
    land = Drawing("land", land_layer(), name="Land", group="Base map", base=True)
    land.add_to(chart)
    Drawing(
        "graticule", {}, name="Graticule", group="Base map", key=[line_key("graticule")]
    ).add_to(chart)
    chart.credit(DISCLAIMER)
    chart.credit("Land: Natural Earth", f"{LAND_CREDIT}.")
    if online_layers:
        for name, url, attribution in _ONLINE:
            folium.TileLayer(url, name=name, attr=attribution, show=False).add_to(chart)
        folium.WmsTileLayer(
            _GEBCO,
            layers="GEBCO_LATEST",
            name="GEBCO",
            attr="GEBCO",
            fmt="image/png",
            show=False,
            overlay=False,
        ).add_to(chart)
    return chart


# -- shapes ----------------------------------------------------------------------------------


def wgs84(table: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    is_other = table.crs is not None and not table.crs.equals("EPSG:4326")
    return table.to_crs("EPSG:4326") if is_other else table


def rounded(values: Iterable[float]) -> list[float]:
    return [round(float(value), 4) for value in values]


def text_of(value: Any) -> str:
    """Text of a cell, "" where it is null in any of its spellings."""
    if value is None or (isinstance(value, float) and math.isnan(value)) or str(value) == "<NA>":
        return ""
    # Pandas turns whole numbers into floats where a null stands among them.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def ready_to_draw(geometry: Any, zoom: float | None) -> tuple[NDArray[np.object_], int]:
    """Make polygons or lines whole, simplify them for a zoom, and choose the decimals."""
    import shapely

    whole = np.array([draw_whole(shape) for shape in geometry], dtype=object)
    is_many = shapely.get_num_coordinates(whole).sum() > _MANY_VERTICES
    if zoom is None and is_many:
        zoom = max(5.0, math.ceil(fit_zoom(Box(*shapely.total_bounds(whole)))) + 4.0)
    if zoom is None:
        return whole, 5
    is_area = shapely.get_dimensions(whole).min() == 2
    simple = simplify(whole, zoom) if is_area else shapely.simplify(whole, pixel(zoom) / 2)
    return simple, min(5, max(1, math.ceil(-math.log10(pixel(zoom) / 3))))


def add_shapes(
    chart: folium.Map,
    features: list[dict[str, Any]],
    decimals: int,
    *,
    name: str,
    group: str,
    key: Sequence[dict[str, str]],
    pane: str = "zones",
    marks: Sequence[dict[str, Any]] = (),
    framed: bool = False,
    show: bool = True,
) -> folium.Map:
    """Add areas, lines and marks, as layers.js takes them, as one layer."""
    boxes = [Box(*feature["box"]) for feature in features]
    boxes += [Box(mark["lon"], mark["lat"], mark["lon"], mark["lat"]) for mark in marks]
    data = {"features": features, "marks": marks, "decimals": decimals, "pane": pane}
    box = box_around(boxes) if framed else None
    Drawing("shapes", data, name=name, group=group, key=key, box=box, show=show).add_to(chart)
    return chart


def credit_dataset(chart: folium.Map, provenance: Any) -> None:
    """Name a dataset, its licence and how to cite it at the foot of a map of eezkit's."""
    if not isinstance(chart, SeaMap):
        return
    version = f" {provenance.version}" if provenance.version else ""
    licence = f" ({provenance.licence})" if provenance.licence else ""
    full = f"{provenance.name}{version}, {provenance.basis}{licence}. {provenance.citation}"
    chart.credit(f"Zones: {provenance.name}{version}{licence}", " ".join([full, *provenance.notes]))


# -- lines ----------------------------------------------------------------------------------


def line_key(kind: str, label: str = "") -> dict[str, str]:
    style = "eez-graticule" if kind == "graticule" else f"eez-line eez-line-{kind}"
    return {
        "label": label or (LINES[kind].label if kind in LINES else ""),
        "kind": "line",
        "style": style,
    }


def add_limits(
    chart: folium.Map,
    lines: geopandas.GeoDataFrame | geopandas.GeoSeries,
    *,
    kind: str = "outer_limit",
    name: str | None = None,
    label: str = "",
    zoom: float | None = None,
    framed: bool = False,
    show: bool = True,
) -> folium.Map:
    """Add limits or boundaries as lines, with their name along them.

    Parameters
    ----------
    chart : folium.Map
    lines : geopandas.GeoDataFrame or geopandas.GeoSeries
        Lines, or polygons whose outlines are meant. A column ``name`` is told on hover.
    kind : str
        How they are drawn: a value of EdgeKind, "territorial_sea" or "contiguous_zone".
    name : str, optional
        Of the layer, in the key; by default what the kind is called.
    label : str
        Written along each line, on its straightest northern stretch.
    zoom : float, optional
        Closest zoom for which they are drawn as published; see `add_zones`.
    framed, show : bool
        Whether the first view shows them all; whether the layer is switched on at first.

    Returns
    -------
    folium.Map
        The same map.

    Raises
    ------
    OptionError
        If the kind is unknown, or there is nothing to draw.
    """
    import shapely

    if kind not in LINES:
        raise OptionError(f"kind {kind!r} of a line is not one of {', '.join(LINES)}.")
    table = wgs84(lines)
    kept = table[~(table.geometry.isna() | table.geometry.is_empty)]
    if not len(kept):
        raise OptionError("There is no limit to draw: the table has no geometry that is not empty.")
    whole, decimals = ready_to_draw(kept.geometry.array, zoom)
    areas = shapely.get_dimensions(whole) == 2
    whole[areas] = shapely.boundary(whole[areas])
    has_names = "name" in getattr(kept, "columns", ())
    names = [text_of(n) for n in kept["name"]] if has_names else [""] * len(kept)
    features = [
        line_feature(line, decimals, kind=kind, hover=hover or LINES[kind].label, label=label)
        for line, hover in zip(whole, names, strict=True)
    ]
    title = name or LINES[kind].label
    return add_shapes(
        chart,
        features,
        decimals,
        name=title[:1].upper() + title[1:],
        group="Limits",
        key=[line_key(kind)],
        pane="limits",
        framed=framed,
        show=show,
    )


def line_feature(
    line: Any,
    decimals: int,
    *,
    kind: str,
    hover: str = "",
    label: str = "",
    along_all: bool = False,
) -> dict[str, Any]:
    """Make a feature of a line, its label along the best stretch of its longest part, or all."""
    import shapely

    box = Box(*rounded(shapely.bounds(line)))
    feature: dict[str, Any] = {
        "paths": [[path] for part in encode_geometry(line, decimals) for path in part],
        "class": f"eez-line eez-line-{kind}",
        "hover": hover,
        "box": box,
    }
    if not label:
        return feature
    parts = shapely.get_parts(line)
    longest = shapely.get_coordinates(parts[np.argmax(shapely.length(parts))])
    if along_all:
        lon, lat = longest.T if longest[-1, 0] >= longest[0, 0] else longest[::-1].T
    else:
        stretch = label_line(*longest.T, pixels=12.0 * len(label), zoom=fit_zoom(box))
        if stretch is None:
            return feature
        lon, lat = stretch
    feature |= {"label": label, "labelPath": encode(lon, lat, decimals)}
    return feature
