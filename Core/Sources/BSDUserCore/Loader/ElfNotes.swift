/// What the FreeBSD notes of a program say (sys/sys/elf_common.h, `NT_FREEBSD_*`).
struct ElfNotes: Equatable, Sendable {
    /// `NT_FREEBSD_ABI_TAG`: `__FreeBSD_version` of the system it was built for.
    var release: Int32?
    /// `NT_FREEBSD_ARCH_TAG`: `hw.machine_arch`.
    var machineArchitecture: String?
    /// `NT_FREEBSD_FEATURE_CTL`.
    var featureControl: UInt32 = 0
    /// The system named by a GNU ABI note (0 is Linux).
    var gnuSystem: UInt32?

    /// Most bytes of notes that are looked at.
    static let maximumBytes: UInt64 = 1 << 16

    /// Reads one note segment; entries that do not fit in it end the reading.
    mutating func read(_ bytes: [UInt8], _ order: ByteOrder) {
        var offset = 0
        while let note = ElfNotes.note(bytes, at: &offset, order) { take(note, order) }
    }

    private struct Note {
        var name: ArraySlice<UInt8>
        var type: UInt32
        var value: ArraySlice<UInt8>
    }

    private static func number(_ bytes: ArraySlice<UInt8>, _ order: ByteOrder) -> UInt32? {
        guard bytes.count >= 4 else { return nil }
        let four = bytes.prefix(4)
        return (order == .big ? Array(four) : four.reversed()).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Names and values are padded to 4 bytes, which is what FreeBSD's own notes use.
    private static func note(_ bytes: [UInt8], at offset: inout Int, _ order: ByteOrder) -> Note? {
        guard offset <= bytes.count - 12, let nameBytes = number(bytes[offset...], order),
            let valueBytes = number(bytes[(offset + 4)...], order), let type = number(bytes[(offset + 8)...], order)
        else { return nil }
        let nameStart = offset + 12
        let valueStart = nameStart + (Int(nameBytes) + 3) / 4 * 4
        let end = valueStart + Int(valueBytes)
        guard valueStart <= bytes.count, end <= bytes.count else { return nil }
        offset = min(bytes.count, valueStart + (Int(valueBytes) + 3) / 4 * 4)
        return Note(
            name: bytes[nameStart..<nameStart + Int(nameBytes)], type: type, value: bytes[valueStart..<end])
    }

    private mutating func take(_ note: Note, _ order: ByteOrder) {
        if note.name.elementsEqual("FreeBSD\0".utf8) {
            switch note.type {
            case 1: release = ElfNotes.number(note.value, order).map { Int32(bitPattern: $0) }
            case 3: machineArchitecture = String(decoding: note.value.prefix { $0 != 0 }, as: UTF8.self)
            case 4: featureControl = ElfNotes.number(note.value, order) ?? 0
            default: break
            }
        }
        if note.name.elementsEqual("GNU\0".utf8), note.type == 1 { gnuSystem = ElfNotes.number(note.value, order) }
    }
}
