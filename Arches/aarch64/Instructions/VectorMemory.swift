import BSDUserCore

/// Loads and stores of one vector register, or of its low part (DDI 0487, C7.2: LDR and STR, SIMD&FP).
enum VectorMemory {
    static let rows: [Instruction<Translator>] = offsetRows + unscaledRows + indexedRows + registerRows + literalRows

    private static let offsetRows: [Instruction<Translator>] = [
        row("00 111101 00 imm12 rn rt", "str") { t, w in store(&t, w, 0, .scaled) },
        row("00 111101 01 imm12 rn rt", "ldr") { t, w in load(&t, w, 0, .scaled) },
        row("01 111101 00 imm12 rn rt", "str") { t, w in store(&t, w, 1, .scaled) },
        row("01 111101 01 imm12 rn rt", "ldr") { t, w in load(&t, w, 1, .scaled) },
        row("10 111101 00 imm12 rn rt", "str") { t, w in store(&t, w, 2, .scaled) },
        row("10 111101 01 imm12 rn rt", "ldr") { t, w in load(&t, w, 2, .scaled) },
        row("11 111101 00 imm12 rn rt", "str") { t, w in store(&t, w, 3, .scaled) },
        row("11 111101 01 imm12 rn rt", "ldr") { t, w in load(&t, w, 3, .scaled) },
        row("00 111101 10 imm12 rn rt", "str") { t, w in store(&t, w, 4, .scaled) },
        row("00 111101 11 imm12 rn rt", "ldr") { t, w in load(&t, w, 4, .scaled) },
    ]

    private static let unscaledRows: [Instruction<Translator>] = [
        row("00 111100 00 0 imm9 00 rn rt", "stur") { t, w in store(&t, w, 0, .unscaled) },
        row("00 111100 01 0 imm9 00 rn rt", "ldur") { t, w in load(&t, w, 0, .unscaled) },
        row("01 111100 00 0 imm9 00 rn rt", "stur") { t, w in store(&t, w, 1, .unscaled) },
        row("01 111100 01 0 imm9 00 rn rt", "ldur") { t, w in load(&t, w, 1, .unscaled) },
        row("10 111100 00 0 imm9 00 rn rt", "stur") { t, w in store(&t, w, 2, .unscaled) },
        row("10 111100 01 0 imm9 00 rn rt", "ldur") { t, w in load(&t, w, 2, .unscaled) },
        row("11 111100 00 0 imm9 00 rn rt", "stur") { t, w in store(&t, w, 3, .unscaled) },
        row("11 111100 01 0 imm9 00 rn rt", "ldur") { t, w in load(&t, w, 3, .unscaled) },
        row("00 111100 10 0 imm9 00 rn rt", "stur") { t, w in store(&t, w, 4, .unscaled) },
        row("00 111100 11 0 imm9 00 rn rt", "ldur") { t, w in load(&t, w, 4, .unscaled) },
    ]

    private static let indexedRows: [Instruction<Translator>] = [
        row("00 111100 00 0 imm9 01 rn rt", "str") { t, w in store(&t, w, 0, .post) },
        row("00 111100 01 0 imm9 01 rn rt", "ldr") { t, w in load(&t, w, 0, .post) },
        row("01 111100 00 0 imm9 01 rn rt", "str") { t, w in store(&t, w, 1, .post) },
        row("01 111100 01 0 imm9 01 rn rt", "ldr") { t, w in load(&t, w, 1, .post) },
        row("10 111100 00 0 imm9 01 rn rt", "str") { t, w in store(&t, w, 2, .post) },
        row("10 111100 01 0 imm9 01 rn rt", "ldr") { t, w in load(&t, w, 2, .post) },
        row("11 111100 00 0 imm9 01 rn rt", "str") { t, w in store(&t, w, 3, .post) },
        row("11 111100 01 0 imm9 01 rn rt", "ldr") { t, w in load(&t, w, 3, .post) },
        row("00 111100 10 0 imm9 01 rn rt", "str") { t, w in store(&t, w, 4, .post) },
        row("00 111100 11 0 imm9 01 rn rt", "ldr") { t, w in load(&t, w, 4, .post) },
        row("00 111100 00 0 imm9 11 rn rt", "str") { t, w in store(&t, w, 0, .pre) },
        row("00 111100 01 0 imm9 11 rn rt", "ldr") { t, w in load(&t, w, 0, .pre) },
        row("01 111100 00 0 imm9 11 rn rt", "str") { t, w in store(&t, w, 1, .pre) },
        row("01 111100 01 0 imm9 11 rn rt", "ldr") { t, w in load(&t, w, 1, .pre) },
        row("10 111100 00 0 imm9 11 rn rt", "str") { t, w in store(&t, w, 2, .pre) },
        row("10 111100 01 0 imm9 11 rn rt", "ldr") { t, w in load(&t, w, 2, .pre) },
        row("11 111100 00 0 imm9 11 rn rt", "str") { t, w in store(&t, w, 3, .pre) },
        row("11 111100 01 0 imm9 11 rn rt", "ldr") { t, w in load(&t, w, 3, .pre) },
        row("00 111100 10 0 imm9 11 rn rt", "str") { t, w in store(&t, w, 4, .pre) },
        row("00 111100 11 0 imm9 11 rn rt", "ldr") { t, w in load(&t, w, 4, .pre) },
    ]

