/// What makes operands at random: the part that all architectures share.
public protocol OperandSource {
    var generator: SeededGenerator { get set }
}

/// Numbers at which integer instructions change their ways: around 0, shift counts, the ends of all sizes.
@usableFromInline let integerEdges: [UInt64] = [
    0, 1, 2, 31, 32, 33, 63, 64, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
    0x1_0000_0000, 0xffff_ffff_8000_0000, 0xffff_ffff_7fff_ffff, 0xffff_ffff_ffff_8000, 0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000, 0x8000_0000_0000_0001, 0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff,
]

extension OperandSource {
    /// A number from 0 to below `limit`.
    @inlinable
    public mutating func below(_ limit: Int) -> Int { generator.below(limit) }

    /// One of the values.
    @inlinable
    public mutating func pick<Choice>(_ values: [Choice]) -> Choice { generator.pick(values) }

    /// Any 64 bits.
    @inlinable
    public mutating func bits() -> UInt64 { generator.next() }

    /// True once in `count` times.
    @inlinable
    public mutating func oneIn(_ count: Int) -> Bool { generator.oneIn(count) }

    /// An edge, any number, one of 32 bits with its sign, or a small one of either sign.
    @inlinable
    public mutating func integer() -> UInt64 {
        switch below(6) {
        case 0, 1: pick(integerEdges)
        case 2: bits()
        case 3: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: bits())))
        case 4: bits() >> UInt64(below(64))
        default: 0 &- (bits() >> UInt64(below(64)))
        }
    }
}
