# C types of areas.py, for the compiler alone: uncompiled, nothing reads this file.

cdef double _E
cdef double _PI
cdef double _AUTHALIC2
cdef double[::1] _C4
cdef int _HARMONICS
cdef double[::1] _SINES
cdef double _SHORT_SPAN

cdef double _i4(double e, double s, double c) noexcept nogil
cdef (double, double) _geodesic_below(double lat1, double lat2, double lon12) noexcept nogil
cdef double authalic(double lat) noexcept nogil
cdef (double, double) _panel(
    int model, double lon1, double lat1, double p, double q, double r, double a,
    double b) noexcept nogil
cdef (double, double) _curve_below(
    int model, double lon1, double lat1, double lon2, double lat2) noexcept nogil
cdef double straight_below(
    double lon1, double lat1, double lon2, double lat2, double level) noexcept nogil
cdef double straight_length(double lon1, double lat1, double lon2, double lat2) noexcept nogil
