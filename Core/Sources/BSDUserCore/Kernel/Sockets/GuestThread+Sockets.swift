/// Sockets and their addresses.
extension GuestThread {
    /// `socket` and `socketpair`: what to ask the host for. Errors are those of `socreate`.
    private func hostSocket(_ domain: Int32, _ type: FlagSet<SocketType>, _ number: Int32) throws(Errno) -> (
        domain: Int, type: Int, number: Int
    ) {
        guard type.unknown & ~SocketType.typeMask == 0 else { throw .EINVAL }
        guard let family = EnumeratedValue<AddressFamily>(guest: domain).host, family != 0 else {
            KernelLog.once("sockets of the family \(domain) are not served; the program gets EAFNOSUPPORT")
            throw .EAFNOSUPPORT
        }
        let kind = type.guest & SocketType.typeMask
        guard type.unknown == 0 else { throw number == 0 && kind != 0 ? .EPROTOTYPE : .EPROTONOSUPPORT }
        guard number != InternetProtocol.sctp else { throw .EPROTONOSUPPORT }
        if domain == AddressFamily.local && number != 0 { throw .EPROTONOSUPPORT }
        return (Int(family), Int(type.hostInt), Int(number))
    }

    /// `socket`.
    func socket(_ domain: Int32, _ type: FlagSet<SocketType>, _ number: Int32) throws(Errno) -> Int32 {
        let host = try hostSocket(domain, type, number)
        let result: Int
        do throws(Errno) {
            result = try HostSystemCall.socket.checked(host.domain, host.type, host.number)
        } catch .ESOCKTNOSUPPORT {
            throw .EPROTOTYPE
        }
        let descriptor = try guestDescriptor(result)
        // net.inet6.ip6.v6only is 1: an IPv6 socket takes no IPv4 unless it asks for it.
        if domain == AddressFamily.internet6 {
            try? HostSocket.setOption(descriptor, HostOption.ipv6, HostOption.onlyIPv6, 1)
        }
        return descriptor
    }

    /// `socketpair`.
    func socketPair(_ domain: Int32, _ type: FlagSet<SocketType>, _ number: Int32) throws(Errno) -> DescriptorPair {
        let host = try hostSocket(domain, type, number)
        let (first, second) = try HostSocket.pair(host.domain, host.type, host.number)
        guard max(first, second) < process.descriptorLimit else {
            closePair(first, second)
            throw .EMFILE
        }
        return DescriptorPair(first, second)
    }

    func closePair(_ first: Int32, _ second: Int32) {
        _ = HostSystemCall.close(Int(first))
        _ = HostSystemCall.close(Int(second))
    }

    /// Refuses what is no socket.
    private func checkIsSocket(_ fd: Int32) throws(Errno) {
        guard HostPath.isOpen(fd) else { throw .EBADF }
        guard try attributes(fd).mode & FileMode.typeMask == FileMode.socket else { throw .ENOTSOCK }
    }

    /// Calls with an address for a socket in the host's form. The path of a local socket is found as every path is, from
    /// the root and from a directory; `isNew` says that the call makes the file.
    func withHostAddress<Result>(
        _ address: SocketAddress, for fd: Int32, from directory: Int32 = DirFd.current, isNew: Bool = false,
        _ body: ([UInt8]) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        guard case .local(let path) = address else {
            // The host calls another family's address a wrong one (`uipc_bindat`, `unp_connectat`: EAFNOSUPPORT).
            do throws(Errno) { return try body(address.host()) } catch .EINVAL where SocketOptions.isLocal(fd) {
                throw .EAFNOSUPPORT
            }
        }
        try checkIsSocket(fd)
        guard SocketOptions.isLocal(fd) else { throw .EAFNOSUPPORT }
        if path.isEmpty { throw .ENOENT }
        let isPlain = directory == DirFd.current || path.first == UInt8(ascii: "/")
        guard isPlain || HostPath.isOpen(directory) else { throw .EBADF }
        if isPlain && !process.paths.isInsideRoot { return try body(address.host()) }
        if isNew {
            let target = try process.paths.entry(directory, path)
            let name = Array(target.path.dropLast())
            return try body(address.host(path: hostPath(target.directory, name)))
        }
        let target = try process.paths.target(directory, path, follow: true)
        return try body(address.host(path: hostPath(target.directory, Array(target.path.dropLast()))))
    }

    /// A path for the host that fits `sun_path`: the real one, so that others can be told it, else one by way of the
    /// descriptor.
    private func hostPath(_ directory: Int32, _ name: [UInt8]) -> [UInt8] {
        // One byte of the host's 108 is the end.
        let limit = 107
        let suffix = name.isEmpty ? [] : [UInt8(ascii: "/")] + name
        if let real = HostPath.ofDescriptor(directory), real.count + suffix.count <= limit { return real + suffix }
        return Self.descriptorPrefix + Array("\(directory)".utf8) + suffix
    }

