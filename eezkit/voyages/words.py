"""The columns that say where a ship is, in the one vocabulary of answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eezkit.answers.belts import belt_by_distance, belt_by_kind
from eezkit.answers.columns import PER_POSITION, words_of

if TYPE_CHECKING:
    from eezkit.atlas import Atlas

__all__ = ["GAP", "State", "columns_of", "names_of"]

GAP = -2
"""Answer of a gap: no position is known."""


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
    return tuple(column.name for column in PER_POSITION if belts or column.name != "belt")


def columns_of(state: State, atlas: Atlas) -> dict[str, Any]:
    """What the columns say of a state; None is null."""
    known = state.answer >= 0
    zones = [atlas.every_zone[i] for i in state.zones]
    said: dict[str, Any] = {
        "answer": state.answer,
        "on_land": state.on_land if state.answer > GAP and atlas.knows_land else None,
        "belt": _belt(state, atlas) if state.answer > GAP else None,
        **words_of(zones),
        "n_zones": len(zones) if known else None,
    }
    if state.overlays is None:
        del said["belt"]
    return said


def _belt(state: State, atlas: Atlas) -> str:
    kinds = {atlas.every_zone[i].kind for i in state.zones}
    kinds |= {atlas.overlays[i].kind for i in state.overlays or ()}
    belt = belt_by_kind(
        kinds,
        in_zone=bool(state.zones),
        on_land=state.on_land,
        # Along a track a lake is the land round it.
        on_inland_water=False,
        covered=state.answer >= 0,
    )
    # Where the dataset has 12 M and 24 M zones, what lies outside these lies beyond 24 M.
    return belt or belt_by_distance(math.inf)
