/// The low bits of a vector operation's `flags`: the size of its lanes.
@frozen
public struct VectorLane: OptionSet, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    @inlinable public static var bits8: VectorLane { VectorLane([]) }
    @inlinable public static var bits16: VectorLane { VectorLane(rawValue: 1) }
    @inlinable public static var bits32: VectorLane { VectorLane(rawValue: 2) }
    @inlinable public static var bits64: VectorLane { VectorLane(rawValue: 3) }
    /// Of `vectorExtract`: the lane is sign-extended.
    @inlinable public static var signed: VectorLane { VectorLane(rawValue: 4) }
    /// Of `vectorShiftInsert`: the shift goes right.
    @inlinable public static var right: VectorLane { VectorLane(rawValue: 8) }

    /// Base-2 logarithm of a lane's size in bytes, 0...3.
    @inlinable public var sizeLog2: Int { Int(rawValue & 3) }
    /// Width of a lane.
    @inlinable public var bitCount: Int { 8 << sizeLog2 }
    /// Lanes of a vector.
    @inlinable public var laneCount: Int { 16 >> sizeLog2 }
}

/// Operations on one vector. Saturating operations do not tell that they have saturated: compare with the plain result
/// where that matters.
@frozen
public enum VectorUnary: UInt32, Sendable, CaseIterable {
    /// The bits inverted.
    case not
    /// The low 64 bits; the others become 0.
    case lowHalf
    /// `-a` and the magnitude of the signed number `a`, modulo the lane's width; then saturating: the least number gives
    /// the greatest.
    case negate, absolute, negateSaturating, absoluteSaturating
    /// Leading zeros; leading bits equal to the sign, without it; bits set.
    case countLeadingZeros, countLeadingSignBits, countOnes
    /// The bits of each lane reversed.
    case reverseBits
    /// The order of the lanes reversed within each group of 2^`b` bytes; a group is larger than a lane.
    case reverseLanes
    /// Every lane is lane `b` of `a`.
    case duplicateLane
    /// The lanes of the low or high half, extended to twice their width.
    case widenLowSigned, widenLowUnsigned, widenHighSigned, widenHighUnsigned
    /// Each lane (16 bits or more) made half as wide: its low bits; the nearest signed number to a signed one; the nearest
    /// unsigned number to a signed one; the nearest unsigned number to an unsigned one. The results are the low 64 bits.
    case narrow, narrowSigned, narrowSignedToUnsigned, narrowUnsigned
    /// The sums of neighbours, lanes 0 and 1 first, extended to twice the width before the addition.
    case addPairsSigned, addPairsUnsigned
    /// Over all lanes: the sum modulo the width, the greatest, the least. The result is lane 0; the others are 0.
    case sumAcross, maxAcrossSigned, maxAcrossUnsigned, minAcrossSigned, minAcrossUnsigned
    /// The sum of all lanes, extended to twice the width before the addition, in lane 0 of that width; the others are 0.
    case sumAcrossWideSigned, sumAcrossWideUnsigned
    /// AES (FIPS 197): MixColumns and InvMixColumns of the state.
    case aesMixColumns, aesInverseMixColumns
}

