import BSDUserCore

/// Scalar instructions on half-precision numbers (FEAT_FP16; DDI 0487, C7.2): arithmetic as on lane 0 of a vector.
enum FloatHalf {
    static let rows: [Instruction<Translator>] = unaryRows + binaryRows + fusedRows + compareRows

    private static let unaryRows: [Instruction<Translator>] = [
        row("00011110 11 1 000000 10000 rn rd", "fmov") { t, w in
            t.setVector(w[Bits.rd], t.vector(w[Bits.rn]), .scalarHalf)
        },
        row("00011110 11 1 000001 10000 rn rd", "fabs") { t, w in VectorFloatUnaries.absolute(&t, w, .scalarHalf) },
        row("00011110 11 1 000010 10000 rn rd", "fneg") { t, w in VectorFloatUnaries.negate(&t, w, .scalarHalf) },
        row("00011110 11 1 000011 10000 rn rd", "fsqrt") { t, w in
            VectorFloatUnaries.unary(&t, w, .squareRoot, .scalarHalf)
        },
        row("00011110 11 1 001000 10000 rn rd", "frintn") { t, w in
            VectorFloatUnaries.round(&t, w, .nearestEven, .scalarHalf)
        },
        row("00011110 11 1 001001 10000 rn rd", "frintp") { t, w in VectorFloatUnaries.round(&t, w, .up, .scalarHalf) },
        row("00011110 11 1 001010 10000 rn rd", "frintm") { t, w in
            VectorFloatUnaries.round(&t, w, .down, .scalarHalf)
        },
        row("00011110 11 1 001011 10000 rn rd", "frintz") { t, w in
            VectorFloatUnaries.round(&t, w, .towardZero, .scalarHalf)
        },
        row("00011110 11 1 001100 10000 rn rd", "frinta") { t, w in
            VectorFloatUnaries.round(&t, w, .nearestAway, .scalarHalf)
        },
        row("00011110 11 1 001110 10000 rn rd", "frintx") { t, w in
            VectorFloatUnaries.round(&t, w, .current, isExact: true, .scalarHalf)
        },
        row("00011110 11 1 001111 10000 rn rd", "frinti") { t, w in
            VectorFloatUnaries.round(&t, w, .current, .scalarHalf)
        },
        row("00011110 11 1 imm8 100 00000 rd", "fmov") { t, w in
            let bits = FloatConstant.bits(w[Bits.immediate8], .bits16)
            t.setHalf(w[Bits.rd], t.builder.constant(Int64(bits)))
        },
    ]

    private static let binaryRows: [Instruction<Translator>] = [
        row("00011110 11 1 rm 0000 10 rn rd", "fmul") { t, w in VectorFloat.binary(&t, w, .mul, .scalarHalf) },
        row("00011110 11 1 rm 0001 10 rn rd", "fdiv") { t, w in VectorFloat.binary(&t, w, .div, .scalarHalf) },
        row("00011110 11 1 rm 0010 10 rn rd", "fadd") { t, w in VectorFloat.binary(&t, w, .add, .scalarHalf) },
        row("00011110 11 1 rm 0011 10 rn rd", "fsub") { t, w in VectorFloat.binary(&t, w, .sub, .scalarHalf) },
        row("00011110 11 1 rm 0100 10 rn rd", "fmax") { t, w in VectorFloat.binary(&t, w, .max, .scalarHalf) },
        row("00011110 11 1 rm 0101 10 rn rd", "fmin") { t, w in VectorFloat.binary(&t, w, .min, .scalarHalf) },
        row("00011110 11 1 rm 0110 10 rn rd", "fmaxnm") { t, w in VectorFloat.binary(&t, w, .maxNumber, .scalarHalf) },
        row("00011110 11 1 rm 0111 10 rn rd", "fminnm") { t, w in VectorFloat.binary(&t, w, .minNumber, .scalarHalf) },
        row("00011110 11 1 rm 1000 10 rn rd", "fnmul") { t, w in
            VectorFloat.step(&t, w, .scalarHalf) { t, left, right, lane in
                t.builder.vector(.xor, t.builder.vectorFloat(.mul, left, right, lane), t.signs(lane))
            }
        },
    ]

