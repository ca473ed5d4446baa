import BSDUserCore

/// Conversions of lanes between formats, integers and fixed point (DDI 0487, C7.2).
enum VectorConversions {
    static let rows: [Instruction<Translator>] = toIntegerRows + fromIntegerRows + fixedRows + formatRows

    private static let toIntegerRows: [Instruction<Translator>] = [
        row("0 q 0 01110 0 sz 10000 11010 10 rn rd", "fcvtns", except: Reserved.lowDoubleFloat) { t, w in
            toInteger(&t, w, .toSigned, .nearestEven)
        },
        row("01 0 11110 0 sz 10000 11010 10 rn rd", "fcvtns") { t, w in toInteger(&t, w, .toSigned, .nearestEven) },
        row("0 q 1 01110 0 sz 10000 11010 10 rn rd", "fcvtnu", except: Reserved.lowDoubleFloat) { t, w in
            toInteger(&t, w, .toUnsigned, .nearestEven)
        },
        row("01 1 11110 0 sz 10000 11010 10 rn rd", "fcvtnu") { t, w in toInteger(&t, w, .toUnsigned, .nearestEven) },
        row("0 q 0 01110 1 sz 10000 11010 10 rn rd", "fcvtps", except: Reserved.lowDoubleFloat) { t, w in
            toInteger(&t, w, .toSigned, .up)
        },
        row("01 0 11110 1 sz 10000 11010 10 rn rd", "fcvtps") { t, w in toInteger(&t, w, .toSigned, .up) },
        row("0 q 1 01110 1 sz 10000 11010 10 rn rd", "fcvtpu", except: Reserved.lowDoubleFloat) { t, w in
            toInteger(&t, w, .toUnsigned, .up)
        },
        row("01 1 11110 1 sz 10000 11010 10 rn rd", "fcvtpu") { t, w in toInteger(&t, w, .toUnsigned, .up) },
        row("0 q 0 01110 0 sz 10000 11011 10 rn rd", "fcvtms", except: Reserved.lowDoubleFloat) { t, w in
            toInteger(&t, w, .toSigned, .down)
        },
        row("01 0 11110 0 sz 10000 11011 10 rn rd", "fcvtms") { t, w in toInteger(&t, w, .toSigned, .down) },
        row("0 q 1 01110 0 sz 10000 11011 10 rn rd", "fcvtmu", except: Reserved.lowDoubleFloat) { t, w in
            toInteger(&t, w, .toUnsigned, .down)
        },
        row("01 1 11110 0 sz 10000 11011 10 rn rd", "fcvtmu") { t, w in toInteger(&t, w, .toUnsigned, .down) },
        row("0 q 0 01110 1 sz 10000 11011 10 rn rd", "fcvtzs", except: Reserved.lowDoubleFloat) { t, w in
            toInteger(&t, w, .toSigned, .towardZero)
        },
        row("01 0 11110 1 sz 10000 11011 10 rn rd", "fcvtzs") { t, w in toInteger(&t, w, .toSigned, .towardZero) },
        row("0 q 1 01110 1 sz 10000 11011 10 rn rd", "fcvtzu", except: Reserved.lowDoubleFloat) { t, w in
            toInteger(&t, w, .toUnsigned, .towardZero)
        },
        row("01 1 11110 1 sz 10000 11011 10 rn rd", "fcvtzu") { t, w in toInteger(&t, w, .toUnsigned, .towardZero) },
        row("0 q 0 01110 0 sz 10000 11100 10 rn rd", "fcvtas", except: Reserved.lowDoubleFloat) { t, w in
            toInteger(&t, w, .toSigned, .nearestAway)
        },
        row("01 0 11110 0 sz 10000 11100 10 rn rd", "fcvtas") { t, w in toInteger(&t, w, .toSigned, .nearestAway) },
        row("0 q 1 01110 0 sz 10000 11100 10 rn rd", "fcvtau", except: Reserved.lowDoubleFloat) { t, w in
            toInteger(&t, w, .toUnsigned, .nearestAway)
        },
        row("01 1 11110 0 sz 10000 11100 10 rn rd", "fcvtau") { t, w in toInteger(&t, w, .toUnsigned, .nearestAway) },
    ]

    private static let fromIntegerRows: [Instruction<Translator>] = [
        row("0 q 0 01110 0 sz 10000 11101 10 rn rd", "scvtf", except: Reserved.lowDoubleFloat) { t, w in
            fromInteger(&t, w, .fromSigned)
        },
        row("01 0 11110 0 sz 10000 11101 10 rn rd", "scvtf") { t, w in fromInteger(&t, w, .fromSigned) },
        row("0 q 1 01110 0 sz 10000 11101 10 rn rd", "ucvtf", except: Reserved.lowDoubleFloat) { t, w in
            fromInteger(&t, w, .fromUnsigned)
        },
        row("01 1 11110 0 sz 10000 11101 10 rn rd", "ucvtf") { t, w in fromInteger(&t, w, .fromUnsigned) },
    ]

