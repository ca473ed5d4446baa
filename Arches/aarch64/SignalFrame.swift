import BSDUserCore

/// Signal frame, machine context, trampoline (sys/arm64/include/{ucontext,frame}.h, sys/arm64/arm64/machdep.c).
enum SignalFrame {
    static let description = SignalFrameDescription(
        frameBytes: 1040, ucontextOffset: 80, siginfoOffset: 0, ucontextBytes: 960, mcontextOffset: 16,
        mcontextBytes: 880, linkOffset: 896, stackOffset: 904, flagsOffset: 928, alignment: 16, minimumStackBytes: 4096)

    /// Offsets in `mcontext_t`.
    enum Offset {
        static let sp = 248, pc = 256, status = 264, vectors = 272, floatStatus = 784, floatControl = 788, flags = 800
    }

    /// `_MC_FP_VALID`.
    static let floatIsValid: UInt32 = 1

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

    /// The machine context in guest byte order.
    static func encode(_ cpu: CPUState, clearingReturn: Bool) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: description.mcontextBytes)
        for number in 0...Register.sp { put(&bytes, 8 * number, cpu.register(number)) }
        put(&bytes, Offset.pc, cpu.pc)
        var status = cpu.conditionFlags
        if clearingReturn {
            put(&bytes, 8 * Register.x0, UInt64(0))
            status &= ~ConditionFlags.carry
        }
        put(&bytes, Offset.status, status)
        for number in 0..<32 {
            let bits = cpu.vector(number)
            put(&bytes, Offset.vectors + 16 * number, bits.low)
            put(&bytes, Offset.vectors + 16 * number + 8, bits.high)
        }
        put(&bytes, Offset.floatStatus, cpu.floatStatus)
        put(&bytes, Offset.floatControl, cpu.floatControl)
        put(&bytes, Offset.flags, floatIsValid)
        return bytes
    }

    /// Makes a machine context the CPU's state; false, and nothing is changed, for one that user mode may not load.
    static func decode(_ bytes: [UInt8], into cpu: CPUState) -> Bool {
        let status = get(bytes, Offset.status, as: UInt32.self)
        guard status & privilegedStatus == 0 else { return false }
        for number in 0...Register.sp { cpu.setRegister(number, get(bytes, 8 * number, as: UInt64.self)) }
        cpu.pc = get(bytes, Offset.pc, as: UInt64.self)
        cpu.conditionFlags = status
        cpu.clearExclusive()
        guard get(bytes, Offset.flags, as: UInt32.self) & floatIsValid != 0 else { return true }
        for number in 0..<32 {
            let offset = Offset.vectors + 16 * number
            let (low, high) = (get(bytes, offset, as: UInt64.self), get(bytes, offset + 8, as: UInt64.self))
            cpu.setVector(number, VectorBits(low: low, high: high))
        }
        cpu.floatStatus = get(bytes, Offset.floatStatus, as: UInt32.self)
        cpu.floatControl = get(bytes, Offset.floatControl, as: UInt32.self)
        return true
    }

    private static func put<T: FixedWidthInteger>(_ bytes: inout [UInt8], _ offset: Int, _ value: T) {
        for index in 0..<T.bitWidth / 8 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> T(8 * index)) }
    }

    private static func get<T: FixedWidthInteger>(_ bytes: [UInt8], _ offset: Int, as type: T.Type) -> T {
        (0..<T.bitWidth / 8).reduce(0) { $0 | T(bytes[offset + $1]) << T(8 * $1) }
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
