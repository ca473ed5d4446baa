import Glibc

/// Clocks and usage of the host.
enum HostClock {
    static let realTimeIdentifier: Int32 = 0
    static let realTime: Int32 = 0

    private static func read(_ call: HostSystemCall, _ clock: Int32) throws(Errno) -> TimeSpecification {
        var words = [0, 0]
        _ = try HostWords.with(&words) { address throws(Errno) in try call.checked(Int(clock), address) }
        return TimeSpecification(seconds: Int64(words[0]), nanoseconds: Int64(words[1]))
    }

    /// A clock of the host.
    static func time(_ clock: Int32) throws(Errno) -> TimeSpecification { try HostTime.now(clock) }

    /// Resolution of a guest's clock.
    static func resolution(_ clock: EnumeratedValue<ClockIdentifier>) throws(Errno) -> TimeSpecification {
        switch clock.guest {
        case ClockIdentifier.second: return TimeSpecification(seconds: 1, nanoseconds: 0)
        // Ticks of hz = 1000.
        case ClockIdentifier.virtual, ClockIdentifier.profile:
            return TimeSpecification(seconds: 0, nanoseconds: 1_000_000)
        default:
            guard let host = clock.host else { throw .EINVAL }
            return try read(.clockGetResolution, host)
        }
    }

    /// Sets the time of day.
    static func set(_ time: TimeSpecification) throws(Errno) {
        var words = [Int(time.seconds), Int(time.nanoseconds)]
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.clockSetTime.checked(Int(realTime), address)
        }
    }

    /// The clocks of the processor's time (clock_getcpuclockid(3) of Linux: `CPUCLOCK_SCHED` 2, of a thread 4 more).
    static func processor(ofProcess pid: Int32) -> Int32 { ~pid << 3 | 2 }
    static func processor(ofThread number: Int32) -> Int32 { ~number << 3 | 6 }

    /// The clock that one can sleep by and that shows the same time as another.
    static func waking(_ clock: Int32) -> Int32 {
        switch clock {
        case CLOCK_REALTIME_COARSE: CLOCK_REALTIME
        case CLOCK_MONOTONIC_COARSE: CLOCK_MONOTONIC
        default: clock
        }
    }

    /// The clock that counts a relative sleep by `clock`: setting the time of day does not end one early
    /// (nanosleep(2); `kern_clock_nanosleep` sleeps by the time since the start unless the time is absolute).
    static func counting(_ clock: Int32) -> Int32 { clock == CLOCK_REALTIME ? CLOCK_MONOTONIC : clock }

    /// How the host keeps the time of day, and its state: `TIME_OK` ... `TIME_ERROR`, the same numbers on both systems.
    static func discipline() throws(Errno) -> (state: Int32, ClockDiscipline) {
        // struct timex of the host (adjtimex(2)) is 26 words.
        var words = [Int](repeating: 0, count: 26)
        let state = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.clockAdjust.checked(address)
        }
        var discipline = ClockDiscipline()
        (discipline.offset, discipline.frequency) = (Int64(words[1]), Int64(words[2]))
        (discipline.greatestError, discipline.estimatedError) = (Int64(words[3]), Int64(words[4]))
        discipline.status = Int32(truncatingIfNeeded: words[5])
        (discipline.constant, discipline.precision, discipline.tolerance) =
            (Int64(words[6]), Int64(words[7]), Int64(words[8]))
        discipline.atomicOffset = Int64(Int32(truncatingIfNeeded: words[20]))
        return (Int32(state), discipline)
    }

    /// What is left until a time; zero when it is past.
    static func left(until words: [Int], _ clock: Int32) throws(Errno) -> TimeSpecification {
        let now = try time(clock)
        var seconds = Int64(words[0]) - now.seconds
        var nanoseconds = Int64(words[1]) - now.nanoseconds
        if nanoseconds < 0 {
            nanoseconds += 1_000_000_000
            seconds -= 1
        }
        return seconds < 0 ? TimeSpecification() : TimeSpecification(seconds: seconds, nanoseconds: nanoseconds)
    }
}

/// Resources that processes have used.
enum HostUsage {
    /// The usage of this process.
    static func own() throws(Errno) -> ResourceUsage { try read(0) }

    /// The usage of a host `RUSAGE_*`.
    static func read(_ owner: Int32) throws(Errno) -> ResourceUsage {
        // struct rusage of the host: two timevals and fourteen longs.
        var words = [Int](repeating: 0, count: 18)
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.getrusage.checked(Int(owner), address)
        }
        return ResourceUsage(hostWords: words)
    }
}

extension ResourceUsage {
    /// From the host's structure, as words.
    init(hostWords words: [Int]) {
        guard words.count == 18 else { return }
        userTime = TimeValue(seconds: Int64(words[0]), microseconds: Int64(words[1]))
        systemTime = TimeValue(seconds: Int64(words[2]), microseconds: Int64(words[3]))
        maximumResidentKilobytes = Int64(words[4])
        (minorFaults, majorFaults, swaps) = (Int64(words[8]), Int64(words[9]), Int64(words[10]))
        (blocksIn, blocksOut) = (Int64(words[11]), Int64(words[12]))
        (messagesSent, messagesReceived, signals) = (Int64(words[13]), Int64(words[14]), Int64(words[15]))
        (voluntarySwitches, involuntarySwitches) = (Int64(words[16]), Int64(words[17]))
    }
}
