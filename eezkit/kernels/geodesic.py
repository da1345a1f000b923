"""Geodesics of the WGS 84 ellipsoid: inverse and direct.

The method is Karney's: great-ellipse quantities on the auxiliary sphere, Fourier series to
sixth order in the third flattening, and for the inverse problem a bracketed Newton iteration
on the azimuth, started from the solution of an astroid near the antipode.

Inside, angles travel as sine and cosine, so that nothing is lost near the poles or the cardinal
directions; ``s`` and ``c`` before ``alp`` (azimuth), ``bet`` (reduced latitude), ``sig`` (arc on
the auxiliary sphere) and ``omg`` (its longitude) say which. Point 1 is moved to the southern
hemisphere, the farther from the equator of the two, and point 2 to its east.

References
----------
C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013) 43-55,
doi:10.1007/s00190-012-0578-z. Equation numbers in comments are his.
"""

from array import array

import cython

if cython.compiled:
    from cython.cimports.libc.math import (
        atan2,
        cbrt,
        copysign,
        cos,
        fabs,
        fmod,
        hypot,
        sin,
        sqrt,
    )
else:
    from math import atan2, cbrt, copysign, cos, fabs, fmod, hypot, sin, sqrt

A = 6378137.0
F = 1 / 298.257223563
B = A * (1 - F)
E2 = F * (2 - F)
DEGREE = 0.017453292519943295

_F1 = 1 - F
_EP2 = E2 / (1 - E2)
N = F / (2 - F)
_PI = 3.141592653589793

_TINY = 1.4916681462400413e-154
_EPS = 2.220446049250313e-16
_ROOT_EPS = 1.4901161193847656e-08
_SHORT = 0.1 * _ROOT_EPS / sqrt(0.001 + F / 4)
# Degrees and metres below which the chord tells the length, and how the series goes on.
_SHORT_LON = 1.0
_SHORT_LAT = 0.2
_SHORT_CHORD = 20000.0
_SHORT_TERM = 0.075
_NEWTON_STEPS = 20
_ALL_STEPS = 83


def _polynomials(n: float) -> tuple[list[float], list[float]]:
    """Coefficients of A3 (24) and C3 (25) as polynomials in epsilon for this n.

    The constants are written as floats: compiled, 1 / 4 beside a float is an integer division.
    """
    a3 = [
        -(1 - n) / 2,
        -(1.0 / 4 + n / 8 - 3 * n**2 / 8),
        -(1.0 / 16 + 3 * n / 16 + n**2 / 16),
        -(3.0 / 64 + n / 32),
        -3.0 / 128,
    ]
    c3 = [
        (1 - n) / 4,
        (1 - n**2) / 8,
        3.0 / 64 + 3 * n / 64 - n**2 / 64,
        5.0 / 128 + n / 64,
        3.0 / 128,
        1.0 / 16 - 3 * n / 32 + n**2 / 32,
        3.0 / 64 - n / 32 - 3 * n**2 / 64,
        3.0 / 128 + n / 128,
        5.0 / 256,
        5.0 / 192 - 3 * n / 64 + 5 * n**2 / 192,
        3.0 / 128 - 5 * n / 192,
        7.0 / 512,
        7.0 / 512 - 7 * n / 256,
        7.0 / 512,
        21.0 / 2560,
    ]
    return a3, c3


_A3 = array("d", _polynomials(N)[0])
_C3 = array("d", _polynomials(N)[1])


def wrap_180(x):
    """Bring degrees to [-180, 180], exactly."""
    x = fmod(x, 360.0)
    if x > 180.0:
        return x - 360.0
    if x < -180.0:
        return x + 360.0
    return x


def sincos_deg(x):
    """Sine and cosine of degrees within [-180, 180], exact at the multiples of 90.

    Below 1/16° an angle is rounded to a multiple of 7e-18° (1 pm on the ground): the squares of
    smaller ones would underflow, and unit vectors made of them would not be unit vectors.
    """
    y = fabs(x)
    if y < 0.0625:
        x = copysign(0.0625 - (0.0625 - y), x)
    if y > 135.0:
        r = (180.0 - y) * DEGREE
        return copysign(sin(r), x), -cos(r)
    if y > 45.0:
        r = (90.0 - y) * DEGREE
        return copysign(cos(r), x), sin(r)
    r = x * DEGREE
    return sin(r), cos(r)


