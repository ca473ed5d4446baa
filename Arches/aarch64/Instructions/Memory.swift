import BSDUserCore

/// Loads and stores of one general register, and prefetches (DDI 0487, C6.2). Ordinary accesses have no alignment.
enum Memory {
    static let rows: [Instruction<Translator>] = offsetRows + unscaledRows + indexedRows + registerRows + literalRows

    /// An immediate multiplied by the size of the access.
    private static let offsetRows: [Instruction<Translator>] = [
        row("00 111001 00 imm12 rn rt", "strb") { t, w in store(&t, w, .bytes1, scaled(w, 0)) },
        row("00 111001 01 imm12 rn rt", "ldrb") { t, w in load(&t, w, .byte, scaled(w, 0)) },
        row("00 111001 10 imm12 rn rt", "ldrsb") { t, w in load(&t, w, .signedByte64, scaled(w, 0)) },
        row("00 111001 11 imm12 rn rt", "ldrsb") { t, w in load(&t, w, .signedByte32, scaled(w, 0)) },
        row("01 111001 00 imm12 rn rt", "strh") { t, w in store(&t, w, .bytes2, scaled(w, 1)) },
        row("01 111001 01 imm12 rn rt", "ldrh") { t, w in load(&t, w, .halfword, scaled(w, 1)) },
        row("01 111001 10 imm12 rn rt", "ldrsh") { t, w in load(&t, w, .signedHalfword64, scaled(w, 1)) },
        row("01 111001 11 imm12 rn rt", "ldrsh") { t, w in load(&t, w, .signedHalfword32, scaled(w, 1)) },
        row("10 111001 00 imm12 rn rt", "str") { t, w in store(&t, w, .bytes4, scaled(w, 2)) },
        row("10 111001 01 imm12 rn rt", "ldr") { t, w in load(&t, w, .word, scaled(w, 2)) },
        row("10 111001 10 imm12 rn rt", "ldrsw") { t, w in load(&t, w, .signedWord, scaled(w, 2)) },
        row("11 111001 00 imm12 rn rt", "str") { t, w in store(&t, w, .bytes8, scaled(w, 3)) },
        row("11 111001 01 imm12 rn rt", "ldr") { t, w in load(&t, w, .doubleword, scaled(w, 3)) },
        row("11 111001 10 imm12 rn rt", "prfm") { _, _ in },
    ]

    /// A signed immediate in bytes. The unprivileged forms are the same in user mode.
    private static let unscaledRows: [Instruction<Translator>] = [
        row("00 111000 00 0 imm9 00 rn rt", "sturb") { t, w in store(&t, w, .bytes1, w[Bits.immediate9]) },
        row("00 111000 01 0 imm9 00 rn rt", "ldurb") { t, w in load(&t, w, .byte, w[Bits.immediate9]) },
        row("00 111000 10 0 imm9 00 rn rt", "ldursb") { t, w in load(&t, w, .signedByte64, w[Bits.immediate9]) },
        row("00 111000 11 0 imm9 00 rn rt", "ldursb") { t, w in load(&t, w, .signedByte32, w[Bits.immediate9]) },
        row("01 111000 00 0 imm9 00 rn rt", "sturh") { t, w in store(&t, w, .bytes2, w[Bits.immediate9]) },
        row("01 111000 01 0 imm9 00 rn rt", "ldurh") { t, w in load(&t, w, .halfword, w[Bits.immediate9]) },
        row("01 111000 10 0 imm9 00 rn rt", "ldursh") { t, w in load(&t, w, .signedHalfword64, w[Bits.immediate9]) },
        row("01 111000 11 0 imm9 00 rn rt", "ldursh") { t, w in load(&t, w, .signedHalfword32, w[Bits.immediate9]) },
        row("10 111000 00 0 imm9 00 rn rt", "stur") { t, w in store(&t, w, .bytes4, w[Bits.immediate9]) },
        row("10 111000 01 0 imm9 00 rn rt", "ldur") { t, w in load(&t, w, .word, w[Bits.immediate9]) },
        row("10 111000 10 0 imm9 00 rn rt", "ldursw") { t, w in load(&t, w, .signedWord, w[Bits.immediate9]) },
        row("11 111000 00 0 imm9 00 rn rt", "stur") { t, w in store(&t, w, .bytes8, w[Bits.immediate9]) },
        row("11 111000 01 0 imm9 00 rn rt", "ldur") { t, w in load(&t, w, .doubleword, w[Bits.immediate9]) },
        row("11 111000 10 0 imm9 00 rn rt", "prfum") { _, _ in },
        row("00 111000 00 0 imm9 10 rn rt", "sttrb") { t, w in store(&t, w, .bytes1, w[Bits.immediate9]) },
        row("00 111000 01 0 imm9 10 rn rt", "ldtrb") { t, w in load(&t, w, .byte, w[Bits.immediate9]) },
        row("00 111000 10 0 imm9 10 rn rt", "ldtrsb") { t, w in load(&t, w, .signedByte64, w[Bits.immediate9]) },
        row("00 111000 11 0 imm9 10 rn rt", "ldtrsb") { t, w in load(&t, w, .signedByte32, w[Bits.immediate9]) },
        row("01 111000 00 0 imm9 10 rn rt", "sttrh") { t, w in store(&t, w, .bytes2, w[Bits.immediate9]) },
        row("01 111000 01 0 imm9 10 rn rt", "ldtrh") { t, w in load(&t, w, .halfword, w[Bits.immediate9]) },
        row("01 111000 10 0 imm9 10 rn rt", "ldtrsh") { t, w in load(&t, w, .signedHalfword64, w[Bits.immediate9]) },
        row("01 111000 11 0 imm9 10 rn rt", "ldtrsh") { t, w in load(&t, w, .signedHalfword32, w[Bits.immediate9]) },
        row("10 111000 00 0 imm9 10 rn rt", "sttr") { t, w in store(&t, w, .bytes4, w[Bits.immediate9]) },
        row("10 111000 01 0 imm9 10 rn rt", "ldtr") { t, w in load(&t, w, .word, w[Bits.immediate9]) },
        row("10 111000 10 0 imm9 10 rn rt", "ldtrsw") { t, w in load(&t, w, .signedWord, w[Bits.immediate9]) },
        row("11 111000 00 0 imm9 10 rn rt", "sttr") { t, w in store(&t, w, .bytes8, w[Bits.immediate9]) },
        row("11 111000 01 0 imm9 10 rn rt", "ldtr") { t, w in load(&t, w, .doubleword, w[Bits.immediate9]) },
    ]

