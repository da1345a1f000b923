"""Where the zones of a file come from: what is known, what the user states, or not stated.

The columns of a table prove nothing: whoever draws a rectangle by hand may use those of Marine
Regions. What was fetched or added says its origin in a manifest. Of any other file it is known
only if the user states it, or if name and content prove it together: the publisher's name of a
file of that version, the whole layer, and nearly every zone as large as the file says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eezkit.errors import OptionError
from eezkit.zones import Provenance

if TYPE_CHECKING:
    from eezkit.schema import ZoneTable
    from eezkit.sources.files.checks import LoadReport
    from eezkit.sources.files.opening import Opened
    from eezkit.sources.marine_regions.registry import Layer

__all__ = ["NOT_STATED", "is_whole", "provenance_of"]

NOT_STATED = "Source not stated."
"""What stands where the citation would."""

_WHOLE_WORLD = {"eez": 200, "eez_land": 200, "eez_12nm": 150, "eez_24nm": 100, "eez_iho": 400}
"""From how many zones on a layer is taken for the whole world's."""

_AS_PUBLISHED = 0.95
"""Share of the zones whose area is the published one, from which on a file is taken for whole."""


def is_whole(table: ZoneTable) -> bool:
    """Whether a table has as many zones as its layer of the whole world."""
    return len(table.zones) >= _WHOLE_WORLD.get(table.layer or "", 10**9)


def provenance_of(
    table: ZoneTable, opened: Opened, findings: LoadReport, source: str | None
) -> Provenance:
    """Say where zones come from.

    Parameters
    ----------
    table : ZoneTable
    opened : Opened
        The file they were read from.
    findings : LoadReport
    source : str or None
        What the user states: a dataset of the registry ("eez@12", "eez"), or a citation in words.

    Raises
    ------
    OptionError
        If a dataset of the registry is stated whose columns are others.
    """
    file = opened.path.name
    if source is not None:
        return _stated(table, file, source.strip())
    known = _layer(table.layer)
    if known is None:
        return Provenance(file, citation=NOT_STATED, source=file)
    version = _proven(known, table, opened, findings)
    if version is not None:
        return _published(known, version, file)
    edition = opened.version or known.version
    return Provenance(
        file,
        citation=NOT_STATED,
        source=file,
        notes=(
            f"Source not stated. Its columns are those of Marine Regions {known.name}; if it is "
            f"theirs, say so: --source {known.name}@{edition} (in Python source=).",
        ),
    )


def _stated(table: ZoneTable, file: str, source: str) -> Provenance:
    said = re.fullmatch(r"(\w+)(?:@([\w.-]+))?", source)
    known = _layer(said[1].lower()) if said else None
    if known is None:
        return Provenance(file, citation=source, source=f"{file}, as its user states")
    if table.layer not in (known.name, None):
        raise OptionError(
            f"{file} has the columns of Marine Regions {table.layer}, not of {known.name}, which "
            f"source={source!r} states."
        )
    version = (said and said[2]) or known.version
    return _published(known, version, f"{file}, as its user states")


def _proven(known: Layer, table: ZoneTable, opened: Opened, findings: LoadReport) -> str | None:
    """The version of a file whose name and content are those of the publisher's, or None."""
    stem = re.escape(known.file_stem)
    named = re.match(rf"{stem}_v0*([1-9][0-9]*)_[0-9]{{6,8}}", opened.path.name, re.IGNORECASE)
    if not known.file_stem or named is None or named[1] not in known.versions:
        return None
    as_published = findings.n_areas - len(findings.area_mismatches)
    if not is_whole(table) or as_published < _AS_PUBLISHED * len(table.zones):
        return None
    return named[1]


def _published(known: Layer, version: str, source: str) -> Provenance:
    return Provenance(
        name=f"Marine Regions {known.name}",
        version=version,
        basis="published",
        licence=known.licence,
        citation=known.citation(version),
        source=source,
        notes=known.terms,
    )


def _layer(name: str | None) -> Layer | None:
    from eezkit.sources.marine_regions.registry import layers

    return layers().get(name or "")
