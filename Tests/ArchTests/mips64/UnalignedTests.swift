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
        private static let bytes: [UInt8] = [0x10, 0x91, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0, 0, 0, 0, 0, 0, 0]
        private static let end = ConformanceWindow.memoryAddress + UInt64(ConformanceWindow.maximumMemory)

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
            #expect(memory == Array(repeating: 0, count: 8) + Self.bytes[8...])
        }

        @Test("A base that changes in between moves the second half", arguments: modes)
        func movedBase(_ mode: ExecutionMode) throws {
            // lwl $8,1($9); daddiu $9,$9,4; lwr $8,4($9), which is byte 8.
            let (stop, _) = try stop(mode, [Self.lwl, 0x6529_0004, Self.lwr])
            #expect(stop.isAtEnd && stop.cpu.general(8) == 0xffff_ffff_9112_1318)
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
                #expect(stop.isAtEnd && memory == [0x10, 0xa1, 0xa2, 0xa3, 0xa4] + Self.bytes[5...])
                if between.last == 0x9124_0004 { #expect(stop.cpu.general(4) == 0x14) }
            }
        }

        @Test("Doublewords are loaded and stored by their halves, in either order", arguments: modes)
        func doublewords(_ mode: ExecutionMode) throws {
            // ldl $8,1($9), ldr $8,8($9); sdl $8,3($9), sdr $8,10($9)
            let (loads, stores): ([UInt32], [UInt32]) = ([0x6928_0001, 0x6d28_0008], [0xb128_0003, 0xb528_000a])
            for between in [[], [Self.count], [Self.count, Self.count]] {
                for words in [loads, loads.reversed()] {
                    let (stop, _) = try stop(mode, [words[0]] + between + [words[1]], [8: 0x55])
                    #expect(stop.isAtEnd && stop.cpu.general(8) == 0x9112_1314_1516_1718)
                }
                for words in [stores, stores.reversed()] {
                    let (stop, memory) = try stop(
                        mode, [words[0]] + between + [words[1]], [8: 0xa1a2_a3a4_a5a6_a7a8])
                    #expect(stop.isAtEnd)
                    #expect(memory[..<3] == Self.bytes[..<3] && memory[11...] == Self.bytes[11...])
                    #expect(memory[3..<11].elementsEqual(0xa1...0xa8))
                }
            }
        }

        @Test("A register that is always zero is loaded to and stored from", arguments: modes)
        func zeroRegister(_ mode: ExecutionMode) throws {
            // lwl $0,1($9); lwr $0,4($9); swl $0,1($9); swr $0,4($9), with additions in between
            let words: [UInt32] = [0x8920_0001, Self.count, 0x9920_0004, 0xa920_0001, Self.count, 0xb920_0004]
            let (stop, memory) = try stop(mode, words)
            #expect(stop.isAtEnd && stop.cpu.general(0) == 0 && stop.cpu.general(13) == 2)
            #expect(memory == [0x10, 0, 0, 0, 0] + Self.bytes[5...])
        }

        @Test("A branch to the second half does that alone", arguments: modes)
        func entersBetween(_ mode: ExecutionMode) throws {
            // beq $0,$0,+3; nop; lwl; addiu $13,$13,1; lwr
            let (stop, _) = try stop(mode, [0x1000_0003, 0, Self.lwl, Self.count, Self.lwr], [8: 0x5555_5555])
            #expect(stop.isAtEnd && stop.cpu.general(8) == 0x5555_5514 && stop.cpu.general(13) == 0)
        }

        @Test("A reserved word in between is met with the first half alone done", arguments: modes)
        func reservedBetween(_ mode: ExecutionMode) throws {
            // ext $20,$14,29,31, whose field does not lie in a word; addu with a shift amount.
            for reserved: UInt32 in [0x7dd4_ef40, 0x01cd_a061] {
                let (load, _) = try stop(mode, [Self.lwl, reserved, Self.lwr], [8: 0x55])
                #expect(load.reason == .illegalInstruction && load.pc == Self.code + 4)
                #expect(load.cpu.general(8) == 0xffff_ffff_9112_1355)
                let (store, memory) = try stop(mode, [Self.swl, reserved, Self.swr], [8: 0xa1a2_a3a4])
                #expect(store.reason == .illegalInstruction)
                #expect(memory == [0x10, 0xa1, 0xa2, 0xa3] + Self.bytes[4...])
            }
        }

        @Test(
            "A second half that is rewritten is not done, also where many operations go before the first",
            arguments: modes, 50...56)
        func rewritten(_ mode: ExecutionMode, _ many: Int) throws {
            // Stores of eight and of four bytes, and additions, so that the block is full at any instruction.
            for some in 0...(56 - many) {
                try rewritten(
                    mode, Array(repeating: 0xb150_0007, count: many) + Array(repeating: 0xa950_0003, count: some))
            }
        }

        /// `stores` are `sdl $16,7($10)` and `swl $16,3($10)`.
        private func rewritten(_ mode: ExecutionMode, _ stores: [UInt32]) throws {
            for isLoad in [true, false] {
                // The second half stands at the beginning of a cache line: 17 words to it, 56 that store, and 7.
                var words = [UInt32(0x1000_0010)] + Array(repeating: 0, count: 16)
                words += stores + Array(repeating: Self.count, count: 56 - stores.count)
                words += [isLoad ? Self.lwl : Self.swl] + Array(repeating: Self.count, count: 6)
                // bne $14,$0,+6; addiu $14,$14,1; sw $0,320($15); synci 320($15); what tells the first half from both, or
                // undoes it; beq $0,$0,-70; nop
                words += [
                    isLoad ? Self.lwr : Self.swr, 0x15c0_0006, 0x25ce_0001, 0xade0_0140, 0x05ff_0140,
                    isLoad ? 0x0200_4025 : 0xfd20_0000, 0x1000_ffba, 0,
                ]
                let memoryAddress = ConformanceWindow.memoryAddress
                let (stop, memory) = try stop(
                    mode, words,
                    [8: isLoad ? 0x55 : 0xa1a2_a3a4, 10: memoryAddress + 64, 15: Self.code, 16: 0x55])
                #expect(stop.isAtEnd && stop.cpu.general(14) == 2)
                if isLoad {
                    #expect(stop.cpu.general(8) == 0xffff_ffff_9112_1355)
                } else {
                    #expect(memory[..<8] == [0, 0xa1, 0xa2, 0xa3, 0, 0, 0, 0])
                }
            }
        }

        @Test("The half that lies outside memory faults, the other one is done", arguments: modes, [0, 1, 2])
        func fault(_ mode: ExecutionMode, _ distance: Int) throws {
            let between = Array(repeating: Self.count, count: distance)
            // Bytes 1 to 3 are the last ones of the window, the word's last one is behind.
            let (stop, _) = try stop(mode, [Self.lwl] + between + [Self.lwr], [8: 0x55], base: Self.end - 4)
            #expect(stop.reason == .memoryFault && !stop.cpu.faultIsWrite)
            #expect(stop.pc == Self.code + 4 * UInt64(distance + 1) && stop.cpu.faultAddress == Self.end)
            #expect(stop.cpu.general(8) == 0x55)
            #expect(stop.cpu.general(13) == UInt64(distance))
            // The other way round it is the first that faults.
            let (first, _) = try self.stop(mode, [Self.lwr] + between + [Self.lwl], [8: 0x55], base: Self.end - 4)
            #expect(first.reason == .memoryFault && first.pc == Self.code && first.cpu.faultAddress == Self.end)
            #expect(first.cpu.general(8) == 0x55 && first.cpu.general(13) == 0)
        }

        @Test("The address of a fault is the half's own, not its unit's", arguments: modes)
        func faultAddress(_ mode: ExecutionMode) throws {
            // lwl $8,-1($9), lwr $8,2($9); swl $8,-1($9), swr $8,2($9)
            for words: [UInt32] in [[0x8928_ffff, 0x9928_0002], [0xa928_ffff, 0xb928_0002]] {
                let (stop, _) = try stop(mode, words, [8: 0x55], base: Self.end)
                #expect(stop.reason == .memoryFault && stop.pc == Self.code + 4)
                #expect(stop.cpu.faultAddress == Self.end + 2)
            }
        }

        @Test("A second half that faults in a slot restarts at its branch", arguments: modes, [UInt64(0), 1])
        func faultInSlot(_ mode: ExecutionMode, _ condition: UInt64) throws {
            // lwl; bne $12,$0,+3; lwr
            let words = [Self.lwl, 0x1580_0003, Self.lwr, Self.count, Self.count]
            let (stop, _) = try stop(mode, words, [8: 0x55, 12: condition], base: Self.end - 4)
            #expect(stop.reason == .memoryFault && stop.inDelaySlot && stop.pc == Self.code + 4)
            #expect(stop.cpu.faultAddress == Self.end)
            #expect(stop.cpu.general(8) == 0x55 && stop.cpu.general(13) == 0)
        }

        @Test("A store's half outside memory faults when the other one has been done", arguments: modes, [0, 1])
        func storeFault(_ mode: ExecutionMode, _ distance: Int) throws {
            let start = ConformanceWindow.memoryAddress
            // swr $8,4($9); swl $8,1($9), the base in front of the window by four bytes
            let words = [Self.swr] + Array(repeating: Self.count, count: distance) + [Self.swl]
            let (stop, memory) = try stop(mode, words, [8: 0xa1a2_a3a4], base: start - 4)
            #expect(stop.reason == .memoryFault && stop.cpu.faultIsWrite)
            #expect(stop.pc == Self.code + 4 * UInt64(distance + 1) && stop.cpu.faultAddress == start - 3)
            #expect(memory == [0xa4] + Self.bytes.dropFirst())
        }
    }
}