def _round(x):
    """Degrees, without the tiniest, whose squares would vanish."""
    y = fabs(x)
    return x if y >= 0.0625 else copysign(0.0625 - (0.0625 - y), x)


def unit(s, c):
    h = sqrt(s * s + c * c)
    return s / h, c / h


def reduced(lat):
    """Sine and cosine of the reduced latitude (6); the cosine is never quite zero."""
    s, c = sincos_deg(_round(lat))
    s, c = unit(_F1 * s, c)
    return s, max(c, _TINY)


def epsilon(calp0):
    """The expansion parameter (16) of the geodesic that leaves the equator so."""
    k2 = calp0 * calp0 * _EP2
    return k2 / (2.0 * (1.0 + sqrt(1.0 + k2)) + k2)


def _sine_sum(c1, c2, c3, c4, c5, c6, s, c):
    """Sum of c_l sin(2 l x), by Clenshaw, for x of this sine and cosine."""
    x = 2.0 * (c - s) * (c + s)
    b5 = x * c6 + c5
    b4 = x * b5 - c6 + c4
    b3 = x * b4 - b5 + c3
    b2 = x * b3 - b4 + c2
    b1 = x * b2 - b3 + c1
    return 2.0 * s * c * b1


def _a1(e):
    e2 = e * e
    return (1.0 + e2 * (1.0 / 4 + e2 * (1.0 / 64 + e2 / 256))) / (1.0 - e)


def _b1(e, s, c):
    """Periodic part of the distance integral (15), (18)."""
    e2 = e * e
    c1 = e * (-1.0 / 2 + e2 * (3.0 / 16 - e2 / 32))
    c2 = e2 * (-1.0 / 16 + e2 * (1.0 / 32 - e2 * 9.0 / 2048))
    c3 = e2 * e * (-1.0 / 48 + e2 * 3.0 / 256)
    c4 = e2 * e2 * (-5.0 / 512 + e2 * 3.0 / 512)
    c5 = e2 * e2 * e * (-7.0 / 1280)
    c6 = e2 * e2 * e2 * (-7.0 / 2048)
    return _sine_sum(c1, c2, c3, c4, c5, c6, s, c)


def _b1_reverted(e, s, c):
    """Periodic part of the arc as a function of distance (20), (21)."""
    e2 = e * e
    c1 = e * (1.0 / 2 + e2 * (-9.0 / 32 + e2 * 205.0 / 1536))
    c2 = e2 * (5.0 / 16 + e2 * (-37.0 / 96 + e2 * 1335.0 / 4096))
    c3 = e2 * e * (29.0 / 96 - e2 * 75.0 / 128)
    c4 = e2 * e2 * (539.0 / 1536 - e2 * 2391.0 / 2560)
    c5 = e2 * e2 * e * (3467.0 / 7680)
    c6 = e2 * e2 * e2 * (38081.0 / 61440)
    return _sine_sum(c1, c2, c3, c4, c5, c6, s, c)


def _a2(e):
    e2 = e * e
    return (1.0 - e) * (1.0 + e2 * (1.0 / 4 + e2 * (9.0 / 64 + e2 * 25.0 / 256)))


def _b2(e, s, c):
    """Periodic part of the second integral of the reduced length (41), (43)."""
    e2 = e * e
    c1 = e * (1.0 / 2 + e2 * (1.0 / 16 + e2 / 32))
    c2 = e2 * (3.0 / 16 + e2 * (1.0 / 32 + e2 * 35.0 / 2048))
    c3 = e2 * e * (5.0 / 48 + e2 * 5.0 / 256)
    c4 = e2 * e2 * (35.0 / 512 + e2 * 7.0 / 512)
    c5 = e2 * e2 * e * (63.0 / 1280)
    c6 = e2 * e2 * e2 * (77.0 / 2048)
    return _sine_sum(c1, c2, c3, c4, c5, c6, s, c)


