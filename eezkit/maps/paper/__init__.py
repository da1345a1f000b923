"""Maps as pictures for paper, drawn with matplotlib."""

__all__: list[str] = []
