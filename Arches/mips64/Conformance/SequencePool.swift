import BSDUserCore

/// A sequence of instructions and where its register jump goes.
struct Sequence {
    var words: [UInt32]
    var hasBranch = false
    /// Index of the word that `SequencePool.jumpRegister` points at.
    var jumpTarget = 0
}

/// Rows that may follow one another without meeting what the manual leaves open.
struct SequencePool {
    enum Width {
        /// 64-bit operations: 32-bit ones would meet operands that are not sign-extended.
        case wide
        /// Operations that keep all registers sign-extended from 32 bits.
        case narrow
    }

    /// Registers that sequences read but never write: they hold addresses.
    static let baseRegister = 28
    static let jumpRegister = 27

    private let width: Width
    private let plain: [(RowPlan, Traits)]
    private let branches: [RowPlan]
    private let jumps: [RowPlan]

    init(_ width: Width, _ plans: [RowPlan]) {
        self.width = width
        var plain: [(RowPlan, Traits)] = []
        var branches: [RowPlan] = []
        var jumps: [RowPlan] = []
        for plan in plans {
            switch plan.kind {
            case .manual: continue
            case .branch: branches.append(plan)
            case .jumpToRegion, .jumpToRegister: jumps.append(plan)
            default: if SequencePool.belongs(plan.name, width) { plain.append((plan, plan.traits)) }
            }
        }
        self.plain = plain
        self.branches = branches
        self.jumps = jumps
    }

    private static func belongs(_ name: String, _ width: Width) -> Bool {
        // Singles leave the upper half of a register open, and control registers show the cause field.
        if ["cfc1", "ctc1", "mtc1", "mthc1", "lwc1", "lwxc1", "ldxc1", "sdxc1", "swxc1", "luxc1", "suxc1", "prefx"]
            .contains(name)
        {
            return false
        }
        if name.includes("."), !name.hasSuffix(".d") || name.hasPrefix("cvt.s") || name.includes(".w.") { return false }
        switch width {
        case .wide:
            return !RowPlan.wantsSignExtended.contains(name) && !["ddiv", "ddivu"].contains(name)
        case .narrow:
            return narrowRows.contains(name)
        }
    }

    private static let narrowRows: Set<String> = [
        "addi", "add", "addu", "addiu", "sub", "subu", "and", "andi", "or", "ori", "xor", "xori", "nor", "lui", "slt",
        "slti", "sltu", "sltiu", "movz", "movn", "sll", "srl", "sra", "sllv", "srlv", "srav", "rotr", "rotrv", "ext",
        "ins", "seb", "seh", "wsbh", "clz", "clo", "mult", "multu", "madd", "msub", "mul", "mfhi", "mflo", "lb", "lbu",
        "lh", "lhu", "lw", "lwl", "lwr", "sb", "sh", "sw", "swl", "swr", "ll", "sc", "teq", "tne", "tlt", "add.d",
        "mul.d", "c.cond.d", "movf", "movt", "ldc1", "sdc1", "sync", "synci",
    ]

    // MARK: Making sequences

    func sequence(_ operands: inout Operands) -> Sequence {
        var words = (0..<(3 + operands.below(6))).map { _ in word(&operands) }
        if operands.oneIn(3) { insertPair(&words, &operands) }
        if operands.oneIn(4) { insertConstant(&words, &operands) }
        var sequence = Sequence(words: words)
        guard !operands.oneIn(5) else { return sequence }
        // A branch, its delay slot, and a target behind it, which may be the end.
        let place = operands.below(words.count - 1)
        let distance = 2 + operands.below(words.count - place - 1)
        sequence.words[place] = branch(at: place, distance, &operands)
        sequence.hasBranch = true
        sequence.jumpTarget = place + distance
        return sequence
    }

    private func branch(at place: Int, _ distance: Int, _ operands: inout Operands) -> UInt32 {
        guard operands.oneIn(4) else {
            let plan = operands.pick(branches)
            let word = plan.word(&operands)
            return word & ~0xffff | UInt32(distance - 1)
        }
        let plan = operands.pick(jumps)
        let word = plan.word(&operands)
        if plan.kind == .jumpToRegion { return word & ~Bits.target.mask | UInt32(place + distance) }
        let linked = Word(word)[Bits.rd] == Self.jumpRegister || Word(word)[Bits.rd] == Self.baseRegister
        return (linked ? word & ~Bits.rd.mask : word) & ~Bits.rs.mask | Bits.rs.encode(Self.jumpRegister)
    }

