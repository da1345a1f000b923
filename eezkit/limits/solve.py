"""Positions equally far from two or three sites, to within a micrometre of distance."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from eezkit import geodesy
from eezkit.limits.sites import move, to_lonlat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.limits.sites import Feet, Sites

__all__ = ["EQUAL", "Meeting", "bracketed", "corners", "junctions", "project"]

EQUAL = 1e-6
"""Metres: distances that differ by less are equal; a tenth of what is promised."""
_GUIDE = 0.1
"""Metres: the same for places that only guide a line."""
_STEPS = 40
_BLUNT = 1e-6
"""Directions to two sites that differ by less give no usable gradient."""

Measure: TypeAlias = (
    "Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]], NDArray[np.float64]]"
)
"""From positions and their numbers to distance, east, north of three places, shape (3, 3, n)."""


class Meeting(NamedTuple):
    """Positions equally far from three sites, and whether each was found."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    found: NDArray[np.bool_]


def bracketed(
    sites: Sites,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    at_start: NDArray[np.float64],
    at_end: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find where two sites are about equally far, between positions on either side of that line.

    Parameters
    ----------
    sites : Sites
    left, right : numpy.ndarray of int64, shape (n,)
        Sites; `left` is the nearer at `start`, `right` at `end`.
    start, end : numpy.ndarray of float64, shape (n, 3)
        Unit normals; the search runs along the great circle of normals.
    at_start, at_end : numpy.ndarray of float64, shape (n,)
        Distance from `left` minus that from `right`, in metres, at both ends.

    Returns
    -------
    lon, lat : numpy.ndarray of float64, shape (n,)
        Degrees; the distances differ by less than 0.1 m.
    """
    n = len(left)
    low, high = np.zeros(n), np.ones(n)
    f_low, f_high = at_start.copy(), at_end.copy()
    place = np.zeros(n)
    todo = np.arange(n)
    for step in range(_STEPS + 20):
        if not len(todo):
            break
        a, b, fa, fb = low[todo], high[todo], f_low[todo], f_high[todo]
        with np.errstate(invalid="ignore", divide="ignore"):
            t = a - fa * (b - a) / (fb - fa)
        # The secant can stall at a kink; every third step halves.
        bad = ~((t > a) & (t < b)) | (step % 3 == 2)
        t = np.where(bad, (a + b) / 2, t)
        lon, lat = to_lonlat(start[todo] + t[:, None] * (end[todo] - start[todo]))
        f = sites.distance(left[todo], lon, lat) - sites.distance(right[todo], lon, lat)
        place[todo] = t
        before = f <= 0
        low[todo[before]], f_low[todo[before]] = t[before], f[before]
        high[todo[~before]], f_high[todo[~before]] = t[~before], f[~before]
        todo = todo[(np.abs(f) > _GUIDE) & (b - a > 1e-12)]
    return to_lonlat(start + place[:, None] * (end - start))


def project(
    sites: Sites,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    reach: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], Feet, Feet, NDArray[np.bool_]]:
    """Move positions along the gradient until both sites are equally far.

    Parameters
    ----------
    sites : Sites
    left, right : numpy.ndarray of int64, shape (n,)
    lon, lat : numpy.ndarray of float64, shape (n,)
        Where to start, in degrees.
    reach : numpy.ndarray of float64, shape (n,)
        Metres: the longest single step.

    Returns
    -------
    lon, lat : numpy.ndarray of float64, shape (n,)
    at_left, at_right : Feet
    found : numpy.ndarray of bool, shape (n,)
    """
    lon, lat = lon.copy(), lat.copy()
    feet = [sites.nearest(site, lon, lat) for site in (left, right)]
    for _ in range(_STEPS):
        off, east, north, slope = _gradient(*feet)
        todo = np.flatnonzero(np.abs(off) > EQUAL)
        if not len(todo):
            break
        step = off[todo] / np.maximum(slope[todo], _BLUNT) ** 2
        lon[todo], lat[todo] = move(
            lon[todo], lat[todo], step * east[todo], step * north[todo], reach=reach[todo]
        )
        for foot, site in zip(feet, (left, right), strict=True):
            foot.renew(todo, sites.nearest(site[todo], lon[todo], lat[todo]))
    off = feet[0].distance - feet[1].distance
    return lon, lat, feet[0], feet[1], np.abs(off) <= EQUAL


def _gradient(left: Feet, right: Feet) -> tuple[NDArray[np.float64], ...]:
    """Difference of distances; direction and rate at which it shrinks."""
    east, north = left.east - right.east, left.north - right.north
    return left.distance - right.distance, east, north, np.hypot(east, north)


def junctions(
    sites: Sites, three: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> Meeting:
    """Find where three sites are equally far: tripoints, and ends of boundaries at the breadth.

    Parameters
    ----------
    sites : Sites
    three : numpy.ndarray of int64, shape (n, 3)
    lon, lat : numpy.ndarray of float64, shape (n,)
        Where to start, in degrees.
    """

    def measure(
        x: NDArray[np.float64], y: NDArray[np.float64], which: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        feet = [sites.nearest(three[which, k], x, y) for k in range(3)]
        return np.array([(f.distance, f.east, f.north) for f in feet])

    return _equalise(measure, lon, lat)


def _equalise(measure: Measure, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Meeting:
    """Newton's method on two differences of three distances."""
    lon, lat = lon.copy(), lat.copy()
    found = np.zeros(len(lon), dtype=bool)
    todo = np.arange(len(lon))
    for _ in range(_STEPS):
        if not len(todo):
            break
        (d0, d1, d2), (e0, e1, e2), (n0, n1, n2) = np.moveaxis(
            measure(lon[todo], lat[todo], todo), 1, 0
        )
        first, second = d0 - d1, d0 - d2
        found[todo] = np.maximum(np.abs(first), np.abs(second)) <= EQUAL
        det = (e0 - e1) * (n0 - n2) - (n0 - n1) * (e0 - e2)
        usable = ~found[todo] & (np.abs(det) > _BLUNT**2)
        with np.errstate(invalid="ignore", divide="ignore"):
            east = (first * (n0 - n2) - second * (n0 - n1)) / det
            north = ((e0 - e1) * second - (e0 - e2) * first) / det
        todo, east, north = todo[usable], east[usable], north[usable]
        reach = np.minimum(d0, 1e5)[usable]
        lon[todo], lat[todo] = move(lon[todo], lat[todo], east, north, reach=reach)
    return Meeting(lon, lat, found)


def corners(
    sites: Sites,
    turning: NDArray[np.int64],
    steady: NDArray[np.int64],
    before: NDArray[np.void],
    after: NDArray[np.void],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> tuple[Meeting, NDArray[np.void], NDArray[np.void], NDArray[np.void]]:
    """Find where a line turns since the foot on one side jumps from one place to another.

    Parameters
    ----------
    sites : Sites
    turning, steady : numpy.ndarray of int64, shape (n,)
        The site whose foot jumps, and the site on the other side of the line.
    before, after : numpy.ndarray of FOOT, shape (n,)
        Feet on `turning` on either side of the jump.
    lon, lat : numpy.ndarray of float64, shape (n,)
        Where to start, in degrees.

    Returns
    -------
    meeting : Meeting
        The corners.
    before, after, steady : numpy.ndarray of FOOT, shape (n,)
        The three feet that govern each corner. Where a third place of `turning` is nearer than
        the two given, it has taken the place of the one closer to it.
    """
    before, after, lon, lat = before.copy(), after.copy(), lon.copy(), lat.copy()
    found = np.zeros(len(lon), dtype=bool)
    todo = np.arange(len(lon))
    for _ in range(_STEPS):
        if not len(todo):
            break
        measure = _two_places_and_a_site(sites, before[todo], after[todo], steady[todo])
        meeting = _equalise(measure, lon[todo], lat[todo])
        lon[todo], lat[todo] = meeting.lon, meeting.lat
        todo = todo[meeting.found]
        nearest = sites.nearest(turning[todo], lon[todo], lat[todo])
        to_known = _from_point(lon[todo], lat[todo], before[todo])[0]
        good = to_known - nearest.distance <= EQUAL
        found[todo[good]] = True
        to_before = _apart(nearest.foot, before[todo])
        to_after = _apart(nearest.foot, after[todo])
        for feet, closer in ((before, to_before <= to_after), (after, to_before > to_after)):
            feet[todo[~good & closer]] = nearest.foot[~good & closer]
        todo = todo[~good]
    return Meeting(lon, lat, found), before, after, sites.nearest(steady, lon, lat).foot


def _two_places_and_a_site(
    sites: Sites, first: NDArray[np.void], second: NDArray[np.void], site: NDArray[np.int64]
) -> Measure:
    def measure(
        lon: NDArray[np.float64], lat: NDArray[np.float64], which: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        third = sites.nearest(site[which], lon, lat)
        return np.array(
            [
                _from_point(lon, lat, first[which]),
                _from_point(lon, lat, second[which]),
                (third.distance, third.east, third.north),
            ]
        )

    return measure


def _from_point(
    lon: NDArray[np.float64], lat: NDArray[np.float64], foot: NDArray[np.void]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    distance, azimuth, _ = geodesy.inverse(lon, lat, foot["lon"], foot["lat"])
    return distance, np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))


def _apart(feet: NDArray[np.void], others: NDArray[np.void]) -> NDArray[np.float64]:
    return geodesy.distance(feet["lon"], feet["lat"], others["lon"], others["lat"])
