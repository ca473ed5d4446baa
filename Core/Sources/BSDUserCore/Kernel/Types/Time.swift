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

/// `struct ntptimeval` (`sys/timex.h`).
struct DisciplinedTime: GuestStruct, Equatable, Sendable {
    var time = TimeSpecification()
    var greatestError: Int64 = 0
    var estimatedError: Int64 = 0
    /// Seconds between UTC and atomic time.
    var atomicOffset: Int64 = 0
    var state: Int32 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.nested("time", &time)
        visitor.word("maxerror", &greatestError)
        visitor.word("esterror", &estimatedError)
        visitor.word("tai", &atomicOffset)
        visitor.int("time_state", &state)
        visitor.align(8)
    }
}

/// `struct timex` (`sys/timex.h`). No pulses come from anywhere: what tells of them is zero.
struct ClockDiscipline: GuestStruct, Equatable, Sendable {
    var modes: UInt32 = 0
    var offset: Int64 = 0
    var frequency: Int64 = 0
    var greatestError: Int64 = 0
    var estimatedError: Int64 = 0
    var status: Int32 = 0
    var constant: Int64 = 0
    var precision: Int64 = 0
    var tolerance: Int64 = 0
    /// Not part of the structure: it stands in `struct ntptimeval` only.
    var atomicOffset: Int64 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        let wordBytes = visitor.abi.wordBytes
        visitor.int("modes", &modes, .hexadecimal)
        visitor.align(wordBytes)
        visitor.word("offset", &offset)
        visitor.word("freq", &frequency)
        visitor.word("maxerror", &greatestError)
        visitor.word("esterror", &estimatedError)
        visitor.int("status", &status, .hexadecimal)
        visitor.align(wordBytes)
        visitor.word("constant", &constant)
        visitor.word("precision", &precision)
        visitor.word("tolerance", &tolerance)
        // ppsfreq, jitter, shift, stabil, jitcnt, calcnt, errcnt, stbcnt
        visitor.pad(8 * wordBytes)
    }
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
