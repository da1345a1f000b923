"""The ways from an answered position to what is round it: zones, land, places, the high seas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.answers.legs import Leg
from eezkit.geometry import wrap_lon
from eezkit.units import M
from eezkit.zones import EdgeKind, ZoneKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.answers import Answer
    from eezkit.atlas import Atlas
    from eezkit.edges import Edges
    from eezkit.geodesy import Nearest
    from eezkit.sources.places import Place
    from eezkit.zones import Party

__all__ = ["to_high_seas", "to_land", "to_places", "to_zones"]

_NEAR_PLACES = 2_500_000.0
_NEAR_ZONES = 400 * M
_SAME_ISLAND = 5_000.0
_JUST_BEYOND = 10.0
"""Metres off an edge, to see what lies beyond it."""
_NO_WATER = {ZoneKind.EXTENDED_SHELF, ZoneKind.HIGH_SEAS}
"""Zones whose water column is nobody's."""


def to_zones(atlas: Atlas, answer: Answer, n: int) -> Iterable[Leg]:
    """Yield the legs to the nearest zones that do not hold the position, nearest first.

    Parameters
    ----------
    atlas : Atlas
        The atlas that gave the answer.
    answer : Answer
    n : int
        How many at most; none farther than 400 M.
    """
    done = {i for i, zone in enumerate(atlas.every_zone) if zone in answer.zones}
    edges = atlas.edges
    if answer.behind_coast:  # from there the first zones are those along the coast
        of_zone = np.array([bool(members) for members in edges.sets], dtype=bool)
        coast = slice(edges.n_seaward, None)
        along = of_zone[edges.left[coast]] | of_zone[edges.right[coast]]
        shore = _nearest(atlas, answer, "coast", along)
        if shore is not None:
            edge, leg = shore
            beyond = _sides(edges, edge)
            yield replace(leg, to=_names(atlas, beyond))
            done |= beyond
    for _ in range(n):
        new = np.array([bool(set(members) - done) for members in edges.sets], dtype=bool)
        seaward = slice(0, edges.n_seaward)
        active = new[edges.left[seaward]] | new[edges.right[seaward]]
        found = _nearest(atlas, answer, "seaward", active, within=_NEAR_ZONES)
        if found is None:
            return
        edge, leg = found
        reached = _sides(edges, edge) - done
        done |= reached
        yield replace(leg, to=_names(atlas, reached))


def to_high_seas(atlas: Atlas, answer: Answer) -> Leg | None:
    """Find the way to the nearest water of nobody; None where it is not known, or is here.

    Notes
    -----
    Beyond an outer limit nobody has the water. Beyond any other edge that has no zone on one side
    (a claim, a line of unknown kind) that is only said where the dataset is complete. The water
    over an extended shelf is nobody's.
    """
    edges, seaward = atlas.edges, slice(0, atlas.edges.n_seaward)
    kinds = [zone.kind for zone in atlas.every_zone]
    free = np.array([all(kinds[i] in _NO_WATER for i in held) for held in edges.sets], dtype=bool)
    if not answer.zones and not answer.behind_coast:
        return None
    if answer.zones and all(zone.kind in _NO_WATER for zone in answer.zones):
        return None
    left, right = edges.left[seaward], edges.right[seaward]
    active = free[left] != free[right]
    beyond = np.where(free[left], left, right)
    nobody = np.array([not members for members in edges.sets], dtype=bool)[beyond]
    is_limit = edges.kind[seaward] == list(EdgeKind).index(EdgeKind.OUTER_LIMIT)
    on_left = free[left]
    doubtful = np.flatnonzero(active & nobody & ~is_limit)
    if len(doubtful):
        x, y = _just_beyond(atlas.edges, doubtful, on_left[doubtful])
        active[doubtful] = atlas.coverage.covers(x, y) & ~atlas.is_land(x, y)
    while (found := _nearest(atlas, answer, "seaward", active)) is not None:
        edge, leg = found
        # Where land is cut at ±180° a dataset may call its coast a limit.
        at = np.array([edge])
        if not nobody[edge] or not atlas.is_land(*_just_beyond(atlas.edges, at, on_left[at]))[0]:
            return replace(leg, to="high seas")
        active[edge] = False
    return None


