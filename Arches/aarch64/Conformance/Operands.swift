import BSDUserCore

/// Random and edge operands for instruction words: register numbers, register values, memory.
struct Operands: OperandSource {
    var generator: SeededGenerator

    init(_ generator: SeededGenerator) { self.generator = generator }

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

    /// A state with memory. Registers whose bits are set in `named` hold numbers of all kinds, edges among them; the others
    /// any bits, which take less time.
    mutating func state(named: UInt32 = .max) -> AArch64State {
        var general: [UInt64] = []
        var vectors: [UInt64] = []
        general.reserveCapacity(32)
        vectors.reserveCapacity(64)
        for number in 0..<32 {
            let isNamed = named >> UInt32(number) & 1 == 1
            general.append(isNamed ? integer() : bits())
            let (low, high) = isNamed ? vector() : (bits(), bits())
            vectors.append(low)
            vectors.append(high)
        }
        // Equal values, so that comparisons find some.
        if oneIn(4) { general[below(32)] = general[below(32)] }
        return AArch64State(
            general: general, vectors: vectors, nzcv: UInt32(below(16)) << 28, fpcr: floatControl(),
            fpsr: oneIn(2) ? UInt32(truncatingIfNeeded: bits()) & FloatControl.statusMask : 0,
            memory: generator.bytes(RowPlan.memoryBytes))
    }

    /// The registers that a word may name, with those that lists, tables and pairs take behind them.
    static func named(_ word: UInt32) -> UInt32 {
        [Bits.rd, Bits.rn, Bits.rm, Bits.ra].reduce(0) { named, field in
            let four = UInt64(0xf) << UInt64(Word(word)[field])
            return named | UInt32(truncatingIfNeeded: four | four >> 32)
        }
    }

    // MARK: Vectors

    /// Lanes of one kind: integers or numbers of a floating-point format, edges among them; or any bits.
    mutating func vector() -> (low: UInt64, high: UInt64) {
        let kind = below(8)
        return (lanes(kind), lanes(kind))
    }

    private mutating func lanes(_ kind: Int) -> UInt64 {
        switch kind {
        case 0: bits()
        case 1: lanes(8) { $0.integer() }
        case 2: lanes(16) { $0.integer() }
        case 3: lanes(32) { $0.integer() }
        case 4: integer()
        case 5: lanes(32) { $0.float(Self.singleEdges, exponentBits: 8, fractionBits: 23) }
        case 6: float(Self.doubleEdges, exponentBits: 11, fractionBits: 52)
        default: lanes(16) { $0.float(Self.halfEdges, exponentBits: 5, fractionBits: 10) }
        }
    }

    private mutating func lanes(_ width: Int, _ element: (inout Operands) -> UInt64) -> UInt64 {
        var lanes: UInt64 = 0
        for place in stride(from: 0, to: 64, by: width) {
            lanes |= (element(&self) & UInt64.max >> UInt64(64 - width)) << UInt64(place)
        }
        return lanes
    }

    /// Zero, one, the ends of the ranges of subnormal and normal numbers, infinity, quiet and signalling NaNs.
    private static let singleEdges: [UInt64] = [
        0, 0x3f80_0000, 0x3fc0_0000, 0x3f00_0000, 1, 0x7f_ffff, 0x80_0000, 0x7f7f_ffff, 0x7f80_0000, 0x7fc0_0000,
        0x7fc1_2345, 0x7f80_0001, 0x7fa1_2345, 0x4f00_0000, 0x4eff_ffff, 0x5f00_0000, 0x4f80_0000, 0x4b00_0001,
    ]
    private static let doubleEdges: [UInt64] = [
        0, 0x3ff0 << 48, 0x3ff8 << 48, 0x3fe0 << 48, 1, 0xf_ffff_ffff_ffff, 0x0010 << 48, 0x7fef_ffff_ffff_ffff,
        0x7ff0 << 48, 0x7ff8 << 48, 0x7ff8_1234_5678_9abc, 0x7ff0_0000_0000_0001, 0x7ff4_1234_5678_9abc, 0x43e0 << 48,
        0x41df_ffff_ffc0_0000, 0x41e0 << 48, 0x43f0 << 48, 0x4330_0000_0000_0001, 0x47ef_ffff_f000_0000, 0x36a0 << 48,
    ]
    private static let halfEdges: [UInt64] = [0, 0x3c00, 1, 0x3ff, 0x400, 0x7bff, 0x7c00, 0x7e00, 0x7c01, 0x7d55]

    private mutating func float(_ edges: [UInt64], exponentBits: UInt64, fractionBits: UInt64) -> UInt64 {
        let sign = (bits() & 1) << (exponentBits + fractionBits)
        if oneIn(3) { return pick(edges) | sign }
        let fraction = bits() & ((1 << fractionBits) - 1)
        let bias = (UInt64(1) << (exponentBits - 1)) - 1
        let exponent =
            oneIn(2) ? bias - 4 + UInt64(below(exponentBits == 5 ? 8 : 40)) : bits() & ((1 << exponentBits) - 1)
        return sign | exponent << fractionBits | (oneIn(3) ? fraction & ~0 << (fractionBits - 3) : fraction)
    }

    /// Rounding to nearest most of the time, else any mode; now and then the default NaN, flushing, and the alternative
    /// half precision.
    mutating func floatControl() -> UInt32 {
        if oneIn(2) { return 0 }
        let flushing = (oneIn(4) ? FloatControl.flush : 0) | (oneIn(4) ? FloatControl.flushHalf : 0)
        let alternative = oneIn(4) ? FloatControl.alternativeHalf : 0
        return UInt32(below(4)) << 22 | (oneIn(4) ? FloatControl.defaultNaN : 0) | flushing | alternative
    }
}
