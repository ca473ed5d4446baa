/// `ioctl` and `fcntl` of the host on descriptors of any kind.
enum HostControl {
    /// `O_NONBLOCK` and `O_ASYNC`.
    static let nonblock = 0x800
    static let async = 0x2000
    /// `FIONREAD`, and `TIOCOUTQ`, which sockets know, too.
    private static let readable = 0x541b
    static let outputQueue = 0x5411
    /// `SIOCATMARK`.
    static let atMark = 0x8905

    static func isNonblocking(_ fd: Int32) -> Bool {
        let flags = HostSystemCall.fcntl(Int(fd), 3)
        return flags >= 0 && flags & nonblock != 0
    }

    /// Sets or clears a status flag.
    static func setStatus(_ fd: Int32, _ flag: Int, _ isOn: Bool) throws(Errno) {
        let old = try HostSystemCall.fcntl.checked(Int(fd), 3)
        _ = try HostSystemCall.fcntl.checked(Int(fd), 4, isOn ? old | flag : old & ~flag)
    }

    /// Who gets a descriptor's signals: a process, or a group, negated. The plain F_GETOWN's groups look like errors.
    static func signalOwner(_ fd: Int32) throws(Errno) -> Int32 {
        // F_GETOWN_EX: struct f_owner_ex with the kind and the number, of 32 bits each; F_OWNER_PGRP is 2.
        var words = [0]
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.fcntl.checked(Int(fd), 16, address)
        }
        let number = Int32(truncatingIfNeeded: words[0] >> 32)
        return Int32(truncatingIfNeeded: words[0]) == 2 ? -number : number
    }

    static func setSignalOwner(_ fd: Int32, _ owner: Int32) throws(Errno) {
        _ = try HostSystemCall.fcntl.checked(Int(fd), 8, Int(owner))
    }

    /// How many bytes can be read now.
    static func readableBytes(_ fd: Int32) throws(Errno) -> Int32 { try integer(fd, readable) }

    /// Whether a descriptor was opened for writing alone (F_GETFL, O_ACCMODE, O_WRONLY).
    static func isWriteOnly(_ fd: Int32) throws(Errno) -> Bool {
        try HostSystemCall.fcntl.checked(Int(fd), 3) & 3 == 1
    }

    /// A request that writes an `int`.
    static func integer(_ fd: Int32, _ request: Int) throws(Errno) -> Int32 {
        var words = [0]
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.ioctl.checked(Int(fd), request, address)
        }
        return Int32(truncatingIfNeeded: words[0])
    }

    /// A request that reads an `int`; it may stop a process in the background.
    static func setInteger(_ fd: Int32, _ request: Int, _ value: Int32, waitingOn thread: GuestThread) throws(Errno) {
        var words = [Int(UInt32(bitPattern: value))]
        _ = try HostWords.with(&words) { address throws(Errno) in
            try thread.wait(.ioctl, Int(fd), request, address)
        }
    }

    /// A request without a pointer.
    static func plain(_ fd: Int32, _ request: Int, argument: Int = 0) throws(Errno) {
        _ = try HostSystemCall.ioctl.checked(Int(fd), request, argument)
    }
}

/// Terminals of the host (asm-generic/ioctls.h).
enum HostTerminal {
    /// `TCSETS2`, `TCSETSW2`, `TCSETSF2`.
    static let setNow = 0x402c_542b
    static let setAfterOutput = 0x402c_542c
    static let setAfterFlush = 0x402c_542d
    static let getGroup = 0x540f
    static let setGroup = 0x5410
    static let getSession = 0x5429
    static let setControlling = 0x540e
    static let giveUp = 0x5422
    static let exclusive = 0x540c
    static let notExclusive = 0x540d
    static let flush = 0x540b
    static let flow = 0x540a
    static let sendBreak = 0x5409
    static let startBreak = 0x5427
    static let stopBreak = 0x5428
    static let masterNumber = 0x8004_5430
    static let modemLines = 0x5415

    /// The settings, as the host's `struct termios2` of 44 bytes.
    static func settings(_ fd: Int32) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 44)
        _ = try HostWords.with(bytes: &bytes) { address throws(Errno) in
            // TCGETS2
            try HostSystemCall.ioctl.checked(Int(fd), 0x802c_542a, address)
        }
        return bytes
    }

    /// A new pseudo-terminal's master, ready for its other side to be opened.
    static func openMaster(closesOnExec: Bool) throws(Errno) -> Int32 {
        // O_RDWR | O_NOCTTY
        let flags: Int32 = 0o402 | (closesOnExec ? HostPath.closeOnExec : 0)
        let master = try HostPath.open(
            DirFd.current, Array("/dev/ptmx".utf8), flags: flags, mode: 0, resolve: 0, waitingOn: nil)
        var words = [0]
        // TIOCSPTLCK
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.ioctl.checked(Int(master), 0x4004_5431, address)
        }
        return master
    }

    static func isTerminal(_ fd: Int32) -> Bool { (try? settings(fd)) != nil }

    static func windowSize(_ fd: Int32) throws(Errno) -> WindowSize {
        var words = [0]
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.ioctl.checked(Int(fd), 0x5413, address)
        }
        let part = { (index: Int) in UInt16(truncatingIfNeeded: words[0] >> (index * 16)) }
        return WindowSize(rows: part(0), columns: part(1), width: part(2), height: part(3))
    }

    static func setWindowSize(_ fd: Int32, _ size: WindowSize) throws(Errno) {
        var words = [Int(size.rows) | Int(size.columns) << 16 | Int(size.width) << 32 | Int(size.height) << 48]
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.ioctl.checked(Int(fd), 0x5414, address)
        }
    }
}
