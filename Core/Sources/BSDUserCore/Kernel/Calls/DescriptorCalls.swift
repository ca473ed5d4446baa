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
            _ = try thread.wait(.flock, Int(fd), Int(how.hostInt))
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
    /// `open`, with what FreeBSD does besides: locks, other errors, no descriptor above the guest's.
    func open(_ directory: Int32, _ path: [UInt8], _ flags: FlagSet<OpenFlags>, _ mode: UInt32) throws(Errno) -> Int32 {
        let access = flags.guest & OpenFlags.accessMask
        guard access != 3, !(flags.contains(OpenFlags.execute) && access != 0) else { throw .EINVAL }
        guard
            flags.guest & (OpenFlags.sharedLock | OpenFlags.exclusiveLock)
                != OpenFlags.sharedLock | OpenFlags.exclusiveLock
        else { throw .EINVAL }
        var hostFlags = flags.hostInt
        if flags.guest & (OpenFlags.execute | OpenFlags.path) != 0 {
            hostFlags = HostPath.pathOnly | hostFlags & (HostPath.noFollow | HostPath.directory | HostPath.closeOnExec)
        }
        let opened: Int32
        do throws(Errno) {
            opened = try process.paths.open(
                directory, path, hostFlags: hostFlags, mode: mode,
                isBeneath: flags.contains(OpenFlags.resolveBeneath), waitingOn: self)
        } catch .ELOOP where flags.contains(OpenFlags.noFollow) {
            // open(2): EMLINK for a link that O_NOFOLLOW forbids.
            throw .EMLINK
        }
        let descriptor = try guestDescriptor(Int(opened))
        guard flags.guest & (OpenFlags.sharedLock | OpenFlags.exclusiveLock) != 0 else { return descriptor }
        do throws(Errno) {
            let kind = flags.contains(OpenFlags.exclusiveLock) ? HostDescriptors.exclusive : HostDescriptors.shared
            let waits = flags.contains(OpenFlags.nonblock) ? HostDescriptors.withoutWaiting : 0
            _ = try wait(.flock, Int(descriptor), kind | waits)
        } catch {
            _ = HostSystemCall.close(Int(descriptor))
            throw error
        }
        return descriptor
    }

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

    /// `fcntl`.
    func control(_ fd: Int32, _ command: EnumeratedValue<DescriptorCommand>, _ argument: UInt64) throws(Errno) -> Int {
        let number = Int(Int32(truncatingIfNeeded: argument))
        switch command.guest {
        case 0, 17:  // F_DUPFD, F_DUPFD_CLOEXEC
            guard number >= 0, number < Int(process.descriptorLimit) else { throw .EINVAL }
            let copy = try guestDescriptor(HostSystemCall.fcntl.checked(Int(fd), Int(command.host ?? 0), number))
            process.didDuplicate(fd, copy)
            return Int(copy)
        case 10, 18:  // F_DUP2FD, F_DUP2FD_CLOEXEC
            guard HostDescriptors.isGuests(Int32(truncatingIfNeeded: number)) else { throw .EBADF }
            return Int(try duplicate(fd, onto: Int32(number), closesOnExec: command.guest == 18))
        case 3:  // F_GETFL
            let flags = try HostSystemCall.fcntl.checked(Int(fd), Int(command.host ?? 0))
            if flags & Int(HostPath.pathOnly) != 0 { return Int(OpenFlags.execute) }
            return Int(FlagSet<StatusFlags>(host: UInt64(flags)).guest)
        case 4:  // F_SETFL
            let flags = FlagSet<StatusFlags>(guest: argument & ~OpenFlags.accessMask)
            return try HostSystemCall.fcntl.checked(Int(fd), Int(command.host ?? 0), Int(flags.hostInt))
        case 11, 12, 13:
            return try lock(fd, command, at: argument)
        case 15, 16, 21:  // Read-ahead is advice; there are no union stacks.
            guard HostPath.isOpen(fd) else { throw .EBADF }
            return 0
        case 1, 2, 5, 6, 19, 20:
            return try HostSystemCall.fcntl.checked(Int(fd), Int(command.host ?? 0), number)
        default:
            throw .EINVAL
        }
    }

    private func lock(_ fd: Int32, _ command: EnumeratedValue<DescriptorCommand>, at address: GuestAddress)
        throws(Errno) -> Int
    {
        var lock = try memory.load(RecordLock.self, at: address)
        guard let kind = EnumeratedValue<LockKind>(guest: Int32(lock.kind)).host,
            let whence = EnumeratedValue<Whence>(guest: Int32(lock.whence)).host
        else { throw .EINVAL }
        var host = HostRecordLock(
            kind: Int16(kind), whence: Int16(whence), start: lock.start, length: lock.length)
        try host.apply(Int(fd), Int(command.host ?? 0), self)
        guard command.guest == 11 else { return 0 }
        // Without a conflict only l_type changes (fcntl(2)).
        let found = EnumeratedValue<LockKind>(host: Int32(host.kind))?.guest ?? 2
        lock.kind = Int16(found)
        if found != 2 {
            (lock.start, lock.length, lock.process) = (host.start, host.length, host.process)
            (lock.whence, lock.system) = (host.whence, 0)
        }
        try memory.store(lock, at: address)
        return 0
    }
}
