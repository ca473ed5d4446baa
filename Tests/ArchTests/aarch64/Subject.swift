import BSDUserCore

@testable import AArch64
@testable import TestSupport

extension AArch64: TestedArchitecture {
    /// `brk` with a code of its own.
    public static let endWord: UInt32 = 0xd43f_ffe0

    public static func put(_ state: AArch64Snapshot, into cpu: CPUState) {
        for number in 0...Register.sp { cpu.setRegister(number, state.general[number]) }
        for number in 0..<32 {
            cpu.setVector(
                number, VectorBits(low: state.vectors[2 * number], high: state.vectors[2 * number + 1]))
        }
        cpu.conditionFlags = state.nzcv
        cpu.floatStatus = state.fpsr
        cpu.floatControl = state.fpcr
        cpu.clearExclusive()
    }

    public static func snapshot(of cpu: CPUState, memory: [UInt8]) -> AArch64Snapshot {
        AArch64Snapshot(
            general: (0...Register.sp).map { cpu.register($0) },
            vectors: (0..<32).flatMap { [cpu.vector($0).low, cpu.vector($0).high] }, nzcv: cpu.conditionFlags,
            fpcr: cpu.floatControl, fpsr: cpu.floatStatus, memory: memory)
    }

    public static func exception(_ reason: ExitReason, _ cpu: CPUState) -> OracleException {
        switch reason {
        case .systemCall: .systemCall
        case .breakpoint: .breakpoint
        case .illegalInstruction: .reservedInstruction
        case .memoryFault, .fetchFault: .memory
        case .alignmentFault: .address
        case .floatException: .floatingPoint
        case .trap, .integerOverflow, .coprocessorUnusable, .interrupt, .flushCode, .custom0, .custom1, .custom2,
            .custom3:
            .other
        }
    }
}

typealias Request = OracleRequest<AArch64Snapshot>
