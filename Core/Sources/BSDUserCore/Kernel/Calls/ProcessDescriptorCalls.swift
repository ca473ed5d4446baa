/// Process descriptors (`sys/kern/sys_procdesc.c`).
enum ProcessDescriptorCalls {
    private static let closing = "a descriptor that another process has kept does not keep the process alive"

    static let rows: [SystemCallRow] = [
        systemCall(
            518, "pdfork", Out<GuestInt>("fdp"), Flags<ProcessDescriptorFlags>(), returns: .outcome, support: .partial,
            note: closing
        ) { thread, descriptor, flags throws(Errno) in
            try thread.forkWithDescriptor(descriptor, flags)
        },
        systemCall(519, "pdkill", Fd(), SignalArgument("signum")) { thread, fd, signal throws(Errno) in
            guard signal == 0 || SignalNumber.isValid(signal) else { throw .EINVAL }
            let (pid, isGone) = try thread.process(of: fd)
            guard !isGone else { throw .ESRCH }
            try thread.send(signal, to: pid)
        },
        systemCall(520, "pdgetpid", Fd(), Out<GuestInt>("pidp")) { thread, fd, pid throws(Errno) in
            try pid.store(GuestInt(thread.process(of: fd).pid))
        },
        systemCall(
            601, "pdwait", Fd(), Out<WaitStatus>("status"), Flags<WaitFlags>("options"), Out<WaitUsage>("wrusage"),
            Out<SignalInfo>("info"), returns: .identifier, restart: .restarts
        ) { thread, fd, status, options, usage, info throws(Errno) in
            let options = WaitOptions(rawValue: Int32(truncatingIfNeeded: options.guest))
            guard let report = try thread.wait(.process(thread.process(of: fd).pid), options) else {
                try info.storeIfPresent(SignalInfo())
                return 0
            }
            try status.storeIfPresent(WaitStatus(value: report.status))
            try usage.storeIfPresent(WaitUsage(own: ResourceUsage(report.usage)))
            try info.storeIfPresent(report.information)
            return 0
        },
    ]
}

/// Flags of `pdfork` (`sys/procdesc.h`).
enum ProcessDescriptorFlags: FlagTable {
    static let daemon: UInt64 = 1
    static let closeOnExec: UInt64 = 2
    static let rows: [FlagRow] = [FlagRow(daemon, nil, "PD_DAEMON"), FlagRow(closeOnExec, nil, "PD_CLOEXEC")]
}

extension GuestThread {
    fileprivate func forkWithDescriptor(
        _ number: OutPointer<GuestInt>, _ flags: FlagSet<ProcessDescriptorFlags>
    ) throws(Errno) -> SystemCallOutcome {
        guard flags.unknown == 0 else { throw .EINVAL }
        // What would fail after the fork is tried before.
        try number.store(try number.load())
        let outcome = try fork()
        guard case .values(let value, _) = outcome else { return outcome }
        let pid = Int32(truncatingIfNeeded: value)
        do throws(Errno) {
            let descriptor = try guestDescriptor(HostSystemCall.processOpen.checked(Int(pid), 0))
            if !flags.contains(ProcessDescriptorFlags.closeOnExec) { HostDescriptors.keepOnExec(descriptor) }
            process.processDescriptors.add(
                pid, descriptor: descriptor, isDaemon: flags.contains(ProcessDescriptorFlags.daemon))
            try number.store(GuestInt(descriptor))
        } catch {
            _ = HostProcess.send(HostSignal.kill, to: pid)
            _ = HostProcess.reap(pid)
            throw error
        }
        return outcome
    }

    /// The process that a descriptor stands for; `EINVAL` for another descriptor.
    fileprivate func process(of descriptor: Int32) throws(Errno) -> (pid: Int32, isGone: Bool) {
        guard HostPath.isOpen(descriptor) else { throw .EBADF }
        if let known = process.processDescriptors.process(of: descriptor) { return known }
        guard let pid = HostProcessDescriptor.pid(of: descriptor) else { throw .EINVAL }
        return (pid, pid == 0)
    }

    /// As the host's wait, with the processes of `pdfork` left out unless one is meant by its number.
    func waitBesideDescriptors(
        _ children: HostProcess.Children, _ options: WaitOptions
    ) throws(Errno) -> HostProcess.ChildEvent {
        let table = process.processDescriptors
        while true {
            if !table.isEmpty { table.reapReleased() }
            if !children.isOne && !table.isEmpty && HostProcess.hasNoChildren(but: table.processes) { throw .ECHILD }
            var event = HostProcess.ChildEvent()
            let result = try blocking { HostProcess.wait(children, options: options.host, into: &event) }
            guard result >= 0 else { throw Errno(host: Int32(-result)) }
            guard event.pid != 0, table.contains(event.pid) else { return event }
            let hasEnded = (1...3).contains(event.code)
            if children.isOne {
                if hasEnded && !options.contains(.noReap) { table.wasWaitedFor(event.pid) }
                return event
            }
            // It was found by accident: it stays as it is for whoever has its descriptor.
            if hasEnded {
                if options.contains(.noReap) { _ = HostProcess.reap(event.pid) }
                table.keep(ChildReport(event))
            }
        }
    }
}
