/// Conditions of `compare`.
@frozen
public enum IntegerCondition: UInt8, Sendable, CaseIterable {
    case equal, notEqual
    case lessSigned, lessOrEqualSigned, greaterSigned, greaterOrEqualSigned
    case lessUnsigned, lessOrEqualUnsigned, greaterUnsigned, greaterOrEqualUnsigned
}

/// Conditions on flags. After a subtraction the composite ones compare its operands.
@frozen
public enum FlagCondition: UInt8, Sendable, CaseIterable {
    /// Signed overflow, and its opposite.
    case overflow, notOverflow
    /// Carry out of an addition, borrow of a subtraction (unsigned less); and the opposite.
    case carry, notCarry
    /// The result is zero, is not.
    case zero, notZero
    /// Carry or zero: unsigned less or equal; and the opposite.
    case lowerOrSame, higher
    /// The result is negative, is not.
    case negative, notNegative
    /// Negative differs from overflow: signed less; and the opposite.
    case less, greaterOrEqual
    /// Zero, or negative differs from overflow: signed less or equal; and the opposite.
    case lessOrEqual, greater
}

/// Attributes of the operations that make flags.
@frozen
public struct FlagAttributes: OptionSet, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The carry is the opposite of what the operation gives. Where a set carry means no borrow (Arm, PowerPC), additions
    /// made so have the same sense as subtractions.
    @inlinable public static var invertedCarry: FlagAttributes { FlagAttributes(rawValue: 1) }
    /// The operation works on 32 bits, otherwise on 64.
    @inlinable public static var narrow: FlagAttributes { FlagAttributes(rawValue: 2) }
}

/// The format of `packFlags`: what LAHF and SETO leave in the host's AX. Bits 0 to 7 as a number are 0 or 1; bits 9 to 13
/// and 16 to 31 are undefined.
@frozen
public struct PackedFlags: OptionSet, Sendable {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    @inlinable public static var overflow: PackedFlags { PackedFlags(rawValue: 1) }
    @inlinable public static var carry: PackedFlags { PackedFlags(rawValue: 1 << 8) }
    @inlinable public static var zero: PackedFlags { PackedFlags(rawValue: 1 << 14) }
    @inlinable public static var negative: PackedFlags { PackedFlags(rawValue: 1 << 15) }
    /// The bits that are defined.
    @inlinable public static var all: PackedFlags { [.overflow, .carry, .zero, .negative] }
}

/// Attributes of a memory access, in an operation's `flags` field.
@frozen
public struct MemoryAttributes: OptionSet, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Access sizes: 1, 2, 4, 8 and 16 bytes (the low three bits).
    @inlinable public static var bytes1: MemoryAttributes { MemoryAttributes([]) }
    @inlinable public static var bytes2: MemoryAttributes { MemoryAttributes(rawValue: 1) }
    @inlinable public static var bytes4: MemoryAttributes { MemoryAttributes(rawValue: 2) }
    @inlinable public static var bytes8: MemoryAttributes { MemoryAttributes(rawValue: 3) }
    @inlinable public static var bytes16: MemoryAttributes { MemoryAttributes(rawValue: 4) }
    /// A load sign-extends to its type; otherwise it zero-extends.
    @inlinable public static var signed: MemoryAttributes { MemoryAttributes(rawValue: 8) }
    /// Memory holds the value in big-endian order.
    @inlinable public static var bigEndian: MemoryAttributes { MemoryAttributes(rawValue: 16) }
    /// The sum of address and displacement is taken modulo 2^32 (32-bit guests).
    @inlinable public static var wrap32: MemoryAttributes { MemoryAttributes(rawValue: 32) }
    /// A misaligned address raises an alignment fault.
    @inlinable public static var aligned: MemoryAttributes { MemoryAttributes(rawValue: 64) }

    /// Base-2 logarithm of the access size in bytes, 0...4.
    @inlinable public var sizeLog2: Int { Int(rawValue & 7) }
    /// The access size in bytes.
    @inlinable public var byteCount: Int { 1 << sizeLog2 }
}

