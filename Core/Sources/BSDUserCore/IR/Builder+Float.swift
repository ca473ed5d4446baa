/// Scalar floating point.
extension Builder {
    /// 0 or 1, for operands of `type`.
    @inlinable @inline(__always)
    public mutating func floatCompare(_ condition: FloatCondition, _ a: Value, _ b: Value, _ type: ValueType) -> Value {
        append(.floatCompare, .i64, flags: condition.rawValue, a.raw, b.raw, UInt32(type.rawValue))
    }

    /// The flags of a comparison of operands of `type`.
    @inlinable @inline(__always)
    public mutating func floatCompareFlags(_ a: Value, _ b: Value, _ type: ValueType, isSignalling: Bool) -> Value {
        let flags: FloatCondition = isSignalling ? .signalling : []
        return append(.floatCompareFlags, .flags, flags: flags.rawValue, a.raw, b.raw, UInt32(type.rawValue))
    }

    /// `a * b + c` rounded once.
    @inlinable @inline(__always)
    public mutating func floatMultiplyAdd(
        _ a: Value, _ b: Value, _ c: Value, _ type: ValueType, _ attributes: FusedAttributes = []
    ) -> Value {
        append(.floatMultiplyAdd, type, flags: attributes.rawValue, a.raw, b.raw, c.raw)
    }

    /// The lesser or greater operand.
    @inlinable @inline(__always)
    public mutating func floatMinMax(_ kind: FloatMinMax, _ a: Value, _ b: Value, _ type: ValueType) -> Value {
        append(.floatMinMax, type, flags: kind.rawValue, a.raw, b.raw)
    }

    /// To an integral value; `isExact` raises inexact when that differs from the operand.
    @inlinable @inline(__always)
    public mutating func floatRound(_ a: Value, _ type: ValueType, _ rounding: FloatRounding, isExact: Bool) -> Value {
        append(.floatRound, type, flags: rounding.rawValue | (isExact ? 0x80 : 0), a.raw)
    }

    /// Converts a signed integer of type `from` to floating point.
    @inlinable @inline(__always)
    public mutating func floatFromSigned(_ a: Value, from: ValueType, to: ValueType) -> Value {
        append(.floatFromSigned, to, a.raw, 0, UInt32(from.rawValue))
    }

    /// Converts an unsigned integer of type `from` to floating point.
    @inlinable @inline(__always)
    public mutating func floatFromUnsigned(_ a: Value, from: ValueType, to: ValueType) -> Value {
        append(.floatFromUnsigned, to, a.raw, 0, UInt32(from.rawValue))
    }

    /// Converts floating point of type `from` to a signed integer.
    @inlinable @inline(__always)
    public mutating func floatToSigned(_ a: Value, from: ValueType, to: ValueType, _ rounding: FloatRounding) -> Value {
        append(.floatToSigned, to, flags: rounding.rawValue, a.raw, 0, UInt32(from.rawValue))
    }

    /// Converts floating point of type `from` to an unsigned integer.
    @inlinable @inline(__always)
    public mutating func floatToUnsigned(_ a: Value, from: ValueType, to: ValueType, _ rounding: FloatRounding)
        -> Value
    {
        append(.floatToUnsigned, to, flags: rounding.rawValue, a.raw, 0, UInt32(from.rawValue))
    }

    /// Converts the half-precision number in the low bits of an integer.
    @inlinable @inline(__always)
    public mutating func floatFromHalf(_ a: Value, to: ValueType, _ attributes: HalfAttributes = []) -> Value {
        append(.floatFromHalf, to, flags: attributes.rawValue, a.raw)
    }

    /// Converts floating point of type `from` to a half-precision number in an i32.
    @inlinable @inline(__always)
    public mutating func floatToHalf(_ a: Value, from: ValueType, _ attributes: HalfAttributes = []) -> Value {
        append(.floatToHalf, .i32, flags: attributes.rawValue, a.raw, 0, UInt32(from.rawValue))
    }

    /// Sets rounding, flushing, NaNs and trap enables: a `FloatMode` raw value.
    @inlinable @inline(__always)
    public mutating func setFloatMode(_ mode: Value) { _ = append(.setFloatMode, .none, mode.raw) }

    /// Takes the `FloatFlags` raised since the last time.
    @inlinable @inline(__always)
    public mutating func takeFloatFlags() -> Value { append(.takeFloatFlags, .i64) }
}
