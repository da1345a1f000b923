"""Files of zones and of boundary lines, in any common format, as published."""

__all__: list[str] = []