    private static let fixedRows: [Instruction<Translator>] = [
        row("0 q 0 011110 immh immb 11100 1 rn rd", "scvtf", except: Reserved.fixedPoint) { t, w in
            fromFixedPoint(&t, w, .fromSigned)
        },
        row("01 0 111110 immh immb 11100 1 rn rd", "scvtf", except: Reserved.scalarFixedPoint) { t, w in
            fromFixedPoint(&t, w, .fromSigned)
        },
        row("0 q 1 011110 immh immb 11100 1 rn rd", "ucvtf", except: Reserved.fixedPoint) { t, w in
            fromFixedPoint(&t, w, .fromUnsigned)
        },
        row("01 1 111110 immh immb 11100 1 rn rd", "ucvtf", except: Reserved.scalarFixedPoint) { t, w in
            fromFixedPoint(&t, w, .fromUnsigned)
        },
        row("0 q 0 011110 immh immb 11111 1 rn rd", "fcvtzs", except: Reserved.fixedPoint) { t, w in
            toFixedPoint(&t, w, .toSigned)
        },
        row("01 0 111110 immh immb 11111 1 rn rd", "fcvtzs", except: Reserved.scalarFixedPoint) { t, w in
            toFixedPoint(&t, w, .toSigned)
        },
        row("0 q 1 011110 immh immb 11111 1 rn rd", "fcvtzu", except: Reserved.fixedPoint) { t, w in
            toFixedPoint(&t, w, .toUnsigned)
        },
        row("01 1 111110 immh immb 11111 1 rn rd", "fcvtzu", except: Reserved.scalarFixedPoint) { t, w in
            toFixedPoint(&t, w, .toUnsigned)
        },
    ]

    private static let formatRows: [Instruction<Translator>] = [
        row("0 q 0 01110 0 sz 10000 10111 10 rn rd", "fcvtl") { t, w in
            let operation: VectorFloatUnary = w.isFull ? .widenHigh : .widenLow
            let result = t.builder.vectorFloat(operation, t.vector(w[Bits.rn]), w.floatLane.half)
            t.builder.put(.vector(w[Bits.rd]), result, .v128)
        },
        row("0 q 0 01110 0 sz 10000 10110 10 rn rd", "fcvtn") { t, w in
            let result = t.builder.vectorFloat(.narrow, t.vector(w[Bits.rn]), w.floatLane)
            t.setNarrowed(w[Bits.rd], result, isHigh: w.isFull)
        },
        row("0 q 1 01110 01 10000 10110 10 rn rd", "fcvtxn") { t, w in
            t.setNarrowed(w[Bits.rd], narrowToOdd(&t, t.vector(w[Bits.rn])), isHigh: w.isFull)
        },
        row("01 1 11110 01 10000 10110 10 rn rd", "fcvtxn") { t, w in
            let result = narrowToOdd(&t, t.repeated(w[Bits.rn], VectorShape(lane: .bits64, extent: .scalar)))
            t.setVector(w[Bits.rd], result, VectorShape(lane: .bits32, extent: .scalar))
        },
    ]

    private static func narrowToOdd(_ t: inout Translator, _ value: Value) -> Value {
        t.builder.callPure(VectorHelpers.index(.narrowToOdd), value, .none, .none, .v128)
    }

    static func toInteger(
        _ t: inout Translator, _ w: Word, _ operation: VectorFloatUnary, _ rounding: FloatRounding,
        _ shape: VectorShape? = nil
    ) {
        VectorFloatUnaries.unary(&t, w, operation, number: Int(rounding.rawValue), shape)
    }

    static func fromInteger(
        _ t: inout Translator, _ w: Word, _ operation: VectorFloatUnary, _ shape: VectorShape? = nil
    ) {
        VectorFloatUnaries.unary(&t, w, operation, shape)
    }

    // MARK: Fixed point

    private static func fromFixedPoint(_ t: inout Translator, _ w: Word, _ operation: VectorFloatUnary) {
        let (shape, fraction) = (w.shiftShape, w.rightShift(w.shiftLane))
        let number = t.builder.vectorFloat(operation, t.repeated(w[Bits.rn], shape), shape.lane)
        let scale = t.lanes(Double(sign: .plus, exponent: -fraction, significand: 1), shape.lane)
        t.setVector(w[Bits.rd], t.builder.vectorFloat(.mul, number, scale, shape.lane), shape)
    }

    /// What is far beyond every integer is brought nearer before the multiplication, which is exact then.
    private static func toFixedPoint(_ t: inout Translator, _ w: Word, _ operation: VectorFloatUnary) {
        let (shape, fraction) = (w.shiftShape, w.rightShift(w.shiftLane))
        var number = t.repeated(w[Bits.rn], shape)
        number = t.builder.vectorFloat(.min, number, t.lanes(0x1p70, shape.lane), shape.lane)
        number = t.builder.vectorFloat(.max, number, t.lanes(-0x1p70, shape.lane), shape.lane)
        let scale = t.lanes(Double(sign: .plus, exponent: fraction, significand: 1), shape.lane)
        number = t.builder.vectorFloat(.mul, number, scale, shape.lane)
        let rounding = Int(FloatRounding.towardZero.rawValue)
        t.setVector(w[Bits.rd], t.builder.vectorFloat(operation, number, shape.lane, number: rounding), shape)
    }
}
