import CHost
import Glibc

/// Users and groups of the host process.
enum HostIdentity {
    /// The number that `getuid` or one of its relatives gives: these calls do not fail.
    static func number(_ call: HostSystemCall) -> UInt32 { UInt32(truncatingIfNeeded: call()) }

    /// Real, effective and saved number.
    static func three(_ call: HostSystemCall) throws(Errno) -> [UInt32] {
        var numbers: [UInt32] = [0, 0, 0]
        let result = numbers.withUnsafeMutableBytes {
            let base = Int(bitPattern: $0.baseAddress)
            return call(base, base + 4, base + 8)
        }
        if result < 0 { throw Errno(host: Int32(-result)) }
        return numbers
    }

    /// Supplementary groups.
    static func groups() throws(Errno) -> [UInt32] {
        let count = try HostSystemCall.getgroups.checked(0, 0)
        var result = 0
        let groups = [UInt32](unsafeUninitializedCapacity: max(count, 1)) { buffer, used in
            result = HostSystemCall.getgroups(count, Int(bitPattern: buffer.baseAddress))
            used = max(0, result)
        }
        if result < 0 { throw Errno(host: Int32(-result)) }
        return groups
    }

    // The kernel knows users and groups of threads only. The C library changes those of all threads of the process.

    /// Real, effective and saved number; `UInt32.max` leaves one as it is.
    static func setUsers(_ real: UInt32, _ effective: UInt32, _ saved: UInt32) throws(Errno) {
        let error = chost_set_users(real, effective, saved)
        if error != 0 { throw Errno(host: error) }
    }

    static func setGroups(_ real: UInt32, _ effective: UInt32, _ saved: UInt32) throws(Errno) {
        let error = chost_set_groups(real, effective, saved)
        if error != 0 { throw Errno(host: error) }
    }

    static func setGroups(_ groups: [UInt32]) throws(Errno) { try check(Glibc.setgroups(groups.count, groups)) }

    private static func check(_ result: Int32) throws(Errno) {
        if result != 0 { throw Errno(host: errno) }
    }

    /// Whether the effective numbers are other than the real ones.
    static var isAnother: Bool { getuid() != geteuid() || getgid() != getegid() }

    /// Name of the user who started the session.
    static func loginName() -> [UInt8] {
        for variable in ["LOGNAME", "USER"] {
            if let value = getenv(variable) { return Array(String(cString: value).utf8.prefix(32)) }
        }
        return Array((getuid() == 0 ? "root" : "user").utf8)
    }
}
