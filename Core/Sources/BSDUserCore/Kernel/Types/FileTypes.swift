/// `struct flock` (`sys/fcntl.h`).
struct RecordLock: GuestStruct, Equatable, Sendable {
    var start: Int64 = 0
    var length: Int64 = 0
    var process: Int32 = 0
    var kind: Int16 = 0
    var whence: Int16 = 0
    var system: Int32 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("l_start", &start)
        visitor.int("l_len", &length)
        visitor.int("l_pid", &process)
        visitor.int("l_type", &kind, .named { TraceValue.enumerationText(LockKind.self, $0) })
        visitor.int("l_whence", &whence, .named { TraceValue.enumerationText(Whence.self, $0) })
        visitor.int("l_sysid", &system)
    }
}

/// `struct pollfd`: no field depends on the ABI but the byte order.
struct PollDescriptor: GuestStruct, Equatable, Sendable {
    var descriptor: Int32 = 0
    var events: UInt16 = 0
    var returned: UInt16 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("fd", &descriptor)
        visitor.int("events", &events, .named { TraceValue.flagText(FlagSet<PollEvents>(guest: $0)) })
        visitor.int("revents", &returned, .named { TraceValue.flagText(FlagSet<PollEvents>(guest: $0)) })
    }
}

/// `struct rlimit`; the values are signed and `RLIM_INFINITY` is the greatest.
struct ResourceLimit: GuestStruct, Equatable, Sendable {
    var current: Int64 = 0
    var maximum: Int64 = 0

    static let infinity = Int64.max

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("rlim_cur", &current, .named(Self.text))
        visitor.int("rlim_max", &maximum, .named(Self.text))
    }

    @Sendable private static func text(_ value: UInt64) -> String {
        value == UInt64(infinity) ? "RLIM_INFINITY" : String(Int64(bitPattern: value))
    }
}

/// `struct rusage`.
struct ResourceUsage: GuestStruct, Equatable, Sendable {
    var userTime = TimeValue()
    var systemTime = TimeValue()
    var maximumResidentKilobytes: Int64 = 0
    var minorFaults: Int64 = 0
    var majorFaults: Int64 = 0
    var swaps: Int64 = 0
    var blocksIn: Int64 = 0
    var blocksOut: Int64 = 0
    var messagesSent: Int64 = 0
    var messagesReceived: Int64 = 0
    var signals: Int64 = 0
    var voluntarySwitches: Int64 = 0
    var involuntarySwitches: Int64 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.nested("ru_utime", &userTime)
        visitor.nested("ru_stime", &systemTime)
        visitor.word("ru_maxrss", &maximumResidentKilobytes)
        // Integrals of memory use: no kernel of today fills them in.
        visitor.padWords(3)
        visitor.word("ru_minflt", &minorFaults)
        visitor.word("ru_majflt", &majorFaults)
        visitor.word("ru_nswap", &swaps)
        visitor.word("ru_inblock", &blocksIn)
        visitor.word("ru_oublock", &blocksOut)
        visitor.word("ru_msgsnd", &messagesSent)
        visitor.word("ru_msgrcv", &messagesReceived)
        visitor.word("ru_nsignals", &signals)
        visitor.word("ru_nvcsw", &voluntarySwitches)
        visitor.word("ru_nivcsw", &involuntarySwitches)
    }
}

/// `struct uuid`.
struct UniqueIdentifier: GuestStruct, Sendable {
    var timeLow: UInt32 = 0
    var timeMiddle: UInt16 = 0
    var timeHighAndVersion: UInt16 = 0
    var clockHigh: UInt8 = 0
    var clockLow: UInt8 = 0
    var node: [UInt8] = []

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("time_low", &timeLow, .hexadecimal)
        visitor.int("time_mid", &timeMiddle, .hexadecimal)
        visitor.int("time_hi_and_version", &timeHighAndVersion, .hexadecimal)
        visitor.int("clock_seq_hi_and_reserved", &clockHigh, .hexadecimal)
        visitor.int("clock_seq_low", &clockLow, .hexadecimal)
        visitor.bytes("node", &node, count: 6, isText: false)
    }
}

extension TraceValue {
    /// Flags as a structure's field shows them.
    static func flagText<Table: FlagTable>(_ flags: FlagSet<Table>) -> String {
        guard case .flags(let names, let rest) = flags.traceValue else { return "" }
        return TraceTextWriter.joined(names, rest: rest)
    }

    /// An enumeration's name as a structure's field shows it.
    static func enumerationText<Table: EnumerationTable>(_ table: Table.Type, _ value: UInt64) -> String {
        let number = Int32(Int16(truncatingIfNeeded: value))
        return EnumeratedValue<Table>(guest: number).row?.name ?? String(number)
    }
}
