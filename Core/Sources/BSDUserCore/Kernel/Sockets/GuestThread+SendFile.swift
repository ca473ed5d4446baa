/// `sendfile` (sendfile(2), `kern_sendfile.c`).
extension GuestThread {
    /// Sends headers, a part of a file, and trailers. How much was sent is written whatever comes of it.
    func sendFile(_ transfer: FileTransfer, _ sent: OutPointer<GuestOffset>) throws(Errno) {
        guard transfer.offset >= 0 else { throw .EINVAL }
        guard try attributes(transfer.file).mode & FileMode.typeMask == FileMode.regular else { throw .EINVAL }
        guard try attributes(transfer.socket).mode & FileMode.typeMask == FileMode.socket else { throw .ENOTSOCK }
        let type = try HostSocket.integerOption(transfer.socket, HostOption.socket, HostOption.type)
        guard type == Int32(SocketType.stream) else { throw .EINVAL }
        guard HostSocket.peer(transfer.socket) != nil else { throw .ENOTCONN }
        var total: Int64 = 0
        var failure: Errno?
        do throws(Errno) {
            try sendParts(transfer, &total)
        } catch {
            // Part of it may have gone: it is never begun anew.
            failure = error == .restart ? .EINTR : error
        }
        try sent.storeIfPresent(GuestOffset(total))
        if let failure { throw failure }
    }

    private func sendParts(_ transfer: FileTransfer, _ total: inout Int64) throws(Errno) {
        var headerBytes: Int64 = 0
        if let headers = transfer.headers, headers.headers != 0 {
            try sendVectors(transfer.socket, headers.headers, headers.headerCount, &total)
            headerBytes = total
        }
        var rest = transfer.byteCount == 0 ? Int64.max : Int64(clamping: transfer.byteCount)
        if transfer.countsHeaders && transfer.byteCount != 0 { rest = max(0, rest - headerBytes) }
        var offset = transfer.offset
        while rest > 0 {
            // The host sends at most 0x7ffff000 bytes at a time.
            let count = try sendPiece(transfer, &offset, Int(min(rest, 1 << 30)))
            if count == 0 { break }
            total += Int64(count)
            rest -= Int64(count)
        }
        if let headers = transfer.headers, headers.trailers != 0 {
            try sendVectors(transfer.socket, headers.trailers, headers.trailerCount, &total)
        }
    }

    private func sendPiece(_ transfer: FileTransfer, _ offset: inout Int64, _ count: Int) throws(Errno) -> Int {
        var words = [Int(offset)]
        let sent = try HostWords.with(&words) { position throws(Errno) in
            try wait(.sendFile, Int(transfer.socket), Int(transfer.file), position, count)
        }
        offset = Int64(words[0])
        return sent
    }

    private func sendVectors(_ socket: Int32, _ address: GuestAddress, _ count: Int32, _ total: inout Int64)
        throws(Errno)
    {
        for vector in try memory.vectors(at: address, count: Int(count)) {
            var rest = try GuestBuffer(checked: vector.address, vector.byteCount, memory)
            while rest.byteCount > 0 {
                let sent = try send(socket, rest, FlagSet(guest: 0), to: nil)
                total += Int64(sent)
                rest = GuestBuffer(
                    address: rest.address + UInt64(sent), byteCount: rest.byteCount - UInt64(sent), memory: memory)
            }
        }
    }
}
