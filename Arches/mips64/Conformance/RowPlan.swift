import BSDUserCore

/// How a row's words and states are made, so that what the manual defines is what gets tested.
struct RowPlan {
    /// Bytes of memory that a sequence may touch, from the oracle's window on.
    static let memoryBytes = 128

    let name: String
    let pattern: String
    let fixed: FixedBits
    let traits: Traits
    let kind: Kind

    enum Kind: Equatable {
        case integer
        /// `size` bytes at rs + imm, at any address when `size` is 1.
        case memory(size: Int)
        /// The same at rs + rt.
        case indexedMemory(size: Int)
        case float(Operands.FloatKind)
        case branch
        case jumpToRegion
        case jumpToRegister
        /// Unicorn cannot say, and `ManualOracle` does; the reason.
        case manual(String)
    }

    init(_ row: Instruction<Translator>, _ fixed: FixedBits) {
        name = row.name.description
        pattern = row.pattern.description
        self.fixed = fixed
        traits = Traits(rawValue: row.traits)
        kind = RowPlan.kind(name)
    }

    /// The row as the runner lists it.
    var row: ConformanceRow {
        var judge = ConformanceRow.Judge.oracle
        if case .manual(let reason) = kind { judge = .manual(reason) }
        return ConformanceRow(name: name, pattern: pattern, mask: fixed.mask, match: fixed.match, judge: judge)
    }

    private static func kind(_ name: String) -> Kind {
        if let reason = unknownToUnicorn[name] { return .manual(reason) }
        switch name {
        case "lb", "lbu", "sb", "lwl", "lwr", "ldl", "ldr", "swl", "swr", "sdl", "sdr", "pref": return .memory(size: 1)
        case "lh", "lhu", "sh": return .memory(size: 2)
        case "lw", "lwu", "sw", "ll", "sc", "lwc1", "swc1": return .memory(size: 4)
        case "ld", "sd", "lld", "scd", "ldc1", "sdc1": return .memory(size: 8)
        case "lwxc1", "swxc1": return .indexedMemory(size: 4)
        case "ldxc1", "sdxc1": return .indexedMemory(size: 8)
        case "luxc1", "suxc1", "prefx": return .indexedMemory(size: 1)
        case "j", "jal": return .jumpToRegion
        case "jr", "jalr": return .jumpToRegister
        case "alnv.ps": return .float(.single)
        default: break
        }
        if branches.contains(name) { return .branch }
        if name.hasSuffix(".ps") || name.hasSuffix(".s") || name.includes(".p") { return .float(.single) }
        if name.hasSuffix(".d") { return .float(.double) }
        if name.hasSuffix(".w") || name.hasSuffix(".l") { return .float(.fixed) }
        return .integer
    }

    /// Whether the row has a delay slot.
    var isBranch: Bool { kind == .branch || kind == .jumpToRegion || kind == .jumpToRegister }

    private static let branches: Set<String> = [
        "beq", "bne", "blez", "bgtz", "bltz", "bgez", "bltzal", "bgezal", "beql", "bnel", "blezl", "bgtzl", "bltzl",
        "bgezl", "bltzall", "bgezall", "bc1f", "bc1t", "bc1fl", "bc1tl",
    ]

    /// Rows that Unicorn, which runs in kernel mode on a machine of its own, cannot judge.
    private static let unknownToUnicorn: [String: String] = [
        "cop0": "Unicorn runs in kernel mode, where coprocessor 0 is usable",
        "cache": "Unicorn runs in kernel mode, where coprocessor 0 is usable",
        "cop2": "Unicorn knows no coprocessor 2, whose absence is a coprocessor-unusable exception",
        "rdhwr": "the registers are the machine's own",
    ]

    /// Several roundings in one instruction: the first that traps ends it, while the oracle collects the causes of all.
    var isCompound: Bool { name.hasSuffix(".ps") || name.includes("madd.") || name.includes("msub.") }

    /// Whether enabled floating-point traps are part of the test.
    private var isFloat: Bool { if case .float = kind { true } else { false } }

    // MARK: Words

    /// A word of the row that the manual defines and that stays inside the test's code and memory.
    func word(_ operands: inout Operands) -> UInt32 {
        while true {
            let word = adjusted(operands.word(fixed), &operands)
            if isDefined(Word(word)) { return word }
        }
    }

    private func adjusted(_ word: UInt32, _ operands: inout Operands) -> UInt32 {
        switch kind {
        case .branch:
            return word & ~0xffff | UInt32(2 + operands.below(4))
        case .jumpToRegion:
            return word & ~Bits.target.mask | UInt32(3 + operands.below(4))
        case .memory where operands.oneIn(2):
            return word & ~0xffff | UInt32(UInt16(bitPattern: Int16(operands.below(64) - 32)))
        default:
            switch name {
            // Fields whose place and size agree are a small part of all: make most words so.
            case "ext", "dext", "dextm", "dextu", "ins", "dins", "dinsm", "dinsu":
                return operands.oneIn(8) ? word : fieldWord(word, &operands)
            // FIR is the processor's own, the rest is UNPREDICTABLE.
            // Most of the registers are reserved: let half of the words name the others.
            case "rdhwr" where operands.oneIn(2):
                return word & ~Bits.rd.mask | Bits.rd.encode(operands.pick([0, 1, 2, 3, 29]))
            case "cfc1": return word & ~Bits.fs.mask | Bits.fs.encode(operands.pick([25, 26, 28, 31]))
            case "ctc1": return word & ~Bits.fs.mask | Bits.fs.encode(operands.pick([25, 26, 28, 31]))
            default: return word
            }
        }
    }

