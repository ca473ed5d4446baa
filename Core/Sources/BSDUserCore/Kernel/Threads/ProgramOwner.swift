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
