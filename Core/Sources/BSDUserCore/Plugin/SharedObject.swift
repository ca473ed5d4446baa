/// A look at a file before it is handed to the dynamic linker, which trusts what it loads: is it a complete shared
/// object for this machine, and does it export what a plugin exports?
struct SharedObject {
    /// Reads `count` bytes at an offset; nil when the file has fewer.
    typealias Reader = (_ offset: UInt64, _ count: Int) -> [UInt8]?

    /// Why a file is no plugin.
    struct Refusal {
        /// The end of a sentence about the file.
        var text: String
        /// It is a library like any other, and whole.
        var isLibrary = false
    }

    private static let advice = "; build or install it again, or name another"

    /// Why a file is no plugin; nil when it may be loaded.
    static func refusal(fileBytes: UInt64, exporting symbol: String, read: Reader) -> Refusal? {
        guard let header = read(0, 64), header.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else {
            return Refusal(text: "is not an ELF file" + advice)
        }
        // ELFCLASS64, ELFDATA2LSB, ET_DYN, EM_X86_64.
        guard header[4] == 2, header[5] == 1, number(header, 16, 2) == 3, number(header, 18, 2) == 62 else {
            return Refusal(text: "is not a shared object for x86-64" + advice)
        }
        guard segmentsAreInside(fileBytes, header: header, read: read) else {
            return Refusal(text: "is damaged: a segment reaches beyond the end of the file" + advice)
        }
        switch exports(symbol, fileBytes: fileBytes, header: header, read: read) {
        case .none: return Refusal(text: "is damaged: its section headers make no sense" + advice)
        case .some(false): return Refusal(text: "is not a bsduser plugin: it exports no \(symbol)", isLibrary: true)
        case .some(true): return nil
        }
    }

    private static let mostHeaders = 4096
    private static let mostTableBytes: UInt64 = 64 << 20

    private static func segmentsAreInside(_ fileBytes: UInt64, header: [UInt8], read: Reader) -> Bool {
        let count = Int(number(header, 56, 2))
        guard count > 0, count < mostHeaders, number(header, 54, 2) == 56,
            let table = read(number(header, 32, 8), count * 56)
        else { return false }
        for index in 0..<count where number(table, index * 56, 4) == 1 {
            let (end, overflow) = number(table, index * 56 + 8, 8)
                .addingReportingOverflow(number(table, index * 56 + 32, 8))
            if overflow || end > fileBytes { return false }
        }
        return true
    }

    /// Whether the dynamic symbol table defines the symbol; nil when the file is malformed.
    private static func exports(_ symbol: String, fileBytes: UInt64, header: [UInt8], read: Reader) -> Bool? {
        let count = Int(number(header, 60, 2))
        guard count > 0, count < mostHeaders, number(header, 58, 2) == 64,
            let sections = read(number(header, 40, 8), count * 64)
        else { return nil }
        for index in 0..<count where number(sections, index * 64 + 4, 4) == 11 {  // SHT_DYNSYM
            let link = Int(number(sections, index * 64 + 40, 4))
            guard link < count, let symbols = contents(of: index, sections, read),
                let names = contents(of: link, sections, read)
            else { return nil }
            return defines(Array(symbol.utf8) + [0], symbols: symbols, names: names)
        }
        return false
    }

    private static func contents(of section: Int, _ sections: [UInt8], _ read: Reader) -> [UInt8]? {
        let byteCount = number(sections, section * 64 + 32, 8)
        guard byteCount <= mostTableBytes else { return nil }
        return read(number(sections, section * 64 + 24, 8), Int(byteCount))
    }

    private static func defines(_ name: [UInt8], symbols: [UInt8], names: [UInt8]) -> Bool {
        var offset = 0
        while offset + 24 <= symbols.count {
            let start = Int(number(symbols, offset, 4))
            let isDefined = number(symbols, offset + 6, 2) != 0
            if isDefined, start + name.count <= names.count, names[start] == name[0],
                names[start..<start + name.count].elementsEqual(name)
            {
                return true
            }
            offset += 24
        }
        return false
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ byteCount: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in (0..<byteCount).reversed() {
            value = value << 8 | UInt64(bytes[offset + index])
        }
        return value
    }
}
