import BSDUserCore

/// Exceptions, hints, barriers, cache maintenance, system registers (DDI 0487, C5 and C6.2).
enum System {
    static let rows: [Instruction<Translator>] =
        registerRows + [
            row("11010100 000 imm16 000 01", "svc", .leaves) { t, w in
                if w[Bits.immediate16] == 0 { return t.end(.systemCall) }
                t.end(.illegalInstruction, t.builder.constant(Int64(Faults.Code.illegalOperand)))
            },
            row("11010100 001 imm16 000 00", "brk", .leaves) { t, w in
                t.end(.breakpoint, t.builder.constant(Int64(w[Bits.immediate16])))
            },
            // Among the hints are BTI and the pointer authentication of the 1716, SP and Z forms, which is not there.
            row("1101010100 0 00 011 0010 crm op2 11111", "hint") { _, _ in },
            row("1101010100 0 00 011 0011 crm 010 11111", "clrex") { t, _ in t.unlink() },
            row("1101010100 0 00 011 0011 crm 100 11111", "dsb", barrier),
            row("1101010100 0 00 011 0011 crm 101 11111", "dmb", barrier),
            row("1101010100 0 00 011 0011 crm 110 11111", "isb") { _, _ in },
            // Of DAIFSet and DAIFClr (DDI 0487, C6.2, MSR (immediate)).
            row("1101010100 0 00 011 0100 crm 11 - 11111", "msr", .leaves) { t, _ in trap(&t) },
            row("1101010100 0 01 011 0111 0100 001 rt", "dc zva", .skips, zeroLine),
            row("1101010100 0 01 011 0111 1010 001 rt", "dc cvac") { _, _ in },
            row("1101010100 0 01 011 0111 1011 001 rt", "dc cvau") { _, _ in },
            row("1101010100 0 01 011 0111 1110 001 rt", "dc civac") { _, _ in },
            row("1101010100 0 01 011 0111 0101 001 rt", "ic ivau", .skips) { t, w in
                // The flush is done when the core runs the next instruction.
                let line = t.builder.binary(.and, t.get(w[Bits.rt]), t.builder.constant(-Machine.lineBytes))
                t.builder.mark(restart: t.pc &+ 4)
                t.end(.flushCode, line)
            },
        ]

    private static let registerRows: [Instruction<Translator>] = [
        row("1101010100 1 1 1 011 0100 0010 000 rt", "mrs", .readsFlags) { t, w in
            t.setExtended(w[Bits.rt], t.nzcv())
        },
        row("1101010100 0 1 1 011 0100 0010 000 rt", "msr", .writesFlags) { t, w in
            t.setFlags(nzcv: t.get(w[Bits.rt]))
        },
        row("1101010100 1 1 sysreg rt", "mrs", readRegister),
        row("1101010100 0 1 sysreg rt", "msr", writeRegister),
    ]

    /// Loads and stores alone are ordered as the host orders them; a full barrier is one.
    private static func barrier(_ t: inout Translator, _ w: Word) {
        let isFull = w[Bits.crm] & 3 == 3 || w[Bits.crm] & 3 == 0
        if isFull { t.builder.fence() }
    }

    private static func zeroLine(_ t: inout Translator, _ w: Word) {
        let line = t.builder.binary(.and, t.get(w[Bits.rt]), t.builder.constant(-Machine.lineBytes))
        for offset in stride(from: Int32(0), to: Int32(Machine.lineBytes), by: 8) {
            t.builder.store(line, displacement: offset, t.builder.constant(0), .bytes8)
        }
    }

    // MARK: Registers

    private static func readRegister(_ t: inout Translator, _ w: Word) {
        let (name, register) = (w[Bits.systemRegister], w[Bits.rt])
        switch SystemRegister(rawValue: name) {
        case .floatControl: t.setExtended(register, t.builder.get(.fpcr))
        case .floatStatus:
            let status = t.builder.binary(.or, t.builder.get(.fpsr), t.builder.takeFloatFlags())
            t.builder.put(.fpsr, status)
            t.setExtended(register, status)
        case .threadPointer: t.set(register, t.builder.get(.threadPointer))
        case .threadPointerReadOnly: t.set(register, t.builder.get(.threadPointerReadOnly))
        case .cacheType: t.setConstant(register, Machine.cacheType)
        case .zeroBlock: t.setConstant(register, Machine.zeroBlock)
        case .counterFrequency: t.setConstant(register, Machine.counterFrequency)
        case .counter: t.set(register, t.builder.call(Helpers.counter))
        case nil: readIdentification(&t, name, register)
        }
    }

