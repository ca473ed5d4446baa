import CLibelf
import Glibc

/// The functions of an ELF file by their addresses, from `.symtab`, or `.dynsym` where that was stripped.
struct SymbolTable {
    /// A function's name and how far behind its start an address lies.
    struct Place: Equatable {
        var name: [UInt8]
        var offset: UInt64
    }

    struct Symbol: Equatable {
        var start: UInt64
        /// 0 where the file does not tell.
        var byteCount: UInt64
        var name: [UInt8]
    }

    /// Part of the file that is code: where it stands in the file and where it belongs in memory.
    struct CodeSegment: Equatable {
        var offset: UInt64
        var byteCount: UInt64
        var address: UInt64
    }

    /// A file may claim more than it is worth to keep, and longer names.
    private static let symbolLimit = 1 << 21
    private static let nameLimit = 512
    private static let executable: UInt32 = 1

    private let symbols: [Symbol]
    private let segments: [CodeSegment]

    init(symbols: [Symbol], segments: [CodeSegment]) {
        // Of several at one address the one that says how long it is; among those the first.
        self.symbols = symbols.enumerated()
            .sorted {
                ($0.element.start, $0.element.byteCount == 0 ? 1 : 0, $0.offset)
                    < ($1.element.start, $1.element.byteCount == 0 ? 1 : 0, $1.offset)
            }
            .map(\.element)
            .reduce(into: []) { if $0.last?.start != $1.start { $0.append($1) } }
        self.segments = segments
    }

    /// Reads an open file; nil when it is no ELF file.
    init?(descriptor: Int32) {
        guard elf_version(UInt32(EV_CURRENT)) != UInt32(EV_NONE), let elf = elf_begin(descriptor, ELF_C_READ, nil)
        else { return nil }
        defer { elf_end(elf) }
        guard elf_kind(elf) == ELF_K_ELF else { return nil }
        var symbols = Self.symbols(elf, sectionType: UInt32(SHT_SYMTAB))
        if symbols.isEmpty { symbols = Self.symbols(elf, sectionType: UInt32(SHT_DYNSYM)) }
        self.init(symbols: symbols, segments: Self.codeSegments(elf))
    }

    /// The function that code at an offset of the file belongs to.
    func place(atFileOffset offset: UInt64) -> Place? {
        for segment in segments where offset >= segment.offset && offset - segment.offset < segment.byteCount {
            return place(at: segment.address &+ (offset - segment.offset))
        }
        return nil
    }

    /// The function that an address of the file belongs to.
    private func place(at address: UInt64) -> Place? {
        var low = 0
        var high = symbols.count
        while low < high {
            let middle = (low + high) / 2
            if symbols[middle].start <= address { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let symbol = symbols[low - 1]
        let offset = address - symbol.start
        guard symbol.byteCount == 0 || offset < symbol.byteCount else { return nil }
        return Place(name: symbol.name, offset: offset)
    }

    // MARK: Reading

    private static func codeSegments(_ elf: OpaquePointer) -> [CodeSegment] {
        var count = 0
        guard elf_getphdrnum(elf, &count) == 0 else { return [] }
        var segments: [CodeSegment] = []
        for index in 0..<min(count, Int(UInt16.max)) {
            var row = GElf_Phdr()
            guard gelf_getphdr(elf, Int32(index), &row) != nil else { continue }
            guard row.p_type == UInt32(PT_LOAD), row.p_flags & executable != 0 else { continue }
            segments.append(CodeSegment(offset: row.p_offset, byteCount: row.p_filesz, address: row.p_vaddr))
        }
        return segments
    }

    private static func symbols(_ elf: OpaquePointer, sectionType: UInt32) -> [Symbol] {
        var section = elf_nextscn(elf, nil)
        while let current = section {
            var header = GElf_Shdr()
            if gelf_getshdr(current, &header) != nil, header.sh_type == sectionType, header.sh_entsize > 0 {
                return symbols(elf, current, header)
            }
            section = elf_nextscn(elf, current)
        }
        return []
    }

    private static func symbols(_ elf: OpaquePointer, _ section: OpaquePointer, _ header: GElf_Shdr) -> [Symbol] {
        guard let data = elf_getdata(section, nil) else { return [] }
        var symbols: [Symbol] = []
        let count = min(Int(clamping: header.sh_size / header.sh_entsize), symbolLimit)
        for index in 0..<count {
            var row = GElf_Sym()
            guard gelf_getsym(data, Int32(index), &row) != nil else { break }
            guard isFunction(row), let name = elf_strptr(elf, Int(header.sh_link), Int(row.st_name)) else { continue }
            let bytes = Array(UnsafeRawBufferPointer(start: name, count: strnlen(name, nameLimit)))
            // `$x` and its relatives tell code from data (ELF for the Arm 64-bit Architecture, 5.5).
            guard let first = bytes.first, first != UInt8(ascii: "$") else { continue }
            symbols.append(Symbol(start: row.st_value, byteCount: row.st_size, name: bytes))
        }
        return symbols
    }

    /// Functions, and labels of assembly code.
    private static func isFunction(_ symbol: GElf_Sym) -> Bool {
        guard symbol.st_shndx != UInt16(SHN_UNDEF), symbol.st_shndx < UInt16(SHN_LORESERVE) else { return false }
        switch Int32(symbol.st_info & 0xf) {
        case STT_FUNC, STT_NOTYPE, STT_GNU_IFUNC: return true
        default: return false
        }
    }
}
