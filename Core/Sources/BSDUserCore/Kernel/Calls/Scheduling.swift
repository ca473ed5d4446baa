/// Scheduling classes and processor sets (`sys/kern/{p1003_1b,kern_resource,kern_cpuset}.c`). The host schedules; the
/// guest is told of an ordinary time-sharing process.
enum SchedulingCalls {
    private static let timeSharing = "the host schedules: other classes than time sharing are refused"

    static let rows: [SystemCallRow] = [
        systemCall(331, "sched_yield") { _ throws(Errno) in HostProcess.yield() },
        systemCall(321, "yield") { _ throws(Errno) in HostProcess.yield() },
        systemCall(
            327, "sched_setparam", Signed("pid"), In<GuestInt>("param"), support: .partial, note: timeSharing
        ) { thread, pid, _ throws(Errno) in try thread.checkExists(pid) },
        systemCall(328, "sched_getparam", Signed("pid"), Out<GuestInt>("param")) { thread, pid, out throws(Errno) in
            try thread.checkExists(pid)
            try out.store(GuestInt(0))
        },
        systemCall(
            329, "sched_setscheduler", Signed("pid"), Enumeration<SchedulingPolicy>("policy"), In<GuestInt>("param"),
            returns: .identifier, support: .partial, note: timeSharing
        ) { thread, pid, policy, _ throws(Errno) in
            try thread.checkExists(pid)
            guard let row = policy.row else { throw .EINVAL }
            guard row.guest == 2 else { throw .EPERM }
            return 2
        },
        systemCall(330, "sched_getscheduler", Signed("pid"), returns: .identifier) { thread, pid throws(Errno) in
            try thread.checkExists(pid)
            return 2
        },
        systemCall(
            332, "sched_get_priority_max", Enumeration<SchedulingPolicy>("policy"), returns: .identifier
        ) { _, policy throws(Errno) in
            // PRI_MAX_TIMESHARE - PRI_MIN_TIMESHARE, and RTP_PRIO_MAX.
            switch policy.guest {
            case 2: return 103
            case 1, 3: return 31
            default: throw .EINVAL
            }
        },
        systemCall(
            333, "sched_get_priority_min", Enumeration<SchedulingPolicy>("policy"), returns: .identifier
        ) { _, policy throws(Errno) in
            guard policy.row != nil else { throw .EINVAL }
            return 0
        },
        systemCall(334, "sched_rr_get_interval", Signed("pid"), Out<TimeSpecification>("interval")) {
            thread, pid, out throws(Errno) in
            try thread.checkExists(pid)
            try out.store(TimeSpecification(seconds: 0, nanoseconds: 94_488_188))
        },
        systemCall(
            166, "rtprio", Signed("function"), Signed("pid"), InOut<RealTimePriority>("rtp"), support: .partial,
            note: timeSharing
        ) { thread, function, pid, priority throws(Errno) in
            try thread.checkExists(pid)
            try thread.realTimePriority(function, priority)
        },
        systemCall(
            466, "rtprio_thread", Signed("function"), Signed("lwpid"), InOut<RealTimePriority>("rtp"),
            support: .partial, note: timeSharing
        ) { thread, function, id, priority throws(Errno) in
            let exists = thread.process.lock.hold { id == 0 || thread.process.thread(Int64(id)) != nil }
            guard exists else { throw .ESRCH }
            try thread.realTimePriority(function, priority)
        },
        systemCall(
            544, "procctl", Enumeration<IdentifierType>("idtype"), Wide("id"), Signed("com"), Pointer("data"),
            support: .partial, note: "the reaper, the death signal, and the state of tracing and address randomisation"
        ) { thread, type, id, command, data throws(Errno) in
            try thread.processControl(type.guest, Int64(bitPattern: id), command, data)
        },
    ]
}

/// `struct rtprio`.
struct RealTimePriority: GuestStruct, Equatable, Sendable {
    /// RTP_PRIO_REALTIME 2, RTP_PRIO_NORMAL 3, RTP_PRIO_IDLE 4.
    var kind: UInt16 = 3
    var priority: UInt16 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("type", &kind)
        visitor.int("prio", &priority)
    }
}

extension GuestThread {
    /// `ESRCH` for a process that does not exist.
    fileprivate func checkExists(_ pid: Int32) throws(Errno) {
        guard pid != 0, pid != HostProcess.currentPID else { return }
        guard pid > 0 else { throw .ESRCH }
        let result = HostProcess.send(0, to: pid)
        if result < 0 && Errno(host: Int32(-result)) == .ESRCH { throw .ESRCH }
    }

    /// RTP_LOOKUP 0, RTP_SET 1.
    fileprivate func realTimePriority(_ function: Int32, _ record: OutPointer<RealTimePriority>) throws(Errno) {
        switch function {
        case 0: try record.store(RealTimePriority())
        case 1:
            let wanted = try record.load()
            guard (2...4).contains(wanted.kind) else { throw .EINVAL }
            guard wanted.kind == 3 else { throw .EPERM }
        default: throw .EINVAL
        }
    }

    /// `procctl` on this process (`sys/procctl.h`).
    fileprivate func processControl(_ type: Int32, _ id: Int64, _ command: Int32, _ data: GuestAddress) throws(Errno) {
        guard type == 0 else { throw .EINVAL }
        guard id == 0 || id == Int64(HostProcess.currentPID) else {
            throw HostProcess.send(0, to: Int32(clamping: id)) < 0 ? .ESRCH : .EPERM
        }
        let host = HostProcess.Control.self
        switch command {
        case 2: _ = try checked(host.set(.becomeReaper, 1))
        case 3: _ = try checked(host.set(.becomeReaper, 0))
        case 7, 9, 13, 15, 17, 19: try acceptControl(data)
        // PROC_TRACE_STATUS: tracing is allowed and nobody traces.
        case 8: try memory.store(UInt32(0), at: data)
        // PROC_ASLR_STATUS, PROC_STACKGAP_STATUS, and the like: what the system's default gives.
        case 10, 14, 16, 18, 20: try memory.store(UInt32(0), at: data)
        case 11:
            let signal: Int32 = try memory.load(at: data)
            guard signal == 0 || SignalNumber.isValid(signal) else { throw .EINVAL }
            _ = try checked(host.set(.deathSignal, signal == 0 ? 0 : SignalNumber.host(signal)))
        case 12: try memory.store(host.currentDeathSignal.map(SignalNumber.guest) ?? 0, at: data)
        default: throw .EINVAL
        }
    }

    /// A switch that changes nothing here; its argument must be there all the same.
    private func acceptControl(_ data: GuestAddress) throws(Errno) {
        let _: Int32 = try memory.load(at: data)
    }
}
