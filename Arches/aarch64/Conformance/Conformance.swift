import BSDUserCore

/// What the conformance runner asks of A64.
struct AArch64Conformance: ArchitectureConformance {
    typealias State = AArch64State

    let oracleMachine: String? = "aarch64"
    /// `brk` with a code of its own, and `nop`.
    let endWord: UInt32 = 0xd43f_ffe0, noOperation: UInt32 = 0xd503_201f
    let rows: [ConformanceRow]
    private let plans: [RowPlan]
    private let instructions = InstructionSet(.aarch64, AArch64.rows)
    private let reserved = ReservedWords()
    private let pool: SequencePool
    private let forms: [FloatForm]

    init() {
        // Rows that cannot be read are left out of the instruction set as well; RowChecks names them.
        plans = AArch64.rows.compactMap { row in
            (try? Encoding.aarch64.parse(row.pattern)).map { RowPlan(row, $0) }
        }
        rows = plans.map(\.row)
        pool = SequencePool(plans)
        forms = FloatForms.forms(plans) { [instructions] in instructions.row(of: Word($0)) }
    }

    // MARK: State

    func put(_ state: AArch64State, into cpu: CPUState) {
        for number in 0...Register.sp { cpu.setRegister(number, state.general[number]) }
        for number in 0..<32 {
            cpu.setVector(
                number, VectorBits(low: state.vectors[2 * number], high: state.vectors[2 * number + 1]))
        }
        cpu.conditionFlags = state.nzcv
        cpu.floatStatus = state.fpsr
        cpu.floatControl = state.fpcr
        cpu.clearExclusive()
    }

    func state(of cpu: CPUState, memory: [UInt8]) -> AArch64State {
        var vectors: [UInt64] = []
        vectors.reserveCapacity(64)
        for number in 0..<32 {
            let vector = cpu.vector(number)
            vectors.append(vector.low)
            vectors.append(vector.high)
        }
        return AArch64State(
            general: (0...Register.sp).map { cpu.register($0) }, vectors: vectors, nzcv: cpu.conditionFlags,
            fpcr: cpu.floatControl, fpsr: cpu.floatStatus, memory: memory)
    }

    func end(for reason: ExitReason, _ cpu: CPUState) -> SequenceEnd {
        switch reason {
        case .systemCall: .systemCall
        case .breakpoint: .breakpoint
        case .illegalInstruction: .reservedInstruction
        case .memoryFault, .fetchFault: .memory
        case .alignmentFault: .address
        case .floatException: .floatingPoint
        case .trap, .integerOverflow, .coprocessorUnusable, .interrupt, .flushCode, .custom0, .custom1, .custom2,
            .custom3:
            .other
        }
    }

    // MARK: Tests

    func words(row: Int, _ random: inout SeededGenerator) -> [UInt32] {
        var operands = Operands(random)
        defer { random = operands.generator }
        return plans[row].sequence(plans[row].word(&operands), &operands)
    }

    func state(row: Int, _ words: [UInt32], _ random: inout SeededGenerator) -> AArch64State {
        var operands = Operands(random)
        defer { random = operands.generator }
        return plans[row].state(Word(words[words.count == 2 ? 1 : 0]), &operands)
    }

    func sequence(states count: Int, _ random: inout SeededGenerator) -> (words: [UInt32], states: [AArch64State]) {
        var operands = Operands(random)
        defer { random = operands.generator }
        let code = pool.sequence(&operands)
        return (pool.words(code), (0..<count).map { _ in pool.state(code, &operands) })
    }

    func removing(_ index: Int, from words: [UInt32]) -> [UInt32]? {
        func moved(_ place: Int) -> Int { place > index ? place - 1 : place }
        var shorter = words
        for (place, word) in words.enumerated() {
            guard let plan = plan(of: word) else { continue }
            // Where that register points stands in the state.
            if plan.kind == .jumpToRegister, Word(word)[Bits.rn] == SequencePool.jumpRegister { return nil }
            guard plan.kind == .branch else { continue }
            let target = place + Word(word)[RowPlan.distanceField(word)]
            shorter[place] = RowPlan.branch(word, distance: moved(target) - moved(place))
        }
        shorter.remove(at: index)
        return shorter
    }

    private func plan(of word: UInt32) -> RowPlan? {
        let row = instructions.row(of: Word(word))
        return row < 0 ? nil : plans[row]
    }

    func differences(
        _ request: SequenceRequest<AArch64State>, own: SequenceOutcome<AArch64State>,
        oracle: SequenceOutcome<AArch64State>
    ) -> [String] { Mask(isSequence: request.row == nil).differences(own, oracle) }

    func omission(
        _ request: SequenceRequest<AArch64State>, own: SequenceOutcome<AArch64State>,
        oracle: SequenceOutcome<AArch64State>
    ) -> ConformanceOmission? { Mask(isSequence: request.row == nil).omission(own, oracle) }
}

// MARK: Decoding

extension AArch64Conformance {
    func row(of word: UInt32) -> Int? {
        let row = instructions.row(of: Word(word))
        return row < 0 ? nil : row
    }

    /// What the plugin has, and no more.
    var disassemblerOptions: [String] {
        [
            "-triple=aarch64",
            "-mattr=+lse,+rcpc,+rcpc-immo,+crc,+flagm,+altnzcv,+lor,+neon,+fp-armv8,+fullfp16,+rdm,+dotprod,+complxnum,+aes,+sha2,+sha3",
        ]
    }

    func agree(_ own: String?, _ disassembler: String?, _ word: UInt32) -> Bool {
        // The row turns such a word down when it translates it.
        disassembler == nil && reserved.contains(word) || Names.agree(own, disassembler, word)
    }
}

// MARK: Floating point

extension AArch64Conformance {
    var floatForms: [FloatForm] { forms }
    var floatControls: [FloatControlSetting] { FloatForms.controls }
    /// DDI 0487, FPUnderflow: before rounding.
    var detectsTininessBeforeRounding: Bool { true }

    func floatFlags(_ state: AArch64State) -> FloatFlags { FloatFlags(rawValue: state.fpsr & 0x9f) }
}
