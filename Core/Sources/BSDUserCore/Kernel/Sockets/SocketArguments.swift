/// A socket's address that the call reads: a pointer and a length. Null is nil where the call allows it.
struct SocketAddressIn: SystemCallParameter {
    let name: String
    let isOptional: Bool
    init(_ name: String, optional: Bool = false) {
        self.name = name
        isOptional = optional
    }
    var slots: [ArgumentSlot] { [ArgumentSlot(.input, name), ArgumentSlot(.number, "\(name)len")] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> SocketAddress? {
        let address = try arguments.word(thread)
        let count = UInt32(truncatingIfNeeded: try arguments.word(thread))
        if isOptional && address == 0 { return nil }
        return try thread.socketAddress(at: address, count)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        let count = UInt32(truncatingIfNeeded: try arguments.word(thread))
        guard case .entry = phase else { return [.absent, .unsigned(UInt64(count))] }
        return [thread.traceSocketAddress(address, count), .unsigned(UInt64(count))]
    }
}

/// Where a call puts a socket's address: a pointer, and a pointer to the length, which is room before and length after.
struct SocketAddressOut: SystemCallParameter {
    /// What is done without a pointer to the length.
    enum Length: Sendable { case required, asAddress, optional }

    struct Value {
        let address: GuestAddress
        let room: UInt32
        let length: OutPointer<GuestUnsigned>
        let abi: GuestABI
        /// The family as 16 bits without a length: addresses before 4.4BSD.
        let isOld: Bool

        /// Writes the address, cut to the room; the length says how much was written (`kern_getsockname`).
        func store(_ value: SocketAddress?) throws(Errno) {
            var bytes = value?.guest(abi) ?? []
            if isOld, let value, bytes.count >= 2 {
                bytes.replaceSubrange(0..<2, with: GuestUnsigned(UInt32(value.family)).encoded(abi).family(abi))
            }
            let count = address == 0 ? 0 : min(bytes.count, Int(room))
            if count > 0 { try length.memory.write(Array(bytes.prefix(count)), at: address) }
            if !length.isNull { try length.store(GuestUnsigned(UInt32(count))) }
        }
    }

    let name: String
    let length: Length
    let isOld: Bool
    init(_ name: String, length: Length = .required, old: Bool = false) {
        self.name = name
        self.length = length
        isOld = old
    }
    var slots: [ArgumentSlot] { [ArgumentSlot(.output, name), ArgumentSlot(.inputOutput, "\(name)len")] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> Value {
        let address = try arguments.word(thread)
        let pointer = OutPointer<GuestUnsigned>(address: try arguments.word(thread), memory: thread.memory)
        var room: UInt32 = 0
        switch length {
        case .required: room = try pointer.load().value
        case .asAddress: if address != 0 { room = try pointer.load().value }
        case .optional: if !pointer.isNull { room = try pointer.load().value }
        }
        if Int32(bitPattern: room) < 0 { throw .EINVAL }
        // `accept` looks at the length only with an address.
        let isUsed = length != .asAddress || address != 0
        return Value(
            address: address, room: room,
            length: isUsed ? pointer : OutPointer(address: 0, memory: thread.memory), abi: thread.memory.abi,
            isOld: isOld)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        let pointer = try arguments.word(thread)
        let length = thread.traceStruct(GuestUnsigned.self, pointer)
        guard phase.isSuccess, let count = try? thread.memory.load(GuestUnsigned.self, at: pointer).value else {
            return [address == 0 ? .null : .absent, length]
        }
        return [thread.traceSocketAddress(address, count), length]
    }
}

extension [UInt8] {
    // The low half of a number of 32 bits in the guest's order.
    fileprivate func family(_ abi: GuestABI) -> [UInt8] {
        abi.byteOrder == .big ? Array(suffix(2)) : Array(prefix(2))
    }
}

/// `struct msghdr` (`sys/socket.h`).
struct MessageHeader: GuestStruct, Equatable, Sendable {
    var name: GuestAddress = 0
    var nameLength: UInt32 = 0
    var vectors: GuestAddress = 0
    var vectorCount: Int32 = 0
    var control: GuestAddress = 0
    var controlLength: UInt32 = 0
    var flags: Int32 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.pointer("msg_name", &name)
        visitor.int("msg_namelen", &nameLength)
        visitor.pointer("msg_iov", &vectors)
        visitor.int("msg_iovlen", &vectorCount)
        visitor.pointer("msg_control", &control)
        visitor.int("msg_controllen", &controlLength)
        visitor.int("msg_flags", &flags, .named { TraceValue.flagText(FlagSet<MessageFlags>(guest: $0)) })
    }
}

/// A message: a pointer to `struct msghdr`, whose parts a trace shows.
struct MessageArgument: SystemCallParameter {
    /// Whether the message goes out or comes in.
    enum Direction: Sendable { case sending, receiving }

