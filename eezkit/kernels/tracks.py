"""Every crossing of a zone edge along the paths between fixes.

A path is cut into parts that are monotone in longitude and latitude, so that the box of a part
is the box of its ends. The edges in that box are met where

    f(p) = dx (lat(p) - ay) - dy (lon(p) - ax)

is zero, (ax, ay) being the edge's first end and (dx, dy) what it spans: once where f has not the
same sign at both ends of the part, else twice or never, for latitude is a concave function of
longitude in the north and a convex one in the south.

The roots are only places to *split* the path, and may be too many: one too many costs a lookup,
one too few the truth. So roots a centimetre beyond an edge's end are taken, and ends of parts on
an edge. What a crossing is, the answer codes in the middle of the stretches between splits say;
the first and the last stretch have the codes of the fixes. Overlapping zones, places where three
meet, holes and edges along 180° need no thought of their own, and the crossings of one segment
link to those of the next by construction.
"""

from __future__ import annotations

import cython
import numpy as np

if cython.compiled:
    from cython.cimports.eezkit.kernels.geodesic import (
        DEGREE,
        E2,
        A,
        length_between,
        sincos_deg,
        wrap_180,
    )
    from cython.cimports.eezkit.kernels.ground import NOT_FREE, WIDER
    from cython.cimports.eezkit.kernels.paths import RHUMB_PATH, Path, rhumb_length
    from cython.cimports.libc.math import atan2, fabs, floor, sqrt
else:
    from math import atan2, fabs, floor, sqrt

    from eezkit.kernels.geodesic import DEGREE, E2, A, length_between, sincos_deg, wrap_180
    from eezkit.kernels.ground import NOT_FREE, WIDER
    from eezkit.kernels.paths import RHUMB_PATH, Path, rhumb_length

# Degrees (1 cm): a root this far beyond an edge's end still splits the path.
_BEYOND = 1e-7
# Metres: splits closer than this are one event.
_EVENT = 1e-3
# Degrees: no two longitudes are nearer than this (3 nm).
_APART = 3e-14
# Metres: to where a root is found, and where its bracket is wide enough to go on.
_NANOMETRE = 1e-9
_FINE = 1e-6
# Degrees: from here on a path is at the pole for a moment, and metres left out on either side.
_POLAR = 89.999
_AT_POLE = 89.99999999
_POLE_GAP = 1e-4
# Degrees of longitude in one part.
_WIDEST = 10.0
_UNKNOWN = -1.0
_MOST_HALVINGS = 60


