import Foundation
import TestSupport
import Testing

@testable import BSDUserCore

/// Loads files into address spaces of their own, as an architecture with mips64's layout would.
enum LoadBench {
    static func architecture(is64Bit: Bool = true, byteOrder: ByteOrder = .big) -> StubArchitecture {
        StubArchitecture(name: "mips64", machine: 8, is64Bit: is64Bit, byteOrder: byteOrder) {
            $0.elf.flagsMask = 0x20
            $0.layout.userTop = 1 << 39
            $0.layout.stackTop = 0x7f_ffff_f000
            $0.layout.dynamicLoadAddress = 0x12_0000
        }
    }

    static func load<Result>(
        _ bytes: [UInt8], interpreter: [UInt8]? = nil, arguments: [String] = ["prog"], environment: [String] = [],
        release: FreeBSDRelease? = nil, _ body: (LoadedProgram, GuestMemory) throws -> Result
    ) throws -> Result {
        let architecture = architecture()
        return try TestSpace.withFile(bytes) { (descriptor) throws in
            try TestSpace.with(architecture) { (memory, space) throws in
                var options = LoadOptions(release: release, stackBytes: 1 << 20, randomSeed: 1) { _ in
                    guard let interpreter else { return .failure(HostErrno(rawValue: ENOENT)) }
                    return .success(openFile(interpreter))
                }
                options.release = release
                let loader = ProgramLoader(
                    architecture: architecture, space: space, memory: memory, options: options)
                let loaded = try loader.load(
                    descriptor: descriptor, path: Array("/bin/prog".utf8), arguments: arguments.map { Array($0.utf8) },
                    environment: environment.map { Array($0.utf8) })
                return try body(loaded, memory)
            }
        }
    }

    private static func openFile(_ bytes: [UInt8]) -> Int32 {
        let path = NSTemporaryDirectory() + "/bsduser-interpreter-\(UUID().uuidString)"
        try? Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { unlink(path) }
        return open(path, O_RDONLY)
    }
}

@Suite struct ProgramLoaderTests {
    private let elf = ElfBuilder.program(code: ElfBuilder.exitCode(3))

    @Test func aStaticProgramIsInMemoryAsItsFileSays() throws {
        try LoadBench.load(elf.bytes) { (loaded, memory) throws in
            #expect(loaded.start.entry == ElfBuilder.textAddress + 0x400)
            #expect(try memory.load(at: loaded.start.entry, as: UInt32.self) == 0x2402_0001)
            #expect(try memory.load(at: ElfBuilder.dataAddress + 5, as: UInt8.self) == 5)
            #expect(try memory.load(at: ElfBuilder.dataAddress + 0x300, as: UInt64.self) == 0)
            #expect(throws: Errno.EFAULT) { try memory.store(UInt8(0), at: ElfBuilder.textAddress) }
            try memory.store(UInt8(1), at: ElfBuilder.dataAddress)
            #expect(loaded.noteRelease == 1_202_000)
            #expect(try memory.addressSpace.setBreak(0) == 0x1_2001_6000)
            #expect(memory.addressSpace.code(at: loaded.start.entry) != nil)
            #expect(memory.addressSpace.code(at: ElfBuilder.dataAddress) == nil)
        }
    }

