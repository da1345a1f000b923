# C types of paths.py, for the compiler alone: uncompiled, nothing reads this file.

cdef int GEODESIC_PATH
cdef int RHUMB_PATH
cdef double _QUARTER
cdef double _NEVER
cdef double _STEEP
cdef double _SHORT_RISE
cdef double _SHORT_LAT
cdef double _OFF_MIDDLE
cdef double _LEAST_COSINE
cdef double _TINY
cdef double[::1] _NODES
cdef double[::1] _WEIGHTS

cdef double _parallel(double lat) noexcept nogil
cdef bint _is_short(double lat1, double lat2) noexcept nogil
cdef double _rhumb_short(double lat1, double lat2, double dlon) noexcept nogil
cdef double rhumb_length(double lat1, double lat2, double dlon) noexcept nogil
cdef double _rhumb_between(
    double lat1, double lat2, double psi1, double dpsi, double dlon) noexcept nogil

cdef class Path:
    cdef bint is_rhumb
    cdef double lon1
    cdef double lat1
    cdef double lat2
    cdef double dlon
    cdef double length
    cdef double first_cut
    cdef double salp0
    cdef double calp0
    cdef double ssig1
    cdef double csig1
    cdef double somg1
    cdef double comg1
    cdef double sig1
    cdef double e
    cdef double b11
    cdef double ba1
    cdef double fa3
    cdef double psi1
    cdef double dpsi

    cdef void begin(
        self, int kind, double lon1, double lat1, double lon2, double lat2) noexcept nogil
    cdef void _begin_geodesic(self) noexcept nogil
    cdef (double, double) at(self, double p) noexcept nogil
    cdef (double, double, double, double) moving(self, double p) noexcept nogil
    cdef (double, double, double, double, double) _reach(self, double p) noexcept nogil
    cdef double cut(self, double k) noexcept nogil
    cdef double gone(self, double p) noexcept nogil
