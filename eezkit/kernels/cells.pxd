# C types of cells.py, for the compiler alone: uncompiled, nothing reads this file.

cdef int TOP_SHIFT
cdef int TOP_COLUMNS
cdef int TOP_ROWS
cdef int _BLOCK
cdef int _NOT_A_POSITION
cdef double _PLAIN
cdef double _DOUBLED
cdef double _UNDERFLOW
cdef double _SMALL
cdef double _SPLITTER

cdef long long floor_of(double t) noexcept nogil
cdef double two_product_rest(double a, double b, double p) noexcept nogil
cdef double two_difference_rest(double a, double b, double d) noexcept nogil
cdef bint _is_small(double c) noexcept nogil
cdef double _rest_of(
    const long long[::1] far, const double[::1] rest, Py_ssize_t vertex) noexcept nogil
cdef int _side(
    const double[::1] xy, const long long[::1] far, const double[::1] rest, Py_ssize_t v,
    double x, double y) noexcept nogil
cdef bint is_below(
    const double[::1] xy, const long long[::1] far, const double[::1] rest, Py_ssize_t v,
    double x, double y) noexcept nogil
cdef bint count_below(
    const double[::1] xy, const long long[::1] far, const double[::1] rest, Py_ssize_t first,
    Py_ssize_t n, int ends, double x, double y) noexcept nogil
cdef double _wrapped(double x) noexcept nogil
cpdef locate(
    const double[:] lon, const double[:] lat, int[::1] codes, const double[::1] xy,
    const long long[::1] far, const double[::1] rest, const int[::1] grid, const int[::1] nodes,
    const int[::1] leaves, const int[::1] tables, const int[::1] poles)
cdef Py_ssize_t _enter(
    Py_ssize_t first, Py_ssize_t last, const double[:] lon, const double[:] lat, int[::1] codes,
    const int[::1] grid, const int[::1] poles, int[:, ::1] ints,
    double[:, ::1] floats) noexcept nogil
cdef Py_ssize_t _descend(
    Py_ssize_t pending, Py_ssize_t first, int[::1] codes, const int[::1] grid,
    const int[::1] nodes, int[:, ::1] ints, double[:, ::1] floats) noexcept nogil
cdef void _pass_edges(
    Py_ssize_t n_leaf, Py_ssize_t first, int[::1] codes, const double[::1] xy,
    const long long[::1] far, const double[::1] rest, const int[::1] leaves,
    const int[::1] tables, int[:, ::1] ints, double[:, ::1] floats) noexcept nogil
