"""The layouts that Marine Regions publishes: known by their columns, read into zones."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from eezkit.errors import SchemaError
from eezkit.schema.exported import WORDS as OWN_WORDS
from eezkit.schema.exported import exported_zones
from eezkit.schema.mapping import MAPPING_KEYS, mapped_zones
from eezkit.schema.parties import numbered_parties, regime_by_name, v8_parties
from eezkit.schema.tables import BoundaryLine, LineTable, ZoneTable
from eezkit.schema.values import Columns, Oddities, integer, number, texts
from eezkit.schema.vocabulary import BELT_COLUMNS, LAYERS, LINE_WORDS, WORDS, Layer
from eezkit.zones import EdgeKind, Party, Regime, Zone, ZoneKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from eezkit.schema.values import Fields

__all__ = ["detect", "to_lines", "to_zones"]


def detect(fields: Fields, *, layer_name: str = "") -> tuple[Layer, str] | None:
    """Say which published layer a table holds, and in which layout of columns.

    Parameters
    ----------
    fields : mapping of str to numpy.ndarray, shape (n_rows,)
        The table, by column.
    layer_name : str
        What the file calls the table; tells 12 M from 24 M where no row does.

    Returns
    -------
    tuple of Layer and str, or None
        The layer and its layout ("v8", "v9/v10", "v11/v12", "WFS"); None if no published layer
        has such columns. Layers with the same columns are told apart by their words in POL_TYPE.
    """
    lower = {name.lower(): name for name in fields}
    candidates = [
        layer
        for layer in LAYERS
        if layer.needs <= lower.keys() and (not layer.only or lower.keys() <= layer.only)
    ]
    if not candidates:
        return None
    layer = candidates[0]
    if layer.needs == BELT_COLUMNS:
        belts = [belt for belt in candidates if belt.needs == BELT_COLUMNS]
        layer = _belt(belts, texts(fields[lower["pol_type"]]), layer_name.lower())
    return layer, _layout(layer, lower)


def _belt(belts: list[Layer], words: list[str | None], layer_name: str) -> Layer:
    """Tell belts apart by the commonest word that only one has, else by the table's name."""
    kinds = Counter((belts[0].words.get(word) or (None,))[0] for word in words)
    del kinds[None]
    if kinds:
        commonest = kinds.most_common(1)[0][0]
        return next(belt for belt in belts if belt.kind is commonest)
    named = [belt for belt in belts if belt.name in layer_name]
    return max(named, key=lambda belt: len(belt.name), default=belts[0])


def _layout(layer: Layer, lower: Mapping[str, str]) -> str:
    if "iso_3digit" in layer.needs:
        return "v8"
    telling = [lower[name] for name in layer.needs | {"territory1"} if name in lower]
    if all(name.islower() for name in telling):
        return "WFS"
    return "v11/v12" if all(name.isupper() for name in telling) else "v9/v10"


def to_zones(
    fields: Fields,
    geometry: NDArray[np.object_],
    *,
    columns: Mapping[str, str] | None = None,
    layer_name: str = "",
    strict: bool = False,
) -> ZoneTable:
    """Turn a table into zones, by its own columns or by an explicit mapping.

    Known are the published layouts, and what eezkit itself wrote: `Atlas.to_geodataframe`, and
    limits drawn from a baseline, which hold the land behind it and name no State.

    Parameters
    ----------
    fields : mapping of str to numpy.ndarray, shape (n_rows,)
        The table, by column. Published columns are known in any case.
    geometry : numpy.ndarray of shapely geometry, shape (n_rows,)
        Polygons in longitude and latitude.
    columns : mapping of str to str, optional
        Ours to theirs, e.g. ``{"name": "country", "sovereign": "iso2"}``. It then says
        everything: nothing is guessed beside it. Keys: name (required), mrgid, kind, regime,
        sovereign, territory, sovereign_name, territory_name, area_km2, status; those of a party
        may be numbered (``sovereign2``).
    layer_name : str
        What the file calls the table; tells 12 M from 24 M where no row does.
    strict : bool
        Raise on an unknown value instead of loading it as UNKNOWN.

    Returns
    -------
    ZoneTable
        A sovereign is the ISO code beside its name, else the code that the same table gives to
        that name elsewhere, else the name. What the source does not say is "" or None.

    Raises
    ------
    SchemaError
        If no published layout has these columns and `columns` is not given; if `columns` names
        what does not exist; on an unknown value under `strict`.

    Warns
    -----
    SchemaWarning
        Naming field, value and count of unknown values.
    """
    oddities = Oddities()
    if columns is not None:
        table = mapped_zones(fields, geometry, columns, oddities)
        oddities.tell([*WORDS, *ZoneKind, *Regime], strict=strict)
        return table
    own = exported_zones(fields, geometry, oddities)
    if own is not None:
        oddities.tell(OWN_WORDS, strict=strict)
        return own
    found = detect(fields, layer_name=layer_name)
    if found is None:
        raise SchemaError(
            f"No published schema has these columns: {', '.join(fields) or '(none)'}. "
            "Say which column is what, our names to theirs, as in "
            'columns={"name": "COUNTRY", "sovereign": "ISO3"} (on the command line '
            "--columns name=COUNTRY,sovereign=ISO3); "
            f"keys are {', '.join(MAPPING_KEYS)}, and sovereign2, territory2, ... for more parties."
        )
    layer, layout = found
    if layer.kind is None:
        raise SchemaError(
            f"The layer {layer_name or layer.name} holds boundary lines ({layer.name}), not zones. "
            "Read the layer of polygons that belongs to it."
        )
    table = _published_zones(Columns(fields), geometry, layer, layout, oddities)
    oddities.tell(layer.words, strict=strict)
    return table


