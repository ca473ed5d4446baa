/// What a plugin implements: one guest architecture.
///
/// The core calls these from the guest thread they concern. A plugin sees guest state, guest memory and the IR builder,
/// never x86, caches, locks or host signals. plugin-api.md is the contract in prose.
public protocol GuestArchitecture: AnyObject {
    /// The architecture's data; constant for the life of the process.
    var description: ArchitectureDescription { get }

    /// Functions that translated code may call, indexed by `HelperIndex`.
    var helpers: [Helper] { get }

    /// Chooses the CPU model before anything runs. Returns false for an unknown name.
    func selectCPU(_ model: String) -> Bool

    /// Feature words for `AT_HWCAP` and `AT_HWCAP2` of the chosen model.
    var hardwareCapabilities: (UInt64, UInt64) { get }

    // MARK: CPU state

    /// Sets a zeroed state to that of a fresh CPU (control registers, FPU mode).
    func cpuInit(_ cpu: CPUState)

    /// Runs the thread until it ends: translated code, and a call of the core for each exit.
    func cpuLoop(_ thread: GuestThread)

    /// The thread pointer as `sysarch` or the TLS register has it.
    func getTLS(_ cpu: CPUState) -> GuestAddress
    func setTLS(_ cpu: CPUState, _ address: GuestAddress)

    /// Turns a copy of the parent's state into that of the child after `fork` (return values).
    func fork(_ child: CPUState)

    /// Registers of the first thread after loading.
    func threadInit(_ cpu: CPUState, _ start: ThreadStart)

    /// Registers of a new thread that starts in `entry(argument)` (`thr_new`, `cpu_set_upcall`).
    func setUpcall(
        _ cpu: CPUState, entry: GuestAddress, argument: UInt64, stackBase: GuestAddress, stackBytes: UInt64)

    /// The stack pointer without bias.
    func stackPointer(_ cpu: CPUState) -> GuestAddress

    // MARK: System calls

    /// Puts a call's outcome into the registers and moves the program counter past the instruction, or, to restart,
    /// leaves it there.
    func setSystemCallResult(_ cpu: CPUState, _ outcome: SystemCallOutcome)

    /// Sets the second return value register.
    func setSecondRval(_ cpu: CPUState, _ value: UInt64)

    /// The architecture's own system calls: `sysarch(operation, parameters)`.
    func sysarch(_ thread: GuestThread, operation: Int32, parameters: GuestAddress) throws(Errno) -> UInt64

    // MARK: Signals

    /// Writes the machine context to guest memory at `address` (`mcontextBytes` of the description).
    ///
    /// With `clearingReturn` the copy holds zero return values and no error (`GET_MC_CLEAR_RET`).
    func getMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress, clearingReturn: Bool)
        throws(Errno)

    /// Reads and checks a machine context and makes it the CPU's state; `EINVAL` for one that may not be loaded.
    func setMContext(_ cpu: CPUState, _ memory: GuestMemory, _ address: GuestAddress) throws(Errno)

    /// The address of the ucontext that a `sigreturn` was called with; `argument` is its first argument.
    func ucontextForSigreturn(_ cpu: CPUState, argument: GuestAddress) -> GuestAddress

    /// Code of the kernel's signal trampoline; empty when there is none.
    func setupSigtramp() -> [UInt8]

    /// Sets the registers to enter a handler.
    func setSigtrampArguments(_ cpu: CPUState, _ entry: HandlerEntry)

    /// The signal that an exit of translated code raises, with its FreeBSD `si_code` and `si_trapno`.
    ///
    /// The default loop asks this for every exit that is neither a system call nor the core's own affair.
    func signal(for reason: ExitReason, _ cpu: CPUState) -> FaultSignal
    /// Whether a CPU in this state executes one instruction at a time, by the interpreter
    /// (`Builder.isOnlyFirstInstruction`): asked whenever guest code is entered.
    func mustStep(_ cpu: CPUState) -> Bool
    /// Whether an instruction of these four bytes, in the host's byte order, may be translated together with later ones so
    /// that what they read or write is read or written with it. Where that fails it is executed alone
    /// (`Builder.isOnlyFirstInstruction`).
    func mayAccessEarly(_ word: UInt32) -> Bool

    // MARK: Translation

    /// Translates one block from `builder.pc`.
    ///
    /// `code` points at `byteCount` readable bytes of guest code (at least one instruction's least size). Within one
    /// guest instruction all accesses that may fault come before the first `put`. The block ends with an operation whose
    /// effects include `ends`; `builder.byteCount` says how much code it covers.
    func translate(_ builder: inout Builder, code: UnsafeRawPointer, byteCount: Int)

    // MARK: Conformance

    /// What the architecture brings to its conformance runs; nil when only the checks that need nothing of it can be made.
    ///
    /// Nothing but `bsduserctl conformance` asks for it.
    func makeConformance() -> (any ArchitectureConformance)?
}

