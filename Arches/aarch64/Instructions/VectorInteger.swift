import BSDUserCore

/// Operations on the integer lanes of two registers that do not saturate (DDI 0487, C7.2).
enum VectorInteger {
    static let rows: [Instruction<Translator>] = arithmeticRows + comparisonRows + shiftRows + pairRows

    private static let arithmeticRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 00000 1 rn rd", "shadd", except: Reserved.doubleLanes) { t, w in
            t.threeSame(w, .halvingAddSigned)
        },
        row("0 q 1 01110 lane 1 rm 00000 1 rn rd", "uhadd", except: Reserved.doubleLanes) { t, w in
            t.threeSame(w, .halvingAddUnsigned)
        },
        row("0 q 0 01110 lane 1 rm 00010 1 rn rd", "srhadd", except: Reserved.doubleLanes) { t, w in
            t.threeSame(w, .roundingHalvingAddSigned)
        },
        row("0 q 1 01110 lane 1 rm 00010 1 rn rd", "urhadd", except: Reserved.doubleLanes) { t, w in
            t.threeSame(w, .roundingHalvingAddUnsigned)
        },
        row("0 q 0 01110 lane 1 rm 00100 1 rn rd", "shsub", except: Reserved.doubleLanes) { t, w in
            t.threeSame(w, .halvingSubSigned)
        },
        row("0 q 1 01110 lane 1 rm 00100 1 rn rd", "uhsub", except: Reserved.doubleLanes) { t, w in
            t.threeSame(w, .halvingSubUnsigned)
        },
        row("0 q 0 01110 lane 1 rm 01100 1 rn rd", "smax", except: Reserved.doubleLanes) { t, w in
            t.threeSame(w, .maxSigned)
        },
        row("0 q 1 01110 lane 1 rm 01100 1 rn rd", "umax", except: Reserved.doubleLanes) { t, w in
            t.threeSame(w, .maxUnsigned)
        },
        row("0 q 0 01110 lane 1 rm 01101 1 rn rd", "smin", except: Reserved.doubleLanes) { t, w in
            t.threeSame(w, .minSigned)
        },
        row("0 q 1 01110 lane 1 rm 01101 1 rn rd", "umin", except: Reserved.doubleLanes) { t, w in
            t.threeSame(w, .minUnsigned)
        },
        row("0 q 0 01110 lane 1 rm 01110 1 rn rd", "sabd", except: Reserved.doubleLanes) { t, w in
            t.threeSame(w, .absoluteDifferenceSigned)
        },
        row("0 q 1 01110 lane 1 rm 01110 1 rn rd", "uabd", except: Reserved.doubleLanes) { t, w in
            t.threeSame(w, .absoluteDifferenceUnsigned)
        },
        row("0 q 0 01110 lane 1 rm 01111 1 rn rd", "saba", except: Reserved.doubleLanes) { t, w in
            accumulate(&t, w, .absoluteDifferenceSigned, .add)
        },
        row("0 q 1 01110 lane 1 rm 01111 1 rn rd", "uaba", except: Reserved.doubleLanes) { t, w in
            accumulate(&t, w, .absoluteDifferenceUnsigned, .add)
        },
        row("0 q 0 01110 lane 1 rm 10000 1 rn rd", "add", except: Reserved.lowDouble) { t, w in t.threeSame(w, .add) },
        row("01 0 11110 11 1 rm 10000 1 rn rd", "add") { t, w in t.threeSame(w, .add) },
        row("0 q 1 01110 lane 1 rm 10000 1 rn rd", "sub", except: Reserved.lowDouble) { t, w in t.threeSame(w, .sub) },
        row("01 1 11110 11 1 rm 10000 1 rn rd", "sub") { t, w in t.threeSame(w, .sub) },
        row("0 q 0 01110 lane 1 rm 10010 1 rn rd", "mla", except: Reserved.doubleLanes) { t, w in
            accumulate(&t, w, .mul, .add)
        },
        row("0 q 1 01110 lane 1 rm 10010 1 rn rd", "mls", except: Reserved.doubleLanes) { t, w in
            accumulate(&t, w, .mul, .sub)
        },
        row("0 q 0 01110 lane 1 rm 10011 1 rn rd", "mul", except: Reserved.doubleLanes) { t, w in t.threeSame(w, .mul)
        },
        row("0 q 1 01110 00 1 rm 10011 1 rn rd", "pmul") { t, w in t.threeSame(w, .mulPolynomial) },
    ]

    private static let comparisonRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 00110 1 rn rd", "cmgt", except: Reserved.lowDouble) { t, w in
            t.threeSame(w, .compareGreaterSigned)
        },
        row("01 0 11110 11 1 rm 00110 1 rn rd", "cmgt") { t, w in t.threeSame(w, .compareGreaterSigned) },
        row("0 q 1 01110 lane 1 rm 00110 1 rn rd", "cmhi", except: Reserved.lowDouble) { t, w in
            t.threeSame(w, .compareGreaterUnsigned)
        },
        row("01 1 11110 11 1 rm 00110 1 rn rd", "cmhi") { t, w in t.threeSame(w, .compareGreaterUnsigned) },
        row("0 q 0 01110 lane 1 rm 00111 1 rn rd", "cmge", except: Reserved.lowDouble) { t, w in
            t.threeSame(w, .compareGreaterOrEqualSigned)
        },
        row("01 0 11110 11 1 rm 00111 1 rn rd", "cmge") { t, w in t.threeSame(w, .compareGreaterOrEqualSigned) },
        row("0 q 1 01110 lane 1 rm 00111 1 rn rd", "cmhs", except: Reserved.lowDouble) { t, w in
            t.threeSame(w, .compareGreaterOrEqualUnsigned)
        },
        row("01 1 11110 11 1 rm 00111 1 rn rd", "cmhs") { t, w in
            t.threeSame(w, .compareGreaterOrEqualUnsigned)
        },
        row("0 q 0 01110 lane 1 rm 10001 1 rn rd", "cmtst", except: Reserved.lowDouble) { t, w in
            t.threeSame(w, .compareTest)
        },
        row("01 0 11110 11 1 rm 10001 1 rn rd", "cmtst") { t, w in t.threeSame(w, .compareTest) },
        row("0 q 1 01110 lane 1 rm 10001 1 rn rd", "cmeq", except: Reserved.lowDouble) { t, w in
            t.threeSame(w, .compareEqual)
        },
        row("01 1 11110 11 1 rm 10001 1 rn rd", "cmeq") { t, w in t.threeSame(w, .compareEqual) },
    ]

    private static let shiftRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 01000 1 rn rd", "sshl", except: Reserved.lowDouble) { t, w in
            t.threeSame(w, .shiftSigned)
        },
        row("01 0 11110 11 1 rm 01000 1 rn rd", "sshl") { t, w in t.threeSame(w, .shiftSigned) },
        row("0 q 1 01110 lane 1 rm 01000 1 rn rd", "ushl", except: Reserved.lowDouble) { t, w in
            t.threeSame(w, .shiftUnsigned)
        },
        row("01 1 11110 11 1 rm 01000 1 rn rd", "ushl") { t, w in t.threeSame(w, .shiftUnsigned) },
        row("0 q 0 01110 lane 1 rm 01010 1 rn rd", "srshl", except: Reserved.lowDouble) { t, w in
            t.threeSame(w, .shiftRoundingSigned)
        },
        row("01 0 11110 11 1 rm 01010 1 rn rd", "srshl") { t, w in t.threeSame(w, .shiftRoundingSigned) },
        row("0 q 1 01110 lane 1 rm 01010 1 rn rd", "urshl", except: Reserved.lowDouble) { t, w in
            t.threeSame(w, .shiftRoundingUnsigned)
        },
        row("01 1 11110 11 1 rm 01010 1 rn rd", "urshl") { t, w in t.threeSame(w, .shiftRoundingUnsigned) },
    ]

    private static let pairRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 10100 1 rn rd", "smaxp", except: Reserved.doubleLanes) { t, w in
            pairwise(&t, w, .maxSigned)
        },
        row("0 q 1 01110 lane 1 rm 10100 1 rn rd", "umaxp", except: Reserved.doubleLanes) { t, w in
            pairwise(&t, w, .maxUnsigned)
        },
        row("0 q 0 01110 lane 1 rm 10101 1 rn rd", "sminp", except: Reserved.doubleLanes) { t, w in
            pairwise(&t, w, .minSigned)
        },
        row("0 q 1 01110 lane 1 rm 10101 1 rn rd", "uminp", except: Reserved.doubleLanes) { t, w in
            pairwise(&t, w, .minUnsigned)
        },
        row("0 q 0 01110 lane 1 rm 10111 1 rn rd", "addp", except: Reserved.lowDouble) { t, w in pairwise(&t, w, .add)
        },
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
        let shape = t.shape(w)
        let result = t.builder.vector(operation, t.vector(w[Bits.rn]), t.vector(w[Bits.rm]), shape.lane)
        t.setVector(w[Bits.rd], t.builder.vector(combination, t.vector(w[Bits.rd]), result, shape.lane), shape)
    }

    private static func pairwise(_ t: inout Translator, _ w: Word, _ operation: VectorBinary) {
        let shape = t.shape(w)
        let (even, odd) = t.pairs(t.vector(w[Bits.rn]), t.vector(w[Bits.rm]), shape)
        t.setVector(w[Bits.rd], t.builder.vector(operation, even, odd, shape.lane), shape)
    }
}
