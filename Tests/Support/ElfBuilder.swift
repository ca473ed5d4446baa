/// An ELF program put together byte by byte, valid unless a test asks otherwise.
public struct ElfBuilder: Sendable {
    /// One program header. The bytes of the file it names are the builder's affair.
    public struct Segment: Sendable {
        public var type: UInt32
        public var flags: UInt32
        public var offset: UInt64
        public var address: UInt64
        public var fileByteCount: UInt64
        public var memoryByteCount: UInt64
        public var alignment: UInt64

        public init(
            type: UInt32 = 1, flags: UInt32, offset: UInt64, address: UInt64, fileByteCount: UInt64,
            memoryByteCount: UInt64? = nil, alignment: UInt64 = 0x1000
        ) {
            self.type = type
            self.flags = flags
            self.offset = offset
            self.address = address
            self.fileByteCount = fileByteCount
            self.memoryByteCount = memoryByteCount ?? fileByteCount
            self.alignment = alignment
        }
    }

    public var is64Bit = true
    public var isBigEndian = true
    public var machine: UInt16 = 8
    public var type: UInt16 = 2
    /// `EI_OSABI`: 9 is FreeBSD.
    public var systemABI: UInt8 = 9
    public var flags: UInt32 = 0x8000_0007
    public var entry: UInt64 = 0
    public var segments: [Segment] = []
    /// Bytes of the file beyond the headers: where each part starts, and what it is.
    public var parts: [(offset: Int, bytes: [UInt8])] = []
    public var byteCount = 0

    public init() {}

    public static let textAddress: UInt64 = 0x1_2000_0000
    public static let dataAddress: UInt64 = 0x1_2001_1800

    /// A static FreeBSD/mips64 program with text, data, bss, a note and a stack mark, running `code`.
    public static func program(code: [UInt32]) -> ElfBuilder {
        var elf = ElfBuilder()
        let codeOffset = 0x400
        elf.entry = textAddress + UInt64(codeOffset)
        elf.parts = [
            (0x200, elf.note(name: "FreeBSD", type: 1, value: elf.number(1_202_000, 4))),
            (codeOffset, code.flatMap { elf.number(UInt64($0), 4) }),
            (0x1800, (0..<0x300).map { UInt8(truncatingIfNeeded: $0) }),
        ]
        elf.byteCount = 0x1b00
        elf.segments = [
            Segment(flags: 5, offset: 0, address: textAddress, fileByteCount: 0x1800, alignment: 0x10000),
            Segment(
                flags: 6, offset: 0x1800, address: dataAddress, fileByteCount: 0x300, memoryByteCount: 0x4000,
                alignment: 0x10000),
            Segment(
                type: 4, flags: 4, offset: 0x200, address: textAddress + 0x200, fileByteCount: 24, alignment: 4),
            Segment(type: 0x6474_e551, flags: 6, offset: 0, address: 0, fileByteCount: 0, alignment: 16),
        ]
        return elf
    }

    /// `exit(status)` for FreeBSD/mips64.
    public static func exitCode(_ status: UInt16) -> [UInt32] {
        [0x2402_0001, 0x2404_0000 | UInt32(status), 0x0000_000c]
    }

    /// A number in the file's byte order.
    public func number(_ value: UInt64, _ byteCount: Int) -> [UInt8] {
        let little = (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
        return isBigEndian ? little.reversed() : little
    }

    /// A note as `PT_NOTE` has it.
    public func note(name: String, type: UInt32, value: [UInt8]) -> [UInt8] {
        let text = Array(name.utf8) + [0]
        let padding = { (count: Int) in [UInt8](repeating: 0, count: (4 - count % 4) % 4) }
        return number(UInt64(text.count), 4) + number(UInt64(value.count), 4) + number(UInt64(type), 4)
            + text + padding(text.count) + value + padding(value.count)
    }

    /// Offsets and widths of the header's fields.
    public var headerFields: [(offset: Int, byteCount: Int)] {
        let word = is64Bit ? 8 : 4
        let tail = 24 + 3 * word
        return [(4, 1), (5, 1), (6, 1), (7, 1), (16, 2), (18, 2), (20, 4), (24, word), (24 + word, word)]
            + [(24 + 2 * word, word), (tail, 4)] + (0..<6).map { (tail + 4 + 2 * $0, 2) }
    }

    public var headerByteCount: Int { is64Bit ? 64 : 52 }
    public var segmentByteCount: Int { is64Bit ? 56 : 32 }

    /// Offsets and widths of the fields of one program header.
    public func segmentFields(_ index: Int) -> [(offset: Int, byteCount: Int)] {
        let start = headerByteCount + index * segmentByteCount
        if is64Bit { return [(start, 4), (start + 4, 4)] + (0..<6).map { (start + 8 + 8 * $0, 8) } }
        return (0..<8).map { (start + 4 * $0, 4) }
    }

    /// The file.
    public var bytes: [UInt8] {
        var file = [UInt8](repeating: 0, count: max(byteCount, headerByteCount + segments.count * segmentByteCount))
        func put(_ values: [UInt8], _ offset: Int) {
            file.replaceSubrange(offset..<(offset + values.count), with: values)
        }
        let word = is64Bit ? 8 : 4
        put([0x7f, 0x45, 0x4c, 0x46, is64Bit ? 2 : 1, isBigEndian ? 2 : 1, 1, systemABI], 0)
        let header: [(UInt64, Int)] = [
            (UInt64(type), 2), (UInt64(machine), 2), (1, 4), (entry, word), (UInt64(headerByteCount), word), (0, word),
            (UInt64(flags), 4), (UInt64(headerByteCount), 2), (UInt64(segmentByteCount), 2),
            (UInt64(segments.count), 2), (UInt64(is64Bit ? 64 : 40), 2), (0, 2), (0, 2),
        ]
        put(header.flatMap { number($0.0, $0.1) }, 16)
        for (index, segment) in segments.enumerated() {
            put(encode(segment), headerByteCount + index * segmentByteCount)
        }
        for part in parts { put(part.bytes, part.offset) }
        return file
    }

    private func encode(_ segment: Segment) -> [UInt8] {
        let word = is64Bit ? 8 : 4
        let sizes: [UInt64] = [segment.fileByteCount, segment.memoryByteCount]
        let places = [segment.offset, segment.address, segment.address]
        let flags = number(UInt64(segment.flags), 4)
        let start = number(UInt64(segment.type), 4) + (is64Bit ? flags : [])
        return start + (places + sizes).flatMap { number($0, word) } + (is64Bit ? [] : flags)
            + number(segment.alignment, word)
    }
}

/// Broken variants of a valid program, always the same ones.
public struct HostileFiles {
    public struct File: Sendable {
        /// What was done to it, for messages.
        public var name: String
        public var bytes: [UInt8]
    }

