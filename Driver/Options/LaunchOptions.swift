/// Text of the command line or the environment, as the bytes the kernel handed over: paths and guest arguments
/// need not be UTF-8 and reach the guest unchanged.
public typealias Bytes = [UInt8]

extension [UInt8] {
    /// The bytes of a piece of source text.
    public init(text: String) {
        self = Array(text.utf8)
    }
}

/// What one run of the emulator was asked to do: the plain result of reading the command line and the environment.
public struct LaunchOptions: Equatable, Sendable {
    /// A plugin file or a plugin name; nil chooses the plugin from the program's ELF header.
    public var archPlugin: Bytes?
    /// Directories searched for plugins before the built-in places: the option's first, then the environment's.
    public var pluginDirectories: [Bytes] = []
    /// The directory that guest paths resolve inside.
    public var sysroot: Bytes?

    /// Start the guest with an empty environment before the edits are applied.
    public var ignoresEnvironment = false
    /// Changes to the guest's environment, in order; a later one wins.
    public var environmentEdits: [EnvironmentEdit] = []
    /// The guest's argv[0] where it differs from the program's path.
    public var argv0: Bytes?

    /// Size of the first thread's stack; nil takes the architecture's default.
    public var stackSizeBytes: UInt64?
    /// Size of the guest's address space; nil takes the architecture's default.
    public var reservedAddressSpaceBytes: UInt64?
    /// CPU model by name; nil takes the plugin's default.
    public var cpuModel: Bytes?
    /// The release that uname(3) and `kern.osrelease` report; nil takes the one the program was built for.
    public var release: Release?
    /// Seed of every random number the guest is given; nil uses the host's generator.
    public var randomSeed: UInt64?

    /// System call tracing; nil is off.
    public var trace: TraceOptions?
    /// Bytes of a buffer that the trace shows; nil takes the usual number.
    public var traceBufferBytes: UInt64?
    /// Names of the log items asked for with -d.
    public var logItems: [Bytes] = []
    /// Where trace and log lines go; nil is standard error.
    public var logFile: Bytes?

    /// Write a map of translated code for perf.
    public var writesPerfMap = false
    /// The folder of the jitdump file for perf; nil writes none.
    public var jitDumpFolder: Bytes?

    /// Run the intermediate representation by the interpreter and translate nothing to host code.
    public var usesInterpreter = false
    /// Translate one guest instruction at a time.
    public var oneInstructionPerBlock = false
    /// Where translated code is kept between runs.
    public var translationCache = TranslationCacheChoice.usual
    /// How much may be kept; nil takes the usual limit.
    public var translationCacheLimitBytes: UInt64?
    /// Say nothing about a guest that died of a signal.
    public var isQuiet = false

    /// The emulator was started by itself, for a guest that called exec.
    public var isReentry = false
    /// A host program that a guest had started asks for the program: its path may be the host's.
    public var isFromHost = false
    /// The descriptor that has the guest's arguments, environment and limits; nil takes the emulator's own.
    public var handover: Int32?
    /// The options to start the emulator with when the guest calls exec, up to but not including the program.
    public var reentryFlags: [Bytes] = []

    /// The guest program's path.
    public var program: Bytes = []
    /// The guest's arguments after argv[0].
    public var arguments: [Bytes] = []

    public init() {}

    /// The guest's whole argument vector.
    public var guestArguments: [Bytes] {
        [argv0 ?? program] + arguments
    }

    /// What to trace: -strace, or the log item of that name.
    public var effectiveTrace: TraceOptions? {
        trace ?? (logItems.contains(Bytes(text: "strace")) ? TraceOptions() : nil)
    }

    /// `reentryFlags` with the plugin by its file, so that a name keeps its meaning in another working directory.
    public func reentryFlags(plugin: Bytes?) -> [Bytes] {
        var flags = reentryFlags
        guard let plugin else { return flags }
        let option = Bytes(text: "--arch-plugin")
        for index in flags.indices.dropLast() where flags[index] == option {
            flags[index + 1] = plugin
        }
        return flags
    }

    /// The guest's environment, made from the emulator's own.
    public func guestEnvironment(from host: [Bytes]) -> [Bytes] {
        EnvironmentEdit.apply(environmentEdits, to: ignoresEnvironment ? [] : host)
    }
}

/// What -strace prints.
public struct TraceOptions: Equatable, Sendable {
    /// One JSON object a line instead of text.
    public var isJSON = false
    /// The system calls selected by name; empty selects all of them.
    public var names: [Bytes] = []
    /// The names are those left out.
    public var isInverted = false

    public init(isJSON: Bool = false, names: [Bytes] = [], isInverted: Bool = false) {
        self.isJSON = isJSON
        self.names = names
        self.isInverted = isInverted
    }
}

/// What the command line asks for.
public enum Command: Equatable, Sendable {
    /// Run a guest program.
    case run(LaunchOptions)
    /// Print the options.
    case help
    /// Print the version and the plugins found.
    case version(LaunchOptions)
    /// Print the CPU models of the chosen plugin, or of all of them.
    case listCPUModels(LaunchOptions)
    /// Print the items that -d knows.
    case listLogItems
}
