"""Edges between two positions as curves on the ellipsoid, and the nearest position on them.

A curve is a model, its two ends in degrees and three numbers that `curve` derives from them;
it is run through by a parameter ``t`` from 0 to 1. Derivatives by ``t`` are given in metres
east and north at the position reached, the second one covariant (zero along a geodesic).

With ``s(t)`` the distance from a fixed position, ``m`` the reduced length, ``M`` the geodesic
scale and ``T`` the tangent, split along and across the arriving geodesic: ``s' = T_along`` and
``s'' = T_across^2 M / m + a_along``. On an ellipsoid ``M / m`` lies between its values on the
spheres of smallest and greatest curvature (Sturm), which tells where ``s`` is surely convex,
concave or monotone; `search` divides a curve until one of these holds.
"""

import cython

if cython.compiled:
    from cython.cimports.eezkit.kernels.cells import floor_of
    from cython.cimports.eezkit.kernels.geodesic import (
        DEGREE,
        E2,
        A,
        B,
        azimuth_deg,
        sincos_deg,
        solve_direct,
        solve_inverse,
        wrap_180,
    )
    from cython.cimports.libc.math import (
        asinh,
        atan,
        atan2,
        atanh,
        ceil,
        cos,
        fabs,
        sin,
        sinh,
        sqrt,
        tan,
    )
else:
    from math import asinh, atan, atan2, atanh, ceil, cos, fabs, sin, sinh, sqrt, tan

    from eezkit.kernels.cells import floor_of
    from eezkit.kernels.geodesic import (
        DEGREE,
        E2,
        A,
        B,
        azimuth_deg,
        sincos_deg,
        solve_direct,
        solve_inverse,
        wrap_180,
    )

PLANAR = 0
GEODESIC = 1
LOXODROME = 2

_E = sqrt(E2)
# Gaussian curvature is greatest on the equator and least at the poles.
_ROOT_MOST = 1.0 / B
_ROOT_LEAST = B / (A * A)
_HALF_TURN = 3.141592653589793
_FAR = 1e300
_THIRD_ORDER = 2e-10
# Metres: what is no distance.
_NOTHING = 1e-9


def _isometric(lat):
    """Isometric latitude, in which a loxodrome is straight; of the poles, a large one."""
    s, c = sincos_deg(lat)
    return asinh(s / max(c, 1e-17)) - _E * atanh(_E * s)


def _from_isometric(psi):
    """Latitude in degrees of an isometric one, by Newton's method on its tangent."""
    _step: cython.int
    goal = sinh(psi)
    x = goal / (1.0 - E2)
    for _step in range(8):
        h = sqrt(1.0 + x * x)
        q = sinh(_E * atanh(_E * x / h))
        there = x * sqrt(1.0 + q * q) - q * h
        dx = (goal - there) * (1.0 + (1.0 - E2) * x * x)
        dx /= (1.0 - E2) * h * sqrt(1.0 + there * there)
        x += dx
        if fabs(dx) <= 1e-15 * h:
            break
    return atan(x) / DEGREE


def curve(model, lon1, lat1, lon2, lat2):
    """Three numbers of a curve.

    Planar: degrees of longitude and latitude. Geodesic: sine and cosine of the first azimuth,
    length. Loxodrome: degrees of longitude, isometric latitude at the start, and how much of it.
    """
    if model == GEODESIC:
        s12, salp1, calp1, _a, _b, _c, _d, _e = solve_inverse(
            lat1, lat2, wrap_180(wrap_180(lon2) - wrap_180(lon1))
        )
        return salp1, calp1, s12
    if model == LOXODROME:
        psi1 = _isometric(lat1)
        return lon2 - lon1, psi1, _isometric(lat2) - psi1
    return lon2 - lon1, lat2 - lat1, 0.0


def canonical(model, lon1, lat1, lon2, lat2):
    """Model and longitudes to use: a loxodrome from or to a pole can only be a meridian."""
    if model != LOXODROME:
        return model, lon1, lon2
    if fabs(lat1) == 90.0:
        return PLANAR, lon2, lon2
    if fabs(lat2) == 90.0 or lon1 == lon2:
        return PLANAR, lon1, lon1
    return model, lon1, lon2


