import Glibc

/// The files of programs.
enum HostProgram {
    static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    // O_NONBLOCK: a FIFO is refused by whoever asked, and must not be waited for.
    private static let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY

    /// Opens a file that may be executed.
    static func open(_ path: [UInt8], _ paths: PathRoot) throws(Errno) -> ExecutionPlan.File {
        try check(try paths.open(DirFd.current, path, hostFlags: flags, mode: 0))
    }

    /// What is wrong with a file that `open` refused with EACCES.
    static func refusal(_ path: [UInt8], _ paths: PathRoot) -> String {
        var status = stat()
        guard let descriptor = try? paths.open(DirFd.current, path, hostFlags: HostPath.pathOnly | O_CLOEXEC, mode: 0)
        else {
            return ErrnoTable.text(.EACCES)
        }
        defer { close(descriptor) }
        guard fstat(descriptor, &status) == 0 else { return ErrnoTable.text(.EACCES) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return "you may not read and execute it; 'chmod +rx' permits both"
        case S_IFDIR: return "it is a directory; name a program in it"
        default: return "it is not a regular file"
        }
    }

    /// Opens a file of the guest for the loader.
    static func openForReading(_ path: [UInt8], _ paths: PathRoot) -> Result<Int32, HostErrno> {
        do throws(Errno) {
            return .success(try paths.open(DirFd.current, path, hostFlags: flags, mode: 0))
        } catch {
            return .failure(HostErrno(rawValue: ErrnoTable.host(error)))
        }
    }

    /// Opens the file of a descriptor once more, also of one that is not open for reading.
    static func reopen(_ descriptor: Int32) throws(Errno) -> ExecutionPlan.File {
        guard fcntl(descriptor, F_GETFD) >= 0 else { throw .EBADF }
        let copy = Glibc.open("/proc/self/fd/\(descriptor)", flags)
        guard copy >= 0 else { throw Errno(host: errno) }
        return try check(copy)
    }

    /// The first bytes of a file: what `ProgramKind` looks at.
    static func header(of descriptor: Int32) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: ProgramKind.headerBytes) { buffer, used in
            used = max(0, pread(descriptor, buffer.baseAddress, buffer.count, 0))
        }
    }

    /// Whose rights a program gets from its file, unless the file system forbids it.
    static func owner(of descriptor: Int32) -> ProgramOwner? {
        var status = stat()
        var system = statvfs()
        guard fstat(descriptor, &status) == 0,
            let owner = ProgramOwner(
                mode: status.st_mode, user: status.st_uid, group: status.st_gid, effectiveUser: geteuid(),
                effectiveGroup: getegid()),
            fstatvfs(descriptor, &system) == 0, system.f_flag & UInt(ST_NOSUID) == 0
        else { return nil }
        return owner
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
}
