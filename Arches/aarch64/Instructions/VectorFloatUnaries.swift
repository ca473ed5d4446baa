import BSDUserCore

/// Floating-point operations on the lanes of one register (DDI 0487, C7.2).
enum VectorFloatUnaries {
    static let rows: [Instruction<Translator>] = signRows + zeroRows + roundingRows + estimateRows

    private static let signRows: [Instruction<Translator>] = [
        row("0 q 0 01110 1 sz 10000 01111 10 rn rd", "fabs", except: Reserved.lowDoubleFloat) { t, w in
            absolute(&t, w, w.floatShape)
        },
        row("0 q 1 01110 1 sz 10000 01111 10 rn rd", "fneg", except: Reserved.lowDoubleFloat) { t, w in
            negate(&t, w, w.floatShape)
        },
        row("0 q 1 01110 1 sz 10000 11111 10 rn rd", "fsqrt", except: Reserved.lowDoubleFloat) { t, w in
            unary(&t, w, .squareRoot)
        },
    ]

    private static let zeroRows: [Instruction<Translator>] = [
        row("0 q 0 01110 1 sz 10000 01100 10 rn rd", "fcmgt", except: Reserved.lowDoubleFloat) { t, w in
            compare(&t, w, .compareGreater)
        },
        row("01 0 11110 1 sz 10000 01100 10 rn rd", "fcmgt") { t, w in compare(&t, w, .compareGreater) },
        row("0 q 1 01110 1 sz 10000 01100 10 rn rd", "fcmge", except: Reserved.lowDoubleFloat) { t, w in
            compare(&t, w, .compareGreaterOrEqual)
        },
        row("01 1 11110 1 sz 10000 01100 10 rn rd", "fcmge") { t, w in compare(&t, w, .compareGreaterOrEqual) },
        row("0 q 0 01110 1 sz 10000 01101 10 rn rd", "fcmeq", except: Reserved.lowDoubleFloat) { t, w in
            compare(&t, w, .compareEqual)
        },
        row("01 0 11110 1 sz 10000 01101 10 rn rd", "fcmeq") { t, w in compare(&t, w, .compareEqual) },
        row("0 q 1 01110 1 sz 10000 01101 10 rn rd", "fcmle", except: Reserved.lowDoubleFloat) { t, w in
            compare(&t, w, .compareGreaterOrEqual, zeroFirst: true)
        },
        row("01 1 11110 1 sz 10000 01101 10 rn rd", "fcmle") { t, w in
            compare(&t, w, .compareGreaterOrEqual, zeroFirst: true)
        },
        row("0 q 0 01110 1 sz 10000 01110 10 rn rd", "fcmlt", except: Reserved.lowDoubleFloat) { t, w in
            compare(&t, w, .compareGreater, zeroFirst: true)
        },
        row("01 0 11110 1 sz 10000 01110 10 rn rd", "fcmlt") { t, w in
            compare(&t, w, .compareGreater, zeroFirst: true)
        },
    ]

    private static let roundingRows: [Instruction<Translator>] = [
        row("0 q 0 01110 0 sz 10000 11000 10 rn rd", "frintn", except: Reserved.lowDoubleFloat) { t, w in
            round(&t, w, .nearestEven)
        },
        row("0 q 0 01110 1 sz 10000 11000 10 rn rd", "frintp", except: Reserved.lowDoubleFloat) { t, w in
            round(&t, w, .up)
        },
        row("0 q 0 01110 0 sz 10000 11001 10 rn rd", "frintm", except: Reserved.lowDoubleFloat) { t, w in
            round(&t, w, .down)
        },
        row("0 q 0 01110 1 sz 10000 11001 10 rn rd", "frintz", except: Reserved.lowDoubleFloat) { t, w in
            round(&t, w, .towardZero)
        },
        row("0 q 1 01110 0 sz 10000 11000 10 rn rd", "frinta", except: Reserved.lowDoubleFloat) { t, w in
            round(&t, w, .nearestAway)
        },
        row("0 q 1 01110 0 sz 10000 11001 10 rn rd", "frintx", except: Reserved.lowDoubleFloat) { t, w in
            round(&t, w, .current, isExact: true)
        },
        row("0 q 1 01110 1 sz 10000 11001 10 rn rd", "frinti", except: Reserved.lowDoubleFloat) { t, w in
            round(&t, w, .current)
        },
    ]

