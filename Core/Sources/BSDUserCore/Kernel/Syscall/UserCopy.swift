/// What system calls read from guest memory besides structures: the kernel's `copyinstr` and its relatives.
extension GuestMemory {
    /// Longest path with its zero byte (`PATH_MAX`).
    static let pathLimit = 1024

    /// Copies a text in, without its zero byte; `ENAMETOOLONG` when that does not come within `limit` bytes.
    func copyInText(_ address: GuestAddress, limit: Int = GuestMemory.pathLimit) throws(Errno) -> [UInt8] {
        guard let text = try string(at: address, limit: limit) else { throw .ENAMETOOLONG }
        return text
    }

    /// Copies an array in.
    func copyInArray<Element: GuestStruct>(_ type: Element.Type, _ address: GuestAddress, count: Int) throws(Errno)
        -> [Element]
    {
        if count <= 0 { return [] }
        let stride = Element.byteCount(abi)
        // Nothing that a call takes is larger; a wild count must not make the emulator allocate without end.
        guard count <= 1 << 22 / max(stride, 1) else { throw .EINVAL }
        let bytes = try read(at: address, count: count * stride)
        return bytes.withUnsafeBytes { buffer in
            (0..<count).map { Element(bytes: UnsafeRawBufferPointer(rebasing: buffer[($0 * stride)...]), abi) }
        }
    }

    /// Copies in the first bytes of a structure that callers may know a shorter form of; the rest is zero.
    func copyInPrefix<Element: GuestStruct>(_ type: Element.Type, _ address: GuestAddress, byteCount: Int)
        throws(Errno) -> Element
    {
        let size = Element.byteCount(abi)
        guard (0...size).contains(byteCount) else { throw .EINVAL }
        var bytes = try read(at: address, count: byteCount)
        bytes += [UInt8](repeating: 0, count: size - byteCount)
        return bytes.withUnsafeBytes { Element(bytes: $0, abi) }
    }

    /// Copies in a vector of texts that ends with a null pointer (`argv`); `E2BIG` above the limit.
    func copyInTexts(_ address: GuestAddress, byteLimit: Int) throws(Errno) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        var total = 0
        guard let pointers = try pointers(at: address, limit: byteLimit / abi.wordBytes) else { throw .E2BIG }
        for pointer in pointers {
            guard total < byteLimit, let text = try string(at: pointer, limit: byteLimit - total) else {
                throw .E2BIG
            }
            total += text.count + 1 + abi.wordBytes
            texts.append(text)
        }
        return texts
    }
}

// Numbers that a parameter points at: structures of one field.

/// An `int`.
struct GuestInt: GuestStruct, Equatable, Sendable {
    var value: Int32 = 0
    init() {}
    init(_ value: Int32) { self.value = value }
    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) { visitor.int("value", &value) }
}

/// A `u_int`, `uid_t`, `gid_t`.
struct GuestUnsigned: GuestStruct, Equatable, Sendable {
    var value: UInt32 = 0
    init() {}
    init(_ value: UInt32) { self.value = value }
    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) { visitor.int("value", &value) }
}

/// An `off_t`.
struct GuestOffset: GuestStruct, Equatable, Sendable {
    var value: Int64 = 0
    init() {}
    init(_ value: Int64) { self.value = value }
    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) { visitor.int("value", &value) }
}

/// A `long`.
struct GuestLong: GuestStruct, Equatable, Sendable {
    var value: Int64 = 0
    init() {}
    init(_ value: Int64) { self.value = value }
    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) { visitor.word("value", &value) }
}

/// An `unsigned long` or `size_t`.
struct GuestWord: GuestStruct, Equatable, Sendable {
    var value: UInt64 = 0
    init() {}
    init(_ value: UInt64) { self.value = value }
    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) { visitor.word("value", &value) }
}

extension GuestStruct {
    /// The structure, or the number, for a trace.
    func traceValue(_ abi: GuestABI) -> TraceValue {
        switch self {
        case let number as GuestInt: .integer(Int64(number.value))
        case let number as GuestUnsigned: .unsigned(UInt64(number.value))
        case let number as GuestOffset: .integer(number.value)
        case let number as GuestLong: .integer(number.value)
        case let number as GuestWord: .unsigned(number.value)
        default: .structure(text: text(abi), json: json(abi))
        }
    }
}
