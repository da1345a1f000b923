"""`Atlas`: zones + lookup + nearest + provenance, and what they answer."""

from typing import TYPE_CHECKING, Any

from eezkit.atlas.atlas import Atlas

if TYPE_CHECKING:
    from eezkit.atlas.build import build_atlas

__all__ = ["Atlas", "build_atlas"]


def __getattr__(name: str) -> Any:
    """Import what builds only when something is built: a check on a built dataset never is."""
    if name == "build_atlas":
        from eezkit.atlas.build import build_atlas

        return build_atlas
    raise AttributeError(f"module 'eezkit.atlas' has no attribute {name!r}")
