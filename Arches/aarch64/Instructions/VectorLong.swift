import BSDUserCore

/// Operations whose results have twice or half the width of the operands (DDI 0487, C7.2). The second form of each, with
/// Q set, takes the high halves of wide operands, or writes narrow results to the high half.
enum VectorLong {
    static let rows: [Instruction<Translator>] =
        additionRows + differenceRows + narrowingRows + productRows + longPolynomialRows

    private static let additionRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 0000 00 rn rd", "saddl", except: Reserved.doubleLanes) { t, w in
            long(&t, w, .add, isSigned: true)
        },
        row("0 q 1 01110 lane 1 rm 0000 00 rn rd", "uaddl", except: Reserved.doubleLanes) { t, w in
            long(&t, w, .add, isSigned: false)
        },
        row("0 q 0 01110 lane 1 rm 0001 00 rn rd", "saddw", except: Reserved.doubleLanes) { t, w in
            wide(&t, w, .add, isSigned: true)
        },
        row("0 q 1 01110 lane 1 rm 0001 00 rn rd", "uaddw", except: Reserved.doubleLanes) { t, w in
            wide(&t, w, .add, isSigned: false)
        },
        row("0 q 0 01110 lane 1 rm 0010 00 rn rd", "ssubl", except: Reserved.doubleLanes) { t, w in
            long(&t, w, .sub, isSigned: true)
        },
        row("0 q 1 01110 lane 1 rm 0010 00 rn rd", "usubl", except: Reserved.doubleLanes) { t, w in
            long(&t, w, .sub, isSigned: false)
        },
        row("0 q 0 01110 lane 1 rm 0011 00 rn rd", "ssubw", except: Reserved.doubleLanes) { t, w in
            wide(&t, w, .sub, isSigned: true)
        },
        row("0 q 1 01110 lane 1 rm 0011 00 rn rd", "usubw", except: Reserved.doubleLanes) { t, w in
            wide(&t, w, .sub, isSigned: false)
        },
    ]

    private static let differenceRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 0101 00 rn rd", "sabal", except: Reserved.doubleLanes) { t, w in
            long(&t, w, .absoluteDifferenceSigned, isSigned: true, then: .add)
        },
        row("0 q 1 01110 lane 1 rm 0101 00 rn rd", "uabal", except: Reserved.doubleLanes) { t, w in
            long(&t, w, .absoluteDifferenceUnsigned, isSigned: false, then: .add)
        },
        row("0 q 0 01110 lane 1 rm 0111 00 rn rd", "sabdl", except: Reserved.doubleLanes) { t, w in
            long(&t, w, .absoluteDifferenceSigned, isSigned: true)
        },
        row("0 q 1 01110 lane 1 rm 0111 00 rn rd", "uabdl", except: Reserved.doubleLanes) { t, w in
            long(&t, w, .absoluteDifferenceUnsigned, isSigned: false)
        },
    ]

    private static let narrowingRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 0100 00 rn rd", "addhn", except: Reserved.doubleLanes) { t, w in
            highHalf(&t, w, .add, isRounding: false)
        },
        row("0 q 1 01110 lane 1 rm 0100 00 rn rd", "raddhn", except: Reserved.doubleLanes) { t, w in
            highHalf(&t, w, .add, isRounding: true)
        },
        row("0 q 0 01110 lane 1 rm 0110 00 rn rd", "subhn", except: Reserved.doubleLanes) { t, w in
            highHalf(&t, w, .sub, isRounding: false)
        },
        row("0 q 1 01110 lane 1 rm 0110 00 rn rd", "rsubhn", except: Reserved.doubleLanes) { t, w in
            highHalf(&t, w, .sub, isRounding: true)
        },
        row("0 q 0 01110 lane 10000 10010 10 rn rd", "xtn", except: Reserved.doubleLanes) { t, w in
            let lane = w.shape.lane.twice
            t.setNarrowed(w[Bits.rd], t.builder.vector(.narrow, t.vector(w[Bits.rn]), lane), isHigh: w.isFull)
        },
        row("0 q 0 01110 lane 10000 10100 10 rn rd", "sqxtn", except: Reserved.doubleLanes) { t, w in
            narrow(&t, w, .narrowSigned)
        },
        row("01 0 11110 lane 10000 10100 10 rn rd", "sqxtn", except: Reserved.doubleLanes) { t, w in
            narrow(&t, w, .narrowSigned)
        },
        row("0 q 1 01110 lane 10000 10100 10 rn rd", "uqxtn", except: Reserved.doubleLanes) { t, w in
            narrow(&t, w, .narrowUnsigned)
        },
        row("01 1 11110 lane 10000 10100 10 rn rd", "uqxtn", except: Reserved.doubleLanes) { t, w in
            narrow(&t, w, .narrowUnsigned)
        },
        row("0 q 1 01110 lane 10000 10010 10 rn rd", "sqxtun", except: Reserved.doubleLanes) { t, w in
            narrow(&t, w, .narrowSignedToUnsigned)
        },
        row("01 1 11110 lane 10000 10010 10 rn rd", "sqxtun", except: Reserved.doubleLanes) { t, w in
            narrow(&t, w, .narrowSignedToUnsigned)
        },
        row("0 q 1 01110 lane 10000 10011 10 rn rd", "shll", except: Reserved.doubleLanes) { t, w in
            let lane = w.shape.lane
            let wide = t.widened(t.vector(w[Bits.rn]), lane, isHigh: w.isFull, isSigned: false)
            let shifted = t.builder.vector(.left, wide, by: lane.bitCount, lane.twice)
            t.builder.put(.vector(w[Bits.rd]), shifted, .v128)
        },
    ]

    private static let productRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 1000 00 rn rd", "smlal", except: Reserved.doubleLanes) { t, w in
            product(&t, w, isSigned: true, then: .add)
        },
        row("0 q 1 01110 lane 1 rm 1000 00 rn rd", "umlal", except: Reserved.doubleLanes) { t, w in
            product(&t, w, isSigned: false, then: .add)
        },
        row("0 q 0 01110 lane 1 rm 1010 00 rn rd", "smlsl", except: Reserved.doubleLanes) { t, w in
            product(&t, w, isSigned: true, then: .sub)
        },
        row("0 q 1 01110 lane 1 rm 1010 00 rn rd", "umlsl", except: Reserved.doubleLanes) { t, w in
            product(&t, w, isSigned: false, then: .sub)
        },
        row("0 q 0 01110 lane 1 rm 1100 00 rn rd", "smull", except: Reserved.doubleLanes) { t, w in
            product(&t, w, isSigned: true)
        },
        row("0 q 1 01110 lane 1 rm 1100 00 rn rd", "umull", except: Reserved.doubleLanes) { t, w in
            product(&t, w, isSigned: false)
        },
        row("0 q 0 01110 00 1 rm 1110 00 rn rd", "pmull", polynomialProduct),
    ]

    /// FEAT_PMULL.
    static let longPolynomialRows: [Instruction<Translator>] = [
        row("0 q 0 01110 11 1 rm 1110 00 rn rd", "pmull", polynomialProduct)
    ]

    private static func long(
        _ t: inout Translator, _ w: Word, _ operation: VectorBinary, isSigned: Bool,
        then combination: VectorBinary? = nil
    ) {
        let wide = w.shape.lane.twice
        let left = t.widened(t.vector(w[Bits.rn]), wide.half, isHigh: w.isFull, isSigned: isSigned)
        let right = t.widened(t.vector(w[Bits.rm]), wide.half, isHigh: w.isFull, isSigned: isSigned)
        t.setCombined(w[Bits.rd], t.builder.vector(operation, left, right, wide), wide, combination)
    }

    private static func wide(_ t: inout Translator, _ w: Word, _ operation: VectorBinary, isSigned: Bool) {
        let wide = w.shape.lane.twice
        let right = t.widened(t.vector(w[Bits.rm]), wide.half, isHigh: w.isFull, isSigned: isSigned)
        t.builder.put(.vector(w[Bits.rd]), t.builder.vector(operation, t.vector(w[Bits.rn]), right, wide), .v128)
    }

    private static func product(
        _ t: inout Translator, _ w: Word, isSigned: Bool, then combination: VectorBinary? = nil
    ) {
        let lane = w.shape.lane
        let product = t.product(t.vector(w[Bits.rn]), t.vector(w[Bits.rm]), lane, isHigh: w.isFull, isSigned: isSigned)
        t.setCombined(w[Bits.rd], product, lane.twice, combination)
    }

    private static func polynomialProduct(_ t: inout Translator, _ w: Word) {
        let operation: VectorBinary = w.isFull ? .mulPolynomialHigh : .mulPolynomialLow
        let (left, right) = (t.vector(w[Bits.rn]), t.vector(w[Bits.rm]))
        let product = t.builder.vector(operation, left, right, VectorLane(sizeLog2: w[Bits.laneSize]))
        t.builder.put(.vector(w[Bits.rd]), product, .v128)
    }

    private static func highHalf(_ t: inout Translator, _ w: Word, _ operation: VectorBinary, isRounding: Bool) {
        let wide = w.shape.lane.twice
        var result = t.builder.vector(operation, t.vector(w[Bits.rn]), t.vector(w[Bits.rm]), wide)
        let bits = wide.half.bitCount
        if isRounding { result = t.builder.vector(.add, result, t.lanes(1 << UInt64(bits - 1), wide), wide) }
        result = t.builder.vector(.rightUnsigned, result, by: bits, wide)
        t.setNarrowed(w[Bits.rd], t.builder.vector(.narrow, result, wide), isHigh: w.isFull)
    }

    private static func narrow(_ t: inout Translator, _ w: Word, _ operation: VectorUnary) {
        let wide = w.shape.lane.twice
        t.narrowSaturating(w, t.vector(w[Bits.rn]), wide, operation)
    }
}

