extension Builder {
    // MARK: Constants and guest state

    /// A 64-bit constant; one that fits in 31 bits costs no operation.
    @inlinable @inline(__always)
    public mutating func constant(_ value: Int64) -> Value {
        if let small = Value(constant: value) { return small }
        let bits = UInt64(bitPattern: value)
        return append(.const, .i64, 0, UInt32(truncatingIfNeeded: bits), UInt32(truncatingIfNeeded: bits >> 32))
    }

    /// Reads a guest register.
    @inlinable @inline(__always)
    public mutating func get(_ register: RegisterIndex, _ type: ValueType = .i64) -> Value {
        append(.get, type, UInt32(register.raw))
    }

    /// Writes a guest register.
    @inlinable @inline(__always)
    public mutating func put(_ register: RegisterIndex, _ value: Value, _ type: ValueType = .i64) {
        _ = append(.put, type, UInt32(register.raw), value.raw)
    }

    /// Starts a guest instruction: faults and exits that follow report `restart`, with the delay-slot bit.
    @inlinable @inline(__always)
    public mutating func mark(restart: UInt64, inDelaySlot: Bool = false) {
        _ = append(.mark, .none, flags: inDelaySlot ? 1 : 0, UInt32(truncatingIfNeeded: restart &- pc))
    }

    // MARK: Integers

    /// A two-operand integer operation of the table.
    @inlinable @inline(__always)
    public mutating func binary(_ opcode: Opcode, _ a: Value, _ b: Value, _ type: ValueType = .i64) -> Value {
        append(opcode, type, a.raw, b.raw)
    }

    /// A one-operand operation of the table.
    @inlinable @inline(__always)
    public mutating func unary(_ opcode: Opcode, _ a: Value, _ type: ValueType = .i64) -> Value {
        append(opcode, type, a.raw)
    }

    /// Bits `lsb ..< lsb + width` of `a`, zero-extended. `width` is at least 1 and the field lies inside the type.
    @inlinable @inline(__always)
    public mutating func extractBits(_ a: Value, lsb: Int, width: Int, _ type: ValueType = .i64) -> Value {
        append(.extractBits, type, a.raw, UInt32(lsb | width << 8))
    }

    /// `a` with the field replaced by the low bits of `b`.
    @inlinable @inline(__always)
    public mutating func insertBits(_ a: Value, _ b: Value, lsb: Int, width: Int, _ type: ValueType = .i64) -> Value {
        append(.insertBits, type, a.raw, b.raw, UInt32(lsb | width << 8))
    }

    /// 0 or 1.
    @inlinable @inline(__always)
    public mutating func compare(_ condition: IntegerCondition, _ a: Value, _ b: Value, _ type: ValueType = .i64)
        -> Value
    {
        append(.compare, type, flags: condition.rawValue, a.raw, b.raw)
    }

    /// 0 or 1: whether `a + b` at the given width satisfies the condition.
    @inlinable @inline(__always)
    public mutating func addCondition(_ condition: FlagCondition, _ a: Value, _ b: Value, _ type: ValueType) -> Value {
        self.condition(condition, addFlags(a, b, type))
    }

    /// 0 or 1: whether `a - b` at the given width satisfies the condition.
    @inlinable @inline(__always)
    public mutating func subCondition(_ condition: FlagCondition, _ a: Value, _ b: Value, _ type: ValueType) -> Value {
        self.condition(condition, subFlags(a, b, type))
    }

    // MARK: Flags

    /// Flags of `a + b`. Where the sum is wanted too, make the flags right after it.
    @inlinable @inline(__always)
    public mutating func addFlags(
        _ a: Value, _ b: Value, _ type: ValueType, _ attributes: FlagAttributes = []
    ) -> Value {
        append(.addFlags, .flags, flags: flagBits(type, attributes), a.raw, b.raw)
    }

    /// Flags of `a - b`. Where the difference is wanted too, make the flags right after it.
    @inlinable @inline(__always)
    public mutating func subFlags(
        _ a: Value, _ b: Value, _ type: ValueType, _ attributes: FlagAttributes = []
    ) -> Value {
        append(.subFlags, .flags, flags: flagBits(type, attributes), a.raw, b.raw)
    }

