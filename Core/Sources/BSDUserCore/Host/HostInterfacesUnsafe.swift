import Glibc

/// A network interface of the host.
struct HostInterface {
    let name: [UInt8]
    let index: UInt32
    /// The host's `IFF_*`.
    var flags: UInt32
    /// As `InterfaceType` has it, and the address of the hardware.
    var type: UInt8 = InterfaceType.other
    var hardwareAddress: [UInt8] = []
    var mtu: UInt32 = 0
    var addresses: [InterfaceAddress] = []
    var counters = Counters()

    /// One address, with what goes with it.
    struct InterfaceAddress {
        var address: SocketAddress
        var mask: SocketAddress?
        /// Broadcast address, or the other end of a point-to-point link.
        var destination: SocketAddress?
    }

    /// What has come and gone, as /proc/net/dev counts.
    struct Counters {
        var packetsIn: UInt64 = 0
        var errorsIn: UInt64 = 0
        var bytesIn: UInt64 = 0
        var multicastsIn: UInt64 = 0
        var dropsIn: UInt64 = 0
        var packetsOut: UInt64 = 0
        var errorsOut: UInt64 = 0
        var bytesOut: UInt64 = 0
        var dropsOut: UInt64 = 0
        var collisions: UInt64 = 0
    }

    /// All interfaces in the order of their numbers.
    static func all() -> [HostInterface] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var interfaces: [[UInt8]: HostInterface] = [:]
        var next = first
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let text = entry.ifa_name else { continue }
            let name = Array(String(cString: text).utf8)
            var interface =
                interfaces[name]
                ?? HostInterface(name: name, index: if_nametoindex(text), flags: UInt32(entry.ifa_flags))
            interface.take(entry)
            interfaces[name] = interface
        }
        let counters = counters()
        return interfaces.values.sorted { $0.index < $1.index }.map { interface in
            var interface = interface
            interface.mtu = mtu(interface.name)
            interface.counters = counters[interface.name] ?? Counters()
            return interface
        }
    }

    private mutating func take(_ entry: ifaddrs) {
        guard let address = Self.address(entry.ifa_addr) else { return }
        if case .link(_, let type, _, let hardware) = address {
            // FreeBSD's loopback has no address of its own, the host's is all zero.
            (self.type, hardwareAddress) = (type, hardware.allSatisfy { $0 == 0 } ? [] : hardware)
            return
        }
        addresses.append(
            InterfaceAddress(
                address: address, mask: Self.address(entry.ifa_netmask),
                destination: Self.address(entry.ifa_ifu.ifu_broadaddr)))
    }

    private static func address(_ pointer: UnsafeMutablePointer<sockaddr>?) -> SocketAddress? {
        guard let pointer else { return nil }
        let count: Int
        switch Int32(pointer.pointee.sa_family) {
        case AF_INET: count = MemoryLayout<sockaddr_in>.size
        case AF_INET6: count = MemoryLayout<sockaddr_in6>.size
        case AddressFamily.hostPacket: count = 20
        default: return nil
        }
        return SocketAddress(host: Array(UnsafeRawBufferPointer(start: pointer, count: count)))
    }

    private static func mtu(_ name: [UInt8]) -> UInt32 {
        let text = HostFile.contents(ofSystemFile: "/sys/class/net/\(String(decoding: name, as: UTF8.self))/mtu")
        return UInt32(String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) ?? 1500
    }

    // proc_pid_net(5): NAME: bytes packets errors drops fifo frame compressed multicast, then 8 numbers of what went out.
    private static func counters() -> [[UInt8]: Counters] {
        var result: [[UInt8]: Counters] = [:]
        for line in HostFile.lines(ofSystemFile: "/proc/net/dev") {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let numbers = line[(colon + 1)...].split(separator: UInt8(ascii: " ")).map {
                UInt64(String(decoding: $0, as: UTF8.self)) ?? 0
            }
            guard numbers.count >= 16 else { continue }
            var counters = Counters()
            (counters.bytesIn, counters.packetsIn) = (numbers[0], numbers[1])
            (counters.errorsIn, counters.dropsIn, counters.multicastsIn) = (numbers[2], numbers[3], numbers[7])
            (counters.bytesOut, counters.packetsOut) = (numbers[8], numbers[9])
            (counters.errorsOut, counters.dropsOut, counters.collisions) = (numbers[10], numbers[11], numbers[13])
            result[Array(line[..<colon].drop { $0 == UInt8(ascii: " ") })] = counters
        }
        return result
    }
}

extension HostFile {
    /// The lines of a file of the system.
    static func lines(ofSystemFile path: String) -> [ArraySlice<UInt8>] {
        contents(ofSystemFile: path).split(separator: UInt8(ascii: "\n"))
    }

    /// The words of each line.
    static func words(ofSystemFile path: String) -> [[String]] {
        lines(ofSystemFile: path).map { line in
            line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }
}
