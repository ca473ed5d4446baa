import BSDUserCore

/// Shifts, bit fields, extraction, bits and bytes in reverse (DDI 0487, C6.2).
enum Shifts {
    static let rows: [Instruction<Translator>] = [
        row("sf 00 100110 n immr imms rn rd", "sbfm", except: Reserved.bitField, signedField),
        row("sf 01 100110 n immr imms rn rd", "bfm", except: Reserved.bitField, insertField),
        row("sf 10 100110 n immr imms rn rd", "ubfm", except: Reserved.bitField, unsignedField),
        row("sf 00 100111 n 0 rm imms rn rd", "extr", except: Reserved.extraction, extract),
        row("sf 0 0 11010110 rm 001000 rn rd", "lslv") { t, w in shift(&t, w, .shiftLeft) },
        row("sf 0 0 11010110 rm 001001 rn rd", "lsrv") { t, w in shift(&t, w, .shiftRight) },
        row("sf 0 0 11010110 rm 001010 rn rd", "asrv") { t, w in shift(&t, w, .shiftRightArithmetic) },
        row("sf 0 0 11010110 rm 001011 rn rd", "rorv") { t, w in shift(&t, w, .rotateRight) },
        row("sf 1 0 11010110 00000 000000 rn rd", "rbit") { t, w in
            t.set(w[Bits.rd], t.builder.unary(.bitReverse, t.get(w[Bits.rn]), w.type), w.type)
        },
        row("sf 1 0 11010110 00000 000001 rn rd", "rev16") { t, w in
            t.set(w[Bits.rd], t.exchangeBytes(t.get(w[Bits.rn]), w.type), w.type)
        },
        row("0 1 0 11010110 00000 000010 rn rd", "rev") { t, w in
            t.set(w[Bits.rd], t.builder.unary(.byteSwap, t.get(w[Bits.rn]), .i32), .i32)
        },
        row("1 1 0 11010110 00000 000010 rn rd", "rev32") { t, w in
            let swapped = t.builder.unary(.byteSwap, t.get(w[Bits.rn]))
            t.set(w[Bits.rd], t.builder.binary(.rotateRight, swapped, t.builder.constant(32)))
        },
        row("1 1 0 11010110 00000 000011 rn rd", "rev") { t, w in
            t.set(w[Bits.rd], t.builder.unary(.byteSwap, t.get(w[Bits.rn])))
        },
        row("sf 1 0 11010110 00000 000100 rn rd", "clz") { t, w in
            t.set(w[Bits.rd], t.builder.unary(.countLeadingZeros, t.get(w[Bits.rn]), w.type), w.type)
        },
        row("sf 1 0 11010110 00000 000101 rn rd", "cls", countSignBits),
    ]

    /// The shifts in the order of the shift type field.
    static let opcodes: [Opcode] = [.shiftLeft, .shiftRight, .shiftRightArithmetic, .rotateRight]

    private static func shift(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        t.set(w[Bits.rd], t.builder.binary(opcode, t.get(w[Bits.rn]), t.get(w[Bits.rm]), w.type), w.type)
    }

    // MARK: Bit fields

    /// Where a bit field goes: `width` bits from bit `source` of the operand to bit `target` of the result.
    private static func field(_ w: Word) -> (source: Int, target: Int, width: Int) {
        let (rotation, last, bits) = (w[Bits.immr], w[Bits.imms], w.type.bits)
        if last >= rotation { return (rotation, 0, last - rotation + 1) }
        return (0, bits - rotation, last + 1)
    }

    private static func unsignedField(_ t: inout Translator, _ w: Word) {
        let (source, target, width) = field(w)
        let (value, type) = (t.get(w[Bits.rn]), w.type)
        if target == 0 {
            if source == 0, width == type.bits { return t.move(w[Bits.rd], from: w[Bits.rn], type) }
            let bits = t.builder.extractBits(value, lsb: source, width: width, type)
            return setField(&t, w, bits, isShort: width <= 32)
        }
        let place = t.builder.constant(Int64(target))
        if target + width == type.bits {
            return t.set(w[Bits.rd], t.builder.binary(.shiftLeft, value, place, type), type)
        }
        let bits = t.builder.extractBits(value, lsb: 0, width: width, type)
        setField(&t, w, t.builder.binary(.shiftLeft, bits, place, type), isShort: target + width <= 32)
    }

