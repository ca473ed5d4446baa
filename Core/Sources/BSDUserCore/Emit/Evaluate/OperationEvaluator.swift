/// Executes one operation on vectors or floating-point numbers: what the interpreter does, and what translated code asks
/// for where it has no instructions of its own. Scalars stand in the low bits.
struct OperationEvaluator {
    let float: FloatEvaluator

    init(mode: FloatMode, profile: FloatProfile) {
        float = FloatEvaluator(mode: mode, profile: profile)
    }

    /// The result and the exceptions raised. `a`, `b` and `c` are the operands that are values.
    func evaluate(_ operation: Operation, _ a: VectorBits, _ b: VectorBits, _ c: VectorBits) -> (VectorBits, FloatFlags)
    {
        let lane = VectorLane(rawValue: operation.flags)
        switch operation.opcode {
        case .vectorFloatUnary:
            return VectorFloatEvaluator(float: float, lane: lane)
                .unary(VectorFloatUnary(rawValue: operation.c), a, UInt8(truncatingIfNeeded: operation.b))
        case .vectorFloatBinary:
            return VectorFloatEvaluator(float: float, lane: lane)
                .binary(VectorFloatBinary(rawValue: operation.c), a, b)
        case .vectorMultiplyAdd:
            return VectorFloatEvaluator(float: float, lane: lane).multiplyAdd(a, b, c, flags: operation.flags >> 2)
        case .floatNegate, .floatAbsolute: return (sign(operation, a), [])
        case .bitReverse:
            let reversed = IntegerBits.reversed(a.low)
            return (VectorBits(low: operation.type == .i32 ? reversed >> 32 : reversed), [])
        default: break
        }
        if let vector = OperationEvaluator.vector(operation, a, b, c, lane) { return (vector, []) }
        let (result, raised) = float.evaluate(
            operation.opcode, operation.type, flags: operation.flags,
            operandType: FloatEvaluator.operandType(operation), a.low, b.low, c.low)
        return (VectorBits(low: result), raised)
    }

    private func sign(_ operation: Operation, _ a: VectorBits) -> VectorBits {
        let sign: UInt64 = operation.type == .f64 ? 1 << 63 : 1 << 31
        return VectorBits(low: operation.opcode == .floatNegate ? a.low ^ sign : a.low & ~sign)
    }

    /// Operations on integer lanes; nil for others.
    private static func vector(
        _ operation: Operation, _ a: VectorBits, _ b: VectorBits, _ c: VectorBits, _ lane: VectorLane
    ) -> VectorBits? {
        switch operation.opcode {
        case .vectorFromScalar: return VectorBits(low: a.low & VectorBits.mask(lane))
        case .vectorDuplicate: return VectorBits(lane) { _ in a.low }
        case .vectorExtract: return VectorBits(low: extracted(operation, a, lane))
        case .vectorInsert: return replaced(a, Int(operation.c), b.low, lane)
        case .vectorCopyLane:
            return replaced(a, Int(operation.c & 0xFF), b.lane(Int(operation.c >> 8), lane), lane)
        case .vectorExtractBytes:
            return VectorBits(.bits8) { index in
                let source = index + Int(operation.c)
                return source < 16 ? a.lane(source, .bits8) : b.lane(source - 16, .bits8)
            }
        case .vectorUnary:
            return VectorUnary(rawValue: operation.c).map {
                VectorUnaryEvaluator.evaluate($0, a, lane, Int(operation.b))
            }
        case .vectorBinary:
            return VectorBinary(rawValue: operation.c).map { VectorBinaryEvaluator.evaluate($0, a, b, lane) }
        case .vectorShift:
            return VectorShift(rawValue: operation.c).map { shifted($0, a, Int(operation.b), lane) }
        case .vectorShiftInsert: return shiftInserted(a, b, Int(operation.c), lane)
        case .vectorSelect:
            return VectorBits(low: a.low & b.low | ~a.low & c.low, high: a.high & b.high | ~a.high & c.high)
        case .vectorHash: return VectorHash(rawValue: operation.flags).map { SecureHash.evaluate($0, a, b, c) }
        default: return nil
        }
    }

    private static func extracted(_ operation: Operation, _ a: VectorBits, _ lane: VectorLane) -> UInt64 {
        let index = Int(operation.b)
        guard lane.contains(.signed) else { return a.lane(index, lane) }
        let bits = UInt64(bitPattern: a.signedLane(index, lane))
        return operation.type == .i32 ? bits & 0xFFFF_FFFF : bits
    }

    private static func replaced(_ a: VectorBits, _ index: Int, _ element: UInt64, _ lane: VectorLane) -> VectorBits {
        var result = a
        result.setLane(index, lane, element)
        return result
    }

    private static func shifted(_ kind: VectorShift, _ a: VectorBits, _ amount: Int, _ lane: VectorLane) -> VectorBits {
        let isSigned: Bool
        switch kind {
        case .rightSigned, .rightRoundingSigned, .leftSaturatingSigned, .leftSaturatingSignedToUnsigned: isSigned = true
        default: isSigned = false
        }
        let range = LaneRange(lane: lane, isSigned: isSigned)
        return VectorBits(lane) { index in
            let number = range.number(a, index)
            switch kind {
            case .left: return range.shifted(number, by: amount, isRounding: false, isSaturating: false)
            case .rightSigned, .rightUnsigned: return UInt64(truncatingIfNeeded: number >> Int128(amount))
            case .rightRoundingSigned, .rightRoundingUnsigned:
                let half = amount == 0 ? 0 : Int128(1) << Int128(amount - 1)
                return UInt64(truncatingIfNeeded: (number + half) >> Int128(amount))
            case .leftSaturatingSigned, .leftSaturatingUnsigned: return range.saturated(number << Int128(amount))
            case .leftSaturatingSignedToUnsigned:
                return LaneRange(lane: lane, isSigned: false).saturated(number << Int128(amount))
            }
        }
    }

    private static func shiftInserted(_ a: VectorBits, _ b: VectorBits, _ amount: Int, _ lane: VectorLane) -> VectorBits
    {
        let mask = UInt128(VectorBits.mask(lane))
        return VectorBits(lane) { index in
            let (old, new) = (UInt128(a.lane(index, lane)), UInt128(b.lane(index, lane)))
            let kept = lane.contains(.right) ? mask & ~(mask >> UInt128(amount)) : mask & ~(mask << UInt128(amount))
            let shifted = lane.contains(.right) ? new >> UInt128(amount) : new << UInt128(amount)
            return UInt64(truncatingIfNeeded: old & kept | shifted & ~kept & mask)
        }
    }
}
