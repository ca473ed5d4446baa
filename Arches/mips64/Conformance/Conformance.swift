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
        let code = pool.sequence(&operands)
        return (pool.words(code), (0..<count).map { _ in pool.state(code, &operands) })
    }

    func removing(_ index: Int, from words: [UInt32]) -> [UInt32]? {
        func moved(_ place: Int) -> Int { place > index ? place - 1 : place }
        var shorter = words
        for (place, word) in words.enumerated() {
            guard let plan = plan(of: word), plan.isBranch else { continue }
            // A delay slot goes with its branch, which stays.
            if place == index || place + 1 == index { return nil }
            switch plan.kind {
            // Where that register points stands in the state.
            case .jumpToRegister where Word(word)[Bits.rs] == SequencePool.jumpRegister: return nil
            case .jumpToRegister: continue
            case .jumpToRegion: shorter[place] = Self.branch(word, at: moved(place), to: moved(Word(word)[Bits.target]))
            default:
                let target = place + 1 + Word(word)[Bits.immediate]
                shorter[place] = Self.branch(word, at: moved(place), to: moved(target))
            }
        }
        shorter.remove(at: index)
        return shorter
    }

    /// A branch, or a jump within the region, at a place, going to another: volume II-A, J and BEQ.
    static func branch(_ word: UInt32, at place: Int, to target: Int) -> UInt32 {
        if [2, 3].contains(word >> 26) { return word & ~Bits.target.mask | Bits.target.encode(target) }
        return word & ~Bits.immediate.mask | Bits.immediate.encode(target - place - 1)
    }

    private func plan(of word: UInt32) -> RowPlan? { row(of: word).map { plans[$0] } }

    func differences(
        _ request: SequenceRequest<MIPS64State>, own: SequenceOutcome<MIPS64State>,
        oracle: SequenceOutcome<MIPS64State>
    ) -> [String] {
        guard let row = request.row else { return Mask.sequence.differences(own, oracle) }
        return Mask(plans[row].name, Word(request.words[0]), request.state).differences(own, oracle)
    }

    func omission(
        _ request: SequenceRequest<MIPS64State>, own: SequenceOutcome<MIPS64State>,
        oracle: SequenceOutcome<MIPS64State>
    ) -> ConformanceOmission? { Mask.sequence.omission(own) }

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
