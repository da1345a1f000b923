"""Areas on the WGS 84 ellipsoid: beneath edges, and of the rings that these make.

The area of a ring is the sum of the signed areas between its edges and the equator. Beneath a
geodesic it is Karney's series; beneath the other curves, which run evenly in longitude, it is
a quadrature of the area north of the equator along them.

References
----------
C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013) 43-55, section 6,
doi:10.1007/s00190-012-0578-z. Equation numbers in comments are his.
"""

from array import array
from math import fsum

import cython

if cython.compiled:
    from cython.cimports.eezkit.kernels.curves import GEODESIC, canonical, curve, motion
    from cython.cimports.eezkit.kernels.geodesic import (
        DEGREE,
        E2,
        A,
        B,
        F,
        N,
        a3_of,
        b3_difference,
        epsilon,
        reduced,
        sincos_deg,
        solve_inverse,
        unit,
        wrap_180,
    )
    from cython.cimports.libc.math import atan2, atanh, ceil, cos, fabs, floor, hypot, sin, sqrt
else:
    from math import atan2, atanh, ceil, cos, fabs, floor, hypot, sin, sqrt

    from eezkit.kernels.curves import GEODESIC, canonical, curve, motion
    from eezkit.kernels.geodesic import (
        DEGREE,
        E2,
        A,
        B,
        F,
        N,
        a3_of,
        b3_difference,
        epsilon,
        reduced,
        sincos_deg,
        solve_inverse,
        unit,
        wrap_180,
    )

_E = sqrt(E2)
_PI = 3.141592653589793
_AUTHALIC2 = (A * A + B * B * atanh(_E) / _E) / 2


def _polynomials(n: float) -> list[float]:
    """Coefficients of C4 (63) as polynomials in epsilon for this n.

    The constants are written as floats: compiled, 1 / 4 beside a float is an integer division.
    """
    return [
        2.0 / 3
        - 4 * n / 15
        + 8 * n**2 / 105
        + 4 * n**3 / 315
        + 16 * n**4 / 3465
        + 20 * n**5 / 9009,
        -1.0 / 5 + 16 * n / 35 - 32 * n**2 / 105 + 16 * n**3 / 385 + 64 * n**4 / 15015,
        -2.0 / 105 - 32 * n / 315 + 1088 * n**2 / 3465 - 1184 * n**3 / 5005,
        11.0 / 315 - 368 * n / 3465 - 32 * n**2 / 6435,
        4.0 / 1155 + 1088 * n / 45045,
        97.0 / 15015,
        1.0 / 45 - 16 * n / 315 + 32 * n**2 / 945 - 16 * n**3 / 3465 - 64 * n**4 / 135135,
        -2.0 / 105 + 64 * n / 945 - 128 * n**2 / 1485 + 1984 * n**3 / 45045,
        -1.0 / 105 + 16 * n / 2079 + 5792 * n**2 / 135135,
        4.0 / 1155 - 2944 * n / 135135,
        1.0 / 9009,
        4.0 / 525 - 32 * n / 1575 + 64 * n**2 / 3465 - 32 * n**3 / 5005,
        -8.0 / 1575 + 128 * n / 5775 - 256 * n**2 / 6825,
        -8.0 / 1925 + 1856 * n / 225225,
        8.0 / 10725,
        8.0 / 2205 - 256 * n / 24255 + 512 * n**2 / 45045,
        -16.0 / 8085 + 1024 * n / 105105,
        -136.0 / 63063,
        64.0 / 31185 - 512 * n / 81081,
        -128.0 / 135135,
        128.0 / 99099,
    ]


_C4 = array("d", _polynomials(N))


def _i4(e, s, c):
    """The area integral (59), a sum of C4_l cos((2 l + 1) sigma)."""
    x0 = _C4[0] + e * (_C4[1] + e * (_C4[2] + e * (_C4[3] + e * (_C4[4] + e * _C4[5]))))
    x1 = e * (_C4[6] + e * (_C4[7] + e * (_C4[8] + e * (_C4[9] + e * _C4[10]))))
    x2 = e * e * (_C4[11] + e * (_C4[12] + e * (_C4[13] + e * _C4[14])))
    x3 = e * e * e * (_C4[15] + e * (_C4[16] + e * _C4[17]))
    x4 = e * e * e * e * (_C4[18] + e * _C4[19])
    x5 = e * e * e * e * e * _C4[20]
    y = 2.0 * (c - s) * (c + s)
    b4 = y * x5 + x4
    b3 = y * b4 - x5 + x3
    b2 = y * b3 - b4 + x2
    b1 = y * b2 - b3 + x1
    b0 = y * b1 - b2 + x0
    return c * (b0 - b1)


