/// One guest thread: its CPU state and its way into the core.
public final class GuestThread {
    /// The CPU state that translated code works on.
    public let cpu: CPUState
    /// The architecture of the process.
    public let architecture: any GuestArchitecture
    /// Guest memory of the process.
    public let memory: GuestMemory
    /// What runs the thread's code; set before the thread starts.
    var execution: ThreadExecution?

    init(cpu: CPUState, architecture: any GuestArchitecture, memory: GuestMemory) {
        self.cpu = cpu
        self.architecture = architecture
        self.memory = memory
    }

    /// Runs guest code until the core or the architecture must act; where and why is in `cpu`.
    public func run() -> ExitReason {
        // A thread without code to run can only be asked to stop.
        execution?.run() ?? .interrupt
    }
}
