/// Sending and receiving.
enum SocketTransferCalls {
    static let rows: [SystemCallRow] = [
        systemCall(
            133, "sendto", Fd("s"), InBuffer(), Flags<MessageFlags>(), SocketAddressIn("to", optional: true),
            returns: .count, restart: .restarts
        ) { thread, fd, buffer, flags, address throws(Errno) in try thread.send(fd, buffer, flags, to: address) },
        systemCall(
            101, "osend", Fd("s"), InBuffer(length: .signed), Flags<MessageFlags>(), returns: .count,
            restart: .restarts
        ) { thread, fd, buffer, flags throws(Errno) in try thread.send(fd, buffer, flags, to: nil) },
        systemCall(
            29, "recvfrom", Fd("s"), OutBuffer(), Flags<MessageFlags>(),
            SocketAddressOut("from", length: .optional), returns: .count, restart: .restarts
        ) { thread, fd, buffer, flags, out throws(Errno) in try thread.receive(fd, buffer, flags, out) },
        systemCall(
            125, "orecvfrom", Fd("s"), OutBuffer(), Flags<MessageFlags>(),
            SocketAddressOut("from", length: .optional, old: true), returns: .count, restart: .restarts
        ) { thread, fd, buffer, flags, out throws(Errno) in try thread.receive(fd, buffer, flags, out) },
        systemCall(
            102, "orecv", Fd("s"), OutBuffer(length: .signed), Flags<MessageFlags>(), returns: .count,
            restart: .restarts
        ) { thread, fd, buffer, flags throws(Errno) in try thread.receive(fd, buffer, flags, nil) },
        systemCall(
            28, "sendmsg", Fd("s"), MessageArgument(.sending), Flags<MessageFlags>(), returns: .count,
            restart: .restarts
        ) { thread, fd, header, flags throws(Errno) in try thread.send(fd, header.load(), flags) },
        systemCall(
            27, "recvmsg", Fd("s"), MessageArgument(.receiving), Flags<MessageFlags>(), returns: .count,
            restart: .restarts
        ) { thread, fd, header, flags throws(Errno) in try thread.receive(fd, header, flags) },
        systemCall(
            113, "orecvmsg", Fd("s"), Pointer("msg"), Signed("flags"), returns: .count, support: .refused, note: old
        ) { _, _, _, _ throws(Errno) in throw .ENOSYS },
        systemCall(
            114, "osendmsg", Fd("s"), Pointer("msg"), Signed("flags"), returns: .count, support: .refused, note: old
        ) { _, _, _, _ throws(Errno) in throw .ENOSYS },
        systemCall(
            393, "sendfile", Fd("fd"), Fd("s"), Offset(), Size("nbytes"), InOptional<FileHeaders>("hdtr"),
            Out<GuestOffset>("sbytes"), Flags<SendFileFlags>(), restart: .interrupts
        ) { thread, fd, socket, offset, count, headers, sent, _ throws(Errno) in
            try thread.sendFile(
                FileTransfer(file: fd, socket: socket, offset: offset, byteCount: count, headers: headers), sent)
        },
        systemCall(
            336, "freebsd4_sendfile", Fd("fd"), Fd("s"), Offset(), Size("nbytes"), InOptional<FileHeaders>("hdtr"),
            Out<GuestOffset>("sbytes"), Flags<SendFileFlags>(), restart: .interrupts
        ) { thread, fd, socket, offset, count, headers, sent, _ throws(Errno) in
            try thread.sendFile(
                FileTransfer(
                    file: fd, socket: socket, offset: offset, byteCount: count, headers: headers,
                    countsHeaders: true), sent)
        },
    ]

    private static let old = "messages of 4.3BSD: ENOSYS"
}

/// `struct sf_hdtr` (`sys/socket.h`): what goes before and after a file.
struct FileHeaders: GuestStruct, Equatable, Sendable {
    var headers: GuestAddress = 0
    var headerCount: Int32 = 0
    var trailers: GuestAddress = 0
    var trailerCount: Int32 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.pointer("headers", &headers)
        visitor.int("hdr_cnt", &headerCount)
        visitor.pointer("trailers", &trailers)
        visitor.int("trl_cnt", &trailerCount)
    }
}

