/// What the host says of sockets.
enum HostSocketState {
    // SOL_SOCKET 1: SO_SNDBUF 7, SO_ACCEPTCONN 30. IPPROTO_TCP 6: TCP_INFO 11.
    private static func option(_ descriptor: Int32, _ level: Int, _ name: Int, byteCount: Int) -> [Int]? {
        // The value, and behind it its length.
        let count = (byteCount + 7) / 8
        var words = [Int](repeating: 0, count: count + 1)
        words[count] = byteCount
        let result = try? HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.getsockopt.checked(Int(descriptor), level, name, address, address + count * 8)
        }
        return result == nil ? nil : words
    }

    static func listens(_ descriptor: Int32) -> Bool {
        option(descriptor, 1, 30, byteCount: 4).map { $0[0] != 0 } ?? false
    }

    /// Connections that wait to be accepted; at least one, where the host does not tell.
    static func waitingConnections(_ descriptor: Int32) -> Int {
        // `tcpi_unacked`, at byte 24, is the length of the queue of a socket that listens.
        guard let information = option(descriptor, 6, 11, byteCount: 32) else { return 1 }
        return max(1, information[3] & 0xffff_ffff)
    }

    /// Whether a TCP socket is connected or about to be.
    static func isConnecting(_ descriptor: Int32) -> Bool {
        // `tcpi_state`, the first byte; TCP_CLOSE is 7.
        option(descriptor, 6, 11, byteCount: 8).map { $0[0] & 0xff != 7 } ?? false
    }

    /// Whether a TCP socket has never had a connection: no byte of it, not even the first, was ever acknowledged.
    static func wasNeverConnected(_ descriptor: Int32) -> Bool {
        // `tcpi_bytes_acked`, at byte 120.
        guard let information = option(descriptor, 6, 11, byteCount: 128) else { return false }
        return information[15] == 0
    }

    /// Takes the socket's error (`SO_ERROR`); nil when there is none.
    static func takeError(_ descriptor: Int32) -> Errno? {
        guard let error = option(descriptor, 1, 4, byteCount: 4)?[0], error != 0 else { return nil }
        return Errno(host: Int32(truncatingIfNeeded: error))
    }

    /// Room for what is sent; the host counts its own expenses in and doubles it.
    static func sendBytes(_ descriptor: Int32) -> Int64 {
        Int64((option(descriptor, 1, 7, byteCount: 4)?[0] ?? 0) / 2)
    }
}

extension HostControl {
    /// Room of a pipe (`F_GETPIPE_SZ`).
    static func pipeBytes(_ descriptor: Int32) -> Int64 { Int64(max(0, HostSystemCall.fcntl(Int(descriptor), 1032))) }
}
