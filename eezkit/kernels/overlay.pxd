# C types of overlay.py, for the compiler alone: uncompiled, nothing reads this file.

cdef int _ROOM
cdef int _DEPTH
cdef double _NOTHING
cdef double _NO_DEGREES
cdef int _WORTH

cdef int left_of_layer(
    double ax, double ay, double bx, double by, double x, double y) noexcept nogil
cdef int left_of_part(
    double ax, double ay, double bx, double by, double x, double y) noexcept nogil

cdef class Overlay:
    cdef const double[:, ::1] ends
    cdef const int[::1] left
    cdef const int[::1] right
    cdef const double[:, ::1] boxes
    cdef const long long[::1] starts
    cdef Py_ssize_t n_classes
    cdef double[::1] areas
    cdef unsigned char[::1] is_met
    cdef long long[::1] met
    cdef long long[::1] vertex
    cdef double[::1] sign
    cdef unsigned char[::1] is_first
    cdef long long[::1] ring
    cdef long long[::1] low
    cdef long long[::1] high
    cdef long long[::1] slab_starts
    cdef long long[::1] slabs
    cdef long long[::1] of_edge
    cdef double[:, ::1] places
    cdef long long[:, ::1] notes
    cdef double[:, ::1] rows
    cdef long long[:, ::1] keys
    cdef long long[:, ::1] stack
    cdef const double[::1] lon
    cdef const double[::1] lat
    cdef const long long[::1] rings
    cdef const double[::1] signs
    cdef const int[::1] classes
    cdef Py_ssize_t n_places
    cdef Py_ssize_t n_rows
    cdef Py_ssize_t n_open
    cdef Py_ssize_t n_met
    cdef Py_ssize_t n_edges
    cdef Py_ssize_t n_slabs
    cdef double west
    cdef double south
    cdef double east
    cdef double north
    cdef double level
    cdef double per_degree

    cpdef polygons(self, lon, lat, rings, signs, parts, classes)
    cdef int _polygon(self, Py_ssize_t part, Py_ssize_t first, Py_ssize_t last) except -1 nogil
    cdef bint _begin(self, Py_ssize_t first, Py_ssize_t last) noexcept nogil
    cdef Py_ssize_t _slab(self, double lat) noexcept nogil
    cdef int _sweep(self) except -1 nogil
    cdef int _whole(self, Py_ssize_t box, double shift) noexcept nogil
    cdef bint _holds(self, double x, double y) noexcept nogil
    cdef int _layer_edge(self, Py_ssize_t edge, double shift) except -1 nogil
    cdef int _pair(
        self, Py_ssize_t edge, Py_ssize_t a, Py_ssize_t i, double ax, double ay, double bx,
        double by, double west, double east, double south, double north) except -1 nogil
    cdef void _add(self, Py_ssize_t edge, double below) noexcept nogil
    cdef void _to(self, Py_ssize_t c, double area) noexcept nogil
    cdef void _follow(self) noexcept nogil
    cdef Py_ssize_t _known(
        self, Py_ssize_t state, Py_ssize_t before, double ax, double ay, double bx,
        double by) noexcept nogil
    cdef void _group(self, Py_ssize_t n) noexcept nogil
    cdef void _sort(self, Py_ssize_t first, Py_ssize_t last, int by) noexcept nogil
    cdef int _row(
        self, Py_ssize_t a, Py_ssize_t b, double value, double along, double x,
        double y) except -1 nogil
    cpdef lines(self, lon, lat, parts, classes)
    cdef int _line(self, Py_ssize_t part, Py_ssize_t first, Py_ssize_t last) except -1 nogil
    cdef int _meet(self, Py_ssize_t a) except -1 nogil
    cpdef locate(self, lon, lat)
    cdef Py_ssize_t _below(self, double x, double y) noexcept nogil
    cdef bint _is_under(self, Py_ssize_t i, double x, double y) noexcept nogil
    cdef bint _is_over(self, Py_ssize_t i, Py_ssize_t j) noexcept nogil
