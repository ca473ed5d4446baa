/// Arithmetic on IEEE binary16 numbers, done in double precision and rounded to half precision.
///
/// In double precision their sums and products are exact. Quotients and square roots that the format has not lie too
/// far from its numbers, and from the middle between any two, for the first of the two roundings to matter. A fused
/// operation is truncated first, with the last bit set where something was lost.
struct HalfEvaluator {
    private let float: FloatEvaluator

    init(_ float: FloatEvaluator) { self.float = float }

    /// Arithmetic, least and greatest, rounding to integral numbers.
    func evaluate(_ opcode: Opcode, flags: UInt8 = 0, _ a: UInt64, _ b: UInt64 = 0, _ c: UInt64 = 0) -> (
        UInt64, FloatFlags
    ) {
        let operands = FloatOperands(a: widened(a), b: widened(b), c: widened(c))
        var (result, raised) = wide(opcode, flags, operands, float.mode)
        if opcode == .floatRound || opcode == .floatMinMax { return (narrowed(result).0, raised) }
        if opcode == .floatMultiplyAdd && raised.contains(.inexact) {
            let truncating = FloatMode(rawValue: float.mode.rawValue | FloatMode.roundingMask)
            result = wide(opcode, flags, operands, truncating).0 | 1
        }
        // Whether the result is exact shows when it is narrowed.
        raised.remove(.inexact)
        let (half, more) = narrowed(result)
        return (half, raised.union(more))
    }

    /// All ones where the condition holds.
    func compare(_ condition: FloatCondition, _ a: UInt64, _ b: UInt64) -> (UInt64, FloatFlags) {
        let (holds, raised) = float.evaluate(
            .floatCompare, .i64, flags: condition.rawValue, operandType: .f64, widened(a), widened(b))
        return (0 &- holds, raised)
    }

    /// To an integer of 16 bits; `number` is that of `VectorFloatUnary.toSigned`.
    func toInteger(_ a: UInt64, isSigned: Bool, _ number: UInt8) -> (UInt64, FloatFlags) {
        let value = Double(bitPattern: widened(a))
        // A signalling NaN needs no care: both kinds are invalid.
        let scaled = value * Double(sign: .plus, exponent: Int(number >> 3), significand: 1)
        let (bits, raised) = float.evaluate(
            .floatToSigned, .i64, flags: number & 7, operandType: .f64, scaled.bitPattern)
        let integer = Int64(bitPattern: bits)
        let range: ClosedRange<Int64> = isSigned ? -0x8000...0x7FFF : 0...0xFFFF
        let nearest = min(max(integer, range.lowerBound), range.upperBound)
        return (UInt64(bitPattern: nearest) & 0xFFFF, nearest == integer ? raised : .invalid)
    }

    /// From an integer of 16 bits with `fraction` bits behind its point.
    func fromInteger(_ a: UInt64, isSigned: Bool, fraction: UInt8) -> (UInt64, FloatFlags) {
        let integer = isSigned ? Double(Int16(truncatingIfNeeded: a)) : Double(UInt16(truncatingIfNeeded: a))
        return narrowed((integer * Double(sign: .plus, exponent: -Int(fraction), significand: 1)).bitPattern)
    }

    private func wide(_ opcode: Opcode, _ flags: UInt8, _ operands: FloatOperands, _ mode: FloatMode) -> (
        UInt64, FloatFlags
    ) {
        FloatEvaluator(mode: mode, profile: float.profile).evaluate(
            opcode, .f64, flags: flags, operandType: .f64, operands.a, operands.b, operands.c)
    }

    /// The number in double precision; NaNs keep their kind.
    private func widened(_ bits: UInt64) -> UInt64 {
        HalfPrecision.exact(bits, isFlushing: float.mode.contains(.flushHalf))
    }

    private func narrowed(_ bits: UInt64) -> (UInt64, FloatFlags) {
        float.evaluate(
            .floatToHalf, .i32, flags: HalfAttributes.arithmetic.rawValue, operandType: .f64, bits)
    }
}
