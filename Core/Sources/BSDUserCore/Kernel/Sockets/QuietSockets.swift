/// The sockets with `SO_NOSIGPIPE`, which the host's sockets do not have: by inode, so that every descriptor of a socket
/// means the same one. A program that takes this one's place starts without.
struct QuietSockets {
    private var inodes: Set<UInt64> = []

    /// Whether a descriptor's socket is one; nothing is asked while there are none.
    @inline(__always)
    func contain(_ fd: Int32) -> Bool {
        if inodes.isEmpty { return false }
        guard let inode = Self.inode(fd) else { return false }
        return inodes.contains(inode)
    }

    mutating func set(_ fd: Int32, _ isQuiet: Bool) {
        guard let inode = Self.inode(fd) else { return }
        if isQuiet { inodes.insert(inode) } else { inodes.remove(inode) }
    }

    private static func inode(_ fd: Int32) -> UInt64? {
        (try? HostFileStatus.read(fd, [0], flags: HostPath.emptyPath))?.inode
    }
}
