"""What eezkit keeps on this machine and can have again: fetched datasets and built atlases."""

__all__: list[str] = []
