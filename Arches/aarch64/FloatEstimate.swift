import BSDUserCore

/// A floating-point format and what FPCR says, for operations that no host has.
struct FloatFormat {
    let lane: VectorLane
    let cpu: CPUState

    var fractionBits: UInt64 { UInt64(lane.fractionBits) }
    var greatestExponent: Int { Int(lane.greatestExponent) }
    /// What is taken off exponents.
    var bias: Int { greatestExponent / 2 }
    var signBit: UInt64 { 1 << UInt64(lane.bitCount - 1) }
    var fractionMask: UInt64 { (1 << fractionBits) - 1 }
    var infinity: UInt64 { UInt64(greatestExponent) << fractionBits }
    var defaultNaN: UInt64 { infinity | 1 << (fractionBits - 1) }
    var mode: FloatMode { cpu.floatModeInForce }

    func exponent(_ bits: UInt64) -> Int { Int(bits >> fractionBits) & greatestExponent }

    func isNaN(_ bits: UInt64) -> Bool { bits & ~signBit > infinity }

    /// The result for a NaN (DDI 0487, FPProcessNaN).
    func quieted(_ bits: UInt64) -> UInt64 {
        let quietBit: UInt64 = 1 << (fractionBits - 1)
        if bits & quietBit == 0 { cpu.raise(.invalid) }
        return mode.contains(.defaultNaN) ? defaultNaN : bits | quietBit
    }

    /// Subnormal numbers count as zero.
    var isFlushing: Bool { mode.contains(lane == .bits16 ? .flushHalf : .flushOperands) }

    /// The operand as the mode has it. Of half precision nothing tells that it was flushed (DDI 0487, FPUnpackBase).
    func flushed(_ bits: UInt64) -> UInt64 {
        guard isFlushing, exponent(bits) == 0, bits & ~signBit != 0 else { return bits }
        if lane != .bits16 { cpu.raise(.inputDenormal) }
        return bits & signBit
    }
}

/// Estimates of reciprocals and of reciprocal square roots: nine bits of result from nine of operand (DDI 0487,
/// FPRecipEstimate, FPRSqrtEstimate, UnsignedRecipEstimate, UnsignedRSqrtEstimate).
struct FloatEstimate {
    enum Kind: UInt8 {
        case reciprocal, reciprocalRoot, reciprocalExponent, unsignedReciprocal, unsignedReciprocalRoot
    }

    private let format: FloatFormat

