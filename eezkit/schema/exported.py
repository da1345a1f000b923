"""Tables that eezkit itself wrote: zones of an atlas, and limits drawn from a baseline."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from eezkit.errors import SchemaError
from eezkit.schema.tables import ZoneTable
from eezkit.schema.values import Columns, integer, number
from eezkit.zones import Party, Regime, Zone, ZoneKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from eezkit.schema.values import Fields, Oddities

Word = TypeVar("Word", ZoneKind, Regime)

__all__ = ["WORDS", "exported_zones"]

WORDS = (*ZoneKind, *Regime)
"""What columns kind and regime hold."""

_ATLAS = {"kind", "regime", "sovereign", "territory"}
"""And name, or zone."""
_LIMITS = {"breadth_nmi", "tolerance_m", "edges", "note"}
_PARTY = ("sovereign", "territory", "sovereign_name", "territory_name")
_KINDS = {
    12.0: ZoneKind.TERRITORIAL_SEA,
    24.0: ZoneKind.CONTIGUOUS_ZONE,
    200.0: ZoneKind.EEZ_AND_LAND,
}
"""A zone drawn from a baseline holds the land behind it."""


def exported_zones(
    fields: Fields, geometry: NDArray[np.object_], oddities: Oddities
) -> ZoneTable | None:
    """Read what `Atlas.to_geodataframe`, `eezkit zones` or `eezkit limit` wrote; None if none did.

    Parameters
    ----------
    fields : mapping of str to numpy.ndarray, shape (n_rows,)
        The table, by column. A shapefile keeps ten letters of a column's name, and they do.
    geometry : numpy.ndarray of shapely geometry, shape (n_rows,)
    oddities : Oddities
        Takes note of values that are not understood.

    Raises
    ------
    SchemaError
        If the edges of drawn limits do not all run the same way.
    """
    names = {name.lower() for name in fields}
    table = Columns(fields)
    if names >= _ATLAS and names & {"name", "zone"}:
        return _zones(table, geometry, oddities)
    if names >= _LIMITS or names >= {name[:10] for name in _LIMITS}:
        return _limits(table, geometry, oddities)
    return None


def _table(zones: Iterable[Zone], geometry: NDArray[np.object_], edges: str) -> ZoneTable:
    centres = np.full((len(geometry), 2), np.nan)
    return ZoneTable(tuple(zones), geometry, None, "eezkit", centres, edges)


def _zones(table: Columns, geometry: NDArray[np.object_], oddities: Oddities) -> ZoneTable:
    def texts(name: str) -> list[str]:
        column = table.first_column(name, name[:10])
        # As written: no word stands for nothing in these columns.
        return ["" if value is None or value != value else str(value) for value in column]

    words = {name: texts(name) for name in ("kind", "regime", "published_kind", "status", *_PARTY)}
    names = texts("name" if "name" in table else "zone")
    mrgids, areas = table.first_column("mrgid"), table.first_column("area_km2")
    zones = (
        Zone(
            name=names[row],
            kind=_known(ZoneKind, "kind", words["kind"][row], oddities),
            regime=_known(Regime, "regime", words["regime"][row], oddities),
            parties=_parties([words[name][row] for name in _PARTY], oddities),
            mrgid=integer(mrgids[row], "mrgid", oddities),
            published_kind=words["published_kind"][row],
            area_km2=number(areas[row], "area_km2", oddities),
            status=words["status"][row],
        )
        for row in range(len(geometry))
    )
    return _table(zones, geometry, "planar")


def _known(words: type[Word], field: str, value: str, oddities: Oddities) -> Word:
    if value in list(words):
        return words(value)
    oddities.note(field, value)
    return words("unknown")


def _parties(cells: list[str], oddities: Oddities) -> tuple[Party, ...]:
    """Take parties apart that are joined by ``|``; one word alone is said of all of them."""
    if not any(cells):
        return ()
    columns = [cell.split("|") for cell in cells]
    n = max(map(len, columns))
    for name, column, cell in zip(_PARTY, columns, cells, strict=True):
        if len(column) == 1:
            column *= n
        elif len(column) < n:
            oddities.note(name, cell)
    return tuple(Party(*party) for party in zip_longest(*columns, fillvalue=""))


def _limits(table: Columns, geometry: NDArray[np.object_], oddities: Oddities) -> ZoneTable:
    models = sorted(set(map(str, table.first_column("edges"))))
    if len(models) > 1:
        raise SchemaError(
            f"Column edges holds {', '.join(models)}. Edges of one file must run one way: write "
            "limits of each kind to a file of their own."
        )
    breadths = table.first_column("breadth_nmi", "breadth_nm")
    areas = table.first_column("area_km2")
    zones = []
    for row in range(len(geometry)):
        breadth = number(breadths[row], "breadth_nmi", oddities) or 0.0
        zones.append(
            Zone(
                name=f"{breadth:g} M zone",
                kind=_KINDS.get(breadth, ZoneKind.UNKNOWN),
                regime=Regime.UNKNOWN,
                published_kind=f"{breadth:g} M",
                area_km2=number(areas[row], "area_km2", oddities),
            )
        )
    return _table(zones, geometry, models[0] if models else "planar")
