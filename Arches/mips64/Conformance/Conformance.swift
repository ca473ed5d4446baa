import BSDUserCore

/// What the conformance runner asks of MIPS64.
struct MIPS64Conformance: ArchitectureConformance {
    typealias State = MIPS64State

    let oracleMachine: String? = "mips64"
    /// `break` with a code of its own, and `nop`.
    let endWord: UInt32 = 0x03ff_ffcd, noOperation: UInt32 = 0
    let rows: [ConformanceRow]
    private let plans: [RowPlan]
    private let instructions = InstructionSet(.mips64, MIPS64.rows)
    private let pools: [SequencePool]
    private let forms: [FloatForm]

    init() {
        // Rows that cannot be read are left out of the instruction set as well; RowChecks names them.
        plans = MIPS64.rows.compactMap { row in
            (try? Encoding.mips64.parse(row.pattern)).map { RowPlan(row, $0) }
        }
        rows = plans.map(\.row)
        pools = [SequencePool(.wide, plans), SequencePool(.narrow, plans)]
        forms = FloatForms.forms(plans)
    }

    // MARK: State

    func put(_ state: MIPS64State, into cpu: CPUState) {
        for number in 1..<32 { cpu.setGeneral(number, state.gpr[number]) }
        cpu.setRegister(Register.hi, state.hi)
        cpu.setRegister(Register.lo, state.lo)
        for number in 0..<32 { cpu.setRegister(Register.float0 + number, state.fpr[number]) }
        cpu.clearLink()
        _ = cpu.takeFloatFlags()
        cpu.setFCSR(state.fcsr)
        cpu.setFloatMode(cpu.floatMode)
    }

    func state(of cpu: CPUState, memory: [UInt8]) -> MIPS64State {
        cpu.harvest(cpu.takeFloatFlags())
        return MIPS64State(
            gpr: (0..<32).map { cpu.general($0) }, hi: cpu.register(Register.hi), lo: cpu.register(Register.lo),
            fpr: (0..<32).map { cpu.register(Register.float0 + $0) }, fcsr: cpu.fcsr, memory: memory)
    }

    func end(for reason: ExitReason, _ cpu: CPUState) -> SequenceEnd {
        switch reason {
        case .systemCall: return .systemCall
        case .breakpoint: return .breakpoint
        case .trap: return .trap
        case .integerOverflow: return .overflow
        case .illegalInstruction: return .reservedInstruction
        case .coprocessorUnusable: return .coprocessorUnusable
        case .memoryFault: return .memory
        case .alignmentFault: return .address
        case .floatException:
            cpu.setFloatCause(FloatFlags(rawValue: UInt32(truncatingIfNeeded: cpu.exitArgument)))
            return .floatingPoint
        case .fetchFault: return .memory
        case .interrupt, .flushCode, .custom0, .custom1, .custom2, .custom3: return .other
        }
    }

    // MARK: Tests

    func words(row: Int, _ random: inout SeededGenerator) -> [UInt32] {
        var operands = Operands(random)
        defer { random = operands.generator }
        return plans[row].sequence(plans[row].word(&operands))
    }

    func state(row: Int, _ words: [UInt32], _ random: inout SeededGenerator) -> MIPS64State {
        var operands = Operands(random)
        defer { random = operands.generator }
        return plans[row].state(Word(words[0]), &operands)
    }

    func sequence(states count: Int, _ random: inout SeededGenerator) -> (words: [UInt32], states: [MIPS64State]) {
        var operands = Operands(random)
        defer { random = operands.generator }
        let pool = operands.pick(pools)
        let sequence = pool.sequence(&operands)
        return (sequence.words, (0..<count).map { _ in pool.state(sequence, &operands) })
    }

    func removing(_ index: Int, from words: [UInt32]) -> [UInt32]? {
        // The target of a jump to a register stands in the state.
        if words.contains(where: { plan(of: $0)?.kind == .jumpToRegister }) { return nil }
        var shorter = words
        for place in 0..<index {
            guard let plan = plan(of: words[place]) else { continue }
            // A delay slot goes with its branch.
            if plan.isBranch && place + 1 == index { return nil }
            switch plan.kind {
            case .branch:
                if place + 1 + Word(words[place])[Bits.immediate] > index { shorter[place] -= 1 }
            case .jumpToRegion:
                if Word(words[place])[Bits.target] > index { shorter[place] -= 1 }
            default: break
            }
        }
        if plan(of: words[index])?.isBranch == true { return nil }
        shorter.remove(at: index)
        return shorter
    }

    private func plan(of word: UInt32) -> RowPlan? { row(of: word).map { plans[$0] } }

    func differences(
        _ request: SequenceRequest<MIPS64State>, own: SequenceOutcome<MIPS64State>,
        oracle: SequenceOutcome<MIPS64State>
    ) -> [String] {
        guard let row = request.row else { return Mask.sequence.differences(own, oracle) }
        return Mask(plans[row].name, Word(request.words[0]), request.state).differences(own, oracle)
    }

    func manualDifferences(
        _ request: SequenceRequest<MIPS64State>, _ runner: SequenceRunner<MIPS64Conformance>,
        _ random: inout SeededGenerator
    ) -> [String] {
        guard let row = request.row else { return ["a sequence has no manual"] }
        return ManualOracle.differences(plans[row].name, request, runner, &random)
    }
}

// MARK: Decoding

extension MIPS64Conformance {
    func row(of word: UInt32) -> Int? {
        let row = instructions.row(of: Word(word))
        return row < 0 ? nil : row
    }

    var disassemblerOptions: [String] { ["-triple=mips64", "-mcpu=mips64r2"] }

    func agree(_ own: String?, _ disassembler: String?, _ word: UInt32) -> Bool {
        Names.agree(own, disassembler, word)
    }
}

// MARK: Floating point

extension MIPS64Conformance {
    var floatForms: [FloatForm] { forms }
    var floatControls: [FloatControlSetting] { FloatForms.controls }
    /// Volume I, 6.3: in the legacy encoding the highest bit of a quiet NaN's fraction is clear.
    var quietNaNHasHighestBit: Bool { false }

    func floatFlags(_ state: MIPS64State) -> FloatFlags { FloatControl.flags(state.fcsr >> FloatControl.flagShift) }
}
