import BSDUserCore

/// Random and edge operands for instruction words: register numbers, register values, memory.
struct Operands: OperandSource {
    var generator: SeededGenerator

    init(_ generator: SeededGenerator) { self.generator = generator }

    // MARK: Values

    private static let doubleEdges: [Double] = [
        0, 1, 0.5, 1.5, 2.5, 3, 10, 0.1, 1e-300, 1e300, .pi, .infinity, .leastNonzeroMagnitude, .leastNormalMagnitude,
        .leastNormalMagnitude.nextDown, .greatestFiniteMagnitude, 2_147_483_647, 2_147_483_647.5, 2_147_483_648,
        2_147_483_648.5, 9_223_372_036_854_774_784, 9_223_372_036_854_775_808, 1.0000000000000002,
        4_503_599_627_370_497.5,
        1e-45, 3.4028235e38, 3.5e38, 1.1754942e-38,
    ]
    private static let floatEdges: [Float] = [
        0, 1, 0.5, 1.5, 2.5, 3, 10, 0.1, 1e-30, 1e30, .pi, .infinity, .leastNonzeroMagnitude, .leastNormalMagnitude,
        .leastNormalMagnitude.nextDown, .greatestFiniteMagnitude, 2_147_483_648, 2_147_483_520,
        9_223_372_036_854_775_808,
        9_223_371_487_098_961_920, 1.0000001, 8_388_609, 8_388_607.5,
    ]
    /// Quiet and signalling NaNs in either encoding.
    private static let doubleNaNs: [UInt64] = [
        0x7ff7_ffff_ffff_ffff, 0x7ff8_0000_0000_0000, 0x7ff0_0000_0000_0001, 0xfff8_1234_5678_9abc,
        0xfff4_0000_0000_0000,
    ]
    private static let floatNaNs: [UInt32] = [0x7fbf_ffff, 0x7fc0_0000, 0x7f80_0001, 0xffc1_2345, 0xffa0_0000]

    mutating func double() -> UInt64 {
        switch below(8) {
        case 0, 1, 2: (oneIn(2) ? 1 << 63 : 0) | pick(Self.doubleEdges).bitPattern
        case 3: pick(Self.doubleNaNs)
        case 4: bits()
        case 5: Double(Int64(bitPattern: integer())).bitPattern
        default: Double.random(in: -1000...1000, using: &generator).bitPattern
        }
    }

    mutating func single() -> UInt32 {
        switch below(8) {
        case 0, 1, 2: (oneIn(2) ? 1 << 31 : 0) | pick(Self.floatEdges).bitPattern
        case 3: pick(Self.floatNaNs)
        case 4: UInt32(truncatingIfNeeded: bits())
        case 5: Float(Int64(bitPattern: integer())).bitPattern
        default: Float.random(in: -1000...1000, using: &generator).bitPattern
        }
    }

    /// What fits the formats that a row reads.
    mutating func floatRegister(_ kind: FloatKind) -> UInt64 {
        switch kind {
        case .double: double()
        case .single: UInt64(single()) | UInt64(single()) << 32
        case .fixed: integer()
        }
    }

    enum FloatKind { case single, double, fixed }

    /// FCSR with any rounding mode; now and then flushing, sticky flags, condition codes and, when wanted, traps.
    mutating func floatControl(enablesTraps: Bool) -> UInt32 {
        var control = UInt32(below(4))
        if oneIn(4) { control |= FloatControl.flush }
        if oneIn(2) { control |= UInt32(truncatingIfNeeded: bits()) & FloatControl.conditionMask }
        if oneIn(4) { control |= UInt32(below(32)) << FloatControl.flagShift }
        // A trap on underflow reports tiny results even when exact (IEEE 754-1985, 7.4), which the oracle does not.
        if enablesTraps { control |= UInt32(below(32) & ~2) << FloatControl.enableShift }
        return control
    }

    // MARK: Words

    /// A word of the row: random fields, with equal and zero registers more often than chance gives them.
    mutating func word(_ fixed: FixedBits) -> UInt32 {
        var word = UInt32(truncatingIfNeeded: bits())
        let registers = [Bits.rs, Bits.rt, Bits.rd, Bits.fd]
        if oneIn(3) {
            let number = oneIn(3) ? 0 : below(32)
            for field in registers where oneIn(2) { word = word & ~field.mask | field.encode(number) }
        }
        return word & ~fixed.mask | fixed.match
    }
}
