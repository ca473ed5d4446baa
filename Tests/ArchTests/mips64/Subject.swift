import TestSupport

@testable import BSDUserCore
@testable import MIPS64
@testable import TestSupport

extension MIPS64: TestedArchitecture {
    /// `break` with a code of its own.
    public static let endWord: UInt32 = 0x03ff_ffcd

    public static func put(_ state: MIPS64Snapshot, into cpu: CPUState) {
        for number in 1..<32 { cpu.setGeneral(number, state.gpr[number]) }
        cpu.setRegister(Register.hi, state.hi)
        cpu.setRegister(Register.lo, state.lo)
        for number in 0..<32 { cpu.setRegister(Register.float0 + number, state.fpr[number]) }
        cpu.clearLink()
        _ = cpu.takeFloatFlags()
        cpu.setFCSR(state.fcsr)
        cpu.setFloatMode(cpu.floatMode)
    }

    public static func snapshot(of cpu: CPUState, memory: [UInt8]) -> MIPS64Snapshot {
        cpu.harvest(cpu.takeFloatFlags())
        return MIPS64Snapshot(
            gpr: (0..<32).map { cpu.general($0) }, hi: cpu.register(Register.hi), lo: cpu.register(Register.lo),
            fpr: (0..<32).map { cpu.register(Register.float0 + $0) }, fcsr: cpu.fcsr, memory: memory)
    }

    public static func exception(_ reason: ExitReason, _ cpu: CPUState) -> OracleException {
        switch reason {
        case .systemCall: return .systemCall
        case .breakpoint: return .breakpoint
        case .trap: return .trap
        case .integerOverflow: return .overflow
        case .illegalInstruction: return .reservedInstruction
        case .coprocessorUnusable: return .coprocessorUnusable
        case .memoryFault: return .memory
        case .alignmentFault: return .address
        case .floatException:
            cpu.setFloatCause(FloatFlags(rawValue: UInt32(truncatingIfNeeded: cpu.exitArgument)))
            return .floatingPoint
        case .fetchFault: return .memory
        case .interrupt, .flushCode, .custom0, .custom1, .custom2, .custom3: return .other
        }
    }
}

typealias Request = OracleRequest<MIPS64Snapshot>
