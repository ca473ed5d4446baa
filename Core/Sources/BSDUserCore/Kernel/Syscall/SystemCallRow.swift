/// One system call: what decodes, checks, carries out and traces it.
public struct SystemCallRow: Sendable {
    /// FreeBSD's number and name (`sys/kern/syscalls.master`).
    public let number: Int
    public let name: String
    /// How far the call works.
    public let support: SupportLevel
    /// What is missing, or why; empty for full support.
    public let note: String
    /// The C arguments as the kernel declares them, for checks.
    public let slots: [ArgumentSlot]
    /// What happens when a signal handler interrupts it.
    public let restart: RestartRule

    let parameters: [any SystemCallParameter]
    let formatResult: @Sendable (SystemCallOutcome) -> TraceValue?
    let handler: Handler

    typealias Handler = @Sendable (GuestThread, inout ArgumentReader) throws(Errno) -> SystemCallOutcome
}

/// How far a system call works.
public enum SupportLevel: String, Sendable, CaseIterable {
    /// As FreeBSD's manual says.
    case full
    /// With limits that the note names.
    case partial
    /// Not there: it fails, or does nothing, as the note says.
    case refused
}

/// What happens to a call that a signal handler interrupts.
public enum RestartRule: Sendable {
    /// It does not wait.
    case neverWaits
    /// `SA_RESTART` decides.
    case restarts
    /// It always fails with `EINTR` (`select`, `nanosleep`, ...).
    case interrupts
}

/// One argument of the C prototype.
public struct ArgumentSlot: Sendable, Equatable {
    /// What the argument is.
    public enum Kind: Sendable, Equatable {
        /// A number in one word.
        case number
        /// A number of 64 bits on every ABI.
        case wide
        /// A pointer that is read, written, or both.
        case input, output, inputOutput
        /// An address that the call itself does not follow.
        case address
    }
    public let kind: Kind
    /// The argument's name in traces.
    public let name: String

    public init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// Whether a wild value must give `EFAULT` and not a crash.
    public var isPointer: Bool { kind != .number && kind != .wide }
}

/// What a call gives back, and how traces print it.
struct SystemCallResult<Value>: Sendable {
    let outcome: @Sendable (Value) -> SystemCallOutcome
    let format: @Sendable (SystemCallOutcome) -> TraceValue?
}

extension SystemCallResult where Value == Void {
    /// Success is 0.
    static var nothing: SystemCallResult {
        SystemCallResult(outcome: { .values(0, second: nil) }, format: TraceValue.signedResult)
    }
}

extension SystemCallResult where Value == Int {
    /// A count, a number, a descriptor: an `int` or `ssize_t`.
    static var count: SystemCallResult {
        SystemCallResult(
            outcome: { .values(UInt64(bitPattern: Int64($0)), second: nil) }, format: TraceValue.signedResult)
    }
}

extension SystemCallResult where Value == Int32 {
    /// A file descriptor.
    static var descriptor: SystemCallResult {
        SystemCallResult(
            outcome: { .values(UInt64(bitPattern: Int64($0)), second: nil) }, format: TraceValue.signedResult)
    }
    /// A process, a user, a group.
    static var identifier: SystemCallResult { descriptor }
}

extension SystemCallResult where Value == UInt32 {
    /// A user or a group.
    static var identity: SystemCallResult {
        SystemCallResult(outcome: { .values(UInt64($0), second: nil) }, format: TraceValue.signedResult)
    }

    /// Permission bits, in octal.
    static var mode: SystemCallResult {
        SystemCallResult(
            outcome: { .values(UInt64($0), second: nil) },
            format: { outcome in TraceValue.value(of: outcome).map { .octal($0) } })
    }
}

extension SystemCallResult where Value == Int64 {
    /// A value of 64 bits on every ABI (`lseek`); the dispatcher splits it for 4-byte words.
    static var offset: SystemCallResult {
        SystemCallResult(
            outcome: { .values(UInt64(bitPattern: $0), second: nil) }, format: TraceValue.signedResult)
    }
}

extension SystemCallResult where Value == GuestAddress {
    /// An address.
    static var address: SystemCallResult {
        SystemCallResult(
            outcome: { .values($0, second: nil) },
            format: { outcome in TraceValue.value(of: outcome).map { .opaque($0) } })
    }
}

extension SystemCallResult where Value == (Int32, Int32) {
    /// Two values in two registers (`pipe`, `getpid` with the parent's number).
    static var pair: SystemCallResult {
        SystemCallResult(
            outcome: { .values(UInt64(bitPattern: Int64($0.0)), second: UInt64(bitPattern: Int64($0.1))) },
            format: { outcome in
                guard case .values(let first, .some(let second)) = outcome else { return nil }
                return .list([.integer(Int64(bitPattern: first)), .integer(Int64(bitPattern: second))])
            })
    }
}

extension SystemCallResult where Value == (UInt32, UInt32) {
    /// The real and the effective number of a user or a group.
    static var identities: SystemCallResult {
        SystemCallResult(
            outcome: { .values(UInt64($0.0), second: UInt64($0.1)) },
            format: SystemCallResult<(Int32, Int32)>.pair.format)
    }
}

extension SystemCallResult where Value == SystemCallOutcome {
    /// The handler says it all itself.
    static var outcome: SystemCallResult {
        SystemCallResult(outcome: { $0 }, format: TraceValue.signedResult)
    }
}

extension TraceValue {
    /// The first value of a success.
    static func value(of outcome: SystemCallOutcome) -> UInt64? {
        guard case .values(let first, _) = outcome else { return nil }
        return first
    }

    /// The first value of a success as a number.
    @Sendable static func signedResult(_ outcome: SystemCallOutcome) -> TraceValue? {
        value(of: outcome).map { .integer(Int64(bitPattern: $0)) }
    }
}
