"""Two datasets beside each other, or a published limit beside the law."""

__all__: list[str] = []
