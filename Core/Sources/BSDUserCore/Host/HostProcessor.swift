import CHost

/// What the host's processor can do, compared with what translated code uses.
public struct HostProcessor: Sendable {
    private let words: Words

    /// The processor this program runs on.
    public init() {
        let read = chost_processor_read()
        words = Words(
            leaf1: read.leaf1_ecx, leaf7: read.leaf7_ebx, leaf7Second: read.leaf7_ecx, extended1: read.extended1_ecx,
            savedState: read.saved_state)
    }

    init(words: Words) {
        self.words = words
    }

    /// The words of CPUID and XCR0 that tell: leaf 1 ECX, leaf 7 EBX and ECX, leaf 80000001H ECX.
    struct Words {
        var leaf1: UInt32
        var leaf7: UInt32
        var leaf7Second: UInt32 = 0
        var extended1: UInt32
        var savedState: UInt32
    }

    /// Features of the level x86-64-v3 that are missing, by the names of the psABI; empty where the emulator can run.
    public var missingFeatures: [String] {
        HostProcessor.needed.compactMap { $0.isPresent(words) ? nil : $0.name }
    }

    /// AVX-512 F, DQ, BW and VL, with the system saving all their registers (XCR0 bits 1, 2, 5, 6, 7): translated code
    /// then has 32 vector registers.
    public var hasAVX512: Bool {
        let features: UInt32 = 1 << 16 | 1 << 17 | 1 << 30 | 1 << 31
        return words.leaf7 & features == features && words.savedState & 0xE6 == 0xE6
    }

    /// What translated code may use beyond x86-64-v3.
    var features: HostFeatures {
        var features: HostFeatures = []
        if hasAVX512 { features.insert(.avx512) }
        if hasAVX512 && words.leaf7Second >> 12 & 1 != 0 { features.insert(.bitCounts) }
        if hasAVX512 && words.leaf7 >> 28 & 1 != 0 { features.insert(.leadingZeros) }
        if words.leaf1 >> 25 & 1 != 0 { features.insert(.aes) }
        if words.leaf1 >> 1 & 1 != 0 { features.insert(.polynomials) }
        if words.leaf7 >> 29 & 1 != 0 { features.insert(.sha) }
        return features
    }

    private struct Feature: Sendable {
        let name: String
        let isPresent: @Sendable (Words) -> Bool
    }

    // Bits as in the Intel SDM, volume 2, CPUID. AVX counts only where the system saves its registers (XCR0 bits 1, 2).
    private static let needed = [
        Feature(name: "FMA") { $0.leaf1 >> 12 & 1 != 0 },
        Feature(name: "MOVBE") { $0.leaf1 >> 22 & 1 != 0 },
        Feature(name: "AVX") { $0.leaf1 >> 28 & 1 != 0 && $0.savedState & 6 == 6 },
        Feature(name: "F16C") { $0.leaf1 >> 29 & 1 != 0 },
        Feature(name: "BMI1") { $0.leaf7 >> 3 & 1 != 0 },
        Feature(name: "AVX2") { $0.leaf7 >> 5 & 1 != 0 && $0.savedState & 6 == 6 },
        Feature(name: "BMI2") { $0.leaf7 >> 8 & 1 != 0 },
        Feature(name: "LZCNT") { $0.extended1 >> 5 & 1 != 0 },
    ]
}

/// Instructions that x86-64-v3 does not imply; without them the core's helper does the work.
struct HostFeatures: OptionSet, Sendable {
    let rawValue: UInt8

    /// AVX-512 F, DQ, BW and VL.
    static let avx512 = HostFeatures(rawValue: 1)
    /// AVX-512 BITALG.
    static let bitCounts = HostFeatures(rawValue: 2)
    /// AES-NI.
    static let aes = HostFeatures(rawValue: 4)
    /// PCLMULQDQ.
    static let polynomials = HostFeatures(rawValue: 8)
    /// The SHA extensions.
    static let sha = HostFeatures(rawValue: 16)
    /// AVX-512 CD.
    static let leadingZeros = HostFeatures(rawValue: 32)
}
