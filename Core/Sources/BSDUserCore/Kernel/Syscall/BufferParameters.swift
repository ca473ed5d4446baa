/// A range of guest memory that a call names by pointer and length.
struct GuestBuffer {
    let address: GuestAddress
    let byteCount: UInt64
    let memory: GuestMemory

    /// The address for a call of the host that reads or writes the buffer; the host gives `EFAULT` for pages that are
    /// not mapped.
    func hostAddress(for access: GuestMemory.Access) throws(Errno) -> Int {
        Int(bitPattern: try memory.hostPointer(address, Int(byteCount), for: access))
    }

    /// The bytes.
    func load() throws(Errno) -> [UInt8] { try memory.read(at: address, count: Int(byteCount)) }

    /// Writes bytes to the beginning; more than the length never.
    func store(_ bytes: [UInt8]) throws(Errno) {
        try memory.write(bytes.count <= Int(byteCount) ? bytes : Array(bytes.prefix(Int(byteCount))), at: address)
    }

    /// Writes a text and its zero byte; the given errno when there is no room.
    func storeText(_ text: [UInt8], orThrow tooLong: Errno) throws(Errno) {
        guard text.count < byteCount else { throw tooLong }
        try memory.write(text + [0], at: address)
    }
}

/// The C type of a length.
enum LengthType: Sendable {
    case size, unsigned, signed

    func read(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> UInt64 {
        switch self {
        case .size: return try arguments.word(thread)
        case .unsigned: return UInt64(UInt32(truncatingIfNeeded: try arguments.word(thread)))
        case .signed:
            let value = Int32(truncatingIfNeeded: try arguments.word(thread))
            if value < 0 { throw .EINVAL }
            return UInt64(value)
        }
    }
}

/// Bytes that the call reads: a pointer and a length.
struct InBuffer: SystemCallParameter {
    let name: String
    let length: LengthType
    init(_ name: String = "buf", length: LengthType = .size) {
        self.name = name
        self.length = length
    }
    var slots: [ArgumentSlot] { [ArgumentSlot(.input, name), ArgumentSlot(.number, "\(name)len")] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> GuestBuffer {
        let address = try arguments.word(thread)
        return try GuestBuffer(checked: address, length.read(&arguments, thread), thread.memory)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        let count = try arguments.word(thread)
        guard case .entry = phase else { return [.absent, .unsigned(count)] }
        return [thread.traceBytes(address, count), .unsigned(count)]
    }
}

/// Bytes that the call writes: a pointer and a length.
struct OutBuffer: SystemCallParameter {
    /// How much of it is written.
    enum Filled: Sendable {
        /// As many bytes as the call's result says.
        case result
        /// A text that ends with a zero byte.
        case text
        /// Records that are not shown; their number of bytes is the result.
        case records
    }

    let name: String
    let length: LengthType
    let filled: Filled
    init(_ name: String = "buf", length: LengthType = .size, filled: Filled = .result) {
        self.name = name
        self.length = length
        self.filled = filled
    }
    var slots: [ArgumentSlot] { [ArgumentSlot(.output, name), ArgumentSlot(.number, "\(name)len")] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> GuestBuffer {
        let address = try arguments.word(thread)
        return try GuestBuffer(checked: address, length.read(&arguments, thread), thread.memory)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        let count = try arguments.word(thread)
        guard phase.isSuccess else { return [address.unread, .unsigned(count)] }
        switch filled {
        case .result:
            return [thread.traceBytes(address, min(count, UInt64(max(phase.count ?? 0, 0)))), .unsigned(count)]
        case .text:
            let text = address.traced { () throws(Errno) in .bytes(try thread.memory.copyInText(address)) }
            return [text, .unsigned(count)]
        case .records:
            return [.symbol("<\(phase.count ?? 0) bytes of records>"), .unsigned(count)]
        }
    }
}

extension GuestBuffer {
    /// `EFAULT` for a range that the guest cannot have.
    init(checked address: GuestAddress, _ byteCount: UInt64, _ memory: GuestMemory) throws(Errno) {
        // Lengths above SSIZE_MAX are EINVAL for every call that takes one.
        guard byteCount <= UInt64(Int64.max) else { throw .EINVAL }
        guard memory.contains(address, byteCount) else {
            // Nothing is copied, so nobody looks at the address (`copyin`, `uiomove`).
            guard byteCount == 0 else { throw .EFAULT }
            self.init(address: 0, byteCount: 0, memory: memory)
            return
        }
        self.init(address: address, byteCount: byteCount, memory: memory)
    }
}

/// A vector of buffers: a pointer to `struct iovec` and a count.
struct Buffers: SystemCallParameter {
    /// Whether the call reads or writes the buffers.
    enum Direction: Sendable { case input, output }

    let name: String
    let direction: Direction
    init(_ direction: Direction, _ name: String = "iov") {
        self.name = name
        self.direction = direction
    }
    // The vector itself is read either way.
    var slots: [ArgumentSlot] { [ArgumentSlot(.input, name), ArgumentSlot(.number, "\(name)cnt")] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> [GuestBuffer] {
        let address = try arguments.word(thread)
        let count = UInt32(truncatingIfNeeded: try arguments.word(thread))
        var buffers: [GuestBuffer] = []
        for vector in try thread.memory.vectors(at: address, count: Int(count)) {
            buffers.append(try GuestBuffer(checked: vector.address, vector.byteCount, thread.memory))
        }
        return buffers
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        let count = UInt32(truncatingIfNeeded: try arguments.word(thread))
        if direction == .output && !phase.isSuccess { return [address.unread, .unsigned(UInt64(count))] }
        if direction == .input, case .exit = phase { return [.absent, .unsigned(UInt64(count))] }
        return [traceVectors(thread, address, Int(count), phase), .unsigned(UInt64(count))]
    }

    private func traceVectors(_ thread: GuestThread, _ address: GuestAddress, _ count: Int, _ phase: TracePhase)
        -> TraceValue
    {
        address.traced { () throws(Errno) in
            let shown = min(count, TraceValue.listLimit)
            var rest = direction == .output ? UInt64(max(phase.count ?? 0, 0)) : .max
            var values: [TraceValue] = []
            for vector in try thread.memory.vectors(at: address, count: shown) {
                let used = min(rest, vector.byteCount)
                rest -= used
                values.append(thread.traceBytes(vector.address, used))
            }
            return shown < count ? .truncatedList(values) : .list(values)
        }
    }
}

extension GuestThread {
    func traceBytes(_ address: GuestAddress, _ count: UInt64) -> TraceValue {
        address.traced { () throws(Errno) in
            let limit = process.configuration.trace?.bufferBytes ?? SystemCallTraceOptions.usualBufferBytes
            let shown = min(count, limit)
            let bytes = try memory.read(at: address, count: Int(shown))
            return shown < count ? .truncatedText(bytes) : .text(bytes)
        }
    }
}
