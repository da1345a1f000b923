"""Where, and for whom, a dataset is complete: elsewhere its silence means nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import OptionError
from eezkit.geodesy import WGS84, distance
from eezkit.geometry import wrap_lon
from eezkit.positions import check_arrays, on_globe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["Coverage"]

_WORLD = ((-180.0, -90.0, 180.0, 90.0),)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where a dataset is complete, and for which sovereigns it is complete everywhere.

    Without a box and a disc it is complete within its own zones only.

    Parameters
    ----------
    boxes : tuple of (float, float, float, float)
        West, south, east, north, in degrees; where west exceeds east, across ±180°.
    around : (float, float, float) or None
        A disc: longitude and latitude in degrees, and the radius in metres.
    complete_for : frozenset of str
        Sovereigns whose zones are all in the dataset, wherever they are.

    Raises
    ------
    CoordinateError
        If a corner or a centre is not on the globe.
    OptionError
        If a box has its south above its north, or a radius is no length.
    """

    boxes: tuple[tuple[float, float, float, float], ...] = ()
    around: tuple[float, float, float] | None = None
    complete_for: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for west, south, east, north in self.boxes:
            check_arrays([west, east], [south, north])
            if south > north:
                raise OptionError(
                    f"Box from latitude {south} to {north}; accepted is west, south, east, north."
                )
        if self.around is not None:
            check_arrays(*self.around[:2])
            if not 0.0 <= self.around[2] < float("inf"):
                raise OptionError(
                    f"Coverage within {self.around[2]} m; accepted are lengths from 0 up."
                )

    @classmethod
    def world(cls) -> Coverage:
        """Complete everywhere.

        Examples
        --------
        >>> from eezkit import Coverage
        >>> Coverage.world().covers([0, 120], [0, 45])
        array([ True,  True])
        """
        return cls(boxes=_WORLD)

    @classmethod
    def zones_only(cls) -> Coverage:
        """Complete nowhere but within the zones themselves.

        Examples
        --------
        >>> from eezkit import Coverage
        >>> Coverage.zones_only().covers([0], [0])
        array([False])
        """
        return cls()

    @classmethod
    def disc(cls, lon: float, lat: float, radius: float) -> Coverage:
        """Complete within a distance (metres) of a position (degrees).

        Examples
        --------
        >>> from eezkit import Coverage
        >>> Coverage.disc(153.98, 24.29, 100_000).covers([154, 160], [24, 24])
        array([ True, False])
        """
        return cls(around=(float(lon), float(lat), float(radius)))

    @classmethod
    def within(cls, boxes: Sequence[Sequence[float]]) -> Coverage:
        """Complete within boxes of west, south, east, north (degrees).

        Examples
        --------
        >>> from eezkit import Coverage
        >>> Coverage.within([(150, 20, 160, 30)]).covers([155, 170], [24, 24])
        array([ True, False])
        """
        return cls(boxes=tuple((float(w), float(s), float(e), float(n)) for w, s, e, n in boxes))

    def and_for(self, sovereigns: Iterable[str]) -> Coverage:
        """Complete for these sovereigns too, wherever their zones are.

        Examples
        --------
        >>> from eezkit import Coverage
        >>> Coverage.zones_only().and_for(["JPN"]).complete_for
        frozenset({'JPN'})
        """
        return replace(self, complete_for=self.complete_for | frozenset(sovereigns))

    def covers(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
        """Whether "in no zone" may be said of positions that no zone of the dataset holds.

        Parameters
        ----------
        lon, lat : array_like of float, shape (...)
            Degrees.

        Returns
        -------
        numpy.ndarray of bool, shape (...)
            False for what is not a position. Edges belong to the covered part; the distance to
            the centre of a disc is geodesic.

        Examples
        --------
        >>> from eezkit import Coverage
        >>> Coverage.within([(170, -20, 190, -10)]).covers([-175, 165], [-15, -15])
        array([ True, False])
        """
        lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        x, y = np.broadcast_arrays(lon, lat)
        covered = np.zeros(x.shape, dtype=bool)
        valid = on_globe(x, y)
        for west, south, east, north in self.boxes:
            half = (east - west if east >= west else east - west + 360.0) / 2.0
            off = np.abs(wrap_lon(x - (west + half)))
            covered |= valid & (off <= half) & (y >= south) & (y <= north)
        if self.around is not None:
            covered[valid] |= _within(*self.around, x[valid], y[valid])
        return covered

    @property
    def is_world(self) -> bool:
        """Whether the dataset is complete everywhere."""
        return _WORLD[0] in self.boxes

    def depth(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
        """Give a distance within which everything is covered.

        Parameters
        ----------
        lon, lat : array_like of float, shape (...)
            Degrees.

        Returns
        -------
        numpy.ndarray of float64, shape (...)
            Metres, never more than there are to the nearest place that is not covered, and 1 %
            fewer at most where a disc or a single box covers; 0 where nothing is.

        Examples
        --------
        >>> from eezkit import Coverage
        >>> Coverage.disc(153.98, 24.29, 100_000).depth([153.98, 160.0], [24.29, 24.0])
        array([100000.,      0.])
        """
        lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        x, y = np.broadcast_arrays(lon, lat)
        deep = np.zeros(x.shape)
        for box in self.boxes:
            deep = np.maximum(deep, np.where(on_globe(x, y), _depth(*box, x, y), 0.0))
        if self.around is not None:
            centre_lon, centre_lat, radius = self.around
            valid = on_globe(x, y)
            left = radius - distance(centre_lon, centre_lat, x[valid], y[valid])
            deep[valid] = np.maximum(deep[valid], left)
        return deep

    def describe(self) -> str:
        """Say in one line where and for whom the dataset is complete.

        Examples
        --------
        >>> from eezkit import Coverage
        >>> Coverage.world().describe()
        'complete everywhere'
        """
        if self.around is not None:
            lon, lat, radius = self.around
            where = f"complete within {radius / 1000:g} km of {lat:g} {lon:g}"
        elif self.boxes == _WORLD:
            where = "complete everywhere"
        elif self.boxes:
            corners = "; ".join(f"{w:g} {s:g} to {e:g} {n:g}" for w, s, e, n in self.boxes)
            where = f"complete within the box (lon lat) {corners}"
        else:
            where = "complete within its zones only"
        names = ", ".join(sorted(self.complete_for))
        return where + (f", and for {names} everywhere" if names else "")

    def to_json(self) -> dict[str, Any]:
        """Return the coverage as a manifest has it; `from_json` takes it back."""
        value: dict[str, Any] = {"type": "zones"}
        if self.around is not None:
            lon, lat, radius = self.around
            value = {"type": "disc", "lon": lon, "lat": lat, "radius_m": radius}
        elif self.boxes == _WORLD:
            value = {"type": "world"}
        elif self.boxes:
            value = {"type": "boxes", "boxes": [list(box) for box in self.boxes]}
        return value | ({"complete_for": sorted(self.complete_for)} if self.complete_for else {})

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Coverage:
        """Make a coverage from what `to_json` returned.

        Raises
        ------
        OptionError
            If its type is not known.
        """
        kind = value.get("type")
        if kind == "world":
            where = cls.world()
        elif kind == "zones":
            where = cls.zones_only()
        elif kind == "disc":
            where = cls.disc(value["lon"], value["lat"], value["radius_m"])
        elif kind == "boxes":
            where = cls.within(value["boxes"])
        else:
            raise OptionError(
                f"Coverage of type {kind!r}; known are 'world', 'zones', 'disc' and 'boxes'."
            )
        return where.and_for(value.get("complete_for", ()))


def _within(
    centre_lon: float,
    centre_lat: float,
    radius: float,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Whether positions are within a geodesic distance; few of them have to be measured.

    A geodesic is no shorter than its image on the sphere of the least radius of curvature, and
    no longer than that on the sphere of the largest.
    """
    half_lon, half_lat = np.radians(lon - centre_lon) / 2.0, np.radians(lat - centre_lat) / 2.0
    cosines = np.cos(np.radians(lat)) * np.cos(np.radians(centre_lat))
    haversine = np.sin(half_lat) ** 2 + cosines * np.sin(half_lon) ** 2
    farthest, nearest = (
        np.sin(min(radius / (2.0 * sphere), np.pi / 2.0)) ** 2
        for sphere in (WGS84.least_radius, WGS84.greatest_radius)
    )
    within = haversine <= nearest * (1.0 - 1e-9)
    near = ~within & (haversine <= farthest * (1.0 + 1e-9) + 1e-24)
    within[near] = distance(centre_lon, centre_lat, lon[near], lat[near]) <= radius
    return within


def _depth(
    west: float,
    south: float,
    east: float,
    north: float,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Metres to the sides of a box, at least: on the sphere of the least radius of curvature."""
    y = np.radians(lat)
    half = (east - west if east >= west else east - west + 360.0) / 2.0
    off = np.abs(wrap_lon(lon - (west + half)))
    ways = [np.full(y.shape, np.inf)]
    if south > -90.0:
        ways.append(y - np.radians(south))
    if north < 90.0:
        ways.append(np.radians(north) - y)
    if half < 180.0:
        to_side = np.radians(half - off)
        # Beyond a quarter turn the nearest point of a side is the pole.
        near = np.minimum(to_side, np.pi / 2.0)
        ways.append(np.arcsin(np.cos(y) * np.sin(np.maximum(near, 0.0))) * np.sign(to_side))
    return np.maximum(WGS84.least_radius * np.min(ways, axis=0), 0.0)
