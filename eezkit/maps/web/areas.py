"""Zones on a map, filled by how jurisdiction over them is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import folium
import numpy as np

from eezkit.errors import OptionError
from eezkit.maps.paths import encode_geometry
from eezkit.maps.style import REGIMES, SERIES
from eezkit.maps.web.layers import (
    add_shapes,
    credit_dataset,
    ready_to_draw,
    rounded,
    text_of,
    wgs84,
)
from eezkit.zones import Regime

if TYPE_CHECKING:
    import geopandas
    from numpy.typing import NDArray

    from eezkit.atlas import Atlas

__all__ = ["add_zones", "regime_of", "zone_table"]

_KIND = {"eez": "EEZ, drawn from the coast"}
"""In law an EEZ begins beyond the territorial sea, which these polygons include."""


def add_zones(
    chart: folium.Map,
    zones: Atlas | geopandas.GeoDataFrame,
    *,
    name: str = "Zones",
    by: str | None = None,
    zoom: float | None = None,
    labels: bool = True,
    faint: bool = False,
    framed: bool = True,
    show: bool = True,
) -> folium.Map:
    """Add zones, filled by regime: held by one State, jointly, or claimed by several.

    Parameters
    ----------
    chart : folium.Map
    zones : Atlas or geopandas.GeoDataFrame
        Polygons; of the columns name, kind, regime, sovereign, sovereign_name, territory,
        territory_name, mrgid, area_km2 and status those that are there are told in popups.
    name : str
        Of the layer, in the key.
    by : str, optional
        A column to colour by, instead of how the zones are held: up to seven values in a colour
        each; of more, values that touch are told apart.
    zoom : float, optional
        Closest zoom of a web map for which lines are drawn as published. By default they are
        not simplified up to 30,000 vertices, above that four steps closer than the first view.
    labels : bool
        Whether zones with room for it carry their name.
    faint : bool
        Whether they stand back, behind others.
    framed : bool
        Whether the first view shows them all.
    show : bool
        Whether the layer is switched on at first.

    Returns
    -------
    folium.Map
        The same map.

    Raises
    ------
    OptionError
        If there is nothing to draw, a geometry is no polygon, or there is no such column.
    """
    table = zone_table(zones)
    if by is not None and by not in table.columns:
        there = ", ".join(str(column) for column in table.columns)
        raise OptionError(f"The zones have no column {by!r}; they have {there}.")
    if hasattr(zones, "provenance"):
        credit_dataset(chart, zones.provenance)
    shapes, decimals = ready_to_draw(table.geometry.array, zoom)
    rows = table.drop(columns=table.geometry.name).to_dict("records")
    looks, key = _by_regime(rows) if by is None else _by_column(rows, by, shapes)
    if by is not None and len(key) == 1:  # which the key shows by the name of the layer
        name = f"{name}, {key[0]['label']}"
    features = [
        _zone_feature(row, shape, decimals, look, labels=labels, faint=faint)
        for row, shape, look in zip(rows, shapes, looks, strict=True)
    ]
    features.sort(key=lambda feature: -feature.pop("size"))
    return add_shapes(
        chart, features, decimals, name=name, group="Zones", key=key, framed=framed, show=show
    )


def _by_regime(rows: list[dict[Any, Any]]) -> tuple[list[str], list[dict[str, str]]]:
    """The class of each zone by how it is held, and what the key says of these."""
    regimes = {regime_of(row) for row in rows}
    key = [
        {"label": style.label, "kind": "area", "style": f"eez-area eez-{regime.value}"}
        for regime, style in REGIMES.items()
        if regime in regimes
    ]
    return [f"eez-{regime_of(row).value}" for row in rows], key


def _by_column(
    rows: list[dict[Any, Any]], by: str, shapes: NDArray[np.object_]
) -> tuple[list[str], list[dict[str, str]]]:
    """The class of each zone by a column, and what the key says of these."""
    values = [text_of(row[by]) or "not stated" for row in rows]
    colours = _apart(values, shapes)
    key = [
        {"label": value, "kind": "area", "style": f"eez-area eez-series-{colour}"}
        for value, colour in sorted(colours.items())
    ]
    if len(key) > len(SERIES):
        style = f"eez-area eez-series-{SERIES[0]}"
        key = [{"label": f"coloured by {by}: neighbours differ", "kind": "area", "style": style}]
    return [f"eez-series-{colours[value]}" for value in values], key


def _apart(values: list[str], shapes: NDArray[np.object_]) -> dict[str, str]:
    """A colour for each value: another than those of values whose zones touch its own.

    Those with most neighbours choose first, and each takes the least used of the colours that none
    of its neighbours has.
    """
    import shapely

    beside: dict[str, set[str]] = {value: set() for value in values}
    for a, b in shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist():
        if values[a] != values[b]:
            beside[values[a]].add(values[b])
    colours: dict[str, str] = {}
    used = dict.fromkeys(SERIES, 0)
    for value in sorted(beside, key=lambda one: (-len(beside[one]), one)):
        taken = {colours.get(other) for other in beside[value]}
        free = [colour for colour in SERIES if colour not in taken] or list(SERIES)
        colours[value] = min(free, key=lambda colour: used[colour])
        used[colours[value]] += 1
    return colours


def zone_table(zones: Atlas | geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Take zones as a table of valid polygons in WGS 84, without empty ones.

    Raises
    ------
    OptionError
        If none is left, or a geometry is no polygon.
    """
    import shapely

    is_atlas = hasattr(zones, "to_geodataframe")
    table = zones.to_geodataframe("zones") if is_atlas else wgs84(zones)
    table = table[~(table.geometry.isna() | table.geometry.is_empty)]
    if not len(table):
        raise OptionError("There is no zone to draw: the table has no geometry that is not empty.")
    kinds = table.geometry.geom_type
    wrong = kinds[~kinds.isin(["Polygon", "MultiPolygon"])]
    if len(wrong):
        raise OptionError(
            f"{len(wrong)} of {len(table)} geometries are no polygons; the first is a "
            f"{wrong.iloc[0]}. Draw lines with add_limits, points with add_table."
        )
    if is_atlas:
        return table
    shapes = np.array(table.geometry.array, dtype=object)
    bad = ~shapely.is_valid(shapes)
    shapes[bad] = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
    return table.set_geometry(shapes)


