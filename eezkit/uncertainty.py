"""How uncertain a position is: a circle, a sector or a polygon; and whether that matters.

Every shape can be covered by ever smaller discs. `decide` covers it until each disc is smaller
than the margin at its centre, and so lies wholly on one side of the line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import numpy as np

from eezkit.errors import OptionError
from eezkit.geodesy import WGS84, direct, distance, inverse
from eezkit.geometry import wrap_lon
from eezkit.positions import check_arrays

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

__all__ = ["Circle", "Polygon", "Sector", "Uncertainty", "decide"]

_RESOLUTION = 1.0  # metres: discs this small that touch the line leave it undecided
_BATCH = 2048
_FARTHEST = 10_000_000.0  # a quarter of the way round: beyond it a sector folds onto itself
_WIDEST_SPHERE = WGS84.greatest_radius


@runtime_checkable
class Uncertainty(Protocol):
    """Where a position may be instead of where it is said to be.

    Made by `circle`, `sector` or `polygon`. All methods take the position, longitude first; a
    circle is drawn round it, a sector and a polygon lie where they lie.
    """

    def contains(
        self, lon: float, lat: float, points_lon: ArrayLike, points_lat: ArrayLike
    ) -> NDArray[np.bool_]:
        """Whether points lie within the shape round the position.

        Parameters
        ----------
        lon, lat : float
            The position, in degrees.
        points_lon, points_lat : array_like of float, shape (...)
            Degrees.

        Returns
        -------
        numpy.ndarray of bool, shape (...)

        Examples
        --------
        >>> from eezkit import Uncertainty
        >>> Uncertainty.circle(5_000).contains(0.0, 0.0, [0.0, 0.1], [0.04, 0.0])
        array([ True, False])
        """

    def outline(
        self, lon: float, lat: float, *, max_length: float | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Draw the outline as one closed ring.

        Parameters
        ----------
        lon, lat : float
            The position, in degrees.
        max_length : float, optional
            Metres between neighbouring vertices, at most; by default a hundredth of `reach`.

        Returns
        -------
        lon, lat : numpy.ndarray of float64, shape (n_vertices,)
            Degrees; the longitudes run on across ±180°. The last vertex repeats the first. A
            ring-shaped sector is cut open along its first azimuth.

        Examples
        --------
        >>> from eezkit import Uncertainty
        >>> lon, lat = Uncertainty.circle(5_000).outline(0.0, 0.0)
        >>> print(lat.max().round(4))
        0.0452
        """

    def reach(self, lon: float, lat: float) -> float:
        """Metres from the position to the farthest place it may be at.

        Parameters
        ----------
        lon, lat : float
            The position, in degrees.

        Returns
        -------
        float
            Metres; the corners of a sector or polygon are exact, along its edges the outline is
            followed in steps of 1 %.

        Examples
        --------
        >>> from eezkit import Uncertainty
        >>> Uncertainty.circle(5_000).reach(0.0, 0.0)
        5000.0
        """

    def describe(self) -> str:
        """Put the shape in words, for a sentence.

        Examples
        --------
        >>> from eezkit import Uncertainty
        >>> Uncertainty.circle(70_000).describe()
        '±70 km'
        """

    def to_json(self) -> dict[str, Any]:
        """Return the shape as JSON has it; `Uncertainty.from_json` takes it back."""

    def cells(self, lon: float, lat: float) -> NDArray[np.float64]:
        """First cells that cover the shape, shape (n_cells, n_fields)."""

    def discs(self, cells: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Longitudes, latitudes and radii (metres) of discs that hold the cells."""

    def halves(self, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        """Cells half as long, as far as they meet the shape."""

    @staticmethod
    def circle(radius: float) -> Circle:
        """All positions within `radius` metres.

        Raises
        ------
        OptionError
            If the radius is not a length from 0 to 10,000 km.

        Examples
        --------
        >>> from eezkit import Uncertainty
        >>> Uncertainty.circle(5_000).describe()
        '±5 km'
        """
        return Circle(float(radius))

    @staticmethod
    def sector(
        lon: float,
        lat: float,
        distance_min: float,
        distance_max: float,
        azimuth_min: float,
        azimuth_max: float,
    ) -> Sector:
        """All positions seen from (`lon`, `lat`) within these distances and azimuths.

        Parameters
        ----------
        lon, lat : float
            Where it is seen from, in degrees.
        distance_min, distance_max : float
            Metres.
        azimuth_min, azimuth_max : float
            Degrees clockwise from north; from 350 to 10 is a sector of 20°.

        Raises
        ------
        CoordinateError
            If (`lon`, `lat`) is not on the globe.
        OptionError
            If the distances are not in order or beyond 10,000 km, or the azimuths are not finite
            or more than 360° apart.

        Examples
        --------
        >>> from eezkit import Uncertainty
        >>> Uncertainty.sector(153.98, 24.29, 140_000, 160_000, 112.5, 157.5).describe()
        'the sector (140–160 km away, azimuth 112.5°–157.5°)'
        """
        return Sector(lon, lat, distance_min, distance_max, azimuth_min, azimuth_max)

    @staticmethod
    def polygon(lon: ArrayLike, lat: ArrayLike) -> Polygon:
        """All positions within a ring, straight in longitude/latitude between vertices.

        Parameters
        ----------
        lon, lat : array_like of float, shape (n_vertices,)
            Degrees, closed or not; from one vertex to the next the shorter way round the globe.

        Raises
        ------
        CoordinateError
            If a vertex is not on the globe.
        OptionError
            If there are fewer than three vertices, or the ring goes round a pole.

        Examples
        --------
        >>> from eezkit import Uncertainty
        >>> Uncertainty.polygon([153, 154, 154, 153], [23, 23, 24, 24]).describe()
        'the polygon of 4 vertices'
        """
        x, y = check_arrays(lon, lat)
        return Polygon(tuple(x.ravel().tolist()), tuple(y.ravel().tolist()))

    @staticmethod
    def from_json(value: dict[str, Any]) -> Uncertainty:
        """Make a shape from what `to_json` returned."""
        fields = dict(value)
        kind = fields.pop("type", None)
        if kind == "circle":
            return Circle(fields["radius_m"])
        if kind == "sector":
            lengths = {name: fields.pop(f"{name}_m") for name in ("distance_min", "distance_max")}
            angles = {name: fields.pop(f"{name}_deg") for name in ("azimuth_min", "azimuth_max")}
            return Sector(**fields, **lengths, **angles)
        if kind == "polygon":
            return Uncertainty.polygon(fields["lon"], fields["lat"])
        raise OptionError(
            f"Uncertainty of type {kind!r}; known are 'circle', 'sector' and 'polygon'."
        )


@dataclass(frozen=True, slots=True)
class Circle(Uncertainty):
    """All positions within a distance; see `Uncertainty.circle`.

    Parameters
    ----------
    radius : float
        Metres.
    """

    radius: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.radius <= _FARTHEST:
            raise OptionError(
                f"Uncertainty of {self.radius} m; accepted are lengths from 0 to 10,000 km."
            )

    def contains(
        self, lon: float, lat: float, points_lon: ArrayLike, points_lat: ArrayLike
    ) -> NDArray[np.bool_]:
        return np.asarray(distance(lon, lat, points_lon, points_lat) <= self.radius)

    def outline(
        self, lon: float, lat: float, *, max_length: float | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        step = max_length or self.radius / 100
        azimuth = np.linspace(0.0, 360.0, 1 + max(4, _pieces(2 * math.pi * self.radius, step)))
        return _closed(*direct(lon, lat, azimuth, self.radius)[:2])

    def reach(self, lon: float, lat: float) -> float:
        return self.radius

    def describe(self) -> str:
        return f"±{_length(self.radius)}"

    def to_json(self) -> dict[str, Any]:
        return {"type": "circle", "radius_m": self.radius}

    def cells(self, lon: float, lat: float) -> NDArray[np.float64]:
        return np.array([[lon, lat]])

    def discs(self, cells: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        return cells[:, 0], cells[:, 1], np.full(len(cells), self.radius)

    def halves(self, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        # The disc is the circle itself: where it touches the line, smaller ones would as well.
        return cells[:0]


@dataclass(frozen=True, slots=True)
class Sector(Uncertainty):
    """Part of a ring round an origin; see `Uncertainty.sector`.

    Parameters
    ----------
    lon, lat : float
        The origin, in degrees.
    distance_min, distance_max : float
        Metres from it.
    azimuth_min, azimuth_max : float
        Degrees clockwise from north at the origin.
    """

    lon: float
    lat: float
    distance_min: float
    distance_max: float
    azimuth_min: float
    azimuth_max: float

    def __post_init__(self) -> None:
        check_arrays(self.lon, self.lat)
        if not 0.0 <= self.distance_min <= self.distance_max <= _FARTHEST:
            raise OptionError(
                f"Sector from {self.distance_min} m to {self.distance_max} m; accepted are lengths "
                "from 0 to 10,000 km, the smaller first."
            )
        if not abs(self.azimuth_max - self.azimuth_min) <= 360.0 + 1e-9:
            raise OptionError(
                f"Sector from azimuth {self.azimuth_min}° to {self.azimuth_max}°; accepted are "
                "degrees clockwise from north, no more than 360 apart."
            )

    @property
    def width(self) -> float:
        """Degrees from the first azimuth to the second, clockwise; 360 is all round."""
        width = self.azimuth_max - self.azimuth_min
        return min(width, 360.0) if width > 0.0 else width % 360.0

    def contains(
        self, lon: float, lat: float, points_lon: ArrayLike, points_lat: ArrayLike
    ) -> NDArray[np.bool_]:
        far, azimuth, _ = inverse(self.lon, self.lat, points_lon, points_lat)
        turned = (np.asarray(azimuth) - self.azimuth_min) % 360.0
        within = (far >= self.distance_min) & (far <= self.distance_max)
        return np.asarray(within & ((turned <= self.width) | (far == 0.0)))

    def outline(
        self, lon: float, lat: float, *, max_length: float | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        near, far = self.distance_min, self.distance_max
        step = max_length or max(far / 100, _RESOLUTION)
        n_arc = 1 + max(1, _pieces(math.radians(self.width) * far, step), int(self.width / 45))
        n_side = 1 + _pieces(far - near, step)
        there = self.azimuth_min + np.linspace(0.0, self.width, n_arc)
        back = there[::-1] if near > 0.0 else there[:1]
        azimuth = [there, np.full(n_side, there[-1]), back, np.full(n_side, there[0])]
        side = np.linspace(far, near, n_side)
        lengths = [np.full(n_arc, far), side, np.full(len(back), near), side[::-1]]
        return _closed(*direct(self.lon, self.lat, np.hstack(azimuth), np.hstack(lengths))[:2])

    def reach(self, lon: float, lat: float) -> float:
        return float(np.max(distance(lon, lat, *self.outline(lon, lat))))

    def describe(self) -> str:
        return (
            f"the sector ({self.distance_min / 1000:g}–{self.distance_max / 1000:g} km away, "
            f"azimuth {self.azimuth_min:g}°–{self.azimuth_max:g}°)"
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "type": "sector",
            "lon": self.lon,
            "lat": self.lat,
            "distance_min_m": self.distance_min,
            "distance_max_m": self.distance_max,
            "azimuth_min_deg": self.azimuth_min,
            "azimuth_max_deg": self.azimuth_max,
        }

    def cells(self, lon: float, lat: float) -> NDArray[np.float64]:
        azimuth_max = self.azimuth_min + self.width
        return np.array([[self.distance_min, self.distance_max, self.azimuth_min, azimuth_max]])

    def discs(self, cells: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        near, far, first, last = cells.T
        middle = (near + far) / 2.0
        lon, lat, _ = direct(self.lon, self.lat, (first + last) / 2.0, middle)
        # Where curvature is positive two sides and an angle span no more than in the plane
        # (Toponogov), so the plane's law of cosines bounds the distance to each corner.
        cosine = np.cos(np.radians(np.minimum((last - first) / 2.0, 180.0)))
        squares = [side**2 + middle**2 - 2.0 * side * middle * cosine for side in (near, far)]
        return np.asarray(lon), np.asarray(lat), np.sqrt(np.maximum(*squares))

    def halves(self, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        near, far, first, last = cells.T
        return _bisected(cells, across=np.radians(last - first) * far > far - near)


@dataclass(frozen=True, slots=True)
class Polygon(Uncertainty):
    """All positions within a ring; see `Uncertainty.polygon`.

    Parameters
    ----------
    lon, lat : tuple of float
        Vertices, in degrees.
    """

    lon: tuple[float, ...]
    lat: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(set(zip(self.lon, self.lat, strict=True))) < 3:
            raise OptionError(
                f"Polygon of {len(self.lon)} vertices; a ring has three different ones at least."
            )
        lon, _ = self.ring()
        if abs(lon[-1] - lon[0]) > 180.0:
            raise OptionError(
                "Polygon that goes round a pole; give a circle, or two polygons one by one."
            )

    def ring(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Vertices as a closed ring, the longitudes running on across ±180°."""
        lon, lat = np.array(self.lon), np.array(self.lat)
        if (lon[0], lat[0]) != (lon[-1], lat[-1]):
            lon, lat = np.append(lon, lon[:1]), np.append(lat, lat[:1])
        steps = wrap_lon(np.diff(lon))
        return lon[0] + np.concatenate([[0.0], np.cumsum(steps)]), lat

    def contains(
        self, lon: float, lat: float, points_lon: ArrayLike, points_lat: ArrayLike
    ) -> NDArray[np.bool_]:
        return _in_ring(*self.ring(), points_lon, points_lat)

    def outline(
        self, lon: float, lat: float, *, max_length: float | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        x, y = self.ring()
        same_side = y[:-1] * y[1:] > 0.0
        equatorward = np.where(same_side, np.minimum(np.abs(y[:-1]), np.abs(y[1:])), 0.0)
        dx, dy = np.radians(np.diff(x)) * np.cos(np.radians(equatorward)), np.radians(np.diff(y))
        lengths = _WIDEST_SPHERE * np.hypot(dx, dy)  # no edge is longer
        step = max_length or max(float(lengths.sum()) / 400, _RESOLUTION)
        n_pieces = np.maximum(1, np.ceil(lengths / step)).astype(np.int64)
        along = np.concatenate([i + np.arange(n) / n for i, n in enumerate(n_pieces)])
        at = np.append(along, len(x) - 1.0)
        vertices = np.arange(len(x))
        return np.interp(at, vertices, x), np.interp(at, vertices, y)

    def reach(self, lon: float, lat: float) -> float:
        return float(np.max(distance(lon, lat, *self.outline(lon, lat))))

    def describe(self) -> str:
        return f"the polygon of {len(self.ring()[0]) - 1} vertices"

    def to_json(self) -> dict[str, Any]:
        return {"type": "polygon", "lon": list(self.lon), "lat": list(self.lat)}

    def cells(self, lon: float, lat: float) -> NDArray[np.float64]:
        x, y = self.ring()
        return np.array([[x.min(), x.max(), y.min(), y.max()]])

    def discs(self, cells: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        west, east, south, north = cells.T
        lon, lat = (west + east) / 2.0, (south + north) / 2.0
        half = np.radians(np.minimum((east - west) / 2.0, 180.0))
        # No longer on the ellipsoid than on a sphere of its largest radius of curvature.
        squares = [
            np.sin(np.radians(north - south) / 4.0) ** 2
            + np.cos(np.radians(lat)) * np.cos(np.radians(edge)) * np.sin(half / 2.0) ** 2
            for edge in (south, north)
        ]
        arc = 2.0 * np.arcsin(np.sqrt(np.minimum(np.maximum(*squares), 1.0)))
        # Past a quarter turn the corners are no longer the farthest.
        arc = np.where(half < math.pi / 2.0, arc, math.pi)
        return lon, lat, _WIDEST_SPHERE * arc

    def halves(self, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        west, east, south, north = cells.T
        width = (east - west) * np.cos(np.radians((south + north) / 2.0))
        halves = _bisected(cells[:, [2, 3, 0, 1]], across=width > north - south)[:, [2, 3, 0, 1]]
        return halves[self._meets(halves)]

    def _meets(self, cells: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether each cell shares a point with the polygon: it is inside, or an edge meets it."""
        lon, lat = self.ring()
        west, east, south, north = cells.T
        x, y = (west + east) / 2.0, (south + north) / 2.0
        meets = _in_ring(lon, lat, x, y)
        for x1, y1, x2, y2 in zip(lon[:-1], lat[:-1], lon[1:], lat[1:], strict=True):
            apart = (np.maximum(x1, x2) < west) | (np.minimum(x1, x2) > east)
            apart |= (np.maximum(y1, y2) < south) | (np.minimum(y1, y2) > north)
            off = np.abs((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1))
            apart |= off > (abs(x2 - x1) * (north - south) + abs(y2 - y1) * (east - west)) / 2.0
            meets |= ~apart
        return meets


def decide(
    uncertainty: Uncertainty,
    lon: float,
    lat: float,
    margin: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]],
) -> Literal["inside", "outside", "undecided"]:
    """Whether a question has one answer wherever in its uncertainty the position is.

    Parameters
    ----------
    uncertainty : Uncertainty
    lon, lat : float
        The position, in degrees.
    margin : callable
        Takes longitudes and latitudes and gives metres, + inside: no displacement smaller than
        its absolute value changes the answer. NaN where nothing is known.

    Returns
    -------
    {"inside", "outside", "undecided"}
        "undecided" also where the line comes within 1 m of a sector or polygon.

    Notes
    -----
    The shape is covered by discs; one is settled where the margin at its centre exceeds its
    radius, and halved where it does not. The smallest are looked at first, so that a line which
    crosses the shape is found after some 30 batches. Otherwise the number of discs grows with
    the length of the shape over its distance from the line.
    """
    waiting = uncertainty.cells(lon, lat)
    answers: set[bool] = set()
    while len(waiting):
        batch, waiting = waiting[-_BATCH:], waiting[:-_BATCH]
        disc_lon, disc_lat, radius = uncertainty.discs(batch)
        margins = np.asarray(margin(disc_lon, disc_lat), dtype=np.float64)
        settled = np.abs(margins) > radius
        answers.update((margins[settled] > 0.0).tolist())
        open_cells = batch[~settled]
        smaller = uncertainty.halves(open_cells)
        touches = (~settled & (radius <= _RESOLUTION)).any() or len(open_cells) > 0 == len(smaller)
        if len(answers) > 1 or touches or np.isnan(margins).any():
            return "undecided"
        waiting = np.concatenate([waiting, smaller])
    return "inside" if answers == {True} else "outside"


def _bisected(cells: NDArray[np.float64], *, across: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Halve cells (a, b, c, d) between c and d where `across`, else between a and b."""
    lower, upper = cells.copy(), cells.copy()
    rows = np.arange(len(cells))
    first = np.where(across, 2, 0)
    middle = (cells[rows, first] + cells[rows, first + 1]) / 2.0
    lower[rows, first + 1] = middle
    upper[rows, first] = middle
    return np.concatenate([lower, upper])


def _in_ring(
    ring_lon: NDArray[np.float64], ring_lat: NDArray[np.float64], lon: ArrayLike, lat: ArrayLike
) -> NDArray[np.bool_]:
    """Whether positions lie within a closed ring; on the ring itself either may be said."""
    middle = (ring_lon.min() + ring_lon.max()) / 2.0
    x = middle + wrap_lon(np.asarray(lon, dtype=np.float64) - middle)
    y = np.asarray(lat, dtype=np.float64)
    inside = np.zeros(np.broadcast_shapes(x.shape, y.shape), dtype=bool)
    ends = zip(ring_lon[:-1], ring_lat[:-1], ring_lon[1:], ring_lat[1:], strict=True)
    for x1, y1, x2, y2 in ends:
        if y1 != y2:
            straddles = (y1 <= y) != (y2 <= y)
            inside ^= straddles & (x < x1 + (y - y1) / (y2 - y1) * (x2 - x1))
    return inside


def _pieces(length: float, step: float) -> int:
    return math.ceil(length / step) if step > 0.0 else 1


def _closed(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Make a ring of vertices: longitudes run on, the last vertex is exactly the first."""
    x, y = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    x = x[0] + np.concatenate([[0.0], np.cumsum(wrap_lon(np.diff(x)))])
    x[-1], y[-1] = x[0] + 360.0 * round((x[-1] - x[0]) / 360.0), y[0]
    return x, y


def _length(metres: float) -> str:
    return f"{metres / 1000:g} km" if metres >= 1000.0 else f"{metres:g} m"
