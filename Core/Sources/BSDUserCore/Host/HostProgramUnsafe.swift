import CHost
import Glibc

/// The files of programs.
enum HostProgram {
    static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    /// Opens a file that may be executed.
    static func open(path: [UInt8], prefix: [UInt8]?) throws(Errno) -> ExecutionPlan.File {
        switch openForReading(path, prefix: prefix) {
        case .success(let descriptor): return try check(descriptor)
        case .failure(let failure): throw Errno(host: failure.rawValue)
        }
    }

    /// Opens a path inside the prefix; relative ones from the working directory, which lies in it.
    static func openForReading(_ path: [UInt8], prefix: [UInt8]?) -> Result<Int32, HostErrno> {
        guard !path.contains(0) else { return .failure(HostErrno(rawValue: ENOENT)) }
        // O_NONBLOCK: a FIFO is refused by whoever asked, and must not be waited for.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let descriptor: Int32
        if let prefix, path.first == UInt8(ascii: "/") {
            descriptor = chost_open_in_root(terminated(prefix), terminated(path), flags)
        } else {
            descriptor = Glibc.open(terminated(path), flags)
        }
        return descriptor >= 0 ? .success(descriptor) : .failure(HostErrno(rawValue: errno))
    }

    /// Opens the file of a descriptor once more, also of one that is not open for reading.
    static func reopen(_ descriptor: Int32) throws(Errno) -> ExecutionPlan.File {
        guard fcntl(descriptor, F_GETFD) >= 0 else { throw .EBADF }
        return try open(path: Array("/proc/self/fd/\(descriptor)".utf8), prefix: nil)
    }

    /// A path, inside the prefix, that leads to a descriptor's file.
    static func path(of descriptor: Int32, prefix: [UInt8]?) throws(Errno) -> [UInt8] {
        let link = "/proc/self/fd/\(descriptor)"
        let path = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, used in
            used = max(0, buffer.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink(link, $0, text.count) } ?? 0
            })
        }
        guard !path.isEmpty else { throw .EBADF }
        guard let prefix else { return path }
        return path.starts(with: prefix) ? Array(path.dropFirst(prefix.count)) : path
    }

    /// The first bytes of a file: what `ProgramKind` looks at.
    static func header(of descriptor: Int32) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: ProgramKind.headerBytes) { buffer, used in
            used = max(0, pread(descriptor, buffer.baseAddress, buffer.count, 0))
        }
    }

    /// Takes a descriptor over: regular, executable, and its first bytes read; closed otherwise.
    private static func check(_ descriptor: Int32) throws(Errno) -> ExecutionPlan.File {
        var status = stat()
        let isProgram =
            fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && faccessat(AT_FDCWD, "/proc/self/fd/\(descriptor)", X_OK, AT_EACCESS) == 0
        guard isProgram else {
            close(descriptor)
            throw .EACCES
        }
        return ExecutionPlan.File(descriptor: descriptor, header: header(of: descriptor))
    }

    private static func terminated(_ path: [UInt8]) -> [CChar] { path.map { CChar(bitPattern: $0) } + [0] }
}