    private static let registerRows: [Instruction<Translator>] = [
        row("00 111100 00 1 rm option s 10 rn rt", "str", except: Reserved.indexExtension) { t, w in
            storeAtRegister(&t, w, 0)
        },
        row("00 111100 01 1 rm option s 10 rn rt", "ldr", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, 0)
        },
        row("01 111100 00 1 rm option s 10 rn rt", "str", except: Reserved.indexExtension) { t, w in
            storeAtRegister(&t, w, 1)
        },
        row("01 111100 01 1 rm option s 10 rn rt", "ldr", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, 1)
        },
        row("10 111100 00 1 rm option s 10 rn rt", "str", except: Reserved.indexExtension) { t, w in
            storeAtRegister(&t, w, 2)
        },
        row("10 111100 01 1 rm option s 10 rn rt", "ldr", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, 2)
        },
        row("11 111100 00 1 rm option s 10 rn rt", "str", except: Reserved.indexExtension) { t, w in
            storeAtRegister(&t, w, 3)
        },
        row("11 111100 01 1 rm option s 10 rn rt", "ldr", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, 3)
        },
        row("00 111100 10 1 rm option s 10 rn rt", "str", except: Reserved.indexExtension) { t, w in
            storeAtRegister(&t, w, 4)
        },
        row("00 111100 11 1 rm option s 10 rn rt", "ldr", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, 4)
        },
    ]

    private static let literalRows: [Instruction<Translator>] = [
        row("00 011100 imm19 rt", "ldr") { t, w in loadLiteral(&t, w, 2) },
        row("01 011100 imm19 rt", "ldr") { t, w in loadLiteral(&t, w, 3) },
        row("10 011100 imm19 rt", "ldr") { t, w in loadLiteral(&t, w, 4) },
    ]

    /// How an immediate makes the address: multiplied by the size, in bytes, added after the access or before it.
    private enum Mode { case scaled, unscaled, post, pre }

    private static func load(_ t: inout Translator, _ w: Word, _ sizeLog2: Int, _ mode: Mode) {
        let base = t.base(w[Bits.rn])
        let offset = offset(w, sizeLog2, mode)
        let value = t.loadPart(sizeLog2, base, mode == .post ? 0 : offset)
        t.setPart(w[Bits.rt], sizeLog2, value)
        if mode == .post || mode == .pre { t.moveBase(w[Bits.rn], base, offset) }
    }

    private static func store(_ t: inout Translator, _ w: Word, _ sizeLog2: Int, _ mode: Mode) {
        let base = t.base(w[Bits.rn])
        let offset = offset(w, sizeLog2, mode)
        t.storePart(w[Bits.rt], sizeLog2, base, mode == .post ? 0 : offset)
        if mode == .post || mode == .pre { t.moveBase(w[Bits.rn], base, offset) }
    }

    private static func offset(_ w: Word, _ sizeLog2: Int, _ mode: Mode) -> Int {
        mode == .scaled ? w[Bits.immediate12] << sizeLog2 : w[Bits.immediate9]
    }

    private static func loadAtRegister(_ t: inout Translator, _ w: Word, _ sizeLog2: Int) {
        t.setPart(w[Bits.rt], sizeLog2, t.loadPart(sizeLog2, t.registerAddress(w, sizeLog2), 0))
    }

    private static func storeAtRegister(_ t: inout Translator, _ w: Word, _ sizeLog2: Int) {
        t.storePart(w[Bits.rt], sizeLog2, t.registerAddress(w, sizeLog2), 0)
    }

    private static func loadLiteral(_ t: inout Translator, _ w: Word, _ sizeLog2: Int) {
        t.setPart(w[Bits.rt], sizeLog2, t.loadPart(sizeLog2, t.literalAddress(w), 0))
    }
}

