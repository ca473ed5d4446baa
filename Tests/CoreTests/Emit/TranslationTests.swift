import Testing

@testable import BSDUserCore

/// Operands at which integer and floating-point operations change their behaviour.
private let edges: [UInt64] = [
    0, 1, 2, 0xFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000,
    0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_8000_0000, 0x3FF0_0000_0000_0000, 0x7FF0_0000_0000_0000, 0x7FF8_0000_0000_0000,
    0x7FF7_FFFF_FFFF_FFFF, 0x0000_0000_0000_0001, 0xC1E0_0000_0020_0000, 0x41DF_FFFF_FFC0_0000, 0x3F80_0000,
    0x7F80_0000,
    0x7FBF_FFFF, 0x7FC0_0001, 0xBFC0_0000, 0x4F00_0000, 0xCF00_0000,
]

@Suite("Translation") struct TranslationTests {
    @Test(
        "Random blocks do what the interpreter does",
        arguments: [
            (TranslatedMachine.legacyProfile, HostFeatures()),
            (TranslatedMachine.modernProfile, HostProcessor().features.subtracting(.ofAVX512)),
            (TranslatedMachine.legacyProfile, HostProcessor().features),
        ])
    func randomBlocks(profile: FloatProfile, features: HostFeatures) throws {
        let machine = try TranslatedMachine(profile: profile, features: features)
        for seed in UInt64(0)..<3000 {
            var generator = RandomBlock(seed: seed, memory: UInt64(UInt(bitPattern: machine.memory)))
            generator.build(instructions: 1 + Int(seed / 330))
            let violations = Verifier.violations(in: generator.block, registers: machine.registers)
            try #require(violations.isEmpty, "seed \(seed): \(violations)")
            for run in UInt64(0)..<2 {
                guard try compare(machine, generator.block, seed: seed &* 31 &+ run, label: "seed \(seed)") else {
                    return
                }
            }
        }
    }

    @Test("A scalar put into another register and then into its own clears what is above it in both")
    func scalarsClearTheirOwnRegister() throws {
        let machine = try TranslatedMachine(
            profile: TranslatedMachine.legacyProfile, features: HostProcessor().features)
        let vectors = machine.registers.rows.indices.filter { machine.registers.rows[$0].byteCount == 16 }
        for own in vectors {
            for other in vectors where other != own {
                var builder = Builder()
                builder.begin(pc: TranslatedMachine.pc)
                builder.mark(restart: TranslatedMachine.pc)
                let scalar = builder.get(RegisterIndex(own), .f64)
                builder.put(RegisterIndex(other), scalar, .f64)
                builder.put(RegisterIndex(own), scalar, .f64)
                builder.goto(TranslatedMachine.pc + 4)
                let label = "registers \(own) and \(other)"
                guard try compare(machine, builder.block, seed: UInt64(own * 64 + other), label: label) else { return }
            }
        }
    }

    @Test("A jump on an earlier comparison goes the same way when the operands have been overwritten since")
    func repeatedComparisons() throws {
        let machine = try TranslatedMachine()
        // Pinned ones and others.
        let places = [(0, 2), (1, 2), (0, 3), (1, 3)]
        for (seed, relation) in IntegerCondition.allCases.enumerated() {
            for (first, second) in places {
                for overwritten in [[], [first], [second], [first, second]] {
                    var builder = Builder()
                    builder.begin(pc: TranslatedMachine.pc)
                    builder.mark(restart: TranslatedMachine.pc)
                    let (left, right) = (builder.get(RegisterIndex(first)), builder.get(RegisterIndex(second)))
                    builder.put(RegisterIndex(4), builder.compare(relation, left, right, seed % 2 == 0 ? .i32 : .i64))
                    for register in overwritten {
                        let old = builder.get(RegisterIndex(register))
                        builder.put(RegisterIndex(register), builder.binary(.add, old, builder.constant(5)))
                    }
                    let outcome = builder.get(RegisterIndex(4))
                    let label = builder.makeLabel()
                    let question: IntegerCondition = seed % 3 == 0 ? .equal : .notEqual
                    builder.skipIf(builder.compare(question, outcome, builder.constant(0)), to: label)
                    builder.put(RegisterIndex(6), builder.constant(1))
                    builder.place(label)
                    builder.goto(TranslatedMachine.pc + 4)
                    for run in UInt64(0)..<8 {
                        let label = "\(relation) of \(first) and \(second), \(overwritten) overwritten"
                        guard try compare(machine, builder.block, seed: run, label: label) else { return }
                    }
                }
            }
        }
    }

