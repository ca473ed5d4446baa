import BSDUserCore

/// Shifts by immediates (DDI 0487, C7.2). The highest set bit of `immh` tells the lanes, what is below it the amount.
enum VectorShifts {
    static let rows: [Instruction<Translator>] = rightRows + insertRows + leftRows + narrowingRows + lengtheningRows

    /// `immh` 0 is vectors of constants, and reserved for scalars.
    private static let hasLanes = [FieldExclusion.not(Bits.shiftHigh, 0)]

    private static let rightRows: [Instruction<Translator>] = [
        row("0 q 0 011110 immh immb 00000 1 rn rd", "sshr", except: hasLanes) { t, w in right(&t, w, .rightSigned) },
        row("01 0 111110 immh immb 00000 1 rn rd", "sshr") { t, w in right(&t, w, .rightSigned) },
        row("0 q 1 011110 immh immb 00000 1 rn rd", "ushr", except: hasLanes) { t, w in right(&t, w, .rightUnsigned) },
        row("01 1 111110 immh immb 00000 1 rn rd", "ushr") { t, w in right(&t, w, .rightUnsigned) },
        row("0 q 0 011110 immh immb 00010 1 rn rd", "ssra", except: hasLanes) { t, w in
            right(&t, w, .rightSigned, accumulates: true)
        },
        row("01 0 111110 immh immb 00010 1 rn rd", "ssra") { t, w in right(&t, w, .rightSigned, accumulates: true) },
        row("0 q 1 011110 immh immb 00010 1 rn rd", "usra", except: hasLanes) { t, w in
            right(&t, w, .rightUnsigned, accumulates: true)
        },
        row("01 1 111110 immh immb 00010 1 rn rd", "usra") { t, w in right(&t, w, .rightUnsigned, accumulates: true) },
        row("0 q 0 011110 immh immb 00100 1 rn rd", "srshr", except: hasLanes) { t, w in
            right(&t, w, .rightRoundingSigned)
        },
        row("01 0 111110 immh immb 00100 1 rn rd", "srshr") { t, w in right(&t, w, .rightRoundingSigned) },
        row("0 q 1 011110 immh immb 00100 1 rn rd", "urshr", except: hasLanes) { t, w in
            right(&t, w, .rightRoundingUnsigned)
        },
        row("01 1 111110 immh immb 00100 1 rn rd", "urshr") { t, w in right(&t, w, .rightRoundingUnsigned) },
        row("0 q 0 011110 immh immb 00110 1 rn rd", "srsra", except: hasLanes) { t, w in
            right(&t, w, .rightRoundingSigned, accumulates: true)
        },
        row("01 0 111110 immh immb 00110 1 rn rd", "srsra") { t, w in
            right(&t, w, .rightRoundingSigned, accumulates: true)
        },
        row("0 q 1 011110 immh immb 00110 1 rn rd", "ursra", except: hasLanes) { t, w in
            right(&t, w, .rightRoundingUnsigned, accumulates: true)
        },
        row("01 1 111110 immh immb 00110 1 rn rd", "ursra") { t, w in
            right(&t, w, .rightRoundingUnsigned, accumulates: true)
        },
    ]

    private static let insertRows: [Instruction<Translator>] = [
        row("0 q 1 011110 immh immb 01000 1 rn rd", "sri", except: hasLanes) { t, w in insert(&t, w, isRight: true) },
        row("01 1 111110 immh immb 01000 1 rn rd", "sri") { t, w in insert(&t, w, isRight: true) },
        row("0 q 1 011110 immh immb 01010 1 rn rd", "sli", except: hasLanes) { t, w in insert(&t, w, isRight: false) },
        row("01 1 111110 immh immb 01010 1 rn rd", "sli") { t, w in insert(&t, w, isRight: false) },
    ]

