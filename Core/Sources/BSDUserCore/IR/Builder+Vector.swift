/// Vectors of 16 bytes.
extension Builder {
    // MARK: Scalars and lanes

    /// The low lane is a number, all other bits are clear.
    @inlinable @inline(__always)
    public mutating func vectorFromScalar(_ a: Value, _ lane: VectorLane) -> Value {
        append(.vectorFromScalar, .v128, flags: lane.rawValue, a.raw)
    }

    /// Every lane is a number.
    @inlinable @inline(__always)
    public mutating func vectorDuplicate(_ a: Value, _ lane: VectorLane) -> Value {
        append(.vectorDuplicate, .v128, flags: lane.rawValue, a.raw)
    }

    /// The vector that two 64-bit halves make.
    @inlinable @inline(__always)
    public mutating func vectorFromPair(low: Value, high: Value) -> Value {
        vectorInsert(vectorFromScalar(low, .bits64), 1, high, .bits64)
    }

    /// A vector of constant bits.
    @inlinable @inline(__always)
    public mutating func vectorConstant(low: UInt64, high: UInt64) -> Value {
        let lowValue = constant(Int64(bitPattern: low))
        if low == high { return vectorDuplicate(lowValue, .bits64) }
        if high == 0 { return vectorFromScalar(lowValue, .bits64) }
        return vectorFromPair(low: lowValue, high: constant(Int64(bitPattern: high)))
    }

    /// A lane as a number: an integer, extended as `lane` tells, or a floating-point number of the lane's width.
    @inlinable @inline(__always)
    public mutating func vectorExtract(_ a: Value, _ index: Int, _ lane: VectorLane, _ type: ValueType) -> Value {
        append(.vectorExtract, type, flags: lane.rawValue, a.raw, UInt32(index))
    }

    /// A vector with one lane replaced by a number.
    @inlinable @inline(__always)
    public mutating func vectorInsert(_ a: Value, _ index: Int, _ element: Value, _ lane: VectorLane) -> Value {
        append(.vectorInsert, .v128, flags: lane.rawValue, a.raw, element.raw, UInt32(index))
    }

    /// `a` with lane `index` replaced by lane `source` of `b`.
    @inlinable @inline(__always)
    public mutating func vectorCopyLane(_ a: Value, _ index: Int, _ b: Value, _ source: Int, _ lane: VectorLane)
        -> Value
    {
        append(.vectorCopyLane, .v128, flags: lane.rawValue, a.raw, b.raw, UInt32(index | source << 8))
    }

    /// Bytes `first` to `first + 15` of the 32 bytes that `low` and `high` make.
    @inlinable @inline(__always)
    public mutating func vectorExtractBytes(low: Value, high: Value, first: Int) -> Value {
        append(.vectorExtractBytes, .v128, low.raw, high.raw, UInt32(first))
    }

    // MARK: Integer lanes

    /// An operation of `VectorUnary`; `number` is what some of them take besides.
    @inlinable @inline(__always)
    public mutating func vector(_ operation: VectorUnary, _ a: Value, _ lane: VectorLane = .bits8, number: Int = 0)
        -> Value
    {
        append(.vectorUnary, .v128, flags: lane.rawValue, a.raw, UInt32(number), operation.rawValue)
    }

    /// An operation of `VectorBinary`.
    @inlinable @inline(__always)
    public mutating func vector(_ operation: VectorBinary, _ a: Value, _ b: Value, _ lane: VectorLane = .bits8) -> Value
    {
        append(.vectorBinary, .v128, flags: lane.rawValue, a.raw, b.raw, operation.rawValue)
    }

    /// An operation of `VectorShift`.
    @inlinable @inline(__always)
    public mutating func vector(_ operation: VectorShift, _ a: Value, by amount: Int, _ lane: VectorLane) -> Value {
        append(.vectorShift, .v128, flags: lane.rawValue, a.raw, UInt32(amount), operation.rawValue)
    }

    /// `a` with bits replaced by those of `b` shifted left, or right when `lane` says so.
    @inlinable @inline(__always)
    public mutating func vectorShiftInsert(_ a: Value, _ b: Value, by amount: Int, _ lane: VectorLane) -> Value {
        append(.vectorShiftInsert, .v128, flags: lane.rawValue, a.raw, b.raw, UInt32(amount))
    }

    /// `mask & a | ~mask & b`.
    @inlinable @inline(__always)
    public mutating func vectorSelect(_ mask: Value, _ a: Value, _ b: Value) -> Value {
        append(.vectorSelect, .v128, mask.raw, a.raw, b.raw)
    }

    /// A step of a hash function.
    @inlinable @inline(__always)
    public mutating func vectorHash(_ operation: VectorHash, _ a: Value, _ b: Value, _ c: Value) -> Value {
        append(.vectorHash, .v128, flags: operation.rawValue, a.raw, b.raw, c.raw)
    }

    // MARK: Floating-point lanes

    /// An operation of `VectorFloatUnary`; `number` is what some of them take besides.
    @inlinable @inline(__always)
    public mutating func vectorFloat(
        _ operation: VectorFloatUnary, _ a: Value, _ lane: VectorLane, number: Int = 0
    ) -> Value {
        append(.vectorFloatUnary, .v128, flags: lane.rawValue, a.raw, UInt32(number), operation.rawValue)
    }

    /// An operation of `VectorFloatBinary`.
    @inlinable @inline(__always)
    public mutating func vectorFloat(
        _ operation: VectorFloatBinary, _ a: Value, _ b: Value, _ lane: VectorLane
    ) -> Value {
        append(.vectorFloatBinary, .v128, flags: lane.rawValue, a.raw, b.raw, operation.rawValue)
    }

    /// `a * b + c` in each lane, rounded once.
    @inlinable @inline(__always)
    public mutating func vectorMultiplyAdd(
        _ a: Value, _ b: Value, _ c: Value, _ lane: VectorLane, _ attributes: FusedAttributes = []
    ) -> Value {
        append(.vectorMultiplyAdd, .v128, flags: lane.rawValue | attributes.rawValue << 2, a.raw, b.raw, c.raw)
    }
}