class Walker:
    """Walks tracks over one index. A thread needs a walker and a ground of its own.

    Parameters
    ----------
    ground : Ground

    Attributes
    ----------
    n_mended : int
        Stretches whose code was not that of their fix, so that the change was sought by halving:
        none but for rounding along an edge.
    """

    def __init__(self, ground):
        self.ground = ground
        self.path = Path()
        at, on = np.empty(256), np.empty(256, np.int32)
        self.split_at = at if cython.compiled else memoryview(at)
        self.split_on = on if cython.compiled else memoryview(on)
        self.n_splits = 0
        self.n_mended = 0

    # -- where the path meets an edge ---------------------------------------------------------

    def _split(self, p, v):
        if self.n_splits == self.split_at.shape[0]:
            self._grow()
        self.split_at[self.n_splits] = p
        self.split_on[self.n_splits] = v
        self.n_splits += 1

    def _grow(self):
        with cython.gil:
            n = len(self.split_at)
            at, on = np.empty(2 * n), np.empty(2 * n, np.int32)
            at[:n] = self.split_at
            on[:n] = self.split_on
            self.split_at = at if cython.compiled else memoryview(at)
            self.split_on = on if cython.compiled else memoryview(on)
        return 0

    def _root(self, v, ax, ay, dx, dy, a, fa, b, fb):
        """Split at the root of f between a and b, if it lies on the edge or a centimetre beyond.

        Regula falsi, by the Illinois rule.
        """
        step: cython.int
        side: cython.int = 0
        # As near as longitudes are told apart; along the path, over the sine of the angle.
        least = _APART * (fabs(dx) + fabs(dy))
        p = a
        x, y = self.path.at(p)
        for step in range(100):
            if fb == fa or b - a < _NANOMETRE:
                break
            p = (a * fb - b * fa) / (fb - fa)
            if not (a < p < b) or step > 30:
                p = (a + b) / 2.0
            x, y = self.path.at(p)
            f = dx * (y - ay) - dy * (x - ax)
            if fabs(f) <= least:
                break
            if (f < 0.0) == (fa < 0.0):
                if p - a < _NANOMETRE and step > 2:
                    break
                a = p
                fa = f
                if side == -1:
                    fb /= 2.0
                side = -1
            else:
                if b - p < _NANOMETRE and step > 2:
                    break
                b = p
                fb = f
                if side == 1:
                    fa /= 2.0
                side = 1
        if min(ax, ax + dx) - _BEYOND <= x <= max(ax, ax + dx) + _BEYOND and (
            min(ay, ay + dy) - _BEYOND <= y <= max(ay, ay + dy) + _BEYOND
        ):
            self._split(p, v)

    def _is_apart(self, ax, ay, dx, dy, p0, x0, y0, p1, x1, y1):
        """Whether an edge lies wholly beside the part, and beyond how far that leaves its chord.

        As the path is concave or convex, it is nowhere farther from its chord than the middle
        would be if it were the chord's triangle that bounds it.
        """
        width = x1 - x0
        height = y1 - y0
        if self.bulge < 0.0:
            x, y = self.path.at((p0 + p1) / 2.0)
            u = (x - x0) / width if fabs(width) > _BEYOND else 0.25
            if 0.02 < u < 0.98:
                self.bulge = fabs(width * (y - y0) - height * (x - x0)) / min(u, 1.0 - u)
                self.bulge += _BEYOND * (fabs(width) + fabs(height))
            else:
                self.bulge = 1e300
        g0 = width * (ay - y0) - height * (ax - x0)
        g1 = width * (ay + dy - y0) - height * (ax + dx - x0)
        return (g0 > self.bulge and g1 > self.bulge) or (g0 < -self.bulge and g1 < -self.bulge)

    def _edge(self, v, shift, p0, x0, y0, p1, x1, y1):
        """Split the part of the path from p0 to p1 where it meets edge v, turned by `shift`."""
        k: cython.int
        ax = self.ground.xy[2 * v] + shift
        ay = self.ground.xy[2 * v + 1]
        dx = self.ground.xy[2 * v + 2] + shift - ax
        dy = self.ground.xy[2 * v + 3] - ay
        if self._is_apart(ax, ay, dx, dy, p0, x0, y0, p1, x1, y1):
            return
        f0 = dx * (y0 - ay) - dy * (x0 - ax)
        f1 = dx * (y1 - ay) - dy * (x1 - ax)
        on_line = WIDER * (fabs(dx) + fabs(dy))
        first_on: cython.bint = fabs(f0) <= on_line
        last_on: cython.bint = fabs(f1) <= on_line
        if first_on:
            self._split(p0, v)
        if last_on:
            self._split(p1, v)
        width = x1 - x0
        if first_on and last_on:
            # Along each other: where the path passes the ends of the edge it is split.
            height = y1 - y0
            for k in range(2):
                if fabs(width) > fabs(height):
                    u = (ax + k * dx - x0) / width
                else:
                    u = (ay + k * dy - y0) / height if height != 0.0 else 0.0
                if 0.0 < u < 1.0:
                    self._split(p0 + u * (p1 - p0), v)
        if not (first_on or last_on):
            if (f0 < 0.0) != (f1 < 0.0):
                self._root(v, ax, ay, dx, dy, p0, f0, p1, f1)
                return
            if dx == 0.0 or width == 0.0:
                return
            # f is concave where latitude is and dx positive: above zero at both ends, it stays so.
            if (f0 > 0.0) == ((dx > 0.0) == (y0 + y1 > 0.0)):
                return
            if min(fabs(f0), fabs(f1)) * fabs(width) > (
                fabs(dx) * self.bulge + on_line * fabs(width)
            ):
                return
        self._both_roots(v, ax, ay, dx, dy, p0, f0, p1, f1, first_on or last_on)

    def _both_roots(self, v, ax, ay, dx, dy, p0, f0, p1, f1, on_line):
        """Find where the path runs parallel to the edge, f's extremum, and the roots beside it."""
        step: cython.int
        a = p0
        b = p1
        x, y, vx, vy = self.path.moving(a)
        ga = dx * vy - dy * vx
        x, y, vx, vy = self.path.moving(b)
        gb = dx * vy - dy * vx
        if (ga < 0.0) == (gb < 0.0):
            if f0 != 0.0 and f1 != 0.0 and (f0 < 0.0) != (f1 < 0.0):
                self._root(v, ax, ay, dx, dy, p0, f0, p1, f1)
            return
        m = a
        f = f0
        for step in range(60):
            m = (a * gb - b * ga) / (gb - ga) if step % 3 != 2 and gb != ga else (a + b) / 2.0
            x, y, vx, vy = self.path.moving(m)
            g = dx * vy - dy * vx
            f = dx * (y - ay) - dy * (x - ax)
            if (not on_line and (f < 0.0) != (f0 < 0.0)) or b - a < _FINE or g == 0.0:
                break
            if (g < 0.0) == (ga < 0.0):
                a = m
                ga = g
            else:
                b = m
                gb = g
        if fabs(f) <= WIDER * (fabs(dx) + fabs(dy)):
            self._split(m, v)
        if f != 0.0:
            if f0 != 0.0 and (f < 0.0) != (f0 < 0.0):
                self._root(v, ax, ay, dx, dy, p0, f0, m, f)
            if f1 != 0.0 and (f < 0.0) != (f1 < 0.0):
                self._root(v, ax, ay, dx, dy, m, f, p1, f1)

    def _seam(self, at, a, xa, b, xb):
        """Split where the path passes a longitude: edges along ±180° are in no index."""
        step: cython.int
        if fabs(xa - at) <= WIDER:
            self._split(a, -1)
        if fabs(xb - at) <= WIDER:
            self._split(b, -1)
        if (xa < at) == (xb < at):
            return
        for step in range(100):
            if b - a < _NANOMETRE:
                break
            m = (a + b) / 2.0
            if step < 12 and step % 3 != 0 and xb != xa:
                m = a + (at - xa) / (xb - xa) * (b - a)
            x, _y = self.path.at(m)
            if (x < at) == (xa < at):
                a = m
                xa = x
            else:
                b = m
                xb = x
        self._split((a + b) / 2.0, -1)

    def _halve(self, p0, x0, y0, p1, x1, y1, depth):
        p = (p0 + p1) / 2.0
        x, y = self.path.at(p)
        self._part(p0, x0, y0, p, x, y, depth + 1)
        self._part(p, x, y, p1, x1, y1, depth + 1)

    def _part(self, p0, x0, y0, p1, x1, y1, depth):
        """Split a monotone part of the path wherever it meets an edge."""
        i: cython.Py_ssize_t
        turn: cython.int
        first_turn: cython.int
        last_turn: cython.int
        whole: cython.bint
        west = min(x0, x1) - WIDER
        east = max(x0, x1) + WIDER
        south = min(y0, y1) - WIDER
        north = max(y0, y1) + WIDER
        if east - west > _WIDEST and p1 - p0 > _POLE_GAP and depth < _MOST_HALVINGS:
            self._halve(p0, x0, y0, p1, x1, y1, depth)
            return
        whole = depth >= _MOST_HALVINGS // 2 or p1 - p0 <= 1.0
        first_turn = cython.cast(cython.int, floor((west + 180.0) / 360.0))
        last_turn = cython.cast(cython.int, floor((east + 180.0) / 360.0))
        self.bulge = _UNKNOWN
        for turn in range(first_turn, last_turn + 1):
            shift = 360.0 * turn
            if not self.ground.edges_in(
                max(west - shift, -180.0), min(east - shift, 180.0), south, north, whole
            ):
                self._halve(p0, x0, y0, p1, x1, y1, depth)
                return
            for i in range(self.ground.n_found):
                self._edge(self.ground.found[i], shift, p0, x0, y0, p1, x1, y1)
        if first_turn != last_turn:
            self._seam(360.0 * last_turn - 180.0, p0, x0, p1, x1)

    def _find(self):
        """Find all places to split the path, in their order."""
        p0 = 0.0
        x0 = self.path.lon1
        y0 = self.path.lat1
        end = self.path.length
        x_end = self.path.lon1 + self.path.dlon
        y_end = self.path.lat2
        self.n_splits = 0
        if fabs(y0) > _AT_POLE and end > 100.0 * _POLE_GAP:
            p0 = _POLE_GAP
            self._split(0.0, -1)
            self._split(p0, -1)
            x0, y0 = self.path.at(p0)
        if fabs(y_end) > _AT_POLE and end > 100.0 * _POLE_GAP:
            self._split(end, -1)
            end -= _POLE_GAP
            self._split(end, -1)
            x_end, y_end = self.path.at(end)
        k = self.path.first_cut
        while True:
            p1 = self.path.cut(k)
            if not p1 < end:
                break
            if p1 > p0 + _FINE:
                x1, y1 = self.path.at(p1)
                gap = 0.0
                if fabs(y1) > _POLAR and p1 - p0 > 20.0 * _POLE_GAP and end - p1 > 20.0 * _POLE_GAP:
                    # Over a pole, or nearly: longitude jumps.
                    gap = _POLE_GAP
                    x1, y1 = self.path.at(p1 - gap)
                self._part(p0, x0, y0, p1 - gap, x1, y1, 0)
                if gap > 0.0:
                    self._split(p1, -1)
                    x1, y1 = self.path.at(p1 + gap)
                p0 = p1 + gap
                x0 = x1
                y0 = y1
            k += 1.0
        self._part(p0, x0, y0, end, x_end, y_end, 0)
        self._order()

    def _order(self):
        """Sort the splits; they are few."""
        i: cython.Py_ssize_t
        j: cython.Py_ssize_t
        v: cython.int
        for i in range(1, self.n_splits):
            p = self.split_at[i]
            v = self.split_on[i]
            j = i
            while j > 0 and self.split_at[j - 1] > p:
                self.split_at[j] = self.split_at[j - 1]
                self.split_on[j] = self.split_on[j - 1]
                j -= 1
            self.split_at[j] = p
            self.split_on[j] = v

    # -- what changes there -------------------------------------------------------------------

    def _angle(self, p, v):
        """Degrees between the path and the edge that it crosses, from 0 to 90."""
        _x, y, vx, vy = self.path.moving(p)
        s, c = sincos_deg(y)
        w2 = 1.0 - E2 * s * s
        east = A * c / sqrt(w2)
        north = A * (1.0 - E2) / (w2 * sqrt(w2))
        dx = 0.0
        dy = 1.0
        if v >= 0:
            dx = self.ground.xy[2 * v + 2] - self.ground.xy[2 * v]
            dy = self.ground.xy[2 * v + 3] - self.ground.xy[2 * v + 1]
        across = east * north * (vx * dy - vy * dx)
        along = east * east * vx * dx + north * north * vy * dy
        return atan2(fabs(across), fabs(along)) / DEGREE

    def _note(self, n, segment, p, before, after, v, width, places, events):
        """Write down a crossing as number n; the next number."""
        length = self.path.length
        x = self.path.lon1
        y = self.path.lat1
        gone = 0.0
        if p >= length:
            x += self.path.dlon
            y = self.path.lat2
            gone = length
        elif p > 0.0:
            x, y = self.path.at(p)
            gone = self.path.gone(p)
        x = wrap_180(x)
        places[n, 0] = gone
        places[n, 1] = -180.0 if x == 180.0 else x
        places[n, 2] = y
        places[n, 3] = self._angle(min(max(p, 0.0), length), v) if length > 0.0 else 0.0
        places[n, 4] = width
        events[n, 0] = segment
        events[n, 1] = before
        events[n, 2] = after
        events[n, 3] = v
        return n + 1

    def _change(self, a, b, code):
        """Where the code, which at a is `code` and at b is not, changes: by halving."""
        _step: cython.int
        self.n_mended += 1
        for _step in range(100):
            if b - a < _NANOMETRE:
                break
            m = (a + b) / 2.0
            x, y = self.path.at(m)
            if self.ground.code_at(x, y) == code:
                a = m
            else:
                b = m
        return b

    def _cross(self, n, segment, before, after, places, events):
        """Write down the crossings of the path, its fixes having these codes; the next number."""
        k: cython.Py_ssize_t = 0
        v: cython.int
        here: cython.int = before
        then: cython.int
        at_last: cython.bint
        length = self.path.length
        high = 0.0
        if self.n_splits > 0 and self.split_at[0] > _EVENT:
            x, y = self.path.at(self.split_at[0] / 2.0)
            here = self.ground.code_at(x, y)
            if here != before:
                p = self._change(0.0, self.split_at[0] / 2.0, before)
                n = self._note(n, segment, p, before, here, -1, 0.0, places, events)
        while k < self.n_splits:
            low = high = self.split_at[k]
            v = self.split_on[k]
            k += 1
            while k < self.n_splits and self.split_at[k] - high <= _EVENT:
                high = self.split_at[k]
                v = max(v, self.split_on[k])
                k += 1
            at_last = k == self.n_splits and length - high <= _EVENT
            then = after
            if not at_last:
                x, y = self.path.at(
                    (high + (self.split_at[k] if k < self.n_splits else length)) / 2.0
                )
                then = self.ground.code_at(x, y)
            if then != here:
                p = 0.0 if low <= _EVENT else length if at_last else low
                n = self._note(n, segment, p, here, then, v, high - low, places, events)
                here = then
        if here != after:
            p = self._change((high + length) / 2.0 if self.n_splits > 0 else 0.0, length, here)
            n = self._note(n, segment, p, here, after, -1, 0.0, places, events)
        return n

    def _walk(self, kind, lon, lat, joined, codes, lengths, places, events, state):
        i: cython.Py_ssize_t
        n: cython.Py_ssize_t = state[1]
        code: cython.int
        bulge = 0.0 if kind == RHUMB_PATH else 1.0
        if state[0] == 0:
            codes[0] = self.ground.code_at(lon[0], lat[0])
        for i in range(state[0], lon.shape[0] - 1):
            x0 = lon[i]
            y0 = lat[i]
            x1 = lon[i + 1]
            y1 = lat[i + 1]
            if not joined[i + 1]:
                codes[i + 1] = self.ground.code_at(x1, y1)
                lengths[i] = 0.0
                continue
            code = self.ground.free_cell(x0, y0, x1, y1, bulge)
            if code == NOT_FREE and self.ground.is_free(x0, y0, x1, y1, bulge):
                code = codes[i]
            if code != NOT_FREE:
                codes[i + 1] = code
                if kind == RHUMB_PATH:
                    lengths[i] = rhumb_length(y0, y1, wrap_180(x1 - x0))
                else:
                    lengths[i] = length_between(x0, y0, x1, y1)
                continue
            code = self.ground.code_at(x1, y1)
            codes[i + 1] = code
            self.path.begin(kind, x0, y0, x1, y1)
            lengths[i] = self.path.length
            self.n_splits = 0
            if self.path.length > 0.0:
                self._find()
            if n + self.n_splits + 2 > places.shape[0]:
                state[0] = i
                return n
            n = self._cross(n, i, codes[i], code, places, events)
        state[0] = lon.shape[0] - 1
        return n

    def walk(self, kind, lon, lat, joined):
        """Walk along the paths between neighbouring fixes.

        Parameters
        ----------
        kind : int
            GEODESIC_PATH or RHUMB_PATH.
        lon, lat : numpy.ndarray of float64, shape (n_fixes,)
            Degrees, longitudes within [-180, 180).
        joined : numpy.ndarray of uint8, shape (n_fixes,)
            Whether a path leads to a fix from the one before.

        Returns
        -------
        codes : numpy.ndarray of int32, shape (n_fixes,)
            Answer codes of the fixes.
        lengths : numpy.ndarray of float64, shape (n_fixes - 1,)
            Metres from each fix to the next; 0 where no path leads there.
        places : numpy.ndarray of float64, shape (n_crossings, 5)
            Of each crossing: metres from the fix before, longitude, latitude, degrees between
            path and edge, metres between the first and the last split that it stands for.
        events : numpy.ndarray of int64, shape (n_crossings, 4)
            The fix before; the answer codes before and after; the first vertex of the edge, -1
            at ±180°, at a pole and where none is known.
        """
        n_fixes: cython.Py_ssize_t = lon.shape[0]
        n: cython.Py_ssize_t = 0
        codes, lengths = np.empty(n_fixes, np.int32), np.empty(max(n_fixes - 1, 0))
        places, events = np.empty((1024, 5)), np.empty((1024, 4), np.int64)
        state = np.zeros(2, np.int64)
        while n_fixes:
            n = self._run(kind, lon, lat, joined, codes, lengths, places, events, state)
            state[1] = n
            if state[0] >= n_fixes - 1:
                break
            places = np.concatenate([places, np.empty_like(places)])
            events = np.concatenate([events, np.empty_like(events)])
        return codes, lengths, places[:n].copy(), events[:n].copy()

    def _run(self, kind, lon, lat, joined, codes, lengths, places, events, state):
        n: cython.Py_ssize_t
        if not cython.compiled:
            lon, lat, joined, codes = map(memoryview, (lon, lat, joined, codes))
            lengths, places = memoryview(lengths), memoryview(places)
            events, state = memoryview(events), memoryview(state)
        with cython.nogil:
            n = self._walk(kind, lon, lat, joined, codes, lengths, places, events, state)
        return n
