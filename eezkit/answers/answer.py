"""One position's answer, as a value: the results contract in `docs/reference/results.md`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from eezkit.answers.sentence import sentence
from eezkit.units import to_nmi
from eezkit.zones import Provenance, Zone

if TYPE_CHECKING:
    from eezkit.answers.legs import Leg
    from eezkit.uncertainty import Uncertainty

__all__ = ["DISCLAIMER", "SCHEMA_VERSION", "Answer", "Inside"]

SCHEMA_VERSION = 2
DISCLAIMER = "Not for legal or navigational use."

Inside = bool | Literal["undecided", "not covered"]
"""The answer to a question; a position that is not covered is never "outside"."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whose water a position is in, how far it is to the line, and how sure that is.

    Parameters
    ----------
    lon, lat : float
        The position, in degrees.
    name : str or None
        Its name, where a named place was asked for.
    question : str or None
        The selector asked about ("JPN", "territory:GUM"), or None: which zone.
    sole : bool
        Whether shared zones were left out of the question.
    inside : bool, "undecided" or "not covered"
        The answer.
    on_land : bool or None
        None where the dataset cannot tell.
    inland_water : str or None
        The lake or river within the land that holds the position: its name, "" where it has none.
    covered : bool
        Whether the dataset, whatever was asked, may say that nobody has this water.
    margin : float or None
        Metres, + inside, to the nearest seaward edge where this answer changes.
    edge : Leg or None
        The way there: where, in which direction, what that edge is, and how that is known.
    coast : Leg or None
        The way to the nearest coast.
    stable_within : float or None
        Metres within which no other zone and no high seas are reached.
    uncertainty : Uncertainty or None
        As given.
    decided : bool or None
        Whether the uncertainty leaves the answer as it is.
    zones, overlays : tuple of Zone
        Every zone that holds the position; those of 12 M and 24 M where the dataset has them.
    provenance : Provenance
        Of the dataset.
    """

    lon: float
    lat: float
    name: str | None
    question: str | None
    sole: bool
    inside: Inside
    on_land: bool | None
    inland_water: str | None
    covered: bool
    margin: float | None
    edge: Leg | None
    coast: Leg | None
    stable_within: float | None
    uncertainty: Uncertainty | None
    decided: bool | None
    zones: tuple[Zone, ...]
    overlays: tuple[Zone, ...]
    provenance: Provenance

    def __str__(self) -> str:
        """Say the whole answer in a line."""
        return " ".join(sentence(self).split())

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(str(self))}</p>"

    @property
    def behind_coast(self) -> bool:
        """Whether the position is no sea: on land, or on inland water."""
        return bool(self.on_land) or self.inland_water is not None

    def to_json(self) -> dict[str, Any]:
        """Return the answer as the results contract has it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "position": {"lat": self.lat, "lon": self.lon, "name": self.name},
            "question": {"zone": self.question, "sole": self.sole},
            "inside": self.inside,
            "on_land": self.on_land,
            "inland_water": self.inland_water,
            "covered": self.covered,
            **_lengths("margin", self.margin),
            "edge": self.edge and self.edge.to_json(),
            "coast": self.coast and self.coast.to_json(),
            **_lengths("stable_within", self.stable_within),
            "uncertainty_m": self.uncertainty and self.uncertainty.reach(self.lon, self.lat),
            "decided": self.decided,
            "zones": [zone.to_json() for zone in self.zones],
            "overlays": [zone.to_json() for zone in self.overlays],
            "dataset": self.provenance.to_json(),
            "disclaimer": DISCLAIMER,
        }


def _lengths(name: str, metres: float | None) -> dict[str, float | None]:
    return {f"{name}_m": metres, f"{name}_nmi": None if metres is None else to_nmi(metres)}
