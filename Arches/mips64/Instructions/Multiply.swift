import BSDUserCore

/// Multiplication and division with HI and LO (volume II-A).
///
/// The 32-bit forms take the low halves of their operands; the manual leaves operands that are not sign-extended
/// UNPREDICTABLE. Division by zero is UNPREDICTABLE too and gives what the intermediate representation defines.
enum Multiply {
    static let rows: [Instruction<Translator>] = [
        row("000000 00000 00000 rd 00000 010000", "mfhi", .writesRd) { t, w in
            t.set(w[Bits.rd], t.builder.get(.hi))
        },
        row("000000 rs 00000 00000 00000 010001", "mthi") { t, w in t.builder.put(.hi, t.get(w[Bits.rs])) },
        row("000000 00000 00000 rd 00000 010010", "mflo", .writesRd) { t, w in
            t.set(w[Bits.rd], t.builder.get(.lo))
        },
        row("000000 rs 00000 00000 00000 010011", "mtlo") { t, w in t.builder.put(.lo, t.get(w[Bits.rs])) },
        row("000000 rs rt 00000 00000 011000", "mult") { t, w in t.putHalves(signedProduct(&t, w)) },
        row("000000 rs rt 00000 00000 011001", "multu") { t, w in t.putHalves(unsignedProduct(&t, w)) },
        row("000000 rs rt 00000 00000 011100", "dmult") { t, w in multiply64(&t, w, .mulHighSigned) },
        row("000000 rs rt 00000 00000 011101", "dmultu") { t, w in multiply64(&t, w, .mulHighUnsigned) },
        row("000000 rs rt 00000 00000 011010", "div") { t, w in divide32(&t, w, .divSigned, .remSigned) },
        row("000000 rs rt 00000 00000 011011", "divu") { t, w in divide32(&t, w, .divUnsigned, .remUnsigned) },
        row("000000 rs rt 00000 00000 011110", "ddiv") { t, w in divide64(&t, w, .divSigned, .remSigned) },
        row("000000 rs rt 00000 00000 011111", "ddivu") { t, w in divide64(&t, w, .divUnsigned, .remUnsigned) },
        row("011100 rs rt rd 00000 000010", "mul", .writesRd) { t, w in
            t.set32(w[Bits.rd], t.builder.binary(.mul, t.get(w[Bits.rs]), t.get(w[Bits.rt]), .i32))
        },
        row("011100 rs rt 00000 00000 000000", "madd") { t, w in accumulate(&t, .add, signedProduct(&t, w)) },
        row("011100 rs rt 00000 00000 000001", "maddu") { t, w in accumulate(&t, .add, unsignedProduct(&t, w)) },
        row("011100 rs rt 00000 00000 000100", "msub") { t, w in accumulate(&t, .sub, signedProduct(&t, w)) },
        row("011100 rs rt 00000 00000 000101", "msubu") { t, w in accumulate(&t, .sub, unsignedProduct(&t, w)) },
    ]

    private static func signedProduct(_ t: inout Translator, _ w: Word) -> Value {
        t.builder.binary(.mul, t.getSigned32(w[Bits.rs]), t.getSigned32(w[Bits.rt]))
    }

    private static func unsignedProduct(_ t: inout Translator, _ w: Word) -> Value {
        t.builder.binary(.mul, t.getUnsigned32(w[Bits.rs]), t.getUnsigned32(w[Bits.rt]))
    }

    /// LO takes part in the sum with the product, HI only in the upper half of that: accumulations in a row wait for one
    /// addition of each other.
    private static func accumulate(_ t: inout Translator, _ opcode: Opcode, _ product: Value) {
        let old = t.builder.unary(.zeroExtend32, t.builder.get(.lo))
        let low = t.builder.binary(opcode, old, product)
        let change = t.builder.binary(.shiftRightArithmetic, low, t.builder.constant(32))
        let high = t.builder.binary(.add, t.builder.get(.hi), change)
        t.builder.put(.lo, t.builder.unary(.signExtend32, low))
        t.builder.put(.hi, t.builder.unary(.signExtend32, high))
    }

    private static func multiply64(_ t: inout Translator, _ w: Word, _ highOpcode: Opcode) {
        let (left, right) = (t.get(w[Bits.rs]), t.get(w[Bits.rt]))
        let high = t.builder.binary(highOpcode, left, right)
        let low = t.builder.binary(.mul, left, right)
        t.builder.put(.hi, high)
        t.builder.put(.lo, low)
    }

    private static func divide32(_ t: inout Translator, _ w: Word, _ quotient: Opcode, _ remainder: Opcode) {
        let (left, right) = (t.get(w[Bits.rs]), t.get(w[Bits.rt]))
        let low = t.builder.binary(quotient, left, right, .i32)
        let high = t.builder.binary(remainder, left, right, .i32)
        t.builder.put(.lo, t.builder.unary(.signExtend32, low))
        t.builder.put(.hi, t.builder.unary(.signExtend32, high))
    }

    private static func divide64(_ t: inout Translator, _ w: Word, _ quotient: Opcode, _ remainder: Opcode) {
        let (left, right) = (t.get(w[Bits.rs]), t.get(w[Bits.rt]))
        let low = t.builder.binary(quotient, left, right)
        let high = t.builder.binary(remainder, left, right)
        t.builder.put(.lo, low)
        t.builder.put(.hi, high)
    }
}

extension Translator {
    /// Splits a 64-bit value into HI and LO, each half sign-extended.
    mutating func putHalves(_ value: Value) {
        builder.put(.lo, builder.unary(.signExtend32, value))
        builder.put(.hi, builder.binary(.shiftRightArithmetic, value, builder.constant(32)))
    }
}
