"""Maps that are ready: one answered position, or a whole atlas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import folium
import numpy as np

from eezkit.geometry import wrap_lon
from eezkit.maps.paths import draw_whole, encode_geometry
from eezkit.maps.scene import FEW_ZONES, LineGroup, Way, facts_of, overlays_of, scene_of
from eezkit.maps.web.areas import add_zones
from eezkit.maps.web.layers import (
    add_limits,
    add_shapes,
    base_map,
    credit_dataset,
    line_feature,
    line_key,
    rounded,
)
from eezkit.maps.web.marks import add_marks, add_uncertainty
from eezkit.positions import format_position

if TYPE_CHECKING:
    import geopandas

    from eezkit.answers import Answer
    from eezkit.answers.legs import Leg
    from eezkit.atlas import Atlas

__all__ = ["atlas_map", "draw_atlas", "draw_position", "position_map"]

_MUCH_LAND = 20_000
"""Vertices of a dataset's own land above which the embedded land has to do."""


def atlas_map(
    zones: Atlas | geopandas.GeoDataFrame, *, title: str = "", zoom: float | None = None
) -> folium.Map:
    """Draw all zones of an atlas or of a table.

    Parameters
    ----------
    zones : Atlas or geopandas.GeoDataFrame
        As `add_zones` takes them.
    title : str
        Of the page; by default the name of the dataset.
    zoom : float, optional
        Closest zoom for which lines are drawn as published; see `add_zones`.

    Returns
    -------
    folium.Map
        ``eezkit.maps.save(map, "page.html")`` writes it as one self-contained page.
    """
    source = getattr(zones, "provenance", None)
    chart = base_map(title=title or (source.name if source else "Zones"), locator=False)
    return draw_atlas(chart, zones, zoom=zoom)


def draw_atlas(
    chart: folium.Map,
    zones: Atlas | geopandas.GeoDataFrame,
    *,
    zoom: float | None = None,
    by: str | None = None,
) -> folium.Map:
    """Draw all zones of an atlas or of a table on a map, with 12 M and 24 M limits."""
    add_zones(chart, zones, zoom=zoom, by=by)
    if hasattr(zones, "provenance"):
        _add_all_limits(chart, overlays_of(zones), zoom=zoom, show=len(zones) <= FEW_ZONES)
    return chart


def position_map(
    answer: Answer,
    atlas: Atlas,
    *,
    title: str = "",
    nearby: Iterable[Leg] = (),
    note: str = "",
    card: bool = True,
) -> folium.Map:
    """Draw the answer for one position: its zone, its way to the limit, how sure it is.

    Parameters
    ----------
    answer : Answer
        From ``atlas.at(...)``.
    atlas : Atlas
        The atlas that gave it.
    title : str
        What the position is called; by default its name in the answer, or where it is.
    nearby : iterable of Leg
        Ways to places and to other zones, such as a report has; their lengths are told on hover.
    note : str
        What is known of the position itself.
    card : bool
        Whether a card in the corner tells the answer.

    Returns
    -------
    folium.Map
        ``eezkit.maps.save(map, "page.html")`` writes it as one self-contained page.
    """
    called = title or answer.name or ""
    chart = base_map(
        title=called or f"Position {format_position(answer.lon, answer.lat)}",
        facts=facts_of(answer, note) | {"title": called} if card else None,
    )
    return draw_position(chart, answer, atlas, title=title, nearby=nearby, note=note)


def draw_position(
    chart: folium.Map,
    answer: Answer,
    atlas: Atlas,
    *,
    title: str = "",
    nearby: Iterable[Leg] = (),
    note: str = "",
) -> folium.Map:
    """Draw the answer for one position on a map; see `position_map`."""
    called, facts = title or answer.name or "", facts_of(answer, note)
    scene = scene_of(answer, atlas, nearby)
    credit_dataset(chart, atlas.provenance)
    if len(scene.near):
        add_zones(chart, scene.near, name="Other zones nearby", faint=True, framed=False)
    if len(scene.about):
        name = scene.about["name"].iloc[0] if len(scene.about) == 1 else "Zones"
        add_zones(chart, scene.about, name=name, labels=False)
    if len(scene.about):
        _add_own_land(chart, atlas, scene.about)
    _add_all_limits(chart, scene.limits)
    if answer.uncertainty is not None:
        add_uncertainty(chart, answer.uncertainty, lon=answer.lon, lat=answer.lat)
    _add_ways(chart, scene.ways)
    mark = {
        "lon": answer.lon,
        "lat": answer.lat,
        "kind": "site",
        **facts,
        "title": called or format_position(answer.lon, answer.lat),
    }
    return add_marks(chart, [mark], name="The position", style="eez-site-dot")


def _add_own_land(chart: folium.Map, atlas: Atlas, about: geopandas.GeoDataFrame) -> None:
    """Draw the dataset's land along these zones, finer than the embedded, where it is not huge."""
    import shapely

    if atlas.land is None:
        return
    land = shapely.get_parts(atlas.land.to_shapely())
    west, south, east, north = shapely.bounds(land).T
    near = np.zeros(len(land), dtype=bool)
    for box in shapely.bounds(shapely.get_parts(about.geometry.array)):
        near |= (west <= box[2]) & (box[0] <= east) & (south <= box[3]) & (box[1] <= north)
    if not near.any() or shapely.get_num_coordinates(land[near]).sum() > _MUCH_LAND:
        return
    valid = shapely.make_valid(land[near], method="structure", keep_collapsed=False)
    shape = draw_whole(shapely.union_all(valid))
    feature = {
        "area": 1,
        "paths": encode_geometry(shape, 5),
        "class": "eez-land",
        "box": rounded(shapely.bounds(shape)),
    }
    name = "Land of the dataset"
    add_shapes(chart, [feature], 5, name=name, group="Base map", key=(), pane="base")


def _add_all_limits(
    chart: folium.Map,
    limits: Iterable[LineGroup],
    *,
    zoom: float | None = None,
    show: bool = True,
) -> None:
    for limit in limits:
        add_limits(chart, limit.lines, kind=limit.kind, label=limit.label, zoom=zoom, show=show)


def _add_ways(chart: folium.Map, ways: Iterable[Way]) -> None:
    """Draw the way to the limit, and those to coast and places with what they lead to."""
    names = {"geodesic": "Way to the line", "link": "Coast and places"}
    for kind, name in names.items():
        chosen = [way for way in ways if way.kind == kind]
        if chosen:
            add_shapes(
                chart,
                [_way_feature(way) for way in chosen],
                5,
                name=name,
                group="Position",
                key=[line_key(kind)],
                pane="lines",
                marks=[_place(way) for way in chosen if way.place],
                framed=kind == "geodesic",
            )


def _way_feature(way: Way) -> dict[str, Any]:
    import shapely

    line = shapely.linestrings(np.column_stack([way.lon, way.lat]))
    label = "" if way.place else way.label
    feature = line_feature(line, 5, kind=way.kind, hover=way.words, label=label, along_all=True)
    return feature | ({"far": f"{way.place} {way.label}"} if way.place else {})


def _place(way: Way) -> dict[str, Any]:
    lon, lat = float(way.lon[-1]), float(way.lat[-1])
    return {
        "lon": lon,
        "lat": lat,
        "kind": "place",
        "title": way.place,
        "label": way.place,
        "hover": f"{way.words} from the position",
        "rows": [["Position", format_position(float(wrap_lon(lon)), lat)]],
        "note": way.words,
    }
