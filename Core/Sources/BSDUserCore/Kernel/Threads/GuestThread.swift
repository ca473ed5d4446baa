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
    /// How many signals its handlers have been called for. The thread's own.
    var handledSignalCount: Int64 = 0
    /// Something changed: look for signals to deliver before the guest goes on. The thread's own.
    var needsAttention = false
    /// Host signals that this thread holds back.
    var heldOnHost: UInt64 = 0
    /// `thr_wake` came, and `thr_suspend` has not seen it. Under the process's lock.
    var isWoken = false
    /// The thread has called `thr_wake` for itself, and its next sleep does not begin (`TDP_WAKEUP`): on an object of
    /// `_umtx_op`, for a time, or for a signal. The thread's own.
    var skipsNextSleep = false
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

    /// FreeBSD's thread numbers are none of its process numbers, and one that has been used does not come back soon. The
    /// low bits are the host's number, which is below this (PID_MAX_LIMIT of Linux's `threads.h`), so that processes that
    /// share memory never have threads of the same number; above it is how often that host thread was used.
    static let numberLimit: Int64 = 1 << 22
    /// `lwpid_t` has 32 bits, and mutexes need the highest one.
    private static let generationCount: Int64 = 1 << 9

    private static func id(_ host: HostThread, generation: Int64) -> Int64 {
        (1 + generation % (generationCount - 1)) * numberLimit + Int64(host.number)
    }

    /// The host's number of the thread with a number; nil when no thread can have it.
    static func hostNumber(ofThread id: Int64) -> Int32? {
        guard id > numberLimit, id < numberLimit * generationCount else { return nil }
        return Int32(id % numberLimit)
    }

    /// The first thread of a process, carried by the calling host thread.
    init(cpu: CPUState, process: GuestProcess) {
        self.cpu = cpu
        self.process = process
        architecture = process.architecture
        memory = process.memory
        host = .current
        adoptHostThread()
        process.lock.hold { process.threads.append(self) }
    }

    /// A further thread of its creator's process.
    init(on carrier: ThreadCarrier, createdBy creator: GuestThread) {
        cpu = carrier.cpu
        process = creator.process
        architecture = creator.architecture
        memory = creator.memory
        execution = carrier.execution
        systemCalls = creator.systemCalls
        signals.mask = creator.signals.mask
        host = carrier.host
        id = GuestThread.id(host, generation: carrier.generation)
        borrow()
    }

    /// The thread of a child process that shares its creator's memory and stands in for it.
    init(inPlaceOf creator: GuestThread, process: GuestProcess) {
        cpu = creator.cpu
        self.process = process
        architecture = creator.architecture
        memory = creator.memory
        execution = creator.execution
        systemCalls = creator.systemCalls
        signals.mask = creator.signals.mask
        signals.stack = creator.signals.stack
        host = creator.host
        borrow()
    }

    /// An initialiser calls no observer.
    private func borrow() {
        runner = execution.map { Borrowed($0) }
        dispatcher = systemCalls.map { Borrowed($0) }
    }

    /// The calling host thread carries the thread from now on.
    func adoptHostThread() {
        host = .current
        id = GuestThread.id(host, generation: 0)
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
