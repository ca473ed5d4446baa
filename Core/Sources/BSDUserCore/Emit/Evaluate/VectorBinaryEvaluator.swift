/// The definition of the integer operations on two vectors in Swift: the interpreter's, and translated code's where the
/// host has no instruction.
enum VectorBinaryEvaluator {
    static func evaluate(_ operation: VectorBinary, _ a: VectorBits, _ b: VectorBits, _ lane: VectorLane) -> VectorBits
    {
        switch operation {
        case .and: return VectorBits(low: a.low & b.low, high: a.high & b.high)
        case .or: return VectorBits(low: a.low | b.low, high: a.high | b.high)
        case .xor: return VectorBits(low: a.low ^ b.low, high: a.high ^ b.high)
        case .andNot: return VectorBits(low: a.low & ~b.low, high: a.high & ~b.high)
        case .orNot: return VectorBits(low: a.low | ~b.low, high: a.high | ~b.high)
        case .add: return VectorBits(lane) { a.lane($0, lane) &+ b.lane($0, lane) }
        case .sub: return VectorBits(lane) { a.lane($0, lane) &- b.lane($0, lane) }
        case .mul: return VectorBits(lane) { a.lane($0, lane) &* b.lane($0, lane) }
        case .compareEqual: return mask(lane) { a.lane($0, lane) == b.lane($0, lane) }
        case .compareTest: return mask(lane) { a.lane($0, lane) & b.lane($0, lane) != 0 }
        case .mulHighDoubling, .mulHighDoublingRounding, .mulLowSigned, .mulLowUnsigned, .mulHighSigned,
            .mulHighUnsigned, .mulPolynomial, .mulPolynomialLow, .mulPolynomialHigh:
            return product(operation, a, b, lane)
        case .interleaveLow, .interleaveHigh, .even, .odd, .transposeEven, .transposeOdd, .tableLookup:
            return permutation(operation, a, b, lane)
        case .aesEncrypt, .aesDecrypt:
            let state = VectorBits(low: a.low ^ b.low, high: a.high ^ b.high)
            return AES.substitute(state, isInverse: operation == .aesDecrypt)
        case .shiftSigned, .shiftUnsigned, .shiftRoundingSigned, .shiftRoundingUnsigned, .shiftSaturatingSigned,
            .shiftSaturatingUnsigned, .shiftRoundingSaturatingSigned, .shiftRoundingSaturatingUnsigned:
            return shift(operation, a, b, lane)
        default: return arithmetic(operation, a, b, lane)
        }
    }

    private static func mask(_ lane: VectorLane, _ holds: (Int) -> Bool) -> VectorBits {
        VectorBits(lane) { holds($0) ? UInt64.max : 0 }
    }

    /// Operations that compute with unlimited precision.
    private static func arithmetic(_ operation: VectorBinary, _ a: VectorBits, _ b: VectorBits, _ lane: VectorLane)
        -> VectorBits
    {
        let range = LaneRange(lane: lane, isSigned: isSigned(operation))
        return VectorBits(lane) { index in
            let (x, y) = (range.number(a, index), range.number(b, index))
            switch operation {
            case .addSaturatingSigned, .addSaturatingUnsigned: return range.saturated(x + y)
            case .subSaturatingSigned, .subSaturatingUnsigned: return range.saturated(x - y)
            default: return UInt64(truncatingIfNeeded: plain(operation, x, y))
            }
        }
    }

    private static func isSigned(_ operation: VectorBinary) -> Bool {
        switch operation {
        case .addSaturatingSigned, .subSaturatingSigned, .halvingAddSigned, .roundingHalvingAddSigned,
            .halvingSubSigned, .absoluteDifferenceSigned, .maxSigned, .minSigned, .compareGreaterSigned,
            .compareGreaterOrEqualSigned:
            true
        default: false
        }
    }

    private static func plain(_ operation: VectorBinary, _ x: Int128, _ y: Int128) -> Int128 {
        switch operation {
        case .halvingAddSigned, .halvingAddUnsigned: (x + y) >> 1
        case .roundingHalvingAddSigned, .roundingHalvingAddUnsigned: (x + y + 1) >> 1
        case .halvingSubSigned, .halvingSubUnsigned: (x - y) >> 1
        case .absoluteDifferenceSigned, .absoluteDifferenceUnsigned: abs(x - y)
        case .maxSigned, .maxUnsigned: max(x, y)
        case .minSigned, .minUnsigned: min(x, y)
        case .compareGreaterSigned, .compareGreaterUnsigned: x > y ? -1 : 0
        default: x >= y ? -1 : 0
        }
    }

