import Glibc

/// Locks of whole files that belong to an open file (fcntl(2), "Open file description locks"): processes that a descriptor
/// is handed to hold the lock together, and it ends with the last of them.
enum HostFileLock {
    private enum Command {
        static let test = 36
        static let set = 37
        static let setWaiting = 38
    }

    /// Takes the lock for this file alone, and waits for others.
    static func lock(_ descriptor: Int32) throws(Errno) {
        while true {
            do throws(Errno) {
                _ = try apply(Command.setWaiting, Int(F_WRLCK), descriptor)
                return
            } catch .EINTR {
                continue
            }
        }
    }

    static func unlock(_ descriptor: Int32) { _ = try? apply(Command.set, Int(F_UNLCK), descriptor) }

    /// Takes the lock together with others.
    static func share(_ descriptor: Int32) throws(Errno) { _ = try apply(Command.set, Int(F_RDLCK), descriptor) }

    /// Whether anybody else has the lock.
    static func isTaken(_ descriptor: Int32) -> Bool {
        guard let words = try? apply(Command.test, Int(F_WRLCK), descriptor) else { return false }
        return words[0] & 0xffff != Int(F_UNLCK)
    }

    // struct flock: l_type and l_whence of 16 bits, l_start, l_len, l_pid, in a word each. No length is the whole file.
    private static func apply(_ command: Int, _ kind: Int, _ descriptor: Int32) throws(Errno) -> [Int] {
        var words = [kind, 0, 0, 0]
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.fcntl.checked(Int(descriptor), command, address)
        }
        return words
    }
}
