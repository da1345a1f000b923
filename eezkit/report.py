"""All about one position, as a value: the answer, and what follows from it in law."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.atlas.answer import DISCLAIMER, Answer
from eezkit.sentence import edge_words, length, sentence, zone_words
from eezkit.separation import Leg
from eezkit.units import M
from eezkit.zones import EdgeKind, Regime, ZoneKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eezkit.atlas import Atlas
    from eezkit.datasets.places import Place

__all__ = ["Belt", "Report", "Rights", "belt_of", "report", "rights_in"]

_NOT_KNOWN = "not known from these data"
_NEAR_PLACES = 2_500_000.0
_NEAR_ZONES = 400 * M


@dataclass(frozen=True, slots=True)
class Belt:
    """Which belt of the sea a position lies in, and how that is known.

    Parameters
    ----------
    name : str
        Such as "territorial sea", "exclusive economic zone", "high seas", "land".
    evidence : str
        What the finding rests on.
    """

    name: str
    evidence: str

    def to_json(self) -> dict[str, str]:
        """Return name and evidence."""
        return {"name": self.name, "evidence": self.evidence}


@dataclass(frozen=True, slots=True)
class Rights:
    """Whose rights apply, in the water column and on the seabed, by UNCLOS.

    Parameters
    ----------
    water_column, seabed : str
    basis : str
        Articles.
    """

    water_column: str
    seabed: str
    basis: str

    def to_json(self) -> dict[str, str]:
        """Return the three texts."""
        return {"water_column": self.water_column, "seabed": self.seabed, "basis": self.basis}


_RIGHTS = {
    "land": Rights("none: this is land", "none: this is land", ""),
    "internal waters": Rights("sovereignty", "sovereignty", "UNCLOS art. 2, 8"),
    "territorial sea": Rights(
        "sovereignty, with innocent passage of all ships", "sovereignty", "UNCLOS art. 2, 3, 17"
    ),
    "archipelagic waters": Rights(
        "sovereignty, with archipelagic sea lanes passage", "sovereignty", "UNCLOS art. 49, 52, 53"
    ),
    "contiguous zone": Rights(
        "EEZ rights over resources and contiguous-zone control, where proclaimed",
        "the coastal State's continental shelf",
        "UNCLOS art. 33, 56, 77",
    ),
    "exclusive economic zone": Rights(
        "sovereign rights over resources, where an EEZ is proclaimed; freedom of navigation",
        "the coastal State's continental shelf",
        "UNCLOS art. 56, 58, 77",
    ),
    "extended continental shelf": Rights(
        "high seas",
        "the coastal State's continental shelf beyond 200 M, as far as established",
        "UNCLOS art. 76, 77, 82, 87",
    ),
    "high seas": Rights(
        "high seas: freedom of all States",
        f"extended shelf or the Area: {_NOT_KNOWN}",
        "UNCLOS art. 76, 87, 137",
    ),
    _NOT_KNOWN: Rights(_NOT_KNOWN, _NOT_KNOWN, ""),
}

_BELT_OF_KIND = {
    ZoneKind.TERRITORIAL_SEA: "territorial sea",
    ZoneKind.CONTIGUOUS_ZONE: "contiguous zone",
    ZoneKind.INTERNAL_WATERS: "internal waters",
    ZoneKind.ARCHIPELAGIC_WATERS: "archipelagic waters",
    ZoneKind.EXTENDED_SHELF: "extended continental shelf",
    ZoneKind.HIGH_SEAS: "high seas",
}
_INNERMOST_FIRST = (
    ZoneKind.INTERNAL_WATERS,
    ZoneKind.ARCHIPELAGIC_WATERS,
    ZoneKind.TERRITORIAL_SEA,
    ZoneKind.CONTIGUOUS_ZONE,
    ZoneKind.EXTENDED_SHELF,
    ZoneKind.HIGH_SEAS,
)


def belt_of(answer: Answer) -> Belt:
    """Say which belt of the sea the position lies in.

    The 12 M and 24 M layers decide, where the dataset has them; elsewhere the distance from the
    coast does, which is then taken for the baseline. A zone that the source draws from the coast
    to 200 M is not called EEZ within 12 M.
    """
    if answer.on_land:
        return Belt("land", "the position is in no zone, behind a coast")
    kinds = {zone.kind for zone in (*answer.zones, *answer.overlays)}
    for kind in _INNERMOST_FIRST:
        if kind in kinds:
            return Belt(_BELT_OF_KIND[kind], f"a zone of this kind in {answer.provenance.name}")
    if not answer.zones:
        if answer.inside == "not covered":
            return Belt(_NOT_KNOWN, "the dataset does not cover this position")
        return Belt("high seas", f"in no zone of {answer.provenance.name}")
    if ZoneKind.EEZ not in kinds:
        return Belt(_NOT_KNOWN, "the source does not say where its zones begin")
    if answer.overlays or answer.coast_distance is None:
        return Belt("exclusive economic zone", "in the zone, outside the 24 M layer")
    evidence = "distance from the coast, which is taken for the baseline"
    for breadth, name in ((12 * M, "territorial sea"), (24 * M, "contiguous zone")):
        if answer.coast_distance <= breadth:
            return Belt(name, evidence)
    return Belt("exclusive economic zone", evidence)


def rights_in(belt: Belt, answer: Answer) -> Rights:
    """Say whose rights apply in a belt; under shared claims, that this is contested or joint."""
    rights = _RIGHTS[belt.name]
    regimes = {zone.regime for zone in answer.zones}
    if Regime.OVERLAPPING_CLAIM in regimes:
        which = "claimed by more than one State"
    elif Regime.JOINT in regimes:
        which = "under a joint regime; the agreement says who may do what"
    else:
        return rights
    return replace(
        rights,
        water_column=f"{rights.water_column} ({which})",
        seabed=f"{rights.seabed} ({which})",
    )


@dataclass(frozen=True, slots=True)
class Report:
    """Everything eezkit knows about one position.

    Parameters
    ----------
    answer : Answer
    belt : Belt
    rights : Rights
    neighbours : tuple of Leg
        To the nearest zones that do not hold the position.
    places : tuple of Leg
        To named places.
    high_seas : Leg or None
        To the nearest point of the high seas, where the dataset knows it.
    note : str
        What is known of the position itself.
    """

    answer: Answer
    belt: Belt
    rights: Rights
    neighbours: tuple[Leg, ...]
    places: tuple[Leg, ...]
    high_seas: Leg | None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the report as the results contract has it."""
        answer = self.answer.to_json()
        return {
            **answer,
            "sentence": sentence(self.answer),
            "note": self.note,
            "belt": self.belt.to_json(),
            "rights": self.rights.to_json(),
            "nearby": {
                "zones": [leg.to_json() for leg in self.neighbours],
                "places": [leg.to_json() for leg in self.places],
            },
            "high_seas": self.high_seas and self.high_seas.to_json(),
        }

    def to_markdown(self) -> str:
        """Write the report as a Markdown page, which also reads well as plain text."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterable[str]:
        answer, source = self.answer, self.answer.provenance
        yield f"# {answer.name or 'Position'} · {answer.lat:.6f} {answer.lon:.6f}"
        yield ""
        yield f"**{' '.join(sentence(answer).split())}**"
        if self.note:
            yield from ("", self.note)
        yield from ("", "| what | finding |", "|---|---|")
        for zone in answer.zones:
            yield f"| zone | {_cell(zone.name)}: {_cell(zone_words(zone))} |"
        yield f"| belt | {self.belt.name} ({self.belt.evidence}) |"
        yield f"| water column | {self.rights.water_column} |"
        yield f"| seabed | {self.rights.seabed} |"
        if self.rights.basis:
            yield f"| basis | {self.rights.basis} |"
        if answer.margin is not None:
            evidence = answer.edge_evidence.value.replace("_", " ") if answer.edge_evidence else ""
            side = "inside" if answer.margin > 0 else "outside"
            edge = f"{side} {_cell(edge_words(answer))} (evidence: {evidence})"
            yield f"| margin | {length(abs(answer.margin))} {edge} |"
        if answer.coast_distance is not None:
            yield f"| coast | {length(answer.coast_distance)}{_bearing(answer.coast_azimuth)} |"
        if self.high_seas is not None:
            yield f"| high seas | {length(self.high_seas.distance)} |"
        for leg in self.neighbours:
            yield f"| next zone | {_cell(leg.to)}: {length(leg.distance)}{_bearing(leg.azimuth)} |"
        for leg in self.places:
            yield f"| place | {_cell(leg.to)}: {length(leg.distance)}{_bearing(leg.azimuth)} |"
        version = f" {source.version}" if source.version else ""
        yield from ("", f"Data: {source.name}{version} ({source.basis}). {' '.join(source.notes)}")
        yield f"Licence: {source.licence}. {source.citation}"
        yield DISCLAIMER


def report(atlas: Atlas, answer: Answer, *, places: Iterable[Place] = (), note: str = "") -> Report:
    """Find out everything about an answered position.

    Parameters
    ----------
    atlas : Atlas
        The atlas that gave the answer.
    answer : Answer
    places : iterable of Place
        Named places; the nearest within 2,500 km are reported.
    note : str
        What is known of the position itself.

    Returns
    -------
    Report
    """
    belt = belt_of(answer)
    return Report(
        answer=answer,
        belt=belt,
        rights=rights_in(belt, answer),
        neighbours=tuple(_next_zones(atlas, answer, 4)),
        places=tuple(_near_places(answer, places, 6)),
        high_seas=_high_seas(atlas, answer),
        note=note,
    )


def _cell(text: str) -> str:
    """Text that cannot break out of a cell of a Markdown table."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _bearing(azimuth: float | None) -> str:
    return "" if azimuth is None else f", azimuth {azimuth:.0f}°"


