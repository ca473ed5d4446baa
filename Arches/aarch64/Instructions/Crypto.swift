import BSDUserCore

/// AES, SHA-1, SHA-256 and SHA-3 (FEAT_AES, FEAT_SHA1, FEAT_SHA256, FEAT_SHA3; DDI 0487, C7.2).
enum Crypto {
    static let rows: [Instruction<Translator>] = cipherRows + hashRows + LongHash.rows + logicRows

    private static let cipherRows: [Instruction<Translator>] = [
        row("01001110 00 10100 00100 10 rn rd", "aese") { t, w in
            set(&t, w, t.builder.vector(.aesEncrypt, t.vector(w[Bits.rd]), t.vector(w[Bits.rn])))
        },
        row("01001110 00 10100 00101 10 rn rd", "aesd") { t, w in
            set(&t, w, t.builder.vector(.aesDecrypt, t.vector(w[Bits.rd]), t.vector(w[Bits.rn])))
        },
        row("01001110 00 10100 00110 10 rn rd", "aesmc") { t, w in
            set(&t, w, t.builder.vector(.aesMixColumns, t.vector(w[Bits.rn])))
        },
        row("01001110 00 10100 00111 10 rn rd", "aesimc") { t, w in
            set(&t, w, t.builder.vector(.aesInverseMixColumns, t.vector(w[Bits.rn])))
        },
    ]

    private static let hashRows: [Instruction<Translator>] = [
        row("01011110 00 0 rm 0 000 00 rn rd", "sha1c") { t, w in hash(&t, w, .sha1Choose) },
        row("01011110 00 0 rm 0 001 00 rn rd", "sha1p") { t, w in hash(&t, w, .sha1Parity) },
        row("01011110 00 0 rm 0 010 00 rn rd", "sha1m") { t, w in hash(&t, w, .sha1Majority) },
        row("01011110 00 0 rm 0 011 00 rn rd", "sha1su0") { t, w in
            let (old, first) = (t.vector(w[Bits.rd]), t.vector(w[Bits.rn]))
            let moved = t.builder.vectorExtractBytes(low: old, high: first, first: 8)
            let mixed = t.builder.vector(.xor, old, t.vector(w[Bits.rm]))
            set(&t, w, t.builder.vector(.xor, mixed, moved))
        },
        row("01011110 00 0 rm 0 100 00 rn rd", "sha256h") { t, w in hash(&t, w, .sha256Low) },
        row("01011110 00 0 rm 0 101 00 rn rd", "sha256h2") { t, w in hash(&t, w, .sha256High) },
        row("01011110 00 0 rm 0 110 00 rn rd", "sha256su1") { t, w in hash(&t, w, .sha256Schedule1) },
        row("01011110 00 10100 00000 10 rn rd", "sha1h") { t, w in
            let number = t.builder.vectorExtract(t.vector(w[Bits.rn]), 0, .bits32, .i32)
            let rotated = t.builder.binary(.rotateRight, number, t.builder.constant(2), .i32)
            set(&t, w, t.builder.vectorFromScalar(rotated, .bits32))
        },
        row("01011110 00 10100 00001 10 rn rd", "sha1su1") { t, w in
            // The last word depends on the first of the result: what that is before its rotation, turned once more.
            let (old, zero) = (t.vector(w[Bits.rd]), t.zeroVector)
            let moved = t.builder.vectorExtractBytes(low: t.vector(w[Bits.rn]), high: zero, first: 4)
            let mixed = t.builder.vector(.xor, old, moved)
            let twice = rotated(&t, mixed, right: 30, .bits32)
            let last = t.builder.vectorExtractBytes(low: zero, high: twice, first: 4)
            set(&t, w, t.builder.vector(.xor, rotated(&t, mixed, right: 31, .bits32), last))
        },
        row("01011110 00 10100 00010 10 rn rd", "sha256su0") { t, w in hash(&t, w, .sha256Schedule0) },
    ]

    private static let logicRows: [Instruction<Translator>] = [
        row("11001110 000 rm 0 ra rn rd", "eor3") { t, w in
            let first = t.builder.vector(.xor, t.vector(w[Bits.rn]), t.vector(w[Bits.rm]))
            set(&t, w, t.builder.vector(.xor, first, t.vector(w[Bits.ra])))
        },
        row("11001110 001 rm 0 ra rn rd", "bcax") { t, w in
            let cleared = t.builder.vector(.andNot, t.vector(w[Bits.rm]), t.vector(w[Bits.ra]))
            set(&t, w, t.builder.vector(.xor, t.vector(w[Bits.rn]), cleared))
        },
        row("11001110 011 rm 1 0 00 11 rn rd", "rax1") { t, w in
            let turned = rotated(&t, t.vector(w[Bits.rm]), right: 63)
            set(&t, w, t.builder.vector(.xor, t.vector(w[Bits.rn]), turned))
        },
        row("11001110 100 rm scale rn rd", "xar") { t, w in
            let both = t.builder.vector(.xor, t.vector(w[Bits.rn]), t.vector(w[Bits.rm]))
            set(&t, w, rotated(&t, both, right: w[Bits.scale]))
        },
    ]

    private static func set(_ t: inout Translator, _ w: Word, _ result: Value) {
        t.builder.put(.vector(w[Bits.rd]), result, .v128)
    }

    /// A step of a hash function on the destination and two operands, of which some use one.
    private static func hash(_ t: inout Translator, _ w: Word, _ operation: VectorHash) {
        let (state, first, second) = (t.vector(w[Bits.rd]), t.vector(w[Bits.rn]), t.vector(w[Bits.rm]))
        set(&t, w, t.builder.vectorHash(operation, state, first, second))
    }

    private static func rotated(
        _ t: inout Translator, _ value: Value, right amount: Int, _ lane: VectorLane = .bits64
    ) -> Value {
        if amount == 0 { return value }
        let low = t.builder.vector(.rightUnsigned, value, by: amount, lane)
        return t.builder.vector(.or, low, t.builder.vector(.left, value, by: lane.bitCount - amount, lane))
    }
}
