"""A leg: the way from one position to something, with what that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eezkit.units import to_nmi

if TYPE_CHECKING:
    from eezkit.zones import EdgeKind, Evidence

__all__ = ["Leg"]


@dataclass(frozen=True, slots=True)
class Leg:
    """A geodesic from a position to something.

    Parameters
    ----------
    to : str
        What it leads to.
    lon, lat : float
        Where that is, in degrees.
    distance : float
        Metres.
    azimuth : float or None
        Degrees clockwise from north, at the start; None at distance 0.
    kind, evidence : EdgeKind, Evidence, or None
        Of an edge of a zone: what it is, and how that is known.
    neighbour : str or None
        Of an edge of a zone: the zones on its other side.
    """

    to: str
    lon: float
    lat: float
    distance: float
    azimuth: float | None
    kind: EdgeKind | None = None
    evidence: Evidence | None = None
    neighbour: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the leg with units in its names."""
        edge = {
            "kind": self.kind and self.kind.value,
            "evidence": self.evidence and self.evidence.value,
            "neighbour": self.neighbour,
        }
        return {
            "to": self.to,
            "lat": self.lat,
            "lon": self.lon,
            "distance_m": self.distance,
            "distance_nmi": to_nmi(self.distance),
            "azimuth_deg": self.azimuth,
            **(edge if self.kind else {}),
        }
