"""The columns that say where a ship is, in the one vocabulary of answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eezkit.zones import Regime, ZoneKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eezkit.atlas import Atlas

__all__ = ["GAP", "State", "columns_of", "names_of"]

GAP = -2
"""Answer of a gap: no position is known."""

_NOT_COVERED = -1
_BELTS = {
    ZoneKind.TERRITORIAL_SEA: "territorial sea",
    ZoneKind.CONTIGUOUS_ZONE: "contiguous zone",
    ZoneKind.INTERNAL_WATERS: "internal waters",
    ZoneKind.ARCHIPELAGIC_WATERS: "archipelagic waters",
}


@dataclass(frozen=True, slots=True)
class State:
    """Where a ship is for a while.

    Parameters
    ----------
    answer : int
        Answer code: a set of zones, 0 none, -1 not covered, -2 no position, a gap.
    zones : tuple of int
        The zones, as indices into those of the atlas.
    on_land : bool
        Whether it is on land.
    overlays : tuple of int or None
        12 M and 24 M zones, as indices into those of the atlas; None where they were not asked.
    """

    answer: int
    zones: tuple[int, ...] = ()
    on_land: bool = False
    overlays: tuple[int, ...] | None = None


def names_of(*, belts: bool) -> tuple[str, ...]:
    """Names of the columns, in order."""
    belt = ("belt",) if belts else ()
    return ("answer", "on_land", *belt, "zones", "sovereign", "territory", "regime", "n_zones")


def columns_of(state: State, atlas: Atlas) -> dict[str, Any]:
    """What the columns say of a state; None is null."""
    known = state.answer >= 0
    zones = [atlas.zones[i] for i in state.zones]
    parties = [party for zone in zones for party in zone.parties]
    said: dict[str, Any] = {
        "answer": state.answer,
        "on_land": state.on_land if known else None,
        "belt": _belt(state, atlas) if known else None,
        "zones": _each_once(zone.name for zone in zones),
        "sovereign": _each_once(party.sovereign for party in parties),
        "territory": _each_once(party.territory for party in parties),
        "regime": _each_once(zone.regime.value for zone in zones),
        "n_zones": len(zones) if known else None,
    }
    if state.overlays is None:
        del said["belt"]
    return said


def _belt(state: State, atlas: Atlas) -> str | None:
    """The innermost belt that holds the ship."""
    if state.on_land:
        return "land"
    kinds = {atlas.zones[i].kind for i in state.zones}
    kinds |= {atlas.overlays[i].kind for i in state.overlays or ()}
    for kind, name in _BELTS.items():
        if kind in kinds:
            return name
    if ZoneKind.EEZ in kinds:
        return "exclusive economic zone"
    regimes = {atlas.zones[i].regime for i in state.zones}
    return "high seas" if regimes <= {Regime.NONE} else None


def _each_once(words: Iterable[str]) -> str | None:
    return "|".join(dict.fromkeys(words)) or None