def place(model, lon1, lat1, p, q, r, t):
    """Longitude (not wrapped) and latitude on a curve."""
    if model == GEODESIC:
        lat, lon12, _s, _c = solve_direct(lat1, p, q, t * r)
        return lon1 + lon12, lat
    if model == LOXODROME:
        return lon1 + t * p, _from_isometric(q + t * r)
    return lon1 + t * p, lat1 + t * q


def motion(model, lon1, lat1, p, q, r, t):
    """Longitude and latitude on a curve, its tangent (east, north) and its acceleration."""
    if model == GEODESIC:
        lat, lon12, s, c = solve_direct(lat1, p, q, t * r)
        return lon1 + lon12, lat, r * s, r * c, 0.0, 0.0
    lon, lat = place(model, lon1, lat1, p, q, r, t)
    s, c = sincos_deg(lat)
    w2 = 1.0 - E2 * s * s
    radius = A * c / sqrt(w2)
    turn = p * DEGREE
    east = radius * turn
    if model == LOXODROME:
        north = radius * r
        return lon, lat, east, north, -2.0 * s * north * turn, s * (east * turn - north * r)
    rise = q * DEGREE
    north = A * (1.0 - E2) / (w2 * sqrt(w2)) * rise
    push = 3.0 * E2 * s * c / w2 * north * rise
    return lon, lat, east, north, -2.0 * s * north * turn, s * east * turn + push


def bounds(model, lat1, lat2, p, q, r):
    """Bounds for a part of a curve between two latitudes: its speed and geodesic curvature."""
    if model == GEODESIC:
        return r, 0.0
    same: cython.bint = (lat1 < 0.0) == (lat2 < 0.0)
    low = min(fabs(lat1), fabs(lat2)) if same else 0.0
    high = max(fabs(lat1), fabs(lat2))
    s_low, c_low = sincos_deg(low)
    s_high, c_high = sincos_deg(high)
    widest = A * c_low / sqrt(1.0 - E2 * s_low * s_low)
    narrowest = A * c_high / sqrt(1.0 - E2 * s_high * s_high)
    turn = fabs(p) * DEGREE
    if model == LOXODROME:
        most = fabs(r) * widest
        least = fabs(r) * narrowest
    else:
        most = fabs(q) * DEGREE * A * A / B
        least = fabs(q) * DEGREE * B * B / A
    speed = sqrt(widest * turn * widest * turn + most * most)
    slowest = sqrt(narrowest * turn * narrowest * turn + least * least)
    bend = 2.0 * s_high * turn / slowest if slowest > 0.0 else 0.0
    return speed, bend + 0.02 / A


def _reach(lon, lat, model, lon1, lat1, p, q, r, t):
    """Distance from a position to the curve at t, its slope, and what Newton's method needs.

    Returns distance; tangent along and across the arriving geodesic; second derivative of half
    the squared distance; distance over reduced length; sine and cosine of the azimuths at the
    position and at the curve.
    """
    lon2, lat2, east, north, push_east, push_north = motion(model, lon1, lat1, p, q, r, t)
    s, salp1, calp1, salp2, calp2, m, _scale, scale = solve_inverse(
        lat, lat2, wrap_180(wrap_180(lon2) - wrap_180(lon))
    )
    along = east * salp2 + north * calp2
    across = east * calp2 - north * salp2
    thin = s / m if m > 0.0 else 1.0
    curvature = along * along + across * across * scale * thin
    curvature += s * (push_east * salp2 + push_north * calp2)
    return s, along, across, curvature, thin, salp1, calp1, salp2, calp2


