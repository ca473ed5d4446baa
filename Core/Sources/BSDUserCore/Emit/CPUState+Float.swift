extension CPUState {
    /// Takes the floating-point exceptions raised since the last time, as the operation `takeFloatFlags` does.
    public func takeFloatFlags() -> FloatFlags {
        FloatFlags(rawValue: UInt32(truncatingIfNeeded: CoreHelper.takeFloatFlags.function(registers, 0, 0, 0)))
    }

    /// Sets rounding, flushing and trap enables, as the operation `setFloatMode` does.
    public func setFloatMode(_ mode: FloatMode) {
        _ = CoreHelper.setFloatMode.function(registers, UInt64(mode.rawValue), 0, 0)
    }

    /// For helpers: notes floating-point exceptions that `takeFloatFlags` will report.
    public func raise(_ flags: FloatFlags) {
        setHeader(.floatFlags, header(.floatFlags, as: UInt32.self) | flags.rawValue)
    }

    /// For helpers: rounding, flushing and NaNs in force.
    public var floatModeInForce: FloatMode { FloatMode(rawValue: header(.floatMode)) }

    /// The host's control register for the mode in force and the exceptions noted in the header; its own flags, which
    /// must be among them, are cleared.
    func renewFloatControl() {
        let noted = FloatFlags(rawValue: header(.floatFlags))
        setHeader(.guestControl, MXCSR.control(for: header(.floatMode), noted: noted))
    }

    /// After an exception that the interpreter has dealt with: what it noted need not trap again.
    func noteFloatException() {
        raise(MXCSR.flags(header(.guestControl)))
        renewFloatControl()
    }
}
