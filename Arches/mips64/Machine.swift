import BSDUserCore

/// What the machine is like: identity, memory layout, releases, CPU models.
enum Machine {
    /// Bytes of an instruction cache line, as `rdhwr $1` and the flush of `synci` have it.
    static let synciStepBytes: Int64 = 32
    /// `CCRes`: cycles of a 1 GHz clock for each step of `CC`.
    static let cycleCounterResolution: Int64 = 2

    static let abi = GuestABI(wordBytes: 8, byteOrder: .big)

    /// EM_MIPS, 64-bit, big-endian. `EF_MIPS_ABI2` marks n32, the `EF_MIPS_ABI` field o32, o64 and EABI: n64 has
    /// neither.
    static let elf = ElfIdentity(machine: 8, is64Bit: true, byteOrder: .big, flagsMask: 0xf020, flagsValue: 0)
    /// `EF_MIPS_NAN2008`.
    static let elfNaN2008: UInt32 = 0x400

    /// sys/mips/include/vmparam.h and sys/mips/include/elf.h of FreeBSD 12.2. The stack limits are smaller than those
    /// of the other 64-bit machines; the stack is executable.
    static let layout = MemoryLayoutDescription(
        userTop: 0x80_0000_0000, stackTop: 0x7f_ffff_f000, dynamicLoadAddress: 0x12_0000,
        maximumDataBytes: 1 << 30, defaultDataBytes: 128 << 20, maximumStackBytes: 64 << 20,
        defaultStackBytes: 8 << 20, stackIsExecutable: true, stackAlignment: 16, trampoline: .belowProcessStrings)

    static let defaultRelease = FreeBSDRelease(name: "12.2-RELEASE", version: 1_202_000)
    /// FreeBSD 14 dropped the architecture.
    static let newestRelease = FreeBSDRelease(name: "13.2-RELEASE", version: 1_302_001)

    static let cpuModels: [MIPSModel] = [
        MIPSModel("MIPS64R2-generic", "MIPS64 release 2 with FPU, legacy NaN encoding", usesNaN2008: false),
        MIPSModel(
            "5KEf", "MIPS 5KEf (PRId 0x018900): MIPS64 release 2 with FPU, legacy NaN encoding", usesNaN2008: false),
        MIPSModel("MIPS64R2-nan2008", "MIPS64 release 2 with FPU, IEEE 754-2008 NaN encoding", usesNaN2008: true),
    ]

    /// Legacy MIPS: a set top fraction bit means signalling, and no signalling NaN can be made quiet.
    static let legacyFloat = FloatProfile(
        nanRule: .quietElseDefault, integerOverflowRule: .greatest, quietBitInverted: true, defaultNaN32: 0x7fbf_ffff,
        defaultNaN64: 0x7ff7_ffff_ffff_ffff)
    static let float2008 = FloatProfile(
        nanRule: .signallingFirst, integerOverflowRule: .saturateZero, quietBitInverted: false,
        defaultNaN32: 0x7fc0_0000, defaultNaN64: 0x7ff8_0000_0000_0000)
}

/// A CPU model and what it changes.
struct MIPSModel {
    let model: CPUModel
    let usesNaN2008: Bool

    init(_ name: String, _ summary: String, usesNaN2008: Bool) {
        model = CPUModel(name: name, summary: summary)
        self.usesNaN2008 = usesNaN2008
    }
}
