"""The layers of Marine Regions: which there are, how they are fetched or added."""

__all__: list[str] = []
