import BSDUserCore

/// Rows that may follow one another without meeting what the manual leaves open.
struct SequencePool {
    /// Registers that sequences do not write but where it is said here, with those that pairs would write along: the address
    /// of an instruction, the counters of two loops, the address of memory.
    private static let reservedRegisters = 24...29
    static let jumpRegister = 25, counters = [26, 27], baseRegister = 28

    /// All plain rows; those that set or read flags; accesses by an immediate; branches.
    private let plain: [RowPlan]
    private let flags: [RowPlan]
    private let memory: [RowPlan]
    private let branches: [RowPlan]
    private let reserved = ReservedWords()

    init(_ plans: [RowPlan]) {
        var (plain, flags, memory, branches): ([RowPlan], [RowPlan], [RowPlan], [RowPlan]) = ([], [], [], [])
        for plan in plans {
            switch plan.kind {
            case .elsewhere, .jumpToRegister: continue
            case .branch: branches.append(plan)
            case .memory(_, let mode, _):
                if mode == .offset || mode == .base && SequencePool.belongs(plan) { memory.append(plan) }
            case .plain:
                if plan.traits.contains(.leaves) { continue }
                plain.append(plan)
                if !plan.traits.isDisjoint(with: [.readsFlags, .writesFlags]) { flags.append(plan) }
            }
        }
        self.plain = plain
        self.flags = flags
        self.memory = memory
        self.branches = branches
    }

    /// Exclusive accesses are of one size, since a store after a load of another one is CONSTRAINED UNPREDICTABLE.
    private static func belongs(_ plan: RowPlan) -> Bool {
        if plan.name == "dc zva" { return false }
        let isExclusive = ["ldx", "ldax", "stx", "stlx"].contains { plan.name.hasPrefix($0) }
        return !isExclusive || !plan.name.hasSuffix("p") && Word(plan.fixed.match)[Bits.size] == 3
    }

    // MARK: Making sequences

    func sequence(_ operands: inout Operands) -> SequenceCode {
        var code = SequenceCode((0..<4 + operands.below(9)).map { _ in word(&operands) })
        let mainCount = code.words.count
        if operands.oneIn(5) { appendCall(&code, &operands) }
        if operands.oneIn(2) { insertLoops(&code, before: mainCount, &operands) }
        // Branches to instructions behind them, or to the end.
        for place in code.words.indices where code.isPlain(place) && operands.oneIn(4) {
            let word = operands.pick(branches).word(&operands)
            code.putBranch(word, at: place, to: operands.pick(code.joints(from: place + 1)))
        }
        return code
    }

    /// The words of a sequence, with the distances of its branches.
    func words(_ code: SequenceCode) -> [UInt32] {
        var words = code.words
        for (place, target) in code.targets { words[place] = RowPlan.branch(words[place], distance: target - place) }
        return words
    }

    /// A function behind the end of the main part, and a call of it.
    private func appendCall(_ code: inout SequenceCode, _ operands: inout Operands) {
        let end = code.words.count
        let call = operands.below(end)
        let body = (0..<1 + operands.below(3)).map { _ in word(&operands, keepsLink: true) }
        code.insert([A64.b] + body + [A64.ret], at: end)
        if operands.oneIn(2) {
            code.putBranch(A64.bl, at: call, to: end + 1)
        } else {
            code.put(A64.blr | Bits.rn.encode(Self.jumpRegister), at: call, .joint)
            code.jumpTarget = end + 1
        }
        code.putBranch(A64.b, at: end, to: code.words.count)
    }

    /// One loop, or two, which may lie in each other. Each goes round at most as often as its counter says, and only once
    /// more when it is entered again.
    private func insertLoops(_ code: inout SequenceCode, before end: Int, _ operands: inout Operands) {
        let isAlone = operands.oneIn(2)
        var end = end
        for counter in Self.counters.prefix(isAlone ? 1 : 2) {
            let starts = code.joints().filter { $0 < end }
            let start = operands.pick(starts)
            let place = operands.pick(code.joints(from: start + 1).filter { $0 <= end })
            let before = code.words.count
            insertLoopEnd(&code, counter, from: start, at: place, isAlone, &operands)
            end += code.words.count - before
        }
    }

