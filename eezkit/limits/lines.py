"""Lines from the law with the basepoints that govern them, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.limits.assemble import DECIMALS
from eezkit.limits.sites import FOOT
from eezkit.units import M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.geometry import Rings
    from eezkit.limits.baseline import Baseline
    from eezkit.limits.draw import Drawn

__all__ = ["HIGH_SEAS", "Limit", "Lines", "Partition", "VertexKind"]

HIGH_SEAS = -1
"""Stands in the place of a territory's key where there is none."""


class VertexKind(StrEnum):
    """What a vertex of a line is."""

    SMOOTH = "smooth"
    """Governed by one place on either side."""
    TURNING_POINT = "turning_point"
    """Governed by two places on one side: the line turns from one to the other."""
    JUNCTION = "junction"
    """Where three lines meet: a tripoint, or the end of a boundary at the breadth."""
    CUT = "cut"
    """Where the line crosses ±180°."""
    COAST = "coast"
    """Where a boundary meets the coast."""


_KINDS = tuple(VertexKind)
_POLYGON = 3


@dataclass(frozen=True, eq=False)
class Lines:
    """Limits and boundaries, each drawn once, with the territory on either side.

    Parameters
    ----------
    lon, lat : numpy.ndarray of float64, shape (n_vertices,)
        Degrees, longitude within [-180, 180]. A line that closes repeats its first vertex; one
        that crosses ±180° has a vertex there, at 180, and goes on beyond.
    starts : numpy.ndarray of int64, shape (n_lines + 1,)
        Line `i` is made of the vertices ``starts[i]:starts[i + 1]``.
    left, right : numpy.ndarray of int64, shape (n_lines,)
        Keys of the territories on either side; `HIGH_SEAS` where there is none.
    nodes : numpy.ndarray of int64, shape (n_lines, 2)
        Where each line begins and ends: lines that meet have a number in common there.
    kind : numpy.ndarray of uint8, shape (n_vertices,)
        Index into the members of `VertexKind`.
    left_base, right_base : numpy.ndarray, shape (n_vertices, 2)
        Basepoints that govern each vertex, before it and after it along the line (the same but
        at turning points): fields ``lon``, ``lat`` in degrees and ``edge`` of the baseline, -1
        towards the high seas.
    baseline : Baseline
        The baseline that these edges belong to.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    starts: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    nodes: NDArray[np.int64]
    kind: NDArray[np.uint8]
    left_base: NDArray[np.void]
    right_base: NDArray[np.void]
    baseline: Baseline

    @classmethod
    def from_drawn(cls, drawn: Drawn, baseline: Baseline) -> Lines:
        """Take what was drawn for a baseline."""
        v = drawn.vertices
        keys = np.append(baseline.keys, HIGH_SEAS)
        starts = np.searchsorted(v["line"], np.arange(len(drawn.left) + 1))
        return cls(
            v["lon"].copy(),
            v["lat"].copy(),
            starts.astype(np.int64),
            keys[drawn.left],
            keys[drawn.right],
            drawn.nodes,
            v["kind"].copy(),
            v["left"].copy(),
            v["right"].copy(),
            baseline,
        )

    @property
    def n_lines(self) -> int:
        """How many lines there are."""
        return len(self.left)

    def line_of_vertex(self) -> NDArray[np.int64]:
        """The line of each vertex, shape (n_vertices,).

        Examples
        --------
        >>> from eezkit import M
        >>> from eezkit.limits import Baseline, outer_limit
        >>> limit = outer_limit(Baseline.from_points([153.98], [24.29]), 12 * M)
        >>> set(limit.lines.line_of_vertex().tolist())
        {0}
        """
        return np.repeat(np.arange(self.n_lines), np.diff(self.starts))

    def to_shapely(self) -> NDArray[np.object_]:
        """Give one shapely MultiLineString for each line, cut at ±180°, shape (n_lines,).

        Examples
        --------
        >>> from eezkit import M
        >>> from eezkit.limits import Baseline, outer_limit
        >>> limit = outer_limit(Baseline.from_points([153.98], [24.29]), 12 * M)
        >>> [line.geom_type for line in limit.lines.to_shapely()]
        ['MultiLineString']
        """
        import shapely

        found = np.empty(self.n_lines, dtype=object)
        for line in range(self.n_lines):
            span = slice(self.starts[line], self.starts[line + 1])
            lon, lat = self.lon[span].round(DECIMALS), self.lat[span].round(DECIMALS)
            on = np.abs(lon) == 180.0
            # A line may run along ±180° for a while: it is cut where it leaves.
            cuts = np.flatnonzero(on[1:-1] & ~on[2:]) + 1
            bounds = [0, *cuts.tolist(), len(lon) - 1]
            pieces = []
            for first, last in pairwise(bounds):
                x = lon[first : last + 1].copy()
                off = np.flatnonzero(~on[first : last + 1])
                if len(off):
                    # Round a pole a piece may begin on one side of ±180° and end on the other.
                    x[: off[0]] = np.copysign(180.0, x[off[0]])
                    x[off[-1] + 1 :] = np.copysign(180.0, x[off[-1]])
                pieces.append(np.column_stack([x, lat[first : last + 1]]))
            found[line] = shapely.MultiLineString(pieces)
        return found

    def table(self, *, turning_points: bool = True) -> dict[str, NDArray[Any]]:
        """The vertices with their basepoints, as in a hydrographer's table.

        Parameters
        ----------
        turning_points : bool
            Only turning points, junctions and the ends of lines, or all vertices.

        Returns
        -------
        dict of numpy.ndarray, shape (n_rows,)
            ``line``, ``kind``, ``lon``, ``lat`` (degrees), ``left`` and ``right`` (keys), and for
            each basepoint ``left_1``, ``left_2``, ``right_1``, ``right_2`` its ``…_feature``,
            ``…_lon``, ``…_lat`` and ``…_distance_nmi``; missing where the second is the first.

        Examples
        --------
        >>> from eezkit import M
        >>> from eezkit.limits import Baseline, equidistance
        >>> west = Baseline.from_points([0.0], [0.0], key=1)
        >>> east = Baseline.from_points([0.5], [0.0], key=2)
        >>> table = equidistance(west, east, max_breadth=24 * M).table()
        >>> table["kind"].tolist(), table["lon"].round(6).tolist()
        (['junction', 'junction'], [0.25, 0.25])
        """
        from eezkit import geodesy

        line = self.line_of_vertex()
        rows = np.ones(len(line), dtype=bool)
        if turning_points:
            rows = np.isin(self.kind, [_KINDS.index(k) for k in ("turning_point", "junction")])
            rows[self.starts[:-1]] = rows[self.starts[1:] - 1] = True
        columns: dict[str, NDArray[Any]] = {
            "line": line[rows],
            "kind": np.array(_KINDS)[self.kind[rows]].astype(str),
            "lon": self.lon[rows].round(DECIMALS),
            "lat": self.lat[rows].round(DECIMALS),
            "left": self.left[line[rows]],
            "right": self.right[line[rows]],
        }
        feature = np.append(self.baseline.feature, -1)
        for side, base in (("left", self.left_base[rows]), ("right", self.right_base[rows])):
            for number in (0, 1):
                foot = base[:, number]
                absent = foot["edge"] < 0 if not number else base[:, 0] == foot
                lon, lat = (np.where(absent, np.nan, foot[name]) for name in ("lon", "lat"))
                far = np.full(len(lon), np.nan)
                there = ~np.isnan(lon)
                far[there] = geodesy.distance(
                    self.lon[rows][there], self.lat[rows][there], lon[there], lat[there]
                )
                name = f"{side}_{number + 1}"
                columns[f"{name}_feature"] = np.where(absent, -1, feature[foot["edge"]])
                columns[f"{name}_lon"] = lon.round(DECIMALS)
                columns[f"{name}_lat"] = lat.round(DECIMALS)
                columns[f"{name}_distance_nmi"] = far / M
        return columns


@dataclass(frozen=True, eq=False)
class Limit:
    """The outer limit of a zone: the line every point of which is `breadth` from the baseline.

    Parameters
    ----------
    breadth : float
        Metres.
    tolerance : float
        Metres that an edge may lie off the true line; vertices are exact to 0.01 mm.
    rings : Rings
        One zone, land included: all that is within the breadth. Cut at ±180°; pockets of high
        seas are holes.
    vertex : numpy.ndarray of int64, shape (rings.n_vertices,)
        The vertex of `lines` each vertex of the rings is; -1 for those that only close a ring.
    lines : Lines
        The same limit uncut, with basepoints.
    """

    breadth: float
    tolerance: float
    rings: Rings
    vertex: NDArray[np.int64]
    lines: Lines

    @property
    def basepoint(self) -> NDArray[np.void]:
        """The basepoint of each vertex of the rings, shape (rings.n_vertices,): lon, lat, edge."""
        none = np.array([(np.nan, np.nan, -1)], dtype=FOOT)
        return np.concatenate([self.lines.left_base[:, 0], none])[self.vertex]

    def to_shapely(self) -> Any:
        """Give the zone as one shapely MultiPolygon, rounded to 1e-9 degrees, and valid.

        Where two parts of the limit are closer to each other than the tolerance, as in a cusp,
        the edges of `rings` may cross; here they do not.

        Examples
        --------
        >>> from eezkit import M
        >>> from eezkit.limits import Baseline, outer_limit
        >>> limit = outer_limit(Baseline.from_points([153.98], [24.29]), 12 * M)
        >>> [round(side, 3) for side in limit.to_shapely().bounds]
        [153.761, 24.089, 154.199, 24.491]
        """
        return _rounded(self.rings)[0]


@dataclass(frozen=True, eq=False)
class Partition:
    """The zones of many territories, which share their boundaries exactly.

    Parameters
    ----------
    breadth, tolerance : float
        Metres, as for `Limit`.
    keys : numpy.ndarray of int64, shape (n_territories,)
        Territories, in ascending order.
    rings : Rings
        The zone of each, land included, cut at ±180°; a territory may have none.
    vertex : numpy.ndarray of int64, shape (rings.n_vertices,)
        The vertex of `lines` each vertex of the rings is; -1 for those that only close a ring.
    lines : Lines
        Limits towards the high seas and boundaries between territories, each once.
    """

    breadth: float
    tolerance: float
    keys: NDArray[np.int64]
    rings: Rings
    vertex: NDArray[np.int64]
    lines: Lines

    def to_shapely(self) -> NDArray[np.object_]:
        """Give one shapely MultiPolygon for each territory, as `Limit.to_shapely` does.

        Examples
        --------
        >>> from eezkit import M
        >>> from eezkit.limits import Baseline, partition
        >>> west = Baseline.from_points([0.0], [0.0], key=1)
        >>> east = Baseline.from_points([0.5], [0.0], key=2)
        >>> zones = partition(Baseline.merge([west, east]), 24 * M)
        >>> [zone.geom_type for zone in zones.to_shapely()]
        ['MultiPolygon', 'MultiPolygon']
        """
        return _rounded(self.rings)


def _rounded(rings: Rings) -> NDArray[np.object_]:
    """Zones as they are written: rounded, and valid where edges cross within the tolerance."""
    import shapely

    zones = replace(
        rings, lon=rings.lon.round(DECIMALS), lat=rings.lat.round(DECIMALS)
    ).to_shapely()
    bad = ~shapely.is_valid(zones)
    for zone in np.flatnonzero(bad):
        parts = shapely.get_parts(shapely.make_valid(zones[zone], method="structure"))
        zones[zone] = shapely.MultiPolygon(parts[shapely.get_type_id(parts) == _POLYGON].tolist())
    return zones
