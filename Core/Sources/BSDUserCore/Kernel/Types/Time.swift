/// `struct timespec`: `time_t` has 64 bits on every ABI, the nanoseconds are a `long`.
struct TimeSpecification: GuestStruct, Equatable, Sendable {
    var seconds: Int64 = 0
    var nanoseconds: Int64 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.time("tv_sec", &seconds)
        visitor.word("tv_nsec", &nanoseconds)
        visitor.align(8)
    }

    /// Whether the nanoseconds are less than a second.
    var isValid: Bool { (0..<1_000_000_000).contains(nanoseconds) }

    /// The sum of two valid times; seconds stop at the greatest number that there is.
    func adding(_ other: TimeSpecification) -> TimeSpecification {
        let sum = nanoseconds + other.nanoseconds
        return TimeSpecification(
            seconds: seconds.saturatingSum(other.seconds).saturatingSum(sum / 1_000_000_000),
            nanoseconds: sum % 1_000_000_000)
    }
}

extension Int64 {
    /// The sum, or the greatest number where it would be greater.
    func saturatingSum(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}

/// `struct timeval`.
struct TimeValue: GuestStruct, Equatable, Sendable {
    var seconds: Int64 = 0
    var microseconds: Int64 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.time("tv_sec", &seconds)
        visitor.word("tv_usec", &microseconds)
        visitor.align(8)
    }

    /// Whether the microseconds are less than a second.
    var isValid: Bool { (0..<1_000_000).contains(microseconds) }
}

/// `struct timezone`.
struct TimeZone: GuestStruct, Sendable {
    var minutesWest: Int32 = 0
    var daylightSaving: Int32 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("tz_minuteswest", &minutesWest)
        visitor.int("tz_dsttime", &daylightSaving)
    }
}
