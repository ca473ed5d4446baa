import Glibc

/// One row of the errno table.
struct ErrnoRow: Sendable {
    let errno: Errno
    let name: String
    /// What `strerror` of FreeBSD says.
    let text: String
    /// The host's number of the same error, or of the nearest one.
    let host: Int32
    /// The host's number stands for this errno in the other direction, too.
    let isMutual: Bool

    fileprivate init(_ errno: Errno, _ name: String, _ text: String, _ host: Int32, isMutual: Bool = true) {
        self.errno = errno
        self.name = name
        self.text = text
        self.host = host
        self.isMutual = isMutual
    }
}

/// Errors of FreeBSD and of the host. Both directions are total: an unknown number becomes `EINVAL`.
public enum ErrnoTable {
    /// Rows in the order of the numbers, 1 first.
    static let rows: [ErrnoRow] = [
        ErrnoRow(.EPERM, "EPERM", "Operation not permitted", EPERM),
        ErrnoRow(.ENOENT, "ENOENT", "No such file or directory", ENOENT),
        ErrnoRow(.ESRCH, "ESRCH", "No such process", ESRCH),
        ErrnoRow(.EINTR, "EINTR", "Interrupted system call", EINTR),
        ErrnoRow(.EIO, "EIO", "Input/output error", EIO),
        ErrnoRow(.ENXIO, "ENXIO", "Device not configured", ENXIO),
        ErrnoRow(.E2BIG, "E2BIG", "Argument list too long", E2BIG),
        ErrnoRow(.ENOEXEC, "ENOEXEC", "Exec format error", ENOEXEC),
        ErrnoRow(.EBADF, "EBADF", "Bad file descriptor", EBADF),
        ErrnoRow(.ECHILD, "ECHILD", "No child processes", ECHILD),
        ErrnoRow(.EDEADLK, "EDEADLK", "Resource deadlock avoided", EDEADLK),
        ErrnoRow(.ENOMEM, "ENOMEM", "Cannot allocate memory", ENOMEM),
        ErrnoRow(.EACCES, "EACCES", "Permission denied", EACCES),
        ErrnoRow(.EFAULT, "EFAULT", "Bad address", EFAULT),
        ErrnoRow(.ENOTBLK, "ENOTBLK", "Block device required", ENOTBLK),
        ErrnoRow(.EBUSY, "EBUSY", "Device busy", EBUSY),
        ErrnoRow(.EEXIST, "EEXIST", "File exists", EEXIST),
        ErrnoRow(.EXDEV, "EXDEV", "Cross-device link", EXDEV),
        ErrnoRow(.ENODEV, "ENODEV", "Operation not supported by device", ENODEV),
        ErrnoRow(.ENOTDIR, "ENOTDIR", "Not a directory", ENOTDIR),
        ErrnoRow(.EISDIR, "EISDIR", "Is a directory", EISDIR),
        ErrnoRow(.EINVAL, "EINVAL", "Invalid argument", EINVAL),
        ErrnoRow(.ENFILE, "ENFILE", "Too many open files in system", ENFILE),
        ErrnoRow(.EMFILE, "EMFILE", "Too many open files", EMFILE),
        ErrnoRow(.ENOTTY, "ENOTTY", "Inappropriate ioctl for device", ENOTTY),
        ErrnoRow(.ETXTBSY, "ETXTBSY", "Text file busy", ETXTBSY),
        ErrnoRow(.EFBIG, "EFBIG", "File too large", EFBIG),
        ErrnoRow(.ENOSPC, "ENOSPC", "No space left on device", ENOSPC),
        ErrnoRow(.ESPIPE, "ESPIPE", "Illegal seek", ESPIPE),
        ErrnoRow(.EROFS, "EROFS", "Read-only file system", EROFS),
        ErrnoRow(.EMLINK, "EMLINK", "Too many links", EMLINK),
        ErrnoRow(.EPIPE, "EPIPE", "Broken pipe", EPIPE),
        ErrnoRow(.EDOM, "EDOM", "Numerical argument out of domain", EDOM),
        ErrnoRow(.ERANGE, "ERANGE", "Result too large", ERANGE),
        ErrnoRow(.EAGAIN, "EAGAIN", "Resource temporarily unavailable", EAGAIN),
        ErrnoRow(.EINPROGRESS, "EINPROGRESS", "Operation now in progress", EINPROGRESS),
        ErrnoRow(.EALREADY, "EALREADY", "Operation already in progress", EALREADY),
        ErrnoRow(.ENOTSOCK, "ENOTSOCK", "Socket operation on non-socket", ENOTSOCK),
        ErrnoRow(.EDESTADDRREQ, "EDESTADDRREQ", "Destination address required", EDESTADDRREQ),
        ErrnoRow(.EMSGSIZE, "EMSGSIZE", "Message too long", EMSGSIZE),
        ErrnoRow(.EPROTOTYPE, "EPROTOTYPE", "Protocol wrong type for socket", EPROTOTYPE),
        ErrnoRow(.ENOPROTOOPT, "ENOPROTOOPT", "Protocol not available", ENOPROTOOPT),
        ErrnoRow(.EPROTONOSUPPORT, "EPROTONOSUPPORT", "Protocol not supported", EPROTONOSUPPORT),
        ErrnoRow(.ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT", "Socket type not supported", ESOCKTNOSUPPORT),
        ErrnoRow(.EOPNOTSUPP, "EOPNOTSUPP", "Operation not supported", EOPNOTSUPP),
        ErrnoRow(.EPFNOSUPPORT, "EPFNOSUPPORT", "Protocol family not supported", EPFNOSUPPORT),
        ErrnoRow(.EAFNOSUPPORT, "EAFNOSUPPORT", "Address family not supported by protocol family", EAFNOSUPPORT),
        ErrnoRow(.EADDRINUSE, "EADDRINUSE", "Address already in use", EADDRINUSE),
        ErrnoRow(.EADDRNOTAVAIL, "EADDRNOTAVAIL", "Can't assign requested address", EADDRNOTAVAIL),
        ErrnoRow(.ENETDOWN, "ENETDOWN", "Network is down", ENETDOWN),
        ErrnoRow(.ENETUNREACH, "ENETUNREACH", "Network is unreachable", ENETUNREACH),
        ErrnoRow(.ENETRESET, "ENETRESET", "Network dropped connection on reset", ENETRESET),
        ErrnoRow(.ECONNABORTED, "ECONNABORTED", "Software caused connection abort", ECONNABORTED),
        ErrnoRow(.ECONNRESET, "ECONNRESET", "Connection reset by peer", ECONNRESET),
        ErrnoRow(.ENOBUFS, "ENOBUFS", "No buffer space available", ENOBUFS),
        ErrnoRow(.EISCONN, "EISCONN", "Socket is already connected", EISCONN),
        ErrnoRow(.ENOTCONN, "ENOTCONN", "Socket is not connected", ENOTCONN),
        ErrnoRow(.ESHUTDOWN, "ESHUTDOWN", "Can't send after socket shutdown", ESHUTDOWN),
        ErrnoRow(.ETOOMANYREFS, "ETOOMANYREFS", "Too many references: can't splice", ETOOMANYREFS),
        ErrnoRow(.ETIMEDOUT, "ETIMEDOUT", "Operation timed out", ETIMEDOUT),
        ErrnoRow(.ECONNREFUSED, "ECONNREFUSED", "Connection refused", ECONNREFUSED),
        ErrnoRow(.ELOOP, "ELOOP", "Too many levels of symbolic links", ELOOP),
        ErrnoRow(.ENAMETOOLONG, "ENAMETOOLONG", "File name too long", ENAMETOOLONG),
        ErrnoRow(.EHOSTDOWN, "EHOSTDOWN", "Host is down", EHOSTDOWN),
        ErrnoRow(.EHOSTUNREACH, "EHOSTUNREACH", "No route to host", EHOSTUNREACH),
        ErrnoRow(.ENOTEMPTY, "ENOTEMPTY", "Directory not empty", ENOTEMPTY),
        ErrnoRow(.EPROCLIM, "EPROCLIM", "Too many processes", EAGAIN, isMutual: false),
        ErrnoRow(.EUSERS, "EUSERS", "Too many users", EUSERS),
        ErrnoRow(.EDQUOT, "EDQUOT", "Disc quota exceeded", EDQUOT),
        ErrnoRow(.ESTALE, "ESTALE", "Stale NFS file handle", ESTALE),
        ErrnoRow(.EREMOTE, "EREMOTE", "Too many levels of remote in path", EREMOTE),
        ErrnoRow(.EBADRPC, "EBADRPC", "RPC struct is bad", EINVAL, isMutual: false),
        ErrnoRow(.ERPCMISMATCH, "ERPCMISMATCH", "RPC version wrong", EINVAL, isMutual: false),
        ErrnoRow(.EPROGUNAVAIL, "EPROGUNAVAIL", "RPC prog. not avail", EINVAL, isMutual: false),
        ErrnoRow(.EPROGMISMATCH, "EPROGMISMATCH", "Program version wrong", EINVAL, isMutual: false),
        ErrnoRow(.EPROCUNAVAIL, "EPROCUNAVAIL", "Bad procedure for program", EINVAL, isMutual: false),
        ErrnoRow(.ENOLCK, "ENOLCK", "No locks available", ENOLCK),
        ErrnoRow(.ENOSYS, "ENOSYS", "Function not implemented", ENOSYS),
        ErrnoRow(.EFTYPE, "EFTYPE", "Inappropriate file type or format", EINVAL, isMutual: false),
        ErrnoRow(.EAUTH, "EAUTH", "Authentication error", EACCES, isMutual: false),
        ErrnoRow(.ENEEDAUTH, "ENEEDAUTH", "Need authenticator", EACCES, isMutual: false),
        ErrnoRow(.EIDRM, "EIDRM", "Identifier removed", EIDRM),
        ErrnoRow(.ENOMSG, "ENOMSG", "No message of desired type", ENOMSG),
        ErrnoRow(.EOVERFLOW, "EOVERFLOW", "Value too large to be stored in data type", EOVERFLOW),
        ErrnoRow(.ECANCELED, "ECANCELED", "Operation canceled", ECANCELED),
        ErrnoRow(.EILSEQ, "EILSEQ", "Illegal byte sequence", EILSEQ),
        ErrnoRow(.ENOATTR, "ENOATTR", "Attribute not found", ENODATA, isMutual: false),
        ErrnoRow(.EDOOFUS, "EDOOFUS", "Programming error", EINVAL, isMutual: false),
        ErrnoRow(.EBADMSG, "EBADMSG", "Bad message", EBADMSG),
        ErrnoRow(.EMULTIHOP, "EMULTIHOP", "Multihop attempted", EMULTIHOP),
        ErrnoRow(.ENOLINK, "ENOLINK", "Link has been severed", ENOLINK),
        ErrnoRow(.EPROTO, "EPROTO", "Protocol error", EPROTO),
        ErrnoRow(.ENOTCAPABLE, "ENOTCAPABLE", "Capabilities insufficient", EPERM, isMutual: false),
        ErrnoRow(.ECAPMODE, "ECAPMODE", "Not permitted in capability mode", EPERM, isMutual: false),
        ErrnoRow(.ENOTRECOVERABLE, "ENOTRECOVERABLE", "State not recoverable", ENOTRECOVERABLE),
        ErrnoRow(.EOWNERDEAD, "EOWNERDEAD", "Previous owner died", EOWNERDEAD),
        ErrnoRow(.EINTEGRITY, "EINTEGRITY", "Integrity check failed", EIO, isMutual: false),
    ]

    /// Errors of the host that FreeBSD has no number of its own for, and what says the same to a FreeBSD program.
    static let hostOnly: [(host: Int32, guest: Errno)] = [
        (ENODATA, .ENOATTR), (EBADFD, .EBADF), (ENOTUNIQ, .EADDRINUSE), (EREMCHG, .ENETDOWN), (ELIBACC, .EACCES),
        (ELIBBAD, .EFTYPE), (ELIBEXEC, .ENOEXEC), (ESTRPIPE, .EINTR), (EUCLEAN, .EINTEGRITY), (ENOTNAM, .EFTYPE),
        (EREMOTEIO, .EIO), (ENOMEDIUM, .ENXIO), (EMEDIUMTYPE, .EFTYPE), (ENOKEY, .ENEEDAUTH),
        (EKEYEXPIRED, .EAUTH), (EKEYREVOKED, .EAUTH), (EKEYREJECTED, .EAUTH), (ERFKILL, .EPERM),
        (EHWPOISON, .EFAULT), (ETIME, .ETIMEDOUT), (ENOSR, .ENOBUFS), (ENOSTR, .EINVAL), (ECOMM, .EIO),
        (ENONET, .ENETDOWN), (ENOPKG, .ENOENT), (ECHRNG, .ERANGE), (EL2NSYNC, .EIO), (EL3HLT, .EIO), (EL3RST, .EIO),
        (ELNRNG, .ERANGE), (EUNATCH, .EIO), (ENOCSI, .EIO), (EL2HLT, .EIO), (EBADE, .EIO), (EBADR, .EIO),
        (EXFULL, .ENOBUFS), (ENOANO, .EIO), (EBADRQC, .EINVAL), (EBADSLT, .EINVAL), (EBFONT, .EFTYPE),
        (EADV, .EIO), (ESRMNT, .EIO), (EDOTDOT, .EIO), (ELIBSCN, .EFTYPE), (ELIBMAX, .EMFILE), (ERESTART, .EINTR),
        (ENAVAIL, .EINVAL), (EISNAM, .EEXIST),
    ]

    // Indexed by the number; index 0 and gaps hold EINVAL.
    private static let guestByHost: [Int32] = {
        var table = [Int32](repeating: Errno.EINVAL.rawValue, count: 256)
        for (host, guest) in hostOnly { table[Int(host)] = guest.rawValue }
        for row in rows where row.isMutual { table[Int(row.host)] = row.errno.rawValue }
        return table
    }()

    /// Whether a number of the host has a row of its own.
    static func isKnown(host: Int32) -> Bool {
        rows.contains { $0.isMutual && $0.host == host } || hostOnly.contains { $0.host == host }
    }

    /// FreeBSD's name of an errno, or its number.
    public static func name(_ errno: Errno) -> String {
        row(errno)?.name ?? "errno \(errno.rawValue)"
    }

    /// FreeBSD's text of an errno.
    public static func text(_ errno: Errno) -> String {
        row(errno)?.text ?? "Unknown error: \(errno.rawValue)"
    }

    /// The host's number of an errno.
    public static func host(_ errno: Errno) -> Int32 { row(errno)?.host ?? EINVAL }

    static func row(_ errno: Errno) -> ErrnoRow? {
        let index = Int(errno.rawValue) - 1
        return rows.indices.contains(index) ? rows[index] : nil
    }

    /// What the host's number is to the guest.
    static func guest(_ host: Int32) -> Errno {
        guard host > 0 && Int(host) < guestByHost.count else { return .EINVAL }
        return Errno(rawValue: guestByHost[Int(host)])
    }
}

extension Errno {
    /// The guest's errno for a number of the host. An unknown one becomes `EINVAL`, with a line in the log.
    public init(host: Int32) {
        self = ErrnoTable.guest(host)
        if self == .EINVAL && host != Glibc.EINVAL && !ErrnoTable.isKnown(host: host) {
            KernelLog.once("host error \(host) has no FreeBSD number; EINVAL stands for it")
        }
    }
}
