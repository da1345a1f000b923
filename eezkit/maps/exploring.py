"""The one verb for a map of anything: an atlas, an answer, a report, a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import folium

from eezkit.answers import Answer
from eezkit.atlas import Atlas
from eezkit.errors import OptionError
from eezkit.maps.views import draw_atlas, draw_position, position_map
from eezkit.maps.web.areas import add_zones
from eezkit.maps.web.layers import add_limits, base_map
from eezkit.maps.web.marks import add_table
from eezkit.reports import Report

if TYPE_CHECKING:
    import geopandas

__all__ = ["explore"]


def explore(
    thing: Atlas | Answer | Report | geopandas.GeoDataFrame,
    atlas: Atlas | None = None,
    *,
    column: str | None = None,
    m: folium.Map | None = None,
    title: str = "",
) -> folium.Map:
    """Draw anything of eezkit's on a map that moves, and needs no network.

    Parameters
    ----------
    thing : Atlas, Answer, Report or geopandas.GeoDataFrame
        All zones of an atlas; an answered position with its zone and its way to the line; a report
        with its ways too; or a table of zones, of lines or of positions.
    atlas : Atlas, optional
        For an answer: the atlas that gave it.
    column : str, optional
        What zones or positions are coloured by. By default zones by how they are held, and
        positions by the zone they are in where `Atlas.join` has said it.
    m : folium.Map, optional
        A map to draw on; by default a new one.
    title : str
        Of a new map.

    Returns
    -------
    folium.Map
        ``eezkit.maps.save(map, "page.html")`` writes it as one self-contained page; a notebook
        shows it.

    Raises
    ------
    OptionError
        If there is nothing to draw, there is no such column, or an answer comes without its atlas.

    Examples
    --------
    >>> import eezkit
    >>> atlas = eezkit.load()
    >>> chart = eezkit.explore(atlas.select("FJI"), column="sovereign")
    >>> answer = atlas.at(lon=178.0, lat=-17.0)
    >>> chart = eezkit.explore(answer, atlas, m=chart)
    >>> eezkit.maps.save(chart, "fiji.html").name
    'fiji.html'
    """
    if column is not None and isinstance(thing, Answer | Report):
        raise OptionError("column= colours zones or positions; an answer is drawn in one colour.")
    if isinstance(thing, Answer) and atlas is None:
        raise OptionError("An answer is drawn in the atlas that gave it: explore(answer, atlas).")
    if isinstance(thing, Report):
        nearby = (*thing.places, *thing.neighbours)
        title = title or thing.sections()[0].heading
        return _position(m, thing.answer, thing.atlas, title=title, nearby=nearby, note=thing.note)
    if isinstance(thing, Answer):
        assert atlas is not None
        return _position(m, thing, atlas, title=title)
    named = title or (thing.provenance.name if isinstance(thing, Atlas) else "Map")
    m = base_map(title=named, locator=False) if m is None else m
    if isinstance(thing, Atlas):
        return draw_atlas(m, thing, by=column)
    kinds = set(thing.geometry.geom_type.dropna())
    if kinds <= {"Polygon", "MultiPolygon"}:
        return add_zones(m, thing, by=column)
    if kinds <= {"LineString", "MultiLineString"} and column is None:
        return add_limits(m, thing, framed=True)
    if kinds <= {"Point"}:
        return add_table(m, thing, by=column or ("zone" if "zone" in thing.columns else None))
    found = ", ".join(sorted(kinds))
    raise OptionError(
        f"The table has geometries of the kinds {found}; accepted are polygons, points, or lines "
        "without column=, one of these at a time."
    )


def _position(m: folium.Map | None, answer: Answer, atlas: Atlas, **told: Any) -> folium.Map:
    """Draw a position on a map that is there, or on a new one with a card that tells the answer."""
    return (
        position_map(answer, atlas, **told)
        if m is None
        else draw_position(m, answer, atlas, **told)
    )
