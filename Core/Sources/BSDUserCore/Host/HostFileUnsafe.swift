import Glibc

/// A file of the host, open for reading. Closed when nothing refers to it any more.
final class HostFile {
    let descriptor: Int32
    private let closesDescriptor: Bool

    /// What the host says of a file.
    struct Status: Sendable, Equatable {
        enum Kind: Sendable, Equatable {
            case regular, directory, zeroDevice, characterDevice, other
        }
        var kind: Kind
        var byteCount: UInt64
        var device: UInt64
        var inode: UInt64
        /// Permission bits.
        var mode: UInt32
        /// Times of the last change of its contents and of its attributes, in nanoseconds since 1970.
        var modified: Int64 = 0
        var changed: Int64 = 0
    }

    /// Takes over an open descriptor.
    init(adopting descriptor: Int32) {
        self.descriptor = descriptor
        closesDescriptor = true
    }

    /// Uses a descriptor that somebody else closes.
    init(borrowing descriptor: Int32) {
        self.descriptor = descriptor
        closesDescriptor = false
    }

    deinit { if closesDescriptor { close(descriptor) } }

    /// Opens a file for reading; throws the host's errno.
    static func open(_ path: [UInt8]) throws(HostFailure) -> HostFile {
        if let failure = HostFault.error(.openFile) { throw HostFailure(hostErrno: failure) }
        guard !path.contains(0) else { throw HostFailure(hostErrno: ENOENT) }
        let terminated = path.map { CChar(bitPattern: $0) } + [0]
        // Opening a FIFO must not wait for a writer.
        let descriptor = Glibc.open(terminated, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw HostFailure(hostErrno: errno) }
        return HostFile(adopting: descriptor)
    }

    /// Whether the process may execute the file behind the descriptor.
    var isExecutable: Bool {
        let path = "/proc/self/fd/\(descriptor)"
        return Glibc.access(path, X_OK) == 0
    }

    func status() throws(HostFailure) -> Status {
        if let failure = HostFault.error(.statusOfFile) { throw HostFailure(hostErrno: failure) }
        var raw = stat()
        guard fstat(descriptor, &raw) == 0 else { throw HostFailure(hostErrno: errno) }
        // /dev/zero is character device 1:5 (Linux, Documentation/admin-guide/devices.txt).
        let isZero = raw.st_mode & S_IFMT == S_IFCHR && raw.st_rdev == 0x105
        let kind: Status.Kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFCHR: isZero ? .zeroDevice : .characterDevice
            default: .other
            }
        return Status(
            kind: kind, byteCount: UInt64(max(0, raw.st_size)), device: UInt64(raw.st_dev), inode: UInt64(raw.st_ino),
            mode: UInt32(raw.st_mode & 0o7777), modified: HostFile.nanoseconds(raw.st_mtim),
            changed: HostFile.nanoseconds(raw.st_ctim))
    }

    static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// How the descriptor was opened; nil when it is not open, or open for its path only.
    var access: (reads: Bool, writes: Bool)? {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, flags & HostFile.pathOnlyFlag == 0 else { return nil }
        return (flags & O_ACCMODE != O_WRONLY, flags & O_ACCMODE != O_RDONLY)
    }

    /// `O_PATH` and `ST_NOEXEC` of Linux, which Glibc declares for C programs with GNU extensions only.
    private static let pathOnlyFlag: Int32 = 0o10000000
    private static let noExecFlag: UInt = 8

    /// Whether the file system is mounted `noexec`.
    var isOnNoExecMount: Bool {
        var status = statvfs()
        return fstatvfs(descriptor, &status) == 0 && status.f_flag & HostFile.noExecFlag != 0
    }

    /// Reads up to `count` bytes at `offset`; fewer only at the end of the file.
    func read(at offset: UInt64, count: Int) throws(HostFailure) -> [UInt8] {
        guard count > 0 else { return [] }
        if let failure = HostFault.error(.readFile) { throw HostFailure(hostErrno: failure) }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            used = 0
            while used < count {
                let step = pread(descriptor, buffer.baseAddress.map { $0 + used }, count - used, Int(offset) + used)
                if step < 0, errno == EINTR { continue }
                if step < 0 { failure = errno }
                guard step > 0 else { return }
                used += step
            }
        }
        if failure != 0 { throw HostFailure(hostErrno: failure) }
        return bytes
    }

    /// The whole of a file whose size the system does not tell (`/proc`); empty when it cannot be read.
    static func contents(ofSystemFile path: String) -> [UInt8] {
        guard let file = try? open(Array(path.utf8)) else { return [] }
        var bytes: [UInt8] = []
        while let part = try? file.read(at: UInt64(bytes.count), count: 1 << 16), !part.isEmpty { bytes += part }
        return bytes
    }
}

/// A failed call of the host, with the host's errno.
struct HostFailure: Error, Equatable {
    var hostErrno: Int32

    /// The host's words for it.
    var text: String { String(cString: strerror(hostErrno)) }
}
