# C types of tracks.py, for the compiler alone: uncompiled, nothing reads this file.

from eezkit.kernels.ground cimport Ground
from eezkit.kernels.paths cimport Path

cdef double _BEYOND
cdef double _EVENT
cdef double _APART
cdef double _FINE
cdef double _NANOMETRE
cdef double _POLAR
cdef double _AT_POLE
cdef double _POLE_GAP
cdef double _WIDEST
cdef double _UNKNOWN
cdef int _MOST_HALVINGS

cdef class Walker:
    cdef Ground ground
    cdef Path path
    cdef double[::1] split_at
    cdef int[::1] split_on
    cdef Py_ssize_t n_splits
    cdef double bulge
    cdef public long long n_mended

    cdef void _split(self, double p, int v) noexcept nogil
    cdef int _grow(self) except -1 nogil
    cdef void _root(
        self, int v, double ax, double ay, double dx, double dy, double a, double fa, double b,
        double fb) noexcept nogil
    cdef void _edge(
        self, int v, double shift, double p0, double x0, double y0, double p1, double x1,
        double y1) noexcept nogil
    cdef bint _is_apart(
        self, double ax, double ay, double dx, double dy, double p0, double x0, double y0,
        double p1, double x1, double y1) noexcept nogil
    cdef void _both_roots(
        self, int v, double ax, double ay, double dx, double dy, double p0, double f0, double p1,
        double f1, bint on_line) noexcept nogil
    cdef void _seam(
        self, double at, double a, double xa, double b, double xb) noexcept nogil
    cdef void _halve(
        self, double p0, double x0, double y0, double p1, double x1, double y1,
        int depth) noexcept nogil
    cdef void _part(
        self, double p0, double x0, double y0, double p1, double x1, double y1,
        int depth) noexcept nogil
    cdef void _find(self) noexcept nogil
    cdef void _order(self) noexcept nogil
    cdef double _angle(self, double p, int v) noexcept nogil
    cdef Py_ssize_t _note(
        self, Py_ssize_t n, Py_ssize_t segment, double p, int before, int after, int v,
        double width, double[:, ::1] places, long long[:, ::1] events) noexcept nogil
    cdef double _change(self, double a, double b, int code) noexcept nogil
    cdef Py_ssize_t _cross(
        self, Py_ssize_t n, Py_ssize_t segment, int before, int after, double[:, ::1] places,
        long long[:, ::1] events) noexcept nogil
    cdef Py_ssize_t _walk(
        self, int kind, const double[::1] lon, const double[::1] lat,
        const unsigned char[::1] joined, int[::1] codes, double[::1] lengths,
        double[:, ::1] places, long long[:, ::1] events, long long[::1] state) noexcept nogil
    cpdef walk(
        self, int kind, const double[::1] lon, const double[::1] lat,
        const unsigned char[::1] joined)
    cdef Py_ssize_t _run(
        self, int kind, const double[::1] lon, const double[::1] lat,
        const unsigned char[::1] joined, int[::1] codes, double[::1] lengths,
        double[:, ::1] places, long long[:, ::1] events, long long[::1] state) except -1
