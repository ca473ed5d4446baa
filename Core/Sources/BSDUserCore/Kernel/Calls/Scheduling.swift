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
}
