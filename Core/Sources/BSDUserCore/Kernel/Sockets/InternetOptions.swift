/// Options of IPv4 and IPv6 (`netinet/in.h`, `netinet6/in6.h`).
enum InternetOptions {
    private typealias Host = SocketOptionRow.Host
    static let rows = internet4 + multicast4 + internet6 + groups

    private static func ip(_ number: Int32, _ name: String, _ host: Int32) -> SocketOptionRow {
        .number(HostOption.ip, number, name, Host(HostOption.ip, host))
    }

    private static func ipFlag(_ number: Int32, _ name: String, _ host: Int32) -> SocketOptionRow {
        .number(HostOption.ip, number, name, Host(HostOption.ip, host), on: 1)
    }

    private static let internet4: [SocketOptionRow] = [
        .bytes(HostOption.ip, 1, "IP_OPTIONS", Host(HostOption.ip, 4), room: 40), ipFlag(2, "IP_HDRINCL", 3),
        ip(3, "IP_TOS", 1), ip(4, "IP_TTL", 2), ipFlag(5, "IP_RECVOPTS", 6), ipFlag(6, "IP_RECVRETOPTS", 7),
        // The address a datagram was sent to: the host tells it with IP_RECVORIGDSTADDR, the interface with IP_PKTINFO.
        ipFlag(7, "IP_RECVDSTADDR", 20), ipFlag(20, "IP_RECVIF", 8),
        // Ranges of ports that the host does not tell apart: IP_PORTRANGE_DEFAULT.
        .constant(HostOption.ip, 19, "IP_PORTRANGE", 0), .constant(HostOption.ip, 23, "IP_ONESBCAST", 0),
        ipFlag(24, "IP_BINDANY", 15), ipFlag(65, "IP_RECVTTL", 12), ip(66, "IP_MINTTL", 21),
        SocketOptionRow(
            level: HostOption.ip, number: 67, name: "IP_DONTFRAG",
            read: { thread, fd throws(Errno) in
                // IP_PMTUDISC_DO 2
                let mode = try HostSocket.integerOption(fd, HostOption.ip, 10)
                return GuestInt(mode == 2 ? 1 : 0).encoded(thread.memory.abi)
            },
            write: { thread, fd, bytes throws(Errno) in
                try HostSocket.setOption(fd, HostOption.ip, 10, try thread.integer(bytes) == 0 ? 0 : 2)
            }),
        ipFlag(68, "IP_RECVTOS", 13),
    ]

    private static let multicast4: [SocketOptionRow] = [
        SocketOptionRow(
            level: HostOption.ip, number: 9, name: "IP_MULTICAST_IF",
            read: { _, fd throws(Errno) in try HostSocket.option(fd, HostOption.ip, 32, room: 4) },
            write: { thread, fd, bytes throws(Errno) in
                // An address, or struct ip_mreqn with an interface's number at its end.
                let host = bytes.count >= 12 ? try request4(thread, bytes) : Array(bytes.prefix(4))
                guard host.count >= 4 else { throw .EINVAL }
                try HostSocket.setOption(fd, HostOption.ip, 32, host)
            }),
        .byte(HostOption.ip, 10, "IP_MULTICAST_TTL", Host(HostOption.ip, 33)),
        .byte(HostOption.ip, 11, "IP_MULTICAST_LOOP", Host(HostOption.ip, 34)),
        .written(HostOption.ip, 12, "IP_ADD_MEMBERSHIP", Host(HostOption.ip, 35), request4),
        .written(HostOption.ip, 13, "IP_DROP_MEMBERSHIP", Host(HostOption.ip, 36), request4),
        .written(HostOption.ip, 70, "IP_ADD_SOURCE_MEMBERSHIP", Host(HostOption.ip, 39), source4),
        .written(HostOption.ip, 71, "IP_DROP_SOURCE_MEMBERSHIP", Host(HostOption.ip, 40), source4),
        .written(HostOption.ip, 72, "IP_BLOCK_SOURCE", Host(HostOption.ip, 38), source4),
        .written(HostOption.ip, 73, "IP_UNBLOCK_SOURCE", Host(HostOption.ip, 37), source4),
    ]

    /// `struct ip_mreq`, or `ip_mreqn` with the interface's number.
    @Sendable private static func request4(_ thread: GuestThread, _ bytes: [UInt8]) throws(Errno) -> [UInt8] {
        guard bytes.count >= 8 else { throw .EINVAL }
        guard bytes.count >= 12 else { return Array(bytes.prefix(8)) }
        return Array(bytes.prefix(8)) + thread.memory.abi.reordered(Array(bytes[8..<12]))
    }

