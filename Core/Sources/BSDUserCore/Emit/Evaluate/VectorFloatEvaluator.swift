/// Floating-point operations lane by lane, each as the scalar operation.
struct VectorFloatEvaluator {
    let float: FloatEvaluator
    let lane: VectorLane

    private var type: ValueType { lane.sizeLog2 == 3 ? .f64 : .f32 }
    private var integer: ValueType { lane.sizeLog2 == 3 ? .i64 : .i32 }

    /// A vector made lane by lane, with the exceptions of all lanes.
    private func lanes(_ lane: VectorLane, count: Int? = nil, _ element: (Int) -> (UInt64, FloatFlags))
        -> (VectorBits, FloatFlags)
    {
        var result = VectorBits(low: 0)
        var raised: FloatFlags = []
        for index in 0..<(count ?? lane.laneCount) {
            let (bits, flags) = element(index)
            result.setLane(index, lane, bits)
            raised.formUnion(flags)
        }
        return (result, raised)
    }

    func unary(_ operation: VectorFloatUnary?, _ a: VectorBits, _ number: UInt8) -> (VectorBits, FloatFlags) {
        if lane.sizeLog2 == 1 { return halfUnary(operation, a, number) }
        switch operation {
        case .squareRoot: return each(.floatSqrt, type, from: type, a)
        case .round: return each(.floatRound, type, flags: number, from: type, a)
        case .toSigned: return each(.floatToSigned, integer, flags: number, from: type, a)
        case .toUnsigned: return each(.floatToUnsigned, integer, flags: number, from: type, a)
        case .fromSigned: return each(.floatFromSigned, type, from: integer, a)
        case .fromUnsigned: return each(.floatFromUnsigned, type, from: integer, a)
        case .widenLow, .widenHigh: return widen(a, first: operation == .widenHigh ? lane.laneCount / 2 : 0)
        case .narrow:
            return lanes(VectorBits.half(lane), count: lane.laneCount) {
                lane.sizeLog2 == 3
                    ? float.evaluate(.floatConvert, .f32, operandType: .f64, a.lane($0, lane))
                    : float.evaluate(.floatToHalf, .i32, operandType: .f32, a.lane($0, lane))
            }
        case nil: return (a, [])
        }
    }

    private func each(_ opcode: Opcode, _ type: ValueType, flags: UInt8 = 0, from: ValueType, _ a: VectorBits)
        -> (VectorBits, FloatFlags)
    {
        lanes(lane) { float.evaluate(opcode, type, flags: flags, operandType: from, a.lane($0, lane)) }
    }

    private func widen(_ a: VectorBits, first: Int) -> (VectorBits, FloatFlags) {
        lanes(VectorBits.twice(lane)) {
            lane.sizeLog2 == 2
                ? float.evaluate(.floatConvert, .f64, operandType: .f32, a.lane(first + $0, lane))
                : float.evaluate(.floatFromHalf, .f32, operandType: .i32, a.lane(first + $0, lane))
        }
    }

    func binary(_ operation: VectorFloatBinary?, _ a: VectorBits, _ b: VectorBits) -> (VectorBits, FloatFlags) {
        switch operation {
        case .add: return pairs(.floatAdd, a, b)
        case .sub: return pairs(.floatSub, a, b)
        case .mul: return pairs(.floatMul, a, b)
        case .div: return pairs(.floatDiv, a, b)
        case .min: return pairs(.floatMinMax, flags: FloatMinMax.min.rawValue, a, b)
        case .max: return pairs(.floatMinMax, flags: FloatMinMax.max.rawValue, a, b)
        case .minNumber: return pairs(.floatMinMax, flags: FloatMinMax.minNumber.rawValue, a, b)
        case .maxNumber: return pairs(.floatMinMax, flags: FloatMinMax.maxNumber.rawValue, a, b)
        case .compareEqual: return compare(.equal, a, b)
        case .compareGreater: return compare([.greater, .signalling], a, b)
        case .compareGreaterOrEqual: return compare([.greater, .equal, .signalling], a, b)
        case nil: return (a, [])
        }
    }

    private func pairs(_ opcode: Opcode, flags: UInt8 = 0, _ a: VectorBits, _ b: VectorBits)
        -> (VectorBits, FloatFlags)
    {
        if lane.sizeLog2 == 1 {
            return halves([a, b]) { half, lanes in half.evaluate(opcode, flags: flags, lanes[0], lanes[1]) }
        }
        return lanes(lane) {
            float.evaluate(opcode, type, flags: flags, operandType: type, a.lane($0, lane), b.lane($0, lane))
        }
    }

    private func compare(_ condition: FloatCondition, _ a: VectorBits, _ b: VectorBits) -> (VectorBits, FloatFlags) {
        if lane.sizeLog2 == 1 {
            return halves([a, b]) { half, lanes in half.compare(condition, lanes[0], lanes[1]) }
        }
        return lanes(lane) {
            let (holds, raised) = float.evaluate(
                .floatCompare, .i64, flags: condition.rawValue, operandType: type, a.lane($0, lane), b.lane($0, lane))
            return (0 &- holds, raised)
        }
    }

    func multiplyAdd(_ a: VectorBits, _ b: VectorBits, _ c: VectorBits, flags: UInt8) -> (VectorBits, FloatFlags) {
        if lane.sizeLog2 == 1 {
            return halves([a, b, c]) { half, lanes in
                half.evaluate(.floatMultiplyAdd, flags: flags & 3, lanes[0], lanes[1], lanes[2])
            }
        }
        return lanes(lane) {
            float.evaluate(
                .floatMultiplyAdd, type, flags: flags & 3, operandType: type, a.lane($0, lane), b.lane($0, lane),
                c.lane($0, lane))
        }
    }

    // MARK: Half precision

    private func halfUnary(_ operation: VectorFloatUnary?, _ a: VectorBits, _ number: UInt8)
        -> (VectorBits, FloatFlags)
    {
        switch operation {
        case .squareRoot: return halves([a]) { half, lanes in half.evaluate(.floatSqrt, lanes[0]) }
        case .round: return halves([a]) { half, lanes in half.evaluate(.floatRound, flags: number, lanes[0]) }
        case .toSigned, .toUnsigned:
            let isSigned = operation == .toSigned
            return halves([a]) { half, lanes in half.toInteger(lanes[0], isSigned: isSigned, number) }
        case .fromSigned, .fromUnsigned:
            let isSigned = operation == .fromSigned
            return halves([a]) { half, lanes in half.fromInteger(lanes[0], isSigned: isSigned, fraction: number) }
        case .widenLow, .widenHigh: return widen(a, first: operation == .widenHigh ? lane.laneCount / 2 : 0)
        case .narrow, nil: return (a, [])
        }
    }

    /// Lanes of 16 bits. One that repeats its neighbour, as those of a scalar do, is not computed again.
    private func halves(_ operands: [VectorBits], _ element: (HalfEvaluator, [UInt64]) -> (UInt64, FloatFlags))
        -> (VectorBits, FloatFlags)
    {
        let half = HalfEvaluator(float)
        var last: (lanes: [UInt64], outcome: (UInt64, FloatFlags))?
        return lanes(lane) { index in
            let numbers = operands.map { $0.lane(index, lane) }
            if let last, last.lanes == numbers { return last.outcome }
            let outcome = element(half, numbers)
            last = (numbers, outcome)
            return outcome
        }
    }
}
