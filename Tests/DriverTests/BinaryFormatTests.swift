import BSDUserCore
import Testing

@testable import bsduserctl

@Suite struct BinaryFormats {
    private func format(_ elf: ElfIdentity) -> BinaryFormat {
        BinaryFormat(name: "toy", elf: elf)
    }

    /// Whether the kernel would take a file with this header (fs/binfmt_misc.c: every byte under the mask is equal).
    private func matches(_ format: BinaryFormat, _ header: [UInt8]) -> Bool {
        format.magic.indices.allSatisfy { (header[$0] ^ format.magic[$0]) & format.mask[$0] == 0 }
    }

    /// The header of a mips64 program: ELF, 64 bits, big-endian, FreeBSD, ET_EXEC, EM_MIPS.
    private let mips64: [UInt8] =
        [0x7F, 0x45, 0x4C, 0x46, 2, 2, 1, 9] + [UInt8](repeating: 0, count: 8) + [0, 2, 0, 8]
        + [UInt8](repeating: 0, count: 44)

    private let format64 = BinaryFormat(
        name: "mips64", elf: ElfIdentity(machine: 8, is64Bit: true, byteOrder: .big))

    @Test func theFormatMatchesProgramsOfItsArchitecture() {
        #expect(matches(format64, mips64))
        var pie = mips64
        pie[17] = 3
        #expect(matches(format64, pie))
        var branded = mips64
        branded.replaceSubrange(8..<15, with: Array("FreeBSD".utf8))
        #expect(matches(format64, branded))
    }

    @Test(arguments: [(7, 0), (7, 3), (4, 1), (5, 1), (17, 1), (17, 4), (19, 9), (0, 0)])
    func otherProgramsAreLeftAlone(offset: Int, value: Int) {
        var header = mips64
        header[offset] = UInt8(value)
        #expect(!matches(format64, header))
    }

    @Test func littleEndianHeadersAreMatchedInTheirOrder() {
        var header = mips64
        header[5] = 1
        header.replaceSubrange(16..<20, with: [2, 0, 183, 0])
        #expect(matches(format(ElfIdentity(machine: 183, is64Bit: true, byteOrder: .little)), header))
    }

    @Test func flagsAreMatchedWhereThePluginAsksForThem() {
        let elf = ElfIdentity(
            machine: 8, is64Bit: true, byteOrder: .big, flagsMask: 0xF000_0000, flagsValue: 0x8000_0000)
        var header = mips64
        #expect(!matches(format(elf), header))
        header[48] = 0x87
        #expect(matches(format(elf), header))
    }

    @Test func theLineIsThatOfTheKernelsDocumentation() {
        let line = format64.line(interpreter: "/usr/bin/bsduser")
        let fields = line.split(separator: ":", omittingEmptySubsequences: false)
        #expect(fields.count == 8)
        #expect(fields[1] == "bsduser-mips64")
        #expect(fields[2] == "M")
        #expect(fields[3].isEmpty)
        #expect(fields[4].hasPrefix("\\x7f\\x45\\x4c\\x46\\x02\\x02\\x01\\x09"))
        #expect(fields[5].hasPrefix("\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00"))
        #expect(fields[6] == "/usr/bin/bsduser")
        #expect(fields[7] == "P")
        #expect(line.utf8.count < 1920)
    }
}