    /// `struct ip_mreq_source`: group, source, interface; on the host group, interface, source.
    @Sendable private static func source4(_ thread: GuestThread, _ bytes: [UInt8]) throws(Errno) -> [UInt8] {
        guard bytes.count >= 12 else { throw .EINVAL }
        return Array(bytes[0..<4]) + Array(bytes[8..<12]) + Array(bytes[4..<8])
    }

    private static func ipv6(_ number: Int32, _ name: String, _ host: Int32) -> SocketOptionRow {
        .number(HostOption.ipv6, number, name, Host(HostOption.ipv6, host))
    }

    private static func ipv6Flag(_ number: Int32, _ name: String, _ host: Int32) -> SocketOptionRow {
        .number(HostOption.ipv6, number, name, Host(HostOption.ipv6, host), on: 1)
    }

    private static let internet6: [SocketOptionRow] = [
        ipv6(4, "IPV6_UNICAST_HOPS", 16), ipv6(9, "IPV6_MULTICAST_IF", 17), ipv6(10, "IPV6_MULTICAST_HOPS", 18),
        ipv6(11, "IPV6_MULTICAST_LOOP", 19),
        .written(HostOption.ipv6, 12, "IPV6_JOIN_GROUP", Host(HostOption.ipv6, 20), request6),
        .written(HostOption.ipv6, 13, "IPV6_LEAVE_GROUP", Host(HostOption.ipv6, 21), request6),
        .constant(HostOption.ipv6, 14, "IPV6_PORTRANGE", 0), ipv6(26, "IPV6_CHECKSUM", 7),
        ipv6Flag(27, "IPV6_V6ONLY", HostOption.onlyIPv6), ipv6Flag(36, "IPV6_RECVPKTINFO", 49),
        ipv6Flag(37, "IPV6_RECVHOPLIMIT", 51), ipv6Flag(38, "IPV6_RECVRTHDR", 56),
        ipv6Flag(39, "IPV6_RECVHOPOPTS", 53), ipv6Flag(40, "IPV6_RECVDSTOPTS", 58),
        .constant(HostOption.ipv6, 42, "IPV6_USE_MIN_MTU", -1), ipv6Flag(43, "IPV6_RECVPATHMTU", 60),
        ipv6Flag(57, "IPV6_RECVTCLASS", 66), ipv6Flag(59, "IPV6_AUTOFLOWLABEL", 70), ipv6(61, "IPV6_TCLASS", 67),
        ipv6Flag(62, "IPV6_DONTFRAG", 62), .constant(HostOption.ipv6, 63, "IPV6_PREFER_TEMPADDR", -1),
        ipv6Flag(64, "IPV6_BINDANY", 78),
    ]

    /// `struct ipv6_mreq`: the group, then the interface's number.
    @Sendable private static func request6(_ thread: GuestThread, _ bytes: [UInt8]) throws(Errno) -> [UInt8] {
        guard bytes.count >= 20 else { throw .EINVAL }
        return Array(bytes[0..<16]) + thread.memory.abi.reordered(Array(bytes[16..<20]))
    }

    // RFC 3678: the same numbers for both families.
    private static let groups: [SocketOptionRow] = [
        (80, "MCAST_JOIN_GROUP", 42, 1), (81, "MCAST_LEAVE_GROUP", 45, 1), (82, "MCAST_JOIN_SOURCE_GROUP", 46, 2),
        (83, "MCAST_LEAVE_SOURCE_GROUP", 47, 2), (84, "MCAST_BLOCK_SOURCE", 43, 2),
        (85, "MCAST_UNBLOCK_SOURCE", 44, 2),
    ].flatMap { (row: (number: Int32, name: String, host: Int32, addresses: Int)) in
        [HostOption.ip, HostOption.ipv6].map { level in
            .written(level, row.number, row.name, Host(level, row.host)) { thread, bytes throws(Errno) in
                try groupRequest(thread, bytes, addresses: row.addresses)
            }
        }
    }

    /// `struct group_req` and `group_source_req`: the interface's number, then addresses in rooms of 128 bytes, aligned
    /// to 8 bytes on both systems.
    private static func groupRequest(_ thread: GuestThread, _ bytes: [UInt8], addresses: Int) throws(Errno) -> [UInt8] {
        guard bytes.count >= 8 + addresses * 128 else { throw .EINVAL }
        var host = thread.memory.abi.reordered(Array(bytes[0..<4])) + [0, 0, 0, 0]
        for index in 0..<addresses {
            let room = bytes[(8 + index * 128)..<(136 + index * 128)]
            let length = Int(room.first ?? 0)
            let address = try SocketAddress(guest: Array(room.prefix(length)), thread.memory.abi).host()
            host += address + [UInt8](repeating: 0, count: 128 - address.count)
        }
        return host
    }
}
