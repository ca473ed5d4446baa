/// One run of the emulator: from a configuration to the end of the guest.
public enum Emulator {
    /// Runs the program to its end, and ends the host process as the guest's ended: with its status, or by the same
    /// signal. Returns only when the program cannot be started.
    public static func run(
        _ program: Program, _ configuration: EmulatorConfiguration, architecture: any GuestArchitecture
    ) throws(LoadError) -> Never {
        let thread = try start(program, configuration, architecture)
        // What came while the program was loaded.
        thread.deliverSignals()
        architecture.cpuLoop(thread)
        thread.finish()
        // A first thread that ended before others leaves its host thread: the host's procfs shows the process through it.
        HostThread.sleepForEver()
    }

    /// Makes process and first thread, with the program in memory and the registers set.
    static func start(
        _ program: Program, _ configuration: EmulatorConfiguration, _ architecture: any GuestArchitecture
    ) throws(LoadError) -> GuestThread {
        let description = architecture.description
        let space = AddressSpace(description, userTop: configuration.reservedAddressSpaceBytes)
        let memory = GuestMemory(abi: description.abi, addressSpace: space)
        let process = GuestProcess(architecture: architecture, memory: memory, configuration: configuration)
        process.paths.enter()
        process.applyLimitsToMemory()
        // RLIMIT_VMEM does not count what a program starts with (`exec_new_vmspace`, `vm_map_stack`).
        space.limits.virtualBytes = .max
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
        engine.observe(configuration)
        if let settings = configuration.translationCache { engine.useTranslationCache(settings) }
        process.engine = engine
        engine.activate()
        space.observer = engine
        guard execution.enterThread() else {
            throw .noRoom(String(decoding: program.path, as: UTF8.self), "the stack of signal handlers")
        }

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

        process.applyLimitsToMemory()
        process.adopt(loaded)
        engine.chooseRegisters(ofProgramAt: loaded.text.lowerBound)
        if loaded.timePage != 0 { TimePage.install(memory, at: loaded.timePage) }
        let thread = GuestThread(cpu: cpu, process: process)
        thread.execution = execution
        thread.systemCalls = SystemCallTable(description, configuration)
        thread.signals.mask = mask
        architecture.threadInit(cpu, loaded.start)
        if let owner = configuration.owner { process.become(owner) }
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

extension ExecutionEngine {
    /// Sets up what the user wants to know of the translation.
    fileprivate func observe(_ configuration: EmulatorConfiguration) {
        guard !configuration.executionLog.isEmpty || !configuration.codeListings.isEmpty else { return }
        let symbols = GuestSymbols(source: source)
        if !configuration.executionLog.isEmpty {
            log = ExecutionLog(
                configuration.executionLog, descriptor: configuration.logDescriptor, description: description,
                symbols: symbols)
        }
        if !configuration.codeListings.isEmpty {
            list(in: CodeListings(configuration.codeListings, symbols: symbols))
        }
    }
}
