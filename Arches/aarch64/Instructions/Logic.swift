import BSDUserCore

/// Logical operations, moves of constants, addresses relative to the program counter (DDI 0487, C6.2).
enum Logic {
    static let rows: [Instruction<Translator>] = immediateRows + registerRows + moveRows

    private static let immediateRows: [Instruction<Translator>] = [
        row("sf 00 100100 n immr imms rn rd", "and") { t, w in logicImmediate(&t, w, .and) },
        row("sf 01 100100 n immr imms rn rd", "orr", orImmediate),
        row("sf 10 100100 n immr imms rn rd", "eor") { t, w in logicImmediate(&t, w, .xor) },
        row("sf 11 100100 n immr imms rn rd", "ands", .writesFlags) { t, w in
            guard let mask = t.logicalImmediate(w) else { return }
            let result = t.builder.binary(.and, t.get(w[Bits.rn]), t.builder.constant(mask), w.type)
            t.set(w[Bits.rd], result, w.type)
            t.setFlags(.logic(result, w.type))
        },
    ]

    private static let registerRows: [Instruction<Translator>] = [
        row("sf 00 01010 shift 0 rm imm6 rn rd", "and") { t, w in logic(&t, w, .and) },
        row("sf 00 01010 shift 1 rm imm6 rn rd", "bic") { t, w in logic(&t, w, .andNot) },
        row("sf 01 01010 shift 0 rm imm6 rn rd", "orr") { t, w in
            if w[Bits.rn] == Register.zero, w[Bits.amount] == 0 {
                return t.move(w[Bits.rd], from: w[Bits.rm], w.type)
            }
            logic(&t, w, .or)
        },
        row("sf 01 01010 shift 1 rm imm6 rn rd", "orn") { t, w in logicWithComplement(&t, w, .or) },
        row("sf 10 01010 shift 0 rm imm6 rn rd", "eor") { t, w in logic(&t, w, .xor) },
        row("sf 10 01010 shift 1 rm imm6 rn rd", "eon") { t, w in logicWithComplement(&t, w, .xor) },
        row("sf 11 01010 shift 0 rm imm6 rn rd", "ands", .writesFlags) { t, w in
            logicSettingFlags(&t, w, .and)
        },
        row("sf 11 01010 shift 1 rm imm6 rn rd", "bics", .writesFlags) { t, w in
            logicSettingFlags(&t, w, .andNot)
        },
    ]

    private static let moveRows: [Instruction<Translator>] = [
        row("sf 00 100101 hw imm16 rd", "movn") { t, w in
            guard let shift = halfwordShift(&t, w) else { return }
            t.setConstant(w[Bits.rd], ~(Int64(w[Bits.immediate16]) << shift), w.type)
        },
        row("sf 10 100101 hw imm16 rd", "movz") { t, w in
            guard let shift = halfwordShift(&t, w) else { return }
            t.setConstant(w[Bits.rd], Int64(w[Bits.immediate16]) << shift, w.type)
        },
        row("sf 11 100101 hw imm16 rd", "movk", moveKeeping),
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
        guard let mask = t.logicalImmediate(w) else { return }
        let result = t.builder.binary(opcode, t.get(w[Bits.rn]), t.builder.constant(mask), w.type)
        t.setOrSP(w[Bits.rd], result, w.type)
    }

    private static func orImmediate(_ t: inout Translator, _ w: Word) {
        guard w[Bits.rn] == Register.zero, w[Bits.rd] != Register.sp else { return logicImmediate(&t, w, .or) }
        guard let value = t.logicalImmediate(w) else { return }
        t.setConstant(w[Bits.rd], value, w.type)
    }

    /// The bits that a logical immediate stands for (DDI 0487, DecodeBitMasks); nil for a reserved combination.
    static func bitMask(n: Int, imms: Int, immr: Int, is64Bit: Bool) -> Int64? {
        let combined = n << 6 | (~imms & 0x3f)
        guard combined > 1, is64Bit || n == 0 else { return nil }
        let lengthLog2 = Int.bitWidth - 1 - combined.leadingZeroBitCount
        let length = 1 << lengthLog2
        let (ones, rotation) = (imms & (length - 1), immr & (length - 1))
        guard ones != length - 1 else { return nil }
        var element = UInt64.max >> UInt64(63 - ones)
        if rotation != 0 {
            element = element >> UInt64(rotation) | element << UInt64(length - rotation)
            element &= UInt64.max >> UInt64(64 - length)
        }
        var mask = element
        var width = length
        while width < 64 {
            mask |= mask << UInt64(width)
            width *= 2
        }
        return is64Bit ? Int64(bitPattern: mask) : Int64(Int32(truncatingIfNeeded: mask))
    }

    // MARK: Registers

    private static func logic(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        guard let right = t.shifted(w) else { return }
        t.set(w[Bits.rd], t.builder.binary(opcode, t.get(w[Bits.rn]), right, w.type), w.type)
    }

    private static func logicWithComplement(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        guard let right = t.shifted(w) else { return }
        let complement = t.builder.binary(.xor, right, t.builder.constant(-1), w.type)
        let left = t.get(w[Bits.rn])
        let result = w[Bits.rn] == Register.zero ? complement : t.builder.binary(opcode, left, complement, w.type)
        t.set(w[Bits.rd], result, w.type)
    }

    private static func logicSettingFlags(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        guard let right = t.shifted(w) else { return }
        let result = t.builder.binary(opcode, t.get(w[Bits.rn]), right, w.type)
        t.set(w[Bits.rd], result, w.type)
        t.setFlags(.logic(result, w.type))
    }

    // MARK: Moves

    /// The place of a halfword; the upper two are reserved in a 32-bit register.
    private static func halfwordShift(_ t: inout Translator, _ w: Word) -> Int64? {
        guard w.type == .i64 || w[Bits.halfword] < 2 else {
            t.end(.illegalInstruction)
            return nil
        }
        return Int64(16 * w[Bits.halfword])
    }

    private static func moveKeeping(_ t: inout Translator, _ w: Word) {
        guard let shift = halfwordShift(&t, w) else { return }
        let bits = Int64(w[Bits.immediate16])
        if let value = t.constant(w[Bits.rd]) {
            return t.setConstant(w[Bits.rd], value & ~(0xffff << shift) | bits << shift, w.type)
        }
        let (old, new) = (t.get(w[Bits.rd]), t.builder.constant(bits))
        t.set(w[Bits.rd], t.builder.insertBits(old, new, lsb: Int(shift), width: 16, w.type), w.type)
    }
}

extension Translator {
    /// A logical immediate; a reserved one ends the block.
    mutating func logicalImmediate(_ w: Word) -> Int64? {
        let mask = Logic.bitMask(n: w[Bits.n], imms: w[Bits.imms], immr: w[Bits.immr], is64Bit: w.type == .i64)
        if mask == nil { end(.illegalInstruction) }
        return mask
    }
}
