import CHost

/// Scalar floating-point operations with all that the mode and the architecture's profile say: on the host's unit where
/// that has the operation, by `FloatFixup` where not or where the host's result is not the guest's.
struct FloatEvaluator {
    let mode: FloatMode
    let profile: FloatProfile

    /// The result's bits and the exceptions raised. `operandType` names the operands where it is not the type itself.
    func evaluate(
        _ opcode: Opcode, _ type: ValueType, flags: UInt8 = 0, operandType: ValueType, _ a: UInt64, _ b: UInt64 = 0,
        _ c: UInt64 = 0
    ) -> (UInt64, FloatFlags) {
        if mode.contains(.reportsFlushing) {
            let operands = FloatOperands(a: a, b: b, c: c)
            return evaluateFlushing(opcode, type, flags: flags, operandType: operandType, operands)
        }
        switch opcode {
        case .floatFromUnsigned: return fromUnsigned(type, operandType, a)
        case .floatToSigned where flags == FloatRounding.nearestAway.rawValue: break
        default:
            guard let number = FloatEvaluator.hostOperation(opcode) else { break }
            var request = chost_float_request()
            request.operation = UInt8(truncatingIfNeeded: number.rawValue)
            request.operand_bits = UInt8(operandType.bits)
            request.result_bits = UInt8(type.bits)
            request.flags = flags
            request.a = a
            request.b = b
            request.c = c
            if chost_float_execute(mode.rawValue, &request) == 0 {
                return (request.result, FloatFlags(rawValue: request.raised))
            }
            let (result, raised) = fixup(opcode, type, flags, operandType).evaluate(a, b, c)
            return (result, raised.union(FloatFlags(rawValue: request.raised)))
        }
        return fixup(opcode, type, flags, operandType).evaluate(a, b, c)
    }

    /// The exact outcome where the host has none.
    func fixup(_ opcode: Opcode, _ type: ValueType, _ flags: UInt8, _ operandType: ValueType) -> FloatFixup {
        FloatFixup(opcode: opcode, type: type, flags: flags, operandType: operandType, mode: mode, profile: profile)
    }

    /// Numbers that are too great for a signed conversion are halved, with the bit that is lost kept for the rounding.
    private func fromUnsigned(_ type: ValueType, _ operandType: ValueType, _ a: UInt64) -> (UInt64, FloatFlags) {
        let number = operandType == .i32 ? a & 0xFFFF_FFFF : a
        let isGreat = Int64(bitPattern: number) < 0
        let (bits, raised) = evaluate(
            .floatFromSigned, type, operandType: .i64, isGreat ? number >> 1 | number & 1 : number)
        // Twice the number: one more in the exponent.
        return (isGreat ? bits &+ (type == .f32 ? 1 << 23 : 1 << 52) : bits, raised)
    }

    private static func hostOperation(_ opcode: Opcode) -> chost_float_operation? {
        switch opcode {
        case .floatAdd: CHOST_FLOAT_ADD
        case .floatSub: CHOST_FLOAT_SUB
        case .floatMul: CHOST_FLOAT_MUL
        case .floatDiv: CHOST_FLOAT_DIV
        case .floatSqrt: CHOST_FLOAT_SQRT
        case .floatMultiplyAdd: CHOST_FLOAT_FUSED
        case .floatCompare: CHOST_FLOAT_COMPARE
        case .floatConvert: CHOST_FLOAT_CONVERT
        case .floatFromSigned: CHOST_FLOAT_FROM_SIGNED
        case .floatToSigned: CHOST_FLOAT_TO_SIGNED
        default: nil
        }
    }

    /// The type of the operands of a scalar operation.
    static func operandType(_ operation: Operation) -> ValueType {
        switch operation.opcode {
        case .floatCompare, .floatCompareFlags, .floatFromSigned, .floatFromUnsigned, .floatToSigned, .floatToUnsigned,
            .floatToHalf:
            ValueType(rawValue: UInt8(truncatingIfNeeded: operation.c)) ?? .f64
        case .floatConvert: operation.type == .f64 ? .f32 : .f64
        case .floatFromHalf: .i32
        default: operation.type
        }
    }
}
