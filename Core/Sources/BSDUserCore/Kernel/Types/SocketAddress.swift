/// The address of a socket, between FreeBSD's form and the host's.
///
/// FreeBSD's addresses begin with their length and a family of one byte (`sys/socket.h`), the host's with a family of
/// two. Ports and addresses stand in the network's order in both.
enum SocketAddress: Equatable, Sendable {
    case unspecified
    /// `sockaddr_un`: the bytes of the path; none when the socket has no name.
    case local([UInt8])
    /// `sockaddr_in`: two bytes of port and four of address, as they stand.
    case internet4(port: [UInt8], address: [UInt8])
    /// `sockaddr_in6`.
    case internet6(port: [UInt8], flow: [UInt8], address: [UInt8], scope: UInt32)
    /// `sockaddr_dl`: an interface.
    case link(index: UInt16, type: UInt8, name: [UInt8], address: [UInt8])

    /// Longest address that a call takes (`SOCK_MAXADDRLEN`), and longest path with its zero byte.
    static let greatestLength = 255
    static let pathRoom = 104
    private static let internet4Length = 16
    private static let internet6Length = 28

    /// Reads FreeBSD's form. The length is the call's argument: the one inside counts for nothing (`getsockaddr`).
    init(guest bytes: [UInt8], _ abi: GuestABI) throws(Errno) {
        guard bytes.count >= 2 else { throw .EINVAL }
        switch Int32(bytes[1]) {
        case AddressFamily.unspecified: self = .unspecified
        case AddressFamily.local:
            guard bytes.count > 2, bytes.count <= 2 + Self.pathRoom else { throw .EINVAL }
            self = .local(Array(bytes[2...].prefix { $0 != 0 }))
        case AddressFamily.internet4:
            guard bytes.count == Self.internet4Length else { throw .EINVAL }
            self = .internet4(port: Array(bytes[2..<4]), address: Array(bytes[4..<8]))
        case AddressFamily.internet6:
            guard bytes.count == Self.internet6Length else { throw .EINVAL }
            self = .internet6(
                port: Array(bytes[2..<4]), flow: Array(bytes[4..<8]), address: Array(bytes[8..<24]),
                scope: Self.number(Array(bytes[24..<28]), abi.byteOrder))
        default: throw .EAFNOSUPPORT
        }
    }

    /// Reads the host's form; nil for a family that FreeBSD does not have.
    init?(host bytes: [UInt8]) {
        guard bytes.count >= 2 else { return nil }
        switch Int32(bytes[0]) | Int32(bytes[1]) << 8 {
        case AddressFamily.unspecified: self = .unspecified
        case AddressFamily.local: self = .local(Array(bytes[2...].prefix { $0 != 0 }))
        case AddressFamily.internet4:
            guard bytes.count >= 8 else { return nil }
            self = .internet4(port: Array(bytes[2..<4]), address: Array(bytes[4..<8]))
        case AddressFamily.hostInternet6:
            guard bytes.count >= Self.internet6Length else { return nil }
            self = .internet6(
                port: Array(bytes[2..<4]), flow: Array(bytes[4..<8]), address: Array(bytes[8..<24]),
                scope: Self.number(Array(bytes[24..<28]), .little))
        case AddressFamily.hostPacket:
            // struct sockaddr_ll: family, protocol, index, hardware type, packet type, length, address[8].
            guard bytes.count >= 20 else { return nil }
            self = .link(
                index: UInt16(truncatingIfNeeded: Self.number(Array(bytes[4..<8]), .little)),
                type: InterfaceType.guest(hardware: UInt16(bytes[8]) | UInt16(bytes[9]) << 8), name: [],
                address: Array(bytes[12...].prefix(min(Int(bytes[11]), 8))))
        default: return nil
        }
    }

    /// The host's form. A path is given with the call, because it may lie inside a root.
    func host(path: [UInt8]? = nil) -> [UInt8] {
        switch self {
        case .unspecified: return [UInt8](repeating: 0, count: 16)
        case .local(let own): return [1, 0] + (path ?? own) + [0]
        case .internet4(let port, let address): return [2, 0] + port + address + [UInt8](repeating: 0, count: 8)
        case .internet6(let port, let flow, let address, let scope):
            return [UInt8(AddressFamily.hostInternet6), 0] + port + flow + address + Self.bytes(scope, .little)
        case .link: return [UInt8](repeating: 0, count: 16)
        }
    }

