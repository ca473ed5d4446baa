import BSDUserCore

/// Floating-point arithmetic, comparison and conditional moves on single and double values (volume II-A).
///
/// FR is 1: 32 registers of 64 bits. A single stands in the low half; the upper half is UNPREDICTABLE after an operation
/// that writes one. `abs` and `neg` change the sign bit alone. The multiply-add family rounds twice.
enum FloatArithmetic {
    static let rows: [Instruction<Translator>] = binaryRows + unaryRows + compareRows + moveRows + multiplyAddRows

    private static let binaryRows: [Instruction<Translator>] = [
        row("010001 10000 ft fs fd 000000", "add.s") { t, w in binary(&t, w, .floatAdd, .f32) },
        row("010001 10001 ft fs fd 000000", "add.d") { t, w in binary(&t, w, .floatAdd, .f64) },
        row("010001 10000 ft fs fd 000001", "sub.s") { t, w in binary(&t, w, .floatSub, .f32) },
        row("010001 10001 ft fs fd 000001", "sub.d") { t, w in binary(&t, w, .floatSub, .f64) },
        row("010001 10000 ft fs fd 000010", "mul.s") { t, w in binary(&t, w, .floatMul, .f32) },
        row("010001 10001 ft fs fd 000010", "mul.d") { t, w in binary(&t, w, .floatMul, .f64) },
        row("010001 10000 ft fs fd 000011", "div.s") { t, w in binary(&t, w, .floatDiv, .f32) },
        row("010001 10001 ft fs fd 000011", "div.d") { t, w in binary(&t, w, .floatDiv, .f64) },
    ]

    private static let unaryRows: [Instruction<Translator>] = [
        row("010001 10000 00000 fs fd 000100", "sqrt.s") { t, w in unary(&t, w, .floatSqrt, .f32) },
        row("010001 10001 00000 fs fd 000100", "sqrt.d") { t, w in unary(&t, w, .floatSqrt, .f64) },
        row("010001 10000 00000 fs fd 000101", "abs.s") { t, w in unary(&t, w, .floatAbsolute, .f32) },
        row("010001 10001 00000 fs fd 000101", "abs.d") { t, w in unary(&t, w, .floatAbsolute, .f64) },
        row("010001 10000 00000 fs fd 000111", "neg.s") { t, w in unary(&t, w, .floatNegate, .f32) },
        row("010001 10001 00000 fs fd 000111", "neg.d") { t, w in unary(&t, w, .floatNegate, .f64) },
        row("010001 10000 00000 fs fd 000110", "mov.s") { t, w in
            t.builder.put(.float(w[Bits.fd]), t.getFloat(w[Bits.fs], .f32), .f32)
        },
        row("010001 10001 00000 fs fd 000110", "mov.d") { t, w in
            t.builder.put(.float(w[Bits.fd]), t.getFloat(w[Bits.fs], .f64), .f64)
        },
        row("010001 10000 00000 fs fd 010101", "recip.s") { t, w in reciprocal(&t, w, .f32, ofRoot: false) },
        row("010001 10001 00000 fs fd 010101", "recip.d") { t, w in reciprocal(&t, w, .f64, ofRoot: false) },
        row("010001 10000 00000 fs fd 010110", "rsqrt.s") { t, w in reciprocal(&t, w, .f32, ofRoot: true) },
        row("010001 10001 00000 fs fd 010110", "rsqrt.d") { t, w in reciprocal(&t, w, .f64, ofRoot: true) },
    ]

    private static let compareRows: [Instruction<Translator>] = [
        row("010001 10000 ft fs ccc 00 11 cond", "c.cond.s", .writesCondition) { t, w in compare(&t, w, .f32) },
        row("010001 10001 ft fs ccc 00 11 cond", "c.cond.d", .writesCondition) { t, w in compare(&t, w, .f64) },
    ]

    private static let moveRows: [Instruction<Translator>] = [
        row("010001 10000 cc 00 fs fd 010001", "movf.s") { t, w in moveOnCode(&t, w, .f32, whenSet: false) },
        row("010001 10001 cc 00 fs fd 010001", "movf.d") { t, w in moveOnCode(&t, w, .f64, whenSet: false) },
        row("010001 10000 cc 01 fs fd 010001", "movt.s") { t, w in moveOnCode(&t, w, .f32, whenSet: true) },
        row("010001 10001 cc 01 fs fd 010001", "movt.d") { t, w in moveOnCode(&t, w, .f64, whenSet: true) },
        row("010001 10000 rt fs fd 010010", "movz.s") { t, w in moveOnRegister(&t, w, .f32, whenZero: true) },
        row("010001 10001 rt fs fd 010010", "movz.d") { t, w in moveOnRegister(&t, w, .f64, whenZero: true) },
        row("010001 10000 rt fs fd 010011", "movn.s") { t, w in moveOnRegister(&t, w, .f32, whenZero: false) },
        row("010001 10001 rt fs fd 010011", "movn.d") { t, w in moveOnRegister(&t, w, .f64, whenZero: false) },
    ]

