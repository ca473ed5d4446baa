import Testing

@testable import BSDUserCore
@testable import MIPS64
@testable import TestSupport

extension SequenceRuns {
    /// The halves of an unaligned access, which the translator makes one of (volume II-A: LWL, LWR, SWL, SWR and their kin).
    @Suite("Unaligned accesses")
    struct UnalignedAccesses {
        static let modes: [ExecutionMode] = [.interpreter, .translator]
        static let code = ConformanceWindow.codeAddress
        /// `lwl $8, 1($9)`, `lwr $8, 4($9)`.
        private static let lwl: UInt32 = 0x8928_0001, lwr: UInt32 = 0x9928_0004
        /// `swl $8, 1($9)`, `swr $8, 4($9)`.
        private static let swl: UInt32 = 0xa928_0001, swr: UInt32 = 0xb928_0004
        /// `addiu $13, $13, 1`.
        private static let count: UInt32 = 0x25ad_0001
        private static let bytes: [UInt8] = [0x10, 0x91, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17]

        private func stop(
            _ mode: ExecutionMode, _ words: [UInt32], _ gpr: [Int: UInt64] = [:], base: UInt64? = nil
        ) throws -> (stop: SequenceStop, memory: [UInt8]) {
            let subject = try #require(Subject(MIPS64(), SequenceRuns.conformance, translates: mode == .translator))
            var state = MIPS64State(memory: Self.bytes)
            state.gpr[9] = base ?? ConformanceWindow.memoryAddress
            for (number, value) in gpr { state.gpr[number] = value }
            subject.runner.load(words)
            let stop = subject.runner.stop(state)
            return (stop, SequenceWindow.bytes(Self.bytes.count))
        }

        private static let between: [[UInt32]] = [
            [], [count], [0x9124_0002, count],
            // Eight, the most that are passed over; and nine.
            Array(repeating: count, count: 8), Array(repeating: count, count: 9),
        ]

        @Test("A word is loaded by its halves, whatever lies in between", arguments: modes, between)
        func load(_ mode: ExecutionMode, _ between: [UInt32]) throws {
            for (first, second) in [(Self.lwl, Self.lwr), (Self.lwr, Self.lwl)] {
                let (stop, _) = try stop(mode, [first] + between + [second], [8: 0x5555_5555_5555_5555])
                #expect(stop.isAtEnd && stop.cpu.general(8) == 0xffff_ffff_9112_1314)
                #expect(stop.cpu.general(13) == UInt64(between.count { $0 == Self.count }))
            }
        }

        @Test("Halves of two words that lie within each other", arguments: modes)
        func nested(_ mode: ExecutionMode) throws {
            // lwl $8,1($9); lwl $10,2($9); lwr $8,4($9); lbu $11,1($9); lwr $10,5($9)
            let (stop, _) = try stop(mode, [Self.lwl, 0x892a_0002, Self.lwr, 0x912b_0001, 0x992a_0005])
            #expect(stop.isAtEnd && stop.cpu.general(8) == 0xffff_ffff_9112_1314)
            #expect(stop.cpu.general(10) == 0x1213_1415 && stop.cpu.general(11) == 0x91)
        }

        @Test("What lies in between finds the register with its first half alone", arguments: modes)
        func readBetween(_ mode: ExecutionMode) throws {
            // lwl $8,1($9); move $10,$8; lwr $8,4($9): the window's memory is aligned, so that lwl loads three bytes.
            let (stop, _) = try stop(mode, [Self.lwl, 0x0100_5025, Self.lwr], [8: 0x55])
            #expect(stop.isAtEnd && stop.cpu.general(10) == 0xffff_ffff_9112_1355)
            #expect(stop.cpu.general(8) == 0xffff_ffff_9112_1314)
        }

        @Test("A store in between is seen by the second half alone", arguments: modes)
        func storeBetween(_ mode: ExecutionMode) throws {
            // lwl $8,1($9); sd $0,0($9); lwr $8,4($9)
            let (stop, memory) = try stop(mode, [Self.lwl, 0xfd20_0000, Self.lwr])
            #expect(stop.isAtEnd && stop.cpu.general(8) == 0xffff_ffff_9112_1300)
            #expect(memory == Array(repeating: 0, count: 8))
        }

