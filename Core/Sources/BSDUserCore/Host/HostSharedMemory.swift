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

    static func remove(_ file: [UInt8]) throws(Errno) { _ = try HostPath.call(.unlinkat, -100, path(file), 0) }

    static func rename(_ from: [UInt8], _ to: [UInt8], _ flags: Int) throws(Errno) {
        try HostPath.call(.renameat2, (-100, path(from)), (-100, path(to)), flags: flags)
    }
}
