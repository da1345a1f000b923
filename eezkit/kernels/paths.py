"""The way of a ship from one fix to the next: along the geodesic, or along the rhumb line.

A path is run through by a parameter ``p`` that goes from 0 to its length in metres. On a
geodesic ``p`` is the distance gone. On a rhumb line it is proportional to the longitude gone,
in which the line is straight on Mercator's chart; `Path.gone` turns it into metres.

Between its cuts (the equator; the turning points of a geodesic) a path is monotone in longitude
and in latitude, and its latitude is a concave function of its longitude north of the equator, a
convex one south of it. Of a rhumb line that follows from the isometric latitude, of which the
latitude is a concave function; of geodesics on this ellipsoid it was found without exception
(``benchmarks/bench_voyages.py --claims``).

References
----------
C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013) 43-55,
doi:10.1007/s00190-012-0578-z. Equation numbers in comments are his.
"""

from array import array

import cython

if cython.compiled:
    from cython.cimports.eezkit.kernels.curves import _from_isometric, _isometric
    from cython.cimports.eezkit.kernels.geodesic import (
        DEGREE,
        E2,
        A,
        B,
        F,
        _a1,
        _b1,
        _b1_reverted,
        a3_of,
        b3_difference,
        epsilon,
        reduced,
        sincos_deg,
        solve_inverse,
        unit,
        wrap_180,
    )
    from cython.cimports.libc.math import atan2, ceil, cos, fabs, hypot, sin, sqrt
else:
    from math import atan2, ceil, cos, fabs, hypot, sin, sqrt

    from eezkit.kernels.curves import _from_isometric, _isometric
    from eezkit.kernels.geodesic import (
        DEGREE,
        E2,
        A,
        B,
        F,
        _a1,
        _b1,
        _b1_reverted,
        a3_of,
        b3_difference,
        epsilon,
        reduced,
        sincos_deg,
        solve_inverse,
        unit,
        wrap_180,
    )

GEODESIC_PATH = 0
RHUMB_PATH = 1

_QUARTER = 1.5707963267948966
_NEVER = 1e300
# From this much isometric latitude on, the meridian's length tells that of a rhumb line.
_STEEP = 0.02
# Degrees of latitude gained, and from the equator, up to which three places tell the length.
_SHORT_RISE = 0.2
_SHORT_LAT = 80.0
_OFF_MIDDLE = 0.38729833462074170
_LEAST_COSINE = 1e-14
_TINY = 1.4916681462400413e-154
# Gauss and Legendre's rule of five places, from 0 to 1.
_NODES = array(
    "d",
    [0.04691007703066800, 0.23076534494715845, 0.5, 0.76923465505284155, 0.95308992296933200],
)
_WEIGHTS = array(
    "d",
    [0.11846344252809454, 0.23931433524968324, 0.28444444444444444, 0.23931433524968324,
     0.11846344252809454],
)  # fmt: skip


def _parallel(lat):
    """Radius of the parallel at a latitude, in metres."""
    s, c = sincos_deg(lat)
    return A * c / sqrt(1.0 - E2 * s * s)


def _is_short(lat1, lat2):
    return fabs(lat2 - lat1) < _SHORT_RISE and max(fabs(lat1), fabs(lat2)) < _SHORT_LAT


def _rhumb_short(lat1, lat2, dlon):
    """Metres of a rhumb line that hardly rises.

    The mean radius of its parallels is that of the meridian's length to the isometric latitude
    gained, both by Gauss and Legendre's rule of three places.
    """
    k: cython.int
    length = rise = 0.0
    for k in range(3):
        s, c = sincos_deg(lat1 + (0.5 + (k - 1) * _OFF_MIDDLE) * (lat2 - lat1))
        w2 = 1.0 - E2 * s * s
        weight = 4.0 / 9.0 if k == 1 else 5.0 / 18.0
        length += weight / (w2 * sqrt(w2))
        rise += weight / (w2 * c)
    north = A * (1.0 - E2) * length * (lat2 - lat1) * DEGREE
    east = A * length / rise * dlon * DEGREE
    return sqrt(north * north + east * east)


def _rhumb_between(lat1, lat2, psi1, dpsi, dlon):
    """Metres of a rhumb line, given the isometric latitude too; `dlon` in degrees."""
    k: cython.int
    if _is_short(lat1, lat2):
        return _rhumb_short(lat1, lat2, dlon)
    turn = dlon * DEGREE
    if fabs(dpsi) >= _STEEP:
        meridian, _a, _b, _c, _d, _e, _f, _g = solve_inverse(lat1, lat2, 0.0)
        return meridian * sqrt(1.0 + turn / dpsi * (turn / dpsi))
    mean = 0.0
    for k in range(5):
        mean += _WEIGHTS[k] * _parallel(_from_isometric(psi1 + _NODES[k] * dpsi))
    return mean * sqrt(turn * turn + dpsi * dpsi)


def rhumb_length(lat1, lat2, dlon):
    """Metres along the rhumb line between two latitudes, a difference in longitude apart.

    The difference must lie within [-180, 180] degrees. To or from a pole, and along a meridian,
    the rhumb line is the meridian.
    """
    if dlon == 0.0 or fabs(lat1) == 90.0 or fabs(lat2) == 90.0:
        meridian, _a, _b, _c, _d, _e, _f, _g = solve_inverse(lat1, lat2, 0.0)
        return meridian
    if _is_short(lat1, lat2):
        return _rhumb_short(lat1, lat2, dlon)
    psi1 = _isometric(lat1)
    return _rhumb_between(lat1, lat2, psi1, _isometric(lat2) - psi1, dlon)


