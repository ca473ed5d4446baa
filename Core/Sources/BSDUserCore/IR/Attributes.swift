/// Conditions of `compare`.
@frozen
public enum IntegerCondition: UInt8, Sendable, CaseIterable {
    case equal, notEqual
    case lessSigned, lessOrEqualSigned, greaterSigned, greaterOrEqualSigned
    case lessUnsigned, lessOrEqualUnsigned, greaterUnsigned, greaterOrEqualUnsigned
}

/// Conditions on the flags of `addFlags` and `subFlags`.
@frozen
public enum FlagCondition: UInt8, Sendable, CaseIterable {
    /// Signed overflow, and its opposite.
    case overflow, notOverflow
    /// Carry out of an addition, borrow of a subtraction; and the opposite.
    case carry, notCarry
    /// The result is zero, is not.
    case zero, notZero
    /// The result is negative, is not.
    case negative, notNegative
}

/// Attributes of a memory access, in an operation's `flags` field.
@frozen
public struct MemoryAttributes: OptionSet, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Access sizes: 1, 2, 4 and 8 bytes (the low two bits).
    @inlinable public static var bytes1: MemoryAttributes { MemoryAttributes([]) }
    @inlinable public static var bytes2: MemoryAttributes { MemoryAttributes(rawValue: 1) }
    @inlinable public static var bytes4: MemoryAttributes { MemoryAttributes(rawValue: 2) }
    @inlinable public static var bytes8: MemoryAttributes { MemoryAttributes(rawValue: 3) }
    /// A load sign-extends to its type; otherwise it zero-extends.
    @inlinable public static var signed: MemoryAttributes { MemoryAttributes(rawValue: 8) }
    /// Memory holds the value in big-endian order.
    @inlinable public static var bigEndian: MemoryAttributes { MemoryAttributes(rawValue: 16) }
    /// The sum of address and displacement is taken modulo 2^32 (32-bit guests).
    @inlinable public static var wrap32: MemoryAttributes { MemoryAttributes(rawValue: 32) }
    /// A misaligned address raises an alignment fault.
    @inlinable public static var aligned: MemoryAttributes { MemoryAttributes(rawValue: 64) }

    /// Base-2 logarithm of the access size in bytes, 0...3.
    @inlinable public var sizeLog2: Int { Int(rawValue & 3) }
    /// The access size in bytes.
    @inlinable public var byteCount: Int { 1 << sizeLog2 }
}

/// Conditions of `floatCompare`: the set of relations for which it is true, and whether a quiet NaN signals.
@frozen
public struct FloatCondition: OptionSet, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    @inlinable public static var unordered: FloatCondition { FloatCondition(rawValue: 1) }
    @inlinable public static var equal: FloatCondition { FloatCondition(rawValue: 2) }
    @inlinable public static var less: FloatCondition { FloatCondition(rawValue: 4) }
    @inlinable public static var greater: FloatCondition { FloatCondition(rawValue: 8) }
    /// Any NaN raises invalid operation; otherwise only a signalling one does.
    @inlinable public static var signalling: FloatCondition { FloatCondition(rawValue: 16) }
}

/// Rounding of a conversion to an integer.
@frozen
public enum FloatRounding: UInt8, Sendable, CaseIterable {
    /// The mode set by `setFloatMode`.
    case current
    case nearestEven, towardZero, up, down
}

/// Rounding mode, flushing and trap enables, as the guest's control register means them.
@frozen
public struct FloatMode: OptionSet, Sendable {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Rounding in bits 0-1: 0 nearest even, 1 down, 2 up, 3 toward zero (the order of MXCSR.RC).
    @inlinable public static var roundingMask: UInt32 { 3 }
    /// Subnormal results become zero.
    @inlinable public static var flushResults: FloatMode { FloatMode(rawValue: 4) }
    /// Subnormal operands are taken as zero.
    @inlinable public static var flushOperands: FloatMode { FloatMode(rawValue: 8) }
    /// Trap enables: `FloatFlags` shifted left by 8.
    @inlinable public static var trapShift: UInt32 { 8 }
}

/// Floating-point exceptions.
@frozen
public struct FloatFlags: OptionSet, Sendable {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
    @inlinable public static var invalid: FloatFlags { FloatFlags(rawValue: 1) }
    @inlinable public static var divideByZero: FloatFlags { FloatFlags(rawValue: 2) }
    @inlinable public static var overflow: FloatFlags { FloatFlags(rawValue: 4) }
    @inlinable public static var underflow: FloatFlags { FloatFlags(rawValue: 8) }
    @inlinable public static var inexact: FloatFlags { FloatFlags(rawValue: 16) }
}

/// How an architecture treats NaNs and out-of-range conversions.
public struct FloatProfile: Sendable {
    /// Which NaN an operation with NaN operands returns.
    public enum NaNRule: UInt8, Sendable {
        /// Any NaN operand gives the default NaN.
        case defaultNaN
        /// A signalling operand first (first operand before second), else the first quiet one; quieted.
        case signallingFirst
        /// A signalling operand gives the default NaN; else the first quiet one is the result (MIPS legacy).
        case quietElseDefault
    }
    /// What a conversion to an integer gives for a value out of range and for a NaN.
    public enum IntegerOverflowRule: UInt8, Sendable {
        /// The greatest integer for everything, NaN included (MIPS legacy).
        case greatest
        /// The nearest representable integer; 0 for a NaN.
        case saturateZero
    }
    public var nanRule: NaNRule
    public var integerOverflowRule: IntegerOverflowRule
    /// The quiet bit is inverted: a set top fraction bit means signalling (MIPS legacy).
    public var quietBitInverted: Bool
    public var defaultNaN32: UInt32
    public var defaultNaN64: UInt64

    public init(
        nanRule: NaNRule, integerOverflowRule: IntegerOverflowRule, quietBitInverted: Bool, defaultNaN32: UInt32,
        defaultNaN64: UInt64
    ) {
        self.nanRule = nanRule
        self.integerOverflowRule = integerOverflowRule
        self.quietBitInverted = quietBitInverted
        self.defaultNaN32 = defaultNaN32
        self.defaultNaN64 = defaultNaN64
    }
}

/// What an indirect jump is; a hint, of use to return prediction.
@frozen
public enum JumpKind: UInt8, Sendable {
    case jump, call, return_
}