def _just_beyond(
    edges: Edges, which: NDArray[np.intp], on_left: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions 10 m off the middle of each of these edges, on its left or on its right."""
    ends = edges.points[edges.ends[which]]
    (x, y), (dx, dy) = ends.mean(axis=1).T, (ends[:, 1] - ends[:, 0]).T
    step = np.where(on_left, 1.0, -1.0) * _JUST_BEYOND / (60 * M) / np.hypot(dx, dy)
    return wrap_lon(x - step * dy), np.clip(y + step * dx, -90.0, 90.0)


def to_land(atlas: Atlas, answer: Answer, places: Iterable[Place]) -> Iterable[Leg]:
    """Yield the leg to the nearest land, then that to the nearest land of other States."""
    edges, shore = atlas.edges, slice(atlas.edges.n_seaward, None)
    states = [
        {party.sovereign for zone in zones for party in atlas.every_zone[zone].parties}
        for zones in edges.sets
    ]
    own: set[str] = {party.sovereign for zone in answer.zones for party in zone.parties}
    # The first may be land that nobody claims; the other is of States.
    active: np.ndarray[Any, Any] | None = None
    for _ in range(2):
        found = _nearest(atlas, answer, "coast", active)
        if found is None:
            return
        edge, leg = found
        beside = [atlas.every_zone[i] for i in sorted(_sides(edges, edge))]
        parties = [party for zone in beside for party in zone.parties]
        yield replace(leg, to=_land_name(leg, parties, places))
        own |= {party.sovereign for party in parties}
        foreign = np.array([bool(held) and not held & own for held in states], dtype=bool)
        active = foreign[edges.left[shore]] | foreign[edges.right[shore]]


def to_places(answer: Answer, places: Iterable[Place], n: int) -> list[Leg]:
    """Give the legs to the nearest `n` islands and cities within 2,500 km."""
    from eezkit.geodesy import inverse

    legs = []
    for place in places:
        if place.name == answer.name or place.kind not in ("island", "city"):
            continue
        distance, azimuth, _ = (
            float(v) for v in inverse(answer.lon, answer.lat, place.lon, place.lat)
        )
        if 0 < distance <= _NEAR_PLACES:
            legs.append(Leg(place.title, place.lon, place.lat, distance, azimuth))
    return sorted(legs, key=lambda leg: leg.distance)[:n]


# -- edges ----------------------------------------------------------------------------------


def _sides(edges: Edges, edge: int) -> set[int]:
    """The zones on either side of an edge."""
    return {*edges.sets[edges.left[edge]], *edges.sets[edges.right[edge]]}


def _names(atlas: Atlas, zones: Iterable[int]) -> str:
    return " | ".join(atlas.every_zone[i].name for i in sorted(zones))


def _land_name(shore: Leg, parties: list[Party], places: Iterable[Place]) -> str:
    """Name land by an island that is known there, else by the territory."""
    from eezkit.geodesy import distance

    for place in places:
        off = distance(shore.lon, shore.lat, place.lon, place.lat)
        if place.kind == "island" and off < _SAME_ISLAND:
            return place.title
    names = dict.fromkeys(p.territory_name or p.territory for p in parties)
    return " | ".join(names) or "land that no State claims in these data"


def _nearest(
    atlas: Atlas,
    answer: Answer,
    what: str,
    active: np.ndarray[Any, Any] | None = None,
    *,
    within: float = np.inf,
) -> tuple[int, Leg] | None:
    """Find the nearest of the active edges, seaward or coast, and the leg to it; None for none."""
    if active is not None and not active.any():
        return None
    tree = atlas.coast if what == "coast" else atlas.seaward
    lon, lat = np.float64(answer.lon), np.float64(answer.lat)
    found = tree.query(lon, lat, active=active, max_distance=within)
    edge = int(found.edge)
    if edge < 0:
        return None
    return edge + (atlas.edges.n_seaward if what == "coast" else 0), _leg(found)


def _leg(found: Nearest) -> Leg:
    distance = float(found.distance)
    azimuth = float(found.azimuth) if distance > 0 else None
    return Leg("", float(found.lon), float(found.lat), distance, azimuth)
