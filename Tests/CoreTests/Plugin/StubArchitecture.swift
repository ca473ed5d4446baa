import BSDUserCore

/// An architecture with data and no behaviour, for tests that only choose between architectures.
final class StubArchitecture: GuestArchitecture {
    var description: ArchitectureDescription
    /// What `stackPointer` says.
    var stack: GuestAddress = 0

    /// `edit` changes the description, for tests of what is wrong with one.
    init(
        name: String, machine: UInt16, is64Bit: Bool = true, byteOrder: ByteOrder = .big,
        edit: (inout ArchitectureDescription) -> Void = { _ in }
    ) {
        var description = ArchitectureDescription(
            name: name, machine: name, machineArchitecture: name,
            abi: GuestABI(wordBytes: is64Bit ? 8 : 4, byteOrder: byteOrder),
            elf: ElfIdentity(machine: machine, is64Bit: is64Bit, byteOrder: byteOrder),
            registers: RegisterFile(
                rows: [RegisterRow("r1", offset: 8)], pinnedIntegers: [], pinnedFloats: []),
            systemCalls: SystemCallABI(
                number: RegisterIndex(0), arguments: [RegisterIndex(0)], stackArgumentOffset: 0),
            layout: MemoryLayoutDescription(
                userTop: 1 << 32, stackTop: 1 << 32, dynamicLoadAddress: 1 << 20, maximumDataBytes: 1 << 30,
                defaultDataBytes: 1 << 30, maximumStackBytes: 1 << 26, defaultStackBytes: 1 << 23,
                stackIsExecutable: false, stackAlignment: 16, trampoline: .installedByProgram),
            signalFrame: SignalFrameDescription(
                frameBytes: 288, ucontextOffset: 80, siginfoOffset: 0, ucontextBytes: 208, mcontextOffset: 16,
                mcontextBytes: 136, linkOffset: 152, stackOffset: 160, flagsOffset: 184, alignment: 16,
                minimumStackBytes: 2048),
            floatProfile: FloatProfile(
                nanRule: .defaultNaN, integerOverflowRule: .saturateZero, quietBitInverted: false, defaultNaN32: 0,
                defaultNaN64: 0),
            cpuModels: [CPUModel(name: "stub", summary: "none")],
            defaultRelease: FreeBSDRelease(name: "12.2-RELEASE", version: 1_202_000),
            newestRelease: FreeBSDRelease(name: "12.2-RELEASE", version: 1_202_000), instructionAlignmentLog2: 2)
        edit(&description)
        self.description = description
    }

    let helpers: [Helper] = []
    func selectCPU(_ model: String) -> Bool { model == "stub" }
    let hardwareCapabilities: (UInt64, UInt64) = (0, 0)
    func cpuInit(_ cpu: CPUState) {}
    func cpuLoop(_ thread: GuestThread) {}
    func getTLS(_ cpu: CPUState) -> GuestAddress { 0 }
    func setTLS(_ cpu: CPUState, _ address: GuestAddress) {}
    func fork(_ child: CPUState) {}
    func threadInit(_ cpu: CPUState, _ start: ThreadStart) {}
    func setUpcall(
        _ cpu: CPUState, entry: GuestAddress, argument: UInt64, stackBase: GuestAddress, stackBytes: UInt64
    ) {}
    func stackPointer(_ cpu: CPUState) -> GuestAddress { stack }
    func setSystemCallResult(_ cpu: CPUState, _ outcome: SystemCallOutcome) {}
    func setSecondRval(_ cpu: CPUState, _ value: UInt64) {}
    func sysarch(_ thread: GuestThread, operation: Int32, parameters: GuestAddress) throws(Errno) -> UInt64 { 0 }
    func getMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress, clearingReturn: Bool)
        throws(Errno)
    {}
    func setMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress) throws(Errno) {}
    func ucontextForSigreturn(_ cpu: CPUState, argument: GuestAddress) -> GuestAddress { argument }
    func setupSigtramp() -> [UInt8] { [] }
    func setSigtrampArguments(_ cpu: CPUState, _ entry: HandlerEntry) {}
    func signal(for reason: ExitReason, _ cpu: CPUState) -> FaultSignal {
        FaultSignal(signal: 4, code: 1, trapNumber: 0, address: 0)
    }
    func translate(_ builder: inout Builder, code: UnsafeRawPointer, byteCount: Int) {}
}
