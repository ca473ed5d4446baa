import BSDUserCore

/// SHA-512 (FEAT_SHA512; DDI 0487, C7.2, with the functions of FIPS 180-4).
enum LongHash {
    static let rows: [Instruction<Translator>] = [
        row("11001110 011 rm 1 0 00 00 rn rd", "sha512h") { t, w in
            let (state, x, y) = (Halves(&t, w[Bits.rd]), Halves(&t, w[Bits.rn]), Halves(&t, w[Bits.rm]))
            let upper = sum(&t, state.high, choose(&t, y.high, x.low, x.high), sigma(&t, y.high, 14, 18, 41))
            let next = t.builder.binary(.add, upper, y.low)
            let lower = sum(&t, state.low, choose(&t, next, y.high, x.low), sigma(&t, next, 14, 18, 41))
            t.builder.put(.vector(w[Bits.rd]), t.builder.vectorFromPair(low: lower, high: upper), .v128)
        },
        row("11001110 011 rm 1 0 00 01 rn rd", "sha512h2") { t, w in
            let (state, x, y) = (Halves(&t, w[Bits.rd]), Halves(&t, w[Bits.rn]), Halves(&t, w[Bits.rm]))
            let upper = sum(&t, state.high, majority(&t, x.low, y.high, y.low), sigma(&t, y.low, 28, 34, 39))
            let lower = sum(&t, state.low, majority(&t, upper, y.low, y.high), sigma(&t, upper, 28, 34, 39))
            t.builder.put(.vector(w[Bits.rd]), t.builder.vectorFromPair(low: lower, high: upper), .v128)
        },
        row("11001110 011 rm 1 0 00 10 rn rd", "sha512su1") { t, w in
            let mixed = sigma(&t, t.vector(w[Bits.rn]), 19, 61, shift: 6)
            let rest = t.builder.vector(.add, t.vector(w[Bits.rd]), t.vector(w[Bits.rm]), .bits64)
            t.builder.put(.vector(w[Bits.rd]), t.builder.vector(.add, rest, mixed, .bits64), .v128)
        },
        row("11001110 110 00000 1000 00 rn rd", "sha512su0") { t, w in
            let old = t.vector(w[Bits.rd])
            let moved = t.builder.vectorExtractBytes(low: old, high: t.vector(w[Bits.rn]), first: 8)
            let mixed = sigma(&t, moved, 1, 8, shift: 7)
            t.builder.put(.vector(w[Bits.rd]), t.builder.vector(.add, old, mixed, .bits64), .v128)
        },
    ]

    /// The two words of a register.
    private struct Halves {
        let low: Value
        let high: Value

        init(_ t: inout Translator, _ number: Int) {
            low = t.builder.vectorExtract(t.vector(number), 0, .bits64, .i64)
            high = t.builder.vectorExtract(t.vector(number), 1, .bits64, .i64)
        }
    }

    private static func sum(_ t: inout Translator, _ a: Value, _ b: Value, _ c: Value) -> Value {
        t.builder.binary(.add, t.builder.binary(.add, a, b), c)
    }

    /// `x & y ^ ~x & z`.
    private static func choose(_ t: inout Translator, _ x: Value, _ y: Value, _ z: Value) -> Value {
        t.builder.binary(.xor, t.builder.binary(.and, x, y), t.builder.binary(.andNot, z, x))
    }

    /// `x & y ^ x & z ^ y & z`.
    private static func majority(_ t: inout Translator, _ x: Value, _ y: Value, _ z: Value) -> Value {
        let either = t.builder.binary(.and, x, t.builder.binary(.or, y, z))
        return t.builder.binary(.or, either, t.builder.binary(.and, y, z))
    }

    /// The word rotated right by three amounts, all combined.
    private static func sigma(_ t: inout Translator, _ word: Value, _ first: Int64, _ second: Int64, _ third: Int64)
        -> Value
    {
        let turned = [first, second, third].map { t.builder.binary(.rotateRight, word, t.builder.constant($0)) }
        return t.builder.binary(.xor, t.builder.binary(.xor, turned[0], turned[1]), turned[2])
    }

    /// Both words rotated right by two amounts and shifted right, all combined.
    private static func sigma(_ t: inout Translator, _ words: Value, _ first: Int, _ second: Int, shift: Int) -> Value {
        var result = t.builder.vector(.rightUnsigned, words, by: shift, .bits64)
        for amount in [first, second] {
            result = t.builder.vector(.xor, result, t.builder.vector(.rightUnsigned, words, by: amount, .bits64))
            result = t.builder.vector(.xor, result, t.builder.vector(.left, words, by: 64 - amount, .bits64))
        }
        return result
    }
}