    private static let fusedRows: [Instruction<Translator>] = [
        row("00011111 11 0 rm 0 ra rn rd", "fmadd") { t, w in fused(&t, w, []) },
        row("00011111 11 0 rm 1 ra rn rd", "fmsub") { t, w in fused(&t, w, .negatedProduct) },
        row("00011111 11 1 rm 0 ra rn rd", "fnmadd") { t, w in fused(&t, w, [.negatedProduct, .negatedAddend]) },
        row("00011111 11 1 rm 1 ra rn rd", "fnmsub") { t, w in fused(&t, w, .negatedAddend) },
    ]

    private static let compareRows: [Instruction<Translator>] = [
        row("00011110 11 1 rm 001000 rn 00000", "fcmp", .writesFlags) { t, w in
            compare(&t, w, t.half(w[Bits.rm], .f32), isSignalling: false)
        },
        row("00011110 11 1 ----- 001000 rn 01000", "fcmp", .writesFlags) { t, w in
            compare(&t, w, t.floatZero(.f32), isSignalling: false)
        },
        row("00011110 11 1 rm 001000 rn 10000", "fcmpe", .writesFlags) { t, w in
            compare(&t, w, t.half(w[Bits.rm], .f32), isSignalling: true)
        },
        row("00011110 11 1 ----- 001000 rn 11000", "fcmpe", .writesFlags) { t, w in
            compare(&t, w, t.floatZero(.f32), isSignalling: true)
        },
        row("00011110 11 1 rm cond 01 rn 0 nzcv", "fccmp", [.readsFlags, .writesFlags]) { t, w in
            compareConditionally(&t, w, isSignalling: false)
        },
        row("00011110 11 1 rm cond 01 rn 1 nzcv", "fccmpe", [.readsFlags, .writesFlags]) { t, w in
            compareConditionally(&t, w, isSignalling: true)
        },
        row("00011110 11 1 rm cond 11 rn rd", "fcsel", .readsFlags) { t, w in
            let holds = t.condition(w[Bits.condition])
            let (chosen, other) = (t.halfBits(w[Bits.rn]), t.halfBits(w[Bits.rm]))
            t.setHalf(w[Bits.rd], t.builder.select(holds, chosen, other, .i32))
        },
    ]

    private static func fused(_ t: inout Translator, _ w: Word, _ signs: FusedAttributes) {
        let shape = VectorShape.scalarHalf
        let (left, right) = (t.repeated(w[Bits.rn], shape), t.repeated(w[Bits.rm], shape))
        let result = t.builder.vectorMultiplyAdd(left, right, t.repeated(w[Bits.ra], shape), shape.lane, signs)
        t.setVector(w[Bits.rd], result, shape)
    }

    // Comparisons are of the same numbers in single precision.

    private static func compare(_ t: inout Translator, _ w: Word, _ right: Value, isSignalling: Bool) {
        let left = t.half(w[Bits.rn], .f32)
        t.setFlags(.flags(t.builder.floatCompareFlags(left, right, .f32, isSignalling: isSignalling)))
    }

    /// Where the condition does not hold, zeros are compared: nothing is raised.
    private static func compareConditionally(_ t: inout Translator, _ w: Word, isSignalling: Bool) {
        let (holds, zero) = (t.condition(w[Bits.condition]), t.builder.constant(0))
        func operand(_ t: inout Translator, _ number: Int) -> Value {
            let bits = t.builder.select(holds, t.halfBits(number), zero, .i32)
            return t.builder.floatFromHalf(bits, to: .f32, .arithmetic)
        }
        let (left, right) = (operand(&t, w[Bits.rn]), operand(&t, w[Bits.rm]))
        let flags = t.builder.packFlags(t.builder.floatCompareFlags(left, right, .f32, isSignalling: isSignalling))
        let other = t.builder.constant(FlagWord.packed(nzcv: w[Bits.nzcv]))
        t.setFlags(.packed(t.builder.select(holds, flags, other, .i32)))
    }
}

extension Translator {
    /// The bits of a scalar.
    mutating func halfBits(_ number: Int) -> Value { builder.vectorExtract(vector(number), 0, .bits16, .i32) }

    /// A scalar in a wider format.
    mutating func half(_ number: Int, _ type: ValueType) -> Value {
        builder.floatFromHalf(halfBits(number), to: type, .arithmetic)
    }

    /// Writes a scalar; the rest of the register becomes 0.
    mutating func setHalf(_ number: Int, _ bits: Value) {
        builder.put(.vector(number), builder.vectorFromScalar(bits, .bits16), .v128)
    }
}
