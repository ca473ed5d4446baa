/// Requests on terminals (`sys/ttycom.h`).
enum TerminalControls {
    static let rows: [ControlRow] = [
        .output("t", 19, "TIOCGETA", TerminalSettings.self) { _, fd throws(Errno) in
            TerminalSettings(host: try HostTerminal.settings(fd))
        },
        .input("t", 20, "TIOCSETA", TerminalSettings.self) { thread, fd, settings throws(Errno) in
            try thread.setTerminal(fd, settings, HostTerminal.setNow)
        },
        .input("t", 21, "TIOCSETAW", TerminalSettings.self) { thread, fd, settings throws(Errno) in
            try thread.setTerminal(fd, settings, HostTerminal.setAfterOutput)
        },
        .input("t", 22, "TIOCSETAF", TerminalSettings.self) { thread, fd, settings throws(Errno) in
            try thread.setTerminal(fd, settings, HostTerminal.setAfterFlush)
        },
        .output("t", 104, "TIOCGWINSZ", WindowSize.self) { _, fd throws(Errno) in try HostTerminal.windowSize(fd) },
        .input("t", 103, "TIOCSWINSZ", WindowSize.self) { _, fd, size throws(Errno) in
            try HostTerminal.setWindowSize(fd, size)
        },
        .output("t", 119, "TIOCGPGRP", GuestInt.self) { _, fd throws(Errno) in
            GuestInt(try HostControl.integer(fd, HostTerminal.getGroup))
        },
        .input("t", 118, "TIOCSPGRP", GuestInt.self) { thread, fd, group throws(Errno) in
            try HostControl.setInteger(fd, HostTerminal.setGroup, group.value, waitingOn: thread)
        },
        .output("t", 99, "TIOCGSID", GuestInt.self) { _, fd throws(Errno) in
            GuestInt(try HostControl.integer(fd, HostTerminal.getSession))
        },
        .plain("t", 97, "TIOCSCTTY") { _, fd throws(Errno) in try HostControl.plain(fd, HostTerminal.setControlling) },
        .plain("t", 113, "TIOCNOTTY") { _, fd throws(Errno) in try HostControl.plain(fd, HostTerminal.giveUp) },
        .output("t", 115, "TIOCOUTQ", GuestInt.self) { _, fd throws(Errno) in
            GuestInt(try HostControl.integer(fd, HostControl.outputQueue))
        },
        .plain("t", 13, "TIOCEXCL") { _, fd throws(Errno) in try HostControl.plain(fd, HostTerminal.exclusive) },
        .plain("t", 14, "TIOCNXCL") { _, fd throws(Errno) in try HostControl.plain(fd, HostTerminal.notExclusive) },
        .input("t", 16, "TIOCFLUSH", GuestInt.self) { _, fd, what throws(Errno) in
            // FREAD 1 and FWRITE 2; 0 is both. The host counts TCIFLUSH 0, TCOFLUSH 1, TCIOFLUSH 2.
            let queue = [2, 0, 1, 2][Int(what.value & 3)]
            try HostControl.plain(fd, HostTerminal.flush, argument: queue)
        },
        .plain("t", 94, "TIOCDRAIN") { thread, fd throws(Errno) in
            // tcdrain(3): a break of length 1 on the host only waits.
            _ = try thread.wait(.ioctl, Int(fd), HostTerminal.sendBreak, 1)
        },
        .plain("t", 111, "TIOCSTOP") { _, fd throws(Errno) in try HostControl.plain(fd, HostTerminal.flow, argument: 0)
        },
        .plain("t", 110, "TIOCSTART") { _, fd throws(Errno) in
            try HostControl.plain(fd, HostTerminal.flow, argument: 1)
        },
        .plain("t", 123, "TIOCSBRK") { _, fd throws(Errno) in try HostControl.plain(fd, HostTerminal.startBreak) },
        .plain("t", 122, "TIOCCBRK") { _, fd throws(Errno) in try HostControl.plain(fd, HostTerminal.stopBreak) },
        .output("t", 26, "TIOCGETD", GuestInt.self) { _, fd throws(Errno) in
            _ = try HostTerminal.settings(fd)
            return GuestInt(0)
        },
        .output("t", 15, "TIOCGPTN", GuestInt.self) { _, fd throws(Errno) in
            GuestInt(try HostControl.integer(fd, HostTerminal.masterNumber))
        },
        .plain("t", 28, "TIOCPTMASTER") { _, fd throws(Errno) in
            // EINVAL for a terminal that is no master.
            do throws(Errno) { _ = try HostControl.integer(fd, HostTerminal.masterNumber) } catch { throw .EINVAL }
        },
        .output("t", 106, "TIOCMGET", GuestInt.self) { _, fd throws(Errno) in
            GuestInt(try HostControl.integer(fd, HostTerminal.modemLines))
        },
    ]
}

extension GuestThread {
    /// Sets a terminal; a process in the background stops first, as the host's kernel sees to.
    func setTerminal(_ fd: Int32, _ settings: TerminalSettings, _ request: Int) throws(Errno) {
        var host = try HostTerminal.settings(fd)
        settings.apply(to: &host)
        _ = try HostWords.with(bytes: &host) { address throws(Errno) in
            try wait(.ioctl, Int(fd), request, address)
        }
    }
}
