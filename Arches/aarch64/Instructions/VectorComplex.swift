import BSDUserCore

/// Complex numbers, real part in the even lane and imaginary part in the odd (FEAT_FCMA; DDI 0487, C7.2).
enum VectorComplex {
    static let rows: [Instruction<Translator>] = singleRows + halfRows

    /// Those of half precision alone; the others have lanes of all formats.
    static let halfRows: [Instruction<Translator>] = [
        row("0 q 1 01111 01 l m rml 0 erot 1 h 0 rn rd", "fcmla", except: Reserved.lowHalfPairs) { t, w in
            let number = w[Bits.high] << 1 | w[Bits.low]
            let pair = t.builder.vector(.duplicateLane, t.vector(w[Bits.rm]), .bits32, number: number)
            multiplyAdd(&t, w, w.halfShape, pair, w[Bits.rotationOfElement])
        }
    ]

    private static let singleRows: [Instruction<Translator>] = [
        row("0 q 1 01110 lane 0 rm 1 11 srot 01 rn rd", "fcadd", except: Reserved.complexLanes, add),
        row("0 q 1 01110 lane 0 rm 1 10 rot 1 rn rd", "fcmla", except: Reserved.complexLanes) { t, w in
            let shape = w.shape
            multiplyAdd(&t, w, shape, t.repeated(w[Bits.rm], shape), w[Bits.rotation])
        },
        row("0 1 1 01111 10 0 m rml 0 erot 1 h 0 rn rd", "fcmla") { t, w in
            let pair = t.builder.vector(.duplicateLane, t.vector(w[Bits.rm]), .bits64, number: w[Bits.high])
            let shape = VectorShape(lane: .bits32, extent: .full)
            multiplyAdd(&t, w, shape, pair, w[Bits.rotationOfElement])
        },
    ]

    /// Real and imaginary parts exchanged.
    private static func exchanged(_ t: inout Translator, _ value: Value, _ lane: VectorLane) -> Value {
        t.builder.vector(.reverseLanes, value, lane, number: lane.sizeLog2 + 1)
    }

    /// The sign bits of the real parts, of the imaginary parts.
    private static func signs(_ t: inout Translator, _ lane: VectorLane, real: Bool, imaginary: Bool) -> Value {
        let sign = UInt64(1) << UInt64(lane.bitCount - 1)
        if lane == .bits64 { return t.builder.vectorConstant(low: real ? sign : 0, high: imaginary ? sign : 0) }
        return t.lanes((real ? sign : 0) | (imaginary ? sign << UInt64(lane.bitCount) : 0), lane.twice)
    }

    /// The second operand turned by 90 or 270 degrees and added.
    private static func add(_ t: inout Translator, _ w: Word) {
        let shape = w.shape
        let isThreeQuarters = w[Bits.rotationOfSum] == 1
        let exchanged = exchanged(&t, t.repeated(w[Bits.rm], shape), shape.lane)
        let signs = signs(&t, shape.lane, real: !isThreeQuarters, imaginary: isThreeQuarters)
        let turned = t.builder.vector(.xor, exchanged, signs)
        let sum = t.builder.vectorFloat(.add, t.repeated(w[Bits.rn], shape), turned, shape.lane)
        t.setVector(w[Bits.rd], sum, shape)
    }

    /// One part of the first operand times the second one turned by a number of quarters, added to the destination.
    private static func multiplyAdd(
        _ t: inout Translator, _ w: Word, _ shape: VectorShape, _ second: Value, _ quarters: Int
    ) {
        let (first, lane, isOdd) = (t.repeated(w[Bits.rn], shape), shape.lane, quarters & 1 == 1)
        let part = t.builder.vector(isOdd ? .transposeOdd : .transposeEven, first, first, lane)
        let parts = isOdd ? exchanged(&t, second, lane) : second
        let signs = signs(&t, lane, real: quarters == 1 || quarters == 2, imaginary: quarters >= 2)
        let turned = quarters == 0 ? parts : t.builder.vector(.xor, parts, signs)
        let result = t.builder.vectorMultiplyAdd(part, turned, t.repeated(w[Bits.rd], shape), lane)
        t.setVector(w[Bits.rd], result, shape)
    }
}