/// Loads and stores of two vector registers.
enum VectorMemoryPairs {
    static let rows: [Instruction<Translator>] = [
        row("00 101 1 000 0 imm7 rt2 rn rt", "stnp") { t, w in store(&t, w, 2, .offset) },
        row("00 101 1 000 1 imm7 rt2 rn rt", "ldnp") { t, w in load(&t, w, 2, .offset) },
        row("01 101 1 000 0 imm7 rt2 rn rt", "stnp") { t, w in store(&t, w, 3, .offset) },
        row("01 101 1 000 1 imm7 rt2 rn rt", "ldnp") { t, w in load(&t, w, 3, .offset) },
        row("10 101 1 000 0 imm7 rt2 rn rt", "stnp") { t, w in store(&t, w, 4, .offset) },
        row("10 101 1 000 1 imm7 rt2 rn rt", "ldnp") { t, w in load(&t, w, 4, .offset) },
        row("00 101 1 001 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, 2, .post) },
        row("00 101 1 001 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, 2, .post) },
        row("01 101 1 001 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, 3, .post) },
        row("01 101 1 001 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, 3, .post) },
        row("10 101 1 001 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, 4, .post) },
        row("10 101 1 001 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, 4, .post) },
        row("00 101 1 010 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, 2, .offset) },
        row("00 101 1 010 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, 2, .offset) },
        row("01 101 1 010 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, 3, .offset) },
        row("01 101 1 010 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, 3, .offset) },
        row("10 101 1 010 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, 4, .offset) },
        row("10 101 1 010 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, 4, .offset) },
        row("00 101 1 011 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, 2, .pre) },
        row("00 101 1 011 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, 2, .pre) },
        row("01 101 1 011 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, 3, .pre) },
        row("01 101 1 011 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, 3, .pre) },
        row("10 101 1 011 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, 4, .pre) },
        row("10 101 1 011 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, 4, .pre) },
    ]

    private static func load(_ t: inout Translator, _ w: Word, _ sizeLog2: Int, _ index: PairIndex) {
        let (base, offset) = (t.base(w[Bits.rn]), w[Bits.immediate7] << sizeLog2)
        let displacement = index == .post ? 0 : offset
        let first = t.loadPart(sizeLog2, base, displacement)
        let second = t.loadPart(sizeLog2, base, displacement + (1 << sizeLog2))
        t.setPart(w[Bits.rt], sizeLog2, first)
        t.setPart(w[Bits.rt2], sizeLog2, second)
        if index != .offset { t.moveBase(w[Bits.rn], base, offset) }
    }

    private static func store(_ t: inout Translator, _ w: Word, _ sizeLog2: Int, _ index: PairIndex) {
        let (base, offset) = (t.base(w[Bits.rn]), w[Bits.immediate7] << sizeLog2)
        let displacement = index == .post ? 0 : offset
        t.storePart(w[Bits.rt], sizeLog2, base, displacement)
        t.storePart(w[Bits.rt2], sizeLog2, base, displacement + (1 << sizeLog2))
        if index != .offset { t.moveBase(w[Bits.rn], base, offset) }
    }
}

extension Translator {
    /// The type of a register's low 1, 2, 4, 8 or 16 bytes as a value.
    private static func partType(_ sizeLog2: Int) -> ValueType {
        switch sizeLog2 {
        case 0, 1: .i64
        case 2: .f32
        case 3: .f64
        default: .v128
        }
    }

    /// Loads 1, 2, 4, 8 or 16 bytes.
    mutating func loadPart(_ sizeLog2: Int, _ base: Value, _ displacement: Int) -> Value {
        let size = MemoryAttributes(rawValue: UInt8(sizeLog2))
        return builder.load(base, displacement: Int32(displacement), size, Translator.partType(sizeLog2))
    }

    /// Writes what `loadPart` gave; the rest of the register becomes 0.
    mutating func setPart(_ number: Int, _ sizeLog2: Int, _ value: Value) {
        guard sizeLog2 < 2 else { return builder.put(.vector(number), value, Translator.partType(sizeLog2)) }
        builder.put(.vector(number), builder.vectorFromScalar(value, .bits64), .v128)
    }

    /// Stores the low 1, 2, 4, 8 or 16 bytes of a vector register.
    mutating func storePart(_ number: Int, _ sizeLog2: Int, _ base: Value, _ displacement: Int) {
        let type = Translator.partType(sizeLog2)
        let value: Value
        if sizeLog2 < 2 {
            value = builder.vectorExtract(vector(number), 0, VectorLane(sizeLog2: sizeLog2), .i64)
        } else {
            value = builder.get(.vector(number), type)
        }
        builder.store(
            base, displacement: Int32(displacement), value, MemoryAttributes(rawValue: UInt8(sizeLog2)), type)
    }
}
