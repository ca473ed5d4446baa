/// A parameter of a jail that it keeps (jail(8); `pr_flag_names`, `pr_allow_names` and the `SYSCTL_JAIL_PARAM` rows of
/// sys/kern/kern_jail.c). Names, paths and what the kernel finds out itself are not among them.
struct JailParameter: Sendable {
    /// The C type, and what it may hold.
    enum Form: Sendable {
        /// An `int` in a range; the errno for others.
        case int(ClosedRange<Int64>, orThrow: Errno)
        /// An `unsigned long`.
        case word
        /// A text of so many bytes at most, with its zero byte.
        case text(limit: Int)
        /// There by its own name, or with `no` before its last word.
        case flag
        /// JAIL_SYS_DISABLE 0, JAIL_SYS_NEW 1, JAIL_SYS_INHERIT 2.
        case choice(ClosedRange<Int64>)
        /// Structures of so many bytes.
        case addresses(byteCount: Int)
    }

    let name: String
    let form: Form
    /// What a new jail has.
    let initial: JailSetting
    /// It is given when a jail is made, or never.
    let isFixed: Bool

    private init(_ name: String, _ form: Form, _ initial: JailSetting, isFixed: Bool = false) {
        self.name = name
        self.form = form
        self.initial = initial
        self.isFixed = isFixed
    }

    static let all: [JailParameter] = host + limits + network + systemV + flags

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    static func named(_ name: String) -> JailParameter? { byName[name] }

    /// `MAXHOSTNAMELEN`.
    static let nameLimit = 256

    /// `security.jail.jail_max_af_ips`.
    static let addressLimit = 255

    private static let host: [JailParameter] = [
        JailParameter("host", .choice(1...2), .number(1)),
        JailParameter("host.hostname", .text(limit: nameLimit), .text([])),
        JailParameter("host.domainname", .text(limit: nameLimit), .text([])),
        // HOSTUUIDLEN and DEFAULT_HOSTUUID
        JailParameter(
            "host.hostuuid", .text(limit: 64), .text(Array("00000000-0000-0000-0000-000000000000".utf8))),
        JailParameter("host.hostid", .word, .number(0)),
        JailParameter("osrelease", .text(limit: 32), .text([]), isFixed: true),
        JailParameter("osreldate", .int(1...Int64(Int32.max), orThrow: .EINVAL), .number(0), isFixed: true),
    ]

    private static let limits: [JailParameter] = [
        JailParameter("securelevel", .int(-1...3, orThrow: .EPERM), .number(-1)),
        // Jails have no jails inside them.
        JailParameter("children.max", .int(0...0, orThrow: .EPERM), .number(0)),
        JailParameter("enforce_statfs", .int(0...2, orThrow: .EINVAL), .number(2)),
        JailParameter("devfs_ruleset", .int(0...65535, orThrow: .EINVAL), .number(0)),
    ]

    private static let network: [JailParameter] = [
        JailParameter("ip4", .choice(0...2), .number(2), isFixed: true),
        JailParameter("ip6", .choice(0...2), .number(2), isFixed: true),
        JailParameter("ip4.addr", .addresses(byteCount: 4), .addresses([])),
        JailParameter("ip6.addr", .addresses(byteCount: 16), .addresses([])),
    ]

    private static let systemV: [JailParameter] = ["sysvmsg", "sysvsem", "sysvshm"].map {
        JailParameter($0, .choice(0...2), .number(2))
    }

    private static let flags: [JailParameter] =
        ["persist"].map { JailParameter($0, .flag, .number(0)) }
        + ["set_hostname", "reserved_ports", "unprivileged_proc_debug", "suser"].map {
            JailParameter("allow.\($0)", .flag, .number(1))
        }
        + [
            "sysvipc", "raw_sockets", "chflags", "mount", "quotas", "socket_af", "mlock", "read_msgbuf", "mount.devfs",
            "mount.fdescfs", "mount.nullfs", "mount.procfs", "mount.tmpfs", "mount.linprocfs", "mount.linsysfs",
        ].map { JailParameter("allow.\($0)", .flag, .number(0)) }

    /// A flag's name for its opposite: `allow.mount.nodevfs`.
    var oppositeName: String? {
        guard case .flag = form else { return nil }
        return Self.opposite(name)
    }

    static func opposite(_ name: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "no" + name }
        return name[...dot] + "no" + name[name.index(after: dot)...]
    }
}
