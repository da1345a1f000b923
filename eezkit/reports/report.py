"""All about one position, as a value: the answer, and what follows from it in law."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.answers.answer import DISCLAIMER, Answer
from eezkit.answers.legs import Leg
from eezkit.answers.rights import Belt, Rights, belt_of, rights_in
from eezkit.answers.sentence import (
    cell,
    edge_words,
    evidence_words,
    length,
    sentence,
    uncertainty_words,
    zone_words,
)
from eezkit.units import M
from eezkit.zones import EdgeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eezkit.atlas import Atlas
    from eezkit.edges import Edges
    from eezkit.geodesy import Nearest
    from eezkit.sources.places import Place
    from eezkit.zones import Party

__all__ = ["Report", "report"]

_NEAR_PLACES = 2_500_000.0
_NEAR_ZONES = 400 * M
_SAME_ISLAND = 5_000.0


@dataclass(frozen=True, slots=True)
class Report:
    """Everything eezkit knows about one position.

    Parameters
    ----------
    answer : Answer
    belt : Belt
    rights : Rights
    neighbours : tuple of Leg
        To the nearest zones that do not hold the position, within 400 M.
    places : tuple of Leg
        To named places.
    high_seas : Leg or None
        To the nearest point of the high seas, where the dataset knows it.
    land : tuple of Leg
        To the nearest land, and to the nearest land of other States than hold the position or the
        land nearest to it.
    atlas : Atlas
        The atlas that gave the answer.
    margins : tuple of float, or None
        The least and the greatest margin along the outline of the uncertainty, in metres.
    title : str
        What the position is called, for readers.
    note : str
        What is known of the position itself.
    others : tuple of Report
        The same question put to other datasets.
    command : str
        The command that made it.
    """

    answer: Answer
    belt: Belt
    rights: Rights
    neighbours: tuple[Leg, ...]
    places: tuple[Leg, ...]
    high_seas: Leg | None
    land: tuple[Leg, ...]
    atlas: Atlas = field(repr=False, compare=False)
    margins: tuple[float, float] | None = None
    title: str = ""
    note: str = ""
    others: tuple[Report, ...] = ()
    command: str = ""

    def _repr_html_(self) -> str:
        from eezkit.maps import report_page

        html: str = report_page(self)._repr_html_()
        return html

    def to_json(self) -> dict[str, Any]:
        """Return the report as the results contract has it."""
        return {
            **self._finding(),
            "note": self.note,
            "nearby": {
                "zones": [leg.to_json() for leg in self.neighbours],
                "places": [leg.to_json() for leg in self.places],
            },
            "high_seas": self.high_seas and self.high_seas.to_json(),
            "land": [leg.to_json() for leg in self.land],
            "datasets": [other._finding() for other in self.others],
            "command": self.command,
        }

    def _finding(self) -> dict[str, Any]:
        return {
            **self.answer.to_json(),
            "sentence": sentence(self.answer),
            "belt": self.belt.to_json(),
            "rights": self.rights.to_json(),
        }

    def to_markdown(self) -> str:
        """Write the report as a Markdown page, which also reads well as plain text."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterable[str]:
        answer = self.answer
        yield f"# {cell(answer.name or 'Position')} · {answer.lat:.6f} {answer.lon:.6f}"
        yield ""
        yield f"**{cell(' '.join(sentence(answer).split()))}**"
        if self.note:
            yield from ("", cell(self.note))
        yield from ("", "| what | finding |", "|---|---|")
        for what, finding in self._rows():
            yield f"| {what} | {cell(finding)} |"
        every = (self, *self.others)
        names = dataset_names(every)
        if self.others:
            yield from ("", "| dataset | answer |", "|---|---|")
            for name, one in zip(names, every, strict=True):
                words = " ".join(sentence(one.answer).split())
                yield f"| {cell(name)} | {cell(words)} |"
        yield ""
        for name, one in zip(names, every, strict=True):
            source = one.answer.provenance
            yield cell(f"Data: {name}. {' '.join(source.notes)}".rstrip())
            yield cell(f"Licence: {source.licence or 'not stated'}. {source.citation}".rstrip())
        if self.command:
            yield f"Made by: {cell(self.command)}"
        yield DISCLAIMER

    def _rows(self) -> Iterable[tuple[str, str]]:
        """Yield what was found, as plain text."""
        answer = self.answer
        for zone in answer.zones:
            yield "zone", f"{zone.name}: {zone_words(zone)}"
            if zone.status:
                yield "status", zone.status
        yield "belt", f"{self.belt.name} ({self.belt.evidence})"
        yield "water column", self.rights.water_column
        yield "seabed", self.rights.seabed
        if self.rights.basis:
            yield "basis", self.rights.basis
        if answer.margin is not None:
            side = "inside" if answer.margin > 0 else "outside"
            edge = f"{side} {edge_words(answer)} (evidence: {evidence_words(answer)})"
            yield "margin", f"{length(abs(answer.margin))} {edge}"
        if answer.uncertainty is not None:
            yield "uncertainty", uncertainty_words(answer, self.margins)
        for what, leg in zip(("nearest land", "nearest foreign land"), self.land, strict=False):
            yield what, f"{leg.to}: {length(leg.distance)}{_bearing(leg.azimuth)}"
        if self.high_seas is not None:
            high_seas = self.high_seas
            yield "high seas", f"{length(high_seas.distance)}{_bearing(high_seas.azimuth)}"
        for what, legs in (("next zone", self.neighbours), ("place", self.places)):
            for leg in legs:
                yield what, f"{leg.to}: {length(leg.distance)}{_bearing(leg.azimuth)}"


