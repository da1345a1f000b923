# C types of cells_build.py, for the compiler alone: uncompiled, nothing reads this file.

cdef double _MARGIN
cdef double _CELLS_PER_EDGE
cdef int _MOST_BITS
cdef int _EDGES
cdef int _LABELS
cdef int _FINE
cdef int _FINEST
cdef int _MOST_LABELS
cdef int _MOST_CHAIN
cdef int _MOST_LISTED
cdef int _BUDGET_EACH
cdef int _BUDGET
cdef int _HARD

cdef class Builder:
    cdef const double[::1] xy
    cdef const long long[::1] far
    cdef const double[::1] rest
    cdef const int[::1] label
    cdef object states
    cdef dict steps
    cdef dict pairs
    cdef dict known
    cdef long long spent
    cdef long long budget
    cdef list queue
    cdef int[::1] leaves
    cdef Py_ssize_t n_leaves
    cdef long long n_labels
    cdef int shift
    cdef bint is_top
    cdef double scale
    cdef long long ix0
    cdef long long iy0
    cdef long long n_columns
    cdef long long n_rows

    cpdef build(self)
    cdef _divide(
        self, int shift, long long ix0, long long iy0, int n_columns, int n_rows,
        long long state, const int[::1] edges)
    cdef void _touch(
        self, const int[::1] edges, int[::1] ends, int[::1] members, bint is_listed) noexcept
    cdef void _mark(
        self, const int[::1] edges, int[::1] ends, int[::1] events, bint is_listed) noexcept
    cdef void _prolong(
        self, Py_ssize_t v, int label, int[::1] ends, int[::1] events, bint is_listed) noexcept
    cdef long long _row_above(self, Py_ssize_t v, double x) noexcept
    cdef bint _is_below(self, Py_ssize_t v, double x, double y) noexcept
    cdef int _walk(
        self, long long state, int[::1] ends, int[::1] events, int[::1] entries) except -1
    cdef long long _step(self, long long state, int label) except -1
    cdef int _fill(self, int[::1] ends, int[::1] members, int[::1] entries) except -1
    cdef int _cell(
        self, long long ix, long long iy, long long state, int[::1] members, Py_ssize_t first,
        Py_ssize_t last) except? -1
    cdef int _grid(
        self, long long ix, long long iy, long long state, int[::1] members, Py_ssize_t first,
        Py_ssize_t last) except? -1
    cdef int _leaf(
        self, long long ix, long long iy, int[::1] members, Py_ssize_t first, Py_ssize_t last,
        int offset, dict toggles) except? -1
    cdef int _ends_below(self, Py_ssize_t v, double x, double y) noexcept

cdef void _note(Py_ssize_t cell, int label, int[::1] ends, int[::1] events, bint is_listed) noexcept
cdef int _starts(int[::1] counts) noexcept
