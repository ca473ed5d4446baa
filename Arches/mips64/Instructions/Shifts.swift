import BSDUserCore

/// Shifts, rotations, bit fields, byte and halfword operations, leading bits (volume II-A).
enum Shifts {
    static let rows: [Instruction<Translator>] = shiftRows + fieldRows + byteRows + countRows

    private static let shiftRows: [Instruction<Translator>] = [
        row("000000 00000 rt rd sa 000000", "sll", .writesRd, shiftLeft32),
        row("000000 00000 rt rd sa 000010", "srl", .writesRd) { t, w in shift32(&t, w, .shiftRight) },
        row("000000 00001 rt rd sa 000010", "rotr", .writesRd) { t, w in shift32(&t, w, .rotateRight) },
        row("000000 00000 rt rd sa 000011", "sra", .writesRd) { t, w in shift32(&t, w, .shiftRightArithmetic) },
        row("000000 rs rt rd 00000 000100", "sllv", .writesRd) { t, w in shiftBy32(&t, w, .shiftLeft) },
        row("000000 rs rt rd 00000 000110", "srlv", .writesRd) { t, w in shiftBy32(&t, w, .shiftRight) },
        row("000000 rs rt rd 00001 000110", "rotrv", .writesRd) { t, w in shiftBy32(&t, w, .rotateRight) },
        row("000000 rs rt rd 00000 000111", "srav", .writesRd) { t, w in shiftBy32(&t, w, .shiftRightArithmetic) },
        row("000000 00000 rt rd sa 111000", "dsll", .writesRd) { t, w in shift64(&t, w, .shiftLeft, 0) },
        row("000000 00000 rt rd sa 111010", "dsrl", .writesRd) { t, w in shift64(&t, w, .shiftRight, 0) },
        row("000000 00001 rt rd sa 111010", "drotr", .writesRd) { t, w in shift64(&t, w, .rotateRight, 0) },
        row("000000 00000 rt rd sa 111011", "dsra", .writesRd) { t, w in shift64(&t, w, .shiftRightArithmetic, 0) },
        row("000000 00000 rt rd sa 111100", "dsll32", .writesRd) { t, w in shift64(&t, w, .shiftLeft, 32) },
        row("000000 00000 rt rd sa 111110", "dsrl32", .writesRd) { t, w in shift64(&t, w, .shiftRight, 32) },
        row("000000 00001 rt rd sa 111110", "drotr32", .writesRd) { t, w in shift64(&t, w, .rotateRight, 32) },
        row("000000 00000 rt rd sa 111111", "dsra32", .writesRd) { t, w in
            shift64(&t, w, .shiftRightArithmetic, 32)
        },
        row("000000 rs rt rd 00000 010100", "dsllv", .writesRd) { t, w in shiftBy64(&t, w, .shiftLeft) },
        row("000000 rs rt rd 00000 010110", "dsrlv", .writesRd) { t, w in shiftBy64(&t, w, .shiftRight) },
        row("000000 rs rt rd 00001 010110", "drotrv", .writesRd) { t, w in shiftBy64(&t, w, .rotateRight) },
        row("000000 rs rt rd 00000 010111", "dsrav", .writesRd) { t, w in shiftBy64(&t, w, .shiftRightArithmetic) },
    ]

    /// `ext` and `ins` families: rd holds size - 1 or msb, sa the lsb, each less 32 in some forms.
    private static let fieldRows: [Instruction<Translator>] = [
        row("011111 rs rt rd sa 000000", "ext", .writesRt, extract32),
        row("011111 rs rt rd sa 000011", "dext", .writesRt) { t, w in extract64(&t, w, lsb: 0, width: 1) },
        row("011111 rs rt rd sa 000001", "dextm", .writesRt) { t, w in extract64(&t, w, lsb: 0, width: 33) },
        row("011111 rs rt rd sa 000010", "dextu", .writesRt) { t, w in extract64(&t, w, lsb: 32, width: 1) },
        row("011111 rs rt rd sa 000100", "ins", .writesRt, insert32),
        row("011111 rs rt rd sa 000111", "dins", .writesRt) { t, w in insert64(&t, w, lsb: 0, msb: 0) },
        row("011111 rs rt rd sa 000101", "dinsm", .writesRt) { t, w in insert64(&t, w, lsb: 0, msb: 32) },
        row("011111 rs rt rd sa 000110", "dinsu", .writesRt) { t, w in insert64(&t, w, lsb: 32, msb: 32) },
    ]