def a3_of(e):
    return 1.0 + e * (_A3[0] + e * (_A3[1] + e * (_A3[2] + e * (_A3[3] + e * _A3[4]))))


def b3_difference(e, s1, c1, s2, c2):
    """Periodic part of the longitude integral (23) between two arcs."""
    x1 = e * (_C3[0] + e * (_C3[1] + e * (_C3[2] + e * (_C3[3] + e * _C3[4]))))
    x2 = e * e * (_C3[5] + e * (_C3[6] + e * (_C3[7] + e * _C3[8])))
    x3 = e * e * e * (_C3[9] + e * (_C3[10] + e * _C3[11]))
    x4 = e * e * e * e * (_C3[12] + e * _C3[13])
    x5 = e * e * e * e * e * _C3[14]
    return _sine_sum(x1, x2, x3, x4, x5, 0.0, s2, c2) - _sine_sum(x1, x2, x3, x4, x5, 0.0, s1, c1)


def _lengths(e, sig12, ssig1, csig1, dn1, ssig2, csig2, dn2):
    """Distance, reduced length (38), both over b, and J of (40)."""
    a1 = _a1(e)
    a2 = _a2(e)
    d1 = _b1(e, ssig2, csig2) - _b1(e, ssig1, csig1)
    d2 = _b2(e, ssig2, csig2) - _b2(e, ssig1, csig1)
    j = (a1 - a2) * sig12 + (a1 * d1 - a2 * d2)
    m = dn2 * (csig1 * ssig2) - dn1 * (ssig1 * csig2) - csig1 * csig2 * j
    return a1 * (sig12 + d1), m, j


def _astroid(x, y):
    """Positive root of (55), which places the azimuth near the antipode."""
    p = x * x
    q = y * y
    r = (p + q - 1.0) / 6.0
    if q == 0.0 and r <= 0.0:
        return 0.0
    s = p * q / 4.0
    r3 = r * r * r
    disc = s * (s + 2.0 * r3)
    u = r
    if disc >= 0.0:
        t3 = s + r3
        t = cbrt(t3 + copysign(sqrt(disc), t3))
        u += t + (r * r / t if t != 0.0 else 0.0)
    else:
        u += 2.0 * r * cos(atan2(sqrt(-disc), -(s + r3)) / 3.0)
    v = sqrt(u * u + q)
    uv = q / (v - u) if u < 0.0 else u + v
    w = (uv - q) / (2.0 * v)
    return uv / (sqrt(uv + w * w) + w)


def _start(sbet1, cbet1, sbet2, cbet2, lam12, slam12, clam12):
    """First azimuth of the inverse problem; for very short lines (arc not negative) the answer.

    Returns sine and cosine of the azimuth at 1, of that at 2, the arc or -1, and the factor
    that makes it a distance over b.
    """
    sbet12 = sbet2 * cbet1 - cbet2 * sbet1
    cbet12 = cbet2 * cbet1 + sbet2 * sbet1
    sbet12a = sbet2 * cbet1 + cbet2 * sbet1
    short: cython.bint = cbet12 >= 0.0 and sbet12 < 0.5 and cbet2 * lam12 < 0.5
    dnm = 1.0
    somg12 = slam12
    comg12 = clam12
    if short:
        sm2 = (sbet1 + sbet2) * (sbet1 + sbet2)
        sm2 /= sm2 + (cbet1 + cbet2) * (cbet1 + cbet2)
        dnm = sqrt(1.0 + _EP2 * sm2)
        somg12 = sin(lam12 / (_F1 * dnm))
        comg12 = cos(lam12 / (_F1 * dnm))
    salp1 = cbet2 * somg12
    if comg12 >= 0.0:
        calp1 = sbet12 + cbet2 * sbet1 * somg12 * somg12 / (1.0 + comg12)
    else:
        calp1 = sbet12a - cbet2 * sbet1 * somg12 * somg12 / (1.0 - comg12)
    ssig12 = sqrt(salp1 * salp1 + calp1 * calp1)
    csig12 = sbet1 * sbet2 + cbet1 * cbet2 * comg12
    if short and ssig12 < _SHORT:
        salp2 = cbet1 * somg12
        calp2 = sbet12 - cbet1 * sbet2 * somg12 * somg12 / (1.0 + comg12)
        salp1, calp1 = unit(salp1, calp1)
        salp2, calp2 = unit(salp2, calp2)
        return salp1, calp1, salp2, calp2, atan2(ssig12, csig12), dnm
    if csig12 < 0.0 and ssig12 < 6.0 * N * _PI * cbet1 * cbet1:
        salp1, calp1 = _antipodal_start(sbet1, cbet1, sbet2, cbet2, sbet12a, slam12, clam12)
    if salp1 > 0.0:
        salp1, calp1 = unit(salp1, calp1)
    else:
        salp1 = 1.0
        calp1 = 0.0
    return salp1, calp1, 0.0, 0.0, -1.0, dnm


