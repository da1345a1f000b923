"""The nearest of many edges: a tree of boxes in space, then exact geodesics to the few left.

Edges are cut into pieces short enough that each hardly leaves its chord. A piece is kept as
the chord between its ends in earth-centred coordinates, in whole 256ths of a metre, with the
greatest distance of the curve from it (its bulge). The tree is implicit: node 1 is the root,
node ``i`` has the children ``2 i`` and ``2 i + 1``, and leaf ``j`` of ``2**depth`` holds the
pieces from ``j n / 2**depth`` up.

The order of distances through space is that of distances along the ellipsoid but for what the
curvature of the surface differs: a geodesic between points a chord c apart is no shorter than
the circle of the largest and no longer than that of the smallest radius of curvature. Pieces
whose chords are within that of the nearest are measured exactly.
"""

from array import array

import cython
import numpy as np

if cython.compiled:
    from cython.cimports.eezkit.kernels.cells import floor_of
    from cython.cimports.eezkit.kernels.curves import (
        bounds,
        canonical,
        curve,
        descend,
        motion,
        place,
        search,
    )
    from cython.cimports.eezkit.kernels.geodesic import (
        DEGREE,
        E2,
        A,
        B,
        azimuth_deg,
        sincos_deg,
        wrap_180,
    )
    from cython.cimports.libc.math import asin, cos, fabs, sin, sqrt, tan
else:
    from math import asin, cos, fabs, sin, sqrt, tan

    from eezkit.kernels.cells import floor_of
    from eezkit.kernels.curves import bounds, canonical, curve, descend, motion, place, search
    from eezkit.kernels.geodesic import (
        DEGREE,
        E2,
        A,
        B,
        azimuth_deg,
        sincos_deg,
        wrap_180,
    )

_UNIT = 256.0
_SHARPEST = B * B / A
_FLATTEST = A * A / B
_ROOT_MOST = 1.0 / B
_QUARTER = 1.5707963267948966
_FAR = 1e300
_ANY = 1e100
_CURVATURE_RANGE = 1.0 - (_SHARPEST / _FLATTEST) * (_SHARPEST / _FLATTEST)
# Of the coordinates of ends, rounded to whole units, and of limits, in units.
_ROUNDING = 2.0
_ROOM = 256
# Metres: what distances are equal within, and what is no distance.
_TIE = 2e-8
_NOTHING = 1e-9


def space(lon, lat):
    """Earth-centred coordinates of a position on the ellipsoid, in units."""
    s, c = sincos_deg(lat)
    x = lon * DEGREE
    w = A * _UNIT / sqrt(1.0 - E2 * s * s)
    return w * c * cos(x), w * c * sin(x), w * (1.0 - E2) * s


def chord_of(distance):
    """Longest chord, in units, that a geodesic of a length can span."""
    x = distance / (2.0 * _FLATTEST)
    return 2.0 * _FLATTEST * _UNIT * sin(x) + _ROUNDING if x < _QUARTER else _ANY


def chord_beyond(chord):
    """Chord, in units, beyond which nothing can be nearer than what lies a chord away."""
    x = chord / (2.0 * _SHARPEST * _UNIT)
    if x < 0.02:
        # The difference of the cubic terms of both circles, and a tenth more.
        return chord + 1.1 * chord * x * x / 6.0 * _CURVATURE_RANGE + _ROUNDING
    return chord_of(2.0 * _SHARPEST * asin(x)) if x < 1.0 else _ANY


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _foot(
    ax: cython.double,
    ay: cython.double,
    az: cython.double,
    bx: cython.double,
    by: cython.double,
    bz: cython.double,
) -> cython.double:
    """Parameter of the point of the chord from the origin to b that is nearest to a."""
    along = ax * bx + ay * by + az * bz
    length = bx * bx + by * by + bz * bz
    return 0.0 if along <= 0.0 else 1.0 if along >= length else along / length


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _gap(x: cython.double, low: cython.double, high: cython.double) -> cython.double:
    """Twice how far x is outside an interval, without a branch."""
    low = x - low
    high = x - high
    return fabs(low) + fabs(high) - (low - high)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _segment(
    x: cython.double,
    y: cython.double,
    z: cython.double,
    chords: cython.const[cython.int][:, ::1],
    piece: cython.Py_ssize_t,
) -> tuple[cython.double, cython.double]:
    """Squared distance from a point to a chord, and the parameter of its foot."""
    x -= chords[piece, 0]
    y -= chords[piece, 1]
    z -= chords[piece, 2]
    bx = 1.0 * chords[piece, 3] - chords[piece, 0]
    by = 1.0 * chords[piece, 4] - chords[piece, 1]
    bz = 1.0 * chords[piece, 5] - chords[piece, 2]
    t = _foot(x, y, z, bx, by, bz)
    x -= t * bx
    y -= t * by
    z -= t * bz
    return x * x + y * y + z * z, t


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _box(
    x: cython.double,
    y: cython.double,
    z: cython.double,
    nodes: cython.const[cython.int][:, ::1],
    node: cython.Py_ssize_t,
) -> cython.double:
    """Squared distance from a point to a box."""
    x = _gap(x, nodes[node, 0], nodes[node, 3])
    y = _gap(y, nodes[node, 1], nodes[node, 4])
    z = _gap(z, nodes[node, 2], nodes[node, 5])
    return (x * x + y * y + z * z) / 4.0


