"""How much of an area, a line or a grid is whose."""

from eezkit.overlaps.asking import overlap
from eezkit.overlaps.grids import GridShares, grid_shares

__all__ = ["GridShares", "grid_shares", "overlap"]