    private static let estimateRows: [Instruction<Translator>] = [
        row("0 q 0 01110 1 sz 10000 11101 10 rn rd", "frecpe", except: Reserved.lowDoubleFloat) { t, w in
            estimate(&t, w, .reciprocal)
        },
        row("01 0 11110 1 sz 10000 11101 10 rn rd", "frecpe") { t, w in estimate(&t, w, .reciprocal) },
        row("0 q 1 01110 1 sz 10000 11101 10 rn rd", "frsqrte", except: Reserved.lowDoubleFloat) { t, w in
            estimate(&t, w, .reciprocalRoot)
        },
        row("01 1 11110 1 sz 10000 11101 10 rn rd", "frsqrte") { t, w in estimate(&t, w, .reciprocalRoot) },
        row("01 0 11110 1 sz 10000 11111 10 rn rd", "frecpx") { t, w in estimate(&t, w, .reciprocalExponent) },
        row("0 q 0 01110 10 10000 11100 10 rn rd", "urecpe") { t, w in estimate(&t, w, .unsignedReciprocal) },
        row("0 q 1 01110 10 10000 11100 10 rn rd", "ursqrte") { t, w in estimate(&t, w, .unsignedReciprocalRoot) },
    ]

    // MARK: Lane by lane

    // Without a shape, that of words for single and double precision is meant.

    static func unary(
        _ t: inout Translator, _ w: Word, _ operation: VectorFloatUnary, number: Int = 0, _ shape: VectorShape? = nil
    ) {
        let shape = shape ?? w.floatShape
        let lanes = t.repeated(w[Bits.rn], shape)
        t.setVector(w[Bits.rd], t.builder.vectorFloat(operation, lanes, shape.lane, number: number), shape)
    }

    static func round(
        _ t: inout Translator, _ w: Word, _ rounding: FloatRounding, isExact: Bool = false, _ shape: VectorShape? = nil
    ) {
        unary(&t, w, .round, number: Int(rounding.rawValue) | (isExact ? 0x80 : 0), shape)
    }

    static func absolute(_ t: inout Translator, _ w: Word, _ shape: VectorShape) {
        t.setVector(w[Bits.rd], t.magnitude(t.vector(w[Bits.rn]), shape.lane), shape)
    }

    static func negate(_ t: inout Translator, _ w: Word, _ shape: VectorShape) {
        let negated = t.builder.vector(.xor, t.vector(w[Bits.rn]), t.signs(shape.lane))
        t.setVector(w[Bits.rd], negated, shape)
    }

    static func compare(
        _ t: inout Translator, _ w: Word, _ operation: VectorFloatBinary, zeroFirst: Bool = false,
        _ shape: VectorShape? = nil
    ) {
        let shape = shape ?? w.floatShape
        let (number, zero) = (t.repeated(w[Bits.rn], shape), t.zeroVector)
        let (left, right) = zeroFirst ? (zero, number) : (number, zero)
        t.setVector(w[Bits.rd], t.builder.vectorFloat(operation, left, right, shape.lane), shape)
    }

    static func estimate(
        _ t: inout Translator, _ w: Word, _ kind: FloatEstimate.Kind, _ shape: VectorShape? = nil
    ) {
        let shape = shape ?? w.floatShape
        let lanes = t.repeated(w[Bits.rn], shape)
        let request = t.builder.constant(Int64(kind.rawValue) | Int64(shape.lane.sizeLog2) << 8)
        let result = t.builder.callPure(VectorHelpers.index(.estimate), lanes, request, .none, .v128)
        t.setVector(w[Bits.rd], result, shape)
    }
}
