"""How far apart: two positions, or a position and the nearest limit and coast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eezkit.answers.answer import SCHEMA_VERSION, Answer
from eezkit.answers.legs import Leg
from eezkit.answers.sentence import length

if TYPE_CHECKING:
    from eezkit.sources.places import Place
    from eezkit.uncertainty import Uncertainty

__all__ = ["Separation", "between", "to_edges"]


@dataclass(frozen=True, slots=True)
class Separation:
    """Legs from one position.

    Parameters
    ----------
    lon, lat : float
        The position, in degrees.
    name : str or None
    legs : tuple of Leg
    uncertainty : float or None
        Metres: no leg is off by more because the position is.
    """

    lon: float
    lat: float
    name: str | None
    legs: tuple[Leg, ...]
    uncertainty: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the legs as `eezkit distance --json` prints them."""
        return {
            "schema_version": SCHEMA_VERSION,
            "position": {"lat": self.lat, "lon": self.lon, "name": self.name},
            "uncertainty_m": self.uncertainty,
            "legs": [leg.to_json() for leg in self.legs],
        }

    def sentence(self) -> str:
        """Give a line for each leg, or say that there is none."""
        give = "" if self.uncertainty is None else f" ± {length(self.uncertainty)}"
        lines = [
            f"{length(leg.distance)}{give} to {leg.to}"
            + ("" if leg.azimuth is None else f", azimuth {leg.azimuth:.1f}°")
            + f" ({leg.lat:.6f} {leg.lon:.6f})"
            for leg in self.legs
        ]
        return "\n".join(lines) or "no limit and no coast in these data"


def between(start: Place, end: Place, *, uncertainty: Uncertainty | None = None) -> Separation:
    """Take the geodesic from one position, known as well as stated, to another."""
    from eezkit.geodesy import inverse

    distance, azimuth, _ = (float(v) for v in inverse(start.lon, start.lat, end.lon, end.lat))
    name = end.name or f"{end.lat:.6f} {end.lon:.6f}"
    leg = Leg(name, end.lon, end.lat, distance, azimuth if distance > 0 else None)
    return Separation(start.lon, start.lat, start.name, (leg,), _reach(uncertainty, start))


def to_edges(answer: Answer) -> Separation:
    """Take the legs to the nearest seaward edge and to the nearest coast, as far as known."""
    edge = answer.edge if answer.margin is not None else None
    legs = tuple(leg for leg in (edge, answer.coast) if leg is not None)
    reach = _reach(answer.uncertainty, answer)
    return Separation(answer.lon, answer.lat, answer.name, legs, reach)


def _reach(uncertainty: Uncertainty | None, position: Place | Answer) -> float | None:
    return None if uncertainty is None else uncertainty.reach(position.lon, position.lat)
