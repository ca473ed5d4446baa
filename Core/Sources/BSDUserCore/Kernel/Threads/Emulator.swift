/// One run of the emulator: from a configuration to the end of the guest.
public enum Emulator {
    /// What starts: the program that a path leads to, or the interpreter of the script there.
    public struct Program: Sendable {
        /// The guest's name for the program.
        public var path: [UInt8]
        /// The guest's whole argument vector; for a script the interpreter's.
        public var arguments: [[UInt8]]
        /// Its file, open on the host.
        public var descriptor: Int32
        /// Which machine it is for; nil for a file that is no ELF program.
        public var identity: ProgramIdentity?
    }

    /// Finds the program as `execve` does, `#!` included. Each failure is one line and an exit status.
    public static func program(_ configuration: EmulatorConfiguration) throws(LoadError) -> Program {
        let name = String(decoding: configuration.program, as: UTF8.self)
        let paths = try root(configuration)
        do throws(Errno) {
            let open = { (path: [UInt8]) throws(Errno) in
                try HostProgram.open(path, paths)
            }
            let file = try open(configuration.program)
            if case .script = ProgramKind(header: file.header) {
                let plan = try ExecutionPlan(
                    path: configuration.program, arguments: configuration.arguments, file: file, open: open,
                    close: HostProgram.close)
                let header = HostProgram.header(of: plan.descriptor)
                return Program(
                    path: plan.path, arguments: plan.arguments, descriptor: plan.descriptor,
                    identity: ProgramIdentity(header: header))
            }
            return Program(
                path: configuration.program, arguments: configuration.arguments, descriptor: file.descriptor,
                identity: ProgramIdentity(header: file.header))
        } catch {
            if error == .ENOENT || error == .ENOTDIR { throw .notFound(name) }
            throw .unreadable(name, ErrnoTable.text(error), errno: error.rawValue)
        }
    }

    /// Runs the program to its end, and ends the host process as the guest's ended: with its status, or by the same
    /// signal. Returns only when the program cannot be started.
    public static func run(
        _ program: Program, _ configuration: EmulatorConfiguration, architecture: any GuestArchitecture
    ) throws(LoadError) -> Never {
        let thread = try start(program, configuration, architecture)
        architecture.cpuLoop(thread)
        thread.finish()
        // A first thread that ended before others leaves its host thread: the host's procfs shows the process through it.
        HostThread.sleepForEver()
    }

    private static func root(_ configuration: EmulatorConfiguration) throws(LoadError) -> PathRoot {
        guard let paths = PathRoot(configuration.prefix) else {
            throw .notFound(String(decoding: configuration.prefix ?? [], as: UTF8.self))
        }
        return paths
    }

    /// Makes process and first thread, with the program in memory and the registers set.
    static func start(
        _ program: Program, _ configuration: EmulatorConfiguration, _ architecture: any GuestArchitecture
    ) throws(LoadError) -> GuestThread {
        HostDescriptors.prepare()
        let description = architecture.description
        let space = AddressSpace(description, userTop: configuration.reservedAddressSpaceBytes)
        let memory = GuestMemory(abi: description.abi, addressSpace: space)
        let process = GuestProcess(architecture: architecture, memory: memory, configuration: configuration)
        // Nothing of it changes after its start.
        nonisolated(unsafe) let paths = process.paths
        let mode: ExecutionMode = configuration.usesInterpreter ? .interpreter : .translator
        let cpu = CPUState.allocate()
        architecture.cpuInit(cpu)
        // The dispositions that the emulator was started with are read before it installs handlers of its own.
        let mask = process.inheritHostSignals()
        guard let engine = ExecutionEngine(architecture: architecture, source: space, mode: mode),
            let execution = ThreadExecution(engine: engine, cpu: cpu)
        else { throw .noRoom(String(decoding: program.path, as: UTF8.self), "the translator's tables") }
        engine.oneInstructionPerBlock = configuration.oneInstructionPerBlock
        if !configuration.executionLog.isEmpty {
            engine.log = ExecutionLog(
                configuration.executionLog, descriptor: configuration.logDescriptor, description: description)
        }
        engine.activate()
        space.observer = engine
        execution.enterThread()

        let options = LoadOptions(
            release: configuration.release, stackBytes: configuration.stackBytes,
            randomSeed: configuration.randomSeed, openGuestPath: { HostProgram.openForReading($0, paths) })
        let loader = ProgramLoader(architecture: architecture, space: space, memory: memory, options: options)
        // `vn_fullpath`: what the program is called, whatever it was called by.
        let fullPath = paths.guestPath(ofDescriptor: program.descriptor) ?? program.path
        process.image.fullPath = fullPath
        let loaded = try loader.load(
            descriptor: program.descriptor,
            path: program.path.first == UInt8(ascii: "/") ? program.path : fullPath, arguments: program.arguments,
            environment: configuration.environment)
        HostProgram.close(program.descriptor)

        process.adopt(loaded)
        if loaded.timePage != 0 { TimePage.install(memory, at: loaded.timePage) }
        let thread = GuestThread(cpu: cpu, process: process)
        thread.execution = execution
        thread.systemCalls = SystemCallTable(description, configuration)
        thread.signals.mask = mask
        architecture.threadInit(cpu, loaded.start)
        return thread
    }
}

extension GuestProcess {
    /// Takes over what the loader found.
    fileprivate func adopt(_ loaded: LoadedProgram) {
        executablePath = loaded.executablePath
        image.processStrings = loaded.processStrings
        image.trampoline = loaded.trampoline
        image.trampolineBytes = loaded.trampolineBytes
        image.stackTop = loaded.stackTop
        image.auxiliary = loaded.auxiliary
        image.textStart = loaded.text.lowerBound
        image.textBytes = loaded.text.upperBound - loaded.text.lowerBound
        image.breakStart = loaded.dataEnd
        image.noteRelease = loaded.noteRelease
        image.machineArchitecture = loaded.machineArchitecture
        if configuration.release == nil {
            release = FreeBSDRelease.forProgram(noteRelease: loaded.noteRelease, architecture.description)
        }
    }
}