    private static let byteRows: [Instruction<Translator>] = [
        row("011111 00000 rt rd 10000 100000", "seb", .writesRd) { t, w in
            t.setExtended(w[Bits.rd], t.builder.unary(.signExtend8, t.get(w[Bits.rt])))
        },
        row("011111 00000 rt rd 11000 100000", "seh", .writesRd) { t, w in
            t.setExtended(w[Bits.rd], t.builder.unary(.signExtend16, t.get(w[Bits.rt])))
        },
        row("011111 00000 rt rd 00010 100000", "wsbh", .writesRd) { t, w in
            // Reversing all four bytes and exchanging the halves leaves the bytes of each half exchanged.
            let reversed = t.builder.unary(.byteSwap, t.get(w[Bits.rt]), .i32)
            t.set32(w[Bits.rd], t.builder.binary(.rotateRight, reversed, t.builder.constant(16), .i32))
        },
        row("011111 00000 rt rd 00010 100100", "dsbh", .writesRd) { t, w in
            let reversed = t.builder.unary(.byteSwap, t.get(w[Bits.rt]))
            t.set(w[Bits.rd], t.reverseHalfwords(reversed))
        },
        row("011111 00000 rt rd 00101 100100", "dshd", .writesRd) { t, w in
            t.set(w[Bits.rd], t.reverseHalfwords(t.get(w[Bits.rt])))
        },
    ]

    /// The manual asks for rt = rd and leaves other words UNPREDICTABLE; rt is ignored here.
    private static let countRows: [Instruction<Translator>] = [
        row("011100 rs rt rd 00000 100000", "clz", .writesRd) { t, w in
            let count = t.builder.unary(.countLeadingZeros, t.get(w[Bits.rs]), .i32)
            t.setExtended(w[Bits.rd], t.builder.unary(.zeroExtend32, count))
        },
        row("011100 rs rt rd 00000 100001", "clo", .writesRd) { t, w in
            let inverted = t.builder.binary(.xor, t.get(w[Bits.rs]), t.builder.constant(-1), .i32)
            let count = t.builder.unary(.countLeadingZeros, inverted, .i32)
            t.setExtended(w[Bits.rd], t.builder.unary(.zeroExtend32, count))
        },
        row("011100 rs rt rd 00000 100100", "dclz", .writesRd) { t, w in
            t.setExtended(w[Bits.rd], t.builder.unary(.countLeadingZeros, t.get(w[Bits.rs])))
        },
        row("011100 rs rt rd 00000 100101", "dclo", .writesRd) { t, w in
            let inverted = t.builder.binary(.xor, t.get(w[Bits.rs]), t.builder.constant(-1))
            t.setExtended(w[Bits.rd], t.builder.unary(.countLeadingZeros, inverted))
        },
    ]

    // MARK: Shifts

    private static func shiftLeft32(_ t: inout Translator, _ w: Word) {
        let (source, amount) = (w[Bits.rt], w[Bits.sa])
        if let value = t.constant(source) {
            return t.setConstant(w[Bits.rd], Int64(Int32(truncatingIfNeeded: value) << Int32(amount)))
        }
        // The idiom that sign-extends a 32-bit value; with $0 it is also nop, ssnop, ehb and pause.
        if amount == 0 { return t.move32(w[Bits.rd], from: source) }
        shift32(&t, w, .shiftLeft)
    }

