import BSDUserCore

/// What the machine is like: identity, memory layout, releases, CPU models.
enum Machine {
    /// CNTFRQ_EL0: one gigahertz, which Armv8.6 requires.
    static let counterFrequency = Int64(TimeCounter.frequency)
    /// Bytes of a cache line, and of what `dc zva` clears.
    static let lineBytes: Int64 = 64
    /// CTR_EL0: lines of 16 words, physically tagged instruction cache, write-back and exclusives granules of 16 words.
    static let cacheType: Int64 = 0x8444_c004
    /// DCZID_EL0: base-2 logarithm of the words that `dc zva` clears.
    static let zeroBlock: Int64 = 4

    static let abi = GuestABI(wordBytes: 8, byteOrder: .little)

    /// EM_AARCH64.
    static let elf = ElfIdentity(machine: 183, is64Bit: true, byteOrder: .little, flagsMask: 0, flagsValue: 0)

    /// Limits and load address are those of sys/arm64/include/vmparam.h and elf.h of FreeBSD 12.2. Its user addresses
    /// end at 2^48, beyond what the host has; here they end at 2^46. The shared page is the last one, and the stack
    /// ends below it.
    static let layout = MemoryLayoutDescription(
        userTop: 1 << 46, stackTop: (1 << 46) - 4096, dynamicLoadAddress: 0x10_0000,
        maximumDataBytes: 1 << 30, defaultDataBytes: 128 << 20, maximumStackBytes: 1 << 30,
        defaultStackBytes: 128 << 20, stackIsExecutable: false, stackAlignment: 16,
        trampoline: .sharedPage((1 << 46) - 4096))

    static let defaultRelease = FreeBSDRelease(name: "12.2-RELEASE", version: 1_202_000)
    static let newestRelease = FreeBSDRelease(name: "13.2-RELEASE", version: 1_302_001)

    static let cpuModels: [Processor] = [
        Processor("max", "every extension that is implemented", main: 0x000f_0510)
    ]

    static let float = FloatProfile(
        nanRule: .signallingFirst, integerOverflowRule: .saturateZero, quietBitInverted: false,
        defaultNaN32: 0x7fc0_0000, defaultNaN64: 0x7ff8_0000_0000_0000)
}

/// A CPU model: its identification registers, and what the kernel makes of them.
struct Processor {
    let model: CPUModel
    /// MIDR_EL1.
    let main: Int64

    init(_ name: String, _ summary: String, main: Int64) {
        model = CPUModel(name: name, summary: summary)
        self.main = main
    }

    /// ID_AA64PFR0_EL1: AArch64 alone at EL0 and EL1; FP and AdvSIMD without arithmetic in half precision.
    var features0: Int64 { 0x11 }
    /// ID_AA64ISAR0_EL1: AES (with PMULL), SHA1, SHA2 (with SHA512), CRC32, Atomic, RDM, SHA3, DP and TS (FlagM2).
    var instructions0: Int64 {
        let cryptography: Int64 = 2 << 4 | 1 << 8 | 2 << 12 | 1 << 32
        let vectors: Int64 = 1 << 28 | 1 << 44
        return cryptography | vectors | 1 << 16 | 2 << 20 | 2 << 52
    }
    /// ID_AA64ISAR1_EL1: FCMA and LRCPC.
    var instructions1: Int64 { 1 << 16 | 2 << 20 }

    /// HWCAP_* and HWCAP2_* of sys/arm64/include/elf.h for the same extensions.
    var capabilities: (UInt64, UInt64) {
        let hardware: [Capability] = [
            .float, .vectors, .aes, .polynomials, .sha1, .sha2, .crc32, .atomics, .doublingMultiply, .complex,
            .releaseConsistent, .sha3, .dotProduct, .sha512, .releaseConsistentImmediate, .flagM,
        ]
        return (hardware.reduce(0) { $0 | $1.rawValue }, 1 << 7)
    }

    /// Bits of HWCAP.
    private enum Capability: UInt64 {
        case float = 1, vectors = 2, aes = 8, polynomials = 0x10, sha1 = 0x20, sha2 = 0x40
        case crc32 = 0x80, atomics = 0x100, doublingMultiply = 0x1000, complex = 0x4000, releaseConsistent = 0x8000
        case sha3 = 0x2_0000, dotProduct = 0x10_0000, sha512 = 0x20_0000
        case releaseConsistentImmediate = 0x400_0000, flagM = 0x800_0000
    }
}
