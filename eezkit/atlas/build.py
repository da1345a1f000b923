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
    edges = classify(
        arrange(rings, index),
        rings,
        coast=coast if coast is not None or land is None else coast_of(land),
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
        land_index=None if land is None else CellIndex.build(land),
    )


def tree_of(edges: Edges, part: slice) -> EdgeTree:
    """Build the tree over a part of the edges."""
    return EdgeTree.build(edges.lon1[part], edges.lat1[part], edges.lon2[part], edges.lat2[part])


def coast_of(land: Rings, *, within: float = 1.0, breadth_within: float = 5.0) -> Coast:
    """Take the dataset's own land as the coast: its zones end at it, and were drawn from it."""
    start = land.edge_starts()
    start = start[(np.abs(land.lon[start]) != 180.0) | (land.lon[start] != land.lon[start + 1])]
    tree = EdgeTree.build(
        land.lon[start], land.lat[start], land.lon[start + 1], land.lat[start + 1]
    )
    return Coast(tree, within, breadth_within, "the dataset's own land")