    private static let descriptorPrefix = Array("/proc/self/fd/".utf8)

    /// The guest's form of an address that the host gave; nil for none.
    func guestAddress(_ bytes: [UInt8]) -> SocketAddress? {
        guard let address = SocketAddress(host: bytes) else { return nil }
        guard case .local(let path) = address, path.first == UInt8(ascii: "/") else { return address }
        // Of a path that went by way of a descriptor the name is left, which is what the socket's folder calls it.
        if path.starts(with: Self.descriptorPrefix) {
            return .local(
                Array(path.dropFirst(Self.descriptorPrefix.count).drop { $0 != UInt8(ascii: "/") }.dropFirst()))
        }
        return .local(process.paths.guestPath(path) ?? [])
    }

    /// `bind` and `bindat`.
    func bind(_ fd: Int32, _ address: SocketAddress?, from directory: Int32 = DirFd.current) throws(Errno) {
        guard let address else { throw .EINVAL }
        do throws(Errno) {
            try withHostAddress(address, for: fd, from: directory, isNew: true) { bytes throws(Errno) in
                try HostSocket.call(.bind, fd, bytes, self)
            }
        } catch .EADDRINUSE where localName(fd).map({ !$0.isEmpty }) ?? false {
            // `uipc_bindat` looks first whether the socket has a name.
            throw .EINVAL
        }
    }

    /// The name of a local socket, empty without one; nil for a socket of another family.
    private func localName(_ fd: Int32) -> [UInt8]? {
        guard let bytes = try? HostSocket.address(.getsockname, fd), case .local(let path)? = guestAddress(bytes) else {
            return nil
        }
        return path
    }

    /// `connect` and `connectat`.
    func connect(_ fd: Int32, _ address: SocketAddress?, from directory: Int32 = DirFd.current) throws(Errno) {
        guard let address else { throw .EINVAL }
        do throws(Errno) {
            try withHostAddress(address, for: fd, from: directory) { bytes throws(Errno) in
                try HostSocket.connect(fd, bytes, self)
            }
        } catch .ECONNREFUSED {
            // uipc_usrreq.c says ENOTSOCK for a file that is no socket.
            if case .local(let path) = address,
                let file = try? attributes(directory, path, FlagSet(guest: 0)),
                file.mode & FileMode.typeMask != FileMode.socket
            {
                throw .ENOTSOCK
            }
            throw .ECONNREFUSED
        }
        // A datagram socket is disconnected by an address of no family, and the call fails (`soconnectat`).
        if address == .unspecified { throw .EAFNOSUPPORT }
    }

    /// `listen`.
    func listen(_ fd: Int32, _ backlog: Int32) throws(Errno) {
        do throws(Errno) {
            _ = try HostSystemCall.listen.checked(Int(fd), Int(backlog))
        } catch .EINVAL {
            // `uipc_listen`: a local socket needs a name first.
            if let name = localName(fd), name.isEmpty, HostSocket.peer(fd) == nil { throw .EDESTADDRREQ }
            throw .EINVAL
        }
    }

    /// `accept` and `accept4`. Without flags of its own the new socket has those of the one that listens (accept(2)).
    func accept(_ fd: Int32, _ out: SocketAddressOut.Value, flags: FlagSet<SocketType>?) throws(Errno) -> Int32 {
        if let flags, flags.guest & ~(SocketType.closeOnExec | SocketType.nonblock) != 0 { throw .EINVAL }
        let status = flags == nil ? try HostSystemCall.fcntl.checked(Int(fd), 3) & HostControl.nonblock : 0
        let accepted: (result: Int, address: [UInt8])
        do throws(Errno) {
            accepted = try HostSocket.accept(fd, flags: Int(flags?.hostInt ?? 0) | status, self)
        } catch .EOPNOTSUPP {
            // A socket that cannot listen is one that does not (`kern_accept4`).
            throw .EINVAL
        }
        let descriptor = try guestDescriptor(accepted.result)
        do throws(Errno) {
            try out.store(guestAddress(accepted.address))
        } catch {
            _ = HostSystemCall.close(Int(descriptor))
            throw error
        }
        if process.quietSockets.contain(fd) { process.quietSockets.set(descriptor, true) }
        return descriptor
    }

    /// `getsockname` and `getpeername`.
    func tellAddress(_ call: HostSystemCall, _ fd: Int32, _ out: SocketAddressOut.Value) throws(Errno) {
        try out.store(guestAddress(HostSocket.address(call, fd)))
    }

