/// Limits and defaults of the network, as FreeBSD has them after a fresh start.
enum NetworkVariables {
    static let rows: [InformationRow] = sockets + internet4 + internet6 + local

    private static let sockets: [InformationRow] = [
        // Both names mean one variable; programs of FreeBSD 10 and later read the second.
        number("kern.ipc.soacceptqueue", nil, 128, "Maximum listen socket pending connection accept queue size"),
        number("kern.ipc.maxsockets", nil, 65536, "Maximum number of sockets available"),
        number("kern.ipc.numopensockets", nil, 16, "Number of open sockets"),
        number("kern.ipc.nmbclusters", nil, 65536, "Maximum number of mbuf clusters allowed"),
        number("kern.ipc.sendfile.readahead", nil, 1, "Number of sendfile(2) read-ahead MAXBSIZE blocks"),
    ]

    // `netinet/in.h`, `in_pcb.c`, `tcp_subr.c`, `tcp_timer.c`, `udp_usrreq.c`.
    private static let internet4: [InformationRow] = [
        number("net.inet.ip.portrange.lowfirst", nil, 1023, ""), number("net.inet.ip.portrange.lowlast", nil, 600, ""),
        number("net.inet.ip.portrange.first", nil, 10000, ""), number("net.inet.ip.portrange.last", nil, 65535, ""),
        number("net.inet.ip.portrange.hifirst", nil, 49152, ""),
        number("net.inet.ip.portrange.hilast", nil, 65535, ""),
        number("net.inet.ip.portrange.reservedhigh", nil, 1023, ""),
        number("net.inet.ip.portrange.reservedlow", nil, 0, ""),
        number("net.inet.ip.portrange.randomized", nil, 1, "Enable random port allocation"),
        number("net.inet.ip.forwarding", 1, 0, "Enable IP forwarding between interfaces"),
        number("net.inet.ip.ttl", 3, 64, "Maximum TTL on IP packets"),
        number("net.inet.icmp.icmplim", nil, 200, "Maximum number of ICMP responses per second"),
        number("net.inet.tcp.mssdflt", 3, 536, "Default TCP Maximum Segment Size"),
        number("net.inet.tcp.keepidle", 6, 7_200_000, "time before keepalive probes begin"),
        number("net.inet.tcp.keepintvl", 7, 75000, "time between keepalive probes"),
        number("net.inet.tcp.keepinit", 10, 75000, "time to establish connection"),
        number("net.inet.tcp.keepcnt", nil, 8, "Number of keepalive probes to send"),
        number("net.inet.tcp.sendspace", 8, 32768, "Initial send socket buffer size"),
        number("net.inet.tcp.recvspace", 9, 65536, "Initial receive socket buffer size"),
        number("net.inet.tcp.msl", nil, 30000, "Maximum segment lifetime"),
        number("net.inet.tcp.always_keepalive", nil, 1, "Assume SO_KEEPALIVE on all TCP connections"),
        number("net.inet.tcp.delayed_ack", nil, 1, "Delay ACK to try and piggyback it onto a data packet"),
        number("net.inet.tcp.blackhole", nil, 0, "Do not send RST on segments to closed ports"),
        number("net.inet.tcp.rfc1323", 1, 1, "Enable rfc1323 (high performance TCP) extensions"),
        text("net.inet.tcp.cc.algorithm", "newreno", "Default congestion control algorithm"),
        text("net.inet.tcp.cc.available", "newreno", "List available congestion control algorithms"),
        number("net.inet.udp.checksum", 1, 1, "compute udp checksum"),
        number("net.inet.udp.maxdgram", 3, 9216, "Maximum outgoing UDP datagram size"),
        number("net.inet.udp.recvspace", 4, 42080, "Maximum space for incoming UDP datagrams"),
        number("net.inet.udp.blackhole", nil, 0, "Do not send port unreachables for refused connects"),
        number("net.inet.raw.maxdgram", nil, 9216, "Maximum outgoing raw IP datagram size"),
    ]

    private static let internet6: [InformationRow] = [
        number("net.inet6.ip6.forwarding", 1, 0, "Enable forwarding of IPv6 packets between interfaces"),
        number("net.inet6.ip6.hlim", 3, 64, "Default hop limit"),
        number("net.inet6.ip6.use_deprecated", 21, 1, "Allow the use of addresses whose preferred lifetimes expired"),
        number("net.inet6.ip6.v6only", 24, 1, "Restrict AF_INET6 sockets to IPv6 addresses only"),
        number("net.inet6.ip6.use_tempaddr", 32, 0, "Create RFC3041 temporary addresses"),
    ]

    private static let local: [InformationRow] = [
        number("net.local.stream.sendspace", nil, 8192, "Default stream send space."),
        number("net.local.stream.recvspace", nil, 8192, "Default stream receive space."),
        number("net.local.dgram.maxdgram", nil, 2048, "Default datagram send space."),
        number("net.local.dgram.recvspace", nil, 4096, "Default datagram receive space."),
        number("net.local.seqpacket.maxseqpacket", nil, 8192, "Default seqpacket send space."),
        number("net.local.seqpacket.recvspace", nil, 8192, "Default seqpacket receive space."),
    ]

    private static func number(_ name: String, _ number: Int32?, _ value: Int32, _ summary: String) -> InformationRow {
        InformationRow(name, number, .int, summary) { _ throws(Errno) in .int(value) }
    }

    private static func text(_ name: String, _ value: String, _ summary: String) -> InformationRow {
        InformationRow(name, nil, .text, summary) { _ throws(Errno) in .string(value) }
    }
}
