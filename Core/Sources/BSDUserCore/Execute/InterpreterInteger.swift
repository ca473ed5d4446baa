/// The integer operations on 64-bit containers; results of 32 bits come zero-extended.
enum IntegerArithmetic {
    /// A two-operand operation of the table.
    @inline(__always)
    static func binary(_ opcode: Opcode, _ type: ValueType, _ a: UInt64, _ b: UInt64) -> UInt64 {
        if type == .i32 {
            return UInt64(evaluate(opcode, UInt32(truncatingIfNeeded: a), UInt32(truncatingIfNeeded: b)))
        }
        return evaluate(opcode, a, b)
    }

    @inline(__always)
    private static func evaluate<T: FixedWidthInteger & UnsignedInteger>(_ opcode: Opcode, _ a: T, _ b: T) -> T {
        switch opcode {
        case .add: a &+ b
        case .sub: a &- b
        case .mul: a &* b
        case .and: a & b
        case .or: a | b
        case .xor: a ^ b
        case .andNot: a & ~b
        case .mulHighUnsigned: a.multipliedFullWidth(by: b).high
        case .mulHighSigned: mulHighSigned(a, b)
        case .divUnsigned: b == 0 ? 0 : a / b
        case .remUnsigned: b == 0 ? a : a % b
        case .divSigned: divSigned(a, b)
        case .remSigned: remSigned(a, b)
        case .shiftLeft: a &<< b
        case .shiftRight: a &>> b
        case .shiftRightArithmetic: shiftRightArithmetic(a, b)
        case .rotateRight: a &>> b | a &<< (0 &- b)
        default: 0
        }
    }

    // The high half of a signed product is the unsigned one less each operand whose partner is negative.
    private static func mulHighSigned<T: FixedWidthInteger & UnsignedInteger>(_ a: T, _ b: T) -> T {
        let high = a.multipliedFullWidth(by: b).high
        return high &- (isNegative(a) ? b : 0) &- (isNegative(b) ? a : 0)
    }

    private static func isNegative<T: FixedWidthInteger & UnsignedInteger>(_ a: T) -> Bool {
        a &>> T(T.bitWidth - 1) != 0
    }

    private static func magnitude<T: FixedWidthInteger & UnsignedInteger>(_ a: T) -> T {
        isNegative(a) ? 0 &- a : a
    }

    private static func divSigned<T: FixedWidthInteger & UnsignedInteger>(_ a: T, _ b: T) -> T {
        if b == 0 { return 0 }
        let quotient = magnitude(a) / magnitude(b)
        return isNegative(a) != isNegative(b) ? 0 &- quotient : quotient
    }

    private static func remSigned<T: FixedWidthInteger & UnsignedInteger>(_ a: T, _ b: T) -> T {
        if b == 0 { return a }
        let remainder = magnitude(a) % magnitude(b)
        return isNegative(a) ? 0 &- remainder : remainder
    }

    private static func shiftRightArithmetic<T: FixedWidthInteger & UnsignedInteger>(_ a: T, _ b: T) -> T {
        let amount = b & T(T.bitWidth - 1)
        let shifted = a &>> amount
        return isNegative(a) && amount != 0 ? shifted | ~(T.max &>> amount) : shifted
    }