def _antipodal_start(sbet1, cbet1, sbet2, cbet2, sbet12a, slam12, clam12):
    """First azimuth for a point 2 near the antipode of 1, from the astroid (53) to (57)."""
    lam_scale = F * cbet1 * a3_of(epsilon(sbet1)) * _PI
    x = atan2(-slam12, -clam12) / lam_scale
    y = sbet12a / (lam_scale * cbet1)
    if y > -200.0 * _EPS and x > -1.0 - 1000.0 * _ROOT_EPS:
        salp1 = min(1.0, -x)
        return salp1, -sqrt(1.0 - salp1 * salp1)
    k = _astroid(x, y)
    omg12a = -lam_scale * x * k / (1.0 + k)
    s = sin(omg12a)
    return cbet2 * s, sbet12a - cbet2 * sbet1 * s * s / (1.0 + cos(omg12a))


def _arrive(sbet1, cbet1, sbet2, cbet2, salp1, calp1, slam12, clam12):
    """Follow an azimuth from 1 to the latitude of 2.

    Returns the longitude overshot, the azimuth there, the arc, and sine and cosine of the arcs
    from the equator to 1 and 2, and epsilon.
    """
    if sbet1 == 0.0 and calp1 == 0.0:
        calp1 = -_TINY
    salp0 = salp1 * cbet1
    calp0 = sqrt(calp1 * calp1 + salp1 * sbet1 * salp1 * sbet1)
    somg1 = salp0 * sbet1
    comg1 = calp1 * cbet1
    ssig1, csig1 = unit(sbet1, comg1)
    salp2 = salp0 / cbet2 if cbet2 != cbet1 else salp1
    if cbet2 != cbet1 or fabs(sbet2) != -sbet1:
        # (45), by whichever difference of squares is the better conditioned
        if cbet1 < -sbet1:
            square = (cbet2 - cbet1) * (cbet1 + cbet2)
        else:
            square = (sbet1 - sbet2) * (sbet1 + sbet2)
        calp2 = sqrt(max(0.0, comg1 * comg1 + square)) / cbet2
    else:
        calp2 = fabs(calp1)
    somg2 = salp0 * sbet2
    comg2 = calp2 * cbet2
    ssig2, csig2 = unit(sbet2, comg2)
    sig12 = atan2(max(0.0, csig1 * ssig2 - ssig1 * csig2), csig1 * csig2 + ssig1 * ssig2)
    somg12 = max(0.0, comg1 * somg2 - somg1 * comg2)
    comg12 = comg1 * comg2 + somg1 * somg2
    eta = atan2(somg12 * clam12 - comg12 * slam12, comg12 * clam12 + somg12 * slam12)
    e = epsilon(calp0)
    over = eta - F * a3_of(e) * salp0 * (sig12 + b3_difference(e, ssig1, csig1, ssig2, csig2))
    return over, salp2, calp2, sig12, ssig1, csig1, ssig2, csig2, e


