"""How much of an area, a line or a grid is whose."""
