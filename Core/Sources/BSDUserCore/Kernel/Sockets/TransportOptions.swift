/// Options of TCP (`netinet/tcp.h`, `tcp_ctloutput`). UDP has only encapsulation of IPsec, which is not served.
enum TransportOptions {
    private typealias Host = SocketOptionRow.Host
    private static let tcp = InternetProtocol.tcp

    static let rows: [SocketOptionRow] = [
        // Flags read as the bits of `t_flags` (tcp_var.h): TF_NODELAY, TF_NOPUSH.
        .number(tcp, 1, "TCP_NODELAY", Host(HostOption.tcp, 1), on: 0x4),
        .number(tcp, 2, "TCP_MAXSEG", Host(HostOption.tcp, 2)),
        .number(tcp, 4, "TCP_NOPUSH", Host(HostOption.tcp, 3), on: 0x1000),
        .constant(tcp, 8, "TCP_NOOPT", 0), .constant(tcp, 16, "TCP_MD5SIG", 0),
        .readOnly(tcp, 32, "TCP_INFO") { thread, fd throws(Errno) in
            let bytes = try HostSocket.option(fd, HostOption.tcp, 11, room: 232)
            return ConnectionInformation(host: bytes).encoded(thread.memory.abi)
        },
        .bytes(tcp, 64, "TCP_CONGESTION", Host(HostOption.tcp, 13), room: 16),
        // Seconds until a connection attempt is given up.
        .constant(tcp, 128, "TCP_KEEPINIT", 75), .number(tcp, 256, "TCP_KEEPIDLE", Host(HostOption.tcp, 4)),
        .number(tcp, 512, "TCP_KEEPINTVL", Host(HostOption.tcp, 5)),
        .number(tcp, 1024, "TCP_KEEPCNT", Host(HostOption.tcp, 6)),
        .number(tcp, 1025, "TCP_FASTOPEN", Host(HostOption.tcp, 23)),
    ]
}

/// `struct tcp_info` (`netinet/tcp.h`), as far as the host says the same; fields that FreeBSD fills with zero are pads.
struct ConnectionInformation: GuestStruct, Equatable, Sendable {
    var state: UInt8 = 0
    var options: UInt8 = 0
    var windowScales: UInt8 = 0
    var retransmitTimeout: UInt32 = 0
    var sendSegment: UInt32 = 0
    var receiveSegment: UInt32 = 0
    var sinceData: UInt32 = 0
    var roundTrip: UInt32 = 0
    var roundTripVariance: UInt32 = 0
    var slowStart: UInt32 = 0
    var congestionWindow: UInt32 = 0
    var receiveRoom: UInt32 = 0

    init() {}

    /// The host's states in its order, 1 first, as `TCPS_*` (tcp_fsm.h).
    private static let states: [UInt8] = [4, 2, 3, 6, 9, 10, 0, 5, 8, 1, 7]

    init(host bytes: [UInt8]) {
        guard bytes.count >= 104 else { return }
        let word = { (offset: Int) in UInt32(bitPattern: HostSocket.number(Array(bytes[offset..<(offset + 4)]))) }
        let index = Int(bytes[0]) - 1
        state = Self.states.indices.contains(index) ? Self.states[index] : 0
        options = bytes[5] & 0xf
        windowScales = bytes[6]
        (retransmitTimeout, sendSegment, receiveSegment) = (word(8), word(16), word(20))
        sinceData = word(52)
        (roundTrip, roundTripVariance) = (word(68), word(72))
        // Both count segments on the host, bytes in FreeBSD.
        slowStart = word(76).multipliedReportingOverflow(by: max(sendSegment, 1)).partialValue
        congestionWindow = word(80).multipliedReportingOverflow(by: max(sendSegment, 1)).partialValue
        receiveRoom = word(96)
    }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("tcpi_state", &state)
        visitor.pad(4)
        visitor.int("tcpi_options", &options)
        visitor.int("tcpi_wscale", &windowScales)
        visitor.align(4)
        visitor.int("tcpi_rto", &retransmitTimeout)
        visitor.pad(4)
        visitor.int("tcpi_snd_mss", &sendSegment)
        visitor.int("tcpi_rcv_mss", &receiveSegment)
        visitor.pad(7 * 4)
        visitor.int("tcpi_last_data_recv", &sinceData)
        visitor.pad(3 * 4)
        visitor.int("tcpi_rtt", &roundTrip)
        visitor.int("tcpi_rttvar", &roundTripVariance)
        visitor.int("tcpi_snd_ssthresh", &slowStart)
        visitor.int("tcpi_snd_cwnd", &congestionWindow)
        visitor.pad(3 * 4)
        visitor.int("tcpi_rcv_space", &receiveRoom)
        // What FreeBSD added, and room for more.
        visitor.pad((8 + 26) * 4)
    }
}
