/// The sockets with `SO_NOSIGPIPE`, which the host's sockets do not have: by inode, so that every descriptor of a socket
/// means the same one. A program that takes this one's place is told of them.
final class QuietSockets {
    private let lock = HostLock()
    private var inodes: Set<UInt64> = []
    /// Whether there is none: most programs never have one.
    private var isEmpty = true

    init(inodes: Set<UInt64> = []) {
        self.inodes = inodes
        isEmpty = inodes.isEmpty
    }

    /// Those of a child that shares its parent's memory.
    init(copying parent: QuietSockets) {
        inodes = parent.all
        isEmpty = inodes.isEmpty
    }

    /// The inodes of all.
    var all: Set<UInt64> { lock.hold { inodes } }

    /// Whether a descriptor's socket is one; nothing is asked while there are none.
    @inline(__always)
    func contain(_ fd: Int32) -> Bool {
        if isEmpty { return false }
        guard let inode = Self.inode(fd) else { return false }
        return lock.hold { inodes.contains(inode) }
    }

    func set(_ fd: Int32, _ isQuiet: Bool) {
        guard let inode = Self.inode(fd) else { return }
        lock.hold {
            if isQuiet { inodes.insert(inode) } else { inodes.remove(inode) }
            isEmpty = inodes.isEmpty
        }
    }

    private static func inode(_ fd: Int32) -> UInt64? {
        (try? HostFileStatus.read(fd, [0], flags: HostPath.emptyPath))?.inode
    }

    /// Between the two nothing changes: for a fork. In the child the lock is new.
    func prepareFork() { lock.lock() }
    func finishForkInParent() { lock.unlock() }
    func resetInChild() { lock.resetInChild() }
}