def _zone_feature(
    row: dict[Any, Any], shape: Any, decimals: int, look: str, *, labels: bool, faint: bool
) -> dict[str, Any]:
    import shapely

    parts = shapely.get_parts(shape)
    largest = parts[np.argmax(shapely.area(parts))]
    at = shapely.point_on_surface(largest)
    title = text_of(row.get("name")) or "Zone without a name"
    return {
        "area": 1,
        "paths": encode_geometry(shape, decimals),
        "class": f"eez-area {look}{' eez-faint' if faint else ''}",
        "title": title,
        "rows": _zone_rows(row),
        "box": rounded(shapely.bounds(shape)),
        **({"label": title, "at": rounded([at.x, at.y])} if labels else {}),
        "size": shape.area,
    }


def regime_of(row: dict[Any, Any]) -> Regime:
    """Read the regime of a row; UNKNOWN where it has none."""
    value = text_of(row.get("regime"))
    return Regime(value) if value in set(Regime) else Regime.UNKNOWN


def _zone_rows(row: dict[Any, Any]) -> list[list[str]]:
    """What the popup of a zone tells, as pairs of plain text."""
    sovereign = text_of(row.get("sovereign_name")) or text_of(row.get("sovereign"))
    territory = text_of(row.get("territory_name")) or text_of(row.get("territory"))
    area = text_of(row.get("area_km2"))
    kind = text_of(row.get("kind"))
    told = [
        ("Kind", _KIND.get(kind, kind.replace("_", " "))),
        ("Claims", REGIMES[regime_of(row)].label if "regime" in row else ""),
        ("Sovereign", sovereign.replace("|", ", ")),
        ("Territory", territory.replace("|", ", ") if territory != sovereign else ""),
        ("Area", f"{float(area):,.0f} km²" if area else ""),
        ("Status", text_of(row.get("status"))),
        ("MRGID", text_of(row.get("mrgid"))),
    ]
    return [[what, value] for what, value in told if value]
