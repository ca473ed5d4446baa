import Testing

@testable import BSDUserCore

private func name(_ register: XMM) -> String { IntelSyntax.name(register) }

extension GoldenAssembly {
    /// A register that VEX reaches.
    fileprivate mutating func lowXMM() -> XMM { XMM(code: UInt8.random(in: 0..<16, using: &random)) }
}

extension AssemblerTests {
    @Test("Packed instructions by name")
    func namedInstructions() throws {
        var golden = GoldenAssembly()
        let any: [(String, PackedOpcode)] = [
            ("vpsadbw", .sumDifferences), ("vpmaddubsw", .mulAddBytes), ("vpmaddwd", .mulAddWords),
            ("vpmulhw", .mulHighWords), ("vpmulhrsw", .mulHighRoundingWords), ("vpackuswb", .packWordsToUnsigned),
            ("vpackssdw", .packDwords), ("vpsllvd", .variableShift(2, .left)), ("vpsllvq", .variableShift(3, .left)),
            ("vpsrlvd", .variableShift(2, .right)), ("vpsrlvq", .variableShift(3, .right)),
            ("vpsravd", .variableShift(2, .rightSigned)), ("vpsravq", .variableShift(3, .rightSigned)),
            ("vpsllvw", .variableShift(1, .left)), ("vpsrlvw", .variableShift(1, .right)),
            ("vpsravw", .variableShift(1, .rightSigned)),
        ]
        let low: [(String, PackedOpcode)] = [
            ("vpcmpeqq", .equal(3)), ("vpcmpgtq", .greaterSigned(3)), ("vpcmpeqb", .equal(0)),
            ("vaesenc", .aesEncrypt), ("vaesenclast", .aesEncryptLast), ("vaesdec", .aesDecrypt),
            ("vaesdeclast", .aesDecryptLast),
        ]
        for _ in 0..<60 {
            let (a, b, c) = (golden.xmm(), golden.xmm(), golden.xmm())
            for (mnemonic, opcode) in any {
                golden.expect("\(mnemonic) \(name(a)), \(name(b)), \(name(c))") { $0.packed(opcode, a, b, c) }
            }
            golden.expect("vpopcntb \(name(a)), \(name(b))") { $0.packed(.countOnesOfBytes, a, b) }
            golden.expect("vplzcntq \(name(a)), \(name(b))") { $0.packed(.leadingZeros(3), a, b) }
            golden.expect("vpsraq \(name(a)), \(name(b)), 9") { $0.shift(.rightSigned, 3, a, b, 9) }
            golden.expect("vpsllw \(name(a)), \(name(b)), 9") { $0.shift(.left, 1, a, b, 9) }
            golden.expect("vpslldq \(name(a)), \(name(b)), 9") { $0.shiftBytes(.left, a, b, 9) }
            let (x, y, z) = (golden.lowXMM(), golden.lowXMM(), golden.lowXMM())
            for (mnemonic, opcode) in low {
                golden.expect("\(mnemonic) \(name(x)), \(name(y)), \(name(z))") { $0.packed(opcode, x, y, z) }
            }
            golden.expect("vaesimc \(name(x)), \(name(y))") { $0.packed(.aesInverseMixColumns, x, y) }
            golden.expect("vptest \(name(x)), \(name(y))") { $0.packed(.test, x, y) }
            golden.expect("vpclmulqdq \(name(x)), \(name(y)), \(name(z)), 17") {
                $0.packed(.mulPolynomial, x, y, z, immediate: 0x11)
            }
        }
        try check(golden)
    }

    @Test("Shuffles, blends and hash functions")
    func specialInstructions() throws {
        var golden = GoldenAssembly()
        for _ in 0..<60 {
            let (a, b, c) = (golden.xmm(), golden.xmm(), golden.xmm())
            let (an, bn, cn) = (name(a), name(b), name(c))
            golden.expect("vpshuflw \(an), \(bn), 27") { $0.shuffleWords(isHigh: false, a, b, control: 27) }
            golden.expect("vpshufhw \(an), \(bn), 27") { $0.shuffleWords(isHigh: true, a, b, control: 27) }
            golden.expect("vshufpd \(an), \(bn), \(cn), 2") { $0.shuffleDoubles(a, b, c, control: 2) }
            let (x, y, z, mask) = (golden.lowXMM(), golden.lowXMM(), golden.lowXMM(), golden.lowXMM())
            let (xn, yn) = (name(x), name(y))
            for (size, mnemonic) in [(1, "vpblendvb"), (2, "vblendvps"), (3, "vblendvpd")] {
                golden.expect("\(mnemonic) \(xn), \(yn), \(name(z)), \(name(mask))") {
                    $0.blendBySign(size, x, y, z, mask: mask)
                }
            }
            golden.expect("sha256rnds2 \(xn), \(yn), xmm0") { $0.sha256Rounds(x, y) }
            golden.expect("sha256msg1 \(xn), \(yn)") { $0.sha256Schedule0(x, y) }
            golden.expect("sha256msg2 \(xn), \(yn)") { $0.sha256Schedule1(x, y) }
            golden.expect("sha1rnds4 \(xn), \(yn), 2") { $0.sha1Rounds(x, y, function: 2) }
        }
        try check(golden)
    }

    @Test("Packed floating-point comparisons and conversions")
    func packedConversions() throws {
        var golden = GoldenAssembly()
        let conversions: [(String, PackedConversion)] = [
            ("vcvttps2dq", .truncateSingles), ("vcvtps2dq", .roundSingles), ("vcvttps2udq", .truncateSinglesToUnsigned),
            ("vcvtps2udq", .roundSinglesToUnsigned), ("vcvtdq2ps", .singlesFromSigned),
            ("vcvtudq2ps", .singlesFromUnsigned), ("vcvttpd2qq", .truncateDoubles), ("vcvtpd2qq", .roundDoubles),
            ("vcvttpd2uqq", .truncateDoublesToUnsigned), ("vcvtpd2uqq", .roundDoublesToUnsigned),
            ("vcvtqq2pd", .doublesFromSigned), ("vcvtuqq2pd", .doublesFromUnsigned), ("vcvtps2pd", .widenSingles),
            ("vcvtpd2ps", .narrowDoubles),
        ]
        for _ in 0..<60 {
            let (a, b) = (golden.xmm(), golden.xmm())
            let (an, bn) = (name(a), name(b))
            for (mnemonic, conversion) in conversions {
                golden.expect("\(mnemonic) \(an), \(bn)") { $0.packedConvert(conversion, a, b) }
            }
            let round = (a.code | b.code) >= 16 ? "vrndscale" : "vround"
            golden.expect("\(round)ps \(an), \(bn), 11") {
                $0.packedRound(isDouble: false, a, b, .towardZero, suppressInexact: true)
            }
            golden.expect("\(round)pd \(an), \(bn), 4") {
                $0.packedRound(isDouble: true, a, b, .current, suppressInexact: false)
            }
            let (x, y, z) = (golden.lowXMM(), golden.lowXMM(), golden.lowXMM())
            golden.expect("vcmpunordps \(name(x)), \(name(y)), \(name(z))") {
                $0.packedCompare(.unordered, isDouble: false, x, y, z)
            }
            golden.expect("vcmpgt_oqpd \(name(x)), \(name(y)), \(name(z))") {
                $0.packedCompare(.greater, isDouble: true, x, y, z)
            }
        }
        try check(golden)
    }
}
