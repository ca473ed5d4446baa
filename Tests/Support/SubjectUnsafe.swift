// A release build, which makes this target as well, does not open the modules to tests.
#if DEBUG
import Foundation
import Glibc

@testable import BSDUserCore

/// An architecture as the differential tests drive it.
protocol TestedArchitecture: GuestArchitecture {
    associatedtype Snapshot: OracleState

    init()

    /// The breakpoint that ends a sequence, with a code of its own.
    static var endWord: UInt32 { get }

    /// Makes a snapshot, but for its memory, the state of a CPU, and back.
    static func put(_ state: Snapshot, into cpu: CPUState)
    static func snapshot(of cpu: CPUState, memory: [UInt8]) -> Snapshot

    /// What an exit means in the oracle's terms, and what taking it changes in the CPU.
    static func exception(_ reason: ExitReason, _ cpu: CPUState) -> OracleException
}

/// How a run ended, in the oracle's terms.
struct Outcome<State: OracleState> {
    var exception: OracleException
    var state: State
    /// The exception came from a branch's delay slot.
    var inDelaySlot: Bool
}

/// Where and why a run stopped.
struct Stop<Architecture: GuestArchitecture> {
    let reason: ExitReason
    let cpu: CPUState
    let architecture: Architecture
    let pc: UInt64
    let inDelaySlot: Bool
    /// The run passed the last instruction.
    let isAtEnd: Bool

    init(reason: ExitReason, cpu: CPUState, architecture: Architecture, endAddress: UInt64) {
        self.reason = reason
        self.cpu = cpu
        self.architecture = architecture
        pc = cpu.pc
        inDelaySlot = cpu.inDelaySlot
        isAtEnd = reason == .breakpoint && pc == endAddress
    }
}

/// The emulator as the differential tests run it: short sequences from a snapshot to a snapshot. A subject belongs to the
/// thread that made it; subjects of other threads wait until it is gone.
final class Subject<Architecture: TestedArchitecture> {
    private let turn = OracleTurn()
    let engine: ExecutionEngine
    let architecture: Architecture
    private let execution: ThreadExecution
    let cpu = CPUState.allocate()
    private let code: SequenceSource

    init?(_ mode: ExecutionMode, model: String? = nil) {
        guard OracleWindow.isMapped else { return nil }
        architecture = Architecture()
        if let model, !architecture.selectCPU(model) { return nil }
        code = SequenceSource(architecture.description.abi.byteOrder)
        architecture.cpuInit(cpu)
        guard let engine = ExecutionEngine(architecture: architecture, source: code, mode: mode),
            let execution = ThreadExecution(engine: engine, cpu: cpu)
        else { return nil }
        self.engine = engine
        self.execution = execution
    }

    deinit { execution.leaveThread() }

    /// Makes this the one that fault handlers and signals concern, until another is.
    func activate() {
        engine.activate()
        execution.enterThread()
    }

    /// Takes the instructions of the runs that follow; without `end` nothing can be fetched behind them.
    func load(_ words: [UInt32], end: Bool = true) {
        code.words = end ? words + [Architecture.endWord, 0] : words
        engine.mappingChanged(Oracle.codeAddress, UInt64(4 * SequenceSource.capacity))
    }

    /// Runs from a snapshot to the first exit.
    func stop(_ state: Architecture.Snapshot) -> Stop<Architecture> {
        Architecture.put(state, into: cpu)
        OracleWindow.put(state.memory)
        cpu.pc = Oracle.codeAddress
        return resume()
    }

    /// Runs on from where the CPU is.
    func resume() -> Stop<Architecture> {
        var reason = execution.run()
        while reason == .interrupt { reason = execution.run() }
        return Stop(
            reason: reason, cpu: cpu, architecture: architecture,
            endAddress: Oracle.codeAddress + UInt64(4 * (code.words.count - 2)))
    }

    /// Runs from a snapshot to a snapshot.
    func run(_ state: Architecture.Snapshot) -> Outcome<Architecture.Snapshot> {
        let stop = stop(state)
        let exception = Architecture.exception(stop.reason, cpu)
        return Outcome(
            exception: stop.isAtEnd ? .none : exception,
            state: Architecture.snapshot(of: cpu, memory: OracleWindow.bytes(state.memory.count)),
            inDelaySlot: stop.inDelaySlot)
    }
}

/// Lets one thread at a time have the window, since test suites run side by side.
private final class OracleTurn {
    private static let lock = NSRecursiveLock()

    init() { OracleTurn.lock.lock() }
    deinit { OracleTurn.lock.unlock() }
}

/// The oracle's memory window and code, at the same addresses in this process.
enum OracleWindow {
    static let isMapped: Bool =
        map(Oracle.memoryAddress, Oracle.maximumMemory) && map(Oracle.codeAddress, 4 * SequenceSource.capacity)

    private static func map(_ start: UInt64, _ byteCount: Int) -> Bool {
        let address = UnsafeMutableRawPointer(bitPattern: UInt(start))
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | Int32(MAP_FIXED_NOREPLACE)
        return mmap(address, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0) == address
    }

    static func put(_ bytes: [UInt8]) {
        guard let memory = UnsafeMutableRawPointer(bitPattern: UInt(Oracle.memoryAddress)) else { return }
        bytes.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { memory.copyMemory(from: start, byteCount: bytes.count) }
        }
    }

    static func bytes(_ count: Int) -> [UInt8] {
        let memory = UnsafeRawPointer(bitPattern: UInt(Oracle.memoryAddress))
        return [UInt8](UnsafeRawBufferPointer(start: memory, count: count))
    }
}

/// Guest code of a sequence, followed by the breakpoint that ends it. It lies where the guest sees it; only one source at
/// a time has it there.
final class SequenceSource: CodeSource {
    static let capacity = Oracle.maximumWords + 2
    private let byteOrder: ByteOrder

    init(_ byteOrder: ByteOrder) { self.byteOrder = byteOrder }

    private var bytes: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: UInt(Oracle.codeAddress)) }

    var words: [UInt32] = [] {
        didSet {
            guard let bytes else { return }
            for (index, word) in words.enumerated() {
                let ordered = byteOrder == .big ? word.bigEndian : word.littleEndian
                bytes.storeBytes(of: ordered, toByteOffset: 4 * index, as: UInt32.self)
            }
        }
    }

    func code(at address: GuestAddress) -> CodeWindow? {
        let offset = Int(truncatingIfNeeded: address &- Oracle.codeAddress)
        guard let bytes, offset >= 0, offset < 4 * words.count else { return nil }
        return CodeWindow(
            pointer: UnsafeRawPointer(bytes + offset), byteCount: 4 * words.count - offset, isWritable: false)
    }

    func setWriteProtection(_ isProtected: Bool, page: GuestAddress) {}
}
#endif
