"""The law of a position: which belt of the sea it lies in, and whose rights apply there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from eezkit.answers.belts import NOT_KNOWN, belt_by_distance, belt_by_kind
from eezkit.zones import Regime

if TYPE_CHECKING:
    from eezkit.answers.answer import Answer

__all__ = ["NOT_KNOWN", "RIGHTS", "Belt", "Rights", "belt_of", "rights_in"]


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
    "inland water": Rights(
        "as of the land round it, or as the States on its shores have agreed",
        "as of the land round it, or as the States on its shores have agreed",
        "",
    ),
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
        "the coastal State's continental shelf beyond 200 nmi, as far as established",
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


def belt_of(answer: Answer) -> Belt:
    """Say which belt of the sea the position lies in.

    The 12 M and 24 M layers decide, where the dataset has them; elsewhere the distance from the
    coast does, which is then taken for the baseline. A zone that the source draws from the coast
    to 200 M is not called EEZ within 12 M.
    """
    kinds = {zone.kind for zone in (*answer.zones, *answer.overlays)}
    word = belt_by_kind(
        kinds,
        in_zone=bool(answer.zones),
        on_land=bool(answer.on_land),
        on_inland_water=answer.inland_water is not None,
        covered=answer.covered,
    )
    if word == "land":
        return Belt(word, "the position is in no zone, behind a coast")
    if word == "inland water":
        name = answer.inland_water or "without a name in these data"
        return Belt(word, f"{name}: a lake or river within the land")
    if word == NOT_KNOWN and answer.zones:
        return Belt(word, "the source does not say where its zones begin")
    if word == NOT_KNOWN:
        return Belt(word, "the dataset does not cover this position")
    if word is not None and not kinds:
        return Belt(word, f"in no zone of {answer.provenance.name}")
    if word is not None:
        return Belt(word, f"a zone of this kind in {answer.provenance.name}")
    if answer.coast is None:
        near = "no coast is known here, so that a belt nearer to it is not excluded"
        return Belt(belt_by_distance(math.inf), f"in a zone to 200 nmi; {near}")
    word = belt_by_distance(answer.coast.distance)
    return Belt(word, "distance from the coast, which is taken for the baseline")


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
