import BSDUserCore
import TestSupport

@testable import AArch64

/// Random and edge operands for instruction words: register numbers, register values, memory.
struct Operands {
    var generator: SeededGenerator

    init(_ seed: UInt64) { generator = SeededGenerator(seed) }

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }
    mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }
    mutating func bits() -> UInt64 { generator.next() }
    mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

    private static let integerEdges: [UInt64] = [
        0, 1, 2, 31, 32, 33, 63, 64, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
        0x1_0000_0000, 0xffff_ffff_8000_0000, 0xffff_ffff_7fff_ffff, 0xffff_ffff_ffff_8000, 0x7fff_ffff_ffff_ffff,
        0x8000_0000_0000_0000, 0x8000_0000_0000_0001, 0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff,
    ]

    mutating func integer() -> UInt64 {
        switch below(6) {
        case 0, 1: pick(Self.integerEdges)
        case 2: bits()
        case 3: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: bits())))
        case 4: bits() >> UInt64(below(64))
        default: 0 &- (bits() >> UInt64(below(64)))
        }
    }

    /// A word of the row: random fields, with equal registers and number 31 more often than chance gives them.
    mutating func word(_ fixed: FixedBits) -> UInt32 {
        var word = UInt32(truncatingIfNeeded: bits())
        if oneIn(3) {
            let number = oneIn(2) ? 31 : below(32)
            for field in [Bits.rd, Bits.rn, Bits.rm, Bits.ra] where oneIn(2) {
                word = word & ~field.mask | field.encode(number)
            }
        }
        return word & ~fixed.mask | fixed.match
    }

    // MARK: States

    /// A state with memory; the registers hold integers of all kinds.
    mutating func state() -> AArch64Snapshot {
        var general = (0..<32).map { _ in integer() }
        // Equal values, so that comparisons find some.
        if oneIn(4) { general[below(32)] = general[below(32)] }
        return AArch64Snapshot(
            general: general, vectors: (0..<64).map { _ in bits() }, nzcv: UInt32(below(16)) << 28, fpcr: 0,
            fpsr: oneIn(2) ? UInt32(truncatingIfNeeded: bits()) & FloatControl.statusMask : 0,
            memory: (0..<RowPlan.memoryBytes).map { _ in UInt8(truncatingIfNeeded: bits()) })
    }
}
