/// Interfaces, addresses and routes: `sysctl` {CTL_NET, PF_ROUTE, 0, family, operation, argument} (`net/rtsock.c`,
/// `sysctl_rtsock`).
enum RoutingVariables {
    static let rows: [InformationRow] = [
        InformationRow(withArguments: "net.routetable", 17, "Return route tables and interface/address lists") {
            thread, arguments throws(Errno) in
            .bytes(try answer(Array(arguments), thread.memory.abi))
        }
    ]

    // NET_RT_DUMP 1, NET_RT_FLAGS 2, NET_RT_IFLIST 3, NET_RT_IFMALIST 4, NET_RT_IFLISTL 5.
    private static func answer(_ arguments: [Int32], _ abi: GuestABI) throws(Errno) -> [UInt8] {
        guard arguments.count >= 4 || arguments.count == 3 && arguments[2] == 1 else { throw .EISDIR }
        guard arguments.count <= 4 else { throw .ENOTDIR }
        let family = arguments[1]
        guard (0...42).contains(family) else { throw .EINVAL }
        let argument = arguments.count == 4 ? arguments[3] : 0
        switch arguments[2] {
        case 1:
            // The argument is the number of a routing table, and there is one.
            guard argument == 0 || argument == -1 else { throw .EINVAL }
            return routes(family, abi)
        case 2: return []
        case 3, 5: return interfaces(family, argument, isLong: arguments[2] == 5, abi)
        case 4: return groups(family, argument, abi)
        default: throw .EINVAL
        }
    }

    /// `RTA_*` and `RTM_*` (`net/route.h`).
    private static let gatewayBit: UInt32 = 0x2
    private static let maskBit: UInt32 = 0x4
    private static let interfaceBit: UInt32 = 0x10
    private static let addressBit: UInt32 = 0x20
    private static let broadcastBit: UInt32 = 0x80
    private static let destinationBit: UInt32 = 0x1
    private static let newAddress: UInt8 = 0xc
    private static let interfaceInformation: UInt8 = 0xe
    private static let newGroup: UInt8 = 0xf

    private static func selected(_ argument: Int32) -> [HostInterface] {
        HostInterface.all().filter { argument == 0 || $0.index == UInt32(bitPattern: argument) }
    }

    /// `sysctl_iflist`.
    private static func interfaces(_ family: Int32, _ argument: Int32, isLong: Bool, _ abi: GuestABI) -> [UInt8] {
        var bytes: [UInt8] = []
        for interface in selected(argument) {
            var header = InterfaceMessage()
            header.type = interfaceInformation
            header.addresses = interfaceBit
            header.flags = UInt32(FlagSet<InterfaceFlags>(host: UInt64(interface.flags)).guest)
            header.index = UInt16(truncatingIfNeeded: interface.index)
            let data = InterfaceData(interface).encoded(abi)
            bytes += message(header, extra(isLong, 24, data, abi), [interface.link], abi)
            for address in interface.addresses where family == 0 || family == address.address.family {
                bytes += addressMessage(interface, address, isLong: isLong, data, abi)
            }
        }
        return bytes
    }

    // What follows the common beginning: in the long form the header's length, where its data begin, and the data; the
    // short form of an interface has the data alone.
    private static func extra(_ isLong: Bool, _ headerBytes: Int, _ data: [UInt8], _ abi: GuestABI) -> [UInt8] {
        guard isLong else { return data }
        let total = UInt32(headerBytes + InterfaceData.byteCount) << 16 | UInt32(headerBytes)
        let lengths = abi.byteOrder == .big ? total : total << 16 | total >> 16
        return GuestUnsigned(lengths).encoded(abi) + [0, 0, 0, 0] + data
    }

    private static func addressMessage(
        _ interface: HostInterface, _ address: HostInterface.InterfaceAddress, isLong: Bool, _ data: [UInt8],
        _ abi: GuestABI
    ) -> [UInt8] {
        var header = InterfaceMessage()
        header.type = newAddress
        header.index = UInt16(truncatingIfNeeded: interface.index)
        header.addresses = interfaceBit | addressBit
        var parts: [SocketAddress] = []
        if let mask = address.mask {
            header.addresses |= maskBit
            parts.append(mask)
        }
        parts += [interface.link, address.address]
        if let destination = address.destination {
            header.addresses |= broadcastBit
            parts.append(destination)
        }
        // The short form ends with the metric.
        let rest = isLong ? extra(true, 24, data, abi) : [0, 0, 0, 0]
        return message(header, rest, parts, abi)
    }

    /// `sysctl_ifmalist`.
    private static func groups(_ family: Int32, _ argument: Int32, _ abi: GuestABI) -> [UInt8] {
        var bytes: [UInt8] = []
        for interface in selected(argument) {
            for group in HostRoutes.groups(interface.index) where family == 0 || family == group.family {
                var header = InterfaceMessage()
                header.type = newGroup
                header.index = UInt16(truncatingIfNeeded: interface.index)
                header.addresses = interfaceBit | addressBit
                bytes += message(header, [], [interface.link, group], abi)
            }
        }
        return bytes
    }

    /// `sysctl_dumpentry`: RTF_UP 1, RTF_GATEWAY 2, RTF_HOST 4, RTF_STATIC 0x800.
    private static func routes(_ family: Int32, _ abi: GuestABI) -> [UInt8] {
        var bytes: [UInt8] = []
        let interfaces = HostInterface.all()
        for route in HostRoutes.all() where family == 0 || family == route.destination.family {
            guard let interface = interfaces.first(where: { $0.name == route.interface }) else { continue }
            var header = RouteMessage()
            header.index = UInt16(truncatingIfNeeded: interface.index)
            header.flags = 1 | (route.gateway != nil ? 0x802 : 0) | (route.mask == nil ? 4 : 0)
            header.addresses = destinationBit | gatewayBit
            header.mtu = UInt64(interface.mtu)
            var parts = [route.destination, route.gateway ?? interface.link]
            if let mask = route.mask {
                header.addresses |= maskBit
                parts.append(mask)
            }
            let addresses = parts.flatMap { padded($0, abi) }
            header.length = UInt16(RouteMessage.byteCount(abi) + addresses.count)
            bytes += header.encoded(abi) + addresses
        }
        return bytes
    }

    private static func message(
        _ header: InterfaceMessage, _ rest: [UInt8], _ addresses: [SocketAddress], _ abi: GuestABI
    ) -> [UInt8] {
        var header = header
        let tail = rest + addresses.flatMap { padded($0, abi) }
        header.length = UInt16(clamping: InterfaceMessage.byteCount(abi) + tail.count)
        return header.encoded(abi) + tail
    }

    /// `SA_SIZE`: an address takes a multiple of a long.
    private static func padded(_ address: SocketAddress, _ abi: GuestABI) -> [UInt8] {
        let bytes = address.guest(abi)
        let count = (bytes.count + abi.wordBytes - 1) & ~(abi.wordBytes - 1)
        return bytes + [UInt8](repeating: 0, count: count - bytes.count)
    }
}

extension HostInterface {
    /// The interface's own address, with its name.
    var link: SocketAddress {
        .link(index: UInt16(truncatingIfNeeded: index), type: type, name: name, address: hardwareAddress)
    }
}
