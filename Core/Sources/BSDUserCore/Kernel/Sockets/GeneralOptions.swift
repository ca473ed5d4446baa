/// Options of every socket: level `SOL_SOCKET` (`sys/socket.h`, `sosetopt` and `sogetopt`).
enum GeneralOptions {
    private typealias Host = SocketOptionRow.Host
    static let level: Int32 = 0xffff

    static let rows: [SocketOptionRow] = [
        flag(0x1, "SO_DEBUG", 1), flag(0x4, "SO_REUSEADDR", 2), flag(0x8, "SO_KEEPALIVE", 9),
        flag(0x10, "SO_DONTROUTE", 5), flag(0x20, "SO_BROADCAST", 6),
        .constant(level, 0x40, "SO_USELOOPBACK", 0), flag(0x100, "SO_OOBINLINE", 10),
        flag(0x200, "SO_REUSEPORT", 15), flag(0x400, "SO_TIMESTAMP", 29), flag(0x2000, "SO_BINTIME", 35),
        .constant(level, 0x4000, "SO_NO_OFFLOAD", 0), .constant(level, 0x8000, "SO_NO_DDP", 0),
        flag(0x10000, "SO_REUSEPORT_LB", 15),
        .readOnly(level, 0x2, "SO_ACCEPTCONN") { thread, fd throws(Errno) in
            let value = try HostSocket.integerOption(fd, HostOption.socket, HostOption.isListening)
            return GuestInt(value != 0 ? 2 : 0).encoded(thread.memory.abi)
        },
        SocketOptionRow(level: level, number: 0x80, name: "SO_LINGER", read: readLinger, write: writeLinger),
        SocketOptionRow(
            level: level, number: 0x800, name: "SO_NOSIGPIPE",
            read: { thread, fd throws(Errno) in
                GuestInt(thread.process.quietSockets.contain(fd) ? 0x800 : 0).encoded(thread.memory.abi)
            },
            write: { thread, fd, bytes throws(Errno) in
                thread.process.quietSockets.set(fd, try thread.integer(bytes) != 0)
            }),
        // Without the modules accf_data and accf_http there are no filters.
        SocketOptionRow(
            level: level, number: 0x1000, name: "SO_ACCEPTFILTER", read: { _, _ throws(Errno) in throw .EINVAL },
            write: { _, _, _ throws(Errno) in throw .ENOENT }),
        size(0x1001, "SO_SNDBUF", 7), size(0x1002, "SO_RCVBUF", 8),
        .constant(level, 0x1003, "SO_SNDLOWAT", 2048), .number(level, 0x1004, "SO_RCVLOWAT", Host(1, 18)),
        time(0x1005, "SO_SNDTIMEO", 21), time(0x1006, "SO_RCVTIMEO", 20),
        .readOnly(level, 0x1007, "SO_ERROR") { thread, fd throws(Errno) in
            if let told = thread.process.socketErrors.take(fd) {
                return GuestInt(told.rawValue).encoded(thread.memory.abi)
            }
            let error = try HostSocket.integerOption(fd, HostOption.socket, HostOption.error)
            return GuestInt(error == 0 ? 0 : Errno(host: error).rawValue).encoded(thread.memory.abi)
        },
        .readOnly(level, 0x1008, "SO_TYPE") { thread, fd throws(Errno) in
            let type = try HostSocket.integerOption(fd, HostOption.socket, HostOption.type)
            return GuestInt(type).encoded(thread.memory.abi)
        },
        listening(0x1011, "SO_LISTENQLIMIT"), listening(0x1012, "SO_LISTENQLEN"),
        listening(0x1013, "SO_LISTENINCQLEN"),
        SocketOptionRow(level: level, number: 0x1014, name: "SO_SETFIB", read: nil) { thread, _, bytes throws(Errno) in
            // There is one routing table.
            guard try thread.integer(bytes) == 0 else { throw .EINVAL }
        },
        .constant(level, 0x1015, "SO_USER_COOKIE", 0),
        .readOnly(level, 0x1016, "SO_PROTOCOL") { thread, fd throws(Errno) in
            GuestInt(try HostSocket.integerOption(fd, HostOption.socket, 38)).encoded(thread.memory.abi)
        },
        .constant(level, 0x1017, "SO_TS_CLOCK", 0), .constant(level, 0x1018, "SO_MAX_PACING_RATE", -1),
        .readOnly(level, 0x1019, "SO_DOMAIN") { thread, fd throws(Errno) in
            let domain = try HostSocket.integerOption(fd, HostOption.socket, HostOption.domain)
            let family = EnumeratedValue<AddressFamily>(host: domain)?.guest ?? 0
            return GuestInt(family).encoded(thread.memory.abi)
        },
    ]

    private static func flag(_ number: Int32, _ name: String, _ host: Int32) -> SocketOptionRow {
        .number(level, number, name, Host(HostOption.socket, host), on: number)
    }

    /// The size of a buffer: the host counts its own overhead and says twice of what was set (socket(7)).
    private static func size(_ number: Int32, _ name: String, _ host: Int32) -> SocketOptionRow {
        SocketOptionRow(
            level: level, number: number, name: name,
            read: { thread, fd throws(Errno) in
                let value = try HostSocket.integerOption(fd, HostOption.socket, host)
                return GuestInt(value / 2).encoded(thread.memory.abi)
            },
            write: { thread, fd, bytes throws(Errno) in
                let value = try thread.integer(bytes)
                // `sosetopt`: values under 1 make no sense; too large ones do not fit (`sb_max`).
                guard value >= 1 else { throw .EINVAL }
                guard UInt64(value) <= SystemVariables.largestSocketBuffer else { throw .ENOBUFS }
                try HostSocket.setOption(fd, HostOption.socket, host, value)
            })
    }

