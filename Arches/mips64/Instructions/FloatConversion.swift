import BSDUserCore

/// Conversions between floating-point and fixed-point formats (volume II-A).
enum FloatConversion {
    static let rows: [Instruction<Translator>] = [
        row("010001 10001 00000 fs fd 100000", "cvt.s.d") { t, w in t.putConverted(w, from: .f64, to: .f32) },
        row("010001 10000 00000 fs fd 100001", "cvt.d.s") { t, w in t.putConverted(w, from: .f32, to: .f64) },
        row("010001 10100 00000 fs fd 100000", "cvt.s.w") { t, w in fromFixed(&t, w, .i32, .f32) },
        row("010001 10100 00000 fs fd 100001", "cvt.d.w") { t, w in fromFixed(&t, w, .i32, .f64) },
        row("010001 10101 00000 fs fd 100000", "cvt.s.l") { t, w in fromFixed(&t, w, .i64, .f32) },
        row("010001 10101 00000 fs fd 100001", "cvt.d.l") { t, w in fromFixed(&t, w, .i64, .f64) },
        row("010001 10000 00000 fs fd 100100", "cvt.w.s") { t, w in toFixed(&t, w, .f32, .i32, .current) },
        row("010001 10001 00000 fs fd 100100", "cvt.w.d") { t, w in toFixed(&t, w, .f64, .i32, .current) },
        row("010001 10000 00000 fs fd 100101", "cvt.l.s") { t, w in toFixed(&t, w, .f32, .i64, .current) },
        row("010001 10001 00000 fs fd 100101", "cvt.l.d") { t, w in toFixed(&t, w, .f64, .i64, .current) },
        row("010001 10000 00000 fs fd 001000", "round.l.s") { t, w in toFixed(&t, w, .f32, .i64, .nearestEven) },
        row("010001 10001 00000 fs fd 001000", "round.l.d") { t, w in toFixed(&t, w, .f64, .i64, .nearestEven) },
        row("010001 10000 00000 fs fd 001001", "trunc.l.s") { t, w in toFixed(&t, w, .f32, .i64, .towardZero) },
        row("010001 10001 00000 fs fd 001001", "trunc.l.d") { t, w in toFixed(&t, w, .f64, .i64, .towardZero) },
        row("010001 10000 00000 fs fd 001010", "ceil.l.s") { t, w in toFixed(&t, w, .f32, .i64, .up) },
        row("010001 10001 00000 fs fd 001010", "ceil.l.d") { t, w in toFixed(&t, w, .f64, .i64, .up) },
        row("010001 10000 00000 fs fd 001011", "floor.l.s") { t, w in toFixed(&t, w, .f32, .i64, .down) },
        row("010001 10001 00000 fs fd 001011", "floor.l.d") { t, w in toFixed(&t, w, .f64, .i64, .down) },
        row("010001 10000 00000 fs fd 001100", "round.w.s") { t, w in toFixed(&t, w, .f32, .i32, .nearestEven) },
        row("010001 10001 00000 fs fd 001100", "round.w.d") { t, w in toFixed(&t, w, .f64, .i32, .nearestEven) },
        row("010001 10000 00000 fs fd 001101", "trunc.w.s") { t, w in toFixed(&t, w, .f32, .i32, .towardZero) },
        row("010001 10001 00000 fs fd 001101", "trunc.w.d") { t, w in toFixed(&t, w, .f64, .i32, .towardZero) },
        row("010001 10000 00000 fs fd 001110", "ceil.w.s") { t, w in toFixed(&t, w, .f32, .i32, .up) },
        row("010001 10001 00000 fs fd 001110", "ceil.w.d") { t, w in toFixed(&t, w, .f64, .i32, .up) },
        row("010001 10000 00000 fs fd 001111", "floor.w.s") { t, w in toFixed(&t, w, .f32, .i32, .down) },
        row("010001 10001 00000 fs fd 001111", "floor.w.d") { t, w in toFixed(&t, w, .f64, .i32, .down) },
    ]

    private static func fromFixed(_ t: inout Translator, _ w: Word, _ from: ValueType, _ to: ValueType) {
        let source = t.getFloat(w[Bits.fs], from == .i32 ? .f32 : .f64)
        let fixed = t.builder.unary(.bitcast, source, from)
        t.builder.put(.float(w[Bits.fd]), t.builder.floatFromSigned(fixed, from: from, to: to), to)
    }

    private static func toFixed(
        _ t: inout Translator, _ w: Word, _ from: ValueType, _ to: ValueType, _ rounding: FloatRounding
    ) {
        let fixed = t.builder.floatToSigned(t.getFloat(w[Bits.fs], from), from: from, to: to, rounding)
        let type: ValueType = to == .i32 ? .f32 : .f64
        t.builder.put(.float(w[Bits.fd]), t.builder.unary(.bitcast, fixed, type), type)
    }
}

extension Translator {
    fileprivate mutating func putConverted(_ w: Word, from: ValueType, to: ValueType) {
        builder.put(.float(w[Bits.fd]), builder.unary(.floatConvert, getFloat(w[Bits.fs], from), to), to)
    }
}