def descend(lon, lat, model, lon1, lat1, p, q, r, a, b, t, bend):
    """Nearest position between a and b, where the distance has one minimum, starting at t.

    Newton's method on half the squared distance, which is smooth where the distance is zero,
    kept within a shrinking bracket. The last step is not taken but computed, where the third
    order that this leaves out is below a nanometre.

    Returns
    -------
    distance, t, and sine and cosine of the azimuths at the position and at the curve
    """
    _step: cython.int
    low = a
    high = b
    wiggle = bend * bend + _ROOT_MOST * _ROOT_MOST
    s = along = across = salp1 = calp1 = salp2 = calp2 = 0.0
    for _step in range(64):
        s, along, across, curvature, thin, salp1, calp1, salp2, calp2 = _reach(
            lon, lat, model, lon1, lat1, p, q, r, t
        )
        if (t <= a and along >= 0.0) or (t >= b and along <= 0.0):
            return s, t, salp1, calp1, salp2, calp2
        if along < 0.0:
            low = t
        else:
            high = t
        new = t - s * along / curvature if curvature > 0.0 else _FAR
        if new < low and low == a:
            t = a
            continue
        if new > high and high == b and curvature > 0.0:
            t = b
            continue
        if not low <= new <= high:
            t = (low + high) / 2.0
            continue
        dt = new - t
        move = fabs(dt) * sqrt(along * along + across * across)
        if move <= 1e-9 or (
            move <= 0.1 * s and move * move * move * (bend / s + wiggle) <= _THIRD_ORDER
        ):
            square = s * s + dt * (2.0 * s * along + dt * curvature)
            turn = atan2(across * dt * thin, s + along * dt) if s > 0.0 else 0.0
            azimuth = atan2(salp1, calp1) + turn
            return sqrt(max(0.0, square)), new, sin(azimuth), cos(azimuth), salp2, calp2
        t = new
    return s, t, salp1, calp1, salp2, calp2


def foot(lon, lat, model, lon1, lat1, lon2, lat2, t, about):
    """Nearest position on a short curve, sought from t, given a distance surely not below it.

    The curve must be of `canonical` model and short enough to turn by less than a right angle.
    Returns as `descend`, and the three numbers of the curve.
    """
    p, q, r = curve(model, lon1, lat1, lon2, lat2)
    speed, bend = bounds(model, lat1, lat2, p, q, r)
    most = _ROOT_MOST * (about + speed)
    if most < 1.5 and bend * tan(most) < _ROOT_MOST:
        return descend(lon, lat, model, lon1, lat1, p, q, r, 0.0, 1.0, t, bend)
    return search(lon, lat, model, lon1, lat1, p, q, r, 0.0, 1.0, _FAR, t, 0.0, 1.0, 0.0, 1.0)


def search(lon, lat, model, lon1, lat1, p, q, r, a, b, best, t, salp1, calp1, salp2, calp2):
    """Nearest position between a and b if it is nearer than the best so far, else that.

    A part of the curve is settled when by its length it cannot hold anything nearer, when the
    distance is convex there, or concave or monotone (the ends decide), or when a minimum
    between ends that show none would be less than half a millimetre deep.
    """
    middle = (a + b) / 2.0
    s, along, across, _c, _d, x1, y1, x2, y2 = _reach(lon, lat, model, lon1, lat1, p, q, r, middle)
    if s < best:
        best, t, salp1, calp1, salp2, calp2 = s, middle, x1, y1, x2, y2
    _x, lat_a = place(model, lon1, lat1, p, q, r, a)
    _x, lat_b = place(model, lon1, lat1, p, q, r, b)
    speed, bend = bounds(model, lat_a, lat_b, p, q, r)
    half = speed * (b - a) / 2.0
    if not s - half < best:
        return best, t, salp1, calp1, salp2, calp2
    least = -1e-4
    if _ROOT_MOST * (s + half) < _HALF_TURN:
        least = max(least, _ROOT_MOST / tan(_ROOT_MOST * (s + half)))
    most = _FAR
    if s > half:
        most = _ROOT_LEAST / tan(_ROOT_LEAST * (s - half))
    if least > bend:
        s, middle, x1, y1, x2, y2 = descend(
            lon, lat, model, lon1, lat1, p, q, r, a, b, middle, bend
        )
        if s < best:
            best, t, salp1, calp1, salp2, calp2 = s, middle, x1, y1, x2, y2
        return best, t, salp1, calp1, salp2, calp2
    rate = bend + max(fabs(most), fabs(least))
    settled: cython.bint = most < -bend
    settled = settled or fabs(along) > rate * half * sqrt(along * along + across * across)
    if settled or half < 0.01 or half * half * half * rate * rate < 0.01:
        s, along, across, _c, _d, x1, y1, x2, y2 = _reach(lon, lat, model, lon1, lat1, p, q, r, a)
        falling: cython.bint = along < 0.0
        if s < best:
            best, t, salp1, calp1, salp2, calp2 = s, a, x1, y1, x2, y2
        s, along, across, _c, _d, x1, y1, x2, y2 = _reach(lon, lat, model, lon1, lat1, p, q, r, b)
        if s < best:
            best, t, salp1, calp1, salp2, calp2 = s, b, x1, y1, x2, y2
        if falling and along > 0.0 and not settled:
            s, middle, x1, y1, x2, y2 = descend(
                lon, lat, model, lon1, lat1, p, q, r, a, b, middle, bend
            )
            if s < best:
                best, t, salp1, calp1, salp2, calp2 = s, middle, x1, y1, x2, y2
        return best, t, salp1, calp1, salp2, calp2
    # The half towards which the distance falls goes first, to cut the other one short.
    c = middle if along < 0.0 else a
    d = b if along < 0.0 else middle
    best, t, salp1, calp1, salp2, calp2 = search(
        lon, lat, model, lon1, lat1, p, q, r, c, d, best, t, salp1, calp1, salp2, calp2
    )
    d = middle if c == middle else b
    c = a if c == middle else middle
    return search(lon, lat, model, lon1, lat1, p, q, r, c, d, best, t, salp1, calp1, salp2, calp2)