    /// The base register moves: after the access (bits 11 and 10 are 01), or before it (11).
    private static let indexedRows: [Instruction<Translator>] = [
        row("00 111000 00 0 imm9 01 rn rt", "strb") { t, w in storeIndexed(&t, w, .bytes1, isPost: true) },
        row("00 111000 01 0 imm9 01 rn rt", "ldrb") { t, w in loadIndexed(&t, w, .byte, isPost: true) },
        row("00 111000 10 0 imm9 01 rn rt", "ldrsb") { t, w in loadIndexed(&t, w, .signedByte64, isPost: true) },
        row("00 111000 11 0 imm9 01 rn rt", "ldrsb") { t, w in loadIndexed(&t, w, .signedByte32, isPost: true) },
        row("01 111000 00 0 imm9 01 rn rt", "strh") { t, w in storeIndexed(&t, w, .bytes2, isPost: true) },
        row("01 111000 01 0 imm9 01 rn rt", "ldrh") { t, w in loadIndexed(&t, w, .halfword, isPost: true) },
        row("01 111000 10 0 imm9 01 rn rt", "ldrsh") { t, w in loadIndexed(&t, w, .signedHalfword64, isPost: true) },
        row("01 111000 11 0 imm9 01 rn rt", "ldrsh") { t, w in loadIndexed(&t, w, .signedHalfword32, isPost: true) },
        row("10 111000 00 0 imm9 01 rn rt", "str") { t, w in storeIndexed(&t, w, .bytes4, isPost: true) },
        row("10 111000 01 0 imm9 01 rn rt", "ldr") { t, w in loadIndexed(&t, w, .word, isPost: true) },
        row("10 111000 10 0 imm9 01 rn rt", "ldrsw") { t, w in loadIndexed(&t, w, .signedWord, isPost: true) },
        row("11 111000 00 0 imm9 01 rn rt", "str") { t, w in storeIndexed(&t, w, .bytes8, isPost: true) },
        row("11 111000 01 0 imm9 01 rn rt", "ldr") { t, w in loadIndexed(&t, w, .doubleword, isPost: true) },
        row("00 111000 00 0 imm9 11 rn rt", "strb") { t, w in storeIndexed(&t, w, .bytes1, isPost: false) },
        row("00 111000 01 0 imm9 11 rn rt", "ldrb") { t, w in loadIndexed(&t, w, .byte, isPost: false) },
        row("00 111000 10 0 imm9 11 rn rt", "ldrsb") { t, w in loadIndexed(&t, w, .signedByte64, isPost: false) },
        row("00 111000 11 0 imm9 11 rn rt", "ldrsb") { t, w in loadIndexed(&t, w, .signedByte32, isPost: false) },
        row("01 111000 00 0 imm9 11 rn rt", "strh") { t, w in storeIndexed(&t, w, .bytes2, isPost: false) },
        row("01 111000 01 0 imm9 11 rn rt", "ldrh") { t, w in loadIndexed(&t, w, .halfword, isPost: false) },
        row("01 111000 10 0 imm9 11 rn rt", "ldrsh") { t, w in loadIndexed(&t, w, .signedHalfword64, isPost: false) },
        row("01 111000 11 0 imm9 11 rn rt", "ldrsh") { t, w in loadIndexed(&t, w, .signedHalfword32, isPost: false) },
        row("10 111000 00 0 imm9 11 rn rt", "str") { t, w in storeIndexed(&t, w, .bytes4, isPost: false) },
        row("10 111000 01 0 imm9 11 rn rt", "ldr") { t, w in loadIndexed(&t, w, .word, isPost: false) },
        row("10 111000 10 0 imm9 11 rn rt", "ldrsw") { t, w in loadIndexed(&t, w, .signedWord, isPost: false) },
        row("11 111000 00 0 imm9 11 rn rt", "str") { t, w in storeIndexed(&t, w, .bytes8, isPost: false) },
        row("11 111000 01 0 imm9 11 rn rt", "ldr") { t, w in loadIndexed(&t, w, .doubleword, isPost: false) },
    ]

