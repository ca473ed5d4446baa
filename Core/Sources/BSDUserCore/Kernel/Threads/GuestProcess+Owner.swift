extension GuestProcess {
    /// Takes the rights of the program's owner, effective and saved: last of all before the program starts, since the
    /// emulator itself needs its own until then. The host permits it to root alone.
    func become(_ owner: ProgramOwner) {
        do throws(Errno) {
            if let group = owner.group { try HostIdentity.setGroups(.max, group, group) }
            if let user = owner.user { try HostIdentity.setUsers(.max, user, user) }
        } catch {
            KernelLog.once("execve: the rights of a program's owner (set-user-ID) can be given by root only")
            return
        }
        lock.hold { hasChangedIdentity = true }
    }
}