    /// Writes a result, of which a 64-bit one may be known to have a clear upper half.
    private static func setField(_ t: inout Translator, _ w: Word, _ value: Value, isShort: Bool) {
        if w.type == .i64 && isShort { return t.setExtended(w[Bits.rd], value) }
        t.set(w[Bits.rd], value, w.type)
    }

    private static func signedField(_ t: inout Translator, _ w: Word) {
        let (source, target, width) = field(w)
        let (value, type) = (t.get(w[Bits.rn]), w.type)
        var result: Value
        switch width {
        case 8 where source == 0: result = t.builder.unary(.signExtend8, value, type)
        case 16 where source == 0: result = t.builder.unary(.signExtend16, value, type)
        case 32 where source == 0: result = t.builder.unary(.signExtend32, value, type)
        default:
            let left = t.builder.constant(Int64(type.bits - source - width))
            let right = t.builder.constant(Int64(type.bits - width))
            let raised = t.builder.binary(.shiftLeft, value, left, type)
            result = t.builder.binary(.shiftRightArithmetic, raised, right, type)
        }
        if target != 0 {
            result = t.builder.binary(.shiftLeft, result, t.builder.constant(Int64(target)), type)
        }
        t.set(w[Bits.rd], result, type)
    }

    private static func insertField(_ t: inout Translator, _ w: Word) {
        let (source, target, width) = field(w)
        let (old, type) = (t.get(w[Bits.rd]), w.type)
        var new = t.get(w[Bits.rn])
        if source != 0 {
            new = t.builder.binary(.shiftRight, new, t.builder.constant(Int64(source)), type)
        }
        t.set(w[Bits.rd], t.builder.insertBits(old, new, lsb: target, width: width, type), type)
    }

    private static func extract(_ t: inout Translator, _ w: Word) {
        let (lsb, type) = (w[Bits.imms], w.type)
        let (high, low) = (t.get(w[Bits.rn]), t.get(w[Bits.rm]))
        if lsb == 0 { return t.move(w[Bits.rd], from: w[Bits.rm], type) }
        let amount = t.builder.constant(Int64(lsb))
        if w[Bits.rn] == w[Bits.rm] {
            return t.set(w[Bits.rd], t.builder.binary(.rotateRight, low, amount, type), type)
        }
        let upper = t.builder.binary(.shiftLeft, high, t.builder.constant(Int64(type.bits - lsb)), type)
        let lower = t.builder.binary(.shiftRight, low, amount, type)
        t.set(w[Bits.rd], t.builder.binary(.or, upper, lower, type), type)
    }

    // MARK: Bits

    /// Bits after the first that equal it: leading zeros of each bit's difference from its neighbour, less one.
    private static func countSignBits(_ t: inout Translator, _ w: Word) {
        let value = t.get(w[Bits.rn])
        let doubled = t.builder.binary(.shiftLeft, value, t.builder.constant(1), w.type)
        let changes = t.builder.binary(.xor, value, doubled, w.type)
        let marked = t.builder.binary(.or, changes, t.builder.constant(1), w.type)
        t.set(w[Bits.rd], t.builder.unary(.countLeadingZeros, marked, w.type), w.type)
    }
}

extension Translator {
    /// Exchanges the bytes of each halfword.
    mutating func exchangeBytes(_ value: Value, _ type: ValueType) -> Value {
        let (amount, lower) = (builder.constant(8), builder.constant(0x00ff_00ff_00ff_00ff))
        let down = builder.binary(.and, builder.binary(.shiftRight, value, amount, type), lower, type)
        let up = builder.binary(.shiftLeft, builder.binary(.and, value, lower, type), amount, type)
        return builder.binary(.or, down, up, type)
    }
}
