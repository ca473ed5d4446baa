/// Routes and multicast groups of the host, as its /proc/net tells them.
enum HostRoutes {
    /// A route.
    struct Route {
        let interface: [UInt8]
        let destination: SocketAddress
        /// Nil for a host's route.
        let mask: SocketAddress?
        let gateway: SocketAddress?
    }

    /// RTF_GATEWAY and RTF_HOST, and what makes a route none of the table's: RTF_REJECT, RTF_LOCAL.
    private static let gatewayFlag: UInt32 = 0x2
    private static let hostFlag: UInt32 = 0x4
    private static let otherFlags: UInt32 = 0x8000_0200

    static func all() -> [Route] { internet4() + internet6() }

    // Iface Destination Gateway Flags RefCnt Use Metric Mask: numbers of 32 bits as they stand in the host's memory.
    private static func internet4() -> [Route] {
        HostFile.words(ofSystemFile: "/proc/net/route").dropFirst().compactMap { words in
            guard words.count >= 8, let flags = UInt32(words[3], radix: 16), flags & otherFlags == 0,
                let destination = internet4(words[1]), let gateway = internet4(words[2]), let mask = internet4(words[7])
            else { return nil }
            return Route(
                interface: Array(words[0].utf8), destination: destination,
                mask: flags & hostFlag != 0 ? nil : mask, gateway: flags & gatewayFlag != 0 ? gateway : nil)
        }
    }

    private static func internet4(_ text: String) -> SocketAddress? {
        guard let number = UInt32(text, radix: 16) else { return nil }
        return .internet4(port: [0, 0], address: HostSocket.bytes(Int32(bitPattern: number)))
    }

    // Destination, its length, source, its length, gateway, metric, references, uses, flags, interface.
    private static func internet6() -> [Route] {
        HostFile.words(ofSystemFile: "/proc/net/ipv6_route").compactMap { words in
            guard words.count >= 10, let flags = UInt32(words[8], radix: 16), flags & otherFlags == 0,
                let length = Int(words[1], radix: 16), let destination = hexadecimalBytes(words[0]),
                let gateway = hexadecimalBytes(words[4])
            else { return nil }
            let mask = (0..<16).map { index in
                UInt8(truncatingIfNeeded: 0xff00 >> min(8, max(0, length - index * 8)))
            }
            return Route(
                interface: Array(words[9].utf8), destination: internet6(destination),
                mask: length == 128 ? nil : internet6(mask),
                gateway: flags & gatewayFlag != 0 ? internet6(gateway) : nil)
        }
    }

    private static func internet6(_ address: [UInt8]) -> SocketAddress {
        .internet6(port: [0, 0], flow: [0, 0, 0, 0], address: address, scope: 0)
    }

    private static func hexadecimalBytes(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 32 else { return nil }
        return stride(from: 0, to: 32, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
        }
    }

    /// The groups that an interface has joined.
    static func groups(_ index: UInt32) -> [SocketAddress] {
        var groups: [SocketAddress] = []
        var current: UInt32?
        // A line for the interface begins with its number; the lines of its groups are indented.
        for line in HostFile.lines(ofSystemFile: "/proc/net/igmp") {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard let first = words.first.map({ String(decoding: $0, as: UTF8.self) }) else { continue }
            if line.first != UInt8(ascii: "\t") {
                current = UInt32(first)
            } else if current == index, let group = internet4(first) {
                groups.append(group)
            }
        }
        for words in HostFile.words(ofSystemFile: "/proc/net/igmp6")
        where words.count >= 3 && UInt32(words[0]) == index {
            if let address = hexadecimalBytes(words[2]) { groups.append(internet6(address)) }
        }
        return groups
    }
}
