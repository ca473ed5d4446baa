import BSDUserCore

/// The symbol by which the core knows a plugin.
@_cdecl("bsduser_plugin")
public func bsduserPlugin() -> UnsafeRawPointer { PluginRegistration.publish { MIPS64() } }

/// FreeBSD/mips64: MIPS64 release 2, n64, big-endian.
public final class MIPS64: GuestArchitecture {
    public private(set) var description: ArchitectureDescription
    public let helpers = Helpers.table
    /// Made when the first block is translated: a program whose translation is in the cache needs none.
    private lazy var instructions = InstructionSet(.mips64, rows())
    private let rows: () -> [Instruction<Translator>]
    private var model = Machine.cpuModels[0]

    public convenience init() { self.init { MIPS64.rows } }

    /// An architecture in which two instructions do each other's work: the conformance runner's own tests must find that
    /// it is broken.
    @_spi(ConformanceTests)
    public convenience init(exchanging first: String, with second: String) {
        let rows = MIPS64.rows
        let others = [first: second, second: first]
        self.init {
            rows.map { row in
                guard let other = others[row.name.description],
                    let model = rows.first(where: { $0.name.description == other })
                else { return row }
                return Instruction(
                    row.pattern, row.name, traits: row.traits, except: row.exclusions, before: row.precedes,
                    model.translate)
            }
        }
    }

    private init(rows: @escaping () -> [Instruction<Translator>]) {
        self.rows = rows
        description = ArchitectureDescription(
            name: "mips64", machine: "mips", machineArchitecture: "mips64", abi: Machine.abi, elf: Machine.elf,
            registers: .mips64, systemCalls: SyscallABI.description, layout: Machine.layout,
            signalFrame: SignalFrame.description, floatProfile: Machine.legacyFloat,
            cpuModels: Machine.cpuModels.map(\.model), defaultRelease: Machine.defaultRelease,
            newestRelease: Machine.newestRelease, instructionAlignmentLog2: 2)
    }

    /// Every instruction.
    static var rows: [Instruction<Translator>] {
        Arithmetic.rows + Shifts.rows + Multiply.rows + Memory.rows + Linked.rows + Unaligned.rows + Branches.rows
            + System.rows + FloatArithmetic.rows + FloatConversion.rows + FloatPaired.rows + FloatTransfer.rows
    }

    public func makeConformance() -> (any ArchitectureConformance)? { MIPS64Conformance() }

    // MARK: CPU

    public func selectCPU(_ model: String) -> Bool {
        guard let found = Machine.cpuModels.first(where: { $0.model.name == model }) else { return false }
        self.model = found
        description.floatProfile = found.usesNaN2008 ? Machine.float2008 : Machine.legacyFloat
        return true
    }

    /// FreeBSD/mips defines no bits.
    public var hardwareCapabilities: (UInt64, UInt64) { (0, 0) }

    public func cpuInit(_ cpu: CPUState) {
        cpu.setNaN2008(model.usesNaN2008)
        cpu.clearLink()
        cpu.setFloatMode(cpu.floatMode)
    }

    public func getTLS(_ cpu: CPUState) -> GuestAddress { cpu.register(Register.threadPointer) }

    public func setTLS(_ cpu: CPUState, _ address: GuestAddress) { SyscallABI.setThreadPointer(cpu, address) }

    /// `cpu_fork` of sys/mips/mips/vm_machdep.c: v0 = 0, v1 = 1, a3 = 0.
    public func fork(_ child: CPUState) {
        SyscallABI.setResult(child, .values(0, second: 1))
    }

    /// `exec_setregs` of sys/mips/mips/pm_machdep.c.
    public func threadInit(_ cpu: CPUState, _ start: ThreadStart) {
        for number in 1..<32 { cpu.setGeneral(number, 0) }
        cpu.setGeneral(Register.sp, start.stackPointer & ~15)
        cpu.setGeneral(Register.a0, start.stackPointer)
        cpu.setGeneral(Register.a3, start.processStrings)
        cpu.setGeneral(Register.t9, start.entry & ~3)
        cpu.pc = start.entry & ~3
        cpu.inDelaySlot = false
        SyscallABI.setThreadPointer(cpu, 0)
    }

    /// `cpu_set_upcall` of sys/mips/mips/vm_machdep.c: the stack starts below a call frame of 32 bytes.
    public func setUpcall(
        _ cpu: CPUState, entry: GuestAddress, argument: UInt64, stackBase: GuestAddress, stackBytes: UInt64
    ) {
        for number in 1..<32 { cpu.setGeneral(number, 0) }
        cpu.setGeneral(Register.sp, ((stackBase &+ stackBytes) & ~15) &- 32)
        cpu.setGeneral(Register.a0, argument)
        cpu.setGeneral(Register.t9, entry)
        cpu.pc = entry
        cpu.inDelaySlot = false
        cpu.setRegister(Register.flushDone, 0)
        cpu.clearLink()
    }

    public func stackPointer(_ cpu: CPUState) -> GuestAddress { cpu.general(Register.sp) }

    // MARK: System calls

    public func setSystemCallResult(_ cpu: CPUState, _ outcome: SystemCallOutcome) {
        SyscallABI.setResult(cpu, outcome)
    }

    public func setSecondRval(_ cpu: CPUState, _ value: UInt64) { cpu.setGeneral(Register.v1, value) }

    public func sysarch(_ thread: GuestThread, operation: Int32, parameters: GuestAddress) throws(Errno) -> UInt64 {
        switch SyscallABI.Operation(rawValue: operation) {
        case .setTLS:
            SyscallABI.setThreadPointer(thread.cpu, parameters)
            return 0
        case .getTLS:
            try thread.memory.store(thread.cpu.register(Register.threadPointer), at: parameters)
            return 0
        case .getCount:
            return UInt64(bitPattern: Int64(Machine.cycleCounter()))
        case nil:
            throw Errno(rawValue: 22)
        }
    }

    // MARK: Signals

    public func getMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress, clearingReturn: Bool)
        throws(Errno)
    {
        try memory.write(SignalFrame.encode(cpu, clearingReturn: clearingReturn), at: address)
    }

    public func setMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress) throws(Errno) {
        SignalFrame.decode(try memory.read(at: address, count: SignalFrame.description.mcontextBytes), into: cpu)
    }

    public func ucontextForSigreturn(_ cpu: CPUState, argument: GuestAddress) -> GuestAddress { argument }

    public func setupSigtramp() -> [UInt8] {
        SignalFrame.trampoline.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) }
        }
    }

    public func setSigtrampArguments(_ cpu: CPUState, _ entry: HandlerEntry) { SignalFrame.enter(cpu, entry) }

    public func signal(for reason: ExitReason, _ cpu: CPUState) -> FaultSignal { Faults.signal(for: reason, cpu) }

    /// One half of an unaligned access may do the work of both.
    public func mayAccessEarly(_ word: UInt32) -> Bool {
        UnalignedHalf(Word(UInt32(bigEndian: word))) != nil
    }

    // MARK: Translation

    public func translate(_ builder: inout Builder, code: UnsafeRawPointer, byteCount: Int) {
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: 32) { values in
            guard let scratch = values.baseAddress else { return }
            var translator = Translator(builder, instructions, code: code, codeBytes: byteCount, values: scratch)
            translator.run()
            builder = translator.finish()
        }
    }
}