    /// `a + b + carry`, the last 0 or 1.
    @inlinable @inline(__always)
    public mutating func addWithCarry(_ a: Value, _ b: Value, _ carry: Value, _ type: ValueType) -> Value {
        append(.addWithCarry, type, a.raw, b.raw, carry.raw)
    }

    /// Flags of `a + b + carry`. Where the sum is wanted too, make the flags right after it.
    @inlinable @inline(__always)
    public mutating func addWithCarryFlags(
        _ a: Value, _ b: Value, _ carry: Value, _ type: ValueType, _ attributes: FlagAttributes = []
    ) -> Value {
        append(.addWithCarryFlags, .flags, flags: flagBits(type, attributes), a.raw, b.raw, carry.raw)
    }

    /// Negative and zero of a value; make them right after the operation that computes it.
    @inlinable @inline(__always)
    public mutating func logicFlags(_ a: Value, _ type: ValueType, _ attributes: FlagAttributes = []) -> Value {
        append(.logicFlags, .flags, flags: flagBits(type, attributes), a.raw)
    }

    /// Flags as an i32 in the format of `PackedFlags`, for a guest register.
    @inlinable @inline(__always)
    public mutating func packFlags(_ flags: Value) -> Value { append(.packFlags, .i32, flags.raw) }

    /// Flags out of a number in the format of `PackedFlags`.
    @inlinable @inline(__always)
    public mutating func unpackFlags(_ packed: Value) -> Value { append(.unpackFlags, .flags, packed.raw) }

    /// 0 or 1: whether flags satisfy the condition.
    @inlinable @inline(__always)
    public mutating func condition(_ condition: FlagCondition, _ flags: Value) -> Value {
        append(.condition, .i64, flags: condition.rawValue, flags.raw)
    }

    @inlinable @inline(__always)
    func flagBits(_ type: ValueType, _ attributes: FlagAttributes) -> UInt8 {
        attributes.rawValue | (type == .i32 ? FlagAttributes.narrow.rawValue : 0)
    }

    /// `condition != 0 ? a : b`.
    @inlinable @inline(__always)
    public mutating func select(_ condition: Value, _ a: Value, _ b: Value, _ type: ValueType = .i64) -> Value {
        append(.select, type, condition.raw, a.raw, b.raw)
    }

    // MARK: Memory

    /// Loads from `address + displacement`.
    @inlinable @inline(__always)
    public mutating func load(
        _ address: Value, displacement: Int32 = 0, _ attributes: MemoryAttributes, _ type: ValueType = .i64
    ) -> Value {
        append(.load, type, flags: attributes.rawValue, address.raw, UInt32(bitPattern: displacement))
    }

    /// Stores the low bytes of `value` to `address + displacement`; but for integers the size equals the type's.
    @inlinable @inline(__always)
    public mutating func store(
        _ address: Value, displacement: Int32 = 0, _ value: Value, _ attributes: MemoryAttributes,
        _ type: ValueType = .i64
    ) {
        _ = append(.store, type, flags: attributes.rawValue, address.raw, value.raw, UInt32(bitPattern: displacement))
    }

    /// Atomic compare and exchange at the size that the attributes tell; returns what memory held, zero-extended.
    @inlinable @inline(__always)
    public mutating func compareExchange(
        _ address: Value, expected: Value, new: Value, _ attributes: MemoryAttributes, _ type: ValueType
    ) -> Value {
        append(.compareExchange, type, flags: attributes.rawValue, address.raw, expected.raw, new.raw)
    }

    /// Atomic read, modification and write; returns what memory held before, zero-extended.
    @inlinable @inline(__always)
    public mutating func atomicUpdate(
        _ operation: AtomicOperation, _ address: Value, _ operand: Value, _ attributes: MemoryAttributes,
        _ type: ValueType
    ) -> Value {
        append(.atomicUpdate, type, flags: attributes.rawValue, address.raw, operand.raw, operation.rawValue)
    }

    /// Full memory barrier.
    @inlinable @inline(__always)
    public mutating func fence() { _ = append(.fence) }

    // MARK: Calls and control

