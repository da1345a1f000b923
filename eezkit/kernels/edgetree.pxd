# C types of edgetree.py, for the compiler alone: uncompiled, nothing reads this file.

cdef double _UNIT
cdef double _SHARPEST
cdef double _FLATTEST
cdef double _ROOT_MOST
cdef double _QUARTER
cdef double _FAR
cdef double _ANY
cdef double _CURVATURE_RANGE
cdef double _ROUNDING
cdef int _ROOM
cdef double _TIE
cdef double _NOTHING

cdef (double, double, double) space(double lon, double lat) noexcept nogil
cdef double chord_of(double distance) noexcept nogil
cdef double chord_beyond(double chord) noexcept nogil
cdef (double, double) place_on(
    int model, const double[:, ::1] points, const int[:, ::1] pieces, Py_ssize_t piece,
    double t) noexcept nogil
cdef (double, double, double, double) _measure(
    double lon, double lat, int model, const double[:, ::1] points, const int[:, ::1] pieces,
    Py_ssize_t piece, double t, double about, double[::1] memory) noexcept nogil
cdef void _settle(
    double lon, double lat, int model, const double[:, ::1] points, const int[:, ::1] pieces,
    const int[:, ::1] chords, long long[::1] found, double[:, ::1] near, Py_ssize_t n, double limit, double[::1] memory,
    double[::1] best, long long[::1] winner) noexcept nogil
cdef void _search_tree(
    double lon, double lat, int model, const int[:, ::1] nodes, const int[:, ::1] chords,
    const double[:, ::1] points, const int[:, ::1] pieces, const unsigned char[::1] active,
    const unsigned char[::1] marks, double limit, long long[::1] found, double[:, ::1] near,
    long long[::1] trail, double[::1] memory, double[::1] best,
    long long[::1] winner) noexcept nogil