def place_on(model, points, pieces, piece, t):
    """Longitude in [-180, 180) and latitude on a piece."""
    a: cython.Py_ssize_t = pieces[piece, 0]
    b: cython.Py_ssize_t = pieces[piece, 1]
    lat1 = points[a, 1]
    lat2 = points[b, 1]
    model, lon1, lon2 = canonical(model, points[a, 0], lat1, points[b, 0], lat2)
    p, q, r = curve(model, lon1, lat1, lon2, lat2)
    x, y = place(model, lon1, lat1, p, q, r, t)
    x = wrap_180(x)
    return (-180.0 if x == 180.0 else x), y


def _measure(lon, lat, model, points, pieces, piece, t, about, memory):
    """Distance to a piece, where on it, and the azimuth (sine, cosine), sought from t.

    ``about`` is a distance in metres that the answer does not exceed. The geodesic to a vertex
    is remembered for the next piece, which often begins where this one ends.
    """
    a: cython.Py_ssize_t = pieces[piece, 0]
    b: cython.Py_ssize_t = pieces[piece, 1]
    lat1 = points[a, 1]
    lat2 = points[b, 1]
    model, lon1, lon2 = canonical(model, points[a, 0], lat1, points[b, 0], lat2)
    p, q, r = curve(model, lon1, lat1, lon2, lat2)
    speed, bend = bounds(model, lat1, lat2, p, q, r)
    most = _ROOT_MOST * (about + speed)
    if most >= 1.5 or bend * tan(most) >= _ROOT_MOST:
        s, t, x1, y1, _x, _y = search(
            lon, lat, model, lon1, lat1, p, q, r, 0.0, 1.0, _FAR, t, 0.0, 1.0, 0.0, 1.0
        )
        return s, t, x1, y1
    x = lon2 if t == 1.0 else lon1
    y = lat2 if t == 1.0 else lat1
    if (t == 0.0 or t == 1.0) and x == memory[0] and y == memory[1]:
        _x, _y, east, north, _e, _n = motion(model, lon1, lat1, p, q, r, t)
        along = east * memory[5] + north * memory[6]
        if (t == 0.0 and along >= 0.0) or (t == 1.0 and along <= 0.0):
            return memory[2], t, memory[3], memory[4]
    s, t, x1, y1, x2, y2 = descend(lon, lat, model, lon1, lat1, p, q, r, 0.0, 1.0, t, bend)
    if t == 0.0 or t == 1.0:
        memory[0] = lon2 if t == 1.0 else lon1
        memory[1] = lat2 if t == 1.0 else lat1
        memory[2] = s
        memory[3] = x1
        memory[4] = y1
        memory[5] = x2
        memory[6] = y2
    return s, t, x1, y1