    /// A register, extended and perhaps multiplied by the size of the access.
    private static let registerRows: [Instruction<Translator>] = [
        row("00 111000 00 1 rm option s 10 rn rt", "strb", except: Reserved.indexExtension) { t, w in
            storeAtRegister(&t, w, .bytes1)
        },
        row("00 111000 01 1 rm option s 10 rn rt", "ldrb", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, .byte)
        },
        row("00 111000 10 1 rm option s 10 rn rt", "ldrsb", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, .signedByte64)
        },
        row("00 111000 11 1 rm option s 10 rn rt", "ldrsb", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, .signedByte32)
        },
        row("01 111000 00 1 rm option s 10 rn rt", "strh", except: Reserved.indexExtension) { t, w in
            storeAtRegister(&t, w, .bytes2)
        },
        row("01 111000 01 1 rm option s 10 rn rt", "ldrh", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, .halfword)
        },
        row("01 111000 10 1 rm option s 10 rn rt", "ldrsh", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, .signedHalfword64)
        },
        row("01 111000 11 1 rm option s 10 rn rt", "ldrsh", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, .signedHalfword32)
        },
        row("10 111000 00 1 rm option s 10 rn rt", "str", except: Reserved.indexExtension) { t, w in
            storeAtRegister(&t, w, .bytes4)
        },
        row("10 111000 01 1 rm option s 10 rn rt", "ldr", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, .word)
        },
        row("10 111000 10 1 rm option s 10 rn rt", "ldrsw", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, .signedWord)
        },
        row("11 111000 00 1 rm option s 10 rn rt", "str", except: Reserved.indexExtension) { t, w in
            storeAtRegister(&t, w, .bytes8)
        },
        row("11 111000 01 1 rm option s 10 rn rt", "ldr", except: Reserved.indexExtension) { t, w in
            loadAtRegister(&t, w, .doubleword)
        },
        row("11 111000 10 1 rm option s 10 rn rt", "prfm", except: Reserved.indexExtension) { _, _ in },
    ]

    private static let literalRows: [Instruction<Translator>] = [
        row("00 011000 imm19 rt", "ldr") { t, w in loadLiteral(&t, w, .word) },
        row("01 011000 imm19 rt", "ldr") { t, w in loadLiteral(&t, w, .doubleword) },
        row("10 011000 imm19 rt", "ldrsw") { t, w in loadLiteral(&t, w, .signedWord) },
        row("11 011000 imm19 rt", "prfm") { _, _ in },
    ]

    private static func scaled(_ w: Word, _ shift: Int) -> Int { w[Bits.immediate12] << shift }

    // MARK: Kinds of addresses

    private static func load(_ t: inout Translator, _ w: Word, _ access: LoadAccess, _ displacement: Int) {
        t.set(w[Bits.rt], access, t.load(access, t.base(w[Bits.rn]), displacement))
    }

    private static func store(_ t: inout Translator, _ w: Word, _ size: MemoryAttributes, _ displacement: Int) {
        let (base, value) = (t.base(w[Bits.rn]), t.get(w[Bits.rt]))
        t.builder.store(base, displacement: Int32(displacement), value, size)
    }

    /// Where the register loaded is the base register too, which is CONSTRAINED UNPREDICTABLE, the base's new value wins.
    private static func loadIndexed(_ t: inout Translator, _ w: Word, _ access: LoadAccess, isPost: Bool) {
        let (base, offset) = (t.base(w[Bits.rn]), w[Bits.immediate9])
        let value = t.load(access, base, isPost ? 0 : offset)
        t.set(w[Bits.rt], access, value)
        t.moveBase(w[Bits.rn], base, offset)
    }

    private static func storeIndexed(_ t: inout Translator, _ w: Word, _ size: MemoryAttributes, isPost: Bool) {
        let (base, offset) = (t.base(w[Bits.rn]), w[Bits.immediate9])
        let value = t.get(w[Bits.rt])
        t.builder.store(base, displacement: isPost ? 0 : Int32(offset), value, size)
        t.moveBase(w[Bits.rn], base, offset)
    }

    private static func loadAtRegister(_ t: inout Translator, _ w: Word, _ access: LoadAccess) {
        t.set(w[Bits.rt], access, t.load(access, t.registerAddress(w, access.attributes.sizeLog2), 0))
    }

    private static func storeAtRegister(_ t: inout Translator, _ w: Word, _ size: MemoryAttributes) {
        let address = t.registerAddress(w, size.sizeLog2)
        t.builder.store(address, t.get(w[Bits.rt]), size)
    }

    private static func loadLiteral(_ t: inout Translator, _ w: Word, _ access: LoadAccess) {
        t.set(w[Bits.rt], access, t.load(access, t.literalAddress(w), 0))
    }
}

