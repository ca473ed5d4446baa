/// A structure as FreeBSD lays it out. One walk over its fields reads, writes, measures and prints it for every ABI.
///
/// Fields are named in the order of the C declaration; padding between them follows from their alignment and is never
/// named. `pad` is for spare fields that the declaration itself has.
public protocol GuestStruct {
    init()
    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    /// What a trace shows instead of the fields; nil for those.
    var summary: String? { get }
}

extension GuestStruct {
    public var summary: String? { nil }
}

/// How a trace shows a number.
public enum FieldFormat: Sendable {
    case decimal
    case octal
    case hexadecimal
    /// By the function, which gets the number's bits zero-extended.
    case named(@Sendable (UInt64) -> String)
}

/// What visits the fields of a structure.
public protocol FieldVisitor {
    /// The ABI that sizes and aligns the fields.
    var abi: GuestABI { get }
    /// An integer of the width of its type: `int`, `uint32_t`, `off_t`.
    mutating func int<T: FixedWidthInteger>(_ name: StaticString, _ value: inout T, _ format: FieldFormat)
    /// A `long` (sign-extended) or `unsigned long`, `size_t`, pointer.
    mutating func word(_ name: StaticString, _ value: inout Int64, _ format: FieldFormat)
    mutating func word(_ name: StaticString, _ value: inout UInt64, _ format: FieldFormat)
    /// `char[count]`. Bytes that the value lacks are zero; what it has too many is dropped.
    mutating func bytes(_ name: StaticString, _ value: inout [UInt8], count: Int, isText: Bool)
    /// A structure inside the structure.
    mutating func nested<Inner: GuestStruct>(_ name: StaticString, _ value: inout Inner)
    /// `Inner[count]`. Elements that the value lacks are zero.
    mutating func array<Inner: GuestStruct>(_ name: StaticString, _ value: inout [Inner], count: Int)
    /// Spare bytes, written as zero.
    mutating func pad(_ byteCount: Int)
    /// Moves to a multiple of `alignment`, and makes the structure's own alignment at least that.
    mutating func align(_ alignment: Int)
}

extension FieldVisitor {
    public mutating func int<T: FixedWidthInteger>(_ name: StaticString, _ value: inout T) {
        int(name, &value, .decimal)
    }

    public mutating func word(_ name: StaticString, _ value: inout Int64) { word(name, &value, .decimal) }
    public mutating func word(_ name: StaticString, _ value: inout UInt64) { word(name, &value, .decimal) }

    /// A guest address.
    public mutating func pointer(_ name: StaticString, _ value: inout GuestAddress) {
        word(name, &value, .hexadecimal)
    }

    /// `time_t`: 64 bits on all ABIs served.
    public mutating func time(_ name: StaticString, _ value: inout Int64) { int(name, &value, .decimal) }

    /// A C string in a field of `count` bytes, without its end.
    public mutating func characters(_ name: StaticString, _ value: inout [UInt8], count: Int) {
        bytes(name, &value, count: count, isText: true)
    }

    /// Spare words (`long[count]`).
    public mutating func padWords(_ count: Int) {
        align(abi.wordBytes)
        pad(count * abi.wordBytes)
    }
}

/// Size and alignment of a structure.
public struct GuestLayout: Equatable, Sendable {
    public var byteCount: Int
    public var alignment: Int
}

extension GuestStruct {
    /// Size and alignment for an ABI.
    public static func layout(_ abi: GuestABI) -> GuestLayout {
        var value = Self()
        var visitor = LayoutVisitor(abi: abi)
        value.fields(&visitor)
        return visitor.layout
    }

    /// `sizeof`.
    public static func byteCount(_ abi: GuestABI) -> Int { layout(abi).byteCount }

    /// Offset of a field by its name, for the test of layouts.
    static func offset(of name: String, _ abi: GuestABI) -> Int? {
        var value = Self()
        var visitor = LayoutVisitor(abi: abi)
        visitor.wanted = name
        value.fields(&visitor)
        return visitor.found
    }

    /// The fields as a trace shows them: `{st_dev=1,st_ino=2}`.
    public func text(_ abi: GuestABI) -> String { print(abi, isJSON: false) }

    /// The fields as a JSON object.
    public func json(_ abi: GuestABI) -> String { print(abi, isJSON: true) }

    private func print(_ abi: GuestABI, isJSON: Bool) -> String {
        if let summary { return isJSON ? "\"\(summary)\"" : summary }
        var copy = self
        var visitor = PrintVisitor(abi: abi, isJSON: isJSON)
        copy.fields(&visitor)
        return "{" + visitor.text + "}"
    }
}

/// Where the next field of a structure stands.
struct FieldCursor {
    let abi: GuestABI
    private(set) var offset = 0
    private(set) var alignment = 1

    init(abi: GuestABI) { self.abi = abi }

    /// The offset of a field, past which the cursor moves.
    @inline(__always)
    mutating func take(_ byteCount: Int, alignment natural: Int) -> Int {
        align(min(natural, abi.maximumAlignment))
        defer { offset += byteCount }
        return offset
    }

    /// Alignments are powers of two.
    @inline(__always)
    mutating func align(_ multiple: Int) {
        offset = (offset + multiple - 1) & -multiple
        alignment = max(alignment, multiple)
    }

