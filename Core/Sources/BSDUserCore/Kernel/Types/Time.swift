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
