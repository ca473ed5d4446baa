import BSDUserCore

extension ToyArchitecture {
    // The machine context: the program counter, then the registers.

    func getMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress, clearingReturn: Bool)
        throws(Errno)
    {
        try memory.storeWord(cpu.pc, at: address)
        for number in 0..<Toy.registerCount {
            let isReturn = number == Toy.result || number == Toy.errorFlag
            let value: UInt64 = clearingReturn && isReturn ? 0 : cpu.load(Toy.offset(number))
            try memory.storeWord(value, at: address &+ UInt64(8 + 8 * number))
        }
    }

    func setMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress) throws(Errno) {
        // Everything is read before anything changes: a context that cannot be read leaves the CPU as it was.
        let programCounter = try memory.loadWord(at: address)
        guard programCounter & 3 == 0 else { throw Errno(rawValue: 22) }  // EINVAL
        var registers: [UInt64] = []
        for number in 0..<Toy.registerCount {
            registers.append(try memory.loadWord(at: address &+ UInt64(8 + 8 * number)))
        }
        for (number, value) in registers.enumerated() {
            cpu.store(value, Toy.offset(number))
        }
        cpu.pc = programCounter
    }

    /// `sigreturn(ucontext)`: the trampoline passes the address as an ordinary argument.
    func ucontextForSigreturn(_ cpu: CPUState, argument: GuestAddress) -> GuestAddress {
        argument
    }

    /// Handlers return here, with the stack pointer at the frame: `addi r2, r13, n`, `li r1, SYS_sigreturn`, `syscall`.
    func setupSigtramp() -> [UInt8] {
        let instructions: [UInt32] = [
            4 << 24 | 2 << 20 | 13 << 16 | UInt32(Toy.description.signalFrame.ucontextOffset),
            1 << 24 | 1 << 20 | 417,
            11 << 24,
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
