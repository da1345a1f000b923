"""The law of a position: which belt of the sea it lies in, and whose rights apply there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from eezkit.units import M
from eezkit.zones import Regime, ZoneKind

if TYPE_CHECKING:
    from eezkit.answers.answer import Answer

__all__ = ["NOT_KNOWN", "RIGHTS", "Belt", "Rights", "belt_of", "rights_in"]

NOT_KNOWN = "not known from these data"


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


RIGHTS = {
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
        f"extended shelf or the Area: {NOT_KNOWN}",
        "UNCLOS art. 76, 87, 137",
    ),
    NOT_KNOWN: Rights(NOT_KNOWN, NOT_KNOWN, ""),
}
"""Whose rights apply in each belt, from the land outwards."""

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
            return Belt(NOT_KNOWN, "the dataset does not cover this position")
        return Belt("high seas", f"in no zone of {answer.provenance.name}")
    if ZoneKind.EEZ not in kinds:
        return Belt(NOT_KNOWN, "the source does not say where its zones begin")
    if answer.coast_distance is None:
        near = "no coast is known here, so that a belt nearer to it is not excluded"
        return Belt("exclusive economic zone", f"in a zone to 200 M; {near}")
    evidence = "distance from the coast, which is taken for the baseline"
    for breadth, name in ((12 * M, "territorial sea"), (24 * M, "contiguous zone")):
        if answer.coast_distance <= breadth:
            return Belt(name, evidence)
    return Belt("exclusive economic zone", evidence)


def rights_in(belt: Belt, answer: Answer) -> Rights:
    """Say whose rights apply in a belt; under shared claims, that this is contested or joint."""
    rights = RIGHTS[belt.name]
    regimes = {zone.regime for zone in answer.zones}
    if Regime.OVERLAPPING_CLAIM in regimes:
        which = "claimed by more than one State"
    elif Regime.IN_ABEYANCE in regimes:
        which = "claims to it are held in abeyance: Antarctic Treaty, article IV"
    elif Regime.JOINT in regimes:
        which = "under a joint regime; the agreement says who may do what"
    else:
        return rights
    return replace(
        rights,
        water_column=f"{rights.water_column} ({which})",
        seabed=f"{rights.seabed} ({which})",
    )
