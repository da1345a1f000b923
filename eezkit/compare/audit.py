"""How far a published limit lies from where the law would put it."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit._atomic import atomic_path
from eezkit.answers.cells import as_cell
from eezkit.errors import OptionError
from eezkit.geometry import wrap_lon
from eezkit.units import M, to_nmi
from eezkit.zones import EdgeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from eezkit.atlas import Atlas
    from eezkit.limits import Baseline

__all__ = ["Audit", "audit"]

SCHEMA_VERSION = 1
WITHIN = 10e3
"""Metres: a vertex farther than this from the breadth is none of the limit."""

_LIMITS = (EdgeKind.OUTER_LIMIT, EdgeKind.UNKNOWN)
_POLYGON = 3


@dataclass(frozen=True, eq=False)
class Audit:
    """The vertices of a published limit, and how far each lies from the breadth.

    Parameters
    ----------
    breadth : float
        Metres that the limit ought to be from the baseline.
    lon, lat : numpy.ndarray of float64, shape (n_vertices,)
        Vertices of the limit, each once, in degrees.
    distance : numpy.ndarray of float64, shape (n_vertices,)
        Metres from each to the nearest point of the baseline.
    base_lon, base_lat : numpy.ndarray of float64, shape (n_vertices,)
        That point: the basepoint that governs the limit there, in degrees.
    feature : numpy.ndarray of int64, shape (n_vertices,)
        The feature of the baseline it lies on, by its place in the input.
    n_left_out : int
        How many vertices lie too far from the breadth to be of this limit.
    within : float
        Metres: how far that is.
    """

    breadth: float
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    distance: NDArray[np.float64]
    base_lon: NDArray[np.float64]
    base_lat: NDArray[np.float64]
    feature: NDArray[np.int64]
    n_left_out: int
    within: float

    def __len__(self) -> int:
        return len(self.lon)

    @property
    def offset(self) -> NDArray[np.float64]:
        """Metres that each vertex lies seaward of the breadth, negative landward of it."""
        return self.distance - self.breadth

    @property
    def median(self) -> float:
        """Median of the offsets, in metres, with its sign."""
        return float(np.median(self.offset))

    @property
    def p95(self) -> float:
        """Metres that 95 % of the vertices are off at most, to either side."""
        return float(np.percentile(np.abs(self.offset), 95))

    @property
    def worst(self) -> int:
        """The vertex that is off the most."""
        return int(np.abs(self.offset).argmax())

    def to_json(self) -> dict[str, Any]:
        """Return the summary as the results contract has it."""
        at = self.worst
        return {
            "schema_version": SCHEMA_VERSION,
            "breadth_nmi": to_nmi(self.breadth),
            "n_vertices": len(self),
            "n_left_out": self.n_left_out,
            "within_m": self.within,
            "median_m": round(self.median, 4),
            "p95_m": round(self.p95, 4),
            "worst": {
                "lat": float(self.lat[at]),
                "lon": float(self.lon[at]),
                "offset_m": round(float(self.offset[at]), 4),
                "distance_m": round(float(self.distance[at]), 4),
                "basepoint": {
                    "feature": int(self.feature[at]),
                    "lat": float(self.base_lat[at]),
                    "lon": float(self.base_lon[at]),
                },
            },
        }

    def to_text(self, names: Sequence[str] | None = None) -> str:
        """Say the summary in words.

        Parameters
        ----------
        names : sequence of str, optional
            What the features of the baseline are called; by default their place, from 1.
        """
        from eezkit.positions import format_position

        at = self.worst
        feature = int(self.feature[at])
        here, base = (
            format_position(float(lon[at]), float(lat[at]))
            for lon, lat in ((self.lon, self.lat), (self.base_lon, self.base_lat))
        )
        name = str(feature + 1) if names is None else names[feature]
        lines = [
            f"{len(self):,} vertices of the limit against {to_nmi(self.breadth):g} nmi from the "
            "baseline (+ seaward, - landward of it)",
            f"median {_signed(self.median)} m  95 % within {self.p95:,.1f} m",
            f"worst {_signed(self.offset[at])} m at {here}, governed by {name} at {base}",
        ]
        if self.n_left_out:
            lines.append(
                f"{self.n_left_out:,} vertices left out, more than {self.within / 1e3:g} km off: "
                "coast, boundaries, or limits of another breadth"
            )
        return "\n".join(lines) + "\n"

    def save(self, path: str | os.PathLike[str], *, names: Sequence[str] | None = None) -> None:
        """Write a row for each vertex, as CSV.

        Parameters
        ----------
        path : path-like
        names : sequence of str, optional
            As for `to_text`.
        """
        called = range(1, int(self.feature.max()) + 2) if names is None else names
        with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as f:
            writer = csv.writer(f, lineterminator="\n")
            columns = ["lat", "lon", "distance_m", "offset_m"]
            writer.writerow([*columns, "basepoint", "basepoint_lat", "basepoint_lon"])
            for i in range(len(self)):
                place = (self.lat[i], self.lon[i], self.base_lat[i], self.base_lon[i])
                lat, lon, base_lat, base_lon = (f"{degrees:.9f}" for degrees in place)
                far, off = f"{self.distance[i]:.4f}", f"{self.offset[i]:.4f}"
                base = as_cell(str(called[int(self.feature[i])]))
                writer.writerow([lat, lon, far, off, base, base_lat, base_lon])


def audit(
    zone: Atlas | object,
    baseline: Baseline,
    *,
    breadth: float = 200 * M,
    within: float = WITHIN,
) -> Audit:
    """Measure how far each vertex of a published limit lies from where the law would put it.

    Parameters
    ----------
    zone : Atlas, shapely geometry, sequence of them, geopandas.GeoSeries or GeoDataFrame
        Zones, whose seaward edges are taken that are no boundary; or limits by themselves, as
        polygons, lines or points.
    baseline : Baseline
        What the breadth is measured from; its territories count as one.
    breadth : float
        Metres (article 57: 200 M).
    within : float
        Metres: vertices that are off by more are left out, and counted. At most half the
        breadth is taken, so that a coast is never a limit.

    Returns
    -------
    Audit

    Raises
    ------
    BaselineError
        If no edge of the baseline is entitled to the breadth.
    OptionError
        If no vertex lies within that of the breadth, or `within` is not positive.

    Notes
    -----
    Distances are to the true nearest point of the baseline, on the ellipsoid, to 1 mm. Of data
    that hold the zones of one State alone, boundaries with its neighbours cannot be told from
    limits; of these, what lies `within` of the breadth counts too. Only vertices are measured:
    between them a limit drawn in few vertices lies landward of the true one.
    """
    from eezkit.atlas import Atlas
    from eezkit.limits.sites import Sites

    if not within > 0:
        raise OptionError(f"within is {within} m. Accepted are lengths above 0.")
    within = min(within, breadth / 2)
    found = _of_atlas(zone) if isinstance(zone, Atlas) else _of_geometry(zone)
    lon, lat = np.unique(found, axis=0).T
    sites = Sites(baseline.with_key(0).entitled(breadth), np.inf)
    nearest = sites.nearest(np.zeros(len(lon), dtype=np.int64), lon, lat)
    kept = np.abs(nearest.distance - breadth) <= within
    if not kept.any():
        raise OptionError(_none_near(nearest.distance, breadth, within))
    foot = nearest.foot[kept]
    return Audit(
        breadth,
        lon[kept],
        lat[kept],
        nearest.distance[kept],
        foot["lon"].copy(),
        foot["lat"].copy(),
        sites.baseline.feature[foot["edge"]],
        int((~kept).sum()),
        within,
    )


def _signed(metres: float) -> str:
    """One decimal and a sign, and no minus before what is nothing."""
    return f"{round(float(metres), 1) + 0.0:+,.1f}"


def _none_near(far: NDArray[np.float64], breadth: float, within: float) -> str:
    if not len(far):
        return "There is no seaward edge to audit: the zone has none, or the file no feature."
    low, high = to_nmi(float(far.min())), to_nmi(float(far.max()))
    return (
        f"None of {len(far)} vertices lies within {within / 1e3:g} km of the breadth of "
        f"{to_nmi(breadth):g} nmi; they lie {low:,.1f} to {high:,.1f} nmi from the baseline. "
        "Is it the baseline of this zone, and the breadth of this limit?"
    )


def _of_atlas(atlas: Atlas) -> NDArray[np.float64]:
    """Ends of the seaward edges that bound the zones and may be limits, shape (n, 2)."""
    edges = atlas.edges
    selected = np.zeros(len(atlas.every_zone), dtype=bool)
    selected[list(range(len(selected)) if atlas.selected is None else atlas.selected)] = True
    kinds = [tuple(EdgeKind).index(kind) for kind in _LIMITS]
    chosen = np.flatnonzero(
        edges.bounding(selected) & np.isin(edges.kind[: edges.n_seaward], kinds)
    )
    starts = np.column_stack([edges.lon1[chosen], edges.lat1[chosen]])
    ends = np.column_stack([edges.lon2[chosen], edges.lat2[chosen]])
    return _wrapped(np.vstack([starts, ends]))


def _of_geometry(geometries: object) -> NDArray[np.float64]:
    """Vertices of the geometries, without those that only close a ring along ±180° or a pole."""
    import shapely

    from eezkit.crs import lonlat_of

    parts = shapely.get_parts(shapely.get_parts(lonlat_of(geometries)))
    is_polygon = shapely.get_type_id(parts) == _POLYGON
    lines = np.concatenate([shapely.get_rings(parts[is_polygon]), parts[~is_polygon]])
    xy, line = shapely.get_coordinates(lines, return_index=True)
    xy = _wrapped(xy)
    start = np.flatnonzero(line[1:] == line[:-1])
    (x1, y1), (x2, y2) = xy[start].T, xy[start + 1].T
    closing = ((x1 == -180.0) & (x2 == -180.0)) | ((np.abs(y1) == 90.0) & (y1 == y2))
    true = start[~closing]
    counts = np.bincount(line, minlength=len(lines))[line] == 1
    counts[true] = counts[true + 1] = True
    return xy[counts]


def _wrapped(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([wrap_lon(xy[:, 0]), xy[:, 1]])
