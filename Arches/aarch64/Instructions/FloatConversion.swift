import BSDUserCore

/// Conversions between scalars, and moves between them and general registers (DDI 0487, C7.2).
enum FloatConversion {
    static let rows: [Instruction<Translator>] = formatRows + toIntegerRows + fromIntegerRows + moveRows

    private static let formatRows: [Instruction<Translator>] = [
        row("00011110 00 1 000101 10000 rn rd", "fcvt") { t, w in
            t.setFloat(w[Bits.rd], t.builder.unary(.floatConvert, t.float(w[Bits.rn], .f32), .f64), .f64)
        },
        row("00011110 01 1 000100 10000 rn rd", "fcvt") { t, w in
            t.setFloat(w[Bits.rd], t.builder.unary(.floatConvert, t.float(w[Bits.rn], .f64), .f32), .f32)
        },
        row("00011110 0 sz 1 000111 10000 rn rd", "fcvt") { t, w in
            let half = t.builder.floatToHalf(t.float(w[Bits.rn], w.floatType), from: w.floatType)
            t.builder.put(.vector(w[Bits.rd]), t.builder.vectorFromScalar(half, .bits16), .v128)
        },
        row("00011110 11 1 000100 10000 rn rd", "fcvt") { t, w in fromHalf(&t, w, .f32) },
        row("00011110 11 1 000101 10000 rn rd", "fcvt") { t, w in fromHalf(&t, w, .f64) },
    ]

    private static let toIntegerRows: [Instruction<Translator>] = [
        row("sf 0011110 0 sz 1 00 000 000000 rn rd", "fcvtns") { t, w in toInteger(&t, w, .nearestEven, true) },
        row("sf 0011110 0 sz 1 00 001 000000 rn rd", "fcvtnu") { t, w in toInteger(&t, w, .nearestEven, false) },
        row("sf 0011110 0 sz 1 00 100 000000 rn rd", "fcvtas") { t, w in toInteger(&t, w, .nearestAway, true) },
        row("sf 0011110 0 sz 1 00 101 000000 rn rd", "fcvtau") { t, w in toInteger(&t, w, .nearestAway, false) },
        row("sf 0011110 0 sz 1 01 000 000000 rn rd", "fcvtps") { t, w in toInteger(&t, w, .up, true) },
        row("sf 0011110 0 sz 1 01 001 000000 rn rd", "fcvtpu") { t, w in toInteger(&t, w, .up, false) },
        row("sf 0011110 0 sz 1 10 000 000000 rn rd", "fcvtms") { t, w in toInteger(&t, w, .down, true) },
        row("sf 0011110 0 sz 1 10 001 000000 rn rd", "fcvtmu") { t, w in toInteger(&t, w, .down, false) },
        row("sf 0011110 0 sz 1 11 000 000000 rn rd", "fcvtzs") { t, w in toInteger(&t, w, .towardZero, true) },
        row("sf 0011110 0 sz 1 11 001 000000 rn rd", "fcvtzu") { t, w in toInteger(&t, w, .towardZero, false) },
        row("sf 0011110 0 sz 0 11 000 scale rn rd", "fcvtzs", except: Reserved.scale) { t, w in
            toFixedPoint(&t, w, isSigned: true)
        },
        row("sf 0011110 0 sz 0 11 001 scale rn rd", "fcvtzu", except: Reserved.scale) { t, w in
            toFixedPoint(&t, w, isSigned: false)
        },
    ]

    private static let fromIntegerRows: [Instruction<Translator>] = [
        row("sf 0011110 0 sz 1 00 010 000000 rn rd", "scvtf") { t, w in
            t.setFloat(w[Bits.rd], fromInteger(&t, w, isSigned: true), w.floatType)
        },
        row("sf 0011110 0 sz 1 00 011 000000 rn rd", "ucvtf") { t, w in
            t.setFloat(w[Bits.rd], fromInteger(&t, w, isSigned: false), w.floatType)
        },
        row("sf 0011110 0 sz 0 00 010 scale rn rd", "scvtf", except: Reserved.scale) { t, w in
            fromFixedPoint(&t, w, isSigned: true)
        },
        row("sf 0011110 0 sz 0 00 011 scale rn rd", "ucvtf", except: Reserved.scale) { t, w in
            fromFixedPoint(&t, w, isSigned: false)
        },
    ]

