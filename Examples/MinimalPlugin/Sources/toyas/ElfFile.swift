/// A FreeBSD executable with two segments, text and data.
struct ElfFile {
    private(set) var bytes: [UInt8] = []

    private static let headerBytes = 64
    private static let segmentBytes = 56
    private static let pageBytes = 0x1000

    init(_ program: Assembler) {
        let textOffset = ElfFile.pageBytes
        let dataOffset =
            textOffset + (program.text.count + ElfFile.pageBytes - 1) / ElfFile.pageBytes * ElfFile.pageBytes
        // e_ident: 64-bit, little-endian, version 1, ELFOSABI_FREEBSD.
        bytes = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 9] + [UInt8](repeating: 0, count: 8)
        append(2, 2)  // e_type: ET_EXEC
        append(0x7E57, 2)  // e_machine
        append(1, 4)  // e_version
        append(Assembler.textAddress, 8)  // e_entry
        append(UInt64(ElfFile.headerBytes), 8)  // e_phoff
        append(0, 8)  // e_shoff
        append(0, 4)  // e_flags
        append(UInt64(ElfFile.headerBytes), 2)  // e_ehsize
        append(UInt64(ElfFile.segmentBytes), 2)  // e_phentsize
        append(2, 2)  // e_phnum
        append(64, 2)  // e_shentsize
        append(0, 4)  // e_shnum, e_shstrndx
        segment(flags: 5, offset: textOffset, address: Assembler.textAddress, byteCount: program.text.count)
        segment(flags: 6, offset: dataOffset, address: Assembler.dataAddress, byteCount: program.data.count)
        pad(to: textOffset)
        bytes += program.text
        pad(to: dataOffset)
        bytes += program.data
    }

    private mutating func segment(flags: UInt64, offset: Int, address: UInt64, byteCount: Int) {
        append(1, 4)  // p_type: PT_LOAD
        append(flags, 4)
        append(UInt64(offset), 8)
        append(address, 8)  // p_vaddr
        append(address, 8)  // p_paddr
        append(UInt64(byteCount), 8)  // p_filesz
        append(UInt64(byteCount), 8)  // p_memsz
        append(UInt64(ElfFile.pageBytes), 8)  // p_align
    }

    private mutating func append(_ value: UInt64, _ byteCount: Int) {
        bytes += (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    private mutating func pad(to offset: Int) {
        bytes += [UInt8](repeating: 0, count: offset - bytes.count)
    }
}