def _geodesic_below(lat1, lat2, lon12):
    """Length of a geodesic, and the area between it and the equator, positive going east."""
    s12, salp1, calp1, salp2, calp2, _m, _c, _d = solve_inverse(lat1, lat2, lon12)
    sbet1, cbet1 = reduced(lat1)
    sbet2, cbet2 = reduced(lat2)
    salp0 = salp1 * cbet1
    calp0 = hypot(calp1, salp1 * sbet1)
    if salp0 == 0.0 or calp0 == 0.0:
        # Along the equator, or along a meridian: only one across a pole has an area.
        turned = salp2 * calp1 - calp2 * salp1
        return s12, _AUTHALIC2 * (atan2(turned, calp2 * calp1 + salp2 * salp1) if turned else 0.0)
    ssig1, csig1 = unit(sbet1, calp1 * cbet1)
    ssig2, csig2 = unit(sbet2, calp2 * cbet2)
    e = epsilon(calp0)
    sig12 = atan2(max(0.0, csig1 * ssig2 - ssig1 * csig2), csig1 * csig2 + ssig1 * ssig2)
    omg12 = lon12 * DEGREE + F * salp0 * a3_of(e) * (
        sig12 + b3_difference(e, ssig1, csig1, ssig2, csig2)
    )
    if cos(omg12) > -0.7071 and fabs(sbet2 - sbet1) < 1.75:
        # The spherical excess (in the form of (64)) keeps its digits when the line is short.
        somg12 = sin(omg12)
        comg12 = 1.0 + cos(omg12)
        cbet1 += 1.0
        cbet2 += 1.0
        turned = 2.0 * atan2(
            somg12 * (sbet1 * cbet2 + sbet2 * cbet1), comg12 * (sbet1 * sbet2 + cbet1 * cbet2)
        )
    else:
        turned = atan2(salp2 * calp1 - calp2 * salp1, calp2 * calp1 + salp2 * salp1)
    area = A * A * E2 * calp0 * salp0 * (_i4(e, ssig2, csig2) - _i4(e, ssig1, csig1))
    return s12, _AUTHALIC2 * turned + area


def authalic(lat):
    """Area between the equator and a latitude, per radian of longitude."""
    s, _c = sincos_deg(lat)
    return B * B / 2.0 * (s / (1.0 - E2 * s * s) + atanh(_E * s) / _E)


def _panel(model, lon1, lat1, p, q, r, a, b):
    """Area below a part of a curve, and its length, by four-point Gauss-Legendre quadrature."""
    i: cython.int
    below = length = 0.0
    half = (b - a) / 2.0
    for i in range(4):
        x = 0.3399810435848563 if i < 2 else 0.8611363115940526
        weight = 0.6521451548625461 if i < 2 else 0.34785484513745385
        x = -x if i % 2 == 0 else x
        _lon, lat, east, north, _e, _n = motion(model, lon1, lat1, p, q, r, a + half * (1.0 + x))
        below += weight * half * authalic(lat)
        length += weight * half * sqrt(east * east + north * north)
    return below * p * DEGREE, length


def _curve_below(model, lon1, lat1, lon2, lat2):
    """Area between a planar curve or loxodrome and the equator, positive going east; length."""
    turn = lon2 - lon1
    model, lon1, lon2 = canonical(model, lon1, lat1, lon2, lat2)
    p, q, r = curve(model, lon1, lat1, lon2, lat2)
    # What a meridian leaves of the turn is made at the pole.
    pole = lat1 if fabs(lat1) == 90.0 else lat2
    below = (turn - (lon2 - lon1)) * DEGREE * authalic(pole)
    length = i = 0.0
    n = max(1.0, ceil(max(fabs(lat2 - lat1), fabs(lon2 - lon1) / 16.0)))
    while i < n:
        area, run = _panel(model, lon1, lat1, p, q, r, i / n, (i + 1.0) / n)
        below += area
        length += run
        i += 1.0
    return below, length


def _sines(n: int) -> list[float]:
    """Amplitudes of the first n odd harmonics of the area north of the equator, in latitude.

    The trapezoid rule is exact for a periodic function but for harmonics beyond its nodes'.
    """
    nodes = 64
    at = [2.0 * _PI * i / nodes for i in range(nodes)]
    area = [B * B / 2.0 * (sin(t) / (1.0 - E2 * sin(t) ** 2) + atanh(_E * sin(t)) / _E) for t in at]
    return [
        2.0 / nodes * fsum(q * sin((2 * k + 1) * t) for q, t in zip(area, at, strict=True))
        for k in range(n)
    ]


