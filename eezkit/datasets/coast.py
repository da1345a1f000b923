"""The coast that comes with eezkit, to tell the coast in other people's data by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eezkit.datasets.embedded import data_folder

if TYPE_CHECKING:
    from eezkit.edges import Coast

__all__ = ["WITHIN", "embedded_coast"]

WITHIN = 2_000.0
"""Metres: how far Natural Earth's 1:10m coast may lie from a published one."""

_BREADTH_WITHIN = 3_000.0


def embedded_coast() -> Coast:
    """Index Natural Earth's 1:10m land, without its artificial edges along ±180° and 90° S."""
    from eezkit.edges import Coast
    from eezkit.nearest import EdgeTree

    with np.load(data_folder() / "coast.npz") as file:
        lon, lat = (np.cumsum(file[name], dtype=np.int64) / 1000.0 for name in ("lon", "lat"))
        ends = np.cumsum(file["sizes"]) - 1
    start = np.delete(np.arange(len(lon)), ends)
    seam = (np.abs(lon[start]) == 180.0) & (lon[start] == lon[start + 1])
    bottom = (lat[start] <= -89.9) & (lat[start + 1] <= -89.9)
    start = start[~(seam | bottom)]
    tree = EdgeTree.build(lon[start], lat[start], lon[start + 1], lat[start + 1])
    return Coast(tree, WITHIN, _BREADTH_WITHIN, "Natural Earth 1:10m")
