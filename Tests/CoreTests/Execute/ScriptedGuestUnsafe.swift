import CHost
import Glibc

@testable import BSDUserCore

/// An architecture whose "translation" is what a test scripts for each address; its guest code is never looked at.
final class ScriptedArchitecture: GuestArchitecture {
    typealias Script = (inout Builder) -> Void

    /// What to emit for the block at an address.
    var scripts: [GuestAddress: Script] = [:]
    /// How often each address was translated.
    var translations: [GuestAddress: Int] = [:]
    /// How many bytes of code the translation of each address saw last.
    var visibleBytes: [GuestAddress: Int] = [:]
    let description: ArchitectureDescription
    var helpers: [Helper] = []
    var hardwareCapabilities: (UInt64, UInt64) { (0, 0) }

    /// Integer registers r0 ... r15, float registers f0 ... f7, hidden ones h0 (64 bits) and w0 (32 bits), vector
    /// registers v0 ... v3.
    static let registers: RegisterFile = {
        var rows = (0..<16).map { RegisterRow("r\($0)", offset: 8 + $0 * 8) }
        rows += (0..<8).map { RegisterRow("f\($0)", offset: 136 + $0 * 8, .float) }
        rows.append(RegisterRow("h0", offset: 200, .hidden))
        rows.append(RegisterRow("w0", offset: 208, byteCount: 4, .hidden))
        rows += (0..<4).map { RegisterRow("v\($0)", offset: 224 + $0 * 16, byteCount: 16, .vector) }
        return RegisterFile(
            rows: rows, pinnedIntegers: (0..<10).map { RegisterIndex($0) },
            pinnedFloats: [16, 17, 18, 19, 26, 28].map { RegisterIndex($0) })
    }()

    static let profile = FloatProfile(
        nanRule: .defaultNaN, integerOverflowRule: .greatest, quietBitInverted: true, defaultNaN32: 0x7FBF_FFFF,
        defaultNaN64: 0x7FF7_FFFF_FFFF_FFFF)

    init(profile: FloatProfile = ScriptedArchitecture.profile) {
        let release = FreeBSDRelease(name: "12.2-RELEASE", version: 1_202_000)
        description = ArchitectureDescription(
            name: "scripted", machine: "scripted", machineArchitecture: "scripted",
            abi: GuestABI(wordBytes: 8, byteOrder: .big),
            elf: ElfIdentity(machine: 0, is64Bit: true, byteOrder: .big), registers: ScriptedArchitecture.registers,
            systemCalls: SystemCallABI(number: RegisterIndex(2), arguments: [], stackArgumentOffset: 0),
            layout: MemoryLayoutDescription(
                userTop: 1 << 40, stackTop: 1 << 40, dynamicLoadAddress: 1 << 20, maximumDataBytes: 1 << 30,
                defaultDataBytes: 1 << 30, maximumStackBytes: 1 << 30, defaultStackBytes: 1 << 20,
                stackIsExecutable: false, stackAlignment: 16, trampoline: .belowProcessStrings),
            signalFrame: SignalFrameDescription(
                frameBytes: 0, ucontextOffset: 0, siginfoOffset: 0, ucontextBytes: 0, mcontextOffset: 0,
                mcontextBytes: 0, linkOffset: 0, stackOffset: 0, flagsOffset: 0, alignment: 16, minimumStackBytes: 0),
            floatProfile: profile, cpuModels: [], defaultRelease: release, newestRelease: release,
            instructionAlignmentLog2: 2)
    }

    func translate(_ builder: inout Builder, code: UnsafeRawPointer, byteCount: Int) {
        translations[builder.pc, default: 0] += 1
        visibleBytes[builder.pc] = byteCount
        builder.byteCount = 4
        if let script = scripts[builder.pc] { return script(&builder) }
        builder.mark(restart: builder.pc)
        builder.exit(.illegalInstruction)
    }

    func selectCPU(_ model: String) -> Bool { true }
    func cpuInit(_ cpu: CPUState) {}
    func cpuLoop(_ thread: GuestThread) {}
    func getTLS(_ cpu: CPUState) -> GuestAddress { 0 }
    func setTLS(_ cpu: CPUState, _ address: GuestAddress) {}
    func fork(_ child: CPUState) {}
    func threadInit(_ cpu: CPUState, _ start: ThreadStart) {}
    func setUpcall(
        _ cpu: CPUState, entry: GuestAddress, argument: UInt64, stackBase: GuestAddress, stackBytes: UInt64
    ) {}
    func stackPointer(_ cpu: CPUState) -> GuestAddress { 0 }
    func setSystemCallResult(_ cpu: CPUState, _ outcome: SystemCallOutcome) {}
    func setSecondRval(_ cpu: CPUState, _ value: UInt64) {}
    func sysarch(_ thread: GuestThread, operation: Int32, parameters: GuestAddress) throws(Errno) -> UInt64 { 0 }
    func getMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress, clearingReturn: Bool)
        throws(Errno)
    {}
    func setMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress) throws(Errno) {}
    func ucontextForSigreturn(_ cpu: CPUState, argument: GuestAddress) -> GuestAddress { 0 }
    func setupSigtramp() -> [UInt8] { [] }
    func setSigtrampArguments(_ cpu: CPUState, _ entry: HandlerEntry) {}
    func signal(for reason: ExitReason, _ cpu: CPUState) -> FaultSignal {
        FaultSignal(signal: 0, code: 0, trapNumber: 0, address: 0)
    }
}

