"""`Atlas`: zones + lookup + nearest + provenance, and what they answer."""

from typing import TYPE_CHECKING, Any

from eezkit.atlas.answer import Answer
from eezkit.atlas.atlas import Atlas
from eezkit.atlas.found import Distances, Located

if TYPE_CHECKING:
    from eezkit.atlas.build import build_atlas

__all__ = ["Answer", "Atlas", "Distances", "Located", "build_atlas"]


def __getattr__(name: str) -> Any:
    """Import what builds only when something is built: a check on a built dataset never is."""
    if name == "build_atlas":
        from eezkit.atlas.build import build_atlas

        return build_atlas
    raise AttributeError(f"module 'eezkit.atlas' has no attribute {name!r}")
