/// Where an architecture keeps number and arguments of a system call, prepared for the argument reader.
///
/// A class, so that a call does not copy it.
final class SystemCallConvention: Sendable {
    /// Most argument registers of any architecture.
    static let maximumRegisters = 8

    let numberOffset: Int
    let numberBytes: Int
    let registerCount: Int
    let registerOffsets: InlineArray<8, Int>
    let registerBytes: Int
    /// The argument registers are as many as the reader takes, of 8 bytes, and stand in their order.
    let isBlock: Bool
    /// The first argument on the stack, from the stack pointer.
    let stackArgumentOffset: Int
    let abi: GuestABI

    init(_ description: ArchitectureDescription) {
        let rows = description.registers.rows
        let calls = description.systemCalls
        let number = rows[Int(calls.number.raw)]
        numberOffset = number.offset
        numberBytes = number.byteCount
        registerCount = min(calls.arguments.count, Self.maximumRegisters)
        var offsets = InlineArray<8, Int>(repeating: 0)
        for index in 0..<registerCount { offsets[index] = rows[Int(calls.arguments[index].raw)].offset }
        registerOffsets = offsets
        let bytes = calls.arguments.first.map { rows[Int($0.raw)].byteCount } ?? description.abi.wordBytes
        registerBytes = bytes
        isBlock =
            bytes == 8 && registerCount == Self.maximumRegisters
            && offsets.indices.allSatisfy { offsets[$0] == offsets[0] + $0 * 8 }
        stackArgumentOffset = calls.stackArgumentOffset
        abi = description.abi
    }
}
