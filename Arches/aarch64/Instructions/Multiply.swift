import BSDUserCore

/// Multiplication, division, and checksums (DDI 0487, C6.2).
enum Multiply {
    static let rows: [Instruction<Translator>] = [
        row("sf 00 11011 000 rm 0 ra rn rd", "madd") { t, w in
            accumulate(&t, w, .add, t.builder.binary(.mul, t.get(w[Bits.rn]), t.get(w[Bits.rm]), w.type), w.type)
        },
        row("sf 00 11011 000 rm 1 ra rn rd", "msub") { t, w in
            accumulate(&t, w, .sub, t.builder.binary(.mul, t.get(w[Bits.rn]), t.get(w[Bits.rm]), w.type), w.type)
        },
        row("1 00 11011 001 rm 0 ra rn rd", "smaddl") { t, w in accumulate(&t, w, .add, signedProduct(&t, w), .i64) },
        row("1 00 11011 001 rm 1 ra rn rd", "smsubl") { t, w in accumulate(&t, w, .sub, signedProduct(&t, w), .i64) },
        row("1 00 11011 101 rm 0 ra rn rd", "umaddl") { t, w in accumulate(&t, w, .add, unsignedProduct(&t, w), .i64) },
        row("1 00 11011 101 rm 1 ra rn rd", "umsubl") { t, w in accumulate(&t, w, .sub, unsignedProduct(&t, w), .i64) },
        // The ra field should be one and is not looked at.
        row("1 00 11011 010 rm 0 ra rn rd", "smulh") { t, w in
            t.set(w[Bits.rd], t.builder.binary(.mulHighSigned, t.get(w[Bits.rn]), t.get(w[Bits.rm])))
        },
        row("1 00 11011 110 rm 0 ra rn rd", "umulh") { t, w in
            t.set(w[Bits.rd], t.builder.binary(.mulHighUnsigned, t.get(w[Bits.rn]), t.get(w[Bits.rm])))
        },
        // Division by zero gives zero, and the least number divided by -1 itself: as the representation defines it.
        row("sf 0 0 11010110 rm 000010 rn rd", "udiv") { t, w in
            t.set(w[Bits.rd], t.builder.binary(.divUnsigned, t.get(w[Bits.rn]), t.get(w[Bits.rm]), w.type), w.type)
        },
        row("sf 0 0 11010110 rm 000011 rn rd", "sdiv") { t, w in
            t.set(w[Bits.rd], t.builder.binary(.divSigned, t.get(w[Bits.rn]), t.get(w[Bits.rm]), w.type), w.type)
        },
        row("0 0 0 11010110 rm 010 0 00 rn rd", "crc32b") { t, w in checksum(&t, w, .ethernet, bytes: 1) },
        row("0 0 0 11010110 rm 010 0 01 rn rd", "crc32h") { t, w in checksum(&t, w, .ethernet, bytes: 2) },
        row("0 0 0 11010110 rm 010 0 10 rn rd", "crc32w") { t, w in checksum(&t, w, .ethernet, bytes: 4) },
        row("1 0 0 11010110 rm 010 0 11 rn rd", "crc32x") { t, w in checksum(&t, w, .ethernet, bytes: 8) },
        row("0 0 0 11010110 rm 010 1 00 rn rd", "crc32cb") { t, w in checksum(&t, w, .castagnoli, bytes: 1) },
        row("0 0 0 11010110 rm 010 1 01 rn rd", "crc32ch") { t, w in checksum(&t, w, .castagnoli, bytes: 2) },
        row("0 0 0 11010110 rm 010 1 10 rn rd", "crc32cw") { t, w in checksum(&t, w, .castagnoli, bytes: 4) },
        row("1 0 0 11010110 rm 010 1 11 rn rd", "crc32cx") { t, w in checksum(&t, w, .castagnoli, bytes: 8) },
    ]

    private static func accumulate(
        _ t: inout Translator, _ w: Word, _ opcode: Opcode, _ product: Value, _ type: ValueType
    ) {
        if w[Bits.ra] == Register.zero, opcode == .add { return t.set(w[Bits.rd], product, type) }
        t.set(w[Bits.rd], t.builder.binary(opcode, t.get(w[Bits.ra]), product, type), type)
    }

    private static func signedProduct(_ t: inout Translator, _ w: Word) -> Value {
        let left = t.builder.unary(.signExtend32, t.get(w[Bits.rn]))
        return t.builder.binary(.mul, left, t.builder.unary(.signExtend32, t.get(w[Bits.rm])))
    }

    private static func unsignedProduct(_ t: inout Translator, _ w: Word) -> Value {
        t.builder.binary(.mul, t.getUnsigned32(w[Bits.rn]), t.getUnsigned32(w[Bits.rm]))
    }

    /// Nothing is inverted, and the least significant bit comes first. What the sum and the data, brought to the top of a word,
    /// make of 64 steps is a reduction: the multiple of the polynomial is added that clears the word, and what lies above
    /// it is the new sum.
    private static func checksum(_ t: inout Translator, _ w: Word, _ polynomial: Checksum, bytes: Int) {
        let sum = t.getUnsigned32(w[Bits.rn])
        var word = t.builder.binary(.xor, sum, t.get(w[Bits.rm]))
        let unused = t.builder.constant(Int64(64 - 8 * bytes))
        if bytes < 8 { word = t.builder.binary(.shiftLeft, word, unused) }
        let quotient = product(&t, t.builder.vectorFromScalar(word, .bits64), polynomial.inverse)
        let multiple = product(&t, quotient, polynomial.bits)
        var result = t.builder.vectorExtract(multiple, 1, .bits64, .i64)
        if bytes < 4 {
            let rest = t.builder.binary(.shiftRight, sum, t.builder.constant(Int64(8 * bytes)))
            result = t.builder.binary(.xor, result, rest)
        }
        t.setExtended(w[Bits.rd], result)
    }

    private static func product(_ t: inout Translator, _ left: Value, _ right: UInt64) -> Value {
        t.builder.vector(.mulPolynomialLow, left, t.builder.vectorConstant(low: right, high: 0), .bits64)
    }
}
