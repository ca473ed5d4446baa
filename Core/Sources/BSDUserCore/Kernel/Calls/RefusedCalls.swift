/// Calls that the emulator does not have. Each says what a program gets instead, and why.
enum RefusedCalls {
    static let rows: [SystemCallRow] =
        [
            refused(21, "mount", "type path flags# data", .EPERM, superuser),
            refused(22, "unmount", "path flags#", .EPERM, superuser),
            refused(378, "nmount", "iovp iovcnt# flags#", .EPERM, superuser),
            refused(55, "reboot", "opt#", .EPERM, superuser),
            refused(85, "swapon", "name", .EPERM, superuser),
            refused(424, "swapoff", "name", .EPERM, superuser),
            refused(51, "acct", "path", .EPERM, superuser),
            // As in a prison without `allow.unprivileged_proc_debug` (`p_candebug` in sys/kern/kern_prot.c).
            refused(26, "ptrace", "req# pid# addr data#", .EPERM, "processes cannot debug each other yet"),
            refused(44, "profil", "samples size# offset# scale#", .ENOSYS, "the emulator does not sample for guests"),
            refused(45, "ktrace", "fname ops# facs# pid#", .ENOSYS, withoutOption("KTRACE")),
            refused(335, "utrace", "addr len#", .ENOSYS, withoutOption("KTRACE")),
            refused(304, "kldload", "file", .EPERM, superuser),
            refused(305, "kldunload", "fileid#", .EPERM, superuser),
            refused(337, "kldsym", "fileid# cmd# data", .ENOENT, "the emulator has no kernel to look into"),
            refused(444, "kldunloadf", "fileid# flags#", .EPERM, superuser),
            refused(160, "lgetfh", "fname fhp", .EPERM, superuser),
            refused(161, "getfh", "fname fhp", .EPERM, superuser),
            refused(564, "getfhat", "fd# path fhp flags#", .EPERM, superuser),
            refused(298, "fhopen", "u_fhp flags#", .EPERM, superuser),
            refused(299, "freebsd11_fhstat", "u_fhp sb", .EPERM, superuser),
            refused(553, "fhstat", "u_fhp sb", .EPERM, superuser),
            refused(558, "fhstatfs", "u_fhp buf", .EPERM, superuser),
            refused(398, "freebsd11_fhstatfs", "u_fhp buf", .EPERM, superuser),
            refused(565, "fhlink", "fhp to", .EPERM, superuser),
            refused(566, "fhlinkat", "fhp tofd# to", .EPERM, superuser),
            refused(567, "fhreadlink", "fhp buf bufsize#", .EPERM, superuser),
            refused(
                154, "nlm_syscall", "debug_level# grace_period# addr_count# addrs", .ENOSYS, withoutModule("nfslockd")),
            refused(155, "nfssvc", "flag# argp", .ENOSYS, withoutModule("nfssvc")),
            refused(505, "gssd_syscall", "path", .ENOSYS, withoutModule("kgssapi")),
            refused(241, "ffclock_getcounter", "ffcount", .ENOSYS, withoutOption("FFCLOCK")),
            refused(242, "ffclock_setestimate", "cest", .ENOSYS, withoutOption("FFCLOCK")),
            refused(243, "ffclock_getestimate", "cest", .ENOSYS, withoutOption("FFCLOCK")),
            refused(72, "freebsd11_vadvise", "anom#", .EINVAL, "as in FreeBSD: it was never written"),
        ] + extendedAttributes + optional

    private static let extendedAttributes: [SystemCallRow] =
        [
            (355, "extattrctl", "path cmd# filename attrnamespace# attrname"),
            (347, "__acl_get_file", "path type# aclp"), (348, "__acl_set_file", "path type# aclp"),
            (349, "__acl_get_fd", "filedes# type# aclp"), (350, "__acl_set_fd", "filedes# type# aclp"),
            (351, "__acl_delete_file", "path type#"), (352, "__acl_delete_fd", "filedes# type#"),
            (353, "__acl_aclcheck_file", "path type# aclp"), (354, "__acl_aclcheck_fd", "filedes# type# aclp"),
            (425, "__acl_get_link", "path type# aclp"), (426, "__acl_set_link", "path type# aclp"),
            (427, "__acl_delete_link", "path type#"), (428, "__acl_aclcheck_link", "path type# aclp"),
        ].map { refused($0.0, $0.1, $0.2, .EOPNOTSUPP, "as a file system without access control lists") }

    private static let optional: [SystemCallRow] =
        [
            (384, "__mac_get_proc", "mac_p", "MAC"), (385, "__mac_set_proc", "mac_p", "MAC"),
            (386, "__mac_get_fd", "fd# mac_p", "MAC"), (387, "__mac_get_file", "path_p mac_p", "MAC"),
            (388, "__mac_set_fd", "fd# mac_p", "MAC"), (389, "__mac_set_file", "path_p mac_p", "MAC"),
            (394, "mac_syscall", "policy call# arg", "MAC"), (409, "__mac_get_pid", "pid# mac_p", "MAC"),
            (410, "__mac_get_link", "path_p mac_p", "MAC"), (411, "__mac_set_link", "path_p mac_p", "MAC"),
            (415, "__mac_execve", "fname argv envv mac_p", "MAC"), (445, "audit", "record length#", "AUDIT"),
            (446, "auditon", "cmd# data length#", "AUDIT"), (447, "getauid", "auid", "AUDIT"),
            (448, "setauid", "auid", "AUDIT"), (449, "getaudit", "auditinfo", "AUDIT"),
            (450, "setaudit", "auditinfo", "AUDIT"), (451, "getaudit_addr", "auditinfo_addr length#", "AUDIT"),
            (452, "setaudit_addr", "auditinfo_addr length#", "AUDIT"), (453, "auditctl", "path", "AUDIT"),
            (525, "rctl_get_racct", "inbufp inbuflen# outbufp outbuflen#", "RCTL"),
            (526, "rctl_get_rules", "inbufp inbuflen# outbufp outbuflen#", "RCTL"),
            (527, "rctl_get_limits", "inbufp inbuflen# outbufp outbuflen#", "RCTL"),
            (528, "rctl_add_rule", "inbufp inbuflen# outbufp outbuflen#", "RCTL"),
            (529, "rctl_remove_rule", "inbufp inbuflen# outbufp outbuflen#", "RCTL"),
        ].map { refused($0.0, $0.1, $0.2, .ENOSYS, withoutOption($0.3)) }

    private static let superuser = "for the superuser of a FreeBSD machine"
    private static func withoutModule(_ name: String) -> String { "as a kernel without the module \(name)" }
    private static func withoutOption(_ name: String) -> String { "as a kernel without the option \(name)" }

    /// A row that only fails. The arguments are given by name: `#` marks a number, `%` one of 64 bits.
    private static func refused(_ number: Int, _ name: String, _ arguments: String, _ errno: Errno, _ note: String)
        -> SystemCallRow
    {
        let parameters: [any SystemCallParameter] = arguments.split(separator: " ").map { argument in
            switch argument.last {
            case "#": Long(String(argument.dropLast()))
            case "%": Wide(String(argument.dropLast()))
            default: Pointer(String(argument))
            }
        }
        return SystemCallRow(
            number: number, name: name, support: .refused, note: "\(note): \(ErrnoTable.name(errno))",
            slots: parameters.flatMap { $0.slots }, restart: .neverWaits, parameters: parameters,
            formatResult: SystemCallResult.nothing.format
        ) { _, _ throws(Errno) in throw errno }
    }
}