extension GuestArchitecture {
    public func makeConformance() -> (any ArchitectureConformance)? { nil }
}

/// A function that translated code calls: guest state and up to three operands in, one result out.
///
/// It runs without any lock, must not fault, and must not call back into the translator.
public struct Helper {
    /// The C calling convention: state, three operands.
    public typealias Function = @convention(c) (UnsafeMutableRawPointer, UInt64, UInt64, UInt64) -> UInt64
    public let name: String
    public let function: Function

    public init(_ name: String, _ function: @escaping Function) {
        self.name = name
        self.function = function
    }
}

/// How the first thread starts.
public struct ThreadStart: Sendable {
    /// Where it begins: the interpreter's entry, or the program's.
    public var entry: GuestAddress
    /// Address of `argc`, aligned as the description asks.
    public var stackPointer: GuestAddress
    public var processStrings: GuestAddress
    public var argumentCount: UInt64
    /// Addresses of the argument and environment vectors.
    public var argumentVector: GuestAddress
    public var environmentVector: GuestAddress
    /// The program's own ELF header, for architectures that start by its flags.
    public var elfFlags: UInt32

    public init(
        entry: GuestAddress, stackPointer: GuestAddress, processStrings: GuestAddress, argumentCount: UInt64,
        argumentVector: GuestAddress, environmentVector: GuestAddress, elfFlags: UInt32
    ) {
        self.entry = entry
        self.stackPointer = stackPointer
        self.processStrings = processStrings
        self.argumentCount = argumentCount
        self.argumentVector = argumentVector
        self.environmentVector = environmentVector
        self.elfFlags = elfFlags
    }
}

/// How a signal handler is entered.
public struct HandlerEntry: Sendable {
    /// FreeBSD signal number.
    public var signal: Int32
    public var handler: GuestAddress
    /// Start of the signal frame: the new stack pointer.
    public var frame: GuestAddress
    public var siginfo: GuestAddress
    public var ucontext: GuestAddress
    /// The handler was installed with `SA_SIGINFO`.
    public var wantsSiginfo: Bool
    /// `si_code`, and the fault address.
    public var code: Int32
    public var address: GuestAddress
    /// Start of the trampoline code.
    public var trampoline: GuestAddress

    public init(
        signal: Int32, handler: GuestAddress, frame: GuestAddress, siginfo: GuestAddress, ucontext: GuestAddress,
        wantsSiginfo: Bool, code: Int32, address: GuestAddress, trampoline: GuestAddress
    ) {
        self.signal = signal
        self.handler = handler
        self.frame = frame
        self.siginfo = siginfo
        self.ucontext = ucontext
        self.wantsSiginfo = wantsSiginfo
        self.code = code
        self.address = address
        self.trampoline = trampoline
    }
}

/// A synchronous signal: what an exit of translated code means to the program.
public struct FaultSignal: Sendable {
    /// FreeBSD signal number, `si_code`, `si_trapno`, `si_addr`.
    public var signal: Int32
    public var code: Int32
    public var trapNumber: Int32
    public var address: GuestAddress

    public init(signal: Int32, code: Int32, trapNumber: Int32, address: GuestAddress) {
        self.signal = signal
        self.code = code
        self.trapNumber = trapNumber
        self.address = address
    }
}

/// The outcome of a system call.
public enum SystemCallOutcome: Sendable {
    /// Success: the first and second return values; `second` nil leaves the ABI's ordinary second register.
    case values(UInt64, second: UInt64?)
    /// Failure with a FreeBSD errno.
    case failure(Errno)
    /// Execute the instruction again after the signal handler (`ERESTART`).
    case restart
    /// Leave all registers as they are (`EJUSTRETURN`): `sigreturn`, `execve`.
    case unchanged
}
