import CHost
import Glibc

/// Paths and descriptors on the host.
enum HostPath {
    static let pathOnly: Int32 = 0x200000
    static let noFollow = O_NOFOLLOW
    static let noControllingTerminal = O_NOCTTY
    static let directory = O_DIRECTORY
    /// `AT_EMPTY_PATH`.
    static let emptyPath: Int32 = 0x1000
    /// `RESOLVE_IN_ROOT`, `RESOLVE_BENEATH`, `RESOLVE_NO_SYMLINKS` and `RESOLVE_NO_MAGICLINKS` of openat2(2).
    static let inRoot: UInt64 = 0x10
    static let beneath: UInt64 = 0x8
    static let withoutLinks: UInt64 = 0x4
    private static let noMagicLinks: UInt64 = 0x2

    /// The `fcntl` command that duplicates a descriptor, with or without close-on-exec.
    static func duplicate(_ openFlags: Int32) -> Int { Int(openFlags & O_CLOEXEC != 0 ? F_DUPFD_CLOEXEC : F_DUPFD) }

    /// Whether flags of `open` ask for a file that was not there before.
    static func mustCreate(_ openFlags: Int32) -> Bool { openFlags & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL }

    /// The flags that open only what is there.
    static func withoutCreating(_ openFlags: Int32) -> Int32 { openFlags & ~(O_CREAT | O_EXCL) }

    /// Opens a path with openat2; `path` has no zero byte.
    ///
    /// Opening a FIFO or a terminal may wait: with a thread a signal for the guest ends that.
    static func open(
        _ directory: Int32, _ path: [UInt8], flags: Int32, mode: UInt32, resolve: UInt64, waitingOn thread: GuestThread?
    ) throws(Errno) -> Int32 {
        let creates = flags & O_CREAT != 0
        var how: (UInt64, UInt64, UInt64) = (
            UInt64(UInt32(bitPattern: flags)), creates ? UInt64(mode & 0o7777) : 0, resolve | noMagicLinks
        )
        while true {
            let result = try withTerminated(path) { (path) throws(Errno) in
                try withUnsafeMutablePointer(to: &how) { (how) throws(Errno) in
                    let how = Int(bitPattern: how)
                    return try thread?.blockingCall(HostSystemCall.openat2.rawValue, Int(directory), path, how, 24)
                        ?? HostSystemCall.openat2(Int(directory), path, how, 24)
                }
            }
            if result >= 0 { return Int32(result) }
            // A rename raced with the walk to "..": the walk starts anew (openat2(2)).
            if result == -Int(EAGAIN) && flags & O_NONBLOCK == 0 { continue }
            throw Errno(host: Int32(-result))
        }
    }

    /// Calls `body` with the address of a copy of the path that ends with a zero byte.
    @inline(__always)
    private static func withTerminated(_ path: [UInt8], _ body: (Int) throws(Errno) -> Int) throws(Errno) -> Int {
        // Most paths are short: room of a fixed size needs no counting of uses.
        var room = InlineArray<256, UInt8>(repeating: 0)
        guard path.count < room.count else {
            var terminated = path + [0]
            return try HostWords.with(bytes: &terminated, body)
        }
        return try withUnsafeMutableBytes(of: &room) { (room) throws(Errno) in
            path.withUnsafeBytes { room.copyMemory(from: $0) }
            return try body(Int(bitPattern: room.baseAddress))
        }
    }

    /// Opens a directory by its path on the host; negative for an errno.
    static func openDirectory(_ path: [UInt8]) -> Int {
        (path + [0]).withUnsafeBytes {
            HostSystemCall.openat(
                -100, Int(bitPattern: $0.baseAddress), Int(O_DIRECTORY | O_CLOEXEC | O_RDONLY), 0)
        }
    }

    /// Why a directory cannot be opened.
    static func refusal(ofDirectory path: [UInt8]) -> Errno {
        let result = openDirectory(path)
        guard result < 0 else {
            _ = HostSystemCall.close(result)
            return .EMFILE
        }
        return Errno(host: Int32(-result))
    }

    /// Makes a call whose arguments are a directory, a path with its zero byte, and three more.
    static func call(
        _ call: HostSystemCall, _ directory: Int32, _ path: [UInt8], _ c: Int = 0, _ d: Int = 0, _ e: Int = 0
    ) throws(Errno) -> Int {
        let result = path.withUnsafeBytes { call(Int(directory), Int(bitPattern: $0.baseAddress), c, d, e) }
        if result < 0 { throw Errno(host: Int32(-result)) }
        return result
    }