        @Test("A base that changes in between moves the second half", arguments: modes)
        func movedBase(_ mode: ExecutionMode) throws {
            // lwl $8,1($9); daddiu $9,$9,4; lwr $8,4($9), which is byte 8: zero.
            let (stop, _) = try stop(mode, [Self.lwl, 0x6529_0004, Self.lwr])
            #expect(stop.isAtEnd && stop.cpu.general(8) == 0xffff_ffff_9112_1300)
        }

        @Test("A second half in the delay slot of a branch", arguments: modes, [UInt64(0), 1])
        func inSlot(_ mode: ExecutionMode, _ condition: UInt64) throws {
            // lwl; bne $12,$0,+3; lwr; addiu $13,$13,1; addiu $13,$13,1
            let (stop, _) = try stop(
                mode, [Self.lwl, 0x1580_0003, Self.lwr, Self.count, Self.count], [12: condition])
            #expect(stop.isAtEnd && stop.cpu.general(8) == 0xffff_ffff_9112_1314)
            #expect(stop.cpu.general(13) == (condition == 0 ? 2 : 0))
        }

        @Test("A branch that reads the register has its first half alone", arguments: modes)
        func conditionBetween(_ mode: ExecutionMode) throws {
            // lwl $8,1($9); beq $8,$12,+3; lwr; addiu $13,$13,1; addiu $13,$13,1
            let (stop, _) = try stop(
                mode, [Self.lwl, 0x110c_0003, Self.lwr, Self.count, Self.count],
                [8: 0x55, 12: 0xffff_ffff_9112_1355])
            #expect(stop.isAtEnd && stop.cpu.general(13) == 0)
            #expect(stop.cpu.general(8) == 0xffff_ffff_9112_1314)
        }

        @Test("A half in the slot of a branch that is likely, not taken, is not executed", arguments: modes)
        func likelySlot(_ mode: ExecutionMode) throws {
            // lwl; bnel $0,$0,+2; lwr
            let (stop, _) = try stop(mode, [Self.lwl, 0x5400_0002, Self.lwr, Self.count], [8: 0x55])
            #expect(stop.isAtEnd && stop.cpu.general(8) == 0xffff_ffff_9112_1355)
        }

        @Test("A word is stored by its halves, and read in between as the first half leaves it", arguments: modes)
        func store(_ mode: ExecutionMode) throws {
            for between: [UInt32] in [[], [Self.count], [0x9124_0004]] {
                let (stop, memory) = try stop(mode, [Self.swl] + between + [Self.swr], [8: 0xa1a2_a3a4])
                #expect(stop.isAtEnd && memory == [0x10, 0xa1, 0xa2, 0xa3, 0xa4, 0x15, 0x16, 0x17])
                if between.last == 0x9124_0004 { #expect(stop.cpu.general(4) == 0x14) }
            }
        }

        @Test("The half that lies outside memory faults, the other one is done", arguments: modes, [0, 1, 2])
        func fault(_ mode: ExecutionMode, _ distance: Int) throws {
            let end = ConformanceWindow.memoryAddress + UInt64(ConformanceWindow.maximumMemory)
            let words = [Self.lwl] + Array(repeating: Self.count, count: distance) + [Self.lwr]
            // Bytes 1 to 3 are the last ones of the window, the word's last one is behind.
            let (stop, _) = try stop(mode, words, [8: 0x55], base: end - 4)
            #expect(stop.reason == .memoryFault && !stop.cpu.faultIsWrite)
            #expect(stop.pc == Self.code + 4 * UInt64(distance + 1) && stop.cpu.faultAddress == end)
            #expect(stop.cpu.general(8) == 0x55)
            #expect(stop.cpu.general(13) == UInt64(distance))
        }

        @Test("A store's half outside memory faults when the other one has been done", arguments: modes)
        func storeFault(_ mode: ExecutionMode) throws {
            let start = ConformanceWindow.memoryAddress
            // swr $8,4($9); swl $8,1($9), the base in front of the window by three bytes
            let (stop, memory) = try stop(mode, [Self.swr, Self.swl], [8: 0xa1a2_a3a4], base: start - 4)
            #expect(stop.reason == .memoryFault && stop.cpu.faultIsWrite && stop.pc == Self.code + 4)
            #expect(stop.cpu.faultAddress == start - 3)
            #expect(memory == [0xa4] + Self.bytes.dropFirst())
        }
    }
}
