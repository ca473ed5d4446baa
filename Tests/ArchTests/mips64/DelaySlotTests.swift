import Testing

@testable import BSDUserCore
@testable import MIPS64
@testable import TestSupport

extension SequenceRuns {
    /// What the oracle cannot say of delay slots and of the kernel's side: the manual and FreeBSD's trap.c do.
    @Suite("Delay slots and exits")
    struct DelaySlots {
        static let code = ConformanceWindow.codeAddress
        static let modes: [ExecutionMode] = [.interpreter, .translator]

        private func stop(_ mode: ExecutionMode, _ words: [UInt32], _ gpr: [Int: UInt64] = [:]) throws -> SequenceStop {
            let subject = try #require(Subject(MIPS64(), SequenceRuns.conformance, translates: mode == .translator))
            var state = MIPS64State()
            for (number, value) in gpr { state.gpr[number] = value }
            subject.runner.load(words)
            return subject.runner.stop(state)
        }

        @Test(
            "A fault in a delay slot restarts at the branch, with the branch's link already written", arguments: modes)
        func faultInSlot(_ mode: ExecutionMode) throws {
            // addiu $9,1; bgezal $0,+3; lw $8,0($10)
            let stop = try stop(mode, [0x2529_0001, 0x0411_0003, 0x8d48_0000, 0, 0, 0], [10: 0x10, 8: 77])
            #expect(stop.reason == .memoryFault)
            #expect(stop.pc == Self.code + 4 && stop.inDelaySlot)
            #expect(stop.cpu.faultAddress == 0x10 && !stop.cpu.faultIsWrite)
            #expect(stop.cpu.general(31) == Self.code + 12)
            #expect(stop.cpu.general(9) == 1 && stop.cpu.general(8) == 77)
        }

        @Test("A store that fails in the slot of a likely branch happens only when it is taken", arguments: modes)
        func likelySlot(_ mode: ExecutionMode) throws {
            // beql $8,$9,+2; sw $8,0($0)
            let words: [UInt32] = [0x5109_0002, 0xac08_0000, 0, 0]
            let untaken = try stop(mode, words, [8: 1, 9: 2])
            #expect(untaken.isAtEnd)
            let taken = try stop(mode, words, [8: 1, 9: 1])
            #expect(taken.reason == .memoryFault && taken.inDelaySlot && taken.cpu.faultIsWrite)
        }

        @Test("A system call in a delay slot goes on where the branch leads", arguments: modes, [UInt64(0), 1])
        func systemCallInSlot(_ mode: ExecutionMode, _ condition: UInt64) throws {
            // bne $8,$0,+2; syscall
            let stop = try stop(mode, [0x1500_0002, 0x0000_000c, 0, 0], [8: condition])
            #expect(stop.reason == .systemCall && stop.inDelaySlot && stop.pc == Self.code)
            stop.architecture.setSystemCallResult(stop.cpu, .values(5, second: nil))
            #expect(stop.cpu.pc == Self.code + (condition == 0 ? 8 : 12) && !stop.cpu.inDelaySlot)
        }

        @Test("A system call in the slot of a register jump goes on at the target", arguments: modes)
        func systemCallInJumpSlot(_ mode: ExecutionMode) throws {
            // jr $8; syscall
            let stop = try stop(mode, [0x0100_0008, 0x0000_000c], [8: 0x1234_5678])
            stop.architecture.setSystemCallResult(stop.cpu, .failure(Errno(rawValue: 9)))
            #expect(stop.cpu.pc == 0x1234_5678)
            #expect(stop.cpu.general(2) == 9 && stop.cpu.general(7) == 1)
        }

        @Test("A branch in a delay slot is reserved", arguments: modes)
        func branchInSlot(_ mode: ExecutionMode) throws {
            let stop = try stop(mode, [0x1000_0002, 0x1000_0002, 0, 0])
            #expect(stop.reason == .illegalInstruction && stop.inDelaySlot && stop.pc == Self.code)
        }

        @Test("synci in a delay slot flushes once and the branch is taken", arguments: modes)
        func flushInSlot(_ mode: ExecutionMode) throws {
            // beq $0,$0,+2; synci 0($9); addiu $8,1 (skipped); addiu $10,1
            let stop = try stop(mode, [0x1000_0002, 0x053f_0000, 0x2508_0001, 0x254a_0001], [9: Self.code])
            #expect(stop.isAtEnd)
            #expect(stop.cpu.general(8) == 0 && stop.cpu.general(10) == 1)
            #expect(stop.cpu.register(Register.flushDone) == 0)
        }