    private func fieldWord(_ word: UInt32, _ operands: inout Operands) -> UInt32 {
        let lsb = operands.below(32)
        let other: Int =
            switch name {
            case "ext", "dextm", "dextu": operands.below(32 - lsb)
            case "ins", "dins", "dinsu": lsb + operands.below(32 - lsb)
            default: operands.below(32)
            }
        return word & ~(Bits.sa.mask | Bits.rd.mask) | Bits.sa.encode(lsb) | Bits.rd.encode(other)
    }

    /// Leaves out what the manual calls UNPREDICTABLE in the choice of registers, and what would leave the test.
    private func isDefined(_ w: Word) -> Bool {
        switch kind {
        case .memory: return w[Bits.rs] != 0
        case .indexedMemory: return w[Bits.rs] != 0 || w[Bits.rt] != 0
        // The jump goes to a register, and must be restartable: rs is not rd (volume II-A, JALR).
        case .jumpToRegister: return w[Bits.rs] != 0 && (name == "jr" || w[Bits.rs] != w[Bits.rd])
        // Restartable: rs is not 31 (volume II-A, BLTZAL).
        case .branch: return !name.includes("al") || w[Bits.rs] != 31
        default: return true
        }
    }

    // MARK: States

    func state(_ w: Word, _ operands: inout Operands) -> MIPS64State {
        var gpr = (0..<32).map { _ in operands.integer() }
        gpr[0] = 0
        var floatKind = Operands.FloatKind.double
        if case .float(let kind) = kind { floatKind = kind }
        let fpr = (0..<32).map { _ in operands.floatRegister(floatKind) }
        placeAddresses(&gpr, w, &operands)
        if RowPlan.wantsSignExtended.contains(name) {
            for field in [Bits.rs, Bits.rt] {
                gpr[w[field]] = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: gpr[w[field]])))
            }
        }
        if name == "ctc1" { gpr[w[Bits.rt]] &= RowPlan.controlMask(w[Bits.fs]) }
        // Equal operands take the rarer way.
        if name.hasPrefix("b"), operands.oneIn(3), w[Bits.rt] != 0 { gpr[w[Bits.rt]] = gpr[w[Bits.rs]] }
        let trapping = isFloat && !isCompound && operands.oneIn(8)
        var control = operands.floatControl(enablesTraps: trapping)
        // What is signalled when a result is flushed, and whether intermediate ones are, is the implementation's choice
        // (volume I, FCSR.FS).
        if trapping || isCompound { control &= ~FloatControl.flush }
        return MIPS64State(
            gpr: gpr, hi: operands.integer(), lo: operands.integer(), fpr: fpr,
            fcsr: control,
            memory: operands.generator.bytes(RowPlan.memoryBytes))
    }

    /// Rows whose result is UNPREDICTABLE for operands that are not sign-extended 32-bit values (volume II-A).
    static let wantsSignExtended: Set<String> = [
        "addi", "add", "addu", "sub", "subu", "sra", "srav", "mult", "multu", "div", "divu", "madd", "maddu", "msub",
        "msubu", "mul",
    ]

    /// The bits of a control register that are not to be written as zero (volume I: FCCR, FEXR, FENR, FCSR).
    private static func controlMask(_ number: Int) -> UInt64 {
        switch number {
        case 25: 0xff
        case 26: 0x0003_f07c
        case 28: 0xf87
        default: 0xff83_ffff
        }
    }

    private func placeAddresses(_ gpr: inout [UInt64], _ w: Word, _ operands: inout Operands) {
        switch kind {
        case .memory(let size):
            gpr[w[Bits.rs]] = target(size, &operands) &- UInt64(bitPattern: Int64(w[Bits.immediate]))
        case .indexedMemory(let size):
            let address = target(max(size, 2), &operands)
            if w[Bits.rs] == w[Bits.rt] {
                gpr[w[Bits.rs]] = address / 2
            } else if w[Bits.rs] == 0 {
                gpr[w[Bits.rt]] = address
            } else {
                gpr[w[Bits.rs]] = address &- gpr[w[Bits.rt]]
            }
        case .jumpToRegister:
            gpr[w[Bits.rs]] = ConformanceWindow.codeAddress + UInt64(4 * (3 + operands.below(4)))
        case .float where name == "alnv.ps":
            // Other low bits are UNPREDICTABLE (volume II-A, ALNV.PS).
            if w[Bits.rs] != 0 { gpr[w[Bits.rs]] = gpr[w[Bits.rs]] & ~7 | (operands.oneIn(2) ? 4 : 0) }
        default: break
        }
    }

    private func target(_ size: Int, _ operands: inout Operands) -> UInt64 {
        let place = 16 + operands.below(RowPlan.memoryBytes - 40)
        return ConformanceWindow.memoryAddress + UInt64(place / size * size)
    }

    /// The instruction with what follows it: branches get a delay slot and a ladder that shows where they went.
    func sequence(_ word: UInt32) -> [UInt32] {
        switch kind {
        case .branch, .jumpToRegion, .jumpToRegister:
            // daddiu $n, $n, 1 for a few registers.
            return [word] + [8, 9, 10, 11, 12, 13, 14].map { 0x6400_0001 | $0 << 21 | $0 << 16 }
        default: return [word]
        }
    }
}
