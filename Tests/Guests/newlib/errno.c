// FreeBSD's errno numbers to newlib's.
#include "layer.h"

// The first 34 agree but for EDEADLK (sys/sys/errno.h against newlib's sys/errno.h).
static const unsigned char newlib_errno[98] = {
    [11] = EDEADLK,      [35] = EAGAIN,       [36] = EINPROGRESS, [37] = EALREADY,     [38] = ENOTSOCK,
    [39] = EDESTADDRREQ, [40] = EMSGSIZE,     [41] = EPROTOTYPE,  [42] = ENOPROTOOPT,  [43] = EPROTONOSUPPORT,
    [45] = EOPNOTSUPP,   [47] = EAFNOSUPPORT, [48] = EADDRINUSE,  [49] = EADDRNOTAVAIL, [50] = ENETDOWN,
    [51] = ENETUNREACH,  [53] = ECONNABORTED, [54] = ECONNRESET,  [55] = ENOBUFS,      [56] = EISCONN,
    [57] = ENOTCONN,     [60] = ETIMEDOUT,    [61] = ECONNREFUSED, [62] = ELOOP,       [63] = ENAMETOOLONG,
    [64] = EHOSTDOWN,    [65] = EHOSTUNREACH, [66] = ENOTEMPTY,   [70] = ESTALE,       [77] = ENOLCK,
    [78] = ENOSYS,       [84] = EOVERFLOW,    [85] = ECANCELED,   [86] = EILSEQ,       [92] = EPROTO,
};

// newlib is built without per-thread reentrancy around system calls: the plain symbol is what its errno macro reaches.
#undef errno
extern int errno;

long newlib_result(long result) {
    if (result >= 0 || result < -97)
        return result;
    errno = newlib_errno[-result] ? newlib_errno[-result] : (int)-result;
    return -1;
}
