"""Lines from the law: limits, equidistance lines, partitions. No State in sight, only keys."""

from eezkit.limits.baseline import Baseline
from eezkit.limits.law import equidistance, lines_of, outer_limit, partition, zones_of
from eezkit.limits.lines import HIGH_SEAS, Limit, Lines, Partition, VertexKind

__all__ = [
    "HIGH_SEAS",
    "Baseline",
    "Limit",
    "Lines",
    "Partition",
    "VertexKind",
    "equidistance",
    "lines_of",
    "outer_limit",
    "partition",
    "zones_of",
]
