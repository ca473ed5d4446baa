/// The user and the group whose rights a set-user-ID or set-group-ID program gets: those of its file (`execve(2)`).
struct ProgramOwner: Equatable, Sendable {
    /// Nil leaves the one that there is.
    var user: UInt32?
    var group: UInt32?

    init(user: UInt32? = nil, group: UInt32? = nil) {
        self.user = user
        self.group = group
    }

    /// By the mode and the owner of a file; nil when the program changes nobody (`do_execve`: the credentials change only
    /// where the numbers differ).
    init?(mode: UInt32, user: UInt32, group: UInt32, effectiveUser: UInt32, effectiveGroup: UInt32) {
        let (setUser, setGroup): (UInt32, UInt32) = (0o4000, 0o2000)
        self.user = mode & setUser != 0 && user != effectiveUser ? user : nil
        self.group = mode & setGroup != 0 && group != effectiveGroup ? group : nil
        if self.user == nil && self.group == nil { return nil }
    }
}

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
        HostIdentity.keepOwnFiles()
        lock.hold { hasChangedIdentity = true }
    }
}
