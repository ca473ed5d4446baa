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
    /// What runs the thread's code; set before the thread starts.
    var execution: ThreadExecution? { didSet { runner = execution.map { Borrowed($0) } } }
    /// What carries out system calls; set before the thread starts.
    var systemCalls: SystemCallTable? { didSet { dispatcher = systemCalls.map { Borrowed($0) } } }
    // The same two for the thread's loop, which uses them at every exit.
    private(set) var runner: Borrowed<ThreadExecution>?
    private(set) var dispatcher: Borrowed<SystemCallTable>?
    /// Mask, alternate stack and pending signals.
    var signals = ThreadSignals()
    /// `thr_wake` came while the thread did not sleep.
    var isWoken = false
    /// Name set by `thr_set_name`.
    var name: [UInt8] = []

    init(cpu: CPUState, process: GuestProcess) {
        self.cpu = cpu
        self.process = process
        architecture = process.architecture
        memory = process.memory
    }

    /// `td_tid`: FreeBSD's thread numbers start above its process numbers.
    var id: Int64 { Int64(HostProcess.currentPID) + 100_000 }

    /// Runs guest code until the core or the architecture must act; where and why is in `cpu`.
    public func run() -> ExitReason {
        // A thread without code to run can only be asked to stop.
        runner?.use { $0.run() } ?? .interrupt
    }
}
