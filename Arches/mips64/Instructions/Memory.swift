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
}