    private static let multiplyAddRows: [Instruction<Translator>] = [
        row("010011 fr ft fs fd 100000", "madd.s") { t, w in multiplyAdd(&t, w, .f32, .floatAdd, negates: false) },
        row("010011 fr ft fs fd 100001", "madd.d") { t, w in multiplyAdd(&t, w, .f64, .floatAdd, negates: false) },
        row("010011 fr ft fs fd 101000", "msub.s") { t, w in multiplyAdd(&t, w, .f32, .floatSub, negates: false) },
        row("010011 fr ft fs fd 101001", "msub.d") { t, w in multiplyAdd(&t, w, .f64, .floatSub, negates: false) },
        row("010011 fr ft fs fd 110000", "nmadd.s") { t, w in multiplyAdd(&t, w, .f32, .floatAdd, negates: true) },
        row("010011 fr ft fs fd 110001", "nmadd.d") { t, w in multiplyAdd(&t, w, .f64, .floatAdd, negates: true) },
        row("010011 fr ft fs fd 111000", "nmsub.s") { t, w in multiplyAdd(&t, w, .f32, .floatSub, negates: true) },
        row("010011 fr ft fs fd 111001", "nmsub.d") { t, w in multiplyAdd(&t, w, .f64, .floatSub, negates: true) },
    ]

    private static func binary(_ t: inout Translator, _ w: Word, _ opcode: Opcode, _ type: ValueType) {
        let (left, right) = (t.getFloat(w[Bits.fs], type), t.getFloat(w[Bits.ft], type))
        t.builder.put(.float(w[Bits.fd]), t.builder.binary(opcode, left, right, type), type)
    }

    private static func unary(_ t: inout Translator, _ w: Word, _ opcode: Opcode, _ type: ValueType) {
        let value = t.builder.unary(opcode, t.getFloat(w[Bits.fs], type), type)
        t.builder.put(.float(w[Bits.fd]), value, type)
    }

    private static func reciprocal(_ t: inout Translator, _ w: Word, _ type: ValueType, ofRoot: Bool) {
        var value = t.getFloat(w[Bits.fs], type)
        if ofRoot { value = t.builder.unary(.floatSqrt, value, type) }
        let bits = type == .f32 ? Int64(Float(1).bitPattern) : Int64(bitPattern: Double(1).bitPattern)
        let one = t.builder.unary(.bitcast, t.builder.constant(bits), type)
        t.builder.put(.float(w[Bits.fd]), t.builder.binary(.floatDiv, one, value, type), type)
    }

    private static func compare(_ t: inout Translator, _ w: Word, _ type: ValueType) {
        let condition = FloatCondition(predicate: w[Bits.predicate])
        let (left, right) = (t.getFloat(w[Bits.fs], type), t.getFloat(w[Bits.ft], type))
        let holds = t.builder.floatCompare(condition, left, right, type)
        t.builder.put(.condition(w[Bits.compareCC]), holds)
    }

    private static func moveOnCode(_ t: inout Translator, _ w: Word, _ type: ValueType, whenSet: Bool) {
        let condition = t.builder.get(.condition(w[Bits.cc]))
        t.selectFloat(w, type, condition, movesWhenSet: whenSet)
    }

    private static func moveOnRegister(_ t: inout Translator, _ w: Word, _ type: ValueType, whenZero: Bool) {
        t.selectFloat(w, type, t.get(w[Bits.rt]), movesWhenSet: !whenZero)
    }

    private static func multiplyAdd(
        _ t: inout Translator, _ w: Word, _ type: ValueType, _ opcode: Opcode, negates: Bool
    ) {
        let (left, right) = (t.getFloat(w[Bits.fs], type), t.getFloat(w[Bits.ft], type))
        let product = t.builder.binary(.floatMul, left, right, type)
        var value = t.builder.binary(opcode, product, t.getFloat(w[Bits.fr], type), type)
        if negates { value = t.builder.unary(.floatNegate, value, type) }
        t.builder.put(.float(w[Bits.fd]), value, type)
    }
}

extension FloatCondition {
    /// A compare's predicate: bit 0 unordered, bit 1 equal, bit 2 less, bit 3 signals quiet NaNs too.
    init(predicate: Int) {
        self.init(rawValue: UInt8(truncatingIfNeeded: predicate & 7))
        if predicate & 8 != 0 { insert(.signalling) }
    }
}

extension Translator {
    mutating func getFloat(_ number: Int, _ type: ValueType) -> Value { builder.get(.float(number), type) }

    /// The 64 bits of a floating-point register.
    mutating func getFloatBits(_ number: Int) -> Value {
        builder.unary(.bitcast, builder.get(.float(number), .f64), .i64)
    }

    mutating func setFloatBits(_ number: Int, _ bits: Value) {
        builder.put(.float(number), builder.unary(.bitcast, bits, .f64), .f64)
    }

    /// Moves fs to fd when `condition` is not 0, or when it is.
    mutating func selectFloat(_ w: Word, _ type: ValueType, _ condition: Value, movesWhenSet: Bool) {
        let (old, new) = (getFloatBits(w[Bits.fd]), getFloatBits(w[Bits.fs]))
        let bits = movesWhenSet ? builder.select(condition, new, old) : builder.select(condition, old, new)
        setFloatBits(w[Bits.fd], bits)
    }
}
