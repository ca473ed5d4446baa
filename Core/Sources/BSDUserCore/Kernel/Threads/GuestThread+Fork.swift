import CHost

/// New processes.
extension GuestThread {
    /// `fork`: the child goes on with the state that the architecture gives it, and with this thread alone.
    func fork() throws(Errno) -> SystemCallOutcome {
        _ = HostSignal.blockAll()
        // What has come so far came for the parent.
        collectHostSignals()
        // The child has a copy of all that other threads were in the midst of, and nobody to finish it: also in the
        // libraries below the emulator, whose locks nobody here knows.
        process.stopOthers(self)
        systemCalls?.prepareFork()
        let locks = ForkLocks(self)
        let pid = HostProcess.fork()
        if pid == 0 {
            locks.resetInChild()
            becomeChild()
            HostSignal.setMask(0)
            architecture.fork(cpu)
            return .unchanged
        }
        locks.release()
        process.resumeOthers()
        if pid > 0 { process.hasForked(pid) }
        HostSignal.setMask(0)
        guard pid > 0 else { throw Errno(host: -pid) }
        return .values(UInt64(pid), second: 0)
    }

    /// `vfork`: the child shares this process's memory, and this thread stands still until the child has ended or has
    /// become another program. The other threads go on. The child has a copy of what the emulator keeps of the process,
    /// and the state of this thread, which is put back afterwards.
    ///
    /// A child that has ended can be waited for at once (kern_exit.c `exit1`); the host lets its parent go on earlier.
    ///
    /// With `resetsHandlers` caught signals have their default actions in the child (RFSPAWN).
    func vfork(resetsHandlers: Bool = false) throws(Errno) -> SystemCallOutcome {
        _ = HostSignal.blockAll()
        collectHostSignals()
        let child = GuestThread(inPlaceOf: self, process: GuestProcess(sharingMemoryWith: process))
        if resetsHandlers { child.process.signals.resetCaught() }
        let saved = SavedCPUState(cpu)
        process.beginStanding()
        let pid = withExtendedLifetime(child) {
            chost_vfork({ GuestThread.runChild($0) }, Unmanaged.passUnretained(child).toOpaque())
        }
        saved.restore(cpu)
        execution?.engine.refreshThunks(of: cpu)
        process.sleepQueues.forget(child.sleeper)
        // The child had this thread's notes of signals: what still stands there came for it.
        HostSignal.forgetNotes()
        HostThread.forgetKicks()
        needsAttention = true
        if pid > 0, !child.process.isReplacing { HostProcess.awaitEnd(of: pid) }
        process.endStanding(self)
        // The child may have had others.
        process.applyLimitsToMemory()
        HostSignal.hold(heldOnHost)
        if pid > 0 { process.events.processTold(HostProcess.currentPID, .fork(child: pid)) }
        HostSignal.setMask(0)
        guard pid > 0 else { throw Errno(host: -pid) }
        return .values(UInt64(pid), second: 0)
    }

    private static func runChild(_ context: UnsafeMutableRawPointer?) {
        guard let context else { return }
        let thread = Unmanaged<GuestThread>.fromOpaque(context).takeUnretainedValue()
        thread.adoptHostThread()
        let process = thread.process
        process.threads = [thread]
        HostSignal.hold(0)
        process.parentsEvents?.closeAfterVirtualFork()
        // The parent can tell only when the child has ended or runs another program, which is too late for watchers.
        process.parentsWatchers.tell(.fork(child: HostProcess.currentPID), of: HostProcess.parentPID)
        // Death at an arbitrary instruction could leave a lock of the shared memory taken for ever, so every signal that
        // would kill waits for a safepoint.
        process.lock.hold { process.prepareHost(forBlocked: .all) }
        HostSignal.setMask(0)
        thread.architecture.fork(thread.cpu)
        thread.architecture.cpuLoop(thread)
        process.terminateHost()
    }

    /// A child begins with one thread, and without pending signals and timers (fork(2)).
    private func becomeChild() {
        adoptHostThread()
        HostThread.forgetKicks()
        handledSignalCount = 0
        process.handledSignalCount = 0
        robustLists = RobustLists()
        signals.queue = SignalQueue()
        process.signals.queue = SignalQueue()
        // An empty one is what a new one is, and making one costs the child a dozen page faults.
        if !process.signals.deferred.isEmpty { process.signals.deferred = SignalBacklog() }
        process.heldOnHost = 0
        heldOnHost = 0
        HostSignal.hold(0)
        _ = process.timers.removeAll()
        process.becomeSingleThreaded(self)
        process.becomeChild()
        process.ownMemory(execution?.engine)
    }
}

/// The emulator's locks around a `fork`, taken in the order in which threads take them: no other thread is amid a change
/// of what the child inherits.
private struct ForkLocks {
    private let thread: GuestThread
    /// Nobody else can sleep on an object in memory or wake a sleeper. The queues' locks are many, and each that is
    /// touched costs parent and child a copy of a page.
    private let isAlone: Bool

    init(_ thread: GuestThread) {
        self.thread = thread
        thread.process.lock.lock()
        // The child of a vfork has its parent's queues, and the parent's other threads go on.
        isAlone = thread.process.threads.count == 1 && !thread.process.sharesMemory
        thread.process.quietSockets.prepareFork()
        thread.process.counters.prepareFork()
        thread.process.processDescriptors.prepareFork()
        thread.process.asynchronous.prepareFork()
        thread.process.events.prepareFork()
        if !isAlone { thread.process.sleepQueues.lockAll() }
        thread.execution?.engine.prepareFork()
        thread.memory.addressSpace.prepareFork()
        KernelLog.prepareFork()
    }

    func release() {
        KernelLog.finishForkInParent()
        thread.memory.addressSpace.finishForkInParent()
        thread.execution?.engine.finishForkInParent()
        if !isAlone { thread.process.sleepQueues.unlockAll() }
        thread.process.events.finishForkInParent()
        thread.process.asynchronous.finishForkInParent()
        thread.process.processDescriptors.finishForkInParent()
        thread.process.counters.finishForkInParent()
        thread.process.quietSockets.finishForkInParent()
        thread.process.lock.unlock()
    }

    func resetInChild() {
        KernelLog.finishForkInChild()
        thread.process.lock.resetInChild()
        thread.process.quietSockets.resetInChild()
        thread.process.counters.finishForkInChild()
        if !isAlone { thread.process.sleepQueues.resetInChild() }
        thread.memory.addressSpace.finishForkInChild()
        if let execution = thread.execution { execution.engine.finishForkInChild(survivor: execution) }
    }
}
