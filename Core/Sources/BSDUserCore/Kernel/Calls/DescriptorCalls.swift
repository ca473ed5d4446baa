/// Opening, duplicating and closing descriptors.
enum DescriptorCalls {
    static let rows: [SystemCallRow] = [
        systemCall(5, "open", Path(), Flags<OpenFlags>(), Mode(), returns: .descriptor, restart: .restarts) {
            thread, path, flags, mode throws(Errno) in
            try thread.open(DirFd.current, path, flags, mode)
        },
        systemCall(499, "openat", DirFd(), Path(), Flags<OpenFlags>(), Mode(), returns: .descriptor, restart: .restarts)
        {
            thread, directory, path, flags, mode throws(Errno) in
            try thread.open(directory, path, flags, mode)
        },
        systemCall(6, "close", Fd()) { thread, fd throws(Errno) in
            thread.process.willClose(fd)
            // The host closes the descriptor even when it says EINTR (close(2)).
            do throws(Errno) { _ = try HostSystemCall.close.checked(Int(fd)) } catch .EINTR {}
        },
        systemCall(41, "dup", Fd(), returns: .descriptor) { thread, fd throws(Errno) in
            let copy = try thread.guestDescriptor(HostSystemCall.dup.checked(Int(fd)))
            thread.process.didDuplicate(fd, copy)
            return copy
        },
        systemCall(90, "dup2", Fd("from"), Fd("to"), returns: .descriptor) { thread, from, to throws(Errno) in
            try thread.duplicate(from, onto: to, closesOnExec: false)
        },
        systemCall(
            92, "fcntl", Fd(), Enumeration<DescriptorCommand>("cmd"), CommandArgument("arg"), returns: .count,
            restart: .restarts
        ) { thread, fd, command, argument throws(Errno) in
            try thread.control(fd, command, argument)
        },
        systemCall(131, "flock", Fd(), Flags<LockOperation>("how"), restart: .restarts) {
            thread, fd, how throws(Errno) in
            try thread.lockFile(fd, how)
        },
        systemCall(42, "freebsd10_pipe", returns: .pair) { thread throws(Errno) in
            try thread.pipe(FlagSet(guest: 0))
        },
        systemCall(542, "pipe2", Out<DescriptorPair>("fildes"), Flags<PipeFlags>()) {
            thread, pair, flags throws(Errno) in
            guard flags.guest & ~(OpenFlags.closeOnExec | OpenFlags.nonblock) == 0 else { throw .EINVAL }
            let (first, second) = try thread.pipe(flags)
            do throws(Errno) {
                try pair.store(DescriptorPair(first, second))
            } catch {
                _ = HostSystemCall.close(Int(first))
                _ = HostSystemCall.close(Int(second))
                throw error
            }
        },
        systemCall(509, "closefrom", Signed("lowfd")) { thread, low throws(Errno) in
            thread.process.willClose(from: max(0, low), through: .max)
            HostDescriptors.close(from: max(0, low), through: .max)
        },
        systemCall(575, "close_range", Unsigned("lowfd"), Unsigned("highfd"), Flags<CloseRangeFlags>()) {
            thread, low, high, flags throws(Errno) in
            guard flags.unknown == 0, low <= high else { throw .EINVAL }
            let range = (Int32(clamping: low), Int32(clamping: high))
            if flags.guest == 0 {
                thread.process.willClose(from: range.0, through: range.1)
                HostDescriptors.close(from: range.0, through: range.1)
            } else {
                HostDescriptors.closeOnExec(from: range.0, through: range.1)
            }
        },
        systemCall(89, "getdtablesize", returns: .count) { thread throws(Errno) in
            Int(thread.process.descriptorLimit)
        },
    ]
}

/// `int[2]`.
struct DescriptorPair: GuestStruct, Sendable {
    var first: Int32 = 0
    var second: Int32 = 0

    init() {}
    init(_ first: Int32, _ second: Int32) { (self.first, self.second) = (first, second) }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("0", &first)
        visitor.int("1", &second)
    }
}

/// The third argument of `fcntl`, whose meaning depends on the second.
struct CommandArgument: SystemCallParameter {
    let name: String
    init(_ name: String) { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.address, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> UInt64 {
        try arguments.word(thread)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let command = try arguments.previousWord(thread)
        let value = try arguments.word(thread)
        switch Int32(truncatingIfNeeded: command) {
        case 4: return [FlagSet<StatusFlags>(guest: value).traceValue]
        case 2: return [value & 1 != 0 ? .symbol("FD_CLOEXEC") : .integer(0)]
        case 11, 12, 13: return [thread.traceStruct(RecordLock.self, value)]
        default: return [.integer(Int64(Int32(truncatingIfNeeded: value)))]
        }
    }
}

extension GuestThread {
    /// A new descriptor of the host for the guest; `EMFILE` when only the emulator's room is left.
    func guestDescriptor(_ descriptor: Int) throws(Errno) -> Int32 {
        let descriptor = Int32(truncatingIfNeeded: descriptor)
        guard descriptor < process.descriptorLimit else {
            _ = HostSystemCall.close(Int(descriptor))
            throw .EMFILE
        }
        return descriptor
    }

    func duplicate(_ from: Int32, onto to: Int32, closesOnExec: Bool) throws(Errno) -> Int32 {
        guard to < process.descriptorLimit else { throw .EBADF }
        if from == to {
            guard HostPath.isOpen(from) else { throw .EBADF }
            if closesOnExec { HostDescriptors.closeOnExec(from: to, through: to) }
            return to
        }
        let flags = closesOnExec ? HostPath.closeOnExec : 0
        if HostPath.isOpen(from) { process.willClose(to) }
        let copy = Int32(try HostSystemCall.dup3.checked(Int(from), Int(to), Int(flags)))
        process.didDuplicate(from, copy)
        return copy
    }

    func pipe(_ flags: FlagSet<PipeFlags>) throws(Errno) -> (Int32, Int32) {
        let (first, second) = try HostDescriptors.pipe(flags: Int(flags.hostInt))
        guard max(first, second) < process.descriptorLimit else {
            _ = HostSystemCall.close(Int(first))
            _ = HostSystemCall.close(Int(second))
            throw .EMFILE
        }
        return (first, second)
    }
}
