/// Flushing that is reported (`FloatMode.reportsFlushing`), as Arm's FPUnpack and FPRound have it (DDI 0487, shared/functions/float).
extension FloatEvaluator {
    /// The result's bits and the exceptions raised.
    func evaluateFlushing(
        _ opcode: Opcode, _ type: ValueType, flags: UInt8, operandType: ValueType, _ operands: FloatOperands
    ) -> (UInt64, FloatFlags) {
        let exact = FloatEvaluator(
            mode: mode.subtracting([.reportsFlushing, .flushOperands, .flushResults]), profile: profile)
        guard operandType.isFloat else {
            return exact.evaluate(opcode, type, flags: flags, operandType: operandType, operands.a)
        }
        let format = FlushedFormat(type: operandType)
        let row = OpcodeTable.rows[Int(opcode.rawValue)]
        // What the operation has no operand for is not looked at.
        let taken = FloatOperands(
            a: format.flushed(operands.a), b: row.b.isFloat ? format.flushed(operands.b) : 0,
            c: row.c.isFloat ? format.flushed(operands.c) : 0)
        let isFlushed =
            format.isFlushed(operands.a) || row.b.isFloat && format.isFlushed(operands.b)
            || row.c.isFloat && format.isFlushed(operands.c)
        let before: FloatFlags = isFlushed ? .inputDenormal : []
        let (result, raised) = exact.evaluate(
            opcode, type, flags: flags, operandType: operandType, taken.a, taken.b, taken.c)
        guard type.isFloat, FloatEvaluator.mayBeTiny(opcode),
            exact.isTiny(opcode, type, flags, operandType, taken, result, isInexact: raised.contains(.inexact))
        else { return (result, raised.union(before)) }
        return (result & FlushedFormat(type: type).sign, before.union(.underflow))
    }

    /// Whether results can be less than the least normal number. Those of least and greatest, of roots and of rounding
    /// are not, unless an operand was.
    private static func mayBeTiny(_ opcode: Opcode) -> Bool {
        switch opcode {
        case .floatAdd, .floatSub, .floatMul, .floatDiv, .floatMultiplyAdd, .floatConvert: true
        default: false
        }
    }

    /// Whether a result was less than the least normal number before rounding, which truncation tells.
    private func isTiny(
        _ opcode: Opcode, _ type: ValueType, _ flags: UInt8, _ operandType: ValueType, _ operands: FloatOperands,
        _ result: UInt64, isInexact: Bool
    ) -> Bool {
        let format = FlushedFormat(type: type)
        let magnitude = result & ~format.sign
        if magnitude == 0 { return isInexact }
        if magnitude != format.leastNormal || !isInexact { return magnitude < format.leastNormal }
        let truncating = FloatEvaluator(
            mode: FloatMode(rawValue: mode.rawValue | FloatMode.roundingMask), profile: profile)
        let (truncated, _) = truncating.evaluate(
            opcode, type, flags: flags, operandType: operandType, operands.a, operands.b, operands.c)
        return truncated & ~format.sign < format.leastNormal
    }
}

/// The bits of up to three operands.
struct FloatOperands {
    let a: UInt64
    let b: UInt64
    let c: UInt64
}

/// The parts of a format that flushing has to do with.
private struct FlushedFormat {
    let sign: UInt64
    let leastNormal: UInt64
    private let infinity: UInt64

    init(type: ValueType) {
        sign = type == .f32 ? 1 << 31 : 1 << 63
        leastNormal = type == .f32 ? 1 << 23 : 1 << 52
        infinity = type == .f32 ? 0xFF << 23 : 0x7FF << 52
    }

    /// The operand, zero for a subnormal one.
    func flushed(_ bits: UInt64) -> UInt64 { bits & infinity == 0 ? bits & sign : bits }

    /// Above a number of single precision there may be anything.
    func isFlushed(_ bits: UInt64) -> Bool { bits & infinity == 0 && bits & (sign - 1) != 0 }
}

extension OperandKind {
    fileprivate var isFloat: Bool { self == .float || self == .anyFloat }
}
