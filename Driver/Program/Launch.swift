import BSDUserCore
import DriverOptions
import Glibc

/// From the options to a running guest.
struct Launch {
    let options: LaunchOptions

    /// Runs the guest; the process ends as the guest does.
    func run() throws(LaunchFailure) -> Never {
        try checkTracedNames()
        HostDescriptors.prepare()
        var configuration = configuration
        if let descriptor = options.handover, !configuration.takeOver(descriptor) {
            throw .own("--handover \(descriptor): no arguments there; only the emulator itself gives the option")
        }
        configuration.reentry.flags = options.reentryFlags
        configuration.reentry.hostPrograms = HostProgramCarrier(directories: plugins.directories)
        let program = try find(configuration)
        if program.isNative { throw LaunchFailure(Emulator.replace(with: program, configuration)) }
        let plugin = try plugin(for: program)
        try selectCPU(plugin.architecture)
        try checkAddressSpace(plugin.architecture.description)
        configuration.reentry.flags = options.reentryFlags(plugin: absolute(plugin.path))
        configuration.translationCache = translationCache(plugin.path ?? [])
        configuration.reentry.hasPlugin = { (try? plugins.choose(for: $0)) != nil }
        configuration.logDescriptor = try logDescriptor()
        KernelLog.descriptor = configuration.logDescriptor
        KernelLog.isQuiet = options.isQuiet
        KernelLog.isJSON = configuration.trace?.isJSON == true
        do throws(LoadError) {
            try Emulator.run(program, configuration, architecture: plugin.architecture)
        } catch {
            throw LaunchFailure(error)
        }
    }

    /// Where trace and log go: out of the guest's reach, which may close its standard error and open something else there.
    private func logDescriptor() throws(LaunchFailure) -> Int32 {
        guard let file = options.logFile else { return HostDescriptors.parkedCopy(of: STDERR_FILENO) }
        let descriptor = LogFile.open(file, keepsContent: options.isReentry)
        guard descriptor >= 0 else {
            let code = errno
            throw .own("cannot write \(printable(file)): \(HostInput.errorText(code)); -D names another log file")
        }
        return HostDescriptors.park(descriptor)
    }

    /// The CPU models to list: of the plugin named, of the program's, or of every plugin.
    func cpuModels() throws(LaunchFailure) -> String {
        if !options.program.isEmpty {
            let program = try find(configuration)
            return Information.models(of: [try plugin(for: program).architecture])
        }
        if let name = options.archPlugin {
            return Information.models(of: [try load(named: name).architecture])
        }
        let architectures = plugins.list().compactMap { try? $0.plugin.get().architecture }
        guard !architectures.isEmpty else {
            throw .notFound("no plugins found, so no CPU models; --plugin-path names directories to look in")
        }
        return Information.models(of: architectures)
    }

    // MARK: Program and plugin

    private func find(_ configuration: EmulatorConfiguration) throws(LaunchFailure) -> Emulator.Program {
        do throws(LoadError) {
            return try Emulator.program(configuration)
        } catch {
            throw LaunchFailure(error)
        }
    }

    /// The plugin that the user named, or the one for the program.
    private func plugin(for program: Emulator.Program) throws(LaunchFailure) -> LoadedPlugin {
        let identity = program.identity
        guard let name = options.archPlugin else { return try choose(for: program) }
        let named = try load(named: name)
        let description = named.architecture.description
        if description.elf.accepts(identity) { return named }
        // A guest may start a program of another architecture: the name was meant for the first one.
        guard options.isReentry else {
            throw .notRunnable(
                "\(printable(program.path)) is for \(identity.text); "
                    + "plugin \(description.name) runs \(description.elf.text); choose another --arch-plugin, or none")
        }
        return try choose(for: program)
    }

    private var plugins: PluginLoader {
        PluginLoader(directories: options.pluginDirectories)
    }

    private func load(named name: Bytes) throws(LaunchFailure) -> LoadedPlugin {
        do throws(PluginFailure) {
            return try plugins.load(named: name)
        } catch {
            throw LaunchFailure(error)
        }
    }

    private func choose(for program: Emulator.Program) throws(LaunchFailure) -> LoadedPlugin {
        do throws(PluginFailure) {
            return try plugins.choose(for: program.identity)
        } catch {
            throw LaunchFailure(message: "\(printable(program.path)): \(error.message)", exitStatus: error.exitStatus)
        }
    }

