import BSDUserCore

/// Rows that may follow one another without meeting what the manual leaves open.
struct SequencePool {
    /// A register that sequences read but never write: it holds an address.
    static let baseRegister = 28

    /// All plain rows; those that set or read flags; accesses by an immediate; branches that go forward.
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

    func sequence(_ operands: inout Operands) -> [UInt32] {
        let count = 4 + operands.below(9)
        var words = (0..<count).map { _ in word(&operands) }
        // Branches to instructions behind them, or to the end.
        for place in 0..<count where operands.oneIn(4) {
            let plan = operands.pick(branches)
            let distance = 1 + operands.below(count - place)
            let field = plan.branchField
            words[place] = plan.word(&operands) & ~field.mask | field.encode(distance)
        }
        return words
    }

    private func word(_ operands: inout Operands) -> UInt32 {
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
            if !mayWriteBase(Word(word), plan), plan.isDefined(Word(word)) { return word }
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

    private func mayWriteBase(_ w: Word, _ plan: RowPlan) -> Bool {
        let fields = [Bits.rd, Bits.rt2, Bits.rs].filter { !plan.isImmediate($0) }
        return fields.contains { w[$0] == Self.baseRegister || w[$0] | 1 == Self.baseRegister | 1 }
    }

    // MARK: States

    func state(_ operands: inout Operands) -> AArch64State {
        var state = operands.state()
        // Now and then at an edge of the memory, so that some access faults.
        let place = operands.oneIn(6) ? UInt64(operands.below(3)) * 16 : 64 + 16
        state.general[Self.baseRegister] = ConformanceWindow.memoryAddress + place - 16
        // Equal and small values, so that branches go both ways.
        for _ in 0..<8 {
            state.general[operands.below(8)] = operands.oneIn(2) ? 0 : state.general[operands.below(8)]
        }
        return state
    }
}
