"""Answers in words: one line for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eezkit.units import to_nmi
from eezkit.zones import EdgeKind, Evidence, Regime, Zone, ZoneKind

if TYPE_CHECKING:
    from eezkit.answers.answer import Answer

__all__ = [
    "edge_name",
    "edge_words",
    "evidence_words",
    "length",
    "sentence",
    "uncertainty_words",
    "zone_words",
]

_REGIME = {
    Regime.SOLE: "sole",
    Regime.JOINT: "joint regime",
    Regime.OVERLAPPING_CLAIM: "overlapping claim",
    Regime.IN_ABEYANCE: "claims held in abeyance",
    Regime.NONE: "no State's jurisdiction",
    Regime.UNKNOWN: "regime not known",
}
_EDGE = {
    EdgeKind.COAST: "the coast",
    EdgeKind.OUTER_LIMIT: "the outer limit",
    EdgeKind.BOUNDARY: "the boundary",
    EdgeKind.TREATY: "the treaty line",
    EdgeKind.CLAIM: "the claim line",
    EdgeKind.UNKNOWN: "the zone's edge",
}
_EVIDENCE = {
    Evidence.SOURCE: "the source says so",
    Evidence.SHARED_EDGE: "another zone has the same edge",
    Evidence.COAST_NEAR: "a coast runs along it",
    Evidence.ENCLOSED: "it closes a hole too small to be high seas",
    Evidence.BREADTH: "it lies 12, 24 or 200 nmi from the coast",
    Evidence.NONE: "none",
}


def length(metres: float) -> str:
    """A length for people: ``119.4 nmi (221.2 km)``; in metres where it is under 1 km."""
    near = f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.1f} km"
    return f"{to_nmi(metres):.1f} nmi ({near})"


def zone_words(zone: Zone) -> str:
    """Who holds a zone: ``Japan (territory: Minami-Torishima), sole``."""
    if not zone.parties:
        return f"{zone.name}, {_REGIME[zone.regime]}"
    names = [party.sovereign_name or party.sovereign for party in zone.parties]
    lands = [party.territory_name or party.territory for party in zone.parties]
    told = [
        name if land in ("", name) else f"{name} (territory: {land})"
        for name, land in zip(names, lands, strict=True)
    ]
    if len(names) > 1 and len(set(lands)) == 1 and lands[0] not in ("", *names):
        told = [*names[:-1], f"{names[-1]} (territory: {lands[0]})"]
    which = ", seabed only" if zone.kind is ZoneKind.EXTENDED_SHELF else ""
    return f"{' / '.join(told)}, {_REGIME[zone.regime]}{which}"


def edge_name(kind: EdgeKind, neighbour: str | None) -> str:
    """Say what an edge is: ``the outer limit``, ``the boundary with …``."""
    beyond = f" with {neighbour}" if neighbour else ""
    return _EDGE[kind] + (beyond if kind is EdgeKind.BOUNDARY else "")


def edge_words(answer: Answer) -> str:
    """What the nearest seaward edge is, or "" where there is none."""
    return "" if answer.edge is None else answer.edge.to


def evidence_words(answer: Answer) -> str:
    """On what evidence the nearest seaward edge is said to be what it is."""
    return _EVIDENCE[(answer.edge and answer.edge.evidence) or Evidence.NONE]


def uncertainty_words(answer: Answer, margins: tuple[float, float] | None = None) -> str:
    """What the uncertainty of the position does to the answer.

    Parameters
    ----------
    answer : Answer
    margins : tuple of float, optional
        The least and the greatest margin along the outline of the uncertainty, in metres.
    """
    if answer.uncertainty is None:
        return "no uncertainty of the position was given"
    words = answer.uncertainty.describe()
    if answer.decided is not None:
        words += " cannot change the answer" if answer.decided else " can change the answer"
    if margins is None:
        return words
    sides = [f"{length(abs(m))} {'inside' if m > 0 else 'outside'}" for m in sorted(margins)]
    return f"{words}: along its outline from {sides[0]} to {sides[1]}"


def sentence(answer: Answer) -> str:
    """The whole answer in a line, as `eezkit check` prints it.

    Parameters
    ----------
    answer : Answer

    Returns
    -------
    str
    """
    inside = answer.inside
    word = inside if isinstance(inside, str) else "inside" if inside else "outside"
    parts = [f"{word:<8} {_where(answer)}"]
    if answer.margin is not None:
        side = "inside" if answer.margin > 0 else "outside"
        parts.append(f"{length(abs(answer.margin))} {side} {edge_words(answer)}")
    if answer.on_land and answer.coast is not None:
        parts.append(f"{length(answer.coast.distance)} from the coast")
    if answer.uncertainty is not None and answer.decided is not None:
        how = answer.uncertainty.describe()
        parts.append(f"sure: {how} cannot change it" if answer.decided else f"{how} can change it")
    return " · ".join(parts)


def _where(answer: Answer) -> str:
    if answer.inside == "not covered":
        return f"{answer.provenance.name} says nothing about this position"
    if answer.on_land:
        return "on land"
    if answer.inland_water is not None:
        return "inland water" + (f" ({answer.inland_water})" if answer.inland_water else "")
    here = "; ".join(zone_words(zone) for zone in answer.zones)
    asked = answer.question
    if asked is None:
        return here or "in no zone (high seas, as far as these data know)"
    nominal = answer.margin is not None and answer.margin > 0
    if nominal:
        return here
    shared = " alone" if answer.sole else ""
    return f"not in a zone of {asked}{shared}" + (f", but in {here}" if here else "")