def _general(sbet1, cbet1, sbet2, cbet2, lam12, slam12, clam12):
    """Inverse problem neither on a meridian nor on the equator; lengths are over b."""
    step: cython.int
    converging: cython.bint = False
    closed: cython.bint = False
    dn1 = sqrt(1.0 + _EP2 * sbet1 * sbet1)
    dn2 = sqrt(1.0 + _EP2 * sbet2 * sbet2)
    salp1, calp1, salp2, calp2, sig12, dnm = _start(
        sbet1, cbet1, sbet2, cbet2, lam12, slam12, clam12
    )
    if sig12 >= 0.0:
        s12 = sig12 * dnm
        m12 = dnm * dnm * sin(sig12 / dnm)
        c12 = cos(sig12 / dnm)
        return s12, salp1, calp1, salp2, calp2, m12, c12, c12
    s12 = m12 = j = ssig1 = csig1 = ssig2 = csig2 = 0.0
    # The azimuth lies between a and b; (0, 1) is north, (0, -1) south.
    salp_a = salp_b = _TINY
    calp_a = 1.0
    calp_b = -1.0
    for step in range(_ALL_STEPS):
        over, salp2, calp2, sig12, ssig1, csig1, ssig2, csig2, e = _arrive(
            sbet1, cbet1, sbet2, cbet2, salp1, calp1, slam12, clam12
        )
        s12, m12, j = _lengths(e, sig12, ssig1, csig1, dn1, ssig2, csig2, dn2)
        if closed or not fabs(over) >= (8.0 if converging else 1.0) * _EPS:
            break
        if over > 0.0 and (step > _NEWTON_STEPS or calp1 / salp1 > calp_b / salp_b):
            salp_b = salp1
            calp_b = calp1
        elif over < 0.0 and (step > _NEWTON_STEPS or calp1 / salp1 < calp_a / salp_a):
            salp_a = salp1
            calp_a = calp1
        if calp2 == 0.0:
            slope = -2.0 * _F1 * dn1 / sbet1
        else:
            slope = m12 * _F1 / (calp2 * cbet2)
        if step < _NEWTON_STEPS and slope > 0.0:
            turn = -over / slope
            if fabs(turn) < _PI:
                sturn = sin(turn)
                cturn = cos(turn)
                s = salp1 * cturn + calp1 * sturn
                if s > 0.0:
                    salp1, calp1 = unit(s, calp1 * cturn - salp1 * sturn)
                    converging = fabs(over) <= 16.0 * _EPS
                    continue
        salp1, calp1 = unit((salp_a + salp_b) / 2.0, (calp_a + calp_b) / 2.0)
        converging = False
        closed = (
            fabs(salp_a - salp1) + (calp_a - calp1) < _EPS * _ROOT_EPS
            or fabs(salp1 - salp_b) + (calp1 - calp_b) < _EPS * _ROOT_EPS
        )
    csig12 = csig1 * csig2 + ssig1 * ssig2
    t = _EP2 * (cbet1 - cbet2) * (cbet1 + cbet2) / (dn1 + dn2)
    scale1 = csig12 + (t * ssig2 - csig2 * j) * ssig1 / dn1
    scale2 = csig12 - (t * ssig1 - csig1 * j) * ssig2 / dn2
    return s12, salp1, calp1, salp2, calp2, m12, scale1, scale2


