import CLibelf

/// The parts of an ELF file that loading needs, read by libelf from a private copy and checked again here.
struct ElfImage: Equatable, Sendable {
    /// One program header.
    struct Segment: Equatable, Sendable {
        var type: UInt32
        var flags: UInt32
        var offset: UInt64
        var address: UInt64
        var fileByteCount: UInt64
        var memoryByteCount: UInt64
        var alignment: UInt64

        /// The bytes in the file; nil when the range overflows.
        var fileRange: Range<UInt64>? {
            let (end, overflow) = offset.addingReportingOverflow(fileByteCount)
            return overflow ? nil : offset..<end
        }
    }

    /// `e_type`: only these are programs.
    enum Kind: UInt16, Sendable {
        case executable = 2
        case dynamic = 3
    }

    var identity: ProgramIdentity
    /// `EI_OSABI`, and whether the old brand "FreeBSD" stands at `e_ident[8]`.
    var systemABI: UInt8
    var hasOldBrand: Bool
    var kind: Kind
    var entry: UInt64
    var headerOffset: UInt64
    var headerEntryBytes: Int
    var segments: [Segment]

    /// Bytes from the start of the file that are enough: the kernel wants the program headers in the first page
    /// (sys/kern/imgact_elf.c); this allows for larger pages.
    static let prefixBytes = 1 << 16

    enum SegmentType {
        static let load: UInt32 = 1, dynamic: UInt32 = 2, interpreter: UInt32 = 3, note: UInt32 = 4
        static let programHeaders: UInt32 = 6, threadLocal: UInt32 = 7, gnuStack: UInt32 = 0x6474_e551
    }

    /// Why a file is no program.
    struct Problem: Error, Equatable {
        let text: String
        init(_ text: String) { self.text = text }
    }

    /// Reads the header and the program headers from the first bytes of a file (`prefixBytes`, or the whole file).
    init(prefix: [UInt8]) throws(Problem) {
        guard let identity = ProgramIdentity(header: prefix) else { throw Problem("not an ELF file") }
        self.identity = identity
        let headerBytes = identity.is64Bit ? 64 : 52
        guard prefix.count >= headerBytes else { throw Problem("truncated in the ELF header") }
        guard prefix[6] == 1 else { throw Problem("ELF version \(prefix[6])") }
        systemABI = prefix[7]
        hasOldBrand = prefix[8..<15].elementsEqual("FreeBSD".utf8)
        var copy = prefix
        ElfImage.dropSections(&copy, is64Bit: identity.is64Bit)
        guard elf_version(UInt32(EV_CURRENT)) != UInt32(EV_NONE) else { throw Problem("libelf is of another version") }
        let contents = try copy.withUnsafeMutableBytes { bytes in ElfImage.result(bytes) }.get()
        kind = contents.kind
        entry = contents.entry
        headerOffset = contents.headerOffset
        headerEntryBytes = contents.headerEntryBytes
        segments = contents.segments
    }

    /// Section headers are of no use here and may point anywhere.
    private static func dropSections(_ bytes: inout [UInt8], is64Bit: Bool) {
        let fields = is64Bit ? [40..<48, 58..<64] : [32..<36, 46..<52]
        for field in fields { for index in field { bytes[index] = 0 } }
    }

    private struct Contents {
        var kind: Kind
        var entry: UInt64
        var headerOffset: UInt64
        var headerEntryBytes: Int
        var segments: [Segment]
    }

    private static func result(_ bytes: UnsafeMutableRawBufferPointer) -> Result<Contents, Problem> {
        do throws(Problem) { return .success(try read(bytes)) } catch { return .failure(error) }
    }

    private static func read(_ bytes: UnsafeMutableRawBufferPointer) throws(Problem) -> Contents {
        let memory = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard let elf = elf_memory(memory, bytes.count) else { throw Problem(libelfMessage()) }
        defer { elf_end(elf) }
        var header = GElf_Ehdr()
        guard gelf_getehdr(elf, &header) != nil else { throw Problem(libelfMessage()) }
        guard header.e_version == 1 else { throw Problem("ELF version \(header.e_version)") }
        guard let kind = Kind(rawValue: header.e_type) else {
            throw Problem("ELF type \(header.e_type), not a program")
        }
        let entryBytes = gelf_fsize(elf, ELF_T_PHDR, 1, UInt32(EV_CURRENT))
        guard header.e_phnum > 0 else { throw Problem("no program headers") }
        guard header.e_phnum != 0xffff, Int(header.e_phentsize) == entryBytes else {
            throw Problem("program headers of a wrong size or number")
        }
        let (tableEnd, overflow) = header.e_phoff.addingReportingOverflow(UInt64(header.e_phnum) * UInt64(entryBytes))
        guard !overflow, tableEnd <= UInt64(bytes.count) else {
            throw Problem("program headers beyond the first \(bytes.count) bytes")
        }
        var segments: [Segment] = []
        segments.reserveCapacity(Int(header.e_phnum))
        for index in 0..<Int32(header.e_phnum) {
            var row = GElf_Phdr()
            guard gelf_getphdr(elf, index, &row) != nil else { throw Problem(libelfMessage()) }
            segments.append(
                Segment(
                    type: row.p_type, flags: row.p_flags, offset: row.p_offset, address: row.p_vaddr,
                    fileByteCount: row.p_filesz, memoryByteCount: row.p_memsz, alignment: row.p_align))
        }
        return Contents(
            kind: kind, entry: header.e_entry, headerOffset: header.e_phoff, headerEntryBytes: entryBytes,
            segments: segments)
    }

    private static func libelfMessage() -> String {
        guard let text = elf_errmsg(-1) else { return "unreadable ELF data" }
        return String(cString: text)
    }
}
