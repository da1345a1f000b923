"""Load checks: positions on the globe, valid geometry, area as published.

What is wrong on its face is an error; what can be lived with is a warning, one of each kind that
names up to ten zones, and stands in full in a `LoadReport`.
"""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import AreaWarning, DataFormatError, GeometryWarning

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from eezkit.schema import ZoneTable
    from eezkit.zones import Zone

__all__ = ["AreaMismatch", "LoadReport", "Repair", "check_bounds", "check_table"]

AREA_TOLERANCE = 0.005
"""Relative difference of computed and published area above which a zone is named."""

N_NAMED = 10
"""How many zones a warning names."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A zone whose published geometry is not valid, and what its repaired copy differs by.

    Parameters
    ----------
    zone : str
        Its name.
    mrgid : int or None
    reason : str
        Why it is not valid, as GEOS says it: the first reason found.
    lon, lat : float or None
        Where, in degrees; None where GEOS names no place.
    area_change_km2 : float
        Area of the repaired copy less that of the published rings.
    """

    zone: str
    mrgid: int | None
    reason: str
    lon: float | None
    lat: float | None
    area_change_km2: float

    @property
    def place(self) -> str:
        """Where it is, as text that follows the reason."""
        return "" if self.lon is None else f" at lon={self.lon:.5f}, lat={self.lat:.5f}"


@dataclass(frozen=True, slots=True)
class AreaMismatch:
    """A zone whose computed area is not the published one.

    Parameters
    ----------
    zone : str
        Its name.
    mrgid : int or None
    computed_km2, published_km2 : float
        Square kilometres; computed with geodesic edges between the vertices as published.
    """

    zone: str
    mrgid: int | None
    computed_km2: float
    published_km2: float

    @property
    def difference(self) -> float:
        """Computed less published, relative to the published area."""
        return self.computed_km2 / self.published_km2 - 1.0


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What the load checks found, in full.

    Parameters
    ----------
    n_zones : int
    bounds : tuple of float
        West, south, east, north, in degrees.
    repairs : tuple of Repair
        Zones of which maps, areas and exports use a repaired copy; lookup uses the published
        rings.
    area_mismatches : tuple of AreaMismatch
        Zones whose area differs from the published one by more than 0.5 %.
    n_areas : int
        How many zones have a published area at all.
    """

    n_zones: int
    bounds: tuple[float, float, float, float]
    repairs: tuple[Repair, ...] = ()
    area_mismatches: tuple[AreaMismatch, ...] = ()
    n_areas: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> LoadReport:
        """Make a report from what `to_json` returned."""
        return cls(
            n_zones=value["n_zones"],
            bounds=tuple(value["bounds"]),
            repairs=tuple(Repair(**repair) for repair in value["repairs"]),
            area_mismatches=tuple(AreaMismatch(**one) for one in value["area_mismatches"]),
            n_areas=value["n_areas"],
        )


def check_bounds(
    geometry: NDArray[np.object_],
    names: Sequence[str],
    shown: str,
    centres: NDArray[np.float64] | None = None,
) -> None:
    """Refuse positions that are not on the globe, and longitude and latitude exchanged.

    Parameters
    ----------
    geometry : numpy.ndarray of shapely geometry, shape (n,)
        Longitudes may run over -180..180 or 0..360.
    names : sequence of str
        Of each geometry, for the message.
    shown : str
        What to call the data in the message.
    centres : numpy.ndarray of float64, shape (n, 2), optional
        Longitude and latitude that the source gives as the middle of each.

    Raises
    ------
    DataFormatError
        Naming the first that is wrong.

    Notes
    -----
    An exchange is seen where a latitude exceeds 90, or where more zones lie round their published
    middle (X_1, Y_1) with its coordinates exchanged than as they are.
    """
    import shapely

    bounds = shapely.bounds(geometry)
    is_off = (np.abs(bounds[:, [1, 3]]) > 90.0).any(1) | (np.abs(bounds[:, [0, 2]]) > 360.0).any(1)
    if is_off.any():
        first = int(np.flatnonzero(is_off)[0])
        may_be_exchanged = np.abs(bounds[:, [0, 2]]).max() <= 90.0
        raise DataFormatError(
            f"{shown}: {is_off.sum()} of {len(bounds)} features are not on the globe; the first, "
            f"{names[first]!r}, lies at {_box(bounds[first])}: "
            + (
                _EXCHANGED
                if may_be_exchanged
                else "does it say the right coordinate reference system?"
            )
        )
    if centres is None:
        return
    as_is, exchanged = _holds(bounds, centres), _holds(bounds, centres[:, ::-1])
    if (exchanged & ~as_is).sum() > (as_is & ~exchanged).sum():
        first = int(np.flatnonzero(exchanged & ~as_is)[0])
        lon, lat = centres[first]
        raise DataFormatError(
            f"{shown}: {names[first]!r} has its published middle at longitude {lon:.6g}, latitude "
            f"{lat:.6g}, but lies at {_box(bounds[first])}: {_EXCHANGED}"
        )


_EXCHANGED = (
    "are longitude and latitude exchanged? Ask the service with srsName=EPSG:4326, or exchange "
    "them in the file."
)


def _box(bounds: NDArray[np.float64]) -> str:
    west, south, east, north = bounds
    return f"longitude {west:.6g} to {east:.6g}, latitude {south:.6g} to {north:.6g}"


def _holds(bounds: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which boxes hold their centre, whole turns aside."""
    west, south, east, north = bounds.T
    lon, lat = centres.T
    with np.errstate(invalid="ignore"):
        in_lon = np.mod(lon - west, 360.0) <= east - west
        return np.asarray(in_lon & (lat >= south) & (lat <= north))