/// A request of `sendfile`.
struct FileTransfer {
    let file: Int32
    let socket: Int32
    let offset: Int64
    /// 0 means up to the file's end.
    let byteCount: UInt64
    let headers: FileHeaders?
    /// The headers are part of `byteCount`: FreeBSD 4.
    var countsHeaders = false
}

extension GuestThread {
    /// The flags of a call that sends, for the host.
    private func sendingFlags(_ fd: Int32, _ flags: FlagSet<MessageFlags>) -> Int {
        let quiet = process.quietSockets.contain(fd) ? MessageFlags.hostNoSignal : 0
        return Int(flags.hostInt) | quiet
    }

    /// What a failed call throws: a closed way raises SIGPIPE, where neither the socket nor the call forbids it.
    private func failure(_ error: Errno, _ fd: Int32, _ flags: Int) -> Errno {
        error == .EPIPE && flags & MessageFlags.hostNoSignal == 0 ? brokenPipe(fd) : error
    }

    /// `EPIPE`, with SIGPIPE where the host has raised none: it does so for pipes and streams, FreeBSD for every socket
    /// (sys_generic.c `dofilewrite`, uipc_syscalls.c `kern_sendit`).
    func brokenPipe(_ fd: Int32) -> Errno {
        let type = try? HostSocket.integerOption(fd, HostOption.socket, HostOption.type)
        if let type, type != HostOption.streamType {
            process.lock.hold { _ = process.post(SignalInfo(signal: Signal.pipe.rawValue), to: self, by: self) }
        }
        return .EPIPE
    }

    /// A socket that is connected takes no address (`sosend_generic`, `udp_output`, `uipc_send`: EISCONN).
    private func checkUnconnected(_ fd: Int32) throws(Errno) {
        if HostSocket.peer(fd) != nil { throw .EISCONN }
    }

    // MSG_EOF: nothing comes after this.
    private func finish(_ fd: Int32, _ flags: FlagSet<MessageFlags>) {
        if flags.contains(MessageFlags.endOfFile) { _ = HostSystemCall.shutdown(Int(fd), 1) }
    }

    /// `sendto`.
    func send(_ fd: Int32, _ buffer: GuestBuffer, _ flags: FlagSet<MessageFlags>, to address: SocketAddress?)
        throws(Errno) -> Int
    {
        let hostFlags = sendingFlags(fd, flags)
        let count: Int
        do throws(Errno) {
            count = try send(fd, buffer, hostFlags, to: address)
        } catch {
            throw failure(error, fd, hostFlags)
        }
        finish(fd, flags)
        return count
    }

    private func send(_ fd: Int32, _ buffer: GuestBuffer, _ hostFlags: Int, to address: SocketAddress?) throws(Errno)
        -> Int
    {
        guard let address else {
            return try wait(.sendto, Int(fd), buffer.hostAddress(for: .read), Int(buffer.byteCount), hostFlags, 0, 0)
        }
        try checkUnconnected(fd)
        return try withHostAddress(address, for: fd) { bytes throws(Errno) in
            try HostSocket.send(fd, buffer, flags: hostFlags, to: bytes, self)
        }
    }

    /// `recvfrom`; nil for a caller who does not ask where from.
    func receive(
        _ fd: Int32, _ buffer: GuestBuffer, _ flags: FlagSet<MessageFlags>, _ out: SocketAddressOut.Value?
    ) throws(Errno) -> Int {
        let hostFlags = receivingFlags(flags)
        guard let out, out.address != 0 || !out.length.isNull else {
            return try wait(.recvfrom, Int(fd), buffer.hostAddress(for: .write), Int(buffer.byteCount), hostFlags, 0, 0)
        }
        let received = try HostSocket.receive(fd, buffer, flags: hostFlags, self)
        try out.store(sender(fd, received.address))
        return received.result
    }