/// What a load makes of memory: size, and extension to 32 or 64 bits.
struct LoadAccess {
    let attributes: MemoryAttributes
    let type: ValueType

    static let byte = LoadAccess(attributes: .bytes1, type: .i64)
    static let halfword = LoadAccess(attributes: .bytes2, type: .i64)
    static let word = LoadAccess(attributes: .bytes4, type: .i64)
    static let doubleword = LoadAccess(attributes: .bytes8, type: .i64)
    static let signedByte32 = LoadAccess(attributes: [.bytes1, .signed], type: .i32)
    static let signedByte64 = LoadAccess(attributes: [.bytes1, .signed], type: .i64)
    static let signedHalfword32 = LoadAccess(attributes: [.bytes2, .signed], type: .i32)
    static let signedHalfword64 = LoadAccess(attributes: [.bytes2, .signed], type: .i64)
    static let signedWord = LoadAccess(attributes: [.bytes4, .signed], type: .i64)

    /// The access that zero-extends 1, 2, 4 or 8 bytes.
    static func unsigned(sizeLog2: Int) -> LoadAccess {
        LoadAccess(attributes: MemoryAttributes(rawValue: UInt8(sizeLog2)), type: .i64)
    }

    /// The value's upper half is zero.
    var isZeroExtended: Bool { attributes.byteCount < 8 && !attributes.contains(.signed) }
}

extension Translator {
    mutating func load(
        _ access: LoadAccess, _ base: Value, _ displacement: Int, _ more: MemoryAttributes = []
    ) -> Value {
        builder.load(base, displacement: Int32(displacement), access.attributes.union(more), access.type)
    }

    /// Writes what a load gave.
    mutating func set(_ number: Int, _ access: LoadAccess, _ value: Value) {
        if access.isZeroExtended { setExtended(number, value) } else { set(number, value, access.type) }
    }

    /// The new value of a base register.
    mutating func moveBase(_ number: Int, _ base: Value, _ offset: Int) {
        let moved = builder.binary(.add, base, builder.constant(Int64(offset)))
        setOrSP(number, moved, keepsAlignment: offset & 15 == 0)
    }

    /// Base plus extended register.
    mutating func registerAddress(_ w: Word, _ sizeLog2: Int) -> Value {
        let index = extended(w[Bits.rm], w[Bits.option], shift: w[Bits.scaled] * sizeLog2, .i64)
        return builder.binary(.add, base(w[Bits.rn]), index)
    }

    /// The address of a literal.
    mutating func literalAddress(_ w: Word) -> Value {
        constant(address: pc &+ UInt64(bitPattern: Int64(w[Bits.immediate19]) << 2))
    }
}
