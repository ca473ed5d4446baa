import CHost

/// New processes.
extension GuestThread {
    /// `fork`: the child goes on with the state that the architecture gives it.
    func fork() throws(Errno) -> SystemCallOutcome {
        _ = HostSignal.blockAll()
        // What has come so far came for the parent.
        collectHostSignals()
        execution?.engine.prepareFork()
        memory.addressSpace.prepareFork()
        let pid = HostProcess.fork()
        if pid == 0 {
            memory.addressSpace.finishForkInChild()
            if let execution { execution.engine.finishForkInChild(survivor: execution) }
            becomeChild()
            HostSignal.setMask(0)
            architecture.fork(cpu)
            return .unchanged
        }
        memory.addressSpace.finishForkInParent()
        execution?.engine.finishForkInParent()
        HostSignal.setMask(0)
        guard pid > 0 else { throw Errno(host: -pid) }
        return .values(UInt64(pid), second: 0)
    }

    /// `vfork`: the child shares this process's memory, and this thread stands still until the child has ended or has
    /// become another program. What the emulator keeps of the process is the child's own, and put back afterwards.
    ///
    /// With `resetsHandlers` caught signals have their default actions in the child (RFSPAWN).
    func vfork(resetsHandlers: Bool = false) throws(Errno) -> SystemCallOutcome {
        _ = HostSignal.blockAll()
        collectHostSignals()
        let saved = SavedProcess(self)
        if resetsHandlers { process.signals.resetCaught() }
        let pid = withExtendedLifetime(self) {
            chost_vfork({ GuestThread.runChild($0) }, Unmanaged.passUnretained(self).toOpaque())
        }
        saved.restore(self)
        HostSignal.hold(process.signals.heldOnHost)
        HostSignal.setMask(0)
        guard pid > 0 else { throw Errno(host: -pid) }
        return .values(UInt64(pid), second: 0)
    }

    private static func runChild(_ context: UnsafeMutableRawPointer?) {
        guard let context else { return }
        let thread = Unmanaged<GuestThread>.fromOpaque(context).takeUnretainedValue()
        thread.becomeChild()
        // Death at an arbitrary instruction could leave a lock of the shared memory taken for ever, so every signal that
        // would kill waits for a safepoint.
        thread.process.prepareHost(forBlocked: .all)
        HostSignal.setMask(0)
        thread.architecture.fork(thread.cpu)
        thread.architecture.cpuLoop(thread)
        thread.process.terminateHost()
    }

    /// A child begins without pending signals and timers (fork(2)).
    private func becomeChild() {
        signals.queue = SignalQueue()
        process.signals.queue = SignalQueue()
        process.signals.deferred = []
        HostSignal.hold(0)
        _ = process.timers.removeAll()
        process.events.closeInChild()
        process.events = EventTable()
        process.processDescriptors = ProcessDescriptorTable()
        process.isReaper = false
    }
}

/// What the child of a `vfork` may change in the emulator and the parent must find unchanged.
private struct SavedProcess {
    private let processSignals: ProcessSignals
    private let threadSignals: ThreadSignals
    private let timers: TimerTable
    private let events: EventTable
    private let processDescriptors: ProcessDescriptorTable
    private let counters: CounterTable
    private let isReaper: Bool
    private let cpu: SavedCPUState

    init(_ thread: GuestThread) {
        processSignals = thread.process.signals
        threadSignals = thread.signals
        timers = thread.process.timers
        events = thread.process.events
        processDescriptors = thread.process.processDescriptors
        counters = thread.process.counters
        isReaper = thread.process.isReaper
        cpu = SavedCPUState(thread.cpu)
    }

    func restore(_ thread: GuestThread) {
        thread.process.signals = processSignals
        thread.signals = threadSignals
        thread.process.timers = timers
        thread.process.events = events
        thread.process.processDescriptors = processDescriptors
        thread.process.counters = counters
        thread.process.isReaper = isReaper
        thread.process.resume()
        cpu.restore(thread.cpu)
    }
}
