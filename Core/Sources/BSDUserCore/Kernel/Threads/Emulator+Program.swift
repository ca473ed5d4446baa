/// Finding what starts.
extension Emulator {
    /// What starts: the program that a path leads to, or the interpreter of the script there.
    public struct Program: Sendable {
        /// The guest's name for the program.
        public var path: [UInt8]
        /// The guest's whole argument vector; for a script the interpreter's.
        public var arguments: [[UInt8]]
        /// Its file, open on the host.
        public var descriptor: Int32
        /// Which machine it is for.
        public var identity: ProgramIdentity
        /// A script of the guest named it, and the host runs it itself, as `execve` has it run.
        public var isNative = false
    }

    /// Finds the program as `execve` does, `#!` included. Each failure is one line and an exit status.
    ///
    /// The program that the user names is looked for inside the root and then on the host, where tools of other projects
    /// put what they have built. Everything else the guest opens, an interpreter too, lies inside the root.
    public static func program(_ configuration: EmulatorConfiguration) throws(LoadError) -> Program {
        let paths = try root(configuration)
        let (path, file) = try open(configuration, paths)
        guard case .script(let interpreter, _) = ProgramKind(header: file.header) else {
            guard let identity = ProgramIdentity(header: file.header) else {
                throw .noProgram(text(configuration.program), ProgramKind.guess(file.header))
            }
            if ProgramKind(header: file.header) == .native {
                throw .hostProgram(text(configuration.program))
            }
            return Program(
                path: path, arguments: configuration.arguments, descriptor: file.descriptor, identity: identity)
        }
        do throws(Errno) {
            let plan = try ExecutionPlan(
                path: path, arguments: configuration.arguments, file: file,
                open: { path throws(Errno) in try HostProgram.open(path, paths) }, close: HostProgram.close)
            guard let identity = ProgramIdentity(header: HostProgram.header(of: plan.descriptor)) else {
                throw .ENOEXEC
            }
            return Program(
                path: plan.path, arguments: plan.arguments, descriptor: plan.descriptor, identity: identity,
                isNative: plan.isNative)
        } catch {
            throw .script(
                text(configuration.program), interpreter: text(interpreter), refusal(interpreter, paths, error),
                errno: error.rawValue)
        }
    }

    /// Why an interpreter cannot be run.
    private static func refusal(_ interpreter: [UInt8], _ paths: PathRoot, _ error: Errno) -> String {
        switch error {
        case .ENOENT, .ENOTDIR: "no such file; mend the line, or give the FreeBSD root that has it with -L"
        case .EACCES: HostProgram.refusal(interpreter, paths)
        case .ENOEXEC: "it is no program itself, or another script"
        default: ErrnoTable.text(error)
        }
    }

    /// Puts a program of the host in the place of this process. Returns only when that fails.
    public static func replace(with program: Program, _ configuration: EmulatorConfiguration) -> LoadError {
        let errno = Errno(
            host: HostExecute.execute(
                descriptor: program.descriptor, path: program.path, arguments: program.arguments,
                environment: configuration.reentry.hostEnvironment(configuration.environment)))
        return .unreadable(text(program.path), ErrnoTable.text(errno), errno: errno.rawValue)
    }

    private static func root(_ configuration: EmulatorConfiguration) throws(LoadError) -> PathRoot {
        if let paths = configuration.root() { return paths }
        let prefix = configuration.prefix ?? []
        throw .unusableRoot(text(prefix), ErrnoTable.text(HostPath.refusal(ofDirectory: prefix)))
    }

    /// The guest's name for the program, and its file.
    private static func open(_ configuration: EmulatorConfiguration, _ paths: PathRoot) throws(LoadError)
        -> (path: [UInt8], file: ExecutionPlan.File)
    {
        let name = configuration.program
        do throws(Errno) {
            return (name, try HostProgram.open(name, paths))
        } catch {
            let isMissing = error == .ENOENT || error == .ENOTDIR
            if isMissing && paths.isInsideRoot && configuration.mayLeaveRoot { return try openOnHost(name, paths) }
            throw failure(name, paths, error)
        }
    }

    private static func openOnHost(_ name: [UInt8], _ paths: PathRoot) throws(LoadError)
        -> (path: [UInt8], file: ExecutionPlan.File)
    {
        let host = PathRoot.host()
        do throws(Errno) {
            let file = try HostProgram.open(name, host)
            let inside = paths.guestPath(ofDescriptor: file.descriptor)
            if inside == nil, case .script = ProgramKind(header: file.header) {
                HostProgram.close(file.descriptor)
                throw .ENOEXEC
            }
            return (inside ?? name, file)
        } catch .ENOEXEC {
            throw .scriptOutsideRoot(text(name))
        } catch {
            throw failure(name, host, error)
        }
    }

    private static func failure(_ name: [UInt8], _ paths: PathRoot, _ error: Errno) -> LoadError {
        switch error {
        case .ENOENT, .ENOTDIR: .notFound(text(name))
        case .EACCES: .unreadable(text(name), HostProgram.refusal(name, paths), errno: error.rawValue)
        default: .unreadable(text(name), ErrnoTable.text(error), errno: error.rawValue)
        }
    }

    private static func text(_ path: [UInt8]) -> String { String(decoding: path, as: UTF8.self) }
}
