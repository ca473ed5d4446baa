/// The exact outcome of a floating-point operation that the host's instruction cannot give: NaN operands, invalid
/// operations, conversions out of range. Of the operations that the host has not in this form it is the whole
/// definition; everything else the host computes itself.
struct FloatFixup {
    let opcode: Opcode
    let type: ValueType
    let flags: UInt8
    let operandType: ValueType
    let mode: FloatMode
    let profile: FloatProfile

    /// The result's bits and the exceptions raised.
    func evaluate(_ a: UInt64, _ b: UInt64, _ c: UInt64 = 0) -> (UInt64, FloatFlags) {
        switch opcode {
        case .floatCompare: compare(a, b)
        case .floatCompareFlags: compareFlags(a, b)
        case .floatToSigned, .floatToUnsigned: convertToInteger(a)
        case .floatConvert: convertFormat(a)
        case .floatMultiplyAdd: fused(a, b, c)
        case .floatMinMax: minMax(a, b)
        case .floatRound: round(a)
        case .floatFromHalf: HalfPrecision.widen(a, self)
        case .floatToHalf: HalfPrecision.narrow(a, self)
        case .floatSqrt: arithmetic(a, a)
        default: arithmetic(a, b)
        }
    }

    /// The operation gave a NaN: by its operands, or because it was invalid.
    func arithmetic(_ a: UInt64, _ b: UInt64) -> (UInt64, FloatFlags) {
        let (first, second) = (NaNClass(a, operandType, profile), NaNClass(b, operandType, profile))
        if first == .number && second == .number { return (defaultNaN(type), .invalid) }
        let raised: FloatFlags = first == .signalling || second == .signalling ? .invalid : []
        if givesDefaultNaN(isSignalling: !raised.isEmpty) { return (defaultNaN(type), raised) }
        let chosen: UInt64
        if first == .signalling {
            chosen = a
        } else if second == .signalling {
            chosen = b
        } else {
            chosen = first == .quiet ? a : b
        }
        return (quieted(chosen, operandType), raised)
    }

