import CHost
import Glibc

/// A directory of the host in which the emulator keeps files for its next runs.
///
/// Nothing in it is used that another user could have written: the directory and every file must belong to the user, and
/// nobody else may have the right to write them. Files are made whole under another name and then renamed, so that
/// a process that is killed leaves nothing half done.
public struct HostCacheDirectory {
    /// What the names of finished files end with.
    static let imageSuffix = ".translation"
    /// Of a file that says which registers a program wants in the host's.
    static let pinsSuffix = ".pins"
    private static let suffixes = [imageSuffix, pinsSuffix]
    /// What is added while a file is being written.
    private static let unfinishedSuffix = ".new"
    /// An unfinished file that is older was left by a process that died.
    private static let unfinishedSeconds = 600
    /// Times of last use are kept only this exactly: each costs a write.
    private static let useSeconds = 3600

    /// Why a directory is not used.
    public enum Refusal: Error, Equatable, Sendable {
        /// It is not there and cannot be made, or cannot be opened: the host's errno.
        case unavailable(Int32)
        case notADirectory
        case ofAnotherUser
        case writableByOthers

        /// What to tell a user.
        public var text: String {
            switch self {
            case .unavailable(let code): String(cString: strerror(code))
            case .notADirectory: "not a directory"
            case .ofAnotherUser: "it belongs to another user"
            case .writableByOthers: "others may write to it"
            }
        }
    }

    private let descriptor: Int32

    /// Opens the directory at an absolute path; `creates` makes it, with what leads to it, when it is not there.
    public static func open(_ path: [UInt8], creates: Bool) -> Result<HostCacheDirectory, Refusal> {
        let name = path.map { CChar(bitPattern: $0) } + [0]
        var descriptor = openDirectory(name)
        if descriptor < 0, errno == ENOENT, creates {
            make(path)
            descriptor = openDirectory(name)
        }
        guard descriptor >= 0 else {
            return .failure(errno == ENOTDIR ? .notADirectory : .unavailable(errno))
        }
        descriptor = HostDescriptors.park(descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            Glibc.close(descriptor)
            return .failure(.unavailable(EIO))
        }
        if let refusal = refusal(status) {
            Glibc.close(descriptor)
            return .failure(refusal)
        }
        return .success(HostCacheDirectory(descriptor: descriptor))
    }

    private static func openDirectory(_ name: [CChar]) -> Int32 {
        Glibc.open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }

    /// Makes every directory of a path that is missing, for the user alone.
    private static func make(_ path: [UInt8]) {
        for end in path.indices.dropFirst() where path[end] == UInt8(ascii: "/") {
            mkdir(path[..<end].map { CChar(bitPattern: $0) } + [0], 0o700)
        }
        mkdir(path.map { CChar(bitPattern: $0) } + [0], 0o700)
    }

    private static func refusal(_ status: stat) -> Refusal? {
        if status.st_uid != geteuid() || getuid() != geteuid() { return .ofAnotherUser }
        return status.st_mode & 0o022 != 0 ? .writableByOthers : nil
    }

    public func close() { Glibc.close(descriptor) }

    // MARK: Reading

    /// A file of the directory, opened for reading.
    struct File {
        let descriptor: Int32
        let byteCount: Int
        let inode: UInt64

        func close() { Glibc.close(descriptor) }

        /// Maps the file at a fixed address, private, writable and executable; false when the host refuses.
        func map(at place: UnsafeMutablePointer<UInt8>) -> Bool {
            let flags = MAP_PRIVATE | MAP_FIXED
            let protection = PROT_READ | PROT_WRITE | PROT_EXEC
            return mmap(place, byteCount, protection, flags, descriptor, 0) != MAP_FAILED
        }

        /// Reads the file to memory that is there; false when the host refuses.
        func read(to place: UnsafeMutablePointer<UInt8>) -> Bool {
            var done = 0
            while done < byteCount {
                let count = pread(descriptor, place + done, byteCount - done, Int(done))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }

        /// The first bytes of the file; nil when it has not so many.
        func read(_ count: Int) -> [UInt8]? {
            let bytes = try? HostFile(borrowing: descriptor).read(at: 0, count: count)
            return bytes?.count == count ? bytes : nil
        }

        /// Maps the file anywhere; nil when the host refuses.
        func map() -> Mapping? {
            let mapping = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0)
            guard let mapping, mapping != MAP_FAILED else { return nil }
            return Mapping(base: mapping.assumingMemoryBound(to: UInt8.self), byteCount: byteCount)
        }
    }

    /// A copy of a file in memory.
    struct Mapping {
        let base: UnsafeMutablePointer<UInt8>
        let byteCount: Int
        func release() { munmap(base, byteCount) }
    }

    /// Opens a finished file; nil when there is none that may be used.
    func open(_ name: String, largest: Int) -> File? {
        // Opening a FIFO must not wait for a writer.
        let opened = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard opened >= 0 else { return nil }
        // Out of the guest's reach, whose other threads go on.
        let file = HostDescriptors.park(opened)
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, HostCacheDirectory.refusal(status) == nil,
            status.st_size > 0, status.st_size <= largest
        else {
            Glibc.close(file)
            return nil
        }
        if Int(status.st_mtim.tv_sec) < time(nil) - HostCacheDirectory.useSeconds { futimens(file, nil) }
        return File(descriptor: file, byteCount: Int(status.st_size), inode: UInt64(status.st_ino))
    }

    /// The number of a finished file; 0 when there is none.
    func inode(_ name: String) -> UInt64 {
        var status = stat()
        return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? UInt64(status.st_ino) : 0
    }

