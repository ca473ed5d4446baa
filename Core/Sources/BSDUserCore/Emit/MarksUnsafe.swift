/// Where the code of guest instructions begins, and how often it is executed: for logs and profiles alone.
extension BlockEmitter {
    /// Bytes and host instructions of a counter's increment.
    static let counterBytes = 38
    static let counterInstructions = 5

    /// Starts a guest instruction.
    func lowerMark(_ operation: Operation) {
        restart = Int32(bitPattern: operation.a) &<< 1 | Int32(operation.flags & 1)
        guard recordsMarks, markCount < Builder.capacity else { return }
        marks[markCount] = FaultEntry(
            hostOffset: UInt32(truncatingIfNeeded: assembler.position - start), restart: restart)
        if let counters { emitIncrement(counters + markCount) }
        markCount &+= 1
    }

    /// Adds 1 to a counter and changes nothing else: neither a register nor the flags, which may be another operation's.
    /// The header's scratch is free between guest instructions.
    private func emitIncrement(_ counter: UnsafeMutablePointer<UInt64>) {
        let address = UInt64(UInt(bitPattern: counter))
        assembler.store(.qword, Thunks.header(.scratch), .rax)
        assembler.loadRAX(absolute: address)
        assembler.lea(.qword, .rax, Address(.rax, 1))
        assembler.storeRAX(absolute: address)
        assembler.loadZeroExtended(.qword, .rax, Thunks.header(.scratch))
    }
}
