import BSDUserCore

/// The steps of SHA-1, SHA-256 and SHA-512 that instructions make (DDI 0487, J1.3 and C7.2; the functions are those of
/// FIPS 180-4). Words of 32 bits are numbered from the least significant.
enum SecureHash {
    private static func words(_ bits: VectorBits) -> [UInt32] {
        [bits.low, bits.high].flatMap { [UInt32(truncatingIfNeeded: $0), UInt32(truncatingIfNeeded: $0 >> 32)] }
    }

    private static func vector(_ words: [UInt32]) -> VectorBits {
        VectorBits(
            low: UInt64(words[0]) | UInt64(words[1]) << 32, high: UInt64(words[2]) | UInt64(words[3]) << 32)
    }

    private static func right<T: FixedWidthInteger>(_ value: T, _ amount: T) -> T {
        value >> amount | value << (T(T.bitWidth) - amount)
    }

    private static func choose<T: FixedWidthInteger>(_ x: T, _ y: T, _ z: T) -> T { (x & y) ^ (~x & z) }

    private static func majority<T: FixedWidthInteger>(_ x: T, _ y: T, _ z: T) -> T { (x & y) ^ (x & z) ^ (y & z) }

    // MARK: SHA-1

    enum Function { case choose, parity, majority }

    /// Four rounds; `state` holds a to d, the low word of `rest` is e.
    static func sha1(_ state: VectorBits, _ rest: VectorBits, _ schedule: VectorBits, _ function: Function)
        -> VectorBits
    {
        var x = words(state)
        var e = UInt32(truncatingIfNeeded: rest.low)
        for word in words(schedule) {
            let mixed: UInt32 =
                switch function {
                case .choose: choose(x[1], x[2], x[3])
                case .parity: x[1] ^ x[2] ^ x[3]
                case .majority: majority(x[1], x[2], x[3])
                }
            let next = e &+ right(x[0], 27) &+ mixed &+ word
            (e, x) = (x[3], [next, x[0], right(x[1], 2), x[2]])
        }
        return vector(x)
    }

    static func sha1Schedule0(_ state: VectorBits, _ first: VectorBits, _ second: VectorBits) -> VectorBits {
        VectorBits(low: state.high ^ state.low ^ second.low, high: first.low ^ state.high ^ second.high)
    }

    static func sha1Schedule1(_ state: VectorBits, _ first: VectorBits) -> VectorBits {
        let (old, moved) = (words(state), words(first))
        let mixed = [old[0] ^ moved[1], old[1] ^ moved[2], old[2] ^ moved[3], old[3]]
        var result = mixed.map { right($0, 31) }
        result[3] ^= right(mixed[0], 30)
        return vector(result)
    }

    // MARK: SHA-256

    /// Four rounds on a to d and e to h; both halves of the state.
    static func sha256(_ low: VectorBits, _ high: VectorBits, _ schedule: VectorBits) -> (VectorBits, VectorBits) {
        var (x, y) = (words(low), words(high))
        for word in words(schedule) {
            let sigma1 = right(y[0], 6) ^ right(y[0], 11) ^ right(y[0], 25)
            let sigma0 = right(x[0], 2) ^ right(x[0], 13) ^ right(x[0], 22)
            let sum = y[3] &+ sigma1 &+ choose(y[0], y[1], y[2]) &+ word
            let next = sum &+ sigma0 &+ majority(x[0], x[1], x[2])
            (x, y) = ([next, x[0], x[1], x[2]], [x[3] &+ sum, y[0], y[1], y[2]])
        }
        return (vector(x), vector(y))
    }

    static func sha256Schedule0(_ state: VectorBits, _ first: VectorBits) -> VectorBits {
        let old = words(state)
        let moved = [old[1], old[2], old[3], UInt32(truncatingIfNeeded: first.low)]
        return vector(zip(old, moved).map { $0 &+ (right($1, 7) ^ right($1, 18) ^ $1 >> 3) })
    }

    static func sha256Schedule1(_ state: VectorBits, _ first: VectorBits, _ second: VectorBits) -> VectorBits {
        let (old, middle, last) = (words(state), words(first), words(second))
        let moved = [middle[1], middle[2], middle[3], last[0]]
        var result: [UInt32] = []
        for number in 0..<4 {
            let source = number < 2 ? last[number + 2] : result[number - 2]
            let sigma = right(source, 17) ^ right(source, 19) ^ source >> 10
            result.append(sigma &+ old[number] &+ moved[number])
        }
        return vector(result)
    }

    // MARK: SHA-512

    static func sha512Hash(_ state: VectorBits, _ x: VectorBits, _ y: VectorBits) -> VectorBits {
        func sigma(_ value: UInt64) -> UInt64 { right(value, 14) ^ right(value, 18) ^ right(value, 41) }
        let high = choose(y.high, x.low, x.high) &+ sigma(y.high) &+ state.high
        let next = high &+ y.low
        return VectorBits(low: choose(next, y.high, x.low) &+ sigma(next) &+ state.low, high: high)
    }

    static func sha512Hash2(_ state: VectorBits, _ x: VectorBits, _ y: VectorBits) -> VectorBits {
        func sigma(_ value: UInt64) -> UInt64 { right(value, 28) ^ right(value, 34) ^ right(value, 39) }
        let high = majority(x.low, y.high, y.low) &+ sigma(y.low) &+ state.high
        return VectorBits(low: majority(high, y.low, y.high) &+ sigma(high) &+ state.low, high: high)
    }

    static func sha512Schedule0(_ state: VectorBits, _ x: VectorBits) -> VectorBits {
        func sigma(_ value: UInt64) -> UInt64 { right(value, 1) ^ right(value, 8) ^ value >> 7 }
        return VectorBits(low: state.low &+ sigma(state.high), high: state.high &+ sigma(x.low))
    }

    static func sha512Schedule1(_ state: VectorBits, _ x: VectorBits, _ y: VectorBits) -> VectorBits {
        func sigma(_ value: UInt64) -> UInt64 { right(value, 19) ^ right(value, 61) ^ value >> 6 }
        return VectorBits(low: state.low &+ sigma(x.low) &+ y.low, high: state.high &+ sigma(x.high) &+ y.high)
    }
}
