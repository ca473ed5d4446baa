/// Why a program was not started: one line for the user, and the exit status `env` would use.
public struct LoadError: Error, Equatable, Sendable {
    /// 125: the emulator's own failure; 126: found but not runnable; 127: not found.
    public let exitStatus: Int32
    /// What `execve` gives a guest in the same case.
    public let errno: Errno
    /// What, which, and what to do next, without a newline.
    public let message: String

    init(_ exitStatus: Int32, _ errno: Int32, _ message: String) {
        self.exitStatus = exitStatus
        self.errno = Errno(rawValue: errno)
        // Names come from files that may hold anything, and the message goes to a terminal.
        self.message = String(
            String.UnicodeScalarView(message.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : $0 }))
    }

    private static let noEntry: Int32 = 2
    private static let noExec: Int32 = 8
    private static let noMemory: Int32 = 12
    private static let access: Int32 = 13

    /// The file does not exist.
    static func notFound(_ path: String) -> LoadError {
        LoadError(127, noEntry, "\(path): no such file; check the path, or the root given with -L")
    }

    /// The directory that guest paths shall resolve inside cannot be used.
    static func unusableRoot(_ path: String, _ reason: String) -> LoadError {
        LoadError(125, noEntry, "-L \(path): \(reason); -L needs the directory of a FreeBSD installation")
    }

    /// A program that the host runs by itself.
    static func hostProgram(_ path: String) -> LoadError {
        LoadError(126, noExec, "\(path): a program of this host, not for FreeBSD; run it without bsduser")
    }

    /// A script whose interpreter cannot be run.
    static func script(_ path: String, interpreter: String, _ reason: String, errno: Int32) -> LoadError {
        LoadError(
            errno == noEntry ? 127 : 126, errno,
            "\(path): a script whose first line names the interpreter \(interpreter): \(reason)")
    }

    /// A file that is no program of any system, with what it seems to be.
    static func noProgram(_ path: String, _ reason: String) -> LoadError {
        LoadError(126, noExec, "\(path) is not an ELF program: \(reason)")
    }

    /// A script that its interpreter could not open.
    static func scriptOutsideRoot(_ path: String) -> LoadError {
        LoadError(126, noExec, "\(path): a script outside the root given with -L: its interpreter could not open it")
    }

    /// The file cannot be read or executed, with the host's reason.
    static func unreadable(_ path: String, _ reason: String, errno: Int32 = access) -> LoadError {
        LoadError(126, errno, "\(path): cannot be executed: \(reason)")
    }

    /// The file is no ELF program, or one that is broken.
    static func malformed(_ path: String, _ reason: String) -> LoadError {
        LoadError(126, noExec, "\(path): not a program that can be run: \(reason); build it, or copy it here, again")
    }

    /// A program whose run-time linker cannot be opened.
    static func withoutInterpreter(_ path: String, _ interpreter: String) -> LoadError {
        LoadError(
            126, noExec,
            "\(path): not a program that can be run: its interpreter \(interpreter); give the FreeBSD root with -L")
    }

    /// A program, but not for FreeBSD.
    static func wrongSystem(_ path: String, _ system: String) -> LoadError {
        LoadError(126, noExec, "\(path): a program for \(system), not for FreeBSD; build it for FreeBSD")
    }

    /// A program that nothing marks as FreeBSD's: the kernel does not run it either.
    static func unmarked(_ path: String) -> LoadError {
        LoadError(
            126, noExec,
            "\(path): not marked as a program for FreeBSD (no ABI note, EI_OSABI, interpreter); build it for FreeBSD")
    }

    /// A program for another architecture than the plugin's.
    static func wrongArchitecture(_ path: String, found: String, wanted: String) -> LoadError {
        LoadError(
            126, noExec, "\(path): made for \(found), but the plugin runs \(wanted); choose another --arch-plugin")
    }

    /// The guest's address space has no room for the program.
    static func noRoom(_ path: String, _ what: String, errno: Int32 = noMemory) -> LoadError {
        guard let limit = HostLimits.addressSpaceBytes else {
            return LoadError(126, errno, "\(path): no room in the guest's address space for \(what)")
        }
        return LoadError(
            125, errno,
            "\(path): the host's limit of \(limit >> 10) KiB of address space (ulimit -v) leaves no room for \(what)")
    }
}
