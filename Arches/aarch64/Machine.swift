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

    /// MIDR_EL1 and extensions of real processors are those of their Technical Reference Manuals.
    static let cpuModels: [Processor] = [
        Processor("max", "every extension that is implemented", main: 0x000f_0510, .all),
        Processor("cortex-a53", "Armv8.0 with cryptography and CRC32", main: 0x410f_d034, .armv8),
        Processor("cortex-a57", "Armv8.0 with cryptography and CRC32", main: 0x411f_d070, .armv8),
        Processor("cortex-a72", "Armv8.0 with cryptography and CRC32", main: 0x410f_d083, .armv8),
        Processor("cortex-a76", "Armv8.2 with cryptography, FP16 and dot product", main: 0x414f_d0b1, .armv82),
        Processor("neoverse-n1", "Armv8.2 with cryptography, FP16 and dot product", main: 0x414f_d0c1, .armv82),
    ]

    static let float = FloatProfile(
        nanRule: .signallingFirst, integerOverflowRule: .saturateZero, quietBitInverted: false,
        defaultNaN32: 0x7fc0_0000, defaultNaN64: 0x7ff8_0000_0000_0000, reportsFlushing: true)
}
