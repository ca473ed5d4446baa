import BSDUserCore

/// Signal frame, machine context, trampoline (sys/arm64/include/{ucontext,frame}.h, sys/arm64/arm64/machdep.c).
enum SignalFrame {
    static let description = SignalFrameDescription(
        frameBytes: 1040, ucontextOffset: 80, siginfoOffset: 0, ucontextBytes: 960, mcontextOffset: 16,
        mcontextBytes: 880, linkOffset: 896, stackOffset: 904, flagsOffset: 928, alignment: 16, minimumStackBytes: 4096)

    /// Doublewords of `mcontext_t`: x0 to x30 and the stack pointer come first.
    enum Place {
        static let pc = 32, status = 33, vectors = 34, floatStatusAndControl = 98, flags = 100, count = 110
    }

    /// `_MC_FP_VALID`.
    static let floatIsValid: UInt64 = 1

    /// Bits of SPSR that a program may not set: the mode, AArch32, and the interrupt masks.
    static let privilegedStatus: UInt32 = 0x3df

    /// `sigcode`: x0 = the ucontext in the frame, then sigreturn, and exit if it returns.
    static let trampoline: [UInt32] = [
        0x9100_03e0,  // mov x0, sp
        0x9100_0000 | UInt32(description.ucontextOffset) << 10,  // add x0, x0, #ucontextOffset
        0xd280_0008 | 417 << 5,  // mov x8, #417
        0xd400_0001,  // svc #0
        0xd280_0008 | 1 << 5,  // mov x8, #1
        0xd400_0001,  // svc #0
        0x17ff_fffc,  // b to the first mov x8
    ]

    /// The machine context.
    static func encode(_ cpu: CPUState, clearingReturn: Bool) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: Place.count)
        for number in 0...Register.sp { words[number] = cpu.register(number) }
        words[Place.pc] = cpu.pc
        words[Place.status] = UInt64(cpu.conditionFlags)
        if clearingReturn {
            words[Register.x0] = 0
            words[Place.status] &= ~UInt64(ConditionFlags.carry)
        }
        for number in 0..<32 {
            let bits = cpu.vector(number)
            words[Place.vectors + 2 * number] = bits.low
            words[Place.vectors + 2 * number + 1] = bits.high
        }
        words[Place.floatStatusAndControl] = UInt64(cpu.floatStatus) | UInt64(cpu.floatControl) << 32
        words[Place.flags] = floatIsValid
        return words
    }

    /// Makes a machine context the CPU's state; false, and nothing is changed, for one that user mode may not load.
    static func decode(_ words: [UInt64], into cpu: CPUState) -> Bool {
        let status = UInt32(truncatingIfNeeded: words[Place.status])
        guard status & privilegedStatus == 0 else { return false }
        for number in 0...Register.sp { cpu.setRegister(number, words[number]) }
        cpu.pc = words[Place.pc]
        cpu.conditionFlags = status
        cpu.clearExclusive()
        guard words[Place.flags] & floatIsValid != 0 else { return true }
        for number in 0..<32 {
            let place = Place.vectors + 2 * number
            cpu.setVector(number, VectorBits(low: words[place], high: words[place + 1]))
        }
        cpu.floatStatus = UInt32(truncatingIfNeeded: words[Place.floatStatusAndControl])
        cpu.floatControl = UInt32(truncatingIfNeeded: words[Place.floatStatusAndControl] >> 32)
        return true
    }

    /// Sets the registers to enter a handler (`sendsig`); every handler gets the siginfo.
    static func enter(_ cpu: CPUState, _ entry: HandlerEntry) {
        cpu.setRegister(0, UInt64(bitPattern: Int64(entry.signal)))
        cpu.setRegister(1, entry.siginfo)
        cpu.setRegister(2, entry.ucontext)
        cpu.setRegister(Register.sp, entry.frame)
        cpu.setRegister(Register.linkRegister, entry.trampoline)
        cpu.pc = entry.handler
        cpu.clearExclusive()
    }
}
