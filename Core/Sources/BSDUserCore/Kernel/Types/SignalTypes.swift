extension SignalSet: GuestStruct {
    /// `sigset_t`: four words of 32 bits.
    public mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        var (first, second) = (UInt32(truncatingIfNeeded: low), UInt32(truncatingIfNeeded: low >> 32))
        var (third, fourth) = (UInt32(truncatingIfNeeded: high), UInt32(truncatingIfNeeded: high >> 32))
        visitor.int("sig1", &first)
        visitor.int("sig33", &second)
        visitor.int("sig65", &third)
        visitor.int("sig97", &fourth)
        self = SignalSet(words: (first, second, third, fourth))
    }

    /// Names joined by `|`; `0` when there is none.
    var names: String {
        var names: [String] = []
        forEach { names.append(SignalNumber.name($0)) }
        return names.isEmpty ? "0" : names.joined(separator: "|")
    }

    /// The names, or those left out when most are there.
    public var summary: String? {
        let missing = SignalSet.all.subtracting(self)
        if missing.isEmpty { return "all" }
        return missing.count < count ? "~(\(missing.names))" : names
    }

    private var count: Int { low.nonzeroBitCount + high.nonzeroBitCount }
}

extension SignalAction: GuestStruct {
    /// `struct sigaction`.
    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        var bits = flags.rawValue
        visitor.word("sa_handler", &handler, .named(Self.handlerName))
        visitor.int("sa_flags", &bits, .named { TraceValue.flagText(FlagSet<SignalActionFlags>(guest: $0)) })
        visitor.nested("sa_mask", &mask)
        flags = Flags(rawValue: bits)
    }

    @Sendable private static func handlerName(_ address: UInt64) -> String {
        switch address {
        case defaultHandler: "SIG_DFL"
        case ignoreHandler: "SIG_IGN"
        default: "0x" + String(address, radix: 16)
        }
    }
}

/// Flags of `sa_flags`.
enum SignalActionFlags: FlagTable {
    static let rows: [FlagRow] = [
        FlagRow(0x01, nil, "SA_ONSTACK"), FlagRow(0x02, nil, "SA_RESTART"), FlagRow(0x04, nil, "SA_RESETHAND"),
        FlagRow(0x08, nil, "SA_NOCLDSTOP"), FlagRow(0x10, nil, "SA_NODEFER"), FlagRow(0x20, nil, "SA_NOCLDWAIT"),
        FlagRow(0x40, nil, "SA_SIGINFO"),
    ]
}

/// What `sigprocmask` does with a set.
enum MaskOperation: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(1, nil, "SIG_BLOCK"), EnumerationRow(2, nil, "SIG_UNBLOCK"),
        EnumerationRow(3, nil, "SIG_SETMASK"),
    ]
}

/// `stack_t`.
struct SignalStackRecord: GuestStruct, Equatable, Sendable {
    var base: GuestAddress = 0
    var byteCount: UInt64 = 0
    var flags: Int32 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.pointer("ss_sp", &base)
        visitor.word("ss_size", &byteCount)
        visitor.int("ss_flags", &flags, .named { TraceValue.flagText(FlagSet<SignalStackFlags>(guest: $0)) })
    }
}

/// Flags of `ss_flags`.
enum SignalStackFlags: FlagTable {
    static let rows: [FlagRow] = [FlagRow(1, nil, "SS_ONSTACK"), FlagRow(4, nil, "SS_DISABLE")]
}

extension SignalInfo: GuestStruct {
    init() { self.init(signal: 0) }

    /// `siginfo_t`.
    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        var (error, spare): (Int32, Int64) = (0, 0)
        visitor.int("si_signo", &signal, .named { SignalNumber.name(Int32(truncatingIfNeeded: $0)) })
        visitor.int("si_errno", &error)
        visitor.int("si_code", &code, .named(Self.codeName))
        visitor.int("si_pid", &pid)
        visitor.int("si_uid", &uid)
        visitor.int("si_status", &status)
        visitor.pointer("si_addr", &address)
        visitor.word("si_value", &value, .hexadecimal)
        // The union `_reason`: for most signals its first members are two ints, for SIGIO one `long`.
        if signal == Signal.inputOutput.rawValue {
            spare = Int64(reason)
            visitor.word("si_band", &spare)
            visitor.pad(visitor.abi.wordBytes == 8 ? 32 : 28)
        } else {
            visitor.align(visitor.abi.wordBytes)
            visitor.int("si_trapno", &reason)
            visitor.int("si_overrun", &overrun)
            visitor.pad(visitor.abi.wordBytes == 8 ? 32 : 24)
        }
    }

    @Sendable private static func codeName(_ code: UInt64) -> String {
        switch SignalCode(rawValue: Int32(truncatingIfNeeded: code)) {
        case .user: "SI_USER"
        case .queue: "SI_QUEUE"
        case .timer: "SI_TIMER"
        case .asynchronousIO: "SI_ASYNCIO"
        case .messageQueue: "SI_MESGQ"
        case .kernel: "SI_KERNEL"
        case .thread: "SI_LWP"
        case nil: String(Int32(truncatingIfNeeded: code))
        }
    }
}

extension GuestABI {
    /// The word that a union with a pointer is when its `int` is set, as `sival_int` of `union sigval`.
    func unionOfInt(_ value: Int32) -> UInt64 {
        let word = UInt64(UInt32(bitPattern: value))
        return byteOrder == .big ? word << UInt64(8 * (wordBytes - 4)) : word
    }
}

/// `struct sigevent`, as timers use it.
struct SignalEvent: GuestStruct, Equatable, Sendable {
    var notification: Int32 = 0
    var signal: Int32 = 0
    var value: UInt64 = 0
    var thread: Int32 = 0

    static let none: Int32 = 0
    static let bySignal: Int32 = 1
    static let byEvent: Int32 = 3
    static let toThread: Int32 = 4

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("sigev_notify", &notification, .named { TraceValue.enumerationText(SignalNotification.self, $0) })
        visitor.int("sigev_signo", &signal, .named { SignalNumber.name(Int32(truncatingIfNeeded: $0)) })
        visitor.word("sigev_value", &value, .hexadecimal)
        visitor.int("sigev_notify_thread_id", &thread)
        visitor.pad(8 * visitor.abi.wordBytes - 4)
    }
}

/// How a timer tells of its expiration.
enum SignalNotification: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, nil, "SIGEV_NONE"), EnumerationRow(1, nil, "SIGEV_SIGNAL"),
        EnumerationRow(2, nil, "SIGEV_THREAD"), EnumerationRow(3, nil, "SIGEV_KEVENT"),
        EnumerationRow(4, nil, "SIGEV_THREAD_ID"),
    ]
}

/// `struct itimerval`.
struct IntervalTimer: GuestStruct, Equatable, Sendable {
    var interval = TimeValue()
    var value = TimeValue()

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.nested("it_interval", &interval)
        visitor.nested("it_value", &value)
    }
}

/// `struct itimerspec`.
struct TimerSpecification: GuestStruct, Equatable, Sendable {
    var interval = TimeSpecification()
    var value = TimeSpecification()

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.nested("it_interval", &interval)
        visitor.nested("it_value", &value)
    }
}
