# C types of curves.py, for the compiler alone: uncompiled, nothing reads this file.

cdef int PLANAR
cdef int GEODESIC
cdef int LOXODROME
cdef double _E
cdef double _ROOT_MOST
cdef double _ROOT_LEAST
cdef double _HALF_TURN
cdef double _FAR
cdef double _THIRD_ORDER
cdef double _NOTHING

cdef double _isometric(double lat) noexcept nogil
cdef double _from_isometric(double psi) noexcept nogil
cdef (double, double, double) curve(
    int model, double lon1, double lat1, double lon2, double lat2) noexcept nogil
cdef (int, double, double) canonical(
    int model, double lon1, double lat1, double lon2, double lat2) noexcept nogil
cdef (double, double) place(
    int model, double lon1, double lat1, double p, double q, double r, double t) noexcept nogil
cdef (double, double, double, double, double, double) motion(
    int model, double lon1, double lat1, double p, double q, double r, double t) noexcept nogil
cdef (double, double) bounds(
    int model, double lat1, double lat2, double p, double q, double r) noexcept nogil
cdef (double, double, double, double, double, double, double, double, double) _reach(
    double lon, double lat, int model, double lon1, double lat1, double p, double q, double r,
    double t) noexcept nogil
cdef (double, double, double, double, double, double) descend(
    double lon, double lat, int model, double lon1, double lat1, double p, double q, double r,
    double a, double b, double t, double bend) noexcept nogil
cdef (double, double, double, double, double, double) foot(
    double lon, double lat, int model, double lon1, double lat1, double lon2, double lat2,
    double t, double about) noexcept nogil
cdef (double, double, double, double, double, double) search(
    double lon, double lat, int model, double lon1, double lat1, double p, double q, double r,
    double a, double b, double best, double t, double salp1, double calp1, double salp2,
    double calp2) noexcept nogil
cdef double pieces_of(
    int model, double lon1, double lat1, double lon2, double lat2, double length) noexcept nogil
cdef (double, double) _offset(
    double lon3, double lat3, double salp, double calp, double lon1, double lat1, double p,
    double q, double far) noexcept nogil
cdef double _crossing(
    double lon1, double lat1, double lon2, double lat2, double lon3, double lat3, double lon4,
    double lat4) noexcept nogil
