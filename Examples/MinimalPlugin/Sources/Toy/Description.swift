import BSDUserCore

/// The registers: r0 to r15, eight bytes each. The first eight bytes of the register file belong to the core.
enum Toy {
    static let registerCount = 16

    /// The register that holds a number, modulo 16.
    static func register(_ number: Int) -> RegisterIndex {
        RegisterIndex(number & 15)
    }

    /// Where a register stands in the register file.
    static func offset(_ number: Int) -> Int {
        8 + 8 * number
    }

    /// Registers with a task of their own.
    static let result = 1
    static let stackPointer = 13
    static let link = 14
    static let errorFlag = 15

    static let description = ArchitectureDescription(
        name: "toy",
        machine: "toy",
        machineArchitecture: "toy",
        abi: GuestABI(wordBytes: 8, byteOrder: .little),
        // No such machine number is assigned.
        elf: ElfIdentity(machine: 0x7E57, is64Bit: true, byteOrder: .little),
        registers: RegisterFile(
            rows: (0..<registerCount).map { RegisterRow("r\($0)", offset: offset($0)) },
            pinnedIntegers: (1...8).map(register), pinnedFloats: []),
        systemCalls: SystemCallABI(number: register(1), arguments: (2...7).map(register), stackArgumentOffset: 0),
        layout: MemoryLayoutDescription(
            userTop: 0x3FFF_FFFF_0000, stackTop: 0x3FFF_FFFE_0000, dynamicLoadAddress: 0x100_0000,
            maximumDataBytes: 32 << 30, defaultDataBytes: 128 << 20, maximumStackBytes: 512 << 20,
            defaultStackBytes: 64 << 20, stackIsExecutable: false, stackAlignment: 16,
            trampoline: .sharedPage(0x3FFF_FFFE_F000)),
        signalFrame: SignalFrameDescription(
            frameBytes: 288, ucontextOffset: 80, siginfoOffset: 0, ucontextBytes: 208, mcontextOffset: 16,
            mcontextBytes: 136, linkOffset: 152, stackOffset: 160, flagsOffset: 184, alignment: 16,
            minimumStackBytes: 2048),
        floatProfile: FloatProfile(
            nanRule: .defaultNaN, integerOverflowRule: .saturateZero, quietBitInverted: false,
            defaultNaN32: 0x7FC0_0000, defaultNaN64: 0x7FF8_0000_0000_0000),
        cpuModels: [CPUModel(name: "toy1", summary: "the only one")],
        defaultRelease: FreeBSDRelease(name: "13.2-RELEASE", version: 1_302_001),
        newestRelease: FreeBSDRelease(name: "13.2-RELEASE", version: 1_302_001),
        instructionAlignmentLog2: 2)
}