def solve_inverse(lat1, lat2, lon12):
    """Shortest geodesic between two latitudes, a difference in longitude apart (degrees).

    The difference must lie within [-180, 180].

    Returns
    -------
    s12, salp1, calp1, salp2, calp2, m12, M12, M21
        Distance, azimuths, reduced length, geodesic scales; metres and pure numbers. The
        azimuths of a line of length zero mean nothing.
    """
    east = 1.0 if lon12 >= 0.0 else -1.0
    lon12 = fabs(_round(lon12))
    swapped: cython.bint = fabs(lat1) < fabs(lat2)
    if swapped:
        lat1, lat2 = lat2, lat1
    north = -1.0 if lat1 > 0.0 else 1.0
    lat1 *= north
    lat2 *= north
    lam12 = lon12 * DEGREE
    slam12, clam12 = sincos_deg(lon12)
    sbet1, cbet1 = reduced(lat1)
    sbet2, cbet2 = reduced(lat2)
    # Equal latitudes must stay equal to the last bit: _arrive asks.
    if cbet1 < -sbet1:
        if cbet2 == cbet1:
            sbet2 = copysign(sbet1, sbet2)
    elif fabs(sbet2) == -sbet1:
        cbet2 = cbet1
    found: cython.bint = False
    s12 = salp1 = calp1 = salp2 = calp2 = m12 = scale1 = scale2 = 0.0
    if lat1 == -90.0 or slam12 == 0.0:
        salp1 = slam12
        calp1 = clam12
        salp2 = 0.0
        calp2 = 1.0
        ssig1 = sbet1
        csig1 = calp1 * cbet1
        sig12 = atan2(max(0.0, csig1 * sbet2 - ssig1 * cbet2), csig1 * cbet2 + ssig1 * sbet2)
        dn1 = sqrt(1.0 + _EP2 * sbet1 * sbet1)
        dn2 = sqrt(1.0 + _EP2 * sbet2 * sbet2)
        s12, m12, j = _lengths(N, sig12, ssig1, csig1, dn1, sbet2, cbet2, dn2)
        # A meridian across the pole is not the shortest line beyond its conjugate point.
        found = sig12 < _ROOT_EPS or m12 >= 0.0
        if found:
            s12 = max(s12, 0.0)
            m12 = max(m12, 0.0)
            csig12 = csig1 * cbet2 + ssig1 * sbet2
            t = _EP2 * (cbet1 - cbet2) * (cbet1 + cbet2) / (dn1 + dn2)
            scale1 = csig12 + (t * sbet2 - cbet2 * j) * ssig1 / dn1
            scale2 = csig12 - (t * ssig1 - csig1 * j) * sbet2 / dn2
    if not found and sbet1 == 0.0 and lam12 <= _PI * _F1:
        found = True
        salp1 = salp2 = 1.0
        calp1 = calp2 = 0.0
        s12 = lam12 / _F1
        m12 = sin(s12)
        scale1 = scale2 = cos(s12)
    if not found:
        s12, salp1, calp1, salp2, calp2, m12, scale1, scale2 = _general(
            sbet1, cbet1, sbet2, cbet2, lam12, slam12, clam12
        )
    if swapped:
        salp1, salp2 = salp2, salp1
        calp1, calp2 = calp2, calp1
        scale1, scale2 = scale2, scale1
        north = -north
    return (
        B * s12,
        salp1 * east,
        calp1 * north,
        salp2 * east,
        calp2 * north,
        B * m12,
        scale1,
        scale2,
    )


def solve_direct(lat1, salp1, calp1, s12):
    """Go a distance along an azimuth: latitude, longitude gone (degrees), azimuth there."""
    sbet1, cbet1 = reduced(lat1)
    salp0 = salp1 * cbet1
    calp0 = hypot(calp1, salp1 * sbet1)
    somg1 = salp0 * sbet1
    comg1 = cbet1 * calp1 if sbet1 != 0.0 or calp1 != 0.0 else 1.0
    ssig1, csig1 = unit(sbet1, comg1)
    e = epsilon(calp0)
    b11 = _b1(e, ssig1, csig1)
    # tau (20) is the distance as an angle
    tau12 = s12 / (B * _a1(e))
    s = sin(tau12 + b11)
    c = cos(tau12 + b11)
    b12 = _b1_reverted(e, ssig1 * c + csig1 * s, csig1 * c - ssig1 * s)
    sig12 = tau12 + b11 + b12
    s = sin(sig12)
    c = cos(sig12)
    ssig2 = ssig1 * c + csig1 * s
    csig2 = csig1 * c - ssig1 * s
    sbet2 = calp0 * ssig2
    cbet2 = hypot(salp0, calp0 * csig2)
    if cbet2 == 0.0:
        cbet2 = csig2 = _TINY
    somg2 = salp0 * ssig2
    omg12 = atan2(somg2 * comg1 - csig2 * somg1, csig2 * comg1 + somg2 * somg1)
    lam12 = omg12 - F * salp0 * a3_of(e) * (sig12 + b3_difference(e, ssig1, csig1, ssig2, csig2))
    salp2, calp2 = unit(salp0, calp0 * csig2)
    return atan2(sbet2, _F1 * cbet2) / DEGREE, lam12 / DEGREE, salp2, calp2