    private func insertLoopEnd(
        _ code: inout SequenceCode, _ counter: Int, from start: Int, at place: Int, _ isAlone: Bool,
        _ operands: inout Operands
    ) {
        let both = Bits.rn.encode(counter) | Bits.rd.encode(counter)
        let register = Bits.rt.encode(counter)
        switch operands.below(4) {
        case 0:
            code.insert([A64.decrementWithFlags | both, A64.branchGreater], at: place)
            code.putBranch(A64.branchGreater, at: place + 1, to: start)
        case 1 where isAlone:
            code.insert([A64.decrement | both, A64.cbnz | register], at: place)
            code.putBranch(A64.cbnz | register, at: place + 1, to: start)
        case 2 where code.jumpTarget == nil:
            let jump = operands.pick([A64.br, A64.blr, A64.retBase]) | Bits.rn.encode(Self.jumpRegister)
            code.insert([A64.decrement | both, A64.tbnz63 | register, jump], at: place)
            code.putBranch(A64.tbnz63 | register, at: place + 1, to: place + 3)
            code.jumpTarget = start
        default:
            code.insert([A64.decrement | both, A64.tbz63 | register], at: place)
            code.putBranch(A64.tbz63 | register, at: place + 1, to: start)
        }
    }

    private func word(_ operands: inout Operands, keepsLink: Bool = false) -> UInt32 {
        while true {
            let kind = operands.below(8)
            let plan = operands.pick(kind < 4 ? flags : kind < 7 ? plain : memory)
            var word = plan.word(&operands)
            // Few registers, so that instructions meet each other's results; conditions that flags reach.
            for field in [Bits.rd, Bits.rn, Bits.rm] where field.mask & plan.fixed.mask == 0 && !plan.isImmediate(field)
            {
                if Word(word)[field] != 31, operands.oneIn(2) {
                    word = word & ~field.mask | field.encode(operands.below(6))
                }
            }
            if case .memory(let size, _, _) = plan.kind { word = atBase(word, plan, size, &operands) }
            // Where a reserved word ends a sequence, flags that are overwritten behind it need not be right.
            if reserved.contains(word) { continue }
            let written = writtenRegisters(Word(word), plan)
            if written.contains(where: Self.reservedRegisters.contains) { continue }
            if keepsLink, written.contains(where: { $0 | 1 == Register.linkRegister | 1 }) { continue }
            if plan.isDefined(Word(word)) { return word }
        }
    }

    /// An access relative to the base register, inside the window.
    private func atBase(_ word: UInt32, _ plan: RowPlan, _ size: Int, _ operands: inout Operands) -> UInt32 {
        var word = word & ~Bits.rn.mask | Bits.rn.encode(Self.baseRegister)
        if plan.pattern.includes("imm9") {
            word = word & ~Bits.immediate9.mask | Bits.immediate9.encode((operands.below(48) - 24) / size * size)
        }
        if plan.pattern.includes("imm7") {
            word = word & ~Bits.immediate7.mask | Bits.immediate7.encode(operands.below(5) - 2)
        }
        return word
    }

    /// Registers that a word may write; a pair's second one is left out.
    private func writtenRegisters(_ w: Word, _ plan: RowPlan) -> [Int] {
        [Bits.rd, Bits.rt2, Bits.rs].filter { !plan.isImmediate($0) }.map { w[$0] }
    }

    // MARK: States

    func state(_ code: SequenceCode, _ operands: inout Operands) -> AArch64State {
        var state = operands.state()
        // Now and then at an edge of the memory, so that some access faults.
        let place = operands.oneIn(6) ? UInt64(operands.below(3)) * 16 : 64 + 16
        state.general[Self.baseRegister] = ConformanceWindow.memoryAddress + place - 16
        // Equal and small values, so that branches go both ways.
        for _ in 0..<8 {
            state.general[operands.below(8)] = operands.oneIn(2) ? 0 : state.general[operands.below(8)]
        }
        for counter in Self.counters { state.general[counter] = 1 + UInt64(operands.below(4)) }
        if let target = code.jumpTarget {
            state.general[Self.jumpRegister] = ConformanceWindow.codeAddress + UInt64(4 * target)
        }
        return state
    }
}

/// Instructions that hold sequences together (DDI 0487, C6.2), their registers and distances 0.
private enum A64 {
    static let b: UInt32 = 0x1400_0000, bl: UInt32 = 0x9400_0000
    static let br: UInt32 = 0xd61f_0000, blr: UInt32 = 0xd63f_0000, retBase: UInt32 = 0xd65f_0000
    static let ret = retBase | Bits.rn.encode(Register.linkRegister)
    /// `sub xN, xN, #1` and `subs`.
    static let decrement: UInt32 = 0xd100_0400, decrementWithFlags: UInt32 = 0xf100_0400
    static let branchGreater: UInt32 = 0x5400_000c, cbnz: UInt32 = 0xb500_0000
    /// By the sign.
    static let tbz63: UInt32 = 0xb6f8_0000, tbnz63: UInt32 = 0xb7f8_0000
}
