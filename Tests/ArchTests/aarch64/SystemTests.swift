import Testing

@testable import AArch64
@testable import BSDUserCore
@testable import TestSupport

extension SequenceRuns {
    /// What the oracle cannot say of exits, system registers and some atomics: the manual and FreeBSD's trap.c do.
    @Suite("Exits and system registers")
    struct Systems {
        static let modes: [ExecutionMode] = [.interpreter, .translator]

        private func stop(
            _ mode: ExecutionMode, _ words: [UInt32], _ general: [Int: UInt64] = [:], memory: [UInt8] = []
        ) throws -> SequenceStop {
            let subject = try #require(Subject(AArch64(), SequenceRuns.conformance, translates: mode == .translator))
            var state = AArch64State(memory: memory)
            for (number, value) in general { state.general[number] = value }
            subject.runner.load(words)
            return subject.runner.stop(state)
        }

        private func signal(_ stop: SequenceStop) -> FaultSignal {
            stop.architecture.signal(for: stop.reason, stop.cpu)
        }

        @Test("svc enters the kernel; with a number it is an illegal operand", arguments: modes)
        func supervisorCall(_ mode: ExecutionMode) throws {
            #expect(try stop(mode, [0xd400_0001]).reason == .systemCall)
            let numbered = try stop(mode, [0xd400_0021])
            let raised = signal(numbered)
            #expect(raised.signal == 4 && raised.code == 2 && raised.trapNumber == 0x15)
            #expect(raised.address == ConformanceWindow.codeAddress)
        }

        @Test("brk is a breakpoint at its own address", arguments: modes)
        func breakpoint(_ mode: ExecutionMode) throws {
            let stop = try stop(mode, [0xd503_201f, 0xd420_0020])
            let raised = signal(stop)
            #expect(raised.signal == 5 && raised.code == 1 && raised.trapNumber == 0x3c)
            #expect(
                raised.address == ConformanceWindow.codeAddress + 4 && stop.cpu.pc == ConformanceWindow.codeAddress + 4)
        }

        @Test("What user mode may not name is SIGILL, with the code of the trap it takes", arguments: modes)
        func undefined(_ mode: ExecutionMode) throws {
            // udf #0; mrs x0, sctlr_el1; pacia x0, x1; msr spsel, #1; hlt #0; retaa; dc ivac, x0; mrs x0, s3_3_c15_c2_0
            for word: UInt32 in [
                0, 0xd538_1000, 0xdac1_0020, 0xd500_41bf, 0xd440_0000, 0xd65f_0bff, 0xd508_7620, 0xd53b_f200,
            ] {
                // nop before it.
                let stop = try stop(mode, [0xd503_201f, word])
                let raised = signal(stop)
                #expect(raised.signal == 4 && raised.code == 4 && raised.trapNumber == 0, "\(word)")
                #expect(stop.cpu.pc == ConformanceWindow.codeAddress + 4 && raised.address == stop.cpu.pc)
            }
            // mrs x0, pmccntr_el0; mrs x0, cntp_ctl_el0; mrs x0, daif; msr daif, x0; msr daifset, #2; msr daifclr, #2
            for word: UInt32 in [0xd53b_9d00, 0xd53b_e220, 0xd53b_4220, 0xd51b_4220, 0xd503_42df, 0xd503_42ff] {
                let raised = signal(try stop(mode, [word]))
                #expect(raised.signal == 4 && raised.code == 5 && raised.trapNumber == 0x18, "\(word)")
            }
        }

