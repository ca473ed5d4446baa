/// The exact outcome of a floating-point operation that the host's instruction cannot give: NaN operands, invalid
/// operations, conversions out of range. Everything else the host computes itself.
struct FloatFixup {
    let opcode: Opcode
    let type: ValueType
    let flags: UInt8
    let operandType: ValueType
    /// Rounding in force: 0 nearest even, 1 down, 2 up, 3 toward zero.
    let roundingMode: UInt32
    let profile: FloatProfile

    /// The result's bits and the exceptions raised.
    func evaluate(_ a: UInt64, _ b: UInt64) -> (UInt64, FloatFlags) {
        switch opcode {
        case .floatCompare: compare(a, b)
        case .floatToSigned: convertToInteger(a)
        case .floatConvert: convertFormat(a)
        case .floatSqrt: arithmetic(a, a)
        default: arithmetic(a, b)
        }
    }

    /// The operation gave a NaN: by its operands, or because it was invalid.
    private func arithmetic(_ a: UInt64, _ b: UInt64) -> (UInt64, FloatFlags) {
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

    private func compare(_ a: UInt64, _ b: UInt64) -> (UInt64, FloatFlags) {
        let condition = FloatCondition(rawValue: flags)
        let (first, second) = (NaNClass(a, operandType, profile), NaNClass(b, operandType, profile))
        let isSignalling = first == .signalling || second == .signalling || condition.contains(.signalling)
        return (condition.contains(.unordered) ? 1 : 0, isSignalling ? .invalid : [])
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

    private func givesDefaultNaN(isSignalling: Bool) -> Bool {
        switch profile.nanRule {
        case .defaultNaN: true
        case .signallingFirst: false
        case .quietElseDefault: isSignalling
        }
    }

    /// To an integer: a NaN, a value out of range, or the least integer itself.
    private func convertToInteger(_ a: UInt64) -> (UInt64, FloatFlags) {
        let value =
            operandType == .f32
            ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: a))) : Double(bitPattern: a)
        let least: Double = type == .i32 ? -0x1p31 : -0x1p63
        let rounded = value.rounded(rounding)
        if rounded >= least && rounded < -least {
            // Explicit modes run with the host's inexact flag suppressed.
            let isExplicit = flags != FloatRounding.current.rawValue && flags != FloatRounding.towardZero.rawValue
            let raised: FloatFlags = isExplicit && rounded != value ? .inexact : []
            return (truncated(UInt64(bitPattern: Int64(rounded))), raised)
        }
        let greatest: UInt64 = type == .i32 ? 0x7FFF_FFFF : UInt64.max >> 1
        switch profile.integerOverflowRule {
        case .greatest: return (greatest, .invalid)
        case .saturateZero:
            if value.isNaN { return (0, .invalid) }
            return (value < 0 ? truncated(~greatest) : greatest, .invalid)
        }
    }

    private func truncated(_ bits: UInt64) -> UInt64 { type == .i32 ? bits & 0xFFFF_FFFF : bits }

    private var rounding: FloatingPointRoundingRule {
        switch FloatRounding(rawValue: flags) {
        case .nearestEven: .toNearestOrEven
        case .nearestAway: .toNearestOrAwayFromZero
        case .towardZero: .towardZero
        case .up: .up
        case .down: .down
        case .current, nil:
            switch roundingMode {
            case 1: .down
            case 2: .up
            case 3: .towardZero
            default: .toNearestOrEven
            }
        }
    }

    private func defaultNaN(_ type: ValueType) -> UInt64 {
        type == .f32 ? UInt64(profile.defaultNaN32) : profile.defaultNaN64
    }

    /// Where a set bit means signalling, no signalling NaN comes here.
    private func quieted(_ bits: UInt64, _ type: ValueType) -> UInt64 {
        profile.quietBitInverted ? bits : bits | (type == .f32 ? 1 << 22 : 1 << 51)
    }
}

/// What kind of NaN an operand is to the guest.
private enum NaNClass {
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
