/// A FreeBSD errno: what a failed system call gives the guest.
///
/// Names and numbers are those of FreeBSD's `sys/errno.h`. `ErrnoTable` has the texts and the host's numbers.
@frozen
public struct Errno: Error, Equatable, Hashable, Sendable {
    public let rawValue: Int32

    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }
}

extension Errno {
    @inlinable public static var EPERM: Errno { Errno(rawValue: 1) }
    @inlinable public static var ENOENT: Errno { Errno(rawValue: 2) }
    @inlinable public static var ESRCH: Errno { Errno(rawValue: 3) }
    @inlinable public static var EINTR: Errno { Errno(rawValue: 4) }
    @inlinable public static var EIO: Errno { Errno(rawValue: 5) }
    @inlinable public static var ENXIO: Errno { Errno(rawValue: 6) }
    @inlinable public static var E2BIG: Errno { Errno(rawValue: 7) }
    @inlinable public static var ENOEXEC: Errno { Errno(rawValue: 8) }
    @inlinable public static var EBADF: Errno { Errno(rawValue: 9) }
    @inlinable public static var ECHILD: Errno { Errno(rawValue: 10) }
    @inlinable public static var EDEADLK: Errno { Errno(rawValue: 11) }
    @inlinable public static var ENOMEM: Errno { Errno(rawValue: 12) }
    @inlinable public static var EACCES: Errno { Errno(rawValue: 13) }
    @inlinable public static var EFAULT: Errno { Errno(rawValue: 14) }
    @inlinable public static var ENOTBLK: Errno { Errno(rawValue: 15) }
    @inlinable public static var EBUSY: Errno { Errno(rawValue: 16) }
    @inlinable public static var EEXIST: Errno { Errno(rawValue: 17) }
    @inlinable public static var EXDEV: Errno { Errno(rawValue: 18) }
    @inlinable public static var ENODEV: Errno { Errno(rawValue: 19) }
    @inlinable public static var ENOTDIR: Errno { Errno(rawValue: 20) }
    @inlinable public static var EISDIR: Errno { Errno(rawValue: 21) }
    @inlinable public static var EINVAL: Errno { Errno(rawValue: 22) }
    @inlinable public static var ENFILE: Errno { Errno(rawValue: 23) }
    @inlinable public static var EMFILE: Errno { Errno(rawValue: 24) }
    @inlinable public static var ENOTTY: Errno { Errno(rawValue: 25) }
    @inlinable public static var ETXTBSY: Errno { Errno(rawValue: 26) }
    @inlinable public static var EFBIG: Errno { Errno(rawValue: 27) }
    @inlinable public static var ENOSPC: Errno { Errno(rawValue: 28) }
    @inlinable public static var ESPIPE: Errno { Errno(rawValue: 29) }
    @inlinable public static var EROFS: Errno { Errno(rawValue: 30) }
    @inlinable public static var EMLINK: Errno { Errno(rawValue: 31) }
    @inlinable public static var EPIPE: Errno { Errno(rawValue: 32) }
    @inlinable public static var EDOM: Errno { Errno(rawValue: 33) }
    @inlinable public static var ERANGE: Errno { Errno(rawValue: 34) }
    @inlinable public static var EAGAIN: Errno { Errno(rawValue: 35) }
    @inlinable public static var EINPROGRESS: Errno { Errno(rawValue: 36) }
    @inlinable public static var EALREADY: Errno { Errno(rawValue: 37) }
    @inlinable public static var ENOTSOCK: Errno { Errno(rawValue: 38) }
    @inlinable public static var EDESTADDRREQ: Errno { Errno(rawValue: 39) }
    @inlinable public static var EMSGSIZE: Errno { Errno(rawValue: 40) }
    @inlinable public static var EPROTOTYPE: Errno { Errno(rawValue: 41) }
    @inlinable public static var ENOPROTOOPT: Errno { Errno(rawValue: 42) }
    @inlinable public static var EPROTONOSUPPORT: Errno { Errno(rawValue: 43) }
    @inlinable public static var ESOCKTNOSUPPORT: Errno { Errno(rawValue: 44) }
    @inlinable public static var EOPNOTSUPP: Errno { Errno(rawValue: 45) }
    @inlinable public static var EPFNOSUPPORT: Errno { Errno(rawValue: 46) }
    @inlinable public static var EAFNOSUPPORT: Errno { Errno(rawValue: 47) }
    @inlinable public static var EADDRINUSE: Errno { Errno(rawValue: 48) }
    @inlinable public static var EADDRNOTAVAIL: Errno { Errno(rawValue: 49) }
    @inlinable public static var ENETDOWN: Errno { Errno(rawValue: 50) }
    @inlinable public static var ENETUNREACH: Errno { Errno(rawValue: 51) }
    @inlinable public static var ENETRESET: Errno { Errno(rawValue: 52) }
    @inlinable public static var ECONNABORTED: Errno { Errno(rawValue: 53) }
    @inlinable public static var ECONNRESET: Errno { Errno(rawValue: 54) }
    @inlinable public static var ENOBUFS: Errno { Errno(rawValue: 55) }
    @inlinable public static var EISCONN: Errno { Errno(rawValue: 56) }
    @inlinable public static var ENOTCONN: Errno { Errno(rawValue: 57) }
    @inlinable public static var ESHUTDOWN: Errno { Errno(rawValue: 58) }
    @inlinable public static var ETOOMANYREFS: Errno { Errno(rawValue: 59) }
    @inlinable public static var ETIMEDOUT: Errno { Errno(rawValue: 60) }
    @inlinable public static var ECONNREFUSED: Errno { Errno(rawValue: 61) }
    @inlinable public static var ELOOP: Errno { Errno(rawValue: 62) }
    @inlinable public static var ENAMETOOLONG: Errno { Errno(rawValue: 63) }
    @inlinable public static var EHOSTDOWN: Errno { Errno(rawValue: 64) }
    @inlinable public static var EHOSTUNREACH: Errno { Errno(rawValue: 65) }
    @inlinable public static var ENOTEMPTY: Errno { Errno(rawValue: 66) }
    @inlinable public static var EPROCLIM: Errno { Errno(rawValue: 67) }
    @inlinable public static var EUSERS: Errno { Errno(rawValue: 68) }
    @inlinable public static var EDQUOT: Errno { Errno(rawValue: 69) }
    @inlinable public static var ESTALE: Errno { Errno(rawValue: 70) }
    @inlinable public static var EREMOTE: Errno { Errno(rawValue: 71) }
    @inlinable public static var EBADRPC: Errno { Errno(rawValue: 72) }
    @inlinable public static var ERPCMISMATCH: Errno { Errno(rawValue: 73) }
    @inlinable public static var EPROGUNAVAIL: Errno { Errno(rawValue: 74) }
    @inlinable public static var EPROGMISMATCH: Errno { Errno(rawValue: 75) }
    @inlinable public static var EPROCUNAVAIL: Errno { Errno(rawValue: 76) }
    @inlinable public static var ENOLCK: Errno { Errno(rawValue: 77) }
    @inlinable public static var ENOSYS: Errno { Errno(rawValue: 78) }
    @inlinable public static var EFTYPE: Errno { Errno(rawValue: 79) }
    @inlinable public static var EAUTH: Errno { Errno(rawValue: 80) }
    @inlinable public static var ENEEDAUTH: Errno { Errno(rawValue: 81) }
    @inlinable public static var EIDRM: Errno { Errno(rawValue: 82) }
    @inlinable public static var ENOMSG: Errno { Errno(rawValue: 83) }
    @inlinable public static var EOVERFLOW: Errno { Errno(rawValue: 84) }
    @inlinable public static var ECANCELED: Errno { Errno(rawValue: 85) }
    @inlinable public static var EILSEQ: Errno { Errno(rawValue: 86) }
    @inlinable public static var ENOATTR: Errno { Errno(rawValue: 87) }
    @inlinable public static var EDOOFUS: Errno { Errno(rawValue: 88) }
    @inlinable public static var EBADMSG: Errno { Errno(rawValue: 89) }
    @inlinable public static var EMULTIHOP: Errno { Errno(rawValue: 90) }
    @inlinable public static var ENOLINK: Errno { Errno(rawValue: 91) }
    @inlinable public static var EPROTO: Errno { Errno(rawValue: 92) }
    @inlinable public static var ENOTCAPABLE: Errno { Errno(rawValue: 93) }
    @inlinable public static var ECAPMODE: Errno { Errno(rawValue: 94) }
    @inlinable public static var ENOTRECOVERABLE: Errno { Errno(rawValue: 95) }
    @inlinable public static var EOWNERDEAD: Errno { Errno(rawValue: 96) }
    @inlinable public static var EINTEGRITY: Errno { Errno(rawValue: 97) }
}