    /// A fused operation gave a NaN. Its addend counts as the first operand.
    private func fused(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> (UInt64, FloatFlags) {
        let signs = FusedAttributes(rawValue: flags)
        let sign: UInt64 = operandType == .f32 ? 1 << 31 : 1 << 63
        let factor = signs.contains(.negatedProduct) ? a ^ sign : a
        let addend = signs.contains(.negatedAddend) ? c ^ sign : c
        let operands = [addend, factor, b]
        let classes = operands.map { NaNClass($0, operandType, profile) }
        let isInvalidProduct = isInfinite(factor) && isZero(b) || isZero(factor) && isInfinite(b)
        let isSignalling = classes.contains(.signalling)
        let raised: FloatFlags = isSignalling || isInvalidProduct || !classes.contains(.quiet) ? .invalid : []
        if givesDefaultNaN(isSignalling: isSignalling) || (isInvalidProduct && !isSignalling) {
            return (defaultNaN(type), raised)
        }
        let chosen = classes.firstIndex(of: .signalling) ?? classes.firstIndex(of: .quiet)
        return (chosen.map { quieted(operands[$0], operandType) } ?? defaultNaN(type), raised)
    }

    private func isInfinite(_ bits: UInt64) -> Bool {
        operandType == .f32 ? bits & 0x7FFF_FFFF == 0x7F80_0000 : bits & UInt64.max >> 1 == 0x7FF << 52
    }

    private func isZero(_ bits: UInt64) -> Bool {
        flushed(bits) & (operandType == .f32 ? 0x7FFF_FFFF : UInt64.max >> 1) == 0
    }

    /// The operand as the mode has it: subnormal numbers may count as zero.
    func flushed(_ bits: UInt64) -> UInt64 {
        guard mode.contains(.flushOperands) else { return bits }
        if operandType == .f32 { return bits & 0x7F80_0000 == 0 ? bits & 0x8000_0000 : bits }
        return bits & 0x7FF << 52 == 0 ? bits & 1 << 63 : bits
    }

    /// The number of the operand's type in `bits`, exactly.
    func number(_ bits: UInt64) -> Double {
        operandType == .f32
            ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))) : Double(bitPattern: bits)
    }

    private func compare(_ a: UInt64, _ b: UInt64) -> (UInt64, FloatFlags) {
        let condition = FloatCondition(rawValue: flags)
        let (first, second) = (NaNClass(a, operandType, profile), NaNClass(b, operandType, profile))
        let isSignalling = first == .signalling || second == .signalling || condition.contains(.signalling)
        return (condition.contains(.unordered) ? 1 : 0, isSignalling ? .invalid : [])
    }

    private func compareFlags(_ a: UInt64, _ b: UInt64) -> (UInt64, FloatFlags) {
        let (first, second) = (number(flushed(a)), number(flushed(b)))
        if first.isNaN || second.isNaN { return (UInt64(PackedFlags.overflow.rawValue), compare(a, b).1) }
        let packed: PackedFlags = first < second ? [.negative, .carry] : first == second ? .zero : []
        return (UInt64(packed.rawValue), [])
    }

    private func minMax(_ a: UInt64, _ b: UInt64) -> (UInt64, FloatFlags) {
        let (first, second) = (NaNClass(a, operandType, profile), NaNClass(b, operandType, profile))
        let (x, y) = (flushed(a), flushed(b))
        let kind = FloatMinMax(rawValue: flags)
        if first != .number || second != .number {
            if kind == .minNumber || kind == .maxNumber {
                if first == .quiet && second == .number { return (y, []) }
                if first == .number && second == .quiet { return (x, []) }
            }
            return arithmetic(a, b)
        }
        let isMinimum = kind == .min || kind == .minNumber
        if number(x) == number(y) { return (isMinimum ? x | y : x & y, []) }
        return (isMinimum == (number(x) < number(y)) ? x : y, [])
    }

    private func round(_ a: UInt64) -> (UInt64, FloatFlags) {
        if NaNClass(a, operandType, profile) != .number { return arithmetic(a, a) }
        let value = number(flushed(a))
        let rounded = value.rounded(rounding(flags & 0x7F))
        let raised: FloatFlags = flags & 0x80 != 0 && rounded != value ? .inexact : []
        return (type == .f32 ? UInt64(Float(rounded).bitPattern) : rounded.bitPattern, raised)
    }

    /// Between the formats; the operand is a NaN.
    private func convertFormat(_ a: UInt64) -> (UInt64, FloatFlags) {
        let raised: FloatFlags = NaNClass(a, operandType, profile) == .signalling ? .invalid : []
        if givesDefaultNaN(isSignalling: !raised.isEmpty) { return (defaultNaN(type), raised) }
        if operandType == .f32 {
            let sign = (a & 0x8000_0000) << 32
            return (quieted(sign | 0x7FF0_0000_0000_0000 | (a & 0x7F_FFFF) << 29, .f64), raised)
        }
        let sign = a >> 32 & 0x8000_0000
        let payload = (a >> 29) & 0x7F_FFFF
        // A payload that does not survive would leave an infinity.
        if payload == 0 && profile.quietBitInverted { return (defaultNaN(.f32), raised) }
        return (quieted(sign | 0x7F80_0000 | payload, .f32), raised)
    }

    func givesDefaultNaN(isSignalling: Bool) -> Bool {
        if mode.contains(.defaultNaN) { return true }
        return switch profile.nanRule {
        case .defaultNaN: true
        case .signallingFirst: false
        case .quietElseDefault: isSignalling
        }
    }

    /// To an integer: a NaN, a value out of range, or the least integer itself; anything at all to an unsigned one.
    private func convertToInteger(_ a: UInt64) -> (UInt64, FloatFlags) {
        let isSigned = opcode == .floatToSigned
        let value = number(flushed(a))
        let least: Double = isSigned ? (type == .i32 ? -0x1p31 : -0x1p63) : 0
        let end: Double = type == .i32 ? (isSigned ? 0x1p31 : 0x1p32) : (isSigned ? 0x1p63 : 0x1p64)
        let rounded = value.rounded(rounding(flags))
        if rounded >= least && rounded < end {
            // Explicit modes run with the host's inexact flag suppressed.
            let isOnHost = flags == FloatRounding.current.rawValue || flags == FloatRounding.towardZero.rawValue
            let raised: FloatFlags = !(isSigned && isOnHost) && rounded != value ? .inexact : []
            return (isSigned ? truncated(UInt64(bitPattern: Int64(rounded))) : UInt64(rounded), raised)
        }
        let greatest: UInt64 = (type == .i32 ? 0xFFFF_FFFF : UInt64.max) >> (isSigned ? 1 : 0)
        switch profile.integerOverflowRule {
        case .greatest: return (greatest, .invalid)
        case .saturateZero:
            if value.isNaN { return (0, .invalid) }
            return (value < 0 ? (isSigned ? truncated(~greatest) : 0) : greatest, .invalid)
        }
    }

    private func truncated(_ bits: UInt64) -> UInt64 { type == .i32 ? bits & 0xFFFF_FFFF : bits }

    /// The rule that a `FloatRounding` means under the mode.
    func rounding(_ raw: UInt8) -> FloatingPointRoundingRule {
        switch FloatRounding(rawValue: raw) {
        case .nearestEven: .toNearestOrEven
        case .nearestAway: .toNearestOrAwayFromZero
        case .towardZero: .towardZero
        case .up: .up
        case .down: .down
        case .current, nil:
            switch mode.rawValue & FloatMode.roundingMask {
            case 1: .down
            case 2: .up
            case 3: .towardZero
            default: .toNearestOrEven
            }
        }
    }

    func defaultNaN(_ type: ValueType) -> UInt64 {
        type == .f32 ? UInt64(profile.defaultNaN32) : profile.defaultNaN64
    }

    /// Where a set bit means signalling, no signalling NaN comes here.
    func quieted(_ bits: UInt64, _ type: ValueType) -> UInt64 {
        profile.quietBitInverted ? bits : bits | (type == .f32 ? 1 << 22 : 1 << 51)
    }
}

/// What kind of NaN an operand is to the guest.
enum NaNClass {
    case number, quiet, signalling

    init(_ bits: UInt64, _ type: ValueType, _ profile: FloatProfile) {
        let isNaN: Bool
        let topFractionBit: Bool
        if type == .f32 {
            isNaN = bits & 0x7FFF_FFFF > 0x7F80_0000
            topFractionBit = bits & 1 << 22 != 0
        } else {
            isNaN = bits & UInt64.max >> 1 > 0x7FF0_0000_0000_0000
            topFractionBit = bits & 1 << 51 != 0
        }
        guard isNaN else {
            self = .number
            return
        }
        self = topFractionBit != profile.quietBitInverted ? .quiet : .signalling
    }
}
