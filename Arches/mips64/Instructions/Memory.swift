import BSDUserCore

/// Loads and stores of general registers (volume II-A).
///
/// FreeBSD completes misaligned accesses in the kernel (`emulate_unaligned_access`, sys/mips/mips/trap.c), so ordinary
/// accesses have no alignment.
enum Memory {
    static let rows: [Instruction<Translator>] = [
        row("100000 rs rt imm", "lb", .writesRt) { t, w in load(&t, w, [.bytes1, .signed]) },
        row("100100 rs rt imm", "lbu", .writesRt) { t, w in load(&t, w, .bytes1) },
        row("100001 rs rt imm", "lh", .writesRt) { t, w in load(&t, w, [.bytes2, .signed]) },
        row("100101 rs rt imm", "lhu", .writesRt) { t, w in load(&t, w, .bytes2) },
        row("100011 rs rt imm", "lw", .writesRt) { t, w in load(&t, w, [.bytes4, .signed]) },
        row("100111 rs rt imm", "lwu", .writesRt) { t, w in load(&t, w, .bytes4) },
        row("110111 rs rt imm", "ld", .writesRt) { t, w in load(&t, w, .bytes8) },
        row("101000 rs rt imm", "sb") { t, w in store(&t, w, .bytes1) },
        row("101001 rs rt imm", "sh") { t, w in store(&t, w, .bytes2) },
        row("101011 rs rt imm", "sw") { t, w in store(&t, w, .bytes4) },
        row("111111 rs rt imm", "sd") { t, w in store(&t, w, .bytes8) },
        row("110000 rs rt imm", "ll", .writesRt) { t, w in loadLinked(&t, w, [.bytes4, .signed]) },
        row("110100 rs rt imm", "lld", .writesRt) { t, w in loadLinked(&t, w, .bytes8) },
        row("111000 rs rt imm", "sc", [.writesRt, .skips]) { t, w in storeConditional(&t, w, .bytes4, .i32) },
        row("111100 rs rt imm", "scd", [.writesRt, .skips]) { t, w in storeConditional(&t, w, .bytes8, .i64) },
    ]

    private static func load(_ t: inout Translator, _ w: Word, _ attributes: MemoryAttributes) {
        let value = t.builder.load(
            t.get(w[Bits.rs]), displacement: Int32(w[Bits.immediate]), attributes.union(.bigEndian))
        if attributes.byteCount == 8 || attributes.byteCount == 4 && !attributes.contains(.signed) {
            t.set(w[Bits.rt], value)
        } else {
            t.setExtended(w[Bits.rt], value)
        }
    }

    private static func store(_ t: inout Translator, _ w: Word, _ attributes: MemoryAttributes) {
        let (base, value) = (t.get(w[Bits.rs]), t.get(w[Bits.rt]))
        t.builder.store(base, displacement: Int32(w[Bits.immediate]), value, attributes.union(.bigEndian))
    }

    // MARK: Load linked, store conditional

    // The link is the address and the value loaded; the store succeeds when memory still holds that value. The kernel
    // does not complete misaligned ones.

    private static func loadLinked(_ t: inout Translator, _ w: Word, _ attributes: MemoryAttributes) {
        let address = t.builder.binary(.add, t.get(w[Bits.rs]), t.builder.constant(Int64(w[Bits.immediate])))
        let value = t.builder.load(address, attributes.union([.bigEndian, .aligned]))
        t.builder.put(.linkedAddress, address)
        t.builder.put(.linkedValue, value)
        if attributes.byteCount == 4 { t.setExtended(w[Bits.rt], value) } else { t.set(w[Bits.rt], value) }
    }

    private static func storeConditional(
        _ t: inout Translator, _ w: Word, _ attributes: MemoryAttributes, _ type: ValueType
    ) {
        let (base, source) = (w[Bits.rs], w[Bits.rt])
        let offset = t.builder.constant(Int64(w[Bits.immediate]))
        let address = t.builder.binary(.add, t.get(base), offset)
        let isOther = t.builder.compare(.notEqual, t.builder.get(.linkedAddress), address)
        let done = t.builder.makeLabel()
        t.builder.skipIf(isOther, to: done)
        let again = t.builder.binary(.add, t.get(base), offset)
        let expected = t.builder.get(.linkedValue)
        let new = t.get(source)
        let old = t.builder.compareExchange(
            again, expected: expected, new: new, attributes.union([.bigEndian, .aligned]), type)
        t.builder.put(.storeOutcome, t.builder.compare(.equal, old, expected, type))
        t.builder.place(done)
        let outcome = t.builder.get(.storeOutcome)
        // The outcome is 0 between instructions, so that the way around the store finds it so.
        t.builder.put(.storeOutcome, t.builder.constant(0))
        // No address of a word or doubleword is odd.
        t.builder.put(.linkedAddress, t.builder.constant(1))
        t.setExtended(source, outcome)
    }
}
