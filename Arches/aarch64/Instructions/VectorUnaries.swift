import BSDUserCore

/// Operations on the integer lanes of one register (DDI 0487, C7.2).
enum VectorUnaries {
    static let rows: [Instruction<Translator>] = reversalRows + countRows + signRows + zeroRows + acrossRows

    private static let reversalRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 10000 00000 10 rn rd", "rev64", except: Reserved.doubleLanes) { t, w in
            unary(&t, w, .reverseLanes, number: 3)
        },
        row("0 q 1 01110 lane 10000 00000 10 rn rd", "rev32", except: Reserved.greatLanes) { t, w in
            unary(&t, w, .reverseLanes, number: 2)
        },
        row("0 q 0 01110 00 10000 00001 10 rn rd", "rev16") { t, w in unary(&t, w, .reverseLanes, number: 1) },
        row("0 q 1 01110 01 10000 00101 10 rn rd", "rbit") { t, w in
            let result = t.builder.vector(.reverseBits, t.vector(w[Bits.rn]), .bits8)
            t.setVector(w[Bits.rd], result, isFull: w.isFull)
        },
    ]

    private static let countRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 10000 00100 10 rn rd", "cls", except: Reserved.doubleLanes) { t, w in
            unary(&t, w, .countLeadingSignBits)
        },
        row("0 q 1 01110 lane 10000 00100 10 rn rd", "clz", except: Reserved.doubleLanes) { t, w in
            unary(&t, w, .countLeadingZeros)
        },
        row("0 q 0 01110 00 10000 00101 10 rn rd", "cnt") { t, w in unary(&t, w, .countOnes) },
        row("0 q 0 01110 lane 10000 00010 10 rn rd", "saddlp", except: Reserved.doubleLanes) { t, w in
            addPairs(&t, w, .addPairsSigned)
        },
        row("0 q 1 01110 lane 10000 00010 10 rn rd", "uaddlp", except: Reserved.doubleLanes) { t, w in
            addPairs(&t, w, .addPairsUnsigned)
        },
        row("0 q 0 01110 lane 10000 00110 10 rn rd", "sadalp", except: Reserved.doubleLanes) { t, w in
            addPairs(&t, w, .addPairsSigned, accumulates: true)
        },
        row("0 q 1 01110 lane 10000 00110 10 rn rd", "uadalp", except: Reserved.doubleLanes) { t, w in
            addPairs(&t, w, .addPairsUnsigned, accumulates: true)
        },
    ]

    private static let signRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 10000 01011 10 rn rd", "abs", except: Reserved.lowDouble) { t, w in
            unary(&t, w, .absolute)
        },
        row("01 0 11110 11 10000 01011 10 rn rd", "abs") { t, w in unary(&t, w, .absolute) },
        row("0 q 1 01110 lane 10000 01011 10 rn rd", "neg", except: Reserved.lowDouble) { t, w in unary(&t, w, .negate)
        },
        row("01 1 11110 11 10000 01011 10 rn rd", "neg") { t, w in unary(&t, w, .negate) },
        row("0 q 0 01110 lane 10000 00111 10 rn rd", "sqabs", except: Reserved.lowDouble) { t, w in
            saturating(&t, w, .absoluteSaturating, .absolute)
        },
        row("01 0 11110 lane 10000 00111 10 rn rd", "sqabs") { t, w in
            saturating(&t, w, .absoluteSaturating, .absolute)
        },
        row("0 q 1 01110 lane 10000 00111 10 rn rd", "sqneg", except: Reserved.lowDouble) { t, w in
            saturating(&t, w, .negateSaturating, .negate)
        },
        row("01 1 11110 lane 10000 00111 10 rn rd", "sqneg") { t, w in
            saturating(&t, w, .negateSaturating, .negate)
        },
    ]

    private static let zeroRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 10000 01000 10 rn rd", "cmgt", except: Reserved.lowDouble) { t, w in
            compare(&t, w, .compareGreaterSigned)
        },
        row("01 0 11110 11 10000 01000 10 rn rd", "cmgt") { t, w in compare(&t, w, .compareGreaterSigned) },
        row("0 q 1 01110 lane 10000 01000 10 rn rd", "cmge", except: Reserved.lowDouble) { t, w in
            compare(&t, w, .compareGreaterOrEqualSigned)
        },
        row("01 1 11110 11 10000 01000 10 rn rd", "cmge") { t, w in
            compare(&t, w, .compareGreaterOrEqualSigned)
        },
        row("0 q 0 01110 lane 10000 01001 10 rn rd", "cmeq", except: Reserved.lowDouble) { t, w in
            compare(&t, w, .compareEqual)
        },
        row("01 0 11110 11 10000 01001 10 rn rd", "cmeq") { t, w in compare(&t, w, .compareEqual) },
        row("0 q 1 01110 lane 10000 01001 10 rn rd", "cmle", except: Reserved.lowDouble) { t, w in
            compare(&t, w, .compareGreaterOrEqualSigned, zeroFirst: true)
        },
        row("01 1 11110 11 10000 01001 10 rn rd", "cmle") { t, w in
            compare(&t, w, .compareGreaterOrEqualSigned, zeroFirst: true)
        },
        row("0 q 0 01110 lane 10000 01010 10 rn rd", "cmlt", except: Reserved.lowDouble) { t, w in
            compare(&t, w, .compareGreaterSigned, zeroFirst: true)
        },
        row("01 0 11110 11 10000 01010 10 rn rd", "cmlt") { t, w in
            compare(&t, w, .compareGreaterSigned, zeroFirst: true)
        },
    ]

    private static let acrossRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 11000 00011 10 rn rd", "saddlv", except: Reserved.acrossLanes) { t, w in
            addAcross(&t, w, .sumAcrossWideSigned)
        },
        row("0 q 1 01110 lane 11000 00011 10 rn rd", "uaddlv", except: Reserved.acrossLanes) { t, w in
            addAcross(&t, w, .sumAcrossWideUnsigned)
        },
        row("0 q 0 01110 lane 11000 01010 10 rn rd", "smaxv", except: Reserved.acrossLanes) { t, w in
            across(&t, w, .maxAcrossSigned)
        },
        row("0 q 1 01110 lane 11000 01010 10 rn rd", "umaxv", except: Reserved.acrossLanes) { t, w in
            across(&t, w, .maxAcrossUnsigned)
        },
        row("0 q 0 01110 lane 11000 11010 10 rn rd", "sminv", except: Reserved.acrossLanes) { t, w in
            across(&t, w, .minAcrossSigned)
        },
        row("0 q 1 01110 lane 11000 11010 10 rn rd", "uminv", except: Reserved.acrossLanes) { t, w in
            across(&t, w, .minAcrossUnsigned)
        },
        row("0 q 0 01110 lane 11000 11011 10 rn rd", "addv", except: Reserved.acrossLanes) { t, w in
            let shape = w.shape
            let lanes = t.limited(t.vector(w[Bits.rn]), shape)
            t.builder.put(.vector(w[Bits.rd]), t.builder.vector(.sumAcross, lanes, shape.lane), .v128)
        },
    ]

    private static func unary(
        _ t: inout Translator, _ w: Word, _ operation: VectorUnary, number: Int = 0
    ) {
        let shape = w.shape
        let result = t.builder.vector(operation, t.vector(w[Bits.rn]), shape.lane, number: number)
        t.setVector(w[Bits.rd], result, shape)
    }

    private static func saturating(
        _ t: inout Translator, _ w: Word, _ operation: VectorUnary, _ exact: VectorUnary
    ) {
        let shape = w.shape
        let number = t.vector(w[Bits.rn])
        let result = t.builder.vector(operation, number, shape.lane)
        t.noteSaturation(t.builder.vector(exact, number, shape.lane), result, shape)
        t.setVector(w[Bits.rd], result, shape)
    }

    private static func compare(
        _ t: inout Translator, _ w: Word, _ operation: VectorBinary, zeroFirst: Bool = false
    ) {
        let shape = w.shape
        let (number, zero) = (t.vector(w[Bits.rn]), t.zeroVector)
        let (left, right) = zeroFirst ? (zero, number) : (number, zero)
        t.setVector(w[Bits.rd], t.builder.vector(operation, left, right, shape.lane), shape)
    }

    private static func addPairs(
        _ t: inout Translator, _ w: Word, _ operation: VectorUnary, accumulates: Bool = false
    ) {
        let shape = w.shape
        var result = t.builder.vector(operation, t.vector(w[Bits.rn]), shape.lane)
        if accumulates { result = t.builder.vector(.add, result, t.vector(w[Bits.rd]), shape.lane.twice) }
        t.setVector(w[Bits.rd], result, shape)
    }

    // MARK: Across lanes

    private static func across(_ t: inout Translator, _ w: Word, _ operation: VectorUnary) {
        let shape = w.shape
        let result = t.builder.vector(operation, t.repeated(w[Bits.rn], shape), shape.lane)
        t.builder.put(.vector(w[Bits.rd]), result, .v128)
    }

    private static func addAcross(_ t: inout Translator, _ w: Word, _ operation: VectorUnary) {
        let shape = w.shape
        let lanes = t.limited(t.vector(w[Bits.rn]), shape)
        t.builder.put(.vector(w[Bits.rd]), t.builder.vector(operation, lanes, shape.lane), .v128)
    }
}
