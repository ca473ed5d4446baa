/// Address families (`sys/socket.h`).
enum AddressFamily: EnumerationTable {
    static let unspecified: Int32 = 0
    static let local: Int32 = 1
    static let internet4: Int32 = 2
    static let route: Int32 = 17
    static let link: Int32 = 18
    static let internet6: Int32 = 28

    /// The host's numbers of the families that are served.
    static let hostInternet6: Int32 = 10
    static let hostPacket: Int32 = 17

    static let rows: [EnumerationRow] = [
        EnumerationRow(unspecified, 0, "AF_UNSPEC"), EnumerationRow(local, 1, "AF_UNIX"),
        EnumerationRow(internet4, 2, "AF_INET"), EnumerationRow(route, nil, "AF_ROUTE"),
        // The host's packet addresses say what FreeBSD's link addresses do; sockets of the family there are none.
        EnumerationRow(link, nil, "AF_LINK"), EnumerationRow(internet6, hostInternet6, "AF_INET6"),
        EnumerationRow(36, nil, "AF_BLUETOOTH"), EnumerationRow(38, nil, "AF_NETLINK"),
        EnumerationRow(42, nil, "AF_INET6_SDP"),
    ]
}

/// The type of a socket, and the flags that go with it.
enum SocketType: FlagTable {
    static let typeMask: UInt64 = 0xf
    static let stream: UInt64 = 1
    static let datagram: UInt64 = 2
    static let closeOnExec: UInt64 = 0x1000_0000
    static let nonblock: UInt64 = 0x2000_0000
    static let rows: [FlagRow] = [
        FlagRow(stream, 1, "SOCK_STREAM", mask: typeMask), FlagRow(datagram, 2, "SOCK_DGRAM", mask: typeMask),
        FlagRow(3, 3, "SOCK_RAW", mask: typeMask), FlagRow(4, 4, "SOCK_RDM", mask: typeMask),
        FlagRow(5, 5, "SOCK_SEQPACKET", mask: typeMask),
        FlagRow(closeOnExec, 0x80000, "SOCK_CLOEXEC"), FlagRow(nonblock, 0x800, "SOCK_NONBLOCK"),
    ]
}

/// Flags of `send` and `recv` (`sys/socket.h`).
enum MessageFlags: FlagTable {
    static let peek: UInt64 = 0x2
    static let truncated: UInt64 = 0x10
    static let controlTruncated: UInt64 = 0x20
    static let withoutWaiting: UInt64 = 0x80
    static let endOfFile: UInt64 = 0x100
    static let noSignal: UInt64 = 0x20000
    static let closeOnExec: UInt64 = 0x40000
    static let rows: [FlagRow] = [
        FlagRow(0x1, 0x1, "MSG_OOB"), FlagRow(peek, 0x2, "MSG_PEEK"), FlagRow(0x4, 0x4, "MSG_DONTROUTE"),
        FlagRow(0x8, 0x80, "MSG_EOR"), FlagRow(truncated, 0x20, "MSG_TRUNC"),
        FlagRow(controlTruncated, 0x8, "MSG_CTRUNC"), FlagRow(0x40, 0x100, "MSG_WAITALL"),
        FlagRow(withoutWaiting, 0x40, "MSG_DONTWAIT"),
        // The end of what is sent: the host shuts the socket down afterwards.
        FlagRow(endOfFile, nil, "MSG_EOF"), FlagRow(0x2000, nil, "MSG_NOTIFICATION"),
        FlagRow(0x4000, 0x40, "MSG_NBIO"), FlagRow(0x8000, nil, "MSG_COMPAT"),
        FlagRow(noSignal, 0x4000, "MSG_NOSIGNAL"), FlagRow(closeOnExec, 0x4000_0000, "MSG_CMSG_CLOEXEC"),
        // Of recvmmsg, which is libc's.
        FlagRow(0x80000, nil, "MSG_WAITFORONE"),
    ]
    /// `MSG_NOSIGNAL` and `MSG_DONTWAIT` of the host.
    static let hostNoSignal = 0x4000
    static let hostWithoutWaiting = 0x40
    /// What a call may ask the host for when it receives: the rest are results.
    static let receiving: UInt64 = 0x1 | peek | 0x40 | withoutWaiting | 0x4000 | closeOnExec
}

/// Which half of a connection `shutdown` ends.
enum ShutdownDirection: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, 0, "SHUT_RD"), EnumerationRow(1, 1, "SHUT_WR"), EnumerationRow(2, 2, "SHUT_RDWR"),
    ]
}

/// Protocols (`netinet/in.h`): the numbers are IANA's on both systems.
enum InternetProtocol: EnumerationTable {
    static let tcp: Int32 = 6
    static let sctp: Int32 = 132
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, 0, "0"), EnumerationRow(1, 1, "IPPROTO_ICMP"), EnumerationRow(2, 2, "IPPROTO_IGMP"),
        EnumerationRow(4, 4, "IPPROTO_IPV4"), EnumerationRow(tcp, 6, "IPPROTO_TCP"),
        EnumerationRow(17, 17, "IPPROTO_UDP"), EnumerationRow(41, 41, "IPPROTO_IPV6"),
        EnumerationRow(47, 47, "IPPROTO_GRE"), EnumerationRow(50, 50, "IPPROTO_ESP"),
        EnumerationRow(51, 51, "IPPROTO_AH"), EnumerationRow(58, 58, "IPPROTO_ICMPV6"),
        EnumerationRow(89, 89, "IPPROTO_OSPFIGP"), EnumerationRow(103, 103, "IPPROTO_PIM"),
        EnumerationRow(sctp, nil, "IPPROTO_SCTP"), EnumerationRow(136, 136, "IPPROTO_UDPLITE"),
        EnumerationRow(255, 255, "IPPROTO_RAW"),
    ]
}

/// Flags of `sendfile` (`sys/socket.h`): all are advice but SF_NODISKIO, and no file of the host tells of that.
enum SendFileFlags: FlagTable {
    static let rows: [FlagRow] = [
        FlagRow(0x1, nil, "SF_NODISKIO"), FlagRow(0x2, nil, "SF_MNOWAIT"), FlagRow(0x4, nil, "SF_SYNC"),
        FlagRow(0x8, nil, "SF_USER_READAHEAD"), FlagRow(0x10, nil, "SF_NOCACHE"),
    ]
}

/// Flags of network interfaces (`net/if.h`).
enum InterfaceFlags: FlagTable {
    static let rows: [FlagRow] = [
        FlagRow(0x1, 0x1, "IFF_UP"), FlagRow(0x2, 0x2, "IFF_BROADCAST"), FlagRow(0x4, 0x4, "IFF_DEBUG"),
        FlagRow(0x8, 0x8, "IFF_LOOPBACK"), FlagRow(0x10, 0x10, "IFF_POINTOPOINT"),
        FlagRow(0x40, 0x40, "IFF_DRV_RUNNING"), FlagRow(0x80, 0x80, "IFF_NOARP"),
        FlagRow(0x100, 0x100, "IFF_PROMISC"), FlagRow(0x200, 0x200, "IFF_ALLMULTI"),
        FlagRow(0x8000, 0x1000, "IFF_MULTICAST"),
    ]
}