def dataset_names(reports: Iterable[Report]) -> list[str]:
    """Name the dataset of each report: name, version, basis; and its source where that is alike."""
    sources = [one.answer.provenance for one in reports]
    names = [" ".join(filter(None, [s.name, s.version, f"({s.basis})"])) for s in sources]
    return [
        f"{name}, {source.source}" if names.count(name) > 1 and source.source else name
        for name, source in zip(names, sources, strict=True)
    ]


def report(
    atlas: Atlas,
    answer: Answer,
    *,
    places: Iterable[Place] = (),
    n_places: int = 6,
    title: str = "",
    note: str = "",
    others: Iterable[Report] = (),
    command: str = "",
) -> Report:
    """Find out everything about an answered position.

    Parameters
    ----------
    atlas : Atlas
        The atlas that gave the answer.
    answer : Answer
    places : iterable of Place
        Named places; the nearest within 2,500 km are reported.
    n_places : int
        How many of them.
    title : str
        What the position is called, for readers.
    note : str
        What is known of the position itself.
    others : iterable of Report
        The same question put to other datasets.
    command : str
        The command that made it.

    Returns
    -------
    Report
    """
    belt, places = belt_of(answer), tuple(places)
    return Report(
        answer=answer,
        belt=belt,
        rights=rights_in(belt, answer),
        neighbours=tuple(_next_zones(atlas, answer, 4)),
        places=tuple(_near_places(answer, places, n_places)),
        high_seas=_high_seas(atlas, answer),
        land=tuple(_land(atlas, answer, places)),
        atlas=atlas,
        margins=_margins(atlas, answer),
        title=title,
        note=note,
        others=tuple(others),
        command=command,
    )


def _bearing(azimuth: float | None) -> str:
    return "" if azimuth is None else f", azimuth {azimuth:.0f}°"


def _margins(atlas: Atlas, answer: Answer) -> tuple[float, float] | None:
    """The least and the greatest margin along the outline of the uncertainty."""
    if answer.uncertainty is None or answer.question is None or answer.margin is None:
        return None
    asked = atlas.select(answer.question, sole=answer.sole)
    found = asked.margin(*answer.uncertainty.outline(answer.lon, answer.lat))
    return float(found.min()), float(found.max())


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
    done = {i for i, zone in enumerate(atlas.every_zone) if zone in answer.zones}
    edges = atlas.edges
    if answer.on_land:  # from there the first zones are those along the coast
        shore = atlas.coast.query(np.float64(answer.lon), np.float64(answer.lat))
        if int(shore.edge) >= 0:
            beyond = _sides(edges, edges.n_seaward + int(shore.edge))
            yield _leg(shore, " | ".join(atlas.every_zone[i].name for i in sorted(beyond)))
            done |= beyond
    for _ in range(n):
        new = np.array([bool(set(members) - done) for members in edges.sets])
        seaward = slice(0, edges.n_seaward)
        leg = _nearest(atlas, answer, new[edges.left[seaward]] | new[edges.right[seaward]])
        if leg is None:
            return
        edge, found = leg
        reached = _sides(edges, edge) - done
        done |= reached
        yield replace(found, to=" | ".join(atlas.every_zone[i].name for i in sorted(reached)))


def _sides(edges: Edges, edge: int) -> set[int]:
    """The zones on either side of an edge."""
    return {*edges.sets[edges.left[edge]], *edges.sets[edges.right[edge]]}


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


def _land(atlas: Atlas, answer: Answer, places: Iterable[Place]) -> Iterable[Leg]:
    """Yield the leg to the nearest land, then that to the nearest land of other States."""
    edges, shore = atlas.edges, slice(atlas.edges.n_seaward, None)
    states = [
        {party.sovereign for zone in zones for party in atlas.every_zone[zone].parties}
        for zones in edges.sets
    ]
    own: set[str] = {party.sovereign for zone in answer.zones for party in zone.parties}
    foreign = np.array([bool(found) for found in states])
    for _ in range(2):
        active = foreign[edges.left[shore]] | foreign[edges.right[shore]]
        if not active.any():
            return
        found = atlas.coast.query(
            np.float64(answer.lon),
            np.float64(answer.lat),
            active=active,
        )
        parties = [
            party
            for zone in sorted(_sides(edges, edges.n_seaward + int(found.edge)))
            for party in atlas.every_zone[zone].parties
        ]
        yield _leg(found, _land_name(found, parties, places))
        own |= {party.sovereign for party in parties}
        foreign = np.array([bool(held) and not held & own for held in states])


def _land_name(shore: Nearest, parties: list[Party], places: Iterable[Place]) -> str:
    """Name land by an island that is known there, else by the territory."""
    from eezkit.geodesy import distance

    for place in places:
        off = distance(float(shore.lon), float(shore.lat), place.lon, place.lat)
        if place.kind == "island" and off < _SAME_ISLAND:
            return place.title
    return " | ".join(dict.fromkeys(p.territory_name or p.territory for p in parties))


def _nearest(atlas: Atlas, answer: Answer, active: np.ndarray[Any, Any]) -> tuple[int, Leg] | None:
    if not active.any():
        return None
    found = atlas.seaward.query(
        np.float64(answer.lon), np.float64(answer.lat), active=active, max_distance=_NEAR_ZONES
    )
    edge = int(found.edge)
    return None if edge < 0 else (edge, _leg(found, ""))


def _leg(found: Nearest, to: str) -> Leg:
    distance = float(found.distance)
    azimuth = float(found.azimuth) if distance > 0 else None
    return Leg(to, float(found.lon), float(found.lat), distance, azimuth)