def _published_zones(
    table: Columns,
    geometry: NDArray[np.object_],
    layer: Layer,
    layout: str,
    oddities: Oddities,
) -> ZoneTable:
    names = [name or layer.title for name in table.first_texts(*layer.name_columns)]
    parties = v8_parties(table, names) if layout == "v8" else numbered_parties(table)
    words = table.texts("pol_type")
    meanings = [
        _by_word(layer, word, oddities) if layer.words else _by_name(layer, name, held)
        for word, name, held in zip(words, names, parties, strict=True)
    ]
    mrgids = table.first_column(*layer.mrgid_columns)
    areas = table.first_column("area_km2", "area", "area_m2")
    km2 = 1.0 if "area_km2" in table or "area" in table else 1e-6
    zones = tuple(
        Zone(
            name=names[row],
            kind=meanings[row][0],
            regime=meanings[row][1],
            parties=parties[row],
            mrgid=integer(mrgids[row], "MRGID", oddities),
            published_kind=words[row] or "",
            area_km2=number(areas[row], "AREA_KM2", oddities, unit=km2),
        )
        for row in range(len(geometry))
    )
    lon, lat = table.first_column("x_1", "longitude"), table.first_column("y_1", "latitude")
    centres = [
        [number(x, "X_1", oddities), number(y, "Y_1", oddities)]
        for x, y in zip(lon, lat, strict=True)
    ]
    return ZoneTable(
        zones, geometry, layer.name, layout, np.array(centres, dtype=np.float64).reshape(-1, 2)
    )


def _by_word(layer: Layer, word: str | None, oddities: Oddities) -> tuple[ZoneKind, Regime]:
    known = layer.words.get(word)
    if known is None:
        oddities.note("POL_TYPE", word or "")
        return ZoneKind.UNKNOWN, Regime.UNKNOWN
    return known[0] or layer.kind or ZoneKind.UNKNOWN, known[1]


def _by_name(layer: Layer, name: str, parties: tuple[Party, ...]) -> tuple[ZoneKind, Regime]:
    """Read the regime where no column has it: several claimants without a word are unknown."""
    alone = len({party.sovereign for party in parties}) == 1
    regime = layer.regime or regime_by_name(name) or (Regime.SOLE if alone else Regime.UNKNOWN)
    return layer.kind or ZoneKind.UNKNOWN, regime


def to_lines(
    fields: Fields,
    geometry: NDArray[np.object_],
    *,
    codes: Mapping[str, str] | None = None,
    strict: bool = False,
) -> LineTable:
    """Turn a table of a boundary layer into lines that say what they are and between whom.

    Parameters
    ----------
    fields : mapping of str to numpy.ndarray, shape (n_rows,)
        The table, by column.
    geometry : numpy.ndarray of shapely geometry, shape (n_rows,)
        Lines in longitude and latitude.
    codes : mapping of str to str, optional
        ISO code of a name (casefolded), as `ZoneTable.codes` of the zones gives it: boundary
        layers publish names only.
    strict : bool
        Raise on an unknown value instead of loading it as UNKNOWN.

    Returns
    -------
    LineTable

    Raises
    ------
    SchemaError
        If this is not a boundary layer; on an unknown LINE_TYPE under `strict`.

    Warns
    -----
    SchemaWarning
        Naming field, value and count of unknown values.
    """
    found = detect(fields)
    if found is None or found[0].kind is not None:
        raise SchemaError(
            "Not a layer of boundary lines: it has no column LINE_TYPE, but "
            f"{', '.join(fields) or 'none'}."
        )
    layer, layout = found
    oddities = Oddities()
    table = Columns(fields)
    names, words = table.first_texts(*layer.name_columns), table.texts("line_type")
    parties = numbered_parties(table, codes)
    sides = [table.first_column(f"mrgid_eez{n}") for n in table.numbers_of("mrgid_eez")]
    lengths = table.first_column("length_km")
    lines = []
    for row in range(len(geometry)):
        kind = LINE_WORDS.get(words[row])
        if kind is None:
            oddities.note("LINE_TYPE", words[row] or "")
        mrgids = (integer(side[row], "MRGID_EEZ", oddities) for side in sides)
        lines.append(
            BoundaryLine(
                name=names[row],
                kind=kind or EdgeKind.UNKNOWN,
                parties=parties[row],
                published_kind=words[row] or "",
                mrgids=tuple(filter(None, mrgids)),
                length_km=number(lengths[row], "LENGTH_KM", oddities),
            )
        )
    oddities.tell(LINE_WORDS, strict=strict)
    return LineTable(tuple(lines), geometry, layer.name, layout)
