/// Options of `wait4` and `wait6`.
enum WaitFlags: FlagTable {
    static let rows: [FlagRow] = [
        FlagRow(1, nil, "WNOHANG"), FlagRow(2, nil, "WUNTRACED"), FlagRow(4, nil, "WCONTINUED"),
        FlagRow(8, nil, "WNOWAIT"), FlagRow(16, nil, "WEXITED"), FlagRow(32, nil, "WTRAPPED"),
        FlagRow(0x8000_0000, nil, "WLINUXCLONE"),
    ]
}

/// Whose priority (`sys/resource.h`).
enum PriorityOwner: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, 0, "PRIO_PROCESS"), EnumerationRow(1, 1, "PRIO_PGRP"), EnumerationRow(2, 2, "PRIO_USER"),
    ]
}

/// What an identifier names (`sys/types.h idtype_t`).
enum IdentifierType: EnumerationTable {
    static let process: Int32 = 0
    static let processGroup: Int32 = 2
    static let session: Int32 = 3
    static let user: Int32 = 5
    static let group: Int32 = 6
    static let all: Int32 = 7
    static let jail: Int32 = 11
    static let rows: [EnumerationRow] = [
        EnumerationRow(process, nil, "P_PID"), EnumerationRow(1, nil, "P_PPID"),
        EnumerationRow(processGroup, nil, "P_PGID"), EnumerationRow(session, nil, "P_SID"),
        EnumerationRow(4, nil, "P_CID"), EnumerationRow(user, nil, "P_UID"), EnumerationRow(group, nil, "P_GID"),
        EnumerationRow(all, nil, "P_ALL"), EnumerationRow(jail, nil, "P_JAILID"),
    ]
}

/// Flags of `rfork` (`sys/unistd.h`).
enum ForkFlags: FlagTable {
    static let rows: [FlagRow] = [
        FlagRow(1 << 2, nil, "RFFDG"), FlagRow(1 << 4, nil, "RFPROC"), FlagRow(1 << 5, nil, "RFMEM"),
        FlagRow(1 << 6, nil, "RFNOWAIT"), FlagRow(1 << 12, nil, "RFCFDG"), FlagRow(1 << 13, nil, "RFTHREAD"),
        FlagRow(1 << 14, nil, "RFSIGSHARE"), FlagRow(1 << 16, nil, "RFLINUXTHPN"), FlagRow(1 << 19, nil, "RFTSIGZMB"),
        FlagRow(1 << 30, nil, "RFPPWAIT"), FlagRow(1 << 31, nil, "RFSPAWN"),
    ]
}

/// Interval timers: the same numbers on both systems.
enum IntervalTimerKind: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, 0, "ITIMER_REAL"), EnumerationRow(1, 1, "ITIMER_VIRTUAL"),
        EnumerationRow(2, 2, "ITIMER_PROF"),
    ]
}

/// Scheduling policies (`sys/sched.h`); the host numbers them otherwise.
enum SchedulingPolicy: EnumerationTable {
    static let timeSharing: Int32 = 2
    /// 0 ... PRI_MAX_TIMESHARE - PRI_MIN_TIMESHARE.
    static let timeSharingRange: ClosedRange<Int32> = 0...103
    static let rows: [EnumerationRow] = [
        EnumerationRow(1, 1, "SCHED_FIFO"), EnumerationRow(timeSharing, 0, "SCHED_OTHER"),
        EnumerationRow(3, 2, "SCHED_RR"),
    ]
}