        @Test("Misaligned exclusive, atomic and ordered accesses are SIGBUS; ordinary ones are not", arguments: modes)
        func alignment(_ mode: ExecutionMode) throws {
            let memory = [UInt8](repeating: 0, count: 64)
            // ldxr w0, [x1]; ldadd w0, w2, [x1]; cas w0, w2, [x1]; ldar w0, [x1]; stlr w0, [x1]; ldapr w0, [x1];
            // ldapur w0, [x1, #4]; stlur w0, [x1]; ldaxr w0, [x1]; swp w0, w2, [x1]
            let words: [UInt32] = [
                0x885f_7c20, 0xb820_0022, 0x88a0_7c22, 0x88df_fc20, 0x889f_fc20, 0xb8bf_c020, 0x9940_4020, 0x9900_0020,
                0x885f_fc20, 0xb820_8022,
            ]
            for word in words {
                let stop = try stop(mode, [word], [1: ConformanceWindow.memoryAddress + 2], memory: memory)
                let raised = signal(stop)
                #expect(raised.signal == 10 && raised.code == 1, "\(String(word, radix: 16))")
                #expect(raised.address & 3 == 2 && raised.trapNumber == 0x24)
            }
            // ldxp x0, x2, [x1]; ldaxp x0, x2, [x1]; casp x0, x1, x2, x3, [x4]; ldxp w0, w2, [x1]: of the pair's size
            for (word, base, distance): (UInt32, Int, UInt64) in [
                (0xc87f_0820, 1, 8), (0xc87f_8820, 1, 8), (0x4820_7c82, 4, 8), (0x887f_0820, 1, 4), (0x0820_7c82, 4, 4),
            ] {
                let raised = signal(
                    try stop(mode, [word], [base: ConformanceWindow.memoryAddress + distance], memory: memory))
                #expect(raised.signal == 10 && raised.code == 1, "\(String(word, radix: 16))")
            }
            // ldr w0, [x1]; str w0, [x1]
            for word: UInt32 in [0xb940_0020, 0xb900_0020] {
                #expect(try stop(mode, [word], [1: ConformanceWindow.memoryAddress + 1], memory: memory).isAtEnd)
            }
        }

        @Test("An access relative to a stack pointer that is no multiple of 16 is SIGBUS", arguments: modes)
        func stackAlignment(_ mode: ExecutionMode) throws {
            let memory = [UInt8](repeating: 0, count: 64)
            let stack = ConformanceWindow.memoryAddress + 8
            // ldr x0, [sp]; str x0, [sp, #8]; ldp x0, x1, [sp], #16; ldr x0, [sp, x2]; ldxr x0, [sp]; ldadd x0, x1, [sp];
            // ldr q0, [sp]; ld1 {v0.16b}, [sp]; stp d0, d1, [sp, #-16]!; st1 {v0.b}[1], [sp]
            for word: UInt32 in [
                0xf940_03e0, 0xf900_07e0, 0xa8c1_07e0, 0xf862_6be0, 0xc85f_7fe0, 0xf820_03e1, 0x3dc0_03e0, 0x4c40_73e0,
                0x6dbf_07e0, 0x0d00_07e0,
            ] {
                let stop = try stop(mode, [0xd503_201f, word], [31: stack], memory: memory)
                let raised = signal(stop)
                #expect(raised.signal == 10 && raised.code == 1, "\(String(word, radix: 16))")
                #expect(raised.trapNumber == 0x26 && raised.address == stack)
                #expect(stop.cpu.pc == ConformanceWindow.codeAddress + 4 && stop.cpu.register(31) == stack)
            }
            // prfm pldl1keep, [sp]; add x0, sp, #1; sub sp, sp, #8; ldr x0, [sp]
            let words: [UInt32] = [0xf980_03e0, 0x9100_07e0, 0xd100_23ff, 0xf940_03e0]
            #expect(try stop(mode, words, [31: stack], memory: memory).isAtEnd)
            // ldr x0, [sp]; add sp, sp, #16; ldr x0, [sp]; add sp, sp, #4; ldr x0, [sp]
            let moved: [UInt32] = [0xf940_03e0, 0x9100_43ff, 0xf940_03e0, 0x9100_13ff, 0xf940_03e0]
            let last = try stop(mode, moved, [31: ConformanceWindow.memoryAddress], memory: memory)
            #expect(signal(last).trapNumber == 0x26 && last.cpu.pc == ConformanceWindow.codeAddress + 16)
        }