def check_table(table: ZoneTable) -> tuple[LoadReport, NDArray[np.object_]]:
    """Check geometry and areas of a table, and repair a copy of what is not valid.

    Parameters
    ----------
    table : ZoneTable

    Returns
    -------
    report : LoadReport
    repaired : numpy.ndarray of shapely geometry, shape (n_zones,)
        Valid polygons, for areas, maps and export; the published geometry itself where that is
        valid. Lookup is to use the published rings.

    Warns
    -----
    GeometryWarning
        Naming zones that are not valid: why and where.
    AreaWarning
        Naming zones whose area differs from the published one by more than 0.5 %, with both
        figures. A published whole number is allowed its rounding (0.5 km²) on top.

    Notes
    -----
    Areas are those of the rings as published with geodesic edges on WGS 84, which is how Marine
    Regions computes AREA_KM2 since v11; v9 and v10 computed it on a sphere, up to 0.7 % off.
    A repair (GEOS make_valid, structure method) keeps what an odd number of rings encloses.
    """
    import shapely

    areas = _areas_km2(table.geometry)
    repairs, repaired = _repair(table, areas)
    mismatches = tuple(
        AreaMismatch(_name(zone), zone.mrgid, float(area), zone.area_km2)
        for zone, area in zip(table.zones, areas, strict=True)
        if zone.area_km2 is not None and not _is_close(area, zone.area_km2)
    )
    west, south, east, north = (float(value) for value in shapely.total_bounds(table.geometry))
    report = LoadReport(
        n_zones=len(table.zones),
        bounds=(west, south, east, north),
        repairs=repairs,
        area_mismatches=mismatches,
        n_areas=sum(zone.area_km2 is not None for zone in table.zones),
    )
    _warn(report, table.layout)
    return report, repaired


def _is_close(computed: float, published: float) -> bool:
    rounding = 0.5 if float(published).is_integer() else 0.0
    return abs(computed - published) <= AREA_TOLERANCE * published + rounding


def _repair(
    table: ZoneTable, areas: NDArray[np.float64]
) -> tuple[tuple[Repair, ...], NDArray[np.object_]]:
    import shapely

    from eezkit.sources.files.validity import is_valid

    invalid = np.flatnonzero(~is_valid(table.geometry))
    if len(invalid) == 0:
        return (), table.geometry
    repaired = table.geometry.copy()
    repaired[invalid] = shapely.make_valid(
        table.geometry[invalid], method="structure", keep_collapsed=False
    )
    repairs = []
    for index in invalid:
        zone = table.zones[index]
        reason, lon, lat = _reason(table.geometry[index])
        change = _areas_km2(repaired[[index]])[0] - areas[index]
        repairs.append(Repair(_name(zone), zone.mrgid, reason, lon, lat, float(change)))
    return tuple(repairs), repaired


