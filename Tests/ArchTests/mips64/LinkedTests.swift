import Testing

@testable import BSDUserCore
@testable import MIPS64
@testable import TestSupport

extension SequenceRuns {
    /// Load linked and store conditional in one block: the translator takes them together.
    @Suite("Load linked and store conditional")
    struct Linked {
        static let modes: [ExecutionMode] = [.interpreter, .translator]
        private static let sync: UInt32 = 0x0000_000f, nop: UInt32 = 0
        /// `ll $8, 0($9)`, `sc $10, 0($9)`.
        private static let load: UInt32 = 0xc128_0000, store: UInt32 = 0xe12a_0000
        /// `addiu $13, $13, 1`.
        private static let count: UInt32 = 0x25ad_0001

        private func stop(
            _ mode: ExecutionMode, _ words: [UInt32], _ gpr: [Int: UInt64], _ memory: [UInt8]
        ) throws -> (stop: SequenceStop, memory: [UInt8]) {
            let subject = try #require(Subject(MIPS64(), SequenceRuns.conformance, translates: mode == .translator))
            var state = MIPS64State(memory: memory)
            state.gpr[9] = ConformanceWindow.memoryAddress
            for (number, value) in gpr { state.gpr[number] = value }
            subject.runner.load(words)
            let stop = subject.runner.stop(state)
            return (stop, SequenceWindow.bytes(memory.count))
        }

        @Test("An addition between barriers stores, tells 1, and has its delay slot done once", arguments: modes)
        func addition(_ mode: ExecutionMode) throws {
            // sync; ll; addiu $10,$8,1; sc; beqz $10,-4; addiu $13,$13,1; sync
            let words = [Self.sync, Self.load, 0x250a_0001, Self.store, 0x1140_fffc, Self.count, Self.sync]
            let (stop, memory) = try stop(mode, words, [:], [0x80, 0, 0, 0xff, 1, 2, 3, 4])
            #expect(stop.isAtEnd)
            #expect(stop.cpu.general(8) == 0xffff_ffff_8000_00ff && stop.cpu.general(10) == 1)
            #expect(stop.cpu.general(13) == 1)
            #expect(memory == [0x80, 0, 1, 0, 1, 2, 3, 4])
        }

        @Test("A doubleword that is stored from the register it was loaded to", arguments: modes)
        func doubleword(_ mode: ExecutionMode) throws {
            // lld $8,0($9); daddiu $8,$8,1; scd $8,0($9); beqzl $8,-4; addiu $13,$13,1
            let words: [UInt32] = [0xd128_0000, 0x6508_0001, 0xf128_0000, 0x5100_fffc, Self.count]
            let (stop, memory) = try stop(mode, words, [:], [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff])
            #expect(stop.isAtEnd && stop.cpu.general(8) == 1 && stop.cpu.general(13) == 0)
            #expect(memory == [0, 0, 0, 2, 0, 0, 0, 0])
        }

        @Test(
            "A comparison behind a barrier stores or leads out, its delay slot done once",
            arguments: modes, [UInt64(5), 6])
        func comparison(_ mode: ExecutionMode, _ expected: UInt64) throws {
            // sync; ll; bne $8,$12,+5; addiu $13,$13,1; move $10,$11; sc; beqz $10,-6; nop; sync
            let words = [
                Self.sync, Self.load, 0x150c_0005, Self.count, 0x0160_5025, Self.store, 0x1140_fffa, Self.nop,
                Self.sync,
            ]
            let (stop, memory) = try stop(mode, words, [10: 7, 11: 9, 12: expected], [0, 0, 0, 5])
            #expect(stop.isAtEnd && stop.cpu.general(13) == 1 && stop.cpu.general(8) == 5)
            #expect(stop.cpu.general(10) == (expected == 5 ? 1 : 7))
            #expect(memory == [0, 0, 0, expected == 5 ? 9 : 5])
        }

        @Test("A store fails when memory has changed, and the next instruction is done", arguments: modes)
        func lost(_ mode: ExecutionMode) throws {
            // ll; sw $11,0($9); sc; addiu $13,$13,1
            let words = [Self.load, 0xad2b_0000, Self.store, Self.count]
            let (stop, memory) = try stop(mode, words, [10: 7, 11: 9], [0, 0, 0, 5])
            #expect(stop.isAtEnd && stop.cpu.general(10) == 0 && stop.cpu.general(13) == 1)
            #expect(memory == [0, 0, 0, 9])
        }

        @Test("A store by the same registers to another place fails", arguments: modes)
        func movedBase(_ mode: ExecutionMode) throws {
            // ll; daddiu $9,$9,4; sc
            let (moved, memory) = try stop(
                mode, [Self.load, 0x6529_0004, Self.store], [10: 7], [0, 0, 0, 5, 0, 0, 0, 5])
            #expect(moved.isAtEnd && moved.cpu.general(10) == 0)
            #expect(memory == [0, 0, 0, 5, 0, 0, 0, 5])
            // ll $9,0($9); sc
            let word: [UInt8] = [0x20, 0, 0, 4, 0x20, 0, 0, 4]
            let (loaded, after) = try stop(mode, [0xc129_0000, Self.store], [10: 7], word)
            #expect(loaded.isAtEnd && loaded.cpu.general(10) == 0 && after == word)
        }

        @Test("A second store fails, and one in a delay slot stores", arguments: modes)
        func secondStore(_ mode: ExecutionMode) throws {
            // ll; sc; sc $11,0($9)
            let (second, memory) = try stop(mode, [Self.load, Self.store, 0xe12b_0000], [10: 7, 11: 8], [0, 0, 0, 5])
            #expect(second.isAtEnd && second.cpu.general(10) == 1 && second.cpu.general(11) == 0)
            #expect(memory == [0, 0, 0, 7])
            // ll; b +1; sc
            let (slot, after) = try stop(mode, [Self.load, 0x1000_0001, Self.store], [10: 7], [0, 0, 0, 5])
            #expect(slot.isAtEnd && slot.cpu.general(10) == 1 && after == [0, 0, 0, 7])
        }

        @Test("A misaligned load behind a barrier is an address error of the load", arguments: modes)
        func misaligned(_ mode: ExecutionMode) throws {
            // sync; ll $8,2($9); addiu $10,$8,1; sc $10,2($9)
            let words: [UInt32] = [Self.sync, 0xc128_0002, 0x250a_0001, 0xe12a_0002]
            let (stop, _) = try stop(mode, words, [10: 7], [0, 0, 0, 5])
            #expect(stop.reason == .alignmentFault && stop.pc == ConformanceWindow.codeAddress + 4)
            #expect(!stop.cpu.faultIsWrite && stop.cpu.general(10) == 7)
        }
    }
}
