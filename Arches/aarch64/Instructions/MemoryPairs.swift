import BSDUserCore

/// Loads and stores of two general registers (DDI 0487, C6.2).
enum MemoryPairs {
    static let rows: [Instruction<Translator>] = [
        row("00 101 0 000 0 imm7 rt2 rn rt", "stnp") { t, w in store(&t, w, .bytes4, .offset) },
        row("00 101 0 000 1 imm7 rt2 rn rt", "ldnp") { t, w in load(&t, w, .word, .offset) },
        row("10 101 0 000 0 imm7 rt2 rn rt", "stnp") { t, w in store(&t, w, .bytes8, .offset) },
        row("10 101 0 000 1 imm7 rt2 rn rt", "ldnp") { t, w in load(&t, w, .doubleword, .offset) },
        row("00 101 0 001 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, .bytes4, .post) },
        row("00 101 0 001 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, .word, .post) },
        row("01 101 0 001 1 imm7 rt2 rn rt", "ldpsw") { t, w in load(&t, w, .signedWord, .post) },
        row("10 101 0 001 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, .bytes8, .post) },
        row("10 101 0 001 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, .doubleword, .post) },
        row("00 101 0 010 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, .bytes4, .offset) },
        row("00 101 0 010 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, .word, .offset) },
        row("01 101 0 010 1 imm7 rt2 rn rt", "ldpsw") { t, w in load(&t, w, .signedWord, .offset) },
        row("10 101 0 010 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, .bytes8, .offset) },
        row("10 101 0 010 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, .doubleword, .offset) },
        row("00 101 0 011 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, .bytes4, .pre) },
        row("00 101 0 011 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, .word, .pre) },
        row("01 101 0 011 1 imm7 rt2 rn rt", "ldpsw") { t, w in load(&t, w, .signedWord, .pre) },
        row("10 101 0 011 0 imm7 rt2 rn rt", "stp") { t, w in store(&t, w, .bytes8, .pre) },
        row("10 101 0 011 1 imm7 rt2 rn rt", "ldp") { t, w in load(&t, w, .doubleword, .pre) },
    ]

    private static func load(_ t: inout Translator, _ w: Word, _ access: LoadAccess, _ index: PairIndex) {
        let size = access.attributes.byteCount
        let (base, offset) = (t.base(w[Bits.rn]), w[Bits.immediate7] * size)
        let displacement = index == .post ? 0 : offset
        let first = t.load(access, base, displacement)
        let second = t.load(access, base, displacement + size)
        t.set(w[Bits.rt], access, first)
        t.set(w[Bits.rt2], access, second)
        if index != .offset { t.moveBase(w[Bits.rn], base, offset) }
    }

    private static func store(_ t: inout Translator, _ w: Word, _ attributes: MemoryAttributes, _ index: PairIndex) {
        let size = attributes.byteCount
        let (base, offset) = (t.base(w[Bits.rn]), w[Bits.immediate7] * size)
        let displacement = index == .post ? 0 : offset
        let (first, second) = (t.get(w[Bits.rt]), t.get(w[Bits.rt2]))
        t.builder.store(base, displacement: Int32(displacement), first, attributes)
        t.builder.store(base, displacement: Int32(displacement + size), second, attributes)
        if index != .offset { t.moveBase(w[Bits.rn], base, offset) }
    }
}

/// Whether the base register of a pair moves, and when.
enum PairIndex {
    case offset, post, pre
}