    private func word(_ operands: inout Operands) -> UInt32 {
        while true {
            let (plan, traits) = operands.pick(plain)
            var word = plan.word(&operands)
            if case .memory(let size) = plan.kind {
                let displacement = (operands.below(48) - 24) / size * size
                word = word & ~(0xffff | Bits.rs.mask) | Bits.rs.encode(Self.baseRegister)
                word |= UInt32(UInt16(bitPattern: Int16(displacement)))
            }
            let slot = DelaySlot(word: Word(word), row: 0, traits: traits)
            if !slot.writes(Self.baseRegister), !slot.writes(Self.jumpRegister) { return word }
        }
    }

    /// lwl and lwr, or their kin, one after the other, mostly fit to be one access.
    private func insertPair(_ words: inout [UInt32], _ operands: inout Operands) {
        let opcodes: [(UInt32, UInt32, Int)] =
            width == .wide
            ? [(0b011010, 0b011011, 7), (0b101100, 0b101101, 7), (0b100010, 0b100110, 3), (0b101010, 0b101110, 3)]
            : [(0b100010, 0b100110, 3), (0b101010, 0b101110, 3)]
        let (left, right, span) = operands.pick(opcodes)
        let register = UInt32(operands.pick([2, 3, 5, 16, 24, 31]))
        let other = operands.oneIn(6) ? register ^ 1 : register
        let start = operands.below(32) - 16
        let last = start + (operands.oneIn(6) ? operands.below(8) : span)
        let base = UInt32(Self.baseRegister) << 21
        let first = left << 26 | base | register << 16 | UInt32(UInt16(bitPattern: Int16(start)))
        let second = right << 26 | base | other << 16 | UInt32(UInt16(bitPattern: Int16(last)))
        words.insert(
            contentsOf: operands.oneIn(2) ? [first, second] : [second, first], at: operands.below(words.count))
    }

    /// A constant in the steps that compilers take, with a use.
    private func insertConstant(_ words: inout [UInt32], _ operands: inout Operands) {
        let register = UInt32(operands.pick([2, 3, 8, 9]))
        let bits = { (operands: inout Operands) in UInt32(truncatingIfNeeded: operands.bits()) & 0xffff }
        var steps = [0x3c00_0000 | register << 16 | bits(&operands)]
        let both = register << 21 | register << 16
        steps.append((operands.oneIn(2) ? 0x3400_0000 : 0x2400_0000) | both | bits(&operands))
        if width == .wide {
            steps.append(register << 16 | register << 11 | 16 << 6 | 0b111000)
            steps.append((operands.oneIn(2) ? 0x6400_0000 : 0x3400_0000) | both | bits(&operands))
        }
        words.insert(contentsOf: steps, at: operands.below(words.count))
    }

    /// lwl, lwr, swl, swr, ldl, ldr, sdl, sdr (volume II-A, A.1).
    private static func isUnaligned(_ word: UInt32) -> Bool {
        [0x22, 0x26, 0x2a, 0x2e, 0x1a, 0x1b, 0x2c, 0x2d].contains(word >> 26)
    }

    // MARK: States

    func state(_ sequence: Sequence, _ operands: inout Operands) -> MIPS64State {
        var gpr = (0..<32).map { _ in
            width == .wide
                ? operands.integer() : UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: operands.integer())))
        }
        gpr[0] = 0
        // Now and then at an edge of the memory, so that some access faults; but for unaligned ones, after which the
        // oracle goes on to the end of the block, and of which we make one of two.
        let mayFault = !sequence.words.contains(where: SequencePool.isUnaligned) && operands.oneIn(6)
        let place = mayFault ? UInt64(operands.below(5)) * 8 : 64
        gpr[Self.baseRegister] = ConformanceWindow.memoryAddress + place
        gpr[Self.jumpRegister] = ConformanceWindow.codeAddress + UInt64(4 * sequence.jumpTarget)
        // Equal and small values, so that branches go both ways.
        for _ in 0..<8 { gpr[1 + operands.below(26)] = operands.oneIn(2) ? 0 : gpr[1 + operands.below(26)] }
        return MIPS64State(
            gpr: gpr, hi: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: operands.bits()))),
            lo: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: operands.bits()))),
            fpr: (0..<32).map { _ in operands.double() },
            fcsr: operands.floatControl(enablesTraps: false) & ~FloatControl.flush,
            memory: operands.generator.bytes(RowPlan.memoryBytes))
    }
}
