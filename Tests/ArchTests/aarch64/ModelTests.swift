import Testing

@testable import AArch64
@testable import BSDUserCore
@testable import TestSupport

@Suite("aarch64 CPU models")
struct ModelTests {
    /// Whether a model has an instruction.
    private func has(_ model: String, _ word: UInt32) throws -> Bool {
        let processor = try #require(Machine.cpuModels.first { $0.model.name == model })
        return InstructionSet<Translator>(.aarch64, processor.instructions(of: AArch64.rows)).row(of: Word(word)) >= 0
    }

    /// One instruction of each extension.
    private static let words: [(extensions: Extensions, word: UInt32)] = [
        (.aes, 0x4e28_4800), (.aes, 0x0ee0_e000), (.sha1, 0x5e00_0000), (.sha256, 0x5e00_4000), (.sha512, 0xce60_8000),
        (.sha3, 0xce00_0000), (.crc32, 0x1ac0_4000), (.atomics, 0xb820_0022), (.atomics, 0x88a0_7c22),
        (.doublingMultiply, 0x2e40_8400), (.limitedOrdering, 0x88df_7c20), (.halfPrecision, 0x1ee0_2800),
        (.halfPrecision, 0x4e40_1400), (.dotProduct, 0x4e80_9400), (.complex, 0x6e80_c400),
        (.releaseConsistent, 0xb8bf_c020), (.releaseConsistentImmediate, 0x9940_0020), (.flagM, 0xd500_401f),
        (.flagM2, 0xd500_405f),
    ]

    @Test("A model has the instructions of its extensions and no others; all have those of Armv8.0")
    func instructions() throws {
        for processor in Machine.cpuModels {
            let name = processor.model.name
            for (extensions, word) in Self.words {
                let isThere = processor.extensions.isSuperset(of: extensions)
                #expect(try has(name, word) == isThere, "\(name) \(String(word, radix: 16))")
            }
            // add x0, x0, x0; fadd s0, s0, s0; pmull v0.8h, v0.8b, v0.8b; fcvt s0, h0; ldar w0, [x1]
            for word: UInt32 in [0x8b00_0000, 0x1e20_2800, 0x0e20_e000, 0x1ee2_4000, 0x88df_fc20] {
                #expect(try has(name, word))
            }
        }
    }

    @Test("Identification registers and AT_HWCAP say what a model has")
    func identification() throws {
        let models = Dictionary(uniqueKeysWithValues: Machine.cpuModels.map { ($0.model.name, $0) })
        let all = try #require(models["max"])
        // FP, ASIMD, AES, PMULL, SHA1, SHA2, CRC32, ATOMICS, FPHP, ASIMDHP, ASIMDRDM, FCMA, LRCPC, SHA3, ASIMDDP, SHA512,
        // ILRCPC, FLAGM; FLAGM2
        #expect(all.capabilities == (0x0c32_d7fb, 1 << 7))
        #expect(all.identification(.features0) == 0x11_0011)
        #expect(all.identification(.instructions0) == 0x0020_1001_1021_2120)
        #expect(all.identification(.instructions1) == 2 << 20 | 1 << 16)
        let small = try #require(models["cortex-a53"])
        #expect(small.capabilities == (0xfb, 0) && small.identification(.features0) == 0x11)
        #expect(small.identification(.instructions0) == 0x1_1120 && small.identification(.instructions1) == 0)
        let middle = try #require(models["cortex-a76"])
        #expect(middle.capabilities == (0x10_97fb, 0) && middle.identification(.instructions1) == 1 << 20)
        #expect(middle.identification(.instructions0) == 0x1000_1021_1120)
    }

    @Test("Without FEAT_FP16 FPCR.FZ16 stays 0")
    func flushingOfHalf() throws {
        let small = try #require(Machine.cpuModels.first { $0.model.name == "cortex-a53" })
        #expect(small.floatControlMask & FloatControl.flushHalf == 0)
        #expect(Machine.cpuModels[0].floatControlMask & FloatControl.flushHalf != 0)
    }
}