    private let elf: ElfBuilder
    private let valid: [UInt8]

    public init(_ elf: ElfBuilder) {
        self.elf = elf
        valid = elf.bytes
    }

    private static let edges: [UInt64] = [
        0, 1, 3, 0x38, 0xfff, 0x1001, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 1 << 38, 1 << 47, 1 << 63 - 1, 1 << 63,
        .max - 0xfff, .max,
    ]

    /// All of them: each field of each header at the edges of its range, cuts, and random damage.
    public var all: [File] { fields + cuts + overlaps + damaged }

    private var fields: [File] {
        var files: [File] = []
        var places = elf.headerFields.map { ("header", $0) }
        for index in elf.segments.indices { places += elf.segmentFields(index).map { ("segment \(index)", $0) } }
        for (part, field) in places {
            var seen: Set<UInt64> = []
            for edge in HostileFiles.edges {
                let value = field.byteCount == 8 ? edge : edge & (1 << (8 * UInt64(field.byteCount)) - 1)
                guard seen.insert(value).inserted else { continue }
                var bytes = valid
                bytes.replaceSubrange(
                    field.offset..<(field.offset + field.byteCount), with: elf.number(value, field.byteCount))
                if bytes == valid { continue }
                files.append(File(name: "\(part) at \(field.offset) = \(String(value, radix: 16))", bytes: bytes))
            }
        }
        return files
    }

    private var cuts: [File] {
        let ends = [0, 1, 3, 4, 5, 15, 16, 20, 51, 52, 63, 64, 65, 100, 119, 120, 200, 512, 1023, 4095, 4096, 6000]
        return ends.filter { $0 < valid.count }.map { File(name: "cut to \($0)", bytes: Array(valid.prefix($0))) }
    }

    /// Segments over one another, too many of them, interpreters that lead in circles.
    private var overlaps: [File] {
        var files: [File] = []
        func add(_ name: String, _ change: (inout ElfBuilder) -> Void) {
            var copy = elf
            change(&copy)
            files.append(File(name: name, bytes: copy.bytes))
        }
        add("same segment twice") { $0.segments.append($0.segments[0]) }
        add("data over text") { $0.segments[1].address = $0.segments[0].address + 0x800 }
        add("segments in reverse order") { $0.segments.swapAt(0, 1) }
        add("1000 segments") { elf in
            elf.segments = Array(repeating: elf.segments[0], count: 1000)
            elf.byteCount = 1 << 17
        }
        add("no segments") { $0.segments = [] }
        add("nothing to load") { $0.segments.removeFirst(2) }
        add("an interpreter without a name") {
            $0.segments.append(.init(type: 3, flags: 4, offset: 0x1a00, address: 0, fileByteCount: 0))
        }
        add("an interpreter of newlines") { elf in
            elf.parts.append((0x1a00, Array("\n\u{1b}[31mred\r\n".utf8) + [0]))
            elf.segments.append(.init(type: 3, flags: 4, offset: 0x1a00, address: 0, fileByteCount: 11))
        }
        add("an interpreter that does not end") {
            $0.segments.append(.init(type: 3, flags: 4, offset: 0x1901, address: 0, fileByteCount: 0x80))
        }
        add("notes of any size") { elf in
            elf.parts.append((0x200, elf.number(.max, 4) + elf.number(.max, 4) + elf.number(1, 4)))
        }
        return files
    }

    /// Headers with several bytes changed.
    private var damaged: [File] {
        var state: UInt64 = 0xE1F
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(truncatingIfNeeded: (state >> 33) % UInt64(limit))
        }
        let headers = elf.headerByteCount + elf.segments.count * elf.segmentByteCount
        return (0..<150).map { number in
            var bytes = valid
            for _ in 0..<(1 + random(6)) { bytes[4 + random(headers - 4)] = UInt8(truncatingIfNeeded: random(256)) }
            return File(name: "damage \(number)", bytes: bytes)
        }
    }
}