        @Test("An access that fails leaves the registers alone, the base register too", arguments: modes)
        func failedAccess(_ mode: ExecutionMode) throws {
            // ldr x0, [x1, #8]!; ldp x0, x2, [x1], #16; str x0, [x1], #8
            for word: UInt32 in [0xf840_8c20, 0xa8c1_0820, 0xf800_8420] {
                let stop = try stop(mode, [word], [0: 7, 1: 0x10, 2: 9])
                #expect(stop.reason == .memoryFault && stop.pc == ConformanceWindow.codeAddress)
                #expect(stop.cpu.register(0) == 7 && stop.cpu.register(1) == 0x10 && stop.cpu.register(2) == 9)
            }
        }

        @Test("A branch to an address that is not a multiple of four is SIGBUS there", arguments: modes)
        func misalignedBranch(_ mode: ExecutionMode) throws {
            let raised = signal(try stop(mode, [0xd61f_0020], [1: ConformanceWindow.codeAddress + 2]))
            #expect(raised.signal == 10 && raised.code == 1 && raised.address == ConformanceWindow.codeAddress + 2)
        }

        @Test("System registers that user mode has read as FreeBSD shows them", arguments: modes)
        func registers(_ mode: ExecutionMode) throws {
            func read(_ word: UInt32) throws -> UInt64 {
                let stop = try stop(mode, [word], [0: 99])
                try #require(stop.isAtEnd, "\(String(word, radix: 16))")
                return stop.cpu.register(0)
            }
            // ctr_el0, dczid_el0, cntfrq_el0, midr_el1, mpidr_el1, revidr_el1, id_aa64isar0_el1, id_aa64mmfr2_el1
            #expect(try read(0xd53b_0020) == 0x8444_c004 && read(0xd53b_00e0) == 4)
            #expect(try read(0xd53b_e000) == 1_000_000_000)
            #expect(try read(0xd538_0000) == 0xf0510 && read(0xd538_00a0) == 1 << 31 && read(0xd538_00c0) == 0)
            #expect(try read(0xd538_0600) >> 20 & 15 == 2 && read(0xd538_0740) == 0)
            // cntvct_el0 grows.
            let first = try read(0xd53b_e040)
            #expect(try read(0xd53b_e040) > first)
            // msr tpidr_el0, x1; mrs x0, tpidr_el0
            let pointer = try stop(mode, [0xd51b_d041, 0xd53b_d040], [1: 0x1234_5678_9abc])
            #expect(pointer.cpu.register(0) == 0x1234_5678_9abc)
            #expect(pointer.architecture.getTLS(pointer.cpu) == 0x1234_5678_9abc)
        }

        @Test("The flags can be read and written as a register", arguments: modes)
        func flagRegister(_ mode: ExecutionMode) throws {
            for flags: UInt64 in 0..<16 {
                // msr nzcv, x1; mrs x0, nzcv; cset x2, mi; cset x3, eq; cset x4, cs; cset x5, vs
                let words: [UInt32] = [
                    0xd51b_4201, 0xd53b_4200, 0x9a9f_57e2, 0x9a9f_17e3, 0x9a9f_37e4, 0x9a9f_77e5,
                ]
                let stop = try stop(mode, words, [1: flags << 28 | 0xfff_ffff])
                #expect(stop.isAtEnd && stop.cpu.register(0) == flags << 28)
                #expect((2...5).reduce(0) { $0 << 1 | stop.cpu.register($1) } == flags)
            }
        }

        @Test("Flags outlive a block that is executed no further than its first instruction", arguments: modes)
        func singleInstructions(_ mode: ExecutionMode) throws {
            let subject = try #require(Subject(AArch64(), SequenceRuns.conformance, translates: mode == .translator))
            subject.runner.engine.oneInstructionPerBlock = true
            var state = AArch64State(memory: [])
            (state.general[1], state.general[2]) = (7, 7)
            // cmp x1, x2; cset x0, eq; fcmp d0, d0; cset x3, eq
            subject.runner.load([0xeb02_003f, 0x9a9f_17e0, 0x1e60_2000, 0x9a9f_17e3])
            let stop = subject.runner.stop(state)
            #expect(stop.isAtEnd && stop.cpu.register(0) == 1 && stop.cpu.register(3) == 1)
        }

