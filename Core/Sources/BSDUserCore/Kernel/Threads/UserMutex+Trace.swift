/// What a trace of `_umtx_op` shows of its last two arguments (_umtx_op(2)).
extension GuestThread {
    /// Operations that may have a timeout: its size is the first of the two arguments, its address the second.
    private static let timed: Set<Int32> = [2, 5, 11, 12, 13, 15, 17, 19, 23]
    private static let setCeiling: Int32 = 7
    private static let conditionWait: Int32 = 8
    private static let robustLists: Int32 = 26
    private static let minimumTimeout: Int32 = 27

    @Sendable static func traceFirstOperand(
        _ arguments: ArgumentReader, _ thread: GuestThread, _ phase: TracePhase, _ operand: GuestAddress
    ) throws(Errno) -> TraceValue {
        switch Int32(truncatingIfNeeded: try arguments.previousWord(thread, back: 3)) {
        case let operation where timed.contains(operation): return operand == 0 ? .null : .unsigned(operand)
        case setCeiling: return thread.traceOutput(GuestUnsigned.self, operand, phase)
        case robustLists: return thread.traceInput(RobustLists.self, operand, phase)
        case minimumTimeout: return thread.traceOutput(GuestWord.self, operand, phase)
        default: return operand.unread
        }
    }

    @Sendable static func traceSecondOperand(
        _ arguments: ArgumentReader, _ thread: GuestThread, _ phase: TracePhase, _ operand: GuestAddress
    ) throws(Errno) -> TraceValue {
        let operation = Int32(truncatingIfNeeded: try arguments.previousWord(thread, back: 4))
        guard timed.contains(operation) || operation == conditionWait else { return operand.unread }
        // `struct _umtx_time` begins with the time, too.
        return thread.traceInput(TimeSpecification.self, operand, phase)
    }
}
