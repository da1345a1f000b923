"""`Atlas`: zones + lookup + nearest + provenance, and what they answer."""

from eezkit.atlas.answer import Answer
from eezkit.atlas.atlas import Atlas, Distances, Located
from eezkit.atlas.build import build_atlas

__all__ = ["Answer", "Atlas", "Distances", "Located", "build_atlas"]