    /// FreeBSD's form.
    func guest(_ abi: GuestABI) -> [UInt8] {
        let body: [UInt8]
        switch self {
        case .unspecified: body = [UInt8](repeating: 0, count: 14)
        // A socket without a name has `sun_noname`: a plain address of 16 bytes (uipc_usrreq.c).
        case .local(let path):
            body = path.isEmpty ? [UInt8](repeating: 0, count: 14) : Array(path.prefix(Self.pathRoom))
        case .internet4(let port, let address): body = port + address + [UInt8](repeating: 0, count: 8)
        case .internet6(let port, let flow, let address, let scope):
            body = port + flow + address + Self.bytes(scope, abi.byteOrder)
        case .link(let index, let type, let name, let address):
            let data = name + address
            let head = Self.bytes(index, abi.byteOrder) + [type, UInt8(clamping: name.count)]
            let spare = [UInt8](repeating: 0, count: max(0, 46 - data.count))
            body = head + [UInt8(clamping: address.count), 0] + data + spare
        }
        return [UInt8(clamping: body.count + 2), UInt8(family)] + body
    }

    /// FreeBSD's number of the family.
    var family: Int32 {
        switch self {
        case .unspecified: AddressFamily.unspecified
        case .local: AddressFamily.local
        case .internet4: AddressFamily.internet4
        case .internet6: AddressFamily.internet6
        case .link: AddressFamily.link
        }
    }

    private static func number(_ bytes: [UInt8], _ order: ByteOrder) -> UInt32 {
        let ordered = order == .big ? bytes : bytes.reversed()
        return ordered.reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func bytes<Number: FixedWidthInteger>(_ value: Number, _ order: ByteOrder) -> [UInt8] {
        let count = MemoryLayout<Number>.size
        let ascending = (0..<count).map { UInt8(truncatingIfNeeded: value >> Number($0 * 8)) }
        return order == .big ? ascending.reversed() : ascending
    }
}

/// Types of interfaces (`net/if_types.h`) for the host's hardware types (`if_arp.h`).
enum InterfaceType {
    static let other: UInt8 = 1
    private static let table: [UInt16: UInt8] = [
        // ARPHRD_ETHER, _PPP, _LOOPBACK; _TUNNEL, _TUNNEL6, _SIT, _IPGRE and _NONE are IFT_TUNNEL.
        1: 6, 512: 23, 772: 24, 768: 131, 769: 131, 776: 131, 778: 131, 65534: 131,
    ]
    static func guest(hardware: UInt16) -> UInt8 { table[hardware] ?? other }
}

extension SocketAddress {
    var traceValue: TraceValue {
        switch self {
        case .unspecified: return .structure(text: "{AF_UNSPEC}", json: "{\"family\":\"AF_UNSPEC\"}")
        case .local(let path):
            var text = TraceTextWriter()
            var json = TraceJSONWriter()
            text.append(.bytes(path))
            json.append(.bytes(path))
            return Self.structure("AF_UNIX", [("path", Self.text(text.bytes), Self.text(json.bytes))])
        case .internet4(let port, let address):
            let dotted = address.map { String($0) }.joined(separator: ".")
            return Self.structure(
                "AF_INET", [("address", dotted, "\"\(dotted)\""), ("port", Self.port(port), Self.port(port))])
        case .internet6(let port, _, let address, let scope):
            let groups = stride(from: 0, to: 16, by: 2).map {
                String(Int(address[$0]) << 8 | Int(address[$0 + 1]), radix: 16)
            }
            let text = groups.joined(separator: ":")
            return Self.structure(
                "AF_INET6",
                [
                    ("address", text, "\"\(text)\""), ("port", Self.port(port), Self.port(port)),
                    ("scope", "\(scope)", "\(scope)"),
                ])
        case .link(let index, _, _, let address):
            let text = address.map { hexadecimal($0) }.joined(separator: ":")
            return Self.structure("AF_LINK", [("index", "\(index)", "\(index)"), ("address", text, "\"\(text)\"")])
        }
    }

    private static func port(_ bytes: [UInt8]) -> String { String(Int(bytes[0]) << 8 | Int(bytes[1])) }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func structure(_ family: String, _ fields: [(name: String, text: String, json: String)])
        -> TraceValue
    {
        .structure(
            text: "{" + ([family] + fields.map { "\($0.name)=\($0.text)" }).joined(separator: ",") + "}",
            json: "{\"family\":\"\(family)\"" + fields.map { ",\"\($0.name)\":\($0.json)" }.joined() + "}")
    }
}