    private static let moveRows: [Instruction<Translator>] = [
        row("0 0011110 00 1 00 110 000000 rn rd", "fmov") { t, w in
            t.setExtended(w[Bits.rd], t.builder.vectorExtract(t.vector(w[Bits.rn]), 0, .bits32, .i64))
        },
        row("0 0011110 00 1 00 111 000000 rn rd", "fmov") { t, w in
            t.builder.put(.vector(w[Bits.rd]), t.builder.vectorFromScalar(t.get(w[Bits.rn]), .bits32), .v128)
        },
        row("1 0011110 01 1 00 110 000000 rn rd", "fmov") { t, w in
            t.set(w[Bits.rd], t.builder.vectorExtract(t.vector(w[Bits.rn]), 0, .bits64, .i64))
        },
        row("1 0011110 01 1 00 111 000000 rn rd", "fmov") { t, w in
            t.builder.put(.vector(w[Bits.rd]), t.builder.vectorFromScalar(t.get(w[Bits.rn]), .bits64), .v128)
        },
        row("1 0011110 10 1 01 110 000000 rn rd", "fmov") { t, w in
            t.set(w[Bits.rd], t.builder.vectorExtract(t.vector(w[Bits.rn]), 1, .bits64, .i64))
        },
        row("1 0011110 10 1 01 111 000000 rn rd", "fmov") { t, w in
            let (old, new) = (t.vector(w[Bits.rd]), t.get(w[Bits.rn]))
            t.builder.put(.vector(w[Bits.rd]), t.builder.vectorInsert(old, 1, new, .bits64), .v128)
        },
    ]

    private static func fromHalf(_ t: inout Translator, _ w: Word, _ type: ValueType) {
        let half = t.builder.vectorExtract(t.vector(w[Bits.rn]), 0, .bits16, .i32)
        t.setFloat(w[Bits.rd], t.builder.floatFromHalf(half, to: type), type)
    }

    // MARK: Integers

    private static func toInteger(_ t: inout Translator, _ w: Word, _ rounding: FloatRounding, _ isSigned: Bool) {
        let number = t.float(w[Bits.rn], w.floatType)
        t.set(w[Bits.rd], t.integer(number, w.floatType, w.type, rounding, isSigned: isSigned), w.type)
    }

    private static func fromInteger(_ t: inout Translator, _ w: Word, isSigned: Bool) -> Value {
        let number = t.get(w[Bits.rn])
        if isSigned { return t.builder.floatFromSigned(number, from: w.type, to: w.floatType) }
        return t.builder.floatFromUnsigned(number, from: w.type, to: w.floatType)
    }

    // MARK: Fixed point

    private static func fractionBits(_ w: Word) -> Int { 64 - w[Bits.scale] }

    private static func toFixedPoint(_ t: inout Translator, _ w: Word, isSigned: Bool) {
        let fraction = fractionBits(w)
        let number = t.scaledUp(t.float(w[Bits.rn], w.floatType), w.floatType, by: fraction)
        t.set(w[Bits.rd], t.integer(number, .f64, w.type, .towardZero, isSigned: isSigned), w.type)
    }

    private static func fromFixedPoint(_ t: inout Translator, _ w: Word, isSigned: Bool) {
        let fraction = fractionBits(w)
        let number = fromInteger(&t, w, isSigned: isSigned)
        let scale = t.floatConstant(Double(sign: .plus, exponent: -fraction, significand: 1), w.floatType)
        t.setFloat(w[Bits.rd], t.builder.binary(.floatMul, number, scale, w.floatType), w.floatType)
    }
}

extension Translator {
    /// A number converted to an integer.
    mutating func integer(
        _ number: Value, _ from: ValueType, _ type: ValueType, _ rounding: FloatRounding, isSigned: Bool
    ) -> Value {
        if isSigned { return builder.floatToSigned(number, from: from, to: type, rounding) }
        return builder.floatToUnsigned(number, from: from, to: type, rounding)
    }

    /// A constant that both formats have.
    mutating func floatConstant(_ number: Double, _ type: ValueType) -> Value {
        let bits = type == .f64 ? Int64(bitPattern: number.bitPattern) : Int64(Float(number).bitPattern)
        return builder.unary(.bitcast, builder.constant(bits), type)
    }

    /// A number of double precision multiplied by a power of two, exactly: what is far beyond every integer is brought
    /// nearer before, so that the product does not overflow.
    mutating func scaledUp(_ number: Value, _ type: ValueType, by bits: Int) -> Value {
        var double = type == .f64 ? number : builder.unary(.floatConvert, number, .f64)
        if type == .f64 {
            double = builder.floatMinMax(.min, double, floatConstant(0x1p100, .f64), .f64)
            double = builder.floatMinMax(.max, double, floatConstant(-0x1p100, .f64), .f64)
        }
        let scale = floatConstant(Double(sign: .plus, exponent: bits, significand: 1), .f64)
        return builder.binary(.floatMul, double, scale, .f64)
    }
}