class Path:
    """A path, begun anew for each pair of fixes."""

    def __init__(self):
        self.begin(0, 0.0, 0.0, 0.0, 0.0)

    def begin(self, kind, lon1, lat1, lon2, lat2):
        """Take the path between two fixes, longitudes within [-180, 180]."""
        # A pole has every longitude: with the other fix's the path is exactly a meridian.
        if fabs(lat1) == 90.0:
            lon1 = lon2
        elif fabs(lat2) == 90.0:
            lon2 = lon1
        self.lon1 = lon1
        self.lat1 = lat1
        self.lat2 = lat2
        self.dlon = wrap_180(lon2 - lon1)
        self.is_rhumb = kind == RHUMB_PATH and self.dlon != 0.0
        if not self.is_rhumb:
            self._begin_geodesic()
            return
        self.psi1 = _isometric(lat1)
        self.dpsi = _isometric(lat2) - self.psi1
        self.length = _rhumb_between(lat1, lat2, self.psi1, self.dpsi, self.dlon)
        self.first_cut = 0.0

    def _begin_geodesic(self):
        self.length, salp1, calp1, _a, _b, _c, _d, _e = solve_inverse(
            self.lat1, self.lat2, self.dlon
        )
        sbet1, cbet1 = reduced(self.lat1)
        self.salp0 = salp1 * cbet1
        self.calp0 = hypot(calp1, salp1 * sbet1)
        self.somg1 = self.salp0 * sbet1
        self.comg1 = cbet1 * calp1 if sbet1 != 0.0 or calp1 != 0.0 else 1.0
        self.ssig1, self.csig1 = unit(sbet1, self.comg1)
        self.sig1 = atan2(self.ssig1, self.csig1)
        self.e = epsilon(self.calp0)
        self.b11 = _b1(self.e, self.ssig1, self.csig1)
        self.ba1 = B * _a1(self.e)
        self.fa3 = F * self.salp0 * a3_of(self.e)
        self.first_cut = ceil(self.sig1 / _QUARTER)

    def _reach(self, p):
        """Longitude, latitude, sine of the arc from the equator's node, and its cosine, at p.

        The last is the cosine of the reduced latitude.
        """
        # tau (20) is the distance as an angle
        tau = p / self.ba1 + self.b11
        s = sin(tau)
        c = cos(tau)
        b12 = _b1_reverted(self.e, self.ssig1 * c + self.csig1 * s, self.csig1 * c - self.ssig1 * s)
        sig12 = tau + b12
        s = sin(sig12)
        c = cos(sig12)
        ssig2 = self.ssig1 * c + self.csig1 * s
        csig2 = self.csig1 * c - self.ssig1 * s
        cbet2 = hypot(self.salp0, self.calp0 * csig2)
        if cbet2 == 0.0:
            cbet2 = csig2 = _TINY
        somg2 = self.salp0 * ssig2
        omg12 = atan2(
            somg2 * self.comg1 - csig2 * self.somg1, csig2 * self.comg1 + somg2 * self.somg1
        )
        sig12 += b3_difference(self.e, self.ssig1, self.csig1, ssig2, csig2)
        lon = self.lon1 + (omg12 - self.fa3 * sig12) / DEGREE
        lat = atan2(self.calp0 * ssig2, (1.0 - F) * cbet2) / DEGREE
        return lon, lat, ssig2, csig2, cbet2

    def at(self, p):
        """Longitude, running on from that of the first fix, and latitude at p."""
        if self.is_rhumb:
            t = p / self.length
            # Along a parallel the latitude stays to the last bit: there may be an edge.
            lat = self.lat1
            if self.dpsi != 0.0:
                lat = _from_isometric(self.psi1 + t * self.dpsi)
            return self.lon1 + t * self.dlon, lat
        lon, lat, _s, _c, _b = self._reach(p)
        return lon, lat

    def moving(self, p):
        """Longitude and latitude at p, and how fast they change, in degrees for a metre of p."""
        if self.is_rhumb:
            lon, lat = self.at(p)
            s, c = sincos_deg(lat)
            rise = c * (1.0 - E2 * s * s) / (1.0 - E2) / DEGREE
            return lon, lat, self.dlon / self.length, rise * self.dpsi / self.length
        lon, lat, ssig2, csig2, cbet2 = self._reach(p)
        salp2, calp2 = unit(self.salp0, self.calp0 * csig2)
        sbet2 = self.calp0 * ssig2
        h = hypot(sbet2, (1.0 - F) * cbet2)
        s = sbet2 / h
        c = (1.0 - F) * cbet2 / h
        w2 = 1.0 - E2 * s * s
        w = sqrt(w2)
        east = salp2 * w / (A * max(c, _LEAST_COSINE)) / DEGREE
        return lon, lat, east, calp2 * w2 * w / (A * (1.0 - E2)) / DEGREE

    def cut(self, k):
        """Where the k-th cut lies, k counted from `first_cut`; beyond the length if nowhere."""
        if not self.is_rhumb:
            return self.ba1 * (k * _QUARTER - self.sig1 - self.b11)
        if k > 0.0 or self.dpsi == 0.0:
            return _NEVER
        return -self.psi1 / self.dpsi * self.length

    def gone(self, p):
        """Metres from the first fix to p."""
        if not self.is_rhumb:
            return p
        t = p / self.length
        lat = _from_isometric(self.psi1 + t * self.dpsi)
        return _rhumb_between(self.lat1, lat, self.psi1, t * self.dpsi, t * self.dlon)
