import BSDUserCore

/// Shifts by immediates (DDI 0487, C7.2). The highest set bit of `immh` tells the lanes, what is below it the amount.
enum VectorShifts {
    static let rows: [Instruction<Translator>] = rightRows + insertRows + leftRows + narrowingRows + lengtheningRows

    private static let rightRows: [Instruction<Translator>] = [
        row("0 q 0 011110 immh immb 00000 1 rn rd", "sshr", except: Reserved.shift) { t, w in right(&t, w, .rightSigned)
        },
        row("01 0 111110 immh immb 00000 1 rn rd", "sshr", except: Reserved.scalarShift) { t, w in
            right(&t, w, .rightSigned)
        },
        row("0 q 1 011110 immh immb 00000 1 rn rd", "ushr", except: Reserved.shift) { t, w in
            right(&t, w, .rightUnsigned)
        },
        row("01 1 111110 immh immb 00000 1 rn rd", "ushr", except: Reserved.scalarShift) { t, w in
            right(&t, w, .rightUnsigned)
        },
        row("0 q 0 011110 immh immb 00010 1 rn rd", "ssra", except: Reserved.shift) { t, w in
            right(&t, w, .rightSigned, accumulates: true)
        },
        row("01 0 111110 immh immb 00010 1 rn rd", "ssra", except: Reserved.scalarShift) { t, w in
            right(&t, w, .rightSigned, accumulates: true)
        },
        row("0 q 1 011110 immh immb 00010 1 rn rd", "usra", except: Reserved.shift) { t, w in
            right(&t, w, .rightUnsigned, accumulates: true)
        },
        row("01 1 111110 immh immb 00010 1 rn rd", "usra", except: Reserved.scalarShift) { t, w in
            right(&t, w, .rightUnsigned, accumulates: true)
        },
        row("0 q 0 011110 immh immb 00100 1 rn rd", "srshr", except: Reserved.shift) { t, w in
            right(&t, w, .rightRoundingSigned)
        },
        row("01 0 111110 immh immb 00100 1 rn rd", "srshr", except: Reserved.scalarShift) { t, w in
            right(&t, w, .rightRoundingSigned)
        },
        row("0 q 1 011110 immh immb 00100 1 rn rd", "urshr", except: Reserved.shift) { t, w in
            right(&t, w, .rightRoundingUnsigned)
        },
        row("01 1 111110 immh immb 00100 1 rn rd", "urshr", except: Reserved.scalarShift) { t, w in
            right(&t, w, .rightRoundingUnsigned)
        },
        row("0 q 0 011110 immh immb 00110 1 rn rd", "srsra", except: Reserved.shift) { t, w in
            right(&t, w, .rightRoundingSigned, accumulates: true)
        },
        row("01 0 111110 immh immb 00110 1 rn rd", "srsra", except: Reserved.scalarShift) { t, w in
            right(&t, w, .rightRoundingSigned, accumulates: true)
        },
        row("0 q 1 011110 immh immb 00110 1 rn rd", "ursra", except: Reserved.shift) { t, w in
            right(&t, w, .rightRoundingUnsigned, accumulates: true)
        },
        row("01 1 111110 immh immb 00110 1 rn rd", "ursra", except: Reserved.scalarShift) { t, w in
            right(&t, w, .rightRoundingUnsigned, accumulates: true)
        },
    ]

    private static let insertRows: [Instruction<Translator>] = [
        row("0 q 1 011110 immh immb 01000 1 rn rd", "sri", except: Reserved.shift) { t, w in
            insert(&t, w, isRight: true)
        },
        row("01 1 111110 immh immb 01000 1 rn rd", "sri", except: Reserved.scalarShift) { t, w in
            insert(&t, w, isRight: true)
        },
        row("0 q 1 011110 immh immb 01010 1 rn rd", "sli", except: Reserved.shift) { t, w in
            insert(&t, w, isRight: false)
        },
        row("01 1 111110 immh immb 01010 1 rn rd", "sli", except: Reserved.scalarShift) { t, w in
            insert(&t, w, isRight: false)
        },
    ]

