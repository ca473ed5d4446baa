import Glibc
import Testing

@testable import AArch64
@testable import BSDUserCore
@testable import TestSupport

extension SequenceRuns {
    /// Loads and stores exclusive that the translator takes together.
    @Suite("Exclusive updates")
    struct Exclusives {
        static let modes: [ExecutionMode] = [.interpreter, .translator]
        private static let start = ConformanceWindow.codeAddress

        // MARK: Words

        private static func load(_ size: UInt32, _ loaded: UInt32, _ base: UInt32, acquires: Bool = false) -> UInt32 {
            size << 30 | 0x085f_7c00 | (acquires ? 1 << 15 : 0) | base << 5 | loaded
        }

        private static func store(
            _ size: UInt32, _ status: UInt32, _ stored: UInt32, _ base: UInt32, releases: Bool = false
        ) -> UInt32 {
            size << 30 | 0x0800_7c00 | status << 16 | (releases ? 1 << 15 : 0) | base << 5 | stored
        }

        private static func branchIfSet(_ register: UInt32, _ distance: Int32) -> UInt32 {
            0x3500_0000 | (UInt32(bitPattern: distance) & 0x7ffff) << 5 | register
        }

        /// `ldxr x8, [x1]`, `stxr w10, x9, [x1]`, `add x13, x13, #1`.
        private static let plainLoad: UInt32 = load(3, 8, 1), plainStore: UInt32 = store(3, 10, 9, 1)
        private static let count: UInt32 = 0x9100_05ad

        // MARK: Running

        private func subject(_ mode: ExecutionMode) throws -> Subject<AArch64Conformance> {
            try #require(Subject(AArch64(), SequenceRuns.conformance, translates: mode == .translator))
        }

        private func stop(
            _ mode: ExecutionMode, _ words: [UInt32], _ general: [Int: UInt64], memory: [UInt64]
        ) throws -> (stop: SequenceStop, memory: [UInt64]) {
            let subject = try subject(mode)
            var state = AArch64State(memory: bytes(memory))
            state.general[1] = ConformanceWindow.memoryAddress
            for (number, value) in general { state.general[number] = value }
            subject.runner.load(words)
            let stop = subject.runner.stop(state)
            return (stop, doublewords(memory.count))
        }

        private func bytes(_ doublewords: [UInt64]) -> [UInt8] {
            doublewords.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
        }

        private func doublewords(_ count: Int) -> [UInt64] {
            let bytes = SequenceWindow.bytes(8 * count)
            return (0..<count).map { place in
                bytes[8 * place..<8 * place + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
            }
        }

        /// How many operations of the block that the words begin are atomic updates, and compare and exchanges.
        private func atomics(_ words: [UInt32]) throws -> [Int] {
            let subject = try subject(.translator)
            subject.runner.load(words)
            let block = try #require(subject.runner.engine.buildBlock(at: Self.start))
            #expect(Verifier.violations(in: block, registers: .aarch64).isEmpty)
            return [.atomicUpdate, .compareExchange].map { (opcode: Opcode) in
                block.operations.count { $0.opcode == opcode }
            }
        }

        // MARK: Updates

        /// A computation of x9 from x8, which holds `old`, and x2 and x3.
        struct Computation: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let word: UInt32
            let value: @Sendable (_ old: UInt64) -> UInt64
        }

        private static let second: UInt64 = 0x1234_5678_9abc_def1, third: UInt64 = 0x0fed_cba9_8765_4321

