import BSDUserCore

extension ExitReason {
    /// An access would be relative to a stack pointer that is no multiple of 16.
    static let misalignedStackPointer = ExitReason.custom0
}

/// What an exit of translated code means to the program (`do_el0_sync`, sys/arm64/arm64/trap.c).
enum Faults {
    /// FreeBSD signal numbers.
    private enum Signal {
        static let ill: Int32 = 4, trap: Int32 = 5, fpe: Int32 = 8, bus: Int32 = 10, segv: Int32 = 11
    }

    /// Exception classes of ESR_EL1 (DDI 0487, D17.2): `si_trapno`.
    private enum TrapNumber {
        static let unknown: Int32 = 0, supervisorCall: Int32 = 0x15, systemRegister: Int32 = 0x18
        static let instructionAbort: Int32 = 0x20, programCounterAlignment: Int32 = 0x22, dataAbort: Int32 = 0x24
        static let stackPointerAlignment: Int32 = 0x26, float: Int32 = 0x2c, breakpoint: Int32 = 0x3c
    }

    /// `si_code` values of sys/signal.h.
    enum Code {
        static let illegalOperand: Int32 = 2, illegalTrap: Int32 = 4, privilegedOpcode: Int32 = 5
        static let breakpoint: Int32 = 1, addressAlignment: Int32 = 1, busObject: Int32 = 3, floatInvalid: Int32 = 7
    }

    /// The signal of an exit. An illegal instruction's argument is its `si_code`, 0 for one that does not exist.
    static func signal(for reason: ExitReason, _ cpu: CPUState) -> FaultSignal {
        switch reason {
        case .misalignedStackPointer:
            return FaultSignal(
                signal: Signal.bus, code: Code.addressAlignment, trapNumber: TrapNumber.stackPointerAlignment,
                address: cpu.register(Register.sp))
        case .breakpoint:
            return FaultSignal(
                signal: Signal.trap, code: Code.breakpoint, trapNumber: TrapNumber.breakpoint, address: cpu.pc)
        case .memoryFault:
            let signal = cpu.faultCode == Code.busObject ? Signal.bus : Signal.segv
            return FaultSignal(
                signal: signal, code: cpu.faultCode, trapNumber: TrapNumber.dataAbort, address: cpu.faultAddress)
        case .alignmentFault:
            return FaultSignal(
                signal: Signal.bus, code: Code.addressAlignment, trapNumber: TrapNumber.dataAbort,
                address: cpu.faultAddress)
        case .fetchFault:
            return fetchFault(cpu)
        case .floatException:
            return FaultSignal(
                signal: Signal.fpe, code: Code.floatInvalid, trapNumber: TrapNumber.float, address: cpu.pc)
        case .illegalInstruction:
            return illegalInstruction(cpu)
        case .interrupt, .systemCall, .trap, .integerOverflow, .coprocessorUnusable, .flushCode, .custom0, .custom1,
            .custom2, .custom3:
            return FaultSignal(
                signal: Signal.ill, code: Code.illegalTrap, trapNumber: TrapNumber.unknown, address: cpu.pc)
        }
    }

    private static func fetchFault(_ cpu: CPUState) -> FaultSignal {
        let address = cpu.exitArgument
        guard address & 3 == 0 else {
            return FaultSignal(
                signal: Signal.bus, code: Code.addressAlignment, trapNumber: TrapNumber.programCounterAlignment,
                address: address)
        }
        return FaultSignal(
            signal: Signal.segv, code: cpu.faultCode, trapNumber: TrapNumber.instructionAbort, address: address)
    }

    private static func illegalInstruction(_ cpu: CPUState) -> FaultSignal {
        let code = Int32(truncatingIfNeeded: cpu.exitArgument)
        let trapNumber: Int32 =
            switch code {
            case Code.illegalOperand: TrapNumber.supervisorCall
            case Code.privilegedOpcode: TrapNumber.systemRegister
            default: TrapNumber.unknown
            }
        return FaultSignal(
            signal: Signal.ill, code: code == 0 ? Code.illegalTrap : code, trapNumber: trapNumber, address: cpu.pc)
    }
}
