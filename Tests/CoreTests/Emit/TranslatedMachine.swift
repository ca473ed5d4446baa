import Foundation
import Testing

@testable import BSDUserCore

/// A toy guest for tests of the translator: registers of every kind, a page of memory, an arena, and both ways to run
/// an IR block on them.
final class TranslatedMachine {
    /// Registers: 24 of 64 bits, 4 of 32 bits, 16 floating-point ones for each precision, 12 vectors, hidden ones for flags
    /// and a vector.
    static let wideCount = 24
    static let narrowCount = 4
    static let floatCount = 16
    static var narrowStart: Int { wideCount }
    static var doubleStart: Int { wideCount + narrowCount }
    static var singleStart: Int { doubleStart + floatCount }
    static let vectorCount = 12
    static var vectorStart: Int { singleStart + floatCount }
    static var flagsRegister: Int { vectorStart + vectorCount }
    static var hiddenVector: Int { flagsRegister + 1 }
    static var registerCount: Int { hiddenVector + 1 }

    static let memoryBytes = 4096
    static let pc: UInt64 = 0x1_2000_0000
    static let budget: Int32 = 1000
    private static let arenaBytes = 1 << 20

    typealias Enter = @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer) -> UInt64

    let registers: RegisterFile
    let profile: FloatProfile
    let pins: PinMap
    let state = CPUState.allocate()
    let memory: UnsafeMutableRawPointer
    private let arena: UnsafeMutablePointer<UInt8>
    private let thunks: Thunks
    private let codeStart: UnsafeMutablePointer<UInt8>
    private let emitter: BlockEmitter
    /// Executions of each guest instruction of the last block; nil where nobody counts.
    private(set) var counters: UnsafeMutablePointer<UInt64>?
    private let helperTable: UnsafeMutablePointer<Helper.Function>
    private let jumpTable: UnsafeMutablePointer<UInt64>
    private let returnStack: ReturnStack
    private let profilePointer: UnsafeMutablePointer<FloatProfile>
    private(set) var lastCode: [UInt8] = []
    private(set) var lastFaults: [FaultEntry] = []

    /// Names for the values of an outcome's registers.
    var registerNames: [String] {
        registers.rows.flatMap { $0.byteCount == 16 ? [$0.name, $0.name + " high"] : [$0.name] }
    }

    /// How a run ended, and everything it left behind.
    struct Outcome: Equatable {
        var end: String
        var registers: [UInt64]
        var memory: [UInt8]
        var flags: UInt64
    }

    static let legacyProfile = FloatProfile(
        nanRule: .defaultNaN, integerOverflowRule: .greatest, quietBitInverted: true, defaultNaN32: 0x7FBF_FFFF,
        defaultNaN64: 0x7FF7_FFFF_FFFF_FFFF)
    static let modernProfile = FloatProfile(
        nanRule: .signallingFirst, integerOverflowRule: .saturateZero, quietBitInverted: false,
        defaultNaN32: 0x7FC0_0000, defaultNaN64: 0x7FF8_0000_0000_0000)

    init(profile: FloatProfile = TranslatedMachine.legacyProfile, features: HostFeatures = []) throws {
        self.profile = profile
        var rows: [RegisterRow] = []
        var offset = 8
        func add(_ name: String, _ bytes: Int, _ registerClass: RegisterClass) {
            if bytes == 16 { offset = (offset + 15) & ~15 }
            rows.append(RegisterRow(name, offset: offset, byteCount: bytes, registerClass))
            offset += max(8, bytes)
        }
        for index in 0..<TranslatedMachine.wideCount { add("r\(index)", 8, .integer) }
        for index in 0..<TranslatedMachine.narrowCount { add("n\(index)", 4, .integer) }
        for index in 0..<TranslatedMachine.floatCount { add("d\(index)", 8, .float) }
        for index in 0..<TranslatedMachine.floatCount { add("s\(index)", 8, .float) }
        for index in 0..<TranslatedMachine.vectorCount { add("v\(index)", 16, .vector) }
        add("flags", 4, .hidden)
        add("hidden", 16, .hidden)
        // Every other register is pinned, and one narrow one.
        let pinned = (0..<9).map { RegisterIndex($0 * 2) } + [RegisterIndex(TranslatedMachine.narrowStart)]
        let floats = (0..<TranslatedMachine.floatCount).map { TranslatedMachine.doubleStart + $0 * 2 }
        let vectors = (0..<TranslatedMachine.vectorCount / 2).map { TranslatedMachine.vectorStart + $0 * 2 }
        // Doubles, vectors and singles in turn, so that some of each are pinned on every host.
        var mixed: [RegisterIndex] = []
        for index in 0..<8 {
            mixed.append(RegisterIndex(floats[index]))
            mixed.append(RegisterIndex(floats[index + 8]))
            if index < vectors.count { mixed.append(RegisterIndex(vectors[index])) }
        }
        registers = RegisterFile(rows: rows, pinnedIntegers: pinned, pinnedFloats: mixed)
        pins = PinMap(registers, features: features)
        memory = .allocate(byteCount: TranslatedMachine.memoryBytes, alignment: 4096)
        let mapping = mmap(
            nil, TranslatedMachine.arenaBytes, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        arena = try #require(mapping == MAP_FAILED ? nil : mapping).assumingMemoryBound(to: UInt8.self)
        var assembler = Assembler(start: arena, count: Thunks.maximumByteCount, hasAVX512: pins.hasAVX512)
        thunks = Thunks.emit(&assembler, pins, instructionAlignmentLog2: 2)
        #expect(assembler.remaining > 0)
        codeStart = arena + Thunks.maximumByteCount
        emitter = BlockEmitter(pins: pins, instructionAlignmentLog2: 2)
        helperTable = CoreHelper.makeTable(TranslatedMachine.helpers)
        jumpTable = .allocate(capacity: 2 << 16)
        // No test jumps to this address: every lookup misses.
        jumpTable.initialize(repeating: 0xA5A5_A5A5_A5A5_A5A5, count: 2 << 16)
        returnStack = try #require(ReturnStack())
        returnStack.attach(to: state)
        profilePointer = .allocate(capacity: 1)
        profilePointer.initialize(to: profile)
        thunks.install(in: state, base: UInt(bitPattern: arena), profile: profilePointer)
        state.setHeader(.helperTable, helperTable)
        state.setHeader(.jumpTable, jumpTable)
    }

    deinit {
        munmap(arena, TranslatedMachine.arenaBytes)
        memory.deallocate()
        counters?.deallocate()
        helperTable.deallocate()
        jumpTable.deallocate()
        returnStack.release()
        profilePointer.deallocate()
        state.deallocate()
    }

    /// Helper 0 mixes its operands, and reads and writes guest registers; helper 1 is pure, and takes and gives vectors.
    static var helpers: [Helper] {
        [
            Helper("mix") { registers, a, b, c in
                let state = CPUState(registers: registers)
                let old: UInt64 = state.load(8 + 8 * 2)
                state.store(old &+ a, 8 + 8 * 2)
                state.store(old ^ b, 8 + 8 * 3)
                return a &+ b &* 3 &+ c &* 7
            },
            Helper("mixVectors") { registers, _, b, _ in
                let state = CPUState(registers: registers)
                let (first, second) = (state.vectorOperand(0), state.vectorOperand(2))
                state.setVectorResult(
                    VectorBits(low: first.low &+ second.high &+ b, high: first.high ^ second.low))
                return 0
            },
        ]
    }

    // MARK: Running

    func setRegisters(_ values: [UInt64], memory bytes: [UInt8], mode: UInt32) {
        for (row, value) in zip(registers.rows, values) {
            if row.byteCount == 16 {
                state.storeVector(VectorBits(low: value, high: value &* 0x9E37_79B9_7F4A_7C15), row.offset)
            } else if row.name == "flags" {
                state.store(UInt32(truncatingIfNeeded: value) & PackedFlags.all.rawValue, row.offset)
            } else if row.byteCount == 8 {
                state.store(value, row.offset)
            } else {
                state.store(UInt32(truncatingIfNeeded: value), row.offset)
            }
        }
        bytes.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress!, byteCount: bytes.count) }
        state.store(TranslatedMachine.budget, 0)
        state.setHeader(.floatFlags, UInt32(0))
        state.setHeader(.guestControl, UInt32(0x1F80))
        _ = CoreHelper.setFloatMode.function(state.registers, UInt64(mode), 0, 0)
        state.setHeader(.exitArgument, UInt64(0))
    }

    private func outcome(_ end: String) -> Outcome {
        let values = registers.rows.enumerated().flatMap { index, row -> [UInt64] in
            if row.byteCount == 16 { return [state.load(row.offset), state.load(row.offset + 8)] }
            let low = UInt64(state.load(row.offset, as: UInt32.self))
            // Of packed flags some bits have no meaning.
            if row.name == "flags" { return [low & UInt64(PackedFlags.all.rawValue)] }
            // A single-precision register's upper half has no meaning.
            return [row.byteCount == 8 && index < TranslatedMachine.singleStart ? state.load(row.offset) : low]
        }
        let bytes = Array(UnsafeRawBufferPointer(start: memory, count: TranslatedMachine.memoryBytes))
        let flags = CoreHelper.takeFloatFlags.function(state.registers, 0, 0, 0)
        return Outcome(end: end, registers: values, memory: bytes, flags: flags)
    }

    func interpret(_ block: Block) -> Outcome {
        var interpreter = Interpreter(
            state: state, registers: registers, profile: profile,
            helpers: UnsafePointer(helperTable + CoreHelper.allCases.count))
        switch interpreter.run(block) {
        case .next: return outcome("next \(state.pc)")
        case .exit(let reason): return outcome(describe(reason))
        }
    }

    /// Lets blocks count how often their guest instructions are executed, from now on.
    func countExecutions() {
        counters = .allocate(capacity: Builder.capacity)
        emitter.recordsMarks = true
        emitter.counters = counters
    }

    func translate(_ block: Block) -> Outcome {
        counters?.initialize(repeating: 0, count: Builder.capacity)
        let room = TranslatedMachine.arenaBytes - Thunks.maximumByteCount
        guard let emitted = emitter.emit(block, at: codeStart, byteCount: room) else {
            return outcome("not translated")
        }
        lastCode = Array(UnsafeBufferPointer(start: codeStart, count: emitted.byteCount))
        lastFaults = Array(emitted.faults)
        return run()
    }

    /// Runs the code that the last `translate` made.
    func run() -> Outcome {
        let enter = unsafeBitCast(arena + thunks.enter, to: Enter.self)
        // Earlier code, whose calls stand on the stack, is gone.
        ReturnStack.empty(in: state, landing: UInt(bitPattern: arena + thunks.emptyStack))
        switch LeaveStatus(rawValue: enter(state.registers, codeStart)) {
        case .exit:
            let raw: UInt32 = state.header(.exitReason)
            return outcome(ExitReason(rawValue: raw).map { describe($0) } ?? "exit \(raw)")
        case .chain:
            let slot: UInt = state.header(.chainSlot)
            guard let record = UnsafePointer<ChainRecord>(bitPattern: slot) else { return outcome("no record") }
            return outcome("next \(record.pointee.target)")
        case .jumpMiss: return outcome("next \(state.pc)")
        case .interrupt: return outcome("interrupt \(state.pc)")
        case nil: return outcome("unknown status")
        }
    }

    private func describe(_ reason: ExitReason) -> String {
        // A fixed-up operation tells which exception trapped; others tell nothing more.
        "exit \(reason) at \(state.pc) slot \(state.inDelaySlot) argument \(state.exitArgument)"
    }

    /// The code of the last translation as LLVM reads it.
    func disassembly() throws -> String {
        let line = lastCode.map { "0x" + String($0, radix: 16) }.joined(separator: " ")
        return try LLVMMachineCode.run(["--disassemble", "--output-asm-variant=1"], input: [line])
    }
}
