import Testing

@testable import BSDUserCore

@Suite struct HostProcessors {
    private let complete = HostProcessor.Words(
        leaf1: 0xFFFF_FFFF, leaf7: 0xFFFF_FFFF, extended1: 0xFFFF_FFFF, savedState: 7)

    @Test func aCompleteProcessorMissesNothing() {
        #expect(HostProcessor(words: complete).missingFeatures.isEmpty)
    }

    @Test func anEmptyProcessorMissesTheWholeLevel() {
        let empty = HostProcessor.Words(leaf1: 0, leaf7: 0, extended1: 0, savedState: 0)
        #expect(
            HostProcessor(words: empty).missingFeatures
                == ["FMA", "MOVBE", "AVX", "F16C", "BMI1", "AVX2", "BMI2", "LZCNT"])
    }

    @Test(arguments: [(12, "FMA"), (22, "MOVBE"), (29, "F16C")])
    func eachBitOfLeaf1IsItsOwnFeature(bit: Int, name: String) {
        var words = complete
        words.leaf1 &= ~(1 << UInt32(bit))
        #expect(HostProcessor(words: words).missingFeatures == [name])
    }

    @Test(arguments: [(3, "BMI1"), (5, "AVX2"), (8, "BMI2")])
    func eachBitOfLeaf7IsItsOwnFeature(bit: Int, name: String) {
        var words = complete
        words.leaf7 &= ~(1 << UInt32(bit))
        #expect(HostProcessor(words: words).missingFeatures == [name])
    }

    @Test func avxCountsOnlyWhereTheSystemSavesItsRegisters() {
        var words = complete
        words.savedState = 3
        #expect(HostProcessor(words: words).missingFeatures == ["AVX", "AVX2"])
    }

    @Test(arguments: [(25, HostFeatures.aes), (1, .polynomials)])
    func eachFurtherBitOfLeaf1IsItsOwnFeature(bit: Int, feature: HostFeatures) {
        let words = HostProcessor.Words(leaf1: 1 << UInt32(bit), leaf7: 0, extended1: 0, savedState: 0)
        #expect(HostProcessor(words: words).features == feature)
    }

    @Test func theExtensionsOfAVX512NeedItsRegisters() {
        var words = HostProcessor.Words(
            leaf1: 0, leaf7: UInt32.max, leaf7Second: 1 << 12, extended1: 0, savedState: 0xE7)
        #expect(HostProcessor(words: words).features == [.ofAVX512, .sha])
        words.savedState = 7
        #expect(HostProcessor(words: words).features == .sha)
    }

    @Test func thisMachineRunsTheTests() {
        #expect(HostProcessor().missingFeatures.isEmpty)
    }
}
