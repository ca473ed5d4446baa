import Glibc

/// A file that a profiler reads, which grows by whole records.
final class ProfilerFile {
    let path: [UInt8]
    private let descriptor: Int32
    /// Whether nothing was written yet.
    private(set) var isEmpty: Bool

    /// Why a file cannot be written.
    struct Problem: Error {
        let text: String
    }

    /// Opens or makes the file, which other users may have tried to make something else of: its name is known. Nobody
    /// else's file is written, and none by another name. `keepsContent` adds to what this process wrote.
    init(path: [UInt8], keepsContent: Bool) throws(Problem) {
        self.path = path
        // A FIFO must not be waited for.
        let flags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY
        let opened = open(path.map { CChar(bitPattern: $0) } + [0], flags, 0o600)
        guard opened >= 0 else { throw Problem(text: String(cString: strerror(errno))) }
        descriptor = HostDescriptors.park(opened)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_nlink == 1
        else {
            close(descriptor)
            throw Problem(text: "it is no file of this user's, or has another name as well")
        }
        if !keepsContent { ftruncate(descriptor, 0) }
        isEmpty = !keepsContent || status.st_size == 0
    }

    deinit { close(descriptor) }

    /// Adds a record; false when the host takes no more.
    func append(_ bytes: [UInt8]) -> Bool {
        guard HostLimits.allowsAppending(bytes.count, to: descriptor) else { return false }
        isEmpty = false
        return bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }

    /// Maps the first page as code, by which `perf record` notes the file's path; false where the host refuses.
    func mapMarker() -> Bool {
        guard let page = mmap(nil, Int(sysconf(Int32(_SC_PAGESIZE))), PROT_READ | PROT_EXEC, MAP_PRIVATE, descriptor, 0)
        else { return false }
        return page != MAP_FAILED
    }
}