/// Operations on two vectors.
@frozen
public enum VectorBinary: UInt32, Sendable, CaseIterable {
    /// Bits: `a & b`, `a | b`, `a ^ b`, `a & ~b`, `a | ~b`.
    case and, or, xor, andNot, orNot
    /// Modulo the lane's width.
    case add, sub, mul
    /// The nearest representable number.
    case addSaturatingSigned, addSaturatingUnsigned, subSaturatingSigned, subSaturatingUnsigned
    /// `(a + b) >> 1`, `(a + b + 1) >> 1` and `(a - b) >> 1` of unlimited precision.
    case halvingAddSigned, halvingAddUnsigned, roundingHalvingAddSigned, roundingHalvingAddUnsigned
    case halvingSubSigned, halvingSubUnsigned
    /// `|a - b|` modulo the lane's width.
    case absoluteDifferenceSigned, absoluteDifferenceUnsigned
    case maxSigned, maxUnsigned, minSigned, minUnsigned
    /// All ones where true, else 0. `compareTest`: `a & b` is not 0.
    case compareEqual, compareGreaterSigned, compareGreaterUnsigned, compareGreaterOrEqualSigned
    case compareGreaterOrEqualUnsigned, compareTest
    /// `a` shifted left by the signed number in the low 8 bits of `b`, right where that is negative; signed right shifts
    /// copy the sign. Amounts beyond the width shift everything out.
    case shiftSigned, shiftUnsigned
    /// The same; right shifts round: half of the last place is added before the shift, with unlimited precision.
    case shiftRoundingSigned, shiftRoundingUnsigned
    /// The same; left shifts give the nearest representable number.
    case shiftSaturatingSigned, shiftSaturatingUnsigned
    case shiftRoundingSaturatingSigned, shiftRoundingSaturatingUnsigned
    /// The high half of `2 * a * b`, saturated; then with half of the last place added before. Lanes of 16 and 32 bits.
    case mulHighDoubling, mulHighDoublingRounding
    /// Products of twice the width of the low or high halves' lanes, which have 8 to 32 bits.
    case mulLowSigned, mulLowUnsigned, mulHighSigned, mulHighUnsigned
    /// Products of polynomials over {0, 1}: the low half, for lanes of 8 bits; of twice the width, of the low or high
    /// halves' lanes, which have 8 or 64 bits.
    case mulPolynomial, mulPolynomialLow, mulPolynomialHigh
    /// Lanes of `a` and `b` in turn, `a` first: from the low halves, from the high halves.
    case interleaveLow, interleaveHigh
    /// The lanes of even, of odd number: those of `a`, then those of `b`.
    case even, odd
    /// Lanes of even (odd) number of `a` and `b` in turn.
    case transposeEven, transposeOdd
    /// Each byte of `b` picks a byte of `a`; from 16 on it gives 0.
    case tableLookup
    /// AES (FIPS 197) of state `a` and round key `b`: AddRoundKey, then SubBytes and ShiftRows or their inverses.
    case aesEncrypt, aesDecrypt
}

/// Steps of hash functions (FIPS 180-4) on words of 32 bits, numbered from the least significant.
@frozen
public enum VectorHash: UInt8, Sendable, CaseIterable {
    /// Four rounds of SHA-1 with the function Ch, Parity or Maj: `a` holds the words a to d, lane 0 of `b` is e, `c` holds
    /// the schedule's words with the constant added. The result is a to d.
    case sha1Choose, sha1Parity, sha1Majority
    /// Four rounds of SHA-256: `c` holds the schedule's words with the constants added. `sha256Low` gives a to d from `a`, a
    /// to d, and `b`, e to h; `sha256High` gives e to h from `a`, e to h, and `b`, a to d.
    case sha256Low, sha256High
    /// Words t to t + 3 of the schedule of SHA-256 from the words t - 16 and so on: `a` with sigma0 of the words that
    /// follow added, of which the last is in `b`; then `a`, so made, with words t - 7 to t - 4 out of `b` and `c`, and sigma1 of
    /// t - 2 to t + 1 added.
    case sha256Schedule0, sha256Schedule1
}

/// Shifts of all lanes by one amount.
@frozen
public enum VectorShift: UInt32, Sendable, CaseIterable {
    case left, rightSigned, rightUnsigned
    /// Half of the last place is added before the shift, with unlimited precision.
    case rightRoundingSigned, rightRoundingUnsigned
    /// The nearest representable number; the last one takes a signed number and gives an unsigned one.
    case leftSaturatingSigned, leftSaturatingUnsigned, leftSaturatingSignedToUnsigned
}

/// Floating-point operations on the lanes of one vector, which have 16, 32 or 64 bits unless another width is named.
@frozen
public enum VectorFloatUnary: UInt32, Sendable, CaseIterable {
    case squareRoot
    /// As `floatRound`; `b` holds what its `flags` hold.
    case round
    /// As `floatToSigned` and `floatToUnsigned` to integers of the lane's width; `b` holds a `FloatRounding`. Lanes of 16
    /// bits may become fixed-point numbers: the number of fraction bits stands above the rounding, from bit 3 on.
    case toSigned, toUnsigned
    /// As `floatFromSigned` and `floatFromUnsigned` from integers of the lane's width; lanes of 16 bits from fixed-point
    /// numbers with `b` fraction bits.
    case fromSigned, fromUnsigned
    /// The lanes of the low or high half, which have 16 or 32 bits, to the format of twice the width.
    case widenLow, widenHigh
    /// To the format of half the width (16 or 32 bits); the results are the low 64 bits.
    case narrow
}

/// Floating-point operations on the lanes of two vectors, which have 16, 32 or 64 bits.
@frozen
public enum VectorFloatBinary: UInt32, Sendable, CaseIterable {
    case add, sub, mul, div
    /// As `floatMinMax`.
    case min, max, minNumber, maxNumber
    /// All ones where true, else 0; the last two signal for quiet NaNs too.
    case compareEqual, compareGreater, compareGreaterOrEqual
}
