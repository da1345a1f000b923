"""Every zone edge once, with the zones on either side; what each is, on what evidence."""

from eezkit.edges.classification import (
    BREADTHS,
    Coast,
    Edges,
    Lines,
    classify,
    with_bare_coast,
)

__all__ = ["BREADTHS", "Coast", "Edges", "Lines", "classify", "with_bare_coast"]
