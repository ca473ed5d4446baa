import Glibc
import TestSupport

@testable import BSDUserCore
@testable import MIPS64

/// How a run ended, in the oracle's terms.
struct Outcome {
    var exception: OracleReply.Exception
    var state: MIPS64Snapshot
    /// The exception came from a branch's delay slot.
    var inDelaySlot: Bool
}

/// Where and why a run stopped.
struct Stop {
    let reason: ExitReason
    let cpu: CPUState
    let architecture: MIPS64
    let pc: UInt64
    let inDelaySlot: Bool
    /// The run passed the last instruction.
    let isAtEnd: Bool

    init(reason: ExitReason, cpu: CPUState, architecture: MIPS64, endAddress: UInt64) {
        self.reason = reason
        self.cpu = cpu
        self.architecture = architecture
        pc = cpu.pc
        inDelaySlot = cpu.inDelaySlot
        isAtEnd = reason == .breakpoint && pc == endAddress
    }
}

/// The emulator as the differential tests run it: short sequences from a snapshot to a snapshot.
final class Subject {
    let engine: ExecutionEngine
    let architecture: MIPS64
    private let execution: ThreadExecution
    let cpu = CPUState.allocate()
    private let code: SequenceSource

    init?(_ mode: ExecutionMode, model: String? = nil) {
        guard Subject.memoryIsMapped else { return nil }
        architecture = MIPS64()
        if let model, !architecture.selectCPU(model) { return nil }
        code = SequenceSource()
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

    /// The oracle's memory window, at the same address in this process.
    private static let memoryIsMapped: Bool = {
        let address = UnsafeMutableRawPointer(bitPattern: UInt(UnicornOracle.memoryAddress))
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | Int32(MAP_FIXED_NOREPLACE)
        let mapped = mmap(address, UnicornOracle.maximumMemory, PROT_READ | PROT_WRITE, flags, -1, 0)
        return mapped == address
    }()

    /// Takes the instructions of the runs that follow; without `end` nothing can be fetched behind them.
    func load(_ words: [UInt32], end: Bool = true) {
        code.words = end ? words + [SequenceSource.end, 0] : words
        engine.mappingChanged(UnicornOracle.codeAddress, UInt64(4 * SequenceSource.capacity))
    }

    /// Runs from a snapshot to the first exit.
    func stop(_ state: MIPS64Snapshot) -> Stop {
        put(state)
        cpu.pc = UnicornOracle.codeAddress
        return resume()
    }

    /// Runs on from where the CPU is.
    func resume() -> Stop {
        var reason = execution.run()
        while reason == .interrupt { reason = execution.run() }
        return Stop(
            reason: reason, cpu: cpu, architecture: architecture,
            endAddress: UnicornOracle.codeAddress + UInt64(4 * (code.words.count - 2)))
    }

    /// Runs from a snapshot to a snapshot.
    func run(_ state: MIPS64Snapshot) -> Outcome {
        let stop = stop(state)
        if stop.reason == .floatException {
            cpu.setFloatCause(FloatFlags(rawValue: UInt32(truncatingIfNeeded: cpu.exitArgument)))
        }
        return Outcome(
            exception: stop.isAtEnd ? .none : Subject.exception(stop.reason),
            state: get(memoryBytes: state.memory.count), inDelaySlot: stop.inDelaySlot)
    }

    private static func exception(_ reason: ExitReason) -> OracleReply.Exception {
        switch reason {
        case .systemCall: .systemCall
        case .breakpoint: .breakpoint
        case .trap: .trap
        case .integerOverflow: .overflow
        case .illegalInstruction: .reservedInstruction
        case .coprocessorUnusable: .coprocessorUnusable
        case .memoryFault: .memory
        case .alignmentFault: .address
        case .floatException: .floatingPoint
        case .fetchFault: .memory
        case .interrupt, .flushCode, .custom0, .custom1, .custom2, .custom3: .other
        }
    }

    private func put(_ state: MIPS64Snapshot) {
        for number in 1..<32 { cpu.setGeneral(number, state.gpr[number]) }
        cpu.setRegister(Register.hi, state.hi)
        cpu.setRegister(Register.lo, state.lo)
        for number in 0..<32 { cpu.setRegister(Register.float0 + number, state.fpr[number]) }
        cpu.clearLink()
        _ = cpu.takeFloatFlags()
        cpu.setFCSR(state.fcsr)
        cpu.setFloatMode(cpu.floatMode)
        guard let memory = UnsafeMutableRawPointer(bitPattern: UInt(UnicornOracle.memoryAddress)) else { return }
        state.memory.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { memory.copyMemory(from: start, byteCount: bytes.count) }
        }
    }

    private func get(memoryBytes: Int) -> MIPS64Snapshot {
        cpu.harvest(cpu.takeFloatFlags())
        let memory = UnsafeRawPointer(bitPattern: UInt(UnicornOracle.memoryAddress))
        return MIPS64Snapshot(
            gpr: (0..<32).map { cpu.general($0) }, hi: cpu.register(Register.hi), lo: cpu.register(Register.lo),
            fpr: (0..<32).map { cpu.register(Register.float0 + $0) }, fcsr: cpu.fcsr,
            memory: [UInt8](UnsafeRawBufferPointer(start: memory, count: memoryBytes)))
    }
}

/// Guest code of a sequence, followed by the break that ends it.
final class SequenceSource: CodeSource {
    static let capacity = UnicornOracle.maximumWords + 2
    /// `break` with a code of its own.
    static let end: UInt32 = 0x03ff_ffcd
    private let bytes = UnsafeMutableRawPointer.allocate(byteCount: 4 * capacity, alignment: 16)

    var words: [UInt32] = [] {
        didSet {
            for (index, word) in words.enumerated() {
                bytes.storeBytes(of: word.bigEndian, toByteOffset: 4 * index, as: UInt32.self)
            }
        }
    }

    deinit { bytes.deallocate() }

    func code(at address: GuestAddress) -> CodeWindow? {
        let offset = Int(truncatingIfNeeded: address &- UnicornOracle.codeAddress)
        guard offset >= 0, offset < 4 * words.count else { return nil }
        return CodeWindow(
            pointer: UnsafeRawPointer(bytes + offset), byteCount: 4 * words.count - offset, isWritable: false)
    }

    func setWriteProtection(_ isProtected: Bool, page: GuestAddress) {}
}