    /// Each lane of a vector; the request holds a `Kind` and the size of the lanes.
    static func lanes(_ operand: VectorBits, _ request: UInt64, _ cpu: CPUState) -> VectorBits {
        guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: request)) else { return operand }
        let estimate = FloatEstimate(
            format: FloatFormat(lane: VectorLane(sizeLog2: Int(request >> 8)), cpu: cpu))
        func half(_ bits: UInt64) -> UInt64 {
            let width = estimate.format.lane.bitCount
            return stride(from: 0, to: 64, by: width).reduce(0) { result, place in
                result | estimate.result(kind, bits >> place & UInt64.max >> (64 - width)) << place
            }
        }
        return VectorBits(low: half(operand.low), high: half(operand.high))
    }

    private func result(_ kind: Kind, _ bits: UInt64) -> UInt64 {
        switch kind {
        case .reciprocal: reciprocal(bits)
        case .reciprocalRoot: reciprocalRoot(bits)
        case .reciprocalExponent: reciprocalExponent(bits)
        case .unsignedReciprocal:
            bits >> 31 == 0 ? 0xffff_ffff : FloatEstimate.reciprocal(of: bits >> 23) << 23
        case .unsignedReciprocalRoot:
            bits >> 30 == 0 ? 0xffff_ffff : FloatEstimate.reciprocalRoot(of: bits >> 23) << 23
        }
    }

    // MARK: Tables

    /// 2^18 / a for a from 256 to 511, rounded; the operand is taken in the middle of its interval.
    private static func reciprocal(of operand: UInt64) -> UInt64 { ((1 << 19) / (2 * operand + 1) + 1) / 2 }

    /// The like for 2^8 / sqrt(a / 2^9), a from 128 to 511.
    private static func reciprocalRoot(of operand: UInt64) -> UInt64 {
        let middle = operand < 256 ? operand * 2 + 1 : (operand | 1) * 2
        var root: UInt64 = 512
        while middle * (root + 1) * (root + 1) < 1 << 28 { root += 1 }
        return (root + 1) / 2
    }

    // MARK: Floating point

    private func reciprocal(_ operand: UInt64) -> UInt64 {
        if format.isNaN(operand) { return format.quieted(operand) }
        let (bits, sign) = (format.flushed(operand), operand & format.signBit)
        let magnitude = bits & ~format.signBit
        if magnitude == format.infinity { return sign }
        if magnitude == 0 {
            format.cpu.raise(.divideByZero)
            return sign | format.infinity
        }
        // Less than a quarter of the least normal number: the reciprocal exceeds the format.
        if magnitude < 1 << (format.fractionBits - 2) { return overflow(sign) }
        var (exponent, fraction) = (format.exponent(bits), bits & format.fractionMask)
        if exponent == 0 {
            while fraction >> (format.fractionBits - 1) == 0 {
                fraction <<= 1
                exponent -= 1
            }
            fraction = fraction << 1 & format.fractionMask
        }
        let resultExponent = 2 * format.bias - 1 - exponent
        if resultExponent < 1 && format.isFlushing {
            format.cpu.raise(.underflow)
            return sign
        }
        let estimate = FloatEstimate.reciprocal(of: 256 | fraction >> (format.fractionBits - 8))
        let result = (estimate & 0xff) << (format.fractionBits - 8)
        if resultExponent > 0 { return sign | UInt64(resultExponent) << format.fractionBits | result }
        let whole = result | 1 << format.fractionBits
        return sign | whole >> UInt64(1 - resultExponent)
    }

    private func overflow(_ sign: UInt64) -> UInt64 {
        format.cpu.raise([.overflow, .inexact])
        let isInfinite =
            switch format.mode.rawValue & FloatMode.roundingMask {
            case 0: true
            case 1: sign != 0
            case 2: sign == 0
            default: false
            }
        return sign | (isInfinite ? format.infinity : format.infinity - 1)
    }

    private func reciprocalRoot(_ operand: UInt64) -> UInt64 {
        if format.isNaN(operand) { return format.quieted(operand) }
        let (bits, sign) = (format.flushed(operand), operand & format.signBit)
        if bits & ~format.signBit == 0 {
            format.cpu.raise(.divideByZero)
            return sign | format.infinity
        }
        if sign != 0 {
            format.cpu.raise(.invalid)
            return format.defaultNaN
        }
        if bits == format.infinity { return 0 }
        var (exponent, fraction) = (format.exponent(bits), bits & format.fractionMask)
        if exponent == 0 {
            while fraction >> (format.fractionBits - 1) == 0 {
                fraction <<= 1
                exponent -= 1
            }
            fraction = fraction << 1 & format.fractionMask
        }
        let high = fraction >> (format.fractionBits - 8)
        let scaled = exponent & 1 == 0 ? 256 | high : 128 | high >> 1
        let resultExponent = (3 * format.bias - 1 - exponent) / 2
        let estimate = FloatEstimate.reciprocalRoot(of: scaled)
        return UInt64(resultExponent) << format.fractionBits | (estimate & 0xff) << (format.fractionBits - 8)
    }

    /// The exponent's bits inverted, the fraction 0.
    private func reciprocalExponent(_ operand: UInt64) -> UInt64 {
        if format.isNaN(operand) { return format.quieted(operand) }
        let bits = format.flushed(operand)
        let (sign, exponent) = (bits & format.signBit, format.exponent(bits))
        let result = exponent == 0 ? format.greatestExponent - 1 : ~exponent & format.greatestExponent
        return sign | UInt64(result) << format.fractionBits
    }
}

/// Conversion from double to single precision, rounded to odd: an inexact result has its last bit set (DDI 0487, FCVTXN).
enum OddRounding {
    static func narrowed(_ operand: UInt64, _ cpu: CPUState) -> UInt64 {
        let wide = FloatFormat(lane: .bits64, cpu: cpu)
        let sign = (operand >> 63) << 31
        if wide.isNaN(operand) {
            let quiet = wide.quieted(operand)
            return (quiet >> 63) << 31 | 0x7f80_0000 | quiet >> 29 & 0x7f_ffff
        }
        let bits = wide.flushed(operand)
        let (exponent, fraction) = (wide.exponent(bits), bits & wide.fractionMask)
        if exponent == wide.greatestExponent { return sign | 0x7f80_0000 }
        if bits << 1 == 0 { return sign }
        // Biases differ by 896.
        let narrowExponent = exponent - 896
        if narrowExponent >= 0xff {
            cpu.raise([.overflow, .inexact])
            return sign | 0x7f7f_ffff
        }
        if narrowExponent > 0 { return sign | rounded(UInt64(narrowExponent) << 52 | fraction, 29, cpu, []) }
        if cpu.floatModeInForce.contains(.flushResults) {
            cpu.raise(.underflow)
            return sign
        }
        let whole = exponent == 0 ? fraction : fraction | 1 << 52
        return sign | rounded(whole, UInt64(min(30 - narrowExponent, 63)), cpu, .underflow)
    }

    private static func rounded(_ bits: UInt64, _ shift: UInt64, _ cpu: CPUState, _ more: FloatFlags) -> UInt64 {
        guard bits & ((1 << shift) - 1) != 0 else { return bits >> shift }
        cpu.raise(more.union(.inexact))
        return bits >> shift | 1
    }
}
