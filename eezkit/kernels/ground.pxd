# C types of ground.py, for the compiler alone: uncompiled, nothing reads this file.

cdef int NOT_FREE
cdef double WIDER
cdef int BUDGET
cdef int _ALL
cdef double _BULGE
cdef double _WIDEST
cdef double _POLAR
cdef double _SEAM

cdef class Ground:
    cdef const double[::1] xy
    cdef const long long[::1] far
    cdef const double[::1] rest
    cdef const int[::1] grid
    cdef const int[::1] nodes
    cdef const int[::1] leaves
    cdef const int[::1] tables
    cdef const int[::1] poles
    cdef const int[::1] upright
    cdef const double[::1] upright_at
    cdef const int[::1] level
    cdef const double[::1] level_at
    cdef int[::1] found
    cdef Py_ssize_t n_found
    cdef long long budget
    cdef long long spent
    cdef double west
    cdef double east
    cdef double south
    cdef double north

    cdef int code_at(self, double x, double y) noexcept nogil
    cdef void _add(self, int v) noexcept nogil
    cdef int _grow(self) except -1 nogil
    cdef void _descend(
        self, int entry, int shift, long long column, long long row) noexcept nogil
    cdef void _along_borders(
        self, const int[::1] which, const double[::1] at, double low, double high, int axis,
        double least, double most) noexcept nogil
    cdef bint edges_in(
        self, double west, double east, double south, double north, bint whole) noexcept nogil
    cdef void _each_once(self) noexcept nogil
    cdef int free_cell(self, double x0, double y0, double x1, double y1, double bulge) noexcept nogil
    cdef bint is_free(self, double x0, double y0, double x1, double y1, double bulge) noexcept nogil
