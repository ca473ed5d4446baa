import BSDUserCore

/// Comparison and selection of scalars (DDI 0487, C7.2).
enum FloatCompare {
    static let rows: [Instruction<Translator>] = [
        row("00011110 0 sz 1 rm 001000 rn 00000", "fcmp", .writesFlags) { t, w in
            compare(&t, w, t.float(w[Bits.rm], w.floatType), isSignalling: false)
        },
        row("00011110 0 sz 1 ----- 001000 rn 01000", "fcmp", .writesFlags) { t, w in
            compare(&t, w, t.floatZero(w.floatType), isSignalling: false)
        },
        row("00011110 0 sz 1 rm 001000 rn 10000", "fcmpe", .writesFlags) { t, w in
            compare(&t, w, t.float(w[Bits.rm], w.floatType), isSignalling: true)
        },
        row("00011110 0 sz 1 ----- 001000 rn 11000", "fcmpe", .writesFlags) { t, w in
            compare(&t, w, t.floatZero(w.floatType), isSignalling: true)
        },
        row("00011110 0 sz 1 rm cond 01 rn 0 nzcv", "fccmp", [.readsFlags, .writesFlags]) { t, w in
            compareConditionally(&t, w, isSignalling: false)
        },
        row("00011110 0 sz 1 rm cond 01 rn 1 nzcv", "fccmpe", [.readsFlags, .writesFlags]) { t, w in
            compareConditionally(&t, w, isSignalling: true)
        },
        row("00011110 0 sz 1 rm cond 11 rn rd", "fcsel", .readsFlags) { t, w in
            let (type, holds) = (w.floatType, t.condition(w[Bits.condition]))
            let (chosen, other) = (t.float(w[Bits.rn], type), t.float(w[Bits.rm], type))
            t.setFloat(w[Bits.rd], t.builder.select(holds, chosen, other, type), type)
        },
    ]

    private static func compare(_ t: inout Translator, _ w: Word, _ right: Value, isSignalling: Bool) {
        let left = t.float(w[Bits.rn], w.floatType)
        t.setFlags(.flags(t.builder.floatCompareFlags(left, right, w.floatType, isSignalling: isSignalling)))
    }

    /// Where the condition does not hold, zeros are compared: nothing is raised.
    private static func compareConditionally(_ t: inout Translator, _ w: Word, isSignalling: Bool) {
        let (type, holds, zero) = (w.floatType, t.condition(w[Bits.condition]), t.floatZero(w.floatType))
        let left = t.builder.select(holds, t.float(w[Bits.rn], type), zero, type)
        let right = t.builder.select(holds, t.float(w[Bits.rm], type), zero, type)
        let flags = t.builder.packFlags(t.builder.floatCompareFlags(left, right, type, isSignalling: isSignalling))
        let other = t.builder.constant(FlagWord.packed(nzcv: w[Bits.nzcv]))
        t.setFlags(.packed(t.builder.select(holds, flags, other, .i32)))
    }
}

extension Translator {
    mutating func floatZero(_ type: ValueType) -> Value {
        builder.unary(.bitcast, builder.constant(0), type)
    }
}
