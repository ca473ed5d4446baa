import Glibc

/// Where and why a run of a sequence stopped.
public struct SequenceStop {
    public let reason: ExitReason
    public let cpu: CPUState
    public let architecture: any GuestArchitecture
    public let pc: GuestAddress
    public let inDelaySlot: Bool
    /// The run passed the last instruction.
    public let isAtEnd: Bool
}

/// The emulator as conformance runs drive it: short sequences of instructions from a state to a state, in this process.
///
/// All runners of a process share the window, one after the other: `activate` takes it.
public final class SequenceRunner<Conformance: ArchitectureConformance> {
    public let architecture: any GuestArchitecture
    public let conformance: Conformance
    /// The state that runs; what `ArchitectureConformance.put` does not reach is as `cpuInit` left it.
    public let cpu = CPUState.allocate()
    let engine: ExecutionEngine
    private let execution: ThreadExecution
    private let code: SequenceSource

    /// Makes a runner that translates, or one that interprets. Nil when the host's addresses of the window are taken, or
    /// when there is no such CPU model.
    public init?(
        _ architecture: any GuestArchitecture, _ conformance: Conformance, translates: Bool, model: String? = nil
    ) {
        guard SequenceWindow.open() else { return nil }
        if let model, !architecture.selectCPU(model) { return nil }
        self.architecture = architecture
        self.conformance = conformance
        code = SequenceSource(architecture.description.abi.byteOrder)
        architecture.cpuInit(cpu)
        let mode: ExecutionMode = translates ? .translator : .interpreter
        guard let engine = ExecutionEngine(architecture: architecture, source: code, mode: mode),
            let execution = ThreadExecution(engine: engine, cpu: cpu)
        else { return nil }
        self.engine = engine
        self.execution = execution
    }

    /// Maps the window's memory and code, unless that has been done; false while the host's addresses are taken.
    public static func openWindow() -> Bool { SequenceWindow.open() }

    deinit { execution.leaveThread() }

    /// Makes this the one that fault handlers and signals concern, until another is.
    public func activate() {
        engine.activate()
        execution.enterThread()
    }

    /// Takes the instructions of the runs that follow; without `end` nothing can be fetched behind them.
    public func load(_ words: [UInt32], end: Bool = true) {
        code.words = end ? words + [conformance.endWord, 0] : words
        engine.mappingChanged(ConformanceWindow.codeAddress, UInt64(4 * SequenceSource.capacity))
    }

    /// Runs from a state to the first exit.
    public func stop(_ state: Conformance.State) -> SequenceStop {
        conformance.put(state, into: cpu)
        SequenceWindow.put(state.memory)
        cpu.pc = ConformanceWindow.codeAddress
        return resume()
    }

    /// Runs on from where the CPU is.
    public func resume() -> SequenceStop {
        var reason = execution.run()
        while reason == .interrupt { reason = execution.run() }
        let end = ConformanceWindow.codeAddress + UInt64(4 * (code.words.count - 2))
        return SequenceStop(
            reason: reason, cpu: cpu, architecture: architecture, pc: cpu.pc, inDelaySlot: cpu.inDelaySlot,
            isAtEnd: reason == .breakpoint && cpu.pc == end)
    }

    /// Runs from a state to a state.
    public func run(_ state: Conformance.State) -> SequenceOutcome<Conformance.State> {
        let stop = stop(state)
        let end = conformance.end(for: stop.reason, cpu)
        return SequenceOutcome(
            end: stop.isAtEnd ? .none : end,
            state: conformance.state(of: cpu, memory: SequenceWindow.bytes(state.memory.count)),
            inDelaySlot: stop.inDelaySlot)
    }
}

/// The window's memory and code, at the guest's addresses in this process.
enum SequenceWindow {
    private static let lock = HostLock()
    nonisolated(unsafe) private static var isOpen = false

    static func open() -> Bool {
        lock.hold {
            if isOpen { return true }
            guard map(ConformanceWindow.memoryAddress, ConformanceWindow.maximumMemory) else { return false }
            isOpen = map(ConformanceWindow.codeAddress, 4 * SequenceSource.capacity)
            if !isOpen {
                munmap(
                    UnsafeMutableRawPointer(bitPattern: UInt(ConformanceWindow.memoryAddress)),
                    ConformanceWindow.maximumMemory)
            }
            return isOpen
        }
    }

    private static func map(_ start: UInt64, _ byteCount: Int) -> Bool {
        let address = UnsafeMutableRawPointer(bitPattern: UInt(start))
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | Int32(MAP_FIXED_NOREPLACE)
        return mmap(address, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0) == address
    }

    static func put(_ bytes: [UInt8]) {
        guard let memory = UnsafeMutableRawPointer(bitPattern: UInt(ConformanceWindow.memoryAddress)) else { return }
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            memory.copyMemory(from: start, byteCount: min(bytes.count, ConformanceWindow.maximumMemory))
        }
    }

    static func bytes(_ count: Int) -> [UInt8] {
        let memory = UnsafeRawPointer(bitPattern: UInt(ConformanceWindow.memoryAddress))
        return [UInt8](UnsafeRawBufferPointer(start: memory, count: min(count, ConformanceWindow.maximumMemory)))
    }
}

/// Guest code of a sequence, followed by the breakpoint that ends it. It lies where the guest sees it; only one source at
/// a time has it there.
final class SequenceSource: CodeSource {
    static let capacity = ConformanceWindow.maximumWords + 2
    private let byteOrder: ByteOrder

    init(_ byteOrder: ByteOrder) { self.byteOrder = byteOrder }

    private var bytes: UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(bitPattern: UInt(ConformanceWindow.codeAddress))
    }

    var words: [UInt32] = [] {
        didSet {
            guard let bytes else { return }
            for (index, word) in words.prefix(SequenceSource.capacity).enumerated() {
                let ordered = byteOrder == .big ? word.bigEndian : word.littleEndian
                bytes.storeBytes(of: ordered, toByteOffset: 4 * index, as: UInt32.self)
            }
        }
    }

    func code(at address: GuestAddress) -> CodeWindow? {
        let offset = Int(truncatingIfNeeded: address &- ConformanceWindow.codeAddress)
        guard let bytes, offset >= 0, offset < 4 * words.count else { return nil }
        return CodeWindow(
            pointer: UnsafeRawPointer(bytes + offset), byteCount: 4 * words.count - offset, isWritable: false)
    }

    func setWriteProtection(_ isProtected: Bool, page: GuestAddress) {}
}
