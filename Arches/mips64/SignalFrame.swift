import BSDUserCore

/// Signal frame, machine context, trampoline (sys/mips/include/{ucontext,sigframe}.h, sys/mips/mips/pm_machdep.c).
enum SignalFrame {
    static let description = SignalFrameDescription(
        frameBytes: 816, ucontextOffset: 32, siginfoOffset: 720, ucontextBytes: 688, mcontextOffset: 16,
        mcontextBytes: 616, onStackOffset: 0, linkOffset: 632, stackOffset: 640, flagsOffset: 664, alignment: 16,
        minimumStackBytes: 2048)

    /// Offsets in `mcontext_t`. The core writes `mc_onstack`, which nothing reads.
    enum Offset {
        static let pc = 8, registers = 16, status = 272, lo = 280, hi = 288, floatUsed = 296, floats = 304
        static let fcsr = 560, exceptionInstruction = 568, threadPointer = 576
    }

    /// Stands in place of `$0`.
    static let magic: UInt64 = 0xaced_bade

    /// `szsigcode` bytes: a0 = the ucontext in the frame, v0 = SYS_sigreturn, the call, and a break if it returns.
    static let trampoline: [UInt32] = [
        0x67a4_0000 | UInt32(description.ucontextOffset),  // daddiu $a0, $sp, ucontextOffset
        0x2402_0000 | 417,  // addiu $v0, $zero, 417
        0x0000_000c,  // syscall
        0x0000_000d,  // break
    ]

    /// The machine context in guest byte order.
    static func encode(_ cpu: CPUState, clearingReturn: Bool) -> [UInt8] {
        cpu.harvest(cpu.takeFloatFlags())
        var bytes = [UInt8](repeating: 0, count: description.mcontextBytes)
        put(&bytes, Offset.pc, cpu.pc)
        put(&bytes, Offset.registers, magic)
        for number in 1..<32 { put(&bytes, Offset.registers + 8 * number, cpu.general(number)) }
        if clearingReturn {
            for number in [Register.v0, Register.v1, Register.a3] { put(&bytes, Offset.registers + 8 * number, 0) }
        }
        put(&bytes, Offset.lo, cpu.register(Register.lo))
        put(&bytes, Offset.hi, cpu.register(Register.hi))
        bytes[Offset.floatUsed + 3] = 1
        for number in 0..<32 { put(&bytes, Offset.floats + 8 * number, cpu.register(Register.float0 + number)) }
        put(&bytes, Offset.fcsr, UInt64(cpu.fcsr))
        put(&bytes, Offset.threadPointer, cpu.register(Register.threadPointer))
        return bytes
    }

    /// Makes a machine context the CPU's state. The kernel refuses none: status bits are not taken from it.
    static func decode(_ bytes: [UInt8], into cpu: CPUState) {
        cpu.pc = get(bytes, Offset.pc)
        cpu.inDelaySlot = false
        for number in 1..<32 { cpu.setGeneral(number, get(bytes, Offset.registers + 8 * number)) }
        cpu.setRegister(Register.lo, get(bytes, Offset.lo))
        cpu.setRegister(Register.hi, get(bytes, Offset.hi))
        cpu.setRegister(Register.flushDone, 0)
        cpu.clearLink()
        SyscallABI.setThreadPointer(cpu, get(bytes, Offset.threadPointer))
        guard bytes[Offset.floatUsed..<(Offset.floatUsed + 4)].contains(where: { $0 != 0 }) else { return }
        for number in 0..<32 { cpu.setRegister(Register.float0 + number, get(bytes, Offset.floats + 8 * number)) }
        _ = cpu.takeFloatFlags()
        cpu.setFCSR(UInt32(truncatingIfNeeded: get(bytes, Offset.fcsr)))
        cpu.setFloatMode(cpu.floatMode)
    }

    private static func put(_ bytes: inout [UInt8], _ offset: Int, _ value: UInt64) {
        for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * index)) }
    }

    private static func get(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        bytes[offset..<(offset + 8)].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Sets the registers to enter a handler (`sendsig`).
    static func enter(_ cpu: CPUState, _ entry: HandlerEntry) {
        cpu.setGeneral(Register.a0, UInt64(bitPattern: Int64(entry.signal)))
        cpu.setGeneral(Register.a2, entry.ucontext)
        if entry.wantsSiginfo {
            cpu.setGeneral(Register.a1, entry.siginfo)
        } else {
            cpu.setGeneral(Register.a1, UInt64(bitPattern: Int64(entry.code)))
            cpu.setGeneral(Register.a3, entry.address)
        }
        cpu.setGeneral(Register.t9, entry.handler)
        cpu.setGeneral(Register.sp, entry.frame)
        cpu.setGeneral(Register.ra, entry.trampoline)
        cpu.pc = entry.handler
        cpu.inDelaySlot = false
        cpu.setRegister(Register.flushDone, 0)
        cpu.clearLink()
    }
}