    // Asking for the whole length of a datagram is the host's: in FreeBSD 12 MSG_TRUNC is only a result.
    private func receivingFlags(_ flags: FlagSet<MessageFlags>) -> Int {
        Int(FlagSet<MessageFlags>(guest: flags.guest & MessageFlags.receiving).hostInt)
    }

    /// The address that something came from. Datagrams of local sockets without a name have the empty one; a stream
    /// has none.
    private func sender(_ fd: Int32, _ bytes: [UInt8]) -> SocketAddress? {
        if !bytes.isEmpty { return guestAddress(bytes) }
        let type = try? HostSocket.integerOption(fd, HostOption.socket, HostOption.type)
        return type == 2 && SocketOptions.isLocal(fd) ? .local([]) : nil
    }

    private func buffers(_ header: MessageHeader) throws(Errno) -> [GuestBuffer] {
        guard header.vectorCount >= 0, header.vectorCount <= GuestMemory.maximumVectorCount else { throw .EMSGSIZE }
        var buffers: [GuestBuffer] = []
        for vector in try memory.vectors(at: header.vectors, count: Int(header.vectorCount)) {
            buffers.append(try GuestBuffer(checked: vector.address, vector.byteCount, memory))
        }
        return buffers
    }

    /// `sendmsg`.
    func send(_ fd: Int32, _ header: MessageHeader, _ flags: FlagSet<MessageFlags>) throws(Errno) -> Int {
        let buffers = try buffers(header)
        var control: [UInt8] = []
        if header.control != 0 {
            guard header.controlLength <= ControlMessage.greatestLength else { throw .EINVAL }
            // `sendit`: less than one header is nothing.
            guard header.controlLength >= 12 else { throw .EINVAL }
            control = try controlForHost(memory.read(at: header.control, count: Int(header.controlLength)))
        }
        let hostFlags = sendingFlags(fd, flags)
        let address = header.name == 0 ? nil : try socketAddress(at: header.name, header.nameLength)
        let count: Int
        do throws(Errno) {
            count = try send(fd, buffers, control, hostFlags, to: address)
        } catch {
            throw failure(error, fd, hostFlags)
        }
        finish(fd, flags)
        return count
    }

    private func send(
        _ fd: Int32, _ buffers: [GuestBuffer], _ control: [UInt8], _ hostFlags: Int, to address: SocketAddress?
    ) throws(Errno) -> Int {
        guard let address else {
            var message = HostSocket.Message(address: [], control: control)
            return try message.send(fd, buffers, flags: hostFlags, self)
        }
        try checkUnconnected(fd)
        return try withHostAddress(address, for: fd) { bytes throws(Errno) in
            var message = HostSocket.Message(address: bytes, control: control)
            return try message.send(fd, buffers, flags: hostFlags, self)
        }
    }

    /// `recvmsg`.
    func receive(_ fd: Int32, _ out: OutPointer<MessageHeader>, _ flags: FlagSet<MessageFlags>) throws(Errno) -> Int {
        var header = try out.load()
        let buffers = try buffers(header)
        guard Int32(bitPattern: header.controlLength) >= 0 else { throw .EINVAL }
        let room = header.control == 0 ? 0 : min(Int(header.controlLength), ControlMessage.greatestLength)
        let received = try receiveMessage(fd, buffers, room: room, flags: receivingFlags(flags))
        let control = controlForGuest(received.message.control, room: room)
        do throws(Errno) {
            try store(received.message, control, from: fd, &header, out)
        } catch {
            // `kern_recvit`: who does not learn of the descriptors does not have them.
            discardRights(control.bytes)
            throw error
        }
        return received.count
    }