    private static let leftRows: [Instruction<Translator>] = [
        row("0 q 0 011110 immh immb 01010 1 rn rd", "shl", except: Reserved.shift) { t, w in left(&t, w) },
        row("01 0 111110 immh immb 01010 1 rn rd", "shl", except: Reserved.scalarShift) { t, w in left(&t, w) },
        row("0 q 1 011110 immh immb 01100 1 rn rd", "sqshlu", except: Reserved.shift) { t, w in
            saturating(&t, w, .leftSaturatingSignedToUnsigned, back: .rightUnsigned)
        },
        row("01 1 111110 immh immb 01100 1 rn rd", "sqshlu", except: Reserved.noShiftLane) { t, w in
            saturating(&t, w, .leftSaturatingSignedToUnsigned, back: .rightUnsigned)
        },
        row("0 q 0 011110 immh immb 01110 1 rn rd", "sqshl", except: Reserved.shift) { t, w in
            saturating(&t, w, .leftSaturatingSigned, back: .rightSigned)
        },
        row("01 0 111110 immh immb 01110 1 rn rd", "sqshl", except: Reserved.noShiftLane) { t, w in
            saturating(&t, w, .leftSaturatingSigned, back: .rightSigned)
        },
        row("0 q 1 011110 immh immb 01110 1 rn rd", "uqshl", except: Reserved.shift) { t, w in
            saturating(&t, w, .leftSaturatingUnsigned, back: .rightUnsigned)
        },
        row("01 1 111110 immh immb 01110 1 rn rd", "uqshl", except: Reserved.noShiftLane) { t, w in
            saturating(&t, w, .leftSaturatingUnsigned, back: .rightUnsigned)
        },
    ]

