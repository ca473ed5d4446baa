import BSDUserCore

/// Bitwise operations, and vectors of constants (DDI 0487, C7.2).
enum VectorLogic {
    static let rows: [Instruction<Translator>] = registerRows + constantRows + halfRows

    private static let registerRows: [Instruction<Translator>] = [
        row("0 q 0 01110 00 1 rm 00011 1 rn rd", "and") { t, w in logic(&t, w, .and) },
        row("0 q 0 01110 01 1 rm 00011 1 rn rd", "bic") { t, w in logic(&t, w, .andNot) },
        row("0 q 0 01110 10 1 rm 00011 1 rn rd", "orr") { t, w in
            if w[Bits.rn] == w[Bits.rm] { return t.setVector(w[Bits.rd], t.vector(w[Bits.rn]), isFull: w.isFull) }
            logic(&t, w, .or)
        },
        row("0 q 0 01110 11 1 rm 00011 1 rn rd", "orn") { t, w in logic(&t, w, .orNot) },
        row("0 q 1 01110 00 1 rm 00011 1 rn rd", "eor") { t, w in
            if w[Bits.rn] == w[Bits.rm] { return t.setVector(w[Bits.rd], t.zeroVector, isFull: true) }
            logic(&t, w, .xor)
        },
        row("0 q 1 01110 01 1 rm 00011 1 rn rd", "bsl") { t, w in
            let (mask, first, second) = (t.vector(w[Bits.rd]), t.vector(w[Bits.rn]), t.vector(w[Bits.rm]))
            t.setVector(w[Bits.rd], t.builder.vectorSelect(mask, first, second), isFull: w.isFull)
        },
        row("0 q 1 01110 10 1 rm 00011 1 rn rd", "bit") { t, w in
            let (mask, new, old) = (t.vector(w[Bits.rm]), t.vector(w[Bits.rn]), t.vector(w[Bits.rd]))
            t.setVector(w[Bits.rd], t.builder.vectorSelect(mask, new, old), isFull: w.isFull)
        },
        row("0 q 1 01110 11 1 rm 00011 1 rn rd", "bif") { t, w in
            let (mask, new, old) = (t.vector(w[Bits.rm]), t.vector(w[Bits.rn]), t.vector(w[Bits.rd]))
            t.setVector(w[Bits.rd], t.builder.vectorSelect(mask, old, new), isFull: w.isFull)
        },
        row("0 q 1 01110 00 10000 00101 10 rn rd", "not") { t, w in
            t.setVector(w[Bits.rd], t.builder.vector(.not, t.vector(w[Bits.rn])), isFull: w.isFull)
        },
    ]

    /// The bits `cmode` say how a constant of eight bits makes the lanes (DDI 0487, AdvSIMDExpandImm).
    private static let constantRows: [Instruction<Translator>] = [
        row("0 q 0 0111100000 abc 0 -- 0 01 defgh rd", "movi", setConstant),
        row("0 q 0 0111100000 abc 0 -- 1 01 defgh rd", "orr") { t, w in combineConstant(&t, w, .or) },
        row("0 q 0 0111100000 abc 10 - 0 01 defgh rd", "movi", setConstant),
        row("0 q 0 0111100000 abc 10 - 1 01 defgh rd", "orr") { t, w in combineConstant(&t, w, .or) },
        row("0 q 0 0111100000 abc 110 - 01 defgh rd", "movi", setConstant),
        row("0 q 0 0111100000 abc 1110 01 defgh rd", "movi", setConstant),
        row("0 q 0 0111100000 abc 1111 01 defgh rd", "fmov", setConstant),
        row("0 q 1 0111100000 abc 0 -- 0 01 defgh rd", "mvni", setInvertedConstant),
        row("0 q 1 0111100000 abc 0 -- 1 01 defgh rd", "bic") { t, w in combineConstant(&t, w, .andNot) },
        row("0 q 1 0111100000 abc 10 - 0 01 defgh rd", "mvni", setInvertedConstant),
        row("0 q 1 0111100000 abc 10 - 1 01 defgh rd", "bic") { t, w in combineConstant(&t, w, .andNot) },
        row("0 q 1 0111100000 abc 110 - 01 defgh rd", "mvni", setInvertedConstant),
        row("0 q 1 0111100000 abc 1110 01 defgh rd", "movi") { t, w in
            // Each bit stands for a byte of ones.
            var bits: UInt64 = 0
            for place in 0..<8 where number(w) >> place & 1 != 0 { bits |= 0xff << UInt64(8 * place) }
            set(&t, w, bits)
        },
        row("0 1 1 0111100000 abc 1111 01 defgh rd", "fmov") { t, w in
            set(&t, w, FloatConstant.bits(number(w), .bits64))
        },
    ]

    /// FEAT_FP16.
    static let halfRows: [Instruction<Translator>] = [
        row("0 q 0 0111100000 abc 1111 11 defgh rd", "fmov") { t, w in
            let bits = FloatConstant.bits(number(w), .bits16)
            t.setVector(w[Bits.rd], t.lanes(bits, .bits16), isFull: w.isFull)
        }
    ]

    private static func logic(_ t: inout Translator, _ w: Word, _ operation: VectorBinary) {
        let result = t.builder.vector(operation, t.vector(w[Bits.rn]), t.vector(w[Bits.rm]))
        t.setVector(w[Bits.rd], result, isFull: w.isFull)
    }

    // MARK: Constants

    private static func number(_ w: Word) -> Int { w[Bits.constantHigh] << 5 | w[Bits.constantLow] }

    /// The 64 bits that `cmode` and the constant make.
    private static func expanded(_ w: Word) -> UInt64 {
        let (mode, byte) = (w[Bits.constantMode], UInt64(number(w)))
        func repeated(_ bits: UInt64, _ width: Int) -> UInt64 {
            var result: UInt64 = 0
            for place in stride(from: 0, to: 64, by: width) { result |= bits << UInt64(place) }
            return result
        }
        switch mode {
        case 0..<8: return repeated(byte << UInt64(8 * (mode >> 1)), 32)
        case 8..<12: return repeated(byte << UInt64(8 * (mode >> 1 & 1)), 16)
        case 12: return repeated(byte << 8 | 0xff, 32)
        case 13: return repeated(byte << 16 | 0xffff, 32)
        case 14: return repeated(byte, 8)
        default: return repeated(FloatConstant.bits(number(w), .bits32), 32)
        }
    }

    private static func set(_ t: inout Translator, _ w: Word, _ bits: UInt64) {
        t.builder.put(.vector(w[Bits.rd]), t.builder.vectorConstant(low: bits, high: w.isFull ? bits : 0), .v128)
    }

    private static func setConstant(_ t: inout Translator, _ w: Word) { set(&t, w, expanded(w)) }

    private static func setInvertedConstant(_ t: inout Translator, _ w: Word) { set(&t, w, ~expanded(w)) }

    private static func combineConstant(_ t: inout Translator, _ w: Word, _ operation: VectorBinary) {
        let bits = expanded(w)
        let constant = t.builder.vectorConstant(low: bits, high: bits)
        t.setVector(w[Bits.rd], t.builder.vector(operation, t.vector(w[Bits.rd]), constant), isFull: w.isFull)
    }
}
