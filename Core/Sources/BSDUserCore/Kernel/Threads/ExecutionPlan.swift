/// What `execve` will start: settled before anything of the process changes, so that every error can still be reported.
struct ExecutionPlan: Equatable {
    /// The program's path as the guest names it: the interpreter's, for a script.
    var path: [UInt8]
    var arguments: [[UInt8]]
    /// The host runs the program itself.
    var isNative: Bool
    /// Host descriptor of the program's file.
    var descriptor: Int32

    /// A file that may be executed, open for reading.
    struct File {
        var descriptor: Int32
        /// Its first `ProgramKind.headerBytes` bytes, or all of them.
        var header: [UInt8]
    }

    /// - Parameters:
    ///   - path: what the guest asked for; for `fexecve` a path that leads to the same file.
    ///   - open: opens an executable file, or says why it cannot be executed.
    ///   - close: gives back what `open` opened and the plan does not need.
    init(
        path: [UInt8], arguments: [[UInt8]], file: File, open: ([UInt8]) throws(Errno) -> File,
        close: (Int32) -> Void
    ) throws(Errno) {
        switch ProgramKind(header: file.header) {
        case .guest, .native:
            self.init(
                unchecked: path, arguments, descriptor: file.descriptor,
                isNative: ProgramKind(header: file.header) == .native)
        case .script(let interpreter, let argument):
            // The interpreter gets the script's path in the place of argv[0].
            let prefix = [interpreter] + (argument.map { [$0] } ?? []) + [path]
            let program: File
            do throws(Errno) {
                program = try open(interpreter)
            } catch {
                close(file.descriptor)
                throw error
            }
            close(file.descriptor)
            switch ProgramKind(header: program.header) {
            case .guest, .native:
                self.init(
                    unchecked: interpreter, prefix + arguments.dropFirst(), descriptor: program.descriptor,
                    isNative: ProgramKind(header: program.header) == .native)
            case .script, .unknown:
                // An interpreter may not be a script itself (`exec_shell_imgact`).
                close(program.descriptor)
                throw .ENOEXEC
            }
        case .unknown:
            close(file.descriptor)
            throw .ENOEXEC
        }
    }

    /// A plan for a file that is known to be a program.
    init(unchecked path: [UInt8], _ arguments: [[UInt8]], descriptor: Int32, isNative: Bool = false) {
        self.path = path
        self.arguments = arguments
        self.isNative = isNative
        self.descriptor = descriptor
    }
}

/// The emulator's own command line and environment for a guest program.
struct Reentry {
    /// Variables that the host's dynamic linker, C library or Swift runtime act upon: the guest's must not reach the
    /// emulator's own start.
    private static let hazardousPrefixes = ["LD_", "GLIBC_TUNABLES", "MALLOC_", "SWIFT_", "GCONV_PATH", "LOCPATH"]

    var arguments: [[UInt8]]
    var environment: [[UInt8]]

    /// - Parameters:
    ///   - executable: what argv[0] of the emulator is.
    ///   - flags: the options that are inherited.
    ///   - ownEnvironment: the emulator's own environment.
    ///   - handover: the descriptor of an `ExecutionHandover`, which then has arguments and environment.
    init(
        plan: ExecutionPlan, environment guest: [[UInt8]], executable: [UInt8], flags: [[UInt8]],
        ownEnvironment: [[UInt8]], handover: Int32? = nil
    ) {
        let kept = ownEnvironment.filter(Self.isHazardous)
        let passed = guest.filter(Self.isHazardous)
        environment = guest.filter { !Self.isHazardous($0) && ExecutionHandover.fits($0) } + kept
        var options = flags
        if let handover {
            let option = ["--handover", String(handover), "--"].map { Array($0.utf8) }
            // For those who list processes: the program itself takes the descriptor's.
            let shown = plan.arguments.allSatisfy(ExecutionHandover.fits) ? plan.arguments.dropFirst() : []
            arguments = [executable] + options + option + [plan.path] + shown
            return
        }
        for entry in kept { options += [Array("-U".utf8), Self.name(entry)] }
        for entry in passed { options += [Array("-E".utf8), entry] }
        options += [Array("-0".utf8), plan.arguments.first ?? []]
        arguments = [executable] + options + [Array("--".utf8), plan.path] + plan.arguments.dropFirst()
    }

    private static func isHazardous(_ entry: [UInt8]) -> Bool {
        hazardousPrefixes.contains { entry.starts(with: $0.utf8) } && entry.contains(UInt8(ascii: "="))
    }

    private static func name(_ entry: [UInt8]) -> [UInt8] { Array(entry.prefix { $0 != UInt8(ascii: "=") }) }
}