    private static let narrowingRows: [Instruction<Translator>] = [
        row("0 q 0 011110 immh immb 10000 1 rn rd", "shrn", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightUnsigned)
        },
        row("0 q 0 011110 immh immb 10001 1 rn rd", "rshrn", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightRoundingUnsigned)
        },
        row("0 q 1 011110 immh immb 10000 1 rn rd", "sqshrun", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightSigned, .narrowSignedToUnsigned)
        },
        row("01 1 111110 immh immb 10000 1 rn rd", "sqshrun", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightSigned, .narrowSignedToUnsigned)
        },
        row("0 q 1 011110 immh immb 10001 1 rn rd", "sqrshrun", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightRoundingSigned, .narrowSignedToUnsigned)
        },
        row("01 1 111110 immh immb 10001 1 rn rd", "sqrshrun", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightRoundingSigned, .narrowSignedToUnsigned)
        },
        row("0 q 0 011110 immh immb 10010 1 rn rd", "sqshrn", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightSigned, .narrowSigned)
        },
        row("01 0 111110 immh immb 10010 1 rn rd", "sqshrn", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightSigned, .narrowSigned)
        },
        row("0 q 1 011110 immh immb 10010 1 rn rd", "uqshrn", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightUnsigned, .narrowUnsigned)
        },
        row("01 1 111110 immh immb 10010 1 rn rd", "uqshrn", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightUnsigned, .narrowUnsigned)
        },
        row("0 q 0 011110 immh immb 10011 1 rn rd", "sqrshrn", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightRoundingSigned, .narrowSigned)
        },
        row("01 0 111110 immh immb 10011 1 rn rd", "sqrshrn", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightRoundingSigned, .narrowSigned)
        },
        row("0 q 1 011110 immh immb 10011 1 rn rd", "uqrshrn", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightRoundingUnsigned, .narrowUnsigned)
        },
        row("01 1 111110 immh immb 10011 1 rn rd", "uqrshrn", except: Reserved.wideShift) { t, w in
            narrow(&t, w, .rightRoundingUnsigned, .narrowUnsigned)
        },
    ]

    private static let lengtheningRows: [Instruction<Translator>] = [
        row("0 q 0 011110 immh immb 10100 1 rn rd", "sshll", except: Reserved.wideShift) { t, w in
            lengthen(&t, w, isSigned: true)
        },
        row("0 q 1 011110 immh immb 10100 1 rn rd", "ushll", except: Reserved.wideShift) { t, w in
            lengthen(&t, w, isSigned: false)
        },
    ]

    private static func right(
        _ t: inout Translator, _ w: Word, _ operation: VectorShift, accumulates: Bool = false
    ) {
        let shape = t.shiftShape(w)
        var result = t.builder.vector(operation, t.vector(w[Bits.rn]), by: w.rightShift(shape.lane), shape.lane)
        if accumulates { result = t.builder.vector(.add, t.vector(w[Bits.rd]), result, shape.lane) }
        t.setVector(w[Bits.rd], result, shape)
    }

    private static func insert(_ t: inout Translator, _ w: Word, isRight: Bool) {
        let shape = t.shiftShape(w)
        let (old, new) = (t.vector(w[Bits.rd]), t.vector(w[Bits.rn]))
        let amount = isRight ? w.rightShift(shape.lane) : w.leftShift(shape.lane)
        let lane = isRight ? shape.lane.union(.right) : shape.lane
        t.setVector(w[Bits.rd], t.builder.vectorShiftInsert(old, new, by: amount, lane), shape)
    }

    private static func left(_ t: inout Translator, _ w: Word) {
        let shape = t.shiftShape(w)
        let result = t.builder.vector(.left, t.vector(w[Bits.rn]), by: w.leftShift(shape.lane), shape.lane)
        t.setVector(w[Bits.rd], result, shape)
    }

    /// The number has saturated when shifting the result back gives another.
    private static func saturating(_ t: inout Translator, _ w: Word, _ operation: VectorShift, back: VectorShift) {
        let shape = t.shiftShape(w)
        let (number, amount) = (t.vector(w[Bits.rn]), w.leftShift(shape.lane))
        let result = t.builder.vector(operation, number, by: amount, shape.lane)
        t.noteSaturation(number, t.builder.vector(back, result, by: amount, shape.lane), shape)
        t.setVector(w[Bits.rd], result, shape)
    }

    /// Shifts wide lanes to the right and narrows them, plainly or saturating.
    private static func narrow(
        _ t: inout Translator, _ w: Word, _ operation: VectorShift, _ narrowing: VectorUnary? = nil
    ) {
        let lane = t.shiftShape(w).lane
        let shifted = t.builder.vector(operation, t.vector(w[Bits.rn]), by: w.rightShift(lane), lane.twice)
        if let narrowing { return t.narrowSaturating(w, shifted, lane.twice, narrowing) }
        t.setNarrowed(w[Bits.rd], t.builder.vector(.narrow, shifted, lane.twice), isHigh: w.isFull)
    }

    private static func lengthen(_ t: inout Translator, _ w: Word, isSigned: Bool) {
        let lane = t.shiftShape(w).lane
        let wide = t.widened(t.vector(w[Bits.rn]), lane, isHigh: w.isFull, isSigned: isSigned)
        let amount = w.leftShift(lane)
        let result = amount == 0 ? wide : t.builder.vector(.left, wide, by: amount, lane.twice)
        t.builder.put(.vector(w[Bits.rd]), result, .v128)
    }
}

extension Word {
    /// The lanes of a shift: the highest bit set in `immh`.
    var shiftLane: VectorLane { VectorLane(sizeLog2: Int.bitWidth - 1 - self[Bits.shiftHigh].leadingZeroBitCount) }

    func rightShift(_ lane: VectorLane) -> Int { 2 * lane.bitCount - self[Bits.shiftPlace] }

    func leftShift(_ lane: VectorLane) -> Int { self[Bits.shiftPlace] - lane.bitCount }
}

extension Translator {
    /// The shape of a shift.
    func shiftShape(_ w: Word) -> VectorShape { VectorShape(lane: w.shiftLane, extent: w.extent) }
}
