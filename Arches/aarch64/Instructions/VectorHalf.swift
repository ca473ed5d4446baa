import BSDUserCore

/// Vector instructions on half-precision numbers (FEAT_FP16; DDI 0487, C7.2), which differ from those on the other
/// formats in their encodings alone.
enum VectorHalf {
    static let rows: [Instruction<Translator>] = threeRegisterRows + twoRegisterRows + pairRows + elementRows

    private static let threeRegisterRows: [Instruction<Translator>] = [
        row("0 q 0 01110 0 10 rm 00 000 1 rn rd", "fmaxnm") { t, w in
            VectorFloat.binary(&t, w, .maxNumber, w.halfShape)
        },
        row("0 q 0 01110 0 10 rm 00 001 1 rn rd", "fmla") { t, w in VectorFloat.fused(&t, w, [], w.halfShape) },
        row("0 q 0 01110 0 10 rm 00 010 1 rn rd", "fadd") { t, w in VectorFloat.binary(&t, w, .add, w.halfShape) },
        row("0 q 0 01110 0 10 rm 00 011 1 rn rd", "fmulx") { t, w in
            VectorFloat.step(&t, w, w.halfShape) { $0.multipliedExtended($1, $2, $3) }
        },
        row("01 0 11110 0 10 rm 00 011 1 rn rd", "fmulx") { t, w in
            VectorFloat.step(&t, w, w.halfShape) { $0.multipliedExtended($1, $2, $3) }
        },
        row("0 q 0 01110 0 10 rm 00 100 1 rn rd", "fcmeq") { t, w in
            VectorFloat.binary(&t, w, .compareEqual, w.halfShape)
        },
        row("01 0 11110 0 10 rm 00 100 1 rn rd", "fcmeq") { t, w in
            VectorFloat.binary(&t, w, .compareEqual, w.halfShape)
        },
        row("0 q 0 01110 0 10 rm 00 110 1 rn rd", "fmax") { t, w in VectorFloat.binary(&t, w, .max, w.halfShape) },
        row("0 q 0 01110 0 10 rm 00 111 1 rn rd", "frecps") { t, w in
            VectorFloat.step(&t, w, w.halfShape) { $0.reciprocalStep($1, $2, $3) }
        },
        row("01 0 11110 0 10 rm 00 111 1 rn rd", "frecps") { t, w in
            VectorFloat.step(&t, w, w.halfShape) { $0.reciprocalStep($1, $2, $3) }
        },
        row("0 q 0 01110 1 10 rm 00 000 1 rn rd", "fminnm") { t, w in
            VectorFloat.binary(&t, w, .minNumber, w.halfShape)
        },
        row("0 q 0 01110 1 10 rm 00 001 1 rn rd", "fmls") { t, w in
            VectorFloat.fused(&t, w, .negatedProduct, w.halfShape)
        },
        row("0 q 0 01110 1 10 rm 00 010 1 rn rd", "fsub") { t, w in VectorFloat.binary(&t, w, .sub, w.halfShape) },
        row("0 q 0 01110 1 10 rm 00 110 1 rn rd", "fmin") { t, w in VectorFloat.binary(&t, w, .min, w.halfShape) },
        row("0 q 0 01110 1 10 rm 00 111 1 rn rd", "frsqrts") { t, w in
            VectorFloat.step(&t, w, w.halfShape) { $0.rootStep($1, $2, $3) }
        },
        row("01 0 11110 1 10 rm 00 111 1 rn rd", "frsqrts") { t, w in
            VectorFloat.step(&t, w, w.halfShape) { $0.rootStep($1, $2, $3) }
        },
        row("0 q 1 01110 0 10 rm 00 000 1 rn rd", "fmaxnmp") { t, w in
            VectorFloat.pairwise(&t, w, .maxNumber, w.halfShape)
        },
        row("0 q 1 01110 0 10 rm 00 010 1 rn rd", "faddp") { t, w in VectorFloat.pairwise(&t, w, .add, w.halfShape) },
        row("0 q 1 01110 0 10 rm 00 011 1 rn rd", "fmul") { t, w in VectorFloat.binary(&t, w, .mul, w.halfShape) },
        row("0 q 1 01110 0 10 rm 00 100 1 rn rd", "fcmge") { t, w in
            VectorFloat.binary(&t, w, .compareGreaterOrEqual, w.halfShape)
        },
        row("01 1 11110 0 10 rm 00 100 1 rn rd", "fcmge") { t, w in
            VectorFloat.binary(&t, w, .compareGreaterOrEqual, w.halfShape)
        },
        row("0 q 1 01110 0 10 rm 00 101 1 rn rd", "facge") { t, w in
            VectorFloat.compareMagnitudes(&t, w, .compareGreaterOrEqual, w.halfShape)
        },
        row("01 1 11110 0 10 rm 00 101 1 rn rd", "facge") { t, w in
            VectorFloat.compareMagnitudes(&t, w, .compareGreaterOrEqual, w.halfShape)
        },
        row("0 q 1 01110 0 10 rm 00 110 1 rn rd", "fmaxp") { t, w in VectorFloat.pairwise(&t, w, .max, w.halfShape) },
        row("0 q 1 01110 0 10 rm 00 111 1 rn rd", "fdiv") { t, w in VectorFloat.binary(&t, w, .div, w.halfShape) },
        row("0 q 1 01110 1 10 rm 00 000 1 rn rd", "fminnmp") { t, w in
            VectorFloat.pairwise(&t, w, .minNumber, w.halfShape)
        },
        row("0 q 1 01110 1 10 rm 00 010 1 rn rd", "fabd") { t, w in
            VectorFloat.absoluteDifference(&t, w, w.halfShape)
        },
        row("01 1 11110 1 10 rm 00 010 1 rn rd", "fabd") { t, w in VectorFloat.absoluteDifference(&t, w, w.halfShape) },
        row("0 q 1 01110 1 10 rm 00 100 1 rn rd", "fcmgt") { t, w in
            VectorFloat.binary(&t, w, .compareGreater, w.halfShape)
        },
        row("01 1 11110 1 10 rm 00 100 1 rn rd", "fcmgt") { t, w in
            VectorFloat.binary(&t, w, .compareGreater, w.halfShape)
        },
        row("0 q 1 01110 1 10 rm 00 101 1 rn rd", "facgt") { t, w in
            VectorFloat.compareMagnitudes(&t, w, .compareGreater, w.halfShape)
        },
        row("01 1 11110 1 10 rm 00 101 1 rn rd", "facgt") { t, w in
            VectorFloat.compareMagnitudes(&t, w, .compareGreater, w.halfShape)
        },
        row("0 q 1 01110 1 10 rm 00 110 1 rn rd", "fminp") { t, w in VectorFloat.pairwise(&t, w, .min, w.halfShape) },
    ]

