@testable import BSDUserCore

/// Flags and floating point beyond the plain arithmetic.
extension RandomBlock {
    /// Flags of every origin, with the value that they are of or without.
    mutating func flagsValue() -> Value {
        if !flags.isEmpty && below(3) == 0 { return pick(flags) }
        let type = pick([ValueType.i32, .i64])
        let attributes: FlagAttributes = below(2) == 0 ? .invertedCarry : []
        let (a, b) = (integer(type), integer(type))
        switch below(8) {
        case 0, 1:
            if below(2) == 0 { keep(builder.binary(.add, a, b, type), type) }
            return builder.addFlags(a, b, type, attributes)
        case 2, 3:
            if below(2) == 0 { keep(builder.binary(.sub, a, b, type), type) }
            return builder.subFlags(a, b, type, attributes)
        case 4:
            let carry = longAddition(type, attributes)
            if below(2) == 0 { keep(builder.addWithCarry(a, b, carry, type), type) }
            return builder.addWithCarryFlags(a, b, carry, type, attributes)
        case 5:
            let result = builder.binary(pick([Opcode.and, .or, .xor, .andNot]), a, b, type)
            if below(2) == 0 { keep(result, type) }
            return builder.logicFlags(result, type, attributes)
        case 6 where mayFault:
            let type = pick([ValueType.f32, .f64])
            return builder.floatCompareFlags(float(type), float(type), type, isSignalling: below(2) == 0)
        default:
            let register = RegisterIndex(TranslatedMachine.flagsRegister)
            let packed = builder.get(register, .i32)
            guard below(2) == 0 else { return builder.unpackFlags(packed) }
            // As a conditional comparison chooses.
            let made = builder.packFlags(builder.subFlags(a, b, type, attributes))
            return builder.unpackFlags(builder.select(boolean(), made, pick([packed, builder.constant(0x8001)]), .i32))
        }
    }

    /// The carry of an addition of some words, each of which takes its carry from the one before; at times something that
    /// changes the host's flags comes in between, or something else reads the flags as well.
    private mutating func longAddition(_ type: ValueType, _ attributes: FlagAttributes) -> Value {
        var carry = boolean()
        for _ in 0..<below(4) {
            let (a, b) = (integer(type), integer(type))
            let sum = builder.addWithCarry(a, b, carry, type)
            let made = builder.addWithCarryFlags(a, b, carry, type, attributes)
            keep(sum, type)
            if below(3) == 0 { keep(builder.binary(.mul, sum, b, type), type) }
            if below(4) == 0 { flags.append(made) }
            let condition = pick([FlagCondition.carry, .carry, .notCarry, .notCarry, .zero])
            carry = builder.condition(condition, made)
        }
        return carry
    }

    mutating func floatingBeyond() {
        let type = pick([ValueType.f32, .f64])
        let integerType = pick([ValueType.i32, .i64])
        switch below(8) {
        case 0, 1:
            let attributes = FusedAttributes(rawValue: UInt8(below(4)))
            keep(builder.floatMultiplyAdd(float(type), float(type), float(type), type, attributes), type)
        case 2: keep(builder.floatMinMax(pick(FloatMinMax.allCases), float(type), float(type), type), type)
        case 3:
            keep(
                builder.floatRound(float(type), type, pick(FloatRounding.allCases), isExact: below(2) == 0), type)
        case 4: keep(builder.floatFromUnsigned(integer(integerType), from: integerType, to: type), type)
        case 5:
            let result = builder.floatToUnsigned(
                float(type), from: type, to: integerType, pick(FloatRounding.allCases))
            keep(result, integerType)
        case 6: keep(builder.floatFromHalf(integer(.i32), to: type, HalfAttributes(rawValue: UInt8(below(2)))), type)
        default: wide.append(builder.floatToHalf(float(type), from: type, HalfAttributes(rawValue: UInt8(below(2)))))
        }
    }
}
