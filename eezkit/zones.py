"""What a zone is in law: kinds, regimes, parties, and where the knowledge comes from.

No geometry here. A zone never has a winner: every party that its source names is kept, in the
order of the source, which means nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["EdgeKind", "Evidence", "Party", "Provenance", "Regime", "Zone", "ZoneKind"]


class ZoneKind(StrEnum):
    """What jurisdiction a zone carries."""

    EEZ = "eez"
    """Jurisdiction to 200 M, drawn from the coast: internal waters and the territorial sea too."""
    EEZ_AND_LAND = "eez_and_land"
    TERRITORIAL_SEA = "territorial_sea"
    CONTIGUOUS_ZONE = "contiguous_zone"
    INTERNAL_WATERS = "internal_waters"
    ARCHIPELAGIC_WATERS = "archipelagic_waters"
    EXTENDED_SHELF = "extended_shelf"
    HIGH_SEAS = "high_seas"
    SEA_AREA = "sea_area"
    """A named sea (IHO, GOaS): a place, not a jurisdiction."""
    UNKNOWN = "unknown"


class Regime(StrEnum):
    """How jurisdiction over a zone is held."""

    SOLE = "sole"
    JOINT = "joint"
    OVERLAPPING_CLAIM = "overlapping_claim"
    IN_ABEYANCE = "in_abeyance"
    """Claimed, by one State or more, and the claims held in abeyance: Antarctica."""
    NONE = "none"
    """Nobody's jurisdiction: the high seas, a named sea."""
    UNKNOWN = "unknown"


class EdgeKind(StrEnum):
    """What an edge of a zone is."""

    COAST = "coast"
    OUTER_LIMIT = "outer_limit"
    BOUNDARY = "boundary"
    TREATY = "treaty"
    CLAIM = "claim"
    UNKNOWN = "unknown"


class Evidence(StrEnum):
    """On what evidence an edge is said to be what it is, strongest first."""

    SOURCE = "source"
    """The source says so, in a layer of boundary lines or by how it was made."""
    SHARED_EDGE = "shared_edge"
    """Another zone has the same edge, within the stated tolerance."""
    COAST_NEAR = "coast_near"
    """A coast runs within the stated distance."""
    ENCLOSED = "enclosed"
    """The edge closes a hole too small to be high seas."""
    BREADTH = "breadth"
    """The edge is at a breadth (12, 24, 200 M) from the coast, within the stated tolerance."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Party:
    """A State and the land by which it claims.

    Parameters
    ----------
    sovereign, territory : str
        ISO 3166-1 alpha-3 code where the source has one, else the name as published.
    sovereign_name, territory_name : str
        Names as published.
    """

    sovereign: str
    territory: str
    sovereign_name: str = ""
    territory_name: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the party as the results contract has it."""
        return {
            "sovereign": self.sovereign,
            "territory": self.territory,
            "sovereign_name": self.sovereign_name or self.sovereign,
            "territory_name": self.territory_name or self.territory,
        }


@dataclass(frozen=True, slots=True)
class Zone:
    """One feature of a dataset: an area of jurisdiction and everyone who holds or claims it.

    Parameters
    ----------
    name : str
        As published.
    kind : ZoneKind
    regime : Regime
    parties : tuple of Party
        All of them, any number, in the order of the source.
    mrgid : int or None
        Marine Regions identifier.
    published_kind : str
        The source's own word for it (POL_TYPE), or "".
    area_km2 : float or None
        The published area, in square kilometres.
    status : str
        What the source says of the claims to it beyond the regime, or "".
    """

    name: str
    kind: ZoneKind
    regime: Regime
    parties: tuple[Party, ...] = ()
    mrgid: int | None = None
    published_kind: str = ""
    area_km2: float | None = None
    status: str = ""

    @property
    def sovereign(self) -> str:
        """All sovereigns, each once, joined by ``|``."""
        return "|".join(dict.fromkeys(p.sovereign for p in self.parties))

    @property
    def territory(self) -> str:
        """All territories, each once, joined by ``|``."""
        return "|".join(dict.fromkeys(p.territory for p in self.parties))

    @property
    def is_shared(self) -> bool:
        """Whether more than one State holds or claims the zone, or the source says so."""
        return (
            self.regime in (Regime.JOINT, Regime.OVERLAPPING_CLAIM, Regime.IN_ABEYANCE)
            or len({p.sovereign for p in self.parties}) > 1
        )

    def to_json(self) -> dict[str, Any]:
        """Return the zone as the results contract has it."""
        return {
            "mrgid": self.mrgid,
            "name": self.name,
            "kind": self.kind.value,
            "territory": self.territory,
            "sovereign": self.sovereign,
            "regime": self.regime.value,
            "parties": [party.to_json() for party in self.parties],
            "published_kind": self.published_kind,
            "area_km2": self.area_km2,
            "status": self.status,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Zone:
        """Make a zone from what `to_json` returned."""
        return cls(
            name=value["name"],
            kind=ZoneKind(value["kind"]),
            regime=Regime(value["regime"]),
            parties=tuple(Party(**party) for party in value["parties"]),
            mrgid=value["mrgid"],
            published_kind=value["published_kind"],
            area_km2=value["area_km2"],
            status=value["status"],
        )


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a dataset comes from, and on what terms it may be used.

    Parameters
    ----------
    name, version : str
        The dataset, as its publisher calls it; "" where no version is known.
    basis : str
        How its lines came to be: "published", "derived", or "unknown".
    licence, citation, source : str
        Terms of use; how to cite; where it was read or fetched from.
    accuracy_m : float or None
        The publisher's accuracy in metres, where known.
    notes : tuple of str
        What every reader of an answer must be told, a sentence each.
    lines : str
        The source's own boundary lines that its edges were told by; "" where there were none.
    """

    name: str
    version: str = ""
    basis: str = "unknown"
    licence: str = ""
    citation: str = ""
    source: str = ""
    accuracy_m: float | None = None
    notes: tuple[str, ...] = field(default=())
    lines: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the provenance as the results contract has it."""
        return {
            "name": self.name,
            "version": self.version,
            "basis": self.basis,
            "accuracy_m": self.accuracy_m,
            "licence": self.licence,
            "citation": self.citation,
            "source": self.source,
            "notes": list(self.notes),
            "lines": self.lines,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Provenance:
        """Make a provenance from what `to_json` returned."""
        return cls(**{**value, "notes": tuple(value["notes"])})
