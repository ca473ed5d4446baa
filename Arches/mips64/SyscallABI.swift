import BSDUserCore

/// System calls: registers, results, `sysarch` (sys/mips/mips/vm_machdep.c, sys/mips/mips/sys_machdep.c).
enum SyscallABI {
    /// Number in v0, arguments in a0 to a7; further ones stand above the space for eight registers' worth of
    /// arguments that the kernel's `cpu_fetch_syscall_args` skips.
    static let description = SystemCallABI(
        number: .general(Register.v0), arguments: (4...11).map { RegisterIndex.general($0) }, stackArgumentOffset: 32)

    /// v0 and v1 hold the results, a3 whether the call failed (`cpu_set_syscall_retval`). An ordinary call leaves v1.
    static func setResult(_ cpu: CPUState, _ outcome: SystemCallOutcome) {
        switch outcome {
        case .values(let first, let second):
            cpu.setGeneral(Register.v0, first)
            if let second { cpu.setGeneral(Register.v1, second) }
            cpu.setGeneral(Register.a3, 0)
            cpu.advance()
        case .failure(let error):
            cpu.setGeneral(Register.v0, UInt64(bitPattern: Int64(error.rawValue)))
            cpu.setGeneral(Register.a3, 1)
            cpu.advance()
        case .restart, .unchanged:
            break
        }
        cpu.clearLink()
    }

    /// Distance from the thread control block to what `rdhwr $29` gives: TLS_TP_OFFSET and TLS_TCB_SIZE of
    /// sys/mips/include/tls.h.
    static let threadPointerBias: UInt64 = 0x7000 + 16

    static func setThreadPointer(_ cpu: CPUState, _ address: GuestAddress) {
        cpu.setRegister(Register.threadPointer, address)
        cpu.setRegister(Register.userLocal, address &+ threadPointerBias)
    }

    /// Operations of `sysarch`.
    enum Operation: Int32 {
        case setTLS = 1, getTLS = 2, getCount = 3
    }
}
