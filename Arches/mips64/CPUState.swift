import BSDUserCore

/// The registers of a MIPS CPU by name.
extension CPUState {
    func general(_ number: Int) -> UInt64 { load(RegisterOffset.of(number)) }

    func setGeneral(_ number: Int, _ value: UInt64) {
        guard number != 0 else { return }
        store(value, RegisterOffset.of(number))
    }

    /// A register by its number in the register table.
    func register(_ number: Int) -> UInt64 { load(RegisterOffset.of(number)) }

    func setRegister(_ number: Int, _ value: UInt64) { store(value, RegisterOffset.of(number)) }

    /// Ends the link between a load linked and a store conditional, as every return from an exception does.
    func clearLink() { setRegister(Register.linkedAddress, 1) }

    /// Goes on after the instruction that entered the kernel.
    func advance() {
        pc = inDelaySlot ? register(Register.slotTarget) : pc &+ 4
        inDelaySlot = false
    }
}

extension FloatFlags {
    /// In an exit's argument: the exceptions stand in FCSR's cause field already.
    static let areShown = FloatFlags(rawValue: 256)
}

/// Bits of FCSR, the floating-point control and status register (volume I, chapter on the FPU).
enum FloatControl {
    static let roundingMask: UInt32 = 3
    static let flagShift: UInt32 = 2, enableShift: UInt32 = 7, causeShift: UInt32 = 12
    static let fiveBits: UInt32 = 31
    static let unimplementedCause: UInt32 = 1 << 17
    static let nan2008: UInt32 = 1 << 18, abs2008: UInt32 = 1 << 19
    static let flush: UInt32 = 1 << 24
    /// The condition codes: bit 23, and 25 to 31.
    static let conditionMask: UInt32 = 0xfe80_0000
    /// What a program can change besides the condition codes.
    static let writableMask: UInt32 = 0x0103_ffff

    /// Formats S, D, PS, W and L, and 64-bit registers. The processor is unnamed.
    static let implementation: UInt32 = 1 << 22 | 1 << 21 | 1 << 20 | 1 << 18 | 1 << 17 | 1 << 16
    /// FIR's bit that says that NaN2008 exists.
    static let has2008: UInt32 = 1 << 23

    /// Exceptions in FCSR's order: inexact, underflow, overflow, division by zero, invalid from bit 0.
    static func bits(_ flags: FloatFlags) -> UInt32 { reversed(flags.rawValue) }

    static func flags(_ bits: UInt32) -> FloatFlags { FloatFlags(rawValue: reversed(bits & fiveBits)) }

    /// The two orders are each other's reverse.
    private static func reversed(_ bits: UInt32) -> UInt32 {
        (bits & 1) << 4 | (bits & 2) << 2 | bits & 4 | (bits & 8) >> 2 | (bits & 16) >> 4
    }
}

extension CPUState {
    /// FCSR without the condition codes.
    private var control: UInt32 {
        get { UInt32(truncatingIfNeeded: register(Register.fcsr)) }
        nonmutating set { setRegister(Register.fcsr, UInt64(newValue)) }
    }

    /// The condition codes as FCCR has them: code n in bit n.
    private var conditions: UInt32 {
        get {
            (0..<8).reduce(0) { $0 | UInt32(truncatingIfNeeded: register(Register.condition0 + $1) & 1) << UInt32($1) }
        }
        nonmutating set {
            for code in 0..<8 { setRegister(Register.condition0 + code, UInt64(newValue >> UInt32(code) & 1)) }
        }
    }

    /// Adds exceptions raised since FCSR was last looked at to its flags and shows them as the cause.
    ///
    /// The architecture's cause field is that of the last instruction alone; translated code does not keep it, so it
    /// shows all exceptions since the last look. When there were none it keeps its value.
    func harvest(_ flags: FloatFlags) {
        guard !flags.isEmpty else { return }
        let bits = FloatControl.bits(flags)
        let cause = FloatControl.fiveBits << FloatControl.causeShift | FloatControl.unimplementedCause
        control = control & ~cause | bits << FloatControl.causeShift | bits << FloatControl.flagShift
    }

    /// All of FCSR.
    var fcsr: UInt32 {
        let codes = conditions
        return control | (codes & 1) << 23 | (codes & 0xfe) << 24
    }

    /// Writes FCSR. NAN2008 and ABS2008 are the processor's.
    func setFCSR(_ value: UInt32) {
        control = control & ~FloatControl.writableMask | value & FloatControl.writableMask
        conditions = value >> 23 & 1 | value >> 24 & 0xfe
    }

    /// `cfc1`: FIR, FCCR, FEXR, FENR, FCSR; other registers are UNPREDICTABLE and read as 0.
    func readFloatControl(_ number: Int) -> UInt32 {
        switch number {
        case 0: UInt32(truncatingIfNeeded: register(Register.fir))
        case 25: conditions
        case 26: control & 0x0003_f07c
        case 28: control & 0xf83 | (control & FloatControl.flush) >> 22
        case 31: fcsr
        default: 0
        }
    }

    /// `ctc1`.
    func writeFloatControl(_ number: Int, _ value: UInt32) {
        switch number {
        case 25: conditions = value & 0xff
        case 26: control = control & ~0x0003_f07c | value & 0x0003_f07c
        case 28: control = control & ~0x0100_0f83 | value & 0xf83 | (value & 4) << 22
        case 31: setFCSR(value)
        default: break
        }
    }

    /// What FCSR asks of the translator. MIPS numbers rounding nearest, zero, up, down; `FloatMode` as MXCSR does.
    /// FS flushes results; whether it flushes operands is left to the implementation (volume I, FCSR), and here it does
    /// not.
    var floatMode: FloatMode {
        let rounding: UInt32 =
            switch control & FloatControl.roundingMask {
            case 1: 3
            case 2: 2
            case 3: 1
            default: 0
            }
        var mode = FloatMode(rawValue: rounding)
        if control & FloatControl.flush != 0 { mode.formUnion(.flushResults) }
        let enables = FloatControl.flags(control >> FloatControl.enableShift)
        return FloatMode(rawValue: mode.rawValue | enables.rawValue << FloatMode.trapShift)
    }

    /// Exceptions whose cause and enable bits are both set, marked as shown; an unimplemented operation, which has no
    /// enable bit, counts as enabled. Empty when a write of FCSR raises nothing.
    var pendingFloatException: FloatFlags {
        let pending = control >> FloatControl.enableShift & control >> FloatControl.causeShift & FloatControl.fiveBits
        if pending == 0 && control & FloatControl.unimplementedCause == 0 { return [] }
        return FloatControl.flags(pending).union(.areShown)
    }

    /// Shows the exceptions that a trapped instruction raised as the cause; its flags are not set.
    func setFloatCause(_ flags: FloatFlags) {
        if flags.contains(.areShown) { return }
        let cause = FloatControl.fiveBits << FloatControl.causeShift | FloatControl.unimplementedCause
        control = control & ~cause | FloatControl.bits(flags) << FloatControl.causeShift
    }

    /// Sets the bits of FCSR and FIR that belong to the processor.
    func setNaN2008(_ isOn: Bool) {
        let bits = FloatControl.nan2008 | FloatControl.abs2008
        control = isOn ? control | bits : control & ~bits
        setRegister(Register.fir, UInt64(FloatControl.implementation | (isOn ? FloatControl.has2008 : 0)))
    }
}