    /// Makes a call whose first argument is a path with its zero byte.
    static func call(_ call: HostSystemCall, path: [UInt8], _ b: Int = 0, _ c: Int = 0) throws(Errno) -> Int {
        let result = path.withUnsafeBytes { call(Int(bitPattern: $0.baseAddress), b, c) }
        if result < 0 { throw Errno(host: Int32(-result)) }
        return result
    }

    /// Makes a call with two directories and paths (`linkat`, `renameat`).
    static func call(
        _ call: HostSystemCall, _ from: (directory: Int32, path: [UInt8]), _ to: (directory: Int32, path: [UInt8]),
        flags: Int = 0
    ) throws(Errno) {
        let result = from.path.withUnsafeBytes { first in
            to.path.withUnsafeBytes { second in
                call(
                    Int(from.directory), Int(bitPattern: first.baseAddress), Int(to.directory),
                    Int(bitPattern: second.baseAddress), flags)
            }
        }
        if result < 0 { throw Errno(host: Int32(-result)) }
    }

    /// `fchownat`.
    static func callOwner(_ directory: Int32, _ path: [UInt8], _ user: Int32, _ group: Int32, _ flags: Int32)
        throws(Errno)
    {
        let result = path.withUnsafeBytes {
            HostSystemCall.fchownat(
                Int(directory), Int(bitPattern: $0.baseAddress), Int(user), Int(group), Int(flags))
        }
        if result < 0 { throw Errno(host: Int32(-result)) }
    }

    /// `symlinkat`; the text has its zero byte.
    static func symlink(_ text: [UInt8], _ target: borrowing PathRoot.Target) throws(Errno) {
        let (directory, path) = (Int(target.directory), target.path)
        let result = text.withUnsafeBytes { text in
            path.withUnsafeBytes {
                HostSystemCall.symlinkat(
                    Int(bitPattern: text.baseAddress), directory, Int(bitPattern: $0.baseAddress))
            }
        }
        if result < 0 { throw Errno(host: Int32(-result)) }
    }