        static let computations: [Computation] = [
            Computation(testDescription: "add x9, x8, #0xfff, lsl #12", word: 0x917f_fd09) { $0 &+ 0xfff000 },
            Computation(testDescription: "sub x9, x8, #3", word: 0xd100_0d09) { $0 &- 3 },
            Computation(testDescription: "adds x9, x8, #3", word: 0xb100_0d09) { $0 &+ 3 },
            Computation(testDescription: "subs x9, x8, #3", word: 0xf100_0d09) { $0 &- 3 },
            Computation(testDescription: "add x9, x8, x2", word: 0x8b02_0109) { $0 &+ second },
            Computation(testDescription: "add x9, x2, x8", word: 0x8b08_0049) { $0 &+ second },
            Computation(testDescription: "add x9, x8, x2, lsl #4", word: 0x8b02_1109) { $0 &+ second << 4 },
            Computation(testDescription: "add x9, x8, w2, sxtw #2", word: 0x8b22_c909) {
                $0 &+ UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: second))) << 2
            },
            Computation(testDescription: "adds x9, x8, w2, uxtb", word: 0xab22_0109) { $0 &+ second & 0xff },
            Computation(testDescription: "sub x9, x8, x2", word: 0xcb02_0109) { $0 &- second },
            Computation(testDescription: "sub x9, x8, x2, asr #9", word: 0xcb82_2509) { $0 &- second >> 9 },
            Computation(testDescription: "sub x9, x8, x2, uxtx #1", word: 0xcb22_6509) { $0 &- second << 1 },
            Computation(testDescription: "subs x9, x8, x3", word: 0xeb03_0109) { $0 &- third },
            Computation(testDescription: "and x9, x8, #0xff00", word: 0x9278_1d09) { $0 & 0xff00 },
            Computation(testDescription: "orr x9, x8, #0xff00", word: 0xb278_1d09) { $0 | 0xff00 },
            Computation(testDescription: "eor x9, x8, #0xff00", word: 0xd278_1d09) { $0 ^ 0xff00 },
            Computation(testDescription: "ands x9, x8, #0xff00", word: 0xf278_1d09) { $0 & 0xff00 },
            Computation(testDescription: "and x9, x8, x2", word: 0x8a02_0109) { $0 & second },
            Computation(testDescription: "and x9, x2, x8", word: 0x8a08_0049) { $0 & second },
            Computation(testDescription: "bic x9, x8, x2", word: 0x8a22_0109) { $0 & ~second },
            Computation(testDescription: "orr x9, x2, x8", word: 0xaa08_0049) { $0 | second },
            Computation(testDescription: "mov x9, x8", word: 0xaa08_03e9) { $0 },
            Computation(testDescription: "orn x9, x8, x2", word: 0xaa22_0109) { $0 | ~second },
            Computation(testDescription: "eor x9, x8, x2, ror #8", word: 0xcac2_2109) {
                $0 ^ (second >> 8 | second << 56)
            },
            Computation(testDescription: "eon x9, x8, x2, lsr #1", word: 0xca62_0509) { $0 ^ ~(second >> 1) },
            Computation(testDescription: "ands x9, x8, x3", word: 0xea03_0109) { $0 & third },
            Computation(testDescription: "bics x9, x8, x3", word: 0xea23_0109) { $0 & ~third },
        ]

        @Test(
            "A loop that computes from what it has loaded and stores that is one atomic operation",
            arguments: computations)
        func update(_ computation: Computation) throws {
            let general: [Int: UInt64] = [2: Self.second, 3: Self.third, 10: 7, 13: 0]
            let old: UInt64 = 0xfedc_ba98_7654_32ff, beside: UInt64 = 0x1122_3344_5566_7788
            for size: UInt32 in 0...3 {
                let mask = UInt64.max >> (64 - 8 << UInt64(size))
                let isOrdered = size & 1 == 0
                let words = [
                    Self.load(size, 8, 1, acquires: isOrdered), computation.word,
                    Self.store(size, 10, 9, 1, releases: isOrdered), Self.branchIfSet(10, -3), Self.count,
                ]
                #expect(try atomics(words) == [1, 0])
                for mode in Self.modes {
                    let (stop, memory) = try stop(mode, words, general, memory: [old, beside])
                    let new = computation.value(old & mask)
                    #expect(stop.isAtEnd && memory == [old & ~mask | new & mask, beside], "size \(size)")
                    #expect(stop.cpu.register(8) == old & mask && stop.cpu.register(9) == new)
                    #expect(stop.cpu.register(10) == 0 && stop.cpu.register(13) == 1)
                }
            }
        }

        @Test("A loop that stores something else is one exchange", arguments: modes, [UInt32(9), 31])
        func exchange(_ mode: ExecutionMode, _ stored: UInt32) throws {
            for size: UInt32 in 0...3 {
                let mask = UInt64.max >> (64 - 8 << UInt64(size))
                let words = [Self.load(size, 8, 1), Self.store(size, 10, stored, 1), Self.branchIfSet(10, -2)]
                #expect(try atomics(words) == [1, 0])
                let (stop, memory) = try stop(mode, words, [9: 0x55, 10: 7], memory: [UInt64.max])
                #expect(stop.isAtEnd && stop.cpu.register(8) == mask && stop.cpu.register(10) == 0)
                #expect(memory == [~mask | (stored == 9 ? 0x55 : 0)])
            }
        }

        @Test("Flags of an update are those of its computation", arguments: modes)
        func flags(_ mode: ExecutionMode) throws {
            // subs w9, w8, #1; cbnz; b.eq +2; add; cset x0, eq
            let words: [UInt32] = [
                Self.load(2, 8, 1), 0x7100_0509, Self.store(2, 10, 9, 1), Self.branchIfSet(10, -3), 0x5400_0040,
                Self.count, 0x9a9f_17e0,
            ]
            for (value, isLast) in [(1, true), (2, false)] as [(UInt64, Bool)] {
                let (stop, memory) = try stop(mode, words, [13: 0], memory: [value])
                #expect(stop.isAtEnd && memory == [value - 1])
                #expect(stop.cpu.register(13) == (isLast ? 0 : 1) && stop.cpu.register(0) == (isLast ? 1 : 0))
            }
        }

        @Test("Registers of an update may be the same ones", arguments: modes)
        func sharedRegisters(_ mode: ExecutionMode) throws {
            // The sum goes to where the load went; to the operand's register; the outcome to either.
            let rows: [(words: [UInt32], registers: [Int: UInt64])] = [
                ([Self.plainLoad, 0x8b02_0108, Self.store(3, 10, 8, 1)], [8: 12, 2: 7, 10: 0]),
                ([Self.plainLoad, 0x8b02_0102, Self.store(3, 10, 2, 1)], [8: 5, 2: 12, 10: 0]),
                ([Self.plainLoad, 0x8b02_0109, Self.store(3, 8, 9, 1)], [8: 0, 2: 7, 9: 12]),
                ([Self.plainLoad, 0x8b02_0109, Self.store(3, 2, 9, 1)], [8: 5, 2: 0, 9: 12]),
                ([Self.plainLoad, 0x8b02_0109, Self.store(3, 31, 9, 1)], [8: 5, 2: 7, 9: 12]),
            ]
            for row in rows {
                #expect(try atomics(row.words) == [1, 0])
                let (stop, memory) = try stop(mode, row.words, [2: 7, 10: 99], memory: [5])
                #expect(stop.isAtEnd && memory == [12])
                for (number, value) in row.registers { #expect(stop.cpu.register(number) == value, "\(row)") }
            }
        }

        @Test("An update relative to the stack pointer", arguments: modes)
        func stackPointer(_ mode: ExecutionMode) throws {
            let words = [Self.load(2, 8, 31), 0x1100_0509, Self.store(2, 10, 9, 31), Self.branchIfSet(10, -3)]
            #expect(try atomics(words) == [1, 0])
            let (aligned, memory) = try stop(mode, words, [31: ConformanceWindow.memoryAddress], memory: [5, 6, 7])
            #expect(aligned.isAtEnd && memory == [6, 6, 7])
            let (other, after) = try stop(mode, words, [31: ConformanceWindow.memoryAddress + 8], memory: [5, 6, 7])
            #expect(other.reason == .misalignedStackPointer && other.pc == Self.start && after == [5, 6, 7])
        }

        @Test("What is no update, or has its base among its registers, stays two accesses")
        func others() throws {
            let add: UInt32 = 0x8b02_0109
            let rows: [[UInt32]] = [
                // The base is loaded to, or computed.
                [Self.load(3, 1, 1), 0x8b02_0029, Self.plainStore],
                [Self.plainLoad, 0x8b02_0101, Self.store(3, 10, 1, 1)],
                // Another base, another size, another register stored.
                [Self.plainLoad, add, Self.store(3, 10, 9, 4)], [Self.plainLoad, add, Self.store(2, 10, 9, 1)],
                [Self.plainLoad, add, Self.store(3, 10, 3, 1)],
                // The outcome in the base, in what is stored.
                [Self.plainLoad, add, Self.store(3, 1, 9, 1)], [Self.plainLoad, add, Self.store(3, 9, 9, 1)],
                // add x9, x8, x8; sub x9, x2, x8; bic x9, x2, x8; add x9, x2, x8, lsl #1; add x9, x2, x3; mul x9, x8, x2
                [Self.plainLoad, 0x8b08_0109, Self.plainStore], [Self.plainLoad, 0xcb08_0049, Self.plainStore],
                [Self.plainLoad, 0x8a28_0049, Self.plainStore], [Self.plainLoad, 0x8b08_0449, Self.plainStore],
                [Self.plainLoad, 0x8b03_0049, Self.plainStore], [Self.plainLoad, 0x9b02_7d09, Self.plainStore],
                // add w9, w8, w2: half of the doubleword; add x9, x2, w8, uxtb
                [Self.plainLoad, 0x0b02_0109, Self.plainStore], [Self.plainLoad, 0x8b28_0049, Self.plainStore],
                // What was loaded is stored; nothing is loaded; something lies between.
                [Self.plainLoad, Self.store(3, 10, 8, 1)], [Self.load(3, 31, 1), add, Self.plainStore],
                [Self.plainLoad, add, Self.count, Self.plainStore],
            ]
            for words in rows { #expect(try atomics(words) == [0, 1], "\(words.map { String($0, radix: 16) })") }
        }

        @Test("An update ends the link: a second store fails", arguments: modes)
        func secondStore(_ mode: ExecutionMode) throws {
            let words = [Self.plainLoad, 0x9100_0509, Self.plainStore, Self.store(3, 11, 2, 1)]
            let (stop, memory) = try stop(mode, words, [2: 99], memory: [5])
            #expect(stop.isAtEnd && memory == [6])
            #expect(stop.cpu.register(10) == 0 && stop.cpu.register(11) == 1)
        }

        @Test(
            "An update that a branch enters at its store, or at its computation, uses the link there is",
            arguments: modes)
        func enteredInside(_ mode: ExecutionMode) throws {
            // ldxr x8, [x1]; b +n; then ldxr x8, [x4]; add x9, x8, #1; stxr w10, x9, [x1]
            for (distance, new) in [(2, 6), (3, 77)] as [(UInt32, UInt64)] {
                let words = [Self.plainLoad, 0x1400_0000 | distance, Self.load(3, 8, 4), 0x9100_0509, Self.plainStore]
                let (stop, memory) = try stop(mode, words, [9: 77], memory: [5])
                #expect(stop.isAtEnd && memory == [new] && stop.cpu.register(10) == 0)
            }
            // b +2; ldxr; stxr: no link
            let words = [0x1400_0002, Self.plainLoad, Self.plainStore]
            let (stop, memory) = try stop(mode, words, [9: 77], memory: [5])
            #expect(stop.isAtEnd && memory == [5] && stop.cpu.register(10) == 1)
        }

        @Test("An update that fails is at its load, and nothing has changed", arguments: modes)
        func faults(_ mode: ExecutionMode) throws {
            let general: [Int: UInt64] = [2: 7, 8: 8, 9: 9, 10: 10]
            let words = [Self.count, Self.plainLoad, 0xab02_0109, Self.plainStore, Self.branchIfSet(10, -3)]
            for (base, reason) in [
                (0x10, .memoryFault), (0xdead_0000_0000_0000, .memoryFault),
                (ConformanceWindow.memoryAddress + 4, .alignmentFault),
            ] as [(UInt64, ExitReason)] {
                let (stop, memory) = try stop(
                    mode, words, general.merging([1: base]) { $1 }, memory: [5, 6])
                #expect(stop.reason == reason && stop.pc == Self.start + 4 && stop.cpu.faultAddress == base)
                for (number, value) in general { #expect(stop.cpu.register(number) == value) }
                #expect(memory == [5, 6])
            }
        }

        @Test(
            "Memory that may only be read fails at the store, behind the load; a comparison that leads out does not fail",
            arguments: modes)
        func readOnlyMemory(_ mode: ExecutionMode) throws {
            let subject = try subject(mode)
            var state = AArch64State(memory: bytes([5]))
            for (number, value) in [1: ConformanceWindow.memoryAddress, 3: 6, 8: 88, 9: 99, 10: 7] {
                state.general[number] = value
            }
            let page = UnsafeMutableRawPointer(bitPattern: UInt(ConformanceWindow.memoryAddress))
            defer { mprotect(page, 4096, PROT_READ | PROT_WRITE) }
            func stop(_ words: [UInt32]) throws -> SequenceStop {
                mprotect(page, 4096, PROT_READ | PROT_WRITE)
                SequenceWindow.put(state.memory)
                mprotect(page, 4096, PROT_READ)
                subject.runner.load(words)
                SequenceRuns.conformance.put(state, into: subject.runner.cpu)
                subject.runner.cpu.pc = Self.start
                return subject.runner.resume()
            }
            // add x9, x8, #1
            let update = try stop([Self.plainLoad, 0x9100_0509, Self.plainStore, Self.branchIfSet(10, -3)])
            #expect(update.reason == .memoryFault && update.pc == Self.start + 8 && update.cpu.faultIsWrite)
            #expect(update.cpu.register(8) == 5 && update.cpu.register(9) == 6 && update.cpu.register(10) == 7)
            // cmp x8, x3; b.ne +3
            let comparison = try stop([
                Self.plainLoad, 0xeb03_011f, 0x5400_0061, Self.plainStore, Self.branchIfSet(10, -4),
            ])
            #expect(comparison.isAtEnd && comparison.cpu.register(8) == 5 && comparison.cpu.register(10) == 7)
            #expect(doublewords(1) == [5])
        }

        @Test("One instruction at a time nothing is taken together", arguments: modes)
        func singleInstructions(_ mode: ExecutionMode) throws {
            let subject = try subject(mode)
            subject.runner.engine.oneInstructionPerBlock = true
            var state = AArch64State(memory: bytes([5]))
            state.general[1] = ConformanceWindow.memoryAddress
            subject.runner.load([Self.plainLoad, 0x9100_0509, Self.plainStore, Self.branchIfSet(10, -3)])
            let block = try #require(subject.runner.engine.buildBlock(at: Self.start))
            #expect(block.operations.allSatisfy { $0.opcode != .atomicUpdate } && block.byteCount == 4)
            let stop = subject.runner.stop(state)
            #expect(stop.isAtEnd && doublewords(1) == [6] && stop.cpu.register(10) == 0)
        }

        // MARK: Other stores

        @Test(
            "A store with other instructions in front of it stores and tells 0, or fails and tells 1", arguments: modes)
        func longUpdate(_ mode: ExecutionMode) throws {
            // ldxr; mul x9, x8, x2; (str x3, [x1];) stxr; cbnz +2; add
            for isChanged in [false, true] {
                let between: [UInt32] = isChanged ? [0xf900_0023] : []
                let words =
                    [Self.plainLoad, 0x9b02_7d09] + between + [Self.plainStore, Self.branchIfSet(10, 2), Self.count]
                let (stop, memory) = try stop(mode, words, [2: 7, 3: 99, 13: 0], memory: [5])
                #expect(stop.isAtEnd && memory == [isChanged ? 99 : 35])
                #expect(stop.cpu.register(10) == (isChanged ? 1 : 0) && stop.cpu.register(13) == (isChanged ? 0 : 1))
            }
        }

        @Test("A store to another place than the load's fails, also by the same registers", arguments: modes)
        func otherPlace(_ mode: ExecutionMode) throws {
            // add x1, x1, #8; ldr x1, [x4]; sub x1, x1, #0: the same place, which stores
            for (between, isStored) in [(0x9100_2021, false), (0xf940_0081, false), (0xd100_0021, true)] {
                let words = [Self.plainLoad, 0x9b02_7d09, UInt32(between), Self.plainStore]
                let memory: [UInt64] = [5, ConformanceWindow.memoryAddress + 8]
                let (stop, after) = try stop(
                    mode, words, [2: 7, 4: ConformanceWindow.memoryAddress + 8], memory: memory)
                #expect(stop.isAtEnd && stop.cpu.register(10) == (isStored ? 0 : 1))
                #expect(after == (isStored ? [35, memory[1]] : memory))
            }
            // ldxr x1, [x1]; mul; stxr
            let own: [UInt64] = [ConformanceWindow.memoryAddress + 8, 6]
            let (stop, after) = try stop(mode, [Self.load(3, 1, 1), 0x9b02_7c49, Self.plainStore], [2: 7], memory: own)
            #expect(stop.isAtEnd && stop.cpu.register(10) == 1 && after == own)
        }

        @Test("A store fails behind clrex and behind another load exclusive", arguments: modes)
        func lostLink(_ mode: ExecutionMode) throws {
            // clrex; ldxr x11, [x4]; ldxp x11, x12, [x4]
            for between: UInt32 in [0xd503_3f5f, Self.load(3, 11, 4), 0xc87f_308b] {
                let words = [Self.plainLoad, 0x9b02_7d09, between, Self.plainStore]
                let (stop, memory) = try stop(
                    mode, words, [2: 7, 4: ConformanceWindow.memoryAddress + 16], memory: [5, 6, 7, 8])
                #expect(stop.isAtEnd && stop.cpu.register(10) == 1 && memory == [5, 6, 7, 8])
            }
        }

        @Test(
            "A loop that stores where it has loaded what is expected is a load, and then one exchange", arguments: modes
        )
        func comparison(_ mode: ExecutionMode) throws {
            // cmp w8, w3, uxtb; cmp w8, w3, uxth; cmp w8, w3; cmp x8, x3; and cmp w8, #5 of all but the last
            let comparisons: [(size: UInt32, word: UInt32)] = [
                (0, 0x6b23_011f), (1, 0x6b23_211f), (2, 0x6b03_011f), (3, 0xeb03_011f), (0, 0x7100_151f),
                (1, 0x7100_151f), (2, 0x7100_151f), (3, 0xf100_151f),
            ]
            for (size, comparison) in comparisons {
                // b.ne +4; stlxr; cbnz; add; cset x0, eq
                let words: [UInt32] = [
                    Self.load(size, 8, 1, acquires: true), comparison, 0x5400_0081,
                    Self.store(size, 10, 9, 1, releases: true), Self.branchIfSet(10, -4), Self.count, 0x9a9f_17e0,
                ]
                try check(mode, words, size, expected: 5, count: 1)
            }
            for size: UInt32 in 0...3 {
                // cbnz x8, +4; stlxr; cbnz; add; cset: flags from before
                let words: [UInt32] = [
                    0xf100_003f, Self.load(size, 8, 1), 0xb500_0088, Self.store(size, 10, 9, 1),
                    Self.branchIfSet(10, -3), Self.count, 0x9a9f_17e0,
                ]
                try check(mode, words, size, expected: 0, count: 1)
            }
        }

        /// Runs a comparison with x3, or with a constant, on memory that holds it and on memory that does not.
        private func check(
            _ mode: ExecutionMode, _ words: [UInt32], _ size: UInt32, expected: UInt64, count: Int
        ) throws {
            #expect(try atomics(words) == [0, count])
            let mask = UInt64.max >> (64 - 8 << UInt64(size))
            let general: [Int: UInt64] = [3: expected | (size < 3 ? 0xa5 << 32 : 0), 9: 0x7777, 10: 99, 13: 0]
            for isStored in [true, false] {
                let held = isStored ? expected : expected + 1
                let old = 0x3333_3333_3333_3333 & ~mask | held
                let (stop, memory) = try stop(mode, words, general, memory: [old])
                #expect(stop.isAtEnd && memory == [isStored ? old & ~mask | 0x7777 & mask : old], "size \(size)")
                #expect(stop.cpu.register(8) == held && stop.cpu.register(10) == (isStored ? 0 : 99))
                #expect(stop.cpu.register(13) == (isStored ? 1 : 0))
                if expected != 0 { #expect(stop.cpu.register(0) == (isStored ? 1 : 0)) }
            }
        }

        @Test("A word that is no instruction behind a load is found when it is reached", arguments: modes)
        func reservedWords(_ mode: ExecutionMode) throws {
            // and x9, x8 with an immediate of no length; add and orr of a shift that there is not
            for word: UInt32 in [0x9200_fd09, 0x1202_7d09, 0x8bc0_0109, 0x0a00_8109] {
                let (stop, memory) = try stop(mode, [Self.plainLoad, word, Self.plainStore], [:], memory: [5])
                #expect(stop.reason == .illegalInstruction && stop.pc == Self.start + 4)
                #expect(stop.cpu.register(8) == 5 && memory == [5])
            }
        }

        @Test("A comparison that leads out leaves the link, which a later store uses", arguments: modes)
        func linkAfterComparison(_ mode: ExecutionMode) throws {
            // ldxr; cmp x8, x3; b.ne +3; stxr; b +2; stxr w11, x2, [x1]
            let words: [UInt32] = [
                Self.plainLoad, 0xeb03_011f, 0x5400_0061, Self.plainStore, 0x1400_0002, Self.store(3, 11, 2, 1),
            ]
            let (stop, memory) = try stop(mode, words, [2: 22, 3: 6, 9: 77, 10: 99], memory: [5])
            #expect(stop.isAtEnd && memory == [22])
            #expect(stop.cpu.register(10) == 99 && stop.cpu.register(11) == 0)
        }

        @Test("A comparison that fails is at its load, and nothing has changed", arguments: modes)
        func comparisonFaults(_ mode: ExecutionMode) throws {
            let words = [
                Self.count, Self.plainLoad, 0xeb03_011f, 0x5400_0081, Self.plainStore, Self.branchIfSet(10, -4),
            ]
            for (base, reason) in [
                (0x10, .memoryFault), (ConformanceWindow.memoryAddress + 4, .alignmentFault),
            ] as [(UInt64, ExitReason)] {
                let (stop, memory) = try stop(mode, words, [1: base, 3: 5, 8: 8, 10: 10], memory: [5, 6])
                #expect(stop.reason == reason && stop.pc == Self.start + 4 && stop.cpu.faultAddress == base)
                #expect(stop.cpu.register(8) == 8 && stop.cpu.register(10) == 10 && memory == [5, 6])
            }
        }

        @Test("A comparison behind branches that the block went on after", arguments: modes)
        func comparisonBehindBranches(_ mode: ExecutionMode) throws {
            for branches in 0...4 {
                // cbz x2, +1
                let words =
                    [UInt32](repeating: 0xb400_0022, count: branches)
                    + [Self.plainLoad, 0xeb03_011f, 0x5400_0081, Self.plainStore, Self.branchIfSet(10, -4), Self.count]
                let (stop, memory) = try stop(mode, words, [2: 1, 3: 5, 9: 77, 10: 99, 13: 0], memory: [5])
                #expect(stop.isAtEnd && memory == [77] && stop.cpu.register(10) == 0 && stop.cpu.register(13) == 1)
            }
        }

        // MARK: Random code

        /// An update of random registers, most of them few, so that many are the same.
        private struct RandomUpdate {
            var random: SeededGenerator

            mutating func below(_ bound: UInt32) -> UInt32 { UInt32(random.next() % UInt64(bound)) }

            mutating func register() -> UInt32 {
                let few: [UInt32] = [1, 2, 2, 3, 8, 8, 8, 9, 9, 9, 10, 31]
                return few[Int(below(UInt32(few.count)))]
            }

            mutating func computation() -> UInt32 {
                let width = below(3) == 0 ? UInt32(0) : 1 << 31, kind = below(4) << 29
                let registers = register() << 16 | register() << 5 | register()
                switch below(6) {
                case 0: return width | kind | 0x1100_0000 | below(2) << 22 | below(4096) << 10 | registers & 0x3ff
                // Element sizes that both widths have.
                case 1: return width | kind | 0x1200_0000 | below(32) << 16 | below(31) << 10 | registers & 0x3ff
                case 2: return width | kind | 0x0b00_0000 | below(3) << 22 | below(2) * below(32) << 10 | registers
                case 3: return width | kind | 0x0b20_0000 | below(8) << 13 | below(5) << 10 | registers
                default:
                    return width | kind | 0x0a00_0000 | below(2) << 21 | below(4) << 22 | below(2) * below(32) << 10
                        | registers
                }
            }

            /// A comparison of x8 or so with x3 or a constant, and b.ne; or cbnz.
            mutating func comparison(of register: UInt32) -> [UInt32] {
                let width = below(2) << 31
                let kinds: [UInt32] = [0x6b03_001f, 0x6b23_001f, 0x6b23_201f, 0x7100_001f | below(300) << 10]
                if below(6) == 0 { return [width | 0x3500_0080 | register] }
                return [width | kinds[Int(below(4))] | register << 5, 0x5400_0081]
            }

            mutating func words() -> [UInt32] {
                let (size, base, status) = (below(4), below(8) == 0 ? register() : 1, register())
                let computation = computation()
                let loaded = below(8) == 0 ? register() : computation >> (below(4) == 0 ? 16 : 5) & 31
                let stored = below(8) == 0 ? register() : computation & 31
                var words = [Exclusives.load(size, loaded, base, acquires: below(2) == 0)]
                switch below(8) {
                case 0: break
                case 1, 2: words += comparison(of: loaded)
                default: words.append(computation)
                }
                if below(10) == 0 { words.append(self.computation()) }
                let storeSize = below(16) == 0 ? below(4) : size
                words.append(Exclusives.store(storeSize, status, stored, base, releases: below(2) == 0))
                // cbnz over an addition; cset x4, hi
                return words + [Exclusives.branchIfSet(status, 2), Exclusives.count, 0x9a9f_97e4]
            }
        }

        @Test("Random updates leave what their instructions leave one by one")
        func randomUpdates() throws {
            var source = RandomUpdate(random: SeededGenerator(20))
            let (translator, interpreter, single) = (
                try subject(.translator), try subject(.interpreter), try subject(.interpreter)
            )
            single.runner.engine.oneInstructionPerBlock = true
            let kinds: [Opcode] = [.atomicUpdate, .compareExchange]
            var counts = [0, 0]
            for _ in 0..<10_000 {
                let words = source.words()
                var state = AArch64State(memory: (0..<64).map { _ in UInt8(source.below(256)) })
                for number in 0..<31 { state.general[number] = source.random.next() }
                state.general[1] = ConformanceWindow.memoryAddress + 16
                state.general[31] = ConformanceWindow.memoryAddress + 32
                if source.below(2) == 0 {
                    state.general[3] = state.memory[16..<24].reversed().reduce(0) { $0 << 8 | UInt64($1) }
                }
                state.nzcv = source.below(16) << 28
                let expected = outcome(single, words, state)
                for other in [interpreter, translator] {
                    #expect(outcome(other, words, state) == expected, "\(words.map { String($0, radix: 16) })")
                }
                let block = try #require(translator.runner.engine.buildBlock(at: Self.start))
                for (place, kind) in kinds.enumerated() where block.operations.contains(where: { $0.opcode == kind }) {
                    counts[place] += 1
                }
            }
            #expect(counts[0] > 1000 && counts[1] > 200)
        }

        private struct Outcome: Equatable {
            let reason: ExitReason
            let pc: UInt64
            let registers: [UInt64]
            let flags: UInt32
            let memory: [UInt8]
        }

        private func outcome(
            _ subject: Subject<AArch64Conformance>, _ words: [UInt32], _ state: AArch64State
        ) -> Outcome {
            subject.runner.activate()
            subject.runner.load(words)
            let stop = subject.runner.stop(state)
            return Outcome(
                reason: stop.reason, pc: stop.pc, registers: (0...31).map { stop.cpu.register($0) },
                flags: stop.cpu.conditionFlags, memory: SequenceWindow.bytes(64))
        }
    }
}
