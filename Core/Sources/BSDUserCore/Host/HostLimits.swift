import Glibc

/// Limits of the host process.
enum HostLimits {
    /// A limit; the host's infinity is all bits.
    static func read(_ resource: Int32) throws(Errno) -> ResourceLimit {
        var words = [0, 0]
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.processLimit.checked(0, Int(resource), 0, address)
        }
        return ResourceLimit(current: guest(words[0]), maximum: guest(words[1]))
    }

    /// Bytes of addresses that the host lets the process have (RLIMIT_AS); nil where it does not limit them.
    static var addressSpaceBytes: UInt64? {
        guard let limit = try? read(9).current, limit != ResourceLimit.infinity else { return nil }
        return UInt64(limit)
    }

    /// Whether the limit on the size of files (RLIMIT_FSIZE) allows one of `byteCount` bytes: beyond it a signal would come.
    static func allowsFile(of byteCount: Int) -> Bool {
        guard let limit = try? read(1).current else { return false }
        return limit == ResourceLimit.infinity || limit >= Int64(byteCount)
    }

    /// Whether a limit that the guest has set on the size of files lets the emulator add bytes to one of its own: beyond it
    /// a signal would end the guest.
    static func allowsAppending(_ byteCount: Int, to descriptor: Int32) -> Bool {
        guard let limit = try? read(1).current, limit != ResourceLimit.infinity else { return true }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return true }
        return Int64(status.st_size) + Int64(byteCount) <= limit
    }

    static func write(_ resource: Int32, _ limit: ResourceLimit) throws(Errno) {
        var words = [host(limit.current), host(limit.maximum)]
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.processLimit.checked(0, Int(resource), address, 0)
        }
    }

    private static func guest(_ value: Int) -> Int64 { value < 0 ? ResourceLimit.infinity : Int64(value) }
    private static func host(_ value: Int64) -> Int { value == ResourceLimit.infinity ? -1 : Int(value) }
}