    private static let twoRegisterRows: [Instruction<Translator>] = [
        row("0 q 0 01110 1 1 11100 01111 10 rn rd", "fabs") { t, w in VectorFloatUnaries.absolute(&t, w, w.halfShape) },
        row("0 q 1 01110 1 1 11100 01111 10 rn rd", "fneg") { t, w in VectorFloatUnaries.negate(&t, w, w.halfShape) },
        row("0 q 1 01110 1 1 11100 11111 10 rn rd", "fsqrt") { t, w in
            VectorFloatUnaries.unary(&t, w, .squareRoot, w.halfShape)
        },
        row("0 q 0 01110 1 1 11100 01100 10 rn rd", "fcmgt") { t, w in
            VectorFloatUnaries.compare(&t, w, .compareGreater, w.halfShape)
        },
        row("01 0 11110 1 1 11100 01100 10 rn rd", "fcmgt") { t, w in
            VectorFloatUnaries.compare(&t, w, .compareGreater, w.halfShape)
        },
        row("0 q 1 01110 1 1 11100 01100 10 rn rd", "fcmge") { t, w in
            VectorFloatUnaries.compare(&t, w, .compareGreaterOrEqual, w.halfShape)
        },
        row("01 1 11110 1 1 11100 01100 10 rn rd", "fcmge") { t, w in
            VectorFloatUnaries.compare(&t, w, .compareGreaterOrEqual, w.halfShape)
        },
        row("0 q 0 01110 1 1 11100 01101 10 rn rd", "fcmeq") { t, w in
            VectorFloatUnaries.compare(&t, w, .compareEqual, w.halfShape)
        },
        row("01 0 11110 1 1 11100 01101 10 rn rd", "fcmeq") { t, w in
            VectorFloatUnaries.compare(&t, w, .compareEqual, w.halfShape)
        },
        row("0 q 1 01110 1 1 11100 01101 10 rn rd", "fcmle") { t, w in
            VectorFloatUnaries.compare(&t, w, .compareGreaterOrEqual, zeroFirst: true, w.halfShape)
        },
        row("01 1 11110 1 1 11100 01101 10 rn rd", "fcmle") { t, w in
            VectorFloatUnaries.compare(&t, w, .compareGreaterOrEqual, zeroFirst: true, w.halfShape)
        },
        row("0 q 0 01110 1 1 11100 01110 10 rn rd", "fcmlt") { t, w in
            VectorFloatUnaries.compare(&t, w, .compareGreater, zeroFirst: true, w.halfShape)
        },
        row("01 0 11110 1 1 11100 01110 10 rn rd", "fcmlt") { t, w in
            VectorFloatUnaries.compare(&t, w, .compareGreater, zeroFirst: true, w.halfShape)
        },
        row("0 q 0 01110 0 1 11100 11000 10 rn rd", "frintn") { t, w in
            VectorFloatUnaries.round(&t, w, .nearestEven, w.halfShape)
        },
        row("0 q 0 01110 1 1 11100 11000 10 rn rd", "frintp") { t, w in
            VectorFloatUnaries.round(&t, w, .up, w.halfShape)
        },
        row("0 q 0 01110 0 1 11100 11001 10 rn rd", "frintm") { t, w in
            VectorFloatUnaries.round(&t, w, .down, w.halfShape)
        },
        row("0 q 0 01110 1 1 11100 11001 10 rn rd", "frintz") { t, w in
            VectorFloatUnaries.round(&t, w, .towardZero, w.halfShape)
        },
        row("0 q 1 01110 0 1 11100 11000 10 rn rd", "frinta") { t, w in
            VectorFloatUnaries.round(&t, w, .nearestAway, w.halfShape)
        },
        row("0 q 1 01110 0 1 11100 11001 10 rn rd", "frintx") { t, w in
            VectorFloatUnaries.round(&t, w, .current, isExact: true, w.halfShape)
        },
        row("0 q 1 01110 1 1 11100 11001 10 rn rd", "frinti") { t, w in
            VectorFloatUnaries.round(&t, w, .current, w.halfShape)
        },
        row("0 q 0 01110 1 1 11100 11101 10 rn rd", "frecpe") { t, w in
            VectorFloatUnaries.estimate(&t, w, .reciprocal, w.halfShape)
        },
        row("01 0 11110 1 1 11100 11101 10 rn rd", "frecpe") { t, w in
            VectorFloatUnaries.estimate(&t, w, .reciprocal, w.halfShape)
        },
        row("0 q 1 01110 1 1 11100 11101 10 rn rd", "frsqrte") { t, w in
            VectorFloatUnaries.estimate(&t, w, .reciprocalRoot, w.halfShape)
        },
        row("01 1 11110 1 1 11100 11101 10 rn rd", "frsqrte") { t, w in
            VectorFloatUnaries.estimate(&t, w, .reciprocalRoot, w.halfShape)
        },
        row("01 0 11110 1 1 11100 11111 10 rn rd", "frecpx") { t, w in
            VectorFloatUnaries.estimate(&t, w, .reciprocalExponent, w.halfShape)
        },
    ]