extension Translator {
    /// Products of the low halves' or high halves' lanes.
    mutating func product(_ left: Value, _ right: Value, _ lane: VectorLane, isHigh: Bool, isSigned: Bool) -> Value {
        let operation: VectorBinary =
            switch (isHigh, isSigned) {
            case (false, true): .mulLowSigned
            case (false, false): .mulLowUnsigned
            case (true, true): .mulHighSigned
            case (true, false): .mulHighUnsigned
            }
        return builder.vector(operation, left, right, lane)
    }

    /// Writes a result, added to the destination or subtracted from it.
    mutating func setCombined(_ number: Int, _ result: Value, _ lane: VectorLane, _ combination: VectorBinary?) {
        var result = result
        if let combination { result = builder.vector(combination, vector(number), result, lane) }
        builder.put(.vector(number), result, .v128)
    }

    /// Narrows lanes as the operation says; what it changes has saturated. Scalars are lane 0 alone.
    mutating func narrowSaturating(_ w: Word, _ wide: Value, _ lane: VectorLane, _ operation: VectorUnary) {
        let result = builder.vector(operation, wide, lane)
        let back = widened(result, lane.half, isHigh: false, isSigned: operation == .narrowSigned)
        let isScalar = w[Bits.isScalar] == 1
        noteSaturation(wide, back, VectorShape(lane: lane, extent: isScalar ? .scalar : .full))
        if isScalar { return setVector(w[Bits.rd], result, VectorShape(lane: lane.half, extent: .scalar)) }
        setNarrowed(w[Bits.rd], result, isHigh: w.isFull)
    }
}
