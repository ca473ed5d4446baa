/// Vectors as sequences of lanes.
extension VectorBits {
    /// Lane `index`, zero-extended.
    @inline(__always)
    func lane(_ index: Int, _ lane: VectorLane) -> UInt64 {
        let position = index << (3 + lane.sizeLog2)
        let half = position < 64 ? low : high
        return half &>> UInt64(position & 63) & VectorBits.mask(lane)
    }

    /// Lane `index` as a signed number.
    @inline(__always)
    func signedLane(_ index: Int, _ lane: VectorLane) -> Int64 {
        let unused = Int64(64 - lane.bitCount)
        return (Int64(bitPattern: self.lane(index, lane)) &<< unused) &>> unused
    }

    /// Replaces lane `index` by the low bits of a number.
    @inline(__always)
    mutating func setLane(_ index: Int, _ lane: VectorLane, _ value: UInt64) {
        let position = index << (3 + lane.sizeLog2)
        let shift = UInt64(position & 63)
        let mask = VectorBits.mask(lane)
        let bits = (value & mask) &<< shift
        if position < 64 {
            low = low & ~(mask &<< shift) | bits
        } else {
            high = high & ~(mask &<< shift) | bits
        }
    }

    @inline(__always)
    static func mask(_ lane: VectorLane) -> UInt64 { UInt64.max &>> UInt64(64 - lane.bitCount) }

    /// A vector made lane by lane.
    @inline(__always)
    init(_ lane: VectorLane, count: Int? = nil, _ element: (Int) -> UInt64) {
        self.init(low: 0)
        for index in 0..<(count ?? lane.laneCount) { setLane(index, lane, element(index)) }
    }

    /// The lane size of twice or half the width.
    @inline(__always)
    static func twice(_ lane: VectorLane) -> VectorLane { VectorLane(rawValue: UInt8(min(lane.sizeLog2 + 1, 3))) }
    @inline(__always)
    static func half(_ lane: VectorLane) -> VectorLane { VectorLane(rawValue: UInt8(max(lane.sizeLog2 - 1, 0))) }
}

/// The numbers of a lane, and those that a greater number is brought into.
struct LaneRange {
    let lane: VectorLane
    let isSigned: Bool

    /// Lane `index` of a vector, extended as the range says.
    @inline(__always)
    func number(_ vector: VectorBits, _ index: Int) -> Int128 {
        isSigned ? Int128(vector.signedLane(index, lane)) : Int128(vector.lane(index, lane))
    }

    @inline(__always)
    var greatest: Int128 { (Int128(1) << Int128(lane.bitCount - (isSigned ? 1 : 0))) - 1 }
    @inline(__always)
    var least: Int128 { isSigned ? -(Int128(1) << Int128(lane.bitCount - 1)) : 0 }

    /// The bits of the nearest number in the range.
    @inline(__always)
    func saturated(_ number: Int128) -> UInt64 {
        UInt64(truncatingIfNeeded: number < least ? least : number > greatest ? greatest : number)
    }

    /// A shift left by a signed amount, right where that is negative.
    func shifted(_ number: Int128, by amount: Int, isRounding: Bool, isSaturating: Bool) -> UInt64 {
        if amount >= 0 {
            let isOut = amount >= lane.bitCount
            if isSaturating {
                if number == 0 { return 0 }
                return saturated(isOut ? (number < 0 ? least : greatest) : number << Int128(amount))
            }
            return isOut ? 0 : UInt64(truncatingIfNeeded: number << Int128(amount))
        }
        // A number of at most 64 bits and half a place of a greater shift make nothing but 0 or the sign.
        let count = min(-amount, 100)
        let rounding = isRounding ? Int128(1) << Int128(count - 1) : 0
        return UInt64(truncatingIfNeeded: (number + rounding) >> Int128(count))
    }
}
