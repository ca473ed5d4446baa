import BSDUserCore

/// Scalar floating-point arithmetic, rounding and constants (DDI 0487, C7.2).
enum FloatArithmetic {
    static let rows: [Instruction<Translator>] = unaryRows + roundingRows + binaryRows + fusedRows

    private static let unaryRows: [Instruction<Translator>] = [
        row("00011110 0 sz 1 000000 10000 rn rd", "fmov") { t, w in
            t.setFloat(w[Bits.rd], t.float(w[Bits.rn], w.floatType), w.floatType)
        },
        row("00011110 0 sz 1 000001 10000 rn rd", "fabs") { t, w in unary(&t, w, .floatAbsolute) },
        row("00011110 0 sz 1 000010 10000 rn rd", "fneg") { t, w in unary(&t, w, .floatNegate) },
        row("00011110 0 sz 1 000011 10000 rn rd", "fsqrt") { t, w in unary(&t, w, .floatSqrt) },
        row("00011110 0 sz 1 imm8 100 00000 rd", "fmov") { t, w in
            let bits = FloatConstant.bits(w[Bits.immediate8], w.floatLane)
            let lane = t.builder.vectorFromScalar(t.builder.constant(Int64(bitPattern: bits)), .bits64)
            t.builder.put(.vector(w[Bits.rd]), lane, .v128)
        },
    ]

    private static let roundingRows: [Instruction<Translator>] = [
        row("00011110 0 sz 1 001000 10000 rn rd", "frintn") { t, w in round(&t, w, .nearestEven) },
        row("00011110 0 sz 1 001001 10000 rn rd", "frintp") { t, w in round(&t, w, .up) },
        row("00011110 0 sz 1 001010 10000 rn rd", "frintm") { t, w in round(&t, w, .down) },
        row("00011110 0 sz 1 001011 10000 rn rd", "frintz") { t, w in round(&t, w, .towardZero) },
        row("00011110 0 sz 1 001100 10000 rn rd", "frinta") { t, w in round(&t, w, .nearestAway) },
        row("00011110 0 sz 1 001110 10000 rn rd", "frintx") { t, w in round(&t, w, .current, isExact: true) },
        row("00011110 0 sz 1 001111 10000 rn rd", "frinti") { t, w in round(&t, w, .current) },
    ]

    private static let binaryRows: [Instruction<Translator>] = [
        row("00011110 0 sz 1 rm 0000 10 rn rd", "fmul") { t, w in binary(&t, w, .floatMul) },
        row("00011110 0 sz 1 rm 0001 10 rn rd", "fdiv") { t, w in binary(&t, w, .floatDiv) },
        row("00011110 0 sz 1 rm 0010 10 rn rd", "fadd") { t, w in binary(&t, w, .floatAdd) },
        row("00011110 0 sz 1 rm 0011 10 rn rd", "fsub") { t, w in binary(&t, w, .floatSub) },
        row("00011110 0 sz 1 rm 0100 10 rn rd", "fmax") { t, w in choose(&t, w, .max) },
        row("00011110 0 sz 1 rm 0101 10 rn rd", "fmin") { t, w in choose(&t, w, .min) },
        row("00011110 0 sz 1 rm 0110 10 rn rd", "fmaxnm") { t, w in choose(&t, w, .maxNumber) },
        row("00011110 0 sz 1 rm 0111 10 rn rd", "fminnm") { t, w in choose(&t, w, .minNumber) },
        row("00011110 0 sz 1 rm 1000 10 rn rd", "fnmul") { t, w in
            let type = w.floatType
            let product = t.builder.binary(.floatMul, t.float(w[Bits.rn], type), t.float(w[Bits.rm], type), type)
            t.setFloat(w[Bits.rd], t.builder.unary(.floatNegate, product, type), type)
        },
    ]

    private static let fusedRows: [Instruction<Translator>] = [
        row("00011111 0 sz 0 rm 0 ra rn rd", "fmadd") { t, w in fused(&t, w, []) },
        row("00011111 0 sz 0 rm 1 ra rn rd", "fmsub") { t, w in fused(&t, w, .negatedProduct) },
        row("00011111 0 sz 1 rm 0 ra rn rd", "fnmadd") { t, w in fused(&t, w, [.negatedProduct, .negatedAddend]) },
        row("00011111 0 sz 1 rm 1 ra rn rd", "fnmsub") { t, w in fused(&t, w, .negatedAddend) },
    ]

    private static func unary(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        let type = w.floatType
        t.setFloat(w[Bits.rd], t.builder.unary(opcode, t.float(w[Bits.rn], type), type), type)
    }

    private static func round(
        _ t: inout Translator, _ w: Word, _ rounding: FloatRounding, isExact: Bool = false
    ) {
        let type = w.floatType
        let rounded = t.builder.floatRound(t.float(w[Bits.rn], type), type, rounding, isExact: isExact)
        t.setFloat(w[Bits.rd], rounded, type)
    }

    private static func binary(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        let type = w.floatType
        let result = t.builder.binary(opcode, t.float(w[Bits.rn], type), t.float(w[Bits.rm], type), type)
        t.setFloat(w[Bits.rd], result, type)
    }

    private static func choose(_ t: inout Translator, _ w: Word, _ kind: FloatMinMax) {
        let type = w.floatType
        let result = t.builder.floatMinMax(kind, t.float(w[Bits.rn], type), t.float(w[Bits.rm], type), type)
        t.setFloat(w[Bits.rd], result, type)
    }

    private static func fused(_ t: inout Translator, _ w: Word, _ signs: FusedAttributes) {
        let type = w.floatType
        let (left, right, addend) = (t.float(w[Bits.rn], type), t.float(w[Bits.rm], type), t.float(w[Bits.ra], type))
        t.setFloat(w[Bits.rd], t.builder.floatMultiplyAdd(left, right, addend, type, signs), type)
    }
}

/// Floating-point constants of eight bits (DDI 0487, VFPExpandImm): sign, three bits of exponent, four of fraction.
enum FloatConstant {
    static func bits(_ immediate: Int, _ lane: VectorLane) -> UInt64 {
        let number = UInt64(immediate)
        let (sign, isSmall, rest) = (number >> 7, number & 0x40 != 0, number & 0x3f)
        if lane == .bits16 { return sign << 15 | (isSmall ? 0x3000 : 0x4000) | rest << 6 }
        if lane == .bits64 { return sign << 63 | (isSmall ? 0x3fc0 : 0x4000) << 48 | rest << 48 }
        return sign << 31 | (isSmall ? 0x3e00_0000 : 0x4000_0000) | rest << 19
    }
}
