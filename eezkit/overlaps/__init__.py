"""How much of an area, a line or a grid is whose."""

from eezkit.overlaps.asking import overlap

__all__ = ["overlap"]
