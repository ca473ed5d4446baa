import BSDUserCore

/// The symbol by which the core knows a plugin.
@_cdecl("bsduser_plugin")
public func bsduserPlugin() -> UnsafeRawPointer { PluginRegistration.publish { AArch64() } }

/// FreeBSD/arm64: A64, little-endian.
public final class AArch64: GuestArchitecture {
    public let description: ArchitectureDescription
    public let helpers = Helpers.table
    /// Made when the first block is translated: a program whose translation is in the cache needs none.
    private var instructions: InstructionSet<Translator>?
    private var processor = Machine.cpuModels[0]

    public init() {
        description = ArchitectureDescription(
            name: "aarch64", machine: "arm64", machineArchitecture: "aarch64", abi: Machine.abi, elf: Machine.elf,
            registers: .aarch64, systemCalls: SyscallABI.description, layout: Machine.layout,
            signalFrame: SignalFrame.description, floatProfile: Machine.float,
            cpuModels: Machine.cpuModels.map(\.model), defaultRelease: Machine.defaultRelease,
            newestRelease: Machine.newestRelease, instructionAlignmentLog2: 2, hasTimeCounter: true)
    }

    /// Every instruction.
    static var rows: [Instruction<Translator>] {
        Arithmetic.rows + Logic.rows + Shifts.rows + Multiply.rows + Conditional.rows + Branches.rows + Memory.rows
            + MemoryPairs.rows + Exclusive.rows + Atomic.rows + System.rows + floatRows + vectorRows
    }

    private static var floatRows: [Instruction<Translator>] {
        FloatArithmetic.rows + FloatCompare.rows + FloatConversion.rows + FloatHalf.rows + FloatHalfConversion.rows
            + VectorMemory.rows + VectorMemoryPairs.rows
    }

    private static var vectorRows: [Instruction<Translator>] {
        let integers =
            VectorLogic.rows + VectorPermute.rows + VectorInteger.rows + VectorSaturating.rows + VectorUnaries.rows
            + VectorLong.rows + VectorDoubling.rows + VectorElements.rows + VectorShifts.rows
        let floats =
            VectorFloat.rows + VectorFloatUnaries.rows + VectorConversions.rows + VectorComplex.rows + VectorHalf.rows
            + VectorHalfConversions.rows
        return integers + floats + VectorStructures.rows + VectorLanes.rows + Crypto.rows
    }

    public func makeConformance() -> (any ArchitectureConformance)? { AArch64Conformance() }

    // MARK: CPU

    public func selectCPU(_ model: String) -> Bool {
        guard let found = Machine.cpuModels.first(where: { $0.model.name == model }) else { return false }
        if found.extensions != processor.extensions { instructions = nil }
        processor = found
        return true
    }

    public var hardwareCapabilities: (UInt64, UInt64) { processor.capabilities }

    public func cpuInit(_ cpu: CPUState) {
        cpu.conditionFlags = 0
        cpu.clearExclusive()
        cpu.setRegister(Register.storeOutcome, 1)
        cpu.floatControl = 0
    }

    public func getTLS(_ cpu: CPUState) -> GuestAddress { cpu.register(Register.threadPointer) }

    public func setTLS(_ cpu: CPUState, _ address: GuestAddress) { cpu.setRegister(Register.threadPointer, address) }

    /// `cpu_fork` of sys/arm64/arm64/vm_machdep.c: x0 and x1 are 0, and no condition flag is set.
    public func fork(_ child: CPUState) {
        SyscallABI.setResult(child, .values(0, second: 0))
        child.conditionFlags = 0
    }

    /// `exec_setregs` of sys/arm64/arm64/machdep.c.
    public func threadInit(_ cpu: CPUState, _ start: ThreadStart) {
        for number in 0..<Register.sp { cpu.setRegister(number, 0) }
        cpu.setRegister(Register.x0, start.stackPointer)
        cpu.setRegister(Register.sp, start.stackPointer & ~15)
        cpu.setRegister(Register.linkRegister, start.entry)
        cpu.pc = start.entry
        cpu.conditionFlags = 0
        setTLS(cpu, 0)
    }

    /// `cpu_copy_thread` and `cpu_set_upcall` of sys/arm64/arm64/vm_machdep.c: other registers are the creator's.
    public func setUpcall(
        _ cpu: CPUState, entry: GuestAddress, argument: UInt64, stackBase: GuestAddress, stackBytes: UInt64
    ) {
        cpu.setRegister(Register.sp, (stackBase &+ stackBytes) & ~15)
        cpu.setRegister(Register.x0, argument)
        cpu.setRegister(Register.x1, 0)
        cpu.pc = entry
        cpu.conditionFlags = 0
        cpu.clearExclusive()
    }

    public func stackPointer(_ cpu: CPUState) -> GuestAddress { cpu.register(Register.sp) }

    // MARK: System calls

    public func setSystemCallResult(_ cpu: CPUState, _ outcome: SystemCallOutcome) {
        SyscallABI.setResult(cpu, outcome)
    }

    public func setSecondRval(_ cpu: CPUState, _ value: UInt64) { cpu.setRegister(Register.x1, value) }

    /// FreeBSD/arm64 has no operations of its own (sys/arm64/arm64/sys_machdep.c).
    public func sysarch(_ thread: GuestThread, operation: Int32, parameters: GuestAddress) throws(Errno) -> UInt64 {
        throw .EOPNOTSUPP
    }

    // MARK: Signals

    public func getMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress, clearingReturn: Bool)
        throws(Errno)
    {
        // Guest and host have the same byte order.
        let words = SignalFrame.encode(cpu, clearingReturn: clearingReturn)
        try words.withUnsafeBytes { bytes in Result { () throws(Errno) in try memory.write(bytes, at: address) } }.get()
    }

    public func setMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress) throws(Errno) {
        var words = [UInt64](repeating: 0, count: SignalFrame.Place.count)
        try words.withUnsafeMutableBytes { bytes in
            Result { () throws(Errno) in try memory.read(at: address, into: bytes) }
        }.get()
        guard SignalFrame.decode(words, into: cpu) else { throw .EINVAL }
    }

    public func ucontextForSigreturn(_ cpu: CPUState, argument: GuestAddress) -> GuestAddress { argument }

    public func setupSigtramp() -> [UInt8] {
        SignalFrame.trampoline.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
    }

    public func setSigtrampArguments(_ cpu: CPUState, _ entry: HandlerEntry) { SignalFrame.enter(cpu, entry) }

    public func signal(for reason: ExitReason, _ cpu: CPUState) -> FaultSignal { Faults.signal(for: reason, cpu) }

    /// While the stack pointer is no multiple of 16, accesses relative to it fault; other code need not look.
    public func mustStep(_ cpu: CPUState) -> Bool { stackPointer(cpu) & 15 != 0 }

    /// A load exclusive may stand for an update.
    public func mayAccessEarly(_ word: UInt32) -> Bool {
        ExclusiveUpdate.mayBegin(with: UInt32(littleEndian: word))
    }

    // MARK: Translation

    private func instructionSet() -> InstructionSet<Translator> {
        if let instructions { return instructions }
        let made = InstructionSet(.aarch64, processor.instructions(of: AArch64.rows))
        instructions = made
        return made
    }

    public func translate(_ builder: inout Builder, code: UnsafeRawPointer, byteCount: Int) {
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: 32) { values in
            guard let scratch = values.baseAddress else { return }
            var translator = Translator(
                builder, instructionSet(), processor, code: code, codeBytes: byteCount, values: scratch)
            translator.run()
            builder = translator.finish()
        }
    }
}
