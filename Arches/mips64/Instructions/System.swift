import BSDUserCore

/// Traps, system calls, synchronisation, hardware registers, and what user mode may not execute (volume II-A).
enum System {
    static let rows: [Instruction<Translator>] =
        trapRows + [
            row("000000 code 001100", "syscall", .entersKernel) { t, _ in t.end(.systemCall) },
            row("000000 code 001101", "break") { t, w in t.end(.breakpoint, t.builder.constant(Int64(w[Bits.code]))) },
            row("000001 rs 11111 imm", "synci", .flushes) { t, w in
                // The flush is done when the core runs the next instruction; in a delay slot Branches does it.
                let address = t.builder.binary(.add, t.get(w[Bits.rs]), t.builder.constant(Int64(w[Bits.immediate])))
                t.builder.mark(restart: t.pc &+ 4)
                t.end(.flushCode, address)
            },
            row("110011 rs rt imm", "pref") { _, _ in },
            row("010011 rs rt rd 00000 001111", "prefx") { _, _ in },
            row("011111 00000 rt rd 00000 111011", "rdhwr", .writesRt, readHardwareRegister),
            row("010000 - any", "cop0") { t, _ in unusable(&t, 0) },
            row("101111 rs rt imm", "cache") { t, _ in unusable(&t, 0) },
            row("010010 - any", "cop2") { t, _ in unusable(&t, 2) },
            row("110010 rs rt imm", "lwc2") { t, _ in unusable(&t, 2) },
            row("110110 rs rt imm", "ldc2") { t, _ in unusable(&t, 2) },
            row("111010 rs rt imm", "swc2") { t, _ in unusable(&t, 2) },
            row("111110 rs rt imm", "sdc2") { t, _ in unusable(&t, 2) },
        ]

    private static let trapRows: [Instruction<Translator>] = [
        row("000000 rs rt trapcode 110000", "tge", .entersKernel) { t, w in trap(&t, w, .greaterOrEqualSigned) },
        row("000000 rs rt trapcode 110001", "tgeu", .entersKernel) { t, w in trap(&t, w, .greaterOrEqualUnsigned) },
        row("000000 rs rt trapcode 110010", "tlt", .entersKernel) { t, w in trap(&t, w, .lessSigned) },
        row("000000 rs rt trapcode 110011", "tltu", .entersKernel) { t, w in trap(&t, w, .lessUnsigned) },
        row("000000 rs rt trapcode 110100", "teq", .entersKernel) { t, w in trap(&t, w, .equal) },
        row("000000 rs rt trapcode 110110", "tne", .entersKernel) { t, w in trap(&t, w, .notEqual) },
        row("000001 rs 01000 imm", "tgei", .entersKernel) { t, w in trapImmediate(&t, w, .greaterOrEqualSigned) },
        row("000001 rs 01001 imm", "tgeiu", .entersKernel) { t, w in trapImmediate(&t, w, .greaterOrEqualUnsigned) },
        row("000001 rs 01010 imm", "tlti", .entersKernel) { t, w in trapImmediate(&t, w, .lessSigned) },
        row("000001 rs 01011 imm", "tltiu", .entersKernel) { t, w in trapImmediate(&t, w, .lessUnsigned) },
        row("000001 rs 01100 imm", "teqi", .entersKernel) { t, w in trapImmediate(&t, w, .equal) },
        row("000001 rs 01110 imm", "tnei", .entersKernel) { t, w in trapImmediate(&t, w, .notEqual) },
    ]

    private static func trap(_ t: inout Translator, _ w: Word, _ relation: IntegerCondition) {
        let holds = t.builder.compare(relation, t.get(w[Bits.rs]), t.get(w[Bits.rt]))
        t.builder.exitIf(holds, .trap, t.builder.constant(Int64(w[Bits.trapCode])))
    }

    private static func trapImmediate(_ t: inout Translator, _ w: Word, _ relation: IntegerCondition) {
        let immediate = t.builder.constant(Int64(w[Bits.immediate]))
        t.builder.exitIf(t.builder.compare(relation, t.get(w[Bits.rs]), immediate), .trap)
    }

    private static func unusable(_ t: inout Translator, _ coprocessor: Int64) {
        t.end(.coprocessorUnusable, t.builder.constant(coprocessor))
    }

    /// `CPUNum`, `SYNCI_Step`, `CC`, `CCRes` and `ULR`; every other register is reserved.
    private static func readHardwareRegister(_ t: inout Translator, _ w: Word) {
        switch w[Bits.rd] {
        case 0: t.setConstant(w[Bits.rt], 0)
        case 1: t.setConstant(w[Bits.rt], Machine.synciStepBytes)
        case 2: t.setExtended(w[Bits.rt], t.builder.call(Helpers.cycleCounter))
        case 3: t.setConstant(w[Bits.rt], Machine.cycleCounterResolution)
        case 29: t.set(w[Bits.rt], t.builder.get(.userLocal))
        default: t.end(.illegalInstruction)
        }
    }
}