def _settle(lon, lat, model, points, pieces, chords, found, near, n, limit, memory, best, winner):
    """Measure the candidates within the limit, keep the nearest of them and of the best so far.

    Of equally near ones, as far as geodesics can tell, the lowest edge is kept.
    """
    i: cython.Py_ssize_t
    piece: cython.Py_ssize_t
    for i in range(n):
        piece = found[i]
        if near[i, 0] > limit:
            continue
        about = near[i, 1] / _UNIT
        about *= 1.0 + 0.07 * about * about * _ROOT_MOST * _ROOT_MOST
        s, t, x, y = _measure(lon, lat, model, points, pieces, piece, near[i, 2], about, memory)
        if s < best[0] - _TIE or (s <= best[0] + _TIE and chords[piece, 7] < winner[0]):
            best[0] = s
            best[1] = t
            best[2] = x
            best[3] = y
            winner[0] = chords[piece, 7]
            winner[1] = piece
            limit = min(limit, chord_of(s))


def _search_tree(
    lon,
    lat,
    model,
    nodes,
    chords,
    points,
    pieces,
    active,
    marks,
    limit,
    found,
    near,
    trail,
    memory,
    best,
    winner,
):
    """Find the piece nearest to a position, no chord farther than the limit.

    Everything the search keeps is in the last six arrays: candidates, and below row _ROOM the
    boxes still to be opened; the geodesic remembered; the best and its edge and piece (or -1).
    """
    node: cython.Py_ssize_t
    left: cython.Py_ssize_t
    right: cython.Py_ssize_t
    piece: cython.Py_ssize_t
    top: cython.Py_ssize_t = 0
    n: cython.Py_ssize_t = 0
    kept: cython.Py_ssize_t
    i: cython.Py_ssize_t
    leaves: cython.Py_ssize_t = nodes.shape[0] // 2
    n_pieces: cython.Py_ssize_t = chords.shape[0]
    some: cython.bint = active.shape[0] > 0
    marked: cython.bint = marks.shape[0] > 0
    x, y, z = space(lon, lat)
    if winner[1] >= 0:
        # Where the last position was, this one is not far: a first bound.
        square, t = _segment(x, y, z, chords, winner[1])
        limit = min(limit, chord_beyond(sqrt(square) + chords[winner[1], 6]))
    best[0] = _FAR
    winner[0] = -1
    winner[1] = -1
    node = 1
    while True:
        if node < leaves:
            left = 2 * node
            d = _box(x, y, z, nodes, left)
            e = _box(x, y, z, nodes, left + 1)
            if marked:
                d = d if marks[left] else _FAR
                e = e if marks[left + 1] else _FAR
            right = left + 1
            if e < d:
                left, right = right, left
                d, e = e, d
            if e <= limit * limit:
                trail[top] = right
                near[_ROOM + top, 0] = e
                top += 1
            if d <= limit * limit:
                node = left
                continue
        else:
            left = (node - leaves) * n_pieces // leaves
            right = (node - leaves + 1) * n_pieces // leaves
            for piece in range(left, right):
                if some and not active[chords[piece, 7]]:
                    continue
                square, t = _segment(x, y, z, chords, piece)
                bulge: cython.double = chords[piece, 6]
                if square > (limit + bulge) * (limit + bulge):
                    continue
                d = sqrt(square)
                found[n] = piece
                near[n, 0] = d - bulge
                near[n, 1] = d + bulge
                near[n, 2] = t
                n += 1
                limit = min(limit, chord_beyond(d + bulge))
                if n == _ROOM:
                    kept = 0
                    for i in range(n):
                        if near[i, 0] <= limit:
                            found[kept] = found[i]
                            near[kept, 0] = near[i, 0]
                            near[kept, 1] = near[i, 1]
                            near[kept, 2] = near[i, 2]
                            kept += 1
                    n = kept
                if n == _ROOM:
                    _settle(
                        lon,
                        lat,
                        model,
                        points,
                        pieces,
                        chords,
                        found,
                        near,
                        n,
                        limit,
                        memory,
                        best,
                        winner,
                    )
                    limit = min(limit, chord_of(best[0]))
                    n = 0
        while top > 0 and near[_ROOM + top - 1, 0] > limit * limit:
            top -= 1
        if top == 0:
            break
        top -= 1
        node = trail[top]
    _settle(lon, lat, model, points, pieces, chords, found, near, n, limit, memory, best, winner)


