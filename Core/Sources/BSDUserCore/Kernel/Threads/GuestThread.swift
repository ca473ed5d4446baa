/// One guest thread: its CPU state and its way into the core.
public final class GuestThread {
    /// The CPU state that translated code works on.
    public let cpu: CPUState
    /// The process it belongs to.
    public let process: GuestProcess
    /// The architecture of the process.
    public let architecture: any GuestArchitecture
    /// Guest memory of the process.
    public let memory: GuestMemory
    /// What runs guest code.
    let runner: any CodeRunner
    /// What carries out system calls.
    let systemCalls: any SystemCallHandler
    /// Mask, alternate stack and pending signals.
    var signals = ThreadSignals()
    /// Name set by `thr_set_name`.
    var name: [UInt8] = []

    init(
        cpu: CPUState, process: GuestProcess, runner: any CodeRunner, systemCalls: any SystemCallHandler
    ) {
        self.cpu = cpu
        self.process = process
        self.runner = runner
        self.systemCalls = systemCalls
        architecture = process.architecture
        memory = process.memory
    }

    /// `td_tid`: FreeBSD's thread numbers start above its process numbers.
    var id: Int64 { Int64(HostProcess.currentPID) + 100_000 }
}

/// What runs guest code: the translator's dispatcher, or the interpreter.
protocol CodeRunner: AnyObject {
    /// Runs guest code until something happens that the core must see to.
    func run(_ cpu: CPUState) -> ExitReason
    /// Forgets the translations of a range of guest memory.
    func invalidateCode(_ address: GuestAddress, byteCount: UInt64)
}

/// What carries out system calls.
protocol SystemCallHandler: AnyObject {
    /// Reads number and arguments from the registers, carries the call out, and says what goes back.
    func systemCall(_ thread: GuestThread) -> SystemCallOutcome
}