    let name: String
    let direction: Direction
    init(_ direction: Direction, _ name: String = "msg") {
        self.name = name
        self.direction = direction
    }
    var slots: [ArgumentSlot] { [ArgumentSlot(direction == .sending ? .input : .inputOutput, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> OutPointer<MessageHeader> {
        OutPointer(address: try arguments.word(thread), memory: thread.memory)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        if direction == .sending, case .exit = phase { return [.absent] }
        return [
            address.traced { () throws(Errno) in
                let header = try thread.memory.load(MessageHeader.self, at: address)
                let isFilled = direction == .sending || phase.isSuccess
                return thread.traceMessage(header, byteCount: phase.count, isFilled: isFilled)
            }
        ]
    }
}

extension GuestThread {
    /// Copies an address in (`getsockaddr`).
    func socketAddress(at address: GuestAddress, _ count: UInt32) throws(Errno) -> SocketAddress {
        guard count <= SocketAddress.greatestLength else { throw .ENAMETOOLONG }
        guard count >= 2 else { throw .EINVAL }
        return try SocketAddress(guest: memory.read(at: address, count: Int(count)), memory.abi)
    }

    func traceSocketAddress(_ address: GuestAddress, _ count: UInt32) -> TraceValue {
        address.traced { () throws(Errno) in
            let shown = min(count, UInt32(SocketAddress.greatestLength))
            let bytes = try memory.read(at: address, count: Int(shown))
            guard let value = try? SocketAddress(guest: bytes, memory.abi) else { return .bytes(bytes) }
            return value.traceValue
        }
    }

    fileprivate func traceMessage(_ header: MessageHeader, byteCount: Int?, isFilled: Bool) -> TraceValue {
        let name = isFilled ? traceSocketAddress(header.name, header.nameLength) : .absent
        let data = header.vectors.traced { () throws(Errno) in
            var rest = UInt64(max(byteCount ?? .max, 0))
            let vectors = try memory.vectors(at: header.vectors, count: min(Int(header.vectorCount), 32))
            return .list(
                vectors.map { vector in
                    let used = min(rest, vector.byteCount)
                    rest -= used
                    return isFilled ? traceBytes(vector.address, used) : .unsigned(vector.byteCount)
                })
        }
        let control = isFilled && header.control != 0 ? traceControl(header) : .null
        let flags = FlagSet<MessageFlags>(guest: UInt64(UInt32(bitPattern: header.flags)))
        return .fields([("name", name), ("iov", data), ("control", control), ("flags", flags.traceValue)])
    }

    private func traceControl(_ header: MessageHeader) -> TraceValue {
        header.control.traced { () throws(Errno) in
            let bytes = try memory.read(at: header.control, count: Int(min(header.controlLength, 4096)))
            return .list(try ControlMessage.list(bytes, memory.abi).map(\.traceValue))
        }
    }
}

extension TraceValue {
    /// A structure whose fields are values themselves.
    static func fields(_ fields: [(name: String, value: TraceValue)]) -> TraceValue {
        let text = fields.map { field in
            var writer = TraceTextWriter()
            writer.append(field.value)
            return "\(field.name)=" + String(decoding: writer.bytes, as: UTF8.self)
        }
        let json = fields.map { field in
            var writer = TraceJSONWriter()
            writer.append(field.value)
            return "\"\(field.name)\":" + String(decoding: writer.bytes, as: UTF8.self)
        }
        return .structure(
            text: "{" + text.joined(separator: ",") + "}", json: "{" + json.joined(separator: ",") + "}")
    }
}
