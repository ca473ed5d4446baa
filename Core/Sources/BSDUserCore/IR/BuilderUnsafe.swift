import CHost

/// Appends operations to a block. An architecture's front end sees this and nothing behind it.
///
/// A struct over a raw arena with inlinable members: an emit from a plugin costs under a nanosecond, where a class or
/// an existential costs several.
@frozen
public struct Builder: ~Copyable {
    /// Most operations of a block. A front end ends its block when `isNearlyFull`.
    public static var capacity: Int { 4096 }

    @usableFromInline let operations: UnsafeMutablePointer<Operation>
    @usableFromInline var count: Int = 0
    @usableFromInline var labelCount: UInt32 = 0
    /// Guest address of the block's first instruction.
    public private(set) var pc: UInt64 = 0
    /// Only the block's first guest instruction (with its delay slot) will be executed: what it leaves to later ones of the
    /// same block must be in guest registers.
    public private(set) var isOnlyFirstInstruction = false
    /// Guest bytes translated so far; the front end sets it as it goes.
    public var byteCount: Int = 0

    /// Guest code around the block of which the core notices any change, and how far the host's addresses are from its own.
    private var surroundings: Range<UInt64> = 0..<0
    private var surroundingsDistance: UInt64 = 0
    /// Whether the block depends on code around it.
    private(set) var hasLookedAround = false

    /// Makes a builder with its own arena.
    public init() {
        operations = .allocate(capacity: Builder.capacity)
    }

    deinit { operations.deallocate() }

    /// Says where code stands that blocks may look at; nothing but the core's engine knows.
    mutating func setSurroundings(_ range: Range<UInt64>, distance: UInt64) {
        surroundings = range
        surroundingsDistance = distance
    }

    /// Four bytes of guest code anywhere around the block, in the host's byte order, for a look at what follows it; nil where
    /// the core would not notice their change. The block may depend on them: it goes when they change.
    public mutating func codeWord(at address: UInt64) -> UInt32? {
        guard surroundings.contains(address), surroundings.upperBound &- address >= 4 else { return nil }
        var value: UInt64 = 0
        guard chost_load(address &+ surroundingsDistance, 4, &value) == 0 else { return nil }
        hasLookedAround = true
        return UInt32(truncatingIfNeeded: value)
    }

    /// Starts a new block at guest address `pc`; the operations of the previous one are gone.
    public mutating func begin(pc: UInt64, onlyFirstInstruction: Bool = false) {
        self.pc = pc
        isOnlyFirstInstruction = onlyFirstInstruction
        count = 0
        labelCount = 0
        byteCount = 0
        hasLookedAround = false
    }

    /// The finished block; valid until the next `begin`.
    public var block: Block {
        Block(pc: pc, byteCount: byteCount, operations: UnsafeBufferPointer(start: operations, count: count))
    }

    /// Whether a front end should end the block at the next instruction boundary: less than 256 operations are left,
    /// which one instruction with its delay slot never needs.
    @inlinable
    public var isNearlyFull: Bool { !hasRoom(for: 0) }

    /// Whether so many operations may be appended before `isNearlyFull`.
    @inlinable
    public func hasRoom(for operationCount: Int) -> Bool { count + operationCount <= Builder.capacity - 256 }

    /// Appends one operation. Beyond the capacity the last one is overwritten, which the verifier reports.
    @inlinable @inline(__always)
    public mutating func append(
        _ opcode: Opcode, _ type: ValueType = .none, flags: UInt8 = 0, _ a: UInt32 = 0, _ b: UInt32 = 0, _ c: UInt32 = 0
    ) -> Value {
        let index = count < Builder.capacity ? count : Builder.capacity - 1
        operations[index] = Operation(opcode, type, flags: flags, a, b, c)
        count = index &+ 1
        return Value(raw: UInt32(truncatingIfNeeded: index))
    }
}
