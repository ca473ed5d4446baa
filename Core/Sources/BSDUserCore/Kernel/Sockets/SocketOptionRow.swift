/// One option of sockets: its number, its name, and what reads and writes it.
struct SocketOptionRow: Sendable {
    /// The level's number in the guest.
    let level: Int32
    let number: Int32
    let name: String
    let read: (@Sendable (GuestThread, Int32) throws(Errno) -> [UInt8])?
    let write: (@Sendable (GuestThread, Int32, [UInt8]) throws(Errno) -> Void)?

    /// The host's level and number of an option.
    struct Host: Sendable {
        let level: Int32
        let number: Int32
        init(_ level: Int32, _ number: Int32) { (self.level, self.number) = (level, number) }
    }

    /// An `int`; `on` is what a flag that is set reads as: FreeBSD shows its own bit.
    static func number(
        _ level: Int32, _ number: Int32, _ name: String, _ host: Host, on: Int32? = nil
    ) -> SocketOptionRow {
        SocketOptionRow(
            level: level, number: number, name: name,
            read: { thread, fd throws(Errno) in
                let value = try HostSocket.integerOption(fd, host.level, host.number)
                return GuestInt(on.map { value != 0 ? $0 : 0 } ?? value).encoded(thread.memory.abi)
            },
            write: { thread, fd, bytes throws(Errno) in
                let value = try thread.integer(bytes)
                try HostSocket.setOption(fd, host.level, host.number, on == nil ? value : value == 0 ? 0 : 1)
            })
    }

    /// A number that may come as one byte, too, and is one byte when that is all that is asked for.
    static func byte(_ level: Int32, _ number: Int32, _ name: String, _ host: Host) -> SocketOptionRow {
        SocketOptionRow(
            level: level, number: number, name: name,
            read: { thread, fd throws(Errno) in
                let value = try HostSocket.integerOption(fd, host.level, host.number)
                return GuestInt(value).encoded(thread.memory.abi)
            },
            write: { thread, fd, bytes throws(Errno) in
                let value = bytes.count == 1 ? Int32(bytes[0]) : try thread.integer(bytes)
                guard (0...255).contains(value) else { throw .EINVAL }
                try HostSocket.setOption(fd, host.level, host.number, value)
            })
    }

    /// A number that FreeBSD keeps and the host has no counterpart for: what it is by default can be set, and nothing
    /// else happens.
    static func constant(_ level: Int32, _ number: Int32, _ name: String, _ value: Int32) -> SocketOptionRow {
        SocketOptionRow(
            level: level, number: number, name: name,
            read: { thread, _ throws(Errno) in GuestInt(value).encoded(thread.memory.abi) },
            write: { thread, _, bytes throws(Errno) in _ = try thread.integer(bytes) })
    }

    /// Bytes that mean the same on both systems.
    static func bytes(_ level: Int32, _ number: Int32, _ name: String, _ host: Host, room: Int) -> SocketOptionRow {
        SocketOptionRow(
            level: level, number: number, name: name,
            read: { _, fd throws(Errno) in try HostSocket.option(fd, host.level, host.number, room: room) },
            write: { _, fd, bytes throws(Errno) in
                guard bytes.count <= room else { throw .EINVAL }
                try HostSocket.setOption(fd, host.level, host.number, bytes)
            })
    }

    /// An option that is only written, in a form of its own.
    static func written(
        _ level: Int32, _ number: Int32, _ name: String, _ host: Host,
        _ convert: @escaping @Sendable (GuestThread, [UInt8]) throws(Errno) -> [UInt8]
    ) -> SocketOptionRow {
        SocketOptionRow(level: level, number: number, name: name, read: nil) { thread, fd, bytes throws(Errno) in
            try HostSocket.setOption(fd, host.level, host.number, convert(thread, bytes))
        }
    }

    /// An option that is only read.
    static func readOnly(
        _ level: Int32, _ number: Int32, _ name: String,
        _ read: @escaping @Sendable (GuestThread, Int32) throws(Errno) -> [UInt8]
    ) -> SocketOptionRow {
        SocketOptionRow(level: level, number: number, name: name, read: read, write: nil)
    }
}

extension GuestThread {
    /// The `int` at the beginning of an option's value (`sooptcopyin`).
    func integer(_ bytes: [UInt8]) throws(Errno) -> Int32 {
        guard bytes.count >= 4 else { throw .EINVAL }
        return HostSocket.number(memory.abi.reordered(Array(bytes.prefix(4))))
    }

    /// A structure at the beginning of an option's value.
    func structure<Value: GuestStruct>(_ bytes: [UInt8], as type: Value.Type) throws(Errno) -> Value {
        guard bytes.count >= Value.byteCount(memory.abi) else { throw .EINVAL }
        return Value(bytes, memory.abi)
    }
}

/// All options, by level and number.
enum SocketOptions {
    static let rows = GeneralOptions.rows + LocalOptions.rows + InternetOptions.rows + TransportOptions.rows

    private struct Key: Hashable {
        let isLocal: Bool
        let level: Int32
        let number: Int32
    }

    private static let table = Dictionary(
        rows.map { (Key(isLocal: false, level: $0.level, number: $0.number), $0) }, uniquingKeysWith: { $1 })

    /// The option that a socket has under a number. Level 0 is the IP's, but for local sockets their own.
    static func row(_ level: Int32, _ number: Int32, _ fd: Int32) -> SocketOptionRow? {
        guard level == 0, isLocal(fd) else { return table[Key(isLocal: false, level: level, number: number)] }
        return LocalOptions.rows.first { $0.number == number }
    }

    static func isLocal(_ fd: Int32) -> Bool {
        (try? HostSocket.integerOption(fd, HostOption.socket, HostOption.domain)) == AddressFamily.local
    }
}

/// The host's levels and numbers that are used apart from the tables (asm-generic/socket.h).
enum HostOption {
    static let socket: Int32 = 1
    static let ip: Int32 = 0
    static let tcp: Int32 = 6
    static let ipv6: Int32 = 41
    static let type: Int32 = 3
    /// SOCK_STREAM, a value of `type`.
    static let streamType: Int32 = 1
    static let error: Int32 = 4
    static let credentials: Int32 = 16
    static let peer: Int32 = 17
    static let isListening: Int32 = 30
    static let domain: Int32 = 39
    static let onlyIPv6: Int32 = 26
}
