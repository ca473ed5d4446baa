import BSDUserCore

/// Rows that may follow one another without meeting what the manual leaves open.
struct SequencePool {
    enum Width {
        /// 64-bit operations: 32-bit ones would meet operands that are not sign-extended.
        case wide
        /// Operations that keep all registers sign-extended from 32 bits.
        case narrow
    }

    /// Registers that sequences do not write but where it is said here: the counters of two loops, the address of an
    /// instruction, the address of memory.
    private static let reservedRegisters = 25...28
    static let counters = [25, 26], jumpRegister = 27, baseRegister = 28

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
        // A second one behind the same load linked is unpredictable (MIPS64 volume II, SC): the oracle lets it store.
        if ["sc", "scd"].contains(name) { return false }
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
        "lh", "lhu", "lw", "lwl", "lwr", "sb", "sh", "sw", "swl", "swr", "ll", "teq", "tne", "tlt", "add.d",
        "mul.d", "c.cond.d", "movf", "movt", "ldc1", "sdc1", "sync", "synci",
    ]

    // MARK: Making sequences

    func sequence(_ operands: inout Operands) -> SequenceCode {
        var words = (0..<(3 + operands.below(6))).map { _ in word(&operands) }
        if operands.oneIn(3) { insertPair(&words, &operands) }
        if operands.oneIn(4) { insertConstant(&words, &operands) }
        var code = SequenceCode(words)
        let mainCount = code.words.count
        if operands.oneIn(5) { appendCall(&code, &operands) }
        if operands.oneIn(2) { insertLoops(&code, before: mainCount, &operands) }
        if operands.oneIn(5) { return code }
        // Branches with their delay slots, and targets behind these, which may be the end.
        var place = operands.below(code.words.count)
        while code.isPlain(place) && code.isPlain(place + 1) {
            putBranch(&code, at: place, to: operands.pick(code.joints(from: place + 2)), &operands)
            place += 2 + operands.below(4)
        }
        return code
    }

    /// The words of a sequence, with the distances of its branches.
    func words(_ code: SequenceCode) -> [UInt32] {
        var words = code.words
        for (place, target) in code.targets {
            words[place] = MIPS64Conformance.branch(words[place], at: place, to: target)
        }
        return words
    }

    private func putBranch(
        _ code: inout SequenceCode, at place: Int, to target: Int, _ operands: inout Operands
    ) {
        // A branch has no branch in its slot.
        code.put(code.words[place + 1], at: place + 1, .joint)
        guard operands.oneIn(4) else {
            return code.putBranch(operands.pick(branches).word(&operands), at: place, to: target)
        }
        let plan = operands.pick(jumps)
        let word = plan.word(&operands)
        if plan.kind == .jumpToRegion { return code.putBranch(word, at: place, to: target) }
        if code.jumpTarget != nil { return code.putBranch(MIPS.b, at: place, to: target) }
        let isLinkReserved = Self.reservedRegisters.contains(Word(word)[Bits.rd])
        let jump = (isLinkReserved ? word & ~Bits.rd.mask : word) & ~Bits.rs.mask | Bits.rs.encode(Self.jumpRegister)
        code.put(jump, at: place, .joint)
        code.jumpTarget = target
    }

    /// A function behind the end of the main part, and a call of it.
    private func appendCall(_ code: inout SequenceCode, _ operands: inout Operands) {
        let end = code.words.count
        let call = operands.below(end - 1)
        let body = (0..<1 + operands.below(3)).map { _ in word(&operands, keepsLink: true) }
        code.insert([MIPS.b, word(&operands)] + body + [MIPS.jrLink, word(&operands)], at: end)
        // What is in the slot is done with the link register written.
        code.put(word(&operands, keepsLink: true), at: call + 1, .joint)
        switch operands.below(3) {
        case 0: code.putBranch(MIPS.bal, at: call, to: end + 2)
        case 1: code.putBranch(MIPS.jal, at: call, to: end + 2)
        default:
            code.put(MIPS.jalr | Bits.rs.encode(Self.jumpRegister), at: call, .joint)
            code.jumpTarget = end + 2
        }
        code.putBranch(MIPS.b, at: end, to: code.words.count)
    }

    /// One loop, or two, which may lie in each other. Each goes round at most as often as its counter says, and only once
    /// more when it is entered again.
    private func insertLoops(_ code: inout SequenceCode, before end: Int, _ operands: inout Operands) {
        var end = end
        for counter in Self.counters.prefix(1 + operands.below(2)) {
            let start = operands.pick(code.joints().filter { $0 < end })
            let places = code.joints(from: start + 1).filter { $0 <= end && !isSlot($0, code) }
            guard !places.isEmpty else { return }
            let before = code.words.count
            insertLoopEnd(&code, counter, from: start, at: operands.pick(places), &operands)
            end += code.words.count - before
        }
    }

    /// Whether a branch stands before a place.
    private func isSlot(_ place: Int, _ code: SequenceCode) -> Bool {
        place > 0 && (code.targets[place - 1] != nil || MIPS.isRegisterJump(code.words[place - 1]))
    }

    private func insertLoopEnd(
        _ code: inout SequenceCode, _ counter: Int, from start: Int, at place: Int, _ operands: inout Operands
    ) {
        let register = Bits.rs.encode(counter)
        let decrement = (width == .wide ? MIPS.daddiuLess : MIPS.addiuLess) | register | Bits.rt.encode(counter)
        let slot = word(&operands)
        guard operands.oneIn(3), code.jumpTarget == nil else {
            let branch = operands.pick([MIPS.bgtz, MIPS.bgez, MIPS.bgtzl, MIPS.bgezl]) | register
            code.insert([decrement, branch, slot], at: place)
            return code.putBranch(branch, at: place + 1, to: start)
        }
        let jump = operands.pick([MIPS.jr, MIPS.jalr]) | Bits.rs.encode(Self.jumpRegister)
        code.insert([decrement, MIPS.blez | register, slot, jump, word(&operands)], at: place)
        code.putBranch(MIPS.blez | register, at: place + 1, to: place + 5)
        code.jumpTarget = start
    }

    private func word(_ operands: inout Operands, keepsLink: Bool = false) -> UInt32 {
        while true {
            let (plan, traits) = operands.pick(plain)
            var word = plan.word(&operands)
            if case .memory(let size) = plan.kind {
                let displacement = (operands.below(48) - 24) / size * size
                word = word & ~(0xffff | Bits.rs.mask) | Bits.rs.encode(Self.baseRegister)
                word |= UInt32(UInt16(bitPattern: Int16(displacement)))
            }
            let slot = DelaySlot(word: Word(word), row: 0, traits: traits)
            if Self.reservedRegisters.contains(where: slot.writes) || keepsLink && slot.writes(Register.ra) { continue }
            return word
        }
    }

    /// lwl and lwr, or their kin, mostly fit to be one access, with up to ten instructions in between.
    private func insertPair(_ words: inout [UInt32], _ operands: inout Operands) {
        let opcodes: [(UInt32, UInt32, Int)] =
            width == .wide
            ? [(0b011010, 0b011011, 7), (0b101100, 0b101101, 7), (0b100010, 0b100110, 3), (0b101010, 0b101110, 3)]
            : [(0b100010, 0b100110, 3), (0b101010, 0b101110, 3)]
        let (left, right, span) = operands.pick(opcodes)
        let register = UInt32(operands.pick([2, 3, 5, 16, 22, 31]))
        let other = operands.oneIn(6) ? register ^ 1 : register
        let start = operands.below(32) - 16
        let last = start + (operands.oneIn(6) ? operands.below(8) : span)
        let base = UInt32(Self.baseRegister) << 21
        let first = left << 26 | base | register << 16 | UInt32(UInt16(bitPattern: Int16(start)))
        let second = right << 26 | base | other << 16 | UInt32(UInt16(bitPattern: Int16(last)))
        let place = operands.below(words.count)
        let (front, back) = operands.oneIn(2) ? (first, second) : (second, first)
        words.insert(front, at: place)
        words.insert(back, at: min(place + 1 + operands.below(operands.oneIn(2) ? 3 : 11), words.count))
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

    // MARK: States

    func state(_ code: SequenceCode, _ operands: inout Operands) -> MIPS64State {
        var gpr = (0..<32).map { _ in
            width == .wide
                ? operands.integer() : UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: operands.integer())))
        }
        gpr[0] = 0
        // Now and then at an edge of the memory, so that some access faults; but for unaligned ones, after which the
        // oracle goes on to the end of the block, and whose bytes we load early.
        let mayFault = !code.words.contains { UnalignedHalf(Word($0)) != nil } && operands.oneIn(6)
        let place = mayFault ? UInt64(operands.below(5)) * 8 : 64
        gpr[Self.baseRegister] = ConformanceWindow.memoryAddress + place
        gpr[Self.jumpRegister] = ConformanceWindow.codeAddress + UInt64(4 * (code.jumpTarget ?? 0))
        // Equal and small values, so that branches go both ways.
        for _ in 0..<8 { gpr[1 + operands.below(26)] = operands.oneIn(2) ? 0 : gpr[1 + operands.below(26)] }
        for counter in Self.counters { gpr[counter] = 1 + UInt64(operands.below(4)) }
        return MIPS64State(
            gpr: gpr, hi: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: operands.bits()))),
            lo: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: operands.bits()))),
            fpr: (0..<32).map { _ in operands.double() },
            fcsr: operands.floatControl(enablesTraps: false) & ~FloatControl.flush,
            memory: operands.generator.bytes(RowPlan.memoryBytes))
    }
}

/// Instructions that hold sequences together (volume II-A), their registers and distances 0.
private enum MIPS {
    /// `beq $0, $0` and `bgezal $0`.
    static let b: UInt32 = 0x1000_0000, bal: UInt32 = 0x0411_0000
    static let jal: UInt32 = 0x0c00_0000, jr: UInt32 = 0x0000_0008
    /// Links to $31.
    static let jalr: UInt32 = 0x0000_f809
    static let jrLink = jr | Bits.rs.encode(Register.ra)
    static let bgtz: UInt32 = 0x1c00_0000, bgtzl: UInt32 = 0x5c00_0000, blez: UInt32 = 0x1800_0000
    static let bgez: UInt32 = 0x0401_0000, bgezl: UInt32 = 0x0403_0000
    /// An addition of -1.
    static let addiuLess: UInt32 = 0x2400_ffff, daddiuLess: UInt32 = 0x6400_ffff

    static func isRegisterJump(_ word: UInt32) -> Bool { word >> 26 == 0 && [8, 9].contains(word & 0x3f) }
}
