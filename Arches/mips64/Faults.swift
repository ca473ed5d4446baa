import BSDUserCore

/// What an exit of translated code means to the program (`trap`, sys/mips/mips/trap.c).
enum Faults {
    /// FreeBSD signal numbers.
    private enum Signal {
        static let ill: Int32 = 4, trap: Int32 = 5, emt: Int32 = 7, fpe: Int32 = 8, bus: Int32 = 10, segv: Int32 = 11
    }

    /// Exception codes of the Cause register with the kernel's mark for user mode: `si_trapno`.
    private enum TrapNumber {
        static let tlbLoad: Int32 = 0x22, tlbStore: Int32 = 0x23, addressLoad: Int32 = 0x24, addressStore: Int32 = 0x25
        static let breakpoint: Int32 = 0x29, reserved: Int32 = 0x2a, coprocessor: Int32 = 0x2b
        static let overflow: Int32 = 0x2c, trap: Int32 = 0x2d, float: Int32 = 0x2f
    }

    /// `si_code` values of sys/signal.h.
    private enum Code {
        static let illegalOpcode: Int32 = 1, coprocessor: Int32 = 7, breakpoint: Int32 = 1
        static let integerOverflow: Int32 = 1, addressAlignment: Int32 = 1, busObject: Int32 = 3
    }

    /// The signal of an exit. Where the kernel leaves `si_code` 0 the code that names the cause is given, and for
    /// failed accesses the address that failed, where FreeBSD up to 12 gave that of the instruction. A conditional trap
    /// is SIGEMT whatever its code, and execution goes on after it.
    static func signal(for reason: ExitReason, _ cpu: CPUState) -> FaultSignal {
        let pc = cpu.pc
        switch reason {
        case .breakpoint:
            return FaultSignal(
                signal: Signal.trap, code: Code.breakpoint, trapNumber: TrapNumber.breakpoint, address: pc)
        case .trap:
            let address = cpu.inDelaySlot ? pc &+ 4 : pc
            cpu.advance()
            return FaultSignal(signal: Signal.emt, code: 0, trapNumber: TrapNumber.trap, address: address)
        case .integerOverflow:
            return FaultSignal(
                signal: Signal.fpe, code: Code.integerOverflow, trapNumber: TrapNumber.overflow, address: pc)
        case .coprocessorUnusable:
            return FaultSignal(
                signal: Signal.ill, code: Code.coprocessor, trapNumber: TrapNumber.coprocessor, address: pc)
        case .floatException:
            let flags = FloatFlags(rawValue: UInt32(truncatingIfNeeded: cpu.exitArgument))
            cpu.setFloatCause(flags)
            return FaultSignal(
                signal: Signal.fpe, code: code(of: flags), trapNumber: TrapNumber.float, address: pc)
        case .memoryFault:
            return memoryFault(cpu)
        case .alignmentFault:
            let number = cpu.faultIsWrite ? TrapNumber.addressStore : TrapNumber.addressLoad
            return FaultSignal(
                signal: Signal.bus, code: Code.addressAlignment, trapNumber: number, address: cpu.faultAddress)
        case .fetchFault:
            let address = cpu.exitArgument
            if address & 3 != 0 || address >= Machine.layout.userTop {
                return FaultSignal(
                    signal: Signal.bus, code: Code.addressAlignment, trapNumber: TrapNumber.addressLoad,
                    address: address)
            }
            return FaultSignal(
                signal: Signal.segv, code: cpu.faultCode, trapNumber: TrapNumber.tlbLoad, address: address)
        case .interrupt, .systemCall, .illegalInstruction, .flushCode, .custom0, .custom1, .custom2, .custom3:
            return FaultSignal(
                signal: Signal.ill, code: Code.illegalOpcode, trapNumber: TrapNumber.reserved, address: pc)
        }
    }

    private static func memoryFault(_ cpu: CPUState) -> FaultSignal {
        let (address, isWrite) = (cpu.faultAddress, cpu.faultIsWrite)
        // Addresses that are not the user's raise an address error, not a page fault.
        if address >= Machine.layout.userTop {
            let number = isWrite ? TrapNumber.addressStore : TrapNumber.addressLoad
            return FaultSignal(signal: Signal.bus, code: Code.addressAlignment, trapNumber: number, address: address)
        }
        let number = isWrite ? TrapNumber.tlbStore : TrapNumber.tlbLoad
        let signal = cpu.faultCode == Code.busObject ? Signal.bus : Signal.segv
        return FaultSignal(signal: signal, code: cpu.faultCode, trapNumber: number, address: address)
    }

    /// FPE_FLTDIV, FPE_FLTOVF, FPE_FLTUND, FPE_FLTRES, FPE_FLTINV.
    private static func code(of flags: FloatFlags) -> Int32 {
        if flags.contains(.invalid) { return 7 }
        if flags.contains(.divideByZero) { return 3 }
        if flags.contains(.overflow) { return 4 }
        return flags.contains(.underflow) ? 5 : 6
    }
}