    private static let leftRows: [Instruction<Translator>] = [
        row("0 q 0 011110 immh immb 01010 1 rn rd", "shl", except: hasLanes) { t, w in left(&t, w) },
        row("01 0 111110 immh immb 01010 1 rn rd", "shl") { t, w in left(&t, w) },
        row("0 q 1 011110 immh immb 01100 1 rn rd", "sqshlu", except: hasLanes) { t, w in
            saturating(&t, w, .leftSaturatingSignedToUnsigned, back: .rightUnsigned)
        },
        row("01 1 111110 immh immb 01100 1 rn rd", "sqshlu") { t, w in
            saturating(&t, w, .leftSaturatingSignedToUnsigned, back: .rightUnsigned)
        },
        row("0 q 0 011110 immh immb 01110 1 rn rd", "sqshl", except: hasLanes) { t, w in
            saturating(&t, w, .leftSaturatingSigned, back: .rightSigned)
        },
        row("01 0 111110 immh immb 01110 1 rn rd", "sqshl") { t, w in
            saturating(&t, w, .leftSaturatingSigned, back: .rightSigned)
        },
        row("0 q 1 011110 immh immb 01110 1 rn rd", "uqshl", except: hasLanes) { t, w in
            saturating(&t, w, .leftSaturatingUnsigned, back: .rightUnsigned)
        },
        row("01 1 111110 immh immb 01110 1 rn rd", "uqshl") { t, w in
            saturating(&t, w, .leftSaturatingUnsigned, back: .rightUnsigned)
        },
    ]

    private static let narrowingRows: [Instruction<Translator>] = [
        row("0 q 0 011110 immh immb 10000 1 rn rd", "shrn", except: hasLanes) { t, w in narrow(&t, w, .rightUnsigned) },
        row("0 q 0 011110 immh immb 10001 1 rn rd", "rshrn", except: hasLanes) { t, w in
            narrow(&t, w, .rightRoundingUnsigned)
        },
        row("0 q 1 011110 immh immb 10000 1 rn rd", "sqshrun", except: hasLanes) { t, w in
            narrow(&t, w, .rightSigned, .narrowSignedToUnsigned)
        },
        row("01 1 111110 immh immb 10000 1 rn rd", "sqshrun") { t, w in
            narrow(&t, w, .rightSigned, .narrowSignedToUnsigned)
        },
        row("0 q 1 011110 immh immb 10001 1 rn rd", "sqrshrun", except: hasLanes) { t, w in
            narrow(&t, w, .rightRoundingSigned, .narrowSignedToUnsigned)
        },
        row("01 1 111110 immh immb 10001 1 rn rd", "sqrshrun") { t, w in
            narrow(&t, w, .rightRoundingSigned, .narrowSignedToUnsigned)
        },
        row("0 q 0 011110 immh immb 10010 1 rn rd", "sqshrn", except: hasLanes) { t, w in
            narrow(&t, w, .rightSigned, .narrowSigned)
        },
        row("01 0 111110 immh immb 10010 1 rn rd", "sqshrn") { t, w in narrow(&t, w, .rightSigned, .narrowSigned) },
        row("0 q 1 011110 immh immb 10010 1 rn rd", "uqshrn", except: hasLanes) { t, w in
            narrow(&t, w, .rightUnsigned, .narrowUnsigned)
        },
        row("01 1 111110 immh immb 10010 1 rn rd", "uqshrn") { t, w in narrow(&t, w, .rightUnsigned, .narrowUnsigned) },
        row("0 q 0 011110 immh immb 10011 1 rn rd", "sqrshrn", except: hasLanes) { t, w in
            narrow(&t, w, .rightRoundingSigned, .narrowSigned)
        },
        row("01 0 111110 immh immb 10011 1 rn rd", "sqrshrn") { t, w in
            narrow(&t, w, .rightRoundingSigned, .narrowSigned)
        },
        row("0 q 1 011110 immh immb 10011 1 rn rd", "uqrshrn", except: hasLanes) { t, w in
            narrow(&t, w, .rightRoundingUnsigned, .narrowUnsigned)
        },
        row("01 1 111110 immh immb 10011 1 rn rd", "uqrshrn") { t, w in
            narrow(&t, w, .rightRoundingUnsigned, .narrowUnsigned)
        },
    ]

    private static let lengtheningRows: [Instruction<Translator>] = [
        row("0 q 0 011110 immh immb 10100 1 rn rd", "sshll", except: hasLanes) { t, w in
            lengthen(&t, w, isSigned: true)
        },
        row("0 q 1 011110 immh immb 10100 1 rn rd", "ushll", except: hasLanes) { t, w in
            lengthen(&t, w, isSigned: false)
        },
    ]

    private static func right(
        _ t: inout Translator, _ w: Word, _ operation: VectorShift, accumulates: Bool = false
    ) {
        guard let shape = t.shiftShape(w, isNarrowOnly: false) else { return }
        var result = t.builder.vector(operation, t.vector(w[Bits.rn]), by: w.rightShift(shape.lane), shape.lane)
        if accumulates { result = t.builder.vector(.add, t.vector(w[Bits.rd]), result, shape.lane) }
        t.setVector(w[Bits.rd], result, shape)
    }

