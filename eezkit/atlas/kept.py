"""An atlas as arrays and facts, for a file, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from eezkit.coverage import Coverage
from eezkit.edges import Edges
from eezkit.geometry import Rings
from eezkit.lookup import CellIndex
from eezkit.nearest import EdgeTree
from eezkit.zones import Provenance, Zone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.atlas.atlas import Atlas

__all__ = ["arrays_of", "facts_of", "fields_of"]

_READERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "rings": Rings.from_arrays,
    "index": CellIndex.from_arrays,
    "edges": Edges.from_arrays,
    "seaward": EdgeTree.from_arrays,
    "coast": EdgeTree.from_arrays,
    "overlay_rings": Rings.from_arrays,
    "overlay_index": CellIndex.from_arrays,
    "land": Rings.from_arrays,
    "land_index": CellIndex.from_arrays,
    "inland": Rings.from_arrays,
    "inland_index": CellIndex.from_arrays,
}
"""How each part that is arrays is read back."""


def arrays_of(atlas: Atlas) -> dict[str, NDArray[Any]]:
    """Name all arrays of an atlas: the part, a dot, what the part calls it."""
    parts = {name: getattr(atlas, name) for name in _READERS}
    return {
        f"{name}.{field}": array
        for name, part in parts.items()
        if part is not None
        for field, array in part.to_arrays().items()
    }


def facts_of(atlas: Atlas) -> dict[str, Any]:
    """Put in JSON what an atlas has beside arrays."""
    return {
        "zones": [zone.to_json() for zone in atlas.every_zone],
        "overlays": [zone.to_json() for zone in atlas.overlays],
        "inland_waters": list(atlas.inland_waters),
        "provenance": atlas.provenance.to_json(),
        "coverage": atlas.coverage.to_json(),
        "warnings": [list(warning) for warning in atlas.warnings],
        "findings": dict(atlas.findings),
    }


def fields_of(arrays: dict[str, NDArray[Any]], facts: dict[str, Any]) -> dict[str, Any]:
    """Take back the fields of an `Atlas` that `arrays_of` and `facts_of` put away."""
    parts: dict[str, dict[str, Any]] = {}
    for name, array in arrays.items():
        part, _, field = name.partition(".")
        parts.setdefault(part, {})[field] = array
    return {
        **{part: _READERS[part](fields) for part, fields in parts.items()},
        "every_zone": tuple(Zone.from_json(zone) for zone in facts["zones"]),
        "overlays": tuple(Zone.from_json(zone) for zone in facts["overlays"]),
        "inland_waters": tuple(facts["inland_waters"]),
        "provenance": Provenance.from_json(facts["provenance"]),
        "coverage": Coverage.from_json(facts["coverage"]),
        "warnings": tuple((kind, text) for kind, text in facts["warnings"]),
        "findings": facts["findings"],
    }
