/// Making, naming and connecting sockets, and their options.
enum SocketCalls {
    static let rows: [SystemCallRow] = [
        systemCall(
            97, "socket", Enumeration<AddressFamily>("domain"), Flags<SocketType>("type"),
            Enumeration<InternetProtocol>("protocol"), returns: .descriptor, support: .partial, note: families
        ) { thread, domain, type, number throws(Errno) in
            try thread.socket(domain.guest, type, number.guest)
        },
        systemCall(
            135, "socketpair", Enumeration<AddressFamily>("domain"), Flags<SocketType>("type"),
            Enumeration<InternetProtocol>("protocol"), Out<DescriptorPair>("rsv")
        ) { thread, domain, type, number, out throws(Errno) in
            let pair = try thread.socketPair(domain.guest, type, number.guest)
            do throws(Errno) {
                try out.store(pair)
            } catch {
                thread.closePair(pair.first, pair.second)
                throw error
            }
        },
        systemCall(104, "bind", Fd("s"), SocketAddressIn("name")) { thread, fd, address throws(Errno) in
            try thread.bind(fd, address)
        },
        systemCall(538, "bindat", DirFd(), Fd("s"), SocketAddressIn("name")) {
            thread, directory, fd, address throws(Errno) in
            try thread.bind(fd, address, from: directory)
        },
        // A handler ends it with EINTR whatever SA_RESTART says (`kern_connectat`).
        systemCall(98, "connect", Fd("s"), SocketAddressIn("name"), restart: .interrupts) {
            thread, fd, address throws(Errno) in
            try thread.connect(fd, address)
        },
        systemCall(539, "connectat", DirFd(), Fd("s"), SocketAddressIn("name"), restart: .interrupts) {
            thread, directory, fd, address throws(Errno) in
            try thread.connect(fd, address, from: directory)
        },
        systemCall(106, "listen", Fd("s"), Signed("backlog")) { thread, fd, backlog throws(Errno) in
            try thread.listen(fd, backlog)
        },
        systemCall(
            30, "accept", Fd("s"), SocketAddressOut("name", length: .asAddress), returns: .descriptor,
            restart: .restarts
        ) { thread, fd, out throws(Errno) in try thread.accept(fd, out, flags: nil) },
        systemCall(
            541, "accept4", Fd("s"), SocketAddressOut("name", length: .asAddress), Flags<SocketType>(),
            returns: .descriptor, restart: .restarts
        ) { thread, fd, out, flags throws(Errno) in try thread.accept(fd, out, flags: flags) },
        systemCall(
            99, "oaccept", Fd("s"), SocketAddressOut("name", length: .asAddress, old: true), returns: .descriptor,
            restart: .restarts
        ) { thread, fd, out throws(Errno) in try thread.accept(fd, out, flags: nil) },
        systemCall(32, "getsockname", Fd("fdes"), SocketAddressOut("asa")) { thread, fd, out throws(Errno) in
            try thread.tellAddress(.getsockname, fd, out)
        },
        systemCall(31, "getpeername", Fd("fdes"), SocketAddressOut("asa")) { thread, fd, out throws(Errno) in
            try thread.tellAddress(.getpeername, fd, out)
        },
        systemCall(150, "ogetsockname", Fd("fdec"), SocketAddressOut("asa", old: true)) {
            thread, fd, out throws(Errno) in
            try thread.tellAddress(.getsockname, fd, out)
        },
        systemCall(141, "ogetpeername", Fd("fdes"), SocketAddressOut("asa", old: true)) {
            thread, fd, out throws(Errno) in
            try thread.tellAddress(.getpeername, fd, out)
        },
        systemCall(134, "shutdown", Fd("s"), Enumeration<ShutdownDirection>("how")) { _, fd, how throws(Errno) in
            guard let direction = how.host else { throw .EINVAL }
            _ = try HostSystemCall.shutdown.checked(Int(fd), Int(direction))
        },
        systemCall(105, "setsockopt", Fd("s"), SocketOptionArgument(), SocketOptionIn()) {
            thread, fd, option, value throws(Errno) in
            try thread.setOption(fd, option, value)
        },
        systemCall(118, "getsockopt", Fd("s"), SocketOptionArgument(), SocketOptionOut()) {
            thread, fd, option, out throws(Errno) in
            try out.store(thread.option(fd, option))
        },
        systemCall(175, "setfib", Signed("fibnum")) { _, number throws(Errno) in
            // There is one routing table.
            guard number == 0 else { throw .EINVAL }
        },
        systemCall(471, "sctp_peeloff", Signed("sd"), Unsigned("name"), support: .refused, note: withoutSCTP) {
            _, _, _ throws(Errno) in throw .EOPNOTSUPP
        },
        systemCall(
            472, "sctp_generic_sendmsg", Signed("sd"), Pointer("msg"), Signed("mlen"), Pointer("to"),
            Signed("tolen"), Pointer("sinfo"), Signed("flags"), support: .refused, note: withoutSCTP
        ) { _, _, _, _, _, _, _, _ throws(Errno) in throw .EOPNOTSUPP },
        systemCall(
            473, "sctp_generic_sendmsg_iov", Signed("sd"), Pointer("iov"), Signed("iovlen"), Pointer("to"),
            Signed("tolen"), Pointer("sinfo"), Signed("flags"), support: .refused, note: withoutSCTP
        ) { _, _, _, _, _, _, _, _ throws(Errno) in throw .EOPNOTSUPP },
        systemCall(
            474, "sctp_generic_recvmsg", Signed("sd"), Pointer("iov"), Signed("iovlen"), Pointer("from"),
            Pointer("fromlenaddr"), Pointer("sinfo"), Pointer("msg_flags"), support: .refused, note: withoutSCTP
        ) { _, _, _, _, _, _, _, _ throws(Errno) in throw .EOPNOTSUPP },
    ]

    private static let families = "local, IPv4 and IPv6 sockets; others are EAFNOSUPPORT, and SCTP EPROTONOSUPPORT"
    private static let withoutSCTP = "as a kernel without the option SCTP: EOPNOTSUPP"
}
