/// One kind of control message: its numbers on both systems, and what carries its data over.
struct ControlMessageRow: Sendable {
    let level: Int32
    let type: Int32
    let name: String
    let hostLevel: Int32
    let hostType: Int32
    /// The data for the host; nil for a message that only comes in.
    let send: (@Sendable (GuestThread, [UInt8]) throws(Errno) -> [UInt8])?
    /// The data for the guest; nil for one that only goes out.
    let receive: (@Sendable (GuestThread, [UInt8]) -> [UInt8]?)?
}

/// The kinds of control messages (`sys/socket.h`, `netinet/in.h`, `netinet6/in6.h`).
enum ControlMessages {
    static let socketLevel: Int32 = 0xffff
    private static let hostSocketLevel: Int32 = 1
    private static let ip: Int32 = 0
    private static let ipv6: Int32 = 41
    static let rights: Int32 = 1
    static let credentials: Int32 = 3

    static let rows: [ControlMessageRow] = [
        ControlMessageRow(
            level: socketLevel, type: rights, name: "SCM_RIGHTS", hostLevel: hostSocketLevel, hostType: 1,
            send: descriptorsForHost, receive: descriptorsForGuest),
        ControlMessageRow(
            level: socketLevel, type: credentials, name: "SCM_CREDS", hostLevel: hostSocketLevel, hostType: 2,
            send: { _, _ throws(Errno) in HostIdentity.credentials },
            receive: { thread, data in MessageCredentials(host: data)?.encoded(thread.memory.abi) }),
        incoming(socketLevel, 2, "SCM_TIMESTAMP", hostSocketLevel, 29) { thread, data in
            let words = HostWords.numbers(data)
            guard words.count >= 2 else { return nil }
            return TimeValue(seconds: words[0], microseconds: words[1]).encoded(thread.memory.abi)
        },
        incoming(socketLevel, 4, "SCM_BINTIME", hostSocketLevel, 35) { thread, data in
            let words = HostWords.numbers(data)
            guard words.count >= 2 else { return nil }
            return BinaryTime(seconds: words[0], nanoseconds: words[1]).encoded(thread.memory.abi)
        },
        // The host tells the address that a datagram was sent to with its port, FreeBSD without.
        ControlMessageRow(
            level: ip, type: 7, name: "IP_RECVDSTADDR", hostLevel: ip, hostType: 20,
            send: nil, receive: { _, data in data.count >= 8 ? Array(data[4..<8]) : nil }),
        // IP_SENDSRCADDR has the same number: the host takes it as packet information.
        ControlMessageRow(
            level: ip, type: 7, name: "IP_SENDSRCADDR", hostLevel: ip, hostType: 8,
            send: { _, data throws(Errno) in
                guard data.count == 4 else { throw .EINVAL }
                return [0, 0, 0, 0] + data + [0, 0, 0, 0]
            }, receive: nil),
        incoming(ip, 20, "IP_RECVIF", ip, 8) { thread, data in
            guard data.count >= 4 else { return nil }
            let address = SocketAddress.link(
                index: UInt16(data[0]) | UInt16(data[1]) << 8, type: 0, name: [], address: [])
            return address.guest(thread.memory.abi)
        },
        incoming(ip, 65, "IP_RECVTTL", ip, 2) { _, data in Array(data.prefix(1)) },
        incoming(ip, 68, "IP_RECVTOS", ip, 1) { _, data in Array(data.prefix(1)) },
        ControlMessageRow(
            level: ip, type: 3, name: "IP_TOS", hostLevel: ip, hostType: 1,
            send: { _, data throws(Errno) in
                guard let byte = data.first else { throw .EINVAL }
                return HostSocket.bytes(Int32(byte))
            }, receive: nil),
        // struct in6_pktinfo { struct in6_addr; unsigned index; }
        both(ipv6, 46, "IPV6_PKTINFO", ipv6, 50, prefix: 16),
        both(ipv6, 47, "IPV6_HOPLIMIT", ipv6, 52, prefix: 0), both(ipv6, 61, "IPV6_TCLASS", ipv6, 67, prefix: 0),
    ]

    private static func incoming(
        _ level: Int32, _ type: Int32, _ name: String, _ hostLevel: Int32, _ hostType: Int32,
        _ receive: @escaping @Sendable (GuestThread, [UInt8]) -> [UInt8]?
    ) -> ControlMessageRow {
        ControlMessageRow(
            level: level, type: type, name: name, hostLevel: hostLevel, hostType: hostType, send: nil,
            receive: receive)
    }

    /// Bytes that are the same, then one number.
    private static func both(
        _ level: Int32, _ type: Int32, _ name: String, _ hostLevel: Int32, _ hostType: Int32, prefix: Int
    ) -> ControlMessageRow {
        ControlMessageRow(
            level: level, type: type, name: name, hostLevel: hostLevel, hostType: hostType,
            send: { thread, data throws(Errno) in
                guard data.count == prefix + 4 else { throw .EINVAL }
                return Array(data.prefix(prefix)) + thread.memory.abi.reordered(Array(data.suffix(4)))
            },
            receive: { thread, data in
                guard data.count >= prefix + 4 else { return nil }
                return Array(data.prefix(prefix)) + thread.memory.abi.reordered(Array(data[prefix..<(prefix + 4)]))
            })
    }

