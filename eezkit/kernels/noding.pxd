# C types of noding.py, for the compiler alone: uncompiled, nothing reads this file.

cdef double UNITS
cdef int BRANCHES
cdef double NEAR
cdef double _PLAIN
cdef int _ROOM

cpdef double to_grid(double degrees) noexcept nogil
cpdef int side(
    double ax, double ay, double bx, double by, double x, double y) noexcept nogil
cdef (double, double) crossing(
    double ax, double ay, double bx, double by, double cx, double cy, double dx,
    double dy) noexcept nogil
cdef bint _is_fixed(double x, double y) noexcept nogil
cdef bint _moves(double ax, double ay, double bx, double by) noexcept nogil
cdef bint _is_near(double ax, double ay, double bx, double by) noexcept nogil
cdef bint _is_on(
    double ax, double ay, double bx, double by, double x, double y) noexcept nogil

cdef class Meetings:
    cdef const double[:, ::1] ends
    cdef const unsigned char[::1] is_new
    cdef const double[:, ::1] boxes
    cdef const long long[::1] starts
    cdef const unsigned char[::1] has_new
    cdef double[:, ::1] cuts
    cdef double[:, ::1] moves
    cdef long long[:, ::1] stack
    cdef Py_ssize_t n_cuts
    cdef Py_ssize_t n_moves

    cpdef find(self)
    cdef int _pairs(self) except -1 nogil
    cdef bint _meet(self, Py_ssize_t a, Py_ssize_t b) noexcept nogil
    cdef int _leaves(self, Py_ssize_t a, Py_ssize_t b) except -1 nogil
    cdef int _compare(self, Py_ssize_t i, Py_ssize_t j) except -1 nogil
    cdef int _vertices(
        self, Py_ssize_t i, Py_ssize_t m, Py_ssize_t j, Py_ssize_t k) except -1 nogil
    cdef int _vertex_on(
        self, Py_ssize_t edge, double ax, double ay, double bx, double by, double x,
        double y) except -1 nogil
    cdef int _cut(self, Py_ssize_t edge, double x, double y) except -1 nogil
    cdef int _move(self, Py_ssize_t edge, Py_ssize_t end, double x, double y) except -1 nogil
