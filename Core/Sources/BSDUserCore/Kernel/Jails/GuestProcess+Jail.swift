/// What a jail, or a root of `chroot`, is for the process in it.
extension GuestProcess {
    /// The jails that the process knows of: from inside of one there are none.
    var visibleJails: [Jail] { jail == nil ? JailTable.jails(of: paths.machine) : [] }

    /// `kern.hostname`.
    var hostName: [UInt8] { jail.flatMap { JailTable.jail($0.identifier)?.hostName } ?? HostSystem.name() }

    /// The jail of any process; 0 outside of all. A process that has taken another user may not look at itself on the host.
    func jail(of pid: Int32) -> Int32 {
        if pid == HostProcess.currentPID { return jail?.identifier ?? 0 }
        return JailTable.identifier(ofProcess: pid) ?? 0
    }

    /// Whether the process may know of another one (`prison_check`). A child that has ended is in no jail any more.
    func maySee(_ pid: Int32) -> Bool {
        guard let jail, pid != HostProcess.currentPID else { return true }
        return JailTable.identifier(ofProcess: pid) == jail.identifier
            || HostProcessRecord(pid)?.parent == HostProcess.currentPID
    }

    /// The processes of a jail that `kill` means by a number. `ESRCH` when there are none.
    func targets(_ pid: Int32, in jail: JailMembership) throws(Errno) -> [Int32] {
        if pid > 0 {
            guard maySee(pid) else { throw .ESRCH }
            return [pid]
        }
        let group = pid == 0 ? HostProcess.processGroup(of: 0) : -Int(pid)
        // The process itself comes last, since the signal may end it.
        let others = JailTable.processes(in: jail.identifier).filter { $0 != HostProcess.currentPID }
        let all = pid == -1 ? others : others + [HostProcess.currentPID]
        let targets = all.filter { pid == -1 || HostProcess.processGroup(of: $0) == group }
        guard !targets.isEmpty else { throw .ESRCH }
        return targets
    }

    /// Whether the next program gets the descriptors of root and jail.
    func setInherited(_ isInherited: Bool) {
        if let root = paths.inherited { HostDescriptors.setInherited(root.descriptor, isInherited) }
        if let jail { HostDescriptors.setInherited(jail.descriptor, isInherited) }
    }
}

extension GuestThread {
    /// `PRIV_VFS_CHROOT`, `PRIV_JAIL_SET` and the like.
    func checkSuperuser() throws(Errno) {
        guard HostSystemCall.geteuid() == 0 else { throw .EPERM }
    }

    /// `chroot`.
    func changeRoot(_ path: [UInt8]) throws(Errno) {
        try checkSuperuser()
        let root = try process.paths.root(at: path)
        try refuseOpenDirectories()
        replaceRoot(root, jail: process.jail)
    }

    /// `kern.chroot_allow_open_directories` is 1 (`pwd_chroot` of sys/kern/kern_descrip.c): who has another root already
    /// may have no directory open, which could lie outside of the next.
    func refuseOpenDirectories() throws(Errno) {
        guard process.paths.isChanged else { return }
        let hasDirectory = HostDirectory.names("/proc/self/fd").contains { name in
            guard let descriptor = Int32(name), HostDescriptors.isGuests(descriptor) else { return false }
            return HostPath.isDirectory(descriptor)
        }
        if hasDirectory { throw .EPERM }
    }

    /// Gives the process another root. A thread that is on its way to a file goes on in the old one.
    func replaceRoot(_ root: PathRoot, jail: JailMembership?) {
        process.stopOthers(self)
        process.paths = root
        process.jail = jail
        process.resumeOthers()
    }
}
