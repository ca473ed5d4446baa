/// A decoded value in a trace: text and JSON are written from the same tree.
public indirect enum TraceValue: Sendable, Equatable {
    case integer(Int64)
    case unsigned(UInt64)
    case octal(UInt64)
    /// An address or a handle: the only thing that is printed in hexadecimal.
    case opaque(UInt64)
    /// A null pointer.
    case null
    /// A name of the system's headers.
    case symbol(String)
    /// Names joined by `|`, and bits that have no name.
    case flags([String], rest: UInt64)
    /// Bytes of the guest; at most `TraceValue.textLimit` are kept.
    case text([UInt8])
    /// As text, but cut.
    case truncatedText([UInt8])
    /// A structure, as the walk over its fields prints it.
    case structure(text: String, json: String)
    case list([TraceValue])
    /// A list of which only the beginning is shown.
    case truncatedList([TraceValue])
    /// Nothing that could be shown: padding, an argument on a stack that is not there, an input after the call.
    case absent

    /// Bytes of a path or another text that a trace shows, and elements of a list. Buffers have a limit that the user
    /// sets.
    static let textLimit = 256
    static let listLimit = 32

    /// Bytes, cut to the limit.
    static func bytes(_ bytes: [UInt8]) -> TraceValue {
        bytes.count > textLimit ? .truncatedText(Array(bytes.prefix(textLimit))) : .text(bytes)
    }
}

/// Writes trace values as text.
struct TraceTextWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func append(_ value: TraceValue) {
        switch value {
        case .integer(let number): append(String(number))
        case .unsigned(let number): append(String(number))
        case .octal(let number): append(number == 0 ? "0" : "0" + String(number, radix: 8))
        case .opaque(let number): append("0x" + String(number, radix: 16))
        case .null: append("NULL")
        case .symbol(let name): append(name)
        case .flags(let names, let rest): append(Self.joined(names, rest: rest))
        case .text(let text): appendQuoted(text)
        case .truncatedText(let text):
            appendQuoted(text)
            append("...")
        case .structure(let text, _): append(text)
        case .list(let values): appendList(values, isCut: false)
        case .truncatedList(let values): appendList(values, isCut: true)
        case .absent: append("<unset>")
        }
    }

    static func joined(_ names: [String], rest: UInt64) -> String {
        var parts = names
        if rest != 0 || names.isEmpty { parts.append(rest == 0 ? "0" : "0x" + String(rest, radix: 16)) }
        return parts.joined(separator: "|")
    }

    private mutating func appendList(_ values: [TraceValue], isCut: Bool) {
        append("[")
        for (index, value) in values.enumerated() {
            if index > 0 { append(", ") }
            append(value)
        }
        append(isCut ? ", ...]" : "]")
    }

    // Everything but printable ASCII is escaped, so that no byte of a guest can end a line or look like one.
    private mutating func appendQuoted(_ text: [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\t"): append("\\t")
            case UInt8(ascii: "\r"): append("\\r")
            case 0x20..<0x7f: bytes.append(byte)
            default: append("\\x" + hexadecimal(byte))
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

/// Two hexadecimal digits.
func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
}

/// Writes trace values as JSON.
struct TraceJSONWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func append(_ value: TraceValue) {
        switch value {
        case .integer(let number): append(String(number))
        case .unsigned(let number): append(String(number))
        case .octal(let number): append(String(number))
        // A reader may hold numbers as doubles: addresses are text.
        case .opaque(let number): append("\"0x" + String(number, radix: 16) + "\"")
        case .null, .absent: append("null")
        case .symbol(let name): appendText(Array(name.utf8))
        case .flags(let names, let rest):
            append("[")
            let parts = names + (rest != 0 ? ["0x" + String(rest, radix: 16)] : [])
            for (index, part) in parts.enumerated() {
                if index > 0 { append(",") }
                appendText(Array(part.utf8))
            }
            append("]")
        case .text(let text), .truncatedText(let text): appendText(text)
        case .structure(_, let json): append(json)
        case .list(let values), .truncatedList(let values):
            append("[")
            for (index, value) in values.enumerated() {
                if index > 0 { append(",") }
                append(value)
            }
            append("]")
        }
    }

    // Bytes above 127 become U+0080 ... U+00FF: the text is valid whatever the guest's encoding, and no byte is lost.
    private mutating func appendText(_ text: [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x20..<0x7f: bytes.append(byte)
            default: append("\\u00" + hexadecimal(byte))
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