        @Test("A half-precision number becomes a fixed-point one of 16 bits, and nothing above them", arguments: modes)
        func fixedPointHalf(_ mode: ExecutionMode) throws {
            let subject = try #require(Subject(AArch64(), SequenceRuns.conformance, translates: mode == .translator))
            var state = AArch64State(memory: [])
            state.vectors[2] = 0x1234_be00
            // fcvtzs h0, h1, #1: -1.5
            subject.runner.load([0x5f1f_fc20])
            let stop = subject.runner.stop(state)
            #expect(stop.isAtEnd && stop.cpu.vector(0).low == 0xfffd && stop.cpu.vector(0).high == 0)
        }

        @Test("FPCR keeps its bits and sets the rounding; FPSR keeps its own", arguments: modes)
        func floatRegisters(_ mode: ExecutionMode) throws {
            // msr fpcr, x1; mrs x0, fpcr; msr fpsr, x2; mrs x3, fpsr
            let words: [UInt32] = [0xd51b_4401, 0xd53b_4400, 0xd51b_4422, 0xd53b_4423]
            let stop = try stop(mode, words, [1: 0x0140_0000, 2: 0xffff_ffff])
            #expect(stop.isAtEnd && stop.cpu.register(0) == 0x0140_0000 && stop.cpu.register(3) == 0x0800_009f)
            let floatMode = FloatMode(rawValue: stop.cpu.header(.floatMode, as: UInt32.self))
            #expect(floatMode.rawValue & FloatMode.roundingMask == 2 && floatMode.contains(.flushResults))
        }

        @Test("Hints do nothing", arguments: modes)
        func hints(_ mode: ExecutionMode) throws {
            for number: UInt32 in 0..<128 {
                // add x0, x0, #1; hint #number; add x0, x0, #1
                let stop = try stop(mode, [0x9100_0400, 0xd503_201f | number << 5, 0x9100_0400], [0: 5, 17: 9, 30: 3])
                #expect(stop.isAtEnd && stop.cpu.register(0) == 7, "\(number)")
                #expect(stop.cpu.register(17) == 9 && stop.cpu.register(30) == 3, "\(number)")
            }
        }

        @Test("ldsmax and ldsmin compare small sizes as signed numbers", arguments: modes)
        func signedUpdates(_ mode: ExecutionMode) throws {
            // ldsmaxb, ldsminb, ldsmaxh, ldsminh, ldsmax, ldsmin w0, w2, [x1]
            let rows: [(word: UInt32, bits: Int, isMax: Bool)] = [
                (0x3820_4022, 8, true), (0x3820_5022, 8, false), (0x7820_4022, 16, true), (0x7820_5022, 16, false),
                (0xb820_4022, 32, true), (0xb820_5022, 32, false),
            ]
            for row in rows {
                for (old, new) in [(0, -71), (-71, 0), (5, 7), (7, 5), (-5, -7), (-7, -5)] as [(Int32, Int32)] {
                    let memory = (0..<8).map { UInt8(truncatingIfNeeded: $0 < 4 ? old >> (8 * Int32($0)) : 0x55) }
                    let stop = try stop(
                        mode, [row.word], [0: UInt64(UInt32(bitPattern: new)), 1: ConformanceWindow.memoryAddress],
                        memory: memory)
                    let mask = UInt64.max >> UInt64(64 - row.bits)
                    let expected = row.isMax ? max(old, new) : min(old, new)
                    let stored = SequenceWindow.bytes(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                    #expect(stored & mask == UInt64(UInt32(bitPattern: expected)) & mask, "\(row) \(old) \(new)")
                    #expect(stop.cpu.register(2) == UInt64(UInt32(bitPattern: old)) & mask)
                }
            }
        }
    }
}