def pieces_of(model, lon1, lat1, lon2, lat2, length):
    """How many equal steps of t keep every piece within a length and a degree of longitude."""
    model, lon1, lon2 = canonical(model, lon1, lat1, lon2, lat2)
    p, q, r = curve(model, lon1, lat1, lon2, lat2)
    speed, _bend = bounds(model, lat1, lat2, p, q, r)
    n = max(1.0, ceil(speed / length))
    return n if model == GEODESIC else max(n, ceil(fabs(lon2 - lon1)))


def edge_distances(
    model: cython.int,
    position: cython.const[cython.double][:, ::1],
    edge: cython.const[cython.double][:, ::1],
    out: cython.double[:, ::1],
):
    """Fill rows of ``out`` with distance, longitude, latitude of the foot, and azimuth to it.

    Rows of ``position`` are longitude and latitude, those of ``edge`` both ends.
    """
    i: cython.Py_ssize_t
    kind: cython.int
    with cython.nogil:
        for i in range(position.shape[0]):
            lon = position[i, 0]
            lat = position[i, 1]
            lat1 = edge[i, 1]
            lat2 = edge[i, 3]
            kind, lon1, lon2 = canonical(model, edge[i, 0], lat1, edge[i, 2], lat2)
            p, q, r = curve(kind, lon1, lat1, lon2, lat2)
            s, _a, _b, _c, _d, x1, y1, x2, y2 = _reach(lon, lat, kind, lon1, lat1, p, q, r, 0.0)
            t = 0.0
            e, _a, _b, _c, _d, z1, w1, z2, w2 = _reach(lon, lat, kind, lon1, lat1, p, q, r, 1.0)
            if e < s:
                s, t, x1, y1, x2, y2 = e, 1.0, z1, w1, z2, w2
            s, t, x1, y1, x2, y2 = search(
                lon, lat, kind, lon1, lat1, p, q, r, 0.0, 1.0, s, t, x1, y1, x2, y2
            )
            out[i, 0] = s if s >= _NOTHING else 0.0
            x, out[i, 2] = place(kind, lon1, lat1, p, q, r, t)
            x = wrap_180(x)
            out[i, 1] = -180.0 if x == 180.0 else x
            out[i, 3] = azimuth_deg(x1, y1)


def _offset(lon3, lat3, salp, calp, lon1, lat1, p, q, far):
    """How far a place on geodesic 1 lies right of a geodesic from 3, and along it."""
    lon, lat = place(GEODESIC, lon1, lat1, p, q, far, 1.0)
    s, x, y, _a, _b, m, _c, _d = solve_inverse(lat3, lat, wrap_180(wrap_180(lon) - wrap_180(lon3)))
    return m * (x * calp - y * salp), s * (y * calp + x * salp)


