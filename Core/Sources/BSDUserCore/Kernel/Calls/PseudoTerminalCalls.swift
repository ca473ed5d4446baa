/// Pseudo-terminals.
enum PseudoTerminalCalls {
    static let rows: [SystemCallRow] = [
        systemCall(504, "posix_openpt", Flags<OpenFlags>(), returns: .descriptor) { thread, flags throws(Errno) in
            // `sys_posix_openpt` in sys/kern/tty_pts.c.
            let allowed: UInt64 = OpenFlags.accessMask | 0x8000 | OpenFlags.closeOnExec
            guard flags.guest & ~allowed == 0, flags.guest & OpenFlags.accessMask == 2 else { throw .EINVAL }
            return try thread.guestDescriptor(
                Int(HostTerminal.openMaster(closesOnExec: flags.contains(OpenFlags.closeOnExec))))
        }
    ]
}
