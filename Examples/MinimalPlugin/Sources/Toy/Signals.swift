import BSDUserCore

extension ToyArchitecture {
    func getMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress, clearingReturn: Bool)
        throws(Errno)
    {
    }

    func setMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress) throws(Errno) {
    }

    /// `sigreturn(ucontext)`: the trampoline passes the address as an ordinary argument.
    func ucontextForSigreturn(_ cpu: CPUState, argument: GuestAddress) -> GuestAddress {
        argument
    }

    /// Handlers return here: the ucontext is at a known distance from the stack pointer, which is that of the frame.
    func setupSigtramp() -> [UInt8] {
        let instructions: [UInt32] = [
            4 << 24 | 2 << 20 | 13 << 16 | UInt32(Toy.description.signalFrame.ucontextOffset),  // addi r2, r13, n
            1 << 24 | 1 << 20 | 417,  // li r1, SYS_sigreturn
            11 << 24,  // syscall
        ]
        return instructions.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) } }
    }

    func setSigtrampArguments(_ cpu: CPUState, _ entry: HandlerEntry) {
        cpu.pc = entry.handler
        cpu.store(UInt64(UInt32(bitPattern: entry.signal)), Toy.offset(2))
        cpu.store(entry.wantsSiginfo ? entry.siginfo : UInt64(bitPattern: Int64(entry.code)), Toy.offset(3))
        cpu.store(entry.ucontext, Toy.offset(4))
        cpu.store(entry.frame, Toy.offset(Toy.stackPointer))
        cpu.store(entry.trampoline, Toy.offset(Toy.link))
    }

    func signal(for reason: ExitReason, _ cpu: CPUState) -> FaultSignal {
        switch reason {
        case .memoryFault:
            FaultSignal(signal: 11, code: cpu.faultCode, trapNumber: 0, address: cpu.faultAddress)
        case .fetchFault:
            FaultSignal(signal: 11, code: 1, trapNumber: 0, address: cpu.exitArgument)
        default:
            FaultSignal(signal: 4, code: 1, trapNumber: 0, address: cpu.pc)
        }
    }
}
