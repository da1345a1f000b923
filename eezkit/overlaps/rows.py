"""The words of an overlap: what a row is about, and the columns that say so. All of them are here.

A row is about a unit: a zone, a set of zones or a sovereign, or else what lies in no zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from eezkit.answers.columns import OF_ZONE, words_of
from eezkit.geometry import nth_in_group

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.atlas import Atlas
    from eezkit.overlaps.layer import NodedLayer, Place
    from eezkit.zones import Zone

    Ints = NDArray[np.int64]

__all__ = ["AREAS", "CATEGORIES", "LINES", "By", "Units", "columns_of"]

By = Literal["zone", "set", "sovereign"]

CATEGORIES = ("zone", "high seas", "land", "not covered", "unassigned", "other zones")
"""What a row is about; the last are zones that a selection leaves out."""

AREAS = ("area_km2", "share", "share_of_zone")
"""What is told of an area: in the unit, as a share of the area, as a share of the whole unit."""

LINES = ("length_km", "share", "n_entries", "enter_km", "enter_lon", "enter_lat")
"""What is told of a line: in the unit, as a share of the line, how often and where it enters."""

_ABOUT = {
    "zone": tuple(OF_ZONE),
    "set": ("zones", "sovereign", "territory", "regime", "n_zones"),
    "sovereign": ("sovereign",),
}


def columns_of(by: By) -> tuple[str, ...]:
    """Names of the columns that say what a row is about."""
    return ("category", *_ABOUT[by])


@dataclass(frozen=True)
class Units:
    """What rows can be about, and which of it each place of a layer belongs to.

    Parameters
    ----------
    by : {"zone", "set", "sovereign"}
    about : list of (str, object)
        The category of each unit; and its zone, its set of zones or its sovereign.
    unit, place : numpy.ndarray of int64, shape (n_pairs,)
        This unit holds this place; by place, ascending.
    starts : numpy.ndarray of int64, shape (n_places + 1,)
        Where the pairs of each place begin.
    """

    by: By
    about: list[tuple[str, Any]]
    unit: Ints
    place: Ints
    starts: Ints

    @classmethod
    def of(cls, layer: NodedLayer, atlas: Atlas, by: By) -> Units:
        """Sort the places of a layer into units, as an atlas or a selection from it sees them."""
        told = [_about(place, atlas, by) for place in layer.places]
        order = {about: _rank(about) for units in told for about in units}
        about = sorted(order, key=order.__getitem__)
        number = {one: i for i, one in enumerate(about)}
        sizes = [len(units) for units in told]
        return cls(
            by,
            about,
            np.array([number[one] for units in told for one in units], dtype=np.int64),
            np.repeat(np.arange(len(told)), sizes),
            np.cumsum([0, *sizes]).astype(np.int64),
        )

    def spread(self, places: Ints) -> tuple[Ints, Ints]:
        """Repeat rows for each unit that holds their place: which row, and the unit."""
        count = self.starts[places + 1] - self.starts[places]
        row = np.repeat(np.arange(len(places)), count)
        nth = nth_in_group(count)
        return row, self.unit[self.starts[places][row] + nth]

    def columns(self, atlas: Atlas, which: Ints) -> dict[str, Any]:
        """Say what rows are about.

        Parameters
        ----------
        atlas : Atlas
        which : numpy.ndarray of int64, shape (n_rows,)
            Units; -1 for a row that is about nothing.
        """
        import pandas as pd

        told = [_words(category, key, atlas, self.by) for category, key in self.about]
        told.append(dict.fromkeys(columns_of(self.by)))
        columns: dict[str, Any] = {}
        for name in columns_of(self.by):
            values = np.array([row.get(name) for row in told], dtype=object)[which]
            whole = name in ("mrgid", "n_zones")
            columns[name] = pd.array(values, dtype="Int64") if whole else values
        return columns


def _about(place: Place, atlas: Atlas, by: By) -> list[tuple[str, Any]]:
    """Units that a place belongs to."""
    if place.kind == "not covered" and _is_complete_for(atlas):
        return [("high seas", None)]
    if place.kind != "zone":
        return [(place.kind, None)]
    chosen = None if atlas.selected is None else set(atlas.selected)
    zones = tuple(z for z in place.zones if chosen is None or z in chosen)
    if not zones:
        return [("other zones", None)]
    if by == "set":
        return [("zone", zones)]
    if by == "zone":
        return [("zone", zone) for zone in zones]
    return [("zone", name) for name in _sovereigns(atlas.every_zone[z] for z in zones)]


def _is_complete_for(atlas: Atlas) -> bool:
    """Whether the dataset has all zones of those selected, wherever they are."""
    if atlas.selected is None:
        return False
    asked = {party.sovereign for z in atlas.selected for party in atlas.every_zone[z].parties}
    return bool(asked) and asked <= atlas.coverage.complete_for


def _sovereigns(zones: Iterable[Zone]) -> list[str]:
    return list(dict.fromkeys(party.sovereign for zone in zones for party in zone.parties))


def _rank(about: tuple[str, Any]) -> tuple[Any, ...]:
    category, key = about
    return CATEGORIES.index(category), () if key is None else key


def _words(category: str, key: Any, atlas: Atlas, by: By) -> dict[str, Any]:
    if category != "zone":
        return {"category": category} | ({"n_zones": 0} if by == "set" else {})
    if by == "sovereign":
        return {"category": category, "sovereign": key}
    if by == "zone":
        zone = atlas.every_zone[key]
        return {"category": category} | {name: of(zone) for name, of in OF_ZONE.items()}
    zones = [atlas.every_zone[z] for z in key]
    return {"category": category, **words_of(zones), "n_zones": len(zones)}
