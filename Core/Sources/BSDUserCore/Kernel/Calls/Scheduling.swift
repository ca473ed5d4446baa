/// Scheduling classes and processor sets (`sys/kern/{p1003_1b,kern_resource,kern_cpuset}.c`). The host schedules; the
/// guest is told of an ordinary time-sharing process.
enum SchedulingCalls {
    private static let timeSharing = "the host schedules: other classes than time sharing are refused"

    static let rows: [SystemCallRow] = [
        systemCall(331, "sched_yield") { _ throws(Errno) in HostProcess.yield() },
        systemCall(321, "yield") { _ throws(Errno) in HostProcess.yield() },
        systemCall(
            327, "sched_setparam", Signed("pid"), In<GuestInt>("param"), support: .partial, note: timeSharing
        ) { thread, pid, priority throws(Errno) in
            try thread.checkMayChange(pid)
            guard SchedulingPolicy.timeSharingRange.contains(priority.value) else { throw .EINVAL }
        },
        systemCall(328, "sched_getparam", Signed("pid"), Out<GuestInt>("param")) { thread, pid, out throws(Errno) in
            try thread.checkExists(pid)
            try out.store(GuestInt(0))
        },
        systemCall(
            329, "sched_setscheduler", Signed("pid"), Enumeration<SchedulingPolicy>("policy"), In<GuestInt>("param"),
            support: .partial, note: timeSharing
        ) { thread, pid, policy, priority throws(Errno) in
            try thread.checkExists(pid)
            try thread.checkSuperuser()
            guard let row = policy.row else { throw .EINVAL }
            guard row.guest == SchedulingPolicy.timeSharing else { throw .EPERM }
            guard SchedulingPolicy.timeSharingRange.contains(priority.value) else { throw .EINVAL }
        },
        systemCall(330, "sched_getscheduler", Signed("pid"), returns: .identifier) { thread, pid throws(Errno) in
            try thread.checkExists(pid)
            return SchedulingPolicy.timeSharing
        },
        systemCall(
            332, "sched_get_priority_max", Enumeration<SchedulingPolicy>("policy"), returns: .identifier
        ) { _, policy throws(Errno) in
            guard let row = policy.row else { throw .EINVAL }
            return row.guest == SchedulingPolicy.timeSharing
                ? SchedulingPolicy.timeSharingRange.upperBound : Int32(RealTimePriority.highest)
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
    /// `RTP_PRIO_MAX`.
    static let highest: UInt16 = 31
    static let normal: UInt16 = 3
    /// RTP_PRIO_REALTIME 2, RTP_PRIO_NORMAL 3, RTP_PRIO_IDLE 4, RTP_PRIO_FIFO 10.
    var kind: UInt16 = normal
    var priority: UInt16 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("type", &kind)
        visitor.int("prio", &priority)
    }

    /// `rtp_to_pri`.
    fileprivate var isValid: Bool {
        switch kind {
        case Self.normal: priority <= UInt16(SchedulingPolicy.timeSharingRange.upperBound)
        case 2, 4, 10: priority <= Self.highest
        default: false
        }
    }
}

extension GuestThread {
    /// `ESRCH` for a process that does not exist, or has ended and waits for its parent (`pfind`).
    fileprivate func checkExists(_ pid: Int32) throws(Errno) {
        guard pid != 0, pid != HostProcess.currentPID else { return }
        guard pid > 0, let record = HostProcessRecord(pid), record.state != UInt8(ascii: "Z") else { throw .ESRCH }
    }

    /// The same, and `EPERM` for a process of another user (`p_cansched`).
    fileprivate func checkMayChange(_ pid: Int32) throws(Errno) {
        try checkExists(pid)
        let result = HostProcess.send(0, to: pid)
        if result < 0 { throw Errno(host: Int32(-result)) }
    }

    /// RTP_LOOKUP 0, RTP_SET 1.
    fileprivate func realTimePriority(_ function: Int32, _ record: OutPointer<RealTimePriority>) throws(Errno) {
        switch function {
        case 0: try record.store(RealTimePriority())
        case 1:
            let wanted = try record.load()
            let isNormal = wanted.kind == RealTimePriority.normal
            if !isNormal { try checkSuperuser() }
            guard wanted.isValid else { throw .EINVAL }
            guard isNormal else { throw .EPERM }
        default: throw .EINVAL
        }
    }
}
