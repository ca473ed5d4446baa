import BSDUserCore

/// System calls: registers and results (sys/arm64/arm64/trap.c, sys/arm64/arm64/vm_machdep.c).
enum SyscallABI {
    /// Number in x8, arguments in x0 to x7; no call has more.
    static let description = SystemCallABI(
        number: .general(Register.x8), arguments: (0..<8).map { RegisterIndex.general($0) }, stackArgumentOffset: 0)

    /// x0 and x1 hold the results, the carry flag whether the call failed (`cpu_set_syscall_retval`). An ordinary call
    /// clears x1.
    static func setResult(_ cpu: CPUState, _ outcome: SystemCallOutcome) {
        switch outcome {
        case .values(let first, let second):
            cpu.setRegister(Register.x0, first)
            cpu.setRegister(Register.x1, second ?? 0)
            cpu.conditionFlags &= ~ConditionFlags.carry
            cpu.pc &+= 4
        case .failure(let error):
            cpu.setRegister(Register.x0, UInt64(bitPattern: Int64(error.rawValue)))
            cpu.conditionFlags |= ConditionFlags.carry
            cpu.pc &+= 4
        case .restart, .unchanged:
            break
        }
        cpu.clearExclusive()
    }
}
