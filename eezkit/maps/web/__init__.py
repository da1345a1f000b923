"""Maps as pages: the page, its layers, its scripts; everything in one file."""

__all__: list[str] = []
