"""The published layers: by which columns they are known, and what their words mean in law.

Vocabularies belong to a layer: a word that one layer uses is not assumed to be known in another.
Words are compared without case and spaces, since publications differ in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from eezkit.zones import EdgeKind, Regime, ZoneKind

__all__ = ["BELT_COLUMNS", "LAYERS", "LINE_WORDS", "SHARED_NAMES", "WORDS", "Layer", "Vocabulary"]

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Meanings = Mapping[str, tuple[ZoneKind | None, Regime]]
    """What a published word says: kind (None: that of the layer) and regime."""

Meaning = TypeVar("Meaning")


class Vocabulary(Generic[Meaning]):
    """Published words with their meanings, found whatever their case and spaces.

    Parameters
    ----------
    meanings : mapping of str
        Meaning of each word, the word spelled as it is published.
    """

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        self._words = tuple(meanings)
        self._meanings = {_bare(word): meaning for word, meaning in meanings.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def get(self, word: str | None) -> Meaning | None:
        """Give the meaning of a word, or None where it has none here."""
        return self._meanings.get(_bare(word or ""))


def _bare(word: str) -> str:
    return "".join(word.casefold().split())


_NO_WORDS: Vocabulary[tuple[ZoneKind | None, Regime]] = Vocabulary({})


@dataclass(frozen=True, slots=True)
class Layer:
    """A published layer, as its columns give it away.

    Parameters
    ----------
    name : str
        As Marine Regions calls it.
    kind : ZoneKind or None
        What its zones are where their own word does not say; None for a layer of lines.
    needs : frozenset of str
        Columns, in lower case, that it has.
    only : frozenset of str
        Where not empty: it has no column but these. For layers with no column of their own.
    name_columns, mrgid_columns : tuple of str
        Where the name and the identifier are looked for, first found first.
    words : Vocabulary
        Of POL_TYPE; empty where the layer has no such column.
    regime : Regime or None
        The regime of all its zones where it has no POL_TYPE; None: read from name and parties.
    title : str
        Name of a zone where the layer has no column of names.
    """

    name: str
    kind: ZoneKind | None
    needs: frozenset[str]
    only: frozenset[str] = frozenset()
    name_columns: tuple[str, ...] = ("geoname", "name")
    mrgid_columns: tuple[str, ...] = ("mrgid", "mrgid_eez")
    words: Vocabulary[tuple[ZoneKind | None, Regime]] = _NO_WORDS
    regime: Regime | None = None
    title: str = ""


_SHARED: Meanings = {
    "Joint regime": (None, Regime.JOINT),
    "Overlapping claim": (None, Regime.OVERLAPPING_CLAIM),
    "Disputed": (None, Regime.OVERLAPPING_CLAIM),
}

# Six layers share their columns; each has one of these words, and may have the shared ones.
_BELTS: Meanings = {
    "200NM": (ZoneKind.EEZ, Regime.SOLE),
    "12NM": (ZoneKind.TERRITORIAL_SEA, Regime.SOLE),
    "24NM": (ZoneKind.CONTIGUOUS_ZONE, Regime.SOLE),
    "Internal waters": (ZoneKind.INTERNAL_WATERS, Regime.SOLE),
    "Archipelagic waters": (ZoneKind.ARCHIPELAGIC_WATERS, Regime.SOLE),
    "High seas": (ZoneKind.HIGH_SEAS, Regime.NONE),
    **_SHARED,
}

# A joint regime of this layer is sea only; an overlapping claim may hold land (Mayotte).
_EEZ_AND_LAND: Meanings = {
    "Union EEZ and country": (ZoneKind.EEZ_AND_LAND, Regime.SOLE),
    "Landlocked country": (ZoneKind.EEZ_AND_LAND, Regime.SOLE),
    "Joint regime (EEZ)": (ZoneKind.EEZ, Regime.JOINT),
    **_SHARED,
}

_ECS: Meanings = {
    "ECS CLCS Recommendation": (ZoneKind.EXTENDED_SHELF, Regime.SOLE),
    "ECS CLCS Submission": (ZoneKind.EXTENDED_SHELF, Regime.SOLE),
    "ECS DOALOS Deposit": (ZoneKind.EXTENDED_SHELF, Regime.SOLE),
    "ECS Non-UNCLOS Claim": (ZoneKind.EXTENDED_SHELF, Regime.SOLE),
    "ECS Joint CLCS Recommendation": (ZoneKind.EXTENDED_SHELF, Regime.JOINT),
    "ECS Joint CLCS Submission": (ZoneKind.EXTENDED_SHELF, Regime.JOINT),
    "ECS Joint DOALOS Deposit": (ZoneKind.EXTENDED_SHELF, Regime.JOINT),
    "ECS CLCS Joint Recommendation": (ZoneKind.EXTENDED_SHELF, Regime.JOINT),
    "ECS CLCS Joint Submission": (ZoneKind.EXTENDED_SHELF, Regime.JOINT),
    "ECS DOALOS Joint Deposit": (ZoneKind.EXTENDED_SHELF, Regime.JOINT),
    "ECS Overlapping claim": (ZoneKind.EXTENDED_SHELF, Regime.OVERLAPPING_CLAIM),
}

_BELT_WORDS = Vocabulary(_BELTS)
BELT_COLUMNS = frozenset({"geoname", "pol_type"})
"""Columns of the layers that only their words tell apart."""

_SEA_BOX = frozenset({"name", "min_x", "min_y", "max_x", "max_y"})
_NO_PARTIES = frozenset(
    {"__gid", "gid", "fid", "ogc_fid", "id", "objectid"}
    | {"name", "geoname", "mrgid", "source", "area_km2"}
)

LAYERS: tuple[Layer, ...] = (
    Layer("eez_boundaries", None, frozenset({"line_type", "eez1"}), name_columns=("line_name",)),
    Layer("ecs_boundaries", None, frozenset({"line_type"}), name_columns=("line_name",)),
    Layer(
        "ecs",
        ZoneKind.EXTENDED_SHELF,
        frozenset({"pol_type", "mrgid_ecs"}),
        words=Vocabulary(_ECS),
    ),
    Layer(
        "eez_iho",
        ZoneKind.EEZ,
        frozenset({"marregion", "iho_sea"}),
        name_columns=("marregion",),
    ),
    Layer(
        "eez_land",
        ZoneKind.EEZ_AND_LAND,
        frozenset({"union", "pol_type"}),
        name_columns=("union",),
        words=Vocabulary(_EEZ_AND_LAND),
    ),
    Layer(
        "eez",
        ZoneKind.EEZ,
        frozenset({"eez", "country", "sovereign", "iso_3digit"}),
        name_columns=("eez",),
        mrgid_columns=("mrgid_eez", "mrgid"),
    ),
    Layer("eez", ZoneKind.EEZ, BELT_COLUMNS, words=_BELT_WORDS),
    Layer("eez_12nm", ZoneKind.TERRITORIAL_SEA, BELT_COLUMNS, words=_BELT_WORDS),
    Layer("eez_24nm", ZoneKind.CONTIGUOUS_ZONE, BELT_COLUMNS, words=_BELT_WORDS),
    Layer("eez_internal_waters", ZoneKind.INTERNAL_WATERS, BELT_COLUMNS, words=_BELT_WORDS),
    Layer("eez_archipelagic_waters", ZoneKind.ARCHIPELAGIC_WATERS, BELT_COLUMNS, words=_BELT_WORDS),
    Layer("high_seas", ZoneKind.HIGH_SEAS, BELT_COLUMNS, words=_BELT_WORDS),
    Layer("goas", ZoneKind.SEA_AREA, _SEA_BOX | {"area_km2"}, regime=Regime.NONE),
    Layer("iho", ZoneKind.SEA_AREA, _SEA_BOX | {"mrgid"}, regime=Regime.NONE),
    Layer(
        "high_seas",
        ZoneKind.HIGH_SEAS,
        frozenset({"source", "area_km2"}),
        only=_NO_PARTIES,
        regime=Regime.NONE,
        title="High Seas",
    ),
)
"""Every published layer, those with columns of their own first."""

WORDS = Vocabulary(
    {
        word: (kind or ZoneKind.UNKNOWN, regime)
        for word, (kind, regime) in {**_EEZ_AND_LAND, **_ECS, **_BELTS}.items()
    }
)
"""Every word of every layer, with what it says by itself."""

SHARED_NAMES: tuple[tuple[str, Regime], ...] = (
    ("joint regime", Regime.JOINT),
    ("joint development area", Regime.JOINT),
    ("overlapping claim", Regime.OVERLAPPING_CLAIM),
    ("area of overlap", Regime.OVERLAPPING_CLAIM),
    ("area en controversia", Regime.OVERLAPPING_CLAIM),
    ("conflict zone", Regime.OVERLAPPING_CLAIM),
    ("disputed", Regime.OVERLAPPING_CLAIM),
)
"""Where a layer has no POL_TYPE, the name of a shared zone begins with one of these."""

LINE_WORDS = Vocabulary(
    {
        "200 NM": EdgeKind.OUTER_LIMIT,
        "12 NM": EdgeKind.OUTER_LIMIT,
        "24 NM": EdgeKind.OUTER_LIMIT,
        "Treaty": EdgeKind.TREATY,
        "Court ruling": EdgeKind.BOUNDARY,
        "Median line": EdgeKind.BOUNDARY,
        "Joint regime": EdgeKind.BOUNDARY,
        "Unilateral claim (undisputed)": EdgeKind.CLAIM,
        "Unsettled": EdgeKind.CLAIM,
        "Unsettled (maritime)": EdgeKind.CLAIM,
        "Unsettled (land)": EdgeKind.CLAIM,
        "Unsettled median line": EdgeKind.CLAIM,
        "Unsettled median line (maritime)": EdgeKind.CLAIM,
        "Unsettled median line (land)": EdgeKind.CLAIM,
        # A baseline is the landward side of the zones that are measured from it.
        "Straight baseline": EdgeKind.COAST,
        "Archipelagic baseline": EdgeKind.COAST,
        "Normal baseline (official)": EdgeKind.COAST,
        # A connection line closes a gap of the drawing; it has no meaning in law.
        "Connection line": EdgeKind.UNKNOWN,
        "ECS Connection Line": EdgeKind.UNKNOWN,
        "ECS Treaty": EdgeKind.TREATY,
        "ECS CLCS Recommendation": EdgeKind.OUTER_LIMIT,
        "ECS CLCS Submission": EdgeKind.OUTER_LIMIT,
        "ECS CLCS Joint Recommendation": EdgeKind.OUTER_LIMIT,
        "ECS CLCS Joint Submission": EdgeKind.OUTER_LIMIT,
        "ECS Joint CLCS Recommendation": EdgeKind.OUTER_LIMIT,
        "ECS Joint CLCS Submission": EdgeKind.OUTER_LIMIT,
        "ECS DOALOS Deposit": EdgeKind.OUTER_LIMIT,
        "ECS DOALOS Joint Deposit": EdgeKind.OUTER_LIMIT,
        "ECS Joint DOALOS Deposit": EdgeKind.OUTER_LIMIT,
        "ECS Non-UNCLOS Claim": EdgeKind.CLAIM,
    }
)
"""What a LINE_TYPE of the boundary layers says of an edge."""
