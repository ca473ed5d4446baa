/// The emulated process: what FreeBSD keeps in `struct proc`, as far as the host does not keep it.
public final class GuestProcess {
    /// The architecture.
    public let architecture: any GuestArchitecture
    /// Guest memory.
    public let memory: GuestMemory
    /// How the emulator was started.
    public let configuration: EmulatorConfiguration
    /// The release that the process sees.
    public var release: FreeBSDRelease
    /// What the process does with signals, and those that wait for it.
    var signals = ProcessSignals()
    /// POSIX timers by the guest's number.
    var timers = TimerTable()
    /// The program's path from the guest's root, for `AT_EXECPATH` and `kern.proc.pathname`.
    public var executablePath: [UInt8]
    /// Where the program was loaded, for `sysctl`.
    public var image = ImageInformation()
    /// Name that `ps` shows (`p_comm`): the file's name, at most 19 bytes.
    public var commandName: [UInt8]
    /// Where the guest's paths lead.
    public let paths: PathRoot
    /// Limits that the host does not keep, by the guest's number of the resource.
    var limits: [Int32: ResourceLimit] = [:]
    /// `getlogin` and `getloginclass`.
    var loginName = HostIdentity.loginName()
    var loginClass = Array("default".utf8)
    /// Sockets that raise no SIGPIPE (`SO_NOSIGPIPE`).
    var quietSockets = QuietSockets()
    /// State of the random numbers that a seed gives; nil without a seed.
    var randomState: UInt64?
    /// The program ran `execve` with a set-user-ID file: `issetugid`.
    public var isSetUserID = false
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
        self.architecture = architecture
        self.memory = memory
        self.configuration = configuration
        paths = PathRoot(configuration.prefix) ?? .closed()
        randomState = configuration.randomSeed
        release = configuration.release ?? architecture.description.defaultRelease
        executablePath = configuration.program
        commandName = Array((configuration.program.split(separator: UInt8(ascii: "/")).last ?? []).prefix(19))
    }

    /// Goes on after a `vfork` whose child, which shared this object, has ended.
    func resume() { ending = nil }

    /// Ends the host process as the guest's ended.
    func terminateHost() -> Never {
        switch ending {
        case .signalled(let signal): HostSignal.die(SignalNumber.host(signal))
        case .exited(let status): HostProcess.exitNow(status)
        case nil: break
        }
        // The signal's default action was not to terminate.
        HostProcess.exitNow(127)
    }

    /// Ends the process: the loop of its thread returns at the next chance. The first ending counts.
    func end(_ ending: Ending) {
        self.ending = self.ending ?? ending
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
