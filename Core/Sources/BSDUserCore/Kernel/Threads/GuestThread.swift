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
    /// Mask, alternate stack and pending signals. Mask and queue change under the process's lock; the thread itself reads
    /// its mask without.
    var signals = ThreadSignals()
    /// Something changed: look for signals to deliver before the guest goes on. The thread's own.
    var needsAttention = false
    /// Host signals that this thread holds back.
    var heldOnHost: UInt64 = 0
    /// `thr_wake` came, and `thr_suspend` has not seen it. Under the process's lock.
    var isWoken = false
    /// What `thr_suspend` waits for.
    let suspension = HostEvent()
    /// What the thread sleeps on, and wakes it.
    let sleeper = Sleeper()
    /// Writes the trace of an `execve` that is about to replace the program.
    var beforeReplacement: (() -> Void)?
    /// The lists of robust mutexes that it registered.
    var robustLists = RobustLists()
    /// Name set by `thr_set_name`; under the process's lock.
    var name: [UInt8] = []
    /// `td_tid`.
    private(set) var id: Int64 = 0
    /// The host thread that carries it.
    private(set) var host: HostThread
    /// The loop must return: the thread or the process has ended by this thread's doing.
    public private(set) var hasEnded = false

    /// FreeBSD's thread numbers are none of its process numbers; the host's of both stay below this (PID_MAX_LIMIT of
    /// Linux's `threads.h`).
    static let firstID: Int64 = 1 << 22

    /// The first thread of a process, carried by the calling one.
    init(cpu: CPUState, process: GuestProcess) {
        self.cpu = cpu
        self.process = process
        architecture = process.architecture
        memory = process.memory
        host = .current
        adoptHostThread()
        process.lock.hold { process.threads.append(self) }
    }

    /// A further thread of its creator's process, or with another process the thread of a child that shares memory with
    /// the creator. It has no host thread of its own yet.
    init(cpu: CPUState, createdBy creator: GuestThread, in process: GuestProcess) {
        self.cpu = cpu
        self.process = process
        architecture = creator.architecture
        memory = creator.memory
        host = creator.host
        execution = creator.execution
        systemCalls = creator.systemCalls
        // An initialiser calls no observer.
        runner = creator.runner
        dispatcher = creator.dispatcher
        signals.mask = creator.signals.mask
    }

    /// The calling host thread carries the thread from now on.
    func adoptHostThread() {
        host = .current
        id = GuestThread.firstID + Int64(host.number)
    }

    /// Makes the thread look for signals. It has not ended: the caller holds the process's lock and has it from the list.
    func kick() { host.kick() }

    /// Ends the process.
    func endProcess(_ ending: GuestProcess.Ending) {
        process.end(ending)
        hasEnded = true
    }

    /// Ends this thread alone; it has left the process's list.
    func endThread() { hasEnded = true }

    /// Runs guest code until the core or the architecture must act; where and why is in `cpu`.
    public func run() -> ExitReason {
        // A thread without code to run can only be asked to stop.
        runner?.use { $0.run() } ?? .interrupt
    }
}
