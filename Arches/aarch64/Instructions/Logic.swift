import BSDUserCore

/// Logical operations, moves of constants, addresses relative to the program counter (DDI 0487, C6.2).
enum Logic {
    static let rows: [Instruction<Translator>] = immediateRows + registerRows + moveRows

    private static let immediateRows: [Instruction<Translator>] = [
        row("sf 00 100100 n immr imms rn rd", "and", except: Reserved.logicalImmediate) { t, w in
            logicImmediate(&t, w, .and)
        },
        row("sf 01 100100 n immr imms rn rd", "orr", except: Reserved.logicalImmediate, orImmediate),
        row("sf 10 100100 n immr imms rn rd", "eor", except: Reserved.logicalImmediate) { t, w in
            logicImmediate(&t, w, .xor)
        },
        row("sf 11 100100 n immr imms rn rd", "ands", .writesFlags, except: Reserved.logicalImmediate) { t, w in
            let mask = t.builder.constant(logicalImmediate(w))
            let result = t.builder.binary(.and, t.get(w[Bits.rn]), mask, w.type)
            t.set(w[Bits.rd], result, w.type)
            t.setFlags(.logic(result, w.type))
        },
    ]

    private static let registerRows: [Instruction<Translator>] = [
        row("sf 00 01010 shift 0 rm imm6 rn rd", "and", except: Reserved.longShift) { t, w in logic(&t, w, .and) },
        row("sf 00 01010 shift 1 rm imm6 rn rd", "bic", except: Reserved.longShift) { t, w in logic(&t, w, .andNot) },
        row("sf 01 01010 shift 0 rm imm6 rn rd", "orr", except: Reserved.longShift) { t, w in
            if w[Bits.rn] == Register.zero, w[Bits.amount] == 0 {
                return t.move(w[Bits.rd], from: w[Bits.rm], w.type)
            }
            logic(&t, w, .or)
        },
        row("sf 01 01010 shift 1 rm imm6 rn rd", "orn", except: Reserved.longShift) { t, w in
            logicWithComplement(&t, w, .or)
        },
        row("sf 10 01010 shift 0 rm imm6 rn rd", "eor", except: Reserved.longShift) { t, w in logic(&t, w, .xor) },
        row("sf 10 01010 shift 1 rm imm6 rn rd", "eon", except: Reserved.longShift) { t, w in
            logicWithComplement(&t, w, .xor)
        },
        row("sf 11 01010 shift 0 rm imm6 rn rd", "ands", .writesFlags, except: Reserved.longShift) { t, w in
            logicSettingFlags(&t, w, .and)
        },
        row("sf 11 01010 shift 1 rm imm6 rn rd", "bics", .writesFlags, except: Reserved.longShift) { t, w in
            logicSettingFlags(&t, w, .andNot)
        },
    ]

    private static let moveRows: [Instruction<Translator>] = [
        row("sf 00 100101 hw imm16 rd", "movn", except: Reserved.halfword) { t, w in
            t.setConstant(w[Bits.rd], ~(Int64(w[Bits.immediate16]) << halfwordShift(w)), w.type)
        },
        row("sf 10 100101 hw imm16 rd", "movz", except: Reserved.halfword) { t, w in
            t.setConstant(w[Bits.rd], Int64(w[Bits.immediate16]) << halfwordShift(w), w.type)
        },
        row("sf 11 100101 hw imm16 rd", "movk", except: Reserved.halfword, moveKeeping),
        row("0 immlo 10000 immhi rd", "adr") { t, w in
            let offset = UInt64(bitPattern: Int64(w[Bits.immediateHigh] << 2 | w[Bits.immediateLow]))
            t.setConstant(w[Bits.rd], Int64(bitPattern: t.pc &+ offset))
        },
        row("1 immlo 10000 immhi rd", "adrp") { t, w in
            let offset = UInt64(bitPattern: Int64(w[Bits.immediateHigh] << 2 | w[Bits.immediateLow]) << 12)
            t.setConstant(w[Bits.rd], Int64(bitPattern: (t.pc & ~0xfff) &+ offset))
        },
    ]

    // MARK: Immediates

    private static func logicImmediate(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        let mask = t.builder.constant(logicalImmediate(w))
        let result = t.builder.binary(opcode, t.get(w[Bits.rn]), mask, w.type)
        t.setOrSP(w[Bits.rd], result, w.type)
    }

    private static func orImmediate(_ t: inout Translator, _ w: Word) {
        guard w[Bits.rn] == Register.zero, w[Bits.rd] != Register.sp else { return logicImmediate(&t, w, .or) }
        t.setConstant(w[Bits.rd], logicalImmediate(w), w.type)
    }

    /// The bits that a logical immediate stands for: elements of a power-of-two width, each a rotated run of ones
    /// (DDI 0487, DecodeBitMasks).
    static func logicalImmediate(_ w: Word) -> Int64 {
        let (imms, immr) = (w[Bits.imms], w[Bits.immr])
        let lengthLog2 = Int.bitWidth - 1 - (w[Bits.n] << 6 | (~imms & 0x3f)).leadingZeroBitCount
        let length = 1 << lengthLog2
        let (ones, rotation) = (imms & (length - 1), immr & (length - 1))
        var mask = UInt64.max >> UInt64(63 - ones)
        if rotation != 0 {
            mask = (mask >> UInt64(rotation) | mask << UInt64(length - rotation)) & (UInt64.max >> UInt64(64 - length))
        }
        for width in (lengthLog2..<6).map({ UInt64(1) << UInt64($0) }) { mask |= mask << width }
        return w.type == .i64 ? Int64(bitPattern: mask) : Int64(Int32(truncatingIfNeeded: mask))
    }

    // MARK: Registers

    private static func logic(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        t.set(w[Bits.rd], t.builder.binary(opcode, t.get(w[Bits.rn]), t.shifted(w), w.type), w.type)
    }

    private static func logicWithComplement(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        let complement = t.builder.binary(.xor, t.shifted(w), t.builder.constant(-1), w.type)
        let left = t.get(w[Bits.rn])
        let result = w[Bits.rn] == Register.zero ? complement : t.builder.binary(opcode, left, complement, w.type)
        t.set(w[Bits.rd], result, w.type)
    }

    private static func logicSettingFlags(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        let result = t.builder.binary(opcode, t.get(w[Bits.rn]), t.shifted(w), w.type)
        t.set(w[Bits.rd], result, w.type)
        t.setFlags(.logic(result, w.type))
    }

    // MARK: Moves

    private static func halfwordShift(_ w: Word) -> Int64 { Int64(16 * w[Bits.halfword]) }

    private static func moveKeeping(_ t: inout Translator, _ w: Word) {
        let shift = halfwordShift(w)
        let bits = Int64(w[Bits.immediate16])
        if let value = t.constant(w[Bits.rd]) {
            return t.setConstant(w[Bits.rd], value & ~(0xffff << shift) | bits << shift, w.type)
        }
        let (old, new) = (t.get(w[Bits.rd]), t.builder.constant(bits))
        t.set(w[Bits.rd], t.builder.insertBits(old, new, lsb: Int(shift), width: 16, w.type), w.type)
    }
}
