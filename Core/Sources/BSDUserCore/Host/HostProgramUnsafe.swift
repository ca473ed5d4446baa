import Glibc

/// The files of programs.
enum HostProgram {
    static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    /// Opens a file that may be executed.
    static func open(path: [UInt8]) throws(Errno) -> ExecutionPlan.File {
        let name = path.map { CChar(bitPattern: $0) } + [0]
        // O_NONBLOCK: a FIFO is refused below and must not be waited for.
        let descriptor = Glibc.open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Errno(host: errno) }
        return try check(descriptor)
    }

    /// Opens the file of a descriptor once more, also of one that is not open for reading.
    static func reopen(_ descriptor: Int32) throws(Errno) -> ExecutionPlan.File {
        guard fcntl(descriptor, F_GETFD) >= 0 else { throw .EBADF }
        return try open(path: Array("/proc/self/fd/\(descriptor)".utf8))
    }

    /// A host path that leads to a descriptor's file.
    static func path(of descriptor: Int32) throws(Errno) -> [UInt8] {
        let link = "/proc/self/fd/\(descriptor)"
        let path = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, used in
            used = max(0, buffer.withMemoryRebound(to: CChar.self) { text in text.baseAddress.map { readlink(link, $0, text.count) } ?? 0 })
        }
        guard !path.isEmpty else { throw .EBADF }
        return path
    }

    /// Takes a descriptor over: regular, executable, and its first bytes read; closed otherwise.
    static func check(_ descriptor: Int32) throws(Errno) -> ExecutionPlan.File {
        var status = stat()
        let isProgram =
            fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            && faccessat(AT_FDCWD, "/proc/self/fd/\(descriptor)", X_OK, AT_EACCESS) == 0
        guard isProgram else {
            close(descriptor)
            throw .EACCES
        }
        let header = [UInt8](unsafeUninitializedCapacity: ProgramKind.headerBytes) { buffer, used in
            used = max(0, pread(descriptor, buffer.baseAddress, buffer.count, 0))
        }
        return ExecutionPlan.File(descriptor: descriptor, header: header)
    }
}
