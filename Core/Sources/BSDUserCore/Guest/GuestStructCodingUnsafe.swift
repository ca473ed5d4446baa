/// Reads a structure from a buffer of the guest's bytes.
struct ReadVisitor: FieldVisitor {
    private var cursor: FieldCursor
    private let buffer: UnsafeRawBufferPointer

    init(abi: GuestABI, buffer: UnsafeRawBufferPointer) {
        cursor = FieldCursor(abi: abi)
        self.buffer = buffer
    }

    var abi: GuestABI { cursor.abi }

    private mutating func number<T: FixedWidthInteger>(_ type: T.Type) -> T {
        let offset = cursor.take(MemoryLayout<T>.size, alignment: MemoryLayout<T>.size)
        guard offset + MemoryLayout<T>.size <= buffer.count else { return 0 }
        var value: T = 0
        withUnsafeMutableBytes(of: &value) { $0.copyMemory(from: part(offset, $0.count)) }
        return abi.byteOrder == .big ? value.byteSwapped : value
    }

    private func part(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: buffer[offset..<(offset + count)])
    }

    mutating func int<T: FixedWidthInteger>(_ name: StaticString, _ value: inout T, _ format: FieldFormat) {
        value = number(T.self)
    }

    mutating func word(_ name: StaticString, _ value: inout Int64, _ format: FieldFormat) {
        value = abi.wordBytes == 8 ? number(Int64.self) : Int64(number(Int32.self))
    }

    mutating func word(_ name: StaticString, _ value: inout UInt64, _ format: FieldFormat) {
        value = abi.wordBytes == 8 ? number(UInt64.self) : UInt64(number(UInt32.self))
    }

    mutating func bytes(_ name: StaticString, _ value: inout [UInt8], count: Int, isText: Bool) {
        let offset = cursor.take(count, alignment: 1)
        guard offset + count <= buffer.count else { return }
        value = Array(part(offset, count))
        if isText { value = Array(value.prefix { $0 != 0 }) }
    }

    mutating func nested<Inner: GuestStruct>(_ name: StaticString, _ value: inout Inner) {
        let layout = Inner.layout(abi)
        cursor.align(layout.alignment)
        read(&value, layout)
    }

    mutating func array<Inner: GuestStruct>(_ name: StaticString, _ value: inout [Inner], count: Int) {
        let layout = Inner.layout(abi)
        cursor.align(layout.alignment)
        value = (0..<count).map { _ in
            var element = Inner()
            read(&element, layout)
            return element
        }
    }

    private mutating func read<Inner: GuestStruct>(_ value: inout Inner, _ layout: GuestLayout) {
        let offset = cursor.take(layout.byteCount, alignment: 1)
        guard offset + layout.byteCount <= buffer.count else { return }
        var visitor = ReadVisitor(abi: abi, buffer: part(offset, layout.byteCount))
        value.fields(&visitor)
    }

    mutating func pad(_ byteCount: Int) { _ = cursor.take(byteCount, alignment: 1) }
    mutating func align(_ alignment: Int) { cursor.align(alignment) }
}

/// Writes a structure into a zeroed buffer of its size.
struct WriteVisitor: FieldVisitor {
    private var cursor: FieldCursor
    private let buffer: UnsafeMutableRawBufferPointer

    init(abi: GuestABI, buffer: UnsafeMutableRawBufferPointer) {
        cursor = FieldCursor(abi: abi)
        self.buffer = buffer
    }

    var abi: GuestABI { cursor.abi }

    private mutating func put<T: FixedWidthInteger>(_ value: T) {
        let offset = cursor.take(MemoryLayout<T>.size, alignment: MemoryLayout<T>.size)
        guard offset + MemoryLayout<T>.size <= buffer.count else { return }
        buffer.storeBytes(of: abi.byteOrder == .big ? value.byteSwapped : value, toByteOffset: offset, as: T.self)
    }

    mutating func int<T: FixedWidthInteger>(_ name: StaticString, _ value: inout T, _ format: FieldFormat) {
        put(value)
    }

    mutating func word(_ name: StaticString, _ value: inout Int64, _ format: FieldFormat) {
        if abi.wordBytes == 8 { put(value) } else { put(Int32(truncatingIfNeeded: value)) }
    }