    /// Calls a helper of the architecture. `type` is `none` when the result is not wanted. Vector operands and results go
    /// through `CPUState.vectorOperand` and `CPUState.setVectorResult`.
    @inlinable @inline(__always)
    public mutating func call(
        _ helper: HelperIndex, _ a: Value = .none, _ b: Value = .none, _ c: Value = .none, _ type: ValueType = .i64
    ) -> Value {
        append(.call, type, flags: helper.raw, a.raw, b.raw, c.raw)
    }

    /// Calls a helper that neither reads nor writes guest registers.
    @inlinable @inline(__always)
    public mutating func callPure(
        _ helper: HelperIndex, _ a: Value = .none, _ b: Value = .none, _ c: Value = .none, _ type: ValueType = .i64
    ) -> Value {
        append(.callPure, type, flags: helper.raw, a.raw, b.raw, c.raw)
    }

    /// A label to skip to.
    @inlinable @inline(__always)
    public mutating func makeLabel() -> Label {
        labelCount &+= 1
        return Label(raw: labelCount &- 1)
    }

    /// Goes on at `label` when `condition` is not 0.
    @inlinable @inline(__always)
    public mutating func skipIf(_ condition: Value, to label: Label) {
        _ = append(.skipIf, .none, condition.raw, label.raw)
    }

    /// Places a label. No value defined before it may be used after it.
    @inlinable @inline(__always)
    public mutating func place(_ label: Label) { _ = append(.label, .none, label.raw) }

    /// Leaves the block to a known guest address.
    @inlinable @inline(__always)
    public mutating func goto(_ target: UInt64) {
        _ = append(.goto, .none, 0, UInt32(truncatingIfNeeded: target), UInt32(truncatingIfNeeded: target >> 32))
    }

    /// Leaves the block to a known guest address, from where a `returnTo` is expected to go on at `next`, which must lie within
    /// 2 GiB of the block. The front end has written `next` to where the guest keeps it; here it only lets
    /// the host's processor know. With `continues` the block goes on as it does at a label, with what is executed at `next`.
    @inlinable @inline(__always)
    public mutating func call(_ target: UInt64, returningTo next: UInt64, continues: Bool = false) {
        let kind = continues ? JumpKind.continuedCall : .call
        _ = append(
            .goto, .none, flags: kind.rawValue, UInt32(truncatingIfNeeded: next &- pc),
            UInt32(truncatingIfNeeded: target), UInt32(truncatingIfNeeded: target >> 32))
        if continues { place(makeLabel()) }
    }

    /// As `call(_:returningTo:continues:)`, to a computed guest address.
    @inlinable @inline(__always)
    public mutating func call(_ target: Value, returningTo next: UInt64, continues: Bool = false) {
        let kind = continues ? JumpKind.continuedCall : .call
        _ = append(.jump, .none, flags: kind.rawValue, target.raw, UInt32(truncatingIfNeeded: next &- pc))
        if continues { place(makeLabel()) }
    }

    /// Leaves the block to a computed guest address.
    @inlinable @inline(__always)
    public mutating func jump(_ target: Value) { _ = append(.jump, .none, target.raw) }

    /// Leaves the block to a computed guest address, which is likely the one that the last `call` returns to.
    @inlinable @inline(__always)
    public mutating func returnTo(_ target: Value) {
        _ = append(.jump, .none, flags: JumpKind.return_.rawValue, target.raw)
    }

    /// Leaves translated code for the core at the last mark's address.
    @inlinable @inline(__always)
    public mutating func exit(_ reason: ExitReason, _ argument: Value = Value(raw: 0x8000_0000)) {
        _ = append(.exit, .none, argument.raw, reason.rawValue)
    }

    /// Leaves translated code for the core when `condition` is not 0.
    @inlinable @inline(__always)
    public mutating func exitIf(_ condition: Value, _ reason: ExitReason, _ argument: Value = Value(raw: 0x8000_0000)) {
        _ = append(.exitIf, .none, argument.raw, reason.rawValue, condition.raw)
    }
}

/// A label of the block under construction.
@frozen
public struct Label: Sendable {
    public let raw: UInt32
    @inlinable public init(raw: UInt32) { self.raw = raw }
}

/// Index of a helper in the architecture's helper table, below 256.
@frozen
public struct HelperIndex: Sendable {
    public let raw: UInt8
    @inlinable public init(_ raw: UInt8) { self.raw = raw }
}
