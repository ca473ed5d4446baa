import BSDUserCore

/// Atomic updates and comparisons (FEAT_LSE; DDI 0487, C6.2). All are sequentially consistent, whatever acquire and
/// release their bits 23, 22 and 15 ask for, and checked for alignment.
enum Atomic {
    static let rows: [Instruction<Translator>] = compareRows + updateRows

    private static let compareRows: [Instruction<Translator>] = [
        row("00 001000 1-1 rs - 11111 rn rt", "casb") { t, w in compare(&t, w, .bytes1) },
        row("01 001000 1-1 rs - 11111 rn rt", "cash") { t, w in compare(&t, w, .bytes2) },
        row("10 001000 1-1 rs - 11111 rn rt", "cas") { t, w in compare(&t, w, .bytes4) },
        row("11 001000 1-1 rs - 11111 rn rt", "cas") { t, w in compare(&t, w, .bytes8) },
        row("00 001000 0-1 rs - 11111 rn rt", "casp", except: Reserved.oddPair, compareWords),
        row("01 001000 0-1 rs - 11111 rn rt", "casp", except: Reserved.oddPair, compareDoublewords),
    ]

    private static let updateRows: [Instruction<Translator>] = [
        row("00 111000 --1 rs 0 000 00 rn rt", "ldaddb") { t, w in update(&t, w, .add, .bytes1) },
        row("01 111000 --1 rs 0 000 00 rn rt", "ldaddh") { t, w in update(&t, w, .add, .bytes2) },
        row("10 111000 --1 rs 0 000 00 rn rt", "ldadd") { t, w in update(&t, w, .add, .bytes4) },
        row("11 111000 --1 rs 0 000 00 rn rt", "ldadd") { t, w in update(&t, w, .add, .bytes8) },
        row("00 111000 --1 rs 0 001 00 rn rt", "ldclrb") { t, w in update(&t, w, .andNot, .bytes1) },
        row("01 111000 --1 rs 0 001 00 rn rt", "ldclrh") { t, w in update(&t, w, .andNot, .bytes2) },
        row("10 111000 --1 rs 0 001 00 rn rt", "ldclr") { t, w in update(&t, w, .andNot, .bytes4) },
        row("11 111000 --1 rs 0 001 00 rn rt", "ldclr") { t, w in update(&t, w, .andNot, .bytes8) },
        row("00 111000 --1 rs 0 010 00 rn rt", "ldeorb") { t, w in update(&t, w, .xor, .bytes1) },
        row("01 111000 --1 rs 0 010 00 rn rt", "ldeorh") { t, w in update(&t, w, .xor, .bytes2) },
        row("10 111000 --1 rs 0 010 00 rn rt", "ldeor") { t, w in update(&t, w, .xor, .bytes4) },
        row("11 111000 --1 rs 0 010 00 rn rt", "ldeor") { t, w in update(&t, w, .xor, .bytes8) },
        row("00 111000 --1 rs 0 011 00 rn rt", "ldsetb") { t, w in update(&t, w, .or, .bytes1) },
        row("01 111000 --1 rs 0 011 00 rn rt", "ldseth") { t, w in update(&t, w, .or, .bytes2) },
        row("10 111000 --1 rs 0 011 00 rn rt", "ldset") { t, w in update(&t, w, .or, .bytes4) },
        row("11 111000 --1 rs 0 011 00 rn rt", "ldset") { t, w in update(&t, w, .or, .bytes8) },
        row("00 111000 --1 rs 0 100 00 rn rt", "ldsmaxb") { t, w in update(&t, w, .maxSigned, .bytes1) },
        row("01 111000 --1 rs 0 100 00 rn rt", "ldsmaxh") { t, w in update(&t, w, .maxSigned, .bytes2) },
        row("10 111000 --1 rs 0 100 00 rn rt", "ldsmax") { t, w in update(&t, w, .maxSigned, .bytes4) },
        row("11 111000 --1 rs 0 100 00 rn rt", "ldsmax") { t, w in update(&t, w, .maxSigned, .bytes8) },
        row("00 111000 --1 rs 0 101 00 rn rt", "ldsminb") { t, w in update(&t, w, .minSigned, .bytes1) },
        row("01 111000 --1 rs 0 101 00 rn rt", "ldsminh") { t, w in update(&t, w, .minSigned, .bytes2) },
        row("10 111000 --1 rs 0 101 00 rn rt", "ldsmin") { t, w in update(&t, w, .minSigned, .bytes4) },
        row("11 111000 --1 rs 0 101 00 rn rt", "ldsmin") { t, w in update(&t, w, .minSigned, .bytes8) },
        row("00 111000 --1 rs 0 110 00 rn rt", "ldumaxb") { t, w in update(&t, w, .maxUnsigned, .bytes1) },
        row("01 111000 --1 rs 0 110 00 rn rt", "ldumaxh") { t, w in update(&t, w, .maxUnsigned, .bytes2) },
        row("10 111000 --1 rs 0 110 00 rn rt", "ldumax") { t, w in update(&t, w, .maxUnsigned, .bytes4) },
        row("11 111000 --1 rs 0 110 00 rn rt", "ldumax") { t, w in update(&t, w, .maxUnsigned, .bytes8) },
        row("00 111000 --1 rs 0 111 00 rn rt", "lduminb") { t, w in update(&t, w, .minUnsigned, .bytes1) },
        row("01 111000 --1 rs 0 111 00 rn rt", "lduminh") { t, w in update(&t, w, .minUnsigned, .bytes2) },
        row("10 111000 --1 rs 0 111 00 rn rt", "ldumin") { t, w in update(&t, w, .minUnsigned, .bytes4) },
        row("11 111000 --1 rs 0 111 00 rn rt", "ldumin") { t, w in update(&t, w, .minUnsigned, .bytes8) },
        row("00 111000 --1 rs 1 000 00 rn rt", "swpb") { t, w in update(&t, w, .exchange, .bytes1) },
        row("01 111000 --1 rs 1 000 00 rn rt", "swph") { t, w in update(&t, w, .exchange, .bytes2) },
        row("10 111000 --1 rs 1 000 00 rn rt", "swp") { t, w in update(&t, w, .exchange, .bytes4) },
        row("11 111000 --1 rs 1 000 00 rn rt", "swp") { t, w in update(&t, w, .exchange, .bytes8) },
    ]

