"""The land that every map can show without a network: Natural Earth 1:50m, embedded."""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import Any

__all__ = ["LAND_CREDIT", "land_layer"]

LAND_CREDIT = "Land: Natural Earth 1:50m (public domain), generalised"


@functools.cache
def land_layer() -> dict[str, Any]:
    """Read the embedded land, as `data/build_land.py` wrote it.

    Returns
    -------
    dict
        ``parts``: for each polygon its encoded rings, shell first; ``decimals``: of a degree;
        ``source`` and ``licence``.
    """
    text = files("eezkit.maps").joinpath("land_50m.json").read_text("ascii")
    return dict(json.loads(text))
