"""Which zones hold a position: the cell index over flat arrays."""

from eezkit.lookup.cell_index import NO_ZONE, NOT_A_POSITION, NOT_COVERED, CellIndex

__all__ = ["NOT_A_POSITION", "NOT_COVERED", "NO_ZONE", "CellIndex"]