    /// A one-operand operation of the table.
    @inline(__always)
    static func unary(_ opcode: Opcode, _ type: ValueType, _ a: UInt64) -> UInt64 {
        let low = UInt32(truncatingIfNeeded: a)
        let isNarrow = type == .i32
        let result: UInt64
        switch opcode {
        case .countLeadingZeros: result = UInt64(isNarrow ? low.leadingZeroBitCount : a.leadingZeroBitCount)
        case .byteSwap: result = isNarrow ? UInt64(low.byteSwapped) : a.byteSwapped
        case .signExtend8: result = UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: a)))
        case .signExtend16: result = UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: a)))
        case .signExtend32: result = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: a)))
        case .zeroExtend8: result = a & 0xff
        case .zeroExtend16: result = a & 0xffff
        default: result = UInt64(low)
        }
        return isNarrow ? result & 0xffff_ffff : result
    }

    /// Bits `lsb ..< lsb + width` of `a`; `field` = lsb | width << 8.
    @inline(__always)
    static func extractBits(_ a: UInt64, _ field: UInt32) -> UInt64 {
        a &>> UInt64(field & 0xff) & mask(field)
    }

    /// `a` with the field replaced by the low bits of `b`.
    @inline(__always)
    static func insertBits(_ a: UInt64, _ b: UInt64, _ field: UInt32) -> UInt64 {
        let lsb = UInt64(field & 0xff)
        return a & ~(mask(field) &<< lsb) | (b & mask(field)) &<< lsb
    }

    private static func mask(_ field: UInt32) -> UInt64 {
        let width = UInt64(field >> 8)
        return width >= 64 ? UInt64.max : (1 &<< width) &- 1
    }

    /// Whether a comparison holds at the operation's width.
    @inline(__always)
    static func compare(_ condition: UInt8, _ type: ValueType, _ a: UInt64, _ b: UInt64) -> Bool {
        // A comparison of 32 bits is one of 64 bits with both operands moved up.
        let x = type == .i32 ? a &<< 32 : a
        let y = type == .i32 ? b &<< 32 : b
        let signedX = Int64(bitPattern: x)
        let signedY = Int64(bitPattern: y)
        switch IntegerCondition(rawValue: condition) {
        case .equal: return x == y
        case .notEqual: return x != y
        case .lessSigned: return signedX < signedY
        case .lessOrEqualSigned: return signedX <= signedY
        case .greaterSigned: return signedX > signedY
        case .greaterOrEqualSigned: return signedX >= signedY
        case .lessUnsigned: return x < y
        case .lessOrEqualUnsigned: return x <= y
        case .greaterUnsigned: return x > y
        case .greaterOrEqualUnsigned: return x >= y
        case nil: return false
        }
    }

    /// The flags of an operation that makes flags, packed.
    static func flags(_ opcode: Opcode, _ attributes: FlagAttributes, _ a: UInt64, _ b: UInt64, _ carry: UInt64)
        -> UInt64
    {
        let packed =
            attributes.contains(.narrow)
            ? flags(opcode, UInt32(truncatingIfNeeded: a), UInt32(truncatingIfNeeded: b), carry != 0)
            : flags(opcode, a, b, carry != 0)
        return UInt64(
            (attributes.contains(.invertedCarry) ? packed.symmetricDifference(.carry) : packed).rawValue)
    }

    @inline(__always)
    private static func flags<T: FixedWidthInteger & UnsignedInteger>(
        _ opcode: Opcode, _ a: T, _ b: T, _ carry: Bool
    ) -> PackedFlags {
        let result: T
        var packed: PackedFlags = []
        switch opcode {
        case .logicFlags: result = a
        case .subFlags:
            result = a &- b
            if a < b { packed.insert(.carry) }
            // The operands differ in sign, and the result from the first.
            if isNegative((a ^ b) & (a ^ result)) { packed.insert(.overflow) }
        default:
            let first = a.addingReportingOverflow(b)
            let second = first.partialValue.addingReportingOverflow(carry ? 1 : 0)
            result = second.partialValue
            if first.overflow || second.overflow { packed.insert(.carry) }
            // The operands agree in sign, and the result differs.
            if isNegative(~(a ^ b) & (a ^ result)) { packed.insert(.overflow) }
        }
        if result == 0 { packed.insert(.zero) }
        if isNegative(result) { packed.insert(.negative) }
        return packed
    }

    /// What an `AtomicOperation` makes of memory `held` and its operand.
    static func atomic(_ operation: UInt32, sizeLog2: Int, _ held: UInt64, _ operand: UInt64) -> UInt64 {
        let unused = Int64(64 - (8 << sizeLog2))
        let signedHeld = Int64(bitPattern: held) &<< unused
        let signedOperand = Int64(bitPattern: operand) &<< unused
        let unsignedOperand = (operand &<< UInt64(unused)) &>> UInt64(unused)
        switch AtomicOperation(rawValue: operation) {
        case .exchange, nil: return operand
        case .add: return held &+ operand
        case .and: return held & operand
        case .andNot: return held & ~operand
        case .or: return held | operand
        case .xor: return held ^ operand
        case .maxSigned: return signedHeld >= signedOperand ? held : operand
        case .minSigned: return signedHeld <= signedOperand ? held : operand
        case .maxUnsigned: return held >= unsignedOperand ? held : operand
        case .minUnsigned: return held <= unsignedOperand ? held : operand
        }
    }

    /// Whether flags satisfy a `FlagCondition`.
    @inline(__always)
    static func satisfies(_ condition: UInt8, _ flags: PackedFlags) -> Bool {
        let isLess = flags.contains(.negative) != flags.contains(.overflow)
        switch FlagCondition(rawValue: condition) {
        case .overflow: return flags.contains(.overflow)
        case .notOverflow: return !flags.contains(.overflow)
        case .carry: return flags.contains(.carry)
        case .notCarry: return !flags.contains(.carry)
        case .zero: return flags.contains(.zero)
        case .notZero: return !flags.contains(.zero)
        case .lowerOrSame: return !flags.isDisjoint(with: [.carry, .zero])
        case .higher: return flags.isDisjoint(with: [.carry, .zero])
        case .negative: return flags.contains(.negative)
        case .notNegative: return !flags.contains(.negative)
        case .less: return isLess
        case .greaterOrEqual: return !isLess
        case .lessOrEqual: return isLess || flags.contains(.zero)
        case .greater: return !isLess && !flags.contains(.zero)
        case nil: return false
        }
    }
}
