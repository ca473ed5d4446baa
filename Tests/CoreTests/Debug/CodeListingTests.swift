import Testing

@testable import BSDUserCore

/// Reads fields one after the other, as perf does.
private struct RecordReader {
    var bytes: ArraySlice<UInt8>

    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(_ type: Number.Type = Number.self) -> Number {
        var result: Number = 0
        for index in 0..<MemoryLayout<Number>.size {
            result |= Number(truncatingIfNeeded: bytes.popFirst() ?? 0) << (8 * Number(index))
        }
        return result
    }
}

@Suite("Listings of code") struct CodeListingTests {
    private let code = ListedCode(address: 0x7F00_1234_5670, byteCount: 0x2C, name: "main+0x10 0x400010")

    @Test("are lines of a map for perf")
    func perfMap() {
        #expect(String(decoding: PerfMap.line(code), as: UTF8.self) == "7f0012345670 2c main+0x10 0x400010\n")
        #expect(PerfMap.path(pid: 12) == "/tmp/perf-12.map")
    }

    /// Sizes and fields of tools/perf/Documentation/jitdump-specification.txt.
    @Test("are a header and records of a jitdump")
    func jitDump() {
        var header = RecordReader(bytes: JITDump.header(pid: 12, nanoseconds: 99)[...])
        #expect(header.bytes.count == 40)
        #expect(header.bytes.prefix(4).elementsEqual("DTiJ".utf8))
        #expect(header.number(UInt32.self) == 0x4A69_5444)
        #expect(header.number(UInt32.self) == 1)
        #expect(header.number(UInt32.self) == 40)
        #expect(header.number(UInt32.self) == 62)
        #expect(header.number(UInt32.self) == 0)
        #expect(header.number(UInt32.self) == 12)
        #expect(header.number(UInt64.self) == 99)
        #expect(header.number(UInt64.self) == 0)

        let contents: [UInt8] = [0x90, 0xC3]
        let record = contents.withUnsafeBytes {
            JITDump.load(code, bytes: $0, index: 7, pid: 12, thread: 13, nanoseconds: 100)
        }
        var reader = RecordReader(bytes: record[...])
        #expect(reader.number(UInt32.self) == 0)
        #expect(reader.number(UInt32.self) == UInt32(record.count))
        #expect(reader.number(UInt64.self) == 100)
        #expect(reader.number(UInt32.self) == 12)
        #expect(reader.number(UInt32.self) == 13)
        #expect(reader.number(UInt64.self) == 0x7F00_1234_5670)
        #expect(reader.number(UInt64.self) == 0x7F00_1234_5670)
        #expect(reader.number(UInt64.self) == 2)
        #expect(reader.number(UInt64.self) == 7)
        #expect(reader.bytes.elementsEqual(Array("main+0x10 0x400010".utf8) + [0, 0x90, 0xC3]))
    }
}

@Suite("Symbol tables") struct SymbolTableTests {
    private let segment = SymbolTable.CodeSegment(offset: 0x100, byteCount: 0x1000, address: 0x400_100)

    private func table(_ symbols: (UInt64, UInt64, String)...) -> SymbolTable {
        SymbolTable(
            symbols: symbols.map { SymbolTable.Symbol(start: $0.0, byteCount: $0.1, name: Array($0.2.utf8)) },
            segments: [segment])
    }

    private func place(_ table: SymbolTable, _ offset: UInt64) -> String? {
        table.place(atFileOffset: offset).map { String(decoding: $0.name, as: UTF8.self) + "+\($0.offset)" }
    }

    @Test("find the function around code in the file")
    func findsFunctions() {
        let table = table((0x400_300, 0x20, "second"), (0x400_200, 0x10, "first"), (0x400_500, 0, "label"))
        #expect(place(table, 0x1FF) == nil)
        #expect(place(table, 0x200) == "first+0")
        #expect(place(table, 0x20F) == "first+15")
        // Between two functions.
        #expect(place(table, 0x210) == nil)
        #expect(place(table, 0x304) == "second+4")
        #expect(place(table, 0x600) == "label+256")
        #expect(place(table, 0x50) == nil)
        #expect(place(table, 0x1100) == nil)
    }

    @Test("prefer functions to labels at the same address, and the first of several")
    func prefersFunctions() {
        let table = table((0x400_200, 0, "label"), (0x400_200, 8, "function"), (0x400_200, 8, "alias"))
        #expect(place(table, 0x204) == "function+4")
    }

    @Test("are not there for files that are no ELF files")
    func refusesOthers() throws {
        let file = try HostFile.open(Array("/proc/self/maps".utf8))
        #expect(SymbolTable(descriptor: file.descriptor) == nil)
    }
}

/// Guest code of one file, whose functions have the names that an attacker wants.
private final class NamedCode: CodeSource {
    let file: [UInt8]
    init(file: [UInt8]) { self.file = file }

    func code(at address: GuestAddress) -> CodeWindow? { nil }
    func setWriteProtection(_ isProtected: Bool, page: GuestAddress) {}
    func path(at address: GuestAddress) -> [UInt8]? { file }
    func origin(of address: GuestAddress) -> CodeOrigin? {
        CodeOrigin(file: CodeOrigin.File(device: 1, inode: 2), offset: address)
    }
}

@Suite("Names of guest addresses") struct GuestSymbolTests {
    @Test("tell the file where functions have no names, on one line whatever it is called")
    func namesFiles() {
        let symbols = GuestSymbols(source: NamedCode(file: Array("/tmp/a\nb\u{7F}".utf8)))
        #expect(symbols.name(of: 0x20) == "[a\\xab\\x7f]+0x20")
    }
}
