/// The emulated process: what FreeBSD keeps in `struct proc`, as far as the host does not keep it.
///
/// All threads use it. What changes after the start stands under `lock`, which is held for moments only: no guest memory
/// is touched and no host call waits meanwhile.
public final class GuestProcess {
    /// The architecture.
    public let architecture: any GuestArchitecture
    /// The architecture's, whose whole description would be copied for each look at it.
    let signalFrame: SignalFrameDescription
    /// Guest memory.
    public let memory: GuestMemory
    /// How the emulator was started.
    public let configuration: EmulatorConfiguration
    /// The release that the process sees.
    public var release: FreeBSDRelease
    /// Protects every property that changes, and the mask and queue of each thread's signals.
    let lock = HostLock()
    /// The threads, in the order of their creation.
    var threads: [GuestThread] = []
    /// Host threads that wait for threads to carry.
    var idleCarriers: [ThreadCarrier] = []
    var keepsCarriers = true
    /// Who has stopped all other threads, how many stand still, and what tells of changes of both.
    var stopper: GuestThread?
    var standingCount = 0
    let standstill = HostCondition()
    /// What the process does with signals, and those that wait for it.
    var signals = ProcessSignals()
    /// `SignalBacklog.hostMask`, read without the lock: each thread holds these signals back for itself.
    var heldOnHost: UInt64 = 0
    /// UMTX_OP_SET_MIN_TIMEOUT, nanoseconds.
    var minimumTimeout: UInt64 = 0
    /// POSIX timers by the guest's number.
    var timers = TimerTable()
    /// Event queues, process descriptors, and descriptors that count; each has a lock of its own.
    var events = EventTable()
    var processDescriptors = ProcessDescriptorTable()
    var counters = CounterTable()
    /// In the child of a `vfork`: the queues whose descriptors it has, but not they.
    private(set) var parentsEvents: EventTable?
    private(set) var parentsWatchers = ProcessWatchers()
    /// Who is told of forks and programs.
    var watchers = ProcessWatchers()
    let socketErrors = SocketErrors()
    /// Asynchronous input and output.
    var asynchronous = AsynchronousTable()
    /// Segments of System V that are attached: addresses and sizes.
    var segments: [GuestAddress: UInt64] = [:]
    /// What `procctl` has set.
    var settings = ProcessSettings()
    /// Threads that sleep on objects in guest memory. Who shares the memory shares them.
    let sleepQueues: SleepQueues
    /// The program's path from the guest's root, for `AT_EXECPATH`.
    public var executablePath: [UInt8]
    /// Where the program was loaded, for `sysctl`.
    public var image = ImageInformation()
    /// Name that `ps` shows (`p_comm`).
    public var commandName: [UInt8] {
        Self.commandName(ofProgram: image.fullPath.isEmpty ? configuration.program : image.fullPath)
    }
    /// Numbers of processor sets.
    var processorSets = ProcessorSets()
    /// Where the guest's paths lead. It changes while all other threads stand still, so reading it takes no lock.
    public internal(set) var paths: PathRoot
    /// The jail that the process is in; nil outside of all. It changes as `paths` does.
    var jail: JailMembership?
    /// Limits that the host does not keep, by the guest's number of the resource.
    var limits: [Int32: ResourceLimit] = [:] { didSet { keptDescriptorLimit = Self.descriptorLimit(limits) } }
    /// The limit of descriptors among them, read without the lock: every new descriptor is compared with it.
    private(set) var keptDescriptorLimit = Int32.max
    /// `getlogin` and `getloginclass`.
    var login = Login()
    /// Whether users or groups have changed since the program began, or it began with others (`P_SUGID`).
    var hasChangedIdentity = HostIdentity.isAnother
    /// Another program is about to take its place: for the parent of a `vfork`, whose memory this is.
    var isReplacing = false
    /// How many signals handlers have been called for (`ru_nsignals`).
    var handledSignalCount: Int64 = 0
    /// The priority is 20, which the host does not have.
    var isNicest = false
    /// Sockets that raise no SIGPIPE (`SO_NOSIGPIPE`).
    let quietSockets: QuietSockets
    /// State of the random numbers that a seed gives; nil without a seed.
    var randomState: UInt64?
    /// The memory is the parent's (`vfork`): the process may run or start another program, but not start threads in it.
    private(set) var sharesMemory: Bool
    /// What executes the process's code; nil in the child of a `vfork`, where that is its parent's.
    var engine: ExecutionEngine?
    /// How the process ends; nil while it runs.
    public private(set) var ending: Ending?