    /// Text of a link; at most 4095 bytes.
    static func readLink(_ directory: Int32, _ path: [UInt8]) throws(Errno) -> [UInt8] {
        var result = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, used in
            result = path.withUnsafeBytes {
                HostSystemCall.readlinkat(
                    Int(directory), Int(bitPattern: $0.baseAddress), Int(bitPattern: buffer.baseAddress), 4095)
            }
            used = max(0, result)
        }
        if result < 0 { throw Errno(host: Int32(-result)) }
        return bytes
    }

    /// A path that leads to an open file, with its zero byte.
    static func ofOpenFile(_ descriptor: Int32) -> [UInt8] { Array("/proc/self/fd/\(descriptor)".utf8) + [0] }

    /// What the host calls an open file; nil for one without a name.
    static func ofDescriptor(_ descriptor: Int32) -> [UInt8]? {
        guard let path = try? readLink(-100, ofOpenFile(descriptor)) else { return nil }
        return path.first == UInt8(ascii: "/") ? path : nil
    }

    static func currentDirectory() throws(Errno) -> [UInt8] {
        var result = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, used in
            result = HostSystemCall.getcwd(Int(bitPattern: buffer.baseAddress), 4096)
            used = max(0, result - 1)
        }
        if result < 0 { throw Errno(host: Int32(-result)) }
        // "(unreachable)" is not a path.
        guard bytes.first == UInt8(ascii: "/") else { throw .ENOENT }
        return bytes
    }

    static func isOpen(_ descriptor: Int32) -> Bool { HostSystemCall.fcntl(Int(descriptor), Int(F_GETFD)) >= 0 }

    /// An open file grants no more than it was opened for (`dupfdopen`). FreeBSD's pipes are open for both.
    static func checkAccess(_ descriptor: Int32, _ flags: Int32) throws(Errno) {
        guard flags & pathOnly == 0, let access = HostFile(borrowing: descriptor).access else { return }
        let type = try HostFileStatus.read(descriptor, [0], flags: emptyPath).type
        let wanted = flags & O_ACCMODE
        let isGranted = (access.reads || wanted == O_WRONLY) && (access.writes || wanted == O_RDONLY)
        guard isGranted || type == FileMode.fifo else { throw .EACCES }
    }

    static func isDirectory(_ descriptor: Int32) -> Bool {
        guard let status = try? HostFileStatus.read(descriptor, [0], flags: emptyPath) else { return false }
        return status.mode & FileMode.typeMask == FileMode.directory
    }

    /// Whether an open file belongs to the host's procfs.
    ///
    /// Every procfs has blocks of one size (`proc_fill_super` of Linux), which few others have: to ask for that takes half
    /// the time of fstatfs(2), which is left for those that have it, and for what has none (`O_PATH`).
    @inline(__always)
    static func isOnProcess(_ descriptor: Int32) -> Bool {
        if let processBlockBytes, let bytes = blockBytes(descriptor), bytes != processBlockBytes { return false }
        return hasProcessType(descriptor)
    }

    /// `PROC_SUPER_MAGIC` says for certain.
    private static func hasProcessType(_ descriptor: Int32) -> Bool {
        var status = chost_statfs()
        let result = withUnsafeMutableBytes(of: &status) {
            HostSystemCall.fstatfs(Int(descriptor), Int(bitPattern: $0.baseAddress))
        }
        return result == 0 && status.type == 0x9fa0
    }

    /// Learns the size of procfs's blocks, before the guest has descriptors of its own.
    static func learnProcessBlocks() { _ = processBlockBytes }

    /// The size of procfs's blocks; nil where there is none to learn it from.
    private static let processBlockBytes: Int32? = {
        let descriptor = openDirectory(Array("/proc".utf8))
        guard descriptor >= 0 else { return nil }
        defer { _ = HostSystemCall.close(descriptor) }
        return hasProcessType(Int32(descriptor)) ? blockBytes(Int32(descriptor)) : nil
    }()

    /// The size of the blocks of a file's file system (`FIGETBSZ`, which no driver sees); nil when the host does not say.
    private static func blockBytes(_ descriptor: Int32) -> Int32? {
        var bytes: Int32 = 0
        let result = withUnsafeMutableBytes(of: &bytes) {
            HostSystemCall.ioctl(Int(descriptor), 2, Int(bitPattern: $0.baseAddress))
        }
        return result == 0 ? bytes : nil
    }
}

/// The host's `statx`.
enum HostFileStatus {
    /// Attributes of a file; `path` has its zero byte.
    static func read(_ directory: Int32, _ path: [UInt8], flags: Int32) throws(Errno) -> FileAttributes {
        var raw = chost_statx()
        let result = withUnsafeMutableBytes(of: &raw) { raw in
            path.withUnsafeBytes {
                HostSystemCall.statx(
                    Int(directory), Int(bitPattern: $0.baseAddress), Int(flags), 0xfff, Int(bitPattern: raw.baseAddress)
                )
            }
        }
        if result < 0 { throw Errno(host: Int32(-result)) }
        return FileAttributes(raw)
    }
}

extension FileAttributes {
    fileprivate init(_ raw: chost_statx) {
        device = Self.device(major: raw.device_major, minor: raw.device_minor)
        inode = raw.inode
        linkCount = UInt64(raw.links)
        mode = UInt32(raw.mode)
        user = raw.user
        group = raw.group
        let isDevice = [FileMode.characterDevice, FileMode.blockDevice].contains(mode & FileMode.typeMask)
        specialDevice = isDevice ? Self.device(major: raw.special_major, minor: raw.special_minor) : UInt64.max
        accessed = TimeSpecification(raw.accessed)
        modified = TimeSpecification(raw.modified)
        changed = TimeSpecification(raw.changed)
        // Without a time of birth FreeBSD's file systems say -1 (`VNOVAL`), 0 nanoseconds.
        let hasBirth = raw.mask & 0x800 != 0
        born = hasBirth ? TimeSpecification(raw.born) : TimeSpecification(seconds: -1, nanoseconds: 0)
        byteCount = Int64(bitPattern: raw.size)
        blockCount = Int64(bitPattern: raw.blocks)
        blockBytes = Int32(bitPattern: raw.block_size)
    }
}

extension TimeSpecification {
    fileprivate init(_ raw: chost_statx_time) {
        self.init(seconds: raw.seconds, nanoseconds: Int64(raw.nanoseconds))
    }
}
