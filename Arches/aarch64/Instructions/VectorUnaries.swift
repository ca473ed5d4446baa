import BSDUserCore

/// Operations on the integer lanes of one register (DDI 0487, C7.2).
enum VectorUnaries {
    static let rows: [Instruction<Translator>] = reversalRows + countRows + signRows + zeroRows + acrossRows

    private static let reversalRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 10000 00000 10 rn rd", "rev64") { t, w in unary(&t, w, .reverseLanes, .bhs, number: 3) },
        row("0 q 1 01110 lane 10000 00000 10 rn rd", "rev32") { t, w in
            unary(&t, w, .reverseLanes, [.b, .h], number: 2)
        },
        row("0 q 0 01110 lane 10000 00001 10 rn rd", "rev16") { t, w in unary(&t, w, .reverseLanes, .b, number: 1) },
        row("0 q 1 01110 01 10000 00101 10 rn rd", "rbit") { t, w in
            let result = t.builder.vector(.reverseBits, t.vector(w[Bits.rn]), .bits8)
            t.setVector(w[Bits.rd], result, isFull: w.isFull)
        },
    ]

    private static let countRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 10000 00100 10 rn rd", "cls") { t, w in unary(&t, w, .countLeadingSignBits, .bhs) },
        row("0 q 1 01110 lane 10000 00100 10 rn rd", "clz") { t, w in unary(&t, w, .countLeadingZeros, .bhs) },
        row("0 q 0 01110 lane 10000 00101 10 rn rd", "cnt") { t, w in unary(&t, w, .countOnes, .b) },
        row("0 q 0 01110 lane 10000 00010 10 rn rd", "saddlp") { t, w in addPairs(&t, w, .addPairsSigned) },
        row("0 q 1 01110 lane 10000 00010 10 rn rd", "uaddlp") { t, w in addPairs(&t, w, .addPairsUnsigned) },
        row("0 q 0 01110 lane 10000 00110 10 rn rd", "sadalp") { t, w in
            addPairs(&t, w, .addPairsSigned, accumulates: true)
        },
        row("0 q 1 01110 lane 10000 00110 10 rn rd", "uadalp") { t, w in
            addPairs(&t, w, .addPairsUnsigned, accumulates: true)
        },
    ]

    private static let signRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 10000 01011 10 rn rd", "abs") { t, w in unary(&t, w, .absolute, .all) },
        row("01 0 11110 lane 10000 01011 10 rn rd", "abs") { t, w in unary(&t, w, .absolute, .d) },
        row("0 q 1 01110 lane 10000 01011 10 rn rd", "neg") { t, w in unary(&t, w, .negate, .all) },
        row("01 1 11110 lane 10000 01011 10 rn rd", "neg") { t, w in unary(&t, w, .negate, .d) },
        row("0 q 0 01110 lane 10000 00111 10 rn rd", "sqabs") { t, w in
            saturating(&t, w, .absoluteSaturating, .absolute)
        },
        row("01 0 11110 lane 10000 00111 10 rn rd", "sqabs") { t, w in
            saturating(&t, w, .absoluteSaturating, .absolute)
        },
        row("0 q 1 01110 lane 10000 00111 10 rn rd", "sqneg") { t, w in
            saturating(&t, w, .negateSaturating, .negate)
        },
        row("01 1 11110 lane 10000 00111 10 rn rd", "sqneg") { t, w in
            saturating(&t, w, .negateSaturating, .negate)
        },
    ]

    private static let zeroRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 10000 01000 10 rn rd", "cmgt") { t, w in compare(&t, w, .compareGreaterSigned, .all) },
        row("01 0 11110 lane 10000 01000 10 rn rd", "cmgt") { t, w in compare(&t, w, .compareGreaterSigned, .d) },
        row("0 q 1 01110 lane 10000 01000 10 rn rd", "cmge") { t, w in
            compare(&t, w, .compareGreaterOrEqualSigned, .all)
        },
        row("01 1 11110 lane 10000 01000 10 rn rd", "cmge") { t, w in
            compare(&t, w, .compareGreaterOrEqualSigned, .d)
        },
        row("0 q 0 01110 lane 10000 01001 10 rn rd", "cmeq") { t, w in compare(&t, w, .compareEqual, .all) },
        row("01 0 11110 lane 10000 01001 10 rn rd", "cmeq") { t, w in compare(&t, w, .compareEqual, .d) },
        row("0 q 1 01110 lane 10000 01001 10 rn rd", "cmle") { t, w in
            compare(&t, w, .compareGreaterOrEqualSigned, .all, zeroFirst: true)
        },
        row("01 1 11110 lane 10000 01001 10 rn rd", "cmle") { t, w in
            compare(&t, w, .compareGreaterOrEqualSigned, .d, zeroFirst: true)
        },
        row("0 q 0 01110 lane 10000 01010 10 rn rd", "cmlt") { t, w in
            compare(&t, w, .compareGreaterSigned, .all, zeroFirst: true)
        },
        row("01 0 11110 lane 10000 01010 10 rn rd", "cmlt") { t, w in
            compare(&t, w, .compareGreaterSigned, .d, zeroFirst: true)
        },
    ]

    private static let acrossRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 11000 00011 10 rn rd", "saddlv") { t, w in addAcross(&t, w, .addPairsSigned) },
        row("0 q 1 01110 lane 11000 00011 10 rn rd", "uaddlv") { t, w in addAcross(&t, w, .addPairsUnsigned) },
        row("0 q 0 01110 lane 11000 01010 10 rn rd", "smaxv") { t, w in across(&t, w, .maxAcrossSigned) },
        row("0 q 1 01110 lane 11000 01010 10 rn rd", "umaxv") { t, w in across(&t, w, .maxAcrossUnsigned) },
        row("0 q 0 01110 lane 11000 11010 10 rn rd", "sminv") { t, w in across(&t, w, .minAcrossSigned) },
        row("0 q 1 01110 lane 11000 11010 10 rn rd", "uminv") { t, w in across(&t, w, .minAcrossUnsigned) },
        row("0 q 0 01110 lane 11000 11011 10 rn rd", "addv") { t, w in
            guard let shape = acrossShape(&t, w) else { return }
            let lanes = t.limited(t.vector(w[Bits.rn]), shape)
            t.builder.put(.vector(w[Bits.rd]), t.builder.vector(.sumAcross, lanes, shape.lane), .v128)
        },
    ]

    private static func unary(
        _ t: inout Translator, _ w: Word, _ operation: VectorUnary, _ sizes: LaneSizes, number: Int = 0
    ) {
        guard let shape = t.shape(w, sizes) else { return }
        let result = t.builder.vector(operation, t.vector(w[Bits.rn]), shape.lane, number: number)
        t.setVector(w[Bits.rd], result, shape)
    }

    private static func saturating(
        _ t: inout Translator, _ w: Word, _ operation: VectorUnary, _ exact: VectorUnary
    ) {
        guard let shape = t.shape(w, .all) else { return }
        let number = t.vector(w[Bits.rn])
        let result = t.builder.vector(operation, number, shape.lane)
        t.noteSaturation(t.builder.vector(exact, number, shape.lane), result, shape)
        t.setVector(w[Bits.rd], result, shape)
    }

    private static func compare(
        _ t: inout Translator, _ w: Word, _ operation: VectorBinary, _ sizes: LaneSizes, zeroFirst: Bool = false
    ) {
        guard let shape = t.shape(w, sizes) else { return }
        let (number, zero) = (t.vector(w[Bits.rn]), t.zeroVector)
        let (left, right) = zeroFirst ? (zero, number) : (number, zero)
        t.setVector(w[Bits.rd], t.builder.vector(operation, left, right, shape.lane), shape)
    }

    private static func addPairs(
        _ t: inout Translator, _ w: Word, _ operation: VectorUnary, accumulates: Bool = false
    ) {
        guard let shape = t.shape(w, .bhs) else { return }
        var result = t.builder.vector(operation, t.vector(w[Bits.rn]), shape.lane)
        if accumulates { result = t.builder.vector(.add, result, t.vector(w[Bits.rd]), shape.lane.twice) }
        t.setVector(w[Bits.rd], result, shape)
    }

    // MARK: Across lanes

    /// Two lanes of 32 bits are reserved.
    private static func acrossShape(_ t: inout Translator, _ w: Word) -> VectorShape? {
        guard let shape = t.shape(w, .bhs) else { return nil }
        return shape.extent == .half && shape.lane == .bits32 ? t.reserved() : shape
    }

    private static func across(_ t: inout Translator, _ w: Word, _ operation: VectorUnary) {
        guard let shape = acrossShape(&t, w) else { return }
        let result = t.builder.vector(operation, t.repeated(w[Bits.rn], shape), shape.lane)
        t.builder.put(.vector(w[Bits.rd]), result, .v128)
    }

    private static func addAcross(_ t: inout Translator, _ w: Word, _ operation: VectorUnary) {
        guard let shape = acrossShape(&t, w) else { return }
        let sums = t.builder.vector(operation, t.limited(t.vector(w[Bits.rn]), shape), shape.lane)
        t.builder.put(.vector(w[Bits.rd]), t.builder.vector(.sumAcross, sums, shape.lane.twice), .v128)
    }
}