    /// `setsockopt`.
    func setOption(_ fd: Int32, _ option: SocketOptionName, _ value: [UInt8]) throws(Errno) {
        try checkIsSocket(fd)
        guard let row = option.row(fd), let write = row.write else {
            KernelLog.once("setsockopt \(option.level) \(option.number) is not known; the program gets ENOPROTOOPT")
            throw .ENOPROTOOPT
        }
        try write(self, fd, value)
    }

    /// `getsockopt`: the value, which the caller cuts to the room there is.
    func option(_ fd: Int32, _ option: SocketOptionName) throws(Errno) -> [UInt8] {
        try checkIsSocket(fd)
        guard let row = option.row(fd), let read = row.read else {
            KernelLog.once("getsockopt \(option.level) \(option.number) is not known; the program gets ENOPROTOOPT")
            throw .ENOPROTOOPT
        }
        return try read(self, fd)
    }
}

/// Level and number of an option.
struct SocketOptionName: Equatable, Sendable {
    let level: Int32
    let number: Int32

    func row(_ fd: Int32) -> SocketOptionRow? { SocketOptions.row(level, number, fd) }
}

/// The option's level and number: two arguments.
struct SocketOptionArgument: SystemCallParameter {
    var slots: [ArgumentSlot] { [ArgumentSlot(.number, "level"), ArgumentSlot(.number, "name")] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> SocketOptionName {
        let level = Int32(truncatingIfNeeded: try arguments.word(thread))
        return SocketOptionName(level: level, number: Int32(truncatingIfNeeded: try arguments.word(thread)))
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let fd = Int32(truncatingIfNeeded: try arguments.firstWord(thread))
        let option = try decode(&arguments, thread)
        let isLocal = option.level == 0 && SocketOptions.isLocal(fd)
        let level: TraceValue =
            option.level == GeneralOptions.level
            ? .symbol("SOL_SOCKET")
            : isLocal ? .symbol("SOL_LOCAL") : EnumeratedValue<InternetProtocol>(guest: option.level).traceValue
        let name = option.row(fd).map { TraceValue.symbol($0.name) } ?? .integer(Int64(option.number))
        return [level, name]
    }
}

/// The value of an option: a pointer and a length, or a pointer to one.
struct SocketOptionOut: SystemCallParameter {
    struct Value {
        let address: GuestAddress
        let room: UInt32
        let length: OutPointer<GuestUnsigned>

        /// Writes the value, cut to the room (`sooptcopyout`).
        func store(_ bytes: [UInt8]) throws(Errno) {
            let count = min(bytes.count, Int(room))
            if address != 0 { try length.memory.write(Array(bytes.prefix(count)), at: address) }
            if !length.isNull { try length.store(GuestUnsigned(UInt32(count))) }
        }
    }

    var slots: [ArgumentSlot] { [ArgumentSlot(.output, "val"), ArgumentSlot(.inputOutput, "avalsize")] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> Value {
        let address = try arguments.word(thread)
        let length = OutPointer<GuestUnsigned>(address: try arguments.word(thread), memory: thread.memory)
        // `getsockopt` looks at the length only with a pointer.
        let room = address == 0 ? 0 : try length.load().value
        if Int32(bitPattern: room) < 0 { throw .EINVAL }
        return Value(
            address: address, room: room, length: address == 0 ? OutPointer(address: 0, memory: thread.memory) : length)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        let pointer = try arguments.word(thread)
        let length = thread.traceStruct(GuestUnsigned.self, pointer)
        guard phase.isSuccess, let count = try? thread.memory.load(GuestUnsigned.self, at: pointer).value else {
            return [address == 0 ? .null : .absent, length]
        }
        return [thread.traceOption(address, UInt64(count)), length]
    }
}

/// The new value of an option: a pointer and a length.
struct SocketOptionIn: SystemCallParameter {
    private let buffer = InBuffer("val", length: .signed)
    var slots: [ArgumentSlot] { buffer.slots }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> [UInt8] {
        let value = try buffer.decode(&arguments, thread)
        // No option is longer than a page (`soopt_getm` apart, which only IPsec uses).
        guard value.byteCount <= 4096 else { throw .EINVAL }
        return try value.load()
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let address = try arguments.word(thread)
        let count = try arguments.word(thread)
        guard case .entry = phase else { return [.absent, .unsigned(count)] }
        return [thread.traceOption(address, count), .unsigned(count)]
    }
}

extension GuestThread {
    // Nearly every option is an int.
    fileprivate func traceOption(_ address: GuestAddress, _ count: UInt64) -> TraceValue {
        count == 4 ? traceStruct(GuestInt.self, address) : traceBytes(address, count)
    }
}
