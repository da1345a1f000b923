"""One position's answer, as a value: the results contract in `docs/reference/results.md`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from eezkit.units import to_nmi
from eezkit.zones import EdgeKind, Evidence, Provenance, Zone

if TYPE_CHECKING:
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
    covered : bool
        Whether the dataset, whatever was asked, may say that nobody has this water.
    margin : float or None
        Metres, + inside, to the nearest seaward edge where this answer changes.
    nearest_lon, nearest_lat, azimuth : float or None
        The nearest point of that edge, and the azimuth to it from the position, in degrees.
    edge_kind, edge_evidence, edge_neighbour : EdgeKind, Evidence, str, or None
        What that edge is, how that is known, and the zones on its other side.
    coast_distance, coast_lon, coast_lat, coast_azimuth : float or None
        Metres to the nearest coast, where it is, and the azimuth to it.
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
    covered: bool
    margin: float | None
    nearest_lon: float | None
    nearest_lat: float | None
    azimuth: float | None
    edge_kind: EdgeKind | None
    edge_evidence: Evidence | None
    edge_neighbour: str | None
    coast_distance: float | None
    coast_lon: float | None
    coast_lat: float | None
    coast_azimuth: float | None
    stable_within: float | None
    uncertainty: Uncertainty | None
    decided: bool | None
    zones: tuple[Zone, ...]
    overlays: tuple[Zone, ...]
    provenance: Provenance

    def to_json(self) -> dict[str, Any]:
        """Return the answer as the results contract has it."""
        edge = self.edge_kind and {
            "kind": self.edge_kind.value,
            "evidence": self.edge_evidence and self.edge_evidence.value,
            "neighbour": self.edge_neighbour,
        }
        coast = (
            None
            if self.coast_lon is None
            else {
                "lat": self.coast_lat,
                "lon": self.coast_lon,
                "azimuth_deg": self.coast_azimuth,
            }
        )
        nearest = (
            None
            if self.nearest_lon is None
            else {
                "lat": self.nearest_lat,
                "lon": self.nearest_lon,
            }
        )
        return {
            "schema_version": SCHEMA_VERSION,
            "position": {"lat": self.lat, "lon": self.lon, "name": self.name},
            "question": {"zone": self.question, "sole": self.sole},
            "inside": self.inside,
            "on_land": self.on_land,
            "covered": self.covered,
            **_lengths("margin", self.margin),
            "nearest": nearest,
            "azimuth_deg": self.azimuth,
            "edge": edge,
            **_lengths("coast_distance", self.coast_distance),
            "coast": coast,
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
