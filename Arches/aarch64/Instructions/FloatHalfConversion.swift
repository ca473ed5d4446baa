import BSDUserCore

/// Conversions between scalars of half precision and general registers (FEAT_FP16; DDI 0487, C7.2), in double precision,
/// which has every number of half precision.
enum FloatHalfConversion {
    static let rows: [Instruction<Translator>] = toIntegerRows + fromIntegerRows + moveRows

    private static let toIntegerRows: [Instruction<Translator>] = [
        row("sf 0011110 11 1 00 000 000000 rn rd", "fcvtns") { t, w in toInteger(&t, w, .nearestEven, true) },
        row("sf 0011110 11 1 00 001 000000 rn rd", "fcvtnu") { t, w in toInteger(&t, w, .nearestEven, false) },
        row("sf 0011110 11 1 00 100 000000 rn rd", "fcvtas") { t, w in toInteger(&t, w, .nearestAway, true) },
        row("sf 0011110 11 1 00 101 000000 rn rd", "fcvtau") { t, w in toInteger(&t, w, .nearestAway, false) },
        row("sf 0011110 11 1 01 000 000000 rn rd", "fcvtps") { t, w in toInteger(&t, w, .up, true) },
        row("sf 0011110 11 1 01 001 000000 rn rd", "fcvtpu") { t, w in toInteger(&t, w, .up, false) },
        row("sf 0011110 11 1 10 000 000000 rn rd", "fcvtms") { t, w in toInteger(&t, w, .down, true) },
        row("sf 0011110 11 1 10 001 000000 rn rd", "fcvtmu") { t, w in toInteger(&t, w, .down, false) },
        row("sf 0011110 11 1 11 000 000000 rn rd", "fcvtzs") { t, w in toInteger(&t, w, .towardZero, true) },
        row("sf 0011110 11 1 11 001 000000 rn rd", "fcvtzu") { t, w in toInteger(&t, w, .towardZero, false) },
        row("sf 0011110 11 0 11 000 scale rn rd", "fcvtzs", except: Reserved.scale) { t, w in
            toFixedPoint(&t, w, isSigned: true)
        },
        row("sf 0011110 11 0 11 001 scale rn rd", "fcvtzu", except: Reserved.scale) { t, w in
            toFixedPoint(&t, w, isSigned: false)
        },
    ]

    private static let fromIntegerRows: [Instruction<Translator>] = [
        row("sf 0011110 11 1 00 010 000000 rn rd", "scvtf") { t, w in fromInteger(&t, w, isSigned: true, fraction: 0) },
        row("sf 0011110 11 0 00 010 scale rn rd", "scvtf", except: Reserved.scale) { t, w in
            fromInteger(&t, w, isSigned: true, fraction: 64 - w[Bits.scale])
        },
        row("sf 0011110 11 1 00 011 000000 rn rd", "ucvtf") { t, w in
            fromInteger(&t, w, isSigned: false, fraction: 0)
        },
        row("sf 0011110 11 0 00 011 scale rn rd", "ucvtf", except: Reserved.scale) { t, w in
            fromInteger(&t, w, isSigned: false, fraction: 64 - w[Bits.scale])
        },
    ]

    private static let moveRows: [Instruction<Translator>] = [
        row("sf 0011110 11 1 00 110 000000 rn rd", "fmov") { t, w in
            t.setExtended(w[Bits.rd], t.builder.vectorExtract(t.vector(w[Bits.rn]), 0, .bits16, .i64))
        },
        row("sf 0011110 11 1 00 111 000000 rn rd", "fmov") { t, w in t.setHalf(w[Bits.rd], t.get(w[Bits.rn])) },
    ]

    private static func toInteger(_ t: inout Translator, _ w: Word, _ rounding: FloatRounding, _ isSigned: Bool) {
        let number = t.half(w[Bits.rn], .f64)
        t.set(w[Bits.rd], t.integer(number, .f64, w.type, rounding, isSigned: isSigned), w.type)
    }

    private static func toFixedPoint(_ t: inout Translator, _ w: Word, isSigned: Bool) {
        let number = t.scaledUp(t.half(w[Bits.rn], .f64), .f64, by: 64 - w[Bits.scale])
        t.set(w[Bits.rd], t.integer(number, .f64, w.type, .towardZero, isSigned: isSigned), w.type)
    }

    /// Rounded once, at the end.
    private static func fromInteger(_ t: inout Translator, _ w: Word, isSigned: Bool, fraction: Int) {
        let integer = w.type == .i32 ? t.get(w[Bits.rn]) : shortened(&t, t.get(w[Bits.rn]), isSigned: isSigned)
        var number =
            isSigned
            ? t.builder.floatFromSigned(integer, from: w.type, to: .f64)
            : t.builder.floatFromUnsigned(integer, from: w.type, to: .f64)
        if fraction > 0 {
            let scale = t.floatConstant(Double(sign: .plus, exponent: -fraction, significand: 1), .f64)
            number = t.builder.binary(.floatMul, number, scale, .f64)
        }
        t.setHalf(w[Bits.rd], t.builder.floatToHalf(number, from: .f64, .arithmetic))
    }

    /// An integer of 64 bits that double precision has: of a great one the low 11 bits are gone, and the bit above them is
    /// set if they held anything (rounding to odd), which comes to the same when less than 53 bits are wanted.
    private static func shortened(_ t: inout Translator, _ integer: Value, isSigned: Bool) -> Value {
        let low: Int64 = 0x7ff
        let rest = t.builder.binary(.and, integer, t.builder.constant(low))
        let isInexact = t.builder.compare(.notEqual, rest, t.builder.constant(0))
        let odd = t.builder.binary(.shiftLeft, isInexact, t.builder.constant(11))
        let high = t.builder.binary(.and, integer, t.builder.constant(~low))
        let limit: Int64 = 1 << 53
        // From minus to plus 2^52.
        let range = isSigned ? t.builder.binary(.add, integer, t.builder.constant(limit / 2)) : integer
        let isGreat = t.builder.compare(.greaterUnsigned, range, t.builder.constant(limit))
        return t.builder.select(isGreat, t.builder.binary(.or, high, odd), integer, .i64)
    }
}