    private static func shift32(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        let amount = t.builder.constant(Int64(w[Bits.sa]))
        if opcode == .shiftRightArithmetic, t.isSignExtended(w[Bits.rt]) {
            return t.setExtended(w[Bits.rd], t.builder.binary(opcode, t.get(w[Bits.rt]), amount))
        }
        t.set32(w[Bits.rd], t.builder.binary(opcode, t.get(w[Bits.rt]), amount, .i32))
    }

    private static func shiftBy32(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        t.set32(w[Bits.rd], t.builder.binary(opcode, t.get(w[Bits.rt]), t.get(w[Bits.rs]), .i32))
    }

    private static func shift64(_ t: inout Translator, _ w: Word, _ opcode: Opcode, _ base: Int) {
        let amount = w[Bits.sa] + base
        if opcode == .shiftLeft, let value = t.constant(w[Bits.rt]) {
            return t.setConstant(w[Bits.rd], value << Int64(amount))
        }
        if amount == 0 { return t.move(w[Bits.rd], from: w[Bits.rt]) }
        let value = t.builder.binary(opcode, t.get(w[Bits.rt]), t.builder.constant(Int64(amount)))
        // An arithmetic shift by 32 or more leaves 32 bits or fewer, sign-extended; a logical one by 33 or more too.
        if opcode == .shiftRightArithmetic && amount >= 32 || opcode == .shiftRight && amount > 32 {
            t.setExtended(w[Bits.rd], value)
        } else {
            t.set(w[Bits.rd], value)
        }
    }

    private static func shiftBy64(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        t.set(w[Bits.rd], t.builder.binary(opcode, t.get(w[Bits.rt]), t.get(w[Bits.rs])))
    }

    // MARK: Bit fields

    private static func extract32(_ t: inout Translator, _ w: Word) {
        let (lsb, width) = (w[Bits.sa], w[Bits.rd] + 1)
        guard w.holdsField else { return t.end(.illegalInstruction) }
        t.set32(w[Bits.rt], t.builder.extractBits(t.get(w[Bits.rs]), lsb: lsb, width: width, .i32))
    }

    private static func extract64(_ t: inout Translator, _ w: Word, lsb lsbBase: Int, width widthBase: Int) {
        let (lsb, width) = (w[Bits.sa] + lsbBase, w[Bits.rd] + widthBase)
        guard w.holdsField else { return t.end(.illegalInstruction) }
        let value = t.builder.extractBits(t.get(w[Bits.rs]), lsb: lsb, width: width)
        if width < 32 { t.setExtended(w[Bits.rt], value) } else { t.set(w[Bits.rt], value) }
    }

    private static func insert32(_ t: inout Translator, _ w: Word) {
        let (lsb, msb) = (w[Bits.sa], w[Bits.rd])
        guard w.holdsField else { return t.end(.illegalInstruction) }
        let (old, new) = (t.get(w[Bits.rt]), t.get(w[Bits.rs]))
        t.set32(w[Bits.rt], t.builder.insertBits(old, new, lsb: lsb, width: msb - lsb + 1, .i32))
    }

    private static func insert64(_ t: inout Translator, _ w: Word, lsb lsbBase: Int, msb msbBase: Int) {
        let (lsb, msb) = (w[Bits.sa] + lsbBase, w[Bits.rd] + msbBase)
        guard w.holdsField else { return t.end(.illegalInstruction) }
        let (old, new) = (t.get(w[Bits.rt]), t.get(w[Bits.rs]))
        t.set(w[Bits.rt], t.builder.insertBits(old, new, lsb: lsb, width: msb - lsb + 1))
    }
}

extension Translator {
    /// Reverses the order of the four halfwords.
    mutating func reverseHalfwords(_ value: Value) -> Value {
        let mask = builder.constant(0x0000_ffff_0000_ffff)
        let sixteen = builder.constant(16)
        let swapped = builder.binary(.rotateRight, value, builder.constant(32))
        let low = builder.binary(.shiftLeft, builder.binary(.and, swapped, mask), sixteen)
        let high = builder.binary(.and, builder.binary(.shiftRight, swapped, sixteen), mask)
        return builder.binary(.or, low, high)
    }
}
