/// What one run of the emulator is to do. All texts are bytes: paths and guest arguments need not be UTF-8.
public struct EmulatorConfiguration: Sendable {
    /// The program's path as the guest sees it.
    public var program: [UInt8]
    /// The guest's whole argument vector.
    public var arguments: [[UInt8]]
    /// The guest's environment, each `NAME=VALUE`.
    public var environment: [[UInt8]]
    /// The directory that guest paths resolve inside; nil for the host's root.
    public var prefix: [UInt8]?
    /// The program itself may lie outside `prefix`: the user named it, not a guest.
    public var mayLeaveRoot = false
    /// `kern.osrelease` and its relatives; nil takes what the program was built for.
    public var release: FreeBSDRelease?
    /// Limit of the first thread's stack; nil takes the architecture's default.
    public var stackBytes: UInt64?
    /// Size of the guest's address space; nil takes the architecture's.
    public var reservedAddressSpaceBytes: UInt64?
    /// Seed of every random number the guest is given; nil uses the host's generator.
    public var randomSeed: UInt64?
    /// Run the intermediate representation by the interpreter.
    public var usesInterpreter = false
    /// Where translated code is kept between runs; nil keeps none.
    public var translationCache: TranslationCacheSettings?
    /// Translate one guest instruction at a time.
    public var oneInstructionPerBlock = false
    /// Say nothing about a guest that died of a signal.
    public var isQuiet = false
    /// System call tracing; nil is off.
    public var trace: SystemCallTraceOptions?
    /// What the execution of guest code logs.
    public var executionLog: ExecutionLogItems = []
    /// The files that profilers get.
    public var codeListings = CodeListingOptions()
    /// Where trace and log lines go: a host descriptor.
    public var logDescriptor: Int32 = 2
    /// The lines go to a file that the user named, and not to standard error.
    public var hasLogFile = false
    /// How the emulator starts itself again for `execve`.
    public var reentry: Reentry
    /// Limits that the program before this one had set and that the host does not keep, by the number of the resource.
    var limits: [Int32: ResourceLimit] = [:]
    /// What the program before this one left: names, and the sockets with `SO_NOSIGPIPE`, by inode.
    var login = Login()
    /// Whom the program's file makes its effective user and group (`execve` of a set-user-ID program).
    var owner: ProgramOwner?
    var quietSockets: Set<UInt64> = []
    /// The root that the program before this one had taken; nil when it is `prefix`.
    var inheritedRoot: InheritedRoot?
    /// The jail that the program before this one was in.
    var jail: JailMembership?

    /// How the emulator starts itself again.
    public struct Reentry: Sendable {
        /// Its own executable on the host.
        public var executable: [UInt8]
        /// Its options, up to but not including `-0` and the program.
        public var flags: [[UInt8]]
        /// Whether it finds a plugin for a program.
        public var hasPlugin: @Sendable (ProgramIdentity) -> Bool = { _ in true }
        /// What lets the host programs that a guest starts start guest programs; nil leaves that to the host.
        public var hostPrograms: HostProgramCarrier?

        public init(executable: [UInt8] = Array("/proc/self/exe".utf8), flags: [[UInt8]] = []) {
            self.executable = executable
            self.flags = flags
        }

        /// The environment for a host program.
        func hostEnvironment(_ guest: [[UInt8]]) -> [[UInt8]] {
            hostPrograms?.environment(guest, flags: flags) ?? guest
        }
    }

    public init(program: [UInt8], arguments: [[UInt8]], environment: [[UInt8]], reentry: Reentry = Reentry()) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.reentry = reentry
    }

    /// Where the guest's paths lead at the start; nil when the directory cannot be opened.
    func root() -> PathRoot? {
        guard let inheritedRoot else { return PathRoot(prefix) }
        return inheritedRoot.open()
    }
}

/// What `-strace` prints.
public struct SystemCallTraceOptions: Sendable, Equatable {
    /// One JSON object a line instead of text.
    public var isJSON: Bool
    /// The system calls selected by name; empty selects all of them.
    public var names: [[UInt8]]
    /// The names are those left out.
    public var isInverted: Bool
    /// Bytes of a buffer that are shown.
    public var bufferBytes: UInt64

    /// What is shown of buffers when nothing else is asked for.
    public static let usualBufferBytes: UInt64 = 64

    public init(
        isJSON: Bool = false, names: [[UInt8]] = [], isInverted: Bool = false, bufferBytes: UInt64 = usualBufferBytes
    ) {
        self.isJSON = isJSON
        self.names = names
        self.isInverted = isInverted
        self.bufferBytes = bufferBytes
    }
}
