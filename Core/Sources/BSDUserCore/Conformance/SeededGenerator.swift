/// A small generator of random numbers from a seed, the same on every machine, so that a failure can be repeated.
///
/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    @usableFromInline var state: UInt64

    public init(_ seed: UInt64) { state = seed }

    /// A generator for one named part of a run: its numbers do not depend on what else runs.
    public init(_ seed: UInt64, part: String) {
        // FNV-1a over the name.
        state = part.utf8.reduce(seed ^ 0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    @inlinable
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    /// A number from 0 to below `limit`, which is above 0 (Lemire's multiplication, whose bias does not matter here).
    @inlinable
    public mutating func below(_ limit: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(limit)).high) }

    /// True once in `count` times.
    @inlinable
    public mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

    /// One of the values, of which there is at least one.
    @inlinable
    public mutating func pick<Choice>(_ values: [Choice]) -> Choice { values[below(values.count)] }

    /// Random bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        var word: UInt64 = 0
        for index in 0..<count {
            word = index & 7 == 0 ? next() : word >> 8
            bytes.append(UInt8(truncatingIfNeeded: word))
        }
        return bytes
    }
}