    private static func time(_ number: Int32, _ name: String, _ host: Int32) -> SocketOptionRow {
        SocketOptionRow(
            level: level, number: number, name: name,
            read: { thread, fd throws(Errno) in
                let words = HostWords.numbers(try HostSocket.option(fd, HostOption.socket, host, room: 16))
                guard words.count == 2 else { throw .EINVAL }
                return TimeValue(seconds: words[0], microseconds: words[1]).encoded(thread.memory.abi)
            },
            write: { thread, fd, bytes throws(Errno) in
                let time = try thread.structure(bytes, as: TimeValue.self)
                guard time.seconds >= 0, time.isValid else { throw .EDOM }
                let host64 = GuestABI(wordBytes: 8, byteOrder: .little)
                try HostSocket.setOption(fd, HostOption.socket, host, time.encoded(host64))
            })
    }

    /// Numbers of a queue of connections; `EINVAL` for a socket that does not listen.
    private static func listening(_ number: Int32, _ name: String) -> SocketOptionRow {
        .readOnly(level, number, name) { thread, fd throws(Errno) in
            guard try HostSocket.integerOption(fd, HostOption.socket, HostOption.isListening) != 0 else {
                throw .EINVAL
            }
            // struct tcp_info of the host: for a socket that listens tcpi_unacked is the queue, tcpi_sacked its limit.
            let information = (try? HostSocket.option(fd, HostOption.tcp, 11, room: 104)) ?? []
            guard information.count >= 32 else { return GuestInt(0).encoded(thread.memory.abi) }
            let offset = [0x1011: 28, 0x1012: 24][number] ?? 0
            let value = offset == 0 ? 0 : HostSocket.number(Array(information[offset...]))
            return GuestInt(value).encoded(thread.memory.abi)
        }
    }

    // struct linger { int l_onoff, l_linger; }: seconds on both systems.
    @Sendable private static func readLinger(_ thread: GuestThread, _ fd: Int32) throws(Errno) -> [UInt8] {
        let bytes = try HostSocket.option(fd, HostOption.socket, 13, room: 8)
        guard bytes.count == 8 else { throw .EINVAL }
        let isOn = HostSocket.number(bytes) != 0
        let abi = thread.memory.abi
        return GuestInt(isOn ? 0x80 : 0).encoded(abi) + GuestInt(HostSocket.number(Array(bytes[4...]))).encoded(abi)
    }

    @Sendable private static func writeLinger(_ thread: GuestThread, _ fd: Int32, _ bytes: [UInt8]) throws(Errno) {
        let linger = try thread.structure(bytes, as: DescriptorPair.self)
        // `sosetopt`: EDOM for what does not fit the kernel's field.
        guard (0...Int32(Int16.max)).contains(linger.second) else { throw .EDOM }
        let value = HostSocket.bytes(linger.first == 0 ? 0 : 1) + HostSocket.bytes(linger.second)
        try HostSocket.setOption(fd, HostOption.socket, 13, value)
    }
}

/// Options of local sockets: level 0, `SOL_LOCAL` (`sys/un.h`, `uipc_ctloutput`).
enum LocalOptions {
    static let rows: [SocketOptionRow] = [
        .readOnly(0, 1, "LOCAL_PEERCRED") { thread, fd throws(Errno) in
            // struct ucred of the host: process, user, group; no process without a peer.
            let bytes = try HostSocket.option(fd, HostOption.socket, HostOption.peer, room: 12)
            guard bytes.count == 12, HostSocket.number(bytes) > 0 else { throw .ENOTCONN }
            var credentials = ExternalCredentials()
            credentials.user = UInt32(bitPattern: HostSocket.number(Array(bytes[4...])))
            credentials.groupCount = 1
            credentials.groups = [GuestUnsigned(UInt32(bitPattern: HostSocket.number(Array(bytes[8...]))))]
            credentials.process = UInt64(HostSocket.number(bytes))
            return credentials.encoded(thread.memory.abi)
        },
        .number(0, 2, "LOCAL_CREDS", SocketOptionRow.Host(HostOption.socket, HostOption.credentials), on: 1),
        .number(
            0, 3, "LOCAL_CREDS_PERSISTENT", SocketOptionRow.Host(HostOption.socket, HostOption.credentials), on: 1),
        .constant(0, 4, "LOCAL_CONNWAIT", 0),
    ]
}

/// `struct xucred` (`sys/ucred.h`).
struct ExternalCredentials: GuestStruct, Equatable, Sendable {
    var version: UInt32 = 0
    var user: UInt32 = 0
    var groupCount: Int16 = 0
    var groups: [GuestUnsigned] = []
    /// `cr_pid`, in what was a spare pointer before FreeBSD 13.
    var process: UInt64 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("cr_version", &version)
        visitor.int("cr_uid", &user)
        visitor.int("cr_ngroups", &groupCount)
        visitor.array("cr_groups", &groups, count: 16)
        visitor.align(visitor.abi.wordBytes)
        var pid = Int32(truncatingIfNeeded: process)
        visitor.int("cr_pid", &pid)
        process = UInt64(UInt32(bitPattern: pid))
        visitor.pad(visitor.abi.wordBytes - 4)
    }
}
