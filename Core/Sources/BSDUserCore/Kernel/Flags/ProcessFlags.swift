import Glibc

/// Clocks (`sys/_clock_id.h`).
enum ClockIdentifier: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, CLOCK_REALTIME, "CLOCK_REALTIME"), EnumerationRow(1, nil, "CLOCK_VIRTUAL"),
        EnumerationRow(2, nil, "CLOCK_PROF"), EnumerationRow(4, CLOCK_MONOTONIC, "CLOCK_MONOTONIC"),
        EnumerationRow(5, CLOCK_MONOTONIC, "CLOCK_UPTIME"),
        EnumerationRow(7, CLOCK_MONOTONIC, "CLOCK_UPTIME_PRECISE"),
        EnumerationRow(8, CLOCK_MONOTONIC_COARSE, "CLOCK_UPTIME_FAST"),
        EnumerationRow(9, CLOCK_REALTIME, "CLOCK_REALTIME_PRECISE"),
        EnumerationRow(10, CLOCK_REALTIME_COARSE, "CLOCK_REALTIME_FAST"),
        EnumerationRow(11, CLOCK_MONOTONIC, "CLOCK_MONOTONIC_PRECISE"),
        EnumerationRow(12, CLOCK_MONOTONIC_COARSE, "CLOCK_MONOTONIC_FAST"),
        EnumerationRow(13, CLOCK_REALTIME_COARSE, "CLOCK_SECOND"),
        EnumerationRow(threadTime, CLOCK_THREAD_CPUTIME_ID, "CLOCK_THREAD_CPUTIME_ID"),
        EnumerationRow(processTime, CLOCK_PROCESS_CPUTIME_ID, "CLOCK_PROCESS_CPUTIME_ID"),
    ]
    static let virtual: Int32 = 1
    static let profile: Int32 = 2
    static let second: Int32 = 13
    static let threadTime: Int32 = 14
    static let processTime: Int32 = 15
}

/// Flags of `clock_nanosleep`.
enum TimerFlags: FlagTable {
    static let absolute: UInt64 = 1
    static let rows: [FlagRow] = [FlagRow(absolute, 1, "TIMER_ABSTIME")]
}

/// Resources of `getrlimit` (`sys/resource.h`).
enum Resource: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, 0, "RLIMIT_CPU"), EnumerationRow(1, 1, "RLIMIT_FSIZE"), EnumerationRow(2, 2, "RLIMIT_DATA"),
        EnumerationRow(3, 3, "RLIMIT_STACK"), EnumerationRow(4, 4, "RLIMIT_CORE"), EnumerationRow(5, 5, "RLIMIT_RSS"),
        EnumerationRow(6, 8, "RLIMIT_MEMLOCK"), EnumerationRow(7, 6, "RLIMIT_NPROC"),
        EnumerationRow(8, 7, "RLIMIT_NOFILE"), EnumerationRow(9, nil, "RLIMIT_SBSIZE"),
        EnumerationRow(10, 9, "RLIMIT_AS"), EnumerationRow(11, nil, "RLIMIT_NPTS"),
        EnumerationRow(12, nil, "RLIMIT_SWAP"), EnumerationRow(13, nil, "RLIMIT_KQUEUES"),
        EnumerationRow(14, nil, "RLIMIT_UMTXP"),
    ]
}

/// Whose usage `getrusage` gives.
enum UsageOwner: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, 0, "RUSAGE_SELF"), EnumerationRow(-1, -1, "RUSAGE_CHILDREN"),
        EnumerationRow(1, 1, "RUSAGE_THREAD"),
    ]
}

/// Events of `poll` (`sys/poll.h`).
enum PollEvents: FlagTable {
    static let input: UInt16 = 0x1
    static let output: UInt16 = 0x4
    static let error: UInt16 = 0x8
    static let hangUp: UInt16 = 0x10
    static let normalInput: UInt16 = 0x40
    static let rows: [FlagRow] = [
        FlagRow(0x1, 0x1, "POLLIN"), FlagRow(0x2, 0x2, "POLLPRI"), FlagRow(0x4, 0x4, "POLLOUT"),
        FlagRow(0x8, 0x8, "POLLERR"), FlagRow(0x10, 0x10, "POLLHUP"), FlagRow(0x20, 0x20, "POLLNVAL"),
        FlagRow(0x40, 0x40, "POLLRDNORM"), FlagRow(0x80, 0x80, "POLLRDBAND"), FlagRow(0x100, 0x200, "POLLWRBAND"),
        FlagRow(0x2000, nil, "POLLINIGNEOF"), FlagRow(0x4000, 0x2000, "POLLRDHUP"),
    ]
}

/// Flags of `getrandom`.
enum RandomFlags: FlagTable {
    static let rows: [FlagRow] = [
        FlagRow(1, 1, "GRND_NONBLOCK"), FlagRow(2, 2, "GRND_RANDOM"), FlagRow(4, 4, "GRND_INSECURE"),
    ]
}

/// Whether `getfsstat` may wait.
enum StatisticsMode: EnumerationTable {
    /// What `kern_getfsstat` takes.
    static let accepted: ClosedRange<Int32> = 1...2
    static let rows: [EnumerationRow] = [
        EnumerationRow(1, nil, "MNT_WAIT"), EnumerationRow(2, nil, "MNT_NOWAIT"), EnumerationRow(3, nil, "MNT_LAZY"),
    ]
}

/// Flags of mounted file systems in `f_flags`, from the host's `ST_*`.
enum MountFlags: FlagTable {
    static let rows: [FlagRow] = [
        FlagRow(0x1, 0x1, "MNT_RDONLY"), FlagRow(0x2, 0x10, "MNT_SYNCHRONOUS"), FlagRow(0x4, 0x8, "MNT_NOEXEC"),
        FlagRow(0x8, 0x2, "MNT_NOSUID"), FlagRow(0x40, nil, "MNT_ASYNC"), FlagRow(0x1000, nil, "MNT_LOCAL"),
        FlagRow(0x10000000, 0x400, "MNT_NOATIME"),
    ]
}
