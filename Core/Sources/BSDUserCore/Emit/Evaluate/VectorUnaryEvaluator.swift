/// The definition of the integer operations on one vector in Swift: the interpreter's, and translated code's where the
/// host has no instruction.
enum VectorUnaryEvaluator {
    static func evaluate(_ operation: VectorUnary, _ a: VectorBits, _ lane: VectorLane, _ number: Int) -> VectorBits {
        switch operation {
        case .not: return VectorBits(low: ~a.low, high: ~a.high)
        case .lowHalf: return VectorBits(low: a.low)
        case .negate: return VectorBits(lane) { 0 &- a.lane($0, lane) }
        case .absolute: return VectorBits(lane) { a.signedLane($0, lane).magnitude }
        case .negateSaturating:
            let range = LaneRange(lane: lane, isSigned: true)
            return VectorBits(lane) { range.saturated(-range.number(a, $0)) }
        case .absoluteSaturating:
            let range = LaneRange(lane: lane, isSigned: true)
            return VectorBits(lane) { range.saturated(abs(range.number(a, $0))) }
        case .countLeadingZeros, .countLeadingSignBits, .countOnes, .reverseBits: return bits(operation, a, lane)
        case .reverseLanes:
            let flip = (1 << (number - lane.sizeLog2)) - 1
            return VectorBits(lane) { a.lane($0 ^ flip, lane) }
        case .duplicateLane: return VectorBits(lane) { _ in a.lane(number, lane) }
        case .widenLowSigned, .widenLowUnsigned, .widenHighSigned, .widenHighUnsigned: return widen(operation, a, lane)
        case .narrow, .narrowSigned, .narrowSignedToUnsigned, .narrowUnsigned: return narrow(operation, a, lane)
        case .addPairsSigned, .addPairsUnsigned:
            let range = LaneRange(lane: lane, isSigned: operation == .addPairsSigned)
            return VectorBits(VectorBits.twice(lane)) {
                UInt64(truncatingIfNeeded: range.number(a, 2 * $0) + range.number(a, 2 * $0 + 1))
            }
        case .sumAcross, .maxAcrossSigned, .maxAcrossUnsigned, .minAcrossSigned, .minAcrossUnsigned:
            return across(operation, a, lane)
        case .sumAcrossWideSigned, .sumAcrossWideUnsigned:
            let range = LaneRange(lane: lane, isSigned: operation == .sumAcrossWideSigned)
            let sum = (0..<lane.laneCount).reduce(Int128(0)) { $0 + range.number(a, $1) }
            return VectorBits(low: UInt64(truncatingIfNeeded: sum) & VectorBits.mask(VectorBits.twice(lane)))
        case .aesMixColumns: return AES.mixColumns(a, [2, 3, 1, 1])
        case .aesInverseMixColumns: return AES.mixColumns(a, [14, 11, 13, 9])
        }
    }

    private static func bits(_ operation: VectorUnary, _ a: VectorBits, _ lane: VectorLane) -> VectorBits {
        let unused = 64 - lane.bitCount
        return VectorBits(lane) { index in
            let value = a.lane(index, lane)
            switch operation {
            case .countLeadingZeros: return UInt64(value.leadingZeroBitCount - unused)
            case .countOnes: return UInt64(value.nonzeroBitCount)
            case .countLeadingSignBits:
                let signed = a.signedLane(index, lane)
                return UInt64((signed ^ (signed >> 63)).leadingZeroBitCount - unused - 1)
            default: return IntegerBits.reversed(value) >> UInt64(unused)
            }
        }
    }

    private static func widen(_ operation: VectorUnary, _ a: VectorBits, _ lane: VectorLane) -> VectorBits {
        let isSigned = operation == .widenLowSigned || operation == .widenHighSigned
        let isHigh = operation == .widenHighSigned || operation == .widenHighUnsigned
        let first = isHigh ? lane.laneCount / 2 : 0
        return VectorBits(VectorBits.twice(lane)) {
            isSigned ? UInt64(bitPattern: a.signedLane(first + $0, lane)) : a.lane(first + $0, lane)
        }
    }

    private static func narrow(_ operation: VectorUnary, _ a: VectorBits, _ lane: VectorLane) -> VectorBits {
        let source = LaneRange(lane: lane, isSigned: operation != .narrowUnsigned)
        let target = LaneRange(lane: VectorBits.half(lane), isSigned: operation == .narrowSigned)
        return VectorBits(target.lane, count: lane.laneCount) {
            operation == .narrow ? a.lane($0, lane) : target.saturated(source.number(a, $0))
        }
    }

    private static func across(_ operation: VectorUnary, _ a: VectorBits, _ lane: VectorLane) -> VectorBits {
        let range = LaneRange(lane: lane, isSigned: operation == .maxAcrossSigned || operation == .minAcrossSigned)
        var result = range.number(a, 0)
        for index in 1..<lane.laneCount {
            let next = range.number(a, index)
            switch operation {
            case .sumAcross: result += next
            case .maxAcrossSigned, .maxAcrossUnsigned: result = max(result, next)
            default: result = min(result, next)
            }
        }
        return VectorBits(low: UInt64(truncatingIfNeeded: result) & VectorBits.mask(lane))
    }
}

/// Bit operations on integers that Swift has no name for.
enum IntegerBits {
    static func reversed(_ value: UInt64) -> UInt64 {
        var value = value.byteSwapped
        value = value >> 4 & 0x0F0F_0F0F_0F0F_0F0F | (value & 0x0F0F_0F0F_0F0F_0F0F) << 4
        value = value >> 2 & 0x3333_3333_3333_3333 | (value & 0x3333_3333_3333_3333) << 2
        return value >> 1 & 0x5555_5555_5555_5555 | (value & 0x5555_5555_5555_5555) << 1
    }
}
