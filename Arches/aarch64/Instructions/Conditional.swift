import BSDUserCore

/// Conditional selection and comparison, and the instructions that move flags (DDI 0487, C6.2).
enum Conditional {
    static let rows: [Instruction<Translator>] = [
        row("sf 0 0 11010100 rm cond 00 rn rd", "csel", .readsFlags) { t, w in
            select(&t, w, otherwise: t.get(w[Bits.rm]))
        },
        row("sf 0 0 11010100 rm cond 01 rn rd", "csinc", .readsFlags, selectIncrement),
        row("sf 1 0 11010100 rm cond 00 rn rd", "csinv", .readsFlags, selectInvert),
        row("sf 1 0 11010100 rm cond 01 rn rd", "csneg", .readsFlags) { t, w in
            select(&t, w, otherwise: t.builder.binary(.sub, t.builder.constant(0), t.get(w[Bits.rm]), w.type))
        },
        row("sf 0 1 11010010 imm5 cond 1 0 rn 0 nzcv", "ccmn", [.readsFlags, .writesFlags]) { t, w in
            compare(&t, w, t.builder.constant(Int64(w[Bits.immediate5])), isAddition: true)
        },
        row("sf 1 1 11010010 imm5 cond 1 0 rn 0 nzcv", "ccmp", [.readsFlags, .writesFlags]) { t, w in
            compare(&t, w, t.builder.constant(Int64(w[Bits.immediate5])), isAddition: false)
        },
        row("sf 0 1 11010010 rm cond 0 0 rn 0 nzcv", "ccmn", [.readsFlags, .writesFlags]) { t, w in
            compare(&t, w, t.get(w[Bits.rm]), isAddition: true)
        },
        row("sf 1 1 11010010 rm cond 0 0 rn 0 nzcv", "ccmp", [.readsFlags, .writesFlags]) { t, w in
            compare(&t, w, t.get(w[Bits.rm]), isAddition: false)
        },
        row("1 0 1 11010000 rmif 00001 rn 0 nzcv", "rmif", .readsFlags, rotateIntoFlags),
        row("0 0 1 11010000 000000 0 0010 rn 0 1101", "setf8", .readsFlags) { t, w in evaluate(&t, w, bits: 8) },
        row("0 0 1 11010000 000000 1 0010 rn 0 1101", "setf16", .readsFlags) { t, w in evaluate(&t, w, bits: 16) },
        row("1101010100 0 00 000 0100 0000 000 11111", "cfinv", .readsFlags) { t, _ in
            let inverted = t.builder.binary(.xor, t.packedFlags(), t.builder.constant(1 << 8), .i32)
            t.setFlags(.packed(inverted))
        },
        row("1101010100 0 00 000 0100 0000 001 11111", "xaflag", .readsFlags, externalToArm),
        row("1101010100 0 00 000 0100 0000 010 11111", "axflag", .readsFlags, armToExternal),
    ]

    // MARK: Selection

    private static func select(_ t: inout Translator, _ w: Word, otherwise: Value) {
        let holds = t.condition(w[Bits.condition])
        t.set(w[Bits.rd], t.builder.select(holds, t.get(w[Bits.rn]), otherwise, w.type), w.type)
    }

    private static func isSetting(_ w: Word) -> Bool {
        w[Bits.rn] == Register.zero && w[Bits.rm] == Register.zero && w[Bits.condition] < ConditionCode.always
    }

    /// With zero registers it is `cset`: the opposite condition as a number.
    private static func selectIncrement(_ t: inout Translator, _ w: Word) {
        if isSetting(w) { return t.setExtended(w[Bits.rd], t.condition(w[Bits.condition] ^ 1)) }
        let incremented = t.builder.binary(.add, t.get(w[Bits.rm]), t.builder.constant(1), w.type)
        select(&t, w, otherwise: incremented)
    }

    /// With zero registers it is `csetm`.
    private static func selectInvert(_ t: inout Translator, _ w: Word) {
        if isSetting(w) {
            let holds = t.condition(w[Bits.condition] ^ 1)
            return t.set(w[Bits.rd], t.builder.binary(.sub, t.builder.constant(0), holds, w.type), w.type)
        }
        let inverted = t.builder.binary(.xor, t.get(w[Bits.rm]), t.builder.constant(-1), w.type)
        select(&t, w, otherwise: inverted)
    }

    // MARK: Comparison

    private static func compare(_ t: inout Translator, _ w: Word, _ right: Value, isAddition: Bool) {
        t.setConditionalFlags(
            w[Bits.condition], t.get(w[Bits.rn]), right, w.type, isAddition: isAddition, otherwise: w[Bits.nzcv])
    }

    // MARK: Flags as data (FEAT_FlagM, FEAT_FlagM2)

    private static func rotateIntoFlags(_ t: inout Translator, _ w: Word) {
        let rotated = t.builder.binary(
            .rotateRight, t.get(w[Bits.rn]), t.builder.constant(Int64(w[Bits.rmifAmount])))
        let new = t.builder.binary(.shiftLeft, rotated, t.builder.constant(28))
        let mask = t.builder.constant(Int64(w[Bits.nzcv]) << 28)
        let kept = t.builder.binary(.andNot, t.nzcv(), mask)
        t.setFlags(nzcv: t.builder.binary(.or, kept, t.builder.binary(.and, new, mask)))
    }

    /// N and Z of a byte or halfword, V whether the bit above differs from its sign; C stays.
    private static func evaluate(_ t: inout Translator, _ w: Word, bits: Int) {
        let value = t.get(w[Bits.rn])
        let sign = t.builder.extractBits(value, lsb: bits - 1, width: 1)
        let above = t.builder.extractBits(value, lsb: bits, width: 1)
        let low = t.builder.extractBits(value, lsb: 0, width: bits)
        let isZero = t.builder.compare(.equal, low, t.builder.constant(0))
        let carry = flag(&t, t.nzcv(), 29)
        t.setFlags(nzcv: join(&t, sign, isZero, carry, t.builder.binary(.xor, sign, above)))
    }

    /// One flag as 0 or 1.
    private static func flag(_ t: inout Translator, _ nzcv: Value, _ place: Int) -> Value {
        t.builder.extractBits(nzcv, lsb: place, width: 1)
    }

    private static func join(_ t: inout Translator, _ n: Value, _ z: Value, _ c: Value, _ v: Value) -> Value {
        t.join([(n, 31), (z, 30), (c, 29), (v, 28)])
    }

    /// DDI 0487, AXFLAG: N 0, Z = Z | V, C = C & ~V, V 0.
    private static func armToExternal(_ t: inout Translator, _ w: Word) {
        let old = t.nzcv()
        let (z, c, v) = (flag(&t, old, 30), flag(&t, old, 29), flag(&t, old, 28))
        let zero = t.builder.constant(0)
        t.setFlags(nzcv: join(&t, zero, t.builder.binary(.or, z, v), t.builder.binary(.andNot, c, v), zero))
    }

    /// DDI 0487, XAFLAG: N = ~C & ~Z, Z = Z & C, C = C | Z, V = ~C & Z.
    private static func externalToArm(_ t: inout Translator, _ w: Word) {
        let old = t.nzcv()
        let (z, c) = (flag(&t, old, 30), flag(&t, old, 29))
        let either = t.builder.binary(.or, c, z)
        let neither = t.builder.binary(.xor, either, t.builder.constant(1))
        t.setFlags(
            nzcv: join(&t, neither, t.builder.binary(.and, z, c), either, t.builder.binary(.andNot, z, c)))
    }
}
