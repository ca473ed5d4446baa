import BSDUserCore

/// A registration with the kernel's binfmt_misc: which files to start the emulator for.
///
/// The format is that of binfmt.d(5) and of Linux's Documentation/admin-guide/binfmt-misc.rst.
struct BinaryFormat: Equatable {
    /// What the names of all registrations begin with.
    static let prefix = "bsduser-"

    var name: String
    var magic: [UInt8]
    var mask: [UInt8]

    /// FreeBSD programs of an architecture: its ELF header, with FreeBSD in EI_OSABI so that Linux programs of the same
    /// machine are left alone.
    init(name plugin: String, elf: ElfIdentity) {
        name = BinaryFormat.prefix + plugin
        magic = [0x7F, 0x45, 0x4C, 0x46, elf.is64Bit ? 2 : 1, elf.byteOrder == .big ? 2 : 1, 1, 9]
        mask = [UInt8](repeating: 0xFF, count: 8)
        // Padding: old FreeBSD programs carry their brand in it.
        magic += [UInt8](repeating: 0, count: 8)
        mask += [UInt8](repeating: 0, count: 8)
        // ET_EXEC is 2 and ET_DYN is 3.
        append(2, mask: 0xFFFE, byteCount: 2, elf.byteOrder)
        append(UInt32(elf.machine), mask: 0xFFFF, byteCount: 2, elf.byteOrder)
        if elf.flagsMask != 0 {
            let skipped = (elf.is64Bit ? 48 : 36) - magic.count
            magic += [UInt8](repeating: 0, count: skipped)
            mask += [UInt8](repeating: 0, count: skipped)
            append(elf.flagsValue, mask: elf.flagsMask, byteCount: 4, elf.byteOrder)
        }
    }

    /// The line to register: flag P, so that the guest gets its own argv[0].
    func line(interpreter: String) -> String {
        ":\(name):M::\(BinaryFormat.escaped(magic)):\(BinaryFormat.escaped(mask)):\(interpreter):P"
    }

    private mutating func append(_ value: UInt32, mask: UInt32, byteCount: Int, _ order: ByteOrder) {
        for index in 0..<byteCount {
            let shift = UInt32(8 * (order == .big ? byteCount - 1 - index : index))
            magic.append(UInt8(truncatingIfNeeded: value >> shift))
            self.mask.append(UInt8(truncatingIfNeeded: mask >> shift))
        }
    }

    private static func escaped(_ bytes: [UInt8]) -> String {
        bytes.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