        @Test("A jump to an address that is not a multiple of 4 is an address error", arguments: modes)
        func misalignedJump(_ mode: ExecutionMode) throws {
            let stop = try stop(mode, [0x0100_0008, 0], [8: Self.code + 2])
            #expect(stop.reason == .fetchFault)
            let signal = stop.architecture.signal(for: stop.reason, stop.cpu)
            #expect(signal.signal == 10 && signal.address == Self.code + 2)
        }

        @Test("A block whose branch has no readable slot faults on the slot", arguments: modes)
        func missingSlot(_ mode: ExecutionMode) throws {
            let subject = try #require(Subject(MIPS64(), SequenceRuns.conformance, translates: mode == .translator))
            subject.runner.load([0x2529_0001, 0x1000_0002], end: false)
            let stop = subject.runner.stop(MIPS64State())
            #expect(stop.reason == .fetchFault && stop.inDelaySlot && stop.pc == Self.code + 4)
            #expect(stop.cpu.exitArgument == Self.code + 8)
            #expect(stop.cpu.general(9) == 1)
        }

        struct Case: Sendable {
            let word: UInt32
            let signal: Int32
            /// How far the program counter moves before the handler runs.
            var advance: UInt64 = 0
        }

        static let cases = [
            Case(word: 0x0000_01cd, signal: 5),  // break 7: SIGTRAP
            Case(word: 0x0109_01f4, signal: 7, advance: 4),  // teq $8,$9,7: SIGEMT, and on after it
            Case(word: 0x0109_0020, signal: 8),  // add: SIGFPE
            Case(word: 0x7c00_003f, signal: 4),  // reserved: SIGILL
            Case(word: 0x4000_4000, signal: 4),  // mfc0: SIGILL
            Case(word: 0xbc00_0000, signal: 4),  // cache: SIGILL
            Case(word: 0x4848_0000, signal: 4),  // cop2: SIGILL
            Case(word: 0x8c08_0010, signal: 11),  // lw of an unmapped page: SIGSEGV
            Case(word: 0xc108_0002, signal: 10),  // misaligned ll: SIGBUS
            Case(word: 0x7c08_203b, signal: 4),  // rdhwr of a register that is not there: SIGILL
        ]

        @Test("Exits become the signals of FreeBSD's trap.c", arguments: modes, cases)
        func signals(_ mode: ExecutionMode, _ expected: Case) throws {
            let stop = try stop(mode, [expected.word, 0], [8: 0x7fff_ffff, 9: 0x7fff_ffff])
            let signal = stop.architecture.signal(for: stop.reason, stop.cpu)
            #expect(signal.signal == expected.signal)
            #expect(stop.cpu.pc == Self.code + expected.advance)
        }

        @Test("rdhwr gives the thread pointer with FreeBSD's bias, and the cycle counter moves", arguments: modes)
        func hardwareRegisters(_ mode: ExecutionMode) throws {
            let subject = try #require(Subject(MIPS64(), SequenceRuns.conformance, translates: mode == .translator))
            subject.runner.architecture.setTLS(subject.runner.cpu, 0x4000_0000)
            // rdhwr $3,$29; rdhwr $4,$1; rdhwr $5,$3; rdhwr $6,$0
            subject.runner.load([0x7c03_e83b, 0x7c04_083b, 0x7c05_183b, 0x7c06_003b])
            let stop = subject.runner.stop(MIPS64State())
            #expect(stop.isAtEnd)
            #expect(stop.cpu.general(3) == 0x4000_7010 && stop.architecture.getTLS(stop.cpu) == 0x4000_0000)
            #expect(stop.cpu.general(4) == 32 && stop.cpu.general(5) == 2 && stop.cpu.general(6) == 0)
        }

        @Test(
            "A store conditional fails after an exception return, and when its link is another address",
            arguments: modes)
        func links(_ mode: ExecutionMode) throws {
            let base = ConformanceWindow.memoryAddress
            // ll $8,0($9); syscall; sc $8,0($9)
            let words: [UInt32] = [0xc128_0000, 0x0000_000c, 0xe128_0000]
            let subject = try #require(Subject(MIPS64(), SequenceRuns.conformance, translates: mode == .translator))
            subject.runner.load(words)
            var state = MIPS64State(memory: [UInt8](repeating: 0, count: 16))
            state.gpr[9] = base
            var stop = subject.runner.stop(state)
            #expect(stop.reason == .systemCall)
            subject.runner.architecture.setSystemCallResult(subject.runner.cpu, .unchanged)
            subject.runner.cpu.pc += 4
            stop = subject.runner.resume()
            #expect(stop.isAtEnd && stop.cpu.general(8) == 0)
            // ll $8,0($9); sc $10,4($9): another word.
            subject.runner.load([0xc128_0000, 0xe12a_0004])
            state.gpr[10] = 5
            stop = subject.runner.stop(state)
            #expect(stop.isAtEnd && stop.cpu.general(10) == 0)
        }
    }
}
