/// Sockets of the host. Addresses, options and control messages are bytes in the host's form.
enum HostSocket {
    /// Room for any address: `sockaddr_storage`.
    private static let addressRoom = 128

    /// A call that tells an address: `getsockname`, `getpeername`.
    static func address(_ call: HostSystemCall, _ fd: Int32) throws(Errno) -> [UInt8] {
        try withAddressRoom { address, length throws(Errno) in
            try call.checked(Int(fd), address, length)
        }.address
    }

    /// The other end of a connection; nil without one.
    static func peer(_ fd: Int32) -> [UInt8]? { try? address(.getpeername, fd) }

    /// Waits for a connection: its descriptor, and the address of the other end.
    static func accept(_ fd: Int32, flags: Int, _ thread: GuestThread) throws(Errno) -> (
        result: Int, address: [UInt8]
    ) {
        try withAddressRoom { address, length throws(Errno) in
            try thread.wait(.accept4, Int(fd), address, length, flags)
        }
    }

    /// Receives into guest memory, and tells where from.
    static func receive(_ fd: Int32, _ buffer: GuestBuffer, flags: Int, _ thread: GuestThread) throws(Errno) -> (
        result: Int, address: [UInt8]
    ) {
        let bytes = try buffer.hostAddress(for: .write)
        return try withAddressRoom { address, length throws(Errno) in
            try thread.wait(.recvfrom, Int(fd), bytes, Int(buffer.byteCount), flags, address, length)
        }
    }

    private static func withAddressRoom(_ body: (Int, Int) throws(Errno) -> Int) throws(Errno) -> (
        result: Int, address: [UInt8]
    ) {
        var address = [UInt8](repeating: 0, count: addressRoom)
        var length = [addressRoom]
        let result = try HostWords.with(bytes: &address) { bytes throws(Errno) in
            try HostWords.with(&length) { length throws(Errno) in try body(bytes, length) }
        }
        let count = Int(UInt32(truncatingIfNeeded: length[0]))
        return (result, Array(address.prefix(min(count, addressRoom))))
    }

    /// Connects. A connection is begun before anything is waited for, so that `EINTR` says that it is under way
    /// (`kern_connectat` in sys/kern/uipc_syscalls.c): who gets it waits until the socket can be written.
    static func connect(_ fd: Int32, _ address: [UInt8], _ thread: GuestThread) throws(Errno) {
        if HostControl.isNonblocking(fd) { return try callAtOnce(.connect, fd, address) }
        do throws(Errno) {
            try call(.connect, fd, address, thread)
        } catch {
            guard error == .EINTR || error == .restart, !HostSocketState.isConnecting(fd) else { throw error }
            // The signal was there before the host had begun.
            try HostControl.setStatus(fd, HostControl.nonblock, true)
            defer { try? HostControl.setStatus(fd, HostControl.nonblock, false) }
            do throws(Errno) {
                try callAtOnce(.connect, fd, address)
            } catch .EINPROGRESS {
                throw error
            } catch .EAGAIN {
                // A local socket whose listener has no room.
                throw error
            }
        }
    }

    private static func callAtOnce(_ call: HostSystemCall, _ fd: Int32, _ address: [UInt8]) throws(Errno) {
        var bytes = address
        _ = try HostWords.with(bytes: &bytes) { pointer throws(Errno) in
            try call.checked(Int(fd), pointer, address.count)
        }
    }

    /// A call that takes an address and may wait.
    static func call(_ call: HostSystemCall, _ fd: Int32, _ address: [UInt8], _ thread: GuestThread) throws(Errno) {
        var bytes = address
        _ = try HostWords.with(bytes: &bytes) { pointer throws(Errno) in
            try thread.wait(call, Int(fd), pointer, address.count)
        }
    }

    /// Sends guest memory to an address.
    static func send(_ fd: Int32, _ buffer: GuestBuffer, flags: Int, to address: [UInt8], _ thread: GuestThread)
        throws(Errno) -> Int
    {
        let memory = try buffer.hostAddress(for: .read)
        var bytes = address
        return try HostWords.with(bytes: &bytes) { pointer throws(Errno) in
            try thread.wait(.sendto, Int(fd), memory, Int(buffer.byteCount), flags, pointer, address.count)
        }
    }

