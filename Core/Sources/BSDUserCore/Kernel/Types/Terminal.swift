/// `struct termios`.
struct TerminalSettings: GuestStruct, Equatable, Sendable {
    var input: UInt32 = 0
    var output: UInt32 = 0
    var control: UInt32 = 0
    var local: UInt32 = 0
    var characters = [UInt8](repeating: TerminalSettings.disabled, count: TerminalSettings.characterCount)
    var inputSpeed: UInt32 = 0
    var outputSpeed: UInt32 = 0

    /// `NCCS`, and `_POSIX_VDISABLE`.
    static let characterCount = 20
    static let disabled: UInt8 = 0xff

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("c_iflag", &input, .named { TraceValue.flagText(FlagSet<TerminalInputFlags>(guest: $0)) })
        visitor.int("c_oflag", &output, .named { TraceValue.flagText(FlagSet<TerminalOutputFlags>(guest: $0)) })
        visitor.int("c_cflag", &control, .named { TraceValue.flagText(FlagSet<TerminalControlFlags>(guest: $0)) })
        visitor.int("c_lflag", &local, .named { TraceValue.flagText(FlagSet<TerminalLocalFlags>(guest: $0)) })
        visitor.bytes("c_cc", &characters, count: Self.characterCount, isText: false)
        visitor.int("c_ispeed", &inputSpeed)
        visitor.int("c_ospeed", &outputSpeed)
    }

    // Index of a character in the guest's list, and in the host's (asm-generic/termbits.h).
    private static let characterRows: [(guest: Int, host: Int)] = [
        (0, 4), (1, 11), (2, 16), (3, 2), (4, 14), (5, 3), (6, 12), (8, 0), (9, 1), (10, 10), (12, 8), (13, 9),
        (14, 15),
        (15, 13), (16, 6), (17, 5),
    ]
    // VMIN and VTIME are numbers: zero does not mean "none".
    private static let numbers: Set<Int> = [16, 17]

    /// From the host's `struct termios2` as bytes.
    init(host: [UInt8]) {
        self.init()
        let words = host.littleEndianWords
        input = UInt32(truncatingIfNeeded: FlagSet<TerminalInputFlags>(host: UInt64(words[0])).guest)
        output = UInt32(truncatingIfNeeded: FlagSet<TerminalOutputFlags>(host: UInt64(words[1])).guest)
        control = UInt32(truncatingIfNeeded: FlagSet<TerminalControlFlags>(host: UInt64(words[2])).guest)
        local = UInt32(truncatingIfNeeded: FlagSet<TerminalLocalFlags>(host: UInt64(words[3])).guest)
        for row in Self.characterRows {
            let value = host[17 + row.host]
            characters[row.guest] = value == 0 && !Self.numbers.contains(row.guest) ? Self.disabled : value
        }
        inputSpeed = words[9]
        outputSpeed = words[10]
    }

    init() {}

    /// Puts the settings into the host's `struct termios2`; what the guest does not know of stays.
    func apply(to host: inout [UInt8]) {
        var words = host.littleEndianWords
        words[0] = merged(FlagSet<TerminalInputFlags>(guest: UInt64(input)), words[0])
        words[1] = merged(FlagSet<TerminalOutputFlags>(guest: UInt64(output)), words[1])
        // Speeds by number: BOTHER in CBAUD and CIBAUD.
        words[2] = merged(FlagSet<TerminalControlFlags>(guest: UInt64(control)), words[2]) & ~0x100f_100f | 0x1000_1000
        words[3] = merged(FlagSet<TerminalLocalFlags>(guest: UInt64(local)), words[3])
        words[9] = inputSpeed == 0 ? outputSpeed : inputSpeed
        words[10] = outputSpeed
        let tail = Array(host[16..<36])
        host = [UInt8](littleEndianWords: words)
        host.replaceSubrange(16..<36, with: tail)
        for row in Self.characterRows {
            let value = row.guest < characters.count ? characters[row.guest] : Self.disabled
            host[17 + row.host] = value == Self.disabled && !Self.numbers.contains(row.guest) ? 0 : value
        }
    }

    private func merged<Table: FlagTable>(_ flags: FlagSet<Table>, _ old: UInt32) -> UInt32 {
        let known = UInt32(truncatingIfNeeded: Table.rows.reduce(0) { $0 | ($1.host ?? 0) })
        return old & ~known | UInt32(truncatingIfNeeded: flags.host)
    }
}

extension [UInt8] {
    /// Words of 32 bits, least significant byte first.
    fileprivate var littleEndianWords: [UInt32] {
        var words: [UInt32] = []
        for start in stride(from: 0, to: count - 3, by: 4) {
            var word: UInt32 = 0
            for index in 0..<4 { word |= UInt32(self[start + index]) << UInt32(index * 8) }
            words.append(word)
        }
        return words
    }

    /// The bytes of words of 32 bits, least significant byte first.
    fileprivate init(littleEndianWords words: [UInt32]) {
        self.init()
        for word in words {
            for index in 0..<4 { append(UInt8(truncatingIfNeeded: word >> UInt32(index * 8))) }
        }
    }
}

/// `struct winsize`.
struct WindowSize: GuestStruct, Equatable, Sendable {
    var rows: UInt16 = 0
    var columns: UInt16 = 0
    var width: UInt16 = 0
    var height: UInt16 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("ws_row", &rows)
        visitor.int("ws_col", &columns)
        visitor.int("ws_xpixel", &width)
        visitor.int("ws_ypixel", &height)
    }
}
