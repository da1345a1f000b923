"""Maps that are ready: one answered position, or a whole atlas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import folium
import numpy as np

from eezkit.maps.areas import add_zones
from eezkit.maps.layers import (
    add_limits,
    add_shapes,
    base_map,
    credit_dataset,
    line_key,
    rounded,
)
from eezkit.maps.marks import add_marks, add_uncertainty, geodesic_feature
from eezkit.maps.paths import encode_geometry
from eezkit.positions import format_position
from eezkit.sentence import edge_words, length, zone_words
from eezkit.units import M, to_nmi
from eezkit.zones import EdgeKind, ZoneKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.atlas import Answer, Atlas
    from eezkit.separation import Leg

__all__ = ["atlas_map", "position_map"]

_NEIGHBOURHOOD = 600 * M
_MUCH_LAND = 20_000
"""Vertices of a dataset's own land above which the embedded land has to do."""
_OVERLAY_LINES = {
    ZoneKind.TERRITORIAL_SEA: "territorial_sea",
    ZoneKind.CONTIGUOUS_ZONE: "contiguous_zone",
}


def atlas_map(atlas: Atlas, *, title: str | None = None) -> folium.Map:
    """Draw all zones of an atlas.

    Parameters
    ----------
    atlas : Atlas
    title : str, optional
        Of the page; by default the name of the dataset.

    Returns
    -------
    folium.Map
        ``eezkit.maps.save(map, "page.html")`` writes it as one self-contained page.
    """
    chart = base_map(title=title or atlas.provenance.name, locator=False)
    add_zones(chart, atlas)
    _add_own_land(chart, atlas)
    _add_overlays(chart, atlas)
    return chart


