/// The steps of SHA-1 and SHA-256 (FIPS 180-4). Words of 32 bits are numbered from the least significant.
enum SecureHash {
    private typealias Words = SIMD4<UInt32>

    private static func words(_ bits: VectorBits) -> Words {
        Words(
            UInt32(truncatingIfNeeded: bits.low), UInt32(truncatingIfNeeded: bits.low >> 32),
            UInt32(truncatingIfNeeded: bits.high), UInt32(truncatingIfNeeded: bits.high >> 32))
    }

    private static func vector(_ words: Words) -> VectorBits {
        VectorBits(
            low: UInt64(words[0]) | UInt64(words[1]) << 32, high: UInt64(words[2]) | UInt64(words[3]) << 32)
    }

    private static func right(_ words: Words, _ amount: UInt32) -> Words {
        words &>> amount | words &<< (32 - amount)
    }

    private static func right<T: FixedWidthInteger>(_ value: T, _ amount: T) -> T {
        value >> amount | value << (T(T.bitWidth) - amount)
    }

    private static func choose<T: FixedWidthInteger>(_ x: T, _ y: T, _ z: T) -> T { (x & y) ^ (~x & z) }

    private static func majority<T: FixedWidthInteger>(_ x: T, _ y: T, _ z: T) -> T { (x & y) ^ (x & z) ^ (y & z) }

    static func evaluate(_ operation: VectorHash, _ a: VectorBits, _ b: VectorBits, _ c: VectorBits) -> VectorBits {
        switch operation {
        case .sha1Choose: sha1(a, b, c, .choose)
        case .sha1Parity: sha1(a, b, c, .parity)
        case .sha1Majority: sha1(a, b, c, .majority)
        case .sha256Low: sha256(a, b, c).0
        case .sha256High: sha256(b, a, c).1
        case .sha256Schedule0: sha256Schedule0(a, b)
        case .sha256Schedule1: sha256Schedule1(a, b, c)
        }
    }

    // MARK: SHA-1

    private enum Function { case choose, parity, majority }

    /// Four rounds; `state` holds a to d, the low word of `rest` is e.
    private static func sha1(_ state: VectorBits, _ rest: VectorBits, _ schedule: VectorBits, _ function: Function)
        -> VectorBits
    {
        var x = words(state)
        var e = UInt32(truncatingIfNeeded: rest.low)
        let schedule = words(schedule)
        for index in 0..<4 {
            let mixed: UInt32 =
                switch function {
                case .choose: choose(x[1], x[2], x[3])
                case .parity: x[1] ^ x[2] ^ x[3]
                case .majority: majority(x[1], x[2], x[3])
                }
            let next = e &+ right(x[0], 27) &+ mixed &+ schedule[index]
            (e, x) = (x[3], Words(next, x[0], right(x[1], 2), x[2]))
        }
        return vector(x)
    }

    // MARK: SHA-256

    /// Four rounds on a to d and e to h; both halves of the state.
    private static func sha256(_ low: VectorBits, _ high: VectorBits, _ schedule: VectorBits)
        -> (VectorBits, VectorBits)
    {
        var (x, y) = (words(low), words(high))
        let schedule = words(schedule)
        for index in 0..<4 {
            let sigma1 = right(y[0], 6) ^ right(y[0], 11) ^ right(y[0], 25)
            let sigma0 = right(x[0], 2) ^ right(x[0], 13) ^ right(x[0], 22)
            let sum = y[3] &+ sigma1 &+ choose(y[0], y[1], y[2]) &+ schedule[index]
            let next = sum &+ sigma0 &+ majority(x[0], x[1], x[2])
            (x, y) = (Words(next, x[0], x[1], x[2]), Words(x[3] &+ sum, y[0], y[1], y[2]))
        }
        return (vector(x), vector(y))
    }

    private static func sha256Schedule0(_ state: VectorBits, _ first: VectorBits) -> VectorBits {
        let old = words(state)
        let moved = Words(old[1], old[2], old[3], UInt32(truncatingIfNeeded: first.low))
        return vector(old &+ (right(moved, 7) ^ right(moved, 18) ^ moved &>> 3))
    }

    private static func sha256Schedule1(_ state: VectorBits, _ first: VectorBits, _ second: VectorBits) -> VectorBits {
        let (old, middle, last) = (words(state), words(first), words(second))
        let sum = old &+ Words(middle[1], middle[2], middle[3], last[0])
        var result = Words()
        for index in 0..<4 {
            let source = index < 2 ? last[index + 2] : result[index - 2]
            result[index] = sum[index] &+ (right(source, 17) ^ right(source, 19) ^ source >> 10)
        }
        return vector(result)
    }
}