    mutating func word(_ name: StaticString, _ value: inout UInt64, _ format: FieldFormat) {
        if abi.wordBytes == 8 { put(value) } else { put(UInt32(truncatingIfNeeded: value)) }
    }

    mutating func bytes(_ name: StaticString, _ value: inout [UInt8], count: Int, isText: Bool) {
        let offset = cursor.take(count, alignment: 1)
        guard offset + count <= buffer.count else { return }
        // A C string keeps its end.
        let kept = value.prefix(isText ? max(count - 1, 0) : count)
        for (index, byte) in kept.enumerated() { buffer[offset + index] = byte }
    }

    mutating func nested<Inner: GuestStruct>(_ name: StaticString, _ value: inout Inner) {
        let layout = Inner.layout(abi)
        cursor.align(layout.alignment)
        write(&value, layout)
    }

    mutating func array<Inner: GuestStruct>(_ name: StaticString, _ value: inout [Inner], count: Int) {
        let layout = Inner.layout(abi)
        cursor.align(layout.alignment)
        for index in 0..<count {
            if index < value.count {
                write(&value[index], layout)
            } else {
                pad(layout.byteCount)
            }
        }
    }

    private mutating func write<Inner: GuestStruct>(_ value: inout Inner, _ layout: GuestLayout) {
        let offset = cursor.take(layout.byteCount, alignment: 1)
        guard offset + layout.byteCount <= buffer.count else { return }
        var visitor = WriteVisitor(
            abi: abi,
            buffer: UnsafeMutableRawBufferPointer(rebasing: buffer[offset..<(offset + layout.byteCount)]))
        value.fields(&visitor)
    }

    mutating func pad(_ byteCount: Int) { _ = cursor.take(byteCount, alignment: 1) }
    mutating func align(_ alignment: Int) { cursor.align(alignment) }
}

extension GuestStruct {
    /// Reads the structure from bytes that were copied; fields beyond their end are zero.
    init(_ bytes: [UInt8], _ abi: GuestABI) {
        self = bytes.withUnsafeBytes { Self(bytes: $0, abi) }
    }

    /// Reads the structure from bytes of its size; fields beyond their end keep their first values.
    public init(bytes: UnsafeRawBufferPointer, _ abi: GuestABI) {
        self.init()
        var visitor = ReadVisitor(abi: abi, buffer: bytes)
        fields(&visitor)
    }

    /// Writes the structure to a buffer of its size, padding as zero.
    public func encode(into buffer: UnsafeMutableRawBufferPointer, _ abi: GuestABI) {
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        var copy = self
        var visitor = WriteVisitor(abi: abi, buffer: buffer)
        copy.fields(&visitor)
    }

    /// The structure's bytes.
    public func encoded(_ abi: GuestABI) -> [UInt8] {
        let byteCount = Self.byteCount(abi)
        return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, used in
            encode(into: UnsafeMutableRawBufferPointer(buffer), abi)
            used = byteCount
        }
    }
}

extension GuestMemory {
    /// Loads a structure.
    public func load<Structure: GuestStruct>(_ type: Structure.Type = Structure.self, at address: GuestAddress)
        throws(Errno)
        -> Structure
    {
        try withBuffer(Structure.byteCount(abi)) { (buffer) throws(Errno) in
            try read(at: address, into: buffer)
            return Structure(bytes: UnsafeRawBufferPointer(buffer), abi)
        }
    }

    /// Stores a structure, padding as zero.
    public func store<Structure: GuestStruct>(_ value: Structure, at address: GuestAddress) throws(Errno) {
        try withBuffer(Structure.byteCount(abi)) { (buffer) throws(Errno) in
            value.encode(into: buffer, abi)
            try write(UnsafeRawBufferPointer(buffer), at: address)
        }
    }

    /// Calls `body` with memory that costs no allocation: most structures are small, and passed with each system call.
    private func withBuffer<Outcome>(
        _ byteCount: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Errno) -> Outcome
    ) throws(Errno) -> Outcome {
        let outcome = withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) { buffer in
            Result { () throws(Errno) in try body(buffer) }
        }
        return try outcome.get()
    }
}