def _near_places(answer: Answer, places: Iterable[Place], n: int) -> list[Leg]:
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


def _next_zones(atlas: Atlas, answer: Answer, n: int) -> Iterable[Leg]:
    """Yield the legs to the nearest zones that do not hold the position, nearest first."""
    done = {i for i, zone in enumerate(atlas.zones) if zone in answer.zones}
    edges = atlas.edges
    for _ in range(n):
        new = np.array([bool(set(members) - done) for members in edges.sets])
        seaward = slice(0, edges.n_seaward)
        leg = _nearest(atlas, answer, new[edges.left[seaward]] | new[edges.right[seaward]])
        if leg is None:
            return
        edge, found = leg
        reached = set(edges.sets[edges.left[edge]] + edges.sets[edges.right[edge]]) - done
        done |= reached
        yield replace(found, to=" | ".join(atlas.zones[i].name for i in sorted(reached)))


def _high_seas(atlas: Atlas, answer: Answer) -> Leg | None:
    """Find the way to the nearest outer limit with nobody's water beyond it."""
    if not answer.zones:
        return None
    edges = atlas.edges
    seaward = slice(0, edges.n_seaward)
    empty = np.array([not members for members in edges.sets])
    is_limit = edges.kind[seaward] == list(EdgeKind).index(EdgeKind.OUTER_LIMIT)
    open_water = empty[edges.left[seaward]] | empty[edges.right[seaward]]
    leg = _nearest(atlas, answer, open_water & is_limit)
    return None if leg is None else replace(leg[1], to="high seas")


def _nearest(atlas: Atlas, answer: Answer, active: np.ndarray[Any, Any]) -> tuple[int, Leg] | None:
    if not active.any():
        return None
    found = atlas.seaward.query(
        np.float64(answer.lon), np.float64(answer.lat), active=active, max_distance=_NEAR_ZONES
    )
    edge, distance = int(found.edge), float(found.distance)
    if edge < 0:
        return None
    azimuth = float(found.azimuth) if distance > 0 else None
    return edge, Leg("", float(found.lon), float(found.lat), distance, azimuth)