_HARMONICS = 6
_SINES = array("d", _sines(_HARMONICS))
# Half a span of latitude, in radians, below which sin(x) / x is taken from its series.
_SHORT_SPAN = 1e-3


def straight_below(lon1, lat1, lon2, lat2, level):
    """Area between an edge straight in longitude/latitude and a parallel, positive going east.

    The parallel is given by its `authalic` area, the level. In closed form: along such an edge the
    sine of k times the latitude has the mean sin(k m) sin(k d) / (k d), where m is the latitude
    of its middle and d half its span.
    """
    k: cython.int
    turn = (lon2 - lon1) * DEGREE
    if turn == 0.0:
        return 0.0
    middle = (lat1 + lat2) * (0.5 * DEGREE)
    half = (lat2 - lat1) * (0.5 * DEGREE)
    s = sin(middle)
    double_angle = 2.0 * (1.0 - 2.0 * s * s)
    before, now = -s, s
    mean = 0.0
    if fabs(half) < _SHORT_SPAN:
        square = half * half
        for k in range(_HARMONICS):
            z = (2.0 * k + 1.0) * (2.0 * k + 1.0) * square
            mean += _SINES[k] * now * (1.0 - z / 6.0 * (1.0 - z / 20.0 * (1.0 - z / 42.0)))
            before, now = now, double_angle * now - before
    else:
        s = sin(half)
        double_half = 2.0 * (1.0 - 2.0 * s * s)
        half_before, half_now = -s, s
        for k in range(_HARMONICS):
            mean += _SINES[k] * now * half_now / ((2.0 * k + 1.0) * half)
            before, now = now, double_angle * now - before
            half_before, half_now = half_now, double_half * half_now - half_before
    return turn * (mean - level)


def straight_length(lon1, lat1, lon2, lat2):
    """Length of an edge straight in longitude/latitude, by five-point Gauss-Legendre quadrature."""
    k: cython.int
    length = i = 0.0
    n = max(1.0, ceil(max(fabs(lat2 - lat1), fabs(lon2 - lon1) / 8.0)))
    while i < n:
        for k in range(5):
            if k == 0:
                node, weight = 0.0, 0.5688888888888889
            elif k < 3:
                node, weight = 0.538469310105683, 0.47862867049936647
            else:
                node, weight = 0.906179845938664, 0.23692688505618908
            node = -node if k % 2 == 0 else node
            s, c = sincos_deg(lat1 + (i + (1.0 + node) / 2.0) / n * (lat2 - lat1))
            v = 1.0 - E2 * s * s
            east = (lon2 - lon1) * c
            north = (lat2 - lat1) * (1.0 - E2) / v
            length += weight / 2.0 / n * A / sqrt(v) * DEGREE * hypot(east, north)
        i += 1.0
    return length


def ring_areas(
    model: cython.int,
    lon: cython.const[cython.double][::1],
    lat: cython.const[cython.double][::1],
    rings: cython.const[cython.longlong][::1],
    out: cython.double[:, ::1],
):
    """Fill rows of ``out`` with signed area and perimeter of rings.

    Anticlockwise is positive; a ring round a pole encloses that pole. A ring need not repeat
    its first vertex.
    """
    ring: cython.Py_ssize_t
    i: cython.Py_ssize_t
    j: cython.Py_ssize_t
    whole = 4.0 * _PI * _AUTHALIC2
    with cython.nogil:
        for ring in range(rings.shape[0] - 1):
            area = carry = perimeter = turn = 0.0
            for i in range(rings[ring], rings[ring + 1]):
                j = i + 1
                if j == rings[ring + 1]:
                    j = rings[ring]
                    # A planar ring round a pole ends where it began, but 360 degrees on.
                    if lat[i] == lat[j] and fabs(lon[i] - lon[j]) == 360.0:
                        continue
                lon2 = lon[j]
                if model == GEODESIC:
                    lon12 = wrap_180(wrap_180(lon2) - wrap_180(lon[i]))
                    length, below = _geodesic_below(lat[i], lat[j], lon12)
                else:
                    lon12 = lon2 - lon[i]
                    below, length = _curve_below(model, lon[i], lat[i], lon2, lat[j])
                turn += lon12
                perimeter += length
                # Kahan's sum, since terms are as large as the hemisphere.
                term = -below - carry
                total = area + term
                carry = (total - area) - term
                area = total
            turns = floor(turn / 360.0 + 0.5)
            area += turns * whole / 2.0
            if turns != 0.0 or model == GEODESIC:
                # Which side is inside is known up to the whole ellipsoid: the smaller one.
                area -= whole * floor(area / whole + 0.5)
            out[ring, 0] = area
            out[ring, 1] = perimeter