    /// The whole structure: its size is a multiple of its alignment.
    var layout: GuestLayout {
        GuestLayout(byteCount: (offset + alignment - 1) & -alignment, alignment: alignment)
    }
}

/// Measures.
struct LayoutVisitor: FieldVisitor {
    private var cursor: FieldCursor
    var wanted: String?
    private(set) var found: Int?

    init(abi: GuestABI) { cursor = FieldCursor(abi: abi) }

    var abi: GuestABI { cursor.abi }
    var layout: GuestLayout { cursor.layout }

    /// Each system call measures what it passes: where no field is looked for, the layout is a constant.
    @inline(__always)
    private mutating func note(_ name: StaticString, _ byteCount: Int, alignment: Int) {
        let offset = cursor.take(byteCount, alignment: alignment)
        if wanted != nil { find(name, offset) }
    }

    @inline(never)
    private mutating func find(_ name: StaticString, _ offset: Int) {
        if wanted == "\(name)" { found = offset }
    }

    mutating func int<T: FixedWidthInteger>(_ name: StaticString, _ value: inout T, _ format: FieldFormat) {
        note(name, MemoryLayout<T>.size, alignment: MemoryLayout<T>.size)
    }

    mutating func word(_ name: StaticString, _ value: inout Int64, _ format: FieldFormat) {
        note(name, abi.wordBytes, alignment: abi.wordBytes)
    }

    mutating func word(_ name: StaticString, _ value: inout UInt64, _ format: FieldFormat) {
        note(name, abi.wordBytes, alignment: abi.wordBytes)
    }

    mutating func bytes(_ name: StaticString, _ value: inout [UInt8], count: Int, isText: Bool) {
        note(name, count, alignment: 1)
    }

    mutating func nested<Inner: GuestStruct>(_ name: StaticString, _ value: inout Inner) {
        let inner = Inner.layout(abi)
        cursor.align(inner.alignment)
        note(name, inner.byteCount, alignment: 1)
    }

    mutating func array<Inner: GuestStruct>(_ name: StaticString, _ value: inout [Inner], count: Int) {
        let inner = Inner.layout(abi)
        cursor.align(inner.alignment)
        note(name, inner.byteCount * count, alignment: 1)
    }

    mutating func pad(_ byteCount: Int) { _ = cursor.take(byteCount, alignment: 1) }
    mutating func align(_ alignment: Int) { cursor.align(alignment) }
}

/// Prints.
struct PrintVisitor: FieldVisitor {
    let abi: GuestABI
    let isJSON: Bool
    private(set) var text = ""

    init(abi: GuestABI, isJSON: Bool) {
        self.abi = abi
        self.isJSON = isJSON
    }

    private mutating func begin(_ name: StaticString) {
        if !text.isEmpty { text += "," }
        text += isJSON ? "\"\(name)\":" : "\(name)="
    }

    private mutating func number<T: FixedWidthInteger>(_ name: StaticString, _ value: T, _ format: FieldFormat) {
        begin(name)
        let bits = UInt64(truncatingIfNeeded: T.Magnitude(truncatingIfNeeded: value))
        switch format {
        case .decimal: text += "\(value)"
        case .octal: text += isJSON ? "\(value)" : "0" + String(bits, radix: 8)
        case .hexadecimal: text += isJSON ? "\(value)" : "0x" + String(bits, radix: 16)
        case .named(let name): text += isJSON ? "\"\(name(bits))\"" : name(bits)
        }
    }

    mutating func int<T: FixedWidthInteger>(_ name: StaticString, _ value: inout T, _ format: FieldFormat) {
        number(name, value, format)
    }

    mutating func word(_ name: StaticString, _ value: inout Int64, _ format: FieldFormat) {
        number(name, value, format)
    }

    mutating func word(_ name: StaticString, _ value: inout UInt64, _ format: FieldFormat) {
        number(name, value, format)
    }

    mutating func bytes(_ name: StaticString, _ value: inout [UInt8], count: Int, isText: Bool) {
        begin(name)
        text += "\""
        if isText {
            for byte in value.prefix(count).prefix(while: { $0 != 0 }) { appendEscaped(byte) }
        } else {
            for byte in value.prefix(count) { text += hexadecimal(byte) }
        }
        text += "\""
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            text += "\\"
            text.unicodeScalars.append(Unicode.Scalar(byte))
        case 0x20..<0x7f: text.unicodeScalars.append(Unicode.Scalar(byte))
        default: text += (isJSON ? "\\u00" : "\\x") + hexadecimal(byte)
        }
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    mutating func nested<Inner: GuestStruct>(_ name: StaticString, _ value: inout Inner) {
        begin(name)
        text += isJSON ? value.json(abi) : value.text(abi)
    }

    mutating func array<Inner: GuestStruct>(_ name: StaticString, _ value: inout [Inner], count: Int) {
        begin(name)
        text += "[" + value.prefix(count).map { isJSON ? $0.json(abi) : $0.text(abi) }.joined(separator: ",") + "]"
    }

    mutating func pad(_ byteCount: Int) {}
    mutating func align(_ alignment: Int) {}
}
