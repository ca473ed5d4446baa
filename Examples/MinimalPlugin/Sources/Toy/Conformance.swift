import BSDUserCore

/// The toy's state as conformance runs compare it: its registers.
struct ToyState: ConformanceState {
    static let names = (0..<Toy.registerCount).map { "r\($0)" }

    var registers = [UInt64](repeating: 0, count: Toy.registerCount)
    var memory: [UInt8] = []

    var wire: [UInt64] { registers }

    init(wire: [UInt64], memory: [UInt8]) {
        registers = wire
        self.memory = memory
    }
}

/// What `bsduserctl conformance` asks of the toy. No emulator but this one knows it, so that a model of our own says what
/// its instructions do; an architecture that Unicorn knows names `oracleMachine` instead.
struct ToyConformance: ArchitectureConformance {
    typealias State = ToyState

    /// Memory that tests may touch.
    private static let memoryBytes = 64

    let endWord: UInt32 = 0xff00_0000, noOperation: UInt32 = 4 << 24
    /// In the order of the operation's number, from 1 on.
    private static let names = [
        "li", "append", "add", "addi", "ld", "st", "ldb", "stb", "bnz", "jr", "syscall",
    ]
    let rows = names.enumerated().map {
        ConformanceRow(
            name: $1, pattern: "operation \($0 + 1)", mask: 0xff00_0000, match: UInt32($0 + 1) << 24,
            judge: .manual("no other emulator knows the toy"))
    }

    // MARK: State

    func put(_ state: ToyState, into cpu: CPUState) {
        for (number, value) in state.registers.enumerated() { cpu.store(value, Toy.offset(number)) }
    }

    func state(of cpu: CPUState, memory: [UInt8]) -> ToyState {
        ToyState(wire: (0..<Toy.registerCount).map { cpu.load(Toy.offset($0)) }, memory: memory)
    }

    func end(for reason: ExitReason, _ cpu: CPUState) -> SequenceEnd {
        switch reason {
        case .systemCall: .systemCall
        // The end word is one, and stands behind the last instruction.
        case .illegalInstruction: cpu.pc == ConformanceWindow.codeAddress ? .reservedInstruction : .none
        case .memoryFault, .fetchFault: .memory
        default: .other
        }
    }

    // MARK: Tests

    func row(of word: UInt32) -> Int? { rows.firstIndex { word & $0.mask == $0.match } }

    func words(row: Int, _ random: inout SeededGenerator) -> [UInt32] {
        var word = rows[row].match | UInt32(truncatingIfNeeded: random.next()) & 0x00ff_ffff
        // Displacements that stay in memory, and branches that stay in the code.
        if (4..<9).contains(row) { word = word & ~0xffff | UInt32(random.below(3) * 8) }
        return row == 8 ? [word & ~0xffff | 1, noOperation, noOperation] : [word]
    }

    func state(row: Int, _ words: [UInt32], _ random: inout SeededGenerator) -> ToyState {
        var state = ToyState(
            wire: (0..<Toy.registerCount).map { _ in random.oneIn(4) ? 0 : random.next() },
            memory: random.bytes(Self.memoryBytes))
        let word = words[0]
        if (4..<8).contains(row) {
            state.registers[Int(word >> 16 & 15)] = ConformanceWindow.memoryAddress + UInt64(random.below(4) * 8)
        }
        if row == 9 { state.registers[Int(word >> 20 & 15)] = ConformanceWindow.codeAddress + 4 }
        return state
    }

    func sequence(states count: Int, _ random: inout SeededGenerator) -> (words: [UInt32], states: [ToyState]) {
        let words = (0..<8).flatMap { _ in self.words(row: random.below(4), &random) }
        return (words, (0..<count).map { _ in state(row: 0, words, &random) })
    }

    func differences(
        _ request: SequenceRequest<ToyState>, own: SequenceOutcome<ToyState>, oracle: SequenceOutcome<ToyState>
    ) -> [String] {
        var found = own.end == oracle.end ? [] : ["ends \(own.end), expected \(oracle.end)"]
        for (number, name) in ToyState.names.enumerated()
        where own.state.registers[number] != oracle.state.registers[number] {
            found.append("\(name) \(own.state.registers[number]), expected \(oracle.state.registers[number])")
        }
        return own.state.memory == oracle.state.memory ? found : found + ["memory differs"]
    }

    func manualDifferences(
        _ request: SequenceRequest<ToyState>, _ runner: SequenceRunner<ToyConformance>, _ random: inout SeededGenerator
    ) -> [String] {
        differences(request, own: runner.run(request.state), oracle: ToyModel.outcome(request.words[0], request.state))
    }

    /// Cases that are easier to write down than to make at random.
    let cases = [
        ConformanceCase(
            "li and append make a constant of 32 bits", words: [0x0110_1234, 0x0210_5678], after: ["r1": 0x1234_5678]),
        ConformanceCase("li extends the sign", words: [0x0130_ffff], after: ["r3": UInt64.max]),
        ConformanceCase(
            "a branch is taken when the register is not 0", words: [0x0910_0001, 0x0120_0001, 0x0130_0002],
            before: ["r1": 5], after: ["r3": 2]),
        ConformanceCase("an unknown operation is illegal", words: [0x7f00_0000], end: .reservedInstruction),
    ]
}

/// The toy's manual as a program.
private enum ToyModel {
    static func outcome(_ word: UInt32, _ before: ToyState) -> SequenceOutcome<ToyState> {
        var state = before
        let (a, b) = (Int(word >> 20 & 15), Int(word >> 16 & 15))
        let immediate = UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: word)))
        let address = before.registers[b] &+ immediate
        let place = Int(truncatingIfNeeded: address &- ConformanceWindow.memoryAddress)
        switch word >> 24 {
        case 1: state.registers[a] = immediate
        case 2: state.registers[a] = before.registers[a] << 16 | UInt64(word & 0xffff)
        case 3: state.registers[a] = before.registers[b] &+ before.registers[Int(word & 15)]
        case 4: state.registers[a] = address
        case 5:
            state.registers[a] = before.memory[place..<place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        case 6:
            for index in 0..<8 {
                state.memory[place + index] = UInt8(truncatingIfNeeded: before.registers[a] >> (8 * UInt64(index)))
            }
        case 7: state.registers[a] = UInt64(before.memory[place])
        case 8: state.memory[place] = UInt8(truncatingIfNeeded: before.registers[a])
        case 11: return SequenceOutcome(end: .systemCall, state: state)
        default: break
        }
        return SequenceOutcome(end: .none, state: state)
    }
}
