"""From zones and rings to an atlas: indices, edges, trees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from eezkit.atlas.atlas import Atlas
from eezkit.edges import Coast, Lines, classify, with_bare_coast
from eezkit.edges.arrangement import arrange
from eezkit.lookup import CellIndex
from eezkit.nearest import EdgeTree

if TYPE_CHECKING:
    from eezkit.coverage import Coverage
    from eezkit.geometry import Rings
    from eezkit.zones import Provenance, Zone

__all__ = ["build_atlas", "coast_of"]


def build_atlas(
    zones: Sequence[Zone],
    rings: Rings,
    *,
    provenance: Provenance,
    coverage: Coverage,
    overlays: Sequence[Zone] = (),
    overlay_rings: Rings | None = None,
    land: Rings | None = None,
    inland: Rings | None = None,
    inland_waters: Sequence[str] = (),
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
    inland, inland_waters : Rings, sequence of str, optional
        Lakes and rivers that lie within the land, and the name of each, "" for none.
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
    if land is not None and coast is not None:
        edges = with_bare_coast(edges, coast.ends)
    seaward = EdgeTree.among(edges.points, edges.ends[: edges.n_seaward])
    shore = EdgeTree.among(seaward.points, edges.ends[edges.n_seaward :])
    # One array of points serves all, and is mapped once: the published vertices come first in it.
    points, published = shore.points, shore.points[: rings.n_vertices]
    if np.array_equal(index.xy, published.reshape(-1)):
        index = replace(index, xy=published.reshape(-1))
    return Atlas(
        every_zone=tuple(zones),
        rings=replace(rings, lon=published[:, 0], lat=published[:, 1]),
        index=index,
        edges=replace(edges, points=points),
        seaward=replace(seaward, points=points),
        coast=shore,
        provenance=provenance,
        coverage=coverage,
        overlays=tuple(overlays),
        overlay_rings=overlay_rings,
        overlay_index=None if overlay_rings is None else CellIndex.build(overlay_rings),
        land=land,
        land_index=land_index,
        inland=inland,
        inland_index=None if inland is None else CellIndex.build(inland),
        inland_waters=tuple(inland_waters),
    )


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
    ends = np.column_stack(
        [land.lon[start], land.lat[start], land.lon[start + 1], land.lat[start + 1]]
    )
    lon1, lat1, lon2, lat2 = ends.T
    seam = (np.abs(lon1) == 180.0) & (lon1 == lon2)
    pole = (np.abs(lat1) >= 89.9) & (np.abs(lat2) >= 89.9)
    ends = ends[~(seam | pole)]
    return Coast(ends, EdgeTree.build(*ends.T), index, within, breadth_within, name)
