# C types of geodesic.py, for the compiler alone: uncompiled, nothing reads this file.

cdef double A
cdef double F
cdef double B
cdef double E2
cdef double DEGREE
cdef double _F1
cdef double _EP2
cdef double N
cdef double _PI
cdef double _TINY
cdef double _EPS
cdef double _ROOT_EPS
cdef double _SHORT
cdef double _SHORT_LON
cdef double _SHORT_LAT
cdef double _SHORT_CHORD
cdef double _SHORT_TERM
cdef int _NEWTON_STEPS
cdef int _ALL_STEPS
cdef double[::1] _A3
cdef double[::1] _C3

cdef double wrap_180(double x) noexcept nogil
cdef (double, double) sincos_deg(double x) noexcept nogil
cdef double _round(double x) noexcept nogil
cdef (double, double) unit(double s, double c) noexcept nogil
cdef (double, double) reduced(double lat) noexcept nogil
cdef double epsilon(double calp0) noexcept nogil
cdef double _sine_sum(
    double c1, double c2, double c3, double c4, double c5, double c6, double s,
    double c) noexcept nogil
cdef double _a1(double e) noexcept nogil
cdef double _b1(double e, double s, double c) noexcept nogil
cdef double _b1_reverted(double e, double s, double c) noexcept nogil
cdef double _a2(double e) noexcept nogil
cdef double _b2(double e, double s, double c) noexcept nogil
cdef double a3_of(double e) noexcept nogil
cdef double b3_difference(double e, double s1, double c1, double s2, double c2) noexcept nogil
cdef (double, double, double) _lengths(
    double e, double sig12, double ssig1, double csig1, double dn1, double ssig2, double csig2,
    double dn2) noexcept nogil
cdef double _astroid(double x, double y) noexcept nogil
cdef (double, double, double, double, double, double) _start(
    double sbet1, double cbet1, double sbet2, double cbet2, double lam12, double slam12, double
    clam12) noexcept nogil
cdef (double, double) _antipodal_start(
    double sbet1, double cbet1, double sbet2, double cbet2, double sbet12a, double slam12,
    double clam12) noexcept nogil
cdef (double, double, double, double, double, double, double, double, double) _arrive(
    double sbet1, double cbet1, double sbet2, double cbet2, double salp1, double calp1, double
    slam12, double clam12) noexcept nogil
cdef (double, double, double, double, double, double, double, double) _general(
    double sbet1, double cbet1, double sbet2, double cbet2, double lam12, double slam12, double
    clam12) noexcept nogil
cdef (double, double, double, double, double, double, double, double) solve_inverse(
    double lat1, double lat2, double lon12) noexcept nogil
cdef (double, double, double, double) solve_direct(
    double lat1, double salp1, double calp1, double s12) noexcept nogil
cdef double length_between(
    double lon1, double lat1, double lon2, double lat2) noexcept nogil
cdef double azimuth_deg(double salp, double calp) noexcept nogil