    private static func writeRegister(_ t: inout Translator, _ w: Word) {
        let value = t.get(w[Bits.rt])
        switch SystemRegister(rawValue: w[Bits.systemRegister]) {
        case .floatControl:
            let control = t.builder.binary(.and, value, t.builder.constant(Int64(t.processor.floatControlMask)))
            t.builder.put(.fpcr, control)
            t.builder.setFloatMode(t.builder.call(Helpers.floatMode, control))
        case .floatStatus:
            _ = t.builder.takeFloatFlags()
            let mask = t.builder.constant(Int64(FloatControl.statusMask))
            t.builder.put(.fpsr, t.builder.binary(.and, value, mask))
        case .threadPointer: t.builder.put(.threadPointer, value)
        case .threadPointerReadOnly, .cacheType, .zeroBlock, .counterFrequency, .counter, nil:
            undefined(&t, w[Bits.systemRegister])
        }
    }

    /// Identification registers, which FreeBSD reads for the program (`user_mrs_handler`,
    /// sys/arm64/arm64/identcpu.c); unassigned ones of the group are 0.
    private static func readIdentification(_ t: inout Translator, _ name: Int, _ register: Int) {
        let (group, number) = (name >> 3, name & 7)
        switch (group, number) {
        case (SystemRegister.mainGroup, 0): t.setConstant(register, t.processor.main)
        // MPIDR_EL1: the only processor of its cluster.
        case (SystemRegister.mainGroup, 5): t.setConstant(register, 1 << 31)
        // REVIDR_EL1.
        case (SystemRegister.mainGroup, 6): t.setConstant(register, 0)
        case (SystemRegister.mainGroup + 4, 0): t.setConstant(register, t.processor.identification(.features0))
        case (SystemRegister.mainGroup + 6, 0): t.setConstant(register, t.processor.identification(.instructions0))
        case (SystemRegister.mainGroup + 6, 1): t.setConstant(register, t.processor.identification(.instructions1))
        case (SystemRegister.mainGroup + 4...SystemRegister.mainGroup + 7, _): t.setConstant(register, 0)
        default: undefined(&t, name)
        }
    }

    /// Counters, performance monitors and, with SCTLR_EL1.UMA clear, the interrupt masks are trapped by the kernel; what
    /// else user mode may not name is undefined.
    private static func undefined(_ t: inout Translator, _ name: Int) {
        let isTrapped =
            name >> 7 == SystemRegister.monitors || name >> 7 == SystemRegister.timers
            || name == SystemRegister.interruptMasks
        if isTrapped { return trap(&t) }
        t.end(.illegalInstruction)
    }

    private static func trap(_ t: inout Translator) {
        t.end(.illegalInstruction, t.builder.constant(Int64(Faults.Code.privilegedOpcode)))
    }
}

/// Names of system registers as instructions hold them: the low bit of op0, op1, CRn, CRm, op2.
enum SystemRegister: Int {
    case cacheType = 0b1_011_0000_0000_001, zeroBlock = 0b1_011_0000_0000_111
    case floatControl = 0b1_011_0100_0100_000, floatStatus = 0b1_011_0100_0100_001
    case threadPointer = 0b1_011_1101_0000_010, threadPointerReadOnly = 0b1_011_1101_0000_011
    case counterFrequency = 0b1_011_1110_0000_000, counter = 0b1_011_1110_0000_010

    /// op0 to CRm of MIDR_EL1; the groups four to seven above it hold the ID_AA64* registers.
    static let mainGroup = 0b1_000_0000_0000
    /// op0 to CRn of the performance monitors and of the generic timer.
    static let monitors = 0b1_011_1001, timers = 0b1_011_1110
    /// DAIF.
    static let interruptMasks = 0b1_011_0100_0010_001
}
