import Foundation
import Testing

@testable import BSDUserCore

/// How each architecture passes the arguments of system calls (freebsd-abi: `sys/*/trap.c`).
struct TestConvention: CustomTestStringConvertible, Sendable {
    let name: String
    let abi: GuestABI
    let registerCount: Int
    let stackOffset: Int

    var testDescription: String { name }

    static let all: [TestConvention] = [
        TestConvention(
            name: "arm", abi: GuestABI(wordBytes: 4, byteOrder: .little, alignsRegisterPairs: true), registerCount: 4,
            stackOffset: 0),
        TestConvention(
            name: "aarch64", abi: GuestABI(wordBytes: 8, byteOrder: .little), registerCount: 8, stackOffset: 0),
        TestConvention(
            name: "mips", abi: GuestABI(wordBytes: 4, byteOrder: .big, alignsRegisterPairs: true), registerCount: 4,
            stackOffset: 16),
        TestConvention(name: "mips64", abi: GuestABI(wordBytes: 8, byteOrder: .big), registerCount: 8, stackOffset: 32),
        TestConvention(
            name: "sparc64", abi: GuestABI(wordBytes: 8, byteOrder: .big, pageBytes: 8192), registerCount: 6,
            stackOffset: 2047 + 176),
        TestConvention(
            name: "powerpc", abi: GuestABI(wordBytes: 4, byteOrder: .big, alignsRegisterPairs: true), registerCount: 8,
            stackOffset: 8),
    ]
    static let mips64 = all[3]
}

/// A guest thread without code: tests make its system calls.
final class TestKernel {
    let thread: GuestThread
    let memory: GuestMemory
    let architecture: StubArchitecture
    private let table: SystemCallTable
    /// What writes the calls.
    var trace: SystemCallTrace? { table.trace }
    private var nextScratch: GuestAddress

    /// Readable and writable guest memory for arguments.
    static let scratch: GuestAddress = 0x3000_0000
    static let scratchBytes: UInt64 = 1 << 20

    static func with<Result>(
        _ convention: TestConvention = .mips64, prefix: String? = nil, trace: SystemCallTrace? = nil,
        _ body: (TestKernel) throws -> Result
    ) throws -> Result {
        try TestSpace.with(abi: convention.abi) { (memory, space) throws in
            _ = try space.map(
                .init(
                    address: scratch, byteCount: scratchBytes, protection: 3, flags: [.private, .anonymous, .fixed]))
            let kernel = TestKernel(convention, memory, prefix, trace)
            return try body(kernel)
        }
    }

    private init(_ convention: TestConvention, _ memory: GuestMemory, _ prefix: String?, _ trace: SystemCallTrace?) {
        let architecture = StubArchitecture(
            name: convention.name, machine: 8, is64Bit: convention.abi.wordBytes == 8,
            byteOrder: convention.abi.byteOrder)
        let bytes = convention.abi.wordBytes
        architecture.description.abi = convention.abi
        architecture.description.registers = RegisterFile(
            rows: (0...8).map { RegisterRow("r\($0)", offset: 8 + $0 * 8, byteCount: bytes) }, pinnedIntegers: [],
            pinnedFloats: [])
        architecture.description.systemCalls = SystemCallABI(
            number: RegisterIndex(0), arguments: (1...convention.registerCount).map { RegisterIndex($0) },
            stackArgumentOffset: convention.stackOffset)
        var configuration = EmulatorConfiguration(
            program: Array("/bin/test".utf8), arguments: [Array("test".utf8)], environment: [])
        configuration.prefix = prefix.map { Array($0.utf8) }
        let process = GuestProcess(architecture: architecture, memory: memory, configuration: configuration)
        self.architecture = architecture
        self.memory = memory
        thread = GuestThread(cpu: CPUState.allocate(), process: process)
        table = SystemCallTable(architecture.description, trace: trace)
        nextScratch = Self.scratch
        // The upper half of the scratch is the stack.
        architecture.stack = Self.scratch + Self.scratchBytes / 2
    }

    deinit { thread.cpu.deallocate() }

    /// Puts a number and words where the architecture has them.
    func setArguments(_ number: UInt64, _ words: [UInt64]) throws {
        store(number, register: 0)
        let registers = architecture.description.systemCalls.arguments.count
        for (index, word) in words.enumerated() {
            if index < registers {
                store(word, register: index + 1)
            } else {
                let offset = architecture.description.systemCalls.stackArgumentOffset
                let place = architecture.stack + UInt64(offset + (index - registers) * memory.abi.wordBytes)
                try memory.storeWord(word, at: place)
            }
        }
    }

    private func store(_ value: UInt64, register: Int) {
        if memory.abi.wordBytes == 8 {
            thread.cpu.store(value, 8 + register * 8)
        } else {
            thread.cpu.store(UInt32(truncatingIfNeeded: value), 8 + register * 8)
        }
    }

    func reader() -> ArgumentReader { ArgumentReader(SystemCallConvention(architecture.description), thread.cpu) }

    /// Makes a call with one word an argument.
    func outcome(_ number: Int, _ words: [UInt64]) throws -> SystemCallOutcome {
        try setArguments(UInt64(number), words + [UInt64](repeating: 0, count: max(0, 8 - words.count)))
        return table.systemCall(thread)
    }

    /// Makes a call that must succeed.
    @discardableResult
    func call(_ number: Int, _ words: UInt64..., sourceLocation: SourceLocation = #_sourceLocation) throws -> Int64 {
        switch try outcome(number, words) {
        case .values(let value, _): return Int64(bitPattern: value)
        case .failure(let errno):
            Issue.record("call \(number) failed with \(ErrnoTable.name(errno))", sourceLocation: sourceLocation)
            throw errno
        default:
            Issue.record("call \(number) gave no value", sourceLocation: sourceLocation)
            throw Errno.EDOOFUS
        }
    }

    /// Makes a call that must fail; its errno.
    func errno(_ number: Int, _ words: UInt64...) throws -> Errno? {
        if case .failure(let errno) = try outcome(number, words) { return errno }
        return nil
    }

    /// Room in guest memory.
    func room(_ byteCount: Int) -> GuestAddress {
        let address = nextScratch
        nextScratch += UInt64((byteCount + 15) & ~15)
        if nextScratch > Self.scratch + Self.scratchBytes / 4 { nextScratch = Self.scratch }
        return address
    }

    /// A text in guest memory.
    func text(_ text: String) throws -> GuestAddress {
        let bytes = Array(text.utf8) + [0]
        let address = room(bytes.count)
        try memory.write(bytes, at: address)
        return address
    }

    func store<Value: GuestStruct>(_ value: Value) throws -> GuestAddress {
        let address = room(Value.byteCount(memory.abi))
        try memory.store(value, at: address)
        return address
    }

    /// Runs with a new directory, which is removed afterwards.
    static func withDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("bsduser-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }
}
