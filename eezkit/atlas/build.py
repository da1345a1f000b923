"""From zones and rings to an atlas: indices, edges, trees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from eezkit.arrangement import arrange
from eezkit.atlas.atlas import Atlas
from eezkit.edges import Coast, Edges, Lines, classify
from eezkit.lookup import CellIndex
from eezkit.nearest import EdgeTree

if TYPE_CHECKING:
    from eezkit.coverage import Coverage
    from eezkit.geometry import Rings
    from eezkit.zones import Provenance, Zone

__all__ = ["build_atlas", "coast_of", "tree_of"]


def build_atlas(
    zones: Sequence[Zone],
    rings: Rings,
    *,
    provenance: Provenance,
    coverage: Coverage,
    overlays: Sequence[Zone] = (),
    overlay_rings: Rings | None = None,
    land: Rings | None = None,
    coast: Coast | None = None,
    lines: Lines | None = None,
) -> Atlas:
    """Build an atlas in memory.

    Parameters
    ----------
    zones : sequence of Zone
        One for each zone of `rings`.
    rings : Rings
        The published rings, straight in longitude/latitude between vertices.
    provenance : Provenance
    coverage : Coverage
        Where and for whom the dataset is complete.
    overlays, overlay_rings : sequence of Zone, Rings, optional
        12 M and 24 M zones, which lie over the others and divide nothing.
    land : Rings, optional
        The dataset's own land, from which its zones run seawards.
    coast : Coast, optional
        Land to tell the edges by; by default `land`.
    lines : Lines, optional
        The source's own boundary lines.

    Returns
    -------
    Atlas
    """
    index = CellIndex.build(rings)
    land_index = None if land is None else CellIndex.build(land)
    if coast is None and land is not None and land_index is not None:
        coast = coast_of(land, land_index)
    if land_index is None and coast is not None:
        land_index = coast.areas
    edges = classify(
        arrange(rings, index),
        rings,
        coast=coast,
        lines=lines,
    )
    return Atlas(
        zones=tuple(zones),
        rings=rings,
        index=index,
        edges=edges,
        seaward=tree_of(edges, slice(0, edges.n_seaward)),
        coast=tree_of(edges, slice(edges.n_seaward, None)),
        provenance=provenance,
        coverage=coverage,
        overlays=tuple(overlays),
        overlay_rings=overlay_rings,
        overlay_index=None if overlay_rings is None else CellIndex.build(overlay_rings),
        land=land,
        land_index=land_index,
    )


def tree_of(edges: Edges, part: slice) -> EdgeTree:
    """Build the tree over a part of the edges."""
    return EdgeTree.build(edges.lon1[part], edges.lat1[part], edges.lon2[part], edges.lat2[part])


def coast_of(
    land: Rings,
    index: CellIndex,
    *,
    within: float = 1.0,
    breadth_within: float = 5.0,
    name: str = "the dataset's own land",
) -> Coast:
    """Take land as the coast; a dataset's own is where its zones end and were drawn from.

    Edges along ±180° and at the poles, where land is cut and closed, are no coast.
    """
    start = land.edge_starts()
    lon1, lat1, lon2, lat2 = (
        land.lon[start],
        land.lat[start],
        land.lon[start + 1],
        land.lat[start + 1],
    )
    seam = (np.abs(lon1) == 180.0) & (lon1 == lon2)
    pole = (np.abs(lat1) >= 89.9) & (np.abs(lat2) >= 89.9)
    kept = ~(seam | pole)
    tree = EdgeTree.build(lon1[kept], lat1[kept], lon2[kept], lat2[kept])
    return Coast(tree, index, within, breadth_within, name)