    private static func insert(_ t: inout Translator, _ w: Word, isRight: Bool) {
        guard let shape = t.shiftShape(w, isNarrowOnly: false) else { return }
        let (old, new) = (t.vector(w[Bits.rd]), t.vector(w[Bits.rn]))
        let amount = isRight ? w.rightShift(shape.lane) : w.leftShift(shape.lane)
        let lane = isRight ? shape.lane.union(.right) : shape.lane
        t.setVector(w[Bits.rd], t.builder.vectorShiftInsert(old, new, by: amount, lane), shape)
    }

    private static func left(_ t: inout Translator, _ w: Word) {
        guard let shape = t.shiftShape(w, isNarrowOnly: false) else { return }
        let result = t.builder.vector(.left, t.vector(w[Bits.rn]), by: w.leftShift(shape.lane), shape.lane)
        t.setVector(w[Bits.rd], result, shape)
    }

    /// The number has saturated when shifting the result back gives another.
    private static func saturating(_ t: inout Translator, _ w: Word, _ operation: VectorShift, back: VectorShift) {
        guard let shape = t.saturatingShiftShape(w) else { return }
        let (number, amount) = (t.vector(w[Bits.rn]), w.leftShift(shape.lane))
        let result = t.builder.vector(operation, number, by: amount, shape.lane)
        t.noteSaturation(number, t.builder.vector(back, result, by: amount, shape.lane), shape)
        t.setVector(w[Bits.rd], result, shape)
    }

    /// Shifts wide lanes to the right and narrows them, plainly or saturating.
    private static func narrow(
        _ t: inout Translator, _ w: Word, _ operation: VectorShift, _ narrowing: VectorUnary? = nil
    ) {
        guard let lane = t.shiftShape(w, isNarrowOnly: true)?.lane else { return }
        let shifted = t.builder.vector(operation, t.vector(w[Bits.rn]), by: w.rightShift(lane), lane.twice)
        if let narrowing { return t.narrowSaturating(w, shifted, lane.twice, narrowing) }
        t.setNarrowed(w[Bits.rd], t.builder.vector(.narrow, shifted, lane.twice), isHigh: w.isFull)
    }

    private static func lengthen(_ t: inout Translator, _ w: Word, isSigned: Bool) {
        guard let lane = t.shiftShape(w, isNarrowOnly: true)?.lane else { return }
        let wide = t.widened(t.vector(w[Bits.rn]), lane, isHigh: w.isFull, isSigned: isSigned)
        let amount = w.leftShift(lane)
        let result = amount == 0 ? wide : t.builder.vector(.left, wide, by: amount, lane.twice)
        t.builder.put(.vector(w[Bits.rd]), result, .v128)
    }
}

extension Word {
    /// The lanes of a shift: the highest bit set in `immh`.
    private var shiftSizeLog2: Int { Int.bitWidth - 1 - self[Bits.shiftHigh].leadingZeroBitCount }

    var shiftLane: VectorLane? { self[Bits.shiftHigh] == 0 ? nil : VectorLane(sizeLog2: shiftSizeLog2) }

    func rightShift(_ lane: VectorLane) -> Int { 2 * lane.bitCount - self[Bits.shiftPlace] }

    func leftShift(_ lane: VectorLane) -> Int { self[Bits.shiftPlace] - lane.bitCount }
}

extension Translator {
    /// The shape of a shift. Scalars have 64 bits, or any lesser number when the instruction narrows; wide lanes have no
    /// 128 bits.
    mutating func shiftShape(_ w: Word, isNarrowOnly: Bool) -> VectorShape? {
        guard let lane = w.shiftLane else { return reserved() }
        if w[Bits.isScalar] == 1 {
            guard (lane == .bits64) != isNarrowOnly else { return reserved() }
            return VectorShape(lane: lane, extent: .scalar)
        }
        if lane == .bits64 && (isNarrowOnly || !w.isFull) { return reserved() }
        return VectorShape(lane: lane, extent: w.isFull ? .full : .half)
    }

    /// The shape of a saturating shift, which has scalars of all sizes.
    mutating func saturatingShiftShape(_ w: Word) -> VectorShape? {
        guard let lane = w.shiftLane else { return reserved() }
        if w[Bits.isScalar] == 1 { return VectorShape(lane: lane, extent: .scalar) }
        if lane == .bits64 && !w.isFull { return reserved() }
        return VectorShape(lane: lane, extent: w.isFull ? .full : .half)
    }
}