    // MARK: Writing

    /// The right to write one file; nobody else has it at the same time.
    struct Writer {
        fileprivate let directory: Int32
        fileprivate let name: String
        fileprivate let descriptor: Int32

        /// Writes the whole file and puts it in its place. False, and nothing has changed, when the host refuses.
        func finish(_ bytes: UnsafeRawBufferPointer) -> Bool {
            defer { Glibc.close(descriptor) }
            let unfinished = name + HostCacheDirectory.unfinishedSuffix
            guard ftruncate(descriptor, 0) == 0, write(bytes),
                renameat(directory, unfinished, directory, name) == 0
            else {
                unlinkat(directory, unfinished, 0)
                return false
            }
            return true
        }

        func finish(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { finish($0) } }

        /// Gives the right back.
        func abandon() {
            unlinkat(directory, name + HostCacheDirectory.unfinishedSuffix, 0)
            Glibc.close(descriptor)
        }

        private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
            if let failure = HostFault.error(.writeCache) {
                errno = failure
                return false
            }
            var done = 0
            while done < bytes.count {
                let count = pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }

    /// Begins to write a file; nil when another process is writing it, or the host refuses.
    func write(_ name: String, byteCount: Int) -> Writer? {
        guard HostLimits.allowsFile(of: byteCount) else { return nil }
        let unfinished = name + HostCacheDirectory.unfinishedSuffix
        let opened = openat(descriptor, unfinished, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard opened >= 0 else { return nil }
        // Before anything is written: a thread of the guest may have put a file of its own under the number, which the
        // comparison below then sees.
        let file = HostDescriptors.park(opened)
        // A file that a dead process left is taken over. One that its writer has renamed meanwhile is no longer ours.
        var held = stat()
        var named = stat()
        guard flock(file, LOCK_EX | LOCK_NB) == 0, fstat(file, &held) == 0,
            fstatat(descriptor, unfinished, &named, AT_SYMLINK_NOFOLLOW) == 0, held.st_ino == named.st_ino,
            held.st_mode & S_IFMT == S_IFREG, HostCacheDirectory.refusal(held) == nil
        else {
            Glibc.close(file)
            return nil
        }
        // One that was left long ago is in use again.
        futimens(file, nil)
        return Writer(directory: descriptor, name: name, descriptor: file)
    }

    // MARK: All files

    /// A file as a listing shows it.
    public struct Entry: Sendable {
        public var name: String
        public var byteCount: UInt64
        /// Seconds since 1970.
        public var lastUsed: Int
    }

    /// The finished files.
    public var entries: [Entry] { listing().filter { $0.name.hasSuffix(HostCacheDirectory.imageSuffix) } }

    private func listing() -> [Entry] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { return [] }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while let row = readdir(stream) {
            let name = withUnsafeBytes(of: &row.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFREG
            else {
                continue
            }
            entries.append(
                Entry(
                    name: name, byteCount: UInt64(max(0, status.st_blocks)) * 512,
                    lastUsed: Int(status.st_mtim.tv_sec)))
        }
        return entries
    }

    /// Removes files, choices of registers among them, those not used for longest first, until what is left takes no more than `limitBytes`.
    public func sweep(limitBytes: UInt64) {
        let now = time(nil)
        var total: UInt64 = 0
        var finished: [Entry] = []
        for entry in listing() {
            if Self.suffixes.contains(where: { entry.name.hasSuffix($0) }) {
                total += entry.byteCount
                finished.append(entry)
            } else if Self.suffixes.contains(where: { entry.name.hasSuffix($0 + Self.unfinishedSuffix) }),
                entry.lastUsed < now - HostCacheDirectory.unfinishedSeconds
            {
                unlinkat(descriptor, entry.name, 0)
            }
        }
        guard total > limitBytes else { return }
        // A little more than needed, so that the next file does not start over.
        let goal = limitBytes - limitBytes / 8
        for entry in finished.sorted(by: { $0.lastUsed < $1.lastUsed }) {
            guard total > goal else { return }
            if unlinkat(descriptor, entry.name, 0) == 0 { total -= entry.byteCount }
        }
    }

    /// Removes every file that the emulator has made; how many translations, and the bytes of all.
    public func clear() -> (count: Int, byteCount: UInt64) {
        var removed = (count: 0, byteCount: UInt64(0))
        let suffixes = Self.suffixes + Self.suffixes.map { $0 + Self.unfinishedSuffix }
        for entry in listing() where suffixes.contains(where: { entry.name.hasSuffix($0) }) {
            guard unlinkat(descriptor, entry.name, 0) == 0 else { continue }
            if entry.name.hasSuffix(HostCacheDirectory.imageSuffix) { removed.count += 1 }
            removed.byteCount += entry.byteCount
        }
        return removed
    }

    // MARK: Identity of files

    /// The file that this library, or the program it is part of, was loaded from.
    static var ownFile: [UInt8] {
        chost_own_file().map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } ?? []
    }

    /// A number that changes when a file is replaced or changed, and with `seed`.
    static func fingerprint(ofFile path: [UInt8], seed: UInt64) -> UInt64 {
        var status = stat()
        guard stat(path.map { CChar(bitPattern: $0) } + [0], &status) == 0 else { return ~seed }
        var numbers = (
            UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size), HostFile.nanoseconds(status.st_mtim),
            HostFile.nanoseconds(status.st_ctim)
        )
        return withUnsafeBytes(of: &numbers) { chost_checksum($0.baseAddress, $0.count, seed) }
    }

    /// Nanoseconds since 1970.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return HostFile.nanoseconds(time)
    }
}
