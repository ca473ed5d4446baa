import BSDUserCore

/// Paired-single instructions: two singles in one register, each half computed as a single (volume II-A).
enum FloatPaired {
    static let rows: [Instruction<Translator>] = arithmeticRows + moveRows + conversionRows

    private static let arithmeticRows: [Instruction<Translator>] = [
        row("010001 10110 ft fs fd 000000", "add.ps") { t, w in binary(&t, w, .floatAdd) },
        row("010001 10110 ft fs fd 000001", "sub.ps") { t, w in binary(&t, w, .floatSub) },
        row("010001 10110 ft fs fd 000010", "mul.ps") { t, w in binary(&t, w, .floatMul) },
        row("010001 10110 00000 fs fd 000101", "abs.ps") { t, w in unary(&t, w, .floatAbsolute) },
        row("010001 10110 00000 fs fd 000111", "neg.ps") { t, w in unary(&t, w, .floatNegate) },
        row("010011 fr ft fs fd 100110", "madd.ps") { t, w in multiplyAdd(&t, w, .floatAdd, negates: false) },
        row("010011 fr ft fs fd 101110", "msub.ps") { t, w in multiplyAdd(&t, w, .floatSub, negates: false) },
        row("010011 fr ft fs fd 110110", "nmadd.ps") { t, w in multiplyAdd(&t, w, .floatAdd, negates: true) },
        row("010011 fr ft fs fd 111110", "nmsub.ps") { t, w in multiplyAdd(&t, w, .floatSub, negates: true) },
        // Code cc is for the lower half, cc + 1 for the upper; an odd cc is UNPREDICTABLE and reserved here.
        row("010001 10110 ft fs -- 0 00 11 cond", "c.cond.ps", .writesCondition, compare),
    ]

    private static let moveRows: [Instruction<Translator>] = [
        row("010001 10110 00000 fs fd 000110", "mov.ps") { t, w in
            t.builder.put(.float(w[Bits.fd]), t.getFloat(w[Bits.fs], .f64), .f64)
        },
        row("010001 10110 -- 0 00 fs fd 010001", "movf.ps") { t, w in moveOnCode(&t, w, whenSet: false) },
        row("010001 10110 -- 0 01 fs fd 010001", "movt.ps") { t, w in moveOnCode(&t, w, whenSet: true) },
        row("010001 10110 rt fs fd 010010", "movz.ps") { t, w in
            t.selectFloat(w, .f64, t.get(w[Bits.rt]), movesWhenSet: false)
        },
        row("010001 10110 rt fs fd 010011", "movn.ps") { t, w in
            t.selectFloat(w, .f64, t.get(w[Bits.rt]), movesWhenSet: true)
        },
        row("010001 10110 ft fs fd 101100", "pll.ps") { t, w in pair(&t, w, upper: false, lower: false) },
        row("010001 10110 ft fs fd 101101", "plu.ps") { t, w in pair(&t, w, upper: false, lower: true) },
        row("010001 10110 ft fs fd 101110", "pul.ps") { t, w in pair(&t, w, upper: true, lower: false) },
        row("010001 10110 ft fs fd 101111", "puu.ps") { t, w in pair(&t, w, upper: true, lower: true) },
        row("010011 rs ft fs fd 011110", "alnv.ps") { t, w in align(&t, w) },
    ]

    private static let conversionRows: [Instruction<Translator>] = [
        row("010001 10000 ft fs fd 100110", "cvt.ps.s") { t, w in
            let upper = t.getFloatBits(w[Bits.fs])
            let lower = t.getFloatBits(w[Bits.ft])
            t.setPair(w[Bits.fd], upper: upper, lower: lower)
        },
        row("010001 10110 00000 fs fd 101000", "cvt.s.pl") { t, w in
            t.builder.put(.float(w[Bits.fd]), t.getFloat(w[Bits.fs], .f32), .f32)
        },
        row("010001 10110 00000 fs fd 100000", "cvt.s.pu") { t, w in
            t.builder.put(.float(w[Bits.fd]), t.half(t.getFloatBits(w[Bits.fs]), isUpper: true), .f32)
        },
    ]

    private static func binary(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        let (left, right) = (t.getFloatBits(w[Bits.fs]), t.getFloatBits(w[Bits.ft]))
        let lower = t.builder.binary(opcode, t.half(left, isUpper: false), t.half(right, isUpper: false), .f32)
        let upper = t.builder.binary(opcode, t.half(left, isUpper: true), t.half(right, isUpper: true), .f32)
        t.setPair(w[Bits.fd], floatUpper: upper, floatLower: lower)
    }