    private func store(
        _ message: HostSocket.Message, _ control: (bytes: [UInt8], isComplete: Bool), from fd: Int32,
        _ header: inout MessageHeader, _ out: OutPointer<MessageHeader>
    ) throws(Errno) {
        let address = SocketAddressOut.Value(
            address: header.name, room: header.nameLength, length: OutPointer(address: 0, memory: memory),
            abi: memory.abi, isOld: false)
        let name = sender(fd, message.address)
        try address.store(name)
        header.nameLength = header.name == 0 ? 0 : min(header.nameLength, UInt32(name?.guest(memory.abi).count ?? 0))
        if header.control != 0 { try memory.write(control.bytes, at: header.control) }
        var result = FlagSet<MessageFlags>(host: UInt64(message.flags)).guest & ~MessageFlags.closeOnExec
        if !control.isComplete { result |= MessageFlags.controlTruncated }
        // Who offers no room does not learn that there was something.
        if header.control == 0 { result &= ~MessageFlags.controlTruncated }
        header.controlLength = UInt32(control.bytes.count)
        header.flags = Int32(truncatingIfNeeded: result)
        try out.store(header)
    }

    private func receiveMessage(_ fd: Int32, _ buffers: [GuestBuffer], room: Int, flags: Int) throws(Errno) -> (
        message: HostSocket.Message, count: Int
    ) {
        var message = HostSocket.Message()
        // The host's headers are longer than the guest's; what the guest has no room for is dropped afterwards.
        let hostRoom = room == 0 ? 0 : room * 2 + 64
        guard room >= MessageCredentials.spaceBytes(memory.abi), SocketOptions.isLocal(fd),
            try HostSocket.integerOption(fd, HostOption.socket, HostOption.credentials) == 0
        else {
            let count = try message.receive(fd, buffers, controlRoom: hostRoom, flags: flags, self)
            return (message, count)
        }
        let count = try receiveWithCredentials(&message, fd, buffers, controlRoom: hostRoom, flags: flags)
        return (message, count)
    }

    /// Receives with the host's `SO_PASSCRED`, for SCM_CREDS that the sender attached. The option makes the host attach
    /// credentials to whatever is sent from then on, so it is on only while there is something to receive.
    private func receiveWithCredentials(
        _ message: inout HostSocket.Message, _ fd: Int32, _ buffers: [GuestBuffer], controlRoom: Int, flags: Int
    ) throws(Errno) -> Int {
        let status = try HostSystemCall.fcntl.checked(Int(fd), 3)
        let isWaiting = flags & MessageFlags.hostWithoutWaiting == 0 && status & HostControl.nonblock == 0
        while true {
            if isWaiting { try waitToReceive(fd) }
            try HostSocket.setOption(fd, HostOption.socket, HostOption.credentials, 1)
            defer { try? HostSocket.setOption(fd, HostOption.socket, HostOption.credentials, 0) }
            do throws(Errno) {
                return try message.receive(
                    fd, buffers, controlRoom: controlRoom, flags: flags | MessageFlags.hostWithoutWaiting, self)
            } catch .EAGAIN where isWaiting {
                // Another thread was faster.
            }
        }
    }

    // Waits as long as SO_RCVTIMEO says.
    private func waitToReceive(_ fd: Int32) throws(Errno) {
        let limit = HostWords.numbers(try HostSocket.option(fd, HostOption.socket, 20, room: 16))
        guard limit.count == 2 else { throw .EINVAL }
        var words = [Int(limit[0]), Int(limit[1]) * 1000]
        let isEndless = words == [0, 0]
        // struct pollfd with POLLIN.
        var list = HostSocket.bytes(fd) + [1, 0, 0, 0]
        let ready = try HostWords.with(bytes: &list) { list throws(Errno) in
            try HostWords.with(&words) { timeout throws(Errno) in
                try wait(.ppoll, list, 1, isEndless ? 0 : timeout, 0, 8)
            }
        }
        if ready == 0 { throw .EAGAIN }
    }
}

extension ControlMessage {
    /// `MCLBYTES`: control messages of one call fit a cluster (`sockargs`).
    static let greatestLength = 2048
}

extension MessageCredentials {
    /// The room that SCM_CREDS takes.
    static func spaceBytes(_ abi: GuestABI) -> Int {
        ControlMessage(level: 0, type: 0, data: MessageCredentials().encoded(abi)).encoded(abi).count
    }
}