def _reason(geometry: Any) -> tuple[str, float | None, float | None]:
    """Take apart what GEOS says, such as ``Self-intersection[0.5 0.5]``."""
    import shapely

    said = str(shapely.is_valid_reason(geometry))
    reason, _, place = said.partition("[")
    try:
        lon, lat = (float(number) for number in place.rstrip("]").split()[:2])
    except ValueError:
        return reason, None, None
    return reason, lon, lat


def _warn(report: LoadReport, layout: str) -> None:
    if report.repairs:
        named = _listed(
            f"{one.zone}: {one.reason}{one.place}, repaired area {one.area_change_km2:+.3f} km²"
            for one in report.repairs
        )
        warnings.warn(
            f"{len(report.repairs)} of {report.n_zones} zones are not valid as published. Maps, "
            f"areas and exports use a repaired copy, lookup the published rings. {named}.",
            GeometryWarning,
            stacklevel=3,
        )
    if report.area_mismatches:
        named = _listed(
            f"{one.zone}: {one.computed_km2:,.1f} km² computed, {one.published_km2:,.1f} km² "
            f"published ({one.difference:+.1%})"
            for one in report.area_mismatches
        )
        cause = (
            "Areas of v9 and v10 were computed on a sphere, which alone makes up to 0.7 %."
            if layout == "v9/v10"
            else "Was the file clipped, simplified or edited?"
        )
        warnings.warn(
            f"{len(report.area_mismatches)} of {report.n_areas} zones differ from their published "
            f"area by more than {AREA_TOLERANCE:.1%}. {cause} {named}.",
            AreaWarning,
            stacklevel=3,
        )


def _listed(items: Iterable[str]) -> str:
    every = list(items)
    more = f"; and {len(every) - N_NAMED} more" if len(every) > N_NAMED else ""
    return "; ".join(every[:N_NAMED]) + more


def _name(zone: Zone) -> str:
    return zone.name or (f"MRGID {zone.mrgid}" if zone.mrgid else "a zone without name")


def _areas_km2(geometry: NDArray[np.object_]) -> NDArray[np.float64]:
    """Areas of polygons on the WGS 84 ellipsoid, edges geodesic between vertices, in km²."""
    from eezkit.geodesy import EdgeModel, polygon_area
    from eezkit.geometry import Rings

    rings = Rings.from_shapely(geometry)
    each = np.arange(len(rings.rings))
    alone = Rings(rings.lon, rings.lat, rings.rings, each, each)
    areas = polygon_area(alone, model=EdgeModel.GEODESIC)
    # A ring has an inside and an outside; straight in lon/sin(lat) tells them apart.
    x, y, start = np.radians(rings.lon), np.sin(np.radians(rings.lat)), rings.edge_starts()
    beneath = x[start] * y[start + 1] - x[start + 1] * y[start]
    ring = np.searchsorted(rings.rings, start, side="right") - 1
    flat = _WHOLE_M2 / (8 * np.pi) * np.abs(np.bincount(ring, beneath, len(each) - 1))
    areas = np.where(
        np.abs(flat - areas) > np.abs(flat + areas - _WHOLE_M2), _WHOLE_M2 - areas, areas
    )
    is_hole = np.ones(len(areas), dtype=bool)
    is_hole[rings.polygons[:-1][np.diff(rings.polygons) > 0]] = False
    zone = np.repeat(np.arange(rings.n_zones), np.diff(rings.polygons[rings.zones]))
    return np.bincount(zone, np.where(is_hole, -areas, areas), rings.n_zones) / 1e6


_WHOLE_M2 = 510065621724088.5
"""Area of the WGS 84 ellipsoid, in square metres."""