    /// A pair of connected sockets.
    static func pair(_ domain: Int, _ type: Int, _ protocolNumber: Int) throws(Errno) -> (Int32, Int32) {
        var words = [0]
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.socketpair.checked(domain, type, protocolNumber, address)
        }
        return (Int32(truncatingIfNeeded: words[0]), Int32(truncatingIfNeeded: words[0] >> 32))
    }

    // MARK: Options

    /// The value of an option, at most `room` bytes.
    static func option(_ fd: Int32, _ level: Int32, _ name: Int32, room: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: room)
        var length = [room]
        _ = try HostWords.with(bytes: &bytes) { value throws(Errno) in
            try HostWords.with(&length) { length throws(Errno) in
                try HostSystemCall.getsockopt.checked(Int(fd), Int(level), Int(name), value, length)
            }
        }
        return Array(bytes.prefix(Int(UInt32(truncatingIfNeeded: length[0]))))
    }

    static func integerOption(_ fd: Int32, _ level: Int32, _ name: Int32) throws(Errno) -> Int32 {
        number(try option(fd, level, name, room: 4))
    }

    static func setOption(_ fd: Int32, _ level: Int32, _ name: Int32, _ value: [UInt8]) throws(Errno) {
        var bytes = value
        _ = try HostWords.with(bytes: &bytes) { pointer throws(Errno) in
            try HostSystemCall.setsockopt.checked(Int(fd), Int(level), Int(name), pointer, value.count)
        }
    }

    static func setOption(_ fd: Int32, _ level: Int32, _ name: Int32, _ value: Int32) throws(Errno) {
        try setOption(fd, level, name, bytes(value))
    }

    /// A number as the host has it in memory.
    static func bytes(_ value: Int32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: UInt32(bitPattern: value) >> UInt32($0 * 8)) }
    }

    /// The number that stands at the beginning of the host's bytes; what they lack is zero.
    static func number(_ bytes: [UInt8]) -> Int32 {
        Int32(bitPattern: bytes.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }

    // MARK: Messages

    /// A message of `sendmsg` and `recvmsg`: address, buffers, control messages.
    struct Message {
        var address: [UInt8] = []
        var control: [UInt8] = []
        var flags = 0

        /// Sends the buffers; the result is the number of bytes.
        mutating func send(_ fd: Int32, _ buffers: [GuestBuffer], flags: Int, _ thread: GuestThread) throws(Errno)
            -> Int
        {
            try HostVectors.with(buffers, for: .read) { vector, count throws(Errno) in
                try call(vector, count) { header throws(Errno) in
                    try thread.wait(.sendmsg, Int(fd), header, flags)
                }
            }
        }

        /// Receives into the buffers; `controlRoom` bytes are offered for control messages.
        mutating func receive(
            _ fd: Int32, _ buffers: [GuestBuffer], controlRoom: Int, flags: Int, _ thread: GuestThread
        ) throws(Errno) -> Int {
            address = [UInt8](repeating: 0, count: HostSocket.addressRoom)
            control = [UInt8](repeating: 0, count: controlRoom)
            return try HostVectors.with(buffers, for: .write) { vector, count throws(Errno) in
                try call(vector, count) { header throws(Errno) in
                    try thread.wait(.recvmsg, Int(fd), header, flags)
                }
            }
        }

        // struct msghdr: name, its length, vector, its length, control, its length, flags; each in a word of its own.
        private mutating func call(_ vector: Int, _ count: Int, _ body: (Int) throws(Errno) -> Int) throws(Errno)
            -> Int
        {
            var header = [0, address.count, vector, count, 0, control.count, 0]
            var (address, control) = (address, control)
            let result = try HostWords.with(bytes: &address) { name throws(Errno) in
                try HostWords.with(bytes: &control) { messages throws(Errno) in
                    header[0] = header[1] == 0 ? 0 : name
                    header[4] = header[5] == 0 ? 0 : messages
                    return try HostWords.with(&header) { pointer throws(Errno) in try body(pointer) }
                }
            }
            self.address = Array(address.prefix(Int(UInt32(truncatingIfNeeded: header[1]))))
            self.control = Array(control.prefix(header[5]))
            flags = header[6] & 0xffff_ffff
            return result
        }
    }
}

extension HostIdentity {
    /// `struct ucred` of this process, for a control message.
    static var credentials: [UInt8] {
        [
            HostProcess.currentPID, Int32(truncatingIfNeeded: HostSystemCall.geteuid()),
            Int32(truncatingIfNeeded: HostSystemCall.getegid()),
        ].flatMap { HostSocket.bytes($0) }
    }
}

extension HostWords {
    /// The words of 64 bits that stand in the host's bytes.
    static func numbers(_ bytes: [UInt8]) -> [Int64] {
        stride(from: 0, to: bytes.count & ~7, by: 8).map { start in
            Int64(bitPattern: bytes[start..<(start + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
    }
}
