import BSDUserCore

/// What the manual (MIPS64 Architecture For Programmers, release 2) says about the rows that Unicorn cannot judge: user
/// mode, with neither coprocessor 0 nor 2 usable, and every hardware register enabled in HWREna.
struct ManualOracle {
    /// The thread's local storage; differs for every state.
    let threadPointer: GuestAddress

    /// How an instruction ends, and what it leaves.
    enum Expectation {
        /// An exception; the state is as before. `argument` is what `Cause.CE` would hold, if the exception sets it.
        case exception(SequenceEnd, argument: UInt64?)
        /// GPR rt gets a value.
        case value(UInt64)
        /// GPR rt gets a 32-bit count that has not gone back since the last one.
        case counter
    }

    func expectation(_ name: String, _ w: Word) -> Expectation? {
        switch name {
        // Volume II, COP0 instructions and CACHE: Coprocessor Unusable unless access to coprocessor 0 is enabled
        // (volume III, 3.4: kernel mode, debug mode, or Status.CU0), with the unit's number in Cause.CE.
        case "cop0", "cache": .exception(.coprocessorUnusable, argument: 0)
        // Volume II, COP2: Coprocessor Unusable unless Status.CU2 is set.
        case "cop2": .exception(.coprocessorUnusable, argument: 2)
        case "rdhwr": hardwareRegister(w[Bits.rd])
        default: nil
        }
    }

    /// Volume II, RDHWR, table of register numbers.
    private func hardwareRegister(_ number: Int) -> Expectation {
        switch number {
        // CPUNum: a process of this emulator sees one processor.
        case 0: .value(0)
        // SYNCI_Step: 32 bytes, the line of a 5KEf.
        case 1: .value(32)
        case 2: .counter
        // CCRes: the counter runs at half of the processor's clock, as it does in most implementations.
        case 3: .value(2)
        // ULR: what the kernel has put in UserLocal, which is 0x7010 above the thread's control block on FreeBSD
        // (sys/mips/include/tls.h).
        case 29: .value(threadPointer &+ 0x7010)
        // "Reserved Instruction" for every other number.
        default: .exception(.reservedInstruction, argument: nil)
        }
    }
}

extension ManualOracle {
    /// Lets the emulator execute a row; what of the result is not as the manual says.
    static func differences(
        _ name: String, _ request: SequenceRequest<MIPS64State>, _ runner: SequenceRunner<MIPS64Conformance>,
        _ random: inout SeededGenerator
    ) -> [String] {
        let oracle = ManualOracle(threadPointer: random.next())
        runner.architecture.setTLS(runner.cpu, oracle.threadPointer)
        let word = Word(request.words[0])
        guard let expected = oracle.expectation(name, word) else { return ["the manual's word is not known"] }
        guard case .counter = expected else {
            var lastCount = UInt32?.none
            return expected.problems(runner.run(request.state), request.state, word, runner.cpu, &lastCount)
        }
        // Twice, since the counter must not go back.
        var lastCount = UInt32?.none
        return (0..<2).flatMap { _ in
            expected.problems(runner.run(request.state), request.state, word, runner.cpu, &lastCount)
        }
    }
}

extension ManualOracle.Expectation {
    /// What is wrong with an outcome.
    fileprivate func problems(
        _ outcome: SequenceOutcome<MIPS64State>, _ before: MIPS64State, _ w: Word, _ cpu: CPUState,
        _ lastCount: inout UInt32?
    ) -> [String] {
        var (problems, after) = ([String](), before)
        var exception = SequenceEnd.none
        switch self {
        case .exception(let kind, let argument):
            exception = kind
            if cpu.pc != ConformanceWindow.codeAddress { problems.append("stopped at \(String(cpu.pc, radix: 16))") }
            if let argument, cpu.exitArgument != argument { problems.append("coprocessor \(cpu.exitArgument)") }
        case .value(let value): after.gpr[w[Bits.rt]] = value
        case .counter:
            let value = outcome.state.gpr[w[Bits.rt]]
            after.gpr[w[Bits.rt]] = value
            // GPR[rt] <- sign_extend_word.
            let count = UInt32(truncatingIfNeeded: value)
            if value != UInt64(bitPattern: Int64(Int32(bitPattern: count))) { problems.append("not sign-extended") }
            if w[Bits.rt] == 0 { break }
            if let lastCount, count &- lastCount > 1 << 31 { problems.append("the counter went back") }
            lastCount = count
        }
        // A write to register 0 is lost.
        after.gpr[0] = 0
        if outcome.end != exception { problems.append("ends \(outcome.end), manual \(exception)") }
        if outcome.state != after { problems.append("another state than \(after.gpr)") }
        return problems
    }
}
