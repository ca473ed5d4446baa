/// Process groups, sessions and priorities.
extension GuestThread {
    /// The value of a host call that gives a number, or its errno.
    func checked(_ result: Int) throws(Errno) -> Int32 {
        guard result >= 0 else { throw Errno(host: Int32(clamping: -result)) }
        return Int32(clamping: result)
    }

    /// `setpgid`. FreeBSD knows no negative number and says EINVAL, as Linux does.
    func setProcessGroup(_ pid: Int32, _ group: Int32) throws(Errno) {
        _ = try checked(HostProcess.setProcessGroup(pid, group))
    }

    /// `getpriority`: PRIO_PROCESS 0, PRIO_PGRP 1, PRIO_USER 2 are the same numbers.
    func priority(_ which: Int32, _ who: Int32) throws(Errno) -> Int32 {
        guard (0...2).contains(which) else { throw .EINVAL }
        let (value, error) = HostProcess.priority(which, UInt32(bitPattern: who))
        guard error == 0 else { throw Errno(host: error) }
        // The host's range ends at 19.
        let isOwn = which == 0 && (who == 0 || who == HostProcess.currentPID)
        return isOwn && value == 19 && process.lock.hold({ process.isNicest }) ? 20 : value
    }

    /// `setpriority`: FreeBSD's range is -20 ... 20, Linux's ends at 19.
    func setPriority(_ which: Int32, _ who: Int32, _ value: Int32) throws(Errno) {
        guard (0...2).contains(which) else { throw .EINVAL }
        let isOwn = which == 0 && (who == 0 || who == HostProcess.currentPID)
        // The host keeps the value for each thread.
        if isOwn { process.stopKeepingCarriers() }
        let targets = isOwn ? process.lock.hold { process.threads.map(\.host.number) } : [who]
        for target in targets {
            let result = HostProcess.setPriority(which, UInt32(bitPattern: target), min(max(value, -20), 19))
            // One of several threads may have ended meanwhile.
            if targets.count > 1, result < 0, Errno(host: Int32(-result)) == .ESRCH { continue }
            // donice() says EACCES where Linux says EPERM or EACCES.
            _ = try checked(result)
        }
        if isOwn { process.lock.hold { process.isNicest = value >= 20 } }
    }

    private func closeAllDescriptors() {
        process.willClose(from: 0, through: .max)
        HostDescriptors.close(from: 0, through: .max)
    }

    /// `rfork` for the combinations that are a `fork` or a `vfork`; `rfork(2)` lists the flags.
    func rfork(_ flags: UInt32) throws(Errno) -> SystemCallOutcome {
        let (copiesDescriptors, process, clearsDescriptors): (UInt32, UInt32, UInt32) = (1 << 2, 1 << 4, 1 << 12)
        let (memory, spawn, waits): (UInt32, UInt32, UInt32) = (1 << 5, 1 << 31, 1 << 30)
        switch flags {
        case process | copiesDescriptors:
            return try fork()
        case process | clearsDescriptors:
            let outcome = try fork()
            if case .unchanged = outcome { closeAllDescriptors() }
            return outcome
        case clearsDescriptors:
            closeAllDescriptors()
            return .values(0, second: nil)
        case spawn, process | copiesDescriptors | memory | waits:
            return try vfork(resetsHandlers: flags == spawn)
        case copiesDescriptors, 0:
            // Nothing is shared with another process that would have to be copied.
            return .values(0, second: nil)
        default:
            KernelLog.once("rfork with flags 0x\(String(flags, radix: 16)) is not supported")
            throw .EINVAL
        }
    }
}
