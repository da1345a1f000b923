"""The coast that comes with eezkit, to tell the coast in other people's data by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eezkit.sources.embedded import data_folder

if TYPE_CHECKING:
    from eezkit.edges import Coast
    from eezkit.geometry import Rings

__all__ = ["WITHIN", "embedded_coast", "embedded_land"]

WITHIN = 2_000.0
"""Metres: how far Natural Earth's 1:10m coast may lie from a published one."""

_BREADTH_WITHIN = 3_000.0


def embedded_land() -> Rings:
    """Read Natural Earth's 1:10m land, as one zone."""
    from eezkit.geometry import Rings
    from eezkit.sources.arcs import from_planes

    with np.load(data_folder() / "coast.npz") as file:
        lon, lat = np.ascontiguousarray(np.cumsum(from_planes(file["steps"]), axis=0).T / 1000.0)
        rings = np.concatenate([[0], np.cumsum(file["sizes"])]).astype(np.int64)
        polygons = file["polygons"].astype(np.int64)
    return Rings(lon, lat, rings, polygons, np.array([0, len(polygons) - 1]))


def embedded_coast() -> Coast:
    """Index Natural Earth's 1:10m land."""
    from eezkit.atlas.build import coast_of
    from eezkit.lookup import CellIndex

    land = embedded_land()
    return coast_of(
        land,
        CellIndex.build(land),
        within=WITHIN,
        breadth_within=_BREADTH_WITHIN,
        name="Natural Earth 1:10m",
    )
