import Glibc

/// The time of a clock, through the host's vDSO where it has the clock.
enum HostTime {
    static func now(_ clock: Int32) throws(Errno) -> TimeSpecification {
        var raw = timespec()
        guard clock_gettime(clock, &raw) == 0 else { throw .EINVAL }
        return TimeSpecification(seconds: Int64(raw.tv_sec), nanoseconds: Int64(raw.tv_nsec))
    }
}
