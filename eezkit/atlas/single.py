"""One position asked of an atlas: everything in `Answer`, put together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.answers.answer import Answer, Inside
from eezkit.answers.found import NOT_COVERED
from eezkit.answers.legs import Leg
from eezkit.answers.sentence import edge_name
from eezkit.atlas.sureness import change_of, is_decided
from eezkit.positions import check_arrays
from eezkit.zones import EdgeKind, Zone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.atlas.atlas import Atlas
    from eezkit.geodesy import Nearest
    from eezkit.uncertainty import Uncertainty

__all__ = ["answer"]


def answer(
    atlas: Atlas,
    *,
    lon: float,
    lat: float,
    zone: str | None,
    sole: bool,
    uncertainty: float | Uncertainty | None,
    name: str | None,
) -> Answer:
    """Answer for one position; see `Atlas.at`."""
    x, y = check_arrays(lon, lat)
    everywhere = replace(atlas, selected=None)
    asked = atlas if zone is None and not sole else everywhere.select(zone, sole=sole)
    held = int(everywhere.index.locate_one(float(x), float(y)))
    zones = everywhere.zones_of(held)
    on_land = not zones and bool(everywhere.is_land(x, y))
    water = -1 if zones or on_land else int(atlas.inland_water(x, y))
    behind_coast = on_land or water >= 0
    code = int(asked.locate(x, y).answer)
    covered = code != NOT_COVERED or behind_coast
    inside: Inside = code > 0 if covered else "not covered"

    edge = asked.distance(x, y, kinds="seaward")
    coast = atlas.distance(x, y, kinds="coast")
    known = covered and not behind_coast and int(edge.edge) >= 0
    shape = _circle(uncertainty) if isinstance(uncertainty, float | int) else uncertainty
    decided = None
    if shape is not None and covered:
        decided = is_decided(change_of(asked, held), shape, float(x), float(y))
    stable = None
    if covered and not behind_coast:
        stable = float(change_of(everywhere, held)(x.reshape(1), y.reshape(1))[0])
    return Answer(
        lon=float(x),
        lat=float(y),
        name=name,
        question=zone,
        sole=sole,
        inside=inside if decided in (None, True) else "undecided",
        on_land=on_land if on_land or atlas.knows_land else None,
        inland_water=atlas.inland_waters[water] if water >= 0 else None,
        covered=bool(zones) or bool(atlas.coverage.covers(x, y)),
        margin=_number(edge.distance if inside is True else -edge.distance) if known else None,
        edge=_edge_leg(asked, edge, held) if known else None,
        coast=_coast_leg(coast),
        stable_within=stable if stable is not None and 0.0 <= stable < np.inf else None,
        uncertainty=shape,
        decided=decided,
        zones=zones,
        overlays=_overlays(atlas, float(x), float(y)),
        provenance=atlas.provenance,
    )


def _edge_leg(asked: Atlas, found: Nearest, held: int) -> Leg:
    """The way to the nearest seaward edge, with what it is."""
    number = int(found.edge)
    kind, neighbour = asked.edges.kind_of(number), _neighbour(asked, number, held)
    return Leg(
        edge_name(kind, neighbour),
        float(found.lon),
        float(found.lat),
        float(found.distance),
        _number(found.azimuth),
        kind,
        asked.edges.evidence_of(number),
        neighbour,
    )


def _coast_leg(found: Nearest) -> Leg | None:
    """The way to the nearest coast, where there is one."""
    if int(found.edge) < 0:
        return None
    lon, lat, distance = float(found.lon), float(found.lat), float(found.distance)
    return Leg("the coast", lon, lat, distance, _number(found.azimuth), EdgeKind.COAST)


def _circle(radius: float) -> Uncertainty:
    from eezkit.uncertainty import Uncertainty

    return Uncertainty.circle(radius)


def _neighbour(asked: Atlas, edge: int, code: int) -> str | None:
    """Zones beyond the edge: not those asked about, or else not those that hold the position."""
    edges = asked.edges
    here = asked.index.zones(code) if code > 0 else ()
    if asked.selected is not None:
        sides = edges.sets[edges.left[edge]], edges.sets[edges.right[edge]]
        here = next(side for side in sides if set(side) & set(asked.selected))
    return " | ".join(asked.every_zone[i].name for i in edges.beyond(edge, here)) or None


def _overlays(atlas: Atlas, lon: float, lat: float) -> tuple[Zone, ...]:
    if atlas.overlay_index is None:
        return ()
    code = atlas.overlay_index.locate_one(lon, lat)
    return tuple(atlas.overlays[i] for i in atlas.overlay_index.zones(code)) if code > 0 else ()


def _number(value: NDArray[Any] | float) -> float | None:
    """A float, or None for NaN and infinity, which JSON does not know."""
    return float(value) if np.isfinite(value) else None
