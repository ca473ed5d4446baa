import BSDUserCore

/// The registers of an AArch64 CPU by name.
extension CPUState {
    /// A register by its number in the register table.
    func register(_ number: Int) -> UInt64 { load(RegisterOffset.of(number)) }

    func setRegister(_ number: Int, _ value: UInt64) { store(value, RegisterOffset.of(number)) }

    func vector(_ number: Int) -> VectorBits { loadVector(RegisterOffset.of(Register.vector0 + number)) }

    func setVector(_ number: Int, _ value: VectorBits) {
        storeVector(value, RegisterOffset.of(Register.vector0 + number))
    }

    /// N, Z, C and V in bits 31 to 28, as PSTATE and SPSR have them.
    var conditionFlags: UInt32 {
        get { FlagWord.nzcv(packed: load(RegisterOffset.of(Register.flags))) << 28 }
        nonmutating set {
            let packed = FlagWord.packed(nzcv: Int(newValue >> 28))
            store(UInt32(truncatingIfNeeded: packed), RegisterOffset.of(Register.flags))
        }
    }

    /// Ends the link between a load exclusive and a store exclusive, as every return from an exception does.
    func clearExclusive() { setRegister(Register.exclusiveAddress, UInt64.max) }

    /// FPSR with the exceptions raised up to now.
    var floatStatus: UInt32 {
        get {
            let status = UInt32(truncatingIfNeeded: register(Register.fpsr)) | takeFloatFlags().rawValue
            setRegister(Register.fpsr, UInt64(status))
            return status
        }
        nonmutating set {
            _ = takeFloatFlags()
            setRegister(Register.fpsr, UInt64(newValue & FloatControl.statusMask))
        }
    }

    /// FPCR.
    var floatControl: UInt32 {
        get { UInt32(truncatingIfNeeded: register(Register.fpcr)) }
        nonmutating set {
            setRegister(Register.fpcr, UInt64(newValue & FloatControl.controlMask))
            setFloatMode(FloatControl.mode(newValue))
        }
    }
}

/// Bits of NZCV.
enum ConditionFlags {
    static let mask: UInt32 = 0xf << 28
    static let carry: UInt32 = 1 << 29
}

/// Bits of FPCR and FPSR (DDI 0487, C5.2).
enum FloatControl {
    /// AHP, DN, FZ, RMode and FZ16; floating-point traps are not implemented, so that their enables read as 0.
    static let controlMask: UInt32 = 0x07c8_0000
    /// QC, IDC and the five IEEE 754 exceptions, which stand in the order of `FloatFlags`.
    static let statusMask: UInt32 = 0x0800_009f
    /// Where QC is.
    static let saturationPlace: Int64 = 27
    static let flush: UInt32 = 1 << 24, defaultNaN: UInt32 = 1 << 25
    static let flushHalf: UInt32 = 1 << 19, alternativeHalf: UInt32 = 1 << 26

    /// What FPCR asks of the translator. RMode numbers rounding nearest, up, down, zero; `FloatMode` as MXCSR does.
    static func mode(_ control: UInt32) -> FloatMode {
        let rounding = control >> 22 & 3
        var mode = FloatMode(rawValue: (rounding & 1) << 1 | rounding >> 1)
        if control & defaultNaN != 0 { mode.formUnion(.defaultNaN) }
        if control & flush != 0 { mode.formUnion([.flushResults, .flushOperands, .reportsFlushing]) }
        if control & flushHalf != 0 { mode.formUnion(.flushHalf) }
        if control & alternativeHalf != 0 { mode.formUnion(.alternativeHalf) }
        return mode
    }
}
