/// A path, or another text that ends with a zero byte.
struct Path: SystemCallParameter {
    let name: String
    let limit: Int
    init(_ name: String = "path", limit: Int = GuestMemory.pathLimit) {
        self.name = name
        self.limit = limit
    }
    var slots: [ArgumentSlot] { [ArgumentSlot(.input, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> [UInt8] {
        try thread.memory.copyInText(try arguments.word(thread), limit: limit)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        guard case .entry = phase else { return [.absent] }
        return [address.traced { () throws(Errno) in .bytes(try thread.memory.copyInText(address, limit: limit)) }]
    }
}

/// A path that may be null.
struct OptionalPath: SystemCallParameter {
    private let path: Path
    /// How many bytes of a longer text count; without it a longer text is `ENAMETOOLONG`.
    private let cut: Int?
    init(_ name: String, cut: Int? = nil) { (path, self.cut) = (Path(name), cut) }
    var slots: [ArgumentSlot] { path.slots }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> [UInt8]? {
        let address = try arguments.word(thread)
        guard address != 0 else { return nil }
        guard let cut else { return try thread.memory.copyInText(address) }
        if let text = try thread.memory.string(at: address, limit: cut + 1) { return text }
        return try thread.memory.read(at: address, count: cut)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        try path.trace(&arguments, thread, phase)
    }
}

/// A structure that the call reads.
struct In<Value: GuestStruct & Sendable>: SystemCallParameter {
    let name: String
    init(_ name: String) { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.input, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> Value {
        try thread.memory.load(Value.self, at: try arguments.word(thread))
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        guard case .entry = phase else { return [.absent] }
        return [thread.traceStruct(Value.self, address)]
    }
}

/// A structure that the call reads unless the pointer is null.
struct InOptional<Pointee: GuestStruct & Sendable>: SystemCallParameter {
    let name: String
    init(_ name: String) { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.input, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> Pointee? {
        let address = try arguments.word(thread)
        return address == 0 ? nil : try thread.memory.load(Pointee.self, at: address)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        try In<Pointee>(name).trace(&arguments, thread, phase)
    }
}

/// Where a call puts a structure.
struct OutPointer<Value: GuestStruct> {
    let address: GuestAddress
    let memory: GuestMemory

    var isNull: Bool { address == 0 }

    /// Writes the structure; `EFAULT` when it cannot be.
    func store(_ value: Value) throws(Errno) { try memory.store(value, at: address) }

    /// Writes the structure unless the pointer is null.
    func storeIfPresent(_ value: Value) throws(Errno) {
        if !isNull { try memory.store(value, at: address) }
    }

    /// Reads what stands there now.
    func load() throws(Errno) -> Value { try memory.load(Value.self, at: address) }
}

/// A structure that the call writes.
struct Out<Pointee: GuestStruct & Sendable>: SystemCallParameter {
    let name: String
    init(_ name: String) { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.output, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> OutPointer<Pointee> {
        OutPointer(address: try arguments.word(thread), memory: thread.memory)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        if address == 0 { return [.null] }
        return [phase.isSuccess ? thread.traceStruct(Pointee.self, address) : address.unread]
    }
}

/// A structure that the call reads and writes; the handler does both.
struct InOut<Pointee: GuestStruct & Sendable>: SystemCallParameter {
    let name: String
    init(_ name: String) { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.inputOutput, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> OutPointer<Pointee> {
        OutPointer(address: try arguments.word(thread), memory: thread.memory)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        return [address == 0 ? .null : thread.traceStruct(Pointee.self, address)]
    }
}

/// A number of structures that the call reads: a pointer and a count.
struct InArray<Element: GuestStruct & Sendable>: SystemCallParameter {
    let name: String
    let fixedCount: Int?
    let limit: Int
    /// A pointer, then a count as `int`; `EINVAL` above the limit.
    init(_ name: String, limit: Int) {
        self.name = name
        self.limit = limit
        fixedCount = nil
    }
    /// A pointer to a fixed number of structures.
    init(_ name: String, count: Int) {
        self.name = name
        limit = count
        fixedCount = count
    }
    var slots: [ArgumentSlot] {
        [ArgumentSlot(.input, name)] + (fixedCount == nil ? [ArgumentSlot(.number, "n\(name)")] : [])
    }

    private func readCount(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> Int {
        if let fixedCount { return fixedCount }
        return Int(UInt32(truncatingIfNeeded: try arguments.word(thread)))
    }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> [Element]? {
        let address = try arguments.word(thread)
        let count = try readCount(&arguments, thread)
        if count > limit { throw .EINVAL }
        if address == 0 && fixedCount != nil { return nil }
        return try thread.memory.copyInArray(Element.self, address, count: count)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        let count = try readCount(&arguments, thread)
        let counted: [TraceValue] = fixedCount == nil ? [.integer(Int64(count))] : []
        guard case .entry = phase else { return [.absent] + counted }
        return [thread.traceArray(Element.self, address, count: count)] + counted
    }
}

/// A number of structures that the call reads bit by bit: a pointer and a count, which is the guest's word and may be
/// negative.
struct InList<Element: GuestStruct & Sendable>: SystemCallParameter {
    let name: String
    let countName: String
    init(_ name: String, count countName: String) {
        self.name = name
        self.countName = countName
    }
    var slots: [ArgumentSlot] { [ArgumentSlot(.input, name), ArgumentSlot(.number, countName)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> GuestArray<Element> {
        let address = try arguments.word(thread)
        let count = Int(Int32(truncatingIfNeeded: try arguments.word(thread)))
        return GuestArray(address: address, count: count, memory: thread.memory)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let list = try decode(&arguments, thread)
        guard case .entry = phase else { return [.absent, .integer(Int64(list.count))] }
        return [thread.traceArray(Element.self, list.address, count: list.count), .integer(Int64(list.count))]
    }
}

/// A number of structures that the call reads and writes, or only writes: a pointer and a count.
struct OutArray<Element: GuestStruct & Sendable>: SystemCallParameter {
    /// Who gives the count of elements that were written.
    enum Filled: Sendable { case all, result }

    let name: String
    let countName: String
    let fixedCount: Int?
    let isRead: Bool
    let filled: Filled

    init(_ name: String, count: Int? = nil, isRead: Bool = false, filled: Filled = .all, countName: String? = nil) {
        self.name = name
        self.countName = countName ?? "n\(name)"
        fixedCount = count
        self.isRead = isRead
        self.filled = filled
    }
    var slots: [ArgumentSlot] {
        [ArgumentSlot(isRead ? .inputOutput : .output, name)]
            + (fixedCount == nil ? [ArgumentSlot(.number, countName)] : [])
    }

    private func readCount(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> Int {
        if let fixedCount { return fixedCount }
        return Int(Int32(truncatingIfNeeded: try arguments.word(thread)))
    }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> GuestArray<Element> {
        let address = try arguments.word(thread)
        let count = try readCount(&arguments, thread)
        return GuestArray(address: address, count: count, memory: thread.memory)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        let count = try readCount(&arguments, thread)
        let counted: [TraceValue] = fixedCount == nil ? [.integer(Int64(count))] : []
        if address == 0 { return [.null] + counted }
        guard isRead || phase.isSuccess else { return [address.unread] + counted }
        let shown = filled == .result && phase.isSuccess ? min(count, max(phase.count ?? 0, 0)) : count
        return [thread.traceArray(Element.self, address, count: shown)] + counted
    }
}

/// An array in guest memory; the count is the guest's word and may be negative.
struct GuestArray<Element: GuestStruct> {
    let address: GuestAddress
    let count: Int
    let memory: GuestMemory

    func load() throws(Errno) -> [Element] { try memory.copyInArray(Element.self, address, count: count) }

    func store(_ values: [Element]) throws(Errno) {
        var bytes: [UInt8] = []
        for value in values { bytes += value.encoded(memory.abi) }
        try memory.write(bytes, at: address)
    }
}

/// A vector of texts that ends with a null pointer.
struct TextVector: SystemCallParameter {
    let name: String
    init(_ name: String) { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.input, name)] }

    /// `ARG_MAX` of 64-bit FreeBSD; 32-bit kernels have half of it.
    static func byteLimit(_ abi: GuestABI) -> Int { abi.wordBytes == 8 ? 512 << 10 : 256 << 10 }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> [[UInt8]] {
        let address = try arguments.word(thread)
        return try thread.memory.copyInTexts(address, byteLimit: Self.byteLimit(arguments.abi))
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        guard case .entry = phase else { return [.absent] }
        let limit = Self.byteLimit(arguments.abi)
        return [
            address.traced { () throws(Errno) in
                let texts = try thread.memory.copyInTexts(address, byteLimit: limit)
                let shown = texts.prefix(TraceValue.listLimit).map { TraceValue.bytes($0) }
                return shown.count < texts.count ? .truncatedList(shown) : .list(shown)
            }
        ]
    }
}

extension GuestAddress {
    /// The address itself: what stands for an output that the call has not written, as truss prints it.
    var unread: TraceValue { self == 0 ? .null : .opaque(self) }

    /// What stands at the address, or the address itself when nothing does.
    func traced(_ body: () throws(Errno) -> TraceValue) -> TraceValue {
        if self == 0 { return .null }
        do throws(Errno) { return try body() } catch { return .opaque(self) }
    }
}

extension GuestThread {
    func traceStruct<Value: GuestStruct>(_ type: Value.Type, _ address: GuestAddress) -> TraceValue {
        address.traced { () throws(Errno) in
            try memory.load(Value.self, at: address).traceValue(memory.abi)
        }
    }

    func traceArray<Element: GuestStruct>(_ type: Element.Type, _ address: GuestAddress, count: Int) -> TraceValue {
        address.traced { () throws(Errno) in
            let shown = min(count, TraceValue.listLimit)
            let values = try memory.copyInArray(Element.self, address, count: shown)
            let traced = values.map { $0.traceValue(memory.abi) }
            return shown < count ? .truncatedList(traced) : .list(traced)
        }
    }
}
