"""The planes that pictures on paper are drawn in: round a subject, round a pole, or the world."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from eezkit.geometry import wrap_lon
from eezkit.maps.paths import Box, outline_ring

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["GridLine", "Plane", "plane_for", "polar_plane"]

_POLAR_EDGE = 52.0
"""Latitude where a polar view ends."""
_WIDE = 130.0
"""Degrees of longitude, or latitude, above which a view is one of the whole world."""
_STEPS = (30.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.25, 0.1, 0.05)


@dataclass(frozen=True)
class Plane:
    """A projection, and the rectangle of it that is shown.

    Parameters
    ----------
    definition : str
        For pyproj.
    lon, lat : float
        Its centre, in degrees.
    extent : tuple of float
        Left, bottom, right and top, in metres.
    kind : {"fit", "polar", "world"}
    """

    definition: str
    lon: float
    lat: float
    extent: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    kind: Literal["fit", "polar", "world"] = "fit"

    def forward(self, lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
        """Degrees to metres in the plane."""
        from pyproj import Proj

        x, y = Proj(self.definition)(np.asarray(lon, float), np.asarray(lat, float))
        return np.asarray(x), np.asarray(y)

    def back(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
        """Metres in the plane to degrees; inf outside the world."""
        from pyproj import Proj

        lon, lat = Proj(self.definition)(np.asarray(x, float), np.asarray(y, float), inverse=True)
        return np.asarray(lon), np.asarray(lat)

    def drawn(self, geometries: Iterable[Any]) -> NDArray[np.object_]:
        """Bring shapes in longitude and latitude to the plane, cut to what is shown."""
        import shapely

        given = np.array(list(geometries), dtype=object)
        shapes = np.asarray(shapely.difference(given, self._hidden()))
        if self.kind == "world":
            windows = [self._window(shapes, by) for by in (-360.0, 0.0, 360.0)]
            shapes = np.asarray(shapely.union_all(windows, axis=0))
        shapes = np.asarray(shapely.segmentize(shapes, 0.5))  # last: cuts are edges too

        def project(xy: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(self.forward(*xy.T))

        flat = np.asarray(shapely.transform(shapes, project))
        bad = ~shapely.is_valid(flat)
        # Round the far side of the globe an outline may turn inside out: its lines still tell.
        flat[bad] = shapely.make_valid(flat[bad])
        left, bottom, right, top = self.extent
        room = 0.02 * (right - left)
        return np.asarray(
            shapely.clip_by_rect(flat, left - room, bottom - room, right + room, top + room)
        )

    def _window(self, shapes: NDArray[np.object_], by: float) -> NDArray[np.object_]:
        import shapely

        window = shapely.box(self.lon - 180 + 1e-9, -90, self.lon + 180 - 1e-9, 90)
        moved = shapely.transform(shapes, lambda xy: xy + np.array([by, 0.0]))
        return np.asarray(shapely.intersection(moved, window))

    def _hidden(self) -> Any:
        """The neighbourhood of the antipode, where an azimuthal plane has no place for a point."""
        import shapely

        if self.kind == "world":
            return shapely.Polygon()
        from eezkit.geodesy import direct

        lon, lat, _ = direct(
            float(wrap_lon(self.lon + 180.0)), -self.lat, np.linspace(0, 360, 73), 2_000_000.0
        )
        ring = outline_ring(lon, lat)
        copies = [shapely.Polygon(ring + np.array([by, 0.0])) for by in (-360.0, 0.0, 360.0)]
        return shapely.union_all(shapely.make_valid(copies))

    def graticule(self) -> list[GridLine]:
        """Meridians and parallels that are shown."""
        west, south, east, north = self._seen()
        is_round = self.kind == "polar" or east - west > 180
        step_lon = 30.0 if is_round else _step(east - west)
        step_lat = _step(north - south)
        lon, lat = np.linspace(west, east, 400), np.linspace(south, north, 400)
        found = []
        for meridian in _multiples(west, east - 1e-6 * is_round, step_lon):
            name = _degrees(float(wrap_lon(meridian)), "EW")
            found.append(GridLine(name, True, *self.forward(np.full(400, meridian), lat)))
        for parallel in _multiples(south, north, step_lat):
            if abs(parallel) < 90.0:
                name = _degrees(parallel, "NS")
                found.append(GridLine(name, False, *self.forward(lon, np.full(400, parallel))))
        return found

    def _seen(self) -> Box:
        """The longitudes and latitudes of which something is shown."""
        if self.kind == "world":
            return Box(self.lon - 180 + 1e-9, -90, self.lon + 180 - 1e-9, 90)
        left, bottom, right, top = self.extent
        x, y = np.meshgrid(np.linspace(left, right, 60), np.linspace(bottom, top, 60))
        lon, lat = (np.ravel(values) for values in self.back(x, y))
        seen = np.isfinite(lon) & np.isfinite(lat)
        lon, lat = self.lon + wrap_lon(lon[seen] - self.lon), lat[seen]
        for pole in (-90.0, 90.0):
            px, py = self.forward(self.lon, pole)
            if left <= px <= right and bottom <= py <= top:
                south, north = sorted([pole, float(lat.min() if pole > 0 else lat.max())])
                return Box(self.lon - 180, south, self.lon + 180, north)
        return Box(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))


class GridLine(NamedTuple):
    """A meridian or parallel in the plane: what it is called, which it is, its vertices."""

    name: str
    is_meridian: bool
    x: NDArray[np.float64]
    y: NDArray[np.float64]


def _multiples(start: float, end: float, step: float) -> list[float]:
    return [i * step for i in range(math.ceil(start / step), math.floor(end / step) + 1)]


def _step(width: float) -> float:
    """Distance of the lines of a graticule so that some four to nine cross a width."""
    return next((step for step in _STEPS if width / step >= 4), _STEPS[-1])


def _degrees(value: float, letters: str) -> str:
    degrees, minutes = divmod(round(abs(value) * 60), 60)
    text = f"{degrees}°" + (f"{minutes:02d}′" if minutes else "")
    return text + (letters[value < 0] if value and abs(value) != 180 else "")


def plane_for(box: Box, *, aspect: float, room: float = 0.1) -> Plane:
    """Choose an equal-area plane for a box; the world gets Equal Earth.

    Parameters
    ----------
    box : Box
        What is to be shown.
    aspect : float
        Width of the picture over its height.
    room : float
        What is shown round the box, as a part of its size.

    Returns
    -------
    Plane
    """
    lon, lat = (box.west + box.east) / 2, (box.south + box.north) / 2
    if box.east - box.west > _WIDE or box.north - box.south > _WIDE:
        lon = 0.0 if box.east - box.west > 350 else lon
        plane = Plane(f"+proj=eqearth +lon_0={lon!r} +ellps=WGS84", lon, 0.0, kind="world")
        x, y = plane.forward([lon - 180 + 1e-9, lon + 180 - 1e-9, lon, lon], [0, 0, -90, 90])
        return replace(plane, extent=(x[0], y[2], x[1], y[3]))
    plane = Plane(f"+proj=laea +lat_0={lat!r} +lon_0={lon!r} +ellps=WGS84", lon, lat)
    edge_lon, edge_lat = np.linspace(box.west, box.east, 50), np.linspace(box.south, box.north, 50)
    rim = [(edge_lon, np.full(50, y)) for y in (box.south, box.north)]
    rim += [(np.full(50, x), edge_lat) for x in (box.west, box.east)]
    x, y = np.concatenate([plane.forward(*side) for side in rim], axis=1)
    half_x = max(np.abs(x).max(), 5_000.0) * (1 + room)
    half_y = max(np.abs(y).max(), 5_000.0) * (1 + room)
    half_x, half_y = max(half_x, half_y * aspect), max(half_y, half_x / aspect)
    return replace(plane, extent=(-half_x, -half_y, half_x, half_y))


def polar_plane(pole: Literal[90, -90]) -> Plane:
    """The plane of a polar view: stereographic, as far as 52° of latitude."""
    definition = f"+proj=stere +lat_0={pole} +lat_ts={math.copysign(71, pole)} +ellps=WGS84"
    plane = Plane(definition, 0.0, float(pole), kind="polar")
    _, y = plane.forward(0.0, math.copysign(_POLAR_EDGE, pole))
    reach = abs(float(y))
    return replace(plane, extent=(-reach, -reach, reach, reach))