def nearest(
    model: cython.int,
    nodes: cython.const[cython.int][:, ::1],
    chords: cython.const[cython.int][:, ::1],
    points: cython.const[cython.double][:, ::1],
    pieces: cython.const[cython.int][:, ::1],
    active: cython.const[cython.uchar][::1],
    marks: cython.const[cython.uchar][::1],
    lon: cython.const[cython.double][::1],
    lat: cython.const[cython.double][::1],
    order: cython.const[cython.longlong][::1],
    most: cython.double,
    out: cython.double[:, ::1],
    edge: cython.longlong[::1],
    found: cython.longlong[::1],
    near: cython.double[:, ::1],
    trail: cython.longlong[::1],
    memory: cython.double[::1],
    best: cython.double[::1],
    winner: cython.longlong[::1],
):
    """Fill rows of ``out`` and ``edge`` for the positions in ``order``.

    A row is distance, longitude and latitude of the nearest position, azimuth to it; the edge
    is -1 and the distance infinite where none lies within ``most`` metres. The last six arrays
    are those of `workspace`.
    """
    i: cython.Py_ssize_t
    k: cython.Py_ssize_t
    piece: cython.Py_ssize_t
    nan = float("nan")
    inf = float("inf")
    with cython.nogil:
        winner[1] = -1
        limit = chord_of(most)
        for i in range(order.shape[0]):
            k = order[i]
            out[k, 0] = out[k, 1] = out[k, 2] = out[k, 3] = nan
            edge[k] = -1
            if not (fabs(lat[k]) <= 90.0 and fabs(lon[k]) < _FAR):
                continue
            memory[0] = _FAR
            _search_tree(
                wrap_180(lon[k]),
                lat[k],
                model,
                nodes,
                chords,
                points,
                pieces,
                active,
                marks,
                limit,
                found,
                near,
                trail,
                memory,
                best,
                winner,
            )
            piece = winner[1]
            if piece < 0 or best[0] > most:
                out[k, 0] = inf
                continue
            out[k, 0] = best[0] if best[0] >= _NOTHING else 0.0
            out[k, 1], out[k, 2] = place_on(model, points, pieces, piece, best[1])
            out[k, 3] = azimuth_deg(best[2], best[3]) if best[0] >= _NOTHING else nan
            edge[k] = winner[0]


def workspace():
    """Room for one search: candidates, boxes to open, a geodesic, the best, its edge."""
    return (
        array("q", bytes(8 * _ROOM)),
        np.zeros((2 * _ROOM, 3)),
        array("q", bytes(8 * _ROOM)),
        array("d", bytes(8 * 8)),
        array("d", bytes(8 * 4)),
        array("q", bytes(8 * 2)),
    )


def fill_chords(
    model: cython.int,
    points: cython.const[cython.double][:, ::1],
    pieces: cython.const[cython.int][:, ::1],
    chords: cython.int[:, ::1],
):
    """Fill columns 0 to 6 of ``chords``: both ends of each piece in space, and the bulge."""
    i: cython.Py_ssize_t
    a: cython.Py_ssize_t
    b: cython.Py_ssize_t
    kind: cython.int
    with cython.nogil:
        for i in range(pieces.shape[0]):
            a = pieces[i, 0]
            b = pieces[i, 1]
            lat1 = points[a, 1]
            lat2 = points[b, 1]
            kind, lon1, lon2 = canonical(model, points[a, 0], lat1, points[b, 0], lat2)
            x, y, z = space(lon1, lat1)
            chords[i, 0] = floor_of(x + 0.5)
            chords[i, 1] = floor_of(y + 0.5)
            chords[i, 2] = floor_of(z + 0.5)
            x, y, z = space(lon2, lat2)
            chords[i, 3] = floor_of(x + 0.5)
            chords[i, 4] = floor_of(y + 0.5)
            chords[i, 5] = floor_of(z + 0.5)
            p, q, r = curve(kind, lon1, lat1, lon2, lat2)
            length, bend = bounds(kind, lat1, lat2, p, q, r)
            bulge = length * length / 8.0 * (1.0 / _SHARPEST + bend) * _UNIT
            chords[i, 6] = -floor_of(-(1.01 * bulge + _ROUNDING))
