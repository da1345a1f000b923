"""Another schema, explained by its user: our names to the columns of the table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from eezkit.errors import SchemaError, did_you_mean
from eezkit.schema.tables import ZoneTable
from eezkit.schema.values import Columns, Oddities, integer, number
from eezkit.schema.vocabulary import WORDS
from eezkit.zones import Party, Regime, Zone, ZoneKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from eezkit.schema.values import Fields

__all__ = ["MAPPING_KEYS", "mapped_zones"]

PARTY_KEYS = ("sovereign", "territory", "sovereign_name", "territory_name")
MAPPING_KEYS = ("name", "mrgid", "kind", "regime", *PARTY_KEYS, "area_km2", "status")
"""Keys of a mapping; the four of a party may carry a number: sovereign2."""

_PARTY = re.compile(rf"({'|'.join(PARTY_KEYS)})([1-9][0-9]*)?")


def mapped_zones(
    fields: Fields,
    geometry: NDArray[np.object_],
    columns: Mapping[str, str],
    oddities: Oddities,
) -> ZoneTable:
    """Read zones by an explicit mapping, as `to_zones` describes it."""
    table = Columns(_renamed(fields, columns))
    parties = _parties(table)
    names, kinds, regimes, statuses = (
        table.texts(key) for key in ("name", "kind", "regime", "status")
    )
    mrgids, areas = table.first_column("mrgid"), table.first_column("area_km2")
    zones = tuple(
        Zone(
            name=names[row] or "",
            kind=_kind(kinds[row], columns, oddities),
            regime=_regime(regimes[row], kinds[row], columns, oddities),
            parties=parties[row],
            mrgid=integer(mrgids[row], columns.get("mrgid", ""), oddities),
            published_kind=kinds[row] or "",
            area_km2=number(areas[row], columns.get("area_km2", ""), oddities),
            status=statuses[row] or "",
        )
        for row in range(len(geometry))
    )
    return ZoneTable(zones, geometry, None, "mapped", np.full((len(zones), 2), np.nan))


def _renamed(fields: Fields, columns: Mapping[str, str]) -> Fields:
    """Give the mapped columns our names, refusing keys and columns that do not exist."""
    renamed = {}
    for key, column in columns.items():
        party = _PARTY.fullmatch(key)
        if key not in MAPPING_KEYS and party is None:
            raise SchemaError(
                f"The mapping of columns has an unknown key {key!r}."
                f"{did_you_mean(key, MAPPING_KEYS)} "
                f"Keys are {', '.join(MAPPING_KEYS)}, and sovereign2, territory2, ... for more "
                "parties."
            )
        if column not in fields:
            raise SchemaError(
                f"The mapping of columns takes {key!r} from the column {column!r}, which does not "
                f"exist.{did_you_mean(column, fields)} The table has: "
                f"{', '.join(fields) or 'no columns'}."
            )
        renamed[f"{party[1]}{party[2] or 1}" if party else key] = fields[column]
    if "name" not in columns:
        raise SchemaError(
            "The mapping of columns must say at least which one is the name of a zone: "
            'columns={"name": "..."}, or --columns name=... on the command line. The table has: '
            f"{', '.join(fields) or 'no columns'}."
        )
    return renamed


def _parties(table: Columns) -> list[tuple[Party, ...]]:
    rows: list[tuple[Party, ...]] = [()] * len(table)
    for n in table.numbers_of(*PARTY_KEYS):
        cells = (table.codes(f"{key}{n}", lone_na=True) for key in PARTY_KEYS)
        for row, (sov, ter, sov_name, ter_name) in enumerate(zip(*cells, strict=True)):
            if sov or ter or sov_name or ter_name:
                codes = (sov or sov_name or "", ter or ter_name or "")
                rows[row] += (Party(*codes, sov_name or "", ter_name or ""),)
    return rows


def _kind(word: str | None, columns: Mapping[str, str], oddities: Oddities) -> ZoneKind:
    if word is None:
        return ZoneKind.UNKNOWN
    if word.casefold() in list(ZoneKind):
        return ZoneKind(word.casefold())
    known = WORDS.get(word)
    if known is None:
        oddities.note(columns["kind"], word)
    return known[0] if known else ZoneKind.UNKNOWN


def _regime(
    word: str | None, kind: str | None, columns: Mapping[str, str], oddities: Oddities
) -> Regime:
    """Read a regime; where no column has it, a published kind may say it too."""
    if word is None:
        return (WORDS.get(kind) or (None, Regime.UNKNOWN))[1]
    spelled = word.casefold().replace(" ", "_")
    if spelled in list(Regime):
        return Regime(spelled)
    known = WORDS.get(word)
    if known is None:
        oddities.note(columns["regime"], word)
    return known[1] if known else Regime.UNKNOWN
