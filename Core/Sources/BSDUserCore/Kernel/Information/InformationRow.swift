/// One variable of `sysctl`.
struct InformationRow: Sendable {
    /// The full name, from the root.
    let name: String
    /// The last number of the object identifier; nil takes the next free one of the parent (`OID_AUTO`).
    let number: Int32?
    let type: InformationType
    /// `sysctl`'s format, where it does not follow from the type (`S,timeval`).
    let format: String
    let summary: String
    /// The variable's own numbers follow its identifier (`kern.proc.pathname.<pid>`); it is not listed.
    let takesArguments: Bool
    let value: @Sendable (GuestThread, ArraySlice<Int32>) throws(Errno) -> InformationValue

    init(
        _ name: String, _ number: Int32?, _ type: InformationType, _ summary: String, format: String? = nil,
        _ value: @escaping @Sendable (GuestThread) throws(Errno) -> InformationValue
    ) {
        self.name = name
        self.number = number
        self.type = type
        self.summary = summary
        self.format = format ?? type.format
        takesArguments = false
        self.value = { thread, _ throws(Errno) in try value(thread) }
    }

    init(
        _ name: String, _ type: InformationType, _ summary: String,
        _ value: @escaping @Sendable (GuestThread) throws(Errno) -> InformationValue
    ) {
        self.init(name, nil, type, summary, value)
    }

    init(
        withArguments name: String, _ number: Int32, _ summary: String,
        _ value: @escaping @Sendable (GuestThread, ArraySlice<Int32>) throws(Errno) -> InformationValue
    ) {
        self.name = name
        self.number = number
        type = .node
        format = "N"
        self.summary = summary
        takesArguments = true
        self.value = value
    }
}

/// `CTLTYPE_*` (`sys/sysctl.h`).
enum InformationType: UInt32, Sendable {
    case node = 1, int, text, signed64, opaque, unsignedInt, long, unsignedLong, unsigned64

    var format: String {
        switch self {
        case .node: "N"
        case .int: "I"
        case .text: "A"
        case .signed64: "Q"
        case .opaque: "S"
        case .unsignedInt: "IU"
        case .long: "L"
        case .unsignedLong: "LU"
        case .unsigned64: "QU"
        }
    }
}

/// The value of a variable.
enum InformationValue: Sendable {
    case int(Int32)
    case unsignedInt(UInt32)
    case long(Int64)
    case unsignedLong(UInt64)
    case unsigned64(UInt64)
    case text([UInt8])
    case bytes([UInt8])
    /// As many random bytes as the program asks for.
    case random

    static func string(_ text: String) -> InformationValue { .text(Array(text.utf8)) }

    /// The value in the guest's form.
    func encoded(_ abi: GuestABI) -> [UInt8] {
        switch self {
        case .int(let value): GuestInt(value).encoded(abi)
        case .unsignedInt(let value): GuestUnsigned(value).encoded(abi)
        case .long(let value): GuestLong(value).encoded(abi)
        case .unsignedLong(let value): GuestWord(value).encoded(abi)
        case .unsigned64(let value): GuestOffset(Int64(bitPattern: value)).encoded(abi)
        case .text(let text): text + [0]
        case .bytes(let bytes): bytes
        case .random: []
        }
    }

    var traceValue: TraceValue {
        switch self {
        case .int(let value): .integer(Int64(value))
        case .unsignedInt(let value): .unsigned(UInt64(value))
        case .long(let value): .integer(value)
        case .unsignedLong(let value), .unsigned64(let value): .unsigned(value)
        case .text(let text): .bytes(text)
        case .bytes(let bytes): .symbol("<\(bytes.count) bytes>")
        case .random: .symbol("<random bytes>")
        }
    }
}