    private static func shift(_ operation: VectorBinary, _ a: VectorBits, _ b: VectorBits, _ lane: VectorLane)
        -> VectorBits
    {
        let isSigned: Bool
        switch operation {
        case .shiftSigned, .shiftRoundingSigned, .shiftSaturatingSigned, .shiftRoundingSaturatingSigned:
            isSigned = true
        default: isSigned = false
        }
        let isRounding: Bool
        switch operation {
        case .shiftSigned, .shiftUnsigned, .shiftSaturatingSigned, .shiftSaturatingUnsigned: isRounding = false
        default: isRounding = true
        }
        let isSaturating: Bool
        switch operation {
        case .shiftSigned, .shiftUnsigned, .shiftRoundingSigned, .shiftRoundingUnsigned: isSaturating = false
        default: isSaturating = true
        }
        let range = LaneRange(lane: lane, isSigned: isSigned)
        return VectorBits(lane) {
            let amount = Int(Int8(truncatingIfNeeded: b.lane($0, lane)))
            return range.shifted(
                range.number(a, $0), by: amount, isRounding: isRounding, isSaturating: isSaturating)
        }
    }

    // MARK: Products

    private static func product(_ operation: VectorBinary, _ a: VectorBits, _ b: VectorBits, _ lane: VectorLane)
        -> VectorBits
    {
        let first = isHighHalf(operation) ? lane.laneCount / 2 : 0
        switch operation {
        case .mulHighDoubling, .mulHighDoublingRounding:
            let range = LaneRange(lane: lane, isSigned: true)
            let bits = Int128(lane.bitCount)
            let rounding = operation == .mulHighDoublingRounding ? Int128(1) << (bits - 1) : 0
            return VectorBits(lane) {
                range.saturated((2 * range.number(a, $0) * range.number(b, $0) + rounding) >> bits)
            }
        case .mulPolynomial: return VectorBits(lane) { UInt64(truncatingIfNeeded: polynomial(a, b, $0, lane)) }
        case .mulPolynomialLow, .mulPolynomialHigh:
            if lane.sizeLog2 == 3 {
                let product = polynomial(a, b, first, lane)
                return VectorBits(
                    low: UInt64(truncatingIfNeeded: product), high: UInt64(truncatingIfNeeded: product >> 64))
            }
            return VectorBits(VectorBits.twice(lane)) {
                UInt64(truncatingIfNeeded: polynomial(a, b, first + $0, lane))
            }
        default:
            let range = LaneRange(lane: lane, isSigned: operation == .mulLowSigned || operation == .mulHighSigned)
            return VectorBits(VectorBits.twice(lane)) {
                UInt64(truncatingIfNeeded: range.number(a, first + $0) * range.number(b, first + $0))
            }
        }
    }

    private static func isHighHalf(_ operation: VectorBinary) -> Bool {
        operation == .mulHighSigned || operation == .mulHighUnsigned || operation == .mulPolynomialHigh
    }

    private static func polynomial(_ a: VectorBits, _ b: VectorBits, _ index: Int, _ lane: VectorLane) -> UInt128 {
        let factor = UInt128(a.lane(index, lane))
        var (product, rest) = (UInt128(0), b.lane(index, lane))
        while rest != 0 {
            product ^= factor << UInt128(rest.trailingZeroBitCount)
            rest &= rest - 1
        }
        return product
    }

    // MARK: Permutations

    private static func permutation(_ operation: VectorBinary, _ a: VectorBits, _ b: VectorBits, _ lane: VectorLane)
        -> VectorBits
    {
        let half = lane.laneCount / 2
        return VectorBits(lane) { index in
            switch operation {
            case .interleaveLow: return (index & 1 == 0 ? a : b).lane(index >> 1, lane)
            case .interleaveHigh: return (index & 1 == 0 ? a : b).lane(half + index >> 1, lane)
            case .even, .odd:
                let source = 2 * (index % half) + (operation == .odd ? 1 : 0)
                return (index < half ? a : b).lane(source, lane)
            case .transposeEven, .transposeOdd:
                return (index & 1 == 0 ? a : b).lane(index & ~1 | (operation == .transposeOdd ? 1 : 0), lane)
            default: return lookup(a, b, index, lane)
            }
        }
    }

    /// The bytes of one lane out of a table; the lookup itself knows bytes only.
    private static func lookup(_ table: VectorBits, _ indices: VectorBits, _ index: Int, _ lane: VectorLane) -> UInt64 {
        let byteCount = 1 << lane.sizeLog2
        return (0..<byteCount).reduce(0) { bits, byte in
            let source = indices.lane(index * byteCount + byte, .bits8)
            let found = source < 16 ? table.lane(Int(source), .bits8) : 0
            return bits | found << UInt64(8 * byte)
        }
    }
}
