"""Maritime zones: whose water is this, how far is it to the line, and how sure are we.

>>> import eezkit
>>> atlas = eezkit.load()
>>> answer = atlas.at(lon=155.017583, lat=23.325487, zone="JPN")
>>> answer.inside, round(answer.margin / eezkit.M, 1)
(True, 119.4)

Not for legal or navigational use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from eezkit.units import M

if TYPE_CHECKING:
    from eezkit import geodesy, limits, maps
    from eezkit.answers import Answer
    from eezkit.atlas import Atlas
    from eezkit.coverage import Coverage
    from eezkit.maps.exploring import explore
    from eezkit.overlaps import grid_shares, overlap
    from eezkit.reports.finding import report
    from eezkit.sources import fetch, load, read
    from eezkit.tables import locate_table
    from eezkit.uncertainty import Uncertainty
    from eezkit.voyages import crossings, sift, stays

__all__ = [
    "Answer",
    "Atlas",
    "Coverage",
    "M",
    "Uncertainty",
    "crossings",
    "explore",
    "fetch",
    "geodesy",
    "grid_shares",
    "limits",
    "load",
    "locate_table",
    "maps",
    "overlap",
    "read",
    "report",
    "sift",
    "stays",
]

_HOMES = {
    "Answer": "eezkit.answers",
    "Atlas": "eezkit.atlas",
    "Coverage": "eezkit.coverage",
    "Uncertainty": "eezkit.uncertainty",
    "crossings": "eezkit.voyages",
    "explore": "eezkit.maps",
    "fetch": "eezkit.sources",
    "grid_shares": "eezkit.overlaps",
    "load": "eezkit.sources",
    "locate_table": "eezkit.tables",
    "overlap": "eezkit.overlaps",
    "read": "eezkit.sources",
    "report": "eezkit.reports",
    "sift": "eezkit.voyages",
    "stays": "eezkit.voyages",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import eezkit` costs nothing."""
    if name == "__version__":
        from importlib.metadata import version

        return version("eezkit")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name in __all__:
        return importlib.import_module(f"eezkit.{name}")
    raise AttributeError(f"module 'eezkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