def position_map(
    answer: Answer,
    atlas: Atlas,
    *,
    title: str = "",
    nearby: Iterable[Leg] = (),
    note: str = "",
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

    Returns
    -------
    folium.Map
        ``eezkit.maps.save(map, "page.html")`` writes it as one self-contained page.
    """
    called = title or answer.name or ""
    facts = _facts(answer, note)
    chart = base_map(
        title=called or f"Position {format_position(answer.lon, answer.lat)}",
        facts=facts | {"title": called},
    )
    _add_own_and_other_zones(chart, answer, atlas)
    _add_own_land(chart, atlas)
    _add_overlays(chart, atlas)
    if answer.uncertainty is not None:
        add_uncertainty(chart, answer.uncertainty, lon=answer.lon, lat=answer.lat)
    _add_ways(chart, answer, nearby)
    mark = {
        "lon": answer.lon,
        "lat": answer.lat,
        "kind": "site",
        **facts,
        "title": called or format_position(answer.lon, answer.lat),
    }
    return add_marks(chart, [mark], name="The position", style="eez-site-dot")


# -- the answer in words --------------------------------------------------------------------


def _facts(answer: Answer, note: str) -> dict[str, Any]:
    """The answer for the card and the popup, all plain text."""
    lead, state = _lead(answer)
    rows = [("Position", format_position(answer.lon, answer.lat))]
    rows += [("Zone", zone.name) for zone in answer.zones]
    rows += [("Held by", zone_words(zone)) for zone in answer.zones]
    if answer.margin is not None:
        rows.append(("To the line", f"{length(abs(answer.margin))}, {edge_words(answer)}"))
    if answer.coast_distance is not None:
        rows.append(("To the coast", length(answer.coast_distance)))
    if answer.uncertainty is not None and answer.decided is not None:
        effect = "cannot change the answer" if answer.decided else "can change the answer"
        rows.append(("Uncertainty", f"{answer.uncertainty.describe()}: {effect}"))
    rows.append(("Data", _data(answer)))
    return {
        "lead": lead,
        "state": state,
        "rows": [list(row) for row in rows],
        "note": note,
    }


def _lead(answer: Answer) -> tuple[str, str]:
    """The answer in a few words, and whether it is a yes, a no or neither."""
    if answer.inside == "not covered":
        return "Not covered by these data", "unsure"
    if answer.inside == "undecided":
        return "Undecided: it may lie on either side", "unsure"
    if answer.on_land:
        return "On land", "no"
    by = f" by {_short(answer.margin)}" if answer.margin else ""
    if answer.question:
        side, state = ("Inside", "yes") if answer.inside else ("Outside", "no")
        return f"{side} the zone of {answer.question}{by}", state
    if len(answer.zones) > 1:
        return f"In {len(answer.zones)} zones", "yes"
    return (f"In {answer.zones[0].name}", "yes") if answer.zones else ("In no zone", "no")


def _data(answer: Answer) -> str:
    source = answer.provenance
    return " ".join(filter(None, [source.name, source.version, f"({source.basis})"]))


# -- the zones ------------------------------------------------------------------------------


def _add_own_and_other_zones(chart: folium.Map, answer: Answer, atlas: Atlas) -> None:
    """Draw the zones the answer is about strongly, those near by faintly, and their limits."""
    from dataclasses import replace

    credit_dataset(chart, atlas.provenance)
    table = replace(atlas, selected=None).to_geodataframe("zones")
    about = np.array([zone in answer.zones for zone in atlas.zones], dtype=bool)
    if answer.question and not about.any():
        about[list(atlas.select(answer.question).selected or ())] = True
    near = ~about & _is_near(table, answer)
    if near.any():
        add_zones(chart, table[near], name="Other zones near by", faint=True, framed=False)
    if about.any():
        name = table["name"][about].iloc[0] if about.sum() == 1 else "Zones"
        add_zones(chart, table[about], name=name, labels=False)
        _add_limits_of(chart, atlas, about)


def _is_near(table: Any, answer: Answer) -> NDArray[np.bool_]:
    """Zones whose box comes near the position, on a globe."""
    import shapely

    west, south, east, north = shapely.bounds(table.geometry.array).T
    up = _NEIGHBOURHOOD / (60 * M)
    aside = up / max(np.cos(np.radians(answer.lat)), 0.1)
    lon = answer.lon + 360.0 * np.rint(((west + east) / 2 - answer.lon) / 360.0)
    near = (west - aside <= lon) & (lon <= east + aside)
    near &= (south - up <= answer.lat) & (answer.lat <= north + up)
    return np.asarray(near)


def _add_limits_of(chart: folium.Map, atlas: Atlas, about: Any) -> None:
    """Draw the seaward edges of the zones by what they are, each with its name along it."""
    import geopandas
    import shapely

    edges = atlas.edges
    lines: dict[EdgeKind, dict[tuple[int, ...], list[int]]] = {}
    for i in np.flatnonzero(edges.bounding(about)).tolist():
        sides = {*edges.sets[edges.left[i]], *edges.sets[edges.right[i]]}
        beyond = tuple(sorted(zone for zone in sides if not about[zone]))
        lines.setdefault(edges.kind_of(i), {}).setdefault(beyond, []).append(i)
    ends = np.stack([edges.lon1, edges.lat1, edges.lon2, edges.lat2], axis=1)
    for kind, members in lines.items():
        merged = [
            shapely.line_merge(shapely.multilinestrings(ends[edge].reshape(-1, 2, 2)))
            for edge in members.values()
        ]
        names = [_limit_name(kind, [atlas.zones[zone].name for zone in to]) for to in members]
        table = geopandas.GeoDataFrame({"name": names}, geometry=merged, crs="EPSG:4326")
        label = _limit_name(kind, []) + _breadth(atlas, ends[np.concatenate([*members.values()])])
        add_limits(chart, table, kind=kind.value, label=label)


def _breadth(atlas: Atlas, ends: NDArray[np.float64]) -> str:
    """The breadth all of a limit is at, give or take 0.5 %, or "" where it is at none."""
    sample = ends[np.linspace(0, len(ends) - 1, 25).astype(np.int64)]
    off = atlas.coast_distance(sample[:, 0], sample[:, 1]) / M
    found = [breadth for breadth in (12, 24, 200) if np.all(np.abs(off / breadth - 1) < 0.005)]
    return f", {found[0]} nmi" if found else ""


def _limit_name(kind: EdgeKind, beyond: list[str]) -> str:
    with_whom = f" with {' and '.join(beyond)}" if beyond else ""
    return f"{kind.value.replace('_', ' ').capitalize()}{with_whom}"


def _add_own_land(chart: folium.Map, atlas: Atlas) -> None:
    """Draw the dataset's own land, which is finer than the embedded one, where it is not huge."""
    import shapely

    if atlas.land is None or atlas.land.n_vertices > _MUCH_LAND:
        return
    land = atlas.to_geodataframe("land").geometry.array
    shape = shapely.union_all(land)
    feature = {
        "area": 1,
        "paths": encode_geometry(shape, 5),
        "class": "eez-land",
        "box": rounded(shapely.bounds(shape)),
    }
    name = "Land of the dataset"
    add_shapes(chart, [feature], 5, name=name, group="Base map", key=(), pane="base")


def _add_overlays(chart: folium.Map, atlas: Atlas) -> None:
    """Draw the 12 M and 24 M limits, where the dataset has them."""
    if not atlas.overlays:
        return
    table = atlas.to_geodataframe("overlays")
    for kind, style in _OVERLAY_LINES.items():
        rows = table[table["kind"] == kind.value]
        if len(rows):
            # The other edge of a zone of 12 M is the coast, which is no limit.
            parts = rows.geometry.explode(ignore_index=True)
            add_limits(chart, parts.exterior, kind=style)


# -- the ways -------------------------------------------------------------------------------


def _add_ways(chart: folium.Map, answer: Answer, nearby: Iterable[Leg]) -> None:
    """Draw the geodesics to the limit and to the coast with their lengths, others on hover."""
    links, places = [], []
    if answer.margin and answer.nearest_lon is not None and answer.nearest_lat is not None:
        words = f"{length(abs(answer.margin))} to {edge_words(answer)}"
        to = (answer.nearest_lon, answer.nearest_lat)
        _add_lines(
            chart,
            [_way(answer, *to, "geodesic", words, label=_short(answer.margin))],
            name="Way to the line",
            kind="geodesic",
            framed=True,
        )
    if answer.coast_distance and answer.coast_lon is not None and answer.coast_lat is not None:
        words = f"{length(answer.coast_distance)} to the coast"
        to = (answer.coast_lon, answer.coast_lat)
        links.append(_way(answer, *to, "link", words, label=_short(answer.coast_distance)))
    ends = [(answer.nearest_lon, answer.nearest_lat), (answer.coast_lon, answer.coast_lat)]
    for leg in nearby:
        if (leg.lon, leg.lat) in ends:
            continue
        words, far = f"{leg.to}: {length(leg.distance)}", f"{leg.to} {_short(leg.distance)}"
        links.append(_way(answer, leg.lon, leg.lat, "link", words, far=far))
        places.append(_place(leg))
    if links:
        _add_lines(chart, links, name="Coast and places", kind="link", marks=places)


def _way(
    answer: Answer, lon: float, lat: float, kind: str, words: str, *, label: str = "", far: str = ""
) -> dict[str, Any]:
    return geodesic_feature(
        answer.lon, answer.lat, lon, lat, label=label, kind=kind, hover=words, far=far
    )


def _add_lines(
    chart: folium.Map, features: list[dict[str, Any]], *, name: str, kind: str, **options: Any
) -> None:
    key = [line_key(kind)]
    add_shapes(chart, features, 5, name=name, group="Position", key=key, pane="lines", **options)


def _short(metres: float) -> str:
    """A length for a label on the map; on hover it is told in full."""
    decimals = 1 if abs(metres) < 500 * M else 0
    return f"{abs(to_nmi(metres)):,.{decimals}f}\N{NO-BREAK SPACE}nmi"


def _place(leg: Leg) -> dict[str, Any]:
    return {
        "lon": leg.lon,
        "lat": leg.lat,
        "kind": "place",
        "title": leg.to,
        "label": leg.to,
        "hover": f"{leg.to}: {length(leg.distance)} from the position",
        "rows": [["Distance", length(leg.distance)]],
    }
