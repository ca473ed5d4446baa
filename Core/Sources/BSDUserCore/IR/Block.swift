/// One IR operation: 16 bytes, plain data. `OpcodeTable` says what the fields hold.
@frozen
public struct Operation: Sendable {
    public var opcode: Opcode
    public var type: ValueType
    public var flags: UInt8
    public var a: UInt32
    public var b: UInt32
    public var c: UInt32

    @inlinable @inline(__always)
    public init(_ opcode: Opcode, _ type: ValueType, flags: UInt8, _ a: UInt32, _ b: UInt32, _ c: UInt32) {
        self.opcode = opcode
        self.type = type
        self.flags = flags
        self.a = a
        self.b = b
        self.c = c
    }

    /// The 64-bit constant of `const`, the guest address of `goto`.
    @inlinable @inline(__always)
    public var constant: UInt64 { UInt64(b) | UInt64(c) << 32 }

    /// Of `goto` and `jump`: whether it is a call.
    var isCall: Bool { flags == JumpKind.call.rawValue || flags == JumpKind.continuedCall.rawValue }
}

/// A finished block: guest address, guest length, and a view of its operations.
///
/// The operations belong to the builder's arena and live until the builder starts the next block.
@frozen
public struct Block {
    /// Guest address of the first instruction.
    public let pc: UInt64
    /// Guest code the block was made from: `pc ..< pc + byteCount`.
    public let byteCount: Int
    public let operations: UnsafeBufferPointer<Operation>

    @inlinable
    public init(pc: UInt64, byteCount: Int, operations: UnsafeBufferPointer<Operation>) {
        self.pc = pc
        self.byteCount = byteCount
        self.operations = operations
    }
}