    @Test("The halves of a value, put together, are that value, and those of others are not", arguments: [0, 1])
    func joinedHalves(_ other: Int) throws {
        let machine = try TranslatedMachine()
        for lower in [Opcode.signExtend32, .zeroExtend32] {
            for upper in [Opcode.shiftRight, .shiftRightArithmetic] {
                var builder = Builder()
                builder.begin(pc: TranslatedMachine.pc)
                builder.mark(restart: TranslatedMachine.pc)
                let product = builder.binary(.mul, builder.get(RegisterIndex(0)), builder.get(RegisterIndex(1)))
                let values = [product, builder.get(RegisterIndex(1))]
                let low = builder.unary(lower, product)
                let high = builder.binary(upper, values[other], builder.constant(32))
                builder.put(RegisterIndex(2), low)
                builder.put(RegisterIndex(3), high)
                builder.put(RegisterIndex(4), builder.insertBits(low, high, lsb: 32, width: 32))
                builder.goto(TranslatedMachine.pc + 4)
                for run in UInt64(0)..<8 {
                    guard try compare(machine, builder.block, seed: run, label: "\(lower), \(upper)") else { return }
                }
            }
        }
    }

    @Test("A conjunction with a complement, whoever else wants that", arguments: [ValueType.i32, .i64])
    func complements(_ type: ValueType) throws {
        let machine = try TranslatedMachine()
        for isFirst in [true, false] {
            for isKept in [true, false] {
                for target in 0...3 {
                    var builder = Builder()
                    builder.begin(pc: TranslatedMachine.pc)
                    builder.mark(restart: TranslatedMachine.pc)
                    let both = builder.binary(.or, builder.get(RegisterIndex(0)), builder.get(RegisterIndex(1)), type)
                    let complement = builder.binary(.xor, both, builder.constant(-1), type)
                    let other = builder.binary(.add, builder.get(RegisterIndex(2)), builder.constant(3), type)
                    let (left, right) = isFirst ? (complement, other) : (other, complement)
                    let result = builder.binary(.and, left, right, type)
                    if isKept { builder.put(RegisterIndex(4), builder.unary(.signExtend32, complement)) }
                    builder.put(RegisterIndex(target), builder.unary(.signExtend32, result))
                    builder.put(RegisterIndex(5), type == .i64 ? result : builder.unary(.zeroExtend32, result))
                    builder.goto(TranslatedMachine.pc + 4)
                    for run in UInt64(0)..<8 {
                        let label = "register \(target), first \(isFirst), kept \(isKept)"
                        guard try compare(machine, builder.block, seed: run, label: label) else { return }
                    }
                }
            }
        }
    }

    /// A counter's increment stands between any two guest instructions, also where flags or temporaries are alive.
    @Test("Counted blocks do what the interpreter does, and count their entries")
    func countedBlocks() throws {
        let machine = try TranslatedMachine(
            profile: TranslatedMachine.legacyProfile, features: HostProcessor().features)
        machine.countExecutions()
        for seed in UInt64(0)..<1500 {
            var generator = RandomBlock(seed: seed, memory: UInt64(UInt(bitPattern: machine.memory)))
            generator.build(instructions: 1 + Int(seed / 160))
            guard try compare(machine, generator.block, seed: seed &* 31, label: "seed \(seed)") else { return }
            #expect(machine.counters?[0] == 1, "seed \(seed)")
        }
    }

    /// Runs a block both ways from the same random state.
    private func compare(_ machine: TranslatedMachine, _ block: Block, seed: UInt64, label: String) throws -> Bool {
        var random = SplitMix(state: seed)
        let registers = (0..<TranslatedMachine.registerCount).map { _ in
            random.next() % 3 == 0 ? random.next() : edges[Int(random.next() % UInt64(edges.count))]
        }
        let memory = (0..<TranslatedMachine.memoryBytes).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        // All modes but those whose exceptions need more than this machine to deal with them.
        let mode = UInt32(random.next() % 32 | (random.next() % 4) << 6)
        machine.setRegisters(registers, memory: memory, mode: mode)
        let expected = machine.interpret(block)
        machine.setRegisters(registers, memory: memory, mode: mode)
        var actual = machine.translate(block)
        // The interpreter knows no budget.
        if actual.end.hasPrefix("interrupt") { actual.end = "next" + actual.end.dropFirst("interrupt".count) }
        if actual == expected { return true }
        Issue.record("\(label): \(difference(machine, expected, actual))")
        print(Printer(registers: machine.registers).text(of: block))
        print(try machine.disassembly())
        return false
    }

    private func difference(
        _ machine: TranslatedMachine, _ expected: TranslatedMachine.Outcome, _ actual: TranslatedMachine.Outcome
    ) -> String {
        var parts: [String] = []
        if expected.end != actual.end { parts.append("ended by \(actual.end), not \(expected.end)") }
        for (name, pair) in zip(machine.registerNames, zip(expected.registers, actual.registers)) where pair.0 != pair.1
        {
            parts.append("\(name) is \(String(pair.1, radix: 16)), not \(String(pair.0, radix: 16))")
        }
        if expected.flags != actual.flags { parts.append("flags \(actual.flags), not \(expected.flags)") }
        for index in expected.memory.indices where expected.memory[index] != actual.memory[index] {
            parts.append("memory \(index) is \(actual.memory[index]), not \(expected.memory[index])")
            break
        }
        return parts.joined(separator: "; ")
    }
}
