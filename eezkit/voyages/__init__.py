"""Voyages: when and where a ship crossed a line, how long it stayed, and how sure that is."""

from eezkit.voyages.sifting import sift
from eezkit.voyages.tables import crossings, stays

__all__ = ["crossings", "sift", "stays"]
