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

    static func write(_ resource: Int32, _ limit: ResourceLimit) throws(Errno) {
        var words = [host(limit.current), host(limit.maximum)]
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.processLimit.checked(0, Int(resource), address, 0)
        }
    }

    private static func guest(_ value: Int) -> Int64 { value < 0 ? ResourceLimit.infinity : Int64(value) }
    private static func host(_ value: Int64) -> Int { value == ResourceLimit.infinity ? -1 : Int(value) }
}