/// Guest memory of a test: pages that are both code and data, followed by a page that is not mapped.
final class ScriptedMemory: CodeSource {
    let base: GuestAddress
    let byteCount: UInt64
    var isWritable = false
    var mayGrow = false
    /// Code is handed out in pieces of at most so many bytes.
    var pieceBytes = Int.max
    /// The memory counts as the unchanged pages of a file, which changed at `modified` (nanoseconds since 1970).
    var isFile = false
    /// Bytes of each mapping of that file; nil for one of all.
    var mappingBytes: UInt64?
    var modified: Int64 = 1_000_000_000
    private(set) var protectedPages: Set<GuestAddress> = []

    init(pageCount: Int = 4) {
        let bytes = (pageCount + 1) * 4096
        let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        base = UInt64(UInt(bitPattern: start))
        byteCount = UInt64(pageCount * 4096)
        mprotect(UnsafeMutableRawPointer(bitPattern: UInt(base + byteCount)), 4096, PROT_NONE)
    }

    deinit { munmap(UnsafeMutableRawPointer(bitPattern: UInt(base)), Int(byteCount) + 4096) }

    func code(at address: GuestAddress) -> CodeWindow? {
        guard address >= base, address < base + byteCount, let pointer = UnsafeRawPointer(bitPattern: UInt(address))
        else { return nil }
        let pieceBytes = min(pieceBytes, Int(base + byteCount - address))
        return CodeWindow(pointer: pointer, byteCount: pieceBytes, isWritable: isWritable)
    }

    func fileCode(at address: GuestAddress) -> FileCode? {
        guard isFile, address >= base, address < base + byteCount else { return nil }
        let file = AddressSpace.MappedFile(
            device: 1, inode: base, byteCount: byteCount, modified: modified, changed: modified)
        let bytes = mappingBytes ?? byteCount
        let offset = (address - base) / bytes * bytes
        return FileCode(range: base + offset..<base + offset + bytes, file: file, fileOffset: offset)
    }

    func faultCode(at address: GuestAddress) -> Int32 { address == base + byteCount ? 2 : 1 }

    /// The page after the last becomes accessible when a test allows it.
    func growStack(at address: GuestAddress) -> Bool {
        guard mayGrow, address >= base + byteCount, address < base + byteCount + 4096 else { return false }
        mayGrow = false
        mprotect(UnsafeMutableRawPointer(bitPattern: UInt(base + byteCount)), 4096, PROT_READ | PROT_WRITE)
        return true
    }

    func setWriteProtection(_ isProtected: Bool, page: GuestAddress) {
        if isProtected { protectedPages.insert(page) } else { protectedPages.remove(page) }
        let protection = isProtected ? PROT_READ : PROT_READ | PROT_WRITE
        mprotect(UnsafeMutableRawPointer(bitPattern: UInt(page)), 4096, protection)
    }

    subscript(_ offset: Int) -> UInt8 {
        get { UnsafePointer<UInt8>(bitPattern: UInt(base) + UInt(offset))?.pointee ?? 0 }
        set { UnsafeMutablePointer<UInt8>(bitPattern: UInt(base) + UInt(offset))?.pointee = newValue }
    }
}

/// A thread that executes scripted blocks.
final class ScriptedGuest {
    let architecture: ScriptedArchitecture
    let memory: ScriptedMemory
    let cpu = CPUState.allocate()
    let engine: ExecutionEngine
    let execution: ThreadExecution

    init?(
        _ mode: ExecutionMode, profile: FloatProfile = ScriptedArchitecture.profile, separatesViews: Bool = false,
        memory: ScriptedMemory = ScriptedMemory()
    ) {
        self.memory = memory
        architecture = ScriptedArchitecture(profile: profile)
        architecture.helpers = [
            Helper("sum") { _, a, b, c in a &+ b &+ c }
        ]
        guard
            let engine = ExecutionEngine(
                architecture: architecture, source: memory, mode: mode, separatesViews: separatesViews),
            let execution = ThreadExecution(engine: engine, cpu: cpu)
        else { return nil }
        self.engine = engine
        self.execution = execution
        engine.activate()
        execution.enterThread()
        cpu.pc = memory.base
    }

    deinit {
        execution.leaveThread()
        cpu.deallocate()
    }

    /// Scripts the block at an offset from the start of memory.
    func script(_ offset: UInt64 = 0, _ script: @escaping ScriptedArchitecture.Script) {
        architecture.scripts[memory.base + offset] = script
    }

    /// Runs from an offset.
    func run(from offset: UInt64 = 0) -> ExitReason {
        cpu.pc = memory.base + offset
        // One engine of a process hears of writes to code, and other tests make engines as well.
        engine.activate()
        return execution.run()
    }

    /// The integer register r`number`.
    subscript(_ number: Int) -> UInt64 {
        get { cpu.load(8 + number * 8) }
        set { cpu.store(newValue, 8 + number * 8) }
    }

    func float(_ number: Int) -> UInt64 { cpu.load(136 + number * 8) }
    func setFloat(_ number: Int, _ bits: UInt64) { cpu.store(bits, 136 + number * 8) }
    func vector(_ number: Int) -> VectorBits { cpu.loadVector(224 + number * 16) }
    func setVector(_ number: Int, _ bits: VectorBits) { cpu.storeVector(bits, 224 + number * 16) }
}

/// Registers of the scripted architecture by number.
func r(_ number: Int) -> RegisterIndex { RegisterIndex(number) }
func f(_ number: Int) -> RegisterIndex { RegisterIndex(16 + number) }
func v(_ number: Int) -> RegisterIndex { RegisterIndex(26 + number) }