    @Test func theStackHoldsArgumentsEnvironmentAndAuxiliaryVector() throws {
        let arguments = ["prog", "", "two words"]
        try LoadBench.load(elf.bytes, arguments: arguments, environment: ["A=1"]) { (loaded, memory) throws in
            let start = loaded.start
            #expect(start.stackPointer % 16 == 0 && start.argumentCount == 3)
            #expect(try memory.loadWord(at: start.stackPointer) == 3)
            let arguments = try #require(try memory.pointers(at: start.argumentVector, limit: 10))
            let texts = try arguments.map { argument in
                try memory.string(at: argument, limit: 100).map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(texts == ["prog", "", "two words"])
            #expect(start.environmentVector == start.argumentVector + 32)
            var auxiliary: [UInt64: UInt64] = [:]
            var entry = start.environmentVector + 16
            while case let type = try memory.loadWord(at: entry), type != 0 {
                #expect(auxiliary.updateValue(try memory.loadWord(at: entry + 8), forKey: type) == nil)
                entry += 16
            }
            #expect(auxiliary[3] == ElfBuilder.textAddress + 64 && auxiliary[4] == 56 && auxiliary[5] == 4)
            #expect(auxiliary[6] == 4096 && auxiliary[9] == ElfBuilder.textAddress + 0x400)
            #expect(auxiliary[18] == 1_202_000 && auxiliary[24] == 0x8000_0007 && auxiliary[17] == 64)
            #expect(try memory.string(at: auxiliary[15] ?? 0, limit: 100) == Array("/bin/prog".utf8))
            #expect(try memory.loadWord(at: auxiliary[20] ?? 0) == 4096 && auxiliary[21] == 8)
            #expect(auxiliary[27] == nil && auxiliary[35] == nil)
            #expect(try memory.loadWord(at: start.processStrings) == start.argumentVector)
            #expect(try memory.load(at: start.processStrings + 8, as: UInt32.self) == 3)
            #expect(start.processStrings == 0x7f_ffff_f000 - 32)
        }
    }

    @Test func newerReleasesHaveMoreInTheAuxiliaryVector() throws {
        let release = FreeBSDRelease(name: "14.0-RELEASE", version: 1_400_097)
        try LoadBench.load(elf.bytes, release: release) { (loaded, memory) throws in
            var types: Set<UInt64> = []
            for entry in stride(from: loaded.auxiliary.lowerBound, to: loaded.auxiliary.upperBound, by: 16) {
                types.insert(try memory.loadWord(at: entry))
            }
            #expect(types.isSuperset(of: [27, 28, 29, 30, 31, 32, 35, 36]))
        }
    }

    @Test func aPositionIndependentProgramStartsThroughItsInterpreter() throws {
        var program = elf
        program.type = 3
        let base = ElfBuilder.textAddress
        for index in program.segments.indices where program.segments[index].address != 0 {
            program.segments[index].address -= base
        }
        program.entry -= base
        // The interpreter needs no brand (imgact_elf.c `load_file`).
        var interpreter = program
        interpreter.entry += 4
        interpreter.systemABI = 0
        interpreter.segments.remove(at: 2)
        program.parts.append((0x300, Array("/libexec/ld-elf.so.1\0".utf8)))
        program.segments.append(.init(type: 3, flags: 4, offset: 0x300, address: 0x300, fileByteCount: 21))
        program.byteCount = 0x1b00
        try LoadBench.load(program.bytes, interpreter: interpreter.bytes) { (loaded, memory) throws in
            #expect(loaded.text.lowerBound == 0x12_0000)
            #expect(loaded.interpreterBase > loaded.dataEnd)
            #expect(loaded.start.entry == loaded.interpreterBase + 0x404)
            let instruction = try memory.load(at: loaded.interpreterBase + 0x400, as: UInt32.self)
            #expect(instruction == 0x2402_0001)
        }
        let refusal = #expect(throws: LoadError.self) { try LoadBench.load(program.bytes) { _, _ in } }
        #expect(refusal?.exitStatus == 126 && refusal?.message.contains("ld-elf.so.1") == true)
    }

    @Test func filesForOthersAreRefusedByName() throws {
        func refusal(_ change: (inout ElfBuilder) -> Void) -> LoadError? {
            var copy = elf
            change(&copy)
            return #expect(throws: LoadError.self) { try LoadBench.load(copy.bytes) { _, _ in } }
        }
        let withoutNote = { (elf: inout ElfBuilder) in elf.segments.remove(at: 2) }
        let linux = refusal {
            $0.systemABI = 0
            $0.parts[0] = (0x200, $0.note(name: "GNU", type: 1, value: [UInt8](repeating: 0, count: 16)))
            $0.segments[2].fileByteCount = 32
        }
        #expect(linux?.exitStatus == 126 && linux?.message.contains("Linux") == true)
        let unmarked = refusal {
            $0.systemABI = 0
            _ = withoutNote(&$0)
        }
        #expect(unmarked?.exitStatus == 126 && unmarked?.message.contains("FreeBSD") == true)
        let netBSD = refusal {
            $0.systemABI = 2
            _ = withoutNote(&$0)
        }
        #expect(netBSD?.message.contains("NetBSD") == true)
        let sparc = refusal { $0.machine = 43 }
        #expect(sparc?.exitStatus == 126 && sparc?.message.contains("SPARC") == true)
        let newABI32 = refusal { $0.flags |= 0x20 }
        #expect(newABI32?.exitStatus == 126)
        let relocatable = refusal { $0.type = 1 }
        #expect(relocatable?.exitStatus == 126 && relocatable?.errno == .ENOEXEC)
    }

    @Test func aSegmentInTheLastPageOfAShortFileIsLoaded() throws {
        var copy = elf
        // Only bss follows the text, and starts in its last page, beyond the end of the file.
        copy.byteCount = 0x1800
        copy.parts.removeLast()
        copy.segments[1] = .init(
            flags: 6, offset: 0x1800, address: ElfBuilder.textAddress + 0x1900, fileByteCount: 0,
            memoryByteCount: 0x2000)
        try LoadBench.load(copy.bytes) { (_, memory) throws in
            let bss = ElfBuilder.textAddress + 0x1900
            #expect(try memory.load(at: bss, as: UInt64.self) == 0)
            try memory.store(UInt64(1), at: bss)
            #expect(try memory.load(at: ElfBuilder.textAddress + 0x400, as: UInt32.self) == 0x2402_0001)
        }
    }

    // MARK: Hostile files

    @Test func everyHostileFileIsLoadedOrRefusedInOneLine() throws {
        let files = HostileFiles(elf).all
        #expect(files.count >= 200)
        var refused = 0
        for file in files {
            do {
                try LoadBench.load(file.bytes) { (_, memory) throws in
                    #expect(memory.addressSpace.table.inconsistency(page: 4096) == nil, "\(file.name)")
                }
            } catch let error as LoadError {
                refused += 1
                #expect(error.exitStatus == 126 && error.errno.rawValue > 0, "\(file.name)")
                let isOneLine = error.message.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
                #expect(isOneLine && !error.message.isEmpty, "\(file.name): \(error.message)")
            }
        }
        // Not everything is refused: bytes that loading does not look at may be anything.
        #expect(refused > files.count / 4 && refused < files.count)
    }

    #if DEBUG
    @Test func aFailingHostGivesARefusal() throws {
        for call in [HostCall.mapMemory, .readFile, .statusOfFile, .protectMemory] {
            for occurrence in 1...6 { TestSpace.alone { checkRefusal(call, occurrence) } }
        }
    }

    private func checkRefusal(_ call: HostCall, _ occurrence: Int) {
        var wasRefused = false
        let came = HostFault.with(call, ENOMEM, occurrence: occurrence) {
            do { try LoadBench.load(elf.bytes) { _, _ in } } catch { wasRefused = error is LoadError }
        }
        // The first mapping is the reservation, without which loading goes on.
        if call == .mapMemory && occurrence == 1 { return }
        #expect(!came || wasRefused, "\(call) \(occurrence)")
    }
    #endif
}
