# C types of gridding.py, for the compiler alone: uncompiled, nothing reads this file.

cdef int _ROOM

cdef Py_ssize_t _first_from(const double[::1] borders, double value) noexcept nogil
cdef Py_ssize_t _first_beyond(const double[::1] borders, double value) noexcept nogil

cdef class Cutter:
    cdef const double[:, ::1] ends
    cdef const int[::1] left
    cdef const int[::1] right
    cdef const double[::1] lon
    cdef const double[::1] lat
    cdef const long long[::1] columns
    cdef const double[::1] levels
    cdef Py_ssize_t n_columns
    cdef Py_ssize_t n_pieces
    cdef Py_ssize_t n_crossings
    cdef long long[:, ::1] pieces
    cdef double[:, ::1] areas
    cdef long long[:, ::1] crossings
    cdef double[:, ::1] places

    cpdef cut(self)
    cdef int _all(self) except -1 nogil
    cdef int _parallels(self, Py_ssize_t edge) except -1 nogil
    cdef int _meridians(self, Py_ssize_t edge) except -1 nogil
    cdef int _rows(
        self, Py_ssize_t edge, Py_ssize_t column, double sign, double x1, double y1, double x2,
        double y2) except -1 nogil
    cdef int _piece(self, Py_ssize_t cell, Py_ssize_t edge, double area) except -1 nogil