    private static func unary(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        let value = t.getFloatBits(w[Bits.fs])
        let lower = t.builder.unary(opcode, t.half(value, isUpper: false), .f32)
        let upper = t.builder.unary(opcode, t.half(value, isUpper: true), .f32)
        t.setPair(w[Bits.fd], floatUpper: upper, floatLower: lower)
    }

    private static func multiplyAdd(_ t: inout Translator, _ w: Word, _ opcode: Opcode, negates: Bool) {
        let (left, right) = (t.getFloatBits(w[Bits.fs]), t.getFloatBits(w[Bits.ft]))
        let addend = t.getFloatBits(w[Bits.fr])
        func compute(_ t: inout Translator, _ isUpper: Bool) -> Value {
            let product = t.builder.binary(
                .floatMul, t.half(left, isUpper: isUpper), t.half(right, isUpper: isUpper), .f32)
            let sum = t.builder.binary(opcode, product, t.half(addend, isUpper: isUpper), .f32)
            return negates ? t.builder.unary(.floatNegate, sum, .f32) : sum
        }
        let lower = compute(&t, false)
        let upper = compute(&t, true)
        t.setPair(w[Bits.fd], floatUpper: upper, floatLower: lower)
    }

    private static func compare(_ t: inout Translator, _ w: Word) {
        let condition = FloatCondition(predicate: w[Bits.predicate])
        let (left, right) = (t.getFloatBits(w[Bits.fs]), t.getFloatBits(w[Bits.ft]))
        let lower = t.builder.floatCompare(condition, t.half(left, isUpper: false), t.half(right, isUpper: false), .f32)
        let upper = t.builder.floatCompare(condition, t.half(left, isUpper: true), t.half(right, isUpper: true), .f32)
        t.builder.put(.condition(w[Bits.compareCC]), lower)
        t.builder.put(.condition(w[Bits.compareCC] + 1), upper)
    }

    private static func pair(_ t: inout Translator, _ w: Word, upper: Bool, lower: Bool) {
        let (first, second) = (t.getFloatBits(w[Bits.fs]), t.getFloatBits(w[Bits.ft]))
        let thirtyTwo = t.builder.constant(32)
        let upperBits = upper ? t.builder.binary(.shiftRight, first, thirtyTwo) : first
        let lowerBits = lower ? t.builder.binary(.shiftRight, second, thirtyTwo) : second
        t.setPair(w[Bits.fd], upper: upperBits, lower: lowerBits)
    }

    /// Each half moves under its own condition code, cc and cc + 1.
    private static func moveOnCode(_ t: inout Translator, _ w: Word, whenSet: Bool) {
        let (old, new) = (t.getFloatBits(w[Bits.fd]), t.getFloatBits(w[Bits.fs]))
        let code = w[Bits.cc]
        let lowerCode = t.builder.get(.condition(code))
        let upperCode = t.builder.get(.condition(code + 1))
        let lower = whenSet ? t.builder.select(lowerCode, new, old) : t.builder.select(lowerCode, old, new)
        let both = whenSet ? t.builder.select(upperCode, new, old) : t.builder.select(upperCode, old, new)
        t.setFloatBits(w[Bits.fd], t.builder.insertBits(both, lower, lsb: 0, width: 32))
    }

    /// Aligns two halves by an address: 0 takes fs, 4 the lower half of fs and the upper half of ft (big-endian); other
    /// addresses are UNPREDICTABLE (volume II-A, ALNV.PS) and are taken modulo 8 with bits 0 and 1 left out.
    private static func align(_ t: inout Translator, _ w: Word) {
        let (first, second) = (t.getFloatBits(w[Bits.fs]), t.getFloatBits(w[Bits.ft]))
        let thirtyTwo = t.builder.constant(32)
        let joined = t.builder.insertBits(
            t.builder.binary(.shiftRight, second, thirtyTwo), first, lsb: 32, width: 32)
        let isOdd = t.builder.binary(.and, t.get(w[Bits.rs]), t.builder.constant(4))
        t.setFloatBits(w[Bits.fd], t.builder.select(isOdd, joined, first))
    }
}

extension Translator {
    /// One half of a pair as a single.
    fileprivate mutating func half(_ bits: Value, isUpper: Bool) -> Value {
        let shifted = isUpper ? builder.binary(.shiftRight, bits, builder.constant(32)) : bits
        return builder.unary(.bitcast, shifted, .f32)
    }

    fileprivate mutating func setPair(_ number: Int, upper: Value, lower: Value) {
        setFloatBits(number, builder.insertBits(lower, upper, lsb: 32, width: 32))
    }

    fileprivate mutating func setPair(_ number: Int, floatUpper: Value, floatLower: Value) {
        let upper = builder.unary(.bitcast, floatUpper, .i32)
        let lower = builder.unary(.zeroExtend32, builder.unary(.bitcast, floatLower, .i32))
        setPair(number, upper: upper, lower: lower)
    }
}
