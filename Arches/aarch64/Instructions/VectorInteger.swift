import BSDUserCore

/// Operations on the integer lanes of two registers that do not saturate (DDI 0487, C7.2).
enum VectorInteger {
    static let rows: [Instruction<Translator>] = arithmeticRows + comparisonRows + shiftRows + pairRows

    private static let arithmeticRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 00000 1 rn rd", "shadd") { t, w in t.threeSame(w, .halvingAddSigned, .bhs) },
        row("0 q 1 01110 lane 1 rm 00000 1 rn rd", "uhadd") { t, w in t.threeSame(w, .halvingAddUnsigned, .bhs) },
        row("0 q 0 01110 lane 1 rm 00010 1 rn rd", "srhadd") { t, w in
            t.threeSame(w, .roundingHalvingAddSigned, .bhs)
        },
        row("0 q 1 01110 lane 1 rm 00010 1 rn rd", "urhadd") { t, w in
            t.threeSame(w, .roundingHalvingAddUnsigned, .bhs)
        },
        row("0 q 0 01110 lane 1 rm 00100 1 rn rd", "shsub") { t, w in t.threeSame(w, .halvingSubSigned, .bhs) },
        row("0 q 1 01110 lane 1 rm 00100 1 rn rd", "uhsub") { t, w in t.threeSame(w, .halvingSubUnsigned, .bhs) },
        row("0 q 0 01110 lane 1 rm 01100 1 rn rd", "smax") { t, w in t.threeSame(w, .maxSigned, .bhs) },
        row("0 q 1 01110 lane 1 rm 01100 1 rn rd", "umax") { t, w in t.threeSame(w, .maxUnsigned, .bhs) },
        row("0 q 0 01110 lane 1 rm 01101 1 rn rd", "smin") { t, w in t.threeSame(w, .minSigned, .bhs) },
        row("0 q 1 01110 lane 1 rm 01101 1 rn rd", "umin") { t, w in t.threeSame(w, .minUnsigned, .bhs) },
        row("0 q 0 01110 lane 1 rm 01110 1 rn rd", "sabd") { t, w in t.threeSame(w, .absoluteDifferenceSigned, .bhs) },
        row("0 q 1 01110 lane 1 rm 01110 1 rn rd", "uabd") { t, w in
            t.threeSame(w, .absoluteDifferenceUnsigned, .bhs)
        },
        row("0 q 0 01110 lane 1 rm 01111 1 rn rd", "saba") { t, w in
            accumulate(&t, w, .absoluteDifferenceSigned, .add)
        },
        row("0 q 1 01110 lane 1 rm 01111 1 rn rd", "uaba") { t, w in
            accumulate(&t, w, .absoluteDifferenceUnsigned, .add)
        },
        row("0 q 0 01110 lane 1 rm 10000 1 rn rd", "add") { t, w in t.threeSame(w, .add, .all) },
        row("01 0 11110 lane 1 rm 10000 1 rn rd", "add") { t, w in t.threeSame(w, .add, .d) },
        row("0 q 1 01110 lane 1 rm 10000 1 rn rd", "sub") { t, w in t.threeSame(w, .sub, .all) },
        row("01 1 11110 lane 1 rm 10000 1 rn rd", "sub") { t, w in t.threeSame(w, .sub, .d) },
        row("0 q 0 01110 lane 1 rm 10010 1 rn rd", "mla") { t, w in accumulate(&t, w, .mul, .add) },
        row("0 q 1 01110 lane 1 rm 10010 1 rn rd", "mls") { t, w in accumulate(&t, w, .mul, .sub) },
        row("0 q 0 01110 lane 1 rm 10011 1 rn rd", "mul") { t, w in t.threeSame(w, .mul, .bhs) },
        row("0 q 1 01110 lane 1 rm 10011 1 rn rd", "pmul") { t, w in t.threeSame(w, .mulPolynomial, .b) },
    ]

    private static let comparisonRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 00110 1 rn rd", "cmgt") { t, w in t.threeSame(w, .compareGreaterSigned, .all) },
        row("01 0 11110 lane 1 rm 00110 1 rn rd", "cmgt") { t, w in t.threeSame(w, .compareGreaterSigned, .d) },
        row("0 q 1 01110 lane 1 rm 00110 1 rn rd", "cmhi") { t, w in t.threeSame(w, .compareGreaterUnsigned, .all) },
        row("01 1 11110 lane 1 rm 00110 1 rn rd", "cmhi") { t, w in t.threeSame(w, .compareGreaterUnsigned, .d) },
        row("0 q 0 01110 lane 1 rm 00111 1 rn rd", "cmge") { t, w in
            t.threeSame(w, .compareGreaterOrEqualSigned, .all)
        },
        row("01 0 11110 lane 1 rm 00111 1 rn rd", "cmge") { t, w in t.threeSame(w, .compareGreaterOrEqualSigned, .d) },
        row("0 q 1 01110 lane 1 rm 00111 1 rn rd", "cmhs") { t, w in
            t.threeSame(w, .compareGreaterOrEqualUnsigned, .all)
        },
        row("01 1 11110 lane 1 rm 00111 1 rn rd", "cmhs") { t, w in
            t.threeSame(w, .compareGreaterOrEqualUnsigned, .d)
        },
        row("0 q 0 01110 lane 1 rm 10001 1 rn rd", "cmtst") { t, w in t.threeSame(w, .compareTest, .all) },
        row("01 0 11110 lane 1 rm 10001 1 rn rd", "cmtst") { t, w in t.threeSame(w, .compareTest, .d) },
        row("0 q 1 01110 lane 1 rm 10001 1 rn rd", "cmeq") { t, w in t.threeSame(w, .compareEqual, .all) },
        row("01 1 11110 lane 1 rm 10001 1 rn rd", "cmeq") { t, w in t.threeSame(w, .compareEqual, .d) },
    ]

    private static let shiftRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 01000 1 rn rd", "sshl") { t, w in t.threeSame(w, .shiftSigned, .all) },
        row("01 0 11110 lane 1 rm 01000 1 rn rd", "sshl") { t, w in t.threeSame(w, .shiftSigned, .d) },
        row("0 q 1 01110 lane 1 rm 01000 1 rn rd", "ushl") { t, w in t.threeSame(w, .shiftUnsigned, .all) },
        row("01 1 11110 lane 1 rm 01000 1 rn rd", "ushl") { t, w in t.threeSame(w, .shiftUnsigned, .d) },
        row("0 q 0 01110 lane 1 rm 01010 1 rn rd", "srshl") { t, w in t.threeSame(w, .shiftRoundingSigned, .all) },
        row("01 0 11110 lane 1 rm 01010 1 rn rd", "srshl") { t, w in t.threeSame(w, .shiftRoundingSigned, .d) },
        row("0 q 1 01110 lane 1 rm 01010 1 rn rd", "urshl") { t, w in t.threeSame(w, .shiftRoundingUnsigned, .all) },
        row("01 1 11110 lane 1 rm 01010 1 rn rd", "urshl") { t, w in t.threeSame(w, .shiftRoundingUnsigned, .d) },
    ]

    private static let pairRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 10100 1 rn rd", "smaxp") { t, w in pairwise(&t, w, .maxSigned, .bhs) },
        row("0 q 1 01110 lane 1 rm 10100 1 rn rd", "umaxp") { t, w in pairwise(&t, w, .maxUnsigned, .bhs) },
        row("0 q 0 01110 lane 1 rm 10101 1 rn rd", "sminp") { t, w in pairwise(&t, w, .minSigned, .bhs) },
        row("0 q 1 01110 lane 1 rm 10101 1 rn rd", "uminp") { t, w in pairwise(&t, w, .minUnsigned, .bhs) },
        row("0 q 0 01110 lane 1 rm 10111 1 rn rd", "addp") { t, w in pairwise(&t, w, .add, .all) },
        row("01 0 11110 11 11000 11011 10 rn rd", "addp") { t, w in
            let pair = t.vector(w[Bits.rn])
            let other = t.builder.vector(.duplicateLane, pair, .bits64, number: 1)
            t.setVector(w[Bits.rd], t.builder.vector(.add, pair, other, .bits64), isFull: false)
        },
    ]

    /// The destination with the result of an operation added to it or subtracted from it.
    private static func accumulate(
        _ t: inout Translator, _ w: Word, _ operation: VectorBinary, _ combination: VectorBinary
    ) {
        guard let shape = t.shape(w, .bhs) else { return }
        let result = t.builder.vector(operation, t.vector(w[Bits.rn]), t.vector(w[Bits.rm]), shape.lane)
        t.setVector(w[Bits.rd], t.builder.vector(combination, t.vector(w[Bits.rd]), result, shape.lane), shape)
    }

    private static func pairwise(_ t: inout Translator, _ w: Word, _ operation: VectorBinary, _ sizes: LaneSizes) {
        guard let shape = t.shape(w, sizes) else { return }
        let (even, odd) = t.pairs(t.vector(w[Bits.rn]), t.vector(w[Bits.rm]), shape)
        t.setVector(w[Bits.rd], t.builder.vector(operation, even, odd, shape.lane), shape)
    }
}
