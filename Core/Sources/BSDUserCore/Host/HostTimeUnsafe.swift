import Glibc

/// The time of a clock, through the host's vDSO where it has the clock.
enum HostTime {
    static let realTime = CLOCK_REALTIME
    static let monotonic = CLOCK_MONOTONIC
    /// What the calling thread has used of a processor.
    static let thread = CLOCK_THREAD_CPUTIME_ID
    static let bootTime = CLOCK_BOOTTIME

    /// A clock that is always there, in nanoseconds.
    static func nanoseconds(_ clock: Int32) -> UInt64 {
        var raw = timespec()
        clock_gettime(clock, &raw)
        return UInt64(bitPattern: Int64(raw.tv_sec) &* 1_000_000_000 &+ Int64(raw.tv_nsec))
    }

    static func now(_ clock: Int32) throws(Errno) -> TimeSpecification {
        var raw = timespec()
        guard clock_gettime(clock, &raw) == 0 else { throw .EINVAL }
        return TimeSpecification(seconds: Int64(raw.tv_sec), nanoseconds: Int64(raw.tv_nsec))
    }
}