    @Sendable private static func descriptorsForHost(_ thread: GuestThread, _ data: [UInt8]) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: data.count & ~3, by: 4) {
            let number = thread.memory.abi.reordered(Array(data[start..<(start + 4)]))
            guard HostDescriptors.isGuests(HostSocket.number(number)) else { throw .EBADF }
            bytes += number
        }
        return bytes
    }

    // Descriptors that have no room below the guest's limit are closed: the caller sees fewer than were sent.
    @Sendable private static func descriptorsForGuest(_ thread: GuestThread, _ data: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        let limit = thread.process.descriptorLimit
        for start in stride(from: 0, to: data.count & ~3, by: 4) {
            let number = Array(data[start..<(start + 4)])
            if HostSocket.number(number) < limit {
                bytes += thread.memory.abi.reordered(number)
            } else {
                _ = HostSystemCall.close(Int(HostSocket.number(number)))
            }
        }
        return bytes.isEmpty ? nil : bytes
    }
}

extension GuestABI {
    /// A number between the guest's order of bytes and the host's.
    func reordered(_ bytes: [UInt8]) -> [UInt8] { byteOrder == .big ? bytes.reversed() : bytes }
}

extension ControlMessage {
    var row: ControlMessageRow? { ControlMessages.rows.first { $0.level == level && $0.type == type } }

    var traceValue: TraceValue {
        let known = row
        let kind: TraceValue = known.map { .symbol($0.name) } ?? .integer(Int64(type))
        return .fields([("level", .integer(Int64(level))), ("type", kind), ("data", .bytes(data))])
    }
}

extension GuestThread {
    /// The guest's control messages in the host's form; FreeBSD knows no others than those of the table (`EINVAL`).
    func controlForHost(_ bytes: [UInt8]) throws(Errno) -> [UInt8] {
        var host: [UInt8] = []
        for message in try ControlMessage.list(bytes, memory.abi) {
            let row = ControlMessages.rows.first {
                $0.level == message.level && $0.type == message.type && $0.send != nil
            }
            guard let row, let send = row.send else { throw .EINVAL }
            let data = try send(self, message.data)
            host += ControlMessage(level: row.hostLevel, type: row.hostType, data: data).hostEncoded
        }
        return host
    }

    /// The host's control messages in the guest's form, as many as fit whole, and whether all did (`kern_recvit`).
    func controlForGuest(_ bytes: [UInt8], room: Int) -> (bytes: [UInt8], isComplete: Bool) {
        var guest: [UInt8] = []
        var isComplete = true
        for message in ControlMessage.list(host: bytes) {
            let row = ControlMessages.rows.first {
                $0.hostLevel == message.level && $0.hostType == message.type && $0.receive != nil
            }
            guard let row, let data = row.receive?(self, message.data) else { continue }
            let encoded = ControlMessage(level: row.level, type: row.type, data: data).encoded(memory.abi)
            if guest.count + encoded.count <= room && isComplete {
                guest += encoded
            } else {
                isComplete = false
                discard(message)
            }
        }
        return (guest, isComplete)
    }

    /// Closes the descriptors of control messages in the guest's form.
    func discardRights(_ bytes: [UInt8]) {
        for message in (try? ControlMessage.list(bytes, memory.abi)) ?? []
        where message.level == ControlMessages.socketLevel && message.type == ControlMessages.rights {
            for start in stride(from: 0, to: message.data.count & ~3, by: 4) {
                let number = memory.abi.reordered(Array(message.data[start..<(start + 4)]))
                _ = HostSystemCall.close(Int(HostSocket.number(number)))
            }
        }
    }

    // Descriptors that the guest does not get to see must not stay open.
    private func discard(_ message: ControlMessage) {
        guard message.level == 1, message.type == 1 else { return }
        for start in stride(from: 0, to: message.data.count & ~3, by: 4) {
            _ = HostSystemCall.close(Int(HostSocket.number(Array(message.data[start..<(start + 4)]))))
        }
    }
}

/// `struct cmsgcred` (`sys/socket.h`): who sent a message.
struct MessageCredentials: GuestStruct, Equatable, Sendable {
    /// `CMGROUP_MAX`.
    static let groupLimit = 16

    var process: Int32 = 0
    var user: UInt32 = 0
    var effectiveUser: UInt32 = 0
    var group: UInt32 = 0
    var groupCount: Int16 = 0
    var groups: [GuestUnsigned] = []

    init() {}

    /// From the host's `struct ucred`; nil when the sender attached none: the host then knows no process.
    init?(host data: [UInt8]) {
        guard data.count >= 12 else { return nil }
        let words = (0..<3).map { HostSocket.number(Array(data[($0 * 4)..<($0 * 4 + 4)])) }
        guard words[0] > 0 else { return nil }
        process = words[0]
        (user, effectiveUser) = (UInt32(bitPattern: words[1]), UInt32(bitPattern: words[1]))
        group = UInt32(bitPattern: words[2])
        groupCount = 1
        groups = [GuestUnsigned(group)]
    }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("cmcred_pid", &process)
        visitor.int("cmcred_uid", &user)
        visitor.int("cmcred_euid", &effectiveUser)
        visitor.int("cmcred_gid", &group)
        visitor.int("cmcred_ngroups", &groupCount)
        visitor.array("cmcred_groups", &groups, count: Self.groupLimit)
    }
}

/// `struct bintime` (`sys/time.h`): seconds and their 2^-64 parts.
struct BinaryTime: GuestStruct, Equatable, Sendable {
    var seconds: Int64 = 0
    var fraction: UInt64 = 0

    init() {}
    init(seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        // 2^64 / 10^9, rounded down, as in `timespec2bintime`.
        fraction = UInt64(max(0, nanoseconds)) &* 18_446_744_073
    }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.time("sec", &seconds)
        visitor.int("frac", &fraction)
    }
}
