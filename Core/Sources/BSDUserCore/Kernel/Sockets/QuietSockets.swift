/// The sockets with `SO_NOSIGPIPE`, which the host's sockets do not have: by inode, so that every descriptor of a socket
/// means the same one. A program that takes this one's place starts without.
struct QuietSockets {
    /// Whether there was ever one; read without the lock, since it only ever becomes true.
    fileprivate(set) var isUsed = false
    fileprivate var inodes: Set<UInt64> = []
}

extension GuestProcess {
    /// Whether a descriptor's socket raises no SIGPIPE; nothing is asked while there is no such socket.
    @inline(__always)
    func isQuiet(_ fd: Int32) -> Bool { quietSockets.isUsed && isKnownQuiet(fd) }

    private func isKnownQuiet(_ fd: Int32) -> Bool {
        guard let inode = Self.inode(fd) else { return false }
        return lock.hold { quietSockets.inodes.contains(inode) }
    }

    func setQuiet(_ fd: Int32, _ isQuiet: Bool) {
        guard let inode = Self.inode(fd) else { return }
        lock.hold {
            if isQuiet {
                quietSockets.inodes.insert(inode)
                quietSockets.isUsed = true
            } else {
                quietSockets.inodes.remove(inode)
            }
        }
    }

    private static func inode(_ fd: Int32) -> UInt64? {
        (try? HostFileStatus.read(fd, [0], flags: HostPath.emptyPath))?.inode
    }
}
