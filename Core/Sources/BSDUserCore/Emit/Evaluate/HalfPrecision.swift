/// Half-precision numbers, IEEE binary16 or Arm's alternative format: conversion from and to the wider formats.
enum HalfPrecision {
    private static let infinity: UInt64 = 0x7C00
    private static let greatest: UInt64 = 0x7BFF
    private static let greatestAlternative: UInt64 = 0x7FFF

    /// To the fix-up's type; exact but for NaNs.
    static func widen(_ a: UInt64, _ fixup: FloatFixup) -> (UInt64, FloatFlags) {
        let bits = a & 0xFFFF
        let isAlternative = fixup.hasAlternativeHalf
        if !isAlternative && bits & 0x7FFF > infinity { return widenNaN(bits, fixup) }
        let value =
            isAlternative && bits & infinity == infinity
            ? alternative(bits) : Double(bitPattern: exact(bits, isFlushing: fixup.flushesHalf))
        return (fixup.type == .f32 ? UInt64(Float(value).bitPattern) : value.bitPattern, [])
    }

    /// The binary16 number in double precision, subnormal ones perhaps as zero. A NaN keeps its kind and raises nothing.
    static func exact(_ bits: UInt64, isFlushing: Bool) -> UInt64 {
        let half = bits & 0xFFFF
        if half & infinity == infinity { return (half & 0x8000) << 48 | 0x7FF << 52 | (half & 0x3FF) << 42 }
        let taken = isFlushing && half & infinity == 0 ? half & 0x8000 : half
        return Double(Float16(bitPattern: UInt16(taken))).bitPattern
    }

    /// A number of the alternative format with the exponent that otherwise means infinity or a NaN.
    private static func alternative(_ bits: UInt64) -> Double {
        Double(
            sign: bits & 0x8000 == 0 ? .plus : .minus, exponent: 16,
            significand: Double(bits & 0x3FF | 0x400) / 1024)
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
        let isAlternative = fixup.hasAlternativeHalf
        if nanClass != .number {
            // The alternative format has none: a zero with the sign (DDI 0487, FPConvert).
            if isAlternative { return (fixup.operandType == .f32 ? a >> 16 & 0x8000 : a >> 48 & 0x8000, .invalid) }
            return narrowNaN(a, isSignalling: nanClass == .signalling, fixup)
        }
        let value = fixup.number(fixup.flushed(a))
        let sign: UInt64 = value.sign == .minus ? 0x8000 : 0
        if value == 0 { return (sign, []) }
        let rule = fixup.rounding(FloatRounding.current.rawValue)
        let exponent = value.isInfinite ? Int.max : Int(value.exponent)
        if isAlternative {
            if exponent > 16 { return (sign | greatestAlternative, .invalid) }
        } else {
            if value.isInfinite { return (sign | infinity, []) }
            // Beyond the format's range by more than rounding can change.
            if exponent > 15 { return overflow(sign, rule) }
        }
        if fixup.flushesHalf && exponent < -14 { return (sign, .underflow) }
        // One unit of the last place: subnormal numbers share that of the least normal ones.
        let unit = max(exponent, -14) - 10
        let scaled = Double(sign: .plus, exponent: -unit, significand: value)
        let rounded = scaled.rounded(rule).magnitude
        let bits = UInt64(rounded) + (exponent >= -14 ? UInt64(exponent + 14) << 10 : 0)
        if isAlternative {
            if bits > greatestAlternative { return (sign | greatestAlternative, .invalid) }
        } else if bits >= infinity {
            return overflow(sign, rule)
        }
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

extension FloatFixup {
    private var isHalfArithmetic: Bool { HalfAttributes(rawValue: flags).contains(.arithmetic) }

    fileprivate var hasAlternativeHalf: Bool { mode.contains(.alternativeHalf) && !isHalfArithmetic }
    fileprivate var flushesHalf: Bool { mode.contains(.flushHalf) && isHalfArithmetic }
}
