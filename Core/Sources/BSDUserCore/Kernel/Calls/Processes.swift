import Glibc

/// Processes: start, end, wait, groups, priorities (`kern_fork.c`, `kern_exit.c`, `kern_prot.c`, `kern_resource.c`).
enum ProcessCalls {
    static let rows: [SystemCallRow] = [
        systemCall(1, "exit", Signed("rval"), returns: .outcome) { thread, status throws(Errno) in
            thread.endProcess(.exited(status & 0xFF))
            return .unchanged
        },
        systemCall(2, "fork", returns: .outcome) { thread throws(Errno) in try thread.fork() },
        systemCall(66, "vfork", returns: .outcome) { thread throws(Errno) in try thread.vfork() },
        systemCall(
            251, "rfork", Flags<ForkFlags>(), returns: .outcome, support: .partial,
            note: "fork, vfork, RFSPAWN and RFCFDG; sharing descriptors or memory between running processes is refused"
        ) { thread, flags throws(Errno) in
            try thread.rfork(UInt32(truncatingIfNeeded: flags.guest))
        },
        systemCall(
            7, "wait4", Signed("pid"), Out<WaitStatus>("status"), Flags<WaitFlags>("options"),
            Out<ResourceUsage>("rusage"), returns: .identifier, restart: .restarts
        ) { thread, pid, status, options, usage throws(Errno) in
            let options = WaitOptions(rawValue: Int32(truncatingIfNeeded: options.guest)).union([.exited, .trapped])
            let report = try thread.wait(GuestThread.children(ofWait4: pid), options)
            guard let report else { return 0 }
            try status.storeIfPresent(WaitStatus(value: report.status))
            try usage.storeIfPresent(ResourceUsage(report.usage))
            return report.pid
        },
        systemCall(
            532, "wait6", Enumeration<IdentifierType>("idtype"), Wide("id"), Out<WaitStatus>("status"),
            Flags<WaitFlags>("options"), Out<WaitUsage>("wrusage"), Out<SignalInfo>("info"), returns: .identifier,
            restart: .restarts
        ) { thread, type, id, status, options, usage, info throws(Errno) in
            let options = WaitOptions(rawValue: Int32(truncatingIfNeeded: options.guest))
            guard let report = try thread.wait(type: type.guest, Int64(bitPattern: id), options) else {
                try info.storeIfPresent(SignalInfo())
                return 0
            }
            try status.storeIfPresent(WaitStatus(value: report.status))
            try usage.storeIfPresent(WaitUsage(own: ResourceUsage(report.usage)))
            try info.storeIfPresent(report.information)
            return report.pid
        },
        systemCall(20, "getpid", returns: .pair) { _ throws(Errno) in
            (HostProcess.currentPID, HostProcess.parentPID)
        },
        systemCall(39, "getppid", returns: .identifier) { _ throws(Errno) in HostProcess.parentPID },
        systemCall(81, "getpgrp", returns: .identifier) { thread throws(Errno) in
            try thread.checked(HostProcess.processGroup(of: 0))
        },
        systemCall(207, "getpgid", Signed("pid"), returns: .identifier) { thread, pid throws(Errno) in
            try thread.checked(HostProcess.processGroup(of: pid))
        },
        systemCall(82, "setpgid", Signed("pid"), Signed("pgid")) { thread, pid, group throws(Errno) in
            try thread.setProcessGroup(pid, group)
        },
        systemCall(147, "setsid", returns: .identifier) { thread throws(Errno) in
            try thread.checked(HostProcess.startSession())
        },
        systemCall(310, "getsid", Signed("pid"), returns: .identifier) { thread, pid throws(Errno) in
            try thread.checked(HostProcess.session(of: pid))
        },
        systemCall(
            100, "getpriority", Enumeration<PriorityOwner>("which"), Signed("who"), returns: .identifier
        ) { thread, which, who throws(Errno) in
            try thread.priority(which.guest, who)
        },
        systemCall(96, "setpriority", Enumeration<PriorityOwner>("which"), Signed("who"), Signed("prio")) {
            thread, which, who, value throws(Errno) in
            try thread.setPriority(which.guest, who, value)
        },
        systemCall(59, "execve", Path("fname"), TextVector("argv"), OptionalTextVector("envv"), returns: .outcome) {
            thread, path, arguments, environment throws(Errno) in
            try thread.execute(path, try thread.openProgram(path), arguments, environment)
            return .unchanged
        },
        systemCall(492, "fexecve", Fd(), TextVector("argv"), OptionalTextVector("envv"), returns: .outcome) {
            thread, descriptor, arguments, environment throws(Errno) in
            let (path, file) = try thread.openProgram(descriptor: descriptor)
            try thread.execute(path, file, arguments, environment)
            return .unchanged
        },
        systemCall(165, "sysarch", Signed("op"), Pointer("parms"), returns: .address) {
            thread, operation, parameters throws(Errno) in
            try thread.architecture.sysarch(thread, operation: operation, parameters: parameters)
        },
    ]
}

/// The status that `wait4` stores (`sys/wait.h`).
struct WaitStatus: GuestStruct, Equatable, Sendable {
    var value: Int32 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("status", &value, .named { Self.text(Int32(truncatingIfNeeded: $0)) })
    }

    static func text(_ status: Int32) -> String {
        switch status & 0x7F {
        case 0: return "exited \(status >> 8 & 0xFF)"
        case 0x7F: return "stopped by \(SignalNumber.name(status >> 8 & 0xFF))"
        case Signal.continue.rawValue where status == Signal.continue.rawValue: return "continued"
        case let signal:
            return "killed by \(SignalNumber.name(signal))" + (status & 0x80 != 0 ? ", core dumped" : "")
        }
    }
}

/// `struct __wrusage`. The host does not tell what a child's own children used.
struct WaitUsage: GuestStruct, Equatable, Sendable {
    var own = ResourceUsage()
    var children = ResourceUsage()

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.nested("wru_self", &own)
        visitor.nested("wru_children", &children)
    }
}

/// A vector of texts that may be missing altogether: then it is empty.
struct OptionalTextVector: SystemCallParameter {
    private let vector: TextVector
    init(_ name: String) { vector = TextVector(name) }
    var slots: [ArgumentSlot] { vector.slots }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> [[UInt8]] {
        var ahead = arguments
        guard try ahead.word(thread) != 0 else {
            arguments = ahead
            return []
        }
        return try vector.decode(&arguments, thread)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        try vector.trace(&arguments, thread, phase)
    }
}

extension ResourceUsage {
    /// The host's structure of the same fields.
    init(_ usage: rusage) {
        userTime = TimeValue(seconds: Int64(usage.ru_utime.tv_sec), microseconds: Int64(usage.ru_utime.tv_usec))
        systemTime = TimeValue(seconds: Int64(usage.ru_stime.tv_sec), microseconds: Int64(usage.ru_stime.tv_usec))
        maximumResidentKilobytes = Int64(usage.ru_maxrss)
        minorFaults = Int64(usage.ru_minflt)
        majorFaults = Int64(usage.ru_majflt)
        swaps = Int64(usage.ru_nswap)
        blocksIn = Int64(usage.ru_inblock)
        blocksOut = Int64(usage.ru_oublock)
        messagesSent = Int64(usage.ru_msgsnd)
        messagesReceived = Int64(usage.ru_msgrcv)
        signals = Int64(usage.ru_nsignals)
        voluntarySwitches = Int64(usage.ru_nvcsw)
        involuntarySwitches = Int64(usage.ru_nivcsw)
    }
}
