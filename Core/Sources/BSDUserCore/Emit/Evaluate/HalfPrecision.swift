/// IEEE binary16 numbers: conversion from and to the wider formats.
enum HalfPrecision {
    private static let infinity: UInt64 = 0x7C00
    private static let greatest: UInt64 = 0x7BFF

    /// To the fix-up's type; exact but for NaNs.
    static func widen(_ a: UInt64, _ fixup: FloatFixup) -> (UInt64, FloatFlags) {
        let half = Float16(bitPattern: UInt16(truncatingIfNeeded: a))
        if half.isNaN { return widenNaN(a & 0xFFFF, fixup) }
        return (fixup.type == .f32 ? UInt64(Float(half).bitPattern) : Double(half).bitPattern, [])
    }

    private static func widenNaN(_ bits: UInt64, _ fixup: FloatFixup) -> (UInt64, FloatFlags) {
        let isSignalling = (bits & 0x200 != 0) == fixup.profile.quietBitInverted
        let raised: FloatFlags = isSignalling ? .invalid : []
        if fixup.givesDefaultNaN(isSignalling: isSignalling) { return (fixup.defaultNaN(fixup.type), raised) }
        let wide =
            fixup.type == .f32
            ? (bits & 0x8000) << 16 | 0x7F80_0000 | (bits & 0x3FF) << 13
            : (bits & 0x8000) << 48 | 0x7FF0_0000_0000_0000 | (bits & 0x3FF) << 42
        return (fixup.quieted(wide, fixup.type), raised)
    }

    /// From the fix-up's operand type, rounded as the mode says.
    static func narrow(_ a: UInt64, _ fixup: FloatFixup) -> (UInt64, FloatFlags) {
        let nanClass = NaNClass(a, fixup.operandType, fixup.profile)
        if nanClass != .number { return narrowNaN(a, isSignalling: nanClass == .signalling, fixup) }
        let value = fixup.number(fixup.flushed(a))
        let sign: UInt64 = value.sign == .minus ? 0x8000 : 0
        if value == 0 { return (sign, []) }
        if value.isInfinite { return (sign | infinity, []) }
        let rule = fixup.rounding(FloatRounding.current.rawValue)
        let exponent = Int(value.exponent)
        // Beyond the format's range by more than rounding can change.
        if exponent > 15 { return overflow(sign, rule) }
        // One unit of the last place: subnormal numbers share that of the least normal ones.
        let unit = max(exponent, -14) - 10
        let scaled = Double(sign: .plus, exponent: -unit, significand: value)
        let rounded = scaled.rounded(rule).magnitude
        let bits = UInt64(rounded) + (exponent >= -14 ? UInt64(exponent + 14) << 10 : 0)
        if bits >= infinity { return overflow(sign, rule) }
        let isInexact = rounded != scaled.magnitude
        let raised: FloatFlags = !isInexact ? [] : exponent < -14 ? [.inexact, .underflow] : .inexact
        return (sign | bits, raised)
    }

    private static func overflow(_ sign: UInt64, _ rule: FloatingPointRoundingRule) -> (UInt64, FloatFlags) {
        let isInfinite =
            switch rule {
            case .towardZero: false
            case .up: sign == 0
            case .down: sign != 0
            default: true
            }
        return (sign | (isInfinite ? infinity : greatest), [.overflow, .inexact])
    }

    private static func narrowNaN(_ a: UInt64, isSignalling: Bool, _ fixup: FloatFixup) -> (UInt64, FloatFlags) {
        let raised: FloatFlags = isSignalling ? .invalid : []
        // The default NaN of this format has the fraction of the others.
        if fixup.givesDefaultNaN(isSignalling: isSignalling) {
            return (fixup.defaultNaN(.f32) >> 16 & 0x8000 | 0x7C00 | fixup.defaultNaN(.f32) >> 13 & 0x3FF, raised)
        }
        let (sign, payload) =
            fixup.operandType == .f32 ? (a >> 16 & 0x8000, a >> 13 & 0x3FF) : (a >> 48 & 0x8000, a >> 42 & 0x3FF)
        return (sign | 0x7E00 | payload, raised)
    }
}
