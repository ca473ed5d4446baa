/// One guest thread: its CPU state and its way into the core.
public final class GuestThread {
    /// The CPU state that translated code works on.
    public let cpu: CPUState
    /// The architecture of the process.
    public let architecture: any GuestArchitecture
    /// Guest memory of the process.
    public let memory: GuestMemory

    init(cpu: CPUState, architecture: any GuestArchitecture, memory: GuestMemory) {
        self.cpu = cpu
        self.architecture = architecture
        self.memory = memory
    }
}
