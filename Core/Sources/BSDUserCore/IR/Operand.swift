/// A reference to an IR value: the index of the operation that defines it, or a small constant.
///
/// Bit 31 set marks a constant of 31 bits, sign-extended to the width of its use. Larger constants are `const`
/// operations. Values are never reassigned; a block is in static single assignment form by construction.
@frozen
public struct Value: Equatable, Hashable, Sendable {
    /// The encoded operand as it stands in an operation's `a`, `b` or `c` field.
    public let raw: UInt32

    /// Wraps an encoded operand.
    @inlinable @inline(__always)
    public init(raw: UInt32) { self.raw = raw }

    /// The operand of an operation that takes none: an impossible definition index.
    @inlinable @inline(__always)
    public static var none: Value { Value(raw: 0x7fff_ffff) }

    /// A constant that fits in 31 bits, or nil when it does not.
    @inlinable @inline(__always)
    public init?(constant: Int64) {
        guard constant >= -(1 << 30), constant < 1 << 30 else { return nil }
        raw = 0x8000_0000 | (UInt32(truncatingIfNeeded: constant) & 0x7fff_ffff)
    }

    /// Whether the operand is a small constant.
    @inlinable @inline(__always)
    public var isConstant: Bool { raw & 0x8000_0000 != 0 }

    /// The small constant, sign-extended to 64 bits; meaningless unless `isConstant`.
    @inlinable @inline(__always)
    public var constant: Int64 { Int64(Int32(bitPattern: raw << 1) >> 1) }

    /// The index of the defining operation; meaningless when `isConstant`.
    @inlinable @inline(__always)
    public var index: Int { Int(raw) }
}

/// The type of an operation's result, and for stores, compares and exits the width it works at.
///
/// An integer operand wider than the operation's type is used modulo its width, so truncation needs no operation.
/// The upper half of an i32 value is undefined until an extension gives it meaning.
@frozen
public enum ValueType: UInt8, Sendable, CaseIterable {
    /// No result.
    case none
    /// 32 and 64-bit integers.
    case i32, i64
    /// IEEE binary32 and binary64.
    case f32, f64
    /// Condition flags; only `condition` and `packFlags` read them.
    case flags
    /// 16 bytes, lane 0 least significant.
    case v128

    /// Width in bits; 0 for `none` and `flags`.
    @inlinable
    public var bits: Int {
        switch self {
        case .none, .flags: 0
        case .i32, .f32: 32
        case .i64, .f64: 64
        case .v128: 128
        }
    }

    /// Whether a value of this type is a floating-point number.
    @inlinable
    public var isFloat: Bool { self == .f32 || self == .f64 }

    /// Whether a value of this type is an integer.
    @inlinable
    public var isInteger: Bool { self == .i32 || self == .i64 }
}
