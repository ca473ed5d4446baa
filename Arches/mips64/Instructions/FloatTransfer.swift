import BSDUserCore

/// Moves between general, floating-point and control registers, and floating-point loads and stores (volume II-A).
enum FloatTransfer {
    static let rows: [Instruction<Translator>] = moveRows + memoryRows

    private static let moveRows: [Instruction<Translator>] = [
        row("010001 00000 rt fs 00000 000000", "mfc1", .writesRt) { t, w in
            t.set32(w[Bits.rt], t.builder.unary(.bitcast, t.getFloat(w[Bits.fs], .f32), .i32))
        },
        row("010001 00001 rt fs 00000 000000", "dmfc1", .writesRt) { t, w in
            t.set(w[Bits.rt], t.getFloatBits(w[Bits.fs]))
        },
        row("010001 00011 rt fs 00000 000000", "mfhc1", .writesRt) { t, w in
            let bits = t.getFloatBits(w[Bits.fs])
            t.setExtended(w[Bits.rt], t.builder.binary(.shiftRightArithmetic, bits, t.builder.constant(32)))
        },
        row("010001 00100 rt fs 00000 000000", "mtc1") { t, w in
            let value = t.builder.unary(.bitcast, t.get(w[Bits.rt]), .f32)
            t.builder.put(.float(w[Bits.fs]), value, .f32)
        },
        row("010001 00101 rt fs 00000 000000", "dmtc1") { t, w in t.setFloatBits(w[Bits.fs], t.get(w[Bits.rt])) },
        row("010001 00111 rt fs 00000 000000", "mthc1") { t, w in
            let bits = t.builder.insertBits(t.getFloatBits(w[Bits.fs]), t.get(w[Bits.rt]), lsb: 32, width: 32)
            t.setFloatBits(w[Bits.fs], bits)
        },
        row("010001 00010 rt fs 00000 000000", "cfc1", .writesRt) { t, w in
            let flags = t.builder.takeFloatFlags()
            let value = t.builder.call(Helpers.readControl, t.builder.constant(Int64(w[Bits.fs])), flags)
            t.setExtended(w[Bits.rt], value)
        },
        row("010001 00110 rt fs 00000 000000", "ctc1", .writesCondition, writeControl),
    ]

    private static let memoryRows: [Instruction<Translator>] = [
        row("110001 rs ft imm", "lwc1") { t, w in load(&t, w, .bytes4, .f32) },
        row("110101 rs ft imm", "ldc1") { t, w in load(&t, w, .bytes8, .f64) },
        row("111001 rs ft imm", "swc1") { t, w in store(&t, w, .bytes4, .f32) },
        row("111101 rs ft imm", "sdc1") { t, w in store(&t, w, .bytes8, .f64) },
        row("010011 rs rt 00000 fd 000000", "lwxc1") { t, w in loadIndexed(&t, w, .bytes4, .f32) },
        row("010011 rs rt 00000 fd 000001", "ldxc1") { t, w in loadIndexed(&t, w, .bytes8, .f64) },
        row("010011 rs rt 00000 fd 000101", "luxc1") { t, w in loadIndexed(&t, w, .bytes8, .f64, rounds: true) },
        row("010011 rs rt fs 00000 001000", "swxc1") { t, w in storeIndexed(&t, w, .bytes4, .f32) },
        row("010011 rs rt fs 00000 001001", "sdxc1") { t, w in storeIndexed(&t, w, .bytes8, .f64) },
        row("010011 rs rt fs 00000 001101", "suxc1") { t, w in storeIndexed(&t, w, .bytes8, .f64, rounds: true) },
    ]

    /// A write that sets a cause bit with its enable bit raises the exception at once (volume II-A, CTC1).
    private static func writeControl(_ t: inout Translator, _ w: Word) {
        let flags = t.builder.takeFloatFlags()
        let register = t.builder.constant(Int64(w[Bits.fs]))
        let mode = t.builder.call(Helpers.writeControl, register, t.get(w[Bits.rt]), flags)
        t.builder.setFloatMode(t.builder.unary(.zeroExtend32, mode))
        let raised = t.builder.binary(.shiftRight, mode, t.builder.constant(32))
        t.builder.exitIf(raised, .floatException, raised)
        // Enabled traps change how the core runs the program: visit it before the next instruction.
        guard !t.inDelaySlot else { return }
        let traps = t.builder.binary(.and, mode, t.builder.constant(0x1f << Int64(FloatMode.trapShift)))
        t.builder.mark(restart: t.pc &+ 4)
        t.builder.exitIf(traps, .interrupt)
    }

    private static func load(_ t: inout Translator, _ w: Word, _ size: MemoryAttributes, _ type: ValueType) {
        let value = t.builder.load(
            t.get(w[Bits.rs]), displacement: Int32(w[Bits.immediate]), size.union(.bigEndian), type)
        t.builder.put(.float(w[Bits.ft]), value, type)
    }

    private static func store(_ t: inout Translator, _ w: Word, _ size: MemoryAttributes, _ type: ValueType) {
        let value = t.getFloat(w[Bits.ft], type)
        t.builder.store(
            t.get(w[Bits.rs]), displacement: Int32(w[Bits.immediate]), value, size.union(.bigEndian), type)
    }

    /// base + index; `rounds` drops the three low bits (`luxc1`, `suxc1`).
    private static func indexedAddress(_ t: inout Translator, _ w: Word, rounds: Bool) -> Value {
        let sum = t.builder.binary(.add, t.get(w[Bits.rs]), t.get(w[Bits.rt]))
        return rounds ? t.builder.binary(.and, sum, t.builder.constant(-8)) : sum
    }

    private static func loadIndexed(
        _ t: inout Translator, _ w: Word, _ size: MemoryAttributes, _ type: ValueType, rounds: Bool = false
    ) {
        let value = t.builder.load(indexedAddress(&t, w, rounds: rounds), size.union(.bigEndian), type)
        t.builder.put(.float(w[Bits.fd]), value, type)
    }

    private static func storeIndexed(
        _ t: inout Translator, _ w: Word, _ size: MemoryAttributes, _ type: ValueType, rounds: Bool = false
    ) {
        let value = t.getFloat(w[Bits.fs], type)
        t.builder.store(indexedAddress(&t, w, rounds: rounds), value, size.union(.bigEndian), type)
    }
}