    private func absolute(_ path: Bytes?) -> Bytes? {
        path.map { $0.first == UInt8(ascii: "/") ? $0 : HostInput.workingDirectory + [UInt8(ascii: "/")] + $0 }
    }

    private func selectCPU(_ architecture: any GuestArchitecture) throws(LaunchFailure) {
        let description = architecture.description
        let model = options.cpuModel.map { String(decoding: $0, as: UTF8.self) } ?? description.cpuModels.first?.name
        guard let model, !architecture.selectCPU(model) else { return }
        throw .own(
            "plugin \(description.name) has no CPU model '\(printable(Bytes(text: model)))'; "
                + "'bsduser -cpu help --arch-plugin \(description.name)' lists them")
    }

    /// Refuses more addresses than the architecture has. What a guest starts on another architecture gets what that has:
    /// the number was meant for the first one.
    private func checkAddressSpace(_ description: ArchitectureDescription) throws(LaunchFailure) {
        let greatest = description.layout.userTop
        guard let bytes = options.reservedAddressSpaceBytes, bytes > greatest, !options.isReentry else { return }
        throw .own("-R: plugin \(description.name) has an address space of \(sizeText(greatest)), not more")
    }

    /// A size as options take it.
    private func sizeText(_ bytes: UInt64) -> String {
        let units: [(String, UInt64)] = [("T", 40), ("G", 30), ("M", 20), ("k", 10)]
        guard let (unit, shift) = units.first(where: { bytes % (1 << $0.1) == 0 }) else { return String(bytes) }
        return "\(bytes >> shift)\(unit)"
    }

    /// Refuses names of -strace that no system call has: nothing would ever be printed.
    private func checkTracedNames() throws(LaunchFailure) {
        let unknown = options.effectiveTrace?.names.first { name in
            !name.elementsEqual(SystemCallTraceOptions.signalWord.utf8)
                && !SystemCallTable.rows.contains { $0.name.utf8.elementsEqual(name) }
        }
        guard let unknown else { return }
        let shown = printable(unknown)
        let small = shown.lowercased()
        if small == "json" {
            throw .own("-strace: json is written in small letters and stands first, as in -strace=json,open")
        }
        let isKnown = SystemCallTable.rows.contains { $0.name == small }
        throw .own(
            "-strace: '\(shown)' is no system call; "
                + (isKnown ? "it is written '\(small)'" : "'bsduserctl syscalls' lists them"))
    }

    // MARK: Configuration

    private func translationCache(_ plugin: Bytes) -> TranslationCacheSettings? {
        guard let directory = options.translationCache.directory(environment: HostInput.environment) else { return nil }
        return TranslationCacheSettings(
            directory: directory,
            limitBytes: options.translationCacheLimitBytes ?? TranslationCacheSettings.usualLimitBytes,
            plugin: plugin, model: options.cpuModel.map { String(decoding: $0, as: UTF8.self) } ?? "")
    }

    private var configuration: EmulatorConfiguration {
        var result = EmulatorConfiguration(
            program: options.program, arguments: options.guestArguments,
            environment: options.guestEnvironment(from: HostInput.environment))
        result.prefix = options.sysroot
        result.mayLeaveRoot = !options.isReentry || options.isFromHost
        result.release = options.release.map { FreeBSDRelease(name: $0.name, version: $0.version) }
        result.stackBytes = options.stackSizeBytes
        result.reservedAddressSpaceBytes = options.reservedAddressSpaceBytes
        result.randomSeed = options.randomSeed
        result.usesInterpreter = options.usesInterpreter
        result.oneInstructionPerBlock = options.oneInstructionPerBlock
        result.isQuiet = options.isQuiet
        result.hasLogFile = options.logFile != nil
        result.codeListings.hasPerfMap = options.writesPerfMap
        result.codeListings.jitDumpFolder = options.jitDumpFolder
        result.codeListings.continues = options.isReentry
        for name in options.logItems {
            guard let item = ExecutionLogItems(name: String(decoding: name, as: UTF8.self)) else { continue }
            result.executionLog.insert(item)
        }
        result.trace = options.effectiveTrace.map {
            SystemCallTraceOptions(
                isJSON: $0.isJSON, names: $0.names, isInverted: $0.isInverted,
                bufferBytes: options.traceBufferBytes ?? SystemCallTraceOptions.usualBufferBytes)
        }
        return result
    }
}
