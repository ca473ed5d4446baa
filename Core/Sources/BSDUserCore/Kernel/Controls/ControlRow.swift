/// One request of `ioctl`: its number, its name, what its argument points at, and what carries it out.
struct ControlRow: Sendable {
    let request: UInt32
    let name: String
    let trace: @Sendable (GuestThread, GuestAddress) -> TraceValue
    let handler: @Sendable (GuestThread, Int32, GuestAddress) throws(Errno) -> Void

    /// Direction and size of the argument in a request (`sys/ioccom.h`).
    enum Direction: UInt32, Sendable {
        case none = 0x2000_0000
        case output = 0x4000_0000
        case input = 0x8000_0000
        case both = 0xc000_0000
    }

    /// Whether the argument is read before the call, and written by it.
    var direction: Direction? { Direction(rawValue: request & 0xe000_0000) }

    static func number(_ direction: Direction, _ group: Character, _ number: UInt32, byteCount: Int) -> UInt32 {
        direction.rawValue | UInt32(byteCount) << 16 | UInt32(group.asciiValue ?? 0) << 8 | number
    }

    /// A request without an argument.
    static func plain(
        _ group: Character, _ number: UInt32, _ name: String,
        _ handler: @escaping @Sendable (GuestThread, Int32) throws(Errno) -> Void
    ) -> ControlRow {
        ControlRow(
            request: Self.number(.none, group, number, byteCount: 0), name: name,
            trace: { _, address in .opaque(address) }
        ) { thread, fd, _ throws(Errno) in try handler(thread, fd) }
    }

    /// A request that writes a structure. Sizes do not depend on the ABI for any that is listed.
    static func output<Value: GuestStruct & Sendable>(
        _ group: Character, _ number: UInt32, _ name: String, _ type: Value.Type,
        _ handler: @escaping @Sendable (GuestThread, Int32) throws(Errno) -> Value
    ) -> ControlRow {
        ControlRow(
            request: Self.number(.output, group, number, byteCount: Value.byteCount(Self.anyABI)), name: name,
            trace: { thread, address in thread.traceStruct(Value.self, address) }
        ) { thread, fd, address throws(Errno) in try thread.memory.store(handler(thread, fd), at: address) }
    }

    /// A request that reads a structure.
    static func input<Value: GuestStruct & Sendable>(
        _ group: Character, _ number: UInt32, _ name: String, _ type: Value.Type,
        _ handler: @escaping @Sendable (GuestThread, Int32, Value) throws(Errno) -> Void
    ) -> ControlRow {
        ControlRow(
            request: Self.number(.input, group, number, byteCount: Value.byteCount(Self.anyABI)), name: name,
            trace: { thread, address in thread.traceStruct(Value.self, address) }
        ) { thread, fd, address throws(Errno) in
            try handler(thread, fd, thread.memory.load(Value.self, at: address))
        }
    }

    /// A request that replaces a structure.
    static func both<Value: GuestStruct & Sendable>(
        _ group: Character, _ number: UInt32, _ name: String, _ type: Value.Type,
        _ handler: @escaping @Sendable (GuestThread, Int32, Value) throws(Errno) -> Value
    ) -> ControlRow {
        ControlRow(
            request: Self.number(.both, group, number, byteCount: Value.byteCount(Self.anyABI)), name: name,
            trace: { thread, address in thread.traceStruct(Value.self, address) }
        ) { thread, fd, address throws(Errno) in
            let value = try thread.memory.load(Value.self, at: address)
            try thread.memory.store(handler(thread, fd, value), at: address)
        }
    }

    private static let anyABI = GuestABI(wordBytes: 8, byteOrder: .big)
}
