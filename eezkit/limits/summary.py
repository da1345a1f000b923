"""What can be said of lines in numbers, once they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit import geodesy
from eezkit.limits.lines import VertexKind
from eezkit.units import to_nmi

if TYPE_CHECKING:
    from eezkit.geodesy import EdgeModel
    from eezkit.limits.lines import Limit, Lines

__all__ = ["area_km2", "of_limit", "of_lines"]

_TURNING = tuple(VertexKind).index(VertexKind.TURNING_POINT)


def area_km2(limit: Limit, edges: EdgeModel) -> float:
    """Area of a zone, land included, in square kilometres.

    Parameters
    ----------
    limit : Limit
    edges : EdgeModel
        How the limit was drawn.
    """
    return float(geodesy.polygon_area(limit.rings, model=edges)[0]) / 1e6


def of_limit(limit: Limit, edges: EdgeModel) -> dict[str, Any]:
    """Breadth, area, and how many parts, vertices, turning points and governing features.

    Parameters
    ----------
    limit, edges
        As for `area_km2`.
    """
    lines = limit.lines
    return {
        "breadth_nmi": to_nmi(limit.breadth),
        "area_km2": round(area_km2(limit, edges), 3),
        "n_lines": lines.n_lines,
        "n_vertices": len(lines.lon),
        "n_turning_points": int((lines.kind == _TURNING).sum()),
        "n_basepoints": len(np.unique(lines.baseline.feature[lines.left_base["edge"]])),
    }


def of_lines(lines: Lines) -> list[dict[str, Any]]:
    """Length, distances from the baselines, vertices and turning points, of each line.

    Parameters
    ----------
    lines : Lines
    """
    foot = lines.left_base[:, 0]
    far = to_nmi(1.0) * geodesy.distance(lines.lon, lines.lat, foot["lon"], foot["lat"])
    found = []
    for number in range(lines.n_lines):
        span = slice(lines.starts[number], lines.starts[number + 1])
        lon, lat = lines.lon[span], lines.lat[span]
        length = geodesy.distance(lon[:-1], lat[:-1], lon[1:], lat[1:]).sum()
        found.append(
            {
                "line": number + 1,
                "length_nmi": round(to_nmi(float(length)), 6),
                "nearest_nmi": round(float(far[span].min()), 6),
                "farthest_nmi": round(float(far[span].max()), 6),
                "n_vertices": len(lon),
                "n_turning_points": int((lines.kind[span] == _TURNING).sum()),
            }
        )
    return found
