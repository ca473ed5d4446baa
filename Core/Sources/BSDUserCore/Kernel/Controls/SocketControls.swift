/// Requests on sockets (`sys/sockio.h`): what tells of interfaces; what would change them is the superuser's.
enum SocketControls {
    static let rows: [ControlRow] =
        [
            .output("s", 7, "SIOCATMARK", GuestInt.self) { thread, fd throws(Errno) in
                try thread.checkSocket(fd)
                // `soo_ioctl` has an answer for every socket, the host for those with urgent data.
                return GuestInt((try? HostControl.integer(fd, HostControl.atMark)) ?? 0)
            },
            .input("s", 8, "SIOCSPGRP", GuestInt.self) { _, fd, value throws(Errno) in
                _ = try HostSystemCall.fcntl.checked(Int(fd), 8, Int(value.value))
            },
            .output("s", 9, "SIOCGPGRP", GuestInt.self) { _, fd throws(Errno) in
                GuestInt(Int32(try HostSystemCall.fcntl.checked(Int(fd), 9)))
            },
            configuration(byteCount: 16), configuration(byteCount: 8),
            about(17, "SIOCGIFFLAGS") { interface, abi throws(Errno) in
                let flags = UInt32(FlagSet<InterfaceFlags>(host: UInt64(interface.flags)).guest)
                // Two halves, each a short: ifr_flags, ifr_flagshigh.
                let halves = flags & 0xffff
                return GuestUnsigned(abi.byteOrder == .big ? halves << 16 | flags >> 16 : flags).encoded(abi)
            },
            about(23, "SIOCGIFMETRIC") { _, abi throws(Errno) in GuestInt(0).encoded(abi) },
            about(31, "SIOCGIFCAP") { _, abi throws(Errno) in GuestInt(0).encoded(abi) },
            about(32, "SIOCGIFINDEX") { interface, abi throws(Errno) in
                let index = interface.index & 0xffff
                return GuestUnsigned(abi.byteOrder == .big ? index << 16 : index).encoded(abi)
            },
            about(51, "SIOCGIFMTU") { interface, abi throws(Errno) in
                GuestUnsigned(interface.mtu).encoded(abi)
            },
            about(53, "SIOCGIFPHYS") { _, abi throws(Errno) in GuestInt(0).encoded(abi) },
            about(92, "SIOCGIFFIB") { _, abi throws(Errno) in GuestInt(0).encoded(abi) },
            address(33, "SIOCGIFADDR") { $0.address }, address(34, "SIOCGIFDSTADDR") { $0.destination },
            address(35, "SIOCGIFBRDADDR") { $0.destination }, address(37, "SIOCGIFNETMASK") { $0.mask },
        ] + changes

    private static let changes: [ControlRow] = [
        (12, "SIOCSIFADDR"), (14, "SIOCSIFDSTADDR"), (16, "SIOCSIFFLAGS"), (19, "SIOCSIFBRDADDR"),
        (22, "SIOCSIFNETMASK"), (24, "SIOCSIFMETRIC"), (25, "SIOCDIFADDR"), (30, "SIOCSIFCAP"), (40, "SIOCSIFNAME"),
        (52, "SIOCSIFMTU"), (54, "SIOCSIFPHYS"), (60, "SIOCSIFLLADDR"), (121, "SIOCIFDESTROY"),
    ].map { (row: (number: UInt32, name: String)) in
        .input("i", row.number, row.name, InterfaceRequest.self) { thread, fd, _ throws(Errno) in
            try thread.checkSocket(fd)
            throw .EPERM
        }
    }

    /// A request about one interface.
    private static func about(
        _ number: UInt32, _ name: String,
        _ value: @escaping @Sendable (HostInterface, GuestABI) throws(Errno) -> [UInt8]
    ) -> ControlRow {
        .both("i", number, name, InterfaceRequest.self) { thread, fd, request throws(Errno) in
            try thread.checkSocket(fd)
            guard let interface = HostInterface.all().first(where: { $0.name == request.name }) else { throw .ENXIO }
            var answer = request
            answer.value = try value(interface, thread.memory.abi)
            return answer
        }
    }

    /// A request for an address of IPv4: the first, or the one that the request names.
    private static func address(
        _ number: UInt32, _ name: String, _ part: @escaping @Sendable (HostInterface.InterfaceAddress) -> SocketAddress?
    ) -> ControlRow {
        about(number, name) { interface, abi throws(Errno) in
            let first = interface.addresses.first { $0.address.family == AddressFamily.internet4 }
            guard let first, let address = part(first) else { throw .EADDRNOTAVAIL }
            return address.guest(abi)
        }
    }

    /// `SIOCGIFCONF`, whose number has the size of a structure with a pointer.
    private static func configuration(byteCount: Int) -> ControlRow {
        ControlRow(
            request: ControlRow.number(.both, "i", 36, byteCount: byteCount), name: "SIOCGIFCONF",
            trace: { thread, address in thread.traceStruct(InterfaceConfiguration.self, address) }
        ) { thread, fd, address throws(Errno) in
            try thread.checkSocket(fd)
            guard InterfaceConfiguration.byteCount(thread.memory.abi) == byteCount else { throw .ENOTTY }
            var request = try thread.memory.load(InterfaceConfiguration.self, at: address)
            // `ifconf`
            guard request.length > 0 else { throw .EINVAL }
            let list = interfaceList(thread.memory.abi, room: Int(request.length))
            try thread.memory.write(list, at: request.buffer)
            request.length = Int32(list.count)
            try thread.memory.store(request, at: address)
        }
    }

    // Each address with its interface's name; one longer than a plain address takes the room that it needs.
    private static func interfaceList(_ abi: GuestABI, room: Int) -> [UInt8] {
        var list: [UInt8] = []
        for interface in HostInterface.all() {
            for address in [interface.link] + interface.addresses.map(\.address) {
                let name =
                    Array(interface.name.prefix(15)) + [UInt8](repeating: 0, count: max(1, 16 - interface.name.count))
                let bytes = address.guest(abi)
                let entry = name + bytes + [UInt8](repeating: 0, count: max(0, 16 - bytes.count))
                guard list.count + entry.count <= room else { return list }
                list += entry
            }
        }
        return list
    }
}

extension GuestThread {
    /// `ENOTTY` for a descriptor that is no socket.
    func checkSocket(_ fd: Int32) throws(Errno) {
        guard try attributes(fd).mode & FileMode.typeMask == FileMode.socket else { throw .ENOTTY }
    }
}
