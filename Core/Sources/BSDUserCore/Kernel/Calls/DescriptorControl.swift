/// What `fcntl` and `flock` do (`kern_fcntl`, `sys_flock`).
extension GuestThread {
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
        case 5:  // F_GETOWN
            return Int(try signalOwner(fd))
        case 6:  // F_SETOWN
            try setSignalOwner(fd, Int32(number))
            return 0
        case 11, 12, 13:
            return try lock(fd, command, at: argument)
        case 15, 16:  // Read-ahead is advice.
            try checkReadsAhead(fd)
            return 0
        case 21:  // There are no union stacks.
            guard HostPath.isOpen(fd) else { throw .EBADF }
            return 0
        case 1, 2, 19, 20:
            return try HostSystemCall.fcntl.checked(Int(fd), Int(command.host ?? 0), number)
        default:
            throw .EINVAL
        }
    }

    /// `FIOGETOWN`: the process that gets a descriptor's signals, or a group, negated.
    func signalOwner(_ fd: Int32) throws(Errno) -> Int32 {
        try checkHasOwner(fd)
        return try HostControl.signalOwner(fd)
    }

    /// `FIOSETOWN`.
    func setSignalOwner(_ fd: Int32, _ owner: Int32) throws(Errno) {
        try checkHasOwner(fd)
        try HostControl.setSignalOwner(fd, owner)
    }

    // File systems do not know these requests.
    private func checkHasOwner(_ fd: Int32) throws(Errno) {
        let type = try attributes(fd).type
        guard ![FileMode.regular, FileMode.directory, FileMode.symbolicLink].contains(type) else { throw .ENOTTY }
    }

    private func checkReadsAhead(_ fd: Int32) throws(Errno) {
        let type = try attributes(fd).type
        guard FileMode.isOfFileSystem(type) else { throw .EBADF }
        guard type == FileMode.regular else { throw .ENOTTY }
    }

    private func lock(_ fd: Int32, _ command: EnumeratedValue<DescriptorCommand>, at address: GuestAddress)
        throws(Errno) -> Int
    {
        var lock = try memory.load(RecordLock.self, at: address)
        guard FileMode.isOfFileSystem(try attributes(fd).type) else { throw .EBADF }
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

    /// `flock`: of several operations `LOCK_UN` counts before `LOCK_EX`, and that before `LOCK_SH`.
    func lockFile(_ fd: Int32, _ how: FlagSet<LockOperation>) throws(Errno) {
        guard FileMode.isOfFileSystem(try attributes(fd).type) else { throw .EOPNOTSUPP }
        let kinds = [LockOperation.unlock, LockOperation.exclusive, LockOperation.shared]
        guard let kind = kinds.first(where: { how.contains($0) }) else { throw .EBADF }
        let operation = FlagSet<LockOperation>(guest: kind | how.guest & LockOperation.withoutWaiting)
        _ = try wait(.flock, Int(fd), Int(operation.hostInt))
    }
}
