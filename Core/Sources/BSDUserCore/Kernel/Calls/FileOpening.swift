extension GuestThread {
    /// `open`, with what FreeBSD does besides: locks, other errors, no descriptor above the guest's.
    func open(_ directory: Int32, _ path: [UInt8], _ flags: FlagSet<OpenFlags>, _ mode: UInt32) throws(Errno) -> Int32 {
        let access = flags.guest & OpenFlags.accessMask
        guard access != 3, !(flags.contains(OpenFlags.execute) && access != 0) else { throw .EINVAL }
        guard
            flags.guest & (OpenFlags.sharedLock | OpenFlags.exclusiveLock)
                != OpenFlags.sharedLock | OpenFlags.exclusiveLock
        else { throw .EINVAL }
        let descriptor = try guestDescriptor(Int(openFile(directory, path, flags, mode)))
        do throws(Errno) {
            if flags.contains(OpenFlags.execute) { try checkExecutable(descriptor) }
            try lock(descriptor, as: flags)
        } catch {
            _ = HostSystemCall.close(Int(descriptor))
            throw error
        }
        return descriptor
    }

    // Opens the file with FreeBSD's errors (`vn_open_cred`, `vn_open_vnode`).
    private func openFile(_ directory: Int32, _ path: [UInt8], _ flags: FlagSet<OpenFlags>, _ mode: UInt32)
        throws(Errno) -> Int32
    {
        var flags = flags
        if flags.contains(OpenFlags.create) && flags.contains(OpenFlags.directory) {
            // Directories are not made here: O_CREAT counts without O_DIRECTORY only.
            guard !flags.contains(OpenFlags.exclusive) else { throw .EINVAL }
            flags = FlagSet(guest: flags.guest & ~OpenFlags.create)
        }
        do throws(Errno) {
            return try makeOrOpen(directory, path, flags, mode)
        } catch .ELOOP where flags.contains(OpenFlags.noFollow) {
            // open(2): EMLINK for a link that O_NOFOLLOW forbids.
            throw .EMLINK
        } catch .EISDIR where flags.contains(OpenFlags.create) {
            // The host's objection is O_CREAT, even of a name with a slash that is not there; FreeBSD's are writing and
            // O_TRUNC.
            return try openOnHost(directory, path, FlagSet(guest: flags.guest & ~OpenFlags.create), mode)
        } catch .ENXIO {
            let beneath = flags.contains(OpenFlags.resolveBeneath) ? AtFlags.resolveBeneath : 0
            let found = try attributes(directory, path, FlagSet(guest: beneath))
            throw found.type == FileMode.socket ? .EOPNOTSUPP : .ENXIO
        }
    }

    // With O_CREAT it matters whether the file is new: only O_EXCL tells.
    private func makeOrOpen(_ directory: Int32, _ path: [UInt8], _ flags: FlagSet<OpenFlags>, _ mode: UInt32)
        throws(Errno) -> Int32
    {
        let isPathOnly = flags.guest & (OpenFlags.execute | OpenFlags.path) != 0
        guard flags.contains(OpenFlags.create), !isPathOnly else {
            return try openOnHost(directory, path, flags, mode)
        }
        do throws(Errno) {
            let made = try openOnHost(directory, path, FlagSet(guest: flags.guest | OpenFlags.exclusive), mode)
            let isBeneath = flags.contains(OpenFlags.resolveBeneath)
            if let place = try? process.paths.entry(directory, path, isBeneath: isBeneath) { adoptGroup(place) }
            return made
        } catch .EEXIST where !flags.contains(OpenFlags.exclusive) {
            return try openOnHost(directory, path, flags, mode)
        }
    }

    private func openOnHost(_ directory: Int32, _ path: [UInt8], _ flags: FlagSet<OpenFlags>, _ mode: UInt32)
        throws(Errno) -> Int32
    {
        // Opening a terminal makes it nobody's controlling one: that takes TIOCSCTTY (tty(4)).
        var hostFlags = flags.hostInt | HostPath.noControllingTerminal
        if flags.guest & (OpenFlags.execute | OpenFlags.path) != 0 {
            hostFlags = HostPath.pathOnly | hostFlags & (HostPath.noFollow | HostPath.directory | HostPath.closeOnExec)
        }
        // A new file never has the sticky bit (`kern_openat`).
        return try process.paths.open(
            directory, path, hostFlags: hostFlags, mode: mode & ~0o1000,
            isBeneath: flags.contains(OpenFlags.resolveBeneath), waitingOn: self)
    }

    // The host asks nothing of what is opened as a path only.
    private func checkExecutable(_ descriptor: Int32) throws(Errno) {
        guard try attributes(descriptor).type != FileMode.socket else { throw .EOPNOTSUPP }
        _ = try HostPath.call(
            .faccessat, descriptor, [0], Int(FlagSet<AccessMode>(guest: AccessMode.execute).hostInt),
            Int(HostPath.emptyPath | HostPath.effectiveAccess))
    }

    private func lock(_ descriptor: Int32, as flags: FlagSet<OpenFlags>) throws(Errno) {
        guard flags.guest & (OpenFlags.sharedLock | OpenFlags.exclusiveLock) != 0 else { return }
        let kind = flags.contains(OpenFlags.exclusiveLock) ? HostDescriptors.exclusive : HostDescriptors.shared
        let waits = flags.contains(OpenFlags.nonblock) ? HostDescriptors.withoutWaiting : 0
        _ = try wait(.flock, Int(descriptor), kind | waits)
    }
}