/// What `atomicUpdate` makes of memory `m` and its operand `b`.
@frozen
public enum AtomicOperation: UInt32, Sendable, CaseIterable {
    /// `b`.
    case exchange
    /// `m + b`, `m & b`, `m & ~b`, `m | b`, `m ^ b`.
    case add, and, andNot, or, xor
    /// The greater or lesser of the two as signed and as unsigned numbers.
    case maxSigned, minSigned, maxUnsigned, minUnsigned
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

/// Rounding to an integer.
@frozen
public enum FloatRounding: UInt8, Sendable, CaseIterable {
    /// The mode set by `setFloatMode`.
    case current
    case nearestEven, towardZero, up, down
    /// To nearest, halves away from zero.
    case nearestAway
}

/// Signs of a fused multiplication and addition. A sign is changed before anything else, that of a NaN too.
@frozen
public struct FusedAttributes: OptionSet, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// `a` is negated.
    @inlinable public static var negatedProduct: FusedAttributes { FusedAttributes(rawValue: 1) }
    /// `c` is negated.
    @inlinable public static var negatedAddend: FusedAttributes { FusedAttributes(rawValue: 2) }
}

/// What a conversion from or to half precision is part of.
@frozen
public struct HalfAttributes: OptionSet, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Of arithmetic: the format is IEEE binary16 whatever the mode says, and `FloatMode.flushHalf` applies.
    @inlinable public static var arithmetic: HalfAttributes { HalfAttributes(rawValue: 1) }
}

/// The kinds of `floatMinMax`.
@frozen
public enum FloatMinMax: UInt8, Sendable, CaseIterable {
    /// A NaN operand gives a NaN.
    case min, max
    /// A quiet NaN gives the other operand (IEEE 754-2008, minNum and maxNum).
    case minNumber, maxNumber
}

/// Rounding mode, flushing, NaNs and trap enables, as the guest's control register means them.
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
    /// Every NaN result is the default NaN, whatever the profile's rule.
    @inlinable public static var defaultNaN: FloatMode { FloatMode(rawValue: 16) }
    /// Beside the two kinds of flushing: an operand taken as zero raises `inputDenormal`, a result that becomes zero raises
    /// `underflow` and nothing else, and results are subnormal when they are so before rounding.
    @inlinable public static var reportsFlushing: FloatMode { FloatMode(rawValue: 32) }
    /// Conversions from and to half precision take Arm's alternative format, which has more numbers in place of infinities
    /// and NaNs.
    @inlinable public static var alternativeHalf: FloatMode { FloatMode(rawValue: 64) }
    /// Subnormal operands and results of arithmetic in half precision are zero; nothing tells of the operands, results raise
    /// `underflow` alone.
    @inlinable public static var flushHalf: FloatMode { FloatMode(rawValue: 128) }
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
    /// An operand was subnormal and taken as zero, under a mode that reports it.
    @inlinable public static var inputDenormal: FloatFlags { FloatFlags(rawValue: 128) }
}

/// How an architecture treats NaNs and out-of-range conversions.
public struct FloatProfile: Sendable {
    /// Which NaN an operation with NaN operands returns.
    public enum NaNRule: UInt8, Sendable {
        /// Any NaN operand gives the default NaN.
        case defaultNaN
        /// A signalling operand first (first operand before second), else the first quiet one; quieted. A fused
        /// operation takes its addend for the first operand; zero times infinity gives the default NaN even when the
        /// addend is a quiet NaN (Arm ARM, FPProcessNaNs3 and FPMulAdd).
        case signallingFirst
        /// A signalling operand gives the default NaN; else the first quiet one is the result (MIPS legacy).
        case quietElseDefault
    }
    /// What a conversion to an integer gives for a value out of range and for a NaN.
    public enum IntegerOverflowRule: UInt8, Sendable {
        /// The greatest integer for everything, NaN included (MIPS legacy).
        case greatest
        /// The nearest representable integer, which for negative numbers to unsigned is 0; 0 for a NaN.
        case saturateZero
    }
    public var nanRule: NaNRule
    public var integerOverflowRule: IntegerOverflowRule
    /// The quiet bit is inverted: a set top fraction bit means signalling (MIPS legacy).
    public var quietBitInverted: Bool
    public var defaultNaN32: UInt32
    public var defaultNaN64: UInt64
    /// Modes may ask for `FloatMode.reportsFlushing`.
    public var reportsFlushing: Bool

    public init(
        nanRule: NaNRule, integerOverflowRule: IntegerOverflowRule, quietBitInverted: Bool, defaultNaN32: UInt32,
        defaultNaN64: UInt64, reportsFlushing: Bool = false
    ) {
        self.nanRule = nanRule
        self.integerOverflowRule = integerOverflowRule
        self.quietBitInverted = quietBitInverted
        self.defaultNaN32 = defaultNaN32
        self.defaultNaN64 = defaultNaN64
        self.reportsFlushing = reportsFlushing
    }
}

/// What a jump is, for the prediction of returns.
@frozen
public enum JumpKind: UInt8, Sendable {
    case jump, call, return_
    /// A call behind which the block goes on at the label that follows directly, where it returns to.
    case continuedCall
}
