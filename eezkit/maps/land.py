"""The land that every map can show without a network: Natural Earth 1:50m, embedded."""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import Any

from eezkit.maps.paths import decode

__all__ = ["LAND_CREDIT", "land_layer", "land_polygons"]

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


@functools.cache
def land_polygons() -> tuple[Any, ...]:
    """Give the embedded land as valid shapely polygons; some longitudes pass ±180°."""
    import shapely

    layer = land_layer()
    decimals = layer["decimals"]
    polygons = [
        shapely.Polygon(decode(shell, decimals), [decode(hole, decimals) for hole in holes])
        for shell, *holes in layer["parts"]
    ]
    valid = shapely.make_valid(polygons, method="structure", keep_collapsed=False)
    return tuple(part for part in shapely.get_parts(valid) if not part.is_empty)
