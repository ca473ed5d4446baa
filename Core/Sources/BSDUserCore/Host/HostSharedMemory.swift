import Glibc

/// Shared memory objects of the host: unnamed files, and files below `/dev/shm`.
enum HostSharedMemory {
    // memfd_create(2).
    private static let closeOnExec = 1
    private static let allowSealing = 2

    static func unnamed(_ label: [UInt8], closesOnExec: Bool, isSealable: Bool) throws(Errno) -> Int {
        try HostPath.call(
            .memoryFile, path: label + [0], (closesOnExec ? closeOnExec : 0) | (isSealable ? allowSealing : 0))
    }

    /// To open an object for reading and writing, and to make it when there is none.
    static let use = Int(O_RDWR | O_CLOEXEC)
    static let useOrCreate = Int(O_RDWR | O_CLOEXEC | O_CREAT)

    private static func path(_ file: [UInt8]) -> [UInt8] { Array("/dev/shm/".utf8) + file + [0] }

    static func open(_ file: [UInt8], flags: Int, mode: Int) throws(Errno) -> Int {
        try HostPath.call(.openat, -100, path(file), flags | Int(O_NOFOLLOW), mode)
    }

    /// Opens a file that the superuser made, for reading: others may make files of any name there.
    static func openSystemFile(_ file: [UInt8]) throws(Errno) -> Int32 {
        // Without waiting for the other end of a FIFO that somebody has put there.
        try ofSystem(try open(file, flags: Int(O_RDONLY | O_CLOEXEC | O_NONBLOCK), mode: 0))
    }

    /// Opens a file of the superuser for writing; makes it when there is none.
    static func openOrCreateSystemFile(_ file: [UInt8], mode: Int) throws(Errno) -> Int32 {
        try ofSystem(try open(file, flags: useOrCreate, mode: mode))
    }

    /// Makes a file of the superuser; `EEXIST` when there is one of that name.
    static func createSystemFile(_ file: [UInt8], mode: Int) throws(Errno) -> Int32 {
        let descriptor = try open(file, flags: Int(O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL), mode: mode)
        // The guest's mask may have taken bits away.
        _ = HostSystemCall.fchmod(descriptor, mode)
        return Int32(descriptor)
    }

    private static func ofSystem(_ descriptor: Int) throws(Errno) -> Int32 {
        let status = try? HostFileStatus.read(Int32(descriptor), [0], flags: HostPath.emptyPath)
        guard let status, status.user == 0, status.mode & FileMode.typeMask == FileMode.regular else {
            _ = HostSystemCall.close(descriptor)
            throw .EACCES
        }
        return Int32(descriptor)
    }

    /// The whole of an open file.
    static func contents(_ descriptor: Int32) -> [UInt8] {
        let file = HostFile(borrowing: descriptor)
        guard let status = try? file.status() else { return [] }
        return (try? file.read(at: 0, count: Int(min(status.byteCount, 1 << 20)))) ?? []
    }

    /// Writes bytes to the beginning of an open file, which then has no others.
    static func replaceContents(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) {
        // FreeBSD has no such file, so that no limit on files counts for what is in it.
        guard HostLimits.allowsFile(of: bytes.count) else { throw .ENOMEM }
        var copy = bytes
        let written = try HostWords.with(bytes: &copy) { address throws(Errno) in
            try HostSystemCall.pwrite.checked(Int(descriptor), address, bytes.count, 0)
        }
        guard written == bytes.count else { throw .ENOSPC }
        _ = try HostSystemCall.ftruncate.checked(Int(descriptor), bytes.count)
    }

    /// The names of the files that begin with a text.
    static func names(_ prefix: String) -> [String] { HostDirectory.names("/dev/shm").filter { $0.hasPrefix(prefix) } }

    static func remove(_ file: [UInt8]) throws(Errno) { _ = try HostPath.call(.unlinkat, -100, path(file), 0) }

    static func rename(_ from: [UInt8], _ to: [UInt8], _ flags: Int) throws(Errno) {
        try HostPath.call(.renameat2, (-100, path(from)), (-100, path(to)), flags: flags)
    }
}
