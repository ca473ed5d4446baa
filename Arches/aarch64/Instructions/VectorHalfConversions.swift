import BSDUserCore

/// Conversions of lanes between half precision and integers or fixed-point numbers of 16 bits (FEAT_FP16; DDI 0487, C7.2).
enum VectorHalfConversions {
    static let rows: [Instruction<Translator>] = integerRows + fixedRows

    private static let integerRows: [Instruction<Translator>] = [
        row("0 q 0 01110 0 1 11100 11010 10 rn rd", "fcvtns") { t, w in
            VectorConversions.toInteger(&t, w, .toSigned, .nearestEven, w.halfShape)
        },
        row("01 0 11110 0 1 11100 11010 10 rn rd", "fcvtns") { t, w in
            VectorConversions.toInteger(&t, w, .toSigned, .nearestEven, w.halfShape)
        },
        row("0 q 0 01110 1 1 11100 11010 10 rn rd", "fcvtps") { t, w in
            VectorConversions.toInteger(&t, w, .toSigned, .up, w.halfShape)
        },
        row("01 0 11110 1 1 11100 11010 10 rn rd", "fcvtps") { t, w in
            VectorConversions.toInteger(&t, w, .toSigned, .up, w.halfShape)
        },
        row("0 q 0 01110 0 1 11100 11011 10 rn rd", "fcvtms") { t, w in
            VectorConversions.toInteger(&t, w, .toSigned, .down, w.halfShape)
        },
        row("01 0 11110 0 1 11100 11011 10 rn rd", "fcvtms") { t, w in
            VectorConversions.toInteger(&t, w, .toSigned, .down, w.halfShape)
        },
        row("0 q 0 01110 1 1 11100 11011 10 rn rd", "fcvtzs") { t, w in
            VectorConversions.toInteger(&t, w, .toSigned, .towardZero, w.halfShape)
        },
        row("01 0 11110 1 1 11100 11011 10 rn rd", "fcvtzs") { t, w in
            VectorConversions.toInteger(&t, w, .toSigned, .towardZero, w.halfShape)
        },
        row("0 q 0 01110 0 1 11100 11100 10 rn rd", "fcvtas") { t, w in
            VectorConversions.toInteger(&t, w, .toSigned, .nearestAway, w.halfShape)
        },
        row("01 0 11110 0 1 11100 11100 10 rn rd", "fcvtas") { t, w in
            VectorConversions.toInteger(&t, w, .toSigned, .nearestAway, w.halfShape)
        },
        row("0 q 0 01110 0 1 11100 11101 10 rn rd", "scvtf") { t, w in
            VectorConversions.fromInteger(&t, w, .fromSigned, w.halfShape)
        },
        row("01 0 11110 0 1 11100 11101 10 rn rd", "scvtf") { t, w in
            VectorConversions.fromInteger(&t, w, .fromSigned, w.halfShape)
        },
        row("0 q 1 01110 0 1 11100 11010 10 rn rd", "fcvtnu") { t, w in
            VectorConversions.toInteger(&t, w, .toUnsigned, .nearestEven, w.halfShape)
        },
        row("01 1 11110 0 1 11100 11010 10 rn rd", "fcvtnu") { t, w in
            VectorConversions.toInteger(&t, w, .toUnsigned, .nearestEven, w.halfShape)
        },
        row("0 q 1 01110 1 1 11100 11010 10 rn rd", "fcvtpu") { t, w in
            VectorConversions.toInteger(&t, w, .toUnsigned, .up, w.halfShape)
        },
        row("01 1 11110 1 1 11100 11010 10 rn rd", "fcvtpu") { t, w in
            VectorConversions.toInteger(&t, w, .toUnsigned, .up, w.halfShape)
        },
        row("0 q 1 01110 0 1 11100 11011 10 rn rd", "fcvtmu") { t, w in
            VectorConversions.toInteger(&t, w, .toUnsigned, .down, w.halfShape)
        },
        row("01 1 11110 0 1 11100 11011 10 rn rd", "fcvtmu") { t, w in
            VectorConversions.toInteger(&t, w, .toUnsigned, .down, w.halfShape)
        },
        row("0 q 1 01110 1 1 11100 11011 10 rn rd", "fcvtzu") { t, w in
            VectorConversions.toInteger(&t, w, .toUnsigned, .towardZero, w.halfShape)
        },
        row("01 1 11110 1 1 11100 11011 10 rn rd", "fcvtzu") { t, w in
            VectorConversions.toInteger(&t, w, .toUnsigned, .towardZero, w.halfShape)
        },
        row("0 q 1 01110 0 1 11100 11100 10 rn rd", "fcvtau") { t, w in
            VectorConversions.toInteger(&t, w, .toUnsigned, .nearestAway, w.halfShape)
        },
        row("01 1 11110 0 1 11100 11100 10 rn rd", "fcvtau") { t, w in
            VectorConversions.toInteger(&t, w, .toUnsigned, .nearestAway, w.halfShape)
        },
        row("0 q 1 01110 0 1 11100 11101 10 rn rd", "ucvtf") { t, w in
            VectorConversions.fromInteger(&t, w, .fromUnsigned, w.halfShape)
        },
        row("01 1 11110 0 1 11100 11101 10 rn rd", "ucvtf") { t, w in
            VectorConversions.fromInteger(&t, w, .fromUnsigned, w.halfShape)
        },
    ]

    private static let fixedRows: [Instruction<Translator>] = [
        row("0 q 0 011110 001 - immb 11100 1 rn rd", "scvtf") { t, w in fromFixedPoint(&t, w, .fromSigned) },
        row("01 0 111110 001 - immb 11100 1 rn rd", "scvtf") { t, w in fromFixedPoint(&t, w, .fromSigned) },
        row("0 q 1 011110 001 - immb 11100 1 rn rd", "ucvtf") { t, w in fromFixedPoint(&t, w, .fromUnsigned) },
        row("01 1 111110 001 - immb 11100 1 rn rd", "ucvtf") { t, w in fromFixedPoint(&t, w, .fromUnsigned) },
        row("0 q 0 011110 001 - immb 11111 1 rn rd", "fcvtzs") { t, w in toFixedPoint(&t, w, .toSigned) },
        row("01 0 111110 001 - immb 11111 1 rn rd", "fcvtzs") { t, w in toFixedPoint(&t, w, .toSigned) },
        row("0 q 1 011110 001 - immb 11111 1 rn rd", "fcvtzu") { t, w in toFixedPoint(&t, w, .toUnsigned) },
        row("01 1 111110 001 - immb 11111 1 rn rd", "fcvtzu") { t, w in toFixedPoint(&t, w, .toUnsigned) },
    ]

    /// Bits behind the point.
    private static func fraction(_ w: Word) -> Int { w.rightShift(.bits16) }

    private static func fromFixedPoint(_ t: inout Translator, _ w: Word, _ operation: VectorFloatUnary) {
        VectorFloatUnaries.unary(&t, w, operation, number: fraction(w), w.halfShape)
    }

    private static func toFixedPoint(_ t: inout Translator, _ w: Word, _ operation: VectorFloatUnary) {
        let number = Int(FloatRounding.towardZero.rawValue) | fraction(w) << 3
        VectorFloatUnaries.unary(&t, w, operation, number: number, w.halfShape)
    }
}
