/// A parameter of a system call: it takes one or more C arguments and makes a value that the handler can use.
protocol SystemCallParameter: Sendable {
    associatedtype Value
    /// The C arguments that it takes, in their order.
    var slots: [ArgumentSlot] { get }
    /// Takes the arguments and makes the value; a pointer that leads nowhere gives `EFAULT`.
    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> Value
    /// Takes the arguments and describes each for a trace.
    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
}

/// When a parameter is traced.
enum TracePhase {
    /// Before the call: inputs.
    case entry
    /// After it: outputs, as far as the outcome says that there are any.
    case exit(SystemCallOutcome)

    /// How much a call wrote that returns a count: nil when it failed or is not there yet.
    var count: Int? {
        guard case .exit(.values(let value, _)) = self else { return nil }
        return Int(clamping: Int64(bitPattern: value))
    }

    /// The call has succeeded.
    var isSuccess: Bool {
        if case .exit(.values) = self { return true }
        return false
    }
}