def length_between(lon1, lat1, lon2, lat2):
    """Metres of the shortest geodesic between two positions.

    Below 20 km from the chord between them and the curvature of the surface along it, within
    6 nm and several times faster.
    """
    lon12 = wrap_180(wrap_180(lon2) - wrap_180(lon1))
    if fabs(lon12) < _SHORT_LON and fabs(lat2 - lat1) < _SHORT_LAT:
        s1, c1 = sincos_deg(lat1)
        s2, c2 = sincos_deg(lat2)
        n1 = A / sqrt(1.0 - E2 * s1 * s1)
        n2 = A / sqrt(1.0 - E2 * s2 * s2)
        x = n2 * c2 - n1 * c1
        y = sin(lon12 * DEGREE / 2.0)
        z = (1.0 - E2) * (n2 * s2 - n1 * s1)
        square = x * x + z * z + 4.0 * n1 * c1 * n2 * c2 * y * y
        if square < _SHORT_CHORD * _SHORT_CHORD:
            if square == 0.0:
                return 0.0
            s1 = (s1 + s2) / 2.0
            w2 = 1.0 - E2 * s1 * s1
            north = A * (1.0 - E2) / (w2 * sqrt(w2)) * (lat2 - lat1) * DEGREE
            # Euler: the curvature along the chord is between that east and that north.
            bend = sqrt(w2) / A * (1.0 + north * north / square * (w2 / (1.0 - E2) - 1.0))
            bend *= bend * square
            return sqrt(square) * (1.0 + bend / 24.0 * (1.0 + _SHORT_TERM * bend))
    s12, _a, _b, _c, _d, _e, _f, _g = solve_inverse(lat1, lat2, lon12)
    return s12


def azimuth_deg(salp, calp):
    """Degrees clockwise from north, within [0, 360)."""
    x = atan2(salp, calp) / DEGREE
    if x < 0.0:
        x += 360.0
    return 0.0 if x >= 360.0 else x


def inverse(
    lon1: cython.const[cython.double][::1],
    lat1: cython.const[cython.double][::1],
    lon2: cython.const[cython.double][::1],
    lat2: cython.const[cython.double][::1],
    out: cython.double[:, ::1],
):
    """Fill rows of ``out`` with distance, azimuths, reduced length and both geodesic scales."""
    i: cython.Py_ssize_t
    with cython.nogil:
        for i in range(lon1.shape[0]):
            lon12 = wrap_180(wrap_180(lon2[i]) - wrap_180(lon1[i]))
            s12, salp1, calp1, salp2, calp2, m12, scale1, scale2 = solve_inverse(
                lat1[i], lat2[i], lon12
            )
            out[i, 0] = s12
            out[i, 1] = azimuth_deg(salp1, calp1)
            out[i, 2] = azimuth_deg(salp2, calp2)
            out[i, 3] = m12
            out[i, 4] = scale1
            out[i, 5] = scale2


def distances(
    lon1: cython.const[cython.double][::1],
    lat1: cython.const[cython.double][::1],
    lon2: cython.const[cython.double][::1],
    lat2: cython.const[cython.double][::1],
    out: cython.double[::1],
):
    """Fill ``out`` with distances."""
    i: cython.Py_ssize_t
    with cython.nogil:
        for i in range(lon1.shape[0]):
            out[i] = length_between(lon1[i], lat1[i], lon2[i], lat2[i])


def direct(
    lon: cython.const[cython.double][::1],
    lat: cython.const[cython.double][::1],
    azimuth: cython.const[cython.double][::1],
    distance: cython.const[cython.double][::1],
    out: cython.double[:, ::1],
):
    """Fill rows of ``out`` with longitude in [-180, 180), latitude and the azimuth there."""
    i: cython.Py_ssize_t
    with cython.nogil:
        for i in range(lon.shape[0]):
            salp1, calp1 = sincos_deg(wrap_180(azimuth[i]))
            lat2, lon12, salp2, calp2 = solve_direct(lat[i], salp1, calp1, distance[i])
            lon2 = wrap_180(wrap_180(lon[i]) + lon12)
            out[i, 0] = -180.0 if lon2 == 180.0 else lon2
            out[i, 1] = lat2
            out[i, 2] = azimuth_deg(salp2, calp2)
