"""Tables of positions in, the same tables with their zones out, in bounded memory.

A table goes through in blocks of rows whose size depends on the table alone, so that the output
has the same bytes whatever the number of threads.
"""

from eezkit.tables.batches import locate_table
from eezkit.tables.locating import LAT_NAMES, LON_NAMES, OnError, Summary, locate_file

__all__ = ["LAT_NAMES", "LON_NAMES", "OnError", "Summary", "locate_file", "locate_table"]
