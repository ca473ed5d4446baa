/// How threads begin and end (`thr_new`, `thr_exit` of kern_thr.c).
extension GuestThread {
    /// Starts a thread of the same process.
    ///
    /// - Parameters:
    ///   - prepare: sets the registers, which are a copy of the creator's.
    ///   - announce: tells the guest the new thread's number, before the thread runs.
    func createThread(
        _ prepare: (CPUState) throws(Errno) -> Void, announce: (Int64) throws(Errno) -> Void
    ) throws(Errno) {
        let count = process.lock.hold { process.threads.count }
        guard count < GuestProcess.maximumThreadCount else { throw .EPROCLIM }
        guard let engine = execution?.engine else { throw .ENOMEM }
        let state = CPUState.allocate()
        state.copyRegisters(of: cpu)
        do throws(Errno) {
            try prepare(state)
        } catch {
            state.deallocate()
            throw error
        }
        guard let execution = ThreadExecution(engine: engine, cpu: state) else {
            state.deallocate()
            throw .ENOMEM
        }
        let thread = GuestThread(cpu: state, createdBy: self, in: process)
        thread.execution = execution
        let birth = ThreadBirth(thread)
        guard birth.takePlace() else {
            thread.giveUpExecution()
            throw .EAGAIN
        }
        do throws(Errno) {
            try announce(thread.id)
        } catch {
            birth.proceed(isWanted: false)
            throw error
        }
        process.lock.hold { process.threads.append(thread) }
        birth.proceed(isWanted: true)
    }

    /// `thr_exit`: ends the thread. Returns when it is the last: it must end the process itself.
    func exitThread() {
        if process.removeUnlessLast(self) { endThread() }
    }

    /// The life of a thread that `createThread` started, on its own host thread.
    fileprivate func live() {
        HostSignal.setMask(0)
        deliverSignals()
        architecture.cpuLoop(self)
        finish()
    }

    /// What follows the loop: the end of this thread, or, unless `exitThread` took it off the list, of the process.
    func finish() {
        if process.lock.hold({ process.threads.contains { $0 === self } }) { process.terminateHost() }
        _ = HostSignal.blockAll()
        // What has come so far goes to the threads that are left.
        collectHostSignals()
        execution?.leaveThread()
        giveUpExecution()
        // The host's procfs shows the process through its first thread.
        if host.number == HostProcess.currentPID { HostThread.sleepForEver() }
    }

    fileprivate func giveUpExecution() {
        execution?.engine.remove(execution)
        execution = nil
        cpu.deallocate()
    }
}

/// The start of a host thread: it says who it is, and waits until the guest knows.
private final class ThreadBirth {
    private let thread: GuestThread
    private let hasArrived = HostEvent()
    private let mayProceed = HostEvent()
    private var isWanted = true

    init(_ thread: GuestThread) { self.thread = thread }

    /// Starts the host thread and waits until it is there. False when the host has no more.
    func takePlace() -> Bool {
        guard HostThread.start(self, { $0.run() }) == 0 else { return false }
        hasArrived.waitUninterrupted()
        return true
    }

    func proceed(isWanted: Bool) {
        self.isWanted = isWanted
        mayProceed.happen()
    }

    private func run() {
        thread.adoptHostThread()
        thread.execution?.enterThread()
        hasArrived.happen()
        mayProceed.waitUninterrupted()
        if isWanted {
            thread.live()
        } else {
            thread.execution?.leaveThread()
            thread.giveUpExecution()
        }
    }
}
