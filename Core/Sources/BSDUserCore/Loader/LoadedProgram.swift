/// A program in guest memory, ready to start.
public struct LoadedProgram: Sendable {
    /// Registers of the first thread come from this.
    public var start: ThreadStart
    /// `__FreeBSD_version` of the program's ABI note; 0 without one.
    public var noteRelease: Int32
    /// `hw.machine_arch` of its ARCH_TAG note; nil without one.
    public var machineArchitecture: String?
    /// `NT_FREEBSD_FEATURE_CTL`.
    public var featureControl: UInt32
    /// The path as the guest sees it.
    public var executablePath: [UInt8]
    /// Range of the program's text, and the end of its data: where `break` starts.
    public var text: Range<GuestAddress>
    public var dataEnd: GuestAddress
    /// `PS_STRINGS`, and the signal trampoline (0 when there is none).
    public var processStrings: GuestAddress
    public var trampoline: GuestAddress
    public var trampolineBytes: UInt64
    /// `kern.usrstack`.
    public var stackTop: GuestAddress
    /// The auxiliary vector in guest memory.
    public var auxiliary: Range<GuestAddress>
    /// Where the interpreter was loaded; 0 without one.
    public var interpreterBase: GuestAddress
    /// The page that `AT_TIMEKEEP` names; 0 without one.
    public var timePage: GuestAddress = 0
}

/// What loading needs to know besides the program.
public struct LoadOptions: Sendable {
    /// The release that the system claims to be; nil takes the program's, or the architecture's default.
    public var release: FreeBSDRelease?
    /// Bytes of the stack; nil takes the architecture's default.
    public var stackBytes: UInt64?
    /// Seed of the canary; nil takes the host's random numbers.
    public var randomSeed: UInt64?
    /// Finds the interpreter on the host: a guest path to an open descriptor, or the host's errno. The program's own file
    /// is found by the caller in the same way.
    public var openGuestPath: @Sendable ([UInt8]) -> Result<Int32, HostErrno>

    public init(
        release: FreeBSDRelease? = nil, stackBytes: UInt64? = nil, randomSeed: UInt64? = nil,
        openGuestPath: @escaping @Sendable ([UInt8]) -> Result<Int32, HostErrno>
    ) {
        self.release = release
        self.stackBytes = stackBytes
        self.randomSeed = randomSeed
        self.openGuestPath = openGuestPath
    }
}

/// An errno of the host.
public struct HostErrno: Error, Equatable, Sendable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
}