def _crossing(lon1, lat1, lon2, lat2, lon3, lat3, lon4, lat4):
    """How far along geodesic 1-2 it meets geodesic 3-4 (NaN: not), by regula falsi."""
    step: cython.int
    p, q, b = curve(GEODESIC, lon1, lat1, lon2, lat2)
    salp, calp, length = curve(GEODESIC, lon3, lat3, lon4, lat4)
    a = 0.0
    fa, along = _offset(lon3, lat3, salp, calp, lon1, lat1, p, q, a)
    fb, along_b = _offset(lon3, lat3, salp, calp, lon1, lat1, p, q, b)
    if (fa > 0.0 and fb > 0.0) or (fa < 0.0 and fb < 0.0) or fa == fb:
        return _FAR
    x = a
    fx = fa
    if fb == 0.0:
        x = b
        fx = fb
        along = along_b
    for step in range(200):
        if fabs(fx) <= 1e-9 or b - a <= 1e-9:
            break
        x = (a * fb - b * fa) / (fb - fa) if step % 3 != 2 else (a + b) / 2.0
        fx, along = _offset(lon3, lat3, salp, calp, lon1, lat1, p, q, x)
        if (fx < 0.0) == (fa < 0.0):
            a = x
            fa = fx
        else:
            b = x
            fb = fx
    return x if -1e-7 <= along <= length + 1e-7 else _FAR


def crossings(
    edge1: cython.const[cython.double][:, ::1],
    edge2: cython.const[cython.double][:, ::1],
    out: cython.double[:, ::1],
):
    """Fill rows of ``out`` with where geodesics given by their ends cross; NaN if they do not."""
    i: cython.Py_ssize_t
    nan = float("nan")
    with cython.nogil:
        for i in range(edge1.shape[0]):
            lon1 = edge1[i, 0]
            lat1 = edge1[i, 1]
            far = _crossing(
                lon1,
                lat1,
                edge1[i, 2],
                edge1[i, 3],
                edge2[i, 0],
                edge2[i, 1],
                edge2[i, 2],
                edge2[i, 3],
            )
            out[i, 0] = out[i, 1] = nan
            if far < _FAR:
                p, q, _r = curve(GEODESIC, lon1, lat1, edge1[i, 2], edge1[i, 3])
                x, out[i, 1] = place(GEODESIC, lon1, lat1, p, q, far, 1.0)
                x = wrap_180(x)
                out[i, 0] = -180.0 if x == 180.0 else x


def count_pieces(
    model: cython.int,
    edge: cython.const[cython.double][:, ::1],
    length: cython.double,
    out: cython.longlong[::1],
):
    """Fill ``out`` with how many pieces no longer than a length each edge is cut into."""
    i: cython.Py_ssize_t
    with cython.nogil:
        for i in range(edge.shape[0]):
            out[i] = floor_of(
                pieces_of(model, edge[i, 0], edge[i, 1], edge[i, 2], edge[i, 3], length)
            )


def cut(
    model: cython.int,
    edge: cython.const[cython.double][:, ::1],
    starts: cython.const[cython.longlong][::1],
    out: cython.double[:, ::1],
):
    """Fill rows ``starts[i]:starts[i + 1]`` of ``out`` with where the pieces of edge i begin."""
    i: cython.Py_ssize_t
    j: cython.Py_ssize_t
    n: cython.Py_ssize_t
    kind: cython.int
    with cython.nogil:
        for i in range(edge.shape[0]):
            lat1 = edge[i, 1]
            lat2 = edge[i, 3]
            kind, lon1, lon2 = canonical(model, edge[i, 0], lat1, edge[i, 2], lat2)
            p, q, r = curve(kind, lon1, lat1, lon2, lat2)
            n = starts[i + 1] - starts[i]
            out[starts[i], 0] = lon1
            out[starts[i], 1] = lat1
            for j in range(1, n):
                t = j / (n * 1.0)
                out[starts[i] + j, 0], out[starts[i] + j, 1] = place(kind, lon1, lat1, p, q, r, t)
