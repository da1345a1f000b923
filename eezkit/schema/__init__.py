"""One table from published columns to our names: v8 to v12, files and WFS, ours, or mapped.

`to_zones` reads layers of polygons, `to_lines` the two layers of boundary lines, `detect` says
which published layer a table is. Geometry passes through untouched.
"""

from eezkit.schema.layouts import detect, to_lines, to_zones
from eezkit.schema.tables import BoundaryLine, LineTable, ZoneTable
from eezkit.schema.vocabulary import Layer

__all__ = ["BoundaryLine", "Layer", "LineTable", "ZoneTable", "detect", "to_lines", "to_zones"]