    private static func update(
        _ t: inout Translator, _ w: Word, _ operation: AtomicOperation, _ size: MemoryAttributes
    ) {
        let (address, operand) = (t.base(w[Bits.rn]), t.get(w[Bits.rs]))
        let type: ValueType = size.byteCount == 8 ? .i64 : .i32
        let old = t.builder.atomicUpdate(operation, address, operand, size.union(.aligned), type)
        t.set(w[Bits.rt], .unsigned(sizeLog2: size.sizeLog2), old)
    }

    private static func compare(_ t: inout Translator, _ w: Word, _ size: MemoryAttributes) {
        let (address, expected, new) = (t.base(w[Bits.rn]), t.get(w[Bits.rs]), t.get(w[Bits.rt]))
        let type: ValueType = size.byteCount == 8 ? .i64 : .i32
        let old = t.builder.compareExchange(address, expected: expected, new: new, size.union(.aligned), type)
        t.set(w[Bits.rs], .unsigned(sizeLog2: size.sizeLog2), old)
    }

    private static func compareWords(_ t: inout Translator, _ w: Word) {
        let expected = t.joined(w[Bits.rs], w[Bits.rs] + 1)
        let new = t.joined(w[Bits.rt], w[Bits.rt] + 1)
        let address = t.base(w[Bits.rn])
        let old = t.builder.compareExchange(address, expected: expected, new: new, [.bytes8, .aligned], .i64)
        t.setHalves(w[Bits.rs], w[Bits.rs] + 1, old)
    }

    private static func compareDoublewords(_ t: inout Translator, _ w: Word) {
        let expected = t.builder.vectorFromPair(low: t.get(w[Bits.rs]), high: t.get(w[Bits.rs] + 1))
        let new = t.builder.vectorFromPair(low: t.get(w[Bits.rt]), high: t.get(w[Bits.rt] + 1))
        let address = t.base(w[Bits.rn])
        let old = t.builder.compareExchange(address, expected: expected, new: new, [.bytes16, .aligned], .v128)
        t.set(w[Bits.rs], t.builder.vectorExtract(old, 0, .bits64, .i64))
        t.set(w[Bits.rs] + 1, t.builder.vectorExtract(old, 1, .bits64, .i64))
    }
}