    /// How a process ends.
    public enum Ending: Equatable, Sendable {
        /// By `_exit` with a status.
        case exited(Int32)
        /// By a FreeBSD signal.
        case signalled(Int32)
    }

    init(architecture: any GuestArchitecture, memory: GuestMemory, configuration: EmulatorConfiguration) {
        sharesMemory = false
        sleepQueues = SleepQueues()
        quietSockets = QuietSockets(inodes: configuration.quietSockets)
        self.architecture = architecture
        signalFrame = architecture.description.signalFrame
        self.memory = memory
        self.configuration = configuration
        paths = configuration.root() ?? .closed()
        jail = configuration.jail
        randomState = configuration.randomSeed
        limits = configuration.limits
        keptDescriptorLimit = Self.descriptorLimit(limits)
        login = configuration.login
        release = configuration.release ?? architecture.description.defaultRelease
        executablePath = configuration.program
    }

    /// The name of a program's file, at most `MAXCOMLEN` bytes of it (`do_execve` in sys/kern/kern_exec.c).
    static func commandName(ofProgram path: [UInt8]) -> [UInt8] {
        Array((path.split(separator: UInt8(ascii: "/")).last ?? []).prefix(19))
    }

    /// The child of a `vfork`: the same memory, and for the rest a copy of what the process is now.
    init(sharingMemoryWith parent: GuestProcess) {
        parent.lock.lock()
        defer { parent.lock.unlock() }
        sharesMemory = true
        architecture = parent.architecture
        signalFrame = parent.signalFrame
        memory = parent.memory
        configuration = parent.configuration
        release = parent.release
        executablePath = parent.executablePath
        image = parent.image
        paths = parent.paths
        jail = parent.jail
        limits = parent.limits
        keptDescriptorLimit = Self.descriptorLimit(limits)
        login = parent.login
        hasChangedIdentity = parent.hasChangedIdentity
        randomState = parent.randomState
        processorSets = parent.processorSets
        sleepQueues = parent.sleepQueues
        quietSockets = QuietSockets(copying: parent.quietSockets)
        counters = CounterTable(copying: parent.counters)
        settings = parent.settings.ofChild(of: HostProcess.currentPID)
        segments = parent.segments
        parentsEvents = parent.events
        parentsWatchers = parent.watchers
        watchers = parent.watchers.ofChild
        // A child begins without pending signals and timers (fork(2)).
        signals = parent.signals
        signals.queue = SignalQueue()
        signals.deferred = SignalBacklog()
    }

    /// Ends the host process, with all its threads, as the guest's ended.
    func terminateHost() -> Never {
        // First: the other threads keep what they hold until their end.
        engine?.storeTranslations(stops: true)
        releaseRobustMutexes()
        processDescriptors.killAll()
        engine?.finishLog()
        switch lock.hold({ ending }) {
        case .signalled(let signal): HostSignal.die(SignalNumber.host(signal))
        case .exited(let status): HostProcess.exitNow(status)
        case nil: break
        }
        // The signal's default action was not to terminate.
        HostProcess.exitNow(127)
    }

    /// In the child of a `fork`: its memory is a copy, also where the parent was the child of a `vfork`.
    func ownMemory(_ engine: ExecutionEngine?) {
        sharesMemory = false
        self.engine = engine
    }

    /// Notes how the process ends. The first ending counts.
    func end(_ ending: Ending) {
        lock.hold { self.ending = self.ending ?? ending }
    }
}

/// Where the program and what belongs to it lies in guest memory.
public struct ImageInformation: Sendable, Equatable {
    /// `PS_STRINGS`, and the start of the signal trampoline (0 when the program brings its own).
    public var processStrings: GuestAddress = 0
    public var trampoline: GuestAddress = 0
    public var trampolineBytes: UInt64 = 0
    /// `kern.usrstack`.
    public var stackTop: GuestAddress = 0
    /// The program's path without links, for `kern.proc.pathname`.
    public var fullPath: [UInt8] = []
    /// The auxiliary vector.
    public var auxiliary: Range<GuestAddress> = 0..<0
    /// Range of the program's text, and the first address of `brk`.
    public var textStart: GuestAddress = 0
    public var textBytes: UInt64 = 0
    public var breakStart: GuestAddress = 0
    /// `__FreeBSD_version` of the program's ABI note (`p_osrel`); 0 without one.
    public var noteRelease: Int32 = 0
    /// `hw.machine_arch` of an ARCH_TAG note; nil without one.
    public var machineArchitecture: String?

    public init() {}
}