    private static let pairRows: [Instruction<Translator>] = [
        row("01 0 11110 0 0 11000 01100 10 rn rd", "fmaxnmp") { t, w in
            VectorFloat.pair(&t, w, .maxNumber, .scalarHalf)
        },
        row("01 0 11110 1 0 11000 01100 10 rn rd", "fminnmp") { t, w in
            VectorFloat.pair(&t, w, .minNumber, .scalarHalf)
        },
        row("01 0 11110 0 0 11000 01101 10 rn rd", "faddp") { t, w in VectorFloat.pair(&t, w, .add, .scalarHalf) },
        row("01 0 11110 0 0 11000 01111 10 rn rd", "fmaxp") { t, w in VectorFloat.pair(&t, w, .max, .scalarHalf) },
        row("01 0 11110 1 0 11000 01111 10 rn rd", "fminp") { t, w in VectorFloat.pair(&t, w, .min, .scalarHalf) },
        row("0 q 0 01110 0 0 11000 01100 10 rn rd", "fmaxnmv") { t, w in
            VectorFloat.across(&t, w, .maxNumber, w.halfShape)
        },
        row("0 q 0 01110 1 0 11000 01100 10 rn rd", "fminnmv") { t, w in
            VectorFloat.across(&t, w, .minNumber, w.halfShape)
        },
        row("0 q 0 01110 0 0 11000 01111 10 rn rd", "fmaxv") { t, w in VectorFloat.across(&t, w, .max, w.halfShape) },
        row("0 q 0 01110 1 0 11000 01111 10 rn rd", "fminv") { t, w in VectorFloat.across(&t, w, .min, w.halfShape) },
    ]

    private static let elementRows: [Instruction<Translator>] = [
        row("0 q 0 01111 00 l m rml 0001 h 0 rn rd", "fmla") { t, w in
            VectorFloat.fusedByElement(&t, w, [], w.halfShape)
        },
        row("01 0 11111 00 l m rml 0001 h 0 rn rd", "fmla") { t, w in
            VectorFloat.fusedByElement(&t, w, [], w.halfShape)
        },
        row("0 q 0 01111 00 l m rml 0101 h 0 rn rd", "fmls") { t, w in
            VectorFloat.fusedByElement(&t, w, .negatedProduct, w.halfShape)
        },
        row("01 0 11111 00 l m rml 0101 h 0 rn rd", "fmls") { t, w in
            VectorFloat.fusedByElement(&t, w, .negatedProduct, w.halfShape)
        },
        row("0 q 0 01111 00 l m rml 1001 h 0 rn rd", "fmul") { t, w in
            VectorFloat.multiplyByElement(&t, w, w.halfShape) { $0.builder.vectorFloat(.mul, $1, $2, $3) }
        },
        row("01 0 11111 00 l m rml 1001 h 0 rn rd", "fmul") { t, w in
            VectorFloat.multiplyByElement(&t, w, w.halfShape) { $0.builder.vectorFloat(.mul, $1, $2, $3) }
        },
        row("0 q 1 01111 00 l m rml 1001 h 0 rn rd", "fmulx") { t, w in
            VectorFloat.multiplyByElement(&t, w, w.halfShape) { $0.multipliedExtended($1, $2, $3) }
        },
        row("01 1 11111 00 l m rml 1001 h 0 rn rd", "fmulx") { t, w in
            VectorFloat.multiplyByElement(&t, w, w.halfShape) { $0.multipliedExtended($1, $2, $3) }
        },
    ]
}
