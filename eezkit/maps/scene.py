"""What a picture of one position shows: which zones, which lines, which ways, in which words.

`views` draws it as a web page, `static` on paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.answers.sentence import edge_words, length, zone_words
from eezkit.maps.paths import geodesic_line, outline_ring
from eezkit.positions import format_position
from eezkit.reports import lead_of, short_length
from eezkit.units import M
from eezkit.zones import EdgeKind, ZoneKind

if TYPE_CHECKING:
    import geopandas
    from numpy.typing import NDArray

    from eezkit.answers import Answer
    from eezkit.answers.legs import Leg
    from eezkit.atlas import Atlas
    from eezkit.geometry import Rings

__all__ = ["LineGroup", "Scene", "Way", "facts_of", "overlays_of", "scene_of"]

FEW_ZONES = 30
"""Above so many zones 12 M and 24 M limits are not shown at first: they would hide the coast."""
_NEIGHBOURHOOD = 600 * M
_OVERLAY_STYLES = {
    ZoneKind.TERRITORIAL_SEA: "territorial_sea",
    ZoneKind.CONTIGUOUS_ZONE: "contiguous_zone",
}


@dataclass(frozen=True)
class LineGroup:
    """Lines of one kind, drawn alike.

    Parameters
    ----------
    kind : str
        A key of `eezkit.maps.style.LINES`.
    label : str
        Written along them.
    lines : geopandas.GeoDataFrame
        With a column name, told on hover.
    """

    kind: str
    label: str
    lines: geopandas.GeoDataFrame


@dataclass(frozen=True)
class Way:
    """A geodesic from the position to something.

    Parameters
    ----------
    kind : {"geodesic", "link"}
        To the limit, or to anything else.
    words : str
        Where it leads and how far that is.
    label : str
        Its length in short, or "".
    lon, lat : numpy.ndarray of float64, shape (n_points,)
        Its vertices, in degrees; longitudes run on across ±180°.
    place : str
        The name of what it leads to, where that is a place; else "".
    """

    kind: str
    words: str
    label: str
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    place: str = ""


@dataclass(frozen=True)
class Scene:
    """All that is drawn of one answered position.

    Parameters
    ----------
    about, near : geopandas.GeoDataFrame
        The zones the answer is about, and others nearby; either may be empty.
    limits : tuple of LineGroup
        The seaward edges of the zones it is about, and 12 M and 24 M limits nearby.
    ways : tuple of Way
        First the one to the limit, then to the coast, then to other things.
    uncertainty : numpy.ndarray of float64, shape (n_vertices, 2), or None
        Its outline.
    """

    about: geopandas.GeoDataFrame
    near: geopandas.GeoDataFrame
    limits: tuple[LineGroup, ...]
    ways: tuple[Way, ...]
    uncertainty: NDArray[np.float64] | None = field(default=None)


def scene_of(answer: Answer, atlas: Atlas, nearby: Iterable[Leg] = ()) -> Scene:
    """Choose what is drawn of an answered position.

    Parameters
    ----------
    answer : Answer
    atlas : Atlas
        The atlas that gave it.
    nearby : iterable of Leg
        Ways to places and to other zones; those to the limit and the coast are there anyway.

    Returns
    -------
    Scene
    """
    about = np.array([zone in answer.zones for zone in atlas.every_zone], dtype=bool)
    if answer.question and not about.any():
        about[list(atlas.select(answer.question).selected or ())] = True
    # Only what is drawn is made into a table: to check the zones of the world takes seconds.
    chosen = np.flatnonzero(about | _is_near(atlas.rings, answer))
    table = replace(atlas, selected=tuple(chosen.tolist())).to_geodataframe("zones")
    limits = _limits_of(atlas, about) if about.any() else ()
    outline = None
    if answer.uncertainty is not None:
        outline = outline_ring(*answer.uncertainty.outline(answer.lon, answer.lat))
    return Scene(
        about=table[about[chosen]],
        near=table[~about[chosen]],
        limits=(*limits, *overlays_of(atlas, answer)),
        ways=tuple(_ways(answer, nearby)),
        uncertainty=outline,
    )


# -- in words -------------------------------------------------------------------------------


def facts_of(answer: Answer, note: str = "") -> dict[str, Any]:
    """Put the answer in words: lead, state ("yes", "no", "unsure"), rows and note, plain text."""
    lead, state = lead_of(answer)
    rows = [("Position", format_position(answer.lon, answer.lat))]
    rows += [("Zone", zone.name) for zone in answer.zones]
    rows += [("Held by", zone_words(zone)) for zone in answer.zones]
    if answer.margin is not None:
        rows.append(("To the line", f"{length(abs(answer.margin))}, {edge_words(answer)}"))
    if answer.coast is not None:
        rows.append(("To the coast", length(answer.coast.distance)))
    if answer.uncertainty is not None and answer.decided is not None:
        effect = "cannot change the answer" if answer.decided else "can change the answer"
        rows.append(("Uncertainty", f"{answer.uncertainty.describe()}: {effect}"))
    source = answer.provenance
    rows.append(
        ("Data", " ".join(filter(None, [source.name, source.version, f"({source.basis})"])))
    )
    return {"lead": lead, "state": state, "rows": [list(row) for row in rows], "note": note}


# -- zones and limits -----------------------------------------------------------------------


def _is_near(rings: Rings, answer: Answer) -> NDArray[np.bool_]:
    """Zones whose box comes near the position, on a globe."""
    import shapely

    west, south, east, north = shapely.bounds(rings.to_shapely()).T
    up = _NEIGHBOURHOOD / (60 * M)
    aside = up / max(np.cos(np.radians(answer.lat)), 0.1)
    lon = answer.lon + 360.0 * np.rint(((west + east) / 2 - answer.lon) / 360.0)
    near = (west - aside <= lon) & (lon <= east + aside)
    near &= (south - up <= answer.lat) & (answer.lat <= north + up)
    return np.asarray(near)


def _limits_of(atlas: Atlas, about: NDArray[np.bool_]) -> tuple[LineGroup, ...]:
    """The seaward edges of the union of these zones, by what they are."""
    import geopandas
    import shapely

    edges = atlas.edges
    found: dict[EdgeKind, dict[tuple[int, ...], list[int]]] = {}
    for i in np.flatnonzero(edges.bounding(about)).tolist():
        sides = {*edges.sets[edges.left[i]], *edges.sets[edges.right[i]]}
        beyond = tuple(sorted(zone for zone in sides if not about[zone]))
        found.setdefault(edges.kind_of(i), {}).setdefault(beyond, []).append(i)
    ends = np.stack([edges.lon1, edges.lat1, edges.lon2, edges.lat2], axis=1)
    limits = []
    for kind, members in found.items():
        lines = [
            shapely.line_merge(shapely.multilinestrings(ends[chosen].reshape(-1, 2, 2)))
            for chosen in members.values()
        ]
        word = kind.value.replace("_", " ").capitalize()
        names = [
            " with ".join(
                filter(None, [word, " and ".join(atlas.every_zone[zone].name for zone in to)])
            )
            for to in members
        ]
        table = geopandas.GeoDataFrame({"name": names}, geometry=lines, crs="EPSG:4326")
        breadth = _breadth(atlas, ends[np.concatenate([*members.values()])])
        limits.append(LineGroup(kind.value, word + breadth, table))
    return tuple(limits)


def _breadth(atlas: Atlas, ends: NDArray[np.float64]) -> str:
    """The breadth all of a limit is at, give or take 0.5 %, or "" where it is at none."""
    sample = ends[np.linspace(0, len(ends) - 1, 25).astype(np.int64)]
    off = atlas.coast_distance(sample[:, 0], sample[:, 1]) / M
    found = [breadth for breadth in (12, 24, 200) if np.all(np.abs(off / breadth - 1) < 0.005)]
    return f", {found[0]} nmi" if found else ""


def overlays_of(atlas: Atlas, answer: Answer | None = None) -> tuple[LineGroup, ...]:
    """The 12 M and 24 M limits, where the dataset has them; near a position, or all."""
    import geopandas
    import shapely

    if not atlas.overlays:
        return ()
    assert atlas.overlay_rings is not None
    shapes = atlas.overlay_rings.to_shapely()
    kept = np.full(len(shapes), True) if answer is None else _is_near(atlas.overlay_rings, answer)
    limits = []
    for kind, style in _OVERLAY_STYLES.items():
        chosen = kept & np.array([zone.kind is kind for zone in atlas.overlays])
        # The other edge of such a zone is the coast, which is no limit.
        outer = shapely.get_exterior_ring(shapely.get_parts(shapes[chosen]))
        if len(outer):
            lines = geopandas.GeoDataFrame(geometry=_without_seam(outer), crs="EPSG:4326")
            limits.append(LineGroup(style, "", lines))
    return tuple(limits)


def _without_seam(rings: NDArray[np.object_]) -> NDArray[np.object_]:
    """Open rings along ±180°, where zones are only cut."""
    import shapely

    west, _, east, _ = shapely.bounds(rings).T
    at_seam = (west == -180.0) | (east == 180.0)
    cut = []
    for ring in rings[at_seam]:
        xy = shapely.get_coordinates(ring)
        pieces = np.stack([xy[:-1], xy[1:]], axis=1)
        is_seam = (np.abs(pieces[:, :, 0]) == 180.0).all(axis=1)
        merged = shapely.line_merge(shapely.multilinestrings(pieces[~is_seam]))
        cut.append(shapely.get_parts(merged))
    return np.concatenate([rings[~at_seam], *cut])


# -- ways -----------------------------------------------------------------------------------


def _ways(answer: Answer, nearby: Iterable[Leg]) -> Iterable[Way]:
    """Yield the geodesics to the limit, to the coast, and to what is nearby, each once."""
    ends: list[tuple[float, float]] = []
    if answer.margin and answer.edge is not None:
        ends.append((answer.edge.lon, answer.edge.lat))
        words = f"{length(abs(answer.margin))} to {edge_words(answer)}"
        yield _way(answer, *ends[-1], "geodesic", words, label=short_length(answer.margin))
    coast = answer.coast
    if coast is not None and coast.distance:
        ends.append((coast.lon, coast.lat))
        words = f"{length(coast.distance)} to the coast"
        yield _way(answer, *ends[-1], "link", words, label=short_length(coast.distance))
    for leg in nearby:
        if (leg.lon, leg.lat) not in ends:
            words = f"{leg.to}: {length(leg.distance)}"
            yield _way(answer, leg.lon, leg.lat, "link", words, place=leg.to)


def _way(answer: Answer, lon: float, lat: float, kind: str, words: str, **more: str) -> Way:
    x, y, metres = geodesic_line(answer.lon, answer.lat, lon, lat)
    return Way(kind, words, more.get("label", short_length(metres)), x, y, more.get("place", ""))
